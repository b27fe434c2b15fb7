//! What an answer means for the money: response codes and transaction statuses.
//!
//! The codes themselves are one table of data, [`TABLE`]. A code that is not in it means
//! [`Action::Unknown`]: no digits that we do not know can end an attempt.

mod table;

pub use table::TABLE;

use upah_core::Cause;

/// What a response code says about the order it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Done. In the answer to an inquiry: the inquiry was answered.
    Settled,
    /// Accepted, not done yet: ask later.
    InProgress,
    /// Not done and not going to be, for this cause, which also tells whose fault it is.
    Refused(Cause),
    /// Held by the bank: it may yet be executed. Ask; a person has to look.
    Suspended,
    /// Not executed; the token was not accepted. The same body may go again with a new one.
    NotExecutedRenewToken,
    /// Not executed, for this cause; the same body may go again later.
    NotExecutedBackOff(Cause),
    /// Not a new execution: `X-EXTERNAL-ID` was used before today. Ask, then send again with a
    /// fresh one.
    ExternalIdReused,
    /// This reference was already executed. Ask; never pay again.
    AskDuplicate,
    /// This reference is known with another body. Ask; never pay again.
    AskInconsistent,
    /// No transaction under this reference, *as far as the bank knows now*. Says something only in
    /// the answer to a status inquiry, and there only under the rules for "not found".
    NotFound,
    /// May have been executed: ask.
    Unknown,
}

/// One documented pair of HTTP status and case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// HTTP status.
    pub http: u16,
    /// Case.
    pub case: u8,
    /// What it says about the order.
    pub action: Action,
    /// Why the row is as it is: what would happen to a worker if it were not.
    pub why: &'static str,
}

/// The row of a code; for one that is not documented a row that says [`Action::Unknown`].
#[must_use]
pub fn lookup(http: u16, case: u8) -> &'static Row {
    TABLE.iter().find(|row| row.http == http && row.case == case).unwrap_or(&UNDOCUMENTED)
}

static UNDOCUMENTED: Row =
    Row { http: 0, case: 0, action: Action::Unknown, why: "a code we do not know proves nothing: ask" };

/// What a question was answered. About the money only the body of an `Answered` speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InquiryOutcome {
    /// The body has the answer.
    Answered,
    /// Nothing is known under this reference (`404ss01`).
    NotFound,
    /// The question was not answered. Nothing is known; ask again.
    Failed,
}

/// `latestTransactionStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionStatus {
    /// 00.
    Success,
    /// 01 initiated, 02 paying, 03 pending.
    InProgress,
    /// 04: it came back.
    Refunded,
    /// 05.
    Cancelled,
    /// 06.
    Failed,
    /// 07: no proof that nothing happened, soon after a send least of all.
    NotFound,
    /// Anything else: nothing is known.
    Unrecognised,
}

impl TransactionStatus {
    /// Reads the two digits.
    #[must_use]
    pub fn read(code: &str) -> Self {
        match code {
            "00" => Self::Success,
            "01" | "02" | "03" => Self::InProgress,
            "04" => Self::Refunded,
            "05" => Self::Cancelled,
            "06" => Self::Failed,
            "07" => Self::NotFound,
            _ => Self::Unrecognised,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upah_core::cause::Whose;

    fn refusal(row: &Row) -> Option<Cause> {
        match row.action {
            Action::Refused(cause) => Some(cause),
            _ => None,
        }
    }

    /// The standard's table, typed a second time.
    const DOCUMENTED: [(u16, &[u8]); 10] = [
        (200, &[0]),
        (202, &[0]),
        (400, &[0, 1, 2]),
        (401, &[0, 1, 2, 3, 4]),
        (403, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]),
        (404, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]),
        (405, &[0, 1]),
        (409, &[0, 1]),
        (429, &[0]),
        (500, &[0, 1, 2]),
    ];

    fn documented() -> impl Iterator<Item = (u16, u8)> {
        DOCUMENTED.iter().flat_map(|(http, cases)| cases.iter().map(|case| (*http, *case))).chain([(504, 0)])
    }

    #[test]
    fn every_documented_code_has_exactly_one_row_and_there_are_no_others() {
        for (http, case) in documented() {
            let rows = TABLE.iter().filter(|r| (r.http, r.case) == (http, case));
            assert_eq!(rows.count(), 1, "{http} {case:02}");
        }
        assert_eq!(TABLE.len(), documented().count());
        assert!(TABLE.is_sorted_by_key(|r| (r.http, r.case)));
    }

