//! Points in time as values; civil dates are always Jakarta's (UTC+07:00), never the host's zone.
//!
//! Order is by sequence number, never by time (safety rule 20): a [`Timestamp`] says when something
//! was believed to happen and is used for waiting and for telling.
use crate::ids::read_text;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
pub use time::Date;
use time::{OffsetDateTime, UtcOffset};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// A text that is not a date and time with an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time like 2026-11-25T09:00:00.000+07:00")]
pub struct NotATimestamp;

/// Western Indonesian Time. Fixed, without daylight saving.
fn jakarta() -> UtcOffset {
    UtcOffset::from_hms(7, 0, 0).unwrap_or(UtcOffset::UTC)
}

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Later by whole seconds; saturates at the end of representable time.
    pub const fn plus_seconds(self, seconds: u64) -> Self {
        let millis = seconds.saturating_mul(1_000);
        let millis = if millis > i64::MAX as u64 { i64::MAX } else { millis as i64 };
        Self(self.0.saturating_add(millis))
    }

    /// Whole milliseconds from `earlier` to here; zero when `earlier` is later.
    pub const fn millis_since(self, earlier: Self) -> u64 {
        let span = self.0.saturating_sub(earlier.0);
        if span < 0 { 0 } else { span as u64 }
    }

    /// The civil day in Jakarta, `2026-11-25`.
    pub fn day(self) -> String {
        let date = self.civil().date();
        alloc::format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
    }

    /// The civil date in Jakarta.
    pub fn date(self) -> Date {
        self.civil().date()
    }

    /// The clock time in Jakarta, `09:05`.
    pub fn clock(self) -> String {
        let civil = self.civil();
        alloc::format!("{:02}:{:02}", civil.hour(), civil.minute())
    }

    fn civil(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0).saturating_mul(1_000_000))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .checked_to_offset(jakarta())
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

/// `2026-11-25T09:00:00.000+07:00`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.civil();
        let written = written(civil);
        let text = core::str::from_utf8(&written).map_err(|_| fmt::Error)?;
        match civil.year() {
            0.. => f.write_str(text),
            before => write!(f, "{before:04}{}", &text[4..]),
        }
    }
}

/// The text of a civil time; a year before our era stands in it without its sign.
fn written(c: OffsetDateTime) -> [u8; 29] {
    let mut text = *b"0000-00-00T00:00:00.000+07:00";
    write_digits(&mut text[..4], c.year().unsigned_abs());
    write_digits(&mut text[5..7], u32::from(u8::from(c.month())));
    write_digits(&mut text[8..10], u32::from(c.day()));
    write_digits(&mut text[11..13], u32::from(c.hour()));
    write_digits(&mut text[14..16], u32::from(c.minute()));
    write_digits(&mut text[17..19], u32::from(c.second()));
    write_digits(&mut text[20..23], u32::from(c.millisecond()));
    text
}

fn write_digits(places: &mut [u8], mut number: u32) {
    for place in places.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

impl FromStr for Timestamp {
    type Err = NotATimestamp;
    fn from_str(text: &str) -> Result<Self, NotATimestamp> {
        let parsed =
            OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).map_err(|_| NotATimestamp)?;
        // What Jakarta's calendar cannot write could not be read back.
        parsed.checked_to_offset(jakarta()).filter(|civil| (0..=9999).contains(&civil.year())).ok_or(NotATimestamp)?;
        i64::try_from(parsed.unix_timestamp_nanos() / 1_000_000).map(Self).map_err(|_| NotATimestamp)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        read_text(d, str::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn one_hour_before_midnight_utc_is_already_tomorrow_in_jakarta() {
        let t: Timestamp = "2026-11-24T23:00:00Z".parse().unwrap();
        assert_eq!(t.day(), "2026-11-25");
        assert_eq!(t.to_string(), "2026-11-25T06:00:00.000+07:00");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_to_the_millisecond(ms in 0i64..4_000_000_000_000) {
            let t = Timestamp::from_millis(ms);
            prop_assert_eq!(t.to_string().parse::<Timestamp>().unwrap(), t);
        }

        #[test]
        fn every_part_stands_with_all_its_digits(
            ms: i64, years in prop_oneof![-9_999_i64..9_999, -120_i64..120]
        ) {
            for t in [Timestamp(ms), Timestamp((years - 1_970) * 31_556_952_000 + ms % 31_556_952_000)] {
                let c = t.civil();
                let (date, time) = (c.date(), c.time());
                let expected = alloc::format!(
                    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+07:00",
                    date.year(), u8::from(date.month()), date.day(),
                    time.hour(), time.minute(), time.second(), time.millisecond(),
                );
                prop_assert_eq!(t.to_string(), expected);
            }
        }
    }
}
