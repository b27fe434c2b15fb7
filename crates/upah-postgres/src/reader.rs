//! The connection that reads. It is made again by itself when it is lost, for reading twice harms nobody.
use crate::address::Address;
use crate::fault::{Fault, Result};
use crate::open;
use crate::read::Snapshot;
use crate::session::Session;
use crate::tree;
use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::time::sleep;
use upah_core::rail::BoxFuture;

/// One reader; whoever has it asks alone.
pub(crate) struct Reader {
    address: Address,
    session: Option<Session>,
    /// What was acknowledged to the writer of this process.
    durable: Arc<AtomicU64>,
}

/// How often a read is asked again, with pauses of 50 ms, 100 ms and so on: about 25 s, as long as a busy server takes to
/// start again.
const TRIES: u32 = 10;
const FIRST_PAUSE: Duration = Duration::from_millis(50);

impl Reader {
    /// Takes over a session of a store whose format is ours.
    pub(crate) fn new(address: Address, session: Session, durable: Arc<AtomicU64>) -> Self {
        Self { address, session: Some(session), durable }
    }

    /// Reads in one snapshot.
    pub(crate) async fn read<T>(
        &mut self,
        mut work: impl for<'a> FnMut(&'a mut Snapshot) -> BoxFuture<'a, Result<T>>,
    ) -> Result<T> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..TRIES {
            match self.once(&mut work).await {
                Err(fault) if fault.may_pass() => sleep(pause).await,
                done => return done,
            }
            pause *= 2;
        }
        self.once(&mut work).await
    }

    async fn once<T>(
        &mut self,
        work: &mut impl for<'a> FnMut(&'a mut Snapshot) -> BoxFuture<'a, Result<T>>,
    ) -> Result<T> {
        let session = match self.session.take().filter(|session| !session.is_closed()) {
            Some(session) => session,
            None => self.connect().await?,
        };
        session.batch("BEGIN").await?;
        let mut snapshot = Snapshot::of(session);
        let done = work(&mut snapshot).await;
        // Nothing was written, so that this is as good as a commit and works after an error too.
        if snapshot.session.batch("ROLLBACK").await.is_ok() {
            self.session = Some(snapshot.session);
        }
        done
    }

    /// Connects again, and refuses a server that has not what this process was told to be durable.
    async fn connect(&self) -> Result<Session> {
        let mut session = open::reader_again(&self.address).await?;
        if tree::size(&mut session).await? < self.durable.load(Ordering::Acquire) {
            return Err(Fault::medium(
                "the server that answers now has not all that was written; it may be a standby that is behind",
            ));
        }
        Ok(session)
    }
}
