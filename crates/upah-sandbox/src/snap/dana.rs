//! DANA's disbursement: 37 to 39 to its wallets, 42, 43 and 00 to banks, each on both families of paths.
//!
//! Sources: dana-python 2.2.2 and dana-node 1.5.11 for paths and bodies; the provider's own test fixtures for the
//! scenarios ([`scenarios`]). It differs from the standard in one thing above all: an order that comes again, word for
//! word, is answered as it was the first time.
mod scenarios;

use serde_json::json;

use super::submit;
use super::trouble::{self, Caller};
use super::{Call, Refusal, bank, idr, standard, success, wallet};
use crate::faults::{Fault, Scope};
use crate::ledger::Order;
use crate::reply::Answer;
use crate::scenario::Scenario;
use crate::world::World;

/// The paths of both official clients.
pub(super) const SERVICES: &[(&str, u8)] = &[
    ("rest/v1.0/emoney/account-inquiry", 37),
    ("rest/v1.0/emoney/topup", 38),
    ("rest/v1.0/emoney/topup-status", 39),
    ("v1.0/emoney/account-inquiry.htm", 37),
    ("v1.0/emoney/topup.htm", 38),
    ("v1.0/emoney/topup-status.htm", 39),
    ("v1.0/emoney/bank-account-inquiry.htm", 42),
    ("v1.0/emoney/transfer-bank.htm", 43),
    ("v1.0/emoney/transfer-bank-status.htm", 0),
];

const TO_A_WALLET: &str = "AGENT_TOPUP_FOR_USER_SETTLE";
const TO_A_BANK: &str = "MERCHANT_WITHDRAW_FOR_CORPORATE";

pub(super) async fn answer(world: &World, mut call: Call<'_>) -> Result<Answer, Refusal> {
    match call.service {
        37 | 38 => is_for(&call, TO_A_WALLET)?,
        42 | 43 => is_for(&call, TO_A_BANK)?,
        _ => return standard(world, &call).await,
    }
    let name = if matches!(call.service, 37 | 38) { "customerNumber" } else { "beneficiaryAccountNumber" };
    let account = call.fields.code(name, 32)?;
    let amount = call.fields.amount()?;
    call.scenario = scenarios::of(call.service, account, amount).filter(|_| world.config.scenarios);
    match (call.service, call.scenario) {
        (37 | 42, Some(Scenario::Answers { http, case })) => look_away(world, &call, account, (http, case)).await,
        (37, _) => wallet::inquire(world, &call).await,
        (38, _) => wallet::top_up_at(world, &call, "dana").await,
        (42, _) => inquire(world, &call, account).await,
        _ => {
            // Whoever is told of the end by a notification waits for it.
            if call.scenario.is_none() && call.fields.info_is("needNotify") {
                call.scenario = Some(Scenario::Misbehaves(Fault::InProgressThenSuccess));
            }
            transfer(world, &call, account).await
        }
    }
}

/// What the money is for is mandatory, and one thing for each service.
fn is_for(call: &Call<'_>, purpose: &str) -> Result<(), Refusal> {
    const PATH: &str = "additionalInfo.fundType";
    let told = call.fields.needed_info("fundType", PATH)?;
    if told == purpose { Ok(()) } else { Err(super::fields::malformed(PATH)) }
}

/// A look-up that a scenario refuses.
async fn look_away(world: &World, call: &Call<'_>, account: &str, (http, case): (u16, u8)) -> Result<Answer, Refusal> {
    let caller = Caller::new(call, Scope::LookUp, account, account);
    trouble::around(world, &caller, || Err(Refusal::plain(http, case))).await
}

async fn inquire(world: &World, call: &Call<'_>, account: &str) -> Result<Answer, Refusal> {
    let fields = &call.fields;
    fields.phone("customerNumber")?;
    let bank_code = fields.needed_info("beneficiaryBankCode", "additionalInfo.beneficiaryBankCode")?;
    let amount = fields.amount()?;
    let caller = Caller::new(call, Scope::LookUp, account, account);
    trouble::around(world, &caller, || {
        let body = json!({
            "partnerReferenceNo": fields.echo("partnerReferenceNo"),
            "beneficiaryAccountNumber": account,
            "beneficiaryAccountName": bank::holder(world, account)?,
            "beneficiaryBankCode": bank_code,
            "amount": idr(amount),
            "additionalInfo": {"feeAmount": {"value": "0.00", "currency": "IDR"}},
        });
        Ok(success(call.service, 200, body))
    })
    .await
}

async fn transfer(world: &World, call: &Call<'_>, account: &str) -> Result<Answer, Refusal> {
    let fields = &call.fields;
    let order = Order {
        reference: fields.reference("partnerReferenceNo")?,
        named: None,
        service: call.service,
        amount: fields.amount()?,
        account,
        source: fields.phone("customerNumber")?,
        bank_code: fields.code("beneficiaryBankCode", 8)?,
        body: call.body,
    };
    fields.fee_is_ours()?;
    submit::submit(world, call, &order, |reference_no| {
        json!({
            "referenceNo": reference_no,
            "referenceNumber": reference_no,
            "partnerReferenceNo": order.reference,
        })
    })
    .await
}
