//! The port to durable memory, with its contract in prose.
//!
//! # Contract
//! * **A store decides nothing.** It appends events, keeps one index row for each payment and each
//!   run, and answers a handful of reads. Every row is a function of events, so that `log verify` can
//!   compute it again.
//! * **Durability**: when [`Store::commit`] or [`Admission::finish`] returns, what was given survives
//!   the loss of power. A crash may lose what was never acknowledged and nothing else.
//! * **Atomicity**: one call is one transaction; events, rows and the places in the audit log commit
//!   together or not at all.
//! * **Order**: sequence numbers are given in the order of commits, without gaps, from 0; the sequence
//!   number of an event is the index of its leaf.
//! * **Order within a change set**: payments before runs, so that an approval finds what was confirmed with it.
//! * **Versions**: a commit names the version it was decided on; another version is a [`StoreError::Conflict`]
//!   and changes nothing.
//! * **Several processes** may drive the payments of one store when it hands them out under leases: the contract
//!   for that stands on [`crate::claim`]. A store with one writer keeps the defaults.
use crate::claim::{Claim, Claims, DriveId, Enlisted, Fence, Hold, Wanted};
use crate::commitment::{Commit, Salt};
use crate::erasure::Erasure;
use crate::event::SealedRecord;
use crate::ids::{ActorName, EmployerId};
use crate::money::Rupiah;
use crate::obligation::ObligationKey;
use crate::payment::Payment;
use crate::rail::BoxFuture;
use crate::reference::Reference;
use crate::run::{Digest, PaymentId, RunId};
use crate::setting::Setting;
use crate::state::PaymentState;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

/// The index row of a payment: what is needed to find it, nothing personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRow {
    /// Its name.
    pub id: PaymentId,
    /// Its obligation.
    pub key: ObligationKey,
    /// The record number in the file that created it.
    pub row: u64,
    /// The instructed amount.
    pub amount: Rupiah,
    /// Where it stands.
    pub state: PaymentState,
    /// The run whose approval the newest instruction needs.
    pub instructed_by: RunId,
    /// Whether the newest instruction has holds that the approver has not named yet: such a payment
    /// stays where it is when its run is approved.
    pub held: bool,
    /// Number of events.
    pub version: u32,
    /// Commitment to the last event.
    pub head: Commit,
    /// Money that arrived more than once.
    pub excess: Rupiah,
}

impl PaymentRow {
    /// The row of a folded payment.
    pub fn of(payment: &Payment, key: ObligationKey, row: u64) -> Self {
        Self {
            id: payment.id.clone(),
            key,
            row,
            amount: payment.amount(),
            state: payment.state,
            instructed_by: payment.instruction.run.clone(),
            held: !payment.instruction.holds.is_empty() && !payment.confirmed,
            version: payment.version,
            head: payment.head,
            excess: payment.excess,
        }
    }
}

/// The index row of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Its random name.
    pub id: RunId,
    /// Who pays.
    pub employer: EmployerId,
    /// Its idempotency key, unique for each employer.
    pub key: String,
    /// Over its rows.
    pub digest: Digest,
    /// How many payments it created.
    pub count: u32,
    /// Their sum.
    pub total: Rupiah,
    /// The maker.
    pub created_by: ActorName,
    /// The sequence number of its approval.
    pub approved_seq: Option<u64>,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Number of events in its stream.
    pub version: u32,
    /// Commitment to its last event.
    pub head: Commit,
}

/// A payment as it is stored: its row and its events, oldest first, with their sequence numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPayment {
    /// The index row.
    pub row: PaymentRow,
    /// The events.
    pub records: Vec<StoredRecord>,
}

impl StoredPayment {
    /// Whether its records were erased, and only what [`crate::erasure::Remains`] holds is left.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.records.first().is_some_and(|first| first.record.is_none())
    }
}

/// A stored event.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its sequence number, which is the index of its leaf.
    pub seq: u64,
    /// Whose stream.
    pub stream: Stream,
    /// RFC 8785 JSON; `None` when it was erased.
    pub record: Option<String>,
    /// Its salt; `None` when it was erased.
    pub salt: Option<Salt>,
    /// The hash of its leaf.
    pub leaf_hash: [u8; 32],
}

