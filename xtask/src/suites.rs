//! Runs the test programs of the workspace, two at a time: the longest of them mostly wait, for deadlines, for servers
//! that start and for trust windows, and one after the other they would all be waited for.
use crate::commands::cargo;
use crate::steps::{Failure, Steps};
use cargo_metadata::{Artifact, Message};
use std::collections::VecDeque;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// So many at once, each with as many threads as there are cores.
const AT_ONCE: usize = 2;
/// Begun first, because they take longest.
const LONGEST: [&str; 3] = ["e2e", "conformance", "store"];

/// One program, as cargo would run it.
struct Suite {
    name: String,
    program: PathBuf,
    folder: PathBuf,
}

/// Builds every test program and runs them all; then the examples in the documentation.
pub(crate) fn run(steps: &mut Steps, seed: &str) -> Result<(), Failure> {
    let suites = build(steps)?;
    let failed = Mutex::new(Vec::new());
    let waiting = Mutex::new(suites);
    let printing = Mutex::new(());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(suite) = next() {
                    if !suite.passes(seed, &printing) {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).push(suite.name);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if !failed.is_empty() {
        return Err(steps.failure("tests", format!("these failed: {}", failed.join(", "))));
    }
    steps.run("examples in the documentation", cargo(&["test", "--workspace", "--doc"]).env("PROPTEST_RNG_SEED", seed))
}

/// Cargo says which programs there are; what it has to say of the code goes to standard error as ever.
fn build(steps: &mut Steps) -> Result<VecDeque<Suite>, Failure> {
    const STEP: &str = "test programs";
    let mut command = cargo(&["test", "--workspace", "--no-run", "--message-format=json-render-diagnostics"]);
    command.current_dir(xtask::tree::root()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut building = command.spawn().map_err(|why| steps.failure(STEP, format!("it cannot be started ({why})")))?;
    let mut suites = VecDeque::new();
    for message in building.stdout.take().into_iter().flat_map(|out| Message::parse_stream(BufReader::new(out))) {
        if let Ok(Message::CompilerArtifact(artifact)) = message
            && let Some(suite) = Suite::of(artifact)
        {
            suites.push_back(suite);
        }
    }
    let status = building.wait().map_err(|why| steps.failure(STEP, why.to_string()))?;
    if !status.success() || suites.is_empty() {
        return Err(steps.failure(STEP, status.to_string()));
    }
    let rank = |suite: &Suite| LONGEST.iter().position(|name| suite.name.ends_with(name)).unwrap_or(LONGEST.len());
    suites.make_contiguous().sort_by_key(rank);
    steps.passed(STEP);
    Ok(suites)
}

impl Suite {
    fn of(artifact: Artifact) -> Option<Self> {
        let program = artifact.executable.filter(|_| artifact.profile.test)?.into_std_path_buf();
        let folder = artifact.manifest_path.parent()?.to_path_buf().into_std_path_buf();
        let package = folder.file_name()?.to_string_lossy().into_owned();
        Some(Self { name: format!("{package} {}", artifact.target.name), program, folder })
    }

    /// What it printed is shown when it has ended, in one piece.
    fn passes(&self, seed: &str, printing: &Mutex<()>) -> bool {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder).env("PROPTEST_RNG_SEED", seed);
        let ended = command.stdin(Stdio::null()).output();
        let _one_at_a_time = printing.lock().unwrap_or_else(PoisonError::into_inner);
        println!("xtask test: running {}", self.name);
        match ended {
            Ok(output) => {
                print!("{}", String::from_utf8_lossy(&output.stdout));
                eprint!("{}", String::from_utf8_lossy(&output.stderr));
                output.status.success()
            }
            Err(why) => {
                println!("xtask test: it cannot be started ({why})");
                false
            }
        }
    }
}
