//! `upah qris sheet`: the page of codes from which a person pays what stands on the sheet of a run.
use super::pay::TOLD_RUNS_MAX;
use super::{run_id, slip};
use crate::args::StoreArgs;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output::{self, rupiah};
use crate::sheet::{Code, Place, Sheet, Stands};
use serde_json::json;
use std::path::Path;
use upah::{Environment, SystemEnvironment};
use upah_core::evidence::Grade;
use upah_core::payment::Attempt;
use upah_core::policy::scheme;
use upah_core::run::RunId;
use upah_core::state::{AttemptState, PaymentState};
use upah_core::store::Page;
use upah_core::{Destination, Payment};
use upah_qris::Qris;
use upah_sheet::SheetRail;

/// So many codes are on one sheet at most: nobody scans more of them in a day without a mistake.
const CODES_MAX: usize = 500;

pub(crate) async fn run(run: &str, out: &Path, args: &StoreArgs) -> Result<Exit, Failure> {
    let run = run_id(run)?;
    let context = Context::open(args, Purpose::Read).await?;
    let employer = context.gateway.run(&run).await?.employer;
    // A store that lost something may have forgotten that a code was paid.
    if context.gateway.book().went_back().await? {
        return Err(upah::Error::WentBack.into());
    }
    let (payments, unsent) = of_run(&context, &run, &[]).await?;
    if payments.iter().filter(|payment| payment.state == PaymentState::Pending).count() > CODES_MAX {
        let why = format!("run {run} has more than {CODES_MAX} open codes; pay in smaller files");
        return Err(Failure::usage("sheet_too_long", why));
    }
    let sandbox = context.gateway.is_sandbox();
    let now = SystemEnvironment.now();
    let printed = format!("{} {} WIB", now.day(), now.clock());
    let limit = scheme("qris").and_then(|terms| terms.limit(now.date()).at_most);
    let places = places(&payments, sandbox)?;
    let sheet = Sheet { run: run.to_string(), employer, printed, sandbox, limit, places };
    if sheet.places.is_empty() && unsent == 0 {
        let why = format!("no payment of run {run} goes by a QRIS sheet");
        return Err(Failure::usage("not_found", why));
    }
    let html = sheet.html().map_err(|why| Failure::new(Exit::Other, "drawing", why.to_string()))?;
    slip::write(out, &html)?;
    tell(&sheet, unsent, out);
    if args.json {
        let confirmed = sheet.places.iter().filter(|place| matches!(place.stands, Stands::Confirmed(_))).count();
        let held = sheet.places.iter().filter(|place| matches!(place.stands, Stands::Held(_))).count();
        output::object(&json!({
            "run": sheet.run,
            "out": out,
            "codes": sheet.codes(),
            "amount": sheet.sum(),
            "confirmed": confirmed,
            "held": held,
            "unsent": unsent,
            "sandbox": sandbox,
        }));
    }
    Ok(Exit::Done)
}

/// Says after a payment which runs have something on paper, and how it is printed.
pub(super) async fn remind(context: &Context, runs: &[RunId]) -> Result<(), Failure> {
    let sheets = context.gateway.policy().rails.iter().any(|rail| SheetRail::is_sheet(&rail.fingerprint));
    for run in runs.iter().take(TOLD_RUNS_MAX).filter(|_| sheets) {
        let (open, _) = of_run(context, run, &[PaymentState::Pending]).await?;
        if !open.is_empty() {
            let open = open.len();
            eprintln!("{open} payments stand on a sheet and wait for a phone: upah qris sheet {run} --out sheet.html");
        }
    }
    Ok(())
}

fn tell(sheet: &Sheet, unsent: usize, out: &Path) {
    eprintln!("{} codes, {}, are in {}. Scan each of them once.", sheet.codes(), rupiah(sheet.sum()), out.display());
    if unsent > 0 {
        eprintln!("{unsent} more wait for an approval or for `upah pay`, and are not on it.");
    }
    if sheet.sandbox {
        eprintln!("UJI COBA: these codes are not in rupiah, and no app should pay them.");
    }
}

/// What goes, or went, by a sheet, in the order of the file; and how much is not on its way yet.
async fn of_run(context: &Context, run: &RunId, states: &[PaymentState]) -> Result<(Vec<Payment>, usize), Failure> {
    let (mut payments, mut unsent, mut after) = (Vec::new(), 0, None);
    loop {
        let page = Page { run: Some(run.clone()), states: states.to_vec(), after, limit: 500 };
        let upah::PaymentsPage { payments: found, next, .. } = context.gateway.page(page).await?;
        for payment in found {
            if on_paper(&payment).is_some() {
                payments.push(payment);
            } else if waits(&payment) {
                unsent += 1;
            }
        }
        match next {
            Some(cursor) => after = Some(cursor),
            None => break,
        }
    }
    payments.sort_by_key(|payment| (payment.instruction.row.row, payment.id.to_string()));
    Ok((payments, unsent))
}

