//! `resolve`: two people state, with a file in hand, what became of a payment that no evidence of the bank decides
//! (safety rule 16).
//!
//! The bank is asked right before, and its word wins, now and later. What is decided is decided by
//! [`upah_core::planner::on_resolution`].
use crate::error::Error;
use crate::gateway::Gateway;
use crate::journal::{open_payment_record, open_run_record};
use crate::people::again_after_conflict;
use std::sync::Arc;
use upah_core::bank_statement::Resolution;
use upah_core::event::{Fact, RunFact};
use upah_core::evidence::InquiryAnswer;
use upah_core::planner::{Ending, on_resolution, resolvable};
use upah_core::rail::DurableAttempt;
use upah_core::reference::Reference;
use upah_core::run::RunId;
use upah_core::store::{ChangeSet, StoredPayment};
use upah_core::{ActorName, Payment};

/// Why nobody may speak about a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResolutionError {
    /// One person is not two.
    #[error("a resolution needs the word of two people; --by and --and-by name the same one")]
    SamePerson,
    /// Whoever made or approved the payment does not judge it.
    #[error("who made or approved this payment cannot state what became of it; name two others with --by and --and-by")]
    Involved,
    /// No reason.
    #[error("say why with --because; it goes on the log")]
    NoReason,
    /// The bank has decided it, or nothing of it can have been carried out.
    #[error(
        "payment is {state}, and no order of it is open: only what may have been carried out, and what the bank does not decide, can be resolved"
    )]
    NotOpen {
        /// Where it stands.
        state: &'static str,
    },
    /// The run of the payment cannot be read back, so nobody knows who made it.
    #[error("the run of this payment has no maker on record")]
    NoMaker,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Resolving {
    /// Whether the word of the two people was taken.
    pub ending: Ending,
    /// The payment as it stands now.
    pub payment: Payment,
    /// The reference about which the bank was asked.
    pub reference: Reference,
}

impl Gateway {
    /// Asks the bank about the open attempt of a payment, and records the word of two people when the answer does not
    /// contradict it.
    ///
    /// `refused` goes to people: paying again is a new, approved instruction and never follows by itself. Evidence of
    /// the bank that comes later overrides either.
    ///
    /// Durable when it returns: the bank's answer, the word if it was taken, and, with a log key, a checkpoint over
    /// both; by one commit. Safe to drop and to repeat.
    ///
    /// # Errors
    /// [`Error::Resolution`] when these two people may not speak about this payment, before anybody is asked. A bank that
    /// cannot be asked is [`Ending::Unanswered`] and no error.
    pub async fn resolve(&self, payment: &str, resolution: Resolution) -> Result<Resolving, Error> {
        self.check_clock().await?;
        if self.book().went_back().await? {
            return Err(Error::WentBack);
        }
        let resolving = again_after_conflict(|| self.resolve_once(payment, resolution.clone())).await?;
        if self.book().require_key().is_ok() {
            self.book().sign().await?;
        }
        Ok(resolving)
    }

    async fn resolve_once(&self, payment: &str, resolution: Resolution) -> Result<Resolving, Error> {
        let stored = self.find(payment).await?;
        self.check_people(&stored, &resolution).await?;
        let mut working = self.opened(&stored).await?;
        let Some(attempt) = resolvable(&working.payment) else {
            return Err(ResolutionError::NotOpen { state: working.payment.state.name() }.into());
        };
        let (number, reference) = (attempt.made.number, attempt.made.reference.clone());
        let Some(answer) = self.ask_now(&working.payment, number).await else {
            return Ok(Resolving { ending: Ending::Unanswered, payment: working.payment, reference });
        };
        let now = self.env().now();
        let (facts, ending) = on_resolution(&working.payment, self.policy(), number, answer, resolution, now);
        working.append(facts, now, self.env())?;
        let changes = ChangeSet { payments: vec![working.change(self.pepper())], runs: Vec::new() };
        self.store().commit(Arc::new(changes)).await?;
        Ok(Resolving { ending, payment: working.payment, reference })
    }

    /// Asks about an attempt over the rail by which it went; nobody when that is not configured as it was
    /// (safety rule 17).
    async fn ask_now(&self, payment: &Payment, number: u16) -> Option<InquiryAnswer> {
        let attempt = DurableAttempt::stored(payment, number)?;
        let made = payment.attempts.iter().map(|attempt| &attempt.made).find(|made| made.number == number)?;
        let (rail, policy) = self.rail(&made.rail)?;
        if policy.fingerprint != made.fingerprint {
            return None;
        }
        Some(rail.inquire(&attempt).await)
    }

    /// Two people, and neither of those who made, approved or confirmed any instruction of the payment.
    async fn check_people(&self, stored: &StoredPayment, resolution: &Resolution) -> Result<(), Error> {
        let Resolution { by, and_by, because, .. } = resolution;
        if because.trim().is_empty() {
            return Err(ResolutionError::NoReason.into());
        }
        if by.same_person(and_by) {
            return Err(ResolutionError::SamePerson.into());
        }
        let mut involved: Vec<ActorName> = Vec::new();
        let mut runs: Vec<RunId> = Vec::new();
        for record in &stored.records {
            match open_payment_record(record)?.0.fact {
                Fact::Instructed(instruction) if !runs.contains(&instruction.run) => runs.push(instruction.run),
                Fact::Confirmed { by } => involved.push(by),
                _ => {}
            }
        }
        for run in runs {
            let before = involved.len();
            for record in self.store().run_records(run).await? {
                match open_run_record(&record)?.0.fact {
                    RunFact::Sealed { created_by, .. } => involved.push(created_by),
                    RunFact::Approved { by, .. } => involved.push(by),
                    RunFact::Cancelled { .. } => {}
                }
            }
            if involved.len() == before {
                return Err(ResolutionError::NoMaker.into());
            }
        }
        if involved.iter().any(|one| one.same_person(by) || one.same_person(and_by)) {
            return Err(ResolutionError::Involved.into());
        }
        Ok(())
    }
}
