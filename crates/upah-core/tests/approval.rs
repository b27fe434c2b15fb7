//! What an approval is bound to, and what an approver is shown.
use crate::world::{PLACES, WAGE, employer, fields, row, rupiah};
use proptest::prelude::*;
use upah_core::event::{ApprovalProof, RunFact};
use upah_core::ids::ActorName;
use upah_core::row::{PayRowFields, Statement};
use upah_core::run::{Approval, ApprovalError, Digest, Draft, DraftError, RowDigests, Sealed};
use upah_core::{Cause, PayRow};

fn digest(rows: &[PayRow]) -> Digest {
    let mut digests = RowDigests::of(employer());
    rows.iter().for_each(|row| digests.add(row));
    digests.finish()
}

fn sealed(rows: &[PayRow]) -> Result<Sealed, Vec<DraftError>> {
    let mut draft = Draft::of(employer());
    rows.iter().for_each(|row| draft.add(row).unwrap());
    draft.seal(None)
}

/// The same name as another hand types it.
fn retyped(name: &str, upper: bool, spaces: usize, decomposed: bool) -> String {
    let mut text = if upper { name.to_uppercase() } else { name.to_lowercase() };
    text = text.replace(' ', &" ".repeat(spaces));
    if decomposed {
        text = text.replace('É', "E\u{301}").replace('é', "e\u{301}");
    }
    format!(" {text} ")
}

fn workers() -> impl Strategy<Value = Vec<PayRow>> {
    prop::collection::vec(1..1_000_000u64, 1..6).prop_map(|amounts| {
        let rows = amounts.iter().enumerate();
        rows.map(|(i, amount)| row(i as u64 + 2, &format!("W-{i}"), &[PLACES[0]], *amount)).collect()
    })
}

