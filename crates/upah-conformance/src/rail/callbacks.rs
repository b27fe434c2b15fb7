//! What a provider says unasked: who is heard, who is turned away, and that it is a hint and no more.
//!
//! That an adapter settles by a callback's word needs no property: the port has no place for such a word.
use super::desk::{Desk, Whom, with_another_end};
use super::{Callback, RailUnderTest, Told};
use std::panic::{AssertUnwindSafe, catch_unwind};
use upah_core::callback::{Delivery, Hint, News, Reading, Reply};
use upah_core::rail::Rail;
use upah_core::{Rupiah, Timestamp};

type Tried = Result<bool, String>;

/// A desk, a genuine callback about its first wage, and when that was signed.
struct Called<'a, S: RailUnderTest> {
    desk: Desk<'a, S>,
    reference: String,
    amount: Rupiah,
    now_unix_millis: u64,
    call: Callback,
}

impl<'a, S: RailUnderTest> Called<'a, S> {
    async fn of(subject: &'a S, whom: &Whom) -> Result<Option<Self>, String> {
        let desk = Desk::open(subject).await?;
        let (reference, now_unix_millis) = (desk.reference(1).to_string(), desk.clock.now_unix_millis());
        let told = Told { reference: &reference, amount: whom.amount, at_unix_millis: now_unix_millis };
        let Some(call) = subject.callback(told) else { return Ok(None) };
        if desk.rail.callbacks().is_none() {
            return Err("the author makes callbacks, and the rail hears none".into());
        }
        Ok(Some(Self { desk, reference, amount: whom.amount, now_unix_millis, call }))
    }

    /// Another callback of the same moment.
    fn another(&self, reference: &str, amount: Rupiah) -> Result<Callback, String> {
        let told = Told { reference, amount, at_unix_millis: self.now_unix_millis };
        self.desk.subject.callback(told).ok_or_else(|| "the author makes one callback and not another".into())
    }

    fn read(&self, call: &Callback) -> Result<Reading, String> {
        self.read_at(call, 0)
    }

    fn read_at(&self, call: &Callback, seconds_later: i64) -> Result<Reading, String> {
        read(&self.desk.rail, call, call.body.as_bytes(), self.now(seconds_later))
    }

    fn now(&self, seconds_later: i64) -> Timestamp {
        let now = i64::try_from(self.now_unix_millis).unwrap_or(i64::MAX);
        Timestamp::from_millis(now.saturating_add(seconds_later * 1_000))
    }

    /// The genuine one, which must be heard.
    fn heard(&self) -> Result<Vec<Hint>, String> {
        hints(self.read(&self.call)?).ok_or_else(|| "a genuine and fresh callback is turned away".into())
    }

    /// Headers without which it is turned away, and the text that the author names: they are its proof.
    fn proofs(&self) -> Result<Vec<Proof>, String> {
        let headers = (0..self.call.headers.len()).map(Proof::Header);
        let mut proofs = Vec::new();
        for proof in headers.chain(self.desk.subject.callback_proof().map(Proof::Text)) {
            if refusal(&self.read(&proof.left_out_of(&self.call))?).is_some() {
                proofs.push(proof);
            } else if let Proof::Text(_) = proof {
                return Err("a callback is heard without the text that the author calls its proof".into());
            }
        }
        if proofs.is_empty() {
            return Err("a callback without any of its headers is heard: nothing of it is a proof".into());
        }
        Ok(proofs)
    }

    /// The callback without any header and without its proof.
    fn bare(&self) -> Callback {
        let proof = self.desk.subject.callback_proof().map(Proof::Text);
        let call = proof.map_or_else(|| self.call.clone(), |proof| proof.left_out_of(&self.call));
        Callback { headers: Vec::new(), ..call }
    }
}

/// What of a callback proves whose it is.
#[derive(Clone)]
enum Proof {
    /// The value of a header, by its place.
    Header(usize),
    /// A text in the target or in the body.
    Text(String),
}

impl Proof {
    fn told(&self, call: &Callback) -> String {
        match self {
            Self::Header(place) => format!("header {}", call.headers[*place].0),
            Self::Text(_) => "proof".into(),
        }
    }

    fn of(&self, call: &Callback) -> String {
        match self {
            Self::Header(place) => call.headers[*place].1.clone(),
            Self::Text(text) => text.clone(),
        }
    }

