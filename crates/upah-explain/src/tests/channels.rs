//! The short forms of every story: they fit, and they still say what must not be left out.

use std::collections::BTreeSet;

use upah_core::Cause;
use upah_core::row::{PayRow, PayRowFields};

use super::common::*;
use super::every::{self, Told};
use crate::{Audience, Earlier, Language, Story, TellOptions};

/// Printable ASCII but for the grave accent, which no telephone has in this alphabet, and the letters with marks that
/// ours have. Written from the standard and not from the code.
fn is_gsm(c: char) -> bool {
    (c == ' ' || c.is_ascii_graphic()) && c != '`' || "éèùìòàÉÇÄÖÑÜäöñü".contains(c)
}

fn septets(text: &str) -> usize {
    text.chars().count() + text.chars().filter(|c| "^{}\\[~]|€".contains(*c)).count()
}

fn assert_sms(story: &Story) {
    let sms = story.to_sms();
    assert!(septets(&sms) <= 160, "{}: {sms}", septets(&sms));
    assert!(sms.chars().all(is_gsm), "{sms}");
    let short = &story.brief.shortest;
    let kept = [&short.money, &story.amount_text].into_iter().chain(&short.acts);
    let says = |text: &str| sms.contains(&crate::render::letters::gsm(text));
    let says_why = short.causes.iter().any(|cause| says(cause));
    assert!(says(&short.headline) || says(&short.bare) && says_why, "{sms}");
    for text in kept {
        assert!(sms.contains(&crate::render::letters::gsm(text)), "{text}: {sms}");
    }
    assert!(!sms.contains("Contoh"), "a telephone is read by many: {sms}");
}

fn assert_whatsapp(story: &Story) {
    let text = story.to_whatsapp();
    assert!(text.chars().count() <= 1_024, "{}: {text}", text.chars().count());
    let kept = [&story.headline, &story.amount_text, &story.brief.happened, &story.brief.money];
    for part in kept.into_iter().chain(&story.brief.acts) {
        assert!(text.contains(part.as_str()), "{part}: {text}");
    }
}

fn assert_receipt(story: &Story) {
    let receipt = story.to_58mm();
    for line in receipt.lines() {
        assert!(line.len() <= 32 && line.chars().all(|c| c == ' ' || c.is_ascii_graphic()), "{line:?}");
    }
    let amount = story.amount_text.as_str();
    assert!(receipt.lines().any(|line| line == amount), "{receipt}");
    // Whatever holds a figure stands on one line, whole.
    let words: BTreeSet<&str> = receipt.split_whitespace().collect();
    let (step, brief) = (&story.next_step, &story.brief);
    let texts =
        [&brief.money, &brief.number, &step.what].into_iter().chain(&brief.goal).chain(&brief.acts).chain(&step.law);
    for word in
        texts.flat_map(|text| text.split_whitespace()).filter(|word| word.contains(|c: char| c.is_ascii_digit()))
    {
        assert!(words.contains(crate::render::letters::ascii(word).as_str()), "{word} is cut: {receipt}");
    }
}

fn assert_marked(told: &Told) {
    let story = &told.story;
    let whatsapp = story.to_whatsapp();
    let sms = story.to_sms();
    let receipt = story.to_58mm();
    let html = story.to_html_fragment();
    for (channel, text) in [("text", &story.to_text()), ("whatsapp", &whatsapp), ("sms", &sms), ("58mm", &receipt)] {
        assert_eq!(text.starts_with("UJI COBA"), told.sandbox, "{channel}: {text}");
        assert_eq!(text.contains("KONSEP"), told.language.is_draft(), "{channel}: {text}");
    }
    assert_eq!(html.contains("<p class=\"draft\">KONSEP"), told.language.is_draft(), "{html}");
    let json = serde_json::to_value(story).unwrap();
    assert_eq!(json["draft"].is_string(), told.language.is_draft());
    assert_eq!(json["notice"].is_string(), told.sandbox);
}

#[test]
fn every_state_and_cause_fits_every_channel_and_loses_neither_amount_nor_place_nor_actor() {
    for told in every::stories() {
        assert_sms(&told.story);
        assert_whatsapp(&told.story);
        assert_receipt(&told.story);
        assert_marked(told);
    }
}

#[test]
fn the_largest_wage_of_the_longest_name_fits_too() {
    let name = "Raden Roro Ayu Kusumaningtyas Wiratmaja ".repeat(4);
    let mut row = PayRowFields {
        destinations: vec![format!("bifast:email:siti@{}.example.com", "x".repeat(40)).parse().unwrap()],
        ..fields(&name[..139], 9_999_999_999_999)
    };
    // A week is the longest period.
    row.period = "2026-W39".parse().unwrap();
    let row = PayRow::new(row).unwrap();
    for mut payment in every::payments() {
        payment.instruction.row = row.clone();
        for language in Language::ALL {
            let options = TellOptions { sandbox: true, ..TellOptions::new(language, Audience::Worker) };
            let story = Story::tell(&payment, &options);
            let sms = story.to_sms();
            assert!(septets(&sms) <= 160 && sms.contains("Rp9.999.999.999.999"), "{sms}");
            assert_whatsapp(&story);
        }
    }
}

