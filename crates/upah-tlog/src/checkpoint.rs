//! The signed head of a log, c2sp.org/tlog-checkpoint: "this log had so many entries and this root".
//!
//! Never sign two checkpoints of one origin that are inconsistent: whoever holds both can show it.
//! So the host makes the entries durable first, then signs, then hands the checkpoint out.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

use crate::hash::{Hash, HashTextError, empty_root};
use crate::note::{NoteError, SignedNote, SigningKey, VerifyingKey};
use crate::text::{has_control, parse_decimal};
use crate::tree::LEAVES_MAX;

/// Why a checkpoint is not made, read or believed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The note around it is malformed or not signed by the key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Fewer than three lines, or no final line feed.
    #[error("the checkpoint does not have an origin, a size and a root line")]
    MissingLine,
    /// Origin and extension lines are one non-empty line each, without control characters.
    #[error("a line of the checkpoint is empty or holds a control character")]
    Line,
    /// The size is not a decimal without leading zeros, or above [`LEAVES_MAX`].
    #[error("the size in the checkpoint is not a decimal number from 0 to 2^62")]
    Size,
    /// The root is not a hash.
    #[error("the root in the checkpoint is malformed")]
    Root(#[source] HashTextError),
    /// An empty log has exactly one root.
    #[error("the checkpoint is of an empty log but its root is not that of one")]
    EmptyWithOtherRoot,
    /// The checkpoint speaks for another log than the key's.
    #[error("the checkpoint is of the log {origin} and not of the key's log {key_name}")]
    OtherOrigin {
        /// Origin in the checkpoint.
        origin: String,
        /// Name of the key that was to sign or verify.
        key_name: String,
    },
}

/// The head of a log: origin, size and root, and rarely extension lines.
///
/// Every value is well formed; whether it is *true* depends on where it came from: see
/// [`Checkpoint::open`] and [`Checkpoint::open_unverified`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// The head of the log `origin` with `size` entries.
    ///
    /// # Errors
    /// [`CheckpointError::Line`], [`CheckpointError::Size`] or
    /// [`CheckpointError::EmptyWithOtherRoot`].
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        check_line(origin)?;
        if size > LEAVES_MAX {
            return Err(CheckpointError::Size);
        }
        if size == 0 && root != empty_root() {
            return Err(CheckpointError::EmptyWithOtherRoot);
        }
        Ok(Self { origin: origin.into(), size, root, extensions: Vec::new() })
    }

    /// Adds an extension line. The standard advises against them: nobody can audit what they say.
    ///
    /// # Errors
    /// [`CheckpointError::Line`].
    pub fn with_extension(mut self, line: &str) -> Result<Self, CheckpointError> {
        check_line(line)?;
        self.extensions.push(line.into());
        Ok(self)
    }

    /// Reads the unsigned body, as [`Checkpoint`]'s `Display` writes it.
    ///
    /// # Errors
    /// Any [`CheckpointError`] about form.
    pub fn parse_body(body: &str) -> Result<Self, CheckpointError> {
        let mut lines = body.strip_suffix('\n').ok_or(CheckpointError::MissingLine)?.split('\n');
        let mut next = || lines.next().ok_or(CheckpointError::MissingLine);
        let (origin, size, root) = (next()?, next()?, next()?);
        let size = parse_decimal(size).ok_or(CheckpointError::Size)?;
        let root = Hash::from_base64(root).map_err(CheckpointError::Root)?;
        lines.try_fold(Self::new(origin, size, root)?, Self::with_extension)
    }

    /// Signs it with the log's key, giving the note to store and hand out.
    ///
    /// # Errors
    /// [`CheckpointError::OtherOrigin`] when the key is named otherwise than the log.
    pub fn sign(&self, key: &SigningKey) -> Result<String, CheckpointError> {
        self.check_origin(key.verifying_key())?;
        Ok(key.sign_note(&self.to_string())?.to_string())
    }

    /// Reads a signed checkpoint and believes it only if the log's key signed it.
    ///
    /// The origin must be the key's name, so that a key of one log cannot speak for another.
    ///
    /// # Errors
    /// [`CheckpointError::Note`] when it is not signed by this key, and any other about form.
    pub fn open(note: &str, key: &VerifyingKey) -> Result<Self, CheckpointError> {
        Self::open_any(note, core::slice::from_ref(key))
    }

    /// As [`Checkpoint::open`], for a log whose key was changed: any of its keys will do.
    ///
    /// # Errors
    /// As there.
    pub fn open_any(note: &str, keys: &[VerifyingKey]) -> Result<Self, CheckpointError> {
        let note = SignedNote::parse(note)?;
        let named = |origin: &str| keys.iter().filter(|key| key.name() == origin).collect::<Vec<_>>();
        let checkpoint = Self::parse_body(note.verify(&keys.iter().collect::<Vec<_>>())?)?;
        match (named(&checkpoint.origin).as_slice(), keys.first()) {
            // Signed, but by the keys of other logs.
            ([], Some(key)) => checkpoint.check_origin(key)?,
            (ours, _) => drop(note.verify(ours)?),
        }
        Ok(checkpoint)
    }

    /// Reads a signed checkpoint **without checking any signature**: to show it, or to find out
    /// which key would be needed. Never a base for trust.
    ///
    /// # Errors
    /// Any [`CheckpointError`] about form.
    pub fn open_unverified(note: &str) -> Result<Self, CheckpointError> {
        Self::parse_body(SignedNote::parse(note)?.unverified_text())
    }

    /// The unique name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries the log has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over these entries.
    pub fn root(&self) -> &Hash {
        &self.root
    }

    /// Extension lines, usually none.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    fn check_origin(&self, key: &VerifyingKey) -> Result<(), CheckpointError> {
        if self.origin == key.name() {
            return Ok(());
        }
        Err(CheckpointError::OtherOrigin { origin: self.origin.clone(), key_name: key.name().into() })
    }
}

impl fmt::Display for Checkpoint {
    /// Writes the unsigned body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root.to_base64())?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn check_line(line: &str) -> Result<(), CheckpointError> {
    if line.is_empty() || line.contains('\n') || has_control(line) {
        return Err(CheckpointError::Line);
    }
    Ok(())
}
