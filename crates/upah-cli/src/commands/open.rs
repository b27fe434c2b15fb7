//! `upah open`: what waits, for whom, and since when.
use super::{language, run_id};
use crate::args::StoreArgs;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output::Tally;
use serde_json::{Value, json};
use std::io::Write;
use upah_core::Payment;
use upah_core::planner::resolvable;
use upah_core::state::PaymentState;
use upah_core::store::Page;
use upah_explain::{Audience, Story};

/// Everything that is neither with the worker nor given up.
const WAITING: [PaymentState; 8] = [
    PaymentState::NeedsAction,
    PaymentState::Returned,
    PaymentState::AwaitingApproval,
    PaymentState::Refused,
    PaymentState::Unknown,
    PaymentState::Pending,
    PaymentState::Sending,
    PaymentState::Ready,
];

pub(crate) async fn run(run: Option<&str>, lang: &str, args: &StoreArgs) -> Result<Exit, Failure> {
    let (run, language) = (run.map(run_id).transpose()?, language(lang)?);
    let context = Context::open(args, Purpose::Read).await?;
    if let Some(run) = &run {
        context.gateway.run(run).await?;
    }
    let size = context.gateway.book().size().await?;
    let mut count = 0u64;
    let mut out = std::io::BufWriter::new(std::io::stdout());
    if args.json {
        let _ = write!(out, "{{\"open\":[");
    }
    // What people must do comes before what time will do.
    for state in WAITING {
        let mut after = None;
        loop {
            let page = Page { run: run.clone(), states: vec![state], after, limit: 1_000 };
            let upah::PaymentsPage { payments, next, .. } = context.gateway.page(page).await?;
            for payment in &payments {
                let story = context.gateway.tell(payment, size, language, Audience::Employer);
                if args.json {
                    let _ = write!(out, "{}{}", if count == 0 { "" } else { "," }, as_json(payment, &story));
                } else {
                    let _ = writeln!(out, "{}", as_text(payment, &story));
                }
                count += 1;
            }
            match next {
                Some(cursor) => after = Some(cursor),
                None => break,
            }
        }
    }
    if args.json {
        let _ = writeln!(out, "],\"payments\":{count},\"sandbox\":{}}}", context.gateway.is_sandbox());
    }
    let _ = out.flush();
    eprintln!("{count} payments wait");
    Ok(Tally::of(context.gateway.sums(run.as_ref()).await?).exit())
}

fn as_text(payment: &Payment, story: &Story) -> String {
    let row = &payment.instruction.row;
    let reason = payment.reason().map_or_else(String::new, |cause| format!(" ({})", cause.code()));
    let by = story.next_step.by.as_ref().map_or_else(String::new, |date| format!(", {date}"));
    let tools =
        tools(payment).map_or_else(String::new, |[statement, people]| format!("\n    {statement}\n    {people}"));
    format!(
        "{}  {}  {}  {}{reason}  {}\n    {}{by}: {}{tools}",
        payment.id,
        row.worker_id,
        row.amount,
        payment.state.name(),
        payment.state_since.day(),
        story.next_step.who,
        story.next_step.what,
    )
}

/// What helps with a payment that may have been made: the bank's statement, or else two people with a file.
fn tools(payment: &Payment) -> Option<[String; 2]> {
    resolvable(payment)?;
    let statement = "upah reconcile STATEMENT".to_owned();
    let people = format!(
        "upah resolve {} --as settled|refused --evidence FILE --by NAME --and-by NAME --because WHY",
        payment.id
    );
    Some([statement, people])
}

fn as_json(payment: &Payment, story: &Story) -> Value {
    let row = &payment.instruction.row;
    json!({
        "payment": payment.id.to_string(),
        "run": payment.id.run.to_string(),
        "row": row.row,
        "employer": payment.instruction.employer.to_string(),
        "worker_id": row.worker_id.to_string(),
        "amount": row.amount.value(),
        "state": payment.state.name(),
        "reason": payment.reason().map(upah_core::Cause::code),
        "since": payment.state_since.to_string(),
        "waits_for": story.next_step.actor,
        "what": story.next_step.what,
        "by": story.next_step.by,
        "tools": tools(payment).map(Vec::from).unwrap_or_default(),
    })
}
