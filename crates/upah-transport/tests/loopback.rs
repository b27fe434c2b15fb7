//! What a peer can do to a call, done by real sockets on this machine.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use upah_transport::{MaybeSentReason, NotSentReason, Request, Response, SendError, Transport, TransportConfig};

const MARK: &str = "the-only-body";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// What the peer saw.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    bodies: AtomicUsize,
}

impl Seen {
    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
    fn bodies(&self) -> usize {
        self.bodies.load(Ordering::SeqCst)
    }
}

/// Serves connections one after the other with `behave`, which gets the number of the connection.
fn peer(behave: impl Fn(TcpStream, usize, &Seen) + Send + 'static) -> (String, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/pay?secret=q", listener.local_addr().unwrap());
    let seen = Arc::new(Seen::default());
    let inner = Arc::clone(&seen);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let number = inner.connections.fetch_add(1, Ordering::SeqCst);
            behave(stream.unwrap(), number, &inner);
        }
    });
    (url, seen)
}

/// Reads one request to its end and counts it; false when the client went away.
fn read_request(stream: &mut TcpStream, seen: &Seen) -> bool {
    let mut bytes = Vec::new();
    let mut buffer = [0; 1024];
    while !String::from_utf8_lossy(&bytes).ends_with(MARK) {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return false,
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
    }
    seen.bodies.fetch_add(1, Ordering::SeqCst);
    true
}

/// Closes with a reset: unread input at close makes the kernel send RST.
fn reset(stream: TcpStream) {
    drop(stream);
}

fn transport() -> Transport {
    Transport::new(TransportConfig {
        body_bytes_max: 64 * 1024,
        ..TransportConfig::with_timeout(Duration::from_millis(800))
    })
    .unwrap()
}

fn request(url: &str) -> Request {
    Request {
        url: url.to_owned(),
        headers: vec![
            ("authorization", "Bearer very-secret".to_owned()),
            ("content-type", "application/json".to_owned()),
        ],
        body: MARK.into(),
    }
}

async fn post(transport: &Transport, url: &str) -> Result<Response, SendError> {
    transport.post(request(url)).await
}

fn maybe(reason: MaybeSentReason) -> Result<Response, SendError> {
    Err(SendError::MaybeSent(reason))
}

#[tokio::test]
async fn refused_connection_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(post(&transport(), &url).await, Err(SendError::NotSent(NotSentReason::ConnectFailed)));
}

#[tokio::test]
async fn unknown_host_is_not_sent() {
    let outcome = post(&transport(), "https://no-such-host.invalid/").await;
    assert!(matches!(outcome, Err(SendError::NotSent(_))), "{outcome:?}");
}

#[tokio::test]
async fn failed_tls_handshake_is_not_sent() {
    let (url, seen) = peer(|mut stream, _, _| {
        let _ = stream.read(&mut [0; 16]);
        let _ = stream.write_all(b"this is no TLS record at all, not even nearly");
    });
    let outcome = post(&transport(), &url.replace("http:", "https:")).await;
    assert_eq!(outcome, Err(SendError::NotSent(NotSentReason::ConnectFailed)));
    assert_eq!(seen.bodies(), 0);
}

#[tokio::test]
async fn tls_handshake_that_never_ends_is_a_connect_timeout() {
    let (url, _) = peer(|stream, _, _| {
        thread::sleep(Duration::from_secs(2));
        drop(stream);
    });
    assert_eq!(
        post(&transport(), &url.replace("http:", "https:")).await,
        Err(SendError::NotSent(NotSentReason::ConnectTimeout))
    );
}

#[tokio::test]
async fn whole_deadline_inside_the_handshake_is_maybe_sent_because_unproven() {
    let (url, _) = peer(|stream, _, _| {
        thread::sleep(Duration::from_secs(2));
        drop(stream);
    });
    let transport = Transport::new(TransportConfig {
        connect_timeout: Duration::from_secs(5),
        ..TransportConfig::with_timeout(Duration::from_millis(300))
    })
    .unwrap();
    assert_eq!(post(&transport, &url.replace("http:", "https:")).await, maybe(MaybeSentReason::Timeout));
}

#[tokio::test]
async fn accept_then_close_is_maybe_sent_and_tried_once() {
    let (url, seen) = peer(|stream, _, _| {
        let _ = stream.shutdown(Shutdown::Both);
    });
    assert_eq!(post(&transport(), &url).await, maybe(MaybeSentReason::NoAnswer));
    assert_eq!(seen.connections(), 1);
}

