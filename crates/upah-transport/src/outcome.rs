//! The two ways a call can fail, and the only place where an HTTP client's error is judged.
//!
//! The rule is one-sided: an error is `NotSent` only when the client says that it belongs to name
//! resolution, the TCP connection or the TLS handshake, or was found before any of them began.

use thiserror::Error;

/// Why a call has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SendError {
    /// It is certain that no byte of the request left. Sending again is safe.
    #[error("not sent: {0}")]
    NotSent(NotSentReason),
    /// The request may have been received and acted upon. Ask before anything else is sent.
    #[error("may have been sent: {0}")]
    MaybeSent(MaybeSentReason),
}

/// Why it is certain that nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotSentReason {
    /// Not an absolute `http` or `https` URL with a host and without credentials.
    #[error("the URL is not usable")]
    UrlInvalid,
    /// Plain `http` to an address other than loopback.
    #[error("plain http is allowed to loopback addresses only")]
    PlainHttpRefused,
    /// A header name or value cannot be put on the wire.
    #[error("a header cannot be encoded")]
    HeaderInvalid,
    /// The system has no root certificates, so no `https` host could be trusted.
    #[error("no trusted root certificates on this system")]
    NoTrustedCertificates,
    /// The host name could not be resolved.
    #[error("the host name could not be resolved")]
    NameNotResolved,
    /// TCP connection or TLS handshake failed.
    #[error("no connection (refused, unreachable, or TLS not agreed)")]
    ConnectFailed,
    /// The connection was not there within [`crate::TransportConfig::connect_timeout`].
    #[error("no connection in time")]
    ConnectTimeout,
}

/// What happened after the request may have left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MaybeSentReason {
    /// The deadline of the whole call passed.
    #[error("no complete answer in time")]
    Timeout,
    /// The connection ended, or what came back was not HTTP, before an answer began.
    #[error("the connection ended without an answer")]
    NoAnswer,
    /// The answer began and broke off.
    #[error("the answer (HTTP {status}) broke off")]
    AnswerBroken {
        /// Status of the answer that broke off. It proves nothing.
        status: u16,
    },
    /// The answer is longer than [`crate::TransportConfig::body_bytes_max`].
    #[error("the answer (HTTP {status}) is too long")]
    AnswerTooLong {
        /// Status of the answer that was not read to its end. It proves nothing.
        status: u16,
    },
}

impl From<NotSentReason> for SendError {
    fn from(reason: NotSentReason) -> Self {
        Self::NotSent(reason)
    }
}

impl From<MaybeSentReason> for SendError {
    fn from(reason: MaybeSentReason) -> Self {
        Self::MaybeSent(reason)
    }
}

/// Judges an error met before the status line was read.
pub(crate) fn before_answer(error: &reqwest::Error) -> SendError {
    if error.is_builder() {
        return NotSentReason::UrlInvalid.into();
    }
    // The client marks an error so only while it makes a connection. A timeout of the whole call
    // carries no such mark even when it strikes in that phase, and stays MaybeSent.
    if error.is_connect() {
        return if error.is_timeout() {
            NotSentReason::ConnectTimeout
        } else if error.is_dns() {
            NotSentReason::NameNotResolved
        } else {
            NotSentReason::ConnectFailed
        }
        .into();
    }
    if error.is_timeout() { MaybeSentReason::Timeout.into() } else { MaybeSentReason::NoAnswer.into() }
}

/// Judges an error met while the body of an answer was read: never `NotSent`.
pub(crate) fn during_answer(error: &reqwest::Error, status: u16) -> SendError {
    if error.is_timeout() { MaybeSentReason::Timeout.into() } else { MaybeSentReason::AnswerBroken { status }.into() }
}
