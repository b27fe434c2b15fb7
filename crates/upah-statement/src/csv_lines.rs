//! A statement in CSV.

use upah_core::Rupiah;
use upah_core::bank_statement::{BookingDay, Entry, Side, StatementLine};
use upah_payfile::table::{Record, Table};
use upah_payfile::{CELL_BYTES_MAX, RowError};

use crate::reference;
use crate::{LINES_MAX, Mistakes};

const COLUMNS: [&str; 7] =
    ["date", "reference", "amount", "direction", "bank_reference", "counterparty", "description"];
/// The first so many of them are required.
const REQUIRED: usize = 4;
const KNOWN: &str = "the columns are date, reference, amount, direction, bank_reference, counterparty and description";
/// What of a bank's own reference is kept.
pub(crate) const BANK_REFERENCE_CHARS_MAX: usize = 64;

pub(crate) fn read(bytes: &[u8]) -> Result<Vec<StatementLine>, Mistakes> {
    let mut mistakes = Mistakes::default();
    let mut table = Table::open(bytes).map_err(Mistakes::one)?;
    let names = table.header().map_err(Mistakes::one)?;
    let places = header(&names, &mut mistakes)?;
    let mut lines = Vec::new();
    loop {
        match table.next_record() {
            Record::End => break,
            Record::Blank(_) => {}
            Record::Bad(error) => mistakes.add(error),
            Record::Broken(error) => {
                mistakes.add(error);
                break;
            }
            Record::Cells { row, .. } if lines.len() >= LINES_MAX => {
                let message = "the file has more than 1.000.000 lines; ask the bank for a shorter period";
                mistakes.add(RowError::new(row, "", "", "too_many_rows", message));
                break;
            }
            Record::Cells { row, cells } => {
                let mut texts = [""; COLUMNS.len()];
                let mut readable = true;
                for (cell, place) in cells.iter().zip(&places) {
                    let Some(place) = place else { continue };
                    match std::str::from_utf8(cell) {
                        Ok(text) if text.len() <= CELL_BYTES_MAX => texts[*place] = text.trim(),
                        Ok(_) => {
                            readable = false;
                            let message = format!("this cell has more than {CELL_BYTES_MAX} bytes");
                            mistakes.add(RowError::new(row, COLUMNS[*place], "", "cell_too_long", message));
                        }
                        Err(_) => {
                            readable = false;
                            let message = "this cell is not UTF-8; save the file as CSV UTF-8";
                            mistakes.add(RowError::new(row, COLUMNS[*place], "", "not_utf8", message));
                        }
                    }
                }
                // Without a column there is nothing more to say about a line.
                if readable && places_all(&places) {
                    lines.extend(line(row, &texts, &mut mistakes));
                }
            }
        }
    }
    if mistakes.total == 0 { Ok(lines) } else { Err(mistakes) }
}

fn places_all(places: &[Option<usize>]) -> bool {
    (0..REQUIRED).all(|column| places.contains(&Some(column)))
}

/// Which column each cell of a record belongs to.
fn header(names: &[String], mistakes: &mut Mistakes) -> Result<Vec<Option<usize>>, Mistakes> {
    let place = |name: &String| COLUMNS.iter().position(|known| *known == name.trim().to_ascii_lowercase());
    let found: Vec<Option<usize>> = names.iter().map(place).collect();
    if !found.iter().flatten().any(|column| *column < REQUIRED) {
        let message = format!("the first row is no header, or commas and semicolons are mixed; {KNOWN}");
        return Err(Mistakes::one(RowError::new(1, "", "", "no_header", message)));
    }
    let mut places: Vec<Option<usize>> = Vec::with_capacity(found.len());
    for (name, column) in names.iter().zip(found) {
        let repeated = column.is_some() && places.contains(&column);
        let (code, message) = match column {
            Some(_) if !repeated => {
                places.push(column);
                continue;
            }
            Some(_) => ("repeated_column", "this column is there twice; keep one".to_owned()),
            None if name.trim().is_empty() => {
                ("unknown_column", "a column has no name; name it or delete it".to_owned())
            }
            None => ("unknown_column", format!("there is no such column; {KNOWN}")),
        };
        mistakes.add(RowError::new(1, name, name, code, message));
        places.push(None);
    }
    for (column, name) in COLUMNS.iter().enumerate().take(REQUIRED) {
        if !places.contains(&Some(column)) {
            mistakes.add(RowError::new(1, name, "", "missing_column", "this column is required and missing"));
        }
    }
    Ok(places)
}

fn line(row: u64, texts: &[&str; COLUMNS.len()], mistakes: &mut Mistakes) -> Option<StatementLine> {
    let [date, reference, amount, direction, bank_reference, counterparty, description] = *texts;
    let day = date.parse::<BookingDay>().map_err(|why| RowError::new(row, "date", date, why.code(), why.to_string()));
    let amount =
        Rupiah::parse_cell(amount).map_err(|why| RowError::new(row, "amount", amount, why.code(), why.to_string()));
    let side = side(direction).ok_or_else(|| {
        let message = "write debit for money that left the account, credit for money that came in";
        RowError::new(row, "direction", direction, "direction", message)
    });
    let mut references = Vec::new();
    for text in [reference, description, counterparty] {
        reference::collect(&mut references, text);
    }
    let bank_reference =
        Some(bank_reference.chars().take(BANK_REFERENCE_CHARS_MAX).collect()).filter(|text: &String| !text.is_empty());
    match (day, amount, side) {
        (Ok(day), Ok(amount), Ok(side)) => {
            Some(StatementLine { row, references, entry: Entry { day, side, amount, bank_reference } })
        }
        (day, amount, side) => {
            [day.err(), amount.err(), side.err()].into_iter().flatten().for_each(|error| mistakes.add(error));
            None
        }
    }
}

fn side(text: &str) -> Option<Side> {
    match text.to_ascii_lowercase().as_str() {
        "debit" | "debet" | "db" | "d" | "dbit" => Some(Side::Debit),
        "credit" | "kredit" | "cr" | "c" | "k" | "crdt" => Some(Side::Credit),
        _ => None,
    }
}
