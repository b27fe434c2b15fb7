//! What a counterparty says unasked: inbound notifications, verified and read as hints.
//!
//! The standard knows four, all with their outcome in the body: 21 (bulk transfer), 41 (bulk cash-in), 75 (SKNBI)
//! and 76 (RTGS). For the services that Upah sends (17, 18 and 38) it has **none**; where a counterparty notifies
//! about them all the same, it does so on a path of its own in the shape of 75 and 76, and its configuration says so
//! ([`SnapCallbackConfig::also`]).
//!
//! A notification is signed as a call to the counterparty is, with the parts exchanged: type 2 by its private key,
//! or type 1 by a secret that it shares with us and a token that it fetched from us before (service 73, itself
//! signed by its private key). The signature covers method, path, time and the body's bytes less insignificant
//! white space. It does not cover `X-EXTERNAL-ID` and `X-PARTNER-ID`, so these are not looked at: whoever replays
//! a notification would write another one.
//!
//! Not supported: B2B2C notifications, signatures in hex, and a signed path that a reverse proxy has rewritten.
mod notice;
mod token;

use crate::endpoint::{EndpointError, normal};
use crate::profile::SignedPath;
use crate::redacted_debug;
use crate::signature::{ClientSecret, KeyError, PublicKey, StringToSign, token_string};
use crate::timestamp::{read, timestamp};
use notice::Shape;
use std::fmt;
use thiserror::Error;
use upah_core::Timestamp;
use upah_core::callback::{Callbacks, Delivery, Notice, Reading, Reply};

/// What a counterparty may call, as it is configured.
#[derive(Clone)]
pub struct SnapCallbackConfig {
    /// What stands before every path of the standard: `/v1.0`. The counterparty signs it with the rest.
    pub path_prefix: String,
    /// How much of the target it signs.
    pub signed_path: SignedPath,
    /// Paths of its own after the prefix, each with the service code that its reply bears; the shape is that of 75.
    pub also: Vec<(String, u8)>,
    /// The counterparty's public key, PEM.
    pub public_key_pem: String,
    /// How it signs notifications.
    pub signature: CallbackSignature,
    /// How far `X-TIMESTAMP` may be from our clock, either way, in seconds. The standard publishes no number.
    pub window_seconds: u32,
}

/// How a counterparty signs notifications.
#[derive(Clone)]
pub enum CallbackSignature {
    /// Type 2: with its private key. Nothing is fetched from us.
    Asymmetric,
    /// Type 1: with a secret, and a token that it fetches from us by service 73.
    Symmetric {
        /// How it names itself at us, `X-CLIENT-KEY`.
        client_id: String,
        /// What it shares with us.
        client_secret: String,
    },
}

redacted_debug!(SnapCallbackConfig, CallbackSignature);

/// A configuration under which nobody can be heard. Says nothing of keys and secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CallbackConfigError {
    /// A path that cannot be signed as it is written.
    #[error("callback path: {0}")]
    Path(EndpointError),
    /// Two services on one path, or a service code that is none.
    #[error("callback paths must differ, and each needs the two digits of its service, such as 56")]
    Service,
    /// The counterparty's key.
    #[error("callback public_key: {0}")]
    PublicKey(KeyError),
    /// The shared secret.
    #[error("callback client_secret: {0}")]
    ClientSecret(KeyError),
    /// How the counterparty names itself.
    #[error("callback client_id must not be empty")]
    ClientId,
    /// A window in which nothing can arrive.
    #[error("callback window_seconds must be 1 to 3600")]
    Window,
}

/// The standard's inbound services after the prefix.
const STANDARD: [(&str, u8, Shape); 4] = [
    ("/transfer-skn/notify", 75, Shape::Transfer),
    ("/transfer-rtgs/notify", 76, Shape::Transfer),
    ("/transfer-interbank-bulk/notify", 21, Shape::Bulk { reference: "originalPartnerReferenceNo" }),
    ("/emoney/bulk-cashin-notify", 41, Shape::Bulk { reference: "partnerReferenceNo" }),
];

const TOKEN_PATH: &str = "/access-token/b2b";
const WINDOW_SECONDS_MAX: u32 = 3_600;

/// One counterparty's notifications: verified, then read.
pub struct SnapCallbacks {
    services: Vec<(String, u8, Shape)>,
    signed_path: SignedPath,
    token_path: Option<String>,
    key: PublicKey,
    shared: Option<(String, ClientSecret)>,
    window_millis: u64,
}

impl fmt::Debug for SnapCallbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapCallbacks").field("paths", &self.services.len()).finish_non_exhaustive()
    }
}