    fn left_out_of(&self, call: &Callback) -> Callback {
        let mut without = call.clone();
        match self {
            Self::Header(place) => drop(without.headers.remove(*place)),
            Self::Text(_) => without = self.replaced_in(call, ""),
        }
        without
    }

    fn replaced_in(&self, call: &Callback, other: &str) -> Callback {
        let mut replaced = call.clone();
        match self {
            Self::Header(place) => other.clone_into(&mut replaced.headers[*place].1),
            Self::Text(text) => {
                replaced.target = call.target.replace(text, other);
                replaced.body = call.body.replace(text, other);
            }
        }
        replaced
    }
}

fn read(rail: &impl Rail, call: &Callback, body: &[u8], now: Timestamp) -> Result<Reading, String> {
    let headers: Vec<(&str, &str)> = call.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let delivery = Delivery { method: &call.method, target: &call.target, headers: &headers, body };
    let callbacks = rail.callbacks().ok_or("another instance of the rail hears no callbacks")?;
    if !callbacks.paths().iter().any(|path| path == delivery.path()) {
        return Err("the callback comes on a path that the rail does not name".into());
    }
    // A panic here is the listener's end, and every delivery after this one is lost to everybody.
    let reading = catch_unwind(AssertUnwindSafe(|| callbacks.read(&delivery, now)));
    reading.map_err(|_| format!("reading a callback with a body of {} bytes panicked", body.len()))
}

fn hints(reading: Reading) -> Option<Vec<Hint>> {
    match reading {
        Reading::Genuine(notice) => Some(notice.hints),
        Reading::TurnedAway(_) => None,
    }
}

fn refusal(reading: &Reading) -> Option<&Reply> {
    match reading {
        Reading::TurnedAway(reply) => Some(reply),
        Reading::Genuine(_) => None,
    }
}

/// The callback with white space between the tokens of its body.
fn spaced_out(call: &Callback) -> Callback {
    let body = call.body.replace("\":", "\" :\n\t").replace(",\"", " ,  \"");
    Callback { body, ..call.clone() }
}

/// A text with one character in its middle replaced by another of its kind.
fn altered(text: &str) -> String {
    let middle = text.chars().count() / 2;
    let other = |(place, c): (usize, char)| match c {
        _ if place != middle => c,
        '0' => '1',
        c if c.is_ascii_digit() => '0',
        'a' => 'b',
        'A' => 'B',
        c if c.is_ascii_uppercase() => 'A',
        _ => 'a',
    };
    text.chars().enumerate().map(other).collect()
}

pub(super) async fn genuine<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let Some(called) = Called::of(subject, &whom).await? else { return Ok(false) };
    let hints = called.heard()?;
    if hints.len() != 1 || hints[0].reference.as_str() != called.reference {
        return Err(format!("a callback about one payment gives {} hints, or another payment's", hints.len()));
    }
    match called.read(&called.call)? {
        Reading::Genuine(notice) if !(200..300).contains(&notice.reply.status) => {
            Err(format!("a genuine callback is answered with {}: it will come again and again", notice.reply.status))
        }
        _ => Ok(true),
    }
}

/// A return is news of another kind than an end: a wage that is settled already is asked about again because of it.
pub(super) async fn returned<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let desk = Desk::open(subject).await?;
    let (reference, now) = (desk.reference(1).to_string(), desk.clock.now());
    let at_unix_millis = desk.clock.now_unix_millis();
    let told = Told { reference: &reference, amount: whom.amount, at_unix_millis };
    let Some(call) = subject.callback_of_a_return(told) else { return Ok(false) };
    let hints = hints(read(&desk.rail, &call, call.body.as_bytes(), now)?)
        .ok_or("a genuine and fresh callback about a return is turned away")?;
    match hints.as_slice() {
        [Hint { reference: told, news: News::Returned }] if told.as_str() == reference => Ok(true),
        [Hint { news: News::Ended, .. }] => Err("a callback about a return is told as one about an end".into()),
        _ => Err(format!("a callback about one return gives {} hints, or another payment's", hints.len())),
    }
}

pub(super) async fn unsigned<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let Some(called) = Called::of(subject, &whom).await? else { return Ok(false) };
    called.heard()?;
    called.proofs()?;
    match refusal(&called.read(&called.bare())?) {
        Some(_) => Ok(true),
        None => Err("a callback without any header and any proof is heard".into()),
    }
}

