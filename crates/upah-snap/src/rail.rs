//! A SNAP counterparty as a rail: what a payroll is paid over.
//!
//! [`SnapRail`] puts the pieces together and has no opinion of its own: [`crate::client`] makes the
//! call, the pure functions around it say what a body is and what an answer means.
use crate::bulk::{Bulk, BulkDesk, PAYMENTS_MAX};
use crate::callback::SnapCallbacks;
use crate::client::{CallSignature, ConfigError, SnapClient, SnapConfig, SnapEnvironment};
use crate::compose::{Stored, compose};
use crate::endpoint::Endpoint;
use crate::outcome::{of_inquiry, of_submit};
use crate::payer::{ClearingAbove, Payer};
use crate::profile::{Profile, Signing};
use crate::service::Service;
use crate::signature::{ClientSecret, PrivateKey};
use crate::{bodies::requests::Status, inspect};
use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use upah_core::callback::Callbacks;
use upah_core::evidence::{InquiryAnswer, Inspection, SubmitOutcome};
use upah_core::policy::Pattern;
use upah_core::rail::{
    AccountInquiry, Balance, BalanceInquiry, BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt,
};
use upah_core::{Cause, Destination, RailId, Rupiah};
use upah_transport::{Transport, TransportConfig};

/// One account of one partner at one counterparty, as it is configured.
#[derive(Clone)]
pub struct SnapRailConfig {
    /// The rail's name.
    pub id: RailId,
    /// The counterparty's habits.
    pub profile: &'static Profile,
    /// `https://host[:port][/path]`; `http` to this machine alone.
    pub base_url: String,
    /// Between the base URL and every service's path, and signed with it.
    pub path_prefix: String,
    /// The token's path after the base URL, where it is not the profile's.
    pub token_path: Option<String>,
    /// `X-PARTNER-ID`.
    pub partner_id: String,
    /// `X-CLIENT-KEY`.
    pub client_id: String,
    /// `CHANNEL-ID`.
    pub channel_id: String,
    /// The account that pays: 1 to 19 letters or digits; of an e-money account its number, `628…`.
    pub source_account: String,
    /// The paying bank's own code. What goes to it goes by 17; without it every bank account goes by 18.
    pub source_bank_code: Option<String>,
    /// The counterparty's names of banks and wallets, under our bank codes and wallets' names.
    pub codes: BTreeMap<String, String>,
    /// Above which amounts other banks are paid over RTGS or the national clearing.
    pub clearing: ClearingAbove,
    /// Whether and how wages to other banks and to wallets go together (20 and 40). Not part of the fingerprint: the
    /// stored body alone tells by which service an attempt was sent.
    pub bulk: Option<Bulk>,
    /// What the counterparty wants in every `additionalInfo`.
    pub additional_info: BTreeMap<String, String>,
    /// Signs calls; not needed where the profile has no token.
    pub client_secret: Option<String>,
    /// Signs token requests, and calls where there is no token. PKCS#8 or PKCS#1.
    pub private_key_pem: String,
    /// Of a whole call; of the call for a token likewise.
    pub timeout: Duration,
    /// How many connections are kept open for the next call.
    pub max_concurrency: usize,
    /// `ORIGIN`, where the counterparty asks for it.
    pub origin: Option<String>,
}

impl fmt::Debug for SnapRailConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapRailConfig").field("id", &self.id).finish_non_exhaustive()
    }
}

impl SnapRailConfig {
    /// What an attempt is bound to (safety rule 17): kind, base URL, prefix, partner, source account, the profile if
    /// it is not the standard's, and what `additionalInfo` says of the payer, as 32 hexadecimal digits. A slash more
    /// or less at an end of URL or prefix is no other rail; nor is another key, secret or deadline.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let base_url = self.base_url.trim_end_matches('/');
        let prefix = self.path_prefix.trim_matches('/');
        let mut hash = digest::Context::new(&digest::SHA256);
        let own = (self.profile.name != Profile::standard().name).then_some(self.profile.name);
        let said = self.additional_info.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
        let always = ["snap", base_url, prefix, &self.partner_id, &self.source_account];
        for part in always.into_iter().chain(own).chain(said) {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        HEXLOWER.encode(&hash.finish().as_ref()[..16])
    }

