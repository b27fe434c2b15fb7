//! A run on its way in: staged in chunks inside one open transaction.
//!
//! PostgreSQL writes rows to the tables as they come, invisible to others until the commit, so that a
//! million rows need no more memory than a thousand.
use crate::fault::{Fault, Result};
use crate::going_on;
use crate::write::Unit;
use tokio::runtime::Handle;
use upah_core::rail::BoxFuture;
use upah_core::run::RunId;
use upah_core::store::{Admission, ChangeSet, PaymentChange, Receipt, RunChange, StoreError};

/// Holds the writer until it is finished or dropped.
pub(crate) struct Staging {
    unit: Option<Unit>,
    runtime: Handle,
}

impl Staging {
    /// Begins with a transaction that has just been opened.
    pub(crate) fn new(unit: Unit, runtime: Handle) -> Self {
        Self { unit: Some(unit), runtime }
    }

    fn unit(&mut self) -> Result<Unit> {
        self.unit.take().ok_or_else(|| Fault::misused("this admission has failed and cannot go on; begin another"))
    }
}

impl Admission for Staging {
    fn stage(
        &mut self,
        run: &RunId,
        payments: Vec<PaymentChange>,
    ) -> BoxFuture<'_, core::result::Result<(), StoreError>> {
        let foreign = payments.iter().any(|change| change.row.instructed_by != *run);
        Box::pin(async move {
            let mut unit = self.unit()?;
            if foreign {
                return Err(Fault::misused("a staged payment is instructed by another run").into());
            }
            // The unit travels into the task and comes back only if all went well: a failure, and a
            // caller who stops waiting, both end in its rollback.
            let staged = going_on(&self.runtime, async move { unit.payments(&payments).await.map(|()| unit) });
            self.unit = Some(staged.await?);
            Ok(())
        })
    }

    fn finish(
        mut self: Box<Self>,
        runs: Vec<RunChange>,
    ) -> BoxFuture<'static, core::result::Result<Receipt, StoreError>> {
        Box::pin(async move {
            let mut unit = self.unit()?;
            going_on(&self.runtime, async move {
                let changes = ChangeSet { payments: Vec::new(), runs };
                unit.write(&changes).await?;
                Ok(Receipt::after_durable_commit(&changes, unit.commit().await?))
            })
            .await
        })
    }
}
