//! One amount in figures, in words, as notes and coins, and as an integer: all of them are the same amount.

use proptest::prelude::*;
use upah_core::Rupiah;

use super::common::*;
use crate::{Audience, Language, MoneyPicture, Piece, Story, TellOptions, read_terbilang};

fn rp(text: &str) -> u64 {
    let number: String =
        text.trim_start_matches("Rp").split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap().into();
    number.replace('.', "").parse().unwrap()
}

/// A line of the picture, read by a reader that knows nothing of how it was written: a count and a value, or a rest.
fn decoded(line: &str) -> u64 {
    let line = line.trim_start_matches("- ").trim_start_matches("[id] ");
    let amounts: Vec<u64> = line.split(' ').filter(|word| word.starts_with("Rp")).map(rp).collect();
    let [value] = amounts[..] else { panic!("{line}") };
    let count = line.split(' ').next().unwrap();
    if count.starts_with(|c: char| c.is_ascii_digit()) { rp(count) * value } else { value }
}

/// What lies on the page, by the pieces that are drawn or, where there are too many, by the words.
fn drawn(html: &str) -> u64 {
    let list = html.split("<ul class=\"money\">").nth(1).unwrap().split("</ul>").next().unwrap();
    let items = list.split("</li>").filter(|item| item.contains("<li"));
    items
        .map(|item| {
            let text = item.rsplit_once("<li").unwrap().1.split_once('>').unwrap().1;
            let pieces: Vec<u64> = item.split("<b>").skip(1).map(rp).collect();
            let said = decoded(text.split("<span").next().unwrap());
            assert!(pieces.is_empty() || pieces.iter().sum::<u64>() == said, "{item}");
            said
        })
        .sum()
}

fn some_amount() -> impl Strategy<Value = u64> {
    let round = prop::sample::select(vec![1u64, 50, 100, 1_000, 50_000]);
    (prop_oneof![1..3_000u64, 1..5_000_000u64, 1..=Rupiah::MAX.value()], round)
        .prop_map(|(value, round)| (value / round * round).max(1))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn figures_words_picture_and_integer_are_one_amount(value in some_amount(), language in prop::sample::select(Language::ALL.to_vec())) {
        let amount = rupiah(value);
        let payment = Stream::of(fields("Siti Contoh", value)).payment();
        let story = Story::tell(&payment, &TellOptions::new(language, Audience::Worker));
        prop_assert_eq!(story.amount_text.parse::<Rupiah>(), Ok(amount));
        prop_assert_eq!(read_terbilang(story.amount_words.trim_end_matches(" rupiah")), Some(amount));
        prop_assert_eq!(story.picture.amount(), amount);
        prop_assert_eq!(story.picture.lines().map(decoded).sum::<u64>(), value);
        let json = serde_json::to_value(&story).unwrap();
        prop_assert_eq!(json["amount"].as_u64(), Some(value));
        let piles = json["picture"]["piles"].as_array().unwrap().iter();
        let piles: u64 = piles.map(|pile| pile["value"].as_u64().unwrap() * pile["count"].as_u64().unwrap()).sum();
        prop_assert_eq!(piles + json["picture"]["rest"].as_u64().unwrap(), value);

        let (text, html) = (story.to_text(), story.to_html_fragment());
        let block: Vec<&str> = text.split("\n\n").nth(1).unwrap().lines().collect();
        prop_assert_eq!(rp(block[0]), value);
        prop_assert_eq!(read_terbilang(block[1].trim_end_matches(" rupiah")), Some(amount));
        prop_assert_eq!(block[3..].iter().copied().map(decoded).sum::<u64>(), value);
        prop_assert_eq!(drawn(&html), value);
        let words = format!("<p class=\"words\" lang=\"id\">{}</p>", story.amount_words);
        prop_assert!(html.contains(&words), "{}", html);
    }

    #[test]
    fn nothing_lies_there_that_larger_pieces_would_make(value in some_amount()) {
        let picture = MoneyPicture::of(rupiah(value), Language::Id);
        prop_assert_eq!(picture.amount().value(), value);
        prop_assert!(picture.rest.value() < 100);
        prop_assert!(picture.piles.windows(2).all(|pair| pair[0].value > pair[1].value));
        let mut below = picture.rest.value();
        for pile in picture.piles.iter().rev() {
            prop_assert!(below < pile.value.value() && pile.count > 0);
            below += pile.value.value() * pile.count;
        }
    }
}

#[test]
fn a_wage_lies_on_the_table_as_a_teller_would_lay_it() {
    let lines = |value| MoneyPicture::of(rupiah(value), Language::Id).lines().map(String::from).collect::<Vec<_>>();
    assert_eq!(lines(600_000), ["6 lembar Rp100.000"]);
    assert_eq!(
        lines(1_288_945),
        [
            "12 lembar Rp100.000",
            "1 lembar Rp50.000",
            "1 lembar Rp20.000",
            "1 lembar Rp10.000",
            "1 lembar Rp5.000",
            "1 lembar Rp2.000",
            "1 lembar Rp1.000",
            "1 keping Rp500",
            "2 keping Rp200",
            "Sisanya Rp45 (empat puluh lima rupiah), lebih kecil dari uang logam terkecil."
        ]
    );
    assert_eq!(lines(9_999_999_999_999)[0], "99.999.999 lembar Rp100.000");
    assert!(MoneyPicture::of(rupiah(500), Language::Id).piles.iter().all(|pile| pile.piece == Piece::Coin));
    let english = MoneyPicture::of(rupiah(250_100), Language::En);
    assert_eq!(english.lines().collect::<Vec<_>>(), ["2 notes of Rp100.000", "1 note of Rp50.000", "1 coin of Rp100"]);
}

/// Every amount of a text, in its order.
pub(super) fn amounts(text: &str) -> Vec<u64> {
    text.match_indices("Rp").map(|(at, _)| rp(&text[at..])).collect()
}
