//! 73: the access token.

use serde_json::json;

use super::fields::{Fields, malformed};
use super::trouble::{self, Caller, Line};
use super::{Refusal, TOKEN, success, verify};
use crate::faults::Scope;
use crate::reply::{Answer, Incoming};
use crate::world::World;

pub(super) async fn issue(world: &World, request: &Incoming, fields: &Fields<'_>) -> Result<Answer, Refusal> {
    verify::token_request(world, request)?;
    if fields.text("grantType", 64)? != "client_credentials" {
        return Err(malformed("grantType"));
    }
    let caller = Caller {
        line: Line { service: TOKEN, token: "" },
        scope: Scope::Token,
        subject: &world.config.credentials.client_id,
        account: "",
    };
    trouble::around(world, &caller, || {
        let body = json!({
            "accessToken": world.issue_token()?,
            "tokenType": "Bearer",
            "expiresIn": world.config.token_seconds.to_string(),
        });
        Ok(success(TOKEN, 200, body))
    })
    .await
}
