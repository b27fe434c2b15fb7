//! The call to a provider, the same for all of them: HTTPS, a secret in a header, JSON back; and what a call that was not
//! answered says.
use data_encoding::{BASE64, HEXLOWER};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;
use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, SubmitOutcome};
use upah_core::{Cause, RailId};
use upah_transport::{Bytes, MaybeSentReason, Request, Response, SendError, Transport, TransportConfig};

/// The longest piece of an answer that is kept, in characters.
const RAW_CHARACTERS_MAX: usize = 4096;
/// The longest answer that is read, in bytes: it may be the list of a week.
const ANSWER_BYTES_MAX: usize = 16 << 20;

/// What in a configuration cannot be used; never its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No `https://host…`, or `http://…` of this machine; or with a query, a fragment or a password.
    #[error("base_url must begin with https:// (or http:// for this machine), without query and password")]
    BaseUrl,
    /// A field is empty, or has characters that cannot stand in a header.
    #[error("{field} must be of visible characters and not empty")]
    Text {
        /// Which.
        field: &'static str,
    },
    /// A path for callbacks without its leading slash, or with a query.
    #[error("the path of callbacks begins with a slash and has no query")]
    CallbackPath,
    /// A secret that stands in an address and holds what an address cannot.
    #[error("the token of callbacks stands in an address: it must be of letters, digits, - and _ alone, and not empty")]
    CallbackToken,
    /// A deadline of zero.
    #[error("timeout_seconds must be above 0")]
    Timeout,
}

/// Where a provider is, and who calls it.
pub(crate) struct Caller {
    transport: Arc<Transport>,
    base_url: String,
    /// Who we are, on every call.
    identity: Vec<(&'static str, String)>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Caller(..)")
    }
}

/// What came of a call.
pub(crate) enum Heard {
    /// It provably did not leave.
    NotSent,
    /// Nobody knows what became of it.
    Lost(Doubt),
    /// It was answered, by whomever.
    Answered(Answer),
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// One request to a provider, but for who we are.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    /// Whether it only asks, and is a GET.
    asks: bool,
    /// The media type of its body; nothing for a question without one.
    media_type: Option<&'static str>,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Call {
    /// A question that stands in the path alone.
    pub(crate) fn get(path: String) -> Self {
        Self { asks: true, media_type: None, path, headers: Vec::new(), body: String::new() }
    }

    /// A body of JSON, still empty.
    pub(crate) fn json(path: &str) -> Self {
        Self { asks: false, media_type: Some(JSON), ..Self::get(path.to_owned()) }
    }

    /// A body that is a form, still empty.
    pub(crate) fn form(path: &str) -> Self {
        Self { asks: false, media_type: Some(FORM), ..Self::get(path.to_owned()) }
    }

    /// A question out of whose body the provider reads what is asked for.
    pub(crate) fn get_by(path: String, body: String) -> Self {
        Self { media_type: Some(JSON), body, ..Self::get(path) }
    }

    /// With this header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With this body.
    pub(crate) fn with_body(self, body: impl Into<String>) -> Self {
        Self { body: body.into(), ..self }
    }
}

/// Fields as a form writes them, in a body or behind a question mark.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// An answer that was read to its end.
pub struct Answer {
    /// HTTP status.
    pub(crate) http: u16,
    /// `Retry-After`, as the core counts seconds.
    pub(crate) retry_after_seconds: Option<u32>,
    body: Vec<u8>,
}

impl Caller {
    /// `identity` are the headers by which the provider knows us.
    pub(crate) fn new(
        base_url: &str,
        identity: Vec<(&'static str, String)>,
        timeout: Duration,
        connections: usize,
    ) -> Result<Self, ConfigError> {
        let rest = base_url.strip_prefix("https://").or_else(|| base_url.strip_prefix("http://"));
        let is_usable = |rest: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:[]/".contains(&byte);
            !rest.is_empty() && !rest.starts_with('/') && rest.bytes().all(plain)
        };
        if !rest.is_some_and(is_usable) {
            return Err(ConfigError::BaseUrl);
        }
        let mut limits = TransportConfig::with_timeout(timeout);
        limits.idle_connections_max = connections;
        limits.body_bytes_max = ANSWER_BYTES_MAX;
        Ok(Self {
            transport: Arc::new(Transport::new(limits).map_err(|_| ConfigError::Timeout)?),
            base_url: base_url.trim_end_matches('/').to_owned(),
            identity,
        })
    }

    /// The same place and the same connections, under other headers by which the provider knows us.
    pub(crate) fn known_by(&self, identity: Vec<(&'static str, String)>) -> Self {
        Self { transport: Arc::clone(&self.transport), base_url: self.base_url.clone(), identity }
    }

    /// Makes a call, once.
    pub(crate) async fn make(&self, call: Call) -> Heard {
        let mut headers = self.headers();
        headers.extend(call.media_type.map(|media_type| ("content-type", media_type.to_owned())));
        headers.extend(call.headers);
        let request = Request { url: self.url(&call.path), headers, body: Bytes::from(call.body) };
        heard(if call.asks { self.transport.get(request).await } else { self.transport.post(request).await })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let accept = ("accept", JSON.to_owned());
        [accept].into_iter().chain(self.identity.iter().cloned()).collect()
    }
}

/// HTTP Basic whose user is the secret and whose password is empty.
pub(crate) fn basic(secret: &str, field: &'static str) -> Result<Vec<(&'static str, String)>, ConfigError> {
    let user = format!("{}:", visible(secret, field)?);
    Ok(vec![("authorization", format!("Basic {}", BASE64.encode(user.as_bytes())))])
}

impl Heard {
    /// What became of an order, by this judgement where it was answered.
    pub(crate) fn ordered(self, judge: impl FnOnce(&Answer) -> SubmitOutcome) -> SubmitOutcome {
        match self {
            Self::NotSent => not_sent(Cause::RailUnreachable),
            Self::Lost(doubt) => SubmitOutcome::Unknown { doubt, evidence: None },
            Self::Answered(answer) => judge(&answer),
        }
    }

