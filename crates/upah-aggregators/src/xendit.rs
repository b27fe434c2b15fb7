//! Xendit, payouts v2.
//!
//! * A payout is taken on (`ACCEPTED`) and paid later; what its channel refuses is a payout that `FAILED`. A success
//!   can still be `REVERSED`.
//! * The `idempotency-key` is our reference, like `reference_id`: the same key with the same body is answered with the
//!   payout that there is, with another body it is refused.
//! * A reference whose payout has failed is used up: the same bytes again would be answered with that failure. So a
//!   first answer that tells of an end is a doubt, the question tells how it ended, and what follows bears a new reference.
//! * A callback proves itself by a token that is always the same. It is a hint, as every callback is.
mod table;

use crate::call::{Answer, Caller, ConfigError, Heard, fingerprint, is_same_account, is_token, shown, visible};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use table::{Action, CHANNELS, Standing};
use upah_core::callback::{Callbacks, Delivery, Hint, News, Notice, Reading, Reply};
use upah_core::evidence::{Doubt, Evidence, InquiryAnswer, Refusal, SubmitOutcome};
use upah_core::rail::{BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
use upah_core::reference::Reference;
use upah_core::{Cause, Destination, RailId, Rupiah, Timestamp};

const PATH: &str = "/v2/payouts";
const KEY: &str = "idempotency-key";

/// How a wallet's phone number is written. The documentation does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WalletNumber {
    /// `6281234567890`.
    #[default]
    International,
    /// `081234567890`.
    Local,
}

/// One business at Xendit, as it is configured.
#[derive(Clone)]
pub struct XenditConfig {
    /// The rail's name.
    pub id: RailId,
    /// `https://api.xendit.co`; the key decides whether that is the test.
    pub base_url: String,
    /// The business whose balance pays. Answers that name another one are a contradiction.
    pub business_id: String,
    /// The user of HTTP Basic.
    pub secret_key: String,
    /// Channels by bank code (`014`) or wallet (`dana`), beside and before the built-in ones.
    pub channels: BTreeMap<String, String>,
    /// How a wallet's phone number is written.
    pub wallet_number: WalletNumber,
    /// Of a whole call.
    pub timeout: Duration,
    /// How many connections are kept open for the next call.
    pub max_concurrency: usize,
    /// Where Xendit may call us, and the token with which it proves that it is Xendit.
    pub callback: Option<(String, String)>,
}

impl fmt::Debug for XenditConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(f, "XenditConfig", &self.id)
    }
}

impl XenditConfig {
    /// What an attempt is bound to (safety rule 17): kind, base URL and business. Another key is no other rail.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&["xendit", self.base_url.trim_end_matches('/'), &self.business_id])
    }
}

/// Xendit. Share it: it holds the open connections.
pub struct XenditRail {
    id: RailId,
    fingerprint: String,
    business_id: String,
    channels: BTreeMap<String, String>,
    wallet_number: WalletNumber,
    caller: Caller,
    callbacks: Option<XenditCallbacks>,
}

impl fmt::Debug for XenditRail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(f, "XenditRail", &self.id)
    }
}

impl XenditRail {
    /// Makes a rail; opens and sends nothing.
    ///
    /// # Errors
    /// [`ConfigError`] names what in the configuration cannot be used, never its value.
    pub fn new(config: XenditConfig) -> Result<Self, ConfigError> {
        visible(&config.business_id, "business_id")?;
        let fingerprint = config.fingerprint();
        let caller = Caller::new(&config.base_url, &config.secret_key, config.timeout, config.max_concurrency)?;
        let callbacks = config.callback.map(|(path, token)| XenditCallbacks::new(path, token)).transpose()?;
        let mut channels: BTreeMap<_, _> =
            CHANNELS.iter().map(|(place, channel)| ((*place).to_owned(), (*channel).to_owned())).collect();
        channels.extend(config.channels);
        let (id, business_id, wallet_number) = (config.id, config.business_id, config.wallet_number);
        Ok(Self { id, fingerprint, business_id, channels, wallet_number, caller, callbacks })
    }

