//! One payment: the fold of its events.
//!
//! [`Payment::replay`] is the only way to a payment's state. The driver, the log's verification, the
//! slip and the story all go through it, so they cannot disagree.
use crate::bank_statement::{Entry, Resolution};
use crate::cause::{Cause, Whose};
use crate::commitment::Commit;
use crate::event::{Attempted, Fact, Instruction, PaymentEvent, RecordError, Routed};
use crate::evidence::{Doubt, Evidence, InquiryAnswer, Inspection, SubmitOutcome};
use crate::ids::RailId;
use crate::money::Rupiah;
use crate::name::{Likeness, NameMatch};
use crate::policy::Choice;
use crate::run::{PaymentId, RunId};
use crate::state::{AttemptSignal, AttemptState, PaymentSignal, PaymentState, next_attempt_state, next_payment_state};
use crate::time::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;

mod stated;

/// One submission under one reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What was written down before the first byte left.
    pub made: Attempted,
    /// Where it stands.
    pub state: AttemptState,
    /// How many sends were begun.
    pub sends: u16,
    /// When the first send was begun.
    pub first_sent_at: Timestamp,
    /// When the last send was begun.
    pub last_sent_at: Timestamp,
    /// When the last send had ended for certain: its answer, or its interruption, was recorded.
    pub send_ended_at: Option<Timestamp>,
    /// When it was asked about since the last send.
    pub asked_at: Vec<Timestamp>,
    /// When the provider did not know it since the last send.
    pub not_found_at: Vec<Timestamp>,
    /// The provider once claimed to know the reference (409ss01, 404ss18).
    pub claimed_known: bool,
    /// The provider holds it back for review: people have to look, and it is never sent again.
    pub held_back: bool,
    /// A repeat was refused, for this cause.
    pub resend_refused: Option<Cause>,
    /// The provider was asked about the refused attempt and knows of no payment under it: only then
    /// may another reference be used (safety rule 10; another store may have sent this one).
    pub refusal_confirmed: bool,
    /// How long the provider last asked us to wait, in seconds.
    pub retry_after_seconds: Option<u32>,
    /// Why it is where it is.
    pub cause: Option<Cause>,
    /// The evidence that decided last.
    pub evidence: Option<Evidence>,
    /// The provider's own id.
    pub provider_id: Option<String>,
    /// When money was proved to have arrived.
    pub settled_at: Option<Timestamp>,
    /// What came back, when it was told.
    pub returned: Option<Rupiah>,
    /// What the bank's statements show of it, in the order in which it was learned.
    pub booked: Vec<Entry>,
    /// What two people stated about it last.
    pub resolution: Option<Resolved>,
    /// Why it went over its rail, where there was another one.
    pub choice: Option<Choice>,
}

/// The word of two people about an attempt, as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// When.
    pub at: Timestamp,
    /// Where the attempt stood before.
    pub before: AttemptState,
    /// Their word.
    pub word: Resolution,
}

/// What the account inquiry found for one destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// Which destination.
    pub destination: u8,
    /// Over which rail.
    pub rail: RailId,
    /// What it found.
    pub found: Inspection,
    /// The comparison of names.
    pub matching: NameMatch,
    /// How near they were, where it was kept.
    pub likeness: Option<Likeness>,
    /// When.
    pub at: Timestamp,
}

/// One payment, folded from its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its name.
    pub id: PaymentId,
    /// How many events it has; the version that a commit expects.
    pub version: u32,
    /// The commitment to its last event.
    pub head: Commit,
    /// The newest instruction.
    pub instruction: Instruction,
    /// How many instructions it had.
    pub instructions: u16,
    /// Where it stands.
    pub state: PaymentState,
    /// Since when.
    pub state_since: Timestamp,
    /// Which destination of the instruction is next.
    pub destination: u8,
    /// The attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// How many attempts belong to earlier instructions.
    pub attempts_before_instruction: usize,
    /// What was found about the current destination.
    pub inspected: Option<Inspected>,
    /// The way that was chosen for the next attempt, where there was another one or it has to be waited for.
    pub routed: Option<Routed>,
    /// Why it stands where it stands.
    pub cause: Option<Cause>,
    /// Why the employer stopped it, in the employer's words.
    pub cancelled_because: Option<String>,
    /// Refusals for the sender's or the rail's fault since the instruction.
    pub own_refusals: u16,
    /// Whether the approver named it although it was held.
    pub confirmed: bool,
    /// Whether the run that it waits for was approved.
    pub approved: bool,
    /// Money that arrived more than once.
    pub excess: Rupiah,
}

