//! Questions: about an attempt, about what another store may have paid, and about an account.
use super::{adapter, lane_of, reference};
use crate::bank::AskReply;
use crate::cast::{NAME, OTHER_NAME};
use crate::chance::closed;
use crate::sabotage::Sabotage;
use crate::session::{Around, Hand, Phase, Session, dies};
use crate::swarm::Fault;
use crate::world::{Stop, World};
use upah_core::cause::Cause;
use upah_core::event::Fact;
use upah_core::evidence::{InquiryAnswer, Inspection};
use upah_core::planner::{self, Command};
use upah_core::reference::Reference;
use upah_core::state::PaymentState;

/// A question leaves.
pub(super) fn ask(world: &mut World<'_>, session: &mut Session, payment: usize, hand: &mut Hand, number: u16) {
    let Some(attempt) = hand.working.payment.attempts.get(usize::from(number).wrapping_sub(1)) else { return };
    let reference = attempt.made.reference.clone();
    let spot = world.spot(payment);
    world.auditor.on_question(spot, world.rail_of[hand.lane], number);
    let reply = question(world, payment, hand.lane, &reference);
    let late = world.strikes(Fault::AskLate, payment);
    let latency = match reply {
        AskReply::Silence => 30_000,
        _ if late => world.rng.i64(3_000..29_000),
        _ => world.rng.i64(10..200),
    };
    hand.phase = Phase::Asked { number, reply, asked: world.now };
    session.push(world.now + latency, payment);
}

fn question(world: &mut World<'_>, payment: usize, lane: usize, reference: &Reference) -> AskReply {
    world.tally.questions += 1;
    if world.strikes(Fault::AskSilent, payment) {
        return AskReply::Silence;
    }
    if world.strikes(Fault::AskSlowDown, payment) {
        return AskReply::SlowDown(world.rng.u32(1..60));
    }
    if world.strikes(Fault::AskWrongEcho, payment) {
        return AskReply::Other;
    }
    let rail = world.rail_of[lane];
    let habits = world.habits[usize::from(rail)];
    let reply = world.accounts[payment].ask(rail, reference, world.now, habits);
    world.look_at_ledger(payment);
    reply
}

pub(super) fn heard(
    world: &mut World<'_>,
    session: &mut Session,
    payment: usize,
    hand: &mut Hand,
    number: u16,
    reply: AskReply,
    asked: i64,
) -> Result<(), Stop> {
    let spot = world.spot(payment);
    world.trace.met(payment, spot, "is told", reply);
    world.auditor.on_answer(spot, number, reply, asked);
    dies(world, Fault::CrashBeforeRecord, payment)?;
    let answer = adapter::answer(reply);
    let now = world.wall();
    let gate = &mut session.lanes[hand.lane].gate;
    match reply {
        AskReply::SlowDown(seconds) => gate.blocked(Cause::TooManyRequests, Some(seconds), now),
        AskReply::Silence => {}
        _ => gate.works(),
    }
    let facts = planner::on_inquiry(&hand.working.payment, &world.policy, number, answer, now);
    hand.working.append(facts, now)?;
    world.save(payment, &mut hand.working)?;
    if world.sabotage == Some(Sabotage::SendsReturnedAgain) && hand.working.payment.state == PaymentState::Returned {
        // The attempt stays what it is, or the bank would be asked about it, and tell.
        hand.working.payment.state = PaymentState::Ready;
    }
    Ok(())
}

