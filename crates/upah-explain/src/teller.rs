//! What all sections of a story share: the payment, what it amounts to, and the voice that tells it.

use time::Date;
use upah_core::bank_statement::Resolution;
use upah_core::cause::{Actor, Money};
use upah_core::evidence::Grade;
use upah_core::payment::Attempt;
use upah_core::{Cause, Destination, Payment, PaymentState};

use crate::law;
use crate::listener::Audience;
use crate::place;
use crate::standing::{Standing, Step};
use crate::story::TellOptions;
use crate::voice::Voice;

pub(crate) struct Teller<'a> {
    pub(crate) payment: &'a Payment,
    pub(crate) options: &'a TellOptions<'a>,
    pub(crate) standing: Standing<'a>,
    pub(crate) voice: Voice,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(payment: &'a Payment, options: &'a TellOptions<'a>) -> Self {
        let standing = Standing::of(payment);
        let row = &payment.instruction.row;
        let voice = Voice::to(options.language, options.audience).knowing_message("you").knowing_message("your");
        let period = voice.period(row.period);
        let word = payment.attempts.iter().rev().find_map(|attempt| attempt.resolution.as_ref());
        let people = match (word, options.stated_by) {
            (Some(resolved), _) => named_people(&voice, &resolved.word),
            (None, Some([first, second])) => {
                voice.say("named-people", &[("first", first.as_str()), ("second", second.as_str())])
            }
            (None, None) => voice.say("two-people", &[]),
        };
        let place = in_words(destination_of_money(payment, &standing), &voice);
        let voice = voice
            .knowing("name", row.name.as_str())
            .knowing("period", period)
            .knowing("amount", row.amount.to_string())
            .knowing("place", place)
            .knowing("payment", payment.id.to_string())
            .knowing("state", payment.state.name())
            .knowing("money", money_word(standing.money))
            .knowing("excess", if standing.excess.is_zero() { "no" } else { "yes" })
            .knowing("proof", if standing.grade() == Some(Grade::People) { "people" } else { "bank" })
            .knowing("way", if standing.on_sheet { "sheet" } else { "bank" })
            .knowing("late", if standing.late.is_some() { "yes" } else { "no" })
            .knowing("actor", actor_word(standing.actor()))
            .knowing("people", people);
        Self { payment, options, standing, voice }
    }

    pub(crate) fn say(&self, key: &str) -> String {
        self.voice.say(key, &[])
    }

    pub(crate) fn say_with(&self, key: &str, details: &[(&str, &str)]) -> String {
        self.voice.say(key, details)
    }

    /// The cause as a sentence.
    pub(crate) fn cause(&self, cause: Cause) -> String {
        self.say(&format!("cause-{}", cause.code()))
    }

    /// The cause in a few words, for a short message.
    pub(crate) fn brief_cause(&self, cause: Cause) -> String {
        self.say(&format!("brief-cause-{}", cause.code()))
    }

    /// What is next, in a sentence or two.
    pub(crate) fn step(&self) -> String {
        match self.standing.step {
            Step::OfCause(cause) => self.say(&format!("next-{}", cause.code())),
            Step::OfState(name, _) => self.say(&format!("next-state-{name}")),
        }
    }

    /// Who acts next, as she is called.
    pub(crate) fn who(&self) -> String {
        self.say(match self.standing.actor() {
            Actor::Worker => "who-worker",
            Actor::Employer => "who-employer",
            Actor::Provider => "who-provider",
            Actor::Upah => "who-upah",
            Actor::Nobody => "who-nobody",
        })
    }

    /// Who acts, and by when: nothing where nobody must.
    pub(crate) fn acts(&self) -> Vec<String> {
        let actor = self.standing.actor();
        if actor == Actor::Nobody {
            return Vec::new();
        }
        let when = match (self.act_by(), actor) {
            (Some(date), Actor::Upah | Actor::Provider) => {
                self.say_with("step-news", &[("date", &self.voice.date(date))])
            }
            (Some(date), _) => self.say_with("step-by", &[("date", &self.voice.date(date))]),
            (None, _) => self.say("step-no_date"),
        };
        [self.say_with("step-who", &[("who", &self.who())]), when].into()
    }

    /// By when somebody should have acted, or there should be news: counted in civil days in Jakarta from when the
    /// state began, or from when the rail opens that is waited for.
    pub(crate) fn act_by(&self) -> Option<Date> {
        let days = self.standing.act_within_days()?;
        let opens = self.payment.routed.as_ref().and_then(|routed| routed.not_before);
        let opens = opens.filter(|_| self.standing.state == PaymentState::Ready);
        let from = opens.map_or(self.payment.state_since, |opens| opens.max(self.payment.state_since));
        Some(from.plus_seconds(u64::from(days) * 86_400).date())
    }

    /// How the number ends where the money arrived, may have arrived, or is to go.
    pub(crate) fn tail(&self) -> Option<String> {
        destination_of_money(self.payment, &self.standing).map(place::tail)
    }

    /// The law on which that rests, where there is one.
    pub(crate) fn law(&self) -> Option<String> {
        law::key(&self.standing).map(|key| self.say(key))
    }

    /// Those who stated something, by their names.
    pub(crate) fn people_of(&self, word: &Resolution) -> String {
        named_people(&self.voice, word)
    }

    /// Whom to ask when that does not help.
    pub(crate) fn ask_next(&self) -> String {
        self.say(match self.standing.actor() {
            Actor::Worker => "ask-worker",
            Actor::Employer => "ask-employer",
            Actor::Provider => "ask-provider",
            Actor::Upah => "ask-upah",
            Actor::Nobody => "ask-nobody",
        })
    }

    /// Whether codes and evidence are told, which a worker has no use for.
    pub(crate) fn tells_codes(&self) -> bool {
        self.options.audience != Audience::Worker
    }

    /// Where an attempt sent the money.
    pub(crate) fn place_of(&self, index: usize, attempt: &Attempt) -> String {
        place_of_attempt(self.payment, index, attempt, &self.voice)
    }

    /// A text of a provider, a rule or the employer, without any full number of a destination, and not endless.
    pub(crate) fn foreign(&self, text: &str) -> String {
        let short: String = text.chars().take(FOREIGN_CHARS_MAX).collect();
        place::struck_out(&short, &self.payment.instruction.row.destinations)
    }
}

