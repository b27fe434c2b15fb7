//! Comparing the account holder's name with the name on the payroll.
//!
//! The comparison forgives case, punctuation, titles, the bank's masking, and the ways in which one Indonesian name is
//! written: abbreviations (Moh., Wy.), the spelling from before 1972, words written together. It changes neither name.
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// What the comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameMatch {
    /// The same words, in any order.
    Match,
    /// One name is part of the other, only masked letters differ, or words are written in another way.
    Close,
    /// Different people, as far as names can tell.
    Differs,
    /// The provider tells no name.
    NotSupported,
}

/// Why the comparison says so: of several reasons the one that asks for most trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameReason {
    /// The same words, in any order.
    SameWords,
    /// One name has words that the other one leaves out.
    WordsMissing,
    /// The same letters in the same order, with other spaces between them.
    WrittenTogether,
    /// A word is shortened (Moh.) or spelt as before 1972 (Soeharti).
    OtherSpelling,
    /// A word stands for another by its first letter.
    Initial,
    /// The provider hides letters; those that it shows are the same.
    Masked,
    /// Words of the shorter name have no partner in the longer one.
    WordsDiffer,
    /// There is no name to compare.
    NotTold,
}

/// What the comparison says, how near the names are, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The verdict, which decides.
    pub matching: NameMatch,
    /// For whoever asks about it.
    pub likeness: Likeness,
}

/// How near two names are: told to people, decides nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likeness {
    /// How much of both names, in letters of a hundred, stands in words that have a partner. 100 for the same words alone.
    pub score: u8,
    /// Why.
    pub because: NameReason,
}

/// Compares the holder's name as the bank tells it with the name on the payroll.
pub fn compare(told: &str, payroll: &str) -> Comparison {
    let (told, payroll) = (folded(told), folded(payroll));
    let is_written_together = letters(&told).eq(letters(&payroll));
    let (told, payroll) = (words(&told), words(&payroll));
    let verdict = |matching, score, because| Comparison { matching, likeness: Likeness { score, because } };
    if told.is_empty() || payroll.is_empty() {
        return verdict(NameMatch::NotSupported, 0, NameReason::NotTold);
    }
    if told == payroll {
        return verdict(NameMatch::Match, 100, NameReason::SameWords);
    }
    if is_written_together {
        return verdict(NameMatch::Close, 99, NameReason::WrittenTogether);
    }
    let (short, long) = if told.len() <= payroll.len() { (&told, &payroll) } else { (&payroll, &told) };
    let pairs = partners(short, long);
    let score = share(&pairs, short, long);
    if pairs.len() < short.len() {
        return verdict(NameMatch::Differs, score, NameReason::WordsDiffer);
    }
    let reasons = pairs.iter().filter_map(|(word, other)| alike(short[*word], long[*other]));
    let because = reasons.max().unwrap_or(NameReason::WordsDiffer).max(NameReason::WordsMissing);
    verdict(NameMatch::Close, score, because)
}

/// Letters of a hundred that stand in words with a partner; never a hundred, which is for the same words.
fn share(pairs: &[(usize, usize)], short: &[&str], long: &[&str]) -> u8 {
    let count = |word: &str| word.chars().count();
    let all: usize = short.iter().chain(long).map(|word| count(word)).sum();
    let paired: usize = pairs.iter().map(|(word, other)| count(short[*word]) + count(long[*other])).sum();
    u8::try_from((paired * 100).checked_div(all).unwrap_or(0)).unwrap_or(100).min(99)
}

/// Words that are one name. The first of each is the whole one; the others are how civil registers and banks shorten
/// or spell it.
const ONE_NAME: [&[&str]; 16] = [
    &[
        "muhammad",
        "muhamad",
        "mohammad",
        "mohamad",
        "mochammad",
        "mochamad",
        "muchammad",
        "muchamad",
        "moh",
        "mohd",
        "moch",
        "muh",
        "much",
        "mhd",
        "md",
    ],
    &["ahmad", "achmad", "akhmad"],
    &["abdul", "abd"],
    &["siti", "sitti", "st"],
    &["wayan", "wy", "wyn"],
    &["made", "md"],
    &["nyoman", "nym"],
    &["ketut", "kt", "ktt"],
    &["gede", "gde", "gd"],
    &["putu", "pt"],
    &["kadek", "kdk", "kd"],
    &["komang", "kmg", "km"],
    &["gusti", "gst"],
    &["ngurah", "ngr"],
    &["dewa", "dw"],
    &["agung", "agg"],
];

const TITLES: [&str; 14] =
    ["bpk", "bapak", "ibu", "sdr", "sdri", "h", "hj", "dr", "drs", "ir", "spd", "se", "sh", "tn"];

