//! The suite for rails: [`prove`] puts a [`FaultyProxy`](crate::proxy::FaultyProxy) between your
//! adapter and your own happy-path fake of the provider, and holds what the adapter says against what
//! the fake has booked.
//!
//! The contract that is proved stands on [`upah_core::rail`]; the [manual](crate) shows a rail on its
//! way to green.
//!
//! # Every property
//!
#![doc = include_str!("rail/properties.md")]
mod asking;
mod callbacks;
mod claims;
mod desk;
mod echo;
mod own_words;
mod properties;
mod sending;
mod variants;

use crate::plan::{Plan, on_a_runtime};
use crate::report::{Finding, Report};
use crate::wages::{durable, pay_row, with_attempt};
use std::fmt::Debug;
use std::future::Future;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use upah_core::policy::RailPolicy;
use upah_core::rail::{DurableAttempt, Rail};
use upah_core::reference::Reference;
use upah_core::{Destination, Rupiah, Timestamp};

/// An attempt to one destination, as a store that has just written it down hands it out: for what an author tests of
/// the adapter besides the properties.
///
/// # Errors
/// The destination or the amount makes no row.
pub fn durable_attempt(
    to: &Destination,
    amount: Rupiah,
    reference: &Reference,
    body: &str,
) -> Result<DurableAttempt, String> {
    durable(&with_attempt(pay_row(1, amount, vec![to.clone()]), reference, body)?)
}

/// How many properties are tried at the same time.
const WORKERS: usize = 4;

/// The time as the suite wants your rail to see it: the system's, or shifted. Every reading of a clock
/// in the rail must come from here.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// Milliseconds since 1970 UTC.
    #[must_use]
    pub fn now_unix_millis(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
        u64::try_from(now.saturating_add(self.0.load(Ordering::SeqCst))).unwrap_or(0)
    }

    /// The same as the core counts it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(i64::try_from(self.now_unix_millis()).unwrap_or(i64::MAX))
    }

    pub(crate) fn shift_seconds(&self, seconds: i64) {
        self.0.store(seconds.saturating_mul(1_000), Ordering::SeqCst);
    }
}

/// One payment that your fake provider has booked.
#[derive(Clone, PartialEq, Eq)]
pub struct Booking {
    /// The reference under which it was asked for.
    pub reference: String,
    /// How much was paid out.
    pub amount: Rupiah,
    /// The account or phone that was paid; empty when the fake does not keep it.
    pub account: String,
    /// Where that account is, as far as the fake knows it, the way a destination begins: `bank:014`,
    /// `ewallet:dana`, or `ewallet` alone. The same digits at another bank are somebody else's account. Empty when
    /// the fake does not keep it; then the report says that nobody looked.
    pub institution: String,
}

impl Debug for Booking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Booking")
            .field("reference", &self.reference)
            .field("amount", &self.amount)
            .field("institution", &self.institution)
            .finish_non_exhaustive()
    }
}

/// What an answer means, perhaps once a word of it is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing: the provider never says that.
    NeverHeard,
    /// The provider is still at work on it.
    AtWork,
    /// She has the money.
    Paid,
    /// It ended without payment.
    Failed,
    /// It was paid, and the money came back.
    Returned,
}

/// A word of the fake's success, and another in its place: `"status":"PAID"` and `"status":"RETURNED"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it stands in an answer of the fake, byte for byte.
    pub said: String,
    /// What is put in its place.
    pub instead: String,
    /// What the answer means then.
    pub means: Meaning,
    /// Whether it may stand in the answer to a payment, too, or only in that to an inquiry.
    pub answers_payments: bool,
}

/// What a genuine callback is to say.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// Our reference: the payment ended.
    pub reference: &'a str,
    /// How much the callback says was paid.
    pub amount: Rupiah,
    /// When it is signed, in milliseconds since 1970 UTC.
    pub at_unix_millis: u64,
}

/// A callback as it travels, and what its proof covers.
#[derive(Clone)]
pub struct Callback {
    /// HTTP method.
    pub method: String,
    /// Everything after the host.
    pub target: String,
    /// Headers, the proof among them.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// Whether the proof covers the body. A token that is always the same does not.
    pub covers_body: bool,
    /// Whether white space between the tokens of the JSON may change on the way.
    pub may_be_spaced: bool,
    /// For how long it is fresh, either way, in seconds; `None` when the proof covers no time.
    pub window_seconds: Option<u32>,
}

