//! What a provider repeats, compared with what we sent (safety rule 7).
use serde::Deserialize;
use serde_json::Number;
use upah_core::account::{Zeros, is_same};

/// A text, or digits that are told as a number: one of 19 digits is no number to compute with.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Written {
    Text(String),
    Digits(u64),
}

impl Written {
    /// As text.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Digits(digits) => digits.to_string(),
        }
    }
}

/// The first field of which it is said that it differs.
pub(crate) fn first_difference<const N: usize>(fields: [(&'static str, bool); N]) -> Option<&'static str> {
    fields.into_iter().find_map(|(field, differs)| differs.then_some(field))
}

/// Whether something else is told than ours. What is not told differs from nothing.
pub(crate) fn differs(told: Option<&String>, ours: &str) -> bool {
    told.is_some_and(|told| told != ours)
}

/// Whether another amount is told than ours, in rupiah.
pub(crate) fn differs_in_rupiah(told: Option<&Number>, ours: u64) -> bool {
    told.is_some_and(|told| whole(told) != Some(ours))
}

/// Whether another account is told than ours, however it is written. Zeros before a number say nothing: some providers
/// add them, and a number that is told as one has lost them.
pub(crate) fn differs_in_account(told: Option<&String>, ours: &str) -> bool {
    told.is_some_and(|told| !is_same(ours, told, Zeros::Pad))
}

/// Up to here a number with decimals was read to its last digit.
const DIGITS_WITH_DECIMALS_MAX: usize = 15;

/// Whole rupiah, which may come as `600000.0`.
pub(crate) fn whole(number: &Number) -> Option<u64> {
    let text = number.to_string();
    match text.split_once('.') {
        None => text.parse().ok(),
        Some((whole, "0")) if whole.len() <= DIGITS_WITH_DECIMALS_MAX => whole.parse().ok(),
        Some(_) => None,
    }
}

/// Whole rupiah, which may come as the text `600000.0` or `600000.00`.
pub(crate) fn rupiah(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_whole = decimals.len() <= 2 && decimals.bytes().all(|digit| digit == b'0');
    if is_whole && whole.bytes().all(|digit| digit.is_ascii_digit()) { whole.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_ours_however_it_is_written_and_another_one_is_not() {
        for (ours, told) in [
            ("1234567890", "1234567890"),
            ("12345678901234", "012345678901234"),
            ("6281234567890", "081234567890"),
            ("6281234567890", "+6281234567890"),
            ("081234567890", "6281234567890"),
        ] {
            assert!(!differs_in_account(Some(&told.to_owned()), ours), "{ours} {told}");
        }
        for (ours, told) in [("1234567890", "1234567891"), ("6281234567890", "081234567891"), ("1", "10"), ("1", "")] {
            assert!(differs_in_account(Some(&told.to_owned()), ours), "{ours} {told}");
        }
    }

    #[test]
    fn an_amount_is_ours_with_zeros_behind_it_and_with_nothing_else() {
        let told = |text: &str| serde_json::from_str::<Number>(text).unwrap();
        for ours in ["600000", "600000.0", "600000.0000"] {
            assert!(!differs_in_rupiah(Some(&told(ours)), 600_000), "{ours}");
        }
        for other in ["600001", "600000.5", "-600000"] {
            assert!(differs_in_rupiah(Some(&told(other)), 600_000), "{other}");
        }
        assert!(!differs_in_rupiah(None, 600_000), "what is not told differs from nothing");
        for (text, whole) in [("600000", Some(600_000)), ("600000.0", Some(600_000)), ("600000.00", Some(600_000))] {
            assert_eq!(rupiah(text), whole, "{text}");
        }
        for text in ["", ".0", "600000.5", "600000.000", "-1", "+1", "6e5", " 1"] {
            assert_eq!(rupiah(text), None, "{text}");
        }
        let (large, close) = ("9007199254740993.0", 9_007_199_254_740_992);
        assert!(differs_in_rupiah(Some(&told(large)), close), "it was not read to its last digit");
    }
}
