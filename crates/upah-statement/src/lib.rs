//! A bank's account statements (CSV, ISO 20022 camt.053) to typed lines, with every bad line named.
//!
//! A statement is taken whole or not at all: a line that was misread is a wage that is believed to have
//! been paid. What is wrong comes as [`RowError`]s, all those of the file at once. A camt.053 file that
//! contradicts itself (balances, sums and counts of its own summary) is refused whole.
//!
//! ```
//! use upah_statement::{Format, read};
//!
//! let file = "date,reference,amount,direction\n\
//!             2026-11-26,YCCEXPRU33OWELFHOCT2BUYSLD,600.000,debit\n";
//! let statement = read(file.as_bytes(), Format::Detect)?;
//! assert_eq!(statement.lines[0].entry.amount.value(), 600_000);
//!
//! let mistakes = read("date,reference,amount,direction\n26/11/2026,,600,000,out\n".as_bytes(), Format::Detect);
//! assert_eq!(mistakes.unwrap_err().listed[0].code, "too_many_cells");
//! # Ok::<(), upah_statement::Mistakes>(())
//! ```
//!
//! # CSV
//! Comma or semicolon, UTF-8, with a header. An unknown or repeated column is an error.
//!
//! | column | |
//! |---|---|
//! | `date` | required: the day of booking, `2026-11-26` |
//! | `reference` | required, may be empty: our reference, or a text in which it stands |
//! | `amount` | required: whole rupiah, as in a payroll file |
//! | `direction` | required: `debit` (money left the account) or `credit`; also `D`, `DB`, `debet`, `C`, `CR`, `K`, `kredit` |
//! | `bank_reference` | optional: the bank's own reference of the entry |
//! | `counterparty`, `description` | optional: texts in which our reference may stand; they are not kept |
//!
//! # camt.053
//! Versions 001.02 to 001.08 and their kin: elements are known by their names, whatever the namespace. Only booked
//! entries count. An entry with several `TxDtls` that have amounts of their own is that many lines. `row` is the
//! number of the entry in the file.
//!
//! [`read_bookings`] reads the same, and notifications (camt.054), for whoever needs to know more of a booking than its
//! line: our own reference in its own field, the account that was to be paid, why it came back. [`xml`] is the way
//! through a file of the same family that this crate does not read.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod camt;
mod control;
mod csv_lines;
mod reference;
pub mod xml;

use std::fmt;
use std::io::Read;

use upah_core::bank_statement::{BankStatement, StatementLine};
use upah_core::run::Digest;
pub use upah_payfile::RowError;

pub use camt::{AccountReport, Booking, Fault, amount};

/// The most bytes of a file.
pub const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The most lines of a file.
pub const LINES_MAX: usize = 1_000_000;
/// At most so many mistakes are listed; all are counted.
pub const MISTAKES_MAX: usize = 1_000;

/// How a statement is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Format {
    /// camt.053 if the first character other than space is `<`, else CSV.
    #[default]
    Detect,
    /// CSV with a header row.
    Csv,
    /// ISO 20022 camt.053.
    Camt053,
}

/// Everything that is wrong with a file; nothing of it was taken.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Mistakes {
    /// The first [`MISTAKES_MAX`].
    pub listed: Vec<RowError>,
    /// How many there are.
    pub total: u64,
}

impl Mistakes {
    fn one(error: RowError) -> Self {
        Self { listed: vec![error], total: 1 }
    }

    fn add(&mut self, error: RowError) {
        self.total += 1;
        if self.listed.len() < MISTAKES_MAX {
            self.listed.push(error);
        }
    }
}

/// Without the values of the cells.
impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.listed.first() {
            Some(first) if self.total > 1 => write!(f, "{first}; and {} more", self.total - 1),
            Some(first) => write!(f, "{first}"),
            None => f.write_str("nothing is wrong"),
        }
    }
}

impl fmt::Debug for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mistakes").field("listed", &self.listed).field("total", &self.total).finish()
    }
}

impl std::error::Error for Mistakes {}

/// Reads a statement, whole. Never panics, whatever the bytes.
///
/// # Errors
/// [`Mistakes`]: everything that is wrong with it.
pub fn read(reader: impl Read, format: Format) -> Result<BankStatement, Mistakes> {
    let mut bytes = Vec::new();
    if let Err(error) = reader.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes) {
        let message = format!("the file cannot be read further: {}", error.kind());
        return Err(Mistakes::one(RowError::new(1, "", "", "unreadable", message)));
    }
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let message = "the file is larger than 256 MiB; ask the bank for a shorter period";
        return Err(Mistakes::one(RowError::new(1, "", "", "file_too_large", message)));
    }
    let digest = Digest::of(&bytes);
    let text = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(&bytes);
    let is_xml = match format {
        Format::Camt053 => true,
        Format::Csv => false,
        Format::Detect => text.trim_ascii_start().starts_with(b"<"),
    };
    let (lines, period) = if is_xml { statement(text)? } else { (csv_lines::read(&bytes)?, None) };
    let days = || lines.iter().map(|line: &StatementLine| line.entry.day);
    let booked = days().min().zip(days().max());
    // What was booked lies in the period, whatever the header says.
    let period = match (period, booked) {
        (Some((from, to)), Some((first, last))) => Some((from.min(first), to.max(last))),
        (one, other) => one.or(other),
    };
    let Some((from, to)) = period else {
        let message = "the file holds no entries and names no period";
        return Err(Mistakes::one(RowError::new(1, "", "", "no_rows", message)));
    };
    Ok(BankStatement { digest, from, to, lines })
}

/// Reads a camt.053 or a camt.054 file, whole, with what each booking tells beside its line. Never panics, whatever the
/// bytes.
///
/// # Errors
/// [`Mistakes`]: everything that is wrong with it.
pub fn read_bookings(bytes: &[u8]) -> Result<(AccountReport, Vec<Booking>), Mistakes> {
    camt::read(bytes).map(|(kind, bookings, _)| (kind, bookings))
}

fn statement(text: &[u8]) -> Result<(Vec<StatementLine>, camt::Days), Mistakes> {
    let (kind, bookings, days) = camt::read(text)?;
    if kind == AccountReport::Notification {
        let message = "this is a notification (camt.054) and no statement; ask the bank for camt.053";
        return Err(Mistakes::one(RowError::new(1, "", "", "no_statement", message)));
    }
    Ok((bookings.into_iter().map(|booking| booking.line).collect(), days))
}
