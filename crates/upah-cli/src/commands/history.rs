//! Files of one log beside each other, and beside what the counsellor has seen before: one book, or two?
use crate::failure::{Exit, Failure};
use serde_json::{Value, json};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use upah::durable;
use upah_slip::{Glimpse, History, Outcome, Verdict};
use upah_tlog::witness::{AddCheckpoint, origin_hash};

/// A file that was checked, with its text; a folder has none.
pub(crate) struct Checked<'a> {
    pub(crate) text: &'a str,
    pub(crate) verdict: &'a Verdict,
}

/// What the files together say.
pub(crate) struct Together {
    pub(crate) history: History,
    /// Whether keys from the office vouch for all of them: otherwise one of two books may be a forger's.
    is_proven: bool,
}

impl Together {
    pub(crate) fn tell(&self) {
        eprintln!("{}", self.history.indonesian());
        eprintln!("{}", self.history.english());
        if self.history == History::TwoBooks && !self.is_proven {
            eprintln!("Tanpa kunci dari kantor: salah satu berkas bisa palsu. Minta kunci pemeriksa kepada kantor.");
            eprintln!("Without the office's key: one of the files may be a forger's. Ask the office for its key.");
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "verdict": self.history.name(),
            "proven": self.is_proven,
            "id": self.history.indonesian(),
            "en": self.history.english(),
        })
    }
}

/// Puts the files beside each other and beside the heads in `seen`, and keeps there what is genuine and says more.
/// `None` when there is nothing to compare.
pub(crate) fn together(files: &[Checked<'_>], seen: Option<&Path>) -> Result<Option<Together>, Failure> {
    let intact: Vec<&Checked<'_>> = files.iter().filter(|file| file.verdict.intact).collect();
    let mut glimpses: Vec<Glimpse> = intact.iter().filter_map(|file| Glimpse::of_file(file.text)).collect();
    let kept = seen.map(|folder| read(folder, &glimpses)).transpose()?.unwrap_or_default();
    glimpses.extend(kept.iter().map(|(_, glimpse)| glimpse.clone()));
    let growths = intact.iter().filter_map(|file| AddCheckpoint::parse(file.text).ok());
    let grown: Vec<Glimpse> = growths.filter_map(|growth| Glimpse::of_growth_file(&growth, &glimpses)).collect();
    glimpses.extend(grown);
    let compared = glimpses.len() > 1;
    let history = History::of(glimpses);
    if let Some(folder) = seen.filter(|_| history != History::TwoBooks) {
        keep(folder, &intact, &kept)?;
    }
    let is_proven = intact.iter().all(|file| file.verdict.verdict == Outcome::Asli);
    Ok(compared.then_some(Together { history, is_proven }))
}

/// The heads of these logs that lie in the folder.
fn read(folder: &Path, of: &[Glimpse]) -> Result<Vec<(PathBuf, Glimpse)>, Failure> {
    let files = match fs::read_dir(folder) {
        Ok(files) => files,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(unusable(folder, &why)),
    };
    let mut kept = Vec::new();
    for file in files {
        let path = file.map_err(|why| unusable(folder, &why))?.path();
        if path.extension().is_none_or(|extension| extension != "checkpoint") {
            continue;
        }
        let text = fs::read_to_string(&path).map_err(|why| unusable(&path, &why))?;
        let glimpse = Glimpse::of_file(&text)
            .ok_or_else(|| Failure::new(Exit::Other, "seen", format!("{} is no checkpoint", path.display())))?;
        if of.iter().any(|one| one.origin() == glimpse.origin()) {
            kept.push((path, glimpse));
        }
    }
    Ok(kept)
}

/// Keeps every genuine head, and drops a smaller one only when a larger one is proven to continue it: what is not proven
/// may be the other book.
fn keep(folder: &Path, files: &[&Checked<'_>], kept: &[(PathBuf, Glimpse)]) -> Result<(), Failure> {
    let mut kept: Vec<(PathBuf, Glimpse)> = kept.to_vec();
    for file in files.iter().filter(|file| file.verdict.verdict == Outcome::Asli) {
        let Some((glimpse, head)) = Glimpse::of_file(file.text).zip(upah_slip::head_of(file.text)) else { continue };
        let is_known = |(_, known): &(PathBuf, Glimpse)| {
            known.size() >= glimpse.size() && known.beside(&glimpse) == History::OneBook
        };
        if kept.iter().any(is_known) {
            continue;
        }
        fs::create_dir_all(folder).map_err(|why| unusable(folder, &why))?;
        let name = format!("{}-{}.checkpoint", &origin_hash(glimpse.origin()).to_hex()[..16], glimpse.size());
        let path = folder.join(name);
        durable::replace(&path, head.as_bytes()).map_err(|why| unusable(&path, &why))?;
        let (continued, rest): (Vec<_>, Vec<_>) = kept.into_iter().partition(|(old, known)| {
            *old != path && known.size() < glimpse.size() && known.beside(&glimpse) == History::OneBook
        });
        kept = rest;
        for (old, _) in continued {
            fs::remove_file(&old).map_err(|why| unusable(&old, &why))?;
        }
        kept.push((path, glimpse));
    }
    Ok(())
}

fn unusable(path: &Path, why: &std::io::Error) -> Failure {
    Failure::usage("seen", format!("{} cannot be used: {why}", path.display()))
}
