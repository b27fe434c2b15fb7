//! Wages over Xendit, beside the bank and alone: paid once, found after every fault, told of when they come back.
use crate::payroll;
use crate::world::{SIGNED, World};
use upah_sandbox::XenditClient;

/// Wallets go over Xendit, and so does every bank that is named.
fn with_xendit(world: &World, also: &str) {
    let known = XenditClient::for_tests();
    world.write("xendit.key", &known.secret_key);
    let (serves, bank) = ("serves = [\"bank:*\", \"ewallet:*\"]", format!("serves = [\"bank:008:*\"{also}]"));
    let text = world.toml().replace(serves, &bank);
    let rail = format!(
        r#"
[[rail]]
id = "xendit"
kind = "xendit"
serves = ["ewallet:*", "bank:014:*"]
base_url = "{}"
business_id = "{}"
secret_key = {{ file = "xendit.key" }}
timeout_seconds = 2
inquire_after_seconds = [1]
trust_not_found_after_seconds = 1
max_concurrency = 8
"#,
        world.sandbox.base_url(),
        known.business_id
    );
    world.write("upah.toml", &(text + &rail));
}

fn rails(world: &World) -> [usize; 2] {
    let credits = world.sandbox.credits().unwrap();
    let over_xendit = credits.iter().filter(|credit| credit.service == "00").count();
    [credits.len() - over_xendit, over_xendit]
}

#[test]
fn one_payroll_goes_over_a_bank_and_an_aggregator_each_wage_by_its_own_way() {
    let world = World::new();
    with_xendit(&world, "");
    let output = world.pay(&payroll::november(30));
    assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
    let payments = world.settle();
    assert!(payments.iter().all(|payment| payment.standing() == "settled"), "{payments:?}");
    assert_eq!(rails(&world), [10, 20]);
    world.assert_nobody_twice();
    world.assert_book_fits();
    let again = world.upah(&format!("pay pay.csv {SIGNED}"));
    assert_eq!((again.code, rails(&world)), (Some(0), [10, 20]), "{again:?}");
}

/// A fault account's number, where its payments end, and how many credits each of them leaves.
type Case = (&'static str, &'static str, usize);

fn ends(&(number, standing, credits): &Case) {
    let world = World::new();
    with_xendit(&world, "");
    let output =
        world.pay(&payroll::to(&[&format!("bank:014:97000{number}002"), &format!("ewallet:dana:62897000{number}3")]));
    assert!(matches!(output.code, Some(0 | 3)), "{number}: {output:?}");
    let payments = world.settle();
    for payment in &payments {
        assert_eq!(payment.standing(), standing, "fault account {number}: {payment:?}");
    }
    assert_eq!(rails(&world), [0, credits * payments.len()], "{number}");
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn whatever_becomes_of_an_answer_a_payout_is_made_once() {
    let settled =
        ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "13", "15", "17", "19", "20", "21"];
    // Most of the time is waiting.
    std::thread::scope(|scope| {
        for number in settled {
            scope.spawn(move || ends(&(number, "settled", 1)));
        }
        scope.spawn(|| ends(&("14", "needs_action:transfer_failed", 0)));
        scope.spawn(|| ends(&("18", "needs_action:evidence_conflict", 1)));
    });
}

#[test]
fn a_wallet_that_refuses_gives_way_to_the_bank_and_only_after_its_proof() {
    let world = World::new();
    with_xendit(&world, "");
    // Refused at once, and refused by the channel later.
    let (at_once, later) = ("bank:014:9840411123 bank:008:1234500001", "ewallet:dana:628994041112 bank:008:1234500002");
    let output = world.pay(&payroll::to(&[at_once, later]));
    assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
    let payments = world.settle();
    assert!(payments.iter().all(|payment| payment.standing() == "settled"), "{payments:?}");
    assert_eq!(rails(&world), [2, 0]);
    world.assert_nobody_twice();
}

#[test]
fn a_payout_that_comes_back_is_told_of() {
    let world = World::new();
    with_xendit(&world, "");
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
fn killed_again_and_again_it_pays_everybody_once() {
    let world = World::faulty("reset_after_booking=0.1,error_500=0.1,latency_ms=20,not_found_for_a_while=0.1", 5);
    with_xendit(&world, "");
    world.write("pay.csv", &payroll::november(60));
    for round in 0..6 {
        let mut child = world.start(&format!("pay pay.csv {SIGNED}"));
        std::thread::sleep(std::time::Duration::from_millis(150 + 120 * round));
        let _ = child.kill();
        child.wait().unwrap();
    }
    world.upah(&format!("pay pay.csv {SIGNED}"));
    let payments = world.settle();
    assert!(payments.iter().all(|payment| payment.standing() == "settled"), "{payments:?}");
    assert_eq!(rails(&world), [20, 40]);
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn a_store_that_is_lost_finds_what_xendit_has_paid() {
    let world = World::new();
    with_xendit(&world, "");
    world.pay(&payroll::november(12));
    world.settle();
    world.delete_store();
    world.upah(&format!("pay pay.csv {SIGNED}"));
    world.settle();
    assert_eq!(rails(&world), [4, 8]);
    world.assert_nobody_twice_from_a_forgetful_store();
}

#[test]
fn a_short_balance_goes_to_people_after_a_few_payouts_that_failed() {
    let world = World::new();
    with_xendit(&world, "");
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
fn a_wrong_key_or_another_business_stops_the_rail_and_says_so() {
    let world = World::new();
    with_xendit(&world, "");
    world.write("xendit.key", "xnd_development_somebody_elses");
    let output = world.pay(&payroll::to(&["ewallet:dana:6281200000001"]));
    assert_eq!(output.code, Some(3), "{output:?}");
    assert!(output.err.contains("rail xendit") && output.err.contains("credentials"), "{output:?}");
    assert!(!output.err.contains("somebody"), "{output:?}");
    with_xendit(&world, "");
    let settled = world.settle();
    assert_eq!(settled[0].standing(), "settled", "{settled:?}");
    assert_eq!(rails(&world), [0, 1]);
}
