//! The properties of a store, each with the name of what a worker can rely on while it holds.
use super::StoreUnderTest;
use super::claims;
use super::dump::Part;
use super::looks::Look;
use super::races;
use super::steps::{Ending, Mix, Spoil, Step};
use super::world::World;
use crate::plan::{Plan, in_time};
use crate::report::Verdict;
use proptest::strategy::Strategy;
use std::fmt::Debug;
use tokio::runtime::Runtime;

/// How long one case may take, in seconds.
const CASE_SECONDS: u64 = 120;
/// How often a failing case is made smaller.
const SHRINKS_MAX: u32 = 200;

type Prove<S> = Box<dyn Fn(&S, &Plan, &Runtime) -> Verdict>;

/// One property of the suite.
pub(crate) struct Property<S> {
    pub(crate) name: &'static str,
    pub(crate) protects: &'static str,
    pub(crate) prove: Prove<S>,
}

/// Random steps, looked at after each.
fn walk<S: StoreUnderTest>(name: &'static str, mix: Mix, look: Look, protects: &'static str) -> Property<S> {
    let prove = move |subject: &S, plan: &Plan, runtime: &Runtime| {
        plan.try_each((plan.cases, SHRINKS_MAX), mix.cases(8), |case| {
            runtime.block_on(in_time("a case", CASE_SECONDS, go(subject, &case.0, look))).unwrap_or_else(Err)
        })
    };
    Property { name, protects, prove: Box::new(prove) }
}

async fn go<S: StoreUnderTest>(subject: &S, steps: &[Step], look: Look) -> Result<(), String> {
    let mut world = World::new(subject).await?;
    for (number, step) in (1..).zip(steps) {
        let at = |why: String| format!("at step {number} of {}: {why}", steps.len());
        world.take(step).await.map_err(at)?;
        look.at(&mut world).await.map_err(at)?;
    }
    Ok(())
}

/// Callers that overlap; `$race` takes the subject and what the strategy draws.
macro_rules! race {
    ($name:literal, $strategy:expr, $race:path, $protects:literal) => {
        Property {
            name: $name,
            protects: $protects,
            prove: Box::new(|subject: &S, plan: &Plan, runtime: &Runtime| {
                overlap(plan, $strategy, |drawn| {
                    runtime.block_on(in_time("a case", CASE_SECONDS, $race(subject, drawn))).unwrap_or_else(Err)
                })
            }),
        }
    };
}

fn overlap<T: Debug>(
    plan: &Plan,
    strategy: impl Strategy<Value = T>,
    test: impl FnMut(T) -> Result<(), String>,
) -> Verdict {
    plan.try_each((plan.cases, SHRINKS_MAX), strategy, test)
}

const WRITES: Mix = Mix { checkpoint: 0, settle: 0, kill: 0, ..Mix::PLAIN };

