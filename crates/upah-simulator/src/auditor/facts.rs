//! Reading the facts as they become durable.
use super::book::Note;
use super::{Auditor, Rule, Spot};
use crate::bank::{AskReply, Reply};
use crate::hash;
use upah_core::bank_statement::{Claim, Entry, Side};
use upah_core::cause::Cause;
use upah_core::event::{Attempted, Fact, Instruction};
use upah_core::evidence::{Doubt, InquiryAnswer, Inspection, SubmitOutcome};
use upah_core::name::NameMatch;
use upah_core::state::PaymentState;

/// Faults of the recipient, in the auditor's own list.
const RECIPIENT: &[Cause] = &[Cause::InvalidAccount, Cause::InactiveAccount, Cause::AmountOverLimit];
/// Faults of the payer.
const SENDER: &[Cause] = &[Cause::InsufficientFunds, Cause::PayerBlocked, Cause::PayerLimitReached];
/// Faults of the rail.
const RAIL: &[Cause] = &[Cause::OutsideHours, Cause::RequestExpired];

impl Auditor {
    /// Reads a fact as it becomes durable.
    pub(crate) fn on_fact(&mut self, at: Spot, fact: &Fact) {
        let pending = self.book(at).reply.is_some() && !matches!(fact, Fact::Answered { .. });
        let unheard = self.book(at).answer.is_some() && !matches!(fact, Fact::Inquired { .. });
        if pending || unheard {
            return self.breach(Rule::Recorded, at, "something else was recorded before the answer that came");
        }
        let book = self.book_mut(at);
        book.asked_around = match fact {
            Fact::Probed { .. } => true,
            Fact::Attempted(_) | Fact::Resending { .. } => book.asked_around,
            _ => false,
        };
        match fact {
            Fact::Instructed(instruction) => self.instructed(at, instruction),
            Fact::Confirmed { .. } => self.book_mut(at).confirmed = true,
            Fact::Cancelled { .. } => self.book_mut(at).cancelled = true,
            Fact::Inspected { destination, found, matching, .. } => self.inspected(at, *destination, found, *matching),
            Fact::Attempted(made) => self.attempted(at, made),
            Fact::Resending { number } => self.resending(at, *number),
            Fact::Answered { number, outcome } => self.answered(at, *number, outcome),
            Fact::Inquired { number, answer } => self.inquired(at, *number, answer),
            Fact::Rerouted { cause, destination } => self.rerouted(at, *cause, *destination),
            Fact::Parked { cause } => self.parked(at, *cause),
            Fact::Probed { .. } | Fact::Routed(_) | Fact::Erased(_) => {}
            Fact::Released { number, cause } => self.released(at, *number, *cause),
            Fact::Abandoned { number, cause } => self.abandoned(at, *number, *cause),
            Fact::Booked { number, entry, .. } => self.booked(at, *number, entry),
            Fact::Resolved { number, resolution } => self.resolved(at, *number, resolution.claim),
        }
    }

    /// Reads what a store holds already: written down before, so that it is not judged again.
    pub(crate) fn read_again(&mut self, at: Spot, wall: i64, fact: &Fact) {
        let breach = self.breach.take();
        // Trust windows begin anew with the process that follows, so the true times do not matter.
        self.on_fact(Spot { wall, ..at }, fact);
        self.book_mut(at).reply = None;
        self.breach = breach;
    }

    /// The run that a payment waits for is approved.
    pub(crate) fn approved(&mut self, at: Spot) {
        self.book_mut(at).approved = true;
    }

    fn instructed(&mut self, at: Spot, instruction: &Instruction) {
        let open = self.book(at).any_may_have_paid();
        let book = self.book_mut(at);
        book.instructions += 1;
        book.places = u8::try_from(instruction.row.destinations.len()).unwrap_or(u8::MAX);
        book.held = !instruction.holds.is_empty();
        (book.confirmed, book.approved, book.cancelled, book.rerouted) = (false, false, false, false);
        (book.own_refusals, book.inspected, book.looked_at) = (0, None, None);
        book.before = book.notes.len();
        if open {
            self.breach(Rule::Instruction, at, "a new instruction while the old one may have paid");
        }
    }

    fn inspected(&mut self, at: Spot, destination: u8, found: &Inspection, matching: NameMatch) {
        let book = self.book_mut(at);
        book.looked_at = Some(destination);
        book.inspected = match found {
            Inspection::Refused(refusal) => Some(refusal.cause),
            Inspection::Found { .. } if matching == NameMatch::Differs => Some(Cause::NameDiffers),
            Inspection::Found { .. } | Inspection::Unavailable { .. } => None,
        };
    }

