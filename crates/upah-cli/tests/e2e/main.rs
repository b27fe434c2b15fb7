//! The whole way of a wage, end to end: the real `upah` binary as a child process, against a sandbox
//! that this process runs. What the command says and what the store holds is compared with the
//! sandbox's ledger, which shares no code with either.
#![allow(clippy::unwrap_used)]

mod aggregator;
mod approvals;
mod bad_input;
mod bankfile;
mod bulk;
mod callbacks;
mod drift;
mod erased;
mod every_way;
mod explained;
mod faults;
mod flip;
mod forged;
mod iris;
mod killed;
mod nothing_lost;
mod oy;
mod payroll;
mod policies;
mod postgres;
mod profiles;
mod qris;
mod reconciled;
mod resolved;
mod rotated;
mod scanner;
mod sealed;
mod shared;
mod sheet;
mod signals;
mod slips;
mod tampered;
mod two_books;
mod ways;
mod went_back;
mod whole_way;
mod witness;
mod world;
mod xendit;
