//! What is done next: the place where the decisions about one payment are made.
//!
//! [`next`] looks at one payment and says what to do; [`on_submit`], [`on_inquiry`] and
//! [`on_inspection`] turn what came of it into facts; [`probes`] says what must be asked before a send.
//! The driver executes and has no opinion; the store remembers. Nothing here waits, asks a clock or sends.
use crate::cause::{Cause, Whose};
use crate::event::{Fact, Routed};
use crate::evidence::{Doubt, InquiryAnswer, Inspection, SubmitOutcome};
use crate::ids::RailId;
use crate::name::{self, Comparison, NameMatch};
use crate::payment::{Attempt, Payment};
use crate::policy::{Decision, NameCheck, Policy, RailPolicy};
use crate::state::{AttemptSignal, AttemptState, PaymentState, next_attempt_state};
use crate::time::Timestamp;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

mod hints;
mod probes;
pub use hints::hinted;
mod resolution;
mod statement;
pub use probes::{Probe, on_probes, probes};
pub use resolution::{Ending, on_resolution, resolvable};
pub use statement::{Matched, Showing, on_entries};

/// Now, and since when this process has watched.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Now.
    pub now: Timestamp,
    /// When this session began, or took the payment over from another one. Trust windows start afresh with it
    /// (safety rule 20).
    pub session_start: Timestamp,
    /// When the last lease ended under which another process held the payment that never gave it back: it may still
    /// be sending what it had signed by then (safety rule 10). `None` in a store with one writer.
    pub lapsed_at: Option<Timestamp>,
}

/// What the driver shall do with a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Ask about the account before paying it.
    Inspect {
        /// Over which rail.
        rail: RailId,
        /// Which of the destinations.
        destination: u8,
    },
    /// Make a new attempt durable, then send it.
    Send {
        /// Over which rail.
        rail: RailId,
        /// Which of the destinations.
        destination: u8,
        /// The attempt's number.
        number: u16,
    },
    /// Record that the stored bytes are about to be sent again, then send them.
    Resend {
        /// Over which rail.
        rail: RailId,
        /// Which attempt.
        number: u16,
    },
    /// Ask the provider about an attempt.
    Inquire {
        /// Over which rail.
        rail: RailId,
        /// Which attempt.
        number: u16,
    },
    /// Only write these facts down, then look again.
    Record(Vec<Fact>),
    /// Look again at this time.
    Wait {
        /// When.
        until: Timestamp,
    },
    /// Nothing to do: final, or waiting for people.
    Rest,
}

/// After how many refusals for our own or the rail's fault a payment goes to people.
const OWN_REFUSALS_MAX: u16 = 3;
/// Two "not found" answers count as two only when this far apart.
const NOT_FOUND_SPACING_MILLIS: u64 = 500;
/// First pause before bytes that provably never left are sent again; doubles each time.
const NOT_SENT_PAUSE_SECONDS: u64 = 1;

/// What to do with a payment that nobody is working on at the moment.
pub fn next(payment: &Payment, policy: &Policy, clock: Clock) -> Command {
    match payment.state {
        PaymentState::Ready => next_ready(payment, policy, clock),
        // Whoever was sending it is gone: a Sending row found at start is Unknown, never Ready.
        PaymentState::Sending => match payment.current_attempt() {
            Some(attempt) => interrupted(attempt),
            None => Command::Record(vec![Fact::Parked { cause: Cause::EvidenceConflict }]),
        },
        PaymentState::Pending | PaymentState::Unknown => next_open(payment, policy, clock),
        PaymentState::Refused => next_refused(payment, policy, clock),
        PaymentState::AwaitingApproval
        | PaymentState::Settled
        | PaymentState::Returned
        | PaymentState::NeedsAction
        | PaymentState::Cancelled => Command::Rest,
    }
}

