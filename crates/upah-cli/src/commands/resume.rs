//! `upah resume`: send what is open, ask about what is unknown, look for returns.
use super::pay;
use crate::args::StoreArgs;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output::{self, Tally};

pub(crate) async fn run(args: &StoreArgs) -> Result<Exit, Failure> {
    let context = Context::open(args, Purpose::Pay).await?;
    let before = Tally::of(context.gateway.sums(None).await?);
    let end = pay::drive(&context, &[], true, args.wait, before.count()).await?;
    let tally = Tally::of(context.gateway.sums(None).await?);
    eprintln!("{} payments, {}", tally.count(), output::rupiah(tally.amount()));
    output::tell(&tally);
    pay::tell_end(&context, &end);
    if args.json {
        let mut object = super::status::summary(&context, None).await?;
        object["rails"] = pay::rails_json(&end);
        output::object(&object);
    }
    let exit = tally.exit();
    context.close().await;
    Ok(exit)
}