#[test]
fn a_short_message_of_a_failure_says_why_while_there_is_room() {
    use upah_core::event::Fact;
    let cause = Cause::InvalidAccount;
    let stream = Stream::of(siti()).attempted(1, 0).answered(1, refused(cause)).then(0, Fact::Parked { cause });
    let story = Story::tell(&stream.payment(), &TellOptions::new(Language::Id, Audience::Worker));
    assert_eq!(
        story.to_sms(),
        "Upah Nov 2026 Rp700.000. Nomor rekening Anda tidak ditemukan. Uang di pemberi kerja. \
         Bertindak: Anda, paling lambat 28 Nov. Tanya: kantor pemberi kerja."
    );
}

/// What a worker has to know to do something: the short message is often all that she gets.
#[test]
fn a_short_message_says_why_where_who_by_when_and_whom_to_ask() {
    let mut faults = BTreeSet::new();
    for payment in every::payments() {
        for language in [Language::Id, Language::En] {
            let story = Story::tell(&payment, &TellOptions::new(language, Audience::Worker));
            if story.amount.value() > 99_999_999 {
                continue;
            }
            let (sms, short) = (story.to_sms(), &story.brief.shortest);
            if !sms.contains(&short.ask) {
                faults.insert(format!("whom to ask: {sms}"));
            }
            if !short.causes.is_empty() && !short.causes.iter().any(|cause| sms.contains(cause.as_str())) {
                faults.insert(format!("why: {:?} {sms}", story.cause));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn no_short_form_of_a_late_wage_or_of_one_that_paid_the_fee_leaves_that_out() {
    let told = |payment| Story::tell(&payment, &TellOptions::new(Language::Id, Audience::Worker));
    let late = told(super::common::ten::late_wage().payment());
    assert!(late.to_sms().contains("Rp700.000 terlambat"), "{}", late.to_sms());
    for text in [late.to_whatsapp(), late.to_58mm().replace('\n', " ")] {
        assert!(text.contains("Tanggal itu sudah lewat"), "{text}");
    }
    let taken = told(super::common::ten::fee_taken().payment());
    assert!(taken.to_sms().contains("Dipotong Rp6.500"), "{}", taken.to_sms());
    for text in [taken.to_whatsapp(), taken.to_58mm().replace('\n', " ")] {
        assert!(text.contains("upah ini dipotong Rp6.500 untuk biaya transfer"), "{text}");
    }
}

#[test]
fn a_comparison_that_was_asked_for_is_told_in_every_channel_by_its_sum() {
    let october = PayRowFields { period: "2026-10".parse().unwrap(), ..fields("Siti Contoh", 500_000) };
    let earlier = Stream::of(october).payment();
    let paid = Stream::of(siti()).attempted(1, 0).answered(1, settled(upah_core::evidence::Grade::TlsResponse));
    for language in Language::ALL {
        let options =
            TellOptions { earlier: Some(Earlier::Kept(&earlier)), ..TellOptions::new(language, Audience::Worker) };
        let story = Story::tell(&paid.payment(), &options);
        for text in [story.to_whatsapp(), story.to_58mm().replace('\n', " "), story.to_sms()] {
            assert!(text.contains("Rp200.000"), "{language:?}: {text}");
        }
        let line = story.brief.compare.as_ref().unwrap();
        assert!(!line.contains("[id]"), "{line}");
    }
}

#[test]
fn an_estimate_of_a_fine_is_never_told_without_that_it_is_one() {
    for told in every::stories() {
        let Some(estimate) = told.story.rights.as_ref().and_then(|rights| rights.estimate) else { continue };
        let (whatsapp, sms) = (told.story.to_whatsapp(), told.story.to_sms());
        let fine = told.story.brief.fine.as_ref();
        assert_eq!(fine.is_some(), !estimate.amount.is_zero());
        assert!(!sms.contains("denda") && !sms.contains("fine"), "{sms}");
        let Some(fine) = fine else { continue };
        assert!(fine.contains(&estimate.amount.to_string()) && fine.contains("36/2021"), "{fine}");
        assert!(fine.contains("perkiraan") || fine.contains("estimate"), "{fine}");
        let says_fine = whatsapp.contains("Perkiraan denda") || whatsapp.contains("Estimate of the fine");
        assert!(!says_fine || whatsapp.contains(fine.as_str()), "whole or not at all: {whatsapp}");
    }
}

#[test]
fn what_is_left_of_an_erased_payment_fits_every_channel_and_says_whom_to_ask() {
    let payment = "k7m2qx4dnp-17".parse().unwrap();
    for (language, sandbox) in Language::ALL.into_iter().flat_map(|language| [(language, true), (language, false)]) {
        for state in upah_core::PaymentState::ALL {
            let options = TellOptions { sandbox, ..TellOptions::new(language, Audience::Worker) };
            let story = crate::ErasedStory::tell(&payment, state, 1_204, &options);
            let (text, sms, receipt) = (story.to_text(), story.to_sms(), story.to_58mm());
            assert!(text.chars().count() <= 1_024, "{text}");
            assert!(septets(&sms) <= 160 && sms.chars().all(is_gsm), "{sms}");
            assert!(receipt.lines().all(|line| line.len() <= 32 && line.is_ascii()), "{receipt}");
            for form in [&text, &sms, &receipt] {
                assert!(form.contains("k7m2qx4dnp-17") && form.starts_with("UJI COBA") == sandbox, "{form}");
                assert_eq!(form.contains("KONSEP"), language.is_draft(), "{form}");
            }
            assert!(story.to_html_fragment().contains("k7m2qx4dnp-17"));
        }
    }
}
