//! What PostgreSQL says, as one sentence for whoever runs the payroll. Neither its message nor its
//! detail is ever repeated, for they quote values of rows: the code alone is.
use crate::tls;
use std::error::Error as _;
use std::io::{self, ErrorKind};
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity, SqlState};
use upah_core::store::StoreError;
use upah_tlog::TreeError;

/// A failure inside this crate, before it is told to the caller.
#[derive(Debug)]
pub(crate) enum Fault {
    /// PostgreSQL's own, or of the connection to it; not yet put into words.
    Postgres(Error),
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

    /// A sentence of our own about the server or the way to it.
    pub(crate) fn medium(why: &'static str) -> Self {
        Self::Store(StoreError::Medium(why.into()))
    }

    /// What the server said.
    pub(crate) fn told(&self) -> Option<&DbError> {
        match self {
            Self::Postgres(error) => error.as_db_error(),
            Self::Store(_) => None,
        }
    }

    /// The SQLSTATE that the server gave.
    pub(crate) fn code(&self) -> Option<&SqlState> {
        self.told().map(DbError::code)
    }

    /// Whether the transaction was rolled back because of others, so that the same one may succeed now.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED))
    }

    /// Whether the connection did not survive it, or was never made.
    pub(crate) fn lost_connection(&self) -> bool {
        match self {
            Self::Store(_) => false,
            Self::Postgres(error) => error.as_db_error().is_none_or(|told| {
                let class = told.code().code().get(..2);
                matches!(told.parsed_severity(), Some(Severity::Fatal | Severity::Panic)) || class == Some("08")
            }),
        }
    }

    /// Whether a read may be asked again: the server comes back, or others stood in the way.
    pub(crate) fn may_pass(&self) -> bool {
        let refused = [
            SqlState::INVALID_PASSWORD,
            SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
            SqlState::UNDEFINED_DATABASE,
            SqlState::INSUFFICIENT_PRIVILEGE,
        ];
        self.is_transient() || (self.lost_connection() && self.code().is_none_or(|code| !refused.contains(code)))
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Postgres(error)
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
            Fault::Postgres(error) => in_words(&error),
        }
    }
}

/// What every write says once the writer's connection is gone.
pub(crate) const LOST: &str = "the connection to the database was lost, and another upah may be writing there now; \
                               nothing more is written until the store is opened again";

/// What a commit says whose answer never came.
pub(crate) const UNKNOWN: &str = "the connection to the database was lost while it was committing: whether that was \
                                  kept is not known; open the store again, which tells";

/// What a commit says that the server acknowledged with a warning.
pub(crate) const WARNED: &str = "the database kept what was written but warned that a standby may not have it: whether \
                                 it survives is not known; see to the standby and open the store again";

fn in_words(error: &Error) -> StoreError {
    let Some(told) = error.as_db_error() else {
        return StoreError::Medium(unreached(error));
    };
    let code = told.code().code();
    StoreError::Medium(match code {
        "XX001" | "XX002" => {
            return StoreError::Damaged(
                "the server found its own files damaged; keep them, and see to the disk".into(),
            );
        }
        "42P01" | "42703" | "3F000" | "42804" => {
            return StoreError::Damaged("a table of the store is missing or was changed".into());
        }
        "22003" => return StoreError::Damaged("a number is out of its range".into()),
        "23505" => return StoreError::Damaged("a number of the audit log is already in use".into()),
        "22021" => return StoreError::Misused("a text holds a character that PostgreSQL cannot keep"),
        "53100" => "the server's disk is full; free some space and run the same command again".into(),
        "53200" => "the server has not enough memory".into(),
        "53300" => "the server has no connection left for us".into(),
        "57P01" | "57P02" | "57P03" => "the server is being stopped or started; run the same command again".into(),
        "57014" => "somebody cancelled it at the server".into(),
        "42501" => "this user may not use the schema upah, or may not make it".into(),
        "25006" => "the database is read-only; it may be a standby".into(),
        "55P03" => "another program holds the store's tables; close it and run the same command again".into(),
        "28P01" | "28000" => "the server refuses this user or the password".into(),
        "3D000" => "the server has no database of this name; make it with createdb".into(),
        "40001" | "40P01" => "other programs stood in the way again and again; run the same command again".into(),
        _ => format!("PostgreSQL reported error {code}"),
    })
}

/// Why there is no connection, or none any more.
fn unreached(error: &Error) -> String {
    if error.is_closed() {
        return "the connection to the database was lost".into();
    }
    if let Some(refusal) = tls::refusal(error) {
        return format!("no encrypted connection to the database: {refusal}");
    }
    let kind = error.source().and_then(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    match kind {
        Some(ErrorKind::ConnectionRefused | ErrorKind::NotFound) => {
            "no database server answers there; is it running, and is the address right?".into()
        }
        Some(ErrorKind::TimedOut) => "the database server gave no answer in time".into(),
        Some(ErrorKind::PermissionDenied) => "this user may not use the database's socket".into(),
        Some(kind) => format!("no connection to the database: {kind}"),
        // tokio-postgres's own words: about TLS, hosts or the kind of authentication, never about secrets.
        None => match error.source() {
            Some(cause) => format!("no connection to the database: {cause}"),
            None => format!("no connection to the database: {error}"),
        },
    }
}
