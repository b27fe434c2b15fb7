//! `upah log`: the book's checkpoint, proofs, export and verification.
use crate::args::{LogAction, StoreArgs};
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) async fn run(action: LogAction) -> Result<Exit, Failure> {
    match action {
        LogAction::Checkpoint { with } => checkpoint(&with).await,
        LogAction::Prove { payment, with } => prove(&payment, &with).await,
        LogAction::Export { dir, with } => export(&dir, &with).await,
        LogAction::Verify { against, with } => verify(against.as_deref(), &with).await,
    }
}

/// Signs what is not signed yet when the key is here; else prints the newest checkpoint.
async fn checkpoint(args: &StoreArgs) -> Result<Exit, Failure> {
    let context = Context::open(args, Purpose::Write).await?;
    let text = context.gateway.book().sign().await?;
    let Some(text) = text else {
        return Err(Failure::new(Exit::Other, "empty", "the log is empty: there is nothing to sign yet"));
    };
    if args.json {
        let vkey = context.gateway.book().verifying_key().map(ToString::to_string);
        output::object(&json!({"checkpoint": text, "size": context.gateway.book().size().await?, "vkey": vkey}));
    } else {
        output::line(text.trim_end());
    }
    Ok(Exit::Done)
}

async fn prove(payment: &str, args: &StoreArgs) -> Result<Exit, Failure> {
    let context = Context::open(args, Purpose::Read).await?;
    let text = context.gateway.prove(payment).await?;
    if args.json {
        output::object(&json!({"proof": text}));
    } else {
        output::line(text.trim_end());
    }
    Ok(Exit::Done)
}

/// The log as static files in the layout of `tlog-tiles`.
async fn export(dir: &Path, args: &StoreArgs) -> Result<Exit, Failure> {
    let context = Context::open(args, Purpose::Read).await?;
    let files = context.gateway.export_log(dir).await?;
    eprintln!("{files} files are in {}.", dir.display());
    if args.json {
        output::object(&json!({"files": files, "dir": dir}));
    }
    Ok(Exit::Done)
}

async fn verify(against: Option<&Path>, args: &StoreArgs) -> Result<Exit, Failure> {
    let against = against
        .map(|path| {
            std::fs::read_to_string(path)
                .map_err(|why| Failure::usage("unreadable", format!("{} cannot be read: {why}", path.display())))
        })
        .transpose()?;
    let context = Context::open(args, Purpose::Read).await?;
    let report = context.gateway.verify_log(against.as_deref()).await?;
    for finding in &report.findings {
        eprintln!("{}: {}", finding.place, finding.what);
    }
    let good = report.findings.is_empty();
    eprintln!(
        "{} events, {} payments, {} runs: {}",
        report.events,
        report.payments,
        report.runs,
        if good { "everything fits" } else { "something does not fit" }
    );
    if report.signed_up_to < report.events {
        eprintln!(
            "The newest checkpoint speaks of the first {} entries; the last {} are not signed yet.",
            report.signed_up_to,
            report.events - report.signed_up_to
        );
    }
    if args.json {
        let findings: Vec<Value> = report.findings.iter().map(|f| json!({"place": f.place, "what": f.what})).collect();
        output::object(&json!({
            "intact": good,
            "events": report.events,
            "payments": report.payments,
            "runs": report.runs,
            "signed_up_to": report.signed_up_to,
            "findings": findings,
        }));
    }
    Ok(if good { Exit::Done } else { Exit::Other })
}
