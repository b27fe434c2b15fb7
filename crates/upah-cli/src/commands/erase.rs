//! `upah erase`: takes away what is known of a worker, where nothing obliges to keep it.
use crate::args::StoreArgs;
use crate::config::Config;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output;
use serde_json::{Value, json};
use upah::{ErasureReport, WhyKept};
use upah_core::erasure::{ErasedPayment, ErasureReason, Retention};
use upah_core::{EmployerId, WorkerId};

pub(crate) async fn run(worker: &str, reason: &str, args: &StoreArgs) -> Result<Exit, Failure> {
    // The id is not said again: whoever reads this output later has no business with it.
    let id: WorkerId = worker.parse().map_err(|why| Failure::usage("worker_id", format!("the worker's id: {why}")))?;
    let config = args.rails.as_deref().map(Config::read).transpose()?;
    let retention = config.map_or_else(Retention::default, |config| config.retention());
    let reason_code = ErasureReason::of(reason);
    let context = Context::open(args, Purpose::Write).await?;
    let employer = employer_of(&context, &id).await?;
    let report = context.gateway.erase(&employer, &id, reason_code, retention).await?;
    tell(&report, reason_code);
    if args.json {
        output::object(&object(&report, reason_code, context.gateway.is_sandbox()));
    }
    context.close().await;
    Ok(if report.kept.is_empty() { Exit::Done } else { Exit::Open })
}

/// The employer that was named; else the one of the store who knows her, if it is one: ids are the employers' own.
async fn employer_of(context: &Context, worker: &WorkerId) -> Result<EmployerId, Failure> {
    if let Some(employer) = &context.employer {
        return Ok(employer.clone());
    }
    let mut known = context.gateway.employers_of(worker).await?;
    if known.len() > 1 {
        let names: Vec<String> = known.iter().map(ToString::to_string).collect();
        let why = format!("several employers pay a worker of this id: name one with --employer: {}", names.join(", "));
        return Err(Failure::usage("employer", why));
    }
    known.pop().map_or_else(|| context.default_employer(), Ok)
}

fn tell(report: &ErasureReport, reason: ErasureReason) {
    for erased in &report.erased {
        eprintln!("Erased: payment {}; entry {} of the log says so and names nobody.", erased.id, erased.entry);
    }
    for erased in &report.already {
        eprintln!("Erased before, on {}: payment {}.", erased.at.day(), erased.id);
    }
    for (payment, why) in &report.kept {
        match why {
            WhyKept::NotFinished(state) => {
                eprintln!(
                    "Kept: payment {payment} is {}; it can be erased once it is settled or cancelled.",
                    state.name()
                );
            }
            WhyKept::Retention(until) => eprintln!(
                "Kept: payment {payment}, until the end of {until}, because books are kept for that long \
                 (UU KUP art. 28(11); UU 8/1997 art. 11); UU 27/2022 art. 43 gives way to that. Ask again after it."
            ),
        }
    }
    if reason == ErasureReason::Other {
        eprintln!("The reason is recorded as \"other\": its words might name her and are not kept.");
    }
    if !report.erased.is_empty() {
        eprintln!("Not in this store, and yours to see to: payroll files, slips, bank files, exports and backups.");
    }
}

fn object(report: &ErasureReport, reason: ErasureReason, sandbox: bool) -> Value {
    let erased = |erased: &ErasedPayment| json!({"payment": erased.id.to_string(), "entry": erased.entry, "day": erased.at.day()});
    let kept = report.kept.iter().map(|(payment, why)| match why {
        WhyKept::NotFinished(state) => {
            json!({"payment": payment.to_string(), "why": "not_finished", "state": state.name()})
        }
        WhyKept::Retention(until) => {
            json!({"payment": payment.to_string(), "why": "retention", "until": until.to_string()})
        }
    });
    json!({
        "erased": report.erased.iter().map(erased).collect::<Vec<_>>(),
        "already": report.already.iter().map(erased).collect::<Vec<_>>(),
        "kept": kept.collect::<Vec<_>>(),
        "reason": reason.name(),
        "sandbox": sandbox,
    })
}
