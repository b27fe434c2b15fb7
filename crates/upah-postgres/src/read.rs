//! The reads. Each runs in one snapshot of the database, beside the writer and without waiting for it.
use crate::columns::{RunNo, bytes, limit, natural, optional, payment_id, plain, rupiah, state, state_code, text};
use crate::fault::{Fault, Result};
use crate::session::Session;
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use upah_core::EmployerId;
use upah_core::claim::Wanted;
use upah_core::commitment::{Commit, Salt};
use upah_core::obligation::ObligationKey;
use upah_core::reference::Reference;
use upah_core::run::{Digest, PaymentId, RunId};
use upah_core::setting::Setting;
use upah_core::state::PaymentState;
use upah_core::store::{
    Cursor, Known, Page, PaymentPage, PaymentRow, RunRow, StoredPayment, StoredRecord, Stream, Sum, UsedReference,
};

/// One snapshot, with the names of the runs it has met.
pub(crate) struct Snapshot {
    pub(crate) session: Session,
    names: HashMap<RunNo, RunId>,
}

const RECORDS_OF_STREAMS: &str =
    "SELECT seq, stream, leaf, salt, record FROM upah.record WHERE stream = ANY ($1) ORDER BY stream, seq";

impl Snapshot {
    /// Reads through this session, in which a transaction is open.
    pub(crate) fn of(session: Session) -> Self {
        Self { session, names: HashMap::new() }
    }

    /// A setting.
    pub(crate) async fn setting(&mut self, setting: Setting) -> Result<Option<String>> {
        let sql = "SELECT value FROM upah.meta WHERE key = $1";
        let row = self.session.first(sql, &[&setting.to_string()]).await?;
        row.map(|row| plain(&row, 0)).transpose()
    }

    /// Whether somebody may still see what this transaction took away. He need not look at it, nor even be in this
    /// database: each snapshot, also that of a rewrite, reaches back to the oldest transaction of the server.
    pub(crate) async fn is_seen_before(&mut self, transaction: &str) -> Result<bool> {
        let sql = "SELECT pg_snapshot_xmin(pg_current_snapshot()) <= $1::text::xid8
                       OR EXISTS (SELECT FROM pg_stat_activity
                                  WHERE (datname = current_database() OR datname IS NULL) AND pid <> pg_backend_pid()
                                    AND age(backend_xmin) >= age($1::text::xid8::xid))";
        plain(&self.session.one(sql, &[&transaction]).await?, 0)
    }

    /// What is known of each obligation.
    pub(crate) async fn known(&mut self, keys: &[ObligationKey]) -> Result<Vec<Option<Known>>> {
        let asked: Vec<&[u8]> = keys.iter().map(|key| &key.0[..]).collect();
        let sql = "SELECT key, no, amount, state FROM upah.payment WHERE key = ANY ($1)";
        let rows = self.session.query(sql, &[&asked]).await?;
        self.learn_names(&rows, 1).await?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in &rows {
            let id = self.payment_id(plain(row, 1)?)?;
            found.insert(bytes(row, 0)?, Known { id, amount: rupiah(row, 2)?, state: state(row, 3)? });
        }
        Ok(keys.iter().map(|key| found.get(&key.0).cloned()).collect())
    }

    /// To which destination each worker was last paid.
    pub(crate) async fn last_destinations(&mut self, workers: &[[u8; 16]]) -> Result<Vec<Option<[u8; 16]>>> {
        let asked: Vec<&[u8]> = workers.iter().map(|worker| &worker[..]).collect();
        let sql = "SELECT worker, destination FROM upah.payee WHERE worker = ANY ($1)";
        let rows = self.session.query(sql, &[&asked]).await?;
        let found = rows.iter().map(|row| Ok((bytes(row, 0)?, bytes(row, 1)?))).collect::<Result<HashMap<_, _>>>()?;
        Ok(workers.iter().map(|worker| found.get(worker).copied()).collect())
    }

    /// The values of the traces with these keys.
    pub(crate) async fn traces(&mut self, keys: &[[u8; 16]]) -> Result<Vec<Vec<String>>> {
        let asked: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
        let sql = "SELECT key, value FROM upah.trace WHERE key = ANY ($1) ORDER BY key, value";
        let mut found: HashMap<[u8; 16], Vec<String>> = HashMap::new();
        for row in self.session.query(sql, &[&asked]).await? {
            found.entry(bytes(&row, 0)?).or_default().push(plain(&row, 1)?);
        }
        Ok(keys.iter().map(|key| found.get(key).cloned().unwrap_or_default()).collect())
    }

