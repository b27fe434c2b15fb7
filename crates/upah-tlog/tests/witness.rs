//! What a witness answers: the table of the standard, and that no chain of requests takes a log back.
#![allow(clippy::unwrap_used)]

mod common;

use common::{leaves, tree};
use proptest::prelude::*;
use upah_tlog::witness::{AddCheckpoint, Answer, REQUEST_BYTES_MAX, RequestError, decide};
use upah_tlog::{
    Checkpoint, Hash, MemoryTree, ProofError, SignedNote, SigningKey, VerifyingKey, consistency_proof, empty_root,
    leaf_hash, root_at, verify_consistency,
};

const ORIGIN: &str = "upah.example/test";

fn key(origin: &str, n: u8) -> SigningKey {
    SigningKey::from_seed(origin, &[n; 32]).unwrap()
}

fn head(tree: &MemoryTree, size: u64) -> Checkpoint {
    Checkpoint::new(ORIGIN, size, root_at(size, tree).unwrap()).unwrap()
}

fn note(head: &Checkpoint) -> SignedNote {
    SignedNote::parse(&head.sign(&key(ORIGIN, 1)).unwrap()).unwrap()
}

fn request(old: u64, proof: Vec<Hash>, head: &Checkpoint) -> AddCheckpoint {
    AddCheckpoint::new(old, proof, note(head)).unwrap()
}

/// The request of an honest log that grows from `old` to `new`.
fn growing(tree: &MemoryTree, old: u64, new: u64) -> AddCheckpoint {
    let proof = consistency_proof(old, new, tree).unwrap_or_default();
    request(old, proof, &head(tree, new))
}

fn answer(request: &AddCheckpoint, seen: Option<&Checkpoint>) -> Answer {
    let known = key(ORIGIN, 1);
    decide(request, &[known.verifying_key()], seen)
}

/// Where verifiers disagree: what is decided here, on each edge.
#[test]
fn the_edges_on_which_verifiers_disagree() {
    let log = tree(8);
    let other: MemoryTree = leaves(8).into_iter().rev().collect();
    let (five, eight) = (head(&log, 5), head(&log, 8));
    let junk = vec![leaf_hash(b"x")];

    // From nothing: proves nothing, and only the witness says so with an empty proof.
    assert_eq!(verify_consistency(0, 8, &[], &empty_root(), eight.root()), Err(ProofError::OldIsEmpty));
    assert_eq!(answer(&request(0, vec![], &eight), None), Answer::Cosign(eight.clone()));
    assert_eq!(answer(&request(0, junk.clone(), &eight), None), Answer::Inconsistent);
    // An empty log has one root, and may be seen before it has entries.
    let empty = Checkpoint::new(ORIGIN, 0, empty_root()).unwrap();
    assert_eq!(answer(&request(0, vec![], &empty), None), Answer::Cosign(empty.clone()));
    assert_eq!(answer(&request(0, vec![], &empty), Some(&empty)), Answer::Cosign(empty.clone()));
    assert_eq!(answer(&request(0, vec![], &eight), Some(&empty)), Answer::Cosign(eight.clone()));
    assert_eq!(answer(&request(0, junk.clone(), &eight), Some(&empty)), Answer::Inconsistent);
    let text = format!("{ORIGIN}\n0\n{}\n", leaf_hash(b"x").to_base64());
    let with_a_root = AddCheckpoint::new(0, vec![], key(ORIGIN, 1).sign_note(&text).unwrap()).unwrap();
    assert_eq!(answer(&with_a_root, None), Answer::Inconsistent);
    // Equal sizes: an empty proof and equal roots.
    assert_eq!(answer(&request(5, vec![], &five), Some(&five)), Answer::Cosign(five.clone()));
    assert_eq!(answer(&request(5, junk.clone(), &five), Some(&five)), Answer::Inconsistent);
    assert_eq!(answer(&request(5, vec![], &head(&other, 5)), Some(&five)), Answer::Inconsistent);
    assert_eq!(verify_consistency(5, 5, &junk, five.root(), five.root()), Err(ProofError::TooManyHashes));
    // Roots are 32 bytes by their type.
    for short in ["", "AAAA", &"AAAA".repeat(11)] {
        assert!(Hash::from_base64(short).is_err(), "{short}");
    }
    // 63 hashes are read, 64 are not; and 63 prove nothing about a small log.
    assert_eq!(answer(&request(5, vec![junk[0]; 63], &eight), Some(&five)), Answer::Inconsistent);
    let too_many = AddCheckpoint::new(5, vec![junk[0]; 64], note(&eight));
    assert_eq!(too_many, Err(RequestError::TooManyHashes));
}

