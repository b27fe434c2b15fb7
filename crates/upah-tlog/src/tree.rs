//! Appending, roots and making proofs, from few stored hashes.
//!
//! # What the host stores
//! Level 0 is one hash for each entry. Whenever 256 hashes of a level are complete, their root is
//! one hash of the next level, a [`CoarseNode`]. So a log of n entries costs about n × 1.004
//! hashes, and any inner node is recomputed from at most 128 of them: a proof reads O(log n)
//! hashes and never the whole log. (The widths are those of c2sp.org/tlog-tiles.)
//!
//! # Durability
//! Nothing here writes. Store the leaf and the coarse nodes it completed in one transaction, and
//! before the checkpoint that covers them is signed: a signature over hashes that were lost again
//! is a promise the log cannot keep.

use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

use crate::hash::{Hash, empty_root, node_hash};

/// The most entries a log may have: 2^62, so that no proof exceeds 63 hashes, the limit of
/// c2sp.org/tlog-witness.
pub const LEAVES_MAX: u64 = 1 << 62;

/// Binary levels between two stored levels: 2^8 = 256 hashes become one.
const COARSE_BITS: u32 = 8;

/// The stored hashes of a log.
///
/// `level` 0 holds leaf hashes by entry index; `level` k ≥ 1 holds the roots of complete subtrees
/// of 256^k entries, as [`Frontier::push`] reported them.
pub trait TreeReader {
    /// Why a read failed; reaches the caller as [`TreeError::Reader`].
    type Error;

    /// One stored hash. A hash that is not there is an error, never a made-up value.
    fn coarse(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;

    /// `count` (1 to 128) stored hashes in order from `start`; all of them or an error.
    fn coarse_range(&self, level: u8, start: u64, count: usize) -> Result<Vec<Hash>, Self::Error> {
        (start..).take(count).map(|index| self.coarse(level, index)).collect()
    }
}

/// Why a root or a proof could not be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TreeError<E> {
    /// The host could not read its hashes.
    #[error("the stored hashes of the log could not be read")]
    Reader(#[source] E),
    /// The host returned another number of hashes than it was asked for.
    #[error("the store returned {got} hashes of level {level} instead of {wanted}")]
    WrongCount {
        /// Stored level that was read.
        level: u8,
        /// Hashes asked for.
        wanted: usize,
        /// Hashes returned.
        got: usize,
    },
    /// The entry is not in a log of this size.
    #[error("entry {index} is not in a log of {size} entries")]
    NoSuchEntry {
        /// Zero-based entry.
        index: u64,
        /// Entries in the log.
        size: u64,
    },
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
    /// Above [`LEAVES_MAX`].
    #[error("a log of {size} entries is larger than any log may be")]
    TooLarge {
        /// Entries asked about.
        size: u64,
    },
}

/// The root of a complete subtree of 256^`level` entries, for the host to store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoarseNode {
    /// Stored level, 1 or higher.
    pub level: u8,
    /// Zero-based position within its level: it covers the entries from `index` × 256^`level`.
    pub index: u64,
    /// The subtree's root.
    pub hash: Hash,
}

/// The right edge of a growing log: all that is needed to append and to know the root.
///
/// Fixed size, no allocation. Not stored: [`Frontier::from_reader`] rebuilds it.
#[derive(Clone, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Slot b holds the root of a complete subtree of 2^b entries when bit b of `size` is set.
    peaks: [Option<Hash>; 64],
}

impl Frontier {
    /// Rebuilds the frontier of the first `size` entries from what the host stored.
    ///
    /// # Errors
    /// [`TreeError::Reader`], [`TreeError::WrongCount`], [`TreeError::TooLarge`].
    pub fn from_reader<R: TreeReader + ?Sized>(size: u64, reader: &R) -> Result<Self, TreeError<R::Error>> {
        check_size(size)?;
        let mut frontier = Self { size, ..Self::default() };
        for (level, start) in complete_subtrees(0, size) {
            frontier.peaks[level as usize] = Some(subtree_root(level, start, reader)?);
        }
        Ok(frontier)
    }

    /// Appends one leaf hash; `completed` receives every coarse node it completes, lower levels
    /// first (one for each 256th entry, otherwise none).
    pub fn push(&mut self, leaf: Hash, completed: &mut impl FnMut(CoarseNode)) {
        let mut hash = leaf;
        let mut level = 0;
        // Appending is adding one to a binary number: occupied slots carry into the next.
        while let Some(left) = self.peaks[level as usize].take() {
            hash = node_hash(&left, &hash);
            level += 1;
            if level % COARSE_BITS == 0 {
                completed(CoarseNode { level: stored_level(level), index: self.size >> level, hash });
            }
        }
        self.peaks[level as usize] = Some(hash);
        self.size += 1;
    }

    /// How many entries the log has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all entries; [`empty_root`] when there are none.
    pub fn root(&self) -> Hash {
        join_peaks(self.peaks.iter().flatten().copied())
    }
}

impl Default for Frontier {
    fn default() -> Self {
        Self { size: 0, peaks: [None; 64] }
    }
}

impl fmt::Debug for Frontier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frontier").field("size", &self.size).field("root", &self.root()).finish()
    }
}

