//! Signed calls against a bank made of one thread and a script.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use upah_snap::client::{
    Answer, CallNotSent, CallResult, CallSignature, ConfigError, SnapClient, SnapConfig, SnapEnvironment,
};
use upah_snap::codes::Action;
use upah_snap::endpoint::Endpoint;
use upah_snap::profile::Profile;
use upah_snap::service::Service;
use upah_snap::signature::{ClientSecret, PrivateKey, StringToSign, token_string};
use upah_snap::token::TokenFailure;
use upah_transport::{MaybeSentReason, NotSentReason, Transport, TransportConfig};

const BODY: &str = r#"{"partnerReferenceNo":"REF1"}"#;
const SECRET: &str = "client-secret";
const OK: &str = r#"{"responseCode":"2001800","referenceNo":"R"}"#;

fn key() -> PrivateKey {
    PrivateKey::from_pem(include_bytes!("vectors/snap_test_key.pem")).unwrap()
}

/// A request as the bank saw it.
#[derive(Clone)]
struct Seen {
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
    fn is_token(&self) -> bool {
        self.path.ends_with("/access-token/b2b")
    }
}

struct Bank {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Bank {
    /// Answers with `script`, which gets the request and its number among those of its kind (token
    /// or call); an HTTP status of 0 closes the connection.
    fn new(script: impl Fn(&Seen, usize) -> (u16, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::<Seen>::new()));
        let (inner, script) = (Arc::clone(&seen), Arc::new(script));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (inner, script) = (Arc::clone(&inner), Arc::clone(&script));
                thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let Some(request) = read(&mut stream) else { return };
                    let number = {
                        let mut all = inner.lock().unwrap();
                        all.push(request.clone());
                        all.iter().filter(|s| s.is_token() == request.is_token()).count() - 1
                    };
                    let (status, body) = script(&request, number);
                    if status > 0 {
                        let head = format!(
                            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\nretry-after: 3\r\n\r\n",
                            body.len()
                        );
                        let _ = stream.write_all(format!("{head}{body}").as_bytes());
                    }
                });
            }
        });
        Self { url, seen }
    }

    fn calls(&self) -> Vec<Seen> {
        let all = self.seen.lock().unwrap();
        all.iter().filter(|s| !s.is_token()).cloned().collect()
    }

    fn tokens(&self) -> Vec<Seen> {
        let all = self.seen.lock().unwrap();
        all.iter().filter(|s| s.is_token()).cloned().collect()
    }
}

fn read(stream: &mut impl Read) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let path = lines.next()?.split(' ').nth(1)?.to_owned();
            let headers: Vec<(String, String)> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned()))
                .collect();
            let length = headers.iter().find(|(n, _)| n == "content-length")?;
            if body.len() >= length.1.parse().ok()? {
                return Some(Seen { path, headers, body: body.to_owned() });
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
    }
}

fn token(number: usize) -> (u16, String) {
    let body = format!(
        r#"{{"responseCode":"2007300","accessToken":"token-{number}","tokenType":"Bearer","expiresIn":"900"}}"#
    );
    (200, body)
}

/// A clock that a test moves, and random bytes that never repeat.
struct World {
    now: AtomicU64,
    drawn: AtomicU64,
}

impl SnapEnvironment for World {
    fn now_unix_millis(&self) -> u64 {
        self.now.load(Ordering::SeqCst)
    }
    fn random_16(&self) -> [u8; 16] {
        u128::from(self.drawn.fetch_add(1, Ordering::SeqCst)).to_be_bytes()
    }
}

fn client_at(url: &str, call_signature: CallSignature) -> (SnapClient, Arc<World>) {
    let world = Arc::new(World { now: AtomicU64::new(1_608_177_300_000), drawn: AtomicU64::new(0) });
    let config = SnapConfig {
        profile: Profile::standard(),
        endpoint: Endpoint::new(url, "/v1.0", Profile::standard()).unwrap(),
        partner_id: "UPAHTEST".to_owned(),
        client_id: "CLIENT".to_owned(),
        channel_id: "95221".to_owned(),
        origin: None,
        private_key: key(),
        call_signature,
    };
    let transport = Transport::new(TransportConfig::with_timeout(Duration::from_secs(3))).unwrap();
    let environment: Arc<dyn SnapEnvironment> = Arc::clone(&world) as _;
    let client = SnapClient::new(config, Arc::new(transport), environment).unwrap();
    (client, world)
}

