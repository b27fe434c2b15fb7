//! Which rail is taken, why no other, and that every one that was ever taken is asked about.
use super::*;
use crate::policy::{Calendar, Days, Fee, Hours, Limit, Pattern, Since, Terms, Zone};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use proptest::prelude::*;

const NOON: &str = "2026-11-27T12:00:00+07:00";
const NIGHT: &str = "2026-11-27T20:00:00+07:00";
const MONDAY: &str = "2026-11-30T08:00:00+07:00";

fn rupiah(amount: u64) -> Rupiah {
    Rupiah::new(amount).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn rail(id: &str, serves: &str, terms: Terms) -> RailPolicy {
    RailPolicy { terms, ..RailPolicy::new(id.parse().unwrap(), "f1", vec![Pattern::new(serves)]) }
}

fn up_to(amount: u64) -> Terms {
    Terms::with_limit(rupiah(amount))
}

fn costs(amount: u64) -> Terms {
    let fee = Fee { amount: rupiah(amount), employer_pays: true };
    Terms { fees: vec![Since::always(fee)], ..Terms::default() }
}

fn by_day(terms: Terms) -> Terms {
    let hours = Hours::new(Zone::Jakarta, Days::Working, "08:00".parse().unwrap(), "16:45".parse().unwrap()).unwrap();
    Terms { hours: vec![Since::always(hours)], ..terms }
}

fn policy(rule: Rule, rails: Vec<RailPolicy>) -> Policy {
    Policy { rails, rule, calendar: Calendar::default() }
}

/// Which rail, when it opens, and why no other.
type Told = (String, Option<Timestamp>, Vec<(String, PassedOver)>);

fn route(policy: &Policy, amount: u64, now: &str) -> Result<Told, Cause> {
    let (employer, to) = ("kampung-contoh".parse().unwrap(), "bank:014:1234567890".parse().unwrap());
    policy.route(&employer, &to, rupiah(amount), at(now)).map(|decision| {
        let others = decision.choice.others.iter().map(|(id, why)| (id.as_str().to_owned(), *why)).collect();
        (decision.rail.id.as_str().to_owned(), decision.not_before, others)
    })
}

fn taken(policy: &Policy, amount: u64, now: &str) -> Result<String, Cause> {
    route(policy, amount, now).map(|(id, ..)| id)
}

#[test]
fn the_first_rail_that_serves_her_bank_and_takes_her_wage_pays_her() {
    let both =
        policy(Rule::Order, vec![rail("small", "bank:*", up_to(500_000)), rail("large", "bank:*", Terms::default())]);
    assert_eq!(taken(&both, 500_000, NOON).as_deref(), Ok("small"), "the limit itself is taken");
    assert_eq!(
        route(&both, 500_001, NOON),
        Ok(("large".into(), None, vec![("small".into(), PassedOver::OverLimit)])),
        "and she can be told why it was not the first one"
    );
    let small = policy(Rule::Order, vec![rail("small", "bank:*", up_to(500_000))]);
    assert_eq!(taken(&small, 500_001, NOON), Err(Cause::OverRailLimit));
    let wallets = policy(Rule::Order, vec![rail("wallets", "ewallet:*", Terms::default())]);
    assert_eq!(taken(&wallets, 1, NOON), Err(Cause::NoRoute));
}

#[test]
fn a_wallet_that_an_aggregator_does_not_know_is_paid_over_the_one_that_does() {
    let mut first = rail("small-list", "*", Terms::default());
    first.reaches = Some(vec![Pattern::new("bank:002:*"), Pattern::new("ewallet:dana:*")]);
    let both = policy(Rule::Order, vec![first, rail("long-list", "*", Terms::default())]);
    assert_eq!(route(&both, 1, NOON), Ok(("long-list".into(), None, vec![])), "and nobody wonders about the first");
    let alone = policy(Rule::Order, both.rails[..1].to_vec());
    assert_eq!(taken(&alone, 1, NOON), Err(Cause::NoRoute));
}

#[test]
fn a_wage_that_is_too_small_for_a_rail_is_not_called_too_large() {
    let limit = Limit { at_least: Some(rupiah(100_000_001)), at_most: None };
    let terms = Terms { limits: vec![Since::always(limit)], ..Terms::default() };
    let rtgs = policy(Rule::Order, vec![rail("rtgs", "bank:*", terms.clone())]);
    assert_eq!(taken(&rtgs, 600_000, NOON), Err(Cause::NoRoute));
    let beside = policy(Rule::Order, vec![rail("rtgs", "bank:*", terms), rail("online", "bank:*", Terms::default())]);
    assert_eq!(
        route(&beside, 600_000, NOON),
        Ok(("online".into(), None, vec![("rtgs".into(), PassedOver::UnderLimit)]))
    );
}

#[test]
fn the_order_decides_unless_the_cheapest_is_asked_for() {
    let rails = || vec![rail("dear", "bank:*", costs(6_500)), rail("cheap", "bank:*", costs(2_500))];
    assert_eq!(
        route(&policy(Rule::Order, rails()), 1, NOON),
        Ok(("dear".into(), None, vec![("cheap".into(), PassedOver::Later)]))
    );
    assert_eq!(
        route(&policy(Rule::Cheapest, rails()), 1, NOON),
        Ok(("cheap".into(), None, vec![("dear".into(), PassedOver::Dearer)]))
    );
    let untold = vec![rail("untold", "bank:*", Terms::default()), rail("dear", "bank:*", costs(6_500))];
    assert_eq!(
        taken(&policy(Rule::Cheapest, untold), 1, NOON).as_deref(),
        Ok("dear"),
        "nobody told what the first costs"
    );
    let equal = vec![rail("one", "bank:*", costs(2_500)), rail("two", "bank:*", costs(2_500))];
    assert_eq!(
        route(&policy(Rule::Cheapest, equal), 1, NOON),
        Ok(("one".into(), None, vec![("two".into(), PassedOver::Later)]))
    );
}

#[test]
fn her_wage_is_not_taken_from_another_employer_s_account() {
    let mut theirs = rail("theirs", "bank:*", Terms::default());
    theirs.employers = vec![Pattern::new("kampung-lain")];
    let alone = policy(Rule::Order, vec![theirs.clone()]);
    assert_eq!(taken(&alone, 1, NOON), Err(Cause::NoRoute));
    let both = policy(Rule::Order, vec![theirs, rail("ours", "bank:*", Terms::default())]);
    assert_eq!(route(&both, 1, NOON), Ok(("ours".into(), None, vec![])));
}

#[test]
fn whoever_went_another_way_or_waits_can_ask_why() {
    let (employer, to) = ("kampung-contoh".parse().unwrap(), "bank:014:1234567890".parse().unwrap());
    let wants = |rails: Vec<RailPolicy>, now: &str| {
        policy(Rule::Order, rails).route(&employer, &to, rupiah(1), at(now)).unwrap().wants_a_word()
    };
    let clearing = || rail("clearing", "bank:*", by_day(Terms::default()));
    assert!(!wants(vec![clearing()], NOON), "there was one way, and it was open");
    assert!(wants(vec![clearing()], NIGHT), "she waits");
    assert!(wants(vec![clearing(), rail("second", "bank:*", Terms::default())], NOON), "there was another way");
}

/// Each rail that is asked costs a question before the first send.
#[test]
fn only_ways_that_her_wage_can_have_gone_are_asked_about() {
    let (employer, to) = ("kampung-contoh".parse().unwrap(), "bank:014:1234567890".parse().unwrap());
    let ever = |rule, rails: Vec<RailPolicy>| {
        let policy = policy(rule, rails);
        policy.ever(&employer, &to, rupiah(1)).iter().map(|rail| rail.id.to_string()).collect::<Vec<_>>()
    };
    let always = || rail("always", "bank:*", Terms::default());
    let second = || rail("second", "bank:*", Terms::default());
    assert_eq!(ever(Rule::Order, vec![always(), second()]), ["always"], "the second is never taken");
    assert_eq!(ever(Rule::Cheapest, vec![always(), second()]), ["always", "second"], "fees change");
    let by_day = rail("by-day", "bank:*", by_day(Terms::default()));
    assert_eq!(ever(Rule::Order, vec![by_day, second()]), ["by-day", "second"], "at night it went the other way");
}

#[test]
fn a_wage_does_not_wait_till_monday_to_save_a_fee() {
    let rails = || vec![rail("clearing", "bank:*", by_day(costs(2_000))), rail("bi-fast", "bank:*", costs(2_500))];
    for rule in [Rule::Order, Rule::Cheapest] {
        assert_eq!(taken(&policy(rule, rails()), 1, NOON).as_deref(), Ok("clearing"));
        assert_eq!(
            route(&policy(rule, rails()), 1, NIGHT),
            Ok(("bi-fast".into(), None, vec![("clearing".into(), PassedOver::Closed)]))
        );
    }
}

#[test]
fn where_everything_is_closed_the_one_that_opens_first_is_waited_for() {
    let clearing = policy(Rule::Order, vec![rail("clearing", "bank:*", by_day(Terms::default()))]);
    assert_eq!(route(&clearing, 1, NIGHT), Ok(("clearing".into(), Some(at(MONDAY)), vec![])));
    assert_eq!(route(&clearing, 1, MONDAY), Ok(("clearing".into(), None, vec![])));
    let holidays = core::iter::successors(Some(time::macros::date!(2026 - 11 - 01)), |day| day.next_day()).take(200);
    let for_good = Policy { calendar: Calendar::new(holidays), ..clearing };
    assert_eq!(taken(&for_good, 1, NIGHT), Err(Cause::NoRoute));
}

prop_compose! {
    fn terms()(limit in 0..3u64, fee in 0..4u64, day: bool, later: bool) -> Terms {
        let mut terms = if fee == 0 { Terms::default() } else { costs(fee) };
        if limit > 0 {
            let day = if later { time::macros::date!(2026 - 11 - 29) } else { time::Date::MIN };
            let what = Limit { at_least: None, at_most: Some(rupiah(limit * 100)) };
            terms.limits.push(Since { day, what });
        }
        if day { by_day(terms) } else { terms }
    }
}

proptest! {
    /// What another store of ours took at another time is always among what is asked about.
    #[test]
    fn no_way_that_a_wage_may_have_gone_is_left_unasked(
        all in prop::collection::vec((terms(), any::<bool>()), 1..4), cheapest: bool,
        amount in 1..300u64, hours in prop::collection::vec(0..200u64, 1..8)
    ) {
        let rails = all.into_iter().enumerate().map(|(index, (terms, serves))| {
            rail(&alloc::format!("r{index}"), if serves { "bank:*" } else { "ewallet:*" }, terms)
        });
        let policy = policy(if cheapest { Rule::Cheapest } else { Rule::Order }, rails.collect());
        let (employer, to) = ("kampung-contoh".parse().unwrap(), "bank:014:1234567890".parse().unwrap());
        let ever = policy.ever(&employer, &to, rupiah(amount));
        for hour in hours {
            let now = at(NIGHT).plus_seconds(hour * 3_600);
            if let Ok(decision) = policy.route(&employer, &to, rupiah(amount), now) {
                prop_assert!(ever.iter().any(|rail| rail.id == decision.rail.id));
                prop_assert!(decision.not_before.is_none_or(|opens| opens > now));
            }
        }
        // A configuration of which only one way was ever taken costs no question more than before.
        prop_assert!(!ever.is_empty() || policy.route(&employer, &to, rupiah(amount), at(NIGHT)).is_err());
    }

    #[test]
    fn no_wage_goes_over_a_rail_that_is_closed_or_does_not_take_it(
        all in prop::collection::vec(terms(), 1..4), cheapest: bool, amount in 1..300u64, hour in 0..200u64
    ) {
        let rails = all.into_iter().enumerate().map(|(index, terms)| rail(&alloc::format!("r{index}"), "bank:*", terms));
        let policy = policy(if cheapest { Rule::Cheapest } else { Rule::Order }, rails.collect());
        let (employer, to) = ("kampung-contoh".parse().unwrap(), "bank:014:1234567890".parse().unwrap());
        let now = at(NIGHT).plus_seconds(hour * 3_600);
        if let Ok(decision) = policy.route(&employer, &to, rupiah(amount), now) {
            let terms = &decision.rail.terms;
            prop_assert!(terms.limit(now.date()).at_most.is_none_or(|most| rupiah(amount) <= most));
            prop_assert_eq!(terms.opening(now, &policy.calendar), Some(decision.not_before.unwrap_or(now)));
            prop_assert_eq!(decision.choice.others.len(), policy.rails.len() - 1);
        }
    }
}
