//! QRIS and EMVCo merchant-presented codes: read, check and write them.
//!
//! Codes in use deviate from the standard in many small ways (tags out of order, names that are too long, an
//! old national repository), and a code that a cashier scans every day must not be refused here. Therefore
//! [`Qris::parse`] is strict about two things only, the TLV structure and the CRC, because without them nobody
//! can say what the code means; everything else is a named [`Warning`].
//!
//! # Beside other libraries
//! `cargo xtask clients` compares the verdicts on known and mutated codes with those of qriskit 0.2.0 (PyPI) and promptparse
//! 1.6.0 (npm). Where they differ by intention:
//! * qriskit takes space off both ends and reads texts of any length; here that is left to whoever reads the line, and
//!   the limit is [`Qris::BYTES_MAX`].
//! * qriskit calls a template that cannot be read an issue; of the accounts (26 to 51) it is an error here, for they say who
//!   is paid. A tag 00 that is not `01`, and a tag that is missing or told twice, are warnings here and errors there.
//! * qriskit gives a code that is made for one payment another amount; [`Qris::to_dynamic`] does not. What is new stands
//!   in ascending order there, and after the currency here, where tags are out of order.
//! * promptparse looks at the checksum alone, takes it over UTF-16 units, and does not end on a negative length.
//!
//! ```
//! use upah_qris::{Initiation, Qris};
//!
//! let payload = "00020101021126670015COM.EXAMPLE.WWW011893600014000000001702158850000000000010303UMI\
//!                51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI5204541153033605802ID\
//!                5913WARUNG CONTOH6006JEMBER61056811863044793";
//! let code = Qris::parse(payload)?;
//! assert_eq!(code.merchant_name(), Some("WARUNG CONTOH"));
//! assert_eq!(code.initiation(), Some(Initiation::Static));
//! assert!(code.warnings().is_empty());
//! # Ok::<(), upah_qris::QrisError>(())
//! ```
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used))]

extern crate alloc;

mod build;
mod check;
mod nns;
mod tlv;
mod wage;

pub use build::{BuildError, Builder};
pub use check::Warning;
pub use nns::Institution;
pub use tlv::{Object, Objects};
pub use wage::Unpayable;

use core::fmt;

/// A payload whose structure and CRC hold, borrowed from the text it was read from.
///
/// Nothing is copied: reading allocates nothing, and every accessor returns a slice of the payload. The list of
/// [`Qris::warnings`] and the text of [`Qris::to_dynamic`] are all that is allocated.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Qris<'a> {
    payload: &'a str,
}

/// Why a text is not a QRIS payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QrisError {
    /// There is no text.
    Empty,
    /// The text is longer than [`Qris::BYTES_MAX`].
    TooLong,
    /// Tag, length and value do not add up at this byte offset.
    Tlv {
        /// Offset in bytes of the object that cannot be read.
        at: usize,
    },
    /// The payload format indicator (tag 00) is not the first object.
    FormatPosition,
    /// The CRC (tag 63, four characters) is not the last object.
    CrcPosition,
    /// The CRC does not match the text before it: the code was mistyped, cut or altered.
    Crc,
}

impl QrisError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "qris_empty",
            Self::TooLong => "qris_too_long",
            Self::Tlv { .. } => "qris_structure",
            Self::FormatPosition => "qris_format_position",
            Self::CrcPosition => "qris_crc_position",
            Self::Crc => "qris_crc",
        }
    }
}

impl fmt::Display for QrisError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the QRIS code is empty"),
            Self::TooLong => write!(f, "the QRIS code is longer than {} bytes", Qris::BYTES_MAX),
            Self::Tlv { at } => write!(f, "the QRIS code cannot be read from position {at} on"),
            Self::FormatPosition => f.write_str("the QRIS code does not begin with tag 00"),
            Self::CrcPosition => f.write_str("the QRIS code does not end with its checksum (tag 63)"),
            Self::Crc => f.write_str("the checksum of the QRIS code is wrong; scan or copy it again"),
        }
    }
}

