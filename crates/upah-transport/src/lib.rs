//! HTTP whose only failures are [`SendError::NotSent`] and [`SendError::MaybeSent`].
//!
//! Whoever moves money over HTTP has one question when a call fails: *can the other side have
//! acted on it?* Ordinary HTTP clients do not answer it, and some make it worse by repeating the
//! request, following a redirect or going through a proxy named by the environment. [`Transport`]
//! answers it, and errs on one side only: `NotSent` is said when it is certain that no byte of the
//! request left, everything else is `MaybeSent`.
//!
//! What it never does:
//!
//! * follow a redirect: a 302 is an answer like any other;
//! * send a request twice. A pooled connection found closed *before* a byte was written to it may
//!   be replaced by a new one; once a byte may have been written the call ends;
//! * use a proxy named by the system or the environment;
//! * speak plain `http` to anything but the loopback interface;
//! * wait longer than [`TransportConfig::timeout`] for the whole call, body included, or read more
//!   than [`TransportConfig::body_bytes_max`];
//! * put a URL, a header value or a body into an error message or a `Debug` text.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use upah_transport::{Request, SendError, Transport, TransportConfig};
//!
//! let transport = Transport::new(TransportConfig::default())?;
//! let request = Request {
//!     url: "https://bank.example/v1.0/transfer-interbank".into(),
//!     headers: vec![("content-type", "application/json".into())],
//!     body: "{}".into(),
//! };
//! match transport.post(request).await {
//!     Ok(answer) => println!("answered {}", answer.status),
//!     Err(SendError::NotSent(why)) => println!("certainly not sent: {why}"),
//!     Err(SendError::MaybeSent(why)) => println!("ask before sending again: {why}"),
//! }
//! # Ok(()) }
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod message;
mod outcome;
mod transport;
mod url_rule;

pub use bytes::Bytes;
pub use message::{Request, Response};
pub use outcome::{MaybeSentReason, NotSentReason, SendError};
pub use transport::{BuildError, Transport, TransportConfig};
