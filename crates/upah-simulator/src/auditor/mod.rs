//! The independent auditor: it stands at the store's door, on the wire and beside the bank's ledger, knows
//! the rules of money in its own words, and shares no code with the core's state, planner or policy.
mod book;
mod facts;
mod judge;
mod rules;

pub(crate) use book::Book;
pub use rules::{Admission, Breach, Rule};

use crate::bank::{Account, AskReply, Reply};
use crate::ways::{Routes, Terms};
use upah_core::reference::Reference;
use upah_core::state::PaymentState;

/// What a rail's configuration promises, as the world has drawn it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Promise {
    pub(crate) trust: i64,
    pub(crate) memory: i64,
    pub(crate) concurrency: u32,
    /// The rail is configured for another account in this session.
    pub(crate) other_account: bool,
}

/// One store, or one branch of its history.
#[derive(Clone, Debug)]
struct Lineage {
    parent: Option<(u16, i64)>,
    books: Vec<Book>,
    /// The head says that it went back.
    went_back: bool,
}

/// The auditor.
#[derive(Debug)]
pub(crate) struct Auditor {
    pub(crate) rails: Vec<Promise>,
    /// Over which rails a payment's destinations can go, and which of them is wanted when.
    routes: Vec<Routes>,
    terms: Terms,
    wages: Vec<u64>,
    lineages: Vec<Lineage>,
    /// What was derived for each attempt of a payment: rail, number, reference.
    derived: Vec<Vec<(u8, u16, Reference)>>,
    session_start: i64,
    /// How many processes work at the same time.
    company: u32,
    /// When a payment came into other hands, for each.
    handed_on: Vec<i64>,
    /// Until when a process that fell asleep with a payment in its hands can do anything at the bank.
    sleepers: Vec<Option<i64>>,
    ahead: Vec<u32>,
    pub(crate) breach: Option<Breach>,
    /// Only these rules are heard.
    hears: Option<&'static [Rule]>,
    pub(crate) admitted: [u64; Admission::ALL.len()],
}

/// A place in a world: which store, which payment, when by true time and by the wall clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) lineage: u16,
    pub(crate) payment: usize,
    pub(crate) now: i64,
    pub(crate) wall: i64,
}

impl Auditor {
    pub(crate) fn new(
        rails: Vec<Promise>,
        (routes, terms): (Vec<Routes>, Terms),
        wages: Vec<u64>,
        hears: Option<&'static [Rule]>,
    ) -> Self {
        let ahead = vec![0; rails.len()];
        let derived = vec![Vec::new(); wages.len()];
        let (sleepers, handed_on) = (vec![None; wages.len()], vec![0; wages.len()]);
        Self {
            rails,
            routes,
            terms,
            wages,
            lineages: Vec::new(),
            derived,
            session_start: 0,
            company: 1,
            handed_on,
            sleepers,
            ahead,
            breach: None,
            hears,
            admitted: [0; Admission::ALL.len()],
        }
    }

    /// A store is made; what its facts say is read to the auditor next.
    pub(crate) fn lineage_begins(&mut self, parent: Option<(u16, i64)>, went_back: bool) -> u16 {
        let books = vec![Book::default(); self.wages.len()];
        self.lineages.push(Lineage { parent, books, went_back });
        u16::try_from(self.lineages.len() - 1).unwrap_or(u16::MAX)
    }

    /// The head is signed anew: what was to be asked about was asked about.
    pub(crate) fn signed_anew(&mut self, lineage: u16) {
        self.lineages[usize::from(lineage)].went_back = false;
    }

    /// A process fell asleep with a payment in its hands, or all that did are gone.
    pub(crate) fn sleeps(&mut self, payment: Option<usize>, harmless: i64) {
        match payment {
            Some(payment) => self.sleepers[payment] = Some(harmless),
            None => self.sleepers.fill(None),
        }
    }

    /// Processes begin: whoever was sending is gone, and nobody heard what came of it.
    pub(crate) fn session_begins(&mut self, now: i64, other_account: Option<usize>, company: usize) {
        self.session_start = now;
        self.company = u32::try_from(company).unwrap_or(u32::MAX);
        self.ahead.fill(0);
        for (index, rail) in self.rails.iter_mut().enumerate() {
            rail.other_account = other_account == Some(index);
        }
    }

    /// A question between two processes: the rail is configured as it was made.
    pub(crate) fn on_question_between_processes(&mut self, at: Spot, rail: u8, number: u16) {
        let index = usize::from(rail);
        let in_session = std::mem::take(&mut self.rails[index].other_account);
        self.on_question(at, rail, number);
        self.rails[index].other_account = in_session;
    }

    /// A process is gone, and with it what it had heard and not written down.
    pub(crate) fn session_ends(&mut self, lineage: u16) {
        for book in &mut self.lineages[usize::from(lineage)].books {
            book.reply = None;
            book.answer = None;
        }
    }

    /// One of several processes is gone, and so is what it had heard of this payment and not written down. Another one has it
    /// from this time on.
    pub(crate) fn taken_over(&mut self, lineage: u16, payment: usize, at: i64) {
        let book = &mut self.lineages[usize::from(lineage)].books[payment];
        (book.reply, book.answer) = (None, None);
        self.handed_on[payment] = at;
    }

