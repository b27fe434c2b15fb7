//! What one file of the bank says about one wage, or about a whole file of ours.
use std::sync::Arc;
use upah_core::Rupiah;
use upah_core::bank_statement::Entry;
use upah_core::evidence::{Evidence, Grade};
use upah_statement::AccountReport;

use crate::codes::Standing;

/// A file of the bank, as evidence names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Source {
    /// Its name in the inbox.
    pub(crate) file: String,
    /// SHA-256 over its bytes.
    pub(crate) sha256: String,
    /// `pain.002`, `camt.053`, `camt.054`, `pacs.004`.
    pub(crate) kind: &'static str,
}

/// Whom it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// The wage with this reference.
    Wage(String),
    /// Every wage of the file with this `MsgId`, as far as the report says nothing closer about it.
    File(String),
}

/// What it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// A status report.
    Status(Status),
    /// A booking of the paying account.
    Booked(AccountReport, Entry),
    /// A return, with its own number.
    Returned { id: String },
}

/// A status with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    /// Nothing for a word that is not in the table.
    pub(crate) standing: Option<Standing>,
    /// `OrgnlMsgId`: which file of ours it answers.
    pub(crate) message_id: String,
    /// 0 for the file, 1 for its instruction, 2 for the transfer: the closer word counts.
    pub(crate) level: u8,
    /// How many transfers and how much the report believes that file held, if it says so.
    pub(crate) counted: (Option<String>, Option<String>),
}

/// What of a wage is echoed; each is compared with what was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Echo {
    /// `Err` with the field that differs from anything we send.
    pub(crate) amount: Option<Result<Rupiah, &'static str>>,
    /// The account that was to be paid.
    pub(crate) account: Option<String>,
}

/// One thing that a file of the bank says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) source: Arc<Source>,
    pub(crate) about: About,
    pub(crate) said: Said,
    pub(crate) echo: Echo,
    /// The bank's code: a status, `BOOK`, or the reason of a rejection or a return.
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
}

impl Finding {
    /// What the bank said, as evidence. Its free texts may name people and are left in its file.
    pub(crate) fn evidence(&self) -> Evidence {
        let code = match &self.reason {
            Some(reason) => format!("{} {reason}", self.status),
            None => self.status.clone(),
        };
        let provider_id = match &self.said {
            Said::Booked(_, entry) => entry.bank_reference.clone(),
            Said::Returned { id } => Some(id.clone()).filter(|id| !id.is_empty()),
            Said::Status(_) => None,
        };
        // Reports, notifications and returns are the bank's answers; only a statement is its account book.
        let is_statement = matches!(self.said, Said::Booked(AccountReport::Statement, _));
        let grade = if is_statement { Grade::Statement } else { Grade::TlsResponse };
        let Source { file, sha256, kind } = &*self.source;
        let raw = serde_json::json!({ "file": file, "sha256": sha256, "message": kind, "code": code }).to_string();
        Evidence { grade, code, provider_id, raw }
    }
}
