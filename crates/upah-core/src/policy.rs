//! Which rail may pay whom, and how patient it is: data of the configuration, no code.
use crate::ids::{EmployerId, RailId};
use crate::reference::ReferenceForm;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

mod hours;
mod route;
mod schemes;
mod terms;

pub use hours::{Calendar, Days, Hours, Minute, NeverOpen, NotAMinute, Zone};
pub use route::{Choice, Decision, PassedOver, Rule};
pub use schemes::{scheme, schemes};
pub use terms::{Fee, Limit, Since, Terms};

/// What to do with the account holder's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameCheck {
    /// A name that differs stops that payment, never the run.
    Stop,
    /// The comparison is recorded and told.
    Record,
    /// The account is not asked about.
    Off,
}

/// What a rail serves: a destination's text form with an optional `*` at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(String);

impl Pattern {
    /// `bank:*`, `ewallet:dana:*`, `*`, or one exact text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether the text falls under the pattern.
    pub fn matches(&self, text: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => text.starts_with(prefix),
            None => self.0 == text,
        }
    }
}

/// One configured rail, as far as decisions need to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RailPolicy {
    /// Its name in the configuration.
    pub id: RailId,
    /// Kind, base URL, prefix, partner and source account, hashed (safety rule 17).
    pub fingerprint: String,
    /// Which destinations it serves.
    pub serves: Vec<Pattern>,
    /// What of it the provider can express, [`crate::rail::Rail::reaches`]; everything when it is `None`.
    pub reaches: Option<Vec<Pattern>>,
    /// Whether a question finds anybody who knows, [`crate::rail::Rail::can_be_asked`].
    pub can_be_asked: bool,
    /// Whether the provider refuses a reference that it has paid already. Where it does not, the reference is asked about
    /// before every send, and what may have been sent is never sent again.
    pub refuses_repeats: bool,
    /// The name of the paying account where it is also paid from over other rails: those share its balance, and its
    /// limits on calls.
    pub account: Option<String>,
    /// Which employers pay from its account.
    pub employers: Vec<Pattern>,
    /// What it takes and what it costs, from which day on.
    pub terms: Terms,
    /// What to do with the holder's name.
    pub name_check: NameCheck,
    /// Whether the account is asked about before it is paid.
    pub inspects: bool,
    /// Which references it takes.
    pub reference_form: ReferenceForm,
    /// Seconds before each question about an open attempt; the last one repeats.
    pub inquire_after_seconds: Vec<u32>,
    /// "Not found" counts only so long after the last possible send ended.
    pub trust_not_found_after_seconds: u32,
    /// For how long a request that was signed and not sent can still be executed: the longer of the life of a token
    /// and the window in which a provider takes a timestamp. Before another process's attempt is followed by a new
    /// reference, so long is waited after its lease ended (safety rule 10).
    pub signature_life_seconds: u32,
    /// How many days the provider remembers a reference; a repeat is licensed for half of it.
    pub reference_memory_days: u32,
    /// For how many days a settled payment is asked about again.
    pub watch_returns_days: u32,
    /// How many payments are on their way at once.
    pub max_concurrency: u32,
}

impl RailPolicy {
    /// A rail with the defaults of the contract, for every employer: names are recorded, questions
    /// after 2, 10, 60 and 600 seconds, "not found" trusted after 600, signatures good for 900, references
    /// remembered for a day, returns watched for a week, 32 calls at once, no limit, fee unknown, always open.
    pub fn new(id: RailId, fingerprint: impl Into<String>, serves: Vec<Pattern>) -> Self {
        Self {
            id,
            fingerprint: fingerprint.into(),
            serves,
            reaches: None,
            can_be_asked: true,
            refuses_repeats: true,
            account: None,
            employers: alloc::vec![Pattern::new("*")],
            terms: Terms::default(),
            name_check: NameCheck::Record,
            inspects: true,
            reference_form: ReferenceForm::default(),
            inquire_after_seconds: alloc::vec![2, 10, 60, 600],
            trust_not_found_after_seconds: 600,
            // SNAP's tokens live for 900 s; the window of its timestamps is not published.
            signature_life_seconds: 900,
            reference_memory_days: 1,
            watch_returns_days: 7,
            max_concurrency: 32,
        }
    }

    /// Seconds to wait before the question after `asked` questions.
    pub fn inquire_interval_seconds(&self, asked: usize) -> u64 {
        let last = self.inquire_after_seconds.last().copied().unwrap_or(600);
        u64::from(self.inquire_after_seconds.get(asked).copied().unwrap_or(last)).max(1)
    }

    /// How long a command waits for final states unless told otherwise: the trust window and two of
    /// the last intervals.
    pub fn default_wait_seconds(&self) -> u64 {
        let last = self.inquire_after_seconds.last().copied().unwrap_or(600);
        u64::from(self.trust_not_found_after_seconds).saturating_add(u64::from(last).saturating_mul(2))
    }

    /// How long after the first send a repeat is still licensed, in milliseconds: never where a repeat would be paid.
    pub fn resend_window_millis(&self) -> u64 {
        u64::from(self.refuses_repeats) * u64::from(self.reference_memory_days).saturating_mul(86_400_000) / 2
    }

    fn serves(&self, employer: &EmployerId, destination: &str) -> bool {
        let employer = employer.to_string();
        let reaches = self.reaches.as_ref().is_none_or(|all| all.iter().any(|p| p.matches(destination)));
        let serves = self.serves.iter().any(|p| p.matches(destination));
        serves && reaches && self.employers.iter().any(|p| p.matches(&employer))
    }
}

/// The configured rails in their order, and how one of several is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// In the order of the configuration.
    pub rails: Vec<RailPolicy>,
    /// Which of several that fit is taken.
    pub rule: Rule,
    /// The days on which banks do not work.
    pub calendar: Calendar,
}

impl Policy {
    /// The rail with this name.
    pub fn rail(&self, id: &RailId) -> Option<&RailPolicy> {
        self.rails.iter().find(|rail| rail.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_beginning_or_one_exact_text() {
        for (pattern, text, fits) in [
            ("*", "bank:014:1", true),
            ("bank:*", "bank:014:1", true),
            ("bank:*", "ewallet:dana:1", false),
            ("bank:014:1", "bank:014:1", true),
            ("bank:014:1", "bank:014:12", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn a_command_waits_for_the_trust_window_and_two_questions_more() {
        let mut rail = RailPolicy::new("bank".parse().unwrap(), "f1", alloc::vec![Pattern::new("*")]);
        (rail.trust_not_found_after_seconds, rail.inquire_after_seconds) = (90, alloc::vec![2, 30]);
        assert_eq!(rail.default_wait_seconds(), 90 + 2 * 30);
        assert_eq!((rail.inquire_interval_seconds(0), rail.inquire_interval_seconds(5)), (2, 30));
    }
}
