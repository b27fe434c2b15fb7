//! The kit for outside authors, on the rail to Xendit, before the sandbox's payouts.
#![allow(clippy::unwrap_used)]
mod common;

use upah_aggregators::xendit::{XenditConfig, XenditRail};
use upah_conformance::rail::{Booking, Callback, Clock, Meaning, RailUnderTest, Told, Word};
use upah_core::Destination;
use upah_core::policy::RailPolicy;
use upah_sandbox::{Sandbox, XenditClient};

const TOKEN: &str = "a-token-made-up-for-this-test";
const PLACES: [(&str, &str); 4] =
    [("ID_BCA", "bank:014"), ("ID_MANDIRI", "bank:008"), ("ID_DANA", "ewallet:dana"), ("ID_OVO", "ewallet:ovo")];

/// A callback as Xendit makes it: a token that is always the same.
fn notified(told: Told<'_>, status: &str) -> Callback {
    let body = format!(
        r#"{{"event":"payout","business_id":"{}","data":{{"id":"disb-1","reference_id":"{}","status":"{status}","amount":{},"currency":"IDR"}}}}"#,
        XenditClient::for_tests().business_id,
        told.reference,
        told.amount.value()
    );
    Callback {
        method: "POST".into(),
        target: "/xendit/payouts".into(),
        headers: vec![("x-callback-token".into(), TOKEN.into())],
        body,
        covers_body: false,
        may_be_spaced: true,
        window_seconds: None,
    }
}

struct Xendit;

impl RailUnderTest for Xendit {
    type Provider = Sandbox;
    type Rail = XenditRail;

    fn name(&self) -> String {
        "XenditRail".into()
    }

    async fn provider(&self) -> Result<Sandbox, String> {
        common::start().await
    }

    fn base_url(&self, sandbox: &Sandbox) -> String {
        sandbox.base_url()
    }

    fn rail(&self, _: &Sandbox, base_url: &str, _: Clock) -> Result<XenditRail, String> {
        let known = XenditClient::for_tests();
        let connection = common::connection(base_url, ("/xendit/payouts", TOKEN));
        let config = XenditConfig { connection, business_id: known.business_id, secret_key: known.secret_key };
        XenditRail::new(config).map_err(|error| error.to_string())
    }

    async fn bookings(&self, sandbox: &Sandbox) -> Result<Vec<Booking>, String> {
        let place = |channel: &str| PLACES.iter().find(|(known, _)| *known == channel).map(|(_, place)| *place);
        common::bookings(sandbox, |channel| place(channel).unwrap_or("another channel").to_owned())
    }

    fn policy(&self) -> RailPolicy {
        common::policy()
    }

    fn destinations(&self) -> Vec<Destination> {
        common::destinations()
    }

    fn secrets(&self) -> Vec<String> {
        vec![XenditClient::for_tests().secret_key, TOKEN.into()]
    }

    fn refused_destination(&self) -> Option<Destination> {
        Some("bank:014:9840411123".parse().unwrap())
    }

    fn busy_body(&self, _: &Destination) -> Option<String> {
        Some(r#"{"error_code":"RATE_LIMIT_EXCEEDED","message":"slow down"}"#.into())
    }

    fn first_answer(&self) -> Meaning {
        Meaning::AtWork
    }

    fn words(&self) -> Vec<Word> {
        let word = |said: &str, instead: &str, means| Word {
            said: format!("\"status\":\"{said}\""),
            instead: format!("\"status\":\"{instead}\""),
            means,
            answers_payments: said == "ACCEPTED",
        };
        let others = [
            ("SUCCEEDED", Meaning::Paid),
            ("REQUESTED", Meaning::AtWork),
            ("READY", Meaning::AtWork),
            ("PENDING_COMPLIANCE_ASSESSMENT", Meaning::AtWork),
            ("LOCKED", Meaning::AtWork),
            ("FAILED", Meaning::Failed),
            ("CANCELLED", Meaning::Failed),
            ("EXPIRED", Meaning::Failed),
            ("COMPLIANCE_REJECTED", Meaning::Failed),
            ("REVERSED", Meaning::Returned),
            ("ZZ", Meaning::NeverHeard),
        ];
        let of = |said: &'static str| {
            others
                .iter()
                .filter(move |(instead, _)| *instead != said)
                .map(move |(instead, means)| word(said, instead, *means))
        };
        of("ACCEPTED").chain(of("SUCCEEDED")).collect()
    }

    fn callback(&self, told: Told<'_>) -> Option<Callback> {
        Some(notified(told, "SUCCEEDED"))
    }

    fn callback_of_a_return(&self, told: Told<'_>) -> Option<Callback> {
        Some(notified(told, "REVERSED"))
    }
}

#[test]
fn xendit_is_a_rail() {
    // One step, no question about accounts or a balance, no reference in a refusal; its token covers neither body nor
    // time; the sandbox's days do not pass.
    let not_exercised = [
        "a_step_that_moves_no_money_may_fail",
        "an_answer_about_another_wage_ends_nothing_of_hers",
        "a_part_that_came_back_is_not_told_as_all_of_it",
        "a_failed_look_at_an_account_condemns_nobody",
        "a_balance_that_nobody_told_is_not_made_up",
        "a_wage_is_found_the_day_after",
        "an_answer_about_another_account_gives_no_name",
        "the_balance_is_told_as_it_is",
        "a_callback_that_lost_a_header_needs_its_proof_all_the_same",
        "a_callback_that_was_changed_on_the_way_is_turned_away",
        "a_callback_of_another_day_is_turned_away",
        "yesterdays_callback_with_a_header_of_today_is_turned_away",
        "a_reference_is_known_as_long_as_claimed",
    ];
    common::assert_is_a_rail(&Xendit, &not_exercised);
}
