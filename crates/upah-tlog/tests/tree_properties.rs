//! Frontier, stored hashes and proofs against the recursive definitions, and every kind of
//! tampering that a proof must not survive.
#![allow(clippy::unwrap_used)]

mod common;

use std::cell::Cell;

use common::{consistency_shape, inclusion_shape, leaves, naive_root, tree};
use proptest::prelude::*;
use upah_tlog::{
    CoarseNode, Frontier, Hash, LEAVES_MAX, MemoryTree, NotStored, ProofError, TreeError, TreeReader,
    consistency_proof, empty_root, inclusion_proof, leaf_hash, node_hash, root_at, verify_consistency,
    verify_inclusion,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn frontier_stored_hashes_and_definition_agree_on_every_root(
        (size, earlier) in sizes(0..=2000),
    ) {
        let leaves = leaves(size);
        let tree = tree(size);
        let root = naive_root(&leaves);
        prop_assert_eq!(tree.root(), root);
        prop_assert_eq!(root_at(size, &tree), Ok(root));
        prop_assert_eq!(root_at(earlier, &tree), Ok(naive_root(&leaves[..earlier as usize])));
    }

    #[test]
    fn a_rebuilt_frontier_is_the_pushed_one_and_goes_on_alike((size, earlier) in sizes(0..=2000)) {
        let tree = tree(size);
        prop_assert_eq!(&Frontier::from_reader(size, &tree).unwrap(), tree.frontier());
        let mut rebuilt = Frontier::from_reader(earlier, &tree).unwrap();
        for leaf in &leaves(size)[earlier as usize..] {
            rebuilt.push(*leaf, &mut |_| ());
        }
        prop_assert_eq!(&rebuilt, tree.frontier());
    }

    #[test]
    fn every_inclusion_proof_verifies((size, pick) in sizes(1..=2000)) {
        let index = pick.min(size - 1);
        let tree = tree(size);
        let proof = inclusion_proof(index, size, &tree).unwrap();
        let leaf = leaves(size)[index as usize];
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &proof, &tree.root()), Ok(()));
    }

    #[test]
    fn every_consistency_proof_verifies((new, old) in sizes(1..=2000)) {
        let old = old.max(1);
        let tree = tree(new);
        let old_root = root_at(old, &tree).unwrap();
        let proof = consistency_proof(old, new, &tree).unwrap();
        prop_assert_eq!(verify_consistency(old, new, &proof, &old_root, &tree.root()), Ok(()));
    }

    #[test]
    fn one_flipped_bit_ends_an_inclusion_proof((size, pick) in sizes(1..=600), bit in 0..256_usize) {
        let index = pick.min(size - 1);
        let tree = tree(size);
        let (root, leaf) = (tree.root(), leaves(size)[index as usize]);
        let proof = inclusion_proof(index, size, &tree).unwrap();
        let check = |leaf: &Hash, index, proof: &[Hash], root: &Hash| {
            verify_inclusion(leaf, index, size, proof, root)
        };
        prop_assert!(check(&flipped(&leaf, bit), index, &proof, &root).is_err());
        prop_assert!(check(&leaf, index, &proof, &flipped(&root, bit)).is_err());
        prop_assert!(check(&leaf, index ^ (1 << (bit % 64)), &proof, &root).is_err());
        for at in 0..proof.len() {
            let mut other = proof.clone();
            other[at] = flipped(&proof[at], bit);
            prop_assert_eq!(check(&leaf, index, &other, &root), Err(ProofError::NotIncluded));
            prop_assert!(check(&leaf, index, &proof[..at], &root).is_err());
        }
        let longer = [&proof[..], &[leaf]].concat();
        prop_assert_eq!(check(&leaf, index, &longer, &root), Err(ProofError::TooManyHashes));
    }

    #[test]
    fn one_flipped_bit_ends_a_consistency_proof((new, old) in sizes(2..=600), bit in 0..256_usize) {
        let old = old.clamp(1, new - 1);
        let tree = tree(new);
        let (old_root, new_root) = (root_at(old, &tree).unwrap(), tree.root());
        let proof = consistency_proof(old, new, &tree).unwrap();
        let check = |proof: &[Hash], old_root: &Hash, new_root: &Hash| {
            verify_consistency(old, new, proof, old_root, new_root)
        };
        prop_assert!(check(&proof, &flipped(&old_root, bit), &new_root).is_err());
        prop_assert!(check(&proof, &old_root, &flipped(&new_root, bit)).is_err());
        for at in 0..proof.len() {
            let mut other = proof.clone();
            other[at] = flipped(&proof[at], bit);
            prop_assert!(check(&other, &old_root, &new_root).is_err());
            prop_assert!(check(&proof[..at], &old_root, &new_root).is_err());
        }
        let longer = [&proof[..], &[old_root]].concat();
        prop_assert_eq!(check(&longer, &old_root, &new_root), Err(ProofError::TooManyHashes));
    }

    /// A path binds the shape of the tree and not the number: sizes come from a signed checkpoint.
    /// This pins exactly how much a wrong size is noticed here.
    #[test]
    fn a_wrong_size_is_refused_unless_its_path_has_the_same_shape(
        (size, pick) in sizes(1..=600),
        bit in 0..62_u32,
    ) {
        let tree = tree(size);
        let root = tree.root();
        let other = size ^ (1_u64 << bit);

        let index = pick.min(size - 1);
        let proof = inclusion_proof(index, size, &tree).unwrap();
        let leaf = leaves(size)[index as usize];
        let accepted = verify_inclusion(&leaf, index, other, &proof, &root).is_ok();
        let same = index < other && inclusion_shape(index, other) == inclusion_shape(index, size);
        prop_assert_eq!(accepted, same);

        let old = pick.max(1);
        let old_root = root_at(old, &tree).unwrap();
        let proof = consistency_proof(old, size, &tree).unwrap();
        let shape = consistency_shape(old, size, true);
        let accepted = verify_consistency(old, other, &proof, &old_root, &root).is_ok();
        let same = old <= other && consistency_shape(old, other, true) == shape;
        prop_assert_eq!(accepted, same);
        let other_old = old ^ (1_u64 << bit);
        let accepted = verify_consistency(other_old, size, &proof, &old_root, &root).is_ok();
        let same = (1..=size).contains(&other_old)
            && consistency_shape(other_old, size, true) == shape;
        prop_assert_eq!(accepted, same);
    }

    #[test]
    fn arbitrary_proofs_never_panic_and_never_verify(
        index: u64, old: u64, size: u64, seeds in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let proof: Vec<_> = seeds.into_iter().map(Hash).collect();
        let (leaf, root) = (leaf_hash(b"a"), leaf_hash(b"b"));
        prop_assert!(verify_inclusion(&leaf, index, size, &proof, &root).is_err());
        prop_assert!(verify_consistency(old, size, &proof, &leaf, &root).is_err());
        for extreme in [0, 1, 2, u64::MAX - 1, u64::MAX, 1 << 63, LEAVES_MAX] {
            prop_assert!(verify_inclusion(&leaf, extreme, size, &proof, &root).is_err());
            prop_assert!(verify_inclusion(&leaf, index, extreme, &proof, &root).is_err());
            prop_assert!(verify_consistency(extreme, u64::MAX, &proof, &leaf, &root).is_err());
            prop_assert!(verify_consistency(1, extreme, &proof, &leaf, &root).is_err());
        }
    }
}

