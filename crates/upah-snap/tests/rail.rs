//! The rail against a bank that misbehaves on request and shares no code with it.
#![allow(clippy::unwrap_used)]

mod bulk;
mod common;

use common::{Desk, OURS, word};
use std::sync::Arc;
use tokio::task::JoinSet;
use upah_core::cause::Cause;
use upah_core::evidence::{InquiryAnswer, Inspection, SubmitOutcome};
use upah_core::rail::{AccountInquiry, Balance, BalanceInquiry, ComposeError, Rail};
use upah_core::{Destination, Rupiah};
use upah_sandbox::{FaultPlan, ViolationKind};
use upah_snap::codes::{Action, TABLE};

#[tokio::test]
async fn a_wage_arrives_by_17_18_and_38_whole_and_once() {
    let desk = Desk::open().await;
    for (destination, service, bank, account) in [
        ("bank:008:1234567890", "17", "008", "1234567890"),
        ("bank:014:1234567890", "18", "014", "1234567890"),
        ("ewallet:dana:081234567890", "38", "", "6281234567890"),
    ] {
        let wage = desk.wage(destination).await;
        assert_eq!(word(&desk.submit(&wage).await), "settled");
        let credit = desk.credit(&wage).unwrap();
        assert_eq!((credit.service.as_str(), credit.bank_code.as_str()), (service, bank));
        assert_eq!((credit.account.as_str(), credit.amount), (account, OURS));
        assert_eq!(desk.ask(&wage).await, "success");
        // The very same bytes again: known there, and not paid again.
        assert_eq!(word(&desk.submit(&wage).await), "unknown Duplicate");
    }
    desk.close(3).await;
}

/// Scenario account, its first answer, the inquiry after it, the answer to the same bytes again.
const FAULTS: [[&str; 4]; 17] = [
    ["01", "unknown NoAnswer", "not_found", "settled"],
    ["02", "unknown NoAnswer", "success", "unknown Duplicate"],
    ["03", "unknown NoAnswer", "not_found", "settled"],
    ["04", "unknown NoAnswer", "success", "unknown Duplicate"],
    ["05", "unknown ProviderError", "not_found", "settled"],
    ["06", "unknown ProviderError", "success", "unknown Duplicate"],
    ["07", "unknown ProviderError", "not_found", "settled"],
    ["08", "unknown ProviderError", "success", "unknown Duplicate"],
    ["09", "unknown ProviderError", "not_found", "settled"],
    ["10", "unknown ProviderError", "success", "unknown Duplicate"],
    ["11", "not_sent too_many_requests", "not_found", "settled"],
    ["15", "settled", "not_found", "unknown Duplicate"],
    ["17", "unknown Unreadable", "success", "unknown Duplicate"],
    ["18", "contradicted amount", "success", "unknown Duplicate"],
    ["19", "unknown Unreadable", "not_found", "settled"],
    ["20", "unknown Unreadable", "success", "unknown Duplicate"],
    ["21", "unknown Unreadable", "success", "unknown Duplicate"],
];

#[tokio::test]
async fn each_fault_of_a_first_send_is_told_for_what_it_is_and_nobody_is_paid_twice() {
    let desk = Arc::new(Desk::open().await);
    let mut wages = JoinSet::new();
    for [number, first, inquiry, again] in FAULTS {
        for destination in [
            format!("bank:008:97000{number}123"),
            format!("bank:014:97000{number}123"),
            format!("ewallet:dana:0897000{number}12"),
        ] {
            let desk = Arc::clone(&desk);
            // All at once: some of them hang until the deadline.
            wages.spawn(async move {
                let wage = desk.wage(&destination).await;
                assert_eq!(word(&desk.submit(&wage).await), first, "fault {number}");
                assert_eq!(desk.ask(&wage).await, inquiry, "fault {number}");
                assert_eq!(word(&desk.submit(&wage).await), again, "fault {number}");
            });
        }
    }
    while let Some(done) = wages.join_next().await {
        done.unwrap();
    }
    Arc::into_inner(desk).unwrap().close(51).await;
}

