//! Money: whole rupiah, checked, and the one parser of what clerks type into a cell.
//!
//! There is no `From<f64>` and no arithmetic operator: every sum says what happens when it does not fit.

use core::fmt;
use core::str::FromStr;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of money in whole rupiah, 0 to [`Rupiah::MAX`].
///
/// The sen has no coin and no payment rail carries it; a rate that yields a fraction is rounded once, by
/// [`Rupiah::of_rate`]. Serialises as an integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rupiah(u64);

/// Why a text or number is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RupiahError {
    /// The cell is empty.
    #[error("the amount is empty; write whole rupiah, for example 600000")]
    Empty,
    /// A minus sign.
    #[error("an amount cannot be negative; write a deduction in a column deduct.<kind>")]
    Negative,
    /// A comma followed by three digits, the English way to write thousands.
    #[error("a comma does not separate thousands here; write 600000 or 600.000")]
    CommaThousands,
    /// A point followed by other than three digits at the end, the English way to write decimals.
    #[error("a point does not separate sen here; write 600000 or 600.000")]
    DecimalPoint,
    /// Points that do not stand before every third digit.
    #[error("the points must stand before every three digits; write 600000 or 600.000")]
    Grouping,
    /// Something other than `,00` after the comma.
    #[error("an amount is in whole rupiah; only ,00 may follow the comma")]
    Fraction,
    /// Zeros in front: a code or an account number rather than an amount.
    #[error("an amount does not begin with 0; is this cell in the right column?")]
    LeadingZero,
    /// A number that a spreadsheet has shortened or a date it has made up.
    #[error("the spreadsheet changed this number; format the column as text or number and write all digits")]
    SpreadsheetDamage,
    /// Anything else.
    #[error("an amount holds digits only; write 600000, 600.000 or Rp600.000")]
    Characters,
    /// More than [`Rupiah::MAX`].
    #[error("an amount is at most 9.999.999.999.999")]
    TooLarge,
}

impl RupiahError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Negative => "amount_negative",
            Self::CommaThousands => "amount_comma",
            Self::DecimalPoint => "amount_point",
            Self::Grouping => "amount_grouping",
            Self::Fraction => "amount_fraction",
            Self::LeadingZero => "amount_leading_zero",
            Self::SpreadsheetDamage => "spreadsheet_damage",
            Self::Characters => "amount_characters",
            Self::TooLarge => "amount_too_large",
        }
    }
}

impl Rupiah {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The largest amount, Rp9.999.999.999.999: thirteen digits, what the rails' fields hold.
    pub const MAX: Self = Self(9_999_999_999_999);

    /// An amount of so many rupiah.
    ///
    /// # Errors
    /// [`RupiahError::TooLarge`] above [`Rupiah::MAX`].
    pub const fn new(value: u64) -> Result<Self, RupiahError> {
        if value > Self::MAX.0 { Err(RupiahError::TooLarge) } else { Ok(Self(value)) }
    }

    /// The number of rupiah.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }

    /// Whether this is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum of two amounts.
    ///
    /// # Errors
    /// [`RupiahError::TooLarge`] above [`Rupiah::MAX`].
    pub fn checked_add(self, other: Self) -> Result<Self, RupiahError> {
        self.0.checked_add(other.0).map_or(Err(RupiahError::TooLarge), Self::new)
    }

    /// What is left when `other` is taken away.
    ///
    /// # Errors
    /// [`RupiahError::Negative`] when more is taken away than there is.
    pub fn checked_sub(self, other: Self) -> Result<Self, RupiahError> {
        self.0.checked_sub(other.0).map(Self).ok_or(RupiahError::Negative)
    }

    /// By how many rupiah `later` is more than this, or less.
    #[must_use]
    pub const fn change_to(self, later: Self) -> i64 {
        // Thirteen digits at most, either way.
        later.0.cast_signed() - self.0.cast_signed()
    }

