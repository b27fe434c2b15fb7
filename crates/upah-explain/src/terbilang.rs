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

    /// Reads words back; written from the grammar and not from the writer above.
    fn parse(words: &str) -> u64 {
        let (mut total, mut group, mut last) = (0, 0, 0);
        for word in words.split(' ') {
            match word {
                "nol" => {}
                "sepuluh" => last = 10,
                "sebelas" => last = 11,
                "seratus" => group += 100,
                "seribu" => total += 1_000,
                "belas" => last += 10,
                "puluh" => (group, last) = (group + last * 10, 0),
                "ratus" => (group, last) = (group + last * 100, 0),
                "ribu" | "juta" | "miliar" | "triliun" => {
                    let unit = match word {
                        "ribu" => 1_000,
                        "juta" => 1_000_000,
                        "miliar" => 1_000_000_000,
                        _ => 1_000_000_000_000,
                    };
                    (total, group, last) = (total + (group + last) * unit, 0, 0);
                }
                digit => last = DIGITS.iter().position(|known| *known == digit).unwrap() as u64,
            }
        }
        total + group + last
    }

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
            prop_assert_eq!(parse(&words), value, "{}", words);
            prop_assert!(!words.contains("  ") && words.trim() == words, "{}", words);
            prop_assert!(!words.contains("satu ratus") && !words.contains("satu puluh") && !words.contains("satu belas"));
        }
    }
}
