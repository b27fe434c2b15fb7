//! The judgements: may it be sent, may it be sent again, may it be given up, was anybody paid twice.
use super::book::Note;
use super::{Admission, Auditor, Rule, Spot};
use crate::bank::{Account, Entry, Status};
use upah_core::cause::Cause;
use upah_core::event::Attempted;
use upah_core::reference::Reference;
use upah_core::state::PaymentState;

/// Two questions are two only when this far apart.
const SPACING: i64 = 500;
/// Settled payments are asked about again for so long; a little less than the seven days, for the
/// process that asks needs its time.
const WATCHED: i64 = 6 * 86_400_000;

impl Auditor {
    /// A new reference only after proof about every old one, and only where a rail serves the place.
    pub(super) fn judge_new(&mut self, at: Spot, rail: u8, made: &Attempted) {
        let book = self.book(at);
        let (count, before) = (book.notes.len(), book.before);
        let live = book.notes.iter().position(Note::may_have_paid);
        let unasked = book.notes[before..].iter().position(|note| note.dead && !note.asked_after_refusal);
        let back = book.notes[before..].iter().any(|note| note.back);
        let spoken = book.notes[before..].iter().any(|note| note.spoken.is_some());
        let unapproved = !book.approved || (book.held && !book.confirmed) || book.cancelled;
        let first = &self.derived[at.payment];
        let known = first.iter().find(|(of, number, _)| *of == rail && *number == made.number);
        let differs = known.is_some_and(|(_, _, reference)| *reference != made.reference);
        if known.is_none() {
            self.derived[at.payment].push((rail, made.number, made.reference.clone()));
        }
        if usize::from(made.number) != count + 1 {
            self.breach(Rule::Sound, at, "attempts are not counted without gaps");
        } else if let Some(index) = live {
            let seen = format!("attempt {} although attempt {} may have paid", count + 1, index + 1);
            self.breach(Rule::NewReference, at, &seen);
        } else if let Some(index) = unasked {
            let seen = format!("attempt {} and nobody asked about the refused attempt {}", count + 1, index + 1);
            self.breach(Rule::NewReference, at, &seen);
        } else if spoken {
            self.breach(Rule::NewReference, at, "the word of people has set it free by itself");
        } else if self.sleepers[at.payment].is_some_and(|harmless| count > 0 && at.now < harmless) {
            self.breach(Rule::Overtaken, at, "another reference while a sleeper may still send the one before it");
        } else if back {
            self.breach(Rule::Returned, at, "what came back is sent again, and nobody instructed it anew");
        } else if unapproved {
            self.breach(Rule::State, at, "sent without the checker's word");
        } else if differs {
            self.breach(Rule::SameReference, at, "two stores derive different references for one attempt");
        } else if !self.ways(at, made.destination).contains(&rail) {
            self.breach(Rule::Whose, at, "sent over a rail that does not serve the place");
        } else if self.terms.wanted(self.ways(at, made.destination), at.wall) != Some(rail) {
            self.breach(
                Rule::Way,
                at,
                "sent over a rail that is closed, or is not the first or the cheapest that is open",
            );
        }
    }

    fn ways(&self, at: Spot, destination: u8) -> &[u8] {
        self.routes[at.payment].get(usize::from(destination)).map_or(&[], Vec::as_slice)
    }

    /// The same reference again only after "not sent", a refusal that changed nothing, or trusted silence.
    pub(super) fn judge_repeat(&mut self, at: Spot, number: u16) {
        let book = self.book(at);
        let index = usize::from(number).wrapping_sub(1);
        let Some(note) = book.notes.get(index) else { return };
        let other = book.notes.iter().enumerate().any(|(i, other)| i != index && other.may_have_paid());
        let over = note.paid || note.back || note.dead || note.disputed || note.flying;
        let maybe_left = note.maybe_left;
        let closed = self.terms.openings[usize::from(note.rail)].is_some_and(|opening| !opening.holds(at.wall));
        let claimed = note.claimed || note.accepted || note.held_back;
        let (repeat_refused, silent) = (note.repeat_refused, self.is_silence(at.payment, note));
        let forgotten = self.is_forgotten(note, at);
        if other {
            self.breach(Rule::OneLive, at, "sent again although another attempt may have paid");
        } else if over {
            self.breach(Rule::Frozen, at, "sent again although it had ended, or is on its way");
        } else if maybe_left && claimed {
            self.breach(Rule::Claimed, at, "sent again although the provider claims to know it");
        } else if maybe_left && repeat_refused {
            self.breach(Rule::Frozen, at, "sent again although a repeat was refused");
        } else if maybe_left && !silent {
            self.breach(Rule::Silence, at, "sent again without trusted silence");
        } else if maybe_left && forgotten {
            self.breach(Rule::Memory, at, "sent again when the provider may have forgotten it");
        } else if closed {
            self.breach(Rule::Way, at, "sent again over a rail that is closed");
        }
    }

