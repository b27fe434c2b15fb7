//! Which service pays a destination, and the exact body of an attempt.
//!
//! A stored body is sent byte for byte for as long as its attempt lives, perhaps by another version of
//! this program. Everything that sending and asking need besides (the service, and what an answer
//! must not contradict) is therefore read back from the body itself, in [`Stored::read`].
use crate::bodies::amount::read_rupiah;
use crate::bodies::bulk::{BankItem, WalletItem};
use crate::bodies::replies::Expected;
use crate::bodies::requests::{BodyError, Clearing, FromWallet, Interbank, Intrabank, TopUp};
use crate::payer::{Info, Payer, Route, Step};
use crate::service::Service;
use crate::timestamp::timestamp;
use serde::Deserialize;
use std::borrow::Cow;
use upah_core::Rupiah;
use upah_core::rail::{ComposeError, Order};
use upah_core::reference::Reference;

crate::redacted_debug!(Stored<'_>);

/// The exact body of an order, minified.
pub(crate) fn compose(order: &Order<'_>, payer: &Payer) -> Result<String, ComposeError> {
    let route = payer.route(order.destination, order.amount).ok_or(ComposeError::NotServed)?;
    let date = timestamp(u64::try_from(order.at.millis()).unwrap_or(0));
    let info = payer.info(route, Step::Transfer);
    let body = match route {
        Route::SameBank { account, .. } => Intrabank {
            partner_reference_no: order.reference.as_str(),
            amount_rupiah: order.amount.value(),
            beneficiary_account_no: account,
            source_account_no: &payer.source_account,
            transaction_date: &date,
            remark: None,
            additional_info: &info,
        }
        .body(),
        Route::OtherBank { code, account, clearing } => {
            interbank(order, payer, (Some(code), Some(account), clearing), &date, &info)
        }
        Route::OtherBankInBulk { code, account } => BankItem {
            partner_reference_no: order.reference.as_str(),
            bank_code: code,
            beneficiary_account_no: account,
            beneficiary_account_name: cut(inquired_name(order).unwrap_or(order.name.as_str()), 100),
            amount_rupiah: order.amount.value(),
        }
        .body(),
        Route::WalletInBulk { number } => WalletItem {
            account_number: number,
            account_name: inquired_name(order).map(|name| cut(name, 255)),
            amount_rupiah: order.amount.value(),
            partner_reference_no: order.reference.as_str(),
        }
        .body(),
        // Whose account that is the inquiry tells, and nobody guesses. Without its answer the body is good for one thing:
        // to ask whether another store, which had one, has sent it.
        Route::Proxy { .. } => match order.session.and_then(resolved) {
            Some((code, account)) => interbank(order, payer, (Some(code), Some(account), None), &date, &info),
            None => interbank(order, payer, (None, None, None), &date, &info),
        },
        Route::Wallet { number, .. } => TopUp {
            partner_reference_no: order.reference.as_str(),
            customer_number: number,
            // Optional here: what the wallet did not tell us is not told to the wallet.
            customer_name: inquired_name(order).map(|name| cut(name, 255)),
            amount_rupiah: order.amount.value(),
            fee_amount_rupiah: payer.fee_rupiah(),
            transaction_date: &date,
            session_id: order.session,
            notes: None,
            additional_info: &info,
        }
        .body(),
        Route::FromWallet { code, account } => FromWallet {
            partner_reference_no: order.reference.as_str(),
            customer_number: &payer.source_account,
            account_type: payer.account_type(),
            beneficiary_account_number: account,
            beneficiary_bank_code: code,
            amount_rupiah: order.amount.value(),
            session_id: order.session,
            additional_info: &info,
        }
        .body(),
    };
    body.map_err(|why| match why {
        BodyError::TooLong { .. } => ComposeError::TooLong,
        _ => ComposeError::NotServed,
    })
}

fn interbank(
    order: &Order<'_>,
    payer: &Payer,
    (code, account, clearing): (Option<&str>, Option<&str>, Option<Clearing>),
    date: &str,
    info: &Info<'_>,
) -> Result<String, BodyError> {
    Interbank {
        clearing,
        partner_reference_no: order.reference.as_str(),
        amount_rupiah: order.amount.value(),
        beneficiary_account_name: cut(inquired_name(order).unwrap_or(order.name.as_str()), 100),
        beneficiary_account_no: account,
        beneficiary_bank_code: code,
        beneficiary_bank_name: None,
        source_account_no: &payer.source_account,
        transaction_date: date,
        additional_info: info,
    }
    .body()
}

/// The holder's name where it was told in clear.
fn inquired_name<'a>(order: &Order<'a>) -> Option<&'a str> {
    order.inquired_name.filter(|name| is_a_name(name))
}

/// What an inquiry about a proxy is remembered as until its payment is composed: bank and account, as they go into 18.
pub(crate) fn resolution(code: &str, account: &str) -> Option<String> {
    let text = format!("{code}/{account}");
    resolved(&text).is_some().then_some(text)
}

/// Bank and account of a [`resolution`].
fn resolved(session: &str) -> Option<(&str, &str)> {
    let (code, account) = session.split_once('/')?;
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    (is_plain(code) && is_plain(account)).then_some((code, account))
}

