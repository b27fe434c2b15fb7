//! What a rail claims about itself, and what it must keep to itself.
use super::RailUnderTest;
use super::desk::{Desk, Whom, account_digits, with_another_end};
use super::sending::{arrives, found};
use crate::plan::in_time;
use crate::proxy::{Answer, Fault};
use upah_core::rail::{Order, Rail};
use upah_core::reference::Reference;

type Proved = Result<(), String>;

/// A body is made of its order alone, and says whose it is.
pub(super) async fn pure<S: RailUnderTest>(subject: &S, whom: Whom) -> Proved {
    let desk = Desk::open(subject).await?;
    let (destination, reference) = (desk.destination(&whom)?, desk.reference(1));
    let told = desk.asked_about(&destination, &whom).await?;
    let body = |reference: &Reference| fixed_time(&desk, &destination, &whom, reference, &told);
    let made = body(&reference)?;
    desk.clock.shift_seconds(86_400);
    if body(&reference)? != made {
        return Err("the same order makes another body a day later: it is not made of the order alone".into());
    }
    if !made.contains(reference.as_str()) {
        return Err("the body does not bear the reference".into());
    }
    if body(&desk.reference(2))? == made {
        return Err("two references make one body".into());
    }
    Ok(())
}

/// A body for an order of a time that does not move with the clock, with what the inquiry told before.
fn fixed_time<S: RailUnderTest>(
    desk: &Desk<'_, S>,
    destination: &upah_core::Destination,
    whom: &Whom,
    reference: &Reference,
    (inquired_name, session): &(Option<String>, Option<String>),
) -> Result<String, String> {
    let rail = desk.another_rail()?;
    let at = upah_core::Timestamp::from_millis(1_795_564_800_000);
    let (inquired_name, session) = (inquired_name.as_deref(), session.as_deref());
    let (name, amount) = (&whom.name, whom.amount);
    let order = Order { reference, amount, destination, name, inquired_name, session, at };
    rail.compose(&order).map_err(|why| format!("a destination that the rail serves makes no body: {why}"))
}

/// References of the claimed form arrive whole: two that differ in their last character are two payments.
pub(super) async fn references<S: RailUnderTest>(subject: &S, whom: Whom) -> Proved {
    let desk = Desk::open(subject).await?;
    let one = desk.reference(1);
    let form = subject.policy().reference_form;
    let other = Reference::from_stored(with_another_end(one.as_str()));
    for (count, reference) in [(1, &one), (2, &other)] {
        let wage = desk.wage_to(desk.destination(&whom)?, &whom, reference).await?;
        arrives(&desk, &wage).await.map_err(|why| format!("a reference of the claimed form ({form:?}): {why}"))?;
        desk.booked(count).await?;
    }
    Ok(())
}

/// As long as the rail claims that references are known there, a repetition pays nobody. Says whether
/// the fake can let time pass.
pub(super) async fn memory<S: RailUnderTest>(subject: &S, whom: Whom) -> Result<bool, String> {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    arrives(&desk, &wage).await?;
    // A repetition is licensed for half of it; beyond that nothing is claimed.
    let days = subject.policy().reference_memory_days;
    let licensed = (days / 2).max(u32::from(days > 1));
    if !subject.pass_days(&desk.provider, licensed).await {
        return Ok(false);
    }
    desk.clock.shift_seconds(i64::from(licensed) * 86_400);
    desk.submit(&wage).await?;
    desk.booked(1).await.map_err(|why| format!("{licensed} days later, {why}"))?;
    found(&desk, &wage).await.map(|()| true)
}

/// What is printed of the ways in which a send can end by an answer: with another account or amount echoed, and refused.
async fn ends<S: RailUnderTest>(desk: &Desk<'_, S>, whom: &Whom) -> Result<Vec<String>, String> {
    let mut printed = Vec::new();
    let (account, amount) = (account_digits(&desk.destination(whom)?), whom.amount.value());
    let others = [(account.clone(), with_another_end(&account)), (amount.to_string(), (amount + 1).to_string())];
    for (n, (ours, other)) in (101..).zip(others) {
        let wage = desk.wage(whom, n).await?;
        let outcome = desk.submit_under(&wage, Fault::rewritten(move |body| body.replace(&ours, &other))).await?;
        printed.push(format!("{outcome:?} {:?}", desk.ask(&wage).await?));
    }
    if let Some(refused) = desk.subject.refused_destination() {
        let wage = desk.wage_to(refused, whom, &desk.reference(103)).await?;
        printed.push(format!("{:?}", desk.submit(&wage).await?));
    }
    if let Some(inquiry) = desk.rail.account_inquiry() {
        let found =
            in_time("asking about an account", 20, inquiry.inspect(&desk.destination(whom)?, whom.amount)).await?;
        printed.push(format!("{found:?}"));
    }
    Ok(printed)
}

/// Nothing secret or personal is printed, recorded, or stands in a URL. Says whether secrets were looked for.
pub(super) async fn silent<S: RailUnderTest>(subject: &S, whom: Whom) -> Result<bool, String> {
    let desk = Desk::open(subject).await?;
    let (mut printed, mut recorded) = (vec![format!("{:?} {:#?}", desk.rail, desk.rail)], Vec::new());
    let faults = [
        None,
        Some(Fault::drop_after()),
        Some(Fault::answer_after(Answer::status(500))),
        Some(Fault::answer_before(Answer::page(403))),
        Some(Fault::garbage_after()),
    ];
    for (n, fault) in (1..).zip(faults) {
        let wage = desk.wage(&whom, n).await?;
        let outcome = match fault {
            None => desk.submit(&wage).await?,
            Some(fault) => desk.submit_under(&wage, fault).await?,
        };
        let answer = desk.ask(&wage).await?;
        printed.push(format!("{outcome:?} {answer:?} {:?} {:?}", desk.rail, wage.durable()?));
        for value in [serde_json::to_string(&outcome), serde_json::to_string(&answer)] {
            recorded.push(value.map_err(|error| error.to_string())?);
        }
        recorded.push(wage.body.clone());
    }
    printed.extend(ends(&desk, &whom).await?);
    let secrets = subject.secrets();
    let holds = |texts: &[String], secret: &str| texts.iter().any(|text| text.contains(secret));
    for (number, secret) in (1..).zip(secrets.iter().filter(|secret| !secret.is_empty())) {
        if holds(&printed, secret) {
            return Err(format!("secret number {number} stands in a Debug text"));
        }
        if holds(&recorded, secret) {
            return Err(format!("secret number {number} stands in what is recorded for ever"));
        }
        if desk.proxy.seen().iter().any(|seen| seen.request_line().contains(secret)) {
            return Err(format!("secret number {number} stands in a URL, which every proxy writes down"));
        }
    }
    let destination = desk.destination(&whom)?.to_string();
    let account = destination.rsplit(':').next().unwrap_or_default();
    let other = with_another_end(account);
    let refused = subject.refused_destination().map(|refused| account_digits(&refused)).unwrap_or_default();
    for (what, text) in [
        ("the name of a worker", whom.name.as_str()),
        ("her account", account),
        ("an account of an answer", &other),
        ("an account that was refused", &refused),
    ] {
        // A text of a letter or two stands everywhere.
        if text.chars().count() > 4 && holds(&printed, text) {
            return Err(format!("{what} stands in a Debug text"));
        }
    }
    Ok(secrets.iter().any(|secret| !secret.is_empty()))
}
