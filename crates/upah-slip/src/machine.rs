//! The machine part of a slip: canonical JSON in a data block that no note can break out of.
use crate::input::SlipInput;
use crate::page::RENDERER_VERSION;
use serde::Deserialize;
use upah_core::canonical::{CanonicalError, to_canonical};

/// The largest slip that is read. One with three attempts is below 60.000 bytes; a payment that was
/// asked about for weeks is larger.
pub const SLIP_BYTES_MAX: usize = 4_000_000;

/// What stands before the JSON.
pub(crate) const OPENING: &str = "<script type=\"application/json\" id=\"upah-slip\">";
/// What stands after it.
pub(crate) const CLOSING: &str = "</script>";

/// A slip that was read, and of which nothing is believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// What it says it was drawn from.
    pub unverified: SlipInput,
}

/// Why a file cannot be read as a slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// Above [`SLIP_BYTES_MAX`].
    #[error("the slip is longer than {SLIP_BYTES_MAX} bytes")]
    TooLong,
    /// There is no machine part.
    #[error("the slip has no machine part")]
    NoMachinePart,
    /// There are several, so that two readers could read two slips.
    #[error("the slip has more than one machine part")]
    SeveralMachineParts,
    /// The machine part is not what Upah writes.
    #[error("the machine part of the slip is damaged")]
    Damaged,
    /// Drawn by another renderer: this version of Upah cannot draw it again.
    #[error("the slip was drawn by version {0} of the renderer, which this version of Upah does not have")]
    Version(u64),
}

impl Slip {
    /// Reads the machine part of a slip; checks nothing.
    ///
    /// # Errors
    /// Any [`ParseError`].
    pub fn parse(html: &str) -> Result<Self, ParseError> {
        if html.len() > SLIP_BYTES_MAX {
            return Err(ParseError::TooLong);
        }
        let (_, rest) = html.split_once(OPENING).ok_or(ParseError::NoMachinePart)?;
        let (json, after) = rest.split_once(CLOSING).ok_or(ParseError::NoMachinePart)?;
        if after.contains(OPENING) {
            return Err(ParseError::SeveralMachineParts);
        }
        // The version first: another one may have other fields.
        let Versioned { v } = serde_json::from_str(json).map_err(|_| ParseError::Damaged)?;
        if v != u64::from(RENDERER_VERSION) {
            return Err(ParseError::Version(v));
        }
        serde_json::from_str(json).map(|unverified| Self { unverified }).map_err(|_| ParseError::Damaged)
    }
}

#[derive(Deserialize)]
struct Versioned {
    v: u64,
}

/// The JSON as it stands in the page. Only `<` can end a data block, and in JSON it occurs in strings
/// alone, where its escape means the same.
pub(crate) fn encode(input: &SlipInput) -> Result<String, CanonicalError> {
    Ok(to_canonical(input)?.replace('<', "\\u003c"))
}
