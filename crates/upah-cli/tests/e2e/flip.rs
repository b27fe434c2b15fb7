//! Wages over Flip: paid once, found after every fault, under references that fit a remark.
use crate::aggregator::{self, CallsBack, configure, rails};
use crate::payroll;
use crate::world::World;
use upah_sandbox::{FlipClient, PayoutProvider};

fn keys(world: &World) -> String {
    let known = FlipClient::for_tests();
    world.write("flip.key", &known.secret_key);
    let (url, user_id) = (world.sandbox.base_url(), known.user_id);
    format!(
        "kind = \"flip\"\nbase_url = \"{url}/big_sandbox_api\"\nuser_id = {user_id}\nsecret_key = {{ file = \"flip.key\" }}"
    )
}

#[test]
fn one_payroll_goes_over_a_bank_and_flip_each_wage_by_its_own_way() {
    aggregator::pays_each_by_its_own_way(keys);
}

#[test]
fn whatever_becomes_of_an_answer_a_disbursement_is_made_once() {
    // A cancelled one bears no reason here.
    aggregator::pays_once_whatever_becomes_of_an_answer(keys, "needs_action:transfer_cancelled");
}

#[test]
fn an_account_that_flip_refuses_gives_way_to_the_bank_and_only_after_its_proof() {
    // Refused at once, and cancelled by the channel later.
    aggregator::gives_way_to_the_bank(keys, ["bank:014:10250000123", "ewallet:dana:628994041112"]);
}

#[test]
fn killed_again_and_again_it_pays_everybody_once() {
    aggregator::pays_everybody_once_however_often_it_is_killed(keys);
}

#[test]
fn a_store_that_is_lost_finds_what_flip_has_paid() {
    aggregator::finds_what_a_lost_store_has_paid(keys);
}

#[test]
fn a_wrong_key_stops_the_rail_and_says_so() {
    aggregator::stops_at_a_wrong_secret(keys, "flip.key");
}

#[test]
fn a_short_balance_parks_the_rail_before_anybody_is_sent_anything() {
    aggregator::waits_for_a_balance(keys);
}

#[test]
fn whoever_is_suspected_is_shown_to_people_and_not_paid_by_another_way() {
    let world = World::new();
    configure(&world, keys);
    world.pay(&payroll::to(&["bank:014:10260000123 bank:008:1234500001"]));
    assert_eq!(world.settle()[0].standing(), "needs_action:suspected_fraud");
    assert_eq!(rails(&world), [0, 0]);
    world.assert_book_fits();
}

#[test]
fn a_wage_settles_because_flip_calls_and_not_because_a_stranger_does() {
    let calls = CallsBack {
        provider: PayoutProvider::Flip,
        configured: "name_check = \"off\"\n[rail.callback]\ntoken = { file = \"callback.token\" }",
        path: "/flip/disbursements",
        secret: "a-secret-of-this-test",
    };
    let (_world, listener, _) = aggregator::settles_by_a_callback(keys, &calls);
    aggregator::ends_without_a_word_of(calls.secret, listener);
}
