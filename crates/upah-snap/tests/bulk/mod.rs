//! Many wages in one request, against a bank that pays a reference again when it comes in another request.
use crate::common::{Desk, Wage, word};
use std::sync::Arc;
use std::time::Duration;
use upah_core::rail::Rail;
use upah_snap::{Bulk, SnapRail};

const GATHER: Duration = Duration::from_millis(150);

fn bulk(desk: &Desk) -> Arc<SnapRail> {
    Arc::new(desk.rail_with(|config| config.bulk = Some(Bulk { payments: 100, gather: GATHER })))
}

/// A desk whose every wage goes together with others.
async fn open() -> Desk {
    let mut desk = Desk::open().await;
    desk.rail = bulk(&desk);
    desk
}

async fn wages(desk: &Desk, destinations: &[&str]) -> Vec<Wage> {
    let mut wages = Vec::new();
    for destination in destinations {
        wages.push(desk.wage(destination).await);
    }
    wages
}

/// What each was told, in order, who were sent at once.
async fn send(desk: &Desk, wages: &[Wage]) -> Vec<String> {
    let sends: Vec<_> = wages
        .iter()
        .map(|wage| {
            let (rail, attempt) = (Arc::clone(&desk.rail), wage.durable());
            tokio::spawn(async move { word(&rail.submit(&attempt).await) })
        })
        .collect();
    let mut words = Vec::new();
    for send in sends {
        words.push(send.await.unwrap());
    }
    words
}

fn requests(desk: &Desk, service: &str) -> u64 {
    desk.sandbox.calls().get(service).copied().unwrap_or(0)
}

/// As a process that is stopped by its administrator and started again.
#[tokio::test]
async fn wages_that_gathered_in_a_process_that_slept_are_not_sent_when_it_wakes() {
    let desk = open().await;
    let wages = wages(&desk, &["bank:014:1000000001", "bank:002:1000000002"]).await;
    let sends: Vec<_> = wages
        .iter()
        .map(|wage| {
            let (rail, attempt) = (Arc::clone(&desk.rail), wage.durable());
            tokio::spawn(async move { word(&rail.submit(&attempt).await) })
        })
        .collect();
    tokio::task::yield_now().await;
    std::thread::sleep(GATHER + Duration::from_millis(3_200));
    for send in sends {
        assert_eq!(send.await.unwrap(), "not_sent rail_unreachable");
    }
    assert_eq!((requests(&desk, "20"), requests(&desk, "18")), (0, 0));
    assert_eq!(send(&desk, &wages).await, ["accepted"; 2]);
}

