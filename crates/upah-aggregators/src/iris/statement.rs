//! The statement of the account at Iris, searched for a payout whose number nobody knows.
use super::{IrisRail, PREFIX, Payout, Sent, Unasked, is_number, turned_away, unasked};
use crate::call::{Answer, Call, unanswered};
use crate::echo::{differs_in_account, rupiah};
use crate::iris::table::{self, Place};
use crate::meaning::that_counts;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;
use upah_core::evidence::{Evidence, Grade, InquiryAnswer};
use upah_core::{Cause, Timestamp};

const DAY_MILLIS: i64 = 86_400_000;
/// How many days are asked for at once.
const WINDOW_DAYS: i64 = 7;
/// Whatever zone the provider's days are in, and however long an approval takes: so many days after the body was made the
/// payout stands in the statement.
const AFTER_DAYS: i64 = 2;

impl IrisRail {
    /// Looks for a payout whose number is not known, the newest days first.
    pub(super) async fn search(&self, sent: &Sent<'_>, was_settled: bool) -> InquiryAnswer {
        let mut found = Vec::new();
        let (mut to, earliest) = (AFTER_DAYS, -self.statement_days);
        while found.is_empty() && to >= earliest {
            let from = to - WINDOW_DAYS + 1;
            match self.listed(sent, (from, to)).await {
                Ok(listed) => found = listed,
                Err(why) => return unasked(why),
            }
            to = from - 1;
        }
        if let Some((field, evidence)) = found.iter().find_map(|(one, proof)| Some((one.contradiction(sent)?, proof))) {
            return InquiryAnswer::Contradicted { field: field.to_owned(), evidence: evidence.clone() };
        }
        let mut standings = Vec::new();
        for (payout, _) in &found {
            match table::place(&payout.status) {
                Some(Place::Approved(standing)) => standings.push(standing),
                Some(Place::Waits) | None => return unanswered(Cause::NoAnswer),
            }
        }
        match (that_counts(&standings), found.first()) {
            (_, None) => InquiryAnswer::NotFound(nothing_of_hers()),
            (None, Some((_, evidence))) => {
                InquiryAnswer::Contradicted { field: "notes".to_owned(), evidence: evidence.clone() }
            }
            (Some(at), Some(_)) => match found.into_iter().nth(at) {
                Some((payout, evidence)) => payout.told(sent, was_settled, evidence),
                None => unanswered(Cause::NoAnswer),
            },
        }
    }

    /// The payouts of this reference that stand in the statement of some days, counted from when the body was made.
    async fn listed(&self, sent: &Sent<'_>, (from, to): (i64, i64)) -> Result<Vec<(Payout, Evidence)>, Unasked> {
        let day =
            |days: i64| Timestamp::from_millis(sent.at.millis().saturating_add(days.saturating_mul(DAY_MILLIS))).day();
        let asked = json!({"from_date": day(from), "to_date": day(to)}).to_string();
        let read = |answer: &Answer| {
            let lines: Option<Vec<Line>> = answer.read_under(200..=200);
            lines.ok_or_else(|| turned_away(answer))
        };
        let question = Call::get_by(format!("{PREFIX}/statements"), asked);
        let lines = self.creator.make(question).await.asked(read, |cause| Err((cause, None)))?;
        let mut numbers = BTreeSet::new();
        for line in lines {
            numbers.extend(line.may_be(sent)?);
        }
        let mut found = Vec::new();
        for number in numbers {
            let (payout, evidence) = self.look(&number).await?;
            if payout.notes.as_deref().is_some_and(|notes| sent.is_noted(notes)) {
                found.push((payout, evidence));
            }
        }
        Ok(found)
    }
}

/// A line of the statement: a payout, its fee, what came back, and whatever else moves the balance.
#[derive(Deserialize)]
pub(super) struct Line {
    reference_no: Option<String>,
    beneficiary_account: Option<String>,
    amount: String,
    status: String,
}

impl Line {
    /// The number of a payout that may be ours: one to her account, or one of which the account cannot be read and the
    /// amount is hers. A line that cannot be understood may be any payout: then the statement says nothing.
    pub(super) fn may_be(self, sent: &Sent<'_>) -> Result<Option<String>, Unasked> {
        let is_understood = matches!(self.status.as_str(), "debit" | "credit") && is_amount(&self.amount);
        let is_plain = |account: &str| !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit());
        let is_candidate = match self.beneficiary_account.as_ref().filter(|account| is_plain(account)) {
            Some(account) => !differs_in_account(Some(account), &sent.account),
            None => rupiah(&self.amount) == Some(sent.amount),
        };
        match self.reference_no.filter(|number| is_number(number)) {
            _ if !is_understood => Err((Cause::NoAnswer, None)),
            number if is_candidate => number.map(Some).ok_or((Cause::NoAnswer, None)),
            _ => Ok(None),
        }
    }
}

/// That the statement has nothing of this reference: what it says of others does not belong into her record.
pub(super) fn nothing_of_hers() -> Evidence {
    Evidence { grade: Grade::TlsResponse, code: String::new(), provider_id: None, raw: "[]".to_owned() }
}

/// Digits, and perhaps decimals.
fn is_amount(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}
