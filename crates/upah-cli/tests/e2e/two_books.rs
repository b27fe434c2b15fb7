//! Two workers put their slips beside each other, at the counsellor's desk and without a network: one book, or two.
use crate::payroll;
use crate::world::{Output, RAILS, World};

/// November is paid, with the slip of the first worker; then December, with the slip of the second one.
fn two_slips() -> (World, String) {
    let world = World::new();
    let paid = world.pay(&payroll::november(2));
    assert_eq!(paid.code, Some(0), "{paid:?}");
    let vkey = paid.json["log"]["vkey"].as_str().unwrap().to_owned();
    slip(&world, 0, "siti.html");
    head(&world, "november");
    world.copy_store("before");
    assert_eq!(world.pay(&payroll::november(2).replace("2026-11", "2026-12")).code, Some(0));
    slip(&world, 3, "wulan.html");
    head(&world, "december");
    (world, vkey)
}

/// The book's signed head, which fixes nothing but its root.
fn head(world: &World, file: &str) {
    world.write(file, &world.upah("log checkpoint --rails upah.toml").out);
}

/// The slip of the n-th payment, by period and worker.
fn slip(world: &World, n: usize, file: &str) {
    let id = world.payments().remove(n).id;
    assert_eq!(world.upah(&format!("slip {id} --out {file} {RAILS}")).code, Some(0));
}

fn told(output: &Output) -> (Option<i32>, String, bool) {
    let history = &output.json["history"];
    (output.code, history["verdict"].to_string(), history["proven"].as_bool().unwrap_or_default())
}

#[test]
fn two_slips_of_one_day_are_of_one_book() {
    let (world, vkey) = two_slips();
    slip(&world, 2, "another.html");
    let output = world.upah(&format!("verify wulan.html another.html --log-key {vkey} --json"));
    assert_eq!(told(&output), (Some(0), "\"one_book\"".into(), true), "{output:?}");
    assert!(output.err.contains("BUKU UPAH SAMA"), "{output:?}");
    let alone = world.upah(&format!("verify wulan.html --log-key {vkey} --json"));
    assert!(alone.json["history"].is_null(), "{alone:?}");
}

#[test]
fn what_two_heads_do_not_show_the_book_s_growth_shows() {
    let (world, vkey) = two_slips();
    let beside = |files: &str| world.upah(&format!("verify {files} --log-key {vkey} --json"));
    assert_eq!(told(&beside("november december")), (Some(0), "\"not_shown\"".into(), true));
    let growth = world.upah("log since november --rails upah.toml");
    assert_eq!(growth.code, Some(0), "{growth:?}");
    world.write("growth", &growth.out);
    assert_eq!(told(&beside("november december growth")), (Some(0), "\"one_book\"".into(), true));
    assert_eq!(told(&beside("siti.html wulan.html growth")), (Some(0), "\"one_book\"".into(), true));
    // A growth that was changed shows nothing.
    let mut lines: Vec<&str> = growth.out.lines().collect();
    lines.swap(1, 2);
    world.write("growth", &(lines.join("\n") + "\n"));
    assert_eq!(told(&beside("november december growth")).1, "\"not_shown\"");
}

#[test]
fn an_employer_who_keeps_two_books_is_found_out_by_two_slips() {
    let (world, vkey) = two_slips();
    // The same key goes on from the store of before, with October where December was.
    world.restore_store("before");
    std::fs::remove_file(world.path("upah.db.head")).unwrap();
    assert_eq!(world.pay(&payroll::november(2).replace("2026-11", "2026-10")).code, Some(0));
    slip(&world, 1, "other.html");
    for file in ["wulan.html", "other.html"] {
        let alone = world.upah(&format!("verify {file} --log-key {vkey} --json"));
        assert_eq!(alone.json["verdict"], "ASLI", "each by itself is genuine: {alone:?}");
    }
    let output = world.upah(&format!("verify wulan.html other.html --log-key {vkey} --json"));
    assert_eq!(told(&output), (Some(1), "\"two_books\"".into(), true), "{output:?}");
    assert!(output.err.contains("ADA DUA BUKU"), "{output:?}");
    let unkeyed = world.upah("verify wulan.html other.html --json");
    assert_eq!(told(&unkeyed), (Some(1), "\"two_books\"".into(), false), "{unkeyed:?}");
    assert!(unkeyed.err.contains("bisa palsu"), "one of them may be a forger's: {unkeyed:?}");
}

/// The first entry of December stands right after the last of November: its proof shows November's root.
#[test]
fn a_head_that_a_larger_one_is_shown_to_continue_is_not_kept_beside_it() {
    let (world, vkey) = two_slips();
    let first = world.payments().into_iter().find(|payment| payment.period == "2026-12" && payment.id.ends_with("-1"));
    let first = first.unwrap().id;
    assert_eq!(world.upah(&format!("slip {first} --out first.html {RAILS}")).code, Some(0));
    let seen = |file: &str| world.upah(&format!("verify {file} --log-key {vkey} --seen desk --json"));
    let kept = || {
        let files = std::fs::read_dir(world.path("desk")).unwrap();
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect::<Vec<_>>()
    };
    let text = |file: &str| std::fs::read_to_string(world.path(file)).unwrap();
    assert_eq!(seen("november").code, Some(0));
    assert_eq!(kept(), [text("november")]);
    assert_eq!(told(&seen("first.html")), (Some(0), "\"one_book\"".into(), true));
    assert_eq!(kept(), [text("december")], "the larger head is kept, and the smaller one no longer");
}

#[test]
fn the_counsellor_s_copy_remembers_the_book_that_she_saw() {
    let (world, vkey) = two_slips();
    let seen = |file: &str| world.upah(&format!("verify {file} --log-key {vkey} --seen desk --json"));
    let heads = || std::fs::read_dir(world.path("desk")).map(|files| files.count()).unwrap_or_default();
    assert_eq!(seen("november").code, Some(0));
    assert_eq!(heads(), 1);
    let both = "both are kept until one is shown to continue the other";
    assert_eq!(told(&seen("december")).1, "\"not_shown\"", "{both}");
    assert_eq!(heads(), 2, "{both}");
    world.restore_store("before");
    std::fs::remove_file(world.path("upah.db.head")).unwrap();
    assert_eq!(world.pay(&payroll::november(2).replace("2026-11", "2026-10")).code, Some(0));
    slip(&world, 1, "other.html");
    assert_eq!(told(&seen("other.html")), (Some(1), "\"two_books\"".into(), true));
    assert_eq!(heads(), 2, "the other book does not replace the one that she saw");
}
