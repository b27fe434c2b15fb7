//! What `cargo test` lives through: some hundred worlds, the same world twice, and every canary.
#![allow(clippy::unwrap_used)]
use upah_simulator::{Cast, Fault, Options, Rule, Sabotage, Tally, live};

/// Enough worlds to meet every fault.
const WORLDS: u64 = 600;

#[test]
fn every_rule_holds_in_some_hundred_worlds_and_every_fault_is_met() {
    let cast = Cast::new().unwrap();
    let mut tally = Tally::default();
    for seed in 0..WORLDS {
        match live(&cast, seed, Options::default()) {
            Ok(outcome) => tally.add(&outcome.tally),
            Err(failure) => panic!("{failure}"),
        }
    }
    assert_eq!(tally.worlds, WORLDS);
    assert!(tally.sealed_worlds > 0, "no world went through sealed records");
    let never: Vec<_> = tally.never_struck().into_iter().map(Fault::name).collect();
    assert!(never.is_empty(), "faults that never struck: {never:?}");
    assert!(tally.resends > 0 && tally.crashes > 0 && tally.credits > tally.payments / 2, "{tally}");
}

#[test]
fn the_same_seed_lives_the_same_world() {
    let cast = Cast::new().unwrap();
    let again = Cast::new().unwrap();
    let mut digests = Vec::new();
    for seed in [0, 1, 64, 77, 1_000_003] {
        let one = live(&cast, seed, Options::default()).unwrap();
        let two = live(&again, seed, Options::default()).unwrap();
        assert_eq!((one.digest, &one.tally), (two.digest, &two.tally), "seed {seed}");
        digests.push(one.digest);
    }
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), 5, "other seeds are other worlds");
}

#[test]
fn a_world_lives_the_same_through_sealed_records_as_through_values() {
    let cast = Cast::new().unwrap();
    for seed in [64, 65, 70, 91] {
        let digest = |sealed| {
            let options = Options { sealed: Some(sealed), ..Options::default() };
            live(&cast, seed, options).unwrap().digest
        };
        assert_eq!(digest(true), digest(false), "seed {seed}");
    }
}

#[test]
fn telling_a_history_does_not_change_it() {
    let cast = Cast::new().unwrap();
    for seed in [3, 64] {
        let silent = live(&cast, seed, Options::default()).unwrap().digest;
        let told = live(&cast, seed, Options { tell: Some(0), ..Options::default() }).unwrap().digest;
        assert_eq!(silent, told);
    }
}

/// Which rules may catch a canary: the one it breaks, and those that see the harm first.
#[rustfmt::skip]
const CANARIES: &[(Sabotage, &[Rule])] = &[
    (Sabotage::RefusedResendFrees,         &[Rule::NewReference]),
    (Sabotage::GivesUpUnasked,             &[Rule::Silence]),
    (Sabotage::ComposesAgain,              &[Rule::SameBytes]),
    (Sabotage::BelievesNotFoundAtOnce,     &[Rule::Silence]),
    (Sabotage::ForgetsThatProvidersForget, &[Rule::Memory]),
    (Sabotage::ForgetsTheClaim,            &[Rule::Claimed]),
    (Sabotage::CallsSilenceNotSent,        &[Rule::Answer]),
    (Sabotage::BelievesTheProxy,           &[Rule::Answer]),
    (Sabotage::BelievesTheWrongEcho,       &[Rule::Answer]),
    (Sabotage::CallsDuplicateRefused,      &[Rule::Answer]),
    (Sabotage::BlamesTheRecipient,         &[Rule::Answer]),
    (Sabotage::ReroutesForOwnFault,        &[Rule::Whose]),
    (Sabotage::WritesAheadWithoutBound,    &[Rule::WriteAhead]),
    (Sabotage::NewReferenceOnTimeout,      &[Rule::NewReference, Rule::State]),
    (Sabotage::AsksNobodyElse,             &[Rule::Asked]),
    (Sabotage::RepeatsUnasked,             &[Rule::Asked]),
    (Sabotage::AsksOneRailOnly,            &[Rule::Asked]),
    (Sabotage::ForgetsTheSleeper,          &[Rule::Overtaken]),
    (Sabotage::DrawsReferences,            &[Rule::SameReference]),
    (Sabotage::SendsWhatWasSending,        &[Rule::Frozen]),
    (Sabotage::ForgetsToRecord,            &[Rule::Recorded, Rule::State, Rule::Paid]),
    (Sabotage::NeverWatches,               &[Rule::ReturnTold]),
    (Sabotage::SendsReturnedAgain,         &[Rule::Returned]),
    (Sabotage::ReinstructsWhileOpen,       &[Rule::Instruction]),
    (Sabotage::AsksUnderAnotherAccount,    &[Rule::Account]),
    (Sabotage::IgnoresTheHead,             &[Rule::WentBack]),
    (Sabotage::TrustWindowSurvivesRestart, &[Rule::Silence]),
    (Sabotage::TrustWindowSurvivesTakeover, &[Rule::Silence]),
    (Sabotage::WaitsByTheWallClock,        &[Rule::Silence]),
    (Sabotage::SendsBeforeCommit,          &[Rule::DurableFirst]),
    (Sabotage::TimesOutIntoFailed,         &[Rule::Reason]),
    (Sabotage::LosesARow,                  &[Rule::Conserved]),
    (Sabotage::NeverLooksAgain,            &[Rule::Paid]),
];

/// Somebody sleeps past a lease, and the wage is sent under another reference meanwhile: one world of two thousand.
const A_SLEEPER: u64 = 3_253;

