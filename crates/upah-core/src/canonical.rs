//! The one encoding of committed records: RFC 8785 JSON restricted to objects, arrays, strings and
//! integers, so that everybody who hashes a record hashes the same bytes.
//!
//! Keys in our records are ASCII, for which the byte order used here is the UTF-16 order that
//! RFC 8785 section 3.2.3 asks for; integers stay below 2^53 (section 3.2.2.3).
use alloc::string::String;
use serde::Serialize;
use serde_json::Value;

/// Why a value has no canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// The value does not serialise to JSON.
    #[error("the record cannot be written as JSON")]
    NotJson,
    /// A fraction, or an integer beyond 2^53.
    #[error("the record holds a number that is not a whole number below 2^53")]
    NotAnInteger,
    /// A key outside ASCII, whose order would be ambiguous.
    #[error("the record holds a key outside ASCII")]
    KeyNotAscii,
}

/// Writes a value canonically: keys sorted, no white space.
pub fn to_canonical<T: Serialize>(value: &T) -> Result<String, CanonicalError> {
    let value = serde_json::to_value(value).map_err(|_| CanonicalError::NotJson)?;
    check(&value)?;
    serde_json::to_string(&value).map_err(|_| CanonicalError::NotJson)
}

/// Whether a text is already in canonical form.
pub fn is_canonical(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| to_canonical(&value).is_ok_and(|again| again == text))
}

fn check(value: &Value) -> Result<(), CanonicalError> {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(n) if n.unsigned_abs() < (1 << 53) => Ok(()),
            _ => Err(CanonicalError::NotAnInteger),
        },
        Value::Array(items) => items.iter().try_for_each(check),
        Value::Object(fields) => fields.iter().try_for_each(|(key, value)| {
            if !key.is_ascii() {
                return Err(CanonicalError::KeyNotAscii);
            }
            check(value)
        }),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_control_characters_escaped_as_rfc_8785_wants() {
        let text = to_canonical(&json!({"b": "\u{8}\t\n\u{c}\r\u{1f}é\"\\/", "a": 1})).unwrap();
        assert_eq!(text, "{\"a\":1,\"b\":\"\\b\\t\\n\\f\\r\\u001fé\\\"\\\\/\"}");
    }

    #[test]
    fn a_fraction_near_money_has_no_canonical_form() {
        assert_eq!(to_canonical(&json!({"a": 1.5})), Err(CanonicalError::NotAnInteger));
        assert_eq!(to_canonical(&json!(9_007_199_254_740_992u64)), Err(CanonicalError::NotAnInteger));
    }

    proptest! {
        #[test]
        fn writing_what_was_read_changes_nothing(a in ".{0,40}", n in 0u32.., k in "[a-z]{1,8}") {
            let text = to_canonical(&json!({ k: a, "n": n, "z": [n] })).unwrap();
            prop_assert!(is_canonical(&text));
        }
    }
}
