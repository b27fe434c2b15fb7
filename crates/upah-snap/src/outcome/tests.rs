//! Every answer a bank, a proxy or nobody can give, and what it entitles us to say.
use super::*;
use crate::codes::TABLE;
use crate::response::Envelope;
use crate::service::Service;
use proptest::prelude::*;
use upah_core::reference::Reference;
use upah_transport::NotSentReason;

const BODIES: [(Service, &str); 5] = [
    (
        Service::Intrabank,
        r#"{"partnerReferenceNo":"REF1","amount":{"value":"600000.00"},"beneficiaryAccountNo":"1234567890"}"#,
    ),
    (
        Service::Interbank,
        r#"{"partnerReferenceNo":"REF1","amount":{"value":"600000.00"},"beneficiaryAccountNo":"1234567890","beneficiaryBankCode":"014"}"#,
    ),
    (
        Service::TopUp,
        r#"{"partnerReferenceNo":"REF1","customerNumber":"6281234567890","amount":{"value":"600000.00"}}"#,
    ),
    (
        Service::FromWallet,
        r#"{"partnerReferenceNo":"REF1","customerNumber":"6281","beneficiaryAccountNumber":"1234567890","beneficiaryBankCode":"014","amount":{"value":"600000.00"}}"#,
    ),
    (
        Service::Skn,
        r#"{"partnerReferenceNo":"REF1","amount":{"value":"600000.00"},"beneficiaryAccountNo":"1234567890","beneficiaryBankCode":"014","beneficiaryCustomerResidence":"1","remark":"SKNBI"}"#,
    ),
];

/// Cleared, so that a success alone does not tell that it is through.
const CLEARED: usize = 4;

