//! The clock of rights: the numbers of the regulation, each reading of it, and who is told what.

use proptest::prelude::*;
use time::{Date, Duration};
use upah_core::bank_statement::Side;
use upah_core::event::Fact;
use upah_core::evidence::{Doubt, Grade};
use upah_core::period::parse_date;
use upah_core::row::{PayRowFields, Relationship};
use upah_core::{Cause, Rupiah};

use super::common::*;
use crate::{
    Audience, CapIs, DueDateIs, Language, LateFineChoices, MonthIs, Rights, RightsClock, Story, TellOptions, late_fine,
};

fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

fn percent(days: i64, choices: LateFineChoices) -> String {
    let due = day("2026-11-25");
    late_fine(rupiah(1_000_000), due, due + Duration::days(days), choices).rate.to_string()
}

#[test]
fn the_published_days_give_the_published_fines() {
    #[derive(serde::Deserialize)]
    struct Vector {
        wage: u64,
        day: i64,
        pct: u64,
    }
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../../tests/vectors/late_fine.json")).unwrap();
    assert_eq!(vectors.len(), 12);
    let due = day("2026-11-25");
    for Vector { wage, day, pct } in vectors {
        let fine = late_fine(rupiah(wage), due, due + Duration::days(day), LateFineChoices::default());
        assert_eq!((u64::from(fine.rate.basis_points()), fine.amount.value()), (pct * 100, wage * pct / 100), "{day}");
        assert_eq!(fine.interest_not_computed, day > 30, "{day}");
    }
    for (day, pct) in [(0, "0%"), (-9, "0%"), (3, "0%"), (4, "5%"), (8, "25%"), (9, "26%"), (30, "47%"), (33, "50%")] {
        assert_eq!(percent(day, LateFineChoices::default()), pct, "{day}");
    }
}

#[test]
fn each_reading_changes_what_it_says_and_nothing_else() {
    let usual = LateFineChoices::default();
    let from_the_due_date = LateFineChoices { due_date: DueDateIs::DayOne, ..usual };
    for (day, pct) in [(2, "0%"), (3, "5%"), (7, "25%"), (8, "26%"), (32, "50%")] {
        assert_eq!(percent(day, from_the_due_date), pct, "{day}");
    }
    let later_part = LateFineChoices { cap: CapIs::AfterDayEight, ..usual };
    for (day, pct) in [(8, "25%"), (33, "50%"), (34, "51%"), (58, "75%"), (59, "75%"), (9_999, "75%")] {
        assert_eq!(percent(day, later_part), pct, "{day}");
    }
    let calendar = LateFineChoices { month: MonthIs::Calendar, ..usual };
    for (due, paid, thirty_days, by_calendar) in [
        ("2026-11-25", "2026-12-25", false, false),
        ("2026-12-25", "2027-01-25", true, false),
        ("2026-12-25", "2027-01-26", true, true),
        ("2027-01-31", "2027-02-28", false, false),
        ("2027-01-31", "2027-03-01", false, true),
        ("2028-01-31", "2028-02-29", false, false),
    ] {
        let interest = |choices| late_fine(rupiah(1), day(due), day(paid), choices).interest_not_computed;
        assert_eq!((interest(usual), interest(calendar)), (thirty_days, by_calendar), "{due} {paid}");
        assert_eq!(
            late_fine(rupiah(1), day(due), day(paid), usual).rate,
            late_fine(rupiah(1), day(due), day(paid), calendar).rate
        );
    }
}

proptest! {
    #[test]
    fn a_later_day_never_costs_less_and_the_fine_stays_under_its_limit(
        wage in 1..=Rupiah::MAX.value(), days in -40..2_000i64, one: bool, calendar: bool, later_part: bool
    ) {
        let choices = LateFineChoices {
            due_date: if one { DueDateIs::DayOne } else { DueDateIs::DayZero },
            month: if calendar { MonthIs::Calendar } else { MonthIs::ThirtyDays },
            cap: if later_part { CapIs::AfterDayEight } else { CapIs::WholeFine },
        };
        let due = day("2026-11-25");
        let fine = |days| late_fine(rupiah(wage), due, due + Duration::days(days), choices);
        prop_assert!(fine(days).amount <= fine(days + 1).amount);
        let most = if later_part { 7_500 } else { 5_000 };
        prop_assert!(fine(days).rate.basis_points() <= most);
        prop_assert!(days > 2 || fine(days).amount.is_zero());
    }
}

fn due(date: &str, relationship: Option<Relationship>) -> PayRowFields {
    PayRowFields { due_date: Some(date.parse().unwrap()), relationship, ..siti() }
}

fn employee(date: &str) -> PayRowFields {
    due(date, Some(Relationship::Employee))
}

fn rights_on(stream: &Stream, today: &str, choices: LateFineChoices) -> Option<Rights> {
    let clock = Some(RightsClock { today: day(today), choices });
    let options = TellOptions { clock, ..TellOptions::new(Language::Id, Audience::Worker) };
    Story::tell(&stream.payment(), &options).rights
}

fn rights(stream: &Stream, today: &str) -> Rights {
    rights_on(stream, today, LateFineChoices::default()).unwrap()
}

