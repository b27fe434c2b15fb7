//! The one book of every provider here: who was credited, once per partner reference.
//!
//! Each change is a line of the journal before it is a fact in memory. With a file, several
//! processes may share one book: every change is made under the file's lock, after reading what
//! the others wrote.

mod entry;
mod journal;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::path::Path;

pub use entry::Credit;
pub(crate) use entry::{Entry, Standing};
use journal::{Journal, Line};

use crate::clock;
use crate::faults::{Drawn, Fault, Settings};

/// A payment as it is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Order<'a> {
    /// What a repeat is told by.
    pub(crate) reference: &'a str,
    /// What the partner calls it, where that is something else.
    pub(crate) named: Option<&'a str>,
    pub(crate) service: u8,
    pub(crate) bank_code: &'a str,
    pub(crate) account: &'a str,
    pub(crate) source: &'a str,
    pub(crate) amount: u64,
    /// SHA-256 of the minified request.
    pub(crate) body: [u8; 32],
}

/// What becomes of an order that is taken on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fate {
    /// Inquiries answered with 03 first, and whether it is booked in the end.
    pub(crate) in_progress: Option<(u32, bool)>,
    /// Inquiries that deny it, and for how many milliseconds.
    pub(crate) hidden: Option<(u32, u64)>,
    /// Given back this long after the booking; `i64::MAX` waits to be told.
    pub(crate) return_after_ms: Option<i64>,
}

impl Fate {
    /// What was drawn for it.
    pub(crate) fn of(drawn: &Drawn, numbers: &Settings) -> Self {
        let pending = numbers.in_progress_inquiries;
        Self {
            in_progress: match drawn.outcome {
                Some(Fault::InProgressThenSuccess) => Some((pending, true)),
                Some(Fault::InProgressThenFailure) => Some((pending, false)),
                _ => None,
            },
            hidden: drawn.hidden.then_some((numbers.not_found_inquiries, numbers.not_found_ms)),
            return_after_ms: drawn
                .returns
                .then(|| numbers.late_return_ms.map_or(i64::MAX, |ms| i64::try_from(ms).unwrap_or(i64::MAX))),
        }
    }
}

/// The answer to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The money has moved; the bank's reference.
    Booked(String),
    /// The money is set aside; the bank's reference.
    InProgress(String),
    /// This reference with this body was here before.
    Duplicate,
    /// This reference was here with another body.
    Inconsistent,
    /// Not enough money.
    Insufficient,
}

/// What a status inquiry finds.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// Unknown, or there and denied for now.
    Nothing { hidden: bool },
    /// As it stands.
    Entry(Box<Entry>),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Ledger {
    available: u64,
    reserved: u64,
    entries: HashMap<String, Entry>,
    /// How many entries were ever made: the bank's own references count them.
    entered: usize,
    /// References in the order of booking.
    booked: Vec<String>,
    journal: Option<Journal>,
}

impl Ledger {
    pub(crate) fn in_memory(balance: u64) -> Self {
        Self { available: balance, reserved: 0, entries: HashMap::new(), entered: 0, booked: Vec::new(), journal: None }
    }

    /// Opens or makes the file. `balance` is what the account held before the first line.
    pub(crate) fn at(path: &Path, balance: u64) -> io::Result<Self> {
        let mut ledger = Self::in_memory(balance);
        ledger.journal = Some(Journal::open(path)?);
        ledger.change(|_| Ok(()))?;
        Ok(ledger)
    }

    /// Takes an order on, or says why not. A refused reference may come again and be booked, as at
    /// banks that remember successes only.
    pub(crate) fn submit(&mut self, order: &Order<'_>, fate: Fate) -> io::Result<Taken> {
        self.change(|ledger| {
            let known = ledger.entries.get(order.reference);
            if let Some(known) = known {
                if !known.has_body(&order.body) {
                    return Ok(Taken::Inconsistent);
                }
                if known.standing != Standing::Refused {
                    return Ok(Taken::Duplicate);
                }
            }
            if order.amount > ledger.available {
                return Ok(Taken::Insufficient);
            }
            let number = ledger.entered;
            let entry = Entry::taken_on(order, fate, number);
            let reference_no = entry.reference_no.clone();
            ledger.write(Line::Enter(Box::new(entry)))?;
            Ok(match fate.in_progress {
                Some(_) => Taken::InProgress(reference_no),
                None => Taken::Booked(reference_no),
            })
        })
    }

