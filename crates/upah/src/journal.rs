//! Facts become sealed events here, and nowhere else: chained, salted, folded, ready to be committed.
use crate::environment::Environment;
use crate::error::Error;
use crate::tenure::InHand;
use upah_core::Payment;
use upah_core::Timestamp;
use upah_core::commitment::{Commit, Leaf, Salt};
use upah_core::erasure::ErasedPayment;
use upah_core::event::{Event, Fact, Instruction, RunEvent, RunFact, SealedRecord};
use upah_core::obligation::{ObligationKey, Pepper};
use upah_core::reference::Reference;
use upah_core::run::{PaymentId, RunId};
use upah_core::state::PaymentState;
use upah_core::store::{PaymentChange, PaymentRow, SettledTo, StoredPayment, StoredRecord, Trace};
use upah_tlog::leaf_hash;

/// A payment in hand: the fold so far, and the events that are not durable yet.
#[derive(Debug)]
pub(crate) struct Working {
    pub(crate) payment: Payment,
    key: ObligationKey,
    row: u64,
    saved_version: u32,
    unsaved: Vec<SealedRecord>,
    new_references: Vec<(Reference, u16)>,
    traces: Vec<Trace>,
    settled: bool,
    pub(crate) in_hand: InHand,
}

impl Working {
    /// A payment that does not exist yet, with its first event.
    pub(crate) fn create(
        id: PaymentId,
        key: ObligationKey,
        instruction: Instruction,
        at: Timestamp,
        salt: Salt,
    ) -> Result<Self, Error> {
        let row = instruction.row.row;
        let event =
            Event { at, n: 1, prev: Commit::NONE, stream: id, v: 1, fact: Fact::Instructed(Box::new(instruction)) };
        let (sealed, head) = event.seal(salt).map_err(|_| Error::damaged("a new event has no canonical form"))?;
        let mut payment = Payment::fold([(0, event)], &|_| None).map_err(|why| Error::Damaged(why.to_string()))?;
        payment.head = head;
        Ok(Self {
            payment,
            key,
            row,
            saved_version: 0,
            unsaved: vec![sealed],
            new_references: Vec::new(),
            traces: Vec::new(),
            settled: false,
            in_hand: InHand::default(),
        })
    }

    /// A stored payment, folded again.
    pub(crate) fn open(stored: &StoredPayment, approved_at: &dyn Fn(&RunId) -> Option<u64>) -> Result<Self, Error> {
        let payment = fold(stored, approved_at)?;
        if PaymentRow::of(&payment, stored.row.key, stored.row.row) != stored.row {
            return Err(Error::Damaged(format!("payment {}: its row differs from its events", stored.row.id)));
        }
        Ok(Self {
            saved_version: payment.version,
            payment,
            key: stored.row.key,
            row: stored.row.row,
            unsaved: Vec::new(),
            new_references: Vec::new(),
            traces: Vec::new(),
            settled: false,
            in_hand: InHand::default(),
        })
    }

    /// Appends facts; they are not durable before [`Working::change`] is committed.
    pub(crate) fn append(&mut self, facts: Vec<Fact>, at: Timestamp, env: &dyn Environment) -> Result<(), Error> {
        for fact in facts {
            let event = Event {
                at,
                n: self.payment.version + 1,
                prev: self.payment.head,
                stream: self.payment.id.clone(),
                v: 1,
                fact,
            };
            let (sealed, head) =
                event.seal(fresh_salt(env)?).map_err(|_| Error::damaged("a new event has no canonical form"))?;
            if let Fact::Attempted(made) = &event.fact {
                self.new_references.push((made.reference.clone(), made.number));
            }
            let before = self.payment.state;
            self.payment.take(event).map_err(|why| Error::Damaged(why.to_string()))?;
            self.payment.head = head;
            self.settled |= before != PaymentState::Settled && self.payment.state == PaymentState::Settled;
            self.unsaved.push(sealed);
        }
        Ok(())
    }

    /// The traces that the newest instruction leaves, to be committed with it.
    pub(crate) fn leave(&mut self, traces: Vec<Trace>) {
        self.traces = traces;
    }

    /// Whether there is anything to commit.
    pub(crate) fn is_dirty(&self) -> bool {
        !self.unsaved.is_empty()
    }

    /// Takes what is to be committed.
    pub(crate) fn change(&mut self, pepper: &Pepper) -> PaymentChange {
        let settled_to = self.settled.then(|| settled_to(&self.payment, pepper)).flatten();
        let change = PaymentChange {
            expected_version: self.saved_version,
            fence: self.in_hand.hold.fence,
            row: PaymentRow::of(&self.payment, self.key, self.row),
            traces: std::mem::take(&mut self.traces),
            records: std::mem::take(&mut self.unsaved),
            new_references: std::mem::take(&mut self.new_references),
            settled_to,
        };
        self.saved_version = self.payment.version;
        self.settled = false;
        change
    }
}