/// What `resume` asks besides: settled payments that may have been returned (safety rule 14), and
/// parked ones whose attempt is still open.
pub fn watch(payment: &Payment, policy: &Policy, clock: Clock) -> Command {
    let Some(attempt) = payment.newest_attempt() else { return Command::Rest };
    let Some(rail) = rail_of(attempt, policy) else { return Command::Rest };
    let is_watched = |at: Timestamp| {
        at < clock.session_start
            && clock.now.millis_since(at) <= u64::from(rail.watch_returns_days).saturating_mul(86_400_000)
    };
    let worth_asking = match (payment.state, attempt.state) {
        (PaymentState::Settled, AttemptState::Settled) => attempt.settled_at.is_some_and(is_watched),
        (PaymentState::NeedsAction, AttemptState::Unknown | AttemptState::Pending) => true,
        // What people said did not happen may have happened all the same.
        (PaymentState::NeedsAction, AttemptState::Refused) if attempt.is_by_people() => {
            attempt.resolution.as_ref().is_some_and(|it| is_watched(it.at))
        }
        _ => false,
    };
    if worth_asking && rail.can_be_asked {
        Command::Inquire { rail: rail.id.clone(), number: attempt.made.number }
    } else {
        Command::Rest
    }
}

/// What follows, in a store that lost something, for a payment that is open on paper: it may have been paid and confirmed
/// since, and nobody can be asked. People look at it before it is put on paper again.
pub fn lost_sight(payment: &Payment, policy: &Policy) -> Option<Fact> {
    let is_open = matches!(payment.state, PaymentState::Pending | PaymentState::Unknown);
    let rail = payment.current_attempt().and_then(|attempt| rail_of(attempt, policy));
    (is_open && rail.is_some_and(|rail| !rail.can_be_asked)).then_some(Fact::Parked { cause: Cause::EvidenceConflict })
}

/// The rail of an attempt, if it is still configured as it was.
fn rail_of<'a>(attempt: &Attempt, policy: &'a Policy) -> Option<&'a RailPolicy> {
    policy.rail(&attempt.made.rail).filter(|rail| rail.fingerprint == attempt.made.fingerprint)
}

fn next_ready(payment: &Payment, policy: &Policy, clock: Clock) -> Command {
    if let Some(attempt) = payment.current_attempt().filter(|a| a.state == AttemptState::NotSent) {
        return next_not_sent(attempt, policy, clock);
    }
    let row = &payment.instruction.row;
    let mut cause = Cause::NoRoute;
    for (index, destination) in row.destinations.iter().enumerate().skip(usize::from(payment.destination)) {
        let decision = match policy.route(&payment.instruction.employer, destination, row.amount, clock.now) {
            Ok(decision) => decision,
            Err(why) => {
                cause = why;
                continue;
            }
        };
        let Ok(destination) = u8::try_from(index) else { break };
        if let Some(command) = wait_or_word(payment, &decision, destination) {
            return command;
        }
        let rail = decision.rail;
        let rail_id = rail.id.clone();
        let known =
            payment.inspected.as_ref().is_some_and(|seen| seen.destination == destination && seen.rail == rail.id);
        if rail.inspects && rail.name_check != NameCheck::Off && !known {
            return Command::Inspect { rail: rail_id, destination };
        }
        // Reinstructed while the last attempt was turned away: another store may have paid under it.
        let before = payment.newest_attempt().filter(|a| !a.refusal_confirmed && a.state != AttemptState::Returned);
        if let Some(attempt) = before {
            return match rail_of(attempt, policy) {
                Some(rail) => ask_before_another(attempt, rail, clock),
                // Over a rail that is no longer configured as it was nobody can be asked.
                None => Command::Record(vec![Fact::Parked { cause: Cause::RailChanged }]),
            };
        }
        if let Some(command) = overtaken_first(payment, policy, clock) {
            return command;
        }
        let Ok(number) = u16::try_from(payment.attempts.len() + 1) else { break };
        return Command::Send { rail: rail_id, destination, number };
    }
    Command::Record(vec![Fact::Parked { cause }])
}

/// Before anything is asked or sent: why this way, where somebody could wonder, is written down once, and a rail that is
/// closed is waited for. Nothing left for this payment yet, so waiting risks nothing.
fn wait_or_word(payment: &Payment, decision: &Decision<'_>, destination: u8) -> Option<Command> {
    let is_told = payment.routed.as_ref().is_some_and(|told| {
        let way = (&told.rail, told.destination, told.not_before, &told.choice);
        way == (&decision.rail.id, destination, decision.not_before, &decision.choice)
    });
    if decision.wants_a_word() && !is_told {
        let (rail, choice) = (decision.rail.id.clone(), decision.choice.clone());
        let routed = Routed { destination, rail, choice, not_before: decision.not_before };
        return Some(Command::Record(vec![Fact::Routed(Box::new(routed))]));
    }
    decision.not_before.map(|until| Command::Wait { until })
}

