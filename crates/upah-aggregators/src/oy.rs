//! OY! Indonesia, disbursements.
//!
//! * A disbursement is taken on (101) and paid later; it is asked about by our reference, the `partner_trx_id`, no sooner
//!   than a minute after it was ordered.
//! * A code means one thing on an order and another on a question. That 203 or 257 refuses an order says that an earlier
//!   one has its reference, so that one is asked about; 504 and 999 say nothing about the money.
//! * Who ordered twice under one reference is told so whatever the second body said: bodies are not compared there.
//! * A way back of a success is not documented. Settled wages are asked about all the same, as long as the policy says.
//! * A callback is not signed. It is heard when it comes with a secret that stands in the address that OY! was given,
//!   and is a hint then, as every callback is.
mod table;

pub use crate::channels::WalletNumber;

use crate::call::{Answer, Caller, ConfigError, fingerprint, shown, unanswered, visible};
use crate::channels::Channels;
use crate::door::{Door, hint};
use crate::echo::{differs, differs_in_account, differs_in_rupiah, first_difference};
use crate::meaning::{Action, Word, no_balance, not_ours, told_balance, unseen};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use table::WALLETS;
use upah_core::callback::{Callbacks, Delivery, Hint};
use upah_core::evidence::{Evidence, InquiryAnswer, Inspection, SubmitOutcome};
use upah_core::rail::{
    AccountInquiry, Balance, BalanceInquiry, BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt,
};
use upah_core::reference::Reference;
use upah_core::{Cause, Destination, RailId, Rupiah};

const ORDER: &str = "/api/remit";
const QUESTION: &str = "/api/remit-status";
const LOOK: &str = "/api/account-inquiry";
const BALANCE: &str = "/api/balance";

/// The status of a disbursement is asked about so long after it was ordered, in seconds, and not sooner.
pub const INQUIRE_AFTER_SECONDS: u32 = 60;

/// One partner of OY!, as it is configured.
#[derive(Clone)]
pub struct OyConfig {
    /// The rail's name.
    pub id: RailId,
    /// `https://partner.oyindonesia.com`, or the staging of it.
    pub base_url: String,
    /// The partner whose balance pays.
    pub username: String,
    /// Its key.
    pub api_key: String,
    /// Codes by bank code (`014`) or wallet (`dana`), where OY! has others.
    pub channels: BTreeMap<String, String>,
    /// How a wallet's phone number is written.
    pub wallet_number: WalletNumber,
    /// Of a whole call.
    pub timeout: Duration,
    /// How many connections are kept open for the next call.
    pub max_concurrency: usize,
    /// Where OY! may call us, and the secret that stands behind `?token=` in the address that it was given.
    pub callback: Option<(String, String)>,
}

impl fmt::Debug for OyConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(f, "OyConfig", &self.id)
    }
}

impl OyConfig {
    /// What an attempt is bound to (safety rule 17): kind, base URL and partner. Another key is no other rail.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&["oy", self.base_url.trim_end_matches('/'), &self.username])
    }
}

/// OY!. Share it: it holds the open connections.
pub struct OyRail {
    id: RailId,
    fingerprint: String,
    channels: Channels,
    caller: Caller,
    callbacks: Option<Door>,
}

impl fmt::Debug for OyRail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(f, "OyRail", &self.id)
    }
}

impl OyRail {
    /// Makes a rail; opens and sends nothing.
    ///
    /// # Errors
    /// [`ConfigError`] names what in the configuration cannot be used, never its value.
    pub fn new(config: OyConfig) -> Result<Self, ConfigError> {
        let fingerprint = config.fingerprint();
        let header = |text: &str, field| visible(text, field).map(str::to_owned);
        let identity = vec![
            ("x-oy-username", header(&config.username, "username")?),
            ("x-api-key", header(&config.api_key, "api_key")?),
        ];
        let caller = Caller::new(&config.base_url, identity, config.timeout, config.max_concurrency)?;
        let callbacks = config.callback.map(|(path, token)| Door::by_address(path, token, heard)).transpose()?;
        let channels = Channels::new(&WALLETS, config.channels, config.wallet_number).and_banks_by_code();
        Ok(Self { id: config.id, fingerprint, channels, caller, callbacks })
    }

