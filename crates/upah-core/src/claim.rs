//! Who drives which payment, when several processes share one store: leases, fences, claims.
//!
//! # Contract of a store that many share
//! * A *drive* is one process's work from [`Store::enlist`](crate::store::Store::enlist) to
//!   [`Store::dismiss`](crate::store::Store::dismiss). Its **lease** is judged by the store's clock and by nobody
//!   else's: it is live until so long after the last call that began or renewed it. A lease that has ended is never
//!   revived; whoever wants to go on enlists anew.
//! * A **claim** hands a payment to one drive. A payment under another's live lease is not handed out, and of the
//!   payments of a page none that the drive holds already.
//! * Each claim has a **fence**: greater than every one given for this payment before, and the same when a drive
//!   claims by name what it holds. A commit that names a fence is a
//!   [`StoreError::Conflict`](crate::store::StoreError::Conflict) once another fence has been given.
//!   One that names none (an approval, a cancellation) is judged by its version alone.
//! * A payment is given back by the commit that brings it to rest (no longer
//!   [open](crate::state::PaymentState::is_open)), and all of a drive's by its dismissal. A drive that is neither
//!   alive nor dismissed has **lapsed**: who claims one of its payments is told how long ago, now and ever after, for
//!   it may still be writing to a bank.
//! * Fences and lapses are as durable as events, and no events: nothing in the log follows from them.
//!
//! A store with one writer needs nothing of this: the methods of the port that speak of drives are written for it.
use crate::run::PaymentId;
use crate::store::{Cursor, Page, StoredPayment};
use alloc::vec::Vec;
use core::time::Duration;

/// The random name of a drive. Two that are alike would share a lease: 63 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DriveId(u64);

impl DriveId {
    /// From eight random bytes.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes) >> 1)
    }

    /// Less than 2^63.
    pub const fn value(self) -> u64 {
        self.0
    }
}

/// Under which claim a change was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence(pub u64);

/// Whether others may drive payments of the same store at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enlisted {
    /// The store has this one writer: there are no leases, and every claim holds.
    Alone,
    /// Among others, under a lease.
    Leased,
}

/// Which payments a drive would like to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Those of a page.
    Page(Page),
    /// These, whatever their state, and also when the drive holds them already.
    These(Vec<PaymentId>),
}

/// How a drive holds a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Hold {
    /// What its commits name; `None` in a store with one writer.
    pub fence: Option<Fence>,
    /// So long ago, by the store's clock, ended the last lease under which somebody else held it who never gave it
    /// back. `None` when nobody can be sending for it but the holder.
    pub lapsed: Option<Duration>,
}

/// A payment that was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// As it stands.
    pub stored: StoredPayment,
    /// How it is held.
    pub hold: Hold,
}

/// What a drive was given.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Claims {
    /// In the store's order; by name, in any.
    pub claims: Vec<Claim>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// Whether some of those that were wanted are in other hands: it is worth asking again.
    pub elsewhere: bool,
}