    /// A live attempt is given up only after a refused repeat and trusted silence.
    pub(super) fn abandoned(&mut self, at: Spot, number: u16, cause: Cause) {
        let book = self.book(at);
        let Some(note) = book.notes.get(usize::from(number).wrapping_sub(1)) else { return };
        let refused = note.repeat_refused && !note.claimed && !note.accepted;
        let (silent, forgotten) = (self.is_silence(at.payment, note), self.is_forgotten(note, at));
        if !refused || cause != Cause::ResendRefused {
            self.breach(Rule::Frozen, at, "given up without a refused repeat");
        } else if !silent {
            self.breach(Rule::Silence, at, "given up without trusted silence");
        } else if forgotten {
            self.breach(Rule::Memory, at, "given up when the provider may have forgotten it");
        }
        let book = self.book_mut(at);
        book.parked = Some(cause);
        if let Some(note) = book.notes.get_mut(usize::from(number).wrapping_sub(1)) {
            note.dead = true;
        }
    }

    pub(super) fn parked(&mut self, at: Spot, cause: Cause) {
        if !self.is_reason(at, cause) {
            let seen = format!("handed to people for {cause:?}, which the facts do not hold");
            self.breach(Rule::Reason, at, &seen);
        }
        self.book_mut(at).parked = Some(cause);
    }

    /// Asked twice, spaced, after the end of the last send and this process's own trust window.
    fn is_silence(&self, payment: usize, note: &Note) -> bool {
        let Some(ended) = note.ended else { return false };
        let from =
            ended.max(self.session_start).max(self.handed_on[payment]) + self.rails[usize::from(note.rail)].trust;
        // The first of the two may have been asked a moment before the window and heard in it; the last may not.
        let mut trusted = note.not_found.iter().filter(|(_, heard)| *heard >= from);
        let (Some((_, first)), Some((asked, last))) = (trusted.next(), trusted.next_back()) else { return false };
        *asked >= from && last - first >= SPACING
    }

    fn is_forgotten(&self, note: &Note, at: Spot) -> bool {
        let memory = self.rails[usize::from(note.rail)].memory;
        at.wall - note.first_maybe_wall >= memory / 2 || at.now - note.first_maybe >= memory
    }

    /// Whether a store's records know of what a ledger line stands for.
    fn is_on_record(&self, lineage: u16, entry: &Entry) -> bool {
        let (mut here, mut until) = (lineage, i64::MAX);
        loop {
            if entry.lineage == here && entry.first_seen < until {
                return true;
            }
            match self.lineages[usize::from(here)].parent {
                Some((parent, forked)) => (here, until) = (parent, until.min(forked)),
                None => return false,
            }
        }
    }

    /// A wage was credited: was it credited before?
    pub(super) fn judge_credit(&mut self, at: Spot, account: &Account, index: usize) {
        let Some(newest) = account.entries.get(index) else { return };
        let earlier =
            account.entries.iter().enumerate().filter(|(i, entry)| *i != index && entry.status == Status::Paid);
        let earlier: Vec<&Entry> = earlier.map(|(_, entry)| entry).collect();
        for other in earlier {
            // A request that was taken in first may be booked last.
            let (before, newest) =
                if other.first_seen <= newest.first_seen { (other, newest) } else { (newest, other) };
            match self.admission(at, before, newest) {
                Some(admission) => self.admitted[admission as usize] += 1,
                None => {
                    let seen = format!(
                        "credited at {} under {} and at {} under {}",
                        before.first_seen, before.reference, newest.first_seen, newest.reference
                    );
                    self.breach(Rule::Credited, at, &seen);
                }
            }
        }
    }

    /// Which admitted weakness a double payment is, if it is one. `before` was credited before `newest`.
    fn admission(&self, at: Spot, before: &Entry, newest: &Entry) -> Option<Admission> {
        if self.is_on_record(newest.lineage, before) {
            return None;
        }
        let memory = self.rails[usize::from(before.rail)].memory;
        let forgot = |when: i64| when - before.first_seen >= memory;
        if before.reference == newest.reference && before.rail == newest.rail {
            return forgot(newest.first_seen).then_some(Admission::ForgottenBetweenStores);
        }
        let book = self.book(Spot { lineage: newest.lineage, ..at });
        let number = self.number_of(at, before)?;
        match book.last_asked(before.rail, number, newest.first_seen) {
            Some(asked) if forgot(asked) => Some(Admission::ForgottenBetweenStores),
            Some(asked) if before.visible_from > asked => Some(Admission::OneAnswerWasEnough),
            Some(_) => None,
            None => {
                let to_be_asked = self.others(at, newest.lineage, newest.rail, self.number_of(at, newest)?);
                (!to_be_asked.contains(&(before.rail, number))).then_some(Admission::InstructedOtherwise)
            }
        }
    }

