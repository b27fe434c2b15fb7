//! What is looked at after every step of a case.
use super::StoreUnderTest;
use super::dump::{Dump, Part, WORKERS, all_payments};
use super::world::{World, replay};
use crate::wages::{events_of, key_of};
use std::collections::{BTreeMap, BTreeSet};
use upah_core::commitment::Commit;
use upah_core::erasure::ErasedPayment;
use upah_core::event::RunEvent;
use upah_core::run::{PaymentId, RunId};
use upah_core::state::PaymentState;
use upah_core::store::{Page, PaymentRow, Store, StoredPayment, StoredRecord, Stream, Sum};
use upah_tlog::{Hash, MemoryTree, TreeReader, leaf_hash};

/// See the module.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Look {
    /// These parts are as in the model.
    Model(&'static [Part]),
    /// What was refused left everything as it was.
    Untouched,
    /// Nothing of an unfinished admission is seen, or stays.
    Staged,
    /// After a crash these parts are as in the model.
    Crashed,
    /// After a crash everything reads as before.
    Restarted,
    /// Receipts say what is durable.
    Receipts,
    /// Events are whole, in order and without gaps.
    Events,
    /// Hashes and root are those of the leaves.
    Tree,
    /// As [`Look::Tree`], where records may have been erased.
    Leaves,
    /// Sums are what can be counted.
    Sums,
    /// Rows are what their events say.
    Replayed,
    /// Every payment is found by every name it has.
    Found,
}

impl Look {
    /// Looks.
    pub(crate) async fn at<S: StoreUnderTest>(self, world: &mut World<'_, S>) -> Result<(), String> {
        match self {
            Self::Model(parts) => world.differs_from_model(parts).await,
            Self::Untouched => untouched(world).await,
            Self::Staged => match world.seen_while_staged.take() {
                Some(what) => Err(format!("an admission was seen before it was finished: {what}")),
                None => world.differs_from_model(&[Part::Payments, Part::Runs, Part::References, Part::Known]).await,
            },
            Self::Crashed => {
                world.kill().await?;
                world.differs_from_model(Part::ALL).await.map_err(|why| format!("after a crash, {why}"))
            }
            Self::Restarted => restarted(world).await,
            Self::Receipts => world.bad_receipt.take().map_or(Ok(()), Err),
            Self::Events => events(world).await,
            Self::Tree => tree(world, false).await,
            Self::Leaves => tree(world, true).await,
            Self::Sums => sums(world).await,
            Self::Replayed => replayed(&world.dump().await?),
            Self::Found => found(world).await,
        }
    }
}

async fn untouched<S: StoreUnderTest>(world: &mut World<'_, S>) -> Result<(), String> {
    let (true, Some(before)) = (world.was_refused, world.before.take()) else { return Ok(()) };
    let after = world.dump().await?;
    let changed = after.difference(&before, Part::ALL);
    changed.map_or(Ok(()), |what| Err(format!("a refused write left something behind: {what}")))
}

async fn restarted<S: StoreUnderTest>(world: &mut World<'_, S>) -> Result<(), String> {
    let before = world.dump().await?;
    world.kill().await?;
    let after = world.dump().await?;
    after.difference(&before, Part::ALL).map_or(Ok(()), |what| Err(format!("after opening it again, {what}")))
}

async fn events<S: StoreUnderTest>(world: &mut World<'_, S>) -> Result<(), String> {
    let shown = world.dump().await?;
    for (index, record) in shown.records.iter().enumerate() {
        if record.seq != index as u64 {
            return Err(format!("event {} stands at place {index}", record.seq));
        }
    }
    if let Some(before) = world.before.take()
        && shown.records.get(..before.records.len()) != Some(&before.records)
    {
        return Err("events that were there before have moved or changed".into());
    }
    let model = Dump::of(&world.model).await?;
    if shown.head.0 != model.head.0 || by_stream(&shown.records) != by_stream(&model.records) {
        return Err("the events of a stream are not the ones that were given, in their order".into());
    }
    let half = shown.records.len() / 2;
    let part = world.store()?.records(half as u64, 2).await.map_err(|error| error.to_string())?;
    if part.as_slice() != shown.records.get(half..(half + 2).min(shown.records.len())).unwrap_or_default() {
        return Err("a part of the log reads otherwise than the whole".into());
    }
    Ok(())
}

