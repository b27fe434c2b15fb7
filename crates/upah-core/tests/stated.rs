//! What the bank's statement and the word of two people do to one wage.
use crate::world::bank::{OnAsk, OnSubmit};
use crate::world::driver::{Crash, Did, Setup, World};
use crate::world::history::until_rest;
use crate::world::{WAGE, rupiah};
use proptest::prelude::*;
use upah_core::bank_statement::{Entry, Side};
use upah_core::evidence::Grade;
use upah_core::planner::{self, Ending, Showing};
use upah_core::run::Digest;
use upah_core::{AttemptState, Cause, PaymentState};

const SETUP: Setup = Setup {
    trust_seconds: 90,
    places: 1,
    serves_first: true,
    inspects: false,
    held: false,
    treacherous: false,
    pays_repeats: false,
};

/// A wage whose only send ended like this.
fn sent(submit: OnSubmit) -> World {
    let mut world = World::new(SETUP);
    world.approve();
    world.step(submit, OnAsk::Truth, Crash::No).unwrap();
    world
}

/// The bank has booked it, nobody heard, and its inquiry will not know it for an hour.
fn unheard() -> World {
    sent(OnSubmit::PaysUnheard { hidden_millis: 3_600_000 })
}

fn sends(world: &World) -> u16 {
    world.payment.attempts.iter().map(|attempt| attempt.sends).sum()
}

fn entry(side: Side, amount: u64, day: &str) -> Entry {
    Entry { day: day.parse().unwrap(), side, amount: rupiah(amount), bank_reference: None }
}

/// Reads entries under the first attempt's reference; returns what they show, in the order of the entries.
fn read(world: &mut World, entries: &[Entry]) -> Vec<Showing> {
    let mut matched = planner::on_entries(&world.payment, 1, entries, Digest([7; 32]), Some(rupiah(2_500)));
    world.record(matched.iter_mut().filter_map(|one| one.fact.take()).collect());
    matched.sort_by_key(|one| one.index);
    matched.iter().map(|one| one.showing).collect()
}

fn standing(world: &World) -> (PaymentState, Option<Cause>) {
    (world.payment.state, world.payment.reason())
}

#[test]
fn a_statement_settles_what_the_bank_never_answered_about() {
    let mut world = unheard();
    assert_eq!(world.payment.state, PaymentState::Unknown);
    world.read_statement();
    assert_eq!(standing(&world), (PaymentState::Settled, None));
    assert_eq!(world.payment.attempts[0].evidence.as_ref().unwrap().grade, Grade::Statement);
    world.check();
    let before = world.payment.clone();
    world.read_statement();
    assert_eq!(world.payment, before, "the same statement once more is no news");
}

#[test]
fn a_statement_that_shows_the_payment_after_its_return_was_known_leaves_it_returned() {
    let (out, back) = (entry(Side::Debit, WAGE, "2026-11-26"), entry(Side::Credit, WAGE, "2026-11-28"));
    for order in [[&back, &out], [&out, &back]] {
        let mut world = unheard();
        for one in order {
            read(&mut world, std::slice::from_ref(one));
        }
        assert_eq!(standing(&world), (PaymentState::Returned, Some(Cause::Returned)), "{order:?}");
        assert_eq!(until_rest(&mut world, 9), 0, "what came back is never sent again by itself");
    }
}

#[test]
fn a_wage_that_the_bank_booked_twice_is_for_people_until_both_have_come_back() {
    let mut world = sent(OnSubmit::Pays);
    let (out, back) = (entry(Side::Debit, WAGE, "2026-11-26"), entry(Side::Credit, WAGE, "2026-11-27"));
    assert_eq!(read(&mut world, &[out.clone(), out.clone()]), [Showing::Payment, Showing::Again]);
    assert_eq!(standing(&world), (PaymentState::NeedsAction, Some(Cause::EvidenceConflict)));
    read(&mut world, std::slice::from_ref(&back));
    assert_eq!(world.payment.state, PaymentState::NeedsAction, "one of them is still with her");
    assert!(world.payment.live_attempt().is_some(), "so nobody may pay her anew");
    let again = [back.clone(), back];
    read(&mut world, &again);
    assert_eq!(world.payment.state, PaymentState::Returned);
    let before = world.payment.clone();
    assert_eq!(read(&mut world, &[out.clone(), out]), [Showing::Payment, Showing::Again], "told as the first time");
    assert_eq!(world.payment, before);
}

