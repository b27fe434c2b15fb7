//! Payment aggregators as rails: one provider between an employer and every bank and wallet of the country.
//!
//! Each provider is a feature and a module: [`flip`], [`iris`], [`oy`], [`xendit`]. All are built from one template, so that
//! whoever has read one has read all:
//!
//! | where | what stands there |
//! |---|---|
//! | `provider.rs` | its configuration; where an order and a question go; the body; what an answer means; callbacks |
//! | `provider/table.rs` | channels, statuses and error codes as data: one meaning and one cause each |
//! | `rail.rs` | the rail that a provider becomes which takes an order in one call: it sends, hears, and has the provider judge |
//! | `call.rs` | the call itself: what provably did not leave, what is lost, what was answered |
//! | `meaning.rs` | the few things that a provider's words can mean for the money |
//! | `echo.rs` | what a provider repeats, compared with what we sent |
//! | `channels.rs` | where a destination is at a provider |
//! | `door.rs` | where a provider may call, and by which secret |
//!
//! Three things hold for every provider here, whatever it says:
//!
//! * An answer is the provider's own only when its code stands in the table *and* belongs to the HTTP status under
//!   which it came. Everything else proves nothing (safety rules 5 and 6).
//! * A payment is asked about by our own reference, never by the provider's number alone, which a lost answer takes with
//!   it.
//! * What is answered is compared with the stored body wherever it is echoed (safety rule 7).
//!
//! # How to add an aggregator
//!
//! Read its manual for five answers before the first line is written. What it does not answer stays in doubt, or becomes
//! configuration; it is not guessed.
//!
//! 1. **What tells a repeat**, and for how long? A key of idempotency, a number of ours? How long it may be and of which
//!    letters decides the form of references (Flip: 18, as many as a remark has), how long it is remembered decides
//!    `reference_memory_days`.
//! 2. **What is the question by our reference**, and how does "there is none" read? One that reads the same for a wrong
//!    path is no "not found" (Flip's 404).
//! 3. **What ends a payment, and can a success come back?** A first answer that tells of a failure has used its reference
//!    up: it is asked about, and what follows bears a new one.
//! 4. **Which errors prove that nothing was executed?** Each is refused, or may be sent again as it is. All others, every
//!    5xx and every code that is not in the manual are in doubt. Where one code means two things on two calls, there are
//!    two tables (OY!).
//! 5. **How does a callback prove itself?** By a header, a field of its body, or else by a secret in the address that the
//!    provider is given. It is a hint in any case.
//!
//! Then, in this order:
//!
//! 1. `provider/table.rs`: channels, statuses, codes, each with its meaning ([`Cause`](upah_core::Cause)); a test that says
//!    the manual's rows in words of its own.
//! 2. The provider in the sandbox, one file over the one ledger and the one layer of faults
//!    (`upah-sandbox`, `payouts.rs` and `trouble.rs`), out of the manual and not out of the adapter. What it says unasked is
//!    its function `told`, which `PayoutProvider` of `callbacks.rs` names.
//! 3. `provider.rs`: a struct that implements `Provider` of `rail.rs`, and `Desk` where the provider tells whose an account
//!    is and what the balance holds. It makes calls and judges answers, and calls nobody, so that its tests need neither
//!    network nor time. The fingerprint covers whose balance pays. A provider that takes two calls for a payment
//!    implements [`Rail`](upah_core::rail::Rail) itself (Iris).
//! 4. `tests/provider.rs`: the kit of `upah-conformance`, with the list of what it did not exercise and the reasons for it.
//!    Then break the adapter where it matters, and see the kit notice.
//! 5. The feature in `Cargo.toml`, the `kind` in the binary (`config/provider.rs`: its own keys and what it takes for
//!    granted), and an end-to-end test over `aggregator.rs`: every fault, kills, a store that is lost.
//! 6. Read it beside another adapter: what the two share moves to the files above.
#![cfg_attr(test, allow(clippy::unwrap_used))]
// What only a provider needs that was not chosen is there all the same.
#![cfg_attr(not(all(feature = "flip", feature = "iris", feature = "oy", feature = "xendit")), allow(dead_code))]

mod call;
mod channels;
mod door;
mod echo;
#[cfg(feature = "flip")]
pub mod flip;
#[cfg(feature = "iris")]
pub mod iris;
mod meaning;
#[cfg(feature = "oy")]
pub mod oy;
mod rail;
#[cfg(feature = "xendit")]
pub mod xendit;

pub use call::ConfigError;
pub use channels::WalletNumber;
pub use rail::{AggregatorRail, Connection};
