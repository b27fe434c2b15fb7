//! Histories: what proptest lets the world do to one wage.
use super::bank::{OnAsk, OnSubmit};
use super::driver::{Crash, Did, Setup, World};
use proptest::prelude::*;
use upah_core::{Cause, PaymentState};

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
pub enum Happening {
    /// The driver executes one command.
    Step { submit: OnSubmit, ask: OnAsk, crash: Crash },
    /// The driver asks besides.
    Watch { ask: OnAsk, crash: Crash },
    /// A callback hints at an attempt.
    Hint { attempt: usize, ask: OnAsk },
    /// Time passes.
    Sleep { seconds: i64 },
    /// The process is stopped and started.
    Restart { gap_seconds: i64, skew_seconds: i64, other_account: bool },
    /// The checker's word.
    Approve,
    /// A corrected file.
    Reinstruct,
    /// The employer stops it.
    Cancel,
    /// The worker's bank sends the money back.
    SendBack,
    /// Another store, with the same file, is faster.
    OtherStore,
    /// Somebody reads the bank's statement.
    Statement,
    /// Two people say what they know.
    Resolve { ask: OnAsk },
}

pub fn setups(treacherous: bool) -> impl Strategy<Value = Setup> {
    let trust = prop_oneof![Just(1u32), Just(90), Just(700)];
    let odd = (prop::bool::weighted(0.2), prop::bool::weighted(0.2));
    (trust, 1..=2usize, prop::bool::weighted(0.8), any::<bool>(), odd).prop_map(
        move |(trust_seconds, places, serves_first, inspects, (held, pays_repeats))| Setup {
            trust_seconds,
            places: if serves_first { places } else { 2 },
            serves_first,
            inspects,
            held,
            treacherous,
            pays_repeats,
        },
    )
}

fn causes() -> impl Strategy<Value = Cause> {
    prop_oneof![
        4 => Just(Cause::InvalidAccount),
        2 => Just(Cause::OutsideHours),
        2 => Just(Cause::InsufficientFunds),
        1 => Just(Cause::BadRequest),
        1 => Just(Cause::SuspectedFraud),
    ]
}

fn submits(trust_seconds: u32, treacherous: bool) -> impl Strategy<Value = OnSubmit> {
    // The trust window is the bank's promise: so late, and no later, its inquiry knows what it booked.
    let hidden = 0..i64::from(trust_seconds) * 1_000;
    let treason = if treacherous { 6 } else { 0 };
    let mut all: Vec<(u32, BoxedStrategy<OnSubmit>)> = vec![
        (3, Just(OnSubmit::Pays).boxed()),
        (5, hidden.prop_map(|hidden_millis| OnSubmit::PaysUnheard { hidden_millis }).boxed()),
        (3, (0..40_000_000i64, any::<bool>()).prop_map(|(millis, pays)| OnSubmit::Accepts { millis, pays }).boxed()),
        (5, causes().prop_map(OnSubmit::Refuses).boxed()),
        (6, Just(OnSubmit::Loses).boxed()),
        (3, prop::option::of(1..100u32).prop_map(|s| OnSubmit::NotReached { retry_after_seconds: s }).boxed()),
        (1, any::<bool>().prop_map(|pays| OnSubmit::EchoesAnother { pays }).boxed()),
        (2, Just(OnSubmit::ClaimsToKnow).boxed()),
        (1, (0..40_000_000i64, any::<bool>()).prop_map(|(millis, pays)| OnSubmit::HoldsBack { millis, pays }).boxed()),
    ];
    if treason > 0 {
        all.push((treason, causes().prop_map(OnSubmit::RefusesAndPays).boxed()));
    }
    prop::strategy::Union::new_weighted(all)
}

fn asks(treacherous: bool) -> impl Strategy<Value = OnAsk> {
    let lies = prop_oneof![Just(OnAsk::SaysFailed), Just(OnAsk::SaysInProgress), Just(OnAsk::SaysNotFound)];
    let liar = prop::bool::weighted(if treacherous { 0.2 } else { 0.0 });
    let honest = prop_oneof![
        16 => Just(OnAsk::Truth),
        2 => Just(OnAsk::Silent),
        1 => (1..4_000u32).prop_map(|s| OnAsk::Slow { retry_after_seconds: s }),
        1 => Just(OnAsk::EchoesAnother),
    ];
    (liar, lies, honest).prop_map(|(lies, lie, truth)| if lies { lie } else { truth })
}

