//! Who may depend on whom: the floors of the architecture as a table, checked against the manifests,
//! and the two lowest floors kept free of the world.
#![allow(clippy::unwrap_used)]
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::collections::BTreeSet;
use std::process::Command;
use xtask::source::{has_word, lines};
use xtask::tree::{files, read, root};

/// One crate of the workspace.
struct Layer {
    name: &'static str,
    floor: u8,
    /// The crates of the workspace that it may use.
    may_use: &'static [&'static str],
}

/// Not published, used by nothing: tools and tests.
const OUTSIDE: u8 = u8::MAX;

/// A crate that is not listed fails the test: its place is a decision, made here.
#[rustfmt::skip]
const LAYERS: &[Layer] = &[
    Layer { name: "upah-qris",      floor: 0, may_use: &[] },
    Layer { name: "upah-tlog",      floor: 0, may_use: &[] },
    Layer { name: "upah-core",      floor: 0, may_use: &["upah-qris"] },
    Layer { name: "upah-payfile",   floor: 1, may_use: &["upah-core"] },
    // Banks write CSV as clerks do: one reader of tables, one kind of mistake.
    Layer { name: "upah-statement", floor: 1, may_use: &["upah-core", "upah-payfile"] },
    Layer { name: "upah-explain",   floor: 1, may_use: &["upah-core"] },
    Layer { name: "upah-slip",      floor: 1, may_use: &["upah-core", "upah-tlog", "upah-explain"] },
    Layer { name: "upah-transport", floor: 2, may_use: &[] },
    // What goes out together waits in one place, whether it becomes a file or a request.
    Layer { name: "upah-gather",    floor: 2, may_use: &[] },
    Layer { name: "upah-snap",      floor: 2, may_use: &["upah-core", "upah-transport", "upah-gather"] },
    Layer { name: "upah-aggregators", floor: 2, may_use: &["upah-core", "upah-transport"] },
    // A bank's files are read as its statements are: one reader of account reports.
    Layer { name: "upah-bankfile",  floor: 2, may_use: &["upah-core", "upah-statement", "upah-gather"] },
    // Calls nobody, so it needs no transport.
    Layer { name: "upah-sheet",     floor: 2, may_use: &["upah-core", "upah-qris"] },
    Layer { name: "upah-sqlite",    floor: 2, may_use: &["upah-core", "upah-tlog"] },
    Layer { name: "upah-postgres",  floor: 2, may_use: &["upah-core", "upah-tlog"] },
    // Used by tests alone, of ours and of others; of the transport it is its own examples that speak.
    Layer { name: "upah-conformance", floor: 2, may_use: &["upah-core", "upah-tlog", "upah-transport"] },
    Layer { name: "upah",           floor: 3, may_use: &["upah-core", "upah-tlog", "upah-explain", "upah-slip", "upah-sqlite", "upah-snap"] },
    // Its signatures and its ledger are its own: a sandbox that shared code with the adapters would
    // share their mistakes.
    Layer { name: "upah-sandbox",   floor: 2, may_use: &[] },
    Layer { name: "upah-cli",       floor: 4, may_use: &["upah", "upah-core", "upah-qris", "upah-tlog", "upah-payfile", "upah-statement", "upah-explain", "upah-slip", "upah-transport", "upah-snap", "upah-aggregators", "upah-bankfile", "upah-sheet", "upah-sqlite", "upah-postgres", "upah-sandbox"] },
    Layer { name: "upah-simulator", floor: OUTSIDE, may_use: &["upah-core"] },
    Layer { name: "upah-fuzz",      floor: OUTSIDE, may_use: &["upah-qris", "upah-tlog", "upah-core", "upah-payfile", "upah-statement", "upah-explain", "upah-slip", "upah-transport", "upah-snap", "upah-bankfile", "upah-sqlite"] },
    Layer { name: "xtask",          floor: OUTSIDE, may_use: &[] },
];

/// Any crate's `tests/` may use these; they are never linked into what is shipped by that.
const FOR_TESTS: &[&str] = &["upah-sandbox", "upah-conformance"];

/// The highest floor without I/O, clock and randomness.
const PURE_FLOOR: u8 = 1;

