//! The provider's own words where they are not true: an envelope that reads like a refusal, under a status that says
//! that the provider, or something before it, is in trouble.
use super::RailUnderTest;
use super::desk::{Desk, Whom, account_digits, answer_word, heard, listening};
use super::sending::{arrives, found, in_doubt, unknown_there};
use crate::proxy::{Answer, Fault};
use upah_core::evidence::InquiryAnswer;

/// Whether the author gave such words.
type Tried = Result<bool, String>;

/// Statuses under which no answer to a question is one.
const TROUBLE: [u16; 5] = [401, 429, 500, 502, 503];

/// Whose envelope is played.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    Refusal,
    Busy,
    NotFound,
}

impl Words {
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Refusal => "the provider's own refusal",
            Self::Busy => "the provider's own request to slow down",
            Self::NotFound => "the provider's own \"not found\"",
        }
    }

    /// As this provider says it about the first wage of a case, if the author showed how.
    async fn said<S: RailUnderTest>(self, subject: &S, whom: &Whom) -> Result<Option<String>, String> {
        // A provider of its own, which may refuse this reference for good.
        let desk = Desk::open(subject).await?;
        let hers = desk.destination(whom)?;
        let destination = match self {
            Self::Busy => return Ok(subject.busy_body(&hers)),
            Self::NotFound => hers.clone(),
            Self::Refusal => match subject.refused_destination() {
                Some(refused) => refused,
                None => return Ok(None),
            },
        };
        let wage = desk.wage_to(destination, whom, &desk.reference(1)).await?;
        let (listening, said) = listening();
        let call = if self == Self::NotFound { desk.question(&wage) } else { wage.reference.to_string() };
        desk.proxy.strike(call, listening);
        match self {
            Self::NotFound => drop(desk.ask(&wage).await?),
            _ => drop(desk.submit(&wage).await?),
        }
        // What it echoes shall be hers: another account would be a doubt of its own.
        let (refused, hers) = (account_digits(&wage.destination), account_digits(&hers));
        Ok(heard(&said).map(|body| body.replace(&refused, &hers)))
    }
}

fn answer(status: u16, body: &str) -> Answer {
    Answer::status(status).with("content-type", "application/json").saying(body)
}

/// The answer to a payment: a server's error, with words that would end the attempt under another status.
pub(super) async fn of_a_payment<S: RailUnderTest>(
    subject: &S,
    whom: Whom,
    (words, status, has_booked): (Words, u16, bool),
) -> Tried {
    let Some(body) = words.said(subject, &whom).await? else { return Ok(false) };
    let answer = answer(status, &body);
    let fault = if has_booked { Fault::answer_after(answer) } else { Fault::answer_before(answer) };
    in_doubt(subject, whom, fault).await.map(|()| true)
}

/// The answer to a question: each status that says that there is none.
pub(super) async fn of_a_question<S: RailUnderTest>(subject: &S, whom: Whom, (words, is_paid): (Words, bool)) -> Tried {
    let Some(body) = words.said(subject, &whom).await? else { return Ok(false) };
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    if is_paid {
        arrives(&desk, &wage).await?;
    }
    for status in TROUBLE {
        desk.proxy.strike(desk.question(&wage), Fault::answer_before(answer(status, &body)));
        let told = desk.ask(&wage).await?;
        desk.proxy.behave();
        if !matches!(told, InquiryAnswer::Unavailable { .. }) {
            let (words, told) = (words.told(), answer_word(&told));
            return Err(format!("a question that ended with {status} and {words} is told as {told}"));
        }
    }
    if is_paid {
        found(&desk, &wage).await?
    } else {
        unknown_there(&desk, &wage).await?
    }
    Ok(true)
}