    /// [`XenditConfig::fingerprint`] of the configuration it was made of.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Channel and account number of a destination.
    fn channel(&self, destination: &Destination) -> Option<(&str, String)> {
        let (place, account) = match destination {
            Destination::Bank { code, account } => (code.as_str(), account.as_str().to_owned()),
            Destination::Ewallet { provider, phone } => {
                let digits = phone.digits();
                let local = digits.strip_prefix("62").filter(|_| self.wallet_number == WalletNumber::Local);
                (provider.as_str(), local.map_or_else(|| digits.to_owned(), |rest| format!("0{rest}")))
            }
            _ => return None,
        };
        self.channels.get(place).map(|channel| (channel.as_str(), account))
    }

    async fn send(&self, attempt: &DurableAttempt) -> SubmitOutcome {
        let Some(sent) = Sent::read(attempt.body(), attempt.reference(), attempt.amount()) else {
            // Not a body of this rail, or not of this attempt. It stays where it is.
            return SubmitOutcome::NotSent { cause: Cause::BadRequest, retry_after_seconds: None };
        };
        match self.caller.post(PATH, (KEY, attempt.reference().as_str()), attempt.body()).await {
            Heard::NotSent => SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None },
            Heard::Lost(doubt) => SubmitOutcome::Unknown { doubt, evidence: None },
            Heard::Answered(answer) => self.of_submit(&answer, &sent),
        }
    }

    fn of_submit(&self, answer: &Answer, sent: &Sent<'_>) -> SubmitOutcome {
        if let Some(payout) = payout(answer) {
            let evidence = payout.evidence(answer);
            let unknown = |doubt, evidence| SubmitOutcome::Unknown { doubt, evidence: Some(evidence) };
            let Some(standing) = payout.standing() else { return unknown(Doubt::Unreadable, evidence) };
            if let Some(field) = payout.contradiction(sent, &self.business_id) {
                return SubmitOutcome::Contradicted { field: field.to_owned(), evidence };
            }
            return match standing {
                Standing::AtWork => SubmitOutcome::Accepted(evidence),
                Standing::Paid => SubmitOutcome::Settled(evidence),
                Standing::Failed(_) | Standing::Reversed => unknown(Doubt::Duplicate, evidence),
            };
        }
        let (action, code) = error(answer);
        let evidence = answer.evidence(&code, None);
        match action {
            Some(Action::Refused(cause)) => SubmitOutcome::Refused(Refusal { cause, evidence }),
            Some(Action::NotExecuted(cause)) => {
                SubmitOutcome::NotSent { cause, retry_after_seconds: answer.retry_after_seconds }
            }
            Some(Action::AskInconsistent) => {
                SubmitOutcome::Unknown { doubt: Doubt::Inconsistent, evidence: Some(evidence) }
            }
            // "Not found" answers a question; in reply to an order it says nothing.
            Some(Action::NotFound) | None => SubmitOutcome::Unknown { doubt: answer.doubt(), evidence: Some(evidence) },
        }
    }

    async fn ask(&self, attempt: &StoredAttempt) -> InquiryAnswer {
        let nothing = InquiryAnswer::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None };
        let Some(sent) = Sent::read(attempt.body(), attempt.reference(), attempt.amount()) else { return nothing };
        if !sent.reference_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return nothing;
        }
        match self.caller.get(&format!("{PATH}?reference_id={}", sent.reference_id)).await {
            Heard::NotSent => InquiryAnswer::Unavailable { cause: Cause::RailUnreachable, retry_after_seconds: None },
            Heard::Lost(_) => nothing,
            Heard::Answered(answer) => self.of_inquiry(&answer, &sent),
        }
    }

    fn of_inquiry(&self, answer: &Answer, sent: &Sent<'_>) -> InquiryAnswer {
        let unavailable = |(cause, retry_after_seconds)| InquiryAnswer::Unavailable { cause, retry_after_seconds };
        let listed: Option<Payouts> = if answer.http == 200 { answer.read() } else { None };
        let Some(Payouts { data, has_more: false }) = listed else {
            let (action, code) = error(answer);
            return match action {
                Some(Action::NotFound) => InquiryAnswer::NotFound(answer.evidence(&code, None)),
                Some(Action::NotExecuted(cause)) => unavailable((cause, answer.retry_after_seconds)),
                _ => unavailable(answer.unasked()),
            };
        };
        if let Some(field) = data.iter().find_map(|payout| payout.contradiction(sent, &self.business_id)) {
            return InquiryAnswer::Contradicted { field: field.to_owned(), evidence: answer.evidence("", None) };
        }
        let Some(standings) = data.iter().map(Payout::standing).collect::<Option<Vec<_>>>() else {
            return unavailable((Cause::NoAnswer, None));
        };
        let is_live = |standing: &Standing| matches!(standing, Standing::AtWork | Standing::Paid);
        if standings.iter().filter(|standing| is_live(standing)).count() > 1 {
            // One key was answered with two payouts.
            return InquiryAnswer::Contradicted {
                field: "reference_id".to_owned(),
                evidence: answer.evidence("", None),
            };
        }
        // What counts is the one that is alive, else the one that came back, else the one that failed.
        let rank = |standing: &Standing| match standing {
            Standing::Paid | Standing::AtWork => 2,
            Standing::Reversed => 1,
            Standing::Failed(_) => 0,
        };
        let Some((payout, standing)) = data.iter().zip(standings).max_by_key(|(_, standing)| rank(standing)) else {
            return InquiryAnswer::NotFound(answer.evidence("", None));
        };
        let evidence = payout.evidence(answer);
        match standing {
            Standing::AtWork => InquiryAnswer::InProgress(evidence),
            Standing::Paid => InquiryAnswer::Success(evidence),
            Standing::Reversed => InquiryAnswer::Refunded { amount: Rupiah::new(sent.amount).ok(), evidence },
            Standing::Failed(otherwise) => {
                let cause = payout.failure_code.as_deref().and_then(table::failure).unwrap_or(otherwise);
                InquiryAnswer::Failed(Refusal { cause, evidence })
            }
        }
    }
}

