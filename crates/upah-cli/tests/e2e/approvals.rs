//! Two people for every wage, cancelling, and correcting a wrong account without a second obligation.
use crate::payroll;
use crate::world::{RAILS, SIGNED, World};

fn sealed(world: &World, count: usize) -> String {
    world.write("pay.csv", &payroll::november(count));
    let output = world.upah(&format!("pay pay.csv {RAILS} --created-by Rina"));
    assert_eq!((output.code, output.count("awaiting_approval")), (Some(4), count as u64), "{output:?}");
    assert_eq!(world.submissions(), 0);
    output.json["run"].as_str().unwrap().to_owned()
}

#[test]
fn a_run_waits_for_the_word_of_somebody_else() {
    let world = World::new();
    let run = sealed(&world, 3);
    assert_eq!(world.upah(&format!("status {run} {RAILS}")).code, Some(4));
    assert_eq!(world.resume().code, Some(4), "resuming approves nothing");
    for same in ["Rina", "RINA", "rina"] {
        world.upah(&format!("approve {run} --by {same} {RAILS}")).assert_says(2, &["cannot approve"]);
    }
    assert_eq!(world.submissions(), 0);
    let output = world.upah(&format!("approve {run} --by Budi {RAILS}"));
    assert_eq!((output.code, output.count("ready")), (Some(0), 3), "{output:?}");
    assert_eq!(output.json["run"].as_str(), Some(run.as_str()));
    let output = world.resume();
    assert_eq!((output.code, output.count("settled")), (Some(0), 3), "{output:?}");
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn paying_the_same_file_with_the_checker_s_name_approves_what_was_sealed() {
    let world = World::new();
    let run = sealed(&world, 3);
    let output = world.upah(&format!("pay pay.csv {SIGNED}"));
    assert_eq!((output.code, output.count("settled")), (Some(0), 3), "{output:?}");
    assert_eq!(output.json["run"].as_str(), Some(run.as_str()), "no second run");
    assert_eq!(output.json["already"], 3);
    world.assert_nobody_twice();
}

#[test]
fn what_is_cancelled_is_not_paid_and_what_is_paid_cannot_be_cancelled() {
    let world = World::new();
    let run = sealed(&world, 3);
    let output = world.upah(&format!("cancel {run}-2 --by Budi --because salah-orang {RAILS}"));
    assert_eq!((output.code, output.json["cancelled"].as_u64()), (Some(0), Some(1)), "{output:?}");
    assert_eq!(world.upah(&format!("approve {run} --by Budi {RAILS}")).code, Some(0));
    let output = world.resume();
    assert_eq!((output.code, output.count("settled"), output.count("cancelled")), (Some(0), 2, 1), "{output:?}");
    world
        .upah(&format!("cancel {run}-1 --by Budi --because terlambat {RAILS}"))
        .assert_says(2, &["settled", "cannot be cancelled"]);
    assert_eq!(world.sandbox.credits().unwrap().len(), 2);
    let output = world.upah(&format!("explain {run}-2 {RAILS}"));
    assert!(output.out.contains("salah-orang"), "the worker reads why: {output:?}");
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn a_cancelled_run_is_never_sent() {
    let world = World::new();
    let run = sealed(&world, 3);
    let output = world.upah(&format!("cancel {run} --by Budi --because batal {RAILS}"));
    assert_eq!((output.code, output.json["cancelled"].as_u64()), (Some(0), Some(3)), "{output:?}");
    assert_eq!(world.upah(&format!("approve {run} --by Budi {RAILS}")).code, Some(2));
    assert_eq!(world.resume().code, Some(0));
    assert_eq!(world.submissions(), 0);
    world.assert_book_fits();
}

#[test]
fn a_wrong_account_is_corrected_by_a_new_file_and_paid_once_under_a_new_reference() {
    let world = World::new();
    let output = world.pay(&payroll::to(&["bank:014:9940411001", "bank:014:1000000001"]));
    assert_eq!((output.code, output.count("needs_action")), (Some(3), 1), "{output:?}");
    let wrong = world.payments().remove(0);
    assert_eq!(wrong.standing(), "needs_action:invalid_account");

    let corrected = payroll::to(&["bank:014:1000000009", "bank:014:1000000001"]);
    let output = world.pay(&corrected);
    assert_eq!((output.code, output.count("settled")), (Some(0), 2), "{output:?}");
    assert_eq!(output.json["already"], 2);
    let right = world.payments().remove(0);
    assert_eq!((right.id.as_str(), right.state.as_str()), (wrong.id.as_str(), "settled"), "the same obligation");
    assert_ne!(right.reference, wrong.reference);
    let again = world.pay(&corrected);
    assert_eq!((again.code, again.count("settled")), (Some(0), 2), "{again:?}");
    assert_eq!(world.sandbox.credits().unwrap().len(), 2);
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn a_correction_without_the_checker_s_word_is_not_sent() {
    let world = World::new();
    assert_eq!(world.pay(&payroll::to(&["bank:014:9940411001"])).code, Some(3));
    let sent = world.submissions();
    world.write("pay.csv", &payroll::to(&["bank:014:1000000009"]));
    let output = world.upah(&format!("pay pay.csv {RAILS} --created-by Rina"));
    assert_eq!((output.code, output.count("awaiting_approval")), (Some(4), 1), "{output:?}");
    assert_eq!(world.submissions(), sent);
    world.assert_book_fits();
}

#[test]
fn another_amount_for_the_same_obligation_is_a_conflict_and_nothing_is_sent() {
    let world = World::new();
    assert_eq!(world.pay(&payroll::november(2)).code, Some(0));
    let raised = payroll::november(3).replace(&payroll::amount(1).to_string(), "900000");
    let output = world.pay(&raised);
    output.assert_says(2, &["1 mistake", "nothing was sent"]);
    let error = &output.json["errors"][0];
    assert_eq!((error["row"].as_u64(), error["code"].as_str()), (Some(3), Some("amount_conflict")), "{output:?}");
    assert_eq!(world.submissions(), 2, "not even the new worker's");
}

#[test]
fn a_run_key_stands_for_its_rows_alone() {
    let world = World::new();
    world.write("pay.csv", &payroll::november(2));
    assert_eq!(world.upah(&format!("pay pay.csv {SIGNED} --run november")).code, Some(0));
    assert_eq!(world.upah(&format!("pay pay.csv {SIGNED} --run november")).code, Some(0));
    world.write("pay.csv", &payroll::november(3));
    world.upah(&format!("pay pay.csv {SIGNED} --run november")).assert_says(2, &["november"]);
    assert_eq!(world.submissions(), 2);
}

#[test]
fn a_changed_destination_waits_until_the_checker_names_it() {
    let world = World::new();
    assert_eq!(world.pay(&payroll::to(&["bank:014:1000000001"])).code, Some(0));
    let december = payroll::to(&["bank:014:1000000002"]).replace("2026-11", "2026-12");
    let output = world.pay(&december);
    assert_eq!((output.code, output.count("awaiting_approval")), (Some(4), 1), "{output:?}");
    let waiting = world.payments().remove(1);
    assert_eq!(waiting.reason.as_deref(), Some("destination_changed"), "{waiting:?}");
    assert_eq!(world.submissions(), 1);
    let output = world.upah(&format!("pay pay.csv {SIGNED} --confirm 2"));
    assert_eq!((output.code, output.count("settled")), (Some(0), 1), "{output:?}");
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn what_rests_with_people_is_paid_again_only_under_a_run_key_of_its_own() {
    let world = World::faulty("refuse_40318=1", 1);
    let output = world.pay(&payroll::november(3));
    assert_eq!((output.code, output.count("needs_action")), (Some(3), 3), "{output:?}");
    world.sandbox.set_faults(upah_sandbox::FaultPlan::none());
    let again = world.upah(&format!("pay pay.csv {SIGNED}"));
    assert_eq!((again.code, again.count("needs_action")), (Some(3), 3), "the same file changes nothing: {again:?}");
    let meant = world.upah(&format!("pay pay.csv {SIGNED} --run second-try"));
    assert_eq!((meant.code, meant.count("settled")), (Some(0), 3), "{meant:?}");
    world.assert_nobody_twice();
    world.assert_book_fits();
    assert_eq!(
        world.upah(&format!("pay pay.csv {SIGNED} --run third-try")).count("settled"),
        3,
        "nothing is left to pay"
    );
    world.assert_nobody_twice();
}
