//! Which consequences a fact has, and what is asked before a send: over every state that there is.
use super::*;
use crate::event::{Attempted, Instruction};
use crate::evidence::{Evidence, Grade, Refusal};
use crate::money::Rupiah;
use crate::policy::{Days, Hours, Since, Zone};
use crate::reference::Reference;
use crate::row::{PayRow, PayRowFields, Statement};
use crate::run::{PaymentId, RunId};
use crate::{Component, Destination};

mod faults;
mod statement;
mod times;

fn payment() -> Payment {
    let (run, amount) = (RunId::from_random([1; 8]), Rupiah::new(600_000).unwrap());
    let row = PayRow::new(PayRowFields {
        row: 2,
        employer: None,
        worker_id: "W-1".parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: Destination::parse_list("bank:014:1234567890 ewallet:dana:6281234567890").unwrap(),
        period: "2026-11".parse().unwrap(),
        amount,
        component: Component::default(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole(Component::default(), amount),
    })
    .unwrap();
    let instruction = Instruction { employer: "kampung-contoh".parse().unwrap(), run: run.clone(), row, holds: vec![] };
    let at = Timestamp::from_millis(1_795_600_000_000);
    let first = crate::event::Event {
        at,
        fact: Fact::Instructed(instruction.into()),
        n: 1,
        prev: crate::commitment::Commit::NONE,
        stream: PaymentId { run, n: 1 },
        v: 1,
    };
    let mut payment = Payment::fold([(0, first)], &|_| Some(1)).unwrap();
    for number in [1, 2] {
        let reference = Reference::from_stored(alloc::format!("R{number}"));
        let (rail, fingerprint) = ("bank".parse().unwrap(), "f1".into());
        let made = Attempted { number, reference, rail, fingerprint, destination: 0, body: "{}".into() };
        payment.learn(&Fact::Attempted(made.into()), at).unwrap();
    }
    payment
}

/// A bank and a wallet, of which the wallet also serves a second bank.
fn two_rails() -> Policy {
    let rail = |id: &str, serves: &[&str]| {
        let serves = serves.iter().map(|text| crate::policy::Pattern::new(*text)).collect();
        RailPolicy::new(id.parse().unwrap(), "f1", serves)
    };
    Policy {
        rails: vec![rail("bank", &["bank:014:*"]), rail("wallet", &["ewallet:*", "bank:009:*"])],
        ..Policy::default()
    }
}

/// Without its attempts, to these places.
fn fresh(places: &str) -> Payment {
    let mut payment = payment();
    payment.attempts.clear();
    let mut fields = payment.instruction.row.clone().into_fields();
    fields.destinations = Destination::parse_list(places).unwrap();
    payment.instruction.row = PayRow::new(fields).unwrap();
    payment
}

/// What is asked before this attempt, as (number, rail, destination).
fn asked(payment: &Payment, command: &Command, lost: bool) -> Vec<(u16, alloc::string::String, u8)> {
    named(&probes(payment, &two_rails(), command, lost))
}

fn named(probes: &[Probe]) -> Vec<(u16, alloc::string::String, u8)> {
    probes.iter().map(|probe| (probe.number, alloc::format!("{}", probe.rail), probe.destination)).collect()
}

fn send(rail: &str, destination: u8, number: u16) -> Command {
    Command::Send { rail: rail.parse().unwrap(), destination, number }
}

fn wanted(probes: &[(u16, &str, u8)]) -> Vec<(u16, alloc::string::String, u8)> {
    probes.iter().map(|(number, rail, destination)| (*number, (*rail).into(), *destination)).collect()
}

const BOTH: &str = "bank:014:1234567890 ewallet:dana:6281234567890";

#[test]
fn a_payroll_with_one_place_each_costs_no_question_in_a_store_that_lost_nothing() {
    let payment = fresh("bank:014:1234567890");
    assert_eq!(asked(&payment, &send("bank", 0, 1), false), []);
    let again = Command::Resend { rail: "bank".parse().unwrap(), number: 1 };
    assert_eq!(asked(&payment, &again, false), []);
    let lost = [2, 3, 4, 5, 6, 7, 8].map(|number| (number, "bank", 0));
    assert_eq!(asked(&payment, &send("bank", 0, 1), true), wanted(&lost), "corrected again and again, and forgotten");
    for command in [Command::Rest, Command::Inquire { rail: "bank".parse().unwrap(), number: 1 }] {
        assert_eq!(asked(&fresh(BOTH), &command, true), [], "{command:?}");
    }
}

#[test]
fn where_a_repeat_would_be_paid_again_her_reference_is_asked_about_before_it_is_sent() {
    let mut policy = two_rails();
    policy.rails[0].refuses_repeats = false;
    assert_eq!(policy.rails[0].resend_window_millis(), 0, "what may have been sent is never sent again");
    let asked = |payment: &Payment, command: &Command, policy: &Policy| named(&probes(payment, policy, command, false));
    let only = fresh("bank:014:1234567890");
    let alone = Policy { rails: vec![policy.rails[0].clone()], ..Policy::default() };
    for policy in [&policy, &alone] {
        assert_eq!(asked(&only, &send("bank", 0, 1), policy), wanted(&[(1, "bank", 0)]));
    }
    let mut refused_for_now = fresh(BOTH);
    refused_for_now.attempts.push(being_sent().attempts.swap_remove(0));
    let again = Command::Resend { rail: "bank".parse().unwrap(), number: 1 };
    assert_eq!(asked(&refused_for_now, &again, &alone), wanted(&[(1, "bank", 0), (2, "bank", 0)]));
    let refusing = Policy { rails: vec![two_rails().rails.swap_remove(0)], ..Policy::default() };
    assert_eq!(asked(&only, &again, &refusing), []);
}

#[test]
fn what_another_store_has_on_paper_stops_only_a_store_that_lost_something() {
    let mut policy = two_rails();
    policy.rails[1].can_be_asked = false;
    let on_paper = |lost| {
        let probes = probes(&fresh(BOTH), &policy, &send("bank", 0, 1), lost);
        probes.iter().any(|probe| probe.rail == policy.rails[1].id)
    };
    assert_eq!((on_paper(false), on_paper(true)), (false, true));
}

#[test]
fn a_wage_that_another_store_may_have_sent_by_day_is_asked_about_there_before_it_goes_by_night() {
    let payment = fresh("bank:014:1234567890");
    let (opens, closes) = ("08:00".parse().unwrap(), "16:45".parse().unwrap());
    let hours = Hours::new(Zone::Jakarta, Days::Every, opens, closes).unwrap();
    let mut policy = two_rails();
    policy.rails[0].terms.hours.push(Since::always(hours));
    policy.rails[1].serves.push(crate::policy::Pattern::new("bank:*"));
    let asked = |policy: &Policy, over: &str| named(&probes(&payment, policy, &send(over, 0, 1), false));
    assert_eq!(asked(&policy, "wallet"), wanted(&[(1, "bank", 0)]));
    assert_eq!(asked(&policy, "bank"), wanted(&[(1, "wallet", 0)]));
    // Where the first rail is always open the second one is never taken, by no store of ours.
    policy.rails[0].terms.hours.clear();
    assert_eq!(asked(&policy, "bank"), []);
}

#[test]
fn every_other_reference_is_asked_about_over_every_rail_that_could_pay_her() {
    let first = asked(&fresh(BOTH), &send("bank", 0, 1), false);
    assert_eq!(first, wanted(&[(1, "wallet", 1), (2, "wallet", 1), (2, "bank", 0)]));
    let to_the_wallet = asked(&fresh(BOTH), &send("wallet", 1, 1), false);
    assert_eq!(to_the_wallet, wanted(&[(1, "bank", 0), (2, "wallet", 1), (2, "bank", 0)]));
}

#[test]
fn one_question_does_for_two_accounts_at_one_bank_and_not_for_two_sorts_of_place() {
    let one_bank = fresh("bank:014:1234567890 bank:014:2222222222");
    assert_eq!(asked(&one_bank, &send("bank", 0, 1), false), wanted(&[(2, "bank", 1)]));
    let two_sorts = fresh("bank:009:1234567890 ewallet:dana:6281234567890");
    assert_eq!(asked(&two_sorts, &send("wallet", 0, 1), false), wanted(&[(2, "wallet", 1), (2, "wallet", 0)]));
}

#[test]
fn what_was_refused_here_is_asked_about_again_as_it_was_sent_and_what_came_back_is_not() {
    let mut payment = fresh(BOTH);
    let made = |number| {
        let (rail, fingerprint) = ("bank".parse().unwrap(), "f1".into());
        let reference = Reference::from_stored(alloc::format!("R{number}"));
        Fact::Attempted(Attempted { number, reference, rail, fingerprint, destination: 0, body: "{}".into() }.into())
    };
    payment.learn(&made(1), Timestamp::default()).unwrap();
    payment.attempts[0].state = AttemptState::Refused;
    let second = send("wallet", 1, 2);
    assert_eq!(asked(&payment, &second, false), wanted(&[(1, "bank", 0), (1, "wallet", 1), (2, "bank", 0)]));
    payment.attempts[0].state = AttemptState::Returned;
    assert_eq!(asked(&payment, &second, false), wanted(&[(1, "wallet", 1), (2, "bank", 0)]));
    // Under another account nobody knows it; whoever pays from that account now may have sent it there.
    payment.attempts[0].made.fingerprint = "f2".into();
    assert_eq!(asked(&payment, &second, false), wanted(&[(1, "bank", 0), (1, "wallet", 1), (2, "bank", 0)]));
}

#[test]
fn a_corrected_wage_with_one_place_asks_about_the_reference_it_had_before() {
    let mut payment = fresh("bank:014:1234567890");
    payment.attempts.push(being_sent().attempts.swap_remove(0));
    payment.attempts[0].state = AttemptState::Refused;
    assert_eq!(asked(&payment, &send("bank", 0, 2), false), wanted(&[(1, "bank", 0)]));
    let alone = Policy { rails: vec![two_rails().rails.swap_remove(0)], ..Policy::default() };
    assert_eq!(named(&probes(&payment, &alone, &send("bank", 0, 2), false)), wanted(&[(1, "bank", 0)]));
}

#[test]
fn a_success_elsewhere_is_shown_to_people_even_when_another_question_failed() {
    let probes = [Probe { number: 3, rail: "bank".parse().unwrap(), destination: 0 }];
    let not_found = InquiryAnswer::NotFound(evidence());
    let failed = InquiryAnswer::Failed(Refusal { cause: Cause::TransferFailed, evidence: evidence() });
    let unheard = InquiryAnswer::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None };
    let paid = InquiryAnswer::Success(evidence());
    let parked = vec![Fact::Parked { cause: Cause::EvidenceConflict }];
    assert_eq!(on_probes(&probes, &[not_found.clone(), failed]), vec![Fact::Probed { through: 3 }]);
    assert_eq!(on_probes(&probes, &[not_found.clone(), unheard.clone()]), vec![]);
    assert_eq!(on_probes(&probes, &[unheard, paid]), parked);
    assert_eq!(on_probes(&probes, &[not_found, InquiryAnswer::InProgress(evidence())]), parked);
}

