//! Nobody who waits for money is left without an answer: what happened, where the money is, who acts, by when, and
//! whom to ask, with the law where there is one.

use std::collections::BTreeSet;

use upah_core::cause::Actor;
use upah_core::{Cause, Payment, PaymentState};

use super::common::*;
use super::every::{self, Told};
use crate::{Audience, Language, Story, TellOptions};

/// Nothing is left to do about a wage that arrived once.
fn is_over(story: &Story) -> bool {
    story.state == PaymentState::Settled && story.cause.is_none()
}

/// What is missing in a story, by the parts it is made of.
fn missing(story: &Story) -> Vec<&'static str> {
    let [_, place, _, failure, _] = story.sections.each_ref().map(|section| section.answers.join(" "));
    let (step, brief) = (&story.next_step, &story.brief);
    let mut missing = Vec::new();
    let mut ask = |what, is_there: bool| {
        if !is_there {
            missing.push(what);
        }
    };
    ask("what happened", says(&failure, &brief.happened) || says(&place, &brief.happened));
    ask("where the money is", says(&place, &brief.money));
    ask("what to do", failure.contains(&step.what));
    ask("whom to ask", failure.contains(&step.ask_next));
    ask("the law", step.law.as_ref().is_none_or(|law| failure.contains(law)));
    if !is_over(story) {
        ask("who acts", failure.contains(&step.who));
        // The employer stopped it and set no day; the story says that there is none.
        let has_no_date = step.actor == Actor::Employer && story.cause == Some(Cause::CancelledByEmployer);
        ask("by when", step.by.is_some() != has_no_date);
        ask("the day", step.by.as_ref().is_none_or(|by| failure.contains(by)));
        ask("who acts by when, in short", brief.acts.is_some());
    }
    missing
}

/// Whether a text says every sentence of another, if not one after the other.
fn says(text: &str, sentences: &str) -> bool {
    sentences.split_inclusive(". ").all(|sentence| text.contains(sentence.trim_end()))
}

#[test]
fn a_worker_who_waits_knows_what_happened_where_it_is_who_acts_by_when_and_whom_to_ask() {
    let mut faults = BTreeSet::new();
    for Told { language, audience, story, .. } in every::stories() {
        for what in missing(story) {
            faults.insert(format!("{what}: {language:?} {audience:?} {:?} {:?}", story.state, story.cause));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The same by the words, since a part that is there may still say nothing.
#[test]
fn the_words_name_a_place_a_person_and_a_day() {
    let any = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    for payment in every::payments() {
        let story = Story::tell(&payment, &TellOptions::new(Language::Id, Audience::Worker));
        if is_over(&story) {
            continue;
        }
        let [_, place, _, failure, _] = story.sections.each_ref().map(|section| section.answers.join(" "));
        assert!(any(&place, &["rekening pemberi kerja", "Belum pasti di mana uangnya", "Uang sudah masuk"]), "{place}");
        assert!(failure.contains("Yang harus bertindak: "), "{failure}");
        assert!(any(&failure, &["Paling lambat ", "belum ada tanggal"]), "{failure}");
        let people = ["kantor pemberi kerja", "pengantar kerja"];
        assert!(any(&story.next_step.ask_next, &people), "{}", story.next_step.ask_next);
    }
}

fn parked(cause: Cause) -> Payment {
    use upah_core::event::Fact;
    Stream::of(siti()).attempted(1, 0).answered(1, refused(cause)).then(0, Fact::Parked { cause }).payment()
}

#[test]
fn the_law_is_named_where_it_helps_and_nowhere_else() {
    use upah_core::evidence::{Doubt, Grade};
    let law = |payment: &Payment| {
        let told = |language| Story::tell(payment, &TellOptions::new(language, Audience::Worker)).next_step.law;
        let (id, en) = (told(Language::Id), told(Language::En));
        assert_eq!(id.is_some(), en.is_some());
        id.unwrap_or_default()
    };
    let silent = Stream::of(siti()).attempted(1, 0).answered(1, unknown(Doubt::NoAnswer)).payment();
    assert!(law(&silent).contains("UU 3/2011 pasal 54"));
    assert!(law(&parked(Cause::TransferFailed)).contains("UU 3/2011 pasal 56"));
    assert!(law(&paid_twice().payment()).contains("UU 3/2011 pasal 85"));
    assert!(law(&parked(Cause::DormantAccount)).contains("POJK 22/2023"));
    assert_eq!(law(&parked(Cause::InsufficientFunds)), "");
    assert_eq!(law(&Stream::of(siti()).payment()), "");
    let paid = Stream::of(siti()).attempted(1, 0).answered(1, settled(Grade::TlsResponse)).payment();
    assert!(law(&paid).contains("5 hari kerja"));
}

#[test]
fn a_wage_that_came_late_or_is_overdue_says_so_and_one_that_only_waits_does_not() {
    let place = |payment: &Payment| {
        Story::tell(payment, &TellOptions::new(Language::Id, Audience::Worker)).sections[1].answers.join(" ")
    };
    let late = place(&every::late().payment());
    assert!(late.contains("paling lambat 24 November 2026") && late.contains("masuk setelah tanggal itu"), "{late}");
    let overdue = place(&every::waiting_past_its_day().payment());
    assert!(overdue.contains("Tanggal itu sudah lewat, dan uangnya belum tercatat masuk."), "{overdue}");
    let mut in_time = every::waiting_past_its_day().payment();
    in_time.state_since = "2026-11-25T23:59:00+07:00".parse().unwrap();
    assert!(!place(&in_time).contains("sudah lewat"), "that nothing was recorded after the day proves nothing");
}

#[test]
fn news_of_a_wage_that_waits_for_a_rail_is_due_after_the_rail_opens() {
    let waits = every::payments().into_iter().find(|payment| {
        payment.routed.as_ref().is_some_and(|routed| routed.not_before.is_some()) && payment.attempts.is_empty()
    });
    let story = Story::tell(&waits.unwrap(), &TellOptions::new(Language::Id, Audience::Worker));
    assert_eq!(story.next_step.by.as_deref(), Some("1 Desember 2026"));
}