impl core::fmt::Debug for StoredRecord {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("StoredRecord").field("seq", &self.seq).field("stream", &self.stream).finish_non_exhaustive()
    }
}

/// Whose events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// A payment's.
    Payment(PaymentId),
    /// A run's.
    Run(RunId),
}

/// New events of one payment with the row that follows from them.
#[derive(Clone, Debug)]
pub struct PaymentChange {
    /// The version on which it was decided.
    pub expected_version: u32,
    /// The fence under which it was decided, when a drive holds the payment: another one given since is a
    /// [`StoreError::Conflict`]. `None` is judged by the version alone.
    pub fence: Option<Fence>,
    /// The row afterwards.
    pub row: PaymentRow,
    /// The new events.
    pub records: Vec<SealedRecord>,
    /// References that the events use for the first time, with their attempts' numbers.
    pub new_references: Vec<(Reference, u16)>,
    /// The traces that a new instruction leaves.
    pub traces: Vec<Trace>,
    /// The destination that was paid, as a keyed hash, when the payment has just settled.
    pub settled_to: Option<SettledTo>,
}

/// Where a worker's money last arrived; keyed hashes, nothing personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettledTo {
    /// Employer and worker.
    pub worker: [u8; 16],
    /// The destination.
    pub destination: [u8; 16],
}

/// A trace that a payment leaves, by which the same person or account is known again in another file
/// (safety rules 23 and 24). The key is a keyed hash; nothing personal stands in clear.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trace {
    /// Of a worker as she may be misspelt, or of a destination.
    pub key: [u8; 16],
    /// What is compared: hashes, component and period.
    pub value: String,
}

/// A new event of one run with the row that follows from it.
#[derive(Clone, Debug)]
pub struct RunChange {
    /// The version on which it was decided.
    pub expected_version: u32,
    /// The row afterwards; `approved_seq` is filled in by the store when `approves` is set.
    pub row: RunRow,
    /// The event.
    pub record: SealedRecord,
    /// Whether this event is the approval: the store notes its sequence number and moves the run's
    /// payments without holds from `awaiting_approval` to `ready` in the same transaction.
    pub approves: bool,
}

/// What one commit writes.
#[derive(Clone, Debug, Default)]
pub struct ChangeSet {
    /// Payments.
    pub payments: Vec<PaymentChange>,
    /// Runs.
    pub runs: Vec<RunChange>,
}

/// Proof that a commit is durable.
#[derive(Clone, Debug)]
pub struct Receipt {
    covered: Vec<(PaymentId, u32)>,
    /// How many leaves the log has now.
    pub log_size: u64,
}

impl Receipt {
    /// For implementors of [`Store`] alone: call it **after** the transaction is durable.
    pub fn after_durable_commit(changes: &ChangeSet, log_size: u64) -> Self {
        Self::covering(&changes.payments, log_size)
    }

    /// As [`Receipt::after_durable_commit`], of an erasure.
    pub fn after_durable_erasure(erasure: &Erasure, log_size: u64) -> Self {
        Self::covering(&erasure.ends, log_size)
    }

    fn covering(changes: &[PaymentChange], log_size: u64) -> Self {
        let covered = changes.iter().map(|change| (change.row.id.clone(), change.row.version)).collect();
        Self { covered, log_size }
    }

    /// Whether it proves that this payment is durable at this version.
    pub fn covers(&self, payment: &PaymentId, version: u32) -> bool {
        self.covered.iter().any(|(id, v)| *v == version && id == payment)
    }
}

/// Why a store could not do what it was asked. Nothing was written.
///
/// One exception: when the medium fails while a commit is on its way to it, nobody knows. [`StoreError::Medium`]
/// says so in its words, every later write is refused, and opening the store again tells.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else was faster.
    #[error("payment or run {0} was changed by somebody else in the meantime")]
    Conflict(String),
    /// Another attempt has this reference.
    #[error("the reference {0} is already used by another payment")]
    ReferenceTaken(Reference),
    /// Another payment has this obligation.
    #[error("row {row} is already admitted")]
    ObligationTaken {
        /// The row of the file.
        row: u64,
    },
    /// Another run of the employer has this key.
    #[error("a run with this key exists already")]
    RunKeyTaken,
    /// Disk full, read-only, or another failure of the medium, in one sentence.
    #[error("the store could not be read or written: {0}")]
    Medium(String),
    /// What is stored cannot be read.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// What was given does not fit together: a mistake of the program, not of the medium.
    #[error("the store was misused: {0}")]
    Misused(&'static str),
}

