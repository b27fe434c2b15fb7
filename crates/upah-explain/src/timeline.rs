//! What happened to a payment, in order: every payment order, how often the bank was asked, what it said.

use upah_core::AttemptState;
use upah_core::bank_statement::{Claim, Side};
use upah_core::evidence::{Evidence, Grade};
use upah_core::payment::Attempt;

use crate::listener::Audience;
use crate::standing::is_on_paper;
use crate::teller::Teller;
use crate::ways;

/// One line a fact, the oldest payment order first.
pub(crate) fn lines(teller: &Teller<'_>) -> Vec<String> {
    let attempts = &teller.payment.attempts;
    if attempts.is_empty() {
        return [teller.say("timeline-none")].into();
    }
    let mut lines = Vec::new();
    for (index, attempt) in attempts.iter().enumerate() {
        push_orders(teller, index, attempt, &mut lines);
        push_stated(teller, attempt, &mut lines);
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
    let first = teller.voice.when(attempt.first_sent_at);
    lines.push(teller.say_with("timeline-made", &[("when", &first), ("rail", made.rail.as_str())]));
    if teller.tells_codes() {
        ways::push_choice(teller, attempt, lines);
    }
    if teller.payment.attempts.len() > 1 || teller.payment.instructions > 1 {
        lines.push(teller.say_with("timeline-place", &[("place", &teller.place_of(index, attempt))]));
    }
    lines.push(teller.say_with("timeline-reference", &[("reference", made.reference.as_str())]));
    let again = (attempt.sends > 1).then_some(("timeline-resent", attempt.last_sent_at));
    // Before people speak the rail is asked; of paper that is nobody.
    let is_asked = !is_on_paper(teller.payment, attempt);
    let asked = attempt.asked_at.last().filter(|_| is_asked).map(|at| ("timeline-asked", *at));
    let missed = attempt.not_found_at.last().filter(|_| is_asked).map(|at| ("timeline-not_found", *at));
    let settled = attempt.settled_at.map(|at| ("timeline-settled_at", at));
    // Of what happened in one moment, the question stands before what it found.
    let mut moments: Vec<_> = [again, asked, missed, settled].into_iter().flatten().collect();
    moments.sort_by_key(|(_, at)| *at);
    lines.extend(moments.into_iter().map(|(key, at)| teller.say_with(key, &[("when", &teller.voice.when(at))])));
}

/// So many entries of one payment order are told; more than two are rare, and a slip is not endless.
const ENTRIES_MAX: usize = 4;

/// What nobody had to be asked about: lines of the bank's statement, and the word of two people.
fn push_stated(teller: &Teller<'_>, attempt: &Attempt, lines: &mut Vec<String>) {
    for entry in attempt.booked.iter().take(ENTRIES_MAX) {
        let date = teller.voice.date(entry.day.date());
        lines.push(match entry.side {
            Side::Debit => teller.say_with("timeline-booked_debit", &[("date", &date)]),
            Side::Credit => teller.say_with("timeline-booked_credit", &[("date", &date)]),
        });
        if entry.amount != teller.payment.amount() {
            lines.push(teller.say_with("timeline-booked_other", &[("booked", &entry.amount.to_string())]));
        }
    }
    let Some(resolved) = &attempt.resolution else { return };
    let people = teller.people_of(&resolved.word);
    let key = match resolved.word.claim {
        Claim::Settled => "timeline-resolved_settled",
        Claim::Refused => "timeline-resolved_refused",
    };
    lines.push(teller.say_with(key, &[("when", &teller.voice.when(resolved.at)), ("people", &people)]));
}

fn push_result(teller: &Teller<'_>, attempt: &Attempt, lines: &mut Vec<String>) {
    let key = match attempt.state {
        AttemptState::Sending => "result-sending",
        AttemptState::NotSent => "result-not_sent",
        AttemptState::Pending => "result-pending",
        AttemptState::Unknown => "result-unknown",
        // The moment of its arrival has been told.
        AttemptState::Settled => return,
        AttemptState::Refused => "result-refused",
        AttemptState::Returned => "result-returned",
        AttemptState::Disputed => "result-disputed",
    };
    lines.push(teller.say(key));
}

fn push_details(teller: &Teller<'_>, attempt: &Attempt, lines: &mut Vec<String>) {
    if !attempt.asked_at.is_empty() && !is_on_paper(teller.payment, attempt) {
        let count = attempt.asked_at.len().to_string();
        lines.push(teller.say_with("timeline-asked_count", &[("count", &count)]));
    }
    if let Some(id) = &attempt.provider_id {
        lines.push(teller.say_with("detail-provider_id", &[("id", &teller.foreign(id))]));
    }
    if let Some(evidence) = &attempt.evidence {
        if !evidence.code.is_empty() {
            lines.push(teller.say_with("detail-code", &[("code", &teller.foreign(&evidence.code))]));
        }
        // The sheet's own note that it stands there is nobody's word.
        if evidence.grade != Grade::People || attempt.is_by_people() {
            lines.push(teller.say(detail_key(evidence)));
        }
    }
    if let Some(resolved) = &attempt.resolution {
        lines.push(teller.say_with("detail-because", &[("words", &teller.foreign(&resolved.word.because))]));
        lines.push(teller.say_with("detail-file", &[("digest", &resolved.word.evidence.to_string())]));
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
