//! When a rail is open: working hours in one of Indonesia's three zones, and the days on which nobody works.
use crate::time::Timestamp;
use alloc::collections::BTreeSet;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, Time, UtcOffset, Weekday};

/// A zone of Indonesia. None has daylight saving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Zone {
    /// Western Indonesian Time, WIB: UTC+7.
    #[default]
    #[serde(rename = "Asia/Jakarta")]
    Jakarta,
    /// Central Indonesian Time, WITA: UTC+8.
    #[serde(rename = "Asia/Makassar")]
    Makassar,
    /// Eastern Indonesian Time, WIT: UTC+9.
    #[serde(rename = "Asia/Jayapura")]
    Jayapura,
}

impl Zone {
    fn offset(self) -> UtcOffset {
        let hours = match self {
            Self::Jakarta => 7,
            Self::Makassar => 8,
            Self::Jayapura => 9,
        };
        UtcOffset::from_hms(hours, 0, 0).unwrap_or(UtcOffset::UTC)
    }

    fn civil(self, at: Timestamp) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.millis()).saturating_mul(1_000_000))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .checked_to_offset(self.offset())
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    fn at(self, date: Date, minute: Minute) -> Timestamp {
        let midnight = date.with_time(Time::MIDNIGHT).assume_offset(self.offset());
        Timestamp::from_millis(midnight.unix_timestamp().saturating_mul(1_000)).plus_seconds(u64::from(minute.0) * 60)
    }
}

/// On which days of a week somebody works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// On all of them, holidays too.
    #[default]
    Every,
    /// From Monday to Friday, but not on the holidays of the [`Calendar`].
    Working,
}

/// A minute of the day, `08:00`; `24:00` is its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minute(u16);

/// The end of the day.
const MIDNIGHT: u16 = 24 * 60;

/// A text that is no minute of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a time of the day as 08:00")]
pub struct NotAMinute;

impl FromStr for Minute {
    type Err = NotAMinute;
    fn from_str(text: &str) -> Result<Self, NotAMinute> {
        let two = |part: &str| -> Result<u16, NotAMinute> {
            let is_number = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { part.parse().map_err(|_| NotAMinute) } else { Err(NotAMinute) }
        };
        let (hour, minute) = text.split_once(':').ok_or(NotAMinute)?;
        let (hour, minute) = (two(hour)?, two(minute)?);
        let all = hour * 60 + minute;
        if minute < 60 && all <= MIDNIGHT { Ok(Self(all)) } else { Err(NotAMinute) }
    }
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// The hours of a service, every one of its days the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    zone: Zone,
    days: Days,
    opens: Minute,
    closes: Minute,
}

/// Hours in which a service would never be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a service opens before it closes, on the same day; write hours over midnight as two rails")]
pub struct NeverOpen;

/// Nobody closes for longer; a calendar that says so is wrong, and the rail counts as closed for good.
const CLOSED_DAYS_MAX: usize = 62;

impl Hours {
    /// Open from one minute of its days until right before another.
    ///
    /// # Errors
    /// [`NeverOpen`] when it closes before it opens.
    pub fn new(zone: Zone, days: Days, opens: Minute, closes: Minute) -> Result<Self, NeverOpen> {
        if opens < closes { Ok(Self { zone, days, opens, closes }) } else { Err(NeverOpen) }
    }

    /// The first moment from `now` on at which the service is open: `now` itself when it is, and `None` when there is none
    /// within two months.
    #[must_use]
    pub fn opening(&self, now: Timestamp, calendar: &Calendar) -> Option<Timestamp> {
        let mut date = self.zone.civil(now).date();
        for _ in 0..CLOSED_DAYS_MAX {
            let (opens, closes) = (self.zone.at(date, self.opens), self.zone.at(date, self.closes));
            if self.works_on(date, calendar) && now < closes {
                return Some(opens.max(now));
            }
            date = date.next_day()?;
        }
        None
    }

    fn works_on(&self, date: Date, calendar: &Calendar) -> bool {
        match self.days {
            Days::Every => true,
            Days::Working => {
                !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && !calendar.holidays.contains(&date)
            }
        }
    }
}

/// The days on which banks do not work, from the configuration: they are decreed every year anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    holidays: BTreeSet<Date>,
}