#[test]
fn coarse_nodes_are_reported_once_when_their_last_entry_comes() {
    let leaves = leaves(1024 + 17);
    let mut frontier = Frontier::default();
    let mut reported = Vec::new();
    for (at, leaf) in leaves.iter().enumerate() {
        frontier.push(*leaf, &mut |node| reported.push((at, node)));
    }
    let expected: Vec<_> = (0..4_usize)
        .map(|index| {
            let hash = naive_root(&leaves[index * 256..(index + 1) * 256]);
            let node = CoarseNode { level: 1, index: index as u64, hash };
            (index * 256 + 255, node)
        })
        .collect();
    assert_eq!(reported, expected);
}

#[test]
fn a_log_across_65_536_entries_uses_the_second_stored_level() {
    const SIZE: u64 = 66_000;
    let leaves = leaves(SIZE);
    let tree = Counting::over(leaves.iter().copied().collect());
    assert_eq!(tree.tree.root(), naive_root(&leaves));
    assert_eq!(tree.coarse(2, 0).unwrap(), naive_root(&leaves[..65_536]));
    assert_eq!(&Frontier::from_reader(SIZE, &tree).unwrap(), tree.tree.frontier());

    for size in [65_535, 65_536, 65_537, SIZE] {
        let root = root_at(size, &tree).unwrap();
        assert_eq!(root, naive_root(&leaves[..size as usize]));
        for index in [0, 255, 256, 32_768, 65_534, size - 1] {
            tree.reads.set(0);
            let proof = inclusion_proof(index, size, &tree).unwrap();
            assert!(tree.reads.get() < 1200, "{} hashes read", tree.reads.get());
            let leaf = &leaves[index as usize];
            assert_eq!(verify_inclusion(leaf, index, size, &proof, &root), Ok(()));
        }
        for old in [1, 255, 256, 257, 40_000, 65_535, size] {
            let old_root = root_at(old, &tree).unwrap();
            tree.reads.set(0);
            let proof = consistency_proof(old, size, &tree).unwrap();
            assert!(tree.reads.get() < 1200, "{} hashes read", tree.reads.get());
            let verdict = verify_consistency(old, size, &proof, &old_root, &root);
            assert_eq!(verdict, Ok(()));
        }
    }
}

