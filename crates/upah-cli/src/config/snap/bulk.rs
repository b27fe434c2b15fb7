//! What is said of wages that go together in one request, `[rail.bulk]`.
use crate::config::RailConfig;
use serde::Deserialize;
use std::time::Duration;
use upah_core::policy::RailPolicy;
use upah_snap::Bulk;
use upah_snap::bulk::PAYMENTS_MAX;

/// The keys of `[rail.bulk]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkConfig {
    /// The most in one request.
    payments: usize,
    /// How long one waits for others.
    #[serde(default = "half_a_second")]
    gather_milliseconds: u32,
    repeats: Repeats,
}

/// What the contract says happens to a reference that comes again inside another request.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Repeats {
    Refused,
    Paid,
}

fn half_a_second() -> u32 {
    500
}

impl BulkConfig {
    /// What in it cannot be used, in itself and with what is said of the rail.
    pub(crate) fn check(&self, rail: &RailConfig) -> Result<(), String> {
        if !(2..=PAYMENTS_MAX).contains(&self.payments) {
            return Err(format!("bulk: payments must be between 2 and {PAYMENTS_MAX}"));
        }
        if self.repeats == Repeats::Paid && rail.reference_memory_days.is_some_and(|days| days != 0) {
            return Err(
                "reference_memory_days must be 0 with repeats = \"paid\": a wage that may have been in one request \
                        is never put into another"
                    .into(),
            );
        }
        Ok(())
    }

    /// No more than are on their way at once ever wait for the same request.
    pub(crate) fn gathering(&self, rail: &RailConfig) -> Bulk {
        let at_once = rail.max_concurrency.and_then(|at_once| usize::try_from(at_once).ok()).unwrap_or(usize::MAX);
        let gather = Duration::from_millis(u64::from(self.gather_milliseconds));
        Bulk { payments: self.payments.min(at_once.max(2)), gather }
    }

    /// What goes together is on its way together; and what a repeat would do is for the planner to know.
    pub(crate) fn habits(&self, usual: RailPolicy) -> RailPolicy {
        let is_refused = self.repeats == Repeats::Refused;
        RailPolicy {
            max_concurrency: usual.max_concurrency.max(u32::try_from(self.payments).unwrap_or(u32::MAX)),
            refuses_repeats: is_refused,
            reference_memory_days: if is_refused { usual.reference_memory_days } else { 0 },
            ..usual
        }
    }
}
