//! What one file of a bank says about one wage, without folders: for whoever tries out files, as the fuzzer does.
use std::collections::BTreeMap;
use upah_core::Timestamp;
use upah_core::evidence::InquiryAnswer;

use crate::bank_file::{self, Unread};
use crate::finding::{About, Finding};
use crate::judge::{Placed, Wage, judge};
use crate::outbox::recorded;
use crate::register::Record;
use crate::transfer::Transfer;

/// A file of ours that the bank has, of which its files speak.
pub struct Handed<'a> {
    /// The account that pays.
    pub account: &'a str,
    /// The `MsgId` of our file.
    pub message_id: &'a str,
    /// What is in it.
    pub transfers: &'a [Transfer],
}

impl Handed<'_> {
    /// The answer about a wage after `file`, and no other file, has come from the bank.
    ///
    /// # Errors
    /// Why nothing of the file is believed; then the wage stands as if the file had not come.
    pub fn asked(&self, wage: &Transfer, file: &[u8]) -> Result<InquiryAnswer, Unread> {
        let findings = bank_file::read("file", file, self.account)?;
        let of = |about: &About| -> Vec<&Finding> { findings.iter().filter(|it| it.about == *about).collect() };
        let record = self.record();
        let wage_is = Wage {
            amount: wage.amount,
            account: Some(&wage.account),
            record: Some(&record),
            placed: Placed::Out(recorded(&record, "taken")),
        };
        let of_wage = of(&About::Wage(wage.reference.clone()));
        Ok(judge(&wage_is, &of_wage, &of(&About::File(self.message_id.to_owned()))))
    }

    fn record(&self) -> Record {
        let transfers: BTreeMap<_, _> = self.transfers.iter().map(|it| (it.reference.clone(), it.digest())).collect();
        Record {
            message_id: self.message_id.to_owned(),
            file: format!("{}.xml", self.message_id),
            sha256: String::new(),
            sum: self.transfers.iter().fold(0, |sum, it| it.amount.value().saturating_add(sum)),
            made_at: Timestamp::from_millis(0),
            transfers,
        }
    }
}
