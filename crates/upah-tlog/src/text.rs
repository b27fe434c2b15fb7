//! The few rules that all C2SP text formats share.

use alloc::vec::Vec;

use crate::hash::{Hash, HashTextError};

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
pub(crate) fn parse_base64(text: &str) -> Option<Vec<u8>> {
    let padded_at_end = text.find('=').is_none_or(|at| at + 2 >= text.len());
    padded_at_end.then(|| data_encoding::BASE64.decode(text.as_bytes()).ok())?
}

/// Why lines of hashes are none.
pub(crate) enum HashLinesError {
    /// They are not ended by a blank line.
    NoBlankLine,
    /// One is malformed; lines count from 1.
    Hash { line: usize, source: HashTextError },
}

/// The hashes up to the first blank line, one on each, and what follows it.
pub(crate) fn hash_lines(mut text: &str) -> Result<(Vec<Hash>, &str), HashLinesError> {
    let mut hashes = Vec::new();
    loop {
        let (line, rest) = text.split_once('\n').ok_or(HashLinesError::NoBlankLine)?;
        text = rest;
        if line.is_empty() {
            return Ok((hashes, text));
        }
        let number = hashes.len() + 1;
        hashes.push(Hash::from_base64(line).map_err(|source| HashLinesError::Hash { line: number, source })?);
    }
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
