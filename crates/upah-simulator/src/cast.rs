//! The people and rails of every world: made once, for parsing them anew would cost more than paying them.
use fastrand::Rng;
use std::error::Error;
use upah_core::event::Instruction;
use upah_core::policy::{NameCheck, Pattern, RailPolicy, Terms};
use upah_core::reference::ReferenceForm;
use upah_core::row::{PayRowFields, Statement};
use upah_core::run::RunId;
use upah_core::{Component, EmployerId, PayRow, RailId, Rupiah};

/// The most payments of one world.
pub(crate) const PAYMENTS_MAX: usize = 200;
/// Above this a world's limit per payment holds.
pub(crate) const LIMIT: u64 = 780_000;
/// The name on every row, and the one that another holder has.
pub(crate) const NAME: &str = "Siti Contoh";
pub(crate) const OTHER_NAME: &str = "Budi Misal";

/// Everybody who is paid, with one, two or three destinations.
pub struct Cast {
    rows: Vec<[PayRow; 3]>,
    employer: EmployerId,
    rails: Vec<RailId>,
}

impl Cast {
    /// Makes them.
    ///
    /// # Errors
    /// A text that the core does not take; none does so today.
    pub fn new() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let mut rows = Vec::with_capacity(PAYMENTS_MAX);
        for worker in 0..PAYMENTS_MAX {
            rows.push([row(worker, 1)?, row(worker, 2)?, row(worker, 3)?]);
        }
        let rails = ["bank", "wallet", "any"].iter().map(|name| name.parse()).collect::<Result<_, _>>()?;
        Ok(Self { rows, employer: "kampung-contoh".parse()?, rails })
    }

    /// What a payment is told to do: the first `places` of the worker's destinations.
    pub(crate) fn instruction(&self, worker: usize, places: usize, run: &RunId) -> Instruction {
        let row = self.rows[worker][places - 1].clone();
        Instruction { employer: self.employer.clone(), run: run.clone(), row, holds: Vec::new() }
    }

    /// A rail with a drawn temper.
    pub(crate) fn rail(&self, index: usize, rng: &mut Rng) -> RailPolicy {
        let serves = [&["bank:*"][..], &["ewallet:*"], &["*"]][index];
        let mut rail = RailPolicy::new(
            self.rails[index].clone(),
            fingerprint(index, false),
            serves.iter().map(|text| Pattern::new(*text)).collect(),
        );
        rail.trust_not_found_after_seconds = [60, 90, 600, 1_800][rng.usize(..4)];
        rail.reference_memory_days = [1, 1, 2, 30][rng.usize(..4)];
        rail.max_concurrency = [1, 2, 8, 32][rng.usize(..4)];
        rail.inspects = rng.u8(..4) == 0;
        rail.name_check = [NameCheck::Stop, NameCheck::Record, NameCheck::Off][rng.usize(..3)];
        rail.inquire_after_seconds = [vec![2, 10, 60, 600], vec![1, 5, 300], vec![30, 3_600]][rng.usize(..3)].clone();
        if index != 2 && rng.u8(..6) == 0 {
            rail.terms = Terms::with_limit(Rupiah::new(LIMIT).unwrap_or(Rupiah::MAX));
        }
        rail.reference_form = if rng.bool() { ReferenceForm::default() } else { ReferenceForm::Numeric { length: 19 } };
        rail
    }
}

/// The configuration of a rail, and that of another account of the employer over the same rail.
pub(crate) fn fingerprint(index: usize, other_account: bool) -> String {
    format!("rail-{index}{}", if other_account { "-other" } else { "" })
}

/// Which kind of place a worker's destination is: told apart from the core's own parser, for the auditor.
pub(crate) fn is_wallet(worker: usize, destination: usize) -> bool {
    (worker + destination) % 3 == 1
}

/// What a worker is owed.
pub(crate) fn wage(worker: usize) -> u64 {
    600_000 + (worker as u64 % 32) * 10_000
}

fn row(worker: usize, places: usize) -> Result<PayRow, Box<dyn Error + Send + Sync>> {
    let amount = Rupiah::new(wage(worker))?;
    let mut destinations = Vec::with_capacity(places);
    for place in 0..places {
        let text = if is_wallet(worker, place) {
            format!("ewallet:dana:62812{:04}{place}{:03}", worker, place)
        } else {
            format!("bank:014:1{:04}{place}{:04}", worker, 1_000 + place)
        };
        destinations.push(text.parse()?);
    }
    Ok(PayRow::new(PayRowFields {
        row: worker as u64 + 2,
        employer: None,
        worker_id: format!("W-{:04}", worker + 1).parse()?,
        name: NAME.parse()?,
        destinations,
        period: "2026-11".parse()?,
        amount,
        component: Component::default(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole(Component::default(), amount),
    })?)
}
