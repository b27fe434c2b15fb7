//! Pay rules: amounts that anyone can compute again from the rule and its inputs.
//!
//! The rules are a closed list, each with its version in its name. Another way to compute is another name, so that a
//! line that was once computed computes the same for ever.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::money::{Rupiah, RupiahError};
use crate::rate::{Rate, RateError};
use crate::row::{push, push_count};

/// A rule with what went into it.
///
/// As a text, which is how a payroll file has it: the rule, then its inputs by name.
///
/// ```
/// use upah_core::Rupiah;
/// use upah_core::row::Computation;
///
/// let commission: Computation = "commission-rate/1 rate=10% margin=4.000.000".parse()?;
/// assert_eq!(commission.amount(), Rupiah::new(400_000)?);
/// assert_eq!(commission.formula(), "10% x Rp4.000.000 = Rp400.000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "rule", content = "inputs", deny_unknown_fields)]
#[non_exhaustive]
pub enum Computation {
    /// `commission-rate/1`: a rate of a profit margin, to the nearest rupiah and half a rupiah up ([`Rate::of`]).
    ///
    /// Source: what employer and worker agreed; no law sets it. Usual is a tenth of the partner's margin (Kampung
    /// Marketer, study of 2020).
    #[serde(rename = "commission-rate/1")]
    CommissionRate(CommissionRate),
}

/// What goes into [`Computation::CommissionRate`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommissionRate {
    /// Her part of the margin.
    pub rate: Input<Rate>,
    /// The profit margin of the firm that she works for, in the period of the wage.
    pub margin: Input<Rupiah>,
}

/// A number that went in, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input<T> {
    /// The number.
    pub value: T,
    /// Who says so.
    pub by: StatedBy,
}

/// Who states an input. So far everything that reaches a payroll is the employer's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatedBy {
    /// The employer, in the payroll file or through the host.
    Employer,
}

/// An input as it is told: its name in the rule, and its number as people write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedInput {
    /// `rate`, `margin`.
    pub name: &'static str,
    /// `10%`, `Rp4.000.000`.
    pub value: String,
    /// Who says so.
    pub by: StatedBy,
}

/// What one input did to an amount that was computed by the same rule twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InputChange {
    /// Its name in the rule.
    pub input: &'static str,
    /// What it was.
    pub from: String,
    /// What it is.
    pub to: String,
    /// By how many rupiah the amount is more because of it, or less.
    pub change: i64,
}

/// Why a text is no computation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComputationError {
    /// Not a rule with inputs by name.
    #[error("write the rule and its inputs, as in commission-rate/1 rate=10% margin=4000000")]
    Form,
    /// There is no such rule.
    #[error("there is no such rule; the one rule is commission-rate/1")]
    UnknownRule,
    /// The rule has no such input.
    #[error("commission-rate/1 has the inputs rate and margin, and no other")]
    UnknownInput,
    /// An input is there twice.
    #[error("an input is there twice; name each one once")]
    RepeatedInput,
    /// An input is not there.
    #[error("an input is missing; commission-rate/1 needs rate and margin")]
    MissingInput,
    /// A rate that is none.
    #[error("rate: {0}")]
    Rate(#[from] RateError),
    /// An amount that is none.
    #[error("margin: {0}")]
    Amount(#[from] RupiahError),
}

impl ComputationError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Form => "rule_form",
            Self::UnknownRule => "rule_unknown",
            Self::UnknownInput => "rule_input_unknown",
            Self::RepeatedInput => "rule_input_repeated",
            Self::MissingInput => "rule_input_missing",
            Self::Rate(error) => error.code(),
            Self::Amount(error) => error.code(),
        }
    }
}

const COMMISSION_RATE: &str = "commission-rate/1";

impl<T> Input<T> {
    /// A number that the employer states.
    #[must_use]
    pub const fn by_employer(value: T) -> Self {
        Self { value, by: StatedBy::Employer }
    }
}

impl StatedBy {
    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Employer => "employer",
        }
    }
}

impl CommissionRate {
    fn amount(&self) -> Rupiah {
        self.rate.value.of(self.margin.value)
    }
}