#[tokio::test]
async fn a_token_that_ended_is_renewed_within_the_call() {
    let desk = Desk::open().await;
    for destination in ["bank:008:9700012123", "bank:014:9700012123", "ewallet:dana:089700012123"] {
        let wage = desk.wage(destination).await;
        assert_eq!(word(&desk.submit(&wage).await), "settled");
    }
    assert_eq!(desk.sandbox.calls()["73"], 4);
    desk.close(3).await;
}

#[tokio::test]
async fn what_is_accepted_is_asked_about_until_it_ends() {
    let desk = Desk::open().await;
    let pays = desk.wage("bank:014:9700013123").await;
    let fails = desk.wage("bank:014:9700014123").await;
    for wage in [&pays, &fails] {
        assert_eq!(word(&desk.submit(wage).await), "accepted");
        assert_eq!(desk.ask(wage).await, "in_progress");
        assert_eq!(desk.ask(wage).await, "in_progress");
    }
    assert_eq!(desk.ask(&pays).await, "success");
    assert_eq!(desk.ask(&fails).await, "failed transfer_failed");
    desk.close(1).await;
}

#[tokio::test]
async fn a_booking_that_is_denied_for_a_while_is_found_in_the_end() {
    let desk = Desk::open().await;
    // Half of the references are denied by 404ss01, half by status 07.
    for n in 0..4 {
        let wage = desk.wage(&format!("bank:014:9700015{n}")).await;
        assert_eq!(word(&desk.submit(&wage).await), "settled");
        let answers = [desk.ask(&wage).await, desk.ask(&wage).await, desk.ask(&wage).await];
        assert_eq!(answers, ["not_found", "not_found", "success"]);
    }
    desk.close(4).await;
}

#[tokio::test]
async fn money_that_came_back_is_told_with_its_amount() {
    let desk = Desk::open().await;
    for destination in ["bank:008:1234567890", "ewallet:ovo:081234567890"] {
        let wage = desk.wage(destination).await;
        assert_eq!(word(&desk.submit(&wage).await), "settled");
        assert!(desk.sandbox.return_payment(wage.reference()).unwrap());
        match desk.rail.inquire(&wage.stored()).await {
            InquiryAnswer::Refunded { amount, .. } => assert_eq!(amount, Some(Rupiah::new(OURS).unwrap())),
            other => panic!("{other:?}"),
        }
    }
    desk.close(2).await;
}

#[tokio::test]
async fn every_refusal_of_the_standard_is_told_by_its_cause_and_moves_nothing() {
    let desk = Desk::open().await;
    for row in TABLE.iter().filter(|row| row.http >= 400) {
        let expected = match row.action {
            Action::Refused(cause) => format!("refused {}", cause.code()),
            Action::NotExecutedBackOff(cause) => format!("not_sent {}", cause.code()),
            Action::NotExecutedRenewToken => "not_sent rail_unreachable".to_owned(),
            Action::AskDuplicate => "unknown Duplicate".to_owned(),
            Action::AskInconsistent => "unknown Inconsistent".to_owned(),
            Action::NotFound => "unknown Unreadable".to_owned(),
            Action::Suspended => "unknown Suspended".to_owned(),
            _ => "unknown ProviderError".to_owned(),
        };
        let digits = format!("{}{:02}", row.http, row.case);
        for destination in [
            format!("bank:008:99{digits}123"),
            format!("bank:014:99{digits}123"),
            format!("ewallet:dana:0899{digits}1"),
        ] {
            let wage = desk.wage(&destination).await;
            let outcome = desk.submit(&wage).await;
            assert_eq!(word(&outcome), expected, "{digits}");
            if let SubmitOutcome::Refused(refusal) = outcome {
                assert!(
                    refusal.evidence.code.starts_with(&digits[..3]) && refusal.evidence.code.ends_with(&digits[3..])
                );
            }
        }
    }
    desk.close(0).await;
}

