//! The properties of a rail, each with the name of what a worker can rely on while it holds.
use super::desk::Whom;
use super::variants::{self, Case, Variant, always, either, faults, recognisable, whom};
use super::{RailUnderTest, asking, claims, echo, own_words, sending};
use crate::plan::{Plan, in_time};
use crate::proxy::Fault;
use crate::report::Verdict;
use proptest::prelude::*;
use std::cell::Cell;
use std::future::Future;
use tokio::runtime::Runtime;
use upah_core::Rupiah;

/// How long one case may take, in seconds.
const CASE_SECONDS: u64 = 120;
/// Every try waits for a provider, often for a deadline too.
const SHRINKS_MAX: u32 = 24;

type Prove<S> = Box<dyn Fn(&S, &Plan, &Runtime) -> Verdict + Send>;

/// One property of the suite.
pub(crate) struct Property<S> {
    pub(crate) name: &'static str,
    pub(crate) protects: &'static str,
    pub(crate) prove: Prove<S>,
}

/// Tries every variant with every destination, each with somebody else who is paid. Faults and words
/// are lists: a random choice among them would leave some of them out.
struct Tries<'a, S> {
    subject: &'a S,
    plan: &'a Plan,
    runtime: &'a Runtime,
    whom: fn(Option<Rupiah>) -> BoxedStrategy<Whom>,
    /// Why nothing may have been tried.
    missing: &'static str,
}

impl<S: RailUnderTest> Tries<'_, S> {
    fn of<V: Clone, F: Future<Output = Result<bool, String>>>(
        &self,
        variants: &[Variant<V>],
        prove: impl Fn(Whom, V) -> F,
    ) -> Verdict {
        let exercised = Cell::new(0);
        let limit = self.subject.policy().terms.at_most_always();
        let destinations = self.subject.destinations().len().max(1);
        let all = u32::try_from(variants.len() * destinations).unwrap_or(u32::MAX).max(1);
        let each = (self.plan.cases / 3 / all).max(1);
        for (destination, variant) in (0..destinations).flat_map(|place| variants.iter().map(move |one| (place, one))) {
            let whom = (self.whom)(limit).prop_map(move |whom| Whom { destination, ..whom });
            let cases = whom.prop_map(|whom| Case { whom, variant: variant.clone() });
            let verdict = self.plan.try_each((each, SHRINKS_MAX), cases, |case| {
                let proved = in_time("a case", CASE_SECONDS, prove(case.whom, case.variant.what));
                let proved = self.runtime.block_on(proved).unwrap_or_else(Err)?;
                exercised.set(exercised.get() + u32::from(proved));
                Ok(())
            });
            if matches!(verdict, Verdict::Failed { .. }) {
                return verdict;
            }
        }
        match exercised.get() {
            0 => Verdict::NotExercised { why: self.missing.into() },
            cases => Verdict::Passed { cases },
        }
    }
}

/// An entry of the table: who is paid, the variants, and the proof of one case. A proof may say that it
/// had nothing to try; then the reason follows.
macro_rules! property {
    ($name:literal, $whom:ident, $variants:expr, $prove:expr, $protects:literal) => {
        property!($name, $whom, $variants, async |s, whom, v| ($prove)(s, whom, v).await.map(|()| true), $protects, unless "")
    };
    ($name:literal, $whom:ident, $variants:expr, $prove:expr, $protects:literal, unless $missing:literal) => {
        Property {
            name: $name,
            protects: $protects,
            prove: Box::new(|subject: &S, plan: &Plan, runtime: &Runtime| {
                let tries = Tries { subject, plan, runtime, whom: $whom, missing: $missing };
                tries.of(&$variants, |whom, variant| ($prove)(subject, whom, variant))
            }),
        }
    };
}

mod called;

/// Every property, in the order of the report.
pub(crate) fn all<S: RailUnderTest>() -> Vec<Property<S>> {
    let mut all = of_a_good_day();
    all.extend(of_a_bad_line());
    all.extend(of_questions());
    all.extend(called::of_callbacks());
    all.extend(of_claims());
    all
}

