//! Where a payment stands in its run: nobody tells by a number in the public log who a worker is, or follows her from
//! month to month.
use proptest::prelude::*;
use upah_core::obligation::{ObligationKey, Pepper};
use upah_core::run::{Place, RunId};

const PEPPER: Pepper = Pepper([7; 32]);
const RUNS: u64 = 7_200;

fn run(n: u64) -> RunId {
    RunId::from_random((n << 14).to_be_bytes())
}

fn key(worker: u8) -> ObligationKey {
    ObligationKey([worker; 32])
}

/// Who of these workers stands where.
fn order(run: &RunId, workers: u8, pepper: &Pepper) -> Vec<u8> {
    let mut order: Vec<u8> = (0..workers).collect();
    order.sort_by_key(|worker| run.place_of(&key(*worker), pepper));
    order
}

/// The order of three workers as a number below 6.
fn rank(order: &[u8]) -> usize {
    usize::from(order[0]) * 2 + usize::from(order[1] > order[2])
}

/// Both of 36 pairs of orders, each as often as chance would have it: 200 times, within 4.5 standard deviations. The
/// runs are always the same ones, so the numbers are too.
fn unrelated(pairs: impl Iterator<Item = (usize, usize)>) -> bool {
    let mut seen = [[0u32; 6]; 6];
    pairs.for_each(|(one, other)| seen[one][other] += 1);
    seen.as_flattened().iter().all(|times| (137..=263).contains(times))
}

#[test]
fn her_place_in_one_run_says_nothing_of_her_place_in_the_next() {
    let of = |n: u64| rank(&order(&run(n), 3, &PEPPER));
    assert!(unrelated((0..RUNS).map(|n| (of(n), of(n + 1)))));
}

#[test]
fn her_place_says_nothing_to_whoever_guesses_her_id_and_has_another_pepper() {
    let of = |n: u64, pepper: u8| rank(&order(&run(n), 3, &Pepper([pepper; 32])));
    assert!(unrelated((0..RUNS).map(|n| (of(n, 1), of(n, 2)))));
}

#[test]
fn a_run_that_is_told_again_gives_everybody_the_number_that_she_had() {
    for n in 0..20 {
        assert_eq!(order(&run(n), 50, &PEPPER), order(&run(n), 50, &PEPPER.clone()));
    }
}

proptest! {
    /// A run that nobody can hold at once is gone through part by part.
    #[test]
    fn nobody_is_left_out_between_two_parts_of_a_large_run(of in 1u64..40, n in any::<u64>()) {
        let mut places: Vec<Place> = (0..200).map(|worker| run(n).place_of(&key(worker), &PEPPER)).collect();
        places.sort();
        let parts: Vec<u64> = places.iter().map(|place| place.part(of)).collect();
        prop_assert!(parts.is_sorted() && parts.iter().all(|part| *part < of), "{parts:?}");
        prop_assert!(of > 4 || (0..of).all(|part| parts.contains(&part)), "as many in each as in any other: {parts:?}");
    }
}