    fn attempted(&mut self, at: Spot, made: &Attempted) {
        let Some(rail) = rail_index(made.rail.as_str()) else { return };
        self.judge_new(at, rail, made);
        self.note_ahead(at, rail);
        let (wall, now) = (at.wall, at.now);
        let book = self.book_mut(at);
        book.rerouted = false;
        book.notes.push(Note {
            rail,
            destination: made.destination,
            other_account: made.fingerprint.ends_with("-other"),
            reference: made.reference.clone(),
            body: hash(&made.body),
            flying: true,
            left: false,
            maybe_left: false,
            accepted: false,
            paid: false,
            back: false,
            dead: false,
            released: false,
            late: false,
            disputed: false,
            spoken: None,
            shown: [0, 0],
            claimed: false,
            held_back: false,
            repeat_refused: false,
            asked_after_refusal: false,
            refused_for: None,
            first_maybe_wall: wall,
            first_maybe: now,
            proved_at: None,
            ended: None,
            not_found: Vec::new(),
        });
    }

    fn resending(&mut self, at: Spot, number: u16) {
        self.judge_repeat(at, number);
        let Some(note) = self.note_mut(at, number) else { return };
        (note.flying, note.left, note.released, note.asked_after_refusal) = (true, false, false, false);
        note.ended = None;
        note.not_found.clear();
        if !note.maybe_left {
            (note.first_maybe_wall, note.first_maybe) = (at.wall, at.now);
        }
        let rail = note.rail;
        self.note_ahead(at, rail);
    }

    fn note_ahead(&mut self, at: Spot, rail: u8) {
        let ahead = &mut self.ahead[usize::from(rail)];
        *ahead += 1;
        if *ahead > self.rails[usize::from(rail)].concurrency * 2 * self.company {
            self.breach(Rule::WriteAhead, at, "more attempts are durable and unsent than a kill may cost");
        }
    }

    fn answered(&mut self, at: Spot, number: u16, outcome: &SubmitOutcome) {
        match self.book_mut(at).reply.take() {
            Some((of, reply)) if of != number || !says(reply, outcome) => {
                let seen = format!("{reply:?} was recorded as {outcome:?}");
                return self.breach(Rule::Answer, at, &seen);
            }
            Some(_) => {}
            // Nobody heard the end of it: that is all that may be said.
            None => {
                let interrupted = matches!(outcome, SubmitOutcome::Unknown { doubt: Doubt::Interrupted, .. });
                if !interrupted {
                    let seen = format!("nothing came, and {outcome:?} was recorded");
                    self.breach(Rule::Answer, at, &seen);
                }
            }
        }
        let Some(note) = self.note_mut(at, number) else { return };
        let unsent = note.flying && !note.left;
        let rail = note.rail;
        (note.flying, note.left) = (false, false);
        note.ended = Some(at.now);
        match outcome {
            SubmitOutcome::NotSent { .. } => {}
            SubmitOutcome::Refused(refusal) if !note.maybe_left => {
                note.dead = true;
                note.refused_for = Some(refusal.cause);
            }
            SubmitOutcome::Refused(_) => note.repeat_refused = true,
            SubmitOutcome::Accepted(_) => (note.maybe_left, note.accepted) = (true, true),
            SubmitOutcome::Settled(_) => {
                (note.maybe_left, note.paid) = (true, true);
                note.proved_at = Some(at.wall);
            }
            SubmitOutcome::Contradicted { .. } => (note.maybe_left, note.disputed) = (true, true),
            SubmitOutcome::Unknown { doubt, .. } => {
                note.maybe_left = true;
                note.held_back |= *doubt == Doubt::Suspended;
                note.claimed |= matches!(doubt, Doubt::Duplicate | Doubt::Inconsistent);
            }
        }
        if unsent {
            let ahead = &mut self.ahead[usize::from(rail)];
            *ahead = ahead.saturating_sub(1);
        }
    }

