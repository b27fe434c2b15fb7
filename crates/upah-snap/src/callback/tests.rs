//! Who is heard and who is turned away, with published signatures where there are some.
use super::*;
use crate::signature::PrivateKey;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;
use upah_core::callback::News;

const KEY: &str = include_str!("../../tests/vectors/snap_test_key.pem");
const PUBLIC: &str = include_str!("../../tests/vectors/snap_test_key.pub.pem");
const NOW: i64 = 1_795_600_000_000;
const PATH: &str = "/v1.0/transfer-skn/notify";

static BANK: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::from_pem(KEY.as_bytes()).unwrap());

fn config(signature: CallbackSignature) -> SnapCallbackConfig {
    SnapCallbackConfig {
        signed_path: SignedPath::WithQuery,
        path_prefix: "/v1.0".into(),
        also: vec![("/debit/notify".into(), 56)],
        public_key_pem: PUBLIC.into(),
        signature,
        window_seconds: 300,
    }
}

fn shared() -> CallbackSignature {
    CallbackSignature::Symmetric { client_id: "BANK".into(), client_secret: "hush-hush".into() }
}

fn callbacks() -> SnapCallbacks {
    SnapCallbacks::new(&config(CallbackSignature::Asymmetric)).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOW + seconds * 1_000)
}

/// A call as a counterparty makes it, to be spoilt.
#[derive(Clone, Debug)]
struct Call {
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Call {
    fn to(target: &str, body: &str, time: &str) -> Self {
        let headers = vec![("X-TIMESTAMP", time.to_owned())];
        Self { method: "POST", target: target.into(), headers, body: body.into() }
    }

    fn signed(mut self) -> Self {
        let text = self.string_to_sign().asymmetric();
        self.headers.push(("X-SIGNATURE", BANK.sign(&text).unwrap()));
        self
    }

    fn string_to_sign(&self) -> StringToSign<'_> {
        StringToSign { method: self.method, path: &self.target, body: &self.body, timestamp: &self.headers[0].1 }
    }

    fn read(&self, callbacks: &SnapCallbacks, now: Timestamp) -> Reading {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let delivery = Delivery { method: self.method, target: &self.target, headers: &headers, body: &self.body };
        callbacks.read(&delivery, now)
    }
}

fn notify(body: &str) -> Call {
    Call::to(PATH, body, &timestamp(NOW as u64)).signed()
}

fn body(status: &str) -> String {
    format!(
        r#"{{"originalPartnerReferenceNo":"REF1","latestTransactionStatus":"{status}","amount":{{"value":"1.00"}}}}"#
    )
}

#[track_caller]
fn heard(reading: Reading) -> (Vec<(String, News)>, Value) {
    let Reading::Genuine(notice) = reading else { panic!("a genuine callback is turned away") };
    let hints = notice.hints.iter().map(|hint| (hint.reference.to_string(), hint.news)).collect();
    (hints, serde_json::from_str(&notice.reply.body).unwrap())
}

fn is_turned_away(reading: &Reading) -> bool {
    matches!(reading, Reading::TurnedAway(_))
}

#[test]
fn v4_a_published_notification_is_heard() {
    let file: Value = serde_json::from_str(include_str!("../../tests/vectors/snap.json")).unwrap();
    let v4 = file["vectors"].as_array().unwrap().iter().find(|vector| vector["id"] == "V4").unwrap().clone();
    let text = |name: &str| v4[name].as_str().unwrap().to_owned();
    let mut call = Call::to(&text("path"), &text("body"), &text("timestamp"));
    call.headers.push(("x-signature", text("signature")));
    let now = Timestamp::from_millis(read(&text("timestamp")).unwrap());
    let (hints, reply) = heard(call.read(&callbacks(), now));
    assert_eq!(hints, [("GP24043015193402809".to_owned(), News::Ended)]);
    assert_eq!(reply["responseCode"], "2005600");
}

#[test]
fn a_body_that_was_spaced_after_signing_is_heard_and_one_that_was_changed_is_not() {
    let mut call = notify(&body("00"));
    let spaced = String::from_utf8(call.body.clone()).unwrap().replace("\":", "\" :\n\t").replace(",\"", " , \"");
    call.body = spaced.into();
    assert_eq!(heard(call.read(&callbacks(), at(0))).0.len(), 1);
    call.body = String::from_utf8(call.body).unwrap().replace("REF1", "REF2").into();
    assert!(is_turned_away(&call.read(&callbacks(), at(0))));
}

