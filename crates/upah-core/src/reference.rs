//! Partner references: derived, never drawn, so that a crash, a retry, a second store and a restored
//! backup all name the same attempt of the same obligation alike (safety rule 11).
use crate::obligation::Obligation;
use alloc::string::String;
use core::fmt;
use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The alphabet and length a provider allows for references.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum ReferenceForm {
    /// Upper-case base32 of this many characters, 26 (130 bits) by default.
    Base32 {
        /// 16 to 51 characters.
        length: u8,
    },
    /// Decimal digits of this many characters, the first of them not zero.
    Numeric {
        /// 12 to 30 digits.
        length: u8,
    },
}

impl Default for ReferenceForm {
    fn default() -> Self {
        Self::Base32 { length: 26 }
    }
}

/// What the provider calls `partnerReferenceNo`. Holds nothing personal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(String);

const DOMAIN: &[u8] = b"upah/v1/reference";

impl Reference {
    /// The reference of one attempt (counted from 1) to discharge an obligation.
    pub fn derive(obligation: &Obligation, attempt: u16, form: ReferenceForm) -> Self {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        for part in obligation.parts() {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(attempt.to_be_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        Self(match form {
            ReferenceForm::Base32 { length } => {
                let mut text = BASE32_NOPAD.encode(&digest);
                text.truncate(usize::from(length.clamp(16, 51)));
                text
            }
            ReferenceForm::Numeric { length } => decimal(&digest, usize::from(length.clamp(12, 30))),
        })
    }

    /// A reference as it was stored or received.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text that goes to the provider.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first digits of the digest read as a number; the leading digit is moved into 1 to 9.
fn decimal(digest: &[u8; 32], length: usize) -> String {
    let mut high = [0u8; 16];
    high.copy_from_slice(&digest[..16]);
    let number = u128::from_be_bytes(high);
    let modulus = 10u128.pow(length as u32 - 1);
    let lead = 1 + (number / modulus) % 9;
    alloc::format!("{lead}{:0width$}", number % modulus, width = length - 1)
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn obligation(worker: &str, component: &str) -> Obligation {
        Obligation {
            employer: "kampung-marketer".parse().unwrap(),
            period: "2026-11".parse().unwrap(),
            worker_id: worker.parse().unwrap(),
            component: component.parse().unwrap(),
        }
    }

    #[test]
    fn the_golden_references_never_change_or_a_second_store_would_pay_again() {
        let one = Reference::derive(&obligation("W-001", "wage"), 1, ReferenceForm::default());
        assert_eq!(one.as_str(), "YCCEXPRU33OWELFHOCT2BUYSLD");
        let number = Reference::derive(&obligation("W-001", "wage"), 1, ReferenceForm::Numeric { length: 19 });
        assert_eq!(number.as_str(), "3658608896121442904");
    }

    #[test]
    fn moving_a_character_between_fields_is_another_obligation() {
        let a = Reference::derive(&obligation("w1", "1wage"), 1, ReferenceForm::default());
        let b = Reference::derive(&obligation("w11", "wage"), 1, ReferenceForm::default());
        assert_ne!(a, b);
    }

    proptest! {
        #[test]
        fn a_reference_fits_the_alphabet_and_the_attempt_matters(n in 1u16..50, len in 12u8..=30) {
            let o = obligation("W-7", "wage");
            let digits = Reference::derive(&o, n, ReferenceForm::Numeric { length: len });
            prop_assert_eq!(digits.as_str().len(), usize::from(len));
            prop_assert!(digits.as_str().bytes().all(|b| b.is_ascii_digit()) && !digits.as_str().starts_with('0'));
            prop_assert_ne!(Reference::derive(&o, n + 1, ReferenceForm::default()), Reference::derive(&o, n, ReferenceForm::default()));
        }
    }
}
