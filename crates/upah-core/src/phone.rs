//! Indonesian mobile numbers, which are also wallet accounts: one spelling for the many ways they are typed.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::ids::{redacted_debug, serde_as_text};
use crate::money::is_shortened_number;

/// An Indonesian mobile number, held as `628…` (10 to 14 digits).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);
redacted_debug!(Phone);
serde_as_text!(Phone);

/// Why a text is not an Indonesian mobile number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneError {
    /// There is no text.
    #[error("the phone number is empty")]
    Empty,
    /// A long number that a spreadsheet has shortened.
    #[error("the spreadsheet changed this number; format the column as text and write all digits")]
    SpreadsheetDamage,
    /// Something other than digits, spaces, points, hyphens, brackets and a plus sign in front.
    #[error("a phone number holds digits only, for example 081234567890")]
    Characters,
    /// It does not begin with 08, 628 or +628.
    #[error("this is no Indonesian mobile number; it begins with 08 or +628")]
    NotMobile,
    /// Too few or too many digits.
    #[error("a mobile number has 9 to 13 digits, the 0 in front included; look for a missing or doubled one")]
    Length,
}

impl PhoneError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::SpreadsheetDamage => "spreadsheet_damage",
            Self::Characters => "phone_characters",
            Self::NotMobile => "phone_not_mobile",
            Self::Length => "phone_length",
        }
    }
}

impl Phone {
    /// `6281234567890`, the form of SNAP and of destinations.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The digits after the country code, `81234567890`; with a zero in front it is what people dial.
    #[must_use]
    pub fn subscriber(&self) -> &str {
        self.0.strip_prefix("62").unwrap_or(&self.0)
    }
}

/// `+6281234567890` (E.164).
impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl FromStr for Phone {
    type Err = PhoneError;

    /// Accepts `0812…`, `812…`, `62812…`, `+62812…`, `0062812…`, `+62 (0)812-…` and the like.
    fn from_str(text: &str) -> Result<Self, PhoneError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(PhoneError::Empty);
        }
        if is_shortened_number(text) {
            return Err(PhoneError::SpreadsheetDamage);
        }
        let text = text.strip_prefix('+').unwrap_or(text);
        let mut typed = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '0'..='9' => typed.push(c),
                ' ' | '-' | '.' | '(' | ')' => {}
                _ => return Err(PhoneError::Characters),
            }
        }
        // `0062` is the international prefix; `620` is the country code with the trunk zero left in.
        let typed = typed.strip_prefix("00").filter(|rest| rest.starts_with("62")).unwrap_or(&typed);
        let subscriber = match typed.strip_prefix("62") {
            Some(rest) => rest.strip_prefix('0').unwrap_or(rest),
            None => typed.strip_prefix('0').unwrap_or(typed),
        };
        if !subscriber.starts_with('8') {
            return Err(PhoneError::NotMobile);
        }
        if !(8..=12).contains(&subscriber.len()) {
            return Err(PhoneError::Length);
        }
        Ok(Self(["62", subscriber].concat()))
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_usual_spelling_is_the_same_number() {
        for text in [
            "081234567890",
            "81234567890",
            "6281234567890",
            "+6281234567890",
            "006281234567890",
            "62081234567890",
            "+62 (0) 812-3456-7890",
            "0812.3456.7890",
        ] {
            assert_eq!(text.parse::<Phone>().unwrap().digits(), "6281234567890", "{text}");
        }
    }

    #[test]
    fn other_numbers_are_refused_and_named() {
        for (text, error) in [
            ("", PhoneError::Empty),
            ("+", PhoneError::NotMobile),
            ("0215551234", PhoneError::NotMobile),
            ("+6591234567", PhoneError::NotMobile),
            ("6,28123E+12", PhoneError::SpreadsheetDamage),
            ("6.28123E+12", PhoneError::SpreadsheetDamage),
            ("08123456789012", PhoneError::Length),
            ("08123456", PhoneError::Length),
            ("0812x4567890", PhoneError::Characters),
            ("++6281234567890", PhoneError::Characters),
        ] {
            assert_eq!(text.parse::<Phone>(), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn display_is_read_back(subscriber in "8[0-9]{7,11}") {
            let phone: Phone = format!("0{subscriber}").parse().unwrap();
            prop_assert_eq!(phone.subscriber(), subscriber.as_str());
            prop_assert_eq!(phone.digits().parse(), Ok(phone.clone()));
            let shown = format!("{phone:?}");
            prop_assert!(!shown.contains(&subscriber));
            prop_assert_eq!(phone.to_string().parse(), Ok(phone));
        }

        #[test]
        fn any_text_gives_a_number_or_an_error(text in "\\PC{0,24}|[0-9+(). -]{0,24}") {
            if let Ok(phone) = text.parse::<Phone>() {
                prop_assert!(phone.digits().starts_with("628") && (10..=14).contains(&phone.digits().len()));
            }
        }
    }
}
