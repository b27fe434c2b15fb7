//! Jakarta time, whatever zone the host is in: a bank's day ends at +07:00.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use time::format_description::well_known::Rfc3339;
use time::macros::offset;
use time::{Duration, OffsetDateTime};

pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::from(SystemTime::now()).to_offset(offset!(+7))
}

/// The 25 characters of the standard: `2026-11-25T09:30:00+07:00`.
pub(crate) fn iso(at: OffsetDateTime) -> String {
    format!("{}+07:00", civil(at.to_offset(offset!(+7))))
}

/// `25-11-2026 02:30:00`, UTC.
pub(crate) fn utc_day_first(at: OffsetDateTime) -> String {
    let iso = utc_iso(at);
    let (day, time) = iso.split_once('T').unwrap_or((&iso, ""));
    let mut parts: Vec<&str> = day.split('-').collect();
    parts.reverse();
    format!("{} {time}", parts.join("-"))
}

/// `2026-11-25T02:30:00`, UTC.
pub(crate) fn utc_iso(at: OffsetDateTime) -> String {
    civil(at.to_offset(offset!(UTC)))
}

/// Day and time of the clock on the wall.
fn civil(at: OffsetDateTime) -> String {
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

/// `2026-11-25 09:30:00`, in Jakarta.
pub(crate) fn jakarta_civil(at: OffsetDateTime) -> String {
    civil(at.to_offset(offset!(+7))).replace('T', " ")
}

/// `20261125`, the front of a bank's own reference numbers.
pub(crate) fn compact_day(at: OffsetDateTime) -> String {
    format!("{:04}{:02}{:02}", at.year(), u8::from(at.month()), at.day())
}

pub(crate) fn unix_ms(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// ISO 8601 with a zone, as seen on the wire: with or without milliseconds, `Z` or an offset.
pub(crate) fn parse(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// The standard publishes no tolerance; five minutes either way is the usual one.
pub(crate) fn is_fresh(stamp: OffsetDateTime, now: OffsetDateTime) -> bool {
    (now - stamp).abs() <= Duration::minutes(5)
}

/// A poisoned lock means that another request panicked; what it guards is changed in whole steps,
/// so the sandbox goes on.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
