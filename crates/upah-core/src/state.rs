//! What can happen to an attempt and to a payment: two total tables, kept as data.
//!
//! Every cell is filled, the "impossible" ones included (safety rule 13). [`Cell::Stay`] in a cell
//! of evidence means: recorded, and it changes nothing, because it proves nothing. The most important
//! row is [`AttemptState::Unknown`]: no refusal, no "not sent" and no "not found" leaves it.
use serde::{Deserialize, Serialize};

/// Where one submission stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptState {
    /// Durable and about to leave for the first time, or on its way; nothing is known yet.
    Sending,
    /// Proved never to have left; the same bytes may be sent.
    NotSent,
    /// The provider works on it.
    Pending,
    /// It may have been executed. Ends by evidence alone (invariant 4).
    Unknown,
    /// The worker has the money.
    Settled,
    /// Proved not executed.
    Refused,
    /// Executed, and the money came back.
    Returned,
    /// Evidence that contradicts what was sent; only people end it.
    Disputed,
}

impl AttemptState {
    /// Every state, in the order of the table's rows.
    pub const ALL: [Self; 8] = [
        Self::Sending,
        Self::NotSent,
        Self::Pending,
        Self::Unknown,
        Self::Settled,
        Self::Refused,
        Self::Returned,
        Self::Disputed,
    ];

    /// Whether money may have moved, or may yet move, under this attempt (invariant 1).
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Sending | Self::Pending | Self::Unknown | Self::Settled | Self::Disputed)
    }
}

/// What can be learned about an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttemptSignal {
    /// We begin to send it (again).
    Sent,
    /// Proof that this send did not leave.
    NotSent,
    /// A refusal of this send, with its envelope.
    Refused,
    /// Accepted for processing.
    Accepted,
    /// Success in the answer itself.
    Settled,
    /// An answer whose echo is not what we sent.
    Contradicted,
    /// No answer, or none to be trusted.
    Unclear,
    /// Inquiry: paid.
    AskSettled,
    /// Inquiry: in progress.
    AskInProgress,
    /// Inquiry: returned.
    AskReturned,
    /// Inquiry: ended without payment.
    AskFailed,
    /// Inquiry: not known there.
    AskNotFound,
    /// Inquiry: about something else than we sent.
    AskContradicted,
    /// The planner ends it: a repeat was refused, and the trust window found nothing (safety rule 2).
    Abandoned,
    /// Refused for our own or the rail's fault: the same bytes may go again under the same reference.
    Released,
    /// A line of the bank's statement, or two people with a file, say: paid. It ends a contradiction too.
    StatedSettled,
    /// Two people with a file say: not carried out. It ends a contradiction too.
    StatedRefused,
}

impl AttemptSignal {
    /// Every signal, in the order of the table's columns.
    pub const ALL: [Self; 17] = [
        Self::Sent,
        Self::NotSent,
        Self::Refused,
        Self::Accepted,
        Self::Settled,
        Self::Contradicted,
        Self::Unclear,
        Self::AskSettled,
        Self::AskInProgress,
        Self::AskReturned,
        Self::AskFailed,
        Self::AskNotFound,
        Self::AskContradicted,
        Self::Abandoned,
        Self::Released,
        Self::StatedSettled,
        Self::StatedRefused,
    ];
}

/// One cell of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<S> {
    /// Goes to this state.
    To(S),
    /// Recorded; proves nothing; stays.
    Stay,
}

use AttemptState as A;
use Cell::{Stay, To};

