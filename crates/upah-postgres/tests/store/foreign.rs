//! What others did to the database: found by the census, or by the next write.
use crate::book::*;
use crate::server::TestServer;
use upah_core::setting::Setting;
use upah_core::store::{Store, StoreError};

/// What the census names after this SQL.
async fn irregular_after(sql: &str) -> Vec<String> {
    let desk = Desk::new().await;
    admit_workers(&desk.store, &run_id(1), 0..300).await;
    assert_eq!(desk.store.census().await.unwrap().irregular, Vec::<String>::new());
    desk.sql(sql);
    desk.store.census().await.unwrap().irregular
}

#[tokio::test]
async fn a_store_of_our_own_is_regular_and_counted() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..3).await;
    let mut change = next_event(&payment(&desk.store, &run, 1).await, confirmed(), None);
    change.settled_to = Some(upah_core::store::SettledTo { worker: [1; 16], destination: [2; 16] });
    change.traces = ["a", "b", "a"].map(|value| upah_core::store::Trace { key: [3; 16], value: value.into() }).into();
    commit(&desk.store, change).await.unwrap();
    desk.store.settle_setting(Setting::Mode, "sandbox".into()).await.unwrap();
    let census = desk.store.census().await.unwrap();
    assert_eq!((census.payees, census.traces, census.irregular), (1, 2, vec![]));
    let traces = desk.store.traces(vec![[4; 16], [3; 16]]).await.unwrap();
    assert_eq!(traces, [vec![], vec!["a".to_owned(), "b".into()]]);
}

#[tokio::test]
async fn what_does_not_belong_there_is_named() {
    let function = "CREATE FUNCTION public.nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;";
    let trigger = format!("{function} CREATE TRIGGER t BEFORE INSERT ON upah.record EXECUTE FUNCTION public.nothing()");
    let cases = [
        ("CREATE TABLE upah.song (title text)", "table song is not of this format"),
        ("CREATE VIEW upah.all_runs AS SELECT * FROM upah.run", "view all_runs is not of this format"),
        ("CREATE INDEX mine ON upah.run (count)", "index mine is not of this format"),
        (trigger.as_str(), "trigger record.t is not of this format"),
        ("CREATE RULE r AS ON UPDATE TO upah.payment DO INSTEAD NOTHING", "rule payment.r is not of this format"),
        ("CREATE POLICY p ON upah.payment", "policy payment.p is not of this format"),
        ("ALTER TABLE upah.payment ENABLE ROW LEVEL SECURITY", "table payment is missing or was changed"),
        ("ALTER TABLE upah.payment SET UNLOGGED", "table payment is missing or was changed"),
        ("ALTER TABLE upah.run ALTER COLUMN total SET DEFAULT 7", "column run.total is missing or was changed"),
        ("ALTER TABLE upah.run ADD COLUMN mine text", "column run.mine is not of this format"),
        ("ALTER TABLE upah.payment DROP CONSTRAINT payment_key_key", "index payment_key_key is missing or was changed"),
        ("CREATE TABLE public.more () INHERITS (upah.payment)", "inheriting table public.more is not of this format"),
        ("INSERT INTO upah.meta VALUES ('colour', 'red')", "setting \"colour\" is unknown"),
        ("DELETE FROM upah.node", "the tree has 0 stored nodes, its entries make 1"),
        ("UPDATE upah.record SET stream = 77 WHERE seq = 5", "1 events belong to no payment and no run"),
    ];
    for (sql, expected) in cases {
        let irregular = irregular_after(sql).await;
        assert!(irregular.iter().any(|line| line == expected), "{sql}: {irregular:?}");
    }
}

#[tokio::test]
async fn a_log_that_somebody_else_wrote_to_is_not_continued() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..3).await;
    let change = next_event(&payment(&desk.store, &run, 1).await, confirmed(), None);
    desk.sql("DELETE FROM upah.record WHERE seq = 3");
    let refused = commit(&desk.store, change.clone()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Damaged(_)), "{refused}");
    let refused = commit(&desk.store, change).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Medium(why) if why.contains("open the store again")), "{refused}");
}

#[tokio::test]
async fn damaged_rows_are_an_error_and_no_panic() {
    let desk = Desk::new().await;
    admit_workers(&desk.store, &run_id(1), 0..3).await;
    for damage in [
        "UPDATE upah.payment SET state = 77",
        "UPDATE upah.payment SET amount = -1",
        "UPDATE upah.payment SET key = key || '\\x00'",
        "UPDATE upah.payment SET instructed_by = 9",
        "UPDATE upah.run SET id = 'NOT ONE'",
        "ALTER TABLE upah.record RENAME COLUMN leaf TO leaves",
    ] {
        let database = Desk::new().await;
        admit_workers(&database.store, &run_id(1), 0..3).await;
        TestServer::shared().sql(database.address.database(), damage);
        let page = upah_core::store::Page { run: None, states: vec![], after: None, limit: 10 };
        let said = database.store.page(page).await.unwrap_err();
        assert!(matches!(said, StoreError::Damaged(_)), "{damage}: {said}");
    }
}