/// Tells at which sequence number a run was approved, if it was.
pub type ApprovedAt<'a> = &'a dyn Fn(&RunId) -> Option<u64>;

impl Payment {
    /// Folds a stream of events, given with their sequence numbers, oldest first.
    ///
    /// The approval of a run is one event of the run's stream; it takes its place here by its
    /// sequence number.
    ///
    /// # Errors
    /// The stream does not begin with an instruction, or an event stands in the wrong place.
    pub fn replay(events: &[(u64, PaymentEvent)], approved_at: ApprovedAt<'_>) -> Result<Self, RecordError> {
        Self::fold(events.iter().cloned(), approved_at)
    }

    /// As [`Payment::replay`], for events that nobody else needs.
    ///
    /// # Errors
    /// As [`Payment::replay`].
    pub fn fold(
        events: impl IntoIterator<Item = (u64, PaymentEvent)>,
        approved_at: ApprovedAt<'_>,
    ) -> Result<Self, RecordError> {
        let mut events = events.into_iter();
        let Some((_, first)) = events.next() else { return Err(RecordError::NoInstruction) };
        let Fact::Instructed(instruction) = first.fact else { return Err(RecordError::NoInstruction) };
        if first.n != 1 || first.prev != Commit::NONE {
            return Err(RecordError::OutOfOrder);
        }
        let mut payment = Self::instructed(first.stream, *instruction, first.at);
        // The approval takes the time of the event before it, so that later events do not move it.
        let mut last = first.at;
        for (seq, event) in events {
            payment.approve_if(approved_at(&payment.instruction.run).filter(|at| *at < seq), last);
            last = event.at;
            payment.take(event)?;
        }
        payment.approve_if(approved_at(&payment.instruction.run), last);
        Ok(payment)
    }

    fn instructed(id: PaymentId, instruction: Instruction, at: Timestamp) -> Self {
        Self {
            id,
            version: 1,
            head: Commit::NONE,
            instruction,
            instructions: 1,
            state: PaymentState::AwaitingApproval,
            state_since: at,
            destination: 0,
            attempts: Vec::new(),
            attempts_before_instruction: 0,
            inspected: None,
            routed: None,
            cause: None,
            cancelled_because: None,
            own_refusals: 0,
            confirmed: false,
            approved: false,
            excess: Rupiah::ZERO,
        }
    }

    fn approve_if(&mut self, approved_at: Option<u64>, at: Timestamp) {
        if approved_at.is_some() && !self.approved {
            self.approved = true;
            self.release(at);
        }
    }

    /// Leaves [`PaymentState::AwaitingApproval`] when the run is approved and no hold is left.
    fn release(&mut self, at: Timestamp) {
        if self.approved && (self.instruction.holds.is_empty() || self.confirmed) {
            self.signal(PaymentSignal::Approved, at);
        }
    }

    fn signal(&mut self, signal: PaymentSignal, at: Timestamp) {
        let next = next_payment_state(self.state, signal);
        if next != self.state {
            self.state = next;
            self.state_since = at;
        }
    }

    /// Applies the next event of the stream.
    ///
    /// # Errors
    /// The event is not the stream's next, or speaks of an attempt that does not exist.
    pub fn apply(&mut self, event: &PaymentEvent) -> Result<(), RecordError> {
        self.take(event.clone())
    }