pub(super) async fn forged<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let Some(called) = Called::of(subject, &whom).await? else { return Ok(false) };
    called.heard()?;
    for proof in called.proofs()? {
        let (told, genuine) = (proof.told(&called.call), proof.of(&called.call));
        for other in [altered(&genuine), genuine.chars().rev().collect(), String::new()] {
            if other == genuine {
                continue;
            }
            if refusal(&called.read(&proof.replaced_in(&called.call, &other))?).is_none() {
                return Err(format!("a callback is heard whose {told} was altered"));
            }
        }
    }
    Ok(true)
}

pub(super) async fn changed<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let Some(called) = Called::of(subject, &whom).await? else { return Ok(false) };
    if !called.call.covers_body {
        return Ok(false);
    }
    // First the genuine one: a proof that was seen before is no better for it.
    called.heard()?;
    let mut changed = called.call.clone();
    changed.body = changed.body.replace(&called.reference, &altered(&called.reference));
    if changed.body == called.call.body {
        return Err("the callback does not bear the reference as it is".into());
    }
    if refusal(&called.read(&changed)?).is_none() {
        return Err("a callback is heard that names another payment than the one it was signed for".into());
    }
    let spaced = spaced_out(&called.call);
    let is_another = !called.call.may_be_spaced && spaced.body != called.call.body;
    if is_another && refusal(&called.read(&spaced)?).is_none() {
        return Err(
            "a callback is heard with spaces that were not signed: its proof is not checked over the bytes".into()
        );
    }
    Ok(true)
}

/// One header is left out, whether or not it is the proof, and the proof is a wrong one.
pub(super) async fn halved<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let Some(called) = Called::of(subject, &whom).await? else { return Ok(false) };
    called.heard()?;
    let (mut is_tried, headers) = (false, called.call.headers.len());
    for proof in called.proofs()? {
        for lost in (0..headers).filter(|lost| !matches!(proof, Proof::Header(place) if place == *lost)) {
            let mut halved = proof.replaced_in(&called.call, &altered(&proof.of(&called.call)));
            let (told, (lost, _)) = (proof.told(&called.call), halved.headers.remove(lost));
            if refusal(&called.read(&halved)?).is_none() {
                return Err(format!("without its header {lost} a callback is heard whose {told} was altered"));
            }
            is_tried = true;
        }
    }
    Ok(is_tried)
}

pub(super) async fn spaced<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let Some(called) = Called::of(subject, &whom).await? else { return Ok(false) };
    if !called.call.may_be_spaced {
        return Ok(false);
    }
    let told = called.heard()?;
    match hints(called.read(&spaced_out(&called.call))?) {
        Some(hints) if hints == told => Ok(true),
        Some(_) => Err("with white space between its tokens a callback says something else".into()),
        None => Err("a callback is turned away for white space that the proof does not cover".into()),
    }
}

pub(super) async fn replayed<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let Some(called) = Called::of(subject, &whom).await? else { return Ok(false) };
    let Some(window) = called.call.window_seconds.map(i64::from) else { return Ok(false) };
    called.heard()?;
    // A provider stamps whole seconds, so the window's own edge is nobody's.
    for (seconds, is_fresh) in [(window - 2, true), (2 - window, true), (window + 2, false), (-2 - window, false)] {
        let is_heard = refusal(&called.read_at(&called.call, seconds)?).is_none();
        if is_heard != is_fresh {
            let word = if is_heard { "heard" } else { "turned away" };
            return Err(format!("with a window of {window} seconds a callback is {word} {seconds} seconds later"));
        }
    }
    match refusal(&called.read_at(&called.call, 86_400 + window)?) {
        Some(_) => Ok(true),
        None => Err("yesterday's callback is heard".into()),
    }
}