#[test]
fn each_refusal_has_its_status() {
    let log = tree(8);
    let (five, seven, eight) = (head(&log, 5), head(&log, 7), head(&log, 8));
    let good = growing(&log, 5, 8);
    let known = key(ORIGIN, 1);
    let stranger = key("upah.example/other", 1);
    let next_key = key(ORIGIN, 2);
    let decide = |request: &AddCheckpoint, keys: &[&VerifyingKey], seen| {
        let answer = decide(request, keys, seen);
        (answer.status(), answer)
    };
    let (ours, theirs, rotated) = (known.verifying_key(), stranger.verifying_key(), next_key.verifying_key());
    assert_eq!(decide(&good, &[theirs, ours], Some(&five)), (200, Answer::Cosign(eight.clone())));
    assert_eq!(decide(&good, &[rotated, ours], Some(&five)), (200, Answer::Cosign(eight.clone())));
    assert_eq!(decide(&good, &[theirs], Some(&five)), (404, Answer::UnknownLog));
    assert_eq!(decide(&good, &[], None), (404, Answer::UnknownLog));
    assert_eq!(decide(&good, &[rotated], Some(&five)), (403, Answer::NotSigned));
    // A known key that signed something else spoils the note, whatever stands beside it.
    let mut spoilt = note(&eight);
    spoilt.add_signature(&next_key).unwrap();
    let spoilt =
        spoilt.to_string().replace(&note(&eight).signatures()[0].to_string(), &note(&five).signatures()[0].to_string());
    let spoilt = AddCheckpoint::new(5, vec![], SignedNote::parse(&spoilt).unwrap()).unwrap();
    assert_eq!(decide(&spoilt, &[ours, rotated], Some(&five)).0, 403);
    assert_eq!(decide(&good, &[ours], None), (409, Answer::OtherSize { seen: 0 }));
    assert_eq!(decide(&good, &[ours], Some(&seven)), (409, Answer::OtherSize { seen: 7 }));
    assert_eq!(decide(&request(8, vec![], &five), &[ours], Some(&eight)), (400, Answer::Malformed));
    assert_eq!(decide(&request(5, vec![], &eight), &[ours], Some(&five)), (422, Answer::Inconsistent));
    let no_checkpoint = key(ORIGIN, 1).sign_note(&format!("{ORIGIN}\nfive\n")).unwrap();
    let no_checkpoint = AddCheckpoint::new(0, vec![], no_checkpoint).unwrap();
    assert_eq!(decide(&no_checkpoint, &[ours], None), (400, Answer::Malformed));
}

#[test]
fn malformed_requests_are_refused_by_name() {
    let good = growing(&tree(8), 5, 8).to_string();
    let hash = good.lines().nth(1).unwrap();
    let is_hash = |error: &RequestError| matches!(error, RequestError::Hash { line: 1, .. });
    for (text, fits) in [
        (String::new(), (|error| *error == RequestError::OldSize) as fn(&RequestError) -> bool),
        (good.replace("old 5", "old 05"), |error| *error == RequestError::OldSize),
        (good.replace("old 5", "old  5"), |error| *error == RequestError::OldSize),
        (good.replace("old 5", "size 5"), |error| *error == RequestError::OldSize),
        (good.replace("old 5", "old 18446744073709551616"), |error| *error == RequestError::OldSize),
        (good.split("\n\n").next().unwrap().to_owned() + "\n", |error| *error == RequestError::NoCheckpoint),
        (good.replace(&format!("{hash}\n"), &format!("{hash}\n").repeat(64)), |e| *e == RequestError::TooManyHashes),
        (good.trim_end().to_owned(), |error| matches!(error, RequestError::Note(_))),
        ("a".repeat(REQUEST_BYTES_MAX + 1), |error| *error == RequestError::TooLong),
    ] {
        let error = AddCheckpoint::parse(&text).unwrap_err();
        assert!(fits(&error), "{error:?} for {text:.60}");
    }
    assert!(is_hash(&AddCheckpoint::parse(&good.replace(hash, "AAAA")).unwrap_err()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever is asked in whatever order, of an honest log and of its fork: what was cosigned is one growing history.
    #[test]
    fn a_witness_cosigns_one_growing_history(
        asked in prop::collection::vec((any::<bool>(), 0..24_u64, 0..24_u64, any::<bool>()), 1..40),
    ) {
        let honest = tree(24);
        let mut fork = leaves(24);
        fork[9] = leaf_hash(b"forked");
        let fork: MemoryTree = fork.into_iter().collect();
        let mut seen: Option<Checkpoint> = None;
        for (forked, from, to, knows) in asked {
            let log = if forked { &fork } else { &honest };
            let from = if knows { seen.as_ref().map_or(0, Checkpoint::size) } else { from };
            let request = growing(log, from, to);
            prop_assert_eq!(&AddCheckpoint::parse(&request.to_string()).unwrap(), &request);
            if let Answer::Cosign(new) = answer(&request, seen.as_ref()) {
                if let Some(seen) = &seen {
                    prop_assert!(new.size() >= seen.size());
                    prop_assert_eq!(&root_at(seen.size(), log).unwrap(), seen.root());
                }
                seen = Some(new);
            }
        }
    }

    #[test]
    fn no_request_makes_the_reader_panic(text in "(old |[0-9]{1,3}|\n|\n\n|— |[A-Za-z0-9+/=]{0,50}){0,12}") {
        let _ = AddCheckpoint::parse(&text).map(|request| assert_eq!(request.to_string(), text));
    }
}
