//! Admission: a million rows or none.
use crate::book::*;
use upah_core::PaymentState;
use upah_core::store::{Store, StoreError};
use upah_postgres::Postgres;

async fn is_empty(store: &Postgres) -> bool {
    all_payments(store).await.is_empty()
        && store.runs().await.unwrap().is_empty()
        && store.records(0, 10).await.unwrap().is_empty()
        && store.log_head().await.unwrap() == (0, upah_tlog::empty_root().0)
}

#[tokio::test]
async fn a_dropped_admission_leaves_no_trace_and_lets_the_next_one_in() {
    let desk = Desk::new().await;
    let run = run_id(1);
    let mut admission = desk.store.admit().await.unwrap();
    let payments = (1..700).map(|n| new_payment(&run, n, n, 600_000, vec![])).collect();
    admission.stage(&run, payments).await.unwrap();
    drop(admission);
    assert!(is_empty(&desk.store).await);
    admit_workers(&desk.store, &run, 0..3).await;
    assert_consistent(&desk.store).await;
    assert_eq!(all_payments(&desk.reopened().await.store).await.len(), 3);
}

#[tokio::test]
async fn what_is_staged_is_not_seen_before_it_is_finished() {
    let desk = Desk::new().await;
    let run = run_id(1);
    let payments = vec![new_payment(&run, 1, 1, 600_000, vec![])];
    let sealed = sealed_run(&run, &payments);
    let mut admission = desk.store.admit().await.unwrap();
    admission.stage(&run, payments).await.unwrap();
    assert!(is_empty(&desk.store).await);
    admission.finish(vec![sealed]).await.unwrap();
    assert!(!is_empty(&desk.store).await);
}

#[tokio::test]
async fn two_runs_come_in_together_and_one_may_be_approved_at_once() {
    let desk = Desk::new().await;
    let (one, two) = (run_id(1), run_id(2));
    let first = vec![new_payment(&one, 1, 1, 600_000, vec![])];
    let second = vec![new_payment(&two, 1, 2, 700_000, vec![]), new_payment(&two, 2, 3, 700_000, vec![])];
    let (sealed_one, sealed_two) = (sealed_run(&one, &first), sealed_run(&two, &second));
    let approved = approved_run(&sealed_two.row);
    let mut admission = desk.store.admit().await.unwrap();
    admission.stage(&one, first).await.unwrap();
    admission.stage(&two, second).await.unwrap();
    let receipt = admission.finish(vec![sealed_one, sealed_two, approved]).await.unwrap();
    assert_eq!(receipt.log_size, 6);
    let runs = desk.store.runs().await.unwrap();
    assert_eq!(
        runs.iter().map(|run| (run.id.clone(), run.approved_seq)).collect::<Vec<_>>(),
        [(one, None), (two, Some(5))]
    );
    let states: Vec<_> = all_payments(&desk.store).await.iter().map(|stored| stored.row.state).collect();
    assert_eq!(states, [PaymentState::AwaitingApproval, PaymentState::Ready, PaymentState::Ready]);
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn if_one_of_two_runs_cannot_come_in_neither_does() {
    let desk = Desk::new().await;
    let (one, two) = (run_id(1), run_id(2));
    let payments = vec![new_payment(&one, 1, 1, 600_000, vec![])];
    let sealed_one = sealed_run(&one, &payments);
    let mut sealed_two = sealed_run(&two, &[]);
    sealed_two.row.key = sealed_one.row.key.clone();
    let mut admission = desk.store.admit().await.unwrap();
    admission.stage(&one, payments).await.unwrap();
    let refused = admission.finish(vec![sealed_one, sealed_two]).await.unwrap_err();
    assert_eq!(refused, StoreError::RunKeyTaken);
    assert!(is_empty(&desk.store).await);
}

#[tokio::test]
async fn staged_payments_whose_run_is_not_given_do_not_come_in() {
    let desk = Desk::new().await;
    let run = run_id(1);
    let mut admission = desk.store.admit().await.unwrap();
    admission.stage(&run, vec![new_payment(&run, 1, 1, 600_000, vec![])]).await.unwrap();
    assert!(matches!(admission.finish(vec![]).await, Err(StoreError::Misused(_))));
    assert!(is_empty(&desk.store).await);
}

#[tokio::test]
async fn an_obligation_is_admitted_once_and_the_second_row_is_named() {
    let desk = Desk::new().await;
    let (one, two) = (run_id(1), run_id(2));
    admit_workers(&desk.store, &one, 0..3).await;
    let again = vec![new_payment(&two, 1, 7, 600_000, vec![]), new_payment(&two, 2, 2, 999_000, vec![])];
    let row = again[1].row.row;
    assert_eq!(admit(&desk.store, &two, again).await, Err(StoreError::ObligationTaken { row }));
    let twice = vec![new_payment(&two, 1, 8, 600_000, vec![]), new_payment(&two, 2, 8, 600_000, vec![])];
    assert!(matches!(admit(&desk.store, &two, twice).await, Err(StoreError::ObligationTaken { .. })));
    assert_eq!(all_payments(&desk.store).await.len(), 3);
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn an_admission_in_which_staging_failed_cannot_be_finished() {
    let desk = Desk::new().await;
    let (one, two) = (run_id(1), run_id(2));
    admit_workers(&desk.store, &one, 0..1).await;
    let mut admission = desk.store.admit().await.unwrap();
    let first = vec![new_payment(&two, 1, 5, 600_000, vec![])];
    let sealed = sealed_run(&two, &first);
    admission.stage(&two, first).await.unwrap();
    admission.stage(&two, vec![new_payment(&two, 2, 0, 600_000, vec![])]).await.unwrap_err();
    assert!(matches!(admission.finish(vec![sealed]).await, Err(StoreError::Misused(_))));
    assert_eq!(all_payments(&desk.store).await.len(), 1);
}

#[tokio::test]
async fn a_payment_may_be_instructed_again_by_a_later_run() {
    let desk = Desk::new().await;
    let (one, two) = (run_id(1), run_id(2));
    admit_workers(&desk.store, &one, 0..2).await;
    approve(&desk.store, &one).await;
    let stored = payment(&desk.store, &one, 1).await;
    let fact = new_payment(&two, 9, 0, 600_000, vec![]).records[0].record.clone();
    let fact = upah_core::event::PaymentEvent::open(&fact).unwrap().fact;
    let change = next_event(&stored, fact, None);
    admit(&desk.store, &two, vec![change, new_payment(&two, 1, 7, 600_000, vec![])]).await.unwrap();
    let again = payment(&desk.store, &one, 1).await;
    assert_eq!((again.row.state, again.row.instructed_by.clone()), (PaymentState::AwaitingApproval, two.clone()));
    assert_consistent(&desk.store).await;
    approve(&desk.store, &two).await;
    assert_eq!(payment(&desk.store, &one, 1).await.row.state, PaymentState::Ready);
    assert_consistent(&desk.store).await;
}