    /// The sum of all.
    ///
    /// # Errors
    /// [`RupiahError::TooLarge`] above [`Rupiah::MAX`].
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, RupiahError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// The amount that applying a rate gave, for example ten percent of a margin.
    ///
    /// Rounds to the nearest rupiah and half a rupiah up: rounding down would keep a little of every
    /// worker's wage, and banker's rounding cannot be explained at a desk.
    ///
    /// # Errors
    /// [`RupiahError::Negative`] below zero, [`RupiahError::TooLarge`] above [`Rupiah::MAX`].
    pub fn of_rate(amount: Decimal) -> Result<Self, RupiahError> {
        let rounded = amount.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(RupiahError::Negative);
        }
        rounded.to_u64().map_or(Err(RupiahError::TooLarge), Self::new)
    }

    /// Reads a cell of a payroll file.
    ///
    /// Accepted: `600000`, `600.000`, `Rp600.000`, `Rp 600.000`, `600.000,00`, `600000,00`. Whatever another
    /// country, or a spreadsheet, would read otherwise is refused: one misread separator is a thousandfold
    /// wage. Zero is accepted; where it makes no sense the caller says so.
    ///
    /// ```
    /// use upah_core::money::{Rupiah, RupiahError};
    ///
    /// assert_eq!(Rupiah::parse_cell("Rp600.000")?, Rupiah::new(600_000)?);
    /// assert_eq!(Rupiah::parse_cell("600,000"), Err(RupiahError::CommaThousands));
    /// # Ok::<(), RupiahError>(())
    /// ```
    ///
    /// # Errors
    /// [`RupiahError`], the rule that the cell breaks.
    pub fn parse_cell(cell: &str) -> Result<Self, RupiahError> {
        let text = cell.trim();
        let text = match text.strip_prefix("Rp") {
            Some(rest) => rest.strip_prefix([' ', '\u{a0}']).unwrap_or(rest),
            None => text,
        };
        if text.is_empty() {
            return Err(RupiahError::Empty);
        }
        if is_shortened_number(text) || text.contains('/') {
            return Err(RupiahError::SpreadsheetDamage);
        }
        if text.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            return Err(RupiahError::Negative);
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',') {
            return Err(RupiahError::Characters);
        }
        let whole = match text.split_once(',') {
            Some((whole, "00")) => whole,
            Some((_, rest)) if is_group(rest.split(['.', ',']).next().unwrap_or_default()) => {
                return Err(RupiahError::CommaThousands);
            }
            Some(_) => return Err(RupiahError::Fraction),
            None => text,
        };
        parse_whole(whole)
    }
}

/// `600000` or `600.000`, nothing else; `text` holds digits and points only.
fn parse_whole(text: &str) -> Result<Rupiah, RupiahError> {
    let mut groups = text.split('.');
    let first = groups.next().unwrap_or_default();
    if let Some(last) = groups.clone().next_back() {
        let grouped = (1..=3).contains(&first.len()) && groups.clone().all(is_group);
        if !grouped && last.len() < 3 {
            return Err(RupiahError::DecimalPoint);
        }
        if !grouped {
            return Err(RupiahError::Grouping);
        }
    }
    if first.is_empty() {
        return Err(RupiahError::Characters);
    }
    if first.starts_with('0') && text.len() > 1 {
        return Err(RupiahError::LeadingZero);
    }
    let mut value: u64 = 0;
    for digit in text.bytes().filter(u8::is_ascii_digit) {
        let next = value.checked_mul(10).and_then(|value| value.checked_add(u64::from(digit - b'0')));
        value = next.ok_or(RupiahError::TooLarge)?;
    }
    Rupiah::new(value)
}

