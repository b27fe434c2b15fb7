//! What people say while payments are driven: approve, confirm what is held, stop what has not been sent.
//!
//! Others may drive the same payments meanwhile. Whoever is faster wins, and a word that met a conflict is said
//! again to what stands then.
use crate::admission::{self, Confirm};
use crate::error::Error;
use crate::gateway::Gateway;
use std::sync::Arc;
use upah_core::event::{Fact, RunFact};
use upah_core::ids::ActorName;
use upah_core::run::{Approval, ApprovalError, PaymentId, RunId};
use upah_core::state::PaymentState;
use upah_core::store::{ChangeSet, Page, Receipt, RunChange, RunRow, StoreError};

/// How often somebody else may be faster before it is told.
const TRIES: u32 = 5;

/// Says a word again to what stands now, while others are faster.
pub(crate) async fn again_after_conflict<T, F: Future<Output = Result<T, Error>>>(
    mut act: impl FnMut() -> F,
) -> Result<T, Error> {
    for _ in 1..TRIES {
        match act().await {
            Err(Error::Store(StoreError::Conflict(_)) | Error::Outdated) => {}
            done => return done,
        }
    }
    act().await
}

impl Gateway {
    /// The checker's word on a run, bound to its digest. Approving an approved run again only
    /// confirms the held payments that are named.
    ///
    /// # Errors
    /// The maker cannot approve; a cancelled run cannot be approved; the clock is behind.
    pub async fn approve(&self, run: &RunId, by: &ActorName, confirm: &Confirm) -> Result<RunRow, Error> {
        self.check_clock().await?;
        again_after_conflict(|| self.approve_once(run, by, confirm)).await
    }

    async fn approve_once(&self, run: &RunId, by: &ActorName, confirm: &Confirm) -> Result<RunRow, Error> {
        let row = self.run(run).await?;
        if row.cancelled {
            return Err(ApprovalError::Cancelled.into());
        }
        if by.same_person(&row.created_by) {
            return Err(ApprovalError::SamePerson.into());
        }
        self.confirm(run, by, confirm).await?;
        if row.approved_seq.is_none() {
            let approval = Approval::asserted(by.clone(), row.digest);
            let change = admission::approval_change(self, row, approval)?;
            self.commit_run(change).await?;
        }
        self.run(run).await
    }

    async fn confirm(&self, run: &RunId, by: &ActorName, confirm: &Confirm) -> Result<(), Error> {
        if *confirm == Confirm::None {
            return Ok(());
        }
        let mut after = None;
        loop {
            let states = vec![PaymentState::AwaitingApproval];
            let (page, next) = self.store().page(Page { run: None, states, after, limit: 500 }).await?;
            let mut changes = ChangeSet::default();
            for stored in page.iter().filter(|stored| stored.row.instructed_by == *run) {
                let mut working = self.opened(stored).await?;
                let row = working.payment.instruction.row.row;
                let held = !working.payment.instruction.holds.is_empty() && !working.payment.confirmed;
                if held && confirm.names(row) {
                    working.append(vec![Fact::Confirmed { by: by.clone() }], self.env().now(), self.env())?;
                    changes.payments.push(working.change(self.pepper()));
                }
            }
            if !changes.payments.is_empty() {
                self.store().commit(Arc::new(changes)).await?;
            }
            match next {
                Some(cursor) => after = Some(cursor),
                None => return Ok(()),
            }
        }
    }

    async fn commit_run(&self, change: RunChange) -> Result<Receipt, Error> {
        Ok(self.store().commit(Arc::new(ChangeSet { payments: Vec::new(), runs: vec![change] })).await?)
    }

    /// Stops every payment of a run that has not been sent; returns how many.
    ///
    /// # Errors
    /// No such run, or the clock is behind.
    pub async fn cancel_run(&self, run: &RunId, by: &ActorName, because: &str) -> Result<u64, Error> {
        self.check_clock().await?;
        again_after_conflict(|| self.mark_cancelled(run, by, because)).await?;
        let mut stopped = 0;
        let mut after = None;
        let states = vec![PaymentState::AwaitingApproval, PaymentState::Ready, PaymentState::NeedsAction];
        loop {
            let (page, next) =
                self.store().page(Page { run: Some(run.clone()), states: states.clone(), after, limit: 500 }).await?;
            for stored in page {
                let id = stored.row.id;
                let stops = again_after_conflict(|| self.cancel_once(&id, by, because)).await?;
                stopped += u64::from(stops.0);
            }
            match next {
                Some(cursor) => after = Some(cursor),
                None => return Ok(stopped),
            }
        }
    }

    /// Stops one payment that has not been sent.
    ///
    /// # Errors
    /// [`Error::TooLate`] when money may be on its way; the clock is behind.
    pub async fn cancel_payment(&self, id: &PaymentId, by: &ActorName, because: &str) -> Result<(), Error> {
        self.check_clock().await?;
        match again_after_conflict(|| self.cancel_once(id, by, because)).await? {
            (true, _) | (_, PaymentState::Cancelled) => Ok(()),
            (false, state) => Err(Error::TooLate { id: id.to_string(), state: state.name() }),
        }
    }

    async fn mark_cancelled(&self, run: &RunId, by: &ActorName, because: &str) -> Result<(), Error> {
        let row = self.run(run).await?;
        if row.cancelled {
            return Ok(());
        }
        let fact = RunFact::Cancelled { by: by.clone(), because: because.to_owned() };
        let (n, expected_version) = (row.version + 1, row.version);
        let (record, head) = crate::journal::seal_run_event(run, n, row.head, fact, self.env().now(), self.env())?;
        let row = RunRow { version: n, head, cancelled: true, ..row };
        self.commit_run(RunChange { expected_version, row, record, approves: false }).await.map(drop)
    }

    /// Whether it was stopped, and where it stood.
    async fn cancel_once(&self, id: &PaymentId, by: &ActorName, because: &str) -> Result<(bool, PaymentState), Error> {
        let mut working = self.opened(&self.stored(id).await?).await?;
        let state = working.payment.state;
        let mut trial = working.payment.clone();
        let fact = Fact::Cancelled { by: by.clone(), because: because.to_owned() };
        if trial.learn(&fact, self.env().now()).is_err()
            || trial.state != PaymentState::Cancelled
            || trial.state == working.payment.state
        {
            return Ok((false, state));
        }
        working.append(vec![fact], self.env().now(), self.env())?;
        let changes = ChangeSet { payments: vec![working.change(self.pepper())], runs: Vec::new() };
        self.store().commit(Arc::new(changes)).await?;
        Ok((true, state))
    }
}
