//! The few rules that all C2SP text formats share.

/// Reads an ASCII decimal without sign and without leading zeros ("0" itself is fine).
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    // `u64::from_str` would also take "+5" and "007".
    let canonical = text == "0" || !text.starts_with('0');
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    if canonical && digits_only { text.parse().ok() } else { None }
}

/// Whether a text holds an ASCII control character (below U+0020) other than a line feed.
pub(crate) fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte < 0x20 && byte != b'\n')
}

/// Reads standard padded base64 in its one spelling: padding stands at the end alone, as in C2SP's
/// reference.
pub(crate) fn parse_base64(text: &str) -> Option<alloc::vec::Vec<u8>> {
    let padded_at_end = text.find('=').is_none_or(|at| at + 2 >= text.len());
    padded_at_end.then(|| data_encoding::BASE64.decode(text.as_bytes()).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_decimal_is_read() {
        assert_eq!(parse_decimal("0"), Some(0));
        assert_eq!(parse_decimal("18446744073709551615"), Some(u64::MAX));
        for wrong in ["", "00", "01", "+1", "-1", " 1", "1 ", "18446744073709551616", "١"] {
            assert_eq!(parse_decimal(wrong), None, "{wrong:?}");
        }
    }
}
