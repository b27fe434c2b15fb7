//! Three processes on one PostgreSQL: killed, put to sleep past their lease, cut off and their server crashed, and
//! every wage is paid once.
use crate::killed::Dice;
use crate::payroll;
use crate::postgres::server::TestServer;
use crate::postgres::{Desk, FAULTS};
use crate::world::{World, finish};
use std::process::{Child, Command};
use std::time::Duration;
use upah_sandbox::FaultPlan;

/// A lease short enough to be slept through.
const LEASE_SECONDS: u64 = 2;

fn signal(child: &Child, name: &str) {
    let said = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status();
    assert!(said.is_ok(), "no shell to send a signal with");
}

fn nap(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}

/// Until somebody's wage is on its way.
fn until_paying(desk: &Desk) {
    let began = std::time::Instant::now();
    while desk.world.submissions() == 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing is being paid");
        nap(10);
    }
}

/// A desk whose processes have short leases.
fn desk(server: &TestServer, faults: &str, seed: u64) -> Desk {
    let desk = Desk::new(server, World::faulty(faults, seed));
    let lease = format!("lease_seconds = {LEASE_SECONDS}\n[log]");
    desk.world.configure("[log]", &lease);
    let text = desk.world.read("upah.toml");
    let life = "max_concurrency = 8\nsignature_life_seconds = 3";
    desk.world.write("upah.toml", &text.replace("max_concurrency = 8", life));
    desk
}

/// Three processes that are started again whenever they end.
struct Crew<'a> {
    desk: &'a Desk,
    children: Vec<Child>,
    seed: u64,
}

impl<'a> Crew<'a> {
    fn at_work(desk: &'a Desk, seed: u64) -> Self {
        let children = (0..3).map(|_| desk.world.start(&desk.pay())).collect();
        Self { desk, children, seed }
    }

    /// What a process left that has ended; it is started again, to pay or to go on.
    fn replace(&mut self, which: usize, pays: bool) {
        let command = if pays { self.desk.pay() } else { self.desk.resume() };
        let ended = std::mem::replace(&mut self.children[which], self.desk.world.start(&command));
        self.judge(ended);
    }

    fn judge(&self, ended: Child) {
        let output = finish(ended);
        // Without a store yet, or without a server, a command says so and sends nothing.
        assert!(matches!(output.code, None | Some(0 | 1 | 3)), "seed {}: {output:?}", self.seed);
        assert!(!output.err.contains("panicked"), "seed {}: {output:?}", self.seed);
        assert!(!output.err.contains("damaged"), "seed {}: {output:?}", self.seed);
    }

    fn kill(&mut self, which: usize, pays: bool) {
        self.children[which].kill().unwrap();
        self.replace(which, pays);
    }

    fn end(self) {
        for child in &self.children {
            signal(child, "CONT");
        }
        let Self { desk, children, seed } = self;
        let judge = Crew { desk, children: Vec::new(), seed };
        children.into_iter().for_each(|child| judge.judge(child));
    }
}

/// So many workers, so many blows.
fn round(seed: u64, count: usize, blows: usize) {
    let server = TestServer::start("");
    let desk = desk(&server, FAULTS, seed);
    desk.world.write("pay.csv", &payroll::november(count));
    let database = desk.store.rsplit('/').next().unwrap().to_owned();
    let mut dice = Dice(seed);
    let mut crew = Crew::at_work(&desk, seed);
    nap(400);
    for _ in 0..blows {
        let which = usize::try_from(dice.below(3)).unwrap();
        match dice.below(10) {
            0..=3 => crew.kill(which, dice.below(2) == 0),
            4..=7 => {
                // Asleep for longer than its lease, while the others take over.
                signal(&crew.children[which], "STOP");
                nap(LEASE_SECONDS * 1_000 + dice.below(1_500));
                signal(&crew.children[which], "CONT");
            }
            8 => server.cut(&database),
            _ => server.restart_immediately(),
        }
        nap(50 + dice.below(400));
        for which in 0..3 {
            if matches!(crew.children[which].try_wait(), Ok(Some(_))) {
                crew.replace(which, dice.below(2) == 0);
            }
        }
    }
    crew.end();
    desk.world.upah(&desk.pay());
    desk.world.sandbox.set_faults(FaultPlan::none());
    desk.assert_everybody_once(count);
}

