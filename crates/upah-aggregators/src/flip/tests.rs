//! What an answer means for the money: word by word, where the kit tries whole calls.
use super::*;
use serde_json::{Value, json};
use upah_core::callback::{News, Reading};
use upah_core::rail::Rail;

const TOKEN: &str = "another-token";

fn provider() -> Flip {
    Flip { user_id: "20".into(), now: Arc::new(|| Timestamp::from_millis(1_641_024_135_900)) }
}

fn sent() -> Sent {
    Sent { account: "1234567890".into(), bank: "bca".into(), amount: 600_000, reference: "R1".into() }
}

/// A disbursement as the provider tells it, with some members changed; null leaves one out.
fn told(status: &str, changes: &Value) -> Value {
    let mut told = json!({
        "id": 9_007_199_254_740_993_111_u64,
        "user_id": 20,
        "amount": 600_000,
        "status": status,
        "reason": "",
        "timestamp": "2017-08-28 14:32:47",
        "bank_code": "bca",
        "account_number": "1234567890",
        "recipient_name": "-",
        "remark": "R1",
        "time_served": if status == "DONE" { "2017-08-28 14:40:00" } else { NOT_YET },
        "fee": 1500,
        "idempotency_key": "R1",
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        told[name] = value.clone();
    }
    told
}

fn submitted(http: u16, body: &Value) -> SubmitOutcome {
    provider().of_order(&sent(), &Answer::of(http, &body.to_string()))
}

fn asked(http: u16, body: &Value) -> InquiryAnswer {
    provider().of_question(&sent(), &Answer::of(http, &body.to_string()))
}

fn wrong(outer: &str, inner: &[u64]) -> Value {
    let errors: Vec<Value> =
        inner.iter().map(|code| json!({"attribute": "account_number", "code": code, "message": ""})).collect();
    json!({"code": outer, "errors": errors})
}

#[test]
fn a_number_of_nineteen_digits_is_kept_to_its_last_one() {
    let SubmitOutcome::Accepted(evidence) = submitted(200, &told("PENDING", &json!({}))) else {
        panic!("not accepted")
    };
    assert_eq!(evidence.provider_id.as_deref(), Some("9007199254740993111"));
    let text = told("PENDING", &json!({"id": "9007199254740993111", "account_number": 1_234_567_890}));
    assert!(matches!(submitted(200, &text), SubmitOutcome::Accepted(_)));
}

#[test]
fn what_is_done_and_was_never_served_is_not_told_as_paid() {
    assert!(matches!(asked(200, &told("DONE", &json!({}))), InquiryAnswer::Success(_)));
    assert!(matches!(asked(200, &told("DONE", &json!({"time_served": NOT_YET}))), InquiryAnswer::InProgress(_)));
    assert!(matches!(asked(200, &told("DONE", &json!({"time_served": null}))), InquiryAnswer::Success(_)));
    assert!(matches!(asked(200, &told("SERVED", &json!({}))), InquiryAnswer::Unavailable { .. }));
    let nobody_s = told("DONE", &json!({"idempotency_key": null, "remark": null}));
    assert!(matches!(asked(200, &nobody_s), InquiryAnswer::Unavailable { .. }));
    assert!(matches!(submitted(200, &nobody_s), SubmitOutcome::Unknown { .. }));
}

#[test]
fn a_first_answer_that_tells_of_an_end_is_asked_about_and_why_it_ended_is_told() {
    let outcome = submitted(200, &told("CANCELLED", &json!({})));
    assert!(matches!(outcome, SubmitOutcome::Unknown { doubt: Doubt::Duplicate, .. }), "{outcome:?}");
    for (reason, cause) in [
        ("NOT_REGISTERED_ACCOUNT", Cause::InvalidAccount),
        ("INACTIVE_ACCOUNT", Cause::InactiveAccount),
        ("CANT_RECEIVE_TRANSFER", Cause::AccountDeclined),
        ("A_REASON_OF_TOMORROW", Cause::TransferCancelled),
        ("", Cause::TransferCancelled),
    ] {
        let answer = asked(200, &told("CANCELLED", &json!({ "reason": reason })));
        assert!(matches!(&answer, InquiryAnswer::Failed(refusal) if refusal.cause == cause), "{reason}: {answer:?}");
    }
}

#[test]
fn whatever_is_echoed_and_is_not_ours_is_a_contradiction() {
    for changes in [
        json!({"idempotency_key": "R2"}),
        json!({"idempotency_key": null, "remark": "R2"}),
        json!({"user_id": 21}),
        json!({"bank_code": "bri"}),
        json!({"account_number": "1234567891"}),
        json!({"amount": 600_001}),
    ] {
        for status in ["PENDING", "DONE", "CANCELLED"] {
            let body = told(status, &changes);
            assert!(matches!(submitted(200, &body), SubmitOutcome::Contradicted { .. }), "{status} {changes}");
            assert!(matches!(asked(200, &body), InquiryAnswer::Contradicted { .. }), "{status} {changes}");
        }
    }
    let prefixed = told("DONE", &json!({"idempotency_key": null, "remark": "SITI CONTOH R1"}));
    assert!(matches!(asked(200, &prefixed), InquiryAnswer::Success(_)), "a bank puts her name before it");
}

#[test]
fn an_error_ends_her_wage_only_in_the_provider_s_own_words_under_their_own_status() {
    for (body, cause) in [
        (wrong("VALIDATION_ERROR", &[1025]), Cause::InvalidAccount),
        (wrong("VALIDATION_ERROR", &[1033]), Cause::BankNotReachable),
        (wrong("VALIDATION_ERROR", &[1024]), Cause::BadRequest),
        (wrong("VALIDATION_ERROR", &[1024, 1025]), Cause::BadRequest),
        (wrong("VALIDATION_ERROR", &[]), Cause::BadRequest),
        (wrong("BALANCE_INSUFFICIENT", &[]), Cause::InsufficientFunds),
    ] {
        let outcome = submitted(422, &body);
        assert!(matches!(&outcome, SubmitOutcome::Refused(refusal) if refusal.cause == cause), "{body}: {outcome:?}");
        let elsewhere = submitted(500, &body);
        assert!(matches!(elsewhere, SubmitOutcome::Unknown { doubt: Doubt::ProviderError, .. }), "{body}");
        assert!(matches!(asked(422, &body), InquiryAnswer::Unavailable { .. }), "{body}: no answer to a question");
    }
    for inner in [&[999][..], &[2002], &[1025, 2002], &[1025, 1094]] {
        let outcome = submitted(422, &wrong("VALIDATION_ERROR", inner));
        assert!(matches!(outcome, SubmitOutcome::Unknown { .. }), "{inner:?}: {outcome:?}");
    }
    let stale = submitted(422, &wrong("VALIDATION_ERROR", &[1094]));
    assert!(matches!(stale, SubmitOutcome::NotSent { cause: Cause::RequestExpired, .. }), "fresh bytes may come");
    let unauthorized = json!({"name": "Unauthorized", "message": "", "status": 401});
    assert!(matches!(submitted(401, &unauthorized), SubmitOutcome::NotSent { cause: Cause::CredentialsRefused, .. }));
    let unasked = asked(401, &unauthorized);
    assert!(matches!(unasked, InquiryAnswer::Unavailable { cause: Cause::CredentialsRefused, .. }));
    assert!(matches!(submitted(403, &unauthorized), SubmitOutcome::Unknown { .. }));
}

#[test]
fn a_wrong_address_is_no_not_found() {
    assert!(matches!(asked(422, &wrong("VALIDATION_ERROR", &[1073])), InquiryAnswer::NotFound(_)));
    let wrong_path = json!({"name": "Not Found", "message": "Page not found.", "status": 404});
    assert!(matches!(asked(404, &wrong_path), InquiryAnswer::Unavailable { .. }), "it says the same of a wrong path");
    assert!(matches!(submitted(422, &wrong("VALIDATION_ERROR", &[1073])), SubmitOutcome::Unknown { .. }));
}

#[test]
fn a_holder_who_is_not_known_yet_condemns_no_account() {
    let look = |status: &str, holder: &str| {
        let body =
            json!({"bank_code": "bca", "account_number": "1234567890", "account_holder": holder, "status": status});
        provider().of_look("bca", "1234567890", &Answer::of(200, &body.to_string()))
    };
    assert!(matches!(look("SUCCESS", "SITI"), Inspection::Found { name, .. } if name == "SITI"));
    assert!(matches!(look("PENDING", ""), Inspection::Unavailable { cause: Cause::InProgress, .. }));
    assert!(matches!(look("FAILED", ""), Inspection::Unavailable { .. }));
    for (status, cause) in [
        ("INVALID_ACCOUNT_NUMBER", Cause::InvalidAccount),
        ("CLOSED", Cause::InactiveAccount),
        ("SUSPECTED_ACCOUNT", Cause::SuspectedFraud),
        ("BLACK_LISTED", Cause::SuspectedFraud),
    ] {
        let seen = look(status, "SITI");
        assert!(matches!(&seen, Inspection::Refused(refusal) if refusal.cause == cause), "{status}: {seen:?}");
    }
    let other = json!({"bank_code": "bca", "account_number": "1234567891", "account_holder": "S", "status": "SUCCESS"});
    let seen = provider().of_look("bca", "1234567890", &Answer::of(200, &other.to_string()));
    assert!(matches!(seen, Inspection::Unavailable { cause: Cause::EvidenceConflict, .. }));
}

#[test]
fn an_order_bears_its_key_and_its_time_beside_the_stored_bytes() {
    let call = provider().order(&sent());
    let expected =
        Call::form("/v3/disbursement").with("idempotency-key", "R1").with("x-timestamp", "2022-01-01T15:02:15+0700");
    assert_eq!(call, expected);
}

#[test]
fn a_callback_is_heard_with_its_token_alone() {
    let connection = Connection {
        callback: Some(("/flip/disbursements".into(), "a-token".into())),
        ..Connection::for_tests("https://bigflip.id/api")
    };
    let rail = FlipRail::new(FlipConfig {
        connection,
        user_id: "20".into(),
        secret_key: "a-key".into(),
        now: Arc::new(|| Timestamp::from_millis(0)),
    })
    .unwrap();
    let read = |body: &str| {
        let target = "/flip/disbursements";
        let delivery = Delivery { method: "POST", target, headers: &[], body: body.as_bytes() };
        match rail.callbacks().unwrap().read(&delivery, Timestamp::from_millis(0)) {
            Reading::Genuine(notice) => Some(notice.hints),
            Reading::TurnedAway(_) => None,
        }
    };
    let without_key = told("DONE", &json!({"idempotency_key": null})).to_string();
    let hints = read(&form(&[("data", &without_key), ("token", "a-token")])).unwrap();
    assert_eq!((hints[0].reference.as_str(), hints[0].news), ("R1", News::Ended));
    assert_eq!(read(&form(&[("data", &without_key), ("token", TOKEN)])), None);
    assert_eq!(read(&form(&[("data", &without_key)])), None);
    assert_eq!(read(&form(&[("data", &without_key), ("token", "a-token"), ("token", "a-token")])), None);
    let holder =
        json!({"bank_code": "bca", "account_number": 1, "account_holder": "S", "status": "SUCCESS"}).to_string();
    assert_eq!(read(&form(&[("data", &holder), ("token", "a-token")])), Some(Vec::new()), "news of an account");
}
