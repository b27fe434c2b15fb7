//! The one encoding of committed records: RFC 8785 JSON restricted to objects, arrays, strings and
//! integers, so that everybody who hashes a record hashes the same bytes.
//!
//! Keys in our records are ASCII, for which the byte order used here is the UTF-16 order that
//! RFC 8785 section 3.2.3 asks for; integers stay below 2^53 (section 3.2.2.3).
use alloc::string::String;
use alloc::vec::Vec;
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
///
/// The value is written once as JSON, then its objects are put in order, span by span: a tree of
/// values in between would cost more than everything else that is done to an event.
///
/// # Errors
/// Any [`CanonicalError`].
pub fn to_canonical<T: Serialize>(value: &T) -> Result<String, CanonicalError> {
    let text = serde_json::to_string(value).map_err(|_| CanonicalError::NotJson)?;
    let mut sorted = String::with_capacity(text.len());
    let end = copy_sorted(&text, 0, &mut sorted)?;
    if end == text.len() { Ok(sorted) } else { Err(CanonicalError::NotJson) }
}

/// Whether a text is already in canonical form.
pub fn is_canonical(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| to_canonical(&value).is_ok_and(|again| again == text))
}

/// Copies the value that begins at `at` with its objects in order; returns where it ends.
fn copy_sorted(text: &str, at: usize, out: &mut String) -> Result<usize, CanonicalError> {
    match text.as_bytes().get(at) {
        Some(b'{') => copy_object(text, at, out),
        Some(b'[') => {
            let mut at = at + 1;
            out.push('[');
            while text.as_bytes().get(at) != Some(&b']') {
                if text.as_bytes().get(at) == Some(&b',') {
                    out.push(',');
                    at += 1;
                }
                at = copy_sorted(text, at, out)?;
            }
            out.push(']');
            Ok(at + 1)
        }
        Some(_) => {
            let end = skip(text, at)?;
            out.push_str(&text[at..end]);
            Ok(end)
        }
        None => Err(CanonicalError::NotJson),
    }
}

fn copy_object(text: &str, at: usize, out: &mut String) -> Result<usize, CanonicalError> {
    let bytes = text.as_bytes();
    let mut at = at + 1;
    let mut members: Vec<(&str, usize)> = Vec::new();
    while bytes.get(at) != Some(&b'}') {
        at += usize::from(bytes.get(at) == Some(&b','));
        let end_of_key = skip(text, at)?;
        let key = &text[at..end_of_key];
        if !key.is_ascii() {
            return Err(CanonicalError::KeyNotAscii);
        }
        // After the key stands a colon, for serde_json wrote this text.
        let value = end_of_key + 1;
        members.push((key, value));
        at = skip(text, value)?;
    }
    if members.iter().any(|(key, _)| key.contains('\\')) {
        // The order is that of the characters, not of their escapes.
        members.sort_by_cached_key(|(key, _)| serde_json::from_str::<String>(key).unwrap_or_default());
    } else {
        members.sort_unstable_by_key(|(key, _)| &key[1..key.len() - 1]);
    }
    out.push('{');
    for (index, (key, value)) in members.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(key);
        out.push(':');
        copy_sorted(text, *value, out)?;
    }
    out.push('}');
    Ok(at + 1)
}

/// Where the value that begins at `at` ends.
fn skip(text: &str, at: usize) -> Result<usize, CanonicalError> {
    let bytes = text.as_bytes();
    match bytes.get(at) {
        Some(b'"') => {
            let mut at = at + 1;
            loop {
                match bytes.get(at) {
                    Some(b'"') => return Ok(at + 1),
                    Some(b'\\') => at += 2,
                    Some(_) => at += 1,
                    None => return Err(CanonicalError::NotJson),
                }
            }
        }
        Some(b'{' | b'[') => {
            let (mut at, mut depth) = (at, 0usize);
            loop {
                match bytes.get(at) {
                    Some(b'{' | b'[') => depth += 1,
                    Some(b'}' | b']') => depth -= 1,
                    Some(b'"') => {
                        at = skip(text, at)?;
                        continue;
                    }
                    Some(_) => {}
                    None => return Err(CanonicalError::NotJson),
                }
                at += 1;
                if depth == 0 {
                    return Ok(at);
                }
            }
        }
        Some(b'-' | b'0'..=b'9') => {
            let end = text[at..].find([',', '}', ']']).map_or(text.len(), |length| at + length);
            match text[at..end].parse::<i64>() {
                Ok(number) if number.unsigned_abs() < (1 << 53) => Ok(end),
                _ => Err(CanonicalError::NotAnInteger),
            }
        }
        Some(b't' | b'n') => Ok(at + 4),
        Some(b'f') => Ok(at + 5),
        _ => Err(CanonicalError::NotJson),
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

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-9_007_199_254_740_991i64..=9_007_199_254_740_991).prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-z\"{}:,A-Z0-9]{0,6}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Serialises an object's members in the opposite order.
    struct Backwards<'a>(&'a Value);

    impl Serialize for Backwards<'_> {
        fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
            match self.0 {
                Value::Object(map) => s.collect_map(map.iter().rev().map(|(key, value)| (key, Backwards(value)))),
                Value::Array(items) => s.collect_seq(items.iter().map(Backwards)),
                other => other.serialize(s),
            }
        }
    }

    proptest! {
        #[test]
        fn writing_what_was_read_changes_nothing(a in ".{0,40}", n in 0u32.., k in "[a-z]{1,8}") {
            let text = to_canonical(&json!({ k: a, "n": n, "z": [n] })).unwrap();
            prop_assert!(is_canonical(&text));
        }

        #[test]
        fn whatever_order_it_is_written_in_it_is_the_sorted_tree(value in any_json()) {
            let sorted = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(to_canonical(&Backwards(&value)).unwrap(), sorted);
        }
    }
}
