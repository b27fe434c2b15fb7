//! The kit that outside authors use, on the rail that we ship, before each of the sandbox's houses whose calls or
//! bodies have another shape.
#![allow(clippy::unwrap_used)]
use proptest::test_runner::Config;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use upah_conformance::Plan;
use upah_conformance::rail::{Booking, Callback, Clock, Meaning, RailUnderTest, Told, Word, prove};
use upah_core::policy::{Pattern, RailPolicy, Terms};
use upah_core::{Destination, Rupiah};
use upah_sandbox::signature::{body_digest, string_to_sign_without_token};
use upah_sandbox::{Credentials, Sandbox, SandboxConfig, TestKeys};
use upah_snap::client::SnapEnvironment;
use upah_snap::profile::{BICS, Profile, Signing};
use upah_snap::timestamp::timestamp;
use upah_snap::{CallbackSignature, ClearingAbove, SnapCallbackConfig, SnapCallbacks, SnapRail, SnapRailConfig};

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

/// A profile before its house in the sandbox.
struct Snap {
    profile: &'static str,
    /// Between the sandbox's address and the profile's prefix.
    house: &'static str,
    /// Destinations, each with the service that pays it.
    pays: &'static [(&'static str, u8)],
    refused: &'static str,
    source: &'static str,
    /// How it calls banks, beside the profile's own knowledge.
    codes: &'static [(&'static str, &'static str)],
    clearing: ClearingAbove,
    /// The most that it pays at once.
    most: Option<u64>,
}

const STANDARD: Snap = Snap {
    profile: "standard",
    house: "",
    pays: &[("bank:014:1234567890", 18), ("bank:008:1234567890", 17), ("ewallet:dana:081234567890", 38)],
    refused: "bank:014:9940411123",
    source: SOURCE,
    codes: &[],
    clearing: ClearingAbove { skn: None, rtgs: None },
    most: None,
};

impl RailUnderTest for Snap {
    type Provider = Sandbox;
    type Rail = SnapRail;

    fn name(&self) -> String {
        format!("SnapRail, profile {}", self.profile)
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
        let profile = Profile::named(self.profile).unwrap();
        let has_token = profile.signature == Signing::SymmetricWithToken;
        let config = SnapRailConfig {
            id: "bank".parse().unwrap(),
            profile,
            base_url: format!("{base_url}{}", self.house),
            path_prefix: profile.path_prefix.to_owned(),
            token_path: None,
            partner_id: known.partner_id,
            client_id: known.client_id,
            channel_id: known.channel_id,
            source_account: self.source.to_owned(),
            source_bank_code: Some("008".to_owned()),
            codes: self.codes.iter().map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned())).collect(),
            clearing: self.clearing,
            bulk: None,
            additional_info: [].into(),
            client_secret: has_token.then_some(known.client_secret),
            private_key_pem: KEYS.private_pem().to_owned(),
            timeout: Duration::from_secs(1),
            max_concurrency: 8,
            origin: None,
        };
        let callbacks = SnapCallbackConfig {
            signed_path: profile.signed_path,
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
        let booking = |credit: upah_sandbox::Credit| Booking {
            institution: institution(&credit),
            reference: credit.reference,
            amount: Rupiah::new(credit.amount).unwrap(),
            account: credit.account,
        };
        Ok(sandbox.credits().map_err(|error| error.to_string())?.into_iter().map(booking).collect())
    }

    fn policy(&self) -> RailPolicy {
        let mut policy = RailPolicy::new("bank".parse().unwrap(), "0", vec![Pattern::new("*")]);
        policy.reference_form = Profile::named(self.profile).unwrap().reference;
        policy.terms = self.most.map_or_else(Terms::default, |most| Terms::with_limit(Rupiah::new(most).unwrap()));
        policy
    }

    fn destinations(&self) -> Vec<Destination> {
        self.pays.iter().map(|(text, _)| text.parse().unwrap()).collect()
    }

    fn secrets(&self) -> Vec<String> {
        let pem = KEYS.private_pem().lines().nth(1).unwrap().to_owned();
        vec![Credentials::for_tests(KEYS.public_pem()).client_secret, pem]
    }

    async fn balance(&self, sandbox: &Sandbox) -> Option<Rupiah> {
        Rupiah::new(sandbox.balance().ok()?).ok().or(Some(Rupiah::MAX))
    }

    fn refused_destination(&self) -> Option<Destination> {
        Some(self.refused.parse().unwrap())
    }

    fn busy_body(&self, destination: &Destination) -> Option<String> {
        let kind = destination.kind();
        let is_paid_so = |text: &&(&str, u8)| {
            let known: Destination = text.0.parse().unwrap();
            known == *destination || known.kind() == kind && text.1 != 17
        };
        let exact = self.pays.iter().find(|(text, _)| text.parse() == Ok(destination.clone()));
        let service = exact.or_else(|| self.pays.iter().find(is_paid_so))?.1;
        Some(format!("{{\"responseCode\":\"429{service}00\",\"responseMessage\":\"Too Many Requests\"}}"))
    }

    fn words(&self) -> Vec<Word> {
        let code = |service: u8| Word {
            said: format!("\"200{service:02}00\""),
            instead: format!("\"200{service:02}77\""),
            means: Meaning::NeverHeard,
            answers_payments: ![0, 36, 39].contains(&service),
        };
        let status = |instead, means| Word {
            said: "\"latestTransactionStatus\":\"00\"".into(),
            instead: format!("\"latestTransactionStatus\":\"{instead}\""),
            means,
            answers_payments: false,
        };
        let mut words: Vec<Word> = [17, 18, 22, 23, 38, 43, 36, 39, 0].into_iter().map(code).collect();
        words.extend(["01", "02", "03"].map(|instead| status(instead, Meaning::AtWork)));
        words.extend(["05", "06"].map(|instead| status(instead, Meaning::Failed)));
        // Banks have several texts for one code, and none of them counts.
        words.push(Word {
            said: "\"responseMessage\":\"Successful\"".into(),
            instead: "\"responseMessage\":\"Success\"".into(),
            means: Meaning::Paid,
            answers_payments: true,
        });
        words.extend([status("04", Meaning::Returned), status("ZZ", Meaning::NeverHeard)]);
        words
    }
}