    /// Writes an order down that somebody else has to release: nothing moves. What stands under its reference, if that has
    /// this body.
    pub(crate) fn prepare(&mut self, order: &Order<'_>, notes: &str) -> io::Result<Option<Entry>> {
        self.change(|ledger| {
            if !ledger.entries.contains_key(order.reference) {
                let entry = Entry::prepared(order, notes, ledger.entered);
                ledger.write(Line::Enter(Box::new(entry)))?;
            }
            Ok(ledger.entries.get(order.reference).filter(|entry| entry.has_body(&order.body)).cloned())
        })
    }

    /// Releases what was prepared. Says whether there is money for it; only what still waits is released.
    pub(crate) fn release(&mut self, reference: &str, fate: Fate) -> io::Result<bool> {
        self.change(|ledger| {
            let Some(entry) = ledger.prepared(reference) else { return Ok(false) };
            if entry.amount > ledger.available {
                return Ok(false);
            }
            ledger.write(Line::Enter(Box::new(entry.released(fate)))).map(|()| true)
        })
    }

    /// What was prepared comes to nothing, under this code.
    pub(crate) fn turn_down(&mut self, reference: &str, code: &str) -> io::Result<()> {
        self.change(|ledger| {
            let Some(mut entry) = ledger.prepared(reference) else { return Ok(()) };
            (entry.standing, entry.refused_with) = (Standing::Refused, Some(code.to_owned()));
            ledger.write(Line::Enter(Box::new(entry)))
        })
    }

    fn prepared(&self, reference: &str) -> Option<Entry> {
        self.entries.get(reference).filter(|entry| entry.standing == Standing::Prepared).cloned()
    }

    /// Notes a refusal, so that a status inquiry can name it. A reference that already stands
    /// otherwise is left alone: a refused *resend* says nothing about the first one.
    pub(crate) fn refuse(&mut self, order: &Order<'_>, code: &str) -> io::Result<()> {
        self.change(|ledger| {
            if ledger.entries.contains_key(order.reference) {
                return Ok(());
            }
            let number = ledger.entered;
            ledger.write(Line::Enter(Box::new(Entry::refused(order, code, number))))
        })
    }

    /// Answers a status inquiry; asking moves a payment in progress towards its end.
    pub(crate) fn inquire(&mut self, reference: &str) -> io::Result<Found> {
        self.change(|ledger| {
            let Some(entry) = ledger.entries.get_mut(reference) else {
                return Ok(Found::Nothing { hidden: false });
            };
            entry.inquiries = entry.inquiries.saturating_add(1);
            let asked = entry.inquiries;
            let now_ms = clock::unix_ms(clock::now());
            if asked <= entry.hidden_inquiries || now_ms < entry.hidden_until_ms {
                return Ok(Found::Nothing { hidden: true });
            }
            let reference = reference.to_owned();
            if entry.standing == Standing::InProgress && asked > entry.pending_inquiries {
                let line = if entry.ends_well {
                    Line::settle(reference.clone())
                } else {
                    Line::Fail { reference: reference.clone(), code: None }
                };
                ledger.write(line)?;
            } else if entry.is_due_back(now_ms) {
                ledger.write(Line::give_back(reference.clone()))?;
            }
            Ok(match ledger.entries.get(&reference) {
                Some(entry) => Found::Entry(Box::new(entry.clone())),
                None => Found::Nothing { hidden: false },
            })
        })
    }

    /// Whether it is denied for now. Looking at a list is no inquiry about any payment in it.
    pub(crate) fn is_hidden(&self, reference: &str) -> bool {
        let now_ms = clock::unix_ms(clock::now());
        let entry = self.entries.get(reference);
        entry.is_some_and(|entry| entry.inquiries < entry.hidden_inquiries || now_ms < entry.hidden_until_ms)
    }

