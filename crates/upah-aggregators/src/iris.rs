//! Midtrans Iris, "Payouts": written down with one key, released with another.
//!
//! * Creating a payout moves no money. Only the approval does, so only a lost answer to the approval is a doubt; whatever
//!   became of a creation, the same bytes may go again.
//! * What the provider calls a payout (`reference_no`) comes with the answer to its creation. When that is lost, the same
//!   key with the same body is answered with the same payout. The key is our reference, and the provider forgets it a day
//!   later: then the same bytes would be a second payout. So a body bears the time at which it was composed, nothing is
//!   created of one that is nearly a day old, and there is never more than one payout of a reference.
//! * A payout is looked at before it is approved: it has to be hers, to the last rupiah, and still to wait.
//! * Nobody can be asked by our reference. With the provider's number the payout is asked about; without it (we were
//!   stopped in between, or another store sent it) the statement of the account is searched for payouts to her account,
//!   and `notes` tells which one is ours. A statement shows what has moved: what is not in it is not found.
//! * `failed` is also said of a payout that was `completed` and came back. Which of the two it is, the record tells.
//! * A callback names the provider's number alone, so it leads to no question; what it says is asked for in time anyway.
mod statement;
mod table;

use crate::call::{
    Answer, Call, Caller, ConfigError, Heard, basic, fingerprint, form, not_sent, shown, unanswered, visible,
};
use crate::channels::Channels;
use crate::door::Door;
use crate::echo::{differs_in_account, first_difference, rupiah};
use crate::meaning::{Action, Standing, no_balance, not_ours, told_balance, unseen};
use crate::rail::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use table::{BANKS, Errors, Place, Step};
use upah_core::callback::{Callbacks, Delivery, Hint};
use upah_core::evidence::{Doubt, Evidence, InquiryAnswer, Inspection, Refusal, SubmitOutcome};
use upah_core::policy::Pattern;
use upah_core::rail::{
    AccountInquiry, Balance, BalanceInquiry, BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt,
};
use upah_core::reference::Reference;
use upah_core::{Cause, Destination, RailId, Rupiah, Timestamp};

const PREFIX: &str = "/iris/api/v1";
const PAYOUTS: &str = "/iris/api/v1/payouts";
const BALANCE: &str = "/iris/api/v1/balance";
const KEY: &str = "x-idempotency-key";
/// Keys older than 24 hours are removed at each midnight UTC. No key is older than the body that was sent under it, so
/// one hour is left for a call and for clocks that differ.
const KEY_MILLIS: u64 = 23 * 3_600_000;

/// Why a question has no answer, and how long the provider wants us to wait, in seconds.
type Unasked = (Cause, Option<u32>);

/// One merchant at Iris, as it is configured.
#[derive(Clone)]
pub struct IrisConfig {
    /// `https://app.midtrans.com`. Callbacks come with the merchant key, by which they are signed.
    pub connection: Connection,
    /// Whose balance pays, as the dashboard names the merchant. It is bound to the attempts and never sent.
    pub merchant_id: String,
    /// The user of HTTP Basic by whom payouts are written down and asked about.
    pub creator_key: String,
    /// The user by whom they are released. Its account must not ask for a one-time password.
    pub approver_key: String,
    /// How many days back the statement is searched for a payout whose number is not known.
    pub statement_days: u16,
    /// The wall clock.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl fmt::Debug for IrisConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IrisConfig").field(&self.connection).finish()
    }
}

/// Midtrans Iris. Share it: it holds the open connections.
pub struct IrisRail {
    id: RailId,
    fingerprint: String,
    channels: Channels,
    creator: Caller,
    approver: Caller,
    /// An approval leaves so long after its send began, or not at all: whoever slept in between may have been replaced.
    patience: Duration,
    statement_days: i64,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    callbacks: Option<Door>,
}

impl fmt::Debug for IrisRail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(f, "IrisRail", &self.id)
    }
}

impl IrisRail {
    /// Makes a rail; opens and sends nothing.
    ///
    /// # Errors
    /// [`ConfigError`] names what in the configuration cannot be used, never its value.
    pub fn new(config: IrisConfig) -> Result<Self, ConfigError> {
        let IrisConfig { connection, merchant_id, creator_key, approver_key, statement_days, now } = config;
        let Connection { id, base_url, channels, wallet_number, timeout, max_concurrency, callback } = connection;
        let creator = Caller::new(&base_url, basic(&creator_key, "creator_key")?, timeout, max_concurrency)?;
        Ok(Self {
            id,
            fingerprint: fingerprint(&["iris", base_url.trim_end_matches('/'), visible(&merchant_id, "merchant_id")?]),
            channels: Channels::new(&BANKS, channels, wallet_number),
            approver: creator.known_by(basic(&approver_key, "approver_key")?),
            creator,
            patience: timeout * 2,
            statement_days: i64::from(statement_days),
            now,
            callbacks: callback.map(|(path, key)| Door::new(path, key, heard)).transpose()?,
        })
    }

