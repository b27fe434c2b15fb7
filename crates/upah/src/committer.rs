//! Group commit: changes queue, and whoever comes first commits for all that queued meanwhile. No task
//! of its own, no timer; under load the groups grow by themselves.
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::oneshot;
use upah_core::store::{ChangeSet, PaymentChange, Receipt, Store, StoreError};

type Answer = Result<Arc<Receipt>, StoreError>;

/// What somebody who waits is told.
enum Word {
    /// What became of the change.
    Done(Answer),
    /// The change is yet to be committed, and it is this waiter's turn to do it.
    Lead(Box<PaymentChange>),
}

/// Changes that wait for the next group.
#[derive(Default)]
struct Queue {
    waiting: Vec<(PaymentChange, oneshot::Sender<Word>)>,
    /// Somebody commits, and will hand the lead over.
    led: bool,
}

/// The one way of payment events into the store.
pub(crate) struct Committer {
    store: Arc<dyn Store>,
    queue: Mutex<Queue>,
    spent_micros: AtomicU64,
    groups: AtomicU64,
}

/// At most so many changes in one transaction.
const GROUP_MAX: usize = 512;

impl Committer {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, queue: Mutex::default(), spent_micros: AtomicU64::new(0), groups: AtomicU64::new(0) }
    }

    /// Returns when the change is durable, or was refused and left no trace.
    ///
    /// Dropping the future leaves open whether the change is committed; it never stops the others.
    pub(crate) async fn commit(&self, change: PaymentChange) -> Answer {
        let (change, lead) = match self.enter(change) {
            Ok(own) => own,
            Err(told) => match told.await {
                Ok(Word::Done(answer)) => return answer,
                Ok(Word::Lead(change)) => (*change, Lead(self)),
                // Whoever took our change was dropped with it: whether it is durable is not known here.
                Err(_) => return Err(StoreError::Medium("a commit was interrupted".into())),
            },
        };
        let others: Vec<_> = {
            let mut queue = self.queue();
            let end = queue.waiting.len().min(GROUP_MAX - 1);
            queue.waiting.drain(..end).collect()
        };
        let began = Instant::now();
        let (mut changes, waiters): (Vec<_>, Vec<_>) = others.into_iter().unzip();
        changes.push(change);
        let mut answers = self.write(changes).await;
        let spent = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.spent_micros.fetch_add(spent, Ordering::Relaxed);
        self.groups.fetch_add(1, Ordering::Relaxed);
        drop(lead);
        let own = answers.pop().unwrap_or_else(|| Err(StoreError::Medium("a commit was not answered".into())));
        for (waiter, answer) in waiters.into_iter().zip(answers) {
            let _ = waiter.send(Word::Done(answer));
        }
        own
    }

    /// Takes the lead with the change, or queues it.
    fn enter(&self, change: PaymentChange) -> Result<(PaymentChange, Lead<'_>), oneshot::Receiver<Word>> {
        let mut queue = self.queue();
        if !queue.led {
            queue.led = true;
            return Ok((change, Lead(self)));
        }
        let (tell, told) = oneshot::channel();
        queue.waiting.push((change, tell));
        Err(told)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Microseconds spent in the store's commits.
    pub(crate) fn spent_micros(&self) -> u64 {
        self.spent_micros.load(Ordering::Relaxed)
    }

    /// Transactions written.
    pub(crate) fn groups(&self) -> u64 {
        self.groups.load(Ordering::Relaxed)
    }

    /// One transaction for the group; when it is refused, one for each, so that a single conflict
    /// costs nobody else their commit. As many answers as changes, in their order.
    async fn write(&self, payments: Vec<PaymentChange>) -> Vec<Answer> {
        let count = payments.len();
        let group = Arc::new(ChangeSet { payments, runs: Vec::new() });
        match self.store.commit(Arc::clone(&group)).await {
            Err(StoreError::Conflict(_) | StoreError::ReferenceTaken(_)) if count > 1 => {
                let mut answers = Vec::with_capacity(count);
                for change in &group.payments {
                    let single = ChangeSet { payments: vec![change.clone()], runs: Vec::new() };
                    answers.push(self.store.commit(Arc::new(single)).await.map(Arc::new));
                }
                answers
            }
            done => vec![done.map(Arc::new); count],
        }
    }
}

/// The right to commit the next group. Letting go of it hands it to the first who waits.
struct Lead<'a>(&'a Committer);

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        while !queue.waiting.is_empty() {
            let (change, waiter) = queue.waiting.remove(0);
            // A waiter that was dropped never hears it; the next one may.
            if waiter.send(Word::Lead(Box::new(change))).is_ok() {
                return;
            }
        }
        queue.led = false;
    }
}
