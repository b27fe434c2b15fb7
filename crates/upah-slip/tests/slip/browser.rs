//! A slip checks itself in a real browser, offline, and says UTUH of exactly what was signed.
use crate::book::{Book, Told, key};
use crate::chromium::{Chromium, Shown};
use crate::tamper::{Tampered, machine, parts, visible};
use upah_slip::{Code, Outcome, Trust, fingerprint, render, render_signed, verify};
use upah_tlog::{Checkpoint, WitnessSigner};

/// Notes that a browser might write back in another way than they came.
const NOTES: &[&str] = &[
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "&lt;b&gt; & \"'` = ©",
    "\u{a0}spasi\u{a0}\u{a0}yang tidak putus\u{a0}",
    "ꦱꦶꦠꦶ \u{200c}\u{200d} سِيتِي 😀 e\u{301}",
    "  dua  spasi  ",
    "<script type=\"application/json\" id=\"upah-slip\">{}</script>",
    "<p id=\"upah-verdict\"><b>UTUH</b></p>",
];

/// Slips of all sorts.
fn genuine() -> Vec<String> {
    let noted = NOTES.iter().map(|note| Told { note: Some((*note).into()), ..Told::default() });
    let others = [
        Told::default(),
        Told { sandbox: true, ..Told::default() },
        Told { attempts: 3, ..Told::default() },
        Told { settled: false, ..Told::default() },
    ];
    let told = noted.chain(others).map(|told| Book::of(&told).slip());
    told.chain([Book::reinstructed().slip()]).collect()
}

/// Whether a changed file is one in which the script may not run at all: then the page keeps its own words, or shows nothing
/// where everything has become style.
fn may_stop_the_script(tampered: &Tampered, genuine: &str) -> bool {
    let policy = |html: &str| html.split("Content-Security-Policy").nth(1).map(|rest| rest[..400].to_owned());
    let is_all_style = !tampered.html.contains("</style>");
    is_all_style || policy(&tampered.html).is_some_and(|now| Some(now) != policy(genuine))
}

/// Never UTUH, and TIDAK COCOK wherever the script runs; nobody is asked anything.
fn assert_noticed(browser: &mut Chromium, genuine: &str, tampered: &Tampered) {
    let shown = browser.open(&tampered.html);
    let may_be = if may_stop_the_script(tampered, genuine) {
        vec!["TIDAK COCOK", "BELUM BISA DICEK", ""]
    } else {
        vec!["TIDAK COCOK"]
    };
    assert!(may_be.contains(&shown.word.as_str()), "{:.300}: {shown:?}", tampered.what);
    assert_eq!(shown.requests, [""; 0], "{:.300}", tampered.what);
}

#[test]
fn the_browser_writes_a_slip_back_byte_for_byte_and_says_utuh_offline() {
    let mut browser = Chromium::start();
    for html in genuine() {
        browser.allow_scripts(false);
        browser.load(&html);
        assert_eq!(format!("<!DOCTYPE html>\n{}", browser.outer_html()), html);
        browser.allow_scripts(true);
        let Shown { word, text, requests } = browser.open(&html);
        assert_eq!((word.as_str(), requests.len()), ("UTUH", 0), "{text}");
        assert!(text.contains(&fingerprint(key(1).verifying_key())), "{text}");
        assert_eq!(text.contains("UJI COBA"), html.contains("class=\"test\""), "{text}");
    }
}

#[test]
fn a_change_of_what_is_seen_or_bound_is_tidak_cocok_in_the_browser() {
    let html = Book::of(&Told { sandbox: true, attempts: 2, ..Told::default() }).slip();
    let mut browser = Chromium::start();
    // Every one of them is tried by the ignored test below.
    for tampered in visible(&html).iter().step_by(17).chain(machine(&html).iter().step_by(17)) {
        assert_noticed(&mut browser, &html, tampered);
    }
    assert_eq!(browser.open(&html).word, "UTUH", "the browser still believes what is genuine");
}

#[test]
#[ignore = "minutes: every text, attribute, line and value of several slips"]
fn every_change_of_what_is_seen_or_bound_is_tidak_cocok_in_the_browser() {
    let mut browser = Chromium::start();
    for html in [Book::of(&Told { sandbox: true, attempts: 2, ..Told::default() }).slip(), Book::reinstructed().slip()]
    {
        let all: Vec<Tampered> = visible(&html).into_iter().chain(machine(&html)).collect();
        assert!(all.len() > 800, "{}", all.len());
        all.iter().for_each(|tampered| assert_noticed(&mut browser, &html, tampered));
        assert_eq!(browser.open(&html).word, "UTUH", "the browser still believes what is genuine");
    }
}

