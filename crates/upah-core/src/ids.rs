//! Names and ids: each has one canonical text, and nothing that is not canonical can be held.
//!
//! A misspelt id that slips through becomes a second worker or a second payment, so every type here is made
//! by its parser alone. `Debug` never shows what may belong to a person.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::Deserializer;
use serde::de::{self, Visitor};
use unicode_normalization::UnicodeNormalization;

use crate::money::is_shortened_number;

/// Why a text is not an id or a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing but spaces.
    #[error("this is empty")]
    Empty,
    /// Too many characters.
    #[error("this is longer than {chars_max} characters")]
    TooLong {
        /// The most characters allowed.
        chars_max: usize,
    },
    /// A control character or an invisible one that changes how the text around it is shown.
    #[error("this holds an invisible character; type it again by hand")]
    Invisible,
    /// A character outside the alphabet of the id.
    #[error("use only the letters a to z, digits, point, hyphen and underscore, without spaces")]
    Alphabet,
    /// A long number that a spreadsheet has shortened.
    #[error("the spreadsheet changed this number; format the column as text and write all digits")]
    SpreadsheetDamage,
}

impl TextError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "too_long",
            Self::Invisible => "invisible_character",
            Self::Alphabet => "characters",
            Self::SpreadsheetDamage => "spreadsheet_damage",
        }
    }
}

/// Serialises a type as its canonical text and reads it through its parser, so that nothing invalid comes in.
/// With `as_str`, what the method of that name returns is the text.
macro_rules! serde_as_text {
    (@read $name:ty) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::ids::read_text(deserializer, str::parse)
            }
        }
    };
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        serde_as_text!(@read $name);
    };
    ($name:ty, as_str) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        serde_as_text!(@read $name);
    };
}
pub(crate) use serde_as_text;

/// Reads a text through its parser, where it stands.
pub(crate) fn read_text<'de, D, T, E>(deserializer: D, parse: fn(&str) -> Result<T, E>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
{
    struct Parsed<T, E>(fn(&str) -> Result<T, E>);

    impl<T, E: fmt::Display> Visitor<'_> for Parsed<T, E> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<F: de::Error>(self, text: &str) -> Result<T, F> {
            (self.0)(text).map_err(F::custom)
        }
    }

    deserializer.deserialize_str(Parsed(parse))
}

/// `Debug` that says that there is something and not what.
macro_rules! redacted_debug {
    ($name:ident) => {
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}
pub(crate) use redacted_debug;

/// What every text type here can do.
macro_rules! text_type {
    ($name:ident, $parse:expr) => {
        impl $name {
            /// The canonical text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                let parse: fn(&str) -> Result<String, TextError> = $parse;
                parse(text).map(Self)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        serde_as_text!($name, as_str);
    };
}

/// Who owes the wage: 1 to 64 characters of `a-z 0-9 . _ -`; capitals are read as small letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmployerId(String);
text_type!(EmployerId, |text| slug(text, 64));

/// What the wage is for, `wage` unless said otherwise: 1 to 32 characters of `a-z 0-9 . _ -`; capitals are
/// read as small letters. Two equal payments that are both owed differ in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Component(String);
text_type!(Component, |text| slug(text, 32));

impl Default for Component {
    fn default() -> Self {
        Self(String::from("wage"))
    }
}

/// The name of a configured rail: 1 to 32 characters of `a-z 0-9 . _ -`; capitals are read as small letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RailId(String);
text_type!(RailId, |text| slug(text, 32));

/// The employer's own id of a worker: 1 to 64 characters, trimmed, in normal form C, otherwise as given.
///
/// May be a national id (NIK), therefore redacted in `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(String);
text_type!(WorkerId, |text| {
    if text.contains('+') && is_shortened_number(text.trim()) {
        return Err(TextError::SpreadsheetDamage);
    }
    free_text(text.trim(), 64)
});
redacted_debug!(WorkerId);

impl WorkerId {
    /// The id without case, spaces and the leading zeros of each number in it. Two workers whose ids agree in it are most likely one,
    /// typed twice.
    #[must_use]
    pub fn collision_form(&self) -> String {
        let folded = fold(&self.0);
        let mut form = String::new();
        let mut zeros = 0usize;
        let mut in_number = false;
        for c in folded.chars().filter(|c| !c.is_whitespace()) {
            if c == '0' && !in_number {
                zeros += 1;
                continue;
            }
            // A number that is nothing but zeros stays one zero, except before the whole id.
            if zeros > 0 && !c.is_ascii_digit() && !form.is_empty() {
                form.push('0');
            }
            zeros = 0;
            in_number = c.is_ascii_digit();
            form.push(c);
        }
        if zeros > 0 {
            form.push('0');
        }
        form
    }

    /// Whether this has the form of a national id number (NIK), 16 digits, which should not serve as an id.
    #[must_use]
    pub fn looks_like_nik(&self) -> bool {
        self.0.len() == 16 && self.0.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// Who made or approved a run: 1 to 140 characters, trimmed, in normal form C.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActorName(String);
text_type!(ActorName, |text| free_text(text.trim(), 140));
redacted_debug!(ActorName);

impl ActorName {
    /// Whether two names are the same but for case and spacing: a maker who types his name differently
    /// does not become his own checker.
    #[must_use]
    pub fn same_person(&self, other: &Self) -> bool {
        let (one, two) = (fold(&self.0), fold(&other.0));
        one.split_whitespace().eq(two.split_whitespace())
    }
}

/// The name of a person who is paid: 1 to 140 characters in normal form C, never changed otherwise.
///
/// `Display` shows it in full and is for what the owner of the data reads: never for a log or an error.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayeeName(String);
text_type!(PayeeName, |text| free_text(text, 140));
redacted_debug!(PayeeName);

fn slug(text: &str, chars_max: usize) -> Result<String, TextError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > chars_max {
        return Err(TextError::TooLong { chars_max });
    }
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')) {
        return Err(TextError::Alphabet);
    }
    Ok(text.to_ascii_lowercase())
}

/// A text in normal form C without control characters.
pub(crate) fn free_text(text: &str, chars_max: usize) -> Result<String, TextError> {
    if text.trim().is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(TextError::Invisible);
    }
    // A bound before normalising, which may grow a text threefold and would otherwise run over all of it.
    if text.chars().count() > chars_max * 4 {
        return Err(TextError::TooLong { chars_max });
    }
    let text: String = if text.is_ascii() { text.into() } else { text.nfc().collect() };
    if text.chars().count() > chars_max { Err(TextError::TooLong { chars_max }) } else { Ok(text) }
}

/// Format characters that reorder or hide text. The joiners U+200C and U+200D stay: Javanese script needs them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
    )
}