#[tokio::test]
async fn a_failed_question_never_speaks_of_the_payment() {
    let desk = Desk::open().await;
    let wage = desk.wage("bank:014:1234567890").await;
    assert_eq!(word(&desk.submit(&wage).await), "settled");
    for (fault, told) in [
        ("too_many_429", "unavailable too_many_requests"),
        ("error_500", "unavailable no_answer"),
        ("page_502", "unavailable no_answer"),
        ("html_403_page", "unavailable no_answer"),
        ("garbage_body", "unavailable no_answer"),
        ("reset_before_booking", "unavailable no_answer"),
        ("hang_before_booking", "unavailable no_answer"),
        ("foreign_refusal", "unavailable no_answer"),
        ("refuse_40306", "unavailable no_answer"),
        ("refuse_40411", "unavailable no_answer"),
        ("refuse_40100", "unavailable credentials_refused"),
        ("wrong_amount_echoed", "contradicted amount"),
    ] {
        desk.faults(&format!("{fault}@ask=1"));
        assert_eq!(desk.ask(&wage).await, told, "{fault}");
    }
    desk.sandbox.set_faults(FaultPlan::none());
    assert_eq!(desk.ask(&wage).await, "success");
    desk.close(1).await;
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    for (fault, cause) in [
        ("error_500", "rail_unreachable"),
        ("page_502", "rail_unreachable"),
        ("reset_before_booking", "rail_unreachable"),
        ("garbage_body", "rail_unreachable"),
        ("too_many_429", "too_many_requests"),
        ("html_403_page", "credentials_refused"),
        ("refuse_40100", "credentials_refused"),
    ] {
        let desk = Desk::open().await;
        desk.faults(&format!("{fault}@token=1"));
        let wage = desk.wage("bank:014:1234567890").await;
        assert_eq!(word(&desk.submit(&wage).await), format!("not_sent {cause}"), "{fault}");
        assert_eq!(desk.ask(&wage).await, format!("unavailable {cause}"), "{fault}");
        desk.close(0).await;
    }
}

#[tokio::test]
async fn a_bank_that_is_not_there_was_sent_nothing() {
    let desk = Desk::open().await;
    let wage = desk.wage("bank:014:1234567890").await;
    // Nobody listens on the port of one that has stopped.
    let gone = desk.sandbox_that_is_gone().await;
    let outcome = gone.submit(&wage.durable()).await;
    assert_eq!(outcome, SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None });
    assert_eq!(gone.available().await, Balance::Unavailable(Cause::RailUnreachable));
    let destination: Destination = "bank:014:1234567890".parse().unwrap();
    let found = gone.inspect(&destination, Rupiah::new(OURS).unwrap()).await;
    assert_eq!(found, Inspection::Unavailable { cause: Cause::RailUnreachable, retry_after_seconds: None });
    desk.close(0).await;
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_sends_nothing() {
    let desk = Desk::open().await;
    let wage = desk.wage("bank:014:1234567890").await;
    let stranger = desk.rail_with(|config| config.client_secret = Some("another-secret".to_owned()));
    assert_eq!(word(&stranger.submit(&wage.durable()).await), "not_sent credentials_refused");
    assert!(desk.sandbox.violations().iter().all(|breach| breach.kind == ViolationKind::BadSignature));
    assert!(desk.sandbox.credits().unwrap().is_empty());
}

#[tokio::test]
async fn an_attempt_of_another_body_is_neither_sent_nor_asked_about() {
    let desk = Desk::open().await;
    let wage = desk.wage("bank:014:1234567890").await;
    let altered = wage.with_body(&wage.body().replace("600000.00", "6000000.00"));
    assert_eq!(word(&desk.submit(&altered).await), "not_sent bad_request");
    assert_eq!(desk.ask(&altered).await, "unavailable no_answer");
    desk.close(0).await;
}

