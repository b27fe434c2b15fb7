//! The log's keys: the one that signs, the one that will follow it, and those that the store has pinned.
//!
//! A key is changed by overlap (C2SP `tlog-checkpoint`): for as long as verifiers need to learn the next one, both sign
//! every checkpoint. Then the next one signs alone, and the store takes it only where the newest checkpoint is signed by
//! both: nobody who holds the new key alone continues a log. What was signed before stays signed by the old key.
use crate::durable;
use crate::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use upah_core::setting::Setting;
use upah_core::store::Store;
use upah_tlog::{Checkpoint, CheckpointError, Hash, SignedNote, SigningKey, VerifyingKey};

/// The signing key of a log, with the place of its head.
pub struct LogKey {
    pub(crate) key: SigningKey,
    next: Option<SigningKey>,
    pub(crate) head: PathBuf,
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
        Ok(Self { key: signing_key(origin, seed)?, next: None, head })
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

    /// With the key that will follow, from the text of its key file: until it does, both sign.
    ///
    /// # Errors
    /// No key, or the same one.
    pub fn followed_by(mut self, text: &str) -> Result<Self, Error> {
        let next = signing_key(self.verifying_key().name(), &durable::parse_seed(text)?)?;
        if next.verifying_key() == self.verifying_key() {
            let why = "the log's next key is the one that signs now; after the change, no next key is named any more";
            return Err(Error::LogKey(why.into()));
        }
        self.next = Some(next);
        Ok(self)
    }

    /// What the office gives to whoever wants to check a slip.
    pub fn verifying_key(&self) -> &VerifyingKey {
        self.key.verifying_key()
    }

    /// What the office gives out as well while the key is being changed.
    pub fn next_verifying_key(&self) -> Option<&VerifyingKey> {
        self.next.as_ref().map(SigningKey::verifying_key)
    }

    /// The checkpoint over this tree, signed by the key and by the one that will follow.
    pub(crate) fn sign(&self, size: u64, root: Hash) -> Result<SignedNote, Error> {
        let cannot = |why: &dyn std::fmt::Display| Error::LogKey(format!("the checkpoint cannot be signed: {why}"));
        let text = Checkpoint::new(self.verifying_key().name(), size, root)
            .and_then(|checkpoint| checkpoint.sign(&self.key))
            .map_err(|why| cannot(&why))?;
        let mut note = SignedNote::parse(&text).map_err(|why| cannot(&why))?;
        if let Some(next) = &self.next {
            note.add_signature(next).map_err(|why| cannot(&why))?;
        }
        Ok(note)
    }
}

fn signing_key(origin: &str, seed: &[u8; 32]) -> Result<SigningKey, Error> {
    SigningKey::from_seed(origin, seed)
        .map_err(|why| Error::LogKey(format!("the log's origin {origin:?} cannot be used: {why}")))
}

/// The keys that a store has pinned, the oldest first. The last one signs; what the others signed stays believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedKeys {
    keys: Vec<VerifyingKey>,
    /// Not pinned yet and believed all the same, for our own process signs with it: a store from a backup of before the
    /// change finds the head that the next key has signed.
    next: Option<VerifyingKey>,
}

impl PinnedKeys {
    /// Reads them; a store that was never paid from has none.
    ///
    /// # Errors
    /// The store cannot be read, or what it holds is no key.
    pub async fn read(store: &dyn Store) -> Result<Self, Error> {
        let mut keys = Vec::new();
        for changes in 0..=u16::MAX {
            let Some(text) = store.setting(Setting::LogKey(changes)).await? else { break };
            keys.push(parse(&text)?);
        }
        Ok(Self { keys, next: None })
    }

    /// The key that signs now.
    pub fn current(&self) -> Option<&VerifyingKey> {
        self.keys.last()
    }

    /// Opens a checkpoint that any of them has signed.
    pub(crate) fn open(&self, text: &str) -> Result<Checkpoint, CheckpointError> {
        let believed: Vec<VerifyingKey> = self.keys.iter().chain(&self.next).cloned().collect();
        Checkpoint::open_any(text, &believed)
    }

    /// Lets this key sign: it is the present one, the first of all, or it follows the present one by a checkpoint that both
    /// have signed.
    pub(crate) async fn admit(&mut self, key: &LogKey, store: &dyn Store) -> Result<(), Error> {
        let given = key.verifying_key();
        if self.current() != Some(given) {
            self.pin(given, store).await?;
        }
        self.next = key.next_verifying_key().cloned();
        match &self.next {
            Some(next) if self.keys.contains(next) => Err(replaced(next, given)),
            _ => Ok(()),
        }
    }