/// Attempt state (row) by signal (column).
#[rustfmt::skip]
pub const ATTEMPT_TABLE: [[Cell<A>; 17]; 8] = [
    //             Sent            NotSent         Refused         Accepted        Settled         Contradicted     Unclear         AskSettled      AskInProgress   AskReturned      AskFailed       AskNotFound AskContradicted  Abandoned        Released         StatedSettled    StatedRefused
    /* Sending  */ [To(A::Disputed), To(A::NotSent), To(A::Refused), To(A::Pending), To(A::Settled), To(A::Disputed), To(A::Unknown), To(A::Settled), To(A::Pending), To(A::Returned), To(A::Refused), Stay,       To(A::Disputed), To(A::Disputed), Stay, To(A::Settled), Stay],
    /* NotSent  */ [To(A::Sending),  Stay,           To(A::Refused), To(A::Pending), To(A::Settled), To(A::Disputed), To(A::Unknown), To(A::Settled), To(A::Pending), To(A::Returned), To(A::Refused), Stay,       To(A::Disputed), To(A::Refused), Stay, To(A::Settled), Stay],
    /* Pending  */ [To(A::Disputed), Stay,           Stay,           Stay,           To(A::Settled), To(A::Disputed), Stay,           To(A::Settled), Stay,           To(A::Returned), To(A::Refused), Stay,       To(A::Disputed), To(A::Disputed), Stay, To(A::Settled), To(A::Refused)],
    /* Unknown  */ [Stay,            Stay,           Stay,           To(A::Pending), To(A::Settled), To(A::Disputed), Stay,           To(A::Settled), To(A::Pending), To(A::Returned), To(A::Refused), Stay,       To(A::Disputed), To(A::Refused), Stay, To(A::Settled), To(A::Refused)],
    /* Settled  */ [To(A::Disputed), Stay,           Stay,           Stay,           Stay,           To(A::Disputed), Stay,           Stay,           Stay,           To(A::Returned), To(A::Disputed), Stay,      To(A::Disputed), To(A::Disputed), Stay, Stay, Stay],
    /* Refused  */ [To(A::Disputed), Stay,           Stay,           To(A::Pending), To(A::Settled), To(A::Disputed), Stay,          To(A::Settled), To(A::Pending), To(A::Returned), Stay,          Stay,       To(A::Disputed), Stay, To(A::NotSent), To(A::Settled), Stay],
    /* Returned */ [To(A::Disputed), Stay,           Stay,           Stay,           To(A::Disputed), To(A::Disputed), Stay,          To(A::Disputed), Stay,          Stay,            Stay,           Stay,       To(A::Disputed), Stay, Stay, To(A::Disputed), Stay],
    /* Disputed */ [Stay,            Stay,           Stay,           Stay,           Stay,           Stay,            Stay,           Stay,           Stay,           To(A::Returned), Stay,           Stay,       Stay,            Stay, Stay, To(A::Settled), To(A::Refused)],
];

/// The attempt's next state.
pub const fn next_attempt_state(state: AttemptState, signal: AttemptSignal) -> AttemptState {
    match ATTEMPT_TABLE[state as usize][signal as usize] {
        To(next) => next,
        Stay => state,
    }
}

/// Where a payment stands; the words of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Sealed, and waiting for the checker's word.
    AwaitingApproval,
    /// May be sent.
    Ready,
    /// An attempt is durable and may be on its way.
    Sending,
    /// The provider works on it.
    Pending,
    /// It may have been paid.
    Unknown,
    /// The worker has the money.
    Settled,
    /// The newest attempt was refused; the provider is asked once more before anything follows.
    Refused,
    /// Paid, and the money came back. Waits for people.
    Returned,
    /// Waits for people.
    NeedsAction,
    /// Stopped before anything was sent.
    Cancelled,
}

impl PaymentState {
    /// Every state, in the order of the table's rows.
    pub const ALL: [Self; 10] = [
        Self::AwaitingApproval,
        Self::Ready,
        Self::Sending,
        Self::Pending,
        Self::Unknown,
        Self::Settled,
        Self::Refused,
        Self::Returned,
        Self::NeedsAction,
        Self::Cancelled,
    ];

    /// The word of the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwaitingApproval => "awaiting_approval",
            Self::Ready => "ready",
            Self::Sending => "sending",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Settled => "settled",
            Self::Refused => "refused",
            Self::Returned => "returned",
            Self::NeedsAction => "needs_action",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The ISO 20022 transaction status; a return is a pacs.004 and a need for action has no code.
    pub const fn iso20022(self) -> Option<&'static str> {
        match self {
            Self::AwaitingApproval | Self::Ready => Some("RCVD"),
            Self::Sending | Self::Pending => Some("ACSP"),
            Self::Unknown => Some("PDNG"),
            Self::Settled => Some("ACSC"),
            Self::Refused => Some("RJCT"),
            Self::Cancelled => Some("CANC"),
            Self::Returned | Self::NeedsAction => None,
        }
    }

    /// Whether Upah still has something to do by itself.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Ready | Self::Sending | Self::Pending | Self::Unknown | Self::Refused)
    }

    /// Whether new instructions may replace the old ones, provided that no attempt is live
    /// (safety rule 15).
    pub const fn may_be_reinstructed(self) -> bool {
        matches!(self, Self::AwaitingApproval | Self::Ready | Self::NeedsAction | Self::Returned | Self::Cancelled)
    }
}

