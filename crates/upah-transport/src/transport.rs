//! The client: one call, one request, one deadline.

use crate::message::{Request, Response};
use crate::outcome::{self, MaybeSentReason, NotSentReason, SendError};
use crate::url_rule::{self, Way};
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method};
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;
use thiserror::Error;

/// Limits of every call. `Default` suits a payment API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportConfig {
    /// Deadline of a whole call: connecting, sending, waiting, reading the body.
    pub timeout: Duration,
    /// Deadline of connecting alone (name, TCP, TLS). Keep it well below `timeout`: a connection
    /// that is not made in this time is provably `NotSent`, while the deadline of the whole call
    /// is always `MaybeSent`.
    pub connect_timeout: Duration,
    /// Longest body that is read, in bytes.
    pub body_bytes_max: usize,
    /// How many unused connections are kept for each host.
    pub idle_connections_max: usize,
    /// How long an unused connection is kept. Shorter than the server's own limit, so that
    /// requests seldom meet a connection that is being closed.
    pub idle_timeout: Duration,
    /// `User-Agent`.
    pub user_agent: String,
}

impl TransportConfig {
    /// The defaults with this deadline for a whole call, half of it for connecting.
    #[must_use]
    pub fn with_timeout(timeout: Duration) -> Self {
        Self {
            timeout,
            connect_timeout: timeout / 2,
            body_bytes_max: 1 << 20,
            idle_connections_max: 32,
            idle_timeout: Duration::from_secs(10),
            user_agent: concat!("upah/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

impl Default for TransportConfig {
    fn default() -> Self {
        Self::with_timeout(Duration::from_secs(30))
    }
}

/// A configuration no client can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The user agent cannot be a header value, or a deadline is zero.
    #[error("the transport configuration is not usable")]
    ConfigInvalid,
}

/// Sends requests. Make one and share it: connections are kept for reuse.
#[derive(Debug)]
pub struct Transport {
    config: TransportConfig,
    plain: Client,
    // Made at the first https call: it reads the system's root certificates, which a machine that
    // only talks to a sandbox need not have.
    tls: OnceLock<Option<Client>>,
}

impl Transport {
    /// Prepares clients; opens no connection.
    ///
    /// # Errors
    /// [`BuildError::ConfigInvalid`] for a zero deadline or an unusable user agent.
    pub fn new(config: TransportConfig) -> Result<Self, BuildError> {
        if config.timeout.is_zero() || config.connect_timeout.is_zero() {
            return Err(BuildError::ConfigInvalid);
        }
        // No roots at all: should an https URL ever reach this client, no host is trusted.
        let plain = builder(&config).tls_certs_only([]).build().map_err(|_| BuildError::ConfigInvalid)?;
        Ok(Self { config, plain, tls: OnceLock::new() })
    }

    /// The limits in force.
    #[must_use]
    pub fn config(&self) -> &TransportConfig {
        &self.config
    }

    /// Sends one POST and reads the answer to its end.
    ///
    /// Dropping the future closes the connection; the request may have been sent by then.
    ///
    /// # Errors
    /// [`SendError::NotSent`] when it is certain that nothing left, else [`SendError::MaybeSent`].
    pub async fn post(&self, request: Request) -> Result<Response, SendError> {
        self.send(Method::POST, request).await
    }

    /// Sends one GET (the body is normally empty) and reads the answer to its end.
    ///
    /// # Errors
    /// As [`Transport::post`].
    pub async fn get(&self, request: Request) -> Result<Response, SendError> {
        self.send(Method::GET, request).await
    }

    async fn send(&self, method: Method, request: Request) -> Result<Response, SendError> {
        let (url, way) = url_rule::permit(&request.url)?;
        let headers = encode(&request.headers)?;
        let client = match way {
            Way::Loopback => &self.plain,
            Way::Tls => self
                .tls
                .get_or_init(|| builder(&self.config).build().ok())
                .as_ref()
                .ok_or(NotSentReason::NoTrustedCertificates)?,
        };
        let mut answer = client
            .request(method, url)
            .headers(headers)
            .body(request.body)
            .send()
            .await
            .map_err(|error| outcome::before_answer(&error))?;
        let status = answer.status().as_u16();
        let body = self.read_body(&mut answer, status).await?;
        Ok(Response {
            status,
            content_type: text(answer.headers(), &CONTENT_TYPE),
            date: text(answer.headers(), &DATE),
            retry_after: text(answer.headers(), &RETRY_AFTER),
            body,
        })
    }

    async fn read_body(&self, answer: &mut reqwest::Response, status: u16) -> Result<Vec<u8>, SendError> {
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| outcome::during_answer(&error, status))? {
            if body.len() + chunk.len() > self.config.body_bytes_max {
                return Err(MaybeSentReason::AnswerTooLong { status }.into());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn builder(config: &TransportConfig) -> reqwest::ClientBuilder {
    let localhost: Vec<SocketAddr> = url_rule::LOCALHOST
        .into_iter()
        .map(|ip| SocketAddr::new(ip, 0)) // port 0: that of the URL
        .collect();
    Client::builder()
        .timeout(config.timeout)
        .connect_timeout(config.connect_timeout)
        .pool_max_idle_per_host(config.idle_connections_max)
        .pool_idle_timeout(config.idle_timeout)
        .user_agent(config.user_agent.as_str())
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .http1_only()
        .referer(false)
        .tcp_nodelay(true)
        .resolve_to_addrs("localhost", &localhost)
}

fn encode(headers: &[(&'static str, String)]) -> Result<HeaderMap, NotSentReason> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| NotSentReason::HeaderInvalid)?;
        let mut value = HeaderValue::from_str(value).map_err(|_| NotSentReason::HeaderInvalid)?;
        value.set_sensitive(true);
        map.append(name, value);
    }
    Ok(map)
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
