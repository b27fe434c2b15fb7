//! What the words of a provider mean for the money: few enough that all of them share these.
use crate::call::{Answer, not_sent};
use upah_core::callback::News;
use upah_core::evidence::{Doubt, Evidence, InquiryAnswer, Refusal, SubmitOutcome};
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
    pub(crate) fn of_order(action: Option<Self>, code: &str, answer: &Answer) -> SubmitOutcome {
        let evidence = answer.evidence(code, None);
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
    pub(crate) fn of_question(action: Option<Self>, code: &str, answer: &Answer) -> InquiryAnswer {
        let (cause, retry_after_seconds) = match action {
            Some(Self::NotFound) => return InquiryAnswer::NotFound(answer.evidence(code, None)),
            Some(Self::NotExecuted(cause)) => (cause, answer.retry_after_seconds),
            Some(Self::Refused(_) | Self::InDoubt(_)) | None => answer.unasked(),
        };
        InquiryAnswer::Unavailable { cause, retry_after_seconds }
    }
}

/// A stored body that is none of this rail, or none of this attempt. It stays where it is.
pub(crate) fn not_ours() -> SubmitOutcome {
    not_sent(Cause::BadRequest)
}
