//! What a property is tried under: faults, statuses, words; each told in words when it fails.
use super::desk::Whom;
use super::echo::{Another, Call, Cut};
use super::own_words::Words;
use crate::proxy::{Answer, Fault};
use crate::strategies::payee_name;
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt::{self, Debug};
use upah_core::{PayeeName, Rupiah};

/// How many words of an answer are garbled one by one, and how many words of the author are tried.
const PLACES: usize = 24;

/// Names that break a body which is put together without care.
pub(super) const ODD_NAMES: [&str; 5] =
    ["Siti \"Ning\" Contoh", "Budi\\Contoh", "Ayu & <Contoh>", "Nuraini, S.Pd.", "Dewi Ç. Çontoh"];

/// One of the things that a property is tried under, and how the report calls it.
#[derive(Clone)]
pub(super) struct Variant<V> {
    pub(super) what: V,
    words: String,
}

/// Who is paid, and under what. `Debug` is for the report.
pub(super) struct Case<V> {
    pub(super) whom: Whom,
    pub(super) variant: Variant<V>,
}

impl<V> Debug for Case<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.variant.words.as_str() {
            "" => write!(f, "{:?}", self.whom),
            words => write!(f, "{:?}; {words}", self.whom),
        }
    }
}

fn worded<V>(values: impl IntoIterator<Item = V>, words: impl Fn(&V) -> String) -> Vec<Variant<V>> {
    let one = |what| Variant { words: words(&what), what };
    values.into_iter().map(one).collect()
}

/// Each of these with each of those.
fn pairs<A: Clone, B: Clone>(some: &[A], others: &[B]) -> Vec<(A, B)> {
    some.iter().flat_map(|one| others.iter().map(move |other| (one.clone(), other.clone()))).collect()
}

/// Nothing varies.
pub(super) fn always() -> Vec<Variant<()>> {
    worded([()], |()| String::new())
}

/// Either of two, by these words.
pub(super) fn either(no: &'static str, yes: &'static str) -> Vec<Variant<bool>> {
    worded([false, true], |is| (if *is { yes } else { no }).to_owned())
}

pub(super) fn odd_names() -> Vec<Variant<&'static str>> {
    worded(ODD_NAMES, |name| format!("to an invented {name}"))
}

pub(super) fn counts() -> Vec<Variant<u16>> {
    worded([2, 11], |count| format!("{count} at the same time"))
}

pub(super) fn retry_after() -> Vec<Variant<Option<u32>>> {
    worded([None, Some(1), Some(599)], |seconds| {
        seconds.map_or_else(|| "without Retry-After".into(), |seconds| format!("Retry-After: {seconds}"))
    })
}

pub(super) fn redirects() -> Vec<Variant<u16>> {
    worded([307, 302, 308, 303, 301], |status| format!("a redirect with status {status}"))
}

pub(super) fn wrong_clocks() -> Vec<Variant<i64>> {
    worded([86_400, -86_400, 3_600, -3_600, 34_560_000], |seconds| {
        format!("the clock is {} seconds {}", i64::abs(*seconds), if *seconds < 0 { "slow" } else { "fast" })
    })
}

const CALLS: [Call; 2] = [Call::Payment, Call::Inquiry];

pub(super) fn calls() -> Vec<Variant<Call>> {
    worded(CALLS, |call| call.told().into())
}

/// Either call, and how far what it echoes is from ours.
pub(super) fn calls_and_others() -> Vec<Variant<(Call, Another)>> {
    worded(pairs(&CALLS, &[Another::Plain, Another::Close]), |(call, another)| {
        let another = match another {
            Another::Plain => "plainly another",
            Another::Close => "as close to ours as can be",
        };
        format!("{}, {another}", call.told())
    })
}

/// Either call, with its answer cut in either place.
pub(super) fn calls_and_cuts() -> Vec<Variant<(Call, Cut)>> {
    worded(pairs(&CALLS, &[Cut::InTheMiddle, Cut::BeforeItsLastMark]), |(call, cut)| {
        let place = match cut {
            Cut::InTheMiddle => "cut in the middle",
            Cut::BeforeItsLastMark => "without its last bracket or tag",
        };
        format!("{}, {place}", call.told())
    })
}

/// Either call, with each place where its answer may have a word.
pub(super) fn calls_and_places() -> Vec<Variant<(Call, usize)>> {
    let places: Vec<usize> = (0..PLACES).collect();
    worded(pairs(&CALLS, &places), |(call, place)| match place {
        0 => format!("{}, every word of it", call.told()),
        place => format!("{}, its word number {place}", call.told()),
    })
}

/// Either call, with each of the author's words.
pub(super) fn calls_and_words() -> Vec<Variant<(Call, usize)>> {
    let places: Vec<usize> = (0..PLACES).collect();
    worded(pairs(&CALLS, &places), |(call, which)| format!("{}, such a word number {}", call.told(), which + 1))
}

