//! A batch refuses what one change after the other would refuse, by the same name.
use crate::book::*;
use upah_core::store::{ChangeSet, PaymentChange, Store, StoreError};

async fn refusal(desk: &Desk, payments: Vec<PaymentChange>) -> StoreError {
    let before = (all_payments(&desk.store).await, desk.store.log_head().await.unwrap());
    let refused = desk.store.commit(ChangeSet { payments, runs: vec![] }.into()).await.unwrap_err();
    assert_eq!((all_payments(&desk.store).await, desk.store.log_head().await.unwrap()), before);
    refused
}

/// Three approved payments, and a change for each of them that fits.
async fn three() -> (Desk, Option<u64>, Vec<PaymentChange>) {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..3).await;
    let approved = Some(approve(&desk.store, &run).await);
    let mut changes = vec![];
    for n in 1..=3 {
        changes.push(attempt(&payment(&desk.store, &run, n).await, approved));
    }
    (desk, approved, changes)
}

fn stale(mut change: PaymentChange) -> PaymentChange {
    change.expected_version += 6;
    change.row.version += 6;
    change
}

#[tokio::test]
async fn of_several_reasons_the_first_in_order_is_told() {
    let (desk, _, changes) = three().await;
    let [one, two, three] = [changes[0].clone(), changes[1].clone(), changes[2].clone()];
    let conflict = |change: &PaymentChange| StoreError::Conflict(change.row.id.to_string());
    let mut miscounted = two.clone();
    miscounted.row.version += 1;
    let mut thief = three.clone();
    thief.new_references[0].0 = one.new_references[0].0.clone();

    let told = refusal(&desk, vec![stale(one.clone()), miscounted.clone()]).await;
    assert_eq!(told, conflict(&one));
    assert!(matches!(refusal(&desk, vec![miscounted, stale(three.clone())]).await, StoreError::Misused(_)));
    let taken = StoreError::ReferenceTaken(one.new_references[0].0.clone());
    assert_eq!(refusal(&desk, vec![one.clone(), thief.clone(), stale(two.clone())]).await, taken);
    assert_eq!(refusal(&desk, vec![one.clone(), stale(two.clone()), thief.clone()]).await, conflict(&two));
    assert_eq!(refusal(&desk, vec![one.clone(), stale(thief)]).await, conflict(&three));
    // An obligation of the store before a stale version, and the other way round.
    let again = new_payment(&run_id(1), 9, 1, 600_000, vec![]);
    let owed = StoreError::ObligationTaken { row: again.row.row };
    assert_eq!(refusal(&desk, vec![again.clone(), stale(one.clone())]).await, owed);
    assert_eq!(refusal(&desk, vec![stale(one.clone()), again]).await, conflict(&one));
    let number = new_payment(&run_id(1), 2, 77, 600_000, vec![]);
    assert_eq!(refusal(&desk, vec![number.clone()]).await, conflict(&number));
    // After all that the same changes still go in.
    desk.store.commit(ChangeSet { payments: vec![one, two, three], runs: vec![] }.into()).await.unwrap();
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn several_changes_of_one_payment_are_one_after_the_other() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..2).await;
    let stored = payment(&desk.store, &run, 1).await;
    let first = next_event(&stored, confirmed(), None);
    let mut told = stored.clone();
    told.row = first.row.clone();
    told.records.push(upah_core::store::StoredRecord {
        seq: 3,
        stream: told.records[0].stream.clone(),
        record: Some(first.records[0].record.clone()),
        salt: Some(first.records[0].salt),
        leaf_hash: [0; 32],
    });
    let second = next_event(&told, confirmed(), None);
    let conflict = StoreError::Conflict(stored.row.id.to_string());
    assert_eq!(refusal(&desk, vec![second.clone(), first.clone()]).await, conflict);
    assert_eq!(refusal(&desk, vec![first.clone(), first.clone()]).await, conflict);
    desk.store.commit(ChangeSet { payments: vec![first, second], runs: vec![] }.into()).await.unwrap();
    assert_eq!(payment(&desk.store, &run, 1).await.row.version, 3);
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn a_set_of_many_rounds_is_all_or_nothing() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..2_500).await;
    let approved = Some(approve(&desk.store, &run).await);
    let page = upah_core::store::Page { run: None, states: vec![], after: None, limit: 5_000 };
    let stored = desk.store.page(page).await.unwrap().0;
    let mut changes: Vec<_> = stored.iter().map(|stored| attempt(stored, approved)).collect();
    let last = changes.pop().unwrap();
    changes.push(stale(last.clone()));
    assert_eq!(refusal(&desk, changes.clone()).await, StoreError::Conflict(last.row.id.to_string()));
    changes.pop();
    changes.push(last);
    desk.store.commit(ChangeSet { payments: changes, runs: vec![] }.into()).await.unwrap();
    assert_consistent(&desk.store).await;
}