fn client(bank: &Bank) -> (SnapClient, Arc<World>) {
    let secret = ClientSecret::new(SECRET).unwrap();
    client_at(&bank.url, CallSignature::SymmetricWithToken(secret))
}

fn answer(result: CallResult) -> Answer {
    match result {
        CallResult::Answered(answer) => answer,
        other => panic!("{other:?}"),
    }
}

fn action(result: CallResult) -> Option<Action> {
    answer(result).envelope.and_then(|e| e.transfer_action())
}

#[tokio::test]
async fn signed_call_carries_what_the_standard_asks_for() {
    let bank = Bank::new(|request, n| if request.is_token() { token(n) } else { (200, OK.into()) });
    let (client, _) = client(&bank);
    let got = answer(client.call(Service::Interbank, BODY).await);
    assert_eq!(got.body, OK.as_bytes());
    assert_eq!(got.envelope.unwrap().response_code(), "2001800");

    let (asked, called) = (&bank.tokens()[0], &bank.calls()[0]);
    assert_eq!(asked.path, "/v1.0/access-token/b2b");
    assert_eq!(asked.header("x-client-key"), Some("CLIENT"));
    let stamp = "2020-12-17T10:55:00+07:00";
    let signature = asked.header("x-signature").unwrap();
    assert!(key().public_key().verify(&token_string("CLIENT", stamp), signature));

    assert_eq!(called.path, "/v1.0/transfer-interbank");
    assert_eq!(called.body, BODY);
    assert_eq!(called.header("authorization"), Some("Bearer token-0"));
    assert_eq!(called.header("content-type"), Some("application/json"));
    assert_eq!(called.header("x-timestamp"), Some(stamp));
    assert_eq!(called.header("x-partner-id"), Some("UPAHTEST"));
    assert_eq!(called.header("channel-id"), Some("95221"));
    assert_eq!(called.header("origin"), None);
    let text = StringToSign { method: "POST", path: &called.path, body: called.body.as_bytes(), timestamp: stamp };
    let secret = ClientSecret::new(SECRET).unwrap();
    assert!(secret.verify(&text.symmetric("token-0"), called.header("x-signature").unwrap()));
}

#[tokio::test]
async fn asymmetric_call_needs_no_token() {
    let bank = Bank::new(|_, _| (200, OK.into()));
    let (client, _) = client_at(&bank.url, CallSignature::Asymmetric);
    assert_eq!(action(client.call(Service::Interbank, BODY).await), Some(Action::Settled));
    let called = &bank.calls()[0];
    assert!(bank.tokens().is_empty() && called.header("authorization").is_none());
    let text = StringToSign {
        method: "POST",
        path: &called.path,
        body: called.body.as_bytes(),
        timestamp: called.header("x-timestamp").unwrap(),
    };
    let signature = called.header("x-signature").unwrap();
    assert!(key().public_key().verify(&text.asymmetric(), signature));
}