/// A server's error in the words of a refusal, before and after the booking.
pub(super) fn errors_in_own_words() -> Vec<Variant<(Words, u16, bool)>> {
    let statuses = pairs(&[500, 502, 503], &[false, true]);
    let all = pairs(&[Words::Refusal, Words::Busy], &statuses);
    worded(
        all.into_iter().map(|(words, (status, has_booked))| (words, status, has_booked)),
        |(words, status, booked)| {
            let when = if *booked { "after the provider has booked" } else { "before the provider" };
            format!("{} with status {status} {when}", words.told())
        },
    )
}

/// A failed question in the provider's own words, about what was paid and about what was not.
pub(super) fn questions_in_own_words() -> Vec<Variant<(Words, bool)>> {
    worded(pairs(&[Words::Refusal, Words::Busy, Words::NotFound], &[false, true]), |(words, is_paid)| {
        format!("{} about {}", words.told(), what_was(*is_paid))
    })
}

fn what_was(paid: bool) -> &'static str {
    if paid { "what was paid" } else { "what was never sent" }
}

pub(super) fn faults(faults: Vec<Fault>) -> Vec<Variant<Fault>> {
    worded(faults, |fault| format!("{fault:?}"))
}

/// Pages of somebody before the provider, and answers with nothing in them.
pub(super) fn pages() -> Vec<Fault> {
    let mut answers: Vec<Answer> = [403, 404, 401, 400, 200, 407, 409, 422].map(Answer::page).into();
    answers.extend([Answer::status(200), Answer::status(204), Answer::status(200).saying("{}")]);
    answers.into_iter().flat_map(|answer| [Fault::answer_before(answer.clone()), Fault::answer_after(answer)]).collect()
}

/// Faults before anything is booked.
pub(super) fn closed_doors() -> Vec<Fault> {
    let mut faults = vec![Fault::drop_before(), Fault::hang_before(), Fault::too_many(Some(3))];
    faults.extend([401, 403, 404, 500, 503, 200].map(|status| Fault::answer_before(Answer::page(status))));
    faults
}

pub(super) fn provider_errors() -> Vec<Fault> {
    let statuses = [500, 502, 503, 504];
    let one =
        |status: &u16| [Fault::answer_before(Answer::status(*status)), Fault::answer_after(Answer::page(*status))];
    statuses.iter().flat_map(one).collect()
}

/// A step that fails before or after the provider has heard of it.
pub(super) fn failed_steps() -> Vec<Fault> {
    let mut faults = vec![Fault::drop_before(), Fault::drop_after(), Fault::hang_after(), Fault::garbage_after()];
    faults.extend([Fault::answer_before(Answer::page(502)), Fault::answer_after(Answer::status(500))]);
    faults
}

pub(super) fn lost_questions() -> Vec<Fault> {
    let mut faults = vec![Fault::drop_before(), Fault::drop_after(), Fault::hang_before(), Fault::garbage_after()];
    faults.extend([Fault::truncated_after(), Fault::too_many(None), Fault::too_many(Some(3))]);
    faults.extend([403, 404, 500, 502].map(|status| Fault::answer_before(Answer::page(status))));
    faults
}

/// The same about what was paid and about what was not.
pub(super) fn lost_questions_about_either() -> Vec<Variant<(Fault, bool)>> {
    worded(pairs(&lost_questions(), &[false, true]), |(fault, is_paid)| {
        format!("{fault:?}, about {}", what_was(*is_paid))
    })
}

/// Names as payrolls have them; every second one would break a body that is put together without care.
fn names() -> impl Strategy<Value = PayeeName> {
    let odd = select(ODD_NAMES.to_vec()).prop_filter_map("no name", |name| name.parse().ok());
    prop_oneof![payee_name(), odd]
}

fn somebody((rupiah, name): (u64, PayeeName)) -> Option<Whom> {
    Some(Whom { destination: 0, amount: Rupiah::new(rupiah).ok()?, name })
}

/// Somebody who is paid an amount that the rail may pay.
pub(super) fn whom(limit: Option<Rupiah>) -> BoxedStrategy<Whom> {
    let max = limit.map_or(Rupiah::MAX.value(), Rupiah::value).max(1);
    let amounts = prop_oneof![1..=max.min(50_000_000), 1..=max, Just(max)];
    (amounts, names()).prop_filter_map("no amount", somebody).boxed()
}

/// An amount whose digits stand nowhere else by chance.
pub(super) fn recognisable(limit: Option<Rupiah>) -> BoxedStrategy<Whom> {
    let max = limit.map_or(8_999_999, Rupiah::value).clamp(2, 8_999_999);
    let amounts = (max / 2 + 1)..=max;
    (amounts, names()).prop_filter_map("no amount", somebody).boxed()
}
