//! To whom a story is told: the language and what the listener may see and do.

use core::fmt;
use core::str::FromStr;

use serde::Serialize;
use upah_core::row::LanguageTag;

/// A language that stories are told in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Language {
    /// Bahasa Indonesia.
    #[default]
    Id,
    /// English.
    En,
    /// Javanese, a draft.
    Jv,
    /// Sundanese, a draft.
    Su,
    /// Madurese, a draft.
    Mad,
}

/// Who listens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// The person who is paid: short sentences, no code but the numbers that she can show.
    #[default]
    Worker,
    /// A job counsellor (pengantar kerja) at the desk: the same, with the bank's own codes and evidence.
    Counsellor,
    /// The payroll office: the same as the counsellor, with the codes of the catalogue of causes.
    Employer,
}

/// A word that names no language or audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// The words, separated by commas.
    pub allowed: &'static str,
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "write one of: {}", self.allowed)
    }
}

impl core::error::Error for UnknownWord {}

impl Language {
    /// Every language, the first one first.
    pub const ALL: [Self; 5] = [Self::Id, Self::En, Self::Jv, Self::Su, Self::Mad];

    /// The code, which is also the BCP 47 tag: `id`, `en`, `jv`, `su`, `mad`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
            Self::Jv => "jv",
            Self::Su => "su",
            Self::Mad => "mad",
        }
    }

    /// Whether no speaker has checked the messages yet: everything told in them says so.
    pub const fn is_draft(self) -> bool {
        matches!(self, Self::Jv | Self::Su | Self::Mad)
    }
}

/// The language of a row; one that has no messages yet is told in Bahasa Indonesia.
impl From<LanguageTag> for Language {
    fn from(tag: LanguageTag) -> Self {
        tag.as_str().parse().unwrap_or_default()
    }
}

impl FromStr for Language {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let allowed = "id, en, jv, su, mad";
        Self::ALL.into_iter().find(|language| language.code() == text).ok_or(UnknownWord { allowed })
    }
}

impl Audience {
    /// Everybody.
    pub const ALL: [Self; 3] = [Self::Worker, Self::Counsellor, Self::Employer];

    /// The word of the command line: `worker`, `counsellor`, `employer`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Counsellor => "counsellor",
            Self::Employer => "employer",
        }
    }
}

impl FromStr for Audience {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let allowed = "worker, counsellor, employer";
        Self::ALL.into_iter().find(|audience| audience.code() == text).ok_or(UnknownWord { allowed })
    }
}
