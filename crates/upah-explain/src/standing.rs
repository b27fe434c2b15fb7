//! What a payment's facts amount to for a person: the cause to tell, where the money is, what is next.
//!
//! It never claims more than is proved. The catalogue says where money is while a cause stands; an
//! attempt that is still open, or one that was paid, takes that certainty away again.

use upah_core::cause::{Actor, Cause, Money, Whose};
use upah_core::evidence::Grade;
use upah_core::payment::Attempt;
use upah_core::{AttemptState, Destination, Payment, PaymentState, Rupiah};

/// What is next, and the key of its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The cause says it: `next-<code>`.
    OfCause(Cause),
    /// The state says it, whatever the cause was: `next-state-<name>`.
    OfState(&'static str, Actor),
}

/// How the record shows that the money was not there when it was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Late {
    /// It arrived after that day.
    Arrived,
    /// Something was recorded after that day, and it had not arrived.
    Open,
}

pub(crate) struct Standing<'a> {
    pub(crate) state: PaymentState,
    /// What is told as the reason.
    pub(crate) cause: Option<Cause>,
    pub(crate) money: Money,
    /// Money went out once and is back.
    pub(crate) came_back: bool,
    /// Money beyond the wage.
    pub(crate) excess: Rupiah,
    /// The newest attempt that was paid and not returned, with its place among the attempts.
    pub(crate) paid: Option<(usize, &'a Attempt)>,
    pub(crate) step: Step,
    pub(crate) late: Option<Late>,
    /// The newest order is a code on paper, which a person pays: no bank works on it, and none can be asked.
    pub(crate) on_sheet: bool,
}

impl<'a> Standing<'a> {
    pub(crate) fn of(payment: &'a Payment) -> Self {
        let excess = excess(payment);
        let cause = cause(payment, excess);
        let money = money(payment, cause);
        let paid = payment.attempts.iter().enumerate().rfind(|(_, attempt)| attempt.state == AttemptState::Settled);
        Self {
            state: payment.state,
            cause,
            money,
            came_back: payment.attempts.iter().any(|attempt| attempt.state == AttemptState::Returned),
            excess,
            paid,
            late: late(payment, money, paid.map(|(_, attempt)| attempt)),
            step: step(payment, cause),
            on_sheet: on_sheet(payment),
        }
    }

    /// What the evidence of the money's arrival is worth.
    pub(crate) fn grade(&self) -> Option<Grade> {
        self.paid.and_then(|(_, attempt)| attempt.evidence.as_ref()).map(|evidence| evidence.grade)
    }

    pub(crate) fn actor(&self) -> Actor {
        match self.step {
            Step::OfCause(cause) => cause.guide().actor,
            Step::OfState(_, actor) => actor,
        }
    }

    /// In how many days somebody should have acted or, of what goes on by itself, there should be news.
    pub(crate) fn act_within_days(&self) -> Option<u16> {
        let told = match self.step {
            Step::OfCause(cause) => cause.guide().act_within_days,
            Step::OfState(..) => None,
        };
        match (self.actor(), self.step) {
            (Actor::Nobody, _) => None,
            (Actor::Upah | Actor::Provider, _) | (Actor::Employer, Step::OfState(..)) => {
                Some(told.unwrap_or(NEWS_WITHIN_DAYS))
            }
            (Actor::Worker | Actor::Employer, _) => told,
        }
    }
}

/// A day that nobody recorded anything on proves nothing.
fn late(payment: &Payment, money: Money, paid: Option<&Attempt>) -> Option<Late> {
    let due = payment.instruction.row.due_date?.date();
    match paid.and_then(|attempt| attempt.settled_at) {
        Some(arrived) if arrived.date() > due => Some(Late::Arrived),
        _ => (money != Money::WithWorker && payment.state_since.date() > due).then_some(Late::Open),
    }
}

/// What goes on by itself, or stands on a sheet, has a day; then it is time to ask somebody.
const NEWS_WITHIN_DAYS: u16 = 1;

fn on_sheet(payment: &Payment) -> bool {
    payment.current_attempt().is_some_and(|attempt| is_on_paper(payment, attempt))
}

/// Codes are paid from a sheet alone: no provider takes them.
pub(crate) fn is_on_paper(payment: &Payment, attempt: &Attempt) -> bool {
    let to = payment.instruction.row.destinations.get(usize::from(attempt.made.destination));
    matches!(to, Some(Destination::Qris(_)))
}

