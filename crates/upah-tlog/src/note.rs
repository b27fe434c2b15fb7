//! Signed text that people can read: the signed note of c2sp.org/signed-note, with Ed25519 keys.
//!
//! A note may carry signatures of many keys. A verifier looks only at those of keys it was given,
//! so a log can rotate its key by signing with both, and witnesses can add theirs, without anybody
//! else having to know.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use data_encoding::BASE64;
use thiserror::Error;

use crate::key::PublicKey;
use crate::key::is_valid_name;
pub use crate::key::{KeyError, SigningKey, VerifyingKey};
use crate::text::{has_control, parse_base64};

/// The longest note that is read, in bytes: room for 64 post-quantum signatures and much text.
pub const NOTE_BYTES_MAX: usize = 1_000_000;

/// The most signatures on a note; the specification asks for at least 16.
pub const SIGNATURES_MAX: usize = 64;

/// Why a note is not read, signed or believed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Above [`NOTE_BYTES_MAX`].
    #[error("the signed note is longer than {NOTE_BYTES_MAX} bytes")]
    TooLong,
    /// Text and note must end in a line feed.
    #[error("the signed note does not end in a line feed")]
    NoFinalLineFeed,
    /// An ASCII control character other than the line feed, a carriage return for example.
    #[error("the signed note holds a control character")]
    ControlCharacter,
    /// No blank line, so no signatures.
    #[error("the signed note has no blank line before its signatures")]
    NoBlankLine,
    /// A line after the last blank line is not a signature.
    #[error("signature line {line} of the note is not well formed")]
    MalformedSignature {
        /// Counted from 1 after the blank line.
        line: usize,
    },
    /// Above [`SIGNATURES_MAX`].
    #[error("the note has more than {SIGNATURES_MAX} signatures")]
    TooManySignatures,
    /// The signatures of another text were to be taken over.
    #[error("the signatures are over another text")]
    OtherText,
    /// A key we know is named, but its signature is wrong: text or signature was changed.
    #[error("the signature of the known key {name} is wrong")]
    WrongSignature {
        /// The key's name.
        name: String,
    },
    /// None of the signatures is from a key we know.
    #[error("the note is not signed by a known key")]
    NotSignedByKnownKey,
}

/// A text with its signatures, read but not necessarily believed.
///
/// The text comes out through [`SignedNote::verify`], or through a method that says "unverified".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line, of whatever key and type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    key_id: u32,
    bytes: Vec<u8>,
}

