//! The inbox: what a provider says unasked becomes a question of ours, and its answer is recorded as always.
//!
//! notify: callback ▸ verify ▸ dedupe ▸ inquire.
//!
//! # What is durable, and when
//! The record of payments is the inbox's only memory that must last. A callback is acknowledged when the question
//! that it led to was answered and the answer is durable, or when the record already says more than the callback
//! could; until then the provider is told to come again (503), and its own queue keeps what ours would have kept.
//! Nothing is lost with a callback that never comes, or with a process that dies over one: the planner asks on
//! its schedule, and `drive` asks at once when it begins.
//!
//! # What a repetition costs
//! Nothing, once the attempt has ended: the record says so, in every process and after every restart. While the
//! provider's inquiry still says "under way" although its callback says "ended", a repetition is recognised for as
//! long as this process lives and remembers it; after that it costs one question, which changes nothing by itself.
//!
//! # What is bounded
//! The body, the callbacks that are in hand at once, how long one waits, and what is remembered of earlier ones.
//! Questions go through the rail's places and its pace, together with those of a drive beside it.
use crate::error::Error;
use crate::gateway::Gateway;
use crate::journal::Working;
use crate::session::Session;
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use tokio::sync::{Mutex, OnceCell, Semaphore};
use upah_core::RailId;
use upah_core::callback::{Delivery, Hint, Reading, Reply};
use upah_core::gate::Passage;
use upah_core::planner::{self, Command};
use upah_core::store::StoreError;

/// The longest body that is looked at, in bytes. A notification of a thousand transfers has about half as much.
pub const CALLBACK_BYTES_MAX: usize = 512 * 1_024;
/// So many callbacks are in hand at once; whoever comes beyond that is told to come again.
const IN_HAND_MAX: usize = 128;
/// Hints of one payment come to one desk, one after the other; so many are served side by side.
const DESKS: usize = 64;
/// So many answered hints a desk remembers.
const REMEMBERED_MAX: usize = 64;
/// How often a hint looks again at a payment whose own answer is yet to be recorded, or that somebody else moved.
const LOOKS_MAX: usize = 5;

/// What is in hand, and what was answered lately.
pub(crate) struct Inbox {
    session: OnceCell<Arc<Session>>,
    places: Semaphore,
    desks: Vec<Mutex<VecDeque<(RailId, Hint)>>>,
}

impl Default for Inbox {
    fn default() -> Self {
        let desks = (0..DESKS).map(|_| Mutex::default()).collect();
        Self { session: OnceCell::new(), places: Semaphore::new(IN_HAND_MAX), desks }
    }
}

impl Inbox {
    fn desk(&self, hint: &Hint) -> &Mutex<VecDeque<(RailId, Hint)>> {
        let mut hasher = DefaultHasher::new();
        hint.reference.hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % DESKS as u64).unwrap_or(0);
        &self.desks[index]
    }
}

/// Told to come again, without a word of why.
fn later() -> Reply {
    Reply { status: 503, headers: vec![("retry-after", "5".to_owned())], body: String::new() }
}

impl Gateway {
    /// The rails whose providers may call, each with the paths on which they do.
    pub fn callback_paths(&self) -> Vec<(RailId, Vec<String>)> {
        let rails = self.rails().filter_map(|rail| Some((rail.id().clone(), rail.callbacks()?.paths())));
        rails.collect()
    }

