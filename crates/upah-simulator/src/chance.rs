//! What the world draws for one send: how the bank takes it, if it reaches the bank at all.
use crate::bank::Mood;
use crate::swarm::Fault;
use crate::world::World;
use upah_core::cause::Cause;

const INVALID: &[Cause] = &[Cause::InvalidAccount, Cause::InactiveAccount, Cause::AmountOverLimit];
const SENDER: &[Cause] = &[Cause::InsufficientFunds, Cause::PayerBlocked, Cause::PayerLimitReached];
const RAIL: &[Cause] = &[Cause::OutsideHours, Cause::RequestExpired];
const PEOPLE: &[Cause] = &[Cause::SuspectedFraud, Cause::NotPermitted, Cause::OtherRefusal];

/// How the bank takes a send.
pub(crate) fn mood(world: &mut World<'_>, payment: usize, lane: usize, destination: u8) -> Mood {
    let trust = i64::from(world.policy.rails[lane].trust_not_found_after_seconds) * 1_000;
    let pick = |world: &mut World<'_>, causes: &[Cause]| causes[world.rng.usize(..causes.len())];
    // The trust window is the bank's promise: so late, and no later, its inquiry knows what it booked.
    let hidden = world.rng.i64(0..trust.max(1));
    if world.calm {
        return if closed(world, payment, destination) {
            Mood::Refuses { cause: Cause::InvalidAccount, unseen: false }
        } else {
            Mood::Honest
        };
    }
    if world.strikes(Fault::Unreachable, payment) {
        return Mood::Unreachable;
    }
    if world.strikes(Fault::SlowDown, payment) {
        return Mood::SlowDown(world.rng.u32(1..40));
    }
    if world.strikes(Fault::LostRequest, payment) {
        return Mood::LostRequest;
    }
    if world.strikes(Fault::ProxyPage, payment) {
        return Mood::ProxyPage;
    }
    let refusals = [
        (Fault::RefusedSender, SENDER),
        (Fault::RefusedRail, RAIL),
        (Fault::RefusedRecipient, INVALID),
        (Fault::RefusedPeople, PEOPLE),
        (Fault::RefusedRequest, &[Cause::BadRequest][..]),
    ];
    for (fault, causes) in refusals {
        if world.strikes(fault, payment) {
            let unseen = world.strikes(Fault::RefusedUnseen, payment);
            return Mood::Refuses { cause: pick(world, causes), unseen };
        }
    }
    if closed(world, payment, destination) {
        return Mood::Refuses { cause: Cause::InvalidAccount, unseen: world.strikes(Fault::RefusedUnseen, payment) };
    }
    if world.strikes(Fault::HeldBack, payment) {
        return Mood::HoldsBack { millis: world.rng.i64(0..40_000_000), pays: world.rng.bool() };
    }
    if world.strikes(Fault::WrongEcho, payment) {
        return Mood::WrongEcho { books: world.rng.bool() };
    }
    if world.strikes(Fault::FalseDuplicate, payment) {
        return Mood::ClaimsToKnow;
    }
    if world.strikes(Fault::ServerError, payment) {
        return Mood::ServerError { books: world.rng.bool(), hidden };
    }
    if world.strikes(Fault::Garbage, payment) {
        return Mood::Garbage { books: world.rng.bool(), hidden };
    }
    if world.strikes(Fault::AcceptedFails, payment) {
        return Mood::Accepts { millis: world.rng.i64(0..7_200_000), pays: false };
    }
    if world.strikes(Fault::Accepted, payment) {
        return Mood::Accepts { millis: world.rng.i64(0..7_200_000), pays: true };
    }
    if world.strikes(Fault::LateRequest, payment) {
        return Mood::LateRequest { delay: hidden };
    }
    if world.strikes(Fault::Hidden, payment) {
        return Mood::Hidden { hidden };
    }
    if world.strikes(Fault::LostAnswer, payment) {
        return Mood::LostAnswer { hidden: 0 };
    }
    Mood::Honest
}

/// Whether the worker's account is closed now.
pub(crate) fn closed(world: &World<'_>, payment: usize, destination: u8) -> bool {
    world.closed[payment].get(usize::from(destination)).is_some_and(|until| world.now < *until)
}
