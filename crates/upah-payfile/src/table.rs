//! CSV as clerks and banks write it, record by record: delimiter, quotes, and what is wrong with them. What the cells
//! mean is for others: payroll rows here, a bank's statement elsewhere.

use std::io::Read;

use csv::{ByteRecord, ErrorKind};

use crate::error::RowError;
use crate::input::{Bounded, Input, unreadable};
use crate::quotes::Quotes;
use crate::{COLUMNS_MAX, ROW_BYTES_MAX};

/// The records of a CSV file: UTF-8 with or without byte order mark, comma or semicolon, any line ends. Reads in bounded
/// memory.
pub struct Table<R> {
    reader: csv::Reader<Quotes<Bounded<R>>>,
    record: ByteRecord,
    delimiter: char,
    columns: usize,
    row: u64,
}

/// What a table gives next.
#[derive(Debug)]
pub enum Record<'a> {
    /// As many cells as the header has columns.
    Cells {
        /// The record number, the header included.
        row: u64,
        /// The cells as they stand in the file; perhaps no UTF-8.
        cells: &'a ByteRecord,
    },
    /// A record without content.
    Blank(u64),
    /// A record that cannot be read; the next one can.
    Bad(RowError),
    /// Nothing more can be read.
    Broken(RowError),
    /// The file is over.
    End,
}

impl<R: Read> Table<R> {
    /// Opens a file; reads up to its first line.
    ///
    /// # Errors
    /// The file is empty, a workbook, UTF-16, or cannot be read.
    pub fn open(reader: R) -> Result<Self, RowError> {
        Input::open(reader).map(Self::new)
    }

    pub(crate) fn new(input: Input<R>) -> Self {
        let delimiter = input.delimiter();
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(Quotes::new(input.into_bounded(), delimiter));
        Self { reader, record: ByteRecord::new(), delimiter: char::from(delimiter), columns: 0, row: 0 }
    }

    /// The names in the first record. To be called once, before [`Table::next_record`].
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn header(&mut self) -> Result<Vec<String>, RowError> {
        if !self.read_record()? {
            return Err(RowError::of_row(1, "empty_file", "the file is empty"));
        }
        if let Some(error) = self.quotes_fault() {
            return Err(error);
        }
        if self.record.len() > COLUMNS_MAX {
            let message = format!("the header has {} columns; at most {COLUMNS_MAX} are read", self.record.len());
            return Err(RowError::of_row(1, "too_many_columns", message));
        }
        self.columns = self.record.len();
        Ok(self.record.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// The next record.
    pub fn next_record(&mut self) -> Record<'_> {
        match self.read_record() {
            Err(error) => return Record::Broken(error),
            Ok(false) => return Record::End,
            Ok(true) => {}
        }
        let row = self.row;
        if self.record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return Record::Blank(row);
        }
        if self.record.as_slice().len() > ROW_BYTES_MAX {
            return Record::Bad(too_long(row));
        }
        if let Some(error) = self.quotes_fault() {
            return Record::Bad(error);
        }
        let (cells, columns) = (self.record.len(), self.columns);
        if cells != columns {
            let (code, advice) = if cells > columns {
                ("too_many_cells", format!("put a cell that contains a {:?} between double quotes", self.delimiter))
            } else {
                ("too_few_cells", "is the row complete?".to_owned())
            };
            let message = format!("this row has {cells} cells, the header has {columns}; {advice}");
            return Record::Bad(RowError::of_row(row, code, message));
        }
        Record::Cells { row, cells: &self.record }
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
            Err(_) if self.reader.get_mut().inner().exceeded() => Err(too_long(row)),
            Err(error) => Err(match error.kind() {
                ErrorKind::Io(error) => unreadable(row, error),
                _ => RowError::of_row(row, "csv_syntax", "this row is no CSV"),
            }),
        }
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

fn too_long(row: u64) -> RowError {
    let message = format!("this row has more than {ROW_BYTES_MAX} bytes; look for a quote that is not closed");
    RowError::of_row(row, "row_too_long", message)
}
