//! Over which rail a wage goes: by order, by cost, by the hour, and what is told of it.
use crate::payroll;
use crate::world::{SIGNED, World};
use upah_sandbox::XenditClient;

/// A dear bank and a cheap aggregator, both of which pay every bank and wallet.
fn with_two_ways(world: &World, of_the_bank: &str, rule: &str) {
    let known = XenditClient::for_tests();
    world.write("xendit.key", &known.secret_key);
    let fee = |amount| format!("[[rail.fee]]\namount = {amount}\nbearer = \"employer\"\nfrom = \"2020-01-01\"\n");
    let text = format!("route = \"{rule}\"\n{}{of_the_bank}{}", world.toml(), fee(6_500));
    let rail = format!(
        r#"
[[rail]]
id = "xendit"
kind = "xendit"
serves = ["ewallet:*", "bank:*"]
base_url = "{}"
business_id = "{}"
secret_key = {{ file = "xendit.key" }}
inquire_after_seconds = [1]
trust_not_found_after_seconds = 1
"#,
        world.sandbox.base_url(),
        known.business_id
    );
    world.write("upah.toml", &(text + &rail + &fee(2_500)));
}

/// Hours of the bank that do not hold now, whenever this runs.
fn closed_now() -> &'static str {
    let since_midnight = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let hour_in_jakarta = (since_midnight / 3_600 + 7) % 24;
    if (6..18).contains(&hour_in_jakarta) {
        "[rail.hours]\nopen = \"21:00\"\nclose = \"22:00\"\n"
    } else {
        "[rail.hours]\nopen = \"10:00\"\nclose = \"11:00\"\n"
    }
}

fn over(world: &World) -> Vec<String> {
    world.payments().iter().map(|payment| payment.rail.clone().unwrap_or_default()).collect()
}

fn told(world: &World, arguments: &str) -> String {
    let payment = world.payments()[0].id.clone();
    world.upah(&format!("explain {payment} --rails upah.toml {arguments}")).out
}

#[test]
fn the_cheapest_way_is_taken_on_request_and_its_reason_and_cost_are_told() {
    let world = World::new();
    with_two_ways(&world, "", "cheapest");
    let output = world.pay(&payroll::to(&["bank:014:1234567890", "ewallet:dana:6281234567890"]));
    world.settle();
    assert_eq!(over(&world), ["xendit", "xendit"]);
    let why = told(&world, "--lang en --for employer");
    for words in ["this one costs least", "Rp2.500", "“bank” costs more"] {
        assert!(why.contains(words), "{words}: {why}");
    }
    assert!(!told(&world, "--lang en --for worker").contains("costs least"), "of no use to her");
    let summed: u64 = output.json["rails"][0]["fees"].as_u64().unwrap_or_default();
    assert_eq!(summed % 2_500, 0, "{output:?}");
}

#[test]
fn the_order_decides_as_long_as_nobody_asks_for_the_cheapest() {
    let world = World::new();
    with_two_ways(&world, "", "order");
    let output = world.pay(&payroll::to(&["bank:014:1234567890"]));
    assert_eq!(output.code, Some(0), "{output:?}");
    assert_eq!(over(&world), ["bank"]);
    let rails = &output.json["rails"][0];
    assert_eq!(
        (rails["rail"].as_str(), rails["count"].as_u64(), rails["fees"].as_u64()),
        (Some("bank"), Some(1), Some(6_500))
    );
    assert!(output.err.contains("over bank: 1 paid now") && output.err.contains("fees Rp6.500"), "{}", output.err);
    assert!(told(&world, "--lang en --for counsellor").contains("the employer names this one first"));
}

#[test]
fn at_night_the_open_way_is_taken_and_nobody_waits_to_save_a_fee() {
    let world = World::new();
    with_two_ways(&world, closed_now(), "order");
    world.pay(&payroll::to(&["bank:014:1234567890"]));
    world.settle();
    assert_eq!(over(&world), ["xendit"]);
    assert!(told(&world, "--lang en --for counsellor").contains("“bank” was closed at that time"));
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn where_everything_is_closed_she_is_told_when_it_opens_and_is_paid_then() {
    let world = World::new();
    world.write("upah.toml", &format!("{}{}", world.toml(), closed_now()));
    world.write("pay.csv", &payroll::to(&["bank:014:1234567890"]));
    let output = world.upah(&format!("pay pay.csv {SIGNED} --wait 1"));
    assert_eq!((output.code, output.count("ready")), (Some(3), 1), "{output:?}");
    assert_eq!(world.payments()[0].standing(), "ready:outside_hours");
    assert_eq!(world.submissions(), 0);
    let to_her = told(&world, "--lang id --for worker");
    assert!(to_her.contains("sedang tutup") && to_her.contains("Jalur itu buka pada"), "{to_her}");
    world.assert_book_fits();
    // Somebody finds out that the bank has no such hours.
    world.write("upah.toml", &world.toml());
    assert_eq!(world.resume().code, Some(0));
    assert_eq!(world.payments()[0].standing(), "settled");
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn a_store_that_never_saw_the_night_asks_the_other_way_before_it_pays_by_day() {
    let world = World::new();
    with_two_ways(&world, closed_now(), "order");
    world.pay(&payroll::to(&["bank:014:1234567890"]));
    world.settle();
    assert_eq!(over(&world), ["xendit"]);
    // Another folder with the same configuration, at an hour at which the bank is open.
    world.delete_store();
    let open = closed_now().replace("21:00", "00:00").replace("22:00", "24:00");
    let open = open.replace("10:00", "00:00").replace("11:00", "24:00");
    with_two_ways(&world, &open, "order");
    let again = world.pay(&payroll::to(&["bank:014:1234567890"]));
    assert_eq!(again.code, Some(3), "{again:?}");
    assert_eq!(world.payments()[0].standing(), "needs_action:evidence_conflict");
    world.assert_nobody_twice();
}