    /// Bytes leave.
    pub(crate) fn on_wire(&mut self, at: Spot, rail: u8, reference: &Reference, body: u64) {
        let went_back = self.lineages[usize::from(at.lineage)].went_back;
        let config = self.rails[usize::from(rail)].other_account;
        self.ahead[usize::from(rail)] = self.ahead[usize::from(rail)].saturating_sub(1);
        let book = self.book_mut(at);
        if book.reply.is_some() || book.answer.is_some() {
            return self.breach(Rule::Recorded, at, "sent, and the last answer is not recorded");
        }
        if went_back && !book.asked {
            return self.breach(Rule::WentBack, at, "sent by a store that went back, unasked");
        }
        let Some(note) = book.notes.iter_mut().find(|note| note.reference == *reference) else {
            return self.breach(Rule::DurableFirst, at, "bytes left under a reference that is not durable");
        };
        if !note.flying || note.left {
            return self.breach(Rule::DurableFirst, at, "bytes left, and their send is not durable");
        }
        note.left = true;
        if let Some((rail, number)) = self.unasked(at, reference) {
            let seen = format!("sent, and rail {rail} was not asked about attempt {number} before");
            self.breach(Rule::Asked, at, &seen);
        }
        let book = self.book_mut(at);
        let Some(note) = book.notes.iter().find(|note| note.reference == *reference) else { return };
        if note.body != body || note.rail != rail {
            return self.breach(Rule::SameBytes, at, "other bytes, or another rail, under one reference");
        }
        if note.other_account != config {
            self.breach(Rule::Account, at, "sent from another account than it was made for");
        }
    }

    /// A question leaves.
    pub(crate) fn on_question(&mut self, at: Spot, rail: u8, number: u16) {
        let config = self.rails[usize::from(rail)].other_account;
        let book = self.book_mut(at);
        if book.reply.is_some() || book.answer.is_some() {
            return self.breach(Rule::Recorded, at, "asked, and the last answer is not recorded");
        }
        match book.notes.get(usize::from(number).wrapping_sub(1)) {
            None => self.breach(Rule::DurableFirst, at, "asked about an attempt that is not durable"),
            Some(note) if note.other_account != config => {
                self.breach(Rule::Account, at, "asked under another account than it was made for");
            }
            Some(_) => {}
        }
    }

    /// An answer to a send reaches the process.
    pub(crate) fn on_reply(&mut self, at: Spot, number: u16, reply: Reply) {
        self.book_mut(at).reply = Some((number, reply));
    }

    /// An answer to a question reaches the process.
    pub(crate) fn on_answer(&mut self, at: Spot, number: u16, reply: AskReply, asked: i64) {
        let book = self.book_mut(at);
        book.asked |= matches!(reply, AskReply::Unknown | AskReply::Paid | AskReply::Failed | AskReply::Returned);
        book.answer = Some((number, reply, asked));
    }

    /// The answers about what another store may have paid.
    pub(crate) fn on_probe(&mut self, at: Spot, asked: i64, what: Vec<(u8, u16)>, found: bool) {
        let book = self.book_mut(at);
        book.probes.push((asked, what));
        book.probe_found |= found;
    }

    /// A commit is durable, and the row says that the payment stands here.
    pub(crate) fn on_saved(&mut self, at: Spot, state: PaymentState, amount: u64) {
        if amount != self.wages[at.payment] {
            self.breach(Rule::Conserved, at, "another amount than she is owed");
        }
        let book = self.book_mut(at);
        book.state = Some(state);
        if let Err((rule, why)) = book.permits(state) {
            let seen = format!("{why}: {state:?}; {}", self.describe(at));
            return self.breach(rule, at, &seen);
        }
        if state != PaymentState::NeedsAction {
            self.book_mut(at).parked = None;
        }
    }

    /// Credits that the bank's ledger shows since it was last looked at.
    pub(crate) fn on_ledger(&mut self, at: Spot, account: &mut Account) {
        for index in std::mem::take(&mut account.fresh) {
            self.judge_credit(at, account, index);
        }
    }

    /// What the auditor knows of a payment in a store.
    pub(crate) fn book(&self, at: Spot) -> &Book {
        &self.lineages[usize::from(at.lineage)].books[at.payment]
    }

    fn book_mut(&mut self, at: Spot) -> &mut Book {
        &mut self.lineages[usize::from(at.lineage)].books[at.payment]
    }

    /// Keeps the first breach.
    pub(crate) fn breach(&mut self, rule: Rule, at: Spot, seen: &str) {
        if self.breach.is_none() && self.hears.is_none_or(|rules| rules.contains(&rule)) {
            self.breach = Some(Breach { rule, payment: at.payment, seen: seen.to_owned() });
        }
    }

    fn describe(&self, at: Spot) -> String {
        let book = self.book(at);
        match book.notes.last() {
            None => "no attempt yet".to_owned(),
            Some(note) => {
                let flags = [
                    (note.flying, "flying"),
                    (note.maybe_left, "may have left"),
                    (note.accepted, "accepted"),
                    (note.paid, "paid"),
                    (note.back, "returned"),
                    (note.dead, "proved dead"),
                    (note.released, "released"),
                    (note.disputed, "disputed"),
                    (note.claimed, "claimed"),
                    (note.held_back, "held back"),
                    (note.repeat_refused, "repeat refused"),
                ];
                let words: Vec<_> = flags.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
                format!("attempt {} is [{}]", book.notes.len(), words.join(", "))
            }
        }
    }
}
