//! The mini-driver: executes the planner's commands against the model bank, durable before every
//! send, and may die between any two of its steps.
use super::auditor::Auditor;
use super::bank::{Bank, OnAsk, OnSubmit};
use super::checks::unknown_ends_only_by_evidence;
use super::{NAME, PLACES, WAGE, employer, policy, rail, rail_id, row, run_id};
use std::collections::BTreeMap;
use upah_core::bank_statement::{Claim, Entry, Resolution, Side};
use upah_core::callback::{Hint, News};
use upah_core::commitment::{Commit, Salt};
use upah_core::event::{Attempted, Event, Fact, Instruction, PaymentEvent, SealedRecord};
use upah_core::evidence::Inspection;
use upah_core::obligation::ObligationKey;
use upah_core::planner::{self, Clock, Command, Ending};
use upah_core::policy::{Pattern, Policy};
use upah_core::rail::DurableAttempt;
use upah_core::reference::{Reference, ReferenceForm};
use upah_core::run::{Digest, PaymentId, RunId, obligation_of};
use upah_core::store::{ChangeSet, PaymentChange, PaymentRow, Receipt};
use upah_core::{Cause, Payment, PaymentState, RailId, Timestamp};

/// Where the process dies, if it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    No,
    /// Decided, nothing written.
    BeforeCommit,
    /// Written, nothing sent.
    AfterCommit,
    /// Sent and answered; the answer is not written.
    AfterSend,
}

/// The process died.
#[derive(Debug)]
pub struct Died;

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    Something,
    /// Nothing is left to do by itself.
    Rests,
}

/// What differs from world to world.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub trust_seconds: u32,
    pub places: usize,
    pub serves_first: bool,
    pub inspects: bool,
    pub held: bool,
    /// The bank may refuse with proof and pay all the same.
    pub treacherous: bool,
    /// The bank pays a reference as often as it comes, and the rail is configured so.
    pub pays_repeats: bool,
}

/// A sealed fact that is not durable yet, and whether it is a new instruction that took effect.
pub(super) struct Unsaved {
    sealed: SealedRecord,
    fact: Fact,
    at: Timestamp,
    instructs: bool,
}

pub struct World {
    pub bank: Bank,
    pub auditor: Auditor,
    pub payment: Payment,
    pub(super) setup: Setup,
    policy: Policy,
    real_millis: i64,
    skew_millis: i64,
    session_start: Timestamp,
    stored: Vec<(u64, SealedRecord)>,
    pub(super) stored_row: PaymentRow,
    pub(super) unsaved: Vec<Unsaved>,
    approvals: BTreeMap<RunId, u64>,
    next_seq: u64,
    runs: u8,
    last_receipt: Option<Receipt>,
}

pub(super) const KEY: ObligationKey = ObligationKey([9; 32]);
const EPOCH_MILLIS: i64 = 1_795_600_000_000;

impl World {
    pub fn new(setup: Setup) -> Self {
        let id = PaymentId { run: run_id(1), n: 1 };
        let holds = if setup.held { vec![Cause::PossibleDuplicate] } else { Vec::new() };
        let pay_row = row(2, "W-1", &PLACES[..setup.places], WAGE);
        let instruction = Instruction { employer: employer(), run: run_id(1), row: pay_row, holds };
        let at = Timestamp::from_millis(EPOCH_MILLIS);
        let fact = Fact::Instructed(Box::new(instruction));
        let event = Event { at, n: 1, prev: Commit::NONE, stream: id, v: 1, fact };
        let (record, head) = event.seal(Salt([1; 32])).unwrap();
        let mut payment = Payment::replay(&[(0, event)], &|_| None).unwrap();
        payment.head = head;
        let stored_row = PaymentRow::of(&payment, KEY, 2);
        let mut world = Self {
            bank: Bank::new(setup.pays_repeats),
            auditor: Auditor::new(setup.trust_seconds, 1),
            payment,
            setup,
            policy: configured(setup, "f1"),
            real_millis: EPOCH_MILLIS,
            skew_millis: 0,
            session_start: at,
            stored: vec![(0, record)],
            stored_row,
            unsaved: Vec::new(),
            approvals: BTreeMap::new(),
            next_seq: 1,
            runs: 1,
            last_receipt: None,
        };
        world.restart(1_000, 0, false);
        world
    }

