//! A small book around the events of one payment, for targets that need something genuine to damage.
//!
//! Its keys are made from published seeds and sign nothing outside this process.
use upah_core::commitment::{Commit, Salt};
use upah_core::event::{ApprovalProof, Event, Fact, Instruction, PaymentEvent, RunEvent, RunFact, SealedRecord};
use upah_core::run::{Digest, PaymentId, RunId};
use upah_core::store::{StoredRecord, Stream};
use upah_core::{ActorName, Timestamp};
use upah_slip::SlipInput;
use upah_tlog::{Checkpoint, MemoryTree, SigningKey, TlogProof, inclusion_proof, leaf_hash};

const ORIGIN: &str = "upah.example/kampung";

/// The events of one payment in a log, with the runs that instructed it and strangers between them.
pub(crate) struct Book {
    key: SigningKey,
    tree: MemoryTree,
    payment: Vec<StoredRecord>,
    runs: Vec<StoredRecord>,
    leaves: Vec<String>,
}

/// A key of the book's log: seed 1 is the office, every other one a forger.
pub(crate) fn key(seed: u8) -> SigningKey {
    // proof: a name without space and plus sign is a key's name, and any 32 bytes are a seed.
    SigningKey::from_seed(ORIGIN, &[seed; 32]).expect("the origin has neither space nor plus sign")
}

/// The events in the order given, as one unbroken stream of the payment that the first one names.
/// `None` when one of them has no canonical form.
pub(crate) fn chained(events: &[PaymentEvent]) -> Option<Vec<(PaymentEvent, SealedRecord)>> {
    let run = events.first()?.stream.run.clone();
    let stream = PaymentId { run, n: 1 };
    let mut prev = Commit::NONE;
    let mut chain = Vec::new();
    for (n, event) in (1..).zip(events) {
        let event = Event { n, prev, stream: stream.clone(), v: 1, ..event.clone() };
        let (sealed, commit) = event.seal(salt(n)).ok()?;
        prev = commit;
        chain.push((event, sealed));
    }
    Some(chain)
}

/// Every stream has salts of its own, which only have to differ.
fn salt(n: u32) -> Salt {
    Salt(leaf_hash(&n.to_be_bytes()).0)
}

impl Book {
    /// Writes the events down, each run sealed and approved behind its instruction. `None` when one of
    /// them has no canonical form.
    pub(crate) fn of(events: &[PaymentEvent], key: SigningKey, sandbox: bool) -> Option<Self> {
        let (tree, none) = (MemoryTree::default(), Vec::new());
        let mut book = Self { key, tree, payment: none.clone(), runs: none, leaves: Vec::new() };
        book.stranger();
        for (event, sealed) in chained(events)? {
            let stored = book.store(Stream::Payment(event.stream.clone()), sealed);
            book.payment.push(stored);
            if let Fact::Instructed(instruction) = &event.fact {
                book.approve(instruction, event.at, sandbox)?;
            }
            book.stranger();
        }
        Some(book)
    }

    /// Why the records make no slip is not asked: a forger's may not.
    pub(crate) fn slip_input(&self) -> Option<SlipInput> {
        let prove = |entry| inclusion_proof(entry, self.tree.size(), &self.tree);
        let key = self.key.verifying_key();
        SlipInput::assemble(key, &self.checkpoint(), &self.payment, &self.runs, prove).ok()
    }

    /// The signed head.
    pub(crate) fn checkpoint(&self) -> String {
        let head = Checkpoint::new(ORIGIN, self.tree.size(), self.tree.root()).and_then(|head| head.sign(&self.key));
        // proof: key and checkpoint are both named ORIGIN.
        head.expect("the key is named like the log")
    }

    /// The proof of the payment's first event, with its leaf.
    pub(crate) fn proof(&self) -> String {
        let entry = self.payment.first().map_or(0, |stored| stored.seq);
        // proof: the entry is that of a stored record, or of the stranger whom every book begins with.
        let path = inclusion_proof(entry, self.tree.size(), &self.tree).expect("the entry was written");
        let leaf = usize::try_from(entry).ok().and_then(|at| self.leaves.get(at));
        let leaf = leaf.map(String::as_bytes).unwrap_or_default();
        let proof = TlogProof::new(entry, path, &self.checkpoint()).and_then(|proof| proof.with_extra(leaf));
        // proof: the checkpoint was made of this tree, and no leaf is empty or long.
        proof.expect("the checkpoint covers the entry").to_string()
    }

    fn approve(&mut self, instruction: &Instruction, at: Timestamp, sandbox: bool) -> Option<()> {
        let run = &instruction.run;
        if self.runs.iter().any(|stored| matches!(&stored.stream, Stream::Run(id) if id == run)) {
            return Some(());
        }
        let digest = Digest([7; 32]);
        let person = |name: &str| name.parse::<ActorName>().ok();
        let sealed = RunFact::Sealed {
            employer: instruction.employer.clone(),
            digest,
            key: "november".into(),
            count: 2,
            total: instruction.row.amount,
            reinstructed: 0,
            created_by: person("Sari Pembuat")?,
            sandbox,
        };
        let approved = RunFact::Approved { by: person("Agus Pemeriksa")?, digest, proof: ApprovalProof::Asserted };
        let mut prev = Commit::NONE;
        for (n, fact) in [(1, sealed), (2, approved)] {
            prev = self.record_run(run, RunEvent { at, n, prev, stream: run.clone(), v: 1, fact })?;
        }
        Some(())
    }

    fn record_run(&mut self, run: &RunId, event: RunEvent) -> Option<Commit> {
        let (sealed, commit) = event.seal(salt(event.n)).ok()?;
        let stored = self.store(Stream::Run(run.clone()), sealed);
        self.runs.push(stored);
        Some(commit)
    }

    fn store(&mut self, stream: Stream, sealed: SealedRecord) -> StoredRecord {
        let seq = self.tree.size();
        let hash = leaf_hash(sealed.leaf.as_bytes());
        self.tree.push(hash);
        self.leaves.push(sealed.leaf);
        StoredRecord { seq, stream, record: Some(sealed.record), salt: Some(sealed.salt), leaf_hash: hash.0 }
    }

    fn stranger(&mut self) {
        let leaf = format!("somebody else's entry {}", self.tree.size());
        self.tree.push(leaf_hash(leaf.as_bytes()));
        self.leaves.push(leaf);
    }
}
