//! Single stories of one wage, each told to its end: what the histories find, kept as examples.
use crate::world::bank::{OnAsk, OnSubmit};
use crate::world::driver::{Crash, Setup, World};
use crate::world::history::until_rest;
use upah_core::planner::Command;
use upah_core::{AttemptState, Cause, PaymentState};

const HONEST: Setup = Setup {
    trust_seconds: 90,
    places: 1,
    serves_first: true,
    inspects: false,
    held: false,
    treacherous: false,
    pays_repeats: false,
};

fn approved(setup: Setup) -> World {
    let mut world = World::new(setup);
    world.approve();
    world
}

fn steps(world: &mut World, count: usize, submit: OnSubmit) {
    for _ in 0..count {
        world.step(submit, OnAsk::Truth, Crash::No).unwrap();
        world.check();
    }
}

fn step_until(world: &mut World, submit: OnSubmit, done: impl Fn(&World) -> bool) {
    for _ in 0..60 {
        if done(world) {
            return;
        }
        steps(world, 1, submit);
    }
    panic!("never: {:?}", world.payment);
}

fn sends(world: &World) -> u16 {
    world.payment.attempts.iter().map(|attempt| attempt.sends).sum()
}

#[test]
fn a_held_wage_waits_until_the_approver_names_it() {
    let mut world = World::new(Setup { held: true, ..HONEST });
    for again in [false, true] {
        world.approve_run();
        steps(&mut world, 3, OnSubmit::Pays);
        assert_eq!((world.payment.state, sends(&world)), (PaymentState::AwaitingApproval, 0), "again: {again}");
        world.approve();
        assert_eq!(world.payment.state, PaymentState::Ready);
        if !again {
            // Another place for it: what was confirmed was the old one.
            world.reinstruct();
        }
    }
    until_rest(&mut world, 20);
    assert_eq!(world.payment.state, PaymentState::Settled);
}

#[test]
fn a_lost_answer_is_asked_about_and_sent_again_only_after_trusted_silence() {
    let mut world = approved(HONEST);
    let sent_at = world.now();
    steps(&mut world, 1, OnSubmit::Loses);
    step_until(&mut world, OnSubmit::Pays, |world| sends(world) == 2);
    assert!(world.now().millis_since(sent_at) >= 90_000);
    assert_eq!((world.payment.state, world.bank.credited), (PaymentState::Settled, 1));
}

#[test]
fn a_repeat_that_is_cut_off_does_not_leave_her_waiting_for_ever() {
    let mut world = approved(HONEST);
    steps(&mut world, 1, OnSubmit::Loses);
    step_until(&mut world, OnSubmit::Loses, |world| matches!(world.next(), Command::Resend { .. }));
    world.step(OnSubmit::Loses, OnAsk::Truth, Crash::AfterSend).unwrap_err();
    world.restart(1_000, 0, false);
    assert_eq!((world.payment.state, world.payment.attempts[0].send_ended_at), (PaymentState::Unknown, None));
    until_rest(&mut world, 60);
    assert_eq!((world.payment.state, world.bank.credited), (PaymentState::Settled, 1));
}

#[test]
fn a_bank_that_claims_to_know_her_wage_and_never_finds_it_is_shown_to_somebody() {
    let mut world = approved(HONEST);
    steps(&mut world, 1, OnSubmit::ClaimsToKnow);
    until_rest(&mut world, 60);
    assert_eq!((world.payment.state, sends(&world)), (PaymentState::NeedsAction, 1));
    assert_eq!(world.payment.reason(), Some(Cause::ReferenceTooOld));
    assert!(world.payment.live_attempt().is_some(), "and nobody may pay her anew before it is clear");
}

#[test]
fn a_refused_repeat_frees_her_wage_only_while_the_bank_still_remembers() {
    for (days, state) in [(0, AttemptState::Refused), (2, AttemptState::Unknown)] {
        let mut world = approved(HONEST);
        steps(&mut world, 1, OnSubmit::Loses);
        let refuses = OnSubmit::Refuses(Cause::OutsideHours);
        step_until(&mut world, refuses, |world| sends(world) == 2);
        assert_eq!(world.payment.state, PaymentState::Unknown, "the refusal alone proves nothing");
        world.restart(days * 86_400_000 + 1_000, 0, false);
        until_rest(&mut world, 60);
        assert_eq!((world.payment.state, world.payment.attempts[0].state), (PaymentState::NeedsAction, state));
    }
}

