//! What is wrong before anything is sent: every mistake named, one clear sentence, nothing at the bank.
use crate::payroll;
use crate::world::{RAILS, SECRET_NAME, SIGNED, World, finish};
use std::collections::BTreeSet;

/// Row, column and code of twenty-two different mistakes, in the order of the file.
const MISTAKES: [(u64, &str, &str, &str); 22] = [
    (2, "amount", "empty", "A01,Siti Contoh,bank:014:1000000001,2026-11,"),
    (3, "amount", "amount_negative", "A02,Siti Contoh,bank:014:1000000002,2026-11,-1"),
    (4, "amount", "amount_comma", "A03,Siti Contoh,bank:014:1000000003,2026-11,\"600,000\""),
    (5, "amount", "amount_point", "A04,Siti Contoh,bank:014:1000000004,2026-11,600000.00"),
    (6, "amount", "amount_grouping", "A05,Siti Contoh,bank:014:1000000005,2026-11,60.0000"),
    (7, "amount", "amount_fraction", "A06,Siti Contoh,bank:014:1000000006,2026-11,\"600000,5\""),
    (8, "amount", "amount_characters", "A07,Siti Contoh,bank:014:1000000007,2026-11,600rb"),
    (9, "amount", "spreadsheet_damage", "A08,Siti Contoh,bank:014:1000000008,2026-11,6e5"),
    (10, "amount", "amount_too_large", "A09,Siti Contoh,bank:014:1000000009,2026-11,99999999999999"),
    (11, "amount", "amount_zero", "A10,Siti Contoh,bank:014:1000000010,2026-11,0"),
    (12, "destination", "empty", "A11,Siti Contoh,,2026-11,600000"),
    (13, "destination", "spreadsheet_damage", "A12,Siti Contoh,\"1,23E+09\",2026-11,600000"),
    (14, "destination", "destination_scheme", "A13,Siti Contoh,kas:1000000013,2026-11,600000"),
    (15, "destination", "bank_form", "A14,Siti Contoh,bank:1000000014,2026-11,600000"),
    (16, "destination", "bank_code", "A15,Siti Contoh,bank:1x:1000000015,2026-11,600000"),
    (17, "destination", "account_characters", "A16,Siti Contoh,bank:014:10000000?6,2026-11,600000"),
    (18, "destination", "phone_not_mobile", "A17,Siti Contoh,ewallet:dana:0215550100,2026-11,600000"),
    (
        19,
        "destination",
        "destination_repeated",
        "A18,Siti Contoh,bank:014:1000000018 bank:014:1000000018,2026-11,600000",
    ),
    (20, "period", "period_form", "A19,Siti Contoh,bank:014:1000000019,November,600000"),
    (21, "period", "not_in_calendar", "A20,Siti Contoh,bank:014:1000000020,2026-02-30,600000"),
    (22, "name", "empty", "A21,,bank:014:1000000021,2026-11,600000"),
    (23, "worker_id", "empty", ",Siti Contoh,bank:014:1000000022,2026-11,600000"),
];

fn mistaken() -> String {
    let mut file = payroll::HEADER.to_owned();
    for (.., row) in MISTAKES {
        file.push_str(row);
        file.push('\n');
    }
    file.push_str("A23,Siti Contoh,bank:014:1000000023,2026-11,600000\n");
    file
}

#[test]
fn twenty_two_mistakes_yield_twenty_two_named_rows_and_nothing_is_sent() {
    let world = World::new();
    for verb in ["check", "pay"] {
        world.write("pay.csv", &mistaken());
        let output = world.upah(&format!("{verb} pay.csv {SIGNED}"));
        output.assert_says(2, &["22 mistakes", "nothing was sent"]);
        assert_eq!(output.json["errors_total"], 22, "{output:?}");
        let errors = output.json["errors"].as_array().unwrap();
        let named: Vec<(u64, &str, &str)> = errors
            .iter()
            .map(|e| (e["row"].as_u64().unwrap(), e["column"].as_str().unwrap(), e["code"].as_str().unwrap()))
            .collect();
        let expected: Vec<(u64, &str, &str)> =
            MISTAKES.iter().map(|(row, column, code, _)| (*row, *column, *code)).collect();
        assert_eq!(named, expected);
        for row in 2..=23 {
            assert!(output.err.contains(&format!("row {row}, ")), "row {row} is told to people too: {output:?}");
        }
        assert!(!output.out.contains("10000000"), "destinations are masked: {}", output.out);
    }
    assert_eq!(world.submissions(), 0);
    assert!(world.sandbox.credits().unwrap().is_empty());
    assert!(!world.path("upah.db").exists(), "a bad file leaves no store and no key behind");
}

