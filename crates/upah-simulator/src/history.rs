//! The life of a world: processes one after the other, what people and chance do between them, and a calm
//! end in which everybody who can be paid must be paid.
use crate::auditor::{Breach, Rule};
use crate::cast::Cast;
use crate::report::Tally;
use crate::sabotage::Sabotage;
use crate::session::{self, Start};
use crate::store::Store;
use crate::swarm::Fault;
use crate::world::{Options, Stop, World};
use upah_core::event::Fact;
use upah_core::state::PaymentState;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// Lives a world to its end: what it counted, the digest of its trace, the breach, and the told history.
pub(crate) fn live(cast: &Cast, seed: u64, options: Options) -> (Tally, u64, Option<Breach>, Vec<String>) {
    let mut world = match World::draw(cast, seed, options) {
        Ok(world) => world,
        Err(why) => {
            let breach = Breach { rule: Rule::Sound, payment: 0, seen: why.to_string() };
            return (Tally::default(), 0, Some(breach), Vec::new());
        }
    };
    if let Err(Stop::Broken(why)) = whole(&mut world) {
        world.breaks(Rule::Sound, 0, &why.to_string());
    }
    let mut tally = std::mem::take(&mut world.tally);
    tally.worlds = 1;
    tally.sealed_worlds = u64::from(world.seals);
    tally.payments = world.stores.iter().map(|store| store.len() as u64).sum();
    tally.faults = world.swarm.hits;
    tally.admitted = world.auditor.admitted;
    (tally, world.trace.digest(), world.breach(), world.trace.lines)
}

fn whole(world: &mut World<'_>) -> Result<(), Stop> {
    let rounds = world.rng.usize(1..7);
    for round in 0..rounds {
        if round > 0 {
            between(world)?;
        }
        process(world)?;
        if world.auditor.breach.is_some() {
            return Ok(());
        }
        rests(world);
    }
    calm(world)
}

/// One start of the program: in a store that went back a process that asks comes first.
fn process(world: &mut World<'_>) -> Result<(), Stop> {
    let other_account = if world.swarm.strikes(Fault::OtherAccount, &mut world.rng) {
        world.blamed.fill(true);
        Some(world.rng.usize(..world.policy.rails.len()))
    } else {
        None
    };
    let lifetime = [60_000, 2 * HOUR, 2 * HOUR, 6 * HOUR][world.rng.usize(..4)];
    let watches = world.rng.u8(..3) == 0;
    let start = Start { lifetime, distrusts: false, watches, other_account };
    start_up(world, start)
}

fn start_up(world: &mut World<'_>, start: Start) -> Result<(), Stop> {
    if world.stores[world.current].went_back && world.sabotage != Some(Sabotage::IgnoresTheHead) {
        let died = session::run(world, Start { distrusts: true, watches: false, ..start })?;
        let store = &world.stores[world.current];
        let unasked = (0..store.len()).any(|payment| store.state(payment) == PaymentState::Ready);
        if died || unasked || world.auditor.breach.is_some() {
            return Ok(());
        }
        world.auditor.signed_anew(world.stores[world.current].lineage);
        world.stores[world.current].went_back = false;
    }
    session::run(world, start).map(drop)
}

/// What must hold whenever nobody works.
fn rests(world: &mut World<'_>) {
    if world.sabotage == Some(Sabotage::LosesARow) {
        world.stores[world.current].lose_a_row();
    }
    let spot = world.spot(0);
    let store = &world.stores[world.current];
    let states = (0..store.len()).map(|payment| store.state(payment));
    world.auditor.on_rest(spot, store.len(), states);
}

/// Between two processes: time, clocks, backups, other stores, people.
fn between(world: &mut World<'_>) -> Result<(), Stop> {
    let gap = if world.swarm.strikes(Fault::LongGap, &mut world.rng) {
        world.blamed.fill(true);
        [6 * HOUR, DAY, 3 * DAY, 20 * DAY][world.rng.usize(..4)]
    } else {
        world.rng.i64(1_000..600_000)
    };
    world.now += gap;
    clocks(world);
    stores(world)?;
    if world.swarm.knows(Fault::SentBack) {
        for payment in 0..world.count() {
            if world.strikes(Fault::SentBack, payment) {
                let now = world.now;
                world.accounts[payment].send_back(now);
                world.look_at_ledger(payment);
            }
        }
    }
    crate::stated::stated(world)?;
    people(world)
}