/// The newest attempt that stands on a sheet.
fn on_paper(payment: &Payment) -> Option<&Attempt> {
    payment.attempts.iter().rfind(|attempt| SheetRail::is_sheet(&attempt.made.fingerprint))
}

/// May yet go to a sheet.
fn waits(payment: &Payment) -> bool {
    let is_unsent = matches!(payment.state, PaymentState::Ready | PaymentState::AwaitingApproval);
    is_unsent && payment.instruction.row.destinations.iter().any(|to| matches!(to, Destination::Qris(_)))
}

fn places(payments: &[Payment], sandbox: bool) -> Result<Vec<Place>, Failure> {
    let mut places = Vec::with_capacity(payments.len());
    for (index, payment) in payments.iter().enumerate() {
        let Some(attempt) = on_paper(payment) else { continue };
        let stands = match payment.state {
            PaymentState::Pending if is_current(payment, attempt) => {
                let mut code = code(payment, attempt, sandbox)?;
                let same = |other: &Payment| other.state == PaymentState::Pending && account(other) == account(payment);
                let others = payments.iter().enumerate().filter(|(at, other)| *at != index && same(other));
                code.twins = others.map(|(at, _)| at + 1).collect();
                Stands::Open(code)
            }
            PaymentState::Settled => Stands::Confirmed(confirmed(attempt)),
            state => Stands::Held(state.name()),
        };
        let row = &payment.instruction.row;
        places.push(Place {
            number: index + 1,
            name: row.name.as_str().to_owned(),
            amount: payment.amount(),
            reference: attempt.made.reference.to_string(),
            stands,
        });
    }
    Ok(places)
}

/// Whether this attempt, and no other one, is what is open of the payment.
fn is_current(payment: &Payment, attempt: &Attempt) -> bool {
    let is_newest = payment.current_attempt().is_some_and(|newest| newest.made.number == attempt.made.number);
    is_newest && attempt.state == AttemptState::Pending
}

/// The shop that the payment's open attempt pays.
fn pays(payment: &Payment) -> Option<&Destination> {
    let attempt = on_paper(payment)?;
    payment.instruction.row.destinations.get(usize::from(attempt.made.destination))
}

/// The account behind its code: two codes of one shop may differ.
fn account(payment: &Payment) -> Option<&str> {
    Qris::parse(&on_paper(payment)?.made.body).ok()?.mpan()
}

/// Who says that it was paid.
fn confirmed(attempt: &Attempt) -> &'static str {
    match attempt.evidence.as_ref().map(|evidence| evidence.grade) {
        _ if attempt.state != AttemptState::Settled => "sudah dibayar lewat jalur lain",
        Some(Grade::Statement) => "sudah dibayar, menurut rekening koran",
        Some(Grade::People) => "sudah dibayar, menurut dua orang",
        _ => "sudah dibayar",
    }
}

/// What is scanned, held once more against the payment: a sheet is the last place where a wrong code can be stopped.
fn code(payment: &Payment, attempt: &Attempt, sandbox: bool) -> Result<Code, Failure> {
    let damaged = |what: &str| {
        let why = format!("the stored code of payment {} {what}; no sheet was written", payment.id);
        Failure::new(Exit::Other, "damaged", why)
    };
    let made = &attempt.made;
    let code = Qris::parse(&made.body).map_err(|why| damaged(&format!("cannot be read ({why})")))?;
    let Some(Destination::Qris(to)) = pays(payment) else { return Err(damaged("belongs to no QRIS destination")) };
    let shop = Qris::parse(to.as_str()).map_err(|why| damaged(&format!("pays a shop that cannot be read ({why})")))?;
    if code.amount() != Some(payment.amount().value().to_string().as_str()) {
        return Err(damaged("has another amount"));
    }
    if (code.mpan(), code.nmid(), code.merchant_name()) != (shop.mpan(), shop.nmid(), shop.merchant_name()) {
        return Err(damaged("pays another shop"));
    }
    // A trial code on a real sheet would pay nobody; a real one on a trial sheet would pay.
    if (code.object(53).map(|currency| currency.value) == Some("360")) == sandbox {
        return Err(damaged("is of the other mode"));
    }
    let reference = code.object(62).and_then(|additional| additional.inner(5));
    let is_ours = reference == Some(made.reference.as_str());
    let of_the_shop = shop.object(62).and_then(|additional| additional.inner(5));
    if !is_ours && reference != of_the_shop {
        return Err(damaged("has another reference"));
    }
    let shop = [shop.merchant_name(), shop.city()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    Ok(Code { payload: made.body.clone(), shop, without_reference: !is_ours, twins: Vec::new() })
}
