//! What providers say unasked: how their payments ended, on request, as soon as they end: often before the answer to the
//! payment itself arrives. They deliver again until it is acknowledged.
//!
//! What the bank says is in [`snap`]; what a provider of payouts says, and how it proves itself, in its own file.

mod post;
mod snap;

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::clock::lock;
use crate::faults::{Drawn, Fault, FaultPlan, Scope};
use crate::keys::TestKeys;
use crate::ledger::Entry;
use crate::world::World;
use crate::{flip, iris, oy, xendit};

/// Nobody is called more often about one payment.
const DELIVERIES_MAX: u32 = 20;

/// Whom the bank calls, and with what it signs.
#[derive(Clone)]
#[non_exhaustive]
pub struct CallbackConfig {
    /// `http://127.0.0.1:PORT/v1.0`: loopback only, and the prefix before the standard's paths.
    pub url: String,
    /// The bank's own pair; the client is given its public half.
    pub keys: TestKeys,
    /// The bank's client id at the client and the secret they share: with these it fetches a token first and signs
    /// symmetrically. Without, its key signs.
    pub shared: Option<(String, String)>,
}

impl CallbackConfig {
    /// Calls that are signed with the bank's key.
    #[must_use]
    pub fn new(url: &str, keys: TestKeys) -> Self {
        Self { url: url.to_owned(), keys, shared: None }
    }
}

impl fmt::Debug for CallbackConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackConfig").field("url", &self.url).finish_non_exhaustive()
    }
}

/// A provider of payouts that calls back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayoutProvider {
    /// With the token in `x-callback-token`.
    Xendit,
    /// With the token in the form.
    Flip,
    /// With nothing but the address that it was given, which has to bear the secret: `?token=SECRET`.
    Oy,
    /// With the hash of body and merchant key in `Iris-Signature`; the secret is that key.
    Iris,
}

/// Whom a provider of payouts calls, and with which proof.
#[derive(Clone)]
pub struct PayoutCallbacks {
    /// Who calls.
    pub provider: PayoutProvider,
    /// The whole address, without a query: `http://127.0.0.1:PORT/…`, loopback only.
    pub url: String,
    /// What was agreed upon with the client.
    pub secret: String,
}

impl fmt::Debug for PayoutCallbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayoutCallbacks").field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// What is delivered to the address of a client.
pub(crate) struct Letter {
    /// Behind the address: a path of the standard's, or a query.
    pub(crate) behind: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    /// How the payment stands, in the provider's own word.
    pub(crate) told: String,
}

impl PayoutProvider {
    /// Whose a payment is; `None` for the bank's.
    fn of(entry: &Entry) -> Option<Self> {
        let (provider, _) = entry.reference.split_once('/')?;
        Some(match provider {
            "xendit" => Self::Xendit,
            "flip" => Self::Flip,
            "oy" => Self::Oy,
            "iris" => Self::Iris,
            _ => return None,
        })
    }

    /// What it says of a payment under this secret; nothing when it says nothing.
    fn letter(self, world: &World, entry: &Entry, secret: &str) -> Option<Letter> {
        match self {
            Self::Xendit => xendit::told(world, entry, secret),
            Self::Flip => flip::told(world, entry, secret),
            Self::Oy => oy::told(world, entry, secret),
            Self::Iris => iris::told(entry, secret),
        }
    }
}

/// What the client answered to one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CallbackAnswer {
    /// What tells repeats of the payment that it was about.
    pub reference: String,
    /// `latestTransactionStatus` as it was told; a provider of payouts' own word.
    pub told: String,
    /// Whether somebody else than the provider had signed it.
    pub forged: bool,
    /// HTTP status; 0 when nobody answered.
    pub status: u16,
    /// `responseCode` of the answer, if it had one.
    pub code: String,
}

/// The telephone of the sandbox: whom to call, and what was answered.
#[derive(Debug, Default)]
pub(crate) struct Telephone {
    lines: RwLock<Vec<(Option<PayoutProvider>, UnboundedSender<Entry>)>>,
    answers: Arc<Mutex<Vec<CallbackAnswer>>>,
}

/// Who speaks over a line.
pub(crate) enum Speaker {
    Bank(CallbackConfig),
    Payouts(PayoutCallbacks),
}