#[test]
fn mistakes_between_rows_name_both_rows() {
    let world = World::new();
    let file = format!(
        "{}K1,Siti Contoh,bank:014:1000000001,2026-11,600000\nK1,Siti Contoh,bank:014:1000000001,2026-11,600000\n\
         007,Joko Misal,bank:014:1000000002,2026-11,600000\n7,Joko Misal,bank:014:1000000003,2026-11,600000\n",
        payroll::HEADER
    );
    let output = world.pay(&file);
    output.assert_says(2, &["2 mistakes"]);
    let messages = output.json["errors"].to_string();
    assert!(messages.contains("rows 2 and 3") && messages.contains("rows 4 and 5"), "{messages}");
    assert_eq!(world.submissions(), 0);
}

#[test]
fn a_misspelt_column_is_an_error_and_merges_no_payments() {
    let world = World::new();
    let file = "worker_id,name,destination,period,amount,componen\nK1,Siti Contoh,bank:014:1,2026-11,600000,thr\n";
    let output = world.pay(file);
    assert_eq!(output.code, Some(2), "{output:?}");
    assert!(output.json.to_string().contains("unknown_column"), "{output:?}");
}

#[test]
fn names_that_are_missing_end_with_their_exit_codes() {
    let world = World::new();
    world.write("pay.csv", &payroll::november(2));
    world.upah(&format!("pay pay.csv {RAILS}")).assert_says(2, &["--created-by", "nothing was sent"]);
    world
        .upah(&format!("pay pay.csv {RAILS} --created-by Rina --approved-by rina"))
        .assert_says(2, &["cannot approve", "nothing was sent"]);
    let output = world.upah(&format!("pay pay.csv {RAILS} --created-by Rina"));
    assert_eq!((output.code, output.count("awaiting_approval")), (Some(4), 2), "{output:?}");
    assert_eq!(world.submissions(), 0);
}

#[test]
fn a_bad_configuration_is_one_sentence_that_names_the_place() {
    let world = World::new();
    world.write("pay.csv", &payroll::november(2));
    let pay = format!("pay pay.csv {SIGNED}");
    let cases = [
        ("source_account =", "source_acount =", "source_acount"),
        ("kind = \"snap\"", "kind = \"carrier-pigeon\"", "carrier-pigeon"),
        ("inquire_after_seconds = [1]", "inquire_after_seconds = []", "inquire_after_seconds"),
        ("file = \"upah.key.pem\"", "file = \"lost.pem\"", "lost.pem"),
        ("file = \"log.key\"", "file = \"lost.key\"", "lost.key"),
        (SECRET_NAME, "UPAH_TEST_NEVER_SET", "UPAH_TEST_NEVER_SET"),
    ];
    for (from, to, said) in cases {
        world.configure(from, to);
        world.upah(&pay).assert_says(2, &[said]);
    }
    world.configure(&world.sandbox.base_url(), "http://bank.example");
    world.upah(&pay).assert_says(2, &["http"]);
    world.write("broken.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    world.configure("upah.key.pem", "broken.pem");
    world.upah(&pay).assert_says(2, &["rail bank"]);
    world.write("upah.toml", &world.toml());
    let output = finish(world.command(&pay).env(SECRET_NAME, "").spawn().unwrap());
    output.assert_says(2, &["client_secret", "empty"]);
    world.upah("pay pay.csv --rails nowhere.toml --created-by A --approved-by B").assert_says(2, &["nowhere.toml"]);
    world.upah(&format!("pay nowhere.csv {SIGNED}")).assert_says(2, &["nowhere.csv"]);
    world.upah(&format!("{pay} --store mysql:x")).assert_says(2, &["sqlite:PATH"]);
    assert_eq!(world.sandbox.calls().len(), 0, "nobody was called");
    assert_eq!(world.pay(&payroll::november(2)).code, Some(0), "and nothing was spoilt");
}

#[test]
fn a_store_is_live_or_sandbox_for_ever() {
    let world = World::new();
    assert_eq!(world.pay(&payroll::november(1)).code, Some(0));
    world.upah("pay pay.csv --store sqlite:upah.db").assert_says(2, &["with real rails", "sandbox"]);
    let output = world.upah("pay pay.csv --json");
    assert_eq!(output.code, Some(0), "the sandbox has a store of its own: {output:?}");
    assert!(output.err.contains("UJI COBA"), "{output:?}");
    assert_eq!(output.json["sandbox"], true);
    world.upah(&format!("pay pay.csv {SIGNED} --store sqlite:upah-sandbox.db")).assert_says(2, &["sandbox"]);
    assert_eq!(world.submissions(), 1);
}

#[test]
fn no_secret_and_nobody_s_account_stands_in_what_is_printed_on_failure() {
    let world = World::new();
    world.write("pay.csv", &mistaken());
    let output = world.upah(&format!("pay pay.csv {SIGNED}"));
    let told = format!("{}{}", output.out, output.err);
    let secrets = ["upah-sandbox-secret", "PRIVATE KEY", "1000000018", "Siti Contoh"];
    let leaked: BTreeSet<&str> = secrets.into_iter().filter(|secret| told.contains(secret)).collect();
    assert_eq!(leaked, BTreeSet::new());
}
