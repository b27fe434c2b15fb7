//! Whose fault it is decides what follows a refusal, whoever was asked: the bank about a wage, or about an account.
use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_600_060_000);
const WHOSE: [(Cause, Whose); 6] = [
    (Cause::InactiveAccount, Whose::Recipient),
    (Cause::InsufficientFunds, Whose::Sender),
    (Cause::BadRequest, Whose::Sender),
    (Cause::RequestExpired, Whose::Rail),
    (Cause::SuspectedFraud, Whose::People),
    (Cause::TransferFailed, Whose::People),
];

fn refusal(cause: Cause) -> Refusal {
    Refusal { cause, evidence: evidence() }
}

/// To a bank that is served, one that nobody serves, and a wallet; refused so often for our own faults before.
fn on_her_way(own_refusals: u16) -> Payment {
    let places = "bank:014:1234567890 bank:777:1234567890 ewallet:dana:6281234567890";
    let mut payment = fresh(places);
    let made = being_sent().attempts.swap_remove(0).made;
    payment.state = PaymentState::Ready;
    payment.learn(&Fact::Attempted(made.into()), Timestamp::from_millis(1_795_600_000_000)).unwrap();
    payment.own_refusals = own_refusals;
    payment
}

fn follows(facts: &[Fact]) -> Option<&Fact> {
    assert!(facts.len() <= 2, "{facts:?}");
    facts.get(1)
}

#[test]
fn a_refusal_is_repeated_for_our_own_faults_and_the_rail_s_and_asked_about_for_others() {
    for (cause, whose) in WHOSE {
        assert_eq!(cause.guide().whose, whose, "{cause:?}");
        for own_refusals in 0..=4 {
            let outcome = SubmitOutcome::Refused(refusal(cause));
            let facts = on_submit(&on_her_way(own_refusals), &two_rails(), 1, outcome, NOW);
            let again = match (whose, cause) {
                (Whose::Sender, Cause::BadRequest) | (Whose::Rail, _) => own_refusals < 3,
                (Whose::Sender, _) => true,
                _ => false,
            };
            let expected = again.then_some(Fact::Released { number: 1, cause });
            assert_eq!(follows(&facts), expected.as_ref(), "{cause:?} after {own_refusals}");
        }
    }
}

#[test]
fn what_the_bank_calls_failed_goes_to_her_next_place_only_for_a_fault_of_her_own() {
    for (cause, whose) in WHOSE {
        for own_refusals in 0..=4 {
            let mut payment = on_her_way(own_refusals);
            let outcome = SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None };
            payment.learn(&Fact::Answered { number: 1, outcome }, NOW).unwrap();
            let answer = InquiryAnswer::Failed(refusal(cause));
            let facts = on_inquiry(&payment, &two_rails(), 1, answer, NOW);
            let expected = match (whose, cause) {
                // Past the place that nobody serves.
                (Whose::Recipient, _) => Fact::Rerouted { cause, destination: 2 },
                (Whose::Sender, Cause::BadRequest) => Fact::Parked { cause },
                (Whose::Sender | Whose::Rail, _) if own_refusals < 3 => Fact::Rerouted { cause, destination: 0 },
                (Whose::Sender | Whose::Rail, _) => Fact::Parked { cause: Cause::RefusedRepeatedly },
                _ => Fact::Parked { cause },
            };
            assert_eq!(follows(&facts), Some(&expected), "{cause:?} after {own_refusals}");
        }
    }
}

#[test]
fn where_no_further_place_is_served_a_closed_account_goes_to_people() {
    let mut payment = on_her_way(0);
    payment.attempts[0].made.destination = 2;
    let outcome = SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None };
    payment.learn(&Fact::Answered { number: 1, outcome }, NOW).unwrap();
    let answer = InquiryAnswer::Failed(refusal(Cause::InactiveAccount));
    let facts = on_inquiry(&payment, &two_rails(), 1, answer, NOW);
    assert_eq!(follows(&facts), Some(&Fact::Parked { cause: Cause::InactiveAccount }));
}

#[test]
fn another_holder_s_name_stops_a_wage_only_where_that_was_asked_for() {
    let found = |name: &str| Inspection::Found { name: name.into(), session: None };
    let bank: RailId = "bank".parse().unwrap();
    for (check, name, stops) in [
        (NameCheck::Stop, "Orang Lain", true),
        (NameCheck::Stop, "Siti Contoh", false),
        (NameCheck::Stop, "", false),
        (NameCheck::Record, "Orang Lain", false),
    ] {
        let mut policy = two_rails();
        policy.rails[0].name_check = check;
        let facts = on_inspection(&on_her_way(0), &policy, &bank, 0, found(name));
        assert!(matches!(facts.first(), Some(Fact::Inspected { destination: 0, .. })), "{facts:?}");
        let expected = stops.then_some(Fact::Parked { cause: Cause::NameDiffers });
        assert_eq!(follows(&facts), expected.as_ref(), "{check:?} {name}");
    }
}

#[test]
fn an_account_that_is_refused_before_the_send_is_passed_over_only_for_a_fault_of_her_own() {
    let bank: RailId = "bank".parse().unwrap();
    for (cause, whose) in WHOSE {
        let facts = on_inspection(&on_her_way(0), &two_rails(), &bank, 0, Inspection::Refused(refusal(cause)));
        let expected = match (whose, cause) {
            (Whose::Recipient, _) => Some(Fact::Rerouted { cause, destination: 2 }),
            (Whose::Sender | Whose::Rail, Cause::InsufficientFunds | Cause::RequestExpired) => None,
            _ => Some(Fact::Parked { cause }),
        };
        assert_eq!(facts.is_empty(), expected.is_none(), "{cause:?}");
        assert_eq!(follows(&facts), expected.as_ref(), "{cause:?}");
    }
}

#[test]
fn an_account_that_cannot_be_asked_about_is_told_once_for_each_cause() {
    let bank: RailId = "bank".parse().unwrap();
    let unavailable = |cause| Inspection::Unavailable { cause, retry_after_seconds: None };
    let mut payment = on_her_way(0);
    for (told, cause, news) in [
        (None, Cause::RailUnreachable, 1),
        (Some(Cause::RailUnreachable), Cause::RailUnreachable, 0),
        (Some(Cause::RailUnreachable), Cause::TooManyRequests, 1),
    ] {
        payment.cause = told;
        assert_eq!(
            on_inspection(&payment, &two_rails(), &bank, 0, unavailable(cause)).len(),
            news,
            "{told:?} {cause:?}"
        );
    }
}

#[test]
fn a_wage_that_a_bank_holds_back_or_claims_to_know_is_never_sent_again() {
    let silent = |doubt| {
        let mut payment = on_her_way(0);
        let outcome = SubmitOutcome::Unknown { doubt, evidence: None };
        payment.learn(&Fact::Answered { number: 1, outcome }, NOW).unwrap();
        let heard = [NOW.plus_seconds(700), NOW.plus_seconds(720)];
        payment.attempts[0].not_found_at = heard.to_vec();
        payment.attempts[0].asked_at = heard.to_vec();
        let clock = Clock { now: heard[1], session_start: NOW, lapsed_at: None };
        next(&payment, &two_rails(), clock)
    };
    assert!(matches!(silent(Doubt::NoAnswer), Command::Resend { .. }));
    assert!(matches!(silent(Doubt::Duplicate), Command::Wait { .. }));
    assert_eq!(silent(Doubt::Suspended), Command::Record(vec![Fact::Parked { cause: Cause::Suspended }]));
}
