//! Payment aggregators as rails: one provider between an employer and every bank and wallet of the country.
//!
//! Each provider is a feature and a module: [`oy`], [`xendit`]. All are built from one template, so that whoever has read
//! one has read all:
//!
//! | where | what stands there |
//! |---|---|
//! | `provider.rs` | configuration and fingerprint; the body of a payment; what an answer means; callbacks |
//! | `provider/table.rs` | channels, statuses and error codes as data: one meaning and one cause each |
//! | `call.rs` | the call itself, for all of them: what provably did not leave, what is lost, what was answered |
//! | `meaning.rs` | the few things that a provider's words can mean for the money |
//! | `echo.rs` | what a provider repeats, compared with what we sent |
//! | `channels.rs` | where a destination is at a provider |
//! | `door.rs` | where a provider may call, and by which secret |
//!
//! Three things hold for every provider here, whatever it says:
//!
//! * An answer is the provider's own only when its code stands in the table *and* belongs to the HTTP status under
//!   which it came. Everything else proves nothing (safety rules 5 and 6).
//! * A payment is asked about by our own reference, never by the provider's number, which a lost answer takes with it.
//! * What is answered is compared with the stored body wherever it is echoed (safety rule 7).
#![cfg_attr(test, allow(clippy::unwrap_used))]
// What only a provider needs that was not chosen is there all the same.
#![cfg_attr(not(all(feature = "oy", feature = "xendit")), allow(dead_code))]

mod call;
mod channels;
mod door;
mod echo;
mod meaning;
#[cfg(feature = "oy")]
pub mod oy;
#[cfg(feature = "xendit")]
pub mod xendit;

pub use call::ConfigError;
