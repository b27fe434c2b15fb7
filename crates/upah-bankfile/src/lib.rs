//! Wages by file, for a firm that has no interface to its bank but uploads files and downloads answers.
//!
//! Out goes ISO 20022 `pain.001.001.09`; in come `pain.002`, `camt.053`, `camt.054` and `pacs.004`, in any of their
//! versions. Upah calls nobody: it puts files into one folder and reads those of another, and people or a program of
//! the bank carry them.
//!
//! # What keeps a wage from standing in two files
//! * A file is named by its content: `MsgId` is a digest over the references in it.
//! * Beside the outbox lies a [register](BankFileConfig::register) of every file that was handed over. It is written before the file may
//!   be picked up, and asked under a lock before a file is made. A wage that is in it goes into no second file.
//! * A file is written elsewhere, read back, and moved into the outbox in one step.
//! * Silence licenses nothing. A bank finds a repeated *file* by its `MsgId`, and a repeated *wage* in another file it
//!   pays. So [`BankFileRail::policy`] says that references are remembered for no day at all: a wage that no file
//!   holds waits for people, and one that a file holds waits for the bank.
//!
//! What remains: two registers for one account (a copy of the folder on another machine) know nothing of each other.
//!
//! # What is `NotSent`, what is `Unknown`
//! Whatever fails before the move, and whatever leaves the unmoved file behind, is `NotSent`. From the move on it is `Accepted`, or
//! `Unknown` when the disk does not confirm it. A process that dies leaves its wages interrupted, and the register tells
//! whether they are in a file.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bank_file;
mod codes;
mod digest;
mod finding;
mod inbox;
mod judge;
mod one_file;
mod outbox;
mod payment_file;
mod payment_return;
mod rail;
mod register;
mod status_report;
mod transfer;

pub use bank_file::Unread;
pub use inbox::Listener;
pub use one_file::Handed;
pub use payment_file::{BadFile, Debtor, PaymentFile};
pub use rail::{BankFileConfig, BankFileRail, ConfigError, FileEnvironment};
pub use transfer::Transfer;