#[tokio::test]
async fn the_holder_of_an_account_is_told_or_why_not() {
    let desk = Desk::open().await;
    let amount = Rupiah::new(OURS).unwrap();
    let asked = async |text: &str| desk.rail.inspect(&text.parse().unwrap(), amount).await;
    desk.sandbox.set_holder("1234567890", "SITI CONTOH");
    desk.sandbox.set_holder("6281234567890", "S*** CONTOH");
    for destination in ["bank:008:1234567890", "bank:014:1234567890"] {
        assert_eq!(asked(destination).await, Inspection::Found { name: "SITI CONTOH".to_owned(), session: None });
    }
    match asked("ewallet:dana:081234567890").await {
        Inspection::Found { name, session: Some(_) } => assert_eq!(name, "S*** CONTOH"),
        other => panic!("{other:?}"),
    }
    let dead = ["bank:008:9840411123", "bank:014:9840411123", "ewallet:dana:0898404111"];
    for destination in dead {
        match asked(destination).await {
            Inspection::Refused(refusal) => assert_eq!(refusal.cause, Cause::InvalidAccount),
            other => panic!("{other:?}"),
        }
    }
    let unserved = asked("bifast:phone:081234567890").await;
    assert_eq!(unserved, Inspection::Unavailable { cause: Cause::NoRoute, retry_after_seconds: None });
    desk.faults("too_many_429@lookup=1");
    let busy = asked("bank:014:1234567890").await;
    assert_eq!(busy, Inspection::Unavailable { cause: Cause::TooManyRequests, retry_after_seconds: Some(1) });
    for fault in ["error_500", "page_502", "garbage_body", "foreign_refusal", "hang_before_booking"] {
        desk.faults(&format!("{fault}@lookup=1"));
        let failed = asked("bank:014:1234567890").await;
        assert_eq!(failed, Inspection::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None }, "{fault}");
    }
    desk.close(0).await;
}

#[tokio::test]
async fn the_session_of_the_inquiry_travels_with_the_top_up() {
    let desk = Desk::open().await;
    let wage = desk.wage("ewallet:dana:081234567890").await;
    assert!(wage.body().contains("sessionId"), "the wallet gave one");
    assert_eq!(word(&desk.submit(&wage).await), "settled");
    desk.close(1).await;
}

#[tokio::test]
async fn the_balance_is_told() {
    let desk = Desk::open().await;
    desk.sandbox.set_balance(5_000_000).unwrap();
    assert_eq!(desk.rail.available().await, Balance::Available(Rupiah::new(5_000_000).unwrap()));
    desk.sandbox.set_balance(1_000_000_000_000_000).unwrap();
    assert_eq!(desk.rail.available().await, Balance::Available(Rupiah::MAX));
    for fault in ["error_500", "page_502", "too_many_429", "garbage_body", "refuse_40500"] {
        desk.faults(&format!("{fault}@lookup=1"));
        assert_eq!(desk.rail.available().await, Balance::NotTold, "{fault}");
    }
    desk.close(0).await;
}

#[tokio::test]
async fn what_the_standard_has_no_service_for_is_not_served() {
    let desk = Desk::open().await;
    assert_eq!(desk.compose("bifast:phone:081234567890"), Err(ComposeError::NotServed));
    assert_eq!(desk.compose("bifast:email:siti@example.com"), Err(ComposeError::NotServed));
    desk.close(0).await;
}

#[tokio::test]
async fn many_wages_at_once_are_each_credited_once() {
    let desk = Desk::open().await;
    desk.faults("reset_after_booking=0.2,error_500=0.2,too_many_429=0.1,token_expired=0.1,slow=0.2,slow_ms=20");
    let mut wages = Vec::new();
    for n in 0..60 {
        wages.push(desk.wage(&format!("bank:014:12345678{n:02}")).await);
    }
    for _ in 0..3 {
        let rail = &desk.rail;
        let submissions: Vec<_> = wages
            .iter()
            .map(|wage| {
                let (rail, attempt) = (rail.clone(), wage.durable());
                tokio::spawn(async move { rail.submit(&attempt).await })
            })
            .collect();
        for submission in submissions {
            submission.await.unwrap();
        }
    }
    desk.sandbox.set_faults(FaultPlan::none());
    for wage in &wages {
        if desk.ask(wage).await != "success" {
            assert_eq!(word(&desk.submit(wage).await), "settled");
        }
    }
    assert!(desk.sandbox.calls()["73"] < 40, "one token serves many");
    desk.close(60).await;
}