#[test]
fn another_amount_instead_of_her_wage_is_a_contradiction_and_beside_it_a_break() {
    for other in [WAGE - 1, WAGE + 1, 1] {
        let mut world = unheard();
        let odd = entry(Side::Debit, other, "2026-11-26");
        assert_eq!(read(&mut world, std::slice::from_ref(&odd)), [Showing::OtherAmount]);
        assert_eq!(standing(&world), (PaymentState::NeedsAction, Some(Cause::EvidenceConflict)));
        assert!(world.payment.live_attempt().is_some());

        let mut world = unheard();
        let wage = entry(Side::Debit, WAGE, "2026-11-26");
        let fee = entry(Side::Debit, 2_500, "2026-11-26");
        let shown = read(&mut world, &[odd, fee, wage]);
        assert_eq!(shown, [Showing::OtherAmount, Showing::Fee, Showing::Payment]);
        assert_eq!(world.payment.state, PaymentState::Settled, "what is proved stays proved");
    }
    let mut world = sent(OnSubmit::Pays);
    read(&mut world, &[entry(Side::Credit, 1_000, "2026-11-27")]);
    assert_eq!(world.payment.state, PaymentState::NeedsAction, "a part that came back is no return of her wage");
    assert!(world.payment.live_attempt().is_some());
}

#[test]
fn a_statement_ends_a_contradiction_that_an_answer_had_made() {
    let mut world = sent(OnSubmit::EchoesAnother { pays: true });
    assert_eq!(world.payment.state, PaymentState::NeedsAction);
    world.read_statement();
    assert_eq!(standing(&world), (PaymentState::Settled, None));
    world.check();
}

#[test]
fn a_refused_wage_that_stands_on_the_statement_is_counted_and_shown_to_somebody() {
    let mut world = sent(OnSubmit::Refuses(Cause::SuspectedFraud));
    until_rest(&mut world, 20);
    assert_eq!(standing(&world), (PaymentState::NeedsAction, Some(Cause::SuspectedFraud)));
    read(&mut world, &[entry(Side::Debit, WAGE, "2026-11-26")]);
    assert_eq!(standing(&world), (PaymentState::NeedsAction, Some(Cause::Overpaid)));
    assert_eq!(until_rest(&mut world, 9), 0);
}

#[test]
fn people_who_say_paid_settle_it_until_the_bank_says_otherwise() {
    let mut world = unheard();
    assert_eq!(world.resolve(OnAsk::Truth, false), Some(Ending::Stated));
    assert_eq!(standing(&world), (PaymentState::Settled, None));
    assert!(world.payment.attempts[0].is_by_people());
    world.check();
    world.hint(0, OnAsk::SaysNotFound);
    assert_eq!(world.payment.state, PaymentState::Settled, "not to know proves nothing");
    let settled = world.payment.clone();
    world.hint(0, OnAsk::SaysFailed);
    assert_eq!(standing(&world), (PaymentState::NeedsAction, Some(Cause::TransferFailed)));
    assert!(!world.payment.attempts[0].is_by_people());

    let mut world = unheard();
    world.resolve(OnAsk::Truth, false);
    assert_eq!(world.payment.state, settled.state);
    world.read_statement();
    assert_eq!(
        world.payment.attempts[0].evidence.as_ref().unwrap().grade,
        Grade::Statement,
        "the stronger one is kept"
    );
    assert_eq!(standing(&world), (PaymentState::Settled, None));
}

#[test]
fn people_who_say_refused_leave_it_to_people_and_late_money_settles_it() {
    for late in [OnAsk::Truth, OnAsk::SaysFailed] {
        let mut world = unheard();
        assert_eq!(world.resolve(OnAsk::Truth, true), Some(Ending::Stated), "they lie, and the bank does not know yet");
        assert_eq!(standing(&world), (PaymentState::NeedsAction, Some(Cause::StatedRefused)));
        assert_eq!((until_rest(&mut world, 9), sends(&world)), (0, 1), "nothing follows by itself");
        world.sleep(7_200_000);
        world.restart(1_000, 0, false);
        world.watch(late, Crash::No).unwrap();
        let expected = match late {
            OnAsk::Truth => (PaymentState::Settled, None),
            _ => (PaymentState::NeedsAction, Some(Cause::TransferFailed)),
        };
        assert_eq!(standing(&world), expected, "the bank's evidence is worth more than theirs");
        assert_eq!(world.payment.excess.value(), 0);
    }
}

