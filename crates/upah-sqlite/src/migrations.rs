//! The file's format: which file is a store, of which format, and how an older one becomes a newer one.
//!
//! All steps that are missing run in one transaction, together with the new number: a crash leaves
//! either format and nothing between.
use crate::fault::Result;
use rusqlite::{Connection, TransactionBehavior};

/// "UPAH", in SQLite's header field for the program that owns a file.
pub(crate) const APPLICATION_ID: i32 = 0x5550_4148;

/// Step n makes format n + 1 out of format n. Never change one that was released.
const STEPS: &[&str] = &[include_str!("migrations/1.sql")];

/// The format that this version writes.
pub(crate) const FORMAT: usize = STEPS.len();

/// What a SQLite file is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No table, no owner: a file in which the first opening ended too early.
    Empty,
    /// A store of this format.
    Store(usize),
    /// Somebody else's.
    Foreign,
}

/// Looks without changing anything.
pub(crate) fn identify(conn: &Connection) -> Result<Kind> {
    let owner: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let format: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (owner, usize::try_from(format)) {
        (APPLICATION_ID, Ok(format)) if format > 0 => Kind::Store(format),
        (0, Ok(0)) if tables == 0 => Kind::Empty,
        _ => Kind::Foreign,
    })
}

/// Brings a store from `format` (0 for an empty file) to [`FORMAT`].
pub(crate) fn migrate(conn: &mut Connection, format: usize) -> Result<()> {
    let missing = STEPS.get(format..).unwrap_or_default();
    if missing.is_empty() {
        return Ok(());
    }
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in missing {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", FORMAT as i64)?;
    transaction.commit()?;
    Ok(())
}
