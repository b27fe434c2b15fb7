//! What must be asked before a wage is sent: whether another store of ours has paid it under a reference that
//! the bank does not hold against the one about to be sent.
use super::{Command, rail_of};
use crate::cause::Cause;
use crate::destination::Destination;
use crate::event::Fact;
use crate::evidence::InquiryAnswer;
use crate::ids::RailId;
use crate::payment::Payment;
use crate::policy::Policy;
use crate::state::AttemptState;
use alloc::vec;
use alloc::vec::Vec;

/// A question about a reference under which another store of ours may have paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The number of the attempt whose reference it is.
    pub number: u16,
    /// Over which rail it is asked.
    pub rail: RailId,
    /// To which destination that attempt would have gone; of an attempt of this store, to which it went.
    pub destination: u8,
}

/// How many references are asked about where a history was lost. A gap says nothing: a refused attempt leaves none
/// behind at many providers. Somebody whose account was corrected more often than this is one whom people know.
const LOST_REFERENCES: u16 = 8;

/// What must be asked before a command is carried out; empty for everything that is not a send.
///
/// References are derived, so another store of ours, or this one before it was put back, may have paid the
/// wage under a later attempt, under an earlier one that was refused here, or over another rail. The bank
/// protects against one reference sent twice over one rail, and against nothing else. So every other one is
/// asked about, right before *each* send and repeat: an answer is fresh until anything else is learned or
/// done, and is not kept (a time would not tell, for clocks are set back).
///
/// Nothing is asked for the first attempt of a row with one destination that goes one way, unless the store lost
/// something: only a new instruction leads such a row to another reference. Where hours, days or fees decide over which of
/// several rails it goes, another store of ours may have decided at another time: each of those is asked about the one
/// reference. For a row with `d` destinations that go `w` ways (a rail, and a bank or another sort of place) attempt `n`
/// costs at most `max(d, n) * w - 1` questions.
///
/// A provider that would pay one reference twice is asked about the very one that is about to be sent.
///
/// A store that lost something does not know how often a wage was instructed anew: there at least the first eight
/// references are asked about.
pub fn probes(payment: &Payment, policy: &Policy, command: &Command, store_lost_something: bool) -> Vec<Probe> {
    let (over, number, to) = match command {
        Command::Send { rail, destination, number } => (rail, number, *destination),
        Command::Resend { rail, number } => {
            let attempt = payment.attempts.get(usize::from(*number).wrapping_sub(1));
            (rail, number, attempt.map_or(payment.destination, |attempt| attempt.made.destination))
        }
        _ => return Vec::new(),
    };
    let places = u16::try_from(payment.instruction.row.destinations.len()).unwrap_or(u16::MAX);
    let mut probes = Vec::new();
    if policy.rail(over).is_some_and(|rail| !rail.refuses_repeats) {
        probes.push(Probe { number: *number, rail: over.clone(), destination: to });
    }
    let least = if store_lost_something { LOST_REFERENCES } else { 1 };
    for n in 1..=places.max(*number).max(least) {
        let own = payment.attempts.get(usize::from(n - 1)).filter(|attempt| rail_of(attempt, policy).is_some());
        let own = own.filter(|_| n != *number);
        if let Some(attempt) = own.filter(|attempt| attempt.state != AttemptState::Returned) {
            let (rail, destination) = (attempt.made.rail.clone(), attempt.made.destination);
            probes.push(Probe { number: n, rail, destination });
        }
        let known = if n == *number { Some(over) } else { own.map(|attempt| &attempt.made.rail) };
        let others = ways(payment, policy, n).into_iter().filter(|(rail, _)| Some(*rail) != known);
        // What another store has on paper nobody can tell; a store that lost something may have printed it itself.
        let others = others.filter(|(rail, _)| store_lost_something || can_be_asked(policy, rail));
        probes.extend(others.map(|(rail, destination)| Probe { number: n, rail: rail.clone(), destination }));
    }
    probes
}

fn can_be_asked(policy: &Policy, rail: &RailId) -> bool {
    policy.rail(rail).is_some_and(|rail| rail.can_be_asked)
}

/// How a wage can go: each rail that would be taken at some time, with one destination of each sort that it would be
/// taken for. A question names the service of the payment, which depends on the sort and on the bank; a provider that
/// is asked by the name of another service does not know the reference. The destination at which an attempt of this
/// number mostly stands comes first.
fn ways<'a>(payment: &Payment, policy: &'a Policy, number: u16) -> Vec<(&'a RailId, u8)> {
    let instruction = &payment.instruction;
    let row = &instruction.row;
    let likely = usize::from(number).clamp(1, row.destinations.len().max(1)) - 1;
    let mut places: Vec<(u8, &Destination)> = (0..).zip(&row.destinations).collect();
    places.rotate_left(likely);
    let mut sorts = Vec::new();
    let mut ways = Vec::new();
    for (index, destination) in places {
        let bank = if let Destination::Bank { code, .. } = destination { Some(code) } else { None };
        for rail in policy.ever(&instruction.employer, destination, row.amount) {
            let sort = (&rail.id, destination.kind(), bank);
            if !sorts.contains(&sort) {
                sorts.push(sort);
                ways.push((&rail.id, index));
            }
        }
    }
    ways
}

/// What was learned from the answers, as facts; none when a question failed, and then nothing may be sent.
pub fn on_probes(probes: &[Probe], answers: &[InquiryAnswer]) -> Vec<Fact> {
    let failed = |answer: &InquiryAnswer| matches!(answer, InquiryAnswer::Unavailable { .. });
    let unknown = |answer: &InquiryAnswer| matches!(answer, InquiryAnswer::NotFound(_) | InquiryAnswer::Failed(_));
    if answers.iter().any(|answer| !failed(answer) && !unknown(answer)) {
        return vec![Fact::Parked { cause: Cause::EvidenceConflict }];
    }
    if answers.iter().any(failed) {
        return Vec::new();
    }
    probes.iter().map(|probe| probe.number).max().map(|through| Fact::Probed { through }).into_iter().collect()
}
