//! What it costs that the places of a run's payments say nothing about its workers: measured, in turn, in one run.
//!
//! `cargo test --release -p upah-sqlite --test store what_a_place -- --ignored --nocapture`
use crate::book::{Desk, run_id, salt, sealed_run};
use std::time::{Duration, Instant};
use upah_core::commitment::{Commit, Leaf};
use upah_core::event::SealedRecord;
use upah_core::obligation::ObligationKey;
use upah_core::run::PaymentId;
use upah_core::store::{ChangeSet, PaymentChange, PaymentRow, RunChange, RunRow, SettledTo, Store, Trace};
use upah_core::{PaymentState, Rupiah};

const ROWS: u32 = 100_000;
const CHUNK: u32 = 2_000;
const COMMIT: u32 = 64;
const ROUNDS: usize = 3;

/// The hash of a worker, in place of a keyed one; `domain` tells hashes apart.
fn hash(domain: u32, worker: u32) -> [u8; 16] {
    let mut x = (u64::from(domain) << 32 | u64::from(worker)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut half = || {
        x ^= x >> 30;
        x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x ^= x >> 27;
        x = x.wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 31;
        x.to_be_bytes()
    };
    let (left, right) = (half(), half());
    let mut hash = [0; 16];
    hash[..8].copy_from_slice(&left);
    hash[8..].copy_from_slice(&right);
    hash
}

/// Who stands at which place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// The order of the obligation's key, within each chunk of the file.
    Key,
    /// An order that is the run's own.
    Run,
}

fn workers(by: By, month: u8) -> Vec<u32> {
    let mut workers: Vec<u32> = (0..ROWS).collect();
    match by {
        By::Key => workers.chunks_mut(CHUNK as usize).for_each(|chunk| chunk.sort_by_key(|w| hash(1, *w))),
        By::Run => workers.sort_by_key(|w| hash(100 + u32::from(month), *w)),
    }
    workers
}

fn change(month: u8, n: u32, worker: u32, version: u32) -> PaymentChange {
    let run = &run_id(month);
    let record = format!("{{\"n\":{n},\"filler\":\"{}\"}}", "x".repeat(560));
    let salt = salt(u64::from(n) << 16 | u64::from(version) << 8 | u64::from(month));
    let head = Commit::to(&record, &salt);
    let mut key = [month; 32];
    key[10..26].copy_from_slice(&hash(1, worker));
    let trace = |domain| Trace { key: hash(domain, worker), value: "w".repeat(40) };
    let settled = SettledTo { worker: hash(1, worker), destination: hash(4, worker) };
    PaymentChange {
        expected_version: version - 1,
        fence: None,
        row: PaymentRow {
            id: PaymentId { run: run.clone(), n },
            key: ObligationKey(key),
            row: u64::from(worker) + 1,
            amount: Rupiah::new(600_000).unwrap(),
            state: if version == 1 { PaymentState::Ready } else { PaymentState::Settled },
            instructed_by: run.clone(),
            held: false,
            version,
            head,
            excess: Rupiah::ZERO,
        },
        records: vec![SealedRecord { record, salt, leaf: Leaf::of(head).bytes() }],
        new_references: vec![],
        traces: if version == 1 { vec![trace(2), trace(3)] } else { Vec::new() },
        settled_to: (version > 1).then_some(settled),
    }
}

/// The time of the admission of a month, and that of settling everybody, a few in each commit.
async fn pay(desk: &Desk, month: u8, by: By) -> [Duration; 2] {
    let (run, workers) = (run_id(month), workers(by, month));
    let payments = |first: usize, size: u32, version: u32| -> Vec<PaymentChange> {
        let these = workers[first..].iter().take(size as usize).zip(first as u32 + 1..);
        these.map(|(worker, n)| change(month, n, *worker, version)).collect()
    };
    let mut admission = desk.store.admit().await.unwrap();
    let (mut admitting, mut settling) = (Duration::ZERO, Duration::ZERO);
    for first in (0..ROWS as usize).step_by(CHUNK as usize) {
        let chunk = payments(first, CHUNK, 1);
        let began = Instant::now();
        admission.stage(&run, chunk).await.unwrap();
        admitting += began.elapsed();
    }
    let sealed = sealed_run(&run, &[]);
    let total = Rupiah::new(u64::from(ROWS) * 600_000).unwrap();
    let row = RunRow { key: run.to_string(), count: ROWS, total, ..sealed.row.clone() };
    let began = Instant::now();
    admission.finish(vec![RunChange { row, ..sealed }]).await.unwrap();
    admitting += began.elapsed();
    for first in (0..ROWS as usize).step_by(COMMIT as usize) {
        let changes = ChangeSet { payments: payments(first, COMMIT, 2), runs: Vec::new() };
        let began = Instant::now();
        desk.store.commit(changes.into()).await.unwrap();
        settling += began.elapsed();
    }
    [admitting, settling]
}

/// Two months of the same people, paid where they were paid before.
async fn two_months(by: By) -> Vec<Duration> {
    let desk = Desk::new();
    let (first, second) = (pay(&desk, 1, by).await, pay(&desk, 2, by).await);
    [first, second].concat()
}

#[tokio::test]
#[ignore = "a measurement of some minutes"]
async fn what_a_place_of_the_run_s_own_costs() {
    const WHAT: [&str; 4] = ["admission", "settling", "admission of the next month", "settling it"];
    let mut ratios: [Vec<u128>; 4] = Default::default();
    for round in 1..=ROUNDS {
        let (key, own) = (two_months(By::Key).await, two_months(By::Run).await);
        for (index, what) in WHAT.iter().enumerate() {
            let (key, own) = (key[index].as_millis().max(1), own[index].as_millis());
            println!("round {round}, {what}: by key {key} ms, by the run {own} ms");
            ratios[index].push(own * 1_000 / key);
        }
    }
    for (what, ratios) in WHAT.iter().zip(&mut ratios) {
        ratios.sort_unstable();
        println!("{what}: median {}/1000 over {ROUNDS} rounds of {ROWS} payments", ratios[ROUNDS / 2]);
    }
}