    async fn pin(&mut self, given: &VerifyingKey, store: &dyn Store) -> Result<(), Error> {
        if let Some(present) = self.current() {
            if self.keys.contains(given) {
                return Err(replaced(given, present));
            }
            let newest = store.last_checkpoint().await?.map(|(_, text)| text).unwrap_or_default();
            if [present, given].iter().any(|key| Checkpoint::open(&newest, key).is_err()) {
                return Err(other_key(present));
            }
        }
        let place =
            u16::try_from(self.keys.len()).map_err(|_| Error::LogKey("the log's key was changed too often".into()))?;
        // Another process may have been first, with another key.
        let stands = parse(&store.settle_setting(Setting::LogKey(place), given.to_string()).await?)?;
        if stands != *given {
            return Err(other_key(&stands));
        }
        self.keys.push(stands);
        Ok(())
    }
}

fn parse(text: &str) -> Result<VerifyingKey, Error> {
    VerifyingKey::parse(text).map_err(|_| Error::damaged("the pinned log key cannot be read"))
}

fn replaced(old: &VerifyingKey, by: &VerifyingKey) -> Error {
    Error::LogKey(format!("the log's key {old} was replaced by {by} and signs no more; nothing was sent"))
}

fn other_key(present: &VerifyingKey) -> Error {
    Error::LogKey(format!(
        "this store's log is signed by {present}, and the given key is another one that has not signed beside it yet; \
         nothing was sent"
    ))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use upah_conformance::MemoryStore;

    impl PinnedKeys {
        pub(crate) fn of(key: &LogKey) -> Self {
            Self { keys: vec![key.verifying_key().clone()], next: None }
        }
    }

    /// A key whose seed is this byte.
    pub(crate) fn log_key(seed: u8, head: &Path) -> LogKey {
        LogKey::from_seed("upah.example/contoh", &[seed; 32], head.to_owned()).unwrap()
    }

    fn key(seed: u8) -> LogKey {
        log_key(seed, Path::new("wages.head"))
    }

    fn changing(seed: u8, next: u8) -> LogKey {
        key(seed).followed_by(&data_encoding::HEXLOWER.encode(&[next; 32])).unwrap()
    }

    /// A store whose newest checkpoint is signed by this key.
    async fn signed(store: &MemoryStore, by: &LogKey) {
        let (size, root) = store.log_head().await.unwrap();
        store.save_checkpoint(size, by.sign(size, Hash(root)).unwrap().to_string()).await.unwrap();
    }

    async fn admitted(store: &MemoryStore, key: &LogKey) -> Result<PinnedKeys, String> {
        let mut keys = PinnedKeys::read(store).await.unwrap();
        keys.admit(key, store).await.map_err(|why| why.to_string())?;
        assert_eq!(keys.current(), Some(key.verifying_key()));
        Ok(keys)
    }

    #[tokio::test]
    async fn whoever_holds_a_new_key_alone_does_not_continue_the_book() {
        let store = MemoryStore::default();
        admitted(&store, &key(1)).await.unwrap();
        assert!(admitted(&store, &key(2)).await.unwrap_err().contains("has not signed beside it"));
        for by in [key(1), key(2), changing(1, 3)] {
            signed(&store, &by).await;
            assert!(admitted(&store, &key(2)).await.unwrap_err().contains("has not signed beside it"));
        }
        assert_eq!(PinnedKeys::read(&store).await.unwrap(), admitted(&store, &key(1)).await.unwrap());
    }

    #[tokio::test]
    async fn a_key_that_signed_beside_the_present_one_follows_it_and_the_old_one_never_comes_back() {
        let store = MemoryStore::default();
        admitted(&store, &changing(1, 2)).await.unwrap();
        signed(&store, &changing(1, 2)).await;
        // The change may still be called off.
        admitted(&store, &key(1)).await.unwrap();
        let keys = admitted(&store, &key(2)).await.unwrap();
        for old in [key(1), changing(1, 2)] {
            let text = old.sign(0, upah_tlog::empty_root()).unwrap().to_string();
            assert!(keys.open(&text).is_ok(), "what the old key signed stays signed");
        }
        assert!(keys.open(&key(3).sign(0, upah_tlog::empty_root()).unwrap().to_string()).is_err());
        for old in [key(1), changing(1, 2), changing(2, 1)] {
            let why = admitted(&store, &old).await.unwrap_err();
            assert!(why.contains("was replaced"), "{why}");
        }
    }

    #[tokio::test]
    async fn of_two_keys_that_would_follow_at_once_one_does() {
        let store = MemoryStore::default();
        admitted(&store, &key(1)).await.unwrap();
        let mut note = changing(1, 2).sign(0, upah_tlog::empty_root()).unwrap();
        note.join(&changing(1, 3).sign(0, upah_tlog::empty_root()).unwrap()).unwrap();
        store.save_checkpoint(0, note.to_string()).await.unwrap();
        let mut late = PinnedKeys::read(&store).await.unwrap();
        admitted(&store, &key(2)).await.unwrap();
        assert!(late.admit(&key(3), &store).await.unwrap_err().to_string().contains("has not signed beside it"));
        assert_eq!(late.current(), Some(key(1).verifying_key()));
    }
}
