//! From rows to a run: surveyed first, admitted by one commit.
//!
//! Rows pass twice. The [`Survey`] keeps a few hashes of each row and finds everything that is wrong,
//! all at once; the second pass stages them in chunks and makes them effective together. So a file
//! with any bad row sends nothing, and a million rows need no million rows of memory.
//!
//! Payments are numbered in the order of [`RunId::place_of`], which is the run's own and says nothing about the file or
//! the workers. A block of rows is held to be put in that order; a file of more rows is read once for each block.
use crate::error::Error;
use crate::gateway::Gateway;
use crate::journal::{Working, destination_hash, fresh_salt, seal_run_event, worker_hash};
use crate::traces;
use std::collections::BTreeMap;
use upah_core::commitment::Commit;
use upah_core::event::{Fact, Instruction, RunFact};
use upah_core::ids::{ActorName, EmployerId};
use upah_core::obligation::ObligationKey;
use upah_core::run::{Approval, Digest, Draft, PaymentId, Place, RowDigests, RunId, Sealed, obligation_of};
use upah_core::state::PaymentState;
use upah_core::store::{Known, PaymentChange, RunChange, RunRow, Trace};
use upah_core::{Cause, Destination, PayRow, Payment, Rupiah};

/// Rows are looked up and staged in chunks of this size.
const CHUNK: usize = 2_000;

/// About so many rows are held at once to be put in their order: some 60 MB.
const BLOCK: u64 = 100_000;

/// Rows to be admitted, from the first one, each time it is called.
pub type RowSource<'a> = dyn FnMut() -> Box<dyn Iterator<Item = (EmployerId, PayRow)> + Send + 'a> + Send + 'a;

/// A row that cannot be admitted, and why, in words for a payroll clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// The record number.
    pub row: u64,
    /// The column in which it shows.
    pub column: &'static str,
    /// The offending value, never a destination, name or note.
    pub value: String,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

/// What a survey found for one employer.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The sealed rows: digest, key, count, total, holds.
    pub sealed: Sealed,
    /// How many rows are admitted already.
    pub already: u64,
    /// The run that has this key already.
    pub existing: Option<RunId>,
    /// How many runs there were when the survey began to look at the store.
    runs_then: usize,
}

/// Looks at every row once, keeps hashes of it alone, and writes nothing.
pub struct Survey<'a> {
    gateway: &'a Gateway,
    drafts: BTreeMap<EmployerId, (Draft, u64)>,
    pending: Vec<Pending>,
    holds: BTreeMap<EmployerId, BTreeMap<u64, Vec<Cause>>>,
    problems: Vec<RowProblem>,
    runs_then: Option<usize>,
}

/// A row that is still to be looked up.
struct Pending {
    employer: EmployerId,
    row: PayRow,
    key: ObligationKey,
}

impl<'a> Survey<'a> {
    pub(crate) fn new(gateway: &'a Gateway) -> Self {
        let (drafts, holds) = (BTreeMap::new(), BTreeMap::new());
        Self { gateway, drafts, pending: Vec::new(), holds, problems: Vec::new(), runs_then: None }
    }

    /// Takes a row of an employer.
    ///
    /// # Errors
    /// The store cannot be read. What is wrong with the row is kept for [`Survey::finish`].
    pub async fn add(&mut self, employer: &EmployerId, row: &PayRow) -> Result<(), Error> {
        let (draft, _) = self.drafts.entry(employer.clone()).or_insert_with(|| (Draft::of(employer.clone()), 0));
        let key = draft.obligation(row).key(self.gateway.pepper());
        if let Err(error) = draft.add(row) {
            self.problems.push(problem(&error, row.amount.to_string()));
        }
        self.pending.push(Pending { employer: employer.clone(), row: row.clone(), key });
        if self.pending.len() >= CHUNK {
            self.look_up().await?;
        }
        Ok(())
    }