fn folded(name: &str) -> String {
    if name.is_ascii() { name.to_ascii_lowercase() } else { name.nfkc().flat_map(char::to_lowercase).collect() }
}

/// The words of a folded name, in their order.
fn spoken(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !(c.is_alphanumeric() || c == '*')).filter(|word| !word.is_empty() && !TITLES.contains(word))
}

/// The words of a folded name, sorted.
fn words(name: &str) -> Vec<&str> {
    let mut words: Vec<&str> = spoken(name).collect();
    words.sort_unstable();
    words
}

/// The letters of a folded name: Nur Hidayah is Nurhidayah at the bank.
fn letters(name: &str) -> impl Iterator<Item = char> {
    spoken(name).flat_map(str::chars)
}

/// Gives partners to as many words of the shorter name as can be, each to one. Taking the first that fits is not
/// enough: an initial would take the word that another one needs, and the order would decide.
fn partners(short: &[&str], long: &[&str]) -> Vec<(usize, usize)> {
    let mut taken = vec![None; long.len()];
    for word in 0..short.len() {
        finds_a_partner(word, short, long, &mut taken, &mut vec![false; long.len()]);
    }
    taken.iter().enumerate().filter_map(|(other, holder)| holder.map(|word| (word, other))).collect()
}

/// One augmenting path; whoever has the partner already looks for another one.
fn finds_a_partner(
    word: usize,
    short: &[&str],
    long: &[&str],
    taken: &mut [Option<usize>],
    asked: &mut [bool],
) -> bool {
    for other in 0..long.len() {
        if asked[other] || alike(short[word], long[other]).is_none() {
            continue;
        }
        asked[other] = true;
        if taken[other].is_none_or(|holder| finds_a_partner(holder, short, long, taken, asked)) {
            taken[other] = Some(word);
            return true;
        }
    }
    false
}

/// Why two words may be one: they are equal, or equal where neither is masked (`*`, or a run of `x` as banks print it), or
/// one is the other's initial, or another way of writing it.
fn alike(a: &str, b: &str) -> Option<NameReason> {
    let initial = |one: &str, whole: &str| one.chars().count() == 1 && whole.starts_with(one);
    let masked = |w: &str| w.contains('*') || w.contains("xx");
    let hides = |x: char, y: char| x == y || matches!(x, '*' | 'x') || matches!(y, '*' | 'x');
    if a == b {
        return Some(NameReason::SameWords);
    }
    if initial(a, b) || initial(b, a) {
        return Some(NameReason::Initial);
    }
    if ONE_NAME.iter().any(|ways| ways.contains(&a) && ways.contains(&b)) || is_spelt_anew(a, b) || is_spelt_anew(b, a)
    {
        return Some(NameReason::OtherSpelling);
    }
    let shows_the_same = (masked(a) || masked(b)) && a.chars().zip(b.chars()).all(|(x, y)| hides(x, y));
    shows_the_same.then_some(NameReason::Masked)
}

