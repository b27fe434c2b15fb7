//! CSV to raw rows: which column each cell belongs to, and what is wrong with the header.

use std::io::Read;

use crate::build::Raw;
use crate::column::Column;
use crate::error::RowError;
use crate::input::Input;
use crate::table::{Record, Table};
use crate::{CELL_BYTES_MAX, Next, RawRow};

/// The rows of a CSV file.
pub(crate) struct CsvRows<R> {
    table: Table<R>,
    /// `None` for a column that is not known or is there twice. Empty before the header is read.
    columns: Vec<Option<Column>>,
    header_is_read: bool,
    header_is_good: bool,
}

impl<R: Read> CsvRows<R> {
    pub(crate) fn new(input: Input<R>) -> Self {
        Self { table: Table::new(input), columns: Vec::new(), header_is_read: false, header_is_good: true }
    }

    /// Whether rows may be handed out.
    pub(crate) fn header_is_good(&self) -> bool {
        self.header_is_good
    }

    pub(crate) fn next(&mut self) -> Next {
        if !self.header_is_read {
            self.header_is_read = true;
            return match self.table.header() {
                Err(error) => Next::Fatal(error),
                Ok(names) => self.header(&names),
            };
        }
        match self.table.next_record() {
            Record::Broken(error) => Next::Fatal(error),
            Record::End => Next::End,
            Record::Blank(row) => Next::Blank(row),
            Record::Bad(error) => Next::Errors(vec![error]),
            Record::Cells { row, cells } => {
                let mut raw =
                    RawRow { row, cells: Vec::with_capacity(cells.len()), errors: Vec::new(), report_missing: false };
                for (cell, column) in cells.iter().zip(&self.columns) {
                    let Some(column) = column else { continue };
                    if cell.len() > CELL_BYTES_MAX {
                        raw.errors.push(too_long(row, column));
                        continue;
                    }
                    match std::str::from_utf8(cell) {
                        Ok(text) => raw.cells.push((column.clone(), Raw::Text(text.to_owned()))),
                        Err(_) => {
                            let text = String::from_utf8_lossy(cell);
                            let message = "this cell is not UTF-8; save the file as CSV UTF-8";
                            raw.errors.push(RowError::of_cell(row, column, &text, "not_utf8", message));
                        }
                    }
                }
                Next::Row(raw)
            }
        }
    }

    fn header(&mut self, names: &[String]) -> Next {
        let columns: Vec<Option<Column>> = names.iter().map(|name| Column::parse(name)).collect();
        if !columns.iter().flatten().any(|column| Column::REQUIRED.contains(column)) {
            let message = format!("the first row is no header, or commas and semicolons are mixed; {}", Column::KNOWN);
            return Next::Fatal(RowError::of_row(1, "no_header", message));
        }
        let mut errors = Vec::new();
        for (name, column) in names.iter().zip(columns) {
            match column {
                Some(column) if self.columns.contains(&Some(column.clone())) => {
                    let message = "this column is there twice; keep one";
                    errors.push(RowError::of_column(1, name, "repeated_column", message));
                    self.columns.push(None);
                }
                Some(column) => self.columns.push(Some(column)),
                None => {
                    let message = if name.trim().is_empty() {
                        "a column has no name; name it or delete it".to_owned()
                    } else {
                        format!("there is no such column; {}", Column::KNOWN)
                    };
                    errors.push(RowError::of_column(1, name, "unknown_column", message));
                    self.columns.push(None);
                }
            }
        }
        for column in Column::REQUIRED {
            if !self.columns.contains(&Some(column.clone())) {
                let message = "this column is required and missing";
                errors.push(RowError::of_cell(1, &column, "", "missing_column", message));
            }
        }
        if errors.is_empty() {
            return self.next();
        }
        self.header_is_good = false;
        Next::Errors(errors)
    }
}

pub(crate) fn too_long(row: u64, column: &Column) -> RowError {
    let message = format!("this cell has more than {CELL_BYTES_MAX} bytes");
    RowError::of_cell(row, column, "", "cell_too_long", message)
}
