//! Proofs and verdicts, to be compared with those of other libraries. Each line of standard input asks something, and is
//! answered by a line of standard output:
//!
//! * `leaf HEX`: the root, now that this entry is in the tree;
//! * `entry INDEX SIZE`, `growth OLD NEW`: the proof, if it also holds;
//! * `note KEYS HEX`: the text of the note, if one of these keys signed it; `refused` otherwise.
use data_encoding::HEXLOWER;
use std::error::Error;
use std::io::{BufRead, Write};
use upah_tlog::{
    Hash, MemoryTree, SignedNote, TreeReader, VerifyingKey, consistency_proof, inclusion_proof, leaf_hash, root_at,
    verify_consistency, verify_inclusion,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let mut tree = MemoryTree::default();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let said = match words.as_slice() {
            ["leaf", entry] => {
                tree.push(leaf_hash(&bytes(entry)?));
                tree.root().to_hex()
            }
            ["entry", index, size] => {
                let (index, size) = (index.parse()?, size.parse()?);
                let proof = inclusion_proof(index, size, &tree)?;
                verify_inclusion(&tree.coarse(0, index)?, index, size, &proof, &root_at(size, &tree)?)?;
                written(&proof)
            }
            ["growth", old, new] => {
                let (old, new) = (old.parse()?, new.parse()?);
                let proof = consistency_proof(old, new, &tree)?;
                verify_consistency(old, new, &proof, &root_at(old, &tree)?, &root_at(new, &tree)?)?;
                written(&proof)
            }
            ["note", keys, note] => {
                let keys = keys.split(',').map(VerifyingKey::parse).collect::<Result<Vec<_>, _>>()?;
                opened(&bytes(note)?, &keys).unwrap_or_else(|| "refused".to_owned())
            }
            other => return Err(format!("{other:?} asks nothing").into()),
        };
        writeln!(out, "{said}")?;
    }
    Ok(out.flush()?)
}

fn bytes(hex: &str) -> Result<Vec<u8>, String> {
    HEXLOWER.decode(hex.as_bytes()).map_err(|why| why.to_string())
}

fn written(proof: &[Hash]) -> String {
    proof.iter().map(Hash::to_hex).collect::<Vec<_>>().join(" ")
}

fn opened(note: &[u8], keys: &[VerifyingKey]) -> Option<String> {
    let note = SignedNote::parse(core::str::from_utf8(note).ok()?).ok()?;
    let text = note.verify(&keys.iter().collect::<Vec<_>>()).ok()?;
    Some(HEXLOWER.encode(text.as_bytes()))
}