    /// As [`Payment::apply`], for an event that nobody else needs.
    ///
    /// # Errors
    /// As [`Payment::apply`].
    pub fn take(&mut self, event: PaymentEvent) -> Result<(), RecordError> {
        if event.n != self.version + 1 || event.stream != self.id {
            return Err(RecordError::OutOfOrder);
        }
        self.version = event.n;
        self.take_fact(event.fact, event.at)
    }

    /// Applies a fact without its envelope: what the planner uses to look one step ahead.
    ///
    /// # Errors
    /// The fact speaks of an attempt that does not exist.
    pub fn learn(&mut self, fact: &Fact, at: Timestamp) -> Result<(), RecordError> {
        self.take_fact(fact.clone(), at)
    }

    fn take_fact(&mut self, fact: Fact, at: Timestamp) -> Result<(), RecordError> {
        match fact {
            Fact::Instructed(instruction) => self.reinstruct(*instruction, at),
            Fact::Confirmed { .. } => {
                self.confirmed = true;
                self.release(at);
            }
            Fact::Cancelled { because, .. } => {
                if self.live_attempt().is_none() {
                    self.signal(PaymentSignal::Cancelled, at);
                    if self.state == PaymentState::Cancelled {
                        self.cause = Some(Cause::CancelledByEmployer);
                        self.cancelled_because = Some(because);
                    }
                }
            }
            Fact::Inspected { found: Inspection::Unavailable { cause, .. }, .. } => self.cause = Some(cause),
            Fact::Inspected { destination, rail, found, matching, likeness } => {
                self.cause = None;
                self.inspected = Some(Inspected { destination, rail, found, matching, likeness, at });
            }
            Fact::Routed(routed) => {
                let closed = routed.not_before.map(|_| Cause::OutsideHours);
                self.cause = closed.or(self.cause.filter(|cause| *cause != Cause::OutsideHours));
                self.routed = Some(*routed);
            }
            Fact::Attempted(made) => self.attempted(*made, at)?,
            Fact::Resending { number } => self.resending(number, at)?,
            Fact::Answered { number, outcome } => self.answered(number, outcome, at)?,
            Fact::Inquired { number, answer } => self.inquired(number, answer, at)?,
            Fact::Rerouted { cause, destination } => {
                self.destination = destination;
                self.inspected = None;
                self.routed = None;
                if matches!(cause.guide().whose, Whose::Sender | Whose::Rail) {
                    self.own_refusals += 1;
                }
                self.cause = Some(cause);
                self.signal(PaymentSignal::Rerouted, at);
            }
            Fact::Parked { cause } => {
                self.signal(PaymentSignal::Parked, at);
                if self.state == PaymentState::NeedsAction {
                    self.cause = Some(cause);
                }
            }
            // What was asked right before a send licenses that send alone: nothing is remembered of it.
            Fact::Probed { .. } => {}
            Fact::Released { number, cause } => {
                // The sender's faults park the rail, which is limit enough: a top-up is no repetition.
                // A request that the provider cannot read is tried a few times, for it parks late.
                if cause.guide().whose == Whose::Rail || cause == Cause::BadRequest {
                    self.own_refusals += 1;
                }
                self.attempt_signal(number, AttemptSignal::Released, Some(cause), None, at)?;
                self.signal(PaymentSignal::Rerouted, at);
                self.cause = Some(cause);
            }
            Fact::Abandoned { number, cause } => {
                self.attempt_signal(number, AttemptSignal::Abandoned, Some(cause), None, at)?;
                self.signal(PaymentSignal::Parked, at);
                self.cause = Some(cause);
            }
            Fact::Booked { number, entry, statement } => self.booked(number, entry, statement, at)?,
            Fact::Resolved { number, resolution } => self.resolved(number, *resolution, at)?,
            // It stands where everything that made the payment is gone.
            Fact::Erased(_) => return Err(RecordError::Erased),
        }
        Ok(())
    }

