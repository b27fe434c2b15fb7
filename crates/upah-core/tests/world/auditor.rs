//! The auditor: reads the facts as they are written down, holds the money rules of `safety.md` in
//! its own words, and stops the test at the first breach. It shares no code with the planner.
use super::WAGE;
use upah_core::bank_statement::{Claim, Side};
use upah_core::cause::{Cause, Whose};
use upah_core::event::Fact;
use upah_core::evidence::{Doubt, InquiryAnswer, SubmitOutcome};
use upah_core::time::Timestamp;

/// What the auditor noted about one attempt.
#[derive(Clone, Debug, Default)]
pub struct Note {
    pub destination: u8,
    pub body: String,
    pub fingerprint: String,
    in_flight: bool,
    maybe_left: bool,
    first_maybe_at: Timestamp,
    paid: bool,
    back: bool,
    proved_dead: bool,
    contradicted: bool,
    claimed: bool,
    held_back: bool,
    accepted: bool,
    repeat_refused: bool,
    account_refused: bool,
    /// What people said, while no evidence of the bank says it: whether she has the money.
    by_people: Option<bool>,
    asked_after_refusal: bool,
    ended_at: Option<Timestamp>,
    not_found_at: Vec<Timestamp>,
}

impl Note {
    fn may_have_paid(&self) -> bool {
        let dead = self.proved_dead || self.by_people == Some(false);
        let open = self.in_flight || (self.maybe_left && !dead);
        !self.back && (self.paid || self.contradicted || open || self.by_people == Some(true))
    }
}

#[derive(Debug)]
pub struct Auditor {
    pub notes: Vec<Note>,
    before_instruction: usize,
    pub session_start: Timestamp,
    trust_millis: u64,
    half_memory_millis: u64,
}

impl Auditor {
    pub fn new(trust_seconds: u32, reference_memory_days: u32) -> Self {
        Self {
            notes: Vec::new(),
            before_instruction: 0,
            session_start: Timestamp::default(),
            trust_millis: u64::from(trust_seconds) * 1_000,
            half_memory_millis: u64::from(reference_memory_days) * 43_200_000,
        }
    }

    /// The process died; what was on its way may have left, and nobody heard the end of it.
    pub fn session_begins(&mut self, at: Timestamp) {
        self.session_start = at;
        for note in self.notes.iter_mut().filter(|note| note.in_flight) {
            note.in_flight = false;
            note.maybe_left = true;
        }
    }

    /// Rule: a new reference only after proof about every old one.
    pub fn may_send_anew(&self, destination: u8) {
        for (i, note) in self.notes.iter().enumerate() {
            assert!(!note.may_have_paid(), "a new reference although attempt {} may have paid: {note:?}", i + 1);
        }
        for note in self.notes.iter().skip(self.before_instruction).filter(|note| note.proved_dead) {
            assert!(note.asked_after_refusal, "a new reference, and nobody asked about the refused one: {note:?}");
        }
        let spoken = self.notes.iter().skip(self.before_instruction).any(|note| note.by_people.is_some());
        assert!(!spoken, "the word of people has set her wage free by itself");
        let tried = self.notes.iter().skip(self.before_instruction);
        let dead_end = tried.filter(|note| note.account_refused).any(|note| note.destination == destination);
        assert!(!dead_end, "the account that cannot take her wage is tried again");
    }

    /// Rule: the same reference again only after `NotSent`, or after trusted silence.
    pub fn may_send_again(&self, number: u16, now: Timestamp) {
        for (i, other) in self.notes.iter().enumerate().filter(|(i, _)| i + 1 != usize::from(number)) {
            assert!(!other.may_have_paid(), "sent again although attempt {} may have paid", i + 1);
        }
        let note = &self.notes[usize::from(number) - 1];
        let over = note.paid || note.back || note.proved_dead || note.contradicted || note.in_flight;
        let over = over || note.by_people.is_some();
        assert!(!over, "sent again although it had ended: {note:?}");
        if note.maybe_left {
            assert!(!note.claimed, "sent again although the bank had claimed to know the reference");
            assert!(!note.accepted, "sent again although the bank works on it");
            assert!(!note.held_back, "sent again although the bank holds the first one back");
            assert!(!note.repeat_refused, "sent again although a repeat was refused");
            assert!(self.is_silence(note), "sent again without trusted silence: {note:?}");
            self.within_half_memory(note, now);
        }
    }

