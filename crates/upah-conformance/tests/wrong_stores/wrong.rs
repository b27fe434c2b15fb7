//! A `MemoryStore` with one thing wrong.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use upah_conformance::MemoryStore;
use upah_core::EmployerId;
use upah_core::claim::{Claim, Claims, DriveId, Enlisted, Fence, Hold, Wanted};
use upah_core::erasure::Erasure;
use upah_core::obligation::ObligationKey;
use upah_core::rail::BoxFuture;
use upah_core::reference::Reference;
use upah_core::run::{PaymentId, RunId};
use upah_core::setting::Setting;
use upah_core::state::PaymentState;
use upah_core::store::{
    Admission, Census, ChangeSet, Cursor, Known, Page, PaymentChange, PaymentPage, Receipt, RunChange, RunRow, Store,
    StoreError, StoredPayment, StoredRecord, Sum, UsedReference,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    None,
    ForgetsTheLastCommit,
    LetsASecondObligationThrough,
    HalfAppliesARefusedSet,
    LetsAReferenceRepeat,
    ShowsAStagedAdmission,
    KeepsADroppedAdmission,
    IgnoresVersions,
    MiscountsTheReceipt,
    RemembersItsSums,
    TakesAnyCheckpoint,
    DropsCosignatures,
    SettlesAgain,
    LagsWithTheRoot,
    SkipsOneBetweenPages,
    DropsTraces,
    AnswersInItsOwnOrder,
    TakesARunKeyTwice,
    HandsOneWageToTwo,
    TakesAnOldFence,
    BelievesADriveAboutItsLease,
    NeverHandsOn,
    ForgetsWhoLapsed,
    KeepsWhatRests,
    KeepsWhatIsErased,
    KeepsTracesOfTheErased,
}

type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

type Sums = Vec<(PaymentState, Sum)>;

pub(crate) struct Wrong {
    inner: Arc<MemoryStore>,
    bug: Bug,
    before_last: Mutex<MemoryStore>,
    staged: Arc<Mutex<Vec<PaymentChange>>>,
    sums: Mutex<BTreeMap<Option<RunId>, Sums>>,
    checkpoint: Mutex<Option<(u64, String)>>,
    settings: Mutex<BTreeMap<Setting, String>>,
    head: Mutex<Option<(u64, [u8; 32])>>,
    first_holders: Mutex<BTreeMap<PaymentId, DriveId>>,
}

impl Wrong {
    pub(crate) fn new(inner: MemoryStore, bug: Bug) -> Self {
        Self {
            before_last: Mutex::new(inner.clone()),
            inner: Arc::new(inner),
            bug,
            staged: Arc::default(),
            sums: Mutex::default(),
            checkpoint: Mutex::default(),
            settings: Mutex::default(),
            head: Mutex::default(),
            first_holders: Mutex::default(),
        }
    }

    pub(crate) fn left_by_a_crash(&self) -> MemoryStore {
        match self.bug {
            Bug::ForgetsTheLastCommit => self.before_last.lock().unwrap().clone(),
            _ => (*self.inner).clone(),
        }
    }

    async fn claim_wrongly(&self, drive: DriveId, wanted: Wanted) -> Result<Claims, StoreError> {
        if let (Bug::HandsOneWageToTwo, Wanted::Page(page)) = (self.bug, &wanted) {
            let (payments, next) = self.inner.page(page.clone()).await?;
            let hold = Hold { fence: Some(Fence(1)), lapsed: None };
            let claims = payments.into_iter().map(|stored| Claim { stored, hold }).collect();
            return Ok(Claims { claims, next, elsewhere: false });
        }
        let mut given = self.inner.claim(drive, wanted).await?;
        let mut first = self.first_holders.lock().unwrap();
        for claim in &mut given.claims {
            first.entry(claim.stored.row.id.clone()).or_insert(drive);
            if self.bug == Bug::ForgetsWhoLapsed {
                claim.hold.lapsed = None;
            }
        }
        let kept = |claim: &Claim| {
            let stays =
                self.bug == Bug::NeverHandsOn || (self.bug == Bug::KeepsWhatRests && !claim.stored.row.state.is_open());
            !stays || first.get(&claim.stored.row.id) == Some(&drive)
        };
        given.claims.retain(kept);
        Ok(given)
    }