    /// The partner's reference behind the bank's own.
    pub(crate) fn by_reference_no(&self, reference_no: &str) -> Option<String> {
        self.entries.values().find(|entry| entry.reference_no == reference_no).map(|entry| entry.reference.clone())
    }

    /// What tells repeats of the payments of a service that the partner calls so, in the order in which they were
    /// taken on.
    pub(crate) fn by_name(&self, service: u8, name: &str) -> Vec<String> {
        let is_meant = |entry: &&Entry| entry.service == service && entry.name() == name;
        let mut named: Vec<_> = self.entries.values().filter(is_meant).collect();
        named.sort_by(|one, other| one.reference_no.cmp(&other.reference_no));
        named.into_iter().map(|entry| entry.reference.clone()).collect()
    }

    /// Everything whose reference begins so, in the order in which it was taken on.
    pub(crate) fn under(&self, prefix: &str) -> Vec<Entry> {
        let is_meant = |entry: &&Entry| entry.reference.starts_with(prefix);
        let mut entries: Vec<_> = self.entries.values().filter(is_meant).cloned().collect();
        entries.sort_by(|one, other| one.reference_no.cmp(&other.reference_no));
        entries
    }

    /// What tells repeats of a payment, given that or what the partner calls it.
    pub(crate) fn key(&self, reference: &str) -> Option<String> {
        let named = || self.entries.values().find(|entry| entry.name() == reference);
        self.entries.get(reference).or_else(named).map(|entry| entry.reference.clone())
    }

    /// Where a payment goes; empty for one unknown.
    pub(crate) fn account(&self, reference: &str) -> String {
        let entry = self.entries.get(reference);
        entry.map_or_else(String::new, |entry| entry.account.clone())
    }

    /// As it stands.
    pub(crate) fn entry(&self, reference: &str) -> Option<Entry> {
        self.entries.get(reference).cloned()
    }

    /// Ends a payment in progress, without being asked. Says whether there was one.
    pub(crate) fn settle(&mut self, reference: &str) -> io::Result<bool> {
        self.change(|ledger| {
            let entry = ledger.entries.get(reference).filter(|entry| entry.standing == Standing::InProgress);
            let Some(entry) = entry else { return Ok(false) };
            let line = if entry.ends_well {
                Line::settle(reference.to_owned())
            } else {
                Line::Fail { reference: reference.to_owned(), code: None }
            };
            ledger.write(line)?;
            Ok(true)
        })
    }

    /// Takes a payment in progress back, under this code. Says whether there was one.
    pub(crate) fn recall(&mut self, reference: &str, code: &str) -> io::Result<bool> {
        self.change(|ledger| {
            let entry = ledger.entries.get(reference);
            if entry.is_none_or(|entry| entry.standing != Standing::InProgress) {
                return Ok(false);
            }
            ledger.write(Line::Fail { reference: reference.to_owned(), code: Some(code.to_owned()) })?;
            Ok(true)
        })
    }

    /// Gives a booked payment back. Says whether there was one.
    pub(crate) fn give_back(&mut self, reference: &str) -> io::Result<bool> {
        self.change(|ledger| {
            let entry = ledger.entries.get(reference);
            if entry.is_none_or(|entry| entry.standing != Standing::Booked) {
                return Ok(false);
            }
            ledger.write(Line::give_back(reference.to_owned()))?;
            Ok(true)
        })
    }

    /// Gives back every payment that was to be given back later, now.
    pub(crate) fn advance(&mut self) -> io::Result<usize> {
        self.return_due(i64::MAX)
    }

    /// What was credited, in order, after giving back what is due by now.
    pub(crate) fn credits(&mut self) -> io::Result<Vec<Credit>> {
        self.return_due(clock::unix_ms(clock::now()))?;
        let booked = self.booked.iter();
        Ok(booked.filter_map(|reference| self.entries.get(reference)).map(Entry::credit).collect())
    }

    pub(crate) fn available(&mut self) -> io::Result<u64> {
        self.change(|ledger| Ok(ledger.available))
    }

