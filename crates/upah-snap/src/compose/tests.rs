//! The bodies of orders, byte for byte, and what is read back from them.
use super::*;
use crate::payer::ClearingAbove;
use crate::profile::Profile;
use proptest::prelude::*;
use upah_core::{Destination, PayeeName, Timestamp};

struct Told<'a> {
    destination: &'a str,
    name: &'a str,
    inquired: Option<&'a str>,
    session: Option<&'a str>,
}

const PLAIN: Told<'_> = Told { destination: "bank:014:1234567890", name: "Siti Contoh", inquired: None, session: None };

/// Our account at the bank 008, under a profile.
fn payer(profile: &str) -> Payer {
    Payer {
        profile: Profile::named(profile).unwrap(),
        source_account: "888801000157508".to_owned(),
        source_bank_code: Some("008".to_owned()),
        codes: [("013".to_owned(), "BBBAIDJA".to_owned())].into(),
        clearing: ClearingAbove::default(),
        bulk: false,
        additional_info: [].into(),
    }
}

fn body(told: &Told<'_>, amount: u64) -> Result<String, ComposeError> {
    body_of(&payer("standard"), told, amount)
}

fn body_of(payer: &Payer, told: &Told<'_>, amount: u64) -> Result<String, ComposeError> {
    let destination: Destination = told.destination.parse().unwrap();
    let name: PayeeName = told.name.parse().unwrap();
    let order = Order {
        reference: &Reference::from_stored("REF1"),
        amount: Rupiah::new(amount).unwrap(),
        destination: &destination,
        name: &name,
        inquired_name: told.inquired,
        session: told.session,
        at: Timestamp::from_millis(1_608_177_300_999),
    };
    compose(&order, payer)
}

#[test]
fn bodies_are_exact() {
    assert_eq!(
        body(&Told { inquired: Some("SITI C"), ..PLAIN }, 600_000).unwrap(),
        r#"{"partnerReferenceNo":"REF1","amount":{"value":"600000.00","currency":"IDR"},"beneficiaryAccountName":"SITI C","beneficiaryAccountNo":"1234567890","beneficiaryBankCode":"014","currency":"IDR","sourceAccountNo":"888801000157508","transactionDate":"2020-12-17T10:55:00+07:00","feeType":"OUR"}"#
    );
    assert_eq!(
        body(&Told { destination: "bank:008:1234567890", ..PLAIN }, 1).unwrap(),
        r#"{"partnerReferenceNo":"REF1","amount":{"value":"1.00","currency":"IDR"},"beneficiaryAccountNo":"1234567890","currency":"IDR","feeType":"OUR","sourceAccountNo":"888801000157508","transactionDate":"2020-12-17T10:55:00+07:00"}"#
    );
    let wallet =
        Told { destination: "ewallet:dana:081234567890", inquired: Some("SITI"), session: Some("S1"), ..PLAIN };
    assert_eq!(
        body(&wallet, 5).unwrap(),
        r#"{"partnerReferenceNo":"REF1","customerNumber":"6281234567890","customerName":"SITI","amount":{"value":"5.00","currency":"IDR"},"transactionDate":"2020-12-17T10:55:00+07:00","sessionId":"S1"}"#
    );
}

