//! A store beside the model: every step is made out of what the model holds, given to both, and both
//! must answer alike.
use super::StoreUnderTest;
use super::dump::{Dump, Part, SETTINGS, WORKERS, all_payments};
use super::steps::{Ending, Spoil, Step};
use crate::memory::MemoryStore;
use crate::plan::in_time;
use crate::wages::{
    Salts, Wage, approved_run, cancelled_run, erasure_of, events_of, instructed, key_of, likely_next, new_payment,
    next_events, run_id, sealed_run,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use upah_core::event::Fact;
use upah_core::run::{PaymentId, RunId};
use upah_core::state::PaymentState;
use upah_core::store::{
    Admission, ChangeSet, PaymentChange, Receipt, RunChange, RunRow, Store, StoreError, StoredPayment,
};
use upah_core::{Payment, Rupiah};

/// How long a call may take, in seconds: a store that hangs is a store that fails.
const CALL_SECONDS: u64 = 30;

/// See the module.
pub(crate) struct World<'a, S: StoreUnderTest> {
    subject: &'a S,
    place: Option<S::Place>,
    store: Option<S::Store>,
    pub(crate) model: MemoryStore,
    salts: Salts,
    runs_made: u8,
    /// What the store showed before the step under way.
    pub(crate) before: Option<Dump>,
    /// Whether the last step had to be refused.
    pub(crate) was_refused: bool,
    /// What an unfinished admission showed, when it showed something.
    pub(crate) seen_while_staged: Option<String>,
    /// What was wrong with a receipt.
    pub(crate) bad_receipt: Option<String>,
}

type Answer = Result<Option<Receipt>, StoreError>;

impl<'a, S: StoreUnderTest> World<'a, S> {
    pub(crate) async fn new(subject: &'a S) -> Result<Self, String> {
        let place = in_time("making a place", CALL_SECONDS, subject.place()).await??;
        let store = in_time("opening", CALL_SECONDS, subject.open(&place)).await??;
        Ok(Self {
            subject,
            place: Some(place),
            store: Some(store),
            model: MemoryStore::default(),
            salts: Salts::default(),
            runs_made: 0,
            before: None,
            was_refused: false,
            seen_while_staged: None,
            bad_receipt: None,
        })
    }

    pub(crate) fn store(&self) -> Result<&S::Store, String> {
        self.store.as_ref().ok_or_else(|| "the store could not be opened again".into())
    }

    pub(crate) async fn dump(&self) -> Result<Dump, String> {
        Dump::of(self.store()?).await
    }

    /// Ends the process of the store, and opens it again.
    pub(crate) async fn kill(&mut self) -> Result<(), String> {
        let (place, store) = (self.place.take(), self.store.take());
        let (Some(place), Some(store)) = (place, store) else {
            return Err("the store could not be opened again".into());
        };
        let place = in_time("crashing", CALL_SECONDS, self.subject.crash(place, store)).await??;
        self.store = Some(in_time("opening again", CALL_SECONDS, self.subject.open(&place)).await??);
        self.place = Some(place);
        Ok(())
    }

    /// Does one step.
    ///
    /// # Errors
    /// Store and model answer differently.
    pub(crate) async fn take(&mut self, step: &Step) -> Result<(), String> {
        self.was_refused = false;
        match step {
            Step::Admit { .. } => self.admit(step).await,
            Step::Approve { run, names_one } => self.approve(*run, *names_one).await,
            Step::CancelRun { run } => match self.nth_run(*run).await.filter(|row| !row.cancelled) {
                Some(row) => {
                    let change = cancelled_run(&row, &mut self.salts)?;
                    self.commit(ChangeSet { payments: vec![], runs: vec![change] }, true).await
                }
                None => Ok(()),
            },
            Step::Work { picks, spoil, at } => self.work(picks, *spoil, *at).await,
            Step::Checkpoint { back, text } => self.checkpoint(*back, *text).await,
            Step::Settle { name, value } => self.settle(*name, *value).await,
            Step::Erase { pick } => self.erase(*pick).await,
            Step::Kill => self.kill().await,
        }
    }

    /// Where the store differs from the model in these parts.
    pub(crate) async fn differs_from_model(&self, parts: &[Part]) -> Result<(), String> {
        let model = Dump::of(&self.model).await?.without_places();
        let shown = self.dump().await?.without_places();
        shown.difference(&model, parts).map_or(Ok(()), |what| Err(format!("store and model do not agree: {what}")))
    }

    async fn nth_run(&self, n: u8) -> Option<RunRow> {
        let runs = self.model.runs().await.ok()?;
        let index = usize::from(n).checked_rem(runs.len())?;
        runs.get(index).cloned()
    }

