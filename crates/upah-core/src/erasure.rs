//! What an erasure takes away, what it leaves, and until when a record must be kept.
//!
//! A worker may ask that what is known of her is erased (UU 27/2022 articles 43 and 44), and books must be kept for
//! ten years after the year they belong to (UU KUP article 28(11), UU 8/1997 article 11): until then the keeping
//! wins. Erasing takes record and salt of every event of a payment. What is left is one last event, [`Remains`]: the
//! commitments, so that the log's leaves can still be written and checked, and the row without the person, so that an
//! old file cannot pay again (safety rule 27) and the sums of the run still add up.
use crate::commitment::{Commit, Leaf};
use crate::event::{Fact, PaymentEvent};
use crate::money::Rupiah;
use crate::obligation::ObligationKey;
use crate::period::Period;
use crate::run::{PaymentId, RunId};
use crate::state::PaymentState;
use crate::store::{PaymentChange, PaymentRow, StoredPayment, Trace};
use crate::time::{Date, Timestamp};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// Why it was asked for, in the cases of UU 27/2022 article 43. A code and no words: words might name her.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureReason {
    /// She asks for it.
    Requested,
    /// She takes back her consent.
    ConsentWithdrawn,
    /// It is not needed any more.
    NotNeeded,
    /// It should never have been collected.
    UnlawfullyObtained,
    /// Another reason, which the employer keeps elsewhere.
    Other,
}

impl ErasureReason {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::Requested, Self::ConsentWithdrawn, Self::NotNeeded, Self::UnlawfullyObtained, Self::Other];

    /// The word of the command line and of the record.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::NotNeeded => "not_needed",
            Self::UnlawfullyObtained => "unlawfully_obtained",
            Self::Other => "other",
        }
    }

    /// The reason of this name; any other words are [`ErasureReason::Other`].
    #[must_use]
    pub fn of(words: &str) -> Self {
        let words = words.trim().replace('-', "_");
        Self::ALL.into_iter().find(|reason| words.eq_ignore_ascii_case(reason.name())).unwrap_or(Self::Other)
    }
}

/// For how many years after the end of the year a payment belongs to its record must be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Whole years; 0 keeps nothing.
    pub years: u16,
}

impl Default for Retention {
    /// Ten years: UU KUP article 28(11), UU 8/1997 article 11.
    fn default() -> Self {
        Self { years: 10 }
    }
}

impl Retention {
    /// The last day on which the record must be kept: the last of a year, counted from the year in which the payment's
    /// period ends or its last event happened, whichever is later. `None` when nothing must be kept.
    #[must_use]
    pub fn kept_until(self, period: &Period, last: Timestamp) -> Option<Date> {
        if self.years == 0 {
            return None;
        }
        let year = period.last_day().year().max(last.date().year());
        Date::from_calendar_date(year.saturating_add(i32::from(self.years)), time::Month::December, 31).ok()
    }
}

/// The last event of an erased payment: nothing in it names the worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remains {
    /// The instructed amount.
    pub amount: Rupiah,
    /// How many attempts were made; so many references are filed under it.
    pub attempts: u16,
    /// Commitments to the events that were erased, oldest first.
    pub commits: Vec<Commit>,
    /// Money that arrived more than once.
    pub excess: Rupiah,
    /// The run whose approval the newest instruction needed.
    pub instructed_by: RunId,
    /// The keyed hash of what was owed, in hexadecimal.
    pub key: KeyText,
    /// The last day on which the record had to be kept, if there was one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kept_until: Option<String>,
    /// Why it was asked for.
    pub reason: ErasureReason,
    /// The record number in the file.
    pub row: u64,
    /// Where the payment stood.
    pub state: PaymentState,
}

/// An obligation's key as a record writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyText(pub ObligationKey);

/// A text that is not 32 bytes in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the key of an obligation")]
pub struct NotAKey;

impl FromStr for KeyText {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| NotAKey)?;
        bytes.try_into().map(|bytes| Self(ObligationKey(bytes))).map_err(|_| NotAKey)
    }
}

impl TryFrom<String> for KeyText {
    type Error = NotAKey;

