//! What every test stands in: a folder of its own with `upah.toml` and keys, a sandbox on a port of its
//! own, and the binary.
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use upah_sandbox::{Credentials, Credit, FaultPlan, Sandbox, SandboxConfig, TestKeys, ViolationKind};

/// The environment variable in which the client's secret is.
pub(crate) const SECRET_NAME: &str = "UPAH_TEST_BANK_SECRET";
/// What every command that uses the store is told.
pub(crate) const RAILS: &str = "--rails upah.toml --json";
/// What a payment is told besides: maker and checker.
pub(crate) const SIGNED: &str = "--rails upah.toml --json --created-by Rina --approved-by Budi";

/// A folder, a sandbox, and everything to run the binary between them.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    dir: TempDir,
    secret: String,
    // Dropped last: the sandbox's tasks run on it.
    runtime: Runtime,
}

/// What one run of the binary left.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    /// The object on standard output; null when there is none.
    pub(crate) json: Value,
    pub(crate) out: String,
    pub(crate) err: String,
}

fn keys() -> &'static TestKeys {
    static KEYS: OnceLock<TestKeys> = OnceLock::new();
    KEYS.get_or_init(|| TestKeys::generate().unwrap())
}

impl World {
    /// A bank that behaves.
    pub(crate) fn new() -> Self {
        Self::with(FaultPlan::none())
    }

    /// A bank that misbehaves as this text says.
    pub(crate) fn faulty(text: &str, seed: u64) -> Self {
        Self::with(text.parse::<FaultPlan>().unwrap().seeded(seed))
    }

    pub(crate) fn with(faults: FaultPlan) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let credentials = Credentials::for_tests(keys().public_pem());
        let secret = credentials.client_secret.clone();
        let mut config = SandboxConfig::new(credentials);
        config.faults = faults;
        let sandbox = runtime.block_on(Sandbox::start(config)).unwrap();
        let world = Self { sandbox, dir: TempDir::new().unwrap(), secret, runtime };
        world.write("upah.key.pem", keys().private_pem());
        world.write("log.key", &format!("{:064x}\n", 7));
        world.write("upah.toml", &world.toml());
        world
    }

    /// The configuration, with intervals short enough to be waited for.
    pub(crate) fn toml(&self) -> String {
        format!(
            r#"employer = "koperasi-contoh"
[log]
origin = "upah.example/koperasi-contoh"
key = {{ file = "log.key" }}

[[rail]]
id = "bank"
kind = "snap"
serves = ["bank:*", "ewallet:*"]
base_url = "{}"
partner_id = "UPAHTEST"
client_id = "UPAHTEST"
source_account = "888801000157508"
source_bank_code = "008"
client_secret = {{ env = "{SECRET_NAME}" }}
private_key = {{ file = "upah.key.pem" }}
timeout_seconds = 2
inquire_after_seconds = [1]
trust_not_found_after_seconds = 1
max_concurrency = 8
"#,
            self.sandbox.base_url()
        )
    }

    /// Does something that needs the runtime on which the sandbox lives.
    pub(crate) fn on_its_runtime<T>(&self, act: impl FnOnce(&Sandbox) -> T) -> T {
        let _inside = self.runtime.enter();
        act(&self.sandbox)
    }

    /// Changes the configuration.
    pub(crate) fn configure(&self, from: &str, to: &str) {
        let text = self.toml();
        assert!(text.contains(from), "{from} is not in the configuration");
        self.write("upah.toml", &text.replace(from, to));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The binary with these arguments, parted by spaces, in the world's folder.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_upah"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.dir.path())
            .env(SECRET_NAME, &self.secret)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn upah(&self, arguments: &str) -> Output {
        finish(self.start(arguments))
    }

    /// Starts the binary.
    pub(crate) fn start(&self, arguments: &str) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    /// Pays a payroll, given as text, with maker and checker.
    pub(crate) fn pay(&self, payroll: &str) -> Output {
        self.write("pay.csv", payroll);
        self.upah(&format!("pay pay.csv {SIGNED}"))
    }

    pub(crate) fn resume(&self) -> Output {
        self.upah(&format!("resume {RAILS}"))
    }

    /// Resumes until nothing is open any more, or fails.
    pub(crate) fn settle(&self) -> Vec<Payment> {
        for _ in 0..40 {
            let output = self.resume();
            assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
            let payments = self.payments();
            if !payments.iter().any(Payment::is_open) {
                return payments;
            }
        }
        panic!("payments stay open: {:?}", self.payments().iter().filter(|p| p.is_open()).collect::<Vec<_>>());
    }

    /// Every payment of the store, as `status` tells it, by period and worker.
    pub(crate) fn payments(&self) -> Vec<Payment> {
        self.payments_in("")
    }

    /// The same of the store that these flags name.
    pub(crate) fn payments_in(&self, store: &str) -> Vec<Payment> {
        let output = self.upah(&format!("status {RAILS} {store}"));
        assert!(matches!(output.code, Some(0 | 3 | 4)), "{output:?}");
        let mut payments: Vec<Payment> = output.json["payments"].as_array().unwrap().iter().map(Payment::of).collect();
        payments.sort_by(|a, b| (&a.period, &a.worker).cmp(&(&b.period, &b.worker)));
        payments
    }

    /// `log verify` finds nothing.
    pub(crate) fn assert_book_fits(&self) {
        let output = self.upah(&format!("log verify {RAILS}"));
        assert_eq!(output.code, Some(0), "{output:?}");
        assert_eq!(output.json["intact"], true);
    }

    /// The sandbox's book by account.
    pub(crate) fn credits(&self) -> BTreeMap<String, Vec<Credit>> {
        let mut by_account: BTreeMap<String, Vec<Credit>> = BTreeMap::new();
        for credit in self.sandbox.credits().unwrap() {
            by_account.entry(credit.account.clone()).or_default().push(credit);
        }
        by_account
    }

    /// Nobody was credited twice, and no call broke the protocol.
    #[track_caller]
    pub(crate) fn assert_nobody_twice(&self) {
        self.assert_nobody_twice_from_a_forgetful_store();
        assert_eq!(self.sandbox.violations(), []);
    }

    /// The same, but for bodies that a store without memory had to compose anew: the bank refuses them. And such a
    /// store does not know by which service a lost one paid, so it asks by the name of each.
    #[track_caller]
    pub(crate) fn assert_nobody_twice_from_a_forgetful_store(&self) {
        for (account, credits) in self.credits() {
            assert!(credits.len() == 1, "{account} was credited {} times: {credits:?}", credits.len());
        }
        let mut violations = self.sandbox.violations();
        violations.retain(|it| !matches!(it.kind, ViolationKind::OtherBody | ViolationKind::WrongServiceCode));
        assert_eq!(violations, []);
    }

    /// How often a payment was submitted, whatever came of it.
    pub(crate) fn submissions(&self) -> u64 {
        let calls = self.sandbox.calls();
        ["17", "18", "38"].iter().filter_map(|service| calls.get(*service)).sum()
    }

    /// Copies the store as it is on the disk, so that it can be put back.
    pub(crate) fn copy_store(&self, into: &str) {
        std::fs::create_dir_all(self.path(into)).unwrap();
        for file in STORE_FILES {
            if self.path(file).exists() {
                std::fs::copy(self.path(file), self.path(into).join(file)).unwrap();
            }
        }
    }

    /// Puts a copied store back; its head beside the log key stays as it is.
    pub(crate) fn restore_store(&self, from: &str) {
        self.delete_store();
        for file in STORE_FILES {
            let copy = self.path(from).join(file);
            if copy.exists() {
                std::fs::copy(copy, self.path(file)).unwrap();
            }
        }
    }

    /// The store is gone; its head stays.
    pub(crate) fn delete_store(&self) {
        for file in STORE_FILES {
            remove(&self.path(file));
        }
    }
}

