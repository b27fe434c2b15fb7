//! What the tests of the house rules need: the sources of this repository, read as code.
//!
//! The rules themselves are tests: `tests/tidy.rs` (how the code is written) and `tests/layers.rs`
//! (who may depend on whom).
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod canaries;
pub mod kampung;
pub mod mutants;
pub mod source;
pub mod tree;
