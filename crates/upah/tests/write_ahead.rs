//! How many wages a kill leaves in doubt: no more than are on their way, and as many again twice (safety rule 9).
#![allow(clippy::unwrap_used)]
#![cfg(feature = "sqlite")]
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use upah::core::evidence::{Evidence, Grade, InquiryAnswer, SubmitOutcome};
use upah::core::policy::{Pattern, RailPolicy};
use upah::core::rail::{BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
use upah::core::row::{PayRow, PayRowFields, Statement};
use upah::core::{PaymentState, RailId, Rupiah};
use upah::sqlite::{OpenOptions, Sqlite};
use upah::{Confirm, Gateway, LogKey, Mode, Signatures};

const CALLS: usize = 3;
const WAGES: usize = 120;

/// A bank that answers nobody until it is told to.
struct SlowBank {
    id: RailId,
    answers: Arc<Semaphore>,
}

impl Rail for SlowBank {
    fn id(&self) -> &RailId {
        &self.id
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        Ok(order.reference.to_string())
    }

    fn submit<'a>(&'a self, _: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        Box::pin(async {
            let _answer = self.answers.acquire().await;
            SubmitOutcome::Settled(evidence())
        })
    }

    fn inquire<'a>(&'a self, _: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        Box::pin(std::future::ready(InquiryAnswer::NotFound(evidence())))
    }
}

fn evidence() -> Evidence {
    Evidence { grade: Grade::TlsResponse, code: "2000000".into(), provider_id: None, raw: "{}".into() }
}

fn wage(n: usize) -> PayRow {
    let amount = Rupiah::new(200).unwrap();
    PayRow::new(PayRowFields {
        row: n as u64 + 2,
        employer: None,
        worker_id: format!("W-{n}").parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: vec![format!("bank:014:{}", 1_000_000_000 + n).parse().unwrap()],
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

async fn count(upah: &Gateway, wanted: PaymentState) -> usize {
    let sums = upah.sums(None).await.unwrap();
    let counts = sums.iter().filter(|(state, _)| *state == wanted).map(|(_, sum)| sum.count);
    usize::try_from(counts.sum::<u64>()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_while_the_bank_is_slow_leaves_few_of_them_waiting_for_the_trust_window() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(Sqlite::open(folder.path().join("wages.db"), OpenOptions { create: true }).unwrap());
    let key = LogKey::from_seed("payroll.example/wages", &[7; 32], folder.path().join("head")).unwrap();
    let (id, answers): (RailId, _) = ("bank".parse().unwrap(), Arc::new(Semaphore::new(0)));
    let mut policy = RailPolicy::new(id.clone(), "bank-1", vec![Pattern::new("bank:*")]);
    policy.inspects = false;
    policy.max_concurrency = u32::try_from(CALLS).unwrap();
    let rail = SlowBank { id, answers: Arc::clone(&answers) };
    let upah =
        Gateway::open(store, Mode::Sandbox).log_key(key).rail(Arc::new(rail), policy, None).build().await.unwrap();
    let signatures = Signatures {
        created_by: "rini".parse().unwrap(),
        approved_by: Some("sari".parse().unwrap()),
        confirm: Confirm::None,
    };
    let rows = (0..WAGES).map(wage).collect();
    upah.seal(&"kampung-contoh".parse().unwrap(), rows, &signatures).await.unwrap();

    let looks = async {
        // Until as many as may be are written ahead: then nothing moves before the bank answers.
        let (mut last, mut unmoved) = (0, 0);
        while last < CALLS || unmoved < 20 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let sending = count(&upah, PaymentState::Sending).await;
            unmoved = if sending == last { unmoved + 1 } else { 0 };
            last = sending;
        }
        assert!(last <= CALLS + 2 * CALLS, "{last} attempts are durable, and the bank takes {CALLS} at once");
        answers.close();
    };
    let (driven, ()) = tokio::join!(upah.drive(&[], false, Some(0)), looks);
    driven.unwrap();
    assert_eq!(count(&upah, PaymentState::Settled).await, WAGES);
}
