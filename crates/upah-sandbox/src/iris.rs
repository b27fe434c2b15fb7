//! Iris, the payouts of Midtrans: `POST /iris/api/v1/payouts` writes payouts down, `…/payouts/approve` releases them.
//!
//! Nothing moves before the approval, which has a key of its own. A repeat of the creation is told by
//! `X-Idempotency-Key`, which is forgotten; a client that sends none creates another payout each time. What the bank
//! refuses is a payout that `failed` after its approval, and what came back has `failed` as well.

use std::io;

use data_encoding::{BASE64, HEXLOWER};
use hyper::Method;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256, Sha512};

use crate::callbacks::Letter;
use crate::config::IrisClient;
use crate::faults::Scope;
use crate::ledger::{Entry, Fate, Found, Order, Standing};
use crate::payouts::{self, Failure, SERVICE};
use crate::reply::{Answer, Incoming, Reply};
use crate::scenario::{self, Scenario};
use crate::trouble::{self, Voice};
use crate::watch::ViolationKind;
use crate::world::World;

const PREFIX: &str = "/iris/api/v1/";
/// Before the references of these payouts in the book.
const OURS: &str = "iris/";
/// How one call answers "several, or none, of these".
const NOT_FOUND: &str = "Payouts not found. Please check reference nos";
/// Banks and wallets under the provider's own names: enough for a payroll, and a few more.
const BANKS: [(&str, &str); 16] = [
    ("bca", "PT. BANK CENTRAL ASIA TBK."),
    ("bni", "PT. BANK NEGARA INDONESIA (PERSERO)"),
    ("bri", "PT. BANK RAKYAT INDONESIA (PERSERO)"),
    ("bsi", "PT. BANK SYARIAH INDONESIA TBK."),
    ("btn", "PT. BANK TABUNGAN NEGARA (PERSERO)"),
    ("btpn", "PT. BANK TABUNGAN PENSIUNAN NASIONAL"),
    ("cimb", "PT. BANK CIMB NIAGA TBK."),
    ("danamon", "PT. BANK DANAMON INDONESIA TBK."),
    ("dki", "PT. BANK DKI"),
    ("gopay", "GOPAY"),
    ("mandiri", "PT. BANK MANDIRI (PERSERO) TBK."),
    ("maybank", "PT. BANK MAYBANK INDONESIA TBK."),
    ("muamalat", "PT. BANK MUAMALAT INDONESIA"),
    ("ovo", "OVO"),
    ("permata", "PT. BANK PERMATA TBK."),
    ("panin", "PT. BANK PANIN TBK."),
];

/// The client, if this path is one of Iris'.
pub(crate) fn called<'a>(world: &'a World, path: &str) -> Option<&'a IrisClient> {
    world.config.iris.as_ref().filter(|_| path.starts_with(PREFIX))
}

/// Answers a request to this provider.
pub(crate) async fn answer(world: &World, client: &IrisClient, request: &Incoming) -> Answer {
    world.watch.called(SERVICE);
    let path = request.path().strip_prefix(PREFIX).unwrap_or_default();
    let releases = matches!(path, "payouts/approve" | "payouts/reject");
    let key = if releases { &client.approver_key } else { &client.creator_key };
    let either = [&client.creator_key, &client.approver_key];
    let keys = if request.method == Method::GET { &either[..] } else { &[key][..] };
    let given = request.header("authorization").unwrap_or_default();
    if !keys.iter().any(|key| given == format!("Basic {}", BASE64.encode(format!("{key}:").as_bytes()))) {
        world.watch.violated(ViolationKind::WrongPartner, SERVICE, "", "authorization");
        return Answer::Reply(Words.says(401, 0));
    }
    let done = match (&request.method, path) {
        (&Method::POST, "payouts") => create(world, request).await,
        (&Method::POST, "payouts/approve") => approve(world, request).await,
        (&Method::POST, "payouts/reject") => reject(world, request),
        (&Method::GET, "statements") => statement(world, request).await,
        (&Method::GET, "account_validation") => validate(world, request).await,
        (&Method::GET, "balance") => balance(world).await,
        (&Method::GET, "ping") => Ok(Answer::Reply(Reply::json(200, &json!("pong")))),
        (&Method::GET, "beneficiary_banks") => {
            let banks: Vec<_> = BANKS.iter().map(|(code, name)| json!({"code": code, "name": name})).collect();
            Ok(Answer::Reply(Reply::json(200, &json!({"beneficiary_banks": banks}))))
        }
        (&Method::GET, path) if path.starts_with("payouts/") => {
            details(world, path.strip_prefix("payouts/").unwrap_or_default()).await
        }
        _ => {
            world.watch.violated(ViolationKind::UnknownPath, SERVICE, "", "path");
            Err(Words.says(404, 0))
        }
    };
    done.unwrap_or_else(Answer::Reply)
}