impl core::error::Error for QrisError {}

/// Whether a code is printed once or made for one payment (tag 01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Initiation {
    /// `11`: printed once, the payer types the amount.
    Static,
    /// `12`: made for one payment.
    Dynamic,
}

/// The account in a QRIS Transfer code (tag 40, QRIS TUNTAS).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Transfer<'a> {
    /// Reverse domain name of the institution (sub-tag 00).
    pub domain: Option<&'a str>,
    /// Customer PAN, 16 to 19 digits (sub-tag 01).
    pub pan: Option<&'a str>,
    /// Beneficiary id, at most 15 characters (sub-tag 02).
    pub beneficiary_id: Option<&'a str>,
    /// BIC, 8 or 11 characters (sub-tag 04).
    pub bic: Option<&'a str>,
    /// Purpose (62.08): `BOOK`, `DMCT`, `XBCT`, `CWDL`, `CDPT`, `POSP` or `BILL`.
    pub purpose: Option<&'a str>,
}

impl<'a> Qris<'a> {
    /// The longest payload that is read. EMVCo allows 512 characters; the rest is room for UTF-8.
    pub const BYTES_MAX: usize = 2048;

    /// Reads a payload. Strict on structure and CRC (lower-case hex is accepted), silent on everything else.
    ///
    /// # Errors
    /// [`QrisError`]; the first reason found, in the order of its variants.
    pub fn parse(payload: &'a str) -> Result<Self, QrisError> {
        if payload.is_empty() {
            return Err(QrisError::Empty);
        }
        if payload.len() > Self::BYTES_MAX {
            return Err(QrisError::TooLong);
        }
        let mut first = None;
        let mut last = None;
        let mut is_sealed_early = false;
        for object in Objects::new(payload) {
            let object = object?;
            // Merchant accounts are templates by definition (EMVCo MPM 4.7.7), and they say who is paid.
            if matches!(object.tag, 26..=51) {
                for inner in object.objects() {
                    inner.map_err(|_| QrisError::Tlv { at: object.at })?;
                }
            }
            first.get_or_insert(object);
            is_sealed_early |= last.is_some_and(|object: Object<'_>| object.tag == tag::CRC);
            last = Some(object);
        }
        if first.is_none_or(|object| object.tag != tag::FORMAT) {
            return Err(QrisError::FormatPosition);
        }
        if is_sealed_early {
            return Err(QrisError::CrcPosition);
        }
        let crc =
            last.filter(|object| object.tag == tag::CRC && object.value.len() == 4).ok_or(QrisError::CrcPosition)?;
        // The CRC covers its own tag and length, the literal `6304`.
        let covered = payload.as_bytes().get(..payload.len() - crc.value.len()).ok_or(QrisError::CrcPosition)?;
        let is_hex = crc.value.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex || u16::from_str_radix(crc.value, 16) != Ok(crc16(covered)) {
            return Err(QrisError::Crc);
        }
        Ok(Self { payload })
    }

    /// The text as it was given.
    #[must_use]
    pub fn payload(&self) -> &'a str {
        self.payload
    }

    /// The objects in the order of the payload, the CRC included.
    pub fn objects(&self) -> impl Iterator<Item = Object<'a>> + use<'a> {
        Objects::new(self.payload).filter_map(Result::ok)
    }

