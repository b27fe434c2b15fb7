//! How wages are sent when a provider takes no more of them: nobody goes to people for what is not the worker's fault,
//! nobody is sent into a bank that answers nobody, and an account is not called more often than it allows.
#![allow(clippy::unwrap_used)]
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use upah::core::cause::Cause;
use upah::core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Refusal, SubmitOutcome};
use upah::core::policy::{Pattern, RailPolicy};
use upah::core::rail::{BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
use upah::core::row::{PayRow, PayRowFields, Statement};
use upah::core::{PaymentState, RailId, Rupiah};
use upah::{CallLimits, Confirm, DriveEnd, Gateway, LogKey, Mode, Signatures};
use upah_conformance::MemoryStore;

const WAGE: u64 = 600_000;

/// A provider that books what it is sent, and lets so many answers be lost.
#[derive(Default)]
struct Bank {
    balance: u64,
    answers_lost: usize,
    sends: usize,
    in_flight: usize,
    most_in_flight: usize,
    /// By reference: whether there was money for it.
    booked: HashMap<String, bool>,
}

struct BankRail(RailId, Arc<Mutex<Bank>>);

fn evidence() -> Evidence {
    Evidence { grade: Grade::TlsResponse, code: "2000000".into(), provider_id: None, raw: "{}".into() }
}

impl Rail for BankRail {
    fn id(&self) -> &RailId {
        &self.0
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        Ok(order.reference.to_string())
    }

    fn submit<'a>(&'a self, attempt: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        let mut bank = self.1.lock().unwrap();
        bank.sends += 1;
        let is_covered = bank.balance >= WAGE;
        bank.balance -= if is_covered { WAGE } else { 0 };
        bank.booked.insert(attempt.reference().to_string(), is_covered);
        let outcome = match bank.sends > bank.answers_lost {
            true => SubmitOutcome::Accepted(evidence()),
            false => SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None },
        };
        bank.in_flight += 1;
        bank.most_in_flight = bank.most_in_flight.max(bank.in_flight);
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(2)).await;
            self.1.lock().unwrap().in_flight -= 1;
            outcome
        })
    }

    fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        let bank = self.1.lock().unwrap();
        let answer = match bank.booked.get(attempt.reference().as_str()) {
            Some(true) => InquiryAnswer::Success(evidence()),
            Some(false) => InquiryAnswer::Failed(Refusal { cause: Cause::InsufficientFunds, evidence: evidence() }),
            None => InquiryAnswer::NotFound(evidence()),
        };
        Box::pin(std::future::ready(answer))
    }
}

fn row(number: u32, bank: &str) -> PayRow {
    let amount = Rupiah::new(WAGE).unwrap();
    let row = PayRow::new(PayRowFields {
        row: u64::from(number) + 2,
        employer: None,
        worker_id: format!("W-{number}").parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: vec![format!("bank:{bank}:1234567{number:03}").parse().unwrap()],
        period: "2026-11".parse().unwrap(),
        amount,
        component: "wage".parse().unwrap(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole("base".parse().unwrap(), amount),
    });
    row.unwrap()
}

/// A gateway over this bank with so many wages in it, and its bank.
async fn sealed(
    wages: &[(u32, &str)],
    max_concurrency: u32,
    bank: Bank,
) -> (Gateway, Arc<Mutex<Bank>>, tempfile::TempDir) {
    let (bank, folder) = (Arc::new(Mutex::new(bank)), tempfile::tempdir().unwrap());
    let key = LogKey::from_seed("payroll.example/wages", &[7; 32], folder.path().join("head")).unwrap();
    let mut builder = Gateway::open(Arc::new(MemoryStore::default()), Mode::Sandbox).log_key(key);
    for (name, serves) in [("bank", "bank:014:*"), ("other", "bank:008:*")] {
        let id: RailId = name.parse().unwrap();
        let mut policy = RailPolicy::new(id.clone(), name, vec![Pattern::new(serves)]);
        (policy.inspects, policy.inquire_after_seconds, policy.max_concurrency) = (false, vec![1], max_concurrency);
        policy.account = Some("giro".into());
        builder = builder.rail(Arc::new(BankRail(id, Arc::clone(&bank))), policy, None);
    }
    builder = builder.account("giro", CallLimits { max_concurrency: 3, requests_per_second: None });
    let upah = builder.build().await.unwrap();
    let signatures = Signatures {
        created_by: "rini".parse().unwrap(),
        approved_by: Some("sari".parse().unwrap()),
        confirm: Confirm::None,
    };
    let mut number = 0..;
    let rows = wages.iter().flat_map(|(count, bank)| (0..*count).map(move |_| *bank));
    let rows = rows.map(|bank| row(number.next().unwrap(), bank)).collect();
    upah.seal(&"kampung-contoh".parse().unwrap(), rows, &signatures).await.unwrap();
    (upah, bank, folder)
}

/// What a drive ended with, and how many stand where.
async fn driven(upah: &Gateway) -> (DriveEnd, Vec<(PaymentState, u64)>) {
    let end = upah.drive(&[], false, Some(30)).await.unwrap();
    let sums = upah.sums(None).await.unwrap().into_iter().filter(|(_, sum)| sum.count > 0);
    (end, sums.map(|(state, sum)| (state, sum.count)).collect())
}

#[tokio::test]
async fn a_short_balance_that_is_told_afterwards_parks_the_rail_and_hands_nobody_to_people() {
    let bank = Bank { balance: 3 * WAGE, ..Bank::default() };
    let (upah, bank, _folder) = sealed(&[(20, "014")], 1, bank).await;
    let (end, standing) = driven(&upah).await;
    assert_eq!(end.parked, [("bank".parse().unwrap(), Cause::InsufficientFunds)]);
    assert_eq!(standing, [(PaymentState::Ready, 17), (PaymentState::Settled, 3)], "somebody was given up");
    let sends = {
        let mut bank = bank.lock().unwrap();
        bank.balance = 100 * WAGE;
        bank.sends
    };
    assert!(sends <= 20, "{} were sent into an empty account again", sends - 20);
    let (end, standing) = driven(&upah).await;
    assert_eq!((end.parked, standing), (vec![], vec![(PaymentState::Settled, 20)]), "topped up, and nobody goes on");
}

#[tokio::test]
async fn a_bank_that_answers_nobody_is_left_alone_until_it_answers_a_question_and_then_pays_on() {
    let bank = Bank { balance: 100 * WAGE, answers_lost: 70, ..Bank::default() };
    let (upah, bank, _folder) = sealed(&[(100, "014")], 1, bank).await;
    let (end, standing) = driven(&upah).await;
    assert_eq!((end.parked, standing), (vec![], vec![(PaymentState::Settled, 100)]));
    assert_eq!(bank.lock().unwrap().sends, 100, "somebody was sent for twice");
}

#[tokio::test]
async fn two_rails_of_one_account_call_its_bank_no_more_often_than_it_allows() {
    let bank = Bank { balance: 100 * WAGE, ..Bank::default() };
    let (upah, bank, _folder) = sealed(&[(20, "014"), (20, "008")], 2, bank).await;
    let (_, standing) = driven(&upah).await;
    assert_eq!(standing, [(PaymentState::Settled, 40)]);
    // Two over each rail would be four.
    assert_eq!(bank.lock().unwrap().most_in_flight, 3);
}
