//! Pay periods: a month, a day or an ISO week, and the calendar dates they cover.

use core::fmt;
use core::str::FromStr;

use ::time::{Date, Month, Weekday};

use crate::ids::serde_as_text;
use crate::money::is_shortened_number;

/// What a wage is paid for: `2026-11`, `2026-11-25` or `2026-W47`. Years 2000 to 2999.
///
/// Ordered by first day; of those that begin on one day, the shorter period comes first.
///
/// ```
/// use upah_core::Period;
///
/// let month: Period = "2026-11".parse()?;
/// let week: Period = "2026-W47".parse()?;
/// assert!(month.overlaps(&week));
/// # Ok::<(), upah_core::period::PeriodError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// A calendar day.
    Day(CalendarDay),
    /// Monday to Sunday, numbered by ISO 8601.
    Week(IsoWeek),
    /// A calendar month.
    Month(CalendarMonth),
}
serde_as_text!(Period);

/// A day that can be a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalendarDay(Date);

/// A week that can be a period, held as its Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IsoWeek(Date);

/// A month that can be a period, held as its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalendarMonth(Date);

/// Why a text is not a period or a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PeriodError {
    /// There is no text.
    #[error("this is empty")]
    Empty,
    /// A date as a spreadsheet shows it.
    #[error(
        "the spreadsheet changed this date; format the column as text and write year first, as in 2026-11 or 2026-11-25"
    )]
    SpreadsheetDamage,
    /// Not `YYYY-MM`, `YYYY-MM-DD` or `YYYY-Www`.
    #[error("write a month as 2026-11, a day as 2026-11-25 or a week as 2026-W47")]
    Form,
    /// Not a date `YYYY-MM-DD`.
    #[error("write a date as 2026-11-25")]
    DateForm,
    /// There is no such month, day or week.
    #[error("the calendar has no such date")]
    NotInCalendar,
    /// The year is not between 2000 and 2999.
    #[error("the year must be between 2000 and 2999")]
    Year,
}

impl PeriodError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::SpreadsheetDamage => "spreadsheet_damage",
            Self::Form => "period_form",
            Self::DateForm => "date_form",
            Self::NotInCalendar => "not_in_calendar",
            Self::Year => "year",
        }
    }
}

impl Period {
    /// The first day covered.
    #[must_use]
    pub fn first_day(&self) -> Date {
        match self {
            Self::Day(CalendarDay(day)) | Self::Week(IsoWeek(day)) | Self::Month(CalendarMonth(day)) => *day,
        }
    }

    /// The last day covered.
    #[must_use]
    pub fn last_day(&self) -> Date {
        let first = self.first_day();
        let days = match self {
            Self::Day(_) => 1,
            Self::Week(_) => 7,
            Self::Month(_) => i64::from(first.month().length(first.year())),
        };
        first.saturating_add(::time::Duration::days(days - 1))
    }

    /// Whether some day belongs to both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.first_day() <= other.last_day() && other.first_day() <= self.last_day()
    }

    /// Four bytes that differ for every period and sort, as bytes, like the periods do: the days from
    /// 2000-01-01 to the first day, times four, plus 0 for a day, 1 for a week, 2 for a month.
    #[must_use]
    pub fn packed(&self) -> [u8; 4] {
        let kind = match self {
            Self::Day(_) => 0,
            Self::Week(_) => 1,
            Self::Month(_) => 2,
        };
        // 365.243 days at most, because years end at 2999.
        let days = self.first_day().to_julian_day().abs_diff(JULIAN_DAY_2000_01_01);
        (days * 4 + kind).to_be_bytes()
    }

    fn day(year: i32, month: u8, day: u8) -> Result<Self, PeriodError> {
        calendar_date(year, month, day).map(CalendarDay).map(Self::Day)
    }

    fn month(year: i32, month: u8) -> Result<Self, PeriodError> {
        calendar_date(year, month, 1).map(CalendarMonth).map(Self::Month)
    }

    fn week(year: i32, week: u8) -> Result<Self, PeriodError> {
        check_year(year)?;
        let monday = Date::from_iso_week_date(year, week, Weekday::Monday).map_err(|_| PeriodError::NotInCalendar)?;
        Ok(Self::Week(IsoWeek(monday)))
    }
}