/// What somebody has recorded a day before, with each header of a callback of now.
pub(super) async fn spliced<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let Some(called) = Called::of(subject, &whom).await? else { return Ok(false) };
    let Some(window) = called.call.window_seconds else { return Ok(false) };
    called.heard()?;
    let at_unix_millis = called.now_unix_millis.saturating_sub(1_000 * (86_400 + u64::from(window)));
    let told = Told { reference: &called.reference, amount: called.amount, at_unix_millis };
    let recorded = subject.callback(told).ok_or("the author makes one callback and not another")?;
    for fresh in &called.call.headers {
        let mut spliced = recorded.clone();
        let of_that_name = spliced.headers.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(&fresh.0));
        let Some(header) = of_that_name.filter(|header| header.1 != fresh.1) else { continue };
        *header = fresh.clone();
        // When this header alone says when it was made, the two are one, and it must not be one that anybody can
        // make up.
        let is_the_present_one = (&spliced.headers, &spliced.body) == (&called.call.headers, &called.call.body);
        if is_the_present_one && let Some(header) = spliced.headers.iter_mut().find(|(name, _)| *name == fresh.0) {
            header.1 = with_another_end(&header.1);
        }
        if refusal(&called.read(&spliced)?).is_none() {
            let name = &fresh.0;
            return Err(format!("a recorded callback is heard with another {name}: its time is outside its proof"));
        }
    }
    Ok(true)
}

/// Bodies that are none, with the headers of a genuine callback and without.
pub(super) async fn unreadable<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let Some(called) = Called::of(subject, &whom).await? else { return Ok(false) };
    called.heard()?;
    let bare = called.bare();
    let half = &called.call.body.as_bytes()[..called.call.body.len() / 2];
    for body in [&b""[..], b"{", b"null", b"[]", b"\"", b"\xff\xfe\x00", half] {
        // A proof that does not cover the body is as good with another; then there must be no panic.
        for (call, may_be_heard) in [(&bare, false), (&called.call, !called.call.covers_body)] {
            let reading = read(&called.desk.rail, call, body, called.now(0))?;
            if refusal(&reading).is_none() && !may_be_heard {
                return Err(format!("a callback is heard whose body of {} bytes nobody signed", body.len()));
            }
        }
    }
    Ok(true)
}

pub(super) async fn pure<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let Some(called) = Called::of(subject, &whom).await? else { return Ok(false) };
    let second = called.another(&called.desk.reference(2).to_string(), called.amount)?;
    let first = called.read(&called.call)?;
    let then = called.read(&second)?;
    if called.read(&second)? != then || called.read(&called.call)? != first {
        return Err("a callback that comes again, or after another one, reads differently".into());
    }
    let restarted = called.desk.another_rail()?;
    if read(&restarted, &called.call, called.call.body.as_bytes(), called.now(0))? != first {
        return Err("after a restart the same callback reads differently".into());
    }
    Ok(true)
}

pub(super) async fn another_amount<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let Some(called) = Called::of(subject, &whom).await? else { return Ok(false) };
    let told = called.heard()?;
    let other = Rupiah::new(called.amount.value() + 1).map_err(|why| why.to_string())?;
    match hints(called.read(&called.another(&called.reference, other)?)?) {
        Some(hints) if hints == told => Ok(true),
        Some(_) => Err("with another amount a callback leads to another question".into()),
        None => Err("with another amount a genuine callback is turned away".into()),
    }
}

pub(super) async fn silent<S: RailUnderTest>(subject: &S, whom: Whom) -> Tried {
    let Some(called) = Called::of(subject, &whom).await? else { return Ok(false) };
    let mut readings = vec![called.read(&called.call)?];
    let mut refusals = Vec::new();
    for call in [&called.call, &called.another("NOBODYS", called.amount)?] {
        for proof in called.proofs()? {
            for spoilt in [proof.left_out_of(call), proof.replaced_in(call, &altered(&proof.of(call)))] {
                let reading = called.read(&spoilt)?;
                refusals.extend(refusal(&reading).cloned());
                readings.push(reading);
            }
        }
    }
    if refusals.windows(2).any(|two| two[0] != two[1]) {
        return Err("refusals differ: whoever tries can tell which part of the proof was wrong, or who is known".into());
    }
    let shown = format!("{readings:?} {:?}", called.desk.rail);
    let answered = readings.iter().map(|reading| match reading {
        Reading::Genuine(notice) => &notice.reply,
        Reading::TurnedAway(reply) => reply,
    });
    let answered: String = answered
        .flat_map(|reply| [&reply.body].into_iter().chain(reply.headers.iter().map(|(_, v)| v)))
        .cloned()
        .collect();
    for (number, secret) in (1..).zip(subject.secrets().iter().filter(|secret| !secret.is_empty())) {
        if shown.contains(secret) || answered.contains(secret) {
            return Err(format!("secret number {number} stands in an answer, or in a Debug text"));
        }
    }
    Ok(true)
}