/// Which payments of a run or of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Of the run that created them, or of all.
    pub run: Option<RunId>,
    /// In these states; empty means all.
    pub states: Vec<PaymentState>,
    /// After this payment, in the store's order.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: usize,
}

/// A place in the store's order of payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(pub i64);

/// Payments with their events, and where the next page begins.
pub type PaymentPage = (Vec<StoredPayment>, Option<Cursor>);

/// A reference with its payment and the attempt's number.
pub type UsedReference = (Reference, PaymentId, u16);

/// How many payments, and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Sum {
    /// Payments.
    pub count: u64,
    /// Rupiah.
    pub amount: u64,
}

/// What the store knows of an obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The payment that discharges it.
    pub id: PaymentId,
    /// The instructed amount.
    pub amount: Rupiah,
    /// Where it stands.
    pub state: PaymentState,
}

/// What a store holds besides events, payments and runs.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Census {
    /// Workers of whom a last destination is kept.
    pub payees: u64,
    /// Traces.
    pub traces: u64,
    /// What does not belong there, in words: foreign tables and triggers, unknown settings.
    pub irregular: Vec<String>,
}

/// A run that is being admitted: staged in chunks, made effective by one commit.
pub trait Admission: Send {
    /// Stages payments; their events come in the order of the rows given. Nothing is visible yet.
    fn stage(&mut self, run: &RunId, payments: Vec<PaymentChange>) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Makes everything staged, and the runs, visible and durable at once. Dropping the admission
    /// without it leaves no trace.
    fn finish(self: Box<Self>, runs: Vec<RunChange>) -> BoxFuture<'static, Result<Receipt, StoreError>>;
}

/// Durable memory.
pub trait Store: Send + Sync {
    /// A small named value.
    fn setting(&self, setting: Setting) -> BoxFuture<'_, Result<Option<String>, StoreError>>;

    /// Sets one that has no value yet; returns the one that stands afterwards.
    fn settle_setting(&self, setting: Setting, value: String) -> BoxFuture<'_, Result<String, StoreError>>;

    /// Begins an admission. One at a time.
    fn admit(&self) -> BoxFuture<'_, Result<Box<dyn Admission>, StoreError>>;

    /// Writes one change set. It is shared, so that who gives it can try its parts again after a conflict.
    fn commit(&self, changes: Arc<ChangeSet>) -> BoxFuture<'_, Result<Receipt, StoreError>>;

    /// Writes the events that end these payments, then takes record and salt of every earlier event of theirs, and the
    /// traces and destinations: one transaction, judged and refused as a change set is. Leaves, rows and references stay.
    ///
    /// When it returns, what was taken stands in no file of the store that the store can reach, journals included;
    /// whoever keeps copies elsewhere (backups, archives of a server) has to see to them. When this last part fails, the
    /// erasure is durable all the same, and calling again, if need be with nothing to erase, does the rest.
    fn erase(&self, erasure: Arc<Erasure>) -> BoxFuture<'_, Result<Receipt, StoreError>>;

