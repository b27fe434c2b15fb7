//! What is wrong with a cell, a row or a file, in words that a payroll clerk can act on.

use std::fmt;

use serde::Serialize;

use crate::column::Column;

/// One thing that is wrong. The report that the owner of the file gets holds all of these.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// The record number, the header included; in JSON Lines the line number.
    pub row: u64,
    /// The column; empty when the whole row or file is meant.
    pub column: String,
    /// The cell, masked for destination, name and note, without control characters, at most 80 characters.
    pub value: String,
    /// The stable name of the rule.
    pub code: &'static str,
    /// The rule, and what to write instead.
    pub message: String,
}

/// Something that is right but worth a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// As in [`RowError::row`].
    pub row: u64,
    /// As in [`RowError::column`].
    pub column: &'static str,
    /// The stable name.
    pub code: &'static str,
    /// What to consider.
    pub message: &'static str,
}

impl RowError {
    /// Something that is wrong with a cell of another table than a payroll file. The cell is cut to 80 characters and
    /// rid of control characters; whoever calls masks what may belong to a person.
    pub fn new(row: u64, column: &str, value: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self { row, column: printable(column), value: printable(value), code, message: message.into() }
    }

    pub(crate) fn of_row(row: u64, code: &'static str, message: impl Into<String>) -> Self {
        Self { row, column: String::new(), value: String::new(), code, message: message.into() }
    }

    pub(crate) fn of_cell(
        row: u64,
        column: &Column,
        value: &str,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let value = mask(column, value);
        Self { row, column: column.to_string(), value, code, message: message.into() }
    }

    pub(crate) fn of_column(row: u64, name: &str, code: &'static str, message: impl Into<String>) -> Self {
        let name = printable(name);
        Self { row, column: name.clone(), value: name, code, message: message.into() }
    }
}

impl Warning {
    pub(crate) fn nik(row: u64) -> Self {
        Self {
            row,
            column: "worker_id",
            code: "worker_id_nik",
            message: "this looks like a national id number (NIK); an id of your own protects the worker better",
        }
    }

    pub(crate) fn blank_row(row: u64) -> Self {
        Self { row, column: "", code: "blank_row", message: "this row is empty and was left out" }
    }
}

/// Without the value: a cell is shown to the owner of the file only, in the report.
impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.row)?;
        if !self.column.is_empty() {
            write!(f, ", {}", self.column)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl fmt::Debug for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowError({}, {:?}, {})", self.row, self.column, self.code)
    }
}

impl std::error::Error for RowError {}

fn mask(column: &Column, value: &str) -> String {
    match column {
        Column::Name | Column::Note if value.trim().is_empty() => String::new(),
        Column::Name => value.trim().chars().take(1).map(visible).chain("•••".chars()).collect(),
        Column::Note => "•••".to_owned(),
        Column::Destination => printable(&value.split_whitespace().map(mask_destination).collect::<Vec<_>>().join(" ")),
        _ => printable(value),
    }
}

/// `bank:14:1234567890` → `bank:14:••••7890`; what is no destination at all keeps at most half of its end.
fn mask_destination(text: &str) -> String {
    let (start, secret) = match text.rsplit_once(':') {
        Some((start, secret)) if start.len() <= 32 => (format!("{start}:"), secret),
        _ => (String::new(), text),
    };
    // An account in the wrong place stays hidden too: only short runs of digits are shown before the colon.
    let start: String =
        if start.bytes().filter(u8::is_ascii_digit).count() > 4 { "••••:".to_owned() } else { start };
    let count = secret.chars().count();
    let shown = (count / 2).min(4);
    start.chars().chain("••••".chars()).chain(secret.chars().skip(count - shown)).collect()
}

/// A cell may hold anything: nothing that a terminal would obey is passed on.
fn printable(text: &str) -> String {
    let mut shown: String = text.chars().take(80).map(visible).collect();
    if text.chars().nth(80).is_some() {
        shown.push('…');
    }
    shown
}

fn visible(c: char) -> char {
    if c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}') {
        '\u{fffd}'
    } else {
        c
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_masks_people_and_the_error_itself_shows_no_cell() {
        for (column, value, shown) in [
            (Column::Name, "Siti Contoh", "S•••"),
            (Column::Name, "  ", ""),
            (Column::Note, "sakit", "•••"),
            (Column::Destination, "bank:14:1234567890", "bank:14:••••7890"),
            (Column::Destination, "bank:1234567890:014", "••••:••••4"),
            (Column::Destination, "1234567890", "••••7890"),
            (Column::Destination, "1,23E+09", "••••E+09"),
            (Column::Destination, "bank:014:123 ewallet:dana:0812", "bank:014:••••3 ewallet:dana:••••12"),
            (Column::Amount, "600,000", "600,000"),
            (Column::Amount, "\u{1b}[31m", "\u{fffd}[31m"),
        ] {
            let error = RowError::of_cell(3, &column, value, "code", "message");
            assert_eq!(error.value, shown);
            assert_eq!(error.to_string(), format!("row 3, {column}: message"));
            assert!(!format!("{error:?}").contains("600"));
        }
        assert_eq!(printable(&"x".repeat(100)).chars().count(), 81);
    }
}
