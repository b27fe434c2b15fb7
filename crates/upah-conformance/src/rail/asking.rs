//! What a rail says when it is asked about an attempt.
use super::RailUnderTest;
use super::desk::{Desk, Whom, account_digits, answer_word, with_another_end, word};
use super::sending::{EVERYTHING, arrives, found, unknown_there, with_its_proof};
use crate::plan::in_time;
use crate::proxy::Fault;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::JoinSet;
use upah_core::evidence::{InquiryAnswer, Inspection, SubmitOutcome};
use upah_core::rail::{Balance, Rail};

type Proved = Result<(), String>;

/// What nobody has sent is not found, and asking pays nobody.
pub(super) async fn never_sent<S: RailUnderTest>(subject: &S, whom: Whom) -> Proved {
    let desk = Desk::open(subject).await?;
    let (wage, other) = (desk.wage(&whom, 1).await?, desk.wage(&whom, 2).await?);
    arrives(&desk, &other).await?;
    unknown_there(&desk, &wage).await?;
    unknown_there(&desk, &wage).await?;
    found(&desk, &other).await?;
    desk.booked(1).await?;
    arrives(&desk, &wage).await
}

/// What was not found, and is booked after that, is found by the very instance that was asked before.
pub(super) async fn found_later<S: RailUnderTest>(subject: &S, whom: Whom) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    unknown_there(&desk, &wage).await?;
    desk.submit(&wage).await?;
    desk.booked_once(&wage).await?;
    found(&desk, &wage).await
}

/// What an inquiry tells, it tells with the provider's words.
pub(super) async fn proved<S: RailUnderTest>(subject: &S, whom: Whom) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    match desk.ask(&wage).await? {
        InquiryAnswer::NotFound(evidence) => with_its_proof(&evidence, "\"not found\"")?,
        other => return Err(format!("what the provider does not know is told as {}", answer_word(&other))),
    }
    arrives(&desk, &wage).await?;
    match desk.ask(&wage).await? {
        InquiryAnswer::Success(evidence) => with_its_proof(&evidence, "a wage that was found paid"),
        other => Err(format!("what the provider has booked is told as {}", answer_word(&other))),
    }
}

/// A question that fails says nothing about the payment.
pub(super) async fn failed_question<S: RailUnderTest>(
    subject: &S,
    whom: Whom,
    (fault, is_paid): (Fault, bool),
) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    if is_paid {
        arrives(&desk, &wage).await?;
    }
    desk.proxy.strike(desk.question(&wage), fault);
    let answer = desk.ask(&wage).await?;
    let was_struck = desk.proxy.seen().iter().any(|seen| seen.struck);
    desk.proxy.behave();
    if !was_struck {
        return Err("no question bears the reference of the wage, or what the author named instead".into());
    }
    if !matches!(answer, InquiryAnswer::Unavailable { .. }) {
        return Err(format!("a question that nobody answered is told as {}", answer_word(&answer)));
    }
    desk.booked(usize::from(is_paid)).await?;
    if is_paid { found(&desk, &wage).await } else { unknown_there(&desk, &wage).await }
}

/// A new instance of the rail, which knows nothing but the stored attempt.
pub(super) async fn restarted<S: RailUnderTest>(subject: &S, whom: Whom, is_lost: bool) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    if is_lost {
        desk.submit_under(&wage, Fault::drop_after()).await?;
    } else {
        arrives(&desk, &wage).await?;
    }
    let rail = desk.another_rail()?;
    match desk.ask_over(&rail, &wage).await? {
        InquiryAnswer::Success(_) => {}
        other => return Err(format!("after a restart, what is booked is told as {}", answer_word(&other))),
    }
    let unsent = desk.wage(&whom, 2).await?;
    match desk.ask_over(&rail, &unsent).await? {
        InquiryAnswer::NotFound(_) => desk.booked(1).await,
        other => Err(format!("after a restart, what was never sent is told as {}", answer_word(&other))),
    }
}

/// The clock of this machine is wrong by so many seconds during a send.
pub(super) async fn skewed<S: RailUnderTest>(subject: &S, whom: Whom, seconds: i64) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    desk.clock.shift_seconds(seconds);
    let outcome = desk.submit(&wage).await?;
    let booked = desk.bookings().await?.len();
    let fits = match outcome {
        SubmitOutcome::Settled(_) | SubmitOutcome::Accepted(_) => booked == 1,
        SubmitOutcome::Refused(_) | SubmitOutcome::NotSent { .. } => booked == 0,
        SubmitOutcome::Contradicted { .. } => false,
        SubmitOutcome::Unknown { .. } => booked <= 1,
    };
    if !fits {
        return Err(format!("with a wrong clock it was told as {}, and {booked} payments are booked", word(&outcome)));
    }
    desk.clock.shift_seconds(0);
    // The stored bytes, whatever the clock said in between.
    desk.submit(&wage).await?;
    desk.booked(1).await?;
    desk.booked_once(&wage).await?;
    found(&desk, &wage).await
}

