//! Canaries: each breaks one rule of money safety in a copy of the tree, and a named test has to fail by it.
//!
//! A canary is a file of `xtask/canaries`: a rule, what would happen to a worker, the test that must notice, then
//! a patch. The name of the test stands there in the words of `cargo test`: package, target, test.
use crate::tree;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One broken rule.
pub struct Canary {
    /// The file's name without its ending.
    pub name: String,
    /// The rule of money safety, 1 to 15.
    pub rule: u8,
    /// The package whose test notices.
    pub package: String,
    /// `--lib`, or the name of an integration test.
    pub target: String,
    /// The test, by its full path in the target.
    pub test: String,
    path: PathBuf,
}

/// What became of a canary.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate {
    /// The named test failed, as it has to.
    Caught,
    /// The named test passed on a broken tree: it guards nothing.
    Missed,
    /// The patch does not fit, the patched tree does not build, or the test is not there: nothing was shown.
    Lame(String),
}

/// Every canary, in the order of the rules.
///
/// # Errors
/// A file cannot be read, or its head lacks something.
pub fn all() -> io::Result<Vec<Canary>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(tree::root().join("xtask/canaries"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "patch") {
            found.push(Canary::read(path)?);
        }
    }
    found.sort_by(|one, other| (one.rule, &one.name).cmp(&(other.rule, &other.name)));
    Ok(found)
}

impl Canary {
    fn read(path: PathBuf) -> io::Result<Self> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)?;
        let lacks = |what: &str| io::Error::other(format!("canary {name}: its head has no line {what:?}"));
        let field = |key: &str| {
            let line = text.lines().take_while(|line| !line.starts_with("---")).find_map(|line| line.strip_prefix(key));
            line.map(str::trim).ok_or_else(|| lacks(key))
        };
        let rule = field("Rule:")?.parse().map_err(|_| lacks("Rule: 1 to 15"))?;
        let mut words = field("Caught by:")?.split_whitespace().map(str::to_owned);
        let (Some(package), Some(target), Some(test), None) = (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(lacks("Caught by: PACKAGE TARGET TEST"));
        };
        Ok(Self { name, rule, package, target, test, path })
    }

    /// Whether the patch fits the tree as it stands.
    ///
    /// # Errors
    /// `git` cannot be run.
    pub fn applies(&self) -> io::Result<bool> {
        Ok(self.git_apply(&tree::root(), &["--check"])?.success())
    }

    fn git_apply(&self, folder: &Path, flags: &[&str]) -> io::Result<std::process::ExitStatus> {
        let mut apply = Command::new("git");
        // A copy below a checkout is not to be taken for a part of it.
        apply.current_dir(folder).env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(folder));
        apply.arg("apply").args(flags).arg(&self.path).stdin(Stdio::null()).status()
    }

    fn cargo_test(&self, copy: &Copy) -> io::Result<std::process::Output> {
        let mut test = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        test.current_dir(&copy.folder).env("CARGO_TARGET_DIR", &copy.target).env("PROPTEST_RNG_SEED", "20261125");
        test.args(["test", "--package", &self.package]);
        match self.target.as_str() {
            "--lib" => test.arg("--lib"),
            target => test.args(["--test", target]),
        };
        test.args(["--", "--exact", &self.test]).stdin(Stdio::null()).output()
    }

    /// Breaks the copy, runs the test, mends the copy.
    ///
    /// # Errors
    /// A program cannot be run, or the copy cannot be mended.
    pub fn fly(&self, copy: &Copy) -> io::Result<Fate> {
        if !self.git_apply(&copy.folder, &[])?.success() {
            return Ok(Fate::Lame("its patch does not fit the tree".into()));
        }
        let ran = self.cargo_test(copy);
        if !self.git_apply(&copy.folder, &["--reverse"])?.success() {
            return Err(io::Error::other(format!("canary {}: the copy cannot be mended", self.name)));
        }
        let ran = ran?;
        Ok(judge(&String::from_utf8_lossy(&ran.stdout), &String::from_utf8_lossy(&ran.stderr)))
    }
}

/// The closing line of the test's runner tells: a tree that does not build has none.
fn judge(output: &str, errors: &str) -> Fate {
    match output.lines().find(|line| line.starts_with("test result: ")) {
        Some(line) if line.contains("0 passed; 1 failed") => Fate::Caught,
        Some(line) if line.contains("1 passed; 0 failed") => Fate::Missed,
        Some(_) => Fate::Lame("the named test is not there".into()),
        None => Fate::Lame(errors.lines().find(|line| line.starts_with("error")).unwrap_or("no test ran").to_owned()),
    }
}

/// A copy of the tree that may be broken.
pub struct Copy {
    folder: PathBuf,
    target: PathBuf,
}

impl Copy {
    /// Copies every file that `git` tracks, as it stands now, below `target`. What was built for the tree
    /// itself serves the copy too, as far as it is not ours.
    ///
    /// # Errors
    /// A file cannot be read or written, or this is no checkout.
    pub fn make() -> io::Result<Self> {
        let root = tree::root();
        let target = root.join("target");
        let folder = target.join("canaries");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let listed = Command::new("git").current_dir(&root).args(["ls-files", "-z"]).output()?;
        if !listed.status.success() {
            return Err(io::Error::other("git cannot list the files of this checkout"));
        }
        for name in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|name| !name.is_empty()) {
            let (from, to) = (root.join(name), folder.join(name));
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            if from.is_file() {
                fs::copy(&from, &to)?;
            }
        }
        Ok(Self { folder, target })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_test_that_ran_and_failed_has_caught_anything() {
        let line =
            |passed, failed| format!("running 1 test\ntest result: x. {passed} passed; {failed} failed; 0 ignored");
        assert_eq!(judge(&line(0, 1), "error: test failed"), Fate::Caught);
        assert_eq!(judge(&line(1, 0), ""), Fate::Missed);
        assert!(matches!(judge(&line(0, 0), ""), Fate::Lame(_)));
        assert_eq!(judge("", "   Compiling\nerror[E0283]: why"), Fate::Lame("error[E0283]: why".into()));
    }
}
