//! What needs the connection itself: a full disk, and what is left of a deleted record.
use crate::{OpenOptions, Sqlite};
use rusqlite::params;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::OwnedMutexGuard;
use upah_core::commitment::{Commit, Salt};
use upah_core::event::SealedRecord;
use upah_core::run::{Digest, RunId};
use upah_core::setting::Setting;
use upah_core::store::{ChangeSet, RunChange, RunRow, Store, StoreError};

fn store() -> (TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path().join("wages.db"), OpenOptions { create: true }).unwrap();
    (folder, store)
}

fn sealing(n: u8, record: String) -> ChangeSet {
    let row = RunRow {
        id: RunId::from_random([n; 8]),
        employer: "kampung-marketer".parse().unwrap(),
        key: format!("key {n}"),
        digest: Digest([n; 32]),
        count: 0,
        total: upah_core::Rupiah::ZERO,
        created_by: "Sari".parse().unwrap(),
        approved_seq: None,
        cancelled: false,
        version: 1,
        head: Commit::NONE,
    };
    let record = SealedRecord { record, salt: Salt([n; 32]), leaf: format!("leaf {n}") };
    ChangeSet { payments: vec![], runs: vec![RunChange { expected_version: 0, row, record, approves: false }] }
}

async fn writer(store: &Sqlite) -> OwnedMutexGuard<crate::write::Writer> {
    Arc::clone(store.writer.as_ref().unwrap()).lock_owned().await
}

#[tokio::test]
async fn a_full_disk_is_one_sentence_and_the_store_goes_on_once_there_is_room() {
    let (_folder, store) = store();
    store.commit(sealing(1, "{}".into()).into()).await.unwrap();
    let before = store.log_head().await.unwrap();
    writer(&store).await.conn.pragma_update(None, "max_page_count", 40).unwrap();
    let refused = store.commit(sealing(2, "x".repeat(1 << 20)).into()).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Medium(why) if why.contains("disk is full")), "{refused}");
    assert_eq!(store.log_head().await.unwrap(), before);
    writer(&store).await.conn.pragma_update(None, "max_page_count", 1_000_000).unwrap();
    let receipt = store.commit(sealing(2, "x".repeat(1 << 20)).into()).await.unwrap();
    assert_eq!(receipt.log_size, 2);
    assert_eq!(store.runs().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_read_only_file_is_one_sentence() {
    let (_folder, store) = store();
    writer(&store).await.conn.pragma_update(None, "query_only", true).unwrap();
    let refused = store.commit(sealing(1, "{}".into()).into()).await.unwrap_err();
    assert_eq!(refused, StoreError::Medium("the file or its folder is read-only".into()));
}

#[tokio::test]
async fn a_deleted_record_is_gone_from_the_files() {
    const SECRET: &str = "rekening Siti Contoh 1234567890";
    let (folder, store) = store();
    // Long enough to stand on pages of its own, which erasing gives back whole.
    store.commit(sealing(1, format!("{}{SECRET}", "x".repeat(9_000))).into()).await.unwrap();
    let holds_secret = || {
        let read = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read(entry.unwrap().path()).unwrap();
        let mut files = std::fs::read_dir(folder.path()).unwrap().map(read);
        files.any(|bytes| bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()))
    };
    assert!(holds_secret());
    let writer = writer(&store).await;
    let erase = "UPDATE record SET record = NULL, salt = NULL WHERE seq = ?1";
    assert_eq!(writer.conn.execute(erase, params![0]).unwrap(), 1);
    let busy: i64 = writer.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
    assert_eq!(busy, 0);
    assert!(!holds_secret());
    drop(writer);
    let records = store.records(0, 1).await.unwrap();
    assert_eq!((&records[0].record, &records[0].salt), (&None, &None));
}

#[tokio::test]
async fn the_settings_are_the_ones_that_make_it_durable() {
    let (_folder, store) = store();
    let writer = writer(&store).await;
    let ask = |name: &str| writer.conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((ask("synchronous"), ask("secure_delete"), ask("wal_autocheckpoint")), (2, 1, 16_000));
    assert_eq!((ask("cache_size"), ask("mmap_size"), ask("application_id")), (-8_192, 0, 0x5550_4148));
    let mode: String = writer.conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn after_an_error_of_the_disk_at_a_commit_nothing_more_is_written() {
    let (_folder, store) = store();
    writer(&store).await.pretend_broken();
    let refused = store.commit(sealing(1, "{}".into()).into()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Medium(_)));
    assert!(store.settle_setting(Setting::Mode, "live".into()).await.is_err());
    assert_eq!(store.setting(Setting::Mode).await.unwrap(), None);
}

#[tokio::test]
async fn a_yes_that_is_not_one_is_damage_and_not_a_yes() {
    let (_folder, store) = store();
    store.commit(sealing(1, "{}".into()).into()).await.unwrap();
    writer(&store).await.conn.execute("UPDATE run SET cancelled = 4", []).unwrap();
    assert!(matches!(store.runs().await, Err(StoreError::Damaged(_))));
}
