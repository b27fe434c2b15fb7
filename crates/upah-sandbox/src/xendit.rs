//! The payouts of Xendit (v2): `POST /v2/payouts`, and what became of them.
//!
//! Every payout is taken on first (`ACCEPTED`) and told of afterwards, as at the provider: what its channel refuses
//! is a payout that `FAILED`, not a refused request. A repeat is told by the `idempotency-key`; whoever gives one
//! `reference_id` two keys is paid for twice, and seen doing so in the credits.

mod channels;

use std::io;

use data_encoding::BASE64;
use hyper::Method;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use channels::CHANNELS;

use crate::callbacks::Letter;
use crate::config::XenditClient;
use crate::faults::Scope;
use crate::ledger::{Entry, Found, Order, Standing};
use crate::payouts::{self, Failure, SERVICE};
use crate::reply::{Answer, Incoming, Reply};
use crate::scenario;
use crate::trouble::{self, Voice};
use crate::watch::ViolationKind;
use crate::world::World;

const PATH: &str = "/v2/payouts";
const CHANNELS_PATH: &str = "/payouts_channels";

/// The client, if this path is one of the payouts'.
pub(crate) fn called<'a>(world: &'a World, path: &str) -> Option<&'a XenditClient> {
    let is_payout = path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    world.config.xendit.as_ref().filter(|_| is_payout || path == CHANNELS_PATH)
}

/// Answers a request to this provider.
pub(crate) async fn answer(world: &World, client: &XenditClient, request: &Incoming) -> Answer {
    world.watch.called(SERVICE);
    if request.header("authorization") != Some(authorization(client).as_str()) {
        world.watch.violated(ViolationKind::WrongPartner, SERVICE, "", "authorization");
        return Answer::Reply(error(401, "INVALID_API_KEY"));
    }
    let id = request.path().strip_prefix(PATH).and_then(|rest| rest.strip_prefix('/'));
    let cancelled = id.and_then(|id| id.strip_suffix("/cancel"));
    let done = match (&request.method, id) {
        (&Method::GET, None) if request.path() == CHANNELS_PATH => Ok(Answer::Reply(listed(request))),
        (&Method::POST, Some(_)) if cancelled.is_some() => cancel(world, client, cancelled.unwrap_or_default()),
        (&Method::POST, None) => create(world, client, request).await,
        (&Method::GET, None) => list(world, client, request).await,
        (&Method::GET, Some(id)) => read(world, client, id).await,
        _ => {
            world.watch.violated(ViolationKind::UnknownPath, SERVICE, "", "path");
            Err(error(404, "DATA_NOT_FOUND"))
        }
    };
    done.unwrap_or_else(Answer::Reply)
}

fn authorization(client: &XenditClient) -> String {
    format!("Basic {}", BASE64.encode(format!("{}:", client.secret_key).as_bytes()))
}

fn error(http: u16, code: &str) -> Reply {
    Reply::json(http, &json!({"error_code": code, "message": "UJI COBA"}))
}

/// The book could not be read or written.
fn broken(_: io::Error) -> Reply {
    error(500, "SERVER_ERROR")
}

struct Words;

impl Voice for Words {
    fn says(&self, http: u16, _: u8) -> Reply {
        let code = match http {
            401 => "INVALID_API_KEY",
            403 => "REQUEST_FORBIDDEN_ERROR",
            404 => "DATA_NOT_FOUND",
            409 => "DUPLICATE_ERROR",
            429 => "RATE_LIMIT_EXCEEDED",
            400..=499 => "API_VALIDATION_ERROR",
            _ => "SERVER_ERROR",
        };
        error(http, code)
    }

    fn foreign(&self) -> Reply {
        Reply::json(404, &json!({"responseCode": "4041611", "responseMessage": "Invalid Card/Account/Customer"}))
    }

    fn one_more(&self, reply: Reply) -> Reply {
        trouble::one_more_at(reply, &["/data/0/amount", "/amount"])
    }

    fn forget_token(&self, _: &World) {}
}

async fn create(world: &World, client: &XenditClient, request: &Incoming) -> Result<Answer, Reply> {
    let body = Sha256::digest(&request.body).into();
    let asked = asked(world, request)?;
    let order = asked.order(body);
    payouts::order(world, &Words, &order, |scenario, fate| {
        let (entry, status) = match world.ledger(|ledger| ledger.entry(order.reference)) {
            Some(known) if !known.has_body(&body) => return Err(error(409, "DUPLICATE_ERROR")),
            Some(known) => {
                let status = status(&known);
                (known, status)
            }
            // The first answer says nothing but that it was taken on, whatever has become of it by then.
            None => {
                let entry = payouts::take_on(world, &order, scenario, fate, failure_code).map_err(broken)?;
                (entry.ok_or_else(|| error(500, "SERVER_ERROR"))?, "ACCEPTED")
            }
        };
        Ok(Reply::json(200, &payout(client, &entry, status)))
    })
    .await
}

