//! Named Ed25519 keys for signed notes and their text form, the "vkey".
//!
//! A log's key and a witness's key are the same curve point with another type byte in front of it, which goes into the
//! key id: so neither can ever be taken for the other. Here the byte is a parameter of the type, and the code is one.

use alloc::string::String;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::text::parse_base64;
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use ed25519_dalek::{Signature, Signer};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The type byte of plain Ed25519 keys in c2sp.org/signed-note: those of logs.
pub(crate) const ED25519: u8 = 0x01;
/// The type byte of timestamped Ed25519 cosignatures in c2sp.org/tlog-cosignature: keys of witnesses.
pub(crate) const COSIGNATURE: u8 = 0x04;

/// The public key of a log: all that a verifier holds.
pub type VerifyingKey = PublicKey<ED25519>;
/// The secret key of a log.
pub type SigningKey = SecretKey<ED25519>;
/// The public key of a witness: it vouches for a head at a time, and for nothing else.
pub type WitnessKey = PublicKey<COSIGNATURE>;
/// The secret key of a witness.
pub type WitnessSigner = SecretKey<COSIGNATURE>;

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A key name must be non-empty, without white space, control characters and "+".
    #[error("the key name is empty or holds a space, a control character or a plus sign")]
    Name,
    /// A verification key is `name+id+key`.
    #[error("the verification key is not of the form name+id+key")]
    Form,
    /// The id is not eight hexadecimal digits.
    #[error("the id in the verification key is not eight hexadecimal digits")]
    Id,
    /// The key itself is not standard base64.
    #[error("the key in the verification key is not standard base64")]
    Base64,
    /// A key of another type, a witness's or a post-quantum one for example.
    #[error("the verification key is of type {kind:#04x}; one of type {wanted:#04x} belongs here")]
    UnknownType {
        /// The type byte.
        kind: u8,
        /// The type that was to be read: 0x01 for the key of a log, 0x04 for that of a witness.
        wanted: u8,
    },
    /// Not 32 bytes, not the one spelling of a point of the curve, or a point that lets one
    /// signature fit many texts.
    #[error("the verification key is not a usable Ed25519 key")]
    NotUsable,
    /// The id does not belong to this name and key: something was mistyped or changed.
    #[error("the id in the verification key does not belong to its name and key")]
    IdDiffers,
}

/// A public Ed25519 key with its name, of the type that its type byte says; see [`VerifyingKey`] and [`WitnessKey`].
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey<const TYPE: u8> {
    name: String,
    key_id: u32,
    key: ed25519_dalek::VerifyingKey,
}

/// A secret key with its name. Its secret never leaves: not through Debug, and erased on drop.
///
/// See [`SigningKey`] and [`WitnessSigner`].
#[derive(Clone)]
pub struct SecretKey<const TYPE: u8> {
    secret: ed25519_dalek::SigningKey,
    public: PublicKey<TYPE>,
}

impl<const TYPE: u8> PublicKey<TYPE> {
    /// Reads a vkey: `name+hex(key id)+base64(type || public key)`.
    ///
    /// # Errors
    /// Any [`KeyError`].
    pub fn parse(vkey: &str) -> Result<Self, KeyError> {
        // Names hold no "+", but base64 may.
        let (name, rest) = vkey.split_once('+').ok_or(KeyError::Form)?;
        let (id, base64) = rest.split_once('+').ok_or(KeyError::Form)?;
        let id: [u8; 4] = HEXLOWER_PERMISSIVE
            .decode(id.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(KeyError::Id)?;
        let typed = parse_base64(base64).ok_or(KeyError::Base64)?;
        let public = match typed.split_first() {
            Some((&kind, public)) if kind == TYPE => public,
            Some((&kind, _)) => return Err(KeyError::UnknownType { kind, wanted: TYPE }),
            None => return Err(KeyError::NotUsable),
        };
        let public = public.try_into().map_err(|_| KeyError::NotUsable)?;
        let key = Self::from_public(name, public)?;
        if key.key_id != u32::from_be_bytes(id) {
            return Err(KeyError::IdDiffers);
        }
        Ok(key)
    }

    /// Names a raw Ed25519 public key (32 bytes, RFC 8032).
    ///
    /// # Errors
    /// [`KeyError::Name`] or [`KeyError::NotUsable`].
    pub fn from_public(name: &str, public: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_valid_name(name) {
            return Err(KeyError::Name);
        }
        let key = ed25519_dalek::VerifyingKey::from_bytes(public)
            .ok()
            .filter(|key| !key.is_weak() && is_canonical(key))
            .ok_or(KeyError::NotUsable)?;
        Ok(Self { name: name.into(), key_id: key_id(name, TYPE, public), key })
    }

    /// The key's name; for a log, its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's short id. An identifier, not a fingerprint: anybody can make a key with this id.
    pub fn key_id(&self) -> u32 {
        self.key_id
    }

    /// The raw Ed25519 public key.
    pub fn public(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether the signature is this key's over the text; one of the wrong length is just wrong.
    pub(crate) fn accepts(&self, text: &[u8], signature: &[u8]) -> bool {
        // Strict: a signature that holds for some verifiers and not for others settles nothing.
        Signature::from_slice(signature).is_ok_and(|signature| self.key.verify_strict(text, &signature).is_ok())
    }
}

impl<const TYPE: u8> fmt::Display for PublicKey<TYPE> {
    /// Writes the vkey.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut typed = [TYPE; 33];
        typed[1..].copy_from_slice(self.public());
        write!(f, "{}+{:08x}+{}", self.name, self.key_id, BASE64.encode(&typed))
    }
}

impl<const TYPE: u8> fmt::Debug for PublicKey<TYPE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl<const TYPE: u8> Hash for PublicKey<TYPE> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.public().hash(state);
    }
}

impl<const TYPE: u8> SecretKey<TYPE> {
    /// Makes the key from its 32-byte seed (RFC 8032), which must be random and kept secret by the
    /// host. Wiping the caller's copy of the seed is up to the caller.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = PublicKey::from_public(name, secret.verifying_key().as_bytes())?;
        Ok(Self { secret, public })
    }

    /// The key's name; for a log, its origin.
    pub fn name(&self) -> &str {
        self.public.name()
    }

    /// The public half, to hand out.
    pub fn verifying_key(&self) -> &PublicKey<TYPE> {
        &self.public
    }

    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.secret.sign(text).to_bytes()
    }
}

impl<const TYPE: u8> fmt::Debug for SecretKey<TYPE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}, secret)", self.public)
    }
}

/// The name rule of c2sp.org/signed-note, with control characters out as everywhere in a note.
pub(crate) fn is_valid_name(name: &str) -> bool {
    let forbidden = |c: char| c.is_whitespace() || c < ' ' || c == '+';
    !name.is_empty() && !name.contains(forbidden)
}

/// RFC 8032 section 5.1.3 allows one spelling of a point; the curve library reads others too.
fn is_canonical(key: &ed25519_dalek::VerifyingKey) -> bool {
    key.to_edwards().compress().as_bytes() == key.as_bytes()
}

/// `SHA-256(name || 0x0A || type || public key)[:4]`, big-endian.
fn key_id(name: &str, kind: u8, public: &[u8; 32]) -> u32 {
    let [a, b, c, d, ..]: [u8; 32] =
        Sha256::new().chain_update(name).chain_update([b'\n', kind]).chain_update(public).finalize().into();
    u32::from_be_bytes([a, b, c, d])
}
