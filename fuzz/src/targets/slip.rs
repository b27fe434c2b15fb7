//! No change to a genuine slip, checkpoint or proof goes unseen, and no text is genuine by itself.
//!
//! Each line of an input is an edit of the genuine files: `Rp600.000 => Rp900.000` changes a text
//! wherever it stands, `@1200 => x` overwrites what stands at that byte. The genuine ones are made when
//! the target first runs, so no seed has to be renewed when the page changes.
use crate::book::{Book, key};
use std::sync::LazyLock;
use upah_core::event::PaymentEvent;
use upah_slip::{Outcome, Slip, SlipInput, Trust, Verdict, detect, render, render_signed, verify, verify_file};
use upah_tlog::{SignedNote, TlogProof};

/// A wage that was paid after a question: what the genuine slips tell.
const EVENTS: &str = include_str!("../../seeds/record/paid_after_a_question");

/// The genuine files, and whom one must trust to find them so.
struct Genuine {
    /// Of a live run with an unsigned page, and of a sandbox with a signed one.
    slips: [String; 2],
    checkpoint: String,
    proof: String,
    office: Trust,
    forger: Trust,
}

static GENUINE: LazyLock<Genuine> = LazyLock::new(|| {
    let events: Vec<PaymentEvent> = EVENTS.lines().filter_map(|line| PaymentEvent::open(line).ok()).collect();
    // proof: the events are a kept file, and every test runs into it if they do not fit.
    let book = |sandbox| Book::of(&events, key(1), sandbox).expect("the events are canonical");
    let trust = |seed| Trust::log_keys(vec![key(seed).verifying_key().clone()]);
    let slips = [false, true].map(|sandbox| {
        let draw = |input: SlipInput| if sandbox { render_signed(&input, &key(1)) } else { render(&input) };
        // proof: the same.
        let html = book(sandbox).slip_input().and_then(|input| draw(input).ok()).expect("they are a payment's");
        assert_eq!(verify(&html, &trust(1)).verdict, Outcome::Asli, "the genuine slip is not");
        html
    });
    let (checkpoint, proof) = (book(false).checkpoint(), book(false).proof());
    for file in [&checkpoint, &proof] {
        let verdict = verify_file(file, &trust(1)).map(|verdict| verdict.verdict);
        assert_eq!(verdict, Ok(Outcome::Asli), "the genuine file is not");
    }
    Genuine { slips, checkpoint, proof, office: trust(1), forger: trust(2) }
});

/// Checks the text itself, then the genuine files under the edits it asks for.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let itself = check(&text);
    assert!(itself.is_none_or(|verdict| verdict.verdict != Outcome::Asli), "a text of nobody is genuine");
    for genuine in &GENUINE.slips {
        let edited = edited(genuine, &text);
        if edited != *genuine && is_believed(&edited) {
            assert_eq!(signed_part(&edited), signed_part(genuine), "a changed slip is genuine");
            let input = Slip::parse(&edited).map(|slip| slip.unverified);
            assert_eq!(input.ok().and_then(|input| render(&input).ok()), Some(edited), "the page says something else");
        }
    }
    let checkpoint = edited(&GENUINE.checkpoint, &text);
    if is_believed(&checkpoint) {
        assert_eq!(signed_text(&checkpoint), signed_text(&GENUINE.checkpoint), "a changed checkpoint is genuine");
    }
    let proof = edited(&GENUINE.proof, &text);
    if is_believed(&proof) {
        assert_eq!(proven(&proof), proven(&GENUINE.proof), "a changed proof is genuine");
    }
}

fn is_believed(file: &str) -> bool {
    check(file).is_some_and(|verdict| verdict.verdict == Outcome::Asli)
}

