//! Drafts: languages whose words no speaker has checked yet. They claim nothing that Bahasa Indonesia does not, they
//! say that they are drafts, and what they lack is seen to be told in Bahasa Indonesia.

use std::collections::{BTreeMap, BTreeSet};

use upah_core::{Cause, PaymentState};

use super::language::keys;
use super::{every, money};
use crate::voice::{FALLBACK_MARK, Voice, source};
use crate::{Audience, ErasedStory, Language, Story, TellOptions, read_terbilang};

fn drafts() -> impl Iterator<Item = Language> {
    Language::ALL.into_iter().filter(|language| language.is_draft())
}

/// What only a draft has to say.
const OF_DRAFTS: [&str; 2] = ["notice-draft", "short-draft"];

/// The variables that each message names, by key.
fn variables(language: Language) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut key = "";
    for line in source(language).lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase())) {
            key = name;
        }
        let names = line.split('$').skip(1).filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next());
        all.entry(key).or_default().extend(names);
    }
    all
}

#[test]
fn a_draft_has_no_message_of_its_own_and_names_nothing_else() {
    let id = variables(Language::Id);
    for language in Language::ALL {
        for (key, names) in variables(language).into_iter().filter(|(key, _)| !key.is_empty()) {
            if language.is_draft() && OF_DRAFTS.contains(&key) {
                continue;
            }
            // A language may need the number of things, or what is hers, where Bahasa Indonesia does not.
            let known = id.get(key).unwrap_or_else(|| panic!("{language:?}: {key} is no message"));
            let more: Vec<_> =
                names.difference(known).filter(|name| !["many", "your", "you", "audience"].contains(name)).collect();
            assert!(more.is_empty(), "{language:?}: {key} names {more:?}");
        }
    }
}

#[test]
fn a_draft_tells_where_the_money_is_who_acts_and_whom_to_ask_in_every_state() {
    let states = PaymentState::ALL.map(|state| state.name());
    let of_states =
        ["headline", "state", "short-state"].into_iter().flat_map(|form| states.map(|state| format!("{form}-{state}")));
    let money = keys(Language::Id).into_iter().filter(|key| {
        ["money-", "proof-", "step-", "short-", "question-", "ask-", "amount-net", "amount-words", "notice-"]
            .iter()
            .any(|form| key.starts_with(form))
    });
    let steps = Cause::ALL.iter().map(|cause| format!("next-{}", cause.code()));
    let wanted: Vec<String> = of_states.chain(money.map(String::from)).chain(OF_DRAFTS.map(String::from)).collect();
    for language in drafts() {
        let missing: Vec<_> = wanted.iter().filter(|key| !Voice::of(language).has_itself(key)).collect();
        assert!(missing.is_empty(), "{language:?}: {missing:?}");
        let causes = Cause::ALL.iter().map(|cause| format!("cause-{}", cause.code())).chain(steps.clone());
        let told = causes.filter(|key| Voice::of(language).has_itself(key)).count();
        // Madurese has the fewest words that we dare to write.
        let least = if language == Language::Mad { 20 } else { 2 * Cause::ALL.len() };
        assert!(told >= least, "{language:?} tells {told} causes and steps");
    }
}

/// What stands at the same place in both stories.
fn pairs<'a>(draft: &'a Story, id: &'a Story) -> Vec<(&'a str, &'a str)> {
    let answers = |story: &'a Story| story.sections.iter().flat_map(|section| &section.answers).map(String::as_str);
    answers(draft).zip(answers(id)).chain([(draft.headline.as_str(), id.headline.as_str())]).collect()
}

#[test]
fn what_a_draft_lacks_is_marked_as_bahasa_indonesia_and_nothing_else_is() {
    let mut unmarked = BTreeSet::new();
    for payment in every::payments() {
        for audience in [Audience::Worker, Audience::Counsellor] {
            let told = |language| Story::tell(&payment, &TellOptions::new(language, audience));
            let id = told(Language::Id);
            for language in drafts() {
                let draft = told(language);
                for (draft, id) in pairs(&draft, &id) {
                    match draft.strip_prefix(FALLBACK_MARK) {
                        Some(rest) => assert_eq!(rest.trim().chars().count(), id.chars().count(), "{rest}: {id}"),
                        None if draft == id => drop(unmarked.insert((language.code(), draft.to_owned()))),
                        None => {}
                    }
                }
                assert!(draft.headline.contains("Contoh") && !draft.headline.starts_with(FALLBACK_MARK));
            }
        }
    }
    assert!(unmarked.is_empty(), "Bahasa Indonesia without its mark: {unmarked:#?}");
}

#[test]
fn amounts_and_their_words_stay_as_they_are_in_every_language() {
    for payment in every::payments() {
        let id = Story::tell(&payment, &TellOptions::default());
        for language in drafts() {
            let story = Story::tell(&payment, &TellOptions::new(language, Audience::Worker));
            assert_eq!((&story.amount_text, &story.amount_words), (&id.amount_text, &id.amount_words));
            assert!(read_terbilang(story.amount_words.trim_end_matches(" rupiah")).is_some());
            let amounts = |story: &Story| money::amounts(&story.to_text());
            assert_eq!(amounts(&story), amounts(&id), "{language:?}");
        }
    }
}

#[test]
fn the_mark_of_a_draft_is_in_bahasa_indonesia_and_in_the_language() {
    for language in drafts() {
        let story = Story::tell(&every::late().payment(), &TellOptions::new(language, Audience::Worker));
        let mark = story.draft.unwrap();
        assert!(mark.starts_with("KONSEP: belum diperiksa penutur bahasa ") && mark.contains(FALLBACK_MARK), "{mark}");
        let sentences: Vec<_> = mark.split(". ").collect();
        assert!(sentences.len() >= 4, "each sentence once in either language: {mark}");
        let erased = ErasedStory::tell(
            &"k7m2qx4dnp-17".parse().unwrap(),
            PaymentState::Settled,
            9,
            &TellOptions::new(language, Audience::Worker),
        );
        assert!(erased.to_text().starts_with("KONSEP"));
    }
}