#[tokio::test]
async fn trusted_401_renews_the_token_once_with_same_body_and_fresh_external_id() {
    for code in ["4011801", "4011803"] {
        let bank = Bank::new(move |request, n| match (request.is_token(), n) {
            (true, n) => token(n),
            (false, 0) => (401, format!(r#"{{"responseCode":"{code}"}}"#)),
            (false, _) => (200, OK.into()),
        });
        let (client, _) = client(&bank);
        assert_eq!(action(client.call(Service::Interbank, BODY).await), Some(Action::Settled));
        let calls = bank.calls();
        assert_eq!((calls.len(), bank.tokens().len()), (2, 2));
        assert_eq!(calls[0].body, calls[1].body);
        assert_eq!(calls[1].header("authorization"), Some("Bearer token-1"));
        assert_ne!(calls[0].header("x-external-id"), calls[1].header("x-external-id"));
    }
}

#[tokio::test]
async fn second_trusted_401_is_given_back() {
    let bank = Bank::new(|request, n| match request.is_token() {
        true => token(n),
        false => (401, r#"{"responseCode":"4011801"}"#.into()),
    });
    let (client, _) = client(&bank);
    let got = action(client.call(Service::Interbank, BODY).await);
    assert_eq!(got, Some(Action::NotExecutedRenewToken));
    assert_eq!(bank.calls().len(), 2);
}

#[tokio::test]
async fn no_other_answer_is_ever_tried_again() {
    for (status, body) in [
        (401, "<html>proxy</html>"),
        (401, r#"{"responseCode":"4011701"}"#),
        (401, r#"{"responseCode":"4011800"}"#),
        (403, r#"{"responseCode":"4011801"}"#),
        (409, r#"{"responseCode":"4091800"}"#),
        (429, r#"{"responseCode":"4291800"}"#),
        (500, r#"{"responseCode":"5001801"}"#),
        (504, ""),
        (302, ""),
    ] {
        let bank = Bank::new(move |request, n| match request.is_token() {
            true => token(n),
            false => (status, body.to_owned()),
        });
        let (client, _) = client(&bank);
        let got = answer(client.call(Service::Interbank, BODY).await);
        assert_eq!((got.http, bank.calls().len()), (status, 1));
        assert_eq!(got.retry_after_seconds, Some(3));
    }
}

#[tokio::test]
async fn answer_that_is_not_the_banks_has_no_envelope() {
    for (status, body) in [
        (200, "<html>ok</html>"),
        (403, "Forbidden"),
        (200, r#"{"responseCode":"4031814"}"#),
        (403, r#"{"responseCode":"4031714"}"#),
        (200, r#"{"responseCode":2001800}"#),
    ] {
        let bank = Bank::new(move |request, n| match request.is_token() {
            true => token(n),
            false => (status, body.to_owned()),
        });
        let (client, _) = client(&bank);
        let got = answer(client.call(Service::Interbank, BODY).await);
        assert_eq!((got.envelope, got.body), (None, body.as_bytes().to_vec()));
    }
}

#[tokio::test]
async fn close_without_an_answer_is_maybe_sent_and_tried_once() {
    let bank = Bank::new(|request, n| if request.is_token() { token(n) } else { (0, String::new()) });
    let (client, _) = client(&bank);
    assert_eq!(client.call(Service::Interbank, BODY).await, CallResult::MaybeSent(MaybeSentReason::NoAnswer));
    assert_eq!(bank.calls().len(), 1);
}

#[tokio::test]
async fn many_calls_at_once_fetch_one_token_and_repeat_no_external_id() {
    let bank = Bank::new(|request, n| if request.is_token() { token(n) } else { (200, OK.into()) });
    let (client, _) = client(&bank);
    let client = Arc::new(client);
    let tasks: Vec<_> = (0..24)
        .map(|_| {
            let client = Arc::clone(&client);
            tokio::spawn(async move { action(client.call(Service::Interbank, BODY).await) })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Some(Action::Settled));
    }
    let calls = bank.calls();
    let mut ids: Vec<_> = calls.iter().filter_map(|c| c.header("x-external-id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((bank.tokens().len(), calls.len(), ids.len()), (1, 24, 24));
}

#[tokio::test]
async fn token_is_renewed_before_it_expires() {
    let bank = Bank::new(|request, n| if request.is_token() { token(n) } else { (200, OK.into()) });
    let (client, world) = client(&bank);
    for (seconds, tokens) in [(0, 1), (719, 1), (1, 2)] {
        world.now.fetch_add(seconds * 1000, Ordering::SeqCst);
        client.call(Service::Interbank, BODY).await;
        assert_eq!(bank.tokens().len(), tokens);
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_the_reason_is_told() {
    for (status, body, why) in [
        (401, r#"{"responseCode":"4017300"}"#, TokenFailure::CredentialsRefused { http: 401 }),
        (400, "", TokenFailure::CredentialsRefused { http: 400 }),
        (403, "<html>", TokenFailure::CredentialsRefused { http: 403 }),
        (429, "", TokenFailure::Busy { retry_after_seconds: Some(3) }),
        (503, "", TokenFailure::Unavailable { http: 503 }),
        (200, "<html>", TokenFailure::Garbage { http: 200 }),
        (302, "", TokenFailure::Garbage { http: 302 }),
        (200, r#"{"responseCode":"4017300","accessToken":"a","expiresIn":"900"}"#, TokenFailure::Garbage { http: 200 }),
        (0, "", TokenFailure::NoAnswer(MaybeSentReason::NoAnswer)),
    ] {
        let bank = Bank::new(move |_, _| (status, body.to_owned()));
        let (client, _) = client(&bank);
        assert_eq!(client.call(Service::Interbank, BODY).await, CallResult::NotSent(CallNotSent::Token(why)));
        assert!(bank.calls().is_empty());
    }
}

#[tokio::test]
async fn bank_that_cannot_be_reached_is_not_sent() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{port}");
    let secret = ClientSecret::new(SECRET).unwrap();
    let unreachable = NotSentReason::ConnectFailed;
    let (client, _) = client_at(&url, CallSignature::SymmetricWithToken(secret));
    assert_eq!(
        client.call(Service::Interbank, BODY).await,
        CallResult::NotSent(CallNotSent::Token(TokenFailure::Unreachable(unreachable)))
    );
    let (client, _) = client_at(&url, CallSignature::Asymmetric);
    assert_eq!(client.call(Service::Interbank, BODY).await, CallResult::NotSent(CallNotSent::Transport(unreachable)));
}

#[tokio::test]
async fn failed_renewal_gives_back_the_401_that_was_answered() {
    let bank = Bank::new(|request, n| match (request.is_token(), n) {
        (true, 0) => token(0),
        (true, _) => (503, String::new()),
        (false, _) => (401, r#"{"responseCode":"4011801"}"#.into()),
    });
    let (client, _) = client(&bank);
    let got = action(client.call(Service::Interbank, BODY).await);
    assert_eq!(got, Some(Action::NotExecutedRenewToken));
    assert_eq!(bank.calls().len(), 1);
}

#[tokio::test]
async fn nothing_is_sent_at_or_after_the_deadline() {
    let bank = Bank::new(|request, n| if request.is_token() { token(n) } else { (200, OK.into()) });
    let (client, world) = client(&bank);
    let now = world.now.load(Ordering::SeqCst);
    assert_eq!(client.call_before(Service::Interbank, BODY, now).await, CallResult::NotSent(CallNotSent::TooLate));
    assert!(bank.calls().is_empty());
    let late = client.call_before(Service::Interbank, BODY, now + 1).await;
    assert_eq!(action(late), Some(Action::Settled));
}

#[tokio::test]
async fn nothing_secret_or_personal_prints() {
    let bank = Bank::new(|request, n| if request.is_token() { token(n) } else { (200, OK.into()) });
    let (client, _) = client(&bank);
    let result = client.call(Service::Interbank, BODY).await;
    let printed = format!("{client:?} {result:?}");
    for secret in [SECRET, "token-0", "referenceNo"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn identifier_that_cannot_be_a_header_makes_no_client() {
    for bad in ["", "a b", "a\n", "é", &"9".repeat(37)] {
        let config = SnapConfig {
            profile: Profile::standard(),
            endpoint: Endpoint::new("https://bank.example", "", Profile::standard()).unwrap(),
            partner_id: "P".to_owned(),
            client_id: bad.to_owned(),
            channel_id: "C".to_owned(),
            origin: None,
            private_key: key(),
            call_signature: CallSignature::Asymmetric,
        };
        let transport = Arc::new(Transport::new(TransportConfig::default()).unwrap());
        let world = Arc::new(World { now: AtomicU64::new(0), drawn: AtomicU64::new(0) });
        let error = SnapClient::new(config, transport, world).unwrap_err();
        assert_eq!(error, ConfigError::Identifier { field: "client_id" });
    }
}