/// Waits for what is in another process's hands as long as a busy machine may take.
fn patient(arguments: &str) -> String {
    format!("{arguments} --wait 60")
}

#[test]
fn three_processes_share_a_run_and_pay_everybody_once() {
    // With leases of the usual length, so that a busy machine lets none of them lapse.
    let desk = Desk::new(TestServer::shared(), World::faulty("latency_ms=20", 3));
    desk.world.write("pay.csv", &payroll::november(90));
    let pays: Vec<Child> = (0..3).map(|_| desk.world.start(&patient(&desk.pay()))).collect();
    for child in pays {
        let output = finish(child);
        assert_eq!((output.code, output.count("settled")), (Some(0), 90), "{output:?}");
    }
    assert_eq!(desk.world.submissions(), 90, "no wage was in two hands");
    desk.assert_everybody_once(90);
}

#[test]
fn what_a_killed_process_held_is_taken_over_by_one_that_waits_for_it() {
    let desk = desk(TestServer::shared(), "latency_ms=150", 4);
    desk.world.write("pay.csv", &payroll::november(40));
    let mut first = desk.world.start(&desk.pay());
    until_paying(&desk);
    let second = desk.world.start(&patient(&desk.resume()));
    nap(300);
    first.kill().unwrap();
    finish(first);
    let output = finish(second);
    assert_eq!(output.code, Some(0), "{output:?}");
    desk.assert_everybody_once(40);
}

#[test]
fn asleep_past_its_lease_a_process_wakes_and_pays_nobody_again() {
    let desk = desk(TestServer::shared(), "latency_ms=100", 5);
    desk.world.write("pay.csv", &payroll::november(60));
    let sleeper = desk.world.start(&patient(&desk.pay()));
    until_paying(&desk);
    let other = desk.world.start(&patient(&desk.resume()));
    nap(200);
    signal(&sleeper, "STOP");
    nap(LEASE_SECONDS * 1_000 + 2_500);
    signal(&sleeper, "CONT");
    for child in [sleeper, other] {
        let output = finish(child);
        assert_eq!(output.code, Some(0), "{output:?}");
    }
    desk.assert_everybody_once(60);
}

#[test]
fn killed_asleep_and_cut_off_at_random_three_processes_pay_everybody_once() {
    round(21, 60, 7);
}

/// Many rounds; `UPAH_SHARED_ROUNDS` says how many, `UPAH_SHARED_SEED` where they begin.
#[test]
#[ignore = "takes minutes; run it before a release"]
fn killed_asleep_and_cut_off_in_many_rounds() {
    let number = |name: &str, fallback: u64| std::env::var(name).map_or(fallback, |text| text.parse().unwrap());
    let first = number("UPAH_SHARED_SEED", 2_000);
    for seed in first..first + number("UPAH_SHARED_ROUNDS", 3) {
        round(seed, 120, 14);
    }
}

/// The primary is gone for good in mid-run, and its synchronous standby takes over: nothing that was acknowledged is
/// lost, so nobody is paid twice and the book fits its head.
#[test]
fn a_synchronous_standby_is_promoted_in_mid_run_and_nobody_is_paid_twice() {
    let primary = TestServer::start("");
    let mut desk = desk(&primary, FAULTS, 6);
    let database = desk.store.rsplit('/').next().unwrap().to_owned();
    let standby = primary.synchronous_standby();
    desk.world.write("pay.csv", &payroll::november(80));
    let crew = Crew::at_work(&desk, 6);
    nap(1_500);
    primary.stop_immediately();
    standby.promote();
    crew.end();
    desk.store = standby.address(&database);
    let crew = Crew::at_work(&desk, 6);
    crew.end();
    desk.world.sandbox.set_faults(FaultPlan::none());
    desk.assert_everybody_once(80);
}
