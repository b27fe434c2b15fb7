//! One signed call, from a stored body to a judged answer.
//!
//! The body is sent as it is given, byte for byte, every time. Fresh for every HTTP try are token,
//! `X-TIMESTAMP`, `X-EXTERNAL-ID` and signature. There is exactly one thing that is tried again in
//! here: a call that the bank itself, in a trusted envelope, turned away for its token. Everything
//! else goes back to whoever decides about money.

use crate::bodies::{replies::TokenReply, requests};
use crate::endpoint::{Endpoint, EndpointError};
use crate::external_id::external_id;
use crate::headers::{CallHeaders, token_headers};
use crate::profile::Profile;
use crate::response::{Envelope, TrustedEnvelope};
use crate::service::Service;
use crate::signature::{ClientSecret, KeyError, PrivateKey, StringToSign, token_string};
use crate::token::{AccessToken, FreshToken, TokenCache, TokenFailure};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use thiserror::Error;
use upah_transport::{BuildError, MaybeSentReason, NotSentReason, Request, Response, SendError, Transport};

/// Time and randomness, from outside.
pub trait SnapEnvironment: Send + Sync {
    /// Wall clock, milliseconds since 1970 UTC.
    fn now_unix_millis(&self) -> u64;
    /// Sixteen bytes that nobody can foresee.
    fn random_16(&self) -> [u8; 16];
}

/// How calls are signed.
#[derive(Debug)]
#[non_exhaustive]
pub enum CallSignature {
    /// Type 1: token and client secret. The standard's default.
    SymmetricWithToken(ClientSecret),
    /// Type 2: the private key, no token (DANA, Faspay).
    Asymmetric,
}

/// A partner's account with one counterparty.
#[derive(Debug)]
pub struct SnapConfig {
    /// Its habits.
    pub profile: &'static Profile,
    /// Where it is.
    pub endpoint: Endpoint,
    /// `X-PARTNER-ID`.
    pub partner_id: String,
    /// `X-CLIENT-KEY`.
    pub client_id: String,
    /// `CHANNEL-ID`.
    pub channel_id: String,
    /// `ORIGIN`, where the counterparty asks for it.
    pub origin: Option<String>,
    /// Signs token requests, and calls under [`CallSignature::Asymmetric`].
    pub private_key: PrivateKey,
    /// How calls are signed.
    pub call_signature: CallSignature,
}

/// A configuration no client can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Base URL or prefix.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// Empty, longer than 36 characters, or not visible ASCII.
    #[error("{field} must be 1 to 36 visible ASCII characters")]
    Identifier {
        /// Name in the configuration.
        field: &'static str,
    },
    /// The account that pays.
    #[error("source_account must be 1 to 19 letters or digits")]
    SourceAccount,
    /// The paying bank's code.
    #[error("source_bank_code must be the bank's three digits, such as 014")]
    SourceBankCode,
    /// `ORIGIN`.
    #[error("origin must be visible ASCII characters")]
    Origin,
    /// The private key.
    #[error("private_key: {0}")]
    PrivateKey(KeyError),
    /// The client secret.
    #[error("client_secret: {0}")]
    ClientSecret(KeyError),
    /// A profile that signs with a secret, and none is given.
    #[error("client_secret is missing: this profile signs calls with it")]
    NoClientSecret,
    /// The recipients' banks or wallets as the counterparty calls them.
    #[error("codes: each must be 1 to 11 letters or digits, under a bank's three digits or a wallet's name")]
    Codes,
    /// RTGS or SKNBI at a counterparty that has neither.
    #[error("skn_above and rtgs_above: this profile has no such service")]
    Clearing,
    /// Many in one request at a counterparty that has no such service, or too many or too few.
    #[error("bulk: this profile has no such service, or payments is not between 2 and 1000")]
    Bulk,
    /// What goes into every `additionalInfo`.
    #[error("additional_info: each name and value must be 1 to 64 visible ASCII characters")]
    AdditionalInfo,
    /// The deadline.
    #[error(transparent)]
    Limits(#[from] BuildError),
}

/// What became of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallResult {
    /// It is certain that the call did not leave.
    NotSent(CallNotSent),
    /// The call may have arrived, and there is no answer.
    MaybeSent(MaybeSentReason),
    /// Somebody answered.
    Answered(Answer),
}

