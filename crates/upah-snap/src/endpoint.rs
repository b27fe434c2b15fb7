//! Where a counterparty is: base URL and path prefix, and the path that is signed.
//!
//! The signature covers everything after the host, so the text that is signed must be the text that
//! is sent. Only characters that no URL parser rewrites are therefore let in.

use crate::profile::{Paths, Profile};
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

/// A counterparty's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    origin: String,
    /// Path of the base URL.
    base: String,
    prefix: String,
    paths: Paths,
    /// After the base URL, where it does not lie under the prefix.
    token_path: Option<String>,
}

impl Endpoint {
    /// Reads `base_url` (`https://host[:port][/path]`) and `path_prefix` (`/snap/v1.0`, or empty), behind which the
    /// services lie as the profile has them. The token lies beside them, or at the profile's own path after the base
    /// URL. A slash at the end of either, or missing before the prefix, makes no difference.
    ///
    /// # Errors
    /// [`EndpointError`]; nothing is resolved or called.
    pub fn new(base_url: &str, path_prefix: &str, profile: &Profile) -> Result<Self, EndpointError> {
        let (scheme, rest) = base_url.split_once("://").ok_or(EndpointError::BaseUrl)?;
        let (host, base_path) = rest.split_once('/').unwrap_or((rest, ""));
        let host_ok = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]_".contains(&b));
        if !matches!(scheme, "http" | "https") || !host_ok {
            return Err(EndpointError::BaseUrl);
        }
        Ok(Self {
            origin: format!("{scheme}://{host}"),
            base: normal(base_path)?,
            prefix: normal(path_prefix)?,
            paths: profile.paths,
            token_path: profile.token_path.map(str::to_owned),
        })
    }

    /// The same, with the token at another path after the base URL.
    ///
    /// # Errors
    /// [`EndpointError::Path`].
    pub fn with_token_path(mut self, path: &str) -> Result<Self, EndpointError> {
        self.token_path = Some(normal(path)?);
        Ok(self)
    }

    /// The path of a service: everything after the host. `None` where the counterparty has no such service.
    #[must_use]
    pub fn path(&self, service: Service) -> Option<String> {
        let Self { base, prefix, .. } = self;
        match &self.token_path {
            Some(path) if service == Service::Token => Some(format!("{base}{path}")),
            _ => self.paths.of(service).map(|path| format!("{base}{prefix}{path}")),
        }
    }

    /// The URL of a path of this counterparty's.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
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

    fn endpoint(base: &str, prefix: &str) -> Result<Endpoint, EndpointError> {
        Endpoint::new(base, prefix, Profile::standard())
    }

    #[test]
    fn signed_path_is_everything_after_the_host() {
        for (base, prefix, path) in [
            ("https://bank.example", "", "/transfer/status"),
            ("https://bank.example/", "/", "/transfer/status"),
            ("http://127.0.0.1:8901", "/v1.0", "/v1.0/transfer/status"),
            ("https://b.example/open/", "snap/v1.0/", "/open/snap/v1.0/transfer/status"),
        ] {
            let endpoint = endpoint(base, prefix).unwrap();
            assert_eq!(endpoint.path(Service::TransferStatus).unwrap(), path);
            assert!(endpoint.url(path).ends_with(path));
        }
        let here = endpoint("http://127.0.0.1:8901/", "v1.0").unwrap();
        let token = here.path(Service::Token).unwrap();
        assert_eq!(here.url(&token), "http://127.0.0.1:8901/v1.0/access-token/b2b");
    }

    #[test]
    fn the_token_lies_where_the_profile_or_the_configuration_says() {
        let bni = Profile::named("bni").unwrap();
        let endpoint = Endpoint::new("https://b.example/x", bni.path_prefix, bni).unwrap();
        assert_eq!(endpoint.path(Service::Token).unwrap(), "/x/snap/v1/access-token/b2b");
        assert_eq!(endpoint.path(Service::Interbank).unwrap(), "/x/snap-service/v1/transfer-interbank");
        let moved = endpoint.with_token_path("openapi/token/").unwrap();
        assert_eq!(moved.path(Service::Token).unwrap(), "/x/openapi/token");
        assert_eq!(moved.with_token_path("/a?b").err(), Some(EndpointError::Path));
        let dana = Endpoint::new("https://d.example", "", Profile::named("dana").unwrap()).unwrap();
        assert_eq!(dana.path(Service::TopUp).unwrap(), "/rest/v1.0/emoney/topup");
        assert_eq!(dana.path(Service::FromWallet).unwrap(), "/v1.0/emoney/transfer-bank.htm");
        assert_eq!(dana.path(Service::Interbank), None);
    }

    #[test]
    fn what_a_url_parser_would_rewrite_is_refused() {
        for base in ["", "bank.example", "ftp://a", "https://", "https://u:p@h", "https://h?q"] {
            assert_eq!(endpoint(base, ""), Err(EndpointError::BaseUrl), "{base}");
        }
        for prefix in ["/a//b", "/../a", "/a?b=c", "/a#b", "/a b", "/é", "/a%20b", "/a//"] {
            assert_eq!(endpoint("https://h", prefix), Err(EndpointError::Path), "{prefix}");
        }
    }
}
