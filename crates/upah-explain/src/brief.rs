//! A story in few sentences: what its short forms are made of.

use core::fmt;

use serde::Serialize;
use upah_core::cause::{Actor, Money};

use crate::compare::{self, Comparison};
use crate::rights::Rights;
use crate::sections;
use crate::story::Earlier;
use crate::teller::Teller;

/// What happened, where the money is, who acts and by when.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Brief {
    /// What happened: the reason, or else where the payment stands.
    pub happened: String,
    /// Why the employer stopped it, in the employer's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where the money is now.
    pub money: String,
    /// Where it went or is to go, when that is not told with the place of the money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal: Option<String>,
    /// When it was due, where the record shows that it was not there then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// What was taken from the wage for the transfer, which the employer bears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee: Option<String>,
    /// Who acts and by when; nothing where nobody must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acts: Option<String>,
    /// By how much the wage differs from the earlier one, when that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<String>,
    /// How late it is and the estimate of the fine, when there is one, with what must be said beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine: Option<String>,
    /// The payment's number, which is named when somebody is asked.
    pub number: String,
    /// The number of its newest order, which is shown to a bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The same once more, for 160 characters.
    #[serde(skip)]
    pub(crate) shortest: Shortest,
}

/// Every part as short as can be said. No part holds a name or a text of others: a telephone is read by many.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Shortest {
    pub(crate) notice: Option<String>,
    pub(crate) draft: Option<String>,
    pub(crate) headline: String,
    /// The headline without where the payment stands, for when the reason says that too.
    pub(crate) bare: String,
    /// The reason: as a sentence, and in a few words.
    pub(crate) causes: Vec<String>,
    pub(crate) money: String,
    pub(crate) tail: Option<String>,
    pub(crate) fee: Option<String>,
    pub(crate) acts: Option<String>,
    pub(crate) ask: String,
    /// Whom to ask after that; nothing where nobody has to act.
    pub(crate) ask_next: Option<String>,
    pub(crate) compare: Option<String>,
    pub(crate) number: String,
}

impl fmt::Debug for Brief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Brief(redacted)")
    }
}

impl Brief {
    pub(crate) fn of(teller: &Teller<'_>, rights: Option<&Rights>, compare: Option<&Comparison>) -> Self {
        let causes: Vec<_> = sections::causes(teller).into_iter().map(|cause| teller.cause(cause)).collect();
        let state = || teller.say(&format!("state-{}", teller.payment.state.name()));
        let happened = if causes.is_empty() { state() } else { causes.join(" ") };
        let mut money = sections::money(teller);
        let excess = &teller.standing.excess;
        if !excess.is_zero() {
            money = format!("{money} {}", teller.say_with("money-excess", &[("amount", &excess.to_string())]));
        }
        let order = teller.payment.attempts.last();
        let reference = order.map(|order| order.made.reference.as_str());
        Self {
            happened,
            reason: sections::reason_given(teller),
            money,
            goal: sections::goal(teller),
            due: teller.standing.late.and_then(|_| joined(sections::due(teller))),
            fee: fee(teller),
            acts: joined(teller.acts()),
            compare: match (compare, teller.options.earlier) {
                (Some(compare), _) => Some(format!("{} {}", compare.told.question, compare.sum)),
                (None, Some(Earlier::Erased(period))) => {
                    let section = compare::erased(teller, period);
                    Some(format!("{} {}", section.question, section.answers.join(" ")))
                }
                (None, _) => None,
            },
            fine: rights.and_then(|rights| joined(rights.in_short(teller))),
            number: teller.say("where-payment"),
            reference: reference.map(|number| teller.say_with("timeline-reference", &[("reference", number)])),
            shortest: Shortest::of(teller, compare),
        }
    }
}

/// Sentences after each other, unless there are none.
fn joined(sentences: Vec<String>) -> Option<String> {
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn fee(teller: &Teller<'_>) -> Option<String> {
    let taken: Vec<_> = sections::fees_taken(teller).map(|line| sections::fee_taken(teller, line)).collect();
    (!taken.is_empty()).then(|| format!("{} {}", teller.say("fee-bearer"), taken.join(" ")))
}

impl Shortest {
    fn of(teller: &Teller<'_>, compare: Option<&Comparison>) -> Self {
        let row = &teller.payment.instruction.row;
        let state = teller.say(&format!("short-state-{}", teller.payment.state.name()));
        let period = teller.voice.short_period(row.period);
        let cause = sections::causes(teller).into_iter().next();
        let fee = sections::fees_taken(teller).next().map(|line| line.amount.to_string());
        let acts = acts(teller);
        Self {
            notice: teller.options.sandbox.then(|| teller.say("short-notice")),
            draft: teller.options.language.is_draft().then(|| teller.say("short-draft")),
            headline: teller.say_with("short-headline", &[("when", &period), ("stands", &state)]),
            bare: teller.say_with("short-bare", &[("when", &period)]),
            causes: cause.map(|cause| vec![teller.cause(cause), teller.brief_cause(cause)]).unwrap_or_default(),
            money: money(teller),
            tail: teller.tail().map(|tail| teller.say_with("short-tail", &[("tail", &tail)])),
            fee: fee.map(|part| teller.say_with("short-fee", &[("part", &part)])),
            ask: teller.say("short-ask"),
            ask_next: acts.is_some().then(|| teller.say("short-ask-next")),
            acts,
            compare: match (compare, teller.options.earlier) {
                (Some(compare), _) => Some(compare.in_short(teller)),
                (None, Some(Earlier::Erased(period))) => {
                    let before = teller.voice.short_period(period);
                    Some(teller.say_with("short-compare_erased", &[("before", &before)]))
                }
                (None, _) => None,
            },
            number: teller.say("short-number"),
        }
    }
}

fn money(teller: &Teller<'_>) -> String {
    let standing = &teller.standing;
    if !standing.excess.is_zero() {
        return teller.say_with("short-money-excess", &[("more", &standing.excess.to_string())]);
    }
    teller.say(match standing.money {
        Money::WithPayer if standing.came_back => "short-money-came_back",
        Money::WithPayer => "short-money-with_payer",
        Money::Unclear => "short-money-unclear",
        Money::WithWorker => "short-money-with_worker",
    })
}

fn acts(teller: &Teller<'_>) -> Option<String> {
    let who = teller.say(match teller.standing.actor() {
        Actor::Worker => "short-who-worker",
        Actor::Employer => "short-who-employer",
        Actor::Provider => "short-who-provider",
        Actor::Upah => "short-who-upah",
        Actor::Nobody => return None,
    });
    let year = teller.payment.instruction.row.period.first_day().year();
    Some(match teller.act_by() {
        Some(date) => teller.say_with("short-acts", &[("who", &who), ("date", &teller.voice.short_day(date, year))]),
        None => teller.say_with("short-acts-no_date", &[("who", &who)]),
    })
}
