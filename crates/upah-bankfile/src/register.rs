//! The durable register beside the outbox: which wage went into which file, and the placing of a file.
//!
//! One small file a payment file, made before anybody may pick the payment file up and never changed. So whatever is in
//! the outbox, or was taken from it, is known here, and a wage that is known here goes into no second file.
//!
//! # What is known when
//! | stopped | found | and is told as |
//! |---|---|---|
//! | before the record is durable | nothing, or a part that nobody knows | not found: nothing has left |
//! | after it, before the move | record and part | not found, and never placed by itself: the power may have been lost after the move |
//! | after the move | record, and the file in the outbox or taken from it | in progress |
//!
//! "Not found" licenses nothing over this rail, whoever is right about it.
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use upah_core::Timestamp;

use crate::digest::hex_of;
use crate::payment_file::PaymentFile;
use crate::transfer::Transfer;

/// The end of a record's name, and that of a file that is not placed yet.
const RECORD: &str = ".json";
const PART: &str = ".part";
/// How long another process may take to place its file.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// One payment file, as it was handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// `MsgId`.
    pub(crate) message_id: String,
    /// Its name in the outbox.
    pub(crate) file: String,
    /// SHA-256 over its bytes.
    pub(crate) sha256: String,
    /// `CtrlSum`, in rupiah.
    pub(crate) sum: u64,
    /// When it was made.
    pub(crate) made_at: Timestamp,
    /// The references in it, each with the digest of its fragment.
    pub(crate) transfers: BTreeMap<String, String>,
}

/// What the register holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    files: BTreeMap<String, Arc<Record>>,
    by_reference: HashMap<String, Arc<Record>>,
}

impl Known {
    /// The file that a wage went into.
    pub(crate) fn of(&self, reference: &str) -> Option<&Arc<Record>> {
        self.by_reference.get(reference)
    }
}

/// A step of placing a file, after which a machine may stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Begun,
    PartWritten,
    Recorded,
    Moved,
    MoveDurable,
}

/// What came of placing a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placing {
    /// It is in the outbox, durably.
    Placed,
    /// It is not, and never will be.
    NotPlaced,
    /// It may be.
    Unclear,
}

/// The register of one outbox.
pub(crate) struct Register {
    folder: PathBuf,
    outbox: PathBuf,
    known: Mutex<Arc<Known>>,
}

/// Held while a file is placed; ends with the value, or with the process.
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

impl Register {
    /// Opens the register of an outbox, making its folder where there is none.
    pub(crate) fn open(folder: PathBuf, outbox: PathBuf) -> io::Result<Self> {
        make_private(&folder)?;
        Ok(Self { folder, outbox, known: Mutex::default() })
    }

    /// The register's own number, drawn when it is made. A register that was lost is another one: what was sent under
    /// it cannot be asked about any more.
    pub(crate) fn identity(&self, draw: impl FnOnce(&mut [u8]) -> bool) -> io::Result<String> {
        let path = self.folder.join("identity");
        let _lock = self.lock()?;
        match fs::read_to_string(&path) {
            Ok(text) if text.trim().len() == 32 => return Ok(text.trim().to_owned()),
            Ok(_) => return Err(damaged("the register's identity cannot be read")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        if !self.read()?.files.is_empty() {
            return Err(damaged("the register has lost its identity"));
        }
        let mut number = [0u8; 16];
        if !draw(&mut number) {
            return Err(io::Error::other("the operating system gave no random bytes"));
        }
        let identity = data_encoding::HEXLOWER.encode(&number);
        self.write_durably("identity", identity.as_bytes())?;
        Ok(identity)
    }

    /// Waits for other processes that place a file.
    pub(crate) fn lock(&self) -> io::Result<Lock> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(self.folder.join("lock"))?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(file)),
                Err(TryLockError::WouldBlock) if began.elapsed() < LOCK_WAIT => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// What the register holds now, what other processes have added included.
    ///
    /// # Errors
    /// It cannot be read, or a record is damaged: then nothing may be sent and nothing is told.
    pub(crate) fn read(&self) -> io::Result<Arc<Known>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let Some(id) = name.to_str().and_then(|name| name.strip_suffix(RECORD)) else { continue };
            names.push(id.to_owned());
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = known.files.len() == names.len() && names.iter().all(|id| known.files.contains_key(id));
        if is_same {
            return Ok(Arc::clone(&known));
        }
        let mut fresh = Known::default();
        for id in names {
            let record = match known.files.get(&id) {
                Some(record) => Arc::clone(record),
                None => Arc::new(self.record(&id)?),
            };
            for reference in record.transfers.keys() {
                fresh.by_reference.insert(reference.clone(), Arc::clone(&record));
            }
            fresh.files.insert(id, record);
        }
        *known = Arc::new(fresh);
        Ok(Arc::clone(&known))
    }

