//! Strips insignificant white space from JSON bytes, and touches nothing else.
//!
//! Official clients sign compact JSON and transmit it with spaces, and some send `\u00e9` where
//! others send `é`: the signature covers the bytes as they were written, less the white space.
//! Parsing and printing again would change number text, escapes and key order.

/// Removes 0x20, 0x09, 0x0A and 0x0D outside strings (RFC 8259, section 2). Bytes that are not JSON
/// pass through under the same rule.
#[must_use]
pub fn minify(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut in_string = false;
    let mut escaped = false;
    for &byte in raw {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
        } else {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => continue,
                b'"' => in_string = true,
                _ => {}
            }
        }
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[ \t\n\r\"\\\\a-zé]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[ \"\\\\a-z]{0,6}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn printing_prettily_and_minifying_is_printing_compactly(value in json()) {
            let pretty = serde_json::to_vec_pretty(&value).unwrap();
            prop_assert_eq!(minify(&pretty), serde_json::to_vec(&value).unwrap());
        }

        #[test]
        fn twice_is_once_and_only_white_space_goes(raw: Vec<u8>) {
            let once = minify(&raw);
            prop_assert_eq!(minify(&once), once.clone());
            let bare = |bytes: &[u8]| -> Vec<u8> {
                bytes.iter().copied().filter(|b| !b" \t\n\r".contains(b)).collect()
            };
            prop_assert_eq!(bare(&once), bare(&raw));
        }
    }

    #[test]
    fn escapes_numbers_order_and_other_spaces_stay_as_written() {
        let raw = b" { \"b\" : \"caf\\u00e9 \\\" x\\\\\" ,\r\n\t\"a\" : [ 1.50 , 1e2 , null ] } ";
        assert_eq!(minify(raw), b"{\"b\":\"caf\\u00e9 \\\" x\\\\\",\"a\":[1.50,1e2,null]}");
        assert_eq!(minify("\u{a0}\u{b}".as_bytes()), "\u{a0}\u{b}".as_bytes());
    }
}
