//! One `Ntry`: what the bank booked, and the transactions it books together.

use upah_core::Rupiah;
use upah_core::bank_statement::{BookingDay, Entry, Side, StatementLine};
use upah_payfile::RowError;

use super::Booking;
use super::value::{self, Fault};
use crate::Mistakes;
use crate::csv_lines::BANK_REFERENCE_CHARS_MAX;
use crate::reference;

/// What is read of an entry before it ends.
#[derive(Debug, Default)]
pub(super) struct Raw {
    amount: Option<Rupiah>,
    side: Option<Side>,
    status: Option<String>,
    booked: Option<BookingDay>,
    valued: Option<BookingDay>,
    bank_reference: Option<String>,
    texts: Vec<String>,
    details: Vec<Detail>,
    /// Something of it could not be taken, and was named.
    is_bad: bool,
}

/// One transaction of an entry (`TxDtls`).
#[derive(Debug, Default)]
struct Detail {
    amount: Option<Rupiah>,
    side: Option<Side>,
    bank_reference: Option<String>,
    texts: Vec<String>,
    end_to_end: Option<String>,
    instruction: Option<String>,
    creditor_account: Option<String>,
    return_reason: Option<String>,
}

impl Raw {
    pub(super) fn begin_detail(&mut self) {
        self.details.push(Detail::default());
    }

    /// A value of the entry; `path` begins below it.
    pub(super) fn take(&mut self, path: &[&str], currency: Option<&str>, text: &str) -> Result<(), Fault> {
        let taken = self.leaf(path, currency, text);
        self.is_bad |= taken.is_err();
        taken
    }

    fn leaf(&mut self, path: &[&str], currency: Option<&str>, text: &str) -> Result<(), Fault> {
        match path {
            ["Amt"] => self.amount = Some(value::amount(text, currency)?),
            ["CdtDbtInd"] => self.side = Some(value::side(text)?),
            ["Sts"] | ["Sts", "Cd"] if !text.is_empty() => self.status = Some(text.to_owned()),
            ["BookgDt", "Dt" | "DtTm"] => self.booked = Some(value::day(text)?),
            ["ValDt", "Dt" | "DtTm"] => self.valued = Some(value::day(text)?),
            ["AcctSvcrRef"] => self.bank_reference = Some(shortened(text)),
            ["AddtlNtryInf"] | ["NtryRef"] => self.texts.push(text.to_owned()),
            ["NtryDtls", "TxDtls", below @ ..] => {
                if let Some(detail) = self.details.last_mut() {
                    return detail.leaf(below, currency, text);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The lines of the entry, when it is booked and nothing is wrong with it.
    pub(super) fn lines(self, row: u64, mistakes: &mut Mistakes) -> Option<(Side, Rupiah, Vec<Booking>)> {
        // What is only announced or for information is no entry of the book.
        if self.status.as_deref().is_some_and(|status| status != "BOOK") || self.is_bad {
            return None;
        }
        let (Some(amount), Some(side), Some(day)) = (self.amount, self.side, self.booked.or(self.valued)) else {
            let missing = [("Amt", self.amount.is_none()), ("CdtDbtInd", self.side.is_none()), ("BookgDt", true)];
            let name = missing.into_iter().find(|(_, is)| *is).map_or("", |(name, _)| name);
            mistakes.add(RowError::new(row, name, "", "missing_element", "this element is required and missing"));
            return None;
        };
        let base = |amount, side, bank_reference: Option<String>, texts: &[&[String]], detail: Option<&Detail>| {
            let mut references = Vec::new();
            texts.iter().flat_map(|texts| texts.iter()).for_each(|text| reference::collect(&mut references, text));
            let line = StatementLine { row, references, entry: Entry { day, side, amount, bank_reference } };
            Booking {
                line,
                account: None,
                our_reference: detail.and_then(|it| it.end_to_end.clone().or_else(|| it.instruction.clone())),
                creditor_account: detail.and_then(|it| it.creditor_account.clone()),
                return_reason: detail.and_then(|it| it.return_reason.clone()),
            }
        };
        let several = self.details.len() > 1;
        let split = several && self.details.iter().all(|detail| detail.amount.is_some());
        if !split {
            let bank_reference = self.bank_reference.or_else(|| self.details.first()?.bank_reference.clone());
            // Several transactions without amounts of their own: nobody can say which is how large.
            let texts: Vec<&[String]> = match self.details.as_slice() {
                [] => vec![&self.texts],
                [only] => vec![&only.texts, &self.texts],
                _ => Vec::new(),
            };
            let only = self.details.first().filter(|_| !several);
            return Some((side, amount, vec![base(amount, side, bank_reference, &texts, only)]));
        }
        let mut sum = 0i128;
        let lines = self.details.iter().map(|detail| {
            let (amount, own) = (detail.amount.unwrap_or_default(), detail.side.unwrap_or(side));
            sum += if own == side { i128::from(amount.value()) } else { -i128::from(amount.value()) };
            base(amount, own, detail.bank_reference.clone(), &[&detail.texts], Some(detail))
        });
        let lines: Vec<Booking> = lines.collect();
        if sum != i128::from(amount.value()) {
            let message = format!("its transactions come to {sum}, the entry says {}", amount.value());
            mistakes.add(RowError::new(row, "TxDtls", &sum.to_string(), "control_sum", message));
            return None;
        }
        Some((side, amount, lines))
    }
}

impl Detail {
    fn leaf(&mut self, path: &[&str], currency: Option<&str>, text: &str) -> Result<(), Fault> {
        match path {
            ["Amt"] => self.amount = Some(value::amount(text, currency)?),
            ["AmtDtls", "TxAmt", "Amt"] if self.amount.is_none() => self.amount = Some(value::amount(text, currency)?),
            ["CdtDbtInd"] => self.side = Some(value::side(text)?),
            ["Refs", "AcctSvcrRef"] => self.bank_reference = Some(shortened(text)),
            // Ours first: what we gave the payment, then what the bank made of it.
            ["Refs", field @ ("EndToEndId" | "InstrId")] => {
                self.texts.insert(0, text.to_owned());
                let own = if *field == "InstrId" { &mut self.instruction } else { &mut self.end_to_end };
                *own = Some(text.to_owned()).filter(|text| !text.is_empty() && text != "NOTPROVIDED");
            }
            ["RltdPties", "CdtrAcct", "Id", "IBAN"] | ["RltdPties", "CdtrAcct", "Id", "Othr", "Id"] => {
                self.creditor_account = Some(text.to_owned());
            }
            ["RtrInf", "Rsn", "Cd" | "Prtry"] => self.return_reason = Some(shortened(text)),
            ["Refs", ..] | ["RmtInf", ..] | ["AddtlTxInf"] => self.texts.push(text.to_owned()),
            _ => {}
        }
        Ok(())
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(BANK_REFERENCE_CHARS_MAX).collect()
}