/// What the channel says.
fn failure_code(failure: Failure) -> &'static str {
    match failure {
        Failure::Account => "INVALID_DESTINATION",
        Failure::Balance => "INSUFFICIENT_BALANCE",
        Failure::Channel => "REJECTED_BY_CHANNEL",
        Failure::Temporary => "TEMPORARY_TRANSFER_ERROR",
        Failure::Other => "TRANSFER_ERROR",
    }
}

async fn list(world: &World, client: &XenditClient, request: &Incoming) -> Result<Answer, Reply> {
    let Some(name) = asked_for(request, "reference_id").next() else {
        return Err(error(400, "API_VALIDATION_ERROR"));
    };
    let keys = world.ledger(|ledger| ledger.by_name(SERVICE, name));
    asked_about(world, name, keys.first(), || {
        let mut data = Vec::new();
        for key in &keys {
            if let Found::Entry(entry) = world.ledger(|ledger| ledger.inquire(key)).map_err(broken)? {
                data.push(payout(client, &entry, status(&entry)));
            }
        }
        Ok(Reply::json(200, &json!({"data": data, "has_more": false, "links": {"rel": "", "href": "", "method": ""}})))
    })
    .await
}

/// What stands in the query under a name, each time.
fn asked_for<'a>(request: &'a Incoming, name: &'static str) -> impl Iterator<Item = &'a str> {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter_map(move |pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// The banks and wallets, or those of them that were asked for.
fn listed(request: &Incoming) -> Reply {
    let is_asked = |name: &'static str, value: &str| {
        let mut asked = asked_for(request, name).filter(|asked| !asked.is_empty()).peekable();
        asked.peek().is_none() || asked.any(|asked| asked == value)
    };
    let channels = CHANNELS.iter().map(|channel| (channel, if channel.is_wallet { "EWALLET" } else { "BANK" }));
    let channels = channels.filter(|(channel, category)| {
        is_asked("currency", "IDR") && is_asked("channel_category", category) && is_asked("channel_code", channel.code)
    });
    let channels = channels.map(|(channel, category)| {
        json!({
            "channel_code": channel.code,
            "channel_category": category,
            "currency": "IDR",
            "channel_name": channel.name,
            "amount_limits": {"minimum": channel.least, "maximum": channel.most, "minimum_increment": 1},
        })
    });
    Reply::json(200, &channels.collect())
}

/// Takes a payout back that nobody was paid yet. Which error tells that it is too late is not documented.
fn cancel(world: &World, client: &XenditClient, id: &str) -> Result<Answer, Reply> {
    let number = id.strip_prefix("disb-").unwrap_or_default();
    let key = world.ledger(|ledger| ledger.by_reference_no(number)).ok_or_else(|| error(404, "DATA_NOT_FOUND"))?;
    let is_done = world.ledger(|ledger| ledger.recall(&key, CANCELLED)).map_err(broken)?;
    match world.ledger(|ledger| ledger.entry(&key)).filter(|_| is_done) {
        Some(entry) => Ok(Answer::Reply(Reply::json(200, &payout(client, &entry, status(&entry))))),
        None => Err(error(403, "REQUEST_FORBIDDEN_ERROR")),
    }
}

async fn read(world: &World, client: &XenditClient, id: &str) -> Result<Answer, Reply> {
    let number = id.strip_prefix("disb-").unwrap_or_default();
    let key = world.ledger(|ledger| ledger.by_reference_no(number));
    asked_about(world, id, key.as_ref(), || {
        let key = key.as_ref().ok_or_else(|| error(404, "DATA_NOT_FOUND"))?;
        match world.ledger(|ledger| ledger.inquire(key)).map_err(broken)? {
            Found::Entry(entry) => Ok(Reply::json(200, &payout(client, &entry, status(&entry)))),
            Found::Nothing { .. } => Err(error(404, "DATA_NOT_FOUND")),
        }
    })
    .await
}

/// Answers a question through its faults.
async fn asked_about(
    world: &World,
    subject: &str,
    key: Option<&String>,
    work: impl FnOnce() -> Result<Reply, Reply>,
) -> Result<Answer, Reply> {
    let account = key.map_or_else(String::new, |key| world.ledger(|ledger| ledger.account(key)));
    trouble::around(world, &Words, Scope::Ask, (subject, &account), work).await
}

const CANCELLED: &str = "CANCELLED";

fn status(entry: &Entry) -> &'static str {
    match entry.standing {
        Standing::Failed if entry.refused_with.as_deref() == Some(CANCELLED) => CANCELLED,
        Standing::Booked => "SUCCEEDED",
        Standing::Prepared | Standing::InProgress => "REQUESTED",
        Standing::Failed | Standing::Refused => "FAILED",
        Standing::Returned => "REVERSED",
    }
}