fn of_a_good_day<S: RailUnderTest>() -> Vec<Property<S>> {
    vec![
        property!(
            "a_wage_arrives_once_and_whole",
            whom,
            always(),
            |s, whom, ()| sending::happy(s, whom),
            "Without any fault a wage is booked once, under our reference, with every rupiah, to the account of its destination where the fake tells it."
        ),
        property!(
            "her_wage_goes_to_her_account_at_her_own_bank",
            whom,
            always(),
            |s, whom, ()| sending::destined(s, whom),
            "Her account's digits at another bank, or her phone number sent as a bank account, are somebody else's: the \
             wage goes to the account and to the institution that its destination names, also beside one that has the \
             same digits elsewhere.",
            unless "the fake does not tell both the account and the institution of what it booked"
        ),
        property!(
            "no_letter_of_her_name_keeps_her_wage_back",
            whom,
            variants::odd_names(),
            sending::named,
            "Whoever has a quotation mark, a backslash or a letter with a mark in her name is paid as everybody else is: \
             no body breaks on it."
        ),
        property!(
            "a_wage_under_way_is_not_told_as_paid",
            whom,
            always(),
            |s, whom, ()| sending::first_answer(s, whom),
            "What the first answer to a payment means is what is told of it: a worker whose wage is queued, and may still \
             fail, is not told that she has it."
        ),
        property!(
            "a_wage_found_paid_comes_with_its_proof",
            whom,
            always(),
            |s, whom, ()| asking::proved(s, whom),
            "What the provider answers about a wage is kept, and counts as an answer and not as more: without it nobody \
             could show her, or a judge, why her wage reads as paid."
        ),
        property!(
            "many_wages_at_once_arrive_once_each",
            whom,
            variants::counts(),
            sending::many,
            "Wages that are sent at the same time do not mix: each is booked once, whole, to its own account."
        ),
        property!(
            "the_same_bytes_again_pay_nobody_twice",
            whom,
            either("over the same instance", "over another instance"),
            sending::again,
            "A stored attempt that is sent again is the same to the last byte, so that the provider recognises it, and \
             its answer never reads as if nobody had been paid."
        ),
        property!(
            "a_repetition_is_told_as_paid_only_in_words_of_success",
            whom,
            always(),
            |s, whom, ()| sending::repeated(s, whom),
            "That the provider knows her reference does not mean that it has paid: it may be at work on it, or have refused it.",
            unless "the author named no words of the provider's success"
        ),
        property!(
            "another_amount_under_her_reference_pays_nobody",
            whom,
            always(),
            |s, whom, ()| sending::conflict(s, whom),
            "What contradicts a payment that was made is neither booked nor told as a success or a refusal."
        ),
        property!(
            "a_refusal_of_the_provider_comes_with_its_proof",
            whom,
            always(),
            |s, whom, ()| sending::refused(s, whom),
            "Only the provider's own words end an attempt, and they are kept.",
            unless "the author named no destination that the fake refuses"
        ),
        property!(
            "who_is_asked_to_slow_down_slows_down",
            whom,
            variants::retry_after(),
            sending::busy,
            "The provider's own 429 is no refusal of the wage; when it says how long to wait, that is passed on.",
            unless "the author did not say how the provider words its 429"
        ),
        property!(
            "a_late_answer_is_an_answer",
            whom,
            always(),
            |s, whom, ()| sending::late(s, whom),
            "An answer within the deadline is heard, and the wage is not sent again because of it."
        ),
    ]
}

