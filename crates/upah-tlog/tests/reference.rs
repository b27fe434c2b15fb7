//! Published and independently made vectors: RFC 6962 hashes, the eight reference leaves of the
//! Certificate Transparency code bases, and C2SP notes, checkpoints and proofs.
#![allow(clippy::unwrap_used)]

use data_encoding::HEXLOWER;
use serde_json::Value;
use upah_tlog::witness::{AddCheckpoint, Answer, decide};
use upah_tlog::{
    Checkpoint, Frontier, Hash, KeyError, MemoryTree, NoteError, SignedNote, SigningKey, TlogProof, VerifyingKey,
    WitnessKey, WitnessSigner, consistency_proof, empty_root, inclusion_proof, leaf_hash, node_hash, root_at,
    verify_consistency, verify_inclusion,
};

const REFERENCE: &str = include_str!("vectors/rfc6962_reference_8leaves.json");
const C2SP: &str = include_str!("vectors/c2sp_generated.json");

#[test]
fn primitive_hashes_are_those_of_rfc_6962() {
    let root = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(empty_root().to_hex(), root);
    let empty_leaf = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
    assert_eq!(leaf_hash(b"").to_hex(), empty_leaf);
    let leaf = "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56";
    assert_eq!(leaf_hash(b"L123456").to_hex(), leaf);
    // The published node vector joins texts that are not 32 bytes long, which our types rule out,
    // so it is checked as the leaf-like hash of 0x01 || "N123" || "N456".
    use sha2::{Digest, Sha256};
    let node = "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb";
    assert_eq!(HEXLOWER.encode(&Sha256::digest(b"\x01N123N456")), node);
    let (left, right) = (Hash([1; 32]), Hash([2; 32]));
    let joined = [&[1][..], &left.0, &right.0].concat();
    assert_eq!(node_hash(&left, &right).0[..], Sha256::digest(joined)[..]);
}

#[test]
fn roots_of_the_eight_reference_leaves() {
    let vectors = json(REFERENCE);
    let tree = reference_tree();
    let mut frontier = Frontier::default();
    for size in 0..=8 {
        let root = hash(&vectors["roots"][size.to_string()]);
        assert_eq!(root_at(size, &tree), Ok(root));
        assert_eq!(frontier.root(), root);
        if size < 8 {
            let leaf = leaf_hash(&bytes(&vectors["leaves_hex"][size as usize]));
            assert_eq!(leaf, hash(&vectors["leaf_hashes"][size as usize]));
            frontier.push(leaf, &mut |_| ());
        }
    }
    let published = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=";
    assert_eq!(tree.root().to_base64(), published);
}

#[test]
fn all_36_inclusion_proofs_are_made_and_accepted() {
    let vectors = json(REFERENCE);
    let tree = reference_tree();
    let cases = vectors["inclusion"].as_array().unwrap();
    assert_eq!(cases.len(), 36);
    for case in cases {
        let (index, size) = (number(&case["index"]), number(&case["size"]));
        let proof = hashes(&case["proof"]);
        assert_eq!(inclusion_proof(index, size, &tree).unwrap(), proof);
        let leaf = hash(&vectors["leaf_hashes"][index as usize]);
        let root = hash(&vectors["roots"][size.to_string()]);
        assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Ok(()));
    }
}

#[test]
fn all_36_consistency_proofs_are_made_and_accepted() {
    let vectors = json(REFERENCE);
    let tree = reference_tree();
    let cases = vectors["consistency"].as_array().unwrap();
    assert_eq!(cases.len(), 36);
    for case in cases {
        let (old, new) = (number(&case["old"]), number(&case["new"]));
        let proof = hashes(&case["proof"]);
        assert_eq!(consistency_proof(old, new, &tree).unwrap(), proof);
        let old_root = hash(&vectors["roots"][old.to_string()]);
        let new_root = hash(&vectors["roots"][new.to_string()]);
        let verdict = verify_consistency(old, new, &proof, &old_root, &new_root);
        assert_eq!(verdict, Ok(()));
    }
}

#[test]
fn the_example_of_the_note_specification_verifies() {
    let key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    let key = VerifyingKey::parse(key).unwrap();
    let text = "This is an example message.\n\n— example.com/foo \
        Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let note = SignedNote::parse(text).unwrap();
    assert_eq!(note.verify(&[&key]), Ok("This is an example message.\n"));
    assert_eq!(note.to_string(), text);

    let changed = SignedNote::parse(&text.replace("example m", "Example m")).unwrap();
    let name = "example.com/foo".to_owned();
    let refused = Err(NoteError::WrongSignature { name });
    assert_eq!(changed.verify(&[&key]), refused);
}

#[test]
fn the_log_key_of_the_vectors_is_derived_and_written_alike() {
    let log = &json(C2SP)["log"];
    let key = log_key();
    assert_eq!(key.verifying_key().public()[..], bytes(&log["pub"]));
    assert_eq!(key.verifying_key().to_string(), log["vkey"]);
    let parsed = VerifyingKey::parse(log["vkey"].as_str().unwrap()).unwrap();
    assert_eq!(&parsed, key.verifying_key());
}

