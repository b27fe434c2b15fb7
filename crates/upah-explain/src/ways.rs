//! Why a payment goes the way it goes, and why a name was taken for hers: for whoever has to account for it.

use upah_core::name::{Likeness, NameReason};
use upah_core::payment::Attempt;
use upah_core::policy::{Choice, PassedOver, Rule};

use crate::teller::Teller;

/// The rail that is waited for. The worker is told too: it is her money that waits.
pub(crate) fn push_waiting(teller: &Teller<'_>, answers: &mut Vec<String>) {
    let Some(routed) = &teller.payment.routed else { return };
    if let Some(opens) = routed.not_before {
        let when = teller.voice.when(opens);
        answers.push(teller.say_with("way-waits", &[("rail", routed.rail.as_str()), ("when", &when)]));
    }
}

/// Why an order was made over its rail.
pub(crate) fn push_choice(teller: &Teller<'_>, attempt: &Attempt, lines: &mut Vec<String>) {
    let Some(Choice { rule, fee, others }) = &attempt.choice else { return };
    lines.push(teller.say(match rule {
        Rule::Cheapest => "way-cheapest",
        Rule::Order => "way-order",
    }));
    if let Some(fee) = fee {
        lines.push(teller.say_with("way-cost", &[("fee", &fee.to_string())]));
    }
    for (rail, why) in others {
        let key = match why {
            PassedOver::OverLimit => "way-over_limit",
            PassedOver::UnderLimit => "way-under_limit",
            PassedOver::Closed => "way-closed",
            PassedOver::Dearer => "way-dearer",
            PassedOver::Later => "way-later",
        };
        lines.push(teller.say_with(key, &[("rail", rail.as_str())]));
    }
}

/// How near the names were, and what had to be trusted.
pub(crate) fn push_likeness(teller: &Teller<'_>, likeness: Likeness, answers: &mut Vec<String>) {
    answers.push(teller.say_with("name-likeness", &[("score", &likeness.score.to_string())]));
    answers.push(teller.say(match likeness.because {
        NameReason::SameWords => "name-because-same_words",
        NameReason::WordsMissing => "name-because-words_missing",
        NameReason::WrittenTogether => "name-because-written_together",
        NameReason::OtherSpelling => "name-because-other_spelling",
        NameReason::Initial => "name-because-initial",
        NameReason::Masked => "name-because-masked",
        NameReason::WordsDiffer => "name-because-words_differ",
        // Told already: there is no name.
        NameReason::NotTold => return,
    }));
}
