//! Why a wage is what it is: earnings and deductions that add up to the net, or there is no statement.

use alloc::string::ToString;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::ids::Component;
use crate::money::Rupiah;
use crate::row::{Computation, push, push_count};

/// What a line is for, in the grammar of [`Component`]: `base`, `commission`, `savings`.
pub type LineKind = Component;

/// Lines whose earnings minus deductions are exactly the net. Never without a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "StatementFields", into = "StatementFields")]
pub struct Statement {
    lines: Vec<Line>,
    net: Rupiah,
}

/// One earning or deduction.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What it is for.
    pub kind: LineKind,
    /// Whether it adds or takes away.
    pub direction: Direction,
    /// How much, in whole rupiah; may be nothing.
    pub amount: Rupiah,
    /// Who says so.
    pub source: LineSource,
}

/// Whether a line adds to the net or takes away from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Adds.
    Earning,
    /// Takes away.
    Deduction,
}

/// Where the amount of a line comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
#[non_exhaustive]
pub enum LineSource {
    /// The employer states it.
    Stated,
    /// A pay rule gave it. No statement has a line that its rule and inputs do not give.
    Computed(Computation),
}

/// Why lines do not make a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// A sum exceeds [`Rupiah::MAX`].
    #[error("the earnings or deductions add up to more than 9.999.999.999.999")]
    TooLarge,
    /// More is deducted than earned.
    #[error("the deductions ({deductions}) are more than the earnings ({earnings})")]
    Negative {
        /// Their sum.
        earnings: Rupiah,
        /// Their sum.
        deductions: Rupiah,
    },
    /// The difference is not the net.
    #[error("earnings minus deductions are {computed}, but the amount is {net}")]
    Net {
        /// Earnings minus deductions.
        computed: Rupiah,
        /// The net that was claimed.
        net: Rupiah,
    },
    /// A line says another amount than its rule gives.
    #[error("{rule} gives {computed}, but the line says {stated}")]
    Recomputed {
        /// The rule, with its version.
        rule: &'static str,
        /// What it gives.
        computed: Rupiah,
        /// What the line says.
        stated: Rupiah,
    },
}

impl StatementError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "amount_too_large",
            Self::Negative { .. } => "statement_negative",
            Self::Net { .. } => "statement_net",
            Self::Recomputed { .. } => "statement_recomputed",
        }
    }
}

impl Line {
    /// A line that the employer states.
    #[must_use]
    pub fn stated(direction: Direction, kind: LineKind, amount: Rupiah) -> Self {
        Self { kind, direction, amount, source: LineSource::Stated }
    }

    /// A line that a rule gave, stated beside it so that the two can be compared.
    ///
    /// # Errors
    /// [`StatementError::Recomputed`] when the rule gives another amount.
    pub fn computed(
        direction: Direction,
        kind: LineKind,
        amount: Rupiah,
        computation: Computation,
    ) -> Result<Self, StatementError> {
        let line = Self { kind, direction, amount, source: LineSource::Computed(computation) };
        line.recompute().map(|()| line)
    }

    fn recompute(&self) -> Result<(), StatementError> {
        let LineSource::Computed(computation) = &self.source else { return Ok(()) };
        let computed = computation.amount();
        if computed != self.amount {
            return Err(StatementError::Recomputed { rule: computation.rule(), computed, stated: self.amount });
        }
        Ok(())
    }
}

