//! A rail's gate: whether new money may be sent over it now.
//!
//! When the fault is ours or the rail's, sending on would only spread it: the gate parks the rail,
//! unsent payments stay `Ready`, and the command says why (safety rule 8). A gate lives as long as the
//! session; `resume` begins with an open one.
use crate::cause::{Cause, Whose};
use crate::evidence::SubmitOutcome;
use crate::time::Timestamp;

/// Whether a send may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// Yes.
    Open,
    /// Not before this time.
    NotBefore(Timestamp),
    /// Not in this session.
    Parked(Cause),
}

/// The gate of one rail.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    parked: Option<Cause>,
    not_before: Option<Timestamp>,
    unreachable: u32,
    bad_requests: u32,
    unanswered: u32,
    slowed: u32,
}

/// After so many failed connections in a row the rail counts as unreachable.
const UNREACHABLE_MAX: u32 = 4;
/// One malformed row does not stop a village; so many refused requests in a row are our fault.
const BAD_REQUESTS_MAX: u32 = 5;
/// So many unclear answers in a row stop new sends: each of them costs somebody the trust window.
const UNANSWERED_MAX: u32 = 64;

impl Gate {
    /// Whether a send may begin now.
    pub fn passage(&self, now: Timestamp) -> Passage {
        match (self.parked, self.not_before) {
            (Some(cause), _) => Passage::Parked(cause),
            (None, Some(until)) if until > now => Passage::NotBefore(until),
            _ => Passage::Open,
        }
    }

    /// Parks the rail for the rest of the session.
    pub fn park(&mut self, cause: Cause) {
        self.parked.get_or_insert(cause);
    }

    /// Learns from what came of a send.
    pub fn observe(&mut self, outcome: &SubmitOutcome, now: Timestamp) {
        match outcome {
            SubmitOutcome::NotSent { cause, retry_after_seconds } => self.blocked(*cause, *retry_after_seconds, now),
            SubmitOutcome::Refused(refusal) => {
                self.unreachable = 0;
                self.unanswered = 0;
                self.refused(refusal.cause);
            }
            // "Known already" is a clear answer of a rail that works.
            SubmitOutcome::Unknown { doubt, .. } if doubt.claims_to_know_the_reference() => self.works(),
            SubmitOutcome::Unknown { .. } => {
                self.unanswered += 1;
                if self.unanswered >= UNANSWERED_MAX {
                    self.park(Cause::NoAnswer);
                }
            }
            SubmitOutcome::Accepted(_) | SubmitOutcome::Settled(_) | SubmitOutcome::Contradicted { .. } => self.works(),
        }
    }

    /// Learns from a question that could not be asked or was turned away.
    pub fn blocked(&mut self, cause: Cause, retry_after_seconds: Option<u32>, now: Timestamp) {
        match cause {
            Cause::TooManyRequests => {
                self.slowed = (self.slowed + 1).min(6);
                let pause = retry_after_seconds.map_or(1 << (self.slowed - 1), u64::from);
                self.hold_until(now.plus_seconds(pause));
            }
            Cause::RailUnreachable | Cause::NoAnswer => {
                self.unreachable += 1;
                if self.unreachable >= UNREACHABLE_MAX {
                    self.park(cause);
                }
                self.hold_until(now.plus_seconds(1));
            }
            other => self.refused(other),
        }
    }

    /// Learns from a refusal, of a payment or of a question before it.
    pub fn refused(&mut self, cause: Cause) {
        match cause.guide().whose {
            Whose::Sender | Whose::Rail if cause == Cause::BadRequest => {
                self.bad_requests += 1;
                if self.bad_requests >= BAD_REQUESTS_MAX {
                    self.park(cause);
                }
            }
            Whose::Sender => self.park(cause),
            Whose::Rail if cause == Cause::OutsideHours => self.park(cause),
            Whose::Rail | Whose::Recipient | Whose::People | Whose::Nobody => {}
        }
    }

    /// Learns that the rail works.
    pub fn works(&mut self) {
        self.unreachable = 0;
        self.bad_requests = 0;
        self.unanswered = 0;
        self.slowed = 0;
    }

    fn hold_until(&mut self, until: Timestamp) {
        self.not_before = Some(self.not_before.map_or(until, |known| known.max(until)));
    }
}
