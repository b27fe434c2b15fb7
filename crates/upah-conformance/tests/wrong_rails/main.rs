//! Deliberately wrong adapters: each is right but for one thing, and the suite must name that thing.
//!
//! The provider, "Kirim", is invented.
#![allow(clippy::unwrap_used)]
mod bank;
mod calls;
mod kirim;

use bank::{Bank, Ways};
use kirim::{Bug, Kirim};
use upah_conformance::rail::{Booking, Callback, Clock, Meaning, RailUnderTest, Told, Word, prove};
use upah_conformance::{Finding, Plan};
use upah_core::policy::{Pattern, RailPolicy};
use upah_core::{Destination, Rupiah};

/// Kirim's adapter with a bug, and what its author tells of the provider.
struct With {
    bug: Bug,
    ways: Ways,
    /// The author names no secrets, and not where money went.
    says_little: bool,
}

impl With {
    fn a(bug: Bug) -> Self {
        let ways = match bug {
            Bug::TakesAQueuedWageForPaid => Ways::Queues,
            Bug::ConfirmsWhenAsked | Bug::TakesALostConfirmationForNotSent => Ways::TwoSteps,
            _ => Ways::Plain,
        };
        Self { bug, ways, says_little: false }
    }
}

impl RailUnderTest for With {
    type Provider = Bank;
    type Rail = Kirim;

    fn name(&self) -> String {
        format!("Kirim, {:?}", self.bug)
    }

    async fn provider(&self) -> Result<Bank, String> {
        Bank::open(self.ways).await.map_err(|error| error.to_string())
    }

    fn base_url(&self, bank: &Bank) -> String {
        bank.url().to_owned()
    }

    fn rail(&self, _: &Bank, base_url: &str, clock: Clock) -> Result<Kirim, String> {
        Kirim::new(base_url, bank::KEY, clock, self.bug)
    }

    async fn bookings(&self, bank: &Bank) -> Result<Vec<Booking>, String> {
        let mut bookings = bank.bookings();
        for booking in bookings.iter_mut().filter(|_| self.says_little) {
            (booking.account, booking.institution) = (String::new(), String::new());
        }
        Ok(bookings)
    }

    fn policy(&self) -> RailPolicy {
        let mut policy = RailPolicy::new("kirim".parse().unwrap(), "0", vec![Pattern::new("bank:*")]);
        policy.reference_memory_days = if self.bug == Bug::ClaimsALongMemory { 60 } else { 20 };
        policy
    }

    fn destinations(&self) -> Vec<Destination> {
        ["bank:014:1234567890", "bank:002:0987654321"].iter().map(|text| text.parse().unwrap()).collect()
    }

    fn secrets(&self) -> Vec<String> {
        if self.says_little { Vec::new() } else { vec![bank::KEY.into()] }
    }

    fn refused_destination(&self) -> Option<Destination> {
        Some("bank:014:9990000001".parse().unwrap())
    }

