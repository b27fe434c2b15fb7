//! What every aggregator is put through, beside a bank of the standard: wallets and one bank go over it, another bank goes
//! over the bank.
use crate::callbacks::{Listener, soon};
use crate::payroll;
use crate::world::{SIGNED, World};
use upah_sandbox::{PayoutCallbacks, PayoutProvider};

/// The kind of a rail and the keys of its own, as they stand in the configuration.
pub(crate) type Keys = fn(&World) -> String;

/// Wallets and BCA go over the aggregator, Mandiri over the bank.
pub(crate) fn configure(world: &World, keys: Keys) {
    let text = world.toml().replace("serves = [\"bank:*\", \"ewallet:*\"]", "serves = [\"bank:008:*\"]");
    let rail = format!(
        r#"
[[rail]]
id = "aggregator"
serves = ["ewallet:*", "bank:014:*"]
timeout_seconds = 2
inquire_after_seconds = [1]
trust_not_found_after_seconds = 1
max_concurrency = 8
{}
"#,
        keys(world)
    );
    world.write("upah.toml", &(text + &rail));
}

/// How many were paid over the bank, and how many over the aggregator.
pub(crate) fn rails(world: &World) -> [usize; 2] {
    let credits = world.sandbox.credits().unwrap();
    let over_aggregator = credits.iter().filter(|credit| credit.service == "00").count();
    [credits.len() - over_aggregator, over_aggregator]
}

/// A payroll of thirty over both, twice.
pub(crate) fn pays_each_by_its_own_way(keys: Keys) {
    let world = World::new();
    configure(&world, keys);
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

/// Every fault account whose payment is made once whatever becomes of its answer, and the two that people have to see.
pub(crate) fn pays_once_whatever_becomes_of_an_answer(keys: Keys, failed: &str) {
    pays_once_and_ends(keys, failed, "needs_action:evidence_conflict");
}

/// The same for a provider whose first answer repeats no amount: where a payment ends so that would have been told another.
pub(crate) fn pays_once_and_ends(keys: Keys, failed: &str, another_amount: &str) {
    let settled =
        ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "13", "15", "17", "19", "20", "21"];
    // Most of the time is waiting.
    std::thread::scope(|scope| {
        for number in settled {
            scope.spawn(move || ends(keys, number, "settled", 1));
        }
        scope.spawn(move || ends(keys, "14", failed, 0));
        scope.spawn(move || ends(keys, "18", another_amount, 1));
    });
}

