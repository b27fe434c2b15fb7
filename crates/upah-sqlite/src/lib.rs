//! The SQLite store: one file, one writer, WAL, full synchronous.
//!
//! [`Sqlite`] implements [`upah_core::store::Store`]; its contract is written there. What is
//! particular here:
//!
//! * **One writer.** The process that opens a store for writing holds a lock of the operating system
//!   on `<store>.lock` for as long as it lives. A second one is refused with
//!   [`OpenError::InUse`]. Any number of readers ([`Sqlite::open_read_only`]) may look on.
//! * **Durable means fsync.** Every commit waits for the disk (`synchronous=FULL`). When the disk
//!   itself reports an error at a commit, nobody knows what it holds: every later write is refused
//!   until the store has been opened anew.
//! * **Waiting.** An admission holds the writer from `admit` until it is finished or dropped, and
//!   every other write waits for it. Who writes otherwise in the midst of its own admission waits for
//!   itself. Reads never wait for writes and see what was last committed.
//! * **Dropping a future** of a write does not undo it: a commit that has begun goes on to its end.
//! * **Threads.** Nothing is spawned by opening. Calls run on the blocking threads of the tokio
//!   runtime in which they are awaited.
//! * **At rest**: database, write-ahead log and lock are readable by their owner alone, and deleted
//!   content is overwritten. Personal columns are clear text in the file: keep it on an encrypted disk.
//!
//! # Example
//! ```
//! use upah_core::setting::Setting;
//! use upah_core::store::Store;
//! use upah_sqlite::{OpenOptions, Sqlite};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("wages.db");
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let store = Sqlite::open(&path, OpenOptions { create: true })?;
//! assert_eq!(store.settle_setting(Setting::Mode, "sandbox".into()).await?, "sandbox");
//! assert_eq!(store.settle_setting(Setting::Mode, "live".into()).await?, "sandbox");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod admission;
mod census;
mod columns;
mod fault;
mod migrations;
mod open;
mod read;
mod references;
mod store;
#[cfg(test)]
mod tests;
mod tree;
mod write;

pub use open::{OpenError, OpenOptions};

use fault::Result;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use upah_core::store::StoreError;
use write::Writer;

/// One store in one SQLite file.
pub struct Sqlite {
    path: PathBuf,
    // Closed before the writer, whose closing then folds the write-ahead log into the file.
    reader: Arc<Mutex<Connection>>,
    writer: Option<Arc<Mutex<Writer>>>,
}

impl Sqlite {
    /// Opens a store for writing, and brings an older format to the present one. Blocks for as long
    /// as a few reads take; after a crash, for as long as SQLite needs to recover the write-ahead log.
    ///
    /// # Errors
    /// [`OpenError`]; nothing was changed then, except that an empty file may have been made.
    pub fn open(path: impl AsRef<Path>, options: OpenOptions) -> core::result::Result<Self, OpenError> {
        let (writer, path) = open::writer(path.as_ref(), options)?;
        let reader = open::reader(&path)?;
        Ok(Self { path, reader: Arc::new(Mutex::new(reader)), writer: Some(Arc::new(Mutex::new(writer))) })
    }

    /// Opens a store for reading, beside a writer or without one. Every write fails.
    ///
    /// # Errors
    /// [`OpenError`]. SQLite must be allowed to make its `-shm` file when no writer has the store open.
    pub fn open_read_only(path: impl AsRef<Path>) -> core::result::Result<Self, OpenError> {
        let reader = open::reader(path.as_ref())?;
        Ok(Self { path: path.as_ref().into(), reader: Arc::new(Mutex::new(reader)), writer: None })
    }

    /// Where the store lies; `<store>.head` and `<store>.log.key` belong beside it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it was opened for reading only.
    pub fn is_read_only(&self) -> bool {
        self.writer.is_none()
    }
}

impl core::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.path).field("read_only", &self.is_read_only()).finish()
    }
}

/// Runs work that waits for the disk where it holds up nobody else.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> core::result::Result<T, StoreError> {
    match spawn_blocking(work).await {
        Ok(done) => done.map_err(StoreError::from),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(StoreError::Medium("the program is ending".into())),
        },
    }
}
