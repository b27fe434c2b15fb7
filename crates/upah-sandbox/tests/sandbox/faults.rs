//! Each fault over a real connection: what the client sees, and whether the money moved.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use upah_sandbox::{Fault, FaultPlan, Sandbox, Scope, When};

use crate::client::{Client, bank, config, transfer};

/// What the client sees of a transfer under this fault, and how much was booked.
async fn under(fault: &str) -> (Result<crate::client::Response, ErrorKind>, usize) {
    let (sandbox, client) = bank(&format!("{fault}=1")).await;
    let seen = client.try_call("transfer-interbank", &transfer("R", "1234567890")).await.map_err(|error| error.kind());
    let booked = sandbox.credits().unwrap().len();
    (seen, booked)
}

#[tokio::test]
async fn a_reset_is_a_reset_before_or_after_the_booking() {
    for (fault, booked) in [("reset_before_booking", 0), ("reset_after_booking", 1)] {
        let (seen, credits) = under(fault).await;
        assert_eq!(seen.unwrap_err(), ErrorKind::ConnectionReset, "{fault}");
        assert_eq!(credits, booked, "{fault}");
    }
}

#[tokio::test]
async fn a_hang_lasts_until_the_client_gives_up() {
    for (fault, booked) in [("hang_before_booking", 0), ("hang_after_booking", 1)] {
        let (seen, credits) = under(fault).await;
        assert_eq!(seen.unwrap_err(), ErrorKind::TimedOut, "{fault}");
        assert_eq!(credits, booked, "{fault}");
    }
}

#[tokio::test]
async fn error_envelopes_say_nothing_about_the_money() {
    for (fault, code, booked) in [
        ("error_500", "5001800", 0),
        ("error_500_after_booking", "5001800", 1),
        ("timeout_504", "5041800", 0),
        ("timeout_504_after_booking", "5041800", 1),
        ("too_many_429", "4291800", 0),
        ("refuse_40311", "4031811", 0),
        ("foreign_refusal", "4041611", 1),
    ] {
        let (seen, credits) = under(fault).await;
        let seen = seen.unwrap();
        assert_eq!(seen.code(), code, "{fault}");
        assert_eq!(seen.status.to_string(), code[..3], "{fault}");
        assert_eq!(credits, booked, "{fault}");
        assert_eq!(seen.head.contains("retry-after: 1"), fault == "too_many_429");
    }
}

#[tokio::test]
async fn pages_of_a_proxy_are_no_envelopes() {
    for (fault, status, booked) in [
        ("page_502", 502, 0),
        ("page_502_after_booking", 502, 1),
        ("html_403_page", 403, 0),
        ("html_403_page_after_booking", 403, 1),
    ] {
        let (seen, credits) = under(fault).await;
        let seen = seen.unwrap();
        assert_eq!(seen.status, status, "{fault}");
        assert!(seen.raw.starts_with(b"<html>"), "{fault}");
        assert_eq!(credits, booked, "{fault}");
    }
}

#[tokio::test]
async fn a_broken_or_wrong_success_has_moved_the_money() {
    let (seen, credits) = under("garbage_body").await;
    let seen = seen.unwrap();
    assert_eq!((seen.status, credits), (200, 1));
    assert!(serde_json::from_slice::<serde_json::Value>(&seen.raw).is_err());
    let (seen, credits) = under("wrong_amount_echoed").await;
    assert_eq!(seen.unwrap().json()["amount"]["value"], "600001.00");
    assert_eq!(credits, 1);
}

#[tokio::test]
async fn an_expired_token_is_forgotten() {
    let (sandbox, mut client) = bank("token_expired=1").await;
    assert_eq!(client.pay("R", "1").await.code(), "4011801");
    sandbox.set_faults(FaultPlan::none());
    assert_eq!(client.pay("R", "1").await.code(), "4011803");
    client.renew().await;
    assert_eq!(client.pay("R", "1").await.code(), "2001800");
    assert_eq!(sandbox.violations(), vec![]);
}

#[tokio::test]
async fn in_progress_ends_well_or_badly_after_some_inquiries() {
    for (fault, end, booked) in [("in_progress_then_success", "00", 1), ("in_progress_then_failure", "06", 0)] {
        let (sandbox, client) = bank(&format!("{fault}=1,in_progress_inquiries=2")).await;
        let before = sandbox.balance().unwrap();
        assert_eq!(client.pay("R", "1").await.code(), "2021800");
        assert_eq!(sandbox.balance().unwrap(), before - 600_000, "set aside");
        assert_eq!(client.pay("R", "1").await.code(), "4091801");
        for _ in 0..2 {
            assert_eq!(client.status("R").await.text("latestTransactionStatus"), "03");
            assert!(sandbox.credits().unwrap().is_empty());
        }
        assert_eq!(client.status("R").await.text("latestTransactionStatus"), end);
        assert_eq!(sandbox.credits().unwrap().len(), booked);
        let spent = if booked == 1 { 600_000 } else { 0 };
        assert_eq!(sandbox.balance().unwrap(), before - spent);
    }
}

