//! The properties of what a rail hears unasked.
use super::{Plan, Property, Runtime, Tries};
use crate::rail::variants::{always, recognisable, whom};
use crate::rail::{RailUnderTest, callbacks};

pub(super) fn of_callbacks<S: RailUnderTest>() -> Vec<Property<S>> {
    vec![
        property!(
            "a_genuine_callback_names_her_payment",
            whom,
            always(),
            |s, whom, ()| callbacks::genuine(s, whom),
            "What the provider says unasked is heard, leads to a question about the one payment it names, and is acknowledged.",
            unless "the author makes no callbacks"
        ),
        property!(
            "a_callback_about_a_return_is_told_as_one",
            whom,
            always(),
            |s, whom, ()| callbacks::returned(s, whom),
            "A wage that is settled is not asked about again because somebody says that it has ended; that it came back is news.",
            unless "the author makes no callbacks about returns"
        ),
        property!(
            "a_callback_that_nobody_signed_is_turned_away",
            whom,
            always(),
            |s, whom, ()| callbacks::unsigned(s, whom),
            "Without its proof a callback is nobody's word: it leads to no question and no change.",
            unless "the author makes no callbacks"
        ),
        property!(
            "a_callback_with_another_proof_is_turned_away",
            whom,
            always(),
            |s, whom, ()| callbacks::forged(s, whom),
            "A proof is checked to its last character, not looked for.",
            unless "the author makes no callbacks"
        ),
        property!(
            "a_callback_that_lost_a_header_needs_its_proof_all_the_same",
            whom,
            always(),
            |s, whom, ()| callbacks::halved(s, whom),
            "Leaving out a header, such as the time, makes no proof good: whoever leaves it out could announce any wage.",
            unless "the author makes no callbacks, or they have no header beside their proof"
        ),
        property!(
            "a_callback_that_was_changed_on_the_way_is_turned_away",
            whom,
            always(),
            |s, whom, ()| callbacks::changed(s, whom),
            "A proof holds for the very bytes that it was made for, also when it was seen before: for the spaces between them, \
             too, unless the author says that these may change.",
            unless "the author makes no callbacks, or their proof does not cover the body"
        ),
        property!(
            "a_callback_that_was_spaced_on_the_way_is_heard",
            whom,
            always(),
            |s, whom, ()| callbacks::spaced(s, whom),
            "Where the provider signs compact JSON and sends it with spaces, it is heard all the same.",
            unless "the author makes no callbacks, or their proof covers every byte"
        ),
        property!(
            "a_callback_of_another_day_is_turned_away",
            whom,
            always(),
            |s, whom, ()| callbacks::replayed(s, whom),
            "What somebody has recorded and plays again later is not the provider's word.",
            unless "the author makes no callbacks, or their proof covers no time"
        ),
        property!(
            "yesterdays_callback_with_a_header_of_today_is_turned_away",
            whom,
            always(),
            |s, whom, ()| callbacks::spliced(s, whom),
            "The time by which a callback is fresh is within its proof: whoever has recorded one cannot date it anew.",
            unless "the author makes no callbacks, or their proof covers no time"
        ),
        property!(
            "a_callback_that_nobody_can_read_is_turned_away",
            whom,
            always(),
            |s, whom, ()| callbacks::unreadable(s, whom),
            "An empty or broken body from anybody at all does not stop the listener, and with it every callback about \
             everybody's wages.",
            unless "the author makes no callbacks"
        ),
        property!(
            "a_callback_reads_alike_whatever_came_before",
            whom,
            always(),
            |s, whom, ()| callbacks::pure(s, whom),
            "Callbacks that come twice, late or in another order say what they say; what is known already, the record tells.",
            unless "the author makes no callbacks"
        ),
        property!(
            "the_amount_in_a_callback_decides_nothing",
            recognisable,
            always(),
            |s, whom, ()| callbacks::another_amount(s, whom),
            "A callback is a hint: with a wrong amount it leads to the same question, and the answer to that is believed.",
            unless "the author makes no callbacks"
        ),
        property!(
            "whoever_is_turned_away_learns_nothing",
            whom,
            always(),
            |s, whom, ()| callbacks::silent(s, whom),
            "All refusals are alike, whatever was wrong and whoever was named, and no answer shows a secret.",
            unless "the author makes no callbacks"
        ),
    ]
}
