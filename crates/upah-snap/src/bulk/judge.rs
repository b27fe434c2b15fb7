//! What the answer to a request for many says of each of them: that it was taken, that nothing of it was, or nothing.
use crate::bodies::replies::BulkReply;
use crate::client::CallResult;
use crate::codes::Action;
use crate::outcome::{evidence, heard, no_success, unknown, unreadable};
use upah_core::Cause;
use upah_core::cause::Whose;
use upah_core::evidence::{Doubt, SubmitOutcome};

/// Why a wage of a request that was refused goes alone the next time: not executed, and nobody knows for whose sake.
const SPLIT: Cause = Cause::OtherRefusal;

/// What is told to each wage of a request with this id and so many of them.
pub(crate) fn judge(result: &CallResult, id: &str, count: usize) -> SubmitOutcome {
    let answer = match heard(result) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    // The bank's number is the request's: it names no payment, so nothing is asked by it.
    let evidence = evidence(answer, None);
    let (Some(envelope), Some(reply)) = (answer.envelope, BulkReply::read(&answer.body)) else {
        return unreadable(answer, evidence);
    };
    match envelope.row().action {
        action @ (Action::AskDuplicate | Action::AskInconsistent) => no_success(action, answer, evidence),
        // An answer to another request.
        _ if reply.partner_bulk_id.contradicts(|echo| echo == id) => unknown(Doubt::Unreadable, evidence),
        // Taken. Who is paid of it, each one's own reference is asked about.
        Action::Settled | Action::InProgress => SubmitOutcome::Accepted(evidence),
        Action::Refused(cause) if count > 1 && may_be_one_of_them(cause) => {
            SubmitOutcome::NotSent { cause: SPLIT, retry_after_seconds: None }
        }
        action => no_success(action, answer, evidence),
    }
}

/// Whether wages that were told this go alone the next time.
pub(crate) fn wants_to_be_split(outcome: &SubmitOutcome) -> bool {
    matches!(outcome, SubmitOutcome::NotSent { cause: SPLIT, .. })
}

/// Whether a refusal of the whole may be for the sake of one: it must neither accuse the others nor send them another way.
fn may_be_one_of_them(cause: Cause) -> bool {
    matches!(cause.guide().whose, Whose::Recipient | Whose::People | Whose::Nobody) || cause == Cause::BadRequest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Answer;
    use crate::codes::TABLE;
    use crate::response::Envelope;
    use crate::service::Service;

    fn answered(http: u16, case: u8, echo: &str) -> CallResult {
        let body = format!("{{\"responseCode\":\"{http}20{case:02}\",\"partnerBulkId\":\"{echo}\"}}").into_bytes();
        let envelope = Envelope::parse(&body).unwrap().check(http, Service::InterbankBulk);
        CallResult::Answered(Answer { http, envelope, body, retry_after_seconds: None })
    }

    #[test]
    fn a_request_that_was_taken_has_paid_nobody_yet() {
        for http in [200, 202] {
            assert!(matches!(judge(&answered(http, 0, "ID"), "ID", 3), SubmitOutcome::Accepted(_)));
            let other = judge(&answered(http, 0, "ANOTHER"), "ID", 3);
            assert!(matches!(other, SubmitOutcome::Unknown { doubt: Doubt::Unreadable, .. }));
        }
    }

    #[test]
    fn a_refusal_of_many_accuses_nobody_and_one_of_one_is_hers() {
        for row in &TABLE {
            let (many, one) = (
                judge(&answered(row.http, row.case, "ID"), "ID", 2),
                judge(&answered(row.http, row.case, "ID"), "ID", 1),
            );
            let is_split = match row.action {
                Action::Refused(cause) => {
                    !matches!(cause.guide().whose, Whose::Sender | Whose::Rail) || cause == Cause::BadRequest
                }
                _ => false,
            };
            assert_eq!(wants_to_be_split(&many), is_split, "{row:?}");
            assert!(!wants_to_be_split(&one), "{row:?}");
            assert!(is_split || many == one, "{row:?}");
            assert_eq!(matches!(one, SubmitOutcome::Refused(_)), matches!(row.action, Action::Refused(_)), "{row:?}");
        }
    }
}
