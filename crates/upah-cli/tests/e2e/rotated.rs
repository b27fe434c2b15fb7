//! The log's key is changed: both sign for a while, then the new one alone, and no slip of before stops being genuine.
use crate::payroll;
use crate::world::{Output, RAILS, SIGNED, World};

const NEW: &str = r#"key = { file = "new.key" }"#;
const OLD: &str = r#"key = { file = "log.key" }"#;
const BOTH: &str = "key = { file = \"log.key\" }\nnext = { file = \"new.key\" }";

/// November is paid under the old key. Returns it with the world, in which the new key's file lies ready.
fn november() -> (World, String) {
    let world = World::new();
    world.write("new.key", &"5a".repeat(32));
    let paid = month(&world, "2026-11");
    let old = paid.json["log"]["vkey"].as_str().unwrap().to_owned();
    slip(&world, 0, "november.html");
    (world, old)
}

fn month(world: &World, period: &str) -> Output {
    let paid = world.pay(&payroll::november(2).replace("2026-11", period));
    assert_eq!(paid.code, Some(0), "{paid:?}");
    paid
}

/// The slip of the first worker of the n-th month that was paid.
fn slip(world: &World, month: usize, file: &str) {
    let id = world.payments().remove(2 * month).id;
    assert_eq!(world.upah(&format!("slip {id} --out {file} {RAILS}")).code, Some(0));
}

/// The new key, as the office learns it while both sign.
fn overlap(world: &World) -> String {
    world.configure(OLD, BOTH);
    let head = world.upah("log checkpoint --json --rails upah.toml");
    assert_eq!(head.code, Some(0), "{head:?}");
    head.json["next_vkey"].as_str().unwrap().to_owned()
}

fn verdict(world: &World, file: &str, keys: &[&str]) -> String {
    world.write("office.keys", &keys.join("\n"));
    let output = world.upah(&format!("verify {file} --policy office.keys --json"));
    format!("{} {}", output.code.unwrap(), output.json["verdict"].as_str().unwrap_or_default())
}

fn refused(world: &World, because: &str) {
    let sent = world.submissions();
    world.write("pay.csv", &payroll::november(2).replace("2026-11", "2027-03"));
    world.upah(&format!("pay pay.csv {SIGNED}")).assert_says(1, &[because, "nothing was sent"]);
    assert_eq!(world.submissions(), sent);
}

#[test]
fn a_changed_key_leaves_every_slip_genuine() {
    let (world, old) = november();
    world.configure(OLD, NEW);
    refused(&world, "has not signed beside it yet");
    let new = overlap(&world);
    month(&world, "2026-12");
    slip(&world, 1, "december.html");
    world.write("december", &world.upah("log checkpoint --rails upah.toml").out);
    for key in [&old, &new] {
        assert_eq!(verdict(&world, "december", &[key]), "0 ASLI", "either key opens what both have signed");
    }
    assert_eq!(verdict(&world, "december.html", &[&old]), "0 ASLI");

    world.configure(OLD, NEW);
    let january = month(&world, "2027-01");
    assert_eq!(january.json["log"]["vkey"], new);
    slip(&world, 2, "january.html");
    assert_eq!(verdict(&world, "january.html", &[&new]), "0 ASLI");
    for file in ["november.html", "december.html", "january.html"] {
        assert_eq!(verdict(&world, file, &[&old, &new]), "0 ASLI", "{file}");
    }
    world.assert_book_fits();
    let since = world.upah("log verify --against december --rails upah.toml --json");
    assert_eq!((since.code, &since.json["intact"]), (Some(0), &true.into()), "{since:?}");
    world.configure(OLD, OLD);
    refused(&world, "was replaced");
    world.configure(OLD, "key = { file = \"new.key\" }\nnext = { file = \"new.key\" }");
    world.upah(&format!("pay pay.csv {SIGNED}")).assert_says(1, &["the one that signs now"]);
}

#[test]
fn slips_from_before_and_after_the_change_are_of_one_book() {
    let (world, old) = november();
    let new = overlap(&world);
    world.configure(OLD, NEW);
    month(&world, "2026-12");
    slip(&world, 1, "december.html");
    let growth = world.upah("log since november.html --rails upah.toml");
    assert_eq!(growth.code, Some(0), "{growth:?}");
    world.write("growth", &growth.out);
    world.write("office.keys", &format!("{old}\n{new}\n"));
    let beside = world.upah("verify november.html december.html growth --policy office.keys --json");
    assert_eq!((beside.code, &beside.json["history"]["verdict"]), (Some(0), &"one_book".into()), "{beside:?}");
    assert_eq!(beside.json["history"]["proven"], true, "{beside:?}");
}

#[test]
fn a_copy_from_before_the_change_is_noticed_and_pays_nobody_twice() {
    let (world, _) = november();
    world.copy_store("older");
    overlap(&world);
    world.configure(OLD, NEW);
    month(&world, "2026-12");
    let sent = world.submissions();

    world.restore_store("older");
    refused(&world, "has not signed beside it yet");
    // With both keys the head of the new one is believed: December was sent, and is asked about.
    world.configure(OLD, BOTH);
    month(&world, "2026-12");
    assert_eq!(world.submissions(), sent, "what was paid is found by asking");
    assert_eq!(world.sandbox.credits().unwrap().len(), 4, "two workers, two months");
    world.configure(OLD, NEW);
    month(&world, "2027-01");
    world.assert_book_fits();
}

#[test]
fn the_sandbox_s_own_key_is_changed_by_files_beside_the_store() {
    let world = World::new();
    let pay = |period: &str| {
        world.write("pay.csv", &payroll::november(1).replace("2026-11", period));
        world.upah("pay pay.csv --json")
    };
    assert_eq!(pay("2026-11").code, Some(0));
    let [key, next] = ["log.key", "log.next.key"].map(|name| world.path(&format!("upah-sandbox.db.{name}")));
    assert!(key.exists(), "it was made on the first payment");
    std::fs::write(&next, "5a".repeat(32)).unwrap();
    let both = pay("2026-12");
    assert_eq!(both.code, Some(0), "{both:?}");
    std::fs::rename(&next, &key).unwrap();
    let alone = pay("2027-01");
    assert_eq!(alone.code, Some(0), "{alone:?}");
    assert_ne!(alone.json["log"]["vkey"], both.json["log"]["vkey"], "the new key signs");
    assert_eq!(world.upah("log verify").code, Some(0));
}
