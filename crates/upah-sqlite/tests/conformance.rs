//! The kit that outside authors use, on the store that we ship: real files, and what a kill leaves of them.
#![allow(clippy::unwrap_used)]
use proptest::test_runner::Config;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use upah_conformance::Plan;
use upah_conformance::store::{StoreUnderTest, prove};
use upah_sqlite::{OpenOptions, Sqlite};

struct Files;

fn database(folder: &Path) -> PathBuf {
    folder.join("wages.db")
}

impl StoreUnderTest for Files {
    type Place = TempDir;
    type Store = Sqlite;

    fn name(&self) -> String {
        "Sqlite".into()
    }

    async fn place(&self) -> Result<TempDir, String> {
        tempfile::tempdir().map_err(|error| error.to_string())
    }

    async fn open(&self, place: &TempDir) -> Result<Sqlite, String> {
        Sqlite::open(database(place.path()), OpenOptions { create: true }).map_err(|error| error.to_string())
    }

    /// Closing folds the write-ahead log into the database, which a kill does not: the files are copied
    /// as they lie there while the store is open, without the memory that its connections share.
    async fn crash(&self, place: TempDir, store: Sqlite) -> Result<TempDir, String> {
        let left = tempfile::tempdir().map_err(|error| error.to_string())?;
        for name in ["wages.db", "wages.db-wal"] {
            let from = place.path().join(name);
            if from.exists() {
                std::fs::copy(from, left.path().join(name)).map_err(|error| error.to_string())?;
            }
        }
        drop(store);
        Ok(left)
    }
}

#[test]
fn sqlite_is_a_store() {
    // Half a dozen of each as a rule; `cargo xtask prove` asks for more of every property of the workspace.
    let cases = Config::default().cases / 40;
    let report = prove(&Files, &Plan::default().cases(cases).version(env!("CARGO_PKG_VERSION")));
    report.assert_passed();
    assert_eq!(report.not_exercised(), Vec::<&str>::new());
}
