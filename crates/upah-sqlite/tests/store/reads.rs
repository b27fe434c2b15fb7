//! What the reads answer.
use crate::book::*;
use upah_core::PaymentState;
use upah_core::setting::Setting;
use upah_core::store::{Page, Store, StoreError, Sum};

#[tokio::test]
async fn a_setting_stays_what_it_was_first() {
    let desk = Desk::new();
    assert_eq!(desk.store.setting(Setting::Mode).await.unwrap(), None);
    assert_eq!(desk.store.settle_setting(Setting::Mode, "live".into()).await.unwrap(), "live");
    assert_eq!(desk.store.settle_setting(Setting::Mode, "sandbox".into()).await.unwrap(), "live");
    assert_eq!(desk.reopened().store.setting(Setting::Mode).await.unwrap(), Some("live".into()));
}

#[tokio::test]
async fn known_answers_in_the_order_of_the_question() {
    let desk = Desk::new();
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..3).await;
    let key = |worker| key_of(&pay_row(worker, 600_000));
    let found = desk.store.known(vec![key(2), key(77), key(0)]).await.unwrap();
    let told: Vec<_> = found.iter().map(|known| known.as_ref().map(|known| known.id.n)).collect();
    assert_eq!(told, [Some(3), None, Some(1)]);
}

#[tokio::test]
async fn pages_of_any_size_show_each_payment_once_in_one_order() {
    let desk = Desk::new();
    let (one, two) = (run_id(1), run_id(2));
    admit_workers(&desk.store, &one, 0..7).await;
    admit_workers(&desk.store, &two, 10..15).await;
    approve(&desk.store, &two).await;
    use PaymentState::{AwaitingApproval as Awaiting, Ready, Settled};
    let questions = [
        (None, vec![], 12),
        (Some(one), vec![], 7),
        (Some(two), vec![Ready], 5),
        (None, vec![Ready, Awaiting], 12),
        (None, vec![Awaiting, Awaiting], 7),
        (None, vec![Settled], 0),
        (Some(run_id(9)), vec![], 0),
    ];
    for (run, states, count) in questions {
        for limit in [1, 2, 5, 7, 12, 100] {
            let (mut seen, mut after) = (vec![], None);
            loop {
                let page = Page { run: run.clone(), states: states.clone(), after, limit };
                let (payments, next) = desk.store.page(page).await.unwrap();
                assert!(payments.len() <= limit);
                seen.extend(payments.into_iter().map(|stored| (stored.row.id, stored.row.state)));
                assert!(next.is_none() || next > after, "the next page begins no later");
                after = next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen.len(), count, "{run:?} {states:?} {limit}");
            assert!(seen.iter().all(|(_, state)| states.is_empty() || states.contains(state)));
            assert!(seen.windows(2).all(|pair| pair[0].0 != pair[1].0));
        }
    }
}

#[tokio::test]
async fn sums_over_states_are_the_total_of_the_run() {
    let desk = Desk::new();
    let (one, two) = (run_id(1), run_id(2));
    admit_workers(&desk.store, &one, 0..7).await;
    admit_workers(&desk.store, &two, 10..15).await;
    let approved = Some(approve(&desk.store, &two).await);
    commit(&desk.store, attempt(&payment(&desk.store, &two, 1).await, approved)).await.unwrap();
    let sum = |count| Sum { count, amount: count * 600_000 };
    use PaymentState::{AwaitingApproval as Awaiting, Ready, Sending};
    assert_eq!(desk.store.sums(None).await.unwrap(), [(Awaiting, sum(7)), (Ready, sum(4)), (Sending, sum(1))]);
    assert_eq!(desk.store.sums(Some(two)).await.unwrap(), [(Ready, sum(4)), (Sending, sum(1))]);
    assert_eq!(desk.store.sums(Some(run_id(9))).await.unwrap(), []);
}

#[tokio::test]
async fn a_run_is_found_by_its_key_and_a_second_one_cannot_take_it() {
    let desk = Desk::new();
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..1).await;
    let row = desk.store.run(run.clone()).await.unwrap().unwrap();
    assert_eq!(desk.store.run_by_key(employer(), row.key.clone()).await.unwrap().unwrap(), row);
    assert_eq!(desk.store.run_by_key("other".parse().unwrap(), row.key.clone()).await.unwrap(), None);
    let mut second = sealed_run(&run_id(2), &[]);
    second.row.key = row.key;
    let admission = desk.store.admit().await.unwrap();
    assert_eq!(admission.finish(vec![second]).await.unwrap_err(), StoreError::RunKeyTaken);
}

#[tokio::test]
async fn a_checkpoint_beyond_the_log_is_refused_and_the_newest_is_told() {
    let desk = Desk::new();
    admit_workers(&desk.store, &run_id(1), 0..2).await;
    assert!(matches!(desk.store.save_checkpoint(4, "x".into()).await, Err(StoreError::Misused(_))));
    desk.store.save_checkpoint(3, "newest".into()).await.unwrap();
    desk.store.save_checkpoint(1, "older".into()).await.unwrap();
    assert_eq!(desk.store.last_checkpoint().await.unwrap(), Some((3, "newest".into())));
    desk.store.save_checkpoint(3, "newest, cosigned".into()).await.unwrap();
    desk.store.save_checkpoint(3, "newest".into()).await.unwrap();
    assert_eq!(desk.store.last_checkpoint().await.unwrap(), Some((3, "newest, cosigned".into())));
}
