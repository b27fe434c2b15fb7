//! The rail that a provider becomes which takes an order in one call.
//!
//! A [`Provider`] says what to send and what an answer means, and calls nobody; here it is sent and heard, the same for
//! all of them. One that needs two calls for a payment implements [`Rail`] itself, over the same [`Caller`].
use crate::call::{Answer, Call, Caller, ConfigError, fingerprint, shown, unanswered};
use crate::channels::{Channels, WalletNumber};
use crate::door::Door;
use crate::meaning::{no_balance, not_ours, unseen};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use upah_core::callback::Callbacks;
use upah_core::evidence::{InquiryAnswer, Inspection, SubmitOutcome};
use upah_core::policy::Pattern;
use upah_core::rail::{
    AccountInquiry, Balance, BalanceInquiry, BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt,
};
use upah_core::{Cause, Destination, RailId, Rupiah};

/// What every aggregator is configured with.
#[derive(Clone)]
pub struct Connection {
    /// The rail's name.
    pub id: RailId,
    /// `https://host/path`, without a slash at its end; `http://` to this machine alone.
    pub base_url: String,
    /// Channels by bank code (`014`) or wallet (`dana`), beside and before the built-in ones.
    pub channels: BTreeMap<String, String>,
    /// How a wallet's phone number is written.
    pub wallet_number: WalletNumber,
    /// Of a whole call.
    pub timeout: Duration,
    /// How many connections are kept open for the next call.
    pub max_concurrency: usize,
    /// Where the provider may call us, and the secret with which it proves that it is the provider.
    pub callback: Option<(String, String)>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(f, "Connection", &self.id)
    }
}

#[cfg(test)]
impl Connection {
    pub(crate) fn for_tests(base_url: &str) -> Self {
        Self {
            id: "aggregator".parse().unwrap(),
            base_url: base_url.into(),
            channels: BTreeMap::new(),
            wallet_number: WalletNumber::Local,
            timeout: Duration::from_secs(1),
            max_concurrency: 1,
            callback: None,
        }
    }
}

/// An attempt, whether it is sent or asked about.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// Our reference.
    pub(crate) reference: &'a str,
    /// The instructed amount, whole rupiah.
    pub(crate) amount: u64,
    /// The stored bytes.
    pub(crate) body: &'a str,
}

