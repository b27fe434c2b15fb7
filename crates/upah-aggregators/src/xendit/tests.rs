//! What an answer means for the money: word by word, where the kit tries whole calls.
use super::*;
use serde_json::{Value, json};

const BUSINESS: &str = "5f27a14a9bf05c73dd040bc8";

fn provider() -> Xendit {
    Xendit { business_id: BUSINESS.into() }
}

fn sent() -> Sent<'static> {
    let properties = Properties { account_number: "1234567890".into(), account_holder_name: "SITI CONTOH".into() };
    Sent {
        reference_id: "R1".into(),
        channel_code: "ID_BCA".into(),
        channel_properties: properties,
        amount: 600_000,
        currency: "IDR".into(),
        description: "Upah".into(),
    }
}

/// A payout as the provider tells it, with some members changed.
fn told(status: &str, changes: &Value) -> Value {
    let mut payout = json!({
        "id": "disb-1",
        "reference_id": "R1",
        "business_id": BUSINESS,
        "channel_code": "ID_BCA",
        "channel_properties": {"account_number": "1234567890", "account_holder_name": "SITI CONTOH"},
        "amount": 600_000,
        "currency": "IDR",
        "status": status,
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        payout[name] = value.clone();
    }
    payout
}

fn submitted(http: u16, body: &Value) -> SubmitOutcome {
    provider().of_order(&sent(), &Answer::of(http, &body.to_string()))
}

fn asked(http: u16, body: &Value) -> InquiryAnswer {
    provider().of_question(&sent(), &Answer::of(http, &body.to_string()))
}

fn listed(payouts: &[Value]) -> InquiryAnswer {
    asked(200, &json!({"data": payouts, "has_more": false}))
}

#[test]
fn a_first_answer_that_tells_of_an_end_is_asked_about_for_its_reference_is_used_up() {
    for status in ["FAILED", "CANCELLED", "EXPIRED", "COMPLIANCE_REJECTED", "REVERSED"] {
        let outcome = submitted(200, &told(status, &json!({})));
        assert!(matches!(outcome, SubmitOutcome::Unknown { doubt: Doubt::Duplicate, .. }), "{status}: {outcome:?}");
    }
    assert!(matches!(submitted(200, &told("ACCEPTED", &json!({}))), SubmitOutcome::Accepted(_)));
    assert!(matches!(submitted(200, &told("SUCCEEDED", &json!({"amount": 600_000.0}))), SubmitOutcome::Settled(_)));
}

#[test]
fn whatever_is_echoed_and_is_not_ours_is_a_contradiction() {
    for (field, value) in [
        ("reference_id", json!("R2")),
        ("business_id", json!("another")),
        ("channel_code", json!("ID_BRI")),
        ("channel_properties", json!({"account_number": "1234567891"})),
        ("amount", json!(600_001)),
        ("amount", json!(600_000.5)),
        ("currency", json!("PHP")),
    ] {
        for status in ["ACCEPTED", "SUCCEEDED", "FAILED"] {
            let payout = told(status, &json!({ field: value }));
            let outcome = submitted(200, &payout);
            assert!(matches!(outcome, SubmitOutcome::Contradicted { .. }), "{field} {status}: {outcome:?}");
            let answer = listed(&[payout]);
            assert!(matches!(answer, InquiryAnswer::Contradicted { .. }), "{field} {status}: {answer:?}");
        }
    }
}

#[test]
fn an_error_ends_her_wage_only_in_the_provider_s_own_words_under_their_own_status() {
    let error = |code: &str| json!({"error_code": code, "message": ""});
    for (http, code, cause) in [
        (400, "RECIPIENT_ACCOUNT_NUMBER_ERROR", Cause::InvalidAccount),
        (400, "CHANNEL_CODE_NOT_SUPPORTED_ERROR", Cause::BankNotReachable),
        (400, "MAXIMUM_TRANSFER_LIMIT_ERROR", Cause::AmountOverLimit),
        (400, "API_VALIDATION_ERROR", Cause::BadRequest),
    ] {
        let outcome = submitted(http, &error(code));
        assert!(matches!(&outcome, SubmitOutcome::Refused(refusal) if refusal.cause == cause), "{code}: {outcome:?}");
        let elsewhere = submitted(500, &error(code));
        assert!(matches!(elsewhere, SubmitOutcome::Unknown { doubt: Doubt::ProviderError, .. }), "{code}");
    }
    let duplicate = submitted(409, &error("DUPLICATE_ERROR"));
    assert!(matches!(duplicate, SubmitOutcome::Unknown { doubt: Doubt::Inconsistent, .. }));
    for (http, code, cause) in
        [(401, "INVALID_API_KEY", Cause::CredentialsRefused), (429, "RATE_LIMIT_EXCEEDED", Cause::TooManyRequests)]
    {
        assert!(matches!(submitted(http, &error(code)), SubmitOutcome::NotSent { cause: told, .. } if told == cause));
        assert!(matches!(asked(http, &error(code)), InquiryAnswer::Unavailable { cause: told, .. } if told == cause));
    }
    assert!(matches!(submitted(404, &error("DATA_NOT_FOUND")), SubmitOutcome::Unknown { .. }), "no answer to an order");
    assert!(matches!(asked(404, &error("DATA_NOT_FOUND")), InquiryAnswer::NotFound(_)));
    assert!(matches!(asked(404, &json!({})), InquiryAnswer::Unavailable { .. }));
}

#[test]
fn of_several_payouts_under_one_reference_the_one_that_is_alive_counts_and_two_are_for_people() {
    let payout = |status: &str| told(status, &json!({}));
    assert!(matches!(listed(&[]), InquiryAnswer::NotFound(_)));
    assert!(matches!(listed(&[payout("FAILED"), payout("SUCCEEDED")]), InquiryAnswer::Success(_)));
    assert!(matches!(listed(&[payout("REQUESTED"), payout("FAILED")]), InquiryAnswer::InProgress(_)));
    assert!(matches!(listed(&[payout("FAILED"), payout("REVERSED")]), InquiryAnswer::Refunded { .. }));
    for two in [["SUCCEEDED", "SUCCEEDED"], ["SUCCEEDED", "ACCEPTED"], ["ACCEPTED", "READY"]] {
        assert!(matches!(listed(&two.map(payout)), InquiryAnswer::Contradicted { .. }), "{two:?}");
    }
    assert!(matches!(listed(&[payout("FAILED"), payout("NEVER_HEARD")]), InquiryAnswer::Unavailable { .. }));
    let more = asked(200, &json!({"data": [payout("FAILED")], "has_more": true}));
    assert!(matches!(more, InquiryAnswer::Unavailable { .. }), "what is on the next page may have been paid");
}

#[test]
fn why_a_payout_failed_is_told_where_the_provider_says_it() {
    for (code, cause) in [
        (json!("INVALID_DESTINATION"), Cause::InvalidAccount),
        (json!("INSUFFICIENT_BALANCE"), Cause::InsufficientFunds),
        (json!("REJECTED_BY_CHANNEL"), Cause::OtherRefusal),
        (json!("A_CODE_OF_TOMORROW"), Cause::TransferFailed),
        (Value::Null, Cause::TransferFailed),
    ] {
        let answer = listed(&[told("FAILED", &json!({ "failure_code": code }))]);
        assert!(matches!(&answer, InquiryAnswer::Failed(refusal) if refusal.cause == cause), "{code}: {answer:?}");
    }
    let answer = listed(&[told("CANCELLED", &json!({}))]);
    assert!(matches!(answer, InquiryAnswer::Failed(refusal) if refusal.cause == Cause::TransferCancelled));
}
