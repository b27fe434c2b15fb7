//! The disbursements of OY! Indonesia: `POST /api/remit` and `/api/remit-status`, `POST /api/account-inquiry`, and
//! `GET /api/balance`.
//!
//! What is said stands in `status.code`, under HTTP 200. A repeat is told by `partner_trx_id` alone, whatever else it
//! says: 257 while the first one is under way, 203 afterwards. A way back is not documented, so none is told.

use std::io;

use hyper::Method;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::callbacks::Letter;
use crate::clock;
use crate::config::OyClient;
use crate::faults::Scope;
use crate::ledger::{Entry, Found, Order, Standing};
use crate::payouts::{self, Failure, SERVICE};
use crate::reply::{Answer, Incoming, Reply};
use crate::scenario;
use crate::trouble::{self, Voice};
use crate::watch::ViolationKind;
use crate::world::World;

const ORDER: &str = "/api/remit";
const QUESTION: &str = "/api/remit-status";
const LOOK: &str = "/api/account-inquiry";
const BALANCE: &str = "/api/balance";

/// What the staging of the provider makes of an account that begins with such a code and `0000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Staged {
    /// Refused with it; there is no disbursement.
    Refused,
    /// Taken on with 101, and has failed with it by the time somebody asks.
    Fails,
    /// Answered with it at once, and failed with it.
    Failed,
    /// Answered with it, and nobody knows: there is none.
    Lost,
}

const STAGED: &[(&str, Staged)] = &[
    ("201", Staged::Refused),
    ("202", Staged::Refused),
    ("205", Staged::Refused),
    ("206", Staged::Fails),
    ("207", Staged::Refused),
    ("208", Staged::Refused),
    ("209", Staged::Refused),
    ("210", Staged::Refused),
    ("211", Staged::Refused),
    ("225", Staged::Fails),
    ("264", Staged::Refused),
    ("300", Staged::Failed),
    ("429", Staged::Refused),
    ("504", Staged::Lost),
    ("990", Staged::Refused),
    ("999", Staged::Lost),
];

/// The client, if this path is one of the disbursements'.
pub(crate) fn called<'a>(world: &'a World, path: &str) -> Option<&'a OyClient> {
    world.config.oy.as_ref().filter(|_| [ORDER, QUESTION, LOOK, BALANCE].contains(&path))
}

/// Answers a request to this provider.
pub(crate) async fn answer(world: &World, client: &OyClient, request: &Incoming) -> Answer {
    world.watch.called(SERVICE);
    for (name, value, code) in [("x-oy-username", &client.username, "201"), ("x-api-key", &client.api_key, "208")] {
        if request.header(name) != Some(value.as_str()) {
            world.watch.violated(ViolationKind::WrongPartner, SERVICE, "", name);
            return Answer::Reply(says(code));
        }
    }
    let done = match (&request.method, request.path()) {
        (&Method::POST, ORDER) => create(world, request).await,
        (&Method::POST, QUESTION) => status(world, request).await,
        (&Method::POST, LOOK) => look(world, request).await,
        (&Method::GET, BALANCE) => balance(world).await,
        _ => {
            world.watch.violated(ViolationKind::WrongMethod, SERVICE, "", request.path());
            Err(Reply::page(hyper::StatusCode::METHOD_NOT_ALLOWED))
        }
    };
    done.unwrap_or_else(Answer::Reply)
}

fn says(code: &str) -> Reply {
    Reply::json(200, &json!({"status": {"code": code, "message": "UJI COBA"}}))
}

/// The book could not be read or written.
fn broken(_: io::Error) -> Reply {
    says("999")
}

struct Words;

impl Voice for Words {
    fn says(&self, http: u16, case: u8) -> Reply {
        match (http, case) {
            (401, _) => says("208"),
            (404, 2 | 3) => says("205"),
            (404, _) => says("209"),
            (403, 2) => says("210"),
            (403, _) => says("211"),
            (409, _) => says("203"),
            (429, _) => says("429"),
            (504, _) => says("504"),
            (500.., _) => Reply::json(http, &json!({"status": {"code": "999", "message": "UJI COBA"}})),
            _ => says("990"),
        }
    }

    /// A refusal of an account inquiry that nobody made.
    fn foreign(&self) -> Reply {
        let body = json!({"status": {"code": "209", "message": "UJI COBA"}, "bank_code": "000", "account_number": "0"});
        Reply::json(404, &body)
    }

