//! What the aggregators' proofs have in common: the sandbox behind them, and whom they pay.
use proptest::test_runner::Config;
use std::sync::LazyLock;
use std::time::Duration;
use upah_aggregators::{Connection, WalletNumber};
use upah_conformance::Plan;
use upah_conformance::rail::{Booking, RailUnderTest, prove};
use upah_core::policy::{Pattern, RailPolicy, Terms};
use upah_core::{Destination, Rupiah};
use upah_sandbox::{Credentials, Credit, FlipClient, Sandbox, SandboxConfig, TestKeys};

/// Of the bank beside it, which nobody calls here. Made once: an RSA key takes longer than everything else.
static KEYS: LazyLock<TestKeys> = LazyLock::new(|| TestKeys::generate().unwrap());

/// A sandbox that has booked nothing.
pub(crate) async fn start() -> Result<Sandbox, String> {
    let mut config = SandboxConfig::new(Credentials::for_tests(KEYS.public_pem()));
    // One that is more could not be told, and so not be compared.
    config.balance = Rupiah::MAX.value();
    // A name that is told at the second question only would never be looked at.
    config.flip = Some(FlipClient { looks_in_background: false, ..FlipClient::for_tests() });
    Sandbox::start(config).await.map_err(|error| error.to_string())
}

/// A rail to there, and where it hears callbacks with which secret.
pub(crate) fn connection(base_url: &str, (path, secret): (&str, &str)) -> Connection {
    Connection {
        id: "aggregator".parse().unwrap(),
        base_url: base_url.to_owned(),
        channels: [].into(),
        wallet_number: WalletNumber::International,
        timeout: Duration::from_secs(1),
        max_concurrency: 8,
        callback: Some((path.into(), secret.into())),
    }
}

/// Every property holds, and these alone were not exercised.
#[track_caller]
pub(crate) fn assert_is_a_rail(subject: &impl RailUnderTest, not_exercised: &[&str]) {
    let cases = Config::default().cases / 20;
    let report = prove(subject, &Plan::default().cases(cases).version(env!("CARGO_PKG_VERSION")));
    report.assert_passed();
    assert_eq!(report.not_exercised(), not_exercised);
}

/// Banks and wallets, up to an amount that a balance bears many times.
pub(crate) fn policy() -> RailPolicy {
    let serves = vec![Pattern::new("bank:*"), Pattern::new("ewallet:*")];
    let terms = Terms::with_limit(Rupiah::new(250_000_000).unwrap());
    RailPolicy { terms, ..RailPolicy::new("aggregator".parse().unwrap(), "0", serves) }
}

/// What it has booked, with the place of each of the provider's channels.
pub(crate) fn bookings(sandbox: &Sandbox, place: impl Fn(&str) -> String) -> Result<Vec<Booking>, String> {
    let booking = |credit: Credit| Booking {
        institution: place(&credit.bank_code),
        reference: credit.reference,
        amount: Rupiah::new(credit.amount).unwrap(),
        account: credit.account,
    };
    Ok(sandbox.credits().map_err(|error| error.to_string())?.into_iter().map(booking).collect())
}

/// Two banks and two wallets, with the same digits.
pub(crate) fn destinations() -> Vec<Destination> {
    let texts = ["bank:014:1234567890", "bank:008:1234567890", "ewallet:dana:081234567890", "ewallet:ovo:081234567890"];
    texts.iter().map(|text| text.parse().unwrap()).collect()
}