fn error(http: u16, message: &str, errors: &Value) -> Reply {
    Reply::json(http, &json!({"error_message": message, "errors": errors}))
}

/// What is wrong with a creation, payout by payout.
fn not_created(wrong: &[Vec<&str>]) -> Reply {
    error(400, "An error occurred when creating payouts", &json!(wrong))
}

/// The book could not be read or written.
fn broken(_: io::Error) -> Reply {
    Words.says(500, 0)
}

struct Words;

impl Voice for Words {
    fn says(&self, http: u16, _: u8) -> Reply {
        let message = match http {
            401 => "You are not authorized to perform this action",
            404 => "Payout not found",
            429 => "Too many requests",
            400..=499 => "Bad request",
            _ => "An unexpected error occurred",
        };
        error(http, message, &json!([message]))
    }

    fn foreign(&self) -> Reply {
        Reply::json(404, &json!({"responseCode": "4041611", "responseMessage": "Invalid Card/Account/Customer"}))
    }

    fn one_more(&self, mut reply: Reply) -> Reply {
        let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else { return reply };
        if let Some(amount) = body.get_mut("amount") {
            *amount = money(amount.as_str().and_then(rupiah).unwrap_or_default().saturating_add(1)).into();
            reply.body = body.to_string().into();
        }
        reply
    }

    fn forget_token(&self, _: &World) {}
}

/// Faults of `@token` strike here: nothing moves by it.
async fn create(world: &World, request: &Incoming) -> Result<Answer, Reply> {
    let asked = asked(world, request)?;
    let key = match request.header("x-idempotency-key") {
        Some(key) if key.len() <= 100 => key.to_owned(),
        Some(_) => return Err(error(400, "Bad request", &json!(["Idempotency key is too long"]))),
        // Without one each creation is another.
        None => nonce().map_err(broken)?,
    };
    let body = Sha256::digest(&request.body).into();
    trouble::around(world, &Words, Scope::Token, (&key, ""), || {
        let mut payouts = Vec::new();
        for (place, asked) in asked.iter().enumerate() {
            // A key that was forgotten is one that was never seen.
            let reference = format!("{OURS}{}/{key}/{place}", world.forgotten_keys());
            let order = asked.order(&reference, &key, body);
            let Some(entry) = world.ledger(|ledger| ledger.prepare(&order, &asked.notes)).map_err(broken)? else {
                world.watch.violated(ViolationKind::OtherBody, SERVICE, &key, "body");
                let message = "idempotency-key is not unique";
                return Err(error(400, message, &json!(message)));
            };
            // The same result for every repeat, whatever has become of it by then.
            payouts.push(json!({"status": "queued", "reference_no": entry.reference_no}));
        }
        Ok(Reply::json(201, &json!({"payouts": payouts})))
    })
    .await
}

/// Faults of submissions strike here: this is where money moves.
async fn approve(world: &World, request: &Incoming) -> Result<Answer, Reply> {
    let keys = waiting(world, request, "approving")?;
    let first = keys.first().and_then(|key| world.ledger(|ledger| ledger.entry(key)));
    let first = first.ok_or_else(|| Words.says(404, 0))?;
    payouts::order(world, &Words, &first.order(), |scenario, fate| {
        for key in &keys {
            release(world, key, scenario, fate).map_err(broken)?;
        }
        Ok(Reply::json(202, &json!({"status": "ok"})))
    })
    .await
}

