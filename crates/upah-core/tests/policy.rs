//! What a rail's policy allows: figures at their edges, where one more repeats a wage or keeps it waiting.
use upah_core::Rupiah;
use upah_core::policy::{Limit, Minute, Pattern, RailPolicy, Since, Terms, scheme, schemes};

fn rail() -> RailPolicy {
    RailPolicy::new("bank".parse().unwrap(), "f1", vec![Pattern::new("*")])
}

#[test]
fn a_wage_is_repeated_for_half_of_what_the_bank_remembers_and_never_where_it_would_be_paid_again() {
    let mut rail = rail();
    for (days, millis) in [(0, 0), (1, 43_200_000), (3, 129_600_000)] {
        rail.reference_memory_days = days;
        rail.refuses_repeats = true;
        assert_eq!(rail.resend_window_millis(), millis, "{days}");
        rail.refuses_repeats = false;
        assert_eq!(rail.resend_window_millis(), 0, "{days}");
    }
}

#[test]
fn a_bank_that_was_asked_often_is_asked_on_at_the_last_interval_and_never_without_a_pause() {
    let mut rail = rail();
    rail.inquire_after_seconds = vec![0, 7, 30];
    let waits: Vec<u64> = (0..5).map(|asked| rail.inquire_interval_seconds(asked)).collect();
    assert_eq!(waits, [1, 7, 30, 30, 30]);
    rail.inquire_after_seconds = Vec::new();
    assert_eq!((rail.inquire_interval_seconds(0), rail.default_wait_seconds()), (600, 1_800));
}

#[test]
fn a_wage_up_to_the_lowest_limit_is_paid_on_every_day() {
    let limit = |amount| Limit { at_least: None, at_most: Some(Rupiah::new(amount).unwrap()) };
    let mut terms = Terms::default();
    assert_eq!(terms.at_most_always(), None);
    terms.limits = [50, 20, 30].map(|amount| Since::always(limit(amount))).into();
    assert_eq!(terms.at_most_always(), Some(Rupiah::new(20).unwrap()));
}

#[test]
fn the_hour_for_which_she_waits_is_told_as_it_was_written() {
    for text in ["00:00", "00:01", "08:00", "16:45", "23:59", "24:00"] {
        assert_eq!(text.parse::<Minute>().unwrap().to_string(), text);
    }
}

#[test]
fn every_scheme_that_is_named_can_be_configured() {
    let names: Vec<&str> = schemes().collect();
    assert!(["bi-fast", "online", "rtgs", "sknbi"].iter().all(|name| names.contains(name)), "{names:?}");
    assert!(names.iter().all(|name| scheme(name).is_some()) && scheme("bi-slow").is_none());
}
