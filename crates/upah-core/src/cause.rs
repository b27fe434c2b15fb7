//! Why a payment stands where it stands: one closed catalogue, to which every provider's codes are
//! mapped as data and from which every explanation is composed.
//!
//! Adding a variant makes the compiler ask for its [`Guide`], and the explanation crate's tests ask
//! for its sentence and its next step in every language.
use serde::{Deserialize, Serialize};

/// Whose fault it is, which decides what may be done next (safety rule 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// The destination cannot take the money; another consented destination may be used.
    Recipient,
    /// The payer's account, contract or request; the rail is parked and unsent payments wait.
    Sender,
    /// The provider or the way to it; the rail is parked and unsent payments wait.
    Rail,
    /// A person has to look: suspected fraud, contradictory evidence, a decision that is asked for.
    People,
    /// Nobody's: the ordinary course of things.
    Nobody,
}

/// Who has to act next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The person who is paid.
    Worker,
    /// The payroll office.
    Employer,
    /// The bank or wallet.
    Provider,
    /// Upah itself: it goes on by itself.
    Upah,
    /// Nobody has to act.
    Nobody,
}

/// Where the money is while this cause stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Money {
    /// Proved: it has not left the payer's account for this payment, or has come back to it.
    WithPayer,
    /// Not known: it may have left.
    Unclear,
    /// Proved: it reached the worker's account.
    WithWorker,
}

/// What the catalogue knows of a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guide {
    /// Whose fault.
    pub whose: Whose,
    /// Where the money is.
    pub money: Money,
    /// Who acts next.
    pub actor: Actor,
    /// In how many days somebody should have acted; `None` where nobody must.
    pub act_within_days: Option<u16>,
}

