//! The stored hashes of the audit log, as `upah_tlog` reads them.
use crate::columns::{bytes, limit, natural, to_integer};
use crate::fault::{Fault, Result};
use crate::session::Session;
use std::collections::HashMap;
use tokio_postgres::Row;
use upah_tlog::{Frontier, Hash, TreeReader};

/// The stored hashes of one level from `start`, as many as there are and at most `count`.
pub(crate) async fn hashes(session: &mut Session, level: u8, start: u64, count: usize) -> Result<Vec<[u8; 32]>> {
    let (from, limit) = (to_integer(start)?, limit(count));
    let rows = if level == 0 {
        session.query("SELECT seq, leaf FROM upah.record WHERE seq >= $1 ORDER BY seq LIMIT $2", &[&from, &limit]).await
    } else {
        let sql = "SELECT idx, hash FROM upah.node WHERE level = $1 AND idx >= $2 ORDER BY idx LIMIT $3";
        session.query(sql, &[&i64::from(level), &from, &limit]).await
    };
    let mut found = Vec::new();
    for (row, expected) in rows?.iter().zip(start..) {
        if natural::<u64>(row, 0)? != expected {
            return Err(missing());
        }
        found.push(bytes(row, 1)?);
    }
    Ok(found)
}

/// How many events are stored; they are numbered from 0 without gaps.
pub(crate) async fn size(session: &mut Session) -> Result<u64> {
    natural(&session.one("SELECT coalesce(max(seq) + 1, 0) FROM upah.record", &[]).await?, 0)
}

/// The right edge of the log as a snapshot sees it.
pub(crate) async fn frontier(session: &mut Session) -> Result<Frontier> {
    let size = size(session).await?;
    let mut edge = Edge(HashMap::new());
    // On each level, what no complete hash of the next one covers yet: at most 255 hashes.
    let (mut level, mut complete) = (0u8, size);
    while complete > 0 {
        let first = complete / WIDTH * WIDTH;
        for (hash, index) in hashes(session, level, first, 255).await?.into_iter().zip(first..) {
            edge.0.insert((level, index), Hash(hash));
        }
        complete /= WIDTH;
        level += 1;
    }
    Ok(Frontier::from_reader(size, &edge)?)
}

/// The newest leaves, from a size on.
pub(crate) const NEWS: &str = "SELECT leaf FROM upah.record WHERE seq >= $1 ORDER BY seq LIMIT 2048";

/// The right edge after these new leaves; `None` when they do not lead to this size, because others wrote so much
/// that it is cheaper to read the edge.
pub(crate) fn continued(edge: &Frontier, news: &[Row], size: u64) -> Result<Option<Frontier>> {
    let mut edge = edge.clone();
    if edge.size() + news.len() as u64 != size {
        return Ok(None);
    }
    for row in news {
        // Whoever appended them has stored the nodes that they completed.
        edge.push(Hash(bytes(row, 0)?), &mut |_| {});
    }
    Ok(Some(edge))
}

/// Hashes of a level that make one of the next.
const WIDTH: u64 = 256;

/// What the right edge is made of.
struct Edge(HashMap<(u8, u64), Hash>);

impl TreeReader for Edge {
    type Error = Fault;

    fn coarse(&self, level: u8, index: u64) -> Result<Hash> {
        self.0.get(&(level, index)).copied().ok_or_else(missing)
    }
}

fn missing() -> Fault {
    Fault::damaged("hashes of the audit log are missing")
}