fn evidence() -> Evidence {
    Evidence { grade: Grade::TlsResponse, code: "2001800".into(), provider_id: None, raw: "{}".into() }
}

fn refusals() -> impl Iterator<Item = Refusal> {
    Cause::ALL.iter().map(|cause| Refusal { cause: *cause, evidence: evidence() })
}

fn learnt(number: u16) -> Vec<Fact> {
    let (cause, field) = (Cause::RailUnreachable, alloc::string::String::from("amount"));
    let mut outcomes = vec![
        SubmitOutcome::NotSent { cause, retry_after_seconds: None },
        SubmitOutcome::Accepted(evidence()),
        SubmitOutcome::Settled(evidence()),
        SubmitOutcome::Contradicted { field: field.clone(), evidence: evidence() },
        SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None },
    ];
    let mut answers = vec![
        InquiryAnswer::Success(evidence()),
        InquiryAnswer::InProgress(evidence()),
        InquiryAnswer::Refunded { amount: None, evidence: evidence() },
        InquiryAnswer::NotFound(evidence()),
        InquiryAnswer::Contradicted { field, evidence: evidence() },
        InquiryAnswer::Unavailable { cause, retry_after_seconds: None },
    ];
    outcomes.extend(refusals().map(SubmitOutcome::Refused));
    answers.extend(refusals().map(InquiryAnswer::Failed));
    let outcomes = outcomes.into_iter().map(|outcome| Fact::Answered { number, outcome });
    outcomes.chain(answers.into_iter().map(|answer| Fact::Inquired { number, answer })).collect()
}