    async fn look_up(&mut self) -> Result<(), Error> {
        if self.runs_then.is_none() {
            self.runs_then = Some(self.gateway.store().runs().await?.len());
        }
        let pending = std::mem::take(&mut self.pending);
        let known = self.gateway.store().known(pending.iter().map(|row| row.key).collect()).await?;
        let mut fresh = Vec::new();
        for (Pending { employer, row, .. }, known) in pending.into_iter().zip(known) {
            match known {
                None => fresh.push((employer, row)),
                Some(known) if known.amount == row.amount => {
                    if let Some((_, already)) = self.drafts.get_mut(&employer) {
                        *already += 1;
                    }
                }
                Some(known) => self.problems.push(conflict(row.row, row.amount, &known)),
            }
        }
        self.compare_with_earlier_files(fresh).await
    }

    /// The same person or account under another name, id or period, in whatever was admitted before.
    async fn compare_with_earlier_files(&mut self, rows: Vec<(EmployerId, PayRow)>) -> Result<(), Error> {
        let pepper = self.gateway.pepper();
        let left: Vec<_> = rows.iter().map(|(employer, row)| traces::of(employer, row, pepper)).collect();
        let keys = left.iter().flatten().map(|trace| trace.key).collect();
        let mut known = self.gateway.store().traces(keys).await?.into_iter();
        let workers = rows.iter().map(|(e, row)| worker_hash(e.as_str(), row.worker_id.as_str(), pepper)).collect();
        let last = self.gateway.store().last_destinations(workers).await?;
        for (((employer, row), left), last) in rows.into_iter().zip(left).zip(last) {
            let known: Vec<Vec<String>> = known.by_ref().take(left.len()).collect();
            let mut found = traces::compare(&row, &left, &known);
            if found.other_spelling {
                self.problems.push(misspelt(&row));
            }
            let to_last = |to: &Destination| last == Some(destination_hash(&to.to_string(), pepper));
            if last.is_some() && !row.destinations.iter().any(to_last) {
                found.holds.push(Cause::DestinationChanged);
            }
            if !found.holds.is_empty() {
                self.holds.entry(employer).or_default().insert(row.row, found.holds);
            }
        }
        Ok(())
    }

    /// Ends the survey: one plan for each employer.
    ///
    /// # Errors
    /// [`Error::Rows`] with every row that cannot be admitted.
    pub async fn finish(mut self, run_key: Option<&str>) -> Result<Vec<Plan>, Error> {
        self.look_up().await?;
        let runs_then = self.runs_then.unwrap_or(0);
        let mut plans = Vec::new();
        for (employer, (draft, already)) in self.drafts {
            match draft.seal(run_key.map(str::to_owned)) {
                Ok(mut sealed) => {
                    for (row, causes) in self.holds.remove(&employer).unwrap_or_default() {
                        let held = sealed.holds.entry(row).or_default();
                        held.extend(causes.into_iter().filter(|cause| !held.contains(cause)).collect::<Vec<_>>());
                    }
                    plans.push(Plan { sealed, already, existing: None, runs_then });
                }
                Err(errors) => {
                    self.problems.extend(errors.iter().map(|error| problem(error, String::new())));
                }
            }
        }
        if !self.problems.is_empty() {
            self.problems.sort_by(|a, b| (a.row, a.column).cmp(&(b.row, b.column)));
            return Err(Error::Rows(self.problems));
        }
        for plan in &mut plans {
            let existing =
                self.gateway.store().run_by_key(plan.sealed.employer.clone(), plan.sealed.key.clone()).await?;
            if let Some(run) = existing {
                if run.digest != plan.sealed.digest {
                    return Err(Error::RunKeyConflict { key: run.key, digest: run.digest.to_string() });
                }
                plan.existing = Some(run.id);
            }
        }
        Ok(plans)
    }
}

fn problem(error: &upah_core::run::DraftError, value: String) -> RowProblem {
    RowProblem { row: error.row(), column: error.column(), value, code: error.code(), message: error.to_string() }
}

fn misspelt(row: &PayRow) -> RowProblem {
    RowProblem {
        row: row.row,
        column: "worker_id",
        value: row.worker_id.to_string(),
        code: "worker_ids_collide",
        message: "an earlier file has this worker id with other capital letters, leading zeros or spaces; write it as it was written there".into(),
    }
}

fn conflict(row: u64, amount: Rupiah, known: &Known) -> RowProblem {
    RowProblem {
        row,
        column: "amount",
        value: amount.to_string(),
        code: "amount_conflict",
        message: format!(
            "this worker, period and component is already payment {} over {}, which is {}; the same obligation cannot have another amount: if more is owed, use another component",
            known.id,
            known.amount,
            known.state.name()
        ),
    }
}

