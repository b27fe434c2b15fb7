//! Bank Mandiri: BI-FAST inside 16 and 18, by account or by what an account is registered under.
//!
//! References are numbers of 19 digits at most. Source: the bank's documentation of `additionalInfo` (`switcher`, `inquiryType`, `categoryPurpose`, `aliasType`,
//! `aliasValue`, `transactionIndicator`). Whose account an alias is, is invented out of the alias, always the same.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::bank::{self, Payee};
use super::fields::{Fields, malformed};
use super::trouble::{self, Caller};
use super::{Call, Refusal, standard, success};
use crate::faults::Scope;
use crate::ledger::Entry;
use crate::reply::Answer;
use crate::watch::ViolationKind;
use crate::world::World;

/// As the book knows the bank of whoever is paid by an alias.
const BY_ALIAS: &str = "bifast";

/// Where invented accounts are.
const BANKS: [&str; 4] = ["BRINIDJA", "BMRIIDJA", "BNINIDJA", "CENAIDJA"];

pub(super) async fn answer(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    if matches!(call.service, 17 | 18) {
        let reference = call.fields.reference("partnerReferenceNo")?;
        if reference.len() > 19 || !reference.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed("partnerReferenceNo"));
        }
    }
    if !matches!(call.service, 16 | 18) {
        return standard(world, call).await;
    }
    match call.fields.info("switcher") {
        None | Some("PRIMA" | "ATMB") => standard(world, call).await,
        Some("BIFAST") => by_bifast(world, call).await,
        Some(_) => Err(malformed("additionalInfo.switcher")),
    }
}

async fn by_bifast(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let fields = &call.fields;
    if fields.needed_info("categoryPurpose", "additionalInfo.categoryPurpose")? != "99" {
        return Err(malformed("additionalInfo.categoryPurpose"));
    }
    let (name, path) = match call.service {
        16 => ("inquiryType", "additionalInfo.inquiryType"),
        _ => ("transactionIndicator", "additionalInfo.transactionIndicator"),
    };
    let alias = match fields.needed_info(name, path)? {
        "1" => None,
        "2" => Some(alias(fields)?),
        _ => return Err(malformed(path)),
    };
    if call.service == 18 {
        fields.needed_info("nationalIdentityNumber", "additionalInfo.nationalIdentityNumber")?;
    }
    match (call.service, alias) {
        (16, Some(alias)) => resolve(world, call, alias).await,
        (_, Some(alias)) => pay_alias(world, call, alias).await,
        (_, None) => {
            is_bic(fields.code("beneficiaryBankCode", 11)?)?;
            standard(world, call).await
        }
    }
}

/// 8 characters, or 11 with a branch.
fn is_bic(code: &str) -> Result<(), Refusal> {
    let is_one = matches!(code.len(), 8 | 11) && code.bytes().take(6).all(|byte| byte.is_ascii_uppercase());
    if is_one { Ok(()) } else { Err(malformed("beneficiaryBankCode")) }
}

fn alias<'a>(fields: &Fields<'a>) -> Result<&'a str, Refusal> {
    let value = fields.needed_info("aliasValue", "additionalInfo.aliasValue")?;
    let fits = match fields.needed_info("aliasType", "additionalInfo.aliasType")? {
        "01" => value.starts_with("628") && value.bytes().all(|byte| byte.is_ascii_digit()),
        "02" => value.contains('@'),
        _ => false,
    };
    if fits { Ok(value) } else { Err(malformed("additionalInfo.aliasValue")) }
}

async fn resolve(world: &World, call: &Call<'_>, alias: &str) -> Result<Answer, Refusal> {
    let fields = &call.fields;
    fields.needed_info("debtorAccount", "additionalInfo.debtorAccount")?;
    // The documentation's table has one, its sample the other.
    if !matches!(fields.needed_info("lookUpType", "additionalInfo.lookUpType")?, "PRXY" | "PXRS") {
        return Err(malformed("additionalInfo.lookUpType"));
    }
    let caller = Caller::new(call, Scope::LookUp, alias, alias);
    trouble::around(world, &caller, || {
        let (bank_code, account) = registered(alias);
        let body = json!({
            "beneficiaryAccountName": bank::holder(world, alias)?,
            "beneficiaryAccountNo": account,
            "beneficiaryBankCode": bank_code,
            "currency": "IDR",
        });
        Ok(success(call.service, 200, body))
    })
    .await
}

/// The transfer names the account that the look-up told: another one would be somebody else's.
async fn pay_alias(world: &World, call: &Call<'_>, alias: &str) -> Result<Answer, Refusal> {
    let (bank_code, account) = registered(alias);
    let fields = &call.fields;
    if fields.code("beneficiaryAccountNo", 34)? != account || fields.code("beneficiaryBankCode", 11)? != bank_code {
        return Err(Refusal::breach(403, 15, ViolationKind::ForeignSession, "beneficiaryAccountNo"));
    }
    bank::pay(world, call, Payee { account: alias, bank_code: BY_ALIAS }).await
}

/// Bank and account behind an alias.
fn registered(alias: &str) -> (&'static str, String) {
    let digest = Sha256::digest(format!("upah-sandbox alias\n{alias}"));
    let number = digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    (BANKS[usize::from(digest[8]) % BANKS.len()], format!("{:010}", 1_000_000_000 + number % 9_000_000_000))
}

/// Bank and account of a payment as a status inquiry tells them.
pub(super) fn shown(entry: &Entry) -> (String, String) {
    if entry.bank_code == BY_ALIAS {
        let (bank_code, account) = registered(&entry.account);
        return (bank_code.to_owned(), account);
    }
    (entry.bank_code.clone(), entry.account.clone())
}
