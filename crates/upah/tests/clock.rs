//! A wall clock that is behind what is recorded: nothing is written under it, whoever asks.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "sqlite")]
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use upah::core::row::{PayRow, PayRowFields, Statement};
use upah::core::run::{PaymentId, RunId};
use upah::core::{Rupiah, Timestamp};
use upah::sqlite::{OpenOptions, Sqlite};
use upah::{Confirm, Environment, Error, Gateway, LogKey, Mode, RandomnessFailed, Signatures};

/// A computer whose clock a test sets, in milliseconds.
struct Computer(AtomicI64);

impl Computer {
    fn is_set(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }
}

impl Environment for Computer {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        // Names of runs must differ; nothing here is a secret.
        let seed = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        buffer.iter_mut().zip(seed.into_iter().cycle()).for_each(|(to, from)| *to = from);
        Ok(())
    }
}

struct Office {
    computer: Arc<Computer>,
    upah: Gateway,
    _folder: tempfile::TempDir,
}

async fn office() -> Office {
    let folder = tempfile::tempdir().unwrap();
    let computer = Arc::new(Computer(AtomicI64::new(1_795_600_000_000)));
    let store = Arc::new(Sqlite::open(folder.path().join("wages.db"), OpenOptions { create: true }).unwrap());
    let key = LogKey::from_seed("payroll.example/wages", &[7; 32], folder.path().join("wages.head")).unwrap();
    let environment: Arc<dyn Environment> = Arc::clone(&computer) as _;
    let upah = Gateway::open(store, Mode::Sandbox).environment(environment).log_key(key).build().await.unwrap();
    Office { computer, upah, _folder: folder }
}

/// A row for each worker from the first to the last.
fn rows(workers: std::ops::Range<u64>) -> Vec<PayRow> {
    let amount = Rupiah::new(600_000).unwrap();
    let row = |n: u64| PayRowFields {
        row: n,
        employer: None,
        worker_id: format!("W-{n}").parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: vec![format!("bank:014:12345{n:05}").parse().unwrap()],
        period: "2026-11".parse().unwrap(),
        amount,
        component: "wage".parse().unwrap(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole("base".parse().unwrap(), amount),
    };
    workers.map(|n| PayRow::new(row(n)).unwrap()).collect()
}

impl Office {
    async fn seal(&self, workers: std::ops::Range<u64>) -> Result<RunId, Error> {
        let signatures = Signatures { created_by: "rini".parse().unwrap(), approved_by: None, confirm: Confirm::None };
        let admitted = self.upah.seal(&"kampung-contoh".parse().unwrap(), rows(workers), &signatures).await?;
        Ok(admitted.unwrap().run.unwrap())
    }

    async fn stop(&self, run: &RunId, n: u32) -> Result<(), Error> {
        let id = PaymentId { run: run.clone(), n };
        self.upah.cancel_payment(&id, &"sari".parse().unwrap(), "stop").await
    }

    async fn approve(&self, run: &RunId) -> Result<(), Error> {
        self.upah.approve(run, &"sari".parse().unwrap(), &Confirm::None).await.map(drop)
    }
}

fn is_behind<T>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::ClockBehind { .. }))
}

fn in_an_office<F: Future>(story: impl FnOnce(Office) -> F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async { story(office().await).await })
}

#[test]
fn under_a_clock_that_is_behind_nothing_is_sealed_approved_stopped_or_sent() {
    in_an_office(async |office| {
        let run = office.seal(1..4).await.unwrap();
        office.computer.is_set(-7_200);
        assert!(is_behind(office.seal(4..5).await));
        assert!(is_behind(office.approve(&run).await));
        assert!(is_behind(office.stop(&run, 1).await));
        assert!(is_behind(office.upah.cancel_run(&run, &"sari".parse().unwrap(), "stop").await));
        assert!(is_behind(office.upah.drive(&[], false, Some(0)).await));
        office.computer.is_set(7_200);
        office.approve(&run).await.unwrap();
        office.stop(&run, 1).await.unwrap();
    });
}

const DAY: i64 = 86_400;

#[test]
fn a_clock_does_not_walk_back_unnoticed_by_steps_that_are_each_small_enough() {
    in_an_office(async |office| {
        let run = office.seal(1..4).await.unwrap();
        office.computer.is_set(DAY);
        office.approve(&run).await.unwrap();
        office.computer.is_set(-50);
        office.stop(&run, 1).await.unwrap();
        office.computer.is_set(-50);
        assert!(is_behind(office.stop(&run, 2).await), "the last record is 50 seconds ahead, the one before 100");
    });
}

#[test]
fn a_long_file_does_not_hide_what_was_written_before_it() {
    in_an_office(async |office| {
        office.seal(1..4).await.unwrap();
        office.computer.is_set(DAY);
        office.seal(4..204).await.unwrap();
        office.computer.is_set(-50);
        let run = office.seal(204..404).await.unwrap();
        office.approve(&run).await.unwrap();
        office.computer.is_set(-50);
        assert!(is_behind(office.stop(&run, 1).await));
    });
}