/// A clock that is off by less than a quarter of what a provider remembers.
fn clocks(world: &mut World<'_>) {
    if world.swarm.strikes(Fault::ClockForwards, &mut world.rng) {
        world.skew = (world.skew + world.rng.i64(1_000..5 * HOUR)).min(5 * HOUR);
    }
    if world.swarm.strikes(Fault::ClockBack, &mut world.rng) {
        world.skew = (world.skew - world.rng.i64(1_000..5 * HOUR)).max(-5 * HOUR);
    }
}

fn stores(world: &mut World<'_>) -> Result<(), Stop> {
    let before = world.stores[world.current].lineage;
    other_stores(world)?;
    if world.stores[world.current].lineage != before {
        nobody_sleeps(world);
    }
    Ok(())
}

/// Another store knows nothing of this one's leases: no sleeper wakes beside it.
fn nobody_sleeps(world: &mut World<'_>) {
    world.sleeper = None;
    world.lapsed.fill(None);
    world.auditor.sleeps(None, 0);
}

fn other_stores(world: &mut World<'_>) -> Result<(), Stop> {
    if world.swarm.strikes(Fault::SecondStore, &mut world.rng) {
        world.blamed.fill(true);
        settle_down(world);
        let other = world.stores.iter().position(|store| store.lineage != world.stores[world.current].lineage);
        match other {
            Some(other) => world.current = other,
            None => world.admit()?,
        }
        world.trace.all(world.now, || "another store takes over".to_owned());
        world.backup = None;
        return Ok(());
    }
    for (fault, seen) in [(Fault::WentBackSeen, true), (Fault::WentBackUnseen, false)] {
        let Some((backup, _)) = &world.backup else { break };
        let fits = backup.lineage == world.stores[world.current].lineage;
        if fits && world.swarm.strikes(fault, &mut world.rng) {
            world.blamed.fill(true);
            restore(world, seen)?;
        }
    }
    if world.backup.is_none() || world.rng.bool() {
        world.backup = Some((world.stores[world.current].clone(), world.now));
    }
    Ok(())
}

/// Mostly nobody comes so soon that what was sent before is not yet visible to a question.
fn settle_down(world: &mut World<'_>) {
    if world.rng.u8(..8) > 0 {
        world.now += longest_trust(world);
    }
}

fn longest_trust(world: &World<'_>) -> i64 {
    world.auditor.rails.iter().map(|rail| rail.trust).max().unwrap_or(0)
}

/// Yesterday's store is put back: another branch of its history begins.
fn restore(world: &mut World<'_>, seen: bool) -> Result<(), Stop> {
    let Some((mut store, taken)) = world.backup.take() else { return Ok(()) };
    settle_down(world);
    let parent = store.lineage;
    store.lineage = world.auditor.lineage_begins(Some((parent, taken)), seen);
    store.went_back = seen;
    world.stores[world.current] = store;
    world.trace.all(world.now, || format!("yesterday's store is put back{}", if seen { "" } else { ", head and all" }));
    read_again(world)
}

/// The auditor reads what a store holds.
fn read_again(world: &mut World<'_>) -> Result<(), Stop> {
    let store: &Store = &world.stores[world.current];
    for payment in 0..store.len() {
        let spot = crate::auditor::Spot { lineage: store.lineage, payment, now: world.now, wall: 0 };
        for (at, fact) in store.facts(payment)? {
            // An approval is no fact of the payment: every instruction here is approved but the newest may be.
            world.auditor.approved(spot);
            let now = at.millis().min(world.now);
            world.auditor.read_again(crate::auditor::Spot { now, ..spot }, at.millis(), &fact);
        }
        if store.is_approved(payment) {
            world.auditor.approved(spot);
        }
    }
    Ok(())
}

/// Whoever looks after the run: names held payments, stops some, corrects others.
fn people(world: &mut World<'_>) -> Result<(), Stop> {
    let mut new_run = None;
    for payment in 0..world.stores[world.current].len() {
        let state = world.stores[world.current].state(payment);
        let reinstructs = world.sabotage == Some(Sabotage::ReinstructsWhileOpen) && state == PaymentState::Unknown;
        match state {
            PaymentState::AwaitingApproval if world.calm || world.rng.bool() => {
                let mut working = world.stores[world.current].open(payment)?;
                if working.payment.approved && !working.payment.confirmed {
                    let by = working.payment.instruction.employer.as_str().parse();
                    let Ok(by) = by else { continue };
                    world.write(payment, &mut working, Fact::Confirmed { by })?;
                }
            }
            PaymentState::Ready | PaymentState::NeedsAction
                if !world.calm && world.strikes(Fault::Cancelled, payment) =>
            {
                cancel(world, payment)?;
            }
            PaymentState::NeedsAction | PaymentState::Returned | PaymentState::Unknown
                if !world.calm
                    && (reinstructs
                        || (state == PaymentState::NeedsAction && world.lapsed[payment].is_some())
                        || world.strikes(Fault::Reinstructed, payment)) =>
            {
                correct(world, payment, &mut new_run)?;
            }
            _ => {}
        }
    }
    match new_run {
        Some(run) => Ok(world.approve(&run)?),
        None => Ok(()),
    }
}

