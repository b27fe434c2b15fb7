//! Look-ups, transfers, top-ups, repeats and status inquiries on a bank that behaves.

use std::collections::HashMap;

use serde_json::json;
use upah_sandbox::{NamePolicy, Sandbox, ViolationKind};

use crate::client::{Client, bank, config, transfer};

const PHONE: &str = "6281234567890";

#[tokio::test]
async fn a_repeat_is_a_duplicate_and_another_body_is_inconsistent() {
    let (sandbox, client) = bank("").await;
    assert_eq!(client.pay("R", "1234567890").await.code(), "2001800");
    assert_eq!(client.pay("R", "1234567890").await.code(), "4091801");
    assert_eq!(sandbox.violations(), vec![]);
    assert_eq!(client.pay("R", "1234567891").await.code(), "4041818");
    assert_eq!(sandbox.violations()[0].kind, ViolationKind::OtherBody);
    assert_eq!(sandbox.violations()[0].reference, "R");
    let credits = sandbox.credits().unwrap();
    assert_eq!(credits.len(), 1);
    assert_eq!((credits[0].amount, credits[0].account.as_str()), (600_000, "1234567890"));
    assert_eq!((credits[0].service.as_str(), credits[0].bank_code.as_str()), ("18", "014"));
    assert_eq!(credits[0].at.len(), 25);
}

#[tokio::test]
async fn a_transfer_inside_the_bank_needs_no_bank_code() {
    let (sandbox, client) = bank("").await;
    let mut body = transfer("R", "1234567890");
    body.as_object_mut().unwrap().retain(|name, _| !name.starts_with("beneficiaryBank"));
    assert_eq!(client.call("transfer-intrabank", &body).await.code(), "2001700");
    assert_eq!(sandbox.credits().unwrap()[0].bank_code, "008");
    let asked = json!({"originalPartnerReferenceNo": "R", "serviceCode": "17"});
    assert_eq!(client.call("transfer/status", &asked).await.text("latestTransactionStatus"), "00");
}

#[tokio::test]
async fn status_tells_what_was_booked_by_either_reference() {
    let (sandbox, client) = bank("").await;
    let number = client.pay("R", "1234567890").await.text("referenceNo");
    let told = client.status("R").await;
    assert_eq!(told.code(), "2003600");
    assert_eq!(told.text("latestTransactionStatus"), "00");
    assert_eq!(told.json()["amount"]["value"], "600000.00");
    assert_eq!(told.text("beneficiaryAccountNo"), "1234567890");
    let by_bank = json!({"originalReferenceNo": number, "serviceCode": "18"});
    let told = client.call("transfer/status", &by_bank).await;
    assert_eq!(told.text("originalPartnerReferenceNo"), "R");
    assert_eq!(client.status("never").await.code(), "4043601");
    assert_eq!(sandbox.violations(), vec![]);
    let other = json!({"originalPartnerReferenceNo": "R", "serviceCode": "17"});
    assert_eq!(client.call("transfer/status", &other).await.code(), "4043601");
    assert_eq!(sandbox.violations()[0].kind, ViolationKind::WrongServiceCode);
}

#[tokio::test]
async fn an_account_without_funds_refuses_and_pays_when_filled() {
    let (sandbox, client) = bank("").await;
    sandbox.set_balance(599_999).unwrap();
    assert_eq!(client.pay("R", "1234567890").await.code(), "4031814");
    let told = client.status("R").await;
    assert_eq!(told.text("latestTransactionStatus"), "06");
    assert_eq!(told.text("previousResponseCode"), "4031814");
    sandbox.set_balance(600_000).unwrap();
    assert_eq!(client.pay("R", "1234567890").await.code(), "2001800");
    assert_eq!(sandbox.balance().unwrap(), 0);
    let balance = client.call("balance-inquiry", &json!({"accountNo": "888801000157508"})).await;
    assert_eq!(balance.json()["accountInfos"][0]["availableBalance"]["value"], "0.00");
}

#[tokio::test]
async fn a_holder_is_invented_told_or_unknown() {
    let (sandbox, client) = bank("").await;
    let ask = json!({"beneficiaryAccountNo": "1234567890", "beneficiaryBankCode": "014"});
    let invented = client.call("account-inquiry-external", &ask).await.text("beneficiaryAccountName");
    assert!(!invented.is_empty());
    sandbox.set_holder("1234567890", "SRI MULYATI");
    for service in ["account-inquiry-external", "account-inquiry-internal"] {
        assert_eq!(client.call(service, &ask).await.text("beneficiaryAccountName"), "SRI MULYATI");
    }
    let mut config = config();
    config.names = NamePolicy::Registered(HashMap::from([("1".to_owned(), "TONO".to_owned())]));
    let sandbox = Sandbox::start(config).await.unwrap();
    let client = Client::new(&sandbox).await;
    assert_eq!(client.call("account-inquiry-external", &ask).await.code(), "4041611");
    assert_eq!(client.pay("R", "1234567890").await.code(), "4041811");
    assert_eq!(client.pay("S", "1").await.code(), "2001800");
}

