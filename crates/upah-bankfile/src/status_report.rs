//! `pain.002`: what the bank says about a file of ours, its instruction, and each transfer in it.
use std::sync::Arc;
use upah_statement::xml::{self, Visitor};

use crate::codes::standing;
use crate::finding::{About, Echo, Finding, Said, Source, Status};

/// Everything that a status report says.
///
/// # Errors
/// What is wrong with it, as a stable name and a sentence; then nothing of it counts.
pub(crate) fn read(bytes: &[u8], source: &Arc<Source>) -> Result<Vec<Finding>, (&'static str, &'static str)> {
    let mut report = Report { source: Arc::clone(source), ..Report::default() };
    xml::walk(bytes, &mut report).map_err(|broken| (broken.code, broken.message))?;
    report.finish()
}

/// One status while it is read.
#[derive(Clone, Default)]
struct Raw {
    status: Option<String>,
    reason: Option<String>,
    count: Option<String>,
    sum: Option<String>,
    end_to_end: Option<String>,
    instruction: Option<String>,
    echo: Echo,
}

#[derive(Default)]
struct Report {
    source: Arc<Source>,
    message_id: Option<String>,
    /// Of the file, of its instruction, of a transfer.
    levels: [Raw; 3],
    found: Vec<(u8, Raw)>,
    is_bad: bool,
    currency: Option<String>,
}

/// The names below the message, without those that only lead to a level, and the level.
fn level<'a>(path: &'a [String]) -> Option<(usize, Vec<&'a str>)> {
    let below: Vec<&'a str> = xml::below(path, "CstmrPmtStsRpt")?.iter().map(String::as_str).collect();
    Some(match below.as_slice() {
        ["OrgnlGrpInfAndSts", rest @ ..] => (0, rest.to_vec()),
        ["OrgnlPmtInfAndSts", "TxInfAndSts", rest @ ..] => (2, rest.to_vec()),
        ["OrgnlPmtInfAndSts", rest @ ..] => (1, rest.to_vec()),
        _ => return None,
    })
}

impl Visitor for Report {
    fn open(&mut self, path: &[String], currency: Option<String>) {
        self.currency = currency;
        if let Some((level, _)) = level(path).filter(|(_, rest)| rest.is_empty()) {
            self.levels[level] = Raw::default();
        }
    }

    fn close(&mut self, path: &[String], text: &str) {
        let currency = self.currency.take();
        let Some((level, rest)) = level(path) else { return };
        let raw = &mut self.levels[level];
        let owned = || Some(text.to_owned());
        match rest.as_slice() {
            [] => {
                let raw = std::mem::take(raw);
                self.found.push((u8::try_from(level).unwrap_or(0), raw));
            }
            ["OrgnlMsgId"] if level == 0 => {
                // One report answers one file.
                self.is_bad |= self.message_id.is_some();
                self.message_id = owned();
            }
            ["GrpSts" | "PmtInfSts" | "TxSts"] => raw.status = owned(),
            ["StsRsnInf", "Rsn", "Cd" | "Prtry"] if raw.reason.is_none() => raw.reason = owned(),
            ["OrgnlNbOfTxs"] => raw.count = owned(),
            ["OrgnlCtrlSum"] => raw.sum = owned(),
            ["OrgnlEndToEndId"] => raw.end_to_end = owned(),
            ["OrgnlInstrId"] => raw.instruction = owned(),
            ["OrgnlTxRef", "Amt", "InstdAmt"] => {
                raw.echo.amount = Some(
                    upah_statement::amount(text, currency.as_deref())
                        .map_err(|(code, _)| if code == "currency" { "currency" } else { "amount" }),
                );
            }
            ["OrgnlTxRef", "CdtrAcct", "Id", "IBAN"] | ["OrgnlTxRef", "CdtrAcct", "Id", "Othr", "Id"] => {
                raw.echo.account = owned();
            }
            _ => {}
        }
    }
}

impl Report {
    fn finish(self) -> Result<Vec<Finding>, (&'static str, &'static str)> {
        let Some(message_id) = self.message_id.filter(|id| !id.is_empty() && !self.is_bad) else {
            return Err(("no_original", "the report does not name the one file that it answers (OrgnlMsgId)"));
        };
        let mut findings = Vec::new();
        for (level, raw) in self.found {
            // A level that bears no status only leads to those below it.
            let Some(status) = raw.status else { continue };
            let about = match level {
                2 => {
                    let Some(own) = raw.end_to_end.or(raw.instruction) else {
                        return Err(("no_reference", "the report tells of a transfer without its reference"));
                    };
                    About::Wage(own)
                }
                _ => About::File(message_id.clone()),
            };
            let counted = if level == 0 { (raw.count, raw.sum) } else { (None, None) };
            let said = Status { standing: standing(&status), message_id: message_id.clone(), level, counted };
            findings.push(Finding {
                source: Arc::clone(&self.source),
                about,
                said: Said::Status(said),
                echo: raw.echo,
                status,
                reason: raw.reason,
            });
        }
        Ok(findings)
    }
}
