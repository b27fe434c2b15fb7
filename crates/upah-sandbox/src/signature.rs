//! The sandbox's own reading of SNAP's two signatures, written apart from the payment client's,
//! so that a shared mistake cannot make both sides agree.
//!
//! Source: SNAP technical standard, "Signature": `SHA256withRSA` for the access token,
//! HMAC-SHA512 for a transaction with a token.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};

use crate::keys::PublicKey;

/// Strips the whitespace JSON does not need from the raw bytes and changes nothing else.
///
/// Key order, number text, escapes and nulls stay: official clients sign compact JSON but send it
/// with spaces, and some send escapes that a re-serialiser would rewrite.
#[must_use]
pub fn minify(raw: &[u8]) -> Vec<u8> {
    let mut small = Vec::with_capacity(raw.len());
    let mut in_string = false;
    let mut escaped = false;
    for &byte in raw {
        if in_string {
            small.push(byte);
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
        } else if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            in_string = byte == b'"';
            small.push(byte);
        }
    }
    small
}

/// SHA-256 of the minified body: the identity of a request under its reference.
#[must_use]
pub fn body_digest(raw: &[u8]) -> [u8; 32] {
    Sha256::digest(minify(raw)).into()
}

/// What the client signs with its secret:
/// `METHOD:target:token:lowercase(hex(sha256(minify(body)))):timestamp`.
///
/// `target` is all that follows the host, the query included; `timestamp` is the header's text,
/// unchanged.
#[must_use]
pub fn string_to_sign(method: &str, target: &str, token: &str, body_digest: &[u8; 32], timestamp: &str) -> String {
    let digest = HEXLOWER.encode(body_digest);
    [method, target, token, digest.as_str(), timestamp].join(":")
}

/// What is signed with a private key instead: the same without a token.
#[must_use]
pub fn string_to_sign_without_token(method: &str, target: &str, body_digest: &[u8; 32], timestamp: &str) -> String {
    let digest = HEXLOWER.encode(body_digest);
    [method, target, digest.as_str(), timestamp].join(":")
}

/// The client secret, ready to check transaction signatures. Its bytes are used literally.
#[derive(Clone)]
pub struct SymmetricKey(Hmac<Sha512>);

impl SymmetricKey {
    /// `None` never happens for HMAC, which takes a key of any length; the type says so anyway.
    #[must_use]
    pub fn new(secret: &str) -> Option<Self> {
        Hmac::new_from_slice(secret.as_bytes()).ok().map(Self)
    }

    /// This key's signature over a text, standard base64.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(text.as_bytes());
        BASE64.encode(&mac.finalize().into_bytes())
    }

    /// Whether `signature` (standard base64) is this key's over `string_to_sign`.
    #[must_use]
    pub fn verifies(&self, string_to_sign: &str, signature: &str) -> bool {
        let Ok(given) = BASE64.decode(signature.as_bytes()) else {
            return false;
        };
        let mut mac = self.0.clone();
        mac.update(string_to_sign.as_bytes());
        mac.verify_slice(&given).is_ok()
    }
}

impl core::fmt::Debug for SymmetricKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SymmetricKey(..)")
    }
}

/// Whether `signature` (standard base64) is `SHA256withRSA` (PKCS#1 v1.5) by `key` over
/// `client_id|timestamp`.
#[must_use]
pub fn token_request_verifies(key: &PublicKey, client_id: &str, timestamp: &str, signature: &str) -> bool {
    key_verifies(key, &format!("{client_id}|{timestamp}"), signature)
}

/// Whether `signature` (standard base64) is `SHA256withRSA` (PKCS#1 v1.5) by `key` over a text.
#[must_use]
pub fn key_verifies(key: &PublicKey, signed: &str, signature: &str) -> bool {
    let Ok(given) = BASE64.decode(signature.as_bytes()) else {
        return false;
    };
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.der()).verify(signed.as_bytes(), &given).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn minify_is_idempotent(raw: Vec<u8>) {
            let once = minify(&raw);
            prop_assert_eq!(minify(&once), once);
        }

        #[test]
        fn whitespace_inside_strings_is_kept(text in "[ \\t\\n\\ra-z\"\\\\é]{0,40}") {
            let string = serde_json::to_string(&text).unwrap();
            let spread = format!(" {{ \"a\" :\t{string} ,\r\n\"b\": [ 1 , 2.50 ] }} ");
            let tight = format!("{{\"a\":{string},\"b\":[1,2.50]}}");
            prop_assert_eq!(minify(spread.as_bytes()), tight.into_bytes());
        }
    }

    #[test]
    fn escapes_and_number_text_are_left_alone() {
        let raw = br#"{ "name" : "caf\u00e9 \" \\" , "n" : 1.0e+2 }"#;
        assert_eq!(minify(raw), br#"{"name":"caf\u00e9 \" \\","n":1.0e+2}"#.to_vec());
    }
}
