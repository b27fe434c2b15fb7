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

use crate::call::{Answer, Call, ConfigError, basic, form, unanswered, visible};
use crate::door::{Door, hint};
use crate::echo::{differs, differs_in_account, differs_in_rupiah, first_difference};
use crate::meaning::{Action, Standing, that_counts};
use crate::rail::{AggregatorRail, Attempt, Connection, Parts, Provider};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use std::borrow::Cow;
use std::fmt;
use table::CHANNELS;
use upah_core::Cause;
use upah_core::callback::{Delivery, Hint};
use upah_core::evidence::{Doubt, Evidence, InquiryAnswer, SubmitOutcome};
use upah_core::rail::{ComposeError, Order};

const PATH: &str = "/v2/payouts";

/// One business at Xendit, as it is configured.
#[derive(Clone)]
pub struct XenditConfig {
    /// `https://api.xendit.co`; the key decides whether that is the test. Callbacks come with the verification token of
    /// its dashboard.
    pub connection: Connection,
    /// The business whose balance pays. Answers that name another one are a contradiction.
    pub business_id: String,
    /// The user of HTTP Basic.
    pub secret_key: String,
}

impl fmt::Debug for XenditConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("XenditConfig").field(&self.connection).finish()
    }
}

/// Xendit, as a rail.
pub type XenditRail = AggregatorRail<Xendit>;

/// Xendit, as a provider.
pub struct Xendit {
    business_id: String,
}

impl XenditRail {
    /// Makes a rail; opens and sends nothing.
    ///
    /// # Errors
    /// [`ConfigError`] names what in the configuration cannot be used, never its value.
    pub fn new(config: XenditConfig) -> Result<Self, ConfigError> {
        let XenditConfig { connection, business_id, secret_key } = config;
        Self::over(
            connection,
            Parts {
                kind: "xendit",
                payer: visible(&business_id, "business_id")?.to_owned(),
                identity: basic(&secret_key, "secret_key")?,
                built_in: &CHANNELS,
                door: |path, token| Door::new(path, token, heard),
                provider: Xendit { business_id },
            },
        )
    }
}

impl Provider for Xendit {
    type Sent<'a> = Sent<'a>;

    fn read<'a>(&self, attempt: Attempt<'a>) -> Option<Sent<'a>> {
        let sent: Sent<'a> = serde_json::from_str(attempt.body).ok()?;
        (sent.reference_id == attempt.reference && sent.amount == attempt.amount).then_some(sent)
    }

    fn compose(&self, order: &Order<'_>, channel: &str, account: &str) -> Result<String, ComposeError> {
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

    fn order(&self, sent: &Sent<'_>) -> Call {
        Call::json(PATH).with("idempotency-key", sent.reference_id.as_ref())
    }

    fn of_order(&self, sent: &Sent<'_>, answer: &Answer) -> SubmitOutcome {
        let Some(payout) = payout(answer) else {
            let code = error_code(answer);
            return Action::of_order(table::action(answer.http, &code), answer.evidence(&code, None), answer);
        };
        let evidence = payout.evidence(answer);
        let Some(standing) = payout.standing() else {
            return SubmitOutcome::Unknown { doubt: Doubt::Unreadable, evidence: Some(evidence) };
        };
        match payout.contradiction(sent, &self.business_id) {
            Some(field) => SubmitOutcome::Contradicted { field: field.to_owned(), evidence },
            None => standing.of_order(evidence),
        }
    }

    fn question(&self, sent: &Sent<'_>) -> Call {
        Call::get(format!("{PATH}?{}", form(&[("reference_id", &sent.reference_id)])))
    }

    fn of_question(&self, sent: &Sent<'_>, answer: &Answer) -> InquiryAnswer {
        let listed: Option<Payouts> = if answer.http == 200 { answer.read() } else { None };
        let Some(Payouts { data, has_more: false }) = listed else {
            let code = error_code(answer);
            return Action::of_question(table::action(answer.http, &code), answer.evidence(&code, None), answer);
        };
        let contradicted =
            |field: &str| InquiryAnswer::Contradicted { field: field.to_owned(), evidence: answer.evidence("", None) };
        if let Some(field) = data.iter().find_map(|payout| payout.contradiction(sent, &self.business_id)) {
            return contradicted(field);
        }
        let Some(standings) = data.iter().map(Payout::standing).collect::<Option<Vec<_>>>() else {
            return unanswered(Cause::NoAnswer);
        };
        let counts = that_counts(&standings).and_then(|at| data.iter().zip(standings).nth(at));
        match counts {
            Some((payout, standing)) => standing.of_question(sent.amount, payout.evidence(answer)),
            None if data.is_empty() => InquiryAnswer::NotFound(answer.evidence("", None)),
            // One key was answered with two payouts.
            None => contradicted("reference_id"),
        }
    }
}

/// The stored body.
#[derive(Serialize, Deserialize)]
pub struct Sent<'a> {
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
        Some(match table::standing(&self.status)? {
            Standing::Failed(otherwise) => {
                Standing::Failed(self.failure_code.as_deref().and_then(table::failure).unwrap_or(otherwise))
            }
            standing => standing,
        })
    }

    fn evidence(&self, answer: &Answer) -> Evidence {
        answer.evidence(&self.status, Some(self.id.clone()))
    }

    /// The first field that tells of another payout than ours.
    fn contradiction(&self, sent: &Sent<'_>, business_id: &str) -> Option<&'static str> {
        let ours = &sent.channel_properties.account_number;
        let account = self.channel_properties.as_ref().and_then(|told| told.account_number.as_ref());
        first_difference([
            ("reference_id", self.reference_id != *sent.reference_id),
            ("business_id", differs(self.business_id.as_ref(), business_id)),
            ("channel_code", differs(self.channel_code.as_ref(), &sent.channel_code)),
            ("account_number", differs_in_account(account, ours)),
            ("amount", differs_in_rupiah(self.amount.as_ref(), sent.amount)),
            ("currency", differs(self.currency.as_ref(), "IDR")),
        ])
    }
}

/// The payout in an answer that is a success.
fn payout(answer: &Answer) -> Option<Payout> {
    if matches!(answer.http, 200..=202) { answer.read() } else { None }
}

/// The code of the provider's own error; empty when it is none.
fn error_code(answer: &Answer) -> String {
    #[derive(Deserialize)]
    struct Envelope {
        error_code: String,
    }
    answer.read().map(|Envelope { error_code }| error_code).unwrap_or_default()
}

/// What Xendit says unasked. A status that is not in the table is asked about when its time comes.
fn heard(door: &Door, delivery: &Delivery<'_>) -> Option<Vec<Hint>> {
    #[derive(Deserialize)]
    struct Event {
        data: Payout,
    }
    delivery.header("x-callback-token").filter(|given| door.opens_by(given))?;
    let Event { data } = serde_json::from_slice(delivery.body).ok()?;
    let news = data.standing().and_then(Standing::news);
    Some(hint(data.reference_id, news))
}

#[cfg(test)]
mod tests;