/// Releases one payout. What cannot be paid is approved as well, and has failed by the time somebody asks.
fn release(world: &World, key: &str, scenario: Option<Scenario>, fate: Fate) -> io::Result<()> {
    let failure = match scenario {
        Some(Scenario::Answers { http, case }) => Some(Failure::of(http, case)),
        _ if !world.exists(&world.ledger(|ledger| ledger.account(key))) => Some(Failure::Account),
        _ if world.ledger(|ledger| ledger.release(key, fate))? => None,
        _ => Some(Failure::Balance),
    };
    if let Some(failure) = failure {
        world.ledger(|ledger| ledger.turn_down(key, word(failure)))?;
    }
    world.notify(key);
    Ok(())
}

/// Why a payout failed, as a notification would say it; whoever asks is not told.
fn word(failure: Failure) -> &'static str {
    match failure {
        Failure::Account => "002",
        Failure::Balance => "016",
        Failure::Channel => "012",
        Failure::Temporary => "005",
        Failure::Other => "004",
    }
}

fn reject(world: &World, request: &Incoming) -> Result<Answer, Reply> {
    for key in waiting(world, request, "rejecting")? {
        world.ledger(|ledger| ledger.turn_down(&key, REJECTED)).map_err(broken)?;
        world.notify(&key);
    }
    Ok(Answer::Reply(Reply::json(202, &json!({"status": "ok"}))))
}

const REJECTED: &str = "rejected";

/// The payouts that are named, if every one of them still waits.
fn waiting(world: &World, request: &Incoming, doing: &str) -> Result<Vec<String>, Reply> {
    let fields: Map<String, Value> = read(world, request)?;
    let numbers = fields.get("reference_nos").and_then(Value::as_array).filter(|numbers| !numbers.is_empty());
    let not_found = || error(400, &format!("An error occurred when {doing} payouts"), &json!([NOT_FOUND]));
    let mut keys = Vec::new();
    for number in numbers.ok_or_else(not_found)? {
        let number = number.as_str().unwrap_or_default();
        let key = world.ledger(|ledger| ledger.by_reference_no(number)).ok_or_else(not_found)?;
        let entry = world.ledger(|ledger| ledger.entry(&key)).filter(is_ours);
        match entry.map(|entry| entry.standing) {
            Some(Standing::Prepared) => keys.push(key),
            Some(standing) => {
                if doing == "approving" && standing != Standing::Refused {
                    world.watch.violated(ViolationKind::ApprovedTwice, SERVICE, number, "reference_nos");
                }
                return Err(not_found());
            }
            None => return Err(not_found()),
        }
    }
    Ok(keys)
}

async fn details(world: &World, number: &str) -> Result<Answer, Reply> {
    let key = world.ledger(|ledger| ledger.by_reference_no(number));
    let account = key.as_ref().map_or_else(String::new, |key| world.ledger(|ledger| ledger.account(key)));
    trouble::around(world, &Words, Scope::Ask, (number, &account), || {
        let key = key.as_ref().ok_or_else(|| Words.says(404, 0))?;
        // What still waits can be seen at once; asking about it ends nothing.
        let prepared = world.ledger(|ledger| ledger.entry(key)).filter(|entry| entry.standing == Standing::Prepared);
        if let Some(entry) = prepared {
            return Ok(Reply::json(200, &payout(&entry)));
        }
        match world.ledger(|ledger| ledger.inquire(key)).map_err(broken)? {
            Found::Entry(entry) if is_ours(&entry) => Ok(Reply::json(200, &payout(&entry))),
            _ => Err(Words.says(404, 0)),
        }
    })
    .await
}

