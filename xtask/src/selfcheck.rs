//! The script with which a slip checks itself: its source is in `crates/upah-slip/selfcheck`, and what stands in every slip is
//! the bundle that is committed beside the page. Here the bundle is made again, with the libraries in the versions of
//! the lock file, and compared byte for byte.
use crate::steps::{Failure, Steps};
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use xtask::tree::{files, root};

const SOURCE: &str = "crates/upah-slip/selfcheck";
const BUNDLE: &str = "crates/upah-slip/src/selfcheck.js";

/// How many steps [`run`] takes.
pub(crate) const STEPS: usize = 2;

/// `cargo xtask selfcheck`.
pub(crate) fn alone() -> Result<String, Failure> {
    let mut steps = Steps::of("selfcheck", STEPS);
    run(&mut steps)?;
    Ok(steps.summary())
}

/// Makes the bundle in a folder of its own under `target`, so that nothing is installed in the tree.
pub(crate) fn run(steps: &mut Steps) -> Result<(), Failure> {
    const LIBRARIES: &str = "libraries of the slip's own check";
    let folder = root().join("target/selfcheck");
    copy(&folder).map_err(|why| steps.failure(LIBRARIES, why.to_string()))?;
    let npm = ["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
    steps.run(LIBRARIES, Command::new("npm").args(npm).arg(&folder))?;
    steps.run(
        "the slip's own check is what its source gives",
        Command::new("node").arg(folder.join("build.mjs")).arg(BUNDLE),
    )
}

fn copy(folder: &Path) -> io::Result<()> {
    for path in files(&["js", "mjs", "json"])? {
        let Some(within) = path.strip_prefix(SOURCE).and_then(|rest| rest.strip_prefix('/')) else { continue };
        let to = folder.join(within);
        fs::create_dir_all(to.parent().unwrap_or(folder))?;
        fs::copy(root().join(&path), to)?;
    }
    Ok(())
}
