//! A small employer with a phone: wages that stand on a printed sheet of QRIS codes, beside one that goes by bank.
use crate::payroll::{self, HEADER};
use crate::scanner::scan_page;
use crate::world::{Output, RAILS, SIGNED, World, finish};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::Command;
use std::time::{Duration, Instant};
use upah_core::Destination;
use upah_qris::{Builder, Qris};

/// Two people of the office who neither made nor approved the run.
const PEOPLE: &str = "--by Ratna --and-by Joko";

/// The printed code of an invented shop, with these objects besides, as a payroll holds it.
pub(crate) fn shop(n: usize, more: &[(u8, &str)]) -> String {
    let (account, name) =
        (format!("0015COM.EXAMPLE.WWW01189360001400000000{n:02}0215885000000000{n:03}"), format!("WARUNG {n}"));
    let plain: [(u8, &str); 7] =
        [(1, "11"), (26, &account), (52, "5411"), (53, "360"), (58, "ID"), (59, &name), (60, "JEMBER")];
    let all = plain.iter().chain(more);
    let payload =
        all.fold(Builder::new(), |builder, (tag, value)| builder.object(*tag, value).unwrap()).seal().unwrap();
    Destination::Qris(Qris::parse(&payload).unwrap().into()).to_string()
}

/// A bank, and a sheet beside it.
fn office() -> World {
    let world = World::new();
    let sheet = "\n[[rail]]\nid = \"lembar\"\nkind = \"qris-sheet\"\nserves = [\"qris:*\"]\n";
    world.write("upah.toml", &format!("{}{sheet}", world.toml()));
    world
}

/// Three workers with a shop's code, and after the first of them one with a bank account.
fn payroll() -> String {
    payroll::to(&[&shop(0, &[]), "bank:008:1000000001", &shop(2, &[(62, "0703A01")]), &shop(3, &[])])
}

fn sheet(world: &World, output: &Output) -> Output {
    let run = output.json["run"].as_str().unwrap();
    world.upah(&format!("qris sheet {run} --out sheet.html {RAILS}"))
}

fn states(world: &World) -> Vec<String> {
    world.payments().iter().map(crate::world::Payment::standing).collect()
}

/// The bodies of what stands on a sheet, as the store's own records hold them.
fn stored_bodies(world: &World) -> BTreeSet<String> {
    let database = rusqlite::Connection::open(world.path("upah.db")).unwrap();
    let mut records = database.prepare("SELECT record FROM record").unwrap();
    let texts = records.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
    let of_code =
        |text: &str| text.split_once("\"body\":\"000201")?.1.split_once('"').map(|(rest, _)| format!("000201{rest}"));
    texts.filter_map(|text| of_code(&text)).collect()
}

fn statement(world: &World, workers: &[usize]) -> Output {
    let mut file = "date,reference,amount,direction\n".to_owned();
    for payment in world.payments().iter().filter(|payment| workers.contains(&payment.n())) {
        writeln!(file, "2026-11-26,QRIS {},{},debit", payment.reference.as_ref().unwrap(), payment.amount).unwrap();
    }
    world.write("statement.csv", &file);
    world.upah(&format!("reconcile statement.csv {RAILS} --rail lembar"))
}

fn resolve(world: &World, worker: usize, claim: &str) -> Output {
    world.write("photo.txt", "riwayat transaksi\n");
    let id = world.payments().into_iter().find(|payment| payment.n() == worker).unwrap().id;
    world.upah(&format!("resolve {id} --as {claim} --evidence photo.txt {PEOPLE} --because riwayat {RAILS}"))
}