    /// What was answered to a question, by this judgement, or why nobody answered.
    pub(crate) fn asked<T>(self, judge: impl FnOnce(&Answer) -> T, unanswered: impl FnOnce(Cause) -> T) -> T {
        match self {
            Self::NotSent => unanswered(Cause::RailUnreachable),
            Self::Lost(_) => unanswered(Cause::NoAnswer),
            Self::Answered(answer) => judge(&answer),
        }
    }
}

/// Nothing left, for this cause.
pub(crate) fn not_sent(cause: Cause) -> SubmitOutcome {
    SubmitOutcome::NotSent { cause, retry_after_seconds: None }
}

/// Only the question failed, for this cause.
pub(crate) fn unanswered(cause: Cause) -> InquiryAnswer {
    InquiryAnswer::Unavailable { cause, retry_after_seconds: None }
}

fn heard(result: Result<Response, SendError>) -> Heard {
    match result {
        Ok(answer) => Heard::Answered(Answer {
            http: answer.status,
            retry_after_seconds: answer.retry_after_seconds().map(|it| u32::try_from(it).unwrap_or(u32::MAX)),
            body: answer.body,
        }),
        Err(SendError::NotSent(_)) => Heard::NotSent,
        Err(SendError::MaybeSent(MaybeSentReason::AnswerBroken { .. } | MaybeSentReason::AnswerTooLong { .. })) => {
            Heard::Lost(Doubt::Unreadable)
        }
        Err(SendError::MaybeSent(_)) => Heard::Lost(Doubt::NoAnswer),
    }
}

impl Answer {
    #[cfg(test)]
    pub(crate) fn of(http: u16, body: &str) -> Self {
        Self { http, retry_after_seconds: None, body: body.into() }
    }

    /// The body, if it is JSON of this form.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The same, if it came under one of these statuses.
    pub(crate) fn read_under<T: DeserializeOwned>(&self, statuses: RangeInclusive<u16>) -> Option<T> {
        if statuses.contains(&self.http) { self.read() } else { None }
    }

    /// What the provider said, kept as it came.
    pub(crate) fn evidence(&self, code: &str, provider_id: Option<String>) -> Evidence {
        let raw = String::from_utf8_lossy(&self.body).chars().take(RAW_CHARACTERS_MAX).collect();
        Evidence { grade: Grade::TlsResponse, code: code.to_owned(), provider_id, raw }
    }

    /// Why an answer that is not the provider's own word says nothing.
    pub(crate) fn doubt(&self) -> Doubt {
        if self.http >= 500 { Doubt::ProviderError } else { Doubt::Unreadable }
    }

    /// Why a question that was answered so has no answer: whoever it is that asks us to slow down, a question loses
    /// nothing by it.
    pub(crate) fn unasked(&self) -> (Cause, Option<u32>) {
        let is_busy = self.http == 429;
        (if is_busy { Cause::TooManyRequests } else { Cause::NoAnswer }, self.retry_after_seconds.filter(|_| is_busy))
    }
}

/// What an attempt is bound to (safety rule 17), as 32 hexadecimal digits.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    HEXLOWER.encode(&hash.finalize()[..16])
}

/// A text that can stand in a header.
pub(crate) fn visible<'a>(text: &'a str, field: &'static str) -> Result<&'a str, ConfigError> {
    let is_good = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_good { Ok(text) } else { Err(ConfigError::Text { field }) }
}

/// A rail's name in a `Debug` text that shows nothing else.
pub(crate) fn shown(f: &mut fmt::Formatter<'_>, name: &str, id: &RailId) -> fmt::Result {
    f.debug_struct(name).field("id", id).finish_non_exhaustive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_called_over_an_address_that_no_parser_rewrites() {
        let caller = |url: &str| Caller::new(url, Vec::new(), Duration::from_secs(1), 1).err();
        assert_eq!(caller("https://api.xendit.co"), None);
        assert_eq!(caller("http://127.0.0.1:8901/"), None);
        for url in
            ["", "api.xendit.co", "ftp://a", "https://", "https:///a", "https://u:p@h", "https://h?q", "https://h#f"]
        {
            assert_eq!(caller(url), Some(ConfigError::BaseUrl), "{url}");
        }
        let secret = |secret: &str| basic(secret, "secret_key").err();
        assert_eq!(secret(""), Some(ConfigError::Text { field: "secret_key" }));
        assert_eq!(secret("a key\n"), Some(ConfigError::Text { field: "secret_key" }));
        assert_eq!(Caller::new("https://h", Vec::new(), Duration::ZERO, 1).err(), Some(ConfigError::Timeout));
    }

    #[test]
    fn a_fingerprint_is_of_the_parts_and_not_of_their_text() {
        assert_eq!(fingerprint(&["xendit", "a", "b"]), fingerprint(&["xendit", "a", "b"]));
        assert_ne!(fingerprint(&["xendit", "ab", ""]), fingerprint(&["xendit", "a", "b"]));
    }
}
