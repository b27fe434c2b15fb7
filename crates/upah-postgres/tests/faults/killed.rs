//! The writer's server process ends around a commit: all or nothing, and no write before the store is opened again.
use crate::book::*;
use crate::server::TestServer;
use std::time::Duration;
use upah_core::setting::Setting;
use upah_core::store::{ChangeSet, PaymentChange, Store, StoreError};
use upah_postgres::{OpenOptions, Postgres};

/// SQL for a trigger that ends its own server process when the second event of a payment is written.
fn deadly(trigger: &str) -> String {
    format!(
        "CREATE FUNCTION public.kill() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NEW; END $$;
         CREATE {trigger} FOR EACH ROW EXECUTE FUNCTION public.kill()"
    )
}

/// A desk with two approved payments, and an attempt for each.
async fn two_attempts(desk: &Desk) -> Vec<PaymentChange> {
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..2).await;
    let approved = Some(approve(&desk.store, &run).await);
    let mut changes = vec![];
    for n in 1..=2 {
        changes.push(attempt(&payment(&desk.store, &run, n).await, approved));
    }
    changes
}

fn set(changes: &[PaymentChange]) -> std::sync::Arc<ChangeSet> {
    ChangeSet { payments: changes.to_vec(), runs: vec![] }.into()
}

fn says(error: &StoreError, what: &str) -> bool {
    matches!(error, StoreError::Medium(why) if why.contains(what))
}

/// Every kind of write is refused with a word about opening the store again.
async fn assert_no_more_writes(store: &Postgres) {
    let refusals = [
        store.commit(Default::default()).await.map(drop),
        store.settle_setting(Setting::Mode, "live".into()).await.map(drop),
        store.save_checkpoint(0, "x".into()).await,
        store.admit().await.map(drop),
    ];
    for refused in refusals {
        let refused = refused.unwrap_err();
        assert!(says(&refused, "open the store again") || says(&refused, "until the store is opened"), "{refused}");
    }
}

#[tokio::test]
async fn before_its_commit_nothing_is_stored_and_nothing_more_is_written() {
    let desk = Desk::new().await;
    let changes = two_attempts(&desk).await;
    let before = (all_payments(&desk.store).await, desk.store.log_head().await.unwrap());
    desk.sql(&deadly("TRIGGER kill AFTER INSERT ON upah.attempt"));
    let refused = desk.store.commit(set(&changes)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Medium(_)) && !says(&refused, "not known"), "{refused}");
    assert_no_more_writes(&desk.store).await;
    assert_eq!((all_payments(&desk.store).await, desk.store.log_head().await.unwrap()), before);
    desk.sql("DROP TRIGGER kill ON upah.attempt");
    let desk = desk.reopened().await;
    assert_eq!((all_payments(&desk.store).await, desk.store.log_head().await.unwrap()), before);
    desk.store.commit(set(&changes)).await.unwrap();
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn in_its_commit_the_outcome_is_told_to_be_unknown_and_here_it_is_nothing() {
    let desk = Desk::new().await;
    let changes = two_attempts(&desk).await;
    let before = all_payments(&desk.store).await;
    desk.sql(&deadly("CONSTRAINT TRIGGER kill AFTER INSERT ON upah.attempt DEFERRABLE INITIALLY DEFERRED"));
    let refused = desk.store.commit(set(&changes)).await.unwrap_err();
    assert!(says(&refused, "is not known"), "{refused}");
    assert_no_more_writes(&desk.store).await;
    desk.sql("DROP TRIGGER kill ON upah.attempt");
    let desk = desk.reopened().await;
    assert_eq!(all_payments(&desk.store).await, before);
    desk.store.commit(set(&changes)).await.unwrap();
    assert_consistent(&desk.store).await;
}

/// The server process that waits for a standby, if one does.
const WAITING: &str = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

