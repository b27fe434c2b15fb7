//! When something is done: pauses, questions, windows, and who is asked about again. To the millisecond, because a
//! wait that ends too early sends a wage twice, and one that never ends loses it.
use super::*;
use crate::policy::{Days, Hours, Since, Zone};

const SENT: Timestamp = Timestamp::from_millis(1_795_600_000_000);
/// After the session in which she was sent for began.
const SAME_SESSION: Timestamp = Timestamp::from_millis(1_795_600_000_000 - 5_000);

fn after(at: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(at.millis() + millis)
}

fn at(now: Timestamp, session_start: Timestamp) -> Clock {
    Clock { now, session_start, lapsed_at: None }
}

/// What is done at that moment, in the session in which she was sent for.
fn next_at(payment: &Payment, now: Timestamp) -> Command {
    next(payment, &without_inspection(), at(now, SAME_SESSION))
}

/// Her attempt was answered so at its time.
fn answered(outcome: SubmitOutcome) -> Payment {
    let mut payment = being_sent();
    payment.learn(&Fact::Answered { number: 1, outcome }, SENT).unwrap();
    payment
}

fn not_sent(retry_after_seconds: Option<u32>) -> Payment {
    answered(SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds })
}

fn unknown() -> Payment {
    answered(SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None })
}

fn bank() -> RailId {
    "bank".parse().unwrap()
}

fn resend() -> Command {
    Command::Resend { rail: bank(), number: 1 }
}

fn inquire() -> Command {
    Command::Inquire { rail: bank(), number: 1 }
}

/// It is done at that moment and not a millisecond before.
#[track_caller]
fn assert_due(payment: &Payment, due: Timestamp, command: &Command) {
    assert_eq!(next_at(payment, after(due, -1)), Command::Wait { until: due });
    assert_eq!(next_at(payment, due), *command);
}

/// Friday evening and Monday morning in Jakarta, and a bank that works between eight and a quarter to five.
const EVENING: &str = "2026-11-27T20:00:00+07:00";
const MONDAY: &str = "2026-11-30T08:00:00+07:00";

fn by_day() -> Policy {
    let (opens, closes) = ("08:00".parse().unwrap(), "16:45".parse().unwrap());
    let hours = Hours::new(Zone::Jakarta, Days::Working, opens, closes).unwrap();
    let mut policy = without_inspection();
    policy.rails[0].terms.hours.push(Since::always(hours));
    policy
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_wage_at_a_closed_bank_is_told_to_wait_once_and_leaves_when_it_opens() {
    let mut payment = fresh("bank:014:1234567890");
    payment.state = PaymentState::Ready;
    let (evening, monday) = (moment(EVENING), moment(MONDAY));
    let next_then = |payment: &Payment, now| next(payment, &by_day(), at(now, evening));
    let Command::Record(told) = next_then(&payment, evening) else { panic!("nobody was told why she waits") };
    for fact in &told {
        payment.learn(fact, evening).unwrap();
    }
    assert_eq!(payment.reason(), Some(Cause::OutsideHours));
    assert_eq!(payment.routed.as_ref().and_then(|routed| routed.not_before), Some(monday));
    for now in [evening, after(monday, -1)] {
        assert_eq!(next_then(&payment, now), Command::Wait { until: monday }, "told once");
    }
    assert_eq!(next_then(&payment, monday), Command::Send { rail: bank(), destination: 0, number: 1 });
}

#[test]
fn a_wage_that_the_order_of_the_rails_decided_is_told_why_once() {
    let mut payment = fresh("bank:014:1234567890");
    payment.state = PaymentState::Ready;
    let mut policy = without_inspection();
    policy.rails[1].serves.push(crate::policy::Pattern::new("bank:*"));
    let Command::Record(told) = next(&payment, &policy, at(SENT, SENT)) else { panic!("nobody was told why") };
    let [Fact::Routed(routed)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(routed.choice.others, [("wallet".parse().unwrap(), crate::policy::PassedOver::Later)]);
    payment.learn(&told[0], SENT).unwrap();
    assert_eq!(payment.reason(), None);
    let send = Command::Send { rail: bank(), destination: 0, number: 1 };
    assert_eq!(next(&payment, &policy, at(SENT, SENT)), send);
    let made = being_sent().attempts[0].made.clone();
    payment.learn(&Fact::Attempted(made.into()), SENT).unwrap();
    assert_eq!(payment.attempts[0].choice.as_ref(), Some(&routed.choice), "and can be told afterwards");
}

#[test]
fn bytes_that_never_left_and_bytes_that_nobody_knows_are_not_sent_to_a_closed_bank() {
    let (evening, monday) = (moment(EVENING), moment(MONDAY));
    let mut never_left = being_sent();
    never_left.attempts[0].first_sent_at = after(evening, -600_000);
    never_left.attempts[0].last_sent_at = after(evening, -600_000);
    let outcome = SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None };
    never_left.learn(&Fact::Answered { number: 1, outcome }, evening).unwrap();
    assert_eq!(next(&never_left, &by_day(), at(after(evening, 5_000), evening)), Command::Wait { until: monday });
    assert_eq!(next(&never_left, &by_day(), at(monday, evening)), resend());

    let mut silent = being_sent();
    silent.attempts[0].first_sent_at = evening;
    let unknown = SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None };
    silent.learn(&Fact::Answered { number: 1, outcome: unknown }, evening).unwrap();
    silent.attempts[0].not_found_at = vec![after(evening, 700_000), after(evening, 800_000)];
    silent.attempts[0].asked_at = silent.attempts[0].not_found_at.clone();
    let later = at(after(evening, 5_000_000), evening);
    assert_eq!(next(&silent, &without_inspection(), later), resend());
    assert_eq!(next(&silent, &by_day(), later), inquire(), "a refused repeat would hand her to people");
}

