//! `upah verify`: slips, proofs and checkpoints, checked without a store and against a key from outside.
use crate::failure::{Exit, Failure};
use crate::output;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use upah_slip::{Outcome, Trust, Verdict, verify_file};
use upah_tlog::VerifyingKey;

pub(crate) fn run(
    files: &[PathBuf],
    log_key: Option<&str>,
    policy: Option<&Path>,
    as_json: bool,
) -> Result<Exit, Failure> {
    let trust = trust(log_key, policy)?;
    let mut verdicts = Vec::new();
    for file in files {
        let text = std::fs::read(file)
            .map_err(|why| Failure::usage("unreadable", format!("{} cannot be read: {why}", file.display())))?;
        let text = String::from_utf8_lossy(&text);
        let verdict = verify_file(&text, &trust).map_err(|_| {
            Failure::usage("unknown_kind", format!("{} is no slip, proof or checkpoint", file.display()))
        })?;
        tell(file, &verdict);
        verdicts.push((file, verdict));
    }
    if as_json {
        output::object(&object(&verdicts)?);
    }
    let keyed = trust != Trust::None;
    let good = verdicts.iter().all(|(_, verdict)| match verdict.verdict {
        Outcome::Asli => true,
        Outcome::BelumBisaDicek => verdict.intact && !keyed,
        Outcome::TidakCocok => false,
    });
    Ok(if good { Exit::Done } else { Exit::Other })
}

/// The office's keys: a text, a file that holds one, or a file with one on each line.
fn trust(log_key: Option<&str>, policy: Option<&Path>) -> Result<Trust, Failure> {
    let text = match (log_key, policy) {
        (None, None) => return Ok(Trust::None),
        (Some(given), _) if VerifyingKey::parse(given.trim()).is_ok() => given.to_owned(),
        (Some(given), _) => std::fs::read_to_string(given).map_err(|why| {
            Failure::usage("log_key", format!("--log-key is neither a verification key nor a file with one: {why}"))
        })?,
        (None, Some(path)) => std::fs::read_to_string(path)
            .map_err(|why| Failure::usage("policy", format!("{} cannot be read: {why}", path.display())))?,
    };
    let keys = text
        .lines()
        .map(|line| line.trim().strip_prefix("log ").unwrap_or(line.trim()))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(VerifyingKey::parse)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|why| Failure::usage("log_key", format!("a verification key cannot be read: {why}")))?;
    if keys.is_empty() {
        return Err(Failure::usage("log_key", "the file holds no verification key"));
    }
    Ok(Trust::LogKeys(keys))
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