/// A refused attempt is asked about before another reference may follow: a provider that looks at
/// funds or accounts first refuses even a reference that it has paid for another store of ours.
fn next_refused(payment: &Payment, policy: &Policy, clock: Clock) -> Command {
    let Some(attempt) = payment.newest_attempt().filter(|attempt| !attempt.refusal_confirmed) else {
        return Command::Record(vec![after_refusal(payment, policy)]);
    };
    match rail_of(attempt, policy) {
        Some(rail) => ask_before_another(attempt, rail, clock),
        None => Command::Record(vec![Fact::Parked { cause: Cause::RailChanged }]),
    }
}

/// The question that a new reference waits for.
fn ask_before_another(attempt: &Attempt, rail: &RailPolicy, clock: Clock) -> Command {
    let since = watched_since(attempt, clock);
    let due = match attempt.asked_at.iter().filter(|at| **at >= since).count() {
        0 => clock.now,
        _ => next_question_at(attempt, rail, clock),
    };
    if due <= clock.now {
        Command::Inquire { rail: rail.id.clone(), number: attempt.made.number }
    } else {
        Command::Wait { until: due }
    }
}

/// What a new reference waits for when an earlier holder of the payment never gave it back (safety rule 10): that
/// nothing it signed under its lease can be executed any more. It may be sleeping with the newest attempt in its hands,
/// but with no other: an attempt is durable before it is sent, and the store takes none from a process that was
/// overtaken. The final question about that attempt is the one that [`probes`] wants right before the send.
fn overtaken_first(payment: &Payment, policy: &Policy, clock: Clock) -> Option<Command> {
    let (lapsed_at, attempt) = (clock.lapsed_at?, payment.newest_attempt()?);
    let Some(rail) = rail_of(attempt, policy) else {
        // Nobody can be asked any more whether it was executed after all.
        return Some(Command::Record(vec![Fact::Parked { cause: Cause::RailChanged }]));
    };
    let harmless_at = lapsed_at.plus_seconds(u64::from(rail.signature_life_seconds));
    (clock.now < harmless_at).then_some(Command::Wait { until: harmless_at })
}

/// The stored bytes provably never left: they go again after a pause, over the same rail.
fn next_not_sent(attempt: &Attempt, policy: &Policy, clock: Clock) -> Command {
    let Some(rail) = rail_of(attempt, policy) else {
        return Command::Record(vec![Fact::Parked { cause: Cause::RailChanged }]);
    };
    if let Some(until) = rail.terms.opening(clock.now, &policy.calendar).filter(|opens| *opens > clock.now) {
        return Command::Wait { until };
    }
    let doublings = u32::from(attempt.sends.saturating_sub(1)).min(6);
    let pause = attempt.retry_after_seconds.map_or(NOT_SENT_PAUSE_SECONDS << doublings, u64::from);
    let due = attempt.send_ended_at.unwrap_or(attempt.last_sent_at).plus_seconds(pause);
    let fresh_session = attempt.last_sent_at < clock.session_start;
    if due <= clock.now || fresh_session {
        Command::Resend { rail: rail.id.clone(), number: attempt.made.number }
    } else {
        Command::Wait { until: due }
    }
}

/// An attempt that may have been executed: ask, and only on trusted silence send the same bytes.
fn next_open(payment: &Payment, policy: &Policy, clock: Clock) -> Command {
    let Some(attempt) = payment.current_attempt() else {
        return Command::Record(vec![Fact::Parked { cause: Cause::EvidenceConflict }]);
    };
    let Some(rail) = rail_of(attempt, policy) else {
        return Command::Record(vec![Fact::Parked { cause: Cause::RailChanged }]);
    };
    if attempt.send_ended_at.is_none() {
        // A repeat was on its way when its sender was stopped: the trust window needs its end.
        return interrupted(attempt);
    }
    let number = attempt.made.number;
    if attempt.state == AttemptState::Unknown && attempt.held_back {
        return Command::Record(vec![Fact::Parked { cause: Cause::Suspended }]);
    }
    if !rail.can_be_asked {
        // It stands on paper, until a statement or people tell.
        return Command::Rest;
    }
    if is_trusted_silence(attempt, rail, clock) {
        if clock.now.millis_since(attempt.first_sent_at) >= rail.resend_window_millis() {
            // A provider that may have forgotten the reference proves nothing by not knowing it.
            return Command::Record(vec![Fact::Parked { cause: Cause::ReferenceTooOld }]);
        }
        // A provider that has claimed to know it, or to work on it, is asked again; so is one that would refuse a repeat
        // because it is closed, for a refused repeat is more than people need to look into.
        let is_open = rail.terms.opening(clock.now, &policy.calendar) == Some(clock.now);
        if attempt.state == AttemptState::Unknown && !attempt.claimed_known && is_open {
            return if attempt.resend_refused.is_some() {
                Command::Record(vec![Fact::Abandoned { number, cause: Cause::ResendRefused }])
            } else {
                Command::Resend { rail: rail.id.clone(), number }
            };
        }
    }
    let due = next_question_at(attempt, rail, clock);
    if due <= clock.now { Command::Inquire { rail: rail.id.clone(), number } } else { Command::Wait { until: due } }
}

