//! Counterparties with habits of their own: paths, signatures, repeats and scenarios, as their clients meet them.

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use upah_sandbox::{Sandbox, ViolationKind};

use crate::client::{Client, Headers, Response, bank, hmac, now, rsa, send};

/// The headers of a call that a key signs, over these very bytes.
fn signed_by_key(client: &Client, path: &str, compact: &str) -> Headers {
    let timestamp = now();
    let digest = HEXLOWER.encode(&Sha256::digest(compact));
    vec![
        ("Content-Type", "application/json".to_owned()),
        ("X-SIGNATURE", rsa(&format!("POST:{path}:{digest}:{timestamp}"))),
        ("X-TIMESTAMP", timestamp),
        ("X-PARTNER-ID", "SOMEBODY".to_owned()),
        ("X-EXTERNAL-ID", format!("sdk-{}", client.external_id())),
        ("CHANNEL-ID", "PARTNER1-SERVER".to_owned()),
    ]
}

async fn by_key(client: &Client, path: &str, body: &Value) -> Response {
    let compact = body.to_string();
    send(client.addr, "POST", path, &signed_by_key(client, path, &compact), compact.as_bytes()).await.unwrap()
}

fn amount(rupiah: u64) -> Value {
    json!({"value": format!("{rupiah}.00"), "currency": "IDR"})
}

fn top_up(reference: &str, number: &str, rupiah: u64) -> Value {
    json!({"partnerReferenceNo": reference, "customerNumber": number, "amount": amount(rupiah), "feeAmount": amount(1),
           "sessionId": null, "additionalInfo": {"fundType": "AGENT_TOPUP_FOR_USER_SETTLE", "chargeTarget": null}})
}

fn to_bank(reference: &str, account: &str, rupiah: u64) -> Value {
    json!({"partnerReferenceNo": reference, "customerNumber": "62811742234", "accountType": null,
           "beneficiaryAccountNumber": account, "beneficiaryBankCode": "014", "amount": amount(rupiah),
           "additionalInfo": {"fundType": "MERCHANT_WITHDRAW_FOR_CORPORATE", "needNotify": null}})
}

fn about(body: &Value) -> Value {
    let mut body = body.clone();
    body["additionalInfo"]["beneficiaryBankCode"] = "014".into();
    body
}

const PYTHON: [&str; 3] =
    ["/rest/v1.0/emoney/account-inquiry", "/rest/v1.0/emoney/topup", "/rest/v1.0/emoney/topup-status"];
const NODE: [&str; 3] = ["/v1.0/emoney/account-inquiry.htm", "/v1.0/emoney/topup.htm", "/v1.0/emoney/topup-status.htm"];
const BANK: [&str; 3] = [
    "/v1.0/emoney/bank-account-inquiry.htm",
    "/v1.0/emoney/transfer-bank.htm",
    "/v1.0/emoney/transfer-bank-status.htm",
];

/// The provider's fixtures, typed a second time.
#[tokio::test]
async fn dana_answers_its_own_test_numbers_as_it_does_at_home() {
    let (sandbox, client) = bank("").await;
    for (n, (service, number, rupiah, code)) in [
        (37, "62811742234", 1, "2003700"),
        (37, "628123456667", 1, "4033705"),
        (37, "628152768647", 1, "4033705"),
        (37, "62811742234", 210_000_000, "4033702"),
        (38, "62811742234", 1, "2003800"),
        (38, "628996647679", 1, "4033805"),
        (38, "62811742234", 21_000_000, "4033802"),
        (38, "62811742234", 1_000_000_000_000, "4033814"),
        (38, "628551008794", 1, "5003801"),
        (38, "628121111111", 1, "5003800"),
        (42, "2460888509", 50_000, "2004200"),
        (42, "81298055132", 50_000, "4034218"),
        (42, "855100800", 1_000, "4044208"),
        (42, "815919191", 50_000, "4044211"),
        (42, "2460888509", 50_000_000_000, "4034214"),
        (43, "2460888509", 50_000, "2004300"),
        (43, "82298055100", 100, "4034303"),
        (43, "81398055100", 100, "4034318"),
        (43, "8121111111", 10, "5004300"),
        (43, "8551008794", 100, "5004301"),
    ]
    .into_iter()
    .enumerate()
    {
        let reference = format!("D{n}");
        for family in [PYTHON, NODE] {
            let (path, body) = match service {
                37 => (family[0], top_up(&reference, number, rupiah)),
                38 => (family[1], top_up(&reference, number, rupiah)),
                42 => (BANK[0], about(&to_bank(&reference, number, rupiah))),
                _ => (BANK[1], to_bank(&reference, number, rupiah)),
            };
            let answer = by_key(&client, path, &body).await;
            assert_eq!(answer.code(), code, "{service} {number} {rupiah}");
            assert_eq!(answer.status.to_string(), code[..3]);
        }
    }
    assert_eq!(sandbox.violations(), []);
}