/// Every state of a payment and of its two attempts, and everything that can be learned.
#[test]
fn whoever_does_not_look_ahead_misses_no_consequence_of_a_refusal() {
    let (mut payment, policy, now) = (payment(), Policy::default(), Timestamp::from_millis(1_795_600_001_000));
    let mut consequences = 0;
    for state in PaymentState::ALL {
        for (one, other) in AttemptState::ALL.into_iter().flat_map(|one| AttemptState::ALL.map(|other| (one, other))) {
            payment.state = state;
            payment.attempts[0].state = one;
            payment.attempts[1].state = other;
            for fact in [0, 1, 2, 3].into_iter().flat_map(learnt) {
                let ahead = with_consequence(&payment, &policy, fact.clone(), now);
                let facts = match fact {
                    Fact::Answered { number, outcome } => on_submit(&payment, &policy, number, outcome, now),
                    Fact::Inquired { number, answer } => on_inquiry(&payment, &policy, number, answer, now),
                    _ => unreachable!("only what was learned from the provider"),
                };
                consequences += ahead.len() - 1;
                assert_eq!(facts, ahead, "{state:?} {one:?} {other:?}");
            }
        }
    }
    assert!(consequences > 0, "nothing was refused");
}

/// On her way for the first time.
fn being_sent() -> Payment {
    let mut payment = payment();
    let made = payment.attempts.swap_remove(0).made;
    (payment.attempts, payment.state) = (vec![], PaymentState::Ready);
    payment.learn(&Fact::Attempted(made.into()), Timestamp::from_millis(1_795_600_000_000)).unwrap();
    payment
}

