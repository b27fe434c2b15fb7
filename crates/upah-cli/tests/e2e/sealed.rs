//! Nobody is dropped from a run after it was sealed, and nobody is added, without `log audit` naming it.
use crate::payroll;
use crate::world::{RAILS, World};

fn audit(world: &World) -> (Option<i32>, String) {
    let output = world.upah(&format!("log audit {RAILS}"));
    (output.code, output.json["runs"][0]["findings"].to_string())
}

#[test]
fn a_run_holds_those_whom_it_was_sealed_over_and_says_so() {
    let world = World::new();
    let paid = world.pay(&payroll::november(5));
    assert_eq!(paid.code, Some(0), "{paid:?}");
    let run = paid.json["run"].as_str().unwrap();
    let told = world.upah(&format!("log audit {run} {RAILS}"));
    assert_eq!(told.code, Some(0), "{told:?}");
    let told = &told.json["runs"][0];
    assert_eq!((told["count"].as_u64(), told["present"].as_u64()), (Some(5), Some(5)), "{told}");
    assert_eq!(told["total"].as_u64(), Some(payroll::total(5)));
    let (sealed, sent) = (told["entry"].as_u64().unwrap(), told["first_send"].as_u64().unwrap());
    assert!(sealed < sent, "the number is in the book before anybody is paid: {told}");
    world.upah(&format!("log audit aaaaaaaaaa {RAILS}")).assert_says(2, &["there is no run"]);
}

#[test]
fn a_worker_who_was_dropped_or_added_afterwards_is_noticed() {
    let spoil: [(&str, &str); 5] = [
        ("DELETE FROM payment WHERE no IN (SELECT max(no) FROM payment)", "dropped after sealing"),
        (
            "UPDATE record SET stream = stream + 9 WHERE stream = (SELECT max(no) FROM payment);
             UPDATE payment SET no = no + 9 WHERE no IN (SELECT max(no) FROM payment)",
            "added after sealing",
        ),
        ("UPDATE payment SET amount = amount - 1 WHERE no IN (SELECT max(no) FROM payment)", "the sum is not"),
        (
            "UPDATE record SET prev = NULL WHERE stream = (SELECT max(no) FROM payment)
                 AND prev IN (SELECT seq FROM record WHERE prev IS NULL)",
            "entered the book after sealing",
        ),
        (
            // The two entries of the run, its sealing and its approval, stand after everybody was paid.
            "CREATE TEMP TABLE moved AS SELECT seq AS old, CASE
                 WHEN seq < 3 THEN seq
                 WHEN seq < 5 THEN seq - 4 + (SELECT max(seq) FROM record)
                 ELSE seq - 2 END AS new FROM record;
             UPDATE record SET prev = (SELECT new FROM moved WHERE old = prev);
             UPDATE record SET seq = -1 - seq;
             UPDATE record SET seq = (SELECT new FROM moved WHERE old = -1 - seq);
             UPDATE payment SET last = (SELECT new FROM moved WHERE old = last);
             UPDATE run SET last = (SELECT new FROM moved WHERE old = last)",
            "something was sent before it was sealed",
        ),
    ];
    for (sql, what) in spoil {
        let world = World::new();
        assert_eq!(world.pay(&payroll::november(3)).code, Some(0));
        assert_eq!(audit(&world), (Some(0), "[]".to_owned()));
        rusqlite::Connection::open(world.path("upah.db")).unwrap().execute_batch(sql).unwrap();
        let (code, findings) = audit(&world);
        assert!(code == Some(1) && findings.contains(what), "{sql}: {code:?} {findings}");
    }
}
