//! What a SNAP counterparty wants to know, and the rail that is made of it.
mod callback;

use super::{Kind, RailConfig, Secret};
use crate::failure::Failure;
use callback::CallbackConfig;
use serde::Deserialize;
use std::path::Path;
use std::sync::Arc;
use upah::SystemEnvironment;
use upah_core::policy::RailPolicy;
use upah_core::rail::Rail;
use upah_snap::{SnapCallbacks, SnapRail, SnapRailConfig};

/// The keys of `kind = "snap"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SnapKeys {
    #[serde(default = "standard")]
    profile: String,
    base_url: String,
    #[serde(default = "version_prefix")]
    path_prefix: String,
    partner_id: String,
    client_id: String,
    #[serde(default = "channel")]
    channel_id: String,
    source_account: String,
    source_bank_code: Option<String>,
    client_secret: Secret,
    private_key: Secret,
    callback: Option<CallbackConfig>,
}

fn standard() -> String {
    "standard".into()
}
fn version_prefix() -> String {
    "/v1.0".into()
}
fn channel() -> String {
    "95221".into()
}

impl Kind for SnapKeys {
    fn check(&self) -> Result<(), String> {
        if self.profile == "standard" {
            return Ok(());
        }
        Err(format!("profile {:?} is not built yet; this version knows \"standard\"", self.profile))
    }

    fn base_url(&self) -> Option<&str> {
        Some(&self.base_url)
    }

    fn open(self: Box<Self>, rail: &RailConfig, beside: &Path) -> Result<(Arc<dyn Rail>, RailPolicy), Failure> {
        let config = SnapRailConfig {
            id: rail.id.clone(),
            base_url: self.base_url,
            path_prefix: self.path_prefix,
            partner_id: self.partner_id,
            client_id: self.client_id,
            channel_id: self.channel_id,
            origin: None,
            source_account: self.source_account,
            source_bank_code: self.source_bank_code,
            client_secret: rail.secret(&self.client_secret, "client_secret", beside)?,
            private_key_pem: rail.secret(&self.private_key, "private_key", beside)?,
            timeout: rail.timeout(),
            max_concurrency: rail.connections(),
        };
        let mut adapter = SnapRail::new(config, Arc::new(SystemEnvironment)).map_err(|why| rail.unusable(why))?;
        let policy = rail.policy(adapter.fingerprint());
        if let Some(callback) = &self.callback {
            let callbacks = SnapCallbacks::new(&callback.read(beside, &rail.id)?).map_err(|why| rail.unusable(why))?;
            adapter = adapter.with_callbacks(callbacks);
        }
        Ok((Arc::new(adapter), policy))
    }
}