    fn check(&self) -> Result<(), ConfigError> {
        let plain = |text: &str, characters_max| {
            (1..=characters_max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if !plain(&self.source_account, 19) {
            return Err(ConfigError::SourceAccount);
        }
        // As `BankCode` has it: any other text would silently never be the paying bank.
        let is_a_code = |code: &str| {
            let digits = code.strip_suffix('S').unwrap_or(code);
            digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit())
        };
        if !self.source_bank_code.as_deref().is_none_or(is_a_code) {
            return Err(ConfigError::SourceBankCode);
        }
        if self.origin.as_ref().is_some_and(|origin| origin.is_empty() || !origin.bytes().all(|b| b.is_ascii_graphic()))
        {
            return Err(ConfigError::Origin);
        }
        if let Some(bulk) = self.bulk {
            let has_any = [Service::InterbankBulk, Service::BulkCashIn].iter().any(|it| self.profile.has(*it));
            if !has_any || !(2..=PAYMENTS_MAX).contains(&bulk.payments) {
                return Err(ConfigError::Bulk);
            }
        }
        self.payer().check()
    }

    fn payer(&self) -> Payer {
        Payer {
            profile: self.profile,
            source_account: self.source_account.clone(),
            source_bank_code: self.source_bank_code.clone(),
            codes: self.codes.clone(),
            clearing: self.clearing,
            bulk: self.bulk.is_some(),
            additional_info: self.additional_info.clone(),
        }
    }

    fn call_signature(&self) -> Result<CallSignature, ConfigError> {
        match (self.profile.signature, &self.client_secret) {
            (Signing::Asymmetric, _) => Ok(CallSignature::Asymmetric),
            (Signing::SymmetricWithToken, None) => Err(ConfigError::NoClientSecret),
            (Signing::SymmetricWithToken, Some(secret)) => {
                ClientSecret::new(secret).map(CallSignature::SymmetricWithToken).map_err(ConfigError::ClientSecret)
            }
        }
    }

    fn endpoint(&self) -> Result<Endpoint, ConfigError> {
        let endpoint = Endpoint::new(&self.base_url, &self.path_prefix, self.profile)?;
        Ok(match &self.token_path {
            Some(path) => endpoint.with_token_path(path)?,
            None => endpoint,
        })
    }
}

/// A SNAP counterparty. Share it: it holds the token and the open connections.
pub struct SnapRail {
    id: RailId,
    fingerprint: String,
    payer: Payer,
    client: Arc<SnapClient>,
    /// From which those leave who go together.
    bulk: Vec<BulkDesk>,
    callbacks: Option<SnapCallbacks>,
}

impl fmt::Debug for SnapRail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapRail").field("id", &self.id).field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

impl SnapRail {
    /// Makes a rail; resolves, opens and sends nothing.
    ///
    /// # Errors
    /// [`ConfigError`] names what in the configuration cannot be used, never its value.
    pub fn new(config: SnapRailConfig, environment: Arc<dyn SnapEnvironment>) -> Result<Self, ConfigError> {
        config.check()?;
        let fingerprint = config.fingerprint();
        let mut limits = TransportConfig::with_timeout(config.timeout);
        limits.idle_connections_max = config.max_concurrency;
        let transport = Arc::new(Transport::new(limits)?);
        let private_key = PrivateKey::from_pem(config.private_key_pem.as_bytes()).map_err(ConfigError::PrivateKey)?;
        let payer = config.payer();
        let snap = SnapConfig {
            profile: config.profile,
            endpoint: config.endpoint()?,
            call_signature: config.call_signature()?,
            partner_id: config.partner_id,
            client_id: config.client_id,
            channel_id: config.channel_id,
            origin: config.origin,
            private_key,
        };
        let client = Arc::new(SnapClient::new(snap, transport, Arc::clone(&environment))?);
        // A token and its renewal may be waited for; whoever slept longer may have been replaced.
        let late = config.timeout * 2;
        let desk = |bulk, service| BulkDesk::new(service, bulk, &payer, (&client, &environment), late);
        let services = [Service::InterbankBulk, Service::BulkCashIn];
        let bulk = config.bulk.iter().flat_map(|bulk| services.map(|service| desk(*bulk, service))).collect();
        Ok(Self { id: config.id, fingerprint, payer, client, bulk, callbacks: None })
    }

    /// The same rail, which its counterparty may call.
    #[must_use]
    pub fn with_callbacks(mut self, callbacks: SnapCallbacks) -> Self {
        self.callbacks = Some(callbacks);
        self
    }

