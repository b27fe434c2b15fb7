//! The kit that outside authors use, on the rail that we ship, before the sandbox's bank and wallet.
#![allow(clippy::unwrap_used)]
use proptest::test_runner::Config;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use upah_conformance::Plan;
use upah_conformance::rail::{Booking, Callback, Clock, Meaning, RailUnderTest, Told, Word, prove};
use upah_core::policy::{Pattern, RailPolicy};
use upah_core::{Destination, Rupiah};
use upah_sandbox::signature::{body_digest, string_to_sign_without_token};
use upah_sandbox::{Credentials, Sandbox, SandboxConfig, TestKeys};
use upah_snap::client::SnapEnvironment;
use upah_snap::profile::{Profile, SignedPath};
use upah_snap::timestamp::timestamp;
use upah_snap::{CallbackSignature, SnapCallbackConfig, SnapCallbacks, SnapRail, SnapRailConfig};

const SOURCE: &str = "888801000157508";

/// Made once: an RSA key takes longer than everything else here.
static KEYS: LazyLock<TestKeys> = LazyLock::new(|| TestKeys::generate().unwrap());

/// The bank's own pair.
static BANK: LazyLock<TestKeys> = LazyLock::new(|| TestKeys::generate().unwrap());

/// Numbers that never repeat in one provider's life, however often the rail is made anew.
static DRAWN: AtomicU64 = AtomicU64::new(0);

struct World(Clock);

impl SnapEnvironment for World {
    fn now_unix_millis(&self) -> u64 {
        self.0.now_unix_millis()
    }
    fn random_16(&self) -> [u8; 16] {
        u128::from(DRAWN.fetch_add(1, Ordering::SeqCst)).to_be_bytes()
    }
}

/// A notification of the standard, signed by the sandbox's own code, which shares none with the rail's.
fn notified(told: Told<'_>, status: &str) -> Callback {
    let target = "/v1.0/transfer-rtgs/notify";
    let body = format!(
        r#"{{"originalPartnerReferenceNo":"{}","latestTransactionStatus":"{status}","amount":{{"value":"{}.00","currency":"IDR"}}}}"#,
        told.reference,
        told.amount.value()
    );
    // Signed by the sandbox's own code, which shares none with the rail's.
    let time = timestamp(told.at_unix_millis);
    let signed = string_to_sign_without_token("POST", target, &body_digest(body.as_bytes()), &time);
    let header = |name: &str, value: String| (name.to_owned(), value);
    Callback {
        method: "POST".into(),
        target: target.into(),
        headers: vec![header("x-timestamp", time), header("x-signature", BANK.sign(&signed).unwrap())],
        body,
        covers_body: true,
        may_be_spaced: true,
        window_seconds: Some(300),
    }
}

struct Snap;

impl RailUnderTest for Snap {
    type Provider = Sandbox;
    type Rail = SnapRail;

    fn name(&self) -> String {
        "SnapRail".into()
    }

    async fn provider(&self) -> Result<Sandbox, String> {
        let mut config = SandboxConfig::new(Credentials::for_tests(KEYS.public_pem()));
        config.source_account = Some(SOURCE.to_owned());
        Sandbox::start(config).await.map_err(|error| error.to_string())
    }

    fn base_url(&self, sandbox: &Sandbox) -> String {
        sandbox.base_url()
    }

    fn rail(&self, _: &Sandbox, base_url: &str, clock: Clock) -> Result<SnapRail, String> {
        let known = Credentials::for_tests(KEYS.public_pem());
        let config = SnapRailConfig {
            id: "bank".parse().unwrap(),
            profile: Profile::standard(),
            base_url: base_url.to_owned(),
            path_prefix: "/v1.0".to_owned(),
            token_path: None,
            partner_id: known.partner_id,
            client_id: known.client_id,
            channel_id: known.channel_id,
            source_account: SOURCE.to_owned(),
            source_bank_code: Some("008".to_owned()),
            codes: [].into(),
            additional_info: [].into(),
            client_secret: Some(known.client_secret),
            private_key_pem: KEYS.private_pem().to_owned(),
            timeout: Duration::from_secs(1),
            max_concurrency: 8,
            origin: None,
        };
        let callbacks = SnapCallbackConfig {
            signed_path: SignedPath::WithQuery,
            path_prefix: "/v1.0".to_owned(),
            also: Vec::new(),
            public_key_pem: BANK.public_pem().to_owned(),
            signature: CallbackSignature::Asymmetric,
            window_seconds: 300,
        };
        let callbacks = SnapCallbacks::new(&callbacks).map_err(|error| error.to_string())?;
        let rail = SnapRail::new(config, Arc::new(World(clock))).map_err(|error| error.to_string())?;
        Ok(rail.with_callbacks(callbacks))
    }

