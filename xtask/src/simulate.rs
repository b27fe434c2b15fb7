//! The simulator: built as it is measured, in release, and told which worlds to live.
use crate::commands::cargo;
use crate::steps::{Failure, Steps};

/// Lives `--seeds N` worlds from `--from SEED`, of `--payments N` each. The arguments go to the simulator as they are.
pub(crate) fn simulate(args: &[&str]) -> Result<String, Failure> {
    let mut steps = Steps::of("simulate", 1);
    let mut run = cargo(&["run", "--quiet", "--package", "upah-simulator", "--release", "--"]);
    steps.run("seeded worlds", run.args(args))?;
    Ok(steps.summary())
}
