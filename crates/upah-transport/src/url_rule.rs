//! Which URLs may be called at all: `https` anywhere, `http` on this machine only.
//!
//! A wage must not cross a network in clear text because somebody mistyped a configuration.

use crate::outcome::NotSentReason;
use reqwest::Url;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where a permitted URL leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// `https`, to any host.
    Tls,
    /// `http`, to 127.0.0.0/8, `::1` or `localhost`.
    Loopback,
}

/// The addresses `localhost` is pinned to, whatever a hosts file says.
pub(crate) const LOCALHOST: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

/// Parses and permits a URL, or says why not. Nothing is resolved.
pub(crate) fn permit(text: &str) -> Result<(Url, Way), NotSentReason> {
    let url = Url::parse(text).map_err(|_| NotSentReason::UrlInvalid)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NotSentReason::UrlInvalid);
    }
    let host = url.host_str().ok_or(NotSentReason::UrlInvalid)?;
    match url.scheme() {
        "https" => Ok((url, Way::Tls)),
        "http" if is_loopback(host) => Ok((url, Way::Loopback)),
        "http" => Err(NotSentReason::PlainHttpRefused),
        _ => Err(NotSentReason::UrlInvalid),
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_http_goes_to_loopback_only() {
        for ok in [
            "http://127.0.0.1:1/a",
            "http://127.9.9.9/",
            "http://[::1]:80/",
            "http://localhost:8901/v1.0",
            "http://LOCALHOST/",
        ] {
            assert_eq!(permit(ok).map(|p| p.1), Ok(Way::Loopback), "{ok}");
        }
        for refused in [
            "http://bank.example/",
            "http://localhost.bank.example/",
            "http://127.0.0.1.bank.example/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://[::ffff:10.0.0.1]/",
            "http://localhost./",
        ] {
            assert_eq!(permit(refused).map(|p| p.1), Err(NotSentReason::PlainHttpRefused), "{refused}");
        }
    }

    #[test]
    fn other_schemes_credentials_and_fragments_of_urls_are_refused() {
        for bad in [
            "",
            "/v1.0",
            "ftp://127.0.0.1/",
            "unix:/tmp/s",
            "https://",
            "https://user:pw@bank.example/",
            "http://user@127.0.0.1/",
            "data:text/plain,hi",
        ] {
            assert_eq!(permit(bad).map(|p| p.1), Err(NotSentReason::UrlInvalid), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn an_address_is_loopback_exactly_when_the_standard_says_so(ip: [u8; 4]) {
            let url = format!("http://{}/", Ipv4Addr::from(ip));
            prop_assert_eq!(permit(&url).is_ok(), ip[0] == 127);
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _ = permit(&text);
        }
    }
}
