//! What SQLite says, as one sentence for whoever runs the payroll. No value of a row ever stands in it.
use rusqlite::{Error, ErrorCode, ffi};
use upah_core::store::StoreError;
use upah_tlog::TreeError;

/// A failure inside this crate, before it is told to the caller.
#[derive(Debug)]
pub(crate) enum Fault {
    /// SQLite's own, not yet put into words.
    Sqlite(Error),
    /// Already what the caller shall read.
    Store(StoreError),
}

/// A result inside this crate.
pub(crate) type Result<T> = core::result::Result<T, Fault>;

impl Fault {
    /// Something stored that this crate cannot have written.
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Store(StoreError::Damaged(what.into()))
    }

    /// A mistake of the program.
    pub(crate) fn misused(what: &'static str) -> Self {
        Self::Store(StoreError::Misused(what))
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<TreeError<Fault>> for Fault {
    fn from(error: TreeError<Fault>) -> Self {
        match error {
            TreeError::Reader(fault) => fault,
            _ => Self::damaged("hashes of the audit log are missing"),
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error,
            Fault::Sqlite(error) => in_words(&error),
        }
    }
}

/// Whether a unique column or primary key already holds the value.
pub(crate) fn is_taken(error: &Error) -> bool {
    let unique = [ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_ROWID];
    error.sqlite_error().is_some_and(|error| unique.contains(&error.extended_code))
}

/// Whether it was the number that is the table's own primary key, rather than another unique column.
pub(crate) fn is_number_taken(error: &Error) -> bool {
    let own = [ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_ROWID];
    error.sqlite_error().is_some_and(|error| own.contains(&error.extended_code))
}

fn in_words(error: &Error) -> StoreError {
    let Some(code) = error.sqlite_error_code() else {
        return StoreError::Damaged("a column holds a value that upah does not write".into());
    };
    let extended = error.sqlite_error().map_or(0, |error| error.extended_code);
    StoreError::Medium(match code {
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            return StoreError::Damaged("the file is not as upah left it; keep it, and continue from a copy".into());
        }
        ErrorCode::DiskFull => "the disk is full; free some space and run the same command again".into(),
        ErrorCode::ReadOnly => "the file or its folder is read-only".into(),
        ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => {
            "this user may not use the file".into()
        }
        ErrorCode::CannotOpen => {
            "the file cannot be opened; its folder must exist, and this user must be allowed to write there".into()
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
            "another program holds the file; close it and run the same command again".into()
        }
        ErrorCode::SystemIoFailure => format!("the disk reported an error (SQLite {extended})"),
        ErrorCode::OutOfMemory => "there is not enough memory".into(),
        _ => format!("SQLite reported error {extended}"),
    })
}
