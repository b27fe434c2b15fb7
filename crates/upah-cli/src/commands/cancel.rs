//! `upah cancel`: stop what has not been sent.
use super::actor;
use crate::args::StoreArgs;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output;
use serde_json::json;
use upah_core::run::RunId;

pub(crate) async fn run(what: &str, by: &str, because: &str, args: &StoreArgs) -> Result<Exit, Failure> {
    let by = actor(by, "--by")?;
    if because.trim().is_empty() {
        return Err(Failure::usage("because", "say why with --because; the worker will read it"));
    }
    let context = Context::open(args, Purpose::Write).await?;
    let cancelled = match what.parse::<RunId>() {
        Ok(run) => context.gateway.cancel_run(&run, &by, because).await?,
        Err(_) => {
            let id = context.gateway.payment(what).await?.id;
            context.gateway.cancel_payment(&id, &by, because).await?;
            1
        }
    };
    eprintln!("{cancelled} payments are cancelled; none of them had been sent.");
    if args.json {
        output::object(&json!({"cancelled": cancelled, "sandbox": context.gateway.is_sandbox()}));
    }
    Ok(Exit::Done)
}
