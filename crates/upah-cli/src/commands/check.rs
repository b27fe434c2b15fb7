//! `upah check`: everything that can be known without sending.
use crate::args::StoreArgs;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::{output, payroll};
use serde_json::{Value, json};
use std::path::Path;

pub(crate) async fn run(file: &Path, args: &StoreArgs) -> Result<Exit, Failure> {
    let context = Context::open(args, Purpose::Check).await?;
    let surveyed = payroll::survey(&context, file, args.run_key.as_deref()).await?;
    for warning in &surveyed.warnings {
        eprintln!("row {}, {}: {}", warning.row, warning.column, warning.message);
    }
    let mut runs = Vec::new();
    for plan in &surveyed.plans {
        let sealed = &plan.sealed;
        eprintln!("{}: {} payments, {}, {} known before", sealed.employer, sealed.count, sealed.total, plan.already);
        for (row, causes) in &sealed.holds {
            let why: Vec<&str> = causes.iter().map(|cause| cause.code()).collect();
            eprintln!("row {row} will wait until the approval names it: {}", why.join(", "));
        }
        let holds: Vec<Value> = sealed
            .holds
            .iter()
            .map(|(row, causes)| json!({"row": row, "reasons": causes.iter().map(|c| c.code()).collect::<Vec<_>>()}))
            .collect();
        runs.push(json!({
            "run": plan.existing.as_ref().map(ToString::to_string),
            "digest": sealed.digest.to_string(),
            "employer": sealed.employer.to_string(),
            "payments": sealed.count,
            "total": sealed.total.value(),
            "already": plan.already,
            "holds": holds,
        }));
    }
    if args.json {
        let sum = |field: &str| runs.iter().filter_map(|run| run[field].as_u64()).sum::<u64>();
        let warnings: Vec<Value> = surveyed
            .warnings
            .iter()
            .map(|w| json!({"row": w.row, "column": w.column, "code": w.code, "message": w.message}))
            .collect();
        output::object(&json!({
            "payments": sum("payments"),
            "total": sum("total"),
            "already": sum("already"),
            "runs": runs,
            "warnings": warnings,
            "errors": [],
            "errors_total": 0,
        }));
    }
    Ok(Exit::Done)
}