/// What a credit of the sandbox's is called in a destination. The standard's 38 tops up one wallet, which its contract
/// names and no request does.
fn institution(credit: &upah_sandbox::Credit) -> String {
    let code = credit.bank_code.as_str();
    match (credit.service.as_str(), code) {
        ("38", "") => "ewallet".into(),
        ("38", provider) => format!("ewallet:{provider}"),
        (_, "bifast") => "bifast".into(),
        _ => {
            let bic = BICS.iter().find(|(_, bic)| *bic == code).map(|(digits, _)| *digits);
            format!("bank:{}", bic.unwrap_or(&code[..3]))
        }
    }
}

/// SNAP pays in one step, and its refusals and "not found" name no reference. The sandbox's days do not pass and its
/// book does not forget, so nothing is known of how long a reference is remembered.
const NOT_EXERCISED: [&str; 4] = [
    "a_step_that_moves_no_money_may_fail",
    "an_answer_about_another_wage_ends_nothing_of_hers",
    "a_wage_is_found_the_day_after",
    "a_reference_is_known_as_long_as_claimed",
];

/// Where no service tells a balance.
const WITHOUT_BALANCE: [&str; 2] = ["a_balance_that_nobody_told_is_not_made_up", "the_balance_is_told_as_it_is"];

fn is_a_rail(subject: &Snap, not_exercised_either: &[&str]) {
    // A dozen as a rule; `cargo xtask prove` asks for more of every property of the workspace.
    let cases = Config::default().cases / 20;
    let report = prove(subject, &Plan::default().cases(cases).version(env!("CARGO_PKG_VERSION")));
    report.assert_passed();
    let expected: std::collections::BTreeSet<_> = NOT_EXERCISED.iter().chain(not_exercised_either).copied().collect();
    assert_eq!(report.not_exercised().into_iter().collect::<std::collections::BTreeSet<_>>(), expected);
}

#[test]
fn snap_is_a_rail() {
    is_a_rail(&STANDARD, &[]);
}

#[test]
fn an_agent_without_token_is_a_rail_on_both_families_of_paths() {
    let pays = &[("bank:014:1234567890", 43), ("bank:008:1234567890", 43), ("ewallet:dana:081234567890", 38)];
    // It is the agent's number that pays, and a wallet holds no more than that.
    let dana = Snap { pays, source: "6281200000001", most: Some(20_000_000), ..STANDARD };
    for profile in ["dana", "dana-htm"] {
        is_a_rail(&Snap { profile, ..dana }, &WITHOUT_BALANCE);
    }
}

#[test]
fn a_bank_that_is_told_its_switch_is_a_rail() {
    let pays = &[
        ("bank:014:1234567890", 18),
        ("bank:008:1234567890", 17),
        ("bifast:phone:081234567890", 18),
        ("bifast:email:siti@example.com", 18),
    ];
    is_a_rail(&Snap { profile: "mandiri", house: "/mandiri", pays, ..STANDARD }, &[]);
}

#[test]
fn a_counterparty_that_only_pays_to_other_banks_is_a_rail() {
    let pays = &[("bank:014:1234567890", 18), ("bank:008:1234567890", 18), ("ewallet:dana:081234567890", 38)];
    is_a_rail(&Snap { profile: "faspay", pays, ..STANDARD }, &[]);
}

#[test]
fn a_counterparty_with_branches_and_several_wallets_is_a_rail() {
    let pays = &[
        ("bank:014:1234567890", 18),
        ("bank:008:1234567890", 17),
        ("ewallet:gopay:081234567890", 38),
        ("ewallet:ovo:081234567890", 38),
    ];
    let codes = &[("014", "0140010"), ("008", "0080017")];
    is_a_rail(&Snap { profile: "midtrans", house: "/midtrans", pays, codes, ..STANDARD }, &WITHOUT_BALANCE);
}

#[test]
fn a_clearing_house_is_a_rail() {
    let pays = &[("bank:014:1234567890", 22), ("bank:002:1234567890", 22)];
    let every_wage = Rupiah::new(1).ok();
    let rtgs = Snap { pays, clearing: ClearingAbove { skn: None, rtgs: every_wage }, ..STANDARD };
    is_a_rail(&rtgs, &[]);
    let pays = &[("bank:014:1234567890", 23), ("bank:002:1234567890", 23)];
    is_a_rail(&Snap { pays, clearing: ClearingAbove { skn: every_wage, rtgs: None }, ..rtgs }, &[]);
}