/// Who made the run, and who approved it.
#[derive(Clone, Debug)]
pub struct Signatures {
    /// The maker.
    pub created_by: ActorName,
    /// The checker, when the word has been given already.
    pub approved_by: Option<ActorName>,
    /// Held rows that the checker names: all, or these rows.
    pub confirm: Confirm,
}

/// Which held payments an approval names (safety rules 23 and 24).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Confirm {
    /// None: held payments go on waiting.
    #[default]
    None,
    /// These rows of the file.
    Rows(Vec<u64>),
    /// Every held payment of the run.
    All,
}

impl Confirm {
    /// Whether it names a row.
    pub fn names(&self, row: u64) -> bool {
        match self {
            Self::None => false,
            Self::Rows(rows) => rows.contains(&row),
            Self::All => true,
        }
    }
}

/// One run of an admission under way.
struct Opening {
    plan: Plan,
    id: RunId,
    count: u32,
    total: Rupiah,
    reinstructed: u32,
    again: RowDigests,
}

/// A run as it was admitted, or found.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The run; `None` when every row was admitted before by other runs.
    pub run: Option<RunId>,
    /// Who pays.
    pub employer: EmployerId,
    /// Over the rows.
    pub digest: Digest,
    /// How many rows.
    pub payments: u64,
    /// Their sum.
    pub total: Rupiah,
    /// How many rows were admitted before.
    pub already: u64,
    /// Payments of other runs that these rows name.
    pub elsewhere: Vec<PaymentId>,
}

/// Admits the surveyed rows, given once more, by one commit.
pub(crate) async fn admit(
    gateway: &Gateway,
    plans: Vec<Plan>,
    rows: &mut RowSource<'_>,
    signatures: &Signatures,
) -> Result<Vec<Admitted>, Error> {
    let surveyed: Vec<usize> = plans.iter().map(|plan| plan.runs_then).collect();
    let count: u64 = plans.iter().map(|plan| u64::from(plan.sealed.count)).sum();
    let mut openings = open_runs(gateway, plans, signatures)?;
    let mut admission = gateway.store().admit().await?;
    // From here on nobody else admits anything. What somebody did since the survey may contradict these rows, or make
    // them look like another payment of the same wage, and was not compared with them.
    let runs_now = gateway.store().runs().await?.len();
    if surveyed.iter().any(|runs_then| *runs_then != runs_now) {
        return Err(Error::Outdated);
    }
    let mut elsewhere: BTreeMap<EmployerId, Vec<PaymentId>> = BTreeMap::new();
    let blocks = count.div_ceil(BLOCK).max(1);
    for block in 0..blocks {
        let mut placed = in_place(gateway, &mut openings, rows(), count, (block, blocks))?.into_iter();
        loop {
            let chunk: Vec<Placed> = placed.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                break;
            }
            let staged = stage_chunk(gateway, &mut openings, chunk, &mut elsewhere, signatures).await?;
            for (run, changes) in staged {
                admission.stage(&run, changes).await?;
            }
        }
    }
    let mut runs = Vec::new();
    let mut admitted = Vec::new();
    for (employer, mut opening) in openings {
        let again = std::mem::replace(&mut opening.again, RowDigests::of(employer.clone()));
        if again.finish() != opening.plan.sealed.digest {
            return Err(Error::RowsChanged);
        }
        let touched = opening.count > 0 || opening.reinstructed > 0;
        let known = opening.plan.existing.is_some();
        admitted.push(Admitted {
            run: opening.plan.existing.clone().or_else(|| touched.then(|| opening.id.clone())),
            digest: opening.plan.sealed.digest,
            payments: u64::from(opening.plan.sealed.count),
            total: opening.plan.sealed.total,
            already: opening.plan.already,
            elsewhere: elsewhere.remove(&employer).unwrap_or_default(),
            employer,
        });
        if touched && !known {
            runs.extend(run_changes(gateway, &opening.plan.sealed, &opening.id, &opening, signatures)?);
        }
    }
    if !runs.is_empty() {
        admission.finish(runs).await?;
    }
    Ok(admitted)
}

