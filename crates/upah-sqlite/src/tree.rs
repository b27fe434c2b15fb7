//! The stored hashes of the audit log, as `upah_tlog` reads them.
use crate::columns::{bytes, natural, to_integer};
use crate::fault::{Fault, Result};
use rusqlite::{Connection, params};
use upah_tlog::{CoarseNode, Frontier, Hash, TreeReader};

/// The hashes that a connection sees.
pub(crate) struct Tree<'a>(pub(crate) &'a Connection);

impl TreeReader for Tree<'_> {
    type Error = Fault;

    fn coarse(&self, level: u8, index: u64) -> Result<Hash> {
        hashes(self.0, level, index, 1)?.first().copied().map(Hash).ok_or_else(missing)
    }

    fn coarse_range(&self, level: u8, start: u64, count: usize) -> Result<Vec<Hash>> {
        Ok(hashes(self.0, level, start, count)?.into_iter().map(Hash).collect())
    }
}

/// The stored hashes of one level from `start`, as many as there are and at most `count`.
pub(crate) fn hashes(conn: &Connection, level: u8, start: u64, count: usize) -> Result<Vec<[u8; 32]>> {
    let sql = if level == 0 {
        "SELECT seq, leaf FROM record WHERE ?1 = 0 AND seq >= ?2 ORDER BY seq LIMIT ?3"
    } else {
        "SELECT idx, hash FROM node WHERE level = ?1 AND idx >= ?2 ORDER BY idx LIMIT ?3"
    };
    let mut statement = conn.prepare_cached(sql)?;
    let limit = i64::try_from(count).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![level, to_integer(start)?, limit])?;
    let mut found = Vec::new();
    let mut expected = start;
    while let Some(row) = rows.next()? {
        if natural::<u64>(row, 0)? != expected {
            return Err(missing());
        }
        found.push(bytes(row, 1)?);
        expected += 1;
    }
    Ok(found)
}

/// How many events are stored; they are numbered from 0 without gaps.
pub(crate) fn size(conn: &Connection) -> Result<u64> {
    let mut statement = conn.prepare_cached("SELECT ifnull(max(seq) + 1, 0) FROM record")?;
    let mut rows = statement.query([])?;
    rows.next()?.map_or(Ok(0), |row| natural(row, 0))
}

/// The right edge of the log as a connection sees it.
pub(crate) fn frontier(conn: &Connection) -> Result<Frontier> {
    Ok(Frontier::from_reader(size(conn)?, &Tree(conn))?)
}

/// Stores the root of a subtree that has just become complete.
pub(crate) fn save(conn: &Connection, node: &CoarseNode) -> Result<()> {
    let mut insert = conn.prepare_cached("INSERT INTO node (level, idx, hash) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![node.level, to_integer(node.index)?, node.hash.0])?;
    Ok(())
}

fn missing() -> Fault {
    Fault::damaged("hashes of the audit log are missing")
}