    fn busy_body(&self, _: &Destination) -> Option<String> {
        Some(r#"{"error":"SLOW_DOWN"}"#.into())
    }

    fn first_answer(&self) -> Meaning {
        if self.ways == Ways::Queues { Meaning::AtWork } else { Meaning::Paid }
    }

    fn paying_step(&self) -> Option<String> {
        (self.ways == Ways::TwoSteps).then(|| "/confirm".into())
    }

    fn words(&self) -> Vec<Word> {
        let word = |said: &str, instead: &str, means| Word {
            said: said.into(),
            instead: instead.into(),
            means,
            answers_payments: true,
        };
        let of = |said| {
            [
                word(said, "\"ZZZZ\"", Meaning::NeverHeard),
                word(said, "\"WORKING\"", Meaning::AtWork),
                word(said, "\"FAILED\"", Meaning::Failed),
                Word { answers_payments: false, ..word(said, "\"RETURNED\"", Meaning::Returned) },
            ]
        };
        let mut words = Vec::from(of("\"PAID\""));
        if self.ways == Ways::Queues {
            words.extend(of("\"WORKING\""));
            words.push(word("\"WORKING\"", "\"PAID\"", Meaning::Paid));
        }
        words
    }

    fn callback(&self, told: Told<'_>) -> Option<Callback> {
        Some(calls::callback(told, "PAID", self.bug))
    }

    fn callback_of_a_return(&self, told: Told<'_>) -> Option<Callback> {
        Some(calls::callback(told, "RETURNED", self.bug))
    }

    fn partial_return(&self, wage: Rupiah, part: Rupiah) -> Vec<(String, String)> {
        let amount = |rupiah: Rupiah| format!("\"amount\":{}", rupiah.value());
        vec![("\"PAID\"".into(), "\"RETURNED\"".into()), (amount(wage), amount(part))]
    }

    async fn balance(&self, bank: &Bank) -> Option<Rupiah> {
        Some(bank.balance())
    }

    async fn pass_days(&self, bank: &Bank, days: u32) -> bool {
        bank.pass_days(days);
        true
    }
}

/// Each bug, and the property that must name it. The ten of the kit's brief come first.
const BUGS: [(Bug, &str); 68] = [
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
    (Bug::PaysEverybodyAtOneBank, "her_wage_goes_to_her_account_at_her_own_bank"),
    (Bug::LeavesANameUnescaped, "no_letter_of_her_name_keeps_her_wage_back"),
    (Bug::TakesAQueuedWageForPaid, "a_wage_under_way_is_not_told_as_paid"),
    (Bug::FindsWithoutWords, "a_wage_found_paid_comes_with_its_proof"),
    (Bug::FindsAStatement, "a_wage_found_paid_comes_with_its_proof"),
    (Bug::ReadsARefusalUnderA500, "a_server_error_that_reads_like_a_refusal_is_no_refusal"),
    (Bug::ReadsSlowDownUnderA500, "a_server_error_that_reads_like_a_refusal_is_no_refusal"),
    (Bug::TakesAnyErrorForAFailedWage, "a_failed_question_in_the_providers_words_says_nothing"),
    (Bug::ReadsNotFoundUnderA503, "a_failed_question_in_the_providers_words_says_nothing"),
    (Bug::TakesAnyAccountForOurs, "another_account_in_the_answer_is_no_success"),
    (Bug::RemembersNotFound, "what_was_not_found_is_found_once_it_is_booked"),
    (Bug::ComparesAmountsAsFloats, "another_amount_in_the_answer_is_no_success"),
    (Bug::ComparesTheBeginningOfAReference, "another_reference_in_the_answer_is_no_success"),
    (Bug::HearsAnyProofWithoutATime, "a_callback_that_lost_a_header_needs_its_proof_all_the_same"),
    (Bug::TakesTheTimeFromOutsideTheProof, "yesterdays_callback_with_a_header_of_today_is_turned_away"),
    (Bug::LeavesTheTimeUnsigned, "yesterdays_callback_with_a_header_of_today_is_turned_away"),
    (Bug::PanicsAtABrokenCallback, "a_callback_that_nobody_can_read_is_turned_away"),
    (Bug::PrintsACallbackAgain, "a_callback_that_was_changed_on_the_way_is_turned_away"),
    (Bug::TakesAnothersRefusalForHers, "an_answer_about_another_wage_ends_nothing_of_hers"),
    (Bug::TakesAnothersNotFoundForHers, "an_answer_about_another_wage_ends_nothing_of_hers"),
    (Bug::TakesADuplicateForPaid, "a_repetition_is_told_as_paid_only_in_words_of_success"),
    (Bug::ReadsAnAnswerThatIsCut, "an_answer_that_is_cut_short_says_nothing"),
    (Bug::MixesQuestionsUp, "many_questions_at_once_are_each_about_their_own_wage"),
    (Bug::AsksAboutToday, "a_wage_is_found_the_day_after"),
    (Bug::TakesAnotherAccountsName, "an_answer_about_another_account_gives_no_name"),
    (Bug::TellsTheBalanceInSen, "the_balance_is_told_as_it_is"),
    (Bug::ConfirmsWhenAsked, "a_step_that_moves_no_money_may_fail"),
    (Bug::TakesALostConfirmationForNotSent, "a_line_that_breaks_after_the_booking_pays_nobody_again"),
    (Bug::PrintsARefusedAccount, "no_secret_and_no_name_is_printed"),
    (Bug::TakesAPartForAllOfIt, "a_part_that_came_back_is_not_told_as_all_of_it"),
    (Bug::ReadsAReturnAsAnEnd, "a_callback_about_a_return_is_told_as_one"),
    (Bug::PrintsAnotherAccount, "no_secret_and_no_name_is_printed"),
];

#[test]
fn every_bug_is_caught_by_its_name() {
    // Some at once: they spend their time waiting for deadlines.
    for bugs in BUGS.chunks(7) {
        std::thread::scope(|scope| {
            for (bug, property) in bugs {
                scope.spawn(move || {
                    let report = prove(&With::a(*bug), &Plan::default().only(*property));
                    assert_eq!(report.failed(), [*property], "{bug:?}\n{}", report.text());
                });
            }
        });
    }
}

#[test]
fn the_adapter_without_a_bug_is_right_and_all_that_it_can_do_is_tried() {
    let report = prove(&With::a(Bug::None), &Plan::default());
    report.assert_passed();
    // Kirim pays in one step.
    assert_eq!(report.not_exercised(), ["a_step_that_moves_no_money_may_fail"]);
    let row = |one: &Finding| format!("| `{}` | {} |\n", one.property, one.protects);
    let rows: String = report.findings.iter().map(row).collect();
    let listed = format!("| property | what it protects |\n|---|---|\n{rows}");
    assert_eq!(include_str!("../../src/rail/properties.md"), listed, "the list of the documentation");
}

#[test]
fn an_adapter_of_a_provider_with_other_ways_is_right_too() {
    for (ways, not_exercised) in [(Ways::Queues, &["a_step_that_moves_no_money_may_fail"][..]), (Ways::TwoSteps, &[])] {
        let report = prove(&With { ways, ..With::a(Bug::None) }, &Plan::default());
        report.assert_passed();
        assert_eq!(report.not_exercised(), not_exercised, "{ways:?}\n{}", report.text());
    }
}

#[test]
fn what_the_author_does_not_tell_is_not_called_proved() {
    for property in ["her_wage_goes_to_her_account_at_her_own_bank", "no_secret_and_no_name_is_printed"] {
        let report = prove(&With { says_little: true, ..With::a(Bug::None) }, &Plan::default().only(property));
        assert_eq!(report.not_exercised(), [property]);
    }
}

#[test]
fn a_case_is_told_in_words() {
    let report = prove(&With::a(Bug::ComparesAmountsAsFloats), &Plan::default().only("another_amount"));
    let told = "to destination number 1; in the answer to a payment, as close to ours as can be";
    assert!(report.text().contains(told), "{}", report.text());
}

#[test]
fn a_report_shows_no_secret_of_the_adapter_that_prints_it() {
    let report = prove(&With::a(Bug::PrintsTheSecret), &Plan::default().only("no_secret"));
    assert!(!report.passed() && !report.text().contains(bank::KEY) && !report.html().contains(bank::KEY));
}
