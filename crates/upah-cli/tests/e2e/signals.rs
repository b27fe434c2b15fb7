//! Being asked to stop: what is on its way is let finish, and a later `resume` does the rest.
use crate::payroll;
use crate::world::{SIGNED, World, finish};
use std::process::Command;
use std::time::Duration;

fn stops_gracefully(signal: &str) {
    let world = World::faulty("latency_ms=120", 1);
    world.configure("max_concurrency = 8", "max_concurrency = 2");
    world.write("pay.csv", &payroll::november(40));
    let child = world.start(&format!("pay pay.csv {SIGNED}"));
    while world.sandbox.credits().unwrap().len() < 3 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let told = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let output = finish(child);
    assert_eq!(output.code, Some(3), "{output:?}");
    assert!(output.err.contains("upah resume"), "{output:?}");
    let paid = world.sandbox.credits().unwrap().len() as u64;
    assert!(paid < 40, "it did not stop");
    assert_eq!(output.count("settled"), paid, "what was on its way is recorded: {output:?}");
    assert_eq!(output.count("ready"), 40 - paid, "nothing is in doubt: {output:?}");
    world.assert_book_fits();

    let output = world.resume();
    assert_eq!(output.code, Some(0), "{output:?}");
    assert_eq!(output.count("settled"), 40);
    assert_eq!(world.submissions(), 40, "nothing was sent twice");
    world.assert_nobody_twice();
}

#[test]
fn sigterm_lets_finish_what_is_on_its_way_and_resume_pays_the_rest() {
    stops_gracefully("-TERM");
}

#[test]
fn sigint_does_the_same() {
    stops_gracefully("-INT");
}
