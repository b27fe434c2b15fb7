//! `upah.toml`: read strictly, an unknown key is an error, secrets never stand in the text.
pub(crate) mod snap;
pub(crate) mod xendit;

use crate::failure::Failure;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use snap::SnapKeys;
use std::path::{Path, PathBuf};
use upah_core::policy::{Fee, NameCheck, Pattern};
use upah_core::{EmployerId, RailId, Rupiah};
use xendit::XenditKeys;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) employer: Option<EmployerId>,
    pub(crate) log: Option<LogConfig>,
    /// How long the payments of a process that died wait for another one on the same store.
    #[serde(default = "twenty")]
    pub(crate) lease_seconds: u32,
    #[serde(default)]
    pub(crate) rail: Vec<RailConfig>,
}

/// The audit log's name and key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogConfig {
    pub(crate) origin: String,
    pub(crate) key: Secret,
}

/// Where a secret is found.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum Secret {
    /// In a file, relative to the configuration.
    File(PathBuf),
    /// In an environment variable.
    Env(String),
}

/// One rail: what every kind of rail wants to know, and what is left for its own kind to read.
#[derive(Debug, Deserialize)]
pub(crate) struct RailConfig {
    pub(crate) id: RailId,
    kind: String,
    pub(crate) serves: Vec<Pattern>,
    #[serde(default = "everybody")]
    pub(crate) employers: Vec<Pattern>,
    #[serde(default = "record")]
    pub(crate) name_check: NameCheck,
    #[serde(default = "five")]
    pub(crate) timeout_seconds: u32,
    #[serde(default = "intervals")]
    pub(crate) inquire_after_seconds: Vec<u32>,
    #[serde(default = "ten_minutes")]
    pub(crate) trust_not_found_after_seconds: u32,
    #[serde(default = "fifteen_minutes")]
    pub(crate) signature_life_seconds: u32,
    #[serde(default = "one")]
    pub(crate) reference_memory_days: u32,
    #[serde(default = "seven")]
    pub(crate) watch_returns_days: u32,
    #[serde(default = "thirty_two")]
    pub(crate) max_concurrency: u32,
    pub(crate) requests_per_second: Option<u32>,
    #[serde(default)]
    pub(crate) limit: Limit,
    #[serde(default)]
    pub(crate) fee: Vec<FeeConfig>,
    /// The keys of its kind, in which nothing is unknown.
    #[serde(flatten)]
    own: toml::Table,
}

/// What a rail's own kind wants to know.
#[derive(Debug)]
pub(crate) enum Provider {
    Snap(Box<SnapKeys>),
    Xendit(XenditKeys),
}

impl Provider {
    fn base_url(&self) -> &str {
        match self {
            Self::Snap(keys) => &keys.base_url,
            Self::Xendit(keys) => &keys.base_url,
        }
    }
}

/// What a rail pays at most.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    pub(crate) per_payment: Option<Rupiah>,
}

/// What a transfer costs from a day on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeeConfig {
    pub(crate) amount: Rupiah,
    pub(crate) bearer: Bearer,
    pub(crate) from: String,
}

/// Who bears a fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bearer {
    Employer,
    Worker,
}

fn everybody() -> Vec<Pattern> {
    vec![Pattern::new("*")]
}
fn record() -> NameCheck {
    NameCheck::Record
}
fn five() -> u32 {
    5
}
fn intervals() -> Vec<u32> {
    vec![2, 10, 60, 600]
}
fn twenty() -> u32 {
    20
}
fn fifteen_minutes() -> u32 {
    900
}
fn ten_minutes() -> u32 {
    600
}
fn one() -> u32 {
    1
}
fn seven() -> u32 {
    7
}
fn thirty_two() -> u32 {
    32
}

