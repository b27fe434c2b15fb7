//! The driver's one port to time and chance.
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use upah_core::Timestamp;

/// Time and randomness, given by the host.
pub trait Environment: Send + Sync {
    /// The wall clock.
    fn now(&self) -> Timestamp;
    /// Returns when the wall clock is expected to have reached `until`; waits monotonically.
    fn sleep_until(&self, until: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
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

/// The operating system's clock and randomness, and tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEnvironment;

impl Environment for SystemEnvironment {
    fn now(&self) -> Timestamp {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    fn sleep_until(&self, until: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(Duration::from_millis(until.millis_since(self.now()))))
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        getrandom::fill(buffer).map_err(|_| RandomnessFailed)
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
