//! Many wages in one request: services 20 and 40.
//!
//! A wage waits for a moment in a [`Room`], and who waits together goes together. What is sent is made when it is about to
//! leave, of those who still wait then: whoever stopped waiting before is not in it, and whoever stops later finds her
//! wage by asking (36 and 39, by her own reference and with `serviceCode` 20 or 40).
//!
//! * Sources: the bodies are ASPI's ([`crate::bodies::bulk`]). What happens to a `partnerReferenceNo` that comes again
//!   inside another request nobody documents, so the contract says it and the configuration repeats it.
//! * No request is ever sent again, and none is made of a wage that may have been in another one: that decides the
//!   planner, which sends a reference again only where the bank refuses what it has paid.
//! * The same set of wages always bears the same `partnerBulkId`, so that a bank that looks for duplicates finds it.
//! * What is answered is about the request. A success means that it was taken (`bulk/judge.rs`).
//!
//! A request that is refused for a reason which may be one worker's accuses nobody: each wage goes alone the next time,
//! and is judged then. Who goes alone is remembered in this process only. When it ends in between, they wait together
//! again, are refused together again, and go alone after that: nothing is lost, and nobody is paid by it.
mod judge;

use crate::bodies::bulk::{BulkCashIn, InterbankBulk};
use crate::client::{SnapClient, SnapEnvironment};
use crate::payer::Payer;
use crate::service::Service;
use crate::timestamp::timestamp;
use aws_lc_rs::digest;
use data_encoding::BASE32_NOPAD;
use judge::{judge, wants_to_be_split};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use upah_core::evidence::{Doubt, SubmitOutcome};
use upah_core::rail::DurableAttempt;
use upah_gather::{Guest, Room};

/// The most that one request may be configured to hold.
pub const PAYMENTS_MAX: usize = 1_000;
/// `partnerBulkId`; the standard takes 64 characters.
const ID_CHARS: usize = 52;
/// `customerReference` of 20.
const CUSTOMER_REFERENCE_CHARS: usize = 30;
const DOMAIN: &[u8] = b"upah/v1/bulk";

/// How wages are gathered into requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bulk {
    /// The most in one request, 2 to [`PAYMENTS_MAX`].
    pub payments: usize,
    /// How long a wage waits for others.
    pub gather: Duration,
}

/// One wage that waits.
struct Item {
    reference: String,
    body: String,
}

/// The desk from which requests of one service leave.
pub(crate) struct BulkDesk {
    post: Arc<Post>,
    room: Arc<Room<Item, SubmitOutcome>>,
}

impl BulkDesk {
    pub(crate) fn new(
        service: Service,
        bulk: Bulk,
        payer: &Payer,
        (client, environment): (&Arc<SnapClient>, &Arc<dyn SnapEnvironment>),
        late: Duration,
    ) -> Self {
        let post = Arc::new(Post {
            service,
            payer: payer.clone(),
            client: Arc::clone(client),
            environment: Arc::clone(environment),
            alone: Mutex::default(),
        });
        let sending = Arc::clone(&post);
        let room = Room::new(bulk.gather, late, bulk.payments, move |guests| {
            // One that hangs keeps nobody waiting who comes after it.
            tokio::spawn(Arc::clone(&sending).send(guests));
            std::future::ready(())
        });
        Self { post, room: Arc::new(room) }
    }

    pub(crate) fn service(&self) -> Service {
        self.post.service
    }

    /// Goes with others, or alone where a request was refused for somebody's sake.
    pub(crate) async fn submit(&self, attempt: &DurableAttempt) -> SubmitOutcome {
        let item = Item { reference: attempt.reference().as_str().to_owned(), body: attempt.body().to_owned() };
        if self.post.alone().contains(&item.reference) {
            return self.post.send_alone(&item).await;
        }
        let interrupted = SubmitOutcome::Unknown { doubt: Doubt::Interrupted, evidence: None };
        self.room.wait(item).await.unwrap_or(interrupted)
    }
}

/// Whom the request was made for.
#[derive(Default)]
struct Sent {
    id: String,
    /// In the try that the answer is about.
    last: BTreeSet<String>,
    /// In any try.
    ever: BTreeSet<String>,
}

impl Sent {
    /// What the outcome of the last try says to one of those who waited.
    fn tells(&self, reference: &str, outcome: &SubmitOutcome) -> SubmitOutcome {
        if self.last.contains(reference) {
            outcome.clone()
        } else if self.ever.contains(reference) {
            SubmitOutcome::Unknown { doubt: Doubt::Interrupted, evidence: None }
        } else {
            // She had waited too long when the request was made, or there was none.
            match outcome {
                SubmitOutcome::NotSent { .. } => outcome.clone(),
                _ => SubmitOutcome::NotSent { cause: upah_core::Cause::RailUnreachable, retry_after_seconds: None },
            }
        }
    }
}

