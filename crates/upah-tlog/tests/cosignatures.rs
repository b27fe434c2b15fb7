//! What a witness vouches for: at a time, for one head of one log, and nobody else's signature passes for it.
#![allow(clippy::unwrap_used)]

use data_encoding::BASE64;
use proptest::prelude::*;
use upah_tlog::{Checkpoint, Hash, NoteError, SignedNote, SigningKey, WitnessKey, WitnessSigner};

const ORIGIN: &str = "upah.example/test";
const TIME: u64 = 1_796_000_000;

fn log_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn witness(n: u8) -> WitnessSigner {
    WitnessSigner::from_seed(&format!("saksi.example/{n}"), &[100 + n; 32]).unwrap()
}

fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint::new(ORIGIN, size, Hash([7; 32])).unwrap()
}

fn line(signer: &WitnessSigner, checkpoint: &Checkpoint, time: u64) -> String {
    format!("{}\n", signer.cosign(checkpoint, time).unwrap())
}

/// A head that these witnesses cosigned, one line for each time.
fn cosigned(by: &[(u8, u64)]) -> SignedNote {
    let head = checkpoint(5);
    let lines: String = by.iter().map(|(n, time)| line(&witness(*n), &head, *time)).collect();
    SignedNote::parse(&format!("{}{lines}", head.sign(&log_key()).unwrap())).unwrap()
}

