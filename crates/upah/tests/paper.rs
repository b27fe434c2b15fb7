//! Wages that stand on paper: nobody can be asked about them, so nothing is asked, waited for or done a second time.
#![allow(clippy::unwrap_used)]
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use upah::core::evidence::{Evidence, Grade, InquiryAnswer, SubmitOutcome};
use upah::core::policy::{Pattern, RailPolicy};
use upah::core::rail::{BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
use upah::core::row::{PayRow, PayRowFields, Statement};
use upah::core::state::PaymentState;
use upah::core::{RailId, Rupiah};
use upah::{Confirm, Gateway, LogKey, Mode, Signatures};
use upah_conformance::MemoryStore;

/// A rail that writes on paper, or dies with the pen in its hand.
#[derive(Default)]
struct Paper {
    dies: bool,
    written: Arc<AtomicU32>,
    asked: Arc<AtomicU32>,
}

fn id() -> RailId {
    "paper".parse().unwrap()
}

fn note() -> Evidence {
    Evidence { grade: Grade::People, code: String::new(), provider_id: None, raw: String::new() }
}

impl Rail for Named {
    fn id(&self) -> &RailId {
        &self.1
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        Ok(order.reference.to_string())
    }

    fn submit<'a>(&'a self, _: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        Box::pin(async {
            self.0.written.fetch_add(1, Ordering::Relaxed);
            if self.0.dies {
                std::future::pending::<()>().await;
            }
            SubmitOutcome::Accepted(note())
        })
    }

    fn inquire<'a>(&'a self, _: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        self.0.asked.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::ready(InquiryAnswer::NotFound(note())))
    }

    fn can_be_asked(&self) -> bool {
        false
    }
}

struct Named(Paper, RailId);

/// Impatient beyond reason: were this rail asked, "not found" would be trusted at once.
fn policy() -> RailPolicy {
    RailPolicy {
        inspects: false,
        inquire_after_seconds: vec![1],
        trust_not_found_after_seconds: 0,
        max_concurrency: 1,
        ..RailPolicy::new(id(), "paper-1", vec![Pattern::new("bank:*")])
    }
}

async fn gateway(store: &Arc<MemoryStore>, folder: &tempfile::TempDir, paper: Paper) -> Gateway {
    let key = LogKey::from_seed("payroll.example/wages", &[7; 32], folder.path().join("head")).unwrap();
    let rail = Arc::new(Named(paper, id()));
    let gateway = Gateway::open(store.clone(), Mode::Sandbox)
        .log_key(key)
        .rail(rail, policy(), None)
        .lease(Duration::from_secs(1));
    gateway.build().await.unwrap()
}

async fn seal(upah: &Gateway, destinations: &[&str]) {
    let amount = Rupiah::new(600_000).unwrap();
    let row = PayRow::new(PayRowFields {
        row: 2,
        employer: None,
        worker_id: "W-1".parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: destinations.iter().map(|text| text.parse().unwrap()).collect(),
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
    let signatures = Signatures {
        created_by: "rini".parse().unwrap(),
        approved_by: Some("sari".parse().unwrap()),
        confirm: Confirm::None,
    };
    upah.seal(&"kampung-contoh".parse().unwrap(), vec![row.unwrap()], &signatures).await.unwrap();
}

async fn state(upah: &Gateway) -> PaymentState {
    upah.sums(None).await.unwrap().into_iter().find(|(_, sum)| sum.count > 0).unwrap().0
}

#[tokio::test]
async fn what_stands_on_paper_is_not_waited_for_and_not_written_twice() {
    let (store, folder) = (Arc::new(MemoryStore::default()), tempfile::tempdir().unwrap());
    let paper = Paper::default();
    let (written, asked) = (Arc::clone(&paper.written), Arc::clone(&paper.asked));
    let upah = gateway(&store, &folder, paper).await;
    // Over the same rail, so that a reference of the other destination is looked at before the send.
    seal(&upah, &["bank:014:1234567890", "bank:008:1234567890"]).await;
    let began = Instant::now();
    for watch_returns in [false, true, false] {
        let end = upah.drive(&[], watch_returns, None).await.unwrap();
        assert_eq!((end.waiting, state(&upah).await), (0, PaymentState::Pending));
    }
    // Were it waited for, each drive would take the trust window and two intervals.
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!((written.load(Ordering::Relaxed), asked.load(Ordering::Relaxed)), (1, 0));
}

#[tokio::test]
async fn a_pen_that_stopped_leaves_her_to_people_and_is_not_taken_up_again() {
    let (store, folder) = (Arc::new(MemoryStore::default()), tempfile::tempdir().unwrap());
    let upah = gateway(&store, &folder, Paper { dies: true, ..Paper::default() }).await;
    seal(&upah, &["bank:014:1234567890"]).await;
    let killed = tokio::time::timeout(Duration::from_millis(300), upah.drive(&[], false, None)).await;
    assert!(killed.is_err());
    assert_eq!(state(&upah).await, PaymentState::Sending);

    let paper = Paper::default();
    let (written, asked) = (Arc::clone(&paper.written), Arc::clone(&paper.asked));
    let upah = gateway(&store, &folder, paper).await;
    for _ in 0..3 {
        upah.drive(&[], false, Some(3)).await.unwrap();
        assert_eq!(state(&upah).await, PaymentState::Unknown);
    }
    assert_eq!((written.load(Ordering::Relaxed), asked.load(Ordering::Relaxed)), (0, 0));
}
