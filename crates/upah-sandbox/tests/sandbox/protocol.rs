//! Every breach of the protocol is answered with the standard's code and listed.

use serde_json::{Value, json};
use upah_sandbox::{Sandbox, ViolationKind};

use crate::client::{Client, Headers, bank, config, send, transfer};

const PATH: &str = "/v1.0/transfer-interbank";

async fn assert_breach(sandbox: &Sandbox, answer: &crate::client::Response, code: &str, kind: ViolationKind) {
    assert_eq!(answer.code(), code);
    assert_eq!(answer.status.to_string(), code[..3]);
    let violations = sandbox.violations();
    let last = violations.last().expect("a violation");
    assert_eq!(last.kind, kind, "{last:?}");
    assert!(sandbox.credits().unwrap().is_empty());
}

async fn with_headers(client: &Client, spoil: impl FnOnce(&mut Headers)) -> crate::client::Response {
    let body = transfer("R", "1234567890").to_string();
    let mut headers = client.headers(PATH, &body);
    spoil(&mut headers);
    send(client.addr, "POST", PATH, &headers, body.as_bytes()).await.unwrap()
}

fn set(headers: &mut Headers, name: &str, value: &str) {
    headers.iter_mut().find(|(n, _)| *n == name).unwrap().1 = value.to_owned();
}

#[tokio::test]
async fn a_good_call_is_no_breach() {
    let (sandbox, client) = bank("").await;
    let answer = client.pay("R", "1234567890").await;
    assert_eq!(answer.code(), "2001800");
    assert_eq!(answer.text("partnerReferenceNo"), "R");
    assert!(answer.head.contains("x-timestamp: "));
    assert_eq!(sandbox.violations(), vec![]);
    assert_eq!(sandbox.calls()["18"], 1);
    assert_eq!(sandbox.calls()["73"], 1);
}

#[tokio::test]
async fn a_missing_or_malformed_header_is_named() {
    let (sandbox, client) = bank("").await;
    for name in
        ["Content-Type", "Authorization", "X-TIMESTAMP", "X-SIGNATURE", "X-PARTNER-ID", "X-EXTERNAL-ID", "CHANNEL-ID"]
    {
        let answer = with_headers(&client, |h| h.retain(|(n, _)| *n != name)).await;
        assert_breach(&sandbox, &answer, "4001802", ViolationKind::MissingHeader).await;
        assert!(answer.text("responseMessage").ends_with(name));
    }
    for (name, value) in [
        ("X-EXTERNAL-ID", "12a"),
        ("X-EXTERNAL-ID", "1234567890123456789012345678901234567"),
        ("X-TIMESTAMP", "25/11/2026 09:00"),
        ("Content-Type", "text/plain"),
    ] {
        let answer = with_headers(&client, |h| set(h, name, value)).await;
        assert_breach(&sandbox, &answer, "4001801", ViolationKind::HeaderFormat).await;
    }
}

#[tokio::test]
async fn a_stranger_a_stale_call_and_a_bad_signature_are_unauthorized() {
    let (sandbox, client) = bank("").await;
    for (name, value, kind) in [
        ("X-PARTNER-ID", "OTHER", ViolationKind::WrongPartner),
        ("CHANNEL-ID", "95222", ViolationKind::WrongPartner),
        ("X-TIMESTAMP", "2020-12-17T10:55:00+07:00", ViolationKind::StaleTimestamp),
        ("X-SIGNATURE", "bm8=", ViolationKind::BadSignature),
    ] {
        let answer = with_headers(&client, |h| set(h, name, value)).await;
        assert_breach(&sandbox, &answer, "4011800", kind).await;
    }
}

#[tokio::test]
async fn the_signature_covers_the_query_and_ignores_spaces() {
    let (sandbox, client) = bank("").await;
    let body = transfer("R", "1234567890").to_string();
    let headers = client.headers(PATH, &body);
    let path = format!("{PATH}?a=1");
    let answer = send(client.addr, "POST", &path, &headers, body.as_bytes()).await.unwrap();
    assert_breach(&sandbox, &answer, "4011800", ViolationKind::BadSignature).await;
    let headers = client.headers(&path, &body);
    let spaced = body.replace("\":", "\" : ");
    let answer = send(client.addr, "POST", &path, &headers, spaced.as_bytes()).await.unwrap();
    assert_eq!(answer.code(), "2001800");
}

#[tokio::test]
async fn an_external_id_is_good_once_a_day() {
    let (sandbox, client) = bank("").await;
    let id = client.external_id();
    let inquiry = json!({"originalPartnerReferenceNo": "R", "serviceCode": "18"}).to_string();
    let path = "/v1.0/transfer/status";
    let mut headers = client.headers(path, &inquiry);
    set(&mut headers, "X-EXTERNAL-ID", &id);
    let first = send(client.addr, "POST", path, &headers, inquiry.as_bytes()).await.unwrap();
    assert_eq!(first.code(), "4043601");
    let again = with_headers(&client, |h| set(h, "X-EXTERNAL-ID", &id)).await;
    assert_breach(&sandbox, &again, "4091800", ViolationKind::ExternalIdReused).await;
}

