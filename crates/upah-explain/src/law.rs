//! The article on which a step rests, where there is one.
//!
//! UU 3/2011 on fund transfers: article 54, a bank that is late owes the receiver for it; article 56, the sender's
//! bank mends its mistake at once; article 85, money that one knows not to be one's own is not kept. A complaint by
//! word of mouth has five working days under POJK 22/2023, as banks tell their customers. What a late wage costs
//! the employer is not told here.

use upah_core::Cause;
use upah_core::cause::Actor;

use crate::standing::{Standing, Step};

/// The key of the sentences that name it.
pub(crate) fn key(standing: &Standing<'_>) -> Option<&'static str> {
    if !standing.excess.is_zero() {
        return Some("law-excess");
    }
    match standing.step {
        Step::OfState(_, Actor::Nobody) => Some("law-complaint"),
        Step::OfState(..) => None,
        Step::OfCause(cause) => of_cause(cause),
    }
}

fn of_cause(cause: Cause) -> Option<&'static str> {
    match cause {
        Cause::InProgress | Cause::NoAnswer => Some("law-late"),
        Cause::EvidenceConflict
        | Cause::ReferenceTooOld
        | Cause::TransferFailed
        | Cause::TransferCancelled
        | Cause::OtherRefusal => Some("law-error"),
        // What she asks her own bank to do.
        Cause::InactiveAccount
        | Cause::DormantAccount
        | Cause::AccountDeclined
        | Cause::AccountLimitReached
        | Cause::TooManyTransactions => Some("law-complaint"),
        _ => None,
    }
}
