//! One process: it opens what a store holds, works on many payments at once in simulated time, and ends
//! quietly, at its time, or in the middle of anything.
use crate::bank::{AskReply, Reply};
use crate::sabotage::Sabotage;
use crate::store::Working;
use crate::swarm::Fault;
use crate::world::{Stop, World};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
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
        let session_start = if survives { Timestamp::from_millis(0) } else { self.started };
        // By the clock of the store: so long ago.
        let lapsed = world.lapsed[payment].filter(|_| world.sabotage != Some(Sabotage::ForgetsTheSleeper));
        let lapsed_at = lapsed.map(|at| Timestamp::from_millis(world.wall().millis() - (world.now - at)));
        Clock { now: world.wall(), session_start, lapsed_at }
    }
}

/// Runs one process to its end. Returns whether it died.
pub(crate) fn run(world: &mut World<'_>, start: Start) -> Result<bool, Stop> {
    // A clock behind the last event stops everything, and says so.
    let behind = world.stores[world.current].last_at.millis_since(world.wall());
    if behind > 60_000 {
        return Ok(false);
    }
    world.tally.sessions += 1;
    // What a sleeper held is handed out when its lease has ended.
    world.now = world.now.max(world.sleeper.as_ref().map_or(0, |sleeper| sleeper.lapsed_at));
    let lineage = world.stores[world.current].lineage;
    let other = start.other_account.map(|place| usize::from(world.rail_of[place]));
    configure(world, start.other_account);
    world.auditor.session_begins(world.now, other);
    if world.sabotage == Some(Sabotage::WaitsByTheWallClock) {
        world.wall_jumps_at = world.now + 15_000;
    }
    let lanes = world.policy.rails.iter().map(|_| Lane::default()).collect();
    let mut session = Session {
        started: world.wall(),
        distrusts: start.distrusts,
        watches: start.watches,
        ends_at: world.now + start.lifetime,
        lanes,
        hands: (0..world.count()).map(|_| None).collect(),
        queue: BinaryHeap::new(),
        pushed: 0,
    };
    let (skew, first) = (world.skew, start.distrusts);
    world.trace.all(world.now, || {
        format!("a process begins{}, clock off by {skew} ms", if first { " and asks first" } else { "" })
    });
    feed(world, &mut session);
    let ended = work(world, &mut session);
    world.auditor.session_ends(lineage);
    world.wall_jumps_at = i64::MAX;
    configure(world, None);
    match ended {
        Ok(()) => Ok(false),
        Err(Stop::Died) => {
            world.tally.crashes += 1;
            world.trace.all(world.now, || "the process dies".to_owned());
            Ok(true)
        }
        Err(other) => Err(other),
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

/// Open payments first, then unsent ones, then those that may have been returned.
fn feed(world: &World<'_>, session: &mut Session) {
    let store = &world.stores[world.current];
    let of = |wanted: &dyn Fn(PaymentState) -> bool| {
        (0..store.len()).filter(|payment| wanted(store.state(*payment))).collect::<Vec<_>>()
    };
    let open = of(&|state| state.is_open() && state != PaymentState::Ready);
    let ready = of(&|state| state == PaymentState::Ready);
    let watched = of(&|state| matches!(state, PaymentState::Settled | PaymentState::NeedsAction));
    for payment in open.into_iter().chain(ready) {
        session.push(world.now, payment);
    }
    if session.watches {
        for payment in watched {
            session.push(world.now, payment);
        }
    }
}

fn work(world: &mut World<'_>, session: &mut Session) -> Result<(), Stop> {
    while let Some(Reverse((at, _, payment))) = session.queue.pop() {
        let payment = payment as usize;
        world.now = world.now.max(at);
        world.wake();
        let stopping = world.now > session.ends_at;
        let mut hand = match session.hands[payment].take() {
            Some(hand) => hand,
            None if stopping => continue,
            None => Box::new(open(world, session, payment)?),
        };
        let goes_on = crate::driver::go_on(world, session, payment, &mut hand, stopping);
        session.hands[payment] = Some(hand);
        goes_on?;
        if world.auditor.breach.is_some() {
            return Ok(());
        }
    }
    Ok(())
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