impl Rail for XenditRail {
    fn id(&self) -> &RailId {
        &self.id
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        let (channel, account) = self.channel(order.destination).ok_or(ComposeError::NotServed)?;
        let body = Sent {
            reference_id: order.reference.as_str().into(),
            channel_code: channel.into(),
            channel_properties: Properties {
                account_number: account.into(),
                account_holder_name: order.inquired_name.unwrap_or(order.name.as_str()).into(),
            },
            amount: order.amount.value(),
            currency: "IDR".into(),
            description: "Upah".into(),
        };
        // Strings and a number cannot fail to be written.
        serde_json::to_string(&body).map_err(|_| ComposeError::TooLong)
    }

    fn submit<'a>(&'a self, attempt: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        Box::pin(self.send(attempt))
    }

    fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        Box::pin(self.ask(attempt))
    }

    fn callbacks(&self) -> Option<&dyn Callbacks> {
        self.callbacks.as_ref().map(|callbacks| callbacks as &dyn Callbacks)
    }
}

/// The stored body.
#[derive(Serialize, Deserialize)]
struct Sent<'a> {
    #[serde(borrow)]
    reference_id: Cow<'a, str>,
    #[serde(borrow)]
    channel_code: Cow<'a, str>,
    #[serde(borrow)]
    channel_properties: Properties<'a>,
    amount: u64,
    #[serde(borrow)]
    currency: Cow<'a, str>,
    #[serde(borrow)]
    description: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct Properties<'a> {
    #[serde(borrow)]
    account_number: Cow<'a, str>,
    #[serde(borrow)]
    account_holder_name: Cow<'a, str>,
}

impl<'a> Sent<'a> {
    /// A stored body, if it is one of this rail and of this attempt.
    fn read(body: &'a str, reference: &Reference, amount: Rupiah) -> Option<Self> {
        let sent: Self = serde_json::from_str(body).ok()?;
        (sent.reference_id == reference.as_str() && sent.amount == amount.value()).then_some(sent)
    }
}

#[derive(Deserialize)]
struct Payouts {
    data: Vec<Payout>,
    #[serde(default)]
    has_more: bool,
}

