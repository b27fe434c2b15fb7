//! Days and periods in words, in both languages of the slip.
use upah_core::Period;

const MONTHS_ID: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `25 Desember 2026` and `25 December 2026`.
pub(super) fn date(date: time::Date) -> (String, String) {
    let in_words = |months: &[&'static str; 12]| format!("{} {} {}", date.day(), month(date, months), date.year());
    (in_words(&MONTHS_ID), in_words(&MONTHS_EN))
}

/// `Desember 2026`, a day as [`date`] writes it, or an ISO week with its days.
pub(super) fn period(period: &Period) -> (String, String) {
    let (first, last) = (period.first_day(), period.last_day());
    match period {
        Period::Day(_) => date(first),
        Period::Week(_) => {
            let ((first, first_en), (last, last_en)) = (date(first), date(last));
            (format!("{period}: {first} – {last}"), format!("{first_en} – {last_en}"))
        }
        Period::Month(_) => {
            let in_words = |months: &[&'static str; 12]| format!("{} {}", month(first, months), first.year());
            (in_words(&MONTHS_ID), in_words(&MONTHS_EN))
        }
    }
}

fn month(date: time::Date, months: &[&'static str; 12]) -> &'static str {
    let number = usize::from(u8::from(date.month()));
    months.get(number.wrapping_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_written_as_people_say_them() {
        let words = |text: &str| period(&text.parse().unwrap());
        assert_eq!(words("2026-12"), ("Desember 2026".into(), "December 2026".into()));
        assert_eq!(words("2026-08-05"), ("5 Agustus 2026".into(), "5 August 2026".into()));
        assert_eq!(words("2026-W47").0, "2026-W47: 16 November 2026 – 22 November 2026");
    }
}