    /// Reads a fact before it is committed.
    pub fn read(&mut self, fact: &Fact, at: Timestamp) {
        match fact {
            Fact::Attempted(made) => {
                let number = usize::from(made.number);
                assert_eq!(number, self.notes.len() + 1, "attempts are counted without gaps");
                let (destination, body) = (made.destination, made.body.clone());
                let fingerprint = made.fingerprint.clone();
                let first_maybe_at = at;
                let note = Note { destination, body, fingerprint, in_flight: true, first_maybe_at, ..Note::default() };
                self.notes.push(note);
            }
            Fact::Resending { number } => {
                let note = &mut self.notes[usize::from(*number) - 1];
                note.asked_after_refusal = false;
                if !note.maybe_left {
                    note.first_maybe_at = at;
                }
                note.in_flight = true;
                note.ended_at = None;
                note.not_found_at.clear();
            }
            Fact::Answered { number, outcome } => {
                let note = &mut self.notes[usize::from(*number) - 1];
                note.in_flight = false;
                note.ended_at = Some(at);
                answered(note, outcome);
            }
            Fact::Inquired { number, answer } => inquired(&mut self.notes[usize::from(*number) - 1], answer, at),
            Fact::Released { number, .. } => {
                let note = &mut self.notes[usize::from(*number) - 1];
                let refused = note.proved_dead && !note.maybe_left && !note.account_refused;
                assert!(refused, "sent again although nothing proves that it was refused: {note:?}");
                note.proved_dead = false;
            }
            Fact::Abandoned { number, .. } => {
                let note = &self.notes[usize::from(*number) - 1];
                assert!(note.repeat_refused && !note.claimed, "given up without a refused repeat: {note:?}");
                assert!(self.is_silence(note), "given up without trusted silence: {note:?}");
                self.within_half_memory(note, at);
                self.notes[usize::from(*number) - 1].proved_dead = true;
            }
            Fact::Booked { number, entry, .. } => {
                let note = &mut self.notes[usize::from(*number) - 1];
                match entry.side {
                    _ if entry.amount.value() != WAGE => note.contradicted = true,
                    Side::Debit => {
                        (note.paid, note.proved_dead, note.contradicted) = (true, false, false);
                        note.by_people = None;
                    }
                    Side::Credit => note.back = true,
                }
            }
            Fact::Resolved { number, resolution } => {
                let note = &mut self.notes[usize::from(*number) - 1];
                assert!(!note.in_flight, "people spoke while it may have been on its way");
                assert!(note.may_have_paid() && !note.back, "people spoke of what the bank had decided: {note:?}");
                (note.paid, note.contradicted) = (false, false);
                note.by_people = Some(resolution.claim == Claim::Settled);
            }
            Fact::Instructed(_)
            | Fact::Confirmed { .. }
            | Fact::Cancelled { .. }
            | Fact::Inspected { .. }
            | Fact::Routed(_)
            | Fact::Rerouted { .. }
            | Fact::Probed { .. }
            | Fact::Parked { .. }
            | Fact::Erased(_) => {}
        }
    }

    /// A new instruction took effect: its attempts are judged by themselves.
    pub fn new_instruction(&mut self) {
        for note in &self.notes {
            assert!(!note.may_have_paid(), "a new instruction while the old one may have paid: {note:?}");
        }
        self.before_instruction = self.notes.len();
    }

    /// Whether money may have moved, or may yet move, as far as the facts tell.
    pub fn anything_may_have_paid(&self) -> bool {
        self.notes.iter().any(Note::may_have_paid)
    }

    fn is_silence(&self, note: &Note) -> bool {
        let Some(ended) = note.ended_at else { return false };
        let from = ended.max(self.session_start);
        let heard = |at: &&Timestamp| **at >= from && at.millis_since(from) >= self.trust_millis;
        let trusted: Vec<_> = note.not_found_at.iter().filter(heard).collect();
        trusted.iter().any(|a| trusted.iter().any(|b| b.millis_since(**a) >= 500))
    }

    fn within_half_memory(&self, note: &Note, now: Timestamp) {
        let age = now.millis_since(note.first_maybe_at);
        assert!(age < self.half_memory_millis, "'not found' counted {age} ms after the first send: {note:?}");
    }
}

fn answered(note: &mut Note, outcome: &SubmitOutcome) {
    match outcome {
        SubmitOutcome::NotSent { .. } => {}
        SubmitOutcome::Refused(refusal) if !note.maybe_left => {
            note.proved_dead = true;
            note.account_refused = recipient(refusal.cause);
        }
        SubmitOutcome::Refused(_) => note.repeat_refused = true,
        SubmitOutcome::Accepted(_) => {
            note.maybe_left = true;
            note.accepted = true;
        }
        SubmitOutcome::Settled(_) => {
            note.maybe_left = true;
            note.paid = true;
        }
        SubmitOutcome::Contradicted { .. } => note.contradicted = true,
        SubmitOutcome::Unknown { doubt, .. } => {
            note.maybe_left = true;
            note.held_back |= *doubt == Doubt::Suspended;
            note.claimed |= matches!(doubt, Doubt::Duplicate | Doubt::Inconsistent);
        }
    }
}

fn inquired(note: &mut Note, answer: &InquiryAnswer, at: Timestamp) {
    note.asked_after_refusal |= matches!(answer, InquiryAnswer::NotFound(_) | InquiryAnswer::Failed(_));
    match answer {
        InquiryAnswer::Success(_) => (note.paid, note.by_people) = (true, None),
        InquiryAnswer::InProgress(_) => {
            note.maybe_left = true;
            note.accepted = true;
            // Refused, and at work all the same: what was proved is open again.
            note.proved_dead = false;
            // And so is what people said did not happen.
            note.by_people = note.by_people.filter(|paid| *paid);
        }
        InquiryAnswer::Refunded { .. } => note.back = true,
        InquiryAnswer::Failed(refusal) => {
            // The bank's evidence is worth more than theirs.
            note.by_people = None;
            note.proved_dead = true;
            note.account_refused = recipient(refusal.cause);
        }
        InquiryAnswer::NotFound(_) => note.not_found_at.push(at),
        InquiryAnswer::Contradicted { .. } => (note.contradicted, note.by_people) = (true, None),
        InquiryAnswer::Unavailable { .. } => {}
    }
}

fn recipient(cause: Cause) -> bool {
    cause.guide().whose == Whose::Recipient
}
