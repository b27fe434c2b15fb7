//! What fails around Upah while it works: the bank, the keys, the disk, another process. Each ends in one
//! clear sentence, and the same command finishes later what was left.
use crate::payroll;
use crate::world::{Output, RAILS, SIGNED, World, finish, nobody_listens};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

fn pay_again_and_all_is_well(world: &World, count: u64) {
    let output = world.upah(&format!("pay pay.csv {SIGNED}"));
    assert_eq!((output.code, output.count("settled")), (Some(0), count), "{output:?}");
    assert_eq!(world.sandbox.credits().unwrap().len() as u64, count);
    world.assert_book_fits();
}

fn nobody_twice(world: &World) {
    assert!(world.credits().values().all(|credits| credits.len() == 1));
}

#[test]
fn a_bank_that_cannot_be_reached_leaves_everything_ready() {
    let world = World::new();
    world.configure(&world.sandbox.base_url(), &nobody_listens());
    let output = world.pay(&payroll::november(4));
    assert_eq!((output.code, output.count("ready")), (Some(3), 4), "{output:?}");
    assert!(output.err.contains("cannot be reached") && output.err.contains("upah resume"), "{output:?}");
    world.write("upah.toml", &world.toml());
    pay_again_and_all_is_well(&world, 4);
    world.assert_nobody_twice();
}

#[test]
fn a_wrong_secret_leaves_everything_ready_and_says_what_to_look_at() {
    let world = World::new();
    world.write("pay.csv", &payroll::november(4));
    let pay = format!("pay pay.csv {SIGNED}");
    let output = finish(world.command(&pay).env(crate::world::SECRET_NAME, "another").spawn().unwrap());
    assert_eq!((output.code, output.count("ready")), (Some(3), 4), "{output:?}");
    assert!(output.err.contains("client_secret"), "{output:?}");
    assert_eq!(world.sandbox.credits().unwrap().len(), 0);
    pay_again_and_all_is_well(&world, 4);
    nobody_twice(&world);
}

#[test]
fn a_private_key_that_the_bank_does_not_know_leaves_everything_ready() {
    let world = World::new();
    world.write("upah.key.pem", upah_sandbox::TestKeys::generate().unwrap().private_pem());
    let output = world.pay(&payroll::november(4));
    assert_eq!((output.code, output.count("ready")), (Some(3), 4), "{output:?}");
    assert!(output.err.contains("private_key"), "{output:?}");
}

