//! Five typical stories, word for word, so that a change of wording is seen and read.
//!
//! `UPAH_GOLDEN=write cargo test -p upah-explain --test golden` writes them anew.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::{Stream, rupiah, settled, siti, unknown};
use upah_core::event::Fact;
use upah_core::evidence::{Doubt, Grade, InquiryAnswer};
use upah_core::policy::Fee;
use upah_core::{Cause, Payment, Timestamp};
use upah_explain::{Audience, Language, LogFacts, Story, TellOptions};

fn stories() -> [(&'static str, Payment); 5] {
    let sent = || Stream::of(siti()).attempted(1, 0);
    let not_found = InquiryAnswer::NotFound(common::evidence(Grade::TlsResponse, "4043601"));
    let wrong = sent()
        .answered(1, common::refused(Cause::InvalidAccount))
        .then(0, Fact::Parked { cause: Cause::InvalidAccount });
    [
        ("paid", sent().answered(1, settled(Grade::TlsResponse)).payment()),
        ("unknown", sent().answered(1, unknown(Doubt::NoAnswer)).inquired(1, not_found).payment()),
        ("wrong-account", wrong.payment()),
        ("waiting", Stream::of(siti()).unapproved().payment()),
        ("returned", common::returned(Some(700_000)).payment()),
    ]
}

fn compare(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if std::env::var_os("UPAH_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "{file}");
}

#[test]
fn the_typical_stories_read_as_they_were_approved() {
    let day: Timestamp = "2026-11-26T08:00:00+07:00".parse().unwrap();
    let fee = Fee { amount: rupiah(2_500), employer_pays: true };
    for (name, payment) in stories() {
        for language in Language::ALL {
            let log = Some(LogFacts { size: 1_204, day: Some(day) });
            let options = TellOptions { fee: Some(&fee), log, ..TellOptions::new(language, Audience::Worker) };
            compare(&format!("{name}.{}.txt", language.code()), &Story::tell(&payment, &options).to_text());
        }
    }
}

#[test]
fn the_counsellors_story_of_a_sandbox_reads_as_it_was_approved() {
    let (_, payment) = &stories()[2];
    let options = TellOptions { sandbox: true, ..TellOptions::new(Language::Id, Audience::Counsellor) };
    let story = Story::tell(payment, &options);
    compare("wrong-account.counsellor.id.txt", &story.to_text());
    compare("wrong-account.counsellor.id.html", &story.to_html_fragment());
}
