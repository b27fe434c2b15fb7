//! Over which rail a wage goes, and why: pure, from what is configured and the time.
//!
//! A rail is asked four things: whether it serves the employer and the destination and its provider reaches it, whether it takes
//! the amount, and when it is open. Of those that are open now the first wins, or the cheapest where that is asked for; a dearer one that is
//! open wins over a cheaper one that is closed, for a wage does not wait to save a fee. When all are closed, the one that
//! opens first is waited for.
//!
//! To a worker's *other* destination money goes only after a proof that the first one refused it (safety rule 8): that is
//! the planner's business, not the route's.
use super::terms::Fit;
use super::{Policy, RailPolicy};
use crate::cause::Cause;
use crate::destination::Destination;
use crate::ids::{EmployerId, RailId};
use crate::money::Rupiah;
use crate::time::Timestamp;
use alloc::string::ToString;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Which of several rails that fit is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The first in the order of the configuration.
    #[default]
    Order,
    /// The one whose transfer costs least; one whose fee nobody told comes last, and equals keep their order.
    Cheapest,
}

/// Why another rail was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassedOver {
    /// The wage is more than it pays at once.
    OverLimit,
    /// The wage is less than it pays at once.
    UnderLimit,
    /// It was closed, or opens later.
    Closed,
    /// It costs more, or nobody told what it costs.
    Dearer,
    /// It comes later in the order of the configuration.
    Later,
}

/// Why a rail was taken: recorded with the payment, so that it can be told when the configuration has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// By which rule.
    pub rule: Rule,
    /// What its transfer was told to cost.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fee: Option<Rupiah>,
    /// The other rails that serve the destination, in the order of the configuration.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub others: Vec<(RailId, PassedOver)>,
}

/// The rail for a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Which.
    pub rail: &'a RailPolicy,
    /// When it opens, if it is closed now.
    pub not_before: Option<Timestamp>,
    /// Why this one.
    pub choice: Choice,
}

impl Decision<'_> {
    /// Whether somebody could ask why: there was another way, or it has to wait.
    #[must_use]
    pub fn wants_a_word(&self) -> bool {
        !self.choice.others.is_empty() || self.not_before.is_some()
    }
}

impl Policy {
    /// The rail for a payment to a destination.
    ///
    /// # Errors
    /// [`Cause::OverRailLimit`] when a rail serves it but not so large an amount, else [`Cause::NoRoute`].
    pub fn route(
        &self,
        employer: &EmployerId,
        destination: &Destination,
        amount: Rupiah,
        now: Timestamp,
    ) -> Result<Decision<'_>, Cause> {
        let serving: Vec<(&RailPolicy, Fit)> = self
            .serving(employer, destination)
            .map(|rail| (rail, rail.terms.fit(amount, now, &self.calendar)))
            .collect();
        let open = |fit: &Fit| if let Fit::From(at) = fit { Some(*at) } else { None };
        // Ties keep the order of the configuration.
        let best = serving.iter().filter_map(|(rail, fit)| Some((*rail, open(fit)?)));
        let Some((rail, opens)) = best.min_by_key(|(rail, opens)| (*opens, self.cost(rail, now))) else {
            let is_too_much = serving.iter().any(|(_, fit)| *fit == Fit::TooMuch);
            return Err(if is_too_much { Cause::OverRailLimit } else { Cause::NoRoute });
        };
        let others = serving.iter().filter(|(other, _)| other.id != rail.id).map(|(other, fit)| {
            let why = match fit {
                Fit::TooMuch => PassedOver::OverLimit,
                Fit::TooLittle => PassedOver::UnderLimit,
                Fit::ClosedForGood => PassedOver::Closed,
                Fit::From(at) if *at > opens => PassedOver::Closed,
                Fit::From(_) if self.cost(other, now) > self.cost(rail, now) => PassedOver::Dearer,
                Fit::From(_) => PassedOver::Later,
            };
            (other.id.clone(), why)
        });
        let fee = rail.terms.fee(now.date()).map(|fee| fee.amount);
        Ok(Decision {
            rail,
            not_before: (opens > now).then_some(opens),
            choice: Choice { rule: self.rule, fee, others: others.collect() },
        })
    }

    /// Every rail over which a payment can go at some time: whoever asks what another store of ours did does not know when
    /// it did it.
    pub fn ever(&self, employer: &EmployerId, destination: &Destination, amount: Rupiah) -> Vec<&RailPolicy> {
        let mut rails = Vec::new();
        for rail in self.serving(employer, destination).filter(|rail| rail.terms.ever_takes(amount)) {
            rails.push(rail);
            if self.rule == Rule::Order && rail.terms.always_takes(amount) {
                // Nothing after it is ever taken.
                break;
            }
        }
        rails
    }

    /// In rupiah, for comparison; nothing is compared where the order decides.
    fn cost(&self, rail: &RailPolicy, now: Timestamp) -> u64 {
        match self.rule {
            Rule::Order => 0,
            Rule::Cheapest => rail.terms.cost(now.date()).map_or(u64::MAX, Rupiah::value),
        }
    }

    fn serving(&self, employer: &EmployerId, destination: &Destination) -> impl Iterator<Item = &RailPolicy> {
        let text = destination.to_string();
        self.rails.iter().filter(move |rail| rail.serves(employer, &text))
    }
}

#[cfg(test)]
mod tests;
