//! Everything that the port shows of a store, read at once, and where two of them differ.
use crate::plan::in_time;
use crate::wages::{key_of, traces_of, worker_hash};
use upah_core::run::PaymentId;
use upah_core::setting::Setting;
use upah_core::state::PaymentState;
use upah_core::store::{
    Cursor, Known, Page, RunRow, Store, StoreError, StoredPayment, StoredRecord, Sum, UsedReference,
};

/// The settings that cases settle.
pub(crate) const SETTINGS: [Setting; 4] = [Setting::Mode, Setting::Pepper, Setting::LogKey(0), Setting::LogKey(1)];
/// Cases speak of workers below this number.
pub(crate) const WORKERS: u16 = 12;

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dump {
    /// In the order of their names.
    pub(crate) payments: Vec<StoredPayment>,
    pub(crate) runs: Vec<RunRow>,
    pub(crate) run_records: Vec<Vec<StoredRecord>>,
    pub(crate) records: Vec<StoredRecord>,
    pub(crate) references: Vec<UsedReference>,
    pub(crate) head: (u64, [u8; 32]),
    pub(crate) checkpoint: Option<(u64, String)>,
    pub(crate) settings: Vec<Option<String>>,
    pub(crate) known: Vec<Option<Known>>,
    pub(crate) traces: Vec<Vec<String>>,
    pub(crate) last_destinations: Vec<Option<[u8; 16]>>,
    pub(crate) sums: Vec<(PaymentState, Sum)>,
    pub(crate) census: (u64, u64),
}

/// What can be compared by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Payments,
    Runs,
    Log,
    References,
    Checkpoint,
    Settings,
    Known,
    Traces,
    Sums,
}

impl Part {
    /// Every part.
    pub(crate) const ALL: &'static [Self] = &[
        Self::Payments,
        Self::Runs,
        Self::Log,
        Self::References,
        Self::Checkpoint,
        Self::Settings,
        Self::Known,
        Self::Traces,
        Self::Sums,
    ];
}

impl Dump {
    /// Reads everything.
    pub(crate) async fn of(store: &dyn Store) -> Result<Self, String> {
        in_time("reading", 30, Self::read(store)).await?.map_err(|error| format!("a read failed: {error}"))
    }

    async fn read(store: &dyn Store) -> Result<Self, StoreError> {
        let runs = store.runs().await?;
        let mut run_records = Vec::new();
        for run in &runs {
            run_records.push(store.run_records(run.id.clone()).await?);
        }
        let mut settings = Vec::new();
        for setting in SETTINGS {
            settings.push(store.setting(setting).await?);
        }
        let mut payments = all_payments(store, 3).await?;
        payments.sort_by(|one, other| one.row.id.cmp(&other.row.id));
        let mut trace_keys: Vec<_> = (0..WORKERS).flat_map(traces_of).map(|trace| trace.key).collect();
        trace_keys.dedup();
        let mut traces = store.traces(trace_keys).await?;
        traces.iter_mut().for_each(|values| values.sort());
        let mut sums = store.sums(None).await?;
        sums.retain(|(_, sum)| *sum != Sum::default());
        sums.sort_by_key(|(state, _)| *state);
        let census = store.census().await?;
        Ok(Self {
            payments,
            run_records,
            records: store.records(0, usize::MAX).await?,
            references: all_references(store).await?,
            head: store.log_head().await?,
            checkpoint: store.last_checkpoint().await?,
            settings,
            known: store.known((0..WORKERS).map(key_of).collect()).await?,
            traces,
            last_destinations: store.last_destinations((0..WORKERS).map(worker_hash).collect()).await?,
            sums,
            census: (census.payees, census.traces),
            runs,
        })
    }

    /// The same without sequence numbers: the contract leaves open how the streams of one commit
    /// interleave in the log.
    pub(crate) fn without_places(mut self) -> Self {
        let forget = |record: &mut StoredRecord| record.seq = 0;
        self.payments.iter_mut().flat_map(|stored| &mut stored.records).for_each(forget);
        self.run_records.iter_mut().flatten().for_each(forget);
        self.runs.iter_mut().for_each(|run| run.approved_seq = run.approved_seq.map(|_| 0));
        self.records.clear();
        self.head.1 = [0; 32];
        self
    }

    /// The first of these parts in which two differ, in words.
    pub(crate) fn difference(&self, other: &Self, parts: &[Part]) -> Option<String> {
        parts.iter().find_map(|part| self.differs_in(other, *part))
    }

    fn differs_in(&self, other: &Self, part: Part) -> Option<String> {
        let differ = |same: bool, what: &str| (!same).then(|| format!("{what} differ"));
        match part {
            Part::Payments => payments_differ(&self.payments, &other.payments),
            Part::Runs => differ(self.runs == other.runs, "the rows of runs")
                .or_else(|| differ(self.run_records == other.run_records, "the events of runs")),
            Part::Log => differ(self.head == other.head, "size or root of the log")
                .or_else(|| differ(self.records == other.records, "the events in the order of the log")),
            Part::References => differ(self.references == other.references, "the references"),
            Part::Checkpoint => differ(self.checkpoint == other.checkpoint, "the newest checkpoints"),
            Part::Settings => differ(self.settings == other.settings, "the settings"),
            Part::Known => differ(self.known == other.known, "what is known of obligations"),
            Part::Traces => differ(self.traces == other.traces, "the traces")
                .or_else(|| differ(self.last_destinations == other.last_destinations, "the last destinations"))
                .or_else(|| differ(self.census == other.census, "the counts of traces and payees")),
            Part::Sums => differ(self.sums == other.sums, "the sums"),
        }
    }
}

fn payments_differ(one: &[StoredPayment], other: &[StoredPayment]) -> Option<String> {
    let ids =
        |payments: &[StoredPayment]| payments.iter().map(|stored| stored.row.id.clone()).collect::<Vec<PaymentId>>();
    if one.len() != other.len() || ids(one) != ids(other) {
        return Some(format!("the payments differ: {:?} and {:?}", ids(one), ids(other)));
    }
    let (left, right) = one.iter().zip(other).find(|(left, right)| left != right)?;
    if left.row != right.row {
        return Some(format!("the rows of a payment differ:\n{:?}\n{:?}", left.row, right.row));
    }
    Some(format!("the events of payment {} differ", left.row.id))
}

/// Every payment, in the order of pages of this size.
pub(crate) async fn all_payments(store: &dyn Store, limit: usize) -> Result<Vec<StoredPayment>, StoreError> {
    let (mut all, mut after): (Vec<StoredPayment>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = Page { run: None, states: Vec::new(), after, limit };
        let (mut payments, next) = store.page(page).await?;
        all.append(&mut payments);
        match next {
            Some(cursor) if after.is_none_or(|after| cursor > after) => after = Some(cursor),
            Some(_) => return Err(StoreError::Damaged("the next page begins no later than the last one".into())),
            None => return Ok(all),
        }
    }
}

async fn all_references(store: &dyn Store) -> Result<Vec<UsedReference>, StoreError> {
    let mut all: Vec<UsedReference> = Vec::new();
    loop {
        let after = all.last().map(|(reference, _, _)| reference.clone());
        let page = store.references(after.clone(), 2).await?;
        if page.is_empty() {
            return Ok(all);
        }
        if page.iter().any(|(reference, _, _)| after.as_ref().is_some_and(|after| reference <= after)) {
            return Err(StoreError::Damaged("a page of references begins no later than the last one".into()));
        }
        all.extend(page);
    }
}
