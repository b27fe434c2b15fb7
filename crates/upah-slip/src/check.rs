//! Whether everything on a slip fits together: commitments, chain, proofs, runs, fold. Who signed the
//! checkpoint is another question, see [`Trust`](crate::Trust).
use crate::assemble::instructing;
use crate::input::{Entry, RunOnSlip, Sealing, SlipInput, SlipRecord};
use crate::reason::{Code, Reason};
use upah_core::Payment;
use upah_core::canonical::is_canonical;
use upah_core::commitment::{Commit, Leaf};
use upah_core::event::{Event, Fact, PaymentEvent, RunEvent, RunFact};
use upah_core::ids::EmployerId;
use upah_core::run::{Digest, PaymentId, RunId};
use upah_core::time::Timestamp;
use upah_tlog::{Checkpoint, SignedNote, VerifyingKey, leaf_hash, verify_inclusion};

/// The version of the record format that is read.
const RECORD_VERSION: u8 = 1;

/// What a slip that fits together says.
pub(crate) struct Facts {
    pub(crate) payment: Payment,
    pub(crate) head: Head,
    /// The entries of the payment's first and last event.
    pub(crate) ends: (u64, u64),
    pub(crate) last_at: Timestamp,
    pub(crate) runs: Vec<RunFacts>,
    pub(crate) sandbox: bool,
}

/// A run as far as the slip shows it.
pub(crate) struct RunFacts {
    pub(crate) id: RunId,
    pub(crate) count: u32,
    pub(crate) day: String,
    pub(crate) index: u64,
    commit: Commit,
    employer: Option<EmployerId>,
    digest: Option<Digest>,
    sandbox: bool,
}

/// The checkpoint, read but not believed, and the key that the slip names.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) note: SignedNote,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) hint: VerifyingKey,
}

/// What was found out, however far the check came.
#[derive(Default)]
pub(crate) struct Checked {
    /// There when, and only when, nothing is wrong.
    pub(crate) facts: Option<Facts>,
    pub(crate) log: Option<(String, u64)>,
    pub(crate) entries: Vec<u64>,
    pub(crate) payment: Option<PaymentId>,
    pub(crate) reasons: Vec<Reason>,
}

/// Checks everything but trust and the drawing of the page, and goes on after a fault where it can.
pub(crate) fn check(input: &SlipInput) -> Checked {
    let mut checked = Checked::default();
    let head = checked.head(input);
    let book = head.as_ref().map(|head| &head.checkpoint);
    let events = checked.payment(&input.payment, book);
    let instructing = events.as_deref().map(instructing).unwrap_or_default();
    // Without its events nothing can be said of the payment's runs, nor a broken chain be folded.
    let runs = events.as_ref().and_then(|_| checked.runs(&input.runs, &instructing, book));
    let whole = events.as_deref().filter(|_| checked.reasons.is_empty());
    let payment = whole.and_then(|events| checked.fold(events, &instructing, input));
    checked.order(input, events.as_deref().unwrap_or_default(), &instructing);
    if let (Some(runs), Some(payment)) = (&runs, &payment) {
        checked.agreement(runs, events.as_deref().unwrap_or_default(), payment);
    }
    checked.entries.sort_unstable();
    checked.entries.dedup();
    let ends = (input.payment.first().and_then(index), input.payment.last().and_then(index));
    let last_at = events.as_ref().and_then(|events| events.last()).map(|event| event.at);
    if let (true, Some(payment), Some(head), Some(runs), (Some(first), Some(last)), Some(last_at)) =
        (checked.reasons.is_empty(), payment, head, runs, ends, last_at)
    {
        let sandbox = runs.iter().any(|run| run.sandbox);
        checked.facts = Some(Facts { payment, head, ends: (first, last), last_at, runs, sandbox });
    }
    checked
}

/// Whether an event after the instruction at `first`, and before the next one, shows that the run was
/// approved: nothing is looked up, sent or given to people before that.
pub(crate) fn implies_approval(events: &[PaymentEvent], first: usize) -> bool {
    approval_shows_at(events, first).is_some()
}

