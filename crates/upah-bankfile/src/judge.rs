//! From everything that the bank's files say about one wage to one answer.
//!
//! Nothing here says "failed" on silence, and nothing says "paid" where a word contradicts it: two words of the bank that
//! cannot both be true go to people.
use std::collections::HashSet;
use upah_core::Cause;
use upah_core::Rupiah;
use upah_core::account::{Zeros, is_same};
use upah_core::bank_statement::{Entry, Side};
use upah_core::evidence::{Evidence, InquiryAnswer, Refusal};
use upah_statement::AccountReport;

use crate::codes::{Reason, Standing, reason};
use crate::finding::{Finding, Said, Status};
use crate::register::Record;

/// The wage that is asked about.
pub(crate) struct Wage<'a> {
    pub(crate) amount: Rupiah,
    /// Of the stored body; nothing for a body that is not ours.
    pub(crate) account: Option<&'a str>,
    /// The file of ours that it went into, as far as the register knows.
    pub(crate) record: Option<&'a Record>,
    /// What is known of that file, or that nothing is.
    pub(crate) placed: Placed,
}

/// Where the file with the wage is.
pub(crate) enum Placed {
    /// In the outbox, or taken from it.
    Out(Evidence),
    /// In no file that was ever handed over, as far as the register knows.
    Nowhere(Evidence),
}

/// What the bank says about the wage. `of_wage` bears its reference, `of_file` is about the whole file it is in.
pub(crate) fn judge(wage: &Wage<'_>, of_wage: &[&Finding], of_file: &[&Finding]) -> InquiryAnswer {
    if let Some((field, finding)) = of_wage.iter().find_map(|it| Some((contradiction(wage, it)?, it))) {
        return contradicted(field, finding);
    }
    let statuses = match closest(wage, of_wage, of_file) {
        Ok(statuses) => statuses,
        Err((field, finding)) => return contradicted(field, finding),
    };
    let with = |standing: Standing| statuses.iter().find(|(_, status)| status.standing == Some(standing));
    let refusal = statuses.iter().find_map(|(finding, status)| refused(finding, status));
    let bookings = match Bookings::of(wage, of_wage) {
        Ok(bookings) => bookings,
        Err((field, finding)) => return contradicted(field, finding),
    };
    if let Some((amount, finding)) = bookings.returned {
        return InquiryAnswer::Refunded { amount: Some(amount), evidence: finding.evidence() };
    }
    let paid = bookings.paid.or(with(Standing::Settled).map(|(finding, _)| *finding));
    match (paid, refusal) {
        (Some(paid), Some(_)) => contradicted("TxSts", paid),
        (Some(paid), None) => InquiryAnswer::Success(paid.evidence()),
        (None, Some(refusal)) => InquiryAnswer::Failed(refusal),
        (None, None) => {
            let word = with(Standing::AtWork).or(statuses.last()).map(|(finding, _)| finding.evidence());
            match (word, &wage.placed) {
                (Some(word), _) => InquiryAnswer::InProgress(word),
                (None, Placed::Out(evidence)) => InquiryAnswer::InProgress(evidence.clone()),
                (None, Placed::Nowhere(evidence)) => InquiryAnswer::NotFound(evidence.clone()),
            }
        }
    }
}

fn contradicted(field: &str, finding: &Finding) -> InquiryAnswer {
    InquiryAnswer::Contradicted { field: field.to_owned(), evidence: finding.evidence() }
}

/// In which field a word about the wage differs from what was sent.
fn contradiction(wage: &Wage<'_>, finding: &Finding) -> Option<&'static str> {
    let amount = match finding.echo.amount {
        Some(Err(field)) => return Some(field),
        Some(Ok(amount)) => Some(amount),
        None => None,
    };
    if let (Some(ours), Some(told)) = (wage.account, &finding.echo.account)
        && !is_same(ours, told, Zeros::Pad)
    {
        return Some("account");
    }
    match &finding.said {
        Said::Status(status) => {
            // A transfer that another file brought, and that was not turned away, is paid beside ours.
            let is_others = wage.record.is_some_and(|record| record.message_id != status.message_id);
            let is_rejected = status.standing == Some(Standing::Rejected);
            let other_amount = amount.is_some_and(|amount| amount != wage.amount);
            if is_others && !is_rejected { Some("OrgnlMsgId") } else { other_amount.then_some("amount") }
        }
        // A part may come back, never more than was sent.
        Said::Returned { .. } => amount.is_some_and(|amount| amount > wage.amount).then_some("amount"),
        Said::Booked(_, entry) => (entry.side == Side::Credit && entry.amount > wage.amount).then_some("amount"),
    }
}

type Word<'a> = (&'a Finding, &'a Status);

/// One word of each status report: the one about the wage, else about its instruction, else about its file.
fn closest<'a>(
    wage: &Wage<'_>,
    of_wage: &[&'a Finding],
    of_file: &[&'a Finding],
) -> Result<Vec<Word<'a>>, (&'static str, &'a Finding)> {
    let ours = |status: &Status| wage.record.is_none_or(|record| record.message_id == status.message_id);
    let word = |finding: &'a Finding| match &finding.said {
        Said::Status(status) if ours(status) => Some((finding, status)),
        _ => None,
    };
    let mut words: Vec<Word<'a>> = of_wage.iter().filter_map(|it| word(it)).collect();
    let mut told: HashSet<&str> = words.iter().map(|(finding, _)| finding.source.sha256.as_str()).collect();
    let mut wider: Vec<Word<'a>> = of_file.iter().filter_map(|it| word(it)).collect();
    wider.sort_by_key(|(_, status)| std::cmp::Reverse(status.level));
    for (finding, status) in wider {
        if status.standing != Some(Standing::Rejected)
            && let Some(record) = wage.record
            && let Some(field) = miscounted(record, status)
        {
            return Err((field, finding));
        }
        if told.insert(finding.source.sha256.as_str()) {
            words.push((finding, status));
        }
    }
    Ok(words)
}