    /// [`OyConfig::fingerprint`] of the configuration it was made of.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    async fn send(&self, attempt: &DurableAttempt) -> SubmitOutcome {
        let Some(sent) = Sent::read(attempt.body(), attempt.reference(), attempt.amount()) else { return not_ours() };
        self.caller.post(ORDER, &[], attempt.body()).await.ordered(|answer| of_submit(answer, &sent))
    }

    async fn ask(&self, attempt: &StoredAttempt) -> InquiryAnswer {
        let Some(sent) = Sent::read(attempt.body(), attempt.reference(), attempt.amount()) else {
            return unanswered(Cause::NoAnswer);
        };
        let question = serde_json::json!({"partner_trx_id": sent.partner_trx_id, "send_callback": false}).to_string();
        self.caller.post(QUESTION, &[], &question).await.asked(|answer| of_inquiry(answer, &sent), unanswered)
    }

    async fn look(&self, destination: &Destination) -> Inspection {
        let Some((bank, account)) = self.channels.of(destination) else { return unseen(Cause::NoRoute) };
        let question = serde_json::json!({"bank_code": bank, "account_number": account}).to_string();
        self.caller.post(LOOK, &[], &question).await.asked(|answer| of_look(answer, bank, &account), unseen)
    }
}

impl Rail for OyRail {
    fn id(&self) -> &RailId {
        &self.id
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        let (bank, account) = self.channels.of(order.destination).ok_or(ComposeError::NotServed)?;
        let body = Sent {
            recipient_bank: bank.into(),
            recipient_account: account.into(),
            amount: order.amount.value(),
            note: "Upah".into(),
            partner_trx_id: order.reference.as_str().into(),
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

    fn account_inquiry(&self) -> Option<&dyn AccountInquiry> {
        Some(self)
    }

    fn balance(&self) -> Option<&dyn BalanceInquiry> {
        Some(self)
    }

    fn callbacks(&self) -> Option<&dyn Callbacks> {
        self.callbacks.as_ref().map(|callbacks| callbacks as &dyn Callbacks)
    }
}

impl AccountInquiry for OyRail {
    fn inspect<'a>(&'a self, destination: &'a Destination, _: Rupiah) -> BoxFuture<'a, Inspection> {
        Box::pin(self.look(destination))
    }
}

impl BalanceInquiry for OyRail {
    fn available(&self) -> BoxFuture<'_, Balance> {
        Box::pin(async { self.caller.get(BALANCE).await.asked(of_balance, no_balance) })
    }
}

/// The stored body.
#[derive(Serialize, Deserialize)]
struct Sent<'a> {
    #[serde(borrow)]
    recipient_bank: Cow<'a, str>,
    #[serde(borrow)]
    recipient_account: Cow<'a, str>,
    amount: u64,
    #[serde(borrow)]
    note: Cow<'a, str>,
    #[serde(borrow)]
    partner_trx_id: Cow<'a, str>,
}

impl<'a> Sent<'a> {
    /// A stored body, if it is one of this rail and of this attempt.
    fn read(body: &'a str, reference: &Reference, amount: Rupiah) -> Option<Self> {
        let sent: Self = serde_json::from_str(body).ok()?;
        (sent.partner_trx_id == reference.as_str() && sent.amount == amount.value()).then_some(sent)
    }
}

#[derive(Deserialize)]
struct Status {
    code: String,
}

/// A disbursement as it is told. Who is paid and how much is compared where it is told.
#[derive(Deserialize)]
struct Told {
    status: Status,
    partner_trx_id: Option<String>,
    trx_id: Option<String>,
    amount: Option<Number>,
    recipient_bank: Option<String>,
    recipient_account: Option<String>,
}

impl Told {
    /// OY!'s own words, if they are.
    fn read(answer: &Answer) -> Option<Self> {
        answer.read().filter(|told: &Self| table::is_own(answer.http, &told.status.code))
    }