fn approval_shows_at(events: &[PaymentEvent], first: usize) -> Option<usize> {
    let after = events.iter().enumerate().skip(first + 1);
    after
        .take_while(|(_, event)| !matches!(event.fact, Fact::Instructed(_)))
        .find(|(_, event)| {
            matches!(
                event.fact,
                Fact::Inspected { .. } | Fact::Attempted(_) | Fact::Resending { .. } | Fact::Parked { .. }
            )
        })
        .map(|(at, _)| at)
}

/// For which records the book vouches: the last one where its proof holds, and every one that is named by such a one.
fn vouched(records: &[SlipRecord], book: Option<&Checkpoint>) -> Vec<bool> {
    let mut vouched = vec![false; records.len()];
    let holds = |one: &SlipRecord| {
        let (entry, book) = one.entry.as_ref().zip(book)?;
        let hash = leaf_hash(Leaf::of(Commit::to(&one.record, &one.salt)).bytes().as_bytes());
        verify_inclusion(&hash, entry.index, book.size(), &entry.path, book.root()).ok()
    };
    let mut named = None;
    for (at, one) in records.iter().enumerate().rev() {
        let is_last = at + 1 == records.len();
        let commit = Commit::to(&one.record, &one.salt);
        vouched[at] = if is_last { holds(one).is_some() } else { named == Some(commit) };
        if !vouched[at] {
            break;
        }
        named = PaymentEvent::open(&one.record).ok().map(|event| event.prev);
    }
    vouched
}

fn index(record: &SlipRecord) -> Option<u64> {
    record.entry.as_ref().map(|entry| entry.index)
}

impl Checked {
    fn blame(&mut self, code: Code, place: impl Into<String>) {
        self.reasons.push(Reason::new(code, place));
    }

    /// Reads the checkpoint, and checks that the key which the slip names signed it. That key may be
    /// a forger's; but then nothing in the checkpoint can be changed without his key.
    fn head(&mut self, input: &SlipInput) -> Option<Head> {
        let note = SignedNote::parse(&input.checkpoint).ok().filter(|note| note.to_string() == input.checkpoint);
        let Some((note, checkpoint)) = note.zip(Checkpoint::open_unverified(&input.checkpoint).ok()) else {
            self.blame(Code::Checkpoint, "checkpoint");
            return None;
        };
        self.log = Some((checkpoint.origin().into(), checkpoint.size()));
        // A vkey has other spellings; the slip uses the one that Upah writes.
        let hint = VerifyingKey::parse(&input.log_key).ok().filter(|key| key.to_string() == input.log_key);
        let signs = |key: &VerifyingKey| key.name() == checkpoint.origin() && note.verify(&[key]).is_ok();
        if !hint.as_ref().is_some_and(signs) {
            // A signature names its key: where it names this one, the text or the signature was changed.
            let names = |key: &VerifyingKey| note.signatures().iter().any(|one| one.key_id() == key.key_id());
            let place = if hint.as_ref().is_some_and(names) { "checkpoint" } else { "log_key" };
            self.blame(Code::HintSignature, place);
            return None;
        }
        hint.map(|hint| Head { note, checkpoint, hint })
    }

