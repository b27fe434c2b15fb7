//! Rupiah on the wire: `{"value":"10000.00","currency":"IDR"}`.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Most that the standard's String(16,2) holds, in rupiah.
pub const AMOUNT_MAX: u64 = 9_999_999_999_999;

/// Something a reply may repeat.
#[derive(Clone, PartialEq, Eq)]
pub enum Echo<T> {
    /// The field is missing, null or empty.
    Absent,
    /// The field is there and is not what it should be.
    Unreadable,
    /// The field's value.
    Value(T),
}

impl<T> core::fmt::Debug for Echo<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Unreadable => "Unreadable",
            Self::Value(_) => "Value(..)",
        })
    }
}

impl<T> Echo<T> {
    /// The value, where there is a readable one.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Whether this contradicts an expectation: unreadable, or a value that does not satisfy it.
    #[must_use]
    pub fn contradicts(&self, expected: impl FnOnce(&T) -> bool) -> bool {
        match self {
            Self::Absent => false,
            Self::Unreadable => true,
            Self::Value(value) => !expected(value),
        }
    }
}

/// The amount object of a request: always two decimals, always IDR.
#[derive(Serialize)]
pub(crate) struct Amount {
    value: String,
    currency: &'static str,
}

impl Amount {
    pub(crate) fn of(rupiah: u64) -> Self {
        Self { value: format!("{rupiah}.00"), currency: "IDR" }
    }
}

/// Reads an amount object: `"50000"`, `"50000.00"` or a bare number; IDR or no currency.
///
/// A fraction other than zero, an exponent, a sign or another currency is [`Echo::Unreadable`]: nothing
/// is rounded. More than [`AMOUNT_MAX`] is read, for an account may hold what one transfer cannot
/// carry. The digits are read as text, never as binary fractions.
pub(crate) fn read_amount(raw: &RawValue) -> Echo<u64> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow)]
        value: &'a RawValue,
        #[serde(borrow, default)]
        currency: Option<Cow<'a, str>>,
    }
    if raw.get() == "null" {
        return Echo::Absent;
    }
    let Ok(wire) = serde_json::from_str::<Wire<'_>>(raw.get()) else {
        return Echo::Unreadable;
    };
    if wire.currency.is_some_and(|code| code != "IDR") {
        return Echo::Unreadable;
    }
    read_text(wire.value).value().and_then(|text| read_rupiah(text)).map_or(Echo::Unreadable, Echo::Value)
}

/// Reads a string, or a number as the text it was written with.
pub(crate) fn read_text(raw: &RawValue) -> Echo<String> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => match serde_json::from_str::<String>(text) {
            Ok(value) if value.is_empty() => Echo::Absent,
            Ok(value) => Echo::Value(value),
            Err(_) => Echo::Unreadable,
        },
        Some(b'0'..=b'9' | b'-') => Echo::Value(text.to_owned()),
        _ if text == "null" => Echo::Absent,
        _ => Echo::Unreadable,
    }
}

/// Whole rupiah from `50000`, `50000.0` or `50000.00`.
#[must_use]
pub fn read_rupiah(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.bytes().any(|b| b != b'0') {
        return None;
    }
    whole.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(json: &str) -> Echo<u64> {
        read_amount(&RawValue::from_string(json.to_owned()).unwrap())
    }

    #[test]
    fn forms_that_counterparties_send_are_read() {
        for json in [
            r#"{"value":"50000","currency":"IDR"}"#,
            r#"{"value":"50000.00","currency":"IDR"}"#,
            r#"{"value":"50000.0"}"#,
            r#"{"value":50000,"currency":"IDR","x":1}"#,
            r#"{"currency":null,"value":50000.00}"#,
            r#"{"value":"0050000"}"#,
        ] {
            assert!(read(json) == Echo::Value(50_000), "{json}");
        }
        assert!(read("null") == Echo::Absent);
    }

    #[test]
    fn what_would_have_to_be_rounded_or_guessed_is_unreadable() {
        for json in [
            r#"{"value":"50000.50","currency":"IDR"}"#,
            r#"{"value":50000.000000000000001}"#,
            r#"{"value":5e4}"#,
            r#"{"value":"-1"}"#,
            r#"{"value":"50.000,00"}"#,
            r#"{"value":"50000","currency":"USD"}"#,
            r#"{"value":"99999999999999999999"}"#,
            r#"{"value":""}"#,
            r#"{"value":null}"#,
            r#"{"currency":"IDR"}"#,
            r#""50000""#,
            "[]",
        ] {
            assert!(read(json) == Echo::Unreadable, "{json}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(rupiah in 0..=AMOUNT_MAX) {
            let json = serde_json::to_string(&Amount::of(rupiah)).unwrap();
            prop_assert!(json.contains(".00\""));
            prop_assert!(read(&json) == Echo::Value(rupiah));
        }

        #[test]
        fn no_text_panics(text in ".{0,30}") {
            let _ = read_rupiah(&text);
        }
    }
}
