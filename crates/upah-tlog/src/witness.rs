//! The half of a witness that only thinks, c2sp.org/tlog-witness: what is asked of it, and what it answers.
//!
//! A witness remembers one head of each log and cosigns only what continues it. Nothing is stored or sent here: the host
//! looks up what it has seen of [`AddCheckpoint::origin`], calls [`decide`], and on [`Answer::Cosign`] makes the new head
//! durable before it answers.
//!
//! Looking up, deciding and storing must be one step that no other request comes between. Otherwise a slow request for a
//! smaller head overwrites a larger one that was stored meanwhile, and the log may go back behind what was cosigned.

use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::{Hash, HashTextError};
use crate::key::VerifyingKey;
use crate::note::{NoteError, SignedNote};
use crate::proof::{PROOF_HASHES_MAX, verify_consistency};
use crate::text::{HashLinesError, hash_lines, parse_decimal};

/// The longest request that is worth reading, in bytes: a full proof, and a checkpoint under 64 signatures.
pub const REQUEST_BYTES_MAX: usize = 262_144;

/// Why a text is no request to a witness.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RequestError {
    /// Above [`REQUEST_BYTES_MAX`].
    #[error("the request is longer than {REQUEST_BYTES_MAX} bytes")]
    TooLong,
    /// The first line is not `old` and a decimal without leading zeros.
    #[error("the first line of the request is not \"old\" and a size")]
    OldSize,
    /// One of the hashes is malformed.
    #[error("hash {line} of the request is malformed")]
    Hash {
        /// Counted from 1.
        line: usize,
        /// Why.
        source: HashTextError,
    },
    /// More than [`PROOF_HASHES_MAX`].
    #[error("the request has more than {PROOF_HASHES_MAX} hashes")]
    TooManyHashes,
    /// No blank line, so no checkpoint.
    #[error("the request has no blank line before its checkpoint")]
    NoCheckpoint,
    /// What follows is not a signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// What a log asks of a witness: "this continues what you have seen; cosign it".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    old: u64,
    proof: Vec<Hash>,
    note: SignedNote,
}

impl AddCheckpoint {
    /// The request to cosign `note`, with the proof that it continues the log of `old` entries.
    ///
    /// # Errors
    /// [`RequestError::TooManyHashes`].
    pub fn new(old: u64, proof: Vec<Hash>, note: SignedNote) -> Result<Self, RequestError> {
        if proof.len() > PROOF_HASHES_MAX {
            return Err(RequestError::TooManyHashes);
        }
        Ok(Self { old, proof, note })
    }

    /// Reads a request; believes nothing yet.
    ///
    /// # Errors
    /// Any [`RequestError`].
    pub fn parse(text: &str) -> Result<Self, RequestError> {
        if text.len() > REQUEST_BYTES_MAX {
            return Err(RequestError::TooLong);
        }
        let (old, rest) = text
            .strip_prefix("old ")
            .and_then(|rest| rest.split_once('\n'))
            .and_then(|(digits, rest)| Some((parse_decimal(digits)?, rest)))
            .ok_or(RequestError::OldSize)?;
        let (proof, note) = hash_lines(rest).map_err(|why| match why {
            HashLinesError::NoBlankLine => RequestError::NoCheckpoint,
            HashLinesError::Hash { line, source } => RequestError::Hash { line, source },
        })?;
        Self::new(old, proof, SignedNote::parse(note)?)
    }

    /// The log it speaks of, as it says: under this name the witness looks up what it has seen.
    pub fn origin(&self) -> &str {
        self.note.unverified_text().split('\n').next().unwrap_or_default()
    }

    /// How many entries the log had that it says it continues.
    pub fn old(&self) -> u64 {
        self.old
    }

    /// The consistency proof.
    pub fn proof(&self) -> &[Hash] {
        &self.proof
    }

    /// The signed head, not believed.
    pub fn note(&self) -> &SignedNote {
        &self.note
    }

    /// The checkpoint with the signatures that name one of these keys, and no others: what a witness keeps of a request
    /// that it answers with [`Answer::Cosign`].
    pub fn signed_by(&self, keys: &[VerifyingKey]) -> SignedNote {
        self.note.only(keys)
    }
}

impl fmt::Display for AddCheckpoint {
    /// Writes the body of the request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.note)
    }
}

/// Under this hash, in lower-case hexadecimal, a witness shows the last head of a log to everybody:
/// `<prefix>/<origin hash>/checkpoint`.
pub fn origin_hash(origin: &str) -> Hash {
    Hash(Sha256::digest(origin).into())
}

/// What a witness answers, and with it which HTTP status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200: make this head durable in place of the one before, then cosign it.
    Cosign(Checkpoint),
    /// 400: no checkpoint, or an old size above the new one.
    Malformed,
    /// 403: none of the log's keys that the witness knows signed it, or one of them signed something else.
    NotSigned,
    /// 404: a log that the witness does not know.
    UnknownLog,
    /// 409: the proof begins elsewhere. The body is the size that the witness has seen.
    OtherSize {
        /// Entries of the last head that was cosigned; 0 when there was none.
        seen: u64,
    },
    /// 422: it does not continue what the witness has seen. It may be proof that the log has two histories.
    Inconsistent,
}

impl Answer {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Cosign(_) => 200,
            Self::Malformed => 400,
            Self::NotSigned => 403,
            Self::UnknownLog => 404,
            Self::OtherSize { .. } => 409,
            Self::Inconsistent => 422,
        }
    }
}

/// What to answer, given the keys of the logs that the witness knows and the last head that it cosigned of the
/// request's [origin](AddCheckpoint::origin).
///
/// Here alone an empty old log is accepted, and only with an empty proof: [`verify_consistency`] refuses it.
pub fn decide(request: &AddCheckpoint, logs: &[&VerifyingKey], seen: Option<&Checkpoint>) -> Answer {
    let keys: Vec<&VerifyingKey> = logs.iter().copied().filter(|key| key.name() == request.origin()).collect();
    if keys.is_empty() {
        return Answer::UnknownLog;
    }
    let Ok(body) = request.note.verify(&keys) else { return Answer::NotSigned };
    let new = match Checkpoint::parse_body(body) {
        Ok(checkpoint) => checkpoint,
        Err(CheckpointError::EmptyWithOtherRoot) => return Answer::Inconsistent,
        Err(_) => return Answer::Malformed,
    };
    if request.old > new.size() {
        return Answer::Malformed;
    }
    let seen_size = seen.map_or(0, Checkpoint::size);
    if request.old != seen_size {
        return Answer::OtherSize { seen: seen_size };
    }
    let continues = match seen.filter(|seen| seen.size() > 0) {
        None => request.proof.is_empty(),
        Some(seen) => verify_consistency(seen.size(), new.size(), &request.proof, seen.root(), new.root()).is_ok(),
    };
    if continues { Answer::Cosign(new) } else { Answer::Inconsistent }
}