#[test]
fn a_slip_forged_whole_is_utuh_under_a_stranger_s_fingerprint_and_never_asli() {
    let mut browser = Chromium::start();
    let forged = Book::signed_by(key(9), &Told { amount: 6_000_000, ..Told::default() }).slip();
    let shown = browser.open(&forged);
    assert_eq!(shown.word, "UTUH");
    assert!(shown.text.contains(&fingerprint(key(9).verifying_key())), "{}", shown.text);
    assert!(!shown.text.contains(&fingerprint(key(1).verifying_key())), "{}", shown.text);
    assert!(shown.text.contains("ASLI hanya dapat dikatakan oleh pemeriksa"), "{}", shown.text);
    let renamed = forged.replace(&key(9).verifying_key().to_string(), &key(1).verifying_key().to_string());
    assert_eq!(browser.open(&renamed).word, "TIDAK COCOK");
}

#[test]
fn a_page_that_the_key_did_not_sign_cannot_be_checked_by_itself() {
    let mut browser = Chromium::start();
    let shown = browser.open(&render(&Book::of(&Told::default()).siti()).unwrap());
    assert_eq!(shown.word, "BELUM BISA DICEK", "{}", shown.text);
    assert!(shown.text.contains("tidak ditandatangani"), "{}", shown.text);
}

#[test]
fn a_script_that_was_changed_or_is_not_run_leaves_belum_bisa_dicek() {
    let html = Book::of(&Told::default()).slip();
    let mut browser = Chromium::start();
    let changed = html.replace("TIDAK COCOK\"", "UTUH\"");
    assert_ne!(changed, html);
    assert_eq!(browser.open(&changed).word, "BELUM BISA DICEK", "the policy names the script by its digest");
    browser.allow_scripts(false);
    assert_eq!(browser.open(&html).word, "BELUM BISA DICEK");
}

#[test]
fn a_browser_of_2020_checks_too() {
    let mut browser = Chromium::start();
    let older = "delete Object.hasOwn; delete Array.prototype.at; delete String.prototype.replaceAll; delete Uint8Array.prototype.toHex;";
    browser.call("Page.addScriptToEvaluateOnNewDocument", serde_json::json!({"source": older}));
    let html = Book::of(&Told::default()).slip();
    assert_eq!(browser.open(&html).word, "UTUH");
    assert_eq!(browser.open(&html.replace("Rp600.000", "Rp900.000")).word, "TIDAK COCOK");
}

#[test]
fn the_script_blames_in_the_words_of_the_verifier() {
    let html = Book::of(&Told::default()).slip();
    let (_, _, script) = parts(&html);
    let said = [
        Code::Page,
        Code::PageNote,
        Code::MachinePart,
        Code::RecordChain,
        Code::ProofMissing,
        Code::Proof,
        Code::Run,
        Code::HintSignature,
    ];
    for code in said {
        assert!(script.contains(code.indonesian()), "{}", code.name());
    }
}

#[test]
fn a_witness_s_day_is_told_and_that_nobody_has_checked_it_here() {
    let book = Book::of(&Told::default());
    let mut input = book.siti();
    let head = Checkpoint::open_unverified(&input.checkpoint).unwrap();
    let witness = WitnessSigner::from_seed("disnaker.example/banyumas", &[5; 32]).unwrap();
    // 2026-12-25T18:00:00Z, which is the next day in Banyumas; and the last second that a cosignature may bear.
    for time in [1_798_221_600, i64::MAX.unsigned_abs()] {
        input.checkpoint.push_str(&format!("{}\n", witness.cosign(&head, time).unwrap()));
    }
    let html = render_signed(&input, &book.key).unwrap();
    assert_eq!(html.matches("(disnaker.example/banyumas)").count(), 1);
    assert!(html.contains("26 Desember 2026 / 26 December 2026 (disnaker.example/banyumas)"));
    assert!(html.contains("kata saksi belum diperiksa di slip ini"));
    let shown = Chromium::start().open(&html);
    assert_eq!(shown.word, "UTUH", "{}", shown.text);
    assert!(shown.text.contains("2026-12-26 (disnaker.example/banyumas); saksi belum diperiksa"), "{}", shown.text);
    let trust = Trust::log_keys(vec![key(1).verifying_key().clone()]);
    assert_eq!(verify(&html, &trust).verdict, Outcome::Asli);
}
