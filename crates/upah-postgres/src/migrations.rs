//! The store's format: which schema is a store, of which format, and how an older one becomes a newer one.
//!
//! All steps that are missing run in one transaction, together with the new number: a crash leaves
//! either format and nothing between. Of two that open a store at once, one migrates and the other finds it done.
use crate::columns::plain;
use crate::fault::Result;
use crate::session::Session;

/// Step n makes format n + 1 out of format n. Never change one that was released.
const STEPS: &[&str] = &[include_str!("migrations/1.sql"), include_str!("migrations/2.sql")];

/// The format that this version writes.
pub(crate) const FORMAT: usize = STEPS.len();

/// What the schema `upah` of a database is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// There is none, or nothing in it.
    Empty,
    /// A store of this format.
    Store(usize),
    /// Somebody else's.
    Foreign,
}

/// Looks without changing anything.
pub(crate) async fn identify(session: &mut Session) -> Result<Kind> {
    let schema = session
        .one(
            "SELECT to_regclass('upah.format') IS NOT NULL,
                    EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('upah'))",
            &[],
        )
        .await?;
    if !plain::<bool>(&schema, 0)? {
        return Ok(if plain(&schema, 1)? { Kind::Foreign } else { Kind::Empty });
    }
    let versions = session.client.query("SELECT version::bigint FROM upah.format LIMIT 2", &[]).await?;
    Ok(match versions.as_slice() {
        [row] => match usize::try_from(plain::<i64>(row, 0)?) {
            Ok(format) if format > 0 => Kind::Store(format),
            _ => Kind::Foreign,
        },
        _ => Kind::Foreign,
    })
}

/// Brings a store of an older format, or an empty schema, to [`FORMAT`].
pub(crate) async fn migrate(session: &mut Session) -> Result<()> {
    // The lock of migrations: "UPAH" and a 4.
    session.batch("BEGIN; SELECT pg_advisory_xact_lock(6147485268854177796)").await?;
    let format = match identify(session).await? {
        Kind::Store(format) => format,
        Kind::Empty | Kind::Foreign => 0,
    };
    let missing = STEPS.get(format..).unwrap_or_default();
    if missing.is_empty() {
        return session.batch("COMMIT").await;
    }
    // PostgreSQL asks for the right to make schemas even where `IF NOT EXISTS` finds one, and an
    // administrator may have made it for a user without that right.
    let schema = session.one("SELECT to_regnamespace('upah') IS NULL", &[]).await?;
    if plain(&schema, 0)? {
        session.batch("CREATE SCHEMA upah").await?;
    }
    for step in missing {
        session.batch(step).await?;
    }
    session.batch("DELETE FROM upah.format").await?;
    let format = i64::try_from(FORMAT).unwrap_or(i64::MAX);
    session.client.execute("INSERT INTO upah.format (version) VALUES ($1)", &[&format]).await?;
    session.batch("COMMIT").await
}