#[test]
fn a_masked_or_missing_name_is_replaced_by_the_payrolls_and_never_sent_to_a_wallet() {
    for inquired in [None, Some(""), Some("  "), Some("S*** C"), Some("SITI CXXXXX"), Some("siti cxx")] {
        assert!(body(&Told { inquired, ..PLAIN }, 5).unwrap().contains(r#""beneficiaryAccountName":"Siti Contoh""#));
        let wallet = Told { destination: "ewallet:ovo:081234567890", inquired, ..PLAIN };
        assert!(!body(&wallet, 5).unwrap().contains("customerName"), "{inquired:?}");
    }
}

#[test]
fn a_name_too_long_for_the_bank_is_cut_between_characters() {
    let long = "Sítì Çontoh ".repeat(11);
    let sent = body(&Told { name: &long, ..PLAIN }, 5).unwrap();
    let kept: String = long.chars().take(100).collect();
    assert!(sent.contains(&format!(r#""beneficiaryAccountName":"{}""#, kept.trim_end())));
}

#[test]
fn what_the_standard_cannot_carry_makes_no_body() {
    for destination in ["bifast:phone:081234567890", "bifast:email:siti@example.com"] {
        assert_eq!(body(&Told { destination, ..PLAIN }, 5), Err(ComposeError::NotServed));
    }
    let session = Some("a session of more than 25 characters");
    let wallet = Told { destination: "ewallet:ovo:081234567890", session, ..PLAIN };
    assert_eq!(body(&wallet, 5), Err(ComposeError::TooLong));
    assert_eq!(body(&PLAIN, 0), Err(ComposeError::NotServed));
}

#[test]
fn without_a_bank_of_our_own_every_account_is_another_banks() {
    let destination: Destination = "bank:008:1234567890".parse().unwrap();
    let of = |source: Option<&str>| Payer { source_bank_code: source.map(str::to_owned), ..payer("standard") };
    assert!(matches!(of(None).route(&destination, Rupiah::MAX), Some(Route::OtherBank { .. })));
    assert!(matches!(of(Some("008")).route(&destination, Rupiah::MAX), Some(Route::SameBank { .. })));
    assert!(matches!(of(Some("014")).route(&destination, Rupiah::MAX), Some(Route::OtherBank { .. })));
}

#[test]
fn a_body_of_another_attempt_or_kind_is_not_read() {
    let made = body(&PLAIN, 600_000).unwrap();
    let (ours, amount) = (Reference::from_stored("REF1"), Rupiah::new(600_000).unwrap());
    assert!(Stored::read(&made, &ours, amount).is_some());
    assert!(Stored::read(&made, &Reference::from_stored("REF2"), amount).is_none());
    assert!(Stored::read(&made, &ours, Rupiah::new(600_001).unwrap()).is_none());
    let both = made.replace(r#""currency":"IDR","source"#, r#""customerNumber":"6281","source"#);
    assert!(both != made && Stored::read(&both, &ours, amount).is_none());
    for other in ["", "{}", "[]", r#"{"partnerReferenceNo":"REF1","amount":{"value":"600000.00"}}"#] {
        assert!(Stored::read(other, &ours, amount).is_none());
    }
}

proptest! {
    #[test]
    fn service_and_expectation_are_read_back_from_the_body_alone(
        which in 0..3usize, digits in "[0-9]{7,11}", name in "\\PC{1,140}", inquired: Option<String>,
        reference in "[A-Z2-7]{26}", amount in 1..=Rupiah::MAX.value(),
    ) {
        prop_assume!(name.parse::<PayeeName>().is_ok());
        let destination = match which {
            0 => format!("bank:008:{digits}"),
            1 => format!("bank:014:{digits}"),
            _ => format!("ewallet:dana:628{digits}"),
        };
        let destination: Destination = destination.parse().unwrap();
        let (reference, amount) = (Reference::from_stored(reference), Rupiah::new(amount).unwrap());
        let order = Order {
            reference: &reference, amount, destination: &destination, name: &name.parse().unwrap(),
            inquired_name: inquired.as_deref(), session: None, at: Timestamp::from_millis(0),
        };
        let body = compose(&order, &payer("standard")).unwrap();
        let stored = Stored::read(&body, &reference, amount).unwrap();
        let service = [Service::Intrabank, Service::Interbank, Service::TopUp][which];
        prop_assert_eq!(stored.service(), service);
        let expected = stored.expected();
        let account = if which == 2 { format!("628{digits}") } else { digits };
        prop_assert_eq!(expected.account_no, Some(account.as_str()));
        prop_assert_eq!(expected.partner_reference_no, reference.as_str());
        prop_assert_eq!(expected.amount_rupiah, amount.value());
        prop_assert_eq!(crate::minify::minify(body.as_bytes()), body.as_bytes());
    }
}