/// Where payments to a fault account end, and how many credits each of them leaves.
fn ends(keys: Keys, number: &str, standing: &str, credits: usize) {
    let world = World::new();
    configure(&world, keys);
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

/// Two whom the aggregator refuses are paid over the bank.
pub(crate) fn gives_way_to_the_bank(keys: Keys, refused: [&str; 2]) {
    let world = World::new();
    configure(&world, keys);
    let [one, other] = refused;
    let destinations = [format!("{one} bank:008:1234500001"), format!("{other} bank:008:1234500002")];
    let output = world.pay(&payroll::to(&[&destinations[0], &destinations[1]]));
    assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
    let payments = world.settle();
    assert!(payments.iter().all(|payment| payment.standing() == "settled"), "{payments:?}");
    assert_eq!(rails(&world), [2, 0]);
    world.assert_nobody_twice();
}

/// Sixty over both, killed six times.
pub(crate) fn pays_everybody_once_however_often_it_is_killed(keys: Keys) {
    let world = World::faulty("reset_after_booking=0.1,error_500=0.1,latency_ms=20,not_found_for_a_while=0.1", 5);
    configure(&world, keys);
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

/// A store that is gone finds by its references what was paid.
pub(crate) fn finds_what_a_lost_store_has_paid(keys: Keys) {
    let world = World::new();
    configure(&world, keys);
    world.pay(&payroll::november(12));
    world.settle();
    world.delete_store();
    world.upah(&format!("pay pay.csv {SIGNED}"));
    world.settle();
    assert_eq!(rails(&world), [4, 8]);
    world.assert_nobody_twice_from_a_forgetful_store();
}

/// With another secret in this file the rail stops, says why and does not say it; with the right one it goes on.
pub(crate) fn stops_at_a_wrong_secret(keys: Keys, file: &str) {
    let world = World::new();
    configure(&world, keys);
    world.write(file, "somebody_elses");
    let output = world.pay(&payroll::to(&["ewallet:dana:6281200000001"]));
    assert_eq!(output.code, Some(3), "{output:?}");
    assert!(output.err.contains("rail aggregator") && output.err.contains("credentials"), "{output:?}");
    assert!(!output.err.contains("somebody"), "{output:?}");
    configure(&world, keys);
    let settled = world.settle();
    assert_eq!(settled[0].standing(), "settled", "{settled:?}");
    assert_eq!(rails(&world), [0, 1]);
}

/// A balance that is short is seen before anybody is sent anything.
pub(crate) fn waits_for_a_balance(keys: Keys) {
    let world = World::new();
    configure(&world, keys);
    world.sandbox.set_balance(1_000).unwrap();
    let output = world.pay(&payroll::to(&["ewallet:dana:6281200000001"]));
    assert_eq!(output.code, Some(3), "{output:?}");
    assert_eq!(world.payments()[0].state, "ready", "{output:?}");
    world.sandbox.set_balance(10_000_000).unwrap();
    assert_eq!(world.settle()[0].standing(), "settled");
    assert_eq!(rails(&world), [0, 1]);
}

/// How a provider calls us: its `[rail.callback]`, whose secret is in `callback.token`, and where that listens.
pub(crate) struct CallsBack {
    pub(crate) provider: PayoutProvider,
    pub(crate) configured: &'static str,
    pub(crate) path: &'static str,
    pub(crate) secret: &'static str,
}

impl CallsBack {
    /// An office with these wages in progress, whose next question is an hour away, and the provider on the line.
    pub(crate) fn about(&self, keys: Keys, wages: &[&str]) -> (World, Listener, Vec<String>) {
        let world = World::faulty("in_progress_then_success=1,in_progress_inquiries=1000000", 1);
        configure(&world, keys);
        world.write("callback.token", self.secret);
        let patient = world.read("upah.toml").replace("inquire_after_seconds = [1]", "inquire_after_seconds = [3600]");
        world.write("upah.toml", &format!("{patient}\n{}", self.configured));
        world.write("pay.csv", &payroll::to(wages));
        let paid = world.upah(&format!("pay pay.csv {SIGNED} --wait 0"));
        assert_eq!((paid.code, paid.count("pending")), (Some(3), wages.len() as u64), "{paid:?}");
        let listener = Listener::start(&world, "");
        let url = format!("{}{}", listener.url.trim_end_matches('/'), self.path);
        let config = PayoutCallbacks { provider: self.provider, url, secret: self.secret.to_owned() };
        world.on_its_runtime(|sandbox| sandbox.call_back_about_payouts(config));
        let references = world.payments().into_iter().map(|payment| payment.reference.unwrap()).collect();
        (world, listener, references)
    }

    /// What was answered to the provider so far, and whether somebody else had called.
    pub(crate) fn answered(world: &World) -> Vec<(bool, u16)> {
        world.sandbox.callback_answers().iter().map(|answer| (answer.forged, answer.status)).collect()
    }
}

/// Whoever forges the call about one wage changes nothing; the other one settles because of the provider's own call, which
/// nothing but the call can have caused. Gives what goes on with the second.
pub(crate) fn settles_by_a_callback(keys: Keys, calls: &CallsBack) -> (World, Listener, String) {
    let (world, listener, references) =
        calls.about(keys, &["ewallet:dana:6281200000001", "ewallet:dana:6281200000002"]);
    let states = || -> Vec<String> { world.payments().into_iter().map(|payment| payment.state).collect() };
    world.sandbox.set_faults("callback_forged=1".parse().unwrap());
    assert!(world.sandbox.settle(&references[0]).unwrap());
    soon("the forger called", || CallsBack::answered(&world) == [(true, 401)]);
    assert_eq!(states(), ["pending", "pending"]);
    world.sandbox.set_faults("callback_twice=1".parse().unwrap());
    assert!(world.sandbox.settle(&references[1]).unwrap());
    soon("the provider called twice", || CallsBack::answered(&world)[1..] == [(false, 200), (false, 200)]);
    soon("she is paid", || states()[1] == "settled");
    assert_eq!(states(), ["pending", "settled"]);
    world.sandbox.set_faults(upah_sandbox::FaultPlan::none());
    world.assert_nobody_twice();
    (world, listener, references[1].clone())
}

/// The listener ends without having said the secret.
pub(crate) fn ends_without_a_word_of(secret: &str, listener: Listener) {
    let output = listener.stop();
    assert_eq!(output.json["turned_away"], 1, "{output:?}");
    assert!(!output.err.contains(secret), "{output:?}");
}