    fn one_more(&self, reply: Reply) -> Reply {
        trouble::one_more_at(reply, &["/amount"])
    }

    fn forget_token(&self, _: &World) {}
}

async fn create(world: &World, request: &Incoming) -> Result<Answer, Reply> {
    let body = Sha256::digest(&request.body).into();
    let asked = Asked::read(world, request)?;
    let order = asked.order(body);
    let staged = STAGED.iter().find(|(code, _)| world.config.scenarios && begins(&asked.account, code));
    payouts::order(world, &Words, &order, |scenario, fate| {
        if let Some(known) = world.ledger(|ledger| ledger.entry(order.reference)) {
            let code = if known.standing == Standing::InProgress { "257" } else { "203" };
            return Ok(asked.told(code, None));
        }
        if let Some((code, Staged::Refused | Staged::Lost)) = staged {
            return Ok(asked.told(code, None));
        }
        // What would be refused when it is looked up is refused here, before anything is taken on.
        if scenario::of_lookup(&asked.account).filter(|_| world.config.scenarios).is_some() {
            return Ok(asked.told("209", None));
        }
        if let Some((code, _)) = staged {
            world.ledger(|ledger| ledger.refuse(&order, code)).map_err(broken)?;
            world.notify(order.reference);
        } else {
            payouts::take_on(world, &order, scenario, fate, word).map_err(broken)?;
        }
        let entry = world.ledger(|ledger| ledger.entry(order.reference)).ok_or_else(|| says("999"))?;
        let code = if let Some((code, Staged::Failed)) = staged { code } else { "101" };
        Ok(asked.told(code, Some(&entry)))
    })
    .await
}

/// Long, so that an account number out of a generator hardly ever hits one by chance.
fn begins(account: &str, code: &str) -> bool {
    account.strip_prefix(code).is_some_and(|rest| rest.starts_with("0000"))
}

/// How a disbursement ended that was taken on and could not be paid.
fn word(failure: Failure) -> &'static str {
    match failure {
        Failure::Balance => "206",
        Failure::Account | Failure::Channel | Failure::Temporary | Failure::Other => "300",
    }
}

async fn status(world: &World, request: &Incoming) -> Result<Answer, Reply> {
    let fields = fields(world, request)?;
    let name = text(world, &fields, "partner_trx_id", "")?;
    let key = key(&name);
    let account = world.ledger(|ledger| ledger.account(&key));
    trouble::around(world, &Words, Scope::Ask, (&name, &account), || {
        match world.ledger(|ledger| ledger.inquire(&key)).map_err(broken)? {
            Found::Entry(entry) => Ok(disbursement(world, &entry)),
            Found::Nothing { .. } => {
                let body = json!({"status": {"code": "204", "message": "UJI COBA"}, "partner_trx_id": name});
                Ok(Reply::json(200, &body))
            }
        }
    })
    .await
}

fn standing_code(entry: &Entry) -> &str {
    match entry.standing {
        Standing::Booked | Standing::Returned => "000",
        Standing::Prepared | Standing::InProgress => "102",
        Standing::Failed => "300",
        Standing::Refused => entry.refused_with.as_deref().unwrap_or("300"),
    }
}

/// What is said unasked of a disbursement: of 000, 300 and 301 alone, and unsigned. The address bears the secret.
pub(crate) fn told(world: &World, entry: &Entry, secret: &str) -> Option<Letter> {
    let code = standing_code(entry);
    if !matches!(code, "000" | "300") || entry.standing == Standing::Returned {
        return None;
    }
    let mut body = fields_of(world, entry);
    // With four decimals, as there.
    body["amount"] = serde_json::from_str(&format!("{}.0000", entry.amount)).unwrap_or(Value::Null);
    let headers = vec![("content-type", "application/json".to_owned())];
    Some(Letter { behind: format!("?token={secret}"), headers, body: body.to_string(), told: code.to_owned() })
}

fn disbursement(world: &World, entry: &Entry) -> Reply {
    Reply::json(200, &fields_of(world, entry))
}

fn fields_of(world: &World, entry: &Entry) -> Value {
    let code = standing_code(entry);
    let at = clock::parse(&entry.at).map(clock::utc_day_first);
    json!({
        "status": {"code": code, "message": "UJI COBA"},
        "tx_status_description": "",
        "amount": entry.amount,
        "recipient_name": world.holder(&entry.account),
        "recipient_bank": entry.bank_code,
        "recipient_account": entry.account,
        "trx_id": entry.reference_no,
        "partner_trx_id": entry.name(),
        "timestamp": clock::utc_day_first(clock::now()),
        "created_date": at,
        "last_updated_date": at,
    })
}