#[tokio::test]
async fn a_hidden_booking_is_denied_in_both_ways_but_not_twice_paid() {
    let (sandbox, client) = bank("not_found_for_a_while=1,not_found_inquiries=2").await;
    let mut denials = std::collections::BTreeSet::new();
    for reference in ["A", "B"] {
        assert_eq!(client.pay(reference, "1").await.code(), "2001800");
        for _ in 0..2 {
            let told = client.status(reference).await;
            if told.status == 200 {
                assert_eq!(told.text("latestTransactionStatus"), "07");
            } else {
                assert_eq!(told.code(), "4043601");
            }
            denials.insert(told.status);
        }
        assert_eq!(client.pay(reference, "1").await.code(), "4091801");
        assert_eq!(client.status(reference).await.text("latestTransactionStatus"), "00");
    }
    assert_eq!(denials.len(), 2);
    assert_eq!(sandbox.credits().unwrap().len(), 2);
}

#[tokio::test]
async fn a_hidden_booking_may_be_denied_for_a_time() {
    let (_sandbox, client) = bank("not_found_for_a_while=1,not_found_inquiries=0,not_found_ms=1500").await;
    client.pay("A", "1").await;
    assert_eq!(client.status("A").await.code(), "4043601");
    tokio::time::sleep(Duration::from_millis(1_550)).await;
    assert_eq!(client.status("A").await.text("latestTransactionStatus"), "00");
}

#[tokio::test]
async fn a_late_return_comes_when_its_time_has_come_or_when_told() {
    let (sandbox, client) = bank("late_return=1,late_return_ms=1500").await;
    client.pay("A", "1").await;
    assert_eq!(client.status("A").await.text("latestTransactionStatus"), "00");
    tokio::time::sleep(Duration::from_millis(1_550)).await;
    assert_eq!(client.status("A").await.text("latestTransactionStatus"), "04");
    assert!(sandbox.credits().unwrap()[0].returned);

    let (sandbox, client) = bank("late_return=1,late_return_ms=600000").await;
    let before = sandbox.balance().unwrap();
    client.pay("A", "1").await;
    assert_eq!(sandbox.advance().unwrap(), 1);
    assert_eq!(client.status("A").await.text("latestTransactionStatus"), "04");
    assert_eq!(sandbox.balance().unwrap(), before);
    assert_eq!(sandbox.advance().unwrap(), 0);
}

#[tokio::test]
async fn slow_is_slow() {
    let (_sandbox, client) = bank("slow=1,slow_ms=200,latency_ms=50").await;
    let start = Instant::now();
    assert_eq!(client.pay("A", "1").await.code(), "2001800");
    assert!(start.elapsed() >= Duration::from_millis(250));
}

#[tokio::test]
async fn faults_strike_other_calls_where_named() {
    let (sandbox, client) = bank("").await;
    client.pay("A", "1").await;
    sandbox.set_faults("page_502@ask=1,too_many_429@token=1,error_500@lookup=1".parse().unwrap());
    assert_eq!(client.status("A").await.status, 502);
    assert_eq!(client.ask_token(&crate::client::now()).await.unwrap().code(), "4297300");
    let ask = serde_json::json!({"beneficiaryAccountNo": "1"});
    assert_eq!(client.call("account-inquiry-internal", &ask).await.code(), "5001500");
    assert_eq!(client.pay("B", "1").await.code(), "2001800");
}

#[tokio::test]
async fn a_refused_resend_leaves_the_first_booking_alone() {
    let plan = FaultPlan::none()
        .with(When::account("1").nth(1), Fault::ResetAfterBooking)
        .with(When::account("1").nth(2), Fault::Refuse { http: 403, case: 14 })
        .with(When::reference("A").on(Scope::Ask).nth(1), Fault::Timeout504);
    let mut config = config();
    config.faults = plan;
    let sandbox = Sandbox::start(config).await.unwrap();
    let client = Client::new(&sandbox).await;
    assert!(client.try_call("transfer-interbank", &transfer("A", "1")).await.is_err());
    assert_eq!(client.pay("A", "1").await.code(), "4031814");
    assert_eq!(client.status("A").await.code(), "5043600");
    assert_eq!(client.status("A").await.text("latestTransactionStatus"), "00");
    assert_eq!(sandbox.credits().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_seed_does_the_same_whatever_the_order() {
    async fn codes(reversed: bool) -> Vec<String> {
        let plan = "error_500=0.3,refuse_40311=0.3".parse::<FaultPlan>().unwrap();
        let (sandbox, client) = bank("").await;
        sandbox.set_faults(plan.seeded(42));
        let mut references: Vec<_> = (0..40).collect();
        if reversed {
            references.reverse();
        }
        let mut codes = Vec::new();
        for n in references {
            codes.push((n, client.pay(&format!("R{n}"), "1").await.code()));
        }
        codes.sort();
        codes.into_iter().map(|(_, code)| code).collect()
    }
    let there = codes(false).await;
    assert_eq!(there, codes(true).await);
    for code in ["5001800", "4031811", "2001800"] {
        assert!(there.iter().any(|c| c == code), "{code} never came");
    }
}

#[tokio::test]
async fn stopping_does_not_wait_for_a_hang() {
    let (sandbox, client) = bank("hang_after_booking=1").await;
    let body = transfer("A", "1");
    let waiting = client.try_call("transfer-interbank", &body);
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        sandbox.stop().await;
    };
    let start = Instant::now();
    let (seen, ()) = tokio::join!(waiting, stopping);
    assert!(seen.is_err());
    assert!(start.elapsed() < Duration::from_millis(900), "{:?}", start.elapsed());
}
