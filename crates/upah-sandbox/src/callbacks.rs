//! What the bank says unasked: signed notifications of how its payments ended, on request.
//!
//! The standard has no notification for 17, 18 and 38. This bank tells of all of them in the shape of 75
//! (`transfer-skn/notify`), as soon as they end: often before its answer to the payment itself arrives. It signs
//! the compact body and sends it with white space, as three official clients do, and delivers again until it is
//! acknowledged.

mod post;

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::clock::{self, lock};
use crate::faults::{Drawn, Fault, FaultPlan, Scope};
use crate::keys::TestKeys;
use crate::ledger::Entry;
use crate::signature::{self, SymmetricKey};
use crate::snap::idr;

const PATH: &str = "/transfer-skn/notify";
const TOKEN_PATH: &str = "/access-token/b2b";
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

/// What the client answered to one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CallbackAnswer {
    /// The partner reference that it was about.
    pub reference: String,
    /// `latestTransactionStatus` as it was told.
    pub told: String,
    /// Whether somebody else than the bank had signed it.
    pub forged: bool,
    /// HTTP status; 0 when nobody answered.
    pub status: u16,
    /// `responseCode` of the answer, if it had one.
    pub code: String,
}

/// The bank's telephone: whom to call, and what was answered.
#[derive(Debug, Default)]
pub(crate) struct Telephone {
    line: RwLock<Option<UnboundedSender<Entry>>>,
    answers: Arc<Mutex<Vec<CallbackAnswer>>>,
}

impl Telephone {
    /// From now on payments that end are told to this client, under the faults of the plan at that time.
    pub(crate) fn connect(&self, config: CallbackConfig, plan: impl Fn() -> Arc<FaultPlan> + Send + 'static) {
        let (calls, waiting) = unbounded_channel();
        let bank = Arc::new(Bank { config, answers: Arc::clone(&self.answers) });
        // It ends when the line is replaced or dropped, with the world.
        tokio::spawn(serve(bank, waiting, plan));
        *self.line.write().unwrap_or_else(PoisonError::into_inner) = Some(calls);
    }

    /// Whether anybody is to be called.
    pub(crate) fn is_connected(&self) -> bool {
        self.line.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// A payment has ended as it now stands.
    pub(crate) fn tell(&self, entry: Entry) {
        if let Some(line) = &*self.line.read().unwrap_or_else(PoisonError::into_inner) {
            // The task is gone with its runtime: then nobody is there to be told.
            let _ = line.send(entry);
        }
    }

    pub(crate) fn answers(&self) -> Vec<CallbackAnswer> {
        lock(&self.answers).clone()
    }
}

struct Bank {
    config: CallbackConfig,
    answers: Arc<Mutex<Vec<CallbackAnswer>>>,
}

async fn serve(
    bank: Arc<Bank>,
    mut waiting: UnboundedReceiver<Entry>,
    plan: impl Fn() -> Arc<FaultPlan> + Send + 'static,
) {
    let mut calls = JoinSet::new();
    loop {
        tokio::select! {
            entry = waiting.recv() => match entry {
                Some(entry) => {
                    let (plan, nth) = (plan(), nth(&entry));
                    let drawn = plan.draw(Scope::Callback, &entry.reference, &entry.account, nth);
                    // One task each: who is slow is overtaken.
                    calls.spawn(deliver(Arc::clone(&bank), entry, drawn, plan));
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

async fn deliver(bank: Arc<Bank>, entry: Entry, drawn: Drawn, plan: Arc<FaultPlan>) {
    if let Some(delay) = drawn.delay(plan.numbers()) {
        tokio::time::sleep(delay).await;
    }
    match drawn.outcome {
        Some(Fault::CallbackLost) => {}
        Some(Fault::CallbackForged) => {
            bank.call(&entry, true).await;
        }
        outcome => {
            for _ in 0..DELIVERIES_MAX {
                if (200..300).contains(&bank.call(&entry, false).await) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            if outcome == Some(Fault::CallbackTwice) {
                bank.call(&entry, false).await;
            }
        }
    }
}

impl Bank {
    /// Delivers once; the status of the answer, 0 when there was none.
    async fn call(&self, entry: &Entry, forged: bool) -> u16 {
        let told = entry.standing.status().0.to_owned();
        let (status, code) = match self.post(entry, forged).await {
            Ok((status, body)) => (status, text(&body, "responseCode")),
            Err(_) => (0, String::new()),
        };
        let reference = entry.reference.clone();
        lock(&self.answers).push(CallbackAnswer { reference, told, forged, status, code });
        status
    }

    async fn post(&self, entry: &Entry, forged: bool) -> std::io::Result<(u16, Vec<u8>)> {
        let to = post::Address::of(&self.config.url)?;
        let target = format!("{}{PATH}", to.prefix);
        let time = clock::iso(clock::now());
        let body = notification(entry);
        let digest = signature::body_digest(body.as_bytes());
        let key = if forged { TestKeys::generate()? } else { self.config.keys.clone() };
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("x-timestamp", time.clone()),
            ("x-partner-id", "UJICOBA".to_owned()),
            ("x-external-id", external_id()?),
            ("channel-id", "95221".to_owned()),
        ];
        let signed = match &self.config.shared {
            None => key.sign(&signature::string_to_sign_without_token("POST", &target, &digest, &time))?,
            Some((client_id, secret)) => {
                let token = self.token(&to, client_id).await?;
                headers.push(("authorization", format!("Bearer {token}")));
                let secret = if forged { "somebody else's" } else { secret.as_str() };
                let secret = SymmetricKey::new(secret).ok_or(std::io::ErrorKind::InvalidInput)?;
                secret.sign(&signature::string_to_sign("POST", &target, &token, &digest, &time))
            }
        };
        headers.push(("x-signature", signed));
        post::post(&to, &target, &headers, body).await
    }

    async fn token(&self, to: &post::Address, client_id: &str) -> std::io::Result<String> {
        let time = clock::iso(clock::now());
        let signed = self.config.keys.sign(&format!("{client_id}|{time}"))?;
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("x-timestamp", time),
            ("x-client-key", client_id.to_owned()),
            ("x-signature", signed),
        ];
        let body = json!({"grantType": "client_credentials"}).to_string();
        let (_, body) = post::post(to, &format!("{}{TOKEN_PATH}", to.prefix), &headers, body).await?;
        Ok(text(&body, "accessToken"))
    }
}

/// With white space, which the signature does not cover.
fn notification(entry: &Entry) -> String {
    let (status, description) = entry.standing.status();
    let body = json!({
        "originalPartnerReferenceNo": entry.reference,
        "originalReferenceNo": entry.reference_no,
        "latestTransactionStatus": status,
        "transactionStatusDesc": description,
        "amount": idr(entry.amount),
        "beneficiaryAccountNo": entry.account,
        "beneficiaryBankCode": entry.bank_code,
        "sourceAccountNo": entry.source,
        "transactionDate": entry.at,
    });
    format!("{body:#}")
}

fn text(body: &[u8], name: &str) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn external_id() -> std::io::Result<String> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| std::io::Error::other("no randomness"))?;
    Ok(format!("{:019}", u64::from_be_bytes(random) >> 4))
}
