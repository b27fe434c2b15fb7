//! Two workers put their slips beside each other: one book is never called two, and two are never called one.
use crate::book::{Book, ORIGIN, Told, key};
use proptest::prelude::*;
use upah_slip::{Glimpse, History};
use upah_tlog::{Checkpoint, Hash, MemoryTree, TlogProof, consistency_proof, inclusion_proof, leaf_hash};

/// A log of numbered entries; from `fork` on another one.
fn log(size: u64, fork: u64) -> MemoryTree {
    (0..size).map(|n| leaf_hash(entry(n, fork).as_bytes())).collect()
}

fn entry(n: u64, fork: u64) -> String {
    if n < fork { format!("entry {n}") } else { format!("another entry {n}") }
}

fn head(tree: &MemoryTree) -> Checkpoint {
    Checkpoint::new(ORIGIN, tree.size(), tree.root()).unwrap()
}

fn seen(tree: &MemoryTree, index: u64, fork: u64) -> Glimpse {
    let path = inclusion_proof(index, tree.size(), tree).unwrap();
    let proof = TlogProof::new(index, path, &head(tree).sign(&key(1)).unwrap()).unwrap();
    Glimpse::of_proof(&proof, entry(index, fork).as_bytes()).unwrap()
}

const NEVER: u64 = u64::MAX;

proptest! {
    #[test]
    fn slips_of_one_book_never_accuse_the_employer_of_two(
        sizes in (1..600u64, 0..600u64), at in (any::<u64>(), any::<u64>())
    ) {
        let (small, large) = (log(sizes.0, NEVER), log(sizes.0 + sizes.1, NEVER));
        let (one, other) = (seen(&small, at.0 % small.size(), NEVER), seen(&large, at.1 % large.size(), NEVER));
        for history in [one.beside(&other), other.beside(&one)] {
            prop_assert!(matches!(history, History::OneBook | History::NotShown), "{history:?}");
            prop_assert!(sizes.1 > 0 || history == History::OneBook, "the same root is the same book");
        }
        if sizes.1 > 0 {
            let proof = consistency_proof(small.size(), large.size(), &large).unwrap();
            let growth = Glimpse::of_growth(&head(&large), small.size(), &small.root(), &proof).unwrap();
            prop_assert_eq!(growth.beside(&one), History::OneBook);
            let mut both = other.clone();
            both.join(&growth);
            prop_assert_eq!(both.beside(&one), History::OneBook);
        }
    }

    #[test]
    fn slips_of_two_books_are_never_called_one(
        sizes in (2..600u64, 0..600u64), at in (any::<u64>(), any::<u64>()), fork in any::<u64>()
    ) {
        let fork = fork % sizes.0;
        let (small, large) = (log(sizes.0, NEVER), log(sizes.0 + sizes.1, fork));
        let (one, other) = (seen(&small, at.0 % small.size(), NEVER), seen(&large, at.1 % large.size(), fork));
        for history in [one.beside(&other), other.beside(&one)] {
            prop_assert!(matches!(history, History::TwoBooks | History::NotShown), "{history:?}");
            prop_assert!(sizes.1 > 0 || history == History::TwoBooks, "two roots of one size");
        }
        // Who holds a proof of the entry where they part has shown it.
        let (there, elsewhere) = (seen(&small, fork, NEVER), seen(&large, fork, fork));
        prop_assert_eq!(there.beside(&elsewhere), History::TwoBooks);
        if sizes.1 > 0 {
            let proof = consistency_proof(small.size(), large.size(), &large).unwrap();
            prop_assert!(Glimpse::of_growth(&head(&large), small.size(), &small.root(), &proof).is_none());
        }
    }

    #[test]
    fn the_whole_of_a_smaller_book_is_shown_by_proofs_of_all_its_entries(sizes in (1..80u64, 1..80u64)) {
        let (small, large) = (log(sizes.0, NEVER), log(sizes.0 + sizes.1, NEVER));
        let mut all = seen(&large, 0, NEVER);
        (1..small.size()).for_each(|index| all.join(&seen(&large, index, NEVER)));
        prop_assert_eq!(all.beside(&Glimpse::of_checkpoint(&head(&small))), History::OneBook);
    }
}

#[test]
fn two_workers_of_one_run_see_one_book_and_a_forked_run_is_found_out() {
    let book = Book::of(&Told::default());
    let (siti, budi) = (Glimpse::of_slip(&book.siti()).unwrap(), Glimpse::of_slip(&book.budi()).unwrap());
    assert_eq!(siti.beside(&budi), History::OneBook);
    // The employer keeps another book for Budi, in which Siti was promised less.
    let other = Book::of(&Told { amount: 500_000, ..Told::default() });
    let shown = Glimpse::of_slip(&other.budi()).unwrap();
    assert_eq!(siti.beside(&shown), History::TwoBooks);
}

#[test]
fn a_slip_whose_proof_was_changed_shows_nothing() {
    let mut slip = Book::of(&Told::default()).siti();
    let entry = slip.payment[0].entry.as_mut().unwrap();
    entry.path[0] = Hash([9; 32]);
    assert!(Glimpse::of_slip(&slip).is_none());
}

#[test]
fn logs_of_other_names_are_not_compared() {
    let tree = log(5, NEVER);
    let other = Checkpoint::new("upah.example/lain", tree.size(), tree.root()).unwrap();
    let history = Glimpse::of_checkpoint(&head(&tree)).beside(&Glimpse::of_checkpoint(&other));
    assert_eq!(history, History::OtherLogs);
}