#[test]
fn three_wages_on_paper_are_confirmed_by_the_statement_and_by_two_people_and_never_printed_again() {
    let world = office();
    let began = Instant::now();
    let paid = world.pay(&payroll());
    assert!(began.elapsed() < Duration::from_secs(60), "nothing is waited for");
    assert_eq!((paid.code, paid.count("settled"), paid.count("pending")), (Some(3), 1, 3), "{paid:?}");
    assert!(paid.err.contains("upah qris sheet"), "{paid:?}");

    let printed = sheet(&world, &paid);
    assert_eq!((printed.code, &printed.json["codes"]), (Some(0), &3.into()), "{printed:?}");
    let open = [0, 2, 3].map(payroll::amount);
    assert_eq!(printed.json["amount"], open.iter().sum::<u64>());
    let page = world.read("sheet.html");
    let codes = scan_page(&page);
    assert_eq!(
        codes.iter().cloned().collect::<BTreeSet<_>>(),
        stored_bodies(&world),
        "what is scanned is what was durable before"
    );
    for ((code, amount), payment) in codes.iter().zip(open).zip(world.payments().iter().filter(|it| it.n() != 1)) {
        let code = Qris::parse(code).unwrap();
        assert_eq!(code.amount(), Some(amount.to_string().as_str()));
        assert_eq!(code.object(62).unwrap().inner(5), payment.reference.as_deref());
        assert_eq!(code.object(53).unwrap().value, "360");
    }
    assert!(!page.contains("UJI COBA") && page.contains("1. Siti Contoh") && page.contains("3. Ratna Umpama"));

    // Again: nothing is sent, and the codes are the same to the last byte.
    let again = world.pay(&payroll());
    assert_eq!((again.code, again.count("pending"), world.submissions()), (Some(3), 3, 1), "{again:?}");
    assert_eq!(world.resume().code, Some(3));
    sheet(&world, &paid);
    assert_eq!(scan_page(&world.read("sheet.html")), codes);

    let read = statement(&world, &[0, 3]);
    assert_eq!((read.code, read.count("settled")), (Some(0), 2), "{read:?}");
    let printed = sheet(&world, &paid);
    assert_eq!((&printed.json["codes"], &printed.json["confirmed"]), (&1.into(), &2.into()));
    let page = world.read("sheet.html");
    assert_eq!(scan_page(&page), codes[1..2]);
    assert!(page.contains("2. Bagas Misal") && page.contains("menurut rekening koran"), "numbers stay as they were");

    assert_eq!(resolve(&world, 2, "settled").code, Some(0));
    assert_eq!(states(&world), ["settled", "settled", "settled", "settled"]);
    assert_eq!(sheet(&world, &paid).json["codes"], 0);
    let page = world.read("sheet.html");
    assert!(scan_page(&page).is_empty() && page.contains("menurut dua orang"));
    let again = world.pay(&payroll());
    assert_eq!((again.code, world.submissions()), (Some(0), 1), "{again:?}");
    assert_eq!(stored_bodies(&world).len(), 3, "no new code");
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn a_code_that_two_people_say_was_never_scanned_is_printed_anew_by_a_new_instruction_alone() {
    let world = office();
    let paid = world.pay(&payroll());
    sheet(&world, &paid);
    let before = scan_page(&world.read("sheet.html"));
    assert_eq!(resolve(&world, 0, "refused").code, Some(3));
    assert_eq!(states(&world)[0], "needs_action:stated_refused");
    assert_eq!((sheet(&world, &paid).json["codes"].as_u64(), world.pay(&payroll()).code), (Some(2), Some(3)));
    assert_eq!(stored_bodies(&world).len(), 3, "nothing follows by itself");

    let output = world.upah(&format!("pay pay.csv {SIGNED} --run second-try"));
    assert_eq!((output.code, states(&world)[0].as_str()), (Some(3), "pending:in_progress"), "{output:?}");
    assert_eq!(sheet(&world, &paid).json["codes"], 3);
    let after = scan_page(&world.read("sheet.html"));
    assert_eq!(after[1..], before[1..]);
    assert_ne!(after[0], before[0], "another reference, so that a statement tells them apart");
    // The first code had been scanned after all.
    let first = Qris::parse(&before[0]).unwrap().object(62).unwrap().inner(5).unwrap().to_owned();
    let line = format!("date,reference,amount,direction\n2026-11-26,{first},{},debit\n", payroll::amount(0));
    world.write("late.csv", &line);
    let output = world.upah(&format!("reconcile late.csv {RAILS} --rail lembar"));
    assert_eq!((output.code, states(&world)[0].as_str()), (Some(3), "needs_action:evidence_conflict"), "{output:?}");
    assert_eq!(sheet(&world, &paid).json["codes"], 2, "she is not paid a second time from paper");
    world.assert_book_fits();
}

#[test]
fn a_store_that_lost_what_was_confirmed_prints_no_code_again() {
    let world = office();
    let paid = world.pay(&payroll());
    world.copy_store("before");
    assert_eq!(statement(&world, &[0, 2, 3]).code, Some(0));
    world.restore_store("before");
    let output = sheet(&world, &paid);
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(!world.path("sheet.html").exists());
    // Whoever goes on is asked to look: nobody else can say what was paid.
    let output = world.resume();
    assert_eq!((output.code, output.count("needs_action")), (Some(3), 3), "{output:?}");
    assert_eq!(sheet(&world, &paid).json["codes"], 0);
    assert_eq!(statement(&world, &[0, 2, 3]).count("settled"), 3);
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn a_code_that_cannot_carry_her_wage_is_refused_in_its_row_before_anything_is_sent() {
    let world = office();
    let transfer = "0017ID.CO.EXAMPLE.WWW0119936008223000001355002132000000000000";
    let wrong_crc = shop(1, &[]).replace("JEMBER", "JEMBAR");
    for (destination, code) in [
        (shop(1, &[(54, "1000")]), "qris_has_amount"),
        (shop(1, &[(40, transfer)]), "qris_transfer"),
        (shop(1, &[(53, "840")]), "qris_repeated"),
        (wrong_crc, "qris_crc"),
    ] {
        let output = world.pay(&payroll::to(&[&shop(0, &[]), &destination]));
        assert_eq!(output.code, Some(2), "{output:?}");
        let error = &output.json["errors"][0];
        assert_eq!((&error["row"], &error["column"], &error["code"]), (&3.into(), &"destination".into(), &code.into()));
    }
    assert!(!world.path("upah.db").exists());
}

#[test]
fn a_wage_above_the_limit_of_qris_is_refused_before_it_stands_on_a_sheet() {
    let world = office();
    let rows = format!(
        "W000,Siti Contoh,{},2026-11,10000001\nW001,Wulan Misal,{},2026-11,10000000\n",
        shop(0, &[]),
        shop(1, &[])
    );
    let paid = world.pay(&format!("{HEADER}{rows}"));
    assert_eq!(states(&world), ["needs_action:over_rail_limit", "pending:in_progress"]);
    assert_eq!(sheet(&world, &paid).json["amount"], 10_000_000);
}

#[test]
fn a_trial_says_so_and_pays_nobody_who_scans_it() {
    let folder = tempfile::tempdir().unwrap();
    let upah = |arguments: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_upah"));
        command.args(arguments.split_whitespace()).current_dir(folder.path());
        finish(command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap())
    };
    let rows = format!("W000,<b>Siti</b> & Contoh,{},2026-11,600000\n", shop(0, &[]));
    std::fs::write(folder.path().join("pay.csv"), format!("{HEADER}{rows}")).unwrap();
    let paid = upah("pay pay.csv --json");
    assert_eq!((paid.code, paid.count("pending")), (Some(3), 1), "{paid:?}");
    let run = paid.json["run"].as_str().unwrap();
    let printed = upah(&format!("qris sheet {run} --out sheet.html --json"));
    assert_eq!((printed.code, &printed.json["codes"], &printed.json["sandbox"]), (Some(0), &1.into(), &true.into()));
    let page = std::fs::read_to_string(folder.path().join("sheet.html")).unwrap();
    assert!(
        page.contains("UJI COBA") && page.contains("&lt;b&gt;Siti&lt;/b&gt; &amp; Contoh") && !page.contains("<b>Siti")
    );
    let codes = scan_page(&page);
    let code = Qris::parse(&codes[0]).unwrap();
    assert_eq!((code.object(53).unwrap().value, code.amount()), ("963", Some("600000")));
}

#[test]
fn a_code_as_her_second_place_keeps_nobody_from_being_paid_but_where_a_store_has_lost_something() {
    let world = office();
    let file = payroll::to(&[&format!("bank:008:1000000001 {}", shop(0, &[]))]);
    world.write("pay.csv", &file);
    assert_eq!(world.upah(&format!("pay pay.csv {RAILS} --created-by Rina")).code, Some(4));
    world.copy_store("before");
    assert_eq!((world.pay(&file).code, world.sandbox.credits().unwrap().len()), (Some(0), 1));
    // Whether it had printed her code nobody can tell, so people look before anything is sent.
    world.restore_store("before");
    let output = world.pay(&file);
    assert_eq!(
        (output.code, states(&world)),
        (Some(3), vec!["needs_action:evidence_conflict".to_owned()]),
        "{output:?}"
    );
    world.assert_nobody_twice();
}
