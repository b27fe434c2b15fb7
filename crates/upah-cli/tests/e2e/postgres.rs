//! The same binary over a real PostgreSQL: paid, killed, cut off and restarted, and nobody twice.
use crate::payroll;
use crate::world::{Payment, SIGNED, World, finish};
use std::time::Duration;
use upah_sandbox::FaultPlan;

#[path = "../../../upah-postgres/tests/server/mod.rs"]
pub(crate) mod server;
use server::TestServer;

pub(crate) const FAULTS: &str =
    "reset_before_booking=0.05,reset_after_booking=0.05,error_500_after_booking=0.05,latency_ms=4";

pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) store: String,
}

impl Desk {
    pub(crate) fn new(server: &TestServer, world: World) -> Self {
        Self { world, store: server.database() }
    }

    pub(crate) fn pay(&self) -> String {
        format!("pay pay.csv {SIGNED} --store {}", self.store)
    }

    pub(crate) fn resume(&self) -> String {
        format!("resume --rails upah.toml --json --store {}", self.store)
    }

    /// Resumes until nothing is open any more, then tells every payment.
    pub(crate) fn settle(&self) -> Vec<Payment> {
        for _ in 0..40 {
            let output = self.world.upah(&self.resume());
            assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
            let payments = self.world.payments_in(&format!("--store {}", self.store));
            if !payments.iter().any(Payment::is_open) {
                return payments;
            }
        }
        panic!("payments stay open");
    }

    pub(crate) fn assert_everybody_once(&self, count: usize) {
        let payments = self.settle();
        assert_eq!(payments.iter().filter(|payment| payment.state == "settled").count(), count, "{payments:?}");
        assert_eq!(self.world.credits().len(), count);
        self.world.assert_nobody_twice();
        let book = self.world.upah(&format!("log verify --rails upah.toml --json --store {}", self.store));
        assert_eq!((book.code, book.json["intact"].as_bool()), (Some(0), Some(true)), "{book:?}");
    }
}

#[test]
fn a_payroll_in_postgresql_is_paid_once_and_explained() {
    let desk = Desk::new(TestServer::shared(), World::new());
    desk.world.write("pay.csv", "worker_id,name\nW-1,Siti Contoh\n");
    assert_eq!(desk.world.upah(&desk.pay()).code, Some(2));
    assert_eq!(desk.world.upah(&desk.resume().replace("resume", "status")).code, Some(1), "a bad file made a store");
    desk.world.write("pay.csv", &payroll::november(6));
    let check = desk.world.upah(&format!("check pay.csv --rails upah.toml --json --store {}", desk.store));
    assert_eq!(check.code, Some(0), "{check:?}");
    let paid = desk.world.upah(&desk.pay());
    assert_eq!(paid.code, Some(0), "{paid:?}");
    assert_eq!(desk.world.upah(&desk.pay()).code, Some(0));
    assert_eq!(desk.world.sandbox.credits().unwrap().len(), 6, "the second run pays nobody");
    desk.assert_everybody_once(6);
    let reference = desk.world.sandbox.credits().unwrap()[0].reference.clone();
    let why = desk.world.upah(&format!("explain {reference} --rails upah.toml --store {}", desk.store));
    assert_eq!(why.code, Some(0), "{why:?}");
    assert!(!desk.world.path("upah.db").exists());
}

#[test]
fn a_second_sandbox_in_a_process_of_its_own_is_refused_and_sends_nothing() {
    // Whichever opens the store first works with it. On a busy machine one may have ended before the other begins: then
    // they have not met, and try again in another store.
    for _ in 0..20 {
        let desk = Desk::new(TestServer::shared(), World::new());
        desk.world.write("pay.csv", &payroll::november(300));
        let pay = format!("pay pay.csv --json --faults latency_ms=300 --store {}", desk.store);
        let both = [desk.world.start(&pay), desk.world.start(&pay)].map(finish);
        let refused = both.iter().filter(|output| output.code != Some(0)).collect::<Vec<_>>();
        if let [refused] = refused[..] {
            return refused.assert_says(1, &["another upah is working with this store"]);
        }
        assert!(refused.is_empty(), "the one that holds the store pays: {both:?}");
    }
    panic!("no process ever met another in one store");
}

#[test]
fn killed_and_the_server_crashed_again_and_again_everybody_is_paid_once() {
    let server = TestServer::start("");
    let desk = Desk::new(&server, World::faulty(FAULTS, 5));
    desk.world.write("pay.csv", &payroll::november(60));
    for round in 0..6u64 {
        let mut child = desk.world.start(&desk.pay());
        std::thread::sleep(Duration::from_millis(150 + 70 * round));
        if round % 2 == 0 {
            child.kill().unwrap();
        } else {
            // The connection is lost in the middle of the work, perhaps of a commit.
            server.restart_immediately();
        }
        let output = finish(child);
        assert!(matches!(output.code, None | Some(0 | 1 | 3)), "round {round}: {output:?}");
        assert!(!output.err.contains("panicked"), "round {round}: {output:?}");
    }
    desk.world.upah(&desk.pay());
    desk.world.sandbox.set_faults(FaultPlan::none());
    desk.assert_everybody_once(60);
}

#[test]
fn a_live_store_in_a_database_needs_a_configured_log_key() {
    let desk = Desk::new(TestServer::shared(), World::new());
    let text = desk.world.toml();
    let log = &text[text.find("[log]").unwrap()..text.find("[[rail]]").unwrap()];
    desk.world.configure(log, "");
    desk.world.write("pay.csv", &payroll::november(1));
    let refused = desk.world.upah(&desk.pay());
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("[log]"), "{refused:?}");
    assert_eq!(desk.world.sandbox.credits().unwrap().len(), 0);
}
