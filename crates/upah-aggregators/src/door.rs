//! Where a provider may call, and the secret by which it proves itself.
//!
//! What comes in is a hint whatever it says, so a secret that is always the same is enough: it keeps strangers from making
//! us ask.
use crate::call::{ConfigError, visible};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256, Sha512};
use upah_core::Timestamp;
use upah_core::callback::{Callbacks, Delivery, Hint, News, Notice, Reading, Reply};
use upah_core::reference::Reference;

/// What a delivery that came to our path speaks of; nothing when it has not proved itself.
pub(crate) type Ear = fn(&Door, &Delivery<'_>) -> Option<Vec<Hint>>;

/// See the module.
pub(crate) struct Door {
    path: String,
    secret: String,
    ear: Ear,
}

impl Door {
    pub(crate) fn new(path: String, secret: String, ear: Ear) -> Result<Self, ConfigError> {
        visible(&secret, "the token of callbacks")?;
        let is_path = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'?');
        if is_path { Ok(Self { path, secret, ear }) } else { Err(ConfigError::CallbackPath) }
    }

    /// A door whose secret stands in the address that the provider was given, `PATH?token=SECRET`, for a provider that
    /// sends no proof of its own.
    pub(crate) fn by_address(path: String, secret: String, ear: Ear) -> Result<Self, ConfigError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if secret.is_empty() || !secret.bytes().all(is_plain) {
            return Err(ConfigError::CallbackToken);
        }
        Self::new(path, secret, ear)
    }

    /// Whether a delivery came to the address that bears the secret.
    pub(crate) fn is_address_of(&self, delivery: &Delivery<'_>) -> bool {
        let query = delivery.target.split_once('?').map(|(_, query)| query);
        query.and_then(|query| query.strip_prefix("token=")).is_some_and(|given| self.opens_by(given))
    }

    /// Whether a secret is the one that was agreed upon. Digests are compared, so how long it takes tells nothing of it.
    pub(crate) fn opens_by(&self, given: &str) -> bool {
        Sha256::digest(given) == Sha256::digest(&self.secret)
    }

    /// Whether this is the hash of a body and the secret, one behind the other, in lower-case hexadecimal.
    pub(crate) fn hashes_to(&self, given: &str, body: &[u8]) -> bool {
        let hash = Sha512::new().chain_update(body).chain_update(&self.secret).finalize();
        Sha256::digest(given) == Sha256::digest(HEXLOWER.encode(&hash))
    }
}

/// The hint about an attempt of this reference; none when there is nothing new.
pub(crate) fn hint(reference: String, news: Option<News>) -> Vec<Hint> {
    news.map(|news| Hint { reference: Reference::from_stored(reference), news }).into_iter().collect()
}

impl Callbacks for Door {
    fn paths(&self) -> Vec<String> {
        vec![self.path.clone()]
    }

    fn read(&self, delivery: &Delivery<'_>, _: Timestamp) -> Reading {
        let reply = |status, body: &str| {
            let headers = vec![("content-type", "application/json".to_owned())];
            Reply { status, headers, body: body.to_owned() }
        };
        let is_ours = delivery.method == "POST" && delivery.path() == self.path;
        match is_ours.then(|| (self.ear)(self, delivery)).flatten() {
            Some(hints) => Reading::Genuine(Notice { hints, reply: reply(200, "{}") }),
            // The same for every reason.
            None => Reading::TurnedAway(reply(401, "{\"error\":\"unauthorized\"}")),
        }
    }
}
