//! Invented wages and what happens to them, as the engine would write it down: every row follows from
//! its events. Both suites make what they give to a store or a rail here.
use std::fmt::Debug;
use std::str::FromStr;
use upah_core::cause::Cause;
use upah_core::commitment::{Commit, Salt};
use upah_core::erasure::{Erasure, ErasureReason, Remains};
use upah_core::event::{ApprovalProof, Attempted, Fact, Instruction, PaymentEvent, RunEvent, RunFact};
use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Refusal, SubmitOutcome};
use upah_core::obligation::{ObligationKey, Pepper};
use upah_core::rail::DurableAttempt;
use upah_core::reference::{Reference, ReferenceForm};
use upah_core::row::{PayRow, PayRowFields, Statement};
use upah_core::run::{Digest, PaymentId, RunId, obligation_of};
use upah_core::state::PaymentState;
use upah_core::store::{
    ChangeSet, PaymentChange, PaymentRow, Receipt, RunChange, RunRow, SettledTo, StoredPayment, StoredRecord, Trace,
};
use upah_core::{Destination, EmployerId, Payment, Rupiah, Timestamp};

/// What every employer of this module hashes with.
const PEPPER: Pepper = Pepper([7; 32]);

/// A literal of this crate as the type that it is of.
pub(crate) fn fixed<T: FromStr<Err: Debug>>(text: &str) -> T {
    // proof: every caller gives a text that the type's parser takes, and every one runs in the tests.
    text.parse().expect("a text of this crate")
}

/// Salts that never repeat within one case.
#[derive(Debug, Default)]
pub(crate) struct Salts(u64);

impl Salts {
    fn next(&mut self) -> Salt {
        self.0 += 1;
        let mut salt = [3; 32];
        salt[..8].copy_from_slice(&self.0.to_be_bytes());
        Salt(salt)
    }
}

/// The employer of the stores' cases.
pub(crate) fn employer() -> EmployerId {
    fixed("kampung-contoh")
}

/// The n-th run of a case.
pub(crate) fn run_id(n: u8) -> RunId {
    RunId::from_random([n, 1, 2, 3, 4, 5, 6, 7])
}

/// The row of an invented worker.
pub(crate) fn pay_row(worker: u16, amount: Rupiah, destinations: Vec<Destination>) -> PayRow {
    let row = PayRow::new(PayRowFields {
        row: u64::from(worker) + 1,
        employer: None,
        worker_id: fixed(&format!("W-{worker}")),
        name: fixed("Siti Contoh"),
        destinations,
        period: fixed("2026-11"),
        amount,
        component: fixed("wage"),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole(fixed("base"), amount),
    });
    // proof: the callers give at least one destination, none twice, and more than nothing.
    row.expect("a row of this crate")
}

/// The row of a worker of the stores' cases.
pub(crate) fn plain_row(worker: u16, amount: Rupiah) -> PayRow {
    pay_row(worker, amount, vec![fixed(&format!("bank:014:10{worker:05}"))])
}

/// The key of a worker's obligation.
pub(crate) fn key_of(worker: u16) -> ObligationKey {
    obligation_of(&employer(), &plain_row(worker, Rupiah::MAX)).key(&PEPPER)
}

/// Under which a worker's last destination is kept.
pub(crate) fn worker_hash(worker: u16) -> [u8; 16] {
    short(&PEPPER.hash("worker", &[employer().as_str(), &format!("W-{worker}")]))
}

fn short(hash: &[u8; 32]) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&hash[..16]);
    short
}

/// The traces of a worker's instruction: one of her own, one that she shares with her neighbours.
pub(crate) fn traces_of(worker: u16) -> Vec<Trace> {
    let own = Trace { key: worker_hash(worker), value: format!("wage 2026-11 {worker}") };
    let shared = short(&PEPPER.hash("destination", &[&(worker / 3).to_string()]));
    vec![own, Trace { key: shared, value: format!("wage 2026-11 {worker}") }]
}

