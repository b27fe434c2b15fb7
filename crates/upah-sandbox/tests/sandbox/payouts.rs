//! The disbursements of Flip and OY!, as a client of the tests' own meets them: what repeats are told, and the accounts that
//! are staged.

use serde_json::{Value, json};
use upah_sandbox::{FlipClient, OyClient, Sandbox, ViolationKind, XenditClient};

use crate::client::{Headers, Response, config, send};
use data_encoding::BASE64;
use time::OffsetDateTime;
use time::macros::{format_description, offset};

async fn oy(sandbox: &Sandbox, path: &str, body: &Value) -> Value {
    let known = OyClient::for_tests();
    let headers: Headers = vec![("x-oy-username", known.username), ("x-api-key", known.api_key)];
    let method = if body.is_null() { "GET" } else { "POST" };
    let answer = send(sandbox.addr(), method, path, &headers, body.to_string().as_bytes()).await.unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn code(answer: &Value) -> &str {
    answer["status"]["code"].as_str().unwrap()
}

async fn remit(sandbox: &Sandbox, partner_trx_id: &str, account: &str) -> Value {
    let body = json!({
        "recipient_bank": "014", "recipient_account": account, "amount": 600_000, "note": "Upah",
        "partner_trx_id": partner_trx_id,
    });
    oy(sandbox, "/api/remit", &body).await
}

async fn remit_status(sandbox: &Sandbox, partner_trx_id: &str) -> Value {
    oy(sandbox, "/api/remit-status", &json!({"partner_trx_id": partner_trx_id})).await
}

#[tokio::test]
async fn oy_takes_on_first_and_knows_a_repeat_by_its_reference_whatever_else_it_says() {
    let mut slow = config();
    slow.faults = "in_progress_then_success=1,in_progress_inquiries=1".parse().unwrap();
    let sandbox = Sandbox::start(slow).await.unwrap();
    assert_eq!(code(&remit_status(&sandbox, "R1").await), "204");
    let first = remit(&sandbox, "R1", "1234567890").await;
    assert_eq!((code(&first), &first["partner_trx_id"]), ("101", &json!("R1")));
    assert_eq!(code(&remit(&sandbox, "R1", "1234567890").await), "257", "it is under way");
    assert_eq!(code(&remit_status(&sandbox, "R1").await), "102");
    let status = remit_status(&sandbox, "R1").await;
    assert_eq!((code(&status), &status["amount"], &status["trx_id"]), ("000", &json!(600_000), &first["trx_id"]));
    let date = status["created_date"].as_str().unwrap();
    assert_eq!((date.len(), &date[2..3], &date[5..6], &date[10..11]), (19, "-", "-", " "), "{date}");
    assert_eq!(code(&remit(&sandbox, "R1", "1234567891").await), "203", "bodies are not compared");
    assert_eq!(sandbox.credits().unwrap().len(), 1);
    let violations = sandbox.violations();
    assert!(matches!(violations.as_slice(), [one] if one.kind == ViolationKind::OtherBody), "{violations:?}");
}

#[tokio::test]
async fn the_staging_of_oy_answers_with_the_code_that_its_account_begins_with() {
    let sandbox = Sandbox::start(config()).await.unwrap();
    for (account, told, then) in [
        ("2100000", "210", "204"),
        ("2090000123", "209", "204"),
        ("5040000123", "504", "204"),
        ("3000000123", "300", "300"),
        ("2060000123", "101", "206"),
        ("2250000123", "101", "225"),
        ("21000001234", "210", "204"),
        ("2100012345", "101", "000"),
    ] {
        assert_eq!(code(&remit(&sandbox, account, account).await), told, "{account}");
        assert_eq!(code(&remit_status(&sandbox, account).await), then, "{account}");
    }
    assert_eq!(sandbox.credits().unwrap().len(), 1);
    let holder =
        oy(&sandbox, "/api/account-inquiry", &json!({"bank_code": "014", "account_number": "2090000123"})).await;
    assert_eq!(code(&holder), "000", "it is the disbursement that is refused");
    let balance = oy(&sandbox, "/api/balance", &Value::Null).await;
    assert_eq!(balance["availableBalance"].to_string(), format!("{}.0", sandbox.balance().unwrap()));
}

#[tokio::test]
async fn oy_takes_nothing_from_somebody_else() {
    let sandbox = Sandbox::start(config()).await.unwrap();
    let known = OyClient::for_tests();
    for (username, api_key, told) in
        [("somebody", known.api_key.as_str(), "201"), (known.username.as_str(), "a-key", "208")]
    {
        let headers: Headers = vec![("x-oy-username", username.into()), ("x-api-key", api_key.into())];
        let answer = send(sandbox.addr(), "POST", "/api/remit", &headers, b"{}").await.unwrap();
        assert_eq!(code(&answer.json()), told);
    }
}

async fn flip(sandbox: &Sandbox, method: &str, path: &str, more: Headers, form: &str) -> Response {
    let user = BASE64.encode(format!("{}:", FlipClient::for_tests().secret_key).as_bytes());
    let mut headers: Headers =
        vec![("Authorization", format!("Basic {user}")), ("Content-Type", "application/x-www-form-urlencoded".into())];
    headers.extend(more);
    send(sandbox.addr(), method, &format!("/big_sandbox_api{path}"), &headers, form.as_bytes()).await.unwrap()
}

async fn disburse(sandbox: &Sandbox, key: &str, account: &str, seconds_ago: i64) -> Response {
    let at = OffsetDateTime::now_utc().to_offset(offset!(+7)) - time::Duration::seconds(seconds_ago);
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]+0700");
    let more = vec![("idempotency-key", key.to_owned()), ("X-TIMESTAMP", at.format(&form).unwrap())];
    let form = format!("account_number={account}&bank_code=bca&amount=600000&remark=some+remark");
    flip(sandbox, "POST", "/v3/disbursement", more, &form).await
}