fn of_a_bad_line<S: RailUnderTest>() -> Vec<Property<S>> {
    vec![
        property!(
            "a_line_that_breaks_before_the_provider_is_no_refusal",
            whom,
            faults(vec![Fault::drop_before()]),
            sending::in_doubt,
            "When the connection breaks after the request may have left, nothing is known, and the provider is asked."
        ),
        property!(
            "a_line_that_breaks_after_the_booking_pays_nobody_again",
            whom,
            faults(vec![Fault::drop_after()]),
            sending::in_doubt,
            "The provider has paid and its answer is lost: that is neither a failure nor a reason to send again."
        ),
        property!(
            "silence_pays_nobody_again",
            whom,
            faults(vec![Fault::hang_after(), Fault::hang_before()]),
            sending::in_doubt,
            "A call without an answer ends at its deadline, is sent once only, and says nothing about the money."
        ),
        property!(
            "a_broken_answer_says_nothing",
            whom,
            faults(vec![Fault::garbage_after(), Fault::truncated_after()]),
            sending::in_doubt,
            "An answer that is not whole, or not an answer at all, is no proof of anything."
        ),
        property!(
            "an_answer_that_is_cut_short_says_nothing",
            whom,
            variants::calls_and_cuts(),
            echo::cut,
            "An answer that HTTP delivers whole, and that stops before its own end, is no proof of anything, whatever word \
             stands in what is left of it.",
            unless "the provider's answers end with neither a bracket nor a tag"
        ),
        property!(
            "an_error_of_the_provider_is_no_refusal",
            whom,
            faults(variants::provider_errors()),
            sending::in_doubt,
            "A 5xx may come before or after the booking; she may have been paid."
        ),
        property!(
            "a_server_error_that_reads_like_a_refusal_is_no_refusal",
            whom,
            variants::errors_in_own_words(),
            own_words::of_a_payment,
            "Under a 5xx the provider's own words of a refusal end nothing: she may have been paid, and a second payment \
             would pay her twice.",
            unless "the author showed neither a refusal of the provider nor its 429"
        ),
        property!(
            "a_page_of_a_proxy_is_no_refusal",
            whom,
            faults(variants::pages()),
            sending::in_doubt,
            "A 403 or 404 page of a proxy or a load balancer is not the provider's word, whatever its status."
        ),
        property!(
            "a_429_from_nowhere_is_no_refusal",
            whom,
            faults(vec![Fault::too_many(None), Fault::too_many(Some(30))]),
            sending::in_doubt,
            "A 429 without the provider's own envelope, with or without Retry-After, proves nothing about this send."
        ),
        property!(
            "a_step_that_moves_no_money_may_fail",
            whom,
            faults(variants::failed_steps()),
            sending::prepared,
            "Where a payment is prepared first and carried out then, a failed preparation ends nothing, asking about it \
             carries nothing out, and her wage can still be sent.",
            unless "the author named no step that moves the money"
        ),
        property!(
            "behind_a_closed_door_nobody_is_refused",
            whom,
            faults(variants::closed_doors()),
            sending::closed_door,
            "When nothing gets through, a token included, no wage is told as refused, and only what did not leave as not sent."
        ),
        property!(
            "a_redirect_is_not_followed",
            whom,
            variants::redirects(),
            sending::redirect,
            "A wage goes to the configured provider and nowhere else, whoever says otherwise."
        ),
        property!(
            "nobody_listening_means_not_sent",
            whom,
            always(),
            |s, whom, ()| sending::unreachable(s, whom),
            "A connection that was never made is the one case in which it is certain that nothing left."
        ),
        property!(
            "another_amount_in_the_answer_is_no_success",
            recognisable,
            variants::calls_and_others(),
            echo::amount,
            "Success is our success only when the echoed amount is ours.",
            unless "the provider's answers do not echo the amount"
        ),
        property!(
            "another_reference_in_the_answer_is_no_success",
            recognisable,
            variants::calls_and_others(),
            echo::reference,
            "Success is our success only when the echoed reference is ours.",
            unless "the provider's answers do not echo the reference"
        ),
        property!(
            "another_account_in_the_answer_is_no_success",
            recognisable,
            variants::calls(),
            echo::account,
            "Success is our success only when the echoed account is hers: a wage that went to somebody else is not told \
             to her as paid.",
            unless "the provider's answers do not echo the account"
        ),
        property!(
            "an_answer_about_another_wage_ends_nothing_of_hers",
            whom,
            variants::calls(),
            echo::another_s_end,
            "A refusal, or a \"not found\", that names another reference is about another wage: hers may have been paid, and \
             a second payment would pay her twice.",
            unless "neither the provider's refusal nor its \"not found\" names the reference"
        ),
        property!(
            "a_garbled_answer_ends_nothing",
            whom,
            variants::calls_and_places(),
            echo::garbled,
            "Whatever word of an answer is one that nobody knows: a wage that was booked is not told as refused or \
             unknown to the provider, and an answer of nothing but such words is no success.",
            unless "the provider's answers are not JSON, so the suite cannot garble them"
        ),
        property!(
            "a_status_nobody_knows_ends_nothing",
            whom,
            variants::calls_and_words(),
            echo::never_heard,
            "A status that is not in the adapter's table is in doubt, neither success nor failure.",
            unless "the author named no words of the provider's status"
        ),
        property!(
            "every_status_is_told_as_what_it_means",
            whom,
            variants::calls_and_words(),
            echo::other_status,
            "What is under way, failed or was returned is told as that: under way is not paid, and returned is not paid any more.",
            unless "the author named no other words of the provider's status"
        ),
        property!(
            "a_part_that_came_back_is_not_told_as_all_of_it",
            recognisable,
            always(),
            |s, whom, ()| echo::half_returned(s, whom),
            "Whoever has half of her wage is not paid the whole of it again: a return is told with the amount that came back.",
            unless "the author does not say how a partial return reads"
        ),
        property!(
            "a_caller_who_is_gone_leaves_one_payment",
            whom,
            always(),
            |s, whom, ()| sending::abandoned(s, whom),
            "A program that is stopped in the middle of a send finds afterwards what the provider has booked, once."
        ),
    ]
}