    async fn approvals(&self) -> BTreeMap<RunId, Option<u64>> {
        let runs = self.model.runs().await.unwrap_or_default();
        runs.into_iter().map(|row| (row.id, row.approved_seq)).collect()
    }

    /// The next events of a payment, decided on what the model holds.
    pub(crate) async fn change(&mut self, id: &PaymentId, how: u8) -> Result<Option<PaymentChange>, String> {
        let Ok(Some(stored)) = self.model.payment(id.clone()).await else { return Ok(None) };
        if stored.is_erased() {
            return Ok(None);
        }
        let approvals = self.approvals().await;
        let approved = |run: &RunId| approvals.get(run).copied().flatten();
        let payment = replay(&stored, &approved)?;
        let facts = likely_next(&payment, how);
        next_events(&stored, facts, &approved, &mut self.salts).map(Some)
    }

    async fn admit(&mut self, step: &Step) -> Result<(), String> {
        let Step::Admit { first, count, rupiah, held, reinstructs, collides, takes_key, in_chunks_of, ending } = step
        else {
            return Ok(());
        };
        self.runs_made += 1;
        let run = run_id(self.runs_made);
        let workers = (u16::from(*first)..).take(usize::from(*count)).filter(|worker| *worker < WORKERS);
        let mut payments = Vec::new();
        for (n, worker) in (1..).zip(workers) {
            let amount = Rupiah::new(u64::from(*rupiah)).unwrap_or(Rupiah::MAX);
            let wage = Wage { run: run.clone(), n, worker, amount, held: *held && worker % 2 == 0 };
            let known = self.model.known(vec![key_of(worker)]).await.ok().and_then(|mut known| known.pop()).flatten();
            match known {
                None => payments.push(new_payment(&wage, &mut self.salts)?),
                Some(_) if *collides => payments.push(new_payment(&wage, &mut self.salts)?),
                Some(known) if *reinstructs => payments.extend(self.reinstruct(&known.id, wage).await?),
                Some(_) => {}
            }
        }
        if payments.is_empty() {
            return Ok(());
        }
        let taken = self.nth_run(0).await.filter(|_| *takes_key).map(|row| row.key);
        let key = taken.unwrap_or_else(|| format!("key of {run}"));
        let sealed = sealed_run(&run, &key, &payments, &mut self.salts)?;
        let chunk = usize::from(*in_chunks_of).max(1);
        self.before = Some(self.dump().await?);
        let sealing = (*ending == Ending::Finished).then_some(sealed);
        let expected = Self::admit_to_model(&self.model, &run, &payments, chunk, sealing.clone()).await;
        let (told, staged) = self.admit_to_subject(&run, &payments, chunk, sealing).await?;
        drop(staged);
        if *ending == Ending::Killed {
            self.kill().await?;
        }
        self.agree(expected, told, &ChangeSet::default(), true).map(drop)
    }

    async fn reinstruct(&mut self, id: &PaymentId, wage: Wage) -> Result<Option<PaymentChange>, String> {
        let Ok(Some(stored)) = self.model.payment(id.clone()).await else { return Ok(None) };
        if stored.is_erased() {
            return Ok(None);
        }
        let approvals = self.approvals().await;
        let approved = |run: &RunId| approvals.get(run).copied().flatten();
        let payment = replay(&stored, &approved)?;
        if payment.live_attempt().is_some() || !payment.state.may_be_reinstructed() {
            return Ok(None);
        }
        let fact = instructed(&Wage { amount: payment.amount(), ..wage });
        next_events(&stored, vec![fact], &approved, &mut self.salts).map(Some)
    }

    async fn admit_to_model(
        model: &MemoryStore,
        run: &RunId,
        payments: &[PaymentChange],
        chunk: usize,
        sealing: Option<RunChange>,
    ) -> Answer {
        let mut admission = model.admit().await?;
        for chunk in payments.chunks(chunk) {
            admission.stage(run, chunk.to_vec()).await?;
        }
        match sealing {
            Some(sealing) => admission.finish(vec![sealing]).await.map(Some),
            None => Ok(None),
        }
    }

