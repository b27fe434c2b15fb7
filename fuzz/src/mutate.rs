//! Mutations of seeds, without coverage: what a parser meets when a file is damaged or forged.
use crate::seeds::Seed;
use fastrand::Rng;

/// No input is longer: a longer one finds nothing that this one does not, and takes its time.
pub const BYTES_MAX: usize = 16 * 1024;
/// At most so many mutations on top of one another.
const STEPS_MAX: usize = 8;

/// Bytes and words that parsers stumble over: ends of ranges, delimiters, ends of lines, escapes, marks
/// of encodings, digits that are not ASCII.
const INTERESTING: &[&[u8]] = &[
    b"\0",
    b"\x7f",
    b"\xff",
    b"\n",
    b"\r\n",
    b"\r",
    b"\t",
    b" ",
    b"\"",
    b"\\",
    b"'",
    b",",
    b";",
    b":",
    b"{",
    b"}",
    b"[",
    b"]",
    b"0",
    b"-1",
    b"00",
    b"99",
    b"9999999999999",
    b"10000000000000",
    b"18446744073709551615",
    b"18446744073709551616",
    b"1e9",
    b"0.5",
    b"NaN",
    b"null",
    b"true",
    b"%00",
    b"%",
    b"=",
    b"==",
    b"+",
    b"/",
    b"\\u0000",
    b"\\ud800",
    b"\xef\xbb\xbf",
    b"\xc2\xa0",
    b"\xe2\x80\x8b",
    b"\xe2\x80\xae",
    b"\xd9\xa3",
    b"\xcc\x81",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x92\xb8",
];

/// One input from the seeds: a copy of one of them under some mutations. The same generator and the
/// same seeds give the same inputs.
pub fn input(rng: &mut Rng, seeds: &[Seed]) -> Vec<u8> {
    let mut bytes = any(rng, seeds).to_vec();
    for _ in 0..rng.usize(1..=STEPS_MAX) {
        mutate(rng, seeds, &mut bytes);
    }
    bytes.truncate(BYTES_MAX);
    bytes
}

fn any<'a>(rng: &mut Rng, seeds: &'a [Seed]) -> &'a [u8] {
    if seeds.is_empty() { &[] } else { &seeds[rng.usize(..seeds.len())].bytes }
}

fn mutate(rng: &mut Rng, seeds: &[Seed], bytes: &mut Vec<u8>) {
    let (from, to) = range(rng, bytes.len());
    match rng.u8(..8) {
        0 => flip(rng, bytes),
        1 => bytes.truncate(from),
        2 => drop(bytes.drain(from..to)),
        3 => {
            let word = INTERESTING[rng.usize(..INTERESTING.len())];
            drop(bytes.splice(from..from, word.iter().copied()));
        }
        4 => {
            let word = INTERESTING[rng.usize(..INTERESTING.len())];
            drop(bytes.splice(from..to, word.iter().copied()));
        }
        5 => {
            let copy = bytes[from..to].to_vec();
            drop(bytes.splice(to..to, copy));
        }
        6 => {
            let other = any(rng, seeds);
            let (other_from, other_to) = range(rng, other.len());
            drop(bytes.splice(from..to, other[other_from..other_to].iter().copied()));
        }
        _ => digit(rng, bytes),
    }
}

/// A range within a text of this length; short ones are more frequent.
fn range(rng: &mut Rng, length: usize) -> (usize, usize) {
    let from = rng.usize(..=length);
    let longest = if rng.bool() { 8.min(length - from) } else { length - from };
    (from, from + rng.usize(..=longest))
}

fn flip(rng: &mut Rng, bytes: &mut [u8]) {
    if !bytes.is_empty() {
        let at = rng.usize(..bytes.len());
        bytes[at] ^= 1 << rng.u8(..8);
    }
}

/// Another digit where a digit stood: lengths, amounts and dates that are wrong but well formed.
fn digit(rng: &mut Rng, bytes: &mut [u8]) {
    let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
    if let Some(at) = rng.choice(digits) {
        bytes[at] = rng.u8(b'0'..=b'9');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeds() -> Vec<Seed> {
        ["", "a", "0012345\"x,y\"", "\u{feff}é"]
            .map(|text| Seed { name: String::new(), bytes: text.as_bytes().to_vec() })
            .to_vec()
    }

    #[test]
    fn the_same_seed_gives_the_same_inputs_and_another_one_others() {
        let inputs = |seed| {
            let mut rng = Rng::with_seed(seed);
            (0..200).map(|_| input(&mut rng, &seeds())).collect::<Vec<_>>()
        };
        assert_eq!(inputs(7), inputs(7));
        assert_ne!(inputs(7), inputs(8));
    }

    #[test]
    fn inputs_are_many_bounded_and_exist_without_seeds() {
        let mut rng = Rng::with_seed(1);
        let long = [Seed { name: String::new(), bytes: vec![b'0'; BYTES_MAX] }];
        for seeds in [&[][..], &seeds(), &long] {
            let mut inputs: Vec<_> = (0..500).map(|_| input(&mut rng, seeds)).collect();
            assert!(inputs.iter().all(|input| input.len() <= BYTES_MAX));
            inputs.sort();
            inputs.dedup();
            assert!(inputs.len() > 150, "{} different inputs", inputs.len());
        }
    }
}
