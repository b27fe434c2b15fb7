//! From stored records to the input of a slip: which of them are shown, which stay closed, and which
//! need a proof.
use crate::check::implies_approval;
use crate::input::{Entry, RunOnSlip, Sealing, SlipInput, SlipRecord};
use crate::page::RENDERER_VERSION;
use upah_core::commitment::Commit;
use upah_core::event::{Fact, PaymentEvent, RunEvent, RunFact};
use upah_core::run::RunId;
use upah_core::store::{StoredRecord, Stream};
use upah_tlog::{Hash, VerifyingKey};

/// Why there is no slip.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssembleError<E> {
    /// The records were erased on request; only the worker's own copy still proves.
    #[error("the records of this payment were erased")]
    Erased,
    /// The payment has no records, or a record is not an event.
    #[error("the records of this payment cannot be read")]
    Unreadable,
    /// A run that instructed the payment was not given, or has no sealing.
    #[error("the sealing of run {0} is missing")]
    NoSealing(RunId),
    /// The proof of an entry could not be had.
    #[error("the log gave no proof of an entry")]
    Proof(#[source] E),
}

/// The log entries of which [`SlipInput::assemble`] will want a proof, for hosts that must read them
/// beforehand. A superset: approvals may turn out not to be needed.
#[must_use]
pub fn entries_to_prove(payment: &[StoredRecord], runs: &[StoredRecord]) -> Vec<u64> {
    let ends = [payment.first(), payment.last()];
    let mut entries: Vec<u64> = ends.into_iter().flatten().chain(runs).map(|record| record.seq).collect();
    entries.sort_unstable();
    entries.dedup();
    entries
}

impl SlipInput {
    /// Puts a slip's input together.
    ///
    /// `payment` holds all events of the payment, oldest first; `runs` the events of every run that
    /// instructed it (others are passed over); `prove` the inclusion proof of an entry for the size
    /// of `checkpoint`, which must cover the payment's last event. `log_key` is the key that signed it.
    ///
    /// The sealing of a live run stays closed (see [`Sealing`]).
    ///
    /// # Errors
    /// Any [`AssembleError`].
    pub fn assemble<E>(
        log_key: &VerifyingKey,
        checkpoint: &str,
        payment: &[StoredRecord],
        runs: &[StoredRecord],
        mut prove: impl FnMut(u64) -> Result<Vec<Hash>, E>,
    ) -> Result<Self, AssembleError<E>> {
        let mut prove = |index| prove(index).map(|path| Entry { index, path }).map_err(AssembleError::Proof);
        let events = payment.iter().map(open_payment).collect::<Result<Vec<_>, _>>()?;
        let mut records = Vec::new();
        for (at, stored) in payment.iter().enumerate() {
            let is_end = at == 0 || at + 1 == payment.len();
            records.push(opened(stored, is_end.then(|| prove(stored.seq)).transpose()?)?);
        }
        let mut on_slip = Vec::new();
        for (first, run) in instructing(&events) {
            on_slip.push(run_on_slip(run, runs, implies_approval(&events, first), &mut prove)?);
        }
        if on_slip.is_empty() {
            return Err(AssembleError::Unreadable);
        }
        Ok(Self {
            v: RENDERER_VERSION,
            log_key: log_key.to_string(),
            checkpoint: checkpoint.into(),
            payment: records,
            runs: on_slip,
            page_note: None,
        })
    }
}

/// The runs that instructed a payment, each with the place of its first instruction.
pub(crate) fn instructing(events: &[PaymentEvent]) -> Vec<(usize, &RunId)> {
    let mut runs: Vec<(usize, &RunId)> = Vec::new();
    for (at, event) in events.iter().enumerate() {
        if let Fact::Instructed(instruction) = &event.fact
            && runs.iter().all(|(_, run)| **run != instruction.run)
        {
            runs.push((at, &instruction.run));
        }
    }
    runs
}

fn open_payment<E>(stored: &StoredRecord) -> Result<PaymentEvent, AssembleError<E>> {
    let record = stored.record.as_ref().ok_or(AssembleError::Erased)?;
    PaymentEvent::open(record).map_err(|_| AssembleError::Unreadable)
}

fn opened<E>(stored: &StoredRecord, entry: Option<Entry>) -> Result<SlipRecord, AssembleError<E>> {
    match (&stored.record, stored.salt) {
        (Some(record), Some(salt)) => Ok(SlipRecord { record: record.clone(), salt, entry }),
        _ => Err(AssembleError::Erased),
    }
}

fn run_on_slip<E>(
    run: &RunId,
    records: &[StoredRecord],
    approval_is_implied: bool,
    prove: &mut impl FnMut(u64) -> Result<Entry, AssembleError<E>>,
) -> Result<RunOnSlip, AssembleError<E>> {
    let (mut sealing, mut approval, mut is_sandbox) = (None, None, false);
    for stored in records.iter().filter(|stored| matches!(&stored.stream, Stream::Run(id) if id == run)) {
        let record = stored.record.as_ref().ok_or(AssembleError::Erased)?;
        let event = RunEvent::open(record).map_err(|_| AssembleError::Unreadable)?;
        match event.fact {
            RunFact::Sealed { sandbox: true, .. } => {
                is_sandbox = true;
                sealing = Some(Sealing::Open(opened(stored, Some(prove(stored.seq)?))?));
            }
            RunFact::Sealed { count, sandbox: false, .. } => {
                let salt = stored.salt.ok_or(AssembleError::Erased)?;
                let commit = Commit::to(record, &salt);
                sealing = Some(Sealing::Closed { commit, count, day: event.at.day(), entry: prove(stored.seq)? });
            }
            RunFact::Approved { .. } if is_sandbox || !approval_is_implied => {
                approval = Some(opened(stored, Some(prove(stored.seq)?))?);
            }
            RunFact::Approved { .. } | RunFact::Cancelled { .. } => {}
        }
    }
    let sealing = sealing.ok_or_else(|| AssembleError::NoSealing(run.clone()))?;
    Ok(RunOnSlip { sealing, approval })
}
