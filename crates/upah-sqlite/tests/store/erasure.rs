//! What was erased stands in no file of the store: not in the database, not in its journals.
use crate::book::{Desk, admit_workers, approve, attempt, commit, erasure_of, next_event, run_id};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use upah_core::erasure::Erasure;
use upah_core::event::Fact;
use upah_core::evidence::{Doubt, Evidence, Grade, SubmitOutcome};
use upah_core::run::PaymentId;
use upah_core::store::{PaymentChange, Store, StoreError, StoredPayment};

const WORKERS: u32 = 150;

/// An answer of a bank that tells a lot, so that its record fills pages of its own.
fn long_answer(stored: &StoredPayment, approved: u64, worker: u32) -> PaymentChange {
    let raw = format!("paid W-{worker} {}", "x".repeat(worker as usize * 61 % 12_000));
    let evidence = Evidence { grade: Grade::TlsResponse, code: "504".into(), provider_id: None, raw };
    let outcome = SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: Some(evidence) };
    next_event(stored, Fact::Answered { number: 1, outcome }, Some(approved))
}

/// Who is not erased.
fn stays(worker: u32) -> bool {
    worker % 10 == 3
}

/// Whose ids stand anywhere in the files of the folder.
fn found_in(folder: &Path) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let ids = bytes.windows(6).filter_map(|part| part.strip_prefix(b"W-"));
        let number =
            |id: &[u8]| id.iter().take_while(|byte| byte.is_ascii_digit()).fold(0, |n, d| n * 10 + u32::from(d - b'0'));
        found.extend(ids.filter(|id| id[0].is_ascii_digit()).map(number));
    }
    found
}

#[tokio::test]
async fn nobody_finds_an_erased_worker_in_any_file_of_the_store() {
    let desk = Desk::new();
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..WORKERS).await;
    let approved = approve(&desk.store, &run).await;
    let named = |worker: u32| PaymentId { run: run.clone(), n: worker + 1 };
    // Everybody's records are spread over the log, so that pages are split and rows are moved.
    for worker in (0..WORKERS).rev() {
        let stored = desk.store.payment(named(worker)).await.unwrap().unwrap();
        commit(&desk.store, attempt(&stored, Some(approved))).await.unwrap();
        let stored = desk.store.payment(named(worker)).await.unwrap().unwrap();
        commit(&desk.store, long_answer(&stored, approved, worker)).await.unwrap();
    }
    let mut there: BTreeSet<u32> = (0..WORKERS).collect();
    assert_eq!(found_in(desk.folder.path()), there, "they must be there to be erased");
    // Most of the workers in an order of their own: pages become nearly empty and are joined with their neighbours, and
    // who is moved with them is erased later.
    let gone: Vec<u32> = (0..WORKERS).map(|n| n * 67 % WORKERS).filter(|worker| !stays(*worker)).collect();
    for chunk in gone.chunks(10) {
        let mut erasure = Erasure::default();
        for worker in chunk {
            let stored = desk.store.payment(named(*worker)).await.unwrap().unwrap();
            erasure.ends.extend(erasure_of(&stored).ends);
        }
        desk.store.erase(Arc::new(erasure)).await.unwrap();
        there.retain(|worker| !chunk.contains(worker));
        assert_eq!(found_in(desk.folder.path()), there);
    }
    for worker in 0..WORKERS {
        let stored = desk.store.payment(named(worker)).await.unwrap().unwrap();
        assert_eq!(stored.is_erased(), !stays(worker), "worker {worker}");
    }
}

#[tokio::test]
async fn an_erasure_says_so_while_somebody_still_reads_the_old_journal() {
    let desk = Desk::new();
    admit_workers(&desk.store, &run_id(1), 0..3).await;
    let id = PaymentId { run: run_id(1), n: 1 };
    let reader = rusqlite::Connection::open(&desk.path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM record;").unwrap();
    let erasure = Arc::new(erasure_of(&desk.store.payment(id.clone()).await.unwrap().unwrap()));
    let told = desk.store.erase(erasure).await.unwrap_err();
    assert!(matches!(&told, StoreError::Medium(why) if why.contains("somebody still reads")), "{told}");
    assert!(desk.store.payment(id).await.unwrap().unwrap().is_erased(), "the erasure itself is durable");
    reader.execute_batch("ROLLBACK").unwrap();
    desk.store.erase(Arc::default()).await.unwrap();
    assert_eq!(found_in(desk.folder.path()), BTreeSet::from([1, 2]));
}