#[test]
fn a_notification_is_a_hint_whatever_amount_it_names() {
    for (status, news) in [
        ("00", Some(News::Ended)),
        ("05", Some(News::Ended)),
        ("06", Some(News::Ended)),
        ("07", Some(News::Ended)),
        ("ZZ", Some(News::Ended)),
        ("04", Some(News::Returned)),
        ("01", None),
        ("03", None),
    ] {
        let (hints, reply) = heard(notify(&body(status)).read(&callbacks(), at(0)));
        assert_eq!(hints, news.map(|news| ("REF1".to_owned(), news)).into_iter().collect::<Vec<_>>(), "{status}");
        assert_eq!(reply["responseCode"], "2007500");
    }
}

#[test]
fn bulk_notifications_name_each_of_theirs_and_are_answered_with_both_ids() {
    let item = |name: &str, reference: &str, code: &str| json!({name: reference, "responseCode": code});
    for (path, code, name) in [
        ("/v1.0/transfer-interbank-bulk/notify", "2002100", "originalPartnerReferenceNo"),
        ("/v1.0/emoney/bulk-cashin-notify", "2004100", "partnerReferenceNo"),
    ] {
        let items = [item(name, "A", "2000000"), item(name, "B", "2020000"), json!(7), item(name, "C", "4030014")];
        let body = json!({"bulkId": "b-1", "partnerBulkId": "p-1", "bulkObject": items}).to_string();
        let call = Call::to(path, &body, &timestamp(NOW as u64)).signed();
        let (hints, reply) = heard(call.read(&callbacks(), at(0)));
        assert_eq!(hints, [("A".to_owned(), News::Ended), ("C".to_owned(), News::Ended)]);
        assert_eq!(
            reply,
            json!({"responseCode": code, "responseMessage": "Successful", "bulkId": "b-1", "partnerBulkId": "p-1"})
        );
    }
}

