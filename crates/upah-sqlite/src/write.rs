//! The one writer, and a unit of work: a transaction that appends events and keeps the rows beside them.
//!
//! A unit works on its own copy of the log's right edge and hands it back only once SQLite has
//! acknowledged the commit, so that nothing has to be undone when it fails.
use crate::columns::{RunNo, state_code, to_integer};
use crate::fault::{Fault, Result, is_number_taken, is_taken};
use crate::references::{self, Attempts, Unfiled};
use crate::tree;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Params, ToSql, named_params, params};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use tokio::sync::OwnedMutexGuard;
use upah_core::erasure::Erasure;
use upah_core::event::SealedRecord;
use upah_core::run::RunId;
use upah_core::state::PaymentState;
use upah_core::store::{ChangeSet, PaymentChange, RunChange, StoreError};
use upah_tlog::{Frontier, leaf_hash};

/// The connection that writes, with what it must agree with. Fields drop in this order: the
/// connection is closed before the lock is let go.
pub(crate) struct Writer {
    pub(crate) conn: Connection,
    frontier: Frontier,
    unfiled: Unfiled,
    /// After a failed fsync nobody knows what the disk holds: only opening the file again tells.
    broken: bool,
    _lock: File,
}

impl Writer {
    /// Takes over a connection whose settings are made and whose format is ours.
    pub(crate) fn new(conn: Connection, lock: File) -> Result<Self> {
        let (frontier, unfiled) = (tree::frontier(&conn)?, references::unfiled(&conn)?);
        Ok(Self { conn, frontier, unfiled, broken: false, _lock: lock })
    }

    /// Runs one statement as a transaction of its own.
    pub(crate) fn execute(&mut self, sql: &str, values: impl Params) -> Result<()> {
        self.check()?;
        let done = self.conn.prepare_cached(sql).and_then(|mut statement| statement.execute(values));
        self.acknowledge(done.map(drop))
    }

    /// Notes whether a commit ended in an error of the disk itself.
    fn acknowledge(&mut self, committed: rusqlite::Result<()>) -> Result<()> {
        if let Err(error) = &committed {
            self.broken |= error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure);
        }
        Ok(committed?)
    }

    /// Fails after a write whose end is not known.
    fn check(&self) -> Result<()> {
        if self.broken {
            let why = "an earlier write failed on the disk; end this program, see to the disk and start again";
            return Err(StoreError::Medium(why.into()).into());
        }
        Ok(())
    }

    /// Empties the write-ahead log, which holds pages as they were before. In the database itself SQLite has overwritten
    /// what was taken (`secure_delete`).
    fn empty_journal(&mut self) -> Result<()> {
        let folded = self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        let is_read = *folded.as_ref().unwrap_or(&false);
        self.acknowledge(folded.map(drop))?;
        if is_read {
            let why = "it is erased, but somebody still reads this store, and its journal could not be emptied; run the \
                       same command again when they have ended";
            return Err(StoreError::Medium(why.into()).into());
        }
        Ok(())
    }

    /// As after a failed fsync.
    #[cfg(test)]
    pub(crate) fn pretend_broken(&mut self) {
        self.broken = true;
    }

    /// How many events are committed.
    pub(crate) fn log_size(&self) -> u64 {
        self.frontier.size()
    }
}

/// A run's number in this unit.
#[derive(Clone, Copy)]
struct Numbered {
    no: RunNo,
    stored: bool,
}

/// One open transaction of the writer. Dropping it rolls back.
pub(crate) struct Unit {
    writer: OwnedMutexGuard<Writer>,
    frontier: Frontier,
    attempts: Attempts,
    runs: HashMap<RunId, Numbered>,
    next_run: i64,
    open: bool,
}

impl Unit {
    /// Begins a transaction.
    pub(crate) fn begin(writer: OwnedMutexGuard<Writer>) -> Result<Self> {
        writer.check()?;
        writer.conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let frontier = writer.frontier.clone();
        let attempts = Attempts::default();
        let mut unit = Self { writer, frontier, attempts, runs: HashMap::new(), next_run: 1, open: true };
        let mut last = unit.writer.conn.prepare_cached("SELECT ifnull(max(no), 0) FROM run")?;
        unit.next_run = last.query_row([], |row| row.get::<_, i64>(0))? + 1;
        drop(last);
        Ok(unit)
    }

