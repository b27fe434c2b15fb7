//! Several drives on one store: what leases and fences must keep apart. A store with one writer must hand out
//! everything to whoever asks.
//!
//! Leases that must live are a minute long, and leases that must end are shorter than a commit, so that a slow
//! machine changes nothing.
use super::StoreUnderTest;
use super::races::{RACE_SECONDS, change, open};
use crate::plan::in_time;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use upah_core::claim::{Claim, Claims, DriveId, Enlisted, Fence, Wanted};
use upah_core::run::PaymentId;
use upah_core::state::PaymentState;
use upah_core::store::{ChangeSet, Page, PaymentChange, Store, StoreError};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(20);
/// Long enough for a short lease to end.
const PAUSE: Duration = Duration::from_millis(120);

fn drive(n: u8) -> DriveId {
    DriveId::from_random([n; 8])
}

fn words(error: impl ToString) -> String {
    error.to_string()
}

/// Enlists; false when the store has one writer.
async fn enlist(store: &dyn Store, n: u8, lease: Duration) -> Result<bool, String> {
    store.enlist(drive(n), lease).await.map(|enlisted| enlisted == Enlisted::Leased).map_err(words)
}

async fn claim_page(store: &dyn Store, n: u8, limit: usize) -> Result<Claims, String> {
    let page = Page { run: None, states: vec![PaymentState::Ready], after: None, limit };
    in_time("a claim", RACE_SECONDS, store.claim(drive(n), Wanted::Page(page))).await?.map_err(words)
}

async fn claim_named(store: &dyn Store, n: u8, ids: Vec<PaymentId>) -> Result<Claims, String> {
    in_time("a claim", RACE_SECONDS, store.claim(drive(n), Wanted::These(ids))).await?.map_err(words)
}

fn ids(claims: &Claims) -> BTreeSet<PaymentId> {
    claims.claims.iter().map(|claim| claim.stored.row.id.clone()).collect()
}

fn fence(claim: &Claim) -> Result<Fence, String> {
    claim.hold.fence.ok_or_else(|| "a claim under a lease has no fence".into())
}

async fn commit(store: &dyn Store, change: PaymentChange) -> Result<(), StoreError> {
    store.commit(Arc::new(ChangeSet { payments: vec![change], runs: vec![] })).await.map(drop)
}

/// One writer: whoever asks is given everything, by page and by name, and nothing has a fence.
async fn alone(store: &dyn Store, workers: u16) -> Result<(), String> {
    for n in 1..3 {
        let paged = claim_page(store, n, 100).await?;
        let named = claim_named(store, n, ids(&paged).into_iter().collect()).await?;
        let all = [&paged, &named].iter().all(|claims| claims.claims.len() == usize::from(workers));
        let fenced = paged.claims.iter().chain(&named.claims).any(|claim| claim.hold.fence.is_some());
        if !all || fenced || paged.elsewhere || named.elsewhere {
            return Err("a store with one writer does not hand out everything without a fence".into());
        }
    }
    Ok(())
}

