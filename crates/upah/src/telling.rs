//! Stories, slips and proofs: what the book says, told and proved to people.
use crate::book::StoredTree;
use crate::error::Error;
use crate::gateway::Gateway;
use crate::journal::open_payment_record;
use upah_core::erasure::ErasedPayment;
use upah_core::event::Fact;
use upah_core::obligation::Obligation;
use upah_core::policy::Fee;
use upah_core::run::RunId;
use upah_core::store::{StoredPayment, StoredRecord};
use upah_core::{Payment, Period};
use upah_explain::{Audience, Earlier, ErasedStory, Language, LogFacts, RightsClock, Story, TellOptions};
use upah_slip::{SlipInput, render, render_signed, witnesses_named};
use upah_tlog::{Checkpoint, Hash, TlogProof, inclusion_proof};

impl Gateway {
    /// The story of a payment, named by its id or by one of its references. Reads only.
    ///
    /// # Errors
    /// No such payment.
    pub async fn story(&self, payment: &str, language: Language, audience: Audience) -> Result<Story, Error> {
        let payment = self.payment(payment).await?;
        Ok(self.tell_beside(&payment, None, self.log_facts().await?, language, audience))
    }

    /// The same, and how the payment differs from that of another period: of the same worker, employer and component.
    /// Where the records of that one were erased, the story says that nothing can be compared. Reads only.
    ///
    /// # Errors
    /// No such payment, or none of that period.
    pub async fn story_beside(
        &self,
        payment: &str,
        period: Period,
        language: Language,
        audience: Audience,
    ) -> Result<Story, Error> {
        let payment = self.payment(payment).await?;
        let found = match self.of_period(&payment, period).await {
            Err(Error::Erased(_)) => None,
            found => Some(found?),
        };
        let earlier = found.as_ref().map_or(Earlier::Erased(period), Earlier::Kept);
        Ok(self.tell_beside(&payment, Some(earlier), self.log_facts().await?, language, audience))
    }

    /// The book as it is, and how many witnesses its newest checkpoint names, where that is all of the book. Nobody has
    /// checked them here.
    async fn log_facts(&self) -> Result<LogFacts, Error> {
        let size = self.book().size().await?;
        let newest = self.book().last_checkpoint().await?;
        let whole = newest.filter(|text| Checkpoint::open_unverified(text).is_ok_and(|head| head.size() == size));
        Ok(LogFacts { size, day: None, witnesses_named: whole.map_or(0, |text| witnesses_named(&text)) })
    }

    /// What the same employer paid the same worker in another period as the same part of her pay.
    async fn of_period(&self, payment: &Payment, period: Period) -> Result<Payment, Error> {
        let row = &payment.instruction.row;
        let obligation = Obligation {
            employer: payment.instruction.employer.clone(),
            period,
            worker_id: row.worker_id.clone(),
            component: row.component.clone(),
        };
        let known = self.store().known(vec![obligation.key(self.pepper())]).await?;
        let other = known.into_iter().flatten().find(|known| known.id != payment.id).ok_or_else(|| {
            let component = &row.component;
            Error::NotFound(format!("other payment of this worker for {period} from the same employer ({component})"))
        })?;
        self.payment(&other.id.to_string()).await
    }

    /// The story of a payment in hand, by a log of so many entries, as of today. Reads nothing.
    pub fn tell(&self, payment: &Payment, log_size: u64, language: Language, audience: Audience) -> Story {
        let log = LogFacts { size: log_size, day: None, witnesses_named: 0 };
        self.tell_beside(payment, None, log, language, audience)
    }

    fn tell_beside(
        &self,
        payment: &Payment,
        earlier: Option<Earlier<'_>>,
        log: LogFacts,
        language: Language,
        audience: Audience,
    ) -> Story {
        // By the terms of the day on which the order was made.
        let fee: Option<Fee> = payment.newest_attempt().and_then(|attempt| {
            self.policy().rail(&attempt.made.rail)?.terms.fee(attempt.first_sent_at.date()).cloned()
        });
        let options = TellOptions {
            language,
            audience,
            sandbox: self.is_sandbox(),
            fee: fee.as_ref(),
            log: Some(log),
            earlier,
            clock: Some(RightsClock { today: self.env().now().date(), choices: self.late_fine() }),
            ..TellOptions::default()
        };
        Story::tell(payment, &options)
    }

