//! A whole tree in memory, for small logs, for checking an exported one and for tests.

use alloc::vec::Vec;

use thiserror::Error;

use crate::hash::Hash;
use crate::tree::{Frontier, TreeReader};

/// All leaf hashes and coarse nodes of a log, in memory.
///
/// The model of what a store keeps; nothing is durable.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    frontier: Frontier,
    levels: Vec<Vec<Hash>>,
}

/// A hash was asked for that the log does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the log has no hash {index} of level {level}")]
pub struct NotStored {
    /// Stored level.
    pub level: u8,
    /// Position within its level.
    pub index: u64,
}

impl MemoryTree {
    /// Appends one leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        let levels = &mut self.levels;
        let mut keep = |level: usize, hash| {
            if levels.len() <= level {
                levels.resize_with(level + 1, Vec::new);
            }
            levels[level].push(hash);
        };
        keep(0, leaf);
        self.frontier.push(leaf, &mut |node| keep(usize::from(node.level), node.hash));
    }

    /// How many entries the log has.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over all entries.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// The right edge, as a store would rebuild it.
    pub fn frontier(&self) -> &Frontier {
        &self.frontier
    }
}

impl Extend<Hash> for MemoryTree {
    fn extend<T: IntoIterator<Item = Hash>>(&mut self, leaves: T) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

impl FromIterator<Hash> for MemoryTree {
    fn from_iter<T: IntoIterator<Item = Hash>>(leaves: T) -> Self {
        let mut tree = Self::default();
        tree.extend(leaves);
        tree
    }
}

impl TreeReader for MemoryTree {
    type Error = NotStored;

    fn coarse(&self, level: u8, index: u64) -> Result<Hash, NotStored> {
        self.levels
            .get(usize::from(level))
            .zip(usize::try_from(index).ok())
            .and_then(|(hashes, at)| hashes.get(at))
            .copied()
            .ok_or(NotStored { level, index })
    }
}
