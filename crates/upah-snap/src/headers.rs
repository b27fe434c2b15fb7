//! The B2B headers of a signed call.

/// What the headers of one HTTP try are made of.
#[derive(Clone, Copy)]
pub struct CallHeaders<'a> {
    /// Access token without `Bearer`; `None` under the asymmetric signature.
    pub access_token: Option<&'a str>,
    /// The same text that was signed.
    pub timestamp: &'a str,
    /// Base64 signature.
    pub signature: &'a str,
    /// `X-PARTNER-ID`.
    pub partner_id: &'a str,
    /// Fresh for every HTTP try, see [`crate::external_id`].
    pub external_id: &'a str,
    /// `CHANNEL-ID`.
    pub channel_id: &'a str,
    /// `ORIGIN`, where a counterparty asks for it.
    pub origin: Option<&'a str>,
}

crate::redacted_debug!(CallHeaders<'_>);

impl CallHeaders<'_> {
    /// The headers of a call to a service other than the token's.
    #[must_use]
    pub fn list(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("x-timestamp", self.timestamp.to_owned()),
            ("x-signature", self.signature.to_owned()),
            ("x-partner-id", self.partner_id.to_owned()),
            ("x-external-id", self.external_id.to_owned()),
            ("channel-id", self.channel_id.to_owned()),
        ];
        if let Some(token) = self.access_token {
            headers.push(("authorization", format!("Bearer {token}")));
        }
        if let Some(origin) = self.origin {
            headers.push(("origin", origin.to_owned()));
        }
        headers
    }
}

/// The headers of the token call (service 73).
#[must_use]
pub fn token_headers(client_id: &str, timestamp: &str, signature: &str) -> Vec<(&'static str, String)> {
    vec![
        ("content-type", "application/json".to_owned()),
        ("x-timestamp", timestamp.to_owned()),
        ("x-client-key", client_id.to_owned()),
        ("x-signature", signature.to_owned()),
    ]
}
