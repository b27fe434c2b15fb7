//! Which references are in use. They are hashes, so that filing each at once would touch another page for
//! each: they are appended as they come, and filed in their own order when there are many.
use crate::columns::natural;
use crate::fault::{Fault, Result};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;
use upah_core::reference::Reference;
use upah_core::store::StoreError;

/// So many are filed at once. The writer keeps the unfiled ones in memory.
const BATCH: usize = 4096;

/// The references of the newest attempts, by which attempt (`attempt.no`) uses them.
pub(crate) type Unfiled = BTreeMap<String, i64>;

/// The number of the last attempt whose reference is filed; attempts are numbered from 1 without gaps.
pub(crate) fn filed(conn: &Connection) -> Result<i64> {
    let mut find = conn.prepare_cached("SELECT value FROM meta WHERE key = 'filed'")?;
    let filed: Option<String> = find.query_row([], |row| row.get(0)).optional()?;
    let damaged = |_| Fault::damaged("the number of filed references is not one");
    filed.map_or(Ok(0), |filed| filed.parse().map_err(damaged))
}

/// What is not filed yet.
pub(crate) fn unfiled(conn: &Connection) -> Result<Unfiled> {
    let mut find = conn.prepare_cached("SELECT reference, no FROM attempt WHERE no > ?1")?;
    let rows = find.query_map([filed(conn)?], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Writes down attempts, one unit's worth of them.
#[derive(Default)]
pub(crate) struct Attempts {
    added: Unfiled,
    all_filed: bool,
}

impl Attempts {
    /// Appends an attempt, unless its reference is in use.
    pub(crate) fn add(
        &mut self,
        conn: &Connection,
        unfiled: &Unfiled,
        (payment, number): (i64, u16),
        reference: &Reference,
    ) -> Result<()> {
        let text = reference.as_str();
        let mut find = conn.prepare_cached("SELECT 1 FROM reference WHERE reference = ?1")?;
        if unfiled.contains_key(text) || self.added.contains_key(text) || find.exists([text])? {
            return Err(StoreError::ReferenceTaken(reference.clone()).into());
        }
        let mut insert = conn.prepare_cached("INSERT INTO attempt (payment, number, reference) VALUES (?1, ?2, ?3)")?;
        insert.execute(params![payment, number, text])?;
        self.added.insert(text.to_owned(), conn.last_insert_rowid());
        Ok(())
    }

    /// Before the commit: files everything when it has become much.
    pub(crate) fn file(&mut self, conn: &Connection, unfiled: &Unfiled) -> Result<()> {
        if unfiled.len() + self.added.len() < BATCH {
            return Ok(());
        }
        let mut insert = conn.prepare_cached("INSERT INTO reference (reference, attempt) VALUES (?1, ?2)")?;
        let mut all: Vec<_> = unfiled.iter().chain(&self.added).collect();
        all.sort_unstable();
        for (reference, attempt) in &all {
            insert.execute(params![reference, attempt])?;
        }
        let last = all.iter().map(|(_, attempt)| **attempt).max().unwrap_or(0);
        let sql = "INSERT INTO meta (key, value) VALUES ('filed', ?1)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        conn.prepare_cached(sql)?.execute([last.to_string()])?;
        self.all_filed = true;
        Ok(())
    }

    /// After the commit: what the writer has to remember.
    pub(crate) fn settle(self, unfiled: &mut Unfiled) {
        if self.all_filed {
            unfiled.clear();
        } else {
            unfiled.extend(self.added);
        }
    }
}

/// The payment of the attempt with this reference.
pub(crate) fn payment_of(conn: &Connection, reference: &Reference) -> Result<Option<i64>> {
    let mut find = conn.prepare_cached(
        "SELECT payment FROM reference JOIN attempt ON no = attempt AND attempt.reference = reference.reference
         WHERE reference.reference = ?1",
    )?;
    if let Some(payment) = find.query_row([reference.as_str()], |row| row.get(0)).optional()? {
        return Ok(Some(payment));
    }
    let mut find = conn.prepare_cached("SELECT payment FROM attempt WHERE no > ?1 AND reference = ?2")?;
    Ok(find.query_row(params![filed(conn)?, reference.as_str()], |row| row.get(0)).optional()?)
}

/// The next references in their own order, with payments and attempt numbers.
pub(crate) fn in_order(conn: &Connection, after: &str, limit: usize) -> Result<Vec<(String, i64, u16)>> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut found = Vec::new();
    let mut read = |sql: &str| -> Result<()> {
        let mut find = conn.prepare_cached(sql)?;
        let mut rows = find.query(params![after, most, filed(conn)?])?;
        while let Some(row) = rows.next()? {
            found.push((row.get(0)?, row.get(1)?, natural(row, 2)?));
        }
        Ok(())
    };
    read(
        "SELECT reference.reference, payment, number FROM reference
             JOIN attempt ON no = attempt AND attempt.reference = reference.reference
         WHERE reference.reference > ?1 AND no <= ?3 ORDER BY reference.reference LIMIT ?2",
    )?;
    read(
        "SELECT reference, payment, number FROM attempt
         WHERE no > ?3 AND reference > ?1 ORDER BY reference LIMIT ?2",
    )?;
    found.sort_unstable();
    found.truncate(limit);
    Ok(found)
}

/// What does not fit together between the attempts and the filed references, in words.
pub(crate) fn irregular(conn: &Connection) -> Result<Option<String>> {
    let last = filed(conn)?;
    let count = |sql: &str| -> Result<i64> { Ok(conn.query_row(sql, [], |row| row.get(0))?) };
    let filed = count("SELECT count(*) FROM reference")?;
    let rightly = count(
        "SELECT count(*) FROM reference JOIN attempt ON no = attempt AND attempt.reference = reference.reference",
    )?;
    let attempts = count("SELECT count(*) FROM attempt")?;
    let newest = count("SELECT ifnull(max(no), 0) FROM attempt")?;
    let fits = filed == last && rightly == last && attempts == newest && last <= newest;
    Ok((!fits).then(|| {
        format!(
            "of {attempts} attempts with numbers up to {newest}, the first {last} should have their reference filed; \
             {filed} references are filed, {rightly} of them rightly"
        )
    }))
}