/// Case folding: the way over upper case also folds what has no lower case of one letter (`ß`, final sigma),
/// and beginning with lower case makes it the same for the capital `ẞ`.
fn fold(text: &str) -> String {
    let upper = text.chars().flat_map(char::to_lowercase).flat_map(char::to_uppercase);
    upper.flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    fn worker(text: &str) -> WorkerId {
        text.parse().unwrap()
    }

    #[test]
    fn slugs_are_trimmed_and_lower_case() {
        assert_eq!(" Kampung-Marketer ".parse::<EmployerId>().unwrap().as_str(), "kampung-marketer");
        assert_eq!("".parse::<Component>(), Err(TextError::Empty));
        assert_eq!("upah pokok".parse::<Component>(), Err(TextError::Alphabet));
        assert_eq!("x".repeat(33).parse::<Component>(), Err(TextError::TooLong { chars_max: 32 }));
        assert_eq!(Component::default(), "Wage".parse().unwrap());
    }

    #[test]
    fn ids_that_differ_by_case_zeros_or_spaces_collide() {
        for (one, other) in
            [("W-7", "w-7"), ("007", "7"), ("A 1", "a1"), ("000", "0"), ("É1", "e\u{301}1"), ("ẞ1", "SS1")]
        {
            assert_eq!(worker(one).collision_form(), worker(other).collision_form(), "{one} {other}");
        }
        assert_ne!(worker("A-7").collision_form(), worker("A-70").collision_form());
        assert_ne!(worker("0").collision_form(), "");
    }

    #[test]
    fn folding_again_changes_nothing() {
        for c in '\0'..=char::MAX {
            let folded = fold(c.encode_utf8(&mut [0; 4]));
            assert_eq!(fold(&folded), folded, "{}", c.escape_unicode());
        }
    }

    #[test]
    fn a_worker_id_keeps_its_zeros_and_case() {
        assert_eq!(worker(" 007a ").as_str(), "007a");
        assert_eq!(worker("12E5").as_str(), "12E5");
        assert_eq!("3,32501E+15".parse::<WorkerId>(), Err(TextError::SpreadsheetDamage));
        assert!(worker("3325010101010001").looks_like_nik());
        assert!(!worker("332501010101000").looks_like_nik());
    }

    #[test]
    fn the_same_name_typed_differently_is_the_same_person() {
        let name = |text: &str| text.parse::<ActorName>().unwrap();
        assert!(name("Budi Santoso").same_person(&name(" BUDI  santoso")));
        assert!(name("Rene\u{301}").same_person(&name("RENÉ")));
        assert!(!name("Budi").same_person(&name("Budhi")));
    }

    #[test]
    fn a_name_is_not_trimmed_and_holds_nothing_invisible() {
        assert_eq!("Siti  ".parse::<PayeeName>().unwrap().as_str(), "Siti  ");
        for name in ["Si\u{0}ti", "Siti\u{202e}", "a\nb", "\u{feff}Siti"] {
            assert_eq!(name.parse::<PayeeName>(), Err(TextError::Invisible), "{name:?}");
        }
    }

    #[test]
    fn debug_shows_no_person() {
        let shown = format!(
            "{:?} {:?} {:?}",
            worker("3325010101010001"),
            "Sari".parse::<ActorName>(),
            "Siti".parse::<PayeeName>()
        );
        assert!(!shown.contains("3325") && !shown.contains("Sari") && !shown.contains("Siti"), "{shown}");
    }

    proptest! {
        #[test]
        fn parsing_is_idempotent(text in "\\PC{0,70}|[A-Za-z0-9._ -]{0,70}") {
            if let Ok(id) = text.parse::<EmployerId>() {
                prop_assert_eq!(id.to_string().parse(), Ok(id));
            }
            if let Ok(id) = text.parse::<WorkerId>() {
                prop_assert_eq!(worker(id.as_ref()), id.clone());
                prop_assert!(!id.collision_form().is_empty());
            }
            if let Ok(name) = text.parse::<PayeeName>() {
                prop_assert_eq!(name.to_string().parse(), Ok(name));
            }
        }

        #[test]
        fn json_round_trips_and_refuses_what_the_parser_refuses(text in "\\PC{0,40}") {
            let json = serde_json::to_string(&text).unwrap();
            match text.parse::<WorkerId>() {
                Ok(id) => prop_assert_eq!(serde_json::from_str::<WorkerId>(&json).unwrap(), id),
                Err(_) => prop_assert!(serde_json::from_str::<WorkerId>(&json).is_err()),
            }
        }
    }
}