#[test]
fn a_fault_of_the_rail_leaves_her_wage_ready_under_the_same_reference() {
    for cause in [Cause::OutsideHours, Cause::InsufficientFunds, Cause::CredentialsRefused] {
        let mut world = approved(HONEST);
        steps(&mut world, 1, OnSubmit::Refuses(cause));
        assert_eq!((world.payment.state, world.payment.reason()), (PaymentState::Ready, Some(cause)));
        until_rest(&mut world, 20);
        assert_eq!((world.payment.state, world.payment.attempts.len()), (PaymentState::Settled, 1));
    }
}

#[test]
fn a_closed_account_sends_her_wage_to_her_next_place_and_never_back() {
    for serves_first in [true, false] {
        let mut world = approved(Setup { serves_first, places: 2, ..HONEST });
        step_until(&mut world, OnSubmit::Refuses(Cause::InactiveAccount), |world| {
            world.payment.state == PaymentState::NeedsAction
        });
        let tried: Vec<u8> = world.payment.attempts.iter().map(|attempt| attempt.made.destination).collect();
        assert_eq!(tried, if serves_first { vec![0, 1] } else { vec![1] });
    }
}

#[test]
fn a_suspected_fraud_is_never_sent_elsewhere_by_itself() {
    let mut world = approved(Setup { places: 2, ..HONEST });
    step_until(&mut world, OnSubmit::Refuses(Cause::SuspectedFraud), |world| {
        world.payment.state == PaymentState::NeedsAction
    });
    assert_eq!((sends(&world), world.payment.reason()), (1, Some(Cause::SuspectedFraud)));
}

#[test]
fn another_account_is_neither_asked_about_nor_used_for_what_the_first_was_sent() {
    let mut world = approved(HONEST);
    steps(&mut world, 1, OnSubmit::PaysUnheard { hidden_millis: 0 });
    world.restart(1_000, 0, true);
    until_rest_without_restart(&mut world);
    assert_eq!((world.payment.state, world.payment.reason()), (PaymentState::NeedsAction, Some(Cause::RailChanged)));
    world.restart(1_000, 0, false);
    world.watch(OnAsk::Truth, Crash::No).unwrap();
    assert_eq!((world.payment.state, world.bank.credited), (PaymentState::Settled, 1));
}

#[test]
fn a_wage_that_came_back_waits_for_people_and_is_paid_once_more_after_a_corrected_file() {
    let mut world = approved(HONEST);
    until_rest(&mut world, 20);
    let now = world.real_millis();
    world.bank.send_back(now);
    world.restart(60_000, 0, false);
    world.watch(OnAsk::Truth, Crash::No).unwrap();
    assert_eq!(world.payment.state, PaymentState::Returned);
    until_rest(&mut world, 20);
    assert_eq!(world.bank.credited, 1, "a return is never sent again by itself");
    world.reinstruct();
    world.approve();
    until_rest(&mut world, 20);
    assert_eq!((world.payment.state, world.bank.credited, world.bank.returned), (PaymentState::Settled, 2, 1));
    world.check();
}

#[test]
fn a_wage_on_its_way_is_neither_cancelled_nor_corrected() {
    let contradicted = OnSubmit::EchoesAnother { pays: true };
    let working = OnSubmit::Accepts { millis: 1_000, pays: true };
    for submit in [OnSubmit::Loses, working, OnSubmit::Pays, contradicted] {
        let mut world = approved(HONEST);
        steps(&mut world, 1, submit);
        let before = (world.payment.state, world.payment.instruction.clone());
        world.cancel();
        world.reinstruct();
        assert_eq!((world.payment.state, world.payment.instruction.clone()), before);
        world.check();
    }
}

#[test]
fn money_that_another_store_sent_is_found_before_a_corrected_file_pays_again() {
    let mut world = approved(HONEST);
    world.other_store_pays();
    steps(&mut world, 1, OnSubmit::Refuses(Cause::OutsideHours));
    world.reinstruct();
    world.approve();
    until_rest(&mut world, 20);
    assert_eq!((world.payment.state, world.bank.credited), (PaymentState::Settled, 1));
    let now = world.real_millis();
    world.bank.send_back(now);
    world.restart(60_000, 0, false);
    world.watch(OnAsk::Truth, Crash::No).unwrap();
    assert_eq!(world.payment.state, PaymentState::Returned, "and that it came back is seen too");
}

