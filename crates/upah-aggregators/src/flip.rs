//! Flip for Business, disbursements v3.
//!
//! * An order is a form, and its `idempotency-key` is our reference; an order with the same key makes no second
//!   disbursement. What becomes of another body under it is not documented: whatever is told is compared with ours.
//! * The reference stands in the remark as well, so that the stored bytes bear it, and the worker's statement. A remark
//!   has at most 18 characters: so many have the references of this rail ([`REFERENCE_CHARACTERS`]).
//! * Each send bears its time. Flip does not process one that is more than a minute old, so that what a process that
//!   sleeps holds in its hands is soon worth nothing ([`FRESH_SECONDS`], safety rule 10).
//! * A disbursement is taken on (`PENDING`) and is `DONE` or `CANCELLED` later. A first answer that tells of an end is
//!   about an earlier send.
//! * Whose an account is, is found out in the background; until then nobody knows.
//! * A callback is a form that bears a token which is always the same. It is a hint, as every callback is.
mod table;

use crate::call::{Answer, Call, ConfigError, basic, form, unanswered, visible};
use crate::door::{Door, hint};
use crate::echo::{Written, differs, differs_in_account, differs_in_rupiah, first_difference};
use crate::meaning::{Action, Standing, no_balance, told_balance, unseen};
use crate::rail::{AggregatorRail, Attempt, Connection, Desk, Parts, Provider};
use serde::Deserialize;
use serde_json::Number;
use std::fmt;
use std::sync::Arc;
use table::CHANNELS;
use upah_core::callback::{Delivery, Hint};
use upah_core::evidence::{Doubt, Evidence, InquiryAnswer, Inspection, SubmitOutcome};
use upah_core::rail::{Balance, ComposeError, Order};
use upah_core::{Cause, Timestamp};

/// How many characters a remark may have, and so a reference of this rail.
pub const REFERENCE_CHARACTERS: u8 = 18;

/// Flip does not process an order whose time is older, in seconds.
pub const FRESH_SECONDS: u32 = 60;

/// Tells the time of a send.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// One business at Flip, as it is configured.
#[derive(Clone)]
pub struct FlipConfig {
    /// `https://bigflip.id/api`, or `https://bigflip.id/big_sandbox_api`. Callbacks come with the validation token of its
    /// dashboard.
    pub connection: Connection,
    /// The user id of the business whose balance pays, as its answers tell it. One that names another is a contradiction.
    pub user_id: String,
    /// The user of HTTP Basic.
    pub secret_key: String,
    /// The wall clock.
    pub now: Now,
}

impl fmt::Debug for FlipConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FlipConfig").field(&self.connection).finish()
    }
}

/// Flip, as a rail.
pub type FlipRail = AggregatorRail<Flip>;

/// Flip, as a provider.
pub struct Flip {
    user_id: String,
    now: Now,
}

impl FlipRail {
    /// Makes a rail; opens and sends nothing.
    ///
    /// # Errors
    /// [`ConfigError`] names what in the configuration cannot be used, never its value.
    pub fn new(config: FlipConfig) -> Result<Self, ConfigError> {
        let FlipConfig { connection, user_id, secret_key, now } = config;
        Self::over(
            connection,
            Parts {
                kind: "flip",
                payer: visible(&user_id, "user_id")?.to_owned(),
                identity: basic(&secret_key, "secret_key")?,
                built_in: &CHANNELS,
                door: |path, token| Door::new(path, token, heard),
                provider: Flip { user_id, now },
            },
        )
    }
}

impl Provider for Flip {
    type Sent<'a> = Sent;

    fn read(&self, attempt: Attempt<'_>) -> Option<Sent> {
        let field = |name| field(attempt.body.as_bytes(), name);
        let sent = Sent {
            account: field("account_number")?,
            bank: field("bank_code")?,
            amount: field("amount")?.parse().ok()?,
            reference: field("remark")?,
        };
        (sent.reference == attempt.reference && sent.amount == attempt.amount).then_some(sent)
    }

