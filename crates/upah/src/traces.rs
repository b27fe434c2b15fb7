//! By what the same person or account is known again in another file (safety rules 23 and 24).
//!
//! The ordinary way in which a wage is paid twice is a spreadsheet that somebody exported again: the
//! leading zeros fell off, a month became a day, a worker got a second id. Every admitted row leaves
//! traces, as keyed hashes, and every new row is held against them.
use upah_core::ids::EmployerId;
use upah_core::obligation::Pepper;
use upah_core::store::Trace;
use upah_core::{Cause, Component, PayRow, Period, WorkerId};

/// The traces of one row: first the worker's, then one for each destination.
pub(crate) fn of(employer: &EmployerId, row: &PayRow, pepper: &Pepper) -> Vec<Trace> {
    let (worker_key, who) = of_worker(employer, &row.worker_id, pepper);
    let amount = row.amount.value().to_string();
    let twin = short(pepper.hash("trace-twin", &[&amount, &row.period.to_string()]));
    let worker = Trace { key: worker_key, value: format!("{who} {} {}", row.component, row.period) };
    let destinations = row.destinations.iter().map(|destination| Trace {
        key: key("trace-destination", &[employer.as_str(), &destination.to_string()], pepper),
        value: format!("{who} {twin}"),
    });
    std::iter::once(worker).chain(destinations).collect()
}

/// Under which key a worker's own traces stand, and how she is named in them.
pub(crate) fn of_worker(employer: &EmployerId, worker: &WorkerId, pepper: &Pepper) -> ([u8; 16], String) {
    let who = short(pepper.hash("trace-id", &[employer.as_str(), worker.as_str()]));
    (key("trace-worker", &[employer.as_str(), &worker.collision_form()], pepper), who)
}

/// For what a trace of a worker says that she is owed, when it is hers.
pub(crate) fn owed(value: &str, who: &str) -> Option<(Component, Period)> {
    let (component, period) = value.strip_prefix(who)?.strip_prefix(' ')?.split_once(' ')?;
    Some((component.parse().ok()?, period.parse().ok()?))
}

/// What the traces of earlier rows say about a new one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// The same worker under an id that differs only by capitals, leading zeros or spaces.
    pub(crate) other_spelling: bool,
    /// What the approver has to look at.
    pub(crate) holds: Vec<Cause>,
}

/// Holds a new row's traces against the values that stand under the same keys.
pub(crate) fn compare(row: &PayRow, traces: &[Trace], known: &[Vec<String>]) -> Found {
    let mut found = Found::default();
    let mut hold = |cause: Cause| {
        if !found.holds.contains(&cause) {
            found.holds.push(cause);
        }
    };
    let mut spelt_otherwise = false;
    for (index, (trace, known)) in traces.iter().zip(known).enumerate() {
        let (who, what) = trace.value.split_once(' ').unwrap_or_default();
        for value in known {
            let (other, theirs) = value.split_once(' ').unwrap_or_default();
            match (index, other == who) {
                (0, false) => spelt_otherwise = true,
                (0, true) if overlaps(row, theirs) => hold(Cause::PossibleDuplicate),
                (0, true) => {}
                (_, true) => {}
                (_, false) if theirs == what => {
                    hold(Cause::PossibleDuplicate);
                    hold(Cause::DestinationShared);
                }
                (_, false) => hold(Cause::DestinationShared),
            }
        }
    }
    found.other_spelling = spelt_otherwise;
    found
}

/// The same component over another period that overlaps this one.
fn overlaps(row: &PayRow, theirs: &str) -> bool {
    let Some((component, period)) = theirs.split_once(' ') else { return false };
    let Ok(period) = period.parse::<Period>() else { return false };
    component == row.component.as_str() && period != row.period && period.overlaps(&row.period)
}

fn key(domain: &str, parts: &[&str], pepper: &Pepper) -> [u8; 16] {
    let mut short = [0u8; 16];
    short.copy_from_slice(&pepper.hash(domain, parts)[..16]);
    short
}

fn short(hash: [u8; 32]) -> String {
    data_encoding::HEXLOWER.encode(&hash[..8])
}
