//! `upah approve`: the checker's word on a run, bound to its digest.
use super::{actor, pay, run_id};
use crate::args::StoreArgs;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output::{self, Tally};
use serde_json::json;

pub(crate) async fn run(run: &str, by: &str, args: &StoreArgs) -> Result<Exit, Failure> {
    let (run, by) = (run_id(run)?, actor(by, "--by")?);
    let context = Context::open(args, Purpose::Write).await?;
    let row = context.gateway.approve(&run, &by, &pay::confirm(args)?).await?;
    let tally = Tally::of(context.gateway.sums(Some(&run)).await?);
    eprintln!("Run {run} of {} is approved by {by}: {} payments, {}.", row.employer, row.count, row.total);
    output::tell(&tally);
    eprintln!("`upah resume` sends it.");
    if args.json {
        output::object(&json!({
            "run": run.to_string(),
            "digest": row.digest.to_string(),
            "employer": row.employer.to_string(),
            "payments": row.count,
            "total": row.total.value(),
            "states": tally.json(),
            "log": pay::log_json(&context).await?,
            "sandbox": context.gateway.is_sandbox(),
        }));
    }
    Ok(Exit::Done)
}
