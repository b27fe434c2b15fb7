//! Whatever is written, in whatever order and with whatever failures between: rows follow from
//! events, and the log's root from its leaves.
use crate::book::*;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use upah_core::cause::Cause;
use upah_core::store::{ChangeSet, Store};

#[derive(Clone, Debug)]
enum Step {
    /// Admits workers `from..from + count`, some of them held, some perhaps known; drops it when told so.
    Admit { from: u32, count: u32, held: u32, finish: bool },
    /// Approves the run with this index.
    Approve(usize),
    /// Names a held payment.
    Confirm(usize),
    /// Writes down an attempt for a payment, perhaps together with one that conflicts.
    Attempt { which: usize, spoilt: bool },
    /// Closes and opens.
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0u32..600, 1u32..300, 0u32..5, prop::bool::weighted(0.7))
            .prop_map(|(from, count, held, finish)| Step::Admit { from, count, held, finish }),
        2 => (0usize..4).prop_map(Step::Approve),
        2 => any::<prop::sample::Index>().prop_map(|i| Step::Confirm(i.index(1000))),
        4 => (any::<prop::sample::Index>(), any::<bool>())
            .prop_map(|(i, spoilt)| Step::Attempt { which: i.index(1000), spoilt }),
        1 => Just(Step::Reopen),
    ]
}

async fn take(mut desk: Desk, step: Step, runs_made: &mut u8) -> Desk {
    let store = &desk.store;
    let runs = store.runs().await.unwrap();
    let payments = all_payments(store).await;
    let approved_of = |id| runs.iter().find(|run| run.id == id).and_then(|run| run.approved_seq);
    match step {
        Step::Admit { from, count, held, finish } => {
            *runs_made += 1;
            let run = run_id(*runs_made);
            let change = |i: u32| {
                let holds = if i < held { vec![Cause::PossibleDuplicate] } else { vec![] };
                new_payment(&run, i + 1, from + i, 600_000, holds)
            };
            let staged: Vec<_> = (0..count).map(change).collect();
            let sealed = sealed_run(&run, &staged);
            let mut admission = store.admit().await.unwrap();
            let fresh = admission.stage(&run, staged).await.is_ok();
            if finish {
                assert_eq!(admission.finish(vec![sealed]).await.is_ok(), fresh);
            }
        }
        Step::Approve(i) => {
            if let Some(run) = runs.get(i).filter(|run| run.approved_seq.is_none()) {
                approve(store, &run.id).await;
            }
        }
        Step::Confirm(i) => {
            if let Some(stored) = payments.iter().cycle().nth(i).filter(|stored| stored.row.held) {
                let change = next_event(stored, confirmed(), approved_of(stored.row.instructed_by.clone()));
                commit(store, change).await.unwrap();
            }
        }
        Step::Attempt { which, spoilt } => {
            if let Some(stored) = payments.iter().cycle().nth(which)
                && stored.row.state == upah_core::PaymentState::Ready
            {
                let change = attempt(stored, approved_of(stored.row.instructed_by.clone()));
                let mut both = vec![change.clone()];
                if spoilt {
                    both.push(change);
                }
                let written = store.commit(ChangeSet { payments: both, runs: vec![] }.into()).await;
                assert_eq!(written.is_err(), spoilt);
            }
        }
        Step::Reopen => desk = desk.reopened().await,
    }
    desk
}

#[test]
fn rows_and_root_follow_from_the_events_after_any_history() {
    // Each case is a database of its own: more than these would take longer than everything else together.
    let cases = (ProptestConfig::default().cases / 16).clamp(1, 24);
    let mut runner = TestRunner::new(ProptestConfig { cases, ..ProptestConfig::default() });
    let histories = prop::collection::vec(step(), 1..14);
    let proved = runner.run(&histories, |steps| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut desk = Desk::new().await;
            let mut runs_made = 0;
            for step in steps {
                desk = take(desk, step, &mut runs_made).await;
                assert_consistent(&desk.store).await;
            }
        });
        Ok(())
    });
    proved.unwrap();
}
