//! An amount in Indonesian words, so that a figure that was misread or altered stands out.

use upah_core::Rupiah;

const DIGITS: [&str; 12] =
    ["", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"];

/// The amount in words, without the word rupiah: `enam ratus ribu`.
///
/// 11 is *sebelas*, 100 *seratus* and 1.000 *seribu*, also inside larger numbers (1.001.000 is *satu juta
/// seribu*), but 101.000 is *seratus satu ribu*; 10⁹ is *miliar* and 10¹² *triliun*.
///
/// ```
/// use upah_core::Rupiah;
/// let amount: Rupiah = "600.000".parse().unwrap();
/// assert_eq!(upah_explain::terbilang(amount), "enam ratus ribu");
/// ```
#[must_use]
pub fn terbilang(amount: Rupiah) -> String {
    let value = amount.value();
    if value == 0 {
        return "nol".into();
    }
    let mut words = Vec::new();
    let scales =
        [(1_000_000_000_000, "triliun"), (1_000_000_000, "miliar"), (1_000_000, "juta"), (1_000, "ribu"), (1, "")];
    for (unit, name) in scales {
        match (value / unit % 1_000, name) {
            (0, _) => {}
            (1, "ribu") => words.push("seribu"),
            (group, name) => {
                push_below_thousand(&mut words, group);
                words.push(name);
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// Reads an amount back from the words of [`terbilang`].
///
/// Nothing else is an amount: `satu ribu` for *seribu*, `milyar` for *miliar* and words too many give `None`,
/// because two spellings of one amount are how a figure is altered unseen.
///
/// ```
/// use upah_explain::read_terbilang;
/// assert_eq!(read_terbilang("seratus satu ribu"), upah_core::Rupiah::new(101_000).ok());
/// assert_eq!(read_terbilang("satu ribu"), None);
/// ```
#[must_use]
pub fn read_terbilang(words: &str) -> Option<Rupiah> {
    if words.split(' ').count() > WORDS_MAX {
        return None;
    }
    let amount = Rupiah::new(added_up(words)?).ok()?;
    (terbilang(amount) == words).then_some(amount)
}

/// More words than the largest amount has; so few that no sum of them overflows.
const WORDS_MAX: usize = 32;

/// What the words say, by the grammar and not by the writer above; other spellings too.
fn added_up(words: &str) -> Option<u64> {
    let (mut total, mut group, mut last) = (0, 0, 0);
    for word in words.split(' ') {
        let unit = match word {
            "ribu" => 1_000,
            "juta" => 1_000_000,
            "miliar" => 1_000_000_000,
            "triliun" => 1_000_000_000_000,
            _ => 0,
        };
        match word {
            "nol" => {}
            "seratus" => group += 100,
            "seribu" => total += 1_000,
            "belas" => last += 10,
            "puluh" => (group, last) = (group + last * 10, 0),
            "ratus" => (group, last) = (group + last * 100, 0),
            _ if unit > 0 => (total, group, last) = (total + (group + last) * unit, 0, 0),
            digit => {
                last = DIGITS.iter().zip(0..).skip(1).find_map(|(known, value)| (*known == digit).then_some(value))?
            }
        }
    }
    Some(total + group + last)
}

fn push_below_thousand(words: &mut Vec<&'static str>, group: u64) {
    match group / 100 {
        0 => {}
        1 => words.push("seratus"),
        hundreds => words.extend([digit(hundreds), "ratus"]),
    }
    match group % 100 {
        rest @ 0..=11 => words.push(digit(rest)),
        rest @ 12..=19 => words.extend([digit(rest - 10), "belas"]),
        rest => words.extend([digit(rest / 10), "puluh", digit(rest % 10)]),
    }
}

fn digit(value: u64) -> &'static str {
    usize::try_from(value).ok().and_then(|index| DIGITS.get(index)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_published_numbers_are_written_as_published() {
        let vectors: Vec<(u64, String)> =
            serde_json::from_str(include_str!("../tests/vectors/terbilang_id.json")).unwrap();
        assert!(vectors.len() >= 40);
        for (value, words) in vectors {
            assert_eq!(terbilang(Rupiah::new(value).unwrap()), words);
        }
    }

    proptest! {
        #[test]
        fn words_read_back_to_the_same_amount(
            value in prop_oneof![0..2_000u64, 0..3_000_000u64, 0..=Rupiah::MAX.value()], round in 0..4u32
        ) {
            let value = value / 1_000u64.pow(round) * 1_000u64.pow(round);
            let words = terbilang(Rupiah::new(value).unwrap());
            prop_assert_eq!(added_up(&words), Some(value), "{}", words);
            prop_assert_eq!(read_terbilang(&words).map(Rupiah::value), Some(value), "{}", words);
            prop_assert!(!words.contains("  ") && words.trim() == words, "{}", words);
            prop_assert!(!words.contains("satu ratus") && !words.contains("satu puluh") && !words.contains("satu belas"));
        }

        #[test]
        fn other_words_are_no_amount(words in "(nol|satu|se|sebelas|belas|puluh|seratus|ratus|seribu|ribu|juta|miliar|milyar| |  ){0,12}") {
            let read = read_terbilang(&words);
            prop_assert!(read.is_none_or(|amount| terbilang(amount) == words));
        }
    }

    #[test]
    fn a_second_spelling_of_an_amount_is_none() {
        for words in [
            "",
            " ",
            "satu ribu",
            "satu ratus",
            "sepuluh satu",
            "satu milyar",
            "dua  ribu",
            "Seribu",
            "seribu ",
            "nol ribu",
        ] {
            assert_eq!(read_terbilang(words), None, "{words:?}");
        }
        assert_eq!(read_terbilang(&"triliun ".repeat(40)), None);
    }
}