    /// Writes a change set: payments first, so that an approval finds what was confirmed with it.
    pub(crate) fn write(&mut self, changes: &ChangeSet) -> Result<()> {
        self.payments(&changes.payments)?;
        changes.runs.iter().try_for_each(|change| self.run(change))
    }

    /// Writes payments in the order given.
    pub(crate) fn payments(&mut self, changes: &[PaymentChange]) -> Result<()> {
        changes.iter().try_for_each(|change| self.payment(change))
    }

    fn payment(&mut self, change: &PaymentChange) -> Result<()> {
        fits(change.expected_version, change.records.len(), change.row.version)?;
        let no = self.number(&change.row.id.run)?.payment(change.row.id.n);
        let instructed_by = self.number(&change.row.instructed_by)?;
        let mut last = match change.expected_version {
            0 => None,
            version => Some(last_event(&self.writer.conn, no, version)?.ok_or_else(|| conflict(&change.row.id))?),
        };
        let next = to_integer(self.frontier.size() + change.records.len() as u64)?;
        write_payment(&self.writer.conn, no, instructed_by, next - 1, change)?;
        for record in &change.records {
            last = Some(self.append(no, last, record)?);
        }
        let conn = &self.writer.conn;
        for (reference, number) in &change.new_references {
            self.attempts.add(conn, &self.writer.unfiled, (no, *number), reference)?;
        }
        for trace in &change.traces {
            let mut insert = conn.prepare_cached("INSERT OR IGNORE INTO trace (key, value) VALUES (?1, ?2)")?;
            insert.execute(params![trace.key, trace.value])?;
        }
        if let Some(settled) = &change.settled_to {
            // Most people are paid where they were paid before. Their pages lie anywhere, and are left as they are.
            let mut upsert = conn.prepare_cached(
                "INSERT INTO payee (worker, destination) VALUES (?1, ?2)
                 ON CONFLICT (worker) DO UPDATE SET destination = excluded.destination
                     WHERE destination <> excluded.destination",
            )?;
            upsert.execute(params![settled.worker, settled.destination])?;
        }
        Ok(())
    }

    /// Writes one event of a run and what follows from it.
    pub(crate) fn run(&mut self, change: &RunChange) -> Result<()> {
        fits(change.expected_version, 1, change.row.version)?;
        let no = self.number(&change.row.id)?;
        let before = match change.expected_version {
            0 => None,
            version => Some(last_of_run(&self.writer.conn, no, version)?.ok_or_else(|| conflict(&change.row.id))?),
        };
        let last = self.append(no.stream(), before, &change.record)?;
        let approved_seq =
            if change.approves { Some(last) } else { change.row.approved_seq.map(to_integer).transpose()? };
        if change.expected_version == 0 {
            self.insert_run(no, change, approved_seq, last)?;
        } else {
            let sql = "UPDATE run SET id = :id, employer = :employer, key = :key, digest = :digest, count = :count,
                           total = :total, created_by = :created_by, approved_seq = :approved_seq,
                           cancelled = :cancelled, version = :version, head = :head, last = :last
                       WHERE no = :no";
            write_run(&self.writer.conn, sql, no, change, approved_seq, last)?;
        }
        if change.approves {
            release(&self.writer.conn, no)?;
        }
        Ok(())
    }