async fn look(world: &World, request: &Incoming) -> Result<Answer, Reply> {
    let fields = fields(world, request)?;
    let bank = text(world, &fields, "bank_code", "")?;
    let account = text(world, &fields, "account_number", "")?;
    trouble::around(world, &Words, Scope::LookUp, (&account, &account), || {
        let scenario = scenario::of_lookup(&account).filter(|_| world.config.scenarios);
        let holder = world.holder(&account).filter(|_| scenario.is_none());
        let code = if holder.is_some() { "000" } else { "209" };
        let body = json!({
            "status": {"code": code, "message": "UJI COBA"},
            "bank_code": bank,
            "account_number": account,
            "account_name": holder,
            "timestamp": clock::utc_iso(clock::now()),
            "id": null,
            "invoice_id": null,
        });
        Ok(Reply::json(200, &body))
    })
    .await
}

async fn balance(world: &World) -> Result<Answer, Reply> {
    trouble::around(world, &Words, Scope::LookUp, ("balance", ""), || {
        let available = world.ledger(crate::ledger::Ledger::available).map_err(broken)?;
        // With four decimals, as there.
        let decimal = |rupiah: u64| serde_json::from_str::<Value>(&format!("{rupiah}.0000")).unwrap_or(Value::Null);
        let body = json!({
            "status": {"code": "000", "message": "UJI COBA"},
            "balance": decimal(available),
            "overdraftBalance": decimal(0),
            "overbookingBalance": decimal(0),
            "pendingBalance": decimal(0),
            "availableBalance": decimal(available),
            "timestamp": clock::utc_day_first(clock::now()),
        });
        Ok(Reply::json(200, &body))
    })
    .await
}

/// A reference of ours at another provider is not known here, nor the other way round.
fn key(partner_trx_id: &str) -> String {
    format!("oy/{partner_trx_id}")
}

/// A disbursement as it is asked for.
struct Asked {
    key: String,
    partner_trx_id: String,
    bank: String,
    account: String,
    amount: u64,
}

impl Asked {
    fn read(world: &World, request: &Incoming) -> Result<Self, Reply> {
        let fields = fields(world, request)?;
        let partner_trx_id = text(world, &fields, "partner_trx_id", "")?;
        let account = text(world, &fields, "recipient_account", &partner_trx_id)?;
        if !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong(world, ViolationKind::FieldFormat, &partner_trx_id, "recipient_account"));
        }
        let amount = fields.get("amount").and_then(Value::as_u64).filter(|amount| *amount > 0);
        let amount = amount.ok_or_else(|| wrong(world, ViolationKind::AmountFormat, &partner_trx_id, "amount"))?;
        let bank = text(world, &fields, "recipient_bank", &partner_trx_id)?;
        Ok(Self { key: key(&partner_trx_id), partner_trx_id, bank, account, amount })
    }

    fn order(&self, body: [u8; 32]) -> Order<'_> {
        Order {
            reference: &self.key,
            named: Some(&self.partner_trx_id),
            service: SERVICE,
            bank_code: &self.bank,
            account: &self.account,
            source: "",
            amount: self.amount,
            body,
        }
    }

    /// The first answer, which repeats what was asked.
    fn told(&self, code: &str, entry: Option<&Entry>) -> Reply {
        let mut body = json!({
            "status": {"code": code, "message": "UJI COBA"},
            "amount": self.amount,
            "recipient_bank": self.bank,
            "recipient_account": self.account,
            "partner_trx_id": self.partner_trx_id,
            "timestamp": clock::utc_day_first(clock::now()),
        });
        if let Some(entry) = entry {
            body["trx_id"] = entry.reference_no.clone().into();
        }
        Reply::json(200, &body)
    }
}

fn fields(world: &World, request: &Incoming) -> Result<Map<String, Value>, Reply> {
    serde_json::from_slice(&request.body).map_err(|_| wrong(world, ViolationKind::BadJson, "", "body"))
}

fn text(world: &World, fields: &Map<String, Value>, name: &str, reference: &str) -> Result<String, Reply> {
    let text = fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    text.ok_or_else(|| wrong(world, ViolationKind::MissingField, reference, name))
}

fn wrong(world: &World, kind: ViolationKind, reference: &str, field: &str) -> Reply {
    world.watch.violated(kind, SERVICE, reference, field);
    says("990")
}