/// What can happen to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaymentSignal {
    /// The checker approved the run, and every hold on the payment was confirmed.
    Approved,
    /// A new file replaces destination and name; it needs an approval of its own.
    Reinstructed,
    /// The employer stops it.
    Cancelled,
    /// A new attempt is durable, or the stored one is sent again.
    Sent,
    /// The newest attempt is now in this state.
    Attempt(AttemptState),
    /// After a refusal: the next destination is taken, or the same one after the rail's fault.
    Rerouted,
    /// The planner hands it to people.
    Parked,
    /// Money arrived under an attempt that had been ended.
    LateSuccess,
}

impl PaymentSignal {
    /// Every signal, in the order of the table's columns.
    pub const ALL: [Self; 15] = [
        Self::Approved,
        Self::Reinstructed,
        Self::Cancelled,
        Self::Sent,
        Self::Attempt(A::Sending),
        Self::Attempt(A::NotSent),
        Self::Attempt(A::Pending),
        Self::Attempt(A::Unknown),
        Self::Attempt(A::Settled),
        Self::Attempt(A::Refused),
        Self::Attempt(A::Returned),
        Self::Attempt(A::Disputed),
        Self::Rerouted,
        Self::Parked,
        Self::LateSuccess,
    ];

    const fn column(self) -> usize {
        match self {
            Self::Approved => 0,
            Self::Reinstructed => 1,
            Self::Cancelled => 2,
            Self::Sent => 3,
            Self::Attempt(state) => 4 + state as usize,
            Self::Rerouted => 12,
            Self::Parked => 13,
            Self::LateSuccess => 14,
        }
    }
}

use PaymentState as P;

const AWAIT: Cell<P> = To(P::AwaitingApproval);
const READY: Cell<P> = To(P::Ready);
const SEND: Cell<P> = To(P::Sending);
const PEND: Cell<P> = To(P::Pending);
const UNKN: Cell<P> = To(P::Unknown);
const SETTL: Cell<P> = To(P::Settled);
const REFUS: Cell<P> = To(P::Refused);
const RETUR: Cell<P> = To(P::Returned);
const NEEDS: Cell<P> = To(P::NeedsAction);
const CANCL: Cell<P> = To(P::Cancelled);

/// Payment state (row) by signal (column). An "impossible" cell is [`PaymentState::NeedsAction`]
/// when money may be involved, and `Stay` when ignoring is the safe answer.
#[rustfmt::skip]
pub const PAYMENT_TABLE: [[Cell<P>; 15]; 10] = [
    //                 Approved Reinstr Cancel Sent   Sending NotSent Pending Unknown Settled Refused Returned Disputed Reroute Parked LateSuccess
    /* Awaiting    */ [READY,   AWAIT,  CANCL, NEEDS, NEEDS,  Stay,   NEEDS,  NEEDS,  NEEDS,  Stay,   RETUR,   NEEDS,   Stay,   NEEDS, NEEDS],
    /* Ready       */ [Stay,    AWAIT,  CANCL, SEND,  SEND,   Stay,   PEND,   UNKN,   SETTL,  REFUS,  RETUR,   NEEDS,   Stay,   NEEDS, NEEDS],
    /* Sending     */ [Stay,    Stay,   Stay,  NEEDS, Stay,   READY,  PEND,   UNKN,   SETTL,  REFUS,  RETUR,   NEEDS,   Stay,   Stay,  NEEDS],
    /* Pending     */ [Stay,    Stay,   Stay,  NEEDS, NEEDS,  NEEDS,  Stay,   UNKN,   SETTL,  REFUS,  RETUR,   NEEDS,   Stay,   NEEDS, NEEDS],
    /* Unknown     */ [Stay,    Stay,   Stay,  Stay,  NEEDS,  NEEDS,  PEND,   Stay,   SETTL,  REFUS,  RETUR,   NEEDS,   Stay,   NEEDS, NEEDS],
    /* Settled     */ [Stay,    Stay,   Stay,  NEEDS, NEEDS,  NEEDS,  NEEDS,  NEEDS,  Stay,   NEEDS,  RETUR,   NEEDS,   Stay,   Stay,  NEEDS],
    /* Refused     */ [Stay,    Stay,   Stay,  NEEDS, NEEDS,  READY,  PEND,   NEEDS,  SETTL,  Stay,   RETUR,   NEEDS,   READY,  NEEDS, NEEDS],
    /* Returned    */ [Stay,    AWAIT,  Stay,  NEEDS, NEEDS,  NEEDS,  NEEDS,  NEEDS,  NEEDS,  Stay,   Stay,    NEEDS,   Stay,   NEEDS, NEEDS],
    /* NeedsAction */ [Stay,    AWAIT,  CANCL, Stay,  Stay,   Stay,   PEND,   UNKN,   SETTL,  Stay,   RETUR,   Stay,    Stay,   Stay,  Stay],
    /* Cancelled   */ [Stay,    AWAIT,  Stay,  NEEDS, NEEDS,  Stay,   NEEDS,  NEEDS,  NEEDS,  Stay,   RETUR,   NEEDS,   Stay,   Stay,  NEEDS],
];

