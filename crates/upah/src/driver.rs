//! Drives payments to their rest: a bounded number at once, the open ones on schedule, until nothing
//! is left to do or the wait is over.
//!
//! Dropping the future is safe at any point: an attempt that was on its way is found `Sending` by the
//! next session, which treats it as unknown and asks.
use crate::error::Error;
use crate::feed::{Due, Feed, Feeds, Next, Scope, open};
use crate::lane::{Lane, Paid};
use crate::session::{Rest, Session};
use crate::tenure::InHand;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use upah_core::cause::Cause;
use upah_core::rail::Balance;
use upah_core::run::PaymentId;
use upah_core::state::PaymentState;
use upah_core::store::StoreError;
use upah_core::{RailId, Timestamp};

/// What a drive left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriveEnd {
    /// Rails over which nothing more was sent, and why.
    pub parked: Vec<(RailId, Cause)>,
    /// What settled in this drive over each rail that paid anybody, in the order of their names.
    pub paid: Vec<(RailId, Paid)>,
    /// Payments that still wait for an answer.
    pub waiting: usize,
    /// Whether the host asked to stop.
    pub stopped: bool,
}

/// So many payments are worked on for each call that a rail takes at once: while some wait for an
/// answer, others wait for the commit that they share. What may be durable and unsent is bounded by
/// the lane, not by this.
const WORKING_PER_CALL: usize = 6;

/// What became of the work on a payment, and how it was held.
type Finished = (PaymentId, InHand, Result<Rest, Error>);

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
    let mut keeping = JoinSet::new();
    let tenure = Arc::clone(&session.tenure);
    keeping.spawn(async move { tenure.keep().await });
    let mut driving = JoinSet::new();
    driving.spawn(drive_all(session, scope, wait_seconds));
    match driving.join_next().await {
        Some(Ok(end)) => end,
        Some(Err(_)) | None => Err(Error::damaged("driving the payments ended abnormally; run upah resume")),
    }
}

async fn drive_all(session: Arc<Session>, scope: Scope, wait_seconds: u64) -> Result<DriveEnd, Error> {
    check_balances(&session, &scope).await?;
    let mut feeds = Feeds::new(&scope);
    let mut due = Due::default();
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
        if session.tenure.is_live() {
            feeds.look_elsewhere_again(&session, &scope);
        } else {
            // Others may have what was in these hands: what is on its way ends, and then everything is looked at anew.
            due.forget();
            if working.is_empty() && !session.asked_to_stop() {
                session.tenure.begin_again().await?;
                feeds.begin_again(&scope);
                wait_ends = None;
            }
        }
        let (fed_out, is_news) = fill(&session, &shelf, places, &mut due, &mut feeds).await?;
        if is_news {
            // Also when it came late, out of other hands: the wait for it begins with it.
            wait_ends = None;
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
        let over = session.asked_to_stop() || wait_ends.is_some_and(|at| at <= now);
        let is_all = due.is_empty() && !feeds.are_elsewhere() && session.tenure.is_live();
        if working.is_empty() && idle && (is_all || over) {
            break;
        }
        let wake = due.first().filter(|_| !over);
        let wake = match (wake, wait_ends) {
            (Some(at), Some(ends)) => Some(at.min(ends)),
            (at, ends) => at.or(ends.filter(|_| !over)),
        };
        let finished = wait(&session, &shelf, &mut working, wake).await?;
        if let Some(error) = finished.and_then(|finished| after(&session, &mut due, finished)) {
            // What is on its way is let finish and recorded as far as the store still can.
            session.stop.store(true, Ordering::Relaxed);
            failed.get_or_insert(error);
        }
    }
    // Nothing of it is on its way any more.
    session.tenure.end().await;
    if let Some(error) = failed {
        return Err(error);
    }
    end.waiting = due.len();
    end.stopped = session.asked_to_stop();
    let now = session.env.now();
    let paid = session.lanes.iter().map(|(id, lane)| (id.clone(), lane.paid()));
    end.paid = paid.filter(|(_, paid)| paid.count > 0).collect();
    end.paid.sort_by(|(one, _), (other, _)| one.cmp(other));
    end.parked = session.lanes.iter().filter_map(|(id, lane)| lane.parked(now).map(|why| (id.clone(), why))).collect();
    Ok(end)
}

/// Fills the shelf. Returns whether there is nothing more to be had at the moment, and whether there was anything that
/// had not been in these hands.
async fn fill(
    session: &Session,
    shelf: &Shelf,
    places: usize,
    due: &mut Due,
    feeds: &mut Feeds,
) -> Result<(bool, bool), Error> {
    let mut is_news = false;
    while !session.stopping() {
        if shelf.payments().len() >= places {
            return Ok((false, is_news));
        }
        let again = due.next(session).await?;
        feeds.open.elsewhere |= std::mem::take(&mut due.elsewhere);
        if again.is_none() && due.is_due(session) {
            continue;
        }
        let next = match again {
            Some(again) => again,
            None => match feeds.next(session).await? {
                Some(new) => {
                    is_news = true;
                    new
                }
                None => return Ok((true, is_news)),
            },
        };
        shelf.payments().push_back(next);
    }
    Ok((true, is_news))
}

