//! Runs the mutants, and judges what came of them. Which modules and which tests: `.cargo/mutants.toml`.
use crate::commands::{cargo, plugin};
use crate::steps::{Failure, Steps};
use std::fs;
use std::process::{Command, Stdio};
use xtask::mutants::{Outcome, survivors, survivors_path};
use xtask::tree;

/// The version of cargo-mutants whose lists are read.
const CARGO_MUTANTS: &str = "27.1.0";
/// The modules that are changed.
const MODULES: [&str; 4] = ["planner.rs", "planner", "policy.rs", "state.rs"];
/// Of a hundred mutants so many have to be noticed, whatever the reasons of the others.
const PERCENT: usize = 90;
const STEP: &str = "mutants";

/// Every mutant.
pub(crate) fn all() -> Result<String, Failure> {
    run(&[])
}

/// The mutants of the lines that were changed since a revision; none when nothing of those modules was.
pub(crate) fn since(revision: &str) -> Result<String, Failure> {
    let steps = Steps::of("mutants", 1);
    let paths = MODULES.map(|module| format!("crates/upah-core/src/{module}"));
    let mut diff = Command::new("git");
    diff.current_dir(tree::root()).args(["diff", revision, "--"]).args(&paths).stdin(Stdio::null());
    let shown = diff.output().map_err(|why| steps.failure(STEP, why.to_string()))?;
    if !shown.status.success() {
        return Err(steps.failure(STEP, String::from_utf8_lossy(&shown.stderr).into_owned()));
    }
    if shown.stdout.is_empty() {
        return Ok(format!(
            "xtask mutants: nothing of the planner, the policy and the states changed since {revision}"
        ));
    }
    let file = tree::root().join("target/mutants.diff");
    fs::write(&file, &shown.stdout).map_err(|why| steps.failure(STEP, why.to_string()))?;
    run(&["--in-diff", "target/mutants.diff"])
}

fn run(args: &[&str]) -> Result<String, Failure> {
    let steps = Steps::of("mutants", 1);
    plugin(&steps, STEP, "mutants", CARGO_MUTANTS)?;
    let folder = tree::root().join("target/mutants");
    let failed = |why: std::io::Error| steps.failure(STEP, why.to_string());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    let mut mutants = cargo(&["mutants", "--package", "upah-core", "--output", "target/mutants", "--no-shuffle"]);
    mutants.args(args).env("PROPTEST_RNG_SEED", "20261125").current_dir(tree::root()).stdin(Stdio::null());
    let status = mutants.status().map_err(failed)?;
    // 2: some were missed; 3: some ran for ever. Both are judged here.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        return Err(steps.failure(STEP, status.to_string()));
    }
    let lists = folder.join("mutants.out");
    if !lists.exists() {
        return Ok("xtask mutants: no line that was changed can be mutated".to_owned());
    }
    let outcome = Outcome::read(&lists).map_err(failed)?;
    let known = survivors(&fs::read_to_string(survivors_path()).map_err(failed)?);
    let unexplained = outcome.unexplained(&known);
    println!("{} passed, {} failed", outcome.caught, unexplained.len());
    if !unexplained.is_empty() || (args.is_empty() && outcome.percent() < PERCENT) {
        let why = format!(
            "{} of 100 were noticed; nobody noticed, and no reason is given:\n{}",
            outcome.percent(),
            unexplained.join("\n")
        );
        return Err(steps.failure(STEP, why));
    }
    Ok(format!(
        "xtask mutants: {} were noticed, {} of 100; {} survive for a reason",
        outcome.caught,
        outcome.percent(),
        outcome.missed.len()
    ))
}
