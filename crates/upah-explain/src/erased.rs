//! What can still be told of a payment whose records were erased at somebody's request.

use core::fmt;

use serde::Serialize;
use upah_core::PaymentState;
use upah_core::run::PaymentId;

use crate::listener::Language;
use crate::story::TellOptions;
use crate::voice::Voice;

/// The story of a payment of which only its number, its last state and its place in the book are left: no name, no
/// amount, no account.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ErasedStory {
    /// The language of the texts.
    pub language: Language,
    /// `UJI COBA …` for a sandbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// `KONSEP …` for a language that no speaker has checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
    /// Where the payment stood when it was erased.
    pub state: PaymentState,
    /// One sentence: that it was erased.
    pub headline: String,
    /// Where it stood, where the money was, what is left, what to do; each a sentence or two.
    pub answers: Vec<String>,
}

impl fmt::Debug for ErasedStory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErasedStory").field("state", &self.state).finish_non_exhaustive()
    }
}

impl ErasedStory {
    /// Tells it. `entry` is the place in the book up to which records of the payment were erased.
    #[must_use]
    pub fn tell(payment: &PaymentId, state: PaymentState, entry: u64, options: &TellOptions<'_>) -> Self {
        let voice = Voice::to(options.language, options.audience)
            .knowing_message("you")
            .knowing("payment", payment.to_string())
            .knowing("entry", entry.to_string())
            // What else was known of the state went with the records.
            .knowing("way", "bank")
            .knowing("excess", "no")
            .knowing("proof", "bank")
            .knowing("money", "unclear");
        let stands = voice.say(&format!("short-state-{}", state.name()), &[]);
        let say = |key| voice.say(key, &[]);
        let answers = vec![
            say("where-payment"),
            voice.say("erased-stood", &[("stands", &stands)]),
            // The state alone proves where money is only when it arrived.
            if state == PaymentState::Settled { say("erased-money-arrived") } else { say("erased-money-untold") },
            say("erased-left"),
            say("erased-slip"),
            say("erased-ask"),
        ];
        Self {
            language: options.language,
            notice: options.sandbox.then(|| say("notice-sandbox")),
            draft: options.language.is_draft().then(|| say("notice-draft")),
            state,
            headline: say("erased-headline"),
            answers,
        }
    }

    /// Plain text, its lines ended by `\n`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let head = self.notice.iter().chain(&self.draft).chain([&self.headline]).cloned();
        head.chain(self.answers.iter().map(|answer| format!("- {answer}"))).map(|line| line + "\n").collect()
    }
}
