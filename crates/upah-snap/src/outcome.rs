//! From what came back to what it entitles us to say about the money.
//!
//! Everything here is pure: a [`CallResult`] goes in, one value of the core's comes out. The order of
//! suspicion is always the same: did it leave, did the bank itself answer, is the answer about us,
//! and only then what it says (safety rules 5 to 7).
use crate::bodies::amount::Echo;
use crate::bodies::replies::{REFERENCE, StatusReply, TransferEcho, TransferReply};
use crate::client::{Answer, CallNotSent, CallResult};
use crate::codes::{Action, InquiryOutcome, TransactionStatus, lookup};
use crate::compose::Stored;
use crate::response::TrustedEnvelope;
use crate::token::TokenFailure;
use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Refusal, SubmitOutcome};
use upah_core::{Cause, Rupiah};
use upah_transport::MaybeSentReason;

/// The longest piece of an answer that is kept, in characters.
const RAW_CHARACTERS_MAX: usize = 4096;

/// Two tokens in a row were issued and not accepted. Key and client id are good, or there would be no
/// token; somebody with the same credentials is renewing it, or their machines disagree. Later it may
/// hold, so this parks nobody at once as refused credentials do.
const NO_TOKEN_HOLDS: Cause = Cause::RailUnreachable;

/// A success without the provider's number and without any echo of ours.
fn says_nothing(reply: &TransferReply) -> bool {
    let echo = &reply.echo;
    reply.reference_no.is_none()
        && matches!(echo.partner_reference_no, Echo::Absent)
        && matches!(echo.amount_rupiah, Echo::Absent)
        && matches!(echo.account_no, Echo::Absent)
}

/// What came of sending a stored body.
#[must_use]
pub fn of_submit(result: &CallResult, sent: &Stored<'_>) -> SubmitOutcome {
    let answer = match heard(result) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    let reply = TransferReply::read(&answer.body);
    let evidence = evidence(answer, reply.as_ref().and_then(|reply| reply.reference_no.clone()));
    let (Some(envelope), Some(reply)) = (answer.envelope, reply) else {
        return unreadable(answer, evidence);
    };
    match (envelope.row().action, reply.echo.contradiction(&sent.expected())) {
        (Action::Settled | Action::InProgress, Some(field)) => {
            SubmitOutcome::Contradicted { field: field.to_owned(), evidence }
        }
        // A clearing house takes on first: until the answer itself says that it is through, the status is asked for.
        (Action::Settled, None) if sent.service().is_cleared() && reply.status != Some(TransactionStatus::Success) => {
            SubmitOutcome::Accepted(evidence)
        }
        // The standard's success carries a number of its own; one that says nothing at all is asked about.
        (Action::Settled, None) if says_nothing(&reply) => SubmitOutcome::Accepted(evidence),
        (Action::Settled, None) => SubmitOutcome::Settled(evidence),
        (Action::InProgress, None) => SubmitOutcome::Accepted(evidence),
        (action @ (Action::AskDuplicate | Action::AskInconsistent), _) => no_success(action, answer, evidence),
        // A refusal that names another reference refuses another payment.
        (_, Some(REFERENCE)) => unknown(Doubt::Unreadable, evidence),
        (action, _) => no_success(action, answer, evidence),
    }
}

/// The answer to an order, whoever gave it.
pub(crate) fn heard(result: &CallResult) -> Result<&Answer, SubmitOutcome> {
    match result {
        CallResult::NotSent(why) => Err(not_sent(*why)),
        CallResult::MaybeSent(why) => Err(SubmitOutcome::Unknown { doubt: doubt_of(*why), evidence: None }),
        CallResult::Answered(answer) => Ok(answer),
    }
}

pub(crate) fn unknown(doubt: Doubt, evidence: Evidence) -> SubmitOutcome {
    SubmitOutcome::Unknown { doubt, evidence: Some(evidence) }
}

/// An answer to an order that cannot be believed.
pub(crate) fn unreadable(answer: &Answer, evidence: Evidence) -> SubmitOutcome {
    unknown(if answer.http >= 500 { Doubt::ProviderError } else { Doubt::Unreadable }, evidence)
}

