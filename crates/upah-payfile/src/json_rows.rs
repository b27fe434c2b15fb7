//! JSON Lines to raw rows: one object a line, each field once.

use std::fmt;
use std::io::{BufRead, BufReader, ErrorKind, Read};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::build::Raw;
use crate::column::Column;
use crate::csv_rows::too_long;
use crate::error::RowError;
use crate::input::{Bounded, Input, unreadable};
use crate::{CELL_BYTES_MAX, COLUMNS_MAX, Next, ROW_BYTES_MAX, RawRow};

/// The rows of a JSON Lines file.
pub(crate) struct JsonRows<R> {
    reader: BufReader<Bounded<R>>,
    line: Vec<u8>,
    row: u64,
}

impl<R: Read> JsonRows<R> {
    pub(crate) fn new(input: Input<R>) -> Self {
        Self { reader: BufReader::new(input.into_bounded()), line: Vec::new(), row: 0 }
    }

    pub(crate) fn next(&mut self) -> Next {
        loop {
            match self.read_line() {
                Err(error) => return Next::Fatal(error),
                Ok(Line::End) => return Next::End,
                Ok(Line::TooLong) => {
                    let message = format!("this line has more than {ROW_BYTES_MAX} bytes");
                    return Next::Errors(vec![RowError::of_row(self.row, "row_too_long", message)]);
                }
                Ok(Line::Whole) if self.line.trim_ascii().is_empty() => {}
                Ok(Line::Whole) => return self.row(),
            }
        }
    }

    /// Reads a line into `self.line`; of one that is too long it keeps the start and skips the rest.
    fn read_line(&mut self) -> Result<Line, RowError> {
        self.line.clear();
        let (mut any, mut too_long) = (false, false);
        loop {
            self.reader.get_mut().renew();
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(self.row + 1, &error)),
            };
            let end = available.iter().position(|byte| *byte == b'\n');
            let part = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
            too_long |= self.line.len() + part.len() > ROW_BYTES_MAX;
            if !too_long {
                self.line.extend_from_slice(part);
            }
            let at_end = available.is_empty();
            any |= !at_end;
            let consumed = end.map_or(available.len(), |end| end + 1);
            self.reader.consume(consumed);
            if end.is_some() || at_end {
                self.row += u64::from(any);
                return Ok(match (any, too_long) {
                    (false, _) => Line::End,
                    (true, true) => Line::TooLong,
                    (true, false) => Line::Whole,
                });
            }
        }
    }

    fn row(&self) -> Next {
        let row = self.row;
        let fault = |code, message: &str| Next::Errors(vec![RowError::of_row(row, code, message)]);
        let Ok(text) = std::str::from_utf8(&self.line) else {
            return fault("not_utf8", "this line is not UTF-8");
        };
        let fields = match serde_json::from_str::<Fields>(text) {
            Ok(Fields(fields)) if fields.len() > COLUMNS_MAX => {
                return fault("too_many_columns", &format!("this line has more than {COLUMNS_MAX} fields"));
            }
            Ok(Fields(fields)) => fields,
            // The error's own words may quote the line.
            Err(error) => {
                let message = format!("this line is no JSON object; look at character {}", error.column());
                return fault("json_syntax", &message);
            }
        };
        let mut raw = RawRow { row, cells: Vec::with_capacity(fields.len()), errors: Vec::new(), report_missing: true };
        let mut seen: Vec<Column> = Vec::new();
        for (name, value) in fields {
            let Some(column) = Column::parse(&name) else {
                let message = format!("there is no such field; {}", Column::KNOWN);
                raw.errors.push(RowError::of_column(row, &name, "unknown_column", message));
                continue;
            };
            if seen.contains(&column) {
                let message = "this field is there twice; keep one";
                raw.errors.push(RowError::of_column(row, &name, "repeated_column", message));
                continue;
            }
            seen.push(column.clone());
            match value {
                Value::String(text) if text.len() > CELL_BYTES_MAX => raw.errors.push(too_long(row, &column)),
                value => raw.cells.push((column, raw_cell(value))),
            }
        }
        Next::Row(raw)
    }
}

enum Line {
    Whole,
    TooLong,
    End,
}

fn raw_cell(value: Value) -> Raw {
    match value {
        Value::Null => Raw::Text(String::new()),
        Value::String(text) => Raw::Text(text),
        Value::Number(number) => match number.as_u64() {
            Some(whole) => Raw::Whole(whole),
            None => Raw::OtherNumber(number.to_string()),
        },
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Raw::Other,
    }
}

/// The fields of an object in their order, repeated ones included, which a map would drop.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}