/// What of an event does not depend on its place.
type Content<'a> = (&'a Option<String>, bool, [u8; 32]);

fn by_stream(records: &[StoredRecord]) -> BTreeMap<&Stream, Vec<Content<'_>>> {
    let mut streams: BTreeMap<&Stream, Vec<Content<'_>>> = BTreeMap::new();
    for record in records {
        streams.entry(&record.stream).or_default().push((&record.record, record.salt.is_some(), record.leaf_hash));
    }
    streams
}

async fn tree<S: StoreUnderTest>(world: &mut World<'_, S>, may_be_erased: bool) -> Result<(), String> {
    let shown = world.dump().await?;
    let mut tree = MemoryTree::default();
    for record in &shown.records {
        let leaf = match (&record.record, &record.salt) {
            (None, None) if may_be_erased => erased_leaf(record, &shown)?,
            _ => leaf_of(record)?,
        };
        if leaf.0 != record.leaf_hash {
            return Err(format!("the leaf of event {} is not the one of its record", record.seq));
        }
        tree.push(leaf);
    }
    if shown.head != (tree.size(), tree.root().0) {
        return Err("size or root of the log are not those of its leaves".into());
    }
    let store = world.store()?;
    for level in 0..3u8 {
        let expected: Vec<_> = (0..).map_while(|index| tree.coarse(level, index).ok()).map(|hash| hash.0).collect();
        for (start, count) in [(0, usize::MAX), (1, 2), (expected.len() as u64, 3)] {
            let told = store.log_hashes(level, start, count).await.map_err(|error| error.to_string())?;
            let rest = expected.iter().skip(usize::try_from(start).unwrap_or(usize::MAX)).take(count);
            if !told.iter().eq(rest) {
                return Err(format!("the stored hashes of level {level} from {start} are not those of the tree"));
            }
        }
    }
    Ok(())
}

/// The leaf of an erased record, out of the commitment that the end of its stream holds.
fn erased_leaf(record: &StoredRecord, shown: &Dump) -> Result<Hash, String> {
    let of_stream = |stored: &&StoredPayment| record.stream == Stream::Payment(stored.row.id.clone());
    let stored = shown.payments.iter().find(of_stream).ok_or("an event of a run was erased")?;
    let place = stored.records.iter().position(|one| one.seq == record.seq).ok_or("an event is not in its stream")?;
    let erased = ErasedPayment::read(stored).ok_or("an event lost its text, and its payment was not erased")?;
    let leaf = erased.remains.leaf(place).ok_or("an erased payment has more events than commitments")?;
    Ok(leaf_hash(leaf.bytes().as_bytes()))
}

/// The leaf that belongs to a record, computed again.
fn leaf_of(record: &StoredRecord) -> Result<Hash, String> {
    let (Some(text), Some(salt)) = (&record.record, &record.salt) else { return Err("an event lost its text".into()) };
    let commit = Commit::to(text, salt);
    let leaf = match &record.stream {
        Stream::Payment(_) => upah_core::commitment::Leaf::of(commit),
        Stream::Run(_) => RunEvent::open(text).map_err(|error| error.to_string())?.leaf(commit),
    };
    Ok(leaf_hash(leaf.bytes().as_bytes()))
}

async fn sums<S: StoreUnderTest>(world: &mut World<'_, S>) -> Result<(), String> {
    let store = world.store()?;
    let payments = all_payments(store, 5).await.map_err(|error| error.to_string())?;
    let runs = store.runs().await.map_err(|error| error.to_string())?;
    let mut questions: Vec<Option<RunId>> = runs.iter().map(|run| Some(run.id.clone())).collect();
    questions.extend([None, Some(crate::wages::run_id(200))]);
    for run in questions {
        let mut counted: BTreeMap<PaymentState, Sum> = BTreeMap::new();
        for stored in payments.iter().filter(|stored| run.as_ref().is_none_or(|run| stored.row.id.run == *run)) {
            let sum = counted.entry(stored.row.state).or_default();
            sum.count += 1;
            sum.amount += stored.row.amount.value();
        }
        let told = store.sums(run.clone()).await.map_err(|error| error.to_string())?;
        let told: BTreeMap<_, _> = told.into_iter().filter(|(_, sum)| *sum != Sum::default()).collect();
        if told != counted {
            return Err(format!("the sums of {run:?} are told as {told:?} and counted as {counted:?}"));
        }
        let row = run.as_ref().and_then(|run| runs.iter().find(|row| row.id == *run));
        let total: u64 = counted.values().map(|sum| sum.amount).sum();
        if row.is_some_and(|row| row.total.value() != total) {
            return Err(format!("the sums of {run:?} are not the total of the run"));
        }
    }
    Ok(())
}

