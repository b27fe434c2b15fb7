//! What each dialect says, byte for byte, at both calls about a destination.
use super::*;
use crate::compose::{Stored, compose};
use crate::inspect::question;
use crate::profile::TABLE;
use proptest::prelude::*;
use upah_core::rail::{ComposeError, Order};
use upah_core::reference::Reference;
use upah_core::{Rupiah, Timestamp};

fn payer(profile: &str, said: &[(&str, &str)]) -> Payer {
    Payer {
        profile: Profile::named(profile).unwrap(),
        source_account: "6281200000001".to_owned(),
        source_bank_code: None,
        codes: [("013".to_owned(), "0130307".to_owned()), ("ovo".to_owned(), "OVO".to_owned())].into(),
        clearing: ClearingAbove::default(),
        bulk: false,
        additional_info: said.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

fn asked(payer: &Payer, destination: &str) -> Option<(Service, String)> {
    let destination: Destination = destination.parse().unwrap();
    let route = payer.route(&destination, Rupiah::MAX)?;
    Some(question(payer, route, Rupiah::new(600_000).unwrap()).unwrap())
}

fn paid(payer: &Payer, destination: &str, session: Option<&str>) -> Result<String, ComposeError> {
    let order = Order {
        reference: &Reference::from_stored("REF1"),
        amount: Rupiah::new(600_000).unwrap(),
        destination: &destination.parse().unwrap(),
        name: &"Siti Contoh".parse().unwrap(),
        inquired_name: None,
        session,
        at: Timestamp::from_millis(1_608_177_300_999),
    };
    compose(&order, payer)
}

const AMOUNT: &str = r#""amount":{"value":"600000.00","currency":"IDR"}"#;
const DATE: &str = r#""transactionDate":"2020-12-17T10:55:00+07:00""#;

#[test]
fn an_agent_says_what_its_money_is_for() {
    let said = [("accountType", "SETTLEMENT_ACCOUNT"), ("chargeTarget", "MERCHANT")];
    let payer = payer("dana", &said);
    let (service, body) = asked(&payer, "ewallet:dana:081234567890").unwrap();
    assert_eq!(service, Service::WalletInquiry);
    let info = r#""additionalInfo":{"fundType":"AGENT_TOPUP_FOR_USER_SETTLE""#;
    assert_eq!(body, format!(r#"{{"customerNumber":"6281234567890",{AMOUNT},{info},"chargeTarget":"MERCHANT"}}}}"#));
    assert_eq!(
        paid(&payer, "ewallet:dana:081234567890", None).unwrap(),
        format!(
            r#"{{"partnerReferenceNo":"REF1","customerNumber":"6281234567890",{AMOUNT},"feeAmount":{{"value":"0.00","currency":"IDR"}},{DATE},{info},"accountType":"SETTLEMENT_ACCOUNT","chargeTarget":"MERCHANT"}}}}"#
        )
    );
    let (service, body) = asked(&payer, "bank:014:1234567890").unwrap();
    assert_eq!(service, Service::FromWalletInquiry);
    let number = r#""customerNumber":"6281200000001""#;
    let info = r#""additionalInfo":{"fundType":"MERCHANT_WITHDRAW_FOR_CORPORATE""#;
    assert_eq!(
        body,
        format!(
            r#"{{{number},"beneficiaryAccountNumber":"1234567890",{AMOUNT},{info},"beneficiaryBankCode":"014","accountType":"SETTLEMENT_ACCOUNT","chargeTarget":"MERCHANT"}}}}"#
        )
    );
    assert_eq!(
        paid(&payer, "bank:014:1234567890", None).unwrap(),
        format!(
            r#"{{"partnerReferenceNo":"REF1",{number},"accountType":"SETTLEMENT_ACCOUNT","beneficiaryAccountNumber":"1234567890","beneficiaryBankCode":"014",{AMOUNT},"feeType":"OUR",{info},"chargeTarget":"MERCHANT"}}}}"#
        )
    );
}

/// Her number at another wallet is another account, and nobody there may know her.
#[test]
fn an_agent_tops_up_no_wallet_but_its_own() {
    for profile in ["dana", "dana-htm"] {
        assert!(asked(&payer(profile, &[]), "ewallet:ovo:081234567890").is_none());
        let refused = paid(&payer(profile, &[]), "ewallet:ovo:081234567890", None);
        assert_eq!(refused, Err(ComposeError::NotServed));
    }
}

#[test]
fn bifast_is_asked_for_by_the_switch() {
    let payer = payer("mandiri", &[]);
    let (service, body) = asked(&payer, "bank:014:1234567890").unwrap();
    assert_eq!(service, Service::ExternalInquiry);
    assert_eq!(
        body,
        r#"{"beneficiaryBankCode":"CENAIDJA","beneficiaryAccountNo":"1234567890","additionalInfo":{"switcher":"BIFAST","inquiryType":"1","categoryPurpose":"99"}}"#
    );
    let body = paid(&payer, "bank:014:1234567890", None).unwrap();
    let info = r#""additionalInfo":{"switcher":"BIFAST","categoryPurpose":"99","nationalIdentityNumber":"-","transactionIndicator":"1"}}"#;
    assert!(body.contains(r#""beneficiaryBankCode":"CENAIDJA""#) && body.ends_with(info), "{body}");
}

#[test]
fn a_proxy_is_resolved_first_and_paid_where_it_led() {
    let of = |said: &[(&str, &str)]| payer("mandiri", said);
    for (destination, kind, value) in [
        ("bifast:phone:081234567890", "01", "6281234567890"),
        ("bifast:email:siti@example.com", "02", "siti@example.com"),
    ] {
        let (service, body) = asked(&of(&[("lookUpType", "PRXY")]), destination).unwrap();
        assert_eq!(service, Service::ExternalInquiry);
        assert_eq!(
            body,
            format!(
                r#"{{"additionalInfo":{{"switcher":"BIFAST","inquiryType":"2","categoryPurpose":"99","debtorAccount":"6281200000001","lookUpType":"PRXY","aliasType":"{kind}","aliasValue":"{value}"}}}}"#
            )
        );
        let body = paid(&of(&[]), destination, Some("CENAIDJA/1234567890")).unwrap();
        assert!(body.contains(r#""beneficiaryAccountNo":"1234567890","beneficiaryBankCode":"CENAIDJA""#), "{body}");
        let alias = format!(r#""aliasResolution":"PXRS","aliasType":"{kind}","aliasValue":"{value}"}}}}"#);
        assert!(body.ends_with(&alias), "{body}");
        for session in [None, Some(""), Some("CENAIDJA"), Some("/1"), Some("CENAIDJA/"), Some("A/1/2"), Some("A/1 2")] {
            // Another store may have had an answer and sent it: it can be asked about, and not sent.
            let body = paid(&of(&[]), destination, session).unwrap();
            let stored = Stored::read(&body, &Reference::from_stored("REF1"), Rupiah::new(600_000).unwrap()).unwrap();
            assert!(!body.contains("beneficiaryAccountNo") && !stored.is_whole(), "{session:?}");
            assert_eq!((stored.service(), stored.expected().account_no), (Service::Interbank, None));
        }
    }
}

/// The lists of BICs that circulate send some banks' wages to other banks.
#[test]
fn a_bank_whose_code_nobody_told_is_not_paid() {
    assert!(asked(&payer("mandiri", &[]), "bank:013:1234567890").unwrap().1.contains("0130307"));
    assert!(asked(&payer("mandiri", &[]), "bank:451:1234567890").is_none());
    assert!(asked(&payer("midtrans", &[]), "bank:013:1234567890").unwrap().1.contains("0130307"));
    assert!(asked(&payer("midtrans", &[]), "bank:014:1234567890").is_none());
}

#[test]
fn what_is_too_much_for_a_transfer_is_cleared_and_says_how() {
    let limit = |rupiah| Rupiah::new(rupiah).ok();
    let of = |skn, rtgs| Payer { clearing: ClearingAbove { skn: limit(skn), rtgs: limit(rtgs) }, ..payer("bni", &[]) };
    for (payer, service) in [
        (of(600_000, 600_000), Service::Interbank),
        (of(599_999, 600_000), Service::Skn),
        (of(599_999, 599_999), Service::Rtgs),
        (of(600_000, 599_999), Service::Rtgs),
    ] {
        let body = paid(&payer, "bank:014:1234567890", None).unwrap();
        let stored = Stored::read(&body, &Reference::from_stored("REF1"), Rupiah::new(600_000).unwrap()).unwrap();
        assert_eq!(stored.service(), service, "{body}");
        let is_person = body.contains(r#""beneficiaryCustomerResidence":"1","beneficiaryCustomerType":"1""#);
        assert_eq!(is_person, service.is_cleared());
        // Another remark, and nobody knows where to ask.
        let other = body.replace(r#""remark":"RTGS""#, r#""remark":"GAJI""#);
        let read = Stored::read(&other, &Reference::from_stored("REF1"), Rupiah::new(600_000).unwrap());
        assert_eq!(read.is_none(), service == Service::Rtgs);
    }
}

/// Under one service alone, a wage that went by another before the limits were changed would be paid again.
#[test]
fn a_wage_that_may_have_been_cleared_is_asked_about_under_each_service() {
    let cleared = Payer { clearing: ClearingAbove { skn: Rupiah::new(1).ok(), rtgs: None }, ..payer("bni", &[]) };
    assert_eq!(cleared.may_have_gone_by(Service::Skn), [Service::Skn, Service::Interbank, Service::Rtgs]);
    assert_eq!(cleared.may_have_gone_by(Service::Intrabank), [Service::Intrabank]);
    assert_eq!(payer("bni", &[]).may_have_gone_by(Service::Interbank), [Service::Interbank]);
}

#[test]
fn a_wallet_among_several_is_named() {
    let payer = payer("midtrans", &[]);
    for (destination, name) in [("ewallet:gopay:081234567890", "gopay"), ("ewallet:ovo:081234567890", "OVO")] {
        let info = format!(r#""additionalInfo":{{"beneficiaryProvider":"{name}"}}}}"#);
        let (service, body) = asked(&payer, destination).unwrap();
        let one = r#""amount":{"value":"1.00","currency":"IDR"}"#;
        assert_eq!(
            (service, body),
            (Service::WalletInquiry, format!(r#"{{"customerNumber":"6281234567890",{one},{info}"#))
        );
        let body = paid(&payer, destination, None).unwrap();
        assert!(body.contains(AMOUNT) && body.ends_with(&info), "{body}");
    }
}

proptest! {
    /// A restart has nothing but the body: asked by another service, a wage that was paid would not be found.
    #[test]
    fn the_service_that_asks_follows_from_the_body_alone_in_every_profile(
        which in 0..TABLE.len(), kind in 0..3usize, digits in "[0-9]{7,11}", ours: bool,
        said in prop::collection::btree_map("[a-zA-Z]{1,12}", "[A-Z]{1,12}", 0..3),
    ) {
        let profile = &TABLE[which];
        let payer = Payer {
            profile,
            source_bank_code: ours.then(|| "014".to_owned()),
            codes: [("014".to_owned(), "CENAIDJA".to_owned())].into(),
            additional_info: said,
            ..payer("standard", &[])
        };
        let destination = ["bank:014:", "ewallet:dana:628", "bifast:phone:628"][kind].to_owned() + &digits;
        let Ok(body) = paid(&payer, &destination, Some("CENAIDJA/77")) else {
            prop_assert!(payer.route(&destination.parse().unwrap(), Rupiah::new(600_000).unwrap()).is_none());
            return Ok(());
        };
        let stored = Stored::read(&body, &Reference::from_stored("REF1"), Rupiah::new(600_000).unwrap()).unwrap();
        let parsed = destination.parse().unwrap();
        let sent = match payer.route(&parsed, Rupiah::new(600_000).unwrap()).unwrap() {
            Route::SameBank { .. } => Service::Intrabank,
            Route::OtherBank { .. } | Route::Proxy { .. } => Service::Interbank,
            Route::OtherBankInBulk { .. } => Service::InterbankBulk,
            Route::Wallet { .. } => Service::TopUp,
            Route::WalletInBulk { .. } => Service::BulkCashIn,
            Route::FromWallet { .. } => Service::FromWallet,
        };
        prop_assert_eq!(stored.service(), sent);
        prop_assert!(profile.has(sent) && profile.has(profile.status_service(sent).unwrap()));
    }
}

#[test]
fn nobody_is_routed_to_a_counterparty_that_cannot_pay_her_and_nobody_is_kept_from_one_that_can() {
    for profile in &TABLE {
        for own in [None, Some("008"), Some("451")] {
            let payer = Payer { source_bank_code: own.map(str::to_owned), ..payer(profile.name, &[]) };
            for text in [
                "bank:014:1234567890",
                "bank:013:1234567890",
                "bank:008:1234567890",
                "bank:999:1234567890",
                // The paying bank itself, whatever other banks call it.
                "bank:451:1234567890",
                "ewallet:dana:6281234567890",
                "ewallet:ovo:6281234567890",
                "bifast:phone:6281234567890",
                "bifast:email:siti@example.com",
            ] {
                let destination: Destination = text.parse().unwrap();
                let reached = payer.reach().iter().any(|pattern| pattern.matches(&destination.to_string()));
                let led = payer.route(&destination, Rupiah::MAX).is_some();
                assert_eq!(reached, led, "{} of {own:?} to {text}", profile.name);
            }
        }
    }
}