impl Statement {
    /// Proves that earnings minus deductions are `net`, and that every computed line is what its rule gives. Without lines it is [`Statement::whole`] of kind `wage`.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn new(lines: Vec<Line>, net: Rupiah) -> Result<Self, StatementError> {
        if lines.is_empty() {
            return Ok(Self::whole(LineKind::default(), net));
        }
        lines.iter().try_for_each(Line::recompute)?;
        let earnings = sum(&lines, Direction::Earning)?;
        let deductions = sum(&lines, Direction::Deduction)?;
        let computed =
            earnings.checked_sub(deductions).map_err(|_| StatementError::Negative { earnings, deductions })?;
        if computed != net {
            return Err(StatementError::Net { computed, net });
        }
        Ok(Self { lines, net })
    }

    /// The statement of an employer who states the net and nothing else: one earning of
    /// this kind.
    #[must_use]
    pub fn whole(kind: LineKind, net: Rupiah) -> Self {
        Self { lines: [Line::stated(Direction::Earning, kind, net)].into(), net }
    }

    /// The lines, in the order given.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What is paid out.
    #[must_use]
    pub fn net(&self) -> Rupiah {
        self.net
    }

    /// The sum of the earnings.
    #[must_use]
    pub fn gross(&self) -> Rupiah {
        // The constructor proved that the sum exists.
        sum(&self.lines, Direction::Earning).unwrap_or(Rupiah::MAX)
    }

    /// Appends the lines for the digest of a run, sorted by direction and kind, otherwise as given.
    pub(crate) fn push_canonical(&self, out: &mut Vec<u8>) {
        let mut lines: Vec<&Line> = self.lines.iter().collect();
        lines.sort_by(|one, other| (one.direction, &one.kind).cmp(&(other.direction, &other.kind)));
        push_count(out, lines.len());
        for line in lines {
            push(out, if line.direction == Direction::Earning { "earn" } else { "deduct" });
            push(out, &line.kind);
            push(out, line.amount.value().to_string());
            match &line.source {
                LineSource::Stated => push(out, "stated"),
                LineSource::Computed(computation) => computation.push_canonical(out),
            }
        }
    }
}

