//! Carries out a fault for any provider: instead of the work, or upon its answer.

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::faults::{Drawn, Fault, FaultPlan, Scope};
use crate::ledger::Order;
use crate::reply::{Answer, Reply};
use crate::scenario::{self, Scenario};
use crate::world::World;

/// How a provider says what every provider can be made to say.
pub(crate) trait Voice {
    /// An answer of its own that is no success, by SNAP's HTTP status and case code; a provider with other words has
    /// one that means the same.
    fn says(&self, http: u16, case: u8) -> Reply;

    /// A well-formed refusal of something that nobody asked for.
    fn foreign(&self) -> Reply;

    /// A good answer whose amount is one rupiah more.
    fn one_more(&self, reply: Reply) -> Reply;

    /// From now on the caller's token opens nothing; at a provider without tokens nothing happens.
    fn forget_token(&self, world: &World);
}

/// What this call meets, which books nothing, about a subject.
fn draw(world: &World, plan: &FaultPlan, scope: Scope, subject: &str, account: &str) -> Drawn {
    if plan.is_quiet(scope) {
        return Drawn::default();
    }
    let nth = world.watch.asked(scope, subject);
    plan.draw(scope, subject, account, nth)
}

/// What the `nth` submission of an order meets, and what is done by a scenario: the provider's own, or that of the
/// account's number. A scenario misbehaves once.
pub(crate) fn draw_for(
    world: &World,
    plan: &FaultPlan,
    order: &Order<'_>,
    nth: u32,
    own: Option<Scenario>,
) -> (Drawn, Option<Scenario>) {
    let mut drawn = plan.draw(Scope::Submit, order.reference, order.account, nth);
    let scenario = own.or_else(|| scenario::of_transfer(order.account)).filter(|_| world.config.scenarios);
    if let (Some(Scenario::Misbehaves(fault)), 1) = (scenario, nth) {
        drawn.add(fault);
    }
    (drawn, scenario)
}

pub(crate) async fn wait(plan: &FaultPlan, drawn: &Drawn) {
    if let Some(delay) = drawn.delay(plan.numbers()) {
        tokio::time::sleep(delay).await;
    }
}

/// Does the work of a call that books nothing, about a subject, through what the call meets.
pub(crate) async fn around<E>(
    world: &World,
    voice: &impl Voice,
    scope: Scope,
    (subject, account): (&str, &str),
    work: impl FnOnce() -> Result<Reply, E>,
) -> Result<Answer, E> {
    let plan = world.plan();
    let drawn = draw(world, &plan, scope, subject, account);
    wait(&plan, &drawn).await;
    match before(world, voice, &plan, drawn.outcome) {
        Some(answer) => Ok(answer),
        None => Ok(after(voice, drawn.outcome, work()?)),
    }
}

/// What comes instead of the work.
pub(crate) fn before(world: &World, voice: &impl Voice, plan: &FaultPlan, fault: Option<Fault>) -> Option<Answer> {
    Some(Answer::Reply(match fault? {
        Fault::ResetBeforeBooking => return Some(Answer::Reset),
        Fault::HangBeforeBooking => return Some(Answer::Hang),
        Fault::Error500 => voice.says(500, 0),
        Fault::Page502 => Reply::page(StatusCode::BAD_GATEWAY),
        Fault::Timeout504 => voice.says(504, 0),
        Fault::TooMany429 => voice.says(429, 0).retry_after(plan.numbers().retry_after_seconds),
        Fault::Html403Page => Reply::page(StatusCode::FORBIDDEN),
        Fault::Refuse { http, case } => voice.says(http, case),
        Fault::TokenExpired => {
            voice.forget_token(world);
            voice.says(401, 1)
        }
        _ => return None,
    }))
}

/// What becomes of the answer when the work is done.
pub(crate) fn after(voice: &impl Voice, fault: Option<Fault>, reply: Reply) -> Answer {
    Answer::Reply(match fault {
        Some(Fault::ResetAfterBooking) => return Answer::Reset,
        Some(Fault::HangAfterBooking) => return Answer::Hang,
        Some(Fault::Error500AfterBooking) => voice.says(500, 0),
        Some(Fault::Page502AfterBooking) => Reply::page(StatusCode::BAD_GATEWAY),
        Some(Fault::Timeout504AfterBooking) => voice.says(504, 0),
        Some(Fault::Html403PageAfterBooking) => Reply::page(StatusCode::FORBIDDEN),
        Some(Fault::ForeignRefusal) => voice.foreign(),
        Some(Fault::GarbageBody) if reply.status == StatusCode::OK => broken_off(reply),
        Some(Fault::WrongAmountEchoed) if reply.status == StatusCode::OK => voice.one_more(reply),
        _ => reply,
    })
}

fn broken_off(mut reply: Reply) -> Reply {
    let half = reply.body.len() / 2;
    reply.body.truncate(half);
    reply
}

/// An answer with one rupiah more at the first of these places that there is.
pub(crate) fn one_more_at(mut reply: Reply, places: &[&str]) -> Reply {
    let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else { return reply };
    let place = places.iter().find(|place| body.pointer(place).is_some());
    if let Some(amount) = place.and_then(|place| body.pointer_mut(place)) {
        *amount = json!(amount.as_u64().unwrap_or_default().saturating_add(1));
        reply.body = body.to_string().into();
    }
    reply
}
