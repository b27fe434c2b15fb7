//! The shared vectors: synthetic payloads with the deviations that real codes show.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::Value;
use upah_qris::{Initiation, Objects, Qris, QrisError, crc16};

fn vectors() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("vectors/qris.json")).unwrap();
    file["payloads"].as_array().unwrap().clone()
}

fn text<'a>(vector: &'a Value, key: &str) -> Option<&'a str> {
    vector.get(key).and_then(Value::as_str)
}

/// The vector that is complete and has no deviations.
fn complete() -> String {
    text(&vectors()[0], "payload").unwrap().to_owned()
}

/// Recomputes the CRC, to build a payload with one deviation.
fn sealed(body: &str) -> String {
    let body = format!("{body}6304");
    format!("{body}{:04X}", crc16(body.as_bytes()))
}

fn names(payload: &str) -> Vec<&'static str> {
    Qris::parse(payload).unwrap().warnings().into_iter().map(|warning| warning.name()).collect()
}

#[test]
fn every_vector_is_read_or_refused_as_stated() {
    let all = vectors();
    assert_eq!(all.len(), 15);
    for vector in &all {
        let name = text(vector, "name").unwrap();
        let read = Qris::parse(text(vector, "payload").unwrap());
        if vector["crc_ok"] != true {
            let error = read.unwrap_err();
            match text(vector, "error") {
                None => assert_eq!(error, QrisError::Crc, "{name}"),
                Some("tlv") => assert!(matches!(error, QrisError::Tlv { .. }), "{name}"),
                Some("crc position") => assert_eq!(error, QrisError::CrcPosition, "{name}"),
                Some(other) => assert_eq!((other, error), ("empty", QrisError::Empty), "{name}"),
            }
            continue;
        }
        let code = read.unwrap();
        let warnings: Vec<Value> = code.warnings().into_iter().map(|warning| warning.name().into()).collect();
        assert_eq!(Value::from(warnings), vector["warnings"], "{name}");
        if let Some(is_static) = vector.get("static").and_then(Value::as_bool) {
            assert_eq!(code.initiation() == Some(Initiation::Static), is_static, "{name}");
        }
        for (key, read) in [
            ("amount", code.amount()),
            ("nmid", code.nmid()),
            ("purpose", code.transfer().and_then(|transfer| transfer.purpose)),
            ("bic", code.transfer().and_then(|transfer| transfer.bic)),
            ("beneficiary_id", code.transfer().and_then(|transfer| transfer.beneficiary_id)),
        ] {
            if vector.get(key).is_some() {
                assert_eq!(read, text(vector, key), "{name}: {key}");
            }
        }
    }
}

#[test]
fn the_complete_vector_says_who_is_paid() {
    let payload = complete();
    let code = Qris::parse(&payload).unwrap();
    assert_eq!(code.merchant_name(), Some("WARUNG CONTOH"));
    assert_eq!((code.city(), code.postal_code()), (Some("JEMBER"), Some("68118")));
    assert_eq!((code.mpan(), code.criteria()), (Some("936000140000000017"), Some("UMI")));
    assert!(code.transfer().is_none());
    assert!(!format!("{code:?} {:?}", code.object(59)).contains("WARUNG"));
}

#[test]
fn the_crc_is_the_catalogue_one_and_small_letters_are_accepted() {
    assert_eq!(crc16(b"123456789"), 0x29B1);
    let payload = text(&vectors()[1], "payload").unwrap().to_owned();
    let (body, crc) = payload.split_at(payload.len() - 4);
    assert_ne!(crc, crc.to_lowercase(), "this vector has letters in its CRC");
    assert!(Qris::parse(&format!("{body}{}", crc.to_lowercase())).is_ok());
}

#[test]
fn deviations_are_named_and_nothing_is_refused() {
    let payload = complete();
    let body = payload.strip_suffix("63044793").unwrap();
    for (from, to, expected) in [
        ("936000140000000017", "836000140000000017", "mpan.format"),
        ("0118936000140000000017", "01199360001400000000170", "mpan.luhn"),
        ("0215ID1020000000001", "0215ID102000000000X", "nmid.format"),
        ("0303UMI5204", "0303UKE5204", "criteria.differs"),
        ("0303UMI5144", "0303***5144", "criteria.unknown"),
        ("5303360", "5303840", "tag.format"),
        ("5802ID", "", "tag.missing"),
        ("5802ID", "540450005802ID", "amount.static"),
        ("5802ID", "5502025802ID", "tip.incomplete"),
        ("5802ID", "5802ID5802ID", "tag.repeated"),
    ] {
        let mut changed = body.replacen(from, to, 1);
        // A sub-tag that grew makes its template longer.
        if from.len() + 1 == to.len() && from.starts_with("0118") {
            changed = changed.replacen("26670015", "26680015", 1);
        }
        assert!(names(&sealed(&changed)).contains(&expected), "{expected}");
    }
    assert!(names(&sealed(&format!("{body}6203abc"))).contains(&"template.structure"));
}

#[test]
fn a_template_that_says_who_is_paid_must_be_readable() {
    let body = complete().strip_suffix("63044793").unwrap().replacen("0015COM", "0099COM", 1);
    assert_eq!(Qris::parse(&sealed(&body)), Err(QrisError::Tlv { at: 12 }));
    assert_eq!(Qris::parse(&sealed("010211")), Err(QrisError::FormatPosition));
    let sealed_twice = sealed(&complete());
    assert_eq!(Qris::parse(&sealed_twice), Err(QrisError::CrcPosition), "which of the two would count?");
    assert_eq!(Qris::parse(&"0".repeat(3000)), Err(QrisError::TooLong));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,80}|[0-9]{0,120}|(00|26|63|62|04|[0-9]{2}|é|x){0,40}") {
        if let Ok(code) = Qris::parse(&text) {
            let _ = (code.warnings(), code.transfer(), code.mpan());
        }
        prop_assert!(Objects::new(&text).count() <= text.len());
    }

    #[test]
    fn whatever_the_objects_hold_they_are_read_back_in_order(
        objects in proptest::collection::vec((1..100u8, "(000[1-9]é|[0-9A-Zé*.]{0,30})"), 0..12)
    ) {
        prop_assume!(objects.iter().all(|(tag, _)| *tag != 63));
        let body: String = objects.iter().map(|(tag, value)| format!("{tag:02}{:02}{value}", value.chars().count())).collect();
        let payload = sealed(&format!("000201{body}"));
        match Qris::parse(&payload) {
            Err(error) => {
                let template = objects.iter().any(|(tag, value)| matches!(tag, 26..=51) && !value.is_empty());
                let structure = matches!(error, QrisError::Tlv { .. });
                prop_assert!(template && structure);
            }
            Ok(code) => {
                let _ = (code.warnings(), code.transfer(), code.nmid(), code.criteria(), code.mpan());
                let read: Vec<(u8, String)> = code.objects().map(|object| (object.tag, object.value.to_owned())).collect();
                prop_assert_eq!(&read[1..read.len() - 1], &objects[..]);
            }
        }
    }

    #[test]
    fn a_changed_character_never_passes(at in 0usize..180, digit in 0u8..10) {
        let payload = complete();
        let mut bytes = payload.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] = b'0' + digit;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert_eq!(Qris::parse(&changed).is_ok(), changed == payload);
    }
}
