//! What a rail says about a send, against what the provider has booked by then.
use super::desk::{Desk, Paid, Whom, answer_word, heard, institution, listening, word};
use super::{Meaning, RailUnderTest};
use crate::proxy::{Answer, Fault};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use upah_core::evidence::{Evidence, Grade, InquiryAnswer, SubmitOutcome};
use upah_core::rail::Rail;
use upah_core::{Cause, Destination};

type Proved = Result<(), String>;

/// Stands in every request.
pub(super) const EVERYTHING: &str = "HTTP/1.1";

/// Settled, or accepted and then found settled.
pub(super) async fn arrives<S: RailUnderTest>(desk: &Desk<'_, S>, wage: &Paid) -> Proved {
    match desk.submit(wage).await? {
        SubmitOutcome::Settled(evidence) => with_its_proof(&evidence, "a success")?,
        SubmitOutcome::Accepted(_) => found(desk, wage).await?,
        other => return Err(format!("a provider without a fault was told as {}", word(&other))),
    }
    desk.booked_once(wage).await
}

/// What was told is kept in the provider's own words, and counts for what it is.
pub(super) fn with_its_proof(evidence: &Evidence, what: &str) -> Proved {
    if evidence.raw.is_empty() || evidence.grade != Grade::TlsResponse {
        return Err(format!("{what} was told without what the provider said, or as more than an answer"));
    }
    Ok(())
}

/// The inquiry finds it paid.
pub(super) async fn found<S: RailUnderTest>(desk: &Desk<'_, S>, wage: &Paid) -> Proved {
    match desk.ask(wage).await? {
        InquiryAnswer::Success(_) => Ok(()),
        other => Err(format!("what the provider has booked is told as {}", answer_word(&other))),
    }
}

pub(super) async fn happy<S: RailUnderTest>(subject: &S, whom: Whom) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    arrives(&desk, &wage).await?;
    desk.booked_whole(&wage).await?;
    if desk.sends_of(&wage).is_empty() {
        return Err("nothing that was sent bears the reference of the wage".into());
    }
    found(&desk, &wage).await?;
    desk.booked(1).await
}

/// Her account and her bank, beside the same digits at every other bank or wallet of the subject's. Says whether the
/// fake tells where the money went.
pub(super) async fn destined<S: RailUnderTest>(subject: &S, whom: Whom) -> Result<bool, String> {
    let desk = Desk::open(subject).await?;
    let hers = desk.destination(&whom)?;
    let mut twins = vec![hers.clone()];
    for other in subject.destinations().iter().filter(|other| other.kind() == hers.kind()) {
        let account = hers.to_string().rsplit(':').next().unwrap_or_default().to_owned();
        let twin = format!("{}:{account}", institution(other)).parse::<Destination>();
        twins.extend(twin.ok().filter(|twin| !twins.contains(twin)));
    }
    let mut is_told = true;
    for (n, destination) in (1..).zip(twins) {
        let wage = desk.wage_to(destination, &whom, &desk.reference(n)).await?;
        arrives(&desk, &wage).await?;
        desk.booked_whole(&wage).await?;
        let booking = desk.booking(&wage).await?;
        is_told &= !booking.account.is_empty() && !booking.institution.is_empty();
    }
    Ok(is_told)
}

/// Somebody with this name.
pub(super) async fn named<S: RailUnderTest>(subject: &S, whom: Whom, name: &'static str) -> Proved {
    let name = name.parse().map_err(|why| format!("no name: {why}"))?;
    happy(subject, Whom { name, ..whom }).await
}

/// The first answer as it comes, against what the author says that it means.
pub(super) async fn first_answer<S: RailUnderTest>(subject: &S, whom: Whom) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    let (means, outcome) = (subject.first_answer(), desk.submit(&wage).await?);
    let fits = match means {
        Meaning::Paid => matches!(outcome, SubmitOutcome::Settled(_) | SubmitOutcome::Accepted(_)),
        Meaning::AtWork => matches!(outcome, SubmitOutcome::Accepted(_)),
        other => return Err(format!("the author says that the fake's good day means {other:?}")),
    };
    if !fits {
        return Err(format!("a first answer that means {means:?} was told as {}", word(&outcome)));
    }
    desk.booked_once(&wage).await
}

