//! What the sandbox sees of its client: how often it calls, what it has sent before, and every
//! breach of the protocol.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use sha2::{Digest, Sha256};
use time::Date;

use crate::clock::{self, lock};
use crate::faults::Scope;

/// One breach of the protocol by the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// What was wrong.
    pub kind: ViolationKind,
    /// The service called, two digits; `00` for a path that is none.
    pub service: String,
    /// The partner reference of the request, if it had one.
    pub reference: String,
    /// The field or header concerned; never its value.
    pub detail: String,
}

/// The kinds of breach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ViolationKind {
    /// No service has this path.
    UnknownPath,
    /// Not a POST.
    WrongMethod,
    /// A mandatory header is missing.
    MissingHeader,
    /// A header has not the form the standard gives it.
    HeaderFormat,
    /// X-PARTNER-ID, CHANNEL-ID or X-CLIENT-KEY is not the client's.
    WrongPartner,
    /// X-TIMESTAMP is more than five minutes away.
    StaleTimestamp,
    /// X-SIGNATURE does not verify.
    BadSignature,
    /// X-EXTERNAL-ID came before on the same day.
    ExternalIdReused,
    /// The body is no JSON object.
    BadJson,
    /// A mandatory field is missing.
    MissingField,
    /// A field has not the form the standard gives it.
    FieldFormat,
    /// An amount is not `N.00` in IDR.
    AmountFormat,
    /// A date is not ISO 8601 with a zone.
    DateFormat,
    /// `feeType` is not OUR: the recipient would pay.
    FeeNotOurs,
    /// Another body under a reference that was used before.
    OtherBody,
    /// The `sessionId` was not issued for this number.
    ForeignSession,
    /// The source account is not the client's.
    ForeignSource,
    /// A payout that was released is released again.
    ApprovedTwice,
    /// A status inquiry names another service than the payment went by.
    WrongServiceCode,
}

/// More are counted, not kept.
const VIOLATIONS_KEPT: usize = 100_000;

#[derive(Debug)]
pub(crate) struct Watch {
    calls: Vec<AtomicU64>,
    violations: Mutex<Vec<Violation>>,
    external_ids: Mutex<(Date, HashSet<u128>)>,
    bodies: Mutex<HashMap<String, Sent>>,
    others: Mutex<HashMap<(Scope, String), u32>>,
}

#[derive(Debug)]
struct Sent {
    body: [u8; 32],
    times: u32,
}

impl Watch {
    pub(crate) fn new() -> Self {
        Self {
            calls: (0..100).map(|_| AtomicU64::new(0)).collect(),
            violations: Mutex::default(),
            external_ids: Mutex::new((clock::now().date(), HashSet::new())),
            bodies: Mutex::default(),
            others: Mutex::default(),
        }
    }

    pub(crate) fn called(&self, service: u8) {
        if let Some(count) = self.calls.get(usize::from(service)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn calls(&self) -> impl Iterator<Item = (String, u64)> {
        self.calls
            .iter()
            .enumerate()
            .map(|(service, count)| (format!("{service:02}"), count.load(Ordering::Relaxed)))
            .filter(|(_, count)| *count > 0)
    }

    pub(crate) fn violated(&self, kind: ViolationKind, service: u8, reference: &str, detail: &str) {
        let mut violations = lock(&self.violations);
        if violations.len() < VIOLATIONS_KEPT {
            violations.push(Violation {
                kind,
                service: format!("{service:02}"),
                reference: reference.to_owned(),
                detail: detail.to_owned(),
            });
        }
    }

    pub(crate) fn violations(&self) -> Vec<Violation> {
        lock(&self.violations).clone()
    }

    /// Whether this id, of at most 36 characters, is new today.
    pub(crate) fn is_new_external_id(&self, text: &str) -> bool {
        let today = clock::now().date();
        // A one in front keeps leading zeros apart. Numbers are kept as they are; what has letters is told by its hash.
        let id = format!("1{text}").parse::<u128>().unwrap_or_else(|_| {
            let digest = Sha256::digest(text);
            digest.iter().take(16).fold(0, |id, byte| id << 8 | u128::from(*byte))
        });
        let mut seen = lock(&self.external_ids);
        if seen.0 != today {
            *seen = (today, HashSet::new());
        }
        seen.1.insert(id)
    }

    /// How often this reference was submitted with this one, and whether the body is the first's.
    pub(crate) fn submitted(&self, reference: &str, body: [u8; 32]) -> (u32, bool) {
        let mut bodies = lock(&self.bodies);
        if let Some(sent) = bodies.get_mut(reference) {
            sent.times = sent.times.saturating_add(1);
            return (sent.times, sent.body == body);
        }
        bodies.insert(reference.to_owned(), Sent { body, times: 1 });
        (1, true)
    }

    /// How often this subject was asked about, with this call.
    pub(crate) fn asked(&self, scope: Scope, subject: &str) -> u32 {
        let mut others = lock(&self.others);
        let times = others.entry((scope, subject.to_owned())).or_default();
        *times = times.saturating_add(1);
        *times
    }
}
