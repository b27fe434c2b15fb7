//! The log's signature of a page. What a page shows follows from its records, but the script in it cannot draw it again;
//! so whoever draws it signs what he has drawn, as a signed note (c2sp.org/signed-note).
use crate::check::Head;
use crate::input::SlipInput;
use crate::page::Frame;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};
use upah_core::canonical::{CanonicalError, to_canonical};
use upah_tlog::SignedNote;

/// What is signed: which log, the digest of the page without its machine part, and that of the machine part without
/// this note. It is never a checkpoint, because the second line of those is a decimal number.
pub(crate) fn text(frame: &Frame, head: &Head, input: &SlipInput) -> Result<String, CanonicalError> {
    let machine = to_canonical(&SlipInput { page_note: None, ..input.clone() })?;
    let (page, machine) = (BASE64.encode(&frame.digest()), BASE64.encode(&Sha256::digest(machine)));
    Ok(format!("upah slip page v1\nlog {}\npage {page}\nmachine {machine}\n", head.checkpoint.origin()))
}

/// Whether the input's note, if it has one, is over this page and signed by the key that the slip names, and by no other.
pub(crate) fn fits(frame: &Frame, head: &Head, input: &SlipInput) -> bool {
    let Some(written) = &input.page_note else { return true };
    let Ok(note) = SignedNote::parse(written) else { return false };
    let is_over_this_page = text(frame, head, input).is_ok_and(|text| text == note.unverified_text());
    let is_in_its_one_form = note.to_string() == *written && note.signatures().len() == 1;
    is_over_this_page && is_in_its_one_form && note.verify(&[&head.hint]).is_ok()
}