#[test]
fn a_wage_that_is_still_open_is_late_so_far() {
    let told = rights(&Stream::of(employee("2026-11-25")), "2026-12-04");
    assert_eq!((told.days_late, told.estimate.unwrap().amount, told.paid), (9, rupiah(182_000), None));
    assert_eq!(
        told.told.answers,
        [
            "Jatuh temponya 25 November 2026.",
            "Sampai hari ini sudah lewat 9 hari.",
            "Perkiraan denda untuk pemberi kerja sampai hari ini: Rp182.000.",
            "Itu 26% dari upah ini.",
            "Dasarnya Peraturan Pemerintah 36/2021 pasal 61.",
            "Ini perkiraan, bukan keputusan. Denda itu tidak masuk hitungan upah ini.",
            "Peraturan itu bisa dibaca dengan lebih dari satu cara. Di sini dibaca begini.",
            "Hari sesudah jatuh tempo dihitung sebagai hari pertama.",
            "Sebulan dihitung 30 hari.",
            "Batas 50% berlaku untuk seluruh denda.",
            "Tanyakan hak Anda kepada pengantar kerja di Disnaker.",
        ]
    );
}

#[test]
fn a_wage_that_was_paid_late_counts_the_days_until_it_was_paid_and_no_later() {
    let paid = |date| Stream::of(employee(date)).attempted(1, 0).answered(1, settled(Grade::TlsResponse));
    let told = rights(&paid("2026-11-20"), "2027-05-01");
    assert_eq!((told.days_late, told.paid.as_deref()), (5, Some("2026-11-25")));
    assert!(
        told.told.answers.contains(&"Upah ini tercatat masuk 5 hari sesudahnya.".into()),
        "{:?}",
        told.told.answers
    );
    assert_eq!(told.estimate.unwrap().rate.to_string(), "10%");
    for date in ["2026-11-25", "2026-12-25"] {
        let in_time = rights(&paid(date), "2027-05-01");
        assert_eq!((in_time.days_late, in_time.estimate), (0, None));
        assert_eq!(in_time.told.answers[1], "Upah ini tercatat masuk tepat waktu.");
    }
    // The bank's statement shows the day on which it was booked; it was learned later.
    let unheard = Stream::of(employee("2026-11-25")).attempted(1, 0).answered(1, unknown(Doubt::NoAnswer));
    let told = rights(&unheard.then(10 * 24 * 60, booked(1, Side::Debit, 700_000)), "2027-05-01");
    assert_eq!((told.days_late, told.paid.as_deref()), (1, Some("2026-11-26")));
}

#[test]
fn a_day_is_a_day_in_jakarta() {
    // 25 November, 09:00 in Jakarta, and 14 hours 54 minutes later: still the 25th. A minute more is not.
    let paid = |minutes| {
        let stream = Stream::of(employee("2026-11-25")).attempted(1, 0);
        rights(&stream.then(minutes, Fact::Answered { number: 1, outcome: settled(Grade::TlsResponse) }), "2027-01-01")
    };
    assert_eq!((paid(14 * 60 + 54).days_late, paid(14 * 60 + 55).days_late), (0, 1));
}

#[test]
fn only_employees_are_told_of_a_fine_and_the_others_whom_to_ask() {
    for relationship in
        Relationship::ALL.iter().copied().filter(|it| *it != Relationship::Employee).map(Some).chain([None])
    {
        let told = rights(&Stream::of(due("2026-11-25", relationship)), "2026-12-25");
        let text = told.told.answers.join(" ");
        assert_eq!((told.days_late, told.estimate), (30, None), "{relationship:?}");
        assert!(text.contains("hanya untuk karyawan") && text.contains("Tanyakan hak Anda"), "{text}");
        assert!(!text.contains("Perkiraan") && !text.contains("Rp"), "{text}");
    }
}

#[test]
fn nothing_is_said_without_a_due_date_a_today_or_a_wage_that_goes_on() {
    let tomorrow = rights(&Stream::of(employee("2026-12-05")), "2026-12-04");
    assert_eq!((tomorrow.days_late, tomorrow.told.answers[1].as_str()), (0, "Hari itu belum lewat."));
    assert!(rights_on(&Stream::of(siti()), "2026-12-04", LateFineChoices::default()).is_none());
    let late = Stream::of(employee("2026-11-25"));
    assert!(Story::tell(&late.payment(), &TellOptions::default()).rights.is_none(), "a slip has no today");
    let stopped = late.then(1, Fact::Cancelled { by: "Sari".parse().unwrap(), because: "salah".into() });
    assert!(rights_on(&stopped, "2026-12-25", LateFineChoices::default()).is_none());
    let parked = Stream::of(employee("2026-11-25")).then(0, Fact::Parked { cause: Cause::InvalidAccount });
    assert_eq!(rights(&parked, "2026-12-25").days_late, 30);
}

#[test]
fn the_choices_stand_in_the_json_beside_the_estimate() {
    let choices = LateFineChoices { due_date: DueDateIs::DayOne, month: MonthIs::Calendar, cap: CapIs::AfterDayEight };
    let told = rights_on(&Stream::of(employee("2026-11-25")), "2027-02-25", choices).unwrap();
    let json = serde_json::to_value(&told).unwrap();
    assert_eq!(
        json["choices"],
        serde_json::json!({"due_date": "day-1", "month": "calendar", "cap": "after-day-eight"})
    );
    assert_eq!(
        json["estimate"],
        serde_json::json!({"basis_points": 7_500, "amount": 525_000, "interest_not_computed": true})
    );
    assert_eq!(
        (&json["due"], &json["paid"], &json["days_late"]),
        (&"2026-11-25".into(), &serde_json::Value::Null, &92.into())
    );
    assert_eq!(json["rule"], "PP 36/2021 art. 61");
    let text = told.told.answers.join(" ");
    for sentence in [
        "hari jatuh tempo dihitung sebagai hari pertama",
        "menurut kalender",
        "sesudah hari kedelapan",
        "ada bunga juga",
    ] {
        assert!(text.to_lowercase().contains(sentence), "{sentence}: {text}");
    }
}
