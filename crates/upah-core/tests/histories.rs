//! Every history of one wage that proptest can think of: crashes, lies, silence, corrections.
use crate::world::history::{histories, is_rest, live_through, until_rest};
use proptest::prelude::*;

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
