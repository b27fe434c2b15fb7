//! A counterparty's habits as data: what differs between those that speak SNAP.
//!
//! A [`Profile`] has a dozen fields, each a choice between documented alternatives; no code asks for a counterparty's
//! name. The profiles themselves are one table, [`TABLE`], with the source of every line. What a contract decides
//! (addresses, keys, bank codes of the counterparty's own) is configuration and stands in
//! [`SnapRailConfig`](crate::SnapRailConfig).
mod paths;
mod table;

pub use table::TABLE;

use crate::service::Service;
use crate::timestamp::{millis_utc, timestamp, with_millis};
use upah_core::reference::ReferenceForm;

/// One counterparty's habits.
#[derive(Debug)]
pub struct Profile {
    /// How a configuration calls it.
    pub name: &'static str,
    /// How calls are signed.
    pub signature: Signing,
    /// How much of a target is signed.
    pub signed_path: SignedPath,
    /// How `X-TIMESTAMP` is written.
    pub timestamp: TimestampForm,
    /// How services are found behind the prefix.
    pub paths: Paths,
    /// Which services there are.
    pub services: &'static [Service],
    /// What stands before every path but the token's, unless the configuration says otherwise.
    pub path_prefix: &'static str,
    /// The token's path after the base URL, where it does not lie under the prefix.
    pub token_path: Option<&'static str>,
    /// Which references it takes.
    pub reference: ReferenceForm,
    /// How it calls the recipient's bank.
    pub bank_code: BankCodeForm,
    /// What its bodies say besides the standard's fields.
    pub dialect: Dialect,
    /// "Not found" is no answer before so many seconds after the last send.
    pub not_found_after_seconds: u32,
}

/// How calls are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// Type 1: with a secret, under a token that is fetched before (service 73).
    SymmetricWithToken,
    /// Type 2: with the private key; there is no token.
    Asymmetric,
}

/// How much of a target is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedPath {
    /// All that follows the host, as the standard has it.
    WithQuery,
    /// What stands before the question mark.
    WithoutQuery,
}

/// How `X-TIMESTAMP` is written. Bodies bear the standard's 25 characters in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampForm {
    /// `2020-12-17T10:55:00+07:00`, everywhere.
    Seconds,
    /// `2020-12-17T10:55:00.678+07:00` on the call for a token, seconds elsewhere.
    MillisForTheToken,
    /// `2020-12-17T03:55:00.678Z`, everywhere.
    MillisUtc,
}

/// How services are found behind the prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paths {
    /// As the standard lists them.
    Standard,
    /// `/rest/v1.0/emoney/…` for 37 to 39, `/v1.0/emoney/….htm` for what goes to banks.
    RestAndHtm,
    /// `/v1.0/emoney/….htm` for all of them.
    Htm,
}

/// How a counterparty calls the recipient's bank. A configuration's own codes come first in each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankCodeForm {
    /// Three digits: `014`.
    ThreeDigits,
    /// Three digits and a branch, `0140010`: the branch is the counterparty's choice, so each code is configured.
    WithBranch,
    /// A BIC: `CENAIDJA`. Of few banks it is known for certain ([`BICS`]); the others are configured.
    Bic,
}

/// What bodies say besides the standard's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Nothing.
    Plain,
    /// 16 and 18 name their switch in `additionalInfo`: BI-FAST, by account or by proxy.
    Switcher,
    /// 37 and 38 name the wallet in `additionalInfo`, and the inquiry asks about one rupiah.
    NamedWallet,
    /// An e-money account pays: 37 and 38 to wallets of one provider, 42 and 43 to banks, with `fundType`.
    Agent {
        /// The one wallet that it tops up.
        wallet: &'static str,
    },
}

/// BICs that two sources agree on, by the bank's three digits. The lists that circulate contain errors; what is not
/// here comes from the counterparty, through the configuration.
pub const BICS: [(&str, &str); 4] =
    [("002", "BRINIDJA"), ("008", "BMRIIDJA"), ("009", "BNINIDJA"), ("014", "CENAIDJA")];