fn open_runs(
    gateway: &Gateway,
    plans: Vec<Plan>,
    signatures: &Signatures,
) -> Result<BTreeMap<EmployerId, Opening>, Error> {
    let mut openings = BTreeMap::new();
    for plan in plans {
        if let Some(by) = &signatures.approved_by {
            Approval::asserted(by.clone(), plan.sealed.digest).check(&signatures.created_by, &plan.sealed.digest)?;
        }
        let mut bytes = [0u8; 8];
        gateway.env().fill_random(&mut bytes)?;
        let employer = plan.sealed.employer.clone();
        let opening = Opening {
            id: RunId::from_random(bytes),
            count: 0,
            total: Rupiah::ZERO,
            reinstructed: 0,
            again: RowDigests::of(employer.clone()),
            plan,
        };
        openings.insert(employer, opening);
    }
    Ok(openings)
}

/// A row that knows where it stands in its run.
struct Placed {
    place: Place,
    key: ObligationKey,
    employer: EmployerId,
    row: PayRow,
}

/// Reads all rows, takes those of one block, and puts them in the order of their places. Blocks follow each other in that
/// order too. More rows than were counted are none of those that were surveyed.
fn in_place(
    gateway: &Gateway,
    openings: &mut BTreeMap<EmployerId, Opening>,
    rows: impl Iterator<Item = (EmployerId, PayRow)>,
    count: u64,
    (block, blocks): (u64, u64),
) -> Result<Vec<Placed>, Error> {
    let pepper = gateway.pepper();
    let mut placed = Vec::new();
    for ((employer, row), before) in rows.zip(0..) {
        let opening = openings.get_mut(&employer).filter(|_| before < count).ok_or(Error::RowsChanged)?;
        let key = obligation_of(&employer, &row).key(pepper);
        let place = opening.id.place_of(&key, pepper);
        if place.part(blocks) == block {
            opening.again.add(&row);
            placed.push(Placed { place, key, employer, row });
        }
    }
    placed.sort_unstable_by_key(|row| row.place);
    Ok(placed)
}

/// Makes the changes of one chunk, in the order given.
async fn stage_chunk(
    gateway: &Gateway,
    openings: &mut BTreeMap<EmployerId, Opening>,
    chunk: Vec<Placed>,
    elsewhere: &mut BTreeMap<EmployerId, Vec<PaymentId>>,
    signatures: &Signatures,
) -> Result<BTreeMap<RunId, Vec<PaymentChange>>, Error> {
    let pepper = gateway.pepper();
    let known = gateway.store().known(chunk.iter().map(|row| row.key).collect()).await?;
    let mut staged: BTreeMap<RunId, Vec<PaymentChange>> = BTreeMap::new();
    for (Placed { key, employer, row, .. }, known) in chunk.into_iter().zip(known) {
        let opening = openings.get_mut(&employer).ok_or(Error::RowsChanged)?;
        let holds = opening.plan.sealed.holds.get(&row.row).cloned().unwrap_or_default();
        let left = traces::of(&employer, &row, pepper);
        let instruction = Instruction { employer: employer.clone(), run: opening.id.clone(), row, holds };
        let change = match known {
            None => create(gateway, opening, key, instruction, left, signatures)?,
            Some(known) => {
                if opening.plan.existing.as_ref() != Some(&known.id.run) {
                    elsewhere.entry(employer).or_default().push(known.id.clone());
                }
                match reinstruct(gateway, opening, &known, instruction, left, signatures).await? {
                    Some(change) => change,
                    None => continue,
                }
            }
        };
        staged.entry(opening.id.clone()).or_default().push(change);
    }
    Ok(staged)
}

fn create(
    gateway: &Gateway,
    opening: &mut Opening,
    key: ObligationKey,
    instruction: Instruction,
    left: Vec<Trace>,
    signatures: &Signatures,
) -> Result<PaymentChange, Error> {
    let at = gateway.env().now();
    opening.count += 1;
    let row = instruction.row.row;
    opening.total = opening
        .total
        .checked_add(instruction.row.amount)
        .map_err(|_| Error::damaged("the total of a run overflows"))?;
    let id = PaymentId { run: opening.id.clone(), n: opening.count };
    let held = !instruction.holds.is_empty();
    let mut working = Working::create(id, key, instruction, at, fresh_salt(gateway.env())?)?;
    working.leave(left);
    if held {
        confirm(&mut working, row, signatures, gateway)?;
    }
    Ok(working.change(gateway.pepper()))
}