/// What the pure floors may use from outside. Each computes and nothing else.
const PURE_DEPENDENCIES: &[&str] = &[
    "base45",
    "csv",
    "data-encoding",
    "ed25519-dalek",
    "fluent-bundle",
    "hmac",
    "html-escape",
    "png",
    "qrcode",
    "quick-xml",
    "rust_decimal",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "time",
    "unic-langid",
    "unicode-normalization",
];

/// Crates that touch the world; none may come in behind a pure crate, by whatever way.
const WORLDLY: &[&str] = &[
    "async-std",
    "aws-lc-rs",
    "axum",
    "chrono",
    "fastrand",
    "getrandom",
    "hyper",
    "mio",
    "openssl",
    "rand",
    "reqwest",
    "ring",
    "rusqlite",
    "rustix",
    "socket2",
    "tempfile",
    "tokio",
    "ureq",
];

/// Words by which code would reach the world without a dependency.
const WORLDLY_WORDS: &[&str] = &[
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::time",
    "SystemTime",
    "Instant::now",
    "now_utc",
    "now_local",
    "tokio",
    "rand::",
    "getrandom",
    "OsRng",
    "thread_rng",
];

fn workspace() -> Metadata {
    // Without resolving: nothing is downloaded, and what counts is what a manifest asks for.
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap()
}

fn layer(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.name == name)
}

fn pure() -> impl Iterator<Item = &'static Layer> {
    LAYERS.iter().filter(|layer| layer.floor <= PURE_FLOOR)
}

fn assert_none(findings: &[String], rule: &str) {
    assert!(findings.is_empty(), "{rule}\n{}", findings.join("\n"));
}

/// What of a manifest the table does not allow.
fn forbidden_edges(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let Some(layer) = layer(name) else {
        return vec![format!(
            "{name} has no line in LAYERS (xtask/tests/layers.rs): decide its floor and what it may use"
        )];
    };
    let ours = package.dependencies.iter().filter(|dependency| dependency.path.is_some());
    ours.filter_map(|dependency| {
        let used = dependency.name.as_str();
        if dependency.kind == DependencyKind::Development {
            let is_lower = self::layer(used).is_some_and(|used| used.floor < layer.floor) && layer.floor != OUTSIDE;
            let is_allowed = layer.may_use.contains(&used) || is_lower || FOR_TESTS.contains(&used);
            let is_allowed = is_allowed && name != "upah-sandbox";
            return (!is_allowed)
                .then(|| format!("the tests of {name} may not use {used}: it is not below, and not made for tests"));
        }
        (!layer.may_use.contains(&used)).then(|| format!("{name} may not use {used}: LAYERS does not list that edge"))
    })
    .collect()
}

#[test]
fn crates_use_only_the_crates_that_the_table_allows() {
    let findings: Vec<_> = workspace().workspace_packages().into_iter().flat_map(forbidden_edges).collect();
    assert_none(&findings, "a module that must call back up is in the wrong place");
}

#[test]
fn the_table_speaks_of_crates_that_exist_and_of_edges_that_go_down() {
    let workspace = workspace();
    let members: BTreeSet<_> =
        workspace.workspace_packages().into_iter().map(|package| package.name.to_string()).collect();
    let mut findings = Vec::new();
    for above in LAYERS {
        if !members.contains(above.name) {
            findings.push(format!("{} is no member of the workspace any more", above.name));
        }
        for used in above.may_use {
            match layer(used) {
                None => findings.push(format!("{} may use {used}, which has no line", above.name)),
                Some(below) if below.floor > above.floor => findings.push(format!("{} is below {used}", above.name)),
                // On one floor an edge goes to a crate that stands earlier in the table.
                Some(below) if position(below.name) >= position(above.name) => {
                    findings.push(format!("{} stands before {used} in the table", above.name));
                }
                Some(_) => {}
            }
        }
    }
    assert_none(&findings, "the table of layers is out of date");
}

fn position(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.name == name)
}

#[test]
fn pure_crates_ask_only_for_crates_that_compute() {
    let workspace = workspace();
    let mut findings = Vec::new();
    for package in workspace.workspace_packages() {
        if layer(&package.name).is_none_or(|layer| layer.floor > PURE_FLOOR) {
            continue;
        }
        let theirs =
            package.dependencies.iter().filter(|used| used.path.is_none() && used.kind != DependencyKind::Development);
        for used in theirs.filter(|used| !PURE_DEPENDENCIES.contains(&used.name.as_str())) {
            findings.push(format!("{} may not use {}: it is not in PURE_DEPENDENCIES", package.name, used.name));
        }
    }
    assert_none(&findings, "floors 0 and 1 know no I/O, no clock and no randomness");
}

