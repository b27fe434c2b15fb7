//! A rail as a session uses it: its gate, its places, and what it has paid.
use crate::environment::SessionEnvironment;
use crate::gateway::Paces;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, SemaphorePermit};
use upah_core::cause::Cause;
use upah_core::gate::Gate;
use upah_core::policy::RailPolicy;
use upah_core::rail::Rail;
use upah_core::{Payment, Timestamp};

/// A rail with its gate and its places.
pub(crate) struct Lane {
    pub(crate) rail: Arc<dyn Rail>,
    pub(crate) policy: RailPolicy,
    pub(crate) gate: Mutex<Gate>,
    /// What this session has seen settle over it.
    paid: Mutex<Paid>,
    /// Attempts that are durable and not yet on their way (safety rule 9).
    pub(crate) ahead: Semaphore,
    paces: Paces,
}

impl Lane {
    pub(crate) fn new(rail: Arc<dyn Rail>, policy: RailPolicy, paces: Paces) -> Self {
        let calls = usize::try_from(policy.max_concurrency.max(1)).unwrap_or(1);
        Self {
            rail,
            policy,
            gate: Mutex::new(Gate::default()),
            paid: Mutex::default(),
            ahead: Semaphore::new(calls * 2),
            paces,
        }
    }

    pub(crate) fn with_gate<T>(&self, look: impl FnOnce(&mut Gate) -> T) -> T {
        look(&mut self.gate.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn paid(&self) -> Paid {
        *self.paid.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why no new money goes over this rail in this session, if so.
    pub(crate) fn parked(&self, now: Timestamp) -> Option<Cause> {
        self.with_gate(|gate| gate.passage(now)).blocked()
    }

    /// Learns that a payment has settled over it.
    pub(crate) fn has_paid(&self, payment: &Payment, now: Timestamp) {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        paid.count += 1;
        paid.amount = paid.amount.saturating_add(payment.amount().value());
        match self.policy.terms.fee(now.date()) {
            Some(fee) => paid.fees = paid.fees.saturating_add(fee.amount.value()),
            None => paid.fees_unknown += 1,
        }
    }

    /// Waits for a place among the calls that are on their way, and for the pace of the rail and of its account.
    pub(crate) async fn place(&self, env: &SessionEnvironment) -> [Option<SemaphorePermit<'_>>; 2] {
        let (rail, account) = &self.paces;
        let place = rail.place(env.host()).await;
        match account {
            Some(account) => [place, account.place(env.host()).await],
            None => [place, None],
        }
    }
}

/// What settled over a rail in one drive, and what that cost by its terms of the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paid {
    /// Payments.
    pub count: u64,
    /// Their sum in rupiah.
    pub amount: u64,
    /// Their fees in rupiah, as far as the configuration tells them.
    pub fees: u64,
    /// Payments whose fee nobody told.
    pub fees_unknown: u64,
}
