//! A proxy on a real socket that stands in front of your happy-path fake provider and misbehaves.
//!
//! Your fake needs to know nothing of faults: it books and answers. [`FaultyProxy`] decides what of
//! that the adapter gets to see, and whether the provider has booked by then.
//!
//! It speaks plain HTTP/1.1 on loopback, keeps connections open as a provider would, and remembers
//! every request byte for byte.
mod fault;
mod message;
mod server;

pub use fault::{Answer, Fault, Rewrite, Then};
pub use server::FakeServer;

use crate::proxy::message::{Incoming, read_request, read_response};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// See the module. Dropping it closes every connection.
#[derive(Debug)]
pub struct FaultyProxy {
    base_url: String,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    upstream: String,
    strike: Mutex<Option<(String, Fault)>>,
    seen: Mutex<Vec<Seen>>,
}

/// A request as it came in. `Debug` shows nothing of it, for it carries secrets.
#[derive(Clone)]
pub struct Seen {
    raw: Arc<[u8]>,
    body_at: usize,
    /// Whether a fault struck it.
    pub struck: bool,
}

impl Seen {
    /// Whether these characters stand anywhere in it: path, headers or body.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        holds(&self.raw, text)
    }

    /// Its first line: method, path and query.
    #[must_use]
    pub fn request_line(&self) -> String {
        let end = self.raw.iter().position(|byte| *byte == b'\r').unwrap_or(self.raw.len());
        String::from_utf8_lossy(&self.raw[..end]).into_owned()
    }

    /// The bytes of its body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.raw.get(self.body_at..).unwrap_or_default()
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen").field("bytes", &self.raw.len()).field("struck", &self.struck).finish_non_exhaustive()
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    !text.is_empty() && bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

impl FaultyProxy {
    /// Listens on a free port of loopback and passes everything on to a provider, `http://host:port`
    /// with or without a path.
    ///
    /// # Errors
    /// `InvalidInput` when the URL is not plain `http`; else what binding the port says.
    pub async fn in_front_of(provider_url: &str) -> io::Result<Self> {
        let wrong = || io::Error::new(io::ErrorKind::InvalidInput, "the proxy needs a URL http://host:port");
        let rest = provider_url.strip_prefix("http://").ok_or_else(wrong)?;
        let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let upstream = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base_url = format!("http://{}{path}", listener.local_addr()?);
        let shared = Arc::new(Shared { upstream, ..Shared::default() });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { base_url, shared, accepting })
    }

    /// What the adapter is told instead of the provider's own URL.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// From now on this fault strikes every request that holds this text; others pass.
    pub fn strike(&self, text: impl Into<String>, fault: Fault) {
        *lock(&self.shared.strike) = Some((text.into(), fault));
    }

    /// From now on everything passes.
    pub fn behave(&self) {
        *lock(&self.shared.strike) = None;
    }

    /// Every request so far, in the order in which they were read.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.shared.seen).clone()
    }
}

impl Drop for FaultyProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Whoever panicked elsewhere has not left half of a value in here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Connections end with this task.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// One connection. An error ends it, as a line that breaks would.
async fn serve(mut client: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut unread = Vec::new();
    while let Some(request) = read_request(&mut client, &mut unread).await? {
        let fault = shared.note(&request);
        let Some(fault) = fault else {
            let answer = forward(&shared, &request).await?;
            client.write_all(&answer.raw).await?;
            continue;
        };
        let answer = if fault.reaches_provider { Some(forward(&shared, &request).await?) } else { None };
        if !fault.play(&mut client, answer).await? {
            return Ok(());
        }
    }
    Ok(())
}

impl Shared {
    /// Remembers a request and says what strikes it.
    fn note(&self, request: &Incoming) -> Option<Fault> {
        let strike = lock(&self.strike).clone();
        let fault = strike.filter(|(text, _)| holds(&request.raw, text)).map(|(_, fault)| fault);
        let (raw, body_at) = (request.raw.clone().into(), request.body_at);
        lock(&self.seen).push(Seen { raw, body_at, struck: fault.is_some() });
        fault
    }
}

