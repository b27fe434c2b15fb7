//! Opening: is this our file, may we write it, is nobody else writing it, and is it kept from other eyes.
use crate::fault::Fault;
use crate::migrations::{APPLICATION_ID, FORMAT, Kind, identify, migrate};
use crate::write::Writer;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;
use upah_core::store::StoreError;

/// How to open a store for writing.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    /// Whether to make the file when there is none. Its folder must exist.
    pub create: bool,
}

/// Why a store is not opened. The file is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no such file, or it is empty and shall not be made.
    #[error("there is no store at {}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file is not a SQLite database, or another program's.
    #[error("{} is not a store of upah; nothing in it was changed", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// A newer version has written it: this one would not understand what it pays.
    #[error("{} has format {found}, and this upah knows formats up to {known}: use the newer upah that wrote it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: usize,
        /// The newest format that this version knows.
        known: usize,
    },
    /// Read-only opening cannot bring it to the present format.
    #[error("{} has the older format {found}: open it once for writing, which brings it to format {known}", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: usize,
        /// The format it would get.
        known: usize,
    },
    /// Another process writes it. Two writers would pay twice what each believes to be unpaid.
    #[error("another upah is working with this store ({}); wait until it has ended", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The folder or file cannot be used.
    #[error("{} cannot be opened: {reason}", path.display())]
    Unusable {
        /// The file or folder.
        path: PathBuf,
        /// In words.
        reason: String,
    },
    /// SQLite could not read or prepare it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Pages between checkpoints of the write-ahead log: 64 MB, so that a burst of commits is not
/// slowed by copying pages home.
const CHECKPOINT_PAGES: i64 = 16_000;
/// What the log file is cut back to after an admission made it long.
const WAL_BYTES_MAX: i64 = 64 << 20;
/// Small: after a page of an index is split, SQLite walks through the whole cache at the commit.
const WRITER_CACHE_KIB: i64 = 8 << 10;
const READER_CACHE_KIB: i64 = 16 << 10;
/// For a person's `sqlite3` beside us; another upah is refused by the lock.
const BUSY: Duration = Duration::from_secs(5);

/// Opens the file for writing and holds its lock.
pub(crate) fn writer(path: &Path, options: OpenOptions) -> Result<(Writer, PathBuf), OpenError> {
    if options.create {
        create(path)?;
    }
    let path = real(path)?;
    let path = path.as_path();
    check_header(path)?;
    let lock = lock(path)?;
    for part in ["", "-wal", "-shm"] {
        keep_private(&beside(path, part));
    }
    let mut conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let format = match kind(&conn, path)? {
        Kind::Empty if options.create => 0,
        Kind::Empty => return Err(OpenError::Missing { path: path.into() }),
        Kind::Store(format) if format > FORMAT => return Err(newer(path, format)),
        Kind::Store(format) => format,
        Kind::Foreign => return Err(OpenError::NotAStore { path: path.into() }),
    };
    set_up_writer(&conn, path)?;
    migrate(&mut conn, format).map_err(StoreError::from)?;
    let writer = Writer::new(conn, lock).map_err(StoreError::from)?;
    Ok((writer, path.into()))
}

/// Opens the file for reading, beside a writer or without one.
pub(crate) fn reader(path: &Path) -> Result<Connection, OpenError> {
    let path = real(path)?;
    let path = path.as_path();
    check_header(path)?;
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    match kind(&conn, path)? {
        Kind::Empty => Err(OpenError::Missing { path: path.into() }),
        Kind::Foreign => Err(OpenError::NotAStore { path: path.into() }),
        Kind::Store(found) if found > FORMAT => Err(newer(path, found)),
        Kind::Store(found) if found < FORMAT => Err(OpenError::Older { path: path.into(), found, known: FORMAT }),
        Kind::Store(_) => {
            set_up(&conn, READER_CACHE_KIB).map_err(|error| StoreError::from(Fault::from(error)))?;
            Ok(conn)
        }
    }
}

