//! Carries out a fault: instead of the work, or upon its answer.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{Call, Refusal, code, fields, idr};
use crate::faults::{Drawn, Fault, FaultPlan, Scope};
use crate::reply::{Answer, Reply};
use crate::world::World;

/// Does `work` for a call that books nothing, with whatever the plan has for it.
pub(super) async fn around(
    world: &World,
    who: &Caller<'_>,
    work: impl FnOnce() -> Result<Reply, Refusal>,
) -> Result<Answer, Refusal> {
    let plan = world.plan();
    let drawn = if plan.is_quiet(who.scope) {
        Drawn::default()
    } else {
        let nth = world.watch.asked(who.scope, who.subject);
        plan.draw(who.scope, who.subject, who.account, nth)
    };
    wait(&plan, &drawn).await;
    if let Some(answer) = before(world, who.service, who.token, &plan, drawn.outcome) {
        return Ok(answer);
    }
    let reply = match work() {
        Err(refusal) if refusal.breach.is_none() => refusal.reply(who.service),
        done => done?,
    };
    Ok(after(who.service, drawn.outcome, reply))
}

/// Who calls about what, for the draw.
pub(super) struct Caller<'a> {
    pub(super) service: u8,
    pub(super) token: &'a str,
    pub(super) scope: Scope,
    pub(super) subject: &'a str,
    pub(super) account: &'a str,
}

impl<'a> Caller<'a> {
    pub(super) fn new(call: &Call<'a>, scope: Scope, subject: &'a str, account: &'a str) -> Self {
        Self { service: call.service, token: call.token, scope, subject, account }
    }
}

pub(super) async fn wait(plan: &FaultPlan, drawn: &Drawn) {
    if let Some(delay) = drawn.delay(plan.numbers()) {
        tokio::time::sleep(delay).await;
    }
}

/// What comes instead of the work.
pub(super) fn before(
    world: &World,
    service: u8,
    token: &str,
    plan: &FaultPlan,
    fault: Option<Fault>,
) -> Option<Answer> {
    let plain = |http, case| Refusal::plain(http, case).reply(service);
    Some(Answer::Reply(match fault? {
        Fault::ResetBeforeBooking => return Some(Answer::Reset),
        Fault::HangBeforeBooking => return Some(Answer::Hang),
        Fault::Error500 => plain(500, 0),
        Fault::Page502 => Reply::page(StatusCode::BAD_GATEWAY),
        Fault::Timeout504 => plain(504, 0),
        Fault::TooMany429 => plain(429, 0).retry_after(plan.numbers().retry_after_seconds),
        Fault::Html403Page => Reply::page(StatusCode::FORBIDDEN),
        Fault::Refuse { http, case } => plain(http, case),
        Fault::TokenExpired => {
            world.forget_token(token);
            plain(401, 1)
        }
        _ => return None,
    }))
}

/// What becomes of the answer when the work is done.
pub(super) fn after(service: u8, fault: Option<Fault>, reply: Reply) -> Answer {
    let plain = |http, case| Refusal::plain(http, case).reply(service);
    Answer::Reply(match fault {
        Some(Fault::ResetAfterBooking) => return Answer::Reset,
        Some(Fault::HangAfterBooking) => return Answer::Hang,
        Some(Fault::Error500AfterBooking) => plain(500, 0),
        Some(Fault::Page502AfterBooking) => Reply::page(StatusCode::BAD_GATEWAY),
        Some(Fault::Timeout504AfterBooking) => plain(504, 0),
        Some(Fault::Html403PageAfterBooking) => Reply::page(StatusCode::FORBIDDEN),
        Some(Fault::ForeignRefusal) => foreign(service),
        Some(Fault::GarbageBody) if reply.status == StatusCode::OK => broken_off(reply),
        Some(Fault::WrongAmountEchoed) if reply.status == StatusCode::OK => one_more(reply),
        _ => reply,
    })
}

/// A well-formed refusal, but of an account inquiry that nobody made.
fn foreign(service: u8) -> Reply {
    let other = if service == 16 { 15 } else { 16 };
    let body = json!({
        "responseCode": code(404, other, 11),
        "responseMessage": "Invalid Card/Account/Customer",
    });
    Reply::json(404, &body)
}

fn broken_off(mut reply: Reply) -> Reply {
    let half = reply.body.len() / 2;
    reply.body.truncate(half);
    reply
}

fn one_more(mut reply: Reply) -> Reply {
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&reply.body) else {
        return reply;
    };
    let echoed = fields::Fields::new(&body).amount();
    if let Ok(amount) = echoed {
        body.insert("amount".to_owned(), idr(amount.saturating_add(1)));
        reply.body = Value::Object(body).to_string().into();
    }
    reply
}