#[tokio::test]
async fn flip_answers_a_repeat_with_the_disbursement_that_there_is() {
    let sandbox = Sandbox::start(config()).await.unwrap();
    let first = disburse(&sandbox, "R1", "1234567890", 0).await.json();
    assert_eq!((&first["status"], &first["time_served"]), (&json!("PENDING"), &json!("0000-00-00 00:00:00")));
    assert_eq!((first["id"].to_string().len(), &first["remark"]), (19, &json!("some remark")));
    let again = disburse(&sandbox, "R1", "1234567890", 0).await.json();
    assert_eq!((&again["status"], &again["id"]), (&json!("DONE"), &first["id"]));
    let found = flip(&sandbox, "GET", "/v3/get-disbursement?idempotency-key=R1", Vec::new(), "").await.json();
    assert_eq!(found, again);
    assert_ne!(found["time_served"], first["time_served"]);
    let nothing = flip(&sandbox, "GET", "/v3/get-disbursement?idempotency-key=R2", Vec::new(), "").await;
    assert_eq!((nothing.status, &nothing.json()["errors"][0]["code"]), (422, &json!(1073)));
    assert_eq!(sandbox.credits().unwrap().len(), 1);
    assert_eq!(sandbox.violations(), []);
}

#[tokio::test]
async fn flip_does_not_process_what_is_stale_or_no_form() {
    let sandbox = Sandbox::start(config()).await.unwrap();
    let stale = disburse(&sandbox, "R1", "1234567890", 90).await;
    assert_eq!((stale.status, &stale.json()["errors"][0]["code"]), (422, &json!(1094)));
    let refused = disburse(&sandbox, "R2", "10250000123", 0).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["code"]), (422, &json!(1025)));
    sandbox.set_balance(599_999).unwrap();
    let short = disburse(&sandbox, "R3", "1234567890", 0).await;
    assert_eq!((short.status, &short.json()["code"]), (422, &json!("BALANCE_INSUFFICIENT")));
    let user = BASE64.encode(format!("{}:", FlipClient::for_tests().secret_key).as_bytes());
    let headers: Headers =
        vec![("Authorization", format!("Basic {user}")), ("Content-Type", "application/json".into())];
    let path = "/big_sandbox_api/v3/disbursement";
    assert_eq!(send(sandbox.addr(), "POST", path, &headers, b"{}").await.unwrap().status, 415);
    assert!(sandbox.credits().unwrap().is_empty());
}

