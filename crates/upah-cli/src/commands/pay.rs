//! `upah pay`: the whole way of a wage. Running it again is safe and finishes what is left.
use super::actor;
use crate::args::StoreArgs;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output::{self, Tally};
use crate::store::Place;
use crate::{payroll, progress};
use serde_json::{Value, json};
use std::path::Path;
use tokio::signal::unix::{SignalKind, signal};
use upah::{Admitted, Confirm, DriveEnd, Paid, Signatures};
use upah_core::run::RunId;
use upah_core::{ActorName, RailId};

pub(crate) async fn run(file: &Path, args: &StoreArgs) -> Result<Exit, Failure> {
    let signatures = signatures(args)?;
    if !Place::of(args)?.exists().await {
        // A bad file leaves no new store and no new key behind.
        payroll::survey(&Context::open(args, Purpose::Check).await?, file, args.run_key.as_deref()).await?;
    }
    let context = Context::open(args, Purpose::Pay).await?;
    let admitted = admit(&context, file, args, &signatures).await?;
    let payments: u64 = admitted.iter().map(|admitted| admitted.payments).sum();
    approve(&context, &admitted, &signatures).await?;
    let runs: Vec<RunId> = runs_of(&admitted);
    let end = drive(&context, &runs, false, args.wait, payments).await?;
    let report = report(&context, &admitted).await?;
    tell(&context, &report, &end);
    super::sheet::remind(&context, &runs).await?;
    if let Some(dir) = &args.slips {
        super::slip::write_runs(&context, &runs, dir).await?;
    }
    if args.json {
        let mut object = report.json(&context).await?;
        object["rails"] = rails_json(&end);
        output::object(&object);
    }
    let exit = report.exit(&end);
    context.close().await;
    Ok(exit)
}

/// Checks the file and admits it. When another one came in meanwhile it is checked again, against that one too.
async fn admit(
    context: &Context,
    file: &Path,
    args: &StoreArgs,
    signatures: &Signatures,
) -> Result<Vec<Admitted>, Failure> {
    const LOOKS: u32 = 5;
    let mut looks = 0;
    loop {
        looks += 1;
        let surveyed = payroll::survey(context, file, args.run_key.as_deref()).await?;
        let employer = context.default_employer()?;
        let mut rows = || Box::new(payroll::rows(context, file, employer.clone())) as Box<_>;
        match context.gateway.admit(surveyed.plans, &mut rows, signatures).await {
            Err(upah::Error::Outdated) if looks < LOOKS => {}
            admitted => {
                for warning in &surveyed.warnings {
                    eprintln!("row {}, {}: {}", warning.row, warning.column, warning.message);
                }
                return Ok(admitted?);
            }
        }
    }
}

/// Maker and checker: named, or the demonstration's own in the sandbox.
pub(crate) fn signatures(args: &StoreArgs) -> Result<Signatures, Failure> {
    let demo = args.rails.is_none();
    let name = |given: &Option<String>, flag: &str, fallback: &str| -> Result<Option<ActorName>, Failure> {
        match given {
            Some(text) => actor(text, flag).map(Some),
            None if demo => actor(fallback, flag).map(Some),
            None => Ok(None),
        }
    };
    let created_by = name(&args.created_by, "--created-by", "demo-maker")?
        .ok_or_else(|| Failure::usage("created_by", "name the maker of the run with --created-by; nothing was sent"))?;
    let approved_by = name(&args.approved_by, "--approved-by", "demo-checker")?;
    if approved_by.as_ref().is_some_and(|by| by.same_person(&created_by)) {
        return Err(Failure::usage("approval", "the person who made the run cannot approve it; nothing was sent"));
    }
    Ok(Signatures { created_by, approved_by, confirm: confirm(args)? })
}

