//! What every aggregator is configured with, and the rail that is made of it.
use super::{Kind, RailConfig, Secret, first_line};
use crate::failure::Failure;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;
use upah_aggregators::{ConfigError, Connection, WalletNumber};
use upah_core::policy::RailPolicy;
use upah_core::rail::Rail;

/// The keys of an aggregator: those that each of them has, and its own.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Shared", bound = "T: DeserializeOwned")]
pub(crate) struct AggregatorKeys<T> {
    base_url: Option<String>,
    channels: BTreeMap<String, String>,
    wallet_number: WalletNumber,
    callback: Option<Callback>,
    own: T,
}

#[derive(Deserialize)]
struct Shared {
    base_url: Option<String>,
    /// Channels by bank code or wallet, beside the built-in ones.
    #[serde(default)]
    channels: BTreeMap<String, String>,
    #[serde(default)]
    wallet_number: WalletNumber,
    callback: Option<Callback>,
    /// The provider's own, in which nothing is unknown.
    #[serde(flatten)]
    own: toml::Table,
}

/// `[rail.callback]`: where the provider may call us, and the secret by which it proves itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Callback {
    path: Option<String>,
    token: Secret,
}

impl Callback {
    /// Where it is, here unless another path is configured, and the secret.
    pub(super) fn read(self, here: &str, rail: &RailConfig, beside: &Path) -> Result<(String, String), Failure> {
        let path = self.path.unwrap_or_else(|| here.to_owned());
        Ok((path, rail.secret(&self.token, "callback token", beside)?))
    }
}

impl<T: DeserializeOwned> TryFrom<Shared> for AggregatorKeys<T> {
    type Error = String;

    fn try_from(shared: Shared) -> Result<Self, String> {
        let Shared { base_url, channels, wallet_number, callback, own } = shared;
        let own = own.try_into().map_err(|why| first_line(&why))?;
        Ok(Self { base_url, channels, wallet_number, callback, own })
    }
}

/// What one aggregator takes for granted, and what is made of its own keys.
pub(crate) trait Own: Debug {
    /// Where it is, unless the configuration says otherwise.
    const BASE_URL: &'static str;
    /// Where it calls us, unless the configuration says otherwise.
    const CALLBACK_PATH: &'static str;
    /// Its rail.
    type Rail: Rail + 'static;

    /// Its secret, and the name of that key.
    fn secret(&self) -> (&'static str, &Secret);

    /// The rail, given what its secret is.
    fn rail(self, connection: Connection, secret: String) -> Result<Self::Rail, ConfigError>;

    /// What of a rail an attempt is bound to.
    fn fingerprint(rail: &Self::Rail) -> &str;

    /// What this provider takes for granted of a policy.
    fn usual(policy: RailPolicy) -> RailPolicy {
        policy
    }
}

impl<T: Own> Kind for AggregatorKeys<T> {
    fn base_url(&self) -> Option<&str> {
        Some(self.base_url.as_deref().unwrap_or(T::BASE_URL))
    }

    fn open(self: Box<Self>, rail: &RailConfig, beside: &Path) -> Result<(Arc<dyn Rail>, RailPolicy), Failure> {
        let callback = self.callback.map(|callback| callback.read(T::CALLBACK_PATH, rail, beside)).transpose()?;
        let (key, secret) = self.own.secret();
        let secret = rail.secret(secret, key, beside)?;
        let connection = Connection {
            id: rail.id.clone(),
            base_url: self.base_url.unwrap_or_else(|| T::BASE_URL.to_owned()),
            channels: self.channels,
            wallet_number: self.wallet_number,
            timeout: rail.timeout(),
            max_concurrency: rail.connections(),
            callback,
        };
        let adapter = self.own.rail(connection, secret).map_err(|why| rail.unusable(why))?;
        let policy = T::usual(rail.policy(T::fingerprint(&adapter)));
        Ok((Arc::new(adapter), policy))
    }
}
