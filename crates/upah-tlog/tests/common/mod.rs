//! The recursive definitions of RFC 6962 section 2.1, word for word: slow, and plainly right.
#![allow(dead_code, unreachable_pub)]

use upah_tlog::{Hash, MemoryTree, empty_root, leaf_hash, node_hash};

/// `count` different leaf hashes.
pub fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

pub fn tree(count: u64) -> MemoryTree {
    leaves(count).into_iter().collect()
}

pub fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

/// Which side each hash of an inclusion proof stands on, leaf first.
pub fn inclusion_shape(index: u64, size: u64) -> String {
    if size == 1 {
        return String::new();
    }
    let k = split(size);
    if index < k { inclusion_shape(index, k) + "R" } else { inclusion_shape(index - k, size - k) + "L" }
}

/// What each hash of a consistency proof is: the start ("S"), or on which side it stands. A proof
/// that starts from the old root itself has no "S".
pub fn consistency_shape(old: u64, new: u64, whole: bool) -> String {
    if old == new {
        return String::from(if whole { "" } else { "S" });
    }
    let k = split(new);
    if old <= k { consistency_shape(old, k, whole) + "R" } else { consistency_shape(old - k, new - k, false) + "L" }
}

fn split(size: u64) -> u64 {
    size.next_power_of_two() / 2
}
