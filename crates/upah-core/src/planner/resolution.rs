//! What the word of two people may do to a payment whose outcome the bank does not show (safety rule 16).
use super::on_inquiry;
use crate::bank_statement::{Claim, Resolution};
use crate::event::Fact;
use crate::evidence::InquiryAnswer;
use crate::payment::{Attempt, Payment};
use crate::policy::Policy;
use crate::state::{AttemptState, PaymentState};
use crate::time::Timestamp;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// What became of the attempt to resolve a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The word of the two people is written down.
    Stated,
    /// The bank itself says so: nobody's word is needed.
    ByBank,
    /// The bank says otherwise; the word of the people was not taken.
    Contradicted,
    /// The bank could not be asked; the word of the people was not taken.
    Unanswered,
}

/// The attempt that people may speak about: one that may have been executed, and about which no evidence of the bank
/// says what became of it. Nothing else can be resolved, and nothing whose last send may still be on its way.
pub fn resolvable(payment: &Payment) -> Option<&Attempt> {
    let open = |attempt: &&Attempt| {
        let undecided = matches!(attempt.state, AttemptState::Unknown | AttemptState::Pending | AttemptState::Disputed);
        undecided && attempt.send_ended_at.is_some()
    };
    let waits = matches!(payment.state, PaymentState::Unknown | PaymentState::Pending | PaymentState::NeedsAction);
    if waits { payment.attempts.iter().rfind(open) } else { None }
}

/// What follows from the word of two people and from what the bank said right before, as facts to be written in one
/// commit. The bank's answer is written down in any case; the word only when the answer does not contradict it.
///
/// A provider that is still at work does not contradict "she has the money", and contradicts "it never will be".
pub fn on_resolution(
    payment: &Payment,
    policy: &Policy,
    number: u16,
    answer: InquiryAnswer,
    resolution: Resolution,
    now: Timestamp,
) -> (Vec<Fact>, Ending) {
    use InquiryAnswer as I;
    let claim = resolution.claim;
    let agrees = match (&answer, claim) {
        (I::Unavailable { .. }, _) => None,
        (I::NotFound(_), _) => Some(true),
        (I::Success(_) | I::InProgress(_), Claim::Settled) => Some(true),
        (I::Failed(_), Claim::Refused) => Some(true),
        (I::Success(_) | I::InProgress(_), Claim::Refused) => Some(false),
        (I::Failed(_), Claim::Settled) | (I::Refunded { .. } | I::Contradicted { .. }, _) => Some(false),
    };
    let mut facts = on_inquiry(payment, policy, number, answer, now);
    match agrees {
        None => return (facts, Ending::Unanswered),
        Some(false) => return (facts, Ending::Contradicted),
        Some(true) => {}
    }
    let mut after = payment.clone();
    // What cannot be learned will not be committed either; the caller finds that out by itself.
    if facts.iter().any(|fact| after.learn(fact, now).is_err()) {
        return (facts, Ending::Contradicted);
    }
    let state = after.attempts.iter().find(|attempt| attempt.made.number == number).map(|attempt| attempt.state);
    let said = match claim {
        Claim::Settled => state == Some(AttemptState::Settled),
        Claim::Refused => state == Some(AttemptState::Refused),
    };
    if said {
        return (facts, Ending::ByBank);
    }
    facts.push(Fact::Resolved { number, resolution: Box::new(resolution) });
    (facts, Ending::Stated)
}