#[test]
fn what_never_left_goes_again_after_pauses_that_double_up_to_a_minute() {
    let mut payment = not_sent(None);
    for (sends, seconds) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 64), (8, 64), (u16::MAX, 64)] {
        payment.attempts[0].sends = sends;
        assert_due(&payment, SENT.plus_seconds(seconds), &resend());
    }
    assert_due(&not_sent(Some(17)), SENT.plus_seconds(17), &resend());
}

#[test]
fn what_never_left_goes_at_once_after_a_stop() {
    let payment = not_sent(Some(600));
    let policy = without_inspection();
    assert_eq!(next(&payment, &policy, at(after(SENT, 2), after(SENT, 1))), resend());
    let waits = Command::Wait { until: SENT.plus_seconds(600) };
    assert_eq!(next(&payment, &policy, at(after(SENT, 2), SENT)), waits, "sent for in this very session");
}

#[test]
fn a_lost_answer_is_asked_about_on_schedule_and_later_when_the_bank_wishes() {
    let mut payment = unknown();
    let mut asked = SENT;
    for seconds in [2, 10, 60, 600, 600] {
        assert_due(&payment, asked.plus_seconds(seconds), &inquire());
        asked = asked.plus_seconds(seconds);
        payment.attempts[0].asked_at.push(asked);
    }
    payment.attempts[0].retry_after_seconds = Some(599);
    assert_due(&payment, asked.plus_seconds(600), &inquire());
    payment.attempts[0].retry_after_seconds = Some(900);
    assert_due(&payment, asked.plus_seconds(900), &inquire());
}

#[test]
fn whoever_comes_back_after_a_stop_asks_at_once_and_then_on_a_new_schedule() {
    let mut payment = unknown();
    let (policy, begun) = (without_inspection(), SENT.plus_seconds(3_600));
    payment.attempts[0].asked_at.push(after(begun, -1));
    assert_eq!(next(&payment, &policy, at(begun, begun)), inquire());
    payment.attempts[0].asked_at.push(begun);
    let second = begun.plus_seconds(10);
    assert_eq!(next(&payment, &policy, at(begun, begun)), Command::Wait { until: second });
    assert_eq!(next(&payment, &policy, at(second, begun)), inquire());
    // Sent for at the very moment at which the session began is in this session.
    let (fresh, first) = (unknown(), SENT.plus_seconds(2));
    assert_eq!(next(&fresh, &policy, at(SENT, SENT)), Command::Wait { until: first });
}

