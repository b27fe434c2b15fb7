//! All that the providers of one sandbox share: the book, the faults, the watch, who is known.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;

use crate::callbacks::Telephone;
use crate::clock::lock;
use crate::config::{NamePolicy, SandboxConfig};
use crate::faults::FaultPlan;
use crate::keys::PublicKey;
use crate::ledger::Ledger;
use crate::names;
use crate::signature::SymmetricKey;
use crate::watch::Watch;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) config: SandboxConfig,
    pub(crate) client_secret: SymmetricKey,
    pub(crate) client_key: PublicKey,
    pub(crate) watch: Watch,
    pub(crate) telephone: Telephone,
    ledger: Mutex<Ledger>,
    plan: RwLock<Arc<FaultPlan>>,
    tokens: Mutex<HashMap<String, Instant>>,
    holders: RwLock<HashMap<String, String>>,
    forgotten_keys: AtomicU32,
    bulks: Mutex<HashMap<String, [u8; 32]>>,
}

/// Whether a bearer token opens the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenState {
    Good,
    Expired,
    Unknown,
}

impl World {
    pub(crate) fn new(config: SandboxConfig) -> io::Result<Self> {
        let client_secret = SymmetricKey::new(&config.credentials.client_secret)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the secret is no key"))?;
        let ledger = match &config.ledger {
            Some(path) => Ledger::at(path, config.balance)?,
            None => Ledger::in_memory(config.balance),
        };
        Ok(Self {
            client_secret,
            client_key: PublicKey::from_text(&config.credentials.public_key_pem)?,
            watch: Watch::new(),
            telephone: Telephone::default(),
            ledger: Mutex::new(ledger),
            plan: RwLock::new(Arc::new(config.faults.clone())),
            tokens: Mutex::default(),
            holders: RwLock::default(),
            forgotten_keys: AtomicU32::new(0),
            bulks: Mutex::default(),
            config,
        })
    }

    /// Runs `act` on the book; short, and never across an await.
    pub(crate) fn ledger<T>(&self, act: impl FnOnce(&mut Ledger) -> T) -> T {
        act(&mut lock(&self.ledger))
    }

    /// Tells the client how a payment stands, where it wants to be told.
    pub(crate) fn notify(&self, reference: &str) {
        if self.telephone.is_connected()
            && let Some(entry) = self.ledger(|ledger| ledger.entry(reference))
        {
            self.telephone.tell(entry);
        }
    }

    /// Ends a payment in progress now. Says whether there was one.
    pub(crate) fn settle(&self, reference: &str) -> io::Result<bool> {
        let Some(reference) = &self.ledger(|ledger| ledger.key(reference)) else { return Ok(false) };
        let settled = self.ledger(|ledger| ledger.settle(reference))?;
        if settled {
            self.notify(reference);
        }
        Ok(settled)
    }

    /// Gives a booked payment back. Says whether there was one.
    pub(crate) fn give_back(&self, reference: &str) -> io::Result<bool> {
        let Some(reference) = &self.ledger(|ledger| ledger.key(reference)) else { return Ok(false) };
        let returned = self.ledger(|ledger| ledger.give_back(reference))?;
        if returned {
            self.notify(reference);
        }
        Ok(returned)
    }

    pub(crate) fn plan(&self) -> Arc<FaultPlan> {
        Arc::clone(&self.plan.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_plan(&self, plan: FaultPlan) {
        *self.plan.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(plan);
    }

    pub(crate) fn set_holder(&self, account: &str, name: &str) {
        self.holders.write().unwrap_or_else(PoisonError::into_inner).insert(account.to_owned(), name.to_owned());
    }

    /// The holder's name; `None` for an account that does not exist.
    pub(crate) fn holder(&self, account: &str) -> Option<String> {
        let told = self.holders.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = told.get(account) {
            return Some(name.clone());
        }
        match &self.config.names {
            NamePolicy::Invented => Some(names::invented(account)),
            NamePolicy::Registered(holders) => holders.get(account).cloned(),
        }
    }

    pub(crate) fn exists(&self, account: &str) -> bool {
        matches!(self.config.names, NamePolicy::Invented) || self.holder(account).is_some()
    }

    /// Remembers a request for many by its id and content. Its content when it came before.
    pub(crate) fn take_bulk(&self, id: &str, body: [u8; 32]) -> Option<[u8; 32]> {
        let mut bulks = lock(&self.bulks);
        let known = bulks.get(id).copied();
        if known.is_none() {
            bulks.insert(id.to_owned(), body);
        }
        known
    }

    /// How often idempotency keys were forgotten.
    pub(crate) fn forgotten_keys(&self) -> u32 {
        self.forgotten_keys.load(Ordering::SeqCst)
    }

    pub(crate) fn forget_keys(&self) {
        self.forgotten_keys.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn issue_token(&self) -> io::Result<String> {
        let mut random = [0; 24];
        getrandom::fill(&mut random).map_err(|_| io::Error::other("no randomness"))?;
        let token = HEXLOWER.encode(&random);
        let end = Instant::now() + Duration::from_secs(u64::from(self.config.token_seconds));
        lock(&self.tokens).insert(token.clone(), end);
        Ok(token)
    }

    pub(crate) fn token_state(&self, token: &str) -> TokenState {
        match lock(&self.tokens).get(token) {
            None => TokenState::Unknown,
            Some(end) if *end <= Instant::now() => TokenState::Expired,
            Some(_) => TokenState::Good,
        }
    }

    pub(crate) fn forget_token(&self, token: &str) {
        lock(&self.tokens).remove(token);
    }
}
