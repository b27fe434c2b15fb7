//! One typed row of a payroll: who is owed what, for what, and where it goes.
//!
//! Hosts that never see a file build [`PayRow`] from [`PayRowFields`]; `upah-payfile` does the same.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::destination::Destination;
use crate::ids::{Component, EmployerId, PayeeName, WorkerId};
use crate::money::Rupiah;
use crate::period::Period;

mod computation;
mod statement;
mod words;

pub use computation::{CommissionRate, Computation, ComputationError, Input, InputChange, NamedInput, StatedBy};
pub use statement::{Direction, Line, LineKind, LineSource, Statement, StatementError};
pub use words::{DueDate, LanguageTag, Note, Relationship, Sex, WordError};

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
///
/// ```
/// use upah_core::row::{PayRow, PayRowFields, Statement};
/// use upah_core::{Component, Destination, Rupiah};
///
/// let amount = Rupiah::new(600_000)?;
/// let row = PayRow::new(PayRowFields {
///     row: 1,
///     employer: None,
///     worker_id: "W-1".parse()?,
///     name: "Siti Contoh".parse()?,
///     destinations: Destination::parse_list("bank:014:1234567890 ewallet:dana:081234567890")?,
///     period: "2026-11".parse()?,
///     amount,
///     component: Component::default(),
///     due_date: None,
///     sex: None,
///     language: None,
///     relationship: None,
///     note: None,
///     statement: Statement::whole(Component::default(), amount),
/// })?;
/// assert_eq!(row.destinations.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
        let repeated =
            |(index, one): (usize, &Destination)| fields.destinations.iter().take(index).any(|other| other == one);
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

#[cfg(test)]
mod tests;
