//! Bodies as the standard has them, and replies as counterparties write them.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use upah_core::account::{Zeros, is_same};
use upah_snap::bodies::amount::Echo;
use upah_snap::bodies::replies::{
    AccountReply, BalanceReply, Expected, StatusReply, TokenReply, TransferReply, WalletReply,
};
use upah_snap::bodies::requests::{
    Balance, BodyError, ExternalInquiry, Interbank, InternalInquiry, Intrabank, Status, TOKEN, TopUp, WalletInquiry,
};
use upah_snap::codes::TransactionStatus;
use upah_snap::minify::minify;
use upah_snap::service::Service;

const DATE: &str = "2026-11-25T10:55:00+07:00";

fn interbank<'a>() -> Interbank<'a> {
    Interbank {
        clearing: None,
        partner_reference_no: "REF1",
        amount_rupiah: 600_000,
        beneficiary_account_name: "Yories Yolanda",
        beneficiary_account_no: Some("888801000003301"),
        beneficiary_bank_code: Some("002"),
        beneficiary_bank_name: None,
        source_account_no: "888801000157508",
        transaction_date: DATE,
        additional_info: &[],
    }
}

#[test]
fn every_request_has_its_fields_in_their_order() {
    assert_eq!(TOKEN, r#"{"grantType":"client_credentials"}"#);
    assert_eq!(
        interbank().body().unwrap(),
        r#"{"partnerReferenceNo":"REF1","amount":{"value":"600000.00","currency":"IDR"},"beneficiaryAccountName":"Yories Yolanda","beneficiaryAccountNo":"888801000003301","beneficiaryBankCode":"002","currency":"IDR","sourceAccountNo":"888801000157508","transactionDate":"2026-11-25T10:55:00+07:00","feeType":"OUR"}"#
    );
    let intrabank = Intrabank {
        partner_reference_no: "REF1",
        amount_rupiah: 1,
        beneficiary_account_no: "1",
        source_account_no: "2",
        transaction_date: DATE,
        remark: Some("Upah November"),
        additional_info: &[("a", "b")],
    };
    assert_eq!(
        intrabank.body().unwrap(),
        r#"{"partnerReferenceNo":"REF1","amount":{"value":"1.00","currency":"IDR"},"beneficiaryAccountNo":"1","currency":"IDR","feeType":"OUR","remark":"Upah November","sourceAccountNo":"2","transactionDate":"2026-11-25T10:55:00+07:00","additionalInfo":{"a":"b"}}"#
    );
    let top_up = TopUp {
        partner_reference_no: "REF1",
        customer_number: "6281773628883",
        customer_name: Some("John Doe"),
        amount_rupiah: 50_000,
        fee_amount_rupiah: None,
        transaction_date: DATE,
        session_id: Some("883737GHY8839"),
        notes: None,
        additional_info: &[],
    };
    assert_eq!(
        top_up.body().unwrap(),
        r#"{"partnerReferenceNo":"REF1","customerNumber":"6281773628883","customerName":"John Doe","amount":{"value":"50000.00","currency":"IDR"},"transactionDate":"2026-11-25T10:55:00+07:00","sessionId":"883737GHY8839"}"#
    );
    let status = Status { original_partner_reference_no: "REF1", original_service: Service::Interbank };
    assert_eq!(status.body().unwrap(), r#"{"originalPartnerReferenceNo":"REF1","serviceCode":"18"}"#);
}

#[test]
fn inquiries_have_their_fields_in_their_order() {
    let balance = Balance { partner_reference_no: None, account_no: "888801000157508" };
    assert_eq!(balance.body().unwrap(), r#"{"accountNo":"888801000157508"}"#);
    let internal = InternalInquiry { partner_reference_no: Some("Q1"), beneficiary_account_no: "1" };
    assert_eq!(internal.body().unwrap(), r#"{"partnerReferenceNo":"Q1","beneficiaryAccountNo":"1"}"#);
    let external = ExternalInquiry {
        beneficiary_bank_code: Some("014"),
        beneficiary_account_no: Some("1"),
        partner_reference_no: Some("Q1"),
        additional_info: &[("switcher", "BIFAST"), ("inquiryType", "1")],
    };
    assert_eq!(
        external.body().unwrap(),
        r#"{"beneficiaryBankCode":"014","beneficiaryAccountNo":"1","partnerReferenceNo":"Q1","additionalInfo":{"switcher":"BIFAST","inquiryType":"1"}}"#
    );
    let wallet = WalletInquiry {
        partner_reference_no: None,
        customer_number: "628",
        amount_rupiah: 10,
        transaction_date: None,
        additional_info: &[],
    };
    assert_eq!(wallet.body().unwrap(), r#"{"customerNumber":"628","amount":{"value":"10.00","currency":"IDR"}}"#);
}

#[test]
fn fields_outside_the_standard_make_no_body() {
    let long = "9".repeat(65);
    let empty = |field| Err(BodyError::Empty { field });
    assert_eq!(Interbank { partner_reference_no: "", ..interbank() }.body(), empty("partnerReferenceNo"));
    assert_eq!(
        Interbank { partner_reference_no: &long, ..interbank() }.body(),
        Err(BodyError::TooLong { field: "partnerReferenceNo", characters_max: 64 })
    );
    for amount_rupiah in [0, 10_000_000_000_000, u64::MAX] {
        assert_eq!(Interbank { amount_rupiah, ..interbank() }.body(), Err(BodyError::Amount));
    }
    // Characters count, not bytes.
    let name = "é".repeat(100);
    assert!(Interbank { beneficiary_account_name: &name, ..interbank() }.body().is_ok());
    assert!(!format!("{:?}", interbank()).contains("Yories"));
}

proptest! {
    #[test]
    fn body_is_minified_stable_and_gives_back_what_went_in(
        name in "\\PC{1,40}", amount in 1u64..=9_999_999_999_999, reference in "[A-Z2-7]{26}",
    ) {
        let transfer = Interbank {
            partner_reference_no: &reference,
            amount_rupiah: amount,
            beneficiary_account_name: &name,
            ..interbank()
        };
        let body = transfer.body().unwrap();
        prop_assert_eq!(&minify(body.as_bytes()), body.as_bytes());
        prop_assert_eq!(&transfer.body().unwrap(), &body);
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        prop_assert_eq!(&value["beneficiaryAccountName"], &name);
        prop_assert_eq!(&value["feeType"], "OUR");
        let reply = TransferReply::read(body.as_bytes()).unwrap();
        let expected = Expected {
            partner_reference_no: &reference,
            amount_rupiah: amount,
            account_no: Some("888801000003301"),
        };
        prop_assert_eq!(reply.echo.contradiction(&expected), None);
    }

    #[test]
    fn no_reply_panics(body: Vec<u8>) {
        let _ = (TransferReply::read(&body), StatusReply::read(&body), TokenReply::read(&body));
        let _ = (AccountReply::read(&body), WalletReply::read(&body), BalanceReply::read(&body));
    }
}

#[test]
fn samples_of_the_standard_are_read() {
    let reply = TransferReply::read(
        br#"{"responseCode":"2001800","responseMessage":"Request has been processed successfully","referenceNo":"2020102977770000000009","partnerReferenceNo":"2020102900000000000001","amount":{"value":"12345678.00","currency":"IDR"},"beneficiaryAccountNo":"888801000003301","beneficiaryBankCode":"002","sourceAccountNo":"888801000157508","traceNo":"10052019"}"#,
    )
    .unwrap();
    assert_eq!(reply.reference_no.as_deref(), Some("2020102977770000000009"));
    assert_eq!(reply.trace_no.as_deref(), Some("10052019"));
    assert!(reply.echo.amount_rupiah == Echo::Value(12_345_678));
    let expected = Expected {
        partner_reference_no: "2020102900000000000001",
        amount_rupiah: 12_345_678,
        account_no: Some("888801000003301"),
    };
    assert_eq!(reply.echo.contradiction(&expected), None);
    let token =
        TokenReply::read(br#"{"responseCode":"2007300","accessToken":"abc","tokenType":"Bearer","expiresIn":"900"}"#)
            .unwrap();
    assert_eq!((token.access_token.as_str(), token.expires_in_seconds), ("abc", 900));
}

#[test]
fn echo_that_contradicts_or_cannot_be_read_is_named_and_missing_is_fine() {
    let expected = Expected { partner_reference_no: "REF1", amount_rupiah: 50_000, account_no: Some("1234567890") };
    for (body, field) in [
        ("{}", None),
        (r#"{"amount":null,"partnerReferenceNo":"","beneficiaryAccountNo":null}"#, None),
        (r#"{"amount":{"value":50000},"beneficiaryAccountNumber":"XXXXXX7890"}"#, None),
        (r#"{"partnerReferenceNo":"REF2"}"#, Some("partnerReferenceNo")),
        (r#"{"amount":{"value":"5000.00","currency":"IDR"}}"#, Some("amount")),
        (r#"{"amount":"50000"}"#, Some("amount")),
        (r#"{"amount":{"value":"50000.50"}}"#, Some("amount")),
        (r#"{"beneficiaryAccountNo":"1234567891"}"#, Some("beneficiaryAccountNo")),
        (r#"{"customerNumber":["x"]}"#, Some("beneficiaryAccountNo")),
    ] {
        let reply = TransferReply::read(body.as_bytes()).unwrap();
        assert_eq!(reply.echo.contradiction(&expected), field, "{body}");
    }
    assert!(TransferReply::read(b"[]").is_none());
}

#[test]
fn status_without_a_known_code_is_unrecognised() {
    let read = |body: &str| StatusReply::read(body.as_bytes()).unwrap();
    let full = read(
        r#"{"originalPartnerReferenceNo":"REF1","latestTransactionStatus":"06","amount":{"value":"1.00","currency":"IDR"},"previousResponseCode":"4031814","referenceNumber":"R"}"#,
    );
    assert_eq!(full.status, TransactionStatus::Failed);
    assert!(full.echo.partner_reference_no == Echo::Value("REF1".to_owned()));
    assert_eq!(full.previous_response_code.as_deref(), Some("4031814"));
    assert_eq!(full.reference_no.as_deref(), Some("R"));
    for body in ["{}", r#"{"latestTransactionStatus":null}"#, r#"{"latestTransactionStatus":{}}"#] {
        assert_eq!(read(body).status, TransactionStatus::Unrecognised, "{body}");
    }
}

#[test]
fn token_that_could_break_a_header_is_no_token() {
    for body in [
        r#"{"accessToken":"a b","expiresIn":"900"}"#,
        r#"{"accessToken":"a\nb","expiresIn":"900"}"#,
        r#"{"accessToken":"","expiresIn":"900"}"#,
        r#"{"accessToken":"abc"}"#,
        r#"{"accessToken":"abc","expiresIn":"soon"}"#,
        r#"{"accessToken":"abc","expiresIn":-1}"#,
        "<html>",
    ] {
        assert!(TokenReply::read(body.as_bytes()).is_none(), "{body}");
    }
    assert!(TokenReply::read(br#"{"accessToken":"abc","expiresIn":900}"#).is_some());
}

#[test]
fn names_and_balances_are_read() {
    let account = AccountReply::read(
        br#"{"beneficiaryAccountName":"Siti","beneficiaryAccountNo":123,"beneficiaryBankName":"B"}"#,
    )
    .unwrap();
    assert_eq!(account.account_name, "Siti");
    assert!(account.account_no == Echo::Value("123".to_owned()));
    assert!(AccountReply::read(br#"{"beneficiaryAccountNo":"123"}"#).is_none());
    let wallet = WalletReply::read(
        br#"{"customerName":"Siti","CustomerNumber":"XXXXXXXXX1857","sessionId":"S","feeAmount":{"value":"0.00","currency":"IDR"}}"#,
    )
    .unwrap();
    assert!(wallet.fee_rupiah == Echo::Value(0) && wallet.min_rupiah == Echo::Absent);
    assert_eq!(wallet.session_id.as_deref(), Some("S"));
    let balance = BalanceReply::read(
        br#"{"accountInfos":[{"balanceType":"x"},{"availableBalance":{"value":"200000.00","currency":"IDR"},"status":"0001"}]}"#,
    )
    .unwrap();
    assert!(balance.available_rupiah == Echo::Value(200_000));
    assert!(BalanceReply::read(br#"{"accountInfos":[]}"#).is_none());
}

#[test]
fn spellings_of_one_account_agree_and_others_do_not() {
    for (sent, echoed) in [
        ("1234567890", "1234567890"),
        ("1234567890", "******7890"),
        ("6281234561857", "XXXXXXXXX1857"),
        ("6281234561857", "081234561857"),
        ("6281234561857", "+6281234561857"),
    ] {
        assert!(is_same(sent, echoed, Zeros::Count), "{sent} {echoed}");
    }
    for (sent, echoed) in [
        ("1234567890", "1234567891"),
        ("1234567890", "XXXXXXXXXX"),
        ("1234567890", "XXXX7899"),
        ("1234567890", "01234567890"),
        ("6281234561857", "081234561858"),
        ("XXXXXX7890", "1234567890"),
    ] {
        assert!(!is_same(sent, echoed, Zeros::Count), "{sent} {echoed}");
    }
}
