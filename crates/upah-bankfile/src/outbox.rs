//! The sending side: wages that wait together go into one file.
//!
//! A wage waits for a short time, or until as many wait as a file shall hold. What is written then is written under the
//! register's lock, so that of several processes each finds what the others have placed.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use upah_core::evidence::{Doubt, Evidence, Grade, Refusal, SubmitOutcome};
use upah_core::rail::DurableAttempt;
use upah_core::{Cause, Rupiah, Timestamp};

use crate::payment_file::{Debtor, PaymentFile};
use crate::register::{Placing, Record, Register, Step};
use crate::transfer::Transfer;

/// One attempt on its way into a file.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) reference: String,
    pub(crate) amount: Rupiah,
    pub(crate) body: String,
}

impl Item {
    pub(crate) fn of(attempt: &DurableAttempt) -> Self {
        let (reference, body) = (attempt.reference().as_str().to_owned(), attempt.body().to_owned());
        Self { reference, amount: attempt.amount(), body }
    }

    /// The transfer of the stored body, if that is what the attempt is about.
    fn transfer(&self) -> Option<Transfer> {
        Transfer::read(&self.body).filter(|it| it.reference == self.reference && it.amount == self.amount)
    }
}

/// What is the same for every file.
pub(crate) struct Making {
    pub(crate) register: Register,
    pub(crate) debtor: Debtor,
    pub(crate) batch_booking: bool,
}

impl Making {
    /// Puts the items into one file, those that are in another one already left out. As many outcomes as items.
    ///
    /// `is_gone` says whether nobody waits for an item any more: its process may have lost the payment to another one.
    pub(crate) fn send(
        &self,
        items: &[Item],
        at: Timestamp,
        is_gone: impl Fn(usize) -> bool,
        step: impl FnMut(Step) -> bool,
    ) -> Vec<SubmitOutcome> {
        let not_sent = SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None };
        let Ok(lock) = self.register.lock() else { return vec![not_sent; items.len()] };
        let Ok(known) = self.register.read() else { return vec![not_sent; items.len()] };
        let mut outcomes = vec![not_sent.clone(); items.len()];
        let mut fresh: Vec<(usize, Transfer)> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let Some(transfer) = item.transfer() else {
                outcomes[index] = SubmitOutcome::Refused(not_ours());
                continue;
            };
            if let Some(record) = known.of(&item.reference) {
                outcomes[index] = received(record, &transfer);
            } else if fresh.iter().any(|(_, other)| other.reference == transfer.reference) {
                outcomes[index] = SubmitOutcome::Unknown { doubt: Doubt::Duplicate, evidence: None };
            } else if is_gone(index) {
                outcomes[index] = SubmitOutcome::Unknown { doubt: Doubt::Interrupted, evidence: None };
            } else {
                fresh.push((index, transfer));
            }
        }
        let (places, transfers): (Vec<usize>, Vec<Transfer>) = fresh.into_iter().unzip();
        let file = PaymentFile::write(&self.debtor, self.batch_booking, at, &transfers);
        let Some(file) = file else { return outcomes };
        let outcome = if self.register.is_in_outbox(&format!("{}.xml", file.message_id)) {
            // Of a register that was lost: what is there is the same wages, and they are there once.
            SubmitOutcome::Unknown { doubt: Doubt::Duplicate, evidence: None }
        } else {
            match self.register.place(&lock, &file, &transfers, at, step) {
                Placing::Placed => SubmitOutcome::Accepted(placed(&file)),
                Placing::NotPlaced => not_sent,
                Placing::Unclear => SubmitOutcome::Unknown { doubt: Doubt::ProviderError, evidence: None },
            }
        };
        for place in places {
            outcomes[place] = outcome.clone();
        }
        outcomes
    }
}

/// A body that this rail has not made for this attempt: nothing was sent, and it would not be later.
fn not_ours() -> Refusal {
    let evidence = said("body", serde_json::json!({ "said": "the stored body is not the transfer of this attempt" }));
    Refusal { cause: Cause::BadRequest, evidence }
}

