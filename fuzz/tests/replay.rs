//! Every kept input goes through its target: what was found once stays found.
#![allow(clippy::unwrap_used)]
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use upah_fuzz::{TARGETS, mutate, seeds, target};

#[test]
fn every_seed_keeps_every_promise_of_its_target() {
    let mut broken = Vec::new();
    for (name, target) in TARGETS {
        for seed in seeds::of(name).unwrap() {
            if panic::catch_unwind(AssertUnwindSafe(|| target(&seed.bytes))).is_err() {
                broken.push(format!("fuzz/seeds/{name}/{}", seed.name));
            }
        }
    }
    assert!(broken.is_empty(), "these seeds break a promise of their target:\n{}", broken.join("\n"));
}

#[test]
fn a_thousand_mutations_keep_every_promise() {
    for (name, target) in TARGETS {
        let kept = seeds::of(name).unwrap();
        let mut rng = fastrand::Rng::with_seed(1);
        for count in 1..=1000 {
            let input = mutate::input(&mut rng, &kept);
            let held = panic::catch_unwind(AssertUnwindSafe(|| target(&input))).is_ok();
            assert!(held, "{name}: input {count} of seed 1 breaks a promise: {:?}", String::from_utf8_lossy(&input));
        }
    }
}

#[test]
fn every_target_has_seeds_and_every_folder_of_seeds_a_target() {
    assert!(!TARGETS.is_empty());
    for (name, _) in TARGETS {
        let kept = seeds::of(name).unwrap_or_default();
        assert!(!kept.is_empty(), "put at least one input for {name} under fuzz/seeds/{name}/");
    }
    for entry in fs::read_dir(seeds::folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(target(&name).is_some(), "fuzz/seeds/{name}/ has no target of that name in upah_fuzz::TARGETS");
    }
}

#[test]
fn no_target_has_the_name_of_another() {
    let mut names: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), TARGETS.len());
}
