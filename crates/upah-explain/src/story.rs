//! The story of one payment: five questions and their answers, and the step that is next.

use core::fmt;

use serde::Serialize;
use upah_core::cause::Actor;
use upah_core::policy::Fee;
use upah_core::{ActorName, Cause, Payment, PaymentState, Period, Rupiah, Timestamp};

use crate::brief::Brief;
use crate::compare::{self, Comparison};
use crate::listener::{Audience, Language};
use crate::money_picture::MoneyPicture;
use crate::rights::{self, Rights, RightsClock};
use crate::sections;
use crate::teller::Teller;
use crate::terbilang::terbilang;

/// How a story is told, and what is known besides the payment's own events.
#[derive(Clone, Copy, Debug, Default)]
pub struct TellOptions<'a> {
    /// In which language.
    pub language: Language,
    /// To whom.
    pub audience: Audience,
    /// Whether the store pays into a sandbox: the story then begins with UJI COBA (safety rule 18).
    pub sandbox: bool,
    /// The fee of the rail, when the configuration tells it.
    pub fee: Option<&'a Fee>,
    /// What is known of the book in which the payment's events stand.
    pub log: Option<LogFacts>,
    /// The two people on whose word the payment was ended (safety rule 16).
    ///
    /// Used only where the evidence says that it was people; without it they are "two people".
    pub stated_by: Option<[&'a ActorName; 2]>,
    /// An earlier payment of the same worker, to compare this one with.
    pub earlier: Option<Earlier<'a>>,
    /// Today, and how the law is read, to tell how late the wage is. A slip has none: it has no today.
    pub clock: Option<RightsClock>,
}

impl TellOptions<'_> {
    /// A story of a live store, with nothing known besides the payment.
    #[must_use]
    pub fn new(language: Language, audience: Audience) -> Self {
        Self { language, audience, ..Self::default() }
    }
}

/// What a payment is compared with.
#[derive(Clone, Copy, Debug)]
pub enum Earlier<'a> {
    /// An earlier payment of the same worker.
    Kept(&'a Payment),
    /// The payment for this period, whose records were erased: nothing can be compared any more, and the story says so.
    Erased(Period),
}

/// What is known of the audit log at the time of telling (safety rule 31).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogFacts {
    /// How many entries the log had; the story knows nothing after them.
    pub size: u64,
    /// When a witness saw that log. Only a cosignature that was checked gives a date, the log's own clock does not.
    pub day: Option<Timestamp>,
    /// How many witnesses are named beside it whose cosignatures nobody has checked here.
    pub witnesses_named: usize,
}

/// A payment, told to a person.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Story {
    /// The language of the texts.
    pub language: Language,
    /// To whom it is told.
    pub audience: Audience,
    /// `UJI COBA …` for a sandbox: shown before anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// `KONSEP …` for a language that no speaker has checked: shown before the story, in every form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
    /// One sentence: whose wage, for when, where it stands.
    pub headline: String,
    /// What is paid, in whole rupiah.
    pub amount: Rupiah,
    /// `Rp600.000`.
    pub amount_text: String,
    /// `enam ratus ribu rupiah`, in Bahasa Indonesia whatever the language.
    pub amount_words: String,
    /// The amount as notes and coins.
    pub picture: MoneyPicture,
    /// Where the payment stands.
    pub state: PaymentState,
    /// Why, by the catalogue's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The five questions in their order: amount, place, fee, failure, genuineness.
    pub sections: [Section; 5],
    /// What is next.
    pub next_step: NextStep,
    /// How late the wage is, when that was asked and it has a due date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rights: Option<Rights>,
    /// How it differs from an earlier one, when that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<Comparison>,
    /// Why it cannot be compared with the earlier one, when that was asked and the earlier one's records were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare_erased: Option<Section>,
    /// The same in few sentences.
    pub brief: Brief,
}

/// A question and its answers, each of one or a few short sentences.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// In the worker's words.
    pub question: String,
    /// At least one.
    pub answers: Vec<String>,
}

/// Who must do what by when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NextStep {
    /// Who acts.
    pub actor: Actor,
    /// Who acts, as she is called in the story.
    pub who: String,
    /// What the listener does, or waits for.
    pub what: String,
    /// By when, or when there should be news, a date in words; nothing where nobody must or no day was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Whom to ask when that does not help.
    pub ask_next: String,
    /// The law on which that rests, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
}

impl fmt::Debug for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Story").field("state", &self.state).field("cause", &self.cause).finish_non_exhaustive()
    }
}

impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Section").field("question", &self.question).finish_non_exhaustive()
    }
}

impl Story {
    /// Tells a payment. Pure: the same payment and options give the same story.
    ///
    /// Says nothing that the payment's events, its statement and the options do not say; where money is
    /// not proved to be, it says so. No account or phone number stands in it in full.
    #[must_use]
    pub fn tell(payment: &Payment, options: &TellOptions<'_>) -> Self {
        let teller = Teller::new(payment, options);
        let section = |question: &str, answers| Section { question: teller.say(question), answers };
        let amount = payment.amount();
        let rights = options.clock.and_then(|clock| rights::told(&teller, &clock));
        let (compare, compare_erased) = match options.earlier {
            Some(Earlier::Kept(earlier)) => (Some(compare::told(&teller, earlier)), None),
            Some(Earlier::Erased(period)) => (None, Some(compare::erased(&teller, period))),
            None => (None, None),
        };
        Self {
            language: options.language,
            audience: options.audience,
            notice: options.sandbox.then(|| teller.say("notice-sandbox")),
            draft: options.language.is_draft().then(|| teller.say("notice-draft")),
            headline: teller.say(&format!("headline-{}", payment.state.name())),
            amount,
            amount_text: amount.to_string(),
            amount_words: format!("{} rupiah", terbilang(amount)),
            picture: MoneyPicture::told(amount, &teller.voice),
            state: payment.state,
            cause: teller.standing.cause,
            sections: [
                section("question-amount", sections::amount(&teller)),
                section("question-where", sections::place(&teller)),
                section("question-fee", sections::fee(&teller)),
                section("question-failed", sections::failure(&teller)),
                section("question-genuine", sections::genuine(&teller)),
            ],
            next_step: NextStep {
                actor: teller.standing.actor(),
                who: teller.who(),
                what: teller.step(),
                by: teller.act_by().map(|date| teller.voice.date(date)),
                ask_next: teller.ask_next(),
                law: teller.law(),
            },
            brief: Brief::of(&teller, rights.as_ref(), compare.as_ref()),
            rights,
            compare,
            compare_erased,
        }
    }

    /// The five questions, and after them those that were asked besides.
    pub fn questions(&self) -> impl Iterator<Item = &Section> {
        let rights = self.rights.iter().map(|rights| &rights.told);
        let compare = self.compare.iter().map(|compare| &compare.told).chain(&self.compare_erased);
        self.sections.iter().chain(rights).chain(compare)
    }
}
