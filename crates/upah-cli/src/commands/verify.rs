//! `upah verify`: slips, proofs, checkpoints and exported logs, checked without a store and against a key from outside.
use super::history::{self, Checked};
use crate::failure::{Exit, Failure};
use crate::{output, policy};
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};
use upah_slip::{History, Outcome, Trust, Verdict, verify_file, verify_tree};
use upah_tlog::VerifyingKey;

pub(crate) fn run(
    files: &[PathBuf],
    log_key: Option<&str>,
    policy: Option<&Path>,
    seen: Option<&Path>,
    as_json: bool,
) -> Result<Exit, Failure> {
    let trust = trust(log_key, policy)?;
    let mut verdicts = Vec::new();
    let mut texts = Vec::new();
    for file in files {
        let (verdict, text) = if file.is_dir() { check_folder(file, &trust)? } else { check_file(file, &trust)? };
        tell(file, &verdict);
        verdicts.push((file, verdict));
        texts.push(text);
    }
    let checked: Vec<Checked<'_>> =
        verdicts.iter().zip(&texts).map(|((_, verdict), text)| Checked { text, verdict }).collect();
    let together = history::together(&checked, seen)?;
    if let Some(together) = &together {
        together.tell();
    }
    if as_json {
        let mut object = object(&verdicts)?;
        if let Some(together) = &together {
            object["history"] = together.json();
        }
        output::object(&object);
    }
    if together.is_some_and(|together| together.history == History::TwoBooks) {
        return Ok(Exit::Other);
    }
    let keyed = trust != Trust::None;
    let good = verdicts.iter().all(|(_, verdict)| match verdict.verdict {
        Outcome::Asli => true,
        Outcome::BelumBisaDicek => verdict.intact && !keyed,
        Outcome::TidakCocok => false,
    });
    Ok(if good { Exit::Done } else { Exit::Other })
}

fn check_file(file: &Path, trust: &Trust) -> Result<(Verdict, String), Failure> {
    let text = std::fs::read(file)
        .map_err(|why| Failure::usage("unreadable", format!("{} cannot be read: {why}", file.display())))?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let verdict = verify_file(&text, trust)
        .map_err(|_| Failure::usage("unknown_kind", format!("{} is no slip, proof or checkpoint", file.display())))?;
    Ok((verdict, text))
}

/// The office's policy, or its keys alone: a text, or a file that holds them.
fn trust(log_key: Option<&str>, policy: Option<&Path>) -> Result<Trust, Failure> {
    let Some(given) = log_key else {
        return policy.map_or(Ok(Trust::None), |path| policy::read(path).map(Trust::Policy));
    };
    if let Ok(key) = VerifyingKey::parse(given.trim()) {
        return Ok(Trust::log_keys(vec![key]));
    }
    let bad = |why: String| {
        Failure::usage("log_key", format!("--log-key is neither a verification key nor a file with one: {why}"))
    };
    let text = std::fs::read_to_string(given).map_err(|why| bad(why.to_string()))?;
    policy::parse(&text).map(Trust::Policy).map_err(bad)
}

/// A log that was written out as files; its text is its head.
fn check_folder(folder: &Path, trust: &Trust) -> Result<(Verdict, String), Failure> {
    let failed =
        |path: &Path, why: io::Error| Failure::usage("unreadable", format!("{} cannot be read: {why}", path.display()));
    let read = |path: PathBuf| match std::fs::read(&path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some).map_err(|why| failed(&path, why)),
    };
    let Some(checkpoint) = read(folder.join("checkpoint"))? else {
        return Err(Failure::usage("unknown_kind", format!("{} holds no checkpoint", folder.display())));
    };
    let head = String::from_utf8_lossy(&checkpoint).into_owned();
    let verdict = verify_tree(&head, trust, |tile| read(folder.join(tile.to_string())))?;
    Ok((verdict, head))
}

fn tell(file: &Path, verdict: &Verdict) {
    eprintln!("{}: {}", file.display(), verdict.indonesian());
    eprintln!("{}: {}", file.display(), verdict.english());
    for reason in &verdict.reasons {
        eprintln!("  {}: {}", reason.place, reason.code.english());
    }
}

/// One verdict as the contract's object; several as a list under the worst of them.
fn object(verdicts: &[(&PathBuf, Verdict)]) -> Result<Value, Failure> {
    let unwritable =
        |why: serde_json::Error| Failure::new(Exit::Other, "verdict", format!("the verdict cannot be written: {why}"));
    let one = |verdict: &Verdict| serde_json::to_value(verdict).map_err(unwritable);
    if let [(_, verdict)] = verdicts {
        return one(verdict);
    }
    let worst = |outcome: Outcome| verdicts.iter().any(|(_, verdict)| verdict.verdict == outcome);
    let verdict = if worst(Outcome::TidakCocok) {
        Outcome::TidakCocok
    } else if worst(Outcome::BelumBisaDicek) {
        Outcome::BelumBisaDicek
    } else {
        Outcome::Asli
    };
    let mut files = Vec::new();
    for (file, verdict) in verdicts {
        let mut object = one(verdict)?;
        object["file"] = json!(file);
        files.push(object);
    }
    Ok(json!({
        "verdict": verdict.as_str(),
        "intact": verdicts.iter().all(|(_, verdict)| verdict.intact),
        "log": verdicts.first().and_then(|(_, verdict)| verdict.log.clone()),
        "size": verdicts.iter().filter_map(|(_, verdict)| verdict.size).max(),
        "reasons": verdicts.iter().filter(|(_, v)| !v.intact).map(|(file, _)| json!(file)).collect::<Vec<_>>(),
        "files": files,
    }))
}