    /// What its code says by the table of the call. A disbursement that bears no reference is nobody's.
    fn word(&self, table: fn(&str) -> Option<Word>) -> Option<Word> {
        table(&self.status.code).filter(|word| self.partner_trx_id.is_some() || matches!(word, Word::Denies(_)))
    }

    fn evidence(&self, answer: &Answer) -> Evidence {
        answer.evidence(&self.status.code, self.trx_id.clone())
    }

    /// The first field that tells of another disbursement than ours.
    fn contradiction(&self, sent: &Sent<'_>) -> Option<&'static str> {
        first_difference([
            ("partner_trx_id", differs(self.partner_trx_id.as_ref(), &sent.partner_trx_id)),
            ("recipient_bank", differs(self.recipient_bank.as_ref(), &sent.recipient_bank)),
            ("recipient_account", differs_in_account(self.recipient_account.as_ref(), &sent.recipient_account)),
            ("amount", differs_in_rupiah(self.amount.as_ref(), sent.amount)),
        ])
    }
}

fn of_submit(answer: &Answer, sent: &Sent<'_>) -> SubmitOutcome {
    let Some(told) = Told::read(answer) else { return Word::of_order(None, answer.evidence("", None), answer) };
    match told.contradiction(sent) {
        Some(field) => SubmitOutcome::Contradicted { field: field.to_owned(), evidence: told.evidence(answer) },
        None => Word::of_order(told.word(table::of_order), told.evidence(answer), answer),
    }
}

fn of_inquiry(answer: &Answer, sent: &Sent<'_>) -> InquiryAnswer {
    let Some(told) = Told::read(answer) else { return Action::of_question(None, answer.evidence("", None), answer) };
    match told.contradiction(sent) {
        Some(field) => InquiryAnswer::Contradicted { field: field.to_owned(), evidence: told.evidence(answer) },
        None => Word::of_question(told.word(table::of_question), sent.amount, told.evidence(answer), answer),
    }
}

/// Whose an account is. A name counts for the account that the answer names.
fn of_look(answer: &Answer, bank: &str, account: &str) -> Inspection {
    #[derive(Deserialize)]
    struct Holder {
        status: Status,
        bank_code: Option<String>,
        account_number: Option<String>,
        account_name: Option<String>,
    }
    let told: Option<Holder> = answer.read().filter(|told: &Holder| table::is_own(answer.http, &told.status.code));
    let Some(told) = told else { return Action::of_look(None, answer.evidence("", None), answer) };
    if differs(told.bank_code.as_ref(), bank) || differs_in_account(told.account_number.as_ref(), account) {
        return unseen(Cause::EvidenceConflict);
    }
    match (told.status.code.as_str(), told.account_name) {
        ("000", Some(name)) => Inspection::Found { name, session: None },
        (code, _) => Action::of_look(table::of_look(code), answer.evidence(code, None), answer),
    }
}

/// What may be spent: the balance and its overdraft, less what is under way.
fn of_balance(answer: &Answer) -> Balance {
    #[derive(Deserialize)]
    struct Told {
        status: Status,
        #[serde(rename = "availableBalance")]
        available: Option<Number>,
    }
    let told: Option<Told> = answer.read().filter(|told: &Told| table::is_own(answer.http, &told.status.code));
    match told {
        Some(Told { status, available: Some(available) }) if status.code == "000" => told_balance(&available),
        Some(Told { status, .. }) => table::of_balance(&status.code).map_or(Balance::NotTold, no_balance),
        None => Balance::NotTold,
    }
}

/// What OY! says unasked, at the address that bears the secret.
fn heard(door: &Door, delivery: &Delivery<'_>) -> Option<Vec<Hint>> {
    if !door.is_address_of(delivery) {
        return None;
    }
    let told: Told = serde_json::from_slice(delivery.body).ok()?;
    let news = told.word(table::of_question).and_then(Word::news);
    Some(hint(told.partner_trx_id?, news))
}

#[cfg(test)]
mod tests;