/// What moved, out and back, in the days that are asked for.
async fn statement(world: &World, request: &Incoming) -> Result<Answer, Reply> {
    let fields: Map<String, Value> = serde_json::from_slice(&request.body).unwrap_or_default();
    let day = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (from, to) = (day("from_date"), day("to_date"));
    trouble::around(world, &Words, Scope::Ask, ("statements", ""), || {
        let mut lines = Vec::new();
        for entry in world.ledger(|ledger| ledger.under(OURS)) {
            let on = entry.at.get(..10).unwrap_or_default();
            let is_asked_for = on >= from.as_str() && (to.is_empty() || on <= to.as_str());
            let has_moved = !matches!(entry.standing, Standing::Prepared | Standing::Refused);
            // Looking at a list moves nothing towards its end, and what is hidden is hidden here too.
            if !is_asked_for || !has_moved || world.ledger(|ledger| ledger.is_hidden(&entry.reference)) {
                continue;
            }
            lines.push(line(&entry, "Payout", "debit"));
            if matches!(entry.standing, Standing::Failed | Standing::Returned) {
                lines.push(line(&entry, "Refund", "credit"));
            }
        }
        Ok(Reply::json(200, &Value::Array(lines)))
    })
    .await
}

fn line(entry: &Entry, kind: &str, status: &str) -> Value {
    json!({
        "reference_no": entry.reference_no,
        "beneficiary_name": entry.source,
        "beneficiary_account": entry.account,
        "account": bank(&entry.bank_code),
        "type": kind,
        "amount": money(entry.amount),
        "status": status,
        "created_at": entry.at,
    })
}

async fn validate(world: &World, request: &Incoming) -> Result<Answer, Reply> {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let of = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let (bank, account) = (of("bank").unwrap_or_default(), of("account").unwrap_or_default());
    trouble::around(world, &Words, Scope::LookUp, (account, account), || {
        let not_valid = |http: u16, why: &str| {
            let why = json!({"account": [why]});
            error(http, "An error occured when doing account validation", &why)
        };
        match scenario::of_lookup(account).filter(|_| world.config.scenarios) {
            Some(Scenario::Answers { http: 404, .. }) => return Err(not_valid(400, "Account does not exist")),
            Some(Scenario::Answers { http: 403, case: 9 }) => return Err(not_valid(400, "Account is dormant")),
            Some(Scenario::Answers { http: 403, .. }) => return Err(not_valid(400, "Account is closed")),
            Some(_) => return Err(not_valid(503, "Bank account validation is currently unavailable")),
            None => {}
        }
        let name = world.holder(account).ok_or_else(|| not_valid(400, "Account does not exist"))?;
        let id = HEXLOWER.encode(&Sha256::digest(query)[..16]);
        Ok(Reply::json(200, &json!({"id": id, "account_name": name, "account_no": account, "bank_name": bank})))
    })
    .await
}

async fn balance(world: &World) -> Result<Answer, Reply> {
    trouble::around(world, &Words, Scope::LookUp, ("balance", ""), || {
        let available = world.ledger(crate::ledger::Ledger::available).map_err(broken)?;
        Ok(Reply::json(200, &json!({"balance": money(available)})))
    })
    .await
}

fn status(entry: &Entry) -> &'static str {
    match entry.standing {
        Standing::Prepared => "queued",
        Standing::InProgress => "processed",
        Standing::Booked => "completed",
        Standing::Refused if entry.refused_with.as_deref() == Some(REJECTED) => "rejected",
        Standing::Failed | Standing::Refused | Standing::Returned => "failed",
    }
}

/// What is said unasked of a payout that has ended: under the provider's own number alone.
pub(crate) fn told(entry: &Entry, merchant_key: &str) -> Option<Letter> {
    let status = status(entry);
    if matches!(status, "queued" | "processed") {
        return None;
    }
    let mut body = json!({
        "reference_no": entry.reference_no,
        "amount": money(entry.amount),
        "status": status,
        "updated_at": entry.at,
    });
    if let Some(code) = entry.refused_with.as_deref().filter(|_| status == "failed") {
        (body["error_code"], body["error_message"]) = (code.into(), "UJI COBA".into());
    }
    let body = body.to_string();
    let proof = Sha512::new().chain_update(&body).chain_update(merchant_key).finalize();
    let headers = vec![("content-type", "application/json".to_owned()), ("iris-signature", HEXLOWER.encode(&proof))];
    Some(Letter { behind: String::new(), headers, body, told: status.to_owned() })
}