#[test]
fn once_money_has_arrived_under_a_refused_attempt_the_next_one_is_not_repeated() {
    let mut world = approved(Setup { treacherous: true, places: 2, ..HONEST });
    steps(&mut world, 2, OnSubmit::Refuses(Cause::InvalidAccount));
    step_until(&mut world, OnSubmit::Loses, |world| world.payment.attempts.len() == 2);
    let made = world.payment.attempts[0].made.reference.clone();
    let now = world.real_millis();
    world.bank.pay_for_another_store(made.as_str(), now);
    world.hint(0, OnAsk::Truth);
    world.hint(1, OnAsk::Truth);
    until_rest(&mut world, 60);
    assert_eq!((world.payment.state, sends(&world)), (PaymentState::NeedsAction, 2));
    assert_eq!(world.payment.reason(), Some(Cause::Overpaid));
}

fn until_rest_without_restart(world: &mut World) {
    for _ in 0..40 {
        if world.step(OnSubmit::Pays, OnAsk::Truth, Crash::No).unwrap() == crate::world::driver::Did::Rests {
            return;
        }
    }
}

#[test]
fn a_refusal_is_believed_only_after_the_bank_was_asked_whether_another_store_had_paid_her() {
    for cause in [Cause::SuspectedFraud, Cause::InvalidAccount, Cause::InsufficientFunds] {
        let mut world = approved(HONEST);
        world.other_store_pays();
        steps(&mut world, 1, OnSubmit::Refuses(cause));
        until_rest(&mut world, 20);
        assert_eq!((world.payment.state, world.bank.credited), (PaymentState::Settled, 1), "{cause:?}");
        assert_eq!(world.payment.reason(), None, "she was paid, not overpaid");
    }
}

#[test]
fn the_bank_is_asked_after_every_refusal_and_not_only_after_the_first() {
    let mut world = approved(Setup { places: 2, ..HONEST });
    steps(&mut world, 2, OnSubmit::Refuses(Cause::OutsideHours));
    world.hint(0, OnAsk::Truth);
    let reference = world.payment.attempts[0].made.reference.clone();
    let now = world.real_millis();
    world.bank.pay_for_another_store(reference.as_str(), now);
    step_until(&mut world, OnSubmit::Refuses(Cause::InvalidAccount), |world| sends(world) == 2);
    until_rest(&mut world, 20);
    assert_eq!((world.payment.state, world.bank.credited), (PaymentState::Settled, 1));
}

#[test]
fn money_that_arrived_twice_is_counted_and_shown_to_somebody() {
    let mut world = approved(Setup { treacherous: true, places: 2, ..HONEST });
    steps(&mut world, 2, OnSubmit::Refuses(Cause::InvalidAccount));
    let unheard = OnSubmit::PaysUnheard { hidden_millis: 0 };
    step_until(&mut world, unheard, |world| world.payment.attempts.len() == 2);
    let made = world.payment.attempts[0].made.reference.clone();
    let now = world.real_millis();
    world.bank.pay_for_another_store(made.as_str(), now);
    world.hint(0, OnAsk::Truth);
    world.hint(1, OnAsk::Truth);
    assert_eq!((world.payment.state, world.payment.excess.value()), (PaymentState::NeedsAction, 600_000));
    assert_eq!(world.payment.reason(), Some(Cause::Overpaid));
    world.check();
}

/// With two places for her wage: what happened here first, and the reference under which another store then paid her.
#[test]
fn nothing_is_sent_again_once_another_store_has_paid_her_at_her_other_place() {
    let refuses = OnSubmit::Refuses;
    let unreached = OnSubmit::NotReached { retry_after_seconds: None };
    for (first, number) in
        [(refuses(Cause::OutsideHours), 2), (OnSubmit::Loses, 2), (unreached, 2), (refuses(Cause::InvalidAccount), 1)]
    {
        let mut world = approved(Setup { places: 2, ..HONEST });
        steps(&mut world, 1, first);
        if number == 1 {
            step_until(&mut world, OnSubmit::Pays, |world| matches!(world.next(), Command::Send { number: 2, .. }));
        }
        world.other_store_pays_under(number);
        until_rest(&mut world, 60);
        assert_eq!((world.payment.state, world.bank.credited, sends(&world)), (PaymentState::NeedsAction, 1, 1));
        assert_eq!(world.payment.reason(), Some(Cause::EvidenceConflict), "{first:?}");
    }
}

#[test]
fn a_question_that_fails_holds_her_wage_and_one_that_is_answered_lets_it_go() {
    let mut world = approved(Setup { places: 2, ..HONEST });
    for _ in 0..5 {
        world.step(OnSubmit::Pays, OnAsk::Silent, Crash::No).unwrap();
        assert_eq!((world.payment.state, sends(&world)), (PaymentState::Ready, 0));
    }
    steps(&mut world, 1, OnSubmit::Pays);
    assert_eq!((world.payment.state, world.bank.credited), (PaymentState::Settled, 1), "asked and sent in one step");
}
