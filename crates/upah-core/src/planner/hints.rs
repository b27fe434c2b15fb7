//! What a callback is worth: a question, a moment's patience, or nothing.
use super::{Command, rail_of};
use crate::callback::{Hint, News};
use crate::ids::RailId;
use crate::payment::Payment;
use crate::policy::Policy;
use crate::state::{AttemptState, PaymentState};
use crate::time::Timestamp;

/// How long to leave a payment alone whose own answer is yet to be recorded, in seconds.
const OWN_ANSWER_SECONDS: u64 = 1;

/// What a verified hint of the provider behind `rail` leads to: [`Command::Inquire`], [`Command::Wait`] while
/// our own answer is still on its way into the record, or [`Command::Rest`] when a question would tell nothing new.
///
/// Never a send: whatever the answer frees is sent by whoever drives the run.
///
/// * A provider speaks of the attempts that went over its own rail, configured as it was then (safety rule 17).
/// * Nothing is recorded beside a send: its sender would find its answer refused for the version, and would have
///   to ask about what it had been told already.
/// * What ended by better evidence than a callback is not asked about again because a callback says the same. This
///   is what makes a repetition free for ever, in every process: the record itself remembers. Only a return is
///   news about a settled attempt (success can be undone, safety rule 13).
pub fn hinted(payment: &Payment, policy: &Policy, rail: &RailId, hint: &Hint, now: Timestamp) -> Command {
    let named = payment.attempts.iter().find(|attempt| attempt.made.reference == hint.reference);
    let Some(attempt) = named.filter(|attempt| attempt.made.rail == *rail) else { return Command::Rest };
    if rail_of(attempt, policy).is_none() {
        return Command::Rest;
    }
    let is_known = match hint.news {
        News::Ended => matches!(attempt.state, AttemptState::Settled | AttemptState::Returned),
        News::Returned => attempt.state == AttemptState::Returned,
    };
    if is_known {
        return Command::Rest;
    }
    if payment.state == PaymentState::Sending || payment.attempts.iter().any(|one| one.send_ended_at.is_none()) {
        return Command::Wait { until: now.plus_seconds(OWN_ANSWER_SECONDS) };
    }
    Command::Inquire { rail: rail.clone(), number: attempt.made.number }
}
