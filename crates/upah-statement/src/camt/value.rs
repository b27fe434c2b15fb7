//! The values of a camt.053 file: amounts with a point, dates with or without a time, indicators.

use upah_core::bank_statement::{BookingDay, Side};
use upah_core::{Rupiah, Timestamp};

/// Why a value cannot be taken: a stable name, and a sentence.
pub type Fault = (&'static str, String);

/// An amount in whole rupiah: `600000`, `600000.00`. A statement in another currency is another account's.
///
/// # Errors
/// `currency` for another one than IDR, or none; otherwise the rule that the digits break.
pub fn amount(text: &str, currency: Option<&str>) -> Result<Rupiah, Fault> {
    match currency {
        Some("IDR") => {}
        Some(_) => return Err(("currency", "only statements in rupiah (IDR) are read".to_owned())),
        None => return Err(("currency", "the amount names no currency".to_owned())),
    }
    whole(text)
}

/// The same where the currency is that of the account.
pub(super) fn whole(text: &str) -> Result<Rupiah, Fault> {
    let (whole, sen) = text.split_once('.').unwrap_or((text, ""));
    if !sen.bytes().all(|digit| digit == b'0') {
        let message = "an amount with sen; only whole rupiah are read";
        return Err(("amount_fraction", message.to_owned()));
    }
    if whole.is_empty() || !whole.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(("amount_characters", "an amount holds digits and at most one point".to_owned()));
    }
    Rupiah::parse_cell(whole).map_err(|why| (why.code(), why.to_string()))
}

/// A day, of a date or of a moment; moments with an offset are told in Jakarta's time.
pub(super) fn day(text: &str) -> Result<BookingDay, Fault> {
    let moment = text.parse::<Timestamp>().map(Timestamp::day);
    let bare = text.get(..10).filter(|_| text.len() == 10 || text.as_bytes().get(10) == Some(&b'T')).unwrap_or(text);
    let date = moment.as_deref().unwrap_or(bare);
    date.parse::<BookingDay>().map_err(|why| (why.code(), why.to_string()))
}

pub(super) fn side(text: &str) -> Result<Side, Fault> {
    match text {
        "DBIT" => Ok(Side::Debit),
        "CRDT" => Ok(Side::Credit),
        _ => Err(("direction", "this is neither DBIT nor CRDT".to_owned())),
    }
}

pub(super) fn count(text: &str) -> Result<u64, Fault> {
    text.parse().map_err(|_| ("count", "this is no number of entries".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_whole_rupiah_or_it_is_refused() {
        for (text, value) in [("600000", 600_000), ("600000.00", 600_000), ("0.00", 0), ("1.0", 1)] {
            assert_eq!(amount(text, Some("IDR")).unwrap().value(), value, "{text}");
        }
        for text in ["600000.50", "600,000", "-1", "", ".", "6e5", "0600000", "99999999999999", "6.0.0"] {
            assert!(amount(text, Some("IDR")).is_err(), "{text}");
        }
        assert!(amount("600000", Some("USD")).is_err() && amount("600000", None).is_err());
    }

    #[test]
    fn the_day_of_a_moment_is_jakarta_s() {
        assert_eq!(day("2026-11-26").unwrap().to_string(), "2026-11-26");
        assert_eq!(day("2026-11-25T18:00:00Z").unwrap().to_string(), "2026-11-26");
        assert_eq!(day("2026-11-26T09:00:00").unwrap().to_string(), "2026-11-26");
        for text in ["", "26/11/2026", "2026-11", "2026-11-26x", "2026-13-01", "é026-11-26"] {
            assert!(day(text).is_err(), "{text}");
        }
    }
}
