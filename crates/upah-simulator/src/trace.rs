//! What happened, as a digest that two runs of one seed share, and as words for one payment.
use crate::auditor::Spot;
use crate::hash;
use std::hash::{DefaultHasher, Hash, Hasher};
use upah_core::event::Fact;
use upah_core::state::PaymentState;

/// The trace of one world.
pub(crate) struct Trace {
    hasher: DefaultHasher,
    tell: Option<usize>,
    pub(crate) lines: Vec<String>,
}

impl Trace {
    pub(crate) fn new(tell: Option<usize>) -> Self {
        Self { hasher: DefaultHasher::new(), tell, lines: Vec::new() }
    }

    /// A fact becomes durable.
    pub(crate) fn fact(&mut self, payment: usize, spot: Spot, fact: &Fact) {
        (payment, spot.now, spot.wall, spot.lineage).hash(&mut self.hasher);
        std::mem::discriminant(fact).hash(&mut self.hasher);
        if let Fact::Attempted(made) = fact {
            hash(&made.body).hash(&mut self.hasher);
        }
        self.line(payment, || format!("{} store {} records {}", clock(spot), spot.lineage, shown(fact)));
    }

    /// Where a payment stands now.
    pub(crate) fn state(&mut self, payment: usize, state: PaymentState) {
        (state as u8).hash(&mut self.hasher);
        self.line(payment, || format!("    it is {}", state.name()));
    }

    /// Something between us and the world.
    pub(crate) fn met(&mut self, payment: usize, spot: Spot, what: &str, how: impl Hash + std::fmt::Debug) {
        (payment, spot.now, what).hash(&mut self.hasher);
        how.hash(&mut self.hasher);
        self.line(payment, || format!("{} {what} {how:?}", clock(spot)));
    }

    /// Something that concerns every payment.
    pub(crate) fn all(&mut self, now: i64, words: impl FnOnce() -> String) {
        now.hash(&mut self.hasher);
        if self.tell.is_some() {
            self.lines.push(format!("{:>12} {}", now - crate::world::EPOCH, words()));
        }
    }

    fn line(&mut self, payment: usize, words: impl FnOnce() -> String) {
        if self.tell == Some(payment) {
            self.lines.push(words());
        }
    }

    pub(crate) fn digest(&self) -> u64 {
        self.hasher.finish()
    }
}

fn clock(spot: Spot) -> String {
    format!("{:>12}", spot.now - crate::world::EPOCH)
}

fn shown(fact: &Fact) -> String {
    match fact {
        Fact::Instructed(_) => "Instructed".to_owned(),
        Fact::Attempted(made) => {
            format!("Attempted {} to {} over {} under {}", made.number, made.destination, made.rail, made.reference)
        }
        other => format!("{other:?}"),
    }
}
