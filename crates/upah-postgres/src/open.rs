//! Opening: is this our store, may we write it, is it nobody's alone, and does its server keep what it
//! acknowledges.
use crate::address::Address;
use crate::columns::plain;
use crate::fault::{Fault, Result as Inner};
use crate::migrations::{FORMAT, Kind, identify, migrate};
use crate::session::{READING, Session, Settings, WRITING};
use crate::write::Writer;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio_postgres::error::SqlState;
use upah_core::store::StoreError;

/// How to open a store for writing.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    /// Whether to make the store's tables when the database has none. The database itself must exist.
    pub create: bool,
}

/// Why a store is not opened. The database is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The database has no store, and none shall be made.
    #[error("there is no store at {place}")]
    Missing {
        /// Where it was looked for.
        place: String,
    },
    /// Its schema `upah` belongs to another program.
    #[error("the schema upah at {place} is not a store of upah; nothing in it was changed")]
    NotAStore {
        /// The database.
        place: String,
    },
    /// A newer version has written it: this one would not understand what it pays.
    #[error("{place} has format {found}, and this upah knows formats up to {known}: use the newer upah that wrote it")]
    Newer {
        /// The database.
        place: String,
        /// Its format.
        found: usize,
        /// The newest format that this version knows.
        known: usize,
    },
    /// Read-only opening cannot bring it to the present format.
    #[error("{place} has the older format {found}: open it once for writing, which brings it to format {known}")]
    Older {
        /// The database.
        place: String,
        /// Its format.
        found: usize,
        /// The format it would get.
        known: usize,
    },
    /// Another process writes it, and one of the two wants to write alone.
    #[error("another upah is working with this store ({place}); wait until it has ended")]
    InUse {
        /// The database.
        place: String,
    },
    /// The server cannot be reached, or would not keep what it acknowledges.
    #[error("{place} cannot be opened: {reason}")]
    Unusable {
        /// The database.
        place: String,
        /// In words.
        reason: String,
    },
    /// PostgreSQL could not read or prepare it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        Self::Store(fault.into())
    }
}

/// Whether others may write at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Company {
    /// Any number of processes may.
    Shared,
    /// Nobody else may.
    Alone,
}

/// The writers' lock: "UPAH" and a 1, in PostgreSQL's space of advisory locks of one database. Each holds it for as
/// long as its session lives; who writes alone holds it alone.
pub(crate) const LOCK: i64 = 0x5550_4148_0000_0001;

/// For a writer that has just ended: its server process may take a moment to notice.
const WAIT_FOR_LOCK: (&str, &str) = ("lock_timeout", "2s");
/// For a person's `psql` beside us.
const WAIT_FOR_ROWS: (&str, &str) = ("lock_timeout", "10s");

/// Connects for writing and holds the lock.
pub(crate) async fn writer(
    address: &Address,
    options: OpenOptions,
    company: Company,
    durable: Arc<AtomicU64>,
) -> Result<Writer, OpenError> {
    let place = || address.to_string();
    let mut session = connect(address, WRITING).await?;
    if let Some(reason) = unfit(&mut session).await? {
        return Err(OpenError::Unusable { place: place(), reason: reason.into() });
    }
    session.set(&[WAIT_FOR_LOCK]).await?;
    if !lock(&mut session, company).await? {
        return Err(OpenError::InUse { place: place() });
    }
    session.set(&[WAIT_FOR_ROWS]).await?;
    match identify(&mut session).await? {
        Kind::Empty if options.create => migrate(&mut session).await?,
        Kind::Empty => return Err(OpenError::Missing { place: place() }),
        Kind::Store(found) if found > FORMAT => return Err(OpenError::Newer { place: place(), found, known: FORMAT }),
        Kind::Store(FORMAT) => {}
        Kind::Store(_) => migrate(&mut session).await?,
        Kind::Foreign => return Err(OpenError::NotAStore { place: place() }),
    }
    Ok(Writer::new(session, durable).await?)
}

