//! Steps of a command: each is announced, shows its own output, and the first that fails ends it.
use std::fmt;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The step that failed, and how.
#[derive(Debug)]
pub(crate) struct Failure {
    command: &'static str,
    step: String,
    why: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "xtask {}: step \"{}\" failed: {}", self.command, self.step, self.why)
    }
}

/// The steps of one command, run one after the other.
pub(crate) struct Steps {
    command: &'static str,
    total: usize,
    passed: usize,
}

impl Steps {
    /// Of a command that has so many steps.
    pub(crate) fn of(command: &'static str, total: usize) -> Self {
        Self { command, total, passed: 0 }
    }

    /// Runs a program to its end. Its output is the step's output; there is nobody to answer questions.
    pub(crate) fn run(&mut self, step: &str, program: &mut Command) -> Result<(), Failure> {
        println!("xtask {}: step {} of {}, {step}", self.command, self.passed + 1, self.total);
        let began = Instant::now();
        let status = program.current_dir(xtask::tree::root()).stdin(Stdio::null()).status();
        match status {
            Ok(status) if status.success() => {
                self.passed += 1;
                println!("xtask {}: {step} passed in {} s", self.command, began.elapsed().as_secs());
                Ok(())
            }
            Ok(status) => Err(self.failure(step, status.to_string())),
            Err(why) => Err(self.failure(step, format!("it cannot be started ({why})"))),
        }
    }

    /// Something else than a program was the step.
    pub(crate) fn passed(&mut self, step: &str) {
        self.passed += 1;
        println!("xtask {}: {step} passed", self.command);
    }

    /// A failure of a step in the command's own words.
    pub(crate) fn failure(&self, step: &str, why: String) -> Failure {
        Failure { command: self.command, step: step.to_owned(), why }
    }

    /// The closing line.
    pub(crate) fn summary(&self) -> String {
        let noun = if self.passed == 1 { "step" } else { "steps" };
        format!("xtask {}: {} {noun} passed", self.command, self.passed)
    }
}
