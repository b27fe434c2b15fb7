//! Checking a file without a store: what it is, whether it fits, and whose word it is.
use crate::check::check;
use crate::compact;
use crate::machine::{ParseError, Slip};
use crate::page::Frame;
use crate::page_note;
use crate::reason::{Code, Reason};
use crate::trust::Trust;
use crate::verdict::{Kind, Outcome, Verdict};
use upah_tlog::tiles::{Tile, check_tree};
use upah_tlog::witness::AddCheckpoint;
use upah_tlog::{Checkpoint, SignedNote, TlogProof, TlogProofError, leaf_hash, verify_inclusion};

/// A file that is neither slip nor checkpoint nor proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this file is neither a slip nor a checkpoint nor a proof that Upah has made")]
pub struct UnknownKind;

/// What sort of file this is, by its beginning and its marks; damage further in does not hide it.
///
/// # Errors
/// [`UnknownKind`].
pub fn detect(text: &str) -> Result<Kind, UnknownKind> {
    if text.starts_with("c2sp.org/") || text.starts_with(compact::PREFIX) {
        return Ok(Kind::Proof);
    }
    if text.starts_with("old ") {
        return Ok(Kind::Growth);
    }
    if text.contains("<!DOCTYPE html>") || text.contains("id=\"upah-slip\"") {
        return if text.contains("upah-slip") { Ok(Kind::Slip) } else { Err(UnknownKind) };
    }
    if text.contains("\n\n\u{2014} ") { Ok(Kind::Checkpoint) } else { Err(UnknownKind) }
}

/// Checks a file of any known kind. A proof file must bring its entry in its `extra` line;
/// otherwise use [`verify_proof`].
///
/// # Errors
/// [`UnknownKind`].
pub fn verify_file(text: &str, trust: &Trust) -> Result<Verdict, UnknownKind> {
    Ok(match detect(text)? {
        Kind::Slip => verify(text, trust),
        Kind::Checkpoint => verify_checkpoint(text, trust),
        Kind::Growth => verify_growth(text, trust),
        Kind::Proof if text.starts_with(compact::PREFIX) => verify_compact(text, trust),
        Kind::Proof => verify_proof(text, None, trust),
        // A folder, which no file is.
        Kind::Tree => return Err(UnknownKind),
    })
}

/// Checks a slip: every commitment, the chain of the payment's events, the proofs, the fold, and that
/// the page is, byte for byte, what is drawn from the records.
#[must_use]
pub fn verify(html: &str, trust: &Trust) -> Verdict {
    let input = match Slip::parse(html) {
        Ok(slip) => slip.unverified,
        Err(ParseError::Version(version)) => {
            let place = format!("renderer version {version}");
            let unreadable = Verdict::unreadable(Kind::Slip, Code::Version, &place);
            return Verdict { verdict: Outcome::BelumBisaDicek, ..unreadable };
        }
        Err(_) => return Verdict::unreadable(Kind::Slip, Code::MachinePart, "machine part"),
    };
    let checked = check(&input);
    let mut verdict = Verdict::of(Kind::Slip);
    if let Some((log, size)) = checked.log {
        (verdict.log, verdict.size) = (Some(log), Some(size));
    }
    verdict.entries = checked.entries;
    verdict.payment = checked.payment.map(|payment| payment.to_string());
    verdict.reasons = checked.reasons;
    let Some(facts) = checked.facts else { return verdict.settle(Outcome::TidakCocok) };
    verdict.sandbox = facts.sandbox;
    let frame = Frame::around(&facts, &input).ok();
    let drawn = frame.as_ref().and_then(|frame| frame.holding(&input).ok()).unwrap_or_default();
    if drawn != html {
        verdict.reasons.push(Reason::new(Code::Page, place_of_difference(&drawn, html)));
    }
    if frame.is_some_and(|frame| !page_note::fits(&frame, &facts.head, &input)) {
        verdict.reasons.push(Reason::new(Code::PageNote, "page_note"));
    }
    if facts.sandbox {
        verdict.reasons.push(Reason::new(Code::Sandbox, "run"));
    }
    verdict.settle_by(trust.judge(&facts.head.note, facts.head.checkpoint.origin(), Some(&facts.head.hint)))
}

/// Checks what a scanner read from the code of a slip: the proof that it expands to. A line end behind it is the file's.
fn verify_compact(text: &str, trust: &Trust) -> Verdict {
    match compact::expand(text.trim_end_matches(['\r', '\n'])) {
        Ok(proof) => verify_proof(&proof.to_string(), None, trust),
        Err(compact::NotCompact) => Verdict::unreadable(Kind::Proof, Code::Proof, "compact proof"),
    }
}

/// Checks the signed head of a log.
#[must_use]
pub fn verify_checkpoint(text: &str, trust: &Trust) -> Verdict {
    let Some((note, checkpoint)) = SignedNote::parse(text).ok().zip(Checkpoint::open_unverified(text).ok()) else {
        return Verdict::unreadable(Kind::Checkpoint, Code::Checkpoint, "checkpoint");
    };
    let verdict = headed(Kind::Checkpoint, &checkpoint, &note);
    verdict.settle_by(trust.judge(&note, checkpoint.origin(), None))
}

/// Checks the head in a file of growth. What it continues is seen beside that ([`crate::History`]).
fn verify_growth(text: &str, trust: &Trust) -> Verdict {
    match AddCheckpoint::parse(text) {
        Ok(growth) => Verdict { kind: Kind::Growth, ..verify_checkpoint(&growth.note().to_string(), trust) },
        Err(_) => Verdict::unreadable(Kind::Growth, Code::Proof, "growth"),
    }
}

