//! Events changed field by field, and by a forger who computes every hash again: the leaf notices the
//! first, the signed checkpoint the second.
use crate::payroll;
use crate::world::{RAILS, World};
use rusqlite::{Connection, params};
use serde_json::Value;
use upah_core::commitment::{Commit, Leaf, Salt};

/// Every path to a plain value inside a JSON text.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), found)),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| places(item, &format!("{at}/{n}"), found)),
        _ => found.push(at.to_owned()),
    }
}

/// Another value of the same kind.
fn other(value: &Value) -> Value {
    match value {
        Value::Null => Value::Bool(true),
        Value::Bool(is) => Value::Bool(!is),
        Value::Number(number) => (number.as_u64().unwrap() + 1).into(),
        Value::String(text) => {
            let (start, last) = text.split_at(text.char_indices().next_back().map_or(0, |(at, _)| at));
            format!("{start}{}", if last == "1" { "2" } else { "1" }).into()
        }
        Value::Array(_) | Value::Object(_) => unreachable!("a plain value"),
    }
}

/// One payment after a lost answer, an inquiry and a wrong account: most kinds of events.
fn eventful() -> World {
    let plan = upah_sandbox::FaultPlan::none();
    let lost = upah_sandbox::When::account("1000000001").nth(1);
    let world = World::with(plan.with(lost, upah_sandbox::Fault::ResetAfterBooking));
    let output = world.pay(&payroll::to(&["bank:014:9940411001 bank:008:1000000001"]));
    assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
    assert_eq!(world.settle()[0].state, "settled");
    world.assert_book_fits();
    let store = Connection::open(world.path("upah.db")).unwrap();
    store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    world
}

