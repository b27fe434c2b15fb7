//! How long a proof runs, which cases it draws, and what stands at the head of its report.
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use std::fmt::Debug;
use std::future::Future;
use tokio::runtime::{Builder, Runtime};

use crate::report::Verdict;

/// For how long a failing case is made smaller: a short one soon is better than the shortest tomorrow.
const SHRINK_MILLIS_MAX: u32 = 6_000;

/// What a proof is run with. The same plan draws the same cases.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) cases: u32,
    pub(crate) seed: u64,
    pub(crate) version: String,
    pub(crate) date: String,
    pub(crate) only: Option<String>,
}

impl Default for Plan {
    /// A dozen cases of each property: seconds, for every build.
    fn default() -> Self {
        Self { cases: 12, seed: 0, version: "not stated".into(), date: "not stated".into(), only: None }
    }
}

impl Plan {
    /// So many random cases of each property; a nightly run may well take thousands.
    ///
    /// A rail gets about a third of them for each property, since every case waits for a provider, shared among the
    /// property's faults and your destinations; each fault is tried with each destination at least once, however few
    /// cases are asked for.
    #[must_use]
    pub fn cases(mut self, cases: u32) -> Self {
        self.cases = cases.max(1);
        self
    }

    /// Draws other cases.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What the report shall call the version that was proved.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// The day that the report shall bear. The kit asks no clock for it.
    #[must_use]
    pub fn date(mut self, date: impl Into<String>) -> Self {
        self.date = date.into();
        self
    }

    /// Only the properties whose name holds this text: for mending one at a time. The report says that it
    /// is a part.
    #[must_use]
    pub fn only(mut self, part_of_a_name: impl Into<String>) -> Self {
        self.only = Some(part_of_a_name.into());
        self
    }

    /// Whether a property is asked for.
    pub(crate) fn asks_for(&self, property: &str) -> bool {
        self.only.as_deref().is_none_or(|part| property.contains(part))
    }

    /// Draws values and tries each; shrinks the first that fails.
    pub(crate) fn try_each<T: Debug>(
        &self,
        (cases, shrinks_max): (u32, u32),
        strategy: impl Strategy<Value = T>,
        mut test: impl FnMut(T) -> Result<(), String>,
    ) -> Verdict {
        let config = Config {
            cases,
            failure_persistence: None,
            max_shrink_iters: shrinks_max,
            max_shrink_time: SHRINK_MILLIS_MAX,
            ..Config::default()
        };
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_be_bytes());
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
        // The runner wants a shared function, and calls it from this thread alone.
        let test = std::cell::RefCell::new(&mut test);
        let run = runner
            .run(&strategy, |value| (test.borrow_mut())(value).map_err(proptest::test_runner::TestCaseError::fail));
        match run {
            Ok(()) => Verdict::Passed { cases },
            Err(TestError::Fail(why, value)) => {
                Verdict::Failed { why: why.message().to_owned(), counterexample: format!("{value:#?}") }
            }
            Err(TestError::Abort(why)) => {
                Verdict::Failed { why: why.message().to_owned(), counterexample: String::new() }
            }
        }
    }
}

/// Runs a proof on a thread and a runtime of its own, so that it may be called from anywhere, an
/// asynchronous test included.
///
/// # Errors
/// The system gives no thread or runtime, or the proof panicked outside a case.
pub(crate) fn on_a_runtime<T: Send>(proof: impl FnOnce(&Runtime) -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("conformance".into());
        let running = thread.spawn_scoped(scope, || {
            let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
            runtime.map(|runtime| proof(&runtime)).map_err(|error| format!("no runtime: {error}"))
        });
        let running = running.map_err(|error| format!("no thread: {error}"))?;
        running.join().map_err(|_| "the proof itself panicked".to_owned())?
    })
}

/// Waits for something that must not take for ever.
pub(crate) async fn in_time<T>(what: &str, seconds: u64, work: impl Future<Output = T>) -> Result<T, String> {
    let limit = std::time::Duration::from_secs(seconds);
    tokio::time::timeout(limit, work).await.map_err(|_| format!("{what} did not return within {seconds} seconds"))
}
