//! Where a counterparty is: base URL and path prefix, and the path that is signed.
//!
//! The signature covers everything after the host, so the text that is signed must be the text that
//! is sent. Only characters that no URL parser rewrites are therefore let in.

use crate::service::Service;
use thiserror::Error;

/// A base URL or prefix that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// No `https://host…` or `http://host…`.
    #[error("the base URL must begin with https:// (or http:// for this machine) and name a host")]
    BaseUrl,
    /// A path with other characters than letters, digits and `-._~`, with an empty or dotted part,
    /// or with a query.
    #[error("the path of the base URL or the prefix has a part that cannot be signed as written")]
    Path,
}

/// A counterparty's address. The token service lies under the same prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    origin: String,
    prefix: String,
}

impl Endpoint {
    /// Reads `base_url` (`https://host[:port][/path]`) and `path_prefix` (`/snap/v1.0`, or empty).
    /// A slash at the end of either, or missing before the prefix, makes no difference.
    ///
    /// # Errors
    /// [`EndpointError`]; nothing is resolved or called.
    pub fn new(base_url: &str, path_prefix: &str) -> Result<Self, EndpointError> {
        let (scheme, rest) = base_url.split_once("://").ok_or(EndpointError::BaseUrl)?;
        let (host, base_path) = rest.split_once('/').unwrap_or((rest, ""));
        let host_ok = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]_".contains(&b));
        if !matches!(scheme, "http" | "https") || !host_ok {
            return Err(EndpointError::BaseUrl);
        }
        let prefix = [base_path, path_prefix].iter().map(|part| normal(part)).collect::<Result<String, _>>()?;
        Ok(Self { origin: format!("{scheme}://{host}"), prefix })
    }

    /// The signed path of a service: everything after the host.
    #[must_use]
    pub fn path(&self, service: Service) -> String {
        format!("{}{}", self.prefix, service.path())
    }

    /// The URL of a service.
    #[must_use]
    pub fn url(&self, service: Service) -> String {
        format!("{}{}", self.origin, self.path(service))
    }
}

/// `a/b/` becomes `/a/b`; an empty path stays empty.
pub(crate) fn normal(path: &str) -> Result<String, EndpointError> {
    let inner = path.strip_prefix('/').unwrap_or(path);
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    if inner.is_empty() {
        return Ok(String::new());
    }
    for part in inner.split('/') {
        let plain = part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
        if part.is_empty() || !plain || matches!(part, "." | "..") {
            return Err(EndpointError::Path);
        }
    }
    Ok(format!("/{inner}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_path_is_everything_after_the_host() {
        for (base, prefix, path) in [
            ("https://bank.example", "", "/transfer/status"),
            ("https://bank.example/", "/", "/transfer/status"),
            ("http://127.0.0.1:8901", "/v1.0", "/v1.0/transfer/status"),
            ("https://b.example/open/", "snap/v1.0/", "/open/snap/v1.0/transfer/status"),
        ] {
            let endpoint = Endpoint::new(base, prefix).unwrap();
            assert_eq!(endpoint.path(Service::TransferStatus), path);
            assert!(endpoint.url(Service::TransferStatus).ends_with(path));
        }
        assert_eq!(
            Endpoint::new("http://127.0.0.1:8901/", "v1.0").unwrap().url(Service::Token),
            "http://127.0.0.1:8901/v1.0/access-token/b2b"
        );
    }

    #[test]
    fn what_a_url_parser_would_rewrite_is_refused() {
        for base in ["", "bank.example", "ftp://a", "https://", "https://u:p@h", "https://h?q"] {
            assert_eq!(Endpoint::new(base, ""), Err(EndpointError::BaseUrl), "{base}");
        }
        for prefix in ["/a//b", "/../a", "/a?b=c", "/a#b", "/a b", "/é", "/a%20b", "/a//"] {
            assert_eq!(Endpoint::new("https://h", prefix), Err(EndpointError::Path), "{prefix}");
        }
    }
}
