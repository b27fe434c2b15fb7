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

use crate::call::{Answer, Call, ConfigError, visible};
use crate::door::{Door, hint};
use crate::echo::{differs, differs_in_account, differs_in_rupiah, first_difference};
use crate::meaning::{Action, Word, no_balance, told_balance, unseen};
use crate::rail::{AggregatorRail, Attempt, Connection, Desk, Parts, Provider};
use serde::{Deserialize, Serialize};
use serde_json::{Number, json};
use std::borrow::Cow;
use std::fmt;
use table::CHANNELS;
use upah_core::Cause;
use upah_core::callback::{Delivery, Hint};
use upah_core::evidence::{Evidence, InquiryAnswer, Inspection, SubmitOutcome};
use upah_core::rail::{Balance, ComposeError, Order};

/// The status of a disbursement is asked about so long after it was ordered, in seconds, and not sooner.
pub const INQUIRE_AFTER_SECONDS: u32 = 60;

/// One partner of OY!, as it is configured.
#[derive(Clone)]
pub struct OyConfig {
    /// `https://partner.oyindonesia.com`, or the staging of it. The secret of its callbacks stands behind `?token=` in
    /// the address that OY! was given.
    pub connection: Connection,
    /// The partner whose balance pays.
    pub username: String,
    /// Its key.
    pub api_key: String,
}

impl fmt::Debug for OyConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OyConfig").field(&self.connection).finish()
    }
}

/// OY!, as a rail.
pub type OyRail = AggregatorRail<Oy>;

/// OY!, as a provider.
pub struct Oy;

impl OyRail {
    /// Makes a rail; opens and sends nothing.
    ///
    /// # Errors
    /// [`ConfigError`] names what in the configuration cannot be used, never its value.
    pub fn new(config: OyConfig) -> Result<Self, ConfigError> {
        let username = visible(&config.username, "username")?.to_owned();
        let api_key = visible(&config.api_key, "api_key")?.to_owned();
        Self::over(
            config.connection,
            Parts {
                kind: "oy",
                payer: username.clone(),
                identity: vec![("x-oy-username", username), ("x-api-key", api_key)],
                built_in: &CHANNELS,
                door: |path, token| Door::by_address(path, token, heard),
                provider: Oy,
            },
        )
    }
}

impl Provider for Oy {
    type Sent<'a> = Sent<'a>;

    fn read<'a>(&self, attempt: Attempt<'a>) -> Option<Sent<'a>> {
        let sent: Sent<'a> = serde_json::from_str(attempt.body).ok()?;
        (sent.partner_trx_id == attempt.reference && sent.amount == attempt.amount).then_some(sent)
    }

    fn compose(&self, order: &Order<'_>, channel: &str, account: &str) -> Result<String, ComposeError> {
        let body = Sent {
            recipient_bank: channel.into(),
            recipient_account: account.into(),
            amount: order.amount.value(),
            note: "Upah".into(),
            partner_trx_id: order.reference.as_str().into(),
        };
        // Strings and a number cannot fail to be written.
        serde_json::to_string(&body).map_err(|_| ComposeError::TooLong)
    }

    fn order(&self, _: &Sent<'_>) -> Call {
        Call::json("/api/remit")
    }

    fn of_order(&self, sent: &Sent<'_>, answer: &Answer) -> SubmitOutcome {
        let Some(told) = Told::read(answer) else { return Word::of_order(None, answer.evidence("", None), answer) };
        match told.contradiction(sent) {
            Some(field) => SubmitOutcome::Contradicted { field: field.to_owned(), evidence: told.evidence(answer) },
            None => Word::of_order(told.word(table::of_order), told.evidence(answer), answer),
        }
    }

    fn question(&self, sent: &Sent<'_>) -> Call {
        let question = json!({"partner_trx_id": sent.partner_trx_id, "send_callback": false});
        Call::json("/api/remit-status").with_body(question.to_string())
    }

    fn of_question(&self, sent: &Sent<'_>, answer: &Answer) -> InquiryAnswer {
        let Some(told) = Told::read(answer) else {
            return Action::of_question(None, answer.evidence("", None), answer);
        };
        match told.contradiction(sent) {
            Some(field) => InquiryAnswer::Contradicted { field: field.to_owned(), evidence: told.evidence(answer) },
            None => Word::of_question(told.word(table::of_question), sent.amount, told.evidence(answer), answer),
        }
    }

    fn desk(&self) -> Option<&dyn Desk> {
        Some(self)
    }
}

impl Desk for Oy {
    fn look(&self, channel: &str, account: &str) -> Call {
        let question = json!({"bank_code": channel, "account_number": account});
        Call::json("/api/account-inquiry").with_body(question.to_string())
    }

    fn of_look(&self, channel: &str, account: &str, answer: &Answer) -> Inspection {
        of_look(answer, channel, account)
    }

    fn balance(&self) -> Call {
        Call::get("/api/balance".to_owned())
    }

    fn of_balance(&self, answer: &Answer) -> Balance {
        of_balance(answer)
    }
}

/// The stored body.
#[derive(Serialize, Deserialize)]
pub struct Sent<'a> {
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
