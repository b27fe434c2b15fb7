//! What a genuine notification speaks of, and its acknowledgement.
//!
//! Amount, account and name in it are not read: what arrived, the inquiry tells.
use super::{envelope, reply};
use crate::bodies::replies::Fields;
use crate::codes::TransactionStatus;
use serde_json::{Value, json};
use upah_core::Timestamp;
use upah_core::callback::{Hint, News, Notice};
use upah_core::reference::Reference;

/// How a notification is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One transfer: `originalPartnerReferenceNo`, `latestTransactionStatus`.
    Transfer,
    /// `bulkObject[]` with a response code for each.
    Bulk {
        /// How an item names our reference.
        reference: &'static str,
    },
}

/// Of one notification so many items are heard at most; the others are asked about on schedule.
const HINTS_MAX: usize = 1_000;
/// `partnerReferenceNo` is String(64).
const REFERENCE_CHARS_MAX: usize = 64;

pub(super) fn read(shape: Shape, service: u8, body: &[u8], now: Timestamp) -> Notice {
    // Checked as a whole first: a JSON reader passes over bytes it need not look at. And an array would do for an object.
    let text = core::str::from_utf8(body).ok().filter(|text| text.trim_ascii_start().starts_with('{'));
    let Some(fields) = text.and_then(|text| Fields::of(text.as_bytes())) else {
        return Notice { hints: Vec::new(), reply: envelope(400, service, 0, "Bad Request", now) };
    };
    let hints = match shape {
        Shape::Transfer => hint(&fields, "originalPartnerReferenceNo", of_status(&fields)).into_iter().collect(),
        Shape::Bulk { reference } => {
            let items = fields.objects("bulkObject");
            items.iter().take(HINTS_MAX).filter_map(|item| hint(item, reference, of_code(item))).collect()
        }
    };
    let mut said = json!({"responseCode": format!("200{service:02}00"), "responseMessage": "Successful"});
    if matches!(shape, Shape::Bulk { .. }) {
        for name in ["bulkId", "partnerBulkId"] {
            if let Some(id) = fields.known(&[name]) {
                said[name] = Value::from(id);
            }
        }
    }
    Notice { hints, reply: reply(200, now, said) }
}

/// Work under way is no news, and what names no reference of ours is no hint.
fn hint(fields: &Fields<'_>, name: &str, news: Option<News>) -> Option<Hint> {
    let reference = fields.known(&[name])?;
    let fits = (1..=REFERENCE_CHARS_MAX).contains(&reference.len());
    let is_one = fits && reference.bytes().all(|byte| byte.is_ascii_graphic());
    is_one.then_some(Hint { reference: Reference::from_stored(reference), news: news? })
}

/// A status that nobody knows, or none, is a reason to ask.
fn of_status(fields: &Fields<'_>) -> Option<News> {
    match fields.known(&["latestTransactionStatus"]).map(|code| TransactionStatus::read(&code)) {
        Some(TransactionStatus::InProgress) => None,
        Some(TransactionStatus::Refunded) => Some(News::Returned),
        _ => Some(News::Ended),
    }
}

/// `202ss00` is work under way.
fn of_code(item: &Fields<'_>) -> Option<News> {
    let is_under_way = item.known(&["responseCode"]).is_some_and(|code| code.starts_with("202"));
    (!is_under_way).then_some(News::Ended)
}