fn payout(entry: &Entry) -> Value {
    json!({
        "amount": money(entry.amount),
        "beneficiary_name": entry.source,
        "beneficiary_account": entry.account,
        "bank": bank(&entry.bank_code),
        "reference_no": entry.reference_no,
        "notes": entry.notes,
        "status": status(entry),
        "created_by": "UJI COBA",
        "created_at": entry.at,
        "updated_at": entry.at,
    })
}

fn bank(code: &str) -> &str {
    BANKS.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}

fn is_ours(entry: &Entry) -> bool {
    entry.reference.starts_with(OURS)
}

fn money(rupiah: u64) -> String {
    format!("{rupiah}.0")
}

/// Whole rupiah, with at most two decimals, which are zeros.
fn rupiah(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_whole = decimals.len() <= 2 && decimals.bytes().all(|digit| digit == b'0');
    if is_whole && whole.bytes().all(|digit| digit.is_ascii_digit()) { whole.parse().ok() } else { None }
}

fn nonce() -> io::Result<String> {
    let mut random = [0; 12];
    getrandom::fill(&mut random).map_err(|_| io::Error::other("no randomness"))?;
    Ok(HEXLOWER.encode(&random))
}

/// A payout as it is asked for.
struct Asked {
    bank: String,
    account: String,
    name: String,
    amount: u64,
    notes: String,
}

impl Asked {
    fn order<'a>(&'a self, reference: &'a str, key: &'a str, body: [u8; 32]) -> Order<'a> {
        Order {
            reference,
            named: Some(key),
            service: SERVICE,
            bank_code: &self.bank,
            account: &self.account,
            source: &self.name,
            amount: self.amount,
            body,
        }
    }
}

fn read(world: &World, request: &Incoming) -> Result<Map<String, Value>, Reply> {
    serde_json::from_slice(&request.body).map_err(|_| {
        world.watch.violated(ViolationKind::BadJson, SERVICE, "", "body");
        Words.says(400, 0)
    })
}

fn asked(world: &World, request: &Incoming) -> Result<Vec<Asked>, Reply> {
    let fields = read(world, request)?;
    let payouts = fields.get("payouts").and_then(Value::as_array).filter(|payouts| !payouts.is_empty());
    let payouts = payouts.ok_or_else(|| not_created(&[vec!["Payouts can't be blank"]]))?;
    let mut asked = Vec::new();
    let mut wrong = Vec::new();
    for payout in payouts {
        match one(world, payout) {
            Ok(one) => asked.push(one),
            Err(why) => wrong.push(why),
        }
    }
    if wrong.is_empty() { Ok(asked) } else { Err(not_created(&wrong)) }
}

/// One payout of a creation, or everything that is wrong with it.
fn one(world: &World, payout: &Value) -> Result<Asked, Vec<&'static str>> {
    let text = |name: &str| payout.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let asked = Asked {
        bank: text("beneficiary_bank"),
        account: text("beneficiary_account"),
        name: text("beneficiary_name"),
        amount: rupiah(&text("amount")).unwrap_or_default(),
        notes: text("notes"),
    };
    // What would be refused as it is written is refused here, before anything is written down.
    let refused = matches!(scenario::of_transfer(&asked.account), Some(Scenario::Answers { http: 400, .. }));
    let checks = [
        (asked.name.is_empty(), "Beneficiary name can't be blank"),
        (asked.account.is_empty(), "Beneficiary account can't be blank"),
        (!BANKS.iter().any(|(known, _)| *known == asked.bank), "Beneficiary bank is not included in the list"),
        (asked.amount == 0, "Amount is not a number"),
        (asked.notes.chars().count() > 100, "Notes is too long (maximum is 100 characters)"),
        (refused && world.config.scenarios, "Beneficiary account is invalid"),
    ];
    let wrong: Vec<_> = checks.into_iter().filter_map(|(is_wrong, why)| is_wrong.then_some(why)).collect();
    if wrong.is_empty() { Ok(asked) } else { Err(wrong) }
}
