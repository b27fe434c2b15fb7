//! The audit log's keeper: its checkpoints, and the head that notices a store going back.
//!
//! A checkpoint is signed when a drive ends, over everything that is durable by then. `<store>.head`
//! lies beside the log key and holds the last one: a store that is behind it was restored from a
//! backup or begun anew, and no unsent payment of it is sent before it has been asked about (safety
//! rule 19). Of several processes that drive one store each signs when its own drive ends; sizes only grow.
use crate::durable;
use crate::error::Error;
use crate::log_key::{LogKey, PinnedKeys};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use upah_core::store::{Store, StoreError};
use upah_tlog::{Checkpoint, Hash, SignedNote, SigningKey, TreeReader, VerifyingKey, root_at};

/// The audit log of one store.
pub struct Book {
    store: Arc<dyn Store>,
    key: Option<LogKey>,
    head: Option<PathBuf>,
    pinned: PinnedKeys,
}

impl Book {
    /// Opens the book. With a key, the store pins it for ever, in place of the one before it where both have signed the
    /// newest checkpoint; without one, `head` tells where the last checkpoint lies.
    pub(crate) async fn open(store: Arc<dyn Store>, key: Option<LogKey>, head: Option<PathBuf>) -> Result<Self, Error> {
        let mut pinned = PinnedKeys::read(&*store).await?;
        if let Some(key) = &key {
            pinned.admit(key, &*store).await?;
        }
        let head = key.as_ref().map(|key| key.head.clone()).or(head);
        Ok(Self { store, key, head, pinned })
    }

    /// The key under which the log is signed now, if one was ever pinned.
    pub fn verifying_key(&self) -> Option<&VerifyingKey> {
        self.pinned.current()
    }

    /// The key that will follow, while both sign.
    pub fn next_verifying_key(&self) -> Option<&VerifyingKey> {
        self.key.as_ref().and_then(LogKey::next_verifying_key)
    }

    /// Every key under which checkpoints of this log are believed.
    pub(crate) fn pinned(&self) -> &PinnedKeys {
        &self.pinned
    }

    /// What signs the pages of slips, where the key is at hand.
    pub(crate) fn page_key(&self) -> Option<SigningKey> {
        self.key.as_ref().map(|key| key.key.clone())
    }

    pub(crate) fn require_key(&self) -> Result<&LogKey, Error> {
        self.key.as_ref().ok_or_else(|| Error::LogKey("the log key is missing; nothing was sent".into()))
    }

    /// Signs a checkpoint over everything that is durable now, and keeps it in the store and beside
    /// the key. Returns it; `None` while the log is empty.
    ///
    /// # Errors
    /// No key, the store is behind its head, or the checkpoint cannot be kept.
    pub async fn sign(&self) -> Result<Option<String>, Error> {
        if self.went_back().await? {
            return Err(Error::WentBack);
        }
        self.sign_as(Head::Grows).await
    }

    /// Signs although the store was behind its head: only after everything unsent in it has been marked as
    /// possibly sent, so that it is asked about before it goes.
    pub(crate) async fn sign_anew(&self) -> Result<Option<String>, Error> {
        self.sign_as(Head::BeginsAnew).await
    }

    async fn sign_as(&self, head: Head) -> Result<Option<String>, Error> {
        let key = self.require_key()?;
        let (size, root) = self.store.log_head().await?;
        if size == 0 {
            return Ok(None);
        }
        let mut note = key.sign(size, Hash(root))?;
        if self.store.last_checkpoint().await?.is_some_and(|(signed, _)| signed == size) {
            // It may be from before the next key signed too.
            note = self.keep_cosigned(&note).await?;
        } else {
            self.save(size, note.to_string()).await?;
        }
        replace_head(&key.head, &note, &self.pinned, head)?;
        Ok(Some(note.to_string()))
    }

