//! The contract of the store, named by what must survive.
#![allow(clippy::unwrap_used)]

mod admission;
mod book;
mod commits;
mod erasure;
mod million;
mod model;
mod opening;
mod order;
mod reads;
