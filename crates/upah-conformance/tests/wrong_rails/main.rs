//! Deliberately wrong adapters: each is right but for one thing, and the suite must name that thing.
//!
//! The provider, "Kirim", is invented.
#![allow(clippy::unwrap_used)]
mod bank;
mod calls;
mod kirim;

use bank::Bank;
use kirim::{Bug, Kirim};
use upah_conformance::Plan;
use upah_conformance::rail::{Booking, Callback, Clock, Meaning, RailUnderTest, Told, Word, prove};
use upah_core::Destination;
use upah_core::policy::{Pattern, RailPolicy};

/// Kirim's adapter with this bug.
struct With(Bug);

impl RailUnderTest for With {
    type Provider = Bank;
    type Rail = Kirim;

    fn name(&self) -> String {
        format!("Kirim, {:?}", self.0)
    }

    async fn provider(&self) -> Result<Bank, String> {
        Bank::open().await.map_err(|error| error.to_string())
    }

    fn base_url(&self, bank: &Bank) -> String {
        bank.url().to_owned()
    }

    fn rail(&self, _: &Bank, base_url: &str, clock: Clock) -> Result<Kirim, String> {
        Kirim::new(base_url, bank::KEY, clock, self.0)
    }

    async fn bookings(&self, bank: &Bank) -> Result<Vec<Booking>, String> {
        Ok(bank.bookings())
    }

    fn policy(&self) -> RailPolicy {
        let mut policy = RailPolicy::new("kirim".parse().unwrap(), "0", vec![Pattern::new("bank:*")]);
        policy.reference_memory_days = if self.0 == Bug::ClaimsALongMemory { 60 } else { 20 };
        policy
    }

    fn destinations(&self) -> Vec<Destination> {
        ["bank:014:1234567890", "bank:002:0987654321"].iter().map(|text| text.parse().unwrap()).collect()
    }

    fn secrets(&self) -> Vec<String> {
        vec![bank::KEY.into()]
    }

    fn refused_destination(&self) -> Option<Destination> {
        Some("bank:014:9990000001".parse().unwrap())
    }

