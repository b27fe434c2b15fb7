//! The reads. Each runs in one snapshot of the database, beside the writer and without waiting for it.
use crate::columns::{RunNo, bytes, natural, payment_id, rupiah, state_code, state_of, text, truth};
use crate::fault::{Fault, Result};
use crate::references;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, ToSql};
use std::collections::HashMap;
use upah_core::EmployerId;
use upah_core::commitment::{Commit, Salt};
use upah_core::obligation::ObligationKey;
use upah_core::reference::Reference;
use upah_core::run::{Digest, PaymentId, RunId};
use upah_core::setting::Setting;
use upah_core::state::PaymentState;
use upah_core::store::{Cursor, Known, Page, PaymentRow, RunRow, StoredPayment, StoredRecord, Stream, Sum};

const RECORD: &str = "SELECT seq, stream, prev, leaf, salt, record FROM record";

/// One snapshot, with the names of the runs it has met.
pub(crate) struct Snapshot<'a> {
    conn: &'a Connection,
    names: HashMap<RunNo, RunId>,
}

impl<'a> Snapshot<'a> {
    /// Reads through this connection; the caller holds a transaction open when it reads more than once.
    pub(crate) fn of(conn: &'a Connection) -> Self {
        Self { conn, names: HashMap::new() }
    }

    /// A setting.
    pub(crate) fn setting(&self, setting: Setting) -> Result<Option<String>> {
        let mut find = self.conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        Ok(find.query_row([setting.to_string()], |row| row.get(0)).optional()?)
    }