impl Computation {
    /// The rule with its version: `commission-rate/1`.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::CommissionRate(_) => COMMISSION_RATE,
        }
    }

    /// What the rule gives.
    #[must_use]
    pub fn amount(&self) -> Rupiah {
        match self {
            Self::CommissionRate(commission) => commission.amount(),
        }
    }

    /// Whether the rule gave a fraction of a rupiah, which was rounded.
    #[must_use]
    pub fn is_rounded(&self) -> bool {
        match self {
            Self::CommissionRate(CommissionRate { rate, margin }) => rate.value.rounds(margin.value),
        }
    }

    /// The inputs in the order of the rule.
    #[must_use]
    pub fn inputs(&self) -> Vec<NamedInput> {
        match self {
            Self::CommissionRate(CommissionRate { rate, margin }) => [
                NamedInput { name: "rate", value: rate.value.to_string(), by: rate.by },
                NamedInput { name: "margin", value: margin.value.to_string(), by: margin.by },
            ]
            .into(),
        }
    }

    /// The formula with its numbers, the same in every language: `10% x Rp4.000.000 = Rp400.000`.
    #[must_use]
    pub fn formula(&self) -> String {
        match self {
            Self::CommissionRate(commission) => {
                let CommissionRate { rate, margin } = commission;
                format!("{} x {} = {}", rate.value, margin.value, commission.amount())
            }
        }
    }

    /// What each input did to the difference between this amount and a later one: the inputs change one after the
    /// other in the order of the rule, so that the changes add up to the difference, to the rupiah.
    #[must_use]
    pub fn changes(&self, later: &Self) -> Vec<InputChange> {
        let (Self::CommissionRate(before), Self::CommissionRate(after)) = (self, later);
        let between = CommissionRate { rate: after.rate, margin: before.margin };
        [
            InputChange {
                input: "rate",
                from: before.rate.value.to_string(),
                to: after.rate.value.to_string(),
                change: before.amount().change_to(between.amount()),
            },
            InputChange {
                input: "margin",
                from: before.margin.value.to_string(),
                to: after.margin.value.to_string(),
                change: between.amount().change_to(after.amount()),
            },
        ]
        .into()
    }

    /// Appends rule and inputs for the digest of a run, each preceded by its length, after a version tag.
    pub(super) fn push_canonical(&self, out: &mut Vec<u8>) {
        push(out, "computed/1");
        push(out, self.rule());
        let inputs = self.inputs();
        push_count(out, inputs.len());
        for input in inputs {
            push(out, input.name);
            push(out, input.value);
            push(out, input.by.as_str());
        }
    }
}

/// The text of a payroll file; it reads back as the same computation.
impl fmt::Display for Computation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule())?;
        self.inputs().iter().try_for_each(|input| write!(f, " {}={}", input.name, input.value))
    }
}

/// What stands in a payroll file is the employer's word.
impl FromStr for Computation {
    type Err = ComputationError;