#[tokio::test]
async fn reset_in_the_middle_of_the_request_is_maybe_sent_and_tried_once() {
    let (url, seen) = peer(|mut stream, _, _| {
        let _ = stream.read(&mut [0; 20]);
        thread::sleep(Duration::from_millis(50));
        reset(stream);
    });
    assert_eq!(post(&transport(), &url).await, maybe(MaybeSentReason::NoAnswer));
    assert_eq!(seen.connections(), 1);
}

#[tokio::test]
async fn close_after_the_body_is_maybe_sent_and_tried_once() {
    let (url, seen) = peer(|mut stream, _, seen| {
        read_request(&mut stream, seen);
    });
    assert_eq!(post(&transport(), &url).await, maybe(MaybeSentReason::NoAnswer));
    assert_eq!((seen.connections(), seen.bodies()), (1, 1));
}

#[tokio::test]
async fn late_answer_is_maybe_sent_within_the_deadline() {
    let (url, seen) = peer(|mut stream, _, seen| {
        read_request(&mut stream, seen);
        thread::sleep(Duration::from_secs(2));
        let _ = stream.write_all(OK);
    });
    let start = Instant::now();
    assert_eq!(post(&transport(), &url).await, maybe(MaybeSentReason::Timeout));
    assert!(start.elapsed() < Duration::from_millis(1_900));
    assert_eq!(seen.bodies(), 1);
}

#[tokio::test]
async fn body_that_drips_for_ever_meets_the_same_deadline() {
    let (url, _) = peer(|mut stream, _, seen| {
        read_request(&mut stream, seen);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        for _ in 0..30 {
            thread::sleep(Duration::from_millis(100));
            if stream.write_all(b" ").is_err() {
                return;
            }
        }
    });
    let start = Instant::now();
    assert_eq!(post(&transport(), &url).await, maybe(MaybeSentReason::Timeout));
    assert!(start.elapsed() < Duration::from_millis(1_900));
}

