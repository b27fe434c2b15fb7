//! Which drive holds which payment, by the clock of this process.
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use upah_core::claim::{DriveId, Fence, Hold};
use upah_core::run::PaymentId;

/// A lease. A drive that was dismissed has none any more.
#[derive(Clone, Copy, Debug)]
struct Lease {
    until: Instant,
    /// Found to have ended: it is not revived.
    lapsed: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Held {
    fence: u64,
    by: Option<DriveId>,
    /// When the last lease ended under which it was never given back.
    lapsed: Option<Instant>,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds {
    leases: BTreeMap<DriveId, Lease>,
    payments: BTreeMap<PaymentId, Held>,
}

/// What is to be had of a payment.
pub(super) enum Reach {
    /// Nobody's.
    Free,
    /// The drive's own.
    Own,
    /// Another drive holds it.
    Elsewhere,
}

impl Holds {
    pub(super) fn enlist(&mut self, drive: DriveId, lease: Duration, now: Instant) {
        self.leases.entry(drive).or_insert(Lease { until: now + lease, lapsed: false });
    }

    pub(super) fn renew(&mut self, drive: DriveId, lease: Duration, now: Instant) -> bool {
        self.look_around(now);
        let live = self.leases.get_mut(&drive).filter(|lease| !lease.lapsed);
        live.map(|held| held.until = now + lease).is_some()
    }

    pub(super) fn dismiss(&mut self, drive: DriveId, now: Instant) {
        self.look_around(now);
        if self.is_live(drive) {
            self.leases.remove(&drive);
        }
    }

    /// Notes which leases have ended.
    pub(super) fn look_around(&mut self, now: Instant) {
        self.leases.values_mut().filter(|lease| lease.until <= now).for_each(|lease| lease.lapsed = true);
    }

    pub(super) fn is_live(&self, drive: DriveId) -> bool {
        self.leases.get(&drive).is_some_and(|lease| !lease.lapsed)
    }

    pub(super) fn reach(&self, id: &PaymentId, drive: DriveId) -> Reach {
        match self.payments.get(id).and_then(|held| held.by) {
            Some(by) if by == drive => Reach::Own,
            Some(by) if self.is_live(by) => Reach::Elsewhere,
            _ => Reach::Free,
        }
    }

    /// Hands a payment out, or says how it is held already.
    pub(super) fn take(&mut self, id: &PaymentId, drive: DriveId, now: Instant) -> Hold {
        let held = self.payments.entry(id.clone()).or_default();
        if held.by != Some(drive) {
            let ended = held.by.and_then(|by| self.leases.get(&by)).map(|lease| lease.until);
            held.lapsed = held.lapsed.max(ended);
            (held.fence, held.by) = (held.fence + 1, Some(drive));
        }
        let lapsed = held.lapsed.map(|at| now.saturating_duration_since(at));
        Hold { fence: Some(Fence(held.fence)), lapsed }
    }

    /// Whether a commit under this fence comes too late.
    pub(super) fn is_outdated(&self, id: &PaymentId, fence: Option<Fence>) -> bool {
        let given = self.payments.get(id).map_or(0, |held| held.fence);
        fence.is_some_and(|fence| fence.0 != given)
    }

    pub(super) fn give_back(&mut self, rested: &PaymentId) {
        if let Some(held) = self.payments.get_mut(rested) {
            held.by = None;
        }
    }
}