impl SnapCallbacks {
    /// Makes it; opens and sends nothing.
    ///
    /// # Errors
    /// [`CallbackConfigError`] names what cannot be used, never its value.
    pub fn new(config: &SnapCallbackConfig) -> Result<Self, CallbackConfigError> {
        use CallbackConfigError as E;
        let prefix = normal(&config.path_prefix).map_err(E::Path)?;
        let own = config.also.iter().map(|(path, service)| (path.as_str(), *service, Shape::Transfer));
        let mut services: Vec<(String, u8, Shape)> = Vec::new();
        for (path, service, shape) in STANDARD.into_iter().chain(own) {
            let path = normal(path).map_err(E::Path)?;
            let whole = format!("{prefix}{path}");
            let is_taken = path == TOKEN_PATH || services.iter().any(|(known, ..)| *known == whole);
            if is_taken || path.is_empty() || service > 99 {
                return Err(E::Service);
            }
            services.push((whole, service, shape));
        }
        let shared = match &config.signature {
            CallbackSignature::Asymmetric => None,
            CallbackSignature::Symmetric { client_id, .. } if client_id.is_empty() => return Err(E::ClientId),
            CallbackSignature::Symmetric { client_id, client_secret } => {
                Some((client_id.clone(), ClientSecret::new(client_secret).map_err(E::ClientSecret)?))
            }
        };
        if !(1..=WINDOW_SECONDS_MAX).contains(&config.window_seconds) {
            return Err(E::Window);
        }
        Ok(Self {
            services,
            signed_path: config.signed_path,
            token_path: shared.is_some().then(|| format!("{prefix}{TOKEN_PATH}")),
            key: PublicKey::from_pem(config.public_key_pem.as_bytes()).map_err(E::PublicKey)?,
            shared,
            window_millis: u64::from(config.window_seconds) * 1_000,
        })
    }

    /// Whether the counterparty signed this, within the window.
    fn is_genuine(&self, delivery: &Delivery<'_>, now: Timestamp) -> Option<()> {
        let (time, signature) = self.time_and_signature(delivery, now)?;
        let path = self.signed_path.of(delivery.target);
        let signed = StringToSign { method: delivery.method, path, body: delivery.body, timestamp: time };
        let is_signed = match &self.shared {
            None => self.key.verify(&signed.asymmetric(), signature),
            Some((client_id, secret)) => {
                let token = delivery.header("authorization")?.strip_prefix("Bearer ")?;
                token::is_ours(token, client_id, secret, now) && secret.verify(&signed.symmetric(token), signature)
            }
        };
        is_signed.then_some(())
    }

    /// The counterparty asks for a token (service 73).
    fn issue_token(&self, delivery: &Delivery<'_>, now: Timestamp) -> Option<Notice> {
        let (client_id, secret) = self.shared.as_ref()?;
        let (time, signature) = self.time_and_signature(delivery, now)?;
        let is_named = delivery.header("x-client-key")? == client_id;
        let is_signed = self.key.verify(&token_string(client_id, time), signature);
        if !(is_named && is_signed) {
            return None;
        }
        let reply = match token::is_asked_for(delivery.body) {
            true => token::reply(client_id, secret, now),
            false => envelope(400, 73, 1, "Invalid Field Format grantType", now),
        };
        Some(Notice { hints: Vec::new(), reply })
    }

    fn time_and_signature<'a>(&self, delivery: &Delivery<'a>, now: Timestamp) -> Option<(&'a str, &'a str)> {
        let time = delivery.header("x-timestamp")?;
        let at = read(time).map(Timestamp::from_millis)?;
        let apart = at.millis_since(now).max(now.millis_since(at));
        let is_fresh = delivery.method == "POST" && apart <= self.window_millis;
        is_fresh.then_some((time, delivery.header("x-signature")?))
    }

    fn heard(&self, delivery: &Delivery<'_>, now: Timestamp) -> Option<Notice> {
        if self.token_path.as_deref() == Some(delivery.path()) {
            return self.issue_token(delivery, now);
        }
        let (_, service, shape) = self.services.iter().find(|(path, ..)| path == delivery.path())?;
        self.is_genuine(delivery, now)?;
        Some(notice::read(*shape, *service, delivery.body, now))
    }
}

impl Callbacks for SnapCallbacks {
    fn paths(&self) -> Vec<String> {
        self.services.iter().map(|(path, ..)| path).chain(&self.token_path).cloned().collect()
    }

    fn read(&self, delivery: &Delivery<'_>, now: Timestamp) -> Reading {
        match self.heard(delivery, now) {
            Some(notice) => Reading::Genuine(notice),
            // The same for every reason, service digits included.
            None => Reading::TurnedAway(envelope(401, 0, 0, "Unauthorized", now)),
        }
    }
}

/// The envelope of a reply: `responseCode` of status, service and case.
fn envelope(status: u16, service: u8, case: u8, message: &str, now: Timestamp) -> Reply {
    reply(
        status,
        now,
        serde_json::json!({
            "responseCode": format!("{status:03}{service:02}{case:02}"),
            "responseMessage": message,
        }),
    )
}

fn reply(status: u16, now: Timestamp, body: serde_json::Value) -> Reply {
    let now = timestamp(u64::try_from(now.millis()).unwrap_or(0));
    let headers = vec![("content-type", "application/json".to_owned()), ("x-timestamp", now)];
    Reply { status, headers, body: body.to_string() }
}

#[cfg(test)]
mod tests;