const FOREIGN_CHARS_MAX: usize = 64;

fn named_people(voice: &Voice, word: &Resolution) -> String {
    voice.say("named-people", &[("first", word.by.as_str()), ("second", word.and_by.as_str())])
}

fn actor_word(actor: Actor) -> &'static str {
    match actor {
        Actor::Worker => "worker",
        Actor::Employer => "employer",
        Actor::Provider => "provider",
        Actor::Upah => "upah",
        Actor::Nobody => "nobody",
    }
}

fn money_word(money: Money) -> &'static str {
    match money {
        Money::WithPayer => "with_payer",
        Money::Unclear => "unclear",
        Money::WithWorker => "with_worker",
    }
}

/// Where the money arrived, may have arrived, or is to go, while that is still on record.
fn destination_of_money<'a>(payment: &'a Payment, standing: &Standing<'_>) -> Option<&'a Destination> {
    let live = || payment.attempts.iter().enumerate().rfind(|(_, attempt)| attempt.state.is_live());
    let destination = match standing.paid.or_else(live) {
        Some((index, _)) if index < payment.attempts_before_instruction => return None,
        Some((_, attempt)) => attempt.made.destination,
        None => payment.destination,
    };
    payment.instruction.row.destinations.get(usize::from(destination))
}

/// An attempt of an earlier instruction went to a destination that the present one may not name.
fn place_of_attempt(payment: &Payment, index: usize, attempt: &Attempt, voice: &Voice) -> String {
    if index < payment.attempts_before_instruction {
        return voice.say("place-untold", &[]);
    }
    place_at(payment, attempt.made.destination, voice)
}

fn place_at(payment: &Payment, destination: u8, voice: &Voice) -> String {
    in_words(payment.instruction.row.destinations.get(usize::from(destination)), voice)
}

fn in_words(destination: Option<&Destination>, voice: &Voice) -> String {
    destination.map_or_else(|| voice.say("place-untold", &[]), |destination| place::in_words(destination, voice))
}