proptest! {
    #[test]
    fn who_made_the_payroll_cannot_approve_it_under_another_spelling_of_his_name(
        first in "[A-Z][a-zé]{1,8}", last in "[A-Z][a-zé]{1,8}", upper: bool, spaces in 1..4usize, decomposed: bool
    ) {
        let name = format!("{first} {last}");
        let maker: ActorName = name.parse().unwrap();
        let checker: ActorName = retyped(&name, upper, spaces, decomposed).parse().unwrap();
        let digest = Digest([7; 32]);
        prop_assert_eq!(Approval::asserted(checker, digest).check(&maker, &digest), Err(ApprovalError::SamePerson));
        let other: ActorName = format!("{name} Putri").parse().unwrap();
        let approved = Approval::asserted(other.clone(), digest).check(&maker, &digest).unwrap();
        prop_assert_eq!(approved.fact(), RunFact::Approved { by: other, digest, proof: ApprovalProof::Asserted });
    }

    #[test]
    fn an_approval_of_other_rows_pays_nobody(rows in workers(), at in 0..6usize, what in 0..9u8) {
        let approved = digest(&rows);
        let mut edited = rows.clone();
        let at = at % rows.len();
        edited[at] = PayRow::new(edit(rows[at].clone().into_fields(), what)).unwrap();
        prop_assert_ne!(digest(&edited), approved, "edit {} left the digest as it was", what);
        let (maker, checker): (ActorName, ActorName) = ("Maker".parse().unwrap(), "Checker".parse().unwrap());
        let check = Approval::asserted(checker, approved).check(&maker, &digest(&edited));
        prop_assert_eq!(check, Err(ApprovalError::OtherDigest));
    }

    #[test]
    fn a_row_that_was_dropped_or_added_voids_the_approval(rows in workers()) {
        prop_assert_ne!(digest(&rows[1..]), digest(&rows));
        let mut twice = rows.clone();
        twice.push(rows[0].clone());
        prop_assert_ne!(digest(&twice), digest(&rows));
    }

    #[test]
    fn sorting_the_file_again_does_not_void_the_approval(rows in workers(), turn in 0..6usize) {
        let mut sorted = rows.clone();
        sorted.rotate_left(turn % rows.len());
        let renumbered: Vec<_> = sorted.into_iter().enumerate().map(|(i, row)| {
            PayRow::new(PayRowFields { row: i as u64 + 100, ..row.into_fields() }).unwrap()
        }).collect();
        prop_assert_eq!(digest(&renumbered), digest(&rows));
        prop_assert_eq!(sealed(&renumbered).unwrap().total, sealed(&rows).unwrap().total);
    }

    #[test]
    fn nobody_is_paid_the_same_thing_twice_by_one_file(rows in workers(), again in 0..6usize, amount in 1..1_000_000u64) {
        let mut twice = rows.clone();
        let worker = rows[again % rows.len()].worker_id.to_string();
        twice.push(row(50, &worker, &[PLACES[1]], amount));
        let errors = sealed(&twice).unwrap_err();
        let named = errors.iter().any(|error| matches!(error, DraftError::DuplicateObligation { row: 50, .. }));
        prop_assert!(named, "{errors:?}");
    }

    #[test]
    fn two_spellings_of_one_worker_id_are_not_two_workers(id in "[a-z]{1,3}[0-9]{1,3}", zeros in 1..3usize) {
        let other = format!("{}{}", "0".repeat(zeros), id.to_uppercase());
        let errors = sealed(&[row(2, &id, &[PLACES[0]], 1), row(3, &other, &[PLACES[1]], 2)]).unwrap_err();
        prop_assert_eq!(errors, vec![DraftError::WorkerIdsCollide { first: 2, row: 3 }]);
    }

    #[test]
    fn every_row_that_pays_into_a_shared_account_waits_for_the_approver(owners in prop::collection::vec(0..3u8, 2..7)) {
        let rows: Vec<_> = owners.iter().enumerate().map(|(i, owner)| {
            let wage = fields(i as u64 + 2, &format!("W-{owner}"), &[PLACES[0]], 1_000 + i as u64);
            PayRow::new(PayRowFields { component: format!("part-{i}").parse().unwrap(), ..wage }).unwrap()
        }).collect();
        let shared = owners.iter().any(|owner| *owner != owners[0]);
        let holds = sealed(&rows).unwrap().holds;
        for row in &rows {
            let held = holds.get(&row.row).is_some_and(|causes| causes.contains(&Cause::DestinationShared));
            prop_assert_eq!(held, shared, "row {}", row.row);
        }
    }

    #[test]
    fn every_row_whose_period_another_row_covers_waits_for_the_approver(
        picks in prop::sample::subsequence(vec![
            "2026-11", "2026-11-02", "2026-11-20", "2026-W45", "2026-W47", "2026-W49", "2026-12-01", "2026-12", "2027-02"
        ], 1..9)
    ) {
        let rows: Vec<_> = picks.iter().enumerate().map(|(i, period)| {
            let wage = fields(i as u64 + 2, "W-1", &[PLACES[0]], WAGE + i as u64);
            PayRow::new(PayRowFields { period: period.parse().unwrap(), ..wage }).unwrap()
        }).collect();
        let holds = sealed(&rows).unwrap().holds;
        for row in &rows {
            let covered = rows.iter().any(|other| other.row != row.row && other.period.overlaps(&row.period));
            let held = holds.get(&row.row).is_some_and(|causes| causes.contains(&Cause::PossibleDuplicate));
            prop_assert_eq!(held, covered, "row {} over {}", row.row, row.period);
        }
    }
}

#[test]
fn the_same_wage_to_the_same_account_under_another_id_waits_for_the_approver() {
    let holds = sealed(&[row(2, "W-1", &[PLACES[0]], WAGE), row(3, "W-9", &[PLACES[0]], WAGE)]).unwrap().holds;
    assert!(holds[&2].contains(&Cause::PossibleDuplicate) && holds[&3].contains(&Cause::PossibleDuplicate));
}

fn edit(fields: PayRowFields, what: u8) -> PayRowFields {
    let more = rupiah(fields.amount.value() + 1);
    match what {
        0 => PayRowFields { amount: more, statement: Statement::whole(fields.component.clone(), more), ..fields },
        1 => PayRowFields { destinations: vec![PLACES[2].parse().unwrap()], ..fields },
        2 => PayRowFields { name: "Budi Contoh".parse().unwrap(), ..fields },
        3 => PayRowFields { worker_id: "W-77".parse().unwrap(), ..fields },
        4 => PayRowFields { component: "bonus".parse().unwrap(), ..fields },
        5 => PayRowFields { period: "2026-12".parse().unwrap(), ..fields },
        6 => PayRowFields { destinations: [PLACES[0], PLACES[1]].map(|to| to.parse().unwrap()).to_vec(), ..fields },
        7 => PayRowFields { employer: Some("desa-lain".parse().unwrap()), ..fields },
        _ => PayRowFields { statement: Statement::whole("other".parse().unwrap(), fields.amount), ..fields },
    }
}