fn newer(path: &Path, found: usize) -> OpenError {
    OpenError::Newer { path: path.into(), found, known: FORMAT }
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection, OpenError> {
    // One thread at a time uses a connection, so SQLite need not lock it once more.
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(|error| StoreError::from(Fault::from(error)))?;
    conn.busy_timeout(BUSY).map_err(|error| StoreError::from(Fault::from(error)))?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

fn kind(conn: &Connection, path: &Path) -> Result<Kind, OpenError> {
    identify(conn).map_err(|fault| match fault {
        Fault::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            OpenError::NotAStore { path: path.into() }
        }
        fault => OpenError::Store(fault.into()),
    })
}

fn set_up(conn: &Connection, cache_kib: i64) -> rusqlite::Result<()> {
    // Plans depend on the query alone, or SQLite would prepare it again for every other value.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "cache_size", -cache_kib)?;
    conn.pragma_update(None, "mmap_size", 0)?;
    // Sorting never meets personal columns, and must not grow memory with the number of rows.
    conn.pragma_update(None, "temp_store", "FILE")?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cell_size_check", true)
}

fn set_up_writer(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    let set = || -> rusqlite::Result<String> {
        set_up(conn, WRITER_CACHE_KIB)?;
        let mode: String = conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
        // NORMAL would lose the last commits with the power, and an attempt must not be lost.
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "secure_delete", true)?;
        conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        conn.pragma_update(None, "journal_size_limit", WAL_BYTES_MAX)?;
        Ok(mode)
    };
    let mode = set().map_err(|error| StoreError::from(Fault::from(error)))?;
    if mode != "wal" {
        let reason = "its file system cannot keep a write-ahead log; move the store to a local disk".into();
        return Err(OpenError::Unusable { path: path.into(), reason });
    }
    Ok(())
}

/// Makes an empty private file if there is none, and its place in the folder durable.
fn create(path: &Path) -> Result<(), OpenError> {
    let mut options = private();
    match options.write(true).create_new(true).open(path) {
        Ok(file) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            file.sync_all().and_then(|()| sync_folder(folder)).map_err(|error| unusable(path, &error))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(OpenError::Unusable { path: path.into(), reason: "its folder does not exist".into() })
        }
        Err(error) => Err(unusable(path, &error)),
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// The one name of a file, so that two links to it share one lock.
fn real(path: &Path) -> Result<PathBuf, OpenError> {
    fs::canonicalize(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => OpenError::Missing { path: path.into() },
        _ => unusable(path, &error),
    })
}

/// Refuses what is certainly not ours before anything is laid beside it: a file without SQLite's
/// first 16 bytes, or with another owner at offset 68 (sqlite.org/fileformat2.html section 1.3).
fn check_header(path: &Path) -> Result<(), OpenError> {
    let mut header = Vec::with_capacity(100);
    let read = File::open(path).and_then(|file| file.take(100).read_to_end(&mut header));
    read.map_err(|error| unusable(path, &error))?;
    let is_sqlite = header.starts_with(b"SQLite format 3\0");
    let owner = header.get(68..72).map(|bytes| bytes.iter().fold(0, |n, byte| (n << 8) | i32::from(*byte)));
    if header.is_empty() || (is_sqlite && owner.is_some_and(|owner| owner == 0 || owner == APPLICATION_ID)) {
        return Ok(());
    }
    Err(OpenError::NotAStore { path: path.into() })
}

/// An exclusive lock of the operating system, which ends with the process however that ends.
fn lock(path: &Path) -> Result<File, OpenError> {
    let place = beside(path, ".lock");
    let file = private().write(true).create(true).truncate(false).open(&place);
    let file = file.map_err(|error| unusable(&place, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.into() }),
        Err(TryLockError::Error(error)) => Err(unusable(&place, &error)),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn unusable(path: &Path, error: &io::Error) -> OpenError {
    let reason = match error.kind() {
        ErrorKind::PermissionDenied => "this user may not read or write there".into(),
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only".into(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full".into(),
        ErrorKind::IsADirectory => "it is a folder".into(),
        ErrorKind::NotADirectory => "what should be its folder is a file".into(),
        kind => format!("{kind}"),
    };
    OpenError::Unusable { path: path.into(), reason }
}

/// Options for a new file that its owner alone may read; SQLite gives its other files the same mode.
fn private() -> fs::OpenOptions {
    #[allow(unused_mut)]
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Takes the rights of others from a file that was copied here. File systems without rights exist,
/// so failing is not an error.
fn keep_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let too_open = fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0);
        if too_open {
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}