    fn compose(&self, order: &Order<'_>, channel: &str, account: &str) -> Result<String, ComposeError> {
        let (amount, remark) = (order.amount.value().to_string(), order.reference.as_str());
        if remark.len() > usize::from(REFERENCE_CHARACTERS) {
            return Err(ComposeError::TooLong);
        }
        Ok(form(&[("account_number", account), ("bank_code", channel), ("amount", &amount), ("remark", remark)]))
    }

    fn order(&self, sent: &Sent) -> Call {
        // Civil time in Jakarta to the second, without the colon in its offset.
        let time = (self.now)().to_string().chars().take(19).collect::<String>() + "+0700";
        Call::form("/v3/disbursement").with("idempotency-key", &*sent.reference).with("x-timestamp", time)
    }

    fn of_order(&self, sent: &Sent, answer: &Answer) -> SubmitOutcome {
        let Some(told) = Disbursement::read(answer) else {
            let (action, code) = error(answer);
            return Action::of_order(action, answer.evidence(&code, None), answer);
        };
        let evidence = told.evidence(answer);
        match (self.contradiction(&told, sent), told.standing()) {
            (Some(field), _) => SubmitOutcome::Contradicted { field: field.to_owned(), evidence },
            (None, Some(standing)) => standing.of_order(evidence),
            (None, None) => SubmitOutcome::Unknown { doubt: Doubt::Unreadable, evidence: Some(evidence) },
        }
    }

    fn question(&self, sent: &Sent) -> Call {
        Call::get(format!("/v3/get-disbursement?{}", form(&[("idempotency-key", &sent.reference)])))
    }

    fn of_question(&self, sent: &Sent, answer: &Answer) -> InquiryAnswer {
        let Some(told) = Disbursement::read(answer) else {
            let (action, code) = error(answer);
            return Action::of_question(action, answer.evidence(&code, None), answer);
        };
        let evidence = told.evidence(answer);
        match (self.contradiction(&told, sent), told.standing()) {
            (Some(field), _) => InquiryAnswer::Contradicted { field: field.to_owned(), evidence },
            (None, Some(standing)) => standing.of_question(sent.amount, evidence),
            (None, None) => unanswered(Cause::NoAnswer),
        }
    }

    fn desk(&self) -> Option<&dyn Desk> {
        Some(self)
    }
}

impl Flip {
    /// The first field that tells of another disbursement than ours. A remark may be told with more than we wrote.
    fn contradiction(&self, told: &Disbursement, sent: &Sent) -> Option<&'static str> {
        let text = |written: &Option<Written>| written.as_ref().map(Written::text);
        first_difference([
            ("idempotency_key", differs(told.idempotency_key.as_ref(), &sent.reference)),
            ("remark", told.idempotency_key.is_none() && !told.remark.iter().all(|it| it.contains(&sent.reference))),
            ("user_id", differs(text(&told.user_id).as_ref(), &self.user_id)),
            ("bank_code", differs(told.bank_code.as_ref(), &sent.bank)),
            ("account_number", differs_in_account(text(&told.account_number).as_ref(), &sent.account)),
            ("amount", differs_in_rupiah(told.amount.as_ref(), sent.amount)),
        ])
    }
}

impl Desk for Flip {
    fn look(&self, channel: &str, account: &str) -> Call {
        let question = form(&[("account_number", account), ("bank_code", channel)]);
        Call::form("/v2/disbursement/bank-account-inquiry").with_body(question)
    }

    fn of_look(&self, channel: &str, account: &str, answer: &Answer) -> Inspection {
        of_look(answer, channel, account)
    }

    fn balance(&self) -> Call {
        Call::get("/v2/general/balance".to_owned())
    }

    fn of_balance(&self, answer: &Answer) -> Balance {
        of_balance(answer)
    }
}

/// The one value of a form under this name. Of two nobody can say which one counts.
fn field(form: &[u8], name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(form).filter(|(known, _)| known == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value.into_owned()),
        _ => None,
    }
}

/// The stored body, read.
pub struct Sent {
    account: String,
    bank: String,
    amount: u64,
    reference: String,
}

/// A disbursement as it is told. Who is paid and how much is compared where it is told.
#[derive(Deserialize)]
struct Disbursement {
    /// A number of 19 digits.
    id: Option<Written>,
    status: String,
    reason: Option<String>,
    user_id: Option<Written>,
    idempotency_key: Option<String>,
    amount: Option<Number>,
    bank_code: Option<String>,
    account_number: Option<Written>,
    remark: Option<String>,
    time_served: Option<String>,
}

