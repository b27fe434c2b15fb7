//! When "we do not know it" may be believed: the difference between a wage sent once and twice.
use crate::world::bank::{OnAsk, OnSubmit};
use crate::world::driver::{Crash, Setup, World};
use crate::world::history::until_rest;
use upah_core::planner::Command;
use upah_core::{Cause, PaymentState};

const SETUP: Setup = Setup {
    trust_seconds: 90,
    places: 1,
    serves_first: true,
    inspects: false,
    held: false,
    treacherous: false,
    pays_repeats: false,
};
const HALF_MEMORY_MILLIS: i64 = 43_200_000;

/// Her wage was sent once; the answer is lost, and the bank's inquiry does not know it.
fn lost() -> World {
    let mut world = World::new(SETUP);
    world.approve();
    world.step(OnSubmit::Loses, OnAsk::Truth, Crash::No).unwrap();
    assert_eq!(world.payment.state, PaymentState::Unknown);
    world
}

fn would_resend(world: &World) -> bool {
    matches!(world.next(), Command::Resend { .. })
}

fn sends(world: &World) -> u16 {
    world.payment.attempts.iter().map(|attempt| attempt.sends).sum()
}

#[test]
fn a_wage_that_the_bank_does_not_know_yet_is_not_sent_again_within_the_trust_window() {
    let mut world = lost();
    for _ in 0..80 {
        world.sleep(1_000);
        world.hint(0, OnAsk::Truth);
        assert!(!would_resend(&world), "after {:?}", world.now());
    }
    world.sleep(15_000);
    world.hint(0, OnAsk::Truth);
    assert!(!would_resend(&world), "one answer is none");
    world.hint(0, OnAsk::Truth);
    assert!(!would_resend(&world), "two answers of one moment are one");
    world.sleep(1_000);
    world.hint(0, OnAsk::Truth);
    assert!(would_resend(&world));
}

#[test]
fn after_a_restart_the_trust_window_begins_anew() {
    let mut world = lost();
    world.sleep(100_000);
    world.hint(0, OnAsk::Truth);
    // The wall clock is no witness: it may have been set in between.
    world.restart(1_000, 3_600_000, false);
    world.hint(0, OnAsk::Truth);
    world.sleep(2_000);
    world.hint(0, OnAsk::Truth);
    assert!(!would_resend(&world));
    world.sleep(90_000);
    world.hint(0, OnAsk::Truth);
    world.sleep(1_000);
    world.hint(0, OnAsk::Truth);
    assert!(would_resend(&world));
}

#[test]
fn what_was_not_found_before_the_last_send_says_nothing_about_it() {
    let mut world = lost();
    for _ in 0..3 {
        world.sleep(100_000);
        world.hint(0, OnAsk::Truth);
    }
    world.step(OnSubmit::Loses, OnAsk::Truth, Crash::No).unwrap();
    assert_eq!(sends(&world), 2);
    world.sleep(100_000);
    world.hint(0, OnAsk::Truth);
    assert!(!would_resend(&world));
}

#[test]
fn a_bank_that_may_have_forgotten_her_wage_is_not_sent_it_again() {
    let mut world = lost();
    world.restart(HALF_MEMORY_MILLIS, 0, false);
    until_rest(&mut world, 60);
    assert_eq!((world.payment.state, sends(&world)), (PaymentState::NeedsAction, 1));
    assert_eq!(world.payment.reason(), Some(Cause::ReferenceTooOld));
}

#[test]
fn the_bank_remembers_the_first_send_and_not_the_last() {
    let mut world = lost();
    let first = world.now();
    while sends(&world) < 2 {
        world.step(OnSubmit::Loses, OnAsk::Truth, Crash::No).unwrap();
    }
    let gone = i64::try_from(world.now().millis_since(first)).unwrap();
    assert!(gone > 10_000);
    world.restart(HALF_MEMORY_MILLIS - gone - 95_000, 0, false);
    world.sleep(99_000);
    world.hint(0, OnAsk::Truth);
    world.sleep(1_000);
    world.hint(0, OnAsk::Truth);
    assert!(!would_resend(&world));
}

#[test]
fn a_bank_that_works_on_her_wage_is_not_sent_it_again() {
    let mut world = World::new(SETUP);
    world.approve();
    let accepts = OnSubmit::Accepts { millis: 300_000, pays: true };
    world.step(accepts, OnAsk::Truth, Crash::No).unwrap();
    for _ in 0..3 {
        // Nor when it says that it knows of nothing: it had said that it does.
        world.sleep(95_000);
        world.hint(0, OnAsk::SaysNotFound);
        assert!(!would_resend(&world));
    }
    until_rest(&mut world, 20);
    assert_eq!((world.payment.state, world.bank.credited, sends(&world)), (PaymentState::Settled, 1, 1));
}

#[test]
fn a_wage_that_is_held_back_for_review_is_shown_to_somebody_and_not_sent_again() {
    let mut world = World::new(SETUP);
    world.approve();
    let held = OnSubmit::HoldsBack { millis: 500_000, pays: true };
    world.step(held, OnAsk::Truth, Crash::No).unwrap();
    world.step(held, OnAsk::Truth, Crash::No).unwrap();
    assert_eq!((world.payment.state, world.payment.reason()), (PaymentState::NeedsAction, Some(Cause::Suspended)));
    world.restart(600_000, 0, false);
    world.watch(OnAsk::Truth, Crash::No).unwrap();
    assert_eq!((world.payment.state, world.bank.credited, sends(&world)), (PaymentState::Settled, 1, 1));
}

#[test]
fn a_bank_that_cannot_be_reached_is_not_hammered_and_gets_the_same_bytes_later() {
    let mut world = World::new(SETUP);
    world.approve();
    let slow = OnSubmit::NotReached { retry_after_seconds: Some(60) };
    world.step(slow, OnAsk::Truth, Crash::No).unwrap();
    let Command::Wait { until } = world.next() else { panic!("{:?}", world.next()) };
    assert!(until.millis_since(world.now()) > 59_000);
    until_rest(&mut world, 20);
    assert_eq!((world.payment.state, world.payment.attempts.len()), (PaymentState::Settled, 1));
}

#[test]
fn a_bank_that_found_her_wage_at_last_is_not_held_to_what_it_said_before() {
    let mut world = World::new(SETUP);
    world.approve();
    let accepts = OnSubmit::Accepts { millis: 2 * HALF_MEMORY_MILLIS - 1_000_000, pays: true };
    world.step(accepts, OnAsk::Truth, Crash::No).unwrap();
    for _ in 0..2 {
        world.sleep(100_000);
        world.hint(0, OnAsk::SaysNotFound);
    }
    world.hint(0, OnAsk::Truth);
    world.sleep(HALF_MEMORY_MILLIS);
    world.step(OnSubmit::Pays, OnAsk::Truth, Crash::No).unwrap();
    assert_eq!((world.payment.state, world.payment.reason()), (PaymentState::Pending, Some(Cause::InProgress)));
}
