//! A slip from the outside: built from real events, drawn, checked, and attacked.
#![allow(clippy::unwrap_used, missing_docs)]

mod attacks;
mod book;
mod browser;
mod chromium;
mod code;
mod computed;
mod genuine;
mod history;
mod other_files;
mod paper;
mod tamper;
mod thousand;
mod witnessed;
