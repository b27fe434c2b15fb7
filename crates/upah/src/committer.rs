//! Group commit: changes queue, and whoever comes first commits for all that queued meanwhile. No task
//! of its own, no timer; under load the groups grow by themselves.
use std::collections::VecDeque;
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
    /// The change is yet to be committed, and it is this waiter's turn to do it. A word that nobody hears is
    /// dropped, and lets go of the lead again.
    Lead(Box<PaymentChange>, Lead),
}

/// Changes that wait for the next group.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<(PaymentChange, oneshot::Sender<Word>)>,
    /// Somebody commits, and will hand the lead over.
    led: bool,
}

type SharedQueue = Arc<Mutex<Queue>>;

fn look(queue: &SharedQueue) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The one way of payment events into the store.
pub(crate) struct Committer {
    store: Arc<dyn Store>,
    queue: SharedQueue,
    spent_micros: AtomicU64,
    groups: AtomicU64,
}

/// At most so many changes in one transaction.
const GROUP_MAX: usize = 512;

impl Committer {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, queue: SharedQueue::default(), spent_micros: AtomicU64::new(0), groups: AtomicU64::new(0) }
    }

    /// Returns when the change is durable, or was refused and left no trace.
    ///
    /// Dropping the future leaves open whether the change is committed; it never stops the others.
    pub(crate) async fn commit(&self, change: PaymentChange) -> Answer {
        let (change, lead) = match self.enter(change) {
            Ok(own) => own,
            Err(told) => match told.await {
                Ok(Word::Done(answer)) => return answer,
                Ok(Word::Lead(change, lead)) => (*change, lead),
                // Whoever took our change was dropped with it: whether it is durable is not known here.
                Err(_) => return Err(StoreError::Medium("a commit was interrupted".into())),
            },
        };
        let others: Vec<_> = {
            let mut queue = look(&self.queue);
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
    fn enter(&self, change: PaymentChange) -> Result<(PaymentChange, Lead), oneshot::Receiver<Word>> {
        let mut queue = look(&self.queue);
        if !queue.led {
            queue.led = true;
            return Ok((change, Lead(Arc::clone(&self.queue))));
        }
        let (tell, told) = oneshot::channel();
        queue.waiting.push_back((change, tell));
        Err(told)
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
struct Lead(SharedQueue);

impl Drop for Lead {
    fn drop(&mut self) {
        let next = {
            let mut queue = look(&self.0);
            queue.led = !queue.waiting.is_empty();
            queue.waiting.pop_front()
        };
        if let Some((change, waiter)) = next {
            let _ = waiter.send(Word::Lead(Box::new(change), Self(Arc::clone(&self.0))));
        }
    }
}

#[cfg(feature = "sqlite")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Working;
    use upah_core::commitment::Salt;
    use upah_core::event::Instruction;
    use upah_core::obligation::{ObligationKey, Pepper};
    use upah_core::row::{PayRow, PayRowFields, Statement};
    use upah_core::run::{PaymentId, RunId};
    use upah_core::{Rupiah, Timestamp};
    use upah_sqlite::{OpenOptions, Sqlite};

    /// A wage that is instructed for the first time.
    fn change(n: u32) -> PaymentChange {
        let (amount, run) = (Rupiah::new(200).unwrap(), RunId::from_random([1; 8]));
        let row = PayRow::new(PayRowFields {
            row: u64::from(n),
            employer: None,
            worker_id: format!("W-{n}").parse().unwrap(),
            name: "Siti Contoh".parse().unwrap(),
            destinations: vec!["bank:014:1234567890".parse().unwrap()],
            period: "2026-11".parse().unwrap(),
            amount,
            component: "wage".parse().unwrap(),
            due_date: None,
            sex: None,
            language: None,
            relationship: None,
            note: None,
            statement: Statement::whole("base".parse().unwrap(), amount),
        });
        let instruction =
            Instruction { employer: "contoh".parse().unwrap(), run: run.clone(), row: row.unwrap(), holds: Vec::new() };
        let (id, key) = (PaymentId { run, n }, ObligationKey([u8::try_from(n).unwrap(); 32]));
        let created = Working::create(id, key, instruction, Timestamp::from_millis(0), Salt([0; 32]));
        created.unwrap().change(&Pepper([0; 32]))
    }

    #[test]
    fn whoever_leaves_with_the_lead_unheard_keeps_nobody_s_wage_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(folder.path().join("wages.db"), OpenOptions { create: true }).unwrap();
        let committer = Committer::new(Arc::new(store));
        let Ok((_, lead)) = committer.enter(change(1)) else { panic!("nobody leads") };
        let [mut second, third, mut fourth] =
            [2, 3, 4].map(|n| committer.enter(change(n)).err().expect("the first one leads"));
        drop(third);
        assert!(second.try_recv().is_err(), "there is one lead");
        drop(lead);
        // The second one is told, and gone before it listens; the third was gone already.
        drop(second);
        let Ok(Word::Lead(own, lead)) = fourth.try_recv() else { panic!("the fourth one waits for ever") };
        assert_eq!(own.row.id.n, 4);
        drop(lead);
        assert!(committer.enter(change(5)).is_ok(), "nobody can lead any more");
    }
}