/// What every request of a service has in common.
struct Post {
    service: Service,
    payer: Payer,
    client: Arc<SnapClient>,
    environment: Arc<dyn SnapEnvironment>,
    /// References that go alone from now on: theirs were refused together, or may have been in a request.
    alone: Mutex<BTreeSet<String>>,
}

impl Post {
    fn alone(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.alone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request of all who still wait when it leaves. It does not end with anybody who waits.
    async fn send(self: Arc<Self>, mut guests: Vec<Guest<Item, SubmitOutcome>>) {
        guests.sort_by(|one, other| one.item().reference.cmp(&other.item().reference));
        // Twice in one request would be twice in the bank's hands.
        let mut once: Vec<Guest<Item, SubmitOutcome>> = Vec::with_capacity(guests.len());
        for guest in guests {
            match once.last() {
                Some(last) if last.item().reference == guest.item().reference && !last.is_gone() => {
                    guest.tell(SubmitOutcome::Unknown { doubt: Doubt::Duplicate, evidence: None });
                }
                Some(last) if last.item().reference == guest.item().reference => {
                    once.pop();
                    once.push(guest);
                }
                _ => once.push(guest),
            }
        }
        let sent = Mutex::new(Sent::default());
        let body = || {
            let here: Vec<&Item> = once.iter().filter(|guest| !guest.is_gone()).map(Guest::item).collect();
            let (id, body) = self.body(&here)?;
            let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
            let here: BTreeSet<String> = here.iter().map(|item| item.reference.clone()).collect();
            sent.ever.extend(here.iter().cloned());
            (sent.id, sent.last) = (id, here);
            Some(Cow::Owned(body))
        };
        let result = self.client.call_late(self.service, &body).await;
        let sent = sent.into_inner().unwrap_or_else(PoisonError::into_inner);
        let outcome = judge(&result, &sent.id, sent.last.len());
        if wants_to_be_split(&outcome) || matches!(outcome, SubmitOutcome::Unknown { .. }) {
            self.alone().extend(sent.ever.iter().cloned());
        }
        for guest in once {
            let told = sent.tells(&guest.item().reference, &outcome);
            guest.tell(told);
        }
    }

    /// A request of one, which ends with whoever waits for it.
    async fn send_alone(&self, item: &Item) -> SubmitOutcome {
        let Some((id, body)) = self.body(&[item]) else {
            return SubmitOutcome::NotSent { cause: upah_core::Cause::BadRequest, retry_after_seconds: None };
        };
        let outcome = judge(&self.client.call(self.service, &body).await, &id, 1);
        if !matches!(outcome, SubmitOutcome::NotSent { .. } | SubmitOutcome::Unknown { .. }) {
            self.alone().remove(&item.reference);
        }
        outcome
    }

    /// The request for these, in the order of their references, and its id; `None` for nobody.
    fn body(&self, items: &[&Item]) -> Option<(String, String)> {
        let id = bulk_id(items.iter().map(|item| item.reference.as_str()));
        let bodies: Vec<&str> = items.iter().map(|item| item.body.as_str()).collect();
        let date = timestamp(self.environment.now_unix_millis());
        let info = self.payer.bulk_info();
        let body = match self.service {
            Service::BulkCashIn => {
                BulkCashIn { partner_bulk_id: &id, transaction_date: &date, items: &bodies, additional_info: &info }
                    .body()
            }
            _ => InterbankBulk {
                partner_bulk_id: &id,
                customer_reference: &id[..CUSTOMER_REFERENCE_CHARS],
                source_account_no: &self.payer.source_account,
                transaction_date: &date,
                items: &bodies,
                additional_info: &info,
            }
            .body(),
        };
        body.ok().map(|body| (id, body))
    }
}

/// The reference of the request for these references, which stand in order: base32 of SHA-256 over a domain tag and
/// each of them with its length. The same set has the same one.
fn bulk_id<'a>(references: impl Iterator<Item = &'a str>) -> String {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(DOMAIN);
    for reference in references {
        hash.update(&(reference.len() as u64).to_be_bytes());
        hash.update(reference.as_bytes());
    }
    let mut id = BASE32_NOPAD.encode(hash.finish().as_ref());
    id.truncate(ID_CHARS);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_wages_always_bear_the_same_id_and_others_never() {
        let of = |references: &[&str]| bulk_id(references.iter().copied());
        assert_eq!(of(&["A", "B"]), of(&["A", "B"]));
        for other in [&["A"][..], &["B", "A"], &["AB"], &["A", "B", "C"], &["", "AB"]] {
            assert_ne!(of(&["A", "B"]), of(other), "{other:?}");
        }
        let id = of(&["A", "B"]);
        assert!((CUSTOMER_REFERENCE_CHARS..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
}
