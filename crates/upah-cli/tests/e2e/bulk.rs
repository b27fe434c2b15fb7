//! Wages that go to the bank many in one request: each is paid once, whatever is lost of the request.
use crate::payroll;
use crate::world::{SIGNED, World, finish};
use std::time::Duration;
use upah_sandbox::{ALWAYS_PPM, Fault, FaultPlan, Scope};

/// At this bank a reference that comes again in another request is paid again, as the contract says.
fn together(world: &World) {
    let bulk = "max_concurrency = 40\n[rail.bulk]\npayments = 20\ngather_milliseconds = 100\nrepeats = \"paid\"\n";
    world.configure("max_concurrency = 8\n", bulk);
}

fn calls(world: &World, service: &str) -> u64 {
    world.sandbox.calls().get(service).copied().unwrap_or(0)
}

#[test]
fn a_village_goes_in_a_few_requests_and_a_wrong_account_among_them_stops_nobody_else() {
    let world = World::new();
    together(&world);
    let wrong = "bank:014:9940411001".to_owned();
    let places: Vec<String> = (0..30).map(|n| if n == 7 { wrong.clone() } else { payroll::destination(n) }).collect();
    let output = world.pay(&payroll::to(&places.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(output.code, Some(3), "{output:?}");
    for (n, payment) in world.settle().iter().enumerate() {
        let expected = if n == 7 { "needs_action:invalid_account" } else { "settled" };
        assert_eq!(payment.standing(), expected, "{payment:?}");
    }
    let (to_banks, to_wallets) = (calls(&world, "20"), calls(&world, "40"));
    assert!((1..=4).contains(&to_banks) && (1..=4).contains(&to_wallets), "{to_banks} and {to_wallets} requests");
    assert_eq!((calls(&world, "18"), calls(&world, "38")), (0, 0));
    assert_eq!(world.credits().len(), 29);
    world.assert_nobody_twice();
    world.assert_book_fits();
}

/// Some answers are lost, some requests, and the process is killed over them.
#[test]
fn requests_that_are_lost_with_a_village_in_them_pay_nobody_twice() {
    let faults =
        "reset_after_booking=0.3,error_500_after_booking=0.1,reset_before_booking=0.2,error_500=0.1,latency_ms=30";
    for seed in 0..3 {
        let world = World::faulty(faults, seed);
        together(&world);
        world.write("pay.csv", &payroll::november(60));
        let mut child = world.start(&format!("pay pay.csv {SIGNED} --wait 4"));
        std::thread::sleep(Duration::from_millis(250 + 100 * seed));
        let _ = child.kill();
        finish(child);
        let output = world.upah(&format!("pay pay.csv {SIGNED} --wait 4"));
        assert!(matches!(output.code, Some(0 | 3)), "seed {seed}: {output:?}");
        let credits = world.credits();
        let mut settled = 0;
        for payment in world.settle() {
            let account = payroll::account(payment.worker[1..].parse().unwrap());
            let paid = credits.get(&account).map_or(0, Vec::len);
            settled += usize::from(payment.state == "settled");
            match payment.standing().as_str() {
                "settled" => assert_eq!(paid, 1, "seed {seed}: {payment:?}"),
                // The request never arrived, and no other one may be made of her wage: people look.
                "needs_action:reference_too_old" => assert_eq!(paid, 0, "seed {seed}: {payment:?}"),
                other => panic!("seed {seed}: she stands at {other}: {payment:?}"),
            }
        }
        assert!(settled >= 10, "seed {seed}: only {settled} were paid");
        world.assert_nobody_twice_from_a_forgetful_store();
        world.assert_book_fits();
    }
}

/// Another store of the office has paid them, in requests of its own.
#[test]
fn where_a_repeat_is_paid_a_store_that_knows_of_nothing_asks_about_everybody_first() {
    let world = World::new();
    together(&world);
    assert_eq!(world.pay(&payroll::november(12)).code, Some(0));
    world.delete_store();
    std::fs::remove_file(world.path("upah.db.head")).unwrap();
    let sent = (calls(&world, "20"), calls(&world, "40"));
    let output = world.upah(&format!("pay pay.csv {SIGNED}"));
    assert_eq!(output.code, Some(3), "{output:?}");
    assert_eq!((calls(&world, "20"), calls(&world, "40")), sent, "it was not asked about first");
    world.assert_nobody_twice_from_a_forgetful_store();
}

#[test]
fn a_bank_that_is_not_there_leaves_all_of_them_unsent_and_they_are_paid_later() {
    let world = World::new();
    together(&world);
    world.sandbox.set_faults(FaultPlan::none().rate(Scope::Submit, Fault::TooMany429, ALWAYS_PPM).unwrap());
    let output = world.upah(&format!("pay {} {SIGNED} --wait 1", {
        world.write("pay.csv", &payroll::november(12));
        "pay.csv"
    }));
    assert_eq!(output.code, Some(3), "{output:?}");
    let elsewhere = |state: &str| output.count(state);
    assert_eq!(elsewhere("unknown") + elsewhere("needs_action"), 0, "{output:?}");
    world.sandbox.set_faults(FaultPlan::none());
    assert!(world.settle().iter().all(|payment| payment.state == "settled"));
    world.assert_nobody_twice();
}
