//! What OY! wants to know, and the rail that is made of it.
use super::Secret;
use super::aggregator::Own;
use serde::Deserialize;
use upah_aggregators::oy::{INQUIRE_AFTER_SECONDS, OyConfig, OyRail};
use upah_aggregators::{ConfigError, Connection};
use upah_core::policy::RailPolicy;

/// The keys of `kind = "oy"` that no other aggregator has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OyKeys {
    username: String,
    api_key: Secret,
}

impl Own for OyKeys {
    const BASE_URL: &'static str = "https://partner.oyindonesia.com";
    const CALLBACK_PATH: &'static str = "/oy/disbursements";
    type Rail = OyRail;

    fn secret(&self) -> (&'static str, &Secret) {
        ("api_key", &self.api_key)
    }

    fn rail(self, connection: Connection, api_key: String) -> Result<OyRail, ConfigError> {
        OyRail::new(OyConfig { connection, username: self.username, api_key })
    }

    fn fingerprint(rail: &OyRail) -> &str {
        rail.fingerprint()
    }

    fn usual(policy: RailPolicy) -> RailPolicy {
        let inquire_after_seconds = vec![INQUIRE_AFTER_SECONDS, 2 * INQUIRE_AFTER_SECONDS, 600];
        RailPolicy { inquire_after_seconds, ..policy }
    }
}
