//! The `upah` binary: pay a file, and everything one may want to know or do about it afterwards.
//!
//! Prose goes to standard error, `--json` puts one object on standard output, and the exit code says
//! what a script has to know. Each command is one file under `commands`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod args;
mod commands;
mod config;
mod context;
mod failure;
mod http;
mod keys;
mod listener;
mod output;
mod payroll;
mod policy;
mod progress;
mod sandbox;
mod sheet;
mod store;
mod witness;

#[cfg(test)]
#[path = "../tests/e2e/scanner.rs"]
mod scanner;

/// Events are made by one thread and stored by another, which makes the system's allocator wait for
/// itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use clap::Parser;
use failure::Exit;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = args::Cli::parse();
    let json = cli.command.wants_json();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => {
            eprintln!("upah: the program cannot start its work: {why}");
            return Exit::Other.into();
        }
    };
    let ended = runtime.block_on(commands::run(cli.command));
    // A read that is still blocked must not keep the program alive after its answer is printed.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    match ended {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::failure(&failure, json);
            failure.exit.into()
        }
    }
}