/// A payout as it is told. Who is paid and how much is compared where it is told.
#[derive(Deserialize)]
struct Payout {
    id: String,
    reference_id: String,
    status: String,
    business_id: Option<String>,
    channel_code: Option<String>,
    channel_properties: Option<Told>,
    amount: Option<Number>,
    currency: Option<String>,
    failure_code: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    account_number: Option<String>,
}

impl Payout {
    fn standing(&self) -> Option<Standing> {
        table::standing(&self.status)
    }

    fn evidence(&self, answer: &Answer) -> Evidence {
        answer.evidence(&self.status, Some(self.id.clone()))
    }

    /// The first field that tells of another payout than ours.
    fn contradiction(&self, sent: &Sent<'_>, business_id: &str) -> Option<&'static str> {
        let differs = |told: Option<&String>, ours: &str| told.is_some_and(|told| told != ours);
        let ours = &sent.channel_properties.account_number;
        let account = self.channel_properties.as_ref().and_then(|told| told.account_number.as_ref());
        [
            ("reference_id", self.reference_id != *sent.reference_id),
            ("business_id", differs(self.business_id.as_ref(), business_id)),
            ("channel_code", differs(self.channel_code.as_ref(), &sent.channel_code)),
            ("account_number", account.is_some_and(|told| !is_same_account(ours, told))),
            ("amount", self.amount.as_ref().is_some_and(|told| whole(told) != Some(sent.amount))),
            ("currency", differs(self.currency.as_ref(), "IDR")),
        ]
        .into_iter()
        .find_map(|(field, differs)| differs.then_some(field))
    }
}

/// Whole rupiah, which may come as `600000.0`.
fn whole(number: &Number) -> Option<u64> {
    let text = number.to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    if decimals.bytes().all(|digit| digit == b'0') { whole.parse().ok() } else { None }
}

/// The payout in an answer that is a success.
fn payout(answer: &Answer) -> Option<Payout> {
    if matches!(answer.http, 200..=202) { answer.read() } else { None }
}

/// What the provider's own error means, with its code.
fn error(answer: &Answer) -> (Option<Action>, String) {
    #[derive(Deserialize)]
    struct Envelope {
        error_code: String,
    }
    let code = answer.read().map(|Envelope { error_code }| error_code).unwrap_or_default();
    (table::action(answer.http, &code), code)
}

/// What Xendit says unasked.
struct XenditCallbacks {
    path: String,
    token: String,
}

impl XenditCallbacks {
    fn new(path: String, token: String) -> Result<Self, ConfigError> {
        visible(&token, "the token of callbacks")?;
        let is_path = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'?');
        if is_path { Ok(Self { path, token }) } else { Err(ConfigError::CallbackPath) }
    }

    fn heard(&self, delivery: &Delivery<'_>) -> Option<Vec<Hint>> {
        #[derive(Deserialize)]
        struct Event {
            data: Payout,
        }
        let is_ours = delivery.method == "POST" && delivery.target == self.path;
        let given = delivery.header("x-callback-token").filter(|_| is_ours)?;
        if !is_token(given, &self.token) {
            return None;
        }
        let Event { data } = serde_json::from_slice(delivery.body).ok()?;
        let news = match data.standing() {
            Some(Standing::Paid | Standing::Failed(_)) => News::Ended,
            Some(Standing::Reversed) => News::Returned,
            // Work under way, or a status that is to be asked about when its time comes.
            Some(Standing::AtWork) | None => return Some(Vec::new()),
        };
        Some(vec![Hint { reference: Reference::from_stored(data.reference_id), news }])
    }
}

impl Callbacks for XenditCallbacks {
    fn paths(&self) -> Vec<String> {
        vec![self.path.clone()]
    }

    fn read(&self, delivery: &Delivery<'_>, _: Timestamp) -> Reading {
        let reply = |status, body: &str| {
            let headers = vec![("content-type", "application/json".to_owned())];
            Reply { status, headers, body: body.to_owned() }
        };
        match self.heard(delivery) {
            Some(hints) => Reading::Genuine(Notice { hints, reply: reply(200, "{}") }),
            // The same for every reason.
            None => Reading::TurnedAway(reply(401, "{\"error\":\"unauthorized\"}")),
        }
    }
}

#[cfg(test)]
mod tests;
