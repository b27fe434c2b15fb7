//! How a readable code deviates from the standard: named, never refused.

use alloc::vec::Vec;
use core::fmt;

use crate::{Initiation, Object, Qris, tag};

/// A deviation from the QRIS layout. The name before the colon in each description is [`Warning::name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// `tag.order`: top-level tags do not ascend.
    TagOrder,
    /// `tag.repeated`: a top-level tag occurs twice; the first one is read.
    TagRepeated(u8),
    /// `tag.missing`: a mandatory tag is missing.
    TagMissing(u8),
    /// `tag.length`: a value is empty or longer than the standard allows.
    TagLength(u8),
    /// `tag.format`: a value does not have the prescribed form.
    TagFormat(u8),
    /// `template.structure`: the value of a template cannot be read.
    TemplateStructure(u8),
    /// `account.missing`: there is neither a merchant account (26 to 45) nor a transfer account (40).
    AccountMissing,
    /// `mpan.format`: a PAN is not 15 to 19 digits beginning with 9360; holds the tag of its template.
    MpanFormat(u8),
    /// `mpan.luhn`: a PAN of 19 digits fails its check digit. Shorter ones are stored without it.
    MpanLuhn(u8),
    /// `national.missing`: a merchant's code lacks the national repository (tag 51).
    NationalMissing,
    /// `nmid.format`: 51.02 is not `ID` and 13 digits.
    NmidFormat,
    /// `criteria.unknown`: a merchant criterion is none of UMI, UKE, UME, UBE, URE; holds the tag.
    CriteriaUnknown(u8),
    /// `criteria.differs`: merchant account and national repository disagree.
    CriteriaDiffers,
    /// `amount.static`: a static code states an amount.
    AmountStatic,
    /// `tip.incomplete`: the tip indicator and its value do not belong together.
    TipIncomplete,
    /// `transfer.static`: a transfer code is not dynamic.
    TransferStatic,
}

impl Warning {
    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TagOrder => "tag.order",
            Self::TagRepeated(_) => "tag.repeated",
            Self::TagMissing(_) => "tag.missing",
            Self::TagLength(_) => "tag.length",
            Self::TagFormat(_) => "tag.format",
            Self::TemplateStructure(_) => "template.structure",
            Self::AccountMissing => "account.missing",
            Self::MpanFormat(_) => "mpan.format",
            Self::MpanLuhn(_) => "mpan.luhn",
            Self::NationalMissing => "national.missing",
            Self::NmidFormat => "nmid.format",
            Self::CriteriaUnknown(_) => "criteria.unknown",
            Self::CriteriaDiffers => "criteria.differs",
            Self::AmountStatic => "amount.static",
            Self::TipIncomplete => "tip.incomplete",
            Self::TransferStatic => "transfer.static",
        }
    }
}

/// In a sentence; the tag is named where it matters.
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TagOrder => f.write_str("the tags are not in ascending order"),
            Self::TagRepeated(tag) => write!(f, "tag {tag:02} occurs more than once; the first one is read"),
            Self::TagMissing(tag) => write!(f, "tag {tag:02} is missing"),
            Self::TagLength(tag) => write!(f, "the value of tag {tag:02} is empty or too long"),
            Self::TagFormat(tag) => write!(f, "the value of tag {tag:02} is not written as prescribed"),
            Self::TemplateStructure(tag) => write!(f, "the objects inside tag {tag:02} cannot be read"),
            Self::AccountMissing => f.write_str("there is no account in it (tags 26 to 45)"),
            Self::MpanFormat(tag) => write!(f, "the account number (PAN) in tag {tag:02} is not a national one"),
            Self::MpanLuhn(tag) => write!(f, "the check digit of the account number (PAN) in tag {tag:02} is wrong"),
            Self::NationalMissing => f.write_str("the national merchant number (tag 51) is missing"),
            Self::NmidFormat => f.write_str("the national merchant number is not ID and 13 digits"),
            Self::CriteriaUnknown(tag) => write!(f, "the size of the merchant in tag {tag:02} is not a known one"),
            Self::CriteriaDiffers => f.write_str("two places say different sizes of the merchant"),
            Self::AmountStatic => f.write_str("a printed code states an amount"),
            Self::TipIncomplete => f.write_str("what it says of tips does not fit together"),
            Self::TransferStatic => f.write_str("a transfer code is not marked as made for one payment"),
        }
    }
}