/// Ten million entries that are all alike: every complete subtree of a level has one hash, so no memory is needed.
struct AllAlike {
    levels: Vec<Hash>,
    reads: Cell<usize>,
}

impl TreeReader for AllAlike {
    type Error = NotStored;

    fn coarse(&self, level: u8, index: u64) -> Result<Hash, NotStored> {
        self.reads.set(self.reads.get() + 1);
        let width = 1_u64 << (8 * u32::from(level));
        let is_complete = (index + 1) * width <= TEN_MILLION;
        self.levels.get(usize::from(level)).copied().filter(|_| is_complete).ok_or(NotStored { level, index })
    }
}

const TEN_MILLION: u64 = 10_000_000;

#[test]
fn a_proof_in_a_log_of_ten_million_entries_reads_some_hundred_hashes_and_not_the_log() {
    let leaf = leaf_hash(b"alike");
    let doubled = |hash: &Hash| (0..8).fold(*hash, |hash, _| node_hash(&hash, &hash));
    let levels = std::iter::successors(Some(leaf), |hash| Some(doubled(hash))).take(4).collect();
    let tree = AllAlike { levels, reads: Cell::new(0) };
    let root = root_at(TEN_MILLION, &tree).unwrap();
    // 24 binary levels, each out of at most 128 stored hashes.
    let few = |tree: &AllAlike| assert!(tree.reads.take() <= 24 * 128, "too many hashes are read");
    few(&tree);
    for index in [0, 1, 4_999_999, 9_999_000, TEN_MILLION - 1] {
        let proof = inclusion_proof(index, TEN_MILLION, &tree).unwrap();
        few(&tree);
        assert!(proof.len() <= 24);
        assert_eq!(verify_inclusion(&leaf, index, TEN_MILLION, &proof, &root), Ok(()));
        assert!(verify_inclusion(&leaf_hash(b"other"), index, TEN_MILLION, &proof, &root).is_err());
    }
    for old in [1, 255, 65_537, 8_388_608, 9_999_999, TEN_MILLION] {
        let old_root = root_at(old, &tree).unwrap();
        few(&tree);
        let proof = consistency_proof(old, TEN_MILLION, &tree).unwrap();
        few(&tree);
        assert_eq!(verify_consistency(old, TEN_MILLION, &proof, &old_root, &root), Ok(()));
    }
}

#[test]
fn an_empty_log_has_the_empty_root_and_proves_nothing() {
    let tree = MemoryTree::default();
    let empty = empty_root();
    assert_eq!(tree.root(), empty);
    assert_eq!(root_at(0, &tree), Ok(empty));
    let no_entry = TreeError::NoSuchEntry { index: 0, size: 0 };
    assert_eq!(inclusion_proof(0, 0, &tree), Err(no_entry));
    assert_eq!(consistency_proof(0, 0, &tree), Err(TreeError::OldIsEmpty));
    let no_entry = Err(ProofError::NoSuchEntry { index: 0, size: 0 });
    assert_eq!(verify_inclusion(&empty, 0, 0, &[], &empty), no_entry);
    for new in [0, 1, 8] {
        let verdict = verify_consistency(0, new, &[], &empty, &empty);
        assert_eq!(verdict, Err(ProofError::OldIsEmpty));
    }
}

#[test]
fn equal_sizes_need_an_empty_proof_and_equal_roots() {
    let (root, fork) = (leaf_hash(b"a"), leaf_hash(b"b"));
    assert_eq!(verify_consistency(5, 5, &[], &root, &root), Ok(()));
    let forked = Err(ProofError::SameSizeOtherRoot);
    assert_eq!(verify_consistency(5, 5, &[], &root, &fork), forked);
    let too_many = Err(ProofError::TooManyHashes);
    assert_eq!(verify_consistency(5, 5, &[root], &root, &root), too_many);
}

