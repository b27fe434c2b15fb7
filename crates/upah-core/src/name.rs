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

/// Compares the holder's name as the bank tells it with the name on the payroll.
pub fn compare(told: &str, payroll: &str) -> NameMatch {
    let (told, payroll) = (folded(told), folded(payroll));
    let is_written_together = letters(&told).eq(letters(&payroll));
    let (told, payroll) = (words(&told), words(&payroll));
    if told.is_empty() || payroll.is_empty() {
        return NameMatch::NotSupported;
    }
    if told == payroll {
        return NameMatch::Match;
    }
    let (short, long) = if told.len() <= payroll.len() { (&told, &payroll) } else { (&payroll, &told) };
    let is_close = is_written_together || every_word_has_a_partner(short, long);
    if is_close { NameMatch::Close } else { NameMatch::Differs }
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

/// Whether partners can be given to all words of the shorter name, each to one. Taking the first that fits
/// is not enough: an initial would take the word that another one needs, and the order would decide.
fn every_word_has_a_partner(short: &[&str], long: &[&str]) -> bool {
    let mut taken = vec![None; long.len()];
    (0..short.len()).all(|word| finds_a_partner(word, short, long, &mut taken, &mut vec![false; long.len()]))
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
        if asked[other] || !alike(short[word], long[other]) {
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

/// Equal, or equal where neither is masked (`*`, or a run of `x` as banks print it), or an initial.
fn alike(a: &str, b: &str) -> bool {
    let masked = |w: &str| w.contains('*') || w.contains("xx");
    if a == b || (a.chars().count() == 1 && b.starts_with(a)) || (b.chars().count() == 1 && a.starts_with(b)) {
        return true;
    }
    if ONE_NAME.iter().any(|ways| ways.contains(&a) && ways.contains(&b)) || is_spelt_anew(a, b) || is_spelt_anew(b, a)
    {
        return true;
    }
    (masked(a) || masked(b))
        && a.chars().zip(b.chars()).all(|(x, y)| x == y || matches!(x, '*' | 'x') || matches!(y, '*' | 'x'))
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

    #[test]
    fn case_titles_order_and_masks_do_not_stop_a_wage() {
        assert_eq!(compare("SITI AMINAH", "Siti Aminah"), NameMatch::Match);
        assert_eq!(compare("Ibu Aminah, Siti", "Siti Aminah"), NameMatch::Match);
        assert_eq!(compare("S*** A*****", "Siti Aminah"), NameMatch::Close);
        assert_eq!(compare("SITI A", "Siti Aminah"), NameMatch::Close);
        assert_eq!(compare("", "Siti Aminah"), NameMatch::NotSupported);
    }

    #[test]
    fn an_initial_does_not_take_the_word_that_another_one_needs() {
        assert_eq!(compare("S SUTRISNO", "Sutrisno Siti"), NameMatch::Close);
        assert_eq!(compare("Sutrisno Siti", "S SUTRISNO"), NameMatch::Close);
        assert_eq!(compare("S S", "Siti Aminah"), NameMatch::Differs);
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
            assert_eq!(compare(bank, payroll), NameMatch::Close, "{bank} / {payroll}");
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
            assert_eq!(compare(bank, payroll), NameMatch::Differs, "{bank} / {payroll}");
        }
    }

    #[test]
    fn another_person_is_another_person() {
        assert_eq!(compare("BUDI SANTOSO", "Siti Aminah"), NameMatch::Differs);
        assert_eq!(compare("SITI RAHAYU", "Siti Aminah"), NameMatch::Differs);
    }

    proptest! {
        #[test]
        fn comparing_is_symmetric_and_never_fails(a in ".{0,30}", b in ".{0,30}") {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a));
        }

        #[test]
        fn a_plain_name_is_folded_like_any_other(name in "[ -~]{0,30}") {
            let longer: String = name.nfkc().flat_map(char::to_lowercase).collect();
            prop_assert_eq!(folded(&name), longer);
        }
    }
}
