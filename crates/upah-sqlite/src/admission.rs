//! A run on its way in: staged in chunks inside one open transaction.
//!
//! SQLite spills what does not fit its cache into the write-ahead log, so that a million rows need
//! no more memory than a thousand.
use crate::blocking;
use crate::fault::{Fault, Result};
use crate::write::Unit;
use upah_core::rail::BoxFuture;
use upah_core::run::RunId;
use upah_core::store::{Admission, ChangeSet, PaymentChange, Receipt, RunChange, StoreError};

/// Holds the writer until it is finished or dropped.
pub(crate) struct Staging(Option<Unit>);

impl Staging {
    /// Begins with a transaction that has just been opened.
    pub(crate) fn new(unit: Unit) -> Self {
        Self(Some(unit))
    }

    fn unit(&mut self) -> Result<Unit> {
        self.0.take().ok_or_else(|| Fault::misused("this admission has failed and cannot go on; begin another"))
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
            // The unit travels into the closure and comes back only if all went well: a failure, and
            // a caller who stops waiting, both end in its rollback.
            let unit = blocking(move || unit.payments(&payments).map(|()| unit)).await?;
            self.0 = Some(unit);
            Ok(())
        })
    }

    fn finish(
        mut self: Box<Self>,
        runs: Vec<RunChange>,
    ) -> BoxFuture<'static, core::result::Result<Receipt, StoreError>> {
        Box::pin(async move {
            let mut unit = self.unit()?;
            blocking(move || {
                let changes = ChangeSet { payments: Vec::new(), runs };
                unit.write(&changes)?;
                Ok(Receipt::after_durable_commit(&changes, unit.commit()?))
            })
            .await
        })
    }
}
