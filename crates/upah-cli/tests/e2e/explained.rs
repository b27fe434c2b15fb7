//! Why a wage is this much: computed from the file to the slip, beside last month's, and how late it is.
use crate::world::{RAILS, World};
use serde_json::json;

const HEADER: &str =
    "worker_id,name,destination,period,amount,due_date,relationship,earn.base,earn.commission,compute.commission\n";

fn row(period: &str, amount: u64, commission: u64, computation: &str) -> String {
    format!(
        "W-1,Siti Contoh,bank:014:1234500001,{period},{amount},{period}-25,karyawan,600000,{commission},{computation}\n"
    )
}

fn october() -> String {
    HEADER.to_owned() + &row("2025-10", 1_000_000, 400_000, "commission-rate/1 rate=10% margin=4.000.000")
}

#[test]
fn a_commission_that_its_rule_does_not_give_is_refused_before_anything_is_sent() {
    let world = World::new();
    let output = world.pay(&october().replace("10%", "11%"));
    assert_eq!((output.code, world.submissions()), (Some(2), 0), "{output:?}");
    let error = &output.json["errors"][0];
    assert_eq!(
        (&error["row"], &error["column"], &error["value"]),
        (&2.into(), &"earn.commission".into(), &"400000".into())
    );
    assert_eq!(error["code"], "statement_recomputed");
    assert!(error["message"].as_str().unwrap().contains("commission-rate/1 gives Rp440.000"), "{error}");
}

#[test]
fn a_wage_is_told_beside_last_month_s_and_by_how_much_it_is_late() {
    let world = World::new();
    assert_eq!(world.pay(&october()).code, Some(0));
    let november = row("2025-11", 1_200_000, 600_000, "commission-rate/1 rate=12% margin=5.000.000");
    assert_eq!(world.pay(&format!("{HEADER}{november}")).code, Some(0));
    let id = world.payments().remove(1).id;

    let told = world.upah(&format!("explain {id} --compare 2025-10 {RAILS}"));
    assert_eq!(told.code, Some(0), "{told:?}");
    let compare = &told.json["compare"];
    assert_eq!(
        (&compare["from"], &compare["to"], &compare["difference"]),
        (&"2025-10".into(), &"2025-11".into(), &200_000.into())
    );
    let changes: Vec<i64> =
        compare["steps"].as_array().unwrap().iter().map(|step| step["change"].as_i64().unwrap()).collect();
    assert_eq!(changes, [0, 200_000]);
    let inputs = compare["steps"][1]["inputs"].as_array().unwrap();
    let of_inputs: Vec<_> =
        inputs.iter().map(|input| (input["input"].as_str().unwrap(), input["change"].as_i64().unwrap())).collect();
    assert_eq!(of_inputs, [("rate", 80_000), ("margin", 120_000)]);

    // Years late: half of the wage, by the default reading and, without a limit for the first part, three quarters.
    let rights = &told.json["rights"];
    assert_eq!(rights["estimate"], json!({"basis_points": 5_000, "amount": 600_000, "interest_not_computed": true}));
    assert_eq!(rights["choices"], json!({"due_date": "day-0", "month": "thirty-days", "cap": "whole-fine"}));
    world.configure("[log]", "[rights]\ncap = \"after-day-eight\"\n[log]");
    let other = world.upah(&format!("explain {id} {RAILS}"));
    assert_eq!(
        (&other.json["rights"]["estimate"]["amount"], &other.json["rights"]["choices"]["cap"]),
        (&900_000.into(), &"after-day-eight".into())
    );
    assert!(other.json["compare"].is_null());

    let text = world.upah(&format!("explain {id} --compare 2025-10 --lang en --rails upah.toml")).out;
    for sentence in
        ["Commission: 12% x Rp5.000.000 = Rp600.000.", "Because the rate changed, the wage is Rp80.000 more."]
    {
        assert!(text.contains(sentence), "{sentence}: {text}");
    }
    world.upah(&format!("explain {id} --compare 2025-09 {RAILS}")).assert_says(2, &["no other payment", "2025-09"]);
    world.upah(&format!("explain {id} --compare 2025-11 {RAILS}")).assert_says(2, &["no other payment", "2025-11"]);
    world.upah(&format!("explain {id} --compare october {RAILS}")).assert_says(2, &["--compare", "2026-11"]);

    assert_eq!(world.upah(&format!("slip {id} --out slip.html {RAILS}")).code, Some(0));
    assert!(world.read("slip.html").contains("12% x Rp5.000.000 = Rp600.000 (commission-rate/1)"));
    world.assert_book_fits();
}

#[test]
fn beside_a_wage_whose_records_were_erased_the_story_says_that_nothing_can_be_compared() {
    let world = World::new();
    assert_eq!(world.pay(&october()).code, Some(0));
    let november = row("2025-11", 1_200_000, 600_000, "commission-rate/1 rate=12% margin=5.000.000");
    world.write("november.csv", &format!("{HEADER}{november}"));
    // It waits for approval, so that it is not erased with the other.
    let sealed = world.upah(&format!("pay november.csv {RAILS} --created-by Rina"));
    assert_eq!(sealed.code, Some(4), "{sealed:?}");
    let id = format!("{}-1", sealed.json["run"].as_str().unwrap());
    world.configure("[log]", "[retention]\nyears = 0\n[log]");
    let erased = world.upah(&format!("erase W-1 --reason requested {RAILS}"));
    assert_eq!(erased.json["erased"].as_array().unwrap().len(), 1, "{erased:?}");

    let told = world.upah(&format!("explain {id} --compare 2025-10 {RAILS}"));
    assert_eq!((told.code, told.json["state"].as_str()), (Some(0), Some("awaiting_approval")), "{told:?}");
    assert!(told.json["compare"].is_null(), "{told:?}");
    let answers = told.json["compare_erased"]["answers"].to_string();
    assert!(answers.contains("sudah dihapus, jadi bedanya tidak bisa dihitung lagi"), "{answers}");
    for channel in ["text", "whatsapp", "58mm", "sms"] {
        let told = world.upah(&format!("explain {id} --compare 2025-10 --as {channel} --rails upah.toml"));
        let text = told.out.replace('\n', " ");
        assert_eq!(told.code, Some(0), "{channel}: {told:?}");
        assert!(text.contains("Rp1.200.000"), "{channel}: {text}");
        // A short message has room for it only where she has nothing else to know.
        assert!(channel == "sms" || text.contains("sudah dihapus"), "{channel}: {text}");
        assert!(!text.contains("Rp1.000.000") && !text.contains("Rp200.000"), "what was erased is told: {text}");
    }
}
