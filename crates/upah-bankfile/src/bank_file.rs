//! One file of the bank, of whichever kind: what it says, or why nothing of it counts.
use std::sync::Arc;
use upah_core::account::{Zeros, is_same};
use upah_statement::xml::{self, Visitor};
use upah_statement::{AccountReport, Booking, read_bookings};

use crate::digest::hex_of;
use crate::finding::{About, Echo, Finding, Said, Source};
use crate::{payment_return, status_report};

/// A file of the inbox of which nothing was believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Its name.
    pub file: String,
    /// The stable name of what is wrong with it.
    pub code: &'static str,
    /// In words; no value of the file.
    pub message: String,
}

impl Unread {
    pub(crate) fn new(file: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), code, message: message.into() }
    }
}

/// Reads a file, whole or not at all. `account` is the one that pays: what is booked on another one is no word about it.
pub(crate) fn read(name: &str, bytes: &[u8], account: &str) -> Result<Vec<Finding>, Unread> {
    let mut root = Root::default();
    xml::walk(bytes, &mut root).map_err(|broken| Unread::new(name, broken.code, broken.message))?;
    let source = |kind| Arc::new(Source { file: name.to_owned(), sha256: hex_of(bytes), kind });
    let told = |fault: (&'static str, &'static str)| Unread::new(name, fault.0, fault.1);
    match root.0.as_deref() {
        Some("CstmrPmtStsRpt") => status_report::read(bytes, &source("pain.002")).map_err(told),
        Some("PmtRtr") => payment_return::read(bytes, &source("pacs.004")).map_err(told),
        Some("BkToCstmrStmt") => bookings(name, bytes, account, &source("camt.053")),
        Some("BkToCstmrDbtCdtNtfctn") => bookings(name, bytes, account, &source("camt.054")),
        _ => Err(Unread::new(name, "other_message", "this is none of pain.002, camt.053, camt.054 and pacs.004")),
    }
}

fn bookings(name: &str, bytes: &[u8], account: &str, source: &Arc<Source>) -> Result<Vec<Finding>, Unread> {
    let (kind, bookings) = read_bookings(bytes).map_err(|mistakes| {
        let first = mistakes.listed.first();
        let (code, message) = first.map_or(("no_statement", ""), |first| (first.code, first.message.as_str()));
        Unread::new(name, code, message)
    })?;
    if bookings.iter().any(|booking| booking.account.as_ref().is_some_and(|told| !is_same(account, told, Zeros::Pad))) {
        return Err(Unread::new(name, "other_account", "this is about another account than the one that pays"));
    }
    Ok(bookings.into_iter().filter_map(|booking| booked(kind, booking, source)).collect())
}

/// A booking that bears a reference in the field that is made for it.
fn booked(kind: AccountReport, booking: Booking, source: &Arc<Source>) -> Option<Finding> {
    Some(Finding {
        source: Arc::clone(source),
        about: About::Wage(booking.our_reference?),
        echo: Echo { amount: Some(Ok(booking.line.entry.amount)), account: booking.creditor_account },
        said: Said::Booked(kind, booking.line.entry),
        status: "BOOK".to_owned(),
        reason: booking.return_reason,
    })
}

/// The name of the message: the element below `Document`.
#[derive(Default)]
struct Root(Option<String>);

impl Visitor for Root {
    fn open(&mut self, path: &[String], _: Option<String>) {
        if let [document, message] = path
            && document == "Document"
        {
            self.0.get_or_insert_with(|| message.clone());
        }
    }

    fn close(&mut self, _: &[String], _: &str) {}
}
