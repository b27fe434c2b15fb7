//! One file that proves one entry, offline: c2sp.org/tlog-proof (file extension `.tlog-proof`).
//!
//! It holds the entry's index, its path and the signed checkpoint, but neither the entry nor a
//! key: both must reach the verifier on another way, or a forger would bring his own.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use data_encoding::BASE64;
use thiserror::Error;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::{Hash, HashTextError, leaf_hash};
use crate::note::{NOTE_BYTES_MAX, VerifyingKey};
use crate::proof::{PROOF_HASHES_MAX, ProofError, verify_inclusion};
use crate::text::{HashLinesError, hash_lines, parse_base64, parse_decimal};

/// The first line of every proof file.
pub const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The longest extra data, in bytes.
pub const EXTRA_BYTES_MAX: usize = 65_536;

/// The longest proof file that is read, in bytes: what its parts may have at most.
pub const PROOF_BYTES_MAX: usize = NOTE_BYTES_MAX + 2 * EXTRA_BYTES_MAX;

/// Why a proof file is not made, read or believed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TlogProofError {
    /// Above [`PROOF_BYTES_MAX`].
    #[error("the proof file is longer than {PROOF_BYTES_MAX} bytes")]
    TooLong,
    /// The first line is another one.
    #[error("the proof file does not begin with the line {HEADER}")]
    Header,
    /// The extra data is not base64, is empty, or is above [`EXTRA_BYTES_MAX`].
    #[error("the extra data of the proof is malformed, empty or too long")]
    Extra,
    /// The index line is missing or not a decimal without leading zeros.
    #[error("the index line of the proof is missing or malformed")]
    Index,
    /// One of the hashes is malformed.
    #[error("hash {line} of the proof is malformed")]
    Path {
        /// Counted from 1.
        line: usize,
        /// Why.
        source: HashTextError,
    },
    /// No blank line, so no checkpoint.
    #[error("the proof has no blank line before its checkpoint")]
    NoCheckpoint,
    /// The checkpoint is malformed or not signed by the key.
    #[error("the checkpoint of the proof is not good")]
    Checkpoint(#[from] CheckpointError),
    /// The path does not lead from the entry to the checkpoint's root.
    #[error("the proof does not hold")]
    Proof(#[from] ProofError),
}

/// A proof file, read but not necessarily believed: see [`TlogProof::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    extra: Vec<u8>,
    index: u64,
    path: Vec<Hash>,
    checkpoint: String,
}

impl TlogProof {
    /// Puts a proof together: the path from [`inclusion_proof`](crate::inclusion_proof) for the
    /// size of the signed checkpoint, which is kept verbatim.
    ///
    /// # Errors
    /// [`TlogProofError::Checkpoint`] when the checkpoint is malformed (its signature is *not*
    /// checked), [`TlogProofError::Proof`] when the index is outside its size or the path is
    /// longer than any can be.
    pub fn new(index: u64, path: Vec<Hash>, checkpoint: &str) -> Result<Self, TlogProofError> {
        let size = Checkpoint::open_unverified(checkpoint)?.size();
        if index >= size {
            return Err(ProofError::NoSuchEntry { index, size }.into());
        }
        if path.len() > PROOF_HASHES_MAX {
            return Err(ProofError::TooManyHashes.into());
        }
        Ok(Self { extra: Vec::new(), index, path, checkpoint: checkpoint.into() })
    }

    /// Adds opaque data for the application. It is **not** covered by any signature.
    ///
    /// # Errors
    /// [`TlogProofError::Extra`] when it is empty or above [`EXTRA_BYTES_MAX`].
    pub fn with_extra(mut self, extra: &[u8]) -> Result<Self, TlogProofError> {
        if extra.is_empty() || extra.len() > EXTRA_BYTES_MAX {
            return Err(TlogProofError::Extra);
        }
        self.extra = extra.into();
        Ok(self)
    }

    /// Reads a proof file; believes nothing yet.
    ///
    /// # Errors
    /// Any [`TlogProofError`] about form.
    pub fn parse(text: &str) -> Result<Self, TlogProofError> {
        if text.len() > PROOF_BYTES_MAX {
            return Err(TlogProofError::TooLong);
        }
        let (header, rest) = text.split_once('\n').ok_or(TlogProofError::Header)?;
        if header != HEADER {
            return Err(TlogProofError::Header);
        }
        let (extra, rest) = parse_extra(rest)?;
        let (index, rest) = parse_index(rest)?;
        let (path, checkpoint) = hash_lines(rest).map_err(|why| match why {
            HashLinesError::NoBlankLine => TlogProofError::NoCheckpoint,
            HashLinesError::Hash { line, source } => TlogProofError::Path { line, source },
        })?;
        let proof = Self::new(index, path, checkpoint)?;
        match extra {
            Some(extra) => proof.with_extra(&extra),
            None => Ok(proof),
        }
    }

    /// Checks the checkpoint's signature and that the entry with this leaf hash is in that log at
    /// [`index`](Self::index); gives back the checkpoint, now believed.
    ///
    /// The key must come from somewhere else than the proof file.
    ///
    /// # Errors
    /// [`TlogProofError::Checkpoint`] or [`TlogProofError::Proof`].
    pub fn verify(&self, leaf_hash: &Hash, key: &VerifyingKey) -> Result<Checkpoint, TlogProofError> {
        let checkpoint = Checkpoint::open(&self.checkpoint, key)?;
        let (size, root) = (checkpoint.size(), checkpoint.root());
        verify_inclusion(leaf_hash, self.index, size, &self.path, root)?;
        Ok(checkpoint)
    }

    /// [`verify`](Self::verify) for the entry itself instead of its leaf hash.
    ///
    /// # Errors
    /// Those of [`verify`](Self::verify).
    pub fn verify_data(&self, entry: &[u8], key: &VerifyingKey) -> Result<Checkpoint, TlogProofError> {
        self.verify(&leaf_hash(entry), key)
    }

    /// The entry's zero-based position in the log.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The hashes from the leaf's sibling up to the root's child.
    pub fn path(&self) -> &[Hash] {
        &self.path
    }

    /// The signed checkpoint, verbatim and unverified.
    pub fn unverified_checkpoint(&self) -> &str {
        &self.checkpoint
    }

    /// The application's extra data, empty when there is none. Nobody signed it.
    pub fn unauthenticated_extra(&self) -> &[u8] {
        &self.extra
    }
}

impl fmt::Display for TlogProof {
    /// Writes the proof file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", BASE64.encode(&self.extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{}", hash.to_base64())?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

/// The optional extra line, and what follows it.
fn parse_extra(text: &str) -> Result<(Option<Vec<u8>>, &str), TlogProofError> {
    let Some(text) = text.strip_prefix("extra ") else {
        return Ok((None, text));
    };
    let (base64, rest) = text.split_once('\n').ok_or(TlogProofError::Extra)?;
    let extra = parse_base64(base64).ok_or(TlogProofError::Extra)?;
    Ok((Some(extra), rest))
}

/// The index line, and what follows it.
fn parse_index(text: &str) -> Result<(u64, &str), TlogProofError> {
    text.strip_prefix("index ")
        .and_then(|text| text.split_once('\n'))
        .and_then(|(digits, rest)| Some((parse_decimal(digits)?, rest)))
        .ok_or(TlogProofError::Index)
}
