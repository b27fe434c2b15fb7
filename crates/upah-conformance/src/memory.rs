//! [`MemoryStore`]: a store so plain that it is obviously right, to compare others with.
//!
//! Every write works on a copy of the book and puts the copy in place when all of it went well: a
//! write that fails has nothing to undo. That costs time with every payment there is, so this is for
//! tests and simulations and not for payrolls. Nothing is durable beyond the process.
use crate::memory::book::Book;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::OwnedMutexGuard;
use upah_core::EmployerId;
use upah_core::claim::{Claims, DriveId, Enlisted, Wanted};
use upah_core::erasure::Erasure;
use upah_core::obligation::ObligationKey;
use upah_core::rail::BoxFuture;
use upah_core::reference::Reference;
use upah_core::run::{PaymentId, RunId};
use upah_core::setting::Setting;
use upah_core::state::PaymentState;
use upah_core::store::{
    Admission, Census, ChangeSet, Known, Page, PaymentChange, PaymentPage, Receipt, RunChange, RunRow, Store,
    StoreError, StoredPayment, StoredRecord, Sum, UsedReference,
};

mod book;
mod holds;

type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// A store in memory; the model of every other.
///
/// **Cloning** copies what is committed, and nothing that is staged: the clone is yesterday's backup,
/// and also what a crash leaves. To share one store, put it behind an `Arc`.
///
/// **Leases** are judged by the monotonic clock of the process.
///
/// **Waiting**: an admission holds the writer until it is finished or dropped; other writes wait.
/// Reads never wait.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// use upah_conformance::MemoryStore;
/// use upah_core::setting::Setting;
/// use upah_core::store::Store;
///
/// let store = MemoryStore::default();
/// let backup = store.clone();
/// store.settle_setting(Setting::Mode, "sandbox".into()).await?;
/// assert_eq!(backup.setting(Setting::Mode).await?, None);
/// # Ok::<(), upah_core::store::StoreError>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct MemoryStore {
    committed: Arc<Mutex<Book>>,
    writer: Arc<tokio::sync::Mutex<()>>,
}

impl MemoryStore {
    fn book(&self) -> MutexGuard<'_, Book> {
        lock(&self.committed)
    }

    fn read<T: Send + 'static>(&self, look: impl FnOnce(&Book) -> T + Send + 'static) -> Answer<'_, T> {
        Box::pin(async move { Ok(look(&self.book())) })
    }

    fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Book) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move {
            let _writer = self.writer.lock().await;
            let mut copy = self.book().clone();
            let done = act(&mut copy)?;
            *self.book() = copy;
            Ok(done)
        })
    }
}

impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        Self { committed: Arc::new(Mutex::new(self.book().clone())), writer: Arc::default() }
    }
}

/// A book is only ever replaced whole, so a panic elsewhere cannot have left half of one.
fn lock(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A run on its way in: a copy of the book that nobody else sees.
struct Staged {
    copy: Book,
    committed: Arc<Mutex<Book>>,
    failed: bool,
    _writer: OwnedMutexGuard<()>,
}

impl Admission for Staged {
    fn stage(&mut self, run: &RunId, payments: Vec<PaymentChange>) -> Answer<'_, ()> {
        let foreign = payments.iter().any(|change| change.row.instructed_by != *run);
        Box::pin(async move {
            if self.failed {
                return Err(StoreError::Misused("this admission has failed and cannot go on; begin another"));
            }
            self.failed = true;
            if foreign {
                return Err(StoreError::Misused("a staged payment is instructed by another run"));
            }
            payments.iter().try_for_each(|change| self.copy.change_payment(change))?;
            self.failed = false;
            Ok(())
        })
    }

    fn finish(mut self: Box<Self>, runs: Vec<RunChange>) -> Answer<'static, Receipt> {
        Box::pin(async move {
            if self.failed {
                return Err(StoreError::Misused("this admission has failed and cannot go on; begin another"));
            }
            let changes = ChangeSet { payments: Vec::new(), runs };
            self.copy.change(&changes)?;
            let receipt = Receipt::after_durable_commit(&changes, self.copy.log_size());
            *lock(&self.committed) = self.copy;
            Ok(receipt)
        })
    }
}

