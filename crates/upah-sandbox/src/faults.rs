//! Misbehaviour on request: how often, on which calls, and always the same way for the same seed.
//!
//! A draw depends on the seed, the reference and how often that reference has come, never on the
//! order in which concurrent requests arrive.

mod fault;
mod parse;

use std::collections::HashMap;
use std::time::Duration;

pub use fault::{Fault, Scope};
pub use parse::FaultError;

/// Parts per million: a rate of one.
pub const ALWAYS_PPM: u32 = 1_000_000;

/// What goes wrong, how often, and where exactly.
///
/// Rates draw at most one *outcome* per call; a delay, a hidden booking and a late return are drawn
/// beside it. Rules come before rates.
///
/// ```
/// use upah_sandbox::{Fault, FaultPlan, When};
/// let by_rate: FaultPlan = "reset_after_booking=0.02,too_many_429@ask=0.1".parse()?;
/// let exactly = FaultPlan::none()
///     .with(When::account("1234567890").nth(1), Fault::ResetAfterBooking)
///     .with(When::account("1234567890"), Fault::NotFoundForAWhile);
/// # let _ = (by_rate.seeded(7), exactly);
/// # Ok::<(), upah_sandbox::FaultError>(())
/// ```
#[derive(Clone, Default)]
pub struct FaultPlan {
    seed: u64,
    rates: HashMap<Scope, Vec<(Fault, u32)>>,
    rules: HashMap<String, Vec<(When, Fault)>>,
    settings: Settings,
}

impl FaultPlan {
    /// A bank that behaves.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The same plan under another seed.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// `fault` on this share of the calls in `scope`, in parts per million.
    ///
    /// # Errors
    /// When the fault makes no sense there, or the outcomes' rates pass one together.
    pub fn rate(mut self, scope: Scope, fault: Fault, ppm: u32) -> Result<Self, FaultError> {
        if !fault.fits(scope) {
            return Err(FaultError::NotThere { fault: fault.name(), scope });
        }
        let rates = self.rates.entry(scope).or_default();
        rates.retain(|(listed, _)| *listed != fault);
        rates.push((fault, ppm));
        let outcomes: u64 = rates.iter().filter(|(fault, _)| fault.is_outcome()).map(|(_, ppm)| u64::from(*ppm)).sum();
        if outcomes > u64::from(ALWAYS_PPM) || ppm > ALWAYS_PPM {
            return Err(FaultError::MoreThanAlways(scope));
        }
        Ok(self)
    }

    /// `fault` exactly there.
    #[must_use]
    pub fn with(mut self, when: When, fault: Fault) -> Self {
        self.rules.entry(when.subject.clone()).or_default().push((when, fault));
        self
    }

    /// Every call takes at least this long.
    #[must_use]
    pub fn latency(mut self, ms: u64) -> Self {
        self.settings.latency_ms = ms;
        self
    }

    /// The numbers behind the faults, to change them.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    pub(crate) fn numbers(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn is_quiet(&self, scope: Scope) -> bool {
        self.rules.is_empty() && !self.rates.contains_key(&scope)
    }

    /// What this call, the `nth` of its kind about `reference`, meets. `nth` counts from one.
    pub(crate) fn draw(&self, scope: Scope, reference: &str, account: &str, nth: u32) -> Drawn {
        let mut drawn = Drawn::default();
        if self.is_quiet(scope) {
            return drawn;
        }
        for subject in [reference, account] {
            for (when, fault) in self.rules.get(subject).into_iter().flatten() {
                if when.matches(scope, subject, reference, nth) {
                    drawn.add(*fault);
                }
            }
        }
        let Some(rates) = self.rates.get(&scope) else {
            return drawn;
        };
        let mut roll = roll(self.seed, scope, reference, u64::from(nth));
        let mut settled = false;
        for (fault, ppm) in rates {
            if fault.is_outcome() {
                if !settled && roll < *ppm {
                    drawn.add(*fault);
                    settled = true;
                }
                roll = roll.saturating_sub(*ppm);
            } else if self.chance(*fault, scope, reference, nth) < *ppm {
                drawn.add(*fault);
            }
        }
        drawn
    }

    /// A hidden or returned booking is a fate of the reference, a delay one of the call.
    fn chance(&self, fault: Fault, scope: Scope, reference: &str, nth: u32) -> u32 {
        let call = if fault == Fault::Slow { nth } else { 0 };
        let tag = match fault {
            Fault::Slow => 1,
            Fault::NotFoundForAWhile => 2,
            _ => 3,
        };
        roll(self.seed, scope, reference, (tag << 32) | u64::from(call))
    }
}

impl core::fmt::Debug for FaultPlan {
    // The rules name accounts.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FaultPlan")
            .field("seed", &self.seed)
            .field("rates", &self.rates)
            .field("rules", &self.rules.len())
            .field("settings", &self.settings)
            .finish()
    }
}

/// Where a rule holds: a reference or an account (or phone), on all its calls or the nth.
#[derive(Clone)]
pub struct When {
    subject: String,
    is_reference: bool,
    scope: Scope,
    nth: Option<u32>,
}

impl When {
    /// Submissions to this account or phone.
    #[must_use]
    pub fn account(account: &str) -> Self {
        Self { subject: account.to_owned(), is_reference: false, scope: Scope::Submit, nth: None }
    }

    /// Submissions under this partner reference.
    #[must_use]
    pub fn reference(reference: &str) -> Self {
        Self { is_reference: true, ..Self::account(reference) }
    }

