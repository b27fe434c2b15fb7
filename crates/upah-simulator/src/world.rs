//! One world: some wages, their rails and banks, the stores that pay them, and what its seed lets happen.
use crate::auditor::{Auditor, Breach, Promise, Rule, Spot};
use crate::bank::{Account, Habits, Mood, Request};
use crate::cast::{self, Cast, PAYMENTS_MAX};
use crate::report::Tally;
use crate::sabotage::Sabotage;
use crate::store::{SEALED_ONE_IN, Store, Working, run_id};
use crate::swarm::{Fault, Swarm};
use crate::trace::Trace;
use crate::ways::{self, Routes, Terms};
use fastrand::Rng;
use upah_core::event::{Attempted, Fact, RecordError};
use upah_core::policy::Policy;
use upah_core::reference::Reference;
use upah_core::time::Timestamp;

/// Some day in November 2026.
pub(crate) const EPOCH: i64 = 1_795_600_000_000;

/// What a world may be told besides its seed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// How many payments; drawn from the seed when it is `None`.
    pub payments: Option<usize>,
    /// The canary, if it is one.
    pub sabotage: Option<Sabotage>,
    /// Whether it goes through sealed records; drawn from the seed when it is `None`.
    pub sealed: Option<bool>,
    /// Whether rails have hours and fees; drawn from the seed when it is `None`.
    pub closes: Option<bool>,
    /// Only breaches of these rules are heard; of all when it is `None`.
    pub hears: Option<&'static [Rule]>,
    /// Writes the history of this payment.
    pub tell: Option<usize>,
}

/// Why a session ended before its time.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The process died.
    Died,
    /// The core did not take its own facts.
    Broken(RecordError),
}

impl From<RecordError> for Stop {
    fn from(why: RecordError) -> Self {
        Self::Broken(why)
    }
}

/// How long a lease is.
pub(crate) const LEASE: i64 = 20_000;
/// How long a bank takes a signature, which is what every rail's policy says.
const SIGNATURE_LIFE: i64 = 900_000;

/// A process that fell asleep with a request in its hands. Others take its payments over when its lease has ended.
pub(crate) struct Sleeper {
    pub(crate) payment: usize,
    pub(crate) rail: u8,
    pub(crate) destination: u8,
    pub(crate) reference: Reference,
    pub(crate) body: u64,
    pub(crate) lineage: u16,
    /// Its lease ended, and with it its signature begins to be too old.
    pub(crate) lapsed_at: i64,
    pub(crate) wakes_at: i64,
}

/// A world.
pub(crate) struct World<'a> {
    pub(crate) cast: &'a Cast,
    pub(crate) rng: Rng,
    pub(crate) swarm: Swarm,
    pub(crate) sabotage: Option<Sabotage>,
    pub(crate) policy: Policy,
    pub(crate) habits: Vec<Habits>,
    /// The rail behind each place of the policy, as the auditor and the banks count them.
    pub(crate) rail_of: Vec<u8>,
    pub(crate) accounts: Vec<Account>,
    /// Until when a worker's accounts are closed.
    pub(crate) closed: Vec<[i64; 3]>,
    /// Met something for which people may have to act.
    pub(crate) blamed: Vec<bool>,
    pub(crate) stores: Vec<Store>,
    pub(crate) current: usize,
    pub(crate) backup: Option<(Store, i64)>,
    pub(crate) auditor: Auditor,
    pub(crate) now: i64,
    pub(crate) skew: i64,
    pub(crate) wall_jumps_at: i64,
    pub(crate) calm: bool,
    /// Some of its rails have hours.
    pub(crate) closes: bool,
    pub(crate) places: Vec<u8>,
    pub(crate) other_names: Vec<bool>,
    pub(crate) seals: bool,
    pub(crate) tally: Tally,
    pub(crate) trace: Trace,
    /// Draws who falls asleep, and for how long.
    pub(crate) naps: Rng,
    pub(crate) sleeper: Option<Sleeper>,
    /// How many processes work at the same time.
    pub(crate) company: usize,
    /// When the last lease ended under which a payment was not given back, for each.
    pub(crate) lapsed: Vec<Option<i64>>,
}