/// The verdict for the holder of the office's key; nobody else ever comes to `ASLI`.
fn check(file: &str) -> Option<Verdict> {
    let verdict = verify_file(file, &GENUINE.office).ok();
    assert_eq!(verdict.as_ref().map(|verdict| verdict.kind), detect(file).ok());
    let verdict = verdict?;
    let blamed = verdict.reasons.iter().any(|reason| reason.code.does_not_fit());
    assert!(verdict.verdict != Outcome::TidakCocok || blamed || !verdict.reasons.is_empty(), "no reason is given");
    assert!(verdict.verdict != Outcome::Asli || (verdict.intact && !blamed), "genuine, and does not fit");
    assert!(!verdict.indonesian().is_empty() && !verdict.english().is_empty());
    if verdict.intact {
        for trust in [&Trust::None, &GENUINE.forger] {
            let other = verify_file(file, trust).map(|verdict| verdict.verdict);
            assert_ne!(other, Ok(Outcome::Asli), "genuine without the office's key");
        }
    }
    Some(verdict)
}

/// What a slip says, apart from signatures that anybody may add to its checkpoint. They are reported.
fn signed_part(html: &str) -> Option<(SlipInput, String)> {
    let mut input = Slip::parse(html).ok()?.unverified;
    let text = signed_text(&input.checkpoint)?;
    input.checkpoint.clear();
    Some((input, text))
}

fn signed_text(note: &str) -> Option<String> {
    Some(SignedNote::parse(note).ok()?.unverified_text().to_owned())
}

fn proven(file: &str) -> Option<(u64, Vec<u8>, String)> {
    let proof = TlogProof::parse(file).ok()?;
    let leaf = proof.unauthenticated_extra().to_vec();
    Some((proof.index(), leaf, signed_text(proof.unverified_checkpoint())?))
}

/// The file under the edits; lines that are none are passed over.
fn edited(file: &str, edits: &str) -> String {
    let mut file = file.to_owned();
    for (old, new) in edits.split('\n').filter_map(|line| line.split_once(" => ")) {
        match old.strip_prefix('@').and_then(|at| at.parse::<usize>().ok()) {
            Some(at) => file = overwritten(file, at, new),
            None if !old.is_empty() && file.contains(old) => file = file.replacen(old, new, 8),
            // The end of a line is `\n` in the JSON of a machine part, and a line feed in the other files.
            None if old.contains("\\n") => {
                file = file.replacen(&old.replace("\\n", "\n"), &new.replace("\\n", "\n"), 8);
            }
            None => {}
        }
    }
    file
}

fn overwritten(file: String, at: usize, new: &str) -> String {
    let mut bytes = file.into_bytes();
    let from = at % bytes.len().max(1);
    let to = (from + new.len()).min(bytes.len());
    drop(bytes.splice(from..to, new.bytes()));
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds;

    #[test]
    fn every_seed_that_edits_does_change_a_genuine_file() {
        let files = [&GENUINE.slips[0], &GENUINE.slips[1], &GENUINE.checkpoint, &GENUINE.proof];
        for seed in seeds::of("slip").unwrap() {
            let text = String::from_utf8(seed.bytes).unwrap();
            let changes = files.iter().any(|file| edited(file, &text) != **file);
            assert_eq!(changes, text.contains(" => "), "{}", seed.name);
        }
    }

    #[test]
    fn a_further_signature_is_reported_beside_a_checkpoint_and_blamed_in_a_slip() {
        let beside = "\\n\\n\u{2014} => \\n\\n\u{2014} witness.example c2hvcnRzaWc=\\n\u{2014}";
        assert_ne!(edited(&GENUINE.checkpoint, beside), GENUINE.checkpoint);
        assert!(is_believed(&edited(&GENUINE.checkpoint, beside)));
        // The code on the page holds the checkpoint too, and a signed page is whole.
        let within = "\\n\",\"log_key\" => \\n\u{2014} witness.example c2hvcnRzaWc=\\n\",\"log_key\"";
        let edits =
            ["Siti Contoh => Budi Contoh", "600000 => 900000", "@9000 => x", "\"index\":1 => \"index\":2", within];
        for (slip, edits) in GENUINE.slips.iter().flat_map(|slip| edits.map(|edits| (slip, edits))) {
            let changed = edited(slip, edits);
            assert!(changed == *slip || !is_believed(&changed), "{edits}");
        }
        assert_ne!(edited(&GENUINE.slips[0], within), GENUINE.slips[0]);
    }
}
