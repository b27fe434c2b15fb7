//! What a provider says unasked, through the engine itself: a hint leads to one question, and only the answer counts.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "sqlite")]
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;
use upah::core::callback::{Callbacks, Delivery, Hint, News, Notice, Reading, Reply};
use upah::core::cause::Cause;
use upah::core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, SubmitOutcome};
use upah::core::policy::{Pattern, RailPolicy};
use upah::core::rail::{BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
use upah::core::reference::Reference;
use upah::core::row::{PayRow, PayRowFields, Statement};
use upah::core::{PaymentState, RailId, Rupiah, Timestamp};
use upah::sqlite::{OpenOptions, Sqlite};
use upah::{Confirm, Environment, Gateway, LogKey, Mode, RandomnessFailed, Signatures};

/// Simulated time: who sleeps has slept a moment later.
#[derive(Default)]
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
            tokio::time::sleep(Duration::from_millis(5)).await;
            self.0.fetch_add(i64::try_from(duration.as_millis()).unwrap(), Ordering::Relaxed);
        })
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        let seed = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        buffer.iter_mut().zip(seed.into_iter().cycle()).for_each(|(to, from)| *to = from);
        Ok(())
    }
}

/// What the bank says when it is asked about a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Paid,
    AtWork,
    Returned,
    Nothing,
}

/// A bank that takes everything on at once, and whose calls a test may hold back.
struct Bank {
    submit: Mutex<Says>,
    says: Mutex<HashMap<String, Says>>,
    asked: Mutex<Vec<String>>,
    at_once: Mutex<(usize, usize)>,
    answers: Semaphore,
    submits: Semaphore,
}

impl Default for Bank {
    fn default() -> Self {
        Self {
            submit: Mutex::new(Says::AtWork),
            says: Mutex::default(),
            asked: Mutex::default(),
            at_once: Mutex::default(),
            answers: Semaphore::new(Semaphore::MAX_PERMITS),
            submits: Semaphore::new(Semaphore::MAX_PERMITS),
        }
    }
}

struct BankRail {
    id: RailId,
    bank: Arc<Bank>,
}

fn evidence() -> Evidence {
    Evidence { grade: Grade::TlsResponse, code: "2000000".into(), provider_id: None, raw: "{}".into() }
}

impl Rail for BankRail {
    fn id(&self) -> &RailId {
        &self.id
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        Ok(format!("{} {}", order.reference, order.at.millis()))
    }

    fn submit<'a>(&'a self, attempt: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        Box::pin(async move {
            let outcome = *self.bank.submit.lock().unwrap();
            self.bank.says.lock().unwrap().insert(attempt.reference().to_string(), outcome);
            self.bank.submits.acquire().await.unwrap().forget();
            match outcome {
                Says::Paid => SubmitOutcome::Settled(evidence()),
                Says::Nothing => SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None },
                _ => SubmitOutcome::Accepted(evidence()),
            }
        })
    }

    fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        Box::pin(async move {
            let reference = attempt.reference().to_string();
            self.bank.asked.lock().unwrap().push(reference.clone());
            {
                let mut at_once = self.bank.at_once.lock().unwrap();
                *at_once = (at_once.0 + 1, at_once.1.max(at_once.0 + 1));
            }
            self.bank.answers.acquire().await.unwrap().forget();
            self.bank.at_once.lock().unwrap().0 -= 1;
            match self.bank.says.lock().unwrap().get(&reference) {
                Some(Says::Paid) => InquiryAnswer::Success(evidence()),
                Some(Says::AtWork) => InquiryAnswer::InProgress(evidence()),
                Some(Says::Returned) => InquiryAnswer::Refunded { amount: None, evidence: evidence() },
                _ => InquiryAnswer::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None },
            }
        })
    }

    fn callbacks(&self) -> Option<&dyn Callbacks> {
        Some(self)
    }
}

/// A callback is a line for each hint, `ended REFERENCE`; its proof is a header.
impl Callbacks for BankRail {
    fn paths(&self) -> Vec<String> {
        vec![format!("/{}", self.id)]
    }

