//! A log as files: names as the standard writes them, and a byte changed in any file is noticed and named.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::convert::Infallible;

use proptest::prelude::*;
use upah_tlog::tiles::{
    EntryTooLong, Holds, Tile, TileFaultKind, TreeReport, check_tree, decode_bundle, encode_bundle,
};
use upah_tlog::{Checkpoint, MemoryTree, TreeReader, leaf_hash};

const ORIGIN: &str = "upah.example/test";

fn entry(n: u64) -> Vec<u8> {
    format!("entry {n}").into_bytes()
}

/// The files of a log of `size` entries, and its head.
fn exported(size: u64) -> (Checkpoint, BTreeMap<String, Vec<u8>>) {
    let tree: MemoryTree = (0..size).map(|n| leaf_hash(&entry(n))).collect();
    let mut files = BTreeMap::new();
    for tile in Tile::hashes_of(size) {
        let Holds::Hashes(level) = tile.holds else { panic!("{tile:?}") };
        let hashes = tree.coarse_range(level, tile.start(), usize::from(tile.width)).unwrap();
        files.insert(tile.to_string(), hashes.iter().flat_map(|hash| hash.0).collect());
    }
    for tile in Tile::bundles_of(size) {
        let entries: Vec<Vec<u8>> = (tile.start()..).take(usize::from(tile.width)).map(entry).collect();
        files.insert(tile.to_string(), encode_bundle(entries.iter().map(Vec::as_slice)).unwrap());
    }
    (Checkpoint::new(ORIGIN, size, tree.root()).unwrap(), files)
}

fn check(head: &Checkpoint, files: &BTreeMap<String, Vec<u8>>) -> TreeReport {
    let Ok(report) = check_tree(head, |tile| Ok::<_, Infallible>(files.get(&tile.to_string()).cloned()));
    report
}

fn named(report: &TreeReport) -> Vec<&str> {
    let mut names: Vec<&str> = report.faults.iter().map(|fault| fault.file.as_str()).collect();
    names.dedup();
    names
}