/// Two drives take turns at once until nothing is left: every wage is in one hand.
pub(crate) async fn in_one_hand<S: StoreUnderTest>(subject: &S, (workers, limit): (u8, u8)) -> Result<(), String> {
    let (_place, store, _) = open(subject, u16::from(workers)).await?;
    if !enlist(&*store, 1, LONG).await? {
        return alone(&*store, workers.into()).await;
    }
    enlist(&*store, 2, LONG).await?;
    let mut held = [BTreeSet::new(), BTreeSet::new()];
    for _ in 0..=workers {
        let (one, other) =
            tokio::join!(claim_page(&*store, 1, usize::from(limit)), claim_page(&*store, 2, usize::from(workers)));
        for (held, given) in held.iter_mut().zip([one?, other?]) {
            let given = ids(&given);
            if !held.is_disjoint(&given) {
                return Err("a page held a payment that the drive holds already".into());
            }
            held.extend(given);
        }
    }
    if let Some(id) = held[0].intersection(&held[1]).next() {
        return Err(format!("payment {id} was given to two drives whose leases are live"));
    }
    if held[0].len() + held[1].len() != usize::from(workers) {
        return Err("a payment that nobody holds was not handed out".into());
    }
    let own = claim_named(&*store, 1, held[0].iter().cloned().collect()).await?;
    let foreign = claim_named(&*store, 1, held[1].iter().cloned().collect()).await?;
    if ids(&own) != held[0] {
        return Err("a drive was not given by name what it holds".into());
    }
    if !foreign.claims.is_empty() || foreign.elsewhere == held[1].is_empty() {
        return Err("what another drive holds was given by name, or not said to be elsewhere".into());
    }
    let once = own.claims.iter().map(fence).collect::<Result<Vec<_>, _>>()?;
    let again = claim_named(&*store, 1, held[0].iter().cloned().collect()).await?;
    let again = again.claims.iter().map(fence).collect::<Result<Vec<_>, _>>()?;
    if once == again { Ok(()) } else { Err("claimed again by its holder, a payment has another fence".into()) }
}

/// A drive lapses, another takes over and has not written yet: what the first one decided is refused.
pub(crate) async fn an_old_fence_writes_nothing<S: StoreUnderTest>(subject: &S, how: u8) -> Result<(), String> {
    let (_place, store, mut salts) = open(subject, 2).await?;
    if !enlist(&*store, 1, SHORT).await? {
        return alone(&*store, 2).await;
    }
    let first = claim_page(&*store, 1, 1).await?;
    enlist(&*store, 2, LONG).await?;
    let Some(old) = first.claims.first() else { return Ok(()) };
    tokio::time::sleep(PAUSE).await;
    let second = claim_page(&*store, 2, 9).await?;
    let new = second.claims.iter().find(|claim| claim.stored.row.id == old.stored.row.id);
    let new = new.ok_or("a payment whose holder's lease has ended was not handed on")?;
    if fence(new)? <= fence(old)? {
        return Err("the fence of a later claim is no greater".into());
    }
    let decided = change(&*store, old.stored.row.id.n, how, &mut salts).await?;
    let late = PaymentChange { fence: old.hold.fence, ..decided.clone() };
    match in_time("a commit", RACE_SECONDS, commit(&*store, late)).await? {
        Err(StoreError::Conflict(_)) => {}
        told => return Err(format!("a commit under a fence that is outdated ended as {told:?}")),
    }
    let in_time = PaymentChange { fence: new.hold.fence, ..decided };
    commit(&*store, in_time).await.map_err(|error| format!("the holder's own commit was refused: {error}"))
}

/// A lease that has ended is not renewed and claims nothing, whether or not somebody took over.
pub(crate) async fn an_ended_lease_stays_ended<S: StoreUnderTest>(subject: &S, taken_over: bool) -> Result<(), String> {
    let (_place, store, _) = open(subject, 2).await?;
    if !enlist(&*store, 1, SHORT).await? {
        return alone(&*store, 2).await;
    }
    if taken_over {
        claim_page(&*store, 1, 1).await?;
        enlist(&*store, 2, LONG).await?;
    }
    tokio::time::sleep(PAUSE).await;
    if taken_over {
        claim_page(&*store, 2, 9).await?;
    }
    if store.renew(drive(1), LONG).await.map_err(words)? {
        return Err("a lease that had ended was renewed, as if the drive's own clock counted".into());
    }
    if !claim_page(&*store, 1, 9).await?.claims.is_empty() {
        return Err("a drive whose lease had ended was given payments".into());
    }
    if store.renew(drive(9), LONG).await.map_err(words)? {
        return Err("a lease that was never given was renewed".into());
    }
    Ok(())
}

