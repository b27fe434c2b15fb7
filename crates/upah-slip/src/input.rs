//! What a slip is made of, and how it is written down inside the slip: nothing that is not bound by a
//! commitment, a proof or a signature, so that there is nothing to change unseen.
use core::fmt;
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use upah_core::commitment::{Commit, Leaf, Salt};
use upah_tlog::{Hash, TlogProof};

/// Everything a slip is drawn from. [`SlipInput::assemble`] makes it from stored records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlipInput {
    /// Which renderer draws it; see [`RENDERER_VERSION`](crate::RENDERER_VERSION).
    pub v: u8,
    /// The verification key that signed the checkpoint, as a vkey: a **hint**, never a base for trust.
    pub log_key: String,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
    /// All events of the payment, oldest first. The first and the last have an entry.
    pub payment: Vec<SlipRecord>,
    /// The runs that instructed the payment, in the order of their first instruction.
    pub runs: Vec<RunOnSlip>,
    /// The log's signature of the page, as a signed note; [`render_signed`](crate::render_signed) puts it in. Without it
    /// the page cannot check itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page_note: Option<String>,
}

impl SlipInput {
    /// The proof that the payment's last event stands in the book, with its leaf: the same file as `upah log prove` writes.
    #[must_use]
    pub fn last_proof(&self) -> Option<TlogProof> {
        let last = self.payment.last()?;
        let entry = last.entry.as_ref()?;
        let leaf = Leaf::of(Commit::to(&last.record, &last.salt)).bytes();
        let proof = TlogProof::new(entry.index, entry.path.clone(), &self.checkpoint);
        proof.and_then(|proof| proof.with_extra(leaf.as_bytes())).ok()
    }
}

/// One event, opened: its record with its salt.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlipRecord {
    /// RFC 8785 JSON, byte for byte as it was committed to.
    pub record: String,
    /// Its salt.
    #[serde(with = "hex_salt")]
    pub salt: Salt,
    /// Where it stands in the log. Events between the first and the last have none: they are bound by
    /// the chain, and a proof of each would let anybody end the story early and still prove its end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub entry: Option<Entry>,
}

impl fmt::Debug for SlipRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlipRecord").field("entry", &self.entry).finish_non_exhaustive()
    }
}

/// A place in the log, with its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// From 0.
    pub index: u64,
    /// From the leaf's sibling to the child of the root.
    #[serde(with = "base64_hashes")]
    pub path: Vec<Hash>,
}

/// A run that instructed the payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunOnSlip {
    /// Its sealing.
    pub sealing: Sealing,
    /// Its approval, opened. Left out where the payment's own events show that it was given, because
    /// it tells the worker the approver's name and the digest of everybody's rows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub approval: Option<SlipRecord>,
}

/// The event that sealed a run: after it nobody is dropped unseen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Sealing {
    /// With its content: the total of the run, its digest, the maker's name, and whether it is a
    /// sandbox. For sandboxes.
    Open(SlipRecord),
    /// Only what its leaf shows in clear. For live runs; the run's name comes from the instruction.
    Closed {
        /// The commitment to what is not shown.
        commit: Commit,
        /// How many payments the run has.
        count: u32,
        /// The day it was sealed.
        day: String,
        /// Where it stands in the log.
        entry: Entry,
    },
}

mod hex_salt {
    use super::*;

    pub(super) fn serialize<S: Serializer>(salt: &Salt, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&HEXLOWER.encode(&salt.0))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Salt, D::Error> {
        let bytes = HEXLOWER.decode(String::deserialize(d)?.as_bytes()).ok();
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Salt).ok_or_else(|| serde::de::Error::custom("not a salt"))
    }
}

mod base64_hashes {
    use super::*;

    pub(super) fn serialize<S: Serializer>(path: &[Hash], s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(path.iter().map(|hash| BASE64.encode(&hash.0)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Hash>, D::Error> {
        let texts = Vec::<String>::deserialize(d)?;
        let hash = |text: &String| Hash::from_base64(text).map_err(|_| serde::de::Error::custom("not a hash"));
        texts.iter().map(hash).collect()
    }
}