#[test]
fn a_genuine_body_that_says_nothing_is_no_hint() {
    let long = format!(r#"{{"originalPartnerReferenceNo":"{}"}}"#, "A".repeat(65));
    for (body, code) in [
        ("", "4007500"),
        ("[]", "4007500"),
        ("null", "4007500"),
        ("{}", "2007500"),
        (r#"{"originalPartnerReferenceNo":7}"#, "2007500"),
        (r#"{"originalPartnerReferenceNo":""}"#, "2007500"),
        (r#"{"originalPartnerReferenceNo":"a b"}"#, "2007500"),
        (&long, "2007500"),
    ] {
        let (hints, reply) = heard(notify(body).read(&callbacks(), at(0)));
        // A number in the place of a text is read as its text.
        assert!(hints.is_empty() || body.contains(":7"), "{body}");
        assert_eq!(reply["responseCode"], code, "{body}");
    }
}

#[test]
fn outside_the_window_it_is_a_replay() {
    let call = notify(&body("00"));
    for (seconds, is_fresh) in [(0, true), (300, true), (-300, true), (301, false), (-301, false), (86_400, false)] {
        assert_eq!(!is_turned_away(&call.read(&callbacks(), at(seconds))), is_fresh, "{seconds}");
    }
}

#[test]
fn a_counterparty_that_signs_without_the_query_is_heard_with_one() {
    let mut without = config(CallbackSignature::Asymmetric);
    without.signed_path = SignedPath::WithoutQuery;
    let without = SnapCallbacks::new(&without).unwrap();
    let mut call = notify(&body("00"));
    call.target.push_str("?a=b");
    assert!(!is_turned_away(&call.read(&without, at(0))) && is_turned_away(&call.read(&callbacks(), at(0))));
    let signed_with = Call::to(&format!("{PATH}?a=b"), &body("00"), &timestamp(NOW as u64)).signed();
    assert!(is_turned_away(&signed_with.read(&without, at(0))));
}

/// Everything about a call that an attacker may get wrong.
fn spoilt() -> Vec<(&'static str, Call)> {
    let good = notify(&body("00"));
    let with = |change: fn(&mut Call)| {
        let mut call = good.clone();
        change(&mut call);
        call
    };
    vec![
        ("unsigned", with(|call| drop(call.headers.pop()))),
        ("no time", with(|call| drop(call.headers.remove(0)))),
        ("signed twice", with(|call| call.headers.push(("x-signature", call.headers[1].1.clone())))),
        ("no base64", with(|call| call.headers[1].1 = "?".into())),
        ("another signature", with(|call| call.headers[1].1 = BANK.sign("another text").unwrap())),
        ("another time", with(|call| call.headers[0].1 = timestamp(NOW as u64 + 1_000))),
        ("another path of the bank", with(|call| call.target = "/v1.0/transfer-rtgs/notify".into())),
        ("a query", with(|call| call.target.push_str("?a=b"))),
        ("an unknown path", with(|call| call.target = "/v1.0/nobody".into())),
        ("the token service of the other signature", with(|call| call.target = "/v1.0/access-token/b2b".into())),
        ("another method", with(|call| call.method = "PUT")),
    ]
}

#[test]
fn whoever_is_turned_away_learns_nothing_of_why() {
    let replies: Vec<Reading> = spoilt().iter().map(|(_, call)| call.read(&callbacks(), at(0))).collect();
    for (reply, (what, _)) in replies.iter().zip(spoilt()) {
        assert!(is_turned_away(reply), "{what} is heard");
        assert_eq!(reply, &replies[0], "{what}");
    }
}

fn token(callbacks: &SnapCallbacks, client: &str, now: Timestamp) -> Reading {
    let time = timestamp(now.millis() as u64);
    let mut call = Call::to("/v1.0/access-token/b2b", r#"{"grantType":"client_credentials"}"#, &time);
    call.headers.push(("X-CLIENT-KEY", client.into()));
    call.headers.push(("X-SIGNATURE", BANK.sign(&token_string(client, &time)).unwrap()));
    call.read(callbacks, now)
}

fn symmetric(token: &str, secret: &str, now: Timestamp) -> Call {
    let mut call = Call::to(PATH, &body("00"), &timestamp(now.millis() as u64));
    let signature = ClientSecret::new(secret).unwrap().sign(&call.string_to_sign().symmetric(token));
    call.headers.push(("X-SIGNATURE", signature));
    call.headers.push(("Authorization", format!("Bearer {token}")));
    call
}

#[test]
fn a_bank_that_fetches_a_token_from_us_is_heard_until_it_ends_and_by_a_restarted_listener() {
    let ours = || SnapCallbacks::new(&config(shared())).unwrap();
    let (hints, reply) = heard(token(&ours(), "BANK", at(0)));
    assert!(hints.is_empty() && reply["expiresIn"] == "900" && reply["tokenType"] == "Bearer");
    let token = reply["accessToken"].as_str().unwrap();
    for (seconds, is_heard) in [(1, true), (899, true), (900, false)] {
        let call = symmetric(token, "hush-hush", at(seconds));
        assert_eq!(!is_turned_away(&call.read(&ours(), at(seconds))), is_heard, "{seconds}");
    }
    assert!(is_turned_away(&symmetric(token, "another", at(1)).read(&ours(), at(1))));
    let later = token.replacen(char::is_numeric, "9", 1);
    assert!(is_turned_away(&symmetric(&later, "hush-hush", at(1)).read(&ours(), at(1))), "a token of one's own making");
    assert!(is_turned_away(&notify(&body("00")).read(&ours(), at(0))), "the other signature, without a token");
}

#[test]
fn nobody_else_gets_a_token() {
    let ours = SnapCallbacks::new(&config(shared())).unwrap();
    assert!(is_turned_away(&token(&ours, "SOMEBODY", at(0))));
    assert!(is_turned_away(&token(&callbacks(), "BANK", at(0))));
}

#[test]
fn a_configuration_under_which_nobody_can_be_heard_is_named() {
    use CallbackConfigError as E;
    let fault = |change: fn(&mut SnapCallbackConfig)| {
        let mut config = config(shared());
        change(&mut config);
        SnapCallbacks::new(&config).err()
    };
    assert_eq!(fault(|_| {}), None);
    assert_eq!(fault(|c| c.path_prefix = "/a//b".into()), Some(E::Path(EndpointError::Path)));
    assert_eq!(fault(|c| c.also = vec![("/transfer-skn/notify".into(), 75)]), Some(E::Service));
    assert_eq!(fault(|c| c.also = vec![("/access-token/b2b".into(), 73)]), Some(E::Service));
    assert_eq!(fault(|c| c.also = vec![("/a".into(), 100)]), Some(E::Service));
    assert_eq!(fault(|c| c.public_key_pem = KEY.into()), Some(E::PublicKey(KeyError::Pem)));
    assert_eq!(fault(|c| c.window_seconds = 0), Some(E::Window));
    for (client_id, client_secret) in [("", "a"), ("a", "")] {
        let signature =
            CallbackSignature::Symmetric { client_id: client_id.into(), client_secret: client_secret.into() };
        assert!(SnapCallbacks::new(&config(signature)).is_err());
    }
}

#[test]
fn nothing_secret_prints() {
    let shown = format!("{:?} {:?}", config(shared()), SnapCallbacks::new(&config(shared())).unwrap());
    assert!(!shown.contains("hush") && !shown.contains("BEGIN"), "{shown}");
}

proptest! {
    #[test]
    fn bytes_that_the_bank_did_not_sign_are_never_heard(
        target in prop_oneof![Just(PATH.to_owned()), ".{0,40}"],
        time in prop_oneof![Just(timestamp(NOW as u64)), ".{0,30}"],
        signature in ".{0,60}",
        body: Vec<u8>,
    ) {
        let mut call = Call::to(&target, "", &time);
        call.headers.push(("X-SIGNATURE", signature));
        call.body = body;
        prop_assert!(is_turned_away(&call.read(&callbacks(), at(0))));
    }
}
