//! `pacs.004`: payments that had been carried out and come back.
use std::sync::Arc;
use upah_core::Rupiah;
use upah_statement::xml::{self, Visitor};

use crate::finding::{About, Echo, Finding, Said, Source};

/// What is wrong with a file, as a stable name and a sentence.
type Fault = (&'static str, &'static str);

/// Every return of the file. One that does not add up is refused whole.
///
/// # Errors
/// What is wrong with it; then nothing of it counts.
pub(crate) fn read(bytes: &[u8], source: &Arc<Source>) -> Result<Vec<Finding>, Fault> {
    let mut returns = Returns::default();
    xml::walk(bytes, &mut returns).map_err(|broken| (broken.code, broken.message))?;
    returns.finish(source)
}

/// One `TxInf` while it is read.
#[derive(Default)]
struct Raw {
    id: String,
    end_to_end: Option<String>,
    instruction: Option<String>,
    returned: Option<Result<Rupiah, &'static str>>,
    reason: Option<String>,
    account: Option<String>,
}

#[derive(Default)]
struct Returns {
    count: Option<String>,
    sum: Option<Result<Rupiah, &'static str>>,
    raw: Raw,
    found: Vec<Raw>,
    currency: Option<String>,
}

impl Visitor for Returns {
    fn open(&mut self, path: &[String], currency: Option<String>) {
        self.currency = currency;
        if xml::below(path, "PmtRtr").is_some_and(|below| below == ["TxInf"]) {
            self.raw = Raw::default();
        }
    }

    fn close(&mut self, path: &[String], text: &str) {
        let currency = self.currency.take();
        let Some(below) = xml::below(path, "PmtRtr") else { return };
        let below: Vec<&str> = below.iter().map(String::as_str).collect();
        let owned = || Some(text.to_owned());
        let amount = || {
            let read = upah_statement::amount(text, currency.as_deref());
            Some(read.map_err(|(code, _)| if code == "currency" { "currency" } else { "amount" }))
        };
        match below.as_slice() {
            ["GrpHdr", "NbOfTxs"] => self.count = owned(),
            ["GrpHdr", "TtlRtrdIntrBkSttlmAmt"] => self.sum = amount(),
            ["TxInf"] => self.found.push(std::mem::take(&mut self.raw)),
            ["TxInf", "RtrId"] => self.raw.id = text.to_owned(),
            ["TxInf", "OrgnlEndToEndId"] => self.raw.end_to_end = owned(),
            ["TxInf", "OrgnlInstrId"] => self.raw.instruction = owned(),
            ["TxInf", "RtrdIntrBkSttlmAmt"] => self.raw.returned = amount(),
            ["TxInf", "RtrRsnInf", "Rsn", "Cd" | "Prtry"] => self.raw.reason = owned(),
            ["TxInf", "OrgnlTxRef", "CdtrAcct", "Id", "IBAN"]
            | ["TxInf", "OrgnlTxRef", "CdtrAcct", "Id", "Othr", "Id"] => self.raw.account = owned(),
            _ => {}
        }
    }
}

impl Returns {
    fn finish(self, source: &Arc<Source>) -> Result<Vec<Finding>, Fault> {
        if self.count.is_some_and(|said| said != self.found.len().to_string()) {
            return Err(("control_sum", "NbOfTxs is not the number of returns in the file"));
        }
        if let Some(Ok(said)) = self.sum {
            let amounts = self.found.iter().filter_map(|raw| raw.returned?.ok());
            if Rupiah::checked_sum(amounts) != Ok(said) {
                return Err(("control_sum", "TtlRtrdIntrBkSttlmAmt is not the sum of the returns in the file"));
            }
        }
        let finding = |raw: Raw| {
            let own = raw.end_to_end.or(raw.instruction);
            let own = own.ok_or(("no_reference", "the file tells of a return without its reference"))?;
            let amount = raw.returned.ok_or(("no_amount", "the file tells of a return without its amount"))?;
            Ok(Finding {
                source: Arc::clone(source),
                about: About::Wage(own),
                said: Said::Returned { id: raw.id },
                echo: Echo { amount: Some(amount), account: raw.account },
                status: "RTRN".to_owned(),
                reason: raw.reason,
            })
        };
        self.found.into_iter().map(finding).collect()
    }
}
