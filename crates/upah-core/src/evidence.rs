//! What the world answered, and what that entitles us to say.
//!
//! An adapter turns bytes into one of these and nothing else: no HTTP status, no provider's code
//! reaches a decision. A value that ends an attempt cannot be built without its [`Evidence`].
use crate::cause::Cause;
use crate::money::Rupiah;
use crate::state::AttemptSignal;
use alloc::string::String;
use core::fmt;
use serde::{Deserialize, Serialize};

/// How much a piece of evidence is worth, weakest last (safety rule 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// A line of the bank's statement.
    Statement,
    /// A callback whose signature was verified.
    SignedCallback,
    /// An answer over an authenticated connection. SNAP responses carry no signature of their own.
    TlsResponse,
    /// The word of two people, with a file.
    People,
}

/// What a provider said, kept as it came.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it is worth.
    pub grade: Grade,
    /// The provider's own code, `2001800`; empty when there was none.
    pub code: String,
    /// The provider's own id of the transaction, when it gave one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub provider_id: Option<String>,
    /// The raw answer, capped by the adapter; text that is not UTF-8 is replaced where it is broken.
    pub raw: String,
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence").field("grade", &self.grade).field("code", &self.code).finish_non_exhaustive()
    }
}

/// A refusal with its proof: the provider did not execute the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub cause: Cause,
    /// The provider's envelope that says so.
    pub evidence: Evidence,
}

/// Why an answer says nothing about the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// No answer within the time, or the connection broke after the request may have left.
    NoAnswer,
    /// An answer that cannot be trusted: a proxy's page, a broken body, a foreign envelope.
    Unreadable,
    /// The provider reports an error of its own (5xx).
    ProviderError,
    /// The reference is known already (409ss01).
    Duplicate,
    /// The reference is known with another body (404ss18).
    Inconsistent,
    /// The provider holds the transaction back for review and may release it later (403ss16, 404ss00).
    Suspended,
    /// We were stopped before the answer was recorded.
    Interrupted,
}

impl Doubt {
    /// The provider claims to know the reference: "not found" never licenses a repeat after that
    /// (safety rule 4).
    pub const fn claims_to_know_the_reference(self) -> bool {
        matches!(self, Self::Duplicate | Self::Inconsistent)
    }

    /// The cause that is told while the doubt lasts.
    pub const fn cause(self) -> Cause {
        match self {
            Self::NoAnswer | Self::Unreadable | Self::ProviderError => Cause::NoAnswer,
            Self::Duplicate | Self::Inconsistent => Cause::DuplicateReference,
            Self::Suspended => Cause::Suspended,
            Self::Interrupted => Cause::Interrupted,
        }
    }
}

/// What came of sending one attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum SubmitOutcome {
    /// Proved not executed and fit to be sent again as it is: the connection was never made, the
    /// token had expired, the provider asked to slow down.
    NotSent {
        /// Why.
        cause: Cause,
        /// How long the provider wants us to wait, in seconds.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        retry_after_seconds: Option<u32>,
    },
    /// Proved not executed, and this request never will be.
    Refused(Refusal),
    /// The provider works on it.
    Accepted(Evidence),
    /// The worker has the money; reference, amount and account were checked where echoed.
    Settled(Evidence),
    /// A success that is not ours: what it echoes differs from what we sent (safety rule 7).
    Contradicted {
        /// The field that differs.
        field: String,
        /// The answer.
        evidence: Evidence,
    },
    /// The provider may have paid.
    Unknown {
        /// Why we cannot tell.
        doubt: Doubt,
        /// What came, if anything.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        evidence: Option<Evidence>,
    },
}

impl SubmitOutcome {
    /// What it says to the table of attempts.
    pub const fn signal(&self) -> AttemptSignal {
        match self {
            Self::NotSent { .. } => AttemptSignal::NotSent,
            Self::Refused(_) => AttemptSignal::Refused,
            Self::Accepted(_) => AttemptSignal::Accepted,
            Self::Settled(_) => AttemptSignal::Settled,
            Self::Contradicted { .. } => AttemptSignal::Contradicted,
            Self::Unknown { .. } => AttemptSignal::Unclear,
        }
    }
}

/// What the provider says when asked about a reference of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum InquiryAnswer {
    /// Paid (status 00).
    Success(Evidence),
    /// Still at work (01, 02, 03).
    InProgress(Evidence),
    /// Paid and then returned (04), with the amount when it was told.
    Refunded {
        /// The returned amount.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        amount: Option<Rupiah>,
        /// The answer.
        evidence: Evidence,
    },
    /// Ended without payment (05, 06).
    Failed(Refusal),
    /// The provider does not know the reference (07, 404ss01). Proves nothing by itself.
    NotFound(Evidence),
    /// An answer about something else than what we sent.
    Contradicted {
        /// The field that differs.
        field: String,
        /// The answer.
        evidence: Evidence,
    },
    /// Only the question failed; nothing was learned.
    Unavailable {
        /// Why.
        cause: Cause,
        /// How long the provider wants us to wait, in seconds.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        retry_after_seconds: Option<u32>,
    },
}

impl InquiryAnswer {
    /// What it says to the table of attempts; nothing when only the question failed.
    pub const fn signal(&self) -> Option<AttemptSignal> {
        Some(match self {
            Self::Success(_) => AttemptSignal::AskSettled,
            Self::InProgress(_) => AttemptSignal::AskInProgress,
            Self::Refunded { .. } => AttemptSignal::AskReturned,
            Self::Failed(_) => AttemptSignal::AskFailed,
            Self::NotFound(_) => AttemptSignal::AskNotFound,
            Self::Contradicted { .. } => AttemptSignal::AskContradicted,
            Self::Unavailable { .. } => return None,
        })
    }
}

/// What the account inquiry before a payment found.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Inspection {
    /// The account exists.
    Found {
        /// The holder's name as the bank tells it, possibly masked; empty when it tells none.
        name: String,
        /// A session that the payment must carry.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        session: Option<String>,
    },
    /// The account cannot be paid.
    Refused(Refusal),
    /// Only the question failed.
    Unavailable {
        /// Why.
        cause: Cause,
        /// How long the provider wants us to wait, in seconds.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        retry_after_seconds: Option<u32>,
    },
}

impl fmt::Debug for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found { .. } => f.write_str("Found { .. }"),
            Self::Refused(refusal) => f.debug_tuple("Refused").field(refusal).finish(),
            Self::Unavailable { cause, .. } => f.debug_tuple("Unavailable").field(cause).finish(),
        }
    }
}
