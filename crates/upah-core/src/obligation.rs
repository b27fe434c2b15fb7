//! What is owed once, for ever: (employer, period, worker, component).
//!
//! The stored key holds a keyed hash of the worker id, so that it outlives the erasure of the person
//! (safety rule 27), and begins with employer and period, so that the rows of one run lie together in
//! the index (locality decides the speed of admission). Within an employer and a period keys of one worker stand in the
//! same order every month: what others may see is ordered by [`RunId::place_of`](crate::run::RunId::place_of) instead.
use crate::ids::{Component, EmployerId, WorkerId};
use crate::period::Period;
use alloc::string::{String, ToString};
use core::fmt;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// What is owed once. Two equal payments that are both owed differ in `component`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// Who owes.
    pub employer: EmployerId,
    /// For which time.
    pub period: Period,
    /// To whom.
    pub worker_id: WorkerId,
    /// Which part of the pay.
    pub component: Component,
}

impl Obligation {
    /// The four parts in the order in which they are hashed.
    pub(crate) fn parts(&self) -> [String; 4] {
        [self.employer.to_string(), self.period.to_string(), self.worker_id.to_string(), self.component.to_string()]
    }

    /// The key under which the store remembers it.
    pub fn key(&self, pepper: &Pepper) -> ObligationKey {
        let mut key = [0u8; 32];
        key[..6].copy_from_slice(&Sha256::digest(self.employer.to_string().as_bytes())[..6]);
        key[6..10].copy_from_slice(&self.period.packed());
        key[10..26].copy_from_slice(&pepper.hash("worker", &[self.employer.as_str(), self.worker_id.as_str()])[..16]);
        key[26..].copy_from_slice(&Sha256::digest(self.component.to_string().as_bytes())[..6]);
        ObligationKey(key)
    }
}

/// 32 secret bytes of one store, with which identities are hashed.
#[derive(Clone, PartialEq, Eq)]
pub struct Pepper(pub [u8; 32]);

impl Pepper {
    /// HMAC-SHA-256 over a domain tag and length-prefixed parts.
    pub fn hash(&self, domain: &str, parts: &[impl AsRef<[u8]>]) -> [u8; 32] {
        // HMAC takes a key of any length (RFC 2104 section 2), so this cannot fail for 32 bytes.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        mac.update(b"upah/v1/");
        mac.update(domain.as_bytes());
        for part in parts {
            let part = part.as_ref();
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(..)")
    }
}

/// The idempotency key of money: unique in a store, never expires.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObligationKey(pub [u8; 32]);

impl fmt::Debug for ObligationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObligationKey({})", HEXLOWER.encode(&self.0[..10]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn obligation(employer: &str, period: &str, worker: &str, component: &str) -> Obligation {
        Obligation {
            employer: employer.parse().unwrap(),
            period: period.parse().unwrap(),
            worker_id: worker.parse().unwrap(),
            component: component.parse().unwrap(),
        }
    }

    proptest! {
        #[test]
        fn two_obligations_share_a_key_only_when_they_are_the_same(
            a in ("[a-c]{1,2}", "[a-c]{1,2}", "[a-c]{1,2}"), b in ("[a-c]{1,2}", "[a-c]{1,2}", "[a-c]{1,2}")
        ) {
            let pepper = Pepper([7; 32]);
            let x = obligation(&a.0, "2026-11", &a.1, &a.2);
            let y = obligation(&b.0, "2026-11", &b.1, &b.2);
            prop_assert_eq!(x == y, x.key(&pepper) == y.key(&pepper));
        }
    }

    #[test]
    fn a_worker_cannot_be_found_in_the_key_without_the_pepper() {
        let o = obligation("e", "2026-11", "w", "wage");
        assert_ne!(o.key(&Pepper([1; 32])), o.key(&Pepper([2; 32])));
        assert_eq!(o.key(&Pepper([1; 32])).0[..10], o.key(&Pepper([2; 32])).0[..10]);
    }
}
