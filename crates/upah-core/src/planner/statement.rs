//! What the entries of a bank's statement say about one attempt, and which of them are news.
use crate::bank_statement::{Entry, Side};
use crate::event::Fact;
use crate::money::Rupiah;
use crate::payment::Payment;
use crate::run::Digest;
use alloc::vec;
use alloc::vec::Vec;

/// What an entry shows of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Showing {
    /// The wage left the account.
    Payment,
    /// The wage came back.
    Return,
    /// The wage left, or came back, once more than it should have.
    Again,
    /// A fee as it is configured for the rail.
    Fee,
    /// Another amount than the wage.
    OtherAmount,
}

/// An entry with what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// Its place among the entries that were given.
    pub index: usize,
    /// What it shows.
    pub showing: Showing,
    /// What is to be written down; nothing when it is known, or proves nothing about the wage.
    pub fact: Option<Fact>,
}

/// Compares the entries under one attempt's reference with what is known of it, in the order in which their facts
/// are to be written. `fee` is what one transfer over the attempt's rail costs, when it is configured.
///
/// * Reading a statement again, or another one that overlaps with it, gives no fact: each entry stands for one that
///   is known, if there is one left (see [`Entry::may_be`]).
/// * Entries of exactly the wage come first: another amount beside them is a break for people and does not
///   take away what is proved. Another amount *instead* of the wage is a contradiction.
/// * An attempt that does not exist gives nothing.
pub fn on_entries(
    payment: &Payment,
    number: u16,
    entries: &[Entry],
    statement: Digest,
    fee: Option<Rupiah>,
) -> Vec<Matched> {
    let Some(attempt) = payment.attempts.iter().find(|attempt| attempt.made.number == number) else {
        return Vec::new();
    };
    let wage = payment.amount();
    let known = known(&attempt.booked, entries);
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|index| (entries[*index].amount != wage, entries[*index].side, entries[*index].day, *index));
    // Counted without what this statement shows once more, so that it is told the same each time it is read.
    let count = |side: Side| {
        let is_exact = |entry: &Entry| entry.side == side && entry.amount == wage;
        let again = entries.iter().zip(&known).filter(|(entry, known)| **known && is_exact(entry)).count();
        attempt.booked.iter().filter(|entry| is_exact(entry)).count().saturating_sub(again)
    };
    let (mut debits, mut credits) = (count(Side::Debit), count(Side::Credit));
    let mut proved: Vec<Side> =
        attempt.booked.iter().filter(|entry| entry.amount == wage).map(|entry| entry.side).collect();
    let mut matched = Vec::with_capacity(entries.len());
    for index in order {
        let entry = &entries[index];
        let is_known = known[index];
        let exact = entry.amount == wage;
        if exact {
            proved.push(entry.side);
            *(if entry.side == Side::Debit { &mut debits } else { &mut credits }) += 1;
        }
        let showing = match entry.side {
            Side::Debit if exact && debits > 1 => Showing::Again,
            Side::Credit if exact && credits > debits.max(1) => Showing::Again,
            Side::Debit if exact => Showing::Payment,
            Side::Credit if exact => Showing::Return,
            Side::Debit if Some(entry.amount) == fee => Showing::Fee,
            Side::Debit | Side::Credit => Showing::OtherAmount,
        };
        let beside = !exact && proved.contains(&entry.side);
        let says_nothing = is_known || showing == Showing::Fee || beside;
        let fact = Fact::Booked { number, entry: entry.clone(), statement };
        matched.push(Matched { index, showing, fact: (!says_nothing).then_some(fact) });
    }
    matched
}

/// Which of the entries are known: each known one stands for one of them, the same reference of the bank first.
fn known(booked: &[Entry], entries: &[Entry]) -> Vec<bool> {
    let mut left = vec![true; booked.len()];
    let mut known = vec![false; entries.len()];
    let same: fn(&Entry, &Entry) -> bool = |one, two| one == two;
    for is_the_same in [same, Entry::may_be] {
        for (entry, known) in entries.iter().zip(&mut known).filter(|(_, known)| !**known) {
            let twin = booked.iter().zip(&mut left).find(|(old, left)| **left && is_the_same(old, entry));
            if let Some((_, left)) = twin {
                (*left, *known) = (false, true);
            }
        }
    }
    known
}