    /// The events, when all of them could be opened; whether they fit is in the reasons.
    fn payment(&mut self, records: &[SlipRecord], book: Option<&Checkpoint>) -> Option<Vec<PaymentEvent>> {
        if records.is_empty() {
            self.blame(Code::Story, "payment");
        }
        let mut events: Vec<PaymentEvent> = Vec::new();
        let mut prev = Commit::NONE;
        let vouched = vouched(records, book);
        for (at, one) in records.iter().enumerate() {
            let place = format!("payment record {}", at + 1);
            let commit = Commit::to(&one.record, &one.salt);
            let opened = PaymentEvent::open(&one.record).ok();
            if let Some(event) = self.envelope(&one.record, opened, &place) {
                let n = usize::try_from(event.n).unwrap_or(usize::MAX);
                let stream = events.first().map_or(&event.stream, |first| &first.stream);
                if n != at + 1 || event.stream != *stream {
                    self.blame(Code::RecordChain, &*place);
                } else if event.prev != prev {
                    // What a record that the book vouches for says of the one before it is true.
                    let changed = if vouched[at] && at > 0 { at } else { at + 1 };
                    self.blame(Code::RecordChain, format!("payment record {changed}"));
                }
                events.push(event);
            }
            prev = commit;
            let is_end = at == 0 || at + 1 == records.len();
            match &one.entry {
                Some(entry) if is_end => self.prove(&Leaf::of(commit), entry, &place, book),
                Some(_) => self.blame(Code::ProofUnexpected, &*place),
                None if is_end => self.blame(Code::ProofMissing, &*place),
                None => {}
            }
        }
        self.payment = events.first().map(|event| event.stream.clone());
        (events.len() == records.len() && !events.is_empty()).then_some(events)
    }

    /// What all records have in common: one form, and a version that is known.
    fn envelope<S, F>(&mut self, record: &str, opened: Option<Event<S, F>>, place: &str) -> Option<Event<S, F>> {
        if !is_canonical(record) {
            self.blame(Code::RecordNotCanonical, place);
        }
        let event = opened.filter(|event| event.v == RECORD_VERSION);
        if event.is_none() {
            self.blame(Code::RecordUnreadable, place);
        }
        event
    }

    fn prove(&mut self, leaf: &Leaf, entry: &Entry, place: &str, book: Option<&Checkpoint>) {
        self.entries.push(entry.index);
        let Some(book) = book else { return };
        let hash = leaf_hash(leaf.bytes().as_bytes());
        if verify_inclusion(&hash, entry.index, book.size(), &entry.path, book.root()).is_err() {
            self.blame(Code::Proof, place);
        }
    }

    fn runs(
        &mut self,
        runs: &[RunOnSlip],
        instructing: &[(usize, &RunId)],
        book: Option<&Checkpoint>,
    ) -> Option<Vec<RunFacts>> {
        if runs.len() != instructing.len() {
            self.blame(Code::Run, "runs");
            return None;
        }
        let before = self.reasons.len();
        let mut facts = Vec::new();
        for (run, (_, id)) in runs.iter().zip(instructing) {
            let Some(sealing) = self.sealing(&run.sealing, id, book) else { continue };
            if let Some(approval) = &run.approval {
                self.approval(approval, &sealing, book);
            }
            facts.push(sealing);
        }
        (self.reasons.len() == before).then_some(facts)
    }

    fn sealing(&mut self, sealing: &Sealing, id: &RunId, book: Option<&Checkpoint>) -> Option<RunFacts> {
        let place = format!("sealing of run {id}");
        let (facts, entry) = match sealing {
            Sealing::Closed { commit, count, day, entry } => {
                let (id, count, day, index, commit) = (id.clone(), *count, day.clone(), entry.index, *commit);
                (RunFacts { id, count, day, index, commit, employer: None, digest: None, sandbox: false }, entry)
            }
            Sealing::Open(one) => {
                let event = self.envelope(&one.record, RunEvent::open(&one.record).ok(), &place)?;
                let RunFact::Sealed { employer, digest, count, sandbox, .. } = event.fact else {
                    self.blame(Code::Run, place);
                    return None;
                };
                if event.n != 1 || event.prev != Commit::NONE || event.stream != *id {
                    self.blame(Code::Run, &*place);
                }
                let Some(entry) = &one.entry else {
                    self.blame(Code::ProofMissing, place);
                    return None;
                };
                let (day, index, commit) = (event.at.day(), entry.index, Commit::to(&one.record, &one.salt));
                let (employer, digest) = (Some(employer), Some(digest));
                (RunFacts { id: id.clone(), count, day, index, commit, employer, digest, sandbox }, entry)
            }
        };
        let leaf = Leaf::sealing(facts.commit, id, facts.count, facts.day.clone());
        self.prove(&leaf, entry, &place, book);
        Some(facts)
    }