    fn inquired(&mut self, at: Spot, number: u16, answer: &InquiryAnswer) {
        let asked = match self.book_mut(at).answer.take() {
            Some((of, reply, _)) if of != number || !tells(reply, answer) => {
                let seen = format!("{reply:?} was recorded as {answer:?}");
                return self.breach(Rule::Answer, at, &seen);
            }
            Some((_, _, asked)) => asked,
            None => {
                self.breach(Rule::Answer, at, "nobody was asked, and an answer was recorded");
                at.now
            }
        };
        let stopped = self.is_stopped(at);
        let Some(note) = self.note_mut(at, number) else { return };
        note.asked_after_refusal |= matches!(answer, InquiryAnswer::NotFound(_) | InquiryAnswer::Failed(_));
        match answer {
            InquiryAnswer::Refunded { .. } if note.shown[0] > 1 && note.shown[1] < note.shown[0] => {
                note.disputed = true
            }
            InquiryAnswer::Refunded { .. } => note.back = true,
            // A provider that says now that what it had paid was never paid.
            InquiryAnswer::Failed(_) if note.paid || note.back => note.disputed |= note.paid && !note.back,
            InquiryAnswer::Success(_) if note.back => note.disputed = true,
            InquiryAnswer::InProgress(_) if note.paid || note.back => {}
            InquiryAnswer::Success(_) => {
                // Money that people said had not come is late only if something else was paid meanwhile.
                note.late |= stopped || (note.dead && note.spoken.is_none());
                (note.paid, note.dead, note.spoken) = (true, false, None);
                note.proved_at.get_or_insert(at.wall);
            }
            InquiryAnswer::InProgress(_) => {
                note.late |= stopped;
                (note.maybe_left, note.accepted, note.dead, note.released) = (true, true, false, false);
                note.spoken = None;
                note.not_found.clear();
            }
            InquiryAnswer::Failed(refusal) => {
                // Asked about after a refusal, it stays refused for what it was refused for.
                if !note.dead {
                    note.refused_for = Some(refusal.cause);
                }
                note.dead = true;
            }
            InquiryAnswer::NotFound(_) => note.not_found.push((asked, at.now)),
            InquiryAnswer::Contradicted { .. } => note.disputed = true,
            InquiryAnswer::Unavailable { .. } => {}
        }
    }

    /// Whether this store has stopped the wage, or waits for a checker: when another one has paid it, somebody has to look.
    fn is_stopped(&self, at: Spot) -> bool {
        matches!(self.book(at).state, Some(PaymentState::Cancelled | PaymentState::AwaitingApproval))
    }

    /// The bank's own statement shows it. Only lines of exactly the wage are drawn here.
    fn booked(&mut self, at: Spot, number: u16, entry: &Entry) {
        if entry.amount.value() != self.wages[at.payment] {
            return self.breach(Rule::Conserved, at, "the statement shows another amount than she is owed");
        }
        let stopped = self.is_stopped(at);
        let Some(note) = self.note_mut(at, number) else { return };
        note.shown[usize::from(entry.side == Side::Credit)] += 1;
        let [out, back] = note.shown;
        match entry.side {
            // Booked twice: what came back once leaves her paid.
            Side::Debit if out > 1 => note.disputed = true,
            Side::Credit if (out > 1 && back < out) || back > out.max(1) => note.disputed = true,
            Side::Credit => note.back = true,
            // Statements may be read in any order.
            Side::Debit if note.back => {}
            Side::Debit => {
                note.late |= stopped || (note.dead && note.spoken.is_none());
                (note.maybe_left, note.paid, note.dead, note.disputed) = (true, true, false, false);
                note.spoken = None;
                note.proved_at.get_or_insert(at.wall);
            }
        }
    }

    /// Two people speak: only of what may have been paid and is not proved to be.
    fn resolved(&mut self, at: Spot, number: u16, claim: Claim) {
        let Some(note) = self.note_mut(at, number) else { return };
        let proved = note.back || ((note.dead || note.paid) && !note.disputed);
        (note.disputed, note.spoken) = (false, Some(claim == Claim::Settled));
        match claim {
            Claim::Settled => {
                note.paid = true;
                note.proved_at.get_or_insert(at.wall);
            }
            Claim::Refused => {
                (note.paid, note.dead, note.asked_after_refusal) = (false, true, false);
                note.refused_for = Some(Cause::StatedRefused);
                self.book_mut(at).parked = Some(Cause::StatedRefused);
            }
        }
        if proved {
            self.breach(Rule::Frozen, at, "people spoke of what was proved");
        }
    }

    fn rerouted(&mut self, at: Spot, cause: Cause, destination: u8) {
        let book = self.book_mut(at);
        book.rerouted = true;
        let own = SENDER.contains(&cause) || RAIL.contains(&cause);
        book.own_refusals += u16::from(own);
        let told = book.current().is_some_and(|note| note.dead && note.refused_for == Some(cause));
        let inspected = book.inspected.take() == Some(cause);
        let here = book.here();
        let moved = destination != here || inspected;
        if !(told || inspected) {
            return self.breach(Rule::Frozen, at, "another destination, and nothing proves that the last was refused");
        }
        if moved && !RECIPIENT.contains(&cause) {
            let seen = format!("another destination after {cause:?}");
            self.breach(Rule::Whose, at, &seen);
        }
    }

