//! Events and a statement, told to a person: the five questions.
//!
//! A [`Story`] answers what every worker asks: why her pay is this much, where the money is, who pays
//! the fee, why it failed and what to do, and whether the slip is genuine. It says only what the
//! recorded events and the statement's lines say, in the words of `locales/id.ftl` (Bahasa Indonesia,
//! which comes first) and `locales/en.ftl`.
//!
//! Each answer is composed: the sentence of the state, the sentence of the cause, the next step with
//! who acts and by when, and whom to ask after that. The keys of the messages are the codes of
//! `upah-core`'s catalogue, so that a new state or cause has nothing to say until both languages say it,
//! and the tests of this crate fail until they do.
//!
//! No I/O, no clock: the same payment and options always give the same story.
//!
//! ```
//! use upah_explain::{Audience, Language, Story, TellOptions};
//!
//! fn at_the_desk(payment: &upah_core::Payment) -> String {
//!     Story::tell(payment, &TellOptions::new(Language::Id, Audience::Counsellor)).to_text()
//! }
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod banks;
mod brief;
mod compare;
mod computed;
mod erased;
mod law;
mod listener;
mod money_picture;
mod place;
mod render;
mod rights;
mod sections;
mod standing;
mod story;
mod teller;
mod terbilang;
mod timeline;
mod voice;
mod ways;

pub use brief::Brief;
pub use compare::{Comparison, Step, Turn, steps};
pub use erased::ErasedStory;
pub use listener::{Audience, Language, UnknownWord};
pub use money_picture::{MoneyPicture, Piece, Pile};
pub use rights::{
    CapIs, DueDateIs, LATE_FINE_RULE, LateFine, LateFineChoices, MonthIs, Rights, RightsClock, late_fine,
};
pub use story::{Earlier, LogFacts, NextStep, Section, Story, TellOptions};
pub use terbilang::{read_terbilang, terbilang};

#[cfg(test)]
mod tests;
