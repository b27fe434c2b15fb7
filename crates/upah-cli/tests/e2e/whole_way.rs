//! One wage from the command line to the story, and what scripts read of it.
use crate::payroll;
use crate::world::{RAILS, SIGNED, World};
use serde_json::Value;

/// The fields of an object, in alphabetical order.
fn fields(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect()
}

#[track_caller]
fn assert_has(value: &Value, names: &[&str]) {
    for name in names {
        assert!(fields(value).contains(name), "{name} is missing in {value}");
    }
}

#[test]
fn a_wage_goes_the_whole_way_and_scripts_read_what_the_contract_promises() {
    let world = World::new();
    let output = world.pay(&payroll::november(1));
    assert_eq!(output.code, Some(0), "{output:?}");
    let paid = &output.json;
    assert_has(paid, &["run", "digest", "employer", "payments", "total", "already", "states", "log"]);
    assert_eq!((paid["payments"].as_u64(), paid["already"].as_u64()), (Some(1), Some(0)));
    assert_eq!(paid["total"].as_u64(), Some(payroll::amount(0)));
    assert_eq!(paid["employer"], "koperasi-contoh");
    assert_eq!(fields(&paid["states"]), ["settled"], "states with nothing are omitted");
    assert_eq!(fields(&paid["states"]["settled"]), ["amount", "count"]);
    assert_eq!(paid["states"]["settled"]["amount"].as_u64(), Some(payroll::amount(0)));
    assert_eq!(fields(&paid["log"]), ["size", "vkey"]);
    assert!(paid["log"]["vkey"].as_str().unwrap().starts_with("upah.example/koperasi-contoh+"));

    let run = paid["run"].as_str().unwrap();
    for asked in [format!("status {run} {RAILS}"), format!("status {RAILS}")] {
        let status = world.upah(&asked);
        assert_eq!(status.code, Some(0), "{status:?}");
        assert_has(&status.json, &["run", "digest", "employer", "payments", "total", "already", "states", "log"]);
        let payment = &status.json["payments"][0];
        assert_eq!(
            fields(payment),
            [
                "amount",
                "component",
                "employer",
                "payment",
                "period",
                "rail",
                "reason",
                "reference",
                "row",
                "run",
                "state",
                "worker_id"
            ]
        );
        assert_eq!((payment["row"].as_u64(), payment["amount"].as_u64()), (Some(2), Some(payroll::amount(0))));
        assert_eq!(
            (&payment["state"], &payment["rail"], &payment["component"]),
            (&"settled".into(), &"bank".into(), &"wage".into())
        );
        assert_eq!((&payment["period"], &payment["reason"]), (&"2026-11".into(), &Value::Null));
    }

    let credits = world.sandbox.credits().unwrap();
    assert_eq!(
        (credits.len(), credits[0].amount, credits[0].account.clone()),
        (1, payroll::amount(0), payroll::account(0))
    );
    let payment = world.payments().remove(0);
    assert_eq!(payment.reference.as_deref(), Some(credits[0].reference.as_str()));
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn paying_again_pays_nothing_and_says_already() {
    let world = World::new();
    let first = world.pay(&payroll::november(5));
    let again = world.pay(&payroll::november(5));
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!((again.json["already"].as_u64(), again.json["payments"].as_u64()), (Some(5), Some(5)));
    assert_eq!(again.json["run"], first.json["run"]);
    assert_eq!(again.count("settled"), 5);
    let other_form = payroll::november(5).replace(',', ";").replace('\n', "\r\n");
    let mut lines: Vec<&str> = other_form.lines().collect();
    lines[1..].reverse();
    let again = world.pay(&format!("\u{feff}{}\r\n", lines.join("\r\n")));
    assert_eq!((again.code, &again.json["digest"]), (Some(0), &first.json["digest"]), "order and form do not matter");
    let longer = world.pay(&payroll::november(7));
    assert_eq!((longer.json["already"].as_u64(), longer.count("settled")), (Some(5), 7), "{longer:?}");
    assert_eq!(world.submissions(), 7);
    world.assert_nobody_twice();
}

#[test]
fn several_employers_in_one_file_are_several_runs() {
    let world = World::new();
    let file = "worker_id,name,destination,period,amount,employer\n\
        A1,Siti Contoh,bank:014:1000000001,2026-11,600000,toko-satu\n\
        A1,Joko Misal,bank:014:1000000002,2026-11,700000,toko-dua\n\
        A2,Dewi Umpama,bank:014:1000000003,2026-11,800000,\n";
    let output = world.pay(file);
    assert_eq!((output.code, output.count("settled")), (Some(0), 3), "{output:?}");
    assert_eq!((output.json["payments"].as_u64(), output.json["total"].as_u64()), (Some(3), Some(2_100_000)));
    let runs = output.json["runs"].as_array().unwrap();
    let mut employers: Vec<&str> = runs.iter().map(|run| run["employer"].as_str().unwrap()).collect();
    employers.sort_unstable();
    assert_eq!(employers, ["koperasi-contoh", "toko-dua", "toko-satu"]);
    for run in runs {
        assert_has(run, &["run", "digest", "employer", "payments", "total", "already", "states"]);
        assert_eq!(run["payments"], 1);
    }
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn the_story_is_told_to_everybody_in_both_languages() {
    let world = World::new();
    let file = payroll::to(&["bank:014:1000000001", "bank:014:9940411001"]);
    assert_eq!(world.pay(&file).code, Some(3));
    for payment in world.payments() {
        let mut told = std::collections::BTreeSet::new();
        for audience in ["worker", "counsellor", "employer"] {
            for language in ["id", "en"] {
                let ask = format!("explain {} --lang {language} --for {audience} --rails upah.toml", payment.id);
                let prose = world.upah(&ask);
                assert_eq!(prose.code, Some(0), "{prose:?}");
                let amount = payment.amount.to_string();
                let digits: String = prose.out.chars().filter(char::is_ascii_digit).collect();
                assert!(digits.contains(&amount), "the amount is told: {}", prose.out);
                assert!(told.insert(prose.out.clone()), "each is told in a voice of its own");
                let object = world.upah(&format!("{ask} --json")).json;
                assert_eq!(object["sections"].as_array().unwrap().len(), 5, "{object}");
                assert_eq!(object["state"].as_str(), Some(payment.state.as_str()));
            }
        }
        for (form, most) in [("whatsapp", 1_024), ("sms", 160), ("58mm", 4_096), ("html", 60_000)] {
            let ask = format!("explain {} --as {form} --lang su --rails upah.toml", payment.id);
            let short = world.upah(&ask).out;
            assert!(
                short.contains("KONSEP") && short.contains("Rp") && short.trim().chars().count() <= most,
                "{short}"
            );
        }
        let json = world.upah(&format!("explain {} --as json --rails upah.toml", payment.id)).json;
        assert_eq!(json["amount"].as_u64(), Some(payment.amount));
        let reference = payment.reference.as_deref().unwrap();
        let by_reference = world.upah(&format!("explain {reference} --rails upah.toml"));
        let by_id = world.upah(&format!("explain {} --rails upah.toml", payment.id));
        assert_eq!(by_reference.out, by_id.out);
    }
    world.upah(&format!("explain nobody {RAILS}")).assert_says(2, &["nobody"]);
    world.upah(&format!("explain nobody --lang xx {RAILS}")).assert_says(2, &["--lang"]);
}

#[test]
fn checking_a_file_calls_nobody_and_makes_no_store() {
    let world = World::new();
    world.write("pay.csv", &payroll::november(4));
    let output = world.upah(&format!("check pay.csv {RAILS}"));
    assert_eq!(output.code, Some(0), "{output:?}");
    assert_eq!((output.json["payments"].as_u64(), output.json["errors_total"].as_u64()), (Some(4), Some(0)));
    assert_eq!(output.json["total"].as_u64(), Some(payroll::total(4)));
    assert!(!world.path("upah.db").exists());
    assert!(world.sandbox.calls().is_empty());
    assert_eq!(world.upah(&format!("pay pay.csv {SIGNED}")).code, Some(0));
    let output = world.upah(&format!("check pay.csv {RAILS}"));
    assert_eq!((output.code, output.json["already"].as_u64()), (Some(0), Some(4)), "{output:?}");
}

#[test]
fn json_lines_pay_the_same_obligations_as_csv() {
    let world = World::new();
    assert_eq!(world.pay(&payroll::november(1)).code, Some(0));
    let line = format!(
        r#"{{"worker_id":"W000","name":"{}","destination":"{}","period":"2026-11","amount":{}}}"#,
        payroll::name(0),
        payroll::destination(0),
        payroll::amount(0)
    );
    let output = world.pay(&line);
    assert_eq!((output.code, output.json["already"].as_u64()), (Some(0), Some(1)), "{output:?}");
    assert_eq!(world.submissions(), 1);
}

#[test]
fn the_sandbox_needs_no_configuration_and_says_what_it_is() {
    let world = World::new();
    world.write("pay.csv", &payroll::november(3));
    let output = world.upah("pay pay.csv --json --slips slips");
    assert_eq!((output.code, output.count("settled")), (Some(0), 3), "{output:?}");
    assert_eq!(output.json["sandbox"], true);
    assert!(output.err.contains("UJI COBA"), "{output:?}");
    let again = world.upah("pay pay.csv --json");
    assert_eq!((again.code, again.json["already"].as_u64()), (Some(0), Some(3)), "{again:?}");
    for slip in std::fs::read_dir(world.path("slips")).unwrap() {
        let text = std::fs::read_to_string(slip.unwrap().path()).unwrap();
        assert!(text.contains("UJI COBA"));
    }
    assert_eq!(std::fs::read_dir(world.path("slips")).unwrap().count(), 3);
    assert!(world.sandbox.calls().is_empty(), "it is a sandbox of its own");
}

#[test]
fn whoever_waits_is_listed_with_who_must_act_until_nobody_waits() {
    let world = World::new();
    let open = format!("open {RAILS} --lang en");
    let unserved = ["bank:014:1000000001", "bifast:phone:081200000001", "bank:014:1000000003"];
    world.write("pay.csv", &payroll::to(&unserved));
    world.upah(&format!("pay pay.csv {RAILS} --created-by Rina"));
    let waiting = world.upah(&open);
    assert_eq!((waiting.code, waiting.json["payments"].as_u64()), (Some(4), Some(3)), "{waiting:?}");
    assert!(waiting.json["open"].as_array().unwrap().iter().all(|one| one["waits_for"] == "employer"), "{waiting:?}");

    world.upah(&format!("pay pay.csv {SIGNED}"));
    let left: Vec<_> = world.settle().into_iter().filter(|payment| payment.state != "settled").collect();
    assert_eq!(left.len(), 1);
    let waiting = world.upah(&open);
    assert_eq!(waiting.code, Some(3), "{waiting:?}");
    let listed = waiting.json["open"].as_array().unwrap();
    assert_eq!(listed.len(), left.len());
    for one in listed {
        assert!(left.iter().any(|payment| one["reason"].as_str() == payment.reason.as_deref()), "{one}");
        assert!(one["since"].as_str().is_some_and(|since| since.starts_with("20")), "{one}");
        assert!(one["what"].as_str().is_some_and(|what| !what.is_empty()), "{one}");
    }
    let text = world.upah("open --rails upah.toml --lang en");
    assert_eq!(text.out.lines().count(), 2 * left.len(), "{text:?}");

    world.pay(&payroll::to(&unserved[..1]).replace("2026-11", "2026-12"));
    let december = world.payments().into_iter().find(|payment| payment.period == "2026-12").unwrap();
    let run = december.id.rsplit_once('-').unwrap().0;
    assert_eq!(world.upah(&format!("open {run} {RAILS}")).code, Some(0));
}