    fn callback(&self, told: Told<'_>) -> Option<Callback> {
        Some(notified(told, "00"))
    }

    fn callback_of_a_return(&self, told: Told<'_>) -> Option<Callback> {
        Some(notified(told, "04"))
    }

    fn partial_return(&self, wage: Rupiah, part: Rupiah) -> Vec<(String, String)> {
        let status = |code: &str| format!("\"latestTransactionStatus\":\"{code}\"");
        let amount = |rupiah: Rupiah| format!("\"value\":\"{}.00\"", rupiah.value());
        vec![(status("00"), status("04")), (amount(wage), amount(part))]
    }

    async fn bookings(&self, sandbox: &Sandbox) -> Result<Vec<Booking>, String> {
        // Service 38 tops up one wallet, which its contract names and no request does.
        let booking = |credit: upah_sandbox::Credit| Booking {
            institution: if credit.service == "38" { "ewallet".into() } else { format!("bank:{}", credit.bank_code) },
            reference: credit.reference,
            amount: Rupiah::new(credit.amount).unwrap(),
            account: credit.account,
        };
        Ok(sandbox.credits().map_err(|error| error.to_string())?.into_iter().map(booking).collect())
    }

    fn policy(&self) -> RailPolicy {
        RailPolicy::new("bank".parse().unwrap(), "0", vec![Pattern::new("bank:*"), Pattern::new("ewallet:*")])
    }

    fn destinations(&self) -> Vec<Destination> {
        let texts = ["bank:014:1234567890", "bank:008:1234567890", "ewallet:dana:081234567890"];
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn secrets(&self) -> Vec<String> {
        let pem = KEYS.private_pem().lines().nth(1).unwrap().to_owned();
        vec![Credentials::for_tests(KEYS.public_pem()).client_secret, pem]
    }

    async fn balance(&self, sandbox: &Sandbox) -> Option<Rupiah> {
        Rupiah::new(sandbox.balance().ok()?).ok().or(Some(Rupiah::MAX))
    }

    fn refused_destination(&self) -> Option<Destination> {
        Some("bank:014:9940411123".parse().unwrap())
    }

    fn busy_body(&self, destination: &Destination) -> Option<String> {
        let service = match destination {
            Destination::Bank { code, .. } if code.as_str() == "008" => 17,
            Destination::Bank { .. } => 18,
            _ => 38,
        };
        Some(format!("{{\"responseCode\":\"429{service}00\",\"responseMessage\":\"Too Many Requests\"}}"))
    }

    fn words(&self) -> Vec<Word> {
        let code = |service| Word {
            said: format!("\"200{service}00\""),
            instead: format!("\"200{service}77\""),
            means: Meaning::NeverHeard,
            answers_payments: service != 36 && service != 39,
        };
        let status = |instead, means| Word {
            said: "\"latestTransactionStatus\":\"00\"".into(),
            instead: format!("\"latestTransactionStatus\":\"{instead}\""),
            means,
            answers_payments: false,
        };
        let mut words: Vec<Word> = [17, 18, 38, 36, 39].into_iter().map(code).collect();
        words.extend(["01", "02", "03"].map(|instead| status(instead, Meaning::AtWork)));
        words.extend(["05", "06"].map(|instead| status(instead, Meaning::Failed)));
        words.extend([status("04", Meaning::Returned), status("ZZ", Meaning::NeverHeard)]);
        words
    }
}

#[test]
fn snap_is_a_rail() {
    // A dozen as a rule; `cargo xtask prove` asks for more of every property of the workspace.
    let cases = Config::default().cases / 20;
    let report = prove(&Snap, &Plan::default().cases(cases).version(env!("CARGO_PKG_VERSION")));
    report.assert_passed();
    // SNAP pays in one step, and its refusals and "not found" name no reference. The sandbox's days do not pass and its
    // book does not forget, so nothing is known of how long a reference is remembered.
    let not_exercised = [
        "a_step_that_moves_no_money_may_fail",
        "an_answer_about_another_wage_ends_nothing_of_hers",
        "a_wage_is_found_the_day_after",
        "a_reference_is_known_as_long_as_claimed",
    ];
    assert_eq!(report.not_exercised(), not_exercised);
}
