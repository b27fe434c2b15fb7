//! A tiny SNAP client: raw HTTP over TCP, signatures written once more.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};
use std::net::SocketAddr;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use upah_sandbox::{Credentials, FaultPlan, Sandbox, SandboxConfig, TestKeys};

/// One pair for all tests: making RSA keys is slow.
pub(crate) fn keys() -> &'static TestKeys {
    static KEYS: std::sync::OnceLock<TestKeys> = std::sync::OnceLock::new();
    KEYS.get_or_init(|| TestKeys::generate().unwrap())
}

pub(crate) fn config() -> SandboxConfig {
    SandboxConfig::new(Credentials::for_tests(keys().public_pem()))
}

/// A sandbox with this plan, and a client that holds a token.
pub(crate) async fn bank(plan: &str) -> (Sandbox, Client) {
    let mut config = config();
    config.faults = plan.parse::<FaultPlan>().unwrap();
    let sandbox = Sandbox::start(config).await.unwrap();
    let client = Client::new(&sandbox).await;
    (sandbox, client)
}

pub(crate) struct Client {
    pub(crate) addr: SocketAddr,
    pub(crate) prefix: &'static str,
    pub(crate) token: String,
    pub(crate) next_id: AtomicU64,
}

pub(crate) type Headers = Vec<(&'static str, String)>;

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) raw: Vec<u8>,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.raw).unwrap()
    }

    pub(crate) fn code(&self) -> String {
        self.json()["responseCode"].as_str().unwrap().to_owned()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap().to_owned()
    }
}

impl Client {
    pub(crate) async fn new(sandbox: &Sandbox) -> Self {
        Self::under(sandbox, "/v1.0").await
    }

    pub(crate) async fn under(sandbox: &Sandbox, prefix: &'static str) -> Self {
        let mut client = Self { addr: sandbox.addr(), prefix, token: String::new(), next_id: AtomicU64::new(1) };
        client.renew().await;
        client
    }

    pub(crate) async fn renew(&mut self) {
        let answer = self.ask_token(&now()).await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        self.token = answer.text("accessToken");
    }

    pub(crate) async fn ask_token(&self, timestamp: &str) -> io::Result<Response> {
        let headers = vec![
            ("Content-Type", "application/json".to_owned()),
            ("X-CLIENT-KEY", "UPAHTEST".to_owned()),
            ("X-TIMESTAMP", timestamp.to_owned()),
            ("X-SIGNATURE", rsa(&format!("UPAHTEST|{timestamp}"))),
        ];
        let body = br#"{"grantType":"client_credentials"}"#;
        send(self.addr, "POST", &format!("{}/access-token/b2b", self.prefix), &headers, body).await
    }

    pub(crate) fn external_id(&self) -> String {
        format!("{:019}", self.next_id.fetch_add(1, Ordering::Relaxed))
    }

    /// The headers of a good call; a test spoils what it wants to.
    pub(crate) fn headers(&self, path: &str, body: &str) -> Headers {
        let timestamp = now();
        let signature = hmac("upah-sandbox-secret", path, &self.token, body, &timestamp);
        vec![
            ("Content-Type", "application/json".to_owned()),
            ("Authorization", format!("Bearer {}", self.token)),
            ("X-TIMESTAMP", timestamp),
            ("X-SIGNATURE", signature),
            ("X-PARTNER-ID", "UPAHTEST".to_owned()),
            ("X-EXTERNAL-ID", self.external_id()),
            ("CHANNEL-ID", "95221".to_owned()),
        ]
    }

    pub(crate) async fn try_call(&self, service: &str, body: &Value) -> io::Result<Response> {
        let path = format!("{}/{service}", self.prefix);
        let body = body.to_string();
        let headers = self.headers(&path, &body);
        send(self.addr, "POST", &path, &headers, body.as_bytes()).await
    }

    pub(crate) async fn call(&self, service: &str, body: &Value) -> Response {
        self.try_call(service, body).await.unwrap()
    }

    pub(crate) async fn pay(&self, reference: &str, account: &str) -> Response {
        self.call("transfer-interbank", &transfer(reference, account)).await
    }

    pub(crate) async fn status(&self, reference: &str) -> Response {
        let body = json!({"originalPartnerReferenceNo": reference, "serviceCode": "18"});
        self.call("transfer/status", &body).await
    }
}

pub(crate) fn transfer(reference: &str, account: &str) -> Value {
    json!({
        "partnerReferenceNo": reference,
        "amount": {"value": "600000.00", "currency": "IDR"},
        "beneficiaryAccountName": "SITI RAHAYU",
        "beneficiaryAccountNo": account,
        "beneficiaryBankCode": "014",
        "sourceAccountNo": "888801000157508",
        "transactionDate": "2026-11-25T09:00:00+07:00",
        "feeType": "OUR",
    })
}

pub(crate) fn now() -> String {
    OffsetDateTime::now_utc().format(&Rfc3339).unwrap()
}

/// For bodies that are already compact.
pub(crate) fn hmac(secret: &str, path: &str, token: &str, body: &str, timestamp: &str) -> String {
    let digest = HEXLOWER.encode(&Sha256::digest(body));
    let mut mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("POST:{path}:{token}:{digest}:{timestamp}").as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

pub(crate) fn rsa(text: &str) -> String {
    let base64: String = keys().private_pem().lines().filter(|line| !line.starts_with('-')).collect();
    let pair = RsaKeyPair::from_pkcs8(&BASE64.decode(base64.as_bytes()).unwrap()).unwrap();
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    BASE64.encode(&signature)
}

pub(crate) fn request(method: &str, path: &str, headers: &Headers, body: &[u8], close: bool) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: bank\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if close {
        head.push_str("Connection: close\r\n");
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// One request on a connection of its own, read to its end; gives up after a second.
pub(crate) async fn send(
    addr: SocketAddr,
    method: &str,
    path: &str,
    headers: &Headers,
    body: &[u8],
) -> io::Result<Response> {
    let talk = async {
        let mut stream = TcpStream::connect(addr).await?;
        stream.write_all(&request(method, path, headers, body, true)).await?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await?;
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        Ok(Response { status: head[9..12].parse().unwrap(), head: head.to_lowercase(), raw: bytes[end + 4..].to_vec() })
    };
    tokio::time::timeout(Duration::from_secs(1), talk).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
