//! Opening: ours, alone, private, and one clear sentence otherwise.
use crate::book::*;
use rusqlite::Connection;
use std::fs;
use upah_core::setting::Setting;
use upah_core::store::{Store, StoreError};
use upah_sqlite::{OpenError, OpenOptions, Sqlite};

const CREATE: OpenOptions = OpenOptions { create: true };
const EXISTING: OpenOptions = OpenOptions { create: false };

/// One sentence that names the file and no inner workings.
fn is_clear(error: &OpenError) -> bool {
    let said = error.to_string();
    said.contains("wages.db") && !said.contains('\n') && !said.contains("rusqlite") && !said.contains("os error")
}

#[tokio::test]
async fn a_second_writer_is_refused_until_the_first_has_gone() {
    let desk = Desk::new();
    let refused = Sqlite::open(&desk.path, EXISTING).unwrap_err();
    assert!(matches!(refused, OpenError::InUse { .. }) && is_clear(&refused), "{refused}");
    drop(desk.store);
    Sqlite::open(&desk.path, EXISTING).unwrap();
}

#[cfg(unix)]
#[test]
fn a_link_to_the_store_shares_its_lock() {
    let desk = Desk::new();
    let link = desk.folder.path().join("link-to-wages.db");
    std::os::unix::fs::symlink(&desk.path, &link).unwrap();
    assert!(matches!(Sqlite::open(&link, EXISTING), Err(OpenError::InUse { .. })));
}

#[tokio::test]
async fn an_admission_that_is_still_open_keeps_the_lock() {
    let desk = Desk::new();
    let admission = desk.store.admit().await.unwrap();
    drop(desk.store);
    assert!(matches!(Sqlite::open(&desk.path, EXISTING), Err(OpenError::InUse { .. })));
    drop(admission);
    Sqlite::open(&desk.path, EXISTING).unwrap();
}

#[tokio::test]
async fn readers_look_on_beside_the_writer_and_cannot_write() {
    let desk = Desk::new();
    let reader = Sqlite::open_read_only(&desk.path).unwrap();
    admit_workers(&desk.store, &run_id(1), 0..2).await;
    assert_eq!(all_payments(&reader).await, all_payments(&desk.store).await);
    assert!(reader.is_read_only() && !desk.store.is_read_only());
    let said = reader.settle_setting(Setting::Mode, "live".into()).await.unwrap_err();
    assert_eq!(said, StoreError::Medium("it was opened for reading only".into()));
    assert!(reader.admit().await.is_err() && reader.commit(Default::default()).await.is_err());
    let _admission = desk.store.admit().await.unwrap();
    assert_eq!(all_payments(&reader).await.len(), 2);
}

#[test]
fn a_file_of_a_newer_format_is_refused_with_both_numbers_and_left_alone() {
    let desk = Desk::new();
    drop(desk.store);
    Connection::open(&desk.path).unwrap().pragma_update(None, "user_version", 9).unwrap();
    let before = fs::read(&desk.path).unwrap();
    for refused in [Sqlite::open(&desk.path, CREATE), Sqlite::open_read_only(&desk.path)] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, OpenError::Newer { found: 9, known: 1, .. }) && is_clear(&refused), "{refused}");
    }
    assert_eq!(fs::read(&desk.path).unwrap(), before);
}

#[test]
fn another_program_s_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wages.db");
    let refuse = |about: &str| {
        let before = fs::read(&path).unwrap();
        for refused in [Sqlite::open(&path, CREATE), Sqlite::open_read_only(&path)] {
            let refused = refused.unwrap_err();
            assert!(matches!(refused, OpenError::NotAStore { .. }) && is_clear(&refused), "{about}: {refused}");
        }
        assert_eq!(fs::read(&path).unwrap(), before, "{about}");
        fs::remove_file(&path).unwrap();
    };
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE song (title TEXT)").unwrap();
    refuse("a database without an owner");
    Connection::open(&path)
        .unwrap()
        .execute_batch("PRAGMA application_id = 5; CREATE TABLE song (title TEXT)")
        .unwrap();
    refuse("a database of another owner");
    fs::write(&path, "worker_id,name\n").unwrap();
    refuse("a short text");
    fs::write(&path, vec![b'x'; 9_000]).unwrap();
    refuse("a long text");
    fs::write(&path, [&b"SQLite format 3\0"[..], &[0xff; 300]].concat()).unwrap();
    refuse("a broken header");
}

