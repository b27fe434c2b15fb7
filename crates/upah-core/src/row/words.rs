//! The optional cells of a row: a date, a remark, and the closed lists of words.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use ::time::Date;

use crate::ids::{TextError, free_text, redacted_debug, serde_as_text};
use crate::period::{PeriodError, parse_date};

/// A civil date by which a wage is due, `2026-11-25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DueDate(Date);
serde_as_text!(DueDate);

impl DueDate {
    /// The date.
    #[must_use]
    pub fn date(self) -> Date {
        self.0
    }
}

impl fmt::Display for DueDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl FromStr for DueDate {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        parse_date(text)
            .map(Self)
            .map_err(|error| if error == PeriodError::Form { PeriodError::DateForm } else { error })
    }
}

/// A remark of the employer: 1 to 500 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Note(String);
redacted_debug!(Note);
serde_as_text!(Note);

impl Note {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Note {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        free_text(text.trim(), 500).map(Self)
    }
}

/// A text that is none of the words allowed; says which are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write one of: {allowed}")]
pub struct WordError {
    /// The words, separated by commas.
    pub allowed: &'static str,
}

impl WordError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        "word"
    }
}

/// A closed list of words, each with its canonical spelling first.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $allowed:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal $(| $alias:literal)*,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$vdoc])* $variant,)* }
        serde_as_text!($name);

        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The canonical word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = WordError;

            fn from_str(text: &str) -> Result<Self, WordError> {
                match text.trim().to_lowercase().as_str() {
                    $($word $(| $alias)* => Ok(Self::$variant),)*
                    _ => Err(WordError { allowed: $allowed }),
                }
            }
        }
    };
}

words! {
    /// Sex, as programmes report it. The Indonesian words and their first letters are read too.
    Sex, "female, male, perempuan, laki-laki" {
        /// `female`, `f`, `perempuan`, `p`
        Female = "female" | "f" | "perempuan" | "p",
        /// `male`, `m`, `laki-laki`, `l`
        Male = "male" | "m" | "laki-laki" | "l",
    }
}

words! {
    /// A language that a slip is written in.
    LanguageTag, "id, en, jv, su, mad" {
        /// Bahasa Indonesia.
        Id = "id",
        /// English.
        En = "en",
        /// Javanese.
        Jv = "jv",
        /// Sundanese.
        Su = "su",
        /// Madurese.
        Mad = "mad",
    }
}

words! {
    /// On what footing a person works. Some rules, such as fines, hold for employees only.
    Relationship, "employee, partner, freelance, member, agent, affiliate" {
        /// Under a contract of employment (karyawan).
        Employee = "employee" | "karyawan",
        /// Under a partnership agreement (mitra).
        Partner = "partner" | "mitra",
        /// By the job (lepas).
        Freelance = "freelance" | "lepas",
        /// A member of a cooperative (anggota).
        Member = "member" | "anggota",
        /// Earns a fee for each delivery or sale (agen).
        Agent = "agent" | "agen",
        /// Earns commission for recommending goods (afiliasi).
        Affiliate = "affiliate" | "afiliasi",
    }
}