#[test]
fn a_missing_or_other_log_key_ends_before_anything_is_sent() {
    let world = World::new();
    world.configure("[log]\norigin = \"upah.example/koperasi-contoh\"\nkey = { file = \"log.key\" }\n", "");
    assert_eq!(world.pay(&payroll::november(2)).code, Some(0));
    let key = world.read("upah.db.log.key");
    let mode = std::fs::metadata(world.path("upah.db.log.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::remove_file(world.path("upah.db.log.key")).unwrap();
    world.pay(&payroll::november(4)).assert_says(1, &["upah.db.log.key is missing", "nothing was sent"]);
    world.write("upah.db.log.key", &format!("{:064x}\n", 8));
    world.pay(&payroll::november(4)).assert_says(1, &["another", "nothing was sent"]);
    world.write("upah.db.log.key", "not a key\n");
    world.pay(&payroll::november(4)).assert_says(1, &["64 hexadecimal digits"]);
    assert_eq!(world.submissions(), 2);
    world.write("upah.db.log.key", &key);
    pay_again_and_all_is_well(&world, 4);
    world.assert_nobody_twice();
}

#[test]
fn a_second_writer_is_turned_away_and_the_first_finishes() {
    let world = World::faulty("latency_ms=250", 1);
    world.configure("max_concurrency = 8", "max_concurrency = 2");
    world.write("pay.csv", &payroll::november(40));
    let first = world.start(&format!("pay pay.csv {SIGNED}"));
    while world.sandbox.credits().unwrap().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    world.upah(&format!("pay pay.csv {SIGNED}")).assert_says(1, &["another upah is working with this store"]);
    world.resume().assert_says(1, &["another upah is working with this store"]);
    let looked = world.upah(&format!("status {RAILS}"));
    assert_eq!((looked.code, looked.json["payments"].as_array().unwrap().len()), (Some(3), 40), "looking is free");
    let output = finish(first);
    assert_eq!((output.code, output.count("settled")), (Some(0), 40), "{output:?}");
    assert_eq!(world.submissions(), 40);
    world.assert_nobody_twice();
}

fn sqlite(world: &World, sql: &str) {
    let conn = rusqlite::Connection::open(world.path("upah.db")).unwrap();
    conn.execute_batch(sql).unwrap();
}

#[test]
fn a_store_of_another_version_is_left_as_it_is() {
    let world = World::new();
    assert_eq!(world.pay(&payroll::november(2)).code, Some(0));
    sqlite(&world, "PRAGMA user_version = 99");
    world.pay(&payroll::november(3)).assert_says(1, &["format 99", "newer upah"]);
    world.upah(&format!("status {RAILS}")).assert_says(1, &["format 99"]);
    assert_eq!(world.submissions(), 2);
    sqlite(&world, "PRAGMA user_version = 1");
    pay_again_and_all_is_well(&world, 3);
    world.assert_nobody_twice();
}

#[test]
fn a_file_that_is_no_store_is_left_as_it_is() {
    let world = World::new();
    world.write(
        "upah.db",
        "a shopping list, by no means a database, and longer than a hundred bytes for good measure: rice, oil, salt",
    );
    let before = world.read("upah.db");
    world.pay(&payroll::november(2)).assert_says(1, &["is not a store of upah"]);
    assert_eq!(world.read("upah.db"), before);
    std::fs::remove_file(world.path("upah.db")).unwrap();
    sqlite(&world, "CREATE TABLE recipe (text TEXT); PRAGMA application_id = 7;");
    world.pay(&payroll::november(2)).assert_says(1, &["is not a store of upah"]);
    assert_eq!(world.submissions(), 0);
}

#[test]
fn a_store_whose_folder_cannot_be_written_is_one_sentence() {
    let world = World::new();
    world.write("pay.csv", &payroll::november(2));
    world
        .upah(&format!("pay pay.csv {SIGNED} --store sqlite:nowhere/upah.db"))
        .assert_says(1, &["folder does not exist"]);
    world.upah(&format!("status {RAILS} --store sqlite:absent.db")).assert_says(1, &["there is no store"]);
    std::fs::create_dir(world.path("kept")).unwrap();
    std::fs::set_permissions(world.path("kept"), std::fs::Permissions::from_mode(0o555)).unwrap();
    let obeyed = std::fs::write(world.path("kept/probe"), "").is_err();
    // A superuser may write everywhere, but for what the kernel itself keeps.
    let folder = if obeyed { world.path("kept") } else { Path::new("/sys").to_path_buf() };
    if obeyed || folder.exists() {
        let store = folder.join("upah.db");
        let output = world.upah(&format!("pay pay.csv {SIGNED} --store sqlite:{}", store.display()));
        output.assert_says(1, &["upah.db cannot be opened"]);
    }
    assert_eq!(world.submissions(), 0);
    pay_again_and_all_is_well(&world, 2);
}

#[test]
fn a_store_that_is_read_only_is_one_sentence() {
    let world = World::new();
    assert_eq!(world.pay(&payroll::november(2)).code, Some(0));
    std::fs::set_permissions(world.path("upah.db"), std::fs::Permissions::from_mode(0o400)).unwrap();
    let obeyed = std::fs::OpenOptions::new().append(true).open(world.path("upah.db")).is_err();
    if obeyed {
        world.pay(&payroll::november(3)).assert_says(1, &["read"]);
        assert_eq!(world.submissions(), 2);
        std::fs::set_permissions(world.path("upah.db"), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    world.write("pay.csv", &payroll::november(3));
    pay_again_and_all_is_well(&world, 3);
    world.assert_nobody_twice();
}

/// Pays while no file may grow beyond so many blocks of 512 bytes: a disk that fills up under us.
fn pay_on_a_small_disk(world: &World, blocks: u32) -> Output {
    let pay = world.command(&format!("pay pay.csv {SIGNED}"));
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""))
        .arg(pay.get_program())
        .args(pay.get_args());
    shell.current_dir(pay.get_current_dir().unwrap());
    shell.envs(pay.get_envs().filter_map(|(name, value)| Some((name, value?))));
    finish(shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

#[test]
fn a_disk_that_fills_up_at_any_point_loses_nothing() {
    let world = World::new();
    world.write("pay.csv", &payroll::november(40));
    let mut failed = 0;
    for blocks in [0, 8, 64, 128, 256, 384, 512, 768, 1024, 1536] {
        let output = pay_on_a_small_disk(&world, blocks);
        if output.code != Some(0) {
            failed += 1;
            assert_eq!(output.code, Some(1), "{blocks} blocks: {output:?}");
            assert!(
                output.last_line().starts_with("upah: ") && !output.err.contains("panicked"),
                "{blocks}: {output:?}"
            );
        }
    }
    assert!(failed >= 5, "the disk was never full");
    for _ in 0..4 {
        world.upah(&format!("pay pay.csv {SIGNED}"));
    }
    pay_again_and_all_is_well(&world, 40);
    world.assert_nobody_twice();
}
