//! The story of the payment, as `upah-explain` tells it to the worker. The slip adds no word of its own
//! about where the money is.
use super::witnesses;
use crate::check::Facts;
use upah_explain::{Audience, Language, LogFacts, Story, TellOptions};

/// The story in the worker's language. Without a fee, which stands in the configuration and not in the
/// book, and without a day of the log, which only a witness can give. Witnesses that the checkpoint names are counted as
/// the page lists them: their keys are not on the slip.
pub(super) fn told(facts: &Facts, language: Language) -> Story {
    // Not the checkpoint's size: what happened between this payment's last entry on the slip and the
    // end of the book cannot be seen from a slip either.
    let log = LogFacts { size: facts.ends.1, day: None, witnesses_named: witnesses::named(&facts.head.note) };
    let options =
        TellOptions { sandbox: facts.sandbox, log: Some(log), ..TellOptions::new(language, Audience::Worker) };
    Story::tell(&facts.payment, &options)
}
