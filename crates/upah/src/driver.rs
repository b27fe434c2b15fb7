//! Drives payments to their rest: a bounded number at once, the open ones on schedule, until nothing
//! is left to do or the wait is over.
//!
//! Dropping the future is safe at any point: an attempt that was on its way is found `Sending` by the
//! next session, which treats it as unknown and asks.
use crate::error::Error;
use crate::journal::Working;
use crate::session::{Rest, Session};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use upah_core::Timestamp;
use upah_core::cause::Cause;
use upah_core::rail::Balance;
use upah_core::run::{PaymentId, RunId};
use upah_core::state::PaymentState;
use upah_core::store::{Cursor, Page, StoreError, StoredPayment};

/// What a drive left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriveEnd {
    /// Rails over which nothing more was sent, and why.
    pub parked: Vec<(upah_core::RailId, Cause)>,
    /// Payments that still wait for an answer.
    pub waiting: usize,
    /// Whether the host asked to stop.
    pub stopped: bool,
}

/// Which payments to drive.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// Of these runs; empty means all.
    pub(crate) runs: Vec<RunId>,
    /// Also ask about settled payments that may have been returned.
    pub(crate) watch_returns: bool,
}

const PAGE: usize = 256;
/// So many payments are worked on for each call that a rail takes at once: while some wait for an
/// answer, others wait for the commit that they share. What may be durable and unsent is bounded by
/// the lane, not by this.
const WORKING_PER_CALL: usize = 6;

/// A cursor over pages of payments, read when they are needed.
struct Feed {
    states: Vec<PaymentState>,
    runs: VecDeque<Option<RunId>>,
    after: Option<Cursor>,
    page: VecDeque<StoredPayment>,
}

impl Feed {
    fn new(scope: &Scope, states: &[PaymentState]) -> Self {
        let runs =
            if scope.runs.is_empty() { VecDeque::from([None]) } else { scope.runs.iter().cloned().map(Some).collect() };
        Self { states: states.to_vec(), runs, after: None, page: VecDeque::new() }
    }

    async fn next(&mut self, session: &Session) -> Result<Option<StoredPayment>, Error> {
        while self.page.is_empty() {
            let Some(run) = self.runs.front().cloned() else { return Ok(None) };
            let ask = Page { run, states: self.states.clone(), after: self.after, limit: PAGE };
            let (page, next) = session.store.page(ask).await?;
            self.page = page.into();
            self.after = next;
            if next.is_none() {
                self.runs.pop_front();
            }
        }
        Ok(self.page.pop_front())
    }
}

/// A payment to be worked on, and whether only to look whether it was returned.
type Next = (StoredPayment, bool);
type Finished = (PaymentId, Result<Rest, Error>);

/// Payments that were read and wait for a free hand. Who has finished one takes the next by itself: to wake
/// the driver's loop for each of them costs more than to fold one.
#[derive(Default)]
struct Shelf {
    payments: Mutex<VecDeque<Next>>,
    half_empty: Notify,
}

impl Shelf {
    fn payments(&self) -> MutexGuard<'_, VecDeque<Next>> {
        self.payments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, places: usize) -> Option<Next> {
        let mut payments = self.payments();
        let next = payments.pop_front();
        if payments.len() == places / 2 {
            self.half_empty.notify_one();
        }
        next
    }
}

/// Drives what is in scope. `wait_seconds` counts from the moment when nothing is left to be sent.
///
/// The loop is a task of its own, ended with this future: a host may wait for us in a thread that sleeps, and
/// to wake that thread for every payment costs more than to seal the payment's events.
pub(crate) async fn drive(session: Arc<Session>, scope: Scope, wait_seconds: u64) -> Result<DriveEnd, Error> {
    let mut driving = JoinSet::new();
    driving.spawn(drive_all(session, scope, wait_seconds));
    match driving.join_next().await {
        Some(Ok(end)) => end,
        Some(Err(_)) | None => Err(Error::damaged("driving the payments ended abnormally; run upah resume")),
    }
}