fn payout(client: &XenditClient, entry: &Entry, status: &str) -> Value {
    let mut body = json!({
        "id": format!("disb-{}", entry.reference_no),
        "reference_id": entry.name(),
        "business_id": client.business_id,
        "channel_code": entry.bank_code,
        "channel_properties": {"account_number": entry.account, "account_holder_name": entry.source},
        "amount": entry.amount,
        "currency": "IDR",
        "status": status,
        "created": entry.at,
        "updated": entry.at,
    });
    if status == "FAILED" {
        body["failure_code"] = entry.refused_with.as_deref().unwrap_or("TRANSFER_ERROR").into();
    }
    body
}

/// What is said unasked of a payout that has ended. How the event of a payout that came back is called in v2 is not
/// documented; this is the pattern of the others.
pub(crate) fn told(world: &World, entry: &Entry, secret: &str) -> Option<Letter> {
    let client = world.config.xendit.as_ref()?;
    let status = status(entry);
    let event = match status {
        "SUCCEEDED" => "payout.succeeded",
        "FAILED" => "payout.failed",
        "REVERSED" => "payout.reversed",
        _ => return None,
    };
    let data = payout(client, entry, status);
    let body = json!({"event": event, "business_id": client.business_id, "created": entry.at, "data": data});
    let headers = vec![("content-type", "application/json".to_owned()), ("x-callback-token", secret.to_owned())];
    Some(Letter { behind: String::new(), headers, body: body.to_string(), told: status.to_owned() })
}

/// A payout as it is asked for.
struct Asked {
    /// A reference of ours at the bank beside it is not known here, nor the other way round.
    key: String,
    reference_id: String,
    channel: String,
    account: String,
    holder: String,
    amount: u64,
}

impl Asked {
    fn order(&self, body: [u8; 32]) -> Order<'_> {
        Order {
            reference: &self.key,
            named: Some(&self.reference_id),
            service: SERVICE,
            bank_code: &self.channel,
            account: &self.account,
            source: &self.holder,
            amount: self.amount,
            body,
        }
    }
}

fn asked(world: &World, request: &Incoming) -> Result<Asked, Reply> {
    let fields: Map<String, Value> = serde_json::from_slice(&request.body).map_err(|_| {
        world.watch.violated(ViolationKind::BadJson, SERVICE, "", "body");
        error(400, "INVALID_JSON_FORMAT")
    })?;
    let reference = fields.get("reference_id").and_then(Value::as_str).unwrap_or_default();
    let wrong = |kind, field: &str| {
        world.watch.violated(kind, SERVICE, reference, field);
        error(400, "API_VALIDATION_ERROR")
    };
    let key = request.header("idempotency-key").filter(|key| key.len() <= 100);
    let key = key.ok_or_else(|| wrong(ViolationKind::MissingHeader, "idempotency-key"))?;
    let properties = fields.get("channel_properties");
    let text = |value: Option<&Value>, field: &str| {
        let text = value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        text.ok_or_else(|| wrong(ViolationKind::MissingField, field))
    };
    let inner = |name: &str| text(properties.and_then(|inner| inner.get(name)), name);
    let amount = fields.get("amount").and_then(whole).filter(|amount| *amount > 0);
    let asked = Asked {
        key: format!("xendit/{key}"),
        reference_id: text(fields.get("reference_id"), "reference_id")?,
        channel: text(fields.get("channel_code"), "channel_code")?,
        account: inner("account_number")?,
        holder: inner("account_holder_name")?,
        amount: amount.ok_or_else(|| wrong(ViolationKind::AmountFormat, "amount"))?,
    };
    if fields.get("currency").and_then(Value::as_str) != Some("IDR") {
        return Err(wrong(ViolationKind::FieldFormat, "currency"));
    }
    // Every bank and wallet of the country is paid, whatever the provider calls it.
    if !asked.channel.starts_with("ID_") {
        return Err(error(400, "CHANNEL_CODE_NOT_SUPPORTED_ERROR"));
    }
    // What would be refused when it is looked up is refused here, before anything is taken on.
    if scenario::of_lookup(&asked.account).filter(|_| world.config.scenarios).is_some() {
        return Err(error(400, "RECIPIENT_ACCOUNT_NUMBER_ERROR"));
    }
    Ok(asked)
}

/// Whole rupiah; official clients write them as `10000.0` too.
fn whole(value: &Value) -> Option<u64> {
    let text = value.as_number()?.to_string();
    text.strip_suffix(".0").unwrap_or(&text).parse().ok()
}
