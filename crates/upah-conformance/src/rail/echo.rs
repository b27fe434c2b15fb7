//! The provider has booked, and its answer says something else: another amount, another reference, words
//! that nobody knows.
use super::desk::{Desk, Paid, Whom, account_digits, answer_word, with_another_end, word};
use super::sending::{EVERYTHING, arrives, found};
use super::{Meaning, RailUnderTest, Word};
use crate::proxy::Fault;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use upah_core::Rupiah;
use upah_core::evidence::{InquiryAnswer, SubmitOutcome};

/// Whether there was something to alter.
type Altered = Result<bool, String>;

/// Rewrites the provider's answers, and remembers whether that changed one.
fn altering(alter: impl Fn(&str) -> String + Send + Sync + 'static) -> (Fault, Arc<AtomicBool>) {
    let changed = Arc::new(AtomicBool::new(false));
    let note = Arc::clone(&changed);
    let fault = Fault::rewritten(move |body| {
        let altered = alter(body);
        note.fetch_or(altered != body, Ordering::SeqCst);
        altered
    });
    (fault, changed)
}

/// Which call's answer is altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Payment,
    Inquiry,
}

impl Call {
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Payment => "in the answer to a payment",
            Self::Inquiry => "in the answer to an inquiry",
        }
    }
}

/// How far what is echoed is from ours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Another {
    /// Another wage's.
    Plain,
    /// Ours but for its last character, or for one rupiah of the largest amount: whoever compares a beginning or
    /// computes with floats takes it for ours.
    Close,
}

/// What may be said to an altered answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum May {
    /// Anything but success and an end.
    Doubt,
    /// Success too, for what was altered may mean nothing.
    NotEnd,
    /// As [`May::Doubt`]; what is found by searching may also be somebody else's, and hers not found.
    NotHers,
    /// What the author says that it means.
    Mean(Meaning),
}

impl May {
    fn be_told_of_a_send(self, outcome: &SubmitOutcome) -> bool {
        match outcome {
            SubmitOutcome::Unknown { .. } | SubmitOutcome::Accepted(_) => true,
            SubmitOutcome::Contradicted { .. } => !matches!(self, Self::Mean(_)),
            SubmitOutcome::Settled(_) => matches!(self, Self::NotEnd | Self::Mean(Meaning::Paid)),
            SubmitOutcome::Refused(_) => self == Self::Mean(Meaning::Failed),
            SubmitOutcome::NotSent { .. } => false,
        }
    }

    fn be_answered(self, answer: &InquiryAnswer) -> bool {
        match (self, answer) {
            (Self::Mean(Meaning::Paid), answer) => matches!(answer, InquiryAnswer::Success(_)),
            (Self::Mean(Meaning::AtWork), answer) => matches!(answer, InquiryAnswer::InProgress(_)),
            (Self::Mean(Meaning::Failed), answer) => matches!(answer, InquiryAnswer::Failed(_)),
            (Self::Mean(Meaning::Returned), answer) => matches!(answer, InquiryAnswer::Refunded { .. }),
            (Self::NotEnd, InquiryAnswer::Success(_)) | (Self::NotHers, InquiryAnswer::NotFound(_)) => true,
            (_, answer) => matches!(
                answer,
                InquiryAnswer::Unavailable { .. } | InquiryAnswer::InProgress(_) | InquiryAnswer::Contradicted { .. }
            ),
        }
    }
}

/// What may be said where what tells a wage from others is another's.
fn of_another<S: RailUnderTest>(subject: &S, call: Call) -> May {
    if call == Call::Inquiry && subject.question().is_some() { May::NotHers } else { May::Doubt }
}

async fn told<S: RailUnderTest>(
    desk: &Desk<'_, S>,
    wage: &Paid,
    call: Call,
    may: May,
    (fault, changed): (Fault, Arc<AtomicBool>),
) -> Altered {
    let (fits, told) = match call {
        Call::Payment => {
            let outcome = desk.submit_under(wage, fault).await?;
            (may.be_told_of_a_send(&outcome), word(&outcome))
        }
        Call::Inquiry => {
            arrives(desk, wage).await?;
            desk.proxy.strike(desk.question(wage), fault);
            let answer = desk.ask(wage).await?;
            desk.proxy.behave();
            (may.be_answered(&answer), answer_word(&answer))
        }
    };
    desk.booked(1).await?;
    desk.booked_once(wage).await?;
    if !changed.load(Ordering::SeqCst) {
        return Ok(false);
    }
    if !fits {
        return Err(format!("the answer was altered, and it was told as {told}"));
    }
    found(desk, wage).await.map(|()| true)
}

