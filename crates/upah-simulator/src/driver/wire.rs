//! A send: durable, on its way, at the bank, and what is written down of its answer.
use super::{adapter, body, give_back};
use crate::bank::{Mood, Reply, Request};
use crate::chance::mood;
use crate::hash;
use crate::sabotage::Sabotage;
use crate::session::{Hand, Phase, Session, dies};
use crate::store::{Working, may_leave};
use crate::swarm::Fault;
use crate::world::{Stop, World};
use upah_core::cause::Cause;
use upah_core::event::Fact;
use upah_core::evidence::SubmitOutcome;
use upah_core::planner;
use upah_core::state::{AttemptState, PaymentState};

/// Durable, then on its way as soon as the rail has a place.
pub(super) fn send(
    world: &mut World<'_>,
    session: &mut Session,
    payment: usize,
    hand: &mut Hand,
    number: u16,
    again: bool,
) -> Result<(), Stop> {
    if world.sabotage == Some(Sabotage::SendsBeforeCommit) {
        leave(world, session, payment, hand, number, again)?;
        return world.save(payment, &mut hand.working).map(drop);
    }
    let receipt = world.save(payment, &mut hand.working)?;
    if !may_leave(receipt.as_ref(), &hand.working.payment) {
        world.breaks(crate::Rule::Sound, payment, "the core does not mint what is durable");
    }
    dies(world, Fault::CrashBeforeSend, payment)?;
    if let Some(attempt) = hand.working.payment.attempts.get(usize::from(number).wrapping_sub(1))
        && world.falls_asleep(payment, world.rail_of[hand.lane], &attempt.made, hash(&attempt.made.body))
    {
        world.trace.all(world.now, || "the process falls asleep past its lease".to_owned());
        return Err(Stop::Died);
    }
    let max = world.policy.rails[hand.lane].max_concurrency;
    let lane = &mut session.lanes[hand.lane];
    if lane.flying < max {
        leave(world, session, payment, hand, number, again)
    } else {
        lane.queued.push_back(payment);
        hand.phase = Phase::Queued { number, again };
        Ok(())
    }
}

/// The bytes leave.
pub(super) fn leave(
    world: &mut World<'_>,
    session: &mut Session,
    payment: usize,
    hand: &mut Hand,
    number: u16,
    again: bool,
) -> Result<(), Stop> {
    session.lanes[hand.lane].flying += 1;
    give_back(world, session, hand);
    let Some(attempt) = hand.working.payment.attempts.get(usize::from(number).wrapping_sub(1)) else { return Ok(()) };
    let rail = world.rail_of[hand.lane];
    let mut bytes = hash(&attempt.made.body);
    if again && world.sabotage == Some(Sabotage::ComposesAgain) {
        let amount = hand.working.payment.amount().value();
        bytes = hash(&body(world, amount, attempt.made.reference.as_str(), attempt.made.destination));
    }
    let reference = attempt.made.reference.clone();
    let destination = attempt.made.destination;
    world.tally.sends += 1;
    world.tally.resends += u64::from(again);
    let spot = world.spot(payment);
    world.auditor.on_wire(spot, rail, &reference, bytes);
    let mood = mood(world, payment, hand.lane, destination);
    let reply = arrive(
        world,
        payment,
        Request { rail, reference: &reference, body: bytes, lineage: spot.lineage, now: world.now },
        mood,
    );
    world.look_at_ledger(payment);
    world.trace.met(payment, spot, "sends, and the bank means", reply);
    let late = world.strikes(Fault::LateAnswer, payment);
    let latency = match reply {
        Reply::Silence => 30_000,
        _ if late => world.rng.i64(3_000..29_000),
        _ => world.rng.i64(20..400),
    };
    hand.phase = Phase::Sent { number, reply, late };
    session.push(world.now + latency, payment);
    dies(world, Fault::CrashAfterSend, payment)
}

