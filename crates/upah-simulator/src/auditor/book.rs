//! What the auditor notes about one payment of one store, in its own words.
use super::rules::Rule;
use crate::bank::{AskReply, Reply};
use upah_core::cause::Cause;
use upah_core::reference::Reference;
use upah_core::state::PaymentState;

/// What is noted about one attempt.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) rail: u8,
    pub(crate) destination: u8,
    pub(crate) other_account: bool,
    pub(crate) reference: Reference,
    pub(crate) body: u64,
    /// A send is written down and not answered.
    pub(crate) flying: bool,
    /// Its bytes have left.
    pub(crate) left: bool,
    pub(crate) maybe_left: bool,
    pub(crate) accepted: bool,
    pub(crate) paid: bool,
    pub(crate) back: bool,
    /// Proved not to have been executed.
    pub(crate) dead: bool,
    /// Refused, and may go again under the same reference.
    pub(crate) released: bool,
    /// Proved to be paid after it had been proved to be dead.
    pub(crate) late: bool,
    pub(crate) disputed: bool,
    /// What people said of it while the bank has not: whether she has the money.
    pub(crate) spoken: Option<bool>,
    /// How often the statements show it going out, and coming back.
    pub(crate) shown: [u32; 2],
    pub(crate) claimed: bool,
    pub(crate) held_back: bool,
    pub(crate) repeat_refused: bool,
    pub(crate) asked_after_refusal: bool,
    pub(crate) refused_for: Option<Cause>,
    /// By the wall clock that the facts bear.
    pub(crate) first_maybe_wall: i64,
    /// In true time.
    pub(crate) first_maybe: i64,
    /// When it was proved to be paid, by the wall clock.
    pub(crate) proved_at: Option<i64>,
    pub(crate) ended: Option<i64>,
    /// When "not found" was asked for and when it was heard, in true time.
    pub(crate) not_found: Vec<(i64, i64)>,
}

impl Note {
    pub(crate) fn may_have_paid(&self) -> bool {
        let open = self.flying || (self.maybe_left && !self.dead);
        !self.back && (self.paid || self.disputed || open)
    }

    fn is_over(&self) -> bool {
        self.paid || self.back || self.dead || self.disputed
    }
}

/// One payment in one store.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    pub(crate) notes: Vec<Note>,
    /// How many attempts belong to earlier instructions.
    pub(crate) before: usize,
    pub(crate) instructions: u8,
    pub(crate) places: u8,
    pub(crate) approved: bool,
    pub(crate) held: bool,
    pub(crate) confirmed: bool,
    pub(crate) cancelled: bool,
    pub(crate) parked: Option<Cause>,
    pub(crate) rerouted: bool,
    pub(crate) own_refusals: u16,
    /// What the account inquiry said of the current destination, when it was no good news.
    pub(crate) inspected: Option<Cause>,
    pub(crate) looked_at: Option<u8>,
    pub(crate) probe_found: bool,
    /// Asked about since the store went back.
    pub(crate) asked: bool,
    /// When which rails were asked about which other attempts, in true time.
    pub(crate) probes: Vec<(i64, Vec<(u8, u16)>)>,
    /// The last of them was recorded, and nothing else since but the send that it was asked for.
    pub(crate) asked_around: bool,
    /// What came back and is not recorded yet.
    pub(crate) reply: Option<(u16, Reply)>,
    pub(crate) answer: Option<(u16, AskReply, i64)>,
    pub(crate) state: Option<PaymentState>,
}

impl Book {
    pub(crate) fn current(&self) -> Option<&Note> {
        self.notes.get(self.before..).and_then(<[Note]>::last)
    }

    /// Which destination was tried last, or looked at since.
    pub(crate) fn here(&self) -> u8 {
        let tried = self.current().map(|note| note.destination);
        tried.max(self.looked_at).unwrap_or(0)
    }

    /// When this rail was last asked about this attempt, before a send at this time.
    pub(crate) fn last_asked(&self, rail: u8, number: u16, before: i64) -> Option<i64> {
        let fits = |(at, asked): &&(i64, Vec<(u8, u16)>)| *at <= before && asked.contains(&(rail, number));
        self.probes.iter().rev().find(fits).map(|(at, _)| *at)
    }

    pub(crate) fn any_may_have_paid(&self) -> bool {
        self.notes.iter().any(Note::may_have_paid)
    }

    /// Whether the payment may stand in this state, as far as the facts tell; the rule that it breaks otherwise.
    pub(crate) fn permits(&self, state: PaymentState) -> Result<(), (Rule, &'static str)> {
        let open = self.any_may_have_paid();
        let released = self.approved && (!self.held || self.confirmed);
        let arrived = self.notes.iter().filter(|note| note.paid && !note.back).count();
        let newest = self.notes.last();
        let current = self.current();
        let live = self.notes.iter().filter(|note| note.may_have_paid() && !note.disputed).count();
        if live > 1 && state != PaymentState::NeedsAction {
            return Err((Rule::OneLive, "more than one attempt may have paid"));
        }
        let fits = match state {
            PaymentState::AwaitingApproval => !open && !released,
            PaymentState::Ready => {
                !open && released && (self.rerouted || current.is_none_or(|note| note.released || !note.is_over()))
            }
            PaymentState::Sending => current.is_some_and(|note| note.flying && !note.maybe_left),
            PaymentState::Unknown => newest.is_some_and(|note| note.maybe_left && !note.accepted && !note.is_over()),
            PaymentState::Pending => newest.is_some_and(|note| note.accepted && !note.is_over()),
            PaymentState::Refused => newest.is_some_and(|note| note.dead && !note.paid) && !self.rerouted && !open,
            PaymentState::Settled => {
                newest.is_some_and(|note| note.paid && !note.back && !note.disputed) && arrived == 1
            }
            PaymentState::Returned => self.notes.iter().any(|note| note.back) && arrived == 0,
            PaymentState::NeedsAction => {
                self.parked.is_some() || arrived > 1 || self.notes.iter().any(|note| note.disputed || note.late)
            }
            PaymentState::Cancelled => self.cancelled && !open,
        };
        if !fits {
            return Err((Rule::State, "it does not stand where its facts say"));
        }
        let proved = arrived == 1 && newest.is_some_and(|note| note.paid && !note.back && !note.disputed);
        // Late money goes to people, even if it is all that came.
        let late = newest.is_some_and(|note| note.late) && state == PaymentState::NeedsAction;
        // So does what a bank said of another attempt that cannot be true: it may have been paid as well.
        let contested = self.notes.iter().any(|note| note.disputed) && state == PaymentState::NeedsAction;
        if proved && live == 1 && !late && !contested && state != PaymentState::Settled {
            return Err((Rule::State, "it is proved to be paid, and does not say so"));
        }
        Ok(())
    }
}
