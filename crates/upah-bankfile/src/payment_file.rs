//! A file for the bank: ISO 20022 `pain.001.001.09`, one payment instruction (`PmtInf`), control sums on both levels.
//!
//! A file is read back by a reader of its own before anybody may pick it up. One that does not add up never gets there.
use quick_xml::escape::escape;
use std::fmt;
use upah_core::{Rupiah, Timestamp};
use upah_statement::xml::{self, Visitor};

use crate::digest::message_id;
use crate::transfer::{Fields, Transfer};

/// Who pays.
#[derive(Clone, PartialEq, Eq)]
pub struct Debtor {
    /// The firm's name, at most 70 characters.
    pub name: String,
    /// Its account.
    pub account: String,
    /// Its bank.
    pub bic: String,
}

/// Without the account.
impl fmt::Debug for Debtor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Debtor").field("bic", &self.bic).finish_non_exhaustive()
    }
}

/// A file's text, with what its header says.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentFile {
    /// `MsgId`, and the file's name but for `.xml`.
    pub message_id: String,
    /// `CtrlSum`, in rupiah.
    pub sum: u64,
    /// Its bytes.
    pub text: String,
}

impl fmt::Debug for PaymentFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentFile")
            .field("message_id", &self.message_id)
            .field("sum", &self.sum)
            .finish_non_exhaustive()
    }
}

impl PaymentFile {
    /// Writes a file of these transfers. `at` is when it is made; it asks to be executed on that day in Jakarta.
    /// `batch_booking` asks the bank to book one sum instead of one line a wage.
    ///
    /// Returns `None` for no transfers, or more money than a `CtrlSum` holds.
    pub fn write(debtor: &Debtor, batch_booking: bool, at: Timestamp, transfers: &[Transfer]) -> Option<Self> {
        let sum = transfers.iter().try_fold(0u64, |sum, it| sum.checked_add(it.amount.value()))?;
        // `DecimalNumber` has 18 digits.
        if transfers.is_empty() || sum >= 1_000_000_000_000_000_000 {
            return None;
        }
        let message_id = message_id(transfers.iter().map(|it| it.reference.as_str()));
        let count = transfers.len();
        let (name, account, bic) = (escape(&debtor.name), escape(&debtor.account), &debtor.bic);
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n<CstmrCdtTrfInitn>\n\
             <GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{at}</CreDtTm><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum>\
             <InitgPty><Nm>{name}</Nm></InitgPty></GrpHdr>\n\
             <PmtInf><PmtInfId>{message_id}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>{batch_booking}</BtchBookg>\
             <NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum><PmtTpInf><CtgyPurp><Cd>SALA</Cd></CtgyPurp></PmtTpInf>\
             <ReqdExctnDt><Dt>{}</Dt></ReqdExctnDt><Dbtr><Nm>{name}</Nm></Dbtr>\
             <DbtrAcct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>IDR</Ccy></DbtrAcct>\
             <DbtrAgt><FinInstnId><BICFI>{bic}</BICFI></FinInstnId></DbtrAgt><ChrgBr>DEBT</ChrgBr>\n",
            at.day()
        );
        for transfer in transfers {
            text.push_str(&transfer.fragment());
            text.push('\n');
        }
        text.push_str("</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n");
        Some(Self { message_id, sum, text })
    }

    /// Reads a file of ours: every number that it says of itself is held against what stands in it.
    ///
    /// # Errors
    /// [`BadFile`]: which of them does not fit.
    pub fn read(bytes: &[u8]) -> Result<(String, Vec<Transfer>), BadFile> {
        let mut reading = Reading::default();
        xml::walk(bytes, &mut reading).map_err(|_| BadFile::Xml)?;
        reading.finish()
    }
}

/// What is wrong with a payment file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFile {
    /// No XML, or cut short.
    #[error("the file is no well-formed XML")]
    Xml,
    /// Not one file of one instruction, or a transfer that is not as we write it.
    #[error("the file is not of the form that this program writes")]
    Form,
    /// `NbOfTxs` of the file or of its instruction.
    #[error("NbOfTxs is not the number of transfers in the file")]
    Count,
    /// `CtrlSum` of the file or of its instruction.
    #[error("CtrlSum is not the sum of the transfers in the file")]
    Sum,
    /// `MsgId` or `PmtInfId`.
    #[error("MsgId is not the digest of the references in the file")]
    MessageId,
    /// A reference stands in it twice.
    #[error("a reference stands twice in the file")]
    Twice,
}

/// A file while it is read.
#[derive(Default)]
struct Reading {
    message_ids: Vec<String>,
    counts: Vec<String>,
    sums: Vec<String>,
    transfers: Vec<Transfer>,
    fields: Fields,
    is_bad: bool,
    currency: Option<String>,
}

impl Visitor for Reading {
    fn open(&mut self, path: &[String], currency: Option<String>) {
        self.currency = currency;
        if path.last().is_some_and(|name| name == "CdtTrfTxInf") {
            self.fields = Fields::default();
        }
    }

    fn close(&mut self, path: &[String], text: &str) {
        let currency = self.currency.take();
        let Some(below) = xml::below(path, "CstmrCdtTrfInitn") else { return };
        let below: Vec<&str> = below.iter().map(String::as_str).collect();
        match below.as_slice() {
            ["GrpHdr", "MsgId"] | ["PmtInf", "PmtInfId"] => self.message_ids.push(text.to_owned()),
            ["GrpHdr" | "PmtInf", "NbOfTxs"] => self.counts.push(text.to_owned()),
            ["GrpHdr" | "PmtInf", "CtrlSum"] => self.sums.push(text.to_owned()),
            ["PmtInf", "CdtTrfTxInf"] => match std::mem::take(&mut self.fields).transfer() {
                Some(transfer) => self.transfers.push(transfer),
                None => self.is_bad = true,
            },
            ["PmtInf", "CdtTrfTxInf", below @ ..] => self.fields.take(below, currency.as_deref(), text),
            _ => {}
        }
    }
}

