//! A rail's gate: whether new money may be sent over it now.
//!
//! When the fault is ours or the rail's, sending on would only spread it: the gate parks the rail,
//! unsent payments stay `Ready`, and the command says why (safety rule 8). A gate lives as long as the
//! session; `resume` begins with an open one.
//!
//! It is a circuit breaker as well. A provider that cannot be reached is tried again after pauses that double, and then
//! the rail is parked: nothing is on its way, so there is nothing to stay for. One that takes requests and does not
//! answer them trips the gate, for each such wage waits for the trust window; it closes again as soon as the provider
//! answers a question about one of them, each time for fewer that may be lost, and the third time the rail is parked.
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
    /// Not before the provider has answered a question.
    Tripped(Cause),
    /// Not in this session.
    Parked(Cause),
}

impl Passage {
    /// Why no new money goes over the rail, if so.
    pub fn blocked(self) -> Option<Cause> {
        match self {
            Self::Tripped(cause) | Self::Parked(cause) => Some(cause),
            Self::Open | Self::NotBefore(_) => None,
        }
    }
}

/// The gate of one rail.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    parked: Option<Cause>,
    not_before: Option<Timestamp>,
    unreachable: usize,
    bad_requests: u32,
    unanswered: u32,
    is_tripped: bool,
    trips: usize,
    slowed: u32,
}

/// Seconds before an unreachable rail is tried again, each time; then it is parked.
const UNREACHABLE_PAUSES: [u64; 4] = [1, 2, 4, 8];
/// One malformed row does not stop a village; so many refused requests in a row are our fault.
const BAD_REQUESTS_MAX: u32 = 5;
/// So many unclear answers in a row stop new sends, the first time and after each closing: each of them costs somebody
/// the trust window.
const UNANSWERED_MAX: [u32; 3] = [64, 16, 4];

impl Gate {
    /// Whether a send may begin now.
    pub fn passage(&self, now: Timestamp) -> Passage {
        match (self.parked, self.not_before) {
            (Some(cause), _) => Passage::Parked(cause),
            _ if self.is_tripped => Passage::Tripped(Cause::NoAnswer),
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
                self.is_tripped = false;
                self.refused(refusal.cause);
            }
            // "Known already" is a clear answer of a rail that works.
            SubmitOutcome::Unknown { doubt, .. } if doubt.claims_to_know_the_reference() => self.takes(),
            SubmitOutcome::Unknown { .. } => {
                self.unanswered += 1;
                let most = UNANSWERED_MAX.get(self.trips).copied().unwrap_or(0);
                if !self.is_tripped && self.unanswered >= most {
                    self.is_tripped = true;
                    self.trips += 1;
                    if self.trips == UNANSWERED_MAX.len() {
                        self.park(Cause::NoAnswer);
                    }
                }
            }
            SubmitOutcome::Accepted(_) | SubmitOutcome::Settled(_) | SubmitOutcome::Contradicted { .. } => self.takes(),
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
            // Calls that left together fail together: they count once.
            Cause::RailUnreachable | Cause::NoAnswer if self.not_before.is_some_and(|until| until > now) => {}
            Cause::RailUnreachable | Cause::NoAnswer => {
                match UNREACHABLE_PAUSES.get(self.unreachable) {
                    Some(pause) => self.hold_until(now.plus_seconds(*pause)),
                    None => self.park(cause),
                }
                self.unreachable += 1;
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

    /// Learns that the rail has answered a question. That says nothing about how it takes payments: what was lost of those
    /// in a row is forgotten only where it lets them go on again.
    pub fn works(&mut self) {
        self.unreachable = 0;
        self.slowed = 0;
        if core::mem::take(&mut self.is_tripped) {
            self.unanswered = 0;
        }
    }

    /// Learns that the rail takes payments.
    fn takes(&mut self) {
        self.works();
        self.unanswered = 0;
        self.bad_requests = 0;
        self.trips = 0;
    }

    fn hold_until(&mut self, until: Timestamp) {
        self.not_before = Some(self.not_before.map_or(until, |known| known.max(until)));
    }
}
