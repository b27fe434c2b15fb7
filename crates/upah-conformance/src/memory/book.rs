//! Everything a [`MemoryStore`](super::MemoryStore) holds, as plain collections.
//!
//! A change is applied in the order in which it is given, and stops at the first thing that does not
//! fit; whoever calls throws the book away then.
use super::holds::{Holds, Reach};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;
use upah_core::claim::{Claim, Claims, DriveId, Wanted};
use upah_core::erasure::Erasure;
use upah_core::event::SealedRecord;
use upah_core::obligation::ObligationKey;
use upah_core::reference::Reference;
use upah_core::run::{PaymentId, RunId};
use upah_core::setting::Setting;
use upah_core::state::PaymentState;
use upah_core::store::{
    Census, ChangeSet, Cursor, Known, Page, PaymentChange, PaymentPage, PaymentRow, RunChange, RunRow, StoreError,
    StoredPayment, StoredRecord, Stream, Sum, Trace, UsedReference,
};
use upah_tlog::{MemoryTree, TreeReader, leaf_hash};

/// See the module. Rows are shared between copies until one of them changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    /// At its sequence number.
    records: Vec<Arc<StoredRecord>>,
    tree: MemoryTree,
    streams: BTreeMap<Stream, Vec<usize>>,
    /// In the order of admission, which is the order of pages.
    payments: Vec<Arc<PaymentRow>>,
    places: BTreeMap<PaymentId, usize>,
    obligations: BTreeMap<ObligationKey, usize>,
    references: BTreeMap<Reference, (PaymentId, u16)>,
    traces: BTreeSet<Trace>,
    last_destinations: BTreeMap<[u8; 16], [u8; 16]>,
    runs: Vec<RunRow>,
    settings: BTreeMap<Setting, String>,
    checkpoint: Option<(u64, String)>,
    pub(super) holds: Holds,
}

impl Book {
    /// Applies a change set: payments first, so that an approval finds what was confirmed with it.
    pub(super) fn change(&mut self, changes: &ChangeSet) -> Result<(), StoreError> {
        changes.payments.iter().try_for_each(|change| self.change_payment(change))?;
        changes.runs.iter().try_for_each(|change| self.change_run(change))?;
        let is_known = |run: &RunId| self.runs.iter().any(|row| row.id == *run);
        if self.payments.iter().any(|row| !is_known(&row.id.run) || !is_known(&row.instructed_by)) {
            return Err(StoreError::Misused("a payment names a run that is neither stored nor given with it"));
        }
        Ok(())
    }

    pub(super) fn change_payment(&mut self, change: &PaymentChange) -> Result<(), StoreError> {
        check_version(change.expected_version, change.records.len(), change.row.version)?;
        let row = &change.row;
        let conflict = StoreError::Conflict(row.id.to_string());
        if self.holds.is_outdated(&row.id, change.fence) {
            return Err(conflict);
        }
        match self.places.get(&row.id).copied() {
            None if change.expected_version > 0 => return Err(conflict),
            Some(_) if change.expected_version == 0 => return Err(conflict),
            None if self.obligations.contains_key(&row.key) => {
                return Err(StoreError::ObligationTaken { row: row.row });
            }
            None => {
                self.places.insert(row.id.clone(), self.payments.len());
                self.obligations.insert(row.key, self.payments.len());
                self.payments.push(Arc::new(row.clone()));
            }
            Some(place) => {
                let stored = &self.payments[place];
                if stored.version != change.expected_version || stored.key != row.key {
                    return Err(conflict);
                }
                self.payments[place] = Arc::new(row.clone());
            }
        }
        if !row.state.is_open() {
            self.holds.give_back(&row.id);
        }
        for record in &change.records {
            self.append(Stream::Payment(row.id.clone()), record);
        }
        for (reference, number) in &change.new_references {
            if self.references.contains_key(reference) {
                return Err(StoreError::ReferenceTaken(reference.clone()));
            }
            self.references.insert(reference.clone(), (row.id.clone(), *number));
        }
        self.traces.extend(change.traces.iter().cloned());
        if let Some(settled) = change.settled_to {
            self.last_destinations.insert(settled.worker, settled.destination);
        }
        Ok(())
    }

