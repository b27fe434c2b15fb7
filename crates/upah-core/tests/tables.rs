//! The two tables against rules written independently of them.
use upah_core::state::{AttemptSignal as S, PaymentSignal, next_attempt_state, next_payment_state};
use upah_core::{AttemptState as A, PaymentState as P};

/// What a signal entitles us to believe about an attempt, in the order in which the rules win.
pub fn attempt_rule(was: A, signal: S) -> A {
    let undecided = matches!(was, A::Sending | A::NotSent | A::Pending | A::Unknown);
    match signal {
        // Money that came back has come back, whatever else was said.
        S::AskReturned => A::Returned,
        // The bank's own statement, and people who have a file in hand, end even a contradiction; money that came back
        // is beyond the word of anybody.
        S::StatedSettled => {
            if was == A::Returned {
                A::Disputed
            } else {
                A::Settled
            }
        }
        S::StatedRefused => {
            if matches!(was, A::Pending | A::Unknown | A::Disputed) {
                A::Refused
            } else {
                was
            }
        }
        // A contradiction is for people.
        _ if was == A::Disputed => A::Disputed,
        S::Contradicted | S::AskContradicted => A::Disputed,
        // Success is success, unless the money had come back before.
        S::Settled | S::AskSettled => {
            if was == A::Returned {
                A::Disputed
            } else {
                A::Settled
            }
        }
        // Sending again is legal for what never left, and for what trusted silence licenses.
        S::Sent => match was {
            A::NotSent => A::Sending,
            A::Unknown => A::Unknown,
            _ => A::Disputed,
        },
        // An answer about this send proves something only while nothing may have left before.
        S::NotSent => {
            if was == A::Sending {
                A::NotSent
            } else {
                was
            }
        }
        S::Refused => {
            if matches!(was, A::Sending | A::NotSent) {
                A::Refused
            } else {
                was
            }
        }
        S::Unclear => {
            if matches!(was, A::Sending | A::NotSent) {
                A::Unknown
            } else {
                was
            }
        }
        S::AskNotFound => was,
        // Work in progress opens again what a refusal had closed, and nothing that is proved paid.
        S::Accepted | S::AskInProgress => {
            if undecided || was == A::Refused {
                A::Pending
            } else {
                was
            }
        }
        S::AskFailed => match was {
            A::Settled => A::Disputed,
            _ if undecided => A::Refused,
            _ => was,
        },
        // The planner may give up only what is unknown or never left; may release only what was refused.
        S::Abandoned => match was {
            A::Unknown | A::NotSent | A::Refused => A::Refused,
            A::Returned => A::Returned,
            _ => A::Disputed,
        },
        S::Released => {
            if was == A::Refused {
                A::NotSent
            } else {
                was
            }
        }
    }
}

/// What a payment becomes; `NeedsAction` wherever money may be involved that should not be.
pub fn payment_rule(was: P, signal: PaymentSignal) -> P {
    use PaymentSignal as Q;
    let on_its_way = matches!(was, P::Ready | P::Sending | P::Pending | P::Unknown);
    let at_rest = matches!(was, P::AwaitingApproval | P::Returned | P::Cancelled);
    match signal {
        Q::Approved => {
            if was == P::AwaitingApproval {
                P::Ready
            } else {
                was
            }
        }
        Q::Reinstructed => {
            if at_rest || matches!(was, P::Ready | P::NeedsAction) {
                P::AwaitingApproval
            } else {
                was
            }
        }
        Q::Cancelled => {
            if matches!(was, P::AwaitingApproval | P::Ready | P::NeedsAction) {
                P::Cancelled
            } else {
                was
            }
        }
        Q::Rerouted => {
            if was == P::Refused {
                P::Ready
            } else {
                was
            }
        }
        Q::Parked => {
            if matches!(was, P::Sending | P::Settled | P::Cancelled) {
                was
            } else {
                P::NeedsAction
            }
        }
        Q::LateSuccess | Q::Attempt(A::Disputed) => P::NeedsAction,
        Q::Attempt(A::Returned) => P::Returned,
        Q::Sent => match was {
            P::Ready => P::Sending,
            P::Unknown => P::Unknown,
            _ => P::NeedsAction,
        },
        Q::Attempt(A::Sending) => {
            if matches!(was, P::Ready | P::Sending) {
                P::Sending
            } else {
                P::NeedsAction
            }
        }
        Q::Attempt(A::NotSent) => match was {
            P::Sending | P::Refused | P::Ready => P::Ready,
            P::AwaitingApproval | P::Cancelled => was,
            _ => P::NeedsAction,
        },
        Q::Attempt(A::Refused) => match was {
            _ if on_its_way => P::Refused,
            P::Settled => P::NeedsAction,
            _ => was,
        },
        Q::Attempt(A::Unknown) => {
            if on_its_way || was == P::NeedsAction {
                P::Unknown
            } else {
                P::NeedsAction
            }
        }
        Q::Attempt(A::Pending) => {
            if on_its_way || matches!(was, P::NeedsAction | P::Refused) {
                P::Pending
            } else {
                P::NeedsAction
            }
        }
        Q::Attempt(A::Settled) => {
            let welcome = on_its_way || matches!(was, P::NeedsAction | P::Refused | P::Settled);
            if welcome { P::Settled } else { P::NeedsAction }
        }
    }
}

#[test]
fn every_cell_of_both_tables_says_what_the_rules_say_about_her_money() {
    for was in A::ALL {
        for signal in S::ALL {
            assert_eq!(next_attempt_state(was, signal), attempt_rule(was, signal), "{was:?} {signal:?}");
        }
    }
    for was in P::ALL {
        for signal in PaymentSignal::ALL {
            assert_eq!(next_payment_state(was, signal), payment_rule(was, signal), "{was:?} {signal:?}");
        }
    }
}

#[test]
fn what_may_still_pay_her_is_live() {
    // A rule of its own: nothing proves that the money stayed, or proves that it came back.
    for state in A::ALL {
        let proved_with_payer = matches!(state, A::NotSent | A::Refused | A::Returned);
        assert_eq!(state.is_live(), !proved_with_payer, "{state:?}");
    }
}

#[test]
fn a_wage_is_worked_on_until_it_has_ended_or_waits_for_somebody() {
    // A rule of its own: whatever is neither the end nor somebody's turn.
    for state in P::ALL {
        let is_someones_turn = matches!(state, P::AwaitingApproval | P::NeedsAction | P::Returned);
        let has_ended = matches!(state, P::Settled | P::Cancelled);
        assert_eq!(state.is_open(), !is_someones_turn && !has_ended, "{state:?}");
    }
}

#[test]
fn a_new_instruction_takes_the_place_of_nothing_that_may_still_be_paid() {
    for state in P::ALL {
        let may_pay = matches!(state, P::Sending | P::Pending | P::Unknown | P::Settled | P::Refused);
        assert_eq!(state.may_be_reinstructed(), !may_pay, "{state:?}");
        // The table says the same: a state that takes no new instruction stays as it is.
        let taken = next_payment_state(state, PaymentSignal::Reinstructed) == P::AwaitingApproval;
        assert_eq!(state.may_be_reinstructed(), taken, "{state:?}");
    }
}
