//! Executes the planner's commands as the engine does: asks around, durable, then send, then durable again. What
//! a canary breaks is marked where it is broken.
mod questions;
mod wire;

use crate::adapter;
use crate::sabotage::Sabotage;
use crate::session::{Hand, Phase, Session};
use crate::world::{Stop, World};
use upah_core::cause::Cause;
use upah_core::event::{Attempted, Fact};
use upah_core::evidence::{Doubt, SubmitOutcome};
use upah_core::gate::Passage;
use upah_core::planner::{self, Command};
use upah_core::policy::Policy;
use upah_core::reference::Reference;
use upah_core::run::obligation_of;
use upah_core::state::PaymentState;
pub(crate) use wire::free;

/// What happens next with a payment in hand.
pub(crate) fn go_on(
    world: &mut World<'_>,
    session: &mut Session,
    payment: usize,
    hand: &mut Hand,
    stopping: bool,
) -> Result<(), Stop> {
    match std::mem::replace(&mut hand.phase, Phase::Idle) {
        Phase::Idle => {}
        Phase::Queued { number, again } => return wire::leave(world, session, payment, hand, number, again),
        Phase::Sent { number, reply, late } => wire::land(world, session, payment, hand, number, reply, late)?,
        Phase::Asked { number, reply, asked } => questions::heard(world, session, payment, hand, number, reply, asked)?,
        Phase::AskedAround(around) => {
            if !questions::heard_around(world, session, payment, hand, around)? {
                return later(world, session, payment, hand);
            }
        }
        Phase::Inspected { destination, found } => {
            if !questions::inspected(world, session, hand, destination, found)? {
                world.save(payment, &mut hand.working)?;
                return later(world, session, payment, hand);
            }
        }
    }
    if stopping {
        give_back(world, session, hand);
        return world.save(payment, &mut hand.working).map(drop);
    }
    commands(world, session, payment, hand)
}

/// Looks again a little later, unless the rail is parked for this session.
fn later(world: &mut World<'_>, session: &mut Session, payment: usize, hand: &mut Hand) -> Result<(), Stop> {
    give_back(world, session, hand);
    let lane = &session.lanes[hand.lane];
    if !matches!(lane.gate.passage(world.wall()), Passage::Parked(_)) {
        let pause = world.policy.rails[hand.lane].inquire_interval_seconds(0);
        session.push(world.now + i64::try_from(pause).unwrap_or(0) * 1_000, payment);
    }
    Ok(())
}

fn policy_of<'a>(world: &'a World<'_>, lie: &'a mut Option<Policy>) -> &'a Policy {
    let change = match world.sabotage {
        Some(Sabotage::BelievesNotFoundAtOnce) => (Some(0), None),
        Some(Sabotage::ForgetsThatProvidersForget) => (None, Some(10_000)),
        _ => return &world.policy,
    };
    let policy = lie.insert(world.policy.clone());
    for rail in &mut policy.rails {
        rail.trust_not_found_after_seconds = change.0.unwrap_or(rail.trust_not_found_after_seconds);
        rail.reference_memory_days = change.1.unwrap_or(rail.reference_memory_days);
    }
    policy
}

fn commands(world: &mut World<'_>, session: &mut Session, payment: usize, hand: &mut Hand) -> Result<(), Stop> {
    let mut lie = None;
    for _ in 0..64 {
        if world.auditor.breach.is_some() {
            return Ok(());
        }
        if world.sabotage == Some(Sabotage::ForgetsTheClaim) {
            hand.working.payment.attempts.iter_mut().for_each(|attempt| attempt.claimed_known = false);
        }
        let clock = session.clock(world, payment);
        let policy = policy_of(world, &mut lie);
        let watching = std::mem::take(&mut hand.watching);
        let command = if watching && world.sabotage != Some(Sabotage::NeverWatches) {
            planner::watch(&hand.working.payment, policy, clock)
        } else {
            planner::next(&hand.working.payment, policy, clock)
        };
        if !carry_out(world, session, payment, hand, command)? {
            return Ok(());
        }
    }
    world.breaks(crate::Rule::Sound, payment, "the planner goes round in a circle");
    Ok(())
}

/// Carries out one command. Returns whether the next one may be asked for at once.
fn carry_out(
    world: &mut World<'_>,
    session: &mut Session,
    payment: usize,
    hand: &mut Hand,
    command: Command,
) -> Result<bool, Stop> {
    // The answers that came are for this command, or for none.
    let answered = std::mem::take(&mut hand.answered);
    match command {
        Command::Rest => {
            give_back(world, session, hand);
            world.save(payment, &mut hand.working)?;
        }
        Command::Wait { until } => {
            give_back(world, session, hand);
            match crate::stated::called(world, &hand.working.payment) {
                Some((rail, number)) => {
                    return carry_out(world, session, payment, hand, Command::Inquire { rail, number });
                }
                None => wait(world, session, payment, hand, until.millis())?,
            }
        }
        Command::Record(facts) => {
            hand.working.append(facts, world.wall())?;
            world.save(payment, &mut hand.working)?;
            return Ok(true);
        }
        Command::Inspect { rail, destination } => {
            hand.lane = lane_of(world, &rail)?;
            if gate(world, session, payment, hand) {
                questions::ask_account(world, session, payment, hand, destination);
            }
        }
        Command::Send { ref rail, destination, number } => {
            hand.lane = lane_of(world, rail)?;
            if begin(world, session, payment, hand)
                && !questions::asks(world, session, payment, hand, &command, answered)?
            {
                let made = compose(world, hand, destination, number);
                hand.working.append(vec![Fact::Attempted(Box::new(made))], world.wall())?;
                if session.distrusts {
                    return assume_lost(world, session, payment, hand, number);
                }
                wire::send(world, session, payment, hand, number, false)?;
            }
        }
        Command::Resend { ref rail, number } => {
            hand.lane = lane_of(world, rail)?;
            if begin(world, session, payment, hand)
                && !questions::asks(world, session, payment, hand, &command, answered)?
            {
                hand.working.append(vec![Fact::Resending { number }], world.wall())?;
                if session.distrusts && hand.working.payment.state == PaymentState::Sending {
                    return assume_lost(world, session, payment, hand, number);
                }
                wire::send(world, session, payment, hand, number, true)?;
            }
        }
        Command::Inquire { rail, number } => {
            hand.lane = lane_of(world, &rail)?;
            world.save(payment, &mut hand.working)?;
            questions::ask(world, session, payment, hand, number);
        }
    }
    Ok(false)
}

