//! Erasing what is known of a worker (UU 27/2022 articles 43 and 44), as far as nothing else obliges to keep it.
//!
//! Her payments are found by the traces that they left, so that nobody has to read everybody's records. What must be
//! kept is named with the day until which, and why; what is erased leaves [`Remains`] and an entry in the log that
//! names nobody. The leaves stay, and so does every proof: her own slip, which she holds, still verifies.
use crate::error::Error;
use crate::gateway::Gateway;
use crate::journal::{fold, fresh_salt, open_payment_record, worker_hash};
use crate::people::again_after_conflict;
use crate::traces;
use std::collections::BTreeSet;
use std::sync::Arc;
use upah_core::commitment::Commit;
use upah_core::erasure::{ErasedPayment, Erasure, ErasureReason, Remains, Retention};
use upah_core::event::{Fact, PaymentEvent};
use upah_core::obligation::Obligation;
use upah_core::run::{PaymentId, RunId};
use upah_core::state::PaymentState;
use upah_core::store::{PaymentChange, SettledTo, StoredPayment, Trace};
use upah_core::time::Date;
use upah_core::{EmployerId, Payment, WorkerId};

/// What became of a wish to erase.
#[derive(Clone, Debug, Default)]
pub struct ErasureReport {
    /// Erased now, each with the entry of the log that says so.
    pub erased: Vec<ErasedPayment>,
    /// Erased before.
    pub already: Vec<ErasedPayment>,
    /// What stays, and why.
    pub kept: Vec<(PaymentId, WhyKept)>,
}

/// Why a payment's records stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyKept {
    /// Money is on its way, or somebody still has to act.
    NotFinished(PaymentState),
    /// Books must be kept to the end of this day.
    Retention(Date),
}

/// One payment of hers that is not erased yet.
struct Whole {
    stored: StoredPayment,
    payment: Payment,
    events: Vec<(PaymentEvent, Commit)>,
}

impl Gateway {
    /// Erases record, salt and everything personal of a worker's payments that are finished and need not be kept any
    /// longer. In a sandbox store nothing must be kept.
    ///
    /// Durable when it returns: the erasure, one entry in the log for each payment, and a checkpoint over them; and what
    /// was erased stands in no file of the store any more (see [`upah_core::store::Store::erase`]). Not in the store, and
    /// the caller's to see to: payroll files, slips, bank files, backups. Safe to repeat.
    ///
    /// # Errors
    /// [`Error::NotFound`] when no payment of this worker is known; the log key is missing, the clock is behind, the
    /// store is older than its last checkpoint, or failed.
    pub async fn erase(
        &self,
        employer: &EmployerId,
        worker: &WorkerId,
        reason: ErasureReason,
        retention: Retention,
    ) -> Result<ErasureReport, Error> {
        self.book().require_key()?;
        self.check_clock().await?;
        if self.book().went_back().await? {
            return Err(Error::WentBack);
        }
        let retention = if self.is_sandbox() { Retention { years: 0 } } else { retention };
        let report = again_after_conflict(|| self.erase_once(employer, worker, reason, retention)).await?;
        self.book().sign().await?;
        Ok(report)
    }

