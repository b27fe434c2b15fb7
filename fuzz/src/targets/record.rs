//! Whatever stands in a store: it is an event or it is not, and a payment folded from such events is told,
//! planned for and drawn without a fall, and without money moving twice.
//!
//! An input is a stream: one record a line, as [`upah_core::event`] writes them.
use crate::book::{Book, chained, key};
use upah_core::canonical::{is_canonical, to_canonical};
use upah_core::commitment::Salt;
use upah_core::event::{PaymentEvent, RunEvent};
use upah_core::planner::{Clock, Command, next, watch};
use upah_core::policy::{Pattern, Policy, RailPolicy};
use upah_core::{AttemptState, Payment, PaymentState, RailId};
use upah_explain::{Audience, Language, Story, TellOptions};
use upah_slip::{Outcome, Trust, render, verify};

/// Longer streams say nothing that shorter ones do not.
const EVENTS_MAX: usize = 32;

/// Reads every line as a record, then the lines as a stream: once as it stands and once with its chain mended,
/// or nearly every mutation would end at the chain.
pub fn target(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let events: Vec<PaymentEvent> = text.lines().take(EVENTS_MAX).filter_map(read).collect();
    for approved in [None, Some(0), Some(2)] {
        folded(&events, approved);
    }
    let Some(chain) = chained(&events) else { return };
    let mended: Vec<PaymentEvent> = chain.into_iter().map(|(event, _)| event).collect();
    for approved in [None, Some(1)] {
        folded(&mended, approved);
    }
    forged_slip(&mended);
}

/// Opening what was sealed gives the event back; sealing has one result.
fn read(line: &str) -> Option<PaymentEvent> {
    let value: Option<serde_json::Value> = serde_json::from_str(line).ok();
    if let Some(text) = value.and_then(|value| to_canonical(&value).ok()) {
        assert!(is_canonical(&text), "the canonical form is not canonical");
        assert!(text == line || !is_canonical(line), "two texts are canonical for one value");
    }
    let salt = Salt([1; 32]);
    if let Ok(event) = RunEvent::open(line)
        && let Ok((sealed, _)) = event.seal(salt)
    {
        assert!(is_canonical(&sealed.record));
        assert_eq!(RunEvent::open(&sealed.record), Ok(event));
    }
    let event = PaymentEvent::open(line).ok()?;
    if let Ok((sealed, _)) = event.seal(salt) {
        assert!(is_canonical(&sealed.record));
        assert_eq!(PaymentEvent::open(&sealed.record).as_ref(), Ok(&event));
    }
    Some(event)
}

fn folded(events: &[PaymentEvent], approved: Option<u64>) {
    let numbered: Vec<(u64, PaymentEvent)> = (1..).zip(events.iter().cloned()).collect();
    let Ok(payment) = Payment::replay(&numbered, &|_| approved) else { return };
    assert_eq!(usize::try_from(payment.version), Ok(events.len()));
    assert!(payment.attempts.iter().zip(1..).all(|(attempt, number)| attempt.made.number == number));
    let any = |state| payment.attempts.iter().any(|attempt| attempt.state == state);
    assert!(payment.state != PaymentState::Settled || any(AttemptState::Settled), "settled, and no attempt is");
    let nothing_sent = payment.attempts.is_empty();
    let moves = matches!(payment.state, PaymentState::Pending | PaymentState::Settled | PaymentState::Returned);
    assert!(!(nothing_sent && moves), "{:?} without an attempt", payment.state);
    told(&payment);
    planned(&payment, events);
}

fn told(payment: &Payment) {
    for language in Language::ALL {
        for audience in Audience::ALL {
            let story = Story::tell(payment, &TellOptions::new(language, audience));
            assert!(!story.headline.is_empty() && !story.next_step.what.is_empty());
            assert!(story.sections.iter().all(|section| !section.answers.is_empty()), "a question without an answer");
        }
    }
}

/// No plan sends a second time while money may be on its way.
fn planned(payment: &Payment, events: &[PaymentEvent]) {
    let rail: Option<RailId> = "bank".parse().ok();
    let rails = rail.map(|id| RailPolicy::new(id, "0f1e2d3c4b5a6978", vec![Pattern::new("*")]));
    let policy = Policy { rails: rails.into_iter().collect(), ..Policy::default() };
    let last = events.last().map(|event| event.at).unwrap_or_default();
    for (now, session) in [(0, 0), (700, 0), (86_400, 0), (86_400, 86_000)] {
        let clock = Clock { now: last.plus_seconds(now), session_start: last.plus_seconds(session), lapsed_at: None };
        match next(payment, &policy, clock) {
            Command::Send { number, .. } => {
                assert!(payment.approved, "sent without an approval");
                assert!(payment.live_attempt().is_none(), "a second attempt while the first may have paid");
                assert_eq!(usize::from(number), payment.attempts.len() + 1);
            }
            Command::Resend { number, .. } => {
                let Some(attempt) = payment.current_attempt() else { panic!("nothing is sent again") };
                assert_eq!(attempt.made.number, number, "an old attempt is sent again");
                assert!(matches!(attempt.state, AttemptState::NotSent | AttemptState::Unknown));
                assert!(!attempt.claimed_known, "sent again although the provider knows it");
            }
            _ => {}
        }
        let asked = watch(payment, &policy, clock);
        assert!(matches!(asked, Command::Rest | Command::Inquire { .. }), "watching moves no money");
    }
}

/// Whoever writes events can draw a slip of them, and it is genuine for nobody who holds the office's key.
fn forged_slip(events: &[PaymentEvent]) {
    let Some(input) = Book::of(events, key(2), true).and_then(|book| book.slip_input()) else { return };
    let Ok(html) = render(&input) else { return };
    let verdict = |seed| verify(&html, &Trust::log_keys(vec![key(seed).verifying_key().clone()])).verdict;
    assert_eq!(verdict(2), Outcome::Asli, "a slip that was drawn does not stand its own check");
    assert_eq!(verdict(1), Outcome::TidakCocok, "a forger's slip is called genuine");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds;

    /// A seed that is no payment any more tests nothing but the parser.
    #[test]
    fn the_seeds_are_payments_of_which_slips_are_drawn() {
        let is_drawn = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            let events: Vec<PaymentEvent> = text.lines().filter_map(read).collect();
            let whole = events.len() == text.lines().count();
            let input = Book::of(&events, key(2), true).and_then(|book| book.slip_input());
            whole && input.is_some_and(|input| render(&input).is_ok())
        };
        let not: Vec<String> = seeds::of("record")
            .unwrap()
            .into_iter()
            .filter(|seed| !is_drawn(seed.bytes.clone()))
            .map(|s| s.name)
            .collect();
        let beyond_the_calendar = ["before_year_0", "end_of_year_9999"];
        let odd = ["empty", "not_an_instruction_first", "not_canonical", "run_sealed_approved_cancelled"];
        let mut expected: Vec<&str> = beyond_the_calendar.into_iter().chain(odd).collect();
        expected.sort_unstable();
        assert_eq!(not, expected);
    }
}
