//! Midtrans' payouts over SNAP: bank codes with a branch, wallets of several providers, one status service.
//!
//! Source: the provider's documentation: `beneficiaryBankCode` of three digits and four of a branch; 37 with an amount
//! of `1.00` and `additionalInfo.beneficiaryProvider`; services 16, 17, 18, 36, 37 and 38, so 36 asks about top-ups.

use super::fields::malformed;
use super::{Call, Refusal, standard, wallet};
use crate::reply::Answer;
use crate::world::World;

pub(super) async fn answer(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let fields = &call.fields;
    match call.service {
        16 | 18 => {
            let code = fields.code("beneficiaryBankCode", 8)?;
            if code.len() != 7 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(malformed("beneficiaryBankCode"));
            }
        }
        37 | 38 => {
            let provider = fields.needed_info("beneficiaryProvider", "additionalInfo.beneficiaryProvider")?;
            if !provider.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                return Err(malformed("additionalInfo.beneficiaryProvider"));
            }
            if call.service == 38 {
                return wallet::top_up_at(world, call, provider).await;
            }
            if fields.amount()? != 1 {
                return Err(malformed("amount"));
            }
        }
        _ => {}
    }
    standard(world, call).await
}
