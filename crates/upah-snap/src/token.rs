//! The access token: fetched once for everybody, renewed before it expires.
//!
//! A token lives about fifteen minutes. It is renewed after 80 % of its life, so that no call is
//! signed with one that expires on the way. However many calls need a token at the same moment, one
//! request is made, and whoever waited for it shares its outcome, a failure too: a bank that is down
//! is not asked once for every waiting wage.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use thiserror::Error;
use tokio::sync::Mutex;
use upah_transport::{MaybeSentReason, NotSentReason};

/// A bearer token. Never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(Arc<str>);

crate::redacted_debug!(AccessToken, TokenCache);

impl AccessToken {
    /// Takes a token without `Bearer`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The secret text.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Why there is no token. No money is involved: the call that wanted it was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TokenFailure {
    /// The counterparty cannot be reached.
    #[error("token: {0}")]
    Unreachable(NotSentReason),
    /// The token request was not answered.
    #[error("token: {0}")]
    NoAnswer(MaybeSentReason),
    /// 400, 401 or 403: wrong client id, key or signature, or an address that is not let in. Every
    /// payment over this rail meets the same.
    #[error("token: credentials refused (HTTP {http})")]
    CredentialsRefused {
        /// HTTP status.
        http: u16,
    },
    /// 429: too many requests.
    #[error("token: too many requests")]
    Busy {
        /// What the counterparty asked for.
        retry_after_seconds: Option<u64>,
    },
    /// 5xx: trouble on their side.
    #[error("token: the counterparty has trouble (HTTP {http})")]
    Unavailable {
        /// HTTP status.
        http: u16,
    },
    /// An answer without a usable token in it.
    #[error("token: the answer cannot be understood (HTTP {http})")]
    Garbage {
        /// HTTP status.
        http: u16,
    },
    /// The request could not be signed.
    #[error("token: signing failed")]
    Signing,
}

/// A token with its life, as fetched.
#[derive(Clone)]
pub struct FreshToken {
    /// The token.
    pub token: AccessToken,
    /// Seconds it lives.
    pub life_seconds: u64,
}

crate::redacted_debug!(FreshToken);

/// Holds the token of one counterparty.
#[derive(Default)]
pub struct TokenCache {
    state: Mutex<State>,
    // Counts finished fetches; read before waiting for the lock, it tells a waiter whether one
    // ended in the meantime.
    fetches: AtomicU64,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    last_failure: Option<TokenFailure>,
}

struct Held {
    token: AccessToken,
    fetched_at_millis: u64,
    renew_at_millis: u64,
}

impl TokenCache {
    /// The token, fetched if there is none or it is due. `now_unix_millis` is asked when the turn
    /// comes, not when the wait begins. Safe to drop: the next caller fetches.
    ///
    /// # Errors
    /// What `fetch` failed with, in this call or in one that this call waited for.
    pub async fn token<F>(
        &self,
        now_unix_millis: impl Fn() -> u64,
        fetch: impl FnOnce() -> F,
    ) -> Result<AccessToken, TokenFailure>
    where
        F: Future<Output = Result<FreshToken, TokenFailure>>,
    {
        let fetches_before = self.fetches.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        // Taken before the fetch: the life of a token begins at the latest when it is answered.
        let now = now_unix_millis();
        if let Some(held) = &state.held
            && (held.fetched_at_millis..held.renew_at_millis).contains(&now)
        {
            return Ok(held.token.clone());
        }
        if self.fetches.load(Ordering::Acquire) != fetches_before
            && let Some(failure) = state.last_failure
        {
            return Err(failure);
        }
        let outcome = fetch().await;
        self.fetches.fetch_add(1, Ordering::Release);
        state.last_failure = outcome.as_ref().err().copied();
        state.held = outcome.as_ref().ok().map(|fresh| Held {
            token: fresh.token.clone(),
            fetched_at_millis: now,
            // 80 % of the life, in milliseconds.
            renew_at_millis: now.saturating_add(fresh.life_seconds.saturating_mul(800)),
        });
        outcome.map(|fresh| fresh.token)
    }

    /// Forgets a token that was not accepted. A newer one, fetched meanwhile, stays.
    pub async fn invalidate(&self, rejected: &AccessToken) {
        let mut state = self.state.lock().await;
        if state.held.as_ref().is_some_and(|h| h.token == *rejected) {
            state.held = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    fn fresh(text: &str) -> Result<FreshToken, TokenFailure> {
        Ok(FreshToken { token: AccessToken::new(text), life_seconds: 900 })
    }

    #[tokio::test]
    async fn token_is_renewed_at_80_percent_of_its_life_and_when_the_clock_goes_back() {
        let cache = TokenCache::default();
        let start = 1_000_000;
        for (now, text, want) in [
            (start, "a", "a"),
            (start + 719_999, "b", "a"),
            (start + 720_000, "c", "c"),
            (start + 1_000_000, "d", "c"),
            (start + 719_999, "e", "e"),
        ] {
            let token = cache.token(|| now, || async { fresh(text) }).await;
            assert_eq!(token.unwrap().reveal(), want, "at {now}");
        }
    }

    #[tokio::test]
    async fn only_the_rejected_token_is_forgotten() {
        let cache = TokenCache::default();
        let old = cache.token(|| 5, || async { fresh("old") }).await.unwrap();
        cache.invalidate(&AccessToken::new("other")).await;
        let same = cache.token(|| 5, || async { fresh("new") }).await.unwrap();
        assert!(same == old);
        cache.invalidate(&old).await;
        let new = cache.token(|| 5, || async { fresh("new") }).await.unwrap();
        assert_eq!(new.reveal(), "new");
    }

    async fn thirty_two_at_once(outcome: Result<FreshToken, TokenFailure>) -> (usize, usize) {
        let cache = Arc::new(TokenCache::default());
        let calls = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..32)
            .map(|_| {
                let (cache, calls, outcome) = (Arc::clone(&cache), Arc::clone(&calls), outcome.clone());
                tokio::spawn(async move {
                    let fetch = || async move {
                        calls.fetch_add(1, Ordering::SeqCst);
                        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                        outcome
                    };
                    cache.token(|| 5, fetch).await.is_ok()
                })
            })
            .collect();
        let mut good = 0;
        for task in tasks {
            good += usize::from(task.await.unwrap());
        }
        (calls.load(Ordering::SeqCst), good)
    }

    #[tokio::test]
    async fn many_at_once_make_one_request_and_share_its_failure() {
        assert_eq!(thirty_two_at_once(fresh("t")).await, (1, 32));
        let down = Err(TokenFailure::Unavailable { http: 503 });
        assert_eq!(thirty_two_at_once(down).await, (1, 0));
    }

    #[tokio::test]
    async fn failure_is_not_remembered_for_whoever_comes_later() {
        let cache = TokenCache::default();
        let refused = TokenFailure::CredentialsRefused { http: 401 };
        let first = cache.token(|| 5, || async { Err(refused) }).await;
        assert_eq!(first.err(), Some(refused));
        assert!(cache.token(|| 5, || async { fresh("t") }).await.is_ok());
    }

    #[tokio::test]
    async fn dropped_fetch_lets_the_next_caller_fetch() {
        let cache = TokenCache::default();
        let never = cache.token(|| 5, std::future::pending);
        assert!(tokio::time::timeout(std::time::Duration::from_millis(10), never).await.is_err());
        assert!(cache.token(|| 5, || async { fresh("t") }).await.is_ok());
    }
}
