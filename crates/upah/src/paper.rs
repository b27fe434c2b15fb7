//! What stands on paper: a rail of which nobody can ask anything ([`upah_core::rail::Rail::can_be_asked`]). What is
//! decided here is not to send.
use crate::session::Session;
use upah_core::Payment;
use upah_core::cause::Cause;
use upah_core::event::Fact;
use upah_core::evidence::{Evidence, Grade};
use upah_core::planner::Command;
use upah_core::state::PaymentState;

impl Session {
    /// Whether nobody can be asked what became of it: it rests until a statement or people tell.
    pub(crate) fn stands_on_paper(&self, payment: &Payment) -> bool {
        let is_open = matches!(payment.state, PaymentState::Pending | PaymentState::Unknown);
        let lane = payment.current_attempt().and_then(|attempt| self.lanes.get(&attempt.made.rail));
        is_open && lane.is_some_and(|lane| !lane.rail.can_be_asked())
    }

    /// A store that lost something may have lost that it was paid, and nobody would say so when it is paid again.
    pub(crate) fn on_paper(&self) -> Command {
        match self.distrusts_ready {
            true => Command::Record(vec![Fact::Parked { cause: Cause::EvidenceConflict }]),
            false => Command::Rest,
        }
    }
}

/// In the place of an answer, where a store that lost something would have to ask paper.
pub(crate) fn nobody_to_ask() -> Evidence {
    let raw = "nobody can be asked about what stands on paper".into();
    Evidence { grade: Grade::People, code: String::new(), provider_id: None, raw }
}
