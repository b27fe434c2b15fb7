//! What can go wrong with one request, and how it is played on the wire.
use super::message::Incoming;
use std::fmt;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// One fault: whether the provider gets the request, and what the adapter gets to see of it.
#[derive(Clone)]
pub struct Fault {
    /// Whether the provider gets the request, and has booked before anything comes back.
    pub reaches_provider: bool,
    /// What comes back.
    pub then: Then,
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = if self.reaches_provider { "after the provider has booked" } else { "before the provider" };
        write!(f, "{:?} {when}", self.then)
    }
}

/// What comes back instead of the provider's answer, or of it.
#[derive(Clone)]
#[non_exhaustive]
pub enum Then {
    /// Nothing: the connection is closed.
    Close,
    /// Nothing: the connection stays open and silent.
    Hang,
    /// Bytes that are not HTTP.
    Garbage,
    /// This answer.
    Answer(Answer),
    /// The provider's answer, broken off in the middle of its body.
    Truncated,
    /// The provider's answer, so much later.
    Slow(Duration),
    /// The provider's answer with another body.
    Rewritten(Rewrite),
}

/// Makes another body out of the provider's.
pub type Rewrite = Arc<dyn Fn(&str) -> String + Send + Sync>;

impl fmt::Debug for Then {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Close => f.write_str("Close"),
            Self::Hang => f.write_str("Hang"),
            Self::Garbage => f.write_str("Garbage"),
            Self::Answer(answer) => write!(f, "Answer({})", answer.status),
            Self::Truncated => f.write_str("Truncated"),
            Self::Slow(late) => write!(f, "Slow({late:?})"),
            Self::Rewritten(_) => f.write_str("Rewritten"),
        }
    }
}

/// An answer that is made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers besides the length.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// A status with nothing behind it.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    /// The page of a proxy or a load balancer.
    #[must_use]
    pub fn page(status: u16) -> Self {
        let body = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>");
        Self::status(status).with("content-type", "text/html").saying(body)
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same with this body.
    #[must_use]
    pub fn saying(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Fault\r\ncontent-length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        head.push_str(&self.body);
        head.into_bytes()
    }
}

impl Fault {
    fn before(then: Then) -> Self {
        Self { reaches_provider: false, then }
    }

    fn after(then: Then) -> Self {
        Self { reaches_provider: true, then }
    }

    /// The connection breaks before the provider has the request.
    #[must_use]
    pub fn drop_before() -> Self {
        Self::before(Then::Close)
    }

    /// The provider books, and the connection breaks before its answer is through.
    #[must_use]
    pub fn drop_after() -> Self {
        Self::after(Then::Close)
    }

    /// Nothing ever comes back, and the provider knows of nothing.
    #[must_use]
    pub fn hang_before() -> Self {
        Self::before(Then::Hang)
    }

    /// Nothing ever comes back, and the provider has booked.
    #[must_use]
    pub fn hang_after() -> Self {
        Self::after(Then::Hang)
    }

    /// The provider books, and what comes back is not HTTP.
    #[must_use]
    pub fn garbage_after() -> Self {
        Self::after(Then::Garbage)
    }

    /// The provider books, and its answer breaks off.
    #[must_use]
    pub fn truncated_after() -> Self {
        Self::after(Then::Truncated)
    }

    /// The provider books, and its answer is late.
    #[must_use]
    pub fn slow_after(late: Duration) -> Self {
        Self::after(Then::Slow(late))
    }

    /// Somebody before the provider answers.
    #[must_use]
    pub fn answer_before(answer: Answer) -> Self {
        Self::before(Then::Answer(answer))
    }

    /// The provider books, and somebody else answers.
    #[must_use]
    pub fn answer_after(answer: Answer) -> Self {
        Self::after(Then::Answer(answer))
    }

    /// 429 from somebody before the provider, with or without `Retry-After` in seconds.
    #[must_use]
    pub fn too_many(retry_after_seconds: Option<u32>) -> Self {
        let answer = Answer::status(429);
        Self::answer_before(match retry_after_seconds {
            Some(seconds) => answer.with("retry-after", seconds.to_string()),
            None => answer,
        })
    }

    /// A redirect to elsewhere, from somebody before the provider.
    #[must_use]
    pub fn redirect(status: u16, location: impl Into<String>) -> Self {
        Self::answer_before(Answer::status(status).with("location", location))
    }

    /// The provider books, and its answer says something else than it said.
    #[must_use]
    pub fn rewritten(rewrite: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::after(Then::Rewritten(Arc::new(rewrite)))
    }

    /// Plays it. Says whether the connection goes on.
    pub(super) async fn play(self, client: &mut TcpStream, provider: Option<Incoming>) -> io::Result<bool> {
        match (self.then, provider) {
            (Then::Hang, _) => pending().await,
            (Then::Garbage, _) => {
                client.write_all(b"\x01\x02\x03 no HTTP at all \r\n\r\n\x00").await?;
                client.shutdown().await?;
                Ok(false)
            }
            (Then::Answer(answer), _) => client.write_all(&answer.bytes()).await.map(|()| true),
            (Then::Truncated, Some(provider)) => {
                let half = provider.body_at + (provider.raw.len() - provider.body_at) / 2;
                client.write_all(&provider.raw[..half]).await?;
                client.flush().await?;
                client.shutdown().await?;
                Ok(false)
            }
            (Then::Slow(late), Some(provider)) => {
                tokio::time::sleep(late).await;
                client.write_all(&provider.raw).await.map(|()| true)
            }
            (Then::Rewritten(rewrite), Some(provider)) => {
                let (head, body) = provider.open();
                let body = rewrite(&String::from_utf8_lossy(&body));
                let head = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
                client.write_all(head.as_bytes()).await.map(|()| true)
            }
            (Then::Close, _) => {
                // A reset and not an orderly end.
                client.set_zero_linger()?;
                Ok(false)
            }
            // A change to an answer that there is not.
            (Then::Truncated | Then::Slow(_) | Then::Rewritten(_), None) => Ok(false),
        }
    }
}