    /// Begins a drive under a lease of this length. As it stands: the store has one writer and knows no leases.
    fn enlist(&self, drive: DriveId, lease: Duration) -> BoxFuture<'_, Result<Enlisted, StoreError>> {
        let _ = (drive, lease);
        Box::pin(async { Ok(Enlisted::Alone) })
    }

    /// Makes the lease as long as this again, from now on. False when it had ended, or was never given: then it
    /// stays ended.
    fn renew(&self, drive: DriveId, lease: Duration) -> BoxFuture<'_, Result<bool, StoreError>> {
        let _ = (drive, lease);
        Box::pin(async { Ok(true) })
    }

    /// Hands payments to a drive whose lease is live; none when it has ended. As it stands, for a store with one
    /// writer: everything that is asked for, without a fence.
    fn claim(&self, drive: DriveId, wanted: Wanted) -> BoxFuture<'_, Result<Claims, StoreError>> {
        let _ = drive;
        Box::pin(async move {
            let claim = |stored| Claim { stored, hold: Hold::default() };
            match wanted {
                Wanted::Page(page) => {
                    let (payments, next) = self.page(page).await?;
                    Ok(Claims { claims: payments.into_iter().map(claim).collect(), next, elsewhere: false })
                }
                Wanted::These(ids) => {
                    let mut claims = Vec::with_capacity(ids.len());
                    for id in ids {
                        claims.extend(self.payment(id).await?.map(claim));
                    }
                    Ok(Claims { claims, next: None, elsewhere: false })
                }
            }
        })
    }

    /// Ends a drive of which nothing is on its way any more: what it holds is given back, and nobody has to wait
    /// for what it may have sent. A drive that has lapsed stays so.
    fn dismiss(&self, drive: DriveId) -> BoxFuture<'_, Result<(), StoreError>> {
        let _ = drive;
        Box::pin(async { Ok(()) })
    }

    /// What is known of these obligations, in their order.
    fn known(&self, keys: Vec<ObligationKey>) -> BoxFuture<'_, Result<Vec<Option<Known>>, StoreError>>;

    /// The values of the traces with these keys, in their order.
    fn traces(&self, keys: Vec<[u8; 16]>) -> BoxFuture<'_, Result<Vec<Vec<String>>, StoreError>>;

    /// To which destinations these workers were last paid, in their order.
    fn last_destinations(&self, workers: Vec<[u8; 16]>) -> BoxFuture<'_, Result<Vec<Option<[u8; 16]>>, StoreError>>;

    /// One payment with its events.
    fn payment(&self, id: PaymentId) -> BoxFuture<'_, Result<Option<StoredPayment>, StoreError>>;

    /// The payment under one of whose attempts this reference was used.
    fn by_reference(&self, reference: Reference) -> BoxFuture<'_, Result<Option<StoredPayment>, StoreError>>;

    /// A page of payments with their events, in the store's order, and where the next page begins.
    fn page(&self, page: Page) -> BoxFuture<'_, Result<PaymentPage, StoreError>>;

    /// Counts and sums by state, of one run or of all.
    fn sums(&self, run: Option<RunId>) -> BoxFuture<'_, Result<Vec<(PaymentState, Sum)>, StoreError>>;

    /// All runs, oldest first.
    fn runs(&self) -> BoxFuture<'_, Result<Vec<RunRow>, StoreError>>;

    /// One run.
    fn run(&self, id: RunId) -> BoxFuture<'_, Result<Option<RunRow>, StoreError>>;

    /// The run of an employer with this key.
    fn run_by_key(&self, employer: EmployerId, key: String) -> BoxFuture<'_, Result<Option<RunRow>, StoreError>>;

    /// The events of a run's own stream.
    fn run_records(&self, id: RunId) -> BoxFuture<'_, Result<Vec<StoredRecord>, StoreError>>;

    /// Events in the order of the log.
    fn records(&self, from: u64, limit: usize) -> BoxFuture<'_, Result<Vec<StoredRecord>, StoreError>>;

    /// Size and root hash of the log.
    fn log_head(&self) -> BoxFuture<'_, Result<(u64, [u8; 32]), StoreError>>;

    /// Stored hashes of the log's tree: level 0 are leaves, level k the roots of 256^k leaves.
    fn log_hashes(&self, level: u8, start: u64, count: usize) -> BoxFuture<'_, Result<Vec<[u8; 32]>, StoreError>>;

    /// Counts what `log verify` compares, and names what stands in the store without belonging there.
    fn census(&self) -> BoxFuture<'_, Result<Census, StoreError>>;

    /// Remembers a signed checkpoint of this size in place of earlier ones. Of two texts for the same size the longer
    /// one stays, for it bears more cosignatures; one that is as long takes the other's place.
    fn save_checkpoint(&self, size: u64, text: String) -> BoxFuture<'_, Result<(), StoreError>>;

    /// The newest signed checkpoint.
    fn last_checkpoint(&self) -> BoxFuture<'_, Result<Option<(u64, String)>, StoreError>>;

    /// All references with their payments and attempt numbers, in pages, for verification.
    fn references(
        &self,
        after: Option<Reference>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<UsedReference>, StoreError>>;
}
