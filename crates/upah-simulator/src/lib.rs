//! Seeded worlds in which the core's own planner pays wages, through every fault that a seed can draw.
//!
//! A seed is a world: 20 to 200 wages with one to three destinations each, one to three rails with a bank
//! behind each, one or two stores that pay the same file, and a handful of processes, mostly one after the other. Time is simulated,
//! nothing is sent, and the same seed of the same build lives the same world to the last millisecond. Each world knows
//! a random subset of the faults, with random rates ([`Fault`]), so that rare combinations are met. At the end the faults stop, and
//! everybody who can be paid must be paid.
//!
//! ```text
//! cargo xtask simulate --seeds 100000            many worlds, on every processor
//! cargo xtask simulate --from 77 --seeds 1       one world; a failure prints this line and the payment's history
//! ```
//!
//! # Who decides, who executes, who watches
//! * `upah_core::planner`, the two tables and `upah_core::gate` decide. Nothing of them is copied here.
//! * `driver` executes as the engine does: inspect, ask around, durable, send, durable again. Calls overlap, wait for a
//!   place of their rail, and land out of order. A process may die before and after each commit and each send, and with
//!   an answer in its hands.
//! * `bank` keeps one ledger a wage. It books a reference once while it remembers it, answers late, wrongly or not at all, and
//!   keeps one promise, that of the trust window: what was sent is booked and visible to a question when that has passed.
//! * `auditor` reads what becomes durable, what leaves, what comes back and what the ledger shows, and holds the rules
//!   ([`Rule`]) in its own words: it uses the core's facts as data, and none of its states, tables, policy or planner. After
//!   each commit it says in which states the payment may stand.
//! * One world in [`SEALED_ONE_IN`] keeps nothing but sealed records: each event is sealed, each opening reads them
//!   again, follows the chain and replays, and what may be sent is minted from the store's receipt. The others keep the events as
//!   values, and replay them as well; a test holds both ways against each other.
//!
//! # The rules of `safety.md`, and the canary that each is caught by
//! | rule | canary ([`Sabotage`]) | caught as |
//! |---|---|---|
//! | 1 frozen | `RefusedResendFrees`, `TimesOutIntoFailed` | `new_reference_only_after_proof`, `handed_to_people_for_a_reason` |
//! | 2 refused repeat | `GivesUpUnasked` | `silence_is_not_trusted_early` |
//! | 3 same bytes | `ComposesAgain` | `same_reference_same_bytes` |
//! | 4 not found | `BelievesNotFoundAtOnce`, `ForgetsThatProvidersForget`, `ForgetsTheClaim` | `silence_…`, `providers_forget`, `claimed_is_never_repeated` |
//! | 5 not sent | `CallsSilenceNotSent` | `an_answer_says_what_came` |
//! | 6 envelope | `BelievesTheProxy` | `an_answer_says_what_came` |
//! | 7 our success | `BelievesTheWrongEcho`, `CallsDuplicateRefused` | `an_answer_says_what_came` |
//! | 8 whose fault | `BlamesTheRecipient`, `ReroutesForOwnFault` | `an_answer_…`, `only_the_recipients_fault_reroutes` |
//! | 9 write-ahead | `WritesAheadWithoutBound` | `bounded_write_ahead` |
//! | 10 new reference | `NewReferenceOnTimeout` | `new_reference_only_after_proof` |
//! | 10 sleepers | `ForgetsTheSleeper` | `a_new_reference_outwaits_a_signature` |
//! | 10 other stores | `AsksNobodyElse`, `RepeatsUnasked`, `AsksOneRailOnly` | `others_are_asked_first` |
//! | 11 references | `DrawsReferences` | `references_are_derived` |
//! | 13 found sending | `SendsWhatWasSending`, `ForgetsToRecord` | `frozen_after_maybe_sent`, `every_answer_is_recorded` |
//! | 14 returns | `NeverWatches`, `SendsReturnedAgain` | `a_return_is_told`, `what_came_back_waits_for_people` |
//! | 15 reinstruction | `ReinstructsWhileOpen` | `no_new_instruction_while_open` |
//! | 17 fingerprint | `AsksUnderAnotherAccount` | `asked_under_the_same_account` |
//! | 19 went back | `IgnoresTheHead` | `a_store_that_went_back_asks_first` |
//! | 20 clock | `TrustWindowSurvivesRestart`, `TrustWindowSurvivesTakeover`, `WaitsByTheWallClock` | `silence_is_not_trusted_early` |
//!
//! # What is not seen here
//! * Rules 5, 6 and 12 on the wire (sockets, envelopes, X-EXTERNAL-ID): the adapter starts from a judged reply. The tests of
//!   `upah-transport` and `upah-snap` hold them.
//! * Rule 10's fences in a database: in one world of eight two or three processes share a store, take over what a dead one
//!   held when its lease has ended, and one may sleep past its lease with a request in its hands; but nobody whose lease has
//!   ended tries to write. `upah-conformance` and the end-to-end tests hold that.
//! * Rule 18 (live or sandbox), 21 (fees), 22 to 33: what needs a file, a person or a log.
//! * A callback whose question is asked by another process at the very moment of a send, and balances asked before a run.
//! * A bank that refuses with proof and pays all the same: the histories of `upah-core/tests` meet it.
//! * Trust windows under a minute, and clocks that are off by more than five hours: a clock that is wrong by more than half of what a
//!   provider remembers may repeat what the provider has forgotten.
//! * People who correct a destination here have looked at the bank's statement first.
//!
//! # Paid twice, and admitted
//! Two stores that know nothing of each other have only the provider's memory in common. What that costs is counted by kind
//! ([`Admission`]) instead of being forgiven in silence.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod adapter;
mod auditor;
mod bank;
mod cast;
mod chance;
mod driver;
mod history;
mod report;
mod sabotage;
mod session;
mod stated;
mod store;
mod swarm;
mod trace;
mod ways;
mod world;

pub use auditor::{Admission, Breach, Rule};
pub use bank::{AskReply, Reply};
pub use cast::Cast;
pub use report::{Failure, Outcome, Tally};
pub use sabotage::Sabotage;
pub use store::SEALED_ONE_IN;
pub use swarm::Fault;
pub use world::Options;

use std::hash::{DefaultHasher, Hasher};

/// Lives one world to its end.
///
/// # Errors
/// A rule was broken; the failure tells the history of the payment that it was broken for.
pub fn live(cast: &Cast, seed: u64, options: Options) -> Result<Outcome, Box<Failure>> {
    let (tally, digest, breach, history) = history::live(cast, seed, options);
    match breach {
        None => Ok(Outcome { tally, digest }),
        Some(breach) if options.tell == Some(breach.payment) => Err(Box::new(Failure { seed, breach, history })),
        // The same world again, told this time.
        Some(breach) => match live(cast, seed, Options { tell: Some(breach.payment), ..options }) {
            Err(failure) => Err(failure),
            Ok(_) => Err(Box::new(Failure { seed, breach, history: vec!["it does not repeat".to_owned()] })),
        },
    }
}

/// The same text, the same number.
pub(crate) fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}
