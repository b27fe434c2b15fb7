//! The token that a counterparty fetches from us before it notifies (service 73), without a memory of its own.
//!
//! It is its own end of life and a keyed hash over it, so every listener of the same configuration knows it, a
//! restarted one too. Whoever holds it can do nothing with it alone: a notification is signed as well.
use super::reply as answer;
use crate::signature::ClientSecret;
use serde::Deserialize;
use serde_json::json;
use upah_core::Timestamp;
use upah_core::callback::Reply;

/// The standard's life of a token.
const LIFE_SECONDS: u64 = 900;

/// Whether a body asks for a token of a client.
pub(super) fn is_asked_for(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Wire {
        #[serde(rename = "grantType")]
        grant_type: String,
    }
    serde_json::from_slice::<Wire>(body).is_ok_and(|wire| wire.grant_type == "client_credentials")
}

/// A token that ends a quarter of an hour after `now`.
pub(super) fn reply(client_id: &str, secret: &ClientSecret, now: Timestamp) -> Reply {
    let ends = now.plus_seconds(LIFE_SECONDS).millis();
    answer(
        200,
        now,
        json!({
            "responseCode": "2007300",
            "responseMessage": "Successful",
            "accessToken": format!("{ends}.{}", secret.sign(&text(client_id, ends))),
            "tokenType": "Bearer",
            "expiresIn": LIFE_SECONDS.to_string(),
        }),
    )
}

/// Whether a token was issued here, for this client, and has not ended.
pub(super) fn is_ours(token: &str, client_id: &str, secret: &ClientSecret, now: Timestamp) -> bool {
    let Some((ends, tag)) = token.split_once('.') else { return false };
    let Ok(ends) = ends.parse::<i64>() else { return false };
    secret.verify(&text(client_id, ends), tag) && now < Timestamp::from_millis(ends)
}

/// What a notification's signature covers begins with its method, so neither can be taken for the other.
fn text(client_id: &str, ends_millis: i64) -> String {
    format!("upah callback token|{}|{client_id}|{ends_millis}", client_id.len())
}
