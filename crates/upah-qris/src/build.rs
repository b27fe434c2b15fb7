//! Writing codes: object by object, or for one payment from a code that is printed once.
use alloc::string::String;
use core::fmt::{self, Write};

use crate::{Initiation, Object, Qris, crc16, tag};

/// Why a code cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// A tag that is not there to be given: 00 and 63 are written by themselves, and the last one is 99.
    Tag(u8),
    /// A value is empty or longer than 99 characters; holds its tag.
    Length(u8),
    /// The payload would be longer than [`Qris::BYTES_MAX`].
    TooLong,
    /// The code was made for one payment (tag 01 is `12`), and whoever made it said how much.
    Dynamic,
    /// The amount is zero, or has more than 13 digits.
    Amount,
    /// The reference is empty, or longer than [`Qris::REFERENCE_MAX`].
    Reference,
    /// The additional data (tag 62) cannot be read, so nothing can be added to it.
    Additional,
}

impl BuildError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Tag(_) => "qris_tag",
            Self::Length(_) => "qris_length",
            Self::TooLong => "qris_too_long",
            Self::Dynamic => "qris_dynamic",
            Self::Amount => "qris_amount",
            Self::Reference => "qris_reference",
            Self::Additional => "qris_additional",
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => write!(f, "tag {tag:02} cannot be set in a QRIS code"),
            Self::Length(tag) => write!(f, "the value of tag {tag:02} has 1 to 99 characters in a QRIS code"),
            Self::TooLong => write!(f, "the QRIS code would be longer than {} bytes", Qris::BYTES_MAX),
            Self::Dynamic => f.write_str("the QRIS code was made for one payment; its amount is not ours to change"),
            Self::Amount => f.write_str("the amount of a QRIS code is 1 to 9999999999999 rupiah"),
            Self::Reference => write!(f, "the reference in a QRIS code has 1 to {} characters", Qris::REFERENCE_MAX),
            Self::Additional => f.write_str("the additional data (tag 62) of the QRIS code cannot be read"),
        }
    }
}

impl core::error::Error for BuildError {}

/// A payload in the making. Order and repetitions are the caller's: what deviates from the layout is named by
/// [`Qris::warnings`], for tests need such codes too.
///
/// ```
/// use upah_qris::{Builder, Qris};
///
/// let account = [(0, "COM.EXAMPLE.WWW"), (1, "936000140000000017"), (2, "885000000000001"), (3, "UMI")];
/// let national = [(0, "ID.CO.QRIS.WWW"), (2, "ID1020000000001"), (3, "UMI")];
/// let payload = Builder::new()
///     .object(1, "11")?
///     .template(26, &account)?
///     .template(51, &national)?
///     .object(52, "5411")?
///     .object(53, "360")?
///     .object(58, "ID")?
///     .object(59, "WARUNG CONTOH")?
///     .object(60, "JEMBER")?
///     .object(61, "68118")?
///     .seal()?;
/// assert!(payload.ends_with("63044793"));
/// assert!(Qris::parse(&payload)?.warnings().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Builder(Writer);

impl Builder {
    /// Begins with the payload format indicator (tag 00).
    #[must_use]
    pub fn new() -> Self {
        let mut writer = Writer(String::new());
        writer.put(tag::FORMAT, "01");
        Self(writer)
    }

    /// Adds an object.
    ///
    /// # Errors
    /// [`BuildError::Tag`], [`BuildError::Length`].
    pub fn object(mut self, tag: u8, value: &str) -> Result<Self, BuildError> {
        check_tag(tag)?;
        check_length(tag, value.chars().count())?;
        self.0.put(tag, value);
        Ok(self)
    }

    /// Adds an object that consists of objects, the additional data (62) or an account (26 to 51).
    ///
    /// # Errors
    /// [`BuildError::Length`] with the tag of the object inside or of the template, [`BuildError::Tag`].
    pub fn template(mut self, tag: u8, objects: &[(u8, &str)]) -> Result<Self, BuildError> {
        check_tag(tag)?;
        for (inner, value) in objects {
            if *inner > 99 {
                return Err(BuildError::Tag(*inner));
            }
            check_length(*inner, value.chars().count())?;
        }
        self.0.put_template(tag, objects.iter().copied())?;
        Ok(self)
    }

    /// Ends with the CRC (tag 63).
    ///
    /// # Errors
    /// [`BuildError::TooLong`].
    pub fn seal(self) -> Result<String, BuildError> {
        self.0.seal()
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows the length only, like [`Qris`].
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Builder({} bytes, redacted)", self.0.0.len())
    }
}