/// A stored body, read back: what an answer about it is judged against.
pub struct Stored<'a> {
    service: Service,
    reference: Cow<'a, str>,
    amount_rupiah: u64,
    account: Option<Cow<'a, str>>,
}

impl<'a> Stored<'a> {
    /// Reads a body that [`SnapRail`](crate::SnapRail) composed. `None` when it is none, or when it is
    /// not the body of this attempt: then nothing can be sent or asked under it.
    #[must_use]
    pub fn read(body: &'a str, reference: &Reference, amount: Rupiah) -> Option<Self> {
        let wire: Wire<'a> = serde_json::from_str(body).ok()?;
        let is_alias = wire.info.as_ref().is_some_and(|info| info.alias.is_some());
        let others = (&wire.customer_number, &wire.account_number, &wire.bank_code, &wire.info);
        let item = match (wire.item_bank_code.is_some(), &wire.account, &wire.item_account, others) {
            (true, Some(_), None, (None, None, None, None)) => Some(Service::InterbankBulk),
            (false, None, Some(_), (None, None, None, None)) => Some(Service::BulkCashIn),
            (false, _, None, _) => None,
            _ => return None,
        };
        if let Some(service) = item {
            let account = wire.account.or(wire.item_account);
            return Self::ours(service, account, wire.reference, &wire.amount, (reference, amount));
        }
        let (service, account) = match (wire.customer_number, wire.account, wire.account_number, wire.bank_code) {
            (Some(number), None, None, None) => (Service::TopUp, Some(number)),
            (Some(_), None, Some(account), Some(_)) => (Service::FromWallet, Some(account)),
            (None, Some(account), None, Some(_)) => match (wire.residence, wire.remark) {
                (None, _) => (Service::Interbank, Some(account)),
                (Some(_), Some(remark)) if remark == Clearing::Rtgs.remark() => (Service::Rtgs, Some(account)),
                (Some(_), Some(remark)) if remark == Clearing::Skn.remark() => (Service::Skn, Some(account)),
                (Some(_), _) => return None,
            },
            (None, None, None, None) if is_alias => (Service::Interbank, None),
            (None, Some(account), None, None) => (Service::Intrabank, Some(account)),
            _ => return None,
        };
        Self::ours(service, account, wire.reference, &wire.amount, (reference, amount))
    }

    fn ours(
        service: Service,
        account: Option<Cow<'a, str>>,
        said: Cow<'a, str>,
        wire: &WireAmount<'_>,
        (reference, amount): (&Reference, Rupiah),
    ) -> Option<Self> {
        let amount_rupiah = read_rupiah(&wire.value)?;
        let is_ours = said == reference.as_str() && amount_rupiah == amount.value();
        is_ours.then_some(Self { service, reference: said, amount_rupiah, account })
    }

    /// Whether it can be sent: it says whose account is paid.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.account.is_some()
    }

    /// The service that the body is for.
    #[must_use]
    pub fn service(&self) -> Service {
        self.service
    }

    /// What an answer about it must not contradict.
    #[must_use]
    pub fn expected(&self) -> Expected<'_> {
        Expected {
            partner_reference_no: &self.reference,
            amount_rupiah: self.amount_rupiah,
            account_no: self.account.as_deref(),
        }
    }
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "partnerReferenceNo", borrow)]
    reference: Cow<'a, str>,
    #[serde(borrow)]
    amount: WireAmount<'a>,
    #[serde(rename = "beneficiaryAccountNo", borrow, default)]
    account: Option<Cow<'a, str>>,
    #[serde(rename = "beneficiaryAccountNumber", borrow, default)]
    account_number: Option<Cow<'a, str>>,
    #[serde(rename = "beneficiaryBankCode", borrow, default)]
    bank_code: Option<Cow<'a, str>>,
    #[serde(rename = "bankCode", borrow, default)]
    item_bank_code: Option<Cow<'a, str>>,
    #[serde(rename = "accountNumber", borrow, default)]
    item_account: Option<Cow<'a, str>>,
    #[serde(rename = "beneficiaryCustomerResidence", borrow, default)]
    residence: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    remark: Option<Cow<'a, str>>,
    #[serde(rename = "customerNumber", borrow, default)]
    customer_number: Option<Cow<'a, str>>,
    #[serde(rename = "additionalInfo", borrow, default)]
    info: Option<WireInfo<'a>>,
}

#[derive(Deserialize)]
struct WireInfo<'a> {
    #[serde(rename = "aliasValue", borrow, default)]
    alias: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct WireAmount<'a> {
    #[serde(borrow)]
    value: Cow<'a, str>,
}

/// Whether the holder's name was told in clear. `*` and runs of `x` are how banks mask one.
fn is_a_name(told: &str) -> bool {
    let masked = told.contains('*') || told.to_ascii_lowercase().contains("xx");
    !told.trim().is_empty() && !masked
}

/// The first so many characters: the bank's own field holds no more of the name.
fn cut(name: &str, characters_max: usize) -> &str {
    let end = name.char_indices().nth(characters_max).map_or(name.len(), |(end, _)| end);
    name[..end].trim_end()
}

#[cfg(test)]
mod tests;