macro_rules! catalogue {
    ($( $(#[doc = $doc:literal])+ $name:ident = $code:literal : $whose:ident, $money:ident, $actor:ident, $days:expr; )+) => {
        /// The closed catalogue of causes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Cause {
            $( $(#[doc = $doc])+ #[serde(rename = $code)] $name, )+
        }

        impl Cause {
            /// Every cause, in the order of the catalogue.
            pub const ALL: &'static [Cause] = &[$(Cause::$name),+];

            /// The stable code: what stands in `reason`, in events and in message catalogues.
            pub const fn code(self) -> &'static str {
                match self { $(Cause::$name => $code),+ }
            }

            /// What the catalogue knows of it.
            pub const fn guide(self) -> Guide {
                match self {
                    $(Cause::$name => Guide {
                        whose: Whose::$whose, money: Money::$money, actor: Actor::$actor, act_within_days: $days,
                    }),+
                }
            }
        }
    };
}

catalogue! {
    /// The account or wallet does not exist (SNAP 404ss11).
    InvalidAccount = "invalid_account": Recipient, WithPayer, Worker, Some(3);
    /// The account or wallet is closed or inactive (403ss18).
    InactiveAccount = "inactive_account": Recipient, WithPayer, Worker, Some(3);
    /// The account is dormant (403ss09).
    DormantAccount = "dormant_account": Recipient, WithPayer, Worker, Some(3);
    /// The receiving bank declines because of the account's status (403ss05).
    AccountDeclined = "account_declined": Recipient, WithPayer, Worker, Some(3);
    /// The account or wallet may not take this amount (403ss02).
    AmountOverLimit = "amount_over_limit": Recipient, WithPayer, Employer, Some(3);
    /// The account or wallet is full for today or this month (403ss23).
    AccountLimitReached = "account_limit_reached": Recipient, WithPayer, Worker, Some(3);
    /// Too many transactions on the account (403ss04).
    TooManyTransactions = "too_many_transactions": Recipient, WithPayer, Worker, Some(3);
    /// The destination bank cannot be reached over this rail (404ss02, 404ss03, 404ss09).
    BankNotReachable = "bank_not_reachable": Recipient, WithPayer, Employer, Some(3);
    /// This transaction is not permitted (403ss15): a wrong date, a name that differs and a refusal by the
    /// destination's bank bear the same code, so it licenses no other destination by itself.
    NotPermitted = "not_permitted": People, WithPayer, Employer, Some(3);
    /// The bank suspects fraud (403ss03).
    SuspectedFraud = "suspected_fraud": People, WithPayer, Employer, Some(1);
    /// The bank has suspended the transaction (403ss16, 404ss00).
    Suspended = "suspended": People, Unclear, Employer, Some(1);
    /// The payer's account is short of funds (403ss14, or the balance asked before the run).
    InsufficientFunds = "insufficient_funds": Sender, WithPayer, Employer, Some(1);
    /// The provider does not accept the request as it is written (400ss00 to 400ss02, 404ss13).
    BadRequest = "bad_request": Sender, WithPayer, Employer, Some(1);
    /// The provider does not accept our credentials or signature (401ss00).
    CredentialsRefused = "credentials_refused": Sender, WithPayer, Employer, Some(1);
    /// The contract with the provider does not allow this service (403ss01), or the provider does not
    /// offer it (405ss00, 405ss01).
    FeatureNotAllowed = "feature_not_allowed": Sender, WithPayer, Employer, Some(1);
    /// The provider has blocked the payer (403ss19, 404ss08, 404ss16).
    PayerBlocked = "payer_blocked": Sender, WithPayer, Employer, Some(1);
    /// The payer's daily limit is used up (403ss20).
    PayerLimitReached = "payer_limit_reached": Sender, WithPayer, Employer, Some(1);
    /// Outside the hours of the service (403ss06).
    OutsideHours = "outside_hours": Rail, WithPayer, Upah, Some(1);
    /// The provider asks us to slow down (429).
    TooManyRequests = "too_many_requests": Rail, WithPayer, Upah, None;
    /// The provider could not be reached at all: nothing was sent.
    RailUnreachable = "rail_unreachable": Rail, WithPayer, Upah, Some(1);
    /// The provider took the request back as expired (403ss00).
    RequestExpired = "request_expired": Rail, WithPayer, Employer, Some(1);
    /// The provider says that the transfer failed (status 06).
    TransferFailed = "transfer_failed": People, WithPayer, Employer, Some(3);
    /// The provider says that the transfer was cancelled (status 05, 404ss04).
    TransferCancelled = "transfer_cancelled": People, WithPayer, Employer, Some(3);
    /// Any other refusal, proved by the provider's own envelope.
    OtherRefusal = "other_refusal": People, WithPayer, Employer, Some(3);
    /// The provider has accepted and is still working (202ss00, status 01 to 03).
    InProgress = "in_progress": Nobody, Unclear, Provider, None;
    /// No answer, or none that can be trusted: the provider may have paid.
    NoAnswer = "no_answer": Rail, Unclear, Upah, None;
    /// Upah was stopped while the request was on its way.
    Interrupted = "interrupted": Nobody, Unclear, Upah, None;
    /// The provider knows this reference already (409ss01, 404ss18): it is asked about the first one.
    DuplicateReference = "duplicate_reference": Nobody, Unclear, Upah, None;
    /// The provider still does not know the reference, too late to be sure that it never will.
    ReferenceTooOld = "reference_too_old": People, Unclear, Employer, Some(1);
    /// A repeat was refused and the first request left no trace at the provider.
    ResendRefused = "resend_refused": People, WithPayer, Employer, Some(1);
    /// Two people state, with a file, that the provider did not carry it out; the provider has not said so.
    StatedRefused = "stated_refused": People, Unclear, Employer, Some(1);
    /// The provider's evidence contradicts what we sent or what it said before.
    EvidenceConflict = "evidence_conflict": People, Unclear, Employer, Some(1);
    /// The rail's configuration is not the one under which this attempt was sent.
    RailChanged = "rail_changed": People, Unclear, Employer, Some(1);
    /// Money arrived more than once, or after the attempt had been ended.
    Overpaid = "overpaid": People, WithWorker, Employer, Some(3);
    /// The money came back after it had been paid (status 04, a return).
    Returned = "returned": Recipient, WithPayer, Employer, Some(3);
    /// The account holder's name differs from the name on the payroll.
    NameDiffers = "name_differs": Recipient, WithPayer, Employer, Some(3);
    /// No configured rail serves any of the worker's destinations.
    NoRoute = "no_route": Sender, WithPayer, Employer, Some(1);
    /// The amount is above what the configured rail may pay at once.
    OverRailLimit = "over_rail_limit": Sender, WithPayer, Employer, Some(1);
    /// The payer cannot be asked for another reason than the destination: refused too often.
    RefusedRepeatedly = "refused_repeatedly": Sender, WithPayer, Employer, Some(1);
    /// Waits for the checker's word on the run.
    WaitsForApproval = "waits_for_approval": Nobody, WithPayer, Employer, Some(1);
    /// Looks like a payment that was made already; waits until the approval names it.
    PossibleDuplicate = "possible_duplicate": People, WithPayer, Employer, Some(1);
    /// The destination differs from the last one paid; waits until the approval names it.
    DestinationChanged = "destination_changed": People, WithPayer, Employer, Some(1);
    /// Two workers share this destination; waits until the approval names it.
    DestinationShared = "destination_shared": People, WithPayer, Employer, Some(1);
    /// Stopped by the employer before anything was sent.
    CancelledByEmployer = "cancelled_by_employer": Nobody, WithPayer, Employer, None;
    /// Another reference of ours would be the same: nothing was sent.
    ReferenceClash = "reference_clash": People, WithPayer, Employer, Some(1);
}

impl Cause {
    /// The cause with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|cause| cause.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_stays_small_enough_to_be_explained() {
        assert!(Cause::ALL.len() <= 45, "{}", Cause::ALL.len());
    }

    #[test]
    fn every_code_names_one_cause() {
        for cause in Cause::ALL {
            assert_eq!(Cause::from_code(cause.code()), Some(*cause));
        }
    }

    #[test]
    fn a_fault_that_somebody_must_mend_has_a_day_by_which() {
        for cause in Cause::ALL {
            let guide = cause.guide();
            let must = matches!(guide.actor, Actor::Worker | Actor::Employer);
            assert!(!must || guide.act_within_days.is_some() || *cause == Cause::CancelledByEmployer, "{cause:?}");
        }
    }
}
