//! 11, 15, 16, 17, 18, 22, 23: the bank's balance, its look-ups and its transfers.

use serde_json::json;

use super::trouble::{self, Caller};
use super::{Call, Refusal, idr, submit, success};
use crate::faults::Scope;
use crate::ledger::Order;
use crate::reply::Answer;
use crate::scenario::{self, Scenario};
use crate::watch::ViolationKind;
use crate::world::World;

pub(super) async fn balance(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = call.fields.code("accountNo", 19)?;
    is_ours(world, account, "accountNo")?;
    let caller = Caller::new(call, Scope::LookUp, account, account);
    trouble::around(world, &caller, || {
        let available = world.ledger(crate::ledger::Ledger::available)?;
        let body = json!({
            "accountNo": account,
            "name": "PT UJI COBA",
            "accountInfos": [{
                "balanceType": "CASH",
                "amount": idr(available),
                "availableBalance": idr(available),
                "ledgerBalance": idr(available),
                "status": "0001",
            }],
        });
        Ok(success(call.service, 200, body))
    })
    .await
}

pub(super) async fn inquire(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let account = call.fields.code("beneficiaryAccountNo", 34)?;
    call.fields.within(&[("partnerReferenceNo", 64)])?;
    let bank = match call.service {
        16 => Some(call.fields.code("beneficiaryBankCode", 11)?),
        _ => None,
    };
    let caller = Caller::new(call, Scope::LookUp, account, account);
    trouble::around(world, &caller, || {
        let mut body = json!({
            "beneficiaryAccountName": holder(world, account)?,
            "beneficiaryAccountNo": account,
            "partnerReferenceNo": call.fields.echo("partnerReferenceNo"),
            "currency": "IDR",
        });
        match bank {
            Some(bank) => body["beneficiaryBankCode"] = bank.into(),
            None => body["beneficiaryAccountStatus"] = "Rekening aktif".into(),
        }
        Ok(success(call.service, 200, body))
    })
    .await
}

pub(super) async fn transfer(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let fields = &call.fields;
    let account = fields.code("beneficiaryAccountNo", 34)?;
    let bank_code = match call.service {
        17 => &world.config.bank_code,
        _ => fields.code("beneficiaryBankCode", 11)?,
    };
    pay(world, call, Payee { account, bank_code }).await
}

/// Whom the book knows as paid.
pub(super) struct Payee<'a> {
    pub(super) account: &'a str,
    pub(super) bank_code: &'a str,
}

/// A transfer by any of the four services, to whoever it is in the end.
pub(super) async fn pay(world: &World, call: &Call<'_>, payee: Payee<'_>) -> Result<Answer, Refusal> {
    let fields = &call.fields;
    let order = Order {
        reference: fields.reference("partnerReferenceNo")?,
        named: None,
        service: call.service,
        amount: fields.amount()?,
        account: payee.account,
        source: fields.code("sourceAccountNo", 19)?,
        bank_code: payee.bank_code,
        body: call.body,
    };
    if call.service != 17 {
        fields.text("beneficiaryAccountName", 100)?;
    }
    if matches!(call.service, 22 | 23) {
        fields.one_of("beneficiaryCustomerResidence", &["1", "2"])?;
        fields.one_of("beneficiaryCustomerType", &["1", "2", "3"])?;
    }
    fields.date("transactionDate", true)?;
    fields.fee_is_ours()?;
    fields.within(&[
        ("beneficiaryEmail", 50),
        ("beneficiaryAddress", 100),
        ("beneficiaryBankName", 50),
        ("currency", 3),
        ("customerReference", 30),
        ("remark", 50),
    ])?;
    is_ours(world, order.source, "sourceAccountNo")?;
    submit::submit(world, call, &order, |reference_no| {
        json!({
            "referenceNo": reference_no,
            "partnerReferenceNo": order.reference,
            "amount": idr(order.amount),
            "beneficiaryAccountNo": fields.echo("beneficiaryAccountNo"),
            "beneficiaryBankCode": if call.service == 17 { order.bank_code.into() } else { fields.echo("beneficiaryBankCode") },
            "sourceAccountNo": order.source,
            "transactionDate": fields.echo("transactionDate"),
            "customerReference": fields.echo("customerReference"),
        })
    })
    .await
}

/// The holder of an account or phone that can be looked up.
pub(super) fn holder(world: &World, account: &str) -> Result<String, Refusal> {
    match scenario::of_lookup(account).filter(|_| world.config.scenarios) {
        Some(Scenario::Answers { http, case }) => Err(Refusal::plain(http, case)),
        _ => world.holder(account).ok_or(Refusal::plain(404, 11)),
    }
}

pub(super) fn is_ours(world: &World, account: &str, field: &'static str) -> Result<(), Refusal> {
    match &world.config.source_account {
        Some(ours) if ours != account => Err(Refusal::breach(404, 11, ViolationKind::ForeignSource, field)),
        _ => Ok(()),
    }
}