    fn number_of(&self, at: Spot, entry: &Entry) -> Option<u16> {
        let same = |(rail, _, reference): &&(u8, u16, Reference)| *rail == entry.rail && *reference == entry.reference;
        self.derived[at.payment].iter().find(same).map(|(_, number, _)| *number)
    }

    /// Which rails a store must have asked about which attempts before it sends this one over this rail: every other pair
    /// to which its row, or what it sent itself, leads. For the only place of a row that was sent nowhere before, only the
    /// other rails are asked about the one reference, unless the store knows that it went back.
    fn others(&self, at: Spot, lineage: u16, rail: u8, number: u16) -> Vec<(u8, u16)> {
        let branch = &self.lineages[usize::from(lineage)];
        let book = &branch.books[at.payment];
        let is_only_one = book.places < 2 && number < 2 && !branch.went_back;
        let places = self.routes[at.payment].iter().take(usize::from(book.places));
        let rails: Vec<u8> = places.flatten().copied().collect();
        let mut others = Vec::new();
        for n in 1..=number.max(u16::from(book.places)).max(if is_only_one { 1 } else { 2 }) {
            // What was sent from another account cannot be asked about from this one.
            let same_account = |note: &&Note| note.other_account == self.rails[usize::from(note.rail)].other_account;
            let sent = book.notes.get(usize::from(n) - 1).filter(same_account);
            for other in rails.iter().copied().chain(sent.map(|note| note.rail)) {
                // What came back was executed: the provider will not say that it does not know it.
                let back = sent.is_some_and(|note| note.back && note.rail == other);
                if (other, n) != (rail, number) && !back {
                    others.push((other, n));
                }
            }
        }
        others
    }

    /// What should have been asked before this send and was not, or not since anything else became known.
    pub(super) fn unasked(&self, at: Spot, reference: &Reference) -> Option<(u8, u16)> {
        let book = self.book(at);
        let number = book.notes.iter().position(|note| note.reference == *reference)?;
        let note = &book.notes[number];
        let number = u16::try_from(number + 1).ok()?;
        let asked = book.probes.last().filter(|_| book.asked_around).map(|(_, asked)| asked);
        let wanted = self.others(at, at.lineage, note.rail, number);
        wanted.into_iter().find(|pair| asked.is_none_or(|asked| !asked.contains(pair)))
    }

    /// What must hold of a store when nobody works on it.
    pub(crate) fn on_rest(&mut self, at: Spot, count: usize, states: impl Iterator<Item = PaymentState>) {
        let mut sum = 0u64;
        for (index, _state) in states.enumerate() {
            sum += self.wages.get(index).copied().unwrap_or_default();
        }
        if count != self.wages.len() || sum != self.wages.iter().sum::<u64>() {
            self.breach(Rule::Conserved, at, "the sum over states is not the total of the file");
        }
    }

    /// No two payments share a reference on a rail.
    pub(crate) fn references_are_unique(&mut self, at: Spot) {
        let all = self.derived.iter().flatten();
        let mut names: Vec<(u8, &str)> = all.map(|(rail, _, reference)| (*rail, reference.as_str())).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() != count {
            self.breach(Rule::SameReference, at, "two attempts share one reference");
        }
    }

    /// Whoever is told to be paid was credited under that very reference.
    pub(crate) fn settled_is_proved(&mut self, at: Spot, account: &Account) {
        let note = self.book(at).notes.iter().find(|note| note.paid && !note.back);
        let proved = note.is_some_and(|note| {
            let same = |entry: &&Entry| entry.rail == note.rail && entry.reference == note.reference;
            account.entries.iter().filter(same).any(|entry| entry.credited_at.is_some())
        });
        if !proved {
            self.breach(Rule::Proved, at, "told to be paid, and the bank's ledger has no credit");
        }
    }

    /// What came back within the watched days, and is still known to the bank, was told by the last resume.
    pub(crate) fn return_is_told(&mut self, at: Spot, account: &Account) {
        let Some(note) = self.book(at).notes.iter().find(|note| note.paid && !note.back) else { return };
        let memory = self.rails[usize::from(note.rail)].memory;
        let watched = note.proved_at.is_some_and(|proved| at.wall - proved < WATCHED);
        let returned = account.entries.iter().any(|entry| {
            let same = entry.rail == note.rail && entry.reference == note.reference;
            same && entry.status == Status::Returned && at.now - entry.first_seen < memory
        });
        let may_be_asked = note.other_account == self.rails[usize::from(note.rail)].other_account;
        if watched && returned && may_be_asked {
            self.breach(Rule::ReturnTold, at, "the money came back, and nobody was told");
        }
    }
}
