//! `upah listen` with the real binary: a signed callback leads to one question and settles a wage long before the
//! schedule would have asked; a forged one changes nothing.
use crate::payroll;
use crate::postgres::server::TestServer;
use crate::world::{Output, Payment, SIGNED, World, finish};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use upah_sandbox::{CallbackAnswer, CallbackConfig, TestKeys};

/// The bank takes everything on, and ends it when a test says so; the next question on the schedule is an hour away.
const SLOW_BANK: &str = "in_progress_then_success=1,in_progress_inquiries=1000000";
const CALLBACK: &str = "\n[rail.callback]\npublic_key = { file = \"bank.pub.pem\" }\n";

fn bank() -> &'static TestKeys {
    static KEYS: OnceLock<TestKeys> = OnceLock::new();
    KEYS.get_or_init(|| TestKeys::generate().unwrap())
}

/// An office whose wages are all in progress, with a rail that its bank may call.
fn office(faults: &str, wages: usize, callback: &str) -> World {
    office_over("", faults, wages, callback)
}

/// The same over the store that these flags name.
fn office_over(store: &str, faults: &str, wages: usize, callback: &str) -> World {
    let world = World::faulty(faults, 1);
    world.write("bank.pub.pem", bank().public_pem());
    let intervals = "inquire_after_seconds = [3600]\ntrust_not_found_after_seconds = 3600";
    let text = world.toml().replace("inquire_after_seconds = [1]\ntrust_not_found_after_seconds = 1", intervals);
    world.write("upah.toml", &format!("{text}{callback}"));
    world.write("pay.csv", &payroll::november(wages));
    let paid = world.upah(&format!("pay pay.csv {SIGNED} --wait 0 {store}"));
    assert_eq!((paid.code, paid.count("pending")), (Some(3), wages as u64), "{paid:?}");
    world
}

/// `upah listen` at work.
pub(crate) struct Listener {
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
    pub(crate) url: String,
    said: String,
}

impl Listener {
    pub(crate) fn start(world: &World, more: &str) -> Self {
        let mut child = world.start(&format!("listen --addr 127.0.0.1:0 --rails upah.toml --json {more}"));
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let (mut said, mut url) = (String::new(), None);
        while url.is_none() {
            let mut line = String::new();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "it does not listen: {said}");
            url = line.split_whitespace().find_map(|word| word.strip_prefix("http://").map(|_| word.to_owned()));
            said.push_str(&line);
        }
        Self { child, stderr, url: url.unwrap(), said }
    }

    /// From now on the bank calls it.
    fn is_called_by(&self, world: &World, shared: Option<(&str, &str)>) {
        let mut config = CallbackConfig::new(&format!("{}/v1.0", self.url), bank().clone());
        config.shared = shared.map(|(client, secret)| (client.to_owned(), secret.to_owned()));
        world.on_its_runtime(|sandbox| sandbox.call_back(config));
    }

    pub(crate) fn stop(mut self) -> Output {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        self.stderr.read_to_string(&mut self.said).unwrap();
        let mut output = finish(self.child);
        output.err = self.said;
        assert_eq!(output.code, Some(0), "{output:?}");
        output
    }
}

fn references(world: &World) -> Vec<String> {
    references_in(world, "")
}

fn references_in(world: &World, store: &str) -> Vec<String> {
    world.payments_in(store).into_iter().map(|payment| payment.reference.unwrap()).collect()
}

fn questions(world: &World) -> u64 {
    let calls = world.sandbox.calls();
    ["36", "39"].iter().filter_map(|service| calls.get(*service)).sum()
}

/// Waits until it is so, but not long.
#[track_caller]
pub(crate) fn soon(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(30), "{what}: not within half a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn are(world: &World, state: &str) -> bool {
    world.payments().iter().all(|payment| payment.state == state)
}

fn answers(world: &World) -> Vec<CallbackAnswer> {
    world.sandbox.callback_answers()
}

#[test]
fn wages_settle_soon_after_signed_callbacks_that_come_twice_and_out_of_order() {
    let faults = format!("{SLOW_BANK},callback_twice=1,slow@callback=0.5,slow_ms=300");
    let world = office(&faults, 6, CALLBACK);
    let listener = Listener::start(&world, "");
    listener.is_called_by(&world, None);
    for reference in references(&world) {
        assert!(world.sandbox.settle(&reference).unwrap());
    }
    soon("everybody is paid", || are(&world, "settled"));
    soon("every callback came twice", || answers(&world).len() == 12);
    assert!(answers(&world).iter().all(|answer| answer.status == 200 && answer.code == "2007500"));
    assert_eq!(questions(&world), 6, "a repetition costs no question");
    let output = listener.stop();
    assert_eq!(output.json["acknowledged"], 12, "{output:?}");
    for personal in payroll::november(6).split(['\n', ',']).filter(|cell| cell.len() > 9) {
        assert!(!output.err.contains(personal), "{personal} stands in {output:?}");
    }
    world.assert_nobody_twice();
    world.assert_book_fits();
    let signed = world.upah("log checkpoint --rails upah.toml --json");
    assert_eq!(signed.json["size"], output.json["log"]["size"], "what was recorded is signed: {signed:?}");
}

