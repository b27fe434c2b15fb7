//! The messages of one language, and the one way to say one.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use time::Date;
use upah_core::{Period, Timestamp};

use crate::listener::Language;

type Bundle = FluentBundle<FluentResource>;

static INDONESIAN: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Id));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::En));

/// The messages of a language as they are written.
pub(crate) const fn source(language: Language) -> &'static str {
    match language {
        Language::Id => include_str!("../locales/id.ftl"),
        Language::En => include_str!("../locales/en.ftl"),
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
pub(crate) struct Voice {
    bundle: &'static Bundle,
    known: Vec<(&'static str, String)>,
}

impl Voice {
    pub(crate) fn of(language: Language) -> Self {
        let bundle = match language {
            Language::Id => &*INDONESIAN,
            Language::En => &*ENGLISH,
        };
        Self { bundle, known: Vec::new() }
    }

    /// Lets every message use `$name`.
    pub(crate) fn knowing(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.known.push((name, clean(&value.into())));
        self
    }

    /// Whether there is such a message.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// The message as one line of text. `details` stand before what is known by the same name.
    pub(crate) fn say(&self, key: &str, details: &[(&str, &str)]) -> String {
        let mut args = FluentArgs::with_capacity(self.known.len() + details.len());
        for (name, value) in &self.known {
            args.set(*name, value.as_str());
        }
        for (name, value) in details {
            args.set(*name, clean(value));
        }
        let mut errors = Vec::new();
        let pattern = self.bundle.get_message(key).and_then(|message| message.value());
        let text = pattern.map(|pattern| self.bundle.format_pattern(pattern, Some(&args), &mut errors));
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

    fn month(&self, date: Date) -> String {
        self.say(&format!("month-{}", u8::from(date.month())), &[])
    }
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
