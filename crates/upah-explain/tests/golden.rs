//! The ten stories and two everyday ones, word for word, so that a change of wording is seen and read.
//!
//! `UPAH_GOLDEN=write cargo test -p upah-explain --test golden` writes them anew.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::ten::{self, Tale};
use common::{Stream, rupiah, settled, siti};
use upah_core::evidence::Grade;
use upah_core::policy::Fee;
use upah_core::{Payment, PaymentState, Timestamp};
use upah_explain::{Audience, ErasedStory, Language, LogFacts, Story, TellOptions};

fn compare(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if std::env::var_os("UPAH_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "{file}");
}

/// As the store tells it: with the rail's fee and the size of the book, and the day of a witness.
fn told(payment: &Payment, language: Language, audience: Audience) -> Story {
    let fee = Fee { amount: rupiah(2_500), employer_pays: true };
    let day: Timestamp = "2026-11-28T08:00:00+07:00".parse().unwrap();
    let log = Some(LogFacts { size: 1_204, day: Some(day), witnesses_named: 0 });
    Story::tell(payment, &TellOptions { fee: Some(&fee), log, ..TellOptions::new(language, audience) })
}

fn text(tale: &Tale, language: Language) -> String {
    match &tale.payment {
        Some(payment) => told(payment, language, Audience::Worker).to_text(),
        None => {
            let options = TellOptions::new(language, Audience::Worker);
            ErasedStory::tell(&"k7m2qx4dnp-17".parse().unwrap(), PaymentState::Settled, 1_204, &options).to_text()
        }
    }
}

#[test]
fn each_of_the_ten_stories_answers_from_its_text_alone() {
    for tale in ten::all() {
        let text = text(&tale, Language::Id);
        for answer in [tale.happened, tale.money, tale.to_do] {
            assert!(text.contains(answer), "{}: {answer}: {text}", tale.name);
        }
    }
}

#[test]
fn the_ten_stories_read_as_they_were_approved() {
    for tale in ten::all() {
        for language in [Language::Id, Language::En] {
            compare(&format!("{}.{}.txt", tale.name, language.code()), &text(&tale, language));
        }
    }
}

#[test]
fn everyday_stories_read_as_they_were_approved() {
    let paid = Stream::of(siti()).attempted(1, 0).answered(1, settled(Grade::TlsResponse));
    for (name, stream) in [("paid", paid), ("waiting", Stream::of(siti()).unapproved())] {
        for language in [Language::Id, Language::En] {
            let story = told(&stream.payment(), language, Audience::Worker);
            compare(&format!("{name}.{}.txt", language.code()), &story.to_text());
        }
    }
}

#[test]
fn the_short_forms_of_the_ten_stories_read_as_they_were_approved() {
    for tale in ten::all() {
        let Some(payment) = &tale.payment else { continue };
        let story = told(payment, Language::Id, Audience::Worker);
        let [whatsapp, sms, receipt] = [story.to_whatsapp(), story.to_sms(), story.to_58mm()];
        compare(
            &format!("{}.short.id.txt", tale.name),
            &format!("[WhatsApp]\n{whatsapp}\n\n[SMS]\n{sms}\n\n[58 mm]\n{receipt}"),
        );
    }
}

#[test]
fn a_draft_reads_as_a_draft() {
    for language in Language::ALL.into_iter().filter(|language| language.is_draft()) {
        let story = told(&ten::wrong_account().payment(), language, Audience::Worker);
        compare(
            &format!("wrong-account.{}.txt", language.code()),
            &format!("{}\n[SMS]\n{}\n", story.to_text(), story.to_sms()),
        );
    }
}

#[test]
fn the_counsellors_story_of_a_sandbox_reads_as_it_was_approved() {
    let options = TellOptions { sandbox: true, ..TellOptions::new(Language::Id, Audience::Counsellor) };
    let story = Story::tell(&ten::wrong_account().payment(), &options);
    compare("wrong-account.counsellor.id.txt", &story.to_text());
    compare("wrong-account.counsellor.id.html", &story.to_html_fragment());
}