    /// Calls of another kind about it.
    #[must_use]
    pub fn on(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Only the nth call about one reference, counted from one.
    #[must_use]
    pub fn nth(mut self, nth: u32) -> Self {
        self.nth = Some(nth);
        self
    }

    fn matches(&self, scope: Scope, subject: &str, reference: &str, nth: u32) -> bool {
        self.scope == scope
            && self.is_reference == (subject == reference)
            && self.nth.is_none_or(|wanted| wanted == nth)
    }
}

impl core::fmt::Debug for When {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("When").field("scope", &self.scope).field("nth", &self.nth).finish_non_exhaustive()
    }
}

/// The numbers behind the faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Every call takes at least this long.
    pub latency_ms: u64,
    /// How much longer a `slow` call takes.
    pub slow_ms: u64,
    /// How many status inquiries a payment in progress answers with 03 before it ends.
    pub in_progress_inquiries: u32,
    /// How many status inquiries deny a hidden booking.
    pub not_found_inquiries: u32,
    /// How long a hidden booking is denied at least, from the booking.
    pub not_found_ms: u64,
    /// When a late return happens, from the booking; `None`: only when told to advance.
    pub late_return_ms: Option<u64>,
    /// The `Retry-After` of a 429.
    pub retry_after_seconds: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            latency_ms: 0,
            slow_ms: 500,
            in_progress_inquiries: 2,
            not_found_inquiries: 2,
            not_found_ms: 0,
            late_return_ms: Some(1_500),
            retry_after_seconds: 1,
        }
    }
}

/// What one call meets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Drawn {
    pub(crate) outcome: Option<Fault>,
    pub(crate) slow: bool,
    pub(crate) hidden: bool,
    pub(crate) returns: bool,
}

impl Drawn {
    /// The first outcome stays: rules come before rates, rates before scenario accounts.
    pub(crate) fn add(&mut self, fault: Fault) {
        match fault {
            Fault::Slow => self.slow = true,
            Fault::NotFoundForAWhile => self.hidden = true,
            Fault::LateReturn => self.returns = true,
            outcome => {
                self.outcome.get_or_insert(outcome);
            }
        }
    }

    pub(crate) fn delay(&self, settings: &Settings) -> Option<Duration> {
        let slow_ms = if self.slow { settings.slow_ms } else { 0 };
        let ms = settings.latency_ms.saturating_add(slow_ms);
        (ms > 0).then(|| Duration::from_millis(ms))
    }
}

/// A number below a million out of a SplitMix64 stream (Steele, Lea and Flood, 2014) keyed by all
/// that identifies the call.
fn roll(seed: u64, scope: Scope, reference: &str, call: u64) -> u32 {
    let mut state = mix(seed ^ mix(scope as u64 + 1));
    for chunk in reference.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = mix(state ^ u64::from_le_bytes(word));
    }
    let drawn = mix(state ^ mix(call)) % u64::from(ALWAYS_PPM);
    u32::try_from(drawn).unwrap_or(u32::MAX)
}

fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(plan: &FaultPlan) -> Vec<Drawn> {
        (0..2_000).map(|n| plan.draw(Scope::Submit, &format!("REF{}", n / 2), "1", n % 2 + 1)).collect()
    }

    #[test]
    fn the_same_seed_draws_the_same_and_another_seed_does_not() {
        let plan: FaultPlan = "reset_after_booking=0.1,error_500=0.2,late_return=0.3".parse().unwrap();
        let mut first = outcomes(&plan.clone().seeded(1));
        assert_eq!(first, outcomes(&plan.clone().seeded(1)));
        assert_ne!(first, outcomes(&plan.seeded(2)));
        first.dedup();
        assert!(first.len() > 100, "not one constant answer");
    }

    #[test]
    fn rates_are_met() {
        let plan: FaultPlan = "reset_after_booking=0.1,error_500=0.2,not_found_for_a_while=0.5".parse().unwrap();
        let drawn = outcomes(&plan);
        let share = |test: fn(&Drawn) -> bool| drawn.iter().filter(|d| test(d)).count() * 100 / drawn.len();
        assert!((7..=13).contains(&share(|d| d.outcome == Some(Fault::ResetAfterBooking))));
        assert!((16..=24).contains(&share(|d| d.outcome == Some(Fault::Error500))));
        assert!((43..=57).contains(&share(|d| d.hidden)));
    }

    #[test]
    fn always_and_never_mean_it() {
        let plan: FaultPlan = "error_500=1,slow=0".parse().unwrap();
        assert!(outcomes(&plan).iter().all(|d| d.outcome == Some(Fault::Error500) && !d.slow));
    }

    #[test]
    fn a_rule_comes_before_a_rate_and_knows_its_call() {
        let plan = FaultPlan::none()
            .rate(Scope::Submit, Fault::Error500, ALWAYS_PPM)
            .unwrap()
            .with(When::account("77").nth(2), Fault::Page502)
            .with(When::reference("77"), Fault::GarbageBody);
        let outcome = |reference, account, nth| plan.draw(Scope::Submit, reference, account, nth).outcome;
        assert_eq!(outcome("A", "77", 1), Some(Fault::Error500));
        assert_eq!(outcome("A", "77", 2), Some(Fault::Page502));
        assert_eq!(outcome("77", "1", 1), Some(Fault::GarbageBody));
        assert_eq!(plan.draw(Scope::Ask, "77", "77", 2).outcome, None);
    }
}
