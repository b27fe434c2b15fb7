//! Small makers of events and changes, and the check that every row follows from its events.
use crate::server::TestServer;
use upah_core::cause::Cause;
use upah_core::commitment::{Commit, Salt};
use upah_core::erasure::{Erasure, ErasureReason, Remains};
use upah_core::event::{ApprovalProof, Attempted, Fact, Instruction, PaymentEvent, RunEvent, RunFact};
use upah_core::obligation::{ObligationKey, Pepper};
use upah_core::reference::{Reference, ReferenceForm};
use upah_core::row::{PayRow, PayRowFields, Statement};
use upah_core::run::{Digest, PaymentId, RunId, obligation_of};
use upah_core::store::{
    Admission, ChangeSet, Cursor, Page, PaymentChange, PaymentRow, RunChange, RunRow, Store, StoreError, StoredPayment,
    StoredRecord,
};
use upah_core::{EmployerId, Payment, Rupiah, Timestamp};
use upah_postgres::{Address, OpenOptions, Postgres};
use upah_tlog::{Hash, MemoryTree};

pub(crate) const PEPPER: Pepper = Pepper([7; 32]);

/// A database with one store in it.
pub(crate) struct Desk {
    pub(crate) address: Address,
    pub(crate) store: Postgres,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        Self::at(&TestServer::shared().database()).await
    }

    pub(crate) async fn at(address: &str) -> Self {
        let address: Address = address.parse().unwrap();
        let store = open(&address).await;
        Self { address, store }
    }

    pub(crate) async fn reopened(self) -> Self {
        let Self { address, store } = self;
        drop(store);
        let store = open(&address).await;
        Self { address, store }
    }

    /// Runs SQL beside the store, on the shared server, and returns what it answers.
    pub(crate) fn sql(&self, sql: &str) -> String {
        TestServer::shared().sql(self.address.database(), sql)
    }
}

pub(crate) async fn open(address: &Address) -> Postgres {
    Postgres::open(address, OpenOptions { create: true }).await.unwrap()
}

pub(crate) fn employer() -> EmployerId {
    "kampung-marketer".parse().unwrap()
}

pub(crate) fn run_id(n: u8) -> RunId {
    RunId::from_random([n; 8])
}

pub(crate) fn salt(n: u64) -> Salt {
    let mut salt = [3; 32];
    salt[..8].copy_from_slice(&n.to_be_bytes());
    Salt(salt)
}

