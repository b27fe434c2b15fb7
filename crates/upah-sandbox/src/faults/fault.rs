//! The faults by name, and where each makes sense.

use crate::scenario;

/// One way to misbehave.
///
/// *Before* means that nothing is booked; *after*, that the bank has done its work and only the
/// answer is lost or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The connection is reset, nothing is booked.
    ResetBeforeBooking,
    /// The connection is reset, the money has moved.
    ResetAfterBooking,
    /// No answer until the client gives up, nothing is booked.
    HangBeforeBooking,
    /// No answer until the client gives up, the money has moved.
    HangAfterBooking,
    /// `500ss00`, nothing is booked.
    Error500,
    /// `500ss00`, the money has moved.
    Error500AfterBooking,
    /// A proxy's 502 page, nothing is booked.
    Page502,
    /// A proxy's 502 page, the money has moved.
    Page502AfterBooking,
    /// `504ss00`, nothing is booked.
    Timeout504,
    /// `504ss00`, the money has moved.
    Timeout504AfterBooking,
    /// `429ss00` with `Retry-After`, nothing is booked.
    TooMany429,
    /// `401ss01`, and the token is forgotten.
    TokenExpired,
    /// A firewall's 403 page without an envelope, nothing is booked.
    Html403Page,
    /// The same page, the money has moved.
    Html403PageAfterBooking,
    /// `202ss00`; status inquiries say 03 for a while, then it is booked.
    InProgressThenSuccess,
    /// `202ss00`; status inquiries say 03 for a while, then 06, and nothing was booked.
    InProgressThenFailure,
    /// Booked, but status inquiries deny it for a while (`404ss01` or 07).
    NotFoundForAWhile,
    /// Booked, and some time later given back without notice (04).
    LateReturn,
    /// 200 whose JSON breaks off, the money has moved.
    GarbageBody,
    /// Success that names one rupiah more.
    WrongAmountEchoed,
    /// A refusal of another service's call, the money has moved.
    ForeignRefusal,
    /// A callback is delivered once more after it was acknowledged.
    CallbackTwice,
    /// A callback is never sent.
    CallbackLost,
    /// Somebody else signs the callback, and the bank itself sends none.
    CallbackForged,
    /// The call takes longer.
    Slow,
    /// This refusal, nothing is booked.
    Refuse {
        /// HTTP status.
        http: u16,
        /// Case code.
        case: u8,
    },
}

/// Which calls a fault is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// Transfers and top-ups (17, 18, 38).
    Submit,
    /// Status inquiries (36, 39).
    Ask,
    /// Account and balance inquiries (11, 15, 16, 37).
    LookUp,
    /// The token (73).
    Token,
    /// What the bank says unasked.
    Callback,
}

impl Scope {
    /// All of them, with the names a fault plan calls them by.
    pub const ALL: [(&'static str, Self); 5] = [
        ("submit", Self::Submit),
        ("ask", Self::Ask),
        ("lookup", Self::LookUp),
        ("token", Self::Token),
        ("callback", Self::Callback),
    ];
}

impl Fault {
    /// The fault a plan calls `name`; `refuse_40411` for any refusal of the standard.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some(digits) = name.strip_prefix("refuse_") {
            let (http, case) = scenario::code(digits)?;
            return (http >= 400).then_some(Self::Refuse { http, case });
        }
        NAMES.iter().find(|(listed, _)| *listed == name).map(|(_, fault)| *fault)
    }

    /// Its name in a plan.
    #[must_use]
    pub fn name(self) -> String {
        if let Self::Refuse { http, case } = self {
            return format!("refuse_{http}{case:02}");
        }
        NAMES.iter().find(|(_, fault)| *fault == self).map_or_else(String::new, |(name, _)| (*name).to_owned())
    }

    /// At most one of these happens to a call; the others happen beside it.
    pub(crate) fn is_outcome(self) -> bool {
        !matches!(self, Self::Slow | Self::NotFoundForAWhile | Self::LateReturn)
    }

    /// Some faults are about a booking, or about a token that must first have been issued.
    pub(crate) fn fits(self, scope: Scope) -> bool {
        let is_of_callbacks = matches!(self, Self::CallbackTwice | Self::CallbackLost | Self::CallbackForged);
        if scope == Scope::Callback || is_of_callbacks {
            return scope == Scope::Callback && (is_of_callbacks || self == Self::Slow);
        }
        match self {
            Self::InProgressThenSuccess | Self::InProgressThenFailure | Self::NotFoundForAWhile | Self::LateReturn => {
                scope == Scope::Submit
            }
            Self::WrongAmountEchoed => matches!(scope, Scope::Submit | Scope::Ask),
            Self::TokenExpired => scope != Scope::Token,
            _ => true,
        }
    }
}

const NAMES: &[(&str, Fault)] = &[
    ("reset_before_booking", Fault::ResetBeforeBooking),
    ("reset_after_booking", Fault::ResetAfterBooking),
    ("hang_before_booking", Fault::HangBeforeBooking),
    ("hang_after_booking", Fault::HangAfterBooking),
    ("error_500", Fault::Error500),
    ("error_500_after_booking", Fault::Error500AfterBooking),
    ("page_502", Fault::Page502),
    ("page_502_after_booking", Fault::Page502AfterBooking),
    ("timeout_504", Fault::Timeout504),
    ("timeout_504_after_booking", Fault::Timeout504AfterBooking),
    ("too_many_429", Fault::TooMany429),
    ("token_expired", Fault::TokenExpired),
    ("html_403_page", Fault::Html403Page),
    ("html_403_page_after_booking", Fault::Html403PageAfterBooking),
    ("in_progress_then_success", Fault::InProgressThenSuccess),
    ("in_progress_then_failure", Fault::InProgressThenFailure),
    ("not_found_for_a_while", Fault::NotFoundForAWhile),
    ("late_return", Fault::LateReturn),
    ("garbage_body", Fault::GarbageBody),
    ("wrong_amount_echoed", Fault::WrongAmountEchoed),
    ("foreign_refusal", Fault::ForeignRefusal),
    ("callback_twice", Fault::CallbackTwice),
    ("callback_lost", Fault::CallbackLost),
    ("callback_forged", Fault::CallbackForged),
    ("slow", Fault::Slow),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_its_fault_and_back() {
        for (name, fault) in NAMES {
            assert_eq!(Fault::from_name(name), Some(*fault));
            assert_eq!(fault.name(), *name);
        }
        let refusal = Fault::from_name("refuse_40311");
        assert_eq!(refusal, Some(Fault::Refuse { http: 403, case: 11 }));
        assert_eq!(refusal.map(Fault::name).as_deref(), Some("refuse_40311"));
        for nonsense in ["refuse_40399", "refuse_20000", "refuse_4031", "resets", ""] {
            assert_eq!(Fault::from_name(nonsense), None, "{nonsense}");
        }
    }
}