    pub fn real_millis(&self) -> i64 {
        self.real_millis
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.real_millis + self.skew_millis)
    }

    fn clock(&self) -> Clock {
        Clock { now: self.now(), session_start: self.session_start, lapsed_at: None }
    }

    /// Time passes.
    pub fn sleep(&mut self, millis: i64) {
        self.real_millis += millis;
        self.bank.tick(self.real_millis);
    }

    /// The process ends; another one begins later, perhaps under a wall clock that was set, or with
    /// another account configured. All it knows is what was stored.
    pub fn restart(&mut self, gap_millis: i64, skew_millis: i64, other_account: bool) {
        self.sleep(gap_millis);
        self.skew_millis += skew_millis;
        self.policy = configured(self.setup, if other_account { "f2" } else { "f1" });
        self.session_start = self.now();
        self.auditor.session_begins(self.session_start);
        self.unsaved.clear();
        self.last_receipt = None;
        self.payment = self.replayed();
    }

    /// Folds what is stored, read again.
    pub fn replayed(&self) -> Payment {
        let mut head = Commit::NONE;
        let mut events = Vec::new();
        for (seq, sealed) in &self.stored {
            let event = PaymentEvent::open(&sealed.record).unwrap();
            assert_eq!(event.prev, head, "the chain of her events is broken");
            head = Commit::to(&sealed.record, &sealed.salt);
            events.push((*seq, event));
        }
        let mut payment = Payment::replay(&events, &|run| self.approvals.get(run).copied()).unwrap();
        payment.head = head;
        payment
    }

    fn append(&mut self, facts: Vec<Fact>) {
        let at = self.now();
        for fact in facts {
            let (n, prev, stream) = (self.payment.version + 1, self.payment.head, self.payment.id.clone());
            let event = Event { at, n, prev, stream, v: 1, fact };
            let (sealed, head) = event.seal(Salt([n as u8; 32])).unwrap();
            let before = self.payment.clone();
            self.payment.apply(&event).unwrap();
            self.payment.head = head;
            unknown_ends_only_by_evidence(&before, &self.payment, &event.fact);
            let instructs = self.payment.instructions > before.instructions;
            self.unsaved.push(Unsaved { sealed, fact: event.fact, at, instructs });
        }
    }

    fn commit(&mut self) -> Receipt {
        let row = PaymentRow::of(&self.payment, KEY, 2);
        let mut records = Vec::new();
        for Unsaved { sealed, fact, at, instructs } in std::mem::take(&mut self.unsaved) {
            self.stored.push((self.next_seq, sealed.clone()));
            self.next_seq += 1;
            self.auditor.read(&fact, at);
            if instructs {
                self.auditor.new_instruction();
            }
            records.push(sealed);
        }
        let expected_version = self.stored_row.version;
        let change = PaymentChange {
            expected_version,
            fence: None,
            row: row.clone(),
            records,
            new_references: vec![],
            traces: vec![],
            settled_to: None,
        };
        self.stored_row = row;
        let changes = ChangeSet { payments: vec![change], runs: vec![] };
        Receipt::after_durable_commit(&changes, self.next_seq)
    }

    /// What the planner wants now.
    pub fn next(&self) -> Command {
        planner::next(&self.payment, &self.policy, self.clock())
    }

    /// Executes the planner's next command.
    pub fn step(&mut self, submit: OnSubmit, ask: OnAsk, crash: Crash) -> Result<Did, Died> {
        let command = self.next();
        match command {
            Command::Rest => return Ok(Did::Rests),
            Command::Wait { until } => {
                assert!(until > self.now(), "told to wait for a time that has passed");
                self.sleep(until.millis() - self.now().millis());
            }
            Command::Record(facts) => {
                self.append(facts);
                self.write(crash)?;
            }
            Command::Inspect { rail, destination } => {
                let found = Inspection::Found { name: NAME.into(), session: None };
                let facts = planner::on_inspection(&self.payment, &self.policy, &rail, destination, found);
                self.append(facts); // Carried by the next commit: nothing was sent.
            }
            Command::Send { destination, number, .. } => {
                if !self.ask_around(&command, ask) {
                    self.write(crash)?;
                    return Ok(Did::Something);
                }
                assert!(self.payment.live_attempt().is_none(), "a second attempt is started beside a live one");
                self.auditor.may_send_anew(destination);
                let made = self.compose(destination, number);
                self.append(vec![Fact::Attempted(Box::new(made))]);
                self.transmit(number, submit, crash)?;
            }
            Command::Resend { number, .. } => {
                if !self.ask_around(&command, ask) {
                    self.write(crash)?;
                    return Ok(Did::Something);
                }
                self.auditor.may_send_again(number, self.now());
                self.append(vec![Fact::Resending { number }]);
                self.transmit(number, submit, crash)?;
            }
            Command::Inquire { number, .. } => self.inquire(number, ask, crash)?,
        }
        Ok(Did::Something)
    }

    /// Asks what must be asked before a send. Returns whether it may follow.
    fn ask_around(&mut self, command: &Command, mood: OnAsk) -> bool {
        let probes = planner::probes(&self.payment, &self.policy, command, false);
        if probes.is_empty() {
            return true;
        }
        let mut answers = Vec::new();
        for probe in &probes {
            let reference = self.compose(probe.destination, probe.number).reference;
            answers.push(self.bank.ask(reference.as_str(), self.real_millis, mood));
        }
        self.sleep(40);
        let facts = planner::on_probes(&probes, &answers);
        let clear = matches!(facts[..], [Fact::Probed { .. }]);
        self.append(facts);
        if !clear {
            // A question that failed is asked again a little later.
            self.sleep(2_000);
        }
        clear
    }

    /// Asks besides, as `resume` does.
    pub fn watch(&mut self, ask: OnAsk, crash: Crash) -> Result<(), Died> {
        match planner::watch(&self.payment, &self.policy, self.clock()) {
            Command::Inquire { number, .. } => self.inquire(number, ask, crash),
            Command::Rest => Ok(()),
            other => panic!("watching only asks, but it wants to {other:?}"),
        }
    }

    /// Somebody hints at an attempt, as a callback does: it is asked about, however old it is.
    pub fn hint(&mut self, attempt: usize, ask: OnAsk) {
        let Some(note) = self.auditor.notes.get(attempt) else { return };
        if note.fingerprint == self.policy.rails[0].fingerprint {
            let number = u16::try_from(attempt + 1).unwrap();
            let before = self.payment.clone();
            self.inquire(number, ask, Crash::No).unwrap();
            let old = &before.attempts[attempt];
            let decided = before.state != PaymentState::Refused;
            if decided && old.state == self.payment.attempts[attempt].state && !old.state.is_live() {
                let (was, is) = (before.state, self.payment.state);
                assert_eq!(was, is, "old news about an ended attempt moved the wage that is to be paid now");
                assert_eq!(before.destination, self.payment.destination, "old news skipped a place of hers");
            }
        }
    }

    /// What a verified callback about one of the attempts leads to, when the provider of this rail makes it.
    pub fn called(&self, reference: &Reference, rail: &RailId, news: News) -> Command {
        let hint = Hint { reference: reference.clone(), news };
        planner::hinted(&self.payment, &self.policy, rail, &hint, self.now())
    }

    /// Writes facts down.
    pub fn record(&mut self, facts: Vec<Fact>) {
        self.append(facts);
        self.commit();
    }

    /// Somebody reads the bank's statement of the account.
    pub fn read_statement(&mut self) {
        let wage = self.payment.amount();
        for attempt in self.payment.attempts.clone() {
            let (out, back) = self.bank.shows(attempt.made.reference.as_str());
            let sides = [Side::Credit].repeat(back as usize).into_iter().chain([Side::Debit].repeat(out as usize));
            let day = "2026-11-26".parse().unwrap();
            let entries: Vec<_> = sides.map(|side| Entry { day, side, amount: wage, bank_reference: None }).collect();
            let matched = planner::on_entries(&self.payment, attempt.made.number, &entries, Digest([7; 32]), None);
            assert_eq!(matched.len(), entries.len(), "a line of the statement is left out");
            let facts = matched.into_iter().filter_map(|one| one.fact).collect();
            self.append(facts);
            let again = planner::on_entries(&self.payment, attempt.made.number, &entries, Digest([8; 32]), None);
            assert!(again.iter().all(|one| one.fact.is_none()), "the same line is news twice");
        }
        self.commit();
    }

    /// Two people who know what happened to her wage say so. `lies` when they say the opposite.
    pub fn resolve(&mut self, ask: OnAsk, lies: bool) -> Option<Ending> {
        let attempt = planner::resolvable(&self.payment)?;
        let (number, made) = (attempt.made.number, attempt.made.clone());
        if made.fingerprint != self.policy.rails[0].fingerprint {
            return None;
        }
        let truth = self.bank.truth(made.reference.as_str())?;
        let claim = if truth == lies { Claim::Refused } else { Claim::Settled };
        let (by, and_by) = ("Third".parse().unwrap(), "Fourth".parse().unwrap());
        let resolution = Resolution { claim, by, and_by, because: "seen".into(), evidence: Digest([9; 32]) };
        let answer = self.bank.ask(made.reference.as_str(), self.real_millis, ask);
        self.sleep(40);
        let (facts, ending) =
            planner::on_resolution(&self.payment, &self.policy, number, answer, resolution, self.now());
        self.append(facts);
        self.commit();
        Some(ending)
    }

    fn inquire(&mut self, number: u16, ask: OnAsk, crash: Crash) -> Result<(), Died> {
        let made = &self.payment.attempts[usize::from(number) - 1].made;
        let same_account = made.fingerprint == self.policy.rails[0].fingerprint;
        assert!(same_account, "another account was asked about a reference that it cannot know");
        let reference = made.reference.clone();
        let answer = self.bank.ask(reference.as_str(), self.real_millis, ask);
        self.sleep(40);
        let facts = planner::on_inquiry(&self.payment, &self.policy, number, answer, self.now());
        self.append(facts);
        self.write(crash)
    }

    fn write(&mut self, crash: Crash) -> Result<(), Died> {
        if matches!(crash, Crash::BeforeCommit | Crash::AfterSend) {
            return Err(Died);
        }
        self.commit();
        if crash == Crash::AfterCommit { Err(Died) } else { Ok(()) }
    }

    fn transmit(&mut self, number: u16, submit: OnSubmit, crash: Crash) -> Result<(), Died> {
        let unwritten = self.last_receipt.as_ref().and_then(|old| DurableAttempt::mint(old, &self.payment));
        assert!(unwritten.is_none(), "a body that is not durable could be sent");
        if crash == Crash::BeforeCommit {
            return Err(Died);
        }
        let receipt = self.commit();
        let attempt = DurableAttempt::mint(&receipt, &self.payment).expect("a durable attempt may be sent");
        self.last_receipt = Some(receipt);
        if crash == Crash::AfterCommit {
            return Err(Died);
        }
        let note = &self.auditor.notes[usize::from(number) - 1];
        assert_eq!(attempt.body(), note.body, "a resend is not what was written down");
        let durable = self.stored.iter().any(|(_, sealed)| {
            matches!(PaymentEvent::open(&sealed.record).unwrap().fact, Fact::Attempted(made) if made.body == note.body)
        });
        assert!(durable, "sent before it was durable");
        let outcome = self.bank.submit(attempt.reference().as_str(), attempt.body(), self.real_millis, submit);
        self.sleep(150);
        let facts = planner::on_submit(&self.payment, &self.policy, number, outcome, self.now());
        if crash == Crash::AfterSend {
            return Err(Died);
        }
        self.append(facts);
        self.commit();
        Ok(())
    }

    /// A body composed again would differ: it holds the time of its making.
    fn compose(&self, destination: u8, number: u16) -> Attempted {
        let row = &self.payment.instruction.row;
        let obligation = obligation_of(&self.payment.instruction.employer, row);
        let reference = Reference::derive(&obligation, number, ReferenceForm::default());
        let body = format!("{{\"no\":\"{reference}\",\"to\":{destination},\"at\":{}}}", self.real_millis);
        let fingerprint = self.policy.rails[0].fingerprint.clone();
        Attempted { number, reference, rail: rail_id(), fingerprint, destination, body }
    }

    /// The checker approves the run that the payment waits for, and names it where it is held.
    pub fn approve(&mut self) {
        // Another process: what this one has not written yet is not there.
        self.unsaved.clear();
        self.payment = self.replayed();
        if !self.payment.instruction.holds.is_empty() && !self.payment.confirmed {
            self.append(vec![Fact::Confirmed { by: "Checker".parse().unwrap() }]);
            self.commit();
        }
        self.approve_run();
    }

    /// The checker approves the run and names nobody.
    pub fn approve_run(&mut self) {
        let run = self.payment.instruction.run.clone();
        if !self.approvals.contains_key(&run) {
            self.approvals.insert(run.clone(), self.next_seq);
            self.next_seq += 1;
            let row = &mut self.stored_row;
            if row.instructed_by == run && !row.held && row.state == PaymentState::AwaitingApproval {
                row.state = PaymentState::Ready;
            }
        }
        self.payment = self.replayed();
    }

    /// A new file names another place for the same wage.
    pub fn reinstruct(&mut self) {
        self.runs += 1;
        let places = [PLACES[usize::from(self.runs) % 3]];
        let holds = self.payment.instruction.holds.clone();
        let row = row(2, "W-1", &places, WAGE);
        let instruction = Instruction { employer: employer(), run: run_id(self.runs), row, holds };
        self.append(vec![Fact::Instructed(Box::new(instruction))]);
        self.commit();
    }

    /// Another store pays the same obligation for the first time, under the reference it derives.
    pub fn other_store_pays(&mut self) {
        if self.payment.attempts.is_empty() {
            let made = self.compose(0, 1);
            self.bank.pay_for_another_store(made.reference.as_str(), self.real_millis);
        }
    }

    /// Another store, which came further with it, pays the same obligation under this attempt's reference.
    pub fn other_store_pays_under(&mut self, number: u16) {
        let made = self.compose(0, number);
        self.bank.pay_for_another_store(made.reference.as_str(), self.real_millis);
    }

    /// The employer stops it.
    pub fn cancel(&mut self) {
        self.append(vec![Fact::Cancelled { by: "Maker".parse().unwrap(), because: "stop".into() }]);
        self.commit();
    }
}

fn configured(setup: Setup, fingerprint: &str) -> Policy {
    let mut rail = rail(setup.trust_seconds, fingerprint);
    rail.inspects = setup.inspects;
    rail.refuses_repeats = !setup.pays_repeats;
    if !setup.serves_first {
        rail.serves = vec![Pattern::new("ewallet:*"), Pattern::new("bank:009:*")];
    }
    policy(vec![rail])
}