/// Which worker a payment is for.
pub(crate) fn worker_of(row: &PaymentRow) -> u16 {
    u16::try_from(row.row.saturating_sub(1)).unwrap_or(u16::MAX)
}

/// Whom a run pays, and how.
pub(crate) struct Wage {
    pub(crate) run: RunId,
    pub(crate) n: u32,
    pub(crate) worker: u16,
    pub(crate) amount: Rupiah,
    pub(crate) held: bool,
}

/// What admits a new payment.
pub(crate) fn new_payment(wage: &Wage, salts: &mut Salts) -> Result<PaymentChange, String> {
    let event = PaymentEvent {
        at: Timestamp::from_millis(1_000),
        n: 1,
        prev: Commit::NONE,
        stream: PaymentId { run: wage.run.clone(), n: wage.n },
        v: 1,
        fact: instructed(wage),
    };
    let (sealed, head) = event.seal(salts.next()).map_err(|error| error.to_string())?;
    let payment = Payment::replay(&[(0, event)], &|_| None).map_err(|error| error.to_string())?;
    let row = PaymentRow::of(&payment, key_of(wage.worker), u64::from(wage.worker) + 1);
    Ok(PaymentChange {
        expected_version: 0,
        fence: None,
        row: PaymentRow { head, ..row },
        records: vec![sealed],
        new_references: Vec::new(),
        traces: traces_of(wage.worker),
        settled_to: None,
    })
}

/// The instruction of a wage.
pub(crate) fn instructed(wage: &Wage) -> Fact {
    let row = plain_row(wage.worker, wage.amount);
    let holds = if wage.held { vec![Cause::PossibleDuplicate] } else { Vec::new() };
    Fact::Instructed(Box::new(Instruction { employer: employer(), run: wage.run.clone(), row, holds }))
}

/// The events of a stored payment.
pub(crate) fn events_of(records: &[StoredRecord]) -> Result<Vec<(u64, PaymentEvent)>, String> {
    let open = |record: &StoredRecord| {
        let text = record.record.as_deref().ok_or("a record that nobody erased is gone")?;
        Ok((record.seq, PaymentEvent::open(text).map_err(|error| error.to_string())?))
    };
    records.iter().map(open).collect()
}

/// What adds facts to a stored payment. `approved` tells which runs are approved.
pub(crate) fn next_events(
    stored: &StoredPayment,
    facts: Vec<Fact>,
    approved: &dyn Fn(&RunId) -> Option<u64>,
    salts: &mut Salts,
) -> Result<PaymentChange, String> {
    let mut events = events_of(&stored.records)?;
    let (mut prev, mut records, mut new_references, mut traces) = (stored.row.head, vec![], vec![], vec![]);
    for fact in facts {
        let n = u32::try_from(events.len()).unwrap_or(u32::MAX) + 1;
        match &fact {
            Fact::Attempted(made) => new_references.push((made.reference.clone(), made.number)),
            Fact::Instructed(_) => traces.extend(traces_of(worker_of(&stored.row))),
            _ => {}
        }
        let (at, stream) = (Timestamp::from_millis(1_000 + i64::from(n)), stored.row.id.clone());
        let event = PaymentEvent { at, n, prev, stream, v: 1, fact };
        let (sealed, head) = event.seal(salts.next()).map_err(|error| error.to_string())?;
        (prev, records) = (head, {
            records.push(sealed);
            records
        });
        events.push((u64::MAX, event));
    }
    let payment = Payment::replay(&events, &|run| approved(run)).map_err(|error| error.to_string())?;
    let row = PaymentRow { head: prev, ..PaymentRow::of(&payment, stored.row.key, stored.row.row) };
    let has_settled = row.state == PaymentState::Settled && stored.row.state != PaymentState::Settled;
    let worker = worker_hash(worker_of(&row));
    // Another account in every third case, so that "last" means something.
    let destination = short(&PEPPER.hash("paid", &[&(row.version % 3).to_string()]));
    let settled_to = has_settled.then_some(SettledTo { worker, destination });
    Ok(PaymentChange {
        expected_version: stored.row.version,
        fence: None,
        row,
        records,
        new_references,
        traces,
        settled_to,
    })
}

