//! `pay` of a payroll through the sandbox, beside the same HTTP calls made bare by the same adapter: no store,
//! no log, no state. Both in one run, in turn, because machines are noisy; quote the ratio.
//!
//! `cargo bench -p upah-cli [-- ROWS ROUNDS CALLS_AT_ONCE]`
#![allow(clippy::unwrap_used, clippy::float_arithmetic)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use upah::sqlite::{OpenOptions, Sqlite};
use upah::{Confirm, Gateway, LogKey, Mode, Signatures, SystemEnvironment};
use upah_core::evidence::{Inspection, SubmitOutcome};
use upah_core::ids::EmployerId;
use upah_core::policy::{Pattern, RailPolicy};
use upah_core::rail::{Order, Rail};
use upah_core::reference::Reference;
use upah_core::row::{PayRow, PayRowFields, Statement};
use upah_core::{Destination, Rupiah, Timestamp};
use upah_sandbox::{Credentials, Sandbox, SandboxConfig, TestKeys};
use upah_snap::client::{CallSignature, SnapClient, SnapConfig};
use upah_snap::endpoint::Endpoint;
use upah_snap::outcome::of_submit;
use upah_snap::profile::Profile;
use upah_snap::signature::{ClientSecret, PrivateKey};
use upah_snap::{SnapRail, SnapRailConfig, Stored};
use upah_transport::{Transport, TransportConfig};