/// The request is on the network, which may deliver it twice, and reaches the bank or not.
fn arrive(world: &mut World<'_>, payment: usize, request: Request<'_>, mood: Mood) -> Reply {
    let habits = world.habits[usize::from(request.rail)];
    if world.accounts[payment].forgot(request.rail, request.reference, world.now, habits.memory) {
        world.swarm.note(Fault::Amnesia);
    }
    let reply = world.accounts[payment].submit(request, habits, mood);
    let reached = !matches!(reply, Reply::Unreachable | Reply::SlowDown(_) | Reply::Refused(_) | Reply::ProxyPage);
    if reached && mood != Mood::LostRequest && world.strikes(Fault::Duplicated, payment) {
        let copy = Request { now: world.now + 5, ..request };
        if !matches!(mood, Mood::ClaimsToKnow | Mood::WrongEcho { books: false })
            && world.accounts[payment].is_paid_or_will_be()
        {
            world.accounts[payment].submit(copy, habits, Mood::Honest);
        }
    }
    reply
}

/// The answer to a send has come.
pub(super) fn land(
    world: &mut World<'_>,
    session: &mut Session,
    payment: usize,
    hand: &mut Hand,
    number: u16,
    reply: Reply,
    late: bool,
) -> Result<(), Stop> {
    let lane = &mut session.lanes[hand.lane];
    lane.flying = lane.flying.saturating_sub(1);
    if let Some(next) = lane.queued.pop_front() {
        session.push(world.now, next);
    }
    let spot = world.spot(payment);
    world.trace.met(payment, spot, "hears", (reply, late));
    world.auditor.on_reply(spot, number, reply);
    dies(world, Fault::CrashBeforeRecord, payment)?;
    let outcome = adapter::outcome(reply, world.sabotage);
    let now = world.wall();
    session.lanes[hand.lane].gate.observe(&outcome, now);
    let unknown_before = hand.working.payment.state == PaymentState::Unknown;
    let is_refusal = matches!(outcome, SubmitOutcome::Refused(_));
    let is_unknown = matches!(outcome, SubmitOutcome::Unknown { .. });
    let facts = planner::on_submit(&hand.working.payment, &world.policy, number, outcome, now);
    if world.sabotage == Some(Sabotage::ForgetsToRecord) {
        for fact in &facts {
            hand.working.payment.learn(fact, now)?;
        }
        return Ok(());
    }
    let facts = rerouted_anyway(world, hand, facts);
    hand.working.append(facts, now)?;
    world.save(payment, &mut hand.working)?;
    match world.sabotage {
        Some(Sabotage::RefusedResendFrees) if unknown_before && is_refusal => free(&mut hand.working),
        Some(Sabotage::NewReferenceOnTimeout) if is_unknown => free(&mut hand.working),
        Some(Sabotage::GivesUpUnasked) if unknown_before && is_refusal => {
            hand.working.append(vec![Fact::Abandoned { number, cause: Cause::ResendRefused }], now)?;
            world.save(payment, &mut hand.working)?;
        }
        _ => {}
    }
    Ok(())
}

/// What only a canary does: goes on to the next destination whoever is at fault.
fn rerouted_anyway(world: &World<'_>, hand: &Hand, mut facts: Vec<Fact>) -> Vec<Fact> {
    if world.sabotage == Some(Sabotage::ReroutesForOwnFault)
        && hand.working.payment.instruction.row.destinations.len() > 1
        && let Some(Fact::Released { cause, .. }) = facts.last()
    {
        let cause = *cause;
        facts.pop();
        facts.push(Fact::Rerouted { cause, destination: 1 });
    }
    facts
}

/// What only a canary does: calls a live attempt dead.
pub(crate) fn free(working: &mut Working) {
    if let Some(attempt) = working.payment.attempts.last_mut() {
        attempt.state = AttemptState::Refused;
        attempt.refusal_confirmed = true;
    }
    working.payment.state = PaymentState::Ready;
}