impl Config {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let bad = |why: String| Failure::usage("bad_configuration", format!("{}: {why}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|why| bad(format!("cannot be read: {why}")))?;
        let config: Self = toml::from_str(&text).map_err(|why| bad(first_line(&why)))?;
        config.check().map_err(bad)?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        if self.rail.is_empty() {
            return Err("there is no [[rail]]".into());
        }
        if !(1..=3_600).contains(&self.lease_seconds) {
            return Err("lease_seconds is not between 1 and 3600".into());
        }
        for (index, rail) in self.rail.iter().enumerate() {
            let id = &rail.id;
            if self.rail[..index].iter().any(|other| other.id == *id) {
                return Err(format!("two rails have the id {id}"));
            }
            if crosses_a_network_in_clear(rail.provider()?.base_url()) {
                return Err(format!("rail {id}: base_url is plain http to another machine; write https"));
            }
            if rail.inquire_after_seconds.is_empty() {
                return Err(format!("rail {id}: inquire_after_seconds must hold at least one number"));
            }
            if rail.timeout_seconds == 0 || rail.max_concurrency == 0 || rail.requests_per_second == Some(0) {
                return Err(format!(
                    "rail {id}: timeout_seconds, max_concurrency and requests_per_second must be above 0"
                ));
            }
            for fee in &rail.fee {
                if fee.from.parse::<upah_core::Period>().is_err() || fee.from.len() != 10 {
                    return Err(format!("rail {id}: the fee's day {:?} is not a day such as 2026-01-01", fee.from));
                }
                if fee.bearer == Bearer::Worker {
                    return Err(format!(
                        "rail {id}: a fee borne by the worker is refused; what arrives must be what is owed (feeType is always OUR)"
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Plain http to anything but this machine.
fn crosses_a_network_in_clear(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or_default(),
    };
    let is_here = host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    !is_here && !host.eq_ignore_ascii_case("localhost")
}

impl RailConfig {
    /// The keys of the rail's own kind.
    pub(crate) fn provider(&self) -> Result<Provider, String> {
        match self.kind.as_str() {
            "snap" => self.own().and_then(SnapKeys::checked).map(|keys| Provider::Snap(Box::new(keys))),
            "xendit" => self.own().map(Provider::Xendit),
            other => Err(format!("kind {other:?} is not built yet; this version knows \"snap\" and \"xendit\"")),
        }
        .map_err(|why| format!("rail {}: {why}", self.id))
    }

    fn own<T: DeserializeOwned>(&self) -> Result<T, String> {
        self.own.clone().try_into().map_err(|why| first_line(&why))
    }

    /// The fee that holds on a day, `2026-11-25`.
    pub(crate) fn fee_on(&self, day: &str) -> Option<Fee> {
        self.fee
            .iter()
            .filter(|fee| fee.from.as_str() <= day)
            .max_by(|a, b| a.from.cmp(&b.from))
            .map(|fee| Fee { amount: fee.amount, employer_pays: fee.bearer == Bearer::Employer })
    }
}

impl Secret {
    /// Reads the secret. A trailing line end is not part of it.
    pub(crate) fn read(&self, beside: &Path, what: &str) -> Result<String, Failure> {
        let text = match self {
            Self::Env(name) => std::env::var(name).map_err(|_| {
                Failure::usage("missing_secret", format!("{what}: the environment variable {name} is not set"))
            })?,
            Self::File(path) => {
                let path = beside.parent().unwrap_or(Path::new(".")).join(path);
                std::fs::read_to_string(&path).map_err(|why| {
                    Failure::usage("missing_secret", format!("{what}: {} cannot be read: {why}", path.display()))
                })?
            }
        };
        let text = text.trim_end_matches(['\r', '\n']).to_owned();
        if text.is_empty() {
            return Err(Failure::usage("missing_secret", format!("{what} is empty")));
        }
        Ok(text)
    }
}

/// What is wrong and where, without the text around it, which may hold anything.
fn first_line(error: &toml::de::Error) -> String {
    error.message().lines().next().unwrap_or("cannot be understood").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAIL: &str = r#"
[[rail]]
id = "bank"
kind = "snap"
serves = ["bank:*"]
base_url = "http://127.0.0.1:8901"
partner_id = "P"
client_id = "C"
source_account = "888801000157508"
client_secret = { env = "UPAH_BANK_SECRET" }
private_key = { file = "upah.key.pem" }
"#;

    fn parse(text: &str) -> Result<Config, String> {
        let config: Config = toml::from_str(text).map_err(|why| first_line(&why))?;
        config.check().map(|()| config)
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let config = parse(RAIL).unwrap();
        let rail = &config.rail[0];
        assert_eq!(rail.inquire_after_seconds, [2, 10, 60, 600]);
        assert_eq!((rail.timeout_seconds, rail.trust_not_found_after_seconds, rail.max_concurrency), (5, 600, 32));
        let Provider::Snap(keys) = rail.provider().unwrap() else { panic!("another kind") };
        assert_eq!(keys.path_prefix, "/v1.0");
    }

    #[test]
    fn a_misspelt_key_is_refused_and_named() {
        for (key, misspelt) in [("source_account", "source_acount"), ("serves", "serve"), ("kind", "knd")] {
            let error = parse(&RAIL.replace(key, misspelt)).unwrap_err();
            assert!(error.contains(key) || error.contains(misspelt), "{error}");
        }
        let error = parse(&format!("{RAIL}timeout_secnds = 9\n")).unwrap_err();
        assert!(error.contains("timeout_secnds"), "{error}");
    }

    #[test]
    fn a_key_of_another_kind_is_refused_and_named() {
        let xendit = r#"
[[rail]]
id = "xendit"
kind = "xendit"
serves = ["ewallet:*"]
business_id = "5f27a14a9bf05c73dd040bc8"
secret_key = { env = "UPAH_XENDIT_KEY" }
"#;
        let config = parse(xendit).unwrap();
        let Provider::Xendit(keys) = config.rail[0].provider().unwrap() else { panic!("another kind") };
        assert_eq!(keys.base_url, "https://api.xendit.co");
        let error = parse(&format!("{xendit}partner_id = \"P\"\n")).unwrap_err();
        assert!(error.contains("rail xendit") && error.contains("partner_id"), "{error}");
        let error = parse(&RAIL.replace("\"snap\"", "\"iris\"")).unwrap_err();
        assert!(error.contains("iris"), "{error}");
    }

    #[test]
    fn plain_http_leads_to_this_machine_alone() {
        for url in ["https://bank.example", "http://127.0.0.1:8901", "http://[::1]:8901/x", "http://localhost"] {
            assert!(!crosses_a_network_in_clear(url), "{url}");
        }
        for url in ["http://bank.example", "http://10.0.0.1:80", "http://localhost.bank.example/", "http://127.0.0.1.x"]
        {
            assert!(crosses_a_network_in_clear(url), "{url}");
        }
    }

    #[test]
    fn a_fee_borne_by_the_worker_is_refused() {
        let text = format!("{RAIL}\n[[rail.fee]]\namount = 2500\nbearer = \"worker\"\nfrom = \"2026-01-01\"\n");
        assert!(parse(&text).unwrap_err().contains("refused"));
    }

    #[test]
    fn the_fee_of_the_day_is_the_last_one_that_has_begun() {
        let text = format!(
            "{RAIL}\n[[rail.fee]]\namount = 6500\nbearer = \"employer\"\nfrom = \"2020-01-01\"\n[[rail.fee]]\namount = 2500\nbearer = \"employer\"\nfrom = \"2026-01-01\"\n"
        );
        let config = parse(&text).unwrap();
        assert_eq!(config.rail[0].fee_on("2026-11-21").unwrap().amount.value(), 2_500);
        assert_eq!(config.rail[0].fee_on("2025-12-31").unwrap().amount.value(), 6_500);
        assert!(config.rail[0].fee_on("2019-12-31").is_none());
    }
}
