//! What a callback is worth: a question, patience, or nothing, and never more than that.
use crate::world::bank::{OnAsk, OnSubmit};
use crate::world::driver::{Crash, Setup, World};
use crate::world::rail_id;
use upah_core::callback::News;
use upah_core::planner::Command;
use upah_core::reference::Reference;
use upah_core::{Cause, PaymentState};

const SETUP: Setup = Setup {
    trust_seconds: 90,
    places: 2,
    serves_first: true,
    inspects: false,
    held: false,
    treacherous: false,
    pays_repeats: false,
};

/// Her wage after the first send, which the bank takes like this.
fn sent(submit: OnSubmit, crash: Crash) -> World {
    let mut world = World::new(SETUP);
    world.approve();
    let _ = world.step(submit, OnAsk::Truth, crash);
    world
}

fn reference(world: &World, attempt: usize) -> Reference {
    world.payment.attempts[attempt].made.reference.clone()
}

fn called(world: &World, news: News) -> Command {
    world.called(&reference(world, 0), &rail_id(), news)
}

fn ask(number: u16) -> Command {
    Command::Inquire { rail: rail_id(), number }
}

#[test]
fn an_open_wage_is_asked_about() {
    for submit in [OnSubmit::Loses, OnSubmit::Accepts { millis: 1_000_000, pays: true }] {
        let world = sent(submit, Crash::No);
        assert!(world.payment.state.is_open());
        assert_eq!([News::Ended, News::Returned].map(|news| called(&world, news)), [ask(1), ask(1)]);
    }
}

#[test]
fn a_wage_whose_own_answer_is_not_recorded_yet_is_left_alone() {
    let mut world = sent(OnSubmit::Pays, Crash::AfterCommit);
    world.restart(10, 0, false);
    assert_eq!(world.payment.state, PaymentState::Sending);
    for news in [News::Ended, News::Returned] {
        assert!(matches!(called(&world, news), Command::Wait { until } if until > world.now()));
    }
    // Whoever finds it so records that nobody heard what came of it; from then on it can be asked about.
    world.step(OnSubmit::Pays, OnAsk::Truth, Crash::No).unwrap();
    assert_eq!((world.payment.state, called(&world, News::Ended)), (PaymentState::Unknown, ask(1)));
}

#[test]
fn a_repeat_that_is_on_its_way_is_left_alone_too() {
    let mut world = sent(OnSubmit::Loses, Crash::No);
    world.sleep(100_000);
    world.hint(0, OnAsk::Truth);
    world.sleep(1_000);
    world.hint(0, OnAsk::Truth);
    let _ = world.step(OnSubmit::Pays, OnAsk::Truth, Crash::AfterCommit);
    world.restart(10, 0, false);
    assert_eq!((world.payment.attempts[0].sends, world.payment.state), (2, PaymentState::Unknown));
    assert!(matches!(called(&world, News::Ended), Command::Wait { .. }));
}

#[test]
fn what_has_ended_is_not_asked_about_because_a_callback_says_so_and_a_return_is_news() {
    let mut world = sent(OnSubmit::Pays, Crash::No);
    assert_eq!(world.payment.state, PaymentState::Settled);
    assert_eq!((called(&world, News::Ended), called(&world, News::Returned)), (Command::Rest, ask(1)));
    let now = world.real_millis();
    world.bank.send_back(now);
    world.hint(0, OnAsk::Truth);
    assert_eq!(world.payment.state, PaymentState::Returned);
    assert_eq!((called(&world, News::Ended), called(&world, News::Returned)), (Command::Rest, Command::Rest));
}

#[test]
fn an_attempt_that_was_refused_before_another_is_still_asked_about() {
    let mut world = sent(OnSubmit::Refuses(Cause::InvalidAccount), Crash::No);
    for _ in 0..6 {
        if world.payment.attempts.len() == 2 {
            break;
        }
        world.step(OnSubmit::Pays, OnAsk::Truth, Crash::No).unwrap();
    }
    assert_eq!((world.payment.attempts.len(), world.payment.state), (2, PaymentState::Settled));
    assert_eq!(called(&world, News::Ended), ask(1));
    assert_eq!(world.called(&reference(&world, 1), &rail_id(), News::Ended), Command::Rest);
}

#[test]
fn nobody_speaks_of_a_wage_that_was_not_sent_to_them() {
    let mut world = sent(OnSubmit::Loses, Crash::No);
    let (ours, other) = (reference(&world, 0), "another-rail".parse().unwrap());
    for news in [News::Ended, News::Returned] {
        assert_eq!(world.called(&Reference::from_stored("NOBODYS"), &rail_id(), news), Command::Rest);
        assert_eq!(world.called(&ours, &other, news), Command::Rest);
    }
    // The rail pays from another account now: whoever answers there cannot know it.
    world.restart(10, 0, true);
    assert_eq!(called(&world, News::Ended), Command::Rest);
}