    /// Writes the ends, then forgets what came before them.
    pub(super) fn erase(&mut self, erasure: &Erasure) -> Result<(), StoreError> {
        for end in &erasure.ends {
            self.change_payment(end)?;
            let places = self.streams.get(&Stream::Payment(end.row.id.clone())).cloned().unwrap_or_default();
            for place in places.iter().take(places.len() - end.records.len()) {
                let record = Arc::make_mut(&mut self.records[*place]);
                (record.record, record.salt) = (None, None);
            }
        }
        self.traces.retain(|trace| !erasure.traces.contains(trace));
        self.last_destinations.retain(|worker, _| !erasure.payees.contains(worker));
        Ok(())
    }

    fn change_run(&mut self, change: &RunChange) -> Result<(), StoreError> {
        check_version(change.expected_version, 1, change.row.version)?;
        let place = self.runs.iter().position(|row| row.id == change.row.id);
        if place.map_or(0, |place| self.runs[place].version) != change.expected_version {
            return Err(StoreError::Conflict(change.row.id.to_string()));
        }
        let takes_key = |row: &&RunRow| row.employer == change.row.employer && row.key == change.row.key;
        if self.runs.iter().filter(takes_key).any(|row| row.id != change.row.id) {
            return Err(StoreError::RunKeyTaken);
        }
        let seq = self.append(Stream::Run(change.row.id.clone()), &change.record);
        let mut row = change.row.clone();
        if change.approves {
            row.approved_seq = Some(seq);
            self.release(&row.id);
        }
        match place {
            Some(place) => self.runs[place] = row,
            None => self.runs.push(row),
        }
        Ok(())
    }

    /// What waits for this run's approval and has no unnamed hold becomes ready.
    fn release(&mut self, run: &RunId) {
        for row in &mut self.payments {
            if row.instructed_by == *run && row.state == PaymentState::AwaitingApproval && !row.held {
                Arc::make_mut(row).state = PaymentState::Ready;
            }
        }
    }

    fn append(&mut self, stream: Stream, sealed: &SealedRecord) -> u64 {
        let seq = self.log_size();
        let leaf = leaf_hash(sealed.leaf.as_bytes());
        self.tree.push(leaf);
        self.streams.entry(stream.clone()).or_default().push(self.records.len());
        let (record, salt) = (Some(sealed.record.clone()), Some(sealed.salt));
        self.records.push(Arc::new(StoredRecord { seq, stream, record, salt, leaf_hash: leaf.0 }));
        seq
    }

    pub(super) fn log_size(&self) -> u64 {
        self.records.len() as u64
    }

    pub(super) fn setting(&self, setting: Setting) -> Option<String> {
        self.settings.get(&setting).cloned()
    }

    pub(super) fn settle_setting(&mut self, setting: Setting, value: String) -> String {
        self.settings.entry(setting).or_insert(value).clone()
    }

    pub(super) fn known(&self, key: &ObligationKey) -> Option<Known> {
        let row = &self.payments[*self.obligations.get(key)?];
        Some(Known { id: row.id.clone(), amount: row.amount, state: row.state })
    }

    pub(super) fn traces(&self, key: &[u8; 16]) -> Vec<String> {
        self.traces.iter().filter(|trace| trace.key == *key).map(|trace| trace.value.clone()).collect()
    }

    pub(super) fn last_destination(&self, worker: &[u8; 16]) -> Option<[u8; 16]> {
        self.last_destinations.get(worker).copied()
    }

    pub(super) fn payment(&self, id: &PaymentId) -> Option<StoredPayment> {
        self.places.get(id).map(|place| self.stored(*place))
    }

    pub(super) fn by_reference(&self, reference: &Reference) -> Option<StoredPayment> {
        self.payment(&self.references.get(reference)?.0)
    }

    pub(super) fn page(&self, page: &Page) -> PaymentPage {
        let wanted = |row: &PaymentRow| {
            page.run.as_ref().is_none_or(|run| row.id.run == *run)
                && (page.states.is_empty() || page.states.contains(&row.state))
        };
        let first = page.after.map_or(0, |after| usize::try_from(after.0.saturating_add(1)).unwrap_or(0));
        let places: Vec<usize> =
            (first..self.payments.len()).filter(|place| wanted(&self.payments[*place])).take(page.limit).collect();
        let last = if places.len() < page.limit { None } else { places.last() };
        let next = last.and_then(|place| i64::try_from(*place).ok()).map(Cursor);
        (places.into_iter().map(|place| self.stored(place)).collect(), next)
    }

