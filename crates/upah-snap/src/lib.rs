//! SNAP BI: Indonesia's open-API payment standard as a rail.
//!
//! From the outside in: [`rail`] is what a payroll is paid over, an [`upah_core::rail::Rail`].
//! Below it lies the wire, from the inside out: [`minify`] and [`signature`] make a call genuine,
//! [`bodies`] makes and reads what it says, [`service`] and [`endpoint`] say where it goes,
//! [`profile`] is all in which one counterparty differs from another,
//! [`response`] and [`codes`] judge what came back, [`outcome`] says what that means for the money,
//! [`token`] and [`client`] make the call; [`bulk`] makes one of many wages. The other way round, [`callback`] hears what a counterparty says unasked.
//!
//! Three things about SNAP shape all of it:
//!
//! * A response is not signed. It is believed only when its `responseCode` repeats the status line
//!   and names the service that was called ([`response::TrustedEnvelope`]); a proxy's error page
//!   proves nothing.
//! * Two keys make a repeat safe, and they behave oppositely: `X-EXTERNAL-ID` must be new for every
//!   HTTP try, `partnerReferenceNo` and the whole body must be the same. [`client::SnapClient`]
//!   sees to the first and never touches the second.
//! * The answer to an inquiry speaks of the inquiry. Only `latestTransactionStatus` in it speaks of
//!   the money; [`response::TrustedEnvelope::transfer_action`] and
//!   [`response::TrustedEnvelope::inquiry_outcome`] keep the two apart.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod bodies;
pub mod bulk;
pub mod callback;
pub mod client;
pub mod codes;
mod compose;
pub mod endpoint;
pub mod external_id;
pub mod headers;
mod inspect;
pub mod minify;
pub mod outcome;
mod payer;
pub mod profile;
pub mod rail;
pub mod response;
pub mod service;
pub mod signature;
pub mod timestamp;
pub mod token;

pub use bulk::Bulk;
pub use callback::{CallbackSignature, SnapCallbackConfig, SnapCallbacks};
pub use compose::Stored;
pub use payer::ClearingAbove;
pub use rail::{SnapRail, SnapRailConfig};

/// Gives types that carry names, accounts or secrets a `Debug` that shows none of them.
macro_rules! redacted_debug {
    ($($type:ty),+ $(,)?) => {$(
        impl core::fmt::Debug for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($type), "(..)"))
            }
        }
    )+};
}
pub(crate) use redacted_debug;
