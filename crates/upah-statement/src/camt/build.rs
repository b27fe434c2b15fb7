//! From elements to lines: which value belongs to which statement and entry.

use upah_core::bank_statement::{BookingDay, Side};
use upah_payfile::RowError;

use super::entry::Raw;
use super::value::{self, Fault};
use super::{AccountReport, Booking, Days};
use crate::control::{Control, Total};
use crate::{LINES_MAX, Mistakes, xml};

/// What is read so far.
#[derive(Default)]
pub(super) struct Build {
    lines: Vec<Booking>,
    mistakes: Mistakes,
    period: Option<(BookingDay, BookingDay)>,
    /// The number of the last entry that began.
    row: u64,
    kind: Option<AccountReport>,
    /// The number of the account of the report.
    account: Option<String>,
    control: Control,
    balance: Balance,
    entry: Raw,
    currency: Option<String>,
}

/// One `Bal` before it ends.
#[derive(Debug, Default)]
struct Balance {
    kind: String,
    amount: Option<i128>,
    side: Option<Side>,
}

impl Build {
    pub(super) fn row(&self) -> u64 {
        self.row
    }

    fn leaf(&mut self, path: &[&str], currency: Option<&str>, text: &str) -> Result<(), Fault> {
        match path {
            ["Ntry", below @ ..] => self.entry.take(below, currency, text)?,
            ["FrToDt", "FrDtTm"] => self.widen(value::day(text)?),
            ["FrToDt", "ToDtTm"] => self.widen(value::day(text)?),
            ["Acct", "Ccy"] if text != "IDR" => {
                return Err(("currency", "only statements in rupiah (IDR) are read".to_owned()));
            }
            ["Acct", "Id", "Othr", "Id"] => self.account = Some(text.to_owned()),
            ["Bal", "Tp", "CdOrPrtry", "Cd"] => self.balance.kind = text.to_owned(),
            ["Bal", "Amt"] => self.balance.amount = Some(i128::from(value::amount(text, currency)?.value())),
            ["Bal", "CdtDbtInd"] => self.balance.side = Some(value::side(text)?),
            ["TxsSummry", kind, what] => {
                let total: &mut Total = match *kind {
                    "TtlNtries" => &mut self.control.all,
                    "TtlDbtNtries" => &mut self.control.debits,
                    "TtlCdtNtries" => &mut self.control.credits,
                    _ => return Ok(()),
                };
                match *what {
                    "NbOfNtries" => total.count = Some(value::count(text)?),
                    "Sum" => total.sum = Some(value::whole(text)?.value()),
                    _ => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn widen(&mut self, day: BookingDay) {
        self.period = Some(self.period.map_or((day, day), |(from, to)| (from.min(day), to.max(day))));
    }

    fn end_balance(&mut self) {
        let balance = std::mem::take(&mut self.balance);
        let (Some(amount), Some(side)) = (balance.amount, balance.side) else { return };
        let signed = if side == Side::Debit { -amount } else { amount };
        match balance.kind.as_str() {
            "OPBD" => self.control.opening = Some(signed),
            "PRCD" => self.control.previous = Some(signed),
            "CLBD" => self.control.closing = Some(signed),
            _ => {}
        }
    }

    fn end_entry(&mut self) {
        let raw = std::mem::take(&mut self.entry);
        let Some((side, amount, lines)) = raw.lines(self.row, &mut self.mistakes) else { return };
        self.control.count(side, amount.value());
        if self.lines.len() + lines.len() > LINES_MAX {
            if self.lines.len() <= LINES_MAX {
                let message = "the file has more than 1.000.000 lines; ask the bank for a shorter period";
                self.mistakes.add(RowError::new(self.row, "", "", "too_many_rows", message));
            }
            return;
        }
        let account = &self.account;
        self.lines.extend(lines.into_iter().map(|booking| Booking { account: account.clone(), ..booking }));
    }

    pub(super) fn finish(mut self) -> Result<(AccountReport, Vec<Booking>, Days), Mistakes> {
        if self.kind.is_none() && self.mistakes.total == 0 {
            let message = "this is no account statement: there is no BkToCstmrStmt with a Stmt in it";
            self.mistakes.add(RowError::new(1, "", "", "no_statement", message));
        }
        match self.kind.filter(|_| self.mistakes.total == 0) {
            Some(kind) => Ok((kind, self.lines, self.period)),
            None => Err(self.mistakes),
        }
    }
}

impl xml::Visitor for Build {
    fn open(&mut self, path: &[String], currency: Option<String>) {
        self.currency = currency;
        let Some((kind, below)) = below_report(path) else { return };
        match below.as_slice() {
            [] => {
                self.kind = Some(kind);
                self.account = None;
                self.control = Control::default();
            }
            ["Bal"] => self.balance = Balance::default(),
            ["Ntry"] => {
                self.row += 1;
                self.entry = Raw::default();
            }
            ["Ntry", "NtryDtls", "TxDtls"] => self.entry.begin_detail(),
            _ => {}
        }
    }

    fn close(&mut self, path: &[String], text: &str) {
        let currency = self.currency.take();
        let Some((_, below)) = below_report(path) else { return };
        match below.as_slice() {
            ["Ntry"] => self.end_entry(),
            ["Bal"] => self.end_balance(),
            [] => {
                if self.mistakes.total == 0 {
                    self.control.check(self.row, &mut self.mistakes);
                }
            }
            path @ [.., name] => {
                let taken = self.leaf(path, currency.as_deref(), text);
                if let Err((code, message)) = taken {
                    let shown = if path.contains(&"Refs") { "" } else { text };
                    self.mistakes.add(RowError::new(self.row.max(1), name, shown, code, message));
                }
            }
        }
    }
}

/// The names below a statement or a notification.
fn below_report(path: &[String]) -> Option<(AccountReport, Vec<&str>)> {
    let reports = [
        (AccountReport::Statement, "BkToCstmrStmt", "Stmt"),
        (AccountReport::Notification, "BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    ];
    reports.into_iter().find_map(|(kind, message, report)| match xml::below(path, message)? {
        [first, below @ ..] if first == report => Some((kind, below.iter().map(String::as_str).collect())),
        _ => None,
    })
}