    /// What an attempt is bound to (safety rule 17): kind, base URL and merchant. Other keys are no other rail.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    async fn send(&self, attempt: &DurableAttempt) -> SubmitOutcome {
        let begun = Instant::now();
        let Some(sent) = Sent::read(attempt.body(), attempt.reference(), attempt.amount()) else { return not_ours() };
        if !sent.is_remembered((self.now)()) {
            return self.too_late(&sent).await;
        }
        let creation = Call::json(PAYOUTS).with(KEY, attempt.reference().as_str()).with_body(attempt.body());
        let number = match self.creator.make(creation).await {
            Heard::NotSent | Heard::Lost(_) => return not_sent(Cause::RailUnreachable),
            Heard::Answered(answer) => match created(&answer) {
                Some(number) => number,
                None => return of_creation(&answer),
            },
        };
        let (payout, evidence) = match self.look(&number).await {
            Ok(seen) => seen,
            Err((Cause::NoAnswer, _)) => return not_sent(Cause::RailUnreachable),
            Err((cause, retry_after_seconds)) => return SubmitOutcome::NotSent { cause, retry_after_seconds },
        };
        if let Some(field) = payout.contradiction(&sent) {
            return SubmitOutcome::Contradicted { field: field.to_owned(), evidence };
        }
        match table::place(&payout.status) {
            Some(Place::Waits) if begun.elapsed() < self.patience => self.approve(&number, evidence).await,
            Some(Place::Waits) => not_sent(Cause::RailUnreachable),
            Some(Place::Approved(standing)) => standing.of_order(evidence),
            None => SubmitOutcome::Unknown { doubt: Doubt::Unreadable, evidence: Some(evidence) },
        }
    }

    /// Releases a payout. `seen` is how it was found waiting: with a lost answer its number must not get lost.
    async fn approve(&self, number: &str, seen: Evidence) -> SubmitOutcome {
        let body = json!({"reference_nos": [number]}).to_string();
        match self.approver.make(Call::json(&format!("{PAYOUTS}/approve")).with_body(body)).await {
            Heard::NotSent => not_sent(Cause::RailUnreachable),
            Heard::Lost(doubt) => SubmitOutcome::Unknown { doubt, evidence: Some(seen) },
            Heard::Answered(answer) => of_approval(&answer, number),
        }
    }

    /// What is left of an attempt whose key may be forgotten: it is never created again. Whether it was paid, the
    /// statement tells.
    async fn too_late(&self, sent: &Sent<'_>) -> SubmitOutcome {
        let known = |evidence| SubmitOutcome::Unknown { doubt: Doubt::Duplicate, evidence: Some(evidence) };
        match self.search(sent, false).await {
            InquiryAnswer::NotFound(evidence) => {
                SubmitOutcome::Refused(Refusal { cause: Cause::ReferenceTooOld, evidence })
            }
            InquiryAnswer::Success(evidence)
            | InquiryAnswer::InProgress(evidence)
            | InquiryAnswer::Refunded { evidence, .. }
            | InquiryAnswer::Failed(Refusal { evidence, .. }) => known(evidence),
            InquiryAnswer::Contradicted { field, evidence } => SubmitOutcome::Contradicted { field, evidence },
            InquiryAnswer::Unavailable { cause, retry_after_seconds } => {
                SubmitOutcome::NotSent { cause, retry_after_seconds }
            }
        }
    }

    async fn ask(&self, attempt: &StoredAttempt) -> InquiryAnswer {
        let Some(sent) = Sent::read(attempt.body(), attempt.reference(), attempt.amount()) else {
            return unanswered(Cause::NoAnswer);
        };
        match attempt.provider_id().filter(|number| is_number(number)) {
            Some(number) => match self.look(number).await {
                Ok((payout, evidence)) => payout.told(&sent, attempt.was_settled(), evidence),
                Err(why) => unasked(why),
            },
            None => self.search(&sent, attempt.was_settled()).await,
        }
    }

    /// A payout by the provider's number, with its proof.
    async fn look(&self, number: &str) -> Result<(Payout, Evidence), Unasked> {
        let read = |answer: &Answer| match answer
            .read_under(200..=200)
            .filter(|payout: &Payout| payout.reference_no == number)
        {
            Some(payout) => {
                let evidence = answer.evidence(&payout.status, Some(number.to_owned()));
                Ok((payout, evidence))
            }
            None => Err(turned_away(answer)),
        };
        self.creator.make(Call::get(format!("{PAYOUTS}/{number}"))).await.asked(read, |cause| Err((cause, None)))
    }

    async fn validate(&self, destination: &Destination) -> Inspection {
        let Some((bank, account)) = self.channels.of(destination) else { return unseen(Cause::NoRoute) };
        let path = format!("{PREFIX}/account_validation?{}", form(&[("bank", bank), ("account", &account)]));
        self.creator.make(Call::get(path)).await.asked(|answer| of_look(answer, &account), unseen)
    }
}