impl Store for MemoryStore {
    fn setting(&self, setting: Setting) -> Answer<'_, Option<String>> {
        self.read(move |book| book.setting(setting))
    }

    fn settle_setting(&self, setting: Setting, value: String) -> Answer<'_, String> {
        self.write(move |book| Ok(book.settle_setting(setting, value)))
    }

    fn admit(&self) -> Answer<'_, Box<dyn Admission>> {
        Box::pin(async move {
            let writer = Arc::clone(&self.writer).lock_owned().await;
            let copy = self.book().clone();
            let committed = Arc::clone(&self.committed);
            Ok(Box::new(Staged { copy, committed, failed: false, _writer: writer }) as Box<dyn Admission>)
        })
    }

    fn commit(&self, changes: Arc<ChangeSet>) -> Answer<'_, Receipt> {
        self.write(move |book| {
            book.change(&changes)?;
            Ok(Receipt::after_durable_commit(&changes, book.log_size()))
        })
    }

    fn erase(&self, erasure: Arc<Erasure>) -> Answer<'_, Receipt> {
        self.write(move |book| {
            book.erase(&erasure)?;
            Ok(Receipt::after_durable_erasure(&erasure, book.log_size()))
        })
    }

    fn enlist(&self, drive: DriveId, lease: Duration) -> Answer<'_, Enlisted> {
        self.write(move |book| {
            book.holds.enlist(drive, lease, Instant::now());
            Ok(Enlisted::Leased)
        })
    }

    fn renew(&self, drive: DriveId, lease: Duration) -> Answer<'_, bool> {
        self.write(move |book| Ok(book.holds.renew(drive, lease, Instant::now())))
    }

    fn claim(&self, drive: DriveId, wanted: Wanted) -> Answer<'_, Claims> {
        self.write(move |book| Ok(book.claim(drive, wanted, Instant::now())))
    }

    fn dismiss(&self, drive: DriveId) -> Answer<'_, ()> {
        self.write(move |book| {
            book.holds.dismiss(drive, Instant::now());
            Ok(())
        })
    }

    fn known(&self, keys: Vec<ObligationKey>) -> Answer<'_, Vec<Option<Known>>> {
        self.read(move |book| keys.iter().map(|key| book.known(key)).collect())
    }

    fn traces(&self, keys: Vec<[u8; 16]>) -> Answer<'_, Vec<Vec<String>>> {
        self.read(move |book| keys.iter().map(|key| book.traces(key)).collect())
    }

    fn last_destinations(&self, workers: Vec<[u8; 16]>) -> Answer<'_, Vec<Option<[u8; 16]>>> {
        self.read(move |book| workers.iter().map(|worker| book.last_destination(worker)).collect())
    }

    fn payment(&self, id: PaymentId) -> Answer<'_, Option<StoredPayment>> {
        self.read(move |book| book.payment(&id))
    }

    fn by_reference(&self, reference: Reference) -> Answer<'_, Option<StoredPayment>> {
        self.read(move |book| book.by_reference(&reference))
    }

    fn page(&self, page: Page) -> Answer<'_, PaymentPage> {
        self.read(move |book| book.page(&page))
    }

    fn sums(&self, run: Option<RunId>) -> Answer<'_, Vec<(PaymentState, Sum)>> {
        self.read(move |book| book.sums(run.as_ref()))
    }

    fn runs(&self) -> Answer<'_, Vec<RunRow>> {
        self.read(|book| book.runs().to_vec())
    }

    fn run(&self, id: RunId) -> Answer<'_, Option<RunRow>> {
        self.read(move |book| book.runs().iter().find(|row| row.id == id).cloned())
    }

    fn run_by_key(&self, employer: EmployerId, key: String) -> Answer<'_, Option<RunRow>> {
        self.read(move |book| book.runs().iter().find(|row| row.employer == employer && row.key == key).cloned())
    }

    fn run_records(&self, id: RunId) -> Answer<'_, Vec<StoredRecord>> {
        self.read(move |book| book.run_records(id))
    }

    fn records(&self, from: u64, limit: usize) -> Answer<'_, Vec<StoredRecord>> {
        self.read(move |book| book.records(from, limit))
    }

    fn log_head(&self) -> Answer<'_, (u64, [u8; 32])> {
        self.read(Book::log_head)
    }

    fn log_hashes(&self, level: u8, start: u64, count: usize) -> Answer<'_, Vec<[u8; 32]>> {
        self.read(move |book| book.log_hashes(level, start, count))
    }

    fn census(&self) -> Answer<'_, Census> {
        self.read(Book::census)
    }

    fn save_checkpoint(&self, size: u64, text: String) -> Answer<'_, ()> {
        self.write(move |book| book.save_checkpoint(size, text))
    }

    fn last_checkpoint(&self) -> Answer<'_, Option<(u64, String)>> {
        self.read(Book::last_checkpoint)
    }

    fn references(&self, after: Option<Reference>, limit: usize) -> Answer<'_, Vec<UsedReference>> {
        self.read(move |book| book.references(after.as_ref(), limit))
    }
}
