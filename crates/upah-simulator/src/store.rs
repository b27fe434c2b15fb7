//! Simulated stores: what a process leaves behind for the next one.
//!
//! Most worlds keep events as values, for sealing costs many times what deciding costs; one world in
//! [`SEALED_ONE_IN`] keeps nothing but sealed records, and opens, checks and replays them.
use upah_core::Payment;
use upah_core::commitment::{Commit, Salt};
use upah_core::event::{Event, Fact, Instruction, PaymentEvent, RecordError, SealedRecord};
use upah_core::obligation::ObligationKey;
use upah_core::rail::DurableAttempt;
use upah_core::run::{PaymentId, RunId};
use upah_core::state::PaymentState;
use upah_core::store::{ChangeSet, PaymentChange, PaymentRow, Receipt};
use upah_core::time::Timestamp;

/// One world in so many goes through the real records.
pub const SEALED_ONE_IN: u64 = 64;

/// The records of one payment.
#[derive(Clone, Debug)]
enum Shelf {
    Plain(Vec<(u64, PaymentEvent)>),
    Sealed(Vec<(u64, SealedRecord)>),
}

/// A payment as it stands in a store.
#[derive(Clone, Debug)]
struct Slot {
    shelf: Shelf,
    state: PaymentState,
    /// The newest instruction's run.
    run: RunId,
}

/// One store, or one branch of its history after a backup was put back.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) lineage: u16,
    slots: Vec<Slot>,
    approvals: Vec<(RunId, u64)>,
    next_seq: u64,
    /// The latest wall clock of any event. The last event alone would not do: whoever names or stops a
    /// payment under a clock that is behind writes a last event that is behind, too.
    pub(crate) last_at: Timestamp,
    /// The head says that the store went back, and nothing was signed anew yet.
    pub(crate) went_back: bool,
    next_run: u8,
}

/// A payment in hand, with the events that are not durable yet.
#[derive(Clone, Debug)]
pub(crate) struct Working {
    pub(crate) payment: Payment,
    unsaved: Vec<PaymentEvent>,
    sealed: Vec<SealedRecord>,
    seals: bool,
    saved_version: u32,
}

impl Working {
    /// Appends facts; nothing is durable yet.
    pub(crate) fn append(&mut self, facts: Vec<Fact>, at: Timestamp) -> Result<(), RecordError> {
        for fact in facts {
            let (n, prev, stream) = (self.payment.version + 1, self.payment.head, self.payment.id.clone());
            let event = Event { at, n, prev, stream, v: 1, fact };
            if self.seals {
                let salt = Salt([n.to_le_bytes()[0]; 32]);
                let (record, head) = event.seal(salt).map_err(|_| RecordError::Unreadable)?;
                self.payment.apply(&event)?;
                self.payment.head = head;
                self.sealed.push(record);
            } else {
                self.payment.apply(&event)?;
            }
            self.unsaved.push(event);
        }
        Ok(())
    }

    /// The facts that are not durable yet.
    pub(crate) fn unsaved(&self) -> &[PaymentEvent] {
        &self.unsaved
    }
}

impl Store {
    /// Admits one file: every instruction becomes a payment that waits for approval.
    pub(crate) fn admit(lineage: u16, file: Vec<Instruction>, at: Timestamp, seals: bool) -> Result<Self, RecordError> {
        let mut store = Self {
            lineage,
            slots: Vec::with_capacity(file.len()),
            approvals: Vec::new(),
            next_seq: 0,
            last_at: at,
            went_back: false,
            next_run: 1,
        };
        for (index, instruction) in file.into_iter().enumerate() {
            let run = instruction.run.clone();
            let stream = PaymentId { run: run.clone(), n: u32::try_from(index + 1).unwrap_or(u32::MAX) };
            let fact = Fact::Instructed(Box::new(instruction));
            let event = Event { at, n: 1, prev: Commit::NONE, stream, v: 1, fact };
            let seq = store.next_seq;
            store.next_seq += 1;
            let shelf = if seals {
                let (record, _) = event.seal(Salt([1; 32])).map_err(|_| RecordError::Unreadable)?;
                Shelf::Sealed(vec![(seq, record)])
            } else {
                Shelf::Plain(vec![(seq, event)])
            };
            store.slots.push(Slot { shelf, state: PaymentState::AwaitingApproval, run });
        }
        Ok(store)
    }

    /// How many payments it holds.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Where its row says that a payment stands.
    pub(crate) fn state(&self, index: usize) -> PaymentState {
        self.slots[index].state
    }

    /// A run that nobody has used in this store.
    pub(crate) fn new_run(&mut self) -> RunId {
        self.next_run += 1;
        run_id(self.lineage, self.next_run)
    }

