//! What a SNAP counterparty wants to know, and the rail that is made of it.
mod callback;

use super::{RailConfig, Secret};
use crate::failure::Failure;
use callback::CallbackConfig;
use serde::Deserialize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use upah::SystemEnvironment;
use upah_snap::{SnapCallbacks, SnapRail, SnapRailConfig};

/// The keys of `kind = "snap"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SnapKeys {
    #[serde(default = "standard")]
    profile: String,
    pub(super) base_url: String,
    #[serde(default = "version_prefix")]
    pub(super) path_prefix: String,
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

impl SnapKeys {
    pub(super) fn checked(self) -> Result<Self, String> {
        if self.profile == "standard" {
            return Ok(self);
        }
        Err(format!("profile {:?} is not built yet; this version knows \"standard\"", self.profile))
    }

    /// The rail, secrets read.
    pub(crate) fn rail(self, rail: &RailConfig, beside: &Path) -> Result<SnapRail, Failure> {
        let bad = |why: String| Failure::usage("bad_configuration", format!("rail {}: {why}", rail.id));
        let secret = |secret: &Secret, field| secret.read(beside, &format!("rail {}: {field}", rail.id));
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
            client_secret: secret(&self.client_secret, "client_secret")?,
            private_key_pem: secret(&self.private_key, "private_key")?,
            timeout: Duration::from_secs(u64::from(rail.timeout_seconds)),
            max_concurrency: usize::try_from(rail.max_concurrency).unwrap_or(32),
        };
        let adapter = SnapRail::new(config, Arc::new(SystemEnvironment)).map_err(|why| bad(why.to_string()))?;
        let Some(callback) = &self.callback else { return Ok(adapter) };
        let callbacks = callback.read(beside, &rail.id)?;
        Ok(adapter.with_callbacks(SnapCallbacks::new(&callbacks).map_err(|why| bad(why.to_string()))?))
    }
}