/// What the bank itself said to an order, where that is no success.
pub(crate) fn no_success(action: Action, answer: &Answer, evidence: Evidence) -> SubmitOutcome {
    let retry_after_seconds = seconds(answer.retry_after_seconds);
    match action {
        Action::AskDuplicate => unknown(Doubt::Duplicate, evidence),
        Action::AskInconsistent => unknown(Doubt::Inconsistent, evidence),
        Action::Refused(cause) => SubmitOutcome::Refused(Refusal { cause, evidence }),
        Action::NotExecutedBackOff(cause) => SubmitOutcome::NotSent { cause, retry_after_seconds },
        Action::NotExecutedRenewToken => SubmitOutcome::NotSent { cause: NO_TOKEN_HOLDS, retry_after_seconds },
        // "Not found" answers a question; in reply to an order it says nothing. Nor does a success that is taken for none.
        Action::NotFound | Action::Settled | Action::InProgress => unknown(Doubt::Unreadable, evidence),
        Action::Suspended => unknown(Doubt::Suspended, evidence),
        // An external id is drawn afresh for every try, so what used this one before was most likely
        // another delivery of this very try: it is asked about first (safety rule 12).
        Action::ExternalIdReused | Action::Unknown => unknown(Doubt::ProviderError, evidence),
    }
}

/// What the status inquiry about a stored body was answered.
#[must_use]
pub fn of_inquiry(result: &CallResult, sent: &Stored<'_>) -> InquiryAnswer {
    let (answer, envelope) = match trusted(result) {
        Ok(trusted) => trusted,
        Err(Unasked { cause, retry_after_seconds }) => {
            return InquiryAnswer::Unavailable { cause, retry_after_seconds };
        }
    };
    let reply = StatusReply::read(&answer.body);
    let evidence = evidence(answer, reply.as_ref().and_then(|reply| reply.reference_no.clone()));
    let nothing = InquiryAnswer::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None };
    let Some(reply) = reply else { return nothing };
    let status = match envelope.inquiry_outcome() {
        Some(InquiryOutcome::Answered) => reply.status,
        Some(InquiryOutcome::NotFound) => TransactionStatus::NotFound,
        Some(InquiryOutcome::Failed) | None => return failed_question(answer, envelope).into(),
    };
    if status == TransactionStatus::Unrecognised {
        return nothing;
    }
    if let Some(field) = comparable(&reply.echo, status).contradiction(&sent.expected()) {
        return InquiryAnswer::Contradicted { field: field.to_owned(), evidence };
    }
    let told = |otherwise| ended_because(reply.previous_response_code.as_deref(), sent).unwrap_or(otherwise);
    match status {
        TransactionStatus::Success => InquiryAnswer::Success(evidence),
        TransactionStatus::InProgress => InquiryAnswer::InProgress(evidence),
        TransactionStatus::Refunded => {
            let amount = reply.echo.amount_rupiah.value().and_then(|rupiah| Rupiah::new(*rupiah).ok());
            InquiryAnswer::Refunded { amount, evidence }
        }
        TransactionStatus::Cancelled => {
            InquiryAnswer::Failed(Refusal { cause: told(Cause::TransferCancelled), evidence })
        }
        TransactionStatus::Failed => InquiryAnswer::Failed(Refusal { cause: told(Cause::TransferFailed), evidence }),
        TransactionStatus::NotFound => InquiryAnswer::NotFound(evidence),
        TransactionStatus::Unrecognised => nothing,
    }
}

/// A question that got no answer of use.
pub(crate) struct Unasked {
    pub(crate) cause: Cause,
    pub(crate) retry_after_seconds: Option<u32>,
}

impl Unasked {
    pub(crate) const fn for_want_of(cause: Cause) -> Self {
        Self { cause, retry_after_seconds: None }
    }
}

impl From<Unasked> for InquiryAnswer {
    fn from(Unasked { cause, retry_after_seconds }: Unasked) -> Self {
        Self::Unavailable { cause, retry_after_seconds }
    }
}

/// The answer to a question, if the bank itself gave it.
pub(crate) fn trusted(result: &CallResult) -> Result<(&Answer, TrustedEnvelope), Unasked> {
    match result {
        CallResult::NotSent(why) => {
            let (cause, retry_after_seconds) = why_not_sent(*why);
            Err(Unasked { cause, retry_after_seconds })
        }
        CallResult::MaybeSent(_) => Err(Unasked::for_want_of(Cause::NoAnswer)),
        CallResult::Answered(answer) => match answer.envelope {
            Some(envelope) => Ok((answer, envelope)),
            // Whoever it is that asks us to slow down, a question loses nothing by it.
            None if answer.http == 429 => Err(slow_down(answer)),
            None => Err(Unasked::for_want_of(Cause::NoAnswer)),
        },
    }
}

