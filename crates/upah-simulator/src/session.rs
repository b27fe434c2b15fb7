//! Processes that share a store: each opens what it has claimed, works on many payments at once in simulated time, and
//! ends quietly, at its time, or in the middle of anything; then another one takes over what it held. Mostly there is one.
use crate::bank::{AskReply, Reply};
use crate::sabotage::Sabotage;
use crate::store::Working;
use crate::swarm::Fault;
use crate::world::{LEASE, Stop, World};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use upah_core::event::Fact;
use upah_core::evidence::{InquiryAnswer, Inspection};
use upah_core::gate::Gate;
use upah_core::planner::{Clock, Probe};
use upah_core::state::{AttemptState, PaymentState};
use upah_core::time::Timestamp;

/// What a payment in hand waits for.
#[derive(Debug)]
pub(crate) enum Phase {
    /// To be looked at.
    Idle,
    /// Its attempt is durable, and all places of the rail are taken.
    Queued { number: u16, again: bool },
    /// Its bytes have left.
    Sent { number: u16, reply: Reply, late: bool },
    /// It was asked about.
    Asked { number: u16, reply: AskReply, asked: i64 },
    /// What another store may have paid was asked about.
    AskedAround(Around),
    /// Its account was asked about.
    Inspected { destination: u8, found: Inspection },
}

/// Questions about what another store may have paid, and their answers.
#[derive(Debug)]
pub(crate) struct Around {
    pub(crate) probes: Vec<Probe>,
    /// The rails and numbers whose answers are looked at; all of them, but for a canary.
    pub(crate) heeded: Vec<(u8, u16)>,
    pub(crate) answers: Vec<InquiryAnswer>,
    pub(crate) asked: i64,
}

/// A payment in hand.
#[derive(Debug)]
pub(crate) struct Hand {
    pub(crate) working: Working,
    pub(crate) phase: Phase,
    pub(crate) lane: usize,
    pub(crate) watching: bool,
    /// What must be asked before the next command was answered just now: what is to be recorded with the send.
    pub(crate) answered: Option<Vec<Fact>>,
    /// Keeps a place among those that are durable and unsent.
    pub(crate) is_ahead: bool,
}

/// A rail in one process.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    pub(crate) gate: Gate,
    pub(crate) flying: u32,
    pub(crate) ahead: u32,
    /// Durable, waiting for a place.
    pub(crate) queued: VecDeque<usize>,
    /// Not durable yet, waiting until fewer are ahead.
    pub(crate) held: VecDeque<usize>,
}

/// One process.
pub(crate) struct Session {
    pub(crate) started: Timestamp,
    /// Since when it holds what it took over, in true time.
    taken_over: HashMap<usize, i64>,
    pub(crate) distrusts: bool,
    pub(crate) watches: bool,
    pub(crate) ends_at: i64,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) hands: Vec<Option<Box<Hand>>>,
    queue: BinaryHeap<Reverse<(i64, u32, u32)>>,
    pushed: u32,
}

/// How a process is started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub(crate) lifetime: i64,
    pub(crate) distrusts: bool,
    pub(crate) watches: bool,
    /// The rail that is configured for another account, by its place in the policy.
    pub(crate) other_account: Option<usize>,
}

impl Session {
    /// Looks at a payment at this time.
    pub(crate) fn push(&mut self, at: i64, payment: usize) {
        self.pushed += 1;
        self.queue.push(Reverse((at, self.pushed, u32::try_from(payment).unwrap_or(u32::MAX))));
    }

    pub(crate) fn clock(&self, world: &World<'_>, payment: usize) -> Clock {
        let survives = world.sabotage == Some(Sabotage::TrustWindowSurvivesRestart);
        let heeds = world.sabotage != Some(Sabotage::TrustWindowSurvivesTakeover);
        let began = match self.taken_over.get(&payment).filter(|_| heeds) {
            Some(at) => self.started.max(Timestamp::from_millis(world.wall().millis() - (world.now - at))),
            None => self.started,
        };
        let session_start = if survives { Timestamp::from_millis(0) } else { began };
        // By the clock of the store: so long ago.
        let lapsed = world.lapsed[payment].filter(|_| world.sabotage != Some(Sabotage::ForgetsTheSleeper));
        let lapsed_at = lapsed.map(|at| Timestamp::from_millis(world.wall().millis() - (world.now - at)));
        Clock { now: world.wall(), session_start, lapsed_at }
    }
}

