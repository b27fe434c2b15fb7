//! What a SNAP counterparty wants to know, and the rail that is made of it.
mod bulk;
mod callback;

use super::{Kind, RailConfig, Secret};
use crate::failure::Failure;
use bulk::BulkConfig;
use callback::CallbackConfig;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use upah::SystemEnvironment;
use upah_core::Rupiah;
use upah_core::policy::{NameCheck, RailPolicy};
use upah_core::rail::Rail;
use upah_snap::profile::{Dialect, Profile};
use upah_snap::service::Service;
use upah_snap::{ClearingAbove, SnapCallbacks, SnapRail, SnapRailConfig};

/// The keys of `kind = "snap"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SnapKeys {
    #[serde(default = "standard")]
    profile: String,
    base_url: String,
    /// The profile's, unless told.
    path_prefix: Option<String>,
    /// After the base URL; the profile's, unless told.
    token_path: Option<String>,
    partner_id: String,
    client_id: String,
    #[serde(default = "channel")]
    channel_id: String,
    source_account: String,
    source_bank_code: Option<String>,
    /// The counterparty's names of banks and wallets, under ours.
    #[serde(default)]
    codes: BTreeMap<String, String>,
    /// More than this goes to other banks by the national clearing (23).
    skn_above: Option<Rupiah>,
    /// More than this goes to other banks over RTGS (22).
    rtgs_above: Option<Rupiah>,
    /// What it wants in every `additionalInfo`.
    #[serde(default)]
    additional_info: BTreeMap<String, String>,
    /// Not needed under a profile without tokens.
    client_secret: Option<Secret>,
    private_key: Secret,
    callback: Option<CallbackConfig>,
    /// Wages to other banks and to wallets go together, where it is there.
    bulk: Option<BulkConfig>,
}

fn standard() -> String {
    "standard".into()
}
fn version_prefix() -> String {
    Profile::standard().path_prefix.into()
}
fn channel() -> String {
    "95221".into()
}

impl SnapKeys {
    fn profile(&self) -> Result<&'static Profile, String> {
        Profile::named(&self.profile)
            .ok_or_else(|| format!("profile {:?} is unknown; this version knows {}", self.profile, Profile::names()))
    }
}

impl Kind for SnapKeys {
    fn check(&self) -> Result<(), String> {
        self.profile().map(drop)
    }

    fn base_url(&self) -> Option<&str> {
        Some(&self.base_url)
    }

    fn open(self: Box<Self>, rail: &RailConfig, beside: &Path) -> Result<(Arc<dyn Rail>, RailPolicy), Failure> {
        let profile = self.profile().map_err(|why| rail.unusable(why))?;
        suits(profile, rail).map_err(|why| rail.unusable(why))?;
        if let Some(bulk) = &self.bulk {
            bulk.check(rail).map_err(|why| rail.unusable(why))?;
        }
        let client_secret = match &self.client_secret {
            Some(secret) => Some(rail.secret(secret, "client_secret", beside)?),
            None => None,
        };
        let config = SnapRailConfig {
            id: rail.id.clone(),
            profile,
            base_url: self.base_url,
            path_prefix: self.path_prefix.unwrap_or_else(|| profile.path_prefix.into()),
            token_path: self.token_path,
            partner_id: self.partner_id,
            client_id: self.client_id,
            channel_id: self.channel_id,
            origin: None,
            source_account: self.source_account,
            source_bank_code: self.source_bank_code,
            codes: self.codes,
            clearing: ClearingAbove { skn: self.skn_above, rtgs: self.rtgs_above },
            bulk: self.bulk.as_ref().map(|bulk| bulk.gathering(rail)),
            additional_info: self.additional_info,
            client_secret,
            private_key_pem: rail.secret(&self.private_key, "private_key", beside)?,
            timeout: rail.timeout(),
            max_concurrency: rail.connections(),
        };
        let mut adapter = SnapRail::new(config, Arc::new(SystemEnvironment)).map_err(|why| rail.unusable(why))?;
        let usual = habits(profile, rail.policy(adapter.fingerprint()));
        let policy = match &self.bulk {
            Some(bulk) => bulk.habits(usual),
            None => usual,
        };
        if let Some(callback) = &self.callback {
            let callbacks = callback.read(beside, &rail.id, profile)?;
            adapter = adapter.with_callbacks(SnapCallbacks::new(&callbacks).map_err(|why| rail.unusable(why))?);
        }
        Ok((Arc::new(adapter), policy))
    }
}

/// Whether what is configured of every rail can be had under a profile.
fn suits(profile: &Profile, rail: &RailConfig) -> Result<(), String> {
    let least = profile.not_found_after_seconds;
    if rail.trust_not_found_after_seconds.is_some_and(|seconds| seconds < least) {
        return Err(format!("trust_not_found_after_seconds must be at least {least} under profile {}", profile.name));
    }
    let proxies = ["bifast:phone:628", "bifast:email:a@b.c"];
    let serves_proxies = rail.serves.iter().any(|pattern| proxies.iter().any(|proxy| pattern.matches(proxy)));
    if profile.dialect == Dialect::Switcher && serves_proxies && rail.name_check == Some(NameCheck::Off) {
        return Err(
            "a phone or an address is resolved by the account inquiry: bifast: needs name_check other than \"off\""
                .into(),
        );
    }
    let pays_wallets = profile.has(Service::TopUp) && !profile.has(Service::WalletInquiry);
    let wallets = ["dana", "gopay", "linkaja", "ovo", "shopeepay"].map(|name| format!("ewallet:{name}:628"));
    let serves_wallets = rail.serves.iter().any(|pattern| wallets.iter().any(|wallet| pattern.matches(wallet)));
    if pays_wallets && serves_wallets && rail.name_check != Some(NameCheck::Off) {
        return Err(format!(
            "profile {} has no inquiry for wallets, so nobody can be asked whose a number is; serve ewallet: in a rail \
             of its own, with name_check = \"off\"",
            profile.name
        ));
    }
    Ok(())
}

