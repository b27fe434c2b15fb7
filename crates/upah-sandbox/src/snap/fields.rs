//! A request's fields, read as strictly as the standard writes them.

use serde_json::{Map, Value};

use super::Refusal;
use crate::clock;
use crate::watch::ViolationKind;

pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(super) fn new(body: &'a Map<String, Value>) -> Self {
        Self(body)
    }

    /// A mandatory text of at most `max` characters.
    pub(super) fn text(&self, name: &'static str, max: usize) -> Result<&'a str, Refusal> {
        self.optional(name, max)?.filter(|text| !text.is_empty()).ok_or(missing(name))
    }

    /// A text that may be absent. A null is not a text.
    pub(super) fn optional(&self, name: &'static str, max: usize) -> Result<Option<&'a str>, Refusal> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.chars().count() <= max => Ok(Some(text)),
            Some(_) => Err(malformed(name)),
        }
    }

    /// A mandatory account or code: letters and digits.
    pub(super) fn code(&self, name: &'static str, max: usize) -> Result<&'a str, Refusal> {
        let text = self.text(name, max)?;
        if text.bytes().all(|b| b.is_ascii_alphanumeric()) { Ok(text) } else { Err(malformed(name)) }
    }

    /// The partner reference: at most 64 printable characters.
    pub(super) fn reference(&self, name: &'static str) -> Result<&'a str, Refusal> {
        let text = self.text(name, 64)?;
        if text.bytes().all(|b| b.is_ascii_graphic()) { Ok(text) } else { Err(malformed(name)) }
    }

    /// An Indonesian mobile number as SNAP's wallets write it: `628` and 7 to 11 digits.
    pub(super) fn phone(&self, name: &'static str) -> Result<&'a str, Refusal> {
        let text = self.text(name, 32)?;
        let rest = text.strip_prefix("628").unwrap_or_default();
        if (7..=11).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit()) {
            Ok(text)
        } else {
            Err(malformed(name))
        }
    }

    /// `amount`: `{"value":"N.00","currency":"IDR"}`, more than nothing. Whole rupiah.
    pub(super) fn amount(&self) -> Result<u64, Refusal> {
        let Some(amount) = self.0.get("amount") else {
            return Err(missing("amount"));
        };
        let part = |name| amount.get(name).and_then(Value::as_str);
        let rupiah = part("value").and_then(whole_rupiah);
        match (rupiah, part("currency")) {
            (Some(rupiah), Some("IDR")) => Ok(rupiah),
            _ => Err(Refusal::breach(400, 1, ViolationKind::AmountFormat, "amount")),
        }
    }

    /// `transactionDate`: the standard's 25 characters, which a zone is part of.
    pub(super) fn date(&self, name: &'static str, mandatory: bool) -> Result<(), Refusal> {
        match self.0.get(name) {
            None if mandatory => Err(missing(name)),
            None => Ok(()),
            Some(Value::String(text)) if text.len() == 25 && clock::parse(text).is_some() => Ok(()),
            Some(_) => Err(Refusal::breach(400, 1, ViolationKind::DateFormat, name)),
        }
    }

    /// Wages arrive whole: the sender bears the fee. The standard's default is OUR.
    pub(super) fn fee_is_ours(&self) -> Result<(), Refusal> {
        match self.optional("feeType", 25)? {
            None | Some("OUR") => Ok(()),
            Some(_) => Err(Refusal::breach(400, 1, ViolationKind::FeeNotOurs, "feeType")),
        }
    }

    /// Optional texts within their lengths.
    pub(super) fn within(&self, limits: &[(&'static str, usize)]) -> Result<(), Refusal> {
        limits.iter().try_for_each(|(name, max)| self.optional(name, *max).map(drop))
    }

    /// What the answer repeats as it came.
    pub(super) fn echo(&self, name: &str) -> Value {
        self.0.get(name).cloned().unwrap_or_default()
    }
}

/// `String(16,2)`: at most 13 digits, the point and two zeros.
fn whole_rupiah(text: &str) -> Option<u64> {
    let digits = text.strip_suffix(".00")?;
    let plain = digits.len() <= 13
        && !digits.starts_with('0')
        && !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

fn missing(name: &'static str) -> Refusal {
    Refusal::breach(400, 2, ViolationKind::MissingField, name)
}

pub(super) fn malformed(name: &'static str) -> Refusal {
    Refusal::breach(400, 1, ViolationKind::FieldFormat, name)
}

#[cfg(test)]
mod tests {
    use super::whole_rupiah;

    #[test]
    fn only_whole_rupiah_with_two_decimals_are_an_amount() {
        assert_eq!(whole_rupiah("600000.00"), Some(600_000));
        assert_eq!(whole_rupiah("9999999999999.00"), Some(9_999_999_999_999));
        for text in [
            "",
            ".00",
            "0.00",
            "01.00",
            "600000",
            "600000.0",
            "600000.50",
            "-1.00",
            "+1.00",
            "1e3.00",
            " 1.00",
            "1,000.00",
            "10000000000000.00",
        ] {
            assert_eq!(whole_rupiah(text), None, "{text}");
        }
    }
}