#[tokio::test]
async fn flip_finds_out_in_the_background_whose_an_account_is() {
    let sandbox = Sandbox::start(config()).await.unwrap();
    let look = || {
        flip(
            &sandbox,
            "POST",
            "/v2/disbursement/bank-account-inquiry",
            Vec::new(),
            "account_number=1234567890&bank_code=bca&inquiry_key=k1",
        )
    };
    assert_eq!(look().await.json()["status"], "PENDING");
    let found = look().await.json();
    assert_eq!((&found["status"], &found["inquiry_key"]), (&json!("SUCCESS"), &json!("k1")));
    assert!(!found["account_holder"].as_str().unwrap().is_empty());
}

/// The client of Xendit: method, path, and a body if there is one.
async fn xendit(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> Response {
    let known = XenditClient::for_tests();
    let basic = format!("Basic {}", BASE64.encode(format!("{}:", known.secret_key).as_bytes()));
    let headers: Headers = vec![("authorization", basic), ("idempotency-key", "PY-1".to_owned())];
    send(sandbox.addr(), method, path, &headers, body.to_string().as_bytes()).await.unwrap()
}

fn payout() -> Value {
    json!({
        "reference_id": "PY-1", "channel_code": "ID_BCA", "amount": 600_000, "currency": "IDR",
        "channel_properties": {"account_number": "1234567890", "account_holder_name": "Siti Contoh"},
    })
}

#[tokio::test]
async fn xendit_takes_back_what_nobody_was_paid_yet_and_nothing_else() {
    let mut slow = config();
    slow.faults = "in_progress_then_success=1,in_progress_inquiries=9".parse().unwrap();
    let sandbox = Sandbox::start(slow).await.unwrap();
    let before = sandbox.balance().unwrap();
    let id = xendit(&sandbox, "POST", "/v2/payouts", &payout()).await.json()["id"].as_str().unwrap().to_owned();
    let cancelled = xendit(&sandbox, "POST", &format!("/v2/payouts/{id}/cancel"), &json!({})).await;
    assert_eq!((cancelled.status, &cancelled.json()["status"]), (200, &json!("CANCELLED")));
    let told = xendit(&sandbox, "GET", &format!("/v2/payouts/{id}"), &Value::Null).await.json();
    assert_eq!(told["status"], "CANCELLED");
    assert_eq!((sandbox.credits().unwrap().len(), sandbox.balance().unwrap()), (0, before));
    let again = xendit(&sandbox, "POST", "/v2/payouts", &payout()).await.json();
    assert_eq!((&again["id"], &again["status"]), (&json!(id), &json!("CANCELLED")), "its reference is used up");

    let prompt = Sandbox::start(config()).await.unwrap();
    let id = xendit(&prompt, "POST", "/v2/payouts", &payout()).await.json()["id"].as_str().unwrap().to_owned();
    let late = xendit(&prompt, "POST", &format!("/v2/payouts/{id}/cancel"), &json!({})).await;
    assert_eq!((late.status, prompt.credits().unwrap().len()), (403, 1));
    let nobody = xendit(&prompt, "POST", "/v2/payouts/disb-0/cancel", &json!({})).await;
    assert_eq!(nobody.status, 404);
    assert_eq!(prompt.violations(), []);
}

#[tokio::test]
async fn xendit_lists_its_banks_and_wallets_as_they_are_asked_for() {
    let sandbox = Sandbox::start(config()).await.unwrap();
    let codes = async |query: &str| -> Vec<String> {
        let listed = xendit(&sandbox, "GET", &format!("/payouts_channels{query}"), &Value::Null).await.json();
        listed.as_array().unwrap().iter().map(|one| one["channel_code"].as_str().unwrap().to_owned()).collect()
    };
    let (all, wallets) = (codes("").await, codes("?currency=IDR&channel_category=EWALLET").await);
    assert!(all.len() > wallets.len() && wallets.iter().all(|code| all.contains(code)));
    assert_eq!(wallets, ["ID_DANA", "ID_GOPAY", "ID_LINKAJA", "ID_OVO", "ID_SHOPEEPAY"]);
    assert_eq!(codes("?channel_code=ID_BCA").await, ["ID_BCA"]);
    assert_eq!(codes("?channel_category=EWALLET&channel_category=BANK").await, all);
    assert_eq!(codes("?currency=PHP").await, Vec::<String>::new());
    let stranger = send(sandbox.addr(), "GET", "/payouts_channels", &vec![], b"").await.unwrap();
    assert_eq!(stranger.status, 401);
}