/// The approver's word for a held payment, given together with the approval of the run.
fn confirm(working: &mut Working, row: u64, signatures: &Signatures, gateway: &Gateway) -> Result<(), Error> {
    match &signatures.approved_by {
        Some(by) if signatures.confirm.names(row) => {
            working.append(vec![Fact::Confirmed { by: by.clone() }], gateway.env().now(), gateway.env())
        }
        _ => Ok(()),
    }
}

/// A row that names an obligation which is known already: a new instruction, where that is allowed
/// and says anything new (safety rule 15).
async fn reinstruct(
    gateway: &Gateway,
    opening: &mut Opening,
    known: &Known,
    instruction: Instruction,
    left: Vec<Trace>,
    signatures: &Signatures,
) -> Result<Option<PaymentChange>, Error> {
    if opening.plan.existing.is_some() || !known.state.may_be_reinstructed() {
        return Ok(None);
    }
    let Some(mut working) = gateway.working(&known.id).await? else { return Ok(None) };
    let row = instruction.row.row;
    if working.payment.live_attempt().is_some() {
        return Ok(None);
    }
    // A run key of the caller's own says that this is meant: pay what rests with people once more.
    let meant = opening.plan.sealed.has_own_key()
        && matches!(known.state, PaymentState::NeedsAction | PaymentState::Returned | PaymentState::Cancelled);
    if !meant && !says_something_new(&working.payment, &instruction) {
        return Ok(None);
    }
    opening.reinstructed += 1;
    let held = !instruction.holds.is_empty();
    let at = gateway.env().now();
    working.append(vec![Fact::Instructed(Box::new(instruction))], at, gateway.env())?;
    working.leave(left);
    if held {
        confirm(&mut working, row, signatures, gateway)?;
    }
    Ok(Some(working.change(gateway.pepper())))
}

fn says_something_new(payment: &Payment, instruction: &Instruction) -> bool {
    let (old, new) = (&payment.instruction.row, &instruction.row);
    old.destinations != new.destinations || old.name != new.name
}

/// The events of a new run: sealed, and approved when the word has been given.
fn run_changes(
    gateway: &Gateway,
    sealed: &Sealed,
    id: &RunId,
    opening: &Opening,
    signatures: &Signatures,
) -> Result<Vec<RunChange>, Error> {
    let at = gateway.env().now();
    let fact = RunFact::Sealed {
        employer: sealed.employer.clone(),
        digest: sealed.digest,
        key: sealed.key.clone(),
        count: opening.count,
        total: opening.total,
        reinstructed: opening.reinstructed,
        created_by: signatures.created_by.clone(),
        sandbox: gateway.is_sandbox(),
    };
    let (record, head) = seal_run_event(id, 1, Commit::NONE, fact, at, gateway.env())?;
    let row = RunRow {
        id: id.clone(),
        employer: sealed.employer.clone(),
        key: sealed.key.clone(),
        digest: sealed.digest,
        count: opening.count,
        total: opening.total,
        created_by: signatures.created_by.clone(),
        approved_seq: None,
        cancelled: false,
        version: 1,
        head,
    };
    let mut changes = vec![RunChange { expected_version: 0, row: row.clone(), record, approves: false }];
    if let Some(by) = &signatures.approved_by {
        let approval = Approval::asserted(by.clone(), sealed.digest);
        changes.push(approval_change(gateway, row, approval)?);
    }
    Ok(changes)
}

/// The event that approves a run.
pub(crate) fn approval_change(gateway: &Gateway, row: RunRow, approval: Approval) -> Result<RunChange, Error> {
    let fact = approval.check(&row.created_by, &row.digest)?.fact();
    let n = row.version + 1;
    let (record, head) = seal_run_event(&row.id, n, row.head, fact, gateway.env().now(), gateway.env())?;
    let expected_version = row.version;
    Ok(RunChange { expected_version, row: RunRow { version: n, head, ..row }, record, approves: true })
}

#[cfg(test)]
mod tests;