/// Makes commits wait for a standby that does not exist. A server reads its configuration when it comes to it: until a
/// commit has been seen to wait, another one may still be acknowledged.
fn let_commits_wait(server: &TestServer) {
    server.sql("postgres", "CREATE TABLE probe (n integer)");
    server.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    server.reload();
    let has_waited = || {
        std::thread::scope(|scope| {
            let probe = scope.spawn(|| server.sql("postgres", "INSERT INTO probe VALUES (1)"));
            while !probe.is_finished() {
                let pid = server.sql("postgres", WAITING);
                if !pid.is_empty() {
                    server.sql("postgres", &format!("SELECT pg_cancel_backend({pid})"));
                    return true;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            false
        })
    };
    while !has_waited() {}
}

/// A server whose commits wait for a standby that does not exist: written, but not acknowledged.
async fn waiting_in_commit(end: &str) -> (TestServer, StoreError, Desk, Vec<PaymentChange>) {
    let server = TestServer::start("");
    let desk = Desk::at(&server.database()).await;
    let changes = two_attempts(&desk).await;
    let_commits_wait(&server);
    let Desk { address, store } = desk;
    let store = std::sync::Arc::new(store);
    let (writing, given) = (std::sync::Arc::clone(&store), set(&changes));
    let commit = tokio::spawn(async move { writing.commit(given).await.map(drop) });
    let pid = loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let pid = server.sql("postgres", WAITING);
        if !pid.is_empty() {
            break pid;
        }
    };
    server.sql("postgres", &format!("SELECT {end}({pid})"));
    let refused = commit.await.unwrap().unwrap_err();
    server.sql("postgres", "ALTER SYSTEM RESET synchronous_standby_names");
    server.reload();
    let store = std::sync::Arc::into_inner(store).unwrap();
    (server, refused, Desk { address, store }, changes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_its_commit_was_written_the_outcome_is_told_to_be_unknown_and_here_it_is_all() {
    let (_server, refused, desk, changes) = waiting_in_commit("pg_terminate_backend").await;
    assert!(says(&refused, "is not known"), "{refused}");
    assert_no_more_writes(&desk.store).await;
    let desk = desk.reopened().await;
    let states: Vec<_> = all_payments(&desk.store).await.iter().map(|stored| stored.row.version).collect();
    assert_eq!(states, [2, 2]);
    assert_consistent(&desk.store).await;
    let again = desk.store.commit(set(&changes)).await.unwrap_err();
    assert_eq!(again, StoreError::Conflict(changes[0].row.id.to_string()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_a_standby_may_not_have_is_not_acknowledged() {
    let (_server, refused, desk, _) = waiting_in_commit("pg_cancel_backend").await;
    assert!(says(&refused, "a standby may not have it"), "{refused}");
    assert_no_more_writes(&desk.store).await;
    assert_consistent(&desk.reopened().await.store).await;
}

#[tokio::test]
async fn in_an_admission_nothing_comes_in() {
    let desk = Desk::new().await;
    admit_workers(&desk.store, &run_id(1), 0..2).await;
    let run = run_id(2);
    let mut admission = desk.store.admit().await.unwrap();
    let payments: Vec<_> = (1..1_500).map(|n| new_payment(&run, n, n + 10, 600_000, vec![])).collect();
    let sealed = sealed_run(&run, &payments);
    admission.stage(&run, payments).await.unwrap();
    desk.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE state = 'idle in transaction' AND datname = current_database()",
    );
    assert!(admission.finish(vec![sealed]).await.is_err());
    assert_no_more_writes(&desk.store).await;
    let desk = desk.reopened().await;
    assert_eq!(all_payments(&desk.store).await.len(), 2);
    admit_workers(&desk.store, &run, 5..9).await;
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn the_lock_of_a_writer_that_was_cut_off_may_be_another_s() {
    let desk = Desk::new().await;
    admit_workers(&desk.store, &run_id(1), 0..2).await;
    // Locks are shown for all databases of the server, and other tests have theirs.
    desk.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database AS d ON d.oid = database
         WHERE locktype = 'advisory' AND d.datname = current_database()",
    );
    let other = Postgres::open(&desk.address, OpenOptions { create: false }).await.unwrap();
    admit_workers(&other, &run_id(2), 2..4).await;
    assert_no_more_writes(&desk.store).await;
    assert_eq!(all_payments(&desk.store).await.len(), 4, "it still reads");
    assert_consistent(&other).await;
}

#[tokio::test]
async fn the_reader_connects_again_by_itself() {
    let desk = Desk::new().await;
    admit_workers(&desk.store, &run_id(1), 0..2).await;
    for _ in 0..3 {
        desk.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE application_name = 'upah' AND datname = current_database()
               AND pid NOT IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')",
        );
        assert_eq!(all_payments(&desk.store).await.len(), 2);
    }
    admit_workers(&desk.store, &run_id(2), 2..4).await;
}

#[tokio::test]
async fn a_server_that_lacks_what_was_acknowledged_is_not_read() {
    let desk = Desk::new().await;
    admit_workers(&desk.store, &run_id(1), 0..2).await;
    // As if a standby that is behind answered under the same address.
    desk.sql(
        "DELETE FROM upah.record WHERE seq = 2;
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'upah' AND datname = current_database()
           AND pid NOT IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')",
    );
    let mut refused = desk.store.runs().await;
    for _ in 0..200 {
        // The server process may answer once more before it ends.
        if refused.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        refused = desk.store.runs().await;
    }
    let refused = refused.unwrap_err();
    assert!(says(&refused, "has not all that was written"), "{refused}");
}

#[tokio::test]
async fn a_commit_whose_caller_has_gone_goes_on_to_its_end() {
    let desk = Desk::new().await;
    let changes = two_attempts(&desk).await;
    let mut commit = desk.store.commit(set(&changes));
    // Polled once, so that it has begun.
    assert!(std::future::poll_fn(|context| std::task::Poll::Ready(commit.as_mut().poll(context).is_pending())).await);
    drop(commit);
    let again = desk.store.commit(set(&changes)).await.unwrap_err();
    assert_eq!(again, StoreError::Conflict(changes[0].row.id.to_string()));
    assert_consistent(&desk.store).await;
}