    fn busy_body(&self, _: &Destination) -> Option<String> {
        Some(r#"{"error":"SLOW_DOWN"}"#.into())
    }

    fn words(&self) -> Vec<Word> {
        let word = |instead: &str, means| Word {
            said: "\"PAID\"".into(),
            instead: instead.into(),
            means,
            answers_payments: true,
        };
        vec![
            word("\"ZZZZ\"", Meaning::NeverHeard),
            word("\"WORKING\"", Meaning::AtWork),
            word("\"FAILED\"", Meaning::Failed),
            Word { answers_payments: false, ..word("\"RETURNED\"", Meaning::Returned) },
        ]
    }

    fn callback(&self, told: Told<'_>) -> Option<Callback> {
        Some(calls::callback(told))
    }

    async fn pass_days(&self, bank: &Bank, days: u32) -> bool {
        bank.pass_days(days);
        true
    }
}

/// Each bug, and the property that must name it. The ten of the kit's brief come first.
const BUGS: [(Bug, &str); 36] = [
    (Bug::TrustsAnUnsignedCallback, "a_callback_that_nobody_signed_is_turned_away"),
    (Bug::PaysAgainOnTimeout, "silence_pays_nobody_again"),
    (Bug::FailsA404AtOnce, "what_was_never_sent_is_not_found"),
    (Bug::LosesTheReference, "a_wage_arrives_once_and_whole"),
    (Bug::RoundsTheAmount, "a_wage_arrives_once_and_whole"),
    (Bug::FollowsARedirect, "a_redirect_is_not_followed"),
    (Bug::RegeneratesTheDate, "the_same_bytes_again_pay_nobody_twice"),
    (Bug::TakesAProxys403ForARefusal, "a_page_of_a_proxy_is_no_refusal"),
    (Bug::PrintsTheSecret, "no_secret_and_no_name_is_printed"),
    (Bug::ForgetsTheStatusAfterRestart, "after_a_restart_her_payment_is_found"),
    (Bug::CutsTheReference, "her_reference_arrives_to_its_last_character"),
    (Bug::TakesAnyAmountForOurs, "another_amount_in_the_answer_is_no_success"),
    (Bug::TakesAnyReferenceForOurs, "another_reference_in_the_answer_is_no_success"),
    (Bug::TakesAnUnknownStatusForFailed, "a_status_nobody_knows_ends_nothing"),
    (Bug::TakesAnUnknownStatusForPaid, "a_status_nobody_knows_ends_nothing"),
    (Bug::TakesA500ForARefusal, "an_error_of_the_provider_is_no_refusal"),
    (Bug::TakesA429PageForNotSent, "a_429_from_nowhere_is_no_refusal"),
    (Bug::IgnoresRetryAfter, "who_is_asked_to_slow_down_slows_down"),
    (Bug::TakesABrokenLineForNotSent, "a_line_that_breaks_after_the_booking_pays_nobody_again"),
    (Bug::TakesALostQuestionForNotFound, "a_failed_question_says_nothing_about_the_wage"),
    (Bug::PutsTheKeyInTheUrl, "no_secret_and_no_name_is_printed"),
    (Bug::TakesADuplicateForARefusal, "the_same_bytes_again_pay_nobody_twice"),
    (Bug::TakesUnderWayForPaid, "every_status_is_told_as_what_it_means"),
    (Bug::TakesReturnedForPaid, "every_status_is_told_as_what_it_means"),
    (Bug::TakesAnEmpty200ForPaid, "a_page_of_a_proxy_is_no_refusal"),
    (Bug::TakesEveryPageForARefusal, "behind_a_closed_door_nobody_is_refused"),
    (Bug::ClaimsALongMemory, "a_reference_is_known_as_long_as_claimed"),
    (Bug::LooksForAProofAndNotAtIt, "a_callback_with_another_proof_is_turned_away"),
    (Bug::TrustsAProofItHasSeen, "a_callback_that_was_changed_on_the_way_is_turned_away"),
    (Bug::CountsTheWhiteSpace, "a_callback_that_was_spaced_on_the_way_is_heard"),
    (Bug::HearsAReplay, "a_callback_of_another_day_is_turned_away"),
    (Bug::HearsACallbackOnce, "a_callback_reads_alike_whatever_came_before"),
    (Bug::ChecksTheAmountOfACallback, "the_amount_in_a_callback_decides_nothing"),
    (Bug::TellsWhyItTurnsAway, "whoever_is_turned_away_learns_nothing"),
    (Bug::AnswersWithTheKey, "whoever_is_turned_away_learns_nothing"),
    (Bug::HintsAtAnotherPayment, "a_genuine_callback_names_her_payment"),
];

#[test]
fn every_bug_is_caught_by_its_name() {
    // Some at once: they spend their time waiting for deadlines.
    for bugs in BUGS.chunks(7) {
        std::thread::scope(|scope| {
            for (bug, property) in bugs {
                scope.spawn(move || {
                    let report = prove(&With(*bug), &Plan::default().only(*property));
                    assert_eq!(report.failed(), [*property], "{bug:?}\n{}", report.text());
                });
            }
        });
    }
}

#[test]
fn the_adapter_without_a_bug_is_right_and_all_that_it_can_do_is_tried() {
    let report = prove(&With(Bug::None), &Plan::default());
    report.assert_passed();
    // Kirim answers no questions about accounts and balances.
    let questions = ["a_failed_look_at_an_account_condemns_nobody", "a_balance_that_nobody_told_is_not_made_up"];
    assert_eq!(report.not_exercised(), questions);
}

#[test]
fn a_report_shows_no_secret_of_the_adapter_that_prints_it() {
    let report = prove(&With(Bug::PrintsTheSecret), &Plan::default().only("no_secret"));
    assert!(!report.passed() && !report.text().contains(bank::KEY) && !report.html().contains(bank::KEY));
}
