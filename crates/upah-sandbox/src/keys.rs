//! RSA keys for the token service: the registered public key, and pairs made at run time so that
//! nobody has to commit one.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use data_encoding::BASE64;

/// A client's registered public key (`SubjectPublicKeyInfo`, DER).
#[derive(Clone)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    /// Reads PEM (`BEGIN PUBLIC KEY` or `BEGIN RSA PUBLIC KEY`), or the same base64 without its
    /// armour, as counterparties often hand it over.
    ///
    /// # Errors
    /// `InvalidInput` when the text is not base64.
    pub fn from_text(text: &str) -> io::Result<Self> {
        der_of(text).map(Self)
    }

    /// Takes DER as it is.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Self {
        Self(der.to_vec())
    }

    /// The DER bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PublicKey({} bytes)", self.0.len())
    }
}

/// An RSA-2048 pair for a test client.
#[derive(Clone)]
pub struct TestKeys {
    private_pem: String,
    public_pem: String,
}

impl TestKeys {
    /// Makes a fresh pair.
    ///
    /// # Errors
    /// When the system's randomness or the cryptographic library fails.
    pub fn generate() -> io::Result<Self> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| broken("no key was made"))?;
        Self::from_pair(&pair)
    }

    /// Reads the private key (PKCS#8 or PKCS#1, PEM) at `path`, or makes one there, readable by its
    /// owner alone. The pair survives restarts, so that a client's configuration stays good.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds no RSA key.
    pub fn at(path: &Path) -> io::Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::from_private_pem(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make_at(path),
            Err(error) => Err(error),
        }
    }

    /// Whole or not at all: of two processes that start at once, the second takes the first's key.
    fn make_at(path: &Path) -> io::Result<Self> {
        let keys = Self::generate()?;
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{}.draft", std::process::id()));
        let mut file = owner_only(OpenOptions::new().write(true).create(true).truncate(true)).open(&draft)?;
        file.write_all(keys.private_pem.as_bytes())?;
        file.sync_all()?;
        let linked = std::fs::hard_link(&draft, path);
        std::fs::remove_file(&draft)?;
        match linked {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::from_private_pem(&std::fs::read_to_string(path)?)
            }
            done => done.map(|()| keys),
        }
    }

    /// Takes a private key somebody has (PKCS#8 or PKCS#1, PEM).
    ///
    /// # Errors
    /// `InvalidInput` when it is no RSA private key.
    pub fn from_private_pem(pem: &str) -> io::Result<Self> {
        let der = der_of(pem)?;
        let pair = KeyPair::from_pkcs8(&der)
            .or_else(|_| KeyPair::from_der(&der))
            .map_err(|_| broken("not an RSA private key"))?;
        Self::from_pair(&pair)
    }

    /// PKCS#8 PEM, for the client.
    #[must_use]
    pub fn private_pem(&self) -> &str {
        &self.private_pem
    }

    /// `SubjectPublicKeyInfo` PEM, for the sandbox.
    #[must_use]
    pub fn public_pem(&self) -> &str {
        &self.public_pem
    }

    /// Signs a text as the bank does with its own pair: `SHA256withRSA`, standard base64.
    ///
    /// # Errors
    /// When the cryptographic library refuses.
    pub fn sign(&self, text: &str) -> io::Result<String> {
        let pair = KeyPair::from_pkcs8(&der_of(&self.private_pem)?).map_err(|_| broken("not an RSA private key"))?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|_| broken("nothing was signed"))?;
        Ok(BASE64.encode(&signature))
    }

    fn from_pair(pair: &KeyPair) -> io::Result<Self> {
        let private: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| broken("no PKCS#8"))?;
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| broken("no SPKI"))?;
        Ok(Self { private_pem: pem("PRIVATE KEY", private.as_ref()), public_pem: pem("PUBLIC KEY", public.as_ref()) })
    }
}

impl core::fmt::Debug for TestKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("TestKeys(..)")
    }
}

/// Files of the sandbox hold keys and account numbers: 0600 where the system knows it.
pub(crate) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = tail;
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

fn der_of(text: &str) -> io::Result<Vec<u8>> {
    let base64: String = text.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
    match BASE64.decode(base64.as_bytes()) {
        Ok(der) if !der.is_empty() => Ok(der),
        _ => Err(broken("neither PEM nor base64")),
    }
}

fn broken(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_made_once_and_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("client.key.pem");
        let made = TestKeys::at(&path).unwrap();
        let found = TestKeys::at(&path).unwrap();
        assert_eq!(made.private_pem(), found.private_pem());
        assert_eq!(made.public_pem(), found.public_pem());
        let other = TestKeys::generate().unwrap();
        assert_ne!(made.public_pem(), other.public_pem());
    }

    #[test]
    fn a_public_key_is_read_with_and_without_armour() {
        let keys = TestKeys::generate().unwrap();
        let armoured = PublicKey::from_text(keys.public_pem()).unwrap();
        let bare = PublicKey::from_text(&BASE64.encode(armoured.der())).unwrap();
        assert_eq!(armoured.der(), bare.der());
        assert!(PublicKey::from_text("not a key!").is_err());
        assert!(PublicKey::from_text("").is_err());
    }
}
