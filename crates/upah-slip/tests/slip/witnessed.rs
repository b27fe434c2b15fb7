//! What the office's policy counts: a slip is genuine when enough witnesses cosigned its checkpoint, and on their day.
use crate::book::{Book, Told, key};
use proptest::prelude::*;
use upah_slip::{Code, Outcome, SlipInput, Trust, Witnesses, render, verify, verify_checkpoint};
use upah_tlog::{Checkpoint, Policy, WitnessSigner};

/// 2026-11-30T23:30:00+07:00, when it is still the 30th in Jakarta and the clock of the world says 16:30.
const LATE_EVENING: u64 = 1_796_056_200;

fn witness(n: u8) -> WitnessSigner {
    WitnessSigner::from_seed(&format!("saksi.example/{n}"), &[100 + n; 32]).unwrap()
}

/// The office's policy: two of three, each a witness of this name.
fn office() -> Trust {
    policy("group kantor 2 bandung garut koperasi\nquorum kantor\n")
}

fn policy(rest: &str) -> Trust {
    let names = ["bandung", "garut", "koperasi"];
    let lines = names.iter().zip(1..).map(|(name, n)| format!("witness {name} {}\n", witness(n).verifying_key()));
    let log = key(1).verifying_key().to_string();
    Trust::Policy(Policy::parse(&format!("log {log}\n{}{rest}", lines.collect::<String>())).unwrap())
}

/// The same text with cosignature lines of these witnesses over it.
fn cosigned(note: &str, by: &[(u8, u64)]) -> String {
    let head = Checkpoint::open_unverified(note).unwrap();
    let lines = by.iter().map(|(n, time)| format!("{}\n", witness(*n).cosign(&head, *time).unwrap()));
    format!("{note}{}", lines.collect::<String>())
}

fn slip(by: &[(u8, u64)]) -> SlipInput {
    let mut input = Book::of(&Told::default()).siti();
    input.checkpoint = cosigned(&input.checkpoint, by);
    input
}

#[test]
fn with_enough_witnesses_the_verdict_names_one_of_them_and_its_day_in_jakarta() {
    let html = render(&slip(&[(1, LATE_EVENING - 86_400), (3, LATE_EVENING), (2, LATE_EVENING + 3_600)])).unwrap();
    let verdict = verify(&html, &office());
    assert_eq!((verdict.verdict, &verdict.reasons[..]), (Outcome::Asli, &[][..]));
    // Complete by the second of them; the third, after midnight, changes nothing.
    let Witnesses::Enough { by, at } = &verdict.witnesses else { panic!("{verdict:?}") };
    assert_eq!((by.as_str(), at.day().as_str(), at.millis()), ("koperasi", "2026-11-30", 1_000 * LATE_EVENING as i64));
    for sentence in [verdict.indonesian(), verdict.english()] {
        assert!(sentence.contains("koperasi") && sentence.contains("2026-11-30"), "{sentence}");
    }
    let json = serde_json::to_value(&verdict).unwrap();
    assert_eq!((&json["witnesses"]["by"], &json["witnesses"]["day"]), (&"koperasi".into(), &"2026-11-30".into()));
}

#[test]
fn without_enough_witnesses_it_is_not_genuine_and_says_how_many_are_missing() {
    for (by, count) in
        [(&[][..], 2), (&[(2, 5)][..], 1), (&[(2, 5), (2, 5), (2, 6)][..], 1), (&[(7, 5), (8, 5)][..], 2)]
    {
        let verdict = verify(&render(&slip(by)).unwrap(), &office());
        assert_eq!((verdict.verdict, verdict.intact), (Outcome::BelumBisaDicek, true), "{by:?}");
        assert_eq!(verdict.witnesses, Witnesses::Missing { count, of: "kantor".into() });
        assert_eq!(verdict.reasons[0].code, Code::WitnessesMissing);
        assert_eq!(verdict.reasons[0].place, format!("kantor, {count} missing"));
        assert!(verdict.indonesian().contains(&format!("kurang {count} saksi (kantor)")), "{}", verdict.indonesian());
    }
}

#[test]
fn the_word_of_no_witness_is_no_date() {
    let html = render(&slip(&[(1, LATE_EVENING), (2, LATE_EVENING)])).unwrap();
    for trust in [policy("quorum none\n"), Trust::log_keys(vec![key(1).verifying_key().clone()])] {
        let verdict = verify(&html, &trust);
        assert_eq!((verdict.verdict, &verdict.witnesses), (Outcome::Asli, &Witnesses::NotAsked));
        assert!(!verdict.indonesian().contains("2026-11-30"), "{}", verdict.indonesian());
        assert!(serde_json::to_value(&verdict).unwrap()["witnesses"].is_null());
    }
}

