//! What the aggregators' proofs have in common: the sandbox behind them, and whom they pay.
use std::sync::LazyLock;
use upah_conformance::rail::Booking;
use upah_core::{Destination, Rupiah};
use upah_sandbox::{Credentials, Credit, Sandbox, SandboxConfig, TestKeys};

/// Of the bank beside it, which nobody calls here. Made once: an RSA key takes longer than everything else.
static KEYS: LazyLock<TestKeys> = LazyLock::new(|| TestKeys::generate().unwrap());

/// A sandbox that has booked nothing.
pub(crate) async fn start() -> Result<Sandbox, String> {
    let config = SandboxConfig::new(Credentials::for_tests(KEYS.public_pem()));
    Sandbox::start(config).await.map_err(|error| error.to_string())
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
