//! What the providers of payouts beside SNAP have in common: an order is taken on first, and how it ended is told when
//! somebody asks.

use std::io;

use crate::ledger::{Entry, Fate, Order, Taken};
use crate::reply::{Answer, Reply};
use crate::scenario::Scenario;
use crate::trouble::{self, Voice};
use crate::watch::ViolationKind;
use crate::world::World;

/// No service of the standard has this number.
pub(crate) const SERVICE: u8 = 0;

/// Why a payout has failed by the time somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The account is none, or takes nothing.
    Account,
    /// The payer's balance is short.
    Balance,
    /// The bank or wallet said no.
    Channel,
    /// The bank or wallet is in trouble.
    Temporary,
    /// Anything else.
    Other,
}

impl Failure {
    /// What a bank of the standard means by this code.
    pub(crate) fn of(http: u16, case: u8) -> Self {
        match (http, case) {
            (404, 11) | (403, 9 | 18) => Self::Account,
            (403, 14) => Self::Balance,
            (403 | 404, _) => Self::Channel,
            (500.., _) => Self::Temporary,
            _ => Self::Other,
        }
    }
}

/// Does the work of an order, through what it meets. The work is told what the account does by its number, and what is
/// to become of a payout that is taken on.
pub(crate) async fn order(
    world: &World,
    voice: &impl Voice,
    order: &Order<'_>,
    work: impl FnOnce(Option<Scenario>, Fate) -> Result<Reply, Reply>,
) -> Result<Answer, Reply> {
    let (nth, same_body) = world.watch.submitted(order.reference, order.body);
    if !same_body {
        world.watch.violated(ViolationKind::OtherBody, SERVICE, order.named.unwrap_or_default(), "body");
    }
    let plan = world.plan();
    let (drawn, scenario) = trouble::draw_for(world, &plan, order, nth, None);
    trouble::wait(&plan, &drawn).await;
    match trouble::before(world, voice, &plan, drawn.outcome) {
        Some(answer) => Ok(answer),
        None => Ok(trouble::after(voice, drawn.outcome, work(scenario, Fate::of(&drawn, plan.numbers()))?)),
    }
}

/// Takes a payout on. What cannot be paid is taken on as well, and has failed by the time somebody asks, with the
/// provider's own word for it. `None` when the book lost it.
pub(crate) fn take_on(
    world: &World,
    order: &Order<'_>,
    scenario: Option<Scenario>,
    fate: Fate,
    word: impl Fn(Failure) -> &'static str,
) -> io::Result<Option<Entry>> {
    let failure = match scenario {
        Some(Scenario::Answers { http, case }) => Some(Failure::of(http, case)),
        _ if !world.exists(order.account) => Some(Failure::Account),
        _ => match world.ledger(|ledger| ledger.submit(order, fate))? {
            Taken::Insufficient => Some(Failure::Balance),
            _ => None,
        },
    };
    if let Some(failure) = failure {
        world.ledger(|ledger| ledger.refuse(order, word(failure)))?;
    }
    world.notify(order.reference);
    Ok(world.ledger(|ledger| ledger.entry(order.reference)))
}
