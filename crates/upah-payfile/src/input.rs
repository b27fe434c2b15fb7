//! The first bytes of a file: what it is, told without reading it twice; and a bound on every read after.

use std::io::{self, Chain, Cursor, ErrorKind, Read};

use crate::ROW_BYTES_MAX;
use crate::error::RowError;

/// A reader with its first line looked at.
pub(crate) struct Input<R> {
    /// The bytes looked at, without the byte order mark.
    head: Vec<u8>,
    rest: R,
}

impl<R: Read> Input<R> {
    /// Reads up to the end of the first line that has content, or as much as a row may have.
    pub(crate) fn open(mut rest: R) -> Result<Self, RowError> {
        let mut head = Vec::new();
        let mut chunk = [0; 1024];
        while head.len() <= ROW_BYTES_MAX && !has_a_line(&head) {
            match rest.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => head.extend_from_slice(chunk.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(1, &error)),
            }
        }
        if head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) {
            return Err(RowError::of_row(1, "utf16", "the file is UTF-16; save it as CSV UTF-8"));
        }
        if head.starts_with(b"PK\x03\x04") {
            return Err(RowError::of_row(1, "workbook", "this is a spreadsheet workbook; save it as CSV UTF-8"));
        }
        if head.starts_with(&[0xEF, 0xBB, 0xBF]) {
            head.drain(..3);
        }
        if head.trim_ascii().is_empty() && head.len() <= ROW_BYTES_MAX {
            return Err(RowError::of_row(1, "empty_file", "the file is empty"));
        }
        Ok(Self { head, rest })
    }

    /// Whether the first character other than space is `{`.
    pub(crate) fn looks_like_json(&self) -> bool {
        self.head.trim_ascii_start().starts_with(b"{")
    }

    /// Semicolon if the first line has more of them than commas, outside quotes.
    pub(crate) fn delimiter(&self) -> u8 {
        let mut quoted = false;
        let (mut commas, mut semicolons) = (0_usize, 0_usize);
        for byte in self.head.trim_ascii_start() {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' | b'\r' if !quoted => break,
                b',' if !quoted => commas += 1,
                b';' if !quoted => semicolons += 1,
                _ => {}
            }
        }
        if semicolons > commas { b';' } else { b',' }
    }

    /// The whole file, from its first byte after the byte order mark.
    pub(crate) fn into_bounded(self) -> Bounded<R> {
        Bounded { inner: Cursor::new(self.head).chain(self.rest), allowance: ROW_READ_MAX, exceeded: false }
    }
}

fn has_a_line(head: &[u8]) -> bool {
    // The byte order mark is no space, hence the test for what may follow it.
    let head = head.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(head).trim_ascii_start();
    head.contains(&b'\n')
}

pub(crate) fn unreadable(row: u64, error: &io::Error) -> RowError {
    RowError::of_row(row, "unreadable", format!("the file cannot be read further: {}", error.kind()))
}

/// A row and a buffer of the CSV reader, which reads ahead.
const ROW_READ_MAX: usize = ROW_BYTES_MAX + 16 * 1024;

/// A reader that stops when one row takes too much: a quote that is never closed would swallow the file.
pub(crate) struct Bounded<R> {
    inner: Chain<Cursor<Vec<u8>>, R>,
    allowance: usize,
    exceeded: bool,
}

impl<R> Bounded<R> {
    /// To be called before each row.
    pub(crate) fn renew(&mut self) {
        self.allowance = ROW_READ_MAX;
    }

    /// Whether a read failed because the row was too long.
    pub(crate) fn exceeded(&self) -> bool {
        self.exceeded
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.allowance == 0 {
            self.exceeded = true;
            return Err(io::Error::from(ErrorKind::InvalidData));
        }
        let count = buffer.len().min(self.allowance);
        let count = self.inner.read(buffer.get_mut(..count).unwrap_or_default())?;
        self.allowance -= count.min(self.allowance);
        Ok(count)
    }
}
