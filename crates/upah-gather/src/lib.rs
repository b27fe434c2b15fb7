//! A waiting room: wages that wait at the same time go out together, in one file or in one request.
//!
//! It knows nothing of wages. Who [waits](Room::wait) does so for a short time, or until as many wait as may go at once;
//! then those who are there are handed over together, and each is told what came of it. What is handed over does not end
//! with the one who came first: the work is a task of its own.
//!
//! # Whoever stops waiting
//! Dropping the future of [`Room::wait`] is seen by whoever does the work, [`Guest::is_gone`], up to the moment in which
//! the work begins: a process that has lost a payment to another one must not send it any more. Looking is the work's
//! own duty, as late as it can.
//!
//! A process that was stopped while wages waited, or a machine that slept, wakes and may do the work before it notices what
//! it has lost. So whoever has waited too long, by either clock, is gone as well.
#![cfg_attr(test, allow(clippy::unwrap_used))]

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{Notify, oneshot};

/// One who waits, and whom to tell.
pub struct Guest<T, R> {
    item: T,
    answer: oneshot::Sender<R>,
    came: Instant,
    /// Goes on while the machine sleeps, and may be set.
    came_by_calendar: SystemTime,
    patience: Duration,
}

impl<T, R> Guest<T, R> {
    /// What was brought.
    pub fn item(&self) -> &T {
        &self.item
    }

    /// Whether nobody waits for it any more, or it has waited too long to be sent.
    pub fn is_gone(&self) -> bool {
        let slept = self.came_by_calendar.elapsed().is_ok_and(|waited| waited > self.patience);
        self.answer.is_closed() || slept || self.came.elapsed() > self.patience
    }

    /// Says what came of it. Whoever is gone does not hear it.
    pub fn tell(self, outcome: R) {
        let _ = self.answer.send(outcome);
    }
}

// An item is a wage.
impl<T, R> fmt::Debug for Guest<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guest").finish_non_exhaustive()
    }
}

type Work<T, R> = dyn Fn(Vec<Guest<T, R>>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

struct Queue<T, R> {
    waiting: Vec<Guest<T, R>>,
    /// Somebody hands over until nobody waits.
    is_worked_on: bool,
}

/// See the crate. Share it.
pub struct Room<T, R> {
    work: Box<Work<T, R>>,
    window: Duration,
    patience: Duration,
    most: usize,
    queue: Mutex<Queue<T, R>>,
    full: Notify,
}

impl<T, R> fmt::Debug for Room<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Room").field("window", &self.window).field("most", &self.most).finish_non_exhaustive()
    }
}

/// Ends the work also where the runtime ends it: who comes later begins anew.
struct Working<'a, T, R>(&'a Room<T, R>);

impl<T, R> Drop for Working<'_, T, R> {
    fn drop(&mut self) {
        self.0.queue().is_worked_on = false;
    }
}

impl<T: Send + 'static, R: Send + 'static> Room<T, R> {
    /// A room in which one waits for `window`, or until `most` are there; of them at most so many are handed to `work` at
    /// once. The next are handed over when `work` is done with these: what need not be waited for, it spawns. Whoever has
    /// waited for `late` besides is gone.
    pub fn new<F>(
        window: Duration,
        late: Duration,
        most: usize,
        work: impl Fn(Vec<Guest<T, R>>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self {
            work: Box::new(move |guests| Box::pin(work(guests))),
            window,
            patience: window + late,
            most: most.max(1),
            queue: Mutex::new(Queue { waiting: Vec::new(), is_worked_on: false }),
            full: Notify::new(),
        }
    }

    /// Waits with others, then for what came of it; `None` when the work ended without a word.
    ///
    /// Must be called within a tokio runtime that has a clock.
    pub async fn wait(self: &Arc<Self>, item: T) -> Option<R> {
        let (answer, told) = oneshot::channel();
        let begins = {
            let mut queue = self.queue();
            let (came, came_by_calendar, patience) = (Instant::now(), SystemTime::now(), self.patience);
            queue.waiting.push(Guest { item, answer, came, came_by_calendar, patience });
            if queue.waiting.len() >= self.most {
                self.full.notify_one();
            }
            !std::mem::replace(&mut queue.is_worked_on, true)
        };
        if begins {
            tokio::spawn(Arc::clone(self).hand_over());
        }
        told.await.ok()
    }

    /// Hands over until nobody waits.
    async fn hand_over(self: Arc<Self>) {
        let working = Working(&self);
        loop {
            if self.queue().waiting.len() < self.most {
                tokio::select! {
                    () = tokio::time::sleep(self.window) => {}
                    () = self.full.notified() => {}
                }
            }
            let next: Vec<Guest<T, R>> = {
                let mut queue = self.queue();
                let end = queue.waiting.len().min(self.most);
                queue.waiting.drain(..end).collect()
            };
            (self.work)(next).await;
            let mut queue = self.queue();
            if queue.waiting.is_empty() {
                queue.is_worked_on = false;
                drop(queue);
                // Said already, in the same breath as it was seen that nobody waits.
                std::mem::forget(working);
                return;
            }
        }
    }
}

impl<T, R> Room<T, R> {
    fn queue(&self) -> MutexGuard<'_, Queue<T, R>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