    fn try_from(text: String) -> Result<Self, NotAKey> {
        text.parse()
    }
}

impl From<KeyText> for String {
    fn from(key: KeyText) -> Self {
        data_encoding::HEXLOWER.encode(&key.0.0)
    }
}

impl Remains {
    /// What is left of a payment with this row, so many attempts and these events.
    #[must_use]
    pub fn of(
        row: &PaymentRow,
        attempts: u16,
        commits: Vec<Commit>,
        reason: ErasureReason,
        kept_until: Option<Date>,
    ) -> Self {
        Self {
            amount: row.amount,
            attempts,
            commits,
            excess: row.excess,
            instructed_by: row.instructed_by.clone(),
            key: KeyText(row.key),
            kept_until: kept_until.map(|day| day.to_string()),
            reason,
            row: row.row,
            state: row.state,
        }
    }

    /// The index row that follows from it.
    #[must_use]
    pub fn row(&self, id: &PaymentId, version: u32, head: Commit) -> PaymentRow {
        PaymentRow {
            id: id.clone(),
            key: self.key.0,
            row: self.row,
            amount: self.amount,
            state: self.state,
            instructed_by: self.instructed_by.clone(),
            held: false,
            version,
            head,
            excess: self.excess,
        }
    }

    /// The leaf of the erased event at this place, from 0.
    #[must_use]
    pub fn leaf(&self, place: usize) -> Option<Leaf> {
        self.commits.get(place).copied().map(Leaf::of)
    }
}

/// A payment whose records were erased: its last event, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasedPayment {
    /// Its name.
    pub id: PaymentId,
    /// When it was erased.
    pub at: Timestamp,
    /// The entry of the log that says so.
    pub entry: u64,
    /// What is left.
    pub remains: Remains,
}

impl ErasedPayment {
    /// The erased payment that this is, if it is one. Whether its commitments fit is not looked at.
    #[must_use]
    pub fn read(stored: &StoredPayment) -> Option<Self> {
        stored.records.first().filter(|first| first.record.is_none())?;
        let last = stored.records.last()?;
        let event = PaymentEvent::open(last.record.as_deref()?).ok()?;
        let Fact::Erased(remains) = event.fact else { return None };
        Some(Self { id: event.stream, at: event.at, entry: last.seq, remains: *remains })
    }
}

/// What one erasure writes: see [`Store::erase`](crate::store::Store::erase).
#[derive(Clone, Debug, Default)]
pub struct Erasure {
    /// For each payment the event that ends it, [`Fact::Erased`], with the row as it stays.
    pub ends: Vec<PaymentChange>,
    /// Traces that nobody else has left.
    pub traces: Vec<Trace>,
    /// Workers, as keyed hashes, of whom no last destination is kept any more.
    pub payees: Vec<[u8; 16]>,
}

impl fmt::Display for ErasureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_kept_to_the_end_of_the_tenth_year_after_its_own() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let kept = |period: &str, last: &str| {
            Retention::default().kept_until(&period.parse().unwrap(), at(last)).map(|day| day.to_string())
        };
        assert_eq!(kept("2026-11", "2026-11-30T10:00:00+07:00").as_deref(), Some("2036-12-31"));
        // The wage of December is paid in January: the later year counts, by Jakarta's calendar.
        assert_eq!(kept("2026-12", "2026-12-31T23:59:59+07:00").as_deref(), Some("2036-12-31"));
        assert_eq!(kept("2026-12", "2026-12-31T17:00:00Z").as_deref(), Some("2037-12-31"));
        assert_eq!(kept("2027-W01", "2026-12-30T10:00:00+07:00").as_deref(), Some("2037-12-31"));
        assert_eq!(Retention { years: 0 }.kept_until(&"2026-11".parse().unwrap(), at("2026-11-30T10:00:00Z")), None);
    }

    #[test]
    fn words_of_a_reason_that_might_name_her_are_not_kept() {
        assert_eq!(ErasureReason::of("consent-withdrawn"), ErasureReason::ConsentWithdrawn);
        assert_eq!(ErasureReason::of("Siti Contoh meminta"), ErasureReason::Other);
    }
}