/// Nobody is lost with a drive that dies, and whoever takes over learns that it may still be sending; a drive that
/// was dismissed leaves no such doubt.
pub(crate) async fn taken_over<S: StoreUnderTest>(subject: &S, dismissed: bool) -> Result<(), String> {
    let (_place, store, _) = open(subject, 3).await?;
    if !enlist(&*store, 1, if dismissed { LONG } else { SHORT }).await? {
        return alone(&*store, 3).await;
    }
    let first = ids(&claim_page(&*store, 1, 9).await?);
    if dismissed {
        store.dismiss(drive(1)).await.map_err(words)?;
    } else {
        tokio::time::sleep(PAUSE).await;
        // Too late to say that nothing is on its way.
        store.dismiss(drive(1)).await.map_err(words)?;
    }
    let mut fences = BTreeSet::new();
    for n in 2..4 {
        enlist(&*store, n, LONG).await?;
        let given = claim_page(&*store, n, 9).await?;
        if ids(&given).len() != 3 || !first.is_subset(&ids(&given)) {
            return Err(format!(
                "of 3 payments that were given back or left behind, {} were handed on",
                given.claims.len()
            ));
        }
        let doubtful = given.claims.iter().filter(|claim| first.contains(&claim.stored.row.id));
        for claim in doubtful {
            if claim.hold.lapsed.is_some() == dismissed {
                return Err("a claim does not tell whether an earlier holder may still be sending".into());
            }
            if !fences.insert((claim.stored.row.id.clone(), fence(claim)?)) {
                return Err("two claims have the same fence".into());
            }
        }
        store.dismiss(drive(n)).await.map_err(words)?;
    }
    Ok(())
}

/// A payment that has come to rest is nobody's, although its last holder lives.
pub(crate) async fn at_rest_it_is_nobodys<S: StoreUnderTest>(subject: &S, _: u8) -> Result<(), String> {
    let (_place, store, mut salts) = open(subject, 1).await?;
    if !enlist(&*store, 1, LONG).await? {
        return alone(&*store, 1).await;
    }
    enlist(&*store, 2, LONG).await?;
    let claims = claim_page(&*store, 1, 9).await?;
    let claim = claims.claims.first().ok_or("a payment that nobody holds was not handed out")?;
    let id = claim.stored.row.id.clone();
    // Cancelled: at rest by one commit.
    let rests = PaymentChange { fence: claim.hold.fence, ..change(&*store, id.n, 3, &mut salts).await? };
    commit(&*store, rests).await.map_err(words)?;
    let given = claim_named(&*store, 2, vec![id]).await?;
    match given.claims.first() {
        Some(next) if fence(next)? > fence(claim)? && next.hold.lapsed.is_none() => Ok(()),
        _ => Err("a payment at rest was not given back by the commit that brought it there".into()),
    }
}

/// A crash of the store forgets no fence and no lapse.
pub(crate) async fn a_crash_forgets_no_fence<S: StoreUnderTest>(subject: &S, _: u8) -> Result<(), String> {
    let (place, store, _) = open(subject, 2).await?;
    if !enlist(&*store, 1, SHORT).await? {
        return alone(&*store, 2).await;
    }
    let first = claim_page(&*store, 1, 9).await?;
    tokio::time::sleep(PAUSE).await;
    let store = Arc::into_inner(store).ok_or("the store is still shared")?;
    let place = in_time("crashing", RACE_SECONDS, subject.crash(place, store)).await??;
    let store = in_time("opening again", RACE_SECONDS, subject.open(&place)).await??;
    enlist(&store, 2, LONG).await?;
    let second = claim_page(&store, 2, 9).await?;
    for old in &first.claims {
        let new = second.claims.iter().find(|claim| claim.stored.row.id == old.stored.row.id);
        let new = new.ok_or("a payment was lost with its holder in a crash")?;
        if fence(new)? <= fence(old)? || new.hold.lapsed.is_none() {
            return Err("after a crash a fence was given again, or a lapse forgotten".into());
        }
    }
    Ok(())
}