/// Two attempts that were paid are one too many, whether or not the fold has counted it.
fn excess(payment: &Payment) -> Rupiah {
    let paid = payment.attempts.iter().filter(|attempt| attempt.state == AttemptState::Settled).count();
    let more = u64::try_from(paid.saturating_sub(1)).unwrap_or(u64::MAX);
    let seen = Rupiah::new(payment.amount().value().saturating_mul(more)).unwrap_or(Rupiah::MAX);
    payment.excess.max(seen)
}

fn cause(payment: &Payment, excess: Rupiah) -> Option<Cause> {
    let told = payment.reason();
    match payment.state {
        PaymentState::AwaitingApproval => Some(told.unwrap_or(Cause::WaitsForApproval)),
        // What is under way before anything was sent is a question about her account.
        PaymentState::Ready => told.filter(|cause| *cause != Cause::InProgress),
        PaymentState::Sending => None,
        PaymentState::Pending => Some(Cause::InProgress),
        PaymentState::Unknown => {
            let doubt = |cause: &Cause| matches!(cause, Cause::Interrupted | Cause::DuplicateReference);
            Some(told.filter(doubt).unwrap_or(Cause::NoAnswer))
        }
        PaymentState::Settled => (!excess.is_zero()).then_some(Cause::Overpaid),
        PaymentState::Refused => Some(told.unwrap_or(Cause::OtherRefusal)),
        PaymentState::Returned => Some(Cause::Returned),
        // Nothing but a contradiction brings a payment here without a word.
        PaymentState::NeedsAction => Some(told.unwrap_or(Cause::EvidenceConflict)),
        PaymentState::Cancelled => Some(Cause::CancelledByEmployer),
    }
}

fn money(payment: &Payment, cause: Option<Cause>) -> Money {
    let in_attempts = |wanted: fn(AttemptState) -> bool| payment.attempts.iter().any(|attempt| wanted(attempt.state));
    let paid = in_attempts(|state| state == AttemptState::Settled);
    // That an order was not carried out is proved by the bank alone, not by the word of people.
    let denied = |attempt: &Attempt| attempt.state == AttemptState::Refused && attempt.is_by_people();
    let may_have_left = in_attempts(AttemptState::is_live) || payment.attempts.iter().any(denied);
    match payment.state {
        PaymentState::Settled => Money::WithWorker,
        PaymentState::Sending | PaymentState::Pending | PaymentState::Unknown => Money::Unclear,
        PaymentState::NeedsAction if cause.is_some_and(|cause| cause.guide().money == Money::WithWorker) && paid => {
            Money::WithWorker
        }
        PaymentState::NeedsAction if cause.is_none_or(|cause| cause.guide().money != Money::WithPayer) => {
            Money::Unclear
        }
        PaymentState::AwaitingApproval
        | PaymentState::Ready
        | PaymentState::Refused
        | PaymentState::Returned
        | PaymentState::NeedsAction
        | PaymentState::Cancelled => {
            if may_have_left {
                Money::Unclear
            } else {
                Money::WithPayer
            }
        }
    }
}

fn step(payment: &Payment, cause: Option<Cause>) -> Step {
    let of_cause = |otherwise: Step| cause.map_or(otherwise, Step::OfCause);
    match payment.state {
        PaymentState::Ready => {
            let waiting = Step::OfState("ready", Actor::Upah);
            match cause.map(|cause| cause.guide().whose) {
                // Our fault or the rail's: sending goes on once somebody has mended it.
                Some(Whose::Sender | Whose::Rail) => of_cause(waiting),
                Some(Whose::Recipient) if payment.destination > 0 => Step::OfState("ready_elsewhere", Actor::Upah),
                Some(Whose::Recipient | Whose::People | Whose::Nobody) | None => waiting,
            }
        }
        PaymentState::Pending if on_sheet(payment) => Step::OfState("on_sheet", Actor::Employer),
        PaymentState::Unknown if on_sheet(payment) => Step::OfState("sheet_in_doubt", Actor::Employer),
        PaymentState::Sending => Step::OfState("sending", Actor::Upah),
        PaymentState::Refused => Step::OfState("refused", Actor::Upah),
        PaymentState::Settled => of_cause(Step::OfState("settled", Actor::Nobody)),
        PaymentState::AwaitingApproval
        | PaymentState::Pending
        | PaymentState::Unknown
        | PaymentState::Returned
        | PaymentState::NeedsAction
        | PaymentState::Cancelled => of_cause(Step::OfCause(Cause::EvidenceConflict)),
    }
}