impl Profile {
    /// The profile of a name; `None` for one that nobody has described.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLE.iter().find(|profile| profile.name == name)
    }

    /// The standard without habits.
    #[must_use]
    pub fn standard() -> &'static Self {
        &TABLE[0]
    }

    /// Every name, for whoever asked for another one.
    #[must_use]
    pub fn names() -> String {
        TABLE.iter().map(|profile| profile.name).collect::<Vec<_>>().join(", ")
    }

    /// Whether it has a service.
    #[must_use]
    pub fn has(&self, service: Service) -> bool {
        self.services.contains(&service)
    }

    /// The service that asks what became of one: the standard's, or the one that asks about transfers where there is
    /// no other. `None` for what moves no money.
    #[must_use]
    pub fn status_service(&self, sent: Service) -> Option<Service> {
        let own = sent.status_service()?;
        Some(if self.has(own) { own } else { Service::TransferStatus })
    }

    /// `X-TIMESTAMP` of a call to a service.
    #[must_use]
    pub fn time(&self, service: Service, unix_millis: u64) -> String {
        match self.timestamp {
            TimestampForm::MillisUtc => millis_utc(unix_millis),
            TimestampForm::MillisForTheToken if service == Service::Token => with_millis(unix_millis),
            TimestampForm::Seconds | TimestampForm::MillisForTheToken => timestamp(unix_millis),
        }
    }
}

impl SignedPath {
    /// The part of a target, all that follows the host, that a signature covers.
    #[must_use]
    pub fn of(self, target: &str) -> &str {
        match self {
            Self::WithQuery => target,
            Self::WithoutQuery => target.split('?').next().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::ServiceKind;

    #[test]
    fn every_profile_has_a_name_of_its_own_and_the_first_is_the_standards() {
        for (i, profile) in TABLE.iter().enumerate() {
            assert!(TABLE[i + 1..].iter().all(|other| other.name != profile.name));
            assert!(core::ptr::eq(Profile::named(profile.name).unwrap(), profile));
        }
        assert_eq!(Profile::standard().name, "standard");
        assert!(Profile::named("").is_none() && Profile::named("Standard").is_none());
    }

    /// Without it a wage whose answer is lost would stay in doubt for ever.
    #[test]
    fn whatever_moves_money_can_be_asked_about_in_each_profile() {
        for profile in &TABLE {
            for service in profile.services {
                assert!(profile.paths.of(*service).is_some() || *service == Service::Token, "{}", profile.name);
                if service.kind() == ServiceKind::Transfer {
                    let asks = profile.status_service(*service).unwrap();
                    assert!(profile.has(asks) && asks.kind() == ServiceKind::Status, "{}", profile.name);
                }
            }
            let has_token = profile.signature == Signing::SymmetricWithToken;
            assert_eq!(profile.has(Service::Token), has_token, "{}", profile.name);
            let all: std::collections::BTreeSet<_> =
                profile.services.iter().filter_map(|service| profile.paths.of(*service)).collect();
            assert!(all.len() >= profile.services.len() - 1, "{}: two services on one path", profile.name);
        }
    }

    #[test]
    fn a_signature_covers_the_query_or_not() {
        assert_eq!(SignedPath::WithQuery.of("/a/b?c=d"), "/a/b?c=d");
        assert_eq!(SignedPath::WithoutQuery.of("/a/b?c=d?e"), "/a/b");
        assert_eq!(SignedPath::WithoutQuery.of("/a/b"), "/a/b");
    }

    #[test]
    fn the_time_is_written_as_each_counterparty_reads_it() {
        let of = |name, service| Profile::named(name).unwrap().time(service, 1_608_177_300_678);
        assert_eq!(of("standard", Service::Token), "2020-12-17T10:55:00+07:00");
        assert_eq!(of("bri", Service::Token), "2020-12-17T10:55:00.678+07:00");
        assert_eq!(of("bri", Service::Interbank), "2020-12-17T10:55:00+07:00");
        assert_eq!(of("midtrans", Service::TopUp), "2020-12-17T03:55:00.678Z");
    }
}
