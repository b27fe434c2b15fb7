//! SNAP's three signatures, made and verified.
//!
//! * token: RSA over `client_id|timestamp`;
//! * type 1, symmetric: HMAC-SHA512 with the client secret, over a text that holds the token;
//! * type 2, asymmetric: RSA over the same text without the token.
//!
//! RSA is RSASSA-PKCS1-v1_5 with SHA-256. Signatures are standard base64, as every counterparty
//! checked has it (the standard's own samples show hex).

use crate::minify::minify;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use aws_lc_rs::{digest, hmac, rand};
use data_encoding::{BASE64, HEXLOWER};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{PrivateKeyDer, SubjectPublicKeyInfoDer};
use thiserror::Error;

/// A key that cannot be used. Says nothing of its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// No PEM section of the expected kind.
    #[error("no PEM text with a key of the expected kind")]
    Pem,
    /// Not an RSA key of 2048 to 8192 bits in PKCS#8 or PKCS#1 form.
    #[error("not an RSA key of 2048 to 8192 bits (PKCS#8 or PKCS#1)")]
    NotRsa,
    /// An empty client secret.
    #[error("the client secret is empty")]
    EmptySecret,
    /// The cryptographic library refused to sign.
    #[error("signing failed")]
    Signing,
}

/// The partner's RSA key: signs token requests and type-2 calls.
pub struct PrivateKey(RsaKeyPair);

/// The client secret: signs type-1 calls. Used as its literal UTF-8 bytes.
pub struct ClientSecret(Box<hmac::Key>);

/// A counterparty's RSA key: verifies what it signed.
#[derive(Clone)]
pub struct PublicKey(Vec<u8>);

crate::redacted_debug!(PrivateKey, ClientSecret, PublicKey, StringToSign<'_>);

impl PrivateKey {
    /// Reads the first private key of a PEM text, PKCS#8 (`PRIVATE KEY`) or PKCS#1
    /// (`RSA PRIVATE KEY`).
    ///
    /// # Errors
    /// [`KeyError::Pem`] or [`KeyError::NotRsa`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let pair = match PrivateKeyDer::from_pem_slice(pem).map_err(|_| KeyError::Pem)? {
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(KeyError::NotRsa),
        };
        pair.map(Self).map_err(|_| KeyError::NotRsa)
    }

    /// Signs a text; base64.
    ///
    /// # Errors
    /// [`KeyError::Signing`] when the library refuses.
    pub fn sign(&self, text: &str) -> Result<String, KeyError> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &rand::SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|_| KeyError::Signing)?;
        Ok(BASE64.encode(&signature))
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.public_key().as_ref().to_vec())
    }
}

impl ClientSecret {
    /// Takes a secret as it is written, without trimming.
    ///
    /// # Errors
    /// [`KeyError::EmptySecret`].
    pub fn new(secret: &str) -> Result<Self, KeyError> {
        if secret.is_empty() {
            return Err(KeyError::EmptySecret);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA512, secret.as_bytes());
        Ok(Self(Box::new(key)))
    }

    /// Signs a text; base64.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        BASE64.encode(hmac::sign(&self.0, text.as_bytes()).as_ref())
    }

    /// Whether a base64 signature is that of the text. Takes the same time for every wrong one.
    #[must_use]
    pub fn verify(&self, text: &str, signature: &str) -> bool {
        BASE64.decode(signature.as_bytes()).is_ok_and(|tag| hmac::verify(&self.0, text.as_bytes(), &tag).is_ok())
    }
}

impl PublicKey {
    /// Reads the first public key of a PEM text (`PUBLIC KEY`). Whether it is an RSA key shows at
    /// verification, where any other kind verifies nothing.
    ///
    /// # Errors
    /// [`KeyError::Pem`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        SubjectPublicKeyInfoDer::from_pem_slice(pem).map(|der| Self(der.as_ref().to_vec())).map_err(|_| KeyError::Pem)
    }

    /// Whether a base64 signature is that of the text.
    #[must_use]
    pub fn verify(&self, text: &str, signature: &str) -> bool {
        BASE64.decode(signature.as_bytes()).is_ok_and(|bytes| {
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0).verify(text.as_bytes(), &bytes).is_ok()
        })
    }
}

/// The text that the token request signs.
#[must_use]
pub fn token_string(client_id: &str, timestamp: &str) -> String {
    format!("{client_id}|{timestamp}")
}

/// The parts of a call that a signature covers.
#[derive(Clone, Copy)]
pub struct StringToSign<'a> {
    /// HTTP method in upper case.
    pub method: &'a str,
    /// Everything after the host, prefix and query included.
    pub path: &'a str,
    /// The body as it travels; it is minified here.
    pub body: &'a [u8],
    /// `X-TIMESTAMP`, unchanged.
    pub timestamp: &'a str,
}

impl StringToSign<'_> {
    /// Type 1. `access_token` comes without `Bearer`. The text is as secret as the token.
    #[must_use]
    pub fn symmetric(&self, access_token: &str) -> String {
        format!("{}:{}:{access_token}:{}:{}", self.method, self.path, self.body_hash(), self.timestamp)
    }

    /// Type 2.
    #[must_use]
    pub fn asymmetric(&self) -> String {
        format!("{}:{}:{}:{}", self.method, self.path, self.body_hash(), self.timestamp)
    }

    fn body_hash(&self) -> String {
        HEXLOWER.encode(digest::digest(&digest::SHA256, &minify(self.body)).as_ref())
    }
}
