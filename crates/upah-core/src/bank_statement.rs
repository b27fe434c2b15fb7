//! The bank's statement of the account that pays, and what people state about a payment with a file in hand.
//!
//! A statement line is evidence of the strongest grade; the word of people is evidence of the weakest (safety
//! rules 6 and 16). Both say what became of an attempt without anybody having been asked by Upah.
use crate::ids::{ActorName, serde_as_text};
use crate::money::Rupiah;
use crate::period::{PeriodError, parse_date};
use crate::run::Digest;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};
use time::Date;

/// The civil day under which a bank has booked something, `2026-11-26`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BookingDay(Date);
serde_as_text!(BookingDay);

impl BookingDay {
    /// The date.
    pub const fn date(self) -> Date {
        self.0
    }
}

impl TryFrom<Date> for BookingDay {
    type Error = PeriodError;

    /// As it would be read back: a day outside the calendar of payrolls would make its record unreadable.
    fn try_from(date: Date) -> Result<Self, PeriodError> {
        Self(date).to_string().parse()
    }
}

impl fmt::Display for BookingDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl FromStr for BookingDay {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        parse_date(text)
            .map(Self)
            .map_err(|error| if error == PeriodError::Form { PeriodError::DateForm } else { error })
    }
}

/// On which side of the paying account an entry stands (ISO 20022 `CdtDbtInd`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Money left the account.
    Debit,
    /// Money came into the account.
    Credit,
}

/// One entry of a bank's statement, as far as it goes on the log: nothing in it names a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Under which day it is booked.
    pub day: BookingDay,
    /// On which side.
    pub side: Side,
    /// How much.
    pub amount: Rupiah,
    /// The bank's own reference of it, when the statement shows one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bank_reference: Option<String>,
}

impl Entry {
    /// Whether two statements mean the same entry. One format may show the bank's reference where another does
    /// not; two references that differ are two entries.
    pub fn may_be(&self, other: &Self) -> bool {
        let same = (self.day, self.side, self.amount) == (other.day, other.side, other.amount);
        let referenced = self.bank_reference.as_ref().zip(other.bank_reference.as_ref());
        same && referenced.is_none_or(|(one, two)| one == two)
    }
}

/// One line of a statement file: an entry, and the texts in which a reference of ours may stand.
#[derive(Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The record number in a CSV file, the number of the entry in a camt.053 file.
    pub row: u64,
    /// What may be a reference of ours, the likeliest first.
    pub references: Vec<String>,
    /// What the bank booked.
    pub entry: Entry,
}

impl fmt::Debug for StatementLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatementLine").field("row", &self.row).field("entry", &self.entry).finish_non_exhaustive()
    }
}

/// A bank's statement of the paying account, read from one file. A host with typed lines builds it itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankStatement {
    /// SHA-256 over the bytes of the file; it goes on the log with each entry, the file does not.
    pub digest: Digest,
    /// The first day that it speaks of.
    pub from: BookingDay,
    /// The last day that it speaks of.
    pub to: BookingDay,
    /// Its lines, in the order of the file.
    pub lines: Vec<StatementLine>,
}

/// What two people state about an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// The worker has the money.
    Settled,
    /// The bank did not carry it out, and never will.
    Refused,
}

/// The word of two people about an attempt whose outcome no evidence of the bank shows (safety rule 16).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// What they state.
    pub claim: Claim,
    /// The one who resolves.
    pub by: ActorName,
    /// The one who agrees; another person.
    pub and_by: ActorName,
    /// Why, in their words.
    pub because: String,
    /// SHA-256 over the file that shows it.
    pub evidence: Digest,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(day: &str, bank_reference: Option<&str>) -> Entry {
        Entry {
            day: day.parse().unwrap(),
            side: Side::Debit,
            amount: Rupiah::new(600_000).unwrap(),
            bank_reference: bank_reference.map(String::from),
        }
    }

    #[test]
    fn one_entry_in_two_formats_is_one_and_two_bookings_of_a_day_are_two() {
        let bare = entry("2026-11-26", None);
        assert!(bare.may_be(&entry("2026-11-26", Some("B1"))) && entry("2026-11-26", Some("B1")).may_be(&bare));
        assert!(!entry("2026-11-26", Some("B1")).may_be(&entry("2026-11-26", Some("B2"))));
        assert!(!bare.may_be(&entry("2026-11-27", None)));
        assert!(!bare.may_be(&Entry { side: Side::Credit, ..bare.clone() }));
    }

    #[test]
    fn a_line_prints_nobody() {
        let references = alloc::vec![String::from("SITI CONTOH")];
        let line = StatementLine { row: 2, references, entry: entry("2026-11-26", None) };
        assert!(!alloc::format!("{line:?}").contains("SITI"));
    }
}
