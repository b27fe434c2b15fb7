//! Our account at a counterparty, with its habits: which way leads to a destination, and what is said on the way
//! besides the standard's fields.
use crate::bodies::requests::Clearing;
use crate::client::ConfigError;
use crate::profile::{BICS, BankCodeForm, Dialect, Profile};
use crate::service::Service;
use std::collections::BTreeMap;
use upah_core::policy::Pattern;
use upah_core::{Destination, Rupiah};

/// Who pays, and how that is said here.
#[derive(Clone)]
pub(crate) struct Payer {
    pub(crate) profile: &'static Profile,
    /// The account that pays.
    pub(crate) source_account: String,
    /// Its bank's own code.
    pub(crate) source_bank_code: Option<String>,
    /// The counterparty's names of banks and wallets, under ours.
    pub(crate) codes: BTreeMap<String, String>,
    /// Above which amounts another bank is paid by clearing.
    pub(crate) clearing: ClearingAbove,
    /// Whether those who can go together do: other banks by 20, wallets by 40.
    pub(crate) bulk: bool,
    /// What it wants in every `additionalInfo`; of what a dialect says itself, another value.
    pub(crate) additional_info: BTreeMap<String, String>,
}

/// Above which amounts another bank is paid over RTGS (22) or the national clearing (23) instead of by 18; by neither
/// where nothing is said. Their limits and hours are the operator's and change, so they are configured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClearingAbove {
    /// More than this goes by 23.
    pub skn: Option<Rupiah>,
    /// More than this goes by 22, whatever is said of 23.
    pub rtgs: Option<Rupiah>,
}

/// Whom a body pays, in the counterparty's words.
#[derive(Clone, Copy)]
pub(crate) enum Route<'a> {
    /// 17 (asked about with 15, or 16 where there is no 15): an account at the paying bank itself.
    SameBank { code: &'a str, account: &'a str },
    /// 18, or 22 and 23 (16): an account at another bank, or at any when the paying bank is not told.
    OtherBank { code: &'a str, account: &'a str, clearing: Option<Clearing> },
    /// 20 (16): the same, in one request with others.
    OtherBankInBulk { code: &'a str, account: &'a str },
    /// 18 (16): the account that is registered for a phone number or an address.
    Proxy { kind: Proxy, value: &'a str },
    /// 38 (37): a wallet, named by its phone number.
    Wallet { number: &'a str, provider: &'a str },
    /// 40 (37): the same, in one request with others.
    WalletInBulk { number: &'a str },
    /// 43 (42): an account at a bank, out of an e-money account.
    FromWallet { code: &'a str, account: &'a str },
}

crate::redacted_debug!(Payer, Route<'_>);

/// What an account is registered under (BI-FAST).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proxy {
    Phone,
    Email,
}

impl Proxy {
    /// `aliasType`.
    const fn code(self) -> &'static str {
        match self {
            Self::Phone => "01",
            Self::Email => "02",
        }
    }
}

/// At which of the two calls about a destination something is said.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Inquiry,
    Transfer,
}

/// Names and values of an `additionalInfo`.
pub(crate) type Info<'a> = Vec<(&'a str, &'a str)>;

/// What the dialects say themselves: a configured value takes its place, and is added nowhere else.
const OF_DIALECTS: [&str; 13] = [
    "switcher",
    "inquiryType",
    "categoryPurpose",
    "debtorAccount",
    "lookUpType",
    "aliasType",
    "aliasValue",
    "aliasResolution",
    "nationalIdentityNumber",
    "transactionIndicator",
    "beneficiaryProvider",
    "fundType",
    "beneficiaryBankCode",
];

/// Which of the payer's accounts pays: at two places, and not everywhere.
const ACCOUNT_TYPE: &str = "accountType";

