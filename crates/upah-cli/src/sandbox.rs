//! The sandbox in the same process: a SNAP bank and wallet on a loopback port, for trying everything
//! without a bank. Its ledger lies beside the store, so that it remembers what it has paid.
use crate::failure::{Exit, Failure};
use crate::keys::beside;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use upah::SystemEnvironment;
use upah_core::RailId;
use upah_core::policy::{Pattern, RailPolicy};
use upah_core::rail::Rail;
use upah_core::row::PayRow;
use upah_core::{Destination, PayeeName};
use upah_sandbox::{Credentials, Sandbox, SandboxConfig, TestKeys};
use upah_sheet::SheetRail;
use upah_snap::profile::Profile;
use upah_snap::{SnapRail, SnapRailConfig};

/// A running sandbox with the key that its client uses.
pub(crate) struct InProcess {
    sandbox: Sandbox,
    private_key_pem: String,
    credentials: Credentials,
}

/// The account that the sandbox's employer pays from.
const SOURCE_ACCOUNT: &str = "888801000157508";

impl InProcess {
    /// Starts it on a free loopback port.
    pub(crate) async fn start(store: &Path, faults: Option<&str>) -> Result<Self, Failure> {
        let broken = |why: String| Failure::new(Exit::Other, "sandbox", format!("the sandbox cannot start: {why}"));
        let keys = TestKeys::generate().map_err(|why| broken(why.to_string()))?;
        let credentials = Credentials::for_tests(keys.public_pem());
        let mut config = SandboxConfig::new(credentials.clone());
        config.ledger = Some(beside(store, ".sandbox.jsonl"));
        if let Some(text) = faults {
            config.faults = text.parse().map_err(|why| Failure::usage("faults", format!("--faults: {why}")))?;
        }
        let sandbox = Sandbox::start(config).await.map_err(|why| broken(why.to_string()))?;
        eprintln!("UJI COBA: no real money moves. The sandbox answers at {}.", sandbox.base_url());
        Ok(Self { sandbox, private_key_pem: keys.private_pem().to_owned(), credentials })
    }

    /// The rail that leads to it.
    pub(crate) fn rail(&self) -> Result<(Arc<dyn Rail>, RailPolicy), Failure> {
        let broken = |why: String| Failure::new(Exit::Other, "sandbox", format!("the sandbox cannot be used: {why}"));
        let id: RailId = "sandbox".parse().map_err(|_| broken("its name is refused".into()))?;
        let config = SnapRailConfig {
            profile: Profile::standard(),
            id: id.clone(),
            base_url: self.sandbox.base_url(),
            path_prefix: "/v1.0".into(),
            token_path: None,
            partner_id: self.credentials.partner_id.clone(),
            client_id: self.credentials.client_id.clone(),
            channel_id: self.credentials.channel_id.clone(),
            origin: None,
            source_account: SOURCE_ACCOUNT.into(),
            source_bank_code: Some("008".into()),
            codes: [].into(),
            clearing: upah_snap::ClearingAbove::default(),
            bulk: None,
            additional_info: [].into(),
            client_secret: Some(self.credentials.client_secret.clone()),
            private_key_pem: self.private_key_pem.clone(),
            timeout: Duration::from_secs(5),
            max_concurrency: 32,
        };
        let rail = SnapRail::new(config, Arc::new(SystemEnvironment)).map_err(|why| broken(why.to_string()))?;
        let serves = vec![Pattern::new("bank:*"), Pattern::new("ewallet:*")];
        let policy = RailPolicy {
            inquire_after_seconds: vec![1, 1, 2, 5],
            trust_not_found_after_seconds: 3,
            // The port changes with every start; the ledger behind it is the same.
            ..RailPolicy::new(id, "sandbox", serves)
        };
        Ok((Arc::new(rail), policy))
    }

    /// The sheet of QRIS codes beside it: paper, on which the sandbox has no say.
    pub(crate) fn sheet() -> Result<(Arc<dyn Rail>, RailPolicy), Failure> {
        let id: RailId =
            "qris-sheet".parse().map_err(|_| Failure::new(Exit::Other, "sandbox", "its name is refused"))?;
        let sheet = SheetRail::on_trial(id);
        let policy = sheet.policy(vec![Pattern::new("qris:*")]);
        Ok((Arc::new(sheet), policy))
    }

    /// Tells the sandbox who holds the accounts of a row, as a real bank would know.
    pub(crate) fn introduce(&self, row: &PayRow) {
        for destination in &row.destinations {
            if let Some(account) = account_of(destination) {
                self.sandbox.set_holder(&account, PayeeName::as_str(&row.name));
            }
        }
    }

    /// Ends it.
    pub(crate) async fn stop(self) {
        self.sandbox.stop().await;
    }
}

fn account_of(destination: &Destination) -> Option<String> {
    match destination {
        Destination::Bank { account, .. } => Some(account.as_str().to_owned()),
        Destination::Ewallet { phone, .. } => Some(phone.digits().to_owned()),
        _ => None,
    }
}