    async fn commit_wrongly(&self, changes: &ChangeSet) -> Result<Receipt, StoreError> {
        let mut changes = changes.clone();
        *self.before_last.lock().unwrap() = (*self.inner).clone();
        match self.bug {
            Bug::HalfAppliesARefusedSet => {
                for change in &changes.payments {
                    let one = ChangeSet { payments: vec![change.clone()], runs: vec![] };
                    self.inner.commit(Arc::new(one)).await?;
                }
                let runs = ChangeSet { payments: vec![], runs: changes.runs.clone() };
                let size = self.inner.commit(Arc::new(runs)).await?.log_size;
                return Ok(Receipt::after_durable_commit(&changes, size));
            }
            Bug::LetsASecondObligationThrough => {
                for change in &mut changes.payments {
                    other_key(&self.inner, change).await?;
                }
            }
            Bug::LetsAReferenceRepeat => {
                let used = self.inner.references(None, 1_000).await?;
                for change in &mut changes.payments {
                    change.new_references.retain(|(new, _)| !used.iter().any(|(old, _, _)| old == new));
                }
            }
            Bug::IgnoresVersions => {
                for change in &mut changes.payments {
                    if let Some(stored) = self.inner.payment(change.row.id.clone()).await? {
                        change.expected_version = stored.row.version;
                        change.row.version = stored.row.version + change.records.len() as u32;
                        change.new_references.clear();
                    }
                }
            }
            Bug::TakesAnOldFence => changes.payments.iter_mut().for_each(|change| change.fence = None),
            Bug::DropsTraces => changes.payments.iter_mut().for_each(|change| change.settled_to = None),
            _ => {}
        }
        let receipt = self.inner.commit(Arc::new(changes.clone())).await?;
        if self.bug == Bug::MiscountsTheReceipt {
            return Ok(Receipt::after_durable_commit(&changes, receipt.log_size - 1));
        }
        Ok(receipt)
    }
}

/// Lets a payment in under a key that nobody has when its own is taken.
async fn other_key(store: &MemoryStore, change: &mut PaymentChange) -> Result<(), StoreError> {
    while change.expected_version == 0 && store.known(vec![change.row.key]).await?[0].is_some() {
        change.row.key.0[31] = change.row.key.0[31].wrapping_add(1);
    }
    Ok(())
}

struct WrongAdmission {
    inner: Option<Box<dyn Admission>>,
    store: Arc<MemoryStore>,
    bug: Bug,
    staged: Arc<Mutex<Vec<PaymentChange>>>,
}

impl Drop for WrongAdmission {
    fn drop(&mut self) {
        if self.bug != Bug::KeepsADroppedAdmission {
            self.staged.lock().unwrap().clear();
        }
    }
}

impl Admission for WrongAdmission {
    fn stage(&mut self, run: &RunId, mut payments: Vec<PaymentChange>) -> Answer<'_, ()> {
        let run = run.clone();
        Box::pin(async move {
            for change in &mut payments {
                match self.bug {
                    Bug::LetsASecondObligationThrough => other_key(&self.store, change).await?,
                    Bug::DropsTraces => change.traces.clear(),
                    _ => {}
                }
            }
            self.staged.lock().unwrap().extend(payments.iter().cloned());
            self.inner.as_mut().unwrap().stage(&run, payments).await
        })
    }

    fn finish(mut self: Box<Self>, mut runs: Vec<RunChange>) -> Answer<'static, Receipt> {
        Box::pin(async move {
            if self.bug == Bug::TakesARunKeyTwice {
                for change in &mut runs {
                    while self.store.run_by_key(change.row.employer.clone(), change.row.key.clone()).await?.is_some() {
                        change.row.key.push('x');
                    }
                }
            }
            self.staged.lock().unwrap().clear();
            self.inner.take().unwrap().finish(runs).await
        })
    }
}