#[test]
fn a_power_of_two_old_log_still_needs_its_proof() {
    let root = leaf_hash(b"a");
    let too_few = Err(ProofError::TooFewHashes);
    assert_eq!(verify_consistency(4, 5, &[], &root, &root), too_few);
    assert_eq!(verify_consistency(3, 5, &[], &root, &root), too_few);
    let larger = Err(ProofError::OldIsLarger { old: 5, new: 4 });
    assert_eq!(verify_consistency(5, 4, &[], &root, &root), larger);
}

#[test]
fn a_proof_of_64_hashes_is_refused_even_where_its_length_would_fit() {
    let leaf = leaf_hash(b"a");
    let sibling = leaf_hash(b"b");
    let root = |hashes| (0..hashes).fold(leaf, |hash, _| node_hash(&hash, &sibling));
    let just_fits = [sibling; 63];
    assert_eq!(verify_inclusion(&leaf, 0, 1 << 63, &just_fits, &root(63)), Ok(()));
    let verdict = verify_inclusion(&leaf, 0, u64::MAX, &[sibling; 64], &root(64));
    assert_eq!(verdict, Err(ProofError::TooManyHashes));
    let verdict = verify_consistency(1, u64::MAX, &[sibling; 64], &leaf, &root(64));
    assert_eq!(verdict, Err(ProofError::TooManyHashes));
}

#[test]
fn changed_dropped_and_reordered_entries_are_noticed() {
    let honest = leaves(300);
    let old_root = naive_root(&honest[..257]);
    let forgeries: [fn(&mut Vec<Hash>); 4] = [
        |log| log[100] = leaf_hash(b"changed"),
        |log| log.swap(7, 200),
        |log| log.retain(|leaf| *leaf != leaf_hash(&30_u64.to_be_bytes())),
        |log| log[256] = leaf_hash(b"last one changed"),
    ];
    for forge in forgeries {
        let mut log = honest.clone();
        forge(&mut log);
        let forged: MemoryTree = log.into_iter().collect();
        let proof = consistency_proof(257, forged.size(), &forged).unwrap();
        let verdict = verify_consistency(257, forged.size(), &proof, &old_root, &forged.root());
        assert_eq!(verdict, Err(ProofError::OldRootDiffers));
    }
}

#[test]
fn what_the_store_cannot_give_is_an_error() {
    let tree = tree(300);
    let beyond = TreeError::Reader(NotStored { level: 0, index: 300 });
    assert_eq!(root_at(301, &tree), Err(beyond));
    assert_eq!(root_at(LEAVES_MAX + 1, &tree), Err(TreeError::TooLarge { size: LEAVES_MAX + 1 }));
    let larger = TreeError::OldIsLarger { old: 301, new: 300 };
    assert_eq!(consistency_proof(301, 300, &tree), Err(larger));
    let short = TreeError::WrongCount { level: 0, wanted: 2, got: 1 };
    assert_eq!(root_at(2, &ShortReads), Err(short));
}

fn sizes(range: std::ops::RangeInclusive<u64>) -> impl Strategy<Value = (u64, u64)> {
    // Half of the sizes stand at a boundary of the stored levels or of a power of two.
    let (low, high) = (*range.start(), *range.end());
    let boundary = (0..8_u64, 0..3_u64).prop_map(|(n, off)| n * 256 + off);
    let power = (0..12_u32, 0..3_u64).prop_map(|(n, off)| (1 << n) + off);
    let edge = prop_oneof![boundary, power].prop_map(move |n| n.saturating_sub(1).clamp(low, high));
    prop_oneof![range, edge].prop_flat_map(|size| (Just(size), 0..=size))
}

fn flipped(hash: &Hash, bit: usize) -> Hash {
    let mut other = *hash;
    other.0[bit / 8] ^= 1 << (bit % 8);
    other
}

/// Counts how many stored hashes are read.
struct Counting {
    tree: MemoryTree,
    reads: Cell<usize>,
}

impl Counting {
    fn over(tree: MemoryTree) -> Self {
        Self { tree, reads: Cell::new(0) }
    }
}

impl TreeReader for Counting {
    type Error = NotStored;

    fn coarse(&self, level: u8, index: u64) -> Result<Hash, NotStored> {
        self.reads.set(self.reads.get() + 1);
        self.tree.coarse(level, index)
    }
}

/// A store that answers with fewer hashes than it was asked for.
struct ShortReads;

impl TreeReader for ShortReads {
    type Error = NotStored;

    fn coarse(&self, _: u8, _: u64) -> Result<Hash, NotStored> {
        Ok(empty_root())
    }

    fn coarse_range(&self, _: u8, _: u64, count: usize) -> Result<Vec<Hash>, NotStored> {
        Ok(vec![empty_root(); count - 1])
    }
}
