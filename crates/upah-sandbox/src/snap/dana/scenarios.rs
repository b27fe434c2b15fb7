//! What DANA's own sandbox does by number and amount: the provider's test fixtures, as data.
//!
//! Bad signatures, missing fields, other currencies and repeats need no line here: they are answered for what they are.

use crate::faults::Fault;
use crate::scenario::Scenario::{self, Answers, Misbehaves};

/// What triggers a line.
enum When {
    /// The wallet's number, or the account.
    Account(&'static str),
    /// So many rupiah, or more.
    From(u64),
}
use When::{Account, From};

const fn says(http: u16, case: u8) -> Scenario {
    Answers { http, case }
}

/// Service, trigger, what is done. The first line that fits counts.
#[rustfmt::skip]
const TABLE: &[(u8, When, Scenario)] = &[
    (37, Account("628123456667"), says(403, 5)),   // the payee is disabled
    (37, Account("628152768647"), says(403, 5)),   // the payee does not exist
    (37, From(210_000_000),       says(403, 2)),   // more than a wallet holds
    (38, Account("628996647679"), says(403, 5)),
    (38, Account("628551008794"), says(500, 1)),
    (38, Account("628121111111"), says(500, 0)),
    (38, Account("628551005454"), Misbehaves(Fault::HangAfterBooking)), // no answer; the same again is answered
    (38, From(1_000_000_000_000), says(403, 14)),
    (38, From(21_000_000),        says(403, 2)),   // more than a wallet holds
    (42, Account("81298055132"),  says(403, 18)),
    (42, Account("855100800"),    says(404, 8)),
    (42, Account("815919191"),    says(404, 11)),
    (42, From(50_000_000_000),    says(403, 14)),
    (43, Account("82298055100"),  says(403, 3)),
    (43, Account("81398055100"),  says(403, 18)),
    (43, Account("8121111111"),   says(500, 0)),
    (43, Account("8551008794"),   says(500, 1)),
    (43, From(1_000_000_000_000), says(403, 14)),
    (43, From(50_000_000_000),    says(403, 2)),   // over the limit, which the fixtures do not name: that of 42
];

/// What is done to a call.
pub(super) fn of(service: u8, account: &str, amount: u64) -> Option<Scenario> {
    let fits = |when: &When| match when {
        Account(listed) => *listed == account,
        From(least) => amount >= *least,
    };
    TABLE.iter().find(|(listed, when, _)| *listed == service && fits(when)).map(|(.., done)| *done)
}
