//! What a rail takes and what it costs, each from a day on.
use super::hours::{Calendar, Hours};
use crate::money::Rupiah;
use crate::time::Timestamp;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use time::Date;

/// Holds from a civil day in Jakarta on, until the next one of its kind does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since<T> {
    /// The first day; [`Date::MIN`] for what has always held.
    pub day: Date,
    /// What holds.
    pub what: T,
}

impl<T> Since<T> {
    /// What has always held.
    pub const fn always(what: T) -> Self {
        Self { day: Date::MIN, what }
    }
}

/// How much a rail pays at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// Not less.
    pub at_least: Option<Rupiah>,
    /// Not more.
    pub at_most: Option<Rupiah>,
}

/// A transfer fee as the configuration tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// What a transfer costs.
    pub amount: Rupiah,
    /// Whether the employer pays it. Upah sends `feeType` `OUR` alone, so it always should.
    pub employer_pays: bool,
}

/// What a rail takes and what it costs. What is not said is: any amount, an unknown fee, always open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// In any order.
    pub limits: Vec<Since<Limit>>,
    /// What a transfer costs, where somebody told.
    pub fees: Vec<Since<Fee>>,
    /// What it costs at most by the rules of its scheme. It decides which way is cheaper where no fee is told, and is told
    /// to nobody.
    pub fee_caps: Vec<Since<Rupiah>>,
    /// In any order.
    pub hours: Vec<Since<Hours>>,
}

/// Whether a rail takes an amount, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// From this moment on, which may be now.
    From(Timestamp),
    TooMuch,
    TooLittle,
    /// Its calendar says that it never opens again.
    ClosedForGood,
}

impl Terms {
    /// One limit that has always held.
    #[must_use]
    pub fn with_limit(at_most: Rupiah) -> Self {
        let limit = Limit { at_least: None, at_most: Some(at_most) };
        Self { limits: alloc::vec![Since::always(limit)], ..Self::default() }
    }

    /// How much it pays at once on a day.
    #[must_use]
    pub fn limit(&self, day: Date) -> Limit {
        in_force(&self.limits, day).copied().unwrap_or_default()
    }

    /// An amount up to which it pays on every day.
    #[must_use]
    pub fn at_most_always(&self) -> Option<Rupiah> {
        self.limits.iter().filter_map(|limit| limit.what.at_most).min()
    }

    /// What a transfer costs on a day, where somebody told.
    #[must_use]
    pub fn fee(&self, day: Date) -> Option<&Fee> {
        in_force(&self.fees, day)
    }

    /// What a transfer is taken to cost when ways are compared.
    pub(super) fn cost(&self, day: Date) -> Option<Rupiah> {
        self.fee(day).map(|fee| fee.amount).or_else(|| in_force(&self.fee_caps, day).copied())
    }

    /// The first moment from `now` on at which it is open; `None` when there is none.
    #[must_use]
    pub fn opening(&self, now: Timestamp, calendar: &Calendar) -> Option<Timestamp> {
        match in_force(&self.hours, now.date()) {
            Some(hours) => hours.opening(now, calendar),
            None => Some(now),
        }
    }

    pub(super) fn fit(&self, amount: Rupiah, now: Timestamp, calendar: &Calendar) -> Fit {
        let limit = self.limit(now.date());
        if limit.at_most.is_some_and(|most| amount > most) {
            return Fit::TooMuch;
        }
        if limit.at_least.is_some_and(|least| amount < least) {
            return Fit::TooLittle;
        }
        self.opening(now, calendar).map_or(Fit::ClosedForGood, Fit::From)
    }

    /// Whether it takes an amount on some day.
    pub(super) fn ever_takes(&self, amount: Rupiah) -> bool {
        // Before the first day of a limit there was none.
        let had_none = self.limits.iter().all(|limit| limit.day > Date::MIN);
        had_none || self.limits.iter().any(|limit| limit.what.takes(amount))
    }