impl Qris<'_> {
    /// Everything that deviates from the layout, in the order of the payload and then of the whole.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut found = Vec::new();
        self.check_order(&mut found);
        for object in self.objects() {
            check_object(object, &mut found);
        }
        self.check_whole(&mut found);
        found
    }

    fn check_order(&self, found: &mut Vec<Warning>) {
        let mut seen = [false; 100];
        let mut highest = 0;
        let mut ascending = true;
        for object in self.objects().filter(|object| object.tag != tag::CRC) {
            if let Some(seen) = seen.get_mut(usize::from(object.tag)) {
                if *seen {
                    found.push(Warning::TagRepeated(object.tag));
                }
                *seen = true;
            }
            ascending &= object.tag >= highest;
            highest = highest.max(object.tag);
        }
        if !ascending {
            found.push(Warning::TagOrder);
        }
    }

    fn check_whole(&self, found: &mut Vec<Warning>) {
        let mandatory = [tag::INITIATION, tag::CURRENCY, tag::COUNTRY, tag::NAME, tag::CITY];
        found.extend(mandatory.into_iter().filter(|tag| self.object(*tag).is_none()).map(Warning::TagMissing));
        let transfer = self.transfer().is_some();
        let account = self.merchant_account();
        if !transfer {
            if self.object(tag::CATEGORY).is_none() {
                found.push(Warning::TagMissing(tag::CATEGORY));
            }
            if account.is_none() {
                found.push(Warning::AccountMissing);
            }
            if self.object(tag::NATIONAL).is_none() {
                found.push(Warning::NationalMissing);
            }
        } else if self.initiation() != Some(Initiation::Dynamic) {
            found.push(Warning::TransferStatic);
        }
        let national = self.object(tag::NATIONAL).and_then(|object| object.inner(3));
        if let (Some(one), Some(other)) = (account.and_then(|object| object.inner(3)), national)
            && one != other
        {
            found.push(Warning::CriteriaDiffers);
        }
        if self.initiation() == Some(Initiation::Static) && self.amount().is_some() {
            found.push(Warning::AmountStatic);
        }
        let tip = self.object(tag::TIP).map(|object| object.value);
        let fixed = self.object(tag::TIP_FIXED).is_some();
        let percent = self.object(tag::TIP_PERCENT).is_some();
        if (fixed, percent) != (tip == Some("02"), tip == Some("03")) {
            found.push(Warning::TipIncomplete);
        }
    }
}

fn check_object(object: Object<'_>, found: &mut Vec<Warning>) {
    let Object { tag, value, .. } = object;
    let length = value.chars().count();
    let max = match tag {
        tag::AMOUNT | tag::TIP_FIXED => 13,
        tag::TIP_PERCENT => 5,
        tag::NAME => 25,
        tag::CITY => 15,
        tag::POSTAL => 10,
        _ => 99,
    };
    if length == 0 || length > max {
        found.push(Warning::TagLength(tag));
        return;
    }
    let good = match tag {
        tag::FORMAT => value == "01",
        tag::INITIATION => matches!(value, "11" | "12"),
        tag::CATEGORY => length == 4 && is_digits(value),
        tag::CURRENCY => value == tag::RUPIAH,
        tag::AMOUNT | tag::TIP_FIXED | tag::TIP_PERCENT => is_decimal(value),
        tag::TIP => matches!(value, "01" | "02" | "03"),
        tag::COUNTRY => value == "ID",
        _ => true,
    };
    if !good {
        found.push(Warning::TagFormat(tag));
    }
    match tag {
        26..=45 | tag::NATIONAL => check_account(object, found),
        tag::ADDITIONAL | tag::LANGUAGE if object.objects().any(|inner| inner.is_err()) => {
            found.push(Warning::TemplateStructure(tag));
        }
        _ => {}
    }
}

fn check_account(account: Object<'_>, found: &mut Vec<Warning>) {
    let tag = account.tag;
    let domain = account.inner(0);
    if !domain.is_some_and(|domain| domain.len() <= 32 && domain.contains('.')) {
        found.push(Warning::TagFormat(tag));
    }
    if let Some(criteria) = account.inner(3)
        && !matches!(criteria, "UMI" | "UKE" | "UME" | "UBE" | "URE")
    {
        found.push(Warning::CriteriaUnknown(tag));
    }
    if tag == tag::NATIONAL {
        let digits = account.inner(2).and_then(|nmid| nmid.strip_prefix("ID"));
        if !digits.is_some_and(|digits| digits.len() == 13 && is_digits(digits)) {
            found.push(Warning::NmidFormat);
        }
        return;
    }
    match account.inner(1) {
        Some(pan) if (15..=19).contains(&pan.len()) && is_digits(pan) && pan.starts_with("9360") => {
            if pan.len() == 19 && !luhn(pan) {
                found.push(Warning::MpanLuhn(tag));
            }
        }
        _ => found.push(Warning::MpanFormat(tag)),
    }
    if account.inner(2).is_some_and(|id| id.chars().count() > 15) {
        found.push(Warning::TagLength(tag));
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_decimal(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    !whole.is_empty() && is_digits(whole) && matches!(decimals.len(), 1 | 2) && is_digits(decimals)
}

/// ISO/IEC 7812-1 annex B.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .zip([1, 2].into_iter().cycle())
        .map(|(digit, weight)| {
            let product = u32::from(digit - b'0') * weight;
            product / 10 + product % 10
        })
        .sum();
    sum.is_multiple_of(10)
}
