//! What any provider here can do with a request: answer it, cut the line, or say nothing.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{HeaderMap, Method, Response, StatusCode};
use serde_json::Value;

use crate::clock;

/// A request, read whole. Nothing is parsed yet: signatures cover raw bytes.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    /// All after the host, the query included.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Incoming {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A header's text; empty is as good as missing.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let text = self.headers.get(name)?.to_str().ok()?;
        (!text.is_empty()).then_some(text)
    }
}

#[derive(Debug)]
pub(crate) enum Answer {
    Reply(Reply),
    /// The connection is reset without an answer.
    Reset,
    /// The client waits until it gives up.
    Hang,
}

#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    content_type: &'static str,
    retry_after_seconds: Option<u32>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            body: body.to_string().into(),
            content_type: "application/json",
            retry_after_seconds: None,
        }
    }

    /// A page by something that stands in front of the bank.
    pub(crate) fn page(status: StatusCode) -> Self {
        let title = status.canonical_reason().unwrap_or_default();
        let code = status.as_str();
        Self {
            status,
            body: format!(
                "<html><head><title>{code} {title}</title></head><body><h1>{code} {title}</h1></body></html>\n"
            )
            .into(),
            content_type: "text/html",
            retry_after_seconds: None,
        }
    }

    pub(crate) fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    pub(crate) fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Ok(now) = HeaderValue::try_from(clock::iso(clock::now())) {
            headers.insert(HeaderName::from_static("x-timestamp"), now);
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
