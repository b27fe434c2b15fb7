//! Nobody is heard whom the bank did not sign for, and whoever is heard gives hints about references that stand in the
//! body, whatever else stands there.
//!
//! The first three lines of an input are path, `X-TIMESTAMP` and `X-SIGNATURE`; the rest is the body. It is read as it
//! came, which nobody may believe, and then with a proof of its own, which must be believed.
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use upah_core::Timestamp;
use upah_core::callback::{Callbacks, Delivery, News, Notice, Reading, Reply};
use upah_snap::signature::{ClientSecret, PrivateKey, StringToSign, token_string};
use upah_snap::timestamp::timestamp;
use upah_snap::{CallbackSignature, SnapCallbackConfig, SnapCallbacks};

/// The sample key that the published vectors are signed with; nothing real accepts it.
const PRIVATE: &str = include_str!("../../../crates/upah-snap/tests/vectors/snap_test_key.pem");
const PUBLIC: &str = include_str!("../../../crates/upah-snap/tests/vectors/snap_test_key.pub.pem");
const SECRET: &str = "a-secret-of-the-fuzzer";
const CLIENT: &str = "BANK";
const NOW_MILLIS: u64 = 1_795_600_000_000;
/// Every path on which something is read, with its service and the name of our reference in it.
const SERVICES: [(&str, &str, &str); 4] = [
    ("/v1.0/transfer-skn/notify", "75", "originalPartnerReferenceNo"),
    ("/v1.0/transfer-rtgs/notify", "76", "originalPartnerReferenceNo"),
    ("/v1.0/transfer-interbank-bulk/notify", "21", "originalPartnerReferenceNo"),
    ("/v1.0/emoney/bulk-cashin-notify", "41", "partnerReferenceNo"),
];

fn heard_by(signature: CallbackSignature) -> SnapCallbacks {
    let config = SnapCallbackConfig {
        signed_path: upah_snap::profile::SignedPath::WithQuery,
        path_prefix: "/v1.0".into(),
        also: vec![("/debit/notify".into(), 56)],
        public_key_pem: PUBLIC.into(),
        signature,
        window_seconds: 300,
    };
    // proof: the configuration stands above, and the key is the published one
    SnapCallbacks::new(&config).expect("a configuration that can be used")
}

static ASYMMETRIC: LazyLock<SnapCallbacks> = LazyLock::new(|| heard_by(CallbackSignature::Asymmetric));
static SYMMETRIC: LazyLock<SnapCallbacks> =
    LazyLock::new(|| heard_by(CallbackSignature::Symmetric { client_id: CLIENT.into(), client_secret: SECRET.into() }));

/// A token that the symmetric one has issued.
static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let time = timestamp(NOW_MILLIS);
    let key = PrivateKey::from_pem(PRIVATE.as_bytes()).ok();
    let signed = key.and_then(|key| key.sign(&token_string(CLIENT, &time)).ok()).unwrap_or_default();
    let headers = [("x-timestamp", time.as_str()), ("x-client-key", CLIENT), ("x-signature", signed.as_str())];
    let body = br#"{"grantType":"client_credentials"}"#;
    let target = "/v1.0/access-token/b2b";
    let reading = SYMMETRIC.read(&Delivery { method: "POST", target, headers: &headers, body }, now());
    let Reading::Genuine(notice) = reading else { panic!("the bank gets no token") };
    let reply: Value = serde_json::from_str(&notice.reply.body).unwrap_or_default();
    reply["accessToken"].as_str().unwrap_or_default().to_owned()
});

fn now() -> Timestamp {
    Timestamp::from_millis(NOW_MILLIS as i64)
}

/// Reads a callback as it came, and as if the bank had signed it.
pub fn target(data: &[u8]) {
    let mut lines = data.splitn(4, |byte| *byte == b'\n');
    let mut text = || lines.next().and_then(|line| core::str::from_utf8(line).ok()).unwrap_or_default();
    let (path, time, signature) = (text(), text(), text());
    let body = lines.next().unwrap_or_default();
    for headers in [vec![], vec![("x-timestamp", time), ("x-signature", signature), ("authorization", signature)]] {
        for callbacks in [&*ASYMMETRIC, &*SYMMETRIC] {
            let delivery = Delivery { method: "POST", target: path, headers: &headers, body };
            turned_away(&callbacks.read(&delivery, now()));
        }
    }
    for (path, service, reference) in SERVICES {
        let reading = signed(path, body);
        let Reading::Genuine(notice) = &reading else { panic!("what the bank signed is turned away") };
        answered(&notice.reply, service);
        hinted(notice, service, reference, body);
        assert!(format!("{reading:?}").len() < 200 * (notice.hints.len() + 1), "a callback prints what it holds");
        // White space around it is nothing that the signature covers.
        let spaced = [b" \n", body, b"\t"].concat();
        assert!(ends_within_a_text(body) || signed_as(path, body, &spaced) == reading, "white space changes the word");
    }
}

