//! Which service pays a destination, and the exact body of an attempt.
//!
//! A stored body is sent byte for byte for as long as its attempt lives, perhaps by another version of
//! this program. Everything that sending and asking need besides (the service, and what an answer
//! must not contradict) is therefore read back from the body itself, in [`Stored::read`].
use crate::bodies::amount::read_rupiah;
use crate::bodies::replies::Expected;
use crate::bodies::requests::{BodyError, Interbank, Intrabank, TopUp};
use crate::service::Service;
use crate::timestamp::timestamp;
use serde::Deserialize;
use std::borrow::Cow;
use upah_core::rail::{ComposeError, Order};
use upah_core::reference::Reference;
use upah_core::{Destination, Rupiah};

/// Whom a body pays, in SNAP's words.
#[derive(Clone, Copy)]
pub(crate) enum Route<'a> {
    /// 17 (asked about with 15): an account at the paying bank itself.
    SameBank { account: &'a str },
    /// 18 (16): an account at another bank, or at any when the paying bank is not told.
    OtherBank { code: &'a str, account: &'a str },
    /// 38 (37): a wallet, named by its phone number.
    Wallet { number: &'a str },
}

crate::redacted_debug!(Route<'_>, Stored<'_>);

impl<'a> Route<'a> {
    /// The way to a destination; `None` where the standard has no service for it.
    pub(crate) fn to(destination: &'a Destination, source_bank_code: Option<&str>) -> Option<Self> {
        match destination {
            Destination::Bank { code, account } if Some(code.as_str()) == source_bank_code => {
                Some(Self::SameBank { account: account.as_str() })
            }
            Destination::Bank { code, account } => {
                Some(Self::OtherBank { code: code.as_str(), account: account.as_str() })
            }
            Destination::Ewallet { phone, .. } => Some(Self::Wallet { number: phone.digits() }),
            _ => None,
        }
    }
}

/// The exact body of an order, minified.
pub(crate) fn compose(
    order: &Order<'_>,
    source_account: &str,
    source_bank_code: Option<&str>,
) -> Result<String, ComposeError> {
    let route = Route::to(order.destination, source_bank_code).ok_or(ComposeError::NotServed)?;
    let date = timestamp(u64::try_from(order.at.millis()).unwrap_or(0));
    let inquired = order.inquired_name.filter(|name| is_a_name(name));
    let reference = order.reference.as_str();
    let amount_rupiah = order.amount.value();
    let body = match route {
        Route::SameBank { account } => Intrabank {
            partner_reference_no: reference,
            amount_rupiah,
            beneficiary_account_no: account,
            source_account_no: source_account,
            transaction_date: &date,
            remark: None,
            additional_info: &[],
        }
        .body(),
        Route::OtherBank { code, account } => Interbank {
            partner_reference_no: reference,
            amount_rupiah,
            beneficiary_account_name: cut(inquired.unwrap_or(order.name.as_str()), 100),
            beneficiary_account_no: account,
            beneficiary_bank_code: code,
            beneficiary_bank_name: None,
            source_account_no: source_account,
            transaction_date: &date,
            additional_info: &[],
        }
        .body(),
        Route::Wallet { number } => TopUp {
            partner_reference_no: reference,
            customer_number: number,
            // Optional here: what the wallet did not tell us is not told to the wallet.
            customer_name: inquired.map(|name| cut(name, 255)),
            amount_rupiah,
            transaction_date: &date,
            session_id: order.session,
            notes: None,
            additional_info: &[],
        }
        .body(),
    };
    body.map_err(|why| match why {
        BodyError::TooLong { .. } => ComposeError::TooLong,
        _ => ComposeError::NotServed,
    })
}

/// A stored body, read back: what an answer about it is judged against.
pub struct Stored<'a> {
    service: Service,
    reference: Cow<'a, str>,
    amount_rupiah: u64,
    account: Cow<'a, str>,
}