/// The payment's next state.
pub const fn next_payment_state(state: PaymentState, signal: PaymentSignal) -> PaymentState {
    match PAYMENT_TABLE[state as usize][signal.column()] {
        To(next) => next,
        Stay => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_the_codes_of_iso_20022_where_there_is_one() {
        let codes: alloc::vec::Vec<_> = PaymentState::ALL.iter().map(|state| state.iso20022().unwrap_or("-")).collect();
        assert_eq!(codes, ["RCVD", "RCVD", "ACSP", "ACSP", "PDNG", "ACSC", "RJCT", "-", "-", "CANC"]);
    }

    #[test]
    fn rows_and_columns_stand_in_the_order_of_their_enums() {
        for (i, state) in AttemptState::ALL.into_iter().enumerate() {
            assert_eq!(state as usize, i);
        }
        for (i, signal) in AttemptSignal::ALL.into_iter().enumerate() {
            assert_eq!(signal as usize, i);
        }
        for (i, state) in PaymentState::ALL.into_iter().enumerate() {
            assert_eq!(state as usize, i);
        }
        for (i, signal) in PaymentSignal::ALL.into_iter().enumerate() {
            assert_eq!(signal.column(), i);
        }
    }

    #[test]
    fn only_evidence_about_this_reference_ends_an_unknown_attempt() {
        use AttemptSignal as S;
        for signal in AttemptSignal::ALL {
            let ends = next_attempt_state(A::Unknown, signal) != A::Unknown;
            let is_evidence = matches!(
                signal,
                S::Accepted
                    | S::Settled
                    | S::Contradicted
                    | S::AskSettled
                    | S::AskInProgress
                    | S::AskReturned
                    | S::AskFailed
                    | S::AskContradicted
                    | S::Abandoned
                    | S::StatedSettled
                    | S::StatedRefused
            );
            assert_eq!(ends, is_evidence, "{signal:?}");
        }
    }

    #[test]
    fn a_live_attempt_is_never_declared_dead_by_a_refused_resend_or_a_failed_send() {
        for state in AttemptState::ALL.into_iter().filter(|s| s.is_live() && *s != A::Sending) {
            for signal in [AttemptSignal::NotSent, AttemptSignal::Refused, AttemptSignal::AskNotFound] {
                assert_eq!(next_attempt_state(state, signal), state, "{state:?} {signal:?}");
            }
        }
    }

    #[test]
    fn a_payment_becomes_ready_only_from_states_in_which_no_money_can_be_on_its_way() {
        for state in PaymentState::ALL {
            for signal in PaymentSignal::ALL {
                if next_payment_state(state, signal) == P::Ready && state != P::Ready {
                    assert!(
                        matches!(
                            (state, signal),
                            (P::AwaitingApproval, PaymentSignal::Approved)
                                | (P::Sending | P::Refused, PaymentSignal::Attempt(A::NotSent))
                                | (P::Refused, PaymentSignal::Rerouted)
                        ),
                        "{state:?} {signal:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_settled_payment_moves_only_to_returned_or_to_people() {
        for signal in PaymentSignal::ALL {
            let next = next_payment_state(P::Settled, signal);
            assert!(matches!(next, P::Settled | P::Returned | P::NeedsAction), "{signal:?}");
        }
    }

    #[test]
    fn every_state_has_the_name_of_the_contract() {
        for state in PaymentState::ALL {
            assert_eq!(PaymentState::from_name(state.name()), Some(state));
        }
    }
}
