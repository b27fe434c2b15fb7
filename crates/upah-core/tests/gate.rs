//! A rail's gate: one worker's fault does not stop the others, ours stops the rail.
use crate::world::{evidence, refusal};
use proptest::prelude::*;
use upah_core::cause::{Cause, Whose};
use upah_core::evidence::{Doubt, SubmitOutcome};
use upah_core::gate::{Gate, Passage};
use upah_core::time::Timestamp;

fn outcomes() -> impl Strategy<Value = SubmitOutcome> {
    let cause = prop::sample::select(Cause::ALL.to_vec());
    prop_oneof![
        Just(SubmitOutcome::Settled(evidence("200"))),
        Just(SubmitOutcome::Accepted(evidence("202"))),
        Just(SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None }),
        cause.clone().prop_map(|cause| SubmitOutcome::Refused(refusal(cause))),
        (cause, prop::option::of(0..9_000u32))
            .prop_map(|(cause, retry_after_seconds)| SubmitOutcome::NotSent { cause, retry_after_seconds }),
    ]
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_795_600_000_000).plus_seconds(seconds)
}

proptest! {
    #[test]
    fn a_rail_that_was_parked_sends_nothing_more_in_its_session(
        before in prop::collection::vec(outcomes(), 0..8), after in prop::collection::vec(outcomes(), 0..40)
    ) {
        let mut gate = Gate::default();
        before.iter().for_each(|outcome| gate.observe(outcome, at(0)));
        gate.park(Cause::InsufficientFunds);
        let first = gate.passage(at(0));
        prop_assert!(matches!(first, Passage::Parked(_)));
        for (second, outcome) in after.iter().enumerate() {
            gate.observe(outcome, at(second as u64));
            gate.works();
            prop_assert_eq!(gate.passage(at(1_000_000)), first, "opened, or told another reason, after {:?}", outcome);
        }
    }

    #[test]
    fn a_bank_that_asks_to_wait_is_left_alone_for_as_long_as_it_asked(
        pauses in prop::collection::vec(prop::option::of(1..9_000u32), 1..12), work: bool
    ) {
        let mut gate = Gate::default();
        let mut until = at(0);
        for (i, pause) in pauses.iter().enumerate() {
            let now = at(i as u64);
            let outcome = SubmitOutcome::NotSent { cause: Cause::TooManyRequests, retry_after_seconds: *pause };
            gate.observe(&outcome, now);
            if work {
                gate.works();
            }
            until = until.max(now.plus_seconds(u64::from(pause.unwrap_or(1))));
            let just_before = Timestamp::from_millis(until.millis() - 1);
            let Passage::NotBefore(told) = gate.passage(just_before) else {
                return Err(TestCaseError::fail("sent while the bank asked to wait"));
            };
            prop_assert!(told >= until);
        }
        prop_assert_eq!(gate.passage(at(1_000_000)), Passage::Open, "slowing down parks nobody");
    }

    #[test]
    fn one_malformed_row_does_not_stop_a_village(good in prop::collection::vec(0..4usize, 1..40)) {
        // Fewer than five in a row, however many in all.
        let mut gate = Gate::default();
        for malformed in good {
            for _ in 0..malformed {
                gate.observe(&SubmitOutcome::Refused(refusal(Cause::BadRequest)), at(0));
            }
            prop_assert_eq!(gate.passage(at(9)), Passage::Open);
            gate.observe(&SubmitOutcome::Settled(evidence("200")), at(0));
        }
    }

    #[test]
    fn a_worker_whose_account_is_closed_does_not_stop_the_others(
        cause in prop::sample::select(Cause::ALL.to_vec()), times in 1..50usize
    ) {
        let mut gate = Gate::default();
        for _ in 0..times {
            gate.observe(&SubmitOutcome::Refused(refusal(cause)), at(0));
        }
        let parked = matches!(gate.passage(at(1_000)), Passage::Parked(_));
        let ours = cause.guide().whose == Whose::Sender && (cause != Cause::BadRequest || times >= 5);
        prop_assert_eq!(parked, ours || cause == Cause::OutsideHours, "{:?} × {}", cause, times);
    }
}

#[test]
fn an_unreachable_or_silent_bank_is_not_tried_with_every_wage() {
    let mut gate = Gate::default();
    let unreachable = SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None };
    for _ in 0..4 {
        assert!(!matches!(gate.passage(at(9)), Passage::Parked(_)));
        gate.observe(&unreachable, at(0));
    }
    assert_eq!(gate.passage(at(9)), Passage::Parked(Cause::RailUnreachable));
    let mut gate = Gate::default();
    for _ in 0..64 {
        assert!(!matches!(gate.passage(at(9)), Passage::Parked(_)));
        gate.observe(&SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None }, at(0));
    }
    assert_eq!(gate.passage(at(9)), Passage::Parked(Cause::NoAnswer));
}
