//! Lines that a rule gave: the formula is told, whose numbers it rests on, and that it was rounded.

use super::common::*;
use super::every;
use crate::{Audience, Language, Story, TellOptions};

fn told(computation: &str, commission: u64, language: Language) -> String {
    let row = every::commissioned("2026-11", 600_000, commission, computation);
    let story = Story::tell(&Stream::of(row).payment(), &TellOptions::new(language, Audience::Worker));
    story.sections[0].answers.join(" ")
}

#[test]
fn she_reads_how_her_commission_was_computed_and_who_says_so() {
    let computation = "commission-rate/1 rate=10% margin=4000000";
    let text = told(computation, 400_000, Language::Id);
    for sentence in [
        "Upah pokok: Rp600.000, menurut pemberi kerja.",
        "Komisi: 10% x Rp4.000.000 = Rp400.000.",
        "Aturan hitungannya: commission-rate/1.",
        "Artinya tarif dikali laba.",
        "Tarif: 10%, menurut pemberi kerja.",
        "Laba: Rp4.000.000, menurut pemberi kerja.",
    ] {
        assert!(text.contains(sentence), "{sentence}: {text}");
    }
    assert!(!text.contains("dibulatkan"), "{text}");
    assert!(told(computation, 400_000, Language::En).contains("Commission: 10% x Rp4.000.000 = Rp400.000."));
}

#[test]
fn a_rounded_commission_is_said_to_be_rounded() {
    let text = told("commission-rate/1 rate=2,5% margin=400010", 10_000, Language::Id);
    assert!(text.contains("Komisi: 2,5% x Rp400.010 = Rp10.000. Hasilnya dibulatkan ke rupiah terdekat."), "{text}");
    assert!(text.contains("dibulatkan"), "{text}");
}
