//! `log audit`: nobody was dropped from a run after it was sealed, and nobody was added.
//!
//! A run commits to the number and the sum of its payments before the first of them is sent, by one entry of the log
//! whose leaf shows the number in clear. Here that promise is held against what the store has. It says nothing about
//! who was left off the file before (safety rule 33).
use crate::error::Error;
use crate::gateway::Gateway;
use crate::journal::{open_payment_record, open_run_record};
use std::collections::BTreeSet;
use upah_core::Rupiah;
use upah_core::event::{Fact, RunFact};
use upah_core::run::RunId;
use upah_core::store::{Page, StoredPayment};

/// What was found about one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealingAudit {
    /// The run.
    pub run: RunId,
    /// The entry of the log that seals it.
    pub entry: u64,
    /// The day of that entry, by the employer's clock.
    pub day: String,
    /// How many payments it was sealed over.
    pub count: u32,
    /// Their sum.
    pub total: Rupiah,
    /// How many there are.
    pub present: u32,
    /// How many have a later instruction (another account or name), each an entry that follows the one it corrects.
    pub corrected: u32,
    /// Of how many the records were erased; they are counted all the same.
    pub erased: u32,
    /// The entry of the first send, if anything was sent.
    pub first_send: Option<u64>,
    /// What does not fit, in words; empty when nobody was dropped or added.
    pub findings: Vec<String>,
}

/// What is counted over the payments of a run.
#[derive(Default)]
struct Count {
    numbers: BTreeSet<u32>,
    sum: u64,
    corrected: u32,
    erased: u32,
    first_send: Option<u64>,
    /// Numbers of payments whose first entry stands after the sealing.
    later: Vec<u32>,
}

impl Gateway {
    /// Holds the sealing of one run, or of all, against its payments. Reads only.
    ///
    /// # Errors
    /// No such run, or the store cannot be read.
    pub async fn audit_sealing(&self, run: Option<&RunId>) -> Result<Vec<SealingAudit>, Error> {
        let rows = match run {
            Some(run) => vec![self.run(run).await?],
            None => self.runs().await?,
        };
        let mut audits = Vec::new();
        for row in rows {
            audits.push(self.audit_run(&row.id).await?);
        }
        Ok(audits)
    }

    async fn audit_run(&self, run: &RunId) -> Result<SealingAudit, Error> {
        let records = self.store().run_records(run.clone()).await?;
        let first = records.first().ok_or_else(|| Error::damaged("a run without events"))?;
        let (event, _) = open_run_record(first)?;
        let RunFact::Sealed { count, total, .. } = event.fact else {
            return Err(Error::damaged("a run that does not begin with its sealing"));
        };
        let found = self.count_payments(run, first.seq).await?;
        let mut audit = SealingAudit {
            run: run.clone(),
            entry: first.seq,
            day: event.at.day(),
            count,
            total,
            present: u32::try_from(found.numbers.len()).unwrap_or(u32::MAX),
            corrected: found.corrected,
            erased: found.erased,
            first_send: found.first_send,
            findings: Vec::new(),
        };
        let missing: Vec<u32> = (1..=count).filter(|n| !found.numbers.contains(n)).collect();
        let added: Vec<u32> = found.numbers.iter().copied().filter(|n| *n == 0 || *n > count).collect();
        for (numbers, what) in [(missing, "dropped after sealing"), (added, "added after sealing")] {
            audit
                .findings
                .extend(numbers.first().map(|n| format!("{} {what}, the first is number {n}", numbers.len())));
        }
        if let Some(n) = found.later.first() {
            audit
                .findings
                .push(format!("{} entered the book after sealing, the first is number {n}", found.later.len()));
        }
        if found.sum != total.value() {
            audit.findings.push(format!("the sum is not the {total} that it was sealed over"));
        }
        if found.first_send.is_some_and(|send| send < first.seq) {
            audit.findings.push("something was sent before it was sealed".to_owned());
        }
        Ok(audit)
    }

    async fn count_payments(&self, run: &RunId, sealed_at: u64) -> Result<Count, Error> {
        let mut count = Count::default();
        let mut after = None;
        loop {
            let page = Page { run: Some(run.clone()), states: Vec::new(), after, limit: 500 };
            let (payments, next) = self.store().page(page).await?;
            payments.iter().for_each(|stored| count.take(stored, sealed_at));
            match next {
                Some(cursor) => after = Some(cursor),
                None => return Ok(count),
            }
        }
    }
}

impl Count {
    fn take(&mut self, stored: &StoredPayment, sealed_at: u64) {
        self.numbers.insert(stored.row.id.n);
        self.sum += stored.row.amount.value();
        self.erased += u32::from(stored.is_erased());
        if stored.records.first().is_none_or(|first| first.seq > sealed_at) {
            self.later.push(stored.row.id.n);
        }
        let mut instructions = 0u32;
        for record in &stored.records {
            match open_payment_record(record).map(|(event, _)| event.fact) {
                Ok(Fact::Instructed(_)) => instructions += 1,
                Ok(Fact::Attempted(_)) => {
                    self.first_send = Some(self.first_send.map_or(record.seq, |first| first.min(record.seq)));
                }
                _ => {}
            }
        }
        self.corrected += u32::from(instructions > 1);
    }
}
