//! How fast a provider is called: places for calls that are on their way, and the pace of a rail or of a paying account.
//! Shared by everything that a gateway does over it at the same time.
use crate::environment::Environment;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// How many calls are on their way at once, and how many begin in a second. Each process counts its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimits {
    /// On their way at once; at least one.
    pub max_concurrency: u32,
    /// Begun in a second; as many as there are places when it is `None`.
    pub requests_per_second: Option<u32>,
}

/// Of one rail, or of one paying account. Counted by the monotonic clock, which all sessions of a process share.
pub(crate) struct Pace {
    places: Semaphore,
    next_slot: Mutex<Duration>,
    between: Option<Duration>,
}

impl Pace {
    pub(crate) fn new(limits: CallLimits) -> Self {
        let places = usize::try_from(limits.max_concurrency.max(1)).unwrap_or(1);
        let rate = limits.requests_per_second.filter(|rate| *rate > 0);
        Self {
            places: Semaphore::new(places),
            next_slot: Mutex::new(Duration::ZERO),
            between: rate.map(|rate| Duration::from_millis(u64::from(1_000 / rate.min(1_000)))),
        }
    }

    /// Waits for a place among the calls that are on their way, and for the rail's pace.
    pub(crate) async fn place(&self, env: &dyn Environment) -> Option<SemaphorePermit<'_>> {
        let place = self.places.acquire().await.ok();
        if let Some(between) = self.between {
            let now = env.monotonic();
            let slot = {
                let mut next = self.next_slot.lock().unwrap_or_else(PoisonError::into_inner);
                let slot = (*next).max(now);
                *next = slot.saturating_add(between);
                slot
            };
            if slot > now {
                env.sleep(slot - now).await;
            }
        }
        place
    }
}
