//! Mutants: small changes to the modules that decide about money, each of which a test of `upah-core` has to notice.
//!
//! Who survives stands in `xtask/survivors.md` with the reason why nobody can notice, or the command fails.
use crate::tree;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What a run of the mutants has shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many were noticed.
    pub caught: usize,
    /// Who was not.
    pub missed: BTreeSet<String>,
}

impl Outcome {
    /// Reads the lists that `cargo mutants` leaves in a folder.
    ///
    /// # Errors
    /// A list is not there.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let list = |name: &str| fs::read_to_string(folder.join(name));
        // Whoever makes a test run for ever was noticed too.
        let caught = list("caught.txt")?.lines().count() + list("timeout.txt")?.lines().count();
        Ok(Self { caught, missed: list("missed.txt")?.lines().map(nameless_of_place).collect() })
    }

    /// Of a hundred, how many were noticed.
    pub fn percent(&self) -> usize {
        self.caught * 100 / (self.caught + self.missed.len()).max(1)
    }

    /// Survivors for whom no reason is given.
    pub fn unexplained(&self, survivors: &[Survivor]) -> Vec<&str> {
        let known = |mutant: &&String| survivors.iter().any(|survivor| survivor.mutant == **mutant);
        self.missed.iter().filter(|mutant| !known(mutant)).map(String::as_str).collect()
    }
}

/// A mutant without its line and column, which change with every edit.
fn nameless_of_place(line: &str) -> String {
    let mut parts = line.splitn(4, ':');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(file), Some(_), Some(_), Some(what)) => format!("{file}:{what}"),
        _ => line.to_owned(),
    }
}

/// A mutant that nobody can notice, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Survivor {
    /// As `cargo mutants` names it, without line and column.
    pub mutant: String,
    /// Why it changes nothing that matters.
    pub reason: String,
}

/// Where the survivors stand.
pub fn survivors_path() -> PathBuf {
    tree::root().join("xtask/survivors.md")
}

/// Everybody in the list of survivors: a line that begins with the mutant's name in backquotes, then the reason.
pub fn survivors(text: &str) -> Vec<Survivor> {
    let entry = |line: &str| {
        let (mutant, reason) = line.strip_prefix("* `")?.split_once("`: ")?;
        Some(Survivor { mutant: mutant.to_owned(), reason: reason.trim().to_owned() })
    };
    text.lines().filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survivor_is_known_wherever_its_line_has_moved_and_a_stranger_is_named() {
        let folder = tempfile();
        for (name, text) in [
            ("caught.txt", "a.rs:1:2: replace f -> bool with true in f\n"),
            ("timeout.txt", ""),
            ("missed.txt", "a.rs:7:1: replace + with - in g\na.rs:9:1: replace < with <= in h\n"),
        ] {
            fs::write(folder.join(name), text).unwrap();
        }
        let outcome = Outcome::read(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!((outcome.caught, outcome.percent()), (1, 33));
        let known = survivors("# Survivors\n\n* `a.rs: replace + with - in g`: both are zero there.\n");
        assert_eq!(known[0].reason, "both are zero there.");
        assert_eq!(outcome.unexplained(&known), ["a.rs: replace < with <= in h"]);
    }

    fn tempfile() -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-mutants-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }
}
