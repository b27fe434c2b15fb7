//! Notes, keys, checkpoints and proof files: what is read, what is refused, and that no text panics.
#![allow(clippy::unwrap_used)]

mod common;

use common::{leaves, tree};
use data_encoding::BASE64;
use proptest::prelude::*;
use upah_tlog::tlog_proof::EXTRA_BYTES_MAX;
use upah_tlog::{
    Checkpoint, CheckpointError, Hash, KeyError, LEAVES_MAX, NoteError, ProofError, SignedNote, SigningKey, TlogProof,
    TlogProofError, VerifyingKey, empty_root, inclusion_proof, leaf_hash,
};

const ORIGIN: &str = "upah.example/test";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_signed_is_read_back_and_believed(text in text_lines(), name in key_name()) {
        let key = SigningKey::from_seed(&name, &[5; 32]).unwrap();
        let note = key.sign_note(&text).unwrap();
        let read = SignedNote::parse(&note.to_string()).unwrap();
        prop_assert_eq!(&read, &note);
        prop_assert_eq!(read.verify(&[key.verifying_key()]), Ok(&text[..]));
    }

    #[test]
    fn verification_keys_are_read_back(name in key_name(), seed: [u8; 32]) {
        let key = SigningKey::from_seed(&name, &seed).unwrap();
        let vkey = key.verifying_key();
        prop_assert_eq!(&VerifyingKey::parse(&vkey.to_string()).unwrap(), vkey);
    }

    #[test]
    fn checkpoints_are_read_back(
        origin in key_name(),
        size in 1..=LEAVES_MAX,
        root: [u8; 32],
        extensions in prop::collection::vec("[^\\x00-\\x1f]{1,9}", 0..3),
    ) {
        let checkpoint = Checkpoint::new(&origin, size, Hash(root)).unwrap();
        let checkpoint = extensions
            .iter()
            .try_fold(checkpoint, |checkpoint, line| checkpoint.with_extension(line))
            .unwrap();
        prop_assert_eq!(&Checkpoint::parse_body(&checkpoint.to_string()).unwrap(), &checkpoint);
        let key = SigningKey::from_seed(&origin, &[5; 32]).unwrap();
        let signed = checkpoint.sign(&key).unwrap();
        prop_assert_eq!(&Checkpoint::open(&signed, key.verifying_key()).unwrap(), &checkpoint);
        prop_assert_eq!(&Checkpoint::open_unverified(&signed).unwrap(), &checkpoint);
    }

    #[test]
    fn proof_files_are_read_back_and_hold(
        size in 1..600_u64,
        pick: u64,
        extra in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let index = pick % size;
        let mut proof = proof_file(index, size);
        if !extra.is_empty() {
            proof = proof.with_extra(&extra).unwrap();
        }
        let read = TlogProof::parse(&proof.to_string()).unwrap();
        prop_assert_eq!(&read, &proof);
        prop_assert_eq!(read.unauthenticated_extra(), &extra[..]);
        let key = log_key();
        let leaf = leaves(size)[index as usize];
        prop_assert_eq!(read.verify(&leaf, key.verifying_key()).unwrap().size(), size);
        let refused = read.verify(&leaf_hash(b"another"), key.verifying_key());
        prop_assert_eq!(refused, Err(ProofError::NotIncluded.into()));
    }

    /// Index, path, origin, size, root and signature: nothing in the file may change, the size
    /// included, which a path alone would not bind.
    #[test]
    fn one_flipped_bit_anywhere_in_a_proof_file_ends_it(
        size in 1..600_u64,
        pick: u64,
        at: prop::sample::Index,
        bit in 0..8_u32,
    ) {
        let index = pick % size;
        let mut bytes = proof_file(index, size).to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        if let Ok(text) = String::from_utf8(bytes) {
            let leaf = leaves(size)[index as usize];
            let key = log_key();
            let verdict = TlogProof::parse(&text)
                .and_then(|proof| proof.verify(&leaf, key.verifying_key()));
            prop_assert!(verdict.is_err(), "{}", text);
        }
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in any_text()) {
        parse_everything(&text);
    }

    #[test]
    fn no_damaged_proof_file_makes_a_parser_panic(
        from: prop::sample::Index,
        len in 0..40_usize,
        patch in any_text(),
    ) {
        let text = proof_file(5, 9).to_string();
        let chars: Vec<_> = text.chars().collect();
        let from = from.index(chars.len());
        let to = (from + len).min(chars.len());
        let head: String = chars[..from].iter().collect();
        let tail: String = chars[to..].iter().collect();
        parse_everything(&format!("{head}{patch}{tail}"));
    }
}