    /// The employers of this store who have ever paid a worker of this id. Ids are the employers' own: two of them may
    /// mean two people.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn employers_of(&self, worker: &WorkerId) -> Result<Vec<EmployerId>, Error> {
        let mut employers: Vec<EmployerId> = self.runs().await?.into_iter().map(|run| run.employer).collect();
        employers.sort_unstable();
        employers.dedup();
        let mut found = Vec::new();
        for employer in employers {
            let (key, who) = traces::of_worker(&employer, worker, self.pepper());
            let values = self.store().traces(vec![key]).await?.pop().unwrap_or_default();
            if values.iter().any(|value| traces::owed(value, &who).is_some()) {
                found.push(employer);
            }
        }
        Ok(found)
    }

    async fn erase_once(
        &self,
        employer: &EmployerId,
        worker: &WorkerId,
        reason: ErasureReason,
        retention: Retention,
    ) -> Result<ErasureReport, Error> {
        let mut report = ErasureReport::default();
        let (mut leaving, mut staying) = (Vec::new(), Vec::new());
        for stored in self.payments_of(employer, worker).await? {
            match ErasedPayment::read(&stored) {
                Some(erased) => report.already.push(erased),
                None => {
                    let whole = self.whole(stored).await?;
                    match self.why_kept(&whole, retention) {
                        Some(why) => {
                            report.kept.push((whole.stored.row.id.clone(), why));
                            staying.push(whole);
                        }
                        None => leaving.push((retention.kept_until(&whole.period(), whole.last_at()), whole)),
                    }
                }
            }
        }
        if leaving.is_empty() && report.already.is_empty() {
            return Ok(report);
        }
        let ends =
            leaving.iter().map(|(until, whole)| self.end(whole, reason, *until)).collect::<Result<Vec<_>, _>>()?;
        let mut erasure = Erasure { ends, traces: self.traces_to_forget(&leaving, &staying), payees: Vec::new() };
        // Her last destination is that of the last payment that stays, if one does: by it diverted pay is held. Where
        // nothing leaves, it is that already.
        match self.last_paid(&staying).await? {
            None => erasure.payees.push(worker_hash(employer.as_str(), worker.as_str(), self.pepper())),
            last => {
                if let Some(end) = erasure.ends.last_mut() {
                    end.settled_to = last;
                }
            }
        }
        self.store().erase(Arc::new(erasure)).await?;
        for (_, whole) in leaving {
            let id = whole.stored.row.id;
            let left = ErasedPayment::read(&self.stored(&id).await?);
            report.erased.push(left.ok_or_else(|| Error::Damaged(format!("payment {id} was not erased")))?);
        }
        Ok(report)
    }

    /// Every payment that this worker was ever admitted with, oldest first.
    async fn payments_of(&self, employer: &EmployerId, worker: &WorkerId) -> Result<Vec<StoredPayment>, Error> {
        let (key, who) = traces::of_worker(employer, worker, self.pepper());
        let values = self.store().traces(vec![key]).await?.pop().unwrap_or_default();
        let owed = values.iter().filter_map(|value| traces::owed(value, &who)).map(|(component, period)| {
            Obligation { employer: employer.clone(), period, worker_id: worker.clone(), component }.key(self.pepper())
        });
        let known = self.store().known(owed.collect()).await?;
        if known.is_empty() {
            return Err(Error::NotFound("payment of this worker".into()));
        }
        let mut found = Vec::new();
        for known in known.into_iter().flatten() {
            found.push(self.stored(&known.id).await?);
        }
        found.sort_by_key(|stored| stored.records.first().map(|record| record.seq));
        Ok(found)
    }

    async fn whole(&self, stored: StoredPayment) -> Result<Whole, Error> {
        let approvals = self.approvals().await?;
        let payment = fold(&stored, &|run: &RunId| approvals.get(run).copied())?;
        let events = stored.records.iter().map(open_payment_record).collect::<Result<Vec<_>, _>>()?;
        Ok(Whole { stored, payment, events })
    }

    fn why_kept(&self, whole: &Whole, retention: Retention) -> Option<WhyKept> {
        let state = whole.payment.state;
        if !matches!(state, PaymentState::Settled | PaymentState::Cancelled) {
            return Some(WhyKept::NotFinished(state));
        }
        let until = retention.kept_until(&whole.period(), whole.last_at());
        until.filter(|until| self.env().now().date() <= *until).map(WhyKept::Retention)
    }

    /// The event that ends its stream, with the row as it stays.
    fn end(&self, whole: &Whole, reason: ErasureReason, until: Option<Date>) -> Result<PaymentChange, Error> {
        let row = &whole.stored.row;
        let commits = whole.events.iter().map(|(_, commit)| *commit).collect();
        let attempts = u16::try_from(whole.payment.attempts.len()).unwrap_or(u16::MAX);
        let remains = Remains::of(row, attempts, commits, reason, until);
        let n = row.version + 1;
        let event = PaymentEvent {
            at: self.env().now(),
            n,
            prev: row.head,
            stream: row.id.clone(),
            v: 1,
            fact: Fact::Erased(Box::new(remains.clone())),
        };
        let (record, head) =
            event.seal(fresh_salt(self.env())?).map_err(|_| Error::damaged("a new event has no canonical form"))?;
        Ok(PaymentChange {
            expected_version: row.version,
            fence: None,
            row: remains.row(&row.id, n, head),
            records: vec![record],
            new_references: Vec::new(),
            traces: Vec::new(),
            settled_to: None,
        })
    }

    /// The traces of destinations that no payment of hers leaves that stays. The trace of the worker herself stays: by
    /// it an old file under another spelling of her id is known, and what was erased is found.
    fn traces_to_forget(&self, leaving: &[(Option<Date>, Whole)], staying: &[Whole]) -> Vec<Trace> {
        let of_destinations = |whole: &Whole| {
            let left = whole.instructions().flat_map(|instruction| {
                traces::of(&instruction.employer, &instruction.row, self.pepper()).into_iter().skip(1)
            });
            left.collect::<BTreeSet<Trace>>()
        };
        let kept: BTreeSet<Trace> = staying.iter().flat_map(of_destinations).collect();
        let gone: BTreeSet<Trace> = leaving.iter().flat_map(|(_, whole)| of_destinations(whole)).collect();
        gone.difference(&kept).cloned().collect()
    }

    /// Where she was last paid, by the payments that stay.
    async fn last_paid(&self, staying: &[Whole]) -> Result<Option<SettledTo>, Error> {
        let approvals = self.approvals().await?;
        let paid = staying.iter().filter_map(|whole| self.settled_last(&whole.stored, &approvals));
        Ok(paid.max_by_key(|(seq, _)| *seq).map(|(_, to)| to))
    }
}

impl Whole {
    fn period(&self) -> upah_core::Period {
        self.payment.instruction.row.period
    }

    fn last_at(&self) -> upah_core::Timestamp {
        self.events.iter().map(|(event, _)| event.at).max().unwrap_or_default()
    }

    fn instructions(&self) -> impl Iterator<Item = &upah_core::event::Instruction> {
        self.events.iter().filter_map(|(event, _)| match &event.fact {
            Fact::Instructed(instruction) => Some(&**instruction),
            _ => None,
        })
    }
}
