//! The columns of a payroll file. There are no others: a misspelt `component` must not merge two payments.

use std::fmt;

use upah_core::row::LineKind;

/// A column that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    WorkerId,
    Name,
    Destination,
    Period,
    Amount,
    Employer,
    Component,
    DueDate,
    Sex,
    Language,
    Relationship,
    Note,
    Earn(LineKind),
    Deduct(LineKind),
    /// How the earning of this kind was computed.
    Compute(LineKind),
}

/// The columns with a fixed name; the required ones come first.
const NAMED: [(&str, Column); 12] = [
    ("worker_id", Column::WorkerId),
    ("name", Column::Name),
    ("destination", Column::Destination),
    ("period", Column::Period),
    ("amount", Column::Amount),
    ("employer", Column::Employer),
    ("component", Column::Component),
    ("due_date", Column::DueDate),
    ("sex", Column::Sex),
    ("language", Column::Language),
    ("relationship", Column::Relationship),
    ("note", Column::Note),
];

impl Column {
    /// The columns that every file has.
    pub(crate) const REQUIRED: [Self; 5] = [Self::WorkerId, Self::Name, Self::Destination, Self::Period, Self::Amount];

    /// What to say about a name that is no column.
    pub(crate) const KNOWN: &'static str = "the columns are worker_id, name, destination, period, amount, employer, \
         component, due_date, sex, language, relationship, note, earn.<kind>, deduct.<kind> and compute.<kind>";

    /// The column of this name; capitals and spaces around it do not matter.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        if let Some((_, column)) = NAMED.iter().find(|(known, _)| *known == name) {
            return Some(column.clone());
        }
        let (direction, kind) = name.split_once('.')?;
        // A kind with spaces around it would be trimmed by its parser and then be another column's twin.
        let kind = kind.parse().ok().filter(|parsed: &LineKind| parsed.as_str() == kind)?;
        match direction {
            "earn" => Some(Self::Earn(kind)),
            "deduct" => Some(Self::Deduct(kind)),
            "compute" => Some(Self::Compute(kind)),
            _ => None,
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Earn(kind) => write!(f, "earn.{kind}"),
            Self::Deduct(kind) => write!(f, "deduct.{kind}"),
            Self::Compute(kind) => write!(f, "compute.{kind}"),
            fixed => f.write_str(NAMED.iter().find(|(_, column)| column == fixed).map_or("", |(name, _)| name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_found_by_its_name_and_nothing_near_it() {
        for (name, _) in &NAMED {
            assert_eq!(Column::parse(name).unwrap().to_string(), *name);
        }
        for name in ["earn.base", "deduct.savings", "compute.commission"] {
            assert_eq!(Column::parse(&format!(" {} ", name.to_uppercase())).unwrap().to_string(), name);
        }
        for name in ["", "componen", "worker id", "earn", "earn.", "earn. base", "bonus.base", "amount.", "nam\u{e9}"] {
            assert_eq!(Column::parse(name), None, "{name}");
        }
    }
}