#[test]
fn nothing_that_touches_the_world_comes_in_behind_a_pure_crate() {
    let mut findings = Vec::new();
    for layer in pure() {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--package", layer.name, "--edges", "normal", "--prefix", "none", "--format", "{p}"])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
        let tree = String::from_utf8(output.stdout).unwrap();
        let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(names.contains(layer.name), "cargo tree does not show {}", layer.name);
        findings.extend(names.iter().filter(|name| WORLDLY.contains(name)).map(|name| {
            format!("{} brings in {name}; `cargo tree -p {} -i {name}` shows the way", layer.name, layer.name)
        }));
    }
    assert_none(&findings, "floors 0 and 1 know no I/O, no clock and no randomness");
}

#[test]
fn pure_crates_do_not_speak_of_files_sockets_clocks_or_randomness() {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for path in files(&["rs"]).unwrap() {
        let Some(layer) = pure().find(|layer| path.starts_with(&format!("crates/{}/src/", layer.name))) else {
            continue;
        };
        seen.insert(layer.name);
        for line in lines(&read(&path).unwrap()).into_iter().filter(|line| !line.is_test) {
            for word in WORLDLY_WORDS.iter().filter(|word| has_word(&line.code, word)) {
                findings.push(format!("{path}:{}: {word}: let the caller bring it in as a value", line.number));
            }
        }
    }
    assert_eq!(seen.len(), pure().count(), "a pure crate has no sources under crates/<name>/src");
    assert_none(&findings, "floors 0 and 1 know no I/O, no clock and no randomness");
}

#[test]
fn the_lowest_floor_is_no_std() {
    for layer in LAYERS.iter().filter(|layer| layer.floor == 0) {
        let path = format!("crates/{}/src/lib.rs", layer.name);
        let is_no_std = lines(&read(&path).unwrap()).iter().any(|line| line.code.trim() == "#![no_std]");
        assert!(is_no_std, "{path} does not say #![no_std]");
    }
}

#[test]
fn the_sandbox_is_linked_by_the_binary_and_by_tests_alone() {
    let mut findings = Vec::new();
    for path in files(&["rs"]).unwrap() {
        let is_source = path.starts_with("crates/") && path.contains("/src/");
        if !is_source || path.starts_with("crates/upah-sandbox/") || path.starts_with("crates/upah-cli/") {
            continue;
        }
        for line in lines(&read(&path).unwrap()).into_iter().filter(|line| has_word(&line.code, "upah_sandbox")) {
            findings.push(format!("{path}:{}: move the test to tests/", line.number));
        }
    }
    assert_none(&findings, "no src/ but the binary's speaks of the sandbox");
}

#[test]
fn an_edge_that_the_table_does_not_list_is_found() {
    let workspace = workspace();
    let package =
        |name: &str| workspace.workspace_packages().into_iter().find(|p| p.name.as_str() == name).unwrap().clone();
    let with = |name: &str, dependency: &str, kind| {
        let mut package = package(name);
        let mut edge = self::package_dependency(&workspace, dependency);
        edge.kind = kind;
        package.dependencies.push(edge);
        forbidden_edges(&package)
    };
    assert_eq!(with("upah-core", "upah-tlog", DependencyKind::Normal).len(), 1);
    assert_eq!(with("upah-core", "upah-tlog", DependencyKind::Build).len(), 1);
    assert_eq!(with("upah-sandbox", "upah-snap", DependencyKind::Development).len(), 1);
    assert_eq!(with("upah-explain", "upah-slip", DependencyKind::Development).len(), 1);
    assert!(with("upah-snap", "upah-sandbox", DependencyKind::Development).is_empty());
    assert!(with("upah-cli", "upah", DependencyKind::Normal).is_empty());
}

/// An edge to a crate of the workspace as some manifest states it.
fn package_dependency(workspace: &Metadata, name: &str) -> cargo_metadata::Dependency {
    let edges = workspace.packages.iter().flat_map(|package| &package.dependencies);
    edges.into_iter().find(|edge| edge.name == name && edge.path.is_some()).unwrap().clone()
}