    /// [`SnapRailConfig::fingerprint`] of the configuration it was made of.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    async fn send(&self, attempt: &DurableAttempt) -> SubmitOutcome {
        let stored = Stored::read(attempt.body(), attempt.reference(), attempt.amount());
        let Some(sent) = stored.filter(Stored::is_whole) else {
            // Not a body of this rail, or not of this attempt, or nobody knows whose account it pays. It stays where it is.
            return SubmitOutcome::NotSent { cause: Cause::BadRequest, retry_after_seconds: None };
        };
        if sent.service().is_bulk() {
            // Stored when wages still went together, and its repeats may be paid: without the configuration that says
            // what the contract does to them, it stays where it is.
            let Some(desk) = self.bulk.iter().find(|desk| desk.service() == sent.service()) else {
                return SubmitOutcome::NotSent { cause: Cause::BadRequest, retry_after_seconds: None };
            };
            return desk.submit(attempt).await;
        }
        of_submit(&self.client.call(sent.service(), attempt.body()).await, &sent)
    }

    async fn ask(&self, attempt: &StoredAttempt) -> InquiryAnswer {
        let nothing = InquiryAnswer::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None };
        let Some(sent) = Stored::read(attempt.body(), attempt.reference(), attempt.amount()) else { return nothing };
        let Some(service) = self.payer.profile.status_service(sent.service()) else { return nothing };
        let mut last = nothing;
        for original in self.payer.may_have_gone_by(sent.service()) {
            let reference = attempt.reference().as_str();
            let question = Status { original_partner_reference_no: reference, original_service: original };
            last = match question.body() {
                Ok(body) => of_inquiry(&self.client.call(service, &body).await, &sent),
                Err(_) => return InquiryAnswer::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None },
            };
            if !matches!(last, InquiryAnswer::NotFound(_)) {
                break;
            }
        }
        last
    }

    async fn look_up(&self, destination: &Destination, amount: Rupiah) -> Inspection {
        let nothing = Inspection::Unavailable { cause: Cause::NoRoute, retry_after_seconds: None };
        let Some(route) = self.payer.route(destination, amount) else { return nothing };
        match inspect::question(&self.payer, route, amount) {
            // The counterparty pays there, and tells nobody who holds it.
            Ok((service, _)) if !self.payer.profile.has(service) => nothing,
            Ok((service, body)) => inspect::of_inspection(&self.client.call(service, &body).await, route, amount),
            Err(_) => nothing,
        }
    }

    async fn ask_balance(&self) -> Balance {
        match inspect::balance_question(&self.payer.source_account) {
            Ok(body) => inspect::of_balance(&self.client.call(Service::Balance, &body).await),
            // Service 11 takes shorter accounts than 17 and 18.
            Err(_) => Balance::NotTold,
        }
    }
}

impl Rail for SnapRail {
    fn id(&self) -> &RailId {
        &self.id
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        compose(order, &self.payer)
    }

    fn reaches(&self) -> Option<Vec<Pattern>> {
        Some(self.payer.reach())
    }

    fn submit<'a>(&'a self, attempt: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        Box::pin(self.send(attempt))
    }

    fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        Box::pin(self.ask(attempt))
    }

    fn account_inquiry(&self) -> Option<&dyn AccountInquiry> {
        Some(self)
    }

    fn balance(&self) -> Option<&dyn BalanceInquiry> {
        self.payer.profile.has(Service::Balance).then_some(self as &dyn BalanceInquiry)
    }

    fn callbacks(&self) -> Option<&dyn Callbacks> {
        self.callbacks.as_ref().map(|callbacks| callbacks as &dyn Callbacks)
    }
}

impl AccountInquiry for SnapRail {
    fn inspect<'a>(&'a self, destination: &'a Destination, amount: Rupiah) -> BoxFuture<'a, Inspection> {
        Box::pin(self.look_up(destination, amount))
    }
}

impl BalanceInquiry for SnapRail {
    fn available(&self) -> BoxFuture<'_, Balance> {
        Box::pin(self.ask_balance())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Still;

    impl SnapEnvironment for Still {
        fn now_unix_millis(&self) -> u64 {
            0
        }
        fn random_16(&self) -> [u8; 16] {
            [0; 16]
        }
    }

    fn config() -> SnapRailConfig {
        SnapRailConfig {
            id: "bank".parse().unwrap(),
            profile: Profile::standard(),
            base_url: "https://bank.example".to_owned(),
            path_prefix: "/v1.0".to_owned(),
            token_path: None,
            partner_id: "PARTNER".to_owned(),
            client_id: "CLIENT".to_owned(),
            channel_id: "95221".to_owned(),
            source_account: "888801000157508".to_owned(),
            source_bank_code: Some("008".to_owned()),
            codes: BTreeMap::new(),
            clearing: ClearingAbove::default(),
            bulk: None,
            additional_info: BTreeMap::new(),
            client_secret: Some("a-secret".to_owned()),
            private_key_pem: include_str!("../tests/vectors/snap_test_key.pem").to_owned(),
            timeout: Duration::from_secs(5),
            max_concurrency: 4,
            origin: None,
        }
    }

