//! The port, call by call: reads go to the reader's snapshot, writes wait for the writer, leases go beside both.
use crate::admission::Staging;
use crate::claims::{Asked, Pulse};
use crate::columns::{plain, state_code, to_integer};
use crate::fault::{Fault, Result};
use crate::read::Snapshot;
use crate::write::Unit;
use crate::{Postgres, census, going_on, tree};
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;
use tokio::time::sleep;
use upah_core::EmployerId;
use upah_core::claim::{Claim, Claims, DriveId, Enlisted, Wanted};
use upah_core::erasure::Erasure;
use upah_core::obligation::ObligationKey;
use upah_core::rail::BoxFuture;
use upah_core::reference::Reference;
use upah_core::run::{PaymentId, RunId};
use upah_core::setting::Setting;
use upah_core::state::PaymentState;
use upah_core::store::{
    Admission, Census, ChangeSet, Known, Page, PaymentPage, Receipt, RunRow, Store, StoreError, StoredPayment,
    StoredRecord, Sum, UsedReference,
};

type Answer<'a, T> = BoxFuture<'a, core::result::Result<T, StoreError>>;

/// How often a transaction is begun that others made the server roll back.
const TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// So long an erasure waits for transactions that were open before it, and so often it looks.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

impl Postgres {
    /// Runs a read in one snapshot; again when the connection was lost on the way.
    fn read<T: Send + 'static>(
        &self,
        work: impl for<'a> FnMut(&'a mut Snapshot) -> BoxFuture<'a, Result<T>> + Send + 'static,
    ) -> Answer<'_, T> {
        let reader = Arc::clone(&self.reader);
        Box::pin(going_on(&self.runtime, async move { reader.lock_owned().await.read(work).await }))
    }

    /// Runs a transaction when the writer is free; again when it was certainly rolled back because of
    /// others, and never when its end is not known.
    fn write<T: Send + 'static>(
        &self,
        mut work: impl FnMut(Unit) -> BoxFuture<'static, Result<T>> + Send + 'static,
    ) -> Answer<'_, T> {
        let Some(writer) = self.writer.clone() else {
            return Box::pin(async { read_only() });
        };
        let runtime = self.runtime.clone();
        Box::pin(going_on(&self.runtime, async move {
            let mut pause = FIRST_PAUSE;
            for _ in 1..TRIES {
                let unit = Unit::begin(Arc::clone(&writer).lock_owned().await, runtime.clone()).await?;
                match work(unit).await {
                    Err(fault) if fault.is_transient() => sleep(pause).await,
                    done => return done,
                }
                pause *= 2;
            }
            work(Unit::begin(writer.lock_owned().await, runtime).await?).await
        }))
    }
}

/// What is not open for writing holds no lease and claims nothing.
fn read_only<T>() -> core::result::Result<T, StoreError> {
    Err(StoreError::Medium("it was opened for reading only".into()))
}

impl Postgres {
    /// Says something about a lease.
    fn pulse<T: Send + 'static>(
        &self,
        work: impl for<'a> FnOnce(&'a mut Pulse) -> BoxFuture<'a, Result<T>> + Send + 'static,
    ) -> Answer<'_, T> {
        if self.writer.is_none() {
            return Box::pin(async { read_only() });
        }
        let pulse = Arc::clone(&self.pulse);
        Box::pin(going_on(&self.runtime, async move { work(&mut *pulse.lock_owned().await).await }))
    }

    /// Waits until nobody can see any more what this transaction took away, or for as long as may be waited for.
    async fn outlast_those_who_saw_before(&self, transaction: String) -> core::result::Result<(), StoreError> {
        let began = Instant::now();
        loop {
            let transaction = transaction.clone();
            let is_seen = self
                .read(move |snapshot| {
                    let transaction = transaction.clone();
                    Box::pin(async move { snapshot.is_seen_before(&transaction).await })
                })
                .await?;
            if !is_seen || began.elapsed() > WAIT_FOR_OTHERS {
                return Ok(());
            }
            going_on(&self.runtime, async {
                sleep(LOOK_AGAIN).await;
                Ok(())
            })
            .await?;
        }
    }

    /// Looks for what is wanted, claims what of it is free, and reads what was given: three times beside the writer's
    /// transactions, for a claim holds whether or not the payment has moved on meanwhile.
    async fn claim_wanted(&self, drive: DriveId, wanted: Wanted) -> core::result::Result<Claims, StoreError> {
        let Some(writer) = self.writer.clone() else { return read_only() };
        let by_name = matches!(wanted, Wanted::These(_));
        let states = match &wanted {
            Wanted::Page(page) if page.states.is_empty() => PaymentState::ALL.to_vec(),
            Wanted::Page(page) => page.states.clone(),
            Wanted::These(_) => Vec::new(),
        };
        let (numbers, next) = self
            .read(move |snapshot| {
                let wanted = wanted.clone();
                Box::pin(async move { snapshot.wanted(&wanted).await })
            })
            .await?;
        if numbers.is_empty() {
            return Ok(Claims { next, ..Claims::default() });
        }
        let states = states.into_iter().map(state_code).collect();
        let asked = Asked { drive, numbers, states, by_name };
        let (given, elsewhere) = {
            let asked = asked.clone();
            let claim = async move { writer.lock_owned().await.claim(&asked).await };
            going_on(&self.runtime, claim).await?
        };
        let held: Vec<i64> = asked.numbers.into_iter().filter(|no| given.contains_key(no)).collect();
        let numbers = held.clone();
        let stored = self
            .read(move |snapshot| {
                let numbers = numbers.clone();
                Box::pin(async move { snapshot.stored_payments(&numbers).await })
            })
            .await?;
        if stored.len() != held.len() {
            return Err(StoreError::Damaged("a payment that was claimed is not there".into()));
        }
        let hold = |no: &i64| given.get(no).copied().unwrap_or_default();
        // In the order in which they were read, which is that of their numbers.
        let mut in_order = held;
        in_order.sort_unstable();
        let claims = in_order.iter().zip(stored).map(|(no, stored)| Claim { stored, hold: hold(no) }).collect();
        Ok(Claims { claims, next, elsewhere })
    }
}

