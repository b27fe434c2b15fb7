//! Fuzz target bodies: what a parser must keep, whatever bytes it is given.
//!
//! A target is a function over bytes that panics when a promise is broken. It has three users: `cargo
//! test` replays every seed through its target, `cargo xtask fuzz TARGET` mutates the seeds in one
//! process on the stable toolchain, and cargo-fuzz can search with the guidance of coverage when a
//! folder made by `cargo fuzz init` calls the same body:
//!
//! ```text
//! fuzz_target!(|data: &[u8]| upah_fuzz::targets::qris::target(data));
//! ```
//!
//! A new target is a file under `targets/`, a line in [`TARGETS`] and a folder `seeds/<name>/` with at
//! least one input of each interesting shape. An input that once broke a promise becomes a seed.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod book;
pub mod mutate;
pub mod seeds;
pub mod targets;

/// A body: returns when every promise held, panics otherwise.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also the name of its folder of seeds.
pub const TARGETS: &[(&str, Target)] = &[
    ("bankfile", targets::bankfile::target),
    ("callback", targets::callback::target),
    ("destination", targets::destination::target),
    ("note", targets::note::target),
    ("payfile", targets::payfile::target),
    ("qris", targets::qris::target),
    ("record", targets::record::target),
    ("rupiah", targets::rupiah::target),
    ("slip", targets::slip::target),
    ("snap_response", targets::snap_response::target),
    ("statement", targets::statement::target),
];

/// The target with this name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, body)| *body)
}