    fn read(&self, delivery: &Delivery<'_>, _: Timestamp) -> Reading {
        let reply = |status, body: &str| Reply { status, headers: Vec::new(), body: body.into() };
        if delivery.header("proof") != Some("of the bank") {
            return Reading::TurnedAway(reply(401, "no"));
        }
        let hint = |line: &str| {
            let (news, reference) = line.split_once(' ')?;
            let news = if news == "returned" { News::Returned } else { News::Ended };
            Some(Hint { reference: Reference::from_stored(reference), news })
        };
        let hints = std::str::from_utf8(delivery.body).unwrap().lines().filter_map(hint).collect();
        Reading::Genuine(Notice { hints, reply: reply(200, "heard") })
    }
}

/// One store, its bank, and wages of people who are paid by it.
struct Village {
    time: Arc<Time>,
    bank: Arc<Bank>,
    store: Arc<Sqlite>,
    folder: tempfile::TempDir,
}

impl Village {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Sqlite::open(folder.path().join("wages.db"), OpenOptions { create: true }).unwrap());
        Self { time: Arc::default(), bank: Arc::default(), store, folder }
    }

    /// A process over the store, with two rails of one bank.
    async fn office(&self) -> Gateway {
        let key = LogKey::from_seed("payroll.example/wages", &[7; 32], self.folder.path().join("head")).unwrap();
        let environment: Arc<dyn Environment> = Arc::clone(&self.time) as _;
        let store = Arc::clone(&self.store);
        let mut builder = Gateway::open(store, Mode::Sandbox).environment(environment).log_key(key);
        for (id, serves) in [("bank", "bank:*"), ("wallet", "ewallet:*")] {
            let id: RailId = id.parse().unwrap();
            let mut policy = RailPolicy::new(id.clone(), "f1", vec![Pattern::new(serves)]);
            (policy.inspects, policy.max_concurrency) = (false, 4);
            // Nobody is asked by the schedule while a story lasts.
            policy.inquire_after_seconds = vec![3_600];
            builder = builder.rail(Arc::new(BankRail { id, bank: Arc::clone(&self.bank) }), policy, None);
        }
        builder.build().await.unwrap()
    }

    /// So many wages, sealed and approved.
    async fn with_wages(&self, count: u64) -> Gateway {
        let upah = self.office().await;
        let signatures = Signatures {
            created_by: "rini".parse().unwrap(),
            approved_by: Some("sari".parse().unwrap()),
            confirm: Confirm::None,
        };
        upah.seal(&"kampung-contoh".parse().unwrap(), (1..=count).map(row).collect(), &signatures).await.unwrap();
        upah
    }

    /// So many wages, all of them taken on by the bank; their references.
    async fn in_progress(&self, count: u64) -> (Gateway, Vec<String>) {
        let upah = self.with_wages(count).await;
        upah.drive(&[], false, Some(0)).await.unwrap();
        assert_eq!(states(&upah).await, vec![PaymentState::Pending; count as usize]);
        let references = self.bank.says.lock().unwrap().keys().cloned().collect();
        (upah, references)
    }

    fn bank_says(&self, reference: &str, says: Says) {
        self.bank.says.lock().unwrap().insert(reference.into(), says);
    }

    fn questions(&self) -> usize {
        self.bank.asked.lock().unwrap().len()
    }
}