/// Whether `new` is how `old` is spelt since the reforms of 1947 (oe became u) and 1972 (tj, dj, nj, sj and j became
/// c, j, ny, sy and y). Many kept a part of the old spelling, so the first reform counts alone too. A `j` is read
/// the old way only beside another sign of it: Jati is not Yati.
fn is_spelt_anew(old: &str, new: &str) -> bool {
    if !["oe", "tj", "dj", "nj", "sj"].iter().any(|sign| old.contains(sign)) {
        return false;
    }
    let first = old.replace("oe", "u");
    // What became a `j` must not become a `y` after it.
    let second = first.replace("dj", "\u{0}").replace("tj", "c").replace('j', "y").replace('\u{0}', "j");
    new == first || new == second || new == first.replace("dj", "j").replace("tj", "c")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matching(told: &str, payroll: &str) -> NameMatch {
        compare(told, payroll).matching
    }

    #[test]
    fn who_asks_why_her_name_was_doubted_is_told_how_near_it_was_and_what_was_trusted() {
        use NameReason as Why;
        for (bank, payroll, score, because) in [
            ("AMINAH SITI", "Siti Aminah", 100, Why::SameWords),
            ("SITI AMINAH", "Siti Aminah Rahayu", 76, Why::WordsMissing),
            ("NUR HIDAYAH", "Nurhidayah", 99, Why::WrittenTogether),
            ("MOH RIZKI", "Muhammad Rizki", 99, Why::OtherSpelling),
            ("M RIZKI", "Muhammad Rizki", 99, Why::Initial),
            ("M*** RIZKI", "Moh Rizki", 99, Why::Masked),
            // An initial beside a mask: what is hidden asks for more trust.
            ("S A*****", "Siti Aminah", 99, Why::Masked),
            ("SITI RAHAYU", "Siti Aminah", 40, Why::WordsDiffer),
            ("BUDI", "Siti Aminah", 0, Why::WordsDiffer),
            ("", "Siti Aminah", 0, Why::NotTold),
        ] {
            let found = compare(bank, payroll).likeness;
            assert_eq!((found.score, found.because), (score, because), "{bank} / {payroll}");
        }
    }

    #[test]
    fn case_titles_order_and_masks_do_not_stop_a_wage() {
        assert_eq!(matching("SITI AMINAH", "Siti Aminah"), NameMatch::Match);
        assert_eq!(matching("Ibu Aminah, Siti", "Siti Aminah"), NameMatch::Match);
        assert_eq!(matching("S*** A*****", "Siti Aminah"), NameMatch::Close);
        assert_eq!(matching("SITI A", "Siti Aminah"), NameMatch::Close);
        assert_eq!(matching("", "Siti Aminah"), NameMatch::NotSupported);
    }

    #[test]
    fn an_initial_does_not_take_the_word_that_another_one_needs() {
        assert_eq!(matching("S SUTRISNO", "Sutrisno Siti"), NameMatch::Close);
        assert_eq!(matching("Sutrisno Siti", "S SUTRISNO"), NameMatch::Close);
        assert_eq!(matching("S S", "Siti Aminah"), NameMatch::Differs);
    }

    #[test]
    fn one_name_in_two_ways_of_writing_stops_no_wage() {
        for (bank, payroll) in [
            ("MOH RIZKI MAULANA", "Muhammad Rizki Maulana"),
            ("MOCHAMAD RIZKI", "M. Rizki"),
            ("ACHMAD ABD ROHIM", "Ahmad Abdul Rohim"),
            ("ST NURHALIZA", "Siti Nurhaliza"),
            ("I WY SUDIRA", "I Wayan Sudira"),
            ("I MD ARTA", "I Made Arta"),
            ("MD ARIF", "Mohammad Arif"),
            ("SOEHARTI", "Suharti"),
            ("DJOKO SOESILO", "Joko Susilo"),
            ("TJAHJO", "Cahyo"),
            // Only a part of the old spelling was given up.
            ("TJAHJO", "Cahjo"),
            ("DJOEMADI", "Djumadi"),
            ("SOEJARWO", "Sujarwo"),
            ("SOEJATNO", "Suyatno"),
            ("DJOEMADI", "Jumadi"),
            ("NUR HIDAYAH", "Nurhidayah"),
            ("SITI NURHIDAYAH", "Siti Nur Hidayah"),
        ] {
            assert_eq!(matching(bank, payroll), NameMatch::Close, "{bank} / {payroll}");
        }
    }

    #[test]
    fn names_that_only_look_alike_are_two_people() {
        for (bank, payroll) in [
            ("JATI", "Yati"),
            ("MADE ARTA", "Muhammad Arta"),
            ("MOH RIZKI", "Muhammad Rizal"),
            ("DJATI", "Yati"),
            ("HIDAYAH NUR", "Nurhidayah"),
        ] {
            assert_eq!(matching(bank, payroll), NameMatch::Differs, "{bank} / {payroll}");
        }
    }

    #[test]
    fn another_person_is_another_person() {
        assert_eq!(matching("BUDI SANTOSO", "Siti Aminah"), NameMatch::Differs);
        assert_eq!(matching("SITI RAHAYU", "Siti Aminah"), NameMatch::Differs);
    }

    proptest! {
        #[test]
        fn comparing_is_symmetric_and_never_fails(a in ".{0,30}", b in ".{0,30}") {
            prop_assert_eq!(compare(&a, &b).matching, compare(&b, &a).matching);
            prop_assert_eq!(compare(&a, &b).likeness.score, compare(&b, &a).likeness.score);
        }

        #[test]
        fn only_the_same_words_are_a_hundred(a in "[a-c*. ]{0,12}", b in "[a-c*. ]{0,12}") {
            let found = compare(&a, &b);
            prop_assert_eq!(found.likeness.score == 100, found.matching == NameMatch::Match);
            prop_assert_eq!(found.likeness.because == NameReason::WordsDiffer, found.matching == NameMatch::Differs);
        }

        #[test]
        fn a_plain_name_is_folded_like_any_other(name in "[ -~]{0,30}") {
            let longer: String = name.nfkc().flat_map(char::to_lowercase).collect();
            prop_assert_eq!(folded(&name), longer);
        }
    }
}
