//! Every column of every table of a store, changed one at a time: `log verify` notices each and names
//! the place.
use crate::payroll;
use crate::world::{RAILS, SIGNED, World};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::path::{Path, PathBuf};

/// A store in which everything has happened: settled, in need of people, returned, cancelled, corrected,
/// paid over the second destination, and enough that waits for approval to make a whole tile of the log.
fn mixed() -> World {
    let world = World::new();
    let mut plan = upah_sandbox::FaultPlan::none();
    let lost = upah_sandbox::When::account("1000000001").nth(1);
    plan = plan.with(lost, upah_sandbox::Fault::ResetAfterBooking);
    world.sandbox.set_faults(plan);
    let file = payroll::to(&[
        "bank:008:1000000001",
        "bank:014:9940411001 ewallet:dana:6281200000001",
        "bank:014:9940411002",
        "bank:014:1000000003",
    ]);
    assert_eq!(world.pay(&file).code, Some(3));
    world.settle();
    let returned = world.payments().remove(3).reference.unwrap();
    assert!(world.sandbox.return_payment(&returned).unwrap());
    assert_eq!(world.pay(&file.replace("9940411002", "1000000002")).code, Some(0), "the return is not noticed yet");
    assert_eq!(world.resume().code, Some(3));
    world.write("pay.csv", &payroll::november(256).replace("2026-11", "2026-12"));
    let sealed = world.upah(&format!("pay pay.csv {RAILS} --created-by Rina"));
    assert_eq!(sealed.code, Some(4));
    let run = sealed.json["run"].as_str().unwrap();
    assert_eq!(world.upah(&format!("cancel {run}-5 --by Budi --because batal {RAILS}")).code, Some(0));
    assert_eq!(world.upah(&format!("log checkpoint {RAILS}")).code, Some(0));
    world.assert_book_fits();
    world
}

/// One value of the store.
struct Cell {
    table: String,
    column: String,
    /// The primary key of its row.
    key: Vec<(String, Value)>,
    value: Value,
}

impl Cell {
    fn name(&self) -> String {
        format!("{}.{} of {:?}", self.table, self.column, self.key)
    }

    /// Values that the cell never had, of the same type and near it.
    fn others(&self) -> Vec<Value> {
        match &self.value {
            Value::Null => vec![Value::Integer(1), Value::Blob(vec![0; 32]), Value::Text("x".into())],
            Value::Integer(n) => vec![Value::Integer(n ^ 1), Value::Integer(n + 3)],
            Value::Real(_) => unreachable!("no table holds a float"),
            Value::Text(text) => {
                let at = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
                let middle = text[at..].chars().next().unwrap();
                let other = if middle == 'a' { 'b' } else { 'a' };
                let changed = format!("{}{other}{}", &text[..at], &text[at + middle.len_utf8()..]);
                vec![Value::Text(changed), Value::Text(format!("{text} "))]
            }
            Value::Blob(bytes) => {
                let flipped = |at: usize| {
                    let mut bytes = bytes.clone();
                    bytes[at] ^= 0x40;
                    Value::Blob(bytes)
                };
                vec![flipped(0), flipped(bytes.len() - 1)]
            }
        }
    }
}

fn names(conn: &Connection, sql: &str) -> Vec<String> {
    conn.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// Every cell of the first, a middle and the last row of each table; of `meta`, of all rows.
fn cells(conn: &Connection) -> Vec<Cell> {
    let mut cells = Vec::new();
    for table in names(conn, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
        let columns = names(conn, &format!("SELECT name FROM pragma_table_info('{table}')"));
        let keys = names(conn, &format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0"));
        let count: usize =
            conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)).unwrap() as usize;
        assert!(count > 0, "{table} is empty: nothing could be noticed there");
        let mut chosen: Vec<usize> = if table == "meta" { (0..count).collect() } else { vec![0, count / 2, count - 1] };
        chosen.dedup();
        for n in chosen {
            let sql = format!("SELECT * FROM {table} ORDER BY {} LIMIT 1 OFFSET {n}", keys.join(", "));
            let values: Vec<Value> =
                conn.query_row(&sql, [], |row| (0..columns.len()).map(|column| row.get(column)).collect()).unwrap();
            let value_of = |name: &String| values[columns.iter().position(|column| column == name).unwrap()].clone();
            let key: Vec<(String, Value)> = keys.iter().map(|name| (name.clone(), value_of(name))).collect();
            for column in &columns {
                cells.push(Cell {
                    table: table.clone(),
                    column: column.clone(),
                    key: key.clone(),
                    value: value_of(column),
                });
            }
        }
    }
    cells
}

/// Writes another value into a copy of the store; `None` when the table itself refuses it.
fn change(path: &Path, cell: &Cell, to: &Value) -> Option<()> {
    let conn = Connection::open(path).unwrap();
    let wanted: Vec<String> =
        cell.key.iter().enumerate().map(|(n, (name, _))| format!("{name} IS ?{}", n + 2)).collect();
    let sql = format!("UPDATE {} SET {} = ?1 WHERE {}", cell.table, cell.column, wanted.join(" AND "));
    let values = std::iter::once(to.clone()).chain(cell.key.iter().map(|(_, value)| value.clone()));
    conn.execute(&sql, params_from_iter(values)).ok().filter(|changed| *changed == 1).map(|_| ())
}

