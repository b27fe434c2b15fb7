//! What happened to a payment, in order: every payment order, how often the bank was asked, what it said.

use upah_core::AttemptState;
use upah_core::evidence::{Evidence, Grade};
use upah_core::payment::Attempt;

use crate::listener::Audience;
use crate::teller::Teller;

/// One line a fact, the oldest payment order first.
pub(crate) fn lines(teller: &Teller<'_>) -> Vec<String> {
    let attempts = &teller.payment.attempts;
    if attempts.is_empty() {
        return [teller.say("timeline-none")].into();
    }
    let mut lines = Vec::new();
    for (index, attempt) in attempts.iter().enumerate() {
        push_orders(teller, index, attempt, &mut lines);
        push_result(teller, attempt, &mut lines);
        // Why the newest one ended is told as the answer to why it failed.
        if let Some(cause) = attempt.cause.filter(|_| index + 1 < attempts.len()) {
            lines.push(teller.cause(cause));
        }
        if teller.tells_codes() {
            push_details(teller, attempt, &mut lines);
        }
    }
    lines
}

fn push_orders(teller: &Teller<'_>, index: usize, attempt: &Attempt, lines: &mut Vec<String>) {
    let made = &attempt.made;
    let at = |when| teller.voice.when(when);
    lines.push(teller.say_with("timeline-made", &[("when", &at(attempt.first_sent_at)), ("rail", made.rail.as_str())]));
    lines.push(teller.say_with("timeline-place", &[("place", &teller.place_of(index, attempt))]));
    lines.push(teller.say_with("timeline-reference", &[("reference", made.reference.as_str())]));
    if attempt.sends > 1 {
        lines.push(teller.say_with("timeline-resent", &[("when", &at(attempt.last_sent_at))]));
    }
    if let Some(asked) = attempt.asked_at.last() {
        lines.push(teller.say_with("timeline-asked", &[("when", &at(*asked))]));
        if teller.tells_codes() {
            let count = attempt.asked_at.len().to_string();
            lines.push(teller.say_with("timeline-asked_count", &[("count", &count)]));
        }
    }
    if let Some(missed) = attempt.not_found_at.last() {
        lines.push(teller.say_with("timeline-not_found", &[("when", &at(*missed))]));
    }
}

fn push_result(teller: &Teller<'_>, attempt: &Attempt, lines: &mut Vec<String>) {
    if let Some(settled) = attempt.settled_at {
        lines.push(teller.say_with("timeline-settled_at", &[("when", &teller.voice.when(settled))]));
    }
    lines.push(teller.say(match attempt.state {
        AttemptState::Sending => "result-sending",
        AttemptState::NotSent => "result-not_sent",
        AttemptState::Pending => "result-pending",
        AttemptState::Unknown => "result-unknown",
        AttemptState::Settled => "result-settled",
        AttemptState::Refused => "result-refused",
        AttemptState::Returned => "result-returned",
        AttemptState::Disputed => "result-disputed",
    }));
}

fn push_details(teller: &Teller<'_>, attempt: &Attempt, lines: &mut Vec<String>) {
    if let Some(id) = &attempt.provider_id {
        lines.push(teller.say_with("detail-provider_id", &[("id", &teller.foreign(id))]));
    }
    if let Some(evidence) = &attempt.evidence {
        if !evidence.code.is_empty() {
            lines.push(teller.say_with("detail-code", &[("code", &teller.foreign(&evidence.code))]));
        }
        lines.push(teller.say(detail_key(evidence)));
    }
    if let (Audience::Employer, Some(cause)) = (teller.options.audience, attempt.cause) {
        lines.push(teller.say_with("detail-cause", &[("code", cause.code())]));
    }
}

fn detail_key(evidence: &Evidence) -> &'static str {
    match evidence.grade {
        Grade::Statement => "detail-grade-statement",
        Grade::SignedCallback => "detail-grade-signed_callback",
        Grade::TlsResponse => "detail-grade-tls_response",
        Grade::People => "detail-grade-people",
    }
}