/// The date of what has not happened.
const NOT_YET: &str = "0000-00-00 00:00:00";

impl Disbursement {
    fn read(answer: &Answer) -> Option<Self> {
        if answer.http == 200 { answer.read() } else { None }
    }

    /// How it stands, if it bears a reference. One that is done and was never served is not done.
    fn standing(&self) -> Option<Standing> {
        self.reference()?;
        Some(match table::standing(&self.status)? {
            Standing::Failed(otherwise) => {
                Standing::Failed(self.reason.as_deref().and_then(table::reason).unwrap_or(otherwise))
            }
            Standing::Paid if self.time_served.as_deref() == Some(NOT_YET) => Standing::AtWork,
            standing => standing,
        })
    }

    /// Our own reference. A callback may tell it in the remark alone.
    fn reference(&self) -> Option<&String> {
        self.idempotency_key.as_ref().or(self.remark.as_ref())
    }

    fn evidence(&self, answer: &Answer) -> Evidence {
        answer.evidence(&self.status, self.id.as_ref().map(Written::text))
    }
}

/// What Flip's own error means, with its code.
fn error(answer: &Answer) -> (Option<Action>, String) {
    #[derive(Deserialize)]
    struct Envelope {
        code: Option<String>,
        name: Option<String>,
        #[serde(default)]
        errors: Vec<Inner>,
    }
    #[derive(Deserialize)]
    struct Inner {
        code: u64,
    }
    let Some(Envelope { code, name, errors }) = answer.read() else { return (None, String::new()) };
    let outer = code.or(name).unwrap_or_default();
    let of = |inner| table::action(answer.http, &outer, inner);
    match errors.as_slice() {
        [] => (of(None), outer),
        [Inner { code }] => (of(Some(*code)), format!("{outer} {code}")),
        // Several things are wrong, and each of them refuses it: which one counts, nobody says.
        all if all.iter().all(|inner| matches!(of(Some(inner.code)), Some(Action::Refused(_)))) => (of(None), outer),
        _ => (None, outer),
    }
}

/// Whose an account is. A name counts for the account that the answer names.
fn of_look(answer: &Answer, bank: &str, account: &str) -> Inspection {
    #[derive(Deserialize)]
    struct Holder {
        status: String,
        bank_code: Option<String>,
        account_number: Option<Written>,
        account_holder: Option<String>,
    }
    let told: Option<Holder> = if answer.http == 200 { answer.read() } else { None };
    let Some(told) = told else {
        let (action, code) = error(answer);
        return Action::of_look(action, answer.evidence(&code, None), answer);
    };
    let told_account = told.account_number.as_ref().map(Written::text);
    if differs(told.bank_code.as_ref(), bank) || differs_in_account(told_account.as_ref(), account) {
        return unseen(Cause::EvidenceConflict);
    }
    match (told.status.as_str(), told.account_holder) {
        ("SUCCESS", Some(name)) => Inspection::Found { name, session: None },
        (status, _) => Action::of_look(table::look(status), answer.evidence(status, None), answer),
    }
}

fn of_balance(answer: &Answer) -> Balance {
    #[derive(Deserialize)]
    struct Told {
        balance: Number,
    }
    match answer.read() {
        Some(Told { balance }) if answer.http == 200 => told_balance(&balance),
        _ => match error(answer).0 {
            Some(Action::NotExecuted(cause)) => no_balance(cause),
            _ => Balance::NotTold,
        },
    }
}

/// What Flip says unasked. News of an account, or of something else that bears no reference, says nothing to us.
fn heard(door: &Door, delivery: &Delivery<'_>) -> Option<Vec<Hint>> {
    field(delivery.body, "token").filter(|given| door.opens_by(given))?;
    let told: Disbursement = serde_json::from_str(&field(delivery.body, "data")?).ok()?;
    let news = told.standing().and_then(Standing::news);
    Some(told.reference().map_or_else(Vec::new, |reference| hint(reference.clone(), news)))
}

#[cfg(test)]
mod tests;
