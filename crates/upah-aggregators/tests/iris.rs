//! The kit for outside authors, on the rail to Midtrans Iris, before the sandbox's payouts.
#![allow(clippy::unwrap_used)]
mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use upah_aggregators::Connection;
use upah_aggregators::iris::{IrisConfig, IrisRail};
use upah_conformance::rail::{Booking, Clock, Meaning, RailUnderTest, Word, durable_attempt};
use upah_core::evidence::SubmitOutcome;
use upah_core::policy::RailPolicy;
use upah_core::rail::{DurableAttempt, Order, Rail};
use upah_core::reference::Reference;
use upah_core::{Cause, Destination, Rupiah, Timestamp};
use upah_sandbox::{IrisClient, Sandbox};

const PLACES: [(&str, &str); 4] =
    [("bca", "bank:014"), ("mandiri", "bank:008"), ("gopay", "ewallet:dana"), ("ovo", "ewallet:ovo")];

struct Iris;

impl RailUnderTest for Iris {
    type Provider = Sandbox;
    type Rail = IrisRail;

    fn name(&self) -> String {
        "IrisRail".into()
    }

    async fn provider(&self) -> Result<Sandbox, String> {
        common::start().await
    }

    fn base_url(&self, sandbox: &Sandbox) -> String {
        sandbox.base_url()
    }

    fn rail(&self, _: &Sandbox, base_url: &str, clock: Clock) -> Result<IrisRail, String> {
        let known = IrisClient::for_tests();
        // A wallet of everybody's proof, by a name that Iris has.
        let channels = [("dana".to_owned(), "gopay".to_owned())].into();
        let connection = common::connection(base_url, ("/iris/payouts", &known.merchant_key));
        let connection = Connection { channels, ..connection };
        IrisRail::new(IrisConfig {
            connection,
            merchant_id: "G000000001".into(),
            creator_key: known.creator_key,
            approver_key: known.approver_key,
            statement_days: 5,
            now: Arc::new(move || clock.now()),
        })
        .map_err(|error| error.to_string())
    }

    async fn bookings(&self, sandbox: &Sandbox) -> Result<Vec<Booking>, String> {
        let place =
            |bank: &str| PLACES.iter().find(|(known, _)| *known == bank).map_or("another bank", |(_, place)| place);
        common::bookings(sandbox, |bank| place(bank).to_owned())
    }

    fn policy(&self) -> RailPolicy {
        common::policy()
    }

    fn destinations(&self) -> Vec<Destination> {
        common::destinations()
    }

    fn secrets(&self) -> Vec<String> {
        let known = IrisClient::for_tests();
        vec![known.creator_key, known.approver_key, known.merchant_key]
    }

    fn refused_destination(&self) -> Option<Destination> {
        Some("bank:014:9940001123".parse().unwrap())
    }

    fn busy_body(&self, _: &Destination) -> Option<String> {
        Some(r#"{"error_message":"Too many requests","errors":["Too many requests"]}"#.into())
    }

    fn first_answer(&self) -> Meaning {
        Meaning::AtWork
    }

    fn paying_step(&self) -> Option<String> {
        Some("/payouts/approve".into())
    }

    fn question(&self) -> Option<String> {
        Some("/iris/api/v1/".into())
    }

    fn words(&self) -> Vec<Word> {
        let word = |said: &str, instead: &str, means| Word {
            said: format!("\"status\":\"{said}\""),
            instead: format!("\"status\":\"{instead}\""),
            means,
            answers_payments: said == "ok",
        };
        let mut words = vec![word("ok", "ZZ", Meaning::NeverHeard)];
        words.extend(
            [
                ("approved", Meaning::AtWork),
                ("processed", Meaning::AtWork),
                ("failed", Meaning::Failed),
                ("rejected", Meaning::Failed),
                ("ZZ", Meaning::NeverHeard),
            ]
            .map(|(instead, means)| word("completed", instead, means)),
        );
        words
    }

    async fn balance(&self, sandbox: &Sandbox) -> Option<Rupiah> {
        sandbox.balance().ok().and_then(|rupiah| Rupiah::new(rupiah).ok())
    }

    async fn pass_days(&self, sandbox: &Sandbox, days: u32) -> bool {
        if days > 0 {
            sandbox.forget_keys();
        }
        true
    }
}

#[test]
fn iris_is_a_rail() {
    // It echoes no reference in a refusal, returns whole payouts, and its callbacks name none of our references.
    let not_exercised = [
        "an_answer_about_another_wage_ends_nothing_of_hers",
        "a_part_that_came_back_is_not_told_as_all_of_it",
        "a_genuine_callback_names_her_payment",
        "a_callback_about_a_return_is_told_as_one",
        "a_callback_that_nobody_signed_is_turned_away",
        "a_callback_with_another_proof_is_turned_away",
        "a_callback_that_lost_a_header_needs_its_proof_all_the_same",
        "a_callback_that_was_changed_on_the_way_is_turned_away",
        "a_callback_that_was_spaced_on_the_way_is_heard",
        "a_callback_of_another_day_is_turned_away",
        "yesterdays_callback_with_a_header_of_today_is_turned_away",
        "a_callback_that_nobody_can_read_is_turned_away",
        "a_callback_reads_alike_whatever_came_before",
        "the_amount_in_a_callback_decides_nothing",
        "whoever_is_turned_away_learns_nothing",
    ];
    common::assert_is_a_rail(&Iris, &not_exercised);
}

const HOUR: i64 = 3_600_000;

/// By the clock of the sandbox, whose statement has days.
fn today() -> i64 {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since_1970.as_millis()).unwrap()
}