/// Folds a stored payment; its commitments are checked against the salts on the way.
pub(crate) fn fold(stored: &StoredPayment, approved_at: &dyn Fn(&RunId) -> Option<u64>) -> Result<Payment, Error> {
    if let Some(erased) = ErasedPayment::read(stored) {
        return Err(Error::Erased(Box::new(erased)));
    }
    let mut events = Vec::with_capacity(stored.records.len());
    let mut head = Commit::NONE;
    for record in &stored.records {
        let (event, commit) = open_payment_record(record)?;
        check_leaf(record, &Leaf::of(commit))?;
        if event.prev != head {
            return Err(Error::Damaged(format!("event {} does not follow the one before it", record.seq)));
        }
        head = commit;
        events.push((record.seq, event));
    }
    let mut payment = Payment::fold(events, approved_at)
        .map_err(|why| Error::Damaged(format!("payment {}: {why}", stored.row.id)))?;
    payment.head = head;
    Ok(payment)
}

/// A record whose leaf is not its own was changed after it was written: nothing is decided on it.
pub(crate) fn check_leaf(record: &StoredRecord, leaf: &Leaf) -> Result<(), Error> {
    if leaf_hash(leaf.bytes().as_bytes()).0 == record.leaf_hash {
        Ok(())
    } else {
        Err(Error::Damaged(format!("event {}: record, salt and leaf do not belong together", record.seq)))
    }
}

/// Reads one record of a payment's stream and its commitment.
pub(crate) fn open_payment_record(record: &StoredRecord) -> Result<(upah_core::event::PaymentEvent, Commit), Error> {
    let (text, salt) = present(record)?;
    let event = upah_core::event::PaymentEvent::open(text)
        .map_err(|why| Error::Damaged(format!("event {}: {why}", record.seq)))?;
    Ok((event, Commit::to(text, salt)))
}

/// Reads one record of a run's stream and its commitment.
pub(crate) fn open_run_record(record: &StoredRecord) -> Result<(RunEvent, Commit), Error> {
    let (text, salt) = present(record)?;
    let event = RunEvent::open(text).map_err(|why| Error::Damaged(format!("event {}: {why}", record.seq)))?;
    Ok((event, Commit::to(text, salt)))
}

fn present(record: &StoredRecord) -> Result<(&str, &Salt), Error> {
    match (&record.record, &record.salt) {
        (Some(text), Some(salt)) => Ok((text, salt)),
        _ => Err(Error::Damaged(format!("event {} was erased", record.seq))),
    }
}

/// Seals one event of a run's stream.
pub(crate) fn seal_run_event(
    run: &RunId,
    n: u32,
    prev: Commit,
    fact: RunFact,
    at: Timestamp,
    env: &dyn Environment,
) -> Result<(SealedRecord, Commit), Error> {
    let event = Event { at, n, prev, stream: run.clone(), v: 1, fact };
    event.seal(fresh_salt(env)?).map_err(|_| Error::damaged("a new event has no canonical form"))
}

/// 32 fresh random bytes.
pub(crate) fn fresh_salt(env: &dyn Environment) -> Result<Salt, Error> {
    let mut salt = [0u8; 32];
    env.fill_random(&mut salt)?;
    Ok(Salt(salt))
}

/// Where a settled payment went, as keyed hashes.
pub(crate) fn settled_to(payment: &Payment, pepper: &Pepper) -> Option<SettledTo> {
    let attempt = payment.newest_attempt()?;
    let destination = payment.instruction.row.destinations.get(usize::from(attempt.made.destination))?;
    Some(SettledTo {
        worker: worker_hash(payment.instruction.employer.as_str(), payment.instruction.row.worker_id.as_str(), pepper),
        destination: destination_hash(&destination.to_string(), pepper),
    })
}

/// The keyed hash of a worker of an employer, the one that stands in the obligation's key.
pub(crate) fn worker_hash(employer: &str, worker: &str, pepper: &Pepper) -> [u8; 16] {
    half(pepper.hash("worker", &[employer, worker]))
}

/// The keyed hash of a destination.
pub(crate) fn destination_hash(destination: &str, pepper: &Pepper) -> [u8; 16] {
    half(pepper.hash("destination", &[destination]))
}

fn half(hash: [u8; 32]) -> [u8; 16] {
    let mut short = [0u8; 16];
    short.copy_from_slice(&hash[..16]);
    short
}
