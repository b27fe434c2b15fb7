//! The PostgreSQL store: one writer by an advisory lock, commits that wait for the disk.
//!
//! [`Postgres`] implements [`upah_core::store::Store`]; its contract is written there. What is
//! particular here:
//!
//! * **Place.** A store is the schema `upah` of one database, which must exist (`createdb -E UTF8 wages`); its
//!   user makes the schema, or owns one that an administrator made. Other schemas of the database are
//!   left alone. PostgreSQL 14 or newer.
//! * **One writer.** Whoever opens a store for writing holds an advisory lock of the database on the very
//!   connection over which it writes. A second one waits 2 s and is refused with [`OpenError::InUse`].
//!   When that connection is lost, so is the lock: every later write fails until the store is opened again,
//!   for somebody else may be writing by then. Any number of readers ([`Postgres::open_read_only`]) may
//!   look on. Connect to the server itself, or to a pooler in session mode: one that changes sessions between
//!   transactions is noticed and refused.
//! * **Durable means acknowledged** by a server with `fsync` and `full_page_writes` on, at
//!   `synchronous_commit = on` or `remote_apply`, whatever its configuration says otherwise. With
//!   `synchronous_standby_names` set, that includes a standby.
//! * **Unknown outcome.** When the connection is lost between `COMMIT` and its answer, or the server warns that
//!   a standby may not have it, nobody here knows whether it was kept: the error says so, nothing more is
//!   written, and opening the store again tells. [`upah_core::store::StoreError`] has no variant for that; it is a
//!   `Medium` whose sentence ends in what to do.
//! * **Again by itself** goes a commit that the server rolled back because of others (SQLSTATE 40001 and
//!   40P01): five times at most. An admission does not; it is begun again by the caller. Reads are asked again
//!   for about 6 s on a new connection, unless the server that answers lacks what was acknowledged here.
//! * **Waiting.** An admission holds the writer from `admit` until it is finished or dropped, and
//!   every other write waits for it. Reads never wait for writes; each sees one snapshot.
//! * **Dropping a future** of a write does not undo it: a commit that has begun goes on to its end.
//! * **Threads.** Opening spawns one task for each of its two connections on the present tokio runtime, and
//!   calls run as tasks of that runtime: the store works as long as it does.
//! * **In transit**: [`Address`] says when a connection is encrypted. **At rest**: personal columns are clear
//!   text in `upah.record`, and PostgreSQL overwrites deleted rows late or never: keep the server's disk
//!   encrypted, and its backups.
//!
//! # What a crash may lose
//! | what ends | is lost |
//! |---|---|
//! | this process, its machine, the way to the server | what was not acknowledged; in the midst of a commit, see above |
//! | the server, or its power | the same |
//! | the server's disk, without a synchronous standby | what came after the last backup or what an asynchronous standby has |
//! | the primary, with a synchronous standby that takes over | what was not acknowledged |
//!
//! A store that went back is noticed by its checkpoint beside the log key, and asks before it sends.
//!
//! # What to run at which size
//! | | |
//! |---|---|
//! | one machine pays | SQLite: nothing to run, faster, the same guarantees |
//! | the wages must outlive a machine | one PostgreSQL with a synchronous standby; a commit costs about a fifth more |
//! | several employers, more than one server can write | a database each: no transaction ever spans two employers |
//!
//! # What is not exercised
//! Servers other than PostgreSQL 15; a standby that takes over; databases that speak its protocol (those without advisory locks are refused);
//! poolers; authentication by certificate, GSSAPI or LDAP; client certificates; Windows.
//!
//! # Example
//! ```no_run
//! use upah_core::store::Store;
//! use upah_postgres::{Address, OpenOptions, Postgres};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let address: Address = "postgres://payroll@db.example/wages".parse()?;
//! let address = address.with_password(std::fs::read("/run/secrets/wages")?);
//! let store = Postgres::open(&address, OpenOptions { create: true }).await?;
//! assert_eq!(store.settle_setting("mode", "sandbox".into()).await?, "sandbox");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod admission;
mod batch;
mod census;
mod columns;
mod fault;
mod migrations;
mod open;
mod read;
mod reader;
mod run;
mod session;
mod statements;
mod store;
mod tls;
mod tree;
mod write;

pub use address::{Address, AddressError};
pub use open::{OpenError, OpenOptions};

use fault::Result;
use reader::Reader;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use upah_core::store::StoreError;
use write::Writer;

/// One store in the schema `upah` of one PostgreSQL database.
pub struct Postgres {
    address: Address,
    runtime: Handle,
    reader: Arc<Mutex<Reader>>,
    writer: Option<Arc<Mutex<Writer>>>,
}

impl Postgres {
    /// Opens a store for writing, and brings an older format to the present one. Waits up to 2 s for a
    /// writer that is just ending. The connections live as long as the tokio runtime in which this is awaited.
    ///
    /// # Errors
    /// [`OpenError`]; nothing was changed then.
    pub async fn open(address: &Address, options: OpenOptions) -> core::result::Result<Self, OpenError> {
        let durable = Arc::new(AtomicU64::new(0));
        let writer = open::writer(address, options, Arc::clone(&durable)).await?;
        let mut store = Self::reading(address, durable).await?;
        store.writer = Some(Arc::new(Mutex::new(writer)));
        Ok(store)
    }

    /// Opens a store for reading, beside a writer or without one. Every write fails.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_read_only(address: &Address) -> core::result::Result<Self, OpenError> {
        Self::reading(address, Arc::new(AtomicU64::new(0))).await
    }

    async fn reading(address: &Address, durable: Arc<AtomicU64>) -> core::result::Result<Self, OpenError> {
        let session = open::reader(address).await?;
        let reader = Arc::new(Mutex::new(Reader::new(address.clone(), session, durable)));
        Ok(Self { address: address.clone(), runtime: Handle::current(), reader, writer: None })
    }

    /// Where the store lies.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Whether it was opened for reading only.
    pub fn is_read_only(&self) -> bool {
        self.writer.is_none()
    }
}

impl core::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Postgres").field("address", &self.address).field("read_only", &self.is_read_only()).finish()
    }
}

/// Runs work that goes on to its end even when nobody waits for it any more.
async fn going_on<T: Send + 'static>(
    runtime: &Handle,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> core::result::Result<T, StoreError> {
    match runtime.spawn(work).await {
        Ok(done) => done.map_err(StoreError::from),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(StoreError::Medium("the program is ending".into())),
        },
    }
}
