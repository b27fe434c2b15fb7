//! The messages of one language, and the one way to say one.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use time::Date;
use upah_core::{Period, Timestamp};

use crate::listener::{Audience, Language};

type Bundle = FluentBundle<FluentResource>;

static INDONESIAN: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Id));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::En));
static JAVANESE: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Jv));
static SUNDANESE: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Su));
static MADURESE: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Mad));

/// Before a sentence that a draft does not have and that is therefore told in Bahasa Indonesia.
pub(crate) const FALLBACK_MARK: &str = "[id]";

/// How messages begin that are parts of sentences: names of months and places stay as Bahasa Indonesia has them,
/// and a mark in the middle of a sentence would help nobody.
const PARTS: [&str; 12] = [
    "you",
    "two-people",
    "named-people",
    "when",
    "date",
    "period-",
    "month-",
    "place-",
    "kind-",
    "who-",
    "input-",
    "compare-deduction",
];

/// How messages begin that speak to the listener. Drafts are written for workers.
const ADVICE: [&str; 3] = ["next-", "ask-", "genuine-how"];

/// The messages of a language as they are written.
pub(crate) const fn source(language: Language) -> &'static str {
    match language {
        Language::Id => include_str!("../locales/id.ftl"),
        Language::En => include_str!("../locales/en.ftl"),
        Language::Jv => include_str!("../locales/jv.ftl"),
        Language::Su => include_str!("../locales/su.ftl"),
        Language::Mad => include_str!("../locales/mad.ftl"),
    }
}

fn messages(language: Language) -> &'static Bundle {
    match language {
        Language::Id => &INDONESIAN,
        Language::En => &ENGLISH,
        Language::Jv => &JAVANESE,
        Language::Su => &SUNDANESE,
        Language::Mad => &MADURESE,
    }
}

fn bundle(language: Language) -> Bundle {
    let mut bundle = Bundle::new_concurrent([language.code().parse().unwrap_or_default()].into());
    // Isolation marks are invisible characters that end up in what people copy and print.
    bundle.set_use_isolating(false);
    // A message that does not parse is left out; the tests prove that there is none.
    let resource = FluentResource::try_new(source(language).into()).unwrap_or_else(|(readable, _)| readable);
    bundle.add_resource_overriding(resource);
    bundle
}

/// Says messages of one language. What it was told with [`Voice::knowing`] every message may use.
///
/// What a draft does not say, Bahasa Indonesia says, behind [`FALLBACK_MARK`].
pub(crate) struct Voice {
    language: Language,
    audience: Audience,
    known: Vec<Known>,
}

/// A value that every message may name.
struct Known {
    name: &'static str,
    value: String,
    /// The value inside a sentence that is told in Bahasa Indonesia instead.
    in_fallback: String,
}

impl Voice {
    /// A voice that speaks to nobody in particular.
    pub(crate) fn of(language: Language) -> Self {
        Self::to(language, Audience::default())
    }

    pub(crate) fn to(language: Language, audience: Audience) -> Self {
        let voice = Self { language, audience, known: Vec::new() };
        voice.knowing("audience", audience.code())
    }

    /// Lets every message use `$name`.
    pub(crate) fn knowing(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = clean(&value.into());
        self.known.push(Known { name, in_fallback: value.clone(), value });
        self
    }

    /// Lets every message use `$key`, which is itself a message.
    pub(crate) fn knowing_message(mut self, key: &'static str) -> Self {
        let (value, in_fallback) = (self.say(key, &[]), self.say_in(Language::Id, key, &[]));
        self.known.push(Known { name: key, value, in_fallback });
        self
    }

    /// Whether there is such a message.
    pub(crate) fn has(&self, key: &str) -> bool {
        INDONESIAN.has_message(key) || self.has_itself(key)
    }

    /// Whether the language has the message itself, for this listener.
    pub(crate) fn has_itself(&self, key: &str) -> bool {
        let is_for_her = self.audience == Audience::Worker || !begins_with(key, &ADVICE);
        messages(self.language).has_message(key) && (is_for_her || !self.language.is_draft())
    }