fn cancel(world: &mut World<'_>, payment: usize) -> Result<(), Stop> {
    let mut working = world.stores[world.current].open(payment)?;
    let Ok(by) = working.payment.instruction.employer.as_str().parse() else { return Ok(()) };
    let fact = Fact::Cancelled { by, because: "stop".to_owned() };
    let mut trial = working.payment.clone();
    trial.learn(&fact, world.wall())?;
    if trial.state == PaymentState::Cancelled {
        world.write(payment, &mut working, fact)?;
    }
    Ok(())
}

/// People correct a destination only when the bank tells them that she does not have the money.
fn correct(world: &mut World<'_>, payment: usize, new_run: &mut Option<upah_core::run::RunId>) -> Result<(), Stop> {
    let mut working = world.stores[world.current].open(payment)?;
    let careless = world.sabotage == Some(Sabotage::ReinstructsWhileOpen);
    if careless {
        crate::driver::free(&mut working);
    }
    let now = world.now;
    world.accounts[payment].tick(now);
    world.look_at_ledger(payment);
    let holds = world.accounts[payment].is_paid_or_will_be();
    if !careless && (holds || working.payment.live_attempt().is_some() || !working.payment.state.may_be_reinstructed())
    {
        return Ok(());
    }
    let run = match new_run {
        Some(run) => run.clone(),
        None => new_run.insert(world.stores[world.current].new_run()).clone(),
    };
    let places = world.rng.usize(1..=3);
    world.blamed[payment] = true;
    let instruction = world.cast.instruction(payment, places, &run);
    world.write(payment, &mut working, Fact::Instructed(Box::new(instruction)))
}

/// The faults are over: every store that is still in use comes to rest, and nobody is forgotten.
fn calm(world: &mut World<'_>) -> Result<(), Stop> {
    world.calm = true;
    world.swarm.calm_down();
    nobody_sleeps(world);
    world.skew = 0;
    world.trace.all(world.now, || "the faults are over".to_owned());
    for current in (0..world.stores.len()).rev() {
        world.current = current;
        let last = world.stores[current].last_at.millis();
        world.now = world.now.max(last) + longest_trust(world);
        // At rest twice running: the second process looks for returns, and may wake what the first one parked.
        let mut rested = 0;
        for gap in [1_000, 1_000, 1_000, HOUR, 13 * HOUR, DAY, 16 * DAY, 1_000, 1_000] {
            world.now += gap;
            people(world)?;
            // Long enough to wait for a rail that opens tomorrow.
            let lifetime = if world.closes { 26 * HOUR } else { 8 * HOUR };
            start_up(world, Start { lifetime, distrusts: false, watches: rested == 1, other_account: None })?;
            if world.auditor.breach.is_some() {
                return Ok(());
            }
            rested = if at_rest(world) { rested + 1 } else { 0 };
            if rested == 2 {
                break;
            }
        }
        rests(world);
        verdict(world);
    }
    Ok(())
}

fn at_rest(world: &World<'_>) -> bool {
    let store = &world.stores[world.current];
    let waits = |state: PaymentState| state.is_open() || state == PaymentState::AwaitingApproval;
    !(0..store.len()).any(|payment| waits(store.state(payment)))
}

fn verdict(world: &mut World<'_>) {
    for payment in 0..world.stores[world.current].len() {
        let now = world.now;
        world.accounts[payment].tick(now);
        world.look_at_ledger(payment);
        let state = world.stores[world.current].state(payment);
        world.tally.ended[state as usize] += 1;
        if state.is_open() || state == PaymentState::AwaitingApproval {
            world.breaks(Rule::Paid, payment, &format!("it is still {} when all faults are over", state.name()));
        } else if state != PaymentState::Settled && !world.blamed[payment] && !world.was_too_old(payment) {
            world.breaks(
                Rule::Paid,
                payment,
                &format!("it met nothing that people must judge, and is {}", state.name()),
            );
        }
        if state == PaymentState::Settled {
            let spot = world.spot(payment);
            world.auditor.settled_is_proved(spot, &world.accounts[payment]);
            world.auditor.return_is_told(spot, &world.accounts[payment]);
        }
    }
    let spot = world.spot(0);
    world.auditor.references_are_unique(spot);
}
