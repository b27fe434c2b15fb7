//! The disbursements of Flip (v3): `POST /v3/disbursement` and `GET /v3/get-disbursement`, with the questions of v2 about
//! accounts and the balance, all behind `/big_sandbox_api`.
//!
//! Bodies are forms. A repeat is told by the `idempotency-key`: it is answered with the disbursement that there is,
//! whatever its body says, for what the provider does with another one is not documented. Whose an account is, is found
//! out in the background: the first question about it is answered with `PENDING`, unless the client wants otherwise. An
//! account that begins with one of the codes of errors and `0000` is found, and a disbursement to it refused with that
//! code; that is a lever of this sandbox, and not of the provider's.

use std::collections::HashMap;
use std::io;

use data_encoding::BASE64;
use hyper::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::callbacks::Letter;
use crate::clock;
use crate::config::FlipClient;
use crate::faults::Scope;
use crate::ledger::{Entry, Found, Order, Standing};
use crate::payouts::{self, Failure, SERVICE};
use crate::reply::{Answer, Incoming, Reply};
use crate::scenario;
use crate::trouble::{self, Voice};
use crate::watch::ViolationKind;
use crate::world::World;

const PREFIX: &str = "/big_sandbox_api";
/// An order whose time is older is not processed.
const FRESH_SECONDS: i64 = 60;
/// The date of what has not happened.
const NOT_YET: &str = "0000-00-00 00:00:00";

/// Codes with which an order can be made to be refused by its account.
const STAGED: [u64; 9] = [1021, 1022, 1025, 1026, 1027, 1033, 1074, 1088, 1093];

/// The client, if this path is one of the disbursements'.
pub(crate) fn called<'a>(world: &'a World, path: &str) -> Option<&'a FlipClient> {
    let rest = path.strip_prefix(PREFIX)?;
    world.config.flip.as_ref().filter(|_| rest.starts_with('/'))
}

/// Answers a request to this provider.
pub(crate) async fn answer(world: &World, client: &FlipClient, request: &Incoming) -> Answer {
    world.watch.called(SERVICE);
    let basic = format!("Basic {}", BASE64.encode(format!("{}:", client.secret_key).as_bytes()));
    if request.header("authorization") != Some(basic.as_str()) {
        world.watch.violated(ViolationKind::WrongPartner, SERVICE, "", "authorization");
        return Answer::Reply(named(401, "Unauthorized"));
    }
    let path = request.path().strip_prefix(PREFIX).unwrap_or_default();
    let done = match (&request.method, path) {
        (&Method::POST, "/v3/disbursement") => create(world, client, request).await,
        (&Method::GET, "/v3/get-disbursement") => read(world, client, request).await,
        (&Method::POST, "/v2/disbursement/bank-account-inquiry") => look(world, client, request).await,
        (&Method::GET, "/v2/general/balance") => balance(world).await,
        _ => {
            world.watch.violated(ViolationKind::UnknownPath, SERVICE, "", "path");
            Err(named(404, "Not Found"))
        }
    };
    done.unwrap_or_else(Answer::Reply)
}

fn named(http: u16, name: &str) -> Reply {
    Reply::json(http, &json!({"name": name, "message": "UJI COBA", "status": http}))
}

fn invalid(attribute: &str, code: u64) -> Reply {
    let errors = [json!({"attribute": attribute, "code": code, "message": "UJI COBA"})];
    Reply::json(422, &json!({"code": "VALIDATION_ERROR", "errors": errors}))
}

/// The book could not be read or written.
fn broken(_: io::Error) -> Reply {
    named(500, "Internal Server Error")
}

struct Words;

impl Voice for Words {
    fn says(&self, http: u16, case: u8) -> Reply {
        match (http, case) {
            (401, _) => named(401, "Unauthorized"),
            (403, 14) => Reply::json(422, &json!({"code": "BALANCE_INSUFFICIENT", "errors": []})),
            (403, 2) => invalid("amount", 1022),
            (403, 3) => invalid("account_number", 1026),
            (403, 9 | 18) => invalid("account_number", 1027),
            (404, 1) => invalid("idempotency-key", 1073),
            (404, 2 | 3) => invalid("bank_code", 1033),
            (404, _) => invalid("account_number", 1025),
            (429, _) => named(429, "Too Many Requests"),
            (500.., _) => named(http, "Internal Server Error"),
            _ => invalid("remark", 1041),
        }
    }

    /// A refusal of a page number that nobody gave.
    fn foreign(&self) -> Reply {
        let mut reply = invalid("page", 1032);
        reply.status = hyper::StatusCode::NOT_FOUND;
        reply
    }

    fn one_more(&self, reply: Reply) -> Reply {
        trouble::one_more_at(reply, &["/amount"])
    }

    fn forget_token(&self, _: &World) {}
}

