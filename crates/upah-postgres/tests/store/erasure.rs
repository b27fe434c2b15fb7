//! What was erased stands in no page of the table of records.
use crate::book::*;
use crate::server::TestServer;
use std::sync::Arc;
use std::time::Duration;
use upah_core::erasure::Erasure;
use upah_core::store::Store;

/// On a server of its own, where nobody else is at work.
async fn alone() -> (TestServer, Desk) {
    let server = TestServer::start("");
    let desk = Desk::at(&server.database()).await;
    (server, desk)
}

/// How often a text stands in the file of the table, once the server has written it.
fn in_the_file(server: &TestServer, desk: &Desk, text: &str) -> String {
    let sql = |sql: &str| server.sql(desk.address.database(), sql);
    sql("CHECKPOINT");
    let hex = text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    sql(&format!("SELECT position('\\x{hex}'::bytea IN pg_read_binary_file(pg_relation_filepath('upah.record'))) > 0"))
        .trim()
        .to_owned()
}

#[tokio::test]
async fn nobody_finds_an_erased_worker_in_the_table_of_records() {
    let (server, desk) = alone().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..20).await;
    let approved = Some(approve(&desk.store, &run).await);
    for n in 1..=20 {
        commit(&desk.store, attempt(&payment(&desk.store, &run, n).await, approved)).await.unwrap();
    }
    assert_eq!(in_the_file(&server, &desk, "\"worker_id\":\"W-7\""), "t", "she must be there to be erased");
    let mut erasure = Erasure::default();
    for n in [3, 8, 20] {
        erasure.ends.extend(erasure_of(&payment(&desk.store, &run, n).await).ends);
    }
    let receipt = desk.store.erase(Arc::new(erasure)).await.unwrap();
    assert!(receipt.covers(&payment(&desk.store, &run, 8).await.row.id, 3));
    for worker in 0..20 {
        let gone = [2, 7, 19].contains(&worker);
        let text = format!("\"worker_id\":\"W-{worker}\"");
        assert_eq!(in_the_file(&server, &desk, &text), if gone { "f" } else { "t" }, "worker {worker}");
        assert_eq!(payment(&desk.store, &run, worker + 1).await.is_erased(), gone, "worker {worker}");
    }
    // A page on which nobody is left keeps what stood there until somebody needs the room.
    let mut everybody = Erasure::default();
    for n in 1..=20 {
        let stored = payment(&desk.store, &run, n).await;
        if !stored.is_erased() {
            everybody.ends.extend(erasure_of(&stored).ends);
        }
    }
    desk.store.erase(Arc::new(everybody)).await.unwrap();
    for worker in 0..20 {
        assert_eq!(in_the_file(&server, &desk, &format!("\"worker_id\":\"W-{worker}\"")), "f", "worker {worker}");
    }
}

/// A rewrite keeps what an older transaction may still see, and such a one need not even look at this database.
#[tokio::test]
async fn an_erasure_outlasts_whoever_was_at_work_before_it_and_leaves_nothing() {
    let (server, desk) = alone().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..3).await;
    approve(&desk.store, &run).await;
    let elsewhere = Desk::at(&server.database()).await;
    let config: tokio_postgres::Config = server.address(elsewhere.address.database()).parse().unwrap();
    let (other, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    other.batch_execute("BEGIN; SELECT pg_current_xact_id()").await.unwrap();
    let erasure = Erasure { ends: erasure_of(&payment(&desk.store, &run, 2).await).ends, ..Erasure::default() };
    let store = Arc::new(desk.store);
    let erased = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.erase(Arc::new(erasure)).await.map(drop) }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!erased.is_finished(), "an older transaction may still see her");
    other.batch_execute("COMMIT").await.unwrap();
    erased.await.unwrap().unwrap();
    let desk = Desk { store: Arc::into_inner(store).unwrap(), ..desk };
    assert_eq!(in_the_file(&server, &desk, "\"worker_id\":\"W-1\""), "f");
    assert_eq!(in_the_file(&server, &desk, "\"worker_id\":\"W-0\""), "t");
}