#[test]
fn silence_is_trusted_when_it_was_heard_twice_and_spaced_from_the_end_of_the_window_on() {
    let window = SENT.plus_seconds(600);
    let silent = |heard: &[Timestamp]| {
        let mut payment = unknown();
        payment.attempts[0].not_found_at = heard.to_vec();
        payment.attempts[0].asked_at = heard.to_vec();
        next_at(&payment, after(window, 5_000))
    };
    assert_eq!(silent(&[window, after(window, 500)]), resend());
    for heard in [
        &[window, after(window, 499)][..],
        &[after(window, -1), after(window, 499)],
        &[after(window, -1), after(window, 2)],
        &[after(window, 700)],
        &[after(SENT, 2_000), after(SENT, 12_000)],
    ] {
        assert_ne!(silent(heard), resend(), "{heard:?}");
    }
}

#[test]
fn a_bank_remembers_for_half_of_what_it_promises_to_the_millisecond() {
    let half = after(SENT, 43_200_000);
    let mut payment = unknown();
    payment.attempts[0].not_found_at = vec![after(half, -10_000), after(half, -5_000)];
    payment.attempts[0].asked_at = payment.attempts[0].not_found_at.clone();
    assert_eq!(next_at(&payment, after(half, -1)), resend());
    assert_eq!(next_at(&payment, half), Command::Record(vec![Fact::Parked { cause: Cause::ReferenceTooOld }]));
}

#[test]
fn a_refusal_is_asked_about_at_once_and_again_on_schedule_until_the_bank_answers() {
    let refusal = Refusal { cause: Cause::InactiveAccount, evidence: evidence() };
    let mut payment = answered(SubmitOutcome::Refused(refusal));
    let asked = after(SENT, 100);
    assert_eq!(next_at(&payment, asked), inquire());
    payment.attempts[0].asked_at = vec![after(SENT, -1)];
    assert_eq!(next_at(&payment, asked), inquire(), "what was asked before the last send says nothing");
    payment.attempts[0].asked_at = vec![asked];
    assert_due(&payment, asked.plus_seconds(10), &inquire());
}

#[test]
fn each_account_is_asked_about_before_it_is_paid_over_each_rail() {
    let mut payment = fresh("bank:014:1234567890 bank:014:9876543210");
    payment.state = PaymentState::Ready;
    let seen = |destination: u8, rail: &str| {
        let found = Inspection::Found { name: "Siti Contoh".into(), session: None };
        Fact::Inspected { destination, rail: rail.parse().unwrap(), found, matching: NameMatch::Match, likeness: None }
    };
    let next = |payment: &Payment| next(payment, &two_rails(), at(SENT, SENT));
    let inspect = |destination| Command::Inspect { rail: bank(), destination };
    assert_eq!(next(&payment), inspect(0));
    payment.learn(&seen(0, "wallet"), SENT).unwrap();
    assert_eq!(next(&payment), inspect(0), "it was asked about over another rail");
    payment.learn(&seen(0, "bank"), SENT).unwrap();
    assert_eq!(next(&payment), send("bank", 0, 1));
    payment.destination = 1;
    assert_eq!(next(&payment), inspect(1), "another account was asked about");
}

/// Settled at this time, or by people denied.
fn settled(when: Timestamp) -> Payment {
    let mut payment = being_sent();
    payment.learn(&Fact::Answered { number: 1, outcome: SubmitOutcome::Settled(evidence()) }, when).unwrap();
    assert_eq!(payment.state, PaymentState::Settled);
    payment
}

#[test]
fn a_settled_wage_is_asked_about_again_for_a_week_and_never_in_the_session_that_settled_it() {
    let policy = without_inspection();
    let watched = |session_start, now| watch(&settled(SENT), &policy, at(now, session_start));
    let week = after(SENT, 7 * 86_400_000);
    assert_eq!(watched(after(SENT, 1), after(SENT, 1)), inquire());
    assert_eq!(watched(SENT, after(SENT, 1)), Command::Rest);
    assert_eq!(watched(after(SENT, 1), week), inquire());
    assert_eq!(watched(after(SENT, 1), after(week, 1)), Command::Rest);
}

