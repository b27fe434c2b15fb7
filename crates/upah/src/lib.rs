//! Pays wages exactly once, and keeps a record that can be explained.
//!
//! This is the crate a payroll system embeds. It needs no server: one store, one or more rails, and
//! the calls of [`Gateway`]. Nothing is sent before it is durable, nothing durable is forgotten, and
//! nothing that may have been paid is paid again.
//!
//! # The way of a wage
//! 1. [`Gateway::survey`] looks at the rows and names everything that is wrong with them.
//! 2. [`Gateway::admit`] seals them into a run and admits it by one commit.
//! 3. [`Gateway::approve`] is the checker's word, bound to the run's digest.
//! 4. [`Gateway::drive`] sends what is ready and asks about what is open, until it rests.
//!    [`Gateway::callback`] hears what a provider says unasked meanwhile.
//! 5. [`Gateway::reconcile`] holds the bank's statement against the book; [`Gateway::resolve`] takes the word of two
//!    people about what the bank does not decide.
//! 6. [`Gateway::payment`], [`Gateway::story`] and [`Gateway::slip`] tell what happened, and why.
//! 7. [`Gateway::erase`] takes away what is known of a worker, when nothing obliges to keep it.
//!
//! # What survives what
//! Killing the process at any point loses nothing that was acknowledged: an attempt is durable before
//! its first byte leaves, and an attempt without an answer is asked about, never repeated blindly.
//! Dropping any future of this crate is safe in the same sense.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod admission;
mod audit;
mod book;
mod committer;
mod cosign;
mod driver;
pub mod durable;
mod environment;
mod erase;
mod error;
mod export;
mod feed;
mod gateway;
mod inbox;
mod journal;
mod lane;
mod log_key;
mod pace;
mod people;
mod reconcile;
mod resolve;
mod sealing;
mod session;
mod telling;
mod tenure;
mod traces;

pub use admission::{Admitted, Confirm, Plan, RowProblem, RowSource, Signatures, Survey};
pub use audit::{AuditReport, Finding};
pub use book::Book;
pub use driver::DriveEnd;
pub use environment::{Environment, RandomnessFailed, SystemEnvironment};
pub use erase::{ErasureReport, WhyKept};
pub use error::Error;
pub use gateway::{Builder, Gateway, Mode, PaymentsPage, StopHandle, StoreUse};
pub use inbox::CALLBACK_BYTES_MAX;
pub use lane::Paid;
pub use log_key::{LogKey, PinnedKeys};
pub use pace::CallLimits;
pub use reconcile::{BREAKS_MAX, Break, BreakKind, ReconcileOptions, Reconciled};
pub use resolve::{ResolutionError, Resolving};
pub use sealing::SealingAudit;
pub use session::Progress;

pub use upah_core as core;
pub use upah_explain as explain;
#[cfg(feature = "snap")]
pub use upah_snap as snap;
#[cfg(feature = "sqlite")]
pub use upah_sqlite as sqlite;
