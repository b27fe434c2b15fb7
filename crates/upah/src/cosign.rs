//! What the book asks of witnesses, and how their cosignatures are kept. Who calls them is the host's affair.
use crate::book::Book;
use crate::error::Error;
use upah_tlog::witness::AddCheckpoint;
use upah_tlog::{Checkpoint, SignedNote, consistency_proof};

/// How often a copy that another process has saved meanwhile is taken in before we give up.
const JOINS_MAX: usize = 5;

impl Book {
    /// The newest checkpoint, with the cosignatures that it has.
    ///
    /// # Errors
    /// The log has none, or the store cannot be read.
    pub async fn newest(&self) -> Result<SignedNote, Error> {
        let text = self.last_checkpoint().await?.ok_or_else(|| Error::Slip("the log has no checkpoint yet".into()))?;
        SignedNote::parse(&text).map_err(|why| Error::Damaged(format!("the stored checkpoint: {why}")))
    }

    /// The request to a witness that has seen the first `seen` entries: the checkpoint, and the proof that it continues
    /// them.
    ///
    /// # Errors
    /// The checkpoint has fewer entries, or the store cannot be read.
    pub async fn request_to_witness(&self, head: &SignedNote, seen: u64) -> Result<AddCheckpoint, Error> {
        let checkpoint =
            Checkpoint::parse_body(head.unverified_text()).map_err(|why| Error::Damaged(why.to_string()))?;
        let (size, tree) = (checkpoint.size(), self.reader());
        let proof = if seen == 0 {
            Vec::new()
        } else {
            tokio::task::spawn_blocking(move || consistency_proof(seen, size, &tree))
                .await
                .map_err(|_| Error::Interrupted)?
                .map_err(|why| Error::Damaged(format!("the log's tree: {why}")))?
        };
        AddCheckpoint::new(seen, proof, head.clone()).map_err(|why| Error::Damaged(why.to_string()))
    }

    /// Keeps a checkpoint that witnesses cosigned, together with what others have added to the stored one meanwhile.
    /// Returns what is stored then: a newer checkpoint when the book was signed again meanwhile, and that one has to
    /// be cosigned anew.
    ///
    /// # Errors
    /// The store cannot be written or read.
    pub async fn keep_cosigned(&self, head: &SignedNote) -> Result<SignedNote, Error> {
        let mut stored = self.newest().await?;
        for _ in 0..JOINS_MAX {
            let mut joined = stored.clone();
            if joined.join(head).is_err() || joined == stored {
                break;
            }
            let size =
                Checkpoint::parse_body(joined.unverified_text()).map_err(|why| Error::Damaged(why.to_string()))?;
            self.save(size.size(), joined.to_string()).await?;
            // A store keeps the fuller of two copies; when that was another one, ours is joined to it.
            stored = self.newest().await?;
        }
        Ok(stored)
    }
}
