//! CSV to raw rows: header, delimiter, quotes, and what is wrong with them.

use std::io::Read;

use csv::{ByteRecord, ErrorKind};

use crate::build::Raw;
use crate::column::Column;
use crate::error::RowError;
use crate::input::{Bounded, Input, unreadable};
use crate::quotes::Quotes;
use crate::{CELL_BYTES_MAX, COLUMNS_MAX, Next, ROW_BYTES_MAX, RawRow};

/// The rows of a CSV file.
pub(crate) struct CsvRows<R> {
    reader: csv::Reader<Quotes<Bounded<R>>>,
    record: ByteRecord,
    delimiter: char,
    /// `None` for a column that is not known or is there twice. Empty before the header is read.
    columns: Vec<Option<Column>>,
    header_is_good: bool,
    row: u64,
}

impl<R: Read> CsvRows<R> {
    pub(crate) fn new(input: Input<R>) -> Self {
        let delimiter = input.delimiter();
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(Quotes::new(input.into_bounded(), delimiter));
        Self {
            reader,
            record: ByteRecord::new(),
            delimiter: char::from(delimiter),
            columns: Vec::new(),
            header_is_good: true,
            row: 0,
        }
    }

    /// Whether rows may be handed out.
    pub(crate) fn header_is_good(&self) -> bool {
        self.header_is_good
    }

    pub(crate) fn next(&mut self) -> Next {
        if self.row == 0 {
            return match self.read_record() {
                Err(error) => Next::Fatal(error),
                Ok(false) => Next::Fatal(RowError::of_row(1, "empty_file", "the file is empty")),
                Ok(true) => self.header(),
            };
        }
        match self.read_record() {
            Err(error) => Next::Fatal(error),
            Ok(false) => Next::End,
            Ok(true) => self.row(),
        }
    }

    fn read_record(&mut self) -> Result<bool, RowError> {
        self.reader.get_mut().inner().renew();
        let row = self.row + 1;
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => Ok(false),
            Ok(true) => {
                self.row = row;
                Ok(true)
            }
            Err(_) if self.reader.get_mut().inner().exceeded() => Err(RowError::of_row(
                row,
                "row_too_long",
                format!("this row has more than {ROW_BYTES_MAX} bytes; look for a quote that is not closed"),
            )),
            Err(error) => Err(match error.kind() {
                ErrorKind::Io(error) => unreadable(row, error),
                _ => RowError::of_row(row, "csv_syntax", "this row is no CSV"),
            }),
        }
    }

    fn header(&mut self) -> Next {
        if let Some(error) = self.quotes_fault() {
            return Next::Fatal(error);
        }
        if self.record.len() > COLUMNS_MAX {
            let message = format!("the header has {} columns; at most {COLUMNS_MAX} are read", self.record.len());
            return Next::Fatal(RowError::of_row(1, "too_many_columns", message));
        }
        let names: Vec<String> = self.record.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
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

    fn row(&mut self) -> Next {
        let row = self.row;
        if self.record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return Next::Blank(row);
        }
        if self.record.as_slice().len() > ROW_BYTES_MAX {
            let message = format!("this row has more than {ROW_BYTES_MAX} bytes; look for a quote that is not closed");
            return Next::Errors(vec![RowError::of_row(row, "row_too_long", message)]);
        }
        if let Some(error) = self.quotes_fault() {
            return Next::Errors(vec![error]);
        }
        let (cells, columns) = (self.record.len(), self.columns.len());
        if cells != columns {
            let (code, advice) = if cells > columns {
                ("too_many_cells", format!("put a cell that contains a {:?} between double quotes", self.delimiter))
            } else {
                ("too_few_cells", "is the row complete?".to_owned())
            };
            let message = format!("this row has {cells} cells, the header has {columns}; {advice}");
            return Next::Errors(vec![RowError::of_row(row, code, message)]);
        }
        let mut raw = RawRow { row, cells: Vec::with_capacity(cells), errors: Vec::new(), report_missing: false };
        for (cell, column) in self.record.iter().zip(&self.columns) {
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

    /// The CSV reader takes the end of the file for the end of an open quote; a file cut off would pass.
    fn quotes_fault(&mut self) -> Option<RowError> {
        let quotes = self.reader.get_mut();
        if quotes.are_stray_in(self.row) {
            let message = "a double quote stands inside a cell; write it twice and put the cell between double quotes";
            return Some(RowError::of_row(self.row, "quote_stray", message));
        }
        if quotes.are_open_in(self.row) {
            let message = "a double quote is opened in this row and not closed";
            return Some(RowError::of_row(self.row, "quote_open", message));
        }
        None
    }
}

pub(crate) fn too_long(row: u64, column: &Column) -> RowError {
    let message = format!("this cell has more than {CELL_BYTES_MAX} bytes");
    RowError::of_cell(row, column, "", "cell_too_long", message)
}
