//! Several processes on one store: one log, one admission at a time, and nobody's wage in two hands.
use crate::book::*;
use crate::server::TestServer;
use std::time::Duration;
use upah_core::PaymentState;
use upah_core::claim::{Claims, DriveId, Fence, Wanted};
use upah_core::store::{Page, Store, StoreError};
use upah_postgres::{OpenError, OpenOptions, Postgres};

/// Another process at the same desk.
async fn beside(desk: &Desk) -> Postgres {
    Postgres::open(&desk.address, OpenOptions { create: false }).await.unwrap()
}

fn drive(n: u8) -> DriveId {
    DriveId::from_random([n; 8])
}

async fn claim(store: &Postgres, n: u8) -> Claims {
    let page = Page { run: None, states: vec![PaymentState::Ready], after: None, limit: 100 };
    store.claim(drive(n), Wanted::Page(page)).await.unwrap()
}

#[tokio::test]
async fn two_processes_append_to_one_log_and_neither_loses_the_other_s_events() {
    let desk = Desk::new().await;
    let other = beside(&desk).await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..40).await;
    let approved = Some(approve(&other, &run).await);
    for n in 1..=40 {
        let store = if n % 3 == 0 { &other } else { &desk.store };
        commit(store, attempt(&payment(store, &run, n).await, approved)).await.unwrap();
    }
    assert_eq!(desk.store.log_head().await.unwrap(), other.log_head().await.unwrap());
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn what_others_wrote_in_great_number_is_continued_too() {
    let desk = Desk::new().await;
    let other = beside(&desk).await;
    admit_workers(&desk.store, &run_id(1), 0..3_000).await;
    admit_workers(&other, &run_id(2), 3_000..3_300).await;
    admit_workers(&desk.store, &run_id(3), 4_000..4_002).await;
    assert_consistent(&other).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_commit_at_once_take_turns() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..60).await;
    let approved = Some(approve(&desk.store, &run).await);
    let mut working = tokio::task::JoinSet::new();
    for first in 1..=3 {
        let (store, run) = (beside(&desk).await, run.clone());
        working.spawn(async move {
            for n in (first..=60).step_by(3) {
                commit(&store, attempt(&payment(&store, &run, n).await, approved)).await.unwrap();
            }
        });
    }
    working.join_all().await;
    assert_eq!(desk.store.log_head().await.unwrap().0, 60 + 2 + 60);
    assert_consistent(&desk.store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_files_that_come_in_from_two_processes_take_turns() {
    let desk = Desk::new().await;
    let other = beside(&desk).await;
    let run = run_id(1);
    let mut first = desk.store.admit().await.unwrap();
    let payments: Vec<_> = (1..300).map(|n| new_payment(&run, n, n, 600_000, vec![])).collect();
    let sealed = sealed_run(&run, &payments);
    first.stage(&run, payments).await.unwrap();
    let second = tokio::spawn(async move {
        let taken = admit(&other, &run_id(2), vec![new_payment(&run_id(2), 1, 7, 600_000, vec![])]).await;
        admit_workers(&other, &run_id(3), 400..500).await;
        taken
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!second.is_finished(), "a second file came in while the first one was half there");
    first.finish(vec![sealed]).await.unwrap();
    let taken = second.await.unwrap();
    assert!(matches!(taken, Err(StoreError::ObligationTaken { .. })), "{taken:?}");
    assert_eq!(all_payments(&desk.store).await.len(), 299 + 100);
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn a_leases_end_is_the_server_s_and_not_that_of_who_holds_it() {
    let desk = Desk::new().await;
    let other = beside(&desk).await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..5).await;
    approve(&desk.store, &run).await;
    // For an hour, as the first process believes; the server's clock says otherwise.
    desk.store.enlist(drive(1), Duration::from_secs(3_600)).await.unwrap();
    other.enlist(drive(2), Duration::from_secs(3_600)).await.unwrap();
    let held = claim(&desk.store, 1).await;
    assert_eq!((held.claims.len(), claim(&other, 2).await.elsewhere), (5, true));
    desk.sql(
        "UPDATE upah.drive SET until = clock_timestamp() - interval '100 seconds' WHERE until = \
              (SELECT min(until) FROM upah.drive)",
    );
    let taken = claim(&other, 2).await;
    assert_eq!((taken.claims.len(), taken.elsewhere), (5, false));
    let lapsed = taken.claims[0].hold.lapsed.unwrap();
    assert!((100..160).contains(&lapsed.as_secs()), "{lapsed:?}");
    assert_eq!((held.claims[0].hold.fence, taken.claims[0].hold.fence), (Some(Fence(1)), Some(Fence(2))));
    assert!(!desk.store.renew(drive(1), Duration::from_secs(3_600)).await.unwrap());
    assert!(claim(&desk.store, 1).await.claims.is_empty());
}

#[tokio::test]
async fn a_connection_that_keeps_a_lease_is_made_again() {
    let desk = Desk::new().await;
    admit_workers(&desk.store, &run_id(1), 0..2).await;
    let lease = Duration::from_secs(60);
    desk.store.enlist(drive(1), lease).await.unwrap();
    for _ in 0..3 {
        desk.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE application_name = 'upah' AND datname = current_database()
               AND pid NOT IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')",
        );
        // The first one may be told that its connection is gone; the lease is not.
        let mut renewed = desk.store.renew(drive(1), lease).await;
        if renewed.is_err() {
            renewed = desk.store.renew(drive(1), lease).await;
        }
        assert_eq!(renewed, Ok(true));
    }
}

#[tokio::test]
async fn an_older_signature_of_another_process_does_not_replace_a_newer_one() {
    let desk = Desk::new().await;
    let other = beside(&desk).await;
    admit_workers(&desk.store, &run_id(1), 0..5).await;
    other.save_checkpoint(6, "six".into()).await.unwrap();
    desk.store.save_checkpoint(4, "four".into()).await.unwrap();
    assert_eq!(desk.sql("SELECT text FROM upah.checkpoint"), "six");
    desk.store.save_checkpoint(6, "six again".into()).await.unwrap();
    // Another process that signs the same size again knows of no cosignatures.
    other.save_checkpoint(6, "six".into()).await.unwrap();
    assert_eq!(other.last_checkpoint().await.unwrap(), Some((6, "six again".into())));
}

#[tokio::test]
async fn a_store_of_the_format_before_leases_is_brought_to_the_present_one() {
    let desk = Desk::new().await;
    admit_workers(&desk.store, &run_id(1), 0..5).await;
    let address = desk.address.clone();
    desk.sql(
        "DROP TABLE upah.drive; UPDATE upah.format SET version = 1;
         ALTER TABLE upah.payment DROP COLUMN fence, DROP COLUMN drive, DROP COLUMN lapsed;
         ALTER TABLE upah.payment RESET (fillfactor)",
    );
    drop(desk.store);
    let older = Postgres::open_read_only(&address).await.unwrap_err();
    assert!(matches!(older, OpenError::Older { found: 1, known: 2, .. }), "{older}");
    // Two that open it at once: one brings it there, and the other finds it so.
    let both = tokio::join!(open(&address), open(&address));
    assert_eq!(both.0.census().await.unwrap().irregular, Vec::<String>::new());
    both.1.enlist(drive(1), Duration::from_secs(60)).await.unwrap();
    assert_consistent(&both.0).await;
}

#[tokio::test]
async fn two_processes_that_find_no_store_make_one() {
    let address: upah_postgres::Address = TestServer::shared().database().parse().unwrap();
    let (one, other) = tokio::join!(open(&address), open(&address));
    admit_workers(&one, &run_id(1), 0..2).await;
    admit_workers(&other, &run_id(2), 2..4).await;
    assert_consistent(&one).await;
}

/// Takes as long as the server gives a transaction that sleeps.
#[tokio::test]
#[ignore = "takes twenty seconds; run it before a release"]
async fn a_process_that_sleeps_in_a_transaction_does_not_stop_the_others_for_ever() {
    let desk = Desk::new().await;
    admit_workers(&desk.store, &run_id(1), 0..2).await;
    // A writer's session, asleep with the log's lock in its hands.
    let sleeper = format!(
        "SET idle_in_transaction_session_timeout = '15s'; BEGIN; SELECT pg_advisory_xact_lock({}); SELECT pg_sleep(0)",
        0x5550_4148_0000_0002_i64
    );
    let folder = desk.address.clone();
    let (client, connection) = {
        let text = TestServer::shared().address(folder.database());
        text.parse::<tokio_postgres::Config>().unwrap().connect(tokio_postgres::NoTls).await.unwrap()
    };
    tokio::spawn(connection);
    client.batch_execute(&sleeper).await.unwrap();
    let began = std::time::Instant::now();
    admit_workers(&desk.store, &run_id(2), 2..4).await;
    assert!(began.elapsed() > Duration::from_secs(10));
    assert_consistent(&desk.store).await;
}