#[test]
fn the_witness_keys_of_the_vectors_are_derived_and_written_alike_and_are_no_log_keys() {
    for witness in json(C2SP)["witnesses"].as_array().unwrap() {
        let (name, vkey) = (witness["name"].as_str().unwrap(), witness["vkey"].as_str().unwrap());
        let signer = WitnessSigner::from_seed(name, &bytes(&witness["seed"]).try_into().unwrap()).unwrap();
        assert_eq!(signer.verifying_key().public()[..], bytes(&witness["pub"]));
        assert_eq!(signer.verifying_key().to_string(), vkey);
        assert_eq!(&WitnessKey::parse(vkey).unwrap(), signer.verifying_key());
        assert_eq!(VerifyingKey::parse(vkey), Err(KeyError::UnknownType { kind: 0x04, wanted: 0x01 }));
    }
    let log = log_key().verifying_key().to_string();
    assert_eq!(WitnessKey::parse(&log), Err(KeyError::UnknownType { kind: 0x01, wanted: 0x04 }));
}

#[test]
fn checkpoints_open_under_witness_signatures_and_are_signed_alike() {
    let vectors = json(C2SP);
    let key = log_key();
    for case in vectors["checkpoints"].as_array().unwrap() {
        let text = case["note"].as_str().unwrap();
        let opened = Checkpoint::open(text, key.verifying_key()).unwrap();
        let (size, root) = (number(&case["size"]), hash(&case["root"]));
        assert_eq!(opened, Checkpoint::new(key.name(), size, root).unwrap());
        assert_eq!(root_at(size, &reference_tree()), Ok(root));
        // Ed25519 is deterministic: ours must be their first signature, byte for byte.
        let signed = opened.sign(&key).unwrap();
        assert!(text.starts_with(&signed));
        assert_eq!(SignedNote::parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn the_cosignatures_of_the_vectors_hold_and_are_made_alike() {
    let vectors = json(C2SP);
    let signers: Vec<WitnessSigner> = vectors["witnesses"].as_array().unwrap().iter().map(witness_signer).collect();
    let keys: Vec<&WitnessKey> = signers.iter().map(WitnessSigner::verifying_key).collect();
    for case in vectors["checkpoints"].as_array().unwrap() {
        let text = case["note"].as_str().unwrap();
        let note = SignedNote::parse(text).unwrap();
        let cosigned = note.cosignatures(&keys).unwrap();
        let times: Vec<u64> = cosigned.iter().map(|one| one.time).collect();
        assert_eq!(times, [1_767_225_600, 1_767_225_660], "2026-01-01T00:00:00Z and a minute later");

        // Ed25519 is deterministic: a bare checkpoint that our witnesses cosign is the vector, byte for byte.
        let checkpoint = Checkpoint::open_unverified(text).unwrap();
        let mut ours = SignedNote::parse(&checkpoint.sign(&log_key()).unwrap()).unwrap();
        for (signer, time) in signers.iter().zip(times) {
            let line = format!("{}\n", signer.cosign(&checkpoint, time).unwrap());
            assert_eq!(ours.take_cosignatures(&line, &keys).unwrap().len(), 1);
        }
        assert_eq!(ours.to_string(), text);
    }
}

#[test]
fn the_request_to_a_witness_in_the_vectors_is_accepted_and_written_alike() {
    let vectors = json(C2SP);
    let text = vectors["add_checkpoint_request"].as_str().unwrap();
    let request = AddCheckpoint::parse(text).unwrap();
    assert_eq!((request.to_string().as_str(), request.origin()), (text, log_key().name()));
    let seen = Checkpoint::open_unverified(vectors["checkpoints"][2]["note"].as_str().unwrap()).unwrap();
    let new = Checkpoint::open_unverified(vectors["checkpoints"][4]["note"].as_str().unwrap()).unwrap();
    assert_eq!(decide(&request, &[log_key().verifying_key()], Some(&seen)), Answer::Cosign(new));
}

#[test]
fn the_proof_file_of_the_vectors_verifies_and_is_written_alike() {
    let case = &json(C2SP)["tlog_proof"];
    let text = case["text"].as_str().unwrap();
    let key = log_key();
    let proof = TlogProof::parse(text).unwrap();
    assert_eq!(proof.to_string(), text);
    assert_eq!(proof.index(), number(&case["index"]));
    let leaf = bytes(&case["leaf_hex"]);
    let checkpoint = proof.verify_data(&leaf, key.verifying_key()).unwrap();
    assert_eq!(checkpoint.size(), 8);

    let path = inclusion_proof(proof.index(), 8, &reference_tree()).unwrap();
    let made = TlogProof::new(proof.index(), path, proof.unverified_checkpoint());
    assert_eq!(made.unwrap().to_string(), text);
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    HEXLOWER.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

fn hash(value: &Value) -> Hash {
    Hash::from_hex(value.as_str().unwrap()).unwrap()
}

fn hashes(value: &Value) -> Vec<Hash> {
    value.as_array().unwrap().iter().map(hash).collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn reference_tree() -> MemoryTree {
    let vectors = json(REFERENCE);
    let leaves = vectors["leaves_hex"].as_array().unwrap();
    leaves.iter().map(|leaf| leaf_hash(&bytes(leaf))).collect()
}

/// A published test key: its seed is one byte repeated.
fn log_key() -> SigningKey {
    let log = &json(C2SP)["log"];
    let seed = bytes(&log["seed"]).try_into().unwrap();
    SigningKey::from_seed(log["origin"].as_str().unwrap(), &seed).unwrap()
}

fn witness_signer(witness: &Value) -> WitnessSigner {
    let seed = bytes(&witness["seed"]).try_into().unwrap();
    WitnessSigner::from_seed(witness["name"].as_str().unwrap(), &seed).unwrap()
}
