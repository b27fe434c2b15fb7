//! What goes out and what comes back, kept from printing what it carries.

use bytes::Bytes;
use std::fmt;

/// One HTTP request, ready to be sent as it stands.
///
/// `Debug` shows the number of headers and the length of the body and nothing else.
#[derive(Clone)]
pub struct Request {
    /// Absolute URL: `https`, or `http` to a loopback address.
    pub url: String,
    /// Header names with their values. All values are treated as secret.
    pub headers: Vec<(&'static str, String)>,
    /// The exact bytes of the body.
    pub body: Bytes,
}

/// An answer that was read to its end.
///
/// `Debug` shows status and length only: bodies carry names and accounts.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status of the status line. A redirect (3xx) is an answer too.
    pub status: u16,
    /// `Content-Type`, where it was sent and is visible ASCII.
    pub content_type: Option<String>,
    /// `Date`, where it was sent and is visible ASCII.
    pub date: Option<String>,
    /// `Retry-After` as it was sent; see [`Response::retry_after_seconds`].
    pub retry_after: Option<String>,
    /// The body, byte for byte, as evidence.
    pub body: Vec<u8>,
}

impl Response {
    /// `Retry-After` in seconds. The form with a date (RFC 9110, 10.2.3) gives `None`: it would
    /// need a clock, and a caller without a hint backs off on its own.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after.as_deref()?.trim().parse().ok()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
