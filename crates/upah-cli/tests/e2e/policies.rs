//! What the configuration decides: limits, names, trust, and what happens when it changes in between.
use crate::payroll;
use crate::world::World;
use upah_sandbox::{ALWAYS_PPM, Fault, FaultPlan, Scope};

fn standings(world: &World) -> Vec<String> {
    world.payments().iter().map(|payment| payment.standing()).collect()
}

/// Every answer to a payment is lost, and no question is answered.
fn silent(fault: Fault) -> FaultPlan {
    let plan = FaultPlan::none().rate(Scope::Submit, fault, ALWAYS_PPM).unwrap();
    plan.rate(Scope::Ask, Fault::Error500, ALWAYS_PPM).unwrap()
}

#[test]
fn what_no_rail_serves_or_may_carry_waits_for_people_and_the_rest_is_paid() {
    let world = World::new();
    world.configure("max_concurrency = 8\n", "max_concurrency = 8\n[rail.limit]\nper_payment = 601_500\n");
    let output = world.pay(&payroll::to(&[
        "bank:014:1000000001",
        "bifast:phone:081200000001",
        "bank:014:1000000003",
        "bifast:email:siti@contoh.example bank:014:1000000004",
    ]));
    assert_eq!(output.code, Some(3), "{output:?}");
    let found = standings(&world);
    assert_eq!(
        found,
        ["settled", "needs_action:no_route", "needs_action:over_rail_limit", "needs_action:over_rail_limit"]
    );
    assert_eq!(world.submissions(), 1);
    world.assert_book_fits();
}

#[test]
fn a_name_that_differs_stops_a_payment_only_where_that_is_asked_for() {
    for (setting, standing, sent) in
        [("stop", "needs_action:name_differs", 1), ("record", "settled", 2), ("off", "settled", 2)]
    {
        let world = World::new();
        world.configure("max_concurrency = 8\n", &format!("max_concurrency = 8\nname_check = \"{setting}\"\n"));
        world.sandbox.set_holder("1000000001", "Orang Lain Sekali");
        world.sandbox.set_holder("1000000002", &payroll::name(1));
        world.pay(&payroll::to(&["bank:014:1000000001", "bank:014:1000000002"]));
        assert_eq!(standings(&world), [standing, "settled"], "name_check = {setting}");
        assert_eq!(world.submissions(), sent);
    }
}

#[test]
fn a_rail_that_was_changed_in_between_is_never_asked_about_the_old_one_s_payments() {
    let world = World::with(silent(Fault::ResetAfterBooking));
    let output = world.pay(&payroll::november(3));
    assert_eq!(output.count("unknown"), 3, "{output:?}");
    world.sandbox.set_faults(FaultPlan::none());
    world.configure("888801000157508", "888801000157509");
    let asked = world.sandbox.calls();
    let output = world.resume();
    assert_eq!(output.code, Some(3), "{output:?}");
    assert_eq!(standings(&world), ["needs_action:rail_changed"; 3]);
    assert_eq!(world.sandbox.calls(), asked, "neither asked nor sent over another account");

    world.write("upah.toml", &world.toml());
    for payment in world.settle() {
        assert_eq!(payment.state, "settled", "the old account answers again: {payment:?}");
    }
    assert_eq!(world.submissions(), 3);
    world.assert_nobody_twice();
}

#[test]
fn silence_that_lasts_longer_than_the_bank_s_memory_waits_for_people() {
    let world = World::with(silent(Fault::ResetBeforeBooking));
    world.configure(
        "trust_not_found_after_seconds = 1\n",
        "trust_not_found_after_seconds = 1\nreference_memory_days = 0\n",
    );
    let output = world.pay(&payroll::november(2));
    assert_eq!(output.count("unknown"), 2, "{output:?}");
    world.sandbox.set_faults(FaultPlan::none());
    world.settle();
    assert_eq!(standings(&world), ["needs_action:reference_too_old"; 2]);
    assert_eq!(world.submissions(), 2, "never sent again");
}

#[test]
fn waiting_ends_when_it_was_told_to_and_changes_nothing() {
    let world = World::with(silent(Fault::ResetAfterBooking));
    world.write("pay.csv", &payroll::november(3));
    let output = world.upah(&format!("pay pay.csv {} --wait 0", crate::world::SIGNED));
    assert_eq!((output.code, output.count("unknown")), (Some(3), 3), "{output:?}");
    assert!(output.err.contains("upah resume"), "{output:?}");
    world.assert_book_fits();
}
