//! One wage as it stands in a file: the `CdtTrfTxInf` fragment, which is the stored body of its attempt.
//!
//! The fragment is written once, when the attempt is composed, and goes into a file byte for byte. It holds everything
//! that says who is paid how much; what a file needs besides (when it was made, from which account) is the file's.
use quick_xml::escape::escape;
use std::fmt;
use upah_core::{RailId, Rupiah};
use upah_statement::xml::{self, Visitor};

use crate::digest::hex_of;

/// The longest name that ISO 20022 takes (`Max140Text`).
const NAME_CHARS_MAX: usize = 140;
/// The longest account (`Max34Text`), and the longest reference (`Max35Text`).
const ACCOUNT_CHARS_MAX: usize = 34;
const REFERENCE_CHARS_MAX: usize = 35;

/// One credit transfer.
#[derive(Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Our reference: `EndToEndId` and `InstrId`.
    pub reference: String,
    /// How much.
    pub amount: Rupiah,
    /// The worker's bank.
    pub bic: String,
    /// Her account at it.
    pub account: String,
    /// Her name, without spaces around it.
    pub name: String,
}

/// Without name and account.
impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer")
            .field("reference", &self.reference)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

impl Transfer {
    /// Whether every field fits where it stands in a file.
    pub(crate) fn fits(&self) -> bool {
        let fits = |text: &str, chars_max: usize| {
            !text.is_empty() && text == text.trim() && text.chars().count() <= chars_max && text.chars().all(is_xml)
        };
        fits(&self.reference, REFERENCE_CHARS_MAX)
            && fits(&self.account, ACCOUNT_CHARS_MAX)
            && fits(&self.name, NAME_CHARS_MAX)
            && is_bic(&self.bic)
            && !self.amount.is_zero()
    }

    /// The fragment of `pain.001.001.09`, without white space between its elements.
    pub fn fragment(&self) -> String {
        let Self { reference, amount, bic, account, name } = self;
        let (reference, account, name) = (escape(reference), escape(account), escape(name));
        format!(
            "<CdtTrfTxInf><PmtId><InstrId>{reference}</InstrId><EndToEndId>{reference}</EndToEndId></PmtId>\
             <Amt><InstdAmt Ccy=\"IDR\">{}</InstdAmt></Amt>\
             <CdtrAgt><FinInstnId><BICFI>{bic}</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>{name}</Nm></Cdtr>\
             <CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct><Purp><Cd>SALA</Cd></Purp></CdtTrfTxInf>",
            amount.value()
        )
    }

    /// Reads a fragment that [`Transfer::fragment`] has written; `None` for anything else, to the last byte.
    pub fn read(fragment: &str) -> Option<Self> {
        let mut fields = Fields::default();
        xml::walk(fragment.as_bytes(), &mut fields).ok()?;
        let transfer = fields.transfer()?;
        (transfer.fits() && transfer.fragment() == fragment).then_some(transfer)
    }

    /// What the register keeps of the fragment.
    pub(crate) fn digest(&self) -> String {
        hex_of(self.fragment().as_bytes())
    }
}

/// The fields of a `CdtTrfTxInf` while it is read.
#[derive(Default)]
pub(crate) struct Fields {
    reference: String,
    instruction: String,
    amount: Option<Rupiah>,
    bic: String,
    account: String,
    name: String,
    currency: Option<String>,
}

impl Fields {
    /// A value; `path` begins below the `CdtTrfTxInf`.
    pub(crate) fn take(&mut self, path: &[&str], currency: Option<&str>, text: &str) {
        match path {
            ["PmtId", "EndToEndId"] => self.reference = text.to_owned(),
            ["PmtId", "InstrId"] => self.instruction = text.to_owned(),
            ["Amt", "InstdAmt"] => self.amount = upah_statement::amount(text, currency).ok(),
            ["CdtrAgt", "FinInstnId", "BICFI"] => self.bic = text.to_owned(),
            ["Cdtr", "Nm"] => self.name = text.to_owned(),
            ["CdtrAcct", "Id", "Othr", "Id"] => self.account = text.to_owned(),
            _ => {}
        }
    }

    /// The transfer, when all of it was there.
    pub(crate) fn transfer(self) -> Option<Transfer> {
        let Self { reference, instruction, amount, bic, account, name, .. } = self;
        let transfer = Transfer { reference, amount: amount?, bic, account, name };
        (instruction == transfer.reference && transfer.fits()).then_some(transfer)
    }
}

impl Visitor for Fields {
    fn open(&mut self, _: &[String], currency: Option<String>) {
        self.currency = currency;
    }

    fn close(&mut self, path: &[String], text: &str) {
        let currency = self.currency.take();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        if let ["CdtTrfTxInf", below @ ..] = path.as_slice() {
            self.take(below, currency.as_deref(), text);
        }
    }
}

/// A character that an XML 1.0 file can hold. Control characters were refused with the payroll.
const fn is_xml(c: char) -> bool {
    !matches!(c, '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Eight or eleven capitals and digits in the order of ISO 9362.
pub(crate) fn is_bic(text: &str) -> bool {
    let is_good = |(place, byte): (usize, u8)| match place {
        4 | 5 => byte.is_ascii_uppercase(),
        _ => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
    };
    matches!(text.len(), 8 | 11) && text.bytes().enumerate().all(is_good)
}

/// A rail's name in a `Debug` text that shows nothing else.
pub(crate) fn shown(f: &mut fmt::Formatter<'_>, name: &str, id: &RailId) -> fmt::Result {
    f.debug_struct(name).field("id", id).finish_non_exhaustive()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn transfer(name: &str) -> Transfer {
        Transfer {
            reference: "YCCEXPRU33OWELFHOCT2BUYSLD".into(),
            amount: Rupiah::new(600_000).unwrap(),
            bic: "CENAIDJA".into(),
            account: "0012345678".into(),
            name: name.into(),
        }
    }

    #[test]
    fn a_changed_byte_is_no_body_of_ours() {
        let fragment = transfer("Siti <Contoh> & \"Putri\" d'Umpama").fragment();
        assert!(Transfer::read(&fragment).is_some());
        for (from, to) in [
            ("600000", "0600000"),
            ("600000", "600000.00"),
            ("600000", "0"),
            ("IDR", "USD"),
            ("CENAIDJA", "cenaidja"),
            ("<Cdtr>", "<Cdtr> "),
            ("<Purp><Cd>SALA</Cd></Purp>", ""),
            ("</CdtTrfTxInf>", "</CdtTrfTxInf>\n"),
            ("<InstrId>YCC", "<InstrId>ZCC"),
            ("Siti", "Si\u{ffff}ti"),
        ] {
            let changed = fragment.replacen(from, to, 1);
            assert_ne!(changed, fragment, "{from}");
            assert_eq!(Transfer::read(&changed), None, "{from} {to}");
        }
    }

    #[test]
    fn a_transfer_prints_nobody() {
        let shown = format!("{:?}", transfer("Siti"));
        assert!(!shown.contains("Siti") && !shown.contains("0012345678"), "{shown}");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(name in "\\PC{1,140}", account in "[0-9]{4,34}", amount in 1u64..9_999_999_999_999) {
            let mut transfer = transfer(name.trim());
            transfer.account = account;
            transfer.amount = Rupiah::new(amount).unwrap();
            if transfer.fits() {
                prop_assert_eq!(Transfer::read(&transfer.fragment()), Some(transfer));
            }
        }
    }
}