#[tokio::test]
async fn a_field_that_is_missing_or_malformed_is_named() {
    let (sandbox, client) = bank("").await;
    let spoilt: &[(&str, Value, &str, ViolationKind)] = &[
        ("partnerReferenceNo", Value::from(""), "4001802", ViolationKind::MissingField),
        ("partnerReferenceNo", Value::from("R".repeat(65)), "4001801", ViolationKind::FieldFormat),
        ("amount", json!({"value": "600000", "currency": "IDR"}), "4001801", ViolationKind::AmountFormat),
        ("amount", json!({"value": "600000.00", "currency": "USD"}), "4001801", ViolationKind::AmountFormat),
        ("amount", json!(600_000), "4001801", ViolationKind::AmountFormat),
        ("beneficiaryAccountNo", Value::from("12 34"), "4001801", ViolationKind::FieldFormat),
        ("beneficiaryAccountName", Value::from(""), "4001802", ViolationKind::MissingField),
        ("beneficiaryBankCode", Value::from(14), "4001801", ViolationKind::FieldFormat),
        ("sourceAccountNo", Value::from("1".repeat(20)), "4001801", ViolationKind::FieldFormat),
        ("transactionDate", Value::from("25-11-2026"), "4001801", ViolationKind::DateFormat),
        ("transactionDate", Value::from("2026-11-25T09:00:00Z"), "4001801", ViolationKind::DateFormat),
        ("feeType", Value::from("BEN"), "4001801", ViolationKind::FeeNotOurs),
        ("remark", Value::from("x".repeat(51)), "4001801", ViolationKind::FieldFormat),
    ];
    for (field, value, code, kind) in spoilt {
        let mut body = transfer("R", "1234567890");
        body[*field] = value.clone();
        let answer = client.call("transfer-interbank", &body).await;
        assert_breach(&sandbox, &answer, code, *kind).await;
        assert!(answer.text("responseMessage").ends_with(field));
    }
    let answer = client.call("transfer-interbank", &json!([])).await;
    assert_breach(&sandbox, &answer, "4001800", ViolationKind::BadJson).await;
}

#[tokio::test]
async fn another_path_or_method_is_refused() {
    let (sandbox, client) = bank("").await;
    let answer = send(client.addr, "POST", "/v1.0/transfer-request-for-payment", &vec![], b"{}").await.unwrap();
    assert_breach(&sandbox, &answer, "4040000", ViolationKind::UnknownPath).await;
    let answer = send(client.addr, "GET", PATH, &vec![], b"").await.unwrap();
    assert_breach(&sandbox, &answer, "4051800", ViolationKind::WrongMethod).await;
}

#[tokio::test]
async fn a_token_must_be_signed_for_known_and_alive() {
    let mut config = config();
    config.token_seconds = 0;
    let sandbox = Sandbox::start(config).await.unwrap();
    let mut client = Client::new(&sandbox).await;
    assert_eq!(client.pay("R", "1").await.code(), "4011801");
    client.token = "nobody's".to_owned();
    assert_eq!(client.pay("R", "1").await.code(), "4011803");
    assert_eq!(sandbox.violations(), vec![], "tokens end while calls are under way");
    let answer = client.ask_token("2020-12-17T10:55:00+07:00").await.unwrap();
    assert_breach(&sandbox, &answer, "4017300", ViolationKind::StaleTimestamp).await;
}

#[tokio::test]
async fn a_token_request_by_another_key_is_unauthorized() {
    let other = upah_sandbox::TestKeys::generate().unwrap();
    let credentials = upah_sandbox::Credentials::for_tests(other.public_pem());
    let sandbox = Sandbox::start(upah_sandbox::SandboxConfig::new(credentials)).await.unwrap();
    let (_, client) = bank("").await;
    let client = Client { addr: sandbox.addr(), ..client };
    let answer = client.ask_token(&crate::client::now()).await.unwrap();
    assert_breach(&sandbox, &answer, "4017300", ViolationKind::BadSignature).await;
}

#[tokio::test]
async fn a_prefix_of_the_banks_own_is_served_and_signed() {
    let mut config = config();
    config.path_prefix = "/snap/v1.0".to_owned();
    let sandbox = Sandbox::start(config).await.unwrap();
    let client = Client::under(&sandbox, "/snap/v1.0").await;
    assert_eq!(client.pay("R", "1234567890").await.code(), "2001800");
    let elsewhere = Client { prefix: "/v1.0", ..client };
    assert_eq!(elsewhere.pay("R", "1234567890").await.code(), "4040000");
}

#[tokio::test]
async fn a_sandbox_is_for_loopback_alone() {
    let mut config = config();
    config.listen = "0.0.0.0:0".parse().unwrap();
    let refused = Sandbox::start(config).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
}
