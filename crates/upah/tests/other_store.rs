//! Two stores pay one file over the same rails: whatever one of them has paid otherwise, the other asks before each
//! send and each repeat, through the engine itself.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "sqlite")]
use std::collections::{HashSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use upah::core::cause::Cause;
use upah::core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Refusal, SubmitOutcome};
use upah::core::policy::{Pattern, RailPolicy};
use upah::core::rail::{BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
use upah::core::row::{PayRow, PayRowFields, Statement};
use upah::core::{PaymentState, RailId, Rupiah, Timestamp};
use upah::sqlite::{OpenOptions, Sqlite};
use upah::{Confirm, Environment, Gateway, LogKey, Mode, RandomnessFailed, Signatures};

/// Simulated time: who sleeps has slept a moment later.
struct Time(AtomicI64);

impl Environment for Time {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_795_600_000_000 + self.0.load(Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.load(Ordering::Relaxed)).unwrap())
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            // Commits take real time: without this the hours would fly by while one is under way.
            tokio::time::sleep(Duration::from_millis(2)).await;
            self.0.fetch_add(i64::try_from(duration.as_millis()).unwrap(), Ordering::Relaxed);
        })
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        let seed = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        buffer.iter_mut().zip(seed.into_iter().cycle()).for_each(|(to, from)| *to = from);
        Ok(())
    }
}

/// How a bank takes a submission.
#[derive(Clone, Copy)]
enum Takes {
    Refuses(Cause),
    Loses,
}

/// A bank: what it was told to do with the next submissions, what it has booked, and what it was asked.
#[derive(Default)]
struct Bank {
    next: VecDeque<Takes>,
    booked: HashSet<String>,
    submissions: u32,
    questions: u32,
}

struct BankRail {
    id: RailId,
    bank: Arc<Mutex<Bank>>,
}

fn evidence() -> Evidence {
    Evidence { grade: Grade::TlsResponse, code: "2000000".into(), provider_id: None, raw: "{}".into() }
}

impl Rail for BankRail {
    fn id(&self) -> &RailId {
        &self.id
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        Ok(format!("{} {} {}", order.reference, order.destination, order.at.millis()))
    }

    fn submit<'a>(&'a self, attempt: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        let mut bank = self.bank.lock().unwrap();
        bank.submissions += 1;
        let outcome = match bank.next.pop_front() {
            Some(Takes::Refuses(cause)) => SubmitOutcome::Refused(Refusal { cause, evidence: evidence() }),
            Some(Takes::Loses) => SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None },
            None => {
                bank.booked.insert(attempt.reference().to_string());
                SubmitOutcome::Settled(evidence())
            }
        };
        Box::pin(std::future::ready(outcome))
    }

    fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        let mut bank = self.bank.lock().unwrap();
        bank.questions += 1;
        let known = bank.booked.contains(attempt.reference().as_str());
        let answer = if known { InquiryAnswer::Success(evidence()) } else { InquiryAnswer::NotFound(evidence()) };
        Box::pin(std::future::ready(answer))
    }
}

/// Two banks, one for accounts and one for wallets, and the time that everybody shares.
struct Village {
    time: Arc<Time>,
    bank: Arc<Mutex<Bank>>,
    wallet: Arc<Mutex<Bank>>,
    folder: tempfile::TempDir,
}

