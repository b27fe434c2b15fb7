//! The whole server falls over: nothing that was acknowledged is lost.
use crate::book::*;
use crate::server::TestServer;
use std::sync::Arc;
use std::time::Duration;
use upah_core::setting::Setting;
use upah_core::store::{ChangeSet, Store, StoreError};
use upah_postgres::{Address, OpenError, OpenOptions, Postgres};

/// Opens a store whose server may still be starting.
async fn open_soon(address: &Address) -> Postgres {
    let mut tries = 0;
    loop {
        match Postgres::open(address, OpenOptions { create: true }).await {
            Ok(store) => return store,
            Err(OpenError::Unusable { .. } | OpenError::Store(_)) if tries < 100 => tries += 1,
            Err(error) => panic!("{error}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Commits one event after another to the payments of a run until the store refuses, and returns how
/// many were acknowledged and whether the end of the last one is unknown.
async fn commit_until_refused(store: Arc<Postgres>, run: upah_core::run::RunId) -> (u32, bool) {
    let mut acknowledged = 0;
    loop {
        let mut payments = vec![];
        for n in 1..=3 {
            let stored = match store.payment(upah_core::run::PaymentId { run: run.clone(), n }).await {
                Ok(stored) => stored.unwrap(),
                Err(_) => return (acknowledged, false),
            };
            payments.push(next_event(&stored, confirmed(), None));
        }
        match store.commit(ChangeSet { payments, runs: vec![] }.into()).await {
            Ok(_) => acknowledged += 1,
            Err(StoreError::Medium(why)) => return (acknowledged, why.contains("is not known")),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Runs commits, lets `harm` happen to the server in their midst, opens again and compares.
async fn assert_survives(server: &TestServer, rounds: u32, harm: impl Fn(&TestServer, u32)) {
    let address: Address = server.database().parse().unwrap();
    let run = run_id(1);
    let mut store = open_soon(&address).await;
    admit_workers(&store, &run, 0..3).await;
    let mut version = 1;
    for round in 0..rounds {
        let working = tokio::spawn(commit_until_refused(Arc::new(store), run.clone()));
        tokio::time::sleep(Duration::from_millis(60 + u64::from(round) * 37 % 90)).await;
        harm(server, round);
        let (acknowledged, unknown) = working.await.unwrap();
        store = open_soon(&address).await;
        let versions: Vec<_> = all_payments(&store).await.iter().map(|stored| stored.row.version).collect();
        let kept = versions[0];
        assert_eq!(versions, [kept; 3], "a set is stored whole");
        assert!(acknowledged > 0, "nothing was going on when it happened");
        let lost = kept < version + acknowledged;
        let invented = kept > version + acknowledged + u32::from(unknown);
        assert!(!lost && !invented, "{version} and {acknowledged} acknowledged, unknown {unknown}, kept {kept}");
        version = kept;
        assert_consistent(&store).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_restarted_at_once_loses_nothing_that_was_acknowledged() {
    let server = TestServer::start("");
    assert_survives(&server, 4, |server, _| server.restart_immediately()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_process_that_is_killed_loses_nothing_that_was_acknowledged() {
    let server = TestServer::start("");
    assert_survives(&server, 8, |server, round| {
        let pids = server.sql("postgres", "SELECT pid FROM pg_locks WHERE locktype = 'advisory'");
        // With SIGKILL the server ends all its other processes too and recovers.
        let signal = if round % 2 == 0 { "-KILL" } else { "-TERM" };
        // The second one may be gone already: the server ended it because of the first.
        assert!(pids.lines().count() > 0, "nobody holds the writers' lock");
        std::process::Command::new("kill").arg(signal).args(pids.lines()).status().unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_wait_for_a_server_that_is_started_again() {
    let server = TestServer::start("");
    let desk = Desk::at(&server.database()).await;
    admit_workers(&desk.store, &run_id(1), 0..3).await;
    server.stop_immediately();
    let store = Arc::new(desk.store);
    let reading = Arc::clone(&store);
    let read = tokio::spawn(async move { all_payments(&reading).await.len() });
    tokio::time::sleep(Duration::from_millis(500)).await;
    server.start_again();
    assert_eq!(read.await.unwrap(), 3);
    let refused = store.settle_setting(Setting::Mode, "live".into()).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Medium(why) if why.contains("opened again")), "{refused}");
}