impl<'a> World<'a> {
    /// Draws a world.
    pub(crate) fn draw(cast: &'a Cast, seed: u64, options: Options) -> Result<Self, RecordError> {
        let mut rng = Rng::with_seed(seed);
        let mut naps = Rng::with_seed(seed ^ 0x5CEE_9E85);
        // Every third world knows sleepers.
        let mut swarm = Swarm::draw(&mut rng, seed, (seed % 3 == 1).then_some(&mut naps));
        let drawn = if rng.u8(..4) == 0 { rng.usize(100..=PAYMENTS_MAX) } else { rng.usize(20..100) };
        let count = options.payments.unwrap_or(drawn).clamp(1, PAYMENTS_MAX);
        let rails: &[usize] = [&[0, 1][..], &[0, 1, 2], &[2], &[0, 2]][rng.usize(..4)];
        let mut policy =
            Policy { rails: rails.iter().map(|index| cast.rail(*index, &mut rng)).collect(), ..Policy::default() };
        let mut habits = vec![Habits { memory: 0, inquiry_remembers: false, repeats_are_duplicates: false }; 3];
        // Apart from the draws, so that a world whose rails never close lives as it did before some did.
        let mut clocks = Rng::with_seed(seed ^ 0x0C10_C4ED);
        let closes = options.closes.unwrap_or(seed % 5 == 2);
        let terms = if closes { ways::draw(&mut policy, rails, &mut clocks) } else { Terms::default() };
        let none = Promise { trust: 0, memory: 0, concurrency: 0, other_account: false };
        let mut promises = vec![none; 3];
        for (rail, index) in policy.rails.iter().zip(rails) {
            let memory = i64::from(rail.reference_memory_days) * 86_400_000;
            habits[*index] = Habits { memory, inquiry_remembers: rng.bool(), repeats_are_duplicates: rng.bool() };
            promises[*index] = Promise {
                trust: i64::from(rail.trust_not_found_after_seconds) * 1_000,
                memory,
                concurrency: rail.max_concurrency,
                other_account: false,
            };
        }
        let most_places = rng.u8(1..=3);
        let places: Vec<u8> = (0..count).map(|_| rng.u8(1..=most_places)).collect();
        let limited: Vec<bool> = (0..3).map(|i| limit_of(&policy, rails, i)).collect();
        let routes: Vec<Routes> = (0..count).map(|worker| ways::routes(worker, rails, &limited, &terms)).collect();
        let wages = (0..count).map(cast::wage).collect();
        let mut closed = vec![[0; 3]; count];
        let mut other_names = vec![false; count];
        let mut blamed = vec![false; count];
        for worker in 0..count {
            for until in &mut closed[worker] {
                if swarm.strikes(Fault::ClosedAccount, &mut rng) {
                    *until = if rng.bool() { i64::MAX } else { EPOCH + rng.i64(0..100_000_000) };
                    blamed[worker] = true;
                }
            }
            other_names[worker] = swarm.strikes(Fault::NameDiffers, &mut rng);
            blamed[worker] |= other_names[worker] || routes[worker].iter().any(Vec::is_empty);
        }
        let mut world = Self {
            cast,
            rng,
            swarm,
            sabotage: options.sabotage,
            policy,
            habits,
            rail_of: rails.iter().map(|index| u8::try_from(*index).unwrap_or(0)).collect(),
            accounts: vec![Account::default(); count],
            closed,
            blamed,
            stores: Vec::new(),
            current: 0,
            backup: None,
            auditor: Auditor::new(promises, (routes, terms), wages, options.hears),
            closes,
            now: EPOCH,
            skew: 0,
            wall_jumps_at: i64::MAX,
            calm: false,
            places,
            other_names,
            seals: options.sealed.unwrap_or(seed.is_multiple_of(SEALED_ONE_IN)),
            tally: Tally::default(),
            trace: Trace::new(options.tell),
            naps,
            sleeper: None,
            // Apart from the draws, so that a world of one process lives as it did before there were others.
            company: if seed % 8 == 3 { [2, 3][usize::from(seed % 16 == 3)] } else { 1 },
            lapsed: vec![None; count],
        };
        world.admit()?;
        Ok(world)
    }

