//! The folders into which somebody puts what was downloaded from the bank, read once and found by reference.
//!
//! A file is read again when it changes, and as long as it is so young that a change could go unnoticed. What cannot be
//! read whole is left where it is and named; it counts as soon as it is whole.
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::bank_file::{self, Unread};
use crate::finding::{About, Finding};

/// The most bytes of a file.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The most files of all folders.
const FILES_MAX: usize = 20_000;
/// Clocks of file systems tick so slowly at worst: a younger file may change without looking changed.
const YOUNG: Duration = Duration::from_secs(2);

/// Told of every file of which nothing was believed, once for each state of it.
pub type Listener = Arc<dyn Fn(&Unread) + Send + Sync>;

/// The inbox of a rail.
pub(crate) struct Inbox {
    folders: Vec<PathBuf>,
    /// The one that pays.
    account: String,
    listener: Option<Listener>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When the last look began.
    looked_at: Option<Instant>,
    files: BTreeMap<PathBuf, Seen>,
    index: Arc<Index>,
}

struct Seen {
    stamp: Stamp,
    content: Result<Vec<Arc<Finding>>, Unread>,
}

/// By which a changed file is known.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    changed_at: Option<SystemTime>,
    is_young: bool,
}

/// Everything that the files say, by whom it is about.
#[derive(Default)]
pub(crate) struct Index {
    by_reference: HashMap<String, Vec<Arc<Finding>>>,
    by_file: HashMap<String, Vec<Arc<Finding>>>,
    /// The files of which nothing was believed.
    pub(crate) unread: Vec<Unread>,
}

impl Index {
    /// What is said of one wage.
    pub(crate) fn of_wage(&self, reference: &str) -> Vec<&Finding> {
        self.by_reference.get(reference).into_iter().flatten().map(|it| &**it).collect()
    }

    /// What is said of a whole file of ours.
    pub(crate) fn of_file(&self, message_id: &str) -> Vec<&Finding> {
        self.by_file.get(message_id).into_iter().flatten().map(|it| &**it).collect()
    }

    fn of(files: &BTreeMap<PathBuf, Seen>) -> Self {
        let mut index = Self::default();
        // A file that lies in two folders says everything once.
        let mut copies = HashSet::new();
        for seen in files.values() {
            match &seen.content {
                Err(unread) => index.unread.push(unread.clone()),
                Ok(findings) if findings.first().is_some_and(|it| !copies.insert(&it.source.sha256)) => {}
                Ok(findings) => {
                    for finding in findings {
                        let place = match &finding.about {
                            About::Wage(reference) => index.by_reference.entry(reference.clone()),
                            About::File(id) => index.by_file.entry(id.clone()),
                        };
                        place.or_default().push(Arc::clone(finding));
                    }
                }
            }
        }
        index
    }
}

impl Inbox {
    pub(crate) fn new(folders: Vec<PathBuf>, account: String, listener: Option<Listener>) -> Self {
        Self { folders, account, listener, state: Mutex::default() }
    }

    /// What the files say now. Those who ask at the same time share one look.
    ///
    /// # Errors
    /// A folder cannot be read: nothing is known then.
    pub(crate) fn look(&self) -> io::Result<Arc<Index>> {
        let asked_at = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked_at.is_some_and(|at| at >= asked_at) {
            return Ok(Arc::clone(&state.index));
        }
        let began = Instant::now();
        let stamps = self.stamps()?;
        let before = state.files.len();
        state.files.retain(|path, _| stamps.contains_key(path));
        let mut is_changed = before != state.files.len();
        for (path, stamp) in stamps {
            let is_known = state.files.get(&path).is_some_and(|seen| seen.stamp == stamp && !stamp.is_young);
            if is_known {
                continue;
            }
            let content = read(&path, &self.account);
            let was = state.files.get(&path).map(|seen| &seen.content);
            if let (Err(unread), Some(listener)) = (&content, &self.listener)
                && !was.is_some_and(|was| was.as_ref().is_err_and(|was| was == unread))
            {
                listener(unread);
            }
            is_changed |= was != Some(&content);
            state.files.insert(path, Seen { stamp, content });
        }
        if is_changed {
            state.index = Arc::new(Index::of(&state.files));
        }
        state.looked_at = Some(began);
        Ok(Arc::clone(&state.index))
    }

    fn stamps(&self) -> io::Result<BTreeMap<PathBuf, Stamp>> {
        let now = SystemTime::now();
        let mut stamps = BTreeMap::new();
        for folder in &self.folders {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                // Gone since it was listed, or no file: not of this look.
                let Ok(about) = fs::metadata(&path) else { continue };
                if !about.is_file() || is_unfinished(&path) {
                    continue;
                }
                let changed_at = about.modified().ok();
                let age = changed_at.and_then(|at| now.duration_since(at).ok());
                let is_young = age.is_none_or(|age| age < YOUNG);
                stamps.insert(path, Stamp { bytes: about.len(), changed_at, is_young });
                if stamps.len() > FILES_MAX {
                    return Err(io::Error::other("the inbox holds more than 20.000 files; archive the old ones"));
                }
            }
        }
        Ok(stamps)
    }
}

/// Names by which programs that copy files mark what is not complete yet, and hidden files.
fn is_unfinished(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let endings = [".part", ".tmp", ".filepart", ".crdownload", ".partial"];
    name.starts_with('.') || endings.iter().any(|ending| name.ends_with(ending))
}

fn read(path: &Path, account: &str) -> Result<Vec<Arc<Finding>>, Unread> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut bytes = Vec::new();
    let taken = File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    if let Err(error) = taken {
        return Err(Unread::new(&name, "unreadable", format!("the file cannot be read: {}", error.kind())));
    }
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Unread::new(&name, "file_too_large", "the file is larger than 64 MiB"));
    }
    bank_file::read(&name, &bytes, account).map(|findings| findings.into_iter().map(Arc::new).collect())
}
