//! Two payrolls that come in at once: whichever is second was checked before the first one was there, and is checked
//! again against it, or a wage is instructed twice and nobody is asked.
#![allow(clippy::unwrap_used)]
use std::sync::Arc;
use upah::core::row::{PayRow, PayRowFields, Statement};
use upah::core::{EmployerId, Rupiah};
use upah::{Confirm, Error, Gateway, Mode, Signatures};
use upah_conformance::MemoryStore;

fn row(worker: &str, amount: u64) -> PayRow {
    let amount = Rupiah::new(amount).unwrap();
    PayRow::new(PayRowFields {
        row: 2,
        employer: None,
        worker_id: worker.parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: vec!["bank:014:1234567890".parse().unwrap()],
        period: "2026-11".parse().unwrap(),
        amount,
        component: "wage".parse().unwrap(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole("base".parse().unwrap(), amount),
    })
    .unwrap()
}

fn employer() -> EmployerId {
    "kampung-contoh".parse().unwrap()
}

fn signatures() -> Signatures {
    Signatures {
        created_by: "rini".parse().unwrap(),
        approved_by: Some("sari".parse().unwrap()),
        confirm: Confirm::None,
    }
}

/// The second payroll was surveyed, then the first one is admitted, then the second one is.
async fn second_after(first: PayRow, second: &PayRow) -> (Gateway, Result<(), Error>) {
    let upah = Gateway::open(Arc::new(MemoryStore::default()), Mode::Sandbox).build().await.unwrap();
    let mut survey = upah.survey();
    survey.add(&employer(), second).await.unwrap();
    let plans = survey.finish(None).await.unwrap();
    upah.seal(&employer(), vec![first], &signatures()).await.unwrap();
    let mut rows = || Box::new([(employer(), second.clone())].into_iter()) as Box<_>;
    let admitted = upah.admit(plans, &mut rows, &signatures()).await.map(drop);
    (upah, admitted)
}

async fn payments(upah: &Gateway) -> u64 {
    upah.sums(None).await.unwrap().into_iter().map(|(_, sum)| sum.count).sum()
}

#[tokio::test]
async fn another_amount_for_a_wage_that_came_in_meanwhile_is_told_and_not_dropped() {
    let second = row("W-1", 700_000);
    let (upah, admitted) = second_after(row("W-1", 600_000), &second).await;
    assert!(matches!(admitted, Err(Error::Outdated)), "{admitted:?}");
    let told = upah.seal(&employer(), vec![second], &signatures()).await;
    assert!(matches!(&told, Err(Error::Rows(rows)) if rows[0].code == "amount_conflict"), "{told:?}");
    assert_eq!(payments(&upah).await, 1);
}

#[tokio::test]
async fn the_same_person_under_another_id_in_a_payroll_that_came_in_meanwhile_waits_for_the_checker() {
    let second = row("W-2", 600_000);
    let (upah, admitted) = second_after(row("W-1", 600_000), &second).await;
    assert!(matches!(admitted, Err(Error::Outdated)), "{admitted:?}");
    assert_eq!(payments(&upah).await, 1, "nothing of it came in");
    upah.seal(&employer(), vec![second], &signatures()).await.unwrap();
    let sums = upah.sums(None).await.unwrap();
    let waiting = sums.iter().find(|(state, _)| state.name() == "awaiting_approval").unwrap();
    assert_eq!((payments(&upah).await, waiting.1.count), (2, 1), "she would be paid twice unasked: {sums:?}");
}

/// One office opens a new store in so many steps; then another one opens it and seals a payroll; then the first goes on.
#[cfg(feature = "sqlite")]
async fn opened_around_another_s_first_payroll(folder: &std::path::Path, steps: u32) -> Result<Gateway, Error> {
    use std::time::Duration;
    use upah::core::store::Store;
    use upah::sqlite::{OpenOptions, Sqlite};

    let store: Arc<dyn Store> = Arc::new(Sqlite::open(folder.join("wages.db"), OpenOptions { create: true }).unwrap());
    let mut slow = Box::pin(Gateway::open(Arc::clone(&store), Mode::Sandbox).build());
    for _ in 0..steps {
        let step = std::future::poll_fn(|context| std::task::Poll::Ready(slow.as_mut().poll(context)));
        if let std::task::Poll::Ready(opened) = step.await {
            return opened;
        }
        // What this step asked of the store is answered, and not looked at yet.
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    let other = Gateway::open(store, Mode::Sandbox).build().await.unwrap();
    other.seal(&employer(), vec![row("W-1", 600_000)], &signatures()).await.unwrap();
    slow.await
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn who_opens_a_new_store_while_another_begins_it_does_not_call_it_damaged() {
    for steps in 0..6 {
        let folder = tempfile::tempdir().unwrap();
        let opened = opened_around_another_s_first_payroll(folder.path(), steps).await;
        let upah = opened.unwrap_or_else(|why| panic!("after {steps} steps: {why}"));
        // With the same pepper the wage that came in meanwhile is known.
        upah.seal(&employer(), vec![row("W-1", 600_000)], &signatures()).await.unwrap();
        assert!(payments(&upah).await <= 1, "she would be paid twice");
    }
}