#[tokio::test]
async fn redirect_is_an_answer_and_is_never_followed() {
    let (target, followed) = peer(|mut stream, _, _| {
        let _ = stream.write_all(OK);
    });
    for status in [301, 302, 303, 307, 308] {
        let location = target.clone();
        let (url, seen) = peer(move |mut stream, _, seen| {
            read_request(&mut stream, seen);
            let answer = format!("HTTP/1.1 {status} X\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes());
        });
        assert_eq!(post(&transport(), &url).await.unwrap().status, status);
        assert_eq!((seen.connections(), seen.bodies()), (1, 1));
    }
    assert_eq!(followed.connections(), 0);
}

#[tokio::test]
async fn huge_body_is_cut_off_with_and_without_a_length() {
    for head in ["HTTP/1.1 200 OK\r\ncontent-length: 900000000\r\n\r\n", "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"]
    {
        let (url, _) = peer(move |mut stream, _, seen| {
            read_request(&mut stream, seen);
            let _ = stream.write_all(head.as_bytes());
            while stream.write_all(&[b' '; 4096]).is_ok() {}
        });
        assert_eq!(post(&transport(), &url).await, maybe(MaybeSentReason::AnswerTooLong { status: 200 }));
    }
}

#[tokio::test]
async fn truncated_body_is_maybe_sent_whatever_its_status_says() {
    for status in [200, 400, 403] {
        let (url, seen) = peer(move |mut stream, _, seen| {
            read_request(&mut stream, seen);
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: 100\r\n\r\n{{\"resp");
            let _ = stream.write_all(head.as_bytes());
        });
        assert_eq!(post(&transport(), &url).await, maybe(MaybeSentReason::AnswerBroken { status }));
        assert_eq!(seen.bodies(), 1);
    }
}

#[tokio::test]
async fn answer_that_is_not_http_is_maybe_sent() {
    let (url, seen) = peer(|mut stream, _, seen| {
        read_request(&mut stream, seen);
        let _ = stream.write_all(b"\x00\x01 no http\r\n\r\n");
    });
    assert_eq!(post(&transport(), &url).await, maybe(MaybeSentReason::NoAnswer));
    assert_eq!(seen.bodies(), 1);
}

/// The classic double payment: a reused connection swallows the request and closes.
#[tokio::test]
async fn reused_connection_that_swallows_the_request_is_maybe_sent_and_never_resent() {
    let (url, seen) = peer(|mut stream, number, seen| {
        if read_request(&mut stream, seen) {
            let _ = stream.write_all(OK);
        }
        // The second request on the first connection is read and never answered.
        if number == 0 {
            read_request(&mut stream, seen);
        }
    });
    let transport = transport();
    assert_eq!(post(&transport, &url).await.unwrap().status, 200);
    assert_eq!(post(&transport, &url).await, maybe(MaybeSentReason::NoAnswer));
    thread::sleep(Duration::from_millis(100));
    assert_eq!((seen.connections(), seen.bodies()), (1, 2));
}

/// A server closes a connection while it is idle: the next request reaches it at most once.
#[tokio::test]
async fn connection_closed_while_idle_never_doubles_a_request() {
    for pause_millis in [0, 0, 0, 1, 2, 20] {
        let (url, seen) = peer(|mut stream, _, seen| {
            if read_request(&mut stream, seen) {
                let _ = stream.write_all(OK);
            }
        });
        let transport = transport();
        assert_eq!(post(&transport, &url).await.unwrap().status, 200);
        tokio::time::sleep(Duration::from_millis(pause_millis)).await;
        let second = post(&transport, &url).await;
        thread::sleep(Duration::from_millis(50));
        match second {
            Ok(answer) => assert_eq!((answer.status, seen.bodies()), (200, 2)),
            Err(error) => {
                assert!(matches!(error, SendError::MaybeSent(_)), "{error}");
                assert!(seen.bodies() <= 2);
            }
        }
    }
}

#[tokio::test]
async fn answer_carries_status_headers_and_exact_body() {
    let (url, _) = peer(|mut stream, _, seen| {
        read_request(&mut stream, seen);
        let _ = stream.write_all(
            b"HTTP/1.1 429 Slow\r\ncontent-type: application/json\r\nretry-after: 7\r\n\
              date: Sat, 21 Nov 2026 00:00:00 GMT\r\ncontent-encoding: gzip\r\n\
              set-cookie: a=b\r\ncontent-length: 4\r\n\r\n \xff{}",
        );
    });
    let answer = post(&transport(), &url).await.unwrap();
    assert_eq!(answer.status, 429);
    assert_eq!(answer.retry_after_seconds(), Some(7));
    assert_eq!(answer.content_type.as_deref(), Some("application/json"));
    assert_eq!(answer.date.as_deref(), Some("Sat, 21 Nov 2026 00:00:00 GMT"));
    assert_eq!(answer.body, b" \xff{}");
}

#[tokio::test]
async fn header_that_cannot_be_encoded_is_not_sent() {
    let (url, seen) = peer(|mut stream, _, seen| {
        read_request(&mut stream, seen);
    });
    for (name, value) in [("x-a", "line\r\nbreak"), ("x-a", "nul\0"), ("not a name", "v")] {
        let mut bad = request(&url);
        bad.headers.push((name, value.to_owned()));
        assert_eq!(transport().post(bad).await, Err(SendError::NotSent(NotSentReason::HeaderInvalid)));
    }
    assert_eq!(seen.connections(), 0);
}

#[tokio::test]
async fn plain_http_to_another_machine_is_not_sent() {
    assert_eq!(
        post(&transport(), "http://bank.example/").await,
        Err(SendError::NotSent(NotSentReason::PlainHttpRefused))
    );
}

/// The environment belongs to the process, so the child process is this very test.
#[test]
fn proxies_named_by_the_environment_are_ignored() {
    const CHILD: &str = "UPAH_TRANSPORT_PROXY_CHILD";
    if std::env::var_os(CHILD).is_some() {
        let (url, seen) = peer(|mut stream, _, seen| {
            read_request(&mut stream, seen);
            let _ = stream.write_all(OK);
        });
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let answer = runtime.block_on(post(&transport(), &url)).unwrap();
        assert_eq!((answer.status, seen.bodies()), (200, 1));
        return;
    }
    let (proxy, proxied) = peer(|mut stream, _, seen| {
        read_request(&mut stream, seen);
    });
    let proxy = proxy.trim_end_matches("/pay?secret=q");
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "proxies_named_by_the_environment_are_ignored"])
        .env(CHILD, "1")
        .env("http_proxy", proxy)
        .env("HTTP_PROXY", proxy)
        .env("https_proxy", proxy)
        .env("ALL_PROXY", proxy)
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(proxied.connections(), 0);
}

#[tokio::test]
async fn nothing_that_prints_carries_url_header_or_body() {
    let (url, _) = peer(|mut stream, _, seen| {
        read_request(&mut stream, seen);
    });
    let sent = request(&url);
    let error = transport().post(sent.clone()).await.unwrap_err();
    let printed = format!("{error} {error:?} {sent:?}");
    for secret in ["secret", MARK, "127.0.0.1", "pay"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn zero_deadline_or_bad_user_agent_makes_no_transport() {
    assert!(Transport::new(TransportConfig::with_timeout(Duration::ZERO)).is_err());
    let config = TransportConfig { user_agent: "bad\nagent".to_owned(), ..TransportConfig::default() };
    assert!(Transport::new(config).is_err());
}