    fn insert_run(&mut self, no: RunNo, change: &RunChange, approved_seq: Option<i64>, last: i64) -> Result<()> {
        match self.runs.get_mut(&change.row.id) {
            Some(numbered) if !numbered.stored => numbered.stored = true,
            _ => return Err(conflict(&change.row.id)),
        }
        let sql = "INSERT INTO run (no, id, employer, key, digest, count, total, created_by, approved_seq, cancelled,
                       version, head, last)
                   VALUES (:no, :id, :employer, :key, :digest, :count, :total, :created_by, :approved_seq, :cancelled,
                       :version, :head, :last)";
        write_run(&self.writer.conn, sql, no, change, approved_seq, last)
    }

    /// Appends an event to the log and to its stream, whose last event until now was `prev`.
    fn append(&mut self, stream: i64, prev: Option<i64>, sealed: &SealedRecord) -> Result<i64> {
        let conn = &self.writer.conn;
        let seq = to_integer(self.frontier.size())?;
        let leaf = leaf_hash(sealed.leaf.as_bytes());
        let mut insert = conn.prepare_cached(
            "INSERT INTO record (seq, stream, prev, leaf, salt, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        insert.execute(params![seq, stream, prev, leaf.0, sealed.salt.0, sealed.record])?;
        // Every 256th event completes a node, so this stays empty and unallocated.
        let mut completed = Vec::new();
        self.frontier.push(leaf, &mut |node| completed.push(node));
        completed.iter().try_for_each(|node| tree::save(conn, node))?;
        Ok(seq)
    }

    /// A run's number: the stored one, or one reserved for a run whose own event follows in this unit.
    fn number(&mut self, run: &RunId) -> Result<RunNo> {
        if let Some(known) = self.runs.get(run) {
            return Ok(known.no);
        }
        let mut find = self.writer.conn.prepare_cached("SELECT no FROM run WHERE id = ?1")?;
        let stored: Option<i64> = find.query_row([run.as_str()], |row| row.get(0)).optional()?;
        let no = RunNo(stored.unwrap_or(self.next_run));
        if no > RunNo::MAX {
            return Err(Fault::misused("a store holds at most 2147483647 runs"));
        }
        if stored.is_none() {
            self.next_run += 1;
        }
        if let Entry::Vacant(entry) = self.runs.entry(run.clone()) {
            entry.insert(Numbered { no, stored: stored.is_some() });
        }
        Ok(no)
    }

    /// Writes the events that end streams, then takes what stood before them, traces and destinations.
    pub(crate) fn erase(&mut self, erasure: &Erasure) -> Result<()> {
        if erasure.ends.iter().any(|end| end.records.len() != 1) {
            return Err(Fault::misused("an erasure ends each stream with one event"));
        }
        self.payments(&erasure.ends)?;
        for end in &erasure.ends {
            let no = self.number(&end.row.id.run)?.payment(end.row.id.n);
            let mut take = self.writer.conn.prepare_cached(
                "WITH RECURSIVE before (seq) AS (
                     SELECT record.prev FROM payment JOIN record ON record.seq = payment.last WHERE payment.no = ?1
                     UNION ALL
                     SELECT record.prev FROM record JOIN before ON record.seq = before.seq
                 )
                 UPDATE record SET salt = NULL, record = NULL WHERE seq IN (SELECT seq FROM before)",
            )?;
            take.execute([no])?;
        }
        let conn = &self.writer.conn;
        for trace in &erasure.traces {
            let mut forget = conn.prepare_cached("DELETE FROM trace WHERE key = ?1 AND value = ?2")?;
            forget.execute(params![trace.key, trace.value])?;
        }
        for worker in &erasure.payees {
            conn.prepare_cached("DELETE FROM payee WHERE worker = ?1")?.execute(params![worker])?;
        }
        Ok(())
    }

    /// Makes the unit durable and returns the size of the log.
    pub(crate) fn commit(mut self) -> Result<u64> {
        self.make_durable()
    }

    /// As [`Unit::commit`]; then nothing that was taken stands in the journal either.
    pub(crate) fn commit_and_empty_journal(mut self) -> Result<u64> {
        let size = self.make_durable()?;
        self.writer.empty_journal()?;
        Ok(size)
    }

    fn make_durable(&mut self) -> Result<u64> {
        if self.runs.values().any(|run| !run.stored) {
            return Err(Fault::misused("a payment names a run that is neither stored nor given with it"));
        }
        self.attempts.file(&self.writer.conn, &self.writer.unfiled)?;
        let committed = self.writer.conn.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([]));
        self.writer.acknowledge(committed.map(drop))?;
        self.open = false;
        self.writer.frontier = self.frontier.clone();
        std::mem::take(&mut self.attempts).settle(&mut self.writer.unfiled);
        Ok(self.frontier.size())
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        // SQLite has rolled back by itself after some errors; then there is nothing left to do.
        if self.open && !self.writer.conn.is_autocommit() && self.writer.conn.execute_batch("ROLLBACK").is_err() {
            self.writer.broken = true;
        }
    }
}

