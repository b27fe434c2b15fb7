//! The lease under which this process drives payments, when others drive payments of the same store.
//!
//! The store's clock says when a lease ends. This process believes in its lease for a little less: it counts from the
//! moment before it asked for it, by its own clocks, and lets a tenth go. A process that was paused or suspended finds
//! by them that its time is over before it does anything else.
use crate::environment::Environment;
use crate::error::Error;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use upah_core::Timestamp;
use upah_core::claim::{DriveId, Enlisted, Hold};
use upah_core::planner::Clock;
use upah_core::store::Store;

/// How long a lease is unless the host says otherwise: longer than a server takes to start again, and as long as a
/// dead process keeps others waiting.
pub(crate) const LEASE: Duration = Duration::from_secs(20);

/// How often it is renewed within its length.
const RENEWALS: u32 = 5;

/// Until when the lease is believed in, by both clocks of the computer: one stands still in a suspend, the other
/// one is set by people. Whichever comes first counts.
#[derive(Clone, Copy)]
struct End {
    monotonic: Duration,
    wall: Timestamp,
}

struct Held {
    drive: DriveId,
    enlisted: Enlisted,
    end: End,
    /// The store has said that it ended.
    lost: bool,
}

/// See the module.
pub(crate) struct Tenure {
    store: Arc<dyn Store>,
    env: Arc<dyn Environment>,
    lease: Duration,
    held: Mutex<Held>,
}

/// How a payment in hand is held, and since when by the session's time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct InHand {
    pub(crate) hold: Hold,
    pub(crate) since: Timestamp,
}

impl InHand {
    /// The session's clock for this payment. What another drive had begun with it is waited for from the moment at
    /// which it came into these hands: no clock of another machine is believed.
    pub(crate) fn clock(&self, session: Clock) -> Clock {
        let is_handed_on = self.hold.fence.is_some_and(|fence| fence.0 > 1);
        let session_start = if is_handed_on { session.session_start.max(self.since) } else { session.session_start };
        let lapsed_at = self.hold.lapsed.map(|ago| {
            let ago = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
            let at = Timestamp::from_millis(self.since.millis().saturating_sub(ago));
            // The clock was set since, or the computer suspended: the wait begins anew, as every other does.
            if self.since < session.session_start { session.session_start } else { at }
        });
        Clock { session_start, lapsed_at, ..session }
    }
}

impl Tenure {
    /// Begins a drive.
    pub(crate) async fn begin(
        store: Arc<dyn Store>,
        env: Arc<dyn Environment>,
        lease: Duration,
    ) -> Result<Self, Error> {
        let held = Mutex::new(enlist(&*store, &*env, lease).await?);
        Ok(Self { store, env, lease, held })
    }

    /// Of a session that drives nothing: it holds no payment, and what it commits is judged by the version alone.
    pub(crate) fn of_nothing(store: Arc<dyn Store>, env: Arc<dyn Environment>, lease: Duration) -> Self {
        let end = end(&*env, lease);
        let drive = DriveId::from_random([0; 8]);
        let held = Mutex::new(Held { drive, enlisted: Enlisted::Alone, end, lost: false });
        Self { store, env, lease, held }
    }

    /// Begins another drive after this one has lapsed.
    pub(crate) async fn begin_again(&self) -> Result<(), Error> {
        let held = enlist(&*self.store, &*self.env, self.lease).await?;
        *self.held() = held;
        Ok(())
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present drive.
    pub(crate) fn drive(&self) -> DriveId {
        self.held().drive
    }

    /// Whether others may drive payments of this store.
    pub(crate) fn is_shared(&self) -> bool {
        self.held().enlisted == Enlisted::Leased
    }

    /// Whether the lease can be relied on at this moment. Once it cannot, it never can again.
    pub(crate) fn is_live(&self) -> bool {
        let (monotonic, wall) = (self.env.monotonic(), self.env.now());
        let mut held = self.held();
        held.lost |= monotonic >= held.end.monotonic || wall >= held.end.wall;
        held.enlisted == Enlisted::Alone || !held.lost
    }

    /// Renews the lease until it is lost; for a task of its own.
    pub(crate) async fn keep(&self) {
        if !self.is_shared() {
            return std::future::pending().await;
        }
        loop {
            self.env.sleep(self.lease / RENEWALS).await;
            if !self.is_live() {
                continue;
            }
            let (drive, end) = (self.drive(), end(&*self.env, self.lease));
            // An error is no answer: the lease runs on, and is asked for again until it has ended by our own clocks.
            let Ok(renewed) = self.store.renew(drive, self.lease).await else { continue };
            let mut held = self.held();
            if held.drive == drive && renewed {
                held.end = end;
            } else if held.drive == drive {
                held.lost = true;
            }
        }
    }

    /// Ends the drive, of which nothing is on its way any more. A store that cannot be told finds it lapsed.
    pub(crate) async fn end(&self) {
        if self.is_shared() && self.is_live() {
            let _ = self.store.dismiss(self.drive()).await;
        }
    }

    /// Goes on with a call only as long as the lease lives, which is looked at before each of its steps (safety rule
    /// 10): before its first byte is signed, and whenever this process wakes. `None` when it was cut off.
    ///
    /// What remains are the microseconds between a look and the step that it allows. A process that is paused in just
    /// them signs, or sends, late.
    pub(crate) async fn within<T>(&self, call: impl Future<Output = T>) -> Option<T> {
        if !self.is_shared() {
            return Some(call.await);
        }
        Within { tenure: self, call: pin!(call) }.await
    }
}

async fn enlist(store: &dyn Store, env: &dyn Environment, lease: Duration) -> Result<Held, Error> {
    let mut bytes = [0; 8];
    env.fill_random(&mut bytes)?;
    let drive = DriveId::from_random(bytes);
    let end = end(env, lease);
    let enlisted = store.enlist(drive, lease).await?;
    Ok(Held { drive, enlisted, end, lost: false })
}

/// Until when a lease that is asked for now is believed in.
fn end(env: &dyn Environment, lease: Duration) -> End {
    let believed = lease - lease / 10;
    let millis = i64::try_from(believed.as_millis()).unwrap_or(i64::MAX);
    let wall = Timestamp::from_millis(env.now().millis().saturating_add(millis));
    End { monotonic: env.monotonic().saturating_add(believed), wall }
}

struct Within<'a, F> {
    tenure: &'a Tenure,
    call: Pin<&'a mut F>,
}

impl<F: Future> Future for Within<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.tenure.is_live() {
            return Poll::Ready(None);
        }
        self.call.as_mut().poll(context).map(Some)
    }
}
