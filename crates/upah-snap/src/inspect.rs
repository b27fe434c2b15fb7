//! Asking about an account before it is paid, and about our own.
//!
//! No money moves in these calls, so what they are refused for is said of the destination; what only
//! keeps them from being answered says nothing about it.
use crate::bodies::amount::Echo;
use crate::bodies::replies::{AccountReply, BalanceReply, WalletReply};
use crate::bodies::requests::{
    Balance as BalanceBody, BodyError, ExternalInquiry, FromWalletInquiry, InternalInquiry, WalletInquiry,
};
use crate::client::CallResult;
use crate::codes::{Action, InquiryOutcome};
use crate::compose::resolution;
use crate::outcome::{Unasked, evidence, failed_question, trusted};
use crate::payer::{Payer, Route, Step};
use crate::service::Service;
use upah_core::account::{Zeros, is_same};
use upah_core::evidence::{Inspection, Refusal};
use upah_core::rail::Balance;
use upah_core::{Cause, Rupiah};

impl From<Unasked> for Inspection {
    fn from(Unasked { cause, retry_after_seconds }: Unasked) -> Self {
        Self::Unavailable { cause, retry_after_seconds }
    }
}

/// The question about a destination: its service and body.
pub(crate) fn question(payer: &Payer, route: Route<'_>, amount: Rupiah) -> Result<(Service, String), BodyError> {
    let info = payer.info(route, Step::Inquiry);
    let external = |code, account| {
        let inquiry = ExternalInquiry {
            beneficiary_bank_code: code,
            beneficiary_account_no: account,
            partner_reference_no: None,
            additional_info: &info,
        };
        inquiry.body()
    };
    Ok(match route {
        Route::SameBank { account, .. } if payer.profile.has(Service::InternalInquiry) => {
            let body = InternalInquiry { partner_reference_no: None, beneficiary_account_no: account }.body()?;
            (Service::InternalInquiry, body)
        }
        Route::SameBank { code, account }
        | Route::OtherBank { code, account, .. }
        | Route::OtherBankInBulk { code, account } => (Service::ExternalInquiry, external(Some(code), Some(account))?),
        Route::Proxy { .. } => (Service::ExternalInquiry, external(None, None)?),
        Route::Wallet { number, .. } | Route::WalletInBulk { number } => {
            let inquiry = WalletInquiry {
                partner_reference_no: None,
                customer_number: number,
                amount_rupiah: payer.asked_rupiah(amount.value()),
                transaction_date: None,
                additional_info: &info,
            };
            (Service::WalletInquiry, inquiry.body()?)
        }
        Route::FromWallet { account, .. } => {
            let inquiry = FromWalletInquiry {
                customer_number: &payer.source_account,
                beneficiary_account_number: account,
                amount_rupiah: amount.value(),
                additional_info: &info,
            };
            (Service::FromWalletInquiry, inquiry.body()?)
        }
    })
}

/// What the question about a destination was answered.
pub(crate) fn of_inspection(result: &CallResult, route: Route<'_>, amount: Rupiah) -> Inspection {
    let (answer, envelope) = match trusted(result) {
        Ok(trusted) => trusted,
        Err(unasked) => return unasked.into(),
    };
    match envelope.row().action {
        Action::Settled => match found(&answer.body, route, amount) {
            Ok(found) => found,
            Err(cause) => Inspection::Refused(Refusal { cause, evidence: evidence(answer, None) }),
        },
        Action::Refused(cause) => Inspection::Refused(Refusal { cause, evidence: evidence(answer, None) }),
        // Nothing was ordered yet that could be released later.
        Action::Suspended => Inspection::Refused(Refusal { cause: Cause::Suspended, evidence: evidence(answer, None) }),
        Action::NotExecutedBackOff(Cause::OutsideHours) => Unasked::for_want_of(Cause::OutsideHours).into(),
        _ => failed_question(answer, envelope).into(),
    }
}