/// With the proof that the bank would give it.
fn signed(path: &str, body: &[u8]) -> Reading {
    signed_as(path, body, body)
}

/// Signed as one body and sent as another.
fn signed_as(path: &str, signed: &[u8], sent: &[u8]) -> Reading {
    let time = timestamp(NOW_MILLIS);
    let text = StringToSign { method: "POST", path, body: signed, timestamp: &time }.symmetric(&TOKEN);
    let signature = ClientSecret::new(SECRET).map(|secret| secret.sign(&text)).unwrap_or_default();
    let bearer = format!("Bearer {}", *TOKEN);
    let headers = [("X-Timestamp", time.as_str()), ("X-Signature", &signature), ("Authorization", &bearer)];
    SYMMETRIC.read(&Delivery { method: "POST", target: path, headers: &headers, body: sent }, now())
}

/// The one refusal there is.
fn turned_away(reading: &Reading) {
    let Reading::TurnedAway(reply) = reading else { panic!("bytes that nobody signed are heard") };
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (401, r#"{"responseCode":"4010000","responseMessage":"Unauthorized"}"#)
    );
}

fn answered(reply: &Reply, service: &str) {
    let body: Value = serde_json::from_str(&reply.body).unwrap_or_default();
    let code = body["responseCode"].as_str().unwrap_or_default();
    assert!(code.len() == 7 && code.starts_with(&reply.status.to_string()) && code[3..5] == *service, "{code}");
    assert!(matches!(reply.status, 200 | 400));
}

/// Each hint's reference is the text of that member somewhere in the body; a good body that names one is a hint
/// unless the work is under way.
fn hinted(notice: &Notice, service: &str, name: &str, body: &[u8]) {
    assert!(notice.hints.len() <= 1_000, "more than anybody can ask about");
    let is_bulk = matches!(service, "21" | "41");
    let fields = fields(body);
    let items = match (&fields, is_bulk) {
        (Some(fields), true) => fields.get("bulkObject").map(|raw| objects(raw)).unwrap_or_default(),
        (Some(fields), false) => vec![fields.clone()],
        (None, _) => Vec::new(),
    };
    let told: Vec<String> = items.iter().filter_map(|item| serde_json::from_str(item.get(name)?.get()).ok()).collect();
    for hint in &notice.hints {
        let reference = hint.reference.as_str();
        assert!((1..=64).contains(&reference.len()) && reference.bytes().all(|byte| byte.is_ascii_graphic()));
        let is_text = told.iter().any(|told| told.trim() == reference);
        let is_number = items.iter().any(|item| item.get(name).is_some_and(|raw| raw.get() == reference));
        assert!(is_text || is_number, "{reference} is not in the body");
        assert!(!is_bulk || hint.news == News::Ended);
    }
    if let (false, Some(fields)) = (is_bulk, &fields) {
        let status: Option<String> =
            fields.get("latestTransactionStatus").and_then(|raw| serde_json::from_str(raw.get()).ok());
        let returned = notice.hints.iter().any(|hint| hint.news == News::Returned);
        assert!(!returned || status.as_deref().map(str::trim) == Some("04"), "a return out of nothing");
    }
}

/// The members of an object, read a second time without the crate under test.
fn fields(body: &[u8]) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_slice(body).ok()
}

fn objects(raw: &RawValue) -> Vec<BTreeMap<String, &RawValue>> {
    let items: Vec<&RawValue> = serde_json::from_str(raw.get()).unwrap_or_default();
    items.iter().filter_map(|item| serde_json::from_str(item.get()).ok()).collect()
}

/// A body that breaks off within a text swallows the white space after it.
fn ends_within_a_text(body: &[u8]) -> bool {
    let (mut within, mut escaped) = (false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if within => escaped = true,
            b'"' => within = !within,
            _ => {}
        }
    }
    within
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds;

    /// What no seed reaches, hardly any mutation does.
    #[test]
    fn the_seeds_hint_at_ends_and_returns_one_and_many_and_at_nothing() {
        let mut counts = BTreeMap::new();
        for seed in seeds::of("callback").unwrap() {
            let body = seed.bytes.splitn(4, |byte| *byte == b'\n').nth(3).unwrap_or_default().to_vec();
            for (path, service, _) in SERVICES {
                let Reading::Genuine(notice) = signed(path, &body) else { panic!("{service}") };
                let news = notice.hints.first().map(|hint| hint.news);
                *counts.entry((notice.hints.len().min(2), news, notice.reply.status)).or_insert(0) += 1;
            }
        }
        for wanted in [
            (1, Some(News::Ended), 200),
            (1, Some(News::Returned), 200),
            (2, Some(News::Ended), 200),
            (0, None, 200),
            (0, None, 400),
        ] {
            assert!(counts.contains_key(&wanted), "no seed is {wanted:?}: {counts:?}");
        }
    }
}
