//! What can still be told of a payment whose records were erased at somebody's request.

use core::fmt;

use serde::Serialize;
use upah_core::PaymentState;
use upah_core::run::PaymentId;

use crate::listener::Language;
use crate::render::channels::receipt;
use crate::render::letters::gsm;
use crate::render::{push_element, push_list};
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
    /// The same once more, for 160 characters.
    #[serde(skip)]
    shortest: Shortest,
}

/// What a short message adds to the headline.
#[derive(Clone, PartialEq, Eq)]
struct Shortest {
    notice: String,
    draft: Option<String>,
    number: String,
    ask: String,
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
            .knowing("money", "unclear")
            .knowing("actor", "worker");
        let stands = voice.say(&format!("short-state-{}", state.name()), &[]);
        let say = |key| voice.say(key, &[]);
        let answers = vec![
            say("where-payment"),
            say("erased-entry"),
            voice.say("erased-stood", &[("stands", &stands)]),
            // The state alone proves where money is only when it arrived.
            if state == PaymentState::Settled { say("erased-money-arrived") } else { say("erased-money-untold") },
            say("erased-left"),
            say("erased-nobody"),
            say("erased-ask"),
            say("erased-slip"),
            say("erased-law"),
        ];
        Self {
            language: options.language,
            notice: options.sandbox.then(|| say("notice-sandbox")),
            draft: options.language.is_draft().then(|| say("notice-draft")),
            state,
            headline: say("erased-headline"),
            answers,
            shortest: Shortest {
                notice: say("short-notice"),
                draft: options.language.is_draft().then(|| say("short-draft")),
                number: say("short-number"),
                ask: say("short-ask"),
            },
        }
    }

    /// For one short message of 160 septets: that it was erased, which payment it was, and whom to ask.
    #[must_use]
    pub fn to_sms(&self) -> String {
        let short = &self.shortest;
        let kept = self.notice.iter().map(|_| &short.notice).chain(&short.draft);
        let kept = kept.chain([&self.headline, &short.number, &short.ask]);
        kept.map(|text| gsm(text)).collect::<Vec<_>>().join(" ")
    }

    /// For a receipt printer with paper of 58 mm, as [`Story::to_58mm`](crate::Story::to_58mm).
    #[must_use]
    pub fn to_58mm(&self) -> String {
        receipt(self.to_text().lines())
    }

    /// A `section` element with a heading of its own; every text is escaped.
    #[must_use]
    pub fn to_html_fragment(&self) -> String {
        let mut html = format!("<section class=\"story\" lang=\"{}\">\n", self.language.code());
        self.notice.iter().for_each(|notice| push_element(&mut html, "p", " class=\"notice\"", notice));
        self.draft.iter().for_each(|draft| push_element(&mut html, "p", " class=\"draft\"", draft));
        push_element(&mut html, "h1", "", &self.headline);
        push_list(&mut html, &self.answers);
        html.push_str("</section>\n");
        html
    }

    /// Plain text for a terminal, a chat or a template of 1.024 characters, its lines ended by `\n`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let head = self.notice.iter().chain(&self.draft).chain([&self.headline]).cloned();
        head.chain(self.answers.iter().map(|answer| format!("- {answer}"))).map(|line| line + "\n").collect()
    }
}