/// Every property, in the order of the report.
#[allow(clippy::too_many_lines)] // A table: one entry a property.
pub(crate) fn all<S: StoreUnderTest>() -> Vec<Property<S>> {
    vec![
        walk(
            "nobody_is_paid_on_a_decision_that_is_out_of_date",
            Mix { spoils: &[Spoil::Nothing, Spoil::OldVersion, Spoil::Twice], ..WRITES },
            Look::Model(&[Part::Payments]),
            "A write that was decided on an older version of a wage is refused; otherwise two programs that look at \
             the same wage would each pay it.",
        ),
        race!(
            "of_two_who_decide_at_once_one_pays_her",
            (2..5u8, 0..4u8),
            races::one_decision_wins,
            "When several callers decide on the same version at the same moment, exactly one of them may go on and pay."
        ),
        walk(
            "a_refused_write_leaves_nobody_half_paid",
            Mix {
                spoils: &[
                    Spoil::Nothing,
                    Spoil::OldVersion,
                    Spoil::Twice,
                    Spoil::ReferenceOfAnother,
                    Spoil::OtherObligation,
                    Spoil::Miscounted,
                    Spoil::ObligationAgain,
                ],
                collides: true,
                takes_keys: true,
                ..WRITES
            },
            Look::Untouched,
            "A change set that is refused leaves no trace at all; half of one would be an attempt without its \
             reference, or a payment without its event.",
        ),
        race!(
            "a_write_nobody_waits_for_is_whole_or_nothing",
            0..4u8,
            races::dropped_is_whole_or_nothing,
            "A caller who stops waiting leaves either everything it gave or nothing of it, and the store goes on."
        ),
        walk(
            "no_wage_is_owed_twice",
            Mix {
                admit: 4,
                kill: 1,
                collides: true,
                spoils: &[Spoil::Nothing, Spoil::ObligationAgain, Spoil::OtherObligation],
                ..WRITES
            },
            Look::Model(&[Part::Payments, Part::Known]),
            "The same wage of the same worker for the same period can be admitted once in the life of a store, also \
             after a restart, so that sending in a file again pays nobody again.",
        ),
        race!(
            "two_files_at_once_admit_her_once",
            1..6u8,
            races::one_admission_wins,
            "When two files with the same wage come in at the same moment, one of them is refused."
        ),
        walk(
            "her_reference_names_her_payment_alone",
            Mix { work: 10, kill: 1, spoils: &[Spoil::Nothing, Spoil::ReferenceOfAnother], ..WRITES },
            Look::Model(&[Part::Payments, Part::References]),
            "A reference belongs to one payment for ever; if two shared one, the bank would take the second wage for \
             a repetition of the first and not pay it.",
        ),
        walk(
            "the_same_run_is_not_a_second_payday",
            Mix { admit: 6, takes_keys: true, ..WRITES },
            Look::Model(&[Part::Runs, Part::Payments]),
            "A run's key is unique for its employer, so that a host that sends the same run twice gets one payday.",
        ),
        walk(
            "a_payday_that_was_broken_off_pays_nobody",
            Mix { admit: 6, endings: &[Ending::Finished, Ending::Dropped, Ending::Killed], ..WRITES },
            Look::Staged,
            "Nobody sees an admission before it is finished, and one that is dropped or killed leaves nothing: half a \
             village would be paid out of a file that was never complete.",
        ),
        walk(
            "a_wage_on_record_is_not_forgotten_in_a_crash",
            Mix { kill: 0, endings: &[Ending::Finished, Ending::Killed], ..Mix::PLAIN },
            Look::Crashed,
            "What the store has acknowledged is there after a crash. A forgotten attempt is a wage that is paid again.",
        ),
        walk(
            "only_what_is_on_record_may_be_sent",
            WRITES,
            Look::Receipts,
            "The receipt that allows a payment to be sent covers what was just made durable, at that version, and nothing else.",
        ),
        walk(
            "nothing_that_happened_to_her_wage_is_lost_or_moved",
            Mix { kill: 1, spoils: &[Spoil::Nothing, Spoil::Twice], ..WRITES },
            Look::Events,
            "Every event keeps its place and its words: numbered from 0 in the order of commits, without gaps.",
        ),
        walk(
            "her_slip_can_be_proved_against_the_log",
            Mix {
                kill: 1,
                spoils: &[Spoil::Nothing, Spoil::Twice],
                endings: &[Ending::Finished, Ending::Dropped],
                ..WRITES
            },
            Look::Tree,
            "The stored hashes and the root of the audit log are those of its leaves, and each leaf is that of its \
             record; otherwise no slip could be checked against the log.",
        ),
        walk(
            "her_wage_stands_where_its_events_say",
            Mix { kill: 1, ..WRITES },
            Look::Replayed,
            "Each row is what its own events fold to, approvals included; a row that says otherwise would be sent \
             again, or never.",
        ),
        walk(
            "an_approval_frees_whom_it_names_and_nobody_else",
            Mix { approve: 8, admit: 4, ..WRITES },
            Look::Model(&[Part::Payments, Part::Runs]),
            "Approving a run makes its payments ready except the ones with a hold that was not named.",
        ),
        walk(
            "no_rupiah_is_missing_from_the_sums",
            Mix { kill: 1, ..WRITES },
            Look::Sums,
            "The sums over states are what can be counted, for each run and for all, and together the total of the run.",
        ),
        walk(
            "every_payment_is_found_by_every_name_it_has",
            Mix { kill: 1, ..WRITES },
            Look::Found,
            "A payment is found by its name, its obligation, its references, its run and its state, in the order asked for.",
        ),
        race!(
            "nobody_is_passed_over_while_others_are_written",
            (1..20u8, 1..6u8),
            races::nobody_is_passed_over,
            "Whoever goes through the payments page by page meets each of them once, also while others are being paid."
        ),
        race!(
            "of_two_processes_one_has_her_wage_in_hand",
            (1..12u8, 1..4u8),
            claims::in_one_hand,
            "While the lease of one process lives, no other is handed the same payment; and none is handed to nobody."
        ),
        race!(
            "a_process_that_was_overtaken_writes_nothing",
            0..4u8,
            claims::an_old_fence_writes_nothing,
            "Once a payment was handed on, what its earlier holder decided is refused, even where nothing was written \
             since."
        ),
        race!(
            "a_lease_that_ended_is_not_revived",
            proptest::bool::ANY,
            claims::an_ended_lease_stays_ended,
            "The store's clock alone says whether a lease lives: a process that slept past it cannot renew it."
        ),
        race!(
            "nobody_is_lost_with_a_process_that_died",
            proptest::bool::ANY,
            claims::taken_over,
            "What a dead process held is handed on, and whoever takes over is told that it may still be sending."
        ),
        race!(
            "a_wage_at_rest_is_in_nobody_s_hand",
            0..1u8,
            claims::at_rest_it_is_nobodys,
            "A payment that came to rest is free at once, so that a new instruction for it waits for nobody."
        ),
        race!(
            "a_crash_forgets_no_fence",
            0..1u8,
            claims::a_crash_forgets_no_fence,
            "After a crash of the store a process from before it cannot be taken for the present holder."
        ),
        walk(
            "a_diverted_wage_is_noticed",
            Mix { kill: 1, work: 10, ..WRITES },
            Look::Model(&[Part::Traces]),
            "The traces of earlier files and the destination that was last paid are kept: by them an altered account \
             or the same person in another file is noticed.",
        ),
        walk(
            "what_was_erased_is_gone_and_everything_else_stands",
            Mix { work: 8, erase: 5, kill: 1, ..WRITES },
            Look::Model(Part::ALL),
            "An erasure takes record, salt, traces and last destination of a worker at once and for good, and leaves the \
             rows, the references and everybody else's records; an old file cannot pay her again.",
        ),
        walk(
            "an_erasure_leaves_every_slip_of_others_provable",
            Mix { work: 8, erase: 5, kill: 1, ..WRITES },
            Look::Leaves,
            "The leaves stay where they are, and with them every proof that was ever given.",
        ),
        walk(
            "test_money_never_mixes_with_real_money",
            Mix { settle: 10, kill: 1, ..Mix::PLAIN },
            Look::Model(&[Part::Settings]),
            "A setting that was settled stays as it is; by one of them a store that was used for tests is never used \
             for real money.",
        ),
        race!(
            "of_two_who_settle_at_once_both_hear_the_same",
            2..6u8,
            races::one_setting_stands,
            "When several callers settle a setting at the same moment, all are told the value that stands."
        ),
        walk(
            "an_old_signature_never_replaces_a_newer_one",
            Mix { checkpoint: 10, kill: 1, ..Mix::PLAIN },
            Look::Model(&[Part::Checkpoint]),
            "The newest signed checkpoint stays, and of two for one size the one with more signatures; with an older one \
             in its place, later events could be taken away unseen.",
        ),
        walk(
            "after_a_restart_everything_is_as_it_was",
            Mix { kill: 0, ..Mix::PLAIN },
            Look::Restarted,
            "Opening a store again changes nothing that can be read from it.",
        ),
    ]
}
