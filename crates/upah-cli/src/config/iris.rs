//! What Midtrans Iris wants to know, and the rail that is made of it.
use super::aggregator::Callback;
use super::{Kind, RailConfig, Secret};
use crate::failure::Failure;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use upah::{Environment, SystemEnvironment};
use upah_aggregators::iris::{IrisConfig, IrisRail};
use upah_aggregators::{Connection, WalletNumber};
use upah_core::policy::RailPolicy;
use upah_core::rail::Rail;

/// The keys of `kind = "iris"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IrisKeys {
    #[serde(default = "production")]
    base_url: String,
    merchant_id: String,
    creator_key: Secret,
    approver_key: Secret,
    /// The provider's names of banks and wallets, beside the built-in ones.
    #[serde(default)]
    channels: BTreeMap<String, String>,
    #[serde(default)]
    wallet_number: WalletNumber,
    #[serde(default = "a_month")]
    statement_days: u16,
    callback: Option<Callback>,
}

fn production() -> String {
    "https://app.midtrans.com".into()
}
fn a_month() -> u16 {
    31
}

impl Kind for IrisKeys {
    fn base_url(&self) -> Option<&str> {
        Some(&self.base_url)
    }

    fn open(self: Box<Self>, rail: &RailConfig, beside: &Path) -> Result<(Arc<dyn Rail>, RailPolicy), Failure> {
        // The token is the merchant key, with which Iris signs.
        let callback = self.callback.map(|callback| callback.read("/iris/payouts", rail, beside)).transpose()?;
        let connection = Connection {
            id: rail.id.clone(),
            base_url: self.base_url,
            channels: self.channels,
            wallet_number: self.wallet_number,
            timeout: rail.timeout(),
            max_concurrency: rail.connections(),
            callback,
        };
        let config = IrisConfig {
            connection,
            merchant_id: self.merchant_id,
            creator_key: rail.secret(&self.creator_key, "creator_key", beside)?,
            approver_key: rail.secret(&self.approver_key, "approver_key", beside)?,
            statement_days: self.statement_days,
            now: Arc::new(|| SystemEnvironment.now()),
        };
        let adapter = IrisRail::new(config).map_err(|why| rail.unusable(why))?;
        // The provider wants nobody to ask for a status right after the approval.
        let policy = RailPolicy { inquire_after_seconds: vec![60, 600], ..rail.policy(adapter.fingerprint()) };
        Ok((Arc::new(adapter), policy))
    }
}
