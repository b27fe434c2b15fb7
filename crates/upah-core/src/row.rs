//! One typed row of a payroll: who is owed what, for what, and where it goes.
//!
//! Hosts that never see a file build [`PayRow`] from [`PayRowFields`]; `upah-payfile` does the same.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;
use core::str::FromStr;

use ::time::Date;
use serde::{Deserialize, Serialize};

use crate::destination::Destination;
use crate::ids::{
    Component, EmployerId, PayeeName, TextError, WorkerId, free_text, redacted_debug, serde_as_text,
};
use crate::money::Rupiah;
use crate::period::{Period, PeriodError, parse_date};

mod statement;

pub use statement::{Direction, Line, LineKind, LineSource, Statement, StatementError};

/// The fields of a row, not yet checked against each other. [`PayRow::new`] does that.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayRowFields {
    /// The record number in the file, the header included; any number that the host finds its row by.
    pub row: u64,
    /// Who owes the wage, if the row says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employer: Option<EmployerId>,
    /// The employer's own id of the worker.
    pub worker_id: WorkerId,
    /// Her name, as the employer writes it.
    pub name: PayeeName,
    /// Where the money goes, the preferred place first. At least one.
    pub destinations: Vec<Destination>,
    /// What it is for.
    pub period: Period,
    /// What she is to receive, in whole rupiah. More than nothing.
    pub amount: Rupiah,
    /// Which part of her pay this is.
    #[serde(default)]
    pub component: Component,
    /// By when it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<DueDate>,
    /// Her sex, for the counts that programmes report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// The language her slip is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageTag>,
    /// On what footing she works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relationship: Option<Relationship>,
    /// A remark of the employer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// Why the amount is what it is; its net is `amount`.
    pub statement: Statement,
}

/// A row that is whole: at least one destination, none twice, an amount, and a statement that adds up to it.
///
/// Reads like [`PayRowFields`]; changing a row means making a new one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "PayRowFields", into = "PayRowFields")]
pub struct PayRow(PayRowFields);

/// Why fields do not make a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PayRowError {
    /// The amount is zero.
    #[error("the amount must be greater than 0")]
    NoAmount,
    /// There is no destination.
    #[error("the destination is empty")]
    NoDestination,
    /// A destination occurs twice.
    #[error("the same destination is named twice; name each one once")]
    DestinationRepeated,
    /// The statement's net is another amount.
    #[error("earnings minus deductions do not give the amount")]
    StatementNet,
}

impl PayRowError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAmount => "amount_zero",
            Self::NoDestination => "empty",
            Self::DestinationRepeated => "destination_repeated",
            Self::StatementNet => "statement_net",
        }
    }
}

impl PayRow {
    /// Checks the fields against each other.
    ///
    /// # Errors
    /// [`PayRowError`].
    pub fn new(fields: PayRowFields) -> Result<Self, PayRowError> {
        if fields.amount.is_zero() {
            return Err(PayRowError::NoAmount);
        }
        if fields.destinations.is_empty() {
            return Err(PayRowError::NoDestination);
        }
        let repeated = |(index, one): (usize, &Destination)| fields.destinations.iter().take(index).any(|other| other == one);
        if fields.destinations.iter().enumerate().any(repeated) {
            return Err(PayRowError::DestinationRepeated);
        }
        if fields.statement.net() != fields.amount {
            return Err(PayRowError::StatementNet);
        }
        Ok(Self(fields))
    }

    /// The fields, to make another row from.
    #[must_use]
    pub fn into_fields(self) -> PayRowFields {
        self.0
    }

    /// The bytes a run's digest covers: everything in the row but its number, so that the order of a file
    /// does not matter. `employer` stands for a row that names none.
    ///
    /// Each field is preceded by its length in four bytes, big-endian, in a fixed order after a version tag;
    /// a field that is absent is empty. Lines are sorted by direction and kind, otherwise as given.
    #[must_use]
    pub fn canonical(&self, employer: &EmployerId) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        push(&mut out, "upah/row/1");
        push(&mut out, self.employer.as_ref().unwrap_or(employer));
        push(&mut out, &self.worker_id);
        push(&mut out, &self.name);
        push_count(&mut out, self.destinations.len());
        for destination in &self.destinations {
            push(&mut out, destination.to_string());
        }
        push(&mut out, self.period.to_string());
        push(&mut out, self.amount.value().to_string());
        push(&mut out, &self.component);
        push(&mut out, optional(self.due_date));
        push(&mut out, optional(self.sex));
        push(&mut out, optional(self.language));
        push(&mut out, optional(self.relationship));
        push(&mut out, self.note.as_ref().map_or("", Note::as_str));
        self.statement.push_canonical(&mut out);
        out
    }
}