    /// Hears one callback and gives what is to be answered. The host owns HTTP: it passes the request as it came, the
    /// body's bytes untouched, and sends the reply.
    ///
    /// A callback is a hint. What cannot be proved to be the provider's changes nothing and costs no question. What can
    /// leads to an inquiry about our own reference, over this rail, and the answer to that is recorded by the same
    /// rules as any other. Nothing is ever sent from here: what an answer frees goes with the next
    /// [`Gateway::drive`].
    ///
    /// # Failure and persistence
    /// When it returns the rail's own acknowledgement, everything that followed from the callback is durable. A 503
    /// says that it could not be acted on (too many at once, the provider does not answer our question, our own
    /// answer is not recorded yet); the provider will deliver it again, and if it does not, nothing is lost: the
    /// attempt is asked about on schedule. Safe to drop, to repeat, and to call beside a drive. What was recorded is
    /// not signed by this; [`Book::sign`](crate::Book::sign) or the next drive does that.
    ///
    /// # Errors
    /// No such rail, or one whose provider may not call; the log key is missing, the clock is behind, the store is
    /// older than its last checkpoint ([`Error::WentBack`]), or failed. Answer the provider with 503 then.
    pub async fn callback(&self, rail: &RailId, delivery: &Delivery<'_>) -> Result<Reply, Error> {
        let adapter = self.rails().find(|adapter| adapter.id() == rail);
        let callbacks = adapter.and_then(|adapter| adapter.callbacks());
        let callbacks = callbacks.ok_or_else(|| Error::NotFound(format!("callback of rail {rail}")))?;
        if delivery.body.len() > CALLBACK_BYTES_MAX {
            return Ok(Reply { status: 413, headers: Vec::new(), body: String::new() });
        }
        let notice = match callbacks.read(delivery, self.env().now()) {
            Reading::TurnedAway(reply) => return Ok(reply),
            Reading::Genuine(notice) => notice,
        };
        let Ok(_place) = self.inbox.places.try_acquire() else { return Ok(later()) };
        for hint in &notice.hints {
            if !self.follow(rail, hint).await? {
                return Ok(later());
            }
        }
        Ok(notice.reply)
    }

    /// The session in which questions are asked: begun with the first genuine hint, and looked at as a drive's is.
    async fn inbox_session(&self) -> Result<&Arc<Session>, Error> {
        let begin = || async {
            self.book().require_key()?;
            self.check_clock().await?;
            if self.book().went_back().await? {
                return Err(Error::WentBack);
            }
            Ok(Arc::new(self.asking().await?))
        };
        self.inbox.session.get_or_try_init(begin).await
    }

    /// Follows one hint. Says whether it was acted on, or there was nothing to act on.
    async fn follow(&self, rail: &RailId, hint: &Hint) -> Result<bool, Error> {
        let mut remembered = self.inbox.desk(hint).lock().await;
        if remembered.iter().any(|(known, answered)| known == rail && answered == hint) {
            return Ok(true);
        }
        let session = self.inbox_session().await?;
        for _ in 0..LOOKS_MAX {
            // Nobody's reference, or not ours: answered as any other, so that nobody learns which ones are.
            let Some(stored) = self.store().by_reference(hint.reference.clone()).await? else { return Ok(true) };
            if stored.is_erased() {
                return Ok(true);
            }
            let mut working = self.opened(&stored).await?;
            // The session's clock, so that a computer that slept is noticed.
            let now = session.clock().now;
            match planner::hinted(&working.payment, &session.policy, rail, hint, now) {
                Command::Inquire { rail, number } => match self.ask(session, &mut working, &rail, number).await {
                    Ok(true) => {
                        if remembered.len() == REMEMBERED_MAX {
                            remembered.pop_front();
                        }
                        remembered.push_back((rail, hint.clone()));
                        return Ok(true);
                    }
                    // Somebody else moved it in the meantime: look again.
                    Err(Error::Store(StoreError::Conflict(_))) => {}
                    other => return other,
                },
                Command::Wait { until } => session.env.sleep_until(until).await,
                _ => return Ok(true),
            }
        }
        Ok(false)
    }

    /// Asks the provider, unless it wants to be left alone. Says whether it answered; if so the answer is durable.
    async fn ask(&self, session: &Session, working: &mut Working, rail: &RailId, number: u16) -> Result<bool, Error> {
        let now = session.env.now();
        let passage = session.lanes.get(rail).map(|lane| lane.with_gate(|gate| gate.passage(now)));
        if matches!(passage, None | Some(Passage::NotBefore(_))) {
            return Ok(false);
        }
        session.inquire(working, rail, number).await
    }
}