    /// The newest signed checkpoint.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn last_checkpoint(&self) -> Result<Option<String>, Error> {
        Ok(self.store.last_checkpoint().await?.map(|(_, text)| text))
    }

    /// Remembers a checkpoint of this size; of two copies with different cosignatures the store keeps the fuller.
    pub(crate) async fn save(&self, size: u64, text: String) -> Result<(), Error> {
        Ok(self.store.save_checkpoint(size, text).await?)
    }

    /// Number of entries.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn size(&self) -> Result<u64, Error> {
        Ok(self.store.log_head().await?.0)
    }

    /// The last checkpoint that lies outside the store, when there is one.
    pub(crate) fn head(&self) -> Result<Option<String>, Error> {
        let Some(head) = &self.head else { return Ok(None) };
        match fs::read_to_string(head) {
            Ok(text) => Ok(Some(text)),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(Error::File { what: format!("the head {}", head.display()), why }),
        }
    }

    /// Whether the store is behind its head: then it does not know of everything that it has done (safety rule 19), and
    /// nothing that pays may be made from it.
    ///
    /// # Errors
    /// The log key is missing, or the head is not signed by it.
    pub async fn went_back(&self) -> Result<bool, Error> {
        let key = self.require_key()?;
        let Some(text) = self.head()? else { return Ok(false) };
        let head = self.pinned.open(&text).map_err(|why| {
            Error::LogKey(format!("the head {} is not signed by this store's key: {why}", key.head.display()))
        })?;
        let (size, _) = self.store.log_head().await?;
        if head.size() > size {
            return Ok(true);
        }
        Ok(self.root_at(head.size()).await? != *head.root())
    }

    /// The root hash when the log had this size.
    pub(crate) async fn root_at(&self, size: u64) -> Result<Hash, Error> {
        let reader = self.reader();
        tokio::task::spawn_blocking(move || root_at(size, &reader))
            .await
            .map_err(|_| Error::Interrupted)?
            .map_err(|why| Error::Damaged(format!("the log's tree: {why}")))
    }

    /// A reader of the tree's stored hashes, to be used where blocking is allowed.
    pub(crate) fn reader(&self) -> StoredTree {
        StoredTree { store: Arc::clone(&self.store), runtime: tokio::runtime::Handle::current() }
    }
}

/// How a head follows the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Head {
    /// A larger one stays: another process has signed more meanwhile.
    Grows,
    /// It may be smaller, for the store went back and everything in it was asked about.
    BeginsAnew,
}

/// `keys` are those under which a present head is believed.
fn replace_head(path: &Path, note: &SignedNote, keys: &PinnedKeys, how: Head) -> Result<(), Error> {
    let failed = |why| Error::File { what: format!("the head {}", path.display()), why };
    let new = Checkpoint::parse_body(note.unverified_text()).map_err(|why| Error::Damaged(why.to_string()))?;
    // Whoever else signs for this store from this folder waits, so that no head is overtaken while it is replaced.
    let folder = File::open(durable::folder_of(path)).map_err(failed)?;
    folder.lock().map_err(failed)?;
    if how == Head::Grows
        && let Ok(present) = fs::read_to_string(path)
        && keys.open(&present).is_ok_and(|present| present.size() > new.size())
    {
        return Ok(());
    }
    durable::replace(path, note.to_string().as_bytes()).map_err(failed)
}

/// The stored hashes of the tree, read from a thread that may block.
pub(crate) struct StoredTree {
    store: Arc<dyn Store>,
    runtime: tokio::runtime::Handle,
}

impl TreeReader for StoredTree {
    type Error = StoreError;

    fn coarse(&self, level: u8, index: u64) -> Result<Hash, StoreError> {
        let hashes = self.coarse_range(level, index, 1)?;
        hashes.first().copied().ok_or_else(|| StoreError::Damaged(format!("hash {index} of level {level} is missing")))
    }

    fn coarse_range(&self, level: u8, start: u64, count: usize) -> Result<Vec<Hash>, StoreError> {
        let hashes = self.runtime.block_on(self.store.log_hashes(level, start, count))?;
        if hashes.len() != count {
            return Err(StoreError::Damaged(format!("hashes {start} and following of level {level} are missing")));
        }
        Ok(hashes.into_iter().map(Hash).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_key::tests::log_key;

    const HASH: Hash = Hash([7; 32]);

    fn size_of(key: &LogKey) -> u64 {
        Checkpoint::open(&fs::read_to_string(&key.head).unwrap(), key.verifying_key()).unwrap().size()
    }

    #[test]
    fn a_head_that_another_process_has_signed_further_is_not_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let key = log_key(7, &folder.path().join("wages.head"));
        let keys = PinnedKeys::of(&key);
        for (size, how, stands) in
            [(5, Head::Grows, 5), (3, Head::Grows, 5), (9, Head::Grows, 9), (3, Head::BeginsAnew, 3)]
        {
            replace_head(&key.head, &key.sign(size, HASH).unwrap(), &keys, how).unwrap();
            assert_eq!(size_of(&key), stands);
        }
    }

    #[test]
    fn processes_that_sign_at_once_leave_the_furthest_head() {
        let folder = tempfile::tempdir().unwrap();
        let key = log_key(7, &folder.path().join("wages.head"));
        let keys = PinnedKeys::of(&key);
        std::thread::scope(|scope| {
            for first in 1..=4u64 {
                let (key, keys) = (&key, &keys);
                scope.spawn(move || {
                    for size in (first..=40).step_by(4) {
                        replace_head(&key.head, &key.sign(size, HASH).unwrap(), keys, Head::Grows).unwrap();
                    }
                });
            }
        });
        assert_eq!(size_of(&key), 40);
    }
}
