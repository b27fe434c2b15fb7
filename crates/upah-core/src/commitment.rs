//! Salted commitments: what the audit log shows of a record without saying what is in it.
//!
//! Wages are guessable (with three workers a total *is* a wage), so a leaf never holds a plain hash
//! of a record: `commit = SHA-256("upah/v1/record" || salt || record)` with 32 random bytes of salt
//! (safety rule 26). Erasing record and salt leaves a leaf that nobody can open any more, while the
//! tree and everybody else's proofs stay whole.
use crate::ids::read_text;
use crate::run::RunId;
use alloc::string::{String, ToString};
use core::fmt;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// 32 random bytes, one salt a record, kept with the record and given to the worker on the slip.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// The commitment to one record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commit(pub [u8; 32]);

const RECORD_DOMAIN: &[u8] = b"upah/v1/record";

impl Commit {
    /// What stands in `prev` of a stream's first event.
    pub const NONE: Self = Self([0; 32]);

    /// Commits to a record in canonical form.
    pub fn to(record: &str, salt: &Salt) -> Self {
        let mut hash = Sha256::new();
        hash.update(RECORD_DOMAIN);
        hash.update(salt.0);
        hash.update(record.as_bytes());
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commit({self})")
    }
}

impl Serialize for Commit {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut text = [0u8; 64];
        HEXLOWER.encode_mut(&self.0, &mut text);
        s.serialize_str(core::str::from_utf8(&text).map_err(serde::ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for Commit {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        read_text(d, |text| {
            let mut bytes = [0u8; 32];
            match HEXLOWER.decode_len(text.len()) {
                Ok(32) if HEXLOWER.decode_mut(text.as_bytes(), &mut bytes).is_ok() => Ok(Self(bytes)),
                _ => Err("not a commitment"),
            }
        })
    }
}

/// What stands in clear in a leaf: version, commitment, and for the sealing of a run its random id,
/// the number of its payments and the day. Nothing else, for anybody may read it. Its fields stand in
/// the order in which they are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    /// The commitment to the record.
    pub commit: Commit,
    /// How many payments a sealed run holds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub count: Option<u32>,
    /// The day a run was sealed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub day: Option<String>,
    /// The sealed run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub run: Option<RunId>,
    /// The version of this format.
    pub v: u8,
}

impl Leaf {
    /// The leaf of a record about one payment, or about a run after its sealing.
    pub fn of(commit: Commit) -> Self {
        Self { commit, count: None, day: None, run: None, v: 1 }
    }

    /// The leaf that seals a run: nobody is dropped after it unseen.
    pub fn sealing(commit: Commit, run: &RunId, count: u32, day: String) -> Self {
        Self { commit, count: Some(count), day: Some(day), run: Some(run.clone()), v: 1 }
    }

    /// The bytes that are hashed into the tree.
    pub fn bytes(&self) -> String {
        // Strings and small integers alone are written without fail, and in order as they are declared.
        serde_json::to_string(self).unwrap_or_else(|_| self.commit.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::is_canonical;

    #[test]
    fn the_same_wage_under_another_salt_commits_to_something_else() {
        let record = "{\"amount\":600000}";
        assert_ne!(Commit::to(record, &Salt([1; 32])), Commit::to(record, &Salt([2; 32])));
        assert_ne!(Commit::to("{\"amount\":600001}", &Salt([1; 32])), Commit::to(record, &Salt([1; 32])));
    }

    #[test]
    fn a_leaf_shows_the_commitment_and_nothing_else() {
        let leaf = Leaf::of(Commit([0xab; 32])).bytes();
        assert_eq!(leaf, alloc::format!("{{\"commit\":\"{}\",\"v\":1}}", "ab".repeat(32)));
    }

    #[test]
    fn a_leaf_is_in_canonical_form() {
        let run = RunId::from_random([7; 8]);
        for leaf in
            [Leaf::of(Commit::NONE), Leaf::sealing(Commit([0xab; 32]), &run, u32::MAX, String::from("2026-11-25"))]
        {
            assert!(is_canonical(&leaf.bytes()), "{leaf:?}");
        }
    }
}