impl Deref for PayRow {
    type Target = PayRowFields;

    fn deref(&self) -> &PayRowFields {
        &self.0
    }
}

impl TryFrom<PayRowFields> for PayRow {
    type Error = PayRowError;

    fn try_from(fields: PayRowFields) -> Result<Self, PayRowError> {
        Self::new(fields)
    }
}

impl From<PayRow> for PayRowFields {
    fn from(row: PayRow) -> Self {
        row.0
    }
}

pub(crate) fn push(out: &mut Vec<u8>, field: impl AsRef<str>) {
    push_count(out, field.as_ref().len());
    out.extend_from_slice(field.as_ref().as_bytes());
}

pub(crate) fn push_count(out: &mut Vec<u8>, count: usize) {
    // Every text here is bounded far below 4 GiB by its type; saturating keeps the function total.
    out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
}

fn optional(value: Option<impl fmt::Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A civil date by which a wage is due, `2026-11-25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DueDate(Date);
serde_as_text!(DueDate);

impl DueDate {
    /// The date.
    #[must_use]
    pub fn date(self) -> Date {
        self.0
    }
}

impl fmt::Display for DueDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl FromStr for DueDate {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        parse_date(text).map(Self).map_err(|error| if error == PeriodError::Form { PeriodError::DateForm } else { error })
    }
}

/// A remark of the employer: 1 to 500 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Note(String);
redacted_debug!(Note);
serde_as_text!(Note);

impl Note {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Note {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        free_text(text.trim(), 500).map(Self)
    }
}

/// A text that is none of the words allowed; says which are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write one of: {allowed}")]
pub struct WordError {
    /// The words, separated by commas.
    pub allowed: &'static str,
}

impl WordError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        "word"
    }
}

/// A closed list of words, each with its canonical spelling first.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $allowed:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal $(| $alias:literal)*,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$vdoc])* $variant,)* }
        serde_as_text!($name);

        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The canonical word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = WordError;

            fn from_str(text: &str) -> Result<Self, WordError> {
                match text.trim().to_lowercase().as_str() {
                    $($word $(| $alias)* => Ok(Self::$variant),)*
                    _ => Err(WordError { allowed: $allowed }),
                }
            }
        }
    };
}

words! {
    /// Sex, as programmes report it. The Indonesian words and their first letters are read too.
    Sex, "female, male, perempuan, laki-laki" {
        /// `female`, `f`, `perempuan`, `p`
        Female = "female" | "f" | "perempuan" | "p",
        /// `male`, `m`, `laki-laki`, `l`
        Male = "male" | "m" | "laki-laki" | "l",
    }
}

words! {
    /// A language that a slip is written in.
    LanguageTag, "id, en, jv, su, mad" {
        /// Bahasa Indonesia.
        Id = "id",
        /// English.
        En = "en",
        /// Javanese.
        Jv = "jv",
        /// Sundanese.
        Su = "su",
        /// Madurese.
        Mad = "mad",
    }
}

words! {
    /// On what footing a person works. Some rules, such as fines, hold for employees only.
    Relationship, "employee, partner, freelance, member, agent, affiliate" {
        /// Under a contract of employment (karyawan).
        Employee = "employee" | "karyawan",
        /// Under a partnership agreement (mitra).
        Partner = "partner" | "mitra",
        /// By the job (lepas).
        Freelance = "freelance" | "lepas",
        /// A member of a cooperative (anggota).
        Member = "member" | "anggota",
        /// Earns a fee for each delivery or sale (agen).
        Agent = "agent" | "agen",
        /// Earns commission for recommending goods (afiliasi).
        Affiliate = "affiliate" | "afiliasi",
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn fields() -> PayRowFields {
        let amount = Rupiah::new(600_000).unwrap();
        PayRowFields {
            row: 2,
            employer: None,
            worker_id: "W-1".parse().unwrap(),
            name: "Siti Contoh".parse().unwrap(),
            destinations: Destination::parse_list("bank:014:1234567890 ewallet:dana:081234567890").unwrap(),
            period: "2026-11".parse().unwrap(),
            amount,
            component: Component::default(),
            due_date: Some("2026-11-25".parse().unwrap()),
            sex: Some(Sex::Female),
            language: Some(LanguageTag::Jv),
            relationship: Some(Relationship::Partner),
            note: Some("catatan rahasia".parse().unwrap()),
            statement: Statement::whole(Component::default(), amount),
        }
    }

    #[test]
    fn a_row_that_is_not_whole_cannot_be_made() {
        let destination = fields().destinations.first().cloned().unwrap();
        let two = Rupiah::new(2).unwrap();
        for (broken, error) in [
            (PayRowFields { amount: Rupiah::ZERO, ..fields() }, PayRowError::NoAmount),
            (PayRowFields { destinations: vec![], ..fields() }, PayRowError::NoDestination),
            (PayRowFields { destinations: vec![destination.clone(), destination], ..fields() }, PayRowError::DestinationRepeated),
            (PayRowFields { amount: two, ..fields() }, PayRowError::StatementNet),
        ] {
            let json = serde_json::to_string(&broken).unwrap();
            assert_eq!(PayRow::new(broken), Err(error));
            assert!(serde_json::from_str::<PayRow>(&json).is_err(), "JSON is no way around the check");
        }
    }

    #[test]
    fn json_round_trips_and_debug_shows_no_person() {
        let row = PayRow::new(fields()).unwrap();
        let json = serde_json::to_string(&row).unwrap();
        assert_eq!(serde_json::from_str::<PayRow>(&json).unwrap(), row);
        let shown = format!("{row:?}");
        for secret in ["Siti", "W-1", "1234567890", "rahasia"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn every_field_but_the_row_number_is_in_the_canonical_bytes() {
        let employer: EmployerId = "default".parse().unwrap();
        let bytes = |fields: PayRowFields| PayRow::new(fields).unwrap().canonical(&employer);
        let base = bytes(fields());
        assert_eq!(bytes(PayRowFields { row: 99, ..fields() }), base);
        assert_eq!(bytes(PayRowFields { employer: Some(employer.clone()), ..fields() }), base);
        let mut fewer = fields();
        fewer.destinations.pop();
        let other = Rupiah::new(600_001).unwrap();
        let changed = [
            PayRowFields { employer: Some("other".parse().unwrap()), ..fields() },
            PayRowFields { worker_id: "W-2".parse().unwrap(), ..fields() },
            PayRowFields { name: "Siti Contoh ".parse().unwrap(), ..fields() },
            fewer,
            PayRowFields { period: "2026-12".parse().unwrap(), ..fields() },
            PayRowFields { amount: other, statement: Statement::whole(Component::default(), other), ..fields() },
            PayRowFields { component: "bonus".parse().unwrap(), ..fields() },
            PayRowFields { due_date: None, ..fields() },
            PayRowFields { sex: None, ..fields() },
            PayRowFields { language: None, ..fields() },
            PayRowFields { relationship: None, ..fields() },
            PayRowFields { note: None, ..fields() },
        ];
        for (index, other) in changed.into_iter().enumerate() {
            assert_ne!(bytes(other), base, "change {index}");
        }
    }

    #[test]
    fn every_word_is_read_back() {
        assert!(Sex::ALL.iter().all(|word| word.as_str().parse() == Ok(*word)));
        assert!(LanguageTag::ALL.iter().all(|word| word.as_str().parse() == Ok(*word)));
        assert!(Relationship::ALL.iter().all(|word| word.as_str().parse() == Ok(*word)));
        assert_eq!(" Perempuan ".parse(), Ok(Sex::Female));
        assert_eq!("jawa".parse::<LanguageTag>().unwrap_err().code(), "word");
        assert_eq!("2026-11".parse::<DueDate>(), Err(PeriodError::DateForm));
    }

    proptest! {
        #[test]
        fn length_prefixes_keep_neighbouring_fields_apart(a in "[ab]{1,4}", b in "[ab]{1,4}", c in "[ab]{1,4}", d in "[ab]{1,4}") {
            let employer: EmployerId = "default".parse().unwrap();
            let bytes = |id: &str, name: &str| {
                let fields = PayRowFields { worker_id: id.parse().unwrap(), name: name.parse().unwrap(), ..fields() };
                PayRow::new(fields).unwrap().canonical(&employer)
            };
            prop_assert_eq!(bytes(&a, &b) == bytes(&c, &d), (a, b) == (c, d));
        }
    }
}
