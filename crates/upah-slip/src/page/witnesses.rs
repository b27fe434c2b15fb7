//! Who says that he saw the book, and on which day. Their keys are not on the slip, so nothing of it is believed here.
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