/// Whoever was sending is gone, and nobody heard what came of it.
fn interrupted(attempt: &Attempt) -> Command {
    let outcome = SubmitOutcome::Unknown { doubt: Doubt::Interrupted, evidence: None };
    Command::Record(vec![Fact::Answered { number: attempt.made.number, outcome }])
}

/// Since when the current schedule runs: the end of the last send, or the start of this session.
fn watched_since(attempt: &Attempt, clock: Clock) -> Timestamp {
    attempt.send_ended_at.unwrap_or(attempt.last_sent_at).max(clock.session_start)
}

/// "Not found" proves something only when asked after the trust window of the last send, twice and
/// spaced (safety rule 4).
fn is_trusted_silence(attempt: &Attempt, rail: &RailPolicy, clock: Clock) -> bool {
    if attempt.send_ended_at.is_none() {
        return false;
    }
    let trusted_from = watched_since(attempt, clock).plus_seconds(u64::from(rail.trust_not_found_after_seconds));
    let mut trusted = attempt.not_found_at.iter().filter(|at| **at >= trusted_from);
    let (Some(first), Some(last)) = (trusted.next(), attempt.not_found_at.last()) else { return false };
    last.millis_since(*first) >= NOT_FOUND_SPACING_MILLIS
}

fn next_question_at(attempt: &Attempt, rail: &RailPolicy, clock: Clock) -> Timestamp {
    let since = watched_since(attempt, clock);
    let asked: Vec<Timestamp> = attempt.asked_at.iter().copied().filter(|at| *at >= since).collect();
    match asked.last() {
        // Whoever comes back after a stop asks at once.
        None if attempt.send_ended_at.is_none_or(|ended| ended < clock.session_start) => clock.session_start,
        None => since.plus_seconds(rail.inquire_interval_seconds(0)),
        Some(last) => {
            let interval = rail.inquire_interval_seconds(asked.len());
            last.plus_seconds(attempt.retry_after_seconds.map_or(interval, |s| u64::from(s).max(interval)))
        }
    }
}

/// What follows a refusal that is proved: another destination only for the recipient's fault, the
/// same one again for ours or the rail's, people otherwise (safety rule 8).
fn after_refusal(payment: &Payment, policy: &Policy) -> Fact {
    let cause = payment.cause.unwrap_or(Cause::OtherRefusal);
    // Destinations without a route were passed over, so the attempt may stand behind the payment's own mark.
    let here = payment.current_attempt().map_or(payment.destination, |attempt| attempt.made.destination);
    match cause.guide().whose {
        Whose::Recipient => match next_served(payment, policy, here) {
            Some(destination) => Fact::Rerouted { cause, destination },
            None => Fact::Parked { cause },
        },
        // Written as it is, the request will be refused again: somebody has to mend it.
        Whose::Sender if cause == Cause::BadRequest => Fact::Parked { cause },
        Whose::Sender | Whose::Rail if payment.own_refusals < OWN_REFUSALS_MAX => {
            Fact::Rerouted { cause, destination: here }
        }
        Whose::Sender | Whose::Rail => Fact::Parked { cause: Cause::RefusedRepeatedly },
        Whose::People | Whose::Nobody => Fact::Parked { cause },
    }
}

fn next_served(payment: &Payment, policy: &Policy, after: u8) -> Option<u8> {
    let row = &payment.instruction.row;
    let from = usize::from(after) + 1;
    (from..row.destinations.len())
        .find(|index| !policy.ever(&payment.instruction.employer, &row.destinations[*index], row.amount).is_empty())
        .and_then(|index| u8::try_from(index).ok())
}

