//! Faults in the words of the standard.

use serde_json::{Value, json};

use super::{Call, Refusal, code, fields, idr};
use crate::faults::Scope;
use crate::reply::{Answer, Reply};
use crate::trouble::{self, Voice};
use crate::world::World;

/// Does `work` for a call that books nothing, with whatever the plan has for it.
pub(super) async fn around(
    world: &World,
    who: &Caller<'_>,
    work: impl FnOnce() -> Result<Reply, Refusal>,
) -> Result<Answer, Refusal> {
    trouble::around(world, &who.line, who.scope, (who.subject, who.account), || match work() {
        Err(refusal) if refusal.breach.is_none() => Ok(refusal.reply(who.line.service)),
        done => done,
    })
    .await
}

/// Who calls about what, for the draw.
pub(super) struct Caller<'a> {
    pub(super) line: Line<'a>,
    pub(super) scope: Scope,
    pub(super) subject: &'a str,
    pub(super) account: &'a str,
}

impl<'a> Caller<'a> {
    pub(super) fn new(call: &Call<'a>, scope: Scope, subject: &'a str, account: &'a str) -> Self {
        Self { line: Line { service: call.service, token: call.token }, scope, subject, account }
    }
}

/// The service that was called, with the caller's token.
pub(super) struct Line<'a> {
    pub(super) service: u8,
    pub(super) token: &'a str,
}

impl Voice for Line<'_> {
    fn says(&self, http: u16, case: u8) -> Reply {
        Refusal::plain(http, case).reply(self.service)
    }

    /// A refusal of an account inquiry that nobody made.
    fn foreign(&self) -> Reply {
        let other = if self.service == 16 { 15 } else { 16 };
        let body = json!({
            "responseCode": code(404, other, 11),
            "responseMessage": "Invalid Card/Account/Customer",
        });
        Reply::json(404, &body)
    }

    fn one_more(&self, mut reply: Reply) -> Reply {
        let Ok(Value::Object(mut body)) = serde_json::from_slice(&reply.body) else {
            return reply;
        };
        let echoed = fields::Fields::new(&body, super::Reads::ToTheLetter).amount();
        if let Ok(amount) = echoed {
            body.insert("amount".to_owned(), idr(amount.saturating_add(1)));
            reply.body = Value::Object(body).to_string().into();
        }
        reply
    }

    fn forget_token(&self, world: &World) {
        world.forget_token(self.token);
    }
}
