//! The house rules that a machine can keep: words that do not stand near money, sizes, headings, lists.
#![allow(clippy::unwrap_used)]
use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::BTreeSet;
use xtask::source::{Line, has_word, lines};
use xtask::tree::{files, read, root};

/// Words that do not stand in a certain part of the code, and what to do instead.
struct Ban {
    words: &'static [&'static str],
    instead: &'static str,
    /// Where the rule holds, by path.
    holds_in: fn(&str) -> bool,
    /// Whether code under `#[cfg(test)]`, `tests/`, `benches/` and `examples/` is free of it.
    forgives_tests: bool,
    /// Whether a comment `// proof: …` directly above the line lifts it.
    accepts_proof: bool,
}

const BANS: &[Ban] = &[
    Ban {
        words: &["f32", "f64"],
        instead: "no float stands near money: use Rupiah, integers, or rust_decimal in a pay rule",
        holds_in: is_crate_source,
        forgives_tests: true,
        accepts_proof: false,
    },
    Ban {
        words: &[".unwrap()", ".unwrap_unchecked("],
        instead: "return an error that says what the caller may do next",
        holds_in: is_any,
        forgives_tests: true,
        accepts_proof: false,
    },
    Ban {
        words: &[".expect("],
        instead: "return an error, or say directly above in `// proof: …` why it cannot happen",
        holds_in: is_any,
        forgives_tests: true,
        accepts_proof: true,
    },
    Ban {
        words: &["todo!", "unimplemented!", "dbg!"],
        instead: "finish it or leave it out",
        holds_in: is_any,
        forgives_tests: false,
        accepts_proof: false,
    },
    Ban {
        words: &["println!", "eprintln!", "print!", "eprint!"],
        instead: "a library returns what it has to say; its host prints",
        holds_in: is_library,
        forgives_tests: true,
        accepts_proof: false,
    },
];

/// A line that a ban does not hold for: path, word, and the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// A file is a room; the longest one that is still read without scrolling to know where one is.
const LINES_MAX: usize = 600;

/// Longer files, each with the reason why it is not two.
const LONG_FILES: &[(&str, &str)] = &[];

