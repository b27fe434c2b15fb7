//! What a rail says when it is asked about an attempt.
use super::RailUnderTest;
use super::desk::{Desk, Whom, answer_word, word};
use super::sending::{EVERYTHING, arrives, found, unknown_there, with_its_proof};
use crate::plan::in_time;
use crate::proxy::Fault;
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
    desk.proxy.strike(wage.reference.as_str(), fault);
    let answer = desk.ask(&wage).await?;
    let was_struck = desk.proxy.seen().iter().any(|seen| seen.struck);
    desk.proxy.behave();
    if !was_struck {
        return Err("no question bears the reference of the wage".into());
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
