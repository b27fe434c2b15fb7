//! Deliberately wrong stores: each is right but for one thing, and the suite must name that thing.
#![allow(clippy::unwrap_used)]
mod wrong;

use upah_conformance::store::{Memory, StoreUnderTest, prove};
use upah_conformance::{MemoryStore, Plan};
use wrong::{Bug, Wrong};

/// A store with this bug.
struct With(Bug);

impl StoreUnderTest for With {
    type Place = MemoryStore;
    type Store = Wrong;

    fn name(&self) -> String {
        format!("{:?}", self.0)
    }

    async fn place(&self) -> Result<MemoryStore, String> {
        Memory.place().await
    }

    async fn open(&self, place: &MemoryStore) -> Result<Wrong, String> {
        Ok(Wrong::new(place.clone(), self.0))
    }

    async fn crash(&self, _: MemoryStore, store: Wrong) -> Result<MemoryStore, String> {
        Ok(store.left_by_a_crash())
    }
}

/// Each bug, and the property that must name it.
const BUGS: [(Bug, &str); 25] = [
    (Bug::ForgetsTheLastCommit, "a_wage_on_record_is_not_forgotten_in_a_crash"),
    (Bug::LetsASecondObligationThrough, "no_wage_is_owed_twice"),
    (Bug::HalfAppliesARefusedSet, "a_refused_write_leaves_nobody_half_paid"),
    (Bug::LetsAReferenceRepeat, "her_reference_names_her_payment_alone"),
    (Bug::ShowsAStagedAdmission, "a_payday_that_was_broken_off_pays_nobody"),
    (Bug::KeepsADroppedAdmission, "a_payday_that_was_broken_off_pays_nobody"),
    (Bug::IgnoresVersions, "nobody_is_paid_on_a_decision_that_is_out_of_date"),
    (Bug::MiscountsTheReceipt, "only_what_is_on_record_may_be_sent"),
    (Bug::RemembersItsSums, "no_rupiah_is_missing_from_the_sums"),
    (Bug::TakesAnyCheckpoint, "an_old_signature_never_replaces_a_newer_one"),
    (Bug::DropsCosignatures, "an_old_signature_never_replaces_a_newer_one"),
    (Bug::SettlesAgain, "test_money_never_mixes_with_real_money"),
    (Bug::LagsWithTheRoot, "her_slip_can_be_proved_against_the_log"),
    (Bug::SkipsOneBetweenPages, "every_payment_is_found_by_every_name_it_has"),
    (Bug::DropsTraces, "a_diverted_wage_is_noticed"),
    (Bug::AnswersInItsOwnOrder, "every_payment_is_found_by_every_name_it_has"),
    (Bug::TakesARunKeyTwice, "the_same_run_is_not_a_second_payday"),
    (Bug::HandsOneWageToTwo, "of_two_processes_one_has_her_wage_in_hand"),
    (Bug::TakesAnOldFence, "a_process_that_was_overtaken_writes_nothing"),
    (Bug::BelievesADriveAboutItsLease, "a_lease_that_ended_is_not_revived"),
    (Bug::NeverHandsOn, "nobody_is_lost_with_a_process_that_died"),
    (Bug::ForgetsWhoLapsed, "nobody_is_lost_with_a_process_that_died"),
    (Bug::KeepsWhatRests, "a_wage_at_rest_is_in_nobody_s_hand"),
    (Bug::KeepsWhatIsErased, "what_was_erased_is_gone_and_everything_else_stands"),
    (Bug::KeepsTracesOfTheErased, "what_was_erased_is_gone_and_everything_else_stands"),
];

#[test]
fn every_bug_is_caught_by_its_name() {
    for (bug, property) in BUGS {
        let report = prove(&With(bug), &Plan::default().only(property));
        assert!(report.failed().contains(&property), "{bug:?} was not caught by {property}\n{}", report.text());
    }
}

#[test]
fn two_writers_on_a_version_that_is_not_kept_are_caught() {
    let report = prove(&With(Bug::IgnoresVersions), &Plan::default().only("of_two_who_decide"));
    assert_eq!(report.failed(), ["of_two_who_decide_at_once_one_pays_her"]);
}

#[test]
fn the_shortest_case_is_short() {
    let report = prove(&With(Bug::LetsASecondObligationThrough), &Plan::default().only("no_wage_is_owed_twice"));
    let text = report.text();
    assert!(text.contains("it accepted what must be refused: row 1 is already admitted"), "{text}");
    assert!(text.lines().count() < 20 && text.contains("3. admit workers 0 to 0 with Rp1 each"), "{text}");
}

#[test]
fn the_wrapper_without_a_bug_is_right() {
    prove(&With(Bug::None), &Plan::default()).assert_passed();
}
