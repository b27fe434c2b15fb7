//! One file for each command.
mod approve;
mod cancel;
mod check;
mod cosign;
mod erase;
mod explain;
mod history;
mod listen;
mod log;
mod open;
mod pay;
mod qris;
mod reconcile;
mod resolve;
mod resume;
mod sandbox;
mod sheet;
mod slip;
mod status;
mod verify;
mod witness;

use crate::args::Command;
use crate::failure::{Exit, Failure};

/// Runs a command.
pub(crate) async fn run(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Pay { file, with } => pay::run(&file, &with).await,
        Command::Check { file, with } => check::run(&file, &with).await,
        Command::Approve { run, by, with } => approve::run(&run, &by, &with).await,
        Command::Cancel { what, by, because, with } => cancel::run(&what, &by, &because, &with).await,
        Command::Status { run, with } => status::run(run.as_deref(), &with).await,
        Command::Open { run, lang, with } => open::run(run.as_deref(), &lang, &with).await,
        Command::Resume { with } => resume::run(&with).await,
        Command::Listen { addr, with } => listen::run(&addr, &with).await,
        Command::Reconcile { statement, format, rail, with } => {
            reconcile::run(&statement, format, rail.as_deref(), &with).await
        }
        Command::Resolve { payment, claim, evidence, by, and_by, because, with } => {
            resolve::run(&payment, resolve::Words { claim, evidence, by, and_by, because }, &with).await
        }
        Command::Erase { worker, reason, with } => erase::run(&worker, &reason, &with).await,
        Command::Explain { payment, lang, audience, compare, form, with } => {
            explain::run(&payment, &lang, audience, compare.as_deref(), form, &with).await
        }
        Command::Slip { what, out, with } => slip::run(&what, &out, &with).await,
        Command::Verify { files, log_key, policy, seen, json } => {
            verify::run(&files, log_key.as_deref(), policy.as_deref(), seen.as_deref(), json)
        }
        Command::Log { action } => log::run(action).await,
        Command::Witness { action } => witness::run(action).await,
        Command::Qris { action } => qris::run(action).await,
        Command::Sandbox { listen, faults, seed, ledger, key, callbacks, callback_key, payout_callbacks } => {
            let callbacks = (callbacks.map(|url| (url, callback_key)), payout_callbacks);
            sandbox::run(&listen, faults.as_deref(), seed, ledger, key, callbacks).await
        }
    }
}

/// A run by its name.
fn run_id(text: &str) -> Result<upah_core::run::RunId, Failure> {
    text.parse().map_err(|why| Failure::usage("not_found", format!("{text:?}: {why}")))
}

/// A person's name from the command line.
fn actor(text: &str, flag: &str) -> Result<upah_core::ActorName, Failure> {
    text.parse().map_err(|why| Failure::usage("name", format!("{flag} {text:?}: {why}")))
}

/// A language from the command line.
fn language(text: &str) -> Result<upah_explain::Language, Failure> {
    text.parse().map_err(|why| Failure::usage("language", format!("--lang {text:?}: {why}")))
}
