//! The words: nothing missing, nothing dead, and plain enough for somebody who left school at twelve.

use std::collections::BTreeSet;

use fluent_bundle::FluentResource;
use upah_core::row::PayRow;
use upah_core::{Cause, PaymentState};

use super::every;
use crate::voice::{Voice, heard, source};
use crate::{Audience, Language, Story};

const WORDS_MAX: usize = 15;

fn keys(language: Language) -> Vec<&'static str> {
    let key = |line: &'static str| {
        line.split_once(" =").map(|(key, _)| key).filter(|key| key.starts_with(|c: char| c.is_ascii_lowercase()))
    };
    source(language).lines().filter_map(key).collect()
}

#[test]
fn every_message_is_readable_and_the_languages_have_the_same_ones() {
    for language in Language::ALL {
        assert!(FluentResource::try_new(source(language).into()).is_ok(), "{language:?}");
        assert!(keys(language).iter().all(|key| Voice::of(language).has(key)), "{language:?}");
        let mut once = keys(language);
        once.sort_unstable();
        assert!(once.windows(2).all(|pair| pair[0] != pair[1]), "{language:?} has a key twice");
    }
    assert_eq!(keys(Language::Id), keys(Language::En));
}

#[test]
fn every_state_and_cause_has_its_sentence_and_its_next_step() {
    for language in Language::ALL {
        let voice = Voice::of(language);
        for state in PaymentState::ALL {
            assert!(voice.has(&format!("state-{}", state.name())), "{language:?} {state:?}");
            assert!(voice.has(&format!("headline-{}", state.name())), "{language:?} {state:?}");
        }
        for cause in Cause::ALL {
            assert!(voice.has(&format!("cause-{}", cause.code())), "{language:?} {cause:?}");
            assert!(voice.has(&format!("next-{}", cause.code())), "{language:?} {cause:?}");
        }
    }
}

#[test]
fn every_message_is_said_by_some_story_and_resolves_completely() {
    for payment in every::payments() {
        every::told(&payment, |_, _| {});
    }
    let (said, broken) = heard::so_far();
    assert!(broken.is_empty(), "missing, or naming an unknown variable: {broken:?}");
    let dead: Vec<_> = keys(Language::Id).into_iter().filter(|key| !said.contains(*key)).collect();
    assert!(dead.is_empty(), "no story says {dead:?}");
}

/// Every sentence of a story, the amount in words counted as one word.
fn sentences(story: &Story) -> Vec<String> {
    let step = &story.next_step;
    let texts = story.questions().flat_map(|section| section.answers.iter().chain([&section.question]));
    let all = texts.chain(&story.notice).chain([&story.headline, &step.who, &step.what, &step.ask_next]);
    let in_words = story.amount_words.trim_end_matches(" rupiah");
    all.flat_map(|text| text.split(". ")).map(|sentence| sentence.replace(in_words, "kata")).collect()
}

fn words(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.split(' ').filter(|word| word.contains(char::is_alphanumeric))
}

/// Dates with their clock, bank codes with their masked account, and a formula with its result are one figure each.
fn figures(sentence: &str) -> usize {
    let months =
        (1..=12).flat_map(|n| Language::ALL.map(|language| Voice::of(language).say(&format!("month-{n}"), &[])));
    let links: Vec<String> = months.chain(["pukul", "at", "WIB", "x", "="].map(String::from)).collect();
    let bare = |word: &str| word.trim_end_matches([':', '.', ',']).to_owned();
    let part = |word: &str| word.contains(|c: char| c.is_ascii_digit()) || links.contains(&bare(word));
    let runs: Vec<&str> = sentence.split(' ').collect();
    runs.split(|word| !part(word)).filter(|run| run.concat().contains(|c: char| c.is_ascii_digit())).count()
}

/// Words that a village office does not use. A word that begins like one of them is one of them.
const JARGON: [&str; 44] = [
    "idempot",
    "timeout",
    "time-out",
    "404",
    "settle",
    "unknown",
    "attempt",
    "token",
    "hash",
    "merkle",
    "checkpoint",
    "digest",
    "ledger",
    "callback",
    "inquiry",
    "inquir",
    "endpoint",
    "http",
    "server",
    "retry",
    "request",
    "payload",
    "batch",
    "json",
    "queue",
    "pending",
    "status",
    "error",
    "gateway",
    "provider",
    "disburs",
    "transfer-id",
    "validasi",
    "otorisasi",
    "autentikasi",
    "verifikasi",
    "konfirmasi",
    "rekonsiliasi",
    "invalid",
    "kredensial",
    "respons",
    "sinkron",
    "parameter",
    "null",
];
/// Words of judgement that Upah has no right to (safety rule 33).
const JUDGEMENT: [&str; 7] = ["legal", "illegal", "ilegal", "lawful", "unlawful", "nik", "api"];

/// What is wrong with a sentence for this listener.
fn fault(sentence: &str, audience: Audience) -> Option<String> {
    let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<String> = words(sentence).map(plain).collect();
    let judgement = words.iter().find(|word| JUDGEMENT.contains(&word.as_str()));
    let jargon = words.iter().find(|word| JARGON.iter().any(|jargon| word.starts_with(jargon)));
    let for_worker = audience == Audience::Worker;
    match (judgement, jargon) {
        _ if words.len() > WORDS_MAX => Some(format!("{} words", words.len())),
        (Some(word), _) => Some(word.clone()),
        (_, Some(word)) if for_worker => Some(word.clone()),
        _ if for_worker && figures(sentence) > 1 => Some("more than one figure".into()),
        _ => None,
    }
}

#[test]
fn every_sentence_is_short_and_free_of_jargon() {
    let mut faults = BTreeSet::new();
    for payment in every::payments() {
        every::told(&payment, |options, story| {
            let all = sentences(&story).into_iter();
            faults.extend(all.filter_map(|s| fault(&s, options.audience).map(|fault| format!("{fault}: {s}"))));
        });
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn headlines_stay_short_for_a_week_and_a_day_too() {
    let mut faults = BTreeSet::new();
    for mut payment in every::payments() {
        for period in ["2026-W47", "2026-11-25"] {
            payment.instruction.row = PayRow::new(every::with_period(period)).unwrap();
            every::told(&payment, |options, story| {
                let fault = fault(&story.headline, options.audience);
                faults.extend(fault.map(|fault| format!("{fault}: {}", story.headline)));
            });
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_bad_sentence_is_noticed() {
    let worker = |sentence| fault(sentence, Audience::Worker).is_some();
    assert!(worker("satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas dua belas tiga belas empat."));
    assert!(worker("Token bank sudah habis.") && worker("Potongan ini ilegal.") && worker("Rp1 lalu Rp2."));
    assert!(!worker("Upah ini belum dikirim.") && fault("Token bank habis.", Audience::Employer).is_none());
}

#[test]
fn the_measures_of_these_tests_measure() {
    assert_eq!(figures("25 November 2026 pukul 09:05 WIB: perintah kirim dibuat lewat jalur bank."), 1);
    assert_eq!(figures("Tujuan: rekening bank 014 ••••7890."), 1);
    assert_eq!(figures("Komisi: 10% x Rp4.000.000 = Rp400.000."), 1);
    assert_eq!(figures("Pada 25 November 2026 masuk Rp600.000."), 2);
    assert_eq!(words("Bahan hitungannya: margin = 6000000.").count(), 4);
}
