//! The kit that outside authors use, on the store that we ship: a real server, and connections that are cut.
#![allow(clippy::unwrap_used)]

mod server;

use proptest::test_runner::Config;
use server::TestServer;
use std::sync::Mutex;
use upah_conformance::Plan;
use upah_conformance::store::{StoreUnderTest, prove};
use upah_postgres::{Address, OpenOptions, Postgres};

struct Databases;

/// A database without a store. Making one costs a hundred times as much as emptying it, so they are used again.
struct Database(Address);

/// The ones that nobody uses.
static FREE: Mutex<Vec<Address>> = Mutex::new(Vec::new());

/// Ends the server's side of all connections to the present database.
const CUT: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";

impl Drop for Database {
    fn drop(&mut self) {
        FREE.lock().unwrap().push(self.0.clone());
    }
}

impl StoreUnderTest for Databases {
    type Place = Database;
    type Store = Postgres;

    fn name(&self) -> String {
        "Postgres".into()
    }

    async fn place(&self) -> Result<Database, String> {
        let server = TestServer::shared();
        let free = FREE.lock().unwrap().pop();
        let Some(address) = free else {
            return server.database().parse().map(Database).map_err(|why| format!("{why}"));
        };
        server.sql(address.database(), CUT);
        server.sql(address.database(), "SET client_min_messages = error; DROP SCHEMA IF EXISTS upah CASCADE");
        Ok(Database(address))
    }

    async fn open(&self, place: &Database) -> Result<Postgres, String> {
        Postgres::open(&place.0, OpenOptions { create: true }).await.map_err(|why| why.to_string())
    }

    async fn crash(&self, place: Database, store: Postgres) -> Result<Database, String> {
        TestServer::shared().sql(place.0.database(), CUT);
        drop(store);
        Ok(place)
    }
}

#[test]
fn postgresql_is_a_store() {
    // Half a dozen of each as a rule; `cargo xtask prove` asks for more of every property of the workspace.
    // Each case makes a database of its own, which takes half a second.
    let cases = (Config::default().cases / 40).min(24);
    let report = prove(&Databases, &Plan::default().cases(cases).version(env!("CARGO_PKG_VERSION")));
    report.assert_passed();
    assert_eq!(report.not_exercised(), Vec::<&str>::new());
}