    /// The checker's word on a run: moves its payments without holds, as a store does.
    pub(crate) fn approve(&mut self, run: &RunId) -> Result<(), RecordError> {
        self.approvals.push((run.clone(), self.next_seq));
        self.next_seq += 1;
        for index in 0..self.slots.len() {
            if self.slots[index].run == *run {
                self.slots[index].state = self.open(index)?.payment.state;
            }
        }
        Ok(())
    }

    /// The run that a payment waits for.
    pub(crate) fn run_of(&self, index: usize) -> RunId {
        self.slots[index].run.clone()
    }

    /// Reads a payment again from what is stored.
    pub(crate) fn open(&self, index: usize) -> Result<Working, RecordError> {
        let approved = |run: &RunId| self.approvals.iter().find(|(known, _)| known == run).map(|(_, seq)| *seq);
        let (payment, seals) = match &self.slots[index].shelf {
            Shelf::Plain(events) => (Payment::replay(events, &approved)?, false),
            Shelf::Sealed(records) => {
                let mut events = Vec::with_capacity(records.len());
                let mut head = Commit::NONE;
                for (seq, sealed) in records {
                    let event = PaymentEvent::open(&sealed.record)?;
                    if event.prev != head {
                        return Err(RecordError::OutOfOrder);
                    }
                    head = Commit::to(&sealed.record, &sealed.salt);
                    events.push((*seq, event));
                }
                let mut payment = Payment::replay(&events, &approved)?;
                payment.head = head;
                (payment, true)
            }
        };
        let saved_version = payment.version;
        Ok(Working { payment, unsaved: Vec::new(), sealed: Vec::new(), seals, saved_version })
    }

    /// Writes what is not durable yet. Where records are sealed, the answer is the proof with which the
    /// core mints what may be sent.
    pub(crate) fn commit(&mut self, index: usize, working: &mut Working) -> Option<Receipt> {
        let slot = &mut self.slots[index];
        slot.state = working.payment.state;
        slot.run.clone_from(&working.payment.instruction.run);
        if let Some(last) = working.unsaved.last() {
            self.last_at = self.last_at.max(last.at);
        }
        let seq = self.next_seq;
        self.next_seq += working.unsaved.len() as u64;
        match &mut slot.shelf {
            Shelf::Plain(events) => {
                events.extend((seq..).zip(working.unsaved.drain(..)));
                working.saved_version = working.payment.version;
                None
            }
            Shelf::Sealed(records) => {
                working.unsaved.clear();
                let new = std::mem::take(&mut working.sealed);
                records.extend((seq..).zip(new.iter().cloned()));
                let row = PaymentRow::of(&working.payment, ObligationKey([0; 32]), index as u64 + 2);
                let change = PaymentChange {
                    expected_version: working.saved_version,
                    fence: None,
                    row,
                    records: new,
                    new_references: Vec::new(),
                    traces: Vec::new(),
                    settled_to: None,
                };
                working.saved_version = working.payment.version;
                let changes = ChangeSet { payments: vec![change], runs: Vec::new() };
                Some(Receipt::after_durable_commit(&changes, self.next_seq))
            }
        }
    }

    /// Every durable fact of a payment with its time, oldest first.
    pub(crate) fn facts(&self, index: usize) -> Result<Vec<(Timestamp, Fact)>, RecordError> {
        match &self.slots[index].shelf {
            Shelf::Plain(events) => Ok(events.iter().map(|(_, event)| (event.at, event.fact.clone())).collect()),
            Shelf::Sealed(records) => records
                .iter()
                .map(|(_, sealed)| PaymentEvent::open(&sealed.record).map(|event| (event.at, event.fact)))
                .collect(),
        }
    }

    /// Whether the runs of a payment were approved, newest instruction only.
    pub(crate) fn is_approved(&self, index: usize) -> bool {
        let run = &self.slots[index].run;
        self.approvals.iter().any(|(known, _)| known == run)
    }

    /// Only a canary does this.
    pub(crate) fn lose_a_row(&mut self) {
        self.slots.pop();
    }
}

/// The bytes that may leave: where records are sealed, minted by the core from the store's receipt.
pub(crate) fn may_leave(receipt: Option<&Receipt>, payment: &Payment) -> bool {
    receipt.is_none_or(|receipt| DurableAttempt::mint(receipt, payment).is_some())
}

/// Names of runs, different in each store.
pub(crate) fn run_id(lineage: u16, n: u8) -> RunId {
    let [a, b] = lineage.to_be_bytes();
    RunId::from_random([n, a, b, 1, 2, 3, 4, 5])
}