fn crashes() -> impl Strategy<Value = Crash> {
    prop_oneof![
        12 => Just(Crash::No),
        1 => Just(Crash::BeforeCommit),
        1 => Just(Crash::AfterCommit),
        2 => Just(Crash::AfterSend),
    ]
}

/// Gaps after which trust windows, half the bank's memory and all of it have passed.
fn gaps() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => 0..20i64,
        2 => 60..2_000i64,
        1 => 43_000..44_000i64,
        1 => 80_000..200_000i64,
    ]
}

fn happenings(trust_seconds: u32, treacherous: bool) -> impl Strategy<Value = Happening> {
    let skew = prop_oneof![6 => Just(0i64), 1 => Just(-30), 1 => Just(3_600)];
    prop_oneof![
        24 => (submits(trust_seconds, treacherous), asks(treacherous), crashes())
            .prop_map(|(submit, ask, crash)| Happening::Step { submit, ask, crash }),
        2 => (asks(treacherous), crashes()).prop_map(|(ask, crash)| Happening::Watch { ask, crash }),
        3 => (0..3usize, asks(treacherous)).prop_map(|(attempt, ask)| Happening::Hint { attempt, ask }),
        1 => gaps().prop_map(|seconds| Happening::Sleep { seconds }),
        2 => (gaps(), skew, prop::bool::weighted(0.1)).prop_map(|(gap_seconds, skew_seconds, other_account)| {
            Happening::Restart { gap_seconds, skew_seconds, other_account }
        }),
        2 => Just(Happening::Approve),
        2 => Just(Happening::Reinstruct),
        1 => Just(Happening::Cancel),
        1 => Just(Happening::SendBack),
        1 => Just(Happening::OtherStore),
        2 => Just(Happening::Statement),
        2 => asks(treacherous).prop_map(|ask| Happening::Resolve { ask }),
    ]
}

/// A world and what happens in it.
pub fn histories(treacherous: bool) -> impl Strategy<Value = (Setup, Vec<Happening>)> {
    setups(treacherous).prop_flat_map(move |setup| {
        (Just(setup), prop::collection::vec(happenings(setup.trust_seconds, treacherous), 1..48))
    })
}

/// Lets everything happen, checking after each.
pub fn live_through(setup: Setup, happenings: &[Happening]) -> World {
    let mut world = World::new(setup);
    world.approve();
    for happening in happenings {
        happen(&mut world, *happening);
        world.check();
    }
    world
}

fn happen(world: &mut World, happening: Happening) {
    let died = match happening {
        Happening::Step { submit, ask, crash } => world.step(submit, ask, crash).is_err(),
        Happening::Watch { ask, crash } => world.watch(ask, crash).is_err(),
        Happening::Hint { attempt, ask } => {
            world.hint(attempt, ask);
            false
        }
        Happening::Sleep { seconds } => {
            world.sleep(seconds * 1_000);
            false
        }
        Happening::Restart { gap_seconds, skew_seconds, other_account } => {
            world.restart(gap_seconds * 1_000, skew_seconds * 1_000, other_account);
            false
        }
        Happening::Approve => {
            world.approve();
            false
        }
        Happening::Reinstruct => {
            world.reinstruct();
            false
        }
        Happening::Cancel => {
            world.cancel();
            false
        }
        Happening::OtherStore => {
            world.other_store_pays();
            false
        }
        Happening::Statement => {
            world.read_statement();
            false
        }
        Happening::Resolve { ask } => {
            let _ = world.resolve(ask, false);
            false
        }
        Happening::SendBack => {
            let now = world.real_millis();
            world.bank.send_back(now);
            false
        }
    };
    if died {
        world.restart(1_500, 0, false);
    }
}

/// From here on the bank answers and tells the truth: how many steps until nothing is left to do.
pub fn until_rest(world: &mut World, steps_max: usize) -> usize {
    world.restart(1_000, 0, false);
    for step in 0..steps_max {
        match world.step(OnSubmit::Pays, OnAsk::Truth, Crash::No) {
            Ok(Did::Rests) => return step,
            Ok(Did::Something) => {}
            Err(died) => panic!("{died:?} without a crash"),
        }
    }
    panic!("after {steps_max} steps her payment is still {:?}: {:?}", world.payment.state, world.payment.attempts)
}

/// States in which nothing more happens by itself.
pub fn is_rest(state: PaymentState) -> bool {
    matches!(
        state,
        PaymentState::Settled
            | PaymentState::Returned
            | PaymentState::NeedsAction
            | PaymentState::Cancelled
            | PaymentState::AwaitingApproval
    )
}