const JULIAN_DAY_2000_01_01: i32 = 2_451_545;

/// Reads a date `YYYY-MM-DD`, such as a due date.
///
/// # Errors
/// [`PeriodError`].
pub fn parse_date(text: &str) -> Result<Date, PeriodError> {
    match text.parse()? {
        Period::Day(CalendarDay(day)) => Ok(day),
        Period::Week(_) | Period::Month(_) => Err(PeriodError::DateForm),
    }
}

impl Ord for Period {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.packed().cmp(&other.packed())
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.first_day();
        match self {
            Self::Day(_) => write!(f, "{:04}-{:02}-{:02}", first.year(), u8::from(first.month()), first.day()),
            Self::Month(_) => write!(f, "{:04}-{:02}", first.year(), u8::from(first.month())),
            Self::Week(_) => {
                let (year, week, _) = first.to_iso_week_date();
                write!(f, "{year:04}-W{week:02}")
            }
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let text = text.trim();
        match text.as_bytes() {
            [] => Err(PeriodError::Empty),
            [y1, y2, y3, y4, b'-', b'W' | b'w', w1, w2] => {
                Self::week(number(&[*y1, *y2, *y3, *y4])?, small_number(*w1, *w2)?)
            }
            [y1, y2, y3, y4, b'-', m1, m2] => Self::month(number(&[*y1, *y2, *y3, *y4])?, small_number(*m1, *m2)?),
            [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
                let year = number(&[*y1, *y2, *y3, *y4])?;
                Self::day(year, small_number(*m1, *m2)?, small_number(*d1, *d2)?)
            }
            _ if is_spreadsheet_date(text) => Err(PeriodError::SpreadsheetDamage),
            _ => Err(PeriodError::Form),
        }
        .map_err(|error| match error {
            PeriodError::Form if is_spreadsheet_date(text) => PeriodError::SpreadsheetDamage,
            other => other,
        })
    }
}

fn number(digits: &[u8]) -> Result<i32, PeriodError> {
    digits.iter().try_fold(0, |number, digit| match digit {
        b'0'..=b'9' => Ok(number * 10 + i32::from(digit - b'0')),
        _ => Err(PeriodError::Form),
    })
}

fn small_number(tens: u8, ones: u8) -> Result<u8, PeriodError> {
    u8::try_from(number(&[tens, ones])?).map_err(|_| PeriodError::Form)
}

fn check_year(year: i32) -> Result<(), PeriodError> {
    if (2000..=2999).contains(&year) { Ok(()) } else { Err(PeriodError::Year) }
}

fn calendar_date(year: i32, month: u8, day: u8) -> Result<Date, PeriodError> {
    check_year(year)?;
    let month = Month::try_from(month).map_err(|_| PeriodError::NotInCalendar)?;
    Date::from_calendar_date(year, month, day).map_err(|_| PeriodError::NotInCalendar)
}