    fn reinstruct(&mut self, instruction: Instruction, at: Timestamp) {
        let same_money = instruction.row.amount == self.instruction.row.amount;
        if !same_money || self.live_attempt().is_some() || !self.state.may_be_reinstructed() {
            return;
        }
        self.instruction = instruction;
        self.instructions += 1;
        self.destination = 0;
        self.inspected = None;
        self.routed = None;
        self.own_refusals = 0;
        self.cancelled_because = None;
        self.attempts_before_instruction = self.attempts.len();
        self.confirmed = false;
        self.approved = false;
        self.cause = None;
        self.signal(PaymentSignal::Reinstructed, at);
    }

    fn attempted(&mut self, made: Attempted, at: Timestamp) -> Result<(), RecordError> {
        if usize::from(made.number) != self.attempts.len() + 1 {
            return Err(RecordError::OutOfOrder);
        }
        let routed = self.routed.take().filter(|it| it.rail == made.rail && it.destination == made.destination);
        self.attempts.push(Attempt {
            choice: routed.map(|routed| routed.choice),
            made,
            state: AttemptState::Sending,
            sends: 1,
            first_sent_at: at,
            last_sent_at: at,
            send_ended_at: None,
            asked_at: Vec::new(),
            not_found_at: Vec::new(),
            claimed_known: false,
            held_back: false,
            resend_refused: None,
            refusal_confirmed: false,
            retry_after_seconds: None,
            cause: None,
            evidence: None,
            provider_id: None,
            settled_at: None,
            returned: None,
            booked: Vec::new(),
            resolution: None,
        });
        self.cause = None;
        self.signal(PaymentSignal::Sent, at);
        Ok(())
    }

    fn resending(&mut self, number: u16, at: Timestamp) -> Result<(), RecordError> {
        let attempt = self.attempt_mut(number)?;
        if attempt.state == AttemptState::NotSent {
            attempt.first_sent_at = at;
        }
        attempt.refusal_confirmed = false;
        attempt.sends += 1;
        attempt.last_sent_at = at;
        attempt.send_ended_at = None;
        attempt.asked_at.clear();
        attempt.not_found_at.clear();
        attempt.retry_after_seconds = None;
        attempt.state = next_attempt_state(attempt.state, AttemptSignal::Sent);
        let state = attempt.state;
        if state == AttemptState::Sending {
            self.signal(PaymentSignal::Sent, at);
        } else {
            self.signal(PaymentSignal::Attempt(state), at);
        }
        Ok(())
    }

    fn answered(&mut self, number: u16, outcome: SubmitOutcome, at: Timestamp) -> Result<(), RecordError> {
        let signal = outcome.signal();
        let attempt = self.attempt_mut(number)?;
        attempt.send_ended_at = Some(at);
        attempt.retry_after_seconds = None;
        let maybe_sent_before = attempt.state == AttemptState::Unknown;
        let (cause, evidence) = match outcome {
            SubmitOutcome::NotSent { cause, retry_after_seconds } => {
                attempt.retry_after_seconds = retry_after_seconds;
                (Some(cause), None)
            }
            SubmitOutcome::Refused(refusal) => {
                if maybe_sent_before {
                    attempt.resend_refused = Some(refusal.cause);
                }
                (Some(refusal.cause), Some(refusal.evidence))
            }
            SubmitOutcome::Accepted(evidence) => (Some(Cause::InProgress), Some(evidence)),
            SubmitOutcome::Settled(evidence) => (None, Some(evidence)),
            SubmitOutcome::Contradicted { evidence, .. } => (Some(Cause::EvidenceConflict), Some(evidence)),
            SubmitOutcome::Unknown { doubt, evidence } => {
                attempt.claimed_known |= doubt.claims_to_know_the_reference();
                attempt.held_back |= doubt == Doubt::Suspended;
                (Some(doubt.cause()), evidence)
            }
        };
        self.attempt_signal(number, signal, cause, evidence, at)
    }