fn replayed(shown: &Dump) -> Result<(), String> {
    let approved = |id: &RunId| shown.runs.iter().find(|run| run.id == *id).and_then(|run| run.approved_seq);
    for stored in &shown.payments {
        let payment = replay(stored, &approved)?;
        let row = PaymentRow { head: stored.row.head, ..PaymentRow::of(&payment, stored.row.key, stored.row.row) };
        if row != stored.row {
            return Err(format!("a row is not what its events say:\n{:?}\n{row:?}", stored.row));
        }
        events_of(&stored.records)?;
    }
    for (run, records) in shown.runs.iter().zip(&shown.run_records) {
        let approvals = records
            .iter()
            .filter(|record| record.record.as_deref().is_some_and(|text| text.contains("\"kind\":\"approved\"")));
        if approvals.map(|record| record.seq).next() != run.approved_seq {
            return Err(format!("run {} does not name the place of its approval", run.id));
        }
    }
    Ok(())
}

async fn found<S: StoreUnderTest>(world: &mut World<'_, S>) -> Result<(), String> {
    let shown = world.dump().await?;
    let store = world.store()?;
    let wrong = |what: &str, id: &PaymentId| Err(format!("payment {id} is not found {what}"));
    for stored in &shown.payments {
        let id = &stored.row.id;
        if store.payment(id.clone()).await.map_err(|error| error.to_string())?.as_ref() != Some(stored) {
            return wrong("by its name", id);
        }
    }
    for (reference, id, _) in &shown.references {
        let by_reference = store.by_reference(reference.clone()).await.map_err(|error| error.to_string())?;
        if by_reference.map(|stored| stored.row.id).as_ref() != Some(id) {
            return wrong("by a reference of its own", id);
        }
    }
    let backwards: Vec<_> = (0..=WORKERS).rev().map(key_of).collect();
    let known = store.known(backwards).await.map_err(|error| error.to_string())?;
    if known.into_iter().rev().take(usize::from(WORKERS)).ne(shown.known.iter().cloned()) {
        return Err("obligations are not told in the order in which they were asked for".into());
    }
    for row in &shown.runs {
        let by_key = store.run_by_key(row.employer.clone(), row.key.clone()).await;
        let by_id = store.run(row.id.clone()).await;
        if by_key.as_ref() != Ok(&Some(row.clone())) || by_id.as_ref() != Ok(&Some(row.clone())) {
            return Err(format!("run {} is not found by its name or its key", row.id));
        }
    }
    pages(store, &shown).await
}

/// Pages by run and by state together show every payment once.
async fn pages(store: &impl Store, shown: &Dump) -> Result<(), String> {
    for states in PaymentState::ALL.chunks(4) {
        for run in shown.runs.iter().map(|row| Some(row.id.clone())).chain([None]) {
            let (mut seen, mut after) = (BTreeSet::new(), None);
            loop {
                let page = Page { run: run.clone(), states: states.to_vec(), after, limit: 2 };
                let (payments, next) = store.page(page).await.map_err(|error| error.to_string())?;
                for stored in payments {
                    if !seen.insert(stored.row.id.clone()) {
                        return Err(format!("payment {} stands on two pages", stored.row.id));
                    }
                }
                if next.is_none() {
                    break;
                }
                after = next;
            }
            let wanted = shown
                .payments
                .iter()
                .map(|stored| &stored.row)
                .filter(|row| states.contains(&row.state) && run.as_ref().is_none_or(|run| row.id.run == *run));
            if !seen.iter().eq(wanted.map(|row| &row.id)) {
                return Err(format!("pages of {run:?} in {states:?} do not show every payment"));
            }
        }
    }
    Ok(())
}
