//! Checkpoints and proof files, and files that are neither.
use crate::book::{Book, ORIGIN, Told, key};
use upah_core::commitment::{Commit, Leaf};
use upah_slip::{Code, Kind, Outcome, Trust, detect, verify_checkpoint, verify_file, verify_proof};
use upah_tlog::{TlogProof, inclusion_proof};

fn office() -> Trust {
    Trust::log_keys(vec![key(1).verifying_key().clone()])
}

/// A proof of Siti's last event, and its leaf.
fn proof(book: &Book) -> (TlogProof, String) {
    let last = book.siti.last().unwrap();
    let leaf = Leaf::of(Commit::to(last.record.as_ref().unwrap(), &last.salt.unwrap())).bytes();
    let path = inclusion_proof(last.seq, book.tree.size(), &book.tree).unwrap();
    (TlogProof::new(last.seq, path, &book.checkpoint()).unwrap(), leaf)
}

#[test]
fn a_checkpoint_is_asli_by_the_office_key_alone() {
    let book = Book::of(&Told::default());
    let text = book.checkpoint();
    let verdict = verify_checkpoint(&text, &office());
    assert_eq!((verdict.verdict, verdict.intact), (Outcome::Asli, true));
    assert_eq!((verdict.log.as_deref(), verdict.size), (Some(ORIGIN), Some(book.tree.size())));
    assert_eq!(verify_checkpoint(&text, &Trust::None).verdict, Outcome::BelumBisaDicek);
    let stranger = verify_checkpoint(&Book::signed_by(key(9), &Told::default()).checkpoint(), &office());
    assert_eq!((stranger.verdict, stranger.reasons[0].code), (Outcome::TidakCocok, Code::NotSignedByOffice));
}

#[test]
fn a_changed_byte_of_a_checkpoint_is_never_asli() {
    let text = Book::of(&Told::default()).checkpoint();
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        assert_ne!(verify_checkpoint(&changed, &office()).verdict, Outcome::Asli, "byte {at}");
    }
}

#[test]
fn a_proof_holds_for_its_entry_and_no_other() {
    let book = Book::of(&Told::default());
    let (proof, leaf) = proof(&book);
    let text = proof.to_string();
    let verdict = verify_proof(&text, Some(leaf.as_bytes()), &office());
    assert_eq!((verdict.verdict, &verdict.entries[..]), (Outcome::Asli, &[proof.index()][..]));
    assert_eq!(verify_proof(&text, Some(leaf.as_bytes()), &Trust::None).verdict, Outcome::BelumBisaDicek);
    let wrong = verify_proof(&text, Some(b"another leaf"), &office());
    assert_eq!((wrong.verdict, wrong.intact, wrong.reasons[0].code), (Outcome::TidakCocok, false, Code::Proof));
}

#[test]
fn a_proof_without_its_entry_cannot_be_followed_unless_it_brings_it() {
    let book = Book::of(&Told::default());
    let (proof, leaf) = proof(&book);
    let alone = verify_proof(&proof.to_string(), None, &office());
    assert_eq!((alone.verdict, alone.intact), (Outcome::BelumBisaDicek, false));
    assert_eq!(alone.reasons[0].code, Code::LeafMissing);
    let carried = proof.with_extra(leaf.as_bytes()).unwrap().to_string();
    assert_eq!(verify_file(&carried, &office()).unwrap().verdict, Outcome::Asli);
    for at in 0..carried.len() {
        let mut bytes = carried.clone().into_bytes();
        bytes[at] ^= 1;
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        if let Ok(verdict) = verify_file(&changed, &office()) {
            assert_ne!(verdict.verdict, Outcome::Asli, "byte {at}");
        }
    }
}

#[test]
fn kinds_are_told_apart_even_when_damaged() {
    let book = Book::of(&Told::default());
    let html = book.slip();
    assert_eq!(detect(&html), Ok(Kind::Slip));
    assert_eq!(detect(&html.replace("Rp", "USD")), Ok(Kind::Slip));
    assert_eq!(detect(&book.checkpoint()), Ok(Kind::Checkpoint));
    assert_eq!(detect(&proof(&book).0.to_string()), Ok(Kind::Proof));
    for foreign in ["", "hello", "<!DOCTYPE html><p>a page</p>", "worker_id,name\nW-1,Siti\n"] {
        assert!(verify_file(foreign, &office()).is_err(), "{foreign}");
    }
    assert_eq!(verify_file(&html, &office()).unwrap().verdict, Outcome::Asli);
}
