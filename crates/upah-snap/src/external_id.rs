//! `X-EXTERNAL-ID`: a number that no other try of the same partner carries on the same day.
//!
//! The standard allows 36 characters; 19 digits is what the strictest counterparty takes.

const LOWEST: u128 = 1_000_000_000_000_000_000;

/// Makes 19 digits, the first of them not zero, from 16 random bytes.
///
/// There are 9·10¹⁸ of them: among a million tries of one day a clash has a chance of about one in
/// eighteen million, and ends as `409ss00`, not as money. The bias of the modulus is below 2⁻⁶⁴.
#[must_use]
pub fn external_id(random: [u8; 16]) -> String {
    (LOWEST + u128::from_be_bytes(random) % (9 * LOWEST)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ends_of_the_range_have_19_digits() {
        assert_eq!(external_id([0; 16]), "1000000000000000000");
        let last = (9 * LOWEST - 1).to_be_bytes();
        assert_eq!(external_id(last), "9999999999999999999");
    }

    proptest! {
        #[test]
        fn any_bytes_give_19_digits_without_a_leading_zero(random: [u8; 16]) {
            let id = external_id(random);
            prop_assert_eq!(id.len(), 19);
            prop_assert!(id.bytes().all(|b| b.is_ascii_digit()) && !id.starts_with('0'));
        }
    }
}