#[test]
fn a_forged_callback_changes_nothing_and_asks_nothing() {
    let world = office(&format!("{SLOW_BANK},callback_forged=1"), 3, CALLBACK);
    let before = world.payments();
    let listener = Listener::start(&world, "");
    listener.is_called_by(&world, None);
    for reference in references(&world) {
        assert!(world.sandbox.settle(&reference).unwrap());
    }
    soon("the forger called", || answers(&world).len() == 3);
    assert!(answers(&world).iter().all(|answer| answer.forged && answer.status == 401 && answer.code == "4010000"));
    assert_eq!((world.payments(), questions(&world)), (before, 0));
    assert_eq!(listener.stop().json["turned_away"], 3);
}

#[test]
fn a_bank_that_fetches_a_token_from_us_is_heard() {
    let symmetric = "signature = \"symmetric\"\nclient_id = \"BANK\"\nclient_secret = { file = \"bank.secret\" }\n";
    let world = office(SLOW_BANK, 1, "");
    world.write("bank.secret", "a-secret-between-us\n");
    world.write("upah.toml", &format!("{}{CALLBACK}{symmetric}", world.toml()));
    let listener = Listener::start(&world, "");
    listener.is_called_by(&world, Some(("BANK", "a-secret-between-us")));
    assert!(world.sandbox.settle(&references(&world)[0]).unwrap());
    soon("she is paid", || are(&world, "settled"));
    let output = listener.stop();
    assert!(!output.err.contains("a-secret-between-us"), "{output:?}");
}

#[test]
fn money_that_came_back_is_noticed_without_resume() {
    let world = office(SLOW_BANK, 1, CALLBACK);
    let listener = Listener::start(&world, "");
    listener.is_called_by(&world, None);
    let reference = &references(&world)[0];
    assert!(world.sandbox.settle(reference).unwrap());
    soon("she is paid", || are(&world, "settled"));
    assert!(world.sandbox.return_payment(reference).unwrap());
    soon("it came back", || are(&world, "returned"));
    listener.stop();
    world.assert_book_fits();
}

#[test]
fn a_payroll_in_postgresql_is_called_about_while_another_process_has_it_in_hand() {
    let store = format!("--store {}", TestServer::shared().database());
    let world = office_over(&store, SLOW_BANK, 2, CALLBACK);
    let listener = Listener::start(&world, &store);
    listener.is_called_by(&world, None);
    let asked = questions(&world);
    let other = world.start(&format!("resume --rails upah.toml --wait 8 --json {store}"));
    soon("the other one has asked about what it has in hand", || questions(&world) == asked + 2);
    for reference in references_in(&world, &store) {
        assert!(world.sandbox.settle(&reference).unwrap());
    }
    soon("everybody is paid", || world.payments_in(&store).iter().all(|payment| payment.state == "settled"));
    let output = finish(other);
    assert_eq!((output.code, output.count("settled")), (Some(0), 2), "{output:?}");
    listener.stop();
    world.assert_nobody_twice();
}

#[test]
fn a_second_writer_beside_the_listener_is_refused_and_reading_is_not() {
    let world = office(SLOW_BANK, 1, CALLBACK);
    let listener = Listener::start(&world, "");
    world.resume().assert_says(1, &["another upah is working with this store"]);
    assert_eq!(world.payments().len(), 1);
    listener.stop();
    assert_eq!(world.upah("resume --rails upah.toml --json --wait 0").code, Some(3));
}

#[test]
fn a_listener_that_could_hear_nobody_does_not_start() {
    let world = World::new();
    world.upah("listen").assert_says(2, &["--rails"]);
    world.upah("listen --rails upah.toml --addr nowhere").assert_says(2, &["--addr", "nowhere"]);
    world.write("pay.csv", &payroll::november(1));
    world.upah("listen --rails upah.toml").assert_says(1, &["upah.db"]);
    assert!(!world.path("upah.db").exists(), "a listener made a store");
    assert_eq!(world.pay(&payroll::november(1)).code, Some(0));
    world.upah("listen --rails upah.toml").assert_says(2, &["[rail.callback]"]);
    let with = |text: &str| {
        world.write("bank.pub.pem", bank().public_pem());
        world.write("upah.toml", &format!("{}{CALLBACK}{text}", world.toml()));
        world.upah("listen --rails upah.toml --addr 127.0.0.1:0")
    };
    with("windw_seconds = 1\n").assert_says(2, &["windw_seconds"]);
    with("signature = \"symmetric\"\n").assert_says(2, &["client_id", "client_secret"]);
    with("window_seconds = 0\n").assert_says(2, &["window_seconds"]);
    with("path_prefix = \"/a//b\"\n").assert_says(2, &["path"]);
}

#[test]
fn a_callback_that_never_comes_loses_nobody() {
    let world = office(&format!("{SLOW_BANK},callback_lost=1"), 1, CALLBACK);
    let listener = Listener::start(&world, "");
    listener.is_called_by(&world, None);
    assert!(world.sandbox.settle(&references(&world)[0]).unwrap());
    std::thread::sleep(Duration::from_millis(300));
    assert!(answers(&world).is_empty() && world.payments().iter().all(Payment::is_open));
    listener.stop();
    assert_eq!(world.resume().code, Some(0));
    assert!(are(&world, "settled"));
    world.assert_nobody_twice();
}
