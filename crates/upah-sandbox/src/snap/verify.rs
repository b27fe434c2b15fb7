//! Who calls, and whether the call is theirs, whole, fresh and new: the headers of every signed
//! call.

use super::Refusal;
use super::house::{House, Reads, Signature};
use crate::reply::Incoming;
use crate::watch::ViolationKind;
use crate::world::{TokenState, World};
use crate::{clock, signature};

/// The bearer token, empty where there is none, and the digest of the minified body of a call that may pass.
///
/// Tokens that ended are no breach: they end while calls are under way. An X-EXTERNAL-ID counts as
/// used even by a call that fails here, so that a client which repeats one is always seen.
pub(super) fn signed_call<'a>(
    world: &World,
    house: &House,
    request: &'a Incoming,
) -> Result<(&'a str, [u8; 32]), Refusal> {
    json_content(request)?;
    let timestamp = required(request, "X-TIMESTAMP")?;
    let given = required(request, "X-SIGNATURE")?;
    let partner = required(request, "X-PARTNER-ID")?;
    let channel = required(request, "CHANNEL-ID")?;
    let external_id = required(request, "X-EXTERNAL-ID")?;
    let bearer = match house.signature {
        Signature::Key => "",
        Signature::Secret => {
            required(request, "Authorization")?.strip_prefix("Bearer ").ok_or(malformed("Authorization"))?
        }
    };
    let is_to_the_letter = house.reads == Reads::ToTheLetter;
    if !house.external_id.takes(external_id) {
        return Err(malformed("X-EXTERNAL-ID"));
    }
    let is_new = world.watch.is_new_external_id(external_id);
    let known = &world.config.credentials;
    if is_to_the_letter && partner != known.partner_id {
        return Err(stranger("X-PARTNER-ID"));
    }
    if is_to_the_letter && channel != known.channel_id {
        return Err(stranger("CHANNEL-ID"));
    }
    fresh(timestamp)?;
    let body = signature::body_digest(&request.body);
    let (method, target) = (request.method.as_str(), house.signed(&request.target));
    let is_signed = match house.signature {
        Signature::Key => {
            let signed = signature::string_to_sign_without_token(method, target, &body, timestamp);
            signature::key_verifies(&world.client_key, &signed, given)
        }
        Signature::Secret => {
            match world.token_state(bearer) {
                TokenState::Good => {}
                TokenState::Expired => return Err(Refusal::plain(401, 1)),
                TokenState::Unknown => return Err(Refusal::plain(401, 3)),
            }
            let signed = signature::string_to_sign(method, target, bearer, &body, timestamp);
            world.client_secret.verifies(&signed, given)
        }
    };
    if !is_signed {
        return Err(bad_signature());
    }
    if !is_new {
        return Err(Refusal::breach(409, 0, ViolationKind::ExternalIdReused, "X-EXTERNAL-ID"));
    }
    Ok((bearer, body))
}

/// The headers of the token service, signed with the private key instead of the secret.
pub(super) fn token_request(world: &World, request: &Incoming) -> Result<(), Refusal> {
    json_content(request)?;
    let timestamp = required(request, "X-TIMESTAMP")?;
    let given = required(request, "X-SIGNATURE")?;
    let client = required(request, "X-CLIENT-KEY")?;
    if client != world.config.credentials.client_id {
        return Err(stranger("X-CLIENT-KEY"));
    }
    fresh(timestamp)?;
    if signature::token_request_verifies(&world.client_key, client, timestamp, given) {
        Ok(())
    } else {
        Err(bad_signature())
    }
}

fn json_content(request: &Incoming) -> Result<(), Refusal> {
    let content = required(request, "Content-Type")?;
    let kind = content.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(malformed("Content-Type")) }
}

fn required<'a>(request: &'a Incoming, name: &'static str) -> Result<&'a str, Refusal> {
    request.header(name).ok_or(Refusal::breach(400, 2, ViolationKind::MissingHeader, name))
}

fn fresh(timestamp: &str) -> Result<(), Refusal> {
    let stamp = clock::parse(timestamp).ok_or(malformed("X-TIMESTAMP"))?;
    if clock::is_fresh(stamp, clock::now()) {
        Ok(())
    } else {
        Err(Refusal::breach(401, 0, ViolationKind::StaleTimestamp, "X-TIMESTAMP"))
    }
}

fn malformed(name: &'static str) -> Refusal {
    Refusal::breach(400, 1, ViolationKind::HeaderFormat, name)
}

fn stranger(name: &'static str) -> Refusal {
    Refusal::breach(401, 0, ViolationKind::WrongPartner, name)
}

fn bad_signature() -> Refusal {
    Refusal::breach(401, 0, ViolationKind::BadSignature, "X-SIGNATURE")
}
