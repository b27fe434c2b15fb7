//! Raw cells to a typed row, or everything that is wrong with them.

use std::fmt::Display;

use upah_core::destination::{Destination, DestinationListError};
use upah_core::ids::TextError;
use upah_core::money::RupiahError;
use upah_core::period::PeriodError;
use upah_core::row::{
    Computation, ComputationError, Direction, Line, LineKind, PayRow, PayRowError, PayRowFields, Statement,
    StatementError, WordError,
};
use upah_core::{Component, Rupiah, WorkerId};

use crate::RawRow;
use crate::column::Column;
use crate::error::RowError;

/// A cell as it stands in the file.
pub(crate) enum Raw {
    Text(String),
    /// A JSON number without sign, point and exponent.
    Whole(u64),
    /// Any other JSON number.
    OtherNumber(String),
    /// A JSON truth value, array or object.
    Other,
}

/// An error of a core type: a sentence and a stable name.
trait Named: Display {
    fn name(&self) -> &'static str;
}

macro_rules! named {
    ($($error:ty),*) => { $(impl Named for $error {
        fn name(&self) -> &'static str {
            self.code()
        }
    })* };
}
named!(
    TextError,
    RupiahError,
    PeriodError,
    WordError,
    ComputationError,
    StatementError,
    DestinationListError,
    PayRowError
);

/// Whether the row's worker id has the form of a national id number.
pub(crate) fn holds_nik(raw: &RawRow) -> bool {
    raw.cells.iter().any(|(column, cell)| match (column, cell) {
        (Column::WorkerId, Raw::Text(text)) => text.parse::<WorkerId>().is_ok_and(|id| id.looks_like_nik()),
        _ => false,
    })
}

/// Reads every cell, then checks the row as a whole.
pub(crate) fn build(raw: RawRow) -> Result<PayRow, Vec<RowError>> {
    let mut cells = Cells { row: raw.row, cells: raw.cells, errors: raw.errors };
    if raw.report_missing {
        cells.report_missing();
    }
    let worker_id = cells.text(&Column::WorkerId);
    let name = cells.text(&Column::Name);
    let destinations = cells.destinations();
    let period = cells.text(&Column::Period);
    let amount = cells.amount(&Column::Amount);
    if amount == Some(Rupiah::ZERO) {
        let error = PayRowError::NoAmount;
        cells.fault(&Column::Amount, "0", &error);
    }
    let employer = cells.optional(&Column::Employer);
    let component: Option<Component> = cells.optional(&Column::Component);
    let due_date = cells.optional(&Column::DueDate);
    let sex = cells.optional(&Column::Sex);
    let language = cells.optional(&Column::Language);
    let relationship = cells.optional(&Column::Relationship);
    let note = cells.optional(&Column::Note);
    let component = component.unwrap_or_default();
    let statement = cells.statement(&component, amount);
    let whole = (worker_id, name, destinations, period, amount, statement);
    let (Some(worker_id), Some(name), Some(destinations), Some(period), Some(amount), Some(statement)) = whole else {
        return Err(cells.errors);
    };
    if !cells.errors.is_empty() {
        return Err(cells.errors);
    }
    let fields = PayRowFields {
        row: cells.row,
        employer,
        worker_id,
        name,
        destinations,
        period,
        amount,
        component,
        due_date,
        sex,
        language,
        relationship,
        note,
        statement,
    };
    PayRow::new(fields).map_err(|error| vec![RowError::of_row(cells.row, error.code(), error.to_string())])
}

struct Cells {
    row: u64,
    cells: Vec<(Column, Raw)>,
    errors: Vec<RowError>,
}

impl Cells {
    fn report_missing(&mut self) {
        for column in Column::REQUIRED {
            let known = self.cells.iter().any(|(other, _)| *other == column)
                || self.errors.iter().any(|error| error.column == column.to_string());
            if !known {
                let message = "this field is required and missing";
                self.errors.push(RowError::of_cell(self.row, &column, "", "missing_column", message));
            }
        }
    }

    fn fault(&mut self, column: &Column, value: &str, error: &impl Named) {
        self.errors.push(RowError::of_cell(self.row, column, value, error.name(), error.to_string()));
    }

    /// The text of a cell; a cell that is no text is an error, and NUL is what a damaged file is full of.
    fn take(&mut self, column: &Column) -> Option<String> {
        let at = self.cells.iter().position(|(other, _)| other == column)?;
        let (_, raw) = self.cells.remove(at);
        let (value, code, message) = match raw {
            Raw::Text(text) if !text.contains('\0') => return Some(text),
            Raw::Text(text) => (text, "nul_byte", "this cell holds a NUL byte; the file is damaged, export it again"),
            Raw::Whole(number) => (number.to_string(), "json_type", "write this as a text, between double quotes"),
            Raw::OtherNumber(number) => (number, "json_type", "write this as a text, between double quotes"),
            Raw::Other => (String::new(), "json_type", "this must be a text or a whole number"),
        };
        self.errors.push(RowError::of_cell(self.row, column, &value, code, message));
        None
    }