    /// What is known of each obligation.
    pub(crate) fn known(&mut self, keys: &[ObligationKey]) -> Result<Vec<Option<Known>>> {
        let mut find = self.conn.prepare_cached("SELECT no, amount, state FROM payment WHERE key = ?1")?;
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            let mut rows = find.query([key.0])?;
            found.push(match rows.next()? {
                None => None,
                Some(row) => {
                    let (amount, state) = (rupiah(row, 1)?, state_of(row.get(2)?)?);
                    Some(Known { id: self.payment_id(row.get(0)?)?, amount, state })
                }
            });
        }
        Ok(found)
    }

    /// To which destination each worker was last paid.
    pub(crate) fn last_destinations(&self, workers: &[[u8; 16]]) -> Result<Vec<Option<[u8; 16]>>> {
        let mut find = self.conn.prepare_cached("SELECT destination FROM payee WHERE worker = ?1")?;
        workers
            .iter()
            .map(|worker| {
                let mut rows = find.query([worker])?;
                rows.next()?.map(|row| bytes(row, 0)).transpose()
            })
            .collect()
    }

    /// The values of the traces with these keys.
    pub(crate) fn traces(&self, keys: &[[u8; 16]]) -> Result<Vec<Vec<String>>> {
        let mut find = self.conn.prepare_cached("SELECT value FROM trace WHERE key = ?1 ORDER BY value")?;
        keys.iter().map(|key| Ok(find.query_map([key], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)).collect()
    }

    /// One payment with its events.
    pub(crate) fn payment(&mut self, id: &PaymentId) -> Result<Option<StoredPayment>> {
        match self.run_number(&id.run)? {
            Some(run) => self.stored_payment(run.payment(id.n)),
            None => Ok(None),
        }
    }

    /// The payment of an attempt.
    pub(crate) fn by_reference(&mut self, reference: &Reference) -> Result<Option<StoredPayment>> {
        let no = references::payment_of(self.conn, reference)?;
        no.map_or(Ok(None), |no| self.stored_payment(no))
    }

    /// A page of payments with their events.
    pub(crate) fn page(&mut self, page: &Page) -> Result<(Vec<StoredPayment>, Option<Cursor>)> {
        let mut range = (0, i64::MAX);
        if let Some(run) = &page.run {
            let Some(run) = self.run_number(run)? else { return Ok((Vec::new(), None)) };
            range = (run.payment(0), run.payment(u32::MAX));
        }
        if let Some(after) = page.after {
            range.0 = range.0.max(after.0.saturating_add(1));
        }
        let numbers = self.numbers(range, &page.states, page.limit)?;
        let next = if numbers.len() < page.limit { None } else { numbers.last().copied().map(Cursor) };
        let mut payments = Vec::with_capacity(numbers.len());
        for no in numbers {
            payments.extend(self.stored_payment(no)?);
        }
        Ok((payments, next))
    }

    /// The first payments of a range in these states. Each state is one walk along its index, and
    /// the walks are merged: asked in one query, SQLite would sort all that is left for every page.
    fn numbers(&self, (low, high): (i64, i64), states: &[PaymentState], limit: usize) -> Result<Vec<i64>> {
        let mut numbers = Vec::new();
        let mut walk = |filter: &str| -> Result<()> {
            let sql = format!("SELECT no FROM payment WHERE no BETWEEN ?1 AND ?2 {filter} ORDER BY no LIMIT ?3");
            let mut find = self.conn.prepare_cached(&sql)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            for no in find.query_map([low, high, limit], |row| row.get(0))? {
                numbers.push(no?);
            }
            Ok(())
        };
        if states.is_empty() {
            walk("")?;
        }
        const { assert!(state_code(PaymentState::Settled) == 5) };
        for state in states {
            match state {
                PaymentState::Settled => walk("AND state = 5")?,
                // Word for word what the index is limited to, or SQLite could not use it.
                state => walk(&format!("AND state = {} AND state <> 5", state_code(*state)))?,
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.truncate(limit);
        Ok(numbers)
    }

    /// Counts and sums by state, counted and not remembered, so that they cannot be wrong.
    pub(crate) fn sums(&self, run: Option<&RunId>) -> Result<Vec<(PaymentState, Sum)>> {
        let mut range = (0, i64::MAX);
        if let Some(run) = run {
            let Some(run) = self.run_number(run)? else { return Ok(Vec::new()) };
            range = (run.payment(0), run.payment(u32::MAX));
        }
        let mut sums = PaymentState::ALL.map(|state| (state, Sum::default()));
        let mut all = self.conn.prepare_cached("SELECT state, amount FROM payment WHERE no BETWEEN ?1 AND ?2")?;
        let mut rows = all.query([range.0, range.1])?;
        while let Some(row) = rows.next()? {
            let (code, amount): (usize, u64) = (natural(row, 0)?, natural(row, 1)?);
            let (_, sum) =
                sums.get_mut(code).ok_or_else(|| Fault::damaged("a payment has a state that does not exist"))?;
            sum.count += 1;
            sum.amount = sum.amount.checked_add(amount).ok_or_else(|| Fault::damaged("a sum is out of its range"))?;
        }
        Ok(sums.into_iter().filter(|(_, sum)| sum.count > 0).collect())
    }

    /// All runs, oldest first.
    pub(crate) fn runs(&self) -> Result<Vec<RunRow>> {
        self.run_rows("ORDER BY no", &[])
    }

    /// One run.
    pub(crate) fn run(&self, id: &RunId) -> Result<Option<RunRow>> {
        Ok(self.run_rows("WHERE id = ?1", &[&id.as_str()])?.pop())
    }

    /// The run of an employer with a key.
    pub(crate) fn run_by_key(&self, employer: &EmployerId, key: &str) -> Result<Option<RunRow>> {
        Ok(self.run_rows("WHERE employer = ?1 AND key = ?2", &[&employer.as_str(), &key])?.pop())
    }

    /// The events of a run's own stream.
    pub(crate) fn run_records(&mut self, id: &RunId) -> Result<Vec<StoredRecord>> {
        let mut find = self.conn.prepare_cached("SELECT no, last FROM run WHERE id = ?1")?;
        let found = find.query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        match found {
            Some((no, last)) => self.stream(RunNo(no).stream(), last),
            None => Ok(Vec::new()),
        }
    }

    /// Events in the order of the log.
    pub(crate) fn records(&mut self, from: u64, limit: usize) -> Result<Vec<StoredRecord>> {
        let (Ok(from), limit) = (i64::try_from(from), i64::try_from(limit).unwrap_or(i64::MAX)) else {
            return Ok(Vec::new());
        };
        let mut find = self.conn.prepare_cached(&format!("{RECORD} WHERE seq >= ?1 ORDER BY seq LIMIT ?2"))?;
        let mut rows = find.query([from, limit])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(self.record(row)?);
        }
        Ok(records)
    }

    /// The newest checkpoint.
    pub(crate) fn last_checkpoint(&self) -> Result<Option<(u64, String)>> {
        let mut find = self.conn.prepare_cached("SELECT size, text FROM checkpoint ORDER BY size DESC LIMIT 1")?;
        let mut rows = find.query([])?;
        rows.next()?.map(|row| Ok((natural(row, 0)?, row.get(1)?))).transpose()
    }

    /// References in their own order.
    pub(crate) fn references(
        &mut self,
        after: Option<&Reference>,
        limit: usize,
    ) -> Result<Vec<(Reference, PaymentId, u16)>> {
        let found = references::in_order(self.conn, after.map_or("", Reference::as_str), limit)?;
        let named = found.into_iter().map(|(reference, payment, number)| {
            Ok((Reference::from_stored(reference), self.payment_id(payment)?, number))
        });
        named.collect()
    }

    fn stored_payment(&mut self, no: i64) -> Result<Option<StoredPayment>> {
        let mut find = self.conn.prepare_cached(
            "SELECT key, row, amount, state, instructed_by, held, version, head, excess, last FROM payment
             WHERE no = ?1",
        )?;
        let mut rows = find.query([no])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let last = row.get(9)?;
        let row = PaymentRow {
            id: self.payment_id(no)?,
            key: ObligationKey(bytes(row, 0)?),
            row: natural(row, 1)?,
            amount: rupiah(row, 2)?,
            state: state_of(row.get(3)?)?,
            instructed_by: self.name(RunNo(row.get(4)?))?,
            held: truth(row, 5)?,
            version: natural(row, 6)?,
            head: Commit(bytes(row, 7)?),
            excess: rupiah(row, 8)?,
        };
        Ok(Some(StoredPayment { records: self.stream(no, last)?, row }))
    }

    /// The events of a stream, oldest first, walked from its newest one backwards.
    fn stream(&mut self, stream: i64, last: i64) -> Result<Vec<StoredRecord>> {
        let broken = || Fault::damaged("the events of a payment or run are not linked as they were written");
        let mut find = self.conn.prepare_cached(&format!("{RECORD} WHERE seq = ?1"))?;
        let mut records = Vec::new();
        let mut next = Some(last);
        while let Some(seq) = next {
            let mut rows = find.query([seq])?;
            let row = rows.next()?.ok_or_else(broken)?;
            next = row.get(2)?;
            if row.get::<_, i64>(1)? != stream || next.is_some_and(|before| before >= seq) {
                return Err(broken());
            }
            records.push(self.record(row)?);
        }
        records.reverse();
        Ok(records)
    }

    fn record(&mut self, row: &Row<'_>) -> Result<StoredRecord> {
        let stream: i64 = row.get(1)?;
        let stream = if stream < 0 {
            Stream::Run(self.name(RunNo(stream.saturating_neg()))?)
        } else {
            Stream::Payment(self.payment_id(stream)?)
        };
        let salt = if row.get_ref(4)? == ValueRef::Null { None } else { Some(Salt(bytes(row, 4)?)) };
        Ok(StoredRecord { seq: natural(row, 0)?, stream, record: row.get(5)?, salt, leaf_hash: bytes(row, 3)? })
    }

    fn run_rows(&self, which: &str, values: &[&dyn ToSql]) -> Result<Vec<RunRow>> {
        let sql = format!(
            "SELECT id, employer, key, digest, count, total, created_by, approved_seq, cancelled, version, head
             FROM run {which}"
        );
        let mut find = self.conn.prepare_cached(&sql)?;
        let mut rows = find.query(values)?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next()? {
            runs.push(run_row(row)?);
        }
        Ok(runs)
    }

    fn run_number(&self, id: &RunId) -> Result<Option<RunNo>> {
        let mut find = self.conn.prepare_cached("SELECT no FROM run WHERE id = ?1")?;
        let no: Option<i64> = find.query_row([id.as_str()], |row| row.get(0)).optional()?;
        Ok(no.map(RunNo))
    }

    fn payment_id(&mut self, no: i64) -> Result<PaymentId> {
        let (run, n) = RunNo::split(no);
        Ok(payment_id(self.name(run)?, n))
    }

    fn name(&mut self, run: RunNo) -> Result<RunId> {
        if let Some(name) = self.names.get(&run) {
            return Ok(name.clone());
        }
        let mut find = self.conn.prepare_cached("SELECT id FROM run WHERE no = ?1")?;
        let mut rows = find.query([run.0])?;
        let row = rows.next()?.ok_or_else(|| Fault::damaged("a payment or event belongs to a run that is missing"))?;
        let name: RunId = text(row, 0)?;
        self.names.insert(run, name.clone());
        Ok(name)
    }
}

fn run_row(row: &Row<'_>) -> Result<RunRow> {
    let approved_seq: Option<i64> = row.get(7)?;
    Ok(RunRow {
        id: text(row, 0)?,
        employer: text(row, 1)?,
        key: row.get(2)?,
        digest: Digest(bytes(row, 3)?),
        count: natural(row, 4)?,
        total: rupiah(row, 5)?,
        created_by: text(row, 6)?,
        approved_seq: approved_seq
            .map(|seq| u64::try_from(seq).map_err(|_| Fault::damaged("a number is out of its range")))
            .transpose()?,
        cancelled: truth(row, 8)?,
        version: natural(row, 9)?,
        head: Commit(bytes(row, 10)?),
    })
}
