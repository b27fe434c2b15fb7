//! A witness's desk: what it has seen of each log, in a folder, and one request at a time between looking and keeping.
//!
//! `<state>/<origin hash>/checkpoint` is the last head of a log, with the log's signature and ours: the file that the
//! standard lets everybody fetch. It is durable before the cosignature is given to anybody. What lies there is believed
//! again only if it bears our own cosignature, so that a witness whose folder was changed does not start.
use crate::failure::{Exit, Failure};
use crate::http::{Answers, empty, whole};
use hyper::body::Incoming;
use hyper::{Method, Request};
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use upah::{Environment, SystemEnvironment, durable};
use upah_core::callback::Reply;
use upah_tlog::witness::{AddCheckpoint, Answer, REQUEST_BYTES_MAX, decide, origin_hash};
use upah_tlog::{Checkpoint, SignedNote, VerifyingKey, WitnessSigner};

/// A witness that several connections ask at once.
pub(crate) struct Desk(Arc<Witness>);

struct Witness {
    signer: WitnessSigner,
    logs: Vec<VerifyingKey>,
    folder: PathBuf,
    /// The last head of each log by its origin. Held from looking a head up until the next one is durable.
    seen: Mutex<BTreeMap<String, Seen>>,
    /// Locked as long as we live: two witnesses over one folder would each take the other's logs back.
    _alone: File,
}

struct Seen {
    head: Checkpoint,
    note: String,
}

impl Desk {
    /// Opens the folder, made when it is missing, and reads what was seen.
    pub(crate) fn open(signer: WitnessSigner, logs: Vec<VerifyingKey>, folder: &Path) -> Result<Self, Failure> {
        let failed = |why: io::Error| {
            Failure::new(Exit::Other, "state", format!("the folder {} cannot be used: {why}", folder.display()))
        };
        fs::create_dir_all(folder).and_then(|()| durable::sync_folder_of(folder)).map_err(failed)?;
        let alone = File::open(folder).map_err(failed)?;
        match alone.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(why)) => return Err(failed(why)),
            Err(TryLockError::WouldBlock) => {
                return Err(failed(io::Error::other("another witness is at work in it")));
            }
        }
        let mut seen = BTreeMap::new();
        for origin in logs.iter().map(VerifyingKey::name) {
            let file = file_of(folder, origin);
            match fs::read_to_string(&file) {
                Ok(note) => {
                    let head = believed(&note, origin, &signer).ok_or_else(|| {
                        let why = format!("{} is not what this witness has written", file.display());
                        Failure::new(Exit::Other, "state", why)
                    })?;
                    seen.insert(origin.to_owned(), Seen { head, note });
                }
                Err(why) if why.kind() == io::ErrorKind::NotFound => {}
                Err(why) => return Err(failed(why)),
            }
        }
        let (folder, seen) = (folder.to_owned(), Mutex::new(seen));
        Ok(Self(Arc::new(Witness { signer, logs, folder, seen, _alone: alone })))
    }
}

impl Answers for Desk {
    async fn answer(&self, request: Request<Incoming>) -> Reply {
        let (head, body) = request.into_parts();
        if let (&Method::GET, Some(hash)) = (&head.method, monitored(head.uri.path())) {
            return self.0.newest(hash);
        }
        match head.uri.path() {
            "/add-checkpoint" if head.method == Method::POST => {}
            "/add-checkpoint" => return empty(405),
            _ => return empty(404),
        }
        let Some(body) = whole(body, REQUEST_BYTES_MAX).await else { return empty(413) };
        let text = String::from_utf8(body.into()).ok();
        let Some(request) = text.and_then(|text| AddCheckpoint::parse(&text).ok()) else { return empty(400) };
        let witness = Arc::clone(&self.0);
        // Writing blocks; a connection that goes away meanwhile changes nothing.
        tokio::task::spawn_blocking(move || witness.add(&request)).await.unwrap_or_else(|_| empty(500))
    }
}

impl Witness {
    fn add(&self, request: &AddCheckpoint) -> Reply {
        let logs: Vec<&VerifyingKey> = self.logs.iter().collect();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = decide(request, &logs, seen.get(request.origin()).map(|seen| &seen.head));
        let head = match answer {
            Answer::Cosign(head) => head,
            Answer::OtherSize { seen } => {
                let headers = vec![("content-type", "text/x.tlog.size".to_owned())];
                return Reply { status: answer.status(), headers, body: format!("{seen}\n") };
            }
            other => return empty(other.status()),
        };
        self.keep_and_cosign(request, head, &mut seen).unwrap_or_else(|why| {
            eprintln!("A head could not be kept, so it was not cosigned: {why}");
            empty(500)
        })
    }

    /// Durable first, then given away.
    fn keep_and_cosign(
        &self,
        request: &AddCheckpoint,
        head: Checkpoint,
        seen: &mut BTreeMap<String, Seen>,
    ) -> io::Result<Reply> {
        let now = u64::try_from(SystemEnvironment.now().millis() / 1_000).unwrap_or(0);
        let no_time = || io::Error::other("this computer's clock cannot be right");
        let line = format!("{}\n", self.signer.cosign(&head, now).ok_or_else(no_time)?);
        let mut note = request.signed_by(&self.logs);
        note.take_cosignatures(&line, &[self.signer.verifying_key()]).map_err(io::Error::other)?;
        let note = note.to_string();
        let file = file_of(&self.folder, head.origin());
        let folder = durable::folder_of(&file);
        if !folder.exists() {
            fs::create_dir(folder)?;
            durable::sync_folder_of(folder)?;
        }
        durable::replace(&file, note.as_bytes())?;
        seen.insert(head.origin().to_owned(), Seen { head, note });
        let headers = vec![("content-type", "text/plain; charset=utf-8".to_owned())];
        Ok(Reply { status: 200, headers, body: line })
    }

    /// The last head of a log, by the hash of its origin.
    fn newest(&self, hash: &str) -> Reply {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.iter().find(|(origin, _)| origin_hash(origin).to_hex() == hash) {
            Some((_, seen)) => {
                let headers = vec![("content-type", "text/plain; charset=utf-8".to_owned())];
                Reply { status: 200, headers, body: seen.note.clone() }
            }
            None => empty(404),
        }
    }
}

/// `/<origin hash>/checkpoint`.
fn monitored(path: &str) -> Option<&str> {
    path.strip_prefix('/')?.strip_suffix("/checkpoint")
}

fn file_of(folder: &Path, origin: &str) -> PathBuf {
    folder.join(origin_hash(origin).to_hex()).join("checkpoint")
}

/// A head that we have written: of this log, and cosigned by us.
fn believed(note: &str, origin: &str, signer: &WitnessSigner) -> Option<Checkpoint> {
    let signed = SignedNote::parse(note).ok()?;
    let cosigned = signed.cosignatures(&[signer.verifying_key()]).ok()?;
    let head = Checkpoint::parse_body(signed.unverified_text()).ok()?;
    (!cosigned.is_empty() && head.origin() == origin).then_some(head)
}
