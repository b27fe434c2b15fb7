//! A settled payment is asked about while somebody erases its worker: the drive passes it over, and goes on with others.
#![allow(clippy::unwrap_used)]
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use upah::core::erasure::{ErasureReason, Retention};
use upah::core::evidence::{Evidence, Grade, InquiryAnswer, SubmitOutcome};
use upah::core::policy::{Pattern, RailPolicy};
use upah::core::rail::{BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
use upah::core::row::{PayRow, PayRowFields, Statement};
use upah::core::store::Store;
use upah::core::{EmployerId, PaymentState, RailId, Rupiah};
use upah::{Confirm, Gateway, LogKey, Mode, Signatures};
use upah_conformance::MemoryStore;

/// Pays at once; when it is asked, the money came back, and at the first question somebody erases the worker who is
/// asked about.
struct BankRail {
    id: RailId,
    office: Arc<OnceLock<Gateway>>,
    asked: Mutex<Vec<String>>,
}

fn evidence() -> Evidence {
    Evidence { grade: Grade::TlsResponse, code: "2000000".into(), provider_id: None, raw: "{}".into() }
}

impl Rail for BankRail {
    fn id(&self) -> &RailId {
        &self.id
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        // The account ends in the worker's number.
        Ok(order.destination.to_string())
    }

    fn submit<'a>(&'a self, _: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        Box::pin(std::future::ready(SubmitOutcome::Settled(evidence())))
    }

    fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        Box::pin(async move {
            let worker = attempt.body().chars().last().unwrap();
            self.asked.lock().unwrap().push(worker.to_string());
            if worker == '1' {
                let worker = "W-1".parse().unwrap();
                let office = self.office.get().unwrap();
                let report = office.erase(&employer(), &worker, ErasureReason::Requested, Retention { years: 0 }).await;
                assert_eq!(report.unwrap().erased.len(), 1);
            }
            InquiryAnswer::Refunded { amount: None, evidence: evidence() }
        })
    }
}

fn employer() -> EmployerId {
    "kampung-contoh".parse().unwrap()
}

fn row(worker: u64) -> PayRow {
    let amount = Rupiah::new(600_000).unwrap();
    PayRow::new(PayRowFields {
        row: worker + 1,
        employer: None,
        worker_id: format!("W-{worker}").parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: vec![format!("bank:014:123456789{worker}").parse().unwrap()],
        period: "2026-11".parse().unwrap(),
        amount,
        component: "wage".parse().unwrap(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole("base".parse().unwrap(), amount),
    })
    .unwrap()
}

async fn office(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().unwrap();
    let office = Arc::new(OnceLock::new());
    let id: RailId = "bank".parse().unwrap();
    let rail = Arc::new(BankRail { id: id.clone(), office: Arc::clone(&office), asked: Mutex::default() });
    let mut policy = RailPolicy::new(id, "bank-1", vec![Pattern::new("bank:*")]);
    policy.inspects = false;
    policy.max_concurrency = 1;
    let key = LogKey::from_seed("payroll.example/wages", &[7; 32], folder.path().join("head")).unwrap();
    let builder = Gateway::open(store, Mode::Sandbox).log_key(key);
    let upah = builder.rail(Arc::clone(&rail) as _, policy, None).build().await.unwrap();
    let upah = office.get_or_init(|| upah);
    let signatures = Signatures {
        created_by: "rini".parse().unwrap(),
        approved_by: Some("sari".parse().unwrap()),
        confirm: Confirm::None,
    };
    upah.seal(&employer(), (1..=3).map(row).collect(), &signatures).await.unwrap();
    upah.drive(&[], false, Some(0)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;

    let driven = upah.drive(&[], true, Some(0)).await;
    assert!(driven.is_ok(), "a worker who was erased meanwhile ends the questions about everybody: {driven:?}");
    let mut asked = rail.asked.lock().unwrap().clone();
    asked.sort();
    assert_eq!(asked, ["1", "2", "3"], "each is asked about once");
    let sums = upah.sums(None).await.unwrap();
    let came_back =
        sums.iter().filter(|(state, _)| *state != PaymentState::Settled).map(|(_, sum)| sum.count).sum::<u64>();
    assert_eq!(came_back, 2, "what happened to the others is written down: {sums:?}");
}

#[tokio::test]
async fn the_questions_about_others_go_on_when_a_worker_is_erased_while_her_wage_is_asked_about() {
    office(Arc::new(MemoryStore::default())).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn they_go_on_over_a_store_of_one_writer_too() {
    use upah::sqlite::{OpenOptions, Sqlite};
    let folder = tempfile::tempdir().unwrap();
    office(Arc::new(Sqlite::open(folder.path().join("wages.db"), OpenOptions { create: true }).unwrap())).await;
}
