//! A process falls asleep past its lease with a wage in its hands, through the engine itself, over a store that
//! several processes share.
#![allow(clippy::unwrap_used)]
use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use upah::core::evidence::{Evidence, Grade, InquiryAnswer, SubmitOutcome};
use upah::core::policy::{Pattern, RailPolicy};
use upah::core::rail::{BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
use upah::core::row::{PayRow, PayRowFields, Statement};
use upah::core::{PaymentState, RailId, Rupiah, Timestamp};
use upah::{Confirm, Environment, Gateway, LogKey, Mode, RandomnessFailed, Signatures, SystemEnvironment};
use upah_conformance::MemoryStore;

/// The clocks of a computer that was suspended for so long in all, in milliseconds.
#[derive(Default)]
struct Computer {
    slept: AtomicU64,
}

impl Environment for Computer {
    fn now(&self) -> Timestamp {
        let slept = i64::try_from(self.slept.load(Ordering::SeqCst)).unwrap();
        Timestamp::from_millis(SystemEnvironment.now().millis() + slept)
    }

    fn monotonic(&self) -> Duration {
        SystemEnvironment.monotonic() + Duration::from_millis(self.slept.load(Ordering::SeqCst))
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        SystemEnvironment.sleep(duration)
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        SystemEnvironment.fill_random(buffer)
    }
}

/// When the process falls asleep.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sleeps {
    /// While its attempt becomes durable.
    BeforeItIsDurable,
    /// When it is durable, with the request in its hands.
    BeforeItSends,
    /// While the bank books it.
    WhileItSends,
}

/// What the bank has seen, in order.
#[derive(Default)]
struct Bank {
    seen: Vec<&'static str>,
    booked: HashSet<String>,
    credits: u32,
}

struct BankRail {
    id: RailId,
    bank: Arc<Mutex<Bank>>,
    computer: Arc<Computer>,
    sleeps: Sleeps,
    has_slept: AtomicBool,
}

impl BankRail {
    fn sleep(&self, when: Sleeps) {
        if self.sleeps == when && !self.has_slept.swap(true, Ordering::SeqCst) {
            self.computer.slept.fetch_add(30_000, Ordering::SeqCst);
        }
    }
}

fn evidence() -> Evidence {
    Evidence { grade: Grade::TlsResponse, code: "2000000".into(), provider_id: None, raw: "{}".into() }
}

impl Rail for BankRail {
    fn id(&self) -> &RailId {
        &self.id
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        self.sleep(Sleeps::BeforeItIsDurable);
        Ok(format!("{} {}", order.reference, order.destination))
    }

    fn submit<'a>(&'a self, attempt: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        self.sleep(Sleeps::BeforeItSends);
        Box::pin(async move {
            {
                let mut bank = self.bank.lock().unwrap();
                bank.seen.push("sent");
                let is_new = bank.booked.insert(attempt.reference().to_string());
                bank.credits += u32::from(is_new);
            }
            self.sleep(Sleeps::WhileItSends);
            tokio::task::yield_now().await;
            SubmitOutcome::Settled(evidence())
        })
    }

    fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        let mut bank = self.bank.lock().unwrap();
        bank.seen.push("asked");
        let known = bank.booked.contains(attempt.reference().as_str());
        let answer = if known { InquiryAnswer::Success(evidence()) } else { InquiryAnswer::NotFound(evidence()) };
        Box::pin(std::future::ready(answer))
    }
}

fn row() -> PayRow {
    let amount = Rupiah::new(600_000).unwrap();
    PayRow::new(PayRowFields {
        row: 2,
        employer: None,
        worker_id: "W-1".parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: vec!["bank:014:1234567890".parse().unwrap()],
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

/// Drives one wage; returns where it stands, and what the bank has seen.
fn lived(sleeps: Sleeps) -> (PaymentState, Vec<&'static str>, u32) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async move {
        let (bank, computer) = (Arc::new(Mutex::new(Bank::default())), Arc::new(Computer::default()));
        let folder = tempfile::tempdir().unwrap();
        let key = LogKey::from_seed("payroll.example/wages", &[7; 32], folder.path().join("head")).unwrap();
        let id: RailId = "bank".parse().unwrap();
        let mut policy = RailPolicy::new(id.clone(), "f1", vec![Pattern::new("*")]);
        (policy.inspects, policy.trust_not_found_after_seconds) = (false, 1);
        policy.inquire_after_seconds = vec![1];
        let has_slept = AtomicBool::new(false);
        let rail = BankRail { id, bank: Arc::clone(&bank), computer: Arc::clone(&computer), sleeps, has_slept };
        let environment: Arc<dyn Environment> = Arc::clone(&computer) as _;
        let upah = Gateway::open(Arc::new(MemoryStore::default()), Mode::Sandbox)
            .environment(environment)
            .lease(Duration::from_secs(1))
            .log_key(key)
            .rail(Arc::new(rail), policy, None)
            .build()
            .await
            .unwrap();
        let signatures = Signatures {
            created_by: "rini".parse().unwrap(),
            approved_by: Some("sari".parse().unwrap()),
            confirm: Confirm::None,
        };
        upah.seal(&"kampung-contoh".parse().unwrap(), vec![row()], &signatures).await.unwrap();
        upah.drive(&[], false, Some(20)).await.unwrap();
        let state = upah.sums(None).await.unwrap().into_iter().find(|(_, sum)| sum.count > 0).unwrap().0;
        let bank = bank.lock().unwrap();
        (state, bank.seen.clone(), bank.credits)
    })
}

#[test]
fn asleep_past_its_lease_before_it_sends_a_process_sends_nothing_before_the_bank_was_asked() {
    for sleeps in [Sleeps::BeforeItIsDurable, Sleeps::BeforeItSends] {
        let (state, seen, credits) = lived(sleeps);
        assert_eq!((state, credits), (PaymentState::Settled, 1), "{seen:?}");
        assert_eq!(seen.first(), Some(&"asked"), "it sent although others might have had the wage in hand: {seen:?}");
        assert_eq!(seen.iter().filter(|what| **what == "sent").count(), 1, "{seen:?}");
    }
}

#[test]
fn asleep_past_its_lease_while_it_sends_a_process_believes_the_bank_and_not_its_dream() {
    let (state, seen, credits) = lived(Sleeps::WhileItSends);
    assert_eq!((state, credits), (PaymentState::Settled, 1), "{seen:?}");
    assert_eq!(seen, ["sent", "asked"]);
}