#[test]
fn a_text_with_blank_lines_is_split_from_its_signatures_at_the_last_one() {
    let key = log_key();
    let text = "one\n\n\n— looks like a signature\n\ntwo\n";
    let note = key.sign_note(text).unwrap().to_string();
    let read = SignedNote::parse(&note).unwrap();
    assert_eq!(read.verify(&[key.verifying_key()]), Ok(text));
}

#[test]
fn malformed_notes_are_refused_by_name() {
    let good = log_key().sign_note("text\n").unwrap().to_string();
    let line = good.lines().last().unwrap();
    let malformed = NoteError::MalformedSignature { line: 1 };
    for (note, error) in [
        (String::new(), NoteError::NoFinalLineFeed),
        ("text\n".into(), NoteError::NoBlankLine),
        ("text\n\n".into(), NoteError::NoBlankLine),
        (format!("text\n{line}\n"), NoteError::NoBlankLine),
        ("text\n\n\n".into(), malformed.clone()),
        (good.trim_end().into(), NoteError::NoFinalLineFeed),
        (good.replace("text\n", "text\r\n"), NoteError::ControlCharacter),
        (good.replace("text", "te\tt"), NoteError::ControlCharacter),
        (good.replace("—", "-"), malformed.clone()),
        (good.replace("— ", "—  "), malformed.clone()),
        (good.replace("— ", "— a+"), malformed.clone()),
        (good.replace(ORIGIN, "a\u{a0}b"), malformed.clone()),
        (good.replace(line, "— name AAAAAA=="), malformed.clone()),
        (good.replace(line, "— name"), malformed),
        (format!("{good}trailing\n"), NoteError::MalformedSignature { line: 2 }),
        ("a".repeat(1_000_001), NoteError::TooLong),
    ] {
        assert_eq!(SignedNote::parse(&note), Err(error), "{note:.80}");
    }
}

#[test]
fn texts_that_could_not_be_read_back_are_not_signed() {
    let key = log_key();
    assert_eq!(key.sign_note("text"), Err(NoteError::NoFinalLineFeed));
    assert_eq!(key.sign_note(""), Err(NoteError::NoFinalLineFeed));
    assert_eq!(key.sign_note("a\0b\n"), Err(NoteError::ControlCharacter));
    let long = "a\n".repeat(300_000);
    assert_eq!(key.sign_note(&long), Err(NoteError::TooLong));
}

#[test]
fn signatures_of_strangers_are_ignored_even_with_our_name_or_our_id() {
    let key = log_key();
    let known = [key.verifying_key()];
    let stranger = SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap();
    let mut note = stranger.sign_note("text\n").unwrap();
    assert_eq!(note.verify(&known), Err(NoteError::NotSignedByKnownKey));
    note.add_signature(&key).unwrap();
    assert_eq!(note.verify(&known), Ok("text\n"));

    // Our id under another name, and a type of signature nobody knows.
    let mut field = key.verifying_key().key_id().to_be_bytes().to_vec();
    field.push(0xff);
    let odd = format!("{note}— someone.else {}\n", BASE64.encode(&field));
    assert_eq!(SignedNote::parse(&odd).unwrap().verify(&known), Ok("text\n"));
}