    fn fault(change: impl FnOnce(&mut SnapRailConfig)) -> Option<ConfigError> {
        let mut config = config();
        change(&mut config);
        SnapRail::new(config, Arc::new(Still)).err()
    }

    #[test]
    fn fingerprint_is_that_of_the_money_and_never_changes() {
        assert_eq!(config().fingerprint(), "a135c1a3700004bbea072aa7d46a8341");
        let changed = |change: fn(&mut SnapRailConfig)| {
            let mut config = config();
            change(&mut config);
            config.fingerprint()
        };
        let same: [fn(&mut SnapRailConfig); 3] =
            [|c| c.base_url.push('/'), |c| c.path_prefix = "v1.0/".to_owned(), |c| c.client_secret = None];
        assert!(same.into_iter().all(|change| changed(change) == config().fingerprint()));
        let other: [fn(&mut SnapRailConfig); 7] = [
            |c| c.profile = Profile::named("mandiri").unwrap(),
            // Another division's money.
            |c| drop(c.additional_info.insert("externalDivisionId".to_owned(), "7".to_owned())),
            |c| c.base_url.push('x'),
            |c| c.path_prefix.push('x'),
            |c| c.partner_id.push('x'),
            |c| c.source_account.push('1'),
            // A character moved between fields.
            |c| (c.partner_id, c.source_account) = ("PARTNER8".to_owned(), "88801000157508".to_owned()),
        ];
        assert!(other.into_iter().all(|change| changed(change) != config().fingerprint()));
    }

    #[test]
    fn a_configuration_that_cannot_work_makes_no_rail() {
        assert_eq!(fault(|_| {}), None);
        assert!(matches!(fault(|c| c.base_url.clear()), Some(ConfigError::Endpoint(_))));
        assert!(matches!(fault(|c| c.partner_id.clear()), Some(ConfigError::Identifier { field: "partner_id" })));
        assert!(matches!(fault(|c| c.private_key_pem.clear()), Some(ConfigError::PrivateKey(_))));
        assert!(matches!(fault(|c| c.client_secret = Some(String::new())), Some(ConfigError::ClientSecret(_))));
        assert_eq!(fault(|c| c.client_secret = None), Some(ConfigError::NoClientSecret));
        let without_token = |c: &mut SnapRailConfig| {
            (c.profile, c.client_secret) = (Profile::named("dana").unwrap(), None);
        };
        assert_eq!(fault(without_token), None);
        assert!(matches!(fault(|c| c.token_path = Some("a//b".to_owned())), Some(ConfigError::Endpoint(_))));
        let coded = |theirs: &'static str| fault(move |c| drop(c.codes.insert("014".to_owned(), theirs.to_owned())));
        assert_eq!(coded("CENAIDJA"), None);
        assert_eq!((coded(""), coded("CEN IDJA")), (Some(ConfigError::Codes), Some(ConfigError::Codes)));
        let cleared = ClearingAbove { skn: Some(Rupiah::new(250_000_000).unwrap()), rtgs: None };
        assert_eq!(fault(|c| c.clearing = cleared), None);
        let nowhere = |c: &mut SnapRailConfig| {
            (c.profile, c.clearing) = (Profile::named("mandiri").unwrap(), cleared);
        };
        assert_eq!(fault(nowhere), Some(ConfigError::Clearing));
        let said = |value: &'static str| {
            fault(move |c| drop(c.additional_info.insert("chargeTarget".to_owned(), value.to_owned())))
        };
        assert_eq!((said("MERCHANT"), said("")), (None, Some(ConfigError::AdditionalInfo)));
        assert!(matches!(fault(|c| c.timeout = Duration::ZERO), Some(ConfigError::Limits(_))));
        for account in ["", "12345678901234567890", "8888-0100"] {
            assert_eq!(fault(|c| c.source_account = account.to_owned()), Some(ConfigError::SourceAccount));
        }
        for code in ["", "14", "0014", "014s", "S14", "BCA"] {
            assert_eq!(fault(|c| c.source_bank_code = Some(code.to_owned())), Some(ConfigError::SourceBankCode));
        }
        assert_eq!(fault(|c| c.source_bank_code = Some("112S".to_owned())), None);
        assert_eq!(fault(|c| c.origin = Some("a b".to_owned())), Some(ConfigError::Origin));
    }

    #[test]
    fn nothing_secret_or_personal_prints() {
        let rail = SnapRail::new(config(), Arc::new(Still)).unwrap();
        let shown = format!("{:?} {rail:?}", config());
        for secret in ["a-secret", "888801", "PARTNER", "CLIENT", "BEGIN"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
