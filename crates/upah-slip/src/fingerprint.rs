//! A key's fingerprint, as people compare it: over the telephone, or with a sheet that hangs in the office.
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use upah_tlog::VerifyingKey;

/// The first 128 bits of the SHA-256 of the vkey's text, in eight groups of four digits. Unlike the
/// [key id](VerifyingKey::key_id), which anybody can make a second key for.
#[must_use]
pub fn fingerprint(key: &VerifyingKey) -> String {
    let digits = HEXLOWER.encode(Sha256::digest(key.to_string()).get(..16).unwrap_or_default());
    let groups: Vec<&str> = (0..digits.len()).step_by(4).filter_map(|at| digits.get(at..at + 4)).collect();
    groups.join(" ")
}
