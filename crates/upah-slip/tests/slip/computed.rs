//! A line that a rule gave, on a slip: the page shows the formula, and a line that the rule does not give makes no slip.
use crate::book::{Book, Told, key};
use upah_core::commitment::Commit;
use upah_slip::{Code, SlipError, Trust, render, verify};

#[test]
fn the_page_shows_the_formula_with_its_numbers_and_its_rule() {
    let html = render(&Book::of(&Told::default()).siti()).unwrap();
    assert!(html.contains("5% x Rp1.500.000 = Rp75.000 (commission-rate/1)"));
    assert!(html.contains("Laba: Rp1.500.000, menurut pemberi kerja."), "whose number it is");
    let trust = Trust::log_keys(vec![key(1).verifying_key().clone()]);
    assert_eq!(verify(&html, &trust).verdict, upah_slip::Outcome::Asli);
}

#[test]
fn a_record_whose_lines_add_up_but_were_not_computed_so_is_not_read() {
    let genuine = Book::of(&Told::default()).siti();
    // Who writes the book can commit to anything: the rupiah that the rule does not give is moved to the base pay.
    for (from, to) in [
        ("\"amount\":75000,\"direction\":\"earning\"", "\"amount\":74999,\"direction\":\"earning\""),
        ("1500000", "1600000"),
    ] {
        let mut input = genuine.clone();
        let record = &mut input.payment[0].record;
        assert!(record.contains(from), "{record}");
        *record = record.replace(from, to);
        if to.contains("74999") {
            *record = record.replacen("\"amount\":600000,\"direction\"", "\"amount\":600001,\"direction\"", 1);
        }
        let salt = input.payment[0].salt;
        assert_ne!(Commit::to(&input.payment[0].record, &salt), Commit::to(&genuine.payment[0].record, &salt));
        let Err(SlipError::DoesNotFit(reasons)) = render(&input) else { panic!("a slip was drawn of {to}") };
        assert!(reasons.iter().any(|reason| reason.code == Code::RecordUnreadable), "{reasons:?}");
    }
}
