//! A small deterministic world in which the core's decisions are executed: a bank that may answer
//! late, wrongly or not at all, a clock, a store that keeps sealed records, and an auditor who
//! knows the money rules but none of the core's code.
pub mod auditor;
pub mod bank;
pub mod checks;
pub mod driver;
pub mod history;

use upah_core::evidence::{Evidence, Grade, Refusal};
use upah_core::policy::{NameCheck, Pattern, Policy, RailPolicy, Terms};
use upah_core::reference::ReferenceForm;
use upah_core::row::{PayRowFields, Statement};
use upah_core::run::RunId;
use upah_core::{Cause, Component, Destination, EmployerId, PayRow, RailId, Rupiah};

/// The invented worker's two places, and a third that only a correction names.
pub const PLACES: [&str; 3] = ["bank:014:1234567890", "ewallet:dana:6281234567890", "bank:009:7654321098"];
pub const WAGE: u64 = 600_000;
pub const NAME: &str = "Siti Contoh";

pub fn employer() -> EmployerId {
    "kampung-contoh".parse().unwrap()
}

pub fn rail_id() -> RailId {
    "bank".parse().unwrap()
}

pub fn run_id(n: u8) -> RunId {
    RunId::from_random([n; 8])
}

pub fn rupiah(value: u64) -> Rupiah {
    Rupiah::new(value).unwrap()
}

/// The fields of a row that pays the invented worker.
pub fn fields(row: u64, worker: &str, places: &[&str], amount: u64) -> PayRowFields {
    PayRowFields {
        row,
        employer: None,
        worker_id: worker.parse().unwrap(),
        name: NAME.parse().unwrap(),
        destinations: places.iter().map(|place| place.parse::<Destination>().unwrap()).collect(),
        period: "2026-11".parse().unwrap(),
        amount: rupiah(amount),
        component: Component::default(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole(Component::default(), rupiah(amount)),
    }
}

pub fn row(row: u64, worker: &str, places: &[&str], amount: u64) -> PayRow {
    PayRow::new(fields(row, worker, places, amount)).unwrap()
}

pub fn evidence(code: &str) -> Evidence {
    Evidence { grade: Grade::TlsResponse, code: code.into(), provider_id: None, raw: "{}".into() }
}

pub fn refusal(cause: Cause) -> Refusal {
    Refusal { cause, evidence: evidence("4030000") }
}

/// A patient rail: trusts "not found" after `trust_seconds`, remembers references for one day.
pub fn rail(trust_seconds: u32, fingerprint: &str) -> RailPolicy {
    RailPolicy {
        id: rail_id(),
        fingerprint: fingerprint.into(),
        serves: vec![Pattern::new("*")],
        reaches: None,
        can_be_asked: true,
        refuses_repeats: true,
        account: None,
        employers: vec![Pattern::new("*")],
        terms: Terms::default(),
        name_check: NameCheck::Record,
        inspects: false,
        reference_form: ReferenceForm::default(),
        inquire_after_seconds: vec![2, 30, 600, 3_600],
        trust_not_found_after_seconds: trust_seconds,
        signature_life_seconds: 900,
        reference_memory_days: 1,
        watch_returns_days: 7,
        max_concurrency: 2,
    }
}

pub fn policy(rails: Vec<RailPolicy>) -> Policy {
    Policy { rails, ..Policy::default() }
}
