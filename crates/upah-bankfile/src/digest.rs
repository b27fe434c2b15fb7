//! Digests: of files, of fragments, and of the references that name a file.
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};

const DOMAIN: &[u8] = b"upah/v1/bankfile";
/// 160 bits; `MsgId` takes at most 35 characters.
const MESSAGE_ID_CHARS: usize = 32;

/// SHA-256 in small hexadecimal digits.
pub(crate) fn hex_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// SHA-256 over parts and their lengths, as 32 hexadecimal digits: what an attempt is bound to (safety rule 17).
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        add(&mut hash, part);
    }
    HEXLOWER.encode(&hash.finalize()[..16])
}

/// The `MsgId` of the file that holds these references, in whatever order: the same content has the same name, and a
/// bank that looks for duplicates finds it by that.
pub(crate) fn message_id<'a>(references: impl IntoIterator<Item = &'a str>) -> String {
    let mut references: Vec<&str> = references.into_iter().collect();
    references.sort_unstable();
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    for reference in references {
        add(&mut hash, reference);
    }
    let mut text = BASE32_NOPAD.encode(&hash.finalize());
    text.truncate(MESSAGE_ID_CHARS);
    text
}

fn add(hash: &mut Sha256, part: &str) {
    hash.update((part.len() as u64).to_be_bytes());
    hash.update(part.as_bytes());
}
