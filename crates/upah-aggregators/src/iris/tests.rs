//! What an answer means for the money: word by word, where the kit tries whole calls.
use super::statement::{Line, nothing_of_hers};
use super::*;
use crate::channels::WalletNumber;
use upah_core::callback::Reading;

const REFERENCE: &str = "YCCEXPRU33OWELFHOCT2BUYSLD";
const AT: i64 = 1_795_564_800;

fn rail() -> IrisRail {
    let key = "IRIS-merchant-d8709d85-19d6-39c4-7ff5-8eaf81ec31cd";
    let callback = Some(("/iris/payouts".into(), key.into()));
    let wallet_number = WalletNumber::International;
    IrisRail::new(IrisConfig {
        connection: Connection { callback, wallet_number, ..Connection::for_tests("https://app.midtrans.com") },
        merchant_id: "G000000001".into(),
        creator_key: "IRIS-a-creator".into(),
        approver_key: "IRIS-an-approver".into(),
        statement_days: 31,
        now: Arc::new(|| Timestamp::from_millis(AT * 1_000)),
    })
    .unwrap()
}

fn sent() -> Sent<'static> {
    let at = Timestamp::from_millis(AT * 1_000);
    Sent { account: "1234567890".into(), reference: REFERENCE, amount: 600_000, at }
}

