//! What Xendit wants to know, and the rail that is made of it.
use super::{RailConfig, Secret};
use crate::failure::Failure;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use upah_aggregators::xendit::{WalletNumber, XenditConfig, XenditRail};

/// The keys of `kind = "xendit"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct XenditKeys {
    #[serde(default = "everywhere")]
    pub(super) base_url: String,
    business_id: String,
    secret_key: Secret,
    /// Channels by bank code or wallet, beside the built-in ones.
    #[serde(default)]
    channels: BTreeMap<String, String>,
    #[serde(default)]
    wallet_number: WalletNumber,
    callback: Option<Callback>,
}

/// `[rail.callback]`: where Xendit may call us, and its verification token.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Callback {
    #[serde(default = "path")]
    path: String,
    token: Secret,
}

fn everywhere() -> String {
    "https://api.xendit.co".into()
}
fn path() -> String {
    "/xendit/payouts".into()
}

impl XenditKeys {
    /// The rail, secrets read.
    pub(crate) fn rail(self, rail: &RailConfig, beside: &Path) -> Result<XenditRail, Failure> {
        let secret = |secret: &Secret, field| secret.read(beside, &format!("rail {}: {field}", rail.id));
        let callback = match self.callback {
            Some(callback) => Some((callback.path, secret(&callback.token, "callback token")?)),
            None => None,
        };
        let config = XenditConfig {
            id: rail.id.clone(),
            base_url: self.base_url,
            business_id: self.business_id,
            secret_key: secret(&self.secret_key, "secret_key")?,
            channels: self.channels,
            wallet_number: self.wallet_number,
            timeout: Duration::from_secs(u64::from(rail.timeout_seconds)),
            max_concurrency: usize::try_from(rail.max_concurrency).unwrap_or(32),
            callback,
        };
        XenditRail::new(config).map_err(|why| Failure::usage("bad_configuration", format!("rail {}: {why}", rail.id)))
    }
}