impl Reading {
    fn finish(self) -> Result<(String, Vec<Transfer>), BadFile> {
        // Twice each: of the file, and of its one instruction.
        let both = |said: &[String], is: &str| said.len() == 2 && said.iter().all(|said| said == is);
        if self.is_bad || self.transfers.is_empty() {
            return Err(BadFile::Form);
        }
        let mut references: Vec<&str> = self.transfers.iter().map(|it| it.reference.as_str()).collect();
        let id = message_id(references.iter().copied());
        references.sort_unstable();
        if references.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(BadFile::Twice);
        }
        if !both(&self.counts, &self.transfers.len().to_string()) {
            return Err(BadFile::Count);
        }
        let amounts = self.transfers.iter().map(|it| Rupiah::value(it.amount));
        let sum = amounts.into_iter().try_fold(0u64, u64::checked_add).ok_or(BadFile::Sum)?;
        if !both(&self.sums, &sum.to_string()) {
            return Err(BadFile::Sum);
        }
        if !both(&self.message_ids, &id) {
            return Err(BadFile::MessageId);
        }
        Ok((id, self.transfers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn debtor() -> Debtor {
        Debtor { name: "Koperasi Contoh & Anak".into(), account: "888801000157508".into(), bic: "BMRIIDJA".into() }
    }

    fn transfers(amounts: &[u64]) -> Vec<Transfer> {
        let transfer = |(n, amount): (usize, &u64)| Transfer {
            reference: format!("REFERENCE{n:017}"),
            amount: Rupiah::new(*amount).unwrap(),
            bic: "CENAIDJA".into(),
            account: format!("12345{n:05}"),
            name: format!("Siti <{n}>"),
        };
        amounts.iter().enumerate().map(transfer).collect()
    }

    fn file(amounts: &[u64]) -> PaymentFile {
        let at = "2026-11-24T23:00:00Z".parse().unwrap();
        PaymentFile::write(&debtor(), false, at, &transfers(amounts)).unwrap()
    }

    #[test]
    fn it_asks_to_be_executed_on_the_day_it_is_made_in_jakarta() {
        let text = file(&[600_000]).text;
        assert!(text.contains("<ReqdExctnDt><Dt>2026-11-25</Dt></ReqdExctnDt>"), "{text}");
        assert!(text.contains("<CreDtTm>2026-11-25T06:00:00.000+07:00</CreDtTm>"), "{text}");
    }

    #[test]
    fn a_sum_that_does_not_add_up_is_refused() {
        let text = file(&[600_000, 700_000]).text;
        let cases = [
            ("<CtrlSum>1300000", "<CtrlSum>1300001", BadFile::Sum),
            ("IDR\">600000", "IDR\">600001", BadFile::Sum),
            ("<NbOfTxs>2", "<NbOfTxs>3", BadFile::Count),
            ("<CtrlSum>1300000</CtrlSum>", "", BadFile::Sum),
            ("<MsgId>", "<MsgId>A", BadFile::MessageId),
            ("<PmtInfId>", "<PmtInfId>A", BadFile::MessageId),
            ("Ccy=\"IDR\"", "Ccy=\"USD\"", BadFile::Form),
            ("</Document>", "", BadFile::Xml),
        ];
        for (from, to, why) in cases {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            assert_eq!(PaymentFile::read(changed.as_bytes()), Err(why), "{from}");
            // The second one is the instruction's own.
            if let Some((before, after)) = text.rsplit_once(from).filter(|_| text.matches(from).count() == 2) {
                assert!(PaymentFile::read(format!("{before}{to}{after}").as_bytes()).is_err(), "{from} again");
            }
        }
    }

    #[test]
    fn a_wage_that_stands_twice_in_a_file_is_refused() {
        let mut both = transfers(&[600_000, 600_000]);
        both[1].reference = both[0].reference.clone();
        let twice = PaymentFile::write(&debtor(), true, Timestamp::from_millis(0), &both).unwrap();
        assert_eq!(PaymentFile::read(twice.text.as_bytes()), Err(BadFile::Twice));
    }

    #[test]
    fn more_money_than_a_control_sum_holds_is_no_file() {
        let many = transfers(&[9_999_999_999_999; 100_001]);
        assert!(PaymentFile::write(&debtor(), false, Timestamp::from_millis(0), &many).is_none());
        assert!(PaymentFile::write(&debtor(), false, Timestamp::from_millis(0), &[]).is_none());
    }

    proptest! {
        #[test]
        fn the_same_wages_have_the_same_name_in_whatever_order(amounts in prop::collection::vec(1u64..9_000_000_000, 1..40)) {
            let file = file(&amounts);
            let (id, read) = PaymentFile::read(file.text.as_bytes()).unwrap();
            prop_assert_eq!(&read, &transfers(&amounts));
            let backwards = read.iter().rev().map(|it| it.reference.as_str());
            prop_assert_eq!(&message_id(backwards), &id);
            prop_assert_eq!(&file.message_id, &id);
            prop_assert!(id.len() <= 35);
            let fewer = read.iter().skip(1).map(|it| it.reference.as_str());
            prop_assert_ne!(message_id(fewer), id);
            prop_assert_eq!(file.sum, amounts.iter().sum::<u64>());
        }
    }
}