impl Calendar {
    /// National holidays and days of collective leave.
    #[must_use]
    pub fn new(holidays: impl IntoIterator<Item = Date>) -> Self {
        Self { holidays: holidays.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn clearing(zone: Zone) -> Hours {
        Hours::new(zone, Days::Working, "08:00".parse().unwrap(), "16:45".parse().unwrap()).unwrap()
    }

    #[test]
    fn a_wage_that_comes_after_the_clearing_waits_for_the_next_day_on_which_people_work() {
        let christmas = Calendar::new([date!(2026 - 12 - 25)]);
        for (now, opens) in [
            // Friday, in the hours and at their two ends.
            ("2026-11-27T08:00:00+07:00", "2026-11-27T08:00:00+07:00"),
            ("2026-11-27T16:44:59+07:00", "2026-11-27T16:44:59+07:00"),
            ("2026-11-27T07:59:59+07:00", "2026-11-27T08:00:00+07:00"),
            ("2026-11-27T16:45:00+07:00", "2026-11-30T08:00:00+07:00"),
            // Over a weekend, over a holiday and a weekend.
            ("2026-11-28T10:00:00+07:00", "2026-11-30T08:00:00+07:00"),
            ("2026-12-24T17:00:00+07:00", "2026-12-28T08:00:00+07:00"),
        ] {
            assert_eq!(clearing(Zone::Jakarta).opening(at(now), &christmas), Some(at(opens)), "{now}");
        }
    }

    #[test]
    fn eight_o_clock_in_papua_is_six_o_clock_in_jakarta() {
        let none = Calendar::default();
        let dawn = at("2026-11-27T05:00:00+07:00");
        assert_eq!(clearing(Zone::Jayapura).opening(dawn, &none), Some(at("2026-11-27T06:00:00+07:00")));
        assert_eq!(clearing(Zone::Makassar).opening(dawn, &none), Some(at("2026-11-27T07:00:00+07:00")));
        // Late on Thursday in Jakarta it is Friday in Papua, and too early there as well.
        let night = at("2026-11-26T23:30:00+07:00");
        assert_eq!(clearing(Zone::Jayapura).opening(night, &none), Some(at("2026-11-27T06:00:00+07:00")));
    }

    #[test]
    fn a_calendar_on_which_nobody_ever_works_opens_never() {
        let closed = Calendar::new(core::iter::successors(Some(date!(2026 - 01 - 01)), |day| day.next_day()).take(800));
        assert_eq!(clearing(Zone::Jakarta).opening(at("2026-11-27T08:00:00+07:00"), &closed), None);
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        assert_eq!("24:00".parse::<Minute>().map(|it| it.0), Ok(MIDNIGHT));
        for text in ["8:00", "08:60", "24:01", "25:00", "08.00", "", "08:0", "+8:00", "08:+0"] {
            assert_eq!(text.parse::<Minute>(), Err(NotAMinute), "{text}");
        }
        let (noon, evening) = ("12:00".parse().unwrap(), "18:00".parse().unwrap());
        assert_eq!(Hours::new(Zone::Jakarta, Days::Every, evening, noon), Err(NeverOpen));
        assert_eq!(Hours::new(Zone::Jakarta, Days::Every, noon, noon), Err(NeverOpen));
    }

    proptest! {
        #[test]
        fn an_opening_is_never_past_and_is_open_itself(
            millis in 0..4_000_000_000_000i64, opens in 0..MIDNIGHT, length in 1..MIDNIGHT, days: bool, zone in 0..3u8
        ) {
            let zone = [Zone::Jakarta, Zone::Makassar, Zone::Jayapura][usize::from(zone)];
            let days = if days { Days::Every } else { Days::Working };
            let closes = Minute((opens + length).min(MIDNIGHT));
            let hours = Hours::new(zone, days, Minute(opens), closes).unwrap();
            let now = Timestamp::from_millis(millis);
            let open = hours.opening(now, &Calendar::default()).unwrap();
            prop_assert!(open >= now);
            prop_assert_eq!(hours.opening(open, &Calendar::default()), Some(open));
            // Right before it, nobody was there.
            if open > now {
                let before = Timestamp::from_millis(open.millis() - 1);
                prop_assert_eq!(hours.opening(before, &Calendar::default()), Some(open));
            }
        }
    }
}
