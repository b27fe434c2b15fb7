//! One payroll through SQLite by one drive, and through PostgreSQL by two, over the same sandbox and with as many calls
//! at once in all: without latency, and with 50 ms. In turn and in one run, because machines are noisy; quote the ratios.
//!
//! `cargo xtask bench stores [ROWS ROUNDS CALLS_AT_ONCE]`; needs PostgreSQL's programs.
#![allow(clippy::unwrap_used, clippy::float_arithmetic)]

#[path = "../../upah-postgres/tests/server/mod.rs"]
mod server;

use server::TestServer;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use upah::{Confirm, Gateway, LogKey, Mode, Signatures, SystemEnvironment};
use upah_core::Rupiah;
use upah_core::policy::{NameCheck, Pattern, RailPolicy};
use upah_core::rail::Rail;
use upah_core::row::{PayRow, PayRowFields, Statement};
use upah_core::store::Store;
use upah_postgres::{Address, Postgres};
use upah_sandbox::{Credentials, FaultPlan, Sandbox, SandboxConfig, TestKeys};
use upah_snap::profile::Profile;
use upah_snap::{SnapRail, SnapRailConfig};
use upah_sqlite::Sqlite;

/// The allocator of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let rows = numbers.first().copied().unwrap_or(5_000);
    let rounds = numbers.get(1).copied().unwrap_or(3);
    let calls = numbers.get(2).copied().unwrap_or(32);
    let server = TestServer::start("");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for faults in ["", "latency_ms=50"] {
        let mut ratios = Vec::new();
        for round in 1..=rounds {
            let sqlite = runtime.block_on(one_drive_on_sqlite(rows, calls, faults));
            let postgres = runtime.block_on(two_drives_on_postgresql(&server, rows, calls, faults));
            let ratio = sqlite.as_secs_f64() / postgres.as_secs_f64();
            ratios.push(ratio);
            println!(
                "round {round}, provider {}: SQLite {:.0}/s, PostgreSQL with two drives {:.0}/s, ratio {ratio:.2}",
                if faults.is_empty() { "without latency" } else { "with 50 ms" },
                rows as f64 / sqlite.as_secs_f64(),
                rows as f64 / postgres.as_secs_f64(),
            );
        }
        ratios.sort_by(f64::total_cmp);
        println!("PostgreSQL / SQLite: median {:.2} over {rounds} rounds of {rows} payments", ratios[rounds / 2]);
    }
}

struct World {
    bank: Sandbox,
    keys: TestKeys,
    folder: tempfile::TempDir,
}

async fn world(faults: &str) -> World {
    let keys = TestKeys::generate().unwrap();
    let mut config = SandboxConfig::new(Credentials::for_tests(keys.public_pem()));
    if !faults.is_empty() {
        config.faults = faults.parse::<FaultPlan>().unwrap();
    }
    World { bank: Sandbox::start(config).await.unwrap(), keys, folder: tempfile::tempdir().unwrap() }
}

async fn one_drive_on_sqlite(rows: usize, calls: usize, faults: &str) -> Duration {
    let world = world(faults).await;
    let path = world.folder.path().join("bench.db");
    let store = Sqlite::open(path, upah_sqlite::OpenOptions { create: true }).unwrap();
    let upah = gateway(&world, Arc::new(store), calls).await;
    admit(&upah, rows).await;
    let began = Instant::now();
    upah.drive(&[], false, Some(0)).await.unwrap();
    ended(world, rows, began).await
}

async fn two_drives_on_postgresql(server: &TestServer, rows: usize, calls: usize, faults: &str) -> Duration {
    let world = world(faults).await;
    let address: Address = server.database().parse().unwrap();
    let mut gateways = Vec::new();
    for _ in 0..2 {
        let store = Postgres::open(&address, upah_postgres::OpenOptions { create: true }).await.unwrap();
        gateways.push(gateway(&world, Arc::new(store), calls / 2).await);
    }
    admit(&gateways[0], rows).await;
    let began = Instant::now();
    let mut driving = JoinSet::new();
    for upah in gateways {
        driving.spawn(async move { upah.drive(&[], false, Some(60)).await.map(drop) });
    }
    while let Some(end) = driving.join_next().await {
        end.unwrap().unwrap();
    }
    ended(world, rows, began).await
}

async fn ended(world: World, rows: usize, began: Instant) -> Duration {
    let took = began.elapsed();
    assert_eq!(world.bank.credits().unwrap().len(), rows);
    assert!(world.bank.violations().is_empty());
    world.bank.stop().await;
    took
}

async fn gateway(world: &World, store: Arc<dyn Store>, calls: usize) -> Gateway {
    let test = Credentials::for_tests("");
    let config = SnapRailConfig {
        profile: Profile::standard(),
        id: "bank".parse().unwrap(),
        base_url: world.bank.base_url(),
        path_prefix: "/v1.0".into(),
        token_path: None,
        partner_id: test.partner_id,
        client_id: test.client_id,
        channel_id: test.channel_id,
        source_account: "888801000157508".into(),
        source_bank_code: None,
        codes: [].into(),
        clearing: upah_snap::ClearingAbove::default(),
        bulk: None,
        additional_info: [].into(),
        client_secret: Some(test.client_secret),
        private_key_pem: world.keys.private_pem().into(),
        timeout: Duration::from_secs(5),
        max_concurrency: calls,
        origin: None,
    };
    let rail = SnapRail::new(config, Arc::new(SystemEnvironment)).unwrap();
    let mut policy = RailPolicy::new(rail.id().clone(), rail.fingerprint(), vec![Pattern::new("*")]);
    policy.max_concurrency = u32::try_from(calls).unwrap();
    policy.name_check = NameCheck::Record;
    let key = LogKey::from_seed("bench.example/log", &[1; 32], world.folder.path().join("bench.head")).unwrap();
    Gateway::open(store, Mode::Sandbox).rail(Arc::new(rail), policy, None).log_key(key).build().await.unwrap()
}

async fn admit(upah: &Gateway, rows: usize) {
    let signatures = Signatures {
        created_by: "maker".parse().unwrap(),
        approved_by: Some("checker".parse().unwrap()),
        confirm: Confirm::None,
    };
    let payroll: Vec<PayRow> = (0..rows).map(row).collect();
    upah.seal(&"bench".parse().unwrap(), payroll, &signatures).await.unwrap();
}

fn row(n: usize) -> PayRow {
    let amount = Rupiah::new(600_000).unwrap();
    PayRow::new(PayRowFields {
        row: n as u64 + 2,
        employer: None,
        worker_id: format!("W-{n:06}").parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: vec![format!("bank:014:{}", 1_000_000_000 + n).parse().unwrap()],
        period: "2026-11".parse().unwrap(),
        amount,
        component: "wage".parse().unwrap(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole("base".parse().unwrap(), amount),
    })
    .unwrap()
}