/// Connects for reading, beside a writer or without one.
pub(crate) async fn reader(address: &Address) -> Result<Session, OpenError> {
    let place = || address.to_string();
    let mut session = connect(address, READING).await?;
    match identify(&mut session).await? {
        Kind::Empty => Err(OpenError::Missing { place: place() }),
        Kind::Foreign => Err(OpenError::NotAStore { place: place() }),
        Kind::Store(found) if found > FORMAT => Err(OpenError::Newer { place: place(), found, known: FORMAT }),
        Kind::Store(found) if found < FORMAT => Err(OpenError::Older { place: place(), found, known: FORMAT }),
        Kind::Store(_) => Ok(session),
    }
}

/// Connects again for reading a store that was open already.
pub(crate) async fn reader_again(address: &Address) -> Inner<Session> {
    let mut session = Session::connect(address, READING).await?;
    match identify(&mut session).await? {
        Kind::Store(FORMAT) => Ok(session),
        _ => Err(Fault::damaged("the store is gone, or has another format than when it was opened")),
    }
}

/// Connects once more for writing to a store that is open.
pub(crate) async fn writing_again(address: &Address) -> Inner<Session> {
    let mut session = Session::connect(address, WRITING).await?;
    match unfit(&mut session).await? {
        Some(reason) => Err(Fault::medium(reason)),
        None => Ok(session),
    }
}

async fn connect(address: &Address, settings: Settings) -> Result<Session, OpenError> {
    Session::connect(address, settings).await.map_err(|fault| match fault.into() {
        StoreError::Medium(reason) => OpenError::Unusable { place: address.to_string(), reason },
        error => OpenError::Store(error),
    })
}

/// Why this server may not hold wages, if it may not.
async fn unfit(session: &mut Session) -> Inner<Option<&'static str>> {
    let row = session
        .one(
            "SELECT pg_is_in_recovery(), current_setting('server_version_num')::bigint,
                    current_setting('server_encoding'), current_setting('fsync'),
                    current_setting('full_page_writes'), current_setting('synchronous_commit')",
            &[],
        )
        .await?;
    if plain(&row, 0)? {
        return Ok(Some("the server is a standby; give the address of the primary"));
    }
    if plain::<i64>(&row, 1)? < 140_000 {
        return Ok(Some("the server is older than PostgreSQL 14"));
    }
    if plain::<&str>(&row, 2)? != "UTF8" {
        return Ok(Some("the database is not encoded in UTF8; make it with createdb -E UTF8 -T template0"));
    }
    if plain::<&str>(&row, 3)? != "on" || plain::<&str>(&row, 4)? != "on" {
        return Ok(Some("the server runs with fsync or full_page_writes off, so that it loses wages with the power"));
    }
    // The only stronger setting also waits until a standby has applied what was written.
    if plain::<&str>(&row, 5)? != "remote_apply" {
        session.set(&[("synchronous_commit", "on")]).await?;
        let row = session.one("SELECT current_setting('synchronous_commit')", &[]).await?;
        if plain::<&str>(&row, 0)? != "on" {
            return Ok(Some("the server does not let synchronous_commit be set to on"));
        }
    }
    Ok(None)
}

/// Takes the lock of this database for as long as the session lives. Asked for again where locks are
/// shown, because a server that only pretends to lock would let two writers in.
async fn lock(session: &mut Session, company: Company) -> Inner<bool> {
    let sql = match company {
        Company::Shared => "SELECT pg_advisory_lock_shared($1)",
        Company::Alone => "SELECT pg_advisory_lock($1)",
    };
    let taken = session.client.query(sql, &[&LOCK]).await.map_err(Fault::from);
    match taken {
        Err(fault) if fault.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => return Ok(false),
        taken => taken?,
    };
    let held = "SELECT EXISTS (SELECT 1 FROM pg_locks
                               WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted)";
    if plain(&session.one(held, &[]).await?, 0)? {
        return Ok(true);
    }
    Err(Fault::medium("the server does not keep advisory locks, and without one two programs could pay the same wages"))
}