#[tokio::test]
async fn dana_answers_the_same_order_as_it_did_the_first_time_and_another_one_not() {
    let (sandbox, client) = bank("").await;
    for (path, order, other, inconsistent) in [
        (PYTHON[1], top_up("T", "62811742234", 1), top_up("T", "62811742234", 2), "4043818"),
        (BANK[1], to_bank("B", "2460888509", 50_000), to_bank("B", "2460888509", 50_001), "4044318"),
    ] {
        let first = by_key(&client, path, &order).await;
        let again = by_key(&client, path, &order).await;
        assert_eq!((first.code(), first.text("referenceNo")), (again.code(), again.text("referenceNo")));
        assert_eq!(by_key(&client, path, &other).await.code(), inconsistent);
    }
    assert_eq!(sandbox.credits().unwrap().len(), 2);
    // No answer, although it was booked; the same again is answered.
    let lost = top_up("L", "628551005454", 1);
    let compact = lost.to_string();
    let headers = signed_by_key(&client, PYTHON[1], &compact);
    assert!(send(client.addr, "POST", PYTHON[1], &headers, compact.as_bytes()).await.is_err());
    assert_eq!(by_key(&client, PYTHON[1], &lost).await.code(), "2003800");
    assert_eq!(sandbox.credits().unwrap().len(), 3);
}

#[tokio::test]
async fn a_wage_to_a_bank_out_of_a_wallet_is_asked_about_as_00() {
    let (sandbox, client) = bank("").await;
    let mut order = to_bank("B", "2460888509", 50_000);
    order["additionalInfo"]["needNotify"] = true.into();
    assert_eq!(by_key(&client, BANK[1], &order).await.code(), "2024300");
    let ask = |reference: &str, code: &str| json!({"originalPartnerReferenceNo": reference, "originalReferenceNo": null, "serviceCode": code});
    assert!(sandbox.settle("B").unwrap());
    let told = by_key(&client, BANK[2], &ask("B", "00")).await;
    assert_eq!((told.code(), told.text("latestTransactionStatus")), ("2000000".to_owned(), "00".to_owned()));
    assert_eq!(by_key(&client, BANK[2], &ask("C", "00")).await.code(), "4040001");
    assert_eq!(sandbox.violations(), []);
    assert_eq!(by_key(&client, BANK[2], &ask("B", "43")).await.code(), "4040001");
    assert_eq!(by_key(&client, PYTHON[2], &ask("B", "38")).await.code(), "4043901");
    assert!(sandbox.violations().iter().all(|breach| breach.kind == ViolationKind::WrongServiceCode));
}

#[tokio::test]
async fn what_a_key_has_not_signed_for_this_path_is_turned_away() {
    let (sandbox, client) = bank("").await;
    let body = top_up("T", "62811742234", 1).to_string();
    for (path, signed) in [(PYTHON[1], NODE[1]), (NODE[1], PYTHON[1])] {
        let headers = signed_by_key(&client, signed, &body);
        let answer = send(client.addr, "POST", path, &headers, body.as_bytes()).await.unwrap();
        assert_eq!(answer.code(), "4013800");
    }
    let mut headers = signed_by_key(&client, PYTHON[1], &body);
    headers.retain(|(name, _)| *name != "X-TIMESTAMP");
    let answer = send(client.addr, "POST", PYTHON[1], &headers, body.as_bytes()).await.unwrap();
    assert_eq!((answer.code(), answer.text("responseMessage").contains("X-TIMESTAMP")), ("4003802".to_owned(), true));
    // What is missing or in another currency is named.
    for (spoilt, code) in [
        (top_up("T", "", 1), "4003802"),
        (json!({"partnerReferenceNo": "T", "customerNumber": "62811742234", "amount": amount(1)}), "4003802"),
    ] {
        assert_eq!(by_key(&client, PYTHON[1], &spoilt).await.code(), code);
    }
    let mut dollars = top_up("T", "62811742234", 1);
    dollars["amount"]["currency"] = "USD".into();
    assert_eq!(by_key(&client, PYTHON[1], &dollars).await.code(), "4003801");
    assert!(sandbox.credits().unwrap().is_empty());
}

async fn token(sandbox: &Sandbox, path: &str) -> String {
    let time = now();
    let headers = vec![
        ("Content-Type", "application/json".to_owned()),
        ("X-CLIENT-KEY", "UPAHTEST".to_owned()),
        ("X-SIGNATURE", rsa(&format!("UPAHTEST|{time}"))),
        ("X-TIMESTAMP", time),
    ];
    let body = br#"{"grantType": "client_credentials", "additionalInfo": {}}"#;
    send(sandbox.addr(), "POST", path, &headers, body).await.unwrap().text("accessToken")
}

/// A call under a token whose signature covers a path of its own.
async fn under(client: &Client, token: &str, path: &str, signed: &str, body: &Value) -> Response {
    let text = body.to_string();
    let time = now();
    let headers = vec![
        ("Content-Type", "application/json".to_owned()),
        ("Authorization", format!("Bearer {token}")),
        ("X-SIGNATURE", hmac("upah-sandbox-secret", signed, token, &text, &time)),
        ("X-TIMESTAMP", time),
        ("X-PARTNER-ID", "an-api-key".to_owned()),
        ("X-EXTERNAL-ID", client.external_id()),
        ("CHANNEL-ID", "95231".to_owned()),
    ];
    send(client.addr, "POST", path, &headers, text.as_bytes()).await.unwrap()
}