    /// The same to the store under test, looking on while it is staged. An admission that is not
    /// finished is given back.
    async fn admit_to_subject(
        &mut self,
        run: &RunId,
        payments: &[PaymentChange],
        chunk: usize,
        sealing: Option<RunChange>,
    ) -> Result<(Answer, Option<Box<dyn Admission>>), String> {
        let store = self.store.as_ref().ok_or("the store could not be opened again")?;
        let mut admission = match in_time("beginning an admission", CALL_SECONDS, store.admit()).await? {
            Ok(admission) => admission,
            Err(error) => return Ok((Err(error), None)),
        };
        for chunk in payments.chunks(chunk) {
            if let Err(error) = in_time("staging", CALL_SECONDS, admission.stage(run, chunk.to_vec())).await? {
                return Ok((Err(error), None));
            }
        }
        let shown = Dump::of(store).await.map_err(|why| format!("while an admission is staged: {why}"))?;
        if let Some(before) = &self.before {
            self.seen_while_staged = shown.difference(before, Part::ALL);
        }
        match sealing {
            Some(sealing) => {
                let told = in_time("finishing an admission", CALL_SECONDS, admission.finish(vec![sealing])).await?;
                Ok((told.map(Some), None))
            }
            None => Ok((Ok(None), Some(admission))),
        }
    }

    async fn approve(&mut self, run: u8, names_one: bool) -> Result<(), String> {
        let Some(row) = self.nth_run(run).await.filter(|row| row.approved_seq.is_none()) else { return Ok(()) };
        let mut payments = Vec::new();
        let stored = all_payments(&self.model, 100).await.map_err(|error| error.to_string())?;
        let held = stored.iter().find(|stored| stored.row.held && stored.row.instructed_by == row.id);
        if let Some(stored) = held.filter(|_| names_one) {
            let named = vec![Fact::Confirmed { by: crate::wages::fixed("Budi") }];
            payments.push(next_events(stored, named, &|_| None, &mut self.salts)?);
        }
        let runs = vec![approved_run(&row, &mut self.salts)?];
        self.commit(ChangeSet { payments, runs }, true).await
    }

    async fn erase(&mut self, pick: u8) -> Result<(), String> {
        let stored = all_payments(&self.model, 100).await.map_err(|error| error.to_string())?;
        let rests = |stored: &&StoredPayment| {
            matches!(stored.row.state, PaymentState::Settled | PaymentState::Cancelled) && !stored.is_erased()
        };
        let at_rest: Vec<&StoredPayment> = stored.iter().filter(rests).collect();
        let Some(index) = usize::from(pick).checked_rem(at_rest.len()) else { return Ok(()) };
        let erasure = Arc::new(erasure_of(at_rest[index], &mut self.salts)?);
        let store = self.store.as_ref().ok_or("the store could not be opened again")?;
        let expected = self.model.erase(Arc::clone(&erasure)).await;
        let told = in_time("erasing", CALL_SECONDS, store.erase(erasure)).await?;
        match (expected, told) {
            (Ok(_), Ok(_)) => Ok(()),
            (expected, told) => Err(format!("an erasure: expected {expected:?}, told {told:?}")),
        }
    }

    async fn work(&mut self, picks: &[(u8, u8)], spoil: Spoil, at: u8) -> Result<(), String> {
        let stored = all_payments(&self.model, 100).await.map_err(|error| error.to_string())?;
        let mut payments: Vec<PaymentChange> = Vec::new();
        for (index, how) in picks {
            let Some(index) = usize::from(*index).checked_rem(stored.len()) else { return Ok(()) };
            let id = &stored[index].row.id;
            if !payments.iter().any(|change| change.row.id == *id) {
                payments.extend(self.change(id, *how).await?);
            }
        }
        let is_exact = self.spoil(&mut payments, spoil, usize::from(at), &stored).await?;
        self.commit(ChangeSet { payments, runs: vec![] }, is_exact).await
    }

    /// Spoils one of the changes, where there is one that can be. Says whether the contract names the
    /// very error that must follow.
    async fn spoil(
        &mut self,
        payments: &mut Vec<PaymentChange>,
        spoil: Spoil,
        at: usize,
        stored: &[StoredPayment],
    ) -> Result<bool, String> {
        let Some(index) = at.checked_rem(payments.len()) else { return Ok(true) };
        match spoil {
            Spoil::Nothing => {}
            Spoil::OldVersion => {
                payments[index].expected_version -= 1;
                payments[index].row.version -= 1;
            }
            Spoil::Twice => {
                let mut again = payments[index].clone();
                again.new_references.clear();
                payments.push(again);
            }
            Spoil::ReferenceOfAnother => {
                let Ok(used) = self.model.references(None, 100).await else { return Ok(true) };
                let mut own = payments.iter().flat_map(|change| &change.new_references).map(|(reference, _)| reference);
                let another = used.first().map(|(reference, _, _)| reference).or_else(|| own.next()).cloned();
                let user = payments.iter_mut().rev().find(|change| !change.new_references.is_empty());
                if let (Some(another), Some(user)) = (another, user) {
                    user.new_references[0].0 = another;
                }
            }
            Spoil::OtherObligation => {
                payments[index].row.key = key_of(WORKERS + 1);
                return Ok(false);
            }
            Spoil::Miscounted => {
                payments[index].row.version += 1;
                return Ok(false);
            }
            Spoil::ObligationAgain => {
                let row = &stored[at % stored.len()].row;
                let worker = crate::wages::worker_of(row);
                let run = row.id.run.clone();
                let wage = Wage { run, n: 1_000, worker, amount: row.amount, held: false };
                payments.insert(index, new_payment(&wage, &mut self.salts)?);
            }
        }
        Ok(true)
    }