async fn drive_all(session: Arc<Session>, scope: Scope, wait_seconds: u64) -> Result<DriveEnd, Error> {
    check_balances(&session, &scope).await?;
    let mut open = Feed::new(
        &scope,
        &[PaymentState::Sending, PaymentState::Pending, PaymentState::Unknown, PaymentState::Refused],
    );
    let mut watched =
        scope.watch_returns.then(|| Feed::new(&scope, &[PaymentState::Settled, PaymentState::NeedsAction]));
    let mut ready = Feed::new(&scope, &[PaymentState::Ready]);
    let mut due: BinaryHeap<Reverse<(Timestamp, PaymentId)>> = BinaryHeap::new();
    let shelf = Arc::new(Shelf::default());
    let mut working: JoinSet<Finished> = JoinSet::new();
    let mut wait_ends: Option<Timestamp> = None;
    let places = session
        .lanes
        .values()
        .map(|lane| lane.policy.max_concurrency.max(1) as usize * WORKING_PER_CALL)
        .sum::<usize>()
        .max(1);
    let mut end = DriveEnd::default();
    let mut failed: Option<Error> = None;
    loop {
        let mut fed_out = session.stopping();
        while !fed_out && shelf.payments().len() < places {
            let now = session.env.now();
            let next = if due.peek().is_some_and(|Reverse((at, _))| *at <= now) {
                let Some(Reverse((_, id))) = due.pop() else { break };
                session.store.payment(id).await?.map(|stored| (stored, false))
            } else if let Some(stored) = open.next(&session).await? {
                Some((stored, false))
            } else if let Some(stored) = next_ready(&session, &mut ready).await? {
                Some((stored, false))
            } else if let Some(stored) = next_watched(&session, &mut watched).await? {
                Some((stored, true))
            } else {
                fed_out = true;
                None
            };
            shelf.payments().extend(next);
        }
        if session.stopping() {
            shelf.payments().clear();
        }
        while working.len() < places
            && let Some(next) = shelf.take(places)
        {
            working.spawn(work_through(Arc::clone(&session), Arc::clone(&shelf), places, next));
        }
        let idle = fed_out && shelf.payments().is_empty();
        if idle && wait_ends.is_none() {
            wait_ends = Some(session.env.now().plus_seconds(wait_seconds));
        }
        let now = session.env.now();
        let over = session.stopping() || wait_ends.is_some_and(|at| at <= now);
        if working.is_empty() && idle && (due.is_empty() || over) {
            break;
        }
        let wake = due.peek().map(|Reverse((at, _))| *at).filter(|_| !over);
        let wake = match (wake, wait_ends) {
            (Some(at), Some(ends)) => Some(at.min(ends)),
            (at, ends) => at.or(ends.filter(|_| !over)),
        };
        let finished = wait(&session, &shelf, &mut working, wake).await?;
        if let Some((id, rest)) = finished {
            match rest {
                Ok(Rest::Until(at)) => due.push(Reverse((at, id))),
                Ok(Rest::Done | Rest::Parked | Rest::Stopped) => {}
                // Somebody else moved it: look again.
                Err(Error::Store(StoreError::Conflict(_))) => due.push(Reverse((session.env.now(), id))),
                // What is on its way is let finish and recorded as far as the store still can.
                Err(error) => {
                    session.stop.store(true, Ordering::Relaxed);
                    failed.get_or_insert(error);
                }
            }
        }
    }
    if let Some(error) = failed {
        return Err(error);
    }
    end.waiting = due.len();
    end.stopped = session.stopping();
    let now = session.env.now();
    end.parked = session.lanes.iter().filter_map(|(id, lane)| lane.parked(now).map(|why| (id.clone(), why))).collect();
    Ok(end)
}

/// The next unsent payment, unless no rail takes any.
async fn next_ready(session: &Session, feed: &mut Feed) -> Result<Option<StoredPayment>, Error> {
    let now = session.env.now();
    if !session.lanes.is_empty() && session.lanes.values().all(|lane| lane.parked(now).is_some()) {
        return Ok(None);
    }
    feed.next(session).await
}

async fn next_watched(session: &Session, feed: &mut Option<Feed>) -> Result<Option<StoredPayment>, Error> {
    match feed {
        Some(feed) => feed.next(session).await,
        None => Ok(None),
    }
}

