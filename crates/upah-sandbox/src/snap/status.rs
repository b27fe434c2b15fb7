//! 36, 39 and 00: what became of a payment.

use serde_json::json;

use super::trouble::{self, Caller};
use super::{Call, Refusal, idr, mandiri, success};
use crate::faults::Scope;
use crate::ledger::{Entry, Found};
use crate::reply::{Answer, Reply};
use crate::watch::ViolationKind;
use crate::world::World;

pub(super) async fn inquire(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let fields = &call.fields;
    let asked_service = fields.code("serviceCode", 2)?;
    fields.date("transactionDate", false)?;
    fields.within(&[("originalExternalId", 36)])?;
    let by_partner = fields.optional("originalPartnerReferenceNo", 64)?;
    let by_bank = fields.optional("originalReferenceNo", 64)?;
    let reference = match (by_partner, by_bank) {
        (Some(reference), _) => reference.to_owned(),
        (None, Some(number)) => world.ledger(|ledger| ledger.by_reference_no(number)).ok_or(Refusal::plain(404, 1))?,
        (None, None) => {
            let kind = ViolationKind::MissingField;
            return Err(Refusal::breach(400, 2, kind, "originalPartnerReferenceNo"));
        }
    };
    let account = if world.plan().is_quiet(Scope::Ask) {
        String::new()
    } else {
        world.ledger(|ledger| ledger.account(&reference))
    };
    let caller = Caller::new(call, Scope::Ask, &reference, &account);
    trouble::around(world, &caller, || {
        let found = world.ledger(|ledger| ledger.inquire(&reference))?;
        match found {
            Found::Nothing { hidden: true } if call.service == 36 && denies_by_status(&reference) => {
                Ok(denied(call, &reference))
            }
            Found::Nothing { .. } => Err(Refusal::plain(404, 1)),
            Found::Entry(entry) => told(call, &entry, asked_service),
        }
    })
    .await
}

fn told(call: &Call<'_>, entry: &Entry, asked_service: &str) -> Result<Reply, Refusal> {
    let (question, named) = call.house.asked_by(entry.service);
    let service = format!("{named:02}");
    if service != asked_service || question != call.service {
        let kind = ViolationKind::WrongServiceCode;
        return Err(Refusal::breach(404, 1, kind, "serviceCode"));
    }
    let (status, description) = entry.standing.status();
    let mut body = json!({
        "originalReferenceNo": entry.reference_no,
        "originalPartnerReferenceNo": entry.reference,
        "originalExternalId": call.fields.echo("originalExternalId"),
        "serviceCode": service,
        "transactionDate": entry.at,
        "amount": idr(entry.amount),
        "latestTransactionStatus": status,
        "transactionStatusDesc": description,
        "referenceNumber": entry.reference_no,
    });
    if call.service == 36 {
        let (bank_code, account) = mandiri::shown(entry);
        body["beneficiaryAccountNo"] = account.into();
        body["beneficiaryBankCode"] = bank_code.into();
        body["sourceAccountNo"] = entry.source.as_str().into();
    }
    if let Some(code) = &entry.refused_with {
        body["previousResponseCode"] = code.as_str().into();
    }
    Ok(success(call.service, 200, body))
}

/// Banks deny in two ways: `404ss01`, or a good answer with status 07. Half of the references meet
/// each.
fn denies_by_status(reference: &str) -> bool {
    reference.bytes().fold(0u8, u8::wrapping_add) % 2 == 0
}

fn denied(call: &Call<'_>, reference: &str) -> Reply {
    let body = json!({
        "originalPartnerReferenceNo": reference,
        "serviceCode": call.fields.echo("serviceCode"),
        "latestTransactionStatus": "07",
        "transactionStatusDesc": "Not found",
    });
    success(call.service, 200, body)
}