/// The held rows that the checker names.
pub(crate) fn confirm(args: &StoreArgs) -> Result<Confirm, Failure> {
    match args.confirm.as_deref() {
        None => Ok(Confirm::None),
        Some("all") => Ok(Confirm::All),
        Some(list) => list
            .split(',')
            .map(|row| row.trim().parse::<u64>())
            .collect::<Result<Vec<_>, _>>()
            .map(Confirm::Rows)
            .map_err(|_| Failure::usage("confirm", "--confirm takes `all`, or row numbers such as 12,13")),
    }
}

/// Gives the checker's word to runs that were sealed earlier without it.
async fn approve(context: &Context, admitted: &[Admitted], signatures: &Signatures) -> Result<(), Failure> {
    let Some(by) = &signatures.approved_by else { return Ok(()) };
    for run in admitted.iter().filter_map(|admitted| admitted.run.as_ref()) {
        let row = context.gateway.run(run).await?;
        let waits = row.approved_seq.is_none() && !row.cancelled;
        if waits || signatures.confirm != Confirm::None {
            context.gateway.approve(run, by, &signatures.confirm).await?;
        }
    }
    Ok(())
}

fn runs_of(admitted: &[Admitted]) -> Vec<RunId> {
    let mut runs: Vec<RunId> = Vec::new();
    let named = admitted.iter().flat_map(|a| a.run.iter().chain(a.elsewhere.iter().map(|payment| &payment.run)));
    for run in named {
        if !runs.contains(run) {
            runs.push(run.clone());
        }
    }
    runs
}

/// Drives, shows the bar, and ends gracefully on SIGINT or SIGTERM.
pub(crate) async fn drive(
    context: &Context,
    runs: &[RunId],
    watch_returns: bool,
    wait: Option<u64>,
    total: u64,
) -> Result<DriveEnd, Failure> {
    let stop = context.gateway.stop_handle();
    let listener = tokio::spawn(async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        eprintln!("Stopping: what is on its way is let finish. Run `upah resume` to go on.");
        stop.stop();
    });
    let driving = context.gateway.drive(runs, watch_returns, wait);
    let end = progress::beside(context.gateway.progress(), total, driving).await;
    listener.abort();
    Ok(end?)
}

/// What a pay or a resume leaves to be said of one run.
pub(crate) struct RunReport {
    pub(crate) run: Option<RunId>,
    pub(crate) digest: String,
    pub(crate) employer: String,
    pub(crate) payments: u64,
    pub(crate) total: u64,
    pub(crate) already: u64,
    pub(crate) tally: Tally,
}

/// All of it.
pub(crate) struct Report {
    pub(crate) runs: Vec<RunReport>,
    pub(crate) tally: Tally,
}

async fn report(context: &Context, admitted: &[Admitted]) -> Result<Report, Failure> {
    let mut report = Report { runs: Vec::new(), tally: Tally::default() };
    for admitted in admitted {
        let mut tally = match &admitted.run {
            Some(run) => Tally::of(context.gateway.sums(Some(run)).await?),
            None => Tally::default(),
        };
        for payment in &admitted.elsewhere {
            let payment = context.gateway.payment(&payment.to_string()).await?;
            tally.count_one(payment.state, payment.amount().value());
        }
        report.tally.add(&tally);
        report.runs.push(RunReport {
            run: admitted.run.clone(),
            digest: admitted.digest.to_string(),
            employer: admitted.employer.to_string(),
            payments: admitted.payments,
            total: admitted.total.value(),
            already: admitted.already,
            tally,
        });
    }
    Ok(report)
}

impl RunReport {
    fn json(&self) -> Value {
        json!({
            "run": self.run.as_ref().map(ToString::to_string),
            "digest": self.digest,
            "employer": self.employer,
            "payments": self.payments,
            "total": self.total,
            "already": self.already,
            "states": self.tally.json(),
        })
    }
}

