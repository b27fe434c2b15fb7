//! What Xendit wants to know, and the rail that is made of it.
use super::Secret;
use super::aggregator::Own;
use serde::Deserialize;
use upah_aggregators::xendit::{XenditConfig, XenditRail};
use upah_aggregators::{ConfigError, Connection};

/// The keys of `kind = "xendit"` that no other aggregator has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct XenditKeys {
    business_id: String,
    secret_key: Secret,
}

impl Own for XenditKeys {
    const BASE_URL: &'static str = "https://api.xendit.co";
    const CALLBACK_PATH: &'static str = "/xendit/payouts";
    type Rail = XenditRail;

    fn secret(&self) -> (&'static str, &Secret) {
        ("secret_key", &self.secret_key)
    }

    fn rail(self, connection: Connection, secret_key: String) -> Result<XenditRail, ConfigError> {
        XenditRail::new(XenditConfig { connection, business_id: self.business_id, secret_key })
    }

    fn fingerprint(rail: &XenditRail) -> &str {
        rail.fingerprint()
    }
}