fn row(n: u64) -> PayRow {
    let amount = Rupiah::new(600_000).unwrap();
    PayRow::new(PayRowFields {
        row: n + 1,
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

async fn states(upah: &Gateway) -> Vec<PaymentState> {
    let sums = upah.sums(None).await.unwrap();
    sums.into_iter().flat_map(|(state, sum)| vec![state; usize::try_from(sum.count).unwrap()]).collect()
}

async fn call(upah: &Gateway, rail: &str, proof: &str, body: &str) -> u16 {
    let headers = [("proof", proof)];
    let target = format!("/{rail}");
    let delivery = Delivery { method: "POST", target: &target, headers: &headers, body: body.as_bytes() };
    upah.callback(&rail.parse().unwrap(), &delivery).await.unwrap().status
}

/// The bank calls, with its proof.
async fn tells(upah: &Gateway, body: &str) -> u16 {
    call(upah, "bank", "of the bank", body).await
}

fn lived<F: Future>(story: impl FnOnce(Arc<Village>) -> F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(story(Arc::new(Village::new())))
}

#[test]
fn her_wage_settles_by_the_question_that_a_callback_leads_to_and_a_repetition_asks_nothing() {
    lived(|village| async move {
        let (upah, references) = village.in_progress(1).await;
        village.bank_says(&references[0], Says::Paid);
        let body = format!("ended {}", references[0]);
        for _ in 0..3 {
            assert_eq!(tells(&upah, &body).await, 200);
            assert_eq!((states(&upah).await, village.questions()), (vec![PaymentState::Settled], 1));
        }
        // The record itself remembers: a process that knows nothing asks nothing either.
        assert_eq!(tells(&village.office().await, &body).await, 200);
        assert_eq!(village.questions(), 1);
    });
}

#[test]
fn two_deliveries_at_the_same_moment_are_one_question() {
    lived(|village| async move {
        let (upah, references) = village.in_progress(1).await;
        let (upah, body) = (Arc::new(upah), format!("ended {}", references[0]));
        let twin = |upah: &Arc<Gateway>| {
            let (upah, body) = (Arc::clone(upah), body.clone());
            tokio::spawn(async move { tells(&upah, &body).await })
        };
        let twins: Vec<_> = (0..6).map(|_| twin(&upah)).collect();
        for twin in twins {
            assert_eq!(twin.await.unwrap(), 200);
        }
        assert_eq!(village.questions(), 1);
    });
}

#[test]
fn a_callback_settles_nothing_by_its_word() {
    lived(|village| async move {
        let (upah, references) = village.in_progress(1).await;
        assert_eq!(tells(&upah, &format!("ended {}", references[0])).await, 200);
        assert_eq!((states(&upah).await, village.questions()), (vec![PaymentState::Pending], 1));
    });
}

#[test]
fn a_forged_callback_changes_nothing_and_asks_nothing() {
    lived(|village| async move {
        let (upah, references) = village.in_progress(1).await;
        village.bank_says(&references[0], Says::Paid);
        let before = upah.payment(&references[0]).await.unwrap();
        for proof in ["of somebody", ""] {
            assert_eq!(call(&upah, "bank", proof, &format!("ended {}", references[0])).await, 401);
        }
        assert_eq!((upah.payment(&references[0]).await.unwrap(), village.questions()), (before, 0));
    });
}

#[test]
fn nobody_s_reference_is_answered_as_hers_is_and_a_provider_speaks_only_of_what_it_was_sent() {
    lived(|village| async move {
        let (upah, references) = village.in_progress(1).await;
        assert_eq!(tells(&upah, "ended NOBODYS").await, 200);
        assert_eq!(call(&upah, "wallet", "of the bank", &format!("ended {}", references[0])).await, 200);
        assert_eq!(village.questions(), 0);
    });
}

#[test]
fn a_callback_before_our_own_answer_disturbs_no_send() {
    lived(|village| async move {
        let upah = Arc::new(village.with_wages(1).await);
        *village.bank.submit.lock().unwrap() = Says::Paid;
        village.bank.submits.forget_permits(Semaphore::MAX_PERMITS);
        let driving = tokio::spawn({
            let upah = Arc::clone(&upah);
            async move { upah.drive(&[], false, Some(0)).await.unwrap() }
        });
        while village.bank.says.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let reference = village.bank.says.lock().unwrap().keys().next().unwrap().clone();
        let body = format!("ended {reference}");
        assert_eq!(tells(&upah, &body).await, 503, "it was not acted on, and the bank shall come again");
        assert_eq!(village.questions(), 0);
        village.bank.submits.add_permits(100);
        driving.await.unwrap();
        assert_eq!(tells(&upah, &body).await, 200);
        let payment = upah.payment(&reference).await.unwrap();
        assert_eq!((payment.state, payment.version, village.questions()), (PaymentState::Settled, 3, 0));
    });
}

#[test]
fn what_came_back_is_noticed_and_old_news_afterwards_is_none() {
    lived(|village| async move {
        let (upah, references) = village.in_progress(1).await;
        let (ended, returned) = (format!("ended {}", references[0]), format!("returned {}", references[0]));
        village.bank_says(&references[0], Says::Paid);
        assert_eq!(tells(&upah, &ended).await, 200);
        village.bank_says(&references[0], Says::Returned);
        assert_eq!(tells(&upah, &returned).await, 200);
        assert_eq!(states(&upah).await, vec![PaymentState::Returned]);
        for late in [&ended, &returned] {
            assert_eq!(tells(&village.office().await, late).await, 200);
        }
        assert_eq!((states(&upah).await, village.questions()), (vec![PaymentState::Returned], 2));
    });
}

#[test]
fn a_bank_that_does_not_answer_our_question_is_told_to_call_again_and_then_asked_again() {
    lived(|village| async move {
        let (upah, references) = village.in_progress(1).await;
        let body = format!("ended {}", references[0]);
        village.bank_says(&references[0], Says::Nothing);
        assert_eq!(tells(&upah, &body).await, 503);
        assert_eq!(states(&upah).await, vec![PaymentState::Pending]);
        village.bank_says(&references[0], Says::Paid);
        assert_eq!(tells(&upah, &body).await, 200);
        assert_eq!(states(&upah).await, vec![PaymentState::Settled]);
    });
}

#[test]
fn a_flood_is_bounded_for_us_and_for_the_bank_and_loses_nobody() {
    lived(|village| async move {
        let (upah, references) = village.in_progress(150).await;
        let upah = Arc::new(upah);
        village.bank.answers.forget_permits(Semaphore::MAX_PERMITS);
        let one = |reference: &String| {
            let (upah, body) = (Arc::clone(&upah), format!("ended {reference}"));
            tokio::spawn(async move { tells(&upah, &body).await })
        };
        references.iter().for_each(|reference| village.bank_says(reference, Says::Paid));
        let calls: Vec<_> = references.iter().map(one).collect();
        // Whoever is not told at once to come again waits for the bank.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let (told, waiting): (Vec<_>, Vec<_>) = calls.into_iter().partition(|call| call.is_finished());
        assert_eq!((told.len(), waiting.len()), (150 - 128, 128));
        for call in told {
            assert_eq!(call.await.unwrap(), 503);
        }
        village.bank.answers.add_permits(1_000);
        for call in waiting {
            assert_eq!(call.await.unwrap(), 200);
        }
        let most = village.bank.at_once.lock().unwrap().1;
        assert!(most <= 4, "{most} questions at once");
        for reference in &references {
            assert_eq!(tells(&upah, &format!("ended {reference}")).await, 200);
        }
        assert_eq!(states(&upah).await, vec![PaymentState::Settled; 150]);
    });
}

#[test]
fn beside_a_drive_of_another_process_everybody_settles_once_and_nothing_is_sent_twice() {
    lived(|village| async move {
        let (listening, references) = village.in_progress(20).await;
        let listening = Arc::new(listening);
        let driving = village.office().await;
        references.iter().for_each(|reference| village.bank_says(reference, Says::Paid));
        let calls: Vec<_> = references
            .iter()
            .map(|reference| {
                let (upah, body) = (Arc::clone(&listening), format!("ended {reference}"));
                tokio::spawn(async move { tells(&upah, &body).await })
            })
            .collect();
        driving.drive(&[], false, Some(600)).await.unwrap();
        for call in calls {
            assert!(matches!(call.await.unwrap(), 200 | 503));
        }
        assert_eq!(states(&driving).await, vec![PaymentState::Settled; 20]);
        for reference in &references {
            let payment = driving.payment(reference).await.unwrap();
            assert_eq!((payment.attempts.len(), payment.attempts[0].sends, payment.excess.value()), (1, 1, 0));
        }
        assert!(driving.verify_log(None).await.unwrap().findings.is_empty());
    });
}

#[test]
fn a_body_that_is_too_long_is_not_even_read() {
    lived(|village| async move {
        let (upah, _) = village.in_progress(1).await;
        assert_eq!(tells(&upah, &"x".repeat(upah::CALLBACK_BYTES_MAX + 1)).await, 413);
        let nobody = "nobody".parse().unwrap();
        let delivery = Delivery { method: "POST", target: "/", headers: &[], body: b"" };
        assert!(matches!(upah.callback(&nobody, &delivery).await, Err(upah::Error::NotFound(_))));
    });
}