impl Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Callback").field("method", &self.method).finish_non_exhaustive()
    }
}

/// How the kit gets at a rail of yours, and at the provider behind it.
///
/// Only the happy path of the provider is yours to fake, over plain HTTP on loopback: it books a
/// reference once, answers a repetition as the real one does, and tells the status of what it booked.
///
/// What the suite takes for granted of the wire:
///
/// * While a wage is sent, the one request that bears its reference is the payment: the stored body, byte for byte, and
///   booked when it arrives. Whatever comes before it (a token, a batch that is opened) does not bear the reference. A
///   provider that prepares a payment and carries it out in a second request is told by [`paying_step`](Self::paying_step).
/// * A question about a wage bears its reference, in the path, the query or the body. A provider that knows no reference
///   of ours, and is searched instead, is told by [`question`](Self::question).
/// * What is echoed is found as text, the way it is written without any marks: `600000` is found in `600000.00`, and
///   `600.000,00` counts as not echoed. Name such forms among the [`words`](Self::words).
/// * Only JSON is garbled word by word; for other formats name more of the [`words`](Self::words).
pub trait RailUnderTest: Sync {
    /// A running fake. Dropping it stops it. Every case begins with a fresh one.
    type Provider: Send + Sync;
    /// The rail. Its `Debug` is looked through for secrets.
    type Rail: Rail + Debug + 'static;

    /// What the report calls it.
    fn name(&self) -> String;

    /// Starts a fake provider that has booked nothing.
    ///
    /// # Errors
    /// In words; the property that asked fails with them.
    fn provider(&self) -> impl Future<Output = Result<Self::Provider, String>> + Send;

    /// Where the fake listens: `http://127.0.0.1:port`, perhaps with a path.
    fn base_url(&self, provider: &Self::Provider) -> String;

    /// Makes the rail as your configuration would, but against this URL, with this clock, and with a
    /// short deadline (a second or less) for a call: the suite lets many of them pass.
    ///
    /// # Errors
    /// In words; the property that asked fails with them.
    fn rail(&self, provider: &Self::Provider, base_url: &str, clock: Clock) -> Result<Self::Rail, String>;

    /// What the fake has booked so far, whatever the reference.
    ///
    /// # Errors
    /// In words; the property that asked fails with them.
    fn bookings(&self, provider: &Self::Provider) -> impl Future<Output = Result<Vec<Booking>, String>> + Send;

    /// What the rail claims: the form of its references, its limit, for how long references are known.
    fn policy(&self) -> RailPolicy;

    /// At least one destination of every kind that the rail serves, and of each kind two banks or wallets where it
    /// serves several: with one bank alone, a bank code that stands fixed in the adapter is never noticed. The fake
    /// must take them all, and the account of one at the bank of another.
    fn destinations(&self) -> Vec<Destination>;

    /// Everything that must never be seen in `Debug`, in what is recorded, or in a URL: keys, client
    /// secrets, tokens of the fake. With none named, the report says that nobody looked for any.
    fn secrets(&self) -> Vec<String>;

    /// A destination whose payment the fake refuses with the provider's own envelope. Where the rail asks about accounts
    /// first, the fake finds this one: it is the payment that is refused.
    fn refused_destination(&self) -> Option<Destination> {
        None
    }

    /// The body with which the provider itself says 429 to a payment to this destination.
    fn busy_body(&self, destination: &Destination) -> Option<String> {
        let _ = destination;
        None
    }

    /// What the fake's first answer to a payment means, as it comes. A provider that queues a payment and pays it
    /// later says [`Meaning::AtWork`]: then [`submit`](upah_core::rail::Rail::submit) must not tell it as settled,
    /// for a queued wage may still fail, and its worker would be told that she has been paid.
    fn first_answer(&self) -> Meaning {
        Meaning::Paid
    }

    /// For a provider that takes two requests for a payment, one that only prepares it and one that moves the money: a
    /// text that stands in the second one and in no other request, such as its path. Faults then strike that one, and
    /// the first one by a property of its own. `None` where the request that bears our reference is the payment.
    fn paying_step(&self) -> Option<String> {
        None
    }

