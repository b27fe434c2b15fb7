//! `upah.toml`: read strictly, an unknown key is an error, secrets never stand in the text.
mod aggregator;
mod bankfile;
mod flip;
mod iris;
mod oy;
mod qris_sheet;
pub(crate) mod snap;
mod terms;
pub(crate) mod xendit;

use crate::failure::Failure;
use aggregator::AggregatorKeys;
use bankfile::BankFileKeys;
use flip::FlipKeys;
use iris::IrisKeys;
use oy::OyKeys;
use qris_sheet::QrisSheetKeys;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use snap::SnapKeys;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use terms::TermsConfig;
use upah::CallLimits;
use upah_core::erasure::Retention;
use upah_core::policy::{Calendar, NameCheck, Pattern, RailPolicy, Rule, Terms};
use upah_core::rail::Rail;
use upah_core::{EmployerId, RailId};
use upah_explain::LateFineChoices;
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
    /// How one of several rails that fit is chosen.
    #[serde(default)]
    pub(crate) route: Rule,
    /// The days on which banks do not work, `2026-12-25`: national holidays and collective leave.
    #[serde(default)]
    holidays: Vec<String>,
    /// For how long records must be kept.
    #[serde(default)]
    retention: RetentionConfig,
    /// How the law on late wages is read where it can be read in more than one way.
    #[serde(default)]
    pub(crate) rights: LateFineChoices,
    /// Paying accounts that several rails share.
    #[serde(default)]
    pub(crate) account: Vec<AccountConfig>,
    #[serde(default)]
    pub(crate) rail: Vec<RailConfig>,
}

/// For how long records must be kept after the end of their year; ten years without it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetentionConfig {
    years: Option<u16>,
}

/// A paying account that several rails share, and how it may be called over all of them together.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountConfig {
    pub(crate) id: String,
    #[serde(default = "unbounded")]
    pub(crate) max_concurrency: u32,
    pub(crate) requests_per_second: Option<u32>,
}

/// The audit log's name and key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogConfig {
    pub(crate) origin: String,
    pub(crate) key: Secret,
    /// The key that will follow: while it is named, both sign.
    pub(crate) next: Option<Secret>,
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

/// One rail: what every kind of rail wants to know, and what is left for its own kind to read. What is not said is what
/// its kind takes for granted, which is [`RailPolicy::new`] unless the kind knows better.
#[derive(Debug, Deserialize)]
pub(crate) struct RailConfig {
    pub(crate) id: RailId,
    kind: String,
    pub(crate) serves: Vec<Pattern>,
    account: Option<String>,
    employers: Option<Vec<Pattern>>,
    name_check: Option<NameCheck>,
    #[serde(default = "five")]
    timeout_seconds: u32,
    inquire_after_seconds: Option<Vec<u32>>,
    trust_not_found_after_seconds: Option<u32>,
    signature_life_seconds: Option<u32>,
    reference_memory_days: Option<u32>,
    watch_returns_days: Option<u32>,
    max_concurrency: Option<u32>,
    pub(crate) requests_per_second: Option<u32>,
    #[serde(flatten)]
    terms: TermsConfig,
    /// The keys of its kind, in which nothing is unknown.
    #[serde(flatten)]
    own: toml::Table,
}

/// What a rail's own kind wants to know, and the rail that is made of it.
pub(crate) trait Kind: std::fmt::Debug {
    /// What in its keys cannot be used together; a single key is judged where it is read.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// Whom it calls; `None` for a rail that calls nobody.
    fn base_url(&self) -> Option<&str>;

    /// The rail, secrets read, and its policy with what this kind takes for granted.
    fn open(self: Box<Self>, rail: &RailConfig, beside: &Path) -> Result<(Arc<dyn Rail>, RailPolicy), Failure>;
}

/// How the keys of a kind are read.
type Read = fn(&RailConfig) -> Result<Box<dyn Kind>, String>;

/// Every kind of rail.
const KINDS: [(&str, Read); 7] = [
    ("bankfile", own::<BankFileKeys>),
    ("flip", own::<AggregatorKeys<FlipKeys>>),
    ("iris", own::<IrisKeys>),
    ("oy", own::<AggregatorKeys<OyKeys>>),
    ("qris-sheet", own::<QrisSheetKeys>),
    ("snap", own::<SnapKeys>),
    ("xendit", own::<AggregatorKeys<XenditKeys>>),
];

fn own<T: Kind + DeserializeOwned + 'static>(rail: &RailConfig) -> Result<Box<dyn Kind>, String> {
    let keys: T = rail.own.clone().try_into().map_err(|why| first_line(&why))?;
    keys.check().map(|()| Box::new(keys) as Box<dyn Kind>)
}

