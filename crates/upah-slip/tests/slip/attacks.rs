//! A slip in the hands of somebody who wants it to say something else.
use crate::book::{Book, Told, key};
use crate::tamper::machine;
use proptest::prelude::*;
use upah_core::commitment::{Commit, Leaf};
use upah_core::event::PaymentEvent;
use upah_slip::{Code, Entry, Outcome, RENDERER_VERSION, Sealing, Slip, SlipError, SlipInput, Trust, render, verify};
use upah_tlog::{Checkpoint, MemoryTree, SignedNote, SigningKey, inclusion_proof, leaf_hash};

fn office() -> Trust {
    Trust::log_keys(vec![key(1).verifying_key().clone()])
}

/// The findings about an input that is refused, drawn or not.
fn blamed(input: &SlipInput) -> Vec<(Code, String)> {
    match render(input) {
        Err(SlipError::DoesNotFit(reasons)) => reasons.into_iter().map(|one| (one.code, one.place)).collect(),
        other => panic!("should not fit: {other:?}"),
    }
}

/// Puts another input into the machine part of a genuine page.
fn with_machine_part(html: &str, input: &SlipInput) -> String {
    let json = upah_core::canonical::to_canonical(input).unwrap().replace('<', "\\u003c");
    let (before, rest) = html.split_once("id=\"upah-slip\">").unwrap();
    let (_, after) = rest.split_once("</script>").unwrap();
    format!("{before}id=\"upah-slip\">{json}</script>{after}")
}

fn assert_refused(html: &str, why: &str) {
    for trust in [office(), Trust::None] {
        let verdict = verify(html, &trust);
        let other_version = matches!(Slip::parse(html), Err(upah_slip::ParseError::Version(_)));
        assert!(!verdict.intact, "{why}");
        assert!(verdict.verdict == Outcome::TidakCocok || other_version, "{why}: {verdict:?}");
        assert!(!verdict.reasons.is_empty(), "{why}");
    }
}

#[test]
fn a_whole_history_signed_by_a_stranger_is_never_asli() {
    let told = Told { amount: 6_000_000, ..Told::default() };
    let forged = Book::signed_by(key(9), &told);
    let html = render(&forged.siti()).unwrap();
    let verdict = verify(&html, &office());
    assert_eq!((verdict.verdict, verdict.reasons[0].code), (Outcome::TidakCocok, Code::NotSignedByOffice));
    assert_eq!(verify(&html, &Trust::None).verdict, Outcome::BelumBisaDicek);

    let mut renamed = forged.siti();
    renamed.log_key = key(1).verifying_key().to_string();
    assert_eq!(blamed(&renamed), [(Code::HintSignature, "log_key".into())]);
}

#[test]
fn a_forger_s_signature_and_key_beside_the_office_s_do_not_get_his_key_onto_a_genuine_slip() {
    let mut input = Book::of(&Told::default()).siti();
    let mut note = SignedNote::parse(&input.checkpoint).unwrap();
    note.add_signature(&key(9)).unwrap();
    input.checkpoint = note.to_string();
    let verdict = verify(&render(&input).unwrap(), &office());
    assert_eq!((verdict.verdict, verdict.reasons[0].code), (Outcome::Asli, Code::OtherSignatures));
    input.log_key = key(9).verifying_key().to_string();
    let verdict = verify(&render(&input).unwrap(), &office());
    assert_eq!((verdict.verdict, verdict.reasons[0].code), (Outcome::TidakCocok, Code::HintIsNotTheOfficeKey));
}

#[test]
fn both_keys_of_a_change_of_keys_are_believed() {
    let mut input = Book::of(&Told::default()).siti();
    let new = SigningKey::from_seed(key(1).name(), &[2; 32]).unwrap();
    let mut note = SignedNote::parse(&input.checkpoint).unwrap();
    note.add_signature(&new).unwrap();
    input.checkpoint = note.to_string();
    let both = Trust::log_keys(vec![key(1).verifying_key().clone(), new.verifying_key().clone()]);
    let verdict = verify(&render(&input).unwrap(), &both);
    assert_eq!((verdict.verdict, verdict.reasons.len()), (Outcome::Asli, 0));
}

