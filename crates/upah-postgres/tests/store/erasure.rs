//! What was erased stands in no page of the table of records.
use crate::book::*;
use std::sync::Arc;
use upah_core::erasure::Erasure;
use upah_core::store::Store;

/// How often a text stands in the file of the table, once the server has written it.
fn in_the_file(desk: &Desk, text: &str) -> String {
    desk.sql("CHECKPOINT");
    let hex = text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    desk.sql(&format!(
        "SELECT position('\\x{hex}'::bytea IN pg_read_binary_file(pg_relation_filepath('upah.record'))) > 0"
    ))
    .trim()
    .to_owned()
}

#[tokio::test]
async fn nobody_finds_an_erased_worker_in_the_table_of_records() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..20).await;
    let approved = Some(approve(&desk.store, &run).await);
    for n in 1..=20 {
        commit(&desk.store, attempt(&payment(&desk.store, &run, n).await, approved)).await.unwrap();
    }
    assert_eq!(in_the_file(&desk, "\"worker_id\":\"W-7\""), "t", "she must be there to be erased");
    let mut erasure = Erasure::default();
    for n in [3, 8, 20] {
        erasure.ends.extend(erasure_of(&payment(&desk.store, &run, n).await).ends);
    }
    let receipt = desk.store.erase(Arc::new(erasure)).await.unwrap();
    assert!(receipt.covers(&payment(&desk.store, &run, 8).await.row.id, 3));
    for worker in 0..20 {
        let gone = [2, 7, 19].contains(&worker);
        let text = format!("\"worker_id\":\"W-{worker}\"");
        assert_eq!(in_the_file(&desk, &text), if gone { "f" } else { "t" }, "worker {worker}");
        assert_eq!(payment(&desk.store, &run, worker + 1).await.is_erased(), gone, "worker {worker}");
    }
    // A page on which nobody is left keeps what stood there until somebody needs the room.
    let mut everybody = Erasure::default();
    for n in 1..=20 {
        let stored = payment(&desk.store, &run, n).await;
        if !stored.is_erased() {
            everybody.ends.extend(erasure_of(&stored).ends);
        }
    }
    desk.store.erase(Arc::new(everybody)).await.unwrap();
    for worker in 0..20 {
        assert_eq!(in_the_file(&desk, &format!("\"worker_id\":\"W-{worker}\"")), "f", "worker {worker}");
    }
}