/// A rail whose clock is set by hand.
fn at(now: i64, sandbox: &Sandbox) -> (IrisRail, Arc<AtomicI64>) {
    let known = IrisClient::for_tests();
    let clock = Arc::new(AtomicI64::new(now));
    let hands = Arc::clone(&clock);
    let rail = IrisRail::new(IrisConfig {
        connection: common::connection(&sandbox.base_url(), ("/iris/payouts", &known.merchant_key)),
        merchant_id: "G000000001".into(),
        creator_key: known.creator_key,
        approver_key: known.approver_key,
        statement_days: 5,
        now: Arc::new(move || Timestamp::from_millis(hands.load(Ordering::Relaxed))),
    });
    (rail.unwrap(), clock)
}

/// Composed at this time.
fn hers(rail: &IrisRail, now: i64) -> DurableAttempt {
    let destination: Destination = "bank:014:1234567890".parse().unwrap();
    let (reference, amount) = (Reference::from_stored("YCCEXPRU33OWELFHOCT2BUYSLD"), Rupiah::new(600_000).unwrap());
    let order = Order {
        reference: &reference,
        amount,
        destination: &destination,
        name: &"Siti Contoh".parse().unwrap(),
        inquired_name: None,
        session: None,
        at: Timestamp::from_millis(now),
    };
    let body = rail.compose(&order).unwrap();
    durable_attempt(&destination, amount, &reference, &body).unwrap()
}

fn on_a_runtime<T>(act: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(act)
}

#[test]
fn bytes_that_are_nearly_a_day_old_are_never_a_second_payout() {
    on_a_runtime(async {
        let sandbox = common::start().await.unwrap();
        let now = today();
        let (rail, clock) = at(now, &sandbox);
        let attempt = hers(&rail, now);
        assert!(matches!(rail.submit(&attempt).await, SubmitOutcome::Accepted(_)));
        // The key is forgotten: created again, it would be another payout.
        sandbox.forget_keys();
        clock.store(now + 23 * HOUR, Ordering::Relaxed);
        let again = rail.submit(&attempt).await;
        assert!(matches!(again, SubmitOutcome::Unknown { .. }), "the statement knows it: {again:?}");
        assert_eq!(sandbox.credits().unwrap().len(), 1);
    });
}

#[test]
fn bytes_of_yesterday_that_no_statement_knows_go_to_people_and_are_not_created() {
    on_a_runtime(async {
        let sandbox = common::start().await.unwrap();
        let now = today();
        let (rail, clock) = at(now, &sandbox);
        let attempt = hers(&rail, now);
        clock.store(now + 23 * HOUR, Ordering::Relaxed);
        let SubmitOutcome::Refused(refusal) = rail.submit(&attempt).await else { panic!("it was sent") };
        assert_eq!(refusal.cause, Cause::ReferenceTooOld);
        assert!(sandbox.credits().unwrap().is_empty());
        // A minute earlier it would have gone.
        clock.store(now + 23 * HOUR - 60_000, Ordering::Relaxed);
        assert!(matches!(rail.submit(&attempt).await, SubmitOutcome::Accepted(_)));
        assert_eq!(sandbox.credits().unwrap().len(), 1);
    });
}
