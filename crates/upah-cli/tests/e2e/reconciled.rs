//! The bank's own statement against the book: what it settles, what it sends back, what does not fit, and what it
//! does not touch.
use crate::payroll;
use crate::world::{Output, RAILS, World};
use std::fmt::Write;
use upah_sandbox::{Fault, FaultPlan, Scope};

const HEADER: &str = "date,reference,amount,direction,bank_reference\n";

/// A bank that books everything, loses every answer and answers no question.
fn deaf() -> World {
    let plan = FaultPlan::none()
        .rate(Scope::Submit, Fault::ResetAfterBooking, upah_sandbox::ALWAYS_PPM)
        .unwrap()
        .rate(Scope::Ask, Fault::Error500, upah_sandbox::ALWAYS_PPM)
        .unwrap();
    World::with(plan)
}

/// The bank's statement in CSV, as its ledger stands.
fn statement(world: &World) -> String {
    let mut file = HEADER.to_owned();
    for (n, credit) in world.sandbox.credits().unwrap().iter().enumerate() {
        let (day, reference, amount) = (&credit.at[..10], &credit.reference, credit.amount);
        writeln!(file, "{day},{reference},{amount},debit,B{n}").unwrap();
        if credit.returned {
            writeln!(file, "{day},{reference},{amount},credit,R{n}").unwrap();
        }
    }
    file
}

/// The same in camt.053.
fn camt(world: &World) -> String {
    let (mut entries, mut sum, mut count, mut day) = (String::new(), 0, 0, String::new());
    for (n, credit) in world.sandbox.credits().unwrap().iter().enumerate() {
        day = credit.at[..10].to_owned();
        (sum, count) = (sum + credit.amount, count + 1);
        write!(
            entries,
            "<Ntry><Amt Ccy=\"IDR\">{}.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>\
             <AcctSvcrRef>B{n}</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>TRF {} GAJI</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
            credit.amount, credit.reference
        )
        .unwrap();
    }
    let balance = |kind: &str, amount: u64| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"IDR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
             <Dt><Dt>{day}</Dt></Dt></Bal>"
        )
    };
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>{}{}<TxsSummry><TtlDbtNtries>\
         <NbOfNtries>{count}</NbOfNtries><Sum>{sum}</Sum></TtlDbtNtries></TxsSummry>{entries}</Stmt></BkToCstmrStmt></Document>",
        balance("OPBD", 900_000_000),
        balance("CLBD", 900_000_000 - sum)
    )
}

fn reconcile(world: &World, name: &str, text: &str) -> Output {
    world.write(name, text);
    world.upah(&format!("reconcile {name} {RAILS}"))
}

/// Count and amount of one of the sums.
fn sum(output: &Output, name: &str) -> (u64, u64) {
    let sum = if name == "missing" { &output.json[name] } else { &output.json["lines"][name] };
    (sum["count"].as_u64().unwrap(), sum["amount"].as_u64().unwrap())
}

/// Every line is counted in exactly one sum.
#[track_caller]
fn assert_conserved(output: &Output) {
    let parts = ["settled", "returned", "fees", "mismatched", "unknown"].map(|name| sum(output, name));
    let whole = ["debits", "credits"].map(|side| {
        let sum = &output.json["statement"][side];
        (sum["count"].as_u64().unwrap(), sum["amount"].as_u64().unwrap())
    });
    let add = |sums: &[(u64, u64)]| sums.iter().fold((0, 0), |(n, sum), one| (n + one.0, sum + one.1));
    assert_eq!(add(&parts), add(&whole), "{output:?}");
    assert_eq!(add(&whole).0, output.json["statement"]["lines"].as_u64().unwrap());
}