/// Refused for the recipient's fault, asked about, and about to go to the next destination; the time of the last fact.
fn about_to_be_rerouted() -> (Payment, Timestamp) {
    let mut payment = being_sent();
    let at = Timestamp::from_millis(1_795_600_000_000).plus_seconds(60);
    let evidence = || Evidence { grade: Grade::TlsResponse, code: "06".into(), provider_id: None, raw: "{}".into() };
    let refusal = || Refusal { cause: Cause::InactiveAccount, evidence: evidence() };
    for fact in [
        Fact::Answered { number: 1, outcome: SubmitOutcome::Refused(refusal()) },
        Fact::Inquired { number: 1, answer: InquiryAnswer::Failed(refusal()) },
        Fact::Rerouted { cause: Cause::InactiveAccount, destination: 1 },
    ] {
        payment.learn(&fact, at).unwrap();
    }
    assert_eq!((payment.state, payment.attempts.len()), (PaymentState::Ready, 1));
    (payment, at)
}

fn without_inspection() -> Policy {
    let mut policy = two_rails();
    policy.rails.iter_mut().for_each(|rail| rail.inspects = false);
    policy
}

#[test]
fn a_wage_whose_sender_was_overtaken_gets_another_reference_only_when_the_old_one_is_harmless_and_asked_about() {
    let (payment, at) = about_to_be_rerouted();
    let policy = without_inspection();
    let lapsed_at = at.plus_seconds(100);
    let harmless_at = lapsed_at.plus_seconds(900);
    let next_at = |now| next(&payment, &policy, Clock { now, session_start: lapsed_at, lapsed_at: Some(lapsed_at) });
    for seconds in (0..900).step_by(50).chain([899]) {
        let now = lapsed_at.plus_seconds(seconds);
        assert_eq!(next_at(now), Command::Wait { until: harmless_at }, "after {seconds} s");
    }
    let command = next_at(harmless_at);
    assert_eq!(command, send("wallet", 1, 2));
    let asked = probes(&payment, &policy, &command, false);
    assert!(asked.iter().any(|probe| (probe.number, probe.rail.as_str()) == (1, "bank")), "{asked:?}");
}

