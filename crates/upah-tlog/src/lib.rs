//! A tamper-evident log: RFC 6962 Merkle tree, C2SP signed notes, checkpoints and offline proofs.
//!
//! Somebody who holds one signed [`Checkpoint`] can later be shown that an entry is in the log
//! (an inclusion proof) and that a newer log only ever added to the older one (a consistency
//! proof). Changing, dropping or reordering one entry breaks both. The formats are public
//! standards, so that other people's verifiers work on them; nothing here knows what an entry
//! means.
//!
//! | module | what for | standard |
//! |---|---|---|
//! | [`hash`] | leaf, node and empty hashes | RFC 6962 section 2.1 |
//! | [`tree`] | append, roots and making proofs from a few stored hashes | RFC 9162 sections 2.1.3.1, 2.1.4.1 |
//! | [`memory`] | a tree kept in memory, for small logs and for tests | |
//! | [`proof`] | checking proofs, independent of [`tree`] | RFC 9162 sections 2.1.3.2, 2.1.4.2 |
//! | [`note`] | signed text and its Ed25519 keys | c2sp.org/signed-note |
//! | [`checkpoint`] | the signed head of a log | c2sp.org/tlog-checkpoint |
//! | [`cosignature`] | a witness's word on it, with a time | c2sp.org/tlog-cosignature |
//! | [`policy`] | which logs and which witnesses count as checked | c2sp.org/tlog-policy |
//! | [`witness`] | what a witness is asked and what it answers | c2sp.org/tlog-witness |
//! | [`tlog_proof`] | one file that proves one entry, offline | c2sp.org/tlog-proof |
//! | [`tiles`] | a log as static files, and whether they fit | c2sp.org/tlog-tiles |
//!
//! The crate does no I/O and reads neither clock nor randomness: the host stores hashes behind
//! [`TreeReader`] and brings the seed of a [`SigningKey`].
//!
//! # Example
//!
//! ```
//! use upah_tlog::{Checkpoint, MemoryTree, SigningKey, TlogProof, inclusion_proof, leaf_hash};
//!
//! let mut log = MemoryTree::default();
//! for entry in ["first", "second", "third"] {
//!     log.push(leaf_hash(entry.as_bytes()));
//! }
//!
//! // A real seed is random and secret; this one is for the example alone.
//! let key = SigningKey::from_seed("log.example/2026", &[7; 32])?;
//! let signed = Checkpoint::new("log.example/2026", log.size(), log.root())?.sign(&key)?;
//!
//! let path = inclusion_proof(1, log.size(), &log)?;
//! let file = TlogProof::new(1, path, &signed)?.to_string();
//!
//! // Elsewhere, offline, holding nothing but the verification key:
//! let proof = TlogProof::parse(&file)?;
//! let checkpoint = proof.verify_data(b"second", key.verifying_key())?;
//! assert_eq!(checkpoint.size(), 3);
//! assert!(proof.verify_data(b"sekond", key.verifying_key()).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used))]

extern crate alloc;

pub mod checkpoint;
pub mod cosignature;
pub mod hash;
mod key;
pub mod memory;
pub mod note;
pub mod policy;
pub mod proof;
mod text;
pub mod tiles;
pub mod tlog_proof;
pub mod tree;
pub mod witness;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use cosignature::Cosigned;
pub use hash::{Hash, HashTextError, empty_root, leaf_hash, node_hash};
pub use key::{PublicKey, SecretKey, WitnessKey, WitnessSigner};
pub use memory::{MemoryTree, NotStored};
pub use note::{KeyError, NoteError, NoteSignature, SignedNote, SigningKey, VerifyingKey};
pub use policy::{Policy, PolicyError, Quorum, Witnessed};
pub use proof::{PROOF_HASHES_MAX, ProofError, verify_consistency, verify_inclusion};
pub use tlog_proof::{TlogProof, TlogProofError};
pub use tree::{CoarseNode, Frontier, LEAVES_MAX, TreeError, TreeReader, consistency_proof, inclusion_proof, root_at};
