//! The contract of the store, named by what must survive, on a real PostgreSQL.
#![allow(clippy::unwrap_used)]

mod admission;
mod book;
mod commits;
mod encrypted;
mod erasure;
mod foreign;
mod million;
mod model;
mod opening;
mod reads;
mod refusals;
#[path = "../server/mod.rs"]
mod server;
mod shared;
