//! The port, call by call: reads go to the reader's snapshot, writes wait for the one writer.
use crate::admission::Staging;
use crate::columns::to_integer;
use crate::fault::{Fault, Result};
use crate::read::Snapshot;
use crate::write::{Unit, Writer};
use crate::{Sqlite, blocking, census, tree};
use rusqlite::params;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;
use upah_core::EmployerId;
use upah_core::erasure::Erasure;
use upah_core::obligation::ObligationKey;
use upah_core::rail::BoxFuture;
use upah_core::reference::Reference;
use upah_core::run::{PaymentId, RunId};
use upah_core::setting::Setting;
use upah_core::state::PaymentState;
use upah_core::store::{
    Admission, Census, ChangeSet, Cursor, Known, Page, Receipt, RunRow, Store, StoreError, StoredPayment, StoredRecord,
    Sum,
};

type Answer<'a, T> = BoxFuture<'a, core::result::Result<T, StoreError>>;

impl Sqlite {
    /// Runs a read in one snapshot.
    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Snapshot<'_>) -> Result<T> + Send + 'static,
    ) -> Answer<'_, T> {
        self.snapshot(move |conn| work(&mut Snapshot::of(conn)))
    }

    fn snapshot<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move {
            let conn = Arc::clone(&self.reader).lock_owned().await;
            blocking(move || {
                let transaction = conn.unchecked_transaction()?;
                work(&transaction)
            })
            .await
        })
    }

    /// Runs a write when the writer is free.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(OwnedMutexGuard<Writer>) -> Result<T> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move {
            let Some(writer) = &self.writer else {
                return Err(StoreError::Medium("it was opened for reading only".into()));
            };
            let writer = Arc::clone(writer).lock_owned().await;
            blocking(move || work(writer)).await
        })
    }
}

impl Store for Sqlite {
    fn setting(&self, setting: Setting) -> Answer<'_, Option<String>> {
        self.read(move |snapshot| snapshot.setting(setting))
    }

    fn settle_setting(&self, setting: Setting, value: String) -> Answer<'_, String> {
        self.write(move |mut writer| {
            let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING";
            writer.execute(sql, [setting.to_string().as_str(), &value])?;
            Ok(Snapshot::of(&writer.conn).setting(setting)?.unwrap_or(value))
        })
    }

    fn admit(&self) -> Answer<'_, Box<dyn Admission>> {
        self.write(|writer| Ok(Box::new(Staging::new(Unit::begin(writer)?)) as Box<dyn Admission>))
    }

    fn commit(&self, changes: Arc<ChangeSet>) -> Answer<'_, Receipt> {
        self.write(move |writer| {
            let mut unit = Unit::begin(writer)?;
            unit.write(&changes)?;
            Ok(Receipt::after_durable_commit(&changes, unit.commit()?))
        })
    }

    fn erase(&self, erasure: Arc<Erasure>) -> Answer<'_, Receipt> {
        let reader = Arc::clone(&self.reader);
        self.write(move |writer| {
            let mut unit = Unit::begin(writer)?;
            unit.erase(&erasure)?;
            // No snapshot of this process may hold on to what is taken.
            let _nobody_reads = reader.blocking_lock();
            Ok(Receipt::after_durable_erasure(&erasure, unit.commit_and_empty_journal()?))
        })
    }

    fn known(&self, keys: Vec<ObligationKey>) -> Answer<'_, Vec<Option<Known>>> {
        self.read(move |snapshot| snapshot.known(&keys))
    }

    fn traces(&self, keys: Vec<[u8; 16]>) -> Answer<'_, Vec<Vec<String>>> {
        self.read(move |snapshot| snapshot.traces(&keys))
    }

    fn last_destinations(&self, workers: Vec<[u8; 16]>) -> Answer<'_, Vec<Option<[u8; 16]>>> {
        self.read(move |snapshot| snapshot.last_destinations(&workers))
    }

    fn payment(&self, id: PaymentId) -> Answer<'_, Option<StoredPayment>> {
        self.read(move |snapshot| snapshot.payment(&id))
    }

    fn by_reference(&self, reference: Reference) -> Answer<'_, Option<StoredPayment>> {
        self.read(move |snapshot| snapshot.by_reference(&reference))
    }

    fn page(&self, page: Page) -> Answer<'_, (Vec<StoredPayment>, Option<Cursor>)> {
        self.read(move |snapshot| snapshot.page(&page))
    }

    fn sums(&self, run: Option<RunId>) -> Answer<'_, Vec<(PaymentState, Sum)>> {
        self.read(move |snapshot| snapshot.sums(run.as_ref()))
    }

    fn runs(&self) -> Answer<'_, Vec<RunRow>> {
        self.read(|snapshot| snapshot.runs())
    }

    fn run(&self, id: RunId) -> Answer<'_, Option<RunRow>> {
        self.read(move |snapshot| snapshot.run(&id))
    }

    fn run_by_key(&self, employer: EmployerId, key: String) -> Answer<'_, Option<RunRow>> {
        self.read(move |snapshot| snapshot.run_by_key(&employer, &key))
    }

    fn run_records(&self, id: RunId) -> Answer<'_, Vec<StoredRecord>> {
        self.read(move |snapshot| snapshot.run_records(&id))
    }

    fn records(&self, from: u64, limit: usize) -> Answer<'_, Vec<StoredRecord>> {
        self.read(move |snapshot| snapshot.records(from, limit))
    }

    fn log_head(&self) -> Answer<'_, (u64, [u8; 32])> {
        self.snapshot(|conn| {
            let frontier = tree::frontier(conn)?;
            Ok((frontier.size(), frontier.root().0))
        })
    }

    fn log_hashes(&self, level: u8, start: u64, count: usize) -> Answer<'_, Vec<[u8; 32]>> {
        self.snapshot(move |conn| tree::hashes(conn, level, start, count))
    }

    fn save_checkpoint(&self, size: u64, text: String) -> Answer<'_, ()> {
        self.write(move |mut writer| {
            if size > writer.log_size() {
                return Err(Fault::misused("a checkpoint covers more events than are stored"));
            }
            let sql = "INSERT INTO checkpoint (size, text) VALUES (?1, ?2)
                       ON CONFLICT (size) DO UPDATE SET text = excluded.text
                       WHERE length(excluded.text) >= length(checkpoint.text)";
            writer.execute(sql, params![to_integer(size)?, text])?;
            // One checkpoint speaks for all before it; older ones could be changed unseen.
            writer.execute("DELETE FROM checkpoint WHERE size < ?1", params![to_integer(size)?])
        })
    }

    fn census(&self) -> Answer<'_, Census> {
        self.snapshot(census::census)
    }

    fn last_checkpoint(&self) -> Answer<'_, Option<(u64, String)>> {
        self.read(|snapshot| snapshot.last_checkpoint())
    }

    fn references(&self, after: Option<Reference>, limit: usize) -> Answer<'_, Vec<(Reference, PaymentId, u16)>> {
        self.read(move |snapshot| snapshot.references(after.as_ref(), limit))
    }
}