async fn forward(shared: &Shared, request: &Incoming) -> io::Result<Incoming> {
    let mut provider = TcpStream::connect(&shared.upstream).await?;
    provider.set_nodelay(true)?;
    provider.write_all(&request.raw).await?;
    read_response(&mut provider).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::io::AsyncReadExt;

    /// Answers every request with its own body, and counts.
    async fn echo() -> (String, Arc<Mutex<usize>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let booked = Arc::new(Mutex::new(0));
        let count = Arc::clone(&booked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut unread = Vec::new();
                let request = read_request(&mut stream, &mut unread).await.unwrap().unwrap();
                *lock(&count) += 1;
                let body = &request.raw[request.body_at..];
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                stream.write_all(head.as_bytes()).await.unwrap();
                stream.write_all(body).await.unwrap();
            }
        });
        (url, booked)
    }

    /// What comes back for one request, as far as it comes, and how often the provider was reached.
    async fn ask(fault: Option<Fault>, request: &str) -> (String, usize) {
        let (url, booked) = echo().await;
        let proxy = FaultyProxy::in_front_of(&url).await.unwrap();
        if let Some(fault) = fault {
            proxy.strike("REF1", fault);
        }
        let mut client = TcpStream::connect(proxy.base_url().strip_prefix("http://").unwrap()).await.unwrap();
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        while let Ok(Ok(count @ 1..)) = tokio::time::timeout(Duration::from_millis(200), client.read(&mut piece)).await
        {
            answer.extend_from_slice(&piece[..count]);
        }
        assert_eq!(proxy.seen().len(), 1);
        let booked = *lock(&booked);
        (String::from_utf8(answer).unwrap(), booked)
    }

    const ORDER: &str = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 13\r\n\r\n{\"ref\":\"REF1\"";

    #[tokio::test]
    async fn without_a_fault_everything_passes_as_it_is() {
        let (answer, booked) = ask(None, ORDER).await;
        assert_eq!((answer.split("\r\n\r\n").nth(1), booked), (Some("{\"ref\":\"REF1\""), 1));
        let chunked = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n4\r\nREF1\r\n1;x=y\r\n!\r\n0\r\n\r\n";
        let (answer, booked) = ask(None, chunked).await;
        assert!(answer.contains("REF1") && booked == 1, "{answer}");
    }

    #[tokio::test]
    async fn each_fault_does_what_its_name_says() {
        let page = Answer::page(403);
        for (fault, begins, holds, booked) in [
            (Fault::drop_before(), "", "", 0),
            (Fault::drop_after(), "", "", 1),
            (Fault::hang_before(), "", "", 0),
            (Fault::hang_after(), "", "", 1),
            (Fault::garbage_after(), "", "\u{1}", 1),
            (Fault::answer_before(Answer::status(500)), "HTTP/1.1 500", "", 0),
            (Fault::answer_after(Answer::status(503)), "HTTP/1.1 503", "", 1),
            (Fault::truncated_after(), "HTTP/1.1 200", "content-length: 13\r\n\r\n{\"ref\"", 1),
            (Fault::slow_after(Duration::from_millis(50)), "HTTP/1.1 200", "REF1", 1),
            (Fault::too_many(Some(7)), "HTTP/1.1 429", "retry-after: 7", 0),
            (Fault::answer_before(page), "HTTP/1.1 403", "<html>", 0),
            (Fault::redirect(302, "http://127.0.0.1:1/"), "HTTP/1.1 302", "location: http://127.0.0.1:1/", 0),
            (Fault::rewritten(|body| body.replace("REF1", "REF22")), "HTTP/1.1 200", "content-length: 14\r\n", 1),
        ] {
            let told = format!("{fault:?}");
            let (answer, reached) = ask(Some(fault), ORDER).await;
            assert!(answer.starts_with(begins) && answer.contains(holds), "{told}: {answer}");
            assert_eq!(reached, booked, "{told}");
        }
    }

    #[tokio::test]
    async fn a_fault_strikes_only_what_it_is_meant_for() {
        let (answer, booked) = ask(Some(Fault::drop_before()), &ORDER.replace("REF1", "REF2")).await;
        assert!(answer.starts_with("HTTP/1.1 200") && booked == 1, "{answer}");
    }

    #[tokio::test]
    async fn what_was_seen_does_not_print() {
        let (url, _) = echo().await;
        let proxy = FaultyProxy::in_front_of(&url).await.unwrap();
        let mut client = TcpStream::connect(proxy.base_url().strip_prefix("http://").unwrap()).await.unwrap();
        client.write_all(ORDER.as_bytes()).await.unwrap();
        let _ = client.read(&mut [0; 64]).await.unwrap();
        let seen = proxy.seen();
        assert!(seen[0].holds("REF1") && seen[0].body() == b"{\"ref\":\"REF1\"");
        assert!(!format!("{proxy:?} {seen:?}").contains("REF1"));
    }
}
