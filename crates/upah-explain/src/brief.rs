//! A story in few sentences: what its short forms are made of.

use core::fmt;

use serde::Serialize;
use upah_core::cause::{Actor, Money};

use crate::sections;
use crate::teller::Teller;

/// What happened, where the money is, who acts and by when.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Brief {
    /// What happened: the reason, or else where the payment stands.
    pub happened: String,
    /// Where the money is now.
    pub money: String,
    /// Where it went or is to go, when that is not told with the place of the money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal: Option<String>,
    /// Who acts and by when; nothing where nobody must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acts: Option<String>,
    /// The payment's number, which is named when somebody is asked.
    pub number: String,
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
    pub(crate) cause: Option<String>,
    pub(crate) money: String,
    pub(crate) tail: Option<String>,
    pub(crate) acts: Option<String>,
    pub(crate) ask: String,
    pub(crate) number: String,
}

impl fmt::Debug for Brief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Brief(redacted)")
    }
}

impl Brief {
    pub(crate) fn of(teller: &Teller<'_>) -> Self {
        let causes: Vec<_> = sections::causes(teller).into_iter().map(|cause| teller.cause(cause)).collect();
        let state = || teller.say(&format!("state-{}", teller.payment.state.name()));
        let happened = if causes.is_empty() { state() } else { causes.join(" ") };
        let mut money = sections::money(teller);
        let excess = &teller.standing.excess;
        if !excess.is_zero() {
            money = format!("{money} {}", teller.say_with("money-excess", &[("amount", &excess.to_string())]));
        }
        let acts = teller.acts();
        Self {
            happened,
            money,
            goal: sections::goal(teller),
            acts: (!acts.is_empty()).then(|| acts.join(" ")),
            number: teller.say("where-payment"),
            shortest: Shortest::of(teller, causes.into_iter().next()),
        }
    }
}

impl Shortest {
    fn of(teller: &Teller<'_>, cause: Option<String>) -> Self {
        let row = &teller.payment.instruction.row;
        let state = teller.say(&format!("short-state-{}", teller.payment.state.name()));
        let period = teller.voice.short_period(row.period);
        Self {
            notice: teller.options.sandbox.then(|| teller.say("short-notice")),
            draft: teller.options.language.is_draft().then(|| teller.say("short-draft")),
            headline: teller.say_with("short-headline", &[("when", &period), ("stands", &state)]),
            bare: teller.say_with("short-bare", &[("when", &period)]),
            cause,
            money: money(teller),
            tail: teller.tail().map(|tail| teller.say_with("short-tail", &[("tail", &tail)])),
            acts: acts(teller),
            ask: teller.say("short-ask"),
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
    Some(match teller.act_by() {
        Some(date) => teller.say_with("short-acts", &[("who", &who), ("date", &teller.voice.short_date(date))]),
        None => teller.say_with("short-acts-no_date", &[("who", &who)]),
    })
}
