//! A payload that is read is read completely: its objects, put together again, are the payload.
use upah_qris::{Object, Qris, crc16};

/// Reads the bytes as they are, and once more with the checksum made right: without that, nearly
/// every mutation would end at the checksum and test nothing else.
pub fn target(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    read(text);
    let body = text.char_indices().rev().nth(3).map_or("", |(at, _)| &text[..at]);
    read(&format!("{body}{:04X}", crc16(body.as_bytes())));
}

fn read(payload: &str) {
    let Ok(code) = Qris::parse(payload) else { return };
    let again: String = code.objects().map(|object| written(&object)).collect();
    assert_eq!(again, payload, "the objects are not the payload");
    for part in [code.merchant_name(), code.city(), code.amount(), code.nmid(), code.mpan(), code.criteria()] {
        assert!(part.is_none_or(|part| payload.contains(part)), "a value that is not in the payload");
    }
    let warnings = code.warnings();
    assert!(warnings.len() < payload.len(), "more warnings than characters");
    if let Ok(written) = code.to_dynamic(600_000, Some("GAJI-001")) {
        // Written by us, so it is read.
        let made = Qris::parse(&written);
        assert_eq!(made.ok().and_then(|code| code.amount()), Some("600000"), "another amount");
        let count = |code: Qris<'_>, wanted| code.objects().filter(|object| object.tag == wanted).count();
        if code.check_payable().is_ok() {
            assert!(made.is_ok_and(|made| made.mpan() == code.mpan() && count(made, 54) == 1), "another payment");
            assert!(made.is_ok_and(|made| made.check_payable().is_err()), "it would be paid with another amount");
        }
    }
    assert_eq!(format!("{code:?}"), format!("Qris({} bytes, redacted)", payload.len()));
}

fn written(object: &Object<'_>) -> String {
    format!("{:02}{:02}{}", object.tag, object.value.chars().count(), object.value)
}
