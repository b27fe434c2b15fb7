//! The code on a slip: what a scanner reads in it is the proof that `upah log prove` writes, byte for byte.
use crate::book::{Book, Told, key};
use data_encoding::BASE64;
use proptest::prelude::*;
use std::io::Cursor;
use upah_slip::{Code, Drawing, Kind, Outcome, Trust, Verdict, compact, expand, verify_file};
use upah_tlog::{Checkpoint, Hash, TlogProof, leaf_hash};

fn office() -> Trust {
    Trust::log_keys(vec![key(1).verifying_key().clone()])
}

/// What a scanner reads in a PNG file of so many pixels for each module.
fn scan_png(file: &[u8], pixels_a_module: usize) -> String {
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let side = usize::try_from(reader.next_frame(&mut pixels).unwrap().width).unwrap();
    // A camera sees more than one point of a module.
    let zoom = 8 / pixels_a_module;
    let seen = |x: usize, y: usize| pixels[y / zoom * side + x / zoom];
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side * zoom, side * zoom, seen);
    let [code] = &picture.detect_grids()[..] else { panic!("one code in the picture") };
    code.decode().unwrap().1
}

/// What a phone reads on the page.
fn scanned(html: &str) -> String {
    let picture = html.split_once("src=\"data:image/png;base64,").unwrap().1.split_once('"').unwrap().0;
    scan_png(&BASE64.decode(picture.as_bytes()).unwrap(), 1)
}

fn checked(text: &str) -> Verdict {
    verify_file(text, &office()).unwrap()
}

#[test]
fn the_code_on_a_slip_gives_back_the_proof_of_the_last_event() {
    for told in [Told::default(), Told { attempts: 3, ..Told::default() }, Told { settled: false, ..Told::default() }] {
        let book = Book::of(&told);
        let text = scanned(&book.slip());
        let proof = expand(&text).unwrap();
        assert_eq!(proof, book.siti().last_proof().unwrap());
        let verdict = checked(&text);
        assert_eq!((verdict.kind, verdict.verdict), (Kind::Proof, Outcome::Asli), "{:?}", verdict.reasons);
        assert_eq!(verdict.entries, [book.siti.last().unwrap().seq]);
        assert_eq!(checked(&format!("{text}\r\n")).verdict, Outcome::Asli, "a file that ends in a line end");
    }
}

#[test]
fn a_changed_sign_of_a_scanned_code_is_never_asli() {
    let text = scanned(&Book::of(&Told::default()).slip());
    for at in 0..text.len() {
        let other = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
        let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
        if let Ok(verdict) = verify_file(&changed, &office()) {
            assert_ne!(verdict.verdict, Outcome::Asli, "sign {at}");
        }
    }
    let cut = checked(&text[..text.len() - 3]);
    assert_eq!((cut.verdict, cut.reasons[0].code), (Outcome::TidakCocok, Code::Proof));
}

#[test]
fn a_code_of_a_stranger_s_book_is_not_the_office_s() {
    let text = scanned(&Book::signed_by(key(9), &Told::default()).slip());
    assert_eq!(checked(&text).verdict, Outcome::TidakCocok);
}

fn hashes(count: usize) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&[u8::try_from(n).unwrap()])).collect()
}

prop_compose! {
    /// A signature line: of the log or of somebody else, an Ed25519 signature, a cosignature, or of a kind not known yet.
    fn signature_line()(
        name in prop_oneof!["[a-z]{1,8}\\.example/[a-z0-9]{1,20}", Just("upah.example/kampung-marketer".to_owned())],
        bytes in prop_oneof![prop::collection::vec(any::<u8>(), 68), prop::collection::vec(any::<u8>(), 76), prop::collection::vec(any::<u8>(), 5..200)],
    ) -> String {
        format!("— {name} {}\n", BASE64.encode(&bytes))
    }
}

proptest! {
    #[test]
    fn the_compact_form_of_any_proof_expands_to_its_file_byte_for_byte(
        index in prop_oneof![0u64..300, 0u64..1 << 62], path in 0usize..63, beyond in 1u64..1000,
        extensions in prop::collection::vec("[ -~]{1,20}", 0..3),
        lines in prop::collection::vec(signature_line(), 1..6),
        extra in prop_oneof![Just(String::new()), Just(format!("{{\"commit\":\"{}\",\"v\":1}}", "ab".repeat(32))), "\\PC{1,60}"],
    ) {
        let size = (index + beyond).min(1 << 62);
        prop_assume!(index < size);
        let head = Checkpoint::new("upah.example/kampung-marketer", size, leaf_hash(b"root")).unwrap();
        let head = extensions.iter().fold(head, |head, line| head.with_extension(line).unwrap());
        let mut proof = TlogProof::new(index, hashes(path), &format!("{head}\n{}", lines.concat())).unwrap();
        if !extra.is_empty() {
            proof = proof.with_extra(extra.as_bytes()).unwrap();
        }
        let text = compact(&proof).unwrap();
        prop_assert!(text.chars().all(|sign| "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(sign)));
        prop_assert_eq!(expand(&text).unwrap().to_string(), proof.to_string());
        prop_assert_eq!(expand(&text).unwrap(), proof);
    }

    #[test]
    fn a_text_that_is_no_proof_expands_to_nothing(text in "UPAH1:[0-9A-Z $%*+./:-]{0,300}") {
        if let Ok(proof) = expand(&text) {
            prop_assert_eq!(compact(&proof), Some(text));
        }
    }
}

#[test]
fn a_million_entries_and_two_witnesses_fit_into_a_code_that_paper_of_58_mm_shows() {
    let head = Checkpoint::new("upah.example/kampung-marketer", 1_000_000, leaf_hash(b"root")).unwrap();
    let line = |name: &str, bytes| format!("— {name} {}\n", BASE64.encode(&vec![7; bytes]));
    let witnesses = [
        line("upah.example/kampung-marketer", 68),
        line("disnaker.example/banyumas", 76),
        line("koperasi.example/maju", 76),
    ];
    let proof = TlogProof::new(765_432, hashes(20), &format!("{head}\n{}", witnesses.concat())).unwrap();
    let leaf = format!("{{\"commit\":\"{}\",\"v\":1}}", "ab".repeat(32));
    let text = compact(&proof.with_extra(leaf.as_bytes()).unwrap()).unwrap();
    let file = Drawing::of(&text).unwrap().png().unwrap();
    assert_eq!(scan_png(&file, 8), text);
    let width = png::Decoder::new(Cursor::new(&file)).read_info().unwrap().info().width / 8;
    // A head for such paper prints 384 dots over 48 mm: three for a module are what a phone still tells apart.
    assert!(width * 3 <= 384, "{width} modules");
}

fn texts() -> [String; 3] {
    ["A".into(), "00020101021126670015COM.EXAMPLE.WWW".repeat(5), "Contöh ".repeat(40)]
}

#[test]
fn a_scanner_reads_from_a_picture_what_was_drawn() {
    for text in texts() {
        let drawing = Drawing::of(&text).unwrap();
        assert_eq!(scan_png(&drawing.png().unwrap(), 8), text);
        assert!(drawing.svg_element().starts_with("<svg "));
        assert_eq!(scanned(&format!("<img src=\"{}\">", drawing.data_uri().unwrap())), text);
    }
}

#[test]
fn more_than_a_code_holds_is_said() {
    assert!(Drawing::of(&"é".repeat(1_500)).is_err());
}
