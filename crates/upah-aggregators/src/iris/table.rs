//! What Iris calls banks and wallets, and what its statuses and failures mean. Data only.
use crate::meaning::{Action, Standing};
use upah_core::Cause;
use upah_core::evidence::Doubt;

/// Banks by their code, wallets by their name. The provider's own list (`GET /beneficiary_banks`) is longer and changes: a
/// configuration adds to these and comes before them. A wrong one is refused before anything is paid.
pub(super) const BANKS: [(&str, &str); 22] = [
    ("002", "bri"),
    ("008", "mandiri"),
    ("009", "bni"),
    ("011", "danamon"),
    ("013", "permata"),
    ("014", "bca"),
    ("016", "maybank"),
    ("019", "panin"),
    ("022", "cimb"),
    ("028", "ocbc"),
    ("031", "citibank"),
    ("046", "dbs"),
    ("110", "bjb"),
    ("111", "dki"),
    ("112", "diy"),
    ("129", "bali"),
    ("147", "muamalat"),
    ("200", "btn"),
    ("213", "btpn"),
    ("536", "bca_syar"),
    ("gopay", "gopay"),
    ("ovo", "ovo"),
];

/// Where a payout is: before its approval nothing moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Waits,
    Approved(Standing),
}

/// A status that is not here is none that we know: it is asked about again.
pub(super) fn place(status: &str) -> Option<Place> {
    Some(match status {
        "queued" => Place::Waits,
        "approved" | "processed" => Place::Approved(Standing::AtWork),
        "completed" => Place::Approved(Standing::Paid),
        "failed" => Place::Approved(Standing::Failed(Cause::TransferFailed)),
        "rejected" => Place::Approved(Standing::Failed(Cause::TransferCancelled)),
        _ => return None,
    })
}

/// Why a payout failed.
pub(super) fn failure(code: &str) -> Option<Cause> {
    Some(match code {
        // Name, number, or either of them: this destination cannot be paid as it is written.
        "001" | "002" | "003" => Cause::InvalidAccount,
        // A general error, a timeout by the bank that the provider has ended.
        "004" | "005" => Cause::TransferFailed,
        // "Already processed": another payout may be the one that was.
        "006" | "007" => Cause::EvidenceConflict,
        // The bank does not take the provider's request, or has no money for it.
        "008" | "009" => Cause::TransferFailed,
        "010" => Cause::BadRequest,
        // The one-time password of an approver, which this rail never sends.
        "011" => Cause::FeatureNotAllowed,
        "012" => Cause::AccountDeclined,
        // Whoever pays herself: the destination is the payer's own account.
        "013" => Cause::InvalidAccount,
        "014" | "015" => Cause::AccountLimitReached,
        "016" => Cause::InsufficientFunds,
        _ => return None,
    })
}

/// Which request an error answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Create,
    Approve,
    Ask,
    Look,
}

/// How the `errors` of the provider's envelope are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errors {
    /// What is wrong with each payout, or each field.
    Listed,
    /// What is wrong with an account.
    OfAccount,
    /// One text, as it is said of a key that is known with another body.
    Text,
}

/// An error's meaning, if the provider has this one and says it under this HTTP status. There are no codes. Only 400, 401,
/// 429 and 503 are documented, and under which status a key is "not unique" is not: an error that comes otherwise is in
/// doubt and asked about. An approval that was refused may have been one of a payout that is approved already.
pub(super) fn action(step: Step, http: u16, errors: Errors) -> Option<Action> {
    Some(match (step, http, errors) {
        (_, 401, _) => Action::NotExecuted(Cause::CredentialsRefused),
        (_, 429, _) => Action::NotExecuted(Cause::TooManyRequests),
        // It does not exist, is dormant or is closed.
        (Step::Look, 400, Errors::OfAccount) => Action::Refused(Cause::InvalidAccount),
        (Step::Create, 400, Errors::Listed) => Action::Refused(Cause::BadRequest),
        (Step::Create, 400 | 409 | 422, Errors::Text) => Action::InDoubt(Doubt::Inconsistent),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_of_the_documentation_has_a_cause_and_no_other_code_has() {
        for code in 1..=16 {
            assert!(failure(&format!("{code:03}")).is_some(), "{code:03}");
        }
        assert_eq!((failure("000"), failure("017"), failure("2"), failure("")), (None, None, None, None));
    }

    #[test]
    fn an_error_ends_something_at_the_creation_alone_and_under_its_own_status() {
        let ends = |step, http, errors| matches!(action(step, http, errors), Some(Action::Refused(_)));
        assert!(ends(Step::Create, 400, Errors::Listed));
        for http in [200, 401, 403, 404, 409, 422, 429, 500, 503] {
            assert!(!ends(Step::Create, http, Errors::Listed), "{http}");
        }
        for http in [400, 403, 404, 409, 422, 500, 503] {
            assert_eq!(action(Step::Approve, http, Errors::Listed), None, "{http}");
        }
        assert_eq!(action(Step::Create, 400, Errors::Text), Some(Action::InDoubt(Doubt::Inconsistent)));
        assert_eq!((place("paid"), place("")), (None, None));
    }

    #[test]
    fn banks_are_in_order_and_named_once() {
        assert!(BANKS.is_sorted_by(|one, other| one.0 < other.0));
        let mut names: Vec<_> = BANKS.iter().map(|(_, name)| name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), BANKS.len());
    }
}
