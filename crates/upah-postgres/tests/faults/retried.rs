//! What the server rolled back because of others is begun again, a few times.
use crate::book::*;
use upah_core::store::{Store, StoreError};

/// SQL for a trigger that lets the server roll back as long as it was asked less than `times` times. A
/// sequence counts, for it is not rolled back.
fn unlucky(trigger: &str, times: u32, code: &str) -> String {
    format!(
        "CREATE SEQUENCE public.tries;
         CREATE FUNCTION public.unlucky() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN IF nextval('public.tries') <= {times} THEN
                 RAISE EXCEPTION 'unlucky' USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$;
         CREATE {trigger} FOR EACH ROW EXECUTE FUNCTION public.unlucky()"
    )
}

fn tries(desk: &Desk) -> String {
    desk.sql("SELECT last_value FROM public.tries")
}

async fn desk_and_attempt() -> (Desk, upah_core::store::PaymentChange) {
    let desk = Desk::new().await;
    admit_workers(&desk.store, &run_id(1), 0..2).await;
    let approved = Some(approve(&desk.store, &run_id(1)).await);
    let change = attempt(&payment(&desk.store, &run_id(1), 1).await, approved);
    (desk, change)
}

#[tokio::test]
async fn a_serialization_failure_is_tried_again_and_the_commit_stands_once() {
    let at_once = "TRIGGER unlucky BEFORE INSERT ON upah.attempt";
    let at_commit = "CONSTRAINT TRIGGER unlucky AFTER INSERT ON upah.attempt DEFERRABLE INITIALLY DEFERRED";
    for (trigger, code) in [(at_once, "40001"), (at_once, "40P01"), (at_commit, "40001")] {
        let (desk, change) = desk_and_attempt().await;
        desk.sql(&unlucky(trigger, 1, code));
        commit(&desk.store, change.clone()).await.unwrap();
        assert_eq!(tries(&desk), "2", "{trigger} {code}");
        assert_eq!(commit(&desk.store, change.clone()).await, Err(StoreError::Conflict(change.row.id.to_string())));
        assert_consistent(&desk.store).await;
    }
}

#[tokio::test]
async fn it_is_tried_a_few_times_and_then_told() {
    let (desk, change) = desk_and_attempt().await;
    desk.sql(&unlucky("TRIGGER unlucky BEFORE INSERT ON upah.attempt", 1_000, "40001"));
    let before = desk.store.log_head().await.unwrap();
    let refused = commit(&desk.store, change.clone()).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Medium(why) if why.contains("again and again")), "{refused}");
    assert_eq!(tries(&desk), "5");
    assert_eq!(desk.store.log_head().await.unwrap(), before);
    desk.sql("DROP TRIGGER unlucky ON upah.attempt");
    commit(&desk.store, change).await.unwrap();
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn what_is_wrong_for_another_reason_is_not_tried_again() {
    let (desk, change) = desk_and_attempt().await;
    desk.sql(&unlucky("TRIGGER unlucky BEFORE INSERT ON upah.attempt", 1_000, "53100"));
    let refused = commit(&desk.store, change.clone()).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Medium(why) if why.contains("disk is full")), "{refused}");
    assert_eq!(tries(&desk), "1");
    desk.sql("DROP TRIGGER unlucky ON upah.attempt");
    commit(&desk.store, change).await.unwrap();
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn what_the_server_says_about_values_is_never_repeated() {
    let (desk, mut change) = desk_and_attempt().await;
    desk.sql("ALTER TABLE upah.record ADD CONSTRAINT short CHECK (length(record) < 10) NOT VALID");
    change.records[0].record.push_str("Siti Contoh");
    let refused = commit(&desk.store, change).await.unwrap_err();
    let said = format!("{refused} {refused:?}");
    assert!(said.contains("23514") && !said.contains("Siti"), "{said}");
}
