//! Random and mutated payloads: whatever a camera, a clerk or an attacker makes of a code, a verdict comes out.
//! `cargo xtask prove` throws ten million of them.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use upah_qris::{Qris, crc16};

/// SplitMix64: reproducible, and good enough to choose mutations.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

fn seeds() -> Vec<String> {
    let file: Value = serde_json::from_str(include_str!("vectors/qris.json")).unwrap();
    file["payloads"].as_array().unwrap().iter().map(|it| it["payload"].as_str().unwrap().to_owned()).collect()
}

const WORDS: [&str; 16] =
    ["00", "63", "6304", "99", "26", "51", "5802ID", "5405", "-1", "+9", "0", "é", "\u{1f4b8}", " ", "\u{0}", "010212"];

/// A payload that is random from the first character, or a known one under some mutations; mostly sealed anew, or nearly
/// all would end at the checksum.
fn payload(chance: &mut Chance, seeds: &[String]) -> String {
    let mut text: Vec<char> = Vec::new();
    if chance.below(8) == 0 {
        for _ in 0..chance.below(300) {
            let digit = char::from(b'0' + u8::try_from(chance.below(10)).unwrap());
            text.push(if chance.below(4) == 0 { chance.of(&WORDS).chars().next().unwrap() } else { digit });
        }
    } else {
        text = chance.of(seeds).chars().collect();
    }
    for _ in 0..chance.below(5) {
        let from = chance.below(text.len() + 1);
        let to = from + chance.below(12.min(text.len() - from + 1));
        match chance.below(5) {
            0 => drop(text.drain(from..to)),
            1 => drop(text.splice(from..from, chance.of(&WORDS).chars())),
            2 => drop(text.splice(from..to, chance.of(&WORDS).chars())),
            3 => {
                let copy: Vec<char> = text[from..to].to_vec();
                drop(text.splice(from..from, copy));
            }
            _ => {
                if let Some(letter) = text.get_mut(from) {
                    *letter = char::from(b'0' + u8::try_from(chance.below(10)).unwrap());
                }
            }
        }
    }
    let mut text: String = text.into_iter().collect();
    if chance.below(5) > 0 {
        if let Some((at, _)) = text.char_indices().rev().nth(3) {
            text.truncate(at);
        }
        if chance.below(4) > 0 && !text.ends_with("6304") {
            text.push_str("6304");
        }
        text = format!("{text}{:04X}", crc16(text.as_bytes()));
    }
    text
}

/// Every verdict on a payload. Returns whether it could be read.
fn judge(payload: &str) -> bool {
    let Ok(code) = Qris::parse(payload) else { return false };
    assert!(code.warnings().len() < payload.len());
    let values = [code.merchant_name(), code.city(), code.amount(), code.mpan(), code.nmid(), code.criteria()];
    assert!(values.into_iter().flatten().all(|value| payload.contains(value)));
    if let Ok(written) = code.to_dynamic(600_000, Some("YCCEXPRU33OWELFHOCT2BUYSL")) {
        assert_eq!(Qris::parse(&written).unwrap().amount(), Some("600000"), "{payload}");
    }
    if code.check_payable().is_ok() {
        assert!(code.amount().is_none() && code.transfer().is_none(), "{payload}");
    }
    true
}

fn throw(count: u64, seed: u64) {
    let (mut chance, seeds) = (Chance(seed), seeds());
    let read = (0..count).filter(|_| judge(&payload(&mut chance, &seeds))).count();
    let read = u64::try_from(read).unwrap();
    println!("{count} payloads: {read} were read, {} refused, none panicked", count - read);
    assert!(read > count / 10 && read < count / 10 * 9, "{read} of {count} were read: both sides have to be tried");
}

#[test]
fn no_payload_takes_the_office_down() {
    throw(5_000, 1);
}

#[test]
#[ignore = "ten million payloads: a minute in release, for `cargo xtask prove`"]
fn none_of_ten_million_payloads_takes_the_office_down() {
    throw(10_000_000, 20_261_130);
}
