//! `log verify`: everything that is stored is computed again from the events, and compared.
//!
//! The log's leaves prove the events, the events prove the rows. A byte changed in any of them is
//! found here and named.
use crate::error::Error;
use crate::gateway::Gateway;
use crate::journal::{check_leaf, fold, open_payment_record, open_run_record, settled_to};
use crate::traces;
use std::collections::{BTreeMap, HashMap, HashSet};
use upah_core::commitment::{Commit, Leaf};
use upah_core::erasure::ErasedPayment;
use upah_core::event::{Fact, RunFact};
use upah_core::run::{RunId, obligation_of};
use upah_core::setting::Setting;
use upah_core::state::PaymentState;
use upah_core::store::{Page, PaymentRow, RunRow, SettledTo, Store, StoredPayment, StoredRecord, Stream};
use upah_core::{Payment, canonical};
use upah_tlog::{Frontier, Hash, leaf_hash};

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where: an event, a payment, a run, a node, a checkpoint.
    pub place: String,
    /// What does not fit.
    pub what: String,
}

/// What the verification looked at, and what it found.
#[derive(Clone, Debug, Default)]
pub struct AuditReport {
    /// Events.
    pub events: u64,
    /// Payments.
    pub payments: u64,
    /// Runs.
    pub runs: u64,
    /// Up to which entry a signed checkpoint speaks.
    pub signed_up_to: u64,
    /// What does not fit; the first thousand.
    pub findings: Vec<Finding>,
}

const FINDINGS_MAX: usize = 1_000;
const PAGE: usize = 1_000;

impl AuditReport {
    fn find(&mut self, place: impl Into<String>, what: impl Into<String>) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { place: place.into(), what: what.into() });
        }
    }
}

impl Gateway {
    /// Verifies the whole store. `against` is a checkpoint that somebody kept elsewhere.
    ///
    /// # Errors
    /// The store cannot be read at all; whatever can be read and does not fit is a finding.
    pub async fn verify_log(&self, against: Option<&str>) -> Result<AuditReport, Error> {
        let mut report = AuditReport::default();
        let mut marks = self.checkpoint_marks(against, &mut report).await?;
        self.verify_leaves(&mut marks, &mut report).await?;
        let mut seen = 0;
        let mut sums: HashMap<RunId, (u32, u64)> = HashMap::new();
        let mut last_settled: HashMap<[u8; 16], (u64, [u8; 16])> = HashMap::new();
        let mut traces = HashSet::new();
        let mut references = 0u64;
        let mut erased = 0u64;
        let mut after = None;
        let approvals = self.approvals_from_events(&mut report).await?;
        loop {
            let (page, next) = self.store().page(Page { run: None, states: Vec::new(), after, limit: PAGE }).await?;
            for stored in &page {
                report.payments += 1;
                seen += stored.records.len() as u64;
                let sum = sums.entry(stored.row.id.run.clone()).or_default();
                sum.0 += 1;
                sum.1 += stored.row.amount.value();
                references += self.verify_payment(stored, &approvals, &mut last_settled, &mut report).await?;
                self.verify_traces(stored, &mut traces, &mut report).await?;
                // Of an erased payment the worker's own trace stays, and nobody can compute it again.
                erased += u64::from(stored.is_erased());
            }
            match next {
                Some(cursor) => after = Some(cursor),
                None => break,
            }
        }
        seen += self.verify_runs(&sums, &mut report).await?;
        if seen != report.events {
            report.find("log", format!("{} events are in the log, {seen} belong to a payment or a run", report.events));
        }
        self.verify_references(references, &mut report).await?;
        self.verify_last_destinations(last_settled, traces.len() as u64 + erased, &mut report).await?;
        self.verify_settings(&mut report).await?;
        Ok(report)
    }