#[test]
fn one_wrong_signature_of_a_known_key_refuses_the_whole_note() {
    let key = log_key();
    let known = [key.verifying_key()];
    let other_line = key.sign_note("other\n").unwrap().to_string();
    let other_line = other_line.lines().last().unwrap();
    let good = key.sign_note("text\n").unwrap();
    assert_eq!(good.verify(&known), Ok("text\n"));
    let wrong = NoteError::WrongSignature { name: ORIGIN.into() };
    let both = SignedNote::parse(&format!("{good}{other_line}\n")).unwrap();
    assert_eq!(both.verify(&known), Err(wrong.clone()));
    // Cut short, it is still said to be ours.
    let mut field = key.verifying_key().key_id().to_be_bytes().to_vec();
    field.extend([7; 63]);
    let short = format!("{good}— {ORIGIN} {}\n", BASE64.encode(&field));
    assert_eq!(SignedNote::parse(&short).unwrap().verify(&known), Err(wrong));
    assert_eq!(good.verify(&[]), Err(NoteError::NotSignedByKnownKey));
}

#[test]
fn a_rotated_key_signs_beside_the_old_one_and_either_opens() {
    let old = log_key();
    let new = SigningKey::from_seed(ORIGIN, &[2; 32]).unwrap();
    let checkpoint = Checkpoint::new(ORIGIN, 3, leaf_hash(b"")).unwrap();
    let mut note = SignedNote::parse(&checkpoint.sign(&old).unwrap()).unwrap();
    note.add_signature(&new).unwrap();
    note.add_signature(&new).unwrap();
    assert_eq!(note.signatures().len(), 2);
    for key in [&old, &new] {
        let opened = Checkpoint::open(&note.to_string(), key.verifying_key());
        assert_eq!(opened.as_ref(), Ok(&checkpoint));
    }
}

#[test]
fn sixty_four_signatures_are_read_and_no_more() {
    let mut note = log_key().sign_note("text\n").unwrap();
    for n in 1..64 {
        let name = format!("witness{n}");
        let witness = SigningKey::from_seed(&name, &[n; 32]).unwrap();
        note.add_signature(&witness).unwrap();
    }
    let full = SignedNote::parse(&note.to_string()).unwrap();
    assert_eq!(full.verify(&[log_key().verifying_key()]), Ok("text\n"));
    let one_more = SigningKey::from_seed("one.more", &[0; 32]).unwrap();
    let too_many = Err(NoteError::TooManySignatures);
    assert_eq!(note.add_signature(&one_more), too_many);
    let line = note.signatures()[1].clone();
    let crowded = SignedNote::parse(&format!("{note}{line}\n"));
    assert_eq!(crowded, Err(NoteError::TooManySignatures));
}

#[test]
fn wrong_verification_keys_are_refused_by_name() {
    let good = log_key().verifying_key().to_string();
    let (name_and_id, base64) = good.rsplit_once('+').unwrap();
    let typed = |bytes: &[u8]| format!("{name_and_id}+{}", BASE64.encode(bytes));
    let no_point = [&[1, 2][..], &[0; 31]].concat();
    let second_spelling = [&[1][..], &[0xff; 32]].concat();
    let weak = [&[1, 1][..], &[0; 31]].concat();
    for (vkey, error) in [
        (String::new(), KeyError::Form),
        ("name+00000000".into(), KeyError::Form),
        (good.replace("upah", "gaji"), KeyError::IdDiffers),
        (good.replace("upah", "up ah"), KeyError::Name),
        (format!("+00000000+{base64}"), KeyError::Name),
        (format!("name+000000+{base64}"), KeyError::Id),
        (format!("name+zzzzzzzz+{base64}"), KeyError::Id),
        ("name+00000000+?".into(), KeyError::Base64),
        (format!("{good}\n"), KeyError::Base64),
        (typed(&[]), KeyError::NotUsable),
        (typed(&[1; 32]), KeyError::NotUsable),
        (typed(&no_point), KeyError::NotUsable),
        (typed(&second_spelling), KeyError::NotUsable),
        (typed(&weak), KeyError::NotUsable),
        (typed(&[6; 33]), KeyError::UnknownType { kind: 6, wanted: 1 }),
    ] {
        assert_eq!(VerifyingKey::parse(&vkey), Err(error), "{vkey}");
    }
    for name in ["", "a b", "a+b", "a\u{2003}b", "a\nb", "a\u{1}b"] {
        assert_eq!(SigningKey::from_seed(name, &[1; 32]).err(), Some(KeyError::Name));
    }
}

