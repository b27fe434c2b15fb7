//! An amount as the notes and coins that it is: for whoever reads money better than figures.

use core::fmt;

use serde::Serialize;
use upah_core::Rupiah;

use crate::listener::Language;
use crate::terbilang::terbilang;
use crate::voice::Voice;

/// What is handed over the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Piece {
    /// Of paper: *lembar*.
    Note,
    /// Of metal: *keping*.
    Coin,
}

/// What circulates, the largest first. Of Rp1.000 there is a coin too, which says nothing that the note does not;
/// smaller coins than Rp100 are not handed out any more.
const PIECES: [(Piece, u64); 10] = [
    (Piece::Note, 100_000),
    (Piece::Note, 50_000),
    (Piece::Note, 20_000),
    (Piece::Note, 10_000),
    (Piece::Note, 5_000),
    (Piece::Note, 2_000),
    (Piece::Note, 1_000),
    (Piece::Coin, 500),
    (Piece::Coin, 200),
    (Piece::Coin, 100),
];

/// So many pieces of a pile are drawn one by one; of more only the number is said.
const DRAWN_MAX: usize = 10;

/// So many notes or coins of one value.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Pile {
    /// Notes or coins.
    pub piece: Piece,
    /// What one of them is worth.
    pub value: Rupiah,
    /// How many.
    pub count: u64,
    /// `6 lembar Rp100.000`.
    pub text: String,
}

/// An amount laid on the table: as few pieces as possible, the largest first.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct MoneyPicture {
    /// `Gambar uangnya:`, what stands over it.
    pub title: String,
    /// The piles, the largest value first.
    pub piles: Vec<Pile>,
    /// What is smaller than the smallest coin, 0 to 99 rupiah.
    pub rest: Rupiah,
    /// The rest as a sentence, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest_text: Option<String>,
}

impl MoneyPicture {
    /// Lays an amount on the table.
    #[must_use]
    pub fn of(amount: Rupiah, language: Language) -> Self {
        Self::told(amount, &Voice::of(language))
    }

    pub(crate) fn told(amount: Rupiah, voice: &Voice) -> Self {
        let mut left = amount.value();
        let mut piles = Vec::new();
        for (piece, value) in PIECES {
            let count = left / value;
            left %= value;
            if count > 0 {
                piles.push(Pile::told(piece, within(amount, value), count, voice));
            }
        }
        let rest = within(amount, left);
        let rest_text = (!rest.is_zero())
            .then(|| voice.say("picture-rest", &[("rest", &rest.to_string()), ("words", &terbilang(rest))]));
        Self { title: voice.say("picture-title", &[]), piles, rest, rest_text }
    }

    /// The amount that lies there.
    #[must_use]
    pub fn amount(&self) -> Rupiah {
        let piles = self.piles.iter().map(|pile| pile.value.value().saturating_mul(pile.count));
        let sum = piles.fold(self.rest.value(), u64::saturating_add);
        Rupiah::new(sum).unwrap_or(Rupiah::MAX)
    }

    /// One line a pile, then the rest.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.piles.iter().map(|pile| &pile.text).chain(&self.rest_text).map(String::as_str)
    }
}

impl Pile {
    fn told(piece: Piece, value: Rupiah, count: u64, voice: &Voice) -> Self {
        let key = match piece {
            Piece::Note => "picture-notes",
            Piece::Coin => "picture-coins",
        };
        let many = if count == 1 { "one" } else { "more" };
        let text = voice.say(key, &[("count", &grouped(count)), ("many", many), ("value", &value.to_string())]);
        Self { piece, value, count, text }
    }

    /// How many are drawn one by one: all when they can be counted with a finger, otherwise none.
    pub(crate) fn drawn(&self) -> usize {
        usize::try_from(self.count).ok().filter(|count| *count <= DRAWN_MAX).unwrap_or(0)
    }

    pub(crate) fn class(&self) -> &'static str {
        match self.piece {
            Piece::Note => "note",
            Piece::Coin => "coin",
        }
    }
}

impl fmt::Debug for MoneyPicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MoneyPicture(redacted)")
    }
}

impl fmt::Debug for Pile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pile(redacted)")
    }
}

/// A part of an amount is an amount.
fn within(amount: Rupiah, part: u64) -> Rupiah {
    Rupiah::new(part).unwrap_or(amount)
}

/// `1.234` of anything, pointed as money is.
fn grouped(count: u64) -> String {
    let pointed = Rupiah::new(count).unwrap_or(Rupiah::MAX).to_string();
    pointed.trim_start_matches("Rp").to_owned()
}