fn five() -> u32 {
    5
}
fn twenty() -> u32 {
    20
}
/// As many as the rails of the account take together.
fn unbounded() -> u32 {
    1_000_000
}
impl AccountConfig {
    pub(crate) fn limits(&self) -> CallLimits {
        CallLimits { max_concurrency: self.max_concurrency, requests_per_second: self.requests_per_second }
    }
}

impl Config {
    /// For how long records must be kept.
    pub(crate) fn retention(&self) -> Retention {
        self.retention.years.map_or_else(Retention::default, |years| Retention { years })
    }

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
        self.calendar()?;
        if !(1..=3_600).contains(&self.lease_seconds) {
            return Err("lease_seconds is not between 1 and 3600".into());
        }
        self.check_accounts()?;
        for (index, rail) in self.rail.iter().enumerate() {
            let id = &rail.id;
            if self.rail[..index].iter().any(|other| other.id == *id) {
                return Err(format!("two rails have the id {id}"));
            }
            if rail.kind()?.base_url().is_some_and(crosses_a_network_in_clear) {
                return Err(format!("rail {id}: base_url is plain http to another machine; write https"));
            }
            if rail.inquire_after_seconds.as_ref().is_some_and(Vec::is_empty) {
                return Err(format!("rail {id}: inquire_after_seconds must hold at least one number"));
            }
            if rail.timeout_seconds == 0 || rail.max_concurrency == Some(0) || rail.requests_per_second == Some(0) {
                return Err(format!(
                    "rail {id}: timeout_seconds, max_concurrency and requests_per_second must be above 0"
                ));
            }
            rail.terms.over(Terms::default()).map_err(|why| format!("rail {id}: {why}"))?;
        }
        Ok(())
    }
}

impl Config {
    /// An account is described once and used, so that a misspelt name does not lose its limits.
    fn check_accounts(&self) -> Result<(), String> {
        for (index, AccountConfig { id, max_concurrency, requests_per_second }) in self.account.iter().enumerate() {
            if self.account[..index].iter().any(|other| other.id == *id) {
                return Err(format!("two accounts have the id {id}"));
            }
            if !self.rail.iter().any(|rail| rail.account.as_ref() == Some(id)) {
                return Err(format!("account {id}: no rail pays from it; write account = \"{id}\" in those that do"));
            }
            if *max_concurrency == 0 || *requests_per_second == Some(0) {
                return Err(format!("account {id}: max_concurrency and requests_per_second must be above 0"));
            }
        }
        let named = self.rail.iter().filter_map(|rail| Some((rail, rail.account.as_ref()?)));
        match named.into_iter().find(|(_, name)| !self.account.iter().any(|account| account.id == **name)) {
            Some((rail, name)) => Err(format!("rail {}: there is no [[account]] with the id {name}", rail.id)),
            None => Ok(()),
        }
    }

