//! The kit for outside authors, on the rail to OY!, before the sandbox's disbursements.
#![allow(clippy::unwrap_used)]
mod common;

use upah_aggregators::oy::{OyConfig, OyRail};
use upah_conformance::rail::{Booking, Callback, Clock, Meaning, RailUnderTest, Told, Word};
use upah_core::policy::RailPolicy;
use upah_core::{Destination, Rupiah};
use upah_sandbox::{OyClient, Sandbox};

const TOKEN: &str = "a-token-made-up-for-this-test";

struct Oy;

impl RailUnderTest for Oy {
    type Provider = Sandbox;
    type Rail = OyRail;

    fn name(&self) -> String {
        "OyRail".into()
    }

    async fn provider(&self) -> Result<Sandbox, String> {
        common::start().await
    }

    fn base_url(&self, sandbox: &Sandbox) -> String {
        sandbox.base_url()
    }

    fn rail(&self, _: &Sandbox, base_url: &str, _: Clock) -> Result<OyRail, String> {
        let known = OyClient::for_tests();
        let connection = common::connection(base_url, ("/oy/disbursements", TOKEN));
        let config = OyConfig { connection, username: known.username, api_key: known.api_key };
        OyRail::new(config).map_err(|error| error.to_string())
    }

    async fn bookings(&self, sandbox: &Sandbox) -> Result<Vec<Booking>, String> {
        common::bookings(sandbox, |channel| {
            let kind = if channel.bytes().all(|byte| byte.is_ascii_digit()) { "bank" } else { "ewallet" };
            format!("{kind}:{channel}")
        })
    }

    fn policy(&self) -> RailPolicy {
        common::policy()
    }

    fn destinations(&self) -> Vec<Destination> {
        common::destinations()
    }

    fn secrets(&self) -> Vec<String> {
        vec![OyClient::for_tests().api_key, TOKEN.into()]
    }

    fn refused_destination(&self) -> Option<Destination> {
        Some("bank:014:2090000123".parse().unwrap())
    }

    fn busy_body(&self, _: &Destination) -> Option<String> {
        Some(r#"{"status":{"code":"429","message":"slow down"}}"#.into())
    }

    fn first_answer(&self) -> Meaning {
        Meaning::AtWork
    }

    fn words(&self) -> Vec<Word> {
        let code = |code: &str| format!("\"code\":\"{code}\"");
        let word = |said: &str, instead: &str, means| Word {
            said: code(said),
            instead: code(instead),
            means,
            answers_payments: said == "101",
        };
        // Each table has its own words: 000 and 206 are none of the first one's, 205 is none of the second's.
        let on_an_order = [
            ("301", Meaning::AtWork),
            ("209", Meaning::Failed),
            ("300", Meaning::Failed),
            ("000", Meaning::NeverHeard),
            ("206", Meaning::NeverHeard),
            ("ZZ", Meaning::NeverHeard),
        ];
        let on_a_question = [
            ("101", Meaning::AtWork),
            ("102", Meaning::AtWork),
            ("301", Meaning::AtWork),
            ("206", Meaning::Failed),
            ("225", Meaning::Failed),
            ("300", Meaning::Failed),
            ("205", Meaning::NeverHeard),
            ("203", Meaning::NeverHeard),
            ("257", Meaning::NeverHeard),
            ("990", Meaning::NeverHeard),
        ];
        let orders = on_an_order.map(|(instead, means)| word("101", instead, means));
        let questions = on_a_question.map(|(instead, means)| word("000", instead, means));
        orders.into_iter().chain(questions).collect()
    }

    fn callback(&self, told: Told<'_>) -> Option<Callback> {
        let body = format!(
            r#"{{"status":{{"code":"000","message":"Success"}},"amount":{}.0000,"partner_trx_id":"{}"}}"#,
            told.amount.value(),
            told.reference
        );
        Some(Callback {
            method: "POST".into(),
            target: format!("/oy/disbursements?token={TOKEN}"),
            headers: vec![("content-type".into(), "application/json".into())],
            body,
            covers_body: false,
            may_be_spaced: true,
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
fn oy_is_a_rail() {
    // One step; no way back of a success is documented; its secret covers neither body nor time; the sandbox's days do
    // not pass.
    let not_exercised = [
        "a_step_that_moves_no_money_may_fail",
        "a_part_that_came_back_is_not_told_as_all_of_it",
        "a_wage_is_found_the_day_after",
        "a_callback_about_a_return_is_told_as_one",
        "a_callback_that_was_changed_on_the_way_is_turned_away",
        "a_callback_of_another_day_is_turned_away",
        "yesterdays_callback_with_a_header_of_today_is_turned_away",
        "a_reference_is_known_as_long_as_claimed",
    ];
    common::assert_is_a_rail(&Oy, &not_exercised);
}