    /// The roots that signed checkpoints claim, by size.
    async fn checkpoint_marks(
        &self,
        against: Option<&str>,
        report: &mut AuditReport,
    ) -> Result<BTreeMap<u64, Vec<(String, Hash)>>, Error> {
        let mut marks: BTreeMap<u64, Vec<(String, Hash)>> = BTreeMap::new();
        let keys = self.book().pinned();
        let open = |text: &str| match keys.current() {
            Some(_) => keys.open(text).map_err(|why| why.to_string()),
            None => Err("the store names no log key".to_owned()),
        };
        let stored = self.store().last_checkpoint().await?;
        if let Some((size, text)) = stored {
            match open(&text) {
                Ok(checkpoint) if checkpoint.size() == size => {
                    report.signed_up_to = size;
                    marks.entry(size).or_default().push(("stored checkpoint".into(), *checkpoint.root()));
                }
                Ok(_) => report.find("stored checkpoint", "it is filed under another size"),
                Err(why) => report.find("stored checkpoint", why),
            }
        }
        let head = self.book().head()?;
        let stored_size = report.signed_up_to;
        let others = [("given checkpoint", against), ("head file", head.as_deref())];
        for (name, text) in others.into_iter().filter_map(|(name, text)| Some((name, text?))) {
            match open(text) {
                Ok(checkpoint) => {
                    if name == "head file" && checkpoint.size() > stored_size {
                        report.find(
                            "stored checkpoint",
                            format!("the head file holds a newer one, of {} entries", checkpoint.size()),
                        );
                    }
                    marks.entry(checkpoint.size()).or_default().push((name.into(), *checkpoint.root()));
                }
                Err(why) => report.find(name, why),
            }
        }
        Ok(marks)
    }

    /// Every event against its commitment and its leaf, every node and root against the leaves.
    async fn verify_leaves(
        &self,
        marks: &mut BTreeMap<u64, Vec<(String, Hash)>>,
        report: &mut AuditReport,
    ) -> Result<(), Error> {
        let mut frontier = Frontier::default();
        let mut nodes = Vec::new();
        let mut from = 0;
        loop {
            let records = self.store().records(from, PAGE).await?;
            for record in &records {
                if record.seq != from {
                    report.find(format!("event {from}"), "it is missing");
                    from = record.seq;
                }
                verify_record(record, report);
                frontier.push(Hash(record.leaf_hash), &mut |node| nodes.push(node));
                from += 1;
                for (name, root) in marks.remove(&from).unwrap_or_default() {
                    if frontier.root() != root {
                        report.find(name, format!("the log's first {from} entries have another root hash"));
                    }
                }
            }
            report.events += records.len() as u64;
            for node in nodes.drain(..) {
                let stored = self.store().log_hashes(node.level, node.index, 1).await?;
                if stored.first() != Some(&node.hash.0) {
                    report.find(
                        format!("node {} of level {}", node.index, node.level),
                        "it is not the hash of its entries",
                    );
                }
            }
            if records.len() < PAGE {
                break;
            }
        }
        match self.store().log_head().await {
            Ok((size, root)) if size == frontier.size() && Hash(root) == frontier.root() => {}
            Ok(_) => report.find("log head", "size or root hash are not those of the entries"),
            Err(why) => report.find("log head", why.to_string()),
        }
        for (size, names) in std::mem::take(marks) {
            for (name, _) in names {
                report.find(name, format!("it speaks of {size} entries; the log has {}", report.events));
            }
        }
        Ok(())
    }

    async fn approvals_from_events(&self, report: &mut AuditReport) -> Result<HashMap<RunId, u64>, Error> {
        let mut approvals = HashMap::new();
        for run in self.store().runs().await? {
            for record in self.store().run_records(run.id.clone()).await? {
                match open_run_record(&record) {
                    Ok((event, _)) if matches!(event.fact, RunFact::Approved { .. }) => {
                        approvals.insert(run.id.clone(), record.seq);
                    }
                    Ok(_) => {}
                    Err(why) => report.find(format!("run {}", run.id), why.to_string()),
                }
            }
        }
        Ok(approvals)
    }