impl Rail for IrisRail {
    fn id(&self) -> &RailId {
        &self.id
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        let (bank, account) = self.channels.of(order.destination).ok_or(ComposeError::NotServed)?;
        let payout = Ordered {
            beneficiary_name: order.inquired_name.unwrap_or(order.name.as_str()).into(),
            beneficiary_account: account.into(),
            beneficiary_bank: bank.into(),
            amount: order.amount.value().to_string().into(),
            notes: format!("Upah {} {}", order.reference, order.at.millis().div_euclid(1_000)).into(),
        };
        // Strings cannot fail to be written.
        serde_json::to_string(&Body { payouts: [payout] }).map_err(|_| ComposeError::TooLong)
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
        Some(self)
    }

    fn balance(&self) -> Option<&dyn BalanceInquiry> {
        Some(self)
    }

    fn callbacks(&self) -> Option<&dyn Callbacks> {
        self.callbacks.as_ref().map(|callbacks| callbacks as &dyn Callbacks)
    }
}

impl AccountInquiry for IrisRail {
    fn inspect<'a>(&'a self, destination: &'a Destination, _: Rupiah) -> BoxFuture<'a, Inspection> {
        Box::pin(self.validate(destination))
    }
}

impl BalanceInquiry for IrisRail {
    fn available(&self) -> BoxFuture<'_, Balance> {
        Box::pin(async { self.creator.make(Call::get(BALANCE.to_owned())).await.asked(of_balance, no_balance) })
    }
}

/// The stored body, as it is sent to the creation.
#[derive(Serialize, Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    payouts: [Ordered<'a>; 1],
}

#[derive(Serialize, Deserialize)]
struct Ordered<'a> {
    #[serde(borrow)]
    beneficiary_name: Cow<'a, str>,
    #[serde(borrow)]
    beneficiary_account: Cow<'a, str>,
    #[serde(borrow)]
    beneficiary_bank: Cow<'a, str>,
    #[serde(borrow)]
    amount: Cow<'a, str>,
    #[serde(borrow)]
    notes: Cow<'a, str>,
}

/// What of a stored body is compared with what is told.
struct Sent<'a> {
    account: Cow<'a, str>,
    reference: &'a str,
    amount: u64,
    /// When it was composed.
    at: Timestamp,
}

impl<'a> Sent<'a> {
    /// A stored body, if it is one of this rail and of this attempt.
    fn read(body: &'a str, reference: &'a Reference, amount: Rupiah) -> Option<Self> {
        let Body { payouts: [payout] } = serde_json::from_str(body).ok()?;
        let mut notes = payout.notes.split(' ').skip(1);
        let is_ours = notes.next() == Some(reference.as_str()) && payout.amount == amount.value().to_string();
        let seconds: i64 = notes.next()?.parse().ok()?;
        let at = Timestamp::from_millis(seconds.checked_mul(1_000)?);
        let (account, reference, amount) = (payout.beneficiary_account, reference.as_str(), amount.value());
        is_ours.then_some(Self { account, reference, amount, at })
    }

    /// Whether the provider still knows the key: then the same bytes are the same payout.
    fn is_remembered(&self, now: Timestamp) -> bool {
        now.millis_since(self.at) < KEY_MILLIS
    }

    /// Whether notes are those of this reference.
    fn is_noted(&self, notes: &str) -> bool {
        notes.split(' ').any(|word| word == self.reference)
    }
}

/// A payout as it is told. Whom it pays and how much is compared where it is told; its bank has another name here.
#[derive(Deserialize)]
struct Payout {
    reference_no: String,
    status: String,
    amount: Option<String>,
    beneficiary_account: Option<String>,
    notes: Option<String>,
    /// The documentation knows it in callbacks alone.
    error_code: Option<String>,
}