/// All over the file, most densely in the machine part.
#[test]
fn a_changed_byte_anywhere_is_never_asli() {
    let html = Book::of(&Told { sandbox: true, ..Told::default() }).slip();
    let machine = html.find("id=\"upah-slip\">").unwrap();
    let script = html.rfind("<script>").unwrap();
    // Steps that share no factor with the widths of hashes, so that every field is met.
    let visible = (0..machine).step_by(31);
    for at in visible.chain((machine..script).step_by(17)).chain((script..html.len()).step_by(211)) {
        let mut bytes = html.clone().into_bytes();
        bytes[at] = match bytes[at] {
            b'0' => b'1',
            b'a' => b'A',
            b if b.is_ascii_digit() => b - 1,
            b if b.is_ascii() => b ^ 0x01,
            _ => continue,
        };
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        assert_refused(&changed, &format!("byte {at}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_edit_of_the_file_is_never_asli(at in any::<prop::sample::Index>(), cut in 0usize..4, put in "[ -~]{0,4}") {
        let html = Book::of(&Told::default()).slip();
        let chars: Vec<char> = html.chars().collect();
        let at = at.index(chars.len());
        let end = (at + cut).min(chars.len());
        let edited: String = chars[..at].iter().copied().chain(put.chars()).chain(chars[end..].iter().copied()).collect();
        prop_assume!(edited != html);
        assert_refused(&edited, "edit");
    }

    #[test]
    fn any_bytes_give_a_verdict_and_never_asli(noise in "\\PC{0,200}") {
        let html = format!("<!DOCTYPE html><script type=\"application/json\" id=\"upah-slip\">{noise}</script>");
        assert_refused(&html, "noise");
    }
}

#[test]
fn every_visible_word_and_figure_is_bound() {
    let html = Book::of(&Told::default()).slip();
    let (visible, _) = html.split_once("<script").unwrap();
    let body = visible.find("<body>").unwrap();
    let words: std::collections::BTreeSet<&str> = visible[body..]
        .split(['<', '>'])
        .skip(1)
        .flat_map(|text| text.split(' '))
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .collect();
    assert!(words.len() > 80);
    for word in words {
        assert_refused(&html.replacen(word, "X", 1), word);
    }
}

#[test]
fn another_amount_in_the_record_is_named() {
    let genuine = Book::of(&Told::default()).siti();
    let mut input = genuine.clone();
    let record = &mut input.payment[0].record;
    *record = record.replace("\"amount\":600000", "\"amount\":900000").replace("600000", "900000");
    assert!(PaymentEvent::open(record).is_ok());
    let found = blamed(&input);
    assert!(found.contains(&(Code::Proof, "payment record 1".into())), "{found:?}");
    assert!(found.contains(&(Code::RecordChain, "payment record 1".into())), "{found:?}");
    assert_refused(&with_machine_part(&render(&genuine).unwrap(), &input), "amount");
}

#[test]
fn another_salt_is_named() {
    let mut input = Book::of(&Told::default()).siti();
    input.payment[1].salt.0[0] ^= 1;
    assert_eq!(blamed(&input), [(Code::RecordChain, "payment record 2".into())]);
}

#[test]
fn dropping_the_last_event_loses_the_proof_even_when_it_is_moved() {
    let genuine = Book::of(&Told::default()).siti();
    let mut input = genuine.clone();
    let dropped = input.payment.pop().unwrap();
    let last = format!("payment record {}", input.payment.len());
    assert!(blamed(&input).contains(&(Code::ProofMissing, last.clone())));
    input.payment.last_mut().unwrap().entry = dropped.entry;
    assert_eq!(blamed(&input), [(Code::Proof, last)]);
    assert_refused(&with_machine_part(&render(&genuine).unwrap(), &input), "dropped");
}

#[test]
fn dropping_swapping_and_repeating_events_breaks_the_chain() {
    let genuine = Book::of(&Told { attempts: 2, ..Told::default() }).siti();
    let mut dropped = genuine.clone();
    dropped.payment.remove(2);
    let mut swapped = genuine.clone();
    swapped.payment.swap(2, 3);
    let mut repeated = genuine.clone();
    repeated.payment.insert(3, genuine.payment[2].clone());
    for input in [dropped, swapped, repeated] {
        assert!(blamed(&input).iter().any(|(code, _)| *code == Code::RecordChain));
        assert_refused(&with_machine_part(&render(&genuine).unwrap(), &input), "chain");
    }
}

#[test]
fn a_proof_in_the_middle_would_let_the_story_end_early_and_is_refused() {
    let book = Book::of(&Told::default());
    let mut input = book.siti();
    let index = book.siti[2].seq;
    let path = inclusion_proof(index, book.tree.size(), &book.tree).unwrap();
    input.payment[2].entry = Some(Entry { index, path });
    assert_eq!(blamed(&input), [(Code::ProofUnexpected, "payment record 3".into())]);
}

#[test]
fn proofs_and_records_of_two_workers_do_not_mix() {
    let book = Book::of(&Told::default());
    let (siti, budi) = (book.siti(), book.budi());
    let mut proofs = siti.clone();
    proofs.payment[0].entry = budi.payment[0].entry.clone();
    assert_eq!(blamed(&proofs), [(Code::Proof, "payment record 1".into())]);
    let mut ends = siti.clone();
    ends.payment.pop();
    ends.payment.push(budi.payment.last().unwrap().clone());
    assert!(blamed(&ends).iter().any(|(code, _)| *code == Code::RecordChain));
    let page = render(&siti).unwrap();
    assert_refused(&with_machine_part(&page, &budi), "her page, his records");
}

#[test]
fn another_size_another_root_or_another_index_is_named() {
    let book = Book::of(&Told::default());
    let mut index = book.siti();
    index.payment[0].entry.as_mut().unwrap().index += 1;
    assert_eq!(blamed(&index), [(Code::Proof, "payment record 1".into())]);
    let mut size = book.siti();
    size.checkpoint = size.checkpoint.replacen(&book.tree.size().to_string(), "99", 1);
    assert!(blamed(&size).contains(&(Code::HintSignature, "checkpoint".into())));
    let mut later = book.siti();
    let empty = MemoryTree::default();
    later.checkpoint = Checkpoint::new(key(1).name(), 0, empty.root()).unwrap().sign(&key(1)).unwrap();
    assert!(blamed(&later).iter().all(|(code, _)| *code == Code::Proof));
}

#[test]
fn a_sandbox_slip_cannot_lose_its_banner_or_its_flag() {
    let genuine = Book::of(&Told { sandbox: true, ..Told::default() }).siti();
    let html = render(&genuine).unwrap();
    assert_refused(&html.replace("UJI COBA", "SAH"), "banner");
    let mut input = genuine.clone();
    let Sealing::Open(record) = &mut input.runs[0].sealing else { panic!("a sandbox run is open") };
    record.record = record.record.replace("\"sandbox\":true", "\"sandbox\":false");
    assert!(blamed(&input).iter().any(|(code, place)| *code == Code::Proof && place.starts_with("sealing")));
}

#[test]
fn another_count_day_or_run_is_named() {
    let genuine = Book::of(&Told::default()).siti();
    let mut count = genuine.clone();
    let Sealing::Closed { count: n, .. } = &mut count.runs[0].sealing else { panic!("a live run is closed") };
    *n = 200;
    assert_eq!(blamed(&count), [(Code::Proof, "sealing of run k7m2qx4dnp".into())]);
    let mut none = genuine.clone();
    none.runs.clear();
    assert_eq!(blamed(&none), [(Code::Run, "runs".into())]);
    let mut two = genuine.clone();
    two.runs.push(genuine.runs[0].clone());
    assert_eq!(blamed(&two), [(Code::Run, "runs".into())]);
}

#[test]
fn an_approval_of_another_run_or_of_other_rows_is_named() {
    let sandbox = Book::of(&Told { sandbox: true, ..Told::default() }).siti();
    let mut digest = sandbox.clone();
    let approval = digest.runs[0].approval.as_mut().unwrap();
    approval.record = approval.record.replace("0707", "0808");
    let codes: Vec<Code> = blamed(&digest).into_iter().map(|(code, _)| code).collect();
    assert!(codes.contains(&Code::RunDigest) && codes.contains(&Code::Proof), "{codes:?}");
    let mut swapped = sandbox.clone();
    swapped.runs[0].approval = Some(sandbox.payment[0].clone());
    assert!(!blamed(&swapped).is_empty());
}

#[test]
fn records_in_another_spelling_are_refused_even_when_the_book_has_them() {
    let book = Book::of(&Told::default());
    let mut input = book.input(&book.siti[..1]);
    let one = &mut input.payment[0];
    one.record = one.record.replacen("{\"at\"", "{ \"at\"", 1);
    // An employer who writes such a record into his own book and signs it.
    let mut tree = MemoryTree::default();
    for index in 0..20 {
        tree.push(leaf_hash(&[index]));
    }
    tree.push(leaf_hash(Leaf::of(Commit::to(&one.record, &one.salt)).bytes().as_bytes()));
    one.entry = Some(Entry { index: 20, path: inclusion_proof(20, 21, &tree).unwrap() });
    input.checkpoint = Checkpoint::new(key(1).name(), 21, tree.root()).unwrap().sign(&key(1)).unwrap();
    assert!(blamed(&input).contains(&(Code::RecordNotCanonical, "payment record 1".into())));
}

#[test]
fn other_spellings_of_the_machine_part_and_the_key_are_refused() {
    let genuine = Book::of(&Told::default()).siti();
    let html = render(&genuine).unwrap();
    assert_refused(&html.replacen("{\"checkpoint\"", "{ \"checkpoint\"", 1), "space");
    let (end, more) = (format!("\"v\":{RENDERER_VERSION}}}"), format!("\"v\":{RENDERER_VERSION},\"w\":2}}"));
    assert_refused(&html.replacen(&end, &more, 1), "unknown field");
    assert_refused(&html.replace('\n', "\r\n"), "line ends");
    assert_refused(&format!("{html} "), "behind the end");
    assert_refused(
        &html.replace("</html>", &format!("{}</html>", &html[html.find("<script").unwrap()..])),
        "two machine parts",
    );
    let mut shouting = genuine.clone();
    let (name, rest) = shouting.log_key.split_once('+').unwrap();
    let (id, key) = rest.split_once('+').unwrap();
    shouting.log_key = format!("{name}+{}+{key}", id.to_uppercase());
    assert_eq!(blamed(&shouting), [(Code::HintSignature, "log_key".into())]);
}

#[test]
fn a_book_that_has_the_end_before_the_beginning_is_named() {
    let book = Book::of(&Told::default());
    let mut input = book.input(&book.siti[..2]);
    let mut tree = MemoryTree::default();
    for one in input.payment.iter().rev() {
        tree.push(leaf_hash(Leaf::of(Commit::to(&one.record, &one.salt)).bytes().as_bytes()));
    }
    for (one, index) in input.payment.iter_mut().zip([1, 0]) {
        one.entry = Some(Entry { index, path: inclusion_proof(index, 2, &tree).unwrap() });
    }
    input.checkpoint = Checkpoint::new(key(1).name(), 2, tree.root()).unwrap().sign(&key(1)).unwrap();
    assert!(blamed(&input).contains(&(Code::EntryOrder, "payment".into())));
}

/// What a changed place of the machine part has to be called.
fn part_of(place: &str) -> String {
    let mut parts = place.split('/').skip(1);
    match (parts.next(), parts.next()) {
        (Some("payment"), Some(n)) => format!("payment record {}", n.parse::<usize>().unwrap() + 1),
        (Some("runs"), _) => "run".into(),
        (Some("v"), _) => "renderer version".into(),
        (Some(other), _) => other.into(),
        (None, _) => String::new(),
    }
}

#[test]
fn whatever_is_changed_in_the_records_the_verdict_names_that_part() {
    let html = Book::of(&Told { attempts: 2, ..Told::default() }).slip();
    let mut vague = Vec::new();
    let all = machine(&html);
    assert!(all.len() > 100, "{}", all.len());
    for changed in &all {
        let verdict = verify(&changed.html, &office());
        let part = part_of(changed.what.split(' ').next().unwrap());
        let is_named = verdict.reasons.iter().any(|reason| reason.place.contains(&part));
        if !is_named && verdict.reasons[0].code != Code::MachinePart {
            vague.push(format!("{} is not {part}: {:?}", changed.what, verdict.reasons));
        }
        let sentences = verdict.indonesian() + &verdict.english();
        let first = &verdict.reasons[0];
        assert!(verdict.verdict != Outcome::TidakCocok || sentences.contains(&first.place), "{sentences}");
    }
    assert!(vague.is_empty(), "{vague:#?}");
}

#[test]
fn whatever_is_changed_on_the_page_the_verdict_names_the_row_or_the_heading() {
    let html = Book::of(&Told::default()).slip();
    let named = |from: &str, to: &str| {
        assert!(html.contains(from), "{from}");
        let verdict = verify(&html.replacen(from, to, 1), &office());
        assert_eq!(verdict.reasons[0].code, Code::Page);
        verdict.reasons[0].place.split_once(", ").unwrap().1.to_owned()
    };
    for (from, to, part) in [
        ("Slip upah <i", "Slip gaji <i", "title"),
        ("Siti Contoh</td>", "Budi Contoh</td>", "Nama"),
        ("W-001</td>", "W-002</td>", "Nomor pekerja"),
        ("Rp600.000</p>", "Rp900.000</p>", "amount"),
        ("••••7890</td>", "••••7891</td>", "Tujuan"),
        ("Rp75.000</td>", "Rp95.000</td>", "Pendapatan: commission"),
        ("Upah bersih", "Upah kotor", "Upah bersih"),
        ("sudah masuk menurut", "belum masuk menurut", "Di mana uang saya?"),
        ("Biaya transfer ditanggung", "Biaya transfer tak ditanggung", "Siapa yang membayar biaya?"),
        ("Tidak ada yang gagal", "Ada yang gagal", "Kenapa gagal dan apa yang harus saya lakukan?"),
        ("Belum ada saksi", "Sudah ada saksi", "Apakah slip ini asli?"),
        ("BELUM BISA DICEK", "ASLI", "verdict"),
        ("Entri terakhir", "Entri pertama", "Entri terakhir di slip ini"),
        ("alt=\"Kode bukti\"", "alt=\"Kode\"", "code"),
        ("noindex", "index", "head of the page"),
        ("Simpan berkas ini", "Hapus berkas ini", "Cara memeriksa slip ini"),
    ] {
        assert_eq!(named(from, to), part, "{from}");
    }
    for place in [named("Siti Contoh</td>", "x</td>"), named("Contoh: upah", "Contoh: gaji")] {
        assert!(!place.contains("Siti") && !place.contains("600"), "nothing personal: {place}");
    }
}
