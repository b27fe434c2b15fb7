//! A request's fields, read as strictly as the standard writes them.

use serde_json::{Map, Value};

use super::Refusal;
use super::house::Reads;
use crate::clock;
use crate::watch::ViolationKind;

pub(super) struct Fields<'a>(&'a Map<String, Value>, Reads);

/// Official clients write null, or an empty text, for what their caller did not say.
pub(super) fn forget_what_is_not_said(body: &mut Map<String, Value>) {
    let is_said = |value: &Value| !value.is_null() && value.as_str() != Some("");
    body.retain(|_, value| is_said(value));
    if let Some(Value::Object(info)) = body.get_mut("additionalInfo") {
        info.retain(|_, value| is_said(value));
    }
}

impl<'a> Fields<'a> {
    pub(super) fn new(body: &'a Map<String, Value>, reads: Reads) -> Self {
        Self(body, reads)
    }

    /// The objects of a mandatory array.
    pub(super) fn objects(&self, name: &'static str) -> Result<Vec<&'a Map<String, Value>>, Refusal> {
        let all = self.0.get(name).and_then(Value::as_array).filter(|all| !all.is_empty()).ok_or(missing(name))?;
        all.iter().map(|one| one.as_object().ok_or(malformed(name))).collect()
    }

    /// A text of `additionalInfo`.
    pub(super) fn info(&self, name: &str) -> Option<&'a str> {
        self.0.get("additionalInfo")?.get(name)?.as_str()
    }

    /// A truth of `additionalInfo`.
    pub(super) fn info_is(&self, name: &str) -> bool {
        self.0.get("additionalInfo").and_then(|info| info.get(name)) == Some(&Value::Bool(true))
    }

    /// A mandatory text of `additionalInfo`: `name` is its name, `path` what an answer calls it.
    pub(super) fn needed_info(&self, name: &str, path: &'static str) -> Result<&'a str, Refusal> {
        self.info(name).ok_or(missing(path))
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

    /// A mandatory text out of a list.
    pub(super) fn one_of(&self, name: &'static str, listed: &[&str]) -> Result<&'a str, Refusal> {
        let text = self.text(name, 64)?;
        if listed.contains(&text) { Ok(text) } else { Err(malformed(name)) }
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
        let value = part("value");
        let rupiah = match self.1 {
            Reads::ToTheLetter => value.and_then(whole_rupiah),
            Reads::AsClientsWrite => value.and_then(with_or_without_sen),
        };
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

/// Bank Mandiri's and BNI's own samples write `20000`.
fn with_or_without_sen(text: &str) -> Option<u64> {
    if text.contains('.') { whole_rupiah(text) } else { whole_rupiah(&format!("{text}.00")) }
}

fn missing(name: &'static str) -> Refusal {
    Refusal::breach(400, 2, ViolationKind::MissingField, name)
}

pub(super) fn malformed(name: &'static str) -> Refusal {
    Refusal::breach(400, 1, ViolationKind::FieldFormat, name)
}

#[cfg(test)]
mod tests {
    use super::{forget_what_is_not_said, whole_rupiah, with_or_without_sen};

    #[test]
    fn official_clients_may_leave_out_the_sen_and_nothing_more() {
        assert_eq!(with_or_without_sen("20000"), Some(20_000));
        assert_eq!(with_or_without_sen("20000.00"), Some(20_000));
        for text in ["", "0", "020000", "20000.5", "20000.", "2e4", "20.000"] {
            assert_eq!(with_or_without_sen(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_said_is_not_there() {
        let text = r#"{"a":null,"b":"","c":"x","additionalInfo":{"d":null,"e":"","f":false}}"#;
        let mut body = serde_json::from_str(text).unwrap();
        forget_what_is_not_said(&mut body);
        assert_eq!(serde_json::to_string(&body).unwrap(), r#"{"additionalInfo":{"f":false},"c":"x"}"#);
    }

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
