//! One reference in the book.

use core::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::{Fate, Order};
use crate::clock;

/// How a reference stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// Written down, and no money moves before somebody else releases it.
    Prepared,
    Booked,
    InProgress,
    Failed,
    Refused,
    Returned,
}

impl Standing {
    /// The standard's `latestTransactionStatus` and its description.
    pub(crate) fn status(self) -> (&'static str, &'static str) {
        match self {
            Self::Booked => ("00", "Success"),
            Self::Prepared => ("01", "Initiated"),
            Self::InProgress => ("03", "Pending"),
            Self::Returned => ("04", "Refunded"),
            Self::Failed | Self::Refused => ("06", "Failed"),
        }
    }
}

/// All the bank remembers of a reference.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) reference: String,
    pub(crate) service: u8,
    pub(crate) bank_code: String,
    pub(crate) account: String,
    pub(crate) source: String,
    pub(crate) amount: u64,
    body: String,
    /// When it was taken on, later when it was booked.
    pub(crate) at: String,
    pub(crate) reference_no: String,
    pub(crate) standing: Standing,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    named: Option<String>,
    /// What the partner wrote beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refused_with: Option<String>,
    #[serde(default)]
    pub(super) hidden_inquiries: u32,
    #[serde(default)]
    pub(super) hidden_until_ms: i64,
    #[serde(default)]
    pub(super) pending_inquiries: u32,
    #[serde(default)]
    pub(super) ends_well: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    return_due_ms: Option<i64>,
    /// Not worth a line: a restarted bank counts anew.
    #[serde(skip)]
    pub(super) inquiries: u32,
}

impl Entry {
    pub(super) fn taken_on(order: &Order<'_>, fate: Fate, number: usize) -> Self {
        Self::new(order, number, Standing::Booked).released(fate)
    }

    pub(super) fn prepared(order: &Order<'_>, notes: &str, number: usize) -> Self {
        let mut entry = Self::new(order, number, Standing::Prepared);
        entry.notes = Some(notes.to_owned());
        entry
    }

    /// The money moves from now on, as it is to move.
    pub(super) fn released(self, fate: Fate) -> Self {
        let now = clock::now();
        let mut entry = Self { standing: Standing::Booked, at: clock::iso(now), ..self };
        let now_ms = clock::unix_ms(now);
        if let Some((inquiries, ends_well)) = fate.in_progress {
            entry.standing = Standing::InProgress;
            entry.pending_inquiries = inquiries;
            entry.ends_well = ends_well;
        }
        if let Some((inquiries, ms)) = fate.hidden {
            entry.hidden_inquiries = inquiries;
            entry.hidden_until_ms = now_ms.saturating_add_unsigned(ms);
            entry.pending_inquiries = entry.pending_inquiries.saturating_add(inquiries);
        }
        entry.return_due_ms = fate.return_after_ms.map(|ms| now_ms.saturating_add(ms));
        entry
    }

    pub(super) fn refused(order: &Order<'_>, code: &str, number: usize) -> Self {
        let mut entry = Self::new(order, number, Standing::Refused);
        entry.refused_with = Some(code.to_owned());
        entry
    }

    /// As it was asked for. Its body is known by its digest alone.
    pub(crate) fn order(&self) -> Order<'_> {
        Order {
            reference: &self.reference,
            named: self.named.as_deref(),
            service: self.service,
            bank_code: &self.bank_code,
            account: &self.account,
            source: &self.source,
            amount: self.amount,
            body: [0; 32],
        }
    }

    /// What the partner calls it.
    pub(crate) fn name(&self) -> &str {
        self.named.as_deref().unwrap_or(&self.reference)
    }

    pub(crate) fn has_body(&self, body: &[u8; 32]) -> bool {
        self.body == HEXLOWER.encode(body)
    }

    pub(super) fn is_due_back(&self, now_ms: i64) -> bool {
        self.standing == Standing::Booked && self.return_due_ms.is_some_and(|due| due <= now_ms)
    }

    pub(super) fn credit(&self) -> Credit {
        Credit {
            reference: self.name().to_owned(),
            service: format!("{:02}", self.service),
            bank_code: self.bank_code.clone(),
            account: self.account.clone(),
            amount: self.amount,
            at: self.at.clone(),
            returned: self.standing == Standing::Returned,
        }
    }

    fn new(order: &Order<'_>, number: usize, standing: Standing) -> Self {
        let now = clock::now();
        Self {
            reference: order.reference.to_owned(),
            service: order.service,
            bank_code: order.bank_code.to_owned(),
            account: order.account.to_owned(),
            source: order.source.to_owned(),
            amount: order.amount,
            body: HEXLOWER.encode(&order.body),
            at: clock::iso(now),
            reference_no: format!("{}{:02}{number:012}", clock::compact_day(now), order.service),
            standing,
            named: order.named.map(str::to_owned),
            notes: None,
            refused_with: None,
            hidden_inquiries: 0,
            hidden_until_ms: 0,
            pending_inquiries: 0,
            ends_well: false,
            return_due_ms: None,
            inquiries: 0,
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("reference", &self.reference)
            .field("service", &self.service)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

/// Money that reached an account. Once booked it stays listed; `returned` says that it went back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Credit {
    /// The client's `partnerReferenceNo`.
    pub reference: String,
    /// The service it came by: `17`, `18`, `20`, `22`, `23`, `38`, `40` or `43`; `00` for a payout that is no service of SNAP's.
    pub service: String,
    /// The beneficiary's bank as it was called, or the channel of a payout; of a wallet of SNAP's its provider, where it
    /// was named; `bifast` for an account that an alias led to.
    pub bank_code: String,
    /// The beneficiary's account, or the wallet's phone.
    pub account: String,
    /// Whole rupiah.
    pub amount: u64,
    /// When it was booked, `+07:00`.
    pub at: String,
    /// Whether it was given back since.
    pub returned: bool,
}

impl fmt::Debug for Credit {
    // The account is a person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credit")
            .field("reference", &self.reference)
            .field("service", &self.service)
            .field("amount", &self.amount)
            .field("returned", &self.returned)
            .finish_non_exhaustive()
    }
}
