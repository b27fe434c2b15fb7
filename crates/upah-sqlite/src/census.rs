//! What stands in the file that the port has no name for: somebody else's triggers and tables, unknown
//! settings, nodes outside the tree. `log verify` asks, because a trigger could undo what it proves.
use crate::fault::Result;
use crate::migrations::migrate;
use crate::references;
use rusqlite::Connection;
use std::collections::BTreeSet;
use upah_core::setting::Setting;
use upah_core::store::Census;

/// A setting of our own, beside those that the engine keeps.
const FILED: &str = "filed";

/// Counts and compares.
pub(crate) fn census(conn: &Connection) -> Result<Census> {
    let mut irregular = Vec::new();
    let mut fresh = Connection::open_in_memory()?;
    migrate(&mut fresh, 0)?;
    let (ours, theirs) = (schema(&fresh)?, schema(conn)?);
    for (kind, name, _) in theirs.difference(&ours) {
        irregular.push(format!("{kind} {name} is not of this format"));
    }
    for (kind, name, _) in ours.difference(&theirs) {
        irregular.push(format!("{kind} {name} is missing or was changed"));
    }
    for key in texts(conn, "SELECT key FROM meta ORDER BY key")? {
        if key != FILED && Setting::from_name(&key).is_none() {
            irregular.push(format!("setting {key:?} is unknown"));
        }
    }
    let count = |sql: &str| -> Result<u64> {
        let count: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    };
    let mut complete = count("SELECT count(*) FROM record")? / 256;
    let mut expected_nodes = 0;
    while complete > 0 {
        expected_nodes += complete;
        complete /= 256;
    }
    let nodes = count("SELECT count(*) FROM node")?;
    if nodes != expected_nodes {
        irregular.push(format!("the tree has {nodes} stored nodes, its entries make {expected_nodes}"));
    }
    let orphans = count(
        "SELECT count(*) FROM record WHERE stream NOT IN (SELECT no FROM payment UNION ALL SELECT -no FROM run)",
    )?;
    if orphans > 0 {
        irregular.push(format!("{orphans} events belong to no payment and no run"));
    }
    let linked =
        count("SELECT coalesce((SELECT sum(version) FROM payment), 0) + coalesce((SELECT sum(version) FROM run), 0)")?;
    let stored = count("SELECT count(*) FROM record")?;
    if linked != stored {
        irregular.push(format!("payments and runs have {linked} events between them, and {stored} are stored"));
    }
    irregular.extend(references::irregular(conn)?);
    let payees = count("SELECT count(*) FROM payee")?;
    Ok(Census { payees, traces: count("SELECT count(*) FROM trace")?, irregular })
}

fn schema(conn: &Connection) -> Result<BTreeSet<(String, String, String)>> {
    let mut find = conn.prepare("SELECT type, name, coalesce(sql, '') FROM sqlite_schema")?;
    let rows = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn texts(conn: &Connection, sql: &str) -> Result<Vec<String>> {
    let mut find = conn.prepare(sql)?;
    let rows = find.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
