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

/// What an outcome leads to when it comes at this second.
fn observed(gate: &mut Gate, outcome: &SubmitOutcome, second: u64) -> Passage {
    gate.observe(outcome, at(second));
    gate.passage(at(second))
}

fn silence() -> SubmitOutcome {
    SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None }
}

#[test]
fn an_unreachable_bank_is_tried_again_after_longer_and_longer_pauses_and_then_left_alone() {
    let mut gate = Gate::default();
    let unreachable = SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None };
    for (tried_at, again_at) in [(0, 1), (1, 3), (3, 7), (7, 15)] {
        assert_eq!(gate.passage(at(tried_at)), Passage::Open);
        // A whole village was on its way, and one cable was cut.
        for _ in 0..32 {
            assert_eq!(observed(&mut gate, &unreachable, tried_at), Passage::NotBefore(at(again_at)));
        }
    }
    assert_eq!(observed(&mut gate, &unreachable, 15), Passage::Parked(Cause::RailUnreachable));
}

#[test]
fn a_bank_that_is_reached_again_in_time_goes_on_paying() {
    let mut gate = Gate::default();
    let unreachable = SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None };
    for round in 0..10 {
        for tried_at in [0, 1, 3, 7] {
            assert_ne!(
                observed(&mut gate, &unreachable, round * 100 + tried_at),
                Passage::Parked(Cause::RailUnreachable)
            );
        }
        assert_eq!(observed(&mut gate, &SubmitOutcome::Settled(evidence("200")), round * 100 + 15), Passage::Open);
    }
}

/// Each of them waits for the trust window: sixty-four, then sixteen, then four.
#[test]
fn a_bank_that_answers_nobody_gets_no_more_wages_until_it_answers_a_question() {
    let mut gate = Gate::default();
    for lost in [64, 16, 4] {
        for _ in 0..lost {
            // Before each the account is asked about, and its bank is at home.
            gate.works();
            assert_eq!(gate.passage(at(0)), Passage::Open, "stopped too early");
            gate.observe(&silence(), at(0));
        }
        let told = gate.passage(at(1_000_000));
        assert_eq!(told.blocked(), Some(Cause::NoAnswer));
        if lost > 4 {
            assert_eq!(told, Passage::Tripped(Cause::NoAnswer), "time alone lets nobody go");
            // Those that were on their way when it tripped come back without an answer as well.
            for _ in 0..100 {
                gate.observe(&silence(), at(0));
            }
            gate.works();
        }
    }
    gate.observe(&SubmitOutcome::Settled(evidence("200")), at(0));
    assert_eq!(gate.passage(at(0)), Passage::Parked(Cause::NoAnswer), "a transfer service that is broken is not fed");
}

#[test]
fn what_was_lost_counts_for_as_long_as_no_payment_was_taken() {
    let mut gate = Gate::default();
    for _ in 0..5 {
        for _ in 0..64 {
            assert_eq!(gate.passage(at(0)), Passage::Open);
            gate.observe(&silence(), at(0));
        }
        assert_eq!(gate.passage(at(0)), Passage::Tripped(Cause::NoAnswer));
        gate.observe(&SubmitOutcome::Accepted(evidence("202")), at(0));
    }
    for _ in 0..5 {
        assert_eq!(gate.passage(at(0)), Passage::Open);
        gate.works();
        gate.observe(&SubmitOutcome::Refused(refusal(Cause::BadRequest)), at(0));
    }
    assert_eq!(gate.passage(at(0)), Passage::Parked(Cause::BadRequest), "asking about accounts mends no request");
}

/// Doubles with each refusal, to half a minute.
#[test]
fn a_bank_that_asks_to_wait_without_saying_how_long_is_left_alone_for_longer_each_time() {
    let mut gate = Gate::default();
    let slowed = SubmitOutcome::NotSent { cause: Cause::TooManyRequests, retry_after_seconds: None };
    let mut now = 0;
    for pause in [1, 2, 4, 8, 16, 32, 32, 32] {
        assert_eq!(gate.passage(at(now)), Passage::Open);
        assert_eq!(observed(&mut gate, &slowed, now), Passage::NotBefore(at(now + pause)));
        now += pause;
    }
    gate.works();
    assert_eq!(observed(&mut gate, &slowed, now), Passage::NotBefore(at(now + 1)), "it works again");
}

#[test]
fn a_bank_that_knows_every_reference_already_is_not_taken_for_a_silent_one() {
    let mut gate = Gate::default();
    for doubt in [Doubt::Duplicate, Doubt::Inconsistent] {
        let known = SubmitOutcome::Unknown { doubt, evidence: None };
        for _ in 0..200 {
            assert_eq!(observed(&mut gate, &known, 0), Passage::Open);
        }
    }
    for doubt in [Doubt::NoAnswer, Doubt::Unreadable, Doubt::ProviderError, Doubt::Suspended, Doubt::Interrupted] {
        let mut gate = Gate::default();
        (0..64).for_each(|_| gate.observe(&SubmitOutcome::Unknown { doubt, evidence: None }, at(0)));
        assert_eq!(gate.passage(at(0)), Passage::Tripped(Cause::NoAnswer), "{doubt:?}");
    }
}
