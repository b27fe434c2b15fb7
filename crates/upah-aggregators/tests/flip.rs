//! The kit for outside authors, on the rail to Flip, before the sandbox's disbursements.
#![allow(clippy::unwrap_used)]
mod common;

use std::sync::Arc;
use upah_aggregators::flip::{FlipConfig, FlipRail, REFERENCE_CHARACTERS};
use upah_conformance::rail::{Booking, Callback, Clock, Meaning, RailUnderTest, Told, Word};
use upah_core::policy::RailPolicy;
use upah_core::reference::ReferenceForm;
use upah_core::{Destination, Rupiah};
use upah_sandbox::{FlipClient, Sandbox};

const TOKEN: &str = "a-token-made-up-for-this-test";
const PLACES: [(&str, &str); 4] =
    [("bca", "bank:014"), ("mandiri", "bank:008"), ("dana", "ewallet:dana"), ("ovo", "ewallet:ovo")];

struct Flip;

impl RailUnderTest for Flip {
    type Provider = Sandbox;
    type Rail = FlipRail;

    fn name(&self) -> String {
        "FlipRail".into()
    }

    async fn provider(&self) -> Result<Sandbox, String> {
        common::start().await
    }

    fn base_url(&self, sandbox: &Sandbox) -> String {
        sandbox.base_url()
    }

    fn rail(&self, _: &Sandbox, base_url: &str, clock: Clock) -> Result<FlipRail, String> {
        let known = FlipClient::for_tests();
        let base_url = format!("{base_url}/big_sandbox_api");
        let config = FlipConfig {
            connection: common::connection(&base_url, ("/flip/disbursements", TOKEN)),
            user_id: known.user_id.to_string(),
            secret_key: known.secret_key,
            now: Arc::new(move || clock.now()),
        };
        FlipRail::new(config).map_err(|error| error.to_string())
    }

    async fn bookings(&self, sandbox: &Sandbox) -> Result<Vec<Booking>, String> {
        let place = |channel: &str| PLACES.iter().find(|(known, _)| *known == channel).map(|(_, place)| *place);
        common::bookings(sandbox, |channel| place(channel).unwrap_or("another channel").to_owned())
    }

    fn policy(&self) -> RailPolicy {
        let reference_form = ReferenceForm::Base32 { length: REFERENCE_CHARACTERS };
        RailPolicy { reference_form, ..common::policy() }
    }

    fn destinations(&self) -> Vec<Destination> {
        common::destinations()
    }

    fn secrets(&self) -> Vec<String> {
        vec![FlipClient::for_tests().secret_key, TOKEN.into()]
    }

    fn refused_destination(&self) -> Option<Destination> {
        // Looked up well: it is the payment that is refused.
        Some("bank:014:10250000123".parse().unwrap())
    }

    fn first_answer(&self) -> Meaning {
        Meaning::AtWork
    }

    fn words(&self) -> Vec<Word> {
        let status = |status: &str| format!("\"status\":\"{status}\"");
        let word = |said: &str, instead: &str, means| Word {
            said: status(said),
            instead: status(instead),
            means,
            answers_payments: said == "PENDING",
        };
        vec![
            // Done, and by its own account not served yet.
            word("PENDING", "DONE", Meaning::AtWork),
            word("PENDING", "CANCELLED", Meaning::Failed),
            word("PENDING", "ZZ", Meaning::NeverHeard),
            word("DONE", "PENDING", Meaning::AtWork),
            word("DONE", "CANCELLED", Meaning::Failed),
            word("DONE", "ZZ", Meaning::NeverHeard),
        ]
    }

    fn callback(&self, told: Told<'_>) -> Option<Callback> {
        let data = format!(
            r#"{{"id":1000000000000000001,"status":"DONE","amount":{},"remark":"{}","time_served":"2026-11-25 09:30:00"}}"#,
            told.amount.value(),
            told.reference
        );
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("data", data.as_str()), ("token", TOKEN)])
            .finish();
        Some(Callback {
            method: "POST".into(),
            target: "/flip/disbursements".into(),
            headers: vec![("content-type".into(), "application/x-www-form-urlencoded".into())],
            body,
            covers_body: false,
            may_be_spaced: false,
            window_seconds: None,
        })
    }

    fn callback_proof(&self) -> Option<String> {
        Some(TOKEN.into())
    }

    async fn balance(&self, sandbox: &Sandbox) -> Option<Rupiah> {
        Rupiah::new(sandbox.balance().ok()?).ok()
    }
}

#[test]
fn flip_is_a_rail() {
    // One step; no 429, no way back and no reference in a refusal are documented; its token covers neither body nor time,
    // and its JSON stands in a form; the sandbox's days do not pass.
    let not_exercised = [
        "who_is_asked_to_slow_down_slows_down",
        "a_step_that_moves_no_money_may_fail",
        "an_answer_about_another_wage_ends_nothing_of_hers",
        "a_part_that_came_back_is_not_told_as_all_of_it",
        "a_wage_is_found_the_day_after",
        "a_callback_about_a_return_is_told_as_one",
        "a_callback_that_was_changed_on_the_way_is_turned_away",
        "a_callback_that_was_spaced_on_the_way_is_heard",
        "a_callback_of_another_day_is_turned_away",
        "yesterdays_callback_with_a_header_of_today_is_turned_away",
        "a_reference_is_known_as_long_as_claimed",
    ];
    common::assert_is_a_rail(&Flip, &not_exercised);
}
