//! The words: nothing missing, nothing dead, and plain enough for somebody who left school at twelve.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fluent_bundle::FluentResource;
use upah_core::row::PayRow;
use upah_core::{Cause, PaymentState};

use super::every::{self, Told};
use super::jargon;
use crate::voice::{FALLBACK_MARK, Voice, heard, source};
use crate::{Audience, ErasedStory, Language, Story, TellOptions};

const WORDS_MAX: usize = 15;

pub(super) fn keys(language: Language) -> Vec<&'static str> {
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
    // What of a draft is missing is told in Bahasa Indonesia; `drafts.rs` asks how much that may be.
    assert_eq!(keys(Language::Id), keys(Language::En));
}

#[test]
fn every_state_and_cause_has_its_sentence_and_its_next_step() {
    for language in Language::ALL.into_iter().filter(|language| !language.is_draft()) {
        let voice = Voice::of(language);
        for state in PaymentState::ALL {
            assert!(voice.has(&format!("state-{}", state.name())), "{language:?} {state:?}");
            assert!(voice.has(&format!("headline-{}", state.name())), "{language:?} {state:?}");
        }
        for cause in Cause::ALL {
            assert!(voice.has(&format!("cause-{}", cause.code())), "{language:?} {cause:?}");
            assert!(voice.has(&format!("next-{}", cause.code())), "{language:?} {cause:?}");
            assert!(voice.has(&format!("brief-cause-{}", cause.code())), "{language:?} {cause:?}");
        }
    }
}

#[test]
fn every_message_is_said_by_some_story_and_resolves_completely() {
    for payment in every::payments() {
        every::told(&payment, |_, _| {});
    }
    for language in Language::ALL {
        for state in PaymentState::ALL {
            let options = TellOptions::new(language, Audience::Worker);
            let erased = ErasedStory::tell(&"k7m2qx4dnp-17".parse().unwrap(), state, 9, &options);
            assert!(erased.to_text().lines().count() >= 10);
        }
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
    let short = &story.brief;
    let brief = [&short.happened, &short.money].into_iter().chain(&short.due).chain(&short.fee);
    let brief = brief.chain(&short.compare).chain(&short.fine).chain(&short.reference);
    let all = texts.chain(&story.notice).chain([&story.headline, &step.who, &step.what, &step.ask_next]);
    let all = all.chain(&story.draft).chain(&step.law).chain(&story.brief.acts).chain(brief);
    let in_words = story.amount_words.trim_end_matches(" rupiah");
    let plain = |sentence: &str| sentence.replace(in_words, "kata").replace(FALLBACK_MARK, "");
    all.flat_map(|text| text.split(". ").flat_map(|part| part.split("? "))).map(plain).collect()
}

fn words(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.split(' ').filter(|word| word.contains(char::is_alphanumeric))
}

/// What a reader takes in at one glance is one figure: an amount, a count, a date with its clock, a number that is
/// shown to somebody (of a payment, a reference, the end of an account with its bank's code), an article with its law, a formula
/// with its result.
/// Beside each other they are one where nothing but months, `pukul`, `WIB` or `pasal` stands between them. The lines of
/// the picture are no sentences: a pile is its number and its note.
fn figures(sentence: &str) -> usize {
    static LINKS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let month = |language, n| Voice::of(language).say(&format!("month-{n}"), &[]);
        let months = Language::ALL.into_iter().flat_map(|language| (1..=12).map(move |n| month(language, n)));
        months.chain(["pukul", "at", "WIB", "pasal", "article", "x", "="].map(String::from)).collect()
    });
    let part = |word: &str| {
        word.contains(|c: char| c.is_ascii_digit()) || LINKS.contains(word.trim_end_matches([':', '.', ',']))
    };
    let runs: Vec<&str> = sentence.split(' ').collect();
    runs.split(|word| !part(word)).filter(|run| run.concat().contains(|c: char| c.is_ascii_digit())).count()
}

/// Words of judgement that Upah has no right to (safety rule 33).
const JUDGEMENT: [&str; 7] = ["legal", "illegal", "ilegal", "lawful", "unlawful", "nik", "api"];

/// What is wrong with a sentence for this listener. The limits of words and figures are the same for everybody, since
/// a counsellor reads aloud. Only the words differ: counsellor and employer are shown the bank's own codes and what
/// kind of evidence there is, and may be told so in the words of a bank.
fn fault(sentence: &str, audience: Audience) -> Option<String> {
    let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<String> = words(sentence).map(plain).collect();
    let judgement = words.iter().find(|word| JUDGEMENT.contains(&word.as_str()));
    let jargon = words.iter().find(|word| jargon::said(word));
    let for_worker = audience == Audience::Worker;
    match (judgement, jargon) {
        _ if words.len() > WORDS_MAX => Some(format!("{} words", words.len())),
        (Some(word), _) => Some(word.clone()),
        (_, Some(word)) if for_worker => Some(word.clone()),
        _ if figures(sentence) > 1 => Some("more than one figure".into()),
        _ => None,
    }
}

#[test]
fn every_sentence_is_short_and_free_of_jargon() {
    let all: BTreeSet<_> = every::stories()
        .iter()
        .flat_map(|Told { audience, story, .. }| {
            sentences(story).into_iter().map(|sentence| (sentence, audience.code()))
        })
        .collect();
    let audience = |code: &str| code.parse().unwrap();
    let mut faults = BTreeSet::new();
    for (sentence, code) in all {
        faults.extend(fault(&sentence, audience(code)).map(|fault| format!("{fault}: {sentence}")));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn headlines_stay_short_for_a_week_and_a_day_too() {
    let mut faults = BTreeSet::new();
    for mut payment in every::payments() {
        for period in ["2026-W47", "2026-11-25"] {
            payment.instruction.row = PayRow::new(every::with_period(period)).unwrap();
            for language in Language::ALL {
                let headline = Story::tell(&payment, &TellOptions::new(language, Audience::Worker)).headline;
                faults.extend(fault(&headline, Audience::Worker).map(|fault| format!("{fault}: {headline}")));
            }
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
    assert_eq!(figures("Dasarnya UU 3/2011 pasal 85."), 1);
    assert_eq!(figures("Dalam 5 hari kerja menurut POJK 22/2023."), 2);
    assert_eq!(figures("Pada 25 November 2026 masuk Rp600.000."), 2);
    assert_eq!(words("Bahan hitungannya: margin = 6000000.").count(), 4);
}