fn of_questions<S: RailUnderTest>() -> Vec<Property<S>> {
    vec![
        property!(
            "what_was_never_sent_is_not_found",
            whom,
            always(),
            |s, whom, ()| asking::never_sent(s, whom),
            "The provider's \"not found\" is passed on as that and not as a failure, and asking pays nobody."
        ),
        property!(
            "a_failed_question_says_nothing_about_the_wage",
            whom,
            variants::lost_questions_about_either(),
            asking::failed_question,
            "Only the question failed: the wage is neither failed nor missing because of it."
        ),
        property!(
            "a_failed_question_in_the_providers_words_says_nothing",
            whom,
            variants::questions_in_own_words(),
            own_words::of_a_question,
            "Under 401, 429 or a 5xx the provider's own \"refused\" or \"not found\" is about the question: a wage that \
             was paid is not told as failed or missing, and not paid again.",
            unless "no question was answered"
        ),
        property!(
            "what_was_not_found_is_found_once_it_is_booked",
            whom,
            always(),
            |s, whom, ()| asking::found_later(s, whom),
            "\"Not found\" is asked for each time and never remembered: a wage that was booked after the first question \
             is found by the next, and not paid a second time."
        ),
        property!(
            "a_failed_look_at_an_account_condemns_nobody",
            whom,
            faults(variants::lost_questions()),
            asking::failed_look,
            "When nobody answers the question about an account, the account is neither refused nor found.",
            unless "the rail does not ask about accounts"
        ),
        property!(
            "a_balance_that_nobody_told_is_not_made_up",
            whom,
            faults(variants::closed_doors()),
            asking::failed_balance,
            "When nobody answers the question about the balance, none is told.",
            unless "the rail does not ask for the balance"
        ),
        property!(
            "after_a_restart_her_payment_is_found",
            whom,
            either("its answer came through", "its answer was lost"),
            asking::restarted,
            "A new instance of the rail, which has nothing but the stored attempt, learns the same as the old one."
        ),
        property!(
            "a_wage_is_found_the_day_after",
            whom,
            always(),
            |s, whom, ()| asking::the_day_after(s, whom),
            "Whoever asks by a day asks by the day of the payment: a wage that is paid in the evening is found in the morning.",
            unless "the fake provider cannot let days pass"
        ),
        property!(
            "many_questions_at_once_are_each_about_their_own_wage",
            whom,
            variants::counts(),
            asking::many,
            "Answers to questions that are asked at the same time do not mix: nobody is told as paid because somebody else was."
        ),
        property!(
            "an_answer_about_another_account_gives_no_name",
            whom,
            always(),
            |s, whom, ()| asking::another_account(s, whom),
            "A holder's name counts for the account that the answer names: her wage is not stopped, and not let through, by \
             the name of somebody else.",
            unless "the rail does not ask about accounts, or its answers name none"
        ),
        property!(
            "the_balance_is_told_as_it_is",
            whom,
            always(),
            |s, whom, ()| asking::balance(s, whom),
            "A balance that is told a hundred times too large lets a payday begin that runs dry in the middle.",
            unless "the rail does not ask for the balance, or the author does not tell it"
        ),
        property!(
            "a_wrong_clock_pays_nobody_twice",
            whom,
            variants::wrong_clocks(),
            asking::skewed,
            "With a clock that is wrong by hours or days, what is told still fits what was booked, and the stored bytes stay."
        ),
    ]
}

fn of_claims<S: RailUnderTest>() -> Vec<Property<S>> {
    vec![
        property!(
            "a_body_is_made_of_its_order_alone",
            whom,
            always(),
            |s, whom, ()| claims::pure(s, whom),
            "The same order makes the same bytes at any time and in any process, and bears its reference."
        ),
        property!(
            "her_reference_arrives_to_its_last_character",
            whom,
            always(),
            |s, whom, ()| claims::references(s, whom),
            "References of the claimed form and length are neither cut nor altered: two that differ at the end are two wages."
        ),
        property!(
            "a_reference_is_known_as_long_as_claimed",
            whom,
            always(),
            |s, whom, ()| claims::memory(s, whom),
            "For half of the claimed memory a repetition is licensed; so long the provider must know the reference.",
            unless "the fake provider cannot let days pass"
        ),
        property!(
            "no_secret_and_no_name_is_printed",
            whom,
            always(),
            |s, whom, ()| claims::silent(s, whom),
            "Keys stand neither in Debug texts nor in what is recorded nor in URLs; names and accounts in no Debug text.",
            unless "the author named no secret to look for; no name and no account was seen"
        ),
    ]
}