    fn from_str(text: &str) -> Result<Self, ComputationError> {
        let mut words = text.split_whitespace();
        if words.next().ok_or(ComputationError::Form)? != COMMISSION_RATE {
            return Err(ComputationError::UnknownRule);
        }
        let (mut rate, mut margin) = (None, None);
        for word in words {
            let (name, value) = word.split_once('=').ok_or(ComputationError::Form)?;
            let repeated = match name {
                "rate" => rate.replace(Input::by_employer(value.parse()?)).is_some(),
                "margin" => margin.replace(Input::by_employer(Rupiah::parse_cell(value)?)).is_some(),
                _ => return Err(ComputationError::UnknownInput),
            };
            if repeated {
                return Err(ComputationError::RepeatedInput);
            }
        }
        let (Some(rate), Some(margin)) = (rate, margin) else { return Err(ComputationError::MissingInput) };
        Ok(Self::CommissionRate(CommissionRate { rate, margin }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn commission(basis_points: u32, margin: u64) -> Computation {
        let (rate, margin) = (Rate::new(basis_points).unwrap(), Rupiah::new(margin).unwrap());
        Computation::CommissionRate(CommissionRate {
            rate: Input::by_employer(rate),
            margin: Input::by_employer(margin),
        })
    }

    fn computations() -> impl Strategy<Value = Computation> {
        (0..=10_000u32, prop_oneof![0..50_000u64, 0..=Rupiah::MAX.value()])
            .prop_map(|(basis_points, margin)| commission(basis_points, margin))
    }

    #[test]
    fn every_mistake_of_a_computation_is_named() {
        use ComputationError as E;
        for (text, error) in [
            ("", E::Form),
            ("commission-rate/1 10% 4000000", E::Form),
            ("commission-rate/2 rate=10% margin=4000000", E::UnknownRule),
            ("10% x 4000000", E::UnknownRule),
            ("commission-rate/1 rate=10% margin=4000000 bonus=1", E::UnknownInput),
            ("commission-rate/1 rate=10% rate=10% margin=4000000", E::RepeatedInput),
            ("commission-rate/1 rate=10%", E::MissingInput),
            ("commission-rate/1 margin=4000000", E::MissingInput),
            ("commission-rate/1 rate=0.1 margin=4000000", E::Rate(RateError::Form)),
            ("commission-rate/1 rate=10% margin=4,000,000", E::Amount(RupiahError::CommaThousands)),
        ] {
            assert_eq!(text.parse::<Computation>(), Err(error), "{text}");
        }
    }

    #[test]
    fn the_stored_form_is_closed_and_says_who_states_what() {
        let json = serde_json::to_string(&commission(1_000, 4_000_000)).unwrap();
        assert_eq!(
            json,
            r#"{"rule":"commission-rate/1","inputs":{"rate":{"value":1000,"by":"employer"},"margin":{"value":4000000,"by":"employer"}}}"#
        );
        assert!(serde_json::from_str::<Computation>(&json).is_ok());
        for (from, to) in [
            ("commission-rate/1", "commission-rate/2"),
            ("\"employer\"", "\"nobody\""),
            ("\"rate\":", "\"rates\":"),
            ("{\"rate\"", "{\"bonus\":1,\"rate\""),
            ("1000", "10001"),
            ("4000000", "4000000.5"),
        ] {
            assert!(serde_json::from_str::<Computation>(&json.replacen(from, to, 1)).is_err(), "{from} {to}");
        }
    }

    /// Two computations that may share their rate or their margin.
    fn pairs() -> impl Strategy<Value = (Computation, Computation)> {
        let margins = || prop_oneof![0..50_000u64, 0..=Rupiah::MAX.value()];
        let rates = || 0..=10_000u32;
        (rates(), margins(), prop::option::of(rates()), prop::option::of(margins())).prop_map(
            |(rate, margin, other, more)| {
                (commission(rate, margin), commission(other.unwrap_or(rate), more.unwrap_or(margin)))
            },
        )
    }

    #[test]
    fn the_rate_changes_first_and_the_margin_after_it() {
        let changes = commission(1_000, 4_000_000).changes(&commission(1_200, 5_000_000));
        let told: Vec<_> = changes.iter().map(|it| (it.input, &*it.from, &*it.to, it.change)).collect();
        assert_eq!(told, [("rate", "10%", "12%", 80_000), ("margin", "Rp4.000.000", "Rp5.000.000", 120_000)]);
    }

    proptest! {
        #[test]
        fn a_computation_reads_back_from_the_file_and_from_the_record(computation in computations()) {
            prop_assert_eq!(computation.to_string().parse(), Ok(computation.clone()));
            let json = serde_json::to_string(&computation).unwrap();
            prop_assert_eq!(serde_json::from_str::<Computation>(&json).unwrap(), computation);
        }

        #[test]
        fn what_the_inputs_did_adds_up_to_the_difference((before, after) in pairs()) {
            let changes = before.changes(&after);
            let sum: i64 = changes.iter().map(|change| change.change).sum();
            prop_assert_eq!(sum, before.amount().change_to(after.amount()));
            // An input that stayed did nothing.
            prop_assert!(changes.iter().all(|change| change.from != change.to || change.change == 0));
        }

        #[test]
        fn two_computations_share_canonical_bytes_only_when_they_are_the_same((a, b) in pairs()) {
            let bytes = |computation: &Computation| {
                let mut out = Vec::new();
                computation.push_canonical(&mut out);
                out
            };
            prop_assert_eq!(a == b, bytes(&a) == bytes(&b));
        }
    }
}