/// The same stored attempt once more, minutes later, perhaps over another instance.
pub(super) async fn again<S: RailUnderTest>(subject: &S, whom: Whom, restarts: bool) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    arrives(&desk, &wage).await?;
    desk.clock.shift_seconds(61);
    let outcome =
        if restarts { desk.submit_over(&desk.another_rail()?, &wage).await? } else { desk.submit(&wage).await? };
    not_an_end(&outcome, "the same bytes again")?;
    desk.booked(1).await?;
    desk.booked_once(&wage).await?;
    found(&desk, &wage).await
}

/// That a reference is known is no proof that it was paid. Says whether the author named words of success.
pub(super) async fn repeated<S: RailUnderTest>(subject: &S, whom: Whom) -> Result<bool, String> {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    arrives(&desk, &wage).await?;
    let (fault, paid) = listening();
    desk.proxy.strike(desk.question(&wage), fault);
    found(&desk, &wage).await?;
    desk.proxy.behave();
    // Whichever request it is that the provider recognises.
    let (fault, again) = listening();
    desk.proxy.strike(EVERYTHING, fault);
    let outcome = desk.submit(&wage).await?;
    desk.proxy.behave();
    let (Some(paid), Some(again)) = (heard(&paid), heard(&again)) else { return Ok(false) };
    let mut words = subject.words();
    words.retain(|word| paid.contains(&word.said));
    let is_success = words.iter().any(|word| again.contains(&word.said));
    if matches!(outcome, SubmitOutcome::Settled(_)) && !is_success && !words.is_empty() {
        return Err("the answer to a repetition has no word of success, and it was told as Settled".into());
    }
    Ok(!words.is_empty())
}

/// Not a word that would let the payment be made again under another reference.
fn not_an_end(outcome: &SubmitOutcome, when: &str) -> Proved {
    match outcome {
        SubmitOutcome::Refused(_) | SubmitOutcome::NotSent { .. } => {
            Err(format!("{when}: told as {}, and the provider has paid", word(outcome)))
        }
        _ => Ok(()),
    }
}

/// Another amount under a reference that was paid.
pub(super) async fn conflict<S: RailUnderTest>(subject: &S, whom: Whom) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    arrives(&desk, &wage).await?;
    let other = if whom.amount.value() > 1 { whom.amount.value() - 1 } else { 2 };
    let other = Whom { amount: upah_core::Rupiah::new(other).map_err(|error| error.to_string())?, ..whom };
    let thief = desk.wage_to(wage.destination.clone(), &other, &wage.reference).await?;
    let outcome = desk.submit(&thief).await?;
    if matches!(outcome, SubmitOutcome::Settled(_) | SubmitOutcome::Refused(_) | SubmitOutcome::NotSent { .. }) {
        return Err(format!("another amount under a paid reference was told as {}", word(&outcome)));
    }
    desk.booked(1).await?;
    desk.booked_once(&wage).await
}

/// Nobody who can be trusted has answered: nothing is known, and the provider is asked.
pub(super) async fn in_doubt<S: RailUnderTest>(subject: &S, whom: Whom, fault: Fault) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    let has_booked = fault.reaches_provider;
    let outcome = desk.submit_under(&wage, fault).await?;
    desk.booked(usize::from(has_booked)).await?;
    if !matches!(outcome, SubmitOutcome::Unknown { .. }) {
        return Err(format!("nobody who can be trusted has answered, and it was told as {}", word(&outcome)));
    }
    if has_booked {
        found(&desk, &wage).await?;
    } else {
        unknown_there(&desk, &wage).await?;
    }
    desk.clock.shift_seconds(61);
    let outcome = desk.submit(&wage).await?;
    not_an_end(&outcome, "the stored bytes, sent again")?;
    desk.booked(1).await?;
    desk.booked_once(&wage).await
}

/// The provider does not know the reference, and that is what is told.
pub(super) async fn unknown_there<S: RailUnderTest>(desk: &Desk<'_, S>, wage: &Paid) -> Proved {
    match desk.ask(wage).await? {
        InquiryAnswer::NotFound(_) => Ok(()),
        other => Err(format!("what the provider does not know is told as {}", answer_word(&other))),
    }
}

