//! What each command runs. Programs are called with the arguments a person would type, so that a step
//! that failed can be repeated by hand.
use crate::clients;
use crate::programs::{CHROMIUM, POSTGRES};
use crate::selfcheck;
use crate::steps::{Failure, Steps};
use crate::suites;
use std::process::{Command, Stdio};
use xtask::canaries::{self, Fate};

/// The version of cargo-deny whose configuration `deny.toml` is.
const CARGO_DENY: &str = "0.20.2";

pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args);
    command
}

/// What README and CI call the tests. The cheapest steps come first.
pub(crate) fn test() -> Result<String, Failure> {
    let mut steps = Steps::of("test", 8);
    steps.run("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    steps.run("lints", &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    POSTGRES.see_to(&mut steps)?;
    CHROMIUM.see_to(&mut steps)?;
    // The same cases every time, so that a change is judged by itself; `prove` draws new ones.
    suites::run(&mut steps, "20261125")?;
    // Libraries alone: the binary `upah` would overwrite the pages of the library `upah`.
    let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--lib"]);
    steps.run("documentation", doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    deny(&mut steps)?;
    Ok(steps.summary())
}

fn deny(steps: &mut Steps) -> Result<(), Failure> {
    const STEP: &str = "licences, bans and sources of dependencies";
    plugin(steps, STEP, "deny", CARGO_DENY)?;
    // The graph of who brought a second version in is long; `cargo deny check bans` shows it.
    let check = &["deny", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"];
    steps.run(STEP, &mut cargo(check))
}

/// Sees to it that a subcommand of cargo is there.
pub(crate) fn plugin(steps: &Steps, step: &str, name: &str, version: &str) -> Result<(), Failure> {
    let is_there = || {
        let mut asked = cargo(&[name, "--version"]);
        asked.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
    };
    if !is_there() {
        println!("xtask: cargo-{name} is not installed; installing {version} (some minutes, once)");
        // Unoptimised: it will run for a second, and optimising it takes minutes.
        let package = format!("cargo-{name}");
        let mut install = cargo(&["install", &package, "--locked", "--debug", "--version", version]);
        let installed = install.stdin(Stdio::null()).status().is_ok_and(|status| status.success());
        if !installed || !is_there() {
            let why = format!(
                "{package} is missing and could not be installed; install it with `cargo install {package} --locked`, or \
                 make the crate registry reachable, and run this again"
            );
            return Err(steps.failure(step, why));
        }
    }
    Ok(())
}

/// Makes the example's payroll again.
pub(crate) fn kampung() -> Result<String, Failure> {
    let path = "examples/kampung-marketer/payroll.csv";
    let steps = Steps::of("kampung", 1);
    let text = xtask::kampung::payroll();
    match std::fs::write(path, &text) {
        Ok(()) => Ok(format!("xtask kampung: {} rows in {path}", text.lines().count() - 1)),
        Err(why) => Err(steps.failure("write the payroll", why.to_string())),
    }
}

/// The long proofs.
pub(crate) fn prove(cases: u32, seconds: u64) -> Result<String, Failure> {
    const CODE: [&str; 3] = ["--lib", "--bins", "--tests"];
    let mut steps = Steps::of("prove", 5 + selfcheck::STEPS + clients::STEPS);
    let mut properties = cargo(&["test", "--workspace", "--profile", "prove"]);
    properties.args(CODE).env("PROPTEST_CASES", cases.to_string());
    steps.run(&format!("every property with {cases} cases"), &mut properties)?;
    selfcheck::run(&mut steps)?;
    // Before the suites, one of which runs them once more.
    clients::run(&mut steps)?;
    // These suites hold budgets of memory and time: one at a time, so that none of them measures another. The binaries
    // are there already; in release each would be linked anew, as a whole, which takes longer than all of them.
    let mut long = cargo(&["test", "--workspace", "--profile", "prove"]);
    long.args(CODE).args(["--", "--ignored", "--nocapture", "--test-threads=1"]);
    steps.run("the suites marked #[ignore]", &mut long)?;
    steps.run("seeded worlds", crate::simulate::simulator().args(["--seeds", "20000"]))?;
    steps.run("broken rules", &mut cargo(&["xtask", "canaries"]))?;
    let seconds = seconds.to_string();
    steps.run("random inputs", &mut fuzzer(&["all", "--seconds", &seconds]))?;
    Ok(steps.summary())
}

/// Breaks one rule after the other in a copy of the tree; `part` picks canaries by a part of their name.
pub(crate) fn canaries(part: &str) -> Result<String, Failure> {
    const STEP: &str = "broken rules";
    let steps = Steps::of("canaries", 1);
    let failed = |why: std::io::Error| steps.failure(STEP, why.to_string());
    let flock = canaries::all().map_err(failed)?;
    let copy = canaries::Copy::make().map_err(failed)?;
    let (mut caught, mut alive) = (0, Vec::new());
    for canary in flock.iter().filter(|canary| canary.name.contains(part)) {
        let fate = canary.fly(&copy).map_err(failed)?;
        println!("xtask canaries: {}: {fate:?} by {}", canary.name, canary.test);
        match fate {
            Fate::Caught => caught += 1,
            Fate::Missed | Fate::Lame(_) => alive.push(canary.name.as_str()),
        }
    }
    println!("{caught} passed, {} failed", alive.len());
    if caught == 0 || !alive.is_empty() {
        return Err(steps.failure(STEP, format!("not caught: {}", alive.join(", "))));
    }
    Ok(format!("xtask canaries: {caught} broken rules were noticed"))
}

/// The benchmark of the whole way, or after `stores` that of one store beside the other.
pub(crate) fn bench(args: &[&str]) -> Result<String, Failure> {
    let mut steps = Steps::of("bench", 1);
    let (name, args) = match args {
        ["stores", rest @ ..] => ("stores", rest),
        _ => ("pay", args),
    };
    let mut bench = cargo(&["bench", "-p", "upah-cli", "--bench", name]);
    if !args.is_empty() {
        bench.arg("--").args(args);
    }
    steps.run("the benchmark of the binary", &mut bench)?;
    Ok(steps.summary())
}

/// Mutated seeds against one target.
pub(crate) fn fuzz(target: &str, args: &[&str]) -> Result<String, Failure> {
    let mut steps = Steps::of("fuzz", 1);
    let mut run = fuzzer(&[target]);
    steps.run(&format!("target {target}"), run.args(args))?;
    Ok(steps.summary())
}

/// The loop lives beside its targets: xtask itself builds in a second, whatever state the crates are in.
fn fuzzer(args: &[&str]) -> Command {
    let mut command = cargo(&["run", "--quiet", "--package", "upah-fuzz", "--profile", "prove", "--"]);
    command.args(args);
    command
}
