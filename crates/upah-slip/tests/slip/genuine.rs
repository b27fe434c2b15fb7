//! What a genuine slip is and says.
use crate::book::{Book, ORIGIN, Told, key};
use upah_core::event::PaymentEvent;
use upah_core::run::RunId;
use upah_core::store::{StoredRecord, Stream};
use upah_core::{Payment, PaymentState};
use upah_explain::{Audience, Language, LogFacts, Story, TellOptions};
use upah_slip::{
    AssembleError, Code, Outcome, RunOnSlip, Sealing, Slip, SlipInput, Trust, entries_to_prove, render, verify,
};
use upah_tlog::{SigningKey, inclusion_proof};

fn office() -> Trust {
    Trust::log_keys(vec![key(1).verifying_key().clone()])
}

#[test]
fn a_genuine_slip_is_asli_for_who_holds_the_office_key_and_for_nobody_else() {
    let html = Book::of(&Told::default()).slip();
    let verdict = verify(&html, &office());
    assert_eq!(verdict.verdict, Outcome::Asli, "{:?}", verdict.reasons);
    assert!(verdict.intact && verdict.reasons.is_empty());
    assert_eq!(verdict.log.as_deref(), Some(ORIGIN));
    assert_eq!(verdict.payment.as_deref(), Some("k7m2qx4dnp-1"));

    for nothing in [Trust::None, Trust::log_keys(Vec::new())] {
        let verdict = verify(&html, &nothing);
        assert_eq!((verdict.verdict, verdict.intact), (Outcome::BelumBisaDicek, true));
        assert_eq!(verdict.reasons[0].code, Code::NoKey);
    }
    let elsewhere = SigningKey::from_seed("upah.example/elsewhere", &[1; 32]).unwrap();
    let verdict = verify(&html, &Trust::log_keys(vec![elsewhere.verifying_key().clone()]));
    assert_eq!((verdict.verdict, verdict.reasons[0].code), (Outcome::BelumBisaDicek, Code::OtherLog));
}

#[test]
fn the_verdict_speaks_of_the_last_entry_and_promises_nothing_after_it() {
    let book = Book::of(&Told::default());
    let verdict = verify(&book.slip(), &office());
    let last = book.siti.last().unwrap().seq;
    assert!(verdict.indonesian().contains(&format!("sampai entri {last}")), "{}", verdict.indonesian());
    assert!(verdict.indonesian().contains("Kejadian sesudahnya tidak terlihat"));
    assert!(verdict.english().contains("Later events cannot be seen"));
}

#[test]
fn the_json_of_a_verdict_is_the_contract_s() {
    let book = Book::of(&Told::default());
    let html = book.slip();
    let json = serde_json::to_value(verify(&html, &office())).unwrap();
    assert_eq!(json["verdict"], "ASLI");
    assert_eq!(json["intact"], true);
    assert_eq!(json["log"], ORIGIN);
    assert_eq!(json["size"], book.tree.size());
    assert_eq!(json["reasons"], serde_json::json!([]));
    let json = serde_json::to_value(verify(&html, &Trust::None)).unwrap();
    assert_eq!(json["verdict"], "BELUM BISA DICEK");
    assert_eq!(json["reasons"][0]["code"], "no_key");
    let json = serde_json::to_value(verify(&html.replace("Rp600.000", "Rp900.000"), &office())).unwrap();
    assert_eq!((&json["verdict"], &json["intact"]), (&"TIDAK COCOK".into(), &false.into()));
}

#[test]
fn drawing_is_deterministic_and_reading_it_back_is_exact() {
    let input = Book::of(&Told::default()).siti();
    let html = render(&input).unwrap();
    assert_eq!(render(&input).unwrap(), html);
    let read = Slip::parse(&html).unwrap().unverified;
    assert_eq!(read, input);
    assert_eq!(render(&read).unwrap(), html);
}

#[test]
fn the_page_says_who_what_why_and_how_to_check() {
    let book = Book::of(&Told::default());
    let html = book.slip();
    let visible = html.split("<script").next().unwrap();
    let last = book.siti.last().unwrap().seq.to_string();
    for said in [
        "Siti Contoh",
        "W-001",
        "kampung-marketer",
        "November 2026",
        "Rp600.000",
        "commission",
        "Rp75.000",
        "savings",
        "k7m2qx4dnp-1",
        "bank 014 ••••7890",
        ORIGIN,
        &last,
        "2 pembayaran",
        "bukan dari slip ini",
        "not from this slip",
    ] {
        assert!(visible.contains(said), "{said}");
    }
    for secret in ["1234567890", "888801000157508", "Budi", "UJI COBA"] {
        assert!(!visible.contains(secret), "{secret}");
    }
    assert!(!html.contains("http://") && !html.contains("https://"), "no network");
    assert_eq!(html.matches("src=").count(), html.matches("src=\"data:").count(), "pictures are in the file");
}

#[test]
fn a_live_slip_tells_nobody_the_total_the_digest_or_the_names_of_the_run() {
    let book = Book::of(&Told::default());
    let html = book.slip();
    for secret in ["1350000", "0707070707", "Sari Pembuat", "Agus Pemeriksa", "Budi", "750000"] {
        assert!(!html.contains(secret), "{secret}");
    }
    assert!(matches!(book.siti().runs[..], [RunOnSlip { sealing: Sealing::Closed { count: 2, .. }, approval: None }]));
}