/// `11/2026`, `25/11/26`, `Nov-26`, `46327` (days since 1900), `4,6E+04`.
fn is_spreadsheet_date(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let slashes = text.contains('/') && letters == 0 && digits > 0;
    let month_name = matches!(text.split_once(['-', ' ']), Some((name, year))
        if (3..=9).contains(&name.len()) && name.chars().all(char::is_alphabetic) && matches!(year.len(), 2 | 4) && year.bytes().all(|b| b.is_ascii_digit()));
    let serial = text.len() == 5 && digits == 5;
    slashes || month_name || serial || is_shortened_number(text)
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_covers_its_days() {
        for (text, first, last) in [
            ("2026-11", "2026-11-01", "2026-11-30"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2026-11-25", "2026-11-25", "2026-11-25"),
            ("2026-W47", "2026-11-16", "2026-11-22"),
            ("2026-W53", "2026-12-28", "2027-01-03"),
            ("2025-W01", "2024-12-30", "2025-01-05"),
        ] {
            assert_eq!(period(text).first_day(), parse_date(first).unwrap(), "{text}");
            assert_eq!(period(text).last_day(), parse_date(last).unwrap(), "{text}");
        }
    }

    #[test]
    fn periods_overlap_when_they_share_a_day() {
        assert!(period("2026-11").overlaps(&period("2026-11-30")));
        assert!(period("2026-W53").overlaps(&period("2027-01")));
        assert!(!period("2026-W47").overlaps(&period("2026-11-23")));
        assert!(!period("2026-11").overlaps(&period("2026-12")));
    }

    #[test]
    fn what_is_no_period_is_refused_and_named() {
        use PeriodError as E;
        for (text, error) in [
            ("", E::Empty),
            ("11/2026", E::SpreadsheetDamage),
            ("25/11/2026", E::SpreadsheetDamage),
            ("Nov-26", E::SpreadsheetDamage),
            ("November 2026", E::SpreadsheetDamage),
            ("46327", E::SpreadsheetDamage),
            ("2026-13", E::NotInCalendar),
            ("2026-02-29", E::NotInCalendar),
            ("2025-W53", E::NotInCalendar),
            ("2026-W00", E::NotInCalendar),
            ("0206-11", E::Year),
            ("2026-1", E::Form),
            ("11-2026", E::Form),
            ("2026", E::Form),
            ("2026/11", E::SpreadsheetDamage),
            ("2026-+1", E::Form),
            ("bulan ini", E::Form),
        ] {
            assert_eq!(text.parse::<Period>(), Err(error), "{text}");
        }
        assert_eq!(parse_date("2026-11"), Err(E::DateForm));
        assert_eq!(period("2026-w47").to_string(), "2026-W47");
    }

    #[test]
    fn packed_bytes_of_neighbours_differ() {
        let sorted = ["2026-05-31", "2026-06-01", "2026-W23", "2026-06", "2026-06-02"].map(period);
        assert!(sorted.windows(2).all(|pair| pair[0].packed() < pair[1].packed()), "1 June 2026 is a Monday");
    }

    fn any_period() -> impl Strategy<Value = Period> {
        (2000..=2999, 1..=12u8, 1..=28u8, 1..=52u8, 0..3).prop_map(|(year, month, day, week, kind)| match kind {
            0 => period(&format!("{year}-{month:02}-{day:02}")),
            1 => period(&format!("{year}-W{week:02}")),
            _ => period(&format!("{year}-{month:02}")),
        })
    }

    proptest! {
        #[test]
        fn display_is_read_back(one in any_period()) {
            prop_assert_eq!(period(&one.to_string()), one);
            prop_assert_eq!(serde_json::from_str::<Period>(&serde_json::to_string(&one).unwrap()).unwrap(), one);
        }

        #[test]
        fn packed_bytes_differ_and_sort_by_first_day(one in any_period(), other in any_period()) {
            prop_assert_eq!(one.packed() == other.packed(), one == other);
            prop_assert_eq!(one.packed().cmp(&other.packed()), one.cmp(&other));
            if one.first_day() != other.first_day() {
                prop_assert_eq!(one < other, one.first_day() < other.first_day());
            }
            prop_assert_eq!(one.overlaps(&other), other.overlaps(&one));
            prop_assert!(one.overlaps(&one));
        }

        #[test]
        fn any_text_gives_a_period_or_an_error(text in "\\PC{0,12}|[0-9W/-]{0,11}") {
            if let Ok(one) = text.parse::<Period>() {
                prop_assert_eq!(one.to_string(), text.trim().to_uppercase());
            }
        }
    }
}
