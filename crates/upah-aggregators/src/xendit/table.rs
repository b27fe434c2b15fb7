//! What Xendit calls banks and wallets, and what its statuses and codes mean. Data only.
use crate::meaning::{Action, Standing};
use upah_core::Cause;
use upah_core::evidence::Doubt;

/// Banks by their code, wallets by their name. Some stand here by the pattern of the others and were not seen in the
/// provider's list, which is longer and changes: a configuration adds to these and comes before them. A wrong one is
/// refused before anything is paid.
pub(super) const CHANNELS: [(&str, &str); 24] = [
    ("002", "ID_BRI"),
    ("008", "ID_MANDIRI"),
    ("009", "ID_BNI"),
    ("011", "ID_DANAMON"),
    ("013", "ID_PERMATA"),
    ("014", "ID_BCA"),
    ("016", "ID_MAYBANK"),
    ("022", "ID_CIMB"),
    ("046", "ID_DBS"),
    ("110", "ID_BJB"),
    ("111", "ID_DKI"),
    ("147", "ID_MUAMALAT"),
    ("426", "ID_MEGA"),
    ("484", "ID_HANA"),
    ("490", "ID_BNC"),
    ("501", "ID_BCA_DIGITAL"),
    ("536", "ID_BCA_SYR"),
    ("542", "ID_JAGO"),
    ("567", "ID_ALLO"),
    ("dana", "ID_DANA"),
    ("gopay", "ID_GOPAY"),
    ("linkaja", "ID_LINKAJA"),
    ("ovo", "ID_OVO"),
    ("shopeepay", "ID_SHOPEEPAY"),
];

/// A status that is not here is none that we know: it is asked about again.
pub(super) fn standing(status: &str) -> Option<Standing> {
    Some(match status {
        "ACCEPTED" | "REQUESTED" | "READY" | "PENDING_COMPLIANCE_ASSESSMENT" | "LOCKED" => Standing::AtWork,
        "SUCCEEDED" => Standing::Paid,
        "FAILED" | "EXPIRED" => Standing::Failed(Cause::TransferFailed),
        "CANCELLED" => Standing::Failed(Cause::TransferCancelled),
        "COMPLIANCE_REJECTED" => Standing::Failed(Cause::NotPermitted),
        "REVERSED" => Standing::Reversed,
        _ => return None,
    })
}

/// Why a payout failed.
pub(super) fn failure(code: &str) -> Option<Cause> {
    Some(match code {
        "INSUFFICIENT_BALANCE" => Cause::InsufficientFunds,
        "INVALID_DESTINATION" => Cause::InvalidAccount,
        "REJECTED_BY_CHANNEL" => Cause::OtherRefusal,
        "TEMPORARY_TRANSFER_ERROR" | "TRANSFER_ERROR" => Cause::TransferFailed,
        _ => return None,
    })
}

/// An error's meaning, if the provider has this code and says it under this HTTP status. Which status goes with which
/// code is confirmed for 429 alone, and `INVALID_API_KEY` is not in the documentation that was read: an error that
/// comes otherwise is in doubt and asked about.
pub(super) fn action(http: u16, code: &str) -> Option<Action> {
    Some(match (http, code) {
        (400, "API_VALIDATION_ERROR" | "INVALID_JSON_FORMAT") => Action::Refused(Cause::BadRequest),
        (400, "CHANNEL_CODE_NOT_SUPPORTED_ERROR") => Action::Refused(Cause::BankNotReachable),
        (400, "RECIPIENT_ACCOUNT_NUMBER_ERROR") => Action::Refused(Cause::InvalidAccount),
        (400, "RECIPIENT_AMOUNT_ERROR" | "MAXIMUM_TRANSFER_LIMIT_ERROR") => Action::Refused(Cause::AmountOverLimit),
        (401, "INVALID_API_KEY") | (403, "REQUEST_FORBIDDEN_ERROR") => Action::NotExecuted(Cause::CredentialsRefused),
        (404, "DATA_NOT_FOUND") => Action::NotFound,
        (409, "DUPLICATE_ERROR" | "DUPLICATE_TRANSACTION_ERROR") => Action::InDoubt(Doubt::Inconsistent),
        (429, "RATE_LIMIT_EXCEEDED") => Action::NotExecuted(Cause::TooManyRequests),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_in_order_and_named_once() {
        crate::channels::assert_in_order_and_named_once(&CHANNELS);
    }

    #[test]
    fn a_code_under_another_status_is_nobody_s_word() {
        assert_eq!(action(400, "RECIPIENT_ACCOUNT_NUMBER_ERROR"), Some(Action::Refused(Cause::InvalidAccount)));
        for http in [200, 401, 404, 429, 500, 502] {
            assert_eq!(action(http, "RECIPIENT_ACCOUNT_NUMBER_ERROR"), None, "{http}");
        }
        assert_eq!(action(500, "SERVER_ERROR"), None);
        assert_eq!(standing("PAID"), None);
    }
}