/// What differs between aggregators. Nothing here calls anybody.
pub trait Provider: Send + Sync + 'static {
    /// The stored body, read.
    type Sent<'a>: Send + Sync;

    /// Reads a stored body, if it is one of this provider and of this attempt.
    fn read<'a>(&self, attempt: Attempt<'a>) -> Option<Self::Sent<'a>>;

    /// Makes the body of an order to an account of a channel.
    ///
    /// # Errors
    /// The order cannot be expressed at this provider.
    fn compose(&self, order: &Order<'_>, channel: &str, account: &str) -> Result<String, ComposeError>;

    /// Where an order goes, and with which headers. Its body is the stored one.
    fn order(&self, sent: &Self::Sent<'_>) -> Call;

    /// What an answer says of an order.
    fn of_order(&self, sent: &Self::Sent<'_>, answer: &Answer) -> SubmitOutcome;

    /// The question about a payment, by our own reference.
    fn question(&self, sent: &Self::Sent<'_>) -> Call;

    /// What an answer says of a payment.
    fn of_question(&self, sent: &Self::Sent<'_>, answer: &Answer) -> InquiryAnswer;

    /// Questions about accounts and the balance, where the provider answers them.
    fn desk(&self) -> Option<&dyn Desk> {
        None
    }
}

/// What a provider tells besides payments.
pub trait Desk: Send + Sync {
    /// The question whose an account of a channel is.
    fn look(&self, channel: &str, account: &str) -> Call;

    /// What an answer says of that account.
    fn of_look(&self, channel: &str, account: &str, answer: &Answer) -> Inspection;

    /// The question for the balance.
    fn balance(&self) -> Call;

    /// What an answer says of the balance.
    fn of_balance(&self, answer: &Answer) -> Balance;
}

/// An aggregator. Share it: it holds the open connections.
pub struct AggregatorRail<P> {
    id: RailId,
    fingerprint: String,
    channels: Channels,
    caller: Caller,
    door: Option<Door>,
    provider: P,
}

impl<P> fmt::Debug for AggregatorRail<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(f, "AggregatorRail", &self.id)
    }
}

impl<P> AggregatorRail<P> {
    /// What an attempt is bound to (safety rule 17): kind, base URL, and whose balance pays. Another key is no other rail.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Makes a rail of a provider; opens and sends nothing.
    pub(crate) fn over(connection: Connection, parts: Parts<P>) -> Result<Self, ConfigError> {
        let Connection { id, base_url, channels, wallet_number, timeout, max_concurrency, callback } = connection;
        Ok(Self {
            id,
            fingerprint: fingerprint(&[parts.kind, base_url.trim_end_matches('/'), &parts.payer]),
            channels: Channels::new(parts.built_in, channels, wallet_number),
            caller: Caller::new(&base_url, parts.identity, timeout, max_concurrency)?,
            door: callback.map(|(path, secret)| (parts.door)(path, secret)).transpose()?,
            provider: parts.provider,
        })
    }
}

/// What a provider's module makes a rail of.
pub(crate) struct Parts<P> {
    /// Its kind in the configuration.
    pub(crate) kind: &'static str,
    /// Whose balance pays.
    pub(crate) payer: String,
    /// The headers by which the provider knows us.
    pub(crate) identity: Vec<(&'static str, String)>,
    /// Its channels.
    pub(crate) built_in: &'static [(&'static str, &'static str)],
    /// What a path and a secret make of it that the provider may call.
    pub(crate) door: fn(String, String) -> Result<Door, ConfigError>,
    /// What to send, and what an answer means.
    pub(crate) provider: P,
}

impl<P: Provider> AggregatorRail<P> {
    async fn send(&self, attempt: &DurableAttempt) -> SubmitOutcome {
        let (reference, amount) = (attempt.reference().as_str(), attempt.amount().value());
        let Some(sent) = self.provider.read(Attempt { reference, amount, body: attempt.body() }) else {
            return not_ours();
        };
        let call = self.provider.order(&sent).with_body(attempt.body());
        self.caller.make(call).await.ordered(|answer| self.provider.of_order(&sent, answer))
    }

    async fn ask(&self, attempt: &StoredAttempt) -> InquiryAnswer {
        let (reference, amount) = (attempt.reference().as_str(), attempt.amount().value());
        let Some(sent) = self.provider.read(Attempt { reference, amount, body: attempt.body() }) else {
            return unanswered(Cause::NoAnswer);
        };
        let question = self.provider.question(&sent);
        self.caller.make(question).await.asked(|answer| self.provider.of_question(&sent, answer), unanswered)
    }

    async fn look(&self, destination: &Destination) -> Inspection {
        let (Some(desk), Some((channel, account))) = (self.provider.desk(), self.channels.of(destination)) else {
            return unseen(Cause::NoRoute);
        };
        let question = desk.look(channel, &account);
        self.caller.make(question).await.asked(|answer| desk.of_look(channel, &account, answer), unseen)
    }

    async fn ask_balance(&self) -> Balance {
        let Some(desk) = self.provider.desk() else { return Balance::NotTold };
        self.caller.make(desk.balance()).await.asked(|answer| desk.of_balance(answer), no_balance)
    }
}

impl<P: Provider> Rail for AggregatorRail<P> {
    fn id(&self) -> &RailId {
        &self.id
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        let (channel, account) = self.channels.of(order.destination).ok_or(ComposeError::NotServed)?;
        self.provider.compose(order, channel, &account)
    }

    fn reaches(&self) -> Option<Vec<Pattern>> {
        Some(self.channels.reach())
    }

    fn submit<'a>(&'a self, attempt: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        Box::pin(self.send(attempt))
    }

    fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        Box::pin(self.ask(attempt))
    }

    fn account_inquiry(&self) -> Option<&dyn AccountInquiry> {
        self.provider.desk().map(|_| self as &dyn AccountInquiry)
    }

    fn balance(&self) -> Option<&dyn BalanceInquiry> {
        self.provider.desk().map(|_| self as &dyn BalanceInquiry)
    }

    fn callbacks(&self) -> Option<&dyn Callbacks> {
        self.door.as_ref().map(|door| door as &dyn Callbacks)
    }
}

impl<P: Provider> AccountInquiry for AggregatorRail<P> {
    fn inspect<'a>(&'a self, destination: &'a Destination, _: Rupiah) -> BoxFuture<'a, Inspection> {
        Box::pin(self.look(destination))
    }
}

impl<P: Provider> BalanceInquiry for AggregatorRail<P> {
    fn available(&self) -> BoxFuture<'_, Balance> {
        Box::pin(self.ask_balance())
    }
}
