//! A run that is put in its order block by block.
use super::*;
use crate::gateway::Mode;
use std::sync::Arc;
use upah_conformance::MemoryStore;
use upah_core::row::{PayRowFields, Statement};

fn employer() -> EmployerId {
    "kampung-contoh".parse().unwrap()
}

fn row(worker: u64) -> (EmployerId, PayRow) {
    let amount = Rupiah::new(600_000).unwrap();
    let fields = PayRowFields {
        row: worker + 2,
        employer: None,
        worker_id: format!("W-{worker}").parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: vec![format!("bank:014:{}", 1_000_000_000 + worker).parse().unwrap()],
        period: "2026-11".parse().unwrap(),
        amount,
        component: "wage".parse().unwrap(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole("base".parse().unwrap(), amount),
    };
    (employer(), PayRow::new(fields).unwrap())
}

#[tokio::test]
async fn nobody_is_forgotten_or_told_apart_by_the_block_in_which_she_was_read() {
    const ROWS: u64 = 60;
    let upah = Gateway::open(Arc::new(MemoryStore::default()), Mode::Sandbox).build().await.unwrap();
    let mut survey = upah.survey();
    for (employer, row) in (0..ROWS).map(row) {
        survey.add(&employer, &row).await.unwrap();
    }
    let plans = survey.finish(None).await.unwrap();
    let digest = plans[0].sealed.digest;
    let signatures = Signatures { created_by: "rini".parse().unwrap(), approved_by: None, confirm: Confirm::None };
    let mut openings = open_runs(&upah, plans, &signatures).unwrap();
    let mut read = |rows: u64, block| {
        let placed = in_place(&upah, &mut openings, (0..rows).map(row), ROWS, block)?;
        let again = &mut openings.get_mut(&employer()).unwrap().again;
        let taken = std::mem::replace(again, RowDigests::of(employer()));
        Ok::<_, Error>((placed.into_iter().map(|row| (row.place, row.key)).collect::<Vec<_>>(), taken.finish()))
    };
    let (whole, again) = read(ROWS, (0, 1)).unwrap();
    assert!(whole.len() == ROWS as usize && whole.is_sorted() && again == digest);
    let blocks: Vec<_> = (0..4).map(|block| read(ROWS, (block, 4)).unwrap().0).collect();
    assert!(blocks.iter().all(|block| block.len() < ROWS as usize / 2), "no block is most of them");
    assert_eq!(blocks.concat(), whole, "block by block it is the same order");
    let more = read(ROWS + 1, (0, 1));
    assert!(matches!(more, Err(Error::RowsChanged)), "a file that grew since is not read to its end");
}
