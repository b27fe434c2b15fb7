//! The counterparties that speak SNAP here, and their habits: a table, in which everything that differs between them
//! is a choice, and a file for each family whose bodies differ.
//!
//! All of them share one account, one book and one layer of faults. They are told apart by the path that is called.

use super::{TOKEN, dana};

/// One counterparty.
#[derive(Debug)]
pub(super) struct House {
    /// Before every service of `services`; `None`: as the sandbox is configured.
    pub(super) prefix: Option<&'static str>,
    /// Paths after the prefix with their service codes.
    pub(super) services: &'static [(&'static str, u8)],
    /// The whole path of the token service, where it does not lie under the prefix.
    pub(super) token_path: Option<&'static str>,
    pub(super) signature: Signature,
    /// Whether the query belongs to what is signed.
    pub(super) signs_query: bool,
    pub(super) reads: Reads,
    pub(super) external_id: ExternalId,
    pub(super) repeat: Repeat,
    pub(super) family: Family,
}

/// How calls are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signature {
    /// HMAC, under a token.
    Secret,
    /// RSA, without a token.
    Key,
}

/// How strictly requests are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// As the standard writes them, by the one partner on the one channel.
    ToTheLetter,
    /// As official clients write them: nulls and empty texts for what is not said, amounts without sen,
    /// channels of their own. The signature says who calls.
    AsClientsWrite,
}

/// Which X-EXTERNAL-ID is taken, of all those that are new on that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExternalId {
    /// Digits, at most so many.
    Digits(usize),
    /// Any 36 characters: DANA's and Faspay's clients write letters.
    Visible,
}

impl ExternalId {
    pub(super) fn takes(self, text: &str) -> bool {
        match self {
            Self::Digits(most) => text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Visible => text.len() <= 36 && text.bytes().all(|byte| byte.is_ascii_graphic()),
        }
    }
}

/// What an order is answered that was given before, word for word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// `409ss01`.
    Duplicate,
    /// What it was answered then, the bank's own number included.
    TheSameAgain,
}

/// Whose file answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// The standard's bodies.
    Standard,
    /// `dana.rs`.
    Dana,
    /// `mandiri.rs`.
    Mandiri,
    /// `midtrans.rs`.
    Midtrans,
}

/// The standard itself, where the configuration says.
const STANDARD: House = House {
    prefix: None,
    services: &[
        ("access-token/b2b", TOKEN),
        ("balance-inquiry", 11),
        ("account-inquiry-internal", 15),
        ("account-inquiry-external", 16),
        ("transfer-intrabank", 17),
        ("transfer-interbank", 18),
        ("transfer-interbank-bulk", 20),
        ("transfer-rtgs", 22),
        ("transfer-skn", 23),
        ("transfer/status", 36),
        ("emoney/account-inquiry", 37),
        ("emoney/topup", 38),
        ("emoney/topup-status", 39),
        ("emoney/bulk-cashin-payment", 40),
    ],
    token_path: None,
    signature: Signature::Secret,
    signs_query: true,
    reads: Reads::ToTheLetter,
    external_id: ExternalId::Digits(36),
    repeat: Repeat::Duplicate,
    family: Family::Standard,
};

/// In the order in which a path is looked for. The sources of each: facts about the counterparties' published clients
/// and pages; Bank Mandiri and Midtrans publish no path, so theirs stand under a name of their own.
pub(super) static HOUSES: [House; 7] = [
    STANDARD,
    // BRI: `/snap/v1.0/…`, the path signed without query.
    House { prefix: Some("/snap/v1.0"), signs_query: false, reads: Reads::AsClientsWrite, ..STANDARD },
    // BNI: the paths of bnipython 0.8.9.
    House {
        prefix: Some("/snap-service/v1"),
        token_path: Some("/snap/v1/access-token/b2b"),
        reads: Reads::AsClientsWrite,
        ..STANDARD
    },
    // Faspay SendMe: the paths of FaspaySendmeSnap 1.2.2.
    House {
        prefix: Some("/account/v1.0"),
        services: &[
            ("balance-inquiry", 11),
            ("account-inquiry-external", 16),
            ("transfer-interbank", 18),
            ("transfer/status", 36),
            ("emoney/topup", 38),
            ("emoney/topup-status", 39),
        ],
        signature: Signature::Key,
        reads: Reads::AsClientsWrite,
        external_id: ExternalId::Visible,
        ..STANDARD
    },
    House {
        prefix: Some("/mandiri/v1.0"),
        reads: Reads::AsClientsWrite,
        external_id: ExternalId::Digits(19),
        family: Family::Mandiri,
        ..STANDARD
    },
    House {
        prefix: Some("/midtrans/v1.0"),
        services: &[
            ("access-token/b2b", TOKEN),
            ("account-inquiry-external", 16),
            ("transfer-intrabank", 17),
            ("transfer-interbank", 18),
            ("transfer/status", 36),
            ("emoney/account-inquiry", 37),
            ("emoney/topup", 38),
        ],
        reads: Reads::AsClientsWrite,
        family: Family::Midtrans,
        ..STANDARD
    },
    House {
        prefix: Some(""),
        services: dana::SERVICES,
        signature: Signature::Key,
        reads: Reads::AsClientsWrite,
        external_id: ExternalId::Visible,
        repeat: Repeat::TheSameAgain,
        family: Family::Dana,
        ..STANDARD
    },
];

impl House {
    /// The service behind a path.
    fn service(&self, configured: &str, path: &str) -> Option<u8> {
        if self.token_path == Some(path) {
            return Some(TOKEN);
        }
        let prefix = self.prefix.unwrap_or(configured).trim_end_matches('/');
        let rest = path.strip_prefix(prefix)?.strip_prefix('/')?;
        let is_here = |service: u8| service != TOKEN || self.token_path.is_none();
        self.services.iter().find(|(listed, service)| *listed == rest && is_here(*service)).map(|(_, service)| *service)
    }

    /// Who is called by a path, and for what.
    pub(super) fn called(configured: &str, path: &str) -> Option<(&'static Self, u8)> {
        HOUSES.iter().find_map(|house| house.service(configured, path).map(|service| (house, service)))
    }

    /// Whether it has a service.
    pub(super) fn has(&self, service: u8) -> bool {
        self.services.iter().any(|(_, listed)| *listed == service)
    }

    /// What of a request's target is signed.
    pub(super) fn signed<'a>(&self, target: &'a str) -> &'a str {
        if self.signs_query { target } else { target.split('?').next().unwrap_or_default() }
    }

    /// The service that asks about a payment, and the `serviceCode` that it names it by.
    pub(super) fn asked_by(&self, service: u8) -> (u8, u8) {
        match service {
            38 if self.has(39) => (39, 38),
            40 => (39, 40),
            43 => (0, 0),
            other => (36, other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_to_one_house() {
        for house in &HOUSES {
            let prefix = house.prefix.unwrap_or("/v1.0");
            for (path, service) in house.services {
                let path = match house.token_path {
                    Some(path) if *service == TOKEN => path.to_owned(),
                    _ => format!("{prefix}/{path}"),
                };
                let (found, called) = House::called("/v1.0", &path).unwrap();
                assert!(core::ptr::eq(found, house) && called == *service, "{path}");
            }
        }
        for path in ["", "/", "/v1.0", "/v1.0/", "/v2.0/balance-inquiry", "/snap-service/v1/access-token/b2b"] {
            assert!(House::called("/v1.0", path).is_none(), "{path}");
        }
    }
}