    fn inquired(&mut self, number: u16, answer: InquiryAnswer, at: Timestamp) -> Result<(), RecordError> {
        let wage = self.amount();
        let attempt = self.attempt_mut(number)?;
        // Booked twice and returned once: the provider tells of the return, and the worker was paid all the same.
        let half_back = matches!(answer, InquiryAnswer::Refunded { .. }) && attempt.is_paid_again(wage);
        let signal = if half_back { Some(AttemptSignal::AskContradicted) } else { answer.signal() };
        attempt.asked_at.push(at);
        attempt.retry_after_seconds = None;
        if matches!(answer, InquiryAnswer::NotFound(_) | InquiryAnswer::Failed(_)) {
            attempt.refusal_confirmed = true;
        }
        let (cause, evidence) = match answer {
            InquiryAnswer::Success(evidence) => (None, Some(evidence)),
            InquiryAnswer::InProgress(evidence) => {
                attempt.not_found_at.clear();
                (Some(Cause::InProgress), Some(evidence))
            }
            InquiryAnswer::Refunded { amount, evidence } => {
                attempt.returned = amount;
                (Some(Cause::Returned), Some(evidence))
            }
            InquiryAnswer::Failed(refusal) => (Some(refusal.cause), Some(refusal.evidence)),
            InquiryAnswer::NotFound(_) => {
                attempt.not_found_at.push(at);
                (None, None)
            }
            InquiryAnswer::Contradicted { evidence, .. } => (Some(Cause::EvidenceConflict), Some(evidence)),
            InquiryAnswer::Unavailable { retry_after_seconds, .. } => {
                attempt.retry_after_seconds = retry_after_seconds;
                (None, None)
            }
        };
        signal.map_or(Ok(()), |signal| self.attempt_signal(number, signal, cause, evidence, at))
    }

    /// Moves an attempt by the table and lets the payment follow.
    fn attempt_signal(
        &mut self,
        number: u16,
        signal: AttemptSignal,
        cause: Option<Cause>,
        evidence: Option<Evidence>,
        at: Timestamp,
    ) -> Result<(), RecordError> {
        let is_newest = usize::from(number) == self.attempts.len();
        let amount = self.instruction.row.amount;
        let attempt = self.attempt_mut(number)?;
        let by_people = attempt.is_by_people();
        // The word of people is no evidence of the bank: what the bank proves counts as if nothing had been known.
        let before = if by_people && overrides_people(attempt, signal) { AttemptState::Unknown } else { attempt.state };
        attempt.state = next_attempt_state(before, signal);
        let after = attempt.state;
        let moved = before != after;
        if let Some(id) = evidence.as_ref().and_then(|evidence| evidence.provider_id.clone()) {
            attempt.provider_id = Some(id);
        }
        if moved {
            // What contradicts the book proves nothing of what it says about the money.
            attempt.cause = if after == AttemptState::Disputed { Some(Cause::EvidenceConflict) } else { cause };
            attempt.evidence = evidence;
            if after == AttemptState::Settled {
                attempt.settled_at = Some(at);
            }
        } else if evidence.as_ref().is_some_and(|new| confirms(after, signal) && is_stronger(new, attempt)) {
            attempt.evidence = evidence;
            if by_people {
                attempt.cause = cause;
            }
        }
        // Whoever was parked and waits again waits for what the attempt has waited for all along.
        let known_cause = attempt.cause;
        let bank_agrees = by_people && !moved && !attempt.is_by_people();
        if bank_agrees && self.cause == Some(Cause::StatedRefused) {
            self.cause = known_cause;
        }
        // Asked about before anything followed, a refused attempt may yet turn out to be paid, by
        // another store of ours; only after something followed is that money too much.
        let decided = !(is_newest && self.state == PaymentState::Refused);
        let late = decided && before == AttemptState::Refused && after == AttemptState::Settled;
        let of_this_instruction = usize::from(number) > self.attempts_before_instruction;
        let others = self.attempts.iter().filter(|attempt| attempt.made.number != number);
        let other_is_live = others.map(|attempt| attempt.state).any(AttemptState::is_live);
        let arrived = self.attempts.iter().filter(|attempt| attempt.state == AttemptState::Settled).count() as u64;
        let excess = arrived.saturating_sub(1).saturating_mul(amount.value());
        self.excess = Rupiah::new(excess).unwrap_or(Rupiah::MAX);
        if late || (moved && after == AttemptState::Settled && arrived > 1) {
            self.signal(PaymentSignal::LateSuccess, at);
            self.cause = Some(Cause::Overpaid);
        } else if is_newest && (after.is_live() || (moved && (before.is_live() || of_this_instruction))) {
            // Old news, and news of an end before this instruction, do not move what was decided since.
            let was = self.state;
            // Parked because another attempt may have paid: nothing about this one sets it free again. Nor does what is no
            // news, whatever the reason was; only a rail that can be asked again is reason enough to go on.
            let is_no_news = !moved && after == AttemptState::Unknown && self.cause != Some(Cause::RailChanged);
            if !(was == PaymentState::NeedsAction && (other_is_live || is_no_news)) {
                self.signal(PaymentSignal::Attempt(after), at);
                if moved || self.state != was {
                    let parked = self.state == PaymentState::NeedsAction;
                    self.cause = known_cause.or(parked.then_some(Cause::EvidenceConflict));
                }
            }
        } else if moved && after.is_live() {
            self.signal(PaymentSignal::LateSuccess, at);
            self.cause = Some(Cause::EvidenceConflict);
        }
        Ok(())
    }

