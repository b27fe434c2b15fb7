//! Programs that are used as they are and not built here: each is looked for, and installed where it is missing.
use crate::steps::{Failure, Steps};
use std::process::{Command, Stdio};

/// A program that a test or a client starts and stops itself; here only that it is there is seen to.
pub(crate) struct Program {
    /// As people call it, with what is needed of it.
    name: &'static str,
    /// The Debian packages that bring it.
    packages: &'static str,
    /// Shell that sets `found` where it is looked for, and fails where there is none.
    find: &'static str,
    /// Shell that is run before the packages are installed.
    before: &'static str,
}

/// Of the store that several processes share.
pub(crate) const POSTGRES: Program = Program {
    name: "PostgreSQL 15 or newer",
    packages: "postgresql",
    // Debian's folders, then the path.
    find: "found=$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sort -V | tail -1); \
           [ -n \"$found\" ] || found=$(command -v postgres)",
    // Programs only: no cluster is made or started by the package.
    before: "as_root mkdir -p /etc/postgresql-common
             [ -e /etc/postgresql-common/createcluster.conf ] ||
                 echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null",
};

/// In which slips check themselves.
pub(crate) const CHROMIUM: Program = Program {
    name: "Chromium",
    packages: "chromium",
    find: "found=$(command -v \"${CHROMIUM:-chromium}\")",
    before: "",
};

/// Go, and the packages with which it verifies its own log of modules.
pub(crate) const GO: Program = Program {
    name: "Go with golang.org/x/mod",
    packages: "golang-go golang-golang-x-mod-dev",
    find: "found=$(command -v go) && [ -d /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog ]",
    before: "",
};

/// Where Debian's packages lay the source of Go's libraries.
pub(crate) const GOPATH: &str = "/usr/share/gocode";

impl Program {
    /// Sees to it that it is there, and shows its version as a step.
    pub(crate) fn see_to(&self, steps: &mut Steps) -> Result<(), Failure> {
        self.install().map_err(|why| steps.failure(self.name, why))?;
        steps.run(self.name, Command::new("sh").args(["-c", &format!("{} && \"$found\" --version", self.find)]))
    }

    /// Installs it, unless it is there already.
    pub(crate) fn install(&self) -> Result<(), String> {
        let Self { name, packages, before, .. } = self;
        if self.is_there() {
            return Ok(());
        }
        println!("xtask: {name} is not installed; installing {packages}");
        let script = format!(
            "set -e
            as_root() {{ if [ \"$(id -u)\" -eq 0 ]; then \"$@\"; else sudo -n \"$@\"; fi; }}
            export DEBIAN_FRONTEND=noninteractive
            {before}
            as_root apt-get update -qq
            as_root apt-get install -y -qq --no-install-recommends {packages}"
        );
        let installed = Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).status();
        if installed.is_ok_and(|status| status.success()) && self.is_there() {
            return Ok(());
        }
        Err(format!("{name} is missing and could not be installed; install it (Debian: {packages}) and run this again"))
    }

    fn is_there(&self) -> bool {
        Command::new("sh").args(["-c", self.find]).status().is_ok_and(|status| status.success())
    }
}