async fn create(world: &World, client: &FlipClient, request: &Incoming) -> Result<Answer, Reply> {
    let body = Sha256::digest(&request.body).into();
    let asked = Asked::read(world, request)?;
    let order = asked.order(body);
    payouts::order(world, &Words, &order, |scenario, fate| {
        if let Some(known) = world.ledger(|ledger| ledger.entry(order.reference)) {
            return Ok(disbursement(client, &known, status(known.standing)));
        }
        // What would be refused when it is looked up is refused here, before anything is taken on.
        if scenario::of_lookup(&asked.account).filter(|_| world.config.scenarios).is_some() {
            return Ok(invalid("account_number", 1025));
        }
        let staged = STAGED.iter().find(|code| world.config.scenarios && asked.begins(**code));
        if let Some(code) = staged {
            return Ok(invalid("account_number", *code));
        }
        if asked.amount > world.ledger(crate::ledger::Ledger::available).map_err(broken)? {
            return Ok(Words.says(403, 14));
        }
        let entry = payouts::take_on(world, &order, scenario, fate, reason).map_err(broken)?;
        let entry = entry.ok_or_else(|| named(500, "Internal Server Error"))?;
        // The first answer says nothing but that it was taken on, whatever has become of it by then.
        Ok(disbursement(client, &entry, "PENDING"))
    })
    .await
}

/// Why a disbursement was cancelled.
fn reason(failure: Failure) -> &'static str {
    match failure {
        Failure::Account => "NOT_REGISTERED_ACCOUNT",
        Failure::Channel => "CANT_RECEIVE_TRANSFER",
        Failure::Temporary => "INTERMITTENT_DISTURBANCE_ON_BENEFICIARY_BANK",
        Failure::Balance | Failure::Other => "",
    }
}

/// A way back is not documented, so none is told.
fn status(standing: Standing) -> &'static str {
    match standing {
        Standing::Booked | Standing::Returned => "DONE",
        Standing::Prepared | Standing::InProgress => "PENDING",
        Standing::Failed | Standing::Refused => "CANCELLED",
    }
}

async fn read(world: &World, client: &FlipClient, request: &Incoming) -> Result<Answer, Reply> {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let fields = fields(query.as_bytes());
    let Some(name) = fields.get("idempotency-key") else { return Err(invalid("idempotency-key", 1001)) };
    let key = key(name);
    let account = world.ledger(|ledger| ledger.account(&key));
    trouble::around(world, &Words, Scope::Ask, (name, &account), || {
        match world.ledger(|ledger| ledger.inquire(&key)).map_err(broken)? {
            Found::Entry(entry) => Ok(disbursement(client, &entry, status(entry.standing))),
            Found::Nothing { .. } => Ok(invalid("idempotency-key", 1073)),
        }
    })
    .await
}

fn disbursement(client: &FlipClient, entry: &Entry, status: &str) -> Reply {
    Reply::json(200, &fields_of(client, entry, status))
}

fn fields_of(client: &FlipClient, entry: &Entry, status: &str) -> Value {
    let at = clock::parse(&entry.at).map_or_else(|| NOT_YET.to_owned(), clock::jakarta_civil);
    let (served, receipt) =
        if status == "DONE" { (at.as_str(), "https://uji.example/coba.jpg") } else { (NOT_YET, "") };
    let reason = entry.refused_with.as_deref().filter(|_| status == "CANCELLED").unwrap_or_default();
    // A number of 19 digits, as since December 2025.
    let id = 1_000_000_000_000_000_000 + entry.reference_no.get(10..).and_then(|no| no.parse().ok()).unwrap_or(0_u64);
    json!({
        "id": id,
        "user_id": client.user_id,
        "amount": entry.amount,
        "status": status,
        "reason": reason,
        "timestamp": at,
        "bank_code": entry.bank_code,
        "account_number": entry.account,
        "recipient_name": "-",
        "sender_bank": "bca",
        "remark": entry.source,
        "receipt": receipt,
        "time_served": served,
        "bundle_id": 0,
        "company_id": 7,
        "recipient_city": 391,
        "created_from": "API",
        "direction": "DOMESTIC_TRANSFER",
        "sender": null,
        "fee": 1500,
        "beneficiary_email": "",
        "idempotency_key": entry.name(),
    })
}

/// What is said unasked of a disbursement that has ended. A way back is not documented, so nothing is said of it.
pub(crate) fn told(world: &World, entry: &Entry, secret: &str) -> Option<Letter> {
    let client = world.config.flip.as_ref()?;
    let status = status(entry.standing);
    if status == "PENDING" || entry.standing == Standing::Returned {
        return None;
    }
    let data = fields_of(client, entry, status).to_string();
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("data", &data)
        .append_pair("token", secret)
        .finish();
    let headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
    Some(Letter { behind: String::new(), headers, body, told: status.to_owned() })
}

