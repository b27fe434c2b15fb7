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
/// The value is written once as JSON, then its objects are put in order where they stand: a tree of
/// values in between would cost more than everything else that is done to an event.
///
/// # Errors
/// Any [`CanonicalError`].
pub fn to_canonical<T: Serialize>(value: &T) -> Result<String, CanonicalError> {
    let text = serde_json::to_vec(value).map_err(|_| CanonicalError::NotJson)?;
    let mut written = Written { text, members: Vec::with_capacity(MEMBERS), moved: Vec::new() };
    let end = written.sort_value(0)?;
    if end != written.text.len() {
        return Err(CanonicalError::NotJson);
    }
    String::from_utf8(written.text).map_err(|_| CanonicalError::NotJson)
}

/// Whether a text is already in canonical form.
pub fn is_canonical(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| to_canonical(&value).is_ok_and(|again| again == text))
}

/// Room for the members of most records.
const MEMBERS: usize = 16;

/// JSON as `serde_json` writes it. An object in order is as long as it was, so that everything
/// around it stays where it is.
struct Written {
    text: Vec<u8>,
    /// Of the objects that are being read; those of an inner one stand behind those of the outer.
    members: Vec<Member>,
    /// Where members are put in order.
    moved: Vec<u8>,
}

/// Where a member begins, where its key ends and where its value ends.
#[derive(Clone, Copy)]
struct Member {
    start: usize,
    key_end: usize,
    end: usize,
}

impl Written {
    /// Puts the objects of the value that begins at `at` in order; returns where it ends.
    fn sort_value(&mut self, at: usize) -> Result<usize, CanonicalError> {
        match self.text.get(at) {
            Some(b'{') => self.sort_object(at),
            Some(b'[') => {
                let mut at = at + 1;
                while self.text.get(at) != Some(&b']') {
                    at += usize::from(self.text.get(at) == Some(&b','));
                    at = self.sort_value(at)?;
                }
                Ok(at + 1)
            }
            Some(b'"') => end_of_string(&self.text, at),
            Some(b'-' | b'0'..=b'9') => end_of_number(&self.text, at),
            Some(b't' | b'n') => Ok(at + 4),
            Some(b'f') => Ok(at + 5),
            _ => Err(CanonicalError::NotJson),
        }
    }

    fn sort_object(&mut self, at: usize) -> Result<usize, CanonicalError> {
        let outer = self.members.len();
        let mut at = at + 1;
        while self.text.get(at) != Some(&b'}') {
            let start = at + usize::from(self.text.get(at) == Some(&b','));
            let key_end = end_of_string(&self.text, start)?;
            if !self.text[start..key_end].is_ascii() {
                return Err(CanonicalError::KeyNotAscii);
            }
            // After the key stands a colon, for serde_json wrote this text.
            at = self.sort_value(key_end + 1)?;
            self.members.push(Member { start, key_end, end: at });
        }
        self.sort_members(outer);
        self.members.truncate(outer);
        Ok(at + 1)
    }

    /// Puts the members from `outer` on in order, if they are not.
    fn sort_members(&mut self, outer: usize) {
        let Self { text, members, moved } = self;
        let members = &mut members[outer..];
        let (Some(start), Some(end)) = (members.first().map(|m| m.start), members.last().map(|m| m.end)) else {
            return;
        };
        if members.iter().any(|member| member.key(text).contains(&b'\\')) {
            // The order is that of the characters, not of their escapes.
            members.sort_by_cached_key(|member| member.unescaped_key(text));
        } else if members.is_sorted_by(|one, next| one.key(text) <= next.key(text)) {
            return;
        } else {
            members.sort_unstable_by(|one, other| one.key(text).cmp(other.key(text)));
        }
        moved.clear();
        moved.reserve(text.len());
        for (index, member) in members.iter().enumerate() {
            if index > 0 {
                moved.push(b',');
            }
            moved.extend_from_slice(&text[member.start..member.end]);
        }
        text[start..end].copy_from_slice(moved);
    }
}

impl Member {
    /// Without its quotes.
    fn key<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        &text[self.start + 1..self.key_end - 1]
    }

    fn unescaped_key(&self, text: &[u8]) -> String {
        serde_json::from_slice(&text[self.start..self.key_end]).unwrap_or_default()
    }
}

fn end_of_string(text: &[u8], at: usize) -> Result<usize, CanonicalError> {
    let mut rest = text[at.min(text.len())..].iter();
    if rest.next() != Some(&b'"') {
        return Err(CanonicalError::NotJson);
    }
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => return Ok(text.len() - rest.len()),
            b'\\' => rest.next(),
            _ => continue,
        };
    }
    Err(CanonicalError::NotJson)
}

fn end_of_number(text: &[u8], at: usize) -> Result<usize, CanonicalError> {
    let rest = &text[at..];
    let number = &rest[..rest.iter().position(|byte| b",}]".contains(byte)).unwrap_or(rest.len())];
    match core::str::from_utf8(number).ok().and_then(|number| number.parse::<i64>().ok()) {
        Some(whole) if whole.unsigned_abs() < (1 << 53) => Ok(at + number.len()),
        _ => Err(CanonicalError::NotAnInteger),
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
                prop::collection::btree_map("[a-z\"\\\\\n\u{1}{}:,A-Z0-9]{0,6}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn the_order_is_that_of_the_characters_and_not_of_their_escapes() {
        let value = json!({"[": {"\n": "}", "\\": [{"\"b": 1, "\"a": 2}], "!": {}}, "\u{1}": 3});
        let text = to_canonical(&Backwards(&value)).unwrap();
        let inner = r#"{"\n":"}","!":{},"\\":[{"\"a":2,"\"b":1}]}"#;
        assert_eq!(text, alloc::format!(r#"{{"\u0001":3,"[":{inner}}}"#));
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
