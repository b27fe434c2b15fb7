//! The numbers of a run's payments, and the places of their events in the public log, are the run's own order: neither the
//! file's, nor that of an earlier month.
#![allow(clippy::unwrap_used)]
use data_encoding::HEXLOWER;
use std::collections::BTreeSet;
use std::sync::Arc;
use upah::core::obligation::{ObligationKey, Pepper};
use upah::core::row::{PayRow, PayRowFields, Statement};
use upah::core::run::RunId;
use upah::core::setting::Setting;
use upah::core::store::{Page, Store, StoredPayment};
use upah::core::{EmployerId, Rupiah};
use upah::{Confirm, Gateway, Mode, Signatures};
use upah_conformance::MemoryStore;

fn row(worker: u32, period: &str, account: u32) -> PayRow {
    let amount = Rupiah::new(600_000).unwrap();
    PayRow::new(PayRowFields {
        row: u64::from(worker) + 2,
        employer: None,
        worker_id: format!("W-{worker:04}").parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: vec![format!("bank:014:{}", 1_000_000_000 + account).parse().unwrap()],
        period: period.parse().unwrap(),
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

/// Admits a file; nobody has approved it.
async fn admitted(upah: &Gateway, rows: Vec<PayRow>) -> RunId {
    let signatures = Signatures { created_by: "rini".parse().unwrap(), approved_by: None, confirm: Confirm::None };
    upah.seal(&employer(), rows, &signatures).await.unwrap().unwrap().run.unwrap()
}

/// What the payments of a run are, by their numbers.
async fn payments(store: &MemoryStore) -> Vec<StoredPayment> {
    store.page(Page { run: None, states: Vec::new(), after: None, limit: 10_000 }).await.unwrap().0
}

async fn village() -> (Arc<MemoryStore>, Gateway, Pepper) {
    let store = Arc::new(MemoryStore::default());
    let upah = Gateway::open(Arc::clone(&store) as Arc<dyn Store>, Mode::Sandbox).build().await.unwrap();
    let pepper = store.setting(Setting::Pepper).await.unwrap().unwrap();
    let pepper = Pepper(HEXLOWER.decode(pepper.as_bytes()).unwrap().try_into().unwrap());
    (store, upah, pepper)
}

/// The obligations of events that a run wrote, in the order of the log.
fn in_log(payments: &[StoredPayment], written: impl Fn(&StoredPayment) -> Option<u64>) -> Vec<ObligationKey> {
    let mut seen: Vec<_> = payments.iter().filter_map(|stored| Some((written(stored)?, stored.row.key))).collect();
    seen.sort_unstable();
    seen.into_iter().map(|(_, key)| key).collect()
}

fn in_place(run: &RunId, keys: &[ObligationKey], pepper: &Pepper) -> Vec<ObligationKey> {
    let mut keys = keys.to_vec();
    keys.sort_by_key(|key| run.place_of(key, pepper));
    keys
}

#[tokio::test]
async fn nobody_reads_from_a_number_where_she_stands_in_a_file_of_many() {
    const ROWS: u32 = 4_100;
    let (store, upah, pepper) = village().await;
    let run = admitted(&upah, (0..ROWS).map(|worker| row(worker, "2026-11", worker)).collect()).await;
    let payments = payments(&store).await;
    let keys = in_log(&payments, |stored| Some(stored.records[0].seq));
    assert_eq!(keys.len(), ROWS as usize);
    assert!(keys == in_place(&run, &keys, &pepper), "the places in the log are the run's own order");
    let numbers: Vec<_> = payments.iter().map(|stored| stored.row.id.n).collect();
    assert!(numbers.iter().copied().eq(1..=ROWS), "{numbers:?}");
    assert!(payments.iter().map(|stored| stored.row.key).eq(keys), "and the numbers are too");
}

#[tokio::test]
async fn two_months_of_the_same_people_stand_in_two_orders() {
    let (store, upah, pepper) = village().await;
    let months = ["2026-10", "2026-11"];
    let mut orders = Vec::new();
    for month in months {
        let run = admitted(&upah, (0..100).map(|worker| row(worker, month, worker)).collect()).await;
        let payments = payments(&store).await;
        let of_run = |stored: &StoredPayment| (stored.row.id.run == run).then(|| stored.records[0].seq);
        let keys = in_log(&payments, of_run);
        assert_eq!(keys, in_place(&run, &keys, &pepper));
        // A key holds the worker's keyed hash in these bytes, the same each month.
        orders.push(keys.iter().map(|key| key.0[10..26].to_vec()).collect::<Vec<_>>());
    }
    let people = |order: &Vec<Vec<u8>>| order.iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(people(&orders[0]), people(&orders[1]));
    assert_ne!(orders[0], orders[1], "by her place she would be followed from month to month");
}

#[tokio::test]
async fn a_correction_of_many_does_not_tell_who_stood_where_before() {
    let (store, upah, pepper) = village().await;
    admitted(&upah, (0..60).map(|worker| row(worker, "2026-11", worker)).collect()).await;
    let corrected = admitted(&upah, (0..60).map(|worker| row(worker, "2026-11", worker + 100)).collect()).await;
    let payments = payments(&store).await;
    let keys = in_log(&payments, |stored| stored.records.get(1).map(|record| record.seq));
    assert_eq!(keys.len(), 60);
    assert_eq!(keys, in_place(&corrected, &keys, &pepper));
}
