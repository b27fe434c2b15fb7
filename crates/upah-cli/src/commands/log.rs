//! `upah log`: the book's checkpoint, proofs, export and verification.
use crate::args::{LogAction, StoreArgs};
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output;
use serde_json::{Value, json};
use std::path::Path;
use upah::SealingAudit;
use upah_slip::Glimpse;

pub(crate) async fn run(action: LogAction) -> Result<Exit, Failure> {
    match action {
        LogAction::Checkpoint { with } => checkpoint(&with).await,
        LogAction::Prove { payment, with } => prove(&payment, &with).await,
        LogAction::Cosign { policy, witness, with } => super::cosign::run(&policy, witness, &with).await,
        LogAction::Export { dir, with } => export(&dir, &with).await,
        LogAction::Since { file, with } => since(&file, &with).await,
        LogAction::Audit { run, with } => audit(run.as_deref(), &with).await,
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
    let book = context.gateway.book();
    let [vkey, next] = [book.verifying_key(), book.next_verifying_key()].map(|key| key.map(ToString::to_string));
    if let (Some(vkey), Some(next)) = (&vkey, &next) {
        eprintln!("The log's key is being changed: both sign. Everybody who checks slips needs both:\n{vkey}\n{next}");
    }
    if args.json {
        let size = book.size().await?;
        output::object(&json!({"checkpoint": text, "size": size, "vkey": vkey, "next_vkey": next}));
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

/// The book's growth since an older file: with it `upah verify` shows that both are of one book.
async fn since(file: &Path, args: &StoreArgs) -> Result<Exit, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|why| Failure::usage("unreadable", format!("{} cannot be read: {why}", file.display())))?;
    let old = Glimpse::of_file(&text).ok_or_else(|| {
        Failure::usage("unknown_kind", format!("{} is no slip, proof or checkpoint that holds", file.display()))
    })?;
    let context = Context::open(args, Purpose::Read).await?;
    let book = context.gateway.book();
    let growth = book.request_to_witness(&book.newest().await?, old.size()).await?;
    if Glimpse::of_growth_file(&growth, &[old]).is_none() {
        let why = "this book does not continue the one of the file: they are two books, or the book went back";
        return Err(Failure::new(Exit::Other, "two_books", why));
    }
    if args.json {
        output::object(&json!({"growth": growth.to_string()}));
    } else {
        output::line(growth.to_string().trim_end());
    }
    Ok(Exit::Done)
}

/// Whether each run still holds exactly those whom it was sealed over.
async fn audit(run: Option<&str>, args: &StoreArgs) -> Result<Exit, Failure> {
    let run = run.map(super::run_id).transpose()?;
    let context = Context::open(args, Purpose::Read).await?;
    let audits = context.gateway.audit_sealing(run.as_ref()).await?;
    for audit in &audits {
        let SealingAudit { run, entry, day, count, total, corrected, .. } = audit;
        eprintln!("Run {run}: sealed over {count} payments of {total}, entry {entry}, {day}.");
        match audit.findings.as_slice() {
            [] => eprintln!(
                "  All {count} are there: nobody was dropped and nobody added after sealing; {corrected} were corrected."
            ),
            findings => findings.iter().for_each(|what| eprintln!("  DOES NOT FIT: {what}.")),
        }
    }
    let good = audits.iter().all(|audit| audit.findings.is_empty());
    if args.json {
        let runs: Vec<Value> = audits.iter().map(audit_json).collect();
        output::object(&json!({"intact": good, "runs": runs, "sandbox": context.gateway.is_sandbox()}));
    }
    Ok(if good { Exit::Done } else { Exit::Other })
}

fn audit_json(audit: &SealingAudit) -> Value {
    json!({
        "run": audit.run.to_string(),
        "entry": audit.entry,
        "day": audit.day,
        "count": audit.count,
        "total": audit.total.value(),
        "present": audit.present,
        "corrected": audit.corrected,
        "erased": audit.erased,
        "first_send": audit.first_send,
        "findings": audit.findings,
    })
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