#[test]
fn a_new_instruction_waits_for_the_question_about_what_was_refused_and_for_none_about_what_came_back() {
    let (mut payment, at) = about_to_be_rerouted();
    payment.attempts[0].refusal_confirmed = false;
    let now = at.plus_seconds(60);
    let next_of =
        |payment: &Payment| next(payment, &without_inspection(), Clock { now, session_start: now, lapsed_at: None });
    assert_eq!(next_of(&payment), Command::Inquire { rail: "bank".parse().unwrap(), number: 1 });
    payment.attempts[0].state = AttemptState::Returned;
    assert_eq!(next_of(&payment), send("wallet", 1, 2));
}

#[test]
fn a_wage_that_nobody_else_held_waits_for_no_signature() {
    let (payment, at) = about_to_be_rerouted();
    let clock = Clock { now: at, session_start: at, lapsed_at: None };
    assert_eq!(next(&payment, &without_inspection(), clock), send("wallet", 1, 2));
    // Nobody can have sent for her under an attempt that is not there.
    let fresh = fresh("bank:014:1234567890");
    let clock = Clock { lapsed_at: Some(at), ..clock };
    assert_eq!(
        next(&Payment { state: PaymentState::Ready, ..fresh }, &without_inspection(), clock),
        send("bank", 0, 1)
    );
}

#[test]
fn an_overtaken_wage_whose_bank_can_no_longer_be_asked_goes_to_people() {
    let (payment, at) = about_to_be_rerouted();
    let mut policy = without_inspection();
    policy.rails[0].fingerprint = "f2".into();
    let clock = Clock { now: at.plus_seconds(90_000), session_start: at, lapsed_at: Some(at) };
    let parked = Command::Record(vec![Fact::Parked { cause: Cause::RailChanged }]);
    assert_eq!(next(&payment, &policy, clock), parked);
}

#[test]
fn a_wage_found_in_the_hands_of_a_sender_that_lapsed_may_have_been_paid() {
    let (payment, at) = (being_sent(), Timestamp::from_millis(1_795_600_000_000));
    assert_eq!(payment.state, PaymentState::Sending);
    let taken = at.plus_seconds(30);
    let clock = Clock { now: taken, session_start: taken, lapsed_at: Some(taken) };
    let Command::Record(facts) = next(&payment, &two_rails(), clock) else { panic!("it was not recorded") };
    let doubt = |fact: &Fact| {
        matches!(fact, Fact::Answered { outcome: SubmitOutcome::Unknown { doubt: Doubt::Interrupted, .. }, .. })
    };
    assert!(facts.len() == 1 && facts.iter().all(doubt), "{facts:?}");
}