    /// One payment: its chain, its fold, its row, its obligation. Returns how many references it has.
    async fn verify_payment(
        &self,
        stored: &StoredPayment,
        approvals: &HashMap<RunId, u64>,
        last_settled: &mut HashMap<[u8; 16], (u64, [u8; 16])>,
        report: &mut AuditReport,
    ) -> Result<u64, Error> {
        let place = format!("payment {}", stored.row.id);
        let approved_at = |run: &RunId| approvals.get(run).copied();
        let payment = match fold(stored, &approved_at) {
            Ok(payment) => payment,
            Err(Error::Erased(erased)) => {
                verify_erased(&place, stored, &erased, report);
                return Ok(u64::from(erased.remains.attempts));
            }
            Err(why) => {
                report.find(place, why.to_string());
                return Ok(0);
            }
        };
        let first = stored.records.first().and_then(|record| open_payment_record(record).ok());
        let Some(Fact::Instructed(instruction)) = first.map(|(event, _)| event.fact) else {
            report.find(place, "it does not begin with an instruction");
            return Ok(0);
        };
        let key = obligation_of(&instruction.employer, &instruction.row).key(self.pepper());
        compare_rows(&place, &stored.row, &PaymentRow::of(&payment, key, instruction.row.row), report);
        for attempt in &payment.attempts {
            let found = self.store().by_reference(attempt.made.reference.clone()).await?;
            if found.is_none_or(|found| found.row.id != stored.row.id) {
                report.find(place.clone(), format!("its reference {} is not filed under it", attempt.made.reference));
            }
        }
        if let Some((seq, to)) = self.settled_last(stored, approvals) {
            let known = last_settled.entry(to.worker).or_insert((seq, to.destination));
            if seq >= known.0 {
                *known = (seq, to.destination);
            }
        }
        Ok(payment.attempts.len() as u64)
    }

    /// The event with which it last became settled, and to where.
    pub(crate) fn settled_last(
        &self,
        stored: &StoredPayment,
        approvals: &HashMap<RunId, u64>,
    ) -> Option<(u64, SettledTo)> {
        let events: Vec<_> =
            stored.records.iter().filter_map(|r| Some((r.seq, open_payment_record(r).ok()?.0))).collect();
        let approved_at = |run: &RunId| approvals.get(run).copied();
        let mut before = PaymentState::AwaitingApproval;
        let mut last = None;
        for end in 1..=events.len() {
            let payment = Payment::replay(&events[..end], &approved_at).ok()?;
            if payment.state == PaymentState::Settled && before != PaymentState::Settled {
                last = Some((events[end - 1].0, settled_to(&payment, self.pepper())?));
            }
            before = payment.state;
        }
        last
    }

    /// Every run: its chain, its row, and the sum of its payments. Returns the number of events.
    async fn verify_runs(&self, sums: &HashMap<RunId, (u32, u64)>, report: &mut AuditReport) -> Result<u64, Error> {
        let mut seen = 0;
        for row in self.store().runs().await? {
            report.runs += 1;
            let place = format!("run {}", row.id);
            let records = self.store().run_records(row.id.clone()).await?;
            seen += records.len() as u64;
            match fold_run(&row.id, &records) {
                Ok((again, sandbox)) => {
                    if again != row {
                        report.find(place.clone(), "its row is not what its events say");
                    }
                    if sandbox != self.is_sandbox() {
                        report.find(place.clone(), "its sandbox mark is not the store's");
                    }
                }
                Err(why) => report.find(place.clone(), why),
            }
            let (count, total) = sums.get(&row.id).copied().unwrap_or_default();
            if count != row.count || total != row.total.value() {
                report.find(
                    place,
                    format!("it was sealed over {} payments of {}, and holds {count}", row.count, row.total),
                );
            }
        }
        Ok(seen)
    }

    async fn verify_references(&self, expected: u64, report: &mut AuditReport) -> Result<(), Error> {
        let mut count = 0u64;
        let mut after = None;
        loop {
            let page = self.store().references(after.take(), PAGE).await?;
            count += page.len() as u64;
            for (reference, id, number) in &page {
                let stored = self.store().payment(id.clone()).await?;
                let fits = stored.is_some_and(|stored| {
                    if let Some(erased) = ErasedPayment::read(&stored) {
                        return (1..=erased.remains.attempts).contains(number);
                    }
                    stored.records.iter().filter_map(|r| open_payment_record(r).ok()).any(|(event, _)| {
                        matches!(&event.fact, Fact::Attempted(made) if made.reference == *reference && made.number == *number)
                    })
                });
                if !fits {
                    report.find(format!("reference {reference}"), "no attempt of its payment has it");
                }
            }
            match page.last() {
                Some((reference, ..)) if page.len() == PAGE => after = Some(reference.clone()),
                _ => break,
            }
        }
        if count != expected {
            report.find("references", format!("{count} are filed, the events hold {expected}"));
        }
        Ok(())
    }