/// Works on a payment, then on others from the shelf, until one has to be looked at again or none is left.
async fn work_through(session: Arc<Session>, shelf: Arc<Shelf>, places: usize, mut next: Next) -> Finished {
    loop {
        let (stored, watching) = next;
        let opened = Working::open(&stored, &|run| session.approved_at(run));
        let id = stored.row.id;
        let rest = match opened {
            Ok(payment) => session.work(payment, watching).await,
            Err(error) => Err(error),
        };
        next = match (&rest, session.stopping()) {
            (Ok(Rest::Done | Rest::Parked), false) => match shelf.take(places) {
                Some(next) => next,
                None => return (id, rest),
            },
            _ => return (id, rest),
        };
    }
}

/// Until somebody has no more to do, the shelf is half empty, or it is time to look at another payment.
async fn wait(
    session: &Session,
    shelf: &Shelf,
    working: &mut JoinSet<Finished>,
    wake: Option<Timestamp>,
) -> Result<Option<Finished>, Error> {
    let timer = async {
        match wake {
            // Woken at least once a second, so that a request to stop is heard.
            Some(at) => session.env.sleep_until(at.min(session.env.now().plus_seconds(1))).await,
            None => session.env.sleep_until(session.env.now().plus_seconds(1)).await,
        }
    };
    if working.is_empty() {
        timer.await;
        return Ok(None);
    }
    tokio::select! {
        joined = working.join_next() => match joined {
            Some(Ok(finished)) => Ok(Some(finished)),
            Some(Err(_)) => Err(Error::damaged("work on a payment ended abnormally; run upah resume")),
            None => Ok(None),
        },
        () = shelf.half_empty.notified() => Ok(None),
        () = timer => Ok(None),
    }
}

/// Asks each rail for the balance before anything new is sent; a shortfall parks the rail.
async fn check_balances(session: &Session, scope: &Scope) -> Result<(), Error> {
    for lane in session.lanes.values() {
        let Some(balance) = lane.rail.balance() else { continue };
        let needed = unsent_total(session, scope, lane).await?;
        if needed == 0 {
            continue;
        }
        let mut told = balance.available().await;
        for pause in [1, 2] {
            if !matches!(told, Balance::Unavailable(Cause::RailUnreachable)) || session.stopping() {
                break;
            }
            session.env.sleep_until(session.env.now().plus_seconds(pause)).await;
            told = balance.available().await;
        }
        match told {
            Balance::Available(available) if available.value() < needed => {
                lane.with_gate(|gate| gate.park(Cause::InsufficientFunds));
            }
            Balance::Unavailable(cause @ (Cause::RailUnreachable | Cause::CredentialsRefused)) => {
                lane.with_gate(|gate| gate.park(cause));
            }
            Balance::Available(_) | Balance::NotTold | Balance::Unavailable(_) => {}
        }
    }
    Ok(())
}

/// What is still to be sent over a rail, in rupiah.
async fn unsent_total(session: &Session, scope: &Scope, lane: &crate::session::Lane) -> Result<u64, Error> {
    if session.lanes.len() == 1 {
        let mut total = 0u64;
        let runs = if scope.runs.is_empty() { vec![None] } else { scope.runs.iter().cloned().map(Some).collect() };
        for run in runs {
            for (state, sum) in session.store.sums(run).await? {
                if state == PaymentState::Ready {
                    total = total.saturating_add(sum.amount);
                }
            }
        }
        return Ok(total);
    }
    let mut feed = Feed::new(scope, &[PaymentState::Ready]);
    let mut total = 0u64;
    while let Some(stored) = feed.next(session).await? {
        let payment = Working::open(&stored, &|run| session.approved_at(run))?.payment;
        let row = &payment.instruction.row;
        let routed =
            row.destinations.iter().skip(usize::from(payment.destination)).find_map(|destination| {
                session.policy.route(&payment.instruction.employer, destination, row.amount).ok()
            });
        if routed.is_some_and(|rail| rail.id == lane.policy.id) {
            total = total.saturating_add(payment.amount().value());
        }
    }
    Ok(total)
}
