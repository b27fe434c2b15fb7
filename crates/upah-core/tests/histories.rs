//! Every history of one wage that proptest can think of: crashes, lies, silence, corrections.
use crate::world::bank::{OnAsk, OnSubmit};
use crate::world::driver::{Crash, Setup};
use crate::world::history::{Happening, histories, is_rest, live_through, until_rest};
use proptest::prelude::*;
use upah_core::Cause;

proptest! {
    #[test]
    fn whatever_happens_she_is_never_paid_twice_and_never_told_what_is_not_proved(
        (setup, happenings) in histories(false)
    ) {
        live_through(setup, &happenings);
    }

    #[test]
    fn once_the_bank_behaves_she_is_paid_or_somebody_is_told_to_act((setup, happenings) in histories(false)) {
        let mut world = live_through(setup, &happenings);
        until_rest(&mut world, 120);
        world.check();
        prop_assert!(is_rest(world.payment.state), "{:?}", world.payment.state);
    }

    #[test]
    fn when_a_bank_pays_after_refusing_nothing_more_is_sent_once_it_is_known((setup, happenings) in histories(true)) {
        let mut world = live_through(setup, &happenings);
        until_rest(&mut world, 120);
        world.check();
    }
}

#[test]
fn corrected_after_the_account_changed_she_is_not_paid_by_the_new_one_what_the_old_one_may_have_paid() {
    let setup = Setup {
        trust_seconds: 700,
        places: 1,
        serves_first: true,
        inspects: true,
        held: true,
        treacherous: false,
        pays_repeats: false,
    };
    let step = |submit| Happening::Step { submit, ask: OnAsk::Truth, crash: Crash::No };
    let mut world = live_through(
        setup,
        &[
            Happening::OtherStore,
            step(OnSubmit::Pays),
            step(OnSubmit::NotReached { retry_after_seconds: None }),
            Happening::Reinstruct,
            Happening::Restart { gap_seconds: 0, skew_seconds: 0, other_account: true },
            Happening::Approve,
            step(OnSubmit::Pays),
            step(OnSubmit::Pays),
        ],
    );
    until_rest(&mut world, 120);
    world.check();
    // Nobody can be asked over a rail that is not what it was.
    assert_eq!(world.payment.cause, Some(Cause::RailChanged));
}
