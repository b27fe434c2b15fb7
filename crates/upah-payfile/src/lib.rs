//! Payroll files (CSV, JSON Lines) to typed rows, with every bad cell named.
//!
//! A file is read once, row by row, in bounded memory: a million rows cost no more than one. What is wrong
//! comes as [`RowError`]s that a payroll clerk can act on, all those of a row at once; a row that has any is
//! never handed out. Rules between rows (the same obligation twice, ids that collide) belong to
//! `upah_core::run`.
//!
//! A line of the statement is an amount in `earn.<kind>` or `deduct.<kind>`, stated by the employer. Beside an earning,
//! `compute.<kind>` may say which rule gave it and from what (`upah_core::row::Computation`); the amount is written too,
//! and a file in which the two disagree is refused:
//!
//! ```
//! use upah_payfile::{Format, PayFile};
//!
//! let file = "worker_id,name,destination,period,amount,earn.base,earn.commission,compute.commission\n\
//!             W-1,Siti Contoh,bank:014:1234567890,2026-11,1000000,600000,400000,commission-rate/1 rate=10% margin=4.000.000\n\
//!             W-2,Budi Contoh,bank:014:2345678901,2026-11,1000000,600000,400000,commission-rate/1 rate=12% margin=4.000.000\n";
//! let mut rows = PayFile::open(file.as_bytes(), Format::Detect);
//! assert!(rows.next().unwrap().is_ok());
//! let error = &rows.next().unwrap().unwrap_err()[0];
//! assert_eq!((error.row, error.column.as_str(), error.value.as_str()), (3, "earn.commission", "400000"));
//! assert_eq!(error.message, "commission-rate/1 gives Rp480.000, but the line says Rp400.000");
//! ```
//!
//! # All mistakes at once
//! ```
//! use upah_payfile::{Format, PayFile};
//!
//! let file = "worker_id;name;destination;period;amount\n\
//!             W-1;Siti Contoh;bank:014:1234567890;2026-11;600.000\n\
//!             W-2;Budi Contoh;ewallet:dana:081234567890;11/2026;600,000\n";
//! let mut rows = PayFile::open(file.as_bytes(), Format::Detect);
//! assert_eq!(rows.next().unwrap().unwrap().amount.value(), 600_000);
//! let errors = rows.next().unwrap().unwrap_err();
//! let found: Vec<_> = errors.iter().map(|e| (e.row, e.column.as_str(), e.code)).collect();
//! assert_eq!(found, [(3, "period", "spreadsheet_damage"), (3, "amount", "amount_comma")]);
//! assert!(rows.next().is_none());
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod build;
mod column;
mod csv_rows;
mod error;
mod input;
mod json_rows;
mod quotes;
pub mod table;

use std::io::Read;

use upah_core::PayRow;

pub use error::{RowError, Warning};

use csv_rows::CsvRows;
use input::Input;
use json_rows::JsonRows;

/// The most bytes of one cell.
pub const CELL_BYTES_MAX: usize = 4096;
/// The most bytes of one row.
pub const ROW_BYTES_MAX: usize = 64 * 1024;
/// The most columns.
pub const COLUMNS_MAX: usize = 256;
/// The most warnings that are kept; the rest are counted.
pub const WARNINGS_MAX: usize = 1000;

/// How a payroll file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Format {
    /// JSON Lines if the first character other than space is `{`, else CSV.
    #[default]
    Detect,
    /// CSV with a header row; comma or semicolon, found by looking at the header.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// The rows of a payroll file, an iterator.
///
/// It yields a row, or everything that is wrong with a row, until the file ends. Once the header is known to
/// be wrong only errors come, so that one pass names all of them. An error of the reader itself is the last
/// item, with the code `unreadable`.
pub struct PayFile<R> {
    source: Source<R>,
    warnings: Vec<Warning>,
    warnings_total: u64,
    rows_seen: bool,
    done: bool,
}

enum Source<R> {
    Csv(CsvRows<R>),
    Json(JsonRows<R>),
    /// The file could not be opened as either; what is wrong.
    Broken(RowError),
}

/// One row as it stands in the file, before its cells are read.
struct RawRow {
    row: u64,
    cells: Vec<(column::Column, build::Raw)>,
    /// What was already found wrong about the row or its cells.
    errors: Vec<RowError>,
    /// Whether a column that has no cell is to be reported here (JSON Lines) or was with the header (CSV).
    report_missing: bool,
}

/// What a source gives next.
enum Next {
    Row(RawRow),
    /// Errors that stand for no row to be built.
    Errors(Vec<RowError>),
    /// A row without content.
    Blank(u64),
    /// Errors after which nothing can be read.
    Fatal(RowError),
    End,
}

impl<R: Read> PayFile<R> {
    /// Opens a payroll file; reads up to its first line.
    pub fn open(reader: R, format: Format) -> Self {
        let source = match Input::open(reader) {
            Err(error) => Source::Broken(error),
            Ok(input) => match format {
                Format::JsonLines => Source::Json(JsonRows::new(input)),
                Format::Detect if input.looks_like_json() => Source::Json(JsonRows::new(input)),
                Format::Detect | Format::Csv => Source::Csv(CsvRows::new(input)),
            },
        };
        Self { source, warnings: Vec::new(), warnings_total: 0, rows_seen: false, done: false }
    }

    /// What is right but worth a look in the rows read so far; the first [`WARNINGS_MAX`].
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// How many warnings there were in the rows read so far.
    pub fn warnings_total(&self) -> u64 {
        self.warnings_total
    }

    fn warn(&mut self, warning: Warning) {
        self.warnings_total += 1;
        if self.warnings.len() < WARNINGS_MAX {
            self.warnings.push(warning);
        }
    }

    fn end(&mut self) -> Option<Result<PayRow, Vec<RowError>>> {
        self.done = true;
        if self.rows_seen {
            return None;
        }
        Some(Err(vec![RowError::of_row(1, "no_rows", "the file holds no payments; write one row for each payment")]))
    }
}

impl<R: Read> Iterator for PayFile<R> {
    type Item = Result<PayRow, Vec<RowError>>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            let (next, header_is_good) = match &mut self.source {
                Source::Csv(rows) => {
                    let next = rows.next();
                    (next, rows.header_is_good())
                }
                Source::Json(rows) => (rows.next(), true),
                Source::Broken(error) => (Next::Fatal(error.clone()), true),
            };
            match next {
                Next::End => return self.end(),
                Next::Fatal(error) => {
                    self.done = true;
                    return Some(Err(vec![error]));
                }
                Next::Errors(errors) => {
                    self.rows_seen = true;
                    return Some(Err(errors));
                }
                Next::Blank(row) => self.warn(Warning::blank_row(row)),
                Next::Row(raw) => {
                    self.rows_seen = true;
                    let (row, looks_like_nik) = (raw.row, build::holds_nik(&raw));
                    if looks_like_nik {
                        self.warn(Warning::nik(row));
                    }
                    match build::build(raw) {
                        Ok(row) if header_is_good => return Some(Ok(row)),
                        // Without the cells of a missing column there is nothing more to say about a row.
                        Ok(_) => {}
                        Err(errors) if errors.is_empty() && !header_is_good => {}
                        Err(errors) if errors.is_empty() => {
                            return Some(Err(vec![RowError::of_row(row, "row_incomplete", "this row is incomplete")]));
                        }
                        Err(errors) => return Some(Err(errors)),
                    }
                }
            }
        }
        None
    }
}