/// Without a name there is nothing to compare, so the account was not asked about. An error is why the wallet will not
/// take the amount, as far as it tells.
fn found(body: &[u8], route: Route<'_>, amount: Rupiah) -> Result<Inspection, Cause> {
    let mut room = Ok(());
    let told = match route {
        Route::SameBank { account, .. } | Route::OtherBank { account, .. } | Route::OtherBankInBulk { account, .. } => {
            AccountReply::read(body).map(|reply| {
                (reply.account_no.contradicts(|told| is_same(account, told, Zeros::Count)), reply.account_name, None)
            })
        }
        Route::FromWallet { account, .. } => AccountReply::read(body).map(|reply| {
            let other = reply.account_no.contradicts(|told| is_same(account, told, Zeros::Count));
            (other, reply.account_name, reply.session_id)
        }),
        // An answer that names no account has not found the one that is registered.
        Route::Proxy { .. } => AccountReply::read(body).and_then(|reply| {
            let (bank, account) = (reply.bank_code.value()?, reply.account_no.value()?);
            Some((false, reply.account_name, Some(resolution(bank, account)?)))
        }),
        Route::Wallet { number, .. } | Route::WalletInBulk { number, .. } => WalletReply::read(body).map(|reply| {
            room = takes(&reply, amount);
            let other = reply.customer_number.contradicts(|told| is_same(number, told, Zeros::Count));
            (other, reply.customer_name, reply.session_id)
        }),
    };
    match told {
        Some((false, name, session)) => room.map(|()| Inspection::Found { name, session }),
        Some((true, ..)) => Ok(Unasked::for_want_of(Cause::EvidenceConflict).into()),
        None => Ok(Unasked::for_want_of(Cause::NoAnswer).into()),
    }
}

/// Whether a wallet takes an amount, by what it told of its limits (37). The standard does not say whether its
/// `customerMonthlyInLimit` is what is left of the month or all of it: more than either is refused. A limit of nothing is one
/// that was not told, for a wallet that is full says so itself when it is paid (403ss23).
fn takes(reply: &WalletReply, amount: Rupiah) -> Result<(), Cause> {
    let amount = amount.value();
    let told = |limit: &Echo<u64>| limit.value().copied().filter(|limit| *limit > 0);
    let is_over = told(&reply.max_rupiah).is_some_and(|most| amount > most);
    if is_over || told(&reply.min_rupiah).is_some_and(|least| amount < least) {
        return Err(Cause::AmountOverLimit);
    }
    match reply.monthly_rupiah {
        Some(most) if most > 0 && amount > most => Err(Cause::AccountLimitReached),
        _ => Ok(()),
    }
}

/// The question about our own account.
pub(crate) fn balance_question(source_account: &str) -> Result<String, BodyError> {
    BalanceBody { partner_reference_no: None, account_no: source_account }.body()
}

/// What the question about our own account was answered. Whatever else goes wrong, a balance that is
/// not told stops nobody's wage.
pub(crate) fn of_balance(result: &CallResult) -> Balance {
    let (answer, envelope) = match trusted(result) {
        Ok(trusted) => trusted,
        Err(unasked) => return no_balance(unasked.cause),
    };
    if envelope.inquiry_outcome() != Some(InquiryOutcome::Answered) {
        return no_balance(failed_question(answer, envelope).cause);
    }
    let told = BalanceReply::read(&answer.body).and_then(|reply| reply.available_rupiah.value().copied());
    told.map_or(Balance::NotTold, |rupiah| Balance::Available(Rupiah::new(rupiah).unwrap_or(Rupiah::MAX)))
}

const fn no_balance(cause: Cause) -> Balance {
    match cause {
        Cause::RailUnreachable | Cause::CredentialsRefused => Balance::Unavailable(cause),
        _ => Balance::NotTold,
    }
}

#[cfg(test)]
mod tests;