/// The allocator of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CONCURRENCY: usize = 32;

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let rows = numbers.first().copied().unwrap_or(10_000);
    let rounds = numbers.get(1).copied().unwrap_or(5);
    let calls = numbers.get(2).copied().unwrap_or(CONCURRENCY);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut ratios = Vec::new();
    // Each payroll stands between two bare runs, for the machine's speed drifts.
    let mut before = runtime.block_on(bare(rows, calls));
    for round in 1..=rounds {
        let paid = runtime.block_on(pay(rows, calls));
        let after = runtime.block_on(bare(rows, calls));
        let bare = (before + after) / 2;
        before = after;
        let ratio = bare.as_secs_f64() / paid.drive.as_secs_f64();
        ratios.push(ratio);
        println!(
            "round {round}: bare {:.0}/s, pay {:.0}/s, ratio {ratio:.2}; admission {:.0} rows/s; \
             of the drive's wall time the committer held the store {:.0} %; signing {:.1} us a call",
            rate(rows, bare),
            rate(rows, paid.drive),
            rate(rows, paid.admission),
            100.0 * paid.commit.as_secs_f64() / paid.drive.as_secs_f64(),
            signing_micros(),
        );
        println!(
            "         a payment waited {:.2} ms for HTTP (both calls, {calls} at once); {} commits of {:.2} ms",
            paid.http.as_secs_f64() * 1_000.0 / rows as f64,
            paid.commits,
            paid.commit.as_secs_f64() * 1_000.0 / paid.commits.max(1) as f64,
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!("pay / bare: median {:.2} over {rounds} rounds of {rows} payments", ratios[ratios.len() / 2]);
}

fn rate(rows: usize, time: Duration) -> f64 {
    rows as f64 / time.as_secs_f64()
}

struct World {
    bank: Sandbox,
    keys: TestKeys,
}

async fn world() -> World {
    let keys = TestKeys::generate().unwrap();
    let bank = Sandbox::start(SandboxConfig::new(Credentials::for_tests(keys.public_pem()))).await.unwrap();
    World { bank, keys }
}

fn destination(n: usize) -> Destination {
    format!("bank:014:{}", 1_000_000_000 + n).parse().unwrap()
}

/// The same calls for each payment, made by the same adapter: account inquiry, then transfer, composed, signed,
/// answered and judged for real.
async fn bare(rows: usize, calls: usize) -> Duration {
    let world = world().await;
    let test = Credentials::for_tests("");
    let config = SnapConfig {
        profile: Profile::standard(),
        endpoint: Endpoint::new(&world.bank.base_url(), "/v1.0", Profile::standard()).unwrap(),
        partner_id: test.partner_id,
        client_id: test.client_id,
        channel_id: test.channel_id,
        origin: None,
        private_key: PrivateKey::from_pem(world.keys.private_pem().as_bytes()).unwrap(),
        call_signature: CallSignature::SymmetricWithToken(ClientSecret::new(&test.client_secret).unwrap()),
    };
    let transport = Transport::new(TransportConfig::with_timeout(Duration::from_secs(5))).unwrap();
    let client = Arc::new(SnapClient::new(config, Arc::new(transport), Arc::new(SystemEnvironment)).unwrap());
    let rail = Arc::new(rail(&world, calls));
    let orders: Arc<Vec<(Destination, Reference)>> =
        Arc::new((0..rows).map(|n| (destination(n), Reference::from_stored(format!("BARE{n:022}")))).collect());
    let next = Arc::new(AtomicU64::new(0));
    let (began, cpu_began) = (Instant::now(), cpu_ticks());
    let mut workers = JoinSet::new();
    for _ in 0..calls {
        let (client, rail) = (Arc::clone(&client), Arc::clone(&rail));
        let (orders, next) = (Arc::clone(&orders), Arc::clone(&next));
        workers.spawn(async move {
            while let Some((to, reference)) = orders.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                transfer(&client, &rail, to, reference).await;
            }
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker.unwrap();
    }
    let took = began.elapsed();
    println!("         bare: {}", processor(rows, cpu_began, took));
    assert_eq!(world.bank.credits().unwrap().len(), rows);
    world.bank.stop().await;
    took
}

async fn transfer(client: &SnapClient, rail: &SnapRail, to: &Destination, reference: &Reference) {
    let amount = Rupiah::new(600_000).unwrap();
    let found = rail.account_inquiry().unwrap().inspect(to, amount).await;
    let Inspection::Found { name, session } = found else { panic!("{found:?}") };
    let order = Order {
        reference,
        amount,
        destination: to,
        name: &"Siti Contoh".parse().unwrap(),
        inquired_name: Some(&name),
        session: session.as_deref(),
        at: Timestamp::from_millis(1_800_000_000_000),
    };
    let body = rail.compose(&order).unwrap();
    let sent = Stored::read(&body, reference, amount).unwrap();
    match of_submit(&client.call(sent.service(), &body).await, &sent) {
        SubmitOutcome::Settled(_) => {}
        other => panic!("{other:?}"),
    }
}

fn rail(world: &World, calls: usize) -> SnapRail {
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
    SnapRail::new(config, Arc::new(SystemEnvironment)).unwrap()
}

struct Paid {
    admission: Duration,
    drive: Duration,
    commit: Duration,
    commits: u64,
    http: Duration,
}

/// The whole way: admission, attempts durable before they are sent, evidence, log, state.
async fn pay(rows: usize, calls: usize) -> Paid {
    let world = world().await;
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Sqlite::open(dir.path().join("bench.db"), OpenOptions { create: true }).unwrap());
    let rail = rail(&world, calls);
    let mut policy = RailPolicy::new("bank".parse().unwrap(), rail.fingerprint(), vec![Pattern::new("*")]);
    policy.max_concurrency = u32::try_from(calls).unwrap();
    let key = LogKey::from_seed("bench.example/log", &[1; 32], dir.path().join("bench.head")).unwrap();
    let upah =
        Gateway::open(store, Mode::Sandbox).rail(Arc::new(rail), policy, None).log_key(key).build().await.unwrap();
    let signatures = Signatures {
        created_by: "maker".parse().unwrap(),
        approved_by: Some("checker".parse().unwrap()),
        confirm: Confirm::None,
    };
    let employer: EmployerId = "bench".parse().unwrap();
    let payroll: Vec<PayRow> = (0..rows).map(row).collect();
    let began = Instant::now();
    upah.seal(&employer, payroll, &signatures).await.unwrap();
    let admission = began.elapsed();
    let (began, cpu_began) = (Instant::now(), cpu_ticks());
    upah.drive(&[], false, Some(0)).await.unwrap();
    let drive = began.elapsed();
    println!("         pay:  {}", processor(rows, cpu_began, drive));
    assert_eq!(world.bank.credits().unwrap().len(), rows);
    assert!(world.bank.violations().is_empty());
    world.bank.stop().await;
    Paid {
        admission,
        drive,
        commit: Duration::from_micros(upah.store_use().micros),
        commits: upah.store_use().commits,
        http: Duration::from_micros(upah.progress().http_micros()),
    }
}

fn row(n: usize) -> PayRow {
    let amount = Rupiah::new(600_000).unwrap();
    PayRow::new(PayRowFields {
        row: n as u64 + 2,
        employer: None,
        worker_id: format!("W-{n:06}").parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: vec![destination(n)],
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

/// How much of the processor a measured part took; the sandbox runs in the same process, on both sides.
fn processor(rows: usize, began: u64, took: Duration) -> String {
    let spent = (cpu_ticks() - began) as f64 / 100.0;
    format!(
        "{:.2} cores busy, {:.0} us of processor time a payment",
        spent / took.as_secs_f64(),
        spent * 1e6 / rows as f64
    )
}

/// Hundredths of a second of processor time that this process has used (proc(5), fields 14 and 15).
fn cpu_ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

/// What signing one call costs: minify, SHA-256, HMAC-SHA512, base64.
fn signing_micros() -> f64 {
    let secret = ClientSecret::new("a-secret-of-a-test").unwrap();
    let body = format!("{{\"a\":\"{}\"}}", "x".repeat(400));
    let rounds = 2_000u32;
    let began = Instant::now();
    for _ in 0..rounds {
        let text = upah_snap::signature::StringToSign {
            method: "POST",
            path: "/v1.0/transfer-interbank",
            body: body.as_bytes(),
            timestamp: "2026-11-25T09:00:00+07:00",
        };
        std::hint::black_box(secret.sign(&text.symmetric("token")));
    }
    began.elapsed().as_secs_f64() * 1_000_000.0 / f64::from(rounds)
}