impl Qris<'_> {
    /// The longest reference (62.05), in characters.
    pub const REFERENCE_MAX: usize = 25;
    const AMOUNT_MAX: u64 = 9_999_999_999_999;

    /// The code for one payment of exactly this many rupiah: tag 01 becomes `12`, tag 54 holds the amount, 62.05
    /// the reference if there is one. What the code says of tips (55 to 57) is left out, or the payer's app would
    /// ask for more than the amount. Everything else stays, in its order, tags unknown to us included.
    ///
    /// # Errors
    /// [`BuildError::Dynamic`] for a code that is made for one payment and states its amount (a transfer code states
    /// none); [`BuildError::Amount`], [`BuildError::Reference`]; [`BuildError::Additional`], [`BuildError::Length`] or [`BuildError::TooLong`] when
    /// the reference finds no room.
    pub fn to_dynamic(&self, amount: u64, reference: Option<&str>) -> Result<String, BuildError> {
        if self.initiation() == Some(Initiation::Dynamic) && self.amount().is_some() {
            return Err(BuildError::Dynamic);
        }
        if !(1..=Self::AMOUNT_MAX).contains(&amount) {
            return Err(BuildError::Amount);
        }
        if reference.is_some_and(|text| !(1..=Self::REFERENCE_MAX).contains(&text.chars().count())) {
            return Err(BuildError::Reference);
        }
        // Where something that is not there yet has its place.
        let lacks = |tag| self.object(tag).is_none();
        let mut initiation_due = lacks(tag::INITIATION);
        let mut amount_due = true;
        let mut reference_due = reference;
        // Room for 0102 12, 54xx and 13 digits, 62xx 05xx and the reference.
        let mut out = Writer(String::with_capacity(self.payload().len() + 31 + reference.map_or(0, str::len)));
        for object in self.objects() {
            if amount_due && lacks(tag::CURRENCY) && object.tag > tag::AMOUNT {
                out.put_amount(amount);
                amount_due = false;
            }
            if lacks(tag::ADDITIONAL)
                && object.tag > tag::ADDITIONAL
                && let Some(text) = reference_due.take()
            {
                out.put_template(tag::ADDITIONAL, core::iter::once((tag::REFERENCE, text)))?;
            }
            match object.tag {
                tag::CRC | tag::AMOUNT | tag::TIP | tag::TIP_FIXED | tag::TIP_PERCENT => {}
                tag::INITIATION => out.put(tag::INITIATION, "12"),
                tag::ADDITIONAL => match reference_due.take() {
                    Some(text) => out.put_additional(object, text)?,
                    None => out.put(object.tag, object.value),
                },
                _ => out.put(object.tag, object.value),
            }
            if core::mem::take(&mut initiation_due) {
                out.put(tag::INITIATION, "12");
            }
            if object.tag == tag::CURRENCY && core::mem::take(&mut amount_due) {
                out.put_amount(amount);
            }
        }
        out.seal()
    }
}

#[derive(Clone)]
struct Writer(String);

impl Writer {
    /// The value has at most 99 characters.
    fn put(&mut self, tag: u8, value: &str) {
        self.put_head(tag, value.chars().count());
        self.0.push_str(value);
    }

    fn put_head(&mut self, tag: u8, length: usize) {
        // A `String` takes everything that is written to it.
        let _ = write!(self.0, "{tag:02}{length:02}");
    }

    /// The amount has at most 13 digits.
    fn put_amount(&mut self, amount: u64) {
        self.put_head(tag::AMOUNT, amount.ilog10() as usize + 1);
        let _ = write!(self.0, "{amount}");
    }

    fn put_template<'a>(
        &mut self,
        tag: u8,
        objects: impl Iterator<Item = (u8, &'a str)> + Clone,
    ) -> Result<(), BuildError> {
        let length = objects.clone().map(|(_, value)| 4 + value.chars().count()).sum();
        check_length(tag, length)?;
        self.put_head(tag, length);
        for (tag, value) in objects {
            self.put(tag, value);
        }
        Ok(())
    }

    /// The additional data with this reference in the place of its own, or where the layout wants it.
    fn put_additional(&mut self, additional: Object<'_>, reference: &str) -> Result<(), BuildError> {
        if additional.objects().any(|inner| inner.is_err()) {
            return Err(BuildError::Additional);
        }
        let inner = additional.objects().filter_map(Result::ok).map(|inner| (inner.tag, inner.value));
        let others = inner.filter(|(tag, _)| *tag != tag::REFERENCE);
        let is_before = |(tag, _): &(u8, &str)| *tag < tag::REFERENCE;
        let (before, after) = (others.clone().take_while(is_before), others.skip_while(is_before));
        self.put_template(tag::ADDITIONAL, before.chain(core::iter::once((tag::REFERENCE, reference))).chain(after))
    }

    fn seal(mut self) -> Result<String, BuildError> {
        self.put_head(tag::CRC, 4);
        // The CRC covers its own tag and length.
        let crc = crc16(self.0.as_bytes());
        let _ = write!(self.0, "{crc:04X}");
        if self.0.len() > Qris::BYTES_MAX { Err(BuildError::TooLong) } else { Ok(self.0) }
    }
}

fn check_tag(tag: u8) -> Result<(), BuildError> {
    if tag == tag::FORMAT || tag == tag::CRC || tag > 99 { Err(BuildError::Tag(tag)) } else { Ok(()) }
}

fn check_length(tag: u8, length: usize) -> Result<(), BuildError> {
    if (1..=99).contains(&length) { Ok(()) } else { Err(BuildError::Length(tag)) }
}
