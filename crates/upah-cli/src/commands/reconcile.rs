//! `upah reconcile`: the bank's own statement against the book.
use crate::args::{StatementFormat, StoreArgs};
use crate::config::Config;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output::{self, Tally, rupiah};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use upah::{Break, ReconcileOptions, Reconciled};
use upah_core::bank_statement::BankStatement;
use upah_core::store::Sum;
use upah_core::{RailId, Rupiah};

/// So many breaks are told in prose; the object on standard output lists more.
const TOLD_MAX: usize = 20;

pub(crate) async fn run(
    file: &Path,
    format: StatementFormat,
    rail: Option<&str>,
    args: &StoreArgs,
) -> Result<Exit, Failure> {
    let statement = read(file, format)?;
    let rail = rail
        .map(|text| text.parse::<RailId>().map_err(|why| Failure::usage("rail", format!("--rail {text:?}: {why}"))))
        .transpose()?;
    let fees = fees(args, &statement)?;
    let context = Context::open(args, Purpose::Write).await?;
    let result = context.gateway.reconcile(&statement, &ReconcileOptions { rail, fees }).await?;
    tell(&statement, &result);
    if args.json {
        output::object(&as_json(&statement, &result, context.gateway.is_sandbox()));
    }
    Ok(if result.is_clean() { Exit::Done } else { Exit::Open })
}

fn read(path: &Path, format: StatementFormat) -> Result<BankStatement, Failure> {
    let file = File::open(path)
        .map_err(|why| Failure::usage("unreadable", format!("the file {} cannot be read: {why}", path.display())))?;
    upah_statement::read(file, format.into()).map_err(|mistakes| {
        let message = match mistakes.total {
            1 => "the statement has 1 mistake; nothing was recorded".to_owned(),
            n => format!("the statement has {n} mistakes; nothing was recorded"),
        };
        Failure { message, ..Failure::rows(mistakes.listed, mistakes.total) }
    })
}

/// What a transfer over each rail cost when the statement ended.
fn fees(args: &StoreArgs, statement: &BankStatement) -> Result<HashMap<RailId, Rupiah>, Failure> {
    let Some(config) = args.rails.as_deref().map(Config::read).transpose()? else { return Ok(HashMap::new()) };
    let day = statement.to.date();
    let mut fees = HashMap::new();
    for rail in &config.rail {
        if let Some(fee) = rail.terms()?.fee(day) {
            fees.insert(rail.id.clone(), fee.amount);
        }
    }
    Ok(fees)
}

/// The sums in which every line of the statement is counted once.
fn sums(result: &Reconciled) -> [(&'static str, Sum); 5] {
    [
        ("settled", result.settled),
        ("returned", result.returned),
        ("fees", result.fees),
        ("mismatched", result.mismatched),
        ("unknown", result.unknown),
    ]
}

fn tell(statement: &BankStatement, result: &Reconciled) {
    let lines = statement.lines.len();
    let (out, back) = (rupiah(result.debits.amount), rupiah(result.credits.amount));
    eprintln!("{lines} lines from {} to {}: {out} out, {back} in", statement.from, statement.to);
    for (name, sum) in sums(result).into_iter().filter(|(_, sum)| sum.count > 0) {
        eprintln!("  {name:<17} {:>9}   {}", sum.count, rupiah(sum.amount));
    }
    if result.missing.count > 0 {
        eprintln!(
            "{} payments, {}, are settled in the book and not on the statement; nothing was changed by that.",
            result.missing.count,
            rupiah(result.missing.amount)
        );
    }
    eprintln!("{} lines were news and are recorded.", result.recorded);
    for one in result.breaks.iter().take(TOLD_MAX) {
        eprintln!("{}", sentence(one));
    }
    let more = result.breaks_total.saturating_sub(TOLD_MAX as u64);
    if more > 0 {
        eprintln!("and {more} more breaks; --json lists them");
    }
    let tally = Tally(result.states.clone());
    if tally.count() > 0 {
        eprintln!("The payments that the statement speaks of:");
        output::tell(&tally);
    }
}

fn sentence(one: &Break) -> String {
    let place = one.row.map_or_else(|| "not on the statement".to_owned(), |row| format!("line {row}"));
    let payment = one.payment.as_ref().map_or_else(String::new, |id| format!(", payment {id}"));
    let expected = one.expected.filter(|wage| *wage != one.amount);
    let expected = expected.map_or_else(String::new, |wage| format!(" instead of {wage}"));
    format!("{place}, {}: {} {}{expected}{payment}", one.day, one.kind.code(), one.amount)
}

fn as_json(statement: &BankStatement, result: &Reconciled, is_sandbox: bool) -> Value {
    let sum = |sum: Sum| json!({"count": sum.count, "amount": sum.amount});
    let lines: serde_json::Map<String, Value> =
        sums(result).into_iter().map(|(name, one)| (name.to_owned(), sum(one))).collect();
    let breaks: Vec<Value> = result
        .breaks
        .iter()
        .map(|one| {
            json!({
                "kind": one.kind.code(),
                "row": one.row,
                "date": one.day.to_string(),
                "amount": one.amount.value(),
                "expected": one.expected.map(Rupiah::value),
                "payment": one.payment.as_ref().map(ToString::to_string),
                "reference": one.reference.as_ref().map(ToString::to_string),
                "state": one.state.map(upah_core::PaymentState::name),
            })
        })
        .collect();
    json!({
        "statement": {
            "digest": statement.digest.to_string(),
            "from": statement.from.to_string(),
            "to": statement.to.to_string(),
            "lines": statement.lines.len(),
            "debits": sum(result.debits),
            "credits": sum(result.credits),
        },
        "lines": lines,
        "missing": sum(result.missing),
        "recorded": result.recorded,
        "states": Tally(result.states.clone()).json(),
        "breaks": breaks,
        "breaks_total": result.breaks_total,
        "sandbox": is_sandbox,
    })
}
