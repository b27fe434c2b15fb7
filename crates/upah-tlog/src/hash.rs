//! The three hashes of RFC 6962: domain-separated, so that a leaf can never pass for a node.

use alloc::string::String;
use core::fmt;

use crate::text::parse_base64;
use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// A SHA-256 value: a leaf hash, an inner node or a root.
///
/// The length is fixed by the type because verifiers that take "some bytes" have been talked into
/// accepting empty roots.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

/// Why a text is not a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HashTextError {
    /// Not hexadecimal digits.
    #[error("a hash is not written in hexadecimal")]
    NotHex,
    /// Not padded standard base64 (RFC 4648 section 4) in its one canonical form.
    #[error("a hash is not written in standard base64")]
    NotBase64,
    /// Decodes to another length than 32 bytes.
    #[error("a hash has {bytes} bytes instead of 32")]
    Length {
        /// How many bytes the text stands for.
        bytes: usize,
    },
}

impl Hash {
    /// Lower-case hexadecimal, 64 characters.
    pub fn to_hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// Reads 64 hexadecimal digits of either case.
    ///
    /// # Errors
    /// [`HashTextError::NotHex`] or [`HashTextError::Length`].
    pub fn from_hex(text: &str) -> Result<Self, HashTextError> {
        let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map_err(|_| HashTextError::NotHex)?;
        Self::from_slice(&bytes)
    }

    /// Standard padded base64 (RFC 4648 section 4), as all C2SP formats write a hash.
    pub fn to_base64(&self) -> String {
        BASE64.encode(&self.0)
    }

    /// Reads standard padded base64; other spellings of the same bytes are refused.
    ///
    /// # Errors
    /// [`HashTextError::NotBase64`] or [`HashTextError::Length`].
    pub fn from_base64(text: &str) -> Result<Self, HashTextError> {
        let bytes = parse_base64(text).ok_or(HashTextError::NotBase64)?;
        Self::from_slice(&bytes)
    }

    /// Takes exactly 32 bytes, such as a column of a database.
    ///
    /// # Errors
    /// [`HashTextError::Length`].
    pub fn from_slice(bytes: &[u8]) -> Result<Self, HashTextError> {
        let array = bytes.try_into().map_err(|_| HashTextError::Length { bytes: bytes.len() })?;
        Ok(Self(array))
    }
}

/// The hash of an entry: `SHA-256(0x00 || data)` (RFC 6962 section 2.1).
pub fn leaf_hash(data: &[u8]) -> Hash {
    finish(Sha256::new().chain_update([0x00]).chain_update(data))
}

/// The hash of an inner node: `SHA-256(0x01 || left || right)` (RFC 6962 section 2.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    finish(Sha256::new().chain_update([0x01]).chain_update(left.0).chain_update(right.0))
}

/// The root of a log without entries: `SHA-256("")` (RFC 6962 section 2.1).
pub fn empty_root() -> Hash {
    finish(Sha256::new())
}

impl AsRef<[u8]> for Hash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn finish(sha: Sha256) -> Hash {
    Hash(sha.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn debug_and_display_are_the_hex_form() {
        let hash = leaf_hash(b"");
        assert_eq!(format!("{hash:?}"), hash.to_hex());
        assert_eq!(format!("{hash}"), hash.to_hex());
    }

    #[test]
    fn base64_with_stray_trailing_bits_is_refused() {
        let canonical = leaf_hash(b"").to_base64();
        assert_eq!(Hash::from_base64(&canonical), Ok(leaf_hash(b"")));
        // The last symbol before the padding carries two unused bits; "0" leaves them zero, "1" does not.
        let stray = canonical.replace("0=", "1=");
        assert_ne!(stray, canonical);
        assert_eq!(Hash::from_base64(&stray), Err(HashTextError::NotBase64));
    }

    #[test]
    fn other_lengths_are_refused() {
        assert_eq!(Hash::from_hex("00"), Err(HashTextError::Length { bytes: 1 }));
        assert_eq!(Hash::from_base64(""), Err(HashTextError::Length { bytes: 0 }));
        assert_eq!(Hash::from_hex("zz"), Err(HashTextError::NotHex));
    }
}
