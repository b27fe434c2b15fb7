//! Events of runs: one row each, and what an approval does to payments.
use crate::columns::{RunNo, state_code, to_integer};
use crate::fault::{Fault, Result};
use crate::write::{Unit, conflict, fits};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use upah_core::state::PaymentState;
use upah_core::store::{RunChange, StoreError};

impl Unit {
    /// Writes one event of a run and what follows from it.
    pub(crate) async fn run(&mut self, change: &RunChange) -> Result<()> {
        fits(change.expected_version, 1, change.row.version)?;
        self.look_up(vec![&change.row.id]).await?;
        let no = self.number(&change.row.id)?;
        let seq = self.append(no.stream(), &change.record).await?;
        let approved_seq = if change.approves { Some(seq) } else { change.row.approved_seq };
        self.run_row(no, change, approved_seq.map(to_integer).transpose()?).await?;
        if change.approves {
            self.release(no).await?;
        }
        Ok(())
    }

    async fn run_row(&mut self, no: RunNo, change: &RunChange, approved_seq: Option<i64>) -> Result<()> {
        let row = &change.row;
        let (total, count) = (to_integer(row.total.value())?, i64::from(row.count));
        let (version, expected) = (i64::from(row.version), i64::from(change.expected_version));
        let (id, employer, created_by) = (row.id.as_str(), row.employer.as_str(), row.created_by.as_str());
        let (digest, head) = (&row.digest.0[..], &row.head.0[..]);
        let values: [&(dyn ToSql + Sync); 13] = [
            &no.0,
            &id,
            &employer,
            &row.key,
            &digest,
            &count,
            &total,
            &created_by,
            &approved_seq,
            &row.cancelled,
            &version,
            &head,
            &expected,
        ];
        if change.expected_version == 0 {
            return self.insert_run(change, &values[..12]).await;
        }
        let sql = "UPDATE upah.run SET id = $2, employer = $3, key = $4, digest = $5, count = $6, total = $7,
                       created_by = $8, approved_seq = $9, cancelled = $10, version = $11, head = $12
                   WHERE no = $1 AND version = $13";
        match self.execute(sql, &values).await {
            Ok(1) => Ok(()),
            Ok(_) => Err(conflict(&row.id)),
            Err(fault) if fault.code() == Some(&SqlState::UNIQUE_VIOLATION) => Err(StoreError::RunKeyTaken.into()),
            Err(fault) => Err(fault),
        }
    }

    async fn insert_run(&mut self, change: &RunChange, values: &[&(dyn ToSql + Sync)]) -> Result<()> {
        if !self.is_first(&change.row.id) {
            return Err(conflict(&change.row.id));
        }
        let sql = "INSERT INTO upah.run (no, id, employer, key, digest, count, total, created_by, approved_seq,
                       cancelled, version, head)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
        if self.execute(sql, values).await? == 1 { Ok(()) } else { Err(Fault::from(StoreError::RunKeyTaken)) }
    }

    /// What an approval does to the payments that wait for it, as `Payment::replay` does it: the ones
    /// without an unnamed hold become ready. Their versions stay, for the event is the run's.
    async fn release(&mut self, run: RunNo) -> Result<()> {
        const { assert!(state_code(PaymentState::AwaitingApproval) == 0 && state_code(PaymentState::Ready) == 1) };
        // Literals, so that PostgreSQL may use the partial index.
        let sql = "UPDATE upah.payment SET state = 1 WHERE instructed_by = $1 AND state = 0 AND NOT held";
        self.execute(sql, &[&run.0]).await.map(drop)
    }
}