fn kinds(output: &Output) -> Vec<&str> {
    output.json["breaks"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect()
}

#[test]
fn a_wage_whose_answer_never_came_is_settled_by_the_bank_s_own_statement() {
    let world = deaf();
    assert_eq!(world.pay(&payroll::november(4)).count("unknown"), 4);
    let output = reconcile(&world, "statement.csv", &statement(&world));
    assert_eq!(output.code, Some(0), "{output:?}");
    assert_eq!(sum(&output, "settled"), (4, payroll::total(4)));
    assert_eq!((output.json["recorded"].as_u64(), output.json["breaks_total"].as_u64()), (Some(4), Some(0)));
    assert_conserved(&output);
    assert_eq!(output.count("settled"), 4);
    world.assert_book_fits();

    // The same again, and the same entries in the other format: no news.
    let before = world.payments();
    for (name, text) in [("statement.csv", statement(&world)), ("statement.xml", camt(&world))] {
        let output = reconcile(&world, name, &text);
        assert_eq!((output.code, output.json["recorded"].as_u64()), (Some(0), Some(0)), "{output:?}");
        assert_eq!(sum(&output, "settled"), (4, payroll::total(4)));
        assert_eq!(world.payments(), before);
    }
    let id = &before[0].id;
    let story = world.upah(&format!("explain {id} --for counsellor --rails upah.toml")).out;
    assert!(story.contains("rekening koran bank menunjukkan pembayaran ini"), "{story}");
    assert!(story.contains("Uang sudah masuk menurut catatan rekening di bank."), "{story}");
    assert_eq!(world.upah(&format!("slip {id} --out slip.html {RAILS}")).code, Some(0));
    assert_eq!(world.upah("verify slip.html --json").json["intact"], true);
    assert_eq!(world.submissions(), 4, "nothing was sent again");
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn a_camt_statement_settles_too_and_the_next_pay_of_the_file_sends_nothing() {
    let world = deaf();
    world.pay(&payroll::november(3));
    let output = reconcile(&world, "statement.xml", &camt(&world));
    assert_eq!((output.code, output.count("settled")), (Some(0), 3), "{output:?}");
    assert_conserved(&output);
    let output = world.pay(&payroll::november(3));
    assert_eq!((output.code, world.submissions()), (Some(0), 3), "{output:?}");
    world.assert_nobody_twice();
}

#[test]
fn a_return_that_only_the_statement_shows_waits_for_people_and_is_never_sent_again_by_itself() {
    let world = World::faulty("late_return=1,late_return_ms=3600000", 1);
    assert_eq!(world.pay(&payroll::november(3)).count("settled"), 3);
    assert_eq!(world.sandbox.advance().unwrap(), 3);
    let output = reconcile(&world, "statement.csv", &statement(&world));
    assert_eq!(output.code, Some(3), "{output:?}");
    assert_eq!((sum(&output, "settled"), sum(&output, "returned")), ((3, payroll::total(3)), (3, payroll::total(3))));
    assert_conserved(&output);
    for payment in world.payments() {
        assert_eq!(payment.standing(), "returned:returned", "{payment:?}");
    }
    let again = reconcile(&world, "statement.csv", &statement(&world));
    assert_eq!((again.code, again.json["recorded"].as_u64()), (Some(3), Some(0)), "{again:?}");
    world.resume();
    assert_eq!(world.submissions(), 3);
    world.assert_book_fits();
}

#[test]
fn what_does_not_fit_is_named_and_the_sums_hold() {
    let world = World::new();
    assert_eq!(world.pay(&payroll::november(4)).count("settled"), 4);
    let credits = world.sandbox.credits().unwrap();
    let day = &credits[0].at[..10];
    let mut file = HEADER.to_owned();
    let mut line =
        |reference: &str, amount: u64, side: &str| writeln!(file, "{day},{reference},{amount},{side},").unwrap();
    line(&credits[0].reference, credits[0].amount, "debit");
    line(&credits[1].reference, credits[1].amount - 1, "debit");
    line(&credits[2].reference, credits[2].amount, "debit");
    line(&credits[2].reference, credits[2].amount, "debit");
    line("", 12_345, "credit");
    line("NOREFERENCEOFOURS", 99, "debit");
    let output = reconcile(&world, "statement.csv", &file);
    assert_eq!(output.code, Some(3), "{output:?}");
    assert_conserved(&output);
    let mut found = kinds(&output);
    found.sort_unstable();
    let expected = ["amount_mismatch", "missing", "repeated", "unknown_credit", "unknown_debit"];
    // The first of the two bookings under one reference agrees, and the payment stands contradicted.
    assert_eq!(
        found.iter().filter(|kind| **kind != "contradicted").copied().collect::<Vec<_>>(),
        expected,
        "{output:?}"
    );
    assert_eq!(sum(&output, "missing"), (1, credits[3].amount), "it is told and changes nothing");
    let standing = |reference: &str| {
        let payments = world.payments();
        payments.iter().find(|one| one.reference.as_deref() == Some(reference)).unwrap().standing()
    };
    assert_eq!(standing(&credits[0].reference), "settled");
    assert_eq!(standing(&credits[1].reference), "needs_action:evidence_conflict");
    assert_eq!(standing(&credits[2].reference), "needs_action:evidence_conflict");
    assert_eq!(standing(&credits[3].reference), "settled");
    for kind in expected {
        assert!(output.err.contains(kind), "{kind}: {output:?}");
    }
    world.assert_book_fits();
}

#[test]
fn a_wage_that_was_refused_and_stands_on_the_statement_is_money_too_much() {
    let world = World::new();
    let output = world.pay(&payroll::to(&["bank:014:9940411005"]));
    assert_eq!(output.code, Some(3), "{output:?}");
    let payment = world.payments().remove(0);
    assert_eq!(payment.standing(), "needs_action:invalid_account");
    let reference = payment.reference.unwrap();
    let file = format!("{HEADER}2026-11-26,{reference},{},debit,\n", payment.amount);
    let output = reconcile(&world, "statement.csv", &file);
    assert_eq!((output.code, kinds(&output)), (Some(3), vec!["overpaid"]), "{output:?}");
    assert_eq!(world.payments()[0].standing(), "needs_action:overpaid");
    world.assert_book_fits();
}

#[test]
fn a_fee_under_the_wage_s_reference_is_a_fee_and_no_break() {
    let world = World::new();
    let toml = format!("{}[[rail.fee]]\namount = 2_500\nbearer = \"employer\"\nfrom = \"2026-01-01\"\n", world.toml());
    world.write("upah.toml", &toml);
    assert_eq!(world.pay(&payroll::november(2)).code, Some(0));
    let mut file = statement(&world);
    for credit in world.sandbox.credits().unwrap() {
        writeln!(file, "{},{},2500,debit,", &credit.at[..10], credit.reference).unwrap();
    }
    let output = reconcile(&world, "statement.csv", &file);
    assert_eq!((output.code, sum(&output, "fees")), (Some(0), (2, 5_000)), "{output:?}");
    assert_conserved(&output);
}

#[test]
fn a_statement_with_mistakes_is_refused_whole_and_names_them_all() {
    let world = deaf();
    world.pay(&payroll::november(2));
    let before = (world.payments(), world.upah(&format!("status {RAILS}")).json["log"]["size"].clone());
    let good = statement(&world);
    let bad = format!("{good}26/11/2026,X,\"600,000\",out,\n2026-11-26,X\n");
    let output = reconcile(&world, "bad.csv", &bad);
    output.assert_says(2, &["4 mistakes", "nothing was recorded"]);
    let codes: Vec<_> =
        output.json["errors"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["spreadsheet_damage", "amount_comma", "direction", "too_few_cells"]);
    let closes = camt(&world)
        .replace("CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"IDR\">8", "CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"IDR\">7");
    let output = reconcile(&world, "bad.xml", &closes);
    output.assert_says(2, &["1 mistake", "nothing was recorded"]);
    assert_eq!(output.json["errors"][0]["code"], "control_balance");
    for (name, text) in [("empty.csv", ""), ("cut.xml", "<Document><BkToCstmrStmt><Stmt>"), ("noise.csv", "\u{0}\u{1}")]
    {
        assert_eq!(reconcile(&world, name, text).code, Some(2), "{name}");
    }
    world.upah(&format!("reconcile nowhere.csv {RAILS}")).assert_says(2, &["nowhere.csv"]);
    assert_eq!((world.payments(), world.upah(&format!("status {RAILS}")).json["log"]["size"].clone()), before);
}
