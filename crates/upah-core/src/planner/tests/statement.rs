//! What each entry of a bank's statement shows, and which of them is news: entry by entry.
use super::*;
use crate::bank_statement::{Entry, Side};
use crate::run::Digest;

const WAGE: u64 = 600_000;
const FEE: u64 = 2_500;
const STATEMENT: Digest = Digest([7; 32]);

fn entry(side: Side, amount: u64, reference: &str) -> Entry {
    let bank_reference = (!reference.is_empty()).then(|| reference.into());
    Entry { day: "2026-11-26".parse().unwrap(), side, amount: Rupiah::new(amount).unwrap(), bank_reference }
}

fn out(reference: &str) -> Entry {
    entry(Side::Debit, WAGE, reference)
}

fn back(reference: &str) -> Entry {
    entry(Side::Credit, WAGE, reference)
}

fn odd(side: Side, amount: u64) -> Entry {
    entry(side, amount, "")
}

/// Each entry's place, what it shows and whether it is written down, in the order of writing; these are known before.
fn shown(known: &[Entry], entries: &[Entry]) -> Vec<(usize, Showing, bool)> {
    let mut payment = being_sent();
    payment.attempts[0].booked = known.to_vec();
    let matched = on_entries(&payment, 1, entries, STATEMENT, Some(Rupiah::new(FEE).unwrap()));
    for one in &matched {
        let entry = entries[one.index].clone();
        let fact = Fact::Booked { number: 1, entry, statement: STATEMENT };
        assert!(one.fact.as_ref().is_none_or(|told| *told == fact), "{one:?}");
    }
    matched.into_iter().map(|one| (one.index, one.showing, one.fact.is_some())).collect()
}

#[test]
fn what_left_once_and_came_back_once_is_a_payment_and_a_return_and_all_else_is_once_more() {
    use Showing::{Again, Payment, Return};
    let (out, back) = (out(""), back(""));
    for (known, entries, expected) in [
        (vec![], vec![&out], vec![(0, Payment, true)]),
        (vec![], vec![&back], vec![(0, Return, true)]),
        (vec![], vec![&back, &out], vec![(1, Payment, true), (0, Return, true)]),
        (vec![], vec![&out, &out], vec![(0, Payment, true), (1, Again, true)]),
        (vec![], vec![&back, &back], vec![(0, Return, true), (1, Again, true)]),
        (vec![], vec![&out, &back, &back], vec![(0, Payment, true), (1, Return, true), (2, Again, true)]),
        (
            vec![],
            vec![&out, &out, &back, &back],
            vec![(0, Payment, true), (1, Again, true), (2, Return, true), (3, Return, true)],
        ),
        // Read again, it is told as it was told before, and is no news.
        (vec![&out], vec![&out], vec![(0, Payment, false)]),
        (vec![&out], vec![&out, &out], vec![(0, Payment, false), (1, Again, true)]),
        (vec![&out, &out], vec![&out, &out], vec![(0, Payment, false), (1, Again, false)]),
        (vec![&out, &back], vec![&back], vec![(0, Return, false)]),
        (vec![&out], vec![&back], vec![(0, Return, true)]),
        (vec![&out, &back], vec![&back, &back], vec![(0, Return, false), (1, Again, true)]),
        (vec![&out, &out], vec![&back, &back], vec![(0, Return, true), (1, Return, true)]),
    ] {
        let owned = |entries: &[&Entry]| entries.iter().map(|entry| (*entry).clone()).collect::<Vec<_>>();
        assert_eq!(shown(&owned(&known), &owned(&entries)), expected, "{known:?} then {entries:?}");
    }
}

#[test]
fn another_day_s_entry_is_another_one() {
    let later = Entry { day: "2026-11-27".parse().unwrap(), ..out("") };
    assert_eq!(shown(&[out("")], core::slice::from_ref(&later)), [(0, Showing::Again, true)]);
    assert_eq!(shown(&[], &[later, out("")]), [(1, Showing::Payment, true), (0, Showing::Again, true)]);
}

#[test]
fn one_entry_that_is_known_stands_for_one_and_the_bank_s_own_reference_decides_which() {
    use Showing::{Again, Payment};
    assert_eq!(shown(&[out("A")], &[out("A"), out("B")]), [(0, Payment, false), (1, Again, true)]);
    assert_eq!(shown(&[out("A")], &[out("B"), out("A")]), [(0, Payment, true), (1, Again, false)]);
    assert_eq!(shown(&[out("")], &[out("B"), out("A")]), [(0, Payment, false), (1, Again, true)]);
    assert_eq!(shown(&[out(""), out("A")], &[out("A"), out("B")]), [(0, Payment, false), (1, Again, false)]);
}

#[test]
fn another_amount_is_a_fact_only_where_nothing_proves_her_wage() {
    use Showing::{Fee, OtherAmount, Payment, Return};
    let (less, more) = (odd(Side::Debit, WAGE - 1), odd(Side::Debit, WAGE + 1));
    let fee = odd(Side::Debit, FEE);
    for (known, entries, expected) in [
        (vec![], vec![&less], vec![(0, OtherAmount, true)]),
        (vec![&less], vec![&less], vec![(0, OtherAmount, false)]),
        (vec![&less], vec![&more], vec![(0, OtherAmount, true)]),
        (vec![&out("")], vec![&less], vec![(0, OtherAmount, false)]),
        (vec![&back("")], vec![&less], vec![(0, OtherAmount, true)]),
        (vec![], vec![&less, &fee, &out("")], vec![(2, Payment, true), (0, OtherAmount, false), (1, Fee, false)]),
        (vec![&less], vec![&out("")], vec![(0, Payment, true)]),
        (vec![], vec![&fee], vec![(0, Fee, false)]),
        // A fee that comes back is no fee.
        (vec![], vec![&odd(Side::Credit, FEE)], vec![(0, OtherAmount, true)]),
        (vec![], vec![&odd(Side::Credit, 1), &back("")], vec![(1, Return, true), (0, OtherAmount, false)]),
        (vec![], vec![&odd(Side::Credit, 1), &out("")], vec![(1, Payment, true), (0, OtherAmount, true)]),
    ] {
        let owned = |entries: &[&Entry]| entries.iter().map(|entry| (*entry).clone()).collect::<Vec<_>>();
        assert_eq!(shown(&owned(&known), &owned(&entries)), expected, "{known:?} then {entries:?}");
    }
}

#[test]
fn without_a_configured_fee_nothing_is_taken_for_one() {
    let matched = on_entries(&being_sent(), 1, &[odd(Side::Debit, FEE)], STATEMENT, None);
    assert_eq!((matched[0].showing, matched[0].fact.is_some()), (Showing::OtherAmount, true));
}

#[test]
fn an_attempt_that_is_not_there_learns_nothing_and_another_s_entries_are_not_its_own() {
    let mut payment = payment();
    assert_eq!(on_entries(&payment, 3, &[out("")], STATEMENT, None), []);
    payment.attempts[0].booked = vec![out("")];
    let showing = |number| on_entries(&payment, number, &[out("")], STATEMENT, None)[0].fact.is_some();
    assert_eq!([showing(1), showing(2)], [false, true]);
}