#[test]
fn an_approval_that_no_event_shows_is_opened_and_makes_the_payment_ready() {
    let book = Book::of(&Told::default());
    let input = book.input(&book.siti[..1]);
    assert!(input.runs[0].approval.is_some());
    assert_eq!(verify(&render(&input).unwrap(), &office()).verdict, Outcome::Asli);
}

#[test]
fn a_sandbox_slip_says_uji_coba_on_the_page_and_in_the_verdict() {
    let html = Book::of(&Told { sandbox: true, ..Told::default() }).slip();
    assert!(html.split("<script").next().unwrap().contains("UJI COBA"));
    let verdict = verify(&html, &office());
    assert_eq!(verdict.verdict, Outcome::Asli, "{:?}", verdict.reasons);
    assert!(verdict.sandbox && verdict.reasons.iter().any(|reason| reason.code == Code::Sandbox));
    assert!(verdict.indonesian().starts_with("UJI COBA"));
}

#[test]
fn a_slip_with_three_attempts_is_below_60_000_bytes() {
    let html = Book::of(&Told { attempts: 3, ..Told::default() }).slip();
    assert_eq!(verify(&html, &office()).verdict, Outcome::Asli);
    assert!(html.len() < 60_000, "{}", html.len());
}

#[test]
fn a_note_cannot_break_out_of_the_page_or_of_the_machine_part() {
    let notes = [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "</table><h1>Rp9.000.000</h1>",
        "&lt;b&gt; & \"'",
        "<script type=\"application/json\" id=\"upah-slip\">{}</script>",
    ];
    for note in notes {
        let told = Told { note: Some(note.into()), ..Told::default() };
        let input = Book::of(&told).siti();
        let html = render(&input).unwrap();
        assert_eq!(html.matches("<script").count(), 2, "the data and the check: {note}");
        assert_eq!(html.matches("</script").count(), 2, "{note}");
        assert_eq!(html.matches("<h1").count(), 3, "the page and two stories: {note}");
        assert!(!html.contains("<!--"), "{note}");
        assert_eq!(Slip::parse(&html).unwrap().unverified, input, "{note}");
        assert_eq!(verify(&html, &office()).verdict, Outcome::Asli, "{note}");
    }
}

#[test]
fn an_unfinished_payment_has_a_slip_too() {
    let html = Book::of(&Told { settled: false, ..Told::default() }).slip();
    assert_eq!(verify(&html, &office()).verdict, Outcome::Asli);
}

#[test]
fn debug_shows_nothing_of_the_records() {
    let shown = format!("{:?}", Book::of(&Told::default()).siti());
    for secret in ["Siti", "1234567890", "600000", "salt"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn erased_records_and_missing_runs_make_no_slip() {
    let book = Book::of(&Told::default());
    let assemble = |payment: &[StoredRecord], runs: &[StoredRecord]| {
        let prove = |index| inclusion_proof(index, book.tree.size(), &book.tree);
        SlipInput::assemble(book.key.verifying_key(), &book.checkpoint(), payment, runs, prove)
    };
    let mut erased = book.siti.clone();
    (erased[1].record, erased[1].salt) = (None, None);
    assert_eq!(assemble(&erased, &book.runs).unwrap_err(), AssembleError::Erased);
    assert!(matches!(assemble(&book.siti, &[]), Err(AssembleError::NoSealing(_))));
    assert_eq!(assemble(&[], &book.runs).unwrap_err(), AssembleError::Unreadable);
    let wanted = entries_to_prove(&book.siti, &book.runs);
    let ends = [book.siti.first().unwrap().seq, book.siti.last().unwrap().seq];
    assert!(ends.iter().chain(&[book.runs[0].seq, book.runs[1].seq]).all(|seq| wanted.contains(seq)));
}

#[test]
fn a_payment_that_a_second_run_instructed_again_shows_both_runs_and_folds_as_in_the_store() {
    let book = Book::reinstructed();
    let input = book.siti();
    assert_eq!(input.runs.len(), 2);
    let html = render(&input).unwrap();
    let verdict = verify(&html, &office());
    assert_eq!(verdict.verdict, Outcome::Asli, "{:?}", verdict.reasons);
    assert!(html.contains("q2q2q2q2q2: 0 pembayaran"));

    let events: Vec<(u64, PaymentEvent)> =
        book.siti.iter().map(|one| (one.seq, PaymentEvent::open(one.record.as_ref().unwrap()).unwrap())).collect();
    let approved_at = |run: &RunId| {
        let of_run = |one: &&StoredRecord| one.stream == Stream::Run(run.clone());
        book.runs.iter().filter(of_run).nth(1).map(|one| one.seq)
    };
    let stored = Payment::replay(&events, &approved_at).unwrap();
    assert_eq!(stored.state, PaymentState::Settled);
    for language in [Language::Id, Language::En] {
        let log = Some(LogFacts { size: book.siti.last().unwrap().seq, day: None, witnesses_named: 0 });
        let options = TellOptions { log, ..TellOptions::new(language, Audience::Worker) };
        assert!(html.contains(&Story::tell(&stored, &options).to_html_fragment()), "{language:?}");
    }
}
