//! Wages over Midtrans Iris, which writes payouts down and releases them: paid once, found after every fault, and never
//! paid again when the provider has forgotten the key.
use crate::aggregator::{self, CallsBack, configure, rails};
use crate::callbacks::soon;
use crate::payroll;
use crate::world::{SIGNED, World};
use upah_sandbox::{IrisClient, PayoutProvider};

fn keys(world: &World) -> String {
    let known = IrisClient::for_tests();
    world.write("creator.key", &known.creator_key);
    world.write("approver.key", &known.approver_key);
    // The wallet of the payroll goes by a name that Iris has.
    format!(
        r#"kind = "iris"
base_url = "{}"
merchant_id = "G000000001"
creator_key = {{ file = "creator.key" }}
approver_key = {{ file = "approver.key" }}
channels = {{ "dana" = "gopay" }}
"#,
        world.sandbox.base_url()
    )
}

#[test]
fn one_payroll_goes_over_a_bank_and_iris_each_wage_by_its_own_way() {
    aggregator::pays_each_by_its_own_way(keys);
}

#[test]
fn whatever_becomes_of_the_answer_to_an_approval_a_payout_is_made_once() {
    aggregator::pays_once_and_ends(keys, "needs_action:transfer_failed", "settled");
}

#[test]
fn an_account_that_does_not_exist_gives_way_to_the_bank_and_nothing_is_written_down() {
    aggregator::gives_way_to_the_bank(keys, ["bank:014:9840411123", "ewallet:dana:628984041112"]);
}

#[test]
fn killed_again_and_again_it_pays_everybody_once() {
    aggregator::pays_everybody_once_however_often_it_is_killed(keys);
}

#[test]
fn a_store_that_is_lost_finds_what_iris_has_paid() {
    aggregator::finds_what_a_lost_store_has_paid(keys);
}

#[test]
fn a_wrong_approver_releases_nothing_stops_the_rail_and_says_so() {
    aggregator::stops_at_a_wrong_secret(keys, "approver.key");
}

#[test]
fn a_creation_whose_answer_is_lost_moves_no_money_and_comes_again_under_its_key() {
    let world = World::faulty("reset_after_booking@token=0.2,garbage_body@token=0.1,error_500@token=0.1", 3);
    configure(&world, keys);
    let output = world.pay(&payroll::to(&[
        "bank:014:1234500001",
        "bank:014:1234500002",
        "ewallet:gopay:6281200000001",
        "ewallet:gopay:6281200000002",
        "ewallet:ovo:6281200000003",
        "ewallet:ovo:6281200000004",
    ]));
    assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
    let payments = world.settle();
    assert!(payments.iter().all(|payment| payment.standing() == "settled"), "{payments:?}");
    assert_eq!(rails(&world), [0, 6]);
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn killed_before_the_key_was_forgotten_it_finds_in_the_statement_what_was_paid() {
    let world = World::faulty("latency_ms=30", 5);
    configure(&world, keys);
    world.write("pay.csv", &payroll::november(30));
    let mut child = world.start(&format!("pay pay.csv {SIGNED}"));
    // In the middle of the payouts, however fast the machine is.
    while rails(&world)[1] < 5 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let _ = child.kill();
    child.wait().unwrap();
    world.sandbox.forget_keys();
    world.upah(&format!("pay pay.csv {SIGNED}"));
    let payments = world.settle();
    assert!(payments.iter().all(|payment| payment.standing() == "settled"), "{payments:?}");
    assert_eq!(rails(&world), [10, 20]);
    world.assert_nobody_twice();
}

#[test]
fn a_payout_that_was_completed_and_failed_afterwards_is_told_as_returned() {
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
fn a_call_of_iris_is_heard_and_acknowledged_and_its_number_leads_to_nobody_until_the_schedule_asks() {
    let calls = CallsBack {
        provider: PayoutProvider::Iris,
        configured: "[rail.callback]\ntoken = { file = \"callback.token\" }",
        path: "/iris/payouts",
        secret: "a-key-of-this-test",
    };
    let (world, listener, references) = calls.about(keys, &["ewallet:gopay:6281200000001"]);
    assert!(world.sandbox.settle(&references[0]).unwrap());
    soon("the provider called", || CallsBack::answered(&world) == [(false, 200)]);
    assert!(world.payments()[0].is_open(), "{:?}", world.payments());
    listener.stop();
    assert_eq!(world.resume().code, Some(0));
    assert_eq!(world.payments()[0].standing(), "settled");
    world.assert_nobody_twice();
}
