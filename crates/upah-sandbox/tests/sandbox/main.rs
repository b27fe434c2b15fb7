//! The sandbox as its clients meet it: over TCP, with a client and signer of the tests' own.
#![allow(clippy::unwrap_used)]

mod admin;
mod callbacks;
mod client;
mod faults;
mod houses;
mod load;
mod payments;
mod payouts;
mod program;
mod protocol;
mod vectors;
