//! One commit: all of it or nothing.
use crate::book::*;
use upah_core::PaymentState;
use upah_core::cause::Cause;
use upah_core::event::Fact;
use upah_core::store::{ChangeSet, SettledTo, Store, StoreError};

/// Everything that a failed write must leave alone.
async fn everything(store: &upah_postgres::Postgres) -> impl PartialEq + core::fmt::Debug + use<> {
    (
        all_payments(store).await,
        store.runs().await.unwrap(),
        store.records(0, 1000).await.unwrap(),
        store.references(None, 1000).await.unwrap(),
        store.log_head().await.unwrap(),
        store.last_destinations(vec![[1; 16]]).await.unwrap(),
    )
}

#[tokio::test]
async fn a_commit_on_an_old_version_changes_nothing() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..2).await;
    let approved = Some(approve(&desk.store, &run).await);
    let (first, second) = (payment(&desk.store, &run, 1).await, payment(&desk.store, &run, 2).await);
    let mut change = attempt(&first, approved);
    change.settled_to = Some(SettledTo { worker: [1; 16], destination: [2; 16] });
    let mut stale = attempt(&second, approved);
    stale.expected_version = 7;
    stale.row.version = 8;
    let before = everything(&desk.store).await;
    let both = ChangeSet { payments: vec![change.clone(), stale], runs: vec![] };
    assert_eq!(desk.store.commit(both.into()).await.unwrap_err(), StoreError::Conflict(second.row.id.to_string()));
    assert_eq!(everything(&desk.store).await, before);
    commit(&desk.store, change.clone()).await.unwrap();
    let again = commit(&desk.store, change).await;
    assert_eq!(again, Err(StoreError::Conflict(first.row.id.to_string())));
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn a_receipt_covers_what_was_committed_and_counts_the_log() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..2).await;
    let approved = Some(approve(&desk.store, &run).await);
    let change = attempt(&payment(&desk.store, &run, 1).await, approved);
    let id = change.row.id.clone();
    let receipt = desk.store.commit(ChangeSet { payments: vec![change], runs: vec![] }.into()).await.unwrap();
    assert!(receipt.covers(&id, 2) && !receipt.covers(&id, 1));
    assert_eq!(receipt.log_size, 5);
    assert_eq!(desk.store.log_head().await.unwrap().0, 5);
}

#[tokio::test]
async fn a_reference_belongs_to_one_payment_for_ever() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..2).await;
    let approved = Some(approve(&desk.store, &run).await);
    let change = attempt(&payment(&desk.store, &run, 1).await, approved);
    let reference = change.new_references[0].0.clone();
    commit(&desk.store, change).await.unwrap();
    let before = everything(&desk.store).await;
    let mut thief = attempt(&payment(&desk.store, &run, 2).await, approved);
    thief.new_references[0].0 = reference.clone();
    assert_eq!(commit(&desk.store, thief).await, Err(StoreError::ReferenceTaken(reference.clone())));
    assert_eq!(everything(&desk.store).await, before);
    assert_eq!(desk.store.by_reference(reference).await.unwrap().unwrap().row.id.n, 1);
}

#[tokio::test]
async fn an_obligation_cannot_be_put_under_another_payment_later() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..2).await;
    let mut change = next_event(&payment(&desk.store, &run, 1).await, confirmed(), None);
    change.row.key = key_of(&pay_row(9, 1));
    assert!(matches!(commit(&desk.store, change).await, Err(StoreError::Conflict(_))));
}

#[tokio::test]
async fn versions_that_do_not_count_events_are_refused() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..1).await;
    let mut change = next_event(&payment(&desk.store, &run, 1).await, confirmed(), None);
    change.row.version += 1;
    assert!(matches!(commit(&desk.store, change).await, Err(StoreError::Misused(_))));
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn approving_moves_the_payments_without_holds_as_replaying_does() {
    let desk = Desk::new().await;
    let (run, other) = (run_id(1), run_id(2));
    let hold = vec![Cause::PossibleDuplicate];
    let payments = vec![
        new_payment(&run, 1, 1, 600_000, vec![]),
        new_payment(&run, 2, 2, 600_000, hold.clone()),
        new_payment(&run, 3, 3, 600_000, hold),
        new_payment(&run, 4, 4, 600_000, vec![]),
    ];
    admit(&desk.store, &run, payments).await.unwrap();
    admit_workers(&desk.store, &other, 10..12).await;
    let named = next_event(&payment(&desk.store, &run, 3).await, confirmed(), None);
    let cancelled = Fact::Cancelled { by: "Budi".parse().unwrap(), because: "left".into() };
    let cancelled = next_event(&payment(&desk.store, &run, 4).await, cancelled, None);
    let row = desk.store.run(run.clone()).await.unwrap().unwrap();
    let changes = ChangeSet { payments: vec![named, cancelled], runs: vec![approved_run(&row)] };
    desk.store.commit(changes.into()).await.unwrap();
    let states: Vec<_> =
        all_payments(&desk.store).await.iter().map(|stored| (stored.row.state, stored.row.version)).collect();
    use PaymentState::{AwaitingApproval as Awaiting, Cancelled, Ready};
    assert_eq!(states, [(Ready, 1), (Awaiting, 1), (Ready, 2), (Cancelled, 2), (Awaiting, 1), (Awaiting, 1)]);
    assert_consistent(&desk.store).await;
    // Naming the held one after the approval releases it by its own event.
    let approved = desk.store.run(run.clone()).await.unwrap().unwrap().approved_seq;
    commit(&desk.store, next_event(&payment(&desk.store, &run, 2).await, confirmed(), approved)).await.unwrap();
    assert_eq!(payment(&desk.store, &run, 2).await.row.state, Ready);
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn two_approvals_decided_on_the_same_version_leave_one() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..1).await;
    let row = desk.store.run(run.clone()).await.unwrap().unwrap();
    approve(&desk.store, &run).await;
    let again = ChangeSet { payments: vec![], runs: vec![approved_run(&row)] };
    assert_eq!(desk.store.commit(again.into()).await.unwrap_err(), StoreError::Conflict(run.to_string()));
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn a_payment_of_a_run_that_does_not_exist_is_refused() {
    let desk = Desk::new().await;
    let orphan = new_payment(&run_id(1), 1, 1, 600_000, vec![]);
    assert!(matches!(commit(&desk.store, orphan).await, Err(StoreError::Misused(_))));
    assert_eq!(desk.store.log_head().await.unwrap().0, 0);
}

#[tokio::test]
async fn the_last_destination_is_the_last_one() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..1).await;
    for destination in [[4; 16], [5; 16]] {
        let mut change = next_event(&payment(&desk.store, &run, 1).await, confirmed(), None);
        change.settled_to = Some(SettledTo { worker: [1; 16], destination });
        commit(&desk.store, change).await.unwrap();
    }
    let found = desk.store.last_destinations(vec![[9; 16], [1; 16]]).await.unwrap();
    assert_eq!(found, [None, Some([5; 16])]);
}