/// What erases a payment, and what was kept to know its worker again.
pub(crate) fn erasure_of(stored: &StoredPayment, salts: &mut Salts) -> Result<Erasure, String> {
    let committed = |record: &StoredRecord| Some(Commit::to(record.record.as_deref()?, record.salt.as_ref()?));
    let commits: Vec<Commit> = stored.records.iter().filter_map(committed).collect();
    let remains = Remains::of(&stored.row, 0, commits, ErasureReason::Requested, None);
    let (id, n) = (stored.row.id.clone(), stored.row.version + 1);
    let event = PaymentEvent {
        at: Timestamp::from_millis(2_000),
        n,
        prev: stored.row.head,
        stream: id.clone(),
        v: 1,
        fact: Fact::Erased(Box::new(remains.clone())),
    };
    let (sealed, head) = event.seal(salts.next()).map_err(|error| error.to_string())?;
    let worker = worker_of(&stored.row);
    let end = PaymentChange {
        expected_version: stored.row.version,
        fence: None,
        row: remains.row(&id, n, head),
        records: vec![sealed],
        new_references: Vec::new(),
        traces: Vec::new(),
        settled_to: None,
    };
    Ok(Erasure { ends: vec![end], traces: traces_of(worker), payees: vec![worker_hash(worker)] })
}

/// What may well happen next to a payment; `how` chooses among it.
pub(crate) fn likely_next(payment: &Payment, how: u8) -> Vec<Fact> {
    let number = u16::try_from(payment.attempts.len()).unwrap_or(u16::MAX);
    let evidence = || Evidence { grade: Grade::TlsResponse, code: "200".into(), provider_id: None, raw: "{}".into() };
    let cause = Cause::OutsideHours;
    let answered = |outcome| vec![Fact::Answered { number, outcome }];
    let inquired = |answer| vec![Fact::Inquired { number, answer }];
    let doubt = SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None };
    match (payment.state, how % 4) {
        (PaymentState::AwaitingApproval, 0..=2) => vec![Fact::Confirmed { by: fixed("Budi") }],
        (PaymentState::AwaitingApproval | PaymentState::Ready, 3) => {
            vec![Fact::Cancelled { by: fixed("Budi"), because: "left".into() }]
        }
        (PaymentState::Ready, 0..=1) => vec![attempted(payment, number + 1)],
        (PaymentState::Ready, _) => {
            vec![attempted(payment, number + 1), Fact::Answered { number: number + 1, outcome: doubt }]
        }
        (PaymentState::Sending, 0..=1) => answered(SubmitOutcome::Settled(evidence())),
        (PaymentState::Sending, 2) => answered(doubt),
        (PaymentState::Sending, _) => answered(SubmitOutcome::Refused(Refusal { cause, evidence: evidence() })),
        (PaymentState::Pending | PaymentState::Unknown, 0..=1) => inquired(InquiryAnswer::Success(evidence())),
        (PaymentState::Pending | PaymentState::Unknown, 2) => inquired(InquiryAnswer::InProgress(evidence())),
        (PaymentState::Settled, 0) => {
            inquired(InquiryAnswer::Refunded { amount: Some(payment.amount()), evidence: evidence() })
        }
        (PaymentState::Refused, _) => vec![Fact::Rerouted { cause, destination: 0 }],
        _ => vec![Fact::Parked { cause: Cause::RailChanged }],
    }
}

fn attempted(payment: &Payment, number: u16) -> Fact {
    let obligation = obligation_of(&payment.instruction.employer, &payment.instruction.row);
    Fact::Attempted(Box::new(Attempted {
        number,
        reference: Reference::derive(&obligation, number, ReferenceForm::default()),
        rail: fixed("bank"),
        fingerprint: "00".into(),
        destination: 0,
        body: format!("{{\"amount\":{}}}", payment.amount().value()),
    }))
}