    /// What can still be told of a payment whose records were erased ([`Error::Erased`]).
    #[must_use]
    pub fn erased_story(&self, erased: &ErasedPayment, language: Language, audience: Audience) -> ErasedStory {
        let options = TellOptions { sandbox: self.is_sandbox(), ..TellOptions::new(language, audience) };
        ErasedStory::tell(&erased.id, erased.remains.state, erased.entry, &options)
    }

    /// The slip of a payment under the newest checkpoint: one HTML file. Reads only; call
    /// [`crate::Book::sign`] before it, so that the checkpoint covers the payment's last event.
    ///
    /// # Errors
    /// No such payment, or no checkpoint that covers it.
    pub async fn slip(&self, payment: &str) -> Result<String, Error> {
        let stored = self.find(payment).await?;
        self.slip_of(stored).await
    }

    async fn slip_of(&self, stored: StoredPayment) -> Result<String, Error> {
        if let Some(erased) = ErasedPayment::read(&stored) {
            return Err(Error::Erased(Box::new(erased)));
        }
        let mut runs = Vec::new();
        for run in instructing_runs(&stored)? {
            runs.extend(self.store().run_records(run).await?);
        }
        let (checkpoint, size) = self.covering_checkpoint(&stored.records).await?;
        let key =
            self.book().verifying_key().cloned().ok_or_else(|| Error::LogKey("the store has no log key".into()))?;
        let (tree, page_key) = (self.book().reader(), self.book().page_key());
        blocking(move || {
            let prove = |entry| inclusion_proof(entry, size, &tree).map_err(|why| why.to_string());
            let input = SlipInput::assemble(&key, &checkpoint, &stored.records, &runs, prove)
                .map_err(|why| Error::Slip(why.to_string()))?;
            // Where the store is only read and its key is elsewhere, the page stays unsigned and cannot check itself.
            let html = page_key.map_or_else(|| render(&input), |key| render_signed(&input, &key));
            html.map_err(|why| Error::Slip(why.to_string()))
        })
        .await
    }

    /// The proof that a payment's last event is in the log, in the text format `tlog-proof`, with the
    /// entry itself in its extra line. Reads only.
    ///
    /// # Errors
    /// No such payment, or no checkpoint that covers it.
    pub async fn prove(&self, payment: &str) -> Result<String, Error> {
        let stored = self.find(payment).await?;
        let last = stored.records.last().ok_or_else(|| Error::damaged("a payment without events"))?;
        let (checkpoint, size) = self.covering_checkpoint(&stored.records).await?;
        let (_, commit) = open_payment_record(last)?;
        let leaf = upah_core::commitment::Leaf::of(commit).bytes();
        let (tree, entry): (StoredTree, u64) = (self.book().reader(), last.seq);
        blocking(move || {
            let path: Vec<Hash> = inclusion_proof(entry, size, &tree).map_err(|why| Error::Damaged(why.to_string()))?;
            let proof = TlogProof::new(entry, path, &checkpoint)
                .and_then(|proof| proof.with_extra(leaf.as_bytes()))
                .map_err(|why| Error::Slip(why.to_string()))?;
            Ok(proof.to_string())
        })
        .await
    }

    /// The newest checkpoint with its size, when it covers all of these records.
    async fn covering_checkpoint(&self, records: &[StoredRecord]) -> Result<(String, u64), Error> {
        let text =
            self.book().last_checkpoint().await?.ok_or_else(|| Error::Slip("the log has no checkpoint yet".into()))?;
        let checkpoint = Checkpoint::open_unverified(&text).map_err(|why| Error::Damaged(why.to_string()))?;
        let covered = records.last().is_none_or(|record| record.seq < checkpoint.size());
        if !covered {
            return Err(Error::Slip(
                "the newest checkpoint is older than this payment's last event; sign one with `upah log checkpoint`"
                    .into(),
            ));
        }
        Ok((text, checkpoint.size()))
    }
}

fn instructing_runs(stored: &StoredPayment) -> Result<Vec<RunId>, Error> {
    let mut runs = Vec::new();
    for record in &stored.records {
        if let Fact::Instructed(instruction) = open_payment_record(record)?.0.fact
            && !runs.contains(&instruction.run)
        {
            runs.push(instruction.run);
        }
    }
    Ok(runs)
}

/// Runs what reads the tree's hashes where blocking is allowed.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Interrupted)?
}