    /// One payment with its events.
    pub(crate) async fn payment(&mut self, id: &PaymentId) -> Result<Option<StoredPayment>> {
        match self.run_number(&id.run).await? {
            Some(run) => Ok(self.stored_payments(&[run.payment(id.n)]).await?.pop()),
            None => Ok(None),
        }
    }

    /// The payment of an attempt.
    pub(crate) async fn by_reference(&mut self, reference: &Reference) -> Result<Option<StoredPayment>> {
        let sql = "SELECT payment FROM upah.attempt WHERE reference = $1";
        match self.session.first(sql, &[&reference.as_str()]).await? {
            Some(row) => Ok(self.stored_payments(&[plain(&row, 0)?]).await?.pop()),
            None => Ok(None),
        }
    }

    /// A page of payments with their events.
    pub(crate) async fn page(&mut self, page: &Page) -> Result<PaymentPage> {
        let (numbers, next) = self.page_numbers(page).await?;
        Ok((self.stored_payments(&numbers).await?, next))
    }

    /// The numbers of the payments that a drive would like to have, and where the next page begins.
    pub(crate) async fn wanted(&mut self, wanted: &Wanted) -> Result<(Vec<i64>, Option<Cursor>)> {
        let ids = match wanted {
            Wanted::Page(page) => return self.page_numbers(page).await,
            Wanted::These(ids) => ids,
        };
        let mut numbers = Vec::with_capacity(ids.len());
        for id in ids {
            numbers.extend(self.run_number(&id.run).await?.map(|run| run.payment(id.n)));
        }
        Ok((numbers, None))
    }

    async fn page_numbers(&mut self, page: &Page) -> Result<(Vec<i64>, Option<Cursor>)> {
        let mut range = (0, i64::MAX);
        if let Some(run) = &page.run {
            let Some(run) = self.run_number(run).await? else { return Ok((Vec::new(), None)) };
            range = (run.payment(0), run.payment(u32::MAX));
        }
        if let Some(after) = page.after {
            range.0 = range.0.max(after.0.saturating_add(1));
        }
        let numbers = self.numbers(range, &page.states, page.limit).await?;
        let next = if numbers.len() < page.limit { None } else { numbers.last().copied().map(Cursor) };
        Ok((numbers, next))
    }

    /// The first payments of a range in these states. Each state is one walk along its index, and the
    /// walks are merged: asked in one query, PostgreSQL would sort all that is left for every page.
    async fn numbers(&mut self, (low, high): (i64, i64), states: &[PaymentState], most: usize) -> Result<Vec<i64>> {
        let limit = limit(most);
        let mut rows = Vec::new();
        if states.is_empty() {
            let sql = "SELECT no FROM upah.payment WHERE no BETWEEN $1 AND $2 ORDER BY no LIMIT $3";
            rows = self.session.query(sql, &[&low, &high, &limit]).await?;
        }
        for state in states {
            let sql = "SELECT no FROM upah.payment WHERE no BETWEEN $1 AND $2 AND state = $4 ORDER BY no LIMIT $3";
            rows.extend(self.session.query(sql, &[&low, &high, &limit, &state_code(*state)]).await?);
        }
        let mut numbers = rows.iter().map(|row| plain(row, 0)).collect::<Result<Vec<i64>>>()?;
        numbers.sort_unstable();
        numbers.dedup();
        numbers.truncate(most);
        Ok(numbers)
    }

    /// Counts and sums by state, counted and not remembered, so that they cannot be wrong.
    pub(crate) async fn sums(&mut self, run: Option<&RunId>) -> Result<Vec<(PaymentState, Sum)>> {
        let mut range = (0, i64::MAX);
        if let Some(run) = run {
            let Some(run) = self.run_number(run).await? else { return Ok(Vec::new()) };
            range = (run.payment(0), run.payment(u32::MAX));
        }
        let sql = "SELECT state, count(*), sum(amount)::bigint FROM upah.payment
                   WHERE no BETWEEN $1 AND $2 GROUP BY state ORDER BY state";
        let rows = self.session.query(sql, &[&range.0, &range.1]).await?;
        let sum = |row: &Row| Ok((state(row, 0)?, Sum { count: natural(row, 1)?, amount: natural(row, 2)? }));
        rows.iter().map(sum).collect()
    }

