//! The few rules that all C2SP text formats share.

/// Reads an ASCII decimal without sign and without leading zeros ("0" itself is fine).
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    // `u64::from_str` would also take "+5" and "007".
    let canonical = text == "0" || !text.starts_with('0');
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    if canonical && digits_only {
        text.parse().ok()
    } else {
        None
    }
}

/// Whether a text holds an ASCII control character (below U+0020) other than a line feed.
pub(crate) fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte < 0x20 && byte != b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_decimal_is_read() {
        assert_eq!(parse_decimal("0"), Some(0));
        assert_eq!(parse_decimal("18446744073709551615"), Some(u64::MAX));
        for wrong in [
            "",
            "00",
            "01",
            "+1",
            "-1",
            " 1",
            "1 ",
            "18446744073709551616",
            "١",
        ] {
            assert_eq!(parse_decimal(wrong), None, "{wrong:?}");
        }
    }
}
