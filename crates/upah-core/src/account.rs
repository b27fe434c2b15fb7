//! Whether an account that somebody tells is the one that was sent (safety rule 7).
//!
//! Banks and providers repeat an account as they write it. [`is_same`] takes these writings for the account that was sent:
//!
//! | what is told | is it ours |
//! |---|---|
//! | the same text | yes |
//! | with more or fewer zeros before it | by [`Zeros`] |
//! | a mobile number with `0`, `62` or `+62` before its `8…` | yes, in any of them |
//! | any of these, masked by `X`, `x` or `*` in its length | where a digit is shown, and every place that is shown is ours |
//! | masked in another length | where its end shows two digits at least, and both ends are ours |
//! | the end of an IBAN, for an account of [`IN_IBAN_DIGITS_MIN`] digits or more | yes |
//! | with nothing to see: empty, or masked whole | no: it speaks of nobody, so people look |
//! | anything else | no: it is another one |
//!
//! What is not told at all is not asked here: silence contradicts nothing, and the caller knows it from a text. A mask is
//! read in what is told alone, never in what was sent.
use alloc::string::String;

use crate::phone::Phone;

/// A shorter account could end the number of somebody else's IBAN by chance.
pub const IN_IBAN_DIGITS_MIN: usize = 6;
/// As many digits the end of a mask shows at least, when its length says nothing.
const SHOWN_DIGITS_MIN: usize = 2;

/// What zeros before an account say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zeros {
    /// They belong to the number: where it is repeated as text, one more makes another account.
    Count,
    /// They are padding: banks put them before a number, and a number that is told as one has lost them.
    Pad,
}

/// Whether `told` is a writing of the account `sent`, by the table of this [module](self).
///
/// ```
/// use upah_core::account::{Zeros, is_same};
///
/// assert!(is_same("6281234567890", "0812XXXX7890", Zeros::Count) && is_same("1234567890", "001234567890", Zeros::Pad));
/// assert!(!is_same("1234567890", "1234567891", Zeros::Pad) && !is_same("1234567890", "XXXXXX7891", Zeros::Count));
/// ```
#[must_use]
pub fn is_same(sent: &str, told: &str, zeros: Zeros) -> bool {
    if told.is_empty() {
        return false;
    }
    // Told in the length that was sent, it is no mask in another length of another writing.
    let is_of_our_length = sent.len() == told.len();
    let fits =
        |ours: &str, told: &str| ours == told || ((ours.len() == told.len() || !is_of_our_length) && shows(ours, told));
    let is_padded = zeros == Zeros::Pad && has_digit(told) && fits(bare(sent), bare(told));
    fits(sent, told) || is_padded || is_mobile(sent, told, fits) || ends_iban(sent, told)
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn bare(text: &str) -> &str {
    text.trim_start_matches('0')
}

/// Whether a mobile number, masked or not, is ours in one of its writings.
fn is_mobile(sent: &str, told: &str, fits: impl Fn(&str, &str) -> bool) -> bool {
    let is_written =
        sent.bytes().enumerate().all(|(place, byte)| byte.is_ascii_digit() || (place == 0 && byte == b'+'));
    if !is_written || !["08", "628", "+628"].iter().any(|start| sent.starts_with(start)) {
        return false;
    }
    let Ok(ours) = sent.parse::<Phone>() else { return false };
    ["0", "62", "+62"].iter().any(|before| {
        let written = String::from_iter([*before, ours.subscriber()]);
        fits(&written, told)
    })
}

const fn is_mask(c: char) -> bool {
    matches!(c, 'X' | 'x' | '*')
}

/// Whether a number is masked and every place of it that is shown is ours. In a text, as an address is, an `x` hides nothing.
fn shows(ours: &str, told: &str) -> bool {
    if !told.chars().all(|c| is_mask(c) || c.is_ascii_digit() || c == '+') {
        return false;
    }
    if ours.len() == told.len() {
        let agrees = ours.bytes().zip(told.bytes()).all(|(ours, told)| ours == told || is_mask(char::from(told)));
        return agrees && has_digit(told);
    }
    // A mask of a fixed length: what stands before and after it must be ours, without an overlap.
    let (Some(start), Some(end)) = (told.find(is_mask), told.rfind(is_mask)) else { return false };
    let (head, middle, tail) = (&told[..start], &told[start..=end], &told[end + 1..]);
    tail.bytes().filter(u8::is_ascii_digit).count() >= SHOWN_DIGITS_MIN
        && middle.chars().all(is_mask)
        && ours.len() >= head.len() + tail.len()
        && ours.starts_with(head)
        && ours.ends_with(tail)
}

/// ISO 13616: a country, two check digits, and what the country puts before the account.
fn ends_iban(sent: &str, told: &str) -> bool {
    let is_iban = (15..=34).contains(&told.len())
        && told.bytes().enumerate().all(|(place, byte)| match place {
            0 | 1 => byte.is_ascii_alphabetic(),
            2 | 3 => byte.is_ascii_digit(),
            _ => byte.is_ascii_alphanumeric(),
        });
    is_iban && sent.len() >= IN_IBAN_DIGITS_MIN && told.get(4..).is_some_and(|below| below.ends_with(sent))
}

#[cfg(test)]
mod tests;