/// What must be named when something of this table was changed.
fn places(table: &str) -> &'static [&'static str] {
    match table {
        "meta" => &["log", "mode", "pepper", "payment", "run", "key", "store"],
        "run" => &["run", "payment", "approved"],
        "payment" => &["payment", "run", "reference"],
        "attempt" | "reference" => &["reference"],
        "record" => &["event", "payment", "run", "log"],
        "node" => &["node", "hashes of the audit log"],
        "checkpoint" => &["checkpoint"],
        "payee" => &["last destination"],
        "trace" => &["trace"],
        _ => &[],
    }
}

/// The store alone in one file. Half of its references are filed, as those of a large store would be.
fn folded(world: &World) -> PathBuf {
    let path = world.path("upah.db");
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch(
        "INSERT INTO meta SELECT 'filed', max(no) / 2 FROM attempt;
         INSERT INTO reference SELECT reference, no FROM attempt, meta WHERE key = 'filed' AND no <= value + 0;",
    )
    .unwrap();
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    path
}

#[test]
fn every_column_of_every_table_is_watched() {
    let world = mixed();
    let store = folded(&world);
    let all = cells(&Connection::open(&store).unwrap());
    let jobs: Vec<(usize, &Cell, Value)> = all
        .iter()
        .flat_map(|cell| cell.others().into_iter().map(move |other| (cell, other)))
        .enumerate()
        .map(|(n, (cell, other))| (n, cell, other))
        .collect();
    let missed: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..3)
            .map(|worker| {
                let (jobs, world, store) = (&jobs, &world, &store);
                scope.spawn(move || {
                    let mine = jobs.iter().filter(|(n, ..)| n % 3 == worker);
                    mine.filter_map(|(n, cell, other)| missed(world, store, *n, cell, other)).collect::<Vec<_>>()
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(missed.is_empty(), "{} of {}:\n{}", missed.len(), jobs.len(), missed.join("\n"));
}

/// What went unnoticed or unnamed, if so.
fn missed(world: &World, store: &Path, n: usize, cell: &Cell, other: &Value) -> Option<String> {
    let copy = format!("copy-{n}.db");
    let path = world.path(&copy);
    std::fs::copy(store, &path).unwrap();
    change(&path, cell, other)?;
    let output = world.upah(&format!("log verify {RAILS} --store sqlite:{copy}"));
    let said = output.err.to_lowercase();
    let named = places(&cell.table).iter().any(|place| said.contains(place));
    if output.code == Some(1) && named && !said.contains("panicked") {
        return None;
    }
    Some(format!("{} -> {other:?}: exit {:?}, {}", cell.name(), output.code, output.err.trim_end()))
}

#[test]
fn a_row_that_is_gone_is_missed() {
    let world = mixed();
    let store = folded(&world);
    let tables = ["run", "payment", "attempt", "reference", "record", "node", "checkpoint", "payee", "trace"];
    for (n, table) in tables.into_iter().enumerate() {
        let copy = format!("gone-{n}.db");
        std::fs::copy(&store, world.path(&copy)).unwrap();
        std::fs::copy(world.path("upah.db.head"), world.path(&format!("{copy}.head"))).unwrap();
        let conn = Connection::open(world.path(&copy)).unwrap();
        let key = names(&conn, &format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0")).remove(0);
        let gone =
            conn.execute(&format!("DELETE FROM {table} WHERE {key} = (SELECT max({key}) FROM {table})"), []).unwrap();
        assert!(gone >= 1);
        drop(conn);
        let output = world.upah(&format!("log verify {RAILS} --store sqlite:{copy}"));
        // Without its own signature the book still fits; that nobody has signed is told.
        let told = table == "checkpoint" && output.err.contains("not signed yet");
        assert!(output.code == Some(1) || told, "a row of {table} is gone: {output:?}");
    }
}

#[test]
fn whoever_checks_without_the_configuration_looks_at_the_head_too() {
    let world = World::new();
    assert_eq!(world.pay(&payroll::november(2)).code, Some(0));
    let verify = "log verify --store sqlite:upah.db";
    assert_eq!(world.upah(verify).code, Some(0));
    let conn = Connection::open(world.path("upah.db")).unwrap();
    conn.execute_batch("DELETE FROM checkpoint").unwrap();
    drop(conn);
    let output = world.upah(verify);
    assert!(output.code == Some(1) && output.err.contains("the head file holds a newer one"), "{output:?}");
}

#[test]
fn a_tampered_store_pays_nobody_twice() {
    let world = World::new();
    world.write("pay.csv", &payroll::november(4));
    assert_eq!(world.upah(&format!("pay pay.csv {SIGNED}")).code, Some(0));
    let conn = Connection::open(world.path("upah.db")).unwrap();
    // Everybody looks unpaid.
    conn.execute_batch("UPDATE payment SET state = 1").unwrap();
    drop(conn);
    world.upah(&format!("pay pay.csv {SIGNED}"));
    world.resume();
    assert_eq!(world.submissions(), 4, "the events say what was paid, not the row");
    world.assert_nobody_twice();
}