#[test]
fn what_is_not_there_is_not_made_without_being_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wages.db");
    for refused in [Sqlite::open(&path, EXISTING), Sqlite::open_read_only(&path)] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, OpenError::Missing { .. }) && is_clear(&refused), "{refused}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let elsewhere = folder.path().join("no-such-folder").join("wages.db");
    let refused = Sqlite::open(&elsewhere, CREATE).unwrap_err();
    assert!(matches!(refused, OpenError::Unusable { .. }) && is_clear(&refused), "{refused}");
}

#[test]
fn a_folder_in_the_place_of_the_file_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wages.db");
    fs::create_dir(&path).unwrap();
    let refused = Sqlite::open(&path, CREATE).unwrap_err();
    assert!(matches!(refused, OpenError::Unusable { .. }) && is_clear(&refused), "{refused}");
}

/// The administrator may write everywhere, so under that name this proves nothing and says so.
#[cfg(unix)]
#[test]
fn a_read_only_folder_is_one_sentence() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(folder.path().join("probe"), "").is_ok() {
        eprintln!("skipped: this user may write into a read-only folder");
        return;
    }
    let refused = Sqlite::open(folder.path().join("wages.db"), CREATE).unwrap_err();
    assert!(matches!(refused, OpenError::Unusable { .. }) && is_clear(&refused), "{refused}");
}

#[test]
fn an_empty_file_of_a_first_opening_that_was_killed_becomes_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wages.db");
    fs::write(&path, "").unwrap();
    assert!(matches!(Sqlite::open(&path, EXISTING), Err(OpenError::Missing { .. })));
    assert!(matches!(Sqlite::open_read_only(&path), Err(OpenError::Missing { .. })));
    Sqlite::open(&path, CREATE).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn every_file_is_readable_by_its_owner_alone_even_if_it_was_not_before() {
    use std::os::unix::fs::PermissionsExt;
    let modes = |folder: &std::path::Path| {
        let about = |entry: std::io::Result<fs::DirEntry>| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().permissions().mode() & 0o777)
        };
        let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(about).collect();
        all.sort();
        all
    };
    let all = ["wages.db", "wages.db-shm", "wages.db-wal", "wages.db.lock"].map(|name| (name.to_owned(), 0o600));
    let desk = Desk::new();
    admit_workers(&desk.store, &run_id(1), 0..2).await;
    assert_eq!(modes(desk.folder.path()), all);
    fs::set_permissions(&desk.path, fs::Permissions::from_mode(0o644)).unwrap();
    let desk = desk.reopened();
    admit_workers(&desk.store, &run_id(2), 2..4).await;
    assert_eq!(modes(desk.folder.path()), all);
}

#[tokio::test]
async fn reopening_shows_the_same() {
    let desk = Desk::new();
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..600).await;
    let approved = Some(approve(&desk.store, &run).await);
    commit(&desk.store, attempt(&payment(&desk.store, &run, 5).await, approved)).await.unwrap();
    desk.store.save_checkpoint(602, "a note".into()).await.unwrap();
    let payments = all_payments(&desk.store).await;
    let (head, runs) = (desk.store.log_head().await.unwrap(), desk.store.runs().await.unwrap());
    let desk = desk.reopened();
    assert_eq!(all_payments(&desk.store).await, payments);
    assert_eq!((desk.store.log_head().await.unwrap(), desk.store.runs().await.unwrap()), (head, runs));
    assert_eq!(desk.store.last_checkpoint().await.unwrap(), Some((602, "a note".into())));
    assert_consistent(&desk.store).await;
    commit(&desk.store, attempt(&payment(&desk.store, &run, 6).await, approved)).await.unwrap();
    assert_consistent(&desk.store).await;
}