    /// The first object with this tag.
    #[must_use]
    pub fn object(&self, tag: u8) -> Option<Object<'a>> {
        self.objects().find(|object| object.tag == tag)
    }

    /// Tag 59.
    #[must_use]
    pub fn merchant_name(&self) -> Option<&'a str> {
        self.value(tag::NAME)
    }

    /// Tag 60.
    #[must_use]
    pub fn city(&self) -> Option<&'a str> {
        self.value(tag::CITY)
    }

    /// Tag 61.
    #[must_use]
    pub fn postal_code(&self) -> Option<&'a str> {
        self.value(tag::POSTAL)
    }

    /// Merchant category code (tag 52).
    #[must_use]
    pub fn category(&self) -> Option<&'a str> {
        self.value(tag::CATEGORY)
    }

    /// The amount as written (tag 54): digits, with at most two decimals after a point.
    #[must_use]
    pub fn amount(&self) -> Option<&'a str> {
        self.value(tag::AMOUNT)
    }

    /// Static or dynamic (tag 01); `None` when the tag is missing or holds something else.
    #[must_use]
    pub fn initiation(&self) -> Option<Initiation> {
        match self.value(tag::INITIATION)? {
            "11" => Some(Initiation::Static),
            "12" => Some(Initiation::Dynamic),
            _ => None,
        }
    }

    /// Merchant PAN of the first merchant account (tag 26 to 45, sub-tag 01), with 15 to 19 digits.
    #[must_use]
    pub fn mpan(&self) -> Option<&'a str> {
        self.merchant_account()?.inner(1)
    }

    /// National merchant id (51.02): `ID` and 13 digits.
    #[must_use]
    pub fn nmid(&self) -> Option<&'a str> {
        self.object(tag::NATIONAL)?.inner(2)
    }

    /// Merchant criteria: the national repository's (51.03), else the first merchant account's.
    #[must_use]
    pub fn criteria(&self) -> Option<&'a str> {
        let national = self.object(tag::NATIONAL).and_then(|object| object.inner(3));
        national.or_else(|| self.merchant_account()?.inner(3))
    }

    /// The account of a QRIS Transfer code, `None` for a merchant's code.
    #[must_use]
    pub fn transfer(&self) -> Option<Transfer<'a>> {
        let account = self.object(tag::TRANSFER)?;
        Some(Transfer {
            domain: account.inner(0),
            pan: account.inner(1),
            beneficiary_id: account.inner(2),
            bic: account.inner(4),
            purpose: self.object(tag::ADDITIONAL).and_then(|object| object.inner(8)),
        })
    }

    fn value(&self, tag: u8) -> Option<&'a str> {
        Some(self.object(tag)?.value)
    }

    fn merchant_account(&self) -> Option<Object<'a>> {
        self.objects().find(|object| matches!(object.tag, 26..=45) && object.tag != tag::TRANSFER)
    }
}

/// Shows the length only: a transfer code holds a person's name and account.
impl fmt::Debug for Qris<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Qris({} bytes, redacted)", self.payload.len())
    }
}

impl fmt::Debug for Transfer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transfer(redacted)")
    }
}

/// CRC-16/CCITT-FALSE: polynomial 0x1021, initial value 0xFFFF, not reflected, no final XOR.
#[must_use]
pub fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(
            crc ^ (u16::from(*byte) << 8),
            |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 },
        )
    })
}

/// The tags this crate reads, by their names.
pub(crate) mod tag {
    pub(crate) const FORMAT: u8 = 0;
    pub(crate) const INITIATION: u8 = 1;
    pub(crate) const TRANSFER: u8 = 40;
    pub(crate) const NATIONAL: u8 = 51;
    pub(crate) const CATEGORY: u8 = 52;
    pub(crate) const CURRENCY: u8 = 53;
    /// ISO 4217, in tag 53.
    pub(crate) const RUPIAH: &str = "360";
    pub(crate) const AMOUNT: u8 = 54;
    pub(crate) const TIP: u8 = 55;
    pub(crate) const TIP_FIXED: u8 = 56;
    pub(crate) const TIP_PERCENT: u8 = 57;
    pub(crate) const COUNTRY: u8 = 58;
    pub(crate) const NAME: u8 = 59;
    pub(crate) const CITY: u8 = 60;
    pub(crate) const POSTAL: u8 = 61;
    pub(crate) const ADDITIONAL: u8 = 62;
    pub(crate) const CRC: u8 = 63;
    pub(crate) const LANGUAGE: u8 = 64;
    /// Inside the additional data.
    pub(crate) const REFERENCE: u8 = 5;
}