#[test]
fn money_that_comes_after_people_denied_it_and_she_was_paid_anew_is_too_much() {
    let mut world = unheard();
    world.resolve(OnAsk::SaysNotFound, true);
    world.reinstruct();
    world.approve();
    for _ in 0..20 {
        // Even now the bank denies it: nothing else could let a second one go.
        if world.step(OnSubmit::Pays, OnAsk::SaysNotFound, Crash::No).unwrap() == Did::Rests {
            break;
        }
    }
    assert_eq!((world.payment.state, sends(&world)), (PaymentState::Settled, 2));
    world.read_statement();
    assert_eq!(standing(&world), (PaymentState::NeedsAction, Some(Cause::Overpaid)));
    assert_eq!(world.payment.excess.value(), WAGE);
}

#[test]
fn before_a_new_instruction_pays_what_people_denied_the_bank_is_asked_once_more() {
    let mut world = unheard();
    world.resolve(OnAsk::SaysNotFound, true);
    world.reinstruct();
    world.approve();
    world.sleep(3_600_000);
    until_rest(&mut world, 20);
    assert_eq!((world.payment.state, world.bank.credited), (PaymentState::Settled, 1), "it had paid her after all");
}

#[test]
fn no_word_counts_against_the_bank_or_when_it_cannot_be_asked() {
    let asked = |ask, lies| {
        let mut world = unheard();
        let ending = world.resolve(ask, lies);
        (ending.unwrap(), world.payment.state, world.payment.attempts[0].state)
    };
    let unknown = (PaymentState::Unknown, AttemptState::Unknown);
    for ask in [OnAsk::Silent, OnAsk::Slow { retry_after_seconds: 9 }] {
        for lies in [false, true] {
            let (ending, state, attempt) = asked(ask, lies);
            assert_eq!((ending, (state, attempt)), (Ending::Unanswered, unknown));
        }
    }
    // Refused, against a bank that works on it; and settled, against one that says that it failed.
    assert_eq!(
        asked(OnAsk::SaysInProgress, true),
        (Ending::Contradicted, PaymentState::Pending, AttemptState::Pending)
    );
    let (ending, _, attempt) = asked(OnAsk::SaysFailed, false);
    assert_eq!((ending, attempt), (Ending::Contradicted, AttemptState::Refused));
    for lies in [false, true] {
        assert_eq!(asked(OnAsk::EchoesAnother, lies).0, Ending::Contradicted);
    }
    // The bank says so itself: nobody's word is needed, and nobody's is written down.
    let mut world = sent(OnSubmit::PaysUnheard { hidden_millis: 0 });
    assert_eq!(world.resolve(OnAsk::Truth, true), Some(Ending::Contradicted), "it says that she was paid");
    assert_eq!(world.payment.state, PaymentState::Settled);
    let mut world = sent(OnSubmit::PaysUnheard { hidden_millis: 0 });
    assert_eq!(world.resolve(OnAsk::Truth, false), Some(Ending::ByBank));
    assert!(world.payment.attempts[0].resolution.is_none());
}

#[test]
fn what_the_bank_has_decided_nobody_can_resolve() {
    for submit in [OnSubmit::Pays, OnSubmit::Refuses(Cause::SuspectedFraud)] {
        let mut world = sent(submit);
        until_rest(&mut world, 20);
        assert_eq!(world.resolve(OnAsk::Truth, false), None, "{submit:?}");
    }
    let mut world = World::new(SETUP);
    world.approve();
    assert_eq!(world.resolve(OnAsk::Truth, false), None, "nothing was sent yet");
}

proptest! {
    /// Statements that overlap, split anywhere and read in any order and number, come to the same.
    #[test]
    fn however_her_statements_are_cut_and_repeated_they_say_the_same(
        days in prop::collection::vec((0..3u8, 24..27u8), 0..5),
        cuts in prop::collection::vec(0..3u8, 1..6),
    ) {
        let all: Vec<Entry> = days
            .iter()
            .map(|(kind, day)| {
                let (side, amount) = [(Side::Debit, WAGE), (Side::Credit, WAGE), (Side::Debit, 2_500)][usize::from(*kind)];
                entry(side, amount, &format!("2026-11-{day}"))
            })
            .collect();
        // A statement holds every entry of its days.
        let of_day = |day: u8| all.iter().filter(move |entry| entry.day.to_string().ends_with(&day.to_string()));
        let mut world = sent(OnSubmit::Pays);
        for cut in &cuts {
            let part: Vec<Entry> = of_day(24 + cut).cloned().collect();
            read(&mut world, &part);
        }
        read(&mut world, &all);
        let before = world.payment.clone();
        prop_assert_eq!(before.attempts[0].booked.len(), all.iter().filter(|one| one.amount == rupiah(WAGE)).count());
        read(&mut world, &all);
        prop_assert_eq!(&world.payment, &before, "read twice");
    }
}
