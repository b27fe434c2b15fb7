//! What SNAP calls say: [`requests`] and [`bulk`] make bodies, [`replies`] reads them, [`amount`] is money on
//! the wire in both directions.
//!
//! A request is strict: fields in one fixed order, minified, within the standard's lengths, or it
//! is not made at all. A reply is read leniently: unknown fields, missing optional ones and both
//! spellings of a name are fine. What is there but cannot be understood is
//! [`amount::Echo::Unreadable`], never silently missing, because an echo that contradicts us must
//! not look like no echo.

pub mod amount;
pub mod bulk;
pub mod replies;
pub mod requests;
