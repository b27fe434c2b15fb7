//! Taking on a payment, whatever the service: the one place where money moves.

use serde_json::Value;

use super::house::Repeat;
use super::trouble::Line;
use super::{Call, Refusal, code, success};
use crate::faults::Fault;
use crate::ledger::{Fate, Order, Standing, Taken};
use crate::reply::{Answer, Reply};
use crate::scenario::{self, Scenario};
use crate::trouble;
use crate::watch::ViolationKind;
use crate::world::World;

/// Takes `order` on, through its faults. `fields` writes the rest of a good answer, given the
/// bank's own reference.
pub(super) async fn submit(
    world: &World,
    call: &Call<'_>,
    order: &Order<'_>,
    fields: impl FnOnce(&str) -> Value,
) -> Result<Answer, Refusal> {
    let (nth, same_body) = world.watch.submitted(order.reference, order.body);
    if !same_body {
        other_body(world, order);
    }
    let plan = world.plan();
    let (drawn, scenario) = trouble::draw_for(world, &plan, order, nth, call.scenario);
    trouble::wait(&plan, &drawn).await;
    let line = Line { service: call.service, token: call.token };
    if let Some(answer) = trouble::before(world, &line, &plan, drawn.outcome) {
        if let Some(Fault::Refuse { http, case }) = drawn.outcome {
            note_refusal(world, order, http, case)?;
        }
        return Ok(answer);
    }
    let reply = match refused(world, order, scenario) {
        Some(refusal) => {
            note_refusal(world, order, refusal.http, refusal.case)?;
            refusal.reply(call.service)
        }
        None => book(world, call, order, Fate::of(&drawn, plan.numbers()), same_body, fields)?,
    };
    Ok(trouble::after(&line, drawn.outcome, reply))
}

/// Refusals for what the account is.
pub(super) fn refused(world: &World, order: &Order<'_>, scenario: Option<Scenario>) -> Option<Refusal> {
    match scenario {
        Some(Scenario::Answers { http, case }) => Some(Refusal::plain(http, case)),
        _ if !world.exists(order.account) => Some(Refusal::plain(404, 11)),
        _ if scenario::room(order.account).is_some_and(|room| room < order.amount) => Some(Refusal::plain(403, 23)),
        _ => None,
    }
}

fn book(
    world: &World,
    call: &Call<'_>,
    order: &Order<'_>,
    fate: Fate,
    same_body: bool,
    fields: impl FnOnce(&str) -> Value,
) -> Result<Reply, Refusal> {
    Ok(match world.ledger(|ledger| ledger.submit(order, fate))? {
        Taken::Booked(number) => {
            world.notify(order.reference);
            success(call.service, 200, fields(&number))
        }
        Taken::InProgress(number) => success(call.service, 202, fields(&number)),
        Taken::Duplicate => match call.house.repeat {
            Repeat::Duplicate => Refusal::plain(409, 1).reply(call.service),
            Repeat::TheSameAgain => again(world, call, order, fields),
        },
        Taken::Inconsistent => {
            // The book may remember a body from before this process began.
            if same_body {
                other_body(world, order);
            }
            Refusal::plain(404, 18).reply(call.service)
        }
        Taken::Insufficient => {
            note_refusal(world, order, 403, 14)?;
            Refusal::plain(403, 14).reply(call.service)
        }
    })
}

/// What an order was answered when it came first. One that was taken on and failed later was in progress then.
fn again(world: &World, call: &Call<'_>, order: &Order<'_>, fields: impl FnOnce(&str) -> Value) -> Reply {
    let Some(entry) = world.ledger(|ledger| ledger.entry(order.reference)) else {
        return Refusal::plain(500, 0).reply(call.service);
    };
    let http = if matches!(entry.standing, Standing::InProgress | Standing::Failed) { 202 } else { 200 };
    success(call.service, http, fields(&entry.reference_no))
}

/// Only what the standard calls a business refusal ends a payment; a 429 or a 5xx says nothing.
pub(super) fn note_refusal(world: &World, order: &Order<'_>, http: u16, case: u8) -> Result<(), Refusal> {
    if matches!(http, 400 | 403 | 404 | 405) {
        let code = code(http, order.service, case);
        world.ledger(|ledger| ledger.refuse(order, &code))?;
    }
    Ok(())
}

fn other_body(world: &World, order: &Order<'_>) {
    world.watch.violated(ViolationKind::OtherBody, order.service, order.reference, "body");
}