fn lane_of(world: &World<'_>, rail: &upah_core::RailId) -> Result<usize, Stop> {
    let place = world.policy.rails.iter().position(|known| known.id == *rail);
    place.ok_or(Stop::Broken(upah_core::event::RecordError::OutOfOrder))
}

fn wait(world: &mut World<'_>, session: &mut Session, payment: usize, hand: &mut Hand, until: i64) -> Result<(), Stop> {
    let open_since = world.wall().millis() - hand.working.payment.state_since.millis();
    let unknown = hand.working.payment.state == PaymentState::Unknown;
    if world.sabotage == Some(Sabotage::TimesOutIntoFailed) && unknown && open_since > 5_000 {
        hand.working.append(vec![Fact::Parked { cause: Cause::TransferFailed }], world.wall())?;
    }
    world.save(payment, &mut hand.working)?;
    if world.sabotage != Some(Sabotage::NeverLooksAgain) {
        session.push(world.now + (until - world.wall().millis()).max(1), payment);
    }
    Ok(())
}

/// Whether the rail's gate lets the payment through; otherwise it is looked at again when it may.
fn gate(world: &World<'_>, session: &mut Session, payment: usize, hand: &Hand) -> bool {
    match session.lanes[hand.lane].gate.passage(world.wall()) {
        Passage::Open => true,
        Passage::Parked(_) => false,
        Passage::Tripped(_) => {
            session.push(world.now + 10_000, payment);
            false
        }
        Passage::NotBefore(until) => {
            session.push(world.now + (until.millis() - world.wall().millis()).clamp(1, 1_000), payment);
            false
        }
    }
}

/// A send may begin when few enough are durable and unsent, and the gate is open. Its place is kept until it leaves.
fn begin(world: &World<'_>, session: &mut Session, payment: usize, hand: &mut Hand) -> bool {
    let bound = world.policy.rails[hand.lane].max_concurrency * 2;
    let lane = &mut session.lanes[hand.lane];
    if !hand.is_ahead {
        if lane.ahead >= bound && world.sabotage != Some(Sabotage::WritesAheadWithoutBound) {
            lane.held.push_back(payment);
            return false;
        }
        lane.ahead += 1;
        hand.is_ahead = true;
    }
    let open = gate(world, session, payment, hand);
    if !open {
        give_back(world, session, hand);
    }
    open
}

/// Leaves the place among those that are durable and unsent to somebody else.
fn give_back(world: &World<'_>, session: &mut Session, hand: &mut Hand) {
    if std::mem::take(&mut hand.is_ahead) {
        let lane = &mut session.lanes[hand.lane];
        lane.ahead = lane.ahead.saturating_sub(1);
        if let Some(held) = lane.held.pop_front() {
            session.push(world.now, held);
        }
    }
}

/// In a store that went back, what looks unsent may have been sent.
fn assume_lost(
    world: &mut World<'_>,
    session: &mut Session,
    payment: usize,
    hand: &mut Hand,
    number: u16,
) -> Result<bool, Stop> {
    give_back(world, session, hand);
    let outcome = SubmitOutcome::Unknown { doubt: Doubt::Interrupted, evidence: None };
    hand.working.append(vec![Fact::Answered { number, outcome }], world.wall())?;
    world.save(payment, &mut hand.working)?;
    Ok(true)
}

/// A body composed again would differ: it holds the time of its making.
fn compose(world: &World<'_>, hand: &Hand, destination: u8, number: u16) -> Attempted {
    let payment = &hand.working.payment;
    let rail = &world.policy.rails[hand.lane];
    let reference = reference(world, hand, hand.lane, number);
    let body = body(world, payment.amount().value(), reference.as_str(), destination);
    Attempted { number, reference, rail: rail.id.clone(), fingerprint: rail.fingerprint.clone(), destination, body }
}

fn reference(world: &World<'_>, hand: &Hand, lane: usize, number: u16) -> Reference {
    let instruction = &hand.working.payment.instruction;
    let drawn = world.sabotage == Some(Sabotage::DrawsReferences);
    let counted = if drawn { number + 100 * (1 + world.stores[world.current].lineage) } else { number };
    let obligation = obligation_of(&instruction.employer, &instruction.row);
    Reference::derive(&obligation, counted, world.policy.rails[lane].reference_form)
}

fn body(world: &World<'_>, amount: u64, reference: &str, destination: u8) -> String {
    format!("{{\"no\":\"{reference}\",\"to\":{destination},\"amount\":{amount},\"at\":{}}}", world.wall().millis())
}
