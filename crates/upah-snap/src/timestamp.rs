//! The one form of time that SNAP prescribes: ISO 8601 to the second, in Jakarta's time; and the two others that some
//! counterparties sign.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset, macros::datetime, macros::offset};

const JAKARTA: UtcOffset = offset!(+7);
const LAST: OffsetDateTime = datetime!(9999-12-31 23:59:59 +7);

/// Formats unix milliseconds as `2020-12-17T10:55:00+07:00`: always 25 characters, always +07:00,
/// milliseconds cut off. A time after the year 9999 is given as its last second.
#[must_use]
pub fn timestamp(unix_millis: u64) -> String {
    civil(unix_millis, JAKARTA) + "+07:00"
}

/// As [`timestamp`], with three digits of milliseconds: `2020-12-17T10:55:00.678+07:00`.
#[must_use]
pub fn with_millis(unix_millis: u64) -> String {
    format!("{}.{:03}+07:00", civil(unix_millis, JAKARTA), unix_millis % 1000)
}

/// Greenwich's time with milliseconds: `2020-12-17T03:55:00.678Z`.
#[must_use]
pub fn millis_utc(unix_millis: u64) -> String {
    format!("{}.{:03}Z", civil(unix_millis, UtcOffset::UTC), unix_millis % 1000)
}

fn civil(unix_millis: u64, zone: UtcOffset) -> String {
    let at = i64::try_from(unix_millis / 1000)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .map_or(LAST, |at| at.min(LAST))
        .to_offset(zone);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// Unix milliseconds of a time as counterparties write it: with or without milliseconds, `Z` or an offset. `None` for
/// everything else. For judging freshness alone: what is signed is the text as it came.
#[must_use]
pub fn read(text: &str) -> Option<i64> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn civil_time_is_that_of_jakarta() {
        assert_eq!(timestamp(0), "1970-01-01T07:00:00+07:00");
        assert_eq!(timestamp(1_608_177_300_999), "2020-12-17T10:55:00+07:00");
        // 17:00 UTC on new year's eve is already the new year there.
        assert_eq!(timestamp(1_609_434_000_000), "2021-01-01T00:00:00+07:00");
        assert_eq!(timestamp(1_709_226_000_000), "2024-03-01T00:00:00+07:00");
        assert_eq!(timestamp(u64::MAX), "9999-12-31T23:59:59+07:00");
    }

    #[test]
    fn the_forms_seen_on_the_wire_are_read() {
        assert_eq!(read("2020-12-17T10:55:00+07:00"), Some(1_608_177_300_000));
        assert_eq!(read("2020-12-17T10:55:00.678+07:00"), Some(1_608_177_300_678));
        assert_eq!(read("2020-12-17T03:55:00Z"), Some(1_608_177_300_000));
        for text in ["", "2020-12-17", "2020-12-17T10:55:00", "1608177300", "2020-13-17T10:55:00Z"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_time_has_25_characters_and_reads_back(millis in 0u64..250_000_000_000_000) {
            let text = timestamp(millis);
            prop_assert_eq!(text.len(), 25);
            let back = OffsetDateTime::parse(&text, &Rfc3339).unwrap();
            prop_assert_eq!(back.unix_timestamp(), i64::try_from(millis / 1000).unwrap());
        }
    }
}