/// Why a question was not answered. A refusal in it speaks of the question, not of any payment.
pub(crate) fn failed_question(answer: &Answer, envelope: TrustedEnvelope) -> Unasked {
    match envelope.row().action {
        Action::NotExecutedBackOff(Cause::TooManyRequests) => slow_down(answer),
        Action::NotExecutedRenewToken => Unasked::for_want_of(NO_TOKEN_HOLDS),
        Action::NotExecutedBackOff(Cause::CredentialsRefused) => Unasked::for_want_of(Cause::CredentialsRefused),
        _ => Unasked::for_want_of(Cause::NoAnswer),
    }
}

/// What the bank said, kept as it came.
pub(crate) fn evidence(answer: &Answer, provider_id: Option<String>) -> Evidence {
    Evidence {
        grade: Grade::TlsResponse,
        code: answer.envelope.map(|envelope| envelope.response_code()).unwrap_or_default(),
        provider_id,
        raw: kept(&answer.body),
    }
}

/// As much of an answer as is kept.
fn kept(body: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(body).into_owned();
    if let Some((end, _)) = text.char_indices().nth(RAW_CHARACTERS_MAX) {
        text.truncate(end);
    }
    text
}

fn slow_down(answer: &Answer) -> Unasked {
    Unasked { cause: Cause::TooManyRequests, retry_after_seconds: seconds(answer.retry_after_seconds) }
}

fn not_sent(why: CallNotSent) -> SubmitOutcome {
    let (cause, retry_after_seconds) = why_not_sent(why);
    SubmitOutcome::NotSent { cause, retry_after_seconds }
}

fn why_not_sent(why: CallNotSent) -> (Cause, Option<u32>) {
    match why {
        CallNotSent::Signing | CallNotSent::Token(TokenFailure::Signing | TokenFailure::CredentialsRefused { .. }) => {
            (Cause::CredentialsRefused, None)
        }
        CallNotSent::Token(TokenFailure::Busy { retry_after_seconds }) => {
            (Cause::TooManyRequests, seconds(retry_after_seconds))
        }
        // A body of another profile's: it stays where it is.
        CallNotSent::NotServed => (Cause::BadRequest, None),
        _ => (Cause::RailUnreachable, None),
    }
}

fn doubt_of(why: MaybeSentReason) -> Doubt {
    match why {
        MaybeSentReason::AnswerBroken { .. } | MaybeSentReason::AnswerTooLong { .. } => Doubt::Unreadable,
        _ => Doubt::NoAnswer,
    }
}

/// What of an answer can contradict us: a refund may be a part of the amount, and what is not there
/// yet, or not at all, has neither amount nor account.
fn comparable(echo: &TransferEcho, status: TransactionStatus) -> TransferEcho {
    let mut echo = echo.clone();
    match status {
        TransactionStatus::Success | TransactionStatus::Cancelled | TransactionStatus::Failed => {}
        TransactionStatus::Refunded => echo.amount_rupiah = Echo::Absent,
        TransactionStatus::InProgress | TransactionStatus::NotFound | TransactionStatus::Unrecognised => {
            echo.amount_rupiah = Echo::Absent;
            echo.account_no = Echo::Absent;
        }
    }
    echo
}

/// Why a transfer ended, where the bank repeats its own answer to it.
fn ended_because(previous_response_code: Option<&str>, sent: &Stored<'_>) -> Option<Cause> {
    let code = previous_response_code.filter(|code| code.len() == 7 && code.bytes().all(|b| b.is_ascii_digit()))?;
    if code[3..5].parse() != Ok(sent.service().code()) {
        return None;
    }
    match lookup(code[..3].parse().ok()?, code[5..].parse().ok()?).action {
        Action::Refused(cause) => Some(cause),
        Action::Suspended => Some(Cause::Suspended),
        _ => None,
    }
}

/// Seconds as the core counts them.
fn seconds(told: Option<u64>) -> Option<u32> {
    told.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