/// Runs processes to their end. Returns whether the last of them died.
pub(crate) fn run(world: &mut World<'_>, start: Start) -> Result<bool, Stop> {
    // A clock behind the last event stops everything, and says so.
    let behind = world.stores[world.current].last_at.millis_since(world.wall());
    if behind > 60_000 {
        return Ok(false);
    }
    let count = if start.distrusts { 1 } else { world.company };
    world.tally.sessions += count as u64;
    // What a sleeper held is handed out when its lease has ended.
    world.now = world.now.max(world.sleeper.as_ref().map_or(0, |sleeper| sleeper.lapsed_at));
    let lineage = world.stores[world.current].lineage;
    let other = start.other_account.map(|place| usize::from(world.rail_of[place]));
    configure(world, start.other_account);
    world.auditor.session_begins(world.now, other, count);
    if world.sabotage == Some(Sabotage::WaitsByTheWallClock) {
        world.wall_jumps_at = world.now + 15_000;
    }
    let mut crew: Vec<Option<Session>> = (0..count).map(|_| Some(begin(world, start))).collect();
    let (skew, first) = (world.skew, start.distrusts);
    world.trace.all(world.now, || {
        let who = if count == 1 { "a process begins".to_owned() } else { format!("{count} processes begin") };
        format!("{who}{}, clock off by {skew} ms", if first { " and asks first" } else { "" })
    });
    feed(world, &mut crew);
    let ended = work(world, &mut crew);
    world.auditor.session_ends(lineage);
    world.wall_jumps_at = i64::MAX;
    configure(world, None);
    ended.map(|()| crew.iter().all(Option::is_none))
}

fn begin(world: &World<'_>, start: Start) -> Session {
    Session {
        started: world.wall(),
        taken_over: HashMap::new(),
        distrusts: start.distrusts,
        watches: start.watches,
        ends_at: world.now + start.lifetime,
        lanes: world.policy.rails.iter().map(|_| Lane::default()).collect(),
        hands: (0..world.count()).map(|_| None).collect(),
        queue: BinaryHeap::new(),
        pushed: 0,
    }
}

fn configure(world: &mut World<'_>, other_account: Option<usize>) {
    if world.sabotage == Some(Sabotage::AsksUnderAnotherAccount) {
        return;
    }
    for (place, rail) in world.policy.rails.iter_mut().enumerate() {
        let fingerprint = crate::cast::fingerprint(usize::from(world.rail_of[place]), other_account == Some(place));
        if rail.fingerprint != fingerprint {
            rail.fingerprint = fingerprint;
        }
    }
}

/// So many payments are claimed at once.
const PAGE: usize = 8;

/// Open payments first, then unsent ones, then those that may have been returned: page by page, to one after the other.
fn feed(world: &World<'_>, crew: &mut [Option<Session>]) {
    let store = &world.stores[world.current];
    let of = |wanted: &dyn Fn(PaymentState) -> bool| {
        (0..store.len()).filter(|payment| wanted(store.state(*payment))).collect::<Vec<_>>()
    };
    let open = of(&|state| state.is_open() && state != PaymentState::Ready);
    let ready = of(&|state| state == PaymentState::Ready);
    let watched = of(&|state| matches!(state, PaymentState::Settled | PaymentState::NeedsAction));
    let (count, watches) = (crew.len(), crew.iter().flatten().any(|session| session.watches));
    let mut give = |payments: Vec<usize>| {
        for (index, payment) in payments.into_iter().enumerate() {
            if let Some(session) = &mut crew[index / PAGE % count] {
                // Nobody has what somebody else held before its lease has ended.
                let at = world.now.max(world.lapsed[payment].unwrap_or(0));
                if at > world.now {
                    session.taken_over.insert(payment, at);
                }
                session.push(at, payment);
            }
        }
    };
    give(open);
    give(ready);
    if watches {
        give(watched);
    }
}