/// The root of the first `size` entries, as it was when the log had that many.
///
/// # Errors
/// [`TreeError::Reader`], [`TreeError::WrongCount`], [`TreeError::TooLarge`].
pub fn root_at<R: TreeReader + ?Sized>(size: u64, reader: &R) -> Result<Hash, TreeError<R::Error>> {
    check_size(size)?;
    range_root(0, size, reader)
}

/// The path from entry `index` to the root of the first `size` entries, leaf's sibling first
/// (RFC 9162 section 2.1.3.1).
///
/// # Errors
/// [`TreeError::NoSuchEntry`] and those of [`root_at`].
pub fn inclusion_proof<R: TreeReader + ?Sized>(
    index: u64,
    size: u64,
    reader: &R,
) -> Result<Vec<Hash>, TreeError<R::Error>> {
    check_size(size)?;
    if index >= size {
        return Err(TreeError::NoSuchEntry { index, size });
    }
    let (mut low, mut high) = (0, size);
    let mut path = Vec::new();
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(range_root(middle, high, reader)?);
            high = middle;
        } else {
            path.push(range_root(low, middle, reader)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the log of `new` entries begins with the log of `old` entries
/// (RFC 9162 section 2.1.4.1). Empty when both sizes are equal.
///
/// # Errors
/// [`TreeError::OldIsEmpty`], [`TreeError::OldIsLarger`] and those of [`root_at`].
pub fn consistency_proof<R: TreeReader + ?Sized>(
    old: u64,
    new: u64,
    reader: &R,
) -> Result<Vec<Hash>, TreeError<R::Error>> {
    check_size(new)?;
    if old == 0 {
        return Err(TreeError::OldIsEmpty);
    }
    if old > new {
        return Err(TreeError::OldIsLarger { old, new });
    }
    let (mut low, mut high) = (0, new);
    let mut path = Vec::new();
    while high != old {
        let middle = low + split(high - low);
        if old <= middle {
            path.push(range_root(middle, high, reader)?);
            high = middle;
        } else {
            path.push(range_root(low, middle, reader)?);
            low = middle;
        }
    }
    // A subtree that is the whole old log needs no hash: the verifier holds the old root.
    if low > 0 {
        path.push(range_root(low, high, reader)?);
    }
    path.reverse();
    Ok(path)
}

fn check_size<E>(size: u64) -> Result<(), TreeError<E>> {
    if size > LEAVES_MAX {
        return Err(TreeError::TooLarge { size });
    }
    Ok(())
}

/// The largest power of two strictly below `count`; `count` is at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// The root of the entries `low..high`, where `low` is a multiple of a power of two that is at
/// least `high - low`. Every range that RFC 9162 forms by splitting is of that kind.
fn range_root<R: TreeReader + ?Sized>(low: u64, high: u64, reader: &R) -> Result<Hash, TreeError<R::Error>> {
    let peaks = complete_subtrees(low, high)
        .map(|(level, start)| subtree_root(level, start, reader))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(join_peaks(peaks))
}

/// The complete subtrees that make up `low..high` as (binary level, first entry), smallest first.
fn complete_subtrees(low: u64, high: u64) -> impl Iterator<Item = (u32, u64)> {
    let count = high - low;
    (0..u64::BITS).filter(move |level| (count >> level) & 1 == 1).map(move |level| {
        let larger = count & !((2 << level) - 1);
        (level, low + larger)
    })
}

/// Joins the roots of complete subtrees, smallest first.
fn join_peaks(peaks: impl IntoIterator<Item = Hash>) -> Hash {
    peaks.into_iter().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
}

/// The root of the 2^`level` entries from `start`, out of the nearest stored level below.
fn subtree_root<R: TreeReader + ?Sized>(level: u32, start: u64, reader: &R) -> Result<Hash, TreeError<R::Error>> {
    let stored = stored_level(level);
    let first = start >> (u32::from(stored) * COARSE_BITS);
    let wanted = 1_usize << (level % COARSE_BITS);
    if wanted == 1 {
        return reader.coarse(stored, first).map_err(TreeError::Reader);
    }
    let hashes = reader.coarse_range(stored, first, wanted).map_err(TreeError::Reader)?;
    if hashes.len() != wanted {
        return Err(TreeError::WrongCount { level: stored, wanted, got: hashes.len() });
    }
    Ok(complete_root(hashes))
}

/// The root over a power of two of hashes.
fn complete_root(mut hashes: Vec<Hash>) -> Hash {
    while hashes.len() > 1 {
        let parents = hashes.len() / 2;
        for parent in 0..parents {
            hashes[parent] = node_hash(&hashes[2 * parent], &hashes[2 * parent + 1]);
        }
        hashes.truncate(parents);
    }
    hashes.first().copied().unwrap_or_else(empty_root)
}

/// The root over the hashes of a full tile, the [`CoarseNode`] that stands for them; `None` when they are not 256.
pub(crate) fn complete_tile_root(hashes: Vec<Hash>) -> Option<Hash> {
    (hashes.len() == 1 << COARSE_BITS).then(|| complete_root(hashes))
}

/// The stored level at or below a binary level; at most 7, as binary levels are below 64.
fn stored_level(level: u32) -> u8 {
    (level / COARSE_BITS) as u8
}
