//! The driver's one port to time and chance, and time as one session counts it.
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use upah_core::Timestamp;
use upah_core::planner::Clock;

/// Time and randomness, given by the host.
pub trait Environment: Send + Sync {
    /// The wall clock, which people and programs set forwards and back. No wait is measured by it.
    fn now(&self) -> Timestamp;
    /// Time since some moment of this process, by a clock that nobody sets: it never goes back and never jumps.
    /// It may stand still while the computer is suspended.
    fn monotonic(&self) -> Duration;
    /// Returns after so long by [`Environment::monotonic`], or later.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
    /// Fills the buffer with bytes that nobody can guess.
    ///
    /// # Errors
    /// The source of randomness does not answer.
    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed>;
}

/// The operating system gave no random bytes; nothing is made without them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct RandomnessFailed;

/// The operating system's clocks and randomness, and tokio's timer.
///
/// Signatures and tokens of the SNAP rail take the wall clock, so that a provider finds them fresh after a suspend,
/// too. What a session does about the wall clock is its own affair: its waits may take longer than configured when
/// the computer is suspended or the clock is set, and never shorter.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEnvironment;

impl Environment for SystemEnvironment {
    fn now(&self) -> Timestamp {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        static BEGAN: OnceLock<Instant> = OnceLock::new();
        BEGAN.get_or_init(Instant::now).elapsed()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        getrandom::fill(buffer).map_err(|_| RandomnessFailed)
    }
}

/// When the wall clock is ahead of a session by more than this, the session begins its waits anew.
const AHEAD_MILLIS_MAX: u64 = 60_000;

/// Time as one session counts it (safety rule 20): the wall clock of its beginning, and from there the monotonic one.
///
/// * The wall clock set back changes nothing: the session's time goes on.
/// * The wall clock far ahead means that it was set, or that the computer was suspended: nobody can tell which. The
///   session takes the new time, so that nothing is sent again that a provider may have forgotten, and counts as begun
///   at that moment, so that every trust window begins anew: waits take longer, never shorter.
pub(crate) struct SessionEnvironment {
    host: Arc<dyn Environment>,
    anchor: Mutex<Anchor>,
}

#[derive(Clone, Copy)]
struct Anchor {
    wall: Timestamp,
    monotonic: Duration,
}

impl Anchor {
    fn here(host: &dyn Environment) -> Self {
        Self { wall: host.now(), monotonic: host.monotonic() }
    }

    fn time(self, monotonic: Duration) -> Timestamp {
        let passed = monotonic.saturating_sub(self.monotonic).as_millis();
        Timestamp::from_millis(self.wall.millis().saturating_add(i64::try_from(passed).unwrap_or(i64::MAX)))
    }
}

impl SessionEnvironment {
    /// A session begins.
    pub(crate) fn begin(host: Arc<dyn Environment>) -> Self {
        let anchor = Mutex::new(Anchor::here(&*host));
        Self { host, anchor }
    }

    fn anchor(&self) -> MutexGuard<'_, Anchor> {
        self.anchor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Now, and since when the session counts as begun.
    pub(crate) fn clock(&self) -> Clock {
        let mut anchor = self.anchor();
        let now = anchor.time(self.host.monotonic());
        if self.host.now().millis_since(now) > AHEAD_MILLIS_MAX {
            *anchor = Anchor::here(&*self.host);
            return Clock { now: anchor.wall, session_start: anchor.wall, lapsed_at: None };
        }
        Clock { now, session_start: anchor.wall, lapsed_at: None }
    }

    /// Now. Never earlier than it was.
    pub(crate) fn now(&self) -> Timestamp {
        self.anchor().time(self.host.monotonic())
    }

    /// The host's own, for randomness.
    pub(crate) fn host(&self) -> &dyn Environment {
        &*self.host
    }

    /// Returns when the session's time has reached `until`.
    pub(crate) async fn sleep_until(&self, until: Timestamp) {
        self.host.sleep(Duration::from_millis(until.millis_since(self.now()))).await;
    }
}

/// The same clock and randomness for the SNAP rail.
#[cfg(feature = "snap")]
impl upah_snap::client::SnapEnvironment for SystemEnvironment {
    fn now_unix_millis(&self) -> u64 {
        u64::try_from(self.now().millis()).unwrap_or(0)
    }

    fn random_16(&self) -> [u8; 16] {
        let mut bytes = [0u8; 16];
        // Without randomness an X-EXTERNAL-ID repeats and is refused (409ss00); nothing is paid by that.
        let _ = self.fill_random(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    /// A computer whose two clocks a test sets apart, in milliseconds.
    #[derive(Default)]
    struct Computer {
        wall: AtomicI64,
        monotonic: AtomicI64,
    }

    impl Computer {
        fn runs(&self, millis: i64) {
            self.wall.fetch_add(millis, Ordering::Relaxed);
            self.monotonic.fetch_add(millis, Ordering::Relaxed);
        }

        fn is_set(&self, millis: i64) {
            self.wall.fetch_add(millis, Ordering::Relaxed);
        }
    }

    impl Environment for Computer {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(self.wall.load(Ordering::Relaxed))
        }

        fn monotonic(&self) -> Duration {
            Duration::from_millis(u64::try_from(self.monotonic.load(Ordering::Relaxed)).unwrap())
        }

        fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            self.runs(i64::try_from(duration.as_millis()).unwrap());
            Box::pin(std::future::ready(()))
        }

        fn fill_random(&self, _: &mut [u8]) -> Result<(), RandomnessFailed> {
            Err(RandomnessFailed)
        }
    }

    const BEGAN: i64 = 1_795_600_000_000;

    fn session() -> (Arc<Computer>, SessionEnvironment) {
        let computer = Arc::new(Computer::default());
        computer.is_set(BEGAN);
        computer.runs(5_000);
        computer.is_set(-5_000);
        let host: Arc<dyn Environment> = Arc::clone(&computer) as _;
        (computer, SessionEnvironment::begin(host))
    }

    /// Now and the session's beginning, in milliseconds since it was begun.
    fn told(session: &SessionEnvironment) -> (i64, i64) {
        let clock = session.clock();
        assert_eq!(session.now(), clock.now);
        (clock.now.millis() - BEGAN, clock.session_start.millis() - BEGAN)
    }

    #[test]
    fn a_clock_set_back_in_mid_session_stops_no_wait_and_repeats_none() {
        let (computer, session) = session();
        computer.runs(600_000);
        computer.is_set(-7_200_000);
        assert_eq!(told(&session), (600_000, 0));
        computer.runs(1_000);
        assert_eq!(told(&session), (601_000, 0));
    }

    #[test]
    fn a_clock_set_forwards_or_a_suspend_begins_every_wait_anew_and_shortens_none() {
        let (computer, session) = session();
        computer.runs(10_000);
        computer.is_set(59_000);
        assert_eq!(told(&session), (10_000, 0), "a correction is no jump");
        computer.is_set(7_200_000);
        let jumped = 10_000 + 59_000 + 7_200_000;
        assert_eq!(told(&session), (jumped, jumped), "what a provider may have forgotten is as old as it is");
        computer.runs(1_000);
        assert_eq!(told(&session), (jumped + 1_000, jumped));
    }

    #[test]
    fn a_wait_is_measured_by_the_clock_that_nobody_sets() {
        let (computer, session) = session();
        computer.is_set(-7_200_000);
        let until = session.now().plus_seconds(90);
        let mut wait = Box::pin(session.sleep_until(until));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(wait.as_mut().poll(&mut context).is_ready());
        assert_eq!((session.now(), computer.monotonic()), (until, Duration::from_secs(95)));
    }
}
