//! A PostgreSQL of one's own, for tests: `initdb` into a temporary folder, started there, gone afterwards.
//!
//! Needs the server's binaries (Debian: `postgresql-15` or newer), which are looked for in
//! `/usr/lib/postgresql/*/bin` and then on the PATH; without them the test fails and says so. PostgreSQL
//! refuses to run as root, so that root starts it as the user `postgres`, or else `nobody`.
//!
//! A shell waits beside it for the end of the test's process, however that ends, and then stops the
//! server and removes its folder.
#![allow(dead_code)]

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The password of the user `upah` over TCP; through the socket none is asked for.
pub(crate) const PASSWORD: &str = "contoh-rahasia";

/// A running server. Databases are made with [`TestServer::database`].
pub(crate) struct TestServer {
    binaries: PathBuf,
    folder: PathBuf,
    port: u16,
    user: Option<(u32, u32)>,
    databases: AtomicU32,
    watchdog: Child,
}

impl TestServer {
    /// The one server of this test binary.
    pub(crate) fn shared() -> &'static Self {
        static SERVER: OnceLock<TestServer> = OnceLock::new();
        SERVER.get_or_init(|| Self::start(""))
    }

    /// A server for one test, with more lines for its `postgresql.conf`.
    pub(crate) fn start(configuration: &str) -> Self {
        let binaries = find_binaries();
        let user = unprivileged_user();
        let folder = tempfile::Builder::new().prefix("upah-pg-").tempdir().unwrap().keep();
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let watchdog = watch(&binaries, &folder, user);
        let mut server = Self { binaries, folder, port: 0, user, databases: AtomicU32::new(0), watchdog };
        server.initialise(configuration);
        // Somebody else may take the port between asking and binding.
        let started = (0..5).any(|_| {
            server.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let port = format!("port = {}\n", server.port);
            fs::write(server.folder.join("data/port.conf"), port).unwrap();
            server.try_run("pg_ctl", &server.control(&["start"])).is_ok()
        });
        let log = fs::read_to_string(server.folder.join("log")).unwrap_or_default();
        assert!(started, "PostgreSQL does not start:\n{log}");
        server
    }

    fn initialise(&self, configuration: &str) {
        let password = self.folder.join("password");
        fs::write(&password, PASSWORD).unwrap();
        let data = self.folder.join("data");
        let arguments = ["--no-sync", "--encoding=UTF8", "--locale=C", "--username=upah", "--auth-host=scram-sha-256"];
        let password = format!("--pwfile={}", password.display());
        let mut arguments = arguments.to_vec();
        arguments.extend([&password, "--auth-local=trust", "-D", data.to_str().unwrap()]);
        self.run("initdb", &arguments);
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\nfsync = on\nmax_connections = 60\n\
             shared_buffers = 64MB\nmax_wal_size = 4GB\ninclude = 'port.conf'\n{configuration}\n",
            self.folder.display()
        );
        let mut file = fs::OpenOptions::new().append(true).open(data.join("postgresql.conf")).unwrap();
        file.write_all(settings.as_bytes()).unwrap();
    }

    /// The address of a new database, through the unix socket.
    pub(crate) fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.address(&name)
    }

    /// The address of a database, through the unix socket.
    pub(crate) fn address(&self, database: &str) -> String {
        let folder = self.folder.to_str().unwrap().replace('/', "%2F");
        format!("postgres://upah@{folder}:{}/{database}", self.port)
    }

    /// The port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Runs SQL with `psql` and returns what it prints, without decoration.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let (port, folder) = (self.port.to_string(), self.folder.to_str().unwrap());
        let fixed = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", folder, "-p", &port, "-U", "upah"];
        let mut arguments = fixed.to_vec();
        arguments.extend(["-d", database, "-c", sql]);
        self.run("psql", &arguments)
    }

    /// Ends every process of the server at once, as a crash would, and starts it again.
    pub(crate) fn restart_immediately(&self) {
        self.run("pg_ctl", &self.control(&["restart", "-m", "immediate"]));
    }

    /// Stops the server as a crash would.
    pub(crate) fn stop_immediately(&self) {
        self.run("pg_ctl", &self.control(&["stop", "-m", "immediate"]));
    }

    /// Starts a stopped server.
    pub(crate) fn start_again(&self) {
        self.run("pg_ctl", &self.control(&["start"]));
    }

    /// A standby of this server on a port of its own, without which no commit is acknowledged any more.
    pub(crate) fn synchronous_standby(&self) -> Self {
        let folder = tempfile::Builder::new().prefix("upah-pg-").tempdir().unwrap().keep();
        if let Some((uid, gid)) = self.user {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let watchdog = watch(&self.binaries, &folder, self.user);
        let (binaries, user) = (self.binaries.clone(), self.user);
        let mut standby = Self { binaries, folder, port: 0, user, databases: AtomicU32::new(1_000), watchdog };
        let (data, port) = (standby.folder.join("data"), self.port.to_string());
        let from = ["-h", self.folder.to_str().unwrap(), "-p", &port, "-U", "upah", "--checkpoint=fast", "-R"];
        let mut arguments = from.to_vec();
        arguments.extend(["-X", "stream", "-D", data.to_str().unwrap()]);
        standby.run("pg_basebackup", &arguments);
        standby.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        fs::write(data.join("port.conf"), format!("port = {}\n", standby.port)).unwrap();
        let settings = format!("\nunix_socket_directories = '{}'\n", standby.folder.display());
        let mut file = fs::OpenOptions::new().append(true).open(data.join("postgresql.conf")).unwrap();
        file.write_all(settings.as_bytes()).unwrap();
        standby.start_again();
        self.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.reload();
        let streams = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        while self.sql("postgres", streams) != "1" {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        standby
    }

    /// Makes a standby the primary.
    pub(crate) fn promote(&self) {
        self.run("pg_ctl", &self.control(&["promote"]));
        self.sql("postgres", "ALTER SYSTEM RESET synchronous_standby_names");
        self.reload();
    }

    /// Ends the server's side of every connection to a database.
    pub(crate) fn cut(&self, database: &str) {
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        self.sql(database, cut);
    }

    /// Reads its configuration again.
    pub(crate) fn reload(&self) {
        self.run("pg_ctl", &self.control(&["reload"]));
    }

    /// Writes a file into the server's data folder, as the server's user and for it alone.
    pub(crate) fn write(&self, name: &str, content: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.folder.join("data").join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        if let Some((uid, gid)) = self.user {
            chown(&path, Some(uid), Some(gid)).unwrap();
        }
    }

    fn control(&self, command: &[&str]) -> Vec<String> {
        let (data, log) = (self.folder.join("data"), self.folder.join("log"));
        let fixed = ["-w", "-D", data.to_str().unwrap(), "-l", log.to_str().unwrap()];
        fixed.iter().chain(command).map(|argument| (*argument).to_owned()).collect()
    }

    fn run(&self, program: &str, arguments: &[impl AsRef<OsStr>]) -> String {
        self.try_run(program, arguments).unwrap_or_else(|said| panic!("{program}: {said}"))
    }

    fn try_run(&self, program: &str, arguments: &[impl AsRef<OsStr>]) -> Result<String, String> {
        let output = self.folder.join(format!("{program}-{}", self.databases.fetch_add(1, Ordering::Relaxed)));
        let mut command = as_user(Command::new(self.binaries.join(program)), self.user);
        // Into a file: what pg_ctl starts keeps a pipe open for ever.
        let file = fs::File::create(&output).unwrap();
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        let done = command.stderr(file.try_clone().unwrap()).stdout(file).status();
        let said = fs::read_to_string(&output).unwrap_or_default();
        let _ = fs::remove_file(&output);
        match done {
            Ok(status) if status.success() => Ok(said.trim().to_owned()),
            Ok(_) => Err(said),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// The folder of the newest installed server.
fn find_binaries() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = installed
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("postgres").exists())
        .collect();
    versions.sort();
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&on_path).find(|folder| folder.join("initdb").exists());
    versions.pop().map(|(_, folder)| folder).or(on_path).expect(
        "no PostgreSQL server is installed: looked for initdb in /usr/lib/postgresql/*/bin and on the PATH \
         (Debian: apt-get install postgresql)",
    )
}

/// Whom root starts the server as; `None` for everybody else, who start it as themselves.
fn unprivileged_user() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(
        ids("postgres").or_else(|| ids("nobody")).expect("root needs a user postgres or nobody to start PostgreSQL as"),
    )
}

fn as_user(mut command: Command, user: Option<(u32, u32)>) -> Command {
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command.env("LC_ALL", "C").env_remove("PGHOST").env_remove("PGPORT").env_remove("PGUSER").env_remove("PGPASSWORD");
    command
}

/// Ends the server and removes its folder once our end of the pipe is closed.
fn watch(binaries: &Path, folder: &Path, user: Option<(u32, u32)>) -> Child {
    let script = "trap '' INT TERM HUP; cat >/dev/null; \"$1\" -D \"$2/data\" stop -m immediate; rm -rf \"$2\"";
    let mut command = as_user(Command::new("/bin/sh"), user);
    command.args(["-c", script, "sh"]).arg(binaries.join("pg_ctl")).arg(folder).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}
