//! What must hold after every step of every history, whatever happened.
use super::bank::MEMORY_MILLIS;
use super::driver::{KEY, World};
use upah_core::cause::Money;
use upah_core::event::Fact;
use upah_core::store::PaymentRow;
use upah_core::{AttemptState, Payment, PaymentState};

impl World {
    /// What must hold after every step.
    pub fn check(&self) {
        // Contradictory evidence about an ended attempt is the bank's doing; see `may_send_anew` for ours.
        let started = self.payment.attempts.iter().filter(|attempt| attempt.state != AttemptState::Disputed);
        let live = started.filter(|attempt| attempt.state.is_live()).count();
        let open = !self.auditor.anything_may_have_paid();
        let with_payer = self.payment.live_attempt().is_none();
        assert!(open || !with_payer, "nothing is called live although the facts leave open whether she was paid");
        if with_payer {
            assert_ne!(
                self.payment.state,
                PaymentState::Settled,
                "she is told that she was paid, and nothing proves it"
            );
        }
        let waits = matches!(
            self.payment.state,
            PaymentState::Pending | PaymentState::Unknown | PaymentState::NeedsAction | PaymentState::Cancelled
        );
        assert!(!waits || self.payment.reason().is_some(), "{:?} and nobody says why", self.payment.state);
        let told = self.payment.reason().map(|cause| cause.guide().money);
        if self.payment.state == PaymentState::NeedsAction && !with_payer {
            assert_ne!(
                told,
                Some(Money::WithPayer),
                "told that the money never left while an attempt is open: {told:?}"
            );
        }
        if self.unsaved.is_empty() {
            assert_eq!(self.replayed(), self.payment, "what is remembered is not what is believed");
            assert_eq!(PaymentRow::of(&self.payment, KEY, 2), self.stored_row, "the row is not the fold of its events");
        }
        if self.setup.treacherous {
            return;
        }
        assert!(live <= 1, "{live} attempts are live at once");
        // Two stores can keep apart only what the bank remembers for both.
        let forgotten = self.bank.other_store_paid_at.is_some_and(|at| self.real_millis() - at >= MEMORY_MILLIS);
        assert!(forgotten || self.bank.with_the_worker() <= 1, "she was paid {} times", self.bank.with_the_worker());
        if with_payer && self.bank.other_store_paid_at.is_none() {
            let truly = self.bank.with_the_worker() == 0 && !self.bank.will_pay();
            assert!(truly, "the books say that the money never left, and the bank has paid her");
        }
        if self.payment.state == PaymentState::Settled {
            assert!(self.bank.credited > 0, "she is told that she was paid, and was not");
        }
    }
}

/// Invariant 4, read off every single fact.
pub(super) fn unknown_ends_only_by_evidence(before: &Payment, after: &Payment, fact: &Fact) {
    for (old, new) in before.attempts.iter().zip(&after.attempts) {
        if old.state == AttemptState::Unknown && new.state != AttemptState::Unknown {
            let word = format!("{fact:?}");
            let proves = ["NotSent", "Resending", "NotFound", "Unavailable", "Refused(", "Unknown {"];
            let silent = matches!(fact, Fact::Parked { .. } | Fact::Rerouted { .. } | Fact::Cancelled { .. });
            let idle = matches!(fact, Fact::Answered { .. } | Fact::Resending { .. })
                && proves.iter().any(|nothing| word.contains(nothing));
            assert!(!silent && !idle, "an unknown payment was called {:?} by {word}", new.state);
        }
    }
}