async fn look(world: &World, client: &FlipClient, request: &Incoming) -> Result<Answer, Reply> {
    let fields = form(world, request)?;
    let account = field(world, &fields, "account_number", "")?;
    let bank = field(world, &fields, "bank_code", "")?;
    trouble::around(world, &Words, Scope::LookUp, (&account, &account), || {
        let times = world.watch.asked(Scope::LookUp, &format!("flip/{bank}/{account}"));
        let scenario = scenario::of_lookup(&account).filter(|_| world.config.scenarios);
        let holder = world.holder(&account).filter(|_| scenario.is_none());
        let (status, holder) = match holder {
            _ if times == 1 && client.looks_in_background => ("PENDING", String::new()),
            Some(holder) => ("SUCCESS", holder),
            None => ("INVALID_ACCOUNT_NUMBER", String::new()),
        };
        let body = json!({
            "bank_code": bank,
            "account_number": account,
            "account_holder": holder,
            "status": status,
            "inquiry_key": fields.get("inquiry_key").cloned().unwrap_or_default(),
        });
        Ok(Reply::json(200, &body))
    })
    .await
}

async fn balance(world: &World) -> Result<Answer, Reply> {
    trouble::around(world, &Words, Scope::LookUp, ("balance", ""), || {
        let available = world.ledger(crate::ledger::Ledger::available).map_err(broken)?;
        Ok(Reply::json(200, &json!({"balance": available})))
    })
    .await
}

/// A reference of ours at another provider is not known here, nor the other way round.
fn key(idempotency_key: &str) -> String {
    format!("flip/{idempotency_key}")
}

/// A disbursement as it is asked for.
struct Asked {
    key: String,
    idempotency_key: String,
    bank: String,
    account: String,
    amount: u64,
    remark: String,
}

impl Asked {
    fn read(world: &World, request: &Incoming) -> Result<Self, Reply> {
        let fields = form(world, request)?;
        let wrong = |kind, reference: &str, field: &str, code| {
            world.watch.violated(kind, SERVICE, reference, field);
            invalid(field, code)
        };
        let idempotency_key = request.header("idempotency-key").filter(|key| key.len() <= 255).map(str::to_owned);
        let idempotency_key =
            idempotency_key.ok_or_else(|| wrong(ViolationKind::MissingHeader, "", "idempotency-key", 1001))?;
        if let Some(time) = request.header("x-timestamp") {
            let time =
                moment(time).ok_or_else(|| wrong(ViolationKind::DateFormat, &idempotency_key, "X-TIMESTAMP", 1095))?;
            if (clock::now() - time).whole_seconds() > FRESH_SECONDS {
                return Err(wrong(ViolationKind::StaleTimestamp, &idempotency_key, "X-TIMESTAMP", 1094));
            }
        }
        let account = field(world, &fields, "account_number", &idempotency_key)?;
        if !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong(ViolationKind::FieldFormat, &idempotency_key, "account_number", 1020));
        }
        let bank = field(world, &fields, "bank_code", &idempotency_key)?;
        if !bank.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            return Err(wrong(ViolationKind::FieldFormat, &idempotency_key, "bank_code", 1033));
        }
        let amount = field(world, &fields, "amount", &idempotency_key)?.parse().ok().filter(|amount| *amount > 0);
        let amount = amount.ok_or_else(|| wrong(ViolationKind::AmountFormat, &idempotency_key, "amount", 1020))?;
        let remark = fields.get("remark").cloned().unwrap_or_default();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || " .-/()".contains(c);
        if !(remark.len() <= 18 && remark.chars().all(is_plain)) {
            return Err(wrong(ViolationKind::FieldFormat, &idempotency_key, "remark", 1024));
        }
        Ok(Self { key: key(&idempotency_key), idempotency_key, bank, account, amount, remark })
    }

    fn begins(&self, code: u64) -> bool {
        self.account.strip_prefix(&code.to_string()).is_some_and(|rest| rest.starts_with("0000"))
    }

    fn order(&self, body: [u8; 32]) -> Order<'_> {
        Order {
            reference: &self.key,
            named: Some(&self.idempotency_key),
            service: SERVICE,
            bank_code: &self.bank,
            account: &self.account,
            source: &self.remark,
            amount: self.amount,
            body,
        }
    }
}

/// `2022-01-01T15:02:15+0700`.
fn moment(text: &str) -> Option<OffsetDateTime> {
    let form =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory][offset_minute]");
    OffsetDateTime::parse(text, &form).ok()
}

fn fields(form: &[u8]) -> HashMap<String, String> {
    form_urlencoded::parse(form).into_owned().collect()
}

/// The fields of a body, which must be a form: other content types are refused since December 2025.
fn form(world: &World, request: &Incoming) -> Result<HashMap<String, String>, Reply> {
    if request.header("content-type") != Some("application/x-www-form-urlencoded") {
        world.watch.violated(ViolationKind::HeaderFormat, SERVICE, "", "content-type");
        return Err(named(415, "Unsupported Media Type"));
    }
    Ok(fields(&request.body))
}

fn field(world: &World, fields: &HashMap<String, String>, name: &str, reference: &str) -> Result<String, Reply> {
    fields.get(name).filter(|text| !text.is_empty()).cloned().ok_or_else(|| {
        world.watch.violated(ViolationKind::MissingField, SERVICE, reference, name);
        invalid(name, 1001)
    })
}