/// An answer, believed or not.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub http: u16,
    /// The envelope, if it may be believed. `None`: whoever answered, nothing is known.
    pub envelope: Option<TrustedEnvelope>,
    /// The body, byte for byte, as evidence.
    pub body: Vec<u8>,
    /// What a `Retry-After` header asked for.
    pub retry_after_seconds: Option<u64>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("http", &self.http)
            .field("envelope", &self.envelope)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Why a call did not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CallNotSent {
    /// The transport could not send it.
    #[error(transparent)]
    Transport(#[from] NotSentReason),
    /// There is no token.
    #[error(transparent)]
    Token(#[from] TokenFailure),
    /// The call could not be signed.
    #[error("signing failed")]
    Signing,
    /// The counterparty has no such service.
    #[error("the counterparty has no such service")]
    NotServed,
    /// The time given for sending had passed before the first byte.
    #[error("too late to send")]
    TooLate,
    /// Nobody waits for it any more.
    #[error("nobody waits for it any more")]
    NobodyWaits,
}

/// A body that is made when it is about to leave; `None` where it shall not leave any more.
type Late<'a> = dyn Fn() -> Option<Cow<'a, str>> + Sync + 'a;

/// Calls one counterparty as one partner. Share it: it holds the token.
pub struct SnapClient {
    config: SnapConfig,
    transport: Arc<Transport>,
    environment: Arc<dyn SnapEnvironment>,
    tokens: TokenCache,
}

impl fmt::Debug for SnapClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapClient").field("config", &self.config).finish_non_exhaustive()
    }
}

