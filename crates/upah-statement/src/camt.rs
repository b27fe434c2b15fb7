//! A statement in ISO 20022 camt.053 (`BkToCstmrStmt`), or a notification in camt.054 (`BkToCstmrDbtCdtNtfctn`).
//!
//! The elements are known by their local names, so every version from 001.02 on is read alike; what this reader does
//! not know it passes over.

use upah_core::bank_statement::{BookingDay, StatementLine};
use upah_payfile::RowError;

use crate::{Mistakes, xml};

mod build;
mod entry;
mod value;

use build::Build;
pub use value::{Fault, amount};

/// Which of the two a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountReport {
    /// camt.053: what the bank has booked in a period, with balances.
    Statement,
    /// camt.054: single bookings, told as they happen.
    Notification,
}

/// One booking of the account, with what the bank tells of it beside day, side and amount.
#[derive(Clone, PartialEq, Eq)]
pub struct Booking {
    /// Day, side, amount, and the texts in which a reference of ours may stand.
    pub line: StatementLine,
    /// The account that it is booked on, by the bank's own number of it where the report shows that (`Acct/Id/Othr`).
    pub account: Option<String>,
    /// `EndToEndId`, or `InstrId` where the bank shows that alone: our own reference, in the field that is made for it.
    pub our_reference: Option<String>,
    /// The account that was to be paid (`CdtrAcct`), as the bank writes it.
    pub creditor_account: Option<String>,
    /// Why it came back (`RtrInf`), by the bank's code.
    pub return_reason: Option<String>,
}

/// Without what belongs to a person.
impl std::fmt::Debug for Booking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Booking").field("line", &self.line).finish_non_exhaustive()
    }
}

/// The first and last day if the file names them.
pub(crate) type Days = Option<(BookingDay, BookingDay)>;

/// Reads a camt.053 or a camt.054 file, whole.
pub(crate) fn read(bytes: &[u8]) -> Result<(AccountReport, Vec<Booking>, Days), Mistakes> {
    let mut build = Build::default();
    match xml::walk(bytes, &mut build) {
        Ok(()) => build.finish(),
        Err(xml::Broken { code, message }) => {
            Err(Mistakes::one(RowError::new(build.row().max(1), "", "", code, message)))
        }
    }
}