fn is_group(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a spreadsheet has shortened a long number: `1,23E+09`, `6E+05`, `6e5`.
pub(crate) fn is_shortened_number(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let mantissa = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let (whole, decimals) = mantissa.split_once([',', '.']).unwrap_or((mantissa, "0"));
    [whole, decimals, exponent].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `Rp600.000`, the way it is written in Indonesia; [`Rupiah::parse_cell`] reads it back.
impl fmt::Display for Rupiah {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut unit = 1;
        while self.0 / unit >= 1000 {
            unit *= 1000;
        }
        write!(f, "Rp{}", self.0 / unit)?;
        while unit > 1 {
            unit /= 1000;
            write!(f, ".{:03}", self.0 / unit % 1000)?;
        }
        Ok(())
    }
}

impl FromStr for Rupiah {
    type Err = RupiahError;

    fn from_str(text: &str) -> Result<Self, RupiahError> {
        Self::parse_cell(text)
    }
}

impl Serialize for Rupiah {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for Rupiah {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_clerks_write_is_read() {
        for cell in
            ["600000", "600.000", "Rp600.000", "Rp 600.000", "600.000,00", "600000,00", " 600000 ", "Rp\u{a0}600.000"]
        {
            assert_eq!(Rupiah::parse_cell(cell).map(Rupiah::value), Ok(600_000), "{cell}");
        }
        assert_eq!(Rupiah::parse_cell("0"), Ok(Rupiah::ZERO));
        assert_eq!(Rupiah::parse_cell("9.999.999.999.999"), Ok(Rupiah::MAX));
    }

    #[test]
    fn what_could_mean_two_things_is_refused_and_named() {
        use RupiahError as E;
        let refused = [
            ("600,000", E::CommaThousands),
            ("1,234.567", E::CommaThousands),
            ("1,234,567", E::CommaThousands),
            ("600000.00", E::DecimalPoint),
            ("600.00", E::DecimalPoint),
            ("600.000.5", E::DecimalPoint),
            ("60.0000", E::Grouping),
            ("6000.000", E::Grouping),
            ("600..000", E::Grouping),
            (".600", E::Grouping),
            ("600000,5", E::Fraction),
            ("600000,50", E::Fraction),
            ("600000,", E::Fraction),
            (",00", E::Characters),
            ("-1", E::Negative),
            ("-600.000", E::Negative),
            ("600rb", E::Characters),
            ("6e5", E::SpreadsheetDamage),
            ("6E+05", E::SpreadsheetDamage),
            ("1,23E+09", E::SpreadsheetDamage),
            ("11/2026", E::SpreadsheetDamage),
            ("", E::Empty),
            ("Rp", E::Empty),
            ("   ", E::Empty),
            ("enam ratus ribu", E::Characters),
            ("+600000", E::Characters),
            ("600 000", E::Characters),
            ("٦٠٠٠٠٠", E::Characters),
            ("0600000", E::LeadingZero),
            ("0.600", E::LeadingZero),
            ("00", E::LeadingZero),
            ("10000000000000", E::TooLarge),
            ("99999999999999999999999999", E::TooLarge),
        ];
        for (cell, error) in refused {
            assert_eq!(Rupiah::parse_cell(cell), Err(error), "{cell}");
        }
    }

    #[test]
    fn a_rate_rounds_half_a_rupiah_up() {
        for (amount, scale, rupiah) in [(5, 1, 1), (4, 1, 0), (15, 1, 2), (25, 1, 3), (60_000_049, 2, 600_000)] {
            assert_eq!(Rupiah::of_rate(Decimal::new(amount, scale)).map(Rupiah::value), Ok(rupiah));
        }
        assert_eq!(Rupiah::of_rate(Decimal::new(-1, 1)), Err(RupiahError::Negative));
        assert_eq!(Rupiah::of_rate(Decimal::MAX), Err(RupiahError::TooLarge));
    }

    #[test]
    fn json_holds_integers_only() {
        assert_eq!(serde_json::to_string(&Rupiah(600_000)).unwrap(), "600000");
        for text in ["6e5", "600000.0", "-1", "\"600000\"", "10000000000000"] {
            assert!(serde_json::from_str::<Rupiah>(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in 0..=Rupiah::MAX.0) {
            let amount = Rupiah(value);
            prop_assert_eq!(Rupiah::parse_cell(&amount.to_string()), Ok(amount));
            prop_assert_eq!(Rupiah::parse_cell(&value.to_string()), Ok(amount));
            prop_assert_eq!(Rupiah::parse_cell(&format!("{amount},00")), Ok(amount));
        }

        #[test]
        fn any_text_is_either_an_amount_or_an_error(text in "[0-9.,RpeE+/ -]{0,20}|\\PC{0,20}") {
            if let Ok(amount) = Rupiah::parse_cell(&text) {
                let digits = text.trim().strip_suffix(",00").unwrap_or(text.trim()).replace(|c: char| !c.is_ascii_digit(), "");
                prop_assert_eq!(digits, amount.value().to_string());
            }
        }

        #[test]
        fn a_sum_never_wraps(a in 0..=Rupiah::MAX.0, b in 0..=Rupiah::MAX.0) {
            let sum = Rupiah(a).checked_add(Rupiah(b));
            prop_assert_eq!(sum, Rupiah::new(a + b));
            prop_assert_eq!(Rupiah::checked_sum([Rupiah(a), Rupiah(b)]), sum);
            if let Ok(sum) = sum {
                prop_assert_eq!(sum.checked_sub(Rupiah(b)), Ok(Rupiah(a)));
            }
        }
    }
}
