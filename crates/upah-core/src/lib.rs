//! Money, payments, the state table, the pure planner and the ports of Upah.
//!
//! Everything here is a value or a pure function: no I/O, no clock, no randomness, no runtime. Time,
//! salts and the world's answers come in as arguments, so that the simulated world of the tests and
//! the driver run the very same decisions.
//!
//! Read in this order: [`state`] (what can happen to a payment), [`event`] (what is remembered),
//! [`payment`] (the fold of one payment's events), [`planner`] (what is done next), then the
//! ports [`rail`] (with [`callback`]) and [`store`].
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used))]
extern crate alloc;

pub mod account;
pub mod bank_statement;
pub mod callback;
pub mod canonical;
pub mod cause;
pub mod claim;
pub mod commitment;
pub mod destination;
pub mod erasure;
pub mod event;
pub mod evidence;
pub mod gate;
pub mod ids;
pub mod money;
pub mod name;
pub mod obligation;
pub mod payment;
pub mod period;
pub mod phone;
pub mod planner;
pub mod policy;
pub mod rail;
pub mod rate;
pub mod reference;
pub mod row;
pub mod run;
pub mod setting;
pub mod state;
pub mod store;
pub mod time;

pub use cause::Cause;
pub use destination::Destination;
pub use ids::{ActorName, Component, EmployerId, PayeeName, RailId, WorkerId};
pub use money::Rupiah;
pub use payment::Payment;
pub use period::Period;
pub use row::PayRow;
pub use state::{AttemptState, PaymentState};
pub use time::Timestamp;