#[test]
fn a_signing_key_does_not_show_its_secret() {
    let seed = [0xab; 32];
    let shown = format!("{:?}", SigningKey::from_seed(ORIGIN, &seed).unwrap());
    assert!(shown.contains(ORIGIN) && shown.contains("secret"));
    assert!(!shown.to_lowercase().contains("abab") && !shown.contains("171, 171"));
    assert!(!shown.contains(&BASE64.encode(&seed)));
}

#[test]
fn malformed_checkpoints_are_refused_by_name() {
    let root = leaf_hash(b"").to_base64();
    let missing = CheckpointError::MissingLine;
    for (body, error) in [
        (String::new(), missing.clone()),
        (format!("origin\n5\n{root}"), missing.clone()),
        ("origin\n5\n".into(), missing),
        (format!("\n5\n{root}\n"), CheckpointError::Line),
        (format!("origin\n5\n{root}\n\n"), CheckpointError::Line),
        (format!("ori\tgin\n5\n{root}\n"), CheckpointError::Line),
        (format!("origin\n05\n{root}\n"), CheckpointError::Size),
        (format!("origin\n+5\n{root}\n"), CheckpointError::Size),
        (format!("origin\n-5\n{root}\n"), CheckpointError::Size),
        (format!("origin\n\n{root}\n"), CheckpointError::Size),
        (format!("origin\n4611686018427387905\n{root}\n"), CheckpointError::Size),
        (format!("origin\n0\n{root}\n"), CheckpointError::EmptyWithOtherRoot),
    ] {
        assert_eq!(Checkpoint::parse_body(&body), Err(error), "{body:?}");
    }
    for root in ["", "AAAA", "bad", &root[1..], &root.replace('=', "")] {
        let body = format!("origin\n5\n{root}\n");
        let refused = Checkpoint::parse_body(&body);
        assert!(matches!(refused, Err(CheckpointError::Root(_))), "{body:?}");
    }
    assert!(Checkpoint::new("origin", 0, empty_root()).is_ok());
    let two_lines = Checkpoint::new("a\n7", 1, empty_root());
    assert_eq!(two_lines, Err(CheckpointError::Line));
}

#[test]
fn a_key_of_one_log_cannot_speak_for_another() {
    let key = log_key();
    let checkpoint = Checkpoint::new("upah.example/another", 3, leaf_hash(b"")).unwrap();
    let other = CheckpointError::OtherOrigin { origin: "upah.example/another".into(), key_name: ORIGIN.into() };
    assert_eq!(checkpoint.sign(&key), Err(other.clone()));
    let note = key.sign_note(&checkpoint.to_string()).unwrap().to_string();
    assert_eq!(Checkpoint::open(&note, key.verifying_key()), Err(other));
    assert_eq!(Checkpoint::open_unverified(&note), Ok(checkpoint));
}

#[test]
fn a_checkpoint_signed_by_a_stranger_is_not_believed() {
    let stranger = SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap();
    let checkpoint = Checkpoint::new(ORIGIN, 3, leaf_hash(b"")).unwrap();
    let note = checkpoint.sign(&stranger).unwrap();
    let refused = Checkpoint::open(&note, log_key().verifying_key());
    assert_eq!(refused, Err(NoteError::NotSignedByKnownKey.into()));
}