/// Whether versions count events, which everything else rests on.
fn fits(expected_version: u32, records: usize, version: u32) -> Result<()> {
    if u64::from(expected_version) + records as u64 == u64::from(version) {
        return Ok(());
    }
    Err(Fault::misused("the new version is not the old one and the number of new events"))
}

fn conflict(what: &impl ToString) -> Fault {
    StoreError::Conflict(what.to_string()).into()
}

/// Inserts the row of a new payment or replaces that of a known one. The obligation of a payment
/// never changes: a row with another key counts as somebody else's.
fn write_payment(conn: &Connection, no: i64, instructed_by: RunNo, last: i64, change: &PaymentChange) -> Result<()> {
    let row = &change.row;
    let state = state_code(row.state);
    let (amount, excess) = (to_integer(row.amount.value())?, to_integer(row.excess.value())?);
    let file_row = to_integer(row.row)?;
    // By position: looking names up costs a tenth of an admission.
    let values: [&dyn ToSql; 11] = [
        &no,
        &state,
        &row.held,
        &amount,
        &instructed_by.0,
        &row.version,
        &file_row,
        &excess,
        &row.key.0,
        &row.head.0,
        &last,
    ];
    if change.expected_version == 0 {
        let mut insert = conn.prepare_cached(
            "INSERT INTO payment (no, state, held, amount, instructed_by, version, row, excess, key, head, last)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        return match insert.execute(&values[..]) {
            Ok(_) => Ok(()),
            Err(error) if is_number_taken(&error) => Err(conflict(&row.id)),
            Err(error) if is_taken(&error) => Err(StoreError::ObligationTaken { row: row.row }.into()),
            Err(error) => Err(error.into()),
        };
    }
    let mut update = conn.prepare_cached(
        "UPDATE payment SET state = ?2, held = ?3, amount = ?4, instructed_by = ?5, version = ?6, row = ?7,
             excess = ?8, head = ?10, last = ?11
         WHERE no = ?1 AND key = ?9",
    )?;
    if update.execute(&values[..])? == 1 { Ok(()) } else { Err(conflict(&row.id)) }
}

/// The newest event of a payment, when it stands at this version.
fn last_event(conn: &Connection, no: i64, version: u32) -> Result<Option<i64>> {
    let mut find = conn.prepare_cached("SELECT last FROM payment WHERE no = ?1 AND version = ?2")?;
    Ok(find.query_row(params![no, version], |row| row.get(0)).optional()?)
}

/// The newest event of a run's own stream, when it stands at this version.
fn last_of_run(conn: &Connection, no: RunNo, version: u32) -> Result<Option<i64>> {
    let mut find = conn.prepare_cached("SELECT last FROM run WHERE no = ?1 AND version = ?2")?;
    Ok(find.query_row(params![no.0, version], |row| row.get(0)).optional()?)
}

fn write_run(
    conn: &Connection,
    sql: &str,
    no: RunNo,
    change: &RunChange,
    approved_seq: Option<i64>,
    last: i64,
) -> Result<()> {
    let row = &change.row;
    let written = conn.prepare_cached(sql)?.execute(named_params! {
        ":no": no.0,
        ":id": row.id.as_str(),
        ":employer": row.employer.as_str(),
        ":key": row.key,
        ":digest": row.digest.0,
        ":count": row.count,
        ":total": to_integer(row.total.value())?,
        ":created_by": row.created_by.as_str(),
        ":approved_seq": approved_seq,
        ":cancelled": row.cancelled,
        ":version": row.version,
        ":head": row.head.0,
        ":last": last,
    });
    match written {
        Ok(_) => Ok(()),
        Err(error) if is_taken(&error) => Err(StoreError::RunKeyTaken.into()),
        Err(error) => Err(error.into()),
    }
}

/// What an approval does to the payments that wait for it, as `Payment::replay` does it: the ones
/// without an unnamed hold become ready. Their versions stay, for the event is the run's.
fn release(conn: &Connection, run: RunNo) -> Result<()> {
    const { assert!(state_code(PaymentState::AwaitingApproval) == 0 && state_code(PaymentState::Ready) == 1) };
    // Literals, so that SQLite may use the partial index.
    let mut update =
        conn.prepare_cached("UPDATE payment SET state = 1 WHERE instructed_by = ?1 AND state = 0 AND held = 0")?;
    update.execute([run.0])?;
    Ok(())
}