    /// Whether the process falls asleep before these bytes leave.
    pub(crate) fn falls_asleep(&mut self, payment: usize, rail: u8, made: &Attempted, body: u64) -> bool {
        if self.sleeper.is_some() || !self.swarm.strikes(Fault::Asleep, &mut self.naps) {
            return false;
        }
        self.blamed[payment] = true;
        let lapsed_at = self.now + LEASE;
        // Longer than its signature is good for, now and then.
        let wakes_at = lapsed_at + self.naps.i64(0..SIGNATURE_LIFE + 200_000);
        let lineage = self.stores[self.current].lineage;
        let (reference, destination) = (made.reference.clone(), made.destination);
        self.lapsed[payment] = Some(lapsed_at);
        self.auditor.sleeps(Some(payment), lapsed_at + SIGNATURE_LIFE);
        self.sleeper = Some(Sleeper { payment, rail, destination, reference, body, lineage, lapsed_at, wakes_at });
        true
    }

    /// Whoever slept sends what it had in its hands, which the bank takes while the signature is good.
    pub(crate) fn wake(&mut self) {
        let due = self.sleeper.take_if(|sleeper| sleeper.wakes_at <= self.now);
        let Some(Sleeper { payment, rail, destination, reference, body, lineage, lapsed_at, wakes_at: now }) = due
        else {
            return;
        };
        let spot = self.spot(payment);
        if now > lapsed_at + SIGNATURE_LIFE {
            return self.trace.met(payment, spot, "wakes, and its signature is too old", ());
        }
        let habits = self.habits[usize::from(rail)];
        let mood = if crate::chance::closed(self, payment, destination) {
            Mood::Refuses { cause: upah_core::Cause::InvalidAccount, unseen: false }
        } else {
            Mood::Honest
        };
        let request = Request { rail, reference: &reference, body, lineage, now };
        let reply = self.accounts[payment].submit(request, habits, mood);
        self.trace.met(payment, spot, "wakes and sends, and the bank means", reply);
        self.look_at_ledger(payment);
    }

    /// What the wall clock of our machine says.
    pub(crate) fn wall(&self) -> Timestamp {
        let jump = if self.now >= self.wall_jumps_at { 7_200_000 } else { 0 };
        Timestamp::from_millis(self.now + self.skew + jump)
    }

    pub(crate) fn count(&self) -> usize {
        self.accounts.len()
    }

    pub(crate) fn spot(&self, payment: usize) -> Spot {
        Spot { lineage: self.stores[self.current].lineage, payment, now: self.now, wall: self.wall().millis() }
    }

    /// Whether a fault strikes a payment.
    pub(crate) fn strikes(&mut self, fault: Fault, payment: usize) -> bool {
        let hit = self.swarm.strikes(fault, &mut self.rng);
        if hit && asks_for_people(fault) {
            self.blamed[payment] = true;
        }
        hit
    }

    /// A new store reads the file.
    pub(crate) fn admit(&mut self) -> Result<(), RecordError> {
        let lineage = self.auditor.lineage_begins(None, false);
        let run = run_id(lineage, 1);
        let mut file = Vec::with_capacity(self.count());
        for worker in 0..self.count() {
            let mut instruction = self.cast.instruction(worker, usize::from(self.places[worker]), &run);
            if self.strikes(Fault::Held, worker) {
                instruction.holds.push(upah_core::Cause::PossibleDuplicate);
            }
            file.push(instruction);
        }
        let at = self.wall();
        self.current = self.stores.len();
        self.stores.push(Store::admit(lineage, file, at, self.seals)?);
        for payment in 0..self.count() {
            let spot = self.spot(payment);
            for (_, fact) in self.stores[self.current].facts(payment)? {
                self.auditor.on_fact(spot, &fact);
            }
        }
        self.approve(&run)
    }

