//! `upah status`: counts and sums by state, and every payment.
use super::{pay, run_id};
use crate::args::StoreArgs;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output::{self, Tally};
use serde_json::{Value, json};
use std::io::Write;
use upah_core::Payment;
use upah_core::erasure::ErasedPayment;
use upah_core::run::RunId;
use upah_core::store::Page;

pub(crate) async fn run(run: Option<&str>, args: &StoreArgs) -> Result<Exit, Failure> {
    let run = run.map(run_id).transpose()?;
    let context = Context::open(args, Purpose::Read).await?;
    if let Some(run) = &run {
        context.gateway.run(run).await?;
    }
    let tally = Tally::of(context.gateway.sums(run.as_ref()).await?);
    eprintln!("{} payments, {}", tally.count(), output::rupiah(tally.amount()));
    output::tell(&tally);
    if context.gateway.is_sandbox() {
        eprintln!("UJI COBA: no real money moves in this store.");
    }
    if args.json {
        print(&context, run.as_ref()).await?;
    }
    Ok(tally.exit())
}

/// The object without its payments.
pub(crate) async fn summary(context: &Context, run: Option<&RunId>) -> Result<Value, Failure> {
    let rows: Vec<_> =
        context.gateway.runs().await?.into_iter().filter(|row| run.is_none_or(|run| row.id == *run)).collect();
    let tally = Tally::of(context.gateway.sums(run).await?);
    let single = if rows.len() == 1 { rows.first() } else { None };
    let mut object = json!({
        "run": single.map(|row| row.id.to_string()),
        "digest": single.map(|row| row.digest.to_string()),
        "employer": single.map(|row| row.employer.to_string()),
        "total": tally.amount(),
        "already": 0,
        "states": tally.json(),
        "log": pay::log_json(context).await?,
        "sandbox": context.gateway.is_sandbox(),
    });
    if rows.len() > 1 {
        let mut runs = Vec::new();
        for row in &rows {
            let tally = Tally::of(context.gateway.sums(Some(&row.id)).await?);
            runs.push(json!({
                "run": row.id.to_string(),
                "digest": row.digest.to_string(),
                "employer": row.employer.to_string(),
                "payments": row.count,
                "total": row.total.value(),
                "states": tally.json(),
            }));
        }
        object["runs"] = Value::Array(runs);
    }
    Ok(object)
}

/// Streams the object, so that a million payments need no memory.
async fn print(context: &Context, run: Option<&RunId>) -> Result<(), Failure> {
    let head = summary(context, run).await?.to_string();
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let _ = write!(out, "{},\"payments\":[", head.strip_suffix('}').unwrap_or(&head));
    let mut after = None;
    let mut first = true;
    loop {
        let page = Page { run: run.cloned(), states: Vec::new(), after, limit: 1_000 };
        let upah::PaymentsPage { payments, erased, next } = context.gateway.page(page).await?;
        for object in payments.iter().map(payment_json).chain(erased.iter().map(erased_json)) {
            let _ = write!(out, "{}{object}", if first { "" } else { "," });
            first = false;
        }
        match next {
            Some(cursor) => after = Some(cursor),
            None => break,
        }
    }
    let _ = writeln!(out, "]}}");
    let _ = out.flush();
    Ok(())
}

/// What is left of a payment whose records were erased.
fn erased_json(erased: &ErasedPayment) -> Value {
    json!({
        "payment": erased.id.to_string(),
        "run": erased.id.run.to_string(),
        "row": erased.remains.row,
        "amount": erased.remains.amount.value(),
        "state": erased.remains.state.name(),
        "erased": erased.at.day(),
    })
}

fn payment_json(payment: &Payment) -> Value {
    let row = &payment.instruction.row;
    let attempt = payment.newest_attempt();
    json!({
        "payment": payment.id.to_string(),
        "run": payment.id.run.to_string(),
        "row": row.row,
        "employer": payment.instruction.employer.to_string(),
        "worker_id": row.worker_id.to_string(),
        "period": row.period.to_string(),
        "component": row.component.to_string(),
        "amount": row.amount.value(),
        "state": payment.state.name(),
        "rail": attempt.map(|attempt| attempt.made.rail.to_string()),
        "reference": attempt.map(|attempt| attempt.made.reference.to_string()),
        "reason": payment.reason().map(upah_core::Cause::code),
    })
}
