//! The audit log's keeper: its key, its checkpoints, and the head that notices a store going back.
//!
//! A checkpoint is signed when a drive ends, over everything that is durable by then. `<store>.head`
//! lies beside the log key and holds the last one: a store that is behind it was restored from a
//! backup or begun anew, and no unsent payment of it is sent before it has been asked about (safety
//! rule 19). Of several processes that drive one store each signs when its own drive ends; sizes only grow.
use crate::durable;
use crate::error::Error;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use upah_core::store::{Store, StoreError};
use upah_tlog::{Checkpoint, Hash, SigningKey, TreeReader, VerifyingKey, root_at};

/// The signing key of a log, with the place of its head.
pub struct LogKey {
    key: SigningKey,
    head: PathBuf,
}

impl std::fmt::Debug for LogKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogKey").field("vkey", &self.key.verifying_key().to_string()).finish_non_exhaustive()
    }
}

impl LogKey {
    /// From a 32-byte Ed25519 seed. `origin` names the log in every checkpoint; `head` is the file in
    /// which the last checkpoint is kept.
    ///
    /// # Errors
    /// The origin is empty or holds a space or a plus sign.
    pub fn from_seed(origin: &str, seed: &[u8; 32], head: PathBuf) -> Result<Self, Error> {
        let key = SigningKey::from_seed(origin, seed)
            .map_err(|why| Error::LogKey(format!("the log's origin {origin:?} cannot be used: {why}")))?;
        Ok(Self { key, head })
    }

    /// Reads a key file: 64 hexadecimal digits.
    ///
    /// # Errors
    /// The file is missing, unreadable or not a key.
    pub fn load(origin: &str, path: &Path, head: PathBuf) -> Result<Self, Error> {
        let text = fs::read_to_string(path)
            .map_err(|why| Error::LogKey(format!("the log key {} cannot be read: {why}", path.display())))?;
        Self::from_text(origin, &text, head)
            .map_err(|_| Error::LogKey(format!("the log key {} is not a key of 64 hexadecimal digits", path.display())))
    }

    /// From the text of a key file: 32 bytes in hexadecimal, or in base64.
    ///
    /// # Errors
    /// Neither of them.
    pub fn from_text(origin: &str, text: &str, head: PathBuf) -> Result<Self, Error> {
        let seed = durable::parse_seed(text)?;
        Self::from_seed(origin, &seed, head)
    }

    /// Makes a new key file, readable by its owner alone and durable when this returns.
    ///
    /// # Errors
    /// The file exists already or cannot be written.
    pub fn create(origin: &str, path: &Path, head: PathBuf, seed: &[u8; 32]) -> Result<Self, Error> {
        let key = Self::from_seed(origin, seed, head)?;
        durable::create_seed(path, seed)?;
        Ok(key)
    }

    /// What the office gives to whoever wants to check a slip.
    pub fn verifying_key(&self) -> &VerifyingKey {
        self.key.verifying_key()
    }
}

/// The audit log of one store.
pub struct Book {
    store: Arc<dyn Store>,
    key: Option<LogKey>,
    head: Option<PathBuf>,
    pinned: Option<VerifyingKey>,
}

impl Book {
    /// Opens the book. With a key, the store pins it for ever; without one, `head` tells where the last checkpoint
    /// lies.
    pub(crate) async fn open(store: Arc<dyn Store>, key: Option<LogKey>, head: Option<PathBuf>) -> Result<Self, Error> {
        let stored = match (&key, store.setting("log_vkey").await?) {
            (Some(key), None) => Some(store.settle_setting("log_vkey", key.verifying_key().to_string()).await?),
            (_, stored) => stored,
        };
        if let (Some(key), Some(stored)) = (&key, &stored)
            && key.verifying_key().to_string() != *stored
        {
            return Err(Error::LogKey(format!(
                "this store's log is signed by {stored}, and the given key is another one; nothing was sent"
            )));
        }
        let pinned = stored
            .map(|text| VerifyingKey::parse(&text))
            .transpose()
            .map_err(|_| Error::damaged("the pinned log key cannot be read"))?;
        let head = key.as_ref().map(|key| key.head.clone()).or(head);
        Ok(Self { store, key, head, pinned })
    }

    /// The key under which the log can be checked, if one was ever pinned.
    pub fn verifying_key(&self) -> Option<&VerifyingKey> {
        self.pinned.as_ref()
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
        let last = self.store.last_checkpoint().await?;
        if let Some((_, text)) = last.filter(|(signed, _)| *signed == size) {
            replace_head(key, size, &text, head)?;
            return Ok(Some(text));
        }
        if size == 0 {
            return Ok(None);
        }
        let text = Checkpoint::new(key.verifying_key().name(), size, Hash(root))
            .and_then(|checkpoint| checkpoint.sign(&key.key))
            .map_err(|why| Error::LogKey(format!("the checkpoint cannot be signed: {why}")))?;
        self.save(size, text.clone()).await?;
        replace_head(key, size, &text, head)?;
        Ok(Some(text))
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
        let head = Checkpoint::open(&text, key.verifying_key()).map_err(|why| {
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

fn replace_head(key: &LogKey, size: u64, text: &str, how: Head) -> Result<(), Error> {
    let failed = |why| Error::File { what: format!("the head {}", key.head.display()), why };
    // Whoever else signs for this store from this folder waits, so that no head is overtaken while it is replaced.
    let folder = File::open(durable::folder_of(&key.head)).map_err(failed)?;
    folder.lock().map_err(failed)?;
    if how == Head::Grows
        && let Ok(present) = fs::read_to_string(&key.head)
        && Checkpoint::open(&present, key.verifying_key()).is_ok_and(|present| present.size() > size)
    {
        return Ok(());
    }
    durable::replace(&key.head, text.as_bytes()).map_err(failed)
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

    fn signed(key: &LogKey, size: u64) -> String {
        let checkpoint = Checkpoint::new("upah.example/contoh", size, Hash([7; 32])).unwrap();
        checkpoint.sign(&key.key).unwrap()
    }

    fn size_of(key: &LogKey) -> u64 {
        Checkpoint::open(&fs::read_to_string(&key.head).unwrap(), key.verifying_key()).unwrap().size()
    }

    #[test]
    fn a_head_that_another_process_has_signed_further_is_not_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let key = LogKey::from_seed("upah.example/contoh", &[7; 32], folder.path().join("wages.head")).unwrap();
        for (size, how, stands) in
            [(5, Head::Grows, 5), (3, Head::Grows, 5), (9, Head::Grows, 9), (3, Head::BeginsAnew, 3)]
        {
            replace_head(&key, size, &signed(&key, size), how).unwrap();
            assert_eq!(size_of(&key), stands);
        }
    }

    #[test]
    fn processes_that_sign_at_once_leave_the_furthest_head() {
        let folder = tempfile::tempdir().unwrap();
        let key = LogKey::from_seed("upah.example/contoh", &[7; 32], folder.path().join("wages.head")).unwrap();
        std::thread::scope(|scope| {
            for first in 1..=4u64 {
                let key = &key;
                scope.spawn(move || {
                    for size in (first..=40).step_by(4) {
                        replace_head(key, size, &signed(key, size), Head::Grows).unwrap();
                    }
                });
            }
        });
        assert_eq!(size_of(&key), 40);
    }
}
