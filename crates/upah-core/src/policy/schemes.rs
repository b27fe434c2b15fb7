//! What the country's payment schemes take and cost by their rules: one table, with days and sources.
//!
//! A rail of the configuration that names its scheme begins with these and says over them what its own bank does: a bank
//! may take less, and charge less. What the sources do not give is not here: RTGS has hours and a fee that each bank sets.
use super::hours::{Days, Hours, Zone};
use super::terms::{Limit, Since, Terms};
use crate::money::Rupiah;
use time::Date;
use time::macros::date;

/// A line of the table.
struct Scheme {
    name: &'static str,
    /// The day on which these terms began.
    from: Date,
    at_least: u64,
    at_most: u64,
    /// What a customer is charged at most.
    fee_at_most: Option<u64>,
    /// From when to when, on working days in Jakarta; nothing for what is open day and night.
    hours: Option<(&'static str, &'static str)>,
}

const ALWAYS: Option<(&str, &str)> = None;
/// No rule, or none that was read.
const NONE: u64 = Rupiah::MAX.value();

/// By name, then by day. Amounts in rupiah.
const SCHEMES: [Scheme; 7] = [
    // PADG 23/25/PADG/2021: real time, day and night.
    Scheme {
        name: "bi-fast",
        from: date!(2021 - 11 - 12),
        at_least: 1,
        at_most: 250_000_000,
        fee_at_most: Some(2_500),
        hours: ALWAYS,
    },
    // Bulk credit transfer, since 21 December 2024.
    Scheme {
        name: "bi-fast-bulk",
        from: date!(2024 - 12 - 21),
        at_least: 1,
        at_most: 250_000_000,
        fee_at_most: Some(2_100),
        hours: ALWAYS,
    },
    // Issuers' wallets with a registered owner, since 1 July 2022: no wallet holds more.
    Scheme {
        name: "e-money",
        from: date!(2022 - 07 - 01),
        at_least: 1,
        at_most: 20_000_000,
        fee_at_most: None,
        hours: ALWAYS,
    },
    // Switched transfers over the ATM networks: the cap that Midtrans documents. No fee is documented.
    Scheme { name: "online", from: Date::MIN, at_least: 1, at_most: 50_000_000, fee_at_most: None, hours: ALWAYS },
    // PADG 24/1/PADG/2022, article 8; the year's first day, for the day is not in the source.
    Scheme {
        name: "qris",
        from: date!(2022 - 01 - 01),
        at_least: 1,
        at_most: 10_000_000,
        fee_at_most: None,
        hours: ALWAYS,
    },
    // BI-RTGS takes more than Rp100.000.000 since 1 July 2016.
    Scheme {
        name: "rtgs",
        from: date!(2016 - 07 - 01),
        at_least: 100_000_001,
        at_most: NONE,
        fee_at_most: None,
        hours: ALWAYS,
    },
    // PBI 21/8/PBI/2019 with PADG 21/11 and 21/12/PADG/2019: nine settlements between 08:00 and 16:45.
    Scheme {
        name: "sknbi",
        from: date!(2019 - 09 - 01),
        at_least: 1,
        at_most: 1_000_000_000,
        fee_at_most: Some(3_500),
        hours: Some(("08:00", "16:45")),
    },
];

/// What a scheme takes and costs; `None` for one that is not in the table.
#[must_use]
pub fn scheme(name: &str) -> Option<Terms> {
    let mut lines = SCHEMES.iter().filter(|line| line.name == name).peekable();
    lines.peek()?;
    let mut terms = Terms::default();
    for line in lines {
        let day = line.from;
        let rupiah = |amount| Rupiah::new(amount).ok();
        let limit = Limit { at_least: rupiah(line.at_least), at_most: rupiah(line.at_most) };
        terms.limits.push(Since { day, what: limit });
        terms.fee_caps.extend(line.fee_at_most.and_then(rupiah).map(|what| Since { day, what }));
        let hours = line.hours.and_then(|(opens, closes)| {
            Hours::new(Zone::Jakarta, Days::Working, opens.parse().ok()?, closes.parse().ok()?).ok()
        });
        terms.hours.extend(hours.map(|what| Since { day, what }));
    }
    Some(terms)
}

/// The names of the schemes in the table.
pub fn schemes() -> impl Iterator<Item = &'static str> {
    SCHEMES.iter().map(|line| line.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::hours::Calendar;
    use crate::time::Timestamp;

    #[test]
    fn every_line_says_something_and_its_hours_can_be_kept() {
        assert!(SCHEMES.is_sorted_by(|one, other| (one.name, one.from) < (other.name, other.from)));
        for line in &SCHEMES {
            let terms = scheme(line.name).unwrap();
            assert!(line.at_least <= line.at_most, "{}", line.name);
            assert_eq!(terms.hours.is_empty(), line.hours.is_none(), "{}", line.name);
            assert_eq!(terms.fee_caps.is_empty(), line.fee_at_most.is_none(), "{}", line.name);
        }
        assert_eq!(scheme("carrier-pigeon"), None);
    }

    #[test]
    fn a_wage_over_a_hundred_million_can_go_by_rtgs_and_a_village_wage_cannot() {
        let takes = |name: &str, amount| {
            let day = date!(2026 - 11 - 30);
            let limit = scheme(name).unwrap().limit(day);
            let amount = Rupiah::new(amount).unwrap();
            limit.at_least.is_some_and(|least| least <= amount) && limit.at_most.is_some_and(|most| amount <= most)
        };
        assert!(takes("rtgs", 100_000_001) && !takes("rtgs", 100_000_000) && !takes("rtgs", 600_000));
        assert!(takes("bi-fast", 600_000) && takes("bi-fast", 250_000_000) && !takes("bi-fast", 250_000_001));
        assert!(takes("sknbi", 1_000_000_000) && takes("qris", 10_000_000) && !takes("qris", 10_000_001));
    }

    #[test]
    fn clearing_is_closed_at_night_and_bi_fast_never() {
        let night: Timestamp = "2026-11-27T20:00:00+07:00".parse().unwrap();
        let opening = |name: &str| scheme(name).unwrap().opening(night, &Calendar::default()).unwrap();
        assert_eq!(opening("bi-fast"), night);
        assert_eq!(opening("sknbi"), "2026-11-30T08:00:00+07:00".parse().unwrap());
    }
}
