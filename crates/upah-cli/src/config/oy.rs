//! What OY! wants to know, and the rail that is made of it.
use super::{Callback, Kind, RailConfig, Secret};
use crate::failure::Failure;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use upah_aggregators::oy::{INQUIRE_AFTER_SECONDS, OyConfig, OyRail, WalletNumber};
use upah_core::policy::RailPolicy;
use upah_core::rail::Rail;

/// The keys of `kind = "oy"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OyKeys {
    #[serde(default = "everywhere")]
    base_url: String,
    username: String,
    api_key: Secret,
    /// Codes by bank code or wallet, where OY! has others.
    #[serde(default)]
    channels: BTreeMap<String, String>,
    #[serde(default)]
    wallet_number: WalletNumber,
    callback: Option<Callback>,
}

fn everywhere() -> String {
    "https://partner.oyindonesia.com".into()
}

impl Kind for OyKeys {
    fn base_url(&self) -> Option<&str> {
        Some(&self.base_url)
    }

    fn open(self: Box<Self>, rail: &RailConfig, beside: &Path) -> Result<(Arc<dyn Rail>, RailPolicy), Failure> {
        let config = OyConfig {
            id: rail.id.clone(),
            base_url: self.base_url,
            username: self.username,
            api_key: rail.secret(&self.api_key, "api_key", beside)?,
            channels: self.channels,
            wallet_number: self.wallet_number,
            timeout: rail.timeout(),
            max_concurrency: rail.connections(),
            callback: rail.callback(self.callback, "/oy/disbursements", beside)?,
        };
        let adapter = OyRail::new(config).map_err(|why| rail.unusable(why))?;
        let inquire_after_seconds = vec![INQUIRE_AFTER_SECONDS, INQUIRE_AFTER_SECONDS, 600];
        let policy = RailPolicy { inquire_after_seconds, ..rail.policy(adapter.fingerprint()) };
        Ok((Arc::new(adapter), policy))
    }
}
