//! The SNAP provider: which service a request is for, and the envelope of every answer.

mod bank;
mod bulk;
mod dana;
mod fields;
mod house;
mod mandiri;
mod midtrans;
mod status;
mod submit;
mod token;
mod trouble;
mod verify;
mod wallet;

use std::io;

use serde_json::{Map, Value, json};

use crate::reply::{Answer, Incoming, Reply};
use crate::scenario::{self, Scenario};
use crate::watch::ViolationKind;
use crate::world::World;
use fields::Fields;
use house::{Family, House, Reads};

const TOKEN: u8 = 73;

/// A signed call whose signature was good.
struct Call<'a> {
    house: &'static House,
    service: u8,
    token: &'a str,
    /// SHA-256 of the minified body.
    body: [u8; 32],
    fields: Fields<'a>,
    /// What this house does to this call, whatever the account is elsewhere.
    scenario: Option<Scenario>,
}

/// An answer of the standard that is no success, and the breach it answers, if it is one.
#[derive(Debug, Clone, Copy)]
struct Refusal {
    http: u16,
    case: u8,
    /// The field or header it is about.
    detail: &'static str,
    breach: Option<ViolationKind>,
}

impl Refusal {
    /// The bank's word; the client did nothing wrong.
    fn plain(http: u16, case: u8) -> Self {
        Self { http, case, detail: "", breach: None }
    }

    fn breach(http: u16, case: u8, kind: ViolationKind, detail: &'static str) -> Self {
        Self { http, case, detail, breach: Some(kind) }
    }

    fn reply(&self, service: u8) -> Reply {
        let mut body = Map::new();
        envelope(&mut body, self.http, service, self.case, self.detail);
        Reply::json(self.http, &Value::Object(body))
    }
}

impl From<io::Error> for Refusal {
    /// The book could not be read or written.
    fn from(_: io::Error) -> Self {
        Self::plain(500, 1)
    }
}

/// Answers a request to this provider.
pub(crate) async fn answer(world: &World, request: &Incoming) -> Answer {
    let Some((house, service)) = House::called(&world.config.path_prefix, request.path()) else {
        world.watch.violated(ViolationKind::UnknownPath, 0, "", "path");
        return Answer::Reply(Refusal::plain(404, 0).reply(0));
    };
    world.watch.called(service);
    let mut json: Option<Map<String, Value>> = serde_json::from_slice(&request.body).ok();
    if let (Reads::AsClientsWrite, Some(json)) = (house.reads, &mut json) {
        fields::forget_what_is_not_said(json);
    }
    match serve(world, request, (house, service), json.as_ref()).await {
        Ok(answer) => answer,
        Err(refusal) => {
            if let Some(kind) = refusal.breach {
                let reference = json.as_ref().map_or("", reference);
                world.watch.violated(kind, service, reference, refusal.detail);
            }
            Answer::Reply(refusal.reply(service))
        }
    }
}

async fn serve(
    world: &World,
    request: &Incoming,
    (house, service): (&'static House, u8),
    json: Option<&Map<String, Value>>,
) -> Result<Answer, Refusal> {
    if request.method != hyper::Method::POST {
        return Err(Refusal::breach(405, 0, ViolationKind::WrongMethod, "method"));
    }
    let no_json = Refusal::breach(400, 0, ViolationKind::BadJson, "body");
    if service == TOKEN {
        return token::issue(world, request, &Fields::new(json.ok_or(no_json)?, house.reads)).await;
    }
    let (token, body) = verify::signed_call(world, house, request)?;
    let fields = Fields::new(json.ok_or(no_json)?, house.reads);
    let call = Call { house, service, token, body, fields, scenario: None };
    match house.family {
        Family::Standard => standard(world, &call).await,
        Family::Dana => dana::answer(world, call).await,
        Family::Mandiri => mandiri::answer(world, &call).await,
        Family::Midtrans => midtrans::answer(world, &call).await,
    }
}

/// What every house does that has no words of its own for it.
async fn standard(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    match call.service {
        17 | 18 | 22 | 23 => bank::transfer(world, call).await,
        0 | 36 | 39 => status::inquire(world, call).await,
        37 => wallet::inquire(world, call).await,
        38 => wallet::top_up(world, call).await,
        20 | 40 => bulk::pay(world, call).await,
        11 => bank::balance(world, call).await,
        _ => bank::inquire(world, call).await,
    }
}

fn reference(json: &Map<String, Value>) -> &str {
    ["partnerReferenceNo", "originalPartnerReferenceNo", "partnerBulkId"]
        .iter()
        .find_map(|name| json.get(*name)?.as_str())
        .unwrap_or_default()
}

/// HTTP status, service and case, and the standard's text with the field it is about.
fn envelope(body: &mut Map<String, Value>, http: u16, service: u8, case: u8, detail: &str) {
    let message = scenario::message(http, case).unwrap_or("Bad Request");
    let message = match detail {
        "" => message.to_owned(),
        detail => format!("{message} {detail}"),
    };
    body.insert("responseCode".to_owned(), code(http, service, case).into());
    body.insert("responseMessage".to_owned(), message.into());
}

fn code(http: u16, service: u8, case: u8) -> String {
    format!("{http}{service:02}{case:02}")
}

/// A success of `service` with these fields.
fn success(service: u8, http: u16, fields: Value) -> Reply {
    let mut body = match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    // What the client did not send is not echoed.
    body.retain(|_, value| !value.is_null());
    if matches!(service, 22 | 23) {
        // Clearing tells with the answer how far it has come.
        body.insert("transactionStatus".to_owned(), if http == 200 { "00" } else { "03" }.into());
    }
    envelope(&mut body, http, service, 0, "");
    Reply::json(http, &Value::Object(body))
}

/// Whole rupiah as the standard writes them.
pub(crate) fn idr(amount: u64) -> Value {
    json!({"value": format!("{amount}.00"), "currency": "IDR"})
}