/// The places of one machine, which mean nothing on another. Spelt so that this file is not found.
const MACHINE_PATHS: &[&str] =
    &[concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/Use", "rs/")];

fn is_any(_: &str) -> bool {
    true
}

fn is_crate_source(path: &str) -> bool {
    path.starts_with("crates/") && path.contains("/src/")
}

fn is_library(path: &str) -> bool {
    is_crate_source(path)
        && !path.starts_with("crates/upah-cli/")
        && !path.ends_with("/src/main.rs")
        && !path.contains("/src/bin/")
}

/// Files that hold nothing but tests.
fn is_test_file(path: &str) -> bool {
    ["tests", "benches", "examples"].iter().any(|folder| path.split('/').any(|part| part == *folder))
        || path.ends_with("/tests.rs")
}

fn findings(path: &str, source: &str) -> Vec<String> {
    let lines = lines(source);
    let mut found = Vec::new();
    for ban in BANS.iter().filter(|ban| (ban.holds_in)(path)) {
        for (index, line) in lines.iter().enumerate() {
            if ban.forgives_tests && (line.is_test || is_test_file(path)) {
                continue;
            }
            for word in ban.words.iter().filter(|word| has_word(&line.code, word)) {
                let is_excepted = EXCEPTIONS.iter().any(|(at, what, _)| *at == path && what == word);
                let is_proved = ban.accepts_proof && has_proof_above(&lines, index);
                if !is_excepted && !is_proved {
                    found.push(format!("{path}:{}: {word}: {}", line.number, ban.instead));
                }
            }
        }
    }
    found
}

/// Whether the comment directly above the line begins with `// proof:` in one of its lines.
fn has_proof_above(lines: &[Line], index: usize) -> bool {
    let above = lines[..index].iter().rev().map(|line| line.text.trim_start());
    above.take_while(|text| text.starts_with("//")).any(|text| text.starts_with("// proof:"))
}

fn assert_none(findings: &[String], rule: &str) {
    assert!(findings.is_empty(), "{rule}\n{}", findings.join("\n"));
}

#[test]
fn banned_words_stand_nowhere() {
    let all = files(&["rs"]).unwrap();
    assert!(all.iter().any(|path| path == "crates/upah-core/src/money.rs"), "the walk does not see the sources");
    let found: Vec<_> = all.iter().flat_map(|path| findings(path, &read(path).unwrap())).collect();
    assert_none(&found, "banned words:");
}

#[test]
fn a_banned_word_is_found_in_code_and_forgiven_in_tests() {
    const LIBRARY: &str = "crates/upah-core/src/money.rs";
    for (code, count) in [
        ("let a: f64 = b;", 1),
        ("a.unwrap();", 1),
        ("a\n    .expect(\"b\");", 1),
        ("println!(\"a\"); dbg!(b);", 2),
        ("todo!()", 1),
        ("a.unwrap_or(b); a.expect_err(c);", 0),
        ("// a.unwrap() f64", 0),
    ] {
        assert_eq!(findings(LIBRARY, code).len(), count, "{code}");
    }
    let tests = "#[cfg(test)]\nmod tests {\n    fn a(b: f64) { c.unwrap(); println!(); }\n}\n";
    assert_eq!(findings(LIBRARY, tests), Vec::<String>::new());
    assert_eq!(findings(LIBRARY, &format!("{tests}fn d() {{ e.unwrap() }}")).len(), 1);
    assert_eq!(findings(LIBRARY, "#[cfg(test)]\nmod tests {\n    fn a() { todo!() }\n}").len(), 1);
    assert_eq!(findings("crates/upah-core/tests/a.rs", "a.unwrap();").len(), 0);
    assert_eq!(findings("crates/upah-cli/src/a.rs", "println!()").len(), 0);
    assert_eq!(findings("xtask/src/a.rs", "a.unwrap()").len(), 1);
}

#[test]
fn only_a_proof_directly_above_lifts_the_ban_on_expect() {
    const LIBRARY: &str = "crates/upah-core/src/money.rs";
    assert_eq!(findings(LIBRARY, "// proof: the length was checked\n// two lines above\na.expect(\"b\")").len(), 0);
    assert_eq!(findings(LIBRARY, "// proof: of something else\nlet c = d;\na.expect(\"b\")").len(), 1);
    assert_eq!(findings(LIBRARY, "// it cannot fail\na.expect(\"b\")").len(), 1);
    assert_eq!(findings(LIBRARY, "// proof: never enough\na.unwrap()").len(), 1);
}

#[test]
fn a_file_is_a_room() {
    let mut found = Vec::new();
    for path in files(&["rs"]).unwrap() {
        let count = read(&path).unwrap().lines().count();
        let is_listed = LONG_FILES.iter().any(|(long, _)| *long == path);
        if count > LINES_MAX && !is_listed {
            found.push(format!("{path}: {count} lines: split it by concept, or list it in LONG_FILES with the reason"));
        }
        if count <= LINES_MAX && is_listed {
            found.push(format!("{path}: has only {count} lines now: take it off LONG_FILES"));
        }
    }
    assert_none(&found, &format!("files of more than {LINES_MAX} lines:"));
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let all = files(&["rs"]).unwrap();
    let silent = all.iter().filter(|path| !read(path).unwrap().starts_with("//! "));
    let found: Vec<_> =
        silent.map(|path| format!("{path}: begin with `//! ` and say what it is for, and why")).collect();
    assert_none(&found, "files without a heading:");
}

#[test]
fn no_file_names_a_place_on_one_machine() {
    let mut found = Vec::new();
    for path in files(&["rs", "toml", "md", "sh", "run", "ftl", "html", "json", "csv", "yml"]).unwrap() {
        for (index, text) in read(&path).unwrap().lines().enumerate() {
            for place in MACHINE_PATHS.iter().filter(|place| text.contains(**place)) {
                found.push(format!("{path}:{}: {place}: name it relative to the repository", index + 1));
            }
        }
    }
    assert_none(&found, "places of one machine:");
}

#[test]
fn every_crate_describes_itself_and_obeys_the_lints_of_the_workspace() {
    let workspace = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    let mut found = Vec::new();
    for package in workspace.workspace_packages() {
        let name = &package.name;
        if package.description.as_deref().is_none_or(|text| text.trim().len() < 10) {
            found.push(format!("{name}: write `description` into its Cargo.toml"));
        }
        if package.license.is_none() {
            found.push(format!("{name}: write `license.workspace = true` into its Cargo.toml"));
        }
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        if !manifest.contains("[lints]\nworkspace = true") {
            found.push(format!("{name}: write `[lints]` with `workspace = true` into its Cargo.toml"));
        }
    }
    assert_none(&found, "manifests that are not complete:");
}

#[test]
fn every_dependency_has_its_reason_and_every_reason_its_dependency() {
    let workspace = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    let theirs = workspace.packages.iter().flat_map(|package| &package.dependencies).filter(|used| used.path.is_none());
    let used: BTreeSet<String> = theirs.map(|used| used.name.clone()).collect();
    let listed = workspace_dependencies(&read("Cargo.toml").unwrap());
    assert!(listed.contains("serde"), "the dependencies of the workspace cannot be read from Cargo.toml");
    let reasons = reasons(&read("docs/dependencies.md").unwrap());
    let mut found = Vec::new();
    for name in used.union(&listed).filter(|name| !reasons.contains(*name)) {
        found.push(format!("{name}: add a line to docs/dependencies.md: why this one, what else was looked at"));
    }
    for name in reasons.iter().filter(|name| !used.contains(*name) && !listed.contains(*name)) {
        found.push(format!("{name}: nothing depends on it any more: take its line off docs/dependencies.md"));
    }
    assert_none(&found, "dependencies are chosen, with a reason:");
}

#[test]
fn every_dependency_is_used() {
    let workspace = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    let sources: Vec<_> =
        files(&["rs"]).unwrap().into_iter().map(|path| (lines(&read(&path).unwrap()), path)).collect();
    let mut found = Vec::new();
    let mut asked_for = BTreeSet::new();
    for package in workspace.workspace_packages() {
        let manifest = package.manifest_path.strip_prefix(root()).unwrap();
        let folder = format!("{}/", manifest.parent().unwrap());
        for dependency in &package.dependencies {
            asked_for.insert(dependency.name.clone());
            let name = dependency.rename.as_deref().unwrap_or(&dependency.name).replace('-', "_");
            // An example in the documentation is a test, and may be all that needs a dev-dependency.
            let is_dev = dependency.kind == DependencyKind::Development;
            let uses = |line: &Line| names_crate(if is_dev { &line.text } else { &line.code }, &name);
            let own = sources.iter().filter(|(_, path)| path.starts_with(&folder));
            if !own.flat_map(|(lines, _)| lines).any(uses) {
                found.push(format!("{manifest}: {}: nothing under {folder} speaks of {name}", dependency.name));
            }
        }
    }
    for name in workspace_dependencies(&read("Cargo.toml").unwrap()).difference(&asked_for) {
        found.push(format!("Cargo.toml: {name}: no crate asks for it"));
    }
    assert_none(&found, "dependencies that nothing uses, take them off:");
}

/// Whether a line speaks of a crate by its name: `name::…`, `use name;`, `extern crate name`.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let is_start = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        let is_import = before.ends_with("use ") || before.ends_with("extern crate ");
        is_start
            && (after.starts_with("::") || is_import && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

#[test]
fn a_crate_is_recognised_by_its_path() {
    for used in ["use time::Date;", "#[time::test]", "let a = time::now();", "use time;", "extern crate time as t;"] {
        assert!(names_crate(used, "time"), "{used}");
    }
    for other in ["use std::time::Duration;", "use timer::A;", "let time = 1;", "use time_core::A;", "my_time::a()"] {
        assert!(!names_crate(other, "time"), "{other}");
    }
}

/// The names under `[workspace.dependencies]` that come from a registry.
fn workspace_dependencies(manifest: &str) -> BTreeSet<String> {
    let section = manifest.lines().skip_while(|line| line.trim() != "[workspace.dependencies]").skip(1);
    let entries = section.take_while(|line| !line.starts_with('[')).filter(|line| !line.trim_start().starts_with('#'));
    let names = entries.filter_map(|line| line.split_once('=')).filter(|(_, value)| !value.contains("path ="));
    names.map(|(name, _)| name.trim().trim_end_matches(".workspace").to_owned()).collect()
}

/// The names in the first column of the tables in `docs/dependencies.md`.
fn reasons(text: &str) -> BTreeSet<String> {
    let names = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    names.map(|(name, _)| name.to_owned()).collect()
}