impl SignedNote {
    /// Reads a note; believes nothing yet.
    ///
    /// # Errors
    /// Any [`NoteError`] about form.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong);
        }
        if has_control(note) {
            return Err(NoteError::ControlCharacter);
        }
        let body = note.strip_suffix('\n').ok_or(NoteError::NoFinalLineFeed)?;
        // The text may hold blank lines itself: the last one is the separator.
        let blank = body.rfind("\n\n").ok_or(NoteError::NoBlankLine)?;
        let (text, lines) = (&body[..=blank], &body[blank + 2..]);
        let mut signatures = Vec::new();
        for (at, line) in lines.split('\n').enumerate() {
            if at == SIGNATURES_MAX {
                return Err(NoteError::TooManySignatures);
            }
            let signature = NoteSignature::parse(line).ok_or(NoteError::MalformedSignature { line: at + 1 })?;
            signatures.push(signature);
        }
        Ok(Self { text: text.into(), signatures })
    }

    /// The text, once it is signed by at least one of `keys`.
    ///
    /// Signatures of other keys, and of types this crate does not know, are passed over. The whole
    /// note is refused when a signature that names one of `keys` is wrong, even if another holds.
    ///
    /// # Errors
    /// [`NoteError::WrongSignature`] or [`NoteError::NotSignedByKnownKey`].
    pub fn verify(&self, keys: &[&VerifyingKey]) -> Result<&str, NoteError> {
        let mut signed = false;
        for signature in &self.signatures {
            for key in keys.iter().filter(|key| signature.names(key)) {
                if !key.accepts(self.text.as_bytes(), &signature.bytes) {
                    return Err(NoteError::WrongSignature { name: signature.name.clone() });
                }
                signed = true;
            }
        }
        if signed { Ok(&self.text) } else { Err(NoteError::NotSignedByKnownKey) }
    }

    /// The text that nobody has vouched for yet, with its final line feed.
    pub fn unverified_text(&self) -> &str {
        &self.text
    }

    /// All signatures in the order of the note, checked or not.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds the signature of another key, during a key rotation for example; one that names the
    /// same key is replaced.
    ///
    /// # Errors
    /// [`NoteError::TooManySignatures`].
    pub fn add_signature(&mut self, key: &SigningKey) -> Result<(), NoteError> {
        self.signatures.retain(|signature| !signature.names(key.verifying_key()));
        let bytes = key.sign(self.text.as_bytes());
        self.push(NoteSignature::of(key.verifying_key(), bytes.into()))
    }

    /// Takes over the signatures of another copy of this note that this one does not have; for each key the one that
    /// stands here is kept.
    ///
    /// # Errors
    /// [`NoteError::OtherText`] or [`NoteError::TooManySignatures`].
    pub fn join(&mut self, other: &Self) -> Result<(), NoteError> {
        if self.text != other.text {
            return Err(NoteError::OtherText);
        }
        for signature in &other.signatures {
            let is_here = |own: &NoteSignature| own.key_id == signature.key_id && own.name == signature.name;
            if !self.signatures.iter().any(is_here) {
                self.push(signature.clone())?;
            }
        }
        Ok(())
    }

    /// The note with the signatures that name one of these keys alone.
    pub(crate) fn only(&self, keys: &[VerifyingKey]) -> Self {
        let named = |signature: &&NoteSignature| keys.iter().any(|key| signature.names(key));
        Self { text: self.text.clone(), signatures: self.signatures.iter().filter(named).cloned().collect() }
    }

    pub(crate) fn push(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        if self.signatures.len() >= SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// The signatures that name this key, good or not.
    pub(crate) fn naming<const TYPE: u8>(&self, key: &PublicKey<TYPE>) -> impl Iterator<Item = &NoteSignature> {
        self.signatures.iter().filter(|signature| signature.names(key))
    }
}

impl fmt::Display for SignedNote {
    /// Writes the note exactly as it is stored, sent and read back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl SigningKey {
    /// Signs a text, which must end in a line feed and hold no other control character.
    ///
    /// Deterministic: the same key and text give the same note.
    ///
    /// # Errors
    /// [`NoteError::NoFinalLineFeed`], [`NoteError::ControlCharacter`] or [`NoteError::TooLong`].
    pub fn sign_note(&self, text: &str) -> Result<SignedNote, NoteError> {
        if text.len() > NOTE_BYTES_MAX / 2 {
            return Err(NoteError::TooLong);
        }
        if !text.ends_with('\n') {
            return Err(NoteError::NoFinalLineFeed);
        }
        if has_control(text) {
            return Err(NoteError::ControlCharacter);
        }
        let mut note = SignedNote { text: text.into(), signatures: Vec::new() };
        note.add_signature(self)?;
        Ok(note)
    }
}

impl NoteSignature {
    pub(crate) fn of<const TYPE: u8>(key: &PublicKey<TYPE>, bytes: Vec<u8>) -> Self {
        Self { name: key.name().into(), key_id: key.key_id(), bytes }
    }

    /// The name of the key that is said to have signed.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key that is said to have signed.
    pub fn key_id(&self) -> u32 {
        self.key_id
    }

    /// The signature itself, without the key id; its form depends on the key's type.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix("— ")?.split_once(' ')?;
        let decoded = parse_base64(base64)?;
        let (key_id, bytes) = decoded.split_first_chunk()?;
        if !is_valid_name(name) || bytes.is_empty() {
            return None;
        }
        Some(Self { name: name.into(), key_id: u32::from_be_bytes(*key_id), bytes: bytes.into() })
    }

    /// Name and id together name a key; one of them alone may be shared by strangers.
    pub(crate) fn names<const TYPE: u8>(&self, key: &PublicKey<TYPE>) -> bool {
        self.key_id == key.key_id() && self.name == key.name()
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut field = Vec::from(self.key_id.to_be_bytes());
        field.extend_from_slice(&self.bytes);
        write!(f, "— {} {}", self.name, BASE64.encode(&field))
    }
}