    /// All runs, oldest first.
    pub(crate) async fn runs(&mut self) -> Result<Vec<RunRow>> {
        let sql = "SELECT id, employer, key, digest, count, total, created_by, approved_seq, cancelled, version, head
                   FROM upah.run ORDER BY no";
        self.session.query(sql, &[]).await?.iter().map(run_row).collect()
    }

    /// One run.
    pub(crate) async fn run(&mut self, id: &RunId) -> Result<Option<RunRow>> {
        let sql = "SELECT id, employer, key, digest, count, total, created_by, approved_seq, cancelled, version, head
                   FROM upah.run WHERE id = $1";
        self.session.first(sql, &[&id.as_str()]).await?.as_ref().map(run_row).transpose()
    }

    /// The run of an employer with a key.
    pub(crate) async fn run_by_key(&mut self, employer: &EmployerId, key: &str) -> Result<Option<RunRow>> {
        let sql = "SELECT id, employer, key, digest, count, total, created_by, approved_seq, cancelled, version, head
                   FROM upah.run WHERE employer = $1 AND key = $2";
        self.session.first(sql, &[&employer.as_str(), &key]).await?.as_ref().map(run_row).transpose()
    }

    /// The events of a run's own stream.
    pub(crate) async fn run_records(&mut self, id: &RunId) -> Result<Vec<StoredRecord>> {
        match self.run_number(id).await? {
            Some(run) => self.stored_records(RECORDS_OF_STREAMS, &[&vec![run.stream()]]).await,
            None => Ok(Vec::new()),
        }
    }

    /// Events in the order of the log.
    pub(crate) async fn records(&mut self, from: u64, most: usize) -> Result<Vec<StoredRecord>> {
        let Ok(from) = i64::try_from(from) else { return Ok(Vec::new()) };
        let sql = "SELECT seq, stream, leaf, salt, record FROM upah.record WHERE seq >= $1 ORDER BY seq LIMIT $2";
        self.stored_records(sql, &[&from, &limit(most)]).await
    }

    /// The newest checkpoint.
    pub(crate) async fn last_checkpoint(&mut self) -> Result<Option<(u64, String)>> {
        let sql = "SELECT size, text FROM upah.checkpoint ORDER BY size DESC LIMIT 1";
        let row = self.session.first(sql, &[]).await?;
        row.map(|row| Ok((natural(&row, 0)?, plain(&row, 1)?))).transpose()
    }

    /// References in their own order.
    pub(crate) async fn references(&mut self, after: Option<&Reference>, most: usize) -> Result<Vec<UsedReference>> {
        let sql = "SELECT reference, payment, number FROM upah.attempt
                   WHERE reference > $1 ORDER BY reference LIMIT $2";
        let rows = self.session.query(sql, &[&after.map_or("", Reference::as_str), &limit(most)]).await?;
        self.learn_names(&rows, 1).await?;
        let used = |row: &Row| {
            let reference = Reference::from_stored(plain::<String>(row, 0)?);
            Ok((reference, self.payment_id(plain(row, 1)?)?, natural(row, 2)?))
        };
        rows.iter().map(used).collect()
    }