/// Each in the order of time, until nobody has anything more to do.
fn work(world: &mut World<'_>, crew: &mut [Option<Session>]) -> Result<(), Stop> {
    let next = |session: &Session| session.queue.peek().map(|Reverse((at, ..))| *at);
    loop {
        let due = crew.iter().enumerate().filter_map(|(who, one)| Some((next(one.as_ref()?)?, who))).min();
        let Some((_, who)) = due else { return Ok(()) };
        let Some(mut session) = crew[who].take() else { return Ok(()) };
        match step(world, &mut session) {
            Ok(()) => crew[who] = Some(session),
            Err(Stop::Died) => {
                world.tally.crashes += 1;
                world.trace.all(world.now, || "the process dies".to_owned());
                taken_over(world, crew, session);
            }
            Err(broken) => return Err(broken),
        }
        if world.auditor.breach.is_some() {
            return Ok(());
        }
    }
}

/// One look at one payment.
fn step(world: &mut World<'_>, session: &mut Session) -> Result<(), Stop> {
    let Some(Reverse((at, _, payment))) = session.queue.pop() else { return Ok(()) };
    let payment = payment as usize;
    world.now = world.now.max(at);
    world.wake();
    let stopping = world.now > session.ends_at;
    let mut hand = match session.hands[payment].take() {
        Some(hand) => hand,
        None if stopping => return Ok(()),
        None => Box::new(open(world, session, payment)?),
    };
    let goes_on = crate::driver::go_on(world, session, payment, &mut hand, stopping);
    session.hands[payment] = Some(hand);
    goes_on
}

/// Those who are left take over what a dead one held, once its lease has ended: nobody knows what it may have signed.
fn taken_over(world: &mut World<'_>, crew: &mut [Option<Session>], dead: Session) {
    if crew.len() == 1 {
        return;
    }
    let lapsed_at = world.now + LEASE;
    let store = &world.stores[world.current];
    let mut held: Vec<usize> = (0..store.len()).filter(|payment| dead.hands[*payment].is_some()).collect();
    held.extend(dead.queue.iter().map(|Reverse((.., payment))| *payment as usize));
    held.sort_unstable();
    held.dedup();
    held.retain(|payment| store.state(*payment).is_open());
    let lineage = store.lineage;
    let living: Vec<usize> = (0..crew.len()).filter(|who| crew[*who].is_some()).collect();
    for (index, payment) in held.into_iter().enumerate() {
        world.auditor.taken_over(lineage, payment, lapsed_at);
        world.lapsed[payment] = world.lapsed[payment].max(Some(lapsed_at));
        let Some(who) = living.get(index / PAGE % living.len().max(1)) else { continue };
        if let Some(session) = &mut crew[*who] {
            world.swarm.note(Fault::TakenOver);
            session.taken_over.insert(payment, lapsed_at);
            session.push(lapsed_at, payment);
        }
    }
}

fn open(world: &mut World<'_>, session: &Session, payment: usize) -> Result<Hand, Stop> {
    let mut working = world.stores[world.current].open(payment)?;
    let watching = session.watches && !working.payment.state.is_open();
    if world.sabotage == Some(Sabotage::SendsWhatWasSending)
        && working.payment.state == PaymentState::Sending
        && let Some(attempt) = working.payment.attempts.last_mut()
    {
        attempt.state = AttemptState::NotSent;
        working.payment.state = PaymentState::Ready;
    }
    Ok(Hand { working, phase: Phase::Idle, lane: 0, watching, answered: None, is_ahead: false })
}

/// Whether the process dies between two of its steps.
pub(crate) fn dies(world: &mut World<'_>, fault: Fault, payment: usize) -> Result<(), Stop> {
    if world.strikes(fault, payment) { Err(Stop::Died) } else { Ok(()) }
}
