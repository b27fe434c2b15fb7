//! Several callers at once: what only shows when calls overlap.
use super::StoreUnderTest;
use super::dump::{Dump, all_payments};
use super::world::replay;
use crate::plan::in_time;
use crate::wages::{Salts, Wage, approved_run, likely_next, new_payment, next_events, run_id, sealed_run};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;
use tokio::task::JoinSet;
use upah_core::Rupiah;
use upah_core::run::{PaymentId, RunId};
use upah_core::setting::Setting;
use upah_core::store::{ChangeSet, Cursor, Page, PaymentChange, Store, StoreError};

/// How long a race may take, in seconds.
pub(super) const RACE_SECONDS: u64 = 60;

/// A fresh store with one approved run of so many workers.
pub(super) async fn open<S: StoreUnderTest>(
    subject: &S,
    workers: u16,
) -> Result<(S::Place, Arc<S::Store>, Salts), String> {
    let place = in_time("making a place", RACE_SECONDS, subject.place()).await??;
    let store = Arc::new(in_time("opening", RACE_SECONDS, subject.open(&place)).await??);
    let mut salts = Salts::default();
    admit(&*store, &run_id(1), 0..workers, &mut salts).await.map_err(|error| error.to_string())?;
    let row = store.run(run_id(1)).await.map_err(|error| error.to_string())?.ok_or("the run is not there")?;
    let runs = vec![approved_run(&row, &mut salts)?];
    store.commit(Arc::new(ChangeSet { payments: vec![], runs })).await.map_err(|error| error.to_string())?;
    Ok((place, store, salts))
}

async fn admit(
    store: &dyn Store,
    run: &RunId,
    workers: core::ops::Range<u16>,
    salts: &mut Salts,
) -> Result<(), StoreError> {
    let mut payments = Vec::new();
    for (n, worker) in (1..).zip(workers) {
        let amount = Rupiah::new(600_000).unwrap_or(Rupiah::MAX);
        let wage = Wage { run: run.clone(), n, worker, amount, held: false };
        payments.push(new_payment(&wage, salts).map_err(StoreError::Damaged)?);
    }
    let sealed = sealed_run(run, run.as_str(), &payments, salts).map_err(StoreError::Damaged)?;
    let mut admission = store.admit().await?;
    admission.stage(run, payments).await?;
    admission.finish(vec![sealed]).await.map(drop)
}

/// The next events of a payment as it stands in the store.
pub(super) async fn change(store: &dyn Store, n: u32, how: u8, salts: &mut Salts) -> Result<PaymentChange, String> {
    let stored = store.payment(PaymentId { run: run_id(1), n }).await.map_err(|error| error.to_string())?;
    let stored = stored.ok_or("a payment that was admitted is not there")?;
    let facts = likely_next(&replay(&stored, &|_| Some(0))?, how);
    next_events(&stored, facts, &|_| Some(0), salts)
}

/// Some callers decide on the same version of one payment: one of them writes.
pub(crate) async fn one_decision_wins<S: StoreUnderTest>(subject: &S, (racers, how): (u8, u8)) -> Result<(), String> {
    let (_place, store, mut salts) = open(subject, 2).await?;
    let mut decided = Vec::new();
    for racer in 0..racers {
        decided.push(change(&*store, 1, how.wrapping_add(racer), &mut salts).await?);
    }
    let mut race = JoinSet::new();
    for change in decided {
        let store = Arc::clone(&store);
        let changes = Arc::new(ChangeSet { payments: vec![change], runs: vec![] });
        race.spawn(async move { store.commit(changes).await.map(drop) });
    }
    let ends = in_time("racing commits", RACE_SECONDS, race.join_all()).await?;
    let won = ends.iter().filter(|end| end.is_ok()).count();
    let lost_well =
        ends.iter().filter(|end| matches!(end, Err(StoreError::Conflict(_) | StoreError::ReferenceTaken(_))));
    match (won, lost_well.count()) {
        (1, lost) if lost + 1 == ends.len() => Ok(()),
        (won, _) => Err(format!("of {racers} commits on one version {won} were accepted: {ends:?}")),
    }
}

/// Some callers settle one setting: all are told the same, which is one of theirs.
pub(crate) async fn one_setting_stands<S: StoreUnderTest>(subject: &S, racers: u8) -> Result<(), String> {
    let (_place, store, _) = open(subject, 1).await?;
    let mut race = JoinSet::new();
    for racer in 0..racers {
        let store = Arc::clone(&store);
        race.spawn(async move { store.settle_setting(Setting::Mode, racer.to_string()).await });
    }
    let told = in_time("racing settings", RACE_SECONDS, race.join_all()).await?;
    let told: BTreeSet<String> = told.into_iter().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    let stands = store.setting(Setting::Mode).await.map_err(|error| error.to_string())?;
    if told.len() == 1 && stands == told.first().cloned() {
        Ok(())
    } else {
        Err(format!("{told:?} were told, {stands:?} stands"))
    }
}