/// The step that only prepares the payment fails: nothing has moved, asking moves nothing, and the stored attempt still
/// can be sent. Says whether there is such a step.
pub(super) async fn prepared<S: RailUnderTest>(subject: &S, whom: Whom, fault: Fault) -> Result<bool, String> {
    if subject.paying_step().is_none() {
        return Ok(false);
    }
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    desk.proxy.strike(wage.reference.as_str(), fault);
    let outcome = desk.submit(&wage).await?;
    desk.proxy.behave();
    if !matches!(outcome, SubmitOutcome::Unknown { .. } | SubmitOutcome::NotSent { .. }) {
        return Err(format!("the first step has failed, and it was told as {}", word(&outcome)));
    }
    desk.booked(0).await?;
    let answer = desk.ask(&wage).await?;
    desk.booked(0).await.map_err(|why| format!("asking has moved money: {why}"))?;
    if matches!(answer, InquiryAnswer::Success(_) | InquiryAnswer::Failed(_) | InquiryAnswer::Refunded { .. }) {
        return Err(format!("what was only prepared is told as {}", answer_word(&answer)));
    }
    arrives(&desk, &wage).await.map(|()| true)
}

pub(super) async fn late<S: RailUnderTest>(subject: &S, whom: Whom) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    let outcome = desk.submit_under(&wage, Fault::slow_after(Duration::from_millis(60))).await?;
    if !matches!(outcome, SubmitOutcome::Settled(_) | SubmitOutcome::Accepted(_)) {
        return Err(format!("an answer 60 milliseconds late was told as {}", word(&outcome)));
    }
    desk.booked(1).await?;
    desk.booked_once(&wage).await
}

pub(super) async fn redirect<S: RailUnderTest>(subject: &S, whom: Whom, status: u16) -> Proved {
    let trap = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| error.to_string())?;
    let elsewhere = format!("http://{}/elsewhere", trap.local_addr().map_err(|error| error.to_string())?);
    let followed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&followed);
    let trapping = tokio::spawn(async move {
        while trap.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let proved = in_doubt(subject, whom, Fault::redirect(status, elsewhere)).await;
    trapping.abort();
    if followed.load(Ordering::SeqCst) > 0 {
        return Err(format!("a redirect ({status}) to elsewhere was followed with the payment"));
    }
    proved
}

/// Nobody listens.
pub(super) async fn unreachable<S: RailUnderTest>(subject: &S, whom: Whom) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    let free = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| error.to_string())?;
    let nowhere = format!("http://{}", free.local_addr().map_err(|error| error.to_string())?);
    drop(free);
    let rail = subject.rail(&desk.provider, &nowhere, desk.clock.clone())?;
    let outcome = desk.submit_over(&rail, &wage).await?;
    if !matches!(outcome, SubmitOutcome::NotSent { .. }) {
        return Err(format!("a connection that was refused is told as {}", word(&outcome)));
    }
    match desk.ask_over(&rail, &wage).await? {
        InquiryAnswer::Unavailable { .. } => {}
        other => return Err(format!("a question to nobody is told as {}", answer_word(&other))),
    }
    desk.booked(0).await?;
    arrives(&desk, &wage).await
}

/// Nothing gets through, whatever the rail needs before it can pay.
pub(super) async fn closed_door<S: RailUnderTest>(subject: &S, whom: Whom, fault: Fault) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    // A rail that has been made afresh has no token yet.
    let rail = desk.another_rail()?;
    desk.proxy.strike(EVERYTHING, fault);
    let outcome = desk.submit_over(&rail, &wage).await;
    desk.proxy.behave();
    let outcome = outcome?;
    let payment = desk.payment(&wage);
    let has_left = desk.proxy.seen().iter().any(|seen| seen.holds(&payment));
    let fits = match outcome {
        SubmitOutcome::Unknown { .. } => true,
        SubmitOutcome::NotSent { .. } => !has_left,
        _ => false,
    };
    if !fits {
        return Err(format!("nothing got through, and it was told as {}", word(&outcome)));
    }
    desk.booked(0).await?;
    arrives(&desk, &wage).await
}

