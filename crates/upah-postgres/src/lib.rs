//! The PostgreSQL store: any number of processes, one log, commits that wait for the disk.
//!
//! [`Postgres`] implements [`upah_core::store::Store`]; its contract is written there. What is
//! particular here:
//!
//! * **Place.** A store is the schema `upah` of one database, which must exist (`createdb -E UTF8 wages`); its
//!   user makes the schema, or owns one that an administrator made. Other schemas of the database are
//!   left alone. PostgreSQL 14 or newer.
//! * **Several writers.** Any number of processes may open a store for writing, and each payment is in one
//!   process's hands under a lease ([`upah_core::claim`]). Transactions that write follow each other by a lock
//!   of the database, in whose order the log is numbered. Who must write alone ([`Postgres::open_alone`]) waits 2 s
//!   for the others and is refused with [`OpenError::InUse`], and so are others beside it.
//! * **A lost connection** ends a process's right to write: every later write fails until the store is opened again.
//!   Any number of readers ([`Postgres::open_read_only`]) may look on. Connect to the server itself, or to a pooler
//!   in session mode: one that changes sessions between transactions is noticed and refused.
//! * **A process that sleeps** in a transaction keeps the others waiting until the server ends the transaction,
//!   after 15 s; one that sleeps in an admission, after 10 minutes.
//! * **Durable means acknowledged** by a server with `fsync` and `full_page_writes` on, at
//!   `synchronous_commit = on` or `remote_apply`, whatever its configuration says otherwise. With
//!   `synchronous_standby_names` set, that includes a standby.
//! * **Unknown outcome.** When the connection is lost between `COMMIT` and its answer, or the server warns that
//!   a standby may not have it, nobody here knows whether it was kept: the error says so, nothing more is
//!   written, and opening the store again tells. [`upah_core::store::StoreError`] has no variant for that; it is a
//!   `Medium` whose sentence ends in what to do.
//! * **Again by itself** goes a commit that the server rolled back because of others (SQLSTATE 40001 and
//!   40P01): five times at most. An admission does not; it is begun again by the caller. Reads are asked again
//!   for about 25 s on a new connection, unless the server that answers lacks what was acknowledged here.
//! * **Waiting.** An admission holds the log from `admit` until it is finished or dropped, and
//!   every other write, of this process or another, waits for it; leases are kept meanwhile. Reads never wait for writes; each sees one snapshot.
//! * **Dropping a future** of a write does not undo it: a commit that has begun goes on to its end.
//! * **Threads.** Opening spawns one task for each of its connections (two, and one for leases) on the present tokio
//!   runtime, and
//!   calls run as tasks of that runtime: the store works as long as it does.
//! * **In transit**: [`Address`] says when a connection is encrypted. **At rest**: personal columns are clear
//!   text in `upah.record`, and PostgreSQL overwrites deleted rows late or never: keep the server's disk
//!   encrypted, and its backups.
//! * **Erasing** writes the table of records anew (`VACUUM FULL`, for which everybody waits). A transaction that was
//!   open before, in any database of the server, is waited for half a minute; a longer one, and a replication slot that
//!   lags, keep old rows until the next erasure. The server's write-ahead log, its archive and its backups
//!   keep them until they are rotated, and only the administrator can see to that.
//!
//! # What a crash may lose
//! | what ends | is lost |
//! |---|---|
//! | this process, its machine, the way to the server | what was not acknowledged; in the midst of a commit, see above; its payments wait for its lease to end |
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
//! | the wages must outlive a machine | one PostgreSQL with a synchronous standby, and two machines that each run `upah`; a commit costs about a fifth more |
//! | one process is not enough | two or three on one PostgreSQL: sending runs side by side, commits one after the other, so more bring little |
//! | several employers, more than one server can write | a database for each, or for each group: no transaction ever spans two employers, and an employer's runs, keys and log stay together |
//!
//! Without a synchronous standby (`synchronous_standby_names`), what a promoted standby had not yet received is lost:
//! attempts that were sent among it. The head beside the log key tells, when the last checkpoint is among what is
//! missing, and then everything unsent is asked about first; an attempt since the last checkpoint that is lost
//! with the primary is protected by its derived reference alone. Keep the head where both machines reach it.
//!
//! # What is not exercised
//! Servers other than PostgreSQL 15; an asynchronous standby that takes over; more than three processes; databases that speak its protocol (those without advisory locks are refused);
//! poolers; authentication by certificate, GSSAPI or LDAP; client certificates; Windows.
//!
//! # Example
//! ```no_run
//! use upah_core::setting::Setting;
//! use upah_core::store::Store;
//! use upah_postgres::{Address, OpenOptions, Postgres};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let address: Address = "postgres://payroll@db.example/wages".parse()?;
//! let address = address.with_password(std::fs::read("/run/secrets/wages")?);
//! let store = Postgres::open(&address, OpenOptions { create: true }).await?;
//! assert_eq!(store.settle_setting(Setting::Mode, "sandbox".into()).await?, "sandbox");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod admission;
mod batch;
mod census;
mod claims;
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

use claims::Pulse;
use fault::Result;
use open::Company;
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
    pulse: Arc<Mutex<Pulse>>,
}

impl Postgres {
    /// Opens a store for writing, beside others that do, and brings an older format to the present one. Waits up to
    /// 2 s for one that writes alone and is just ending. The connections live as long as the tokio runtime in which this is awaited.
    ///
    /// # Errors
    /// [`OpenError`]; nothing was changed then.
    pub async fn open(address: &Address, options: OpenOptions) -> core::result::Result<Self, OpenError> {
        Self::writing(address, options, Company::Shared).await
    }

    /// As [`Postgres::open`], and lets no other process write for as long as it is open: for what cannot be shared
    /// beside the store.
    ///
    /// # Errors
    /// [`OpenError`]; nothing was changed then.
    pub async fn open_alone(address: &Address, options: OpenOptions) -> core::result::Result<Self, OpenError> {
        Self::writing(address, options, Company::Alone).await
    }

    async fn writing(
        address: &Address,
        options: OpenOptions,
        company: Company,
    ) -> core::result::Result<Self, OpenError> {
        let durable = Arc::new(AtomicU64::new(0));
        let writer = open::writer(address, options, company, Arc::clone(&durable)).await?;
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
        let pulse = Arc::new(Mutex::new(Pulse::new(address.clone())));
        Ok(Self { address: address.clone(), runtime: Handle::current(), reader, writer: None, pulse })
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