fn sum(lines: &[Line], direction: Direction) -> Result<Rupiah, StatementError> {
    let amounts = lines.iter().filter(|line| line.direction == direction).map(|line| line.amount);
    Rupiah::checked_sum(amounts).map_err(|_| StatementError::TooLarge)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatementFields {
    lines: Vec<Line>,
    net: Rupiah,
}

impl TryFrom<StatementFields> for Statement {
    type Error = StatementError;

    fn try_from(fields: StatementFields) -> Result<Self, StatementError> {
        Self::new(fields.lines, fields.net)
    }
}

impl From<Statement> for StatementFields {
    fn from(statement: Statement) -> Self {
        Self { lines: statement.lines, net: statement.net }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn line(direction: Direction, kind: &str, amount: u64) -> Line {
        Line::stated(direction, kind.parse().unwrap(), Rupiah::new(amount).unwrap())
    }

    #[test]
    fn lines_that_do_not_add_up_are_no_statement() {
        let lines = vec![line(Direction::Earning, "base", 600_000), line(Direction::Deduction, "savings", 50_000)];
        let net = Rupiah::new(550_000).unwrap();
        assert_eq!(Statement::new(lines.clone(), net).unwrap().gross().value(), 600_000);
        let wrong = Statement::new(lines.clone(), Rupiah::new(550_001).unwrap()).unwrap_err();
        assert_eq!(wrong.code(), "statement_net");
        assert_eq!(wrong.to_string(), "earnings minus deductions are Rp550.000, but the amount is Rp550.001");
        let deductions = vec![line(Direction::Deduction, "loan", 1)];
        assert_eq!(Statement::new(deductions, Rupiah::ZERO).unwrap_err().code(), "statement_negative");
        let huge = vec![line(Direction::Earning, "a", Rupiah::MAX.value()), line(Direction::Earning, "b", 1)];
        assert_eq!(Statement::new(huge, Rupiah::MAX), Err(StatementError::TooLarge));
        let json = serde_json::to_string(&Statement::new(lines, net).unwrap()).unwrap();
        assert!(serde_json::from_str::<Statement>(&json).is_ok());
        assert!(serde_json::from_str::<Statement>(&json.replace("600000", "600001")).is_err());
    }

    #[test]
    fn a_line_that_its_rule_does_not_give_is_no_statement_made_or_read() {
        let rupiah = |amount| Rupiah::new(amount).unwrap();
        let ten_percent: Computation = "commission-rate/1 rate=10% margin=4000000".parse().unwrap();
        let commission = |amount| {
            Line::computed(Direction::Earning, "commission".parse().unwrap(), rupiah(amount), ten_percent.clone())
        };
        let lines = vec![line(Direction::Earning, "base", 600_000), commission(400_000).unwrap()];
        let statement = Statement::new(lines, rupiah(1_000_000)).unwrap();
        let wrong = commission(400_001).unwrap_err();
        assert_eq!(wrong.code(), "statement_recomputed");
        assert_eq!(wrong.to_string(), "commission-rate/1 gives Rp400.000, but the line says Rp400.001");
        // A rupiah moved from one line to the other leaves the net as it was; so does a changed input.
        let mut moved = statement.lines.clone();
        (moved[0].amount, moved[1].amount) = (rupiah(600_001), rupiah(399_999));
        assert_eq!(Statement::new(moved, statement.net).unwrap_err().code(), "statement_recomputed");
        let json = serde_json::to_string(&statement).unwrap();
        assert_eq!(serde_json::from_str::<Statement>(&json).unwrap(), statement);
        for (from, to) in [("4000000", "4000010"), ("1000,", "1001,"), ("commission-rate/1", "commission-rate/0")] {
            assert!(json.contains(from) && serde_json::from_str::<Statement>(&json.replace(from, to)).is_err(), "{to}");
        }
    }

    /// The digests of runs that were sealed before lines could be computed rest on these bytes.
    #[test]
    fn the_canonical_bytes_of_stated_lines_are_what_they_always_were() {
        let lines = vec![line(Direction::Deduction, "savings", 50_000), line(Direction::Earning, "base", 600_000)];
        let mut out = Vec::new();
        Statement::new(lines, Rupiah::new(550_000).unwrap()).unwrap().push_canonical(&mut out);
        let expected: &[&[u8]] = &[
            b"\0\0\0\x02",
            b"\0\0\0\x04earn",
            b"\0\0\0\x04base",
            b"\0\0\0\x06600000",
            b"\0\0\0\x06stated",
            b"\0\0\0\x06deduct",
            b"\0\0\0\x07savings",
            b"\0\0\0\x0550000",
            b"\0\0\0\x06stated",
        ];
        assert_eq!(out, expected.concat());
    }

    #[test]
    fn no_lines_are_one_stated_line() {
        let net = Rupiah::new(600_000).unwrap();
        assert_eq!(Statement::new(vec![], net).unwrap().lines(), [line(Direction::Earning, "wage", 600_000)]);
    }

    proptest! {
        #[test]
        fn the_order_of_lines_does_not_change_the_digest_but_any_amount_does(
            amounts in proptest::collection::vec(1..1_000_000u64, 2..6), turn in 1..5usize
        ) {
            let lines: Vec<Line> = amounts.iter().enumerate().map(|(i, amount)| line(Direction::Earning, &alloc::format!("k{i}"), *amount)).collect();
            let net = Rupiah::new(amounts.iter().sum()).unwrap();
            let bytes = |lines: Vec<Line>, net| {
                let mut out = Vec::new();
                Statement::new(lines, net).unwrap().push_canonical(&mut out);
                out
            };
            let mut turned = lines.clone();
            turned.rotate_left(turn % amounts.len());
            prop_assert_eq!(bytes(turned, net), bytes(lines.clone(), net));
            let mut moved = lines.clone();
            moved[0].amount = Rupiah::new(moved[0].amount.value() - 1).unwrap();
            moved[1].amount = Rupiah::new(moved[1].amount.value() + 1).unwrap();
            prop_assert_ne!(bytes(moved, net), bytes(lines, net));
        }
    }
}
