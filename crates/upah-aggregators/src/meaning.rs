//! What the words of a provider mean for the money: few enough that all of them share these.
use crate::call::{Answer, not_sent};
use crate::echo::whole;
use serde_json::Number;
use upah_core::callback::News;
use upah_core::evidence::{Doubt, Evidence, InquiryAnswer, Inspection, Refusal, SubmitOutcome};
use upah_core::rail::Balance;
use upah_core::{Cause, Rupiah};

/// Where a payment stands that the provider has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Taken on, and not ended.
    AtWork,
    /// She has the money.
    Paid,
    /// Ended without payment.
    Failed(Cause),
    /// Paid, and the money came back.
    Reversed,
}

impl Standing {
    /// As the first answer to an order. One that tells of an end without payment used the reference up, and may be about
    /// an earlier send of it: the question tells how that one ended.
    pub(crate) fn of_order(self, evidence: Evidence) -> SubmitOutcome {
        match self {
            Self::AtWork => SubmitOutcome::Accepted(evidence),
            Self::Paid => SubmitOutcome::Settled(evidence),
            Self::Failed(_) | Self::Reversed => {
                SubmitOutcome::Unknown { doubt: Doubt::Duplicate, evidence: Some(evidence) }
            }
        }
    }

    /// As the answer to a question about a payment of this amount, in rupiah. What comes back, comes back whole.
    pub(crate) fn of_question(self, amount: u64, evidence: Evidence) -> InquiryAnswer {
        match self {
            Self::AtWork => InquiryAnswer::InProgress(evidence),
            Self::Paid => InquiryAnswer::Success(evidence),
            Self::Reversed => InquiryAnswer::Refunded { amount: Rupiah::new(amount).ok(), evidence },
            Self::Failed(cause) => InquiryAnswer::Failed(Refusal { cause, evidence }),
        }
    }

    /// What a callback about it is news of; nothing while it is under way.
    pub(crate) fn news(self) -> Option<News> {
        match self {
            Self::Paid | Self::Failed(_) => Some(News::Ended),
            Self::Reversed => Some(News::Returned),
            Self::AtWork => None,
        }
    }
}

/// Which of several payments under one reference counts: the one that is alive, else the one that came back, else the
/// one that failed. None when there is none, or when two are alive: one reference was paid for twice.
pub(crate) fn that_counts(standings: &[Standing]) -> Option<usize> {
    let rank = |standing: &Standing| match standing {
        Standing::Paid | Standing::AtWork => 2,
        Standing::Reversed => 1,
        Standing::Failed(_) => 0,
    };
    let alive = standings.iter().filter(|standing| rank(standing) == 2).count();
    let best = standings.iter().enumerate().max_by_key(|(_, standing)| rank(standing));
    best.filter(|_| alive < 2).map(|(at, _)| at)
}

/// What an error says about the request that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// No payment was made of it, and none ever will.
    Refused(Cause),
    /// No payment was made of it; the same request may come again.
    NotExecuted(Cause),
    /// An earlier request is known by its reference, or it may have been taken on: ask.
    InDoubt(Doubt),
    /// Nothing has this reference.
    NotFound,
}

impl Action {
    /// As the answer to an order. "Not found" answers a question; in reply to an order it says nothing, as an error
    /// says that is not in the provider's table.
    pub(crate) fn of_order(action: Option<Self>, evidence: Evidence, answer: &Answer) -> SubmitOutcome {
        match action {
            Some(Self::Refused(cause)) => SubmitOutcome::Refused(Refusal { cause, evidence }),
            Some(Self::NotExecuted(cause)) => {
                SubmitOutcome::NotSent { cause, retry_after_seconds: answer.retry_after_seconds }
            }
            Some(Self::InDoubt(doubt)) => SubmitOutcome::Unknown { doubt, evidence: Some(evidence) },
            Some(Self::NotFound) | None => SubmitOutcome::Unknown { doubt: answer.doubt(), evidence: Some(evidence) },
        }
    }

    /// As the answer to a question: what is no "not found" is about the question, and says nothing about the payment.
    pub(crate) fn of_question(action: Option<Self>, evidence: Evidence, answer: &Answer) -> InquiryAnswer {
        if action == Some(Self::NotFound) {
            return InquiryAnswer::NotFound(evidence);
        }
        let (cause, retry_after_seconds) = Self::unasked(action, answer);
        InquiryAnswer::Unavailable { cause, retry_after_seconds }
    }

    /// As the answer to a question about an account: what is refused is refused for what the account is.
    pub(crate) fn of_look(action: Option<Self>, evidence: Evidence, answer: &Answer) -> Inspection {
        if let Some(Self::Refused(cause)) = action {
            return Inspection::Refused(Refusal { cause, evidence });
        }
        let (cause, retry_after_seconds) = Self::unasked(action, answer);
        Inspection::Unavailable { cause, retry_after_seconds }
    }

    /// Why a question has no answer, and how long the provider wants to be left alone.
    fn unasked(action: Option<Self>, answer: &Answer) -> (Cause, Option<u32>) {
        match action {
            Some(Self::NotExecuted(cause)) => (cause, answer.retry_after_seconds),
            _ => answer.unasked(),
        }
    }
}

/// What a code says of a payment, at a provider that says everything in codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// There is one, and it stands so.
    Stands(Standing),
    /// There is none, or nobody says.
    Denies(Action),
}

impl Word {
    /// As the answer to an order.
    pub(crate) fn of_order(word: Option<Self>, evidence: Evidence, answer: &Answer) -> SubmitOutcome {
        match word {
            Some(Self::Stands(standing)) => standing.of_order(evidence),
            Some(Self::Denies(action)) => Action::of_order(Some(action), evidence, answer),
            None => Action::of_order(None, evidence, answer),
        }
    }

    /// As the answer to a question about a payment of this amount, in rupiah.
    pub(crate) fn of_question(word: Option<Self>, amount: u64, evidence: Evidence, answer: &Answer) -> InquiryAnswer {
        match word {
            Some(Self::Stands(standing)) => standing.of_question(amount, evidence),
            Some(Self::Denies(action)) => Action::of_question(Some(action), evidence, answer),
            None => Action::of_question(None, evidence, answer),
        }
    }

    /// What a callback about it is news of.
    pub(crate) fn news(self) -> Option<News> {
        match self {
            Self::Stands(standing) => standing.news(),
            Self::Denies(_) => None,
        }
    }
}

/// A stored body that is none of this rail, or none of this attempt. It stays where it is.
pub(crate) fn not_ours() -> SubmitOutcome {
    not_sent(Cause::BadRequest)
}

/// Nobody knows whose an account is, for this cause.
pub(crate) fn unseen(cause: Cause) -> Inspection {
    Inspection::Unavailable { cause, retry_after_seconds: None }
}

/// A balance that was told. What is more than a payment may be is as good as that.
pub(crate) fn told_balance(available: &Number) -> Balance {
    whole(available).map_or(Balance::NotTold, |rupiah| Balance::Available(Rupiah::new(rupiah).unwrap_or(Rupiah::MAX)))
}

/// A balance that was not told for this cause. What is no fault of ours stops nobody's wage.
pub(crate) fn no_balance(cause: Cause) -> Balance {
    match cause {
        Cause::RailUnreachable | Cause::CredentialsRefused => Balance::Unavailable(cause),
        _ => Balance::NotTold,
    }
}
