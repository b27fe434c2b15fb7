//! What is learned without the provider being asked: lines of its statement, and the word of two people.
use super::{Attempt, Payment, Resolved};
use crate::bank_statement::{Claim, Entry, Resolution, Side};
use crate::cause::Cause;
use crate::event::RecordError;
use crate::evidence::{Evidence, Grade};
use crate::money::Rupiah;
use crate::run::Digest;
use crate::state::{AttemptSignal, AttemptState, PaymentSignal, PaymentState};
use crate::time::Timestamp;
use alloc::string::{String, ToString};

impl Attempt {
    /// Whether people, and no evidence of the bank, say where it stands.
    pub fn is_by_people(&self) -> bool {
        let stands = matches!(self.state, AttemptState::Settled | AttemptState::Refused);
        stands && self.evidence.as_ref().is_some_and(|evidence| evidence.grade == Grade::People)
    }

    /// How often the statements show exactly the wage on this side.
    pub(super) fn booked_exactly(&self, side: Side, wage: Rupiah) -> usize {
        self.booked.iter().filter(|entry| entry.side == side && entry.amount == wage).count()
    }

    /// The bank has booked the wage more than once under this reference, and not all of it has come back: what
    /// came back once leaves the worker paid.
    pub(super) fn is_paid_again(&self, wage: Rupiah) -> bool {
        let debits = self.booked_exactly(Side::Debit, wage);
        debits > 1 && self.booked_exactly(Side::Credit, wage) < debits
    }

    /// What its newest entry says to the table. Statements may be read in any order, so a payment whose return is
    /// known already says nothing new.
    fn says(&self, entry: &Entry, wage: Rupiah) -> Option<AttemptSignal> {
        let debits = self.booked_exactly(Side::Debit, wage);
        let credits = self.booked_exactly(Side::Credit, wage);
        let others = self.booked.iter().any(|entry| entry.amount != wage);
        match entry.side {
            _ if entry.amount != wage => Some(AttemptSignal::AskContradicted),
            Side::Debit if debits > 1 => Some(AttemptSignal::AskContradicted),
            Side::Debit if self.state == AttemptState::Returned => None,
            // The bank has booked another amount besides: people have to look at both.
            Side::Debit if others && self.state == AttemptState::Disputed => None,
            Side::Debit => Some(AttemptSignal::StatedSettled),
            Side::Credit if self.is_paid_again(wage) || credits > debits.max(1) => Some(AttemptSignal::AskContradicted),
            Side::Credit => Some(AttemptSignal::AskReturned),
        }
    }
}

impl Payment {
    pub(super) fn booked(
        &mut self,
        number: u16,
        entry: Entry,
        statement: Digest,
        at: Timestamp,
    ) -> Result<(), RecordError> {
        let wage = self.amount();
        let attempt = self.attempt_mut(number)?;
        let evidence = Evidence {
            grade: Grade::Statement,
            code: String::new(),
            provider_id: entry.bank_reference.clone(),
            raw: statement.to_string(),
        };
        attempt.booked.push(entry.clone());
        let Some(signal) = attempt.says(&entry, wage) else { return Ok(()) };
        let cause = match signal {
            AttemptSignal::AskReturned => {
                attempt.returned = Some(entry.amount);
                Some(Cause::Returned)
            }
            AttemptSignal::StatedSettled => None,
            _ => Some(Cause::EvidenceConflict),
        };
        self.attempt_signal(number, signal, cause, Some(evidence), at)
    }

    pub(super) fn resolved(&mut self, number: u16, resolution: Resolution, at: Timestamp) -> Result<(), RecordError> {
        let (signal, cause) = match resolution.claim {
            Claim::Settled => (AttemptSignal::StatedSettled, None),
            Claim::Refused => (AttemptSignal::StatedRefused, Some(Cause::StatedRefused)),
        };
        let attempt = self.attempt_mut(number)?;
        // Only what is open can be resolved; a word about anything else is kept and moves nothing.
        if !matches!(attempt.state, AttemptState::Pending | AttemptState::Unknown | AttemptState::Disputed) {
            return Ok(());
        }
        let raw = resolution.evidence.to_string();
        let evidence = Evidence { grade: Grade::People, code: String::new(), provider_id: None, raw };
        // Before another reference follows the bank is asked again.
        attempt.refusal_confirmed = false;
        attempt.resolution = Some(Resolved { at, before: attempt.state, word: resolution });
        self.attempt_signal(number, signal, cause, Some(evidence), at)?;
        if signal == AttemptSignal::StatedRefused {
            // Paying again is a new, approved instruction, and never follows by itself.
            let why = self.cause;
            self.signal(PaymentSignal::Parked, at);
            if self.state == PaymentState::NeedsAction {
                self.cause = why.or(cause);
            }
        }
        Ok(())
    }
}