    /// Every instruction's traces are kept; `seen` counts the distinct ones.
    async fn verify_traces(
        &self,
        stored: &StoredPayment,
        seen: &mut HashSet<[u8; 32]>,
        report: &mut AuditReport,
    ) -> Result<(), Error> {
        for record in &stored.records {
            let Ok((event, _)) = open_payment_record(record) else { continue };
            let Fact::Instructed(instruction) = event.fact else { continue };
            let left = traces::of(&instruction.employer, &instruction.row, self.pepper());
            let kept = self.store().traces(left.iter().map(|trace| trace.key).collect()).await?;
            for (trace, kept) in left.iter().zip(kept) {
                if !kept.contains(&trace.value) {
                    report.find(format!("payment {}", stored.row.id), "a trace of its instruction is missing");
                }
                seen.insert(
                    self.pepper().hash("trace-seen", &[&data_encoding::HEXLOWER.encode(&trace.key), &trace.value]),
                );
            }
        }
        Ok(())
    }

    async fn verify_settings(&self, report: &mut AuditReport) -> Result<(), Error> {
        let stamp = self.store().setting(Setting::Mode).await?;
        if report.runs > 0 && stamp.is_none() {
            report.find("setting mode", "the store's stamp of sandbox or live is missing");
        }
        Ok(())
    }

    async fn verify_last_destinations(
        &self,
        last: HashMap<[u8; 16], (u64, [u8; 16])>,
        traces: u64,
        report: &mut AuditReport,
    ) -> Result<(), Error> {
        let census = self.store().census().await?;
        for what in census.irregular {
            report.find("store", what);
        }
        if census.traces != traces {
            report.find("traces", format!("{} are kept, the instructions leave {traces}", census.traces));
        }
        if census.payees != last.len() as u64 {
            report.find("last destinations", format!("{} are kept, {} workers were paid", census.payees, last.len()));
        }
        let workers: Vec<[u8; 16]> = last.keys().copied().collect();
        for chunk in workers.chunks(PAGE) {
            let stored = self.store().last_destinations(chunk.to_vec()).await?;
            for (worker, stored) in chunk.iter().zip(stored) {
                if stored != last.get(worker).map(|(_, destination)| *destination) {
                    report.find("last destinations", "a worker's last destination is not where she was last paid");
                }
            }
        }
        Ok(())
    }
}

/// The end of an erased payment: it speaks of exactly the events that are gone, and its row follows from it.
fn verify_erased(place: &str, stored: &StoredPayment, erased: &ErasedPayment, report: &mut AuditReport) {
    let Some((last, gone)) = stored.records.split_last() else { return };
    let fits = |(place, record): (usize, &StoredRecord)| {
        let leaf = erased.remains.leaf(place).map(|leaf| leaf_hash(leaf.bytes().as_bytes()).0);
        record.record.is_none() && record.salt.is_none() && leaf == Some(record.leaf_hash)
    };
    if erased.remains.commits.len() != gone.len() || !gone.iter().enumerate().all(fits) {
        report.find(place, "its erased events are not the ones that its last event speaks of");
    }
    match open_payment_record(last) {
        Ok((event, head)) => {
            let follows = event.n as usize == stored.records.len()
                && event.prev == erased.remains.commits.last().copied().unwrap_or(Commit::NONE);
            if !follows {
                report.find(place, "its last event does not follow the ones that were erased");
            }
            compare_rows(place, &stored.row, &erased.remains.row(&stored.row.id, event.n, head), report);
        }
        Err(why) => report.find(place, why.to_string()),
    }
}

fn compare_rows(place: &str, stored: &PaymentRow, again: &PaymentRow, report: &mut AuditReport) {
    let fields: [(&str, bool); 8] = [
        ("obligation", stored.key == again.key),
        ("row number", stored.row == again.row),
        ("amount", stored.amount == again.amount),
        ("state", stored.state == again.state),
        ("run", stored.instructed_by == again.instructed_by),
        ("version", stored.version == again.version),
        ("last event", stored.head == again.head),
        ("excess", stored.excess == again.excess),
    ];
    let differing: Vec<&str> = fields.iter().filter(|(_, same)| !same).map(|(name, _)| *name).collect();
    if !differing.is_empty() {
        report.find(place, format!("its row differs from its events in: {}", differing.join(", ")));
    } else if stored != again {
        report.find(place, "its row differs from its events");
    }
}