/// Two files that pay the same worker come in at once: she is admitted once.
pub(crate) async fn one_admission_wins<S: StoreUnderTest>(subject: &S, workers: u8) -> Result<(), String> {
    let (_place, store, _) = open(subject, 1).await?;
    let mut race = JoinSet::new();
    for n in 2..4u8 {
        let store = Arc::clone(&store);
        let mut salts = Salts::default();
        race.spawn(async move { admit(&*store, &run_id(n), 1..u16::from(workers) + 1, &mut salts).await });
    }
    let ends = in_time("two admissions at once", RACE_SECONDS, race.join_all()).await?;
    let payments = all_payments(&*store, 50).await.map_err(|error| error.to_string())?.len();
    let refused = ends.iter().filter(|end| matches!(end, Err(StoreError::ObligationTaken { .. }))).count();
    if refused == 1 && ends.iter().any(Result::is_ok) && payments == usize::from(workers) + 1 {
        return Ok(());
    }
    Err(format!("two admissions of the same wages ended as {ends:?}, and {payments} payments are there"))
}

/// Pages are turned while others write: whoever was there before is shown once.
pub(crate) async fn nobody_is_passed_over<S: StoreUnderTest>(
    subject: &S,
    (workers, limit): (u8, u8),
) -> Result<(), String> {
    let (_place, store, mut salts) = open(subject, u16::from(workers)).await?;
    let (mut seen, mut after, mut turned): (Vec<PaymentId>, Option<Cursor>, u16) = (vec![], None, 0);
    loop {
        let writes = async {
            // One step of somebody's wage behind or before the reader, and now and then another run.
            let n = 1 + u32::from(turned) * 7 % u32::from(workers);
            let change = change(&*store, n, 0, &mut salts).await?;
            let changes = Arc::new(ChangeSet { payments: vec![change], runs: vec![] });
            store.commit(changes).await.map_err(|error| error.to_string())?;
            if turned % 3 == 0 {
                let worker = 1_000 + turned;
                let run = RunId::from_random([9, u8::try_from(turned % 256).unwrap_or(0), 0, 0, 0, 0, 0, 0]);
                admit(&*store, &run, worker..worker + 1, &mut salts).await.map_err(|error| error.to_string())?;
            }
            Ok::<(), String>(())
        };
        let page = Page { run: None, states: Vec::new(), after, limit: usize::from(limit) };
        let (page, written) =
            in_time("reading beside a writer", RACE_SECONDS, async { tokio::join!(store.page(page), writes) }).await?;
        written?;
        let (payments, next) = page.map_err(|error| error.to_string())?;
        seen.extend(payments.into_iter().map(|stored| stored.row.id));
        turned += 1;
        // Each page may meet a new run at the end, so an end must come from the kit.
        if next.is_none() || turned > 60 {
            break;
        }
        after = next;
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    if once.len() != seen.len() {
        return Err("a payment stood on two pages".into());
    }
    let missing = (1..=u32::from(workers)).map(|n| PaymentId { run: run_id(1), n }).find(|id| !seen.contains(id));
    missing.map_or(Ok(()), |id| Err(format!("payment {id} was on no page while others were written")))
}

/// Somebody stops waiting for a commit: it happened whole or not at all, and the store goes on.
pub(crate) async fn dropped_is_whole_or_nothing<S: StoreUnderTest>(subject: &S, polls: u8) -> Result<(), String> {
    let (_place, store, mut salts) = open(subject, 3).await?;
    let before = Dump::of(&*store).await?;
    let payments = vec![change(&*store, 1, 0, &mut salts).await?, change(&*store, 2, 0, &mut salts).await?];
    let changes = Arc::new(ChangeSet { payments, runs: vec![] });
    {
        let mut commit = store.commit(changes);
        for _ in 0..polls {
            let mut context = Context::from_waker(Waker::noop());
            if commit.as_mut().poll(&mut context).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    in_time("a write after a dropped one", RACE_SECONDS, store.settle_setting(Setting::Mode, "x".into()))
        .await?
        .map_err(|error| error.to_string())?;
    // The dropped one may still be under way, and a dump is many reads: two that are alike saw one store.
    let mut after = Dump::of(&*store).await?;
    loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let again = Dump::of(&*store).await?;
        if again.payments == after.payments && again.records == after.records {
            break;
        }
        after = again;
    }
    let grown = after.records.len() - before.records.len();
    let moved = after.payments.iter().zip(&before.payments).filter(|(after, before)| after != before).count();
    if (grown, moved) == (0, 0) || (grown, moved) == (2, 2) {
        return Ok(());
    }
    Err(format!("of two payments in a dropped commit {moved} were written, with {grown} events"))
}
