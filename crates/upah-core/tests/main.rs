//! The proof of the core: properties named by what would happen to a worker if they did not hold.
#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub)]
mod approval;
mod gate;
mod hints;
mod histories;
mod machine;
mod places;
mod policy;
mod record;
mod sending;
mod silence;
mod stated;
mod tables;
mod world;