    /// For a provider that cannot be asked by our reference, so that its lists are searched: a text that stands in every
    /// request of a question, such as the beginning of all its paths. Then what is listed under another reference or
    /// account is another wage, and hers may be told as not found; it is never told as paid. `None` where a question
    /// bears our reference.
    fn question(&self) -> Option<String> {
        None
    }

    /// Words of the fake's success, and others that this provider has, or never says, in their place. The
    /// suite garbles answers on its own, too; but only you know which of their words is the status.
    ///
    /// Where the first answer is `QUEUED` and the inquiry says `DONE`, name both as [`said`](Word::said): `"QUEUED"`
    /// is replaced in answers to payments, `"DONE"` in answers to inquiries, and a word that does not stand in an
    /// answer changes nothing there. So each of the provider's other words is named twice.
    ///
    /// Not only the status is worth naming: another currency in the place of `IDR`, sen in the place of `.00`, another
    /// bank's code in the place of hers are words that this provider never says of her wage.
    fn words(&self) -> Vec<Word> {
        Vec::new()
    }

    /// A callback as your provider makes it, with its proof, in an order of fields that it uses. The rail that
    /// [`RailUnderTest::rail`] makes must know this provider. `None` when the provider does not call.
    fn callback(&self, told: Told<'_>) -> Option<Callback> {
        let _ = told;
        None
    }

    /// The proof of a [`callback`](Self::callback), where it stands in no header: a text of its target or its body, such
    /// as a token that is sent along. It is taken out and altered as a header would be.
    fn callback_proof(&self) -> Option<String> {
        None
    }

    /// How the fake's answer about a paid wage reads when only `part` of it came back: texts of that answer, each with
    /// what stands in its place then. Empty where a provider returns whole payments only.
    fn partial_return(&self, wage: Rupiah, part: Rupiah) -> Vec<(String, String)> {
        let _ = (wage, part);
        Vec::new()
    }

    /// A callback that tells that a paid wage came back; [`callback`](Self::callback) makes those that tell of an end.
    fn callback_of_a_return(&self, told: Told<'_>) -> Option<Callback> {
        let _ = told;
        None
    }

    /// What the fake's paying account holds at this moment, where the rail asks for it.
    fn balance(&self, provider: &Self::Provider) -> impl Future<Output = Option<Rupiah>> + Send {
        let _ = provider;
        async { None }
    }

    /// Lets so many days pass for the fake, which then forgets what the provider would forget by then.
    /// Says whether it can. The rail's clock is moved along, so a fake that looks at the times of signatures moves its
    /// own as well.
    fn pass_days(&self, provider: &Self::Provider, days: u32) -> impl Future<Output = bool> + Send {
        let _ = (provider, days);
        async { false }
    }
}

/// Proves a rail: every property of the suite, each of its faults with each destination once, and oftener
/// when the plan asks for more cases than that.
///
/// Blocks until it is done, on threads and tokio runtimes of its own: most of the time is spent waiting
/// for deadlines, so some properties are tried at the same time.
#[must_use]
pub fn prove<S: RailUnderTest>(subject: &S, plan: &Plan) -> Report {
    let asked: Vec<_> = properties::all::<S>().into_iter().filter(|one| plan.asks_for(one.name)).collect();
    let (next, count) = (AtomicUsize::new(0), asked.len());
    let (queue, found) = (Mutex::new(asked.into_iter()), Mutex::new(Vec::new()));
    let work = || {
        on_a_runtime(|runtime| {
            loop {
                // Taking one and counting it belong together, or findings would change places.
                let (property, place) = {
                    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
                    let Some(property) = queue.next() else { return };
                    (property, next.fetch_add(1, Ordering::SeqCst))
                };
                let verdict = (property.prove)(subject, plan, runtime);
                let finding = Finding { property: property.name, protects: property.protects, verdict };
                found.lock().unwrap_or_else(PoisonError::into_inner).push((place, finding));
            }
        })
    };
    let ended: Result<(), String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| Err("a worker panicked".into())));
        ended.collect()
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(place, _)| *place);
    let findings: Vec<_> = found.into_iter().map(|(_, finding)| finding).collect();
    let is_whole = findings.len() == count;
    let findings = ended.and(if is_whole { Ok(findings) } else { Err("some properties were not tried".into()) });
    Report::of(subject.name(), "rail", plan, findings)
}
