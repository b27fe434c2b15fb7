//! What Flip wants to know, and the rail that is made of it.
use super::Secret;
use super::aggregator::Own;
use serde::Deserialize;
use std::sync::Arc;
use upah::{Environment, SystemEnvironment};
use upah_aggregators::flip::{FRESH_SECONDS, FlipConfig, FlipRail, REFERENCE_CHARACTERS};
use upah_aggregators::{ConfigError, Connection};
use upah_core::policy::RailPolicy;
use upah_core::reference::ReferenceForm;

/// By how much the clock of this machine may be ahead of Flip's.
const CLOCKS_DIFFER_SECONDS: u32 = 240;

/// The keys of `kind = "flip"` that no other aggregator has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlipKeys {
    user_id: u64,
    secret_key: Secret,
}

impl Own for FlipKeys {
    const BASE_URL: &'static str = "https://bigflip.id/api";
    const CALLBACK_PATH: &'static str = "/flip/disbursements";
    type Rail = FlipRail;

    fn secret(&self) -> (&'static str, &Secret) {
        ("secret_key", &self.secret_key)
    }

    fn rail(self, connection: Connection, secret_key: String) -> Result<FlipRail, ConfigError> {
        let now = Arc::new(|| SystemEnvironment.now());
        FlipRail::new(FlipConfig { connection, user_id: self.user_id.to_string(), secret_key, now })
    }

    fn fingerprint(rail: &FlipRail) -> &str {
        rail.fingerprint()
    }

    fn usual(policy: RailPolicy) -> RailPolicy {
        RailPolicy {
            reference_form: ReferenceForm::Base32 { length: REFERENCE_CHARACTERS },
            // What was sent by a process that slept meanwhile is stale by then.
            signature_life_seconds: FRESH_SECONDS + CLOCKS_DIFFER_SECONDS,
            ..policy
        }
    }
}