impl Payout {
    /// The first field that tells of another payout than ours.
    fn contradiction(&self, sent: &Sent<'_>) -> Option<&'static str> {
        first_difference([
            ("notes", self.notes.as_deref().is_some_and(|notes| !sent.is_noted(notes))),
            ("beneficiary_account", differs_in_account(self.beneficiary_account.as_ref(), &sent.account)),
            ("amount", self.amount.as_deref().is_some_and(|told| rupiah(told) != Some(sent.amount))),
        ])
    }

    /// As the answer to a question.
    fn told(&self, sent: &Sent<'_>, was_settled: bool, evidence: Evidence) -> InquiryAnswer {
        if let Some(field) = self.contradiction(sent) {
            return InquiryAnswer::Contradicted { field: field.to_owned(), evidence };
        }
        let standing = match table::place(&self.status) {
            // It moves no money before it is approved, and that is done by sending it again.
            Some(Place::Waits) => return InquiryAnswer::NotFound(evidence),
            Some(Place::Approved(Standing::Failed(_))) if was_settled => Standing::Reversed,
            Some(Place::Approved(Standing::Failed(otherwise))) => {
                Standing::Failed(self.error_code.as_deref().and_then(table::failure).unwrap_or(otherwise))
            }
            Some(Place::Approved(standing)) => standing,
            None => return unanswered(Cause::NoAnswer),
        };
        standing.of_question(sent.amount, evidence)
    }
}

/// Whose an account is. A name counts for the account that the answer names.
fn of_look(answer: &Answer, account: &str) -> Inspection {
    #[derive(Deserialize)]
    struct Validated {
        account_no: String,
        account_name: Option<String>,
    }
    match answer.read_under(200..=200) {
        Some(Validated { account_no, account_name }) if !differs_in_account(Some(&account_no), account) => {
            Inspection::Found { name: account_name.unwrap_or_default(), session: None }
        }
        Some(_) => unseen(Cause::EvidenceConflict),
        None => Action::of_look(action(Step::Look, answer), answer.evidence("", None), answer),
    }
}

fn of_balance(answer: &Answer) -> Balance {
    #[derive(Deserialize)]
    struct Told {
        balance: String,
    }
    match answer.read_under::<Told>(200..=200).and_then(|told| serde_json::from_str(&told.balance).ok()) {
        Some(available) => told_balance(&available),
        None => no_balance(turned_away(answer).0),
    }
}

/// What the provider calls a payout, if it can stand in a path.
fn is_number(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The number of the one payout that a creation tells of.
fn created(answer: &Answer) -> Option<String> {
    #[derive(Deserialize)]
    struct Created {
        payouts: [Made; 1],
    }
    #[derive(Deserialize)]
    struct Made {
        reference_no: String,
    }
    let Created { payouts: [made] } = answer.read_under(200..=202)?;
    Some(made.reference_no).filter(|number| is_number(number))
}

/// A creation that told of no payout. Nothing has moved by it; whether its key is known with another body is asked.
fn of_creation(answer: &Answer) -> SubmitOutcome {
    match action(Step::Create, answer) {
        None => not_sent(Cause::RailUnreachable),
        action => Action::of_order(action, answer.evidence("", None), answer),
    }
}

fn of_approval(answer: &Answer, number: &str) -> SubmitOutcome {
    #[derive(Deserialize)]
    struct Approved {
        status: String,
    }
    let said: Option<Approved> = answer.read_under(200..=202);
    let evidence = |code| answer.evidence(code, Some(number.to_owned()));
    match said {
        Some(said) if said.status == "ok" => SubmitOutcome::Accepted(evidence("ok")),
        _ => Action::of_order(action(Step::Approve, answer), evidence(""), answer),
    }
}

/// What the provider's own error means, if it is one: there are no codes, and messages are not matched.
fn action(step: Step, answer: &Answer) -> Option<Action> {
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(rename = "error_message")]
        _message: String,
        #[serde(default)]
        errors: Value,
    }
    let Envelope { errors, .. } = answer.read()?;
    let errors = match errors {
        Value::Object(fields) if fields.contains_key("account") => Errors::OfAccount,
        Value::Object(_) | Value::Array(_) => Errors::Listed,
        _ => Errors::Text,
    };
    table::action(step, answer.http, errors)
}

/// Why a question that was not answered as it should has no answer.
fn turned_away(answer: &Answer) -> Unasked {
    match action(Step::Ask, answer) {
        Some(Action::NotExecuted(cause)) => (cause, answer.retry_after_seconds),
        _ => answer.unasked(),
    }
}

fn unasked((cause, retry_after_seconds): Unasked) -> InquiryAnswer {
    InquiryAnswer::Unavailable { cause, retry_after_seconds }
}

/// What Iris says unasked. It names its own number alone, so it is acknowledged and leads to no question.
fn heard(door: &Door, delivery: &Delivery<'_>) -> Option<Vec<Hint>> {
    #[derive(Deserialize)]
    struct Event {
        #[serde(rename = "reference_no")]
        _number: String,
    }
    delivery.header("iris-signature").filter(|given| door.hashes_to(given, delivery.body))?;
    let _: Event = serde_json::from_slice(delivery.body).ok()?;
    Some(Vec::new())
}

#[cfg(test)]
mod tests;