impl Store for Wrong {
    fn setting(&self, setting: Setting) -> Answer<'_, Option<String>> {
        match self.settings.lock().unwrap().get(&setting).filter(|_| self.bug == Bug::SettlesAgain).cloned() {
            Some(newest) => Box::pin(async move { Ok(Some(newest)) }),
            None => self.inner.setting(setting),
        }
    }

    fn settle_setting(&self, setting: Setting, value: String) -> Answer<'_, String> {
        if self.bug == Bug::SettlesAgain {
            self.settings.lock().unwrap().insert(setting, value.clone());
            return Box::pin(async move { Ok(value) });
        }
        self.inner.settle_setting(setting, value)
    }

    fn admit(&self) -> Answer<'_, Box<dyn Admission>> {
        Box::pin(async move {
            let inner = Some(self.inner.admit().await?);
            *self.before_last.lock().unwrap() = (*self.inner).clone();
            let (store, staged) = (Arc::clone(&self.inner), Arc::clone(&self.staged));
            Ok(Box::new(WrongAdmission { inner, store, bug: self.bug, staged }) as Box<dyn Admission>)
        })
    }

    fn commit(&self, changes: Arc<ChangeSet>) -> Answer<'_, Receipt> {
        Box::pin(async move { self.commit_wrongly(&changes).await })
    }

    fn erase(&self, erasure: Arc<Erasure>) -> Answer<'_, Receipt> {
        match self.bug {
            Bug::KeepsWhatIsErased => {
                self.inner.commit(Arc::new(ChangeSet { payments: erasure.ends.clone(), runs: vec![] }))
            }
            Bug::KeepsTracesOfTheErased => {
                self.inner.erase(Arc::new(Erasure { ends: erasure.ends.clone(), ..Erasure::default() }))
            }
            _ => self.inner.erase(erasure),
        }
    }

    fn enlist(&self, drive: DriveId, lease: Duration) -> Answer<'_, Enlisted> {
        self.inner.enlist(drive, lease)
    }

    fn renew(&self, drive: DriveId, lease: Duration) -> Answer<'_, bool> {
        if self.bug == Bug::BelievesADriveAboutItsLease {
            return Box::pin(async { Ok(true) });
        }
        self.inner.renew(drive, lease)
    }

    fn claim(&self, drive: DriveId, wanted: Wanted) -> Answer<'_, Claims> {
        Box::pin(self.claim_wrongly(drive, wanted))
    }

    fn dismiss(&self, drive: DriveId) -> Answer<'_, ()> {
        self.inner.dismiss(drive)
    }

    fn known(&self, mut keys: Vec<ObligationKey>) -> Answer<'_, Vec<Option<Known>>> {
        if self.bug == Bug::AnswersInItsOwnOrder {
            keys.sort();
        }
        Box::pin(async move {
            let mut known = self.inner.known(keys.clone()).await?;
            if matches!(self.bug, Bug::ShowsAStagedAdmission | Bug::KeepsADroppedAdmission) {
                for (key, known) in keys.iter().zip(&mut known) {
                    let staged = self.staged.lock().unwrap();
                    let row = staged.iter().map(|change| &change.row).find(|row| row.key == *key);
                    let shown = row.map(|row| Known { id: row.id.clone(), amount: row.amount, state: row.state });
                    *known = known.clone().or(shown);
                }
            }
            Ok(known)
        })
    }

    fn traces(&self, keys: Vec<[u8; 16]>) -> Answer<'_, Vec<Vec<String>>> {
        self.inner.traces(keys)
    }

    fn last_destinations(&self, workers: Vec<[u8; 16]>) -> Answer<'_, Vec<Option<[u8; 16]>>> {
        self.inner.last_destinations(workers)
    }

    fn payment(&self, id: PaymentId) -> Answer<'_, Option<StoredPayment>> {
        self.inner.payment(id)
    }

    fn by_reference(&self, reference: Reference) -> Answer<'_, Option<StoredPayment>> {
        self.inner.by_reference(reference)
    }

    fn page(&self, page: Page) -> Answer<'_, PaymentPage> {
        let skips = self.bug == Bug::SkipsOneBetweenPages;
        Box::pin(async move {
            let (payments, next) = self.inner.page(page).await?;
            Ok((payments, next.map(|next| if skips { Cursor(next.0 + 1) } else { next })))
        })
    }

    fn sums(&self, run: Option<RunId>) -> Answer<'_, Vec<(PaymentState, Sum)>> {
        Box::pin(async move {
            let told = self.inner.sums(run.clone()).await?;
            if self.bug != Bug::RemembersItsSums {
                return Ok(told);
            }
            Ok(self.sums.lock().unwrap().entry(run).or_insert(told).clone())
        })
    }

    fn runs(&self) -> Answer<'_, Vec<RunRow>> {
        self.inner.runs()
    }

    fn run(&self, id: RunId) -> Answer<'_, Option<RunRow>> {
        self.inner.run(id)
    }

    fn run_by_key(&self, employer: EmployerId, key: String) -> Answer<'_, Option<RunRow>> {
        self.inner.run_by_key(employer, key)
    }

    fn run_records(&self, id: RunId) -> Answer<'_, Vec<StoredRecord>> {
        self.inner.run_records(id)
    }

    fn records(&self, from: u64, limit: usize) -> Answer<'_, Vec<StoredRecord>> {
        self.inner.records(from, limit)
    }

    fn log_head(&self) -> Answer<'_, (u64, [u8; 32])> {
        Box::pin(async move {
            let (size, root) = self.inner.log_head().await?;
            if self.bug != Bug::LagsWithTheRoot {
                return Ok((size, root));
            }
            let old = self.head.lock().unwrap().replace((size, root));
            Ok((size, old.map_or(root, |(_, root)| root)))
        })
    }

    fn log_hashes(&self, level: u8, start: u64, count: usize) -> Answer<'_, Vec<[u8; 32]>> {
        self.inner.log_hashes(level, start, count)
    }

    fn census(&self) -> Answer<'_, Census> {
        self.inner.census()
    }

    fn save_checkpoint(&self, size: u64, text: String) -> Answer<'_, ()> {
        let mut last = self.checkpoint.lock().unwrap();
        let is_behind = last.as_ref().is_some_and(|(newest, _)| size < *newest);
        if self.bug != Bug::DropsCosignatures || !is_behind {
            *last = Some((size, text.clone()));
        }
        self.inner.save_checkpoint(size, text)
    }

    fn last_checkpoint(&self) -> Answer<'_, Option<(u64, String)>> {
        let last = self.checkpoint.lock().unwrap().clone();
        Box::pin(async move {
            let kept = self.inner.last_checkpoint().await?;
            let size = kept.as_ref().map(|(size, _)| *size);
            let is_wrong = match self.bug {
                Bug::TakesAnyCheckpoint => last.is_some(),
                Bug::DropsCosignatures => last.as_ref().map(|(size, _)| *size) == size,
                _ => false,
            };
            Ok(if is_wrong { last } else { kept })
        })
    }

    fn references(&self, after: Option<Reference>, limit: usize) -> Answer<'_, Vec<UsedReference>> {
        self.inner.references(after, limit)
    }
}