/// What follows from the work on a payment; an error that ends the drive, if it is one.
fn after(session: &Session, due: &mut Due, (id, in_hand, rest): Finished) -> Option<Error> {
    match rest {
        Ok(Rest::Until(at)) => due.push(at, id, Some(in_hand)),
        Ok(Rest::Done | Rest::Parked | Rest::Stopped) => {}
        // Somebody else moved it, or has it in hand now: look again.
        Err(Error::Store(StoreError::Conflict(_))) => due.push(session.env.now(), id, None),
        // Erased while it was looked at: there is nothing more to do with it.
        Err(Error::Erased(_)) => {}
        Err(error) => return Some(error),
    }
    None
}

/// Works on a payment, then on others from the shelf, until one has to be looked at again or none is left.
async fn work_through(session: Arc<Session>, shelf: Arc<Shelf>, places: usize, mut next: Next) -> Finished {
    loop {
        let Next { stored, in_hand, watching } = next;
        let id = stored.row.id.clone();
        let rest = match open(&session, stored).await {
            Ok(mut payment) => {
                payment.in_hand = in_hand;
                session.work(payment, watching).await
            }
            Err(error) => Err(error),
        };
        next = match (&rest, session.stopping()) {
            (Ok(Rest::Done | Rest::Parked), false) => match shelf.take(places) {
                Some(next) => next,
                None => return (id, in_hand, rest),
            },
            _ => return (id, in_hand, rest),
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

/// Asks each rail for the balance before anything new is sent; a shortfall parks every rail that pays from the account.
async fn check_balances(session: &Session, scope: &Scope) -> Result<(), Error> {
    let telling = session.lanes.values().filter_map(|lane| Some((lane, lane.rail.balance()?)));
    let telling: Vec<_> = telling.collect();
    if telling.is_empty() {
        return Ok(());
    }
    let unsent = unsent_totals(session, scope).await?;
    for (lane, balance) in telling {
        let of_account = || session.lanes.values().filter(|other| pay_from_one_account(lane, other));
        let needed: u64 = of_account().filter_map(|lane| unsent.get(&lane.policy.id)).sum();
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
                of_account().for_each(|lane| lane.with_gate(|gate| gate.park(Cause::InsufficientFunds)));
            }
            Balance::Unavailable(cause @ (Cause::RailUnreachable | Cause::CredentialsRefused)) => {
                lane.with_gate(|gate| gate.park(cause));
            }
            Balance::Available(_) | Balance::NotTold | Balance::Unavailable(_) => {}
        }
    }
    Ok(())
}

fn pay_from_one_account(one: &Arc<Lane>, other: &Arc<Lane>) -> bool {
    let is_shared = one.policy.account.is_some() && one.policy.account == other.policy.account;
    is_shared || one.policy.id == other.policy.id
}

/// What is still to be sent over each rail now, in rupiah; what waits for a rail to open is not.
async fn unsent_totals(session: &Session, scope: &Scope) -> Result<HashMap<RailId, u64>, Error> {
    let mut totals: HashMap<RailId, u64> = HashMap::new();
    if let [only] = &session.policy.rails[..] {
        let mut total = 0u64;
        let runs = if scope.runs.is_empty() { vec![None] } else { scope.runs.iter().cloned().map(Some).collect() };
        for run in runs {
            for (state, sum) in session.store.sums(run).await? {
                if state == PaymentState::Ready {
                    total = total.saturating_add(sum.amount);
                }
            }
        }
        totals.insert(only.id.clone(), total);
        return Ok(totals);
    }
    let mut feed = Feed::looking(scope, &[PaymentState::Ready]);
    while let Some(Next { stored, .. }) = feed.next(session).await? {
        let payment = match open(session, stored).await {
            Ok(working) => working.payment,
            // Cancelled and erased since the page was read.
            Err(Error::Erased(_)) => continue,
            Err(error) => return Err(error),
        };
        let (row, employer, now) = (&payment.instruction.row, &payment.instruction.employer, session.env.now());
        let mut open_places = row.destinations.iter().skip(usize::from(payment.destination));
        let routed = open_places.find_map(|to| session.policy.route(employer, to, row.amount, now).ok());
        if let Some(decision) = routed.filter(|decision| decision.not_before.is_none()) {
            let total = totals.entry(decision.rail.id.clone()).or_default();
            *total = total.saturating_add(payment.amount().value());
        }
    }
    Ok(totals)
}
