//! Wages over OY!: paid once, found after every fault, and none of them by a code of the wrong table.
use crate::aggregator::{self, CallsBack, configure, rails};
use crate::payroll;
use crate::world::World;
use upah_sandbox::{OyClient, PayoutProvider};

fn keys(world: &World) -> String {
    let known = OyClient::for_tests();
    world.write("oy.key", &known.api_key);
    let (url, username) = (world.sandbox.base_url(), known.username);
    format!("kind = \"oy\"\nbase_url = \"{url}\"\nusername = \"{username}\"\napi_key = {{ file = \"oy.key\" }}")
}

#[test]
fn one_payroll_goes_over_a_bank_and_oy_each_wage_by_its_own_way() {
    aggregator::pays_each_by_its_own_way(keys);
}

#[test]
fn whatever_becomes_of_an_answer_a_disbursement_is_made_once() {
    aggregator::pays_once_whatever_becomes_of_an_answer(keys, "needs_action:transfer_failed");
}

#[test]
fn an_account_that_oy_refuses_gives_way_to_the_bank_and_only_after_its_proof() {
    // Refused as the staging of OY! does, and unknown when its holder is asked for.
    aggregator::gives_way_to_the_bank(keys, ["bank:014:2090000123", "bank:014:9840411123"]);
}

#[test]
fn killed_again_and_again_it_pays_everybody_once() {
    aggregator::pays_everybody_once_however_often_it_is_killed(keys);
}

#[test]
fn a_store_that_is_lost_finds_what_oy_has_paid() {
    aggregator::finds_what_a_lost_store_has_paid(keys);
}

#[test]
fn a_wrong_key_stops_the_rail_and_says_so() {
    aggregator::stops_at_a_wrong_secret(keys, "oy.key");
}

#[test]
fn a_disbursement_that_failed_goes_to_people_and_is_not_sent_again_by_itself() {
    let world = World::new();
    configure(&world, keys);
    // Failed at once, and failed for want of balance by the time somebody asks.
    world.pay(&payroll::to(&["bank:014:3000000123 bank:008:1234500001", "bank:014:2060000123"]));
    let standings: Vec<String> = world.settle().iter().map(|payment| payment.standing()).collect();
    assert_eq!(standings, ["needs_action:transfer_failed", "needs_action:refused_repeatedly"]);
    assert_eq!(rails(&world), [0, 0]);
    world.assert_book_fits();
}

#[test]
fn a_short_balance_parks_the_rail_before_anybody_is_sent_anything() {
    aggregator::waits_for_a_balance(keys);
}

#[test]
fn a_wage_settles_because_oy_calls_at_the_address_with_the_secret_and_not_because_a_stranger_does() {
    let calls = CallsBack {
        provider: PayoutProvider::Oy,
        configured: "[rail.callback]\ntoken = { file = \"callback.token\" }",
        path: "/oy/disbursements",
        secret: "a-secret-of-this-test",
    };
    let (_world, listener, _) = aggregator::settles_by_a_callback(keys, &calls);
    aggregator::ends_without_a_word_of(calls.secret, listener);
}
