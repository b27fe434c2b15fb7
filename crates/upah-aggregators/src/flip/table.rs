//! What Flip calls banks and wallets, and what its statuses and codes mean. Data only.
//!
//! The facts name the outer codes of a 422 alone. The inner ones are those of the provider's own list of errors; one
//! that is not here leaves the outer one's meaning.
use crate::meaning::{Action, Standing};
use upah_core::Cause;
use upah_core::evidence::Doubt;

/// Banks by their code, wallets by their name, as the provider lists them beside the banks' full names. The wallets' names
/// were read in one place alone. The list is longer and changes: a configuration adds to these and comes before them.
pub(super) const CHANNELS: [(&str, &str); 41] = [
    ("002", "bri"),
    ("008", "mandiri"),
    ("009", "bni"),
    ("011", "danamon"),
    ("013", "permata"),
    ("014", "bca"),
    ("016", "bii"),
    ("019", "panin"),
    ("022", "cimb"),
    ("023", "uob"),
    ("028", "ocbc"),
    ("046", "dbs"),
    ("050", "standard_chartered"),
    ("087", "hsbc"),
    ("110", "bjb"),
    ("111", "dki"),
    ("113", "jawa_tengah"),
    ("114", "jawa_timur"),
    ("147", "muamalat"),
    ("153", "sinarmas"),
    ("200", "btn"),
    ("213", "tabungan_pensiunan_nasional"),
    ("425", "bjb_syr"),
    ("426", "mega"),
    ("441", "bukopin"),
    ("451", "bsm"),
    ("484", "hana"),
    ("490", "yudha_bakti"),
    ("494", "agroniaga"),
    ("501", "royal"),
    ("503", "nationalnobu"),
    ("506", "mega_syr"),
    ("536", "bca_syr"),
    ("542", "artos"),
    ("547", "btpn_syr"),
    ("564", "mantap"),
    ("dana", "dana"),
    ("gopay", "gopay"),
    ("linkaja", "linkaja"),
    ("ovo", "ovo"),
    ("shopeepay", "shopeepay"),
];

/// A status that is not here is none that we know: it is asked about again.
pub(super) fn standing(status: &str) -> Option<Standing> {
    Some(match status {
        "PENDING" => Standing::AtWork,
        "DONE" => Standing::Paid,
        "CANCELLED" => Standing::Failed(Cause::TransferCancelled),
        _ => return None,
    })
}

/// Why a disbursement was cancelled.
pub(super) fn reason(reason: &str) -> Option<Cause> {
    Some(match reason {
        "INACTIVE_ACCOUNT" => Cause::InactiveAccount,
        "NOT_REGISTERED_ACCOUNT" => Cause::InvalidAccount,
        "CANT_RECEIVE_TRANSFER" | "BENEFICIARY_ACCOUNT_NOT_VERIFIED" => Cause::AccountDeclined,
        "INTERMITTENT_DISTURBANCE_ON_BENEFICIARY_BANK" => Cause::BankNotReachable,
        _ => return None,
    })
}

/// The name under which Flip says that our key is none of its own.
pub(super) const UNAUTHORIZED: &str = "Unauthorized";

/// What an error says, by its HTTP status, its outer code or name, and the inner code of the attribute that it names.
pub(super) fn action(http: u16, code: &str, inner: Option<u64>) -> Option<Action> {
    use Action::{InDoubt, NotExecuted, NotFound, Refused};
    Some(match (http, code, inner) {
        (401, UNAUTHORIZED, _) => NotExecuted(Cause::CredentialsRefused),
        (422, "BALANCE_INSUFFICIENT", _) | (422, "VALIDATION_ERROR", Some(1035)) => Refused(Cause::InsufficientFunds),
        (422, "VALIDATION_ERROR", Some(inner)) => match inner {
            1021 | 1022 | 1042 | 1086 => Refused(Cause::AmountOverLimit),
            1025 => Refused(Cause::InvalidAccount),
            1026 => Refused(Cause::SuspectedFraud),
            1027 => Refused(Cause::InactiveAccount),
            1033 | 1088 => Refused(Cause::BankNotReachable),
            1073 => NotFound,
            1074 | 1080 => Refused(Cause::PayerLimitReached),
            1089 => Refused(Cause::NotPermitted),
            1093 => NotExecuted(Cause::OutsideHours),
            // The time in its header was more than a minute old: fresh bytes of the same order may come.
            1094 => NotExecuted(Cause::RequestExpired),
            // "Undefined", and "duplicated", which may speak of the key.
            999 | 2002 => InDoubt(Doubt::ProviderError),
            _ => Refused(Cause::BadRequest),
        },
        (422, "VALIDATION_ERROR", None) => Refused(Cause::BadRequest),
        _ => return None,
    })
}

/// What the status of a question about an account says where it is no success. It is asked in the background: what is not
/// there yet condemns nobody, and neither does a question that failed.
pub(super) fn look(status: &str) -> Option<Action> {
    use Action::{NotExecuted, Refused};
    Some(match status {
        "PENDING" => NotExecuted(Cause::InProgress),
        "INVALID_ACCOUNT_NUMBER" => Refused(Cause::InvalidAccount),
        "CLOSED" => Refused(Cause::InactiveAccount),
        // Reported by other users: people decide (safety rule 8), also where Flip would pay.
        "SUSPECTED_ACCOUNT" | "BLACK_LISTED" => Refused(Cause::SuspectedFraud),
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
        assert_eq!(action(422, "VALIDATION_ERROR", Some(1025)), Some(Action::Refused(Cause::InvalidAccount)));
        for http in [200, 400, 401, 403, 404, 429, 500, 502] {
            for (code, inner) in
                [("VALIDATION_ERROR", Some(1025)), ("VALIDATION_ERROR", None), ("BALANCE_INSUFFICIENT", None)]
            {
                assert_eq!(action(http, code, inner), None, "{http} {code}");
            }
        }
        assert_eq!((action(422, UNAUTHORIZED, None), action(404, "Not Found", None)), (None, None));
        assert_eq!(standing("PAID"), None);
    }

    #[test]
    fn a_question_about_an_account_that_is_not_answered_yet_condemns_nobody() {
        assert_eq!(look("PENDING"), Some(Action::NotExecuted(Cause::InProgress)));
        assert_eq!((look("FAILED"), look("ZZ")), (None, None));
    }
}