fn as_a_client_writes(reference: &str) -> Value {
    json!({"partnerReferenceNo": reference, "amount": {"value": "20000", "currency": "IDR"},
           "beneficiaryAccountName": "SITI CONTOH", "beneficiaryAccountNo": "0000000986", "beneficiaryAddress": "",
           "beneficiaryBankCode": "CENAIDJAXXX", "beneficiaryEmail": "", "currency": "", "feeType": "",
           "sourceAccountNo": "1000161562", "transactionDate": "2026-11-25T09:00:00+07:00"})
}

#[tokio::test]
async fn a_bank_with_its_token_elsewhere_also_clears() {
    let (sandbox, client) = bank("").await;
    let token = token(&sandbox, "/snap/v1/access-token/b2b").await;
    let call = async |service: &str, body: &Value| {
        let path = format!("/snap-service/v1/{service}");
        under(&client, &token, &path, &path, body).await
    };
    assert_eq!(call("transfer-interbank", &as_a_client_writes("A")).await.code(), "2001800");
    let mut cleared = as_a_client_writes("B");
    assert_eq!(call("transfer-rtgs", &cleared).await.code(), "4002202");
    cleared["beneficiaryCustomerResidence"] = "1".into();
    cleared["beneficiaryCustomerType"] = "1".into();
    let answer = call("transfer-rtgs", &cleared).await;
    assert_eq!((answer.code(), answer.text("transactionStatus")), ("2002200".to_owned(), "00".to_owned()));
    cleared["partnerReferenceNo"] = "C".into();
    assert_eq!(call("transfer-skn", &cleared).await.code(), "2002300");
    let ask = json!({"originalPartnerReferenceNo": "C", "originalReferenceNo": "", "serviceCode": "23"});
    assert_eq!(call("transfer/status", &ask).await.text("latestTransactionStatus"), "00");
    let services: Vec<String> = sandbox.credits().unwrap().into_iter().map(|credit| credit.service).collect();
    assert_eq!(services, ["18", "22", "23"]);
}

#[tokio::test]
async fn a_bank_that_signs_without_the_query_is_called_with_one() {
    let (sandbox, client) = bank("").await;
    let token = token(&sandbox, "/snap/v1.0/access-token/b2b").await;
    let (path, signed) = ("/snap/v1.0/transfer-interbank?a=b", "/snap/v1.0/transfer-interbank");
    assert_eq!(under(&client, &token, path, signed, &as_a_client_writes("A")).await.code(), "2001800");
    assert_eq!(under(&client, &token, path, path, &as_a_client_writes("B")).await.code(), "4011800");
    // The standard signs it.
    let (path, signed) = ("/v1.0/balance-inquiry?a=b", "/v1.0/balance-inquiry");
    assert_eq!(under(&client, &token, path, signed, &json!({"accountNo": "1"})).await.code(), "4011100");
}

#[tokio::test]
async fn whoever_is_paid_by_an_alias_is_paid_where_it_leads() {
    let (sandbox, client) = bank("").await;
    let token = token(&sandbox, "/mandiri/v1.0/access-token/b2b").await;
    let call = async |service: &str, body: &Value| {
        let path = format!("/mandiri/v1.0/{service}");
        under(&client, &token, &path, &path, body).await
    };
    let alias = json!({"switcher": "BIFAST", "inquiryType": "2", "categoryPurpose": "99", "debtorAccount": "1",
                       "lookUpType": "PXRS", "aliasType": "01", "aliasValue": "6281234567890"});
    let found = call("account-inquiry-external", &json!({"additionalInfo": alias})).await;
    assert_eq!(found.code(), "2001600");
    let mut order = as_a_client_writes("1000000000000000001");
    order["beneficiaryAccountNo"] = found.text("beneficiaryAccountNo").into();
    order["beneficiaryBankCode"] = found.text("beneficiaryBankCode").into();
    order["additionalInfo"] = json!({"switcher": "BIFAST", "categoryPurpose": "99", "nationalIdentityNumber": "-",
        "transactionIndicator": "2", "aliasResolution": "PXRS", "aliasType": "01", "aliasValue": "6281234567891"});
    assert_eq!(call("transfer-interbank", &order).await.code(), "4031815");
    assert_eq!(sandbox.violations()[0].kind, ViolationKind::ForeignSession);
    order["additionalInfo"]["aliasValue"] = "6281234567890".into();
    assert_eq!(call("transfer-interbank", &order).await.code(), "2001800");
    assert_eq!(sandbox.credits().unwrap()[0].account, "6281234567890");
    assert_eq!(call("transfer-interbank", &as_a_client_writes("A")).await.code(), "4001801");
    // Without the switch's own form of a bank nothing is routed.
    let plain = json!({"beneficiaryBankCode": "014", "beneficiaryAccountNo": "1234567890",
        "additionalInfo": {"switcher": "BIFAST", "inquiryType": "1", "categoryPurpose": "99"}});
    assert_eq!(call("account-inquiry-external", &plain).await.code(), "4001601");
}