#[test]
fn malformed_proof_files_are_refused_by_name() {
    let good = proof_file(5, 9).to_string();
    let first_hash = good.lines().nth(2).unwrap();
    let hash_line = format!("{first_hash}\n");
    let many = hash_line.repeat(64);
    for (text, error) in [
        (String::new(), TlogProofError::Header),
        (good.replace("@v1", "@v2"), TlogProofError::Header),
        (format!("\n{good}"), TlogProofError::Header),
        (good.replace("index 5", "index 05"), TlogProofError::Index),
        (good.replace("index 5", "Index 5"), TlogProofError::Index),
        (good.replace("index 5\n", ""), TlogProofError::Index),
        (good.replace("index", "extra \nindex"), TlogProofError::Extra),
        (good.replace("index", "extra ?\nindex"), TlogProofError::Extra),
        (good.replace("index", "extra AA==\nextra AA==\nindex"), TlogProofError::Index),
        (good.replace(&hash_line, &many), ProofError::TooManyHashes.into()),
        (good.replace("\n\nupah", "\n"), TlogProofError::NoCheckpoint),
        (good.replace("index 5", "index 9"), ProofError::NoSuchEntry { index: 9, size: 9 }.into()),
        ("a".repeat(2_000_000), TlogProofError::TooLong),
    ] {
        let refused = TlogProof::parse(&text);
        let same = match (&refused, &error) {
            // Without its blank line a proof runs on into the checkpoint, whose lines are no hashes.
            (Err(TlogProofError::Path { .. }), TlogProofError::NoCheckpoint) => true,
            (refused, error) => refused.as_ref() == Err(error),
        };
        assert!(same, "{refused:?} instead of {error:?} for {text:.120}");
    }
    let end_of_file = TlogProof::parse("c2sp.org/tlog-proof@v1\nindex 0\n");
    assert_eq!(end_of_file, Err(TlogProofError::NoCheckpoint));
    let proof = proof_file(0, 1);
    assert_eq!(proof.clone().with_extra(&[]), Err(TlogProofError::Extra));
    let long = vec![0; EXTRA_BYTES_MAX + 1];
    assert_eq!(proof.clone().with_extra(&long), Err(TlogProofError::Extra));
    let longest = proof.with_extra(&long[1..]).unwrap();
    assert_eq!(TlogProof::parse(&longest.to_string()), Ok(longest));
}

/// A made-up key for tests.
fn log_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn proof_file(index: u64, size: u64) -> TlogProof {
    let tree = tree(size);
    let checkpoint = Checkpoint::new(ORIGIN, size, tree.root()).unwrap();
    let signed = checkpoint.sign(&log_key()).unwrap();
    let path = inclusion_proof(index, size, &tree).unwrap();
    TlogProof::new(index, path, &signed).unwrap()
}

fn parse_everything(text: &str) {
    let _ = SignedNote::parse(text).map(|note| assert_eq!(note.to_string(), text));
    let _ = TlogProof::parse(text).map(|proof| assert_eq!(proof.to_string(), text));
    let _ = Checkpoint::parse_body(text).map(|body| assert_eq!(body.to_string(), text));
    let _ = Checkpoint::open_unverified(text);
    let _ = VerifyingKey::parse(text);
    let _ = Hash::from_hex(text);
    let _ = Hash::from_base64(text).map(|hash| assert_eq!(hash.to_base64(), text));
}

fn key_name() -> impl Strategy<Value = String> {
    "[a-zé/.0-9-]{1,20}"
}

fn text_lines() -> impl Strategy<Value = String> {
    prop::collection::vec("[^\\x00-\\x1f]{0,12}", 1..6).prop_map(|lines| lines.join("\n") + "\n")
}

/// Any text, and texts out of the pieces that the parsers look for.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("— ".to_owned()),
        Just("+".to_owned()),
        Just(" ".to_owned()),
        Just("c2sp.org/tlog-proof@v1\n".to_owned()),
        Just("index 0\n".to_owned()),
        Just("extra ".to_owned()),
        Just("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n".to_owned()),
        "[A-Za-z0-9+/]{0,8}={0,2}",
        "[0-9]{1,22}",
        "\\PC{0,6}",
    ];
    let pieces = prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat());
    prop_oneof![any::<String>(), pieces]
}