/// What came of a send, as facts to be written in one commit.
pub fn on_submit(payment: &Payment, policy: &Policy, number: u16, outcome: SubmitOutcome, now: Timestamp) -> Vec<Fact> {
    let may_refuse = may_refuse(payment, number, Some(outcome.signal()));
    let fact = Fact::Answered { number, outcome };
    if may_refuse { with_consequence(payment, policy, fact, now) } else { vec![fact] }
}

/// What the provider said about an attempt, as facts to be written in one commit.
pub fn on_inquiry(payment: &Payment, policy: &Policy, number: u16, answer: InquiryAnswer, now: Timestamp) -> Vec<Fact> {
    let may_refuse = may_refuse(payment, number, answer.signal());
    let fact = Fact::Inquired { number, answer };
    if may_refuse { with_consequence(payment, policy, fact, now) } else { vec![fact] }
}

/// Whether the payment can stand refused after this signal. Mostly it cannot, and then nobody has to look
/// one step ahead.
fn may_refuse(payment: &Payment, number: u16, signal: Option<AttemptSignal>) -> bool {
    let attempt = payment.attempts.iter().find(|attempt| attempt.made.number == number);
    let after = attempt.zip(signal).map(|(attempt, signal)| next_attempt_state(attempt.state, signal));
    payment.state == PaymentState::Refused || after == Some(AttemptState::Refused)
}

/// What follows a refusal is written together with it, as soon as it is clear what that is.
fn with_consequence(payment: &Payment, policy: &Policy, fact: Fact, now: Timestamp) -> Vec<Fact> {
    let mut after = payment.clone();
    let learned = after.learn(&fact, now);
    let mut facts = vec![fact];
    if learned.is_ok() && after.state == PaymentState::Refused {
        facts.extend(consequence(&after, policy));
    }
    facts
}

/// The same bytes again for our own or the rail's fault, for they change nothing if the reference was
/// paid already; anything else only after the provider has been asked.
fn consequence(payment: &Payment, policy: &Policy) -> Option<Fact> {
    let attempt = payment.newest_attempt()?;
    if attempt.refusal_confirmed {
        return Some(after_refusal(payment, policy));
    }
    let cause = payment.cause?;
    let same_again = match cause.guide().whose {
        Whose::Sender if cause != Cause::BadRequest => true,
        Whose::Sender | Whose::Rail => payment.own_refusals < OWN_REFUSALS_MAX,
        Whose::Recipient | Whose::People | Whose::Nobody => false,
    };
    same_again.then_some(Fact::Released { number: attempt.made.number, cause })
}

/// What the account inquiry found, as facts to be written in one commit; none when there is nothing
/// new to be told, or when the fault is not the recipient's.
pub fn on_inspection(
    payment: &Payment,
    policy: &Policy,
    rail: &RailId,
    destination: u8,
    found: Inspection,
) -> Vec<Fact> {
    let seen = |found: Inspection, compared: Option<Comparison>| Fact::Inspected {
        destination,
        rail: rail.clone(),
        found,
        matching: compared.map_or(NameMatch::NotSupported, |compared| compared.matching),
        likeness: compared.map(|compared| compared.likeness),
    };
    match found {
        Inspection::Found { ref name, .. } => {
            let compared = name::compare(name, payment.instruction.row.name.as_str());
            let stop = policy.rail(rail).is_some_and(|rail| rail.name_check == NameCheck::Stop);
            let mut facts = vec![seen(found, Some(compared))];
            if stop && compared.matching == NameMatch::Differs {
                facts.push(Fact::Parked { cause: Cause::NameDiffers });
            }
            facts
        }
        Inspection::Refused(refusal) => {
            let cause = refusal.cause;
            let whose = cause.guide().whose;
            if matches!(whose, Whose::Sender | Whose::Rail) && cause != Cause::BadRequest {
                return Vec::new();
            }
            let onward = match (whose, next_served(payment, policy, destination)) {
                (Whose::Recipient, Some(destination)) => Fact::Rerouted { cause, destination },
                _ => Fact::Parked { cause },
            };
            vec![seen(Inspection::Refused(refusal), None), onward]
        }
        // Told once for each cause, so that somebody who asks why nothing happens is told.
        Inspection::Unavailable { cause, .. } if payment.cause == Some(cause) => Vec::new(),
        Inspection::Unavailable { .. } => vec![seen(found, None)],
    }
}

#[cfg(test)]
mod tests;