/// Checks a proof file against its entry: the bytes of a leaf, which come beside the file or, when
/// `leaf` is `None`, in its `extra` line.
#[must_use]
pub fn verify_proof(text: &str, leaf: Option<&[u8]>, trust: &Trust) -> Verdict {
    let proof = match TlogProof::parse(text) {
        Ok(proof) => proof,
        Err(TlogProofError::Checkpoint(_)) => {
            return Verdict::unreadable(Kind::Proof, Code::Checkpoint, "checkpoint");
        }
        Err(TlogProofError::Proof(why)) => {
            return Verdict::unreadable(Kind::Proof, Code::Proof, &format!("index or checkpoint: {why}"));
        }
        Err(why) => return Verdict::unreadable(Kind::Proof, Code::Proof, &format!("proof file: {why}")),
    };
    let head = proof.unverified_checkpoint();
    let Some((note, checkpoint)) = SignedNote::parse(head).ok().zip(Checkpoint::open_unverified(head).ok()) else {
        return Verdict::unreadable(Kind::Proof, Code::Checkpoint, "checkpoint");
    };
    let mut verdict = headed(Kind::Proof, &checkpoint, &note);
    // No signature covers the extra line, but only the true entry leads to the root.
    let extra = Some(proof.unauthenticated_extra()).filter(|extra| !extra.is_empty());
    let Some(leaf) = leaf.or(extra) else {
        verdict.reasons.push(Reason::new(Code::LeafMissing, "extra"));
        return Verdict { verdict: Outcome::BelumBisaDicek, ..verdict };
    };
    verdict.entries = vec![proof.index()];
    let (size, root) = (checkpoint.size(), checkpoint.root());
    if verify_inclusion(&leaf_hash(leaf), proof.index(), size, proof.path(), root).is_err() {
        verdict.reasons.push(Reason::new(Code::Proof, format!("entry {}", proof.index())));
    }
    verdict.settle_by(trust.judge(&note, checkpoint.origin(), None))
}

/// Checks a log that was written out as files (c2sp.org/tlog-tiles): its checkpoint, and every file that belongs to it.
/// `read` gives the bytes of one, `None` when it is not there.
///
/// # Errors
/// The first one of `read`.
pub fn verify_tree<E>(
    checkpoint: &str,
    trust: &Trust,
    read: impl FnMut(&Tile) -> Result<Option<Vec<u8>>, E>,
) -> Result<Verdict, E> {
    let Some((note, head)) = SignedNote::parse(checkpoint).ok().zip(Checkpoint::open_unverified(checkpoint).ok())
    else {
        return Ok(Verdict::unreadable(Kind::Tree, Code::Checkpoint, "checkpoint"));
    };
    let report = check_tree(&head, read)?;
    let mut verdict = headed(Kind::Tree, &head, &note);
    for fault in report.faults {
        verdict.reasons.push(Reason::new(Code::TreeFile, format!("{}: {}", fault.file, fault.what)));
    }
    if report.entries_left_out > 0 {
        let place = format!("{} entries", report.entries_left_out);
        verdict.reasons.push(Reason::new(Code::EntriesLeftOut, place));
    }
    Ok(verdict.settle_by(trust.judge(&note, head.origin(), None)))
}

/// What the head says of itself. One that its own log has not signed was changed in its first line, whoever asks.
fn headed(kind: Kind, checkpoint: &Checkpoint, note: &SignedNote) -> Verdict {
    let log = checkpoint.origin();
    let is_signed = note.signatures().iter().any(|one| one.name() == log);
    let reasons = if is_signed { Vec::new() } else { vec![Reason::new(Code::Checkpoint, "checkpoint, origin")] };
    Verdict { log: Some(log.into()), size: Some(checkpoint.size()), reasons, ..Verdict::of(kind) }
}

/// The first line, from 1, in which a page differs from what is drawn, and what stands there by its label: that of the
/// row, else the heading over it. Labels are the page's own words and hold nothing personal.
fn place_of_difference(drawn: &str, page: &str) -> String {
    let same = drawn.bytes().zip(page.bytes()).take_while(|(a, b)| a == b);
    let line = same.filter(|(byte, _)| *byte == b'\n').count();
    let shown = drawn.lines().take(line + 1).skip_while(|line| !line.contains("<body>"));
    let labels = shown.enumerate().filter_map(|(at, text)| Some((at, label(text)?)));
    match labels.last() {
        Some((_, label)) => format!("line {}, {label}", line + 1),
        None => format!("line {}, head of the page", line + 1),
    }
}

/// What a line of the page is called.
fn label(line: &str) -> Option<&str> {
    let between = |from: &str, to: &[&str]| {
        let (_, rest) = line.split_once(from)?;
        to.iter().filter_map(|to| rest.find(to)).min().map(|end| rest[..end].trim())
    };
    let marks = [
        ("<h1>Slip upah ", "title"),
        ("<div id=\"upah-verdict\"", "verdict"),
        ("<p class=\"net\">", "amount"),
        ("<section class=\"story\"", "story"),
        ("<img class=\"code\"", "code"),
        ("<p class=\"test\">", "UJI COBA"),
        ("<script", "script"),
    ];
    let marked = marks.into_iter().find(|(mark, _)| line.contains(mark)).map(|(_, label)| label);
    marked.or_else(|| between("<th>", &[" <i", "</th>"])).or_else(|| between("<h2>", &[" <i", "</h2>"]))
}