const STORE_FILES: [&str; 3] = ["upah.db", "upah.db-wal", "upah.db-shm"];

fn remove(path: &Path) {
    if path.exists() {
        std::fs::remove_file(path).unwrap();
    }
}

/// Waits for a child and reads what it left.
pub(crate) fn finish(child: Child) -> Output {
    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    Output {
        code: output.status.code(),
        json: serde_json::from_str(&out).unwrap_or(Value::Null),
        out,
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Output {
    /// What a person reads last: the one sentence of a failure.
    pub(crate) fn last_line(&self) -> &str {
        self.err.trim_end().lines().last().unwrap_or_default()
    }

    /// It ended with this code, and one sentence that says each of these.
    #[track_caller]
    pub(crate) fn assert_says(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        let sentence = self.last_line();
        for word in words {
            assert!(sentence.contains(word), "{word:?} is not said in {sentence:?}: {self:?}");
        }
        assert!(!self.err.contains("panicked"), "{self:?}");
    }

    /// How many payments are in a state.
    pub(crate) fn count(&self, state: &str) -> u64 {
        self.json["states"][state]["count"].as_u64().unwrap_or(0)
    }
}

/// A payment as `status` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) worker: String,
    pub(crate) period: String,
    pub(crate) amount: u64,
    pub(crate) state: String,
    pub(crate) rail: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) reason: Option<String>,
}

impl Payment {
    fn of(value: &Value) -> Self {
        let text = |field: &str| value[field].as_str().map(str::to_owned);
        Self {
            id: text("payment").unwrap(),
            worker: text("worker_id").unwrap(),
            period: text("period").unwrap(),
            amount: value["amount"].as_u64().unwrap(),
            state: text("state").unwrap(),
            rail: text("rail"),
            reference: text("reference"),
            reason: text("reason"),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "ready" | "sending" | "pending" | "unknown" | "refused")
    }

    /// State and reason in one word.
    pub(crate) fn standing(&self) -> String {
        match &self.reason {
            Some(reason) => format!("{}:{reason}", self.state),
            None => self.state.clone(),
        }
    }

    /// The number of the generator's worker.
    pub(crate) fn n(&self) -> usize {
        self.worker.trim_start_matches(['W', 'w']).parse().unwrap()
    }
}

/// A loopback address on which nobody listens.
pub(crate) fn nobody_listens() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
