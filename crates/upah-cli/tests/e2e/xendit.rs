//! Wages over Xendit, beside the bank and alone: paid once, found after every fault, told of when they come back.
use crate::aggregator::{self, CallsBack, configure, rails};
use crate::callbacks::soon;
use crate::payroll;
use crate::world::World;
use upah_sandbox::{PayoutProvider, XenditClient};

fn keys(world: &World) -> String {
    let known = XenditClient::for_tests();
    world.write("xendit.key", &known.secret_key);
    let (url, business_id) = (world.sandbox.base_url(), known.business_id);
    format!(
        "kind = \"xendit\"\nbase_url = \"{url}\"\nbusiness_id = \"{business_id}\"\nsecret_key = {{ file = \"xendit.key\" }}"
    )
}

#[test]
fn one_payroll_goes_over_a_bank_and_an_aggregator_each_wage_by_its_own_way() {
    aggregator::pays_each_by_its_own_way(keys);
}

#[test]
fn whatever_becomes_of_an_answer_a_payout_is_made_once() {
    aggregator::pays_once_whatever_becomes_of_an_answer(keys, "needs_action:transfer_failed");
}

#[test]
fn a_wallet_that_refuses_gives_way_to_the_bank_and_only_after_its_proof() {
    // Refused at once, and refused by the channel later.
    aggregator::gives_way_to_the_bank(keys, ["bank:014:9840411123", "ewallet:dana:628994041112"]);
}

#[test]
fn killed_again_and_again_it_pays_everybody_once() {
    aggregator::pays_everybody_once_however_often_it_is_killed(keys);
}

#[test]
fn a_store_that_is_lost_finds_what_xendit_has_paid() {
    aggregator::finds_what_a_lost_store_has_paid(keys);
}

#[test]
fn a_wrong_key_stops_the_rail_and_says_so() {
    aggregator::stops_at_a_wrong_secret(keys, "xendit.key");
}

#[test]
fn a_payout_that_comes_back_is_told_of() {
    let world = World::new();
    configure(&world, keys);
    world.pay(&payroll::to(&["ewallet:ovo:6281200000001"]));
    let paid = world.settle().remove(0);
    assert_eq!(paid.standing(), "settled");
    let reference = world.sandbox.credits().unwrap().remove(0).reference;
    assert!(world.sandbox.return_payment(&reference).unwrap());
    let resumed = world.resume();
    assert_eq!(resumed.code, Some(3), "{resumed:?}");
    assert!(world.payments()[0].standing().starts_with("returned"), "{:?}", world.payments());
    assert_eq!(rails(&world), [0, 1], "nothing is sent again by itself");
}

#[test]
fn a_short_balance_goes_to_people_after_a_few_payouts_that_failed() {
    let world = World::new();
    configure(&world, keys);
    world.sandbox.set_balance(0).unwrap();
    let output = world.pay(&payroll::to(&["ewallet:dana:6281200000001"]));
    assert_eq!(output.code, Some(3), "{output:?}");
    assert_eq!(world.settle()[0].standing(), "needs_action:refused_repeatedly", "{output:?}");
    world.sandbox.set_balance(10_000_000).unwrap();
    assert_eq!(world.resume().code, Some(3), "it waits for people, who have to instruct it anew");
    assert_eq!(rails(&world), [0, 0]);
    world.assert_book_fits();
}

#[test]
fn a_wage_settles_and_comes_back_because_xendit_calls_and_not_because_a_stranger_does() {
    let calls = CallsBack {
        provider: PayoutProvider::Xendit,
        configured: "[rail.callback]\ntoken = { file = \"callback.token\" }",
        path: "/xendit/payouts",
        secret: "a-secret-of-this-test",
    };
    let (world, listener, reference) = aggregator::settles_by_a_callback(keys, &calls);
    assert!(world.sandbox.return_payment(&reference).unwrap());
    soon("it came back", || world.payments()[1].state == "returned");
    assert_eq!(rails(&world), [0, 2], "nothing is sent again by itself");
    aggregator::ends_without_a_word_of(calls.secret, listener);
}
