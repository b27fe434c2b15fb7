//! Between two processes somebody reads the bank's statement, or two people say what they have found out about a
//! payment. They know what the bank's book holds, for ever, and tell the truth; whoever lies is another story. The bank may
//! call as well, and what it says is worth a question.
use crate::adapter;
use crate::bank::{Entry as Line, Status};
use crate::store::Working;
use crate::swarm::Fault;
use crate::world::{Stop, World};
use upah_core::bank_statement::{Claim, Entry, Resolution, Side};
use upah_core::callback::Hint;
use upah_core::planner::{self, Command, on_entries, on_resolution};
use upah_core::reference::Reference;
use upah_core::run::Digest;
use upah_core::{Payment, RailId};

/// Reads the statement, and lets people speak, for the payments that chance picks.
pub(crate) fn stated(world: &mut World<'_>) -> Result<(), Stop> {
    for payment in 0..world.stores[world.current].len() {
        if world.swarm.states(Fault::StatementRead) {
            read_statement(world, payment)?;
        }
        if world.swarm.states(Fault::Resolved) {
            world.blamed[payment] = true;
            resolve(world, payment)?;
        }
        let mut working = world.stores[world.current].open(payment)?;
        if let Some((rail, number)) = called(world, &working.payment) {
            listen(world, payment, &mut working, &rail, number)?;
        }
    }
    Ok(())
}

/// Whether the provider calls about this payment, and what is asked then.
pub(crate) fn called(world: &mut World<'_>, payment: &Payment) -> Option<(RailId, u16)> {
    let news = world.swarm.calls()?;
    let made = &payment.attempts[world.swarm.picks(payment.attempts.len())?].made;
    let hint = Hint { reference: made.reference.clone(), news };
    match planner::hinted(payment, &world.policy, &made.rail, &hint, world.wall()) {
        Command::Inquire { rail, number } => Some((rail, number)),
        _ => None,
    }
}

/// What a listener does beside nobody: it asks, and writes down what it is told.
fn listen(
    world: &mut World<'_>,
    payment: usize,
    working: &mut Working,
    rail: &RailId,
    number: u16,
) -> Result<(), Stop> {
    let Some((_, rail)) = rail_of(world, rail) else { return Ok(()) };
    let Some(attempt) = working.payment.attempts.get(usize::from(number).wrapping_sub(1)) else { return Ok(()) };
    let reference = attempt.made.reference.clone();
    let (now, spot) = (world.now, world.spot(payment));
    world.auditor.on_question_between_processes(spot, rail, number);
    let reply = world.accounts[payment].ask(rail, &reference, now, world.habits[usize::from(rail)]);
    world.look_at_ledger(payment);
    world.trace.met(payment, spot, "is called about, asks, and the bank says", reply);
    world.auditor.on_answer(spot, number, reply, now);
    for fact in planner::on_inquiry(&working.payment, &world.policy, number, adapter::answer(reply), world.wall()) {
        world.write(payment, working, fact)?;
    }
    Ok(())
}

fn lines<'a>(world: &'a World<'_>, payment: usize, rail: u8, reference: &Reference) -> Vec<&'a Line> {
    let same = |line: &&Line| line.rail == rail && line.reference == *reference;
    world.accounts[payment].entries.iter().filter(same).collect()
}

fn rail_of(world: &World<'_>, rail: &upah_core::RailId) -> Option<(usize, u8)> {
    let place = world.policy.rails.iter().position(|known| known.id == *rail)?;
    Some((place, world.rail_of[place]))
}

fn read_statement(world: &mut World<'_>, payment: usize) -> Result<(), Stop> {
    let now = world.now;
    world.accounts[payment].tick(now);
    world.look_at_ledger(payment);
    let mut working = world.stores[world.current].open(payment)?;
    for attempt in working.payment.attempts.clone() {
        let Some((_, rail)) = rail_of(world, &attempt.made.rail) else { continue };
        let mut entries = Vec::new();
        for line in lines(world, payment, rail, &attempt.made.reference) {
            let sides: &[Side] = match line.status {
                Status::Paid => &[Side::Debit],
                Status::Returned => &[Side::Credit, Side::Debit],
                Status::Working { .. } | Status::Failed => &[],
            };
            let Ok(day) = world.wall().date().try_into() else { continue };
            // A bank that forgot the reference has booked it again, under a reference of its own.
            let bank_reference = Some(line.first_seen.to_string());
            let amount = working.payment.amount();
            entries.extend(sides.iter().map(|side| Entry {
                day,
                side: *side,
                amount,
                bank_reference: bank_reference.clone(),
            }));
        }
        // A statement of every day on which it is read would be another one each time: only what is new to this store.
        entries.retain(|entry| {
            let is_the_same = |old: &Entry| old.side == entry.side && old.bank_reference == entry.bank_reference;
            !attempt.booked.iter().any(is_the_same)
        });
        for one in on_entries(&working.payment, attempt.made.number, &entries, Digest([7; 32]), None) {
            if let Some(fact) = one.fact {
                world.write(payment, &mut working, fact)?;
            }
        }
    }
    Ok(())
}

fn resolve(world: &mut World<'_>, payment: usize) -> Result<(), Stop> {
    let now = world.now;
    world.accounts[payment].tick(now);
    world.look_at_ledger(payment);
    let mut working = world.stores[world.current].open(payment)?;
    let Some(attempt) = planner::resolvable(&working.payment).cloned() else { return Ok(()) };
    let (number, reference) = (attempt.made.number, attempt.made.reference.clone());
    let Some((place, rail)) = rail_of(world, &attempt.made.rail) else { return Ok(()) };
    if world.policy.rails[place].fingerprint != attempt.made.fingerprint {
        return Ok(());
    }
    let statuses: Vec<Status> = lines(world, payment, rail, &reference).iter().map(|line| line.status).collect();
    let claim = match statuses.as_slice() {
        [] | [Status::Failed] => Claim::Refused,
        [Status::Paid] => Claim::Settled,
        // At work, come back, or booked twice: nobody can say anything that would be true.
        _ => return Ok(()),
    };
    let (Ok(by), Ok(and_by)) = ("Third".parse(), "Fourth".parse()) else { return Ok(()) };
    let resolution = Resolution { claim, by, and_by, because: "seen".to_owned(), evidence: Digest([9; 32]) };
    let reply = world.accounts[payment].ask(rail, &reference, now, world.habits[usize::from(rail)]);
    let spot = world.spot(payment);
    world.trace.met(payment, spot, "two people speak, and the bank says", reply);
    world.auditor.on_question_between_processes(spot, rail, number);
    world.auditor.on_answer(spot, number, reply, now);
    let at = world.wall();
    let (facts, _) = on_resolution(&working.payment, &world.policy, number, adapter::answer(reply), resolution, at);
    for fact in facts {
        world.write(payment, &mut working, fact)?;
    }
    Ok(())
}
