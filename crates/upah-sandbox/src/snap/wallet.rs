//! 37 and 38: the wallet's look-up and its top-up.

use data_encoding::BASE32_NOPAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::bank;
use super::fields::malformed;
use super::trouble::{self, Caller};
use super::{Call, Refusal, idr, submit, success};
use crate::faults::Scope;
use crate::ledger::Order;
use crate::reply::Answer;
use crate::scenario;
use crate::watch::ViolationKind;
use crate::world::World;

pub(super) async fn inquire(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let number = call.fields.phone("customerNumber")?;
    let amount = call.fields.amount()?;
    call.fields.date("transactionDate", false)?;
    call.fields.within(&[("partnerReferenceNo", 64)])?;
    let caller = Caller::new(call, Scope::LookUp, number, number);
    trouble::around(world, &caller, || {
        let mut body = json!({
            "partnerReferenceNo": call.fields.echo("partnerReferenceNo"),
            "sessionId": new_session(number)?,
            "customerNumber": number,
            "customerName": bank::holder(world, number)?,
            "minAmount": idr(1),
            "maxAmount": idr(TAKES_RUPIAH),
            "amount": idr(amount),
            "feeAmount": {"value": "0.00", "currency": "IDR"},
            "feeType": "OUR",
        });
        if let Some(room) = scenario::room(number) {
            body["customerMonthlyInLimit"] = json!(room.to_string());
        }
        Ok(success(call.service, 200, body))
    })
    .await
}

pub(super) async fn top_up(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    top_up_at(world, call, "").await
}

/// A top-up of the wallet of a provider, where there are several.
pub(super) async fn top_up_at(world: &World, call: &Call<'_>, provider: &str) -> Result<Answer, Refusal> {
    let fields = &call.fields;
    let order = Order {
        reference: fields.reference("partnerReferenceNo")?,
        named: None,
        service: call.service,
        amount: fields.amount()?,
        account: fields.phone("customerNumber")?,
        source: "",
        bank_code: provider,
        body: call.body,
    };
    fields.date("transactionDate", false)?;
    fields.fee_is_ours()?;
    fields.within(&[("customerName", 255), ("categoryId", 36), ("notes", 255)])?;
    match fields.optional("sessionId", 25)? {
        Some(session) if session.len() != SESSION_CHARS || !session.is_ascii() => {
            return Err(malformed("sessionId"));
        }
        // A session of another number is somebody else's look-up: the money would go astray.
        Some(session) if session != session_of(&session[..NONCE_CHARS], order.account) => {
            let kind = ViolationKind::ForeignSession;
            return Err(Refusal::breach(400, 1, kind, "sessionId"));
        }
        _ => {}
    }
    submit::submit(world, call, &order, |reference_no| {
        json!({
            "referenceNo": reference_no,
            "referenceNumber": reference_no,
            "partnerReferenceNo": order.reference,
            "sessionId": fields.echo("sessionId"),
            "customerNumber": order.account,
            "amount": idr(order.amount),
        })
    })
    .await
}

/// This wallet takes whatever can be written; [`scenario::room`] says of which numbers that is not so.
const TAKES_RUPIAH: u64 = 9_999_999_999_999;
const NONCE_CHARS: usize = 8;
const SESSION_CHARS: usize = 24;

/// Each look-up has a session of its own, as at real wallets: a client that looks up again before
/// it repeats a top-up sends another body.
fn new_session(number: &str) -> Result<String, Refusal> {
    let mut nonce = [0; 5];
    getrandom::fill(&mut nonce).map_err(|_| Refusal::plain(500, 1))?;
    Ok(session_of(&BASE32_NOPAD.encode(&nonce), number))
}

/// The number is in the session itself, so that sessions outlive the process.
fn session_of(nonce: &str, number: &str) -> String {
    let digest = Sha256::digest(format!("upah-sandbox session\n{nonce}\n{number}"));
    let mut session = BASE32_NOPAD.encode(&digest);
    session.truncate(SESSION_CHARS - NONCE_CHARS);
    session.insert_str(0, nonce);
    session
}