    /// The message as one line of text. `details` stand before what is known by the same name.
    pub(crate) fn say(&self, key: &str, details: &[(&str, &str)]) -> String {
        if self.has_itself(key) || !self.language.is_draft() {
            return self.say_in(self.language, key, details);
        }
        let text = self.say_in(Language::Id, key, details);
        if begins_with(key, &PARTS) { text } else { format!("{FALLBACK_MARK} {text}") }
    }

    fn say_in(&self, language: Language, key: &str, details: &[(&str, &str)]) -> String {
        let (bundle, falls_back) = (messages(language), language != self.language);
        let mut args = FluentArgs::with_capacity(self.known.len() + details.len());
        for known in &self.known {
            args.set(known.name, if falls_back { known.in_fallback.as_str() } else { known.value.as_str() });
        }
        for (name, value) in details {
            args.set(*name, clean(value));
        }
        let mut errors = Vec::new();
        let pattern = bundle.get_message(key).and_then(|message| message.value());
        let text = pattern.map(|pattern| bundle.format_pattern(pattern, Some(&args), &mut errors));
        #[cfg(test)]
        heard::note(key, text.is_some() && errors.is_empty());
        // The tests prove that every key exists. Were one missing, its name says more than silence.
        text.map_or_else(|| key.into(), |text| text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// `25 November 2026`.
    pub(crate) fn date(&self, date: Date) -> String {
        let (day, year) = (date.day().to_string(), date.year().to_string());
        self.say("date", &[("day", &day), ("month", &self.month(date)), ("year", &year)])
    }

    /// `25 November 2026 pukul 09:05 WIB`.
    pub(crate) fn when(&self, at: Timestamp) -> String {
        self.say("when", &[("date", &self.date(at.date())), ("clock", &at.clock())])
    }

    /// `November 2026`, a date, or the week that begins on a date.
    pub(crate) fn period(&self, period: Period) -> String {
        let first = period.first_day();
        match period {
            Period::Day(_) => self.say("period-day", &[("date", &self.date(first))]),
            Period::Week(_) => self.say("period-week", &[("date", &self.date(first))]),
            Period::Month(_) => {
                self.say("period-month", &[("month", &self.month(first)), ("year", &first.year().to_string())])
            }
        }
    }

    /// `25 Nov 2026`: the month by its first three letters, which tell it in every language here.
    pub(crate) fn short_date(&self, date: Date) -> String {
        format!("{} {} {}", date.day(), self.short_month(date), date.year())
    }

    /// `28 Nov`, with its year where that is not the year it is read in.
    pub(crate) fn short_day(&self, date: Date, year: i32) -> String {
        if date.year() == year { format!("{} {}", date.day(), self.short_month(date)) } else { self.short_date(date) }
    }

    /// `Nov 2026`, a short date, or the week that begins on one.
    pub(crate) fn short_period(&self, period: Period) -> String {
        let first = period.first_day();
        match period {
            Period::Day(_) => self.short_date(first),
            Period::Week(_) => self.say("short-week", &[("date", &self.short_date(first))]),
            Period::Month(_) => format!("{} {}", self.short_month(first), first.year()),
        }
    }

    fn short_month(&self, date: Date) -> String {
        self.month(date).chars().take(3).collect()
    }

    fn month(&self, date: Date) -> String {
        self.say(&format!("month-{}", u8::from(date.month())), &[])
    }
}

fn begins_with(key: &str, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| key.starts_with(beginning))
}

/// Without control characters and the invisible ones that turn or hide text: what a provider wrote
/// must not steer a terminal or read otherwise than it is.
fn clean(text: &str) -> String {
    let invisible =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    text.chars().filter(|c| !c.is_control() && !invisible(*c)).collect()
}

/// What was said on this thread, for the tests.
#[cfg(test)]
pub(crate) mod heard {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    thread_local! {
        static SAID: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
        static BROKEN: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    }

    pub(crate) fn note(key: &str, whole: bool) {
        SAID.with_borrow_mut(|said| said.insert(key.into()));
        if !whole {
            BROKEN.with_borrow_mut(|broken| broken.insert(key.into()));
        }
    }

    /// The keys said so far, and those of them that were missing or had an unresolved reference.
    pub(crate) fn so_far() -> (BTreeSet<String>, BTreeSet<String>) {
        (SAID.with_borrow(Clone::clone), BROKEN.with_borrow(Clone::clone))
    }
}
