//! What runs of worlds come to: counts, and the breach with the line that reproduces it.
use crate::auditor::{Admission, Breach};
use crate::swarm::Fault;
use std::fmt;

/// What happened, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Worlds.
    pub worlds: u64,
    /// Worlds that went through real sealed records.
    pub sealed_worlds: u64,
    /// Payments, counted once for each store that paid their file.
    pub payments: u64,
    /// Requests whose bytes left.
    pub sends: u64,
    /// Among them repeats of stored bytes.
    pub resends: u64,
    /// Questions about attempts, probes of later references included.
    pub questions: u64,
    /// Commits.
    pub commits: u64,
    /// Processes that were started.
    pub sessions: u64,
    /// Processes that died.
    pub crashes: u64,
    /// Credits in the banks' ledgers.
    pub credits: u64,
    /// Payments by the state in which they ended, in the order of `PaymentState::ALL`.
    pub ended: [u64; 10],
    /// How often each fault struck, in the order of [`Fault::ALL`].
    pub faults: [u64; Fault::ALL.len()],
    /// Double payments that are admitted, in the order of [`Admission::ALL`].
    pub admitted: [u64; Admission::ALL.len()],
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            worlds: 0,
            sealed_worlds: 0,
            payments: 0,
            sends: 0,
            resends: 0,
            questions: 0,
            commits: 0,
            sessions: 0,
            crashes: 0,
            credits: 0,
            ended: [0; 10],
            faults: [0; Fault::ALL.len()],
            admitted: [0; Admission::ALL.len()],
        }
    }
}

impl Tally {
    /// Adds another one.
    pub fn add(&mut self, other: &Self) {
        self.worlds += other.worlds;
        self.sealed_worlds += other.sealed_worlds;
        self.payments += other.payments;
        self.sends += other.sends;
        self.resends += other.resends;
        self.questions += other.questions;
        self.commits += other.commits;
        self.sessions += other.sessions;
        self.crashes += other.crashes;
        self.credits += other.credits;
        add(&mut self.ended, &other.ended);
        add(&mut self.faults, &other.faults);
        add(&mut self.admitted, &other.admitted);
    }

    /// Faults that never struck.
    pub fn never_struck(&self) -> Vec<Fault> {
        Fault::ALL.iter().copied().filter(|fault| self.faults[*fault as usize] == 0).collect()
    }
}

fn add<const N: usize>(to: &mut [u64; N], from: &[u64; N]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "worlds {} ({} through sealed records), payments {}",
            self.worlds, self.sealed_worlds, self.payments
        )?;
        writeln!(f, "processes {}, of which died {}", self.sessions, self.crashes)?;
        writeln!(
            f,
            "commits {}, sends {} (resends {}), questions {}, credits {}",
            self.commits, self.sends, self.resends, self.questions, self.credits
        )?;
        for (state, count) in upah_core::PaymentState::ALL.iter().zip(self.ended).filter(|(_, count)| *count > 0) {
            writeln!(f, "  ended {:<18} {count:>10}", state.name())?;
        }
        for fault in Fault::ALL {
            writeln!(f, "  {:<42} {:>10}", fault.name(), self.faults[*fault as usize])?;
        }
        for admission in Admission::ALL {
            writeln!(f, "  paid twice, admitted: {:<32} {:>6}", admission.name(), self.admitted[*admission as usize])?;
        }
        Ok(())
    }
}

/// So many lines of a history are printed from its beginning and from its end.
const HEAD: usize = 60;
const TAIL: usize = 60;

/// A world in which a rule was broken.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed of the world.
    pub seed: u64,
    /// The rule, the payment, and what was seen.
    pub breach: Breach,
    /// The payment's history.
    pub history: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "rule {} is broken: {}", self.breach.rule.name(), self.breach.rule.text())?;
        writeln!(f, "seen of payment {}: {}", self.breach.payment, self.breach.seen)?;
        let shown = self.history.len().saturating_sub(TAIL);
        for line in self.history.iter().take(HEAD.min(shown)) {
            writeln!(f, "  {line}")?;
        }
        if shown > HEAD {
            writeln!(f, "  ... {} lines ...", shown - HEAD)?;
        }
        for line in self.history.iter().skip(shown) {
            writeln!(f, "  {line}")?;
        }
        write!(f, "reproduce it: cargo xtask simulate --from {} --seeds 1", self.seed)
    }
}

/// What one seed came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What happened.
    pub tally: Tally,
    /// The digest of the world's trace: the same seed and build give the same one.
    pub digest: u64,
}
