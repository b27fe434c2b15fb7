//! Quotes that stand where they must not.
//!
//! The CSV reader forgives them: it reads `"600".000` as `600.000`, and takes the end of a file that was cut
//! off for the closing quote. A cell that decides about money is not guessed, so the bytes are watched on
//! their way to the reader, after RFC 4180 section 2.

use std::collections::VecDeque;
use std::io::{self, Read};

/// Passes bytes on and remembers the rows with a stray quote.
pub(crate) struct Quotes<R> {
    inner: R,
    delimiter: u8,
    place: Place,
    row: u64,
    /// Ascending; as many as fit into what the CSV reader reads ahead.
    stray: VecDeque<u64>,
    ended: bool,
}

/// Where the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    RowStart,
    CellStart,
    Bare,
    Quoted,
    /// After a quote inside a quoted cell: the end of the cell, or the first half of a doubled quote.
    AfterQuote,
}

impl<R> Quotes<R> {
    pub(crate) fn new(inner: R, delimiter: u8) -> Self {
        Self { inner, delimiter, place: Place::RowStart, row: 0, stray: VecDeque::new(), ended: false }
    }

    pub(crate) fn inner(&mut self) -> &mut R {
        &mut self.inner
    }

    /// Whether this row has a stray quote; earlier rows are forgotten.
    pub(crate) fn are_stray_in(&mut self, row: u64) -> bool {
        while self.stray.front().is_some_and(|earlier| *earlier < row) {
            self.stray.pop_front();
        }
        self.stray.front() == Some(&row)
    }

    /// Whether the file ended inside a quoted cell of this row.
    pub(crate) fn are_open_in(&self, row: u64) -> bool {
        self.ended && self.place == Place::Quoted && self.row == row
    }

    fn watch(&mut self, byte: u8) {
        let ends_row = matches!(byte, b'\n' | b'\r');
        // The CSV reader skips lines without any byte and does not count them.
        if self.place == Place::RowStart && !ends_row {
            self.row += 1;
            self.place = Place::CellStart;
        }
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => Place::AfterQuote,
            (Place::Quoted, _) | (Place::AfterQuote | Place::CellStart, b'"') => Place::Quoted,
            _ if ends_row => Place::RowStart,
            _ if byte == self.delimiter => Place::CellStart,
            (Place::AfterQuote, _) | (Place::Bare, b'"') => {
                if self.stray.back() != Some(&self.row) {
                    self.stray.push_back(self.row);
                }
                Place::Bare
            }
            _ => Place::Bare,
        };
    }
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.ended |= count == 0 && !buffer.is_empty();
        for byte in buffer.get(..count).unwrap_or_default() {
            self.watch(*byte);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn watched(text: &str) -> Quotes<&[u8]> {
        let mut quotes = Quotes::new(text.as_bytes(), b',');
        io::copy(&mut quotes, &mut io::sink()).unwrap();
        quotes
    }

    #[test]
    fn stray_and_open_quotes_are_found_in_their_row() {
        for (text, stray) in [
            ("a,b\n\"c\",\"d\"\"e\"\r\n\r\n,\"\"\n", &[][..]),
            ("a\n\"6\"00\nb", &[2]),
            ("a\"b\n\n\"c\" ,d\n", &[1, 2]),
            ("\"a\nb\"c\nd\"", &[1, 2]),
        ] {
            assert_eq!(watched(text).stray, stray, "{text}");
            assert!((0..5).all(|row| !watched(text).are_open_in(row)), "{text}");
        }
        assert!(watched("x\na,\"b\nc").are_open_in(2));
        assert!(watched("a,\"b\"\"").are_open_in(1));
        assert!(!watched("a\n\"b").are_open_in(1));
    }

    proptest! {
        #[test]
        fn rows_are_counted_like_the_csv_reader_counts_them(text in "[a,\"\r\n]{0,40}") {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            prop_assert_eq!(watched(&text).row, reader.byte_records().count() as u64);
        }
    }
}
