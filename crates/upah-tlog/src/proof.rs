//! Checking proofs the way RFC 9162 writes it down, sharing no code with the side that makes them.
//!
//! # What a proof does not bind
//! A path of hashes shows the *shape* of a tree only as far as the path goes: entry 0 of a log of
//! 3 and of a log of 4 have paths of the same shape. Sizes are therefore never taken from whoever
//! brings the proof, but from a signed checkpoint together with its root.

use thiserror::Error;

use crate::hash::{Hash, node_hash};

/// The most hashes a proof may have (c2sp.org/tlog-witness); enough for 2^62 entries.
pub const PROOF_HASHES_MAX: usize = 63;

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The entry is not in a log of this size.
    #[error("entry {index} is not in a log of {size} entries")]
    NoSuchEntry {
        /// Zero-based entry.
        index: u64,
        /// Entries in the log.
        size: u64,
    },
    /// Too many hashes for these sizes, or more than [`PROOF_HASHES_MAX`].
    #[error("the proof has too many hashes")]
    TooManyHashes,
    /// Too few hashes for these sizes.
    #[error("the proof has too few hashes")]
    TooFewHashes,
    /// The path from the entry leads to another root: entry, position or proof is not the logged one.
    #[error("the entry is not in the log with this root")]
    NotIncluded,
    /// Nothing can be proven about an empty log: every log continues it.
    #[error("there is no consistency proof from an empty log")]
    OldIsEmpty,
    /// The old size is above the new one.
    #[error("a log of {new} entries cannot continue one of {old}")]
    OldIsLarger {
        /// Entries in the older log.
        old: u64,
        /// Entries in the newer log.
        new: u64,
    },
    /// Two logs of the same size with different roots: proof of two histories.
    #[error("two logs of the same size have different roots")]
    SameSizeOtherRoot,
    /// The proof does not lead to the old root.
    #[error("the proof does not lead to the root of the older log")]
    OldRootDiffers,
    /// The proof does not lead to the new root.
    #[error("the proof does not lead to the root of the newer log")]
    NewRootDiffers,
}

/// Checks that the entry with this leaf hash is entry `index` of the log of `size` entries with
/// this root (RFC 9162 section 2.1.3.2).
///
/// `size` and `root` must come from one signed checkpoint (see the [module](self)).
///
/// # Errors
/// [`ProofError::NoSuchEntry`], [`ProofError::TooManyHashes`], [`ProofError::TooFewHashes`] or
/// [`ProofError::NotIncluded`].
pub fn verify_inclusion(
    leaf_hash: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::NoSuchEntry { index, size });
    }
    if proof.len() > PROOF_HASHES_MAX {
        return Err(ProofError::TooManyHashes);
    }
    let mut walk = Walk { node: index, last: size - 1 };
    let mut hash = *leaf_hash;
    for sibling in proof {
        hash = match walk.up()? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    walk.at_root()?;
    if hash == *root { Ok(()) } else { Err(ProofError::NotIncluded) }
}

/// Checks that the log of `new` entries begins with the log of `old` entries
/// (RFC 9162 section 2.1.4.2).
///
/// An empty old log is refused here, because "anything continues nothing" proves nothing; who must
/// start from nothing, as a witness does, says so in its own code. Equal sizes need an empty proof
/// and equal roots. Sizes and roots must come from signed checkpoints (see the [module](self)).
///
/// # Errors
/// All of [`ProofError`] but [`ProofError::NoSuchEntry`] and [`ProofError::NotIncluded`].
pub fn verify_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), ProofError> {
    if old == 0 {
        return Err(ProofError::OldIsEmpty);
    }
    if old > new {
        return Err(ProofError::OldIsLarger { old, new });
    }
    if proof.len() > PROOF_HASHES_MAX {
        return Err(ProofError::TooManyHashes);
    }
    if old == new {
        return verify_same_size(proof, old_root, new_root);
    }
    // A complete old tree is itself a node of the new one, so the proof leaves its root out.
    let (first, rest) =
        if old.is_power_of_two() { (old_root, proof) } else { proof.split_first().ok_or(ProofError::TooFewHashes)? };
    let mut walk = Walk { node: old - 1, last: new - 1 };
    walk.skip(walk.node.trailing_ones());
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        match walk.up()? {
            Side::Left => {
                old_hash = node_hash(sibling, &old_hash);
                new_hash = node_hash(sibling, &new_hash);
            }
            Side::Right => new_hash = node_hash(&new_hash, sibling),
        }
    }
    walk.at_root()?;
    if old_hash != *old_root {
        return Err(ProofError::OldRootDiffers);
    }
    if new_hash != *new_root {
        return Err(ProofError::NewRootDiffers);
    }
    Ok(())
}

fn verify_same_size(proof: &[Hash], old_root: &Hash, new_root: &Hash) -> Result<(), ProofError> {
    if !proof.is_empty() {
        Err(ProofError::TooManyHashes)
    } else if old_root != new_root {
        Err(ProofError::SameSizeOtherRoot)
    } else {
        Ok(())
    }
}

/// On which side of the path the next sibling stands.
enum Side {
    Left,
    Right,
}

/// Climbs from a node to the root: `node` and `last` are the RFC's "fn" and "sn".
struct Walk {
    node: u64,
    last: u64,
}

impl Walk {
    /// One step of the loops in sections 2.1.3.2 (4) and 2.1.4.2 (6).
    fn up(&mut self) -> Result<Side, ProofError> {
        if self.last == 0 {
            return Err(ProofError::TooManyHashes);
        }
        let is_right_child = self.node & 1 == 1;
        let side = if is_right_child || self.node == self.last {
            if !is_right_child {
                // The last node of an incomplete level has no sibling there: it moves up as it is.
                // `node` equals `last`, which is not 0, so there is a set bit to stop at.
                self.skip(self.node.trailing_zeros());
            }
            Side::Left
        } else {
            Side::Right
        };
        self.skip(1);
        Ok(side)
    }

    fn skip(&mut self, levels: u32) {
        // `levels` is below 64: `node` is below a size, so it is neither all ones nor, when its
        // trailing zeros are counted, zero.
        self.node >>= levels;
        self.last >>= levels;
    }

    fn at_root(&self) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::TooFewHashes) }
    }
}
