//! The worker's slip: one HTML file that a person reads and a verifier checks.
//!
//! A slip carries the worker's own records, opened with their salts, the proofs that lead from them
//! to a signed checkpoint of the audit log, and the story told from them. It is a pure function of
//! that [`SlipInput`], so checking means: open every commitment, follow the chain of the payment's
//! events, follow the proofs, fold the payment, draw the page again and compare bytes
//! (safety rule 29).
//!
//! # What a verdict means
//! | verdict | when |
//! |---|---|
//! | `ASLI` | all of it fits, the checkpoint is signed by a key that the verifier already held, and as many witnesses as its policy asks for cosigned it |
//! | `BELUM BISA DICEK` | all of it fits, but the verifier holds no key of this log, or witnesses are missing |
//! | `TIDAK COCOK` | something does not fit; the reasons name what |
//!
//! A key inside a slip is a hint, because a forger writes his own (rule 30). And a slip is old news:
//! it speaks of the book up to its last entry, and later events cannot be seen from it (rule 31).
//!
//! # What a slip does not tell
//! In a small run the total *is* a colleague's wage, and the digest of the run can be guessed by whoever
//! knows the rest of her row. So the record that seals a live run stays closed: the slip shows its
//! leaf (run, count and day, which stand in clear in the log anyway) and not its content. A run in a
//! sandbox is opened, because there "this is not real money" must be provable and nobody's wage is
//! in it. See [`Sealing`].
//!
//! # Example
//!
//! ```
//! use upah_core::store::StoredRecord;
//! use upah_slip::{SlipInput, Trust, UnknownKind, render, verify_file};
//! use upah_tlog::{MemoryTree, VerifyingKey, inclusion_proof};
//!
//! /// Where the store is.
//! fn slip(
//!     payment: &[StoredRecord],
//!     runs: &[StoredRecord],
//!     tree: &MemoryTree,
//!     checkpoint: &str,
//!     log_key: &VerifyingKey,
//! ) -> Result<String, Box<dyn std::error::Error>> {
//!     let prove = |entry| inclusion_proof(entry, tree.size(), tree);
//!     Ok(render(&SlipInput::assemble(log_key, checkpoint, payment, runs, prove)?)?)
//! }
//!
//! /// Where the store is not: at the counsellor's desk.
//! fn check(file: &str, office_key: VerifyingKey) -> Result<String, UnknownKind> {
//!     let verdict = verify_file(file, &Trust::log_keys(vec![office_key]))?;
//!     Ok(verdict.indonesian())
//! }
//! ```
//!
//! No I/O, no clock, no randomness: the host reads and writes files and brings the records.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod assemble;
mod check;
mod compact;
mod drawing;
mod fingerprint;
mod history;
mod input;
mod machine;
mod page;
mod page_note;
mod reason;
mod trust;
mod verdict;
mod verify;

pub use assemble::{AssembleError, entries_to_prove};
pub use compact::{NotCompact, compact, expand};
pub use drawing::{Drawing, DrawingError};
pub use fingerprint::fingerprint;
pub use history::{Glimpse, History, head_of};
pub use input::{Entry, RunOnSlip, Sealing, SlipInput, SlipRecord};
pub use machine::{ParseError, SLIP_BYTES_MAX, Slip};
pub use page::{RENDERER_VERSION, SlipError, render, render_signed, witnesses_named};
pub use reason::{Code, Reason};
pub use trust::Trust;
pub use verdict::{Kind, Outcome, Verdict, Witnesses};
pub use verify::{UnknownKind, detect, verify, verify_checkpoint, verify_file, verify_proof, verify_tree};