fn verify_record(record: &StoredRecord, report: &mut AuditReport) {
    let place = format!("event {}", record.seq);
    // An erased record cannot be opened any more; its leaf stays.
    let (Some(text), Some(_)) = (&record.record, &record.salt) else {
        if record.record.is_some() != record.salt.is_some() {
            report.find(place, "record and salt were not erased together");
        }
        return;
    };
    if !canonical::is_canonical(text) {
        report.find(place.clone(), "the record is not in canonical form");
    }
    let leaf = match &record.stream {
        Stream::Payment(id) => {
            open_payment_record(record).map(|(event, commit)| (event.stream == *id, Leaf::of(commit)))
        }
        Stream::Run(id) => open_run_record(record).map(|(event, commit)| (event.stream == *id, event.leaf(commit))),
    };
    match leaf {
        Ok((own_stream, leaf)) => {
            if !own_stream {
                report.find(place.clone(), "it is filed under another payment or run");
            }
            if leaf_hash(leaf.bytes().as_bytes()).0 != record.leaf_hash {
                report.find(place, "record, salt and leaf do not belong together");
            }
        }
        Err(why) => report.find(place, why.to_string()),
    }
}

/// At which event each run was approved, as the runs' own events prove it: a row that says more than its events
/// sends nothing.
pub(crate) async fn proved_approvals(store: &dyn Store, is_sandbox: bool) -> Result<HashMap<RunId, u64>, Error> {
    let mut approvals = HashMap::new();
    for row in store.runs().await? {
        let id = row.id.clone();
        let mut row = Some(row);
        // Somebody may approve between the two reads, and then they are made again.
        for tries_left in (0..3u32).rev() {
            let records = store.run_records(id.clone()).await?;
            let (again, marked) = fold_run(&id, &records).map_err(|why| Error::Damaged(format!("run {id}: {why}")))?;
            if row.as_ref() == Some(&again) && marked == is_sandbox {
                break;
            }
            if tries_left == 0 {
                return Err(Error::Damaged(format!("run {id}: its row is not what its events say")));
            }
            row = store.run(id.clone()).await?;
        }
        approvals.extend(row.and_then(|row| Some((row.id, row.approved_seq?))));
    }
    Ok(approvals)
}

/// A run's row as its events tell it, and its sandbox mark.
pub(crate) fn fold_run(id: &RunId, records: &[StoredRecord]) -> Result<(RunRow, bool), String> {
    let mut row: Option<(RunRow, bool)> = None;
    let mut head = Commit::NONE;
    for (index, record) in records.iter().enumerate() {
        let (event, commit) = open_run_record(record).map_err(|why| why.to_string())?;
        check_leaf(record, &event.leaf(commit)).map_err(|why| why.to_string())?;
        if event.stream != *id || event.prev != head || event.n as usize != index + 1 {
            return Err(format!("event {} does not follow the one before it", record.seq));
        }
        head = commit;
        match (event.fact, &mut row) {
            (RunFact::Sealed { employer, digest, key, count, total, created_by, sandbox, .. }, None) => {
                let fresh = RunRow {
                    id: id.clone(),
                    employer,
                    key,
                    digest,
                    count,
                    total,
                    created_by,
                    approved_seq: None,
                    cancelled: false,
                    version: 1,
                    head,
                };
                row = Some((fresh, sandbox));
            }
            (RunFact::Approved { digest, .. }, Some((row, _))) => {
                if digest != row.digest {
                    return Err("the approval is for another digest".into());
                }
                row.approved_seq = Some(record.seq);
            }
            (RunFact::Cancelled { .. }, Some((row, _))) => row.cancelled = true,
            _ => return Err(format!("event {} stands in the wrong place", record.seq)),
        }
        if let Some((row, _)) = &mut row {
            row.version = event.n;
            row.head = head;
        }
    }
    row.ok_or_else(|| "it has no events".to_owned())
}