impl Village {
    fn new() -> Self {
        Self {
            time: Arc::new(Time(AtomicI64::new(0))),
            bank: Arc::default(),
            wallet: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A store of its own, in which the file is sealed and approved.
    async fn store(&self, name: &str, places: &str) -> Gateway {
        let path = |end: &str| self.folder.path().join(format!("{name}.{end}"));
        let store = Arc::new(Sqlite::open(path("db"), OpenOptions { create: true }).unwrap());
        let key = LogKey::from_seed("payroll.example/wages", &[7; 32], path("head")).unwrap();
        let environment: Arc<dyn Environment> = Arc::clone(&self.time) as _;
        let mut builder = Gateway::open(store, Mode::Sandbox).environment(environment).log_key(key);
        for (id, serves, bank) in [("bank", "bank:*", &self.bank), ("wallet", "ewallet:*", &self.wallet)] {
            let id: RailId = id.parse().unwrap();
            let mut policy = RailPolicy::new(id.clone(), format!("{id}-1"), vec![Pattern::new(serves)]);
            policy.inspects = false;
            builder = builder.rail(Arc::new(BankRail { id, bank: Arc::clone(bank) }), policy, None);
        }
        let upah = builder.build().await.unwrap();
        let signatures = Signatures {
            created_by: "rini".parse().unwrap(),
            approved_by: Some("sari".parse().unwrap()),
            confirm: Confirm::None,
        };
        upah.seal(&"kampung-contoh".parse().unwrap(), vec![row(places)], &signatures).await.unwrap();
        upah
    }

    fn bank_next(&self, takes: &[Takes]) {
        self.bank.lock().unwrap().next.extend(takes);
    }

    fn credits(&self) -> usize {
        self.bank.lock().unwrap().booked.len() + self.wallet.lock().unwrap().booked.len()
    }

    fn questions(&self) -> u32 {
        self.bank.lock().unwrap().questions + self.wallet.lock().unwrap().questions
    }
}

fn row(places: &str) -> PayRow {
    let amount = Rupiah::new(600_000).unwrap();
    PayRow::new(PayRowFields {
        row: 2,
        employer: None,
        worker_id: "W-1".parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: places.split(' ').map(|place| place.parse().unwrap()).collect(),
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

const BOTH: &str = "bank:014:1234567890 ewallet:dana:6281234567890";

async fn drive(upah: &Gateway, wait_seconds: u64) -> PaymentState {
    upah.drive(&[], false, Some(wait_seconds)).await.unwrap();
    let sums = upah.sums(None).await.unwrap();
    sums.into_iter().find(|(_, sum)| sum.count > 0).unwrap().0
}

fn lived<F: Future>(story: impl FnOnce(Village) -> F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(story(Village::new()))
}

/// In one store the first try ends in this; the other store is refused there and pays her wallet; the first one goes on.
fn goes_on_after(first: Takes, then: PaymentState) {
    lived(|village| async move {
        village.bank_next(&[first]);
        let one = village.store("one", BOTH).await;
        assert_eq!(drive(&one, 0).await, then);
        village.bank_next(&[Takes::Refuses(Cause::InactiveAccount)]);
        let other = village.store("other", BOTH).await;
        assert_eq!((drive(&other, 0).await, village.credits()), (PaymentState::Settled, 1));

        assert_eq!(drive(&one, 7_200).await, PaymentState::NeedsAction);
        assert_eq!((village.credits(), village.bank.lock().unwrap().submissions), (1, 2), "nothing more was sent");
    });
}

#[test]
fn what_was_turned_away_out_of_hours_is_not_repeated_when_another_store_has_paid_her_wallet() {
    goes_on_after(Takes::Refuses(Cause::OutsideHours), PaymentState::Ready);
}

#[test]
fn what_was_lost_is_not_repeated_after_trusted_silence_when_another_store_has_paid_her_wallet() {
    goes_on_after(Takes::Loses, PaymentState::Unknown);
}

/// The other store reads a file in which her wallet stands first, so that its *first* attempt goes over the other rail.
#[test]
fn the_same_reference_over_another_rail_is_asked_about_before_the_first_send() {
    lived(|village| async move {
        let other = village.store("other", "ewallet:dana:6281234567890 bank:014:1234567890").await;
        assert_eq!(drive(&other, 0).await, PaymentState::Settled);
        let one = village.store("one", BOTH).await;
        assert_eq!((drive(&one, 0).await, village.credits()), (PaymentState::NeedsAction, 1));
        assert_eq!(village.bank.lock().unwrap().submissions, 0);
    });
}

#[test]
fn a_row_with_one_place_is_paid_without_a_question_and_one_with_two_rails_after_three() {
    for (places, questions) in [("bank:014:1234567890", 0), (BOTH, 3)] {
        lived(|village| async move {
            let one = village.store("one", places).await;
            assert_eq!((drive(&one, 0).await, village.credits()), (PaymentState::Settled, 1));
            assert_eq!(village.questions(), questions, "{places}");
        });
    }
}