/// The amount, wherever it is echoed, is another.
pub(super) async fn amount<S: RailUnderTest>(subject: &S, whom: Whom, (call, another): (Call, Another)) -> Altered {
    let desk = Desk::open(subject).await?;
    let largest = subject.policy().terms.at_most_always().unwrap_or(Rupiah::MAX).value().min(Rupiah::MAX.value());
    let whom = match Rupiah::new(largest.saturating_sub(1)) {
        Ok(amount) if another == Another::Close && amount.value() > whom.amount.value() => Whom { amount, ..whom },
        _ => whom,
    };
    let wage = desk.wage(&whom, 1).await?;
    let (ours, other) = (wage.amount.value().to_string(), (wage.amount.value() + 1).to_string());
    let altered = altering(move |body| body.replace(&ours, &other));
    told(&desk, &wage, call, May::Doubt, altered).await
}

/// The reference, wherever it is echoed, is another wage's.
pub(super) async fn reference<S: RailUnderTest>(subject: &S, whom: Whom, (call, another): (Call, Another)) -> Altered {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    let ours = wage.reference.to_string();
    let other = match another {
        Another::Plain => desk.reference(2).to_string(),
        Another::Close => with_another_end(&ours),
    };
    let altered = altering(move |body| body.replace(&ours, &other));
    told(&desk, &wage, call, of_another(subject, call), altered).await
}

/// The account, wherever it is echoed, is somebody else's.
pub(super) async fn account<S: RailUnderTest>(subject: &S, whom: Whom, call: Call) -> Altered {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    let ours = account_digits(&wage.destination);
    let other = with_another_end(&ours);
    let altered = altering(move |body| body.replace(&ours, &other));
    told(&desk, &wage, call, of_another(subject, call), altered).await
}

/// A refusal of the provider, or its "not found", that names another wage: it ends nothing of hers.
pub(super) async fn another_s_end<S: RailUnderTest>(subject: &S, whom: Whom, call: Call) -> Altered {
    let desk = Desk::open(subject).await?;
    let (ours, other) = (desk.reference(1).to_string(), desk.reference(2).to_string());
    let (fault, changed) = altering(move |body| body.replace(&ours, &other));
    let (fits, told) = match call {
        Call::Payment => {
            let Some(refused) = subject.refused_destination() else { return Ok(false) };
            let wage = desk.wage_to(refused, &whom, &desk.reference(1)).await?;
            desk.proxy.strike(EVERYTHING, fault);
            let outcome = desk.submit(&wage).await?;
            desk.proxy.behave();
            let is_doubt = matches!(outcome, SubmitOutcome::Unknown { .. } | SubmitOutcome::Contradicted { .. });
            (is_doubt, word(&outcome))
        }
        Call::Inquiry => {
            let wage = desk.wage(&whom, 1).await?;
            desk.proxy.strike(desk.question(&wage), fault);
            let answer = desk.ask(&wage).await?;
            desk.proxy.behave();
            (May::Doubt.be_answered(&answer), answer_word(&answer))
        }
    };
    desk.booked(0).await?;
    let changed = changed.load(Ordering::SeqCst);
    if changed && !fits {
        return Err(format!("the answer named another wage, and it was told as {told}"));
    }
    Ok(changed)
}

/// Only half of the wage came back. Says whether the author tells how that reads.
pub(super) async fn half_returned<S: RailUnderTest>(subject: &S, whom: Whom) -> Altered {
    let half = Rupiah::new(whom.amount.value() / 2).map_err(|why| why.to_string())?;
    let texts = subject.partial_return(whom.amount, half);
    if texts.is_empty() {
        return Ok(false);
    }
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    arrives(&desk, &wage).await?;
    let alter = move |body: &str| texts.iter().fold(body.to_owned(), |body, (said, then)| body.replace(said, then));
    let (fault, changed) = altering(alter);
    desk.proxy.strike(desk.question(&wage), fault);
    let answer = desk.ask(&wage).await?;
    desk.proxy.behave();
    if !changed.load(Ordering::SeqCst) {
        return Err("what the author says of a partial return changes nothing in the answer".into());
    }
    match answer {
        InquiryAnswer::Refunded { amount: Some(told), .. } if told == half => Ok(true),
        InquiryAnswer::Unavailable { .. } | InquiryAnswer::Contradicted { .. } => Ok(true),
        InquiryAnswer::Refunded { amount, .. } => {
            Err(format!("{half} of {} came back, and the return was told as one of {amount:?}", whom.amount))
        }
        other => Err(format!("a part came back, and it was told as {}", answer_word(&other))),
    }
}

/// Where an answer is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    InTheMiddle,
    BeforeItsLastMark,
}

/// An answer that is whole as HTTP has it, and stops short all the same.
pub(super) async fn cut<S: RailUnderTest>(subject: &S, whom: Whom, (call, cut): (Call, Cut)) -> Altered {
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    told(&desk, &wage, call, May::Doubt, altering(move |body| cut_short(body, cut))).await
}

