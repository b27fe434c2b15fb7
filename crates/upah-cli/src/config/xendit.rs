//! What Xendit wants to know, and the rail that is made of it.
use super::{Callback, Kind, RailConfig, Secret};
use crate::failure::Failure;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use upah_aggregators::xendit::{WalletNumber, XenditConfig, XenditRail};
use upah_core::policy::RailPolicy;
use upah_core::rail::Rail;

/// The keys of `kind = "xendit"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct XenditKeys {
    #[serde(default = "everywhere")]
    base_url: String,
    business_id: String,
    secret_key: Secret,
    /// Channels by bank code or wallet, beside the built-in ones.
    #[serde(default)]
    channels: BTreeMap<String, String>,
    #[serde(default)]
    wallet_number: WalletNumber,
    callback: Option<Callback>,
}

fn everywhere() -> String {
    "https://api.xendit.co".into()
}

impl Kind for XenditKeys {
    fn base_url(&self) -> Option<&str> {
        Some(&self.base_url)
    }

    fn open(self: Box<Self>, rail: &RailConfig, beside: &Path) -> Result<(Arc<dyn Rail>, RailPolicy), Failure> {
        let config = XenditConfig {
            id: rail.id.clone(),
            base_url: self.base_url,
            business_id: self.business_id,
            secret_key: rail.secret(&self.secret_key, "secret_key", beside)?,
            channels: self.channels,
            wallet_number: self.wallet_number,
            timeout: rail.timeout(),
            max_concurrency: rail.connections(),
            callback: rail.callback(self.callback, "/xendit/payouts", beside)?,
        };
        let adapter = XenditRail::new(config).map_err(|why| rail.unusable(why))?;
        let policy = rail.policy(adapter.fingerprint());
        Ok((Arc::new(adapter), policy))
    }
}