/// References and rails under which another store may have paid. Returns whether questions left; the command waits for
/// their answers then, and comes again.
pub(super) fn asks(
    world: &mut World<'_>,
    session: &mut Session,
    payment: usize,
    hand: &mut Hand,
    command: &Command,
    answered: Option<Vec<Fact>>,
) -> Result<bool, Stop> {
    if let Some(facts) = answered {
        hand.working.append(facts, world.wall())?;
        return Ok(false);
    }
    let probes = planner::probes(&hand.working.payment, &world.policy, command, session.distrusts);
    if probes.is_empty() {
        return Ok(false);
    }
    let here = (hand.lane, matches!(command, Command::Resend { .. }));
    let mut around = Around { probes, heeded: Vec::new(), answers: Vec::new(), asked: world.now };
    for probe in &around.probes {
        let Ok(lane) = lane_of(world, &probe.rail) else { continue };
        let reference = reference(world, hand, lane, probe.number);
        let reply = question(world, payment, lane, &reference);
        let spot = world.spot(payment);
        world.trace.met(payment, spot, &format!("asks about {reference} over {}, and is told", probe.rail), reply);
        if heeds(world.sabotage, here, lane) {
            around.heeded.push((world.rail_of[lane], probe.number));
            around.answers.push(adapter::answer(reply));
        }
    }
    session.push(world.now + 50 * i64::try_from(around.probes.len()).unwrap_or(0), payment);
    hand.phase = Phase::AskedAround(around);
    Ok(true)
}

/// Whether an answer is looked at: only a canary asks as everybody does, and does not listen. `here` is the rail of the
/// send, and whether it is a repeat.
fn heeds(sabotage: Option<Sabotage>, (here, again): (usize, bool), lane: usize) -> bool {
    match sabotage {
        Some(Sabotage::AsksNobodyElse) => false,
        Some(Sabotage::RepeatsUnasked) => !again,
        Some(Sabotage::AsksOneRailOnly) => lane == here,
        _ => true,
    }
}

/// What was asked before a send is answered. Returns whether anything was learned.
pub(super) fn heard_around(
    world: &mut World<'_>,
    session: &mut Session,
    payment: usize,
    hand: &mut Hand,
    around: Around,
) -> Result<bool, Stop> {
    let Around { probes, heeded, answers, asked } = around;
    let found = answers.iter().any(|answer| {
        !matches!(answer, InquiryAnswer::NotFound(_) | InquiryAnswer::Failed(_) | InquiryAnswer::Unavailable { .. })
    });
    let spot = world.spot(payment);
    world.auditor.on_probe(spot, asked, heeded, found);
    let facts = planner::on_probes(&probes, &answers);
    if facts.is_empty() {
        return Ok(false);
    }
    if found {
        super::give_back(world, session, hand);
        hand.working.append(facts, world.wall())?;
    } else {
        hand.answered = Some(facts);
    }
    Ok(true)
}

pub(super) fn ask_account(
    world: &mut World<'_>,
    session: &mut Session,
    payment: usize,
    hand: &mut Hand,
    destination: u8,
) {
    let found = if world.strikes(Fault::InspectSilent, payment) {
        Inspection::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None }
    } else if world.strikes(Fault::InspectRefused, payment) {
        let causes = [Cause::InvalidAccount, Cause::InactiveAccount, Cause::InsufficientFunds, Cause::OtherRefusal];
        Inspection::Refused(adapter::refusal(causes[world.rng.usize(..causes.len())]))
    } else if closed(world, payment, destination) {
        Inspection::Refused(adapter::refusal(Cause::InvalidAccount))
    } else {
        let name = if world.other_names[payment] { OTHER_NAME } else { NAME };
        Inspection::Found { name: name.to_owned(), session: None }
    };
    hand.phase = Phase::Inspected { destination, found };
    session.push(world.now + world.rng.i64(10..200), payment);
}

/// Whether anything was learned about the payment from its account.
pub(super) fn inspected(
    world: &mut World<'_>,
    session: &mut Session,
    hand: &mut Hand,
    destination: u8,
    found: Inspection,
) -> Result<bool, Stop> {
    let now = world.wall();
    let gate = &mut session.lanes[hand.lane].gate;
    match &found {
        Inspection::Found { .. } => gate.works(),
        Inspection::Refused(refusal) => gate.refused(refusal.cause),
        Inspection::Unavailable { cause, retry_after_seconds } => gate.blocked(*cause, *retry_after_seconds, now),
    }
    let unavailable = matches!(found, Inspection::Unavailable { .. });
    let rail = world.policy.rails[hand.lane].id.clone();
    let facts = planner::on_inspection(&hand.working.payment, &world.policy, &rail, destination, found);
    let learned = !facts.is_empty() && !unavailable;
    hand.working.append(facts, now)?;
    Ok(learned)
}
