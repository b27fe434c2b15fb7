//! The canaries fit the tree: one for each rule, a patch that applies, and a test that is there to notice.
#![allow(clippy::unwrap_used)]
use std::collections::BTreeSet;
use xtask::canaries::{Canary, all};
use xtask::tree::{files, read};

#[test]
fn every_rule_of_money_safety_has_a_canary() {
    let rules: BTreeSet<u8> = all().unwrap().iter().map(|canary| canary.rule).collect();
    assert_eq!(rules, (1..=15).collect());
}

#[test]
fn every_canary_breaks_the_tree_as_it_stands_today() {
    let stale: Vec<_> = all().unwrap().into_iter().filter(|canary| !canary.applies().unwrap()).collect();
    let names: Vec<_> = stale.iter().map(|canary| &canary.name).collect();
    assert!(names.is_empty(), "these patches no longer fit; make them again: {names:?}");
}

#[test]
fn the_test_that_has_to_notice_a_canary_is_there() {
    for canary in all().unwrap() {
        assert!(is_there(&canary), "{}: no test {} in {}", canary.name, canary.test, canary.package);
    }
}

fn is_there(canary: &Canary) -> bool {
    let name = canary.test.rsplit("::").next().unwrap();
    let (function, folder) = (format!("fn {name}("), format!("crates/{}/", canary.package));
    files(&["rs"]).unwrap().iter().filter(|path| path.starts_with(&folder)).any(|path| {
        let text = read(path).unwrap();
        text.contains(&function) || text.contains(&format!("fn {name}\n"))
    })
}