/// What seals a run over these payments.
pub(crate) fn sealed_run(
    id: &RunId,
    key: &str,
    payments: &[PaymentChange],
    salts: &mut Salts,
) -> Result<RunChange, String> {
    let created = payments.iter().filter(|change| change.expected_version == 0);
    let total = Rupiah::checked_sum(created.clone().map(|change| change.row.amount)).unwrap_or(Rupiah::MAX);
    let count = u32::try_from(created.count()).unwrap_or(u32::MAX);
    let (digest, created_by) = (Digest([id.as_str().as_bytes()[0]; 32]), fixed("Sari"));
    let row = RunRow {
        id: id.clone(),
        employer: employer(),
        key: key.to_owned(),
        digest,
        count,
        total,
        created_by,
        approved_seq: None,
        cancelled: false,
        version: 1,
        head: Commit::NONE,
    };
    let fact = RunFact::Sealed {
        employer: row.employer.clone(),
        digest,
        key: row.key.clone(),
        count,
        total,
        reinstructed: u32::try_from(payments.len()).unwrap_or(u32::MAX).saturating_sub(count),
        created_by: row.created_by.clone(),
        sandbox: true,
    };
    run_change(0, row, fact, salts)
}

/// What approves a run as it stands.
pub(crate) fn approved_run(row: &RunRow, salts: &mut Salts) -> Result<RunChange, String> {
    let fact = RunFact::Approved { by: fixed("Budi"), digest: row.digest, proof: ApprovalProof::Asserted };
    let mut change = run_change(row.version, RunRow { version: row.version + 1, ..row.clone() }, fact, salts)?;
    change.approves = true;
    Ok(change)
}

/// What cancels a run as it stands.
pub(crate) fn cancelled_run(row: &RunRow, salts: &mut Salts) -> Result<RunChange, String> {
    let fact = RunFact::Cancelled { by: fixed("Budi"), because: "wrong file".into() };
    let row = RunRow { version: row.version + 1, cancelled: true, ..row.clone() };
    run_change(row.version - 1, row, fact, salts)
}

fn run_change(expected_version: u32, mut row: RunRow, fact: RunFact, salts: &mut Salts) -> Result<RunChange, String> {
    let (at, stream) = (Timestamp::from_millis(1_000), row.id.clone());
    let event = RunEvent { at, n: row.version, prev: row.head, stream, v: 1, fact };
    let (record, head) = event.seal(salts.next()).map_err(|error| error.to_string())?;
    row.head = head;
    Ok(RunChange { expected_version, row, record, approves: false })
}

/// A payment whose first attempt is written down with this body.
pub(crate) fn with_attempt(row: PayRow, reference: &Reference, body: &str) -> Result<Payment, String> {
    let run = run_id(1);
    let id = PaymentId { run: run.clone(), n: 1 };
    let event =
        |n, fact| PaymentEvent { at: Timestamp::from_millis(1), n, prev: Commit::NONE, stream: id.clone(), v: 1, fact };
    let instruction = Instruction { employer: employer(), run, row, holds: Vec::new() };
    let made = Attempted {
        number: 1,
        reference: reference.clone(),
        rail: fixed("rail"),
        fingerprint: String::new(),
        destination: 0,
        body: body.to_owned(),
    };
    let events =
        [(0, event(1, Fact::Instructed(Box::new(instruction)))), (1, event(2, Fact::Attempted(Box::new(made))))];
    Payment::replay(&events, &|_| Some(0)).map_err(|error| error.to_string())
}

/// The payment's attempt, as a store that has just written it down hands it out.
pub(crate) fn durable(payment: &Payment) -> Result<DurableAttempt, String> {
    let change = PaymentChange {
        expected_version: 1,
        fence: None,
        row: PaymentRow::of(payment, key_of(0), 1),
        records: Vec::new(),
        new_references: Vec::new(),
        traces: Vec::new(),
        settled_to: None,
    };
    let receipt = Receipt::after_durable_commit(&ChangeSet { payments: vec![change], runs: Vec::new() }, 2);
    DurableAttempt::mint(&receipt, payment).ok_or_else(|| "the attempt is not covered by its receipt".into())
}
