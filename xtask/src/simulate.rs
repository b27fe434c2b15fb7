//! The simulator: built as it is measured, in release, and told which worlds to live.
use crate::commands::cargo;
use crate::steps::{Failure, Steps};
use std::process::Command;

/// Lives `--seeds N` worlds from `--from SEED`, of `--payments N` each. The arguments go to the simulator as they are.
pub(crate) fn simulate(args: &[&str]) -> Result<String, Failure> {
    let mut steps = Steps::of("simulate", 1);
    steps.run("seeded worlds", simulator().args(args))?;
    Ok(steps.summary())
}

/// The simulator, to be told which worlds.
pub(crate) fn simulator() -> Command {
    cargo(&["run", "--quiet", "--package", "upah-simulator", "--release", "--"])
}