/// Whether the bank counts another file than ours under its name.
fn miscounted(record: &Record, status: &Status) -> Option<&'static str> {
    let (count, sum) = &status.counted;
    if count.as_ref().is_some_and(|said| said.parse() != Ok(record.transfers.len())) {
        return Some("OrgnlNbOfTxs");
    }
    let sum = sum.as_ref().and_then(|said| upah_statement::amount(said, Some("IDR")).ok());
    sum.is_some_and(|said| said.value() != record.sum).then_some("OrgnlCtrlSum")
}

/// A rejection or a cancellation with its cause; nothing for a second copy of what the bank has already.
fn refused(finding: &Finding, status: &Status) -> Option<Refusal> {
    let cause = match status.standing {
        Some(Standing::Rejected) => match reason(finding.reason.as_deref().unwrap_or_default()) {
            Reason::NotCarriedOut(cause) => cause,
            Reason::AlreadyReceived => return None,
        },
        Some(Standing::Cancelled) => Cause::TransferCancelled,
        _ => return None,
    };
    Some(Refusal { cause, evidence: finding.evidence() })
}

/// What the account reports and the returns come to.
struct Bookings<'a> {
    paid: Option<&'a Finding>,
    returned: Option<(Rupiah, &'a Finding)>,
}

/// The bookings of one kind of report: notification and statement tell of the same bookings, so they are not added.
#[derive(Default)]
struct Kind<'a> {
    sources: HashSet<&'a str>,
    /// Of sources that are done with.
    earlier: Vec<(&'a Entry, &'a Finding)>,
    entries: Vec<(&'a Entry, &'a Finding)>,
}

impl<'a> Bookings<'a> {
    fn of(wage: &Wage<'_>, findings: &[&'a Finding]) -> Result<Self, (&'static str, &'a Finding)> {
        let kinds = [AccountReport::Statement, AccountReport::Notification].map(|kind| Kind::of(kind, findings));
        let exact = |entry: &Entry| entry.side == Side::Debit && entry.amount == wage.amount;
        let debits = kinds.iter().map(|kind| kind.count(exact)).max().unwrap_or(0);
        let mut back: Option<(Rupiah, &'a Finding)> = None;
        let mut credits = 0;
        for kind in &kinds {
            let of_kind: Vec<_> = kind.entries.iter().filter(|(entry, _)| entry.side == Side::Credit).collect();
            credits = credits.max(of_kind.len());
            let Some((_, finding)) = of_kind.last() else { continue };
            let sum = Rupiah::checked_sum(of_kind.iter().map(|(entry, _)| entry.amount));
            let sum = sum.map_err(|_| ("amount", *finding))?;
            back = back.filter(|(known, _)| *known >= sum).or(Some((sum, finding)));
        }
        let mut ids = HashSet::new();
        let returns: Vec<(Rupiah, &Finding)> = findings
            .iter()
            .filter_map(|finding| match (&finding.said, finding.echo.amount) {
                (Said::Returned { id }, Some(Ok(amount))) => ids.insert(id.as_str()).then_some((amount, *finding)),
                _ => None,
            })
            .collect();
        if let (None, Some((_, finding))) = (back, returns.last()) {
            let sum = Rupiah::checked_sum(returns.iter().map(|(amount, _)| *amount));
            back = Some((sum.map_err(|_| ("amount", *finding))?, finding));
        }
        let any = |finding: fn(&Entry) -> bool| {
            kinds.iter().flat_map(|kind| &kind.entries).find(|(entry, _)| finding(entry)).map(|(_, it)| *it)
        };
        let last_debit = kinds.iter().flat_map(|kind| &kind.entries).rfind(|(entry, _)| exact(entry));
        let paid = last_debit.map(|(_, finding)| *finding);
        let is_debit = |entry: &Entry| entry.side == Side::Debit;
        match (paid, any(is_debit), back) {
            // Booked oftener than it came back, and oftener than once: she has been paid again.
            (Some(finding), _, _) if debits > credits.max(returns.len()) && debits > 1 => Err(("bookings", finding)),
            // Another amount instead of the wage; beside it, it is a fee or a break for the reconciliation.
            (None, Some(finding), _) => Err(("amount", finding)),
            (_, _, Some((sum, finding))) if debits < 2 && sum > wage.amount => Err(("amount", finding)),
            (paid, _, returned) => Ok(Self { paid, returned }),
        }
    }
}

impl<'a> Kind<'a> {
    fn of(kind: AccountReport, findings: &[&'a Finding]) -> Self {
        let mut all = Self::default();
        for finding in findings {
            let Said::Booked(of_kind, entry) = &finding.said else { continue };
            if *of_kind == kind {
                all.add(entry, finding);
            }
        }
        all
    }

    /// Findings come file by file. Of two files that overlap, each booking of the second stands for one of the first.
    fn add(&mut self, entry: &'a Entry, finding: &'a Finding) {
        if self.sources.insert(finding.source.sha256.as_str()) {
            self.earlier = self.entries.clone();
        }
        match self.earlier.iter().position(|(known, _)| known.may_be(entry)) {
            Some(place) => {
                self.earlier.swap_remove(place);
            }
            None => self.entries.push((entry, finding)),
        }
    }

    fn count(&self, is: impl Fn(&Entry) -> bool) -> usize {
        self.entries.iter().filter(|(entry, _)| is(entry)).count()
    }
}
