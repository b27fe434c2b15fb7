//! Wages over counterparties with habits of their own: one payroll, each wage by its own way, once, whatever happens.
use crate::payroll;
use crate::world::{SECRET_NAME, SIGNED, World};
use upah_sandbox::{Fault, FaultPlan, Scope, When};

/// Profile, what it serves, where its house is, and what it wants to know besides.
const RAILS: [(&str, &str, &str, &str); 5] = [
    ("dana", r#"["ewallet:dana:*", "bank:009:*"]"#, "", "additional_info = { chargeTarget = \"MERCHANT\" }"),
    ("mandiri", r#"["bifast:*", "bank:014:*"]"#, "/mandiri", ""),
    ("midtrans", r#"["ewallet:*"]"#, "/midtrans", ""),
    ("faspay", r#"["bank:002:*"]"#, "", ""),
    ("bni", r#"["bank:*"]"#, "", ""),
];

fn configure(world: &World) {
    let text = world.toml();
    let head = text.split("[[rail]]").next().unwrap();
    let url = world.sandbox.base_url();
    let rails = RAILS.map(|(profile, serves, house, more)| {
        let secret = if ["dana", "faspay"].contains(&profile) {
            String::new()
        } else {
            format!("client_secret = {{ env = \"{SECRET_NAME}\" }}\n")
        };
        // It refuses to be trusted sooner than after ten minutes.
        let trust = if profile == "midtrans" { "" } else { "trust_not_found_after_seconds = 1\n" };
        format!(
            "[[rail]]\nid = \"{profile}\"\nkind = \"snap\"\nprofile = \"{profile}\"\nserves = {serves}\n\
             base_url = \"{url}{house}\"\npartner_id = \"UPAHTEST\"\nclient_id = \"UPAHTEST\"\n\
             source_account = \"6281200000009\"\nprivate_key = {{ file = \"upah.key.pem\" }}\ntimeout_seconds = 2\n\
             inquire_after_seconds = [1]\nmax_concurrency = 8\n{secret}{trust}{more}\n"
        )
    });
    world.write("upah.toml", &(head.to_owned() + &rails.concat()));
}

const PEOPLE: [&str; 8] = [
    "ewallet:dana:6281200000001",
    "ewallet:gopay:6281200000002",
    "ewallet:ovo:6281200000003",
    "bifast:phone:6281200000004",
    "bifast:email:siti@example.com",
    "bank:014:1234500006",
    "bank:002:1234500007",
    "bank:009:1234500008",
];

/// Service, and the bank or wallet as the counterparty was told it.
const WAYS: [(&str, &str); 8] = [
    ("38", "dana"),
    ("38", "gopay"),
    ("38", "ovo"),
    ("18", "bifast"),
    ("18", "bifast"),
    ("18", "CENAIDJA"),
    ("18", "002"),
    ("43", "009"),
];

/// What was credited, service and institution, in an order of its own.
fn ways(world: &World) -> Vec<(String, String)> {
    let credits = world.sandbox.credits().unwrap();
    let mut ways: Vec<_> = credits.into_iter().map(|credit| (credit.service, credit.bank_code)).collect();
    ways.sort();
    ways
}

fn expected() -> Vec<(String, String)> {
    let mut ways = WAYS.map(|(service, code)| (service.to_owned(), code.to_owned())).to_vec();
    ways.sort();
    ways
}

#[test]
fn one_payroll_goes_over_five_counterparties_each_wage_by_its_own_service() {
    let world = World::new();
    configure(&world);
    let output = world.pay(&payroll::to(&PEOPLE));
    assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
    let payments = world.settle();
    assert!(payments.iter().all(|payment| payment.standing() == "settled"), "{payments:?}");
    assert_eq!(ways(&world), expected());
    assert!(world.sandbox.violations().is_empty(), "{:?}", world.sandbox.violations());
    let again = world.upah(&format!("pay pay.csv {SIGNED}"));
    assert_eq!((again.code, ways(&world)), (Some(0), expected()), "{again:?}");
}

#[test]
fn killed_again_and_again_each_wage_is_asked_about_at_its_own_service_and_paid_once() {
    let world = World::faulty("reset_after_booking=0.3,error_500_after_booking=0.2,latency_ms=20", 3);
    configure(&world);
    // Without those whose "not found" takes ten minutes to be believed.
    let people: Vec<&str> =
        PEOPLE.into_iter().filter(|text| !text.contains("gopay") && !text.contains("ovo")).collect();
    world.write("pay.csv", &payroll::to(&people));
    for round in 0..5 {
        let mut child = world.start(&format!("pay pay.csv {SIGNED}"));
        std::thread::sleep(std::time::Duration::from_millis(120 + 90 * round));
        let _ = child.kill();
        child.wait().unwrap();
    }
    world.upah(&format!("pay pay.csv {SIGNED} --wait 20"));
    let payments = world.settle();
    assert!(payments.iter().all(|payment| payment.standing() == "settled"), "{payments:?}");
    let ways_but_two: Vec<_> =
        expected().into_iter().filter(|(_, code)| !["gopay", "ovo"].contains(&code.as_str())).collect();
    assert_eq!(ways(&world), ways_but_two);
}

/// Whose account a phone leads to was known to the lost store alone; her wage went there all the same.
#[test]
fn a_wage_that_went_to_a_phone_is_asked_about_though_the_phone_leads_nowhere_any_more() {
    let world = World::new();
    configure(&world);
    let payroll = payroll::to(&["bifast:phone:6281200000004 bank:002:1234500007"]);
    world.pay(&payroll);
    assert_eq!(world.settle()[0].standing(), "settled");
    world.delete_store();
    let phone = When::reference("6281200000004").on(Scope::LookUp);
    world.sandbox.set_faults(FaultPlan::none().with(phone, Fault::Refuse { http: 404, case: 11 }));
    let output = world.pay(&payroll);
    assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
    world.settle();
    assert_eq!(ways(&world), [("18".to_owned(), "bifast".to_owned())], "she is paid once: {:?}", world.payments());
}
