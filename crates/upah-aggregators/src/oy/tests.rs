//! What an answer means for the money: word by word, where the kit tries whole calls.
use super::*;
use serde_json::Value;
use upah_core::callback::{News, Reading};
use upah_core::evidence::Doubt;
use upah_core::rail::Rail;

const TOKEN: &str = "a-token-made-up-for-this-test";

fn config(token: &str) -> OyConfig {
    OyConfig {
        connection: Connection {
            callback: Some(("/oy/disbursements".into(), token.into())),
            ..Connection::for_tests("https://partner.oyindonesia.com")
        },
        username: "contoh".into(),
        api_key: "a-key".into(),
    }
}

fn sent() -> Sent<'static> {
    Sent {
        recipient_bank: "014".into(),
        recipient_account: "1234567890".into(),
        amount: 600_000,
        note: "Upah".into(),
        partner_trx_id: "R1".into(),
    }
}

/// A disbursement as the provider tells it, with some members changed.
fn told(code: &str, changes: &Value) -> Value {
    let mut told = json!({
        "status": {"code": code, "message": ""},
        "amount": 600_000,
        "recipient_bank": "014",
        "recipient_account": "1234567890",
        "trx_id": "ABC-456",
        "partner_trx_id": "R1",
        "timestamp": "16-10-2019 10:23:42",
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        told[name] = value.clone();
    }
    told
}

fn submitted(http: u16, body: &Value) -> SubmitOutcome {
    Oy.of_order(&sent(), &Answer::of(http, &body.to_string()))
}

fn asked(http: u16, body: &Value) -> InquiryAnswer {
    Oy.of_question(&sent(), &Answer::of(http, &body.to_string()))
}

#[test]
fn an_order_that_another_one_was_before_is_asked_about_and_neither_refused_nor_sent_again() {
    for code in ["203", "257"] {
        let outcome = submitted(200, &told(code, &json!({})));
        assert!(matches!(outcome, SubmitOutcome::Unknown { doubt: Doubt::Duplicate, .. }), "{code}: {outcome:?}");
    }
    for code in ["504", "999", "000", "206", "102", "ZZ"] {
        let outcome = submitted(200, &told(code, &json!({})));
        assert!(matches!(outcome, SubmitOutcome::Unknown { .. }), "{code}: {outcome:?}");
    }
    for code in ["101", "301"] {
        assert!(matches!(submitted(200, &told(code, &json!({}))), SubmitOutcome::Accepted(_)), "{code}");
    }
    assert!(matches!(submitted(200, &json!({"status": {"code": "101"}})), SubmitOutcome::Unknown { .. }), "nobody's");
}

#[test]
fn a_code_that_refuses_an_order_ends_nothing_when_it_answers_a_question() {
    for (code, cause) in [
        ("205", Cause::BankNotReachable),
        ("209", Cause::InvalidAccount),
        ("210", Cause::AmountOverLimit),
        ("300", Cause::TransferFailed),
        ("990", Cause::BadRequest),
    ] {
        let outcome = submitted(200, &told(code, &json!({})));
        assert!(matches!(&outcome, SubmitOutcome::Refused(refusal) if refusal.cause == cause), "{code}: {outcome:?}");
        let elsewhere = submitted(500, &told(code, &json!({})));
        assert!(matches!(elsewhere, SubmitOutcome::Unknown { doubt: Doubt::ProviderError, .. }), "{code}");
    }
    for code in ["205", "209", "210", "990", "999", "203", "257"] {
        let answer = asked(200, &told(code, &json!({})));
        assert!(matches!(answer, InquiryAnswer::Unavailable { cause: Cause::NoAnswer, .. }), "{code}: {answer:?}");
    }
    for code in ["201", "202", "207", "208"] {
        let body = json!({"status": {"code": code, "message": ""}});
        let cause = Cause::CredentialsRefused;
        assert!(matches!(submitted(200, &body), SubmitOutcome::NotSent { cause: told, .. } if told == cause), "{code}");
        assert!(matches!(asked(200, &body), InquiryAnswer::Unavailable { cause: told, .. } if told == cause), "{code}");
    }
}

#[test]
fn a_question_tells_how_hers_ended_and_nobody_else_s() {
    assert!(matches!(asked(200, &told("000", &json!({"amount": 600_000.0}))), InquiryAnswer::Success(_)));
    for code in ["101", "102", "301"] {
        assert!(matches!(asked(200, &told(code, &json!({}))), InquiryAnswer::InProgress(_)), "{code}");
    }
    for (code, cause) in
        [("206", Cause::InsufficientFunds), ("225", Cause::AmountOverLimit), ("300", Cause::TransferFailed)]
    {
        let answer = asked(200, &told(code, &json!({})));
        assert!(matches!(&answer, InquiryAnswer::Failed(refusal) if refusal.cause == cause), "{code}: {answer:?}");
    }
    assert!(matches!(asked(200, &json!({"status": {"code": "204"}})), InquiryAnswer::NotFound(_)));
    assert!(matches!(asked(404, &json!({"status": {"code": "204"}})), InquiryAnswer::Unavailable { .. }));
    assert!(matches!(submitted(200, &told("204", &json!({}))), SubmitOutcome::Unknown { .. }), "no answer to an order");
}

#[test]
fn whatever_is_echoed_and_is_not_ours_is_a_contradiction() {
    for (field, value) in [
        ("partner_trx_id", json!("R2")),
        ("recipient_bank", json!("008")),
        ("recipient_account", json!("1234567891")),
        ("amount", json!(600_001)),
        ("amount", json!(600_000.5)),
    ] {
        for code in ["101", "000", "204", "209", "300", "203"] {
            let body = told(code, &json!({ field: value }));
            let outcome = submitted(200, &body);
            assert!(matches!(outcome, SubmitOutcome::Contradicted { .. }), "{field} {code}: {outcome:?}");
            let answer = asked(200, &body);
            assert!(matches!(answer, InquiryAnswer::Contradicted { .. }), "{field} {code}: {answer:?}");
        }
    }
}

#[test]
fn a_callback_is_heard_at_the_address_with_the_secret_alone() {
    let rail = OyRail::new(config(TOKEN)).unwrap();
    let body = told("000", &json!({"amount": 600_000.0})).to_string();
    let read = |target: &str, body: &str| {
        let delivery = Delivery { method: "POST", target, headers: &[], body: body.as_bytes() };
        match rail.callbacks().unwrap().read(&delivery, upah_core::Timestamp::from_millis(0)) {
            Reading::Genuine(notice) => Some(notice.hints),
            Reading::TurnedAway(_) => None,
        }
    };
    let address = format!("/oy/disbursements?token={TOKEN}");
    let hints = read(&address, &body).unwrap();
    assert_eq!((hints[0].reference.as_str(), hints[0].news), ("R1", News::Ended));
    assert_eq!(read(&address, &told("301", &json!({})).to_string()), Some(Vec::new()), "it is under way");
    for elsewhere in [
        "/oy/disbursements",
        "/oy/disbursements?token=",
        "/oy/disbursements?token=a-token-made-up-for-this-tesu",
        &format!("/oy/disbursements?a=b&token={TOKEN}"),
        &format!("/oy/disbursements?token={TOKEN}&token={TOKEN}"),
        &format!("/oy/others?token={TOKEN}"),
    ] {
        assert_eq!(read(elsewhere, &body), None, "{elsewhere}");
    }
    for token in ["", "a token", "a&b", "a%20b", "a#b", "ä"] {
        assert_eq!(OyRail::new(config(token)).err(), Some(ConfigError::CallbackToken), "{token:?}");
    }
}