fn records(world: &World) -> Vec<(i64, String)> {
    let store = Connection::open(world.path("upah.db")).unwrap();
    let mut rows = store.prepare("SELECT seq, record FROM record ORDER BY seq").unwrap();
    rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn every_field_of_every_event_is_watched_and_the_event_is_named() {
    let world = eventful();
    let mut jobs = Vec::new();
    for (seq, text) in records(&world) {
        let event: Value = serde_json::from_str(&text).unwrap();
        let mut found = Vec::new();
        places(&event, "", &mut found);
        for place in found {
            let mut changed = event.clone();
            let value = changed.pointer_mut(&place).unwrap();
            *value = other(value);
            jobs.push((seq, place, changed.to_string()));
        }
    }
    assert!(jobs.len() > 80, "{} fields are too few to be an eventful life", jobs.len());
    for (n, (seq, place, changed)) in jobs.into_iter().enumerate() {
        let copy = format!("field-{n}.db");
        std::fs::copy(world.path("upah.db"), world.path(&copy)).unwrap();
        let store = Connection::open(world.path(&copy)).unwrap();
        store.execute("UPDATE record SET record = ?1 WHERE seq = ?2", params![changed, seq]).unwrap();
        drop(store);
        let output = world.upah(&format!("log verify {RAILS} --store sqlite:{copy}"));
        assert_eq!(output.code, Some(1), "event {seq}, {place}: {output:?}");
        assert!(output.err.contains(&format!("event {seq}")), "event {seq}, {place}: {output:?}");
    }
}

/// Changes when the last event happened, and every hash that follows from it; returns the store's name.
fn forge(world: &World) -> String {
    let (seq, text) = records(world).pop().unwrap();
    let mut event: Value = serde_json::from_str(&text).unwrap();
    let at = event["at"].as_str().unwrap().replace("2026", "2025").replace("2027", "2026");
    event["at"] = at.into();
    let text = event.to_string();
    std::fs::copy(world.path("upah.db"), world.path("forged.db")).unwrap();
    let store = Connection::open(world.path("forged.db")).unwrap();
    let salt: Vec<u8> = store.query_row("SELECT salt FROM record WHERE seq = ?1", [seq], |row| row.get(0)).unwrap();
    let commit = Commit::to(&text, &Salt(salt.try_into().unwrap()));
    let leaf = upah_tlog::leaf_hash(Leaf::of(commit).bytes().as_bytes()).0;
    store.execute("UPDATE record SET record = ?1, leaf = ?2 WHERE seq = ?3", params![text, leaf, seq]).unwrap();
    assert_eq!(store.execute("UPDATE payment SET head = ?1", [commit.0]).unwrap(), 1);
    "forged.db".to_owned()
}

#[test]
fn a_forger_who_computes_every_hash_again_meets_the_signed_checkpoint() {
    let world = eventful();
    let head = world.upah(&format!("log checkpoint {RAILS}")).json["checkpoint"].as_str().unwrap().to_owned();
    world.write("kept-elsewhere", &head);
    let forged = forge(&world);
    let verify = format!("log verify {RAILS} --store sqlite:{forged}");
    let output = world.upah(&verify);
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(output.err.contains("stored checkpoint"), "{output:?}");

    // He who can also delete the store's checkpoints meets the one that was kept elsewhere.
    Connection::open(world.path(&forged)).unwrap().execute("DELETE FROM checkpoint", []).unwrap();
    let output = world.upah(&format!("{verify} --against kept-elsewhere"));
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(output.err.contains("given checkpoint"), "{output:?}");
    assert_eq!(world.upah(&format!("log verify {RAILS} --against kept-elsewhere")).code, Some(0));
}

#[test]
fn a_checkpoint_of_another_key_is_no_witness() {
    let (world, other) = (eventful(), World::new());
    other.write("log.key", &format!("{:064x}\n", 8));
    assert_eq!(other.pay(&payroll::november(1)).code, Some(0));
    let head = other.upah(&format!("log checkpoint {RAILS}")).json["checkpoint"].as_str().unwrap().to_owned();
    world.write("foreign", &head);
    let output = world.upah(&format!("log verify {RAILS} --against foreign"));
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(output.err.contains("given checkpoint"), "{output:?}");
}

/// A wage with a computed commission that waits for approval, in a book that its keeper has written anew with other
/// lines and signed again; returns what `log verify` says of it.
fn signed_again(base: u64, commission: u64, margin: u64) -> crate::world::Output {
    let world = World::new();
    world.write(
        "pay.csv",
        "worker_id,name,destination,period,amount,earn.base,earn.commission,compute.commission\n\
         W-1,Siti Contoh,bank:014:1234500001,2026-10,1000000,600000,400000,commission-rate/1 rate=10% margin=4000000\n",
    );
    assert_eq!(world.upah(&format!("pay pay.csv {RAILS} --created-by Rina")).code, Some(4));
    let store = Connection::open(world.path("upah.db")).unwrap();
    store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let (seq, text) = records(&world).into_iter().find(|(_, text)| text.contains("commission-rate/1")).unwrap();
    let forged = text
        .replacen("\"amount\":400000", &format!("\"amount\":{commission}"), 1)
        .replacen("\"amount\":600000", &format!("\"amount\":{base}"), 1)
        .replacen("\"value\":4000000", &format!("\"value\":{margin}"), 1);
    assert_eq!(forged == text, commission == 400_000);
    let salt: Vec<u8> = store.query_row("SELECT salt FROM record WHERE seq = ?1", [seq], |row| row.get(0)).unwrap();
    let commit = Commit::to(&forged, &Salt(salt.try_into().unwrap()));
    let leaf = upah_tlog::leaf_hash(Leaf::of(commit).bytes().as_bytes()).0;
    store.execute("UPDATE record SET record = ?1, leaf = ?2 WHERE seq = ?3", params![forged, leaf, seq]).unwrap();
    assert_eq!(store.execute("UPDATE payment SET head = ?1", [commit.0]).unwrap(), 1);
    store.execute("DELETE FROM checkpoint", []).unwrap();
    drop(store);
    let _ = std::fs::remove_file(world.path("upah.db.head"));
    let signed = world.upah(&format!("log checkpoint {RAILS}"));
    assert_eq!(signed.code, Some(0), "he holds the key: {signed:?}");
    world.upah(&format!("log verify {RAILS}"))
}

#[test]
fn a_computed_line_that_does_not_recompute_is_found_though_the_keeper_of_the_key_signed_it() {
    let same = signed_again(600_000, 400_000, 4_000_000);
    assert_eq!(same.code, Some(0), "nothing was changed: {same:?}");
    let forged = signed_again(500_000, 500_000, 4_000_000);
    assert_eq!(forged.code, Some(1), "{forged:?}");
    assert!(forged.err.contains("event 0: ") && forged.err.contains("add up and compute"), "{forged:?}");
    // It is the line alone: one that does recompute, signed again in the same way, is his own history to write, and
    // only a witness or a checkpoint that was kept elsewhere knows better (safety rule 30).
    let other = signed_again(500_000, 500_000, 5_000_000);
    assert_eq!(other.code, Some(0), "{other:?}");
}