    fn text<T: std::str::FromStr<Err: Named>>(&mut self, column: &Column) -> Option<T> {
        let text = self.take(column)?;
        text.parse().map_err(|error| self.fault(column, &text, &error)).ok()
    }

    fn optional<T: std::str::FromStr<Err: Named>>(&mut self, column: &Column) -> Option<T> {
        let text = self.take(column).filter(|text| !text.trim().is_empty())?;
        text.parse().map_err(|error| self.fault(column, &text, &error)).ok()
    }

    fn destinations(&mut self) -> Option<Vec<Destination>> {
        let text = self.take(&Column::Destination)?;
        let (destinations, errors) = Destination::parse_list_all(&text);
        for error in &errors {
            self.fault(&Column::Destination, &text, error);
        }
        errors.is_empty().then_some(destinations)
    }

    fn amount(&mut self, column: &Column) -> Option<Rupiah> {
        let at = self.cells.iter().position(|(other, _)| other == column)?;
        let (value, read) = match self.cells.get(at) {
            Some((_, Raw::Whole(number))) => (number.to_string(), Rupiah::new(*number)),
            Some((_, Raw::OtherNumber(number))) if number.starts_with('-') => {
                (number.clone(), Err(RupiahError::Negative))
            }
            Some((_, Raw::OtherNumber(number))) => {
                let message =
                    "an amount is a whole number of rupiah; write it without point and exponent, as in 600000";
                self.errors.push(RowError::of_cell(self.row, column, number, "amount_not_whole", message));
                return None;
            }
            _ => {
                let text = self.take(column)?;
                let read = Rupiah::parse_cell(&text);
                (text, read)
            }
        };
        read.map_err(|error| self.fault(column, &value, &error)).ok()
    }

    /// The lines of `earn.` and `deduct.` in the order of the file, each against what `compute.` says of it, and all of
    /// them against the amount.
    fn statement(&mut self, component: &Component, amount: Option<Rupiah>) -> Option<Statement> {
        let of_line = |column: &Column| match column {
            Column::Earn(kind) => Some((Direction::Earning, kind.clone())),
            Column::Deduct(kind) => Some((Direction::Deduction, kind.clone())),
            _ => None,
        };
        let columns: Vec<(Column, (Direction, LineKind))> =
            self.cells.iter().filter_map(|(column, _)| Some((column.clone(), of_line(column)?))).collect();
        let mut lines = Vec::new();
        let mut computations = self.computations();
        for (column, (direction, kind)) in columns {
            let blank =
                |cell: &(Column, Raw)| cell.0 == column && matches!(&cell.1, Raw::Text(text) if text.trim().is_empty());
            if self.cells.iter().any(blank) {
                continue;
            }
            let its = |(computed, _): &(LineKind, Computation)| direction == Direction::Earning && *computed == kind;
            let computation = computations.iter().position(its).map(|at| computations.swap_remove(at).1);
            let Some(amount) = self.amount(&column) else { continue };
            lines.push(match computation {
                None => Line::stated(direction, kind, amount),
                Some(computation) => match Line::computed(direction, kind, amount, computation) {
                    Ok(line) => line,
                    Err(error) => {
                        self.fault(&column, &amount.value().to_string(), &error);
                        continue;
                    }
                },
            });
        }
        for (kind, computation) in computations {
            let message = format!("there is no amount in earn.{kind}; write there what the rule gives");
            let (column, value) = (Column::Compute(kind), computation.to_string());
            self.errors.push(RowError::of_cell(self.row, &column, &value, "computed_without_amount", message));
        }
        let is_of_a_line = |error: &RowError| {
            let column = &error.column;
            ["earn.", "deduct.", "compute."].iter().any(|start| column.starts_with(start))
        };
        let amount = amount.filter(|_| !self.errors.iter().any(is_of_a_line))?;
        if lines.is_empty() {
            return Some(Statement::whole(component.clone(), amount));
        }
        let written = amount.value().to_string();
        Statement::new(lines, amount).map_err(|error| self.fault(&Column::Amount, &written, &error)).ok()
    }

    /// How lines were computed, each with the kind of its line.
    fn computations(&mut self) -> Vec<(LineKind, Computation)> {
        let of_line = |column: &Column| match column {
            Column::Compute(kind) => Some(kind.clone()),
            _ => None,
        };
        let kinds: Vec<LineKind> = self.cells.iter().filter_map(|(column, _)| of_line(column)).collect();
        let read = |kind: LineKind| Some((kind.clone(), self.optional(&Column::Compute(kind))?));
        kinds.into_iter().filter_map(read).collect()
    }
}