#[test]
fn story_and_table_of_a_slip_agree_on_who_has_witnessed_the_book() {
    for (by, told, table) in [
        (&[][..], "Belum ada saksi yang mencatat tanggal buku itu.", 0),
        (&[(1, 5)][..], "Ada satu saksi yang disebut, tetapi belum diperiksa di sini.", 1),
        (&[(1, 5), (2, 5), (2, 6)][..], "Banyaknya saksi yang disebut, tetapi belum diperiksa di sini: 2.", 3),
    ] {
        let html = render(&slip(by)).unwrap();
        assert!(html.contains(told), "{by:?}");
        assert_eq!(html.contains("Belum ada saksi yang mencatat"), by.is_empty(), "{by:?}");
        assert_eq!(html.matches("<th>Hari menurut saksi").count(), table, "{by:?}");
        assert_eq!(html.contains("No witness has dated that book yet."), by.is_empty());
    }
}

#[test]
fn a_wrong_cosignature_of_a_known_witness_spoils_the_slip_whoever_else_cosigned() {
    let good = slip(&[(1, 5), (2, 5)]);
    let other_head = Checkpoint::new(key(1).name(), 1, upah_tlog::leaf_hash(b"")).unwrap();
    let mut spoilt = good.clone();
    spoilt.checkpoint = format!("{}{}\n", spoilt.checkpoint, witness(3).cosign(&other_head, 5).unwrap());
    let verdict = verify(&render(&spoilt).unwrap(), &office());
    assert_eq!((verdict.verdict, verdict.intact), (Outcome::TidakCocok, false));
    let said: Vec<_> = verdict.reasons.iter().map(|one| (one.code, one.place.as_str())).collect();
    assert_eq!(said, [(Code::WitnessSignature, "saksi.example/3")]);
    assert_eq!(verdict.witnesses, Witnesses::NotAsked);
    // Who does not know that witness passes it over, and says so.
    let verdict = verify(&render(&spoilt).unwrap(), &Trust::log_keys(vec![key(1).verifying_key().clone()]));
    assert_eq!((verdict.verdict, verdict.reasons[0].code), (Outcome::Asli, Code::OtherSignatures));
}

#[test]
fn a_time_in_no_calendar_is_no_date() {
    let html = render(&slip(&[(1, i64::MAX as u64), (2, 5)])).unwrap();
    let verdict = verify(&html, &office());
    assert_eq!((verdict.verdict, verdict.reasons[0].code), (Outcome::TidakCocok, Code::WitnessSignature));
}

#[test]
fn witnesses_do_not_make_a_stranger_s_book_genuine() {
    let forged = Book::signed_by(key(9), &Told::default());
    let mut input = forged.siti();
    input.checkpoint = cosigned(&input.checkpoint, &[(1, 5), (2, 5), (3, 5)]);
    let verdict = verify(&render(&input).unwrap(), &office());
    assert_eq!((verdict.verdict, verdict.reasons[0].code), (Outcome::TidakCocok, Code::NotSignedByOffice));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Genuine exactly when two different witnesses of the office said so.
    #[test]
    fn a_checkpoint_is_asli_exactly_with_enough_different_witnesses(
        by in prop::collection::vec((1..6_u8, 1..2_000_000_000_u64), 0..8),
    ) {
        let text = cosigned(&Book::of(&Told::default()).checkpoint(), &by);
        let verdict = verify_checkpoint(&text, &office());
        let of_office: std::collections::BTreeSet<u8> = by.iter().map(|(n, _)| *n).filter(|n| *n <= 3).collect();
        let expected = if of_office.len() >= 2 { Outcome::Asli } else { Outcome::BelumBisaDicek };
        prop_assert_eq!(verdict.verdict, expected);
        prop_assert!(verdict.intact);
        if let Witnesses::Enough { at, .. } = verdict.witnesses {
            let mut first: Vec<u64> =
                of_office.iter().filter_map(|n| by.iter().filter(|(m, _)| m == n).map(|(_, time)| *time).min()).collect();
            first.sort_unstable();
            prop_assert_eq!(at.millis(), 1_000 * first[1] as i64);
        }
    }

    #[test]
    fn a_changed_byte_of_a_cosigned_checkpoint_is_never_asli(at: prop::sample::Index, bit in 0..7_u32) {
        let text = cosigned(&Book::of(&Told::default()).checkpoint(), &[(1, 5), (2, 6)]);
        prop_assert_eq!(verify_checkpoint(&text, &office()).verdict, Outcome::Asli);
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert!(verify_checkpoint(&changed, &office()).verdict != Outcome::Asli, "{}", changed);
        }
    }
}