    fn attempt_mut(&mut self, number: u16) -> Result<&mut Attempt, RecordError> {
        usize::from(number).checked_sub(1).and_then(|index| self.attempts.get_mut(index)).ok_or(RecordError::OutOfOrder)
    }

    /// The attempt under which money may move or may have moved.
    pub fn live_attempt(&self) -> Option<&Attempt> {
        self.attempts.iter().rev().find(|attempt| attempt.state.is_live())
    }

    /// The newest attempt of the current instruction.
    pub fn current_attempt(&self) -> Option<&Attempt> {
        self.attempts[self.attempts_before_instruction.min(self.attempts.len())..].last()
    }

    /// The newest attempt of any instruction.
    pub fn newest_attempt(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    /// What it pays.
    pub fn amount(&self) -> Rupiah {
        self.instruction.row.amount
    }

    /// The cause to be told: why it stands where it stands, holds and approval included.
    pub fn reason(&self) -> Option<Cause> {
        match self.state {
            PaymentState::AwaitingApproval => {
                let hold = self.instruction.holds.first().copied();
                Some(if self.confirmed { None } else { hold }.unwrap_or(Cause::WaitsForApproval))
            }
            PaymentState::Settled => None,
            PaymentState::Returned => Some(Cause::Returned),
            _ => self.cause,
        }
    }
}

/// Whether a signal of the bank sets aside what people have stated about an attempt.
fn overrides_people(attempt: &Attempt, signal: AttemptSignal) -> bool {
    use AttemptSignal as S;
    // A bank that contradicts itself again proves nothing; then the contradiction is back.
    let was_disputed = attempt.resolution.as_ref().is_some_and(|it| it.before == AttemptState::Disputed);
    match signal {
        S::AskSettled | S::Settled | S::StatedSettled => true,
        S::AskFailed => attempt.state == AttemptState::Settled && !was_disputed,
        _ => false,
    }
}

/// Whether a signal says what is known already.
const fn confirms(state: AttemptState, signal: AttemptSignal) -> bool {
    use AttemptSignal as S;
    match state {
        AttemptState::Settled => matches!(signal, S::AskSettled | S::StatedSettled),
        AttemptState::Returned => matches!(signal, S::AskReturned),
        AttemptState::Refused => matches!(signal, S::AskFailed),
        _ => false,
    }
}

/// Of two proofs of the same the stronger one is kept.
fn is_stronger(new: &Evidence, attempt: &Attempt) -> bool {
    attempt.evidence.as_ref().is_some_and(|old| new.grade < old.grade)
}