/// The row of an invented worker.
pub(crate) fn pay_row(worker: u32, amount: u64) -> PayRow {
    let amount = Rupiah::new(amount).unwrap();
    PayRow::new(PayRowFields {
        row: u64::from(worker) + 1,
        employer: None,
        worker_id: format!("W-{worker}").parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: vec!["bank:014:1234567890".parse().unwrap()],
        period: "2026-11".parse().unwrap(),
        amount,
        component: "wage".parse().unwrap(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole("base".parse().unwrap(), amount),
    })
    .unwrap()
}

pub(crate) fn key_of(row: &PayRow) -> ObligationKey {
    obligation_of(&employer(), row).key(&PEPPER)
}

/// What admits worker `worker` as payment `n` of a run.
pub(crate) fn new_payment(run: &RunId, n: u32, worker: u32, amount: u64, holds: Vec<Cause>) -> PaymentChange {
    let row = pay_row(worker, amount);
    let (key, number) = (key_of(&row), row.row);
    let event = PaymentEvent {
        at: Timestamp::from_millis(1_000),
        n: 1,
        prev: Commit::NONE,
        stream: PaymentId { run: run.clone(), n },
        v: 1,
        fact: Fact::Instructed(Box::new(Instruction { employer: employer(), run: run.clone(), row, holds })),
    };
    let (sealed, head) = event.seal(salt(u64::from(worker))).unwrap();
    let payment = Payment::replay(&[(0, event)], &|_| None).unwrap();
    PaymentChange {
        expected_version: 0,
        fence: None,
        row: PaymentRow { head, ..PaymentRow::of(&payment, key, number) },
        records: vec![sealed],
        new_references: Vec::new(),
        traces: Vec::new(),
        settled_to: None,
    }
}

/// What adds one fact to a stored payment; `approved_seq` is the one of the run that instructed it.
pub(crate) fn next_event(stored: &StoredPayment, fact: Fact, approved_seq: Option<u64>) -> PaymentChange {
    let mut events = events_of(stored);
    let event = PaymentEvent {
        at: Timestamp::from_millis(2_000),
        n: stored.row.version + 1,
        prev: stored.row.head,
        stream: stored.row.id.clone(),
        v: 1,
        fact,
    };
    let (sealed, head) = event.seal(salt(1 << 40)).unwrap();
    events.push((u64::MAX, event));
    let payment = Payment::replay(&events, &|_| approved_seq).unwrap();
    PaymentChange {
        expected_version: stored.row.version,
        fence: None,
        row: PaymentRow { head, ..PaymentRow::of(&payment, stored.row.key, stored.row.row) },
        records: vec![sealed],
        new_references: Vec::new(),
        traces: Vec::new(),
        settled_to: None,
    }
}

/// What writes down a first attempt.
pub(crate) fn attempt(stored: &StoredPayment, approved_seq: Option<u64>) -> PaymentChange {
    let worker = u32::try_from(stored.row.row).unwrap() - 1;
    let reference = Reference::derive(&obligation_of(&employer(), &pay_row(worker, 1)), 1, ReferenceForm::default());
    let made = Attempted {
        number: 1,
        reference: reference.clone(),
        rail: "bank".parse().unwrap(),
        fingerprint: "f".into(),
        destination: 0,
        body: "{}".into(),
    };
    let mut change = next_event(stored, Fact::Attempted(Box::new(made)), approved_seq);
    change.new_references.push((reference, 1));
    change
}

/// What erases a payment; nothing is kept beside it here.
pub(crate) fn erasure_of(stored: &StoredPayment) -> Erasure {
    let commit = |r: &StoredRecord| Commit::to(r.record.as_deref().unwrap(), r.salt.as_ref().unwrap());
    let remains =
        Remains::of(&stored.row, 0, stored.records.iter().map(commit).collect(), ErasureReason::Requested, None);
    let (id, n) = (stored.row.id.clone(), stored.row.version + 1);
    let fact = Fact::Erased(Box::new(remains.clone()));
    let event =
        PaymentEvent { at: Timestamp::from_millis(3_000), n, prev: stored.row.head, stream: id.clone(), v: 1, fact };
    let (sealed, head) = event.seal(salt(1 << 41)).unwrap();
    let end = PaymentChange {
        expected_version: stored.row.version,
        fence: None,
        row: remains.row(&id, n, head),
        records: vec![sealed],
        new_references: Vec::new(),
        traces: Vec::new(),
        settled_to: None,
    };
    Erasure { ends: vec![end], ..Erasure::default() }
}

pub(crate) fn confirmed() -> Fact {
    Fact::Confirmed { by: "Budi".parse().unwrap() }
}

/// What seals a run.
pub(crate) fn sealed_run(run: &RunId, payments: &[PaymentChange]) -> RunChange {
    let created = payments.iter().filter(|change| change.expected_version == 0);
    let total = Rupiah::checked_sum(created.clone().map(|change| change.row.amount)).unwrap();
    let (count, key) = (u32::try_from(created.count()).unwrap(), format!("key of {run}"));
    let digest = Digest([run.as_str().as_bytes()[0]; 32]);
    let fact = RunFact::Sealed {
        employer: employer(),
        digest,
        key: key.clone(),
        count,
        total,
        reinstructed: 0,
        created_by: "Sari".parse().unwrap(),
        sandbox: true,
    };
    let row = RunRow {
        id: run.clone(),
        employer: employer(),
        key,
        digest,
        count,
        total,
        created_by: "Sari".parse().unwrap(),
        approved_seq: None,
        cancelled: false,
        version: 1,
        head: Commit::NONE,
    };
    run_change(0, row, fact, false)
}

/// What approves a run as it stands.
pub(crate) fn approved_run(row: &RunRow) -> RunChange {
    let fact = RunFact::Approved { by: "Budi".parse().unwrap(), digest: row.digest, proof: ApprovalProof::Asserted };
    run_change(row.version, RunRow { version: row.version + 1, ..row.clone() }, fact, true)
}

fn run_change(expected_version: u32, mut row: RunRow, fact: RunFact, approves: bool) -> RunChange {
    let event = RunEvent {
        at: Timestamp::from_millis(1_000),
        n: row.version,
        prev: row.head,
        stream: row.id.clone(),
        v: 1,
        fact,
    };
    let (record, head) = event.seal(salt(1 << 50)).unwrap();
    row.head = head;
    RunChange { expected_version, row, record, approves }
}

/// Admits one run.
pub(crate) async fn admit(store: &Postgres, run: &RunId, payments: Vec<PaymentChange>) -> Result<(), StoreError> {
    let sealed = sealed_run(run, &payments);
    let mut admission: Box<dyn Admission> = store.admit().await?;
    admission.stage(run, payments).await?;
    admission.finish(vec![sealed]).await.map(drop)
}

/// Admits a run of workers `workers`, payment n being the n-th of them.
pub(crate) async fn admit_workers(store: &Postgres, run: &RunId, workers: core::ops::Range<u32>) {
    let payments = workers.enumerate().map(|(i, worker)| new_payment(run, i as u32 + 1, worker, 600_000, vec![]));
    admit(store, run, payments.collect()).await.unwrap();
}

/// Approves a run on its own and returns the approval's sequence number.
pub(crate) async fn approve(store: &Postgres, run: &RunId) -> u64 {
    let row = store.run(run.clone()).await.unwrap().unwrap();
    let changes = ChangeSet { payments: vec![], runs: vec![approved_run(&row)] };
    store.commit(changes.into()).await.unwrap();
    store.run(run.clone()).await.unwrap().unwrap().approved_seq.unwrap()
}

pub(crate) async fn commit(store: &Postgres, payment: PaymentChange) -> Result<(), StoreError> {
    store.commit(ChangeSet { payments: vec![payment], runs: vec![] }.into()).await.map(drop)
}

pub(crate) async fn payment(store: &Postgres, run: &RunId, n: u32) -> StoredPayment {
    store.payment(PaymentId { run: run.clone(), n }).await.unwrap().unwrap()
}

pub(crate) fn events_of(stored: &StoredPayment) -> Vec<(u64, PaymentEvent)> {
    let open = |record: &Option<String>| PaymentEvent::open(record.as_ref().unwrap()).unwrap();
    stored.records.iter().map(|record| (record.seq, open(&record.record))).collect()
}

/// Everything that the port shows of payments, page by page.
pub(crate) async fn all_payments(store: &Postgres) -> Vec<StoredPayment> {
    let (mut all, mut after): (Vec<StoredPayment>, Option<Cursor>) = (vec![], None);
    loop {
        let page = Page { run: None, states: vec![], after, limit: 3 };
        let (mut payments, next) = store.page(page).await.unwrap();
        all.append(&mut payments);
        assert!(next.is_none() || next > after, "the next page begins no later");
        match next {
            Some(_) => after = next,
            None => return all,
        }
    }
}

/// What `log verify` does in small: leaves, root, rows, references and runs are computed again from
/// the events and compared.
pub(crate) async fn assert_consistent(store: &Postgres) {
    let runs = store.runs().await.unwrap();
    let approved_at = |id: &RunId| runs.iter().find(|run| run.id == *id).and_then(|run| run.approved_seq);
    let mut references = vec![];
    for stored in all_payments(store).await {
        let replayed = Payment::replay(&events_of(&stored), &approved_at).unwrap();
        let last = stored.records.last().unwrap();
        let head = Commit::to(last.record.as_ref().unwrap(), last.salt.as_ref().unwrap());
        let row = PaymentRow { head, ..PaymentRow::of(&replayed, stored.row.key, stored.row.row) };
        assert_eq!(stored.row, row);
        references
            .extend(replayed.attempts.iter().map(|a| (a.made.reference.clone(), stored.row.id.clone(), a.made.number)));
    }
    references.sort();
    assert_eq!(store.references(None, 1_000_000).await.unwrap(), references);
    for run in &runs {
        let records = store.run_records(run.id.clone()).await.unwrap();
        assert_eq!(records.len() as u32, run.version);
        let approval = records.iter().find(|r| r.record.as_ref().unwrap().contains("\"kind\":\"approved\""));
        assert_eq!(run.approved_seq, approval.map(|r| r.seq));
    }
    assert_log_is_whole(store).await;
}

async fn assert_log_is_whole(store: &Postgres) {
    let (size, root) = store.log_head().await.unwrap();
    let records = store.records(0, usize::MAX).await.unwrap();
    let mut tree = MemoryTree::default();
    for (index, record) in records.iter().enumerate() {
        assert_eq!(record.seq, index as u64);
        tree.push(Hash(record.leaf_hash));
    }
    assert_eq!((size, root), (tree.size(), tree.root().0));
    let leaves = store.log_hashes(0, 0, usize::MAX).await.unwrap();
    assert_eq!(leaves, records.iter().map(|record| record.leaf_hash).collect::<Vec<_>>());
    assert_eq!(store.log_hashes(1, 0, usize::MAX).await.unwrap().len() as u64, size / 256);
}
