//! Rates: hundredths of a percent of an amount, and the one way in which a fraction of a rupiah is rounded.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::money::Rupiah;

/// A part of an amount, in basis points (hundredths of a percent), from nothing to the whole.
///
/// Written `10%` or `2,5%`, with the comma of Indonesia and at most two decimals; serialises as its basis points.
///
/// ```
/// use upah_core::rate::Rate;
/// use upah_core::Rupiah;
///
/// let rate: Rate = "2,5%".parse()?;
/// assert_eq!(rate.of(Rupiah::new(4_000_000)?), Rupiah::new(100_000)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Rate(u32);

/// Why a text or number is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RateError {
    /// Not digits, perhaps a comma with one or two more, and a percent sign.
    #[error("write a rate as 10% or 2,5%, with a comma and at most two decimals")]
    Form,
    /// More than the whole.
    #[error("a rate is at most 100%")]
    TooLarge,
}

impl RateError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Form => "rate_form",
            Self::TooLarge => "rate_too_large",
        }
    }
}

/// Basis points in the whole.
const WHOLE: u32 = 10_000;

impl Rate {
    /// A rate of so many basis points.
    ///
    /// # Errors
    /// [`RateError::TooLarge`] above 10.000, which is 100%.
    pub const fn new(basis_points: u32) -> Result<Self, RateError> {
        if basis_points > WHOLE { Err(RateError::TooLarge) } else { Ok(Self(basis_points)) }
    }

    /// The number of basis points.
    #[must_use]
    pub const fn basis_points(self) -> u32 {
        self.0
    }

    /// This part of the amount, to the nearest rupiah and half a rupiah up, as [`Rupiah::of_rate`] rounds and for its
    /// reason: rounding down would keep a little of every worker's wage.
    #[must_use]
    pub fn of(self, amount: Rupiah) -> Rupiah {
        let rounded = (self.hundredths_of(amount) + u128::from(WHOLE / 2)) / u128::from(WHOLE);
        // Never more than the amount itself, which is one.
        u64::try_from(rounded).ok().and_then(|value| Rupiah::new(value).ok()).unwrap_or(amount)
    }

    /// Whether [`Rate::of`] has to round.
    #[must_use]
    pub fn rounds(self, amount: Rupiah) -> bool {
        !self.hundredths_of(amount).is_multiple_of(u128::from(WHOLE))
    }

    /// In ten thousandths of a rupiah.
    fn hundredths_of(self, amount: Rupiah) -> u128 {
        u128::from(amount.value()) * u128::from(self.0)
    }
}

/// `10%`, `2,5%`, `0,25%`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (percent, hundredths) = (self.0 / 100, self.0 % 100);
        match (hundredths, hundredths % 10) {
            (0, _) => write!(f, "{percent}%"),
            (_, 0) => write!(f, "{percent},{}%", hundredths / 10),
            _ => write!(f, "{percent},{hundredths:02}%"),
        }
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let number = text.strip_suffix('%').ok_or(RateError::Form)?;
        let (whole, decimals) = number.split_once(',').unwrap_or((number, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let leads_with_zero = whole.len() > 1 && whole.starts_with('0');
        if !digits(whole) || !digits(decimals) || decimals.len() > 2 || leads_with_zero {
            return Err(RateError::Form);
        }
        let read = |text: &str| text.parse::<u32>().map_err(|_| RateError::TooLarge);
        let tens = if decimals.len() == 1 { 10 } else { 1 };
        let basis_points = read(whole)?.checked_mul(100).and_then(|whole| Some(whole + read(decimals).ok()? * tens));
        basis_points.map_or(Err(RateError::TooLarge), Self::new)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u32::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;

    #[test]
    fn a_rate_that_a_spreadsheet_or_another_country_would_read_otherwise_is_refused() {
        for (text, basis_points) in
            [("0%", 0), ("10%", 1_000), ("2,5%", 250), ("2,50%", 250), ("0,05%", 5), ("100%", 10_000)]
        {
            assert_eq!(text.parse::<Rate>().map(Rate::basis_points), Ok(basis_points), "{text}");
        }
        for text in ["", "%", "10", "0.1", "2.5%", "2,%", ",5%", "2,555%", "010%", "-1%", "+1%", "1 %", "1e1%", "10%%"]
        {
            assert_eq!(text.parse::<Rate>(), Err(RateError::Form), "{text}");
        }
        for text in ["100,01%", "101%", "99999999999%", "4294967295%"] {
            assert_eq!(text.parse::<Rate>(), Err(RateError::TooLarge), "{text}");
        }
        assert!(serde_json::from_str::<Rate>("10001").is_err() && serde_json::from_str::<Rate>("10.0").is_err());
    }

    proptest! {
        #[test]
        fn a_part_is_what_exact_decimals_make_of_it_and_never_more_than_the_whole(
            basis_points in 0..=10_000u32, amount in prop_oneof![0..20_000u64, 0..=Rupiah::MAX.value()]
        ) {
            let (rate, amount) = (Rate::new(basis_points).unwrap(), Rupiah::new(amount).unwrap());
            let exact = Decimal::from(amount.value()) * Decimal::new(i64::from(basis_points), 4);
            prop_assert_eq!(rate.of(amount), Rupiah::of_rate(exact).unwrap());
            prop_assert_eq!(rate.rounds(amount), Decimal::from(rate.of(amount).value()) != exact);
            prop_assert!(rate.of(amount) <= amount);
        }

        #[test]
        fn every_rate_reads_back(basis_points in 0..=10_000u32) {
            let rate = Rate::new(basis_points).unwrap();
            prop_assert_eq!(rate.to_string().parse(), Ok(rate));
            prop_assert_eq!(serde_json::from_str::<Rate>(&serde_json::to_string(&rate).unwrap()).unwrap(), rate);
        }
    }
}