impl Report {
    /// The object of the contract.
    pub(crate) async fn json(&self, context: &Context) -> Result<Value, Failure> {
        let single = if self.runs.len() == 1 { self.runs.first() } else { None };
        let mut object = json!({
            "run": single.and_then(|run| run.run.as_ref()).map(ToString::to_string),
            "digest": single.map(|run| run.digest.clone()),
            "employer": single.map(|run| run.employer.clone()),
            "payments": self.runs.iter().map(|run| run.payments).sum::<u64>(),
            "total": self.runs.iter().map(|run| run.total).sum::<u64>(),
            "already": self.runs.iter().map(|run| run.already).sum::<u64>(),
            "states": self.tally.json(),
            "log": log_json(context).await?,
            "sandbox": context.gateway.is_sandbox(),
        });
        if self.runs.len() > 1 {
            object["runs"] = Value::Array(self.runs.iter().map(RunReport::json).collect());
        }
        Ok(object)
    }

    fn exit(&self, end: &DriveEnd) -> Exit {
        match self.tally.exit() {
            Exit::Done if end.stopped && end.waiting > 0 => Exit::Open,
            exit => exit,
        }
    }
}

/// Size and verification key of the log.
pub(crate) async fn log_json(context: &Context) -> Result<Value, Failure> {
    let vkey = context.gateway.book().verifying_key().map(ToString::to_string);
    Ok(json!({"size": context.gateway.book().size().await?, "vkey": vkey}))
}

/// What settled over each rail in this command, and what that cost.
pub(crate) fn rails_json(end: &DriveEnd) -> Value {
    let rail = |(id, paid): &(RailId, Paid)| {
        json!({
            "rail": id.as_str(),
            "count": paid.count,
            "amount": paid.amount,
            "fees": paid.fees,
            "fees_unknown": paid.fees_unknown,
        })
    };
    Value::Array(end.paid.iter().map(rail).collect())
}

fn tell_cost(id: &RailId, paid: &Paid) {
    let fees = match (paid.fees, paid.fees_unknown) {
        (_, unknown) if unknown == paid.count => "fees not known".to_owned(),
        (fees, 0) => format!("fees {}", output::rupiah(fees)),
        (fees, unknown) => format!("fees {}, of {unknown} payments not known", output::rupiah(fees)),
    };
    eprintln!("  over {id}: {} paid now, {}, {fees}", paid.count, output::rupiah(paid.amount));
}

/// What there is to say at the end of a drive.
pub(crate) fn tell_end(context: &Context, end: &DriveEnd) {
    for (id, paid) in &end.paid {
        tell_cost(id, paid);
    }
    for (rail, cause) in &end.parked {
        eprintln!("{}", output::parked(rail.as_str(), *cause));
    }
    if end.waiting > 0 {
        eprintln!("{} payments wait for an answer; `upah resume` asks again.", end.waiting);
    }
    if context.gateway.is_sandbox() {
        eprintln!("UJI COBA: no real money has moved.");
    }
}

/// More employers than this are told together; `--json` and `upah status RUN` tell each of them.
pub(super) const TOLD_RUNS_MAX: usize = 5;

fn tell(context: &Context, report: &Report, end: &DriveEnd) {
    for run in report.runs.iter().filter(|_| report.runs.len() <= TOLD_RUNS_MAX) {
        let name = run.run.as_ref().map_or_else(|| "nothing new".to_owned(), |run| format!("run {run}"));
        let already = if run.already > 0 { format!(", {} of them known before", run.already) } else { String::new() };
        eprintln!("{} ({name}): {} payments, {}{already}", run.employer, run.payments, output::rupiah(run.total));
        output::tell(&run.tally);
    }
    if report.runs.len() > TOLD_RUNS_MAX {
        let payments: u64 = report.runs.iter().map(|run| run.payments).sum();
        let total: u64 = report.runs.iter().map(|run| run.total).sum();
        eprintln!("{} employers: {payments} payments, {}", report.runs.len(), output::rupiah(total));
        output::tell(&report.tally);
    }
    tell_end(context, end);
}