    pub(crate) fn set_available(&mut self, amount: u64) -> io::Result<()> {
        self.change(|ledger| ledger.write(Line::Available { amount }))
    }

    fn return_due(&mut self, now_ms: i64) -> io::Result<usize> {
        self.change(|ledger| {
            let due: Vec<String> = ledger
                .entries
                .values()
                .filter(|entry| entry.is_due_back(now_ms))
                .map(|entry| entry.reference.clone())
                .collect();
            for reference in &due {
                ledger.write(Line::give_back(reference.clone()))?;
            }
            Ok(due.len())
        })
    }

    /// Runs `act` on the newest state, alone among all processes that share the file.
    fn change<T>(&mut self, act: impl FnOnce(&mut Self) -> io::Result<T>) -> io::Result<T> {
        if let Some(journal) = &mut self.journal {
            let lines = journal.lock_and_catch_up()?;
            let done = lines.into_iter().try_for_each(|line| self.apply(line)).and_then(|()| act(self));
            if let Some(journal) = &self.journal {
                journal.unlock()?;
            }
            done
        } else {
            act(self)
        }
    }

    /// Only inside `change`.
    fn write(&mut self, line: Line) -> io::Result<()> {
        if let Some(journal) = &mut self.journal {
            journal.append(&line)?;
        }
        self.apply(line)
    }

    fn apply(&mut self, line: Line) -> io::Result<()> {
        match line {
            Line::Enter(entry) => self.enter(*entry),
            Line::Available { amount } => {
                self.available = amount;
                Ok(())
            }
            Line::Settle { reference, at } => {
                let entry = standing(&mut self.entries, &reference, Standing::InProgress)?;
                entry.standing = Standing::Booked;
                entry.at = at;
                self.reserved = minus(self.reserved, entry.amount)?;
                self.booked.push(reference);
                Ok(())
            }
            Line::Fail { reference, code } => {
                let entry = standing(&mut self.entries, &reference, Standing::InProgress)?;
                entry.standing = Standing::Failed;
                entry.refused_with = code.or(entry.refused_with.take());
                self.reserved = minus(self.reserved, entry.amount)?;
                self.available = plus(self.available, entry.amount)?;
                Ok(())
            }
            Line::GiveBack { reference, .. } => {
                let entry = standing(&mut self.entries, &reference, Standing::Booked)?;
                entry.standing = Standing::Returned;
                self.available = plus(self.available, entry.amount)?;
                Ok(())
            }
        }
    }

    fn enter(&mut self, entry: Entry) -> io::Result<()> {
        let known = self.entries.get(&entry.reference);
        if known.is_some_and(|known| !matches!(known.standing, Standing::Refused | Standing::Prepared)) {
            return Err(corrupt("a reference was entered twice"));
        }
        match entry.standing {
            Standing::Booked => {
                self.available = minus(self.available, entry.amount)?;
                self.booked.push(entry.reference.clone());
            }
            Standing::InProgress => {
                self.available = minus(self.available, entry.amount)?;
                self.reserved = plus(self.reserved, entry.amount)?;
            }
            Standing::Refused | Standing::Prepared => {}
            Standing::Failed | Standing::Returned => {
                return Err(corrupt("an entry began at its end"));
            }
        }
        self.entered += 1;
        self.entries.insert(entry.reference.clone(), entry);
        Ok(())
    }
}

fn standing<'a>(
    entries: &'a mut HashMap<String, Entry>,
    reference: &str,
    wanted: Standing,
) -> io::Result<&'a mut Entry> {
    entries
        .get_mut(reference)
        .filter(|entry| entry.standing == wanted)
        .ok_or_else(|| corrupt("a change of an entry that does not stand so"))
}

fn minus(from: u64, amount: u64) -> io::Result<u64> {
    from.checked_sub(amount).ok_or_else(|| corrupt("more went out than was there"))
}

fn plus(to: u64, amount: u64) -> io::Result<u64> {
    to.checked_add(amount).ok_or_else(|| corrupt("a sum passes what can be counted"))
}

fn corrupt(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
