//! The writer of this process, and a unit of work: a transaction that appends events and keeps the rows beside them.
//!
//! A unit works on its own copy of the log's right edge and hands it back only once the server has
//! acknowledged the commit, so that nothing has to be undone when it fails. Others may write the same log: units
//! follow each other by a lock of the transaction, and each begins with what others have appended since. Every write
//! goes over the connection that holds the writers' lock: when it is gone, so is the right to write.
use crate::batch::Batch;
use crate::columns::{RunNo, natural, plain, to_integer};
use crate::fault::{Fault, LOST, Result, UNKNOWN, WARNED};
use crate::session::Session;
use crate::tree;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Handle;
use tokio::sync::OwnedMutexGuard;
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::types::ToSql;
use upah_core::erasure::Erasure;
use upah_core::event::SealedRecord;
use upah_core::run::RunId;
use upah_core::store::{ChangeSet, PaymentChange, StoreError};
use upah_tlog::{CoarseNode, Frontier, leaf_hash};

/// The connection that writes, with what it must agree with.
pub(crate) struct Writer {
    pub(crate) session: Session,
    frontier: Frontier,
    /// The server process that holds the lock.
    backend: i32,
    /// Runs that are stored.
    runs: HashMap<RunId, RunNo>,
    /// Why nothing more is written, once that is so.
    broken: Option<&'static str>,
    /// The size of the log that was last acknowledged, for readers that connect again.
    durable: Arc<AtomicU64>,
}

impl Writer {
    /// Takes over a session that holds the lock and whose format is ours.
    pub(crate) async fn new(mut session: Session, durable: Arc<AtomicU64>) -> Result<Self> {
        let frontier = tree::frontier(&mut session).await?;
        let backend = plain(&session.one("SELECT pg_backend_pid()", &[]).await?, 0)?;
        durable.store(frontier.size(), Ordering::Release);
        Ok(Self { session, frontier, backend, runs: HashMap::new(), broken: None, durable })
    }

    /// Fails once the lock may be somebody else's, or the end of a write is not known.
    pub(crate) fn check(&self) -> Result<()> {
        match self.broken {
            Some(why) => Err(Fault::medium(why)),
            None if self.session.is_closed() => Err(Fault::medium(LOST)),
            None => Ok(()),
        }
    }
}

/// Begins a transaction as the only one that writes: the log's numbers are given in the order of this lock ("UPAH"
/// and a 2), for which a worker's commit waits as long as somebody's admission takes.
const BEGIN: &str = "BEGIN; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(6147485268854177794);
                     SET LOCAL lock_timeout = '10s'";

/// A run's number in this unit.
#[derive(Clone, Copy)]
struct Numbered {
    no: RunNo,
    stored: bool,
}

/// One open transaction of the writer. Dropping it rolls back.
pub(crate) struct Unit {
    /// `None` once it has ended.
    writer: Option<OwnedMutexGuard<Writer>>,
    runtime: Handle,
    frontier: Frontier,
    runs: HashMap<RunId, Numbered>,
    next_run: i64,
}

impl Unit {
    /// Begins a transaction, and looks whether session and log are still the ones that were opened.
    pub(crate) async fn begin(writer: OwnedMutexGuard<Writer>, runtime: Handle) -> Result<Self> {
        writer.check()?;
        let frontier = writer.frontier.clone();
        let mut unit = Self { writer: Some(writer), runtime, frontier, runs: HashMap::new(), next_run: 1 };
        let writer = unit.writer()?;
        let position = writer
            .session
            .prepare(
                "SELECT pg_backend_pid(), (SELECT coalesce(max(seq) + 1, 0) FROM upah.record),
                        (SELECT coalesce(max(no), 0) FROM upah.run)",
            )
            .await?;
        let news = writer.session.prepare(tree::NEWS).await?;
        let own = to_integer(writer.frontier.size())?;
        let since: [&(dyn ToSql + Sync); 1] = [&own];
        let client = &writer.session.client;
        // One after the other on the wire, without waiting for the answers. Each statement sees what was committed
        // before it began, and so all that others wrote before the lock was ours.
        let (begun, row, news) = tokio::join!(biased;
            client.batch_execute(BEGIN),
            client.query_one(&position, &[]),
            client.query(&news, &since),
        );
        begun?;
        let (row, news) = (row?, news?);
        if plain::<i32>(&row, 0)? != writer.backend {
            let why = "something between us and the server (a pooler) changes sessions, and with them the writer's \
                       lock; connect to the server itself";
            writer.broken = Some(why);
            return Err(Fault::medium(why));
        }
        let size = natural::<u64>(&row, 1)?;
        if size < writer.frontier.size() {
            writer.broken = Some("the audit log is shorter than this writer left it; open the store again");
            return Err(Fault::damaged("events of the audit log were taken away"));
        }
        let next_run = plain::<i64>(&row, 2)? + 1;
        let frontier = match tree::continued(&writer.frontier, &news, size)? {
            Some(frontier) => frontier,
            None => tree::frontier(&mut writer.session).await?,
        };
        (unit.frontier, unit.next_run) = (frontier, next_run);
        Ok(unit)
    }

