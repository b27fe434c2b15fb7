//! What a crash may lose: connections cut in and around a commit, and servers that fall over. Each test
//! that harms the whole server has one of its own.
#![allow(clippy::unwrap_used)]

#[path = "../store/book.rs"]
#[allow(dead_code)]
mod book;
mod crashes;
mod killed;
mod retried;
#[path = "../server/mod.rs"]
mod server;