    /// An approval continues the sealing in the run's stream.
    fn approval(&mut self, one: &SlipRecord, sealing: &RunFacts, book: Option<&Checkpoint>) {
        let place = format!("approval of run {}", sealing.id);
        let Some(event) = self.envelope(&one.record, RunEvent::open(&one.record).ok(), &place) else { return };
        let RunFact::Approved { digest, .. } = &event.fact else {
            self.blame(Code::Run, place);
            return;
        };
        if event.stream != sealing.id {
            self.blame(Code::Run, &*place);
        }
        if event.n != 2 || event.prev != sealing.commit {
            self.blame(Code::RecordChain, &*place);
        }
        if sealing.digest.is_some_and(|sealed| sealed != *digest) {
            self.blame(Code::RunDigest, &*place);
        }
        match &one.entry {
            Some(entry) => {
                self.prove(&Leaf::of(Commit::to(&one.record, &one.salt)), entry, &place, book);
                if entry.index <= sealing.index {
                    self.blame(Code::EntryOrder, &*place);
                }
            }
            None => self.blame(Code::ProofMissing, &*place),
        }
    }

    /// Folds the payment. Events between the first and the last have no proven place among the
    /// approvals, so an approval takes its place just before the first event that needs it.
    fn fold(&mut self, events: &[PaymentEvent], instructing: &[(usize, &RunId)], input: &SlipInput) -> Option<Payment> {
        let seq = |at: usize| 2 * at as u64 + 2;
        let approved: Vec<(&RunId, Option<u64>)> = instructing
            .iter()
            .enumerate()
            .map(|(nth, (first, run))| {
                let stated = input.runs.get(nth).and_then(|run| run.approval.as_ref()).map(|_| u64::MAX);
                (*run, approval_shows_at(events, *first).map(|at| seq(at) - 1).or(stated))
            })
            .collect();
        let numbered: Vec<(u64, PaymentEvent)> =
            events.iter().enumerate().map(|(at, event)| (seq(at), event.clone())).collect();
        let approved_at = |run: &RunId| approved.iter().find(|(id, _)| *id == run).and_then(|(_, at)| *at);
        let payment = Payment::replay(&numbered, &approved_at).ok();
        if payment.is_none() {
            self.blame(Code::Story, "payment");
        }
        payment
    }

    /// Whether the proven entries follow each other as the events do.
    fn order(&mut self, input: &SlipInput, events: &[PaymentEvent], instructing: &[(usize, &RunId)]) {
        let (first, last) = (input.payment.first().and_then(index), input.payment.last().and_then(index));
        if input.payment.len() > 1 && first >= last {
            self.blame(Code::EntryOrder, "payment");
        }
        for (run, (at, id)) in input.runs.iter().zip(instructing) {
            let approved = run.approval.as_ref().and_then(index);
            if approved.is_some() && approved >= last && implies_approval(events, *at) {
                self.blame(Code::EntryOrder, format!("approval of run {id}"));
            }
        }
    }

    /// Whether the runs belong to one store and to the employer whom the payment names.
    fn agreement(&mut self, runs: &[RunFacts], events: &[PaymentEvent], payment: &Payment) {
        let sandbox = runs.iter().any(|run| run.sandbox);
        for run in runs {
            let instructed = events.iter().find_map(|event| match &event.fact {
                Fact::Instructed(instruction) if instruction.run == run.id => Some(&instruction.employer),
                _ => None,
            });
            let other_employer = run.employer.as_ref().is_some_and(|employer| Some(employer) != instructed);
            let not_in_run = payment.id.run == run.id && payment.id.n > run.count;
            if run.sandbox != sandbox || other_employer || not_in_run {
                self.blame(Code::RunDisagrees, format!("run {}", run.id));
            }
        }
    }
}
