//! Notes, checkpoints, proofs and keys are written back exactly as they were read: two spellings of one
//! signed thing would be two things to whoever compares bytes.
use std::sync::LazyLock;
use upah_tlog::tiles::{Tile, decode_bundle, encode_bundle};
use upah_tlog::witness::{AddCheckpoint, Answer, decide};
use upah_tlog::{Checkpoint, Hash, Policy, SignedNote, SigningKey, TlogProof, VerifyingKey};

/// A key of nobody, for this process alone.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    // proof: a name without space and plus sign is a key's name, and any 32 bytes are a seed.
    SigningKey::from_seed("log.example/2026", &[7; 32]).expect("the name has neither space nor plus sign")
});

/// Reads the bytes as each of the formats, and signs what can be signed.
pub fn target(data: &[u8]) {
    if let Some(entries) = decode_bundle(data) {
        assert_eq!(encode_bundle(entries).as_deref(), Ok(data), "the bundle is written otherwise");
    }
    let Ok(text) = core::str::from_utf8(data) else { return };
    witnessed(text);
    note(text);
    checkpoint(text);
    proof(text);
    key(text);
    sign(text);
    for hash in [Hash::from_hex(text), Hash::from_base64(text)].into_iter().flatten() {
        assert_eq!(Hash::from_hex(&hash.to_hex()), Ok(hash));
        assert_eq!(Hash::from_base64(&hash.to_base64()), Ok(hash));
    }
}

/// What a witness is sent, what an office hands out, and the name of a tile.
fn witnessed(text: &str) {
    if let Ok(request) = AddCheckpoint::parse(text) {
        assert_eq!(request.to_string(), text, "the request is written otherwise");
        let answer = decide(&request, &[KEY.verifying_key()], None);
        assert!(!matches!(answer, Answer::Cosign(_)), "a forged head was cosigned");
    }
    if let Ok(policy) = Policy::parse(text) {
        assert!(policy.logs().len() <= text.lines().count());
    }
    if let Some(tile) = Tile::parse(text) {
        assert_eq!(tile.to_string(), text, "the tile is named otherwise");
    }
}

fn note(text: &str) {
    let Ok(note) = SignedNote::parse(text) else { return };
    assert_eq!(note.to_string(), text, "the note is written otherwise");
    assert!(!note.signatures().is_empty());
    assert!(note.verify(&[]).is_err(), "believed without a key");
    // What the seeds hold was signed by nobody we know.
    assert!(note.verify(&[KEY.verifying_key()]).is_err(), "a forged signature was accepted");
}

fn checkpoint(text: &str) {
    if let Ok(head) = Checkpoint::parse_body(text) {
        assert_eq!(head.to_string(), text, "the checkpoint is written otherwise");
        match head.sign(&KEY) {
            Ok(signed) => assert_eq!(Checkpoint::open(&signed, KEY.verifying_key()), Ok(head)),
            Err(_) => assert_ne!(head.origin(), KEY.name(), "the log's own key must sign it"),
        }
    }
    if let Ok(head) = Checkpoint::open_unverified(text) {
        let note = SignedNote::parse(text);
        assert_eq!(note.as_ref().map(SignedNote::unverified_text), Ok(&*head.to_string()));
    }
    assert!(Checkpoint::open(text, KEY.verifying_key()).is_err(), "a forged checkpoint was opened");
}

fn proof(text: &str) {
    let Ok(proof) = TlogProof::parse(text) else { return };
    assert_eq!(proof.to_string(), text, "the proof is written otherwise");
    assert!(proof.verify_data(b"entry", KEY.verifying_key()).is_err(), "a forged proof was believed");
}

fn key(text: &str) {
    let Ok(key) = VerifyingKey::parse(text) else { return };
    let canonical = key.to_string();
    assert_eq!(VerifyingKey::parse(&canonical), Ok(key));
    // The one freedom is the case of the key id.
    assert!(canonical.eq_ignore_ascii_case(text), "the key is written otherwise");
}

/// Every text that is signed is read back with its signature, and with no other text.
fn sign(text: &str) {
    let Ok(note) = KEY.sign_note(text) else { return };
    assert_eq!(note.verify(&[KEY.verifying_key()]), Ok(text));
    let written = note.to_string();
    assert_eq!(SignedNote::parse(&written), Ok(note), "the signed text is read otherwise");
    let changed = format!("x{written}");
    let believed = SignedNote::parse(&changed).map(|note| note.verify(&[KEY.verifying_key()]).is_ok());
    assert_eq!(believed, Ok(false), "the signature holds for another text");
}