/// Of a text that ends with a bracket or a tag it can be seen where it should have ended; any other stays as it is.
fn cut_short(body: &str, cut: Cut) -> String {
    let whole = body.trim_end();
    let last_mark = match whole.chars().last() {
        Some('}' | ']') => whole.len() - 1,
        Some('>') => whole.rfind('<').unwrap_or(0),
        _ => return body.to_owned(),
    };
    let end = match cut {
        Cut::InTheMiddle => whole.floor_char_boundary(whole.len() / 2),
        Cut::BeforeItsLastMark => last_mark,
    };
    whole[..end].to_owned()
}

/// One word of the answer, or every word, is one that the provider never says.
pub(super) async fn garbled<S: RailUnderTest>(subject: &S, whom: Whom, (call, place): (Call, usize)) -> Altered {
    // The first of all: every word.
    let which = place.checked_sub(1);
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    let may = if which.is_some() { May::NotEnd } else { May::Doubt };
    told(&desk, &wage, call, may, altering(move |body| garble(body, which))).await
}

/// A word that the author says matters is another that the provider never says.
pub(super) async fn never_heard<S: RailUnderTest>(subject: &S, whom: Whom, (call, which): (Call, usize)) -> Altered {
    let is_meant = |means: Meaning| means == Meaning::NeverHeard;
    other_word(subject, whom, call, which, is_meant).await
}

/// A word that the author says matters is another that the provider has.
pub(super) async fn other_status<S: RailUnderTest>(subject: &S, whom: Whom, (call, which): (Call, usize)) -> Altered {
    let is_meant = |means: Meaning| means != Meaning::NeverHeard;
    other_word(subject, whom, call, which, is_meant).await
}

async fn other_word<S: RailUnderTest>(
    subject: &S,
    whom: Whom,
    call: Call,
    which: usize,
    is_meant: fn(Meaning) -> bool,
) -> Altered {
    let stands_there = |word: &Word| call == Call::Inquiry || word.answers_payments;
    let words: Vec<Word> =
        subject.words().into_iter().filter(|word| is_meant(word.means) && stands_there(word)).collect();
    let Some(Word { said, instead, means, .. }) = words.get(which).cloned() else { return Ok(false) };
    let desk = Desk::open(subject).await?;
    let wage = desk.wage(&whom, 1).await?;
    let may = if means == Meaning::NeverHeard { May::Doubt } else { May::Mean(means) };
    let why = format!("with {instead} in the place of {said}");
    let altered = told(&desk, &wage, call, may, altering(move |body| body.replace(&said, &instead))).await;
    altered.map_err(|error| format!("{why}: {error}"))
}

/// Garbles the words of a JSON text: the n-th, where there is one, or all. What is no JSON stays as it is.
fn garble(body: &str, which: Option<usize>) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(body) else { return body.to_owned() };
    let count = garble_in(&mut value, &mut 0, which);
    if which.is_some_and(|which| which >= count) { body.to_owned() } else { value.to_string() }
}

/// Garbles the n-th word below, or all of them; returns how many there are up to here.
fn garble_in(value: &mut Value, at: &mut usize, only: Option<usize>) -> usize {
    match value {
        Value::Object(members) => {
            for member in members.values_mut() {
                garble_in(member, at, only);
            }
        }
        Value::Array(items) => {
            for item in items {
                garble_in(item, at, only);
            }
        }
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            if only.is_none_or(|only| only == *at) {
                *value = match value {
                    Value::Bool(is) => Value::Bool(!*is),
                    Value::Number(_) => Value::from(98_765),
                    _ => Value::from("ZQXUNHEARD"),
                };
            }
            *at += 1;
        }
    }
    *at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_it_can_be_seen() {
        let both = |body: &str| [Cut::InTheMiddle, Cut::BeforeItsLastMark].map(|cut| cut_short(body, cut));
        assert_eq!(both("{\"a\":\"é\"}\n"), ["{\"a\":", "{\"a\":\"é\""]);
        assert_eq!(both("<a><b>1</b></a>"), ["<a><b>1", "<a><b>1</b>"]);
        assert_eq!(both("status=PAID"), ["status=PAID", "status=PAID"]);
    }

    #[test]
    fn one_word_or_all_of_them_are_garbled() {
        let body = r#"{"a":"x","b":[1,{"c":true}],"d":null}"#;
        assert_eq!(garble(body, None), r#"{"a":"ZQXUNHEARD","b":[98765,{"c":false}],"d":null}"#);
        let mut value = serde_json::from_str::<Value>(body).unwrap();
        assert_eq!(garble_in(&mut value, &mut 0, Some(1)), 3);
        assert_eq!(value.to_string(), r#"{"a":"x","b":[98765,{"c":true}],"d":null}"#);
        assert_eq!((garble(body, Some(3)).as_str(), garble("no json", None).as_str()), (body, "no json"));
    }
}