/// 429 in the provider's own words. Says whether they were given.
pub(super) async fn busy<S: RailUnderTest>(subject: &S, whom: Whom, retry_after: Option<u32>) -> Result<bool, String> {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    let Some(body) = subject.busy_body(&wage.destination) else { return Ok(false) };
    let mut answer = Answer::status(429).with("content-type", "application/json").saying(body);
    if let Some(seconds) = retry_after {
        answer = answer.with("retry-after", seconds.to_string());
    }
    match desk.submit_under(&wage, Fault::answer_before(answer)).await? {
        SubmitOutcome::NotSent { cause: Cause::TooManyRequests, retry_after_seconds } => {
            if retry_after_seconds != retry_after {
                return Err(format!("Retry-After {retry_after:?} was told as {retry_after_seconds:?}"));
            }
        }
        SubmitOutcome::Unknown { .. } => {}
        other => return Err(format!("the provider asked to slow down, which was told as {}", word(&other))),
    }
    desk.booked(0).await?;
    arrives(&desk, &wage).await.map(|()| true)
}

/// A refusal in the provider's own words. Says whether there is one.
pub(super) async fn refused<S: RailUnderTest>(subject: &S, whom: Whom) -> Result<bool, String> {
    let Some(destination) = subject.refused_destination() else { return Ok(false) };
    let desk = Desk::open(subject).await?;
    let wage = desk.wage_to(destination, &whom, &desk.reference(1)).await?;
    match desk.submit(&wage).await? {
        SubmitOutcome::Refused(refusal) if refusal.evidence.raw.is_empty() => {
            Err("a refusal was told without what the provider said".into())
        }
        SubmitOutcome::Refused(_) => desk.booked(0).await.map(|()| true),
        other => Err(format!("the provider's own refusal was told as {}", word(&other))),
    }
}

/// The caller is gone in the middle of a send.
pub(super) async fn abandoned<S: RailUnderTest>(subject: &S, whom: Whom) -> Proved {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    desk.proxy.strike(desk.payment(&wage), Fault::hang_after());
    let attempt = wage.durable()?;
    // Gone as soon as the provider has booked, however long that takes on a busy machine.
    let has_booked = async {
        while desk.bookings().await?.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok::<(), String>(())
    };
    let ended = tokio::select! {
        outcome = desk.rail.submit(&attempt) => Some(outcome),
        booked = has_booked => booked.map(|()| None)?,
    };
    desk.proxy.behave();
    if let Some(outcome) = ended
        && !matches!(outcome, SubmitOutcome::Unknown { .. })
    {
        return Err(format!("a call without an answer was told as {}", word(&outcome)));
    }
    // Whatever the rail may still do on its own.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let rail = desk.another_rail()?;
    match desk.ask_over(&rail, &wage).await? {
        InquiryAnswer::Success(_) => {}
        other => return Err(format!("after a restart, a booked payment is told as {}", answer_word(&other))),
    }
    desk.booked(1).await?;
    desk.booked_once(&wage).await
}

/// Many wages over one instance at once.
pub(super) async fn many<S: RailUnderTest>(subject: &S, whom: Whom, count: u16) -> Proved {
    let mut desk = Desk::open(subject).await?;
    let mut wages = Vec::new();
    for n in 1..=count {
        wages.push(desk.wage(&Whom { destination: whom.destination + usize::from(n), ..whom.clone() }, n).await?);
    }
    let other = desk.another_rail()?;
    let rail = Arc::new(std::mem::replace(&mut desk.rail, other));
    let mut sends = JoinSet::new();
    for wage in &wages {
        let (rail, attempt) = (Arc::clone(&rail), wage.durable()?);
        sends.spawn(async move { rail.submit(&attempt).await });
    }
    for outcome in crate::plan::in_time("sending many", 60, sends.join_all()).await? {
        if !matches!(outcome, SubmitOutcome::Settled(_) | SubmitOutcome::Accepted(_)) {
            return Err(format!("one of many was told as {}", word(&outcome)));
        }
    }
    desk.booked(wages.len()).await?;
    for wage in &wages {
        desk.booked_whole(wage).await?;
    }
    Ok(())
}