    /// What the contract of claims says, without haste.
    pub(super) fn claim(&mut self, drive: DriveId, wanted: Wanted, now: Instant) -> Claims {
        self.holds.look_around(now);
        if !self.holds.is_live(drive) {
            return Claims::default();
        }
        let (payments, next, by_name) = match wanted {
            Wanted::Page(page) => {
                let (payments, next) = self.page(&page);
                (payments, next, false)
            }
            Wanted::These(ids) => (ids.iter().filter_map(|id| self.payment(id)).collect(), None, true),
        };
        let mut given = Claims { claims: Vec::new(), next, elsewhere: false };
        for stored in payments {
            match self.holds.reach(&stored.row.id, drive) {
                Reach::Elsewhere => given.elsewhere = true,
                Reach::Own if !by_name => {}
                Reach::Own | Reach::Free => {
                    let hold = self.holds.take(&stored.row.id, drive, now);
                    given.claims.push(Claim { stored, hold });
                }
            }
        }
        given
    }

    pub(super) fn sums(&self, run: Option<&RunId>) -> Vec<(PaymentState, Sum)> {
        let mut sums: BTreeMap<PaymentState, Sum> = BTreeMap::new();
        for row in self.payments.iter().filter(|row| run.is_none_or(|run| row.id.run == *run)) {
            let sum = sums.entry(row.state).or_default();
            sum.count += 1;
            sum.amount += row.amount.value();
        }
        sums.into_iter().collect()
    }

    pub(super) fn runs(&self) -> &[RunRow] {
        &self.runs
    }

    pub(super) fn run_records(&self, id: RunId) -> Vec<StoredRecord> {
        self.stream(&Stream::Run(id))
    }

    pub(super) fn records(&self, from: u64, limit: usize) -> Vec<StoredRecord> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        self.records.iter().skip(from).take(limit).map(|record| (**record).clone()).collect()
    }

    pub(super) fn log_head(&self) -> (u64, [u8; 32]) {
        (self.tree.size(), self.tree.root().0)
    }

    pub(super) fn log_hashes(&self, level: u8, start: u64, count: usize) -> Vec<[u8; 32]> {
        (start..).take(count).map_while(|index| self.tree.coarse(level, index).ok()).map(|hash| hash.0).collect()
    }

    pub(super) fn census(&self) -> Census {
        let (payees, traces) = (self.last_destinations.len() as u64, self.traces.len() as u64);
        Census { payees, traces, irregular: Vec::new() }
    }

    pub(super) fn save_checkpoint(&mut self, size: u64, text: String) -> Result<(), StoreError> {
        if size > self.log_size() {
            return Err(StoreError::Misused("a checkpoint covers more events than are stored"));
        }
        let rank = |size: u64, text: &str| (size, text.chars().count());
        if self.checkpoint.as_ref().is_none_or(|(newest, kept)| rank(*newest, kept) <= rank(size, &text)) {
            self.checkpoint = Some((size, text));
        }
        Ok(())
    }

    pub(super) fn last_checkpoint(&self) -> Option<(u64, String)> {
        self.checkpoint.clone()
    }

    pub(super) fn references(&self, after: Option<&Reference>, limit: usize) -> Vec<UsedReference> {
        let later = self.references.iter().filter(|(reference, _)| after.is_none_or(|after| *reference > after));
        later.take(limit).map(|(reference, (id, number))| (reference.clone(), id.clone(), *number)).collect()
    }

    fn stored(&self, place: usize) -> StoredPayment {
        let row = (*self.payments[place]).clone();
        let records = self.stream(&Stream::Payment(row.id.clone()));
        StoredPayment { row, records }
    }

    fn stream(&self, stream: &Stream) -> Vec<StoredRecord> {
        let places = self.streams.get(stream).map(Vec::as_slice).unwrap_or_default();
        places.iter().map(|place| (*self.records[*place]).clone()).collect()
    }
}

/// Versions count events.
fn check_version(expected_version: u32, records: usize, version: u32) -> Result<(), StoreError> {
    if u64::from(expected_version) + records as u64 == u64::from(version) {
        return Ok(());
    }
    Err(StoreError::Misused("the new version is not the old one and the number of new events"))
}