#[test]
fn a_clearing_house_that_took_a_wage_on_has_not_paid_it() {
    let told = |status: &str| transfer(CLEARED, 200, 0, &format!(r#","referenceNo":"B1"{status}"#));
    for status in ["", r#","transactionStatus":"03""#, r#","transactionStatus":"06""#, r#","transactionStatus":"ZZ""#] {
        assert_eq!(word(&told(status)), "accepted", "{status}");
    }
    assert_eq!(word(&told(r#","transactionStatus":"00""#)), "settled");
}

fn sent(which: usize) -> Stored<'static> {
    Stored::read(BODIES[which].1, &Reference::from_stored("REF1"), Rupiah::new(600_000).unwrap()).unwrap()
}

fn answered(service: Service, http: u16, body: &str) -> CallResult {
    CallResult::Answered(Answer {
        http,
        envelope: Envelope::parse(body.as_bytes()).and_then(|envelope| envelope.check(http, service)),
        body: body.as_bytes().to_vec(),
        retry_after_seconds: Some(7),
    })
}

/// The answer to a transfer, with fields beside its code (each with a comma in front).
fn transfer(which: usize, http: u16, case: u8, fields: &str) -> SubmitOutcome {
    let service = BODIES[which].0;
    let body = format!(r#"{{"responseCode":"{http:03}{:02}{case:02}"{fields}}}"#, service.code());
    of_submit(&answered(service, http, &body), &sent(which))
}

/// The answer to a status inquiry.
fn status(which: usize, http: u16, case: u8, fields: &str) -> InquiryAnswer {
    let service = BODIES[which].0.status_service().unwrap();
    let body = format!(r#"{{"responseCode":"{http:03}{:02}{case:02}"{fields}}}"#, service.code());
    of_inquiry(&answered(service, http, &body), &sent(which))
}

/// What an outcome entitles us to, in one word.
fn word(outcome: &SubmitOutcome) -> String {
    match outcome {
        SubmitOutcome::NotSent { cause, .. } => format!("not_sent {}", cause.code()),
        SubmitOutcome::Refused(refusal) => format!("refused {}", refusal.cause.code()),
        SubmitOutcome::Accepted(_) => "accepted".to_owned(),
        SubmitOutcome::Settled(_) => "settled".to_owned(),
        SubmitOutcome::Contradicted { field, .. } => format!("contradicted {field}"),
        SubmitOutcome::Unknown { doubt, .. } => format!("unknown {doubt:?}"),
    }
}

fn answer_word(answer: &InquiryAnswer) -> String {
    match answer {
        InquiryAnswer::Success(_) => "success".to_owned(),
        InquiryAnswer::InProgress(_) => "in_progress".to_owned(),
        InquiryAnswer::Refunded { amount, .. } => format!("refunded {:?}", amount.map(Rupiah::value)),
        InquiryAnswer::Failed(refusal) => format!("failed {}", refusal.cause.code()),
        InquiryAnswer::NotFound(_) => "not_found".to_owned(),
        InquiryAnswer::Contradicted { field, .. } => format!("contradicted {field}"),
        InquiryAnswer::Unavailable { cause, .. } => format!("unavailable {}", cause.code()),
    }
}

#[test]
fn every_documented_code_entitles_to_exactly_one_thing() {
    for which in 0..CLEARED {
        for row in &TABLE {
            let expected = match (row.http, row.case, row.action) {
                // A bare success, without the provider's number and any echo, is worth a question first.
                (200, ..) => "accepted".to_owned(),
                (202, ..) => "accepted".to_owned(),
                (_, _, Action::Refused(cause)) => format!("refused {}", cause.code()),
                (401, 0, _) => "not_sent credentials_refused".to_owned(),
                (401, 1 | 3, _) => "not_sent rail_unreachable".to_owned(),
                (403, 6, _) => "not_sent outside_hours".to_owned(),
                (429, 0, _) => "not_sent too_many_requests".to_owned(),
                (404, 1, _) => "unknown Unreadable".to_owned(),
                (404, 18, _) => "unknown Inconsistent".to_owned(),
                (409, 1, _) => "unknown Duplicate".to_owned(),
                (403, 16, _) | (404, 0, _) => "unknown Suspended".to_owned(),
                _ => "unknown ProviderError".to_owned(),
            };
            assert_eq!(word(&transfer(which, row.http, row.case, "")), expected, "{row:?}");
            let numbered = word(&transfer(which, row.http, row.case, r#","referenceNo":"7""#));
            assert_eq!(numbered, if row.http == 200 { "settled" } else { &expected }, "{row:?}");
        }
    }
}

#[test]
fn an_answer_that_is_not_the_banks_own_is_unknown_whatever_it_says() {
    for (http, body, doubt) in [
        (403, "<html>Forbidden</html>", Doubt::Unreadable),
        (429, "slow down", Doubt::Unreadable),
        (401, "", Doubt::Unreadable),
        (200, "", Doubt::Unreadable),
        (200, r#"{"responseCode":"2001800","refer"#, Doubt::Unreadable),
        (404, r#"{"responseCode":"4041611"}"#, Doubt::Unreadable),
        (200, r#"{"responseCode":"4031814"}"#, Doubt::Unreadable),
        (302, "", Doubt::Unreadable),
        (502, "<html>Bad Gateway</html>", Doubt::ProviderError),
        (500, r#"{"responseCode":"4031814"}"#, Doubt::ProviderError),
    ] {
        match of_submit(&answered(Service::Interbank, http, body), &sent(1)) {
            SubmitOutcome::Unknown { doubt: got, evidence: Some(evidence) } => {
                assert_eq!((got, evidence.code.as_str(), evidence.raw.as_str()), (doubt, "", body));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_success_is_ours_only_when_every_echo_agrees() {
    let cases = [
        (
            r#","partnerReferenceNo":"REF1","amount":{"value":"600000.00"},"beneficiaryAccountNo":"1234567890""#,
            "settled",
        ),
        (r#","partnerReferenceNo":"REF2""#, "contradicted partnerReferenceNo"),
        (r#","amount":{"value":"600001.00","currency":"IDR"}"#, "contradicted amount"),
        (r#","amount":{"value":"60000.00","currency":"IDR"}"#, "contradicted amount"),
        (r#","amount":{"value":"600000.00","currency":"USD"}"#, "contradicted amount"),
        (r#","beneficiaryAccountNo":"1234567891""#, "contradicted beneficiaryAccountNo"),
        (r#","beneficiaryAccountNo":"XXXXXX7890""#, "settled"),
    ];
    for (fields, expected) in cases {
        assert_eq!(word(&transfer(1, 200, 0, fields)), expected);
        let pending = if expected == "settled" { "accepted" } else { expected };
        assert_eq!(word(&transfer(1, 202, 0, fields)), pending);
    }
}

#[test]
fn a_refusal_of_another_reference_refuses_nothing_of_ours() {
    let other = r#","partnerReferenceNo":"REF2""#;
    for (http, case) in [(403, 14), (404, 11), (401, 0), (429, 0)] {
        assert_eq!(word(&transfer(1, http, case, other)), "unknown Unreadable");
    }
    assert_eq!(word(&transfer(1, 409, 1, other)), "unknown Duplicate");
}

#[test]
fn what_provably_did_not_leave_is_not_sent_and_what_may_have_left_is_unknown() {
    let not_sent = |why: CallNotSent| word(&of_submit(&CallResult::NotSent(why), &sent(1)));
    let unreachable = [
        CallNotSent::Transport(NotSentReason::ConnectFailed),
        CallNotSent::Transport(NotSentReason::ConnectTimeout),
        CallNotSent::Transport(NotSentReason::NameNotResolved),
        CallNotSent::Transport(NotSentReason::PlainHttpRefused),
        CallNotSent::TooLate,
        CallNotSent::Token(TokenFailure::Unreachable(NotSentReason::ConnectFailed)),
        CallNotSent::Token(TokenFailure::NoAnswer(MaybeSentReason::Timeout)),
        CallNotSent::Token(TokenFailure::Unavailable { http: 503 }),
        CallNotSent::Token(TokenFailure::Garbage { http: 200 }),
    ];
    assert!(unreachable.into_iter().all(|why| not_sent(why) == "not_sent rail_unreachable"));
    let refused = CallNotSent::Token(TokenFailure::CredentialsRefused { http: 401 });
    for why in [refused, CallNotSent::Signing, CallNotSent::Token(TokenFailure::Signing)] {
        assert_eq!(not_sent(why), "not_sent credentials_refused");
    }
    let busy = CallNotSent::Token(TokenFailure::Busy { retry_after_seconds: Some(u64::MAX) });
    assert_eq!(
        of_submit(&CallResult::NotSent(busy), &sent(1)),
        SubmitOutcome::NotSent { cause: Cause::TooManyRequests, retry_after_seconds: Some(u32::MAX) }
    );
    for (why, doubt) in [
        (MaybeSentReason::Timeout, Doubt::NoAnswer),
        (MaybeSentReason::NoAnswer, Doubt::NoAnswer),
        (MaybeSentReason::AnswerBroken { status: 403 }, Doubt::Unreadable),
        (MaybeSentReason::AnswerTooLong { status: 200 }, Doubt::Unreadable),
    ] {
        let outcome = of_submit(&CallResult::MaybeSent(why), &sent(1));
        assert_eq!(outcome, SubmitOutcome::Unknown { doubt, evidence: None });
        let answer = of_inquiry(&CallResult::MaybeSent(why), &sent(1));
        assert_eq!(answer_word(&answer), "unavailable no_answer");
    }
}

#[test]
fn a_status_says_what_became_of_it() {
    for which in 0..CLEARED {
        for (code, expected) in [
            ("00", "success"),
            ("01", "in_progress"),
            ("02", "in_progress"),
            ("03", "in_progress"),
            ("04", "refunded None"),
            ("05", "failed transfer_cancelled"),
            ("06", "failed transfer_failed"),
            ("07", "not_found"),
            ("08", "unavailable no_answer"),
        ] {
            let fields = format!(r#","latestTransactionStatus":"{code}""#);
            assert_eq!(answer_word(&status(which, 200, 0, &fields)), expected);
        }
        assert_eq!(answer_word(&status(which, 200, 0, "")), "unavailable no_answer");
        assert_eq!(answer_word(&status(which, 404, 1, "")), "not_found");
    }
}

#[test]
fn an_answer_about_something_else_is_never_taken_for_ours() {
    let cases = [
        ("00", r#","originalPartnerReferenceNo":"REF2""#, "contradicted partnerReferenceNo"),
        ("06", r#","originalPartnerReferenceNo":"REF2""#, "contradicted partnerReferenceNo"),
        ("07", r#","originalPartnerReferenceNo":"REF2""#, "contradicted partnerReferenceNo"),
        ("00", r#","amount":{"value":"1.00"}"#, "contradicted amount"),
        ("06", r#","amount":{"value":"1.00"}"#, "contradicted amount"),
        ("00", r#","beneficiaryAccountNo":"1""#, "contradicted beneficiaryAccountNo"),
        ("04", r#","beneficiaryAccountNo":"1","amount":{"value":"1.00"}"#, "contradicted beneficiaryAccountNo"),
        ("04", r#","amount":{"value":"1.00"}"#, "refunded Some(1)"),
        ("04", r#","amount":{"value":"1.50"}"#, "refunded None"),
        ("07", r#","amount":{"value":"0.00"},"beneficiaryAccountNo":"-""#, "not_found"),
        ("03", r#","amount":{"value":""}"#, "in_progress"),
    ];
    for (code, fields, expected) in cases {
        let fields = format!(r#","latestTransactionStatus":"{code}"{fields}"#);
        assert_eq!(answer_word(&status(1, 200, 0, &fields)), expected, "{fields}");
    }
}

#[test]
fn a_failure_is_told_by_the_banks_own_answer_to_the_transfer_where_it_repeats_it() {
    let failed = |code: &str| {
        answer_word(&status(1, 200, 0, &format!(r#","latestTransactionStatus":"06","previousResponseCode":"{code}""#)))
    };
    assert_eq!(failed("4031814"), "failed insufficient_funds");
    assert_eq!(failed("4041811"), "failed invalid_account");
    assert_eq!(failed("4031816"), "failed suspended");
    // Of another service, of no refusal, of no form.
    for code in ["4041711", "5001800", "2021800", "4041811 ", "404181", "é04181"] {
        assert_eq!(failed(code), "failed transfer_failed", "{code}");
    }
}

#[test]
fn a_failed_question_says_nothing_about_the_payment() {
    for row in TABLE.iter().filter(|row| !matches!((row.http, row.case), (200, _) | (404, 1))) {
        let expected = match (row.http, row.case) {
            (429, 0) => "unavailable too_many_requests",
            (401, 0) => "unavailable credentials_refused",
            (401, 1 | 3) => "unavailable rail_unreachable",
            _ => "unavailable no_answer",
        };
        // Not even when its body goes on as if it had been answered.
        let fields = r#","latestTransactionStatus":"06""#;
        assert_eq!(answer_word(&status(1, row.http, row.case, fields)), expected, "{row:?}");
    }
    let page = |http| of_inquiry(&answered(Service::TransferStatus, http, "<html></html>"), &sent(1));
    assert_eq!(page(429), InquiryAnswer::Unavailable { cause: Cause::TooManyRequests, retry_after_seconds: Some(7) });
    for http in [200, 401, 403, 404, 500] {
        assert_eq!(answer_word(&page(http)), "unavailable no_answer");
    }
}

#[test]
fn evidence_is_the_answer_as_it_came_and_not_too_long() {
    let body = format!(r#"{{"responseCode":"2001800","referenceNo":"BANK-7","x":"{}"}}"#, "é".repeat(5000));
    match of_submit(&answered(Service::Interbank, 200, &body), &sent(1)) {
        SubmitOutcome::Settled(evidence) => {
            assert_eq!((evidence.grade, evidence.code.as_str()), (Grade::TlsResponse, "2001800"));
            assert_eq!(evidence.provider_id.as_deref(), Some("BANK-7"));
            assert!(body.starts_with(&evidence.raw) && evidence.raw.chars().count() == 4096);
        }
        other => panic!("{other:?}"),
    }
    let result =
        CallResult::Answered(Answer { http: 200, envelope: None, body: vec![b'a', 0xff], retry_after_seconds: None });
    assert!(matches!(
        of_submit(&result, &sent(1)),
        SubmitOutcome::Unknown { evidence: Some(evidence), .. } if evidence.raw == "a\u{fffd}"
    ));
}

proptest! {
    /// Whatever bytes come: the money is said not to have moved only in a trusted, documented envelope,
    /// and to have moved only in 200.
    #[test]
    fn nothing_but_a_documented_code_of_the_bank_itself_ends_an_attempt(
        status in prop_oneof![Just(200u16), Just(403), Just(404), 100..600u16], code in "[2-5][0-9]{6}",
        agree: bool, tail in ".{0,40}",
    ) {
        let code = if agree { format!("{status}18{}", &code[5..]) } else { code };
        let result = answered(Service::Interbank, status, &format!(r#"{{"responseCode":"{code}"}}{tail}"#));
        let (http, case): (u16, u8) = (code[..3].parse().unwrap(), code[5..].parse().unwrap());
        let trusted = http == status && &code[3..5] == "18" && tail.trim_ascii().is_empty();
        match of_submit(&result, &sent(1)) {
            SubmitOutcome::Settled(_) => prop_assert!(trusted && (http, case) == (200, 0)),
            SubmitOutcome::Accepted(_) => prop_assert!(trusted && (http, case) == (202, 0)),
            SubmitOutcome::Refused(refusal) => {
                prop_assert!(trusted && lookup(http, case).action == Action::Refused(refusal.cause));
            }
            SubmitOutcome::NotSent { .. } => prop_assert!(trusted && matches!(http, 401 | 403 | 429)),
            SubmitOutcome::Unknown { .. } => {}
            SubmitOutcome::Contradicted { .. } => prop_assert!(false),
        }
    }
}