/// A payout as the provider tells it, with some members changed.
fn payout(status: &str, changes: &Value) -> Payout {
    let mut told = json!({
        "reference_no": "83hgf882",
        "amount": "600000.0",
        "beneficiary_name": "SITI CONTOH",
        "beneficiary_account": "1234567890",
        "bank": "Bank Central Asia ( BCA )",
        "notes": format!("Upah {REFERENCE} {AT}"),
        "status": status,
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        told[name] = value.clone();
    }
    serde_json::from_value(told).unwrap()
}

fn asked(payout: &Payout, was_settled: bool) -> InquiryAnswer {
    payout.told(&sent(), was_settled, nothing_of_hers())
}

#[test]
fn a_payout_that_waits_moves_no_money_and_may_be_sent_again() {
    assert!(matches!(asked(&payout("queued", &json!({})), false), InquiryAnswer::NotFound(_)));
    for status in ["approved", "processed"] {
        assert!(matches!(asked(&payout(status, &json!({})), false), InquiryAnswer::InProgress(_)), "{status}");
    }
    assert!(matches!(asked(&payout("completed", &json!({})), false), InquiryAnswer::Success(_)));
    assert!(matches!(asked(&payout("held", &json!({})), false), InquiryAnswer::Unavailable { .. }));
}

#[test]
fn failed_means_returned_to_her_who_had_the_money_and_refused_to_anybody_else() {
    let failed = payout("failed", &json!({}));
    assert!(matches!(asked(&failed, false), InquiryAnswer::Failed(refusal) if refusal.cause == Cause::TransferFailed));
    let returned = asked(&failed, true);
    assert!(matches!(returned, InquiryAnswer::Refunded { amount: Some(all), .. } if all.value() == 600_000));
    let rejected = asked(&payout("rejected", &json!({})), false);
    assert!(matches!(rejected, InquiryAnswer::Failed(refusal) if refusal.cause == Cause::TransferCancelled));
    let wrong = asked(&payout("failed", &json!({"error_code": "002"})), false);
    assert!(matches!(wrong, InquiryAnswer::Failed(refusal) if refusal.cause == Cause::InvalidAccount));
}

#[test]
fn whatever_is_echoed_and_is_not_ours_is_a_contradiction() {
    for (field, value) in [
        ("notes", json!("Upah YCCEXPRU33OWELFHOCT2BUYSLE 1795564800")),
        ("notes", json!("lembur")),
        ("beneficiary_account", json!("1234567891")),
        ("amount", json!("600001.0")),
        ("amount", json!("600000.5")),
    ] {
        for status in ["queued", "completed", "failed"] {
            let answer = asked(&payout(status, &json!({ field: value })), false);
            assert!(matches!(answer, InquiryAnswer::Contradicted { .. }), "{field} {status}: {answer:?}");
        }
    }
}

#[test]
fn an_approval_is_accepted_in_one_word_and_refused_in_none() {
    let approved = |http, body: &Value| of_approval(&Answer::of(http, &body.to_string()), "83hgf882");
    assert!(matches!(approved(202, &json!({"status": "ok"})), SubmitOutcome::Accepted(_)));
    let refused = json!({"error_message": "An error occurred when approving payouts", "errors": ["Payouts not found"]});
    for (http, body) in [(400, &refused), (404, &refused), (500, &refused), (200, &refused), (200, &json!({}))] {
        let outcome = approved(http, body);
        let SubmitOutcome::Unknown { evidence: Some(evidence), .. } = outcome else { panic!("{http}: {outcome:?}") };
        assert_eq!(evidence.provider_id.as_deref(), Some("83hgf882"), "the question needs the number");
    }
    for (http, cause) in [(401, Cause::CredentialsRefused), (429, Cause::TooManyRequests)] {
        assert!(matches!(approved(http, &refused), SubmitOutcome::NotSent { cause: told, .. } if told == cause));
        let of_a_proxy = approved(http, &json!("Unauthorized"));
        assert!(matches!(of_a_proxy, SubmitOutcome::Unknown { .. }), "{http}: {of_a_proxy:?}");
    }
}

#[test]
fn a_creation_is_refused_by_a_list_and_in_doubt_by_a_key_that_is_known() {
    let outcome = |http, body: &Value| of_creation(&Answer::of(http, &body.to_string()));
    let listed =
        json!({"error_message": "An error occurred when creating payouts", "errors": [["Amount is not a number"]]});
    assert!(matches!(outcome(400, &listed), SubmitOutcome::Refused(refusal) if refusal.cause == Cause::BadRequest));
    let known = json!({"error_message": "idempotency-key is not unique", "errors": "idempotency-key is not unique"});
    for http in [400, 409, 422] {
        assert!(matches!(outcome(http, &known), SubmitOutcome::Unknown { doubt: Doubt::Inconsistent, .. }), "{http}");
    }
    for (http, body) in [(500, &listed), (404, &listed), (200, &json!({"payouts": []})), (502, &json!("page"))] {
        let told = outcome(http, body);
        let nothing_moved = matches!(told, SubmitOutcome::NotSent { cause: Cause::RailUnreachable, .. });
        assert!(nothing_moved, "{http}: {told:?}");
    }
}

#[test]
fn a_line_of_the_statement_is_looked_at_when_it_may_be_hers_and_one_nobody_understands_says_nothing() {
    let line = |account: Value, amount: &str, status: &str| {
        let told = json!({"reference_no": "n1", "beneficiary_account": account, "amount": amount, "status": status});
        serde_json::from_value::<Line>(told).unwrap().may_be(&sent())
    };
    assert_eq!(line(json!("1234567890"), "600000.0", "debit"), Ok(Some("n1".into())));
    assert_eq!(line(json!("001234567890"), "5000.0", "credit"), Ok(Some("n1".into())), "its fee leads to it too");
    assert_eq!(line(json!("1234567891"), "600000.0", "debit"), Ok(None), "another account with the same wage");
    assert_eq!(line(json!("******7890"), "600000.00", "debit"), Ok(Some("n1".into())));
    assert_eq!(line(Value::Null, "1.0", "debit"), Ok(None));
    for (amount, status) in [("600000.0", "reserved"), ("many", "debit"), ("", "debit")] {
        assert_eq!(line(json!("1234567891"), amount, status), Err((Cause::NoAnswer, None)), "{amount} {status}");
    }
}

#[test]
fn a_body_says_whose_it_is_and_when_it_was_made() {
    let (rail, reference) = (rail(), Reference::from_stored(REFERENCE));
    let (name, destination) = ("Siti \"Contoh\"".parse().unwrap(), "ewallet:gopay:081234567890".parse().unwrap());
    let amount = Rupiah::new(600_000).unwrap();
    let at = Timestamp::from_millis(AT * 1_000 + 999);
    let order = Order {
        reference: &reference,
        amount,
        destination: &destination,
        name: &name,
        inquired_name: None,
        session: None,
        at,
    };
    let body = rail.compose(&order).unwrap();
    let read = Sent::read(&body, &reference, amount).unwrap();
    assert_eq!((read.account.as_ref(), read.at.millis()), ("6281234567890", AT * 1_000), "no younger than it is");
    assert!(Sent::read(&body, &Reference::from_stored("R1"), amount).is_none());
    assert!(Sent::read(&body, &reference, Rupiah::new(600_001).unwrap()).is_none());
    let notes = serde_json::from_str::<Body<'_>>(&body).unwrap().payouts[0].notes.chars().count();
    assert!(notes <= 100, "{notes}");
}

/// Vector V6 of the facts: a published key and body.
#[test]
fn a_callback_is_heard_by_the_hash_of_its_body_and_by_nothing_else() {
    const BODY: &str = r#"{"reference_no":"TLtXjaG7LxcbEhgo7S","amount":"12333.0","status":"processed","updated_at":"2023-03-31T10:12:28Z"}"#;
    const SIGNATURE: &str = "8b8a8ce380887acf162a17cc4bed7b7ff1c94fc637201ebed7ab1a7f32596810cbd9fc78d2db051ef851f97c05cd5f840d10ee34d58021c18d6ef69a793b7116";
    let rail = rail();
    let read = |body: &str, signature: Option<&str>, target: &str| {
        let headers: Vec<_> = signature.map(|signature| ("Iris-Signature", signature)).into_iter().collect();
        let delivery = Delivery { method: "POST", target, headers: &headers, body: body.as_bytes() };
        rail.callbacks().unwrap().read(&delivery, Timestamp::from_millis(AT * 1_000))
    };
    let genuine = read(BODY, Some(SIGNATURE), "/iris/payouts");
    assert!(matches!(&genuine, Reading::Genuine(notice) if notice.hints.is_empty() && notice.reply.status == 200));
    let (spaced, upper) = (BODY.replace(':', ": "), SIGNATURE.to_uppercase());
    for (body, signature, target) in [
        (spaced.as_str(), Some(SIGNATURE), "/iris/payouts"),
        (BODY, Some(upper.as_str()), "/iris/payouts"),
        (BODY, Some(&SIGNATURE[..127]), "/iris/payouts"),
        (BODY, None, "/iris/payouts"),
        (BODY, Some(SIGNATURE), "/elsewhere"),
    ] {
        assert!(matches!(read(body, signature, target), Reading::TurnedAway(_)), "{body} {signature:?} {target}");
    }
}

#[test]
fn a_key_is_forgotten_a_day_after_midnight_and_an_hour_before_that_nothing_is_created_any_more() {
    let after = |millis: u64| Timestamp::from_millis(AT * 1_000 + i64::try_from(millis).unwrap());
    assert!(sent().is_remembered(after(0)) && sent().is_remembered(after(KEY_MILLIS - 1)));
    assert!(!sent().is_remembered(after(KEY_MILLIS)) && !sent().is_remembered(after(KEY_MILLIS * 30)));
}