    /// Whether it takes an amount on every day and at every hour.
    pub(super) fn always_takes(&self, amount: Rupiah) -> bool {
        self.hours.is_empty() && self.limits.iter().all(|limit| limit.what.takes(amount))
    }
}

impl Limit {
    fn takes(&self, amount: Rupiah) -> bool {
        self.at_most.is_none_or(|most| amount <= most) && self.at_least.is_none_or(|least| amount >= least)
    }
}

/// Of several that began on one day, the later one in the list.
fn in_force<T>(terms: &[Since<T>], day: Date) -> Option<&T> {
    terms.iter().filter(|term| term.day <= day).max_by_key(|term| term.day).map(|term| &term.what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::hours::{Days, Zone};
    use time::macros::date;

    fn rupiah(amount: u64) -> Rupiah {
        Rupiah::new(amount).unwrap()
    }

    fn fee(amount: u64) -> Fee {
        Fee { amount: rupiah(amount), employer_pays: true }
    }

    #[test]
    fn a_fee_is_the_last_one_that_has_begun() {
        let fees = alloc::vec![
            Since { day: date!(2026 - 01 - 01), what: fee(2_500) },
            Since { day: date!(2020 - 01 - 01), what: fee(6_500) },
        ];
        let terms = Terms { fees, ..Terms::default() };
        assert_eq!(terms.fee(date!(2026 - 01 - 01)), Some(&fee(2_500)));
        assert_eq!(terms.fee(date!(2025 - 12 - 31)), Some(&fee(6_500)));
        assert_eq!(terms.fee(date!(2019 - 12 - 31)), None);
    }

    #[test]
    fn a_cap_compares_ways_and_is_never_told_as_a_fee() {
        let caps = alloc::vec![Since { day: date!(2021 - 11 - 12), what: rupiah(2_500) }];
        let mut terms = Terms { fee_caps: caps, ..Terms::default() };
        let day = date!(2026 - 11 - 30);
        assert_eq!((terms.cost(day), terms.fee(day)), (Some(rupiah(2_500)), None));
        terms.fees.push(Since::always(fee(1_000)));
        assert_eq!(terms.cost(day), Some(rupiah(1_000)));
    }

    #[test]
    fn a_wage_on_the_limit_is_taken_and_one_rupiah_beside_it_is_not() {
        let limit = Limit { at_least: Some(rupiah(10_000)), at_most: Some(rupiah(250_000_000)) };
        let terms = Terms { limits: alloc::vec![Since::always(limit)], ..Terms::default() };
        let (now, calendar) = (Timestamp::from_millis(0), Calendar::default());
        for (amount, fits) in [
            (10_000, Fit::From(now)),
            (9_999, Fit::TooLittle),
            (250_000_000, Fit::From(now)),
            (250_000_001, Fit::TooMuch),
        ] {
            assert_eq!(terms.fit(rupiah(amount), now, &calendar), fits, "{amount}");
            assert_eq!(terms.ever_takes(rupiah(amount)), fits == Fit::From(now), "{amount}");
        }
    }

    #[test]
    fn before_the_first_limit_there_was_none() {
        let limit = Limit { at_least: None, at_most: Some(rupiah(1)) };
        let terms =
            Terms { limits: alloc::vec![Since { day: date!(2026 - 01 - 01), what: limit }], ..Terms::default() };
        assert!(terms.ever_takes(rupiah(2)) && !terms.always_takes(rupiah(2)));
        assert!(!Terms::with_limit(rupiah(1)).ever_takes(rupiah(2)));
    }

    #[test]
    fn what_closes_at_night_does_not_always_take_a_wage() {
        let (opens, closes) = ("08:00".parse().unwrap(), "16:45".parse().unwrap());
        let hours = Hours::new(Zone::Jakarta, Days::Working, opens, closes).unwrap();
        let terms = Terms { hours: alloc::vec![Since::always(hours)], ..Terms::default() };
        assert!(!terms.always_takes(rupiah(1)) && Terms::default().always_takes(rupiah(1)));
    }
}