/// The wage is in a file already. Whatever became of that file, there is no second one.
fn received(record: &Record, transfer: &Transfer) -> SubmitOutcome {
    let is_same = record.transfers.get(&transfer.reference) == Some(&transfer.digest());
    let doubt = if is_same { Doubt::Duplicate } else { Doubt::Inconsistent };
    SubmitOutcome::Unknown { doubt, evidence: Some(recorded(record, "received")) }
}

fn placed(file: &PaymentFile) -> Evidence {
    let name = format!("{}.xml", file.message_id);
    let sha256 = crate::digest::hex_of(file.text.as_bytes());
    said("placed", serde_json::json!({ "file": name, "sha256": sha256, "state": "placed" }))
}

/// What the register says of a file, as evidence.
pub(crate) fn recorded(record: &Record, state: &str) -> Evidence {
    let Record { file, sha256, made_at, .. } = record;
    said(state, serde_json::json!({ "file": file, "sha256": sha256, "made_at": made_at, "state": state }))
}

/// Our own record of what was handed over. It says that the bank may have it and nothing about the money.
pub(crate) fn said(code: &str, raw: serde_json::Value) -> Evidence {
    Evidence { grade: Grade::TlsResponse, code: code.to_owned(), provider_id: None, raw: raw.to_string() }
}

type Answer = oneshot::Sender<SubmitOutcome>;

/// Wages that wait for the next file.
#[derive(Default)]
struct Queue {
    waiting: Vec<(Item, Answer)>,
    /// Somebody writes files until nobody waits.
    is_worked_on: bool,
}

/// The outbox of a rail.
pub(crate) struct Outbox {
    making: Making,
    window: Duration,
    payments_max: usize,
    queue: Mutex<Queue>,
    full: Notify,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// Ends the work also where the runtime ends it: who comes later begins anew.
struct Working<'a>(&'a Outbox);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.queue().is_worked_on = false;
    }
}

impl Outbox {
    pub(crate) fn new(
        making: Making,
        window: Duration,
        payments_max: usize,
        now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> Self {
        Self { making, window, payments_max: payments_max.max(1), queue: Mutex::default(), full: Notify::new(), now }
    }

    pub(crate) fn register(&self) -> &Register {
        &self.making.register
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits with others for a file. Whoever stops waiting before it is written is left out of it.
    pub(crate) async fn submit(self: &Arc<Self>, item: Item) -> SubmitOutcome {
        let (tell, told) = oneshot::channel();
        let begins = {
            let mut queue = self.queue();
            queue.waiting.push((item, tell));
            if queue.waiting.len() >= self.payments_max {
                self.full.notify_one();
            }
            !std::mem::replace(&mut queue.is_worked_on, true)
        };
        if begins {
            // A task of its own: the file of many does not end with the one who came first.
            tokio::spawn(Arc::clone(self).work());
        }
        told.await.unwrap_or(SubmitOutcome::Unknown { doubt: Doubt::Interrupted, evidence: None })
    }

    /// Writes files until nobody waits.
    async fn work(self: Arc<Self>) {
        let working = Working(&self);
        loop {
            if self.queue().waiting.len() < self.payments_max {
                tokio::select! {
                    () = tokio::time::sleep(self.window) => {}
                    () = self.full.notified() => {}
                }
            }
            let this = Arc::clone(&self);
            let _ = tokio::task::spawn_blocking(move || this.write_one()).await;
            let mut queue = self.queue();
            if queue.waiting.is_empty() {
                queue.is_worked_on = false;
                drop(queue);
                // Said already, in the same breath as it was seen that nobody waits.
                std::mem::forget(working);
                return;
            }
        }
    }

    fn write_one(&self) {
        let next: Vec<(Item, Answer)> = {
            let mut queue = self.queue();
            let end = queue.waiting.len().min(self.payments_max);
            queue.waiting.drain(..end).collect()
        };
        let (items, answers): (Vec<Item>, Vec<Answer>) = next.into_iter().unzip();
        let is_gone = |index: usize| answers.get(index).is_none_or(oneshot::Sender::is_closed);
        let outcomes = self.making.send(&items, (self.now)(), is_gone, |_| true);
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            let _ = answer.send(outcome);
        }
    }
}

#[cfg(test)]
mod tests;