    fn released(&mut self, at: Spot, number: u16, cause: Cause) {
        let Some(note) = self.note_mut(at, number) else { return };
        let proved = note.dead && !note.maybe_left && !note.paid && !note.disputed && note.refused_for == Some(cause);
        let theirs = RECIPIENT.contains(&cause);
        (note.dead, note.released) = (false, true);
        let book = self.book_mut(at);
        book.own_refusals += u16::from(RAIL.contains(&cause) || cause == Cause::BadRequest);
        if !proved {
            self.breach(Rule::Frozen, at, "set free although nothing proves that it was refused");
        } else if theirs {
            self.breach(Rule::Whose, at, "the account that cannot take her wage is tried again");
        }
    }

    fn note_mut(&mut self, at: Spot, number: u16) -> Option<&mut Note> {
        if usize::from(number) > self.book(at).notes.len() || number == 0 {
            self.breach(Rule::Sound, at, "a fact about an attempt that does not exist");
        }
        self.book_mut(at).notes.get_mut(usize::from(number).wrapping_sub(1))
    }

    /// Why a payment may be handed to people; checked against what the facts hold.
    pub(super) fn is_reason(&self, at: Spot, cause: Cause) -> bool {
        let book = self.book(at);
        let newest = book.notes.last();
        let refused = newest.is_some_and(|note| note.dead && note.refused_for == Some(cause));
        let routes = &self.routes[at.payment];
        let tried = book.current().is_some() || book.looked_at.is_some();
        let from = if tried { usize::from(book.here()) + 1 } else { 0 };
        let onward = (from..usize::from(book.places)).any(|place| !routes[place].is_empty());
        match cause {
            Cause::RailChanged => {
                newest.is_some_and(|note| note.other_account != self.rails[usize::from(note.rail)].other_account)
            }
            Cause::Suspended => newest.is_some_and(|note| note.held_back) || refused,
            Cause::ReferenceTooOld => newest.is_some_and(|note| {
                let half = self.rails[usize::from(note.rail)].memory / 2;
                note.maybe_left && !note.not_found.is_empty() && at.wall - note.first_maybe_wall >= half
            }),
            Cause::EvidenceConflict => {
                let earlier = book.notes[..book.before].iter().any(|note| note.may_have_paid());
                book.probe_found || earlier || book.notes.iter().any(|note| note.disputed)
            }
            Cause::RefusedRepeatedly => book.own_refusals >= 3,
            Cause::BadRequest => refused,
            Cause::NameDiffers => book.inspected == Some(Cause::NameDiffers),
            Cause::NoRoute | Cause::OverRailLimit => !onward || book.rerouted,
            recipient if RECIPIENT.contains(&recipient) => (refused || book.inspected == Some(cause)) && !onward,
            _ => refused || book.inspected == Some(cause),
        }
    }
}

/// Whether a recorded outcome says what came back, no more and no less.
fn says(reply: Reply, outcome: &SubmitOutcome) -> bool {
    use SubmitOutcome as O;
    match reply {
        Reply::Unreachable | Reply::SlowDown(_) => matches!(outcome, O::NotSent { .. }),
        Reply::Refused(cause) => matches!(outcome, O::Refused(refusal) if refusal.cause == cause),
        Reply::TakenIn => matches!(outcome, O::Accepted(_)),
        Reply::Paid => matches!(outcome, O::Settled(_)),
        Reply::PaidOther => matches!(outcome, O::Contradicted { .. }),
        Reply::KnownAlready => matches!(outcome, O::Unknown { doubt: Doubt::Duplicate, .. }),
        Reply::KnownOtherwise => matches!(outcome, O::Unknown { doubt: Doubt::Inconsistent, .. }),
        Reply::HeldBack => matches!(outcome, O::Unknown { doubt: Doubt::Suspended, .. }),
        Reply::Silence | Reply::ProxyPage | Reply::Garbage | Reply::ServerError => {
            matches!(outcome, O::Unknown { doubt: Doubt::NoAnswer | Doubt::Unreadable | Doubt::ProviderError, .. })
        }
    }
}

fn tells(reply: AskReply, answer: &InquiryAnswer) -> bool {
    use InquiryAnswer as I;
    matches!(
        (reply, answer),
        (AskReply::Paid, I::Success(_))
            | (AskReply::Working, I::InProgress(_))
            | (AskReply::Returned, I::Refunded { .. })
            | (AskReply::Failed, I::Failed(_))
            | (AskReply::Unknown, I::NotFound(_))
            | (AskReply::Silence | AskReply::SlowDown(_), I::Unavailable { .. })
            | (AskReply::Other, I::Contradicted { .. })
    )
}

fn rail_index(name: &str) -> Option<u8> {
    match name {
        "bank" => Some(0),
        "wallet" => Some(1),
        "any" => Some(2),
        _ => None,
    }
}
