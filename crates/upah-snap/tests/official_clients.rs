//! What providers' official clients sign, byte for byte as they send it, against the adapter's own check.
//!
//! `cargo xtask clients` installs the clients and runs them before the sandbox; here they run once more, with somebody
//! in between who writes down every byte. They sign compact JSON and send it with spaces, and their keys are made anew.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use upah_sandbox::{Credentials, Sandbox, SandboxConfig, TestKeys};
use upah_snap::signature::{ClientSecret, PublicKey, StringToSign, token_string};

/// What one connection brought, in order.
type Bytes = Arc<Mutex<Vec<u8>>>;

/// Passes everything on, and keeps what the client sent.
async fn recorder(to: std::net::SocketAddr) -> (String, Arc<Mutex<Vec<Bytes>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let kept: Arc<Mutex<Vec<Bytes>>> = Arc::default();
    let all = Arc::clone(&kept);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let bytes = Bytes::default();
            all.lock().unwrap().push(Arc::clone(&bytes));
            tokio::spawn(async move {
                let server = TcpStream::connect(to).await.unwrap();
                let ((mut from, mut back), (mut answers, mut onward)) = (client.into_split(), server.into_split());
                tokio::spawn(async move { tokio::io::copy(&mut answers, &mut back).await });
                let mut part = [0; 4096];
                while let Ok(length @ 1..) = from.read(&mut part).await {
                    bytes.lock().unwrap().extend_from_slice(&part[..length]);
                    onward.write_all(&part[..length]).await.unwrap();
                }
            });
        }
    });
    (url, kept)
}

/// One request as it was sent.
struct Sent {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Sent {
    /// The requests of a connection, one behind the other.
    fn all(mut bytes: &[u8]) -> Vec<Self> {
        let mut sent = Vec::new();
        while let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let mut lines = head.lines();
            let mut words = lines.next().unwrap().split(' ').map(str::to_owned);
            let (method, target) = (words.next().unwrap(), words.next().unwrap());
            let headers: Vec<_> = lines
                .map(|line| line.split_once(':').unwrap())
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect();
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
            let (body, rest) = bytes[end + 4..].split_at(length);
            sent.push(Self { method, target, headers, body: body.to_vec() });
            bytes = rest;
        }
        sent
    }

    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(listed, _)| listed == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    fn is_genuine(&self, key: &PublicKey, secret: &ClientSecret) -> bool {
        let (timestamp, signature) = (self.header("x-timestamp"), self.header("x-signature"));
        let text = StringToSign { method: &self.method, path: &self.target, body: &self.body, timestamp };
        match (self.header("x-client-key"), self.header("authorization").strip_prefix("Bearer ")) {
            ("", Some(token)) => secret.verify(&text.symmetric(token), signature),
            ("", None) => key.verify(&text.asymmetric(), signature),
            (client, _) => key.verify(&token_string(client, timestamp), signature),
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Runs a client's script before a sandbox; everything that it sent.
async fn sent_by(script: &str, keys: &TestKeys) -> Vec<Sent> {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("client.key.pem");
    std::fs::write(&key, keys.private_pem()).unwrap();
    let sandbox = Sandbox::start(SandboxConfig::new(Credentials::for_tests(keys.public_pem()))).await.unwrap();
    let (url, kept) = recorder(sandbox.addr()).await;
    let home = root().join("target/clients").join(script.split('.').next().unwrap());
    let mut program = match script.ends_with(".py") {
        true => Command::new(home.join("bin/python")),
        false => Command::new("node"),
    };
    program.env("NODE_PATH", home.join("node_modules")).arg(root().join("xtask/clients").join(script));
    program.arg(&url).arg(&key).stdin(Stdio::null());
    let ran = tokio::task::spawn_blocking(move || program.status()).await.unwrap();
    assert!(ran.is_ok_and(|status| status.success()), "{script}: run `cargo xtask clients` first");
    let connections = kept.lock().unwrap();
    connections.iter().flat_map(|bytes| Sent::all(&bytes.lock().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the clients that cargo xtask clients installs"]
async fn what_official_clients_sign_is_genuine_as_it_is_sent_and_not_when_it_is_altered() {
    let keys = TestKeys::generate().unwrap();
    let key = PublicKey::from_pem(keys.public_pem().as_bytes()).unwrap();
    let secret = ClientSecret::new("upah-sandbox-secret").unwrap();
    for (script, calls_min) in
        [("dana_python.py", 10), ("dana_node.cjs", 8), ("bni_python.py", 20), ("faspay_python.py", 7)]
    {
        let all = sent_by(script, &keys).await;
        assert!(all.len() >= calls_min, "{script} sent {} requests", all.len());
        for mut sent in all {
            assert!(sent.is_genuine(&key, &secret), "{script} {}", sent.target);
            // A token is asked for by client and time alone.
            if sent.header("x-client-key").is_empty() {
                let end = sent.body.iter().rposition(|byte| *byte == b'}').unwrap();
                sent.body.splice(end..end, *b",\"x\":1");
                assert!(!sent.is_genuine(&key, &secret), "{script} {}", sent.target);
            }
        }
    }
}