#[test]
fn tiles_are_named_as_the_standard_names_them() {
    let hashes = |level, index, width| Tile { holds: Holds::Hashes(level), index, width };
    for (tile, path) in [
        (hashes(0, 0, 256), "tile/0/000"),
        (hashes(0, 999, 256), "tile/0/999"),
        (hashes(0, 1_000, 256), "tile/0/x001/000"),
        (hashes(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (hashes(1, 1, 17), "tile/1/001.p/17"),
        (hashes(63, 1_000_000, 1), "tile/63/x001/x000/000.p/1"),
        (Tile { holds: Holds::Entries, index: 273, width: 112 }, "tile/entries/273.p/112"),
    ] {
        assert_eq!(tile.to_string(), path);
        assert_eq!(Tile::parse(path), Some(tile));
    }
    for wrong in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/0001",
        "tile/0/x000/001",
        "tile/00/000",
        "tile/64/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "Tile/0/000",
        "tile/0/000.p/5/",
        "tile/-1/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(Tile::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn a_log_of_70_000_has_the_tiles_of_the_standard_s_example() {
    let count = |level, full| {
        Tile::hashes_of(70_000).filter(|tile| tile.holds == Holds::Hashes(level) && tile.is_full() == full).count()
    };
    assert_eq!([count(0, true), count(0, false), count(1, true), count(1, false), count(2, false)], [273, 1, 1, 1, 1]);
    let partial: Vec<String> =
        Tile::hashes_of(70_000).filter(|tile| !tile.is_full()).map(|tile| tile.to_string()).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
    let of_256: Vec<String> = Tile::hashes_of(256).map(|tile| tile.to_string()).collect();
    assert_eq!(of_256, ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(Tile::hashes_of(0).count() + Tile::bundles_of(0).count(), 0);
}

#[test]
fn bundles_are_read_back_and_cut_ones_are_not() {
    let entries: [&[u8]; 3] = [b"", b"one", &[7; 65_535]];
    let bundle = encode_bundle(entries).unwrap();
    assert_eq!(bundle[..7], *b"\x00\x00\x00\x03one");
    assert_eq!(decode_bundle(&bundle).unwrap(), entries);
    assert_eq!(decode_bundle(&bundle[..bundle.len() - 1]), None);
    assert_eq!(decode_bundle(&[0]), None);
    assert_eq!(encode_bundle([&[0; 65_536][..]]), Err(EntryTooLong { bytes: 65_536 }));
}

#[test]
fn exported_trees_fit() {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 70_000] {
        let (head, files) = exported(size);
        assert_eq!(check(&head, &files), TreeReport { entries: size, ..TreeReport::default() }, "{size}");
    }
}

#[test]
fn a_tree_across_three_levels_names_the_changed_file() {
    let (head, files) = exported(70_000);
    let names = [
        "tile/0/000",
        "tile/0/255",
        "tile/0/256",
        "tile/0/272",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
        "tile/entries/000",
        "tile/entries/100",
        "tile/entries/273.p/112",
    ];
    for name in names {
        let mut changed = files.clone();
        let bytes = changed.get_mut(name).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        assert_eq!(named(&check(&head, &changed)), [name]);
    }
    let other_root = Checkpoint::new(ORIGIN, 70_000, leaf_hash(b"other")).unwrap();
    let report = check(&other_root, &files);
    assert_eq!((named(&report), report.faults[0].what), (vec!["checkpoint"], TileFaultKind::Root));
}

#[test]
fn what_was_left_out_for_an_erased_entry_is_counted_and_the_rest_still_fits() {
    let (head, mut files) = exported(600);
    files.remove("tile/entries/001");
    let report = check(&head, &files);
    assert_eq!(report, TreeReport { entries: 344, entries_left_out: 256, faults: Vec::new() });
    files.remove("tile/0/001");
    assert_eq!(named(&check(&head, &files)), ["tile/0/001"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_bit_flipped_in_any_file_is_noticed_and_the_file_named(
        size in 1..1_400_u64, file: prop::sample::Index, at: prop::sample::Index, bit in 0..8_u32,
    ) {
        let (head, mut files) = exported(size);
        let name = file.get(&files.keys().cloned().collect::<Vec<_>>()).clone();
        let bytes = files.get_mut(&name).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let report = check(&head, &files);
        prop_assert_eq!(named(&report), [&name]);
    }

    #[test]
    fn a_file_cut_lengthened_or_missing_is_named(
        size in 1..1_400_u64, file: prop::sample::Index, how in 0..3_u8,
    ) {
        let (head, mut files) = exported(size);
        let name = file.get(&files.keys().cloned().collect::<Vec<_>>()).clone();
        match how {
            0 => drop(files.get_mut(&name).unwrap().pop()),
            1 => files.get_mut(&name).unwrap().push(0),
            _ => drop(files.remove(&name)),
        }
        let report = check(&head, &files);
        if how == 2 && name.contains("entries") {
            prop_assert!(report.faults.is_empty() && report.entries_left_out > 0);
        } else {
            prop_assert!(named(&report).contains(&name.as_str()), "{:?}", report);
        }
    }

    #[test]
    fn every_tile_s_name_is_read_back(level in 0..64_u8, index in 0..u64::MAX / 256, width in 1..=256_u16, bundle: bool) {
        let holds = if bundle { Holds::Entries } else { Holds::Hashes(level) };
        let tile = Tile { holds, index, width };
        prop_assert_eq!(Tile::parse(&tile.to_string()), Some(tile));
    }

    #[test]
    fn no_path_makes_the_reader_panic(path in "(tile/|entries/|x?[0-9]{1,4}/?|\\.p/|[0-9]{1,3}){0,8}") {
        let _ = Tile::parse(&path).map(|tile| assert_eq!(tile.to_string(), path));
    }
}