impl Store for Postgres {
    fn setting(&self, setting: Setting) -> Answer<'_, Option<String>> {
        self.read(move |snapshot| Box::pin(snapshot.setting(setting)))
    }

    fn settle_setting(&self, setting: Setting, value: String) -> Answer<'_, String> {
        self.write(move |mut unit| {
            let (name, value) = (setting.to_string(), value.clone());
            Box::pin(async move {
                let insert = "INSERT INTO upah.meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
                unit.execute(insert, &[&name, &value]).await?;
                let row = unit.session()?.one("SELECT value FROM upah.meta WHERE key = $1", &[&name]).await?;
                let standing = plain(&row, 0)?;
                unit.commit().await?;
                Ok(standing)
            })
        })
    }

    fn admit(&self) -> Answer<'_, Box<dyn Admission>> {
        let runtime = self.runtime.clone();
        self.write(move |mut unit| {
            let runtime = runtime.clone();
            Box::pin(async move {
                // Between its chunks it waits for whoever reads the file.
                unit.session()?.batch("SET LOCAL idle_in_transaction_session_timeout = '10min'").await?;
                Ok(Box::new(Staging::new(unit, runtime)) as Box<dyn Admission>)
            })
        })
    }

    fn commit(&self, changes: Arc<ChangeSet>) -> Answer<'_, Receipt> {
        self.write(move |mut unit| {
            let changes = Arc::clone(&changes);
            Box::pin(async move {
                unit.write(&changes).await?;
                Ok(Receipt::after_durable_commit(&changes, unit.commit().await?))
            })
        })
    }

    fn erase(&self, erasure: Arc<Erasure>) -> Answer<'_, Receipt> {
        let erased = self.write(move |mut unit| {
            let erasure = Arc::clone(&erasure);
            Box::pin(async move {
                let transaction = unit.erase(&erasure).await?;
                Ok((Receipt::after_durable_erasure(&erasure, unit.commit().await?), transaction))
            })
        });
        Box::pin(async move {
            let (receipt, transaction) = erased.await?;
            self.outlast_those_who_saw_before(transaction).await?;
            let Some(writer) = self.writer.clone() else { return read_only() };
            let rewrite = async move {
                let writer = writer.lock_owned().await;
                writer.check()?;
                // A plain VACUUM would leave the bytes in the pages until others need the room.
                writer.session.batch("VACUUM (FULL) upah.record").await
            };
            going_on(&self.runtime, rewrite).await?;
            Ok(receipt)
        })
    }

    fn enlist(&self, drive: DriveId, lease: Duration) -> Answer<'_, Enlisted> {
        self.pulse(move |pulse| Box::pin(async move { pulse.enlist(drive, lease).await.map(|()| Enlisted::Leased) }))
    }

    fn renew(&self, drive: DriveId, lease: Duration) -> Answer<'_, bool> {
        self.pulse(move |pulse| Box::pin(pulse.renew(drive, lease)))
    }

    fn claim(&self, drive: DriveId, wanted: Wanted) -> Answer<'_, Claims> {
        Box::pin(self.claim_wanted(drive, wanted))
    }

    fn dismiss(&self, drive: DriveId) -> Answer<'_, ()> {
        self.pulse(move |pulse| Box::pin(pulse.dismiss(drive)))
    }

    fn known(&self, keys: Vec<ObligationKey>) -> Answer<'_, Vec<Option<Known>>> {
        let keys: Arc<[_]> = keys.into();
        self.read(move |snapshot| {
            let keys = Arc::clone(&keys);
            Box::pin(async move { snapshot.known(&keys).await })
        })
    }

    fn traces(&self, keys: Vec<[u8; 16]>) -> Answer<'_, Vec<Vec<String>>> {
        let keys: Arc<[_]> = keys.into();
        self.read(move |snapshot| {
            let keys = Arc::clone(&keys);
            Box::pin(async move { snapshot.traces(&keys).await })
        })
    }

    fn last_destinations(&self, workers: Vec<[u8; 16]>) -> Answer<'_, Vec<Option<[u8; 16]>>> {
        let workers: Arc<[_]> = workers.into();
        self.read(move |snapshot| {
            let workers = Arc::clone(&workers);
            Box::pin(async move { snapshot.last_destinations(&workers).await })
        })
    }

    fn payment(&self, id: PaymentId) -> Answer<'_, Option<StoredPayment>> {
        self.read(move |snapshot| {
            let id = id.clone();
            Box::pin(async move { snapshot.payment(&id).await })
        })
    }

    fn by_reference(&self, reference: Reference) -> Answer<'_, Option<StoredPayment>> {
        self.read(move |snapshot| {
            let reference = reference.clone();
            Box::pin(async move { snapshot.by_reference(&reference).await })
        })
    }

    fn page(&self, page: Page) -> Answer<'_, PaymentPage> {
        self.read(move |snapshot| {
            let page = page.clone();
            Box::pin(async move { snapshot.page(&page).await })
        })
    }

    fn sums(&self, run: Option<RunId>) -> Answer<'_, Vec<(PaymentState, Sum)>> {
        self.read(move |snapshot| {
            let run = run.clone();
            Box::pin(async move { snapshot.sums(run.as_ref()).await })
        })
    }

    fn runs(&self) -> Answer<'_, Vec<RunRow>> {
        self.read(|snapshot| Box::pin(snapshot.runs()))
    }

    fn run(&self, id: RunId) -> Answer<'_, Option<RunRow>> {
        self.read(move |snapshot| {
            let id = id.clone();
            Box::pin(async move { snapshot.run(&id).await })
        })
    }

    fn run_by_key(&self, employer: EmployerId, key: String) -> Answer<'_, Option<RunRow>> {
        self.read(move |snapshot| {
            let (employer, key) = (employer.clone(), key.clone());
            Box::pin(async move { snapshot.run_by_key(&employer, &key).await })
        })
    }

    fn run_records(&self, id: RunId) -> Answer<'_, Vec<StoredRecord>> {
        self.read(move |snapshot| {
            let id = id.clone();
            Box::pin(async move { snapshot.run_records(&id).await })
        })
    }

    fn records(&self, from: u64, limit: usize) -> Answer<'_, Vec<StoredRecord>> {
        self.read(move |snapshot| Box::pin(snapshot.records(from, limit)))
    }

    fn log_head(&self) -> Answer<'_, (u64, [u8; 32])> {
        self.read(|snapshot| {
            Box::pin(async move {
                let frontier = tree::frontier(&mut snapshot.session).await?;
                Ok((frontier.size(), frontier.root().0))
            })
        })
    }

    fn log_hashes(&self, level: u8, start: u64, count: usize) -> Answer<'_, Vec<[u8; 32]>> {
        self.read(move |snapshot| Box::pin(tree::hashes(&mut snapshot.session, level, start, count)))
    }

    fn census(&self) -> Answer<'_, Census> {
        self.read(|snapshot| Box::pin(census::census(&mut snapshot.session)))
    }

    fn save_checkpoint(&self, size: u64, text: String) -> Answer<'_, ()> {
        let text: Arc<str> = text.into();
        self.write(move |mut unit| {
            let text = Arc::clone(&text);
            Box::pin(async move {
                if size > unit.log_size() {
                    return Err(Fault::misused("a checkpoint covers more events than are stored"));
                }
                let size = to_integer(size)?;
                // Another process may have signed more than this one knew.
                let upsert = "INSERT INTO upah.checkpoint AS kept (size, text)
                              SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM upah.checkpoint WHERE size > $1)
                              ON CONFLICT (size) DO UPDATE SET text = excluded.text
                              WHERE length(excluded.text) >= length(kept.text)";
                unit.execute(upsert, &[&size, &&*text]).await?;
                // One checkpoint speaks for all before it; older ones could be changed unseen.
                unit.execute("DELETE FROM upah.checkpoint WHERE size < $1", &[&size]).await?;
                unit.commit().await.map(drop)
            })
        })
    }

    fn last_checkpoint(&self) -> Answer<'_, Option<(u64, String)>> {
        self.read(|snapshot| Box::pin(snapshot.last_checkpoint()))
    }

    fn references(&self, after: Option<Reference>, limit: usize) -> Answer<'_, Vec<UsedReference>> {
        self.read(move |snapshot| {
            let after = after.clone();
            Box::pin(async move { snapshot.references(after.as_ref(), limit).await })
        })
    }
}