    /// How many events the log has in this unit.
    pub(crate) fn log_size(&self) -> u64 {
        self.frontier.size()
    }

    /// The writer, while the unit is open.
    pub(crate) fn writer(&mut self) -> Result<&mut Writer> {
        self.writer.as_deref_mut().ok_or_else(|| Fault::misused("this transaction has ended"))
    }

    /// The session, while the unit is open.
    pub(crate) fn session(&mut self) -> Result<&mut Session> {
        Ok(&mut self.writer()?.session)
    }

    /// Runs one statement in the transaction.
    pub(crate) async fn execute(&mut self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<u64> {
        self.session()?.execute(sql, values).await
    }

    /// Writes a change set: payments first, so that an approval finds what was confirmed with it.
    pub(crate) async fn write(&mut self, changes: &ChangeSet) -> Result<()> {
        self.payments(&changes.payments).await?;
        for change in &changes.runs {
            self.run(change).await?;
        }
        Ok(())
    }

    /// Writes payments in the order given.
    pub(crate) async fn payments(&mut self, changes: &[PaymentChange]) -> Result<()> {
        for chunk in changes.chunks(Batch::CHANGES_MAX) {
            let named = chunk.iter().flat_map(|change| [&change.row.id.run, &change.row.instructed_by]);
            self.look_up(named.collect()).await?;
            let mut batch = Batch::default();
            for change in chunk {
                let no = self.number(&change.row.id.run)?;
                let instructed_by = self.number(&change.row.instructed_by)?;
                if !batch.add(change, no.payment(change.row.id.n), instructed_by, &mut self.frontier)? {
                    break;
                }
            }
            batch.write(self.session()?).await?;
        }
        Ok(())
    }

    /// Writes the events that end streams, then takes what stood before them, traces and destinations. Returns the number
    /// of this transaction.
    pub(crate) async fn erase(&mut self, erasure: &Erasure) -> Result<String> {
        if erasure.ends.iter().any(|end| end.records.len() != 1) {
            return Err(Fault::misused("an erasure ends each stream with one event"));
        }
        self.payments(&erasure.ends).await?;
        for end in &erasure.ends {
            let no = self.number(&end.row.id.run)?.payment(end.row.id.n);
            let take = "UPDATE upah.record SET salt = NULL, record = NULL
                        WHERE stream = $1 AND seq < (SELECT max(seq) FROM upah.record WHERE stream = $1)";
            self.execute(take, &[&no]).await?;
        }
        for trace in &erasure.traces {
            let forget = "DELETE FROM upah.trace WHERE key = $1 AND value = $2";
            self.execute(forget, &[&&trace.key[..], &trace.value]).await?;
        }
        for worker in &erasure.payees {
            self.execute("DELETE FROM upah.payee WHERE worker = $1", &[&&worker[..]]).await?;
        }
        plain(&self.session()?.one("SELECT pg_current_xact_id()::text", &[]).await?, 0)
    }

    /// Appends an event of a run to the log, and completes the nodes that it completes.
    pub(crate) async fn append(&mut self, stream: i64, sealed: &SealedRecord) -> Result<u64> {
        let mut batch = Batch::default();
        let seq = batch.record(stream, sealed, &mut self.frontier)?;
        batch.write(self.session()?).await?;
        Ok(seq)
    }

    /// Learns the numbers of these runs, or reserves some for runs whose own events follow in this unit.
    pub(crate) async fn look_up(&mut self, named: Vec<&RunId>) -> Result<()> {
        let unknown: Vec<&RunId> = named.into_iter().filter(|run| !self.runs.contains_key(*run)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let writer = self.writer()?;
        let asked: Vec<&str> =
            unknown.iter().filter(|run| !writer.runs.contains_key(**run)).map(|run| run.as_str()).collect();
        if !asked.is_empty() {
            let sql = "SELECT id, no FROM upah.run WHERE id = ANY ($1)";
            for row in writer.session.query(sql, &[&asked]).await? {
                let (id, no) = (crate::columns::text(&row, 0)?, RunNo(plain(&row, 1)?));
                writer.runs.insert(id, no);
            }
        }
        // In the order in which they are met, which is that of admission.
        for run in unknown {
            if self.runs.contains_key(run) {
                continue;
            }
            let stored = self.writer()?.runs.get(run).copied();
            let no = stored.unwrap_or(RunNo(self.next_run));
            self.next_run += i64::from(stored.is_none());
            self.runs.insert(run.clone(), Numbered { no, stored: stored.is_some() });
        }
        Ok(())
    }

    /// The number of a run that was looked up.
    pub(crate) fn number(&self, run: &RunId) -> Result<RunNo> {
        let no = self.runs.get(run).map(|run| run.no).ok_or_else(|| Fault::misused("a run was not looked up"))?;
        if no > RunNo::MAX { Err(Fault::misused("a store holds at most 2147483647 runs")) } else { Ok(no) }
    }

    /// Notes that the row of a run is written; false when there was one already.
    pub(crate) fn is_first(&mut self, run: &RunId) -> bool {
        self.runs.get_mut(run).is_some_and(|run| !core::mem::replace(&mut run.stored, true))
    }

    /// Makes the unit durable and returns the size of the log.
    ///
    /// An answer that never came, and one with a warning, leave it open what is stored: the writer
    /// writes no more then.
    pub(crate) async fn commit(mut self) -> Result<u64> {
        if self.runs.values().any(|run| !run.stored) {
            return Err(Fault::misused("a payment names a run that is neither stored nor given with it"));
        }
        let frontier = self.frontier.clone();
        let runs: Vec<_> = self.runs.iter().map(|(id, run)| (id.clone(), run.no)).collect();
        let writer = self.writer()?;
        writer.session.forget_warnings();
        if let Err(fault) = writer.session.batch("COMMIT").await {
            if is_certain(&fault) {
                return Err(fault);
            }
            writer.broken = Some(LOST);
            return Err(Fault::medium(UNKNOWN));
        }
        if writer.session.was_warned() {
            writer.broken = Some(WARNED);
            return Err(Fault::medium(WARNED));
        }
        writer.durable.store(frontier.size(), Ordering::Release);
        writer.runs.extend(runs);
        writer.frontier = frontier;
        self.writer = None;
        Ok(self.frontier.size())
    }
}

/// Whether the server itself said that the commit was rolled back.
fn is_certain(fault: &Fault) -> bool {
    fault.told().is_some_and(|told| {
        told.parsed_severity() == Some(Severity::Error)
            && *told.code() != SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN
            && !told.code().code().starts_with("08")
    })
}

impl Drop for Unit {
    fn drop(&mut self) {
        let Some(mut writer) = self.writer.take() else { return };
        if writer.session.is_closed() {
            return;
        }
        // The guard goes along, so that nobody writes before it is rolled back.
        self.runtime.spawn(async move {
            if writer.session.batch("ROLLBACK").await.is_err() {
                writer.broken = writer.broken.or(Some(LOST));
            }
        });
    }
}

/// Appends to the log's edge: the number and hash of the new leaf, and what it completed.
pub(crate) fn push(frontier: &mut Frontier, sealed: &SealedRecord, nodes: &mut Vec<CoarseNode>) -> (u64, [u8; 32]) {
    let (seq, leaf) = (frontier.size(), leaf_hash(sealed.leaf.as_bytes()));
    frontier.push(leaf, &mut |node| nodes.push(node));
    (seq, leaf.0)
}

/// Whether versions count events, which everything else rests on.
pub(crate) fn fits(expected_version: u32, records: usize, version: u32) -> Result<()> {
    if u64::from(expected_version) + records as u64 == u64::from(version) {
        return Ok(());
    }
    Err(Fault::misused("the new version is not the old one and the number of new events"))
}

/// Somebody else was faster.
pub(crate) fn conflict(what: &impl ToString) -> Fault {
    StoreError::Conflict(what.to_string()).into()
}