#[test]
fn of_those_who_wait_for_people_only_what_may_have_been_paid_is_asked_about_again() {
    let policy = without_inspection();
    let later = SENT.plus_seconds(3_600);
    let watched = |payment: &Payment| watch(payment, &policy, at(later, later));
    let parked = |mut payment: Payment| {
        payment.learn(&Fact::Parked { cause: Cause::EvidenceConflict }, SENT).unwrap();
        assert_eq!(payment.state, PaymentState::NeedsAction);
        payment
    };
    assert_eq!(watched(&parked(unknown())), inquire());
    assert_eq!(watched(&parked(answered(SubmitOutcome::Accepted(evidence())))), inquire());
    let (refused, _) = about_to_be_rerouted();
    assert_eq!(watched(&parked(refused)), Command::Rest, "the bank itself has refused it, and was asked");
    assert_eq!(watched(&unknown()), Command::Rest, "what is open is asked about anyway");
}

#[test]
fn a_wage_on_paper_is_neither_asked_about_nor_waited_for() {
    let mut policy = without_inspection();
    policy.rails[0].can_be_asked = false;
    let later = SENT.plus_seconds(100_000);
    let open = [unknown(), answered(SubmitOutcome::Accepted(evidence()))];
    for payment in &open {
        assert_eq!(next(payment, &policy, at(later, SAME_SESSION)), Command::Rest);
        assert_ne!(next(payment, &without_inspection(), at(later, SAME_SESSION)), Command::Rest);
        // In a store that lost something she may have been paid from it.
        assert_eq!(lost_sight(payment, &policy), Some(Fact::Parked { cause: Cause::EvidenceConflict }));
        assert_eq!(lost_sight(payment, &without_inspection()), None, "whoever can be asked is asked");
    }
    let settled = answered(SubmitOutcome::Settled(evidence()));
    assert_eq!(lost_sight(&settled, &policy), None);
    assert_eq!(watch(&settled, &policy, at(after(SENT, 9), after(SENT, 9))), Command::Rest);
    assert_eq!(watch(&settled, &without_inspection(), at(after(SENT, 9), after(SENT, 9))), inquire());
}

#[test]
fn a_wage_that_is_paid_under_another_reference_stays_with_people_when_its_own_is_not_found() {
    let mut payment = unknown();
    payment.learn(&Fact::Parked { cause: Cause::EvidenceConflict }, SENT).unwrap();
    for answer in [
        InquiryAnswer::NotFound(evidence()),
        InquiryAnswer::Unavailable { cause: Cause::RailUnreachable, retry_after_seconds: None },
    ] {
        payment.learn(&Fact::Inquired { number: 1, answer }, SENT.plus_seconds(5)).unwrap();
        assert_eq!((payment.state, payment.reason()), (PaymentState::NeedsAction, Some(Cause::EvidenceConflict)));
    }
    payment.learn(&Fact::Inquired { number: 1, answer: InquiryAnswer::Success(evidence()) }, SENT).unwrap();
    assert_eq!(payment.state, PaymentState::Settled, "what the bank proves is still believed");
}

#[test]
fn what_people_denied_is_asked_about_for_a_week_until_the_bank_has_denied_it_too() {
    let policy = without_inspection();
    let mut payment = unknown();
    let resolution = crate::bank_statement::Resolution {
        claim: crate::bank_statement::Claim::Refused,
        by: "dewi".parse().unwrap(),
        and_by: "agus".parse().unwrap(),
        because: "not on the statement".into(),
        evidence: crate::run::Digest([7; 32]),
    };
    payment.learn(&Fact::Resolved { number: 1, resolution: resolution.into() }, SENT).unwrap();
    let watched = |payment: &Payment, now| watch(payment, &policy, at(now, after(SENT, 1)));
    let week = after(SENT, 7 * 86_400_000);
    assert_eq!(watched(&payment, week), inquire());
    assert_eq!(watched(&payment, after(week, 1)), Command::Rest);
    let refusal = Refusal { cause: Cause::InactiveAccount, evidence: evidence() };
    payment.learn(&Fact::Inquired { number: 1, answer: InquiryAnswer::Failed(refusal) }, after(SENT, 2)).unwrap();
    assert_eq!(watched(&payment, after(SENT, 3)), Command::Rest);
}

#[test]
fn a_wage_whose_rail_is_configured_again_as_it_was_goes_on_by_itself() {
    let mut payment = unknown();
    payment.learn(&Fact::Parked { cause: Cause::RailChanged }, SENT).unwrap();
    let answer = InquiryAnswer::NotFound(evidence());
    payment.learn(&Fact::Inquired { number: 1, answer }, SENT.plus_seconds(5)).unwrap();
    assert_eq!(payment.state, PaymentState::Unknown);
}
