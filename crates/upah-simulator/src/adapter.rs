//! The adapter of every rail: turns what came back into what it entitles us to say.
use crate::bank::{AskReply, Reply};
use crate::sabotage::Sabotage;
use upah_core::cause::Cause;
use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Refusal, SubmitOutcome};

/// Judges the answer to a send.
pub(crate) fn outcome(reply: Reply, sabotage: Option<Sabotage>) -> SubmitOutcome {
    let unknown = |doubt| SubmitOutcome::Unknown { doubt, evidence: None };
    match (reply, sabotage) {
        (Reply::Silence, Some(Sabotage::CallsSilenceNotSent)) => {
            SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None }
        }
        (Reply::ProxyPage, Some(Sabotage::BelievesTheProxy)) => refused(Cause::InvalidAccount),
        (Reply::PaidOther, Some(Sabotage::BelievesTheWrongEcho)) => SubmitOutcome::Settled(evidence("2001800")),
        (Reply::KnownAlready, Some(Sabotage::CallsDuplicateRefused)) => refused(Cause::InvalidAccount),
        (Reply::Refused(Cause::InsufficientFunds), Some(Sabotage::BlamesTheRecipient)) => {
            refused(Cause::InvalidAccount)
        }
        (Reply::Unreachable, _) => SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None },
        (Reply::SlowDown(seconds), _) => {
            SubmitOutcome::NotSent { cause: Cause::TooManyRequests, retry_after_seconds: Some(seconds) }
        }
        (Reply::Silence, _) => unknown(Doubt::NoAnswer),
        (Reply::ProxyPage | Reply::Garbage, _) => unknown(Doubt::Unreadable),
        (Reply::ServerError, _) => unknown(Doubt::ProviderError),
        (Reply::KnownAlready, _) => unknown(Doubt::Duplicate),
        (Reply::KnownOtherwise, _) => unknown(Doubt::Inconsistent),
        (Reply::HeldBack, _) => unknown(Doubt::Suspended),
        (Reply::Refused(cause), _) => refused(cause),
        (Reply::TakenIn, _) => SubmitOutcome::Accepted(evidence("2021800")),
        (Reply::Paid, _) => SubmitOutcome::Settled(evidence("2001800")),
        (Reply::PaidOther, _) => SubmitOutcome::Contradicted { field: "amount".into(), evidence: evidence("2001800") },
    }
}

/// Judges the answer to a question.
pub(crate) fn answer(reply: AskReply) -> InquiryAnswer {
    match reply {
        AskReply::Paid => InquiryAnswer::Success(evidence("2003600")),
        AskReply::Working => InquiryAnswer::InProgress(evidence("2003600")),
        AskReply::Returned => InquiryAnswer::Refunded { amount: None, evidence: evidence("2003600") },
        AskReply::Failed => InquiryAnswer::Failed(refusal(Cause::TransferFailed)),
        AskReply::Unknown => InquiryAnswer::NotFound(evidence("4043601")),
        AskReply::Silence => InquiryAnswer::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None },
        AskReply::SlowDown(seconds) => {
            InquiryAnswer::Unavailable { cause: Cause::TooManyRequests, retry_after_seconds: Some(seconds) }
        }
        AskReply::Other => InquiryAnswer::Contradicted { field: "amount".into(), evidence: evidence("2003600") },
    }
}

/// A refusal with its envelope.
pub(crate) fn refusal(cause: Cause) -> Refusal {
    Refusal { cause, evidence: evidence("4030000") }
}

fn refused(cause: Cause) -> SubmitOutcome {
    SubmitOutcome::Refused(refusal(cause))
}

fn evidence(code: &str) -> Evidence {
    Evidence { grade: Grade::TlsResponse, code: code.into(), provider_id: None, raw: String::new() }
}