impl Telephone {
    /// From now on payments that end are told to this client, under the faults of the world at that time.
    pub(crate) fn connect(&self, speaker: Speaker, world: Weak<World>) {
        let provider = match &speaker {
            Speaker::Bank(_) => None,
            Speaker::Payouts(config) => Some(config.provider),
        };
        let (calls, waiting) = unbounded_channel();
        let caller = Arc::new(Caller { speaker, world, answers: Arc::clone(&self.answers) });
        // It ends when the line is replaced or dropped, with the world.
        tokio::spawn(serve(caller, waiting));
        let mut lines = self.lines.write().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|(known, _)| *known != provider);
        lines.push((provider, calls));
    }

    /// Whether anybody is to be called.
    pub(crate) fn is_connected(&self) -> bool {
        !self.lines.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// A payment has ended as it now stands.
    pub(crate) fn tell(&self, entry: Entry) {
        let provider = PayoutProvider::of(&entry);
        let lines = self.lines.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, line)) = lines.iter().find(|(known, _)| *known == provider) {
            // The task is gone with its runtime: then nobody is there to be told.
            let _ = line.send(entry);
        }
    }

    pub(crate) fn answers(&self) -> Vec<CallbackAnswer> {
        lock(&self.answers).clone()
    }
}

struct Caller {
    speaker: Speaker,
    world: Weak<World>,
    answers: Arc<Mutex<Vec<CallbackAnswer>>>,
}

async fn serve(caller: Arc<Caller>, mut waiting: UnboundedReceiver<Entry>) {
    let mut calls = JoinSet::new();
    loop {
        tokio::select! {
            entry = waiting.recv() => match entry {
                Some(entry) => {
                    let (plan, nth) = (caller.plan(), nth(&entry));
                    let drawn = plan.draw(Scope::Callback, &entry.reference, &entry.account, nth);
                    // One task each: who is slow is overtaken.
                    calls.spawn(deliver(Arc::clone(&caller), entry, drawn, plan));
                }
                None => return,
            },
            Some(_) = calls.join_next() => {}
        }
    }
}

/// The end of a payment is its first call, its return the second.
fn nth(entry: &Entry) -> u32 {
    if entry.standing.status().0 == "04" { 2 } else { 1 }
}

async fn deliver(caller: Arc<Caller>, entry: Entry, drawn: Drawn, plan: Arc<FaultPlan>) {
    if let Some(delay) = drawn.delay(plan.numbers()) {
        tokio::time::sleep(delay).await;
    }
    match drawn.outcome {
        Some(Fault::CallbackLost) => {}
        Some(Fault::CallbackForged) => {
            caller.call(&entry, true).await;
        }
        outcome => {
            for _ in 0..DELIVERIES_MAX {
                if (200..300).contains(&caller.call(&entry, false).await) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            if outcome == Some(Fault::CallbackTwice) {
                caller.call(&entry, false).await;
            }
        }
    }
}

impl Caller {
    fn plan(&self) -> Arc<FaultPlan> {
        self.world.upgrade().map_or_else(Arc::default, |world| world.plan())
    }

    /// Delivers once; the status of the answer, 0 when there was none. What nothing is said of counts as heard.
    async fn call(&self, entry: &Entry, forged: bool) -> u16 {
        let (told, answer) = match self.letter(entry, forged).await {
            Ok(Some((to, letter))) => {
                let target = format!("{}{}", to.prefix, letter.behind);
                (letter.told, post::post(&to, &target, &letter.headers, letter.body).await)
            }
            Ok(None) => return 200,
            Err(error) => (String::new(), Err(error)),
        };
        let (status, code) = match answer {
            Ok((status, body)) => (status, text(&body, "responseCode")),
            Err(_) => (0, String::new()),
        };
        let reference = entry.reference.clone();
        lock(&self.answers).push(CallbackAnswer { reference, told, forged, status, code });
        status
    }

    async fn letter(&self, entry: &Entry, forged: bool) -> std::io::Result<Option<(post::Address, Letter)>> {
        match &self.speaker {
            Speaker::Bank(config) => {
                let to = post::Address::of(&config.url)?;
                let letter = snap::letter(config, &to, entry, forged).await?;
                Ok(Some((to, letter)))
            }
            Speaker::Payouts(config) => {
                let to = post::Address::of(&config.url)?;
                let secret = if forged { "somebody-elses" } else { config.secret.as_str() };
                let letter = self.world.upgrade().and_then(|world| config.provider.letter(&world, entry, secret));
                Ok(letter.map(|letter| (to, letter)))
            }
        }
    }
}

/// A text of a JSON body; empty when it has none of this name.
fn text(body: &[u8], name: &str) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