    /// The days on which banks do not work.
    pub(crate) fn calendar(&self) -> Result<Calendar, String> {
        let day = |text: &String| terms::day(text).map_err(|why| format!("holidays: {why}"));
        self.holidays.iter().map(day).collect::<Result<Vec<_>, _>>().map(Calendar::new)
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
    pub(crate) fn kind(&self) -> Result<Box<dyn Kind>, String> {
        let read = KINDS.iter().find(|(name, _)| *name == self.kind).map(|(_, read)| read).ok_or_else(|| {
            let known: Vec<String> = KINDS.iter().map(|(name, _)| format!("{name:?}")).collect();
            format!("kind {:?} is not built yet; this version knows {}", self.kind, known.join(", "))
        });
        read.and_then(|read| read(self)).map_err(|why| format!("rail {}: {why}", self.id))
    }

    /// The rail and what decisions know of it: what its kind takes for granted, and over it what is configured.
    pub(crate) fn open(&self, beside: &Path) -> Result<(Arc<dyn Rail>, RailPolicy), Failure> {
        let kind = self.kind().map_err(|why| Failure::usage("bad_configuration", why))?;
        let (rail, usual) = kind.open(self, beside)?;
        let policy = RailPolicy {
            account: self.account.clone(),
            employers: self.employers.clone().unwrap_or(usual.employers),
            terms: self.terms.over(usual.terms).map_err(|why| self.unusable(why))?,
            name_check: self.name_check.unwrap_or(usual.name_check),
            inquire_after_seconds: self.inquire_after_seconds.clone().unwrap_or(usual.inquire_after_seconds),
            trust_not_found_after_seconds: self
                .trust_not_found_after_seconds
                .unwrap_or(usual.trust_not_found_after_seconds),
            signature_life_seconds: self.signature_life_seconds.unwrap_or(usual.signature_life_seconds),
            reference_memory_days: self.reference_memory_days.unwrap_or(usual.reference_memory_days),
            watch_returns_days: self.watch_returns_days.unwrap_or(usual.watch_returns_days),
            max_concurrency: self.max_concurrency.unwrap_or(usual.max_concurrency),
            ..usual
        };
        Ok((rail, policy))
    }

    /// A policy with the defaults of the contract, for a kind to start from.
    pub(crate) fn policy(&self, fingerprint: &str) -> RailPolicy {
        RailPolicy::new(self.id.clone(), fingerprint, self.serves.clone())
    }

    /// Of a whole call.
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.timeout_seconds))
    }

    /// How many connections are kept open for the next call.
    pub(crate) fn connections(&self) -> usize {
        self.max_concurrency.and_then(|calls| usize::try_from(calls).ok()).unwrap_or(32)
    }

    /// One of its secrets, by the name of its key.
    pub(crate) fn secret(&self, secret: &Secret, key: &str, beside: &Path) -> Result<String, Failure> {
        secret.read(beside, &format!("rail {}: {key}", self.id))
    }

    /// A configuration of which no rail can be made.
    pub(crate) fn unusable(&self, why: impl std::fmt::Display) -> Failure {
        Failure::usage("bad_configuration", format!("rail {}: {why}", self.id))
    }

    /// What a transfer costs from which day on, as it is configured.
    pub(crate) fn terms(&self) -> Result<Terms, Failure> {
        self.terms.over(Terms::default()).map_err(|why| self.unusable(why))
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
        let policy = rail.policy("");
        assert_eq!(policy.inquire_after_seconds, [2, 10, 60, 600]);
        assert_eq!((rail.timeout_seconds, policy.trust_not_found_after_seconds, policy.max_concurrency), (5, 600, 32));
        assert_eq!(rail.connections(), 32);
        assert!(format!("{:?}", rail.kind().unwrap()).contains("profile: \"standard\""));
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
        assert_eq!(config.rail[0].kind().unwrap().base_url(), Some("https://api.xendit.co"));
        let error = parse(&format!("{xendit}partner_id = \"P\"\n")).unwrap_err();
        assert!(error.contains("rail xendit") && error.contains("partner_id"), "{error}");
        let error = parse(&RAIL.replace("\"snap\"", "\"carrier-pigeon\"")).unwrap_err();
        assert!(error.contains("carrier-pigeon") && error.contains("\"snap\", \"xendit\""), "{error}");
    }

    #[test]
    fn an_account_is_described_once_and_used_so_that_no_limit_is_lost_to_a_slip_of_the_pen() {
        let of = |account: &str, rail: &str| parse(&format!("{account}\n{RAIL}{rail}\n")).map(|config| config.account);
        let giro = "[[account]]\nid = \"giro\"\n";
        let accounts = of(&format!("{giro}requests_per_second = 5\n"), "account = \"giro\"").unwrap();
        assert_eq!(accounts[0].limits(), CallLimits { max_concurrency: 1_000_000, requests_per_second: Some(5) });
        for (account, rail, told) in [
            ("", "account = \"giro\"", "no [[account]]"),
            (giro, "account = \"gior\"", "no rail pays from it"),
            (&giro.repeat(2), "account = \"giro\"", "two accounts"),
            (&format!("{giro}max_concurrency = 0\n"), "account = \"giro\"", "above 0"),
            (&format!("{giro}max_concurency = 1\n"), "account = \"giro\"", "max_concurency"),
        ] {
            let why = of(account, rail).unwrap_err();
            assert!(why.contains(told), "{why}");
        }
    }

    #[test]
    fn a_reading_of_the_law_is_one_of_those_that_have_a_name() {
        let of = |rights: &str| parse(&format!("{rights}\n{RAIL}")).map(|config| config.rights);
        assert_eq!(of(""), Ok(LateFineChoices::default()));
        assert_eq!(of("[rights]\ndue_date = \"day-0\"\nmonth = \"thirty-days\"\ncap = \"whole-fine\"\n"), of(""));
        let other = of("[rights]\ndue_date = \"day-1\"\nmonth = \"calendar\"\ncap = \"after-day-eight\"\n").unwrap();
        assert!(other.due_date != of("").unwrap().due_date && other.month != of("").unwrap().month);
        for (rights, told) in [("due_date = \"day-2\"", "day-2"), ("mouth = \"calendar\"", "mouth")] {
            let why = of(&format!("[rights]\n{rights}\n")).unwrap_err();
            assert!(why.contains(told), "{why}");
        }
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
}