    async fn commit(&mut self, changes: ChangeSet, is_exact: bool) -> Result<(), String> {
        if changes.payments.is_empty() && changes.runs.is_empty() {
            return Ok(());
        }
        self.before = Some(self.dump().await?);
        let changes = Arc::new(changes);
        let expected = self.model.commit(Arc::clone(&changes)).await.map(Some);
        let told = in_time("a commit", CALL_SECONDS, self.store()?.commit(Arc::clone(&changes))).await?.map(Some);
        self.agree(expected, told, &changes, is_exact)
    }

    fn agree(&mut self, expected: Answer, told: Answer, changes: &ChangeSet, is_exact: bool) -> Result<(), String> {
        match (expected, told) {
            (Ok(expected), Ok(told)) => {
                if let (Some(expected), Some(told)) = (expected, told) {
                    self.bad_receipt = wrong_in_receipt(&expected, &told, changes);
                }
                Ok(())
            }
            (Err(expected), Err(told)) => {
                self.was_refused = true;
                let same = if is_exact { same_kind(&expected, &told) } else { !matches!(told, StoreError::Medium(_)) };
                if same { Ok(()) } else { Err(format!("the error should be \"{expected}\" and is \"{told}\"")) }
            }
            (Err(expected), Ok(_)) => Err(format!("it accepted what must be refused: {expected}")),
            (Ok(_), Err(told)) => Err(format!("it refused what it must accept: {told}")),
        }
    }

    async fn checkpoint(&mut self, back: u8, text: u8) -> Result<(), String> {
        let size = self.model.log_head().await.map_or(0, |(size, _)| size).saturating_sub(u64::from(back));
        // With none to three cosignatures, for a shorter text must not replace a longer one.
        let cosigned = ", cosigned".repeat(usize::from(text % 4));
        let text = format!("checkpoint {text} over {size}{cosigned}");
        let expected = self.model.save_checkpoint(size, text.clone()).await;
        let told = in_time("saving a checkpoint", CALL_SECONDS, self.store()?.save_checkpoint(size, text)).await?;
        match (expected, told) {
            (Ok(()), Err(error)) => Err(format!("a checkpoint over what is stored was refused: {error}")),
            _ => Ok(()),
        }
    }

    async fn settle(&mut self, name: u8, value: u8) -> Result<(), String> {
        let setting = SETTINGS[usize::from(name) % SETTINGS.len()];
        let expected = self.model.settle_setting(setting, value.to_string()).await;
        let told = in_time("settling", CALL_SECONDS, self.store()?.settle_setting(setting, value.to_string())).await?;
        if expected == told {
            Ok(())
        } else {
            Err(format!("the setting {setting} is {expected:?} and was told as {told:?}"))
        }
    }
}

/// A stored payment, folded.
pub(crate) fn replay(stored: &StoredPayment, approved: &dyn Fn(&RunId) -> Option<u64>) -> Result<Payment, String> {
    Payment::replay(&events_of(&stored.records)?, &|run| approved(run)).map_err(|error| error.to_string())
}

fn same_kind(expected: &StoreError, told: &StoreError) -> bool {
    match (expected, told) {
        (StoreError::ReferenceTaken(_) | StoreError::ObligationTaken { .. }, _) => expected == told,
        _ => std::mem::discriminant(expected) == std::mem::discriminant(told),
    }
}

fn wrong_in_receipt(expected: &Receipt, told: &Receipt, changes: &ChangeSet) -> Option<String> {
    if expected.log_size != told.log_size {
        return Some(format!("the log has {} leaves and the receipt says {}", expected.log_size, told.log_size));
    }
    changes.payments.iter().find_map(|change| {
        let (id, version) = (&change.row.id, change.row.version);
        let wrong = !told.covers(id, version) || told.covers(id, version + 1) || told.covers(id, version - 1);
        wrong.then(|| format!("the receipt does not cover payment {id} at version {version} and no other"))
    })
}
