//! A million rows in bounded memory: measured, not asserted in every run.
//!
//! `cargo test -p upah-postgres --test store million -- --ignored --nocapture`
use crate::book::{Desk, approved_run, employer, salt, sealed_run};
use std::time::{Duration, Instant};
use upah_core::commitment::{Commit, Leaf};
use upah_core::event::SealedRecord;
use upah_core::obligation::ObligationKey;
use upah_core::run::{PaymentId, RunId};
use upah_core::store::{Page, PaymentChange, PaymentRow, RunRow, Store};
use upah_core::{PaymentState, Rupiah};

const ROWS: u32 = 1_000_000;
const CHUNK: u32 = 10_000;
const MEMORY_MIB_MAX: u64 = 300;

/// Each row beside the one before it.
fn key(n: u32) -> ObligationKey {
    let mut key = [7; 32];
    key[10..14].copy_from_slice(&n.to_be_bytes());
    ObligationKey(key)
}

/// As wide as the event of a real instruction.
fn row(run: &RunId, n: u32) -> PaymentChange {
    let record = format!("{{\"n\":{n},\"filler\":\"{}\"}}", "x".repeat(560));
    let salt = salt(u64::from(n));
    let head = Commit::to(&record, &salt);
    PaymentChange {
        expected_version: 0,
        fence: None,
        row: PaymentRow {
            id: PaymentId { run: run.clone(), n },
            key: key(n),
            row: u64::from(n) + 1,
            amount: Rupiah::new(600_000).unwrap(),
            state: PaymentState::AwaitingApproval,
            instructed_by: run.clone(),
            held: false,
            version: 1,
            head,
            excess: Rupiah::ZERO,
        },
        records: vec![SealedRecord { record, salt, leaf: Leaf::of(head).bytes() }],
        new_references: vec![],
        traces: Vec::new(),
        settled_to: None,
    }
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn tell(what: &str, rows: u32, took: Duration) {
    let per_second = u128::from(rows) * 1000 / took.as_millis().max(1);
    println!("{what}: {} ms, {per_second} rows/s, peak {} MiB", took.as_millis(), peak_mib());
}

#[tokio::test]
#[ignore = "takes half a minute and a gigabyte of disk"]
async fn a_million_rows_come_in_with_bounded_memory() {
    let desk = Desk::new().await;
    let run = RunId::from_random([1; 8]);
    let mut admission = desk.store.admit().await.unwrap();
    let mut staging = Duration::ZERO;
    for first in (1..=ROWS).step_by(CHUNK as usize) {
        let chunk: Vec<_> = (first..first + CHUNK).map(|n| row(&run, n)).collect();
        let start = Instant::now();
        admission.stage(&run, chunk).await.unwrap();
        staging += start.elapsed();
    }
    tell("staging", ROWS, staging);
    let sealed = sealed_run(&run, &[]);
    let total = Rupiah::new(u64::from(ROWS) * 600_000).unwrap();
    let sealed_row = RunRow { count: ROWS, total, ..sealed.row.clone() };
    let sealed = upah_core::store::RunChange { row: sealed_row.clone(), ..sealed };
    let start = Instant::now();
    admission.finish(vec![sealed]).await.unwrap();
    tell("finishing", ROWS, start.elapsed());

    let start = Instant::now();
    let approval = upah_core::store::ChangeSet { payments: vec![], runs: vec![approved_run(&sealed_row)] };
    desk.store.commit(approval.into()).await.unwrap();
    tell("approving", ROWS, start.elapsed());

    let start = Instant::now();
    let sums = desk.store.sums(None).await.unwrap();
    tell("summing", ROWS, start.elapsed());
    assert_eq!((sums.len(), sums[0].0, sums[0].1.count), (1, PaymentState::Ready, u64::from(ROWS)));

    let start = Instant::now();
    let (mut after, mut seen) = (None, 0);
    loop {
        let page = Page { run: None, states: vec![PaymentState::Ready, PaymentState::Unknown], after, limit: 1_000 };
        let (payments, next) = desk.store.page(page).await.unwrap();
        seen += payments.len() as u32;
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ROWS);
    tell("paging", ROWS, start.elapsed());

    let start = Instant::now();
    for first in (1..=ROWS).step_by(CHUNK as usize) {
        let keys = (first..first + CHUNK).map(key).collect();
        assert!(desk.store.known(keys).await.unwrap().iter().all(Option::is_some));
    }
    tell("asking what is known", ROWS, start.elapsed());

    let start = Instant::now();
    let desk = desk.reopened().await;
    tell("opening again", ROWS, start.elapsed());
    assert!(desk.store.run_by_key(employer(), sealed_row.key).await.unwrap().is_some());
    assert!(peak_mib() < MEMORY_MIB_MAX, "{} MiB", peak_mib());
}