#[tokio::test]
async fn a_top_up_uses_the_session_of_its_own_number() {
    let (sandbox, client) = bank("").await;
    let amount = json!({"value": "50000.00", "currency": "IDR"});
    let look_up = json!({"customerNumber": PHONE, "amount": amount});
    let found = client.call("emoney/account-inquiry", &look_up).await;
    assert_eq!(found.code(), "2003700");
    let session = found.text("sessionId");
    assert_ne!(session, client.call("emoney/account-inquiry", &look_up).await.text("sessionId"));
    let top_up = |number: &str| {
        json!({"partnerReferenceNo": format!("W{number}"), "customerNumber": number,
               "amount": amount, "sessionId": session})
    };
    let foreign = client.call("emoney/topup", &top_up("6281234567891")).await;
    assert_eq!(foreign.code(), "4003801");
    assert_eq!(sandbox.violations()[0].kind, ViolationKind::ForeignSession);
    assert_eq!(client.call("emoney/topup", &top_up(PHONE)).await.code(), "2003800");
    let credits = sandbox.credits().unwrap();
    assert_eq!(credits.len(), 1);
    assert_eq!((credits[0].account.as_str(), credits[0].amount), (PHONE, 50_000));
    let ask = json!({"originalPartnerReferenceNo": format!("W{PHONE}"), "serviceCode": "38"});
    let told = client.call("emoney/topup-status", &ask).await;
    assert_eq!((told.code().as_str(), told.text("latestTransactionStatus").as_str()), ("2003900", "00"));
    let wrong = json!({"customerNumber": "081234567890", "amount": amount});
    assert_eq!(client.call("emoney/account-inquiry", &wrong).await.code(), "4003701");
}

#[tokio::test]
async fn scenario_accounts_answer_what_their_number_says() {
    let (sandbox, client) = bank("").await;
    assert_eq!(client.pay("A", "9940411123").await.code(), "4041811");
    assert_eq!(client.pay("A", "9940411123").await.code(), "4041811");
    let told = client.status("A").await;
    assert_eq!(told.text("previousResponseCode"), "4041811");
    assert_eq!(client.pay("B", "9950400123").await.code(), "5041800");
    assert_eq!(client.status("B").await.code(), "4043601", "a timeout is no refusal");
    assert_eq!(client.pay("C", "9920200123").await.code(), "2021800");
    let ask = json!({"beneficiaryAccountNo": "9840309123"});
    assert_eq!(client.call("account-inquiry-internal", &ask).await.code(), "4031509");
    let amount = json!({"value": "1.00", "currency": "IDR"});
    let wallet = json!({"customerNumber": "6289840411", "amount": amount});
    assert_eq!(client.call("emoney/account-inquiry", &wallet).await.code(), "4043711");
    let top_up = json!({"partnerReferenceNo": "D", "customerNumber": "6289940302", "amount": amount});
    assert_eq!(client.call("emoney/topup", &top_up).await.code(), "4033802");
    assert!(client.try_call("transfer-interbank", &transfer("E", "9700002123")).await.is_err());
    assert_eq!(client.pay("E", "9700002123").await.code(), "4091801");
    assert_eq!(sandbox.credits().unwrap().len(), 1);
    assert_eq!(sandbox.violations(), vec![]);
}

#[tokio::test]
async fn a_book_on_file_remembers_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config();
    config.ledger = Some(dir.path().join("ledger.jsonl"));
    let sandbox = Sandbox::start(config.clone()).await.unwrap();
    let client = Client::new(&sandbox).await;
    client.pay("R", "1234567890").await;
    let credits = sandbox.credits().unwrap();
    drop(sandbox);
    let sandbox = Sandbox::start(config).await.unwrap();
    let client = Client::new(&sandbox).await;
    assert_eq!(sandbox.credits().unwrap(), credits);
    assert_eq!(client.pay("R", "1234567890").await.code(), "4091801");
    assert_eq!(client.pay("R", "1234567891").await.code(), "4041818");
    assert_eq!(sandbox.violations().len(), 1);
    assert_eq!(sandbox.credits().unwrap(), credits);
}