impl SnapClient {
    /// Makes a client; sends nothing.
    ///
    /// # Errors
    /// [`ConfigError::Identifier`] for an id that could not be a header value.
    pub fn new(
        config: SnapConfig,
        transport: Arc<Transport>,
        environment: Arc<dyn SnapEnvironment>,
    ) -> Result<Self, ConfigError> {
        for (field, value) in
            [("partner_id", &config.partner_id), ("client_id", &config.client_id), ("channel_id", &config.channel_id)]
        {
            let fits = (1..=36).contains(&value.len());
            if !fits || !value.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(ConfigError::Identifier { field });
            }
        }
        Ok(Self { config, transport, environment, tokens: TokenCache::default() })
    }

    /// Calls a service other than the token's, with the exact bytes of `body`.
    ///
    /// At most two HTTP tries are made, the second only after the first was turned away for its
    /// token. Dropping the future leaves the call as good as [`CallResult::MaybeSent`].
    pub async fn call(&self, service: Service, body: &str) -> CallResult {
        self.call_before(service, body, u64::MAX).await
    }

    /// As [`SnapClient::call`], but sends nothing at or after `deadline_unix_millis`, which is
    /// checked just before the first byte: waiting for a token may outlast a lease.
    pub async fn call_before(&self, service: Service, body: &str, deadline_unix_millis: u64) -> CallResult {
        self.try_twice(service, &|| Some(Cow::Borrowed(body)), deadline_unix_millis).await
    }

    /// As [`SnapClient::call`], with a body that is made just before the first byte, when the token is at hand, and
    /// made anew for the second try: who has left meanwhile is not in it. `None` sends nothing.
    pub(crate) async fn call_late(&self, service: Service, body: &Late<'_>) -> CallResult {
        self.try_twice(service, body, u64::MAX).await
    }

    async fn try_twice(&self, service: Service, body: &Late<'_>, deadline_unix_millis: u64) -> CallResult {
        let (first, token) = self.try_once(service, body, deadline_unix_millis).await;
        let (CallResult::Answered(answer), Some(token)) = (&first, token) else {
            return first;
        };
        if !answer.envelope.is_some_and(|e| e.wants_new_token()) {
            return first;
        }
        self.tokens.invalidate(&token).await;
        match self.try_once(service, body, deadline_unix_millis).await.0 {
            // The first try did leave, and was answered: that answer is what we know.
            CallResult::NotSent(_) => first,
            second => second,
        }
    }

    async fn try_once(
        &self,
        service: Service,
        body: &Late<'_>,
        deadline_unix_millis: u64,
    ) -> (CallResult, Option<AccessToken>) {
        let token = match &self.config.call_signature {
            CallSignature::Asymmetric => None,
            CallSignature::SymmetricWithToken(_) => match self.token().await {
                Ok(token) => Some(token),
                Err(failure) => return (CallResult::NotSent(failure.into()), None),
            },
        };
        let Some(body) = body() else { return (CallResult::NotSent(CallNotSent::NobodyWaits), token) };
        let result = match self.signed(service, &body, token.as_ref()) {
            Err(why) => CallResult::NotSent(why),
            Ok(_) if self.environment.now_unix_millis() >= deadline_unix_millis => {
                CallResult::NotSent(CallNotSent::TooLate)
            }
            Ok(request) => match self.transport.post(request).await {
                Err(SendError::NotSent(why)) => CallResult::NotSent(why.into()),
                Err(SendError::MaybeSent(why)) => CallResult::MaybeSent(why),
                Ok(response) => CallResult::Answered(judge(service, response)),
            },
        };
        (result, token)
    }

    fn signed(&self, service: Service, body: &str, token: Option<&AccessToken>) -> Result<Request, CallNotSent> {
        let SnapConfig { endpoint, profile, .. } = &self.config;
        let timestamp = profile.time(service, self.environment.now_unix_millis());
        let path = endpoint.path(service).ok_or(CallNotSent::NotServed)?;
        let signed = profile.signed_path.of(&path);
        let text = StringToSign { method: "POST", path: signed, body: body.as_bytes(), timestamp: &timestamp };
        let signature = match (&self.config.call_signature, token) {
            (CallSignature::SymmetricWithToken(secret), Some(token)) => secret.sign(&text.symmetric(token.reveal())),
            _ => self.config.private_key.sign(&text.asymmetric()).map_err(|_| CallNotSent::Signing)?,
        };
        let headers = CallHeaders {
            access_token: token.map(AccessToken::reveal),
            timestamp: &timestamp,
            signature: &signature,
            partner_id: &self.config.partner_id,
            external_id: &external_id(self.environment.random_16()),
            channel_id: &self.config.channel_id,
            origin: self.config.origin.as_deref(),
        };
        Ok(Request { url: endpoint.url(&path), headers: headers.list(), body: body.to_owned().into() })
    }

    async fn token(&self) -> Result<AccessToken, TokenFailure> {
        self.tokens.token(|| self.environment.now_unix_millis(), || self.fetch_token()).await
    }

    async fn fetch_token(&self) -> Result<FreshToken, TokenFailure> {
        let SnapConfig { endpoint, profile, client_id, private_key, .. } = &self.config;
        let timestamp = profile.time(Service::Token, self.environment.now_unix_millis());
        let signature = private_key.sign(&token_string(client_id, &timestamp)).map_err(|_| TokenFailure::Signing)?;
        // Every family of paths that is called with a token has one.
        let path = endpoint.path(Service::Token).ok_or(TokenFailure::Signing)?;
        let request = Request {
            url: endpoint.url(&path),
            headers: token_headers(client_id, &timestamp, &signature),
            body: requests::TOKEN.into(),
        };
        match self.transport.post(request).await {
            Err(SendError::NotSent(why)) => Err(TokenFailure::Unreachable(why)),
            Err(SendError::MaybeSent(why)) => Err(TokenFailure::NoAnswer(why)),
            Ok(response) => read_token(&response),
        }
    }
}

fn judge(service: Service, response: Response) -> Answer {
    Answer {
        http: response.status,
        envelope: Envelope::parse(&response.body).and_then(|envelope| envelope.check(response.status, service)),
        retry_after_seconds: response.retry_after_seconds(),
        body: response.body,
    }
}

/// A token reply needs no envelope when it succeeds (ASPI, service 73), but one that is there and
/// does not fit is no success.
fn read_token(response: &Response) -> Result<FreshToken, TokenFailure> {
    let http = response.status;
    match http {
        200 => {}
        400 | 401 | 403 => return Err(TokenFailure::CredentialsRefused { http }),
        429 => {
            return Err(TokenFailure::Busy { retry_after_seconds: response.retry_after_seconds() });
        }
        500..=599 => return Err(TokenFailure::Unavailable { http }),
        _ => return Err(TokenFailure::Garbage { http }),
    }
    let garbage = TokenFailure::Garbage { http };
    if let Some(envelope) = Envelope::parse(&response.body) {
        let trusted = envelope.check(http, Service::Token).ok_or(garbage)?;
        if trusted.case() != 0 {
            return Err(garbage);
        }
    }
    let reply = TokenReply::read(&response.body).ok_or(garbage)?;
    Ok(FreshToken { token: AccessToken::new(&reply.access_token), life_seconds: reply.expires_in_seconds })
}