    fn record(&self, id: &str) -> io::Result<Record> {
        let text = fs::read_to_string(self.folder.join(format!("{id}{RECORD}")))?;
        let record: Record = serde_json::from_str(&text).map_err(|_| damaged("a record of the register is damaged"))?;
        if record.message_id == id { Ok(record) } else { Err(damaged("a record of the register bears another's name")) }
    }

    /// Whether a file of this name waits in the outbox.
    pub(crate) fn is_in_outbox(&self, file: &str) -> bool {
        self.outbox.join(file).exists()
    }

    /// Whether a file was prepared and, as far as this disk knows, not moved to the outbox.
    pub(crate) fn is_left_behind(&self, record: &Record) -> bool {
        self.part(&record.message_id).exists()
    }

    fn part(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}{PART}"))
    }

    /// Places a file whose wages stand in no other one. The lock is held.
    ///
    /// `step` is told of each step that is done; where it says no, everything ends there, as with the process.
    pub(crate) fn place(
        &self,
        _: &Lock,
        file: &PaymentFile,
        transfers: &[Transfer],
        made_at: Timestamp,
        mut step: impl FnMut(Step) -> bool,
    ) -> Placing {
        let id = &file.message_id;
        let name = format!("{id}.xml");
        let record = Record {
            message_id: id.clone(),
            file: name.clone(),
            sha256: hex_of(file.text.as_bytes()),
            sum: file.sum,
            made_at,
            transfers: transfers.iter().map(|it| (it.reference.clone(), it.digest())).collect(),
        };
        let part = self.part(id);
        if !step(Step::Begun) {
            return Placing::Unclear;
        }
        if self.prepare(&part, file, transfers).is_err() {
            let _ = fs::remove_file(&part);
            return Placing::NotPlaced;
        }
        if !step(Step::PartWritten) {
            return Placing::Unclear;
        }
        if self.write_record(&record).is_err() {
            return self.give_up(id, &part);
        }
        if !step(Step::Recorded) {
            return Placing::Unclear;
        }
        let place = self.outbox.join(&name);
        if fs::rename(&part, &place).is_err() {
            // A part that is still here was not moved; without it nobody can say.
            return if part.exists() && !place.exists() { self.give_up(id, &part) } else { Placing::Unclear };
        }
        if !step(Step::Moved) {
            return Placing::Unclear;
        }
        if sync_folder(&self.outbox).and_then(|()| sync_folder(&self.folder)).is_err() {
            return Placing::Unclear;
        }
        step(Step::MoveDurable);
        Placing::Placed
    }

    /// Writes the part and reads it back: what does not add up on the disk goes no further.
    fn prepare(&self, part: &Path, file: &PaymentFile, transfers: &[Transfer]) -> io::Result<()> {
        let mut written = File::create(part)?;
        written.write_all(file.text.as_bytes())?;
        written.sync_all()?;
        drop(written);
        match PaymentFile::read(&fs::read(part)?) {
            Ok((id, read)) if id == file.message_id && read == transfers => Ok(()),
            _ => Err(damaged("the file does not read back as it was meant")),
        }
    }

    fn write_record(&self, record: &Record) -> io::Result<()> {
        let text = serde_json::to_vec(record)?;
        self.write_durably(&format!("{}{RECORD}", record.message_id), &text)
    }

    fn write_durably(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (temporary, place) = (self.folder.join(format!("{name}.tmp")), self.folder.join(name));
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, &place)?;
        sync_folder(&self.folder)
    }

    /// Nothing was moved. The wages are free again only when the record is gone for certain.
    fn give_up(&self, id: &str, part: &Path) -> Placing {
        let record = self.folder.join(format!("{id}{RECORD}"));
        let gone = match fs::remove_file(&record) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => sync_folder(&self.folder),
        };
        if gone.is_err() {
            return Placing::Unclear;
        }
        let _ = fs::remove_file(part);
        Placing::NotPlaced
    }
}

fn damaged(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// Files in it name people: nobody else reads it.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes names in a folder durable. Elsewhere than on Unix a folder cannot be synchronised, nor need it be.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
