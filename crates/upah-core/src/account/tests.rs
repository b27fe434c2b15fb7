//! Both directions: her own account in another writing is no dispute, and another account is never hers.
use super::*;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use proptest::prelude::*;

#[test]
fn her_account_is_hers_however_it_is_written() {
    for (sent, told) in [
        ("1234567890", "1234567890"),
        ("1234567890", "000001234567890"),
        ("0012345678", "12345678"),
        ("1234567890", "******7890"),
        ("1234567890", "XXXXXX7890"),
        ("1234567890", "12xxxxxx90"),
        ("1234567890", "X2X4X6X8X0"),
        ("1234567890", "12***90"),
        ("34561857", "00XXXX1857"),
        ("6281234561857", "XXXXXXXXX1857"),
        ("6281234567890", "081234567890"),
        ("6281234567890", "+6281234567890"),
        ("081234567890", "6281234567890"),
        ("+6281234567890", "081234567890"),
        ("+6281234567890", "0812XXXX7890"),
        ("081234567890", "81234567890"),
        ("6281234567890", "0812XXXX7890"),
        ("081234567890", "+62812*****90"),
        ("12345678", "GB82WEST12345612345678"),
        ("siti@example.com", "siti@example.com"),
    ] {
        assert!(is_same(sent, told, Zeros::Pad), "{sent} {told}");
        assert_eq!(is_same(sent, told, Zeros::Count), !PADDED.contains(&told), "{sent} {told}");
    }
}

/// Those writings above that are hers by their zeros alone.
const PADDED: [&str; 4] = ["000001234567890", "12345678", "00XXXX1857", "81234567890"];

#[test]
fn somebody_elses_account_is_never_hers() {
    for (sent, told) in [
        ("1234567890", "1234567891"),
        ("1234567890", "12345678900"),
        ("1234567890", "234567890"),
        ("1234567890", "XXXXXX7891"),
        ("1234567890", "12***91"),
        ("1234561857", "00XXXX1857"),
        ("1234567890", "13***90"),
        ("1234567890", "***0"),
        ("12345", "1234**345"),
        ("12345", "1**2**5"),
        ("XXXXXX7890", "1234567890"),
        ("6281234567890", "081234567891"),
        ("6281234567890", "0813XXXX7890"),
        ("6221234567890", "021234567890"),
        ("12345678", "GB82WEST12345612345679"),
        ("5678", "GB82WEST12345612345678"),
        ("12345678", "GBX2WEST12345612345678"),
        ("12345678", "1282WEST12345612345678"),
        ("345678", "GB82345678"),
        ("1234567890", "12**5**90"),
        ("siti@example.com", "sitti@example.com"),
        ("siti1@example.com", "sixi1@example.com"),
        ("6281234567890", "81234567890"),
        ("081234567890123456", "6281234567890123456"),
    ] {
        for zeros in [Zeros::Count, Zeros::Pad] {
            assert!(!is_same(sent, told, zeros), "{sent} {told}");
        }
    }
}

#[test]
fn what_shows_no_digit_speaks_of_nobody() {
    for zeros in [Zeros::Count, Zeros::Pad] {
        for told in ["", "XXXXXXXXXX", "**********", "*", "0", "-", "XXXX", "0*", "+"] {
            assert!(!is_same("1234567890", told, zeros), "{told}");
        }
        assert!(!is_same("0000", "", zeros), "an account of zeros is not told by an empty text");
    }
}

/// Every documented writing of an account, masked in the places that `hidden` says.
fn writings(sent: &str, hidden: &[bool]) -> Vec<String> {
    let mask = |text: &str| -> String {
        text.chars().zip(hidden.iter().cycle()).map(|(c, hide)| if *hide { 'X' } else { c }).collect()
    };
    let mut all = Vec::from([sent.to_string()]);
    let is_mobile = |it: &&str| it.starts_with('8') && (8..=12).contains(&it.len());
    if let Some(subscriber) = sent.strip_prefix("62").or(sent.strip_prefix('0')).filter(is_mobile) {
        all.extend(["0", "62", "+62"].map(|before| format!("{before}{subscriber}")));
    }
    all.extend(all.clone().iter().map(|text| mask(text)).filter(|text| has_digit(text)));
    let tail = &sent[sent.len() - 4..];
    all.extend([format!("****{tail}"), format!("{}XX{tail}", &sent[..2]), format!("ID00BANK0000{sent}")]);
    all
}

fn account() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9]{6,19}", "628[0-9]{8,11}", "08[0-9]{8,10}"]
}

proptest! {
    #[test]
    fn no_writing_of_the_account_that_was_sent_contradicts_it(
        sent in account(), hidden in prop::collection::vec(any::<bool>(), 1..24), zeros in 0usize..6,
    ) {
        for told in writings(&sent, &hidden) {
            prop_assert!(is_same(&sent, &told, Zeros::Count), "{} is not taken for {}", told, sent);
            prop_assert!(is_same(&sent, &told, Zeros::Pad), "{} is not taken for {}", told, sent);
        }
        let padded = format!("{}{sent}", "0".repeat(zeros));
        prop_assert!(is_same(&sent, &padded, Zeros::Pad) && is_same(&padded, &sent, Zeros::Pad));
        let is_sent = zeros == 0 || !is_same(&sent, &padded, Zeros::Count);
        prop_assert!(is_sent, "a zero that counts makes another account");
    }

    #[test]
    fn another_account_of_the_same_length_contradicts_unless_it_hides_where_it_differs(
        sent in account(), other in "[0-9]{19}", keep in prop::collection::vec(any::<bool>(), 19),
        hidden in prop::collection::vec(any::<bool>(), 19), mask in prop::sample::select(&['X', 'x', '*'][..]),
    ) {
        let places = sent.chars().zip(other.chars()).zip(&keep);
        let other: String = places.map(|((ours, other), keep)| if *keep { ours } else { other }).collect();
        let told: String = other.chars().zip(&hidden).map(|(c, hide)| if *hide { mask } else { c }).collect();
        let mut places = sent.chars().zip(other.chars()).zip(&hidden);
        let differs_openly = places.any(|((ours, other), hide)| ours != other && !hide);
        for zeros in [Zeros::Count, Zeros::Pad] {
            prop_assert!(sent == other || !is_same(&sent, &other, zeros), "{} is taken for {}", other, sent);
            prop_assert!(!differs_openly || !is_same(&sent, &told, zeros), "{} is taken for {}", told, sent);
        }
    }
}