#[tokio::test]
async fn wages_that_wait_together_arrive_once_each_by_one_request_and_are_not_told_as_paid_before() {
    let desk = open().await;
    let banks = wages(&desk, &["bank:014:1000000001", "bank:002:1000000002", "bank:014:1000000003"]).await;
    let wallets = wages(&desk, &["ewallet:dana:081234567891", "ewallet:dana:081234567892"]).await;
    assert!(banks[0].body().starts_with(r#"{"partnerReferenceNo":"UPAHTEST000000000000000000","bankCode":"014","#));
    assert_eq!(send(&desk, &banks).await, ["accepted"; 3]);
    assert_eq!(send(&desk, &wallets).await, ["accepted"; 2]);
    assert_eq!((requests(&desk, "20"), requests(&desk, "40")), (1, 1));
    assert_eq!((requests(&desk, "18"), requests(&desk, "38")), (0, 0));
    for wage in banks.iter().chain(&wallets) {
        assert_eq!(desk.ask(wage).await, "success");
    }
    // The bank's own accounts go as before.
    let own = desk.wage("bank:008:1000000004").await;
    assert_eq!(word(&desk.submit(&own).await), "settled");
    desk.close(6).await;
}

#[tokio::test]
async fn a_lost_answer_to_many_is_asked_about_for_each_and_pays_nobody_twice() {
    for (fault, told, found, credited) in [
        ("reset_after_booking=1", "unknown NoAnswer", "success", 3),
        ("error_500_after_booking=1", "unknown ProviderError", "success", 3),
        ("garbage_body=1", "unknown Unreadable", "success", 3),
        ("reset_before_booking=1", "unknown NoAnswer", "not_found", 0),
        ("error_500=1", "unknown ProviderError", "not_found", 0),
        ("html_403_page=1", "unknown Unreadable", "not_found", 0),
        ("too_many_429=1", "not_sent too_many_requests", "not_found", 0),
    ] {
        let desk = open().await;
        let many = wages(&desk, &["bank:014:1000000001", "bank:002:1000000002", "bank:014:1000000003"]).await;
        desk.faults(fault);
        assert_eq!(send(&desk, &many).await, [told; 3], "{fault}");
        desk.faults("");
        for wage in &many {
            assert_eq!(desk.ask(wage).await, found, "{fault}");
        }
        assert_eq!(requests(&desk, "20"), 1, "{fault}");
        desk.close(credited).await;
    }
}

/// What the other tests rely on: there is no second net under them.
#[tokio::test]
async fn this_bank_pays_a_reference_again_in_another_request() {
    let desk = open().await;
    let many = wages(&desk, &["bank:014:1000000001", "bank:014:1000000002"]).await;
    assert_eq!(send(&desk, &many).await, ["accepted"; 2]);
    // The same set again is known by its id, and by nothing else.
    assert!(send(&desk, &many).await.iter().all(|word| word.starts_with("unknown ")));
    assert_eq!(desk.sandbox.credits().unwrap().len(), 2);
    assert_eq!(word(&bulk(&desk).submit(&many[0].durable()).await), "accepted");
    let references: Vec<_> = desk.sandbox.credits().unwrap().into_iter().map(|credit| credit.reference).collect();
    assert_eq!(references.iter().filter(|it| *it == many[0].reference()).count(), 2);
}

#[tokio::test]
async fn an_account_that_cannot_be_paid_neither_stops_nor_accuses_the_others() {
    let desk = open().await;
    let many = wages(&desk, &["bank:014:1000000001", "bank:014:9940411123", "bank:014:1000000003"]).await;
    assert_eq!(send(&desk, &many).await, ["accepted"; 3]);
    assert_eq!(desk.ask(&many[0]).await, "success");
    assert_eq!(desk.ask(&many[1]).await, "failed invalid_account");
    assert_eq!(desk.ask(&many[2]).await, "success");
    desk.close(2).await;
}

#[tokio::test]
async fn a_refusal_of_the_whole_accuses_nobody_and_each_goes_alone_the_next_time() {
    let desk = open().await;
    let many = wages(&desk, &["bank:014:1000000001", "bank:014:1000000002", "bank:014:1000000003"]).await;
    desk.faults("refuse_40411=1");
    assert_eq!(send(&desk, &many).await, ["not_sent other_refusal"; 3]);
    // Alone the refusal is hers.
    assert_eq!(word(&desk.submit(&many[0]).await), "refused invalid_account");
    desk.faults("");
    assert_eq!(send(&desk, &many[1..]).await, ["accepted"; 2]);
    assert_eq!(requests(&desk, "20"), 4);
    desk.close(2).await;
}

#[tokio::test]
async fn a_fault_of_the_payer_is_told_to_each_as_it_is() {
    let desk = open().await;
    let many = wages(&desk, &["bank:014:1000000001", "bank:014:1000000002"]).await;
    desk.faults("refuse_40314=1");
    assert_eq!(send(&desk, &many).await, ["refused insufficient_funds"; 2]);
    desk.faults("refuse_40316=1");
    assert_eq!(send(&desk, &many).await, ["unknown Suspended"; 2]);
    desk.close(0).await;
}

#[tokio::test]
async fn whoever_stopped_waiting_before_the_request_left_is_not_in_it() {
    let desk = open().await;
    let many = wages(&desk, &["bank:014:1000000001", "bank:014:1000000002"]).await;
    let (rail, attempt) = (Arc::clone(&desk.rail), many[0].durable());
    let gone = tokio::spawn(async move { rail.submit(&attempt).await });
    let (rail, attempt) = (Arc::clone(&desk.rail), many[1].durable());
    let stays = tokio::spawn(async move { rail.submit(&attempt).await });
    tokio::time::sleep(GATHER / 3).await;
    gone.abort();
    assert_eq!(word(&stays.await.unwrap()), "accepted");
    assert_eq!((desk.ask(&many[0]).await.as_str(), desk.ask(&many[1]).await.as_str()), ("not_found", "success"));
    desk.close(1).await;
}

/// Not even when the token takes as long as the window: the request is made when it leaves.
#[tokio::test]
async fn whoever_stopped_waiting_while_a_token_was_fetched_is_not_in_it() {
    let mut desk = open().await;
    let many = wages(&desk, &["bank:014:1000000001", "bank:014:1000000002"]).await;
    desk.rail = bulk(&desk);
    desk.faults("slow@token=1,slow_ms=600");
    let (rail, attempt) = (Arc::clone(&desk.rail), many[0].durable());
    let gone = tokio::spawn(async move { rail.submit(&attempt).await });
    let (rail, attempt) = (Arc::clone(&desk.rail), many[1].durable());
    let stays = tokio::spawn(async move { rail.submit(&attempt).await });
    tokio::time::sleep(GATHER * 2).await;
    gone.abort();
    assert_eq!(word(&stays.await.unwrap()), "accepted");
    desk.faults("");
    assert_eq!(desk.ask(&many[0]).await, "not_found");
    desk.close(1).await;
}

/// Its repeats may be paid, and nobody says any more whether: it stays where it is.
#[tokio::test]
async fn a_wage_that_was_stored_for_many_is_not_sent_when_nothing_is_said_of_many_any_more() {
    let desk = open().await;
    let wage = desk.wage("bank:014:1000000001").await;
    let single = desk.rail_with(|_| {});
    assert_eq!(word(&single.submit(&wage.durable()).await), "not_sent bad_request");
    desk.close(0).await;
}
