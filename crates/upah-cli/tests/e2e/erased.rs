//! Erasing what is known of a worker: she is in no file of the store any more, she is not paid again, and nobody
//! else's proof is worth less.
use crate::payroll;
use crate::world::{RAILS, World};
use std::path::PathBuf;

/// Paid in November, with a slip of each of the three and the office's key.
fn paid() -> (World, String) {
    let world = World::new();
    let output = world.pay(&payroll::november(3));
    assert_eq!(output.code, Some(0), "{output:?}");
    let vkey = output.json["log"]["vkey"].as_str().unwrap().to_owned();
    for payment in world.payments() {
        assert_eq!(world.upah(&format!("slip {} --out {}.html {RAILS}", payment.id, payment.worker)).code, Some(0));
    }
    (world, vkey)
}

fn keeps_nothing(world: &World) {
    world.write("upah.toml", &world.toml().replace("[log]", "[retention]\nyears = 0\n[log]"));
}

/// The files of the store in which this text stands.
fn found(world: &World, text: &str) -> Vec<PathBuf> {
    let files = ["upah.db", "upah.db-wal", "upah.db-shm", "upah.db.head"].map(|name| world.path(name));
    let holds = |path: &PathBuf| {
        std::fs::read(path).is_ok_and(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
    };
    files.into_iter().filter(holds).collect()
}

#[test]
fn an_erased_worker_is_in_no_file_and_everybody_s_proof_still_holds() {
    let (world, vkey) = paid();
    keeps_nothing(&world);
    let hers = [payroll::name(1), payroll::account(1), "W001".to_owned()];
    for text in &hers {
        assert!(!found(&world, text).is_empty(), "{text:?} must be there to be erased");
    }
    let erased = world.upah(&format!("erase W001 --reason requested {RAILS}"));
    assert_eq!((erased.code, erased.json["erased"].as_array().unwrap().len()), (Some(0), 1), "{erased:?}");
    for text in &hers {
        assert_eq!(found(&world, text), Vec::<PathBuf>::new(), "{text:?}");
        assert!(!erased.out.contains(text) && !erased.err.contains(text), "what is printed names her: {erased:?}");
    }
    assert!(!found(&world, &payroll::name(2)).is_empty(), "nobody else is erased");
    world.assert_book_fits();
    let audit = world.upah(&format!("log audit {RAILS}"));
    assert_eq!((audit.code, audit.json["runs"][0]["erased"].as_u64()), (Some(0), Some(1)), "{audit:?}");
    let exported = world.upah(&format!("log export book {RAILS}"));
    assert_eq!(exported.code, Some(0), "{exported:?}");
    let whole = world.upah(&format!("verify book --log-key {vkey} --json"));
    assert_eq!((&whole.json["verdict"], whole.json["reasons"].to_string()), (&"ASLI".into(), "[]".into()), "{whole:?}");
    // What was given before, and what is given now, to her and to others.
    for slip in ["W000.html", "W001.html", "W002.html"] {
        let verdict = world.upah(&format!("verify {slip} --log-key {vkey} --json"));
        assert_eq!(verdict.json["verdict"], "ASLI", "{slip}: {verdict:?}");
    }
    let other = world.upah(&format!("status {RAILS}"));
    let others: Vec<_> = other.json["payments"].as_array().unwrap().iter().filter(|p| p["erased"].is_null()).collect();
    assert_eq!(others.len(), 2, "{other:?}");
    let id = others[1]["payment"].as_str().unwrap();
    assert_eq!(world.upah(&format!("slip {id} --out new.html {RAILS}")).code, Some(0));
    assert_eq!(world.upah(&format!("verify new.html --log-key {vkey} --json")).json["verdict"], "ASLI");
    world.assert_nobody_twice();
}

#[test]
fn an_old_file_does_not_pay_an_erased_worker_again() {
    let (world, _) = paid();
    keeps_nothing(&world);
    let reference = world.payments()[1].reference.clone().unwrap();
    assert_eq!(world.upah(&format!("erase W001 --reason requested {RAILS}")).code, Some(0));
    let again = world.pay(&payroll::november(3));
    assert_eq!((again.code, again.json["already"].as_u64()), (Some(0), Some(3)), "{again:?}");
    let respelt = payroll::november(3).replace("W001,", "w1,");
    let said = world.pay(&respelt);
    assert_eq!(said.code, Some(2), "a known worker under another spelling: {said:?}");
    world.upah(&format!("resume {RAILS}"));
    world.assert_nobody_twice();
    assert_eq!(world.credits().len(), 3);
    let told = world.upah(&format!("explain {reference} --rails upah.toml"));
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(told.out.contains("dihapus") && !told.out.contains(&payroll::name(1)), "{told:?}");
    world.upah(&format!("slip {reference} --out x.html {RAILS}")).assert_says(1, &["were erased on"]);
    let twice = world.upah(&format!("erase W001 --reason requested {RAILS}"));
    assert_eq!((twice.code, twice.json["already"].as_array().unwrap().len()), (Some(0), 1), "{twice:?}");
    world.assert_book_fits();
}

#[test]
fn what_must_be_kept_is_kept_and_she_is_told_until_when_and_why() {
    let (world, _) = paid();
    let kept = world.upah(&format!("erase W001 --reason requested {RAILS}"));
    assert_eq!(kept.code, Some(3), "{kept:?}");
    let why = &kept.json["kept"][0];
    assert_eq!(why["why"], "retention");
    assert!(why["until"].as_str().unwrap().ends_with("-12-31"), "{kept:?}");
    assert!(kept.err.contains("UU KUP art. 28(11)") && !kept.err.contains("W001"), "{kept:?}");
    assert!(!found(&world, &payroll::name(1)).is_empty());
    world.upah(&format!("erase W777 --reason requested {RAILS}")).assert_says(2, &["no payment of this worker"]);
    keeps_nothing(&world);
    // A wage of hers that is not finished is kept, whatever the years say.
    world.write("held.csv", &payroll::november(2).replace("2026-11", "2026-12"));
    assert_eq!(world.upah(&format!("pay held.csv --created-by sari {RAILS}")).code, Some(4));
    let part = world.upah(&format!("erase W001 --reason consent-withdrawn {RAILS}"));
    assert_eq!((part.code, part.json["erased"].as_array().unwrap().len()), (Some(3), 1), "{part:?}");
    assert_eq!(part.json["kept"][0]["state"], "awaiting_approval");
    world.assert_book_fits();
}

#[test]
fn a_wish_that_is_repeated_leaves_a_later_wage_of_hers_as_it_was() {
    let (world, _) = paid();
    keeps_nothing(&world);
    assert_eq!(world.upah(&format!("erase W001 --reason requested {RAILS}")).code, Some(0));
    assert_eq!(world.pay(&payroll::november(3).replace("2026-11", "2026-12")).code, Some(0));
    world.write("upah.toml", &world.toml());
    let again = world.upah(&format!("erase W001 --reason requested {RAILS}"));
    assert_eq!((again.code, again.json["already"].as_array().unwrap().len()), (Some(3), 1), "{again:?}");
    assert_eq!(again.json["kept"].as_array().unwrap().len(), 1, "{again:?}");
    // Where she was last paid is still known: by it a diverted wage is held.
    world.assert_book_fits();
}

#[test]
fn an_id_that_two_employers_use_erases_nobody_until_one_is_named() {
    let world = World::new();
    let rows = |employer: &str, n: usize| {
        format!("{employer},W{n:03},{},{},2026-11,600000\n", payroll::name(n), payroll::destination(n))
    };
    let file = format!(
        "employer,{}{}{}",
        payroll::HEADER,
        rows("mitra-a", 0),
        rows("mitra-b", 0).replace("bank:008:", "bank:014:")
    );
    world.write("two.csv", &(file + &rows("mitra-b", 1)));
    let pay = "--created-by sari --approved-by budi --confirm all --store sqlite:two.db";
    world.write("upah.toml", &world.toml().replace("employer = \"koperasi-contoh\"", "[retention]\nyears = 0"));
    let paid = world.upah(&format!("pay two.csv {pay} {RAILS}"));
    assert_eq!(paid.code, Some(0), "{paid:?}");
    let erase = |rest: &str| world.upah(&format!("erase {rest} --reason requested --store sqlite:two.db {RAILS}"));
    erase("W000").assert_says(2, &["mitra-a, mitra-b", "--employer"]);
    assert_eq!(erase("W000 --employer mitra-a").json["erased"].as_array().unwrap().len(), 1);
    let alone = erase("W001");
    assert_eq!((alone.code, alone.json["erased"].as_array().unwrap().len()), (Some(0), 1), "{alone:?}");
}

#[test]
fn a_changed_byte_of_what_is_left_of_her_is_noticed() {
    let (world, _) = paid();
    keeps_nothing(&world);
    assert_eq!(world.upah(&format!("erase W001 --reason requested {RAILS}")).code, Some(0));
    let spoil = [
        "UPDATE payment SET amount = amount + 1 WHERE no IN (SELECT stream FROM record WHERE record IS NULL)",
        "UPDATE payment SET state = 9 WHERE no IN (SELECT stream FROM record WHERE record IS NULL)",
        "UPDATE record SET record = replace(record, 'requested', 'other') WHERE record LIKE '%\"erased\"%'",
        "UPDATE record SET leaf = zeroblob(32) WHERE record IS NULL",
        "DELETE FROM trace WHERE key IN (SELECT key FROM trace LIMIT 1)",
    ];
    for sql in spoil {
        let bytes = std::fs::read(world.path("upah.db")).unwrap();
        let changed = rusqlite::Connection::open(world.path("upah.db")).unwrap().execute(sql, []).unwrap();
        assert!(changed > 0, "{sql}");
        let told = world.upah(&format!("log verify {RAILS}"));
        assert_eq!((told.code, &told.json["intact"]), (Some(1), &false.into()), "{sql}: {told:?}");
        for journal in ["upah.db-wal", "upah.db-shm"] {
            let _ = std::fs::remove_file(world.path(journal));
        }
        std::fs::write(world.path("upah.db"), bytes).unwrap();
    }
    world.assert_book_fits();
}