/// What a profile takes for granted.
fn habits(profile: &Profile, usual: RailPolicy) -> RailPolicy {
    RailPolicy {
        reference_form: profile.reference,
        trust_not_found_after_seconds: usual.trust_not_found_after_seconds.max(profile.not_found_after_seconds),
        ..usual
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(profile: &str, more: &str) -> Result<RailPolicy, String> {
        let folder = tempfile::tempdir().unwrap();
        let keys = upah_sandbox::TestKeys::generate().unwrap();
        std::fs::write(folder.path().join("upah.key.pem"), keys.private_pem()).unwrap();
        let text = format!(
            "id = \"bank\"\nkind = \"snap\"\nprofile = \"{profile}\"\nbase_url = \"https://bank.example\"\n\
             partner_id = \"P\"\nclient_id = \"C\"\nsource_account = \"6281200000001\"\n\
             private_key = {{ file = \"upah.key.pem\" }}\n{more}\n"
        );
        let rail: RailConfig = toml::from_str(&text).unwrap();
        let opened = rail.open(&folder.path().join("upah.toml"));
        opened.map(|(_, policy)| policy).map_err(|failure| failure.message)
    }

    #[test]
    fn an_unknown_profile_is_told_which_ones_there_are() {
        let told = opened("bca", "serves = [\"bank:*\"]").unwrap_err();
        for name in ["bca", "standard", "bri", "bni", "mandiri", "midtrans", "dana", "faspay"] {
            assert!(told.contains(name), "{told}");
        }
    }

    #[test]
    fn a_secret_is_asked_for_where_calls_are_signed_with_one() {
        assert!(opened("dana", "serves = [\"ewallet:dana:*\"]").is_ok());
        let told = opened("bri", "serves = [\"bank:*\"]").unwrap_err();
        assert!(told.contains("client_secret"), "{told}");
    }

    #[test]
    fn not_found_is_not_believed_before_the_counterparty_knows() {
        let secret = "client_secret = { file = \"upah.key.pem\" }\nserves = [\"bank:*\"]";
        assert_eq!(opened("midtrans", secret).unwrap().trust_not_found_after_seconds, 600);
        let told = opened("midtrans", &format!("trust_not_found_after_seconds = 599\n{secret}")).unwrap_err();
        assert!(told.contains("600"), "{told}");
    }

    #[test]
    fn a_number_that_nobody_can_be_asked_about_is_paid_only_on_request() {
        assert!(opened("faspay", "serves = [\"bank:*\"]").is_ok());
        for serves in ["*", "ewallet:*", "ewallet:ovo:*"] {
            let told = opened("faspay", &format!("serves = [\"{serves}\"]")).unwrap_err();
            assert!(told.contains("name_check"), "{told}");
        }
        assert!(opened("faspay", "name_check = \"off\"\nserves = [\"ewallet:*\"]").is_ok());
    }

    #[test]
    fn whoever_is_paid_by_a_proxy_is_asked_about_first() {
        let secret = "client_secret = { file = \"upah.key.pem\" }\nserves = [\"bifast:*\"]";
        assert!(opened("mandiri", secret).is_ok());
        let told = opened("mandiri", &format!("name_check = \"off\"\n{secret}")).unwrap_err();
        assert!(told.contains("name_check"), "{told}");
    }

    #[test]
    fn what_becomes_of_a_repeat_in_bulk_is_said_and_decides_whether_there_is_one() {
        let with = |profile: &str, more: &str, bulk: &str| {
            let secret = "client_secret = { file = \"upah.key.pem\" }\nserves = [\"bank:*\"]";
            opened(profile, &format!("{secret}\n{more}\n[bulk]\n{bulk}"))
        };
        let paid = with("standard", "", "payments = 100\nrepeats = \"paid\"").unwrap();
        assert_eq!((paid.refuses_repeats, paid.reference_memory_days, paid.resend_window_millis()), (false, 0, 0));
        assert_eq!(paid.max_concurrency, 100);
        let refused = with("standard", "", "payments = 2\nrepeats = \"refused\"").unwrap();
        assert_eq!((refused.refuses_repeats, refused.reference_memory_days, refused.max_concurrency), (true, 1, 32));
        for (profile, more, bulk, says) in [
            ("standard", "", "payments = 100", "repeats"),
            ("standard", "", "payments = 100\nrepeats = \"asked\"", "asked"),
            ("standard", "", "payments = 100\nrepeats = \"paid\"\ngather_second = 1", "gather_second"),
            ("standard", "", "payments = 1\nrepeats = \"paid\"", "payments"),
            ("standard", "", "payments = 1001\nrepeats = \"paid\"", "payments"),
            ("standard", "reference_memory_days = 1", "payments = 9\nrepeats = \"paid\"", "reference_memory_days"),
            ("bri", "", "payments = 9\nrepeats = \"paid\"", "no such service"),
        ] {
            let told = with(profile, more, bulk).unwrap_err();
            assert!(told.contains(says), "{told}");
        }
    }

    #[test]
    fn references_are_of_the_form_that_the_counterparty_takes() {
        let secret = "client_secret = { file = \"upah.key.pem\" }\nserves = [\"bank:*\"]";
        let form = opened("mandiri", secret).unwrap().reference_form;
        assert_eq!(form, upah_core::reference::ReferenceForm::Numeric { length: 19 });
    }
}
