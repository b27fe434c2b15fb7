//! Group commit: whoever wants to commit queues its change, and the one whose turn it is commits for
//! all that queued meanwhile. No task of its own, no timer; under load the groups grow by themselves.
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::{Mutex as TurnLock, oneshot};
use upah_core::store::{ChangeSet, PaymentChange, Receipt, Store, StoreError};

type Answer = Result<Arc<Receipt>, StoreError>;

/// The one way of payment events into the store.
pub(crate) struct Committer {
    store: Arc<dyn Store>,
    turn: TurnLock<()>,
    queue: Mutex<Vec<(PaymentChange, oneshot::Sender<Answer>)>>,
    spent_micros: AtomicU64,
    groups: AtomicU64,
}

/// At most so many changes in one transaction.
const GROUP_MAX: usize = 512;

impl Committer {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            turn: TurnLock::new(()),
            queue: Mutex::new(Vec::new()),
            spent_micros: AtomicU64::new(0),
            groups: AtomicU64::new(0),
        }
    }

    /// Returns when the change is durable, or was refused and left no trace.
    pub(crate) async fn commit(&self, change: PaymentChange) -> Answer {
        let (answer, mut answered) = oneshot::channel();
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).push((change, answer));
        loop {
            let _turn = self.turn.lock().await;
            if let Ok(answer) = answered.try_recv() {
                return answer;
            }
            let group: Vec<_> = {
                let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
                let end = queue.len().min(GROUP_MAX);
                queue.drain(..end).collect()
            };
            if group.is_empty() {
                // Whoever took our change was dropped with it: whether it is durable is not known here.
                return Err(StoreError::Medium("a commit was interrupted".into()));
            }
            let began = Instant::now();
            self.write(group).await;
            let spent = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.spent_micros.fetch_add(spent, Ordering::Relaxed);
            self.groups.fetch_add(1, Ordering::Relaxed);
        }
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
    /// costs nobody else their commit.
    async fn write(&self, group: Vec<(PaymentChange, oneshot::Sender<Answer>)>) {
        let (changes, answers): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        let single = changes.len() == 1;
        let set = ChangeSet { payments: changes, runs: Vec::new() };
        let retry = (!single).then(|| set.payments.clone());
        match self.store.commit(set).await {
            Ok(receipt) => {
                let receipt = Arc::new(receipt);
                for answer in answers {
                    let _ = answer.send(Ok(Arc::clone(&receipt)));
                }
            }
            Err(StoreError::Conflict(_) | StoreError::ReferenceTaken(_)) if !single => {
                for (change, answer) in retry.into_iter().flatten().zip(answers) {
                    let set = ChangeSet { payments: vec![change], runs: Vec::new() };
                    let _ = answer.send(self.store.commit(set).await.map(Arc::new));
                }
            }
            Err(error) => {
                for answer in answers {
                    let _ = answer.send(Err(error.clone()));
                }
            }
        }
    }
}
