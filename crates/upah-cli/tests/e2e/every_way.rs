//! One payroll, every way to a worker's account: banks, wallets, BI-FAST phones, aggregators and a sheet in one `upah pay`, each
//! wage by the way that costs least, and what each way cost in the summary.
use crate::payroll;
use crate::sheet::shop;
use crate::world::{Output, RAILS, SECRET_NAME, SIGNED, World};
use std::collections::BTreeMap;
use upah_sandbox::{FlipClient, OyClient, XenditClient};

/// A rail: what it serves, what a transfer over it costs, and the keys of its kind.
fn rail(id: &str, serves: &str, fee: u64, keys: &str) -> String {
    let fee = format!("[[rail.fee]]\namount = {fee}\nbearer = \"employer\"\nfrom = \"2020-01-01\"\n");
    // Nothing is asked about a sheet, and so nothing is waited for.
    let patience = if id == "sheet" {
        ""
    } else {
        "timeout_seconds = 2\ninquire_after_seconds = [1]\ntrust_not_found_after_seconds = 1\nmax_concurrency = 8\n"
    };
    format!("\n[[rail]]\nid = \"{id}\"\nserves = {serves}\n{patience}{keys}\n{fee}")
}

/// A counterparty that speaks SNAP, in its house of the sandbox.
fn snap(world: &World, profile: &str, house: &str, more: &str) -> String {
    let url = world.sandbox.base_url();
    format!(
        "kind = \"snap\"\nprofile = \"{profile}\"\nbase_url = \"{url}{house}\"\npartner_id = \"UPAHTEST\"\n\
         client_id = \"UPAHTEST\"\nsource_account = \"888801000157508\"\nprivate_key = {{ file = \"upah.key.pem\" }}\n{more}"
    )
}

fn configure(world: &World) {
    let (xendit, oy, flip) = (XenditClient::for_tests(), OyClient::for_tests(), FlipClient::for_tests());
    world.write("xendit.key", &xendit.secret_key);
    world.write("oy.key", &oy.api_key);
    world.write("flip.key", &flip.secret_key);
    let url = world.sandbox.base_url();
    let secret = format!("client_secret = {{ env = \"{SECRET_NAME}\" }}");
    let by_xendit = format!(
        "kind = \"xendit\"\nbase_url = \"{url}\"\nbusiness_id = \"{}\"\nsecret_key = {{ file = \"xendit.key\" }}",
        xendit.business_id
    );
    let by_oy = format!(
        "kind = \"oy\"\nbase_url = \"{url}\"\nusername = \"{}\"\napi_key = {{ file = \"oy.key\" }}",
        oy.username
    );
    let by_flip = format!(
        "kind = \"flip\"\nbase_url = \"{url}/big_sandbox_api\"\nuser_id = {}\nsecret_key = {{ file = \"flip.key\" }}",
        flip.user_id
    );
    let dana = snap(world, "dana", "", "additional_info = { chargeTarget = \"MERCHANT\" }");
    let rails = [
        rail("bank", r#"["bank:*"]"#, 6_500, &snap(world, "standard", "", &secret)),
        rail("mandiri", r#"["bifast:*"]"#, 2_500, &snap(world, "mandiri", "/mandiri", &secret)),
        rail("dana", r#"["ewallet:dana:*"]"#, 100, &dana),
        rail("xendit", r#"["ewallet:*", "bank:002:*"]"#, 2_500, &by_xendit),
        rail("oy", r#"["ewallet:*", "bank:009:*"]"#, 2_000, &by_oy),
        rail("flip", r#"["bank:014:*", "bank:009:*"]"#, 1_500, &by_flip),
        rail("sheet", r#"["qris:*"]"#, 0, "kind = \"qris-sheet\""),
    ];
    let head = world.toml();
    let head = head.split("[[rail]]").next().unwrap();
    world.write("upah.toml", &format!("route = \"cheapest\"\n{head}{}", rails.concat()));
}

/// Destination, the rail that is expected, and where it ends.
fn people() -> Vec<(String, &'static str, &'static str)> {
    let paid = [
        ("bank:008:1234500001", "bank"),
        ("bank:002:1234500002", "xendit"),
        ("bank:009:1234500003", "flip"),
        ("bank:014:1234500004", "flip"),
        ("ewallet:dana:6281200000005", "dana"),
        ("ewallet:gopay:6281200000006", "oy"),
        ("ewallet:ovo:6281200000007", "oy"),
        ("ewallet:linkaja:6281200000008", "oy"),
        ("bifast:phone:6281200000009", "mandiri"),
        ("bifast:phone:6281200000010", "mandiri"),
        // The account is closed, which nobody knows before: the bank refuses, and her wallet is next.
        ("bank:008:9940411123 ewallet:ovo:6281200000011", "oy"),
    ];
    let mut people = paid.map(|(to, over)| (to.to_owned(), over, "settled")).to_vec();
    people.push((shop(12, &[]), "sheet", "pending:in_progress"));
    people
}

fn fees(output: &Output) -> BTreeMap<String, (u64, u64)> {
    let rails = output.json["rails"].as_array().unwrap();
    let number = |rail: &serde_json::Value, field: &str| rail[field].as_u64().unwrap();
    rails
        .iter()
        .map(|rail| (rail["rail"].as_str().unwrap().to_owned(), (number(rail, "count"), number(rail, "fees"))))
        .collect()
}

#[test]
fn one_payroll_is_paid_by_seven_ways_in_one_command_and_each_says_what_it_cost_and_why() {
    let world = World::new();
    configure(&world);
    let people = people();
    let to: Vec<&str> = people.iter().map(|(to, ..)| to.as_str()).collect();
    let output = world.pay(&payroll::to(&to));
    assert_eq!((output.code, output.count("settled"), output.count("pending")), (Some(3), 11, 1), "{output:?}");
    let payments = world.payments();
    for (payment, (to, over, standing)) in payments.iter().zip(&people) {
        assert_eq!((payment.rail.as_deref(), payment.standing().as_str()), (Some(*over), *standing), "{to}");
    }
    let expected = [("bank", 1, 6_500), ("dana", 1, 100), ("flip", 2, 3_000), ("mandiri", 2, 5_000), ("oy", 4, 8_000)];
    let mut expected: BTreeMap<_, _> =
        expected.map(|(rail, count, fees)| (rail.to_owned(), (count, fees))).into_iter().collect();
    expected.insert("xendit".into(), (1, 2_500));
    assert_eq!(fees(&output), expected, "the sheet has paid nobody yet");
    for line in ["over flip: 2 paid now", "fees Rp3.000", "upah qris sheet"] {
        assert!(output.err.contains(line), "{line}: {}", output.err);
    }
    let why =
        |n: usize| world.upah(&format!("explain {} --rails upah.toml --lang en --for employer", payments[n].id)).out;
    assert!(why(2).contains("costs least") && why(2).contains("“oy” costs more"), "{}", why(2));
    assert!(why(10).contains("does not exist") || why(10).contains("4041811"), "the refusal is told: {}", why(10));
    world.assert_nobody_twice();
    world.assert_book_fits();
    let again = world.upah(&format!("pay pay.csv {SIGNED}"));
    assert_eq!((again.code, fees(&again).len()), (Some(3), 0), "nothing is sent again: {again:?}");
    let sheet = world.upah(&format!("qris sheet {} --out sheet.html {RAILS}", output.json["run"].as_str().unwrap()));
    assert_eq!(sheet.json["codes"], 1, "{sheet:?}");
}