    /// Payments with their events, in the order of their numbers.
    pub(crate) async fn stored_payments(&mut self, numbers: &[i64]) -> Result<Vec<StoredPayment>> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let mut streams: BTreeMap<i64, Vec<StoredRecord>> = BTreeMap::new();
        let events = self.session.query(RECORDS_OF_STREAMS, &[&numbers]).await?;
        let sql = "SELECT no, key, file_row, amount, state, instructed_by, held, version, head, excess
                   FROM upah.payment WHERE no = ANY ($1) ORDER BY no";
        let rows = self.session.query(sql, &[&numbers]).await?;
        self.learn_names(&rows, 0).await?;
        self.learn_runs(&rows, 5).await?;
        for event in &events {
            streams.entry(plain(event, 1)?).or_default().push(self.stored_record(event)?);
        }
        rows.iter()
            .map(|row| {
                let no = plain(row, 0)?;
                Ok(StoredPayment { row: self.payment_row(row)?, records: streams.remove(&no).unwrap_or_default() })
            })
            .collect()
    }

    fn payment_row(&self, row: &Row) -> Result<PaymentRow> {
        Ok(PaymentRow {
            id: self.payment_id(plain(row, 0)?)?,
            key: ObligationKey(bytes(row, 1)?),
            row: natural(row, 2)?,
            amount: rupiah(row, 3)?,
            state: state(row, 4)?,
            instructed_by: self.name(RunNo(plain(row, 5)?))?,
            held: plain(row, 6)?,
            version: natural(row, 7)?,
            head: Commit(bytes(row, 8)?),
            excess: rupiah(row, 9)?,
        })
    }

    async fn stored_records(&mut self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<StoredRecord>> {
        let rows = self.session.query(sql, values).await?;
        let mut runs = Vec::new();
        for row in &rows {
            let stream: i64 = plain(row, 1)?;
            runs.push(if stream < 0 { RunNo(stream.saturating_neg()) } else { RunNo::split(stream).0 });
        }
        self.learn(runs).await?;
        rows.iter().map(|row| self.stored_record(row)).collect()
    }

    fn stored_record(&self, row: &Row) -> Result<StoredRecord> {
        let stream: i64 = plain(row, 1)?;
        let stream = if stream < 0 {
            Stream::Run(self.name(RunNo(stream.saturating_neg()))?)
        } else {
            Stream::Payment(self.payment_id(stream)?)
        };
        let salt = if plain::<Option<&[u8]>>(row, 3)?.is_some() { Some(Salt(bytes(row, 3)?)) } else { None };
        Ok(StoredRecord { seq: natural(row, 0)?, stream, record: plain(row, 4)?, salt, leaf_hash: bytes(row, 2)? })
    }

    async fn run_number(&mut self, id: &RunId) -> Result<Option<RunNo>> {
        let row = self.session.first("SELECT no FROM upah.run WHERE id = $1", &[&id.as_str()]).await?;
        row.map(|row| Ok(RunNo(plain(&row, 0)?))).transpose()
    }

    /// Learns the names of the runs to which payments in a column belong.
    async fn learn_names(&mut self, rows: &[Row], column: usize) -> Result<()> {
        let runs = rows.iter().map(|row| Ok(RunNo::split(plain(row, column)?).0)).collect::<Result<_>>()?;
        self.learn(runs).await
    }

    /// Learns the names of the runs in a column.
    async fn learn_runs(&mut self, rows: &[Row], column: usize) -> Result<()> {
        let runs = rows.iter().map(|row| Ok(RunNo(plain(row, column)?))).collect::<Result<_>>()?;
        self.learn(runs).await
    }

    async fn learn(&mut self, mut runs: Vec<RunNo>) -> Result<()> {
        runs.retain(|run| !self.names.contains_key(run));
        runs.sort_unstable();
        runs.dedup();
        if runs.is_empty() {
            return Ok(());
        }
        let numbers: Vec<i64> = runs.into_iter().map(|run| run.0).collect();
        for row in self.session.query("SELECT no, id FROM upah.run WHERE no = ANY ($1)", &[&numbers]).await? {
            self.names.insert(RunNo(plain(&row, 0)?), text(&row, 1)?);
        }
        Ok(())
    }

    fn payment_id(&self, no: i64) -> Result<PaymentId> {
        let (run, n) = RunNo::split(no);
        Ok(payment_id(self.name(run)?, n))
    }

    fn name(&self, run: RunNo) -> Result<RunId> {
        let name = self.names.get(&run).cloned();
        name.ok_or_else(|| Fault::damaged("a payment or event belongs to a run that is missing"))
    }
}

fn run_row(row: &Row) -> Result<RunRow> {
    Ok(RunRow {
        id: text(row, 0)?,
        employer: text(row, 1)?,
        key: plain(row, 2)?,
        digest: Digest(bytes(row, 3)?),
        count: natural(row, 4)?,
        total: rupiah(row, 5)?,
        created_by: text(row, 6)?,
        approved_seq: optional(row, 7)?,
        cancelled: plain(row, 8)?,
        version: natural(row, 9)?,
        head: Commit(bytes(row, 10)?),
    })
}