fn times(note: &SignedNote, witnesses: &[&WitnessSigner]) -> Result<Vec<u64>, NoteError> {
    let keys: Vec<&WitnessKey> = witnesses.iter().map(|one| one.verifying_key()).collect();
    Ok(note.cosignatures(&keys)?.iter().map(|one| one.time).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_a_witness_signs_is_read_back_with_its_time(time in 1..=i64::MAX as u64, size in 1..1_000_000_u64) {
        let head = checkpoint(size);
        let text = format!("{}{}", head.sign(&log_key()).unwrap(), line(&witness(1), &head, time));
        let note = SignedNote::parse(&text).unwrap();
        prop_assert_eq!(times(&note, &[&witness(1)]), Ok(vec![time]));
        // Beside the log's own signature, which nothing of it touches.
        prop_assert_eq!(Checkpoint::open(&text, log_key().verifying_key()), Ok(head));
    }

    #[test]
    fn one_flipped_bit_of_a_cosignature_or_of_its_head_refuses_the_note(at: prop::sample::Index, bit in 0..8_u32) {
        let note = cosigned(&[(1, TIME)]);
        let field = note.signatures()[1].bytes().to_vec();
        let mut changed = field.clone();
        changed[at.index(field.len())] ^= 1 << bit;
        let wrong = Err(NoteError::WrongSignature { name: witness(1).name().into() });
        let id = witness(1).verifying_key().key_id().to_be_bytes();
        let line = |bytes: &[u8]| format!("— {} {}\n", witness(1).name(), BASE64.encode(&[&id[..], bytes].concat()));
        let text = note.to_string();
        let other = SignedNote::parse(&text.replace(&line(&field), &line(&changed))).unwrap();
        prop_assert_eq!(times(&other, &[&witness(1)]), wrong.clone());
        let other = SignedNote::parse(&text.replace("\n5\n", "\n6\n")).unwrap();
        prop_assert_eq!(times(&other, &[&witness(1)]), wrong);
        // To whoever does not know the witness it is a stranger's line.
        prop_assert_eq!(times(&other, &[&witness(2)]), Ok(vec![]));
    }
}

#[test]
fn a_witness_that_cosigned_twice_counts_once_and_with_its_first_word() {
    let note = cosigned(&[(1, TIME + 60), (2, TIME), (1, TIME + 30), (1, TIME + 90)]);
    assert_eq!(times(&note, &[&witness(1), &witness(2), &witness(3)]), Ok(vec![TIME + 30, TIME]));
}

#[test]
fn one_wrong_cosignature_of_a_known_witness_refuses_the_whole_note_beside_a_good_one() {
    let note = cosigned(&[(1, TIME)]);
    let of_another_head = line(&witness(1), &checkpoint(6), TIME);
    let both = SignedNote::parse(&format!("{note}{of_another_head}")).unwrap();
    let wrong = NoteError::WrongSignature { name: witness(1).name().into() };
    assert_eq!(times(&both, &[&witness(1)]), Err(wrong));
    assert_eq!(times(&both, &[&witness(2)]), Ok(vec![]));
}

#[test]
fn a_log_that_signs_with_a_witness_s_secret_has_not_cosigned() {
    // The same curve point under the log's type has another id; under the witness's id a plain signature is wrong.
    let head = checkpoint(5);
    let same_secret = SigningKey::from_seed(witness(1).name(), &[101; 32]).unwrap();
    assert_eq!(same_secret.verifying_key().public(), witness(1).verifying_key().public());
    let mut note = SignedNote::parse(&head.sign(&log_key()).unwrap()).unwrap();
    note.add_signature(&same_secret).unwrap();
    assert_eq!(times(&note, &[&witness(1)]), Ok(vec![]));
    let plain = note.signatures()[1].bytes();
    let id = witness(1).verifying_key().key_id().to_be_bytes();
    for time in [&[][..], &TIME.to_be_bytes()] {
        let field = BASE64.encode(&[&id[..], time, plain].concat());
        let forged = SignedNote::parse(&format!("{note}— {} {field}\n", witness(1).name())).unwrap();
        assert!(times(&forged, &[&witness(1)]).is_err());
    }
}

#[test]
fn a_time_that_is_no_time_is_neither_signed_nor_believed() {
    for time in [0, 1 << 63, u64::MAX] {
        assert_eq!(witness(1).cosign(&checkpoint(5), time), None);
    }
}

#[test]
fn two_copies_of_a_head_are_joined_and_nothing_of_another_head_comes_in() {
    let (mut one, two) = (cosigned(&[(1, TIME), (2, TIME)]), cosigned(&[(2, TIME + 9), (3, TIME)]));
    one.join(&two).unwrap();
    assert_eq!(one, cosigned(&[(1, TIME), (2, TIME), (3, TIME)]));
    let other = SignedNote::parse(&checkpoint(6).sign(&log_key()).unwrap()).unwrap();
    assert_eq!(one.join(&other), Err(NoteError::OtherText));
}

#[test]
fn an_answer_is_taken_over_once_and_a_wrong_one_not_at_all() {
    let head = checkpoint(5);
    let bare = SignedNote::parse(&head.sign(&log_key()).unwrap()).unwrap();
    let keys = [witness(1), witness(2)];
    let keys: Vec<&WitnessKey> = keys.iter().map(WitnessSigner::verifying_key).collect();
    let (one, two, stranger) =
        (line(&witness(1), &head, TIME), line(&witness(2), &head, TIME), line(&witness(3), &head, TIME));

    let mut note = bare.clone();
    let taken = note.take_cosignatures(&format!("{stranger}{two}{one}"), &keys).unwrap();
    assert_eq!(taken.iter().map(|taken| taken.witness).collect::<Vec<_>>(), keys);
    assert_eq!(note, cosigned(&[(1, TIME), (2, TIME)]), "the stranger's line stays out");
    let before = note.clone();
    assert_eq!(note.take_cosignatures(&line(&witness(1), &head, TIME + 9), &keys).unwrap().len(), 1);
    assert_eq!(note, before, "the earlier word is kept");

    for wrong in ["", "nonsense\n", &line(&witness(1), &checkpoint(6), TIME), one.trim_end()] {
        let mut note = bare.clone();
        assert!(note.take_cosignatures(wrong, &keys).is_err(), "{wrong:?}");
        assert_eq!(note, bare);
    }
    let mut note = bare.clone();
    assert_eq!(note.take_cosignatures(&stranger, &keys), Ok(Vec::new()));
    assert_eq!(note, bare);
}
