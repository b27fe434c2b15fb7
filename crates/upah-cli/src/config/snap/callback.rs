//! `[rail.callback]`: who may call us about a rail, and how that is proved.
use crate::config::Secret;
use crate::failure::Failure;
use serde::Deserialize;
use std::path::Path;
use upah_core::RailId;
use upah_snap::profile::Profile;
use upah_snap::{CallbackSignature, SnapCallbackConfig};

/// What a rail's provider may call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallbackConfig {
    /// Before every path of the standard, as the provider calls and signs it.
    #[serde(default = "super::version_prefix")]
    path_prefix: String,
    /// Paths of the provider's own after the prefix.
    #[serde(default)]
    also: Vec<OwnPath>,
    public_key: Secret,
    #[serde(default)]
    signature: Signature,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    #[serde(default = "five_minutes")]
    window_seconds: u32,
}

/// A notification that the standard does not know.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnPath {
    path: String,
    service: u8,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Signature {
    #[default]
    Asymmetric,
    Symmetric,
}

fn five_minutes() -> u32 {
    300
}

impl CallbackConfig {
    /// What the rail is given, keys and secrets read.
    pub(crate) fn read(&self, beside: &Path, rail: &RailId, profile: &Profile) -> Result<SnapCallbackConfig, Failure> {
        let what = |field: &str| format!("rail {rail}: callback {field}");
        let signature = match (&self.signature, &self.client_id, &self.client_secret) {
            (Signature::Asymmetric, None, None) => CallbackSignature::Asymmetric,
            (Signature::Symmetric, Some(client_id), Some(secret)) => CallbackSignature::Symmetric {
                client_id: client_id.clone(),
                client_secret: secret.read(beside, &what("client_secret"))?,
            },
            _ => {
                let why =
                    what("client_id and client_secret belong to signature = \"symmetric\", and both are needed there");
                return Err(Failure::usage("bad_configuration", why));
            }
        };
        Ok(SnapCallbackConfig {
            path_prefix: self.path_prefix.clone(),
            signed_path: profile.signed_path,
            also: self.also.iter().map(|own| (own.path.clone(), own.service)).collect(),
            public_key_pem: self.public_key.read(beside, &what("public_key"))?,
            signature,
            window_seconds: self.window_seconds,
        })
    }
}
