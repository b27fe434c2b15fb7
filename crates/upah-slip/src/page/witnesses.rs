//! Who says that he saw the book, and on which day. Their keys are not on the slip, so nothing of it is believed here.
use std::collections::BTreeSet;
use upah_core::Timestamp;
use upah_tlog::SignedNote;

/// Eight bytes of time and an Ed25519 signature (c2sp.org/tlog-cosignature, v1).
const COSIGNATURE_BYTES: usize = 8 + 64;

/// Seconds until the year 9999, which is the last that a day is written of.
const SECONDS_MAX: u64 = 250_000_000_000;

/// The names of witnesses with the days that they give.
pub(super) fn days(note: &SignedNote) -> Vec<(String, time::Date)> {
    let cosignatures = note.signatures().iter().filter(|one| one.bytes().len() == COSIGNATURE_BYTES);
    let dated = cosignatures.filter_map(|one| {
        let seconds = u64::from_be_bytes(*one.bytes().first_chunk()?);
        let millis = i64::try_from(seconds.checked_mul(1000)?).ok().filter(|_| seconds < SECONDS_MAX)?;
        Some((one.name().to_owned(), Timestamp::from_millis(millis).date()))
    });
    dated.collect()
}

/// How many witnesses a checkpoint names, believed or not; none when it cannot be read.
#[must_use]
pub fn witnesses_named(checkpoint: &str) -> usize {
    SignedNote::parse(checkpoint).map_or(0, |note| named(&note))
}

/// How many witnesses that is: one who says it twice is one.
pub(super) fn named(note: &SignedNote) -> usize {
    days(note).into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len()
}