    /// The checker approves a run.
    pub(crate) fn approve(&mut self, run: &upah_core::run::RunId) -> Result<(), RecordError> {
        self.stores[self.current].approve(run)?;
        for payment in 0..self.stores[self.current].len() {
            if self.stores[self.current].run_of(payment) == *run {
                let spot = self.spot(payment);
                self.auditor.approved(spot);
            }
        }
        Ok(())
    }

    /// Writes down what is not durable yet; the process may die just before or just after.
    pub(crate) fn save(
        &mut self,
        payment: usize,
        working: &mut Working,
    ) -> Result<Option<upah_core::store::Receipt>, Stop> {
        if working.unsaved().is_empty() {
            return Ok(None);
        }
        if self.strikes(Fault::CrashBeforeCommit, payment) {
            return Err(Stop::Died);
        }
        let spot = self.spot(payment);
        for event in working.unsaved() {
            self.auditor.on_fact(spot, &event.fact);
            self.trace.fact(payment, spot, &event.fact);
        }
        let receipt = self.stores[self.current].commit(payment, working);
        self.tally.commits += 1;
        self.auditor.on_saved(spot, working.payment.state, working.payment.amount().value());
        self.trace.state(payment, working.payment.state);
        if self.strikes(Fault::CrashAfterCommit, payment) {
            return Err(Stop::Died);
        }
        Ok(receipt)
    }

    /// People write a fact between two processes.
    pub(crate) fn write(&mut self, payment: usize, working: &mut Working, fact: Fact) -> Result<(), Stop> {
        working.append(vec![fact], self.wall())?;
        let spot = self.spot(payment);
        for event in working.unsaved() {
            self.auditor.on_fact(spot, &event.fact);
            self.trace.fact(payment, spot, &event.fact);
        }
        self.stores[self.current].commit(payment, working);
        self.auditor.on_saved(spot, working.payment.state, working.payment.amount().value());
        Ok(())
    }

    /// Shows the auditor what the banks have booked for a payment.
    pub(crate) fn look_at_ledger(&mut self, payment: usize) {
        let spot = self.spot(payment);
        if !self.accounts[payment].fresh.is_empty() {
            self.tally.credits += self.accounts[payment].fresh.len() as u64;
            self.auditor.on_ledger(spot, &mut self.accounts[payment]);
        }
    }

    /// The breach, if there is one.
    pub(crate) fn breach(&self) -> Option<Breach> {
        self.auditor.breach.clone()
    }

    /// Whether silence lasted longer than anything may be concluded from it: slow questions, and many stops.
    pub(crate) fn was_too_old(&self, payment: usize) -> bool {
        self.auditor.book(self.spot(payment)).parked == Some(upah_core::Cause::ReferenceTooOld)
    }

    pub(crate) fn breaks(&mut self, rule: Rule, payment: usize, seen: &str) {
        let spot = self.spot(payment);
        self.auditor.breach(rule, spot, seen);
    }
}

/// Faults after which a payment may rest with people although everything behaves again.
fn asks_for_people(fault: Fault) -> bool {
    use Fault as F;
    matches!(
        fault,
        F::RefusedRecipient
            | F::RefusedPeople
            | F::RefusedRail
            | F::RefusedRequest
            | F::RefusedUnseen
            | F::RefusedSender
            | F::WrongEcho
            | F::HeldBack
            | F::FalseDuplicate
            | F::AcceptedFails
            | F::AskWrongEcho
            | F::InspectRefused
            | F::SentBack
            | F::OtherAccount
            | F::Cancelled
    )
}

fn limit_of(policy: &Policy, rails: &[usize], index: usize) -> bool {
    rails.iter().position(|rail| *rail == index).is_some_and(|at| !policy.rails[at].terms.limits.is_empty())
}
