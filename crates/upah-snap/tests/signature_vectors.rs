//! Signatures against published samples.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use upah_snap::signature::{ClientSecret, KeyError, PrivateKey, PublicKey, StringToSign, token_string};

const KEY: &[u8] = include_bytes!("vectors/snap_test_key.pem");

fn vector(id: &str) -> Value {
    let file: Value = serde_json::from_str(include_str!("vectors/snap.json")).unwrap();
    let all = file["vectors"].as_array().unwrap();
    all.iter().find(|v| v["id"] == id).unwrap().clone()
}

fn parts(v: &Value) -> StringToSign<'_> {
    StringToSign {
        method: v["method"].as_str().unwrap(),
        path: v["path"].as_str().unwrap(),
        body: v["body"].as_str().unwrap().as_bytes(),
        timestamp: v["timestamp"].as_str().unwrap(),
    }
}

fn key() -> PrivateKey {
    PrivateKey::from_pem(KEY).unwrap()
}

#[test]
fn v1_token_signature() {
    let v = vector("V1");
    let text = token_string("G1234325-SNAP", "2024-03-01T08:27:49.024Z");
    assert_eq!(text, v["string_to_sign"]);
    assert_eq!(key().sign(&text).unwrap(), v["signature"]);
    assert!(key().public_key().verify(&text, v["signature"].as_str().unwrap()));
}

#[test]
fn v2_symmetric_signature_also_of_a_body_with_spaces() {
    let v = vector("V2");
    let secret = ClientSecret::new(v["secret"].as_str().unwrap()).unwrap();
    let signature = v["signature"].as_str().unwrap();
    let spaced = v["body"].as_str().unwrap().replace(',', " ,\n ").replace(':', ": ");
    // The replacement must not reach into the body's timestamp, which is a string.
    let spaced = spaced.replace("12: 08: 56-07: 00", "12:08:56-07:00");
    for body in [v["body"].as_str().unwrap(), &spaced] {
        let parts = StringToSign { body: body.as_bytes(), ..parts(&v) };
        let text = parts.symmetric(v["access_token"].as_str().unwrap());
        assert_eq!(text, v["string_to_sign"]);
        assert_eq!(secret.sign(&text), signature);
        assert!(secret.verify(&text, signature));
    }
}

#[test]
fn v3_asymmetric_signature() {
    let v = vector("V3");
    let text = parts(&v).asymmetric();
    assert_eq!(text, v["string_to_sign"]);
    assert_eq!(key().sign(&text).unwrap(), v["signature"]);
}

#[test]
fn v4_asymmetric_verification() {
    let v = vector("V4");
    let text = parts(&v).asymmetric();
    let signature = v["signature"].as_str().unwrap();
    assert_eq!(text, v["string_to_sign"]);
    assert!(key().public_key().verify(&text, signature));
    assert!(!key().public_key().verify(&format!("{text} "), signature));
    assert!(!key().public_key().verify(&text, &signature.replacen('R', "S", 1)));
}

#[test]
fn v5_canonical_text() {
    let parts = StringToSign {
        method: "POST",
        path: "/snap/v1.0/dummy",
        body: br#"{ "hello" : "world" }"#,
        timestamp: "2021-11-02T13:14:15.678+07:00",
    };
    assert_eq!(
        parts.symmetric("R04XSUbnm1GXNmDiXx9ysWMpFWBr"),
        "POST:/snap/v1.0/dummy:R04XSUbnm1GXNmDiXx9ysWMpFWBr:\
         93a23971a914e5eacbf0a8d25154cda309c3c1c72fbb9914d47c60f3cb681588:\
         2021-11-02T13:14:15.678+07:00"
    );
}

#[test]
fn empty_body_hashes_as_the_empty_string() {
    let parts = StringToSign { method: "GET", path: "/a", body: b"", timestamp: "t" };
    assert_eq!(parts.asymmetric(), "GET:/a:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855:t");
}

#[test]
fn wrong_secret_text_or_encoding_does_not_verify() {
    let secret = ClientSecret::new("one").unwrap();
    let signature = secret.sign("text");
    assert!(secret.verify("text", &signature));
    assert!(!secret.verify("texT", &signature));
    assert!(!ClientSecret::new("two").unwrap().verify("text", &signature));
    for garbage in ["", "=", "not base64", &signature[1..]] {
        assert!(!secret.verify("text", garbage));
    }
}

#[test]
fn unusable_keys_are_named_and_nothing_secret_prints() {
    assert_eq!(PrivateKey::from_pem(b"no key").unwrap_err(), KeyError::Pem);
    assert_eq!(PublicKey::from_pem(KEY).unwrap_err(), KeyError::Pem);
    assert_eq!(ClientSecret::new("").unwrap_err(), KeyError::EmptySecret);
    let printed = format!("{:?} {:?}", key(), ClientSecret::new("hush").unwrap());
    assert_eq!(printed, "PrivateKey(..) ClientSecret(..)");
}

#[test]
fn pkcs1_form_of_the_key_signs_alike_and_its_public_form_verifies() {
    let pkcs1 = PrivateKey::from_pem(include_bytes!("vectors/snap_test_key.pkcs1.pem")).unwrap();
    let public = PublicKey::from_pem(include_bytes!("vectors/snap_test_key.pub.pem")).unwrap();
    let signature = pkcs1.sign("text").unwrap();
    assert_eq!(signature, key().sign("text").unwrap());
    assert!(public.verify("text", &signature));
    assert!(!public.verify("other", &signature));
}