    #[test]
    fn codes_behind_which_money_may_have_moved_are_never_refused() {
        let may_have_moved = [(403, 16), (404, 0), (404, 1), (404, 14), (404, 18)];
        for row in &TABLE {
            let risky =
                matches!(row.http, 200 | 202 | 409 | 500 | 504) || may_have_moved.contains(&(row.http, row.case));
            assert!(!risky || refusal(row).is_none(), "{row:?}");
        }
    }

    #[test]
    fn every_code_that_is_not_documented_is_unknown() {
        for http in 0..=999 {
            for case in 0..=99 {
                if !documented().any(|pair| pair == (http, case)) {
                    assert_eq!(lookup(http, case).action, Action::Unknown);
                }
            }
        }
    }

    #[test]
    fn only_success_settles_and_only_server_side_waits_or_answers_repeat() {
        let with = |action| -> Vec<(u16, u8)> {
            TABLE.iter().filter(|r| r.action == action).map(|r| (r.http, r.case)).collect()
        };
        assert_eq!(with(Action::Settled), [(200, 0)]);
        assert_eq!(with(Action::InProgress), [(202, 0)]);
        assert_eq!(with(Action::NotExecutedRenewToken), [(401, 1), (401, 3)]);
        assert_eq!(with(Action::NotExecutedBackOff(Cause::CredentialsRefused)), [(401, 0)]);
        assert_eq!(with(Action::NotExecutedBackOff(Cause::OutsideHours)), [(403, 6)]);
        assert_eq!(with(Action::NotExecutedBackOff(Cause::TooManyRequests)), [(429, 0)]);
        assert_eq!(with(Action::Suspended), [(403, 16), (404, 0)]);
        assert_eq!(with(Action::ExternalIdReused), [(409, 0)]);
        assert_eq!(with(Action::AskDuplicate), [(409, 1)]);
        assert_eq!(with(Action::AskInconsistent), [(404, 18)]);
        assert_eq!(with(Action::NotFound), [(404, 1)]);
    }

    #[test]
    fn only_a_recipients_fault_lets_money_go_elsewhere_and_a_senders_stops_the_others() {
        let of = |whose| -> Vec<(u16, u8)> {
            let fault = |row: &&Row| refusal(row).is_some_and(|cause| cause.guide().whose == whose);
            TABLE.iter().filter(fault).map(|r| (r.http, r.case)).collect()
        };
        let recipients =
            [(403, 2), (403, 4), (403, 5), (403, 9), (403, 18), (403, 23), (404, 2), (404, 3), (404, 9), (404, 11)];
        assert_eq!(of(Whose::Recipient), [&recipients[..], &[(404, 12), (404, 19)]].concat());
        let senders = [(400, 0), (400, 1), (400, 2), (403, 1), (403, 14), (403, 19), (403, 20), (404, 8), (404, 13)];
        assert_eq!(of(Whose::Sender), [&senders[..], &[(404, 16), (404, 17), (405, 0), (405, 1)]].concat());
        assert_eq!(of(Whose::Rail), [(403, 0)]);
        // The code alone does not tell, or another way would slip past the check that stopped it.
        assert_eq!(of(Whose::People), [(403, 3), (403, 15), (404, 4)]);
        assert_eq!(of(Whose::Nobody), []);
    }

    #[test]
    fn what_a_refusal_proves_is_that_the_money_stayed() {
        use upah_core::cause::Money;
        for row in &TABLE {
            if let Action::Refused(cause) | Action::NotExecutedBackOff(cause) = row.action {
                assert_eq!(cause.guide().money, Money::WithPayer, "{row:?}");
            }
        }
    }

    #[test]
    fn reasons_are_given() {
        for row in &TABLE {
            // "as 403 07" leads to a row that gives the reason itself, for the same judgement.
            let given = match row.why.strip_prefix("as ") {
                Some(other) => TABLE.iter().any(|r| {
                    let name = format!("{} {:02}", r.http, r.case);
                    other.starts_with(&name) && !r.why.starts_with("as ") && r.action == row.action
                }),
                None => row.why.len() > 30,
            };
            assert!(given, "{row:?}");
        }
    }

    #[test]
    fn statuses_are_read_exactly() {
        let read = |code| TransactionStatus::read(code);
        assert_eq!(read("00"), TransactionStatus::Success);
        for code in ["01", "02", "03"] {
            assert_eq!(read(code), TransactionStatus::InProgress);
        }
        assert_eq!(read("04"), TransactionStatus::Refunded);
        assert_eq!(read("05"), TransactionStatus::Cancelled);
        assert_eq!(read("06"), TransactionStatus::Failed);
        assert_eq!(read("07"), TransactionStatus::NotFound);
        for code in ["", "0", "6", "08", "000", " 00", "success"] {
            assert_eq!(read(code), TransactionStatus::Unrecognised, "{code}");
        }
    }
}
