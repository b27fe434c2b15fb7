//! A store that went back in time: whatever it has forgotten is asked about, and nothing is paid twice.
use crate::payroll;
use crate::world::{RAILS, SIGNED, World, finish};
use std::time::Duration;

#[test]
fn a_store_restored_from_an_older_copy_pays_nothing_twice() {
    let world = World::new();
    assert_eq!(world.pay(&payroll::november(6)).code, Some(0));
    world.copy_store("older");
    assert_eq!(world.pay(&payroll::november(12)).code, Some(0));
    assert_eq!(world.sandbox.credits().unwrap().len(), 12);

    world.restore_store("older");
    let output = world.pay(&payroll::november(12));
    assert_eq!((output.code, output.count("settled")), (Some(0), 12), "{output:?}");
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn a_store_restored_to_where_nothing_was_sent_yet_asks_before_it_sends() {
    let world = World::new();
    world.write("pay.csv", &payroll::november(6));
    let sealed = world.upah(&format!("pay pay.csv {RAILS} --created-by Rina"));
    assert_eq!(sealed.code, Some(4), "{sealed:?}");
    world.copy_store("older");
    assert_eq!(world.upah(&format!("pay pay.csv {SIGNED}")).code, Some(0));
    let sent = world.submissions();

    world.restore_store("older");
    let run = sealed.json["run"].as_str().unwrap();
    assert_eq!(world.upah(&format!("approve {run} --by Budi {RAILS}")).code, Some(0));
    let output = world.resume();
    assert_eq!((output.code, output.count("settled")), (Some(0), 6), "{output:?}");
    assert_eq!(world.submissions(), sent, "what was paid is found by asking");
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn a_copy_taken_in_the_middle_of_a_run_pays_nothing_twice() {
    let world = World::faulty("latency_ms=30,reset_after_booking=0.2", 5);
    world.configure("max_concurrency = 8", "max_concurrency = 2");
    world.write("pay.csv", &payroll::november(30));
    let mut child = world.start(&format!("pay pay.csv {SIGNED}"));
    while world.sandbox.credits().unwrap().len() < 5 {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    finish(child);
    world.copy_store("middle");
    assert!(matches!(world.upah(&format!("pay pay.csv {SIGNED}")).code, Some(0 | 3)));
    world.settle();

    world.restore_store("middle");
    assert!(matches!(world.upah(&format!("pay pay.csv {SIGNED}")).code, Some(0 | 3)));
    for payment in world.settle() {
        assert_eq!(payment.state, "settled", "{payment:?}");
    }
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn two_stores_that_pay_the_same_file_pay_it_once() {
    let world = World::new();
    world.write("pay.csv", &payroll::november(9));
    assert_eq!(world.upah(&format!("pay pay.csv {SIGNED} --store sqlite:one.db")).code, Some(0));
    let output = world.upah(&format!("pay pay.csv {SIGNED} --store sqlite:two.db"));
    assert_eq!((output.code, output.count("settled")), (Some(0), 9), "{output:?}");
    world.assert_nobody_twice_from_a_forgetful_store();
}

/// Seals and pays six, then puts back the copy from before anything was sent; returns how much was sent.
fn paid_and_forgotten(world: &World) -> u64 {
    world.write("pay.csv", &payroll::november(6));
    let sealed = world.upah(&format!("pay pay.csv {RAILS} --created-by Rina"));
    let run = sealed.json["run"].as_str().unwrap();
    assert_eq!(world.upah(&format!("approve {run} --by Budi {RAILS}")).code, Some(0));
    world.copy_store("older");
    assert_eq!(world.resume().code, Some(0));
    let sent = world.submissions();
    assert_eq!(sent, 6);
    world.restore_store("older");
    sent
}

#[test]
fn a_checkpoint_signed_meanwhile_does_not_make_the_store_forget_that_it_went_back() {
    let world = World::new();
    let sent = paid_and_forgotten(&world);
    world.upah(&format!("log checkpoint {RAILS}"));
    let output = world.resume();
    assert_eq!((output.code, output.count("settled")), (Some(0), 6), "{output:?}");
    assert_eq!(world.submissions(), sent, "what was paid is found by asking");
    world.assert_nobody_twice();
}

#[test]
fn a_bank_that_cannot_be_asked_does_not_make_the_store_forget_that_it_went_back() {
    let world = World::new();
    let sent = paid_and_forgotten(&world);
    world.configure(&world.sandbox.base_url(), &crate::world::nobody_listens());
    // The rail's fingerprint is another one: nothing of this may be written into an attempt.
    assert_eq!(world.resume().code, Some(3));
    world.write("upah.toml", &world.toml());
    world.resume();
    for payment in world.settle() {
        assert_eq!(payment.state, "settled", "{payment:?}");
    }
    assert_eq!(world.submissions(), sent, "what was paid is found by asking");
    world.assert_nobody_twice();
}

#[test]
fn a_bank_that_refuses_what_it_has_paid_for_a_lost_store_is_asked_before_another_reference_is_used() {
    let refusals = ["40314", "40416", "40500", "40320", "40411", "40318", "40302", "40315"];
    std::thread::scope(|scope| {
        for refusal in refusals {
            scope.spawn(move || {
                let world = World::new();
                let second = |n: usize| format!("{} ewallet:ovo:62813000000{n}", payroll::destination(n));
                let destinations: Vec<String> = (0..4).map(second).collect();
                let file = payroll::to(&destinations.iter().map(String::as_str).collect::<Vec<_>>());
                assert_eq!(world.pay(&file).code, Some(0));
                world.delete_store();
                std::fs::remove_file(world.path("upah.db.head")).unwrap();
                let plan: upah_sandbox::FaultPlan = format!("refuse_{refusal}=1").parse().unwrap();
                world.sandbox.set_faults(plan);
                assert!(matches!(world.pay(&file).code, Some(0 | 3)));
                world.resume();
                world.sandbox.set_faults(upah_sandbox::FaultPlan::none());
                world.settle();
                // The second destination is the same worker's: count her money, not her accounts.
                assert_eq!(world.sandbox.credits().unwrap().len(), 4, "{refusal}: {:?}", world.payments());
                for payment in world.payments() {
                    assert_eq!(payment.state, "settled", "{refusal}: {payment:?}");
                }
            });
        }
    });
}