#[test]
fn every_canary_is_caught_by_the_rule_that_it_breaks() {
    let cast = Cast::new().unwrap();
    for sabotage in Sabotage::ALL {
        let (_, rules) = CANARIES.iter().find(|(canary, _)| canary == sabotage).unwrap();
        // Where rails close the harm of some is done, and seen, before their own rule is broken.
        let options = Options { sabotage: Some(*sabotage), closes: Some(false), ..Options::default() };
        let caught = (0..WORLDS).chain([A_SLEEPER]).find_map(|seed| live(&cast, seed, options).err());
        let caught = caught.unwrap_or_else(|| panic!("{sabotage:?} lived through {WORLDS} worlds unseen"));
        println!("{sabotage:?}: {} in world {}", caught.breach.rule.name(), caught.seed);
        assert!(rules.contains(&caught.breach.rule), "{sabotage:?} was caught otherwise: {caught}");
    }
}

/// With every other rule deaf, the bank's own ledger shows what a wrong driver has done.
#[rustfmt::skip]
const HARM: &[(Sabotage, Rule)] = &[
    (Sabotage::NewReferenceOnTimeout,      Rule::Credited),
    (Sabotage::CallsSilenceNotSent,        Rule::Credited),
    (Sabotage::ForgetsThatProvidersForget, Rule::Credited),
    (Sabotage::AsksNobodyElse,             Rule::Credited),
    (Sabotage::AsksOneRailOnly,            Rule::Credited),
    (Sabotage::DrawsReferences,            Rule::Credited),
    (Sabotage::BelievesTheWrongEcho,       Rule::Proved),
    (Sabotage::NewReferenceOnTimeout,      Rule::OneLive),
    (Sabotage::ForgetsToRecord,            Rule::State),
];

#[test]
fn the_harm_of_a_canary_is_seen_even_by_the_last_rule_that_listens() {
    let cast = Cast::new().unwrap();
    for (sabotage, rule) in HARM {
        let hears: &'static [Rule] = Rule::ALL.iter().find(|known| *known == rule).map(std::slice::from_ref).unwrap();
        let options = Options { sabotage: Some(*sabotage), hears: Some(hears), ..Options::default() };
        let caught = (0..WORLDS * 2).find_map(|seed| live(&cast, seed, options).err());
        match caught {
            Some(caught) => println!("{sabotage:?}: {} in world {}", rule.name(), caught.seed),
            None => panic!("{sabotage:?} did no harm that {} sees", rule.name()),
        }
    }
}

/// In this world the banks' ledgers show that a wage is credited twice by a store that asks as it should and does not listen, and
/// nothing is wrong when it listens. The two live the same life until then. Another order of draws makes other
/// worlds: then draw another one that tells the same story.
fn is_paid_once_because_somebody_was_asked(seed: u64, payment: usize, deaf: Sabotage) {
    let cast = Cast::new().unwrap();
    let options = Options { sabotage: Some(deaf), hears: Some(&[Rule::Credited]), ..Options::default() };
    let harm = live(&cast, seed, options).unwrap_err();
    assert_eq!((harm.breach.rule, harm.breach.payment), (Rule::Credited, payment), "{harm}");
    if let Err(failure) = live(&cast, seed, Options::default()) {
        panic!("{failure}");
    }
}

/// Two people state that her first order was not paid, and a second one pays her. Yesterday's store, put back to before
/// that, has trusted silence about the first.
#[test]
fn yesterdays_store_asks_before_it_repeats_an_attempt_or_she_is_paid_under_both_references() {
    is_paid_once_because_somebody_was_asked(7_363, 24, Sabotage::RepeatsUnasked);
}

/// One store's request is lost; the other store is refused there and pays at the next place; the first one comes back
/// and has trusted silence.
#[test]
fn a_store_that_was_away_asks_again_after_trusted_silence_or_she_is_paid_by_both() {
    is_paid_once_because_somebody_was_asked(13_770, 21, Sabotage::RepeatsUnasked);
}

/// One store finds the first rail open and pays over it. The other one, which knows nothing of that, finds it closed and
/// takes the next rail, where nobody has seen her reference.
#[test]
fn the_other_rail_is_asked_about_the_same_reference_or_her_wage_goes_over_both() {
    is_paid_once_because_somebody_was_asked(382, 11, Sabotage::AsksOneRailOnly);
}

/// Refused here and asked about; another store, put back to before that, pays under the refused reference; the repeat of the
/// next one follows.
#[test]
fn an_attempt_that_was_refused_here_is_asked_about_again_or_she_is_paid_under_both() {
    is_paid_once_because_somebody_was_asked(25_524, 11, Sabotage::RepeatsUnasked);
}

/// Worlds in which wages were paid twice before every send was asked about, or before what people have in hand stayed there.
#[test]
fn nobody_is_paid_twice_any_more_where_somebody_was() {
    let cast = Cast::new().unwrap();
    for seed in [906, 1_136, 2_081, 6_347] {
        if let Err(failure) = live(&cast, seed, Options::default()) {
            panic!("{failure}");
        }
    }
}

/// Released here, stopped in yesterday's store, and shown on the bank's statement: another store has paid it.
#[test]
fn a_wage_that_was_stopped_here_and_paid_elsewhere_is_shown_to_somebody() {
    let cast = Cast::new().unwrap();
    if let Err(failure) = live(&cast, 9_098, Options::default()) {
        panic!("{failure}");
    }
}
