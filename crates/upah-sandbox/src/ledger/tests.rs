//! One reference is credited at most once and no rupiah is lost, whatever the sequence of calls.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const START: u64 = 3_000;

#[derive(Debug, Clone)]
enum Step {
    Submit { reference: u8, body: u8, amount: u64, mode: u8 },
    Refuse { reference: u8 },
    Inquire { reference: u8 },
    GiveBack { reference: u8 },
    Advance,
}

fn step() -> impl Strategy<Value = Step> {
    let reference = 0..6u8;
    prop_oneof![
        5 => (reference.clone(), 0..2u8, 1..900u64, 0..5u8).prop_map(
            |(reference, body, amount, mode)| Step::Submit { reference, body, amount, mode }
        ),
        1 => reference.clone().prop_map(|reference| Step::Refuse { reference }),
        3 => reference.clone().prop_map(|reference| Step::Inquire { reference }),
        1 => reference.prop_map(|reference| Step::GiveBack { reference }),
        1 => Just(Step::Advance),
    ]
}

fn order(reference: &str, body: u8, amount: u64) -> Order<'_> {
    Order {
        reference,
        named: None,
        service: 18,
        bank_code: "014",
        account: "1234567890",
        source: "888801000157508",
        amount,
        body: [body; 32],
    }
}

fn fate(mode: u8) -> Fate {
    let mut fate = Fate::default();
    match mode {
        1 => fate.in_progress = Some((1, true)),
        2 => fate.in_progress = Some((1, false)),
        3 => fate.hidden = Some((1, 0)),
        4 => fate.return_after_ms = Some(i64::MAX),
        _ => {}
    }
    fate
}

fn take(ledger: &mut Ledger, step: &Step) {
    match step {
        Step::Submit { reference, body, amount, mode } => {
            let before = ledger.entries.get(&reference.to_string()).cloned();
            let taken = ledger.submit(&order(&reference.to_string(), *body, *amount), fate(*mode)).unwrap();
            if let Some(before) = before.filter(|entry| entry.standing != Standing::Refused) {
                let same = before.has_body(&[*body; 32]);
                let wanted = if same { Taken::Duplicate } else { Taken::Inconsistent };
                assert_eq!(taken, wanted, "a reference is taken on once");
            }
        }
        Step::Refuse { reference } => ledger.refuse(&order(&reference.to_string(), 0, 1), "4041811").unwrap(),
        Step::Inquire { reference } => drop(ledger.inquire(&reference.to_string()).unwrap()),
        Step::GiveBack { reference } => drop(ledger.give_back(&reference.to_string()).unwrap()),
        Step::Advance => drop(ledger.advance().unwrap()),
    }
}

fn assert_conserved(ledger: &mut Ledger) {
    let credits = ledger.credits().unwrap();
    let references: BTreeSet<_> = credits.iter().map(|c| &c.reference).collect();
    assert_eq!(references.len(), credits.len(), "credited twice");
    let out: u64 = credits.iter().filter(|c| !c.returned).map(|c| c.amount).sum();
    assert_eq!(ledger.available + ledger.reserved + out, START);
}

proptest! {
    #[test]
    fn a_reference_is_credited_once_and_every_rupiah_is_somewhere(
        steps in proptest::collection::vec(step(), 0..60)
    ) {
        let mut ledger = Ledger::in_memory(START);
        for step in &steps {
            take(&mut ledger, step);
            assert_conserved(&mut ledger);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_reopened_file_tells_the_same_story(
        steps in proptest::collection::vec((step(), any::<bool>()), 0..40)
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.jsonl");
        let mut ledger = Ledger::at(&path, START).unwrap();
        for (step, kill) in &steps {
            take(&mut ledger, step);
            if *kill {
                let credits = ledger.credits().unwrap();
                ledger = Ledger::at(&path, START).unwrap();
                prop_assert_eq!(credits, ledger.credits().unwrap());
            }
            assert_conserved(&mut ledger);
        }
    }
}

#[test]
fn two_processes_on_one_file_credit_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.jsonl");
    let mut first = Ledger::at(&path, START).unwrap();
    let mut second = Ledger::at(&path, START).unwrap();
    let wage = order("A", 1, 1_000);
    assert!(matches!(first.submit(&wage, Fate::default()).unwrap(), Taken::Booked(_)));
    assert_eq!(second.submit(&wage, Fate::default()).unwrap(), Taken::Duplicate);
    assert!(second.give_back("A").unwrap());
    assert!(first.credits().unwrap()[0].returned);
    assert_eq!(first.available().unwrap(), START);
}

#[test]
fn a_torn_last_line_is_cut_off_and_a_broken_one_is_an_error() {
    use std::io::Write as _;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.jsonl");
    let mut ledger = Ledger::at(&path, START).unwrap();
    ledger.submit(&order("A", 1, 10), Fate::default()).unwrap();
    let mut raw = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    raw.write_all(br#"{"event":"enter","reference":"B"#).unwrap();
    ledger.submit(&order("C", 1, 10), Fate::default()).unwrap();
    assert_eq!(Ledger::at(&path, START).unwrap().credits().unwrap().len(), 2);
    raw.write_all(b"{\"event\":\"enter\"}\n").unwrap();
    assert!(Ledger::at(&path, START).is_err());
}

#[test]
fn more_than_there_is_does_not_go_out() {
    let mut ledger = Ledger::in_memory(10);
    assert_eq!(ledger.submit(&order("A", 1, 11), Fate::default()).unwrap(), Taken::Insufficient);
    assert!(matches!(ledger.submit(&order("B", 1, 10), Fate::default()).unwrap(), Taken::Booked(_)));
    assert_eq!(ledger.available().unwrap(), 0);
}

#[test]
fn a_hidden_booking_is_denied_and_then_admitted() {
    let mut ledger = Ledger::in_memory(START);
    let fate = Fate { hidden: Some((2, 0)), ..Fate::default() };
    ledger.submit(&order("A", 1, 10), fate).unwrap();
    assert!(matches!(ledger.inquire("A").unwrap(), Found::Nothing { hidden: true }));
    assert_eq!(ledger.submit(&order("A", 1, 10), fate).unwrap(), Taken::Duplicate);
    assert!(matches!(ledger.inquire("A").unwrap(), Found::Nothing { hidden: true }));
    assert!(matches!(ledger.inquire("A").unwrap(), Found::Entry(e) if e.standing == Standing::Booked));
}