/// Many questions over one instance at once: about what was paid, and about what was never sent.
pub(super) async fn many<S: RailUnderTest>(subject: &S, whom: Whom, count: u16) -> Proved {
    let mut desk = Desk::open(subject).await?;
    let mut wages = Vec::new();
    for n in 1..=count {
        wages.push(desk.wage(&Whom { destination: whom.destination + usize::from(n), ..whom.clone() }, n).await?);
    }
    for wage in wages.iter().step_by(2) {
        arrives(&desk, wage).await?;
    }
    let other = desk.another_rail()?;
    let rail = Arc::new(std::mem::replace(&mut desk.rail, other));
    let mut questions = JoinSet::new();
    for (n, wage) in wages.iter().enumerate() {
        let (rail, attempt) = (Arc::clone(&rail), wage.stored()?);
        questions.spawn(async move { (n % 2 == 0, rail.inquire(&attempt).await) });
    }
    for (is_paid, answer) in in_time("asking about many", 60, questions.join_all()).await? {
        let fits = match answer {
            InquiryAnswer::Success(_) | InquiryAnswer::InProgress(_) => is_paid,
            InquiryAnswer::NotFound(_) => !is_paid,
            _ => false,
        };
        if !fits {
            let was = if is_paid { "was paid" } else { "was never sent" };
            return Err(format!("one of many, which {was}, is told as {}", answer_word(&answer)));
        }
    }
    desk.booked(wages.len().div_ceil(2)).await
}

/// Asked about the day after, over a new instance. Says whether the fake can let a day pass.
pub(super) async fn the_day_after<S: RailUnderTest>(subject: &S, whom: Whom) -> Result<bool, String> {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    arrives(&desk, &wage).await?;
    if !subject.pass_days(&desk.provider, 1).await {
        return Ok(false);
    }
    desk.clock.shift_seconds(86_400);
    match desk.ask_over(&desk.another_rail()?, &wage).await? {
        InquiryAnswer::Success(_) => desk.booked(1).await.map(|()| true),
        other => Err(format!("a day later, what is booked is told as {}", answer_word(&other))),
    }
}

/// The answer about an account names another one. Says whether it names any.
pub(super) async fn another_account<S: RailUnderTest>(subject: &S, whom: Whom) -> Result<bool, String> {
    let desk = Desk::open(subject).await?;
    let Some(inquiry) = desk.rail.account_inquiry() else { return Ok(false) };
    let destination = desk.destination(&whom)?;
    let ours = account_digits(&destination);
    let other = with_another_end(&ours);
    let changed = Arc::new(AtomicBool::new(false));
    let note = Arc::clone(&changed);
    let fault = Fault::rewritten(move |body| {
        note.fetch_or(body.contains(&ours), Ordering::SeqCst);
        body.replace(&ours, &other)
    });
    desk.proxy.strike(EVERYTHING, fault);
    let found = in_time("asking about an account", 20, inquiry.inspect(&destination, whom.amount)).await;
    desk.proxy.behave();
    let is_named = changed.load(Ordering::SeqCst);
    match found? {
        Inspection::Found { .. } if is_named => Err("an answer about another account was told as hers".into()),
        Inspection::Refused(_) if is_named => {
            Err("an answer about another account was told as a refusal of hers".into())
        }
        _ => Ok(is_named),
    }
}

/// The balance as the fake has it. Says whether both tell one.
pub(super) async fn balance<S: RailUnderTest>(subject: &S, whom: Whom) -> Result<bool, String> {
    let desk = Desk::open(subject).await?;
    let (Some(balance), Some(_)) = (desk.rail.balance(), subject.balance(&desk.provider).await) else {
        return Ok(false);
    };
    for n in 1..=2 {
        let there = subject.balance(&desk.provider).await;
        match in_time("asking for the balance", 20, balance.available()).await? {
            Balance::Available(told) if Some(told) == there => {}
            Balance::Available(told) => return Err(format!("a balance of {there:?} was told as {told}")),
            Balance::NotTold | Balance::Unavailable(_) => return Err("the balance was told, and not passed on".into()),
        }
        arrives(&desk, &desk.wage(&whom, n).await?).await?;
    }
    Ok(true)
}

/// Nobody answers the question about an account. Says whether the rail can ask.
pub(super) async fn failed_look<S: RailUnderTest>(subject: &S, whom: Whom, fault: Fault) -> Result<bool, String> {
    let desk = Desk::open(subject).await?;
    let Some(inquiry) = desk.rail.account_inquiry() else { return Ok(false) };
    let destination = desk.destination(&whom)?;
    desk.proxy.strike(EVERYTHING, fault);
    let found = in_time("asking about an account", 20, inquiry.inspect(&destination, whom.amount)).await;
    desk.proxy.behave();
    match found? {
        Inspection::Unavailable { .. } => desk.booked(0).await.map(|()| true),
        Inspection::Found { .. } => Err("an account that nobody was asked about was told as found".into()),
        Inspection::Refused(refusal) => {
            Err(format!("a question that nobody answered was told as Refused ({})", refusal.cause.code()))
        }
    }
}

/// Nobody answers the question about the balance. Says whether the rail can ask.
pub(super) async fn failed_balance<S: RailUnderTest>(subject: &S, _: Whom, fault: Fault) -> Result<bool, String> {
    let desk = Desk::open(subject).await?;
    let Some(balance) = desk.rail.balance() else { return Ok(false) };
    desk.proxy.strike(EVERYTHING, fault);
    let told = in_time("asking for the balance", 20, balance.available()).await;
    desk.proxy.behave();
    match told? {
        Balance::Available(rupiah) => Err(format!("nobody told the balance, and it was told as {rupiah}")),
        Balance::NotTold | Balance::Unavailable(_) => Ok(true),
    }
}
