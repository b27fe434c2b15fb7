//! Published examples of real counterparties verify here too.

use serde_json::Value;
use upah_sandbox::signature::{SymmetricKey, body_digest, string_to_sign, token_request_verifies};
use upah_sandbox::{PublicKey, TestKeys};

fn vector(id: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("../vectors/snap.json")).unwrap();
    let vectors = all["vectors"].as_array().unwrap();
    vectors.iter().find(|v| v["id"] == id).unwrap().clone()
}

/// A published sample key, for tests only.
fn sample_key() -> PublicKey {
    let keys = TestKeys::from_private_pem(include_str!("../vectors/snap_test_key.pem")).unwrap();
    PublicKey::from_text(keys.public_pem()).unwrap()
}

#[test]
fn v1_token_signature_verifies_and_a_changed_one_does_not() {
    let v = vector("V1");
    let signed = v["string_to_sign"].as_str().unwrap();
    let (client, timestamp) = signed.split_once('|').unwrap();
    let signature = v["signature"].as_str().unwrap();
    let key = sample_key();
    assert!(token_request_verifies(&key, client, timestamp, signature));
    assert!(!token_request_verifies(&key, client, "2024-03-01T08:27:49.025Z", signature));
    assert!(!token_request_verifies(&key, "G1234326-SNAP", timestamp, signature));
    assert!(!token_request_verifies(&key, client, timestamp, "no base64"));
}

#[test]
fn v2_symmetric_signature_verifies_however_the_body_is_spaced() {
    let v = vector("V2");
    let text = |name: &str| v[name].as_str().unwrap().to_owned();
    let key = SymmetricKey::new(&text("secret")).unwrap();
    let spaced = text("body").replace("\":", "\" : ").replace(",\"", ",\n\t\"");
    assert_ne!(spaced, text("body"));
    for body in [text("body"), spaced] {
        let signed = string_to_sign(
            "POST",
            &text("path"),
            &text("access_token"),
            &body_digest(body.as_bytes()),
            &text("timestamp"),
        );
        assert_eq!(signed, text("string_to_sign"));
        assert!(key.verifies(&signed, &text("signature")));
        assert!(!key.verifies(&format!("{signed}0"), &text("signature")));
    }
    let other = SymmetricKey::new("myclientsecre").unwrap();
    assert!(!other.verifies(&text("string_to_sign"), &text("signature")));
}