impl<'a> Stored<'a> {
    /// Reads a body that [`SnapRail`](crate::SnapRail) composed. `None` when it is none, or when it is
    /// not the body of this attempt: then nothing can be sent or asked under it.
    #[must_use]
    pub fn read(body: &'a str, reference: &Reference, amount: Rupiah) -> Option<Self> {
        let wire: Wire<'a> = serde_json::from_str(body).ok()?;
        let (service, account) = match (wire.customer_number, wire.account, wire.bank_code) {
            (Some(number), None, None) => (Service::TopUp, number),
            (None, Some(account), Some(_)) => (Service::Interbank, account),
            (None, Some(account), None) => (Service::Intrabank, account),
            _ => return None,
        };
        let amount_rupiah = read_rupiah(&wire.amount.value)?;
        let ours = wire.reference == reference.as_str() && amount_rupiah == amount.value();
        ours.then_some(Self { service, reference: wire.reference, amount_rupiah, account })
    }

    /// The service that the body is for.
    #[must_use]
    pub fn service(&self) -> Service {
        self.service
    }

    /// What an answer about it must not contradict.
    #[must_use]
    pub fn expected(&self) -> Expected<'_> {
        Expected { partner_reference_no: &self.reference, amount_rupiah: self.amount_rupiah, account_no: &self.account }
    }
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "partnerReferenceNo", borrow)]
    reference: Cow<'a, str>,
    #[serde(borrow)]
    amount: WireAmount<'a>,
    #[serde(rename = "beneficiaryAccountNo", borrow, default)]
    account: Option<Cow<'a, str>>,
    #[serde(rename = "beneficiaryBankCode", borrow, default)]
    bank_code: Option<Cow<'a, str>>,
    #[serde(rename = "customerNumber", borrow, default)]
    customer_number: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct WireAmount<'a> {
    #[serde(borrow)]
    value: Cow<'a, str>,
}

/// Whether the holder's name was told in clear. `*` and runs of `x` are how banks mask one.
fn is_a_name(told: &str) -> bool {
    let masked = told.contains('*') || told.to_ascii_lowercase().contains("xx");
    !told.trim().is_empty() && !masked
}

/// The first so many characters: the bank's own field holds no more of the name.
fn cut(name: &str, characters_max: usize) -> &str {
    let end = name.char_indices().nth(characters_max).map_or(name.len(), |(end, _)| end);
    name[..end].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use upah_core::{PayeeName, Timestamp};

    struct Told<'a> {
        destination: &'a str,
        name: &'a str,
        inquired: Option<&'a str>,
        session: Option<&'a str>,
    }

    const PLAIN: Told<'_> =
        Told { destination: "bank:014:1234567890", name: "Siti Contoh", inquired: None, session: None };

    fn body(told: &Told<'_>, amount: u64) -> Result<String, ComposeError> {
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
        compose(&order, "888801000157508", Some("008"))
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
            assert!(
                body(&Told { inquired, ..PLAIN }, 5).unwrap().contains(r#""beneficiaryAccountName":"Siti Contoh""#)
            );
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
        assert!(matches!(Route::to(&destination, None), Some(Route::OtherBank { .. })));
        assert!(matches!(Route::to(&destination, Some("008")), Some(Route::SameBank { .. })));
        assert!(matches!(Route::to(&destination, Some("014")), Some(Route::OtherBank { .. })));
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
            let body = compose(&order, "1", Some("008")).unwrap();
            let stored = Stored::read(&body, &reference, amount).unwrap();
            let service = [Service::Intrabank, Service::Interbank, Service::TopUp][which];
            prop_assert_eq!(stored.service(), service);
            let expected = stored.expected();
            let account = if which == 2 { format!("628{digits}") } else { digits };
            prop_assert_eq!(expected.account_no, account);
            prop_assert_eq!(expected.partner_reference_no, reference.as_str());
            prop_assert_eq!(expected.amount_rupiah, amount.value());
            prop_assert_eq!(crate::minify::minify(body.as_bytes()), body.as_bytes());
        }
    }
}