impl Payer {
    /// # Errors
    /// [`ConfigError::Codes`] or [`ConfigError::AdditionalInfo`].
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let is_plain = |text: &str, characters_max| {
            (1..=characters_max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if !self.codes.iter().all(|(ours, theirs)| is_plain(ours, 20) && is_plain(theirs, 11)) {
            return Err(ConfigError::Codes);
        }
        let is_graphic = |text: &str| (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if !self.additional_info.iter().all(|(name, value)| is_graphic(name) && is_graphic(value)) {
            return Err(ConfigError::AdditionalInfo);
        }
        let ClearingAbove { skn, rtgs } = self.clearing;
        let is_there = |above: Option<Rupiah>, service| above.is_none() || self.profile.has(service);
        if !is_there(skn, Service::Skn) || !is_there(rtgs, Service::Rtgs) {
            return Err(ConfigError::Clearing);
        }
        Ok(())
    }

    /// How another bank is paid so much.
    fn cleared(&self, amount: Rupiah) -> Option<Clearing> {
        let is_above = |limit: Option<Rupiah>| limit.is_some_and(|limit| amount > limit);
        if is_above(self.clearing.rtgs) {
            return Some(Clearing::Rtgs);
        }
        is_above(self.clearing.skn).then_some(Clearing::Skn)
    }

    /// The services by which a payment may have been made that would now go by one. The limits of clearing change, and
    /// another store may have had others: what is asked about under one service alone would not be found, and paid again.
    pub(crate) fn may_have_gone_by(&self, service: Service) -> Vec<Service> {
        const INTERBANK: &[Service] = &[Service::Interbank, Service::InterbankBulk, Service::Rtgs, Service::Skn];
        const WALLET: &[Service] = &[Service::TopUp, Service::BulkCashIn];
        let clears = self.clearing != ClearingAbove::default();
        let may_have = |other: Service| match other {
            Service::Rtgs | Service::Skn => clears,
            Service::InterbankBulk | Service::BulkCashIn => self.bulk,
            _ => clears || self.bulk,
        };
        let alike = [INTERBANK, WALLET].into_iter().find(|alike| alike.contains(&service)).unwrap_or_default();
        let others = alike.iter().copied().filter(|other| *other != service && self.profile.has(*other));
        [service].into_iter().chain(others.filter(|other| may_have(*other))).collect()
    }

    /// The way to a destination; `None` where this counterparty has none, or nobody has said how it calls the bank.
    pub(crate) fn route<'a>(&'a self, destination: &'a Destination, amount: Rupiah) -> Option<Route<'a>> {
        let has = |service| self.profile.has(service);
        match destination {
            Destination::Bank { code, account } => {
                let account = account.as_str();
                let is_ours = self.source_bank_code.as_deref() == Some(code.as_str());
                if is_ours && has(Service::Intrabank) {
                    // Asked about by 15, without a code.
                    let code = self.bank(code.as_str()).or(has(Service::InternalInquiry).then_some(""))?;
                    return Some(Route::SameBank { code, account });
                }
                let code = self.bank(code.as_str())?;
                if self.bulk && has(Service::InterbankBulk) && self.cleared(amount).is_none() {
                    return Some(Route::OtherBankInBulk { code, account });
                }
                if has(Service::Interbank) {
                    return Some(Route::OtherBank { code, account, clearing: self.cleared(amount) });
                }
                has(Service::FromWallet).then_some(Route::FromWallet { code, account })
            }
            Destination::Ewallet { provider, phone } if has(Service::TopUp) => {
                let provider = provider.as_str();
                // The same number at another wallet is another account.
                if matches!(self.profile.dialect, Dialect::Agent { wallet } if wallet != provider) {
                    return None;
                }
                let provider = self.codes.get(provider).map_or(provider, String::as_str);
                if self.bulk && has(Service::BulkCashIn) {
                    return Some(Route::WalletInBulk { number: phone.digits() });
                }
                Some(Route::Wallet { number: phone.digits(), provider })
            }
            Destination::BifastPhone(phone) if self.profile.dialect == Dialect::Switcher => {
                Some(Route::Proxy { kind: Proxy::Phone, value: phone.digits() })
            }
            Destination::BifastEmail(email) if self.profile.dialect == Dialect::Switcher => {
                Some(Route::Proxy { kind: Proxy::Email, value: email.as_str() })
            }
            _ => None,
        }
    }

    /// The destinations to which [`Payer::route`] leads.
    pub(crate) fn reach(&self) -> Vec<Pattern> {
        let has = |service| self.profile.has(service);
        let mut reach = Vec::new();
        if has(Service::Interbank) || has(Service::FromWallet) {
            match self.profile.bank_code {
                BankCodeForm::ThreeDigits => reach.push("bank:*".to_owned()),
                BankCodeForm::WithBranch => {}
                BankCodeForm::Bic => reach.extend(BICS.iter().map(|(code, _)| format!("bank:{code}:*"))),
            }
            let named = self.codes.keys().filter(|place| place.starts_with(|first: char| first.is_ascii_digit()));
            reach.extend(named.map(|code| format!("bank:{code}:*")));
        }
        let own = self.source_bank_code.as_ref().filter(|_| has(Service::Intrabank) && has(Service::InternalInquiry));
        reach.extend(own.map(|code| format!("bank:{code}:*")));
        if has(Service::TopUp) {
            reach.push(match self.profile.dialect {
                Dialect::Agent { wallet } => format!("ewallet:{wallet}:*"),
                _ => "ewallet:*".to_owned(),
            });
        }
        if self.profile.dialect == Dialect::Switcher {
            reach.push("bifast:*".to_owned());
        }
        reach.into_iter().map(Pattern::new).collect()
    }

    /// A bank as this counterparty calls it.
    fn bank<'a>(&'a self, code: &'a str) -> Option<&'a str> {
        if let Some(theirs) = self.codes.get(code) {
            return Some(theirs);
        }
        match self.profile.bank_code {
            BankCodeForm::ThreeDigits => Some(code),
            BankCodeForm::WithBranch => None,
            BankCodeForm::Bic => BICS.iter().find(|(digits, _)| *digits == code).map(|(_, bic)| *bic),
        }
    }

    /// What is said in `additionalInfo` at a step of a route.
    pub(crate) fn info<'a>(&'a self, route: Route<'a>, step: Step) -> Info<'a> {
        let mut info = match self.profile.dialect {
            Dialect::Plain => Info::new(),
            Dialect::Switcher => self.switched(route, step),
            Dialect::NamedWallet => named_wallet(route),
            Dialect::Agent { .. } => funded(route, step),
        };
        for (name, value) in &self.additional_info {
            match info.iter_mut().find(|(said, _)| said == name) {
                Some((_, said)) => *said = value,
                None if OF_DIALECTS.contains(&name.as_str()) => {}
                None if name == ACCOUNT_TYPE && !has_account_type_inside(route, step) => {}
                None => info.push((name, value)),
            }
        }
        info
    }

    /// What is said in the `additionalInfo` of a request for many: what is configured. Only the standard has such services,
    /// and it says nothing of its own.
    pub(crate) fn bulk_info(&self) -> Info<'_> {
        let said = self.additional_info.iter().filter(|(name, _)| !OF_DIALECTS.contains(&name.as_str()));
        said.map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// Which of the payer's accounts pays, where the transfer says so beside `additionalInfo`.
    pub(crate) fn account_type(&self) -> Option<&str> {
        self.additional_info.get(ACCOUNT_TYPE).map(String::as_str)
    }

    /// The amount that an inquiry about a wallet asks about.
    pub(crate) fn asked_rupiah(&self, amount_rupiah: u64) -> u64 {
        if self.profile.dialect == Dialect::NamedWallet { 1 } else { amount_rupiah }
    }

    /// What a top-up says that the recipient bears.
    pub(crate) fn fee_rupiah(&self) -> Option<u64> {
        matches!(self.profile.dialect, Dialect::Agent { .. }).then_some(0)
    }

    /// BI-FAST inside 16 and 18 (Bank Mandiri's documentation).
    fn switched<'a>(&'a self, route: Route<'a>, step: Step) -> Info<'a> {
        let proxy = match route {
            Route::OtherBank { .. } => None,
            Route::Proxy { kind, value } => Some((kind, value)),
            _ => return Info::new(),
        };
        let number = if proxy.is_some() { "2" } else { "1" };
        let mut info = vec![("switcher", "BIFAST")];
        if step == Step::Inquiry {
            info.extend([("inquiryType", number), ("categoryPurpose", "99")]);
            if proxy.is_some() {
                // The table of the documentation says PRXY, its sample PXRS; the configuration may say the other.
                info.extend([("debtorAccount", self.source_account.as_str()), ("lookUpType", "PXRS")]);
            }
        } else {
            // Withheld: an identity number has no place in a payment file.
            info.extend([("categoryPurpose", "99"), ("nationalIdentityNumber", "-"), ("transactionIndicator", number)]);
            if proxy.is_some() {
                info.push(("aliasResolution", "PXRS"));
            }
        }
        if let Some((kind, value)) = proxy {
            info.extend([("aliasType", kind.code()), ("aliasValue", value)]);
        }
        info
    }
}

fn has_account_type_inside(route: Route<'_>, step: Step) -> bool {
    match route {
        Route::Wallet { .. } => step == Step::Transfer,
        Route::FromWallet { .. } => step == Step::Inquiry,
        _ => true,
    }
}

/// Wallets of several providers behind one service (Midtrans' documentation).
fn named_wallet(route: Route<'_>) -> Info<'_> {
    match route {
        Route::Wallet { provider, .. } => vec![("beneficiaryProvider", provider)],
        _ => Info::new(),
    }
}

/// What an agent's money is for (dana-python 2.2.2).
fn funded(route: Route<'_>, step: Step) -> Info<'_> {
    match (route, step) {
        (Route::Wallet { .. }, _) => vec![("fundType", "AGENT_TOPUP_FOR_USER_SETTLE")],
        (Route::FromWallet { code, .. }, Step::Inquiry) => {
            vec![("fundType", "MERCHANT_WITHDRAW_FOR_CORPORATE"), ("beneficiaryBankCode", code)]
        }
        _ => vec![("fundType", "MERCHANT_WITHDRAW_FOR_CORPORATE")],
    }
}

#[cfg(test)]
mod tests;
