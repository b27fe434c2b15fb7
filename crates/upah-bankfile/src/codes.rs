//! What the codes of ISO 20022 mean here: statuses, reasons, and the BICs that are confirmed. Data only.
use upah_core::Cause;

/// Banks whose BIC two sources agree on. The configuration adds to these and comes before them: a list that is longer
/// comes from the bank one contracts with.
pub(crate) const BICS: [(&str, &str); 4] =
    [("002", "BRINIDJA"), ("008", "BMRIIDJA"), ("009", "BNINIDJA"), ("014", "CENAIDJA")];

/// Where a file, an instruction or a transfer stands (`GrpSts`, `PmtInfSts`, `TxSts`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Received, checked, or being carried out.
    AtWork,
    /// Settled at the paying bank, or with the worker.
    Settled,
    /// Turned away, for a reason.
    Rejected,
    /// Cancelled on somebody's wish.
    Cancelled,
    /// Of a file or an instruction: some of it was turned away. Says nothing about a single transfer.
    Partly,
}

/// A status that is not here is none that we know: it says nothing, and the wage is asked about again.
pub(crate) fn standing(status: &str) -> Option<Standing> {
    Some(match status {
        "RCVD" | "ACTC" | "ACCP" | "ACSP" | "ACWC" | "ACWP" | "ACFC" | "PATC" | "PDNG" => Standing::AtWork,
        "ACSC" | "ACCC" => Standing::Settled,
        "RJCT" => Standing::Rejected,
        "CANC" => Standing::Cancelled,
        "PART" => Standing::Partly,
        _ => return None,
    })
}

/// What a reason of a rejection means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The bank has it already: what was turned away is a second copy, and the first one is asked about.
    AlreadyReceived,
    /// It was not carried out, for this cause.
    NotCarriedOut(Cause),
}

/// The meaning of a reason code (ISO 20022 external code sets `ExternalStatusReason1Code` and `ExternalReturnReason1Code`).
/// The rejection itself is the proof; a code that is not here, or none, leaves only its cause open.
pub(crate) fn reason(code: &str) -> Reason {
    Reason::NotCarriedOut(match code {
        "AM05" | "DUPL" | "DU01" | "DU02" | "DU03" | "DU04" | "DU05" => return Reason::AlreadyReceived,
        "AC01" | "AC03" | "BE06" => Cause::InvalidAccount,
        "AC04" | "AC07" => Cause::InactiveAccount,
        "AC06" | "MD07" => Cause::AccountDeclined,
        "BE01" => Cause::NameDiffers,
        "AM02" | "AM13" => Cause::AmountOverLimit,
        "CNOR" | "RC01" | "RC03" | "RC04" => Cause::BankNotReachable,
        "AM04" => Cause::InsufficientFunds,
        "AM14" | "AM21" => Cause::PayerLimitReached,
        "AC02" | "AC05" | "DNOR" => Cause::PayerBlocked,
        "BE05" | "DS01" | "DS02" => Cause::CredentialsRefused,
        "AC13" | "AC14" | "AM01" | "AM03" | "AM09" | "AM10" | "AM11" | "AM12" | "AM18" | "CH03" | "CH07" | "CURR"
        | "DT01" | "FF01" | "FF02" | "FF03" | "FF05" => Cause::BadRequest,
        "TM01" => Cause::OutsideHours,
        "AG01" | "AG02" | "RR01" | "RR02" | "RR03" | "RR04" => Cause::NotPermitted,
        "FR01" => Cause::SuspectedFraud,
        "CUST" | "DS0H" | "FOCR" => Cause::TransferCancelled,
        "AB05" | "AB06" | "AB07" | "AB08" | "AB09" | "ED05" | "TS01" => Cause::TransferFailed,
        // MS02, MS03, NARR and what is newer than this table.
        _ => Cause::OtherRefusal,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::is_bic;

    #[test]
    fn bics_are_in_order_named_once_and_of_the_form() {
        assert!(BICS.is_sorted_by(|one, other| one.0 < other.0));
        assert!(BICS.iter().all(|(_, bic)| is_bic(bic)));
    }

    #[test]
    fn a_duplicate_is_no_refusal_under_any_of_its_names() {
        for code in ["AM05", "DUPL", "DU01", "DU04"] {
            assert_eq!(reason(code), Reason::AlreadyReceived, "{code}");
        }
        assert_eq!(reason(""), Reason::NotCarriedOut(Cause::OtherRefusal));
        assert_eq!(standing("PAID"), None);
        assert_eq!(standing("rjct"), None);
    }
}
