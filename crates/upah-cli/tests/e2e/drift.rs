//! The ordinary ways in which a wage is paid twice or to somebody else: a spreadsheet that was exported
//! again, and a store that somebody edited between the approval and the payment.
use crate::payroll;
use crate::world::{RAILS, SIGNED, World};
use rusqlite::Connection;

const HEAD: &str = "worker_id,name,destination,period,amount\n";

fn paid(rows: &str) -> World {
    let world = World::new();
    let output = world.pay(&format!("{HEAD}{rows}"));
    assert_eq!(output.code, Some(0), "{output:?}");
    world
}

#[test]
fn a_worker_id_that_lost_its_zeros_or_capitals_in_a_later_file_is_an_error() {
    let world = paid("W01,Budi Contoh,bank:014:1111111111,2026-11,1000\n");
    for id in ["w01", "W1", "W 01"] {
        let output = world.pay(&format!("{HEAD}{id},Budi Contoh,bank:014:1111111111,2026-11,1000\n"));
        assert_eq!(output.code, Some(2), "{id}: {output:?}");
        assert_eq!(output.json["errors"][0]["code"], "worker_ids_collide", "{id}: {output:?}");
    }
    world.assert_nobody_twice();
}

#[test]
fn the_same_account_amount_and_period_under_another_worker_waits_until_the_checker_names_it() {
    let world = paid("W-2,Siti Contoh,bank:014:2222222222,2026-11,2000\n");
    let rows = format!("{HEAD}W-7,Joko Contoh,bank:014:2222222222,2026-11,2000\n");
    let output = world.pay(&rows);
    assert_eq!((output.code, output.count("awaiting_approval")), (Some(4), 1), "{output:?}");
    let payments = world.payments();
    assert!(payments.iter().any(|payment| payment.standing().contains("possible_duplicate")), "{payments:?}");
    let output = world.upah(&format!("pay pay.csv {SIGNED} --confirm all"));
    assert_eq!((output.code, output.count("settled")), (Some(0), 1), "{output:?}");
    world.assert_book_fits();
}

#[test]
fn a_day_or_week_of_a_month_that_was_paid_waits_until_the_checker_names_it() {
    let world = paid("W-1,Budi Contoh,bank:014:1111111111,2026-11,1000\n");
    for period in ["2026-11-25", "2026-W47"] {
        let output = world.pay(&format!("{HEAD}W-1,Budi Contoh,bank:014:1111111111,{period},1000\n"));
        assert_eq!((output.code, output.count("awaiting_approval")), (Some(4), 1), "{period}: {output:?}");
    }
    let output = world.pay(&format!("{HEAD}W-1,Budi Contoh,bank:014:1111111111,2026-12,1000\n"));
    assert_eq!((output.code, output.count("settled")), (Some(0), 1), "the next month is no duplicate: {output:?}");
}

/// Approved, not sent, because the bank cannot be reached.
fn approved_and_unsent() -> World {
    let world = World::new();
    let toml = world.toml();
    world.configure(&world.sandbox.base_url(), &crate::world::nobody_listens());
    let output = world.pay(&payroll::november(5));
    assert_eq!((output.code, output.count("ready")), (Some(3), 5), "{output:?}");
    world.write("upah.toml", &toml);
    world
}

#[test]
fn a_destination_that_was_edited_after_the_approval_is_not_paid() {
    let world = approved_and_unsent();
    let conn = Connection::open(world.path("upah.db")).unwrap();
    let account = payroll::account(1);
    let other: String = account.chars().rev().collect();
    let changed = conn
        .execute(
            "UPDATE record SET record = replace(record, ?1, ?2) WHERE record LIKE '%instructed%'",
            [&account, &other],
        )
        .unwrap();
    assert!(changed > 0);
    drop(conn);
    world.resume().assert_says(1, &["damaged", "event"]);
    assert!(!world.credits().keys().any(|credited| credited.contains(&other)), "the wage went to a stranger");
}

#[test]
fn a_run_that_two_integers_call_approved_is_not_paid() {
    let world = World::new();
    world.write("pay.csv", &payroll::november(3));
    assert_eq!(world.upah(&format!("pay pay.csv {RAILS} --created-by Rina")).code, Some(4));
    let conn = Connection::open(world.path("upah.db")).unwrap();
    conn.execute("UPDATE run SET approved_seq = 0", []).unwrap();
    conn.execute("UPDATE payment SET state = 1", []).unwrap();
    drop(conn);
    world.resume().assert_says(1, &["damaged", "run"]);
    assert_eq!(world.submissions(), 0);
}
