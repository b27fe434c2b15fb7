//! Answers to look-ups: what is learned about an account, and what says nothing about it.
use super::*;
use crate::client::Answer;
use crate::codes::TABLE;
use crate::response::Envelope;

const ROUTES: [(Route<'_>, Service); 3] = [
    (Route::SameBank { code: "", account: "1234567890" }, Service::InternalInquiry),
    (Route::OtherBank { code: "014", account: "1234567890", clearing: None }, Service::ExternalInquiry),
    (Route::Wallet { number: "6281234567890", provider: "dana" }, Service::WalletInquiry),
];

/// An account at a counterparty without habits.
fn payer() -> Payer {
    Payer {
        profile: crate::profile::Profile::standard(),
        source_account: "1".to_owned(),
        source_bank_code: None,
        codes: [].into(),
        clearing: crate::ClearingAbove::default(),
        bulk: false,
        additional_info: [].into(),
    }
}

fn wage() -> Rupiah {
    Rupiah::new(600_000).unwrap()
}

fn answered(service: Service, http: u16, case: u8, fields: &str) -> CallResult {
    let body = format!(r#"{{"responseCode":"{http:03}{:02}{case:02}"{fields}}}"#, service.code());
    CallResult::Answered(Answer {
        http,
        envelope: Envelope::parse(body.as_bytes()).and_then(|envelope| envelope.check(http, service)),
        body: body.into_bytes(),
        retry_after_seconds: Some(7),
    })
}

fn cause_of(inspection: &Inspection) -> Option<(&'static str, Cause)> {
    match inspection {
        Inspection::Found { .. } => None,
        Inspection::Refused(refusal) => Some(("refused", refusal.cause)),
        Inspection::Unavailable { cause, .. } => Some(("unavailable", *cause)),
    }
}

#[test]
fn each_route_has_its_question() {
    let amount = Rupiah::new(600_000).unwrap();
    for (route, service) in ROUTES {
        let (asked, body) = question(&payer(), route, amount).unwrap();
        assert_eq!(asked, service);
        let expected = match route {
            Route::SameBank { .. } => r#"{"beneficiaryAccountNo":"1234567890"}"#,
            Route::OtherBank { .. } => r#"{"beneficiaryBankCode":"014","beneficiaryAccountNo":"1234567890"}"#,
            _ => r#"{"customerNumber":"6281234567890","amount":{"value":"600000.00","currency":"IDR"}}"#,
        };
        assert_eq!(body, expected);
    }
}

#[test]
fn a_holder_is_found_with_the_session_of_the_wallet() {
    let bank = r#","beneficiaryAccountName":"SITI C","beneficiaryAccountNo":"1234567890""#;
    for (route, service) in &ROUTES[..2] {
        let found = of_inspection(&answered(*service, 200, 0, bank), *route, wage());
        assert_eq!(found, Inspection::Found { name: "SITI C".to_owned(), session: None });
    }
    let wallet = r#","customerName":"S*** C","customerNumber":"XXXXXXXXX7890","sessionId":"S1""#;
    let found = of_inspection(&answered(Service::WalletInquiry, 200, 0, wallet), ROUTES[2].0, wage());
    assert_eq!(found, Inspection::Found { name: "S*** C".to_owned(), session: Some("S1".to_owned()) });
}

#[test]
fn a_wallet_that_says_it_cannot_take_her_wage_is_not_paid() {
    let told = |limits: &str| {
        let wallet = format!(r#","customerName":"SITI C","customerNumber":"6281234567890"{limits}"#);
        cause_of(&of_inspection(&answered(Service::WalletInquiry, 200, 0, &wallet), ROUTES[2].0, wage()))
    };
    let amount = |name: &str, value: &str| format!(r#","{name}":{{"value":"{value}","currency":"IDR"}}"#);
    let monthly = |value: &str| format!(r#","customerMonthlyInLimit":{value}"#);
    for enough in [
        amount("maxAmount", "600000.00"),
        amount("minAmount", "600000.00"),
        monthly(r#""600000""#),
        monthly(r#""600000.00""#),
        // Nothing was told, or nothing that can be read.
        amount("maxAmount", "0.00"),
        monthly(r#""0""#),
        monthly(r#""""#),
        monthly(r#""20 juta""#),
        monthly("null"),
        String::new(),
    ] {
        assert_eq!(told(&enough), None, "{enough}");
    }
    for (limits, cause) in [
        (amount("maxAmount", "599999.00"), Cause::AmountOverLimit),
        (amount("minAmount", "600001.00"), Cause::AmountOverLimit),
        (monthly(r#""599999""#), Cause::AccountLimitReached),
        (monthly(r#""599999.00""#), Cause::AccountLimitReached),
    ] {
        assert_eq!(told(&limits), Some(("refused", cause)), "{limits}");
    }
    // Of somebody else's wallet nothing is believed.
    let other = r#","customerName":"SITI C","customerNumber":"6281234567891","customerMonthlyInLimit":"1""#;
    let other = of_inspection(&answered(Service::WalletInquiry, 200, 0, other), ROUTES[2].0, wage());
    assert_eq!(cause_of(&other), Some(("unavailable", Cause::EvidenceConflict)));
}

#[test]
fn a_holder_of_another_account_is_nobody() {
    let bank = r#","beneficiaryAccountName":"SITI C","beneficiaryAccountNo":"1234567891""#;
    let wallet = r#","customerName":"SITI C","customerNumber":"6281234567891""#;
    for (route, service) in ROUTES {
        let fields = if service == Service::WalletInquiry { wallet } else { bank };
        let found = of_inspection(&answered(service, 200, 0, fields), route, wage());
        assert_eq!(cause_of(&found), Some(("unavailable", Cause::EvidenceConflict)));
        let nameless = of_inspection(&answered(service, 200, 0, ""), route, wage());
        assert_eq!(cause_of(&nameless), Some(("unavailable", Cause::NoAnswer)));
    }
}

#[test]
fn every_documented_code_is_a_refusal_or_no_answer() {
    for (route, service) in ROUTES {
        for row in TABLE.iter().filter(|row| row.http != 200) {
            let expected = match (row.http, row.case, row.action) {
                (_, _, Action::Refused(cause)) => ("refused", cause),
                (403, 16, _) | (404, 0, _) => ("refused", Cause::Suspended),
                (401, 0, _) => ("unavailable", Cause::CredentialsRefused),
                (401, 1 | 3, _) => ("unavailable", Cause::RailUnreachable),
                (403, 6, _) => ("unavailable", Cause::OutsideHours),
                (429, ..) => ("unavailable", Cause::TooManyRequests),
                _ => ("unavailable", Cause::NoAnswer),
            };
            let got = of_inspection(&answered(service, row.http, row.case, ""), route, wage());
            assert_eq!(cause_of(&got), Some(expected), "{row:?}");
        }
        // A proxy's page, or the answer to another call, refuses nobody.
        let mut foreign = answered(Service::Interbank, 404, 11, "");
        if let CallResult::Answered(answer) = &mut foreign {
            answer.envelope = None;
        }
        let foreign = of_inspection(&foreign, route, wage());
        assert_eq!(cause_of(&foreign), Some(("unavailable", Cause::NoAnswer)));
    }
}

#[test]
fn a_balance_is_told_or_not_and_stops_nobody() {
    let told = |http, case, fields: &str| of_balance(&answered(Service::Balance, http, case, fields));
    let of =
        |value: &str| format!(r#","accountInfos":[{{"availableBalance":{{"value":"{value}","currency":"IDR"}}}}]"#);
    assert_eq!(told(200, 0, &of("5000000.00")), Balance::Available(Rupiah::new(5_000_000).unwrap()));
    assert_eq!(told(200, 0, &of("9999999999999.00")), Balance::Available(Rupiah::MAX));
    assert_eq!(told(200, 0, &of("1000000000000000.00")), Balance::Available(Rupiah::MAX));
    for fields in ["", &of("0.50"), &of("-1.00")] {
        assert_eq!(told(200, 0, fields), Balance::NotTold);
    }
    for (http, case) in [(404, 0), (405, 0), (403, 1), (429, 0), (500, 0), (202, 0)] {
        assert_eq!(told(http, case, &of("1.00")), Balance::NotTold);
    }
    assert_eq!(told(401, 0, ""), Balance::Unavailable(Cause::CredentialsRefused));
    let nowhere = CallResult::NotSent(upah_transport::NotSentReason::ConnectFailed.into());
    assert_eq!(of_balance(&nowhere), Balance::Unavailable(Cause::RailUnreachable));
}
