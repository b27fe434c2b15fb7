//! The sending side: wages that wait together go into one file.
//!
//! A wage waits for a short time, or until as many wait as a file shall hold. What is written then is written under the
//! register's lock, so that of several processes each finds what the others have placed.
use std::sync::Arc;
use std::time::Duration;
use upah_core::evidence::{Doubt, Evidence, Grade, Refusal, SubmitOutcome};
use upah_core::rail::DurableAttempt;
use upah_core::{Cause, Rupiah, Timestamp};
use upah_gather::{Guest, Room};

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
    /// `is_gone` says whether nobody waits for an item any more, or it waited too long: its process may have lost the
    /// payment to another one. It is in no file.
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
        let mut gone = Vec::new();
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
                gone.push(index);
            } else {
                fresh.push((index, transfer));
            }
        }
        for index in gone {
            // Whoever is gone is in no file; but the same wage may have come once more, and stayed.
            if fresh.iter().any(|(_, other)| other.reference == items[index].reference) {
                outcomes[index] = SubmitOutcome::Unknown { doubt: Doubt::Duplicate, evidence: None };
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

/// The outbox of a rail.
pub(crate) struct Outbox {
    making: Arc<Making>,
    room: Arc<Room<Item, SubmitOutcome>>,
}

impl Outbox {
    pub(crate) fn new(
        making: Making,
        (window, late): (Duration, Duration),
        payments_max: usize,
        now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> Self {
        let making = Arc::new(making);
        let writing = Arc::clone(&making);
        let room = Room::new(window, late, payments_max, move |guests| {
            let (making, now) = (Arc::clone(&writing), Arc::clone(&now));
            async move {
                let _ = tokio::task::spawn_blocking(move || write_one(&making, guests, now())).await;
            }
        });
        Self { making, room: Arc::new(room) }
    }

    pub(crate) fn register(&self) -> &Register {
        &self.making.register
    }

    /// Waits with others for a file. Whoever stops waiting before it is written is left out of it.
    pub(crate) async fn submit(&self, item: Item) -> SubmitOutcome {
        let interrupted = SubmitOutcome::Unknown { doubt: Doubt::Interrupted, evidence: None };
        self.room.wait(item).await.unwrap_or(interrupted)
    }
}

fn write_one(making: &Making, guests: Vec<Guest<Item, SubmitOutcome>>, at: Timestamp) {
    let items: Vec<Item> = guests.iter().map(|guest| guest.item().clone()).collect();
    let is_gone = |index: usize| guests.get(index).is_none_or(Guest::is_gone);
    let outcomes = making.send(&items, at, is_gone, |_| true);
    for (guest, outcome) in guests.into_iter().zip(outcomes) {
        guest.tell(outcome);
    }
}

#[cfg(test)]
mod tests;
